/*
 * keystore: the private keys of this machine's officers, outside every repository:
 * $YUNJUAN_KEYS, else $XDG_DATA_HOME/yunjuan/keys, else ~/.local/share/yunjuan/keys; one
 * encrypted file <name>.key a key. A passphrase is the first line of the file that
 * $YUNJUAN_PASSPHRASE_FILE names, else it is asked for on the terminal.
 *
 * Lifetime: what comes out is owned. Errors: ERR_USAGE says what to do.
 */
#ifndef YJ_KEYSTORE_H
#define YJ_KEYSTORE_H

#include "repo/repo.h"
#include "seal/certificate.h"

#define KEYSTORE_AUTHORITY "ca" /* name of the authority's key; officers' are their e-mails */

char *keystore_path(const char *name);
bool keystore_has(const char *name);
/* Makes and keeps a new key; asks for its passphrase twice. */
int keystore_make(struct seal_key **out, const char *name, struct err *err) must_check;
int keystore_load(struct seal_key **out, const char *name, struct err *err) must_check;
/* An officer's key together with the certificate that this snapshot registers for it. */
int keystore_signer(struct seal_key **key, struct certificate **certificate,
		    const struct snapshot *snap, const char *email, struct err *err) must_check;

#endif
