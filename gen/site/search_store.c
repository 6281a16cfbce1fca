/* What was worked out before for the index: rows of bytes by key. */
#include <stdlib.h>
#include <string.h>

#include "site/search_internal.h"

#define MAGIC "YJSRCH01"
#define HEAD_BYTES 16 /* magic, sum of the rest */

struct stored {
	uint64_t key, len;
};

static size_t
padded(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

static bool
read_rows(struct store *store)
{
	const char *at = store->file.ptr + HEAD_BYTES, *end = store->file.ptr + store->file.len;

	while (at < end) {
		struct stored stored;
		struct store_row row;

		if ((size_t)(end - at) < sizeof(stored))
			return false;
		memcpy(&stored, at, sizeof(stored));
		at += sizeof(stored);
		if (stored.len > (size_t)(end - at) || padded(stored.len) > (size_t)(end - at))
			return false;
		row.key = stored.key;
		row.bytes = at;
		row.len = stored.len;
		vec_push(store->rows, store->count, store->cap, row);
		at += padded(stored.len);
	}
	return true;
}

static void
index_rows(struct store *store)
{
	size_t i;

	store->slot_count = 16;
	while (store->slot_count < store->count * 2)
		store->slot_count *= 2;
	store->slots = xcalloc(store->slot_count, sizeof(*store->slots));
	for (i = 0; i < store->count; i++) {
		size_t slot = store->rows[i].key & (store->slot_count - 1);

		while (store->slots[slot] != 0)
			slot = (slot + 1) & (store->slot_count - 1);
		store->slots[slot] = (uint32_t)i + 1;
	}
}

static bool
is_whole(const struct mapping *file)
{
	uint64_t sum;

	if (file->len < HEAD_BYTES || memcmp(file->ptr, MAGIC, 8) != 0)
		return false;
	memcpy(&sum, file->ptr + 8, 8);
	return sum == hash_bytes(file->ptr + HEAD_BYTES, file->len - HEAD_BYTES, 7);
}

void
store_load(struct store *store, const char *path)
{
	memset(store, 0, sizeof(*store));
	if (!file_map(&store->file, path))
		memset(&store->file, 0, sizeof(store->file));
	if (!is_whole(&store->file) || !read_rows(store))
		store->count = 0;
	index_rows(store);
}

void
store_release(struct store *store)
{
	file_unmap(&store->file);
	free(store->rows);
	free(store->slots);
}

const struct store_row *
store_find(const struct store *store, uint64_t key)
{
	size_t slot = key & (store->slot_count - 1);

	for (; store->slots[slot] != 0; slot = (slot + 1) & (store->slot_count - 1)) {
		if (store->rows[store->slots[slot] - 1].key == key)
			return &store->rows[store->slots[slot] - 1];
	}
	return NULL;
}

void
store_save(const char *path, const struct store_row *rows, size_t count)
{
	static const char zeros[8];
	struct err ignored = { 0 };
	struct buf out = BUF_INIT;
	uint64_t sum = 0;
	size_t i;

	buf_put(&out, MAGIC, 8);
	buf_put(&out, &sum, 8);
	for (i = 0; i < count; i++) {
		struct stored stored = { rows[i].key, rows[i].len };

		buf_put(&out, &stored, sizeof(stored));
		buf_put(&out, rows[i].bytes, rows[i].len);
		buf_put(&out, zeros, padded(rows[i].len) - rows[i].len);
	}
	sum = hash_bytes(out.ptr + HEAD_BYTES, out.len - HEAD_BYTES, 7);
	memcpy(out.ptr + 8, &sum, 8);
	if (file_make_parents(path, &ignored) != 0 ||
	    file_replace(path, out.ptr, out.len, false, NULL, &ignored) != 0)
		err_clear(&ignored);
	buf_release(&out);
}
