/* seal_internal: what the files of this room share. */
#ifndef YJ_SEAL_INTERNAL_H
#define YJ_SEAL_INTERNAL_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "seal/certificate.h"

#define SEAL_ID "1234567812345678" /* GB/T 35276: the default distinguishing id of SM2 */

struct seal_key {
	EVP_PKEY *pkey;
};

struct certificate {
	X509 *x509;
	char *name, *unit, *email, serial[33];
	int64_t from, to;
};

/* What failed, and OpenSSL's own words; empties its queue for the next caller. */
int seal_fail(struct err *err, enum err_code code, const char *what);
/* A context that signs with SM2 and SM3 under SEAL_ID; NULL on failure. Free with
 * signing_free, which also frees the key's context behind it. */
EVP_MD_CTX *signing_new(EVP_PKEY *pkey, bool verify);
void signing_free(EVP_MD_CTX *ctx);
/* The first part of that kind of a name, "" when there is none. Owned. */
char *name_text(const X509_NAME *name, int nid);
/* The one rfc822Name of a list (NULL too); "" when there is none or more than one. Owned. */
char *names_email(const GENERAL_NAMES *names);
/* A BIO's bytes behind what stands in out. */
void bio_append(struct buf *out, BIO *bio);

#endif
