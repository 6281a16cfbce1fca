/*
 * digest: the two fingerprints of evidence, SHA-256 (FIPS 180-4) and SM3 (GB/T 32905).
 *
 * Lifetime: the result holds its own text; the algorithms are fetched once and kept.
 * Errors: ERR_IO when the machine's OpenSSL does not offer an algorithm or gives up.
 * Threads: may be called from any number of them.
 */
#ifndef YJ_DIGEST_H
#define YJ_DIGEST_H

#include <stddef.h>

#include "base/base.h"

struct digests {
	char sha256[65], sm3[65]; /* lower case hexadecimal */
};

/* Both at once: the data is read only one time. data may be NULL when len is 0. */
int digests_of(const void *data, size_t len, struct digests *out, struct err *err) must_check;

#endif
