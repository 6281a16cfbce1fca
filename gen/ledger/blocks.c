#include "ledger/blocks.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC "YJBLOCK\2"
#define FILE_MAX_BYTES ((size_t)1 << 30)

/* Before each row's bytes in the file: the key with its NUL, then the block. */
struct row_head {
	struct oid blob;
	uint32_t key_bytes, bytes;
};

struct kept {
	struct row_head head;
	const char *key, *text;
	bool asked;
};

struct blocks {
	struct arena arena;
	struct oid law;
	struct buf image;
	struct map by_name; /* "hex key" -> struct kept */
	bool grown;
};

static const char *
name_of(struct blocks *b, const struct oid *blob, const char *key)
{
	char hex[OID_HEX];

	oid_hex(blob, hex);
	return arena_printf(&b->arena, "%s %s", hex, key);
}

static void
keep(struct blocks *b, const struct row_head *head, const char *key, const char *text, bool asked)
{
	struct kept *kept = arena_alloc(&b->arena, sizeof(*kept));

	*kept = (struct kept){ *head, key, text, asked };
	map_put(&b->by_name, name_of(b, &head->blob, key), kept);
}

/* The row at `at`; false when it does not lie whole in the image. */
static bool
take_row(struct blocks *b, size_t *at)
{
	struct row_head head;
	const char *bytes;
	size_t left = b->image.len - *at;

	if (left < sizeof(head))
		return false;
	memcpy(&head, b->image.ptr + *at, sizeof(head));
	bytes = b->image.ptr + *at + sizeof(head);
	left -= sizeof(head);
	if (head.key_bytes == 0 || head.key_bytes > left || head.bytes > left - head.key_bytes ||
	    bytes[head.key_bytes - 1] != '\0')
		return false;
	keep(b, &head, bytes, bytes + head.key_bytes, false);
	*at += sizeof(head) + head.key_bytes + head.bytes;
	return true;
}

/* In front of the rows: magic, sum of all behind it, law. */
#define SUM_AT strlen(MAGIC)
#define LAW_AT (SUM_AT + sizeof(uint64_t))
#define ROWS_AT (LAW_AT + sizeof(struct oid))

struct blocks *
blocks_load(const char *path, const struct oid *law)
{
	struct blocks *b = xcalloc(1, sizeof(*b));
	size_t at = ROWS_AT;
	struct err ignored = { 0 };
	uint64_t sum;

	b->law = *law;
	buf_init(&b->image, 0);
	if (file_read(&b->image, path, FILE_MAX_BYTES, &ignored) != 0 || b->image.len < at ||
	    memcmp(b->image.ptr, MAGIC, strlen(MAGIC)) != 0)
		return b;
	memcpy(&sum, b->image.ptr + SUM_AT, sizeof(sum));
	if (sum != hash_bytes(b->image.ptr + LAW_AT, b->image.len - LAW_AT, 1) ||
	    memcmp(b->image.ptr + LAW_AT, law, sizeof(*law)) != 0)
		return b;
	while (at < b->image.len && take_row(b, &at))
		;
	return b;
}

void
blocks_free(struct blocks *b)
{
	if (b == NULL)
		return;
	map_release(&b->by_name);
	buf_release(&b->image);
	arena_release(&b->arena);
	free(b);
}

bool
blocks_find(struct blocks *b, const struct oid *blob, const char *key, struct block *out)
{
	struct kept *kept = map_find(&b->by_name, name_of(b, blob, key));

	if (kept == NULL)
		return false;
	kept->asked = true;
	*out = (struct block){ kept->text, kept->head.bytes };
	return true;
}

void
blocks_add(struct blocks *b, const struct oid *blob, const char *key, const char *bytes, size_t len)
{
	struct row_head head = { *blob, (uint32_t)strlen(key) + 1, (uint32_t)len };

	keep(b, &head, arena_strdup(&b->arena, key), arena_copy(&b->arena, bytes, len, 1), true);
	b->grown = true;
}

void
blocks_save(const struct blocks *b, const char *path)
{
	struct buf out = BUF_INIT;
	struct err ignored = { 0 };
	uint64_t sum = 0;
	size_t i;

	if (!b->grown)
		return;
	buf_puts(&out, MAGIC);
	buf_put(&out, &sum, sizeof(sum));
	buf_put(&out, &b->law, sizeof(b->law));
	for (i = 0; i < b->by_name.count; i++) {
		const struct kept *kept = b->by_name.entries[i].value;

		if (!kept->asked)
			continue;
		buf_put(&out, &kept->head, sizeof(kept->head));
		buf_put(&out, kept->key, kept->head.key_bytes);
		buf_put(&out, kept->text, kept->head.bytes);
	}
	sum = hash_bytes(out.ptr + LAW_AT, out.len - LAW_AT, 1);
	memcpy(out.ptr + SUM_AT, &sum, sizeof(sum));
	if (file_make_parents(path, &ignored) == 0 &&
	    file_replace(path, out.ptr, out.len, false, NULL, &ignored) != 0)
		err_clear(&ignored); /* it is made again */
	buf_release(&out);
}
