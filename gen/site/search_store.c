/* What was worked out before for the index: rows of bytes by key. */
#include <stdio.h>
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
read_rows(struct store *store, const struct mapping *file)
{
	const char *at = file->ptr + HEAD_BYTES, *end = file->ptr + file->len;

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

static size_t
part_of(uint64_t key)
{
	return key >> 59;
}

static char *
part_path(const char *folder, size_t part)
{
	char name[8];

	snprintf(name, sizeof(name), "%02zu", part);
	return file_join(folder, name);
}

/* A damaged part is an empty one. */
static void
load_part(struct store *store, const char *folder, size_t part)
{
	char *path = part_path(folder, part);
	size_t before = store->count;

	if (!file_map(&store->files[part], path))
		memset(&store->files[part], 0, sizeof(store->files[part]));
	if (!is_whole(&store->files[part]) || !read_rows(store, &store->files[part]))
		store->count = before;
	store->part_counts[part] = store->count - before;
	free(path);
}

void
store_load(struct store *store, const char *folder)
{
	size_t part;

	memset(store, 0, sizeof(*store));
	for (part = 0; part < STORE_PARTS; part++)
		load_part(store, folder, part);
	index_rows(store);
}

void
store_release(struct store *store)
{
	size_t part;

	for (part = 0; part < STORE_PARTS; part++)
		file_unmap(&store->files[part]);
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

static void
put_row(struct buf *out, const struct store_row *row)
{
	static const char zeros[8];
	struct stored stored = { row->key, row->len };

	buf_put(out, &stored, sizeof(stored));
	buf_put(out, row->bytes, row->len);
	buf_put(out, zeros, padded(row->len) - row->len);
}

static void
save_part(const char *folder, size_t part, const struct store_row *rows, size_t count)
{
	struct err ignored = { 0 };
	struct buf out = BUF_INIT;
	char *path = part_path(folder, part);
	uint64_t sum = 0;
	size_t i;

	buf_put(&out, MAGIC, 8);
	buf_put(&out, &sum, 8);
	for (i = 0; i < count; i++) {
		if (part_of(rows[i].key) == part)
			put_row(&out, &rows[i]);
	}
	sum = hash_bytes(out.ptr + HEAD_BYTES, out.len - HEAD_BYTES, 7);
	memcpy(out.ptr + 8, &sum, 8);
	if (file_make_parents(path, &ignored) != 0 ||
	    file_replace(path, out.ptr, out.len, false, NULL, &ignored) != 0)
		err_clear(&ignored);
	buf_release(&out);
	free(path);
}

void
store_save(const struct store *store, const char *folder, const struct store_row *rows,
	   size_t count)
{
	size_t counts[STORE_PARTS] = { 0 }, part, i;
	bool new[STORE_PARTS] = { false };

	for (i = 0; i < count; i++) {
		part = part_of(rows[i].key);
		counts[part]++;
		new[part] = new[part] || store_find(store, rows[i].key) == NULL;
	}
	for (part = 0; part < STORE_PARTS; part++) {
		if (new[part] || counts[part] != store->part_counts[part])
			save_part(folder, part, rows, count);
	}
}
