/*
 * envelope: bytes for one reader only. SM4-CBC (GB/T 32907) under a fresh key, which SM2
 * (GB/T 32918.4) wraps for the holder of a certificate; HMAC-SM3 over the ciphertext.
 *
 * The file is text (README "信封"): lines "name: value" (format, to, serial, key, iv, mac), an
 * empty line, the ciphertext in base64. Stock openssl opens it: pkeyutl -decrypt, enc -d -sm4-cbc.
 * Errors: ERR_DATA when it is damaged, cut or for somebody else's key.
 */
#ifndef YJ_ENVELOPE_H
#define YJ_ENVELOPE_H

#include "seal/certificate.h"

#define ENVELOPE_MAX_BYTES ((size_t)64 << 20)

/* Other bytes each time. */
int envelope_close(struct buf *out, const void *data, size_t len, const struct certificate *reader,
		   struct err *err) must_check;
/* Appends what was inside. */
int envelope_open(struct buf *out, const char *text, size_t len, const struct seal_key *key,
		  struct err *err) must_check;
/* The serial number of the certificate it is for, into out[33]; false when it is no envelope. */
bool envelope_reader(const char *text, size_t len, char out[33]);

#endif
