#include "ledger/blocks.h"

#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

static char path[256];
static const struct oid law = { { 7 } };

static struct oid
oid_of(int n)
{
	struct oid oid = { { (uint8_t)n, 1 } };

	return oid;
}

static void
add(struct blocks *b, int n, const char *key, const char *text)
{
	struct oid oid = oid_of(n);

	blocks_add(b, &oid, key, text, strlen(text));
}

/* The text that is kept, or "-". */
static const char *
kept(struct blocks *b, int n, const char *key)
{
	static char text[64];
	struct oid oid = oid_of(n);
	struct block block;

	if (!blocks_find(b, &oid, key, &block))
		return "-";
	snprintf(text, sizeof(text), "%.*s", (int)block.len, block.bytes);
	return text;
}

static void
test_blocks__saved_and_found(void)
{
	struct blocks *b = blocks_load(path, &law);

	CHECK_STR(kept(b, 1, "甲"), "-");
	add(b, 1, "甲", "甲:\n  - 1\n");
	add(b, 1, "乙", "");
	add(b, 2, "甲", "甲: 2\n");
	CHECK_STR(kept(b, 1, "甲"), "甲:\n  - 1\n");
	blocks_save(b, path);
	blocks_free(b);
	b = blocks_load(path, &law);
	CHECK_STR(kept(b, 1, "甲"), "甲:\n  - 1\n");
	CHECK_STR(kept(b, 1, "乙"), "");
	CHECK_STR(kept(b, 2, "乙"), "-");
	/* What nobody asks for any more goes when something comes. */
	add(b, 3, "甲", "甲: 3\n");
	blocks_save(b, path);
	blocks_free(b);
	b = blocks_load(path, &law);
	CHECK_STR(kept(b, 2, "甲"), "-");
	CHECK_STR(kept(b, 3, "甲"), "甲: 3\n");
	blocks_free(b);
}

static void
test_blocks__another_law(void)
{
	const struct oid other = { { 8 } };
	struct blocks *b = blocks_load(path, &other);

	CHECK_STR(kept(b, 3, "甲"), "-");
	blocks_free(b);
}

/* Every byte changed, and every length: never more than nothing is found, never a fault. */
static void
test_blocks__damaged(void)
{
	struct err err = { 0 };
	struct buf whole = BUF_INIT;
	size_t i;

	CHECK_INT(file_read(&whole, path, 1 << 20, &err), 0);
	for (i = 0; i < whole.len; i++) {
		struct buf bad = BUF_INIT;
		struct blocks *b;

		buf_put(&bad, whole.ptr, i % 2 == 0 ? whole.len : i);
		if (i % 2 == 0)
			bad.ptr[i] ^= 0x41;
		CHECK_INT(file_replace(path, bad.ptr, bad.len, false, &err), 0);
		b = blocks_load(path, &law);
		CHECK_STR(kept(b, 3, "甲"), "-");
		blocks_free(b);
		buf_release(&bad);
	}
	buf_release(&whole);
}

int
main(void)
{
	const char *folder = getenv("TMPDIR");

	snprintf(path, sizeof(path), "%s/blocks-%d", folder == NULL ? "/tmp" : folder,
		 (int)getpid());
	unit_run("saved and found", test_blocks__saved_and_found);
	unit_run("another law", test_blocks__another_law);
	unit_run("damaged", test_blocks__damaged);
	unlink(path);
	return unit_end();
}
