/*
 * fingerprints: the digests of papers by the id of their blob, in .git/yunjuan/digests: a paper never
 * changes under its id, so a page that is made again need not read its papers again. May be
 * deleted at any time; a row that does not match its sum is not believed.
 *
 * Lifetime: rows are borrowed until fingerprints_release. Threads: finding may be done by several
 * at once; each keeps what it found new in a list of its own.
 */
#ifndef YJ_FINGERPRINTS_H
#define YJ_FINGERPRINTS_H

#include "repo/repo.h"
#include "seal/digest.h"

struct fingerprint {
	struct oid blob;
	uint8_t sha256[32], sm3[32];
	uint32_t reserved;
	int64_t bytes;
	uint64_t sum;
};

struct fingerprints {
	struct buf file;
	uint32_t *slots; /* row + 1 by the blob's id; 0 = free */
	size_t count, slot_count;
};

struct fingerprint_list {
	struct fingerprint *rows;
	size_t count, cap;
};

void fingerprints_load(struct fingerprints *f, const char *path);
void fingerprints_release(struct fingerprints *f);
/* NULL when the blob is not known. */
const struct fingerprint *fingerprints_find(const struct fingerprints *f, const struct oid *blob);
/* Takes the digests of `data`, which is the blob, into the list. */
int fingerprint_take(struct fingerprint_list *list, const struct oid *blob, const void *data,
		     size_t len, const struct fingerprint **out, struct err *err) must_check;
void fingerprint_hex(const uint8_t digest[32], char out[65]);
/* Adds a list to the file; what cannot be written is read again next time. */
void fingerprints_save(const struct fingerprints *f, const char *path,
		       const struct fingerprint_list *list);

#endif
