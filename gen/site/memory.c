#include "site/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "YJPAGES\1"
#define MEMORY_MAX_BYTES ((size_t)512 << 20)

struct stored {
	uint64_t key;
	struct stamp stamp;
	uint32_t path_len, reserved;
};

void
memory_add(struct memory *m, const char *path, uint64_t key, struct stamp stamp)
{
	struct page_row row = { arena_strdup(&m->arena, path), key, stamp };

	vec_push(m->rows, m->count, m->cap, row);
}

static void
index_rows(struct memory *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		map_put(&m->by_path, m->rows[i].path, (void *)(i + 1));
}

static bool
parse(struct memory *m, const struct buf *text)
{
	const size_t head = 8 + 8 + 8;
	struct stored row;
	uint64_t sum;
	size_t at = head;
	char path[4096];

	if (text->len < head || memcmp(text->ptr, MAGIC, 8) != 0)
		return false;
	memcpy(&sum, text->ptr + 8, 8);
	memcpy(&m->whole, text->ptr + 16, 8);
	if (sum != hash_bytes(text->ptr + 16, text->len - 16, 3))
		return false;
	while (at + sizeof(row) <= text->len) {
		memcpy(&row, text->ptr + at, sizeof(row));
		at += sizeof(row);
		if (row.path_len >= sizeof(path) || row.path_len > text->len - at)
			return false;
		memcpy(path, text->ptr + at, row.path_len);
		path[row.path_len] = '\0';
		at += row.path_len;
		memory_add(m, path, row.key, row.stamp);
	}
	return true;
}

void
memory_load(struct memory *m, const char *path)
{
	struct err ignored = { 0 };
	struct buf text = BUF_INIT;

	memset(m, 0, sizeof(*m));
	if (file_read(&text, path, MEMORY_MAX_BYTES, &ignored) == 0 && !parse(m, &text))
		memory_release(m);
	index_rows(m);
	buf_release(&text);
}

int
memory_save(const struct memory *m, const char *path, struct err *err)
{
	struct buf out = BUF_INIT;
	uint64_t sum = 0;
	size_t i;
	int rc = file_make_parents(path, err);

	buf_put(&out, MAGIC, 8);
	buf_put(&out, &sum, 8);
	buf_put(&out, &m->whole, 8);
	for (i = 0; i < m->count; i++) {
		const struct page_row *row = &m->rows[i];
		struct stored stored = { row->key, row->stamp, (uint32_t)strlen(row->path), 0 };

		buf_put(&out, &stored, sizeof(stored));
		buf_put(&out, row->path, stored.path_len);
	}
	sum = hash_bytes(out.ptr + 16, out.len - 16, 3);
	memcpy(out.ptr + 8, &sum, 8);
	if (rc == 0)
		rc = file_replace(path, out.ptr, out.len, false, err);
	buf_release(&out);
	return rc;
}

void
memory_release(struct memory *m)
{
	map_release(&m->by_path);
	free(m->rows);
	arena_release(&m->arena);
	memset(m, 0, sizeof(*m));
}

const struct page_row *
memory_find(const struct memory *m, const char *path)
{
	size_t at = (size_t)map_find(&m->by_path, path);

	return at == 0 ? NULL : &m->rows[at - 1];
}

bool
memory_fresh(const struct page_row *row, const char *out)
{
	char path[4096];
	struct stamp now;

	snprintf(path, sizeof(path), "%s/%s", out, row->path);
	return file_stamp(&now, path) && now.bytes == row->stamp.bytes &&
	       now.time_ns == row->stamp.time_ns;
}
