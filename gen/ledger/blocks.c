#include "ledger/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "trail/keep.h"

#define KIND "ledger 3"

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
	struct mapping file; /* ptr NULL: none */
	struct map by_name;  /* "hex key" -> struct kept */
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

/* The row at `at`; false when it does not lie whole before `end`. */
static bool
take_row(struct blocks *b, const char **at, const char *end)
{
	struct row_head head;
	size_t left = (size_t)(end - *at);
	const char *bytes = *at + sizeof(head);

	if (left < sizeof(head))
		return false;
	memcpy(&head, *at, sizeof(head));
	left -= sizeof(head);
	if (head.key_bytes == 0 || head.key_bytes > left || head.bytes > left - head.key_bytes ||
	    bytes[head.key_bytes - 1] != '\0')
		return false;
	keep(b, &head, bytes, bytes + head.key_bytes, false);
	*at = bytes + head.key_bytes + head.bytes;
	return true;
}

struct blocks *
blocks_load(const char *path, const struct oid *law)
{
	struct blocks *b = xcalloc(1, sizeof(*b));
	const char *at, *end;
	size_t len;

	b->law = *law;
	if (!keep_map(&b->file, &at, &len, path, KIND, law)) {
		memset(&b->file, 0, sizeof(b->file));
		return b;
	}
	end = at + len;
	while (at < end && take_row(b, &at, end))
		;
	return b;
}

void
blocks_free(struct blocks *b)
{
	if (b == NULL)
		return;
	map_release(&b->by_name);
	if (b->file.ptr != NULL)
		file_unmap(&b->file);
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
	size_t i;

	if (!b->grown)
		return;
	for (i = 0; i < b->by_name.count; i++) {
		const struct kept *kept = b->by_name.entries[i].value;

		if (!kept->asked)
			continue;
		buf_put(&out, &kept->head, sizeof(kept->head));
		buf_put(&out, kept->key, kept->head.key_bytes);
		buf_put(&out, kept->text, kept->head.bytes);
	}
	keep_write(&out, path, KIND, &b->law);
	buf_release(&out);
}
