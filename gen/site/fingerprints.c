#include "site/fingerprints.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 30)

static uint64_t
row_sum(const struct fingerprint *row)
{
	return hash_bytes(row, offsetof(struct fingerprint, sum), 21);
}

static const struct fingerprint *
row_at(const struct fingerprints *f, size_t row)
{
	return (const struct fingerprint *)(const void *)f->file.ptr + row;
}

/* Where the blob's row is in slots, or the free place where it would go. */
static size_t
slot_of(const struct fingerprints *f, const struct oid *blob)
{
	size_t mask = f->slot_count - 1, at;
	uint64_t h;

	memcpy(&h, blob->id, sizeof(h));
	for (at = (size_t)h & mask; f->slots[at] != 0; at = (at + 1) & mask) {
		if (oid_same(&row_at(f, f->slots[at] - 1)->blob, blob))
			break;
	}
	return at;
}

void
fingerprints_load(struct fingerprints *f, const char *path)
{
	struct err ignored = { 0 };
	size_t i;

	memset(f, 0, sizeof(*f));
	buf_init(&f->file, 0);
	if (file_read(&f->file, path, FILE_MAX_BYTES, &ignored) != 0)
		buf_clear(&f->file);
	f->count = f->file.len / sizeof(struct fingerprint);
	for (f->slot_count = 64; f->slot_count < f->count * 2; f->slot_count *= 2)
		;
	f->slots = xcalloc(f->slot_count, sizeof(*f->slots));
	for (i = 0; i < f->count; i++) {
		if (row_at(f, i)->sum == row_sum(row_at(f, i)))
			f->slots[slot_of(f, &row_at(f, i)->blob)] = (uint32_t)i + 1;
	}
}

void
fingerprints_release(struct fingerprints *f)
{
	free(f->slots);
	buf_release(&f->file);
	memset(f, 0, sizeof(*f));
}

const struct fingerprint *
fingerprints_find(const struct fingerprints *f, const struct oid *blob)
{
	size_t at = f->slot_count == 0 ? 0 : slot_of(f, blob);

	return f->slot_count == 0 || f->slots[at] == 0 ? NULL : row_at(f, f->slots[at] - 1);
}

static int
digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void
from_hex(const char *hex, uint8_t out[32])
{
	int i;

	for (i = 0; i < 32; i++)
		out[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
}

void
fingerprint_hex(const uint8_t digest[32], char out[65])
{
	static const char digits[] = "0123456789abcdef";
	int i;

	for (i = 0; i < 32; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[64] = '\0';
}

int
fingerprint_take(struct fingerprint_list *list, const struct oid *blob, const void *data,
		 size_t len, const struct fingerprint **out, struct err *err)
{
	struct fingerprint row;
	struct digests digests;

	if (digests_of(data, len, &digests, err) != 0)
		return -1;
	memset(&row, 0, sizeof(row));
	row.blob = *blob;
	row.bytes = (int64_t)len;
	from_hex(digests.sha256, row.sha256);
	from_hex(digests.sm3, row.sm3);
	row.sum = row_sum(&row);
	vec_push(list->rows, list->count, list->cap, row);
	*out = &list->rows[list->count - 1];
	return 0;
}

void
fingerprints_save(const struct fingerprints *f, const char *path,
		  const struct fingerprint_list *list)
{
	struct err ignored = { 0 };
	struct buf all = BUF_INIT;

	if (list->count == 0)
		return;
	buf_put(&all, f->file.ptr, f->count * sizeof(struct fingerprint));
	buf_put(&all, list->rows, list->count * sizeof(*list->rows));
	if (file_make_parents(path, &ignored) == 0 &&
	    file_replace(path, all.ptr, all.len, false, NULL, &ignored) != 0)
		err_clear(&ignored);
	buf_release(&all);
}
