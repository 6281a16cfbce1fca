/*
 * key: SM2 keys (GB/T 32918): made, kept encrypted, signing with SM3 (GB/T 35276, DER) under the
 * default distinguishing id 1234567812345678.
 *
 * Lifetime: a key is owned by who made or loaded it. Nothing of a private key leaves this room
 * except encrypted (PKCS #8, PBES2 with PBKDF2 and SM4-CBC).
 * Errors: ERR_USAGE for a wrong passphrase, ERR_DATA for what is no SM2 key, ERR_IO for the
 * system and for OpenSSL.
 * Threads: a key may be used by several at once.
 *
 *	seal_key_new(&key, &err);
 *	seal_key_save(key, path, passphrase, SEAL_KEY_ROUNDS, &err);
 *	seal_key_load(&key, path, passphrase, &err);
 *	seal_sign(key, data, len, &der, &err);
 */
#ifndef YJ_KEY_H
#define YJ_KEY_H

#include "base/base.h"

struct seal_key;

#define SEAL_KEY_ROUNDS 200000 /* of PBKDF2: some tens of milliseconds on an office PC */

int seal_key_new(struct seal_key **out, struct err *err) must_check;
void seal_key_free(struct seal_key *key);
/* A new file of mode 0600; one that is there already is left alone (ERR_USAGE). */
int seal_key_save(const struct seal_key *key, const char *path, const char *passphrase, int rounds,
		  struct err *err) must_check;
int seal_key_load(struct seal_key **out, const char *path, const char *passphrase,
		  struct err *err) must_check;
/* Appends the signature over data: SEQUENCE { r, s } in DER, other bytes each time. */
int seal_sign(const struct seal_key *key, const void *data, size_t len, struct buf *der,
	      struct err *err) must_check;

#endif
