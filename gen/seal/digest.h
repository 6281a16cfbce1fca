/*
 * digest: the two fingerprints of evidence, SHA-256 (FIPS 180-4) and SM3 (GB/T 32905).
 *
 * Lifetime: the result holds its own text; the algorithms are fetched once and kept. A digester is
 * owned until digester_free.
 * Errors: ERR_IO when the machine's OpenSSL does not offer an algorithm or gives up; a digester
 * keeps it until digester_end.
 * Threads: may be called from any number of them; one digester belongs to one at a time.
 *
 *	struct digester *d = digester_new();
 *	digester_add(d, piece, len);
 *	rc = digester_end(d, &digests, &err);
 *	digester_free(d);
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

/* The same for data that comes in pieces. */
struct digester;
struct digester *digester_new(void);
void digester_add(struct digester *d, const void *data, size_t len);
/* Gives the digests of what was added since the start or the last digester_end. */
int digester_end(struct digester *d, struct digests *out, struct err *err) must_check;
void digester_free(struct digester *d);

#endif
