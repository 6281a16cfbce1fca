#include <stdlib.h>

#include "repo_fixture.h"
#include "trail/store.h"

#define PATH "cache/rows-of-it"
#define ROWS 200

static struct oid
key_of(uint32_t n)
{
	struct oid key = { { 0 } };
	uint32_t spread = n * 2654435761u;

	memcpy(key.id, &spread, sizeof(spread));
	memcpy(key.id + 16, &n, sizeof(n));
	return key;
}

/* Row n: n * 7 bytes. */
static size_t
bytes_of(uint32_t n, char bytes[ROWS * 14])
{
	size_t len = (size_t)n * 7, i;

	for (i = 0; i < len; i++)
		bytes[i] = (char)(n + i);
	return len;
}

static void
add(struct store *store, uint32_t from, uint32_t to)
{
	char bytes[ROWS * 14];

	for (; from < to; from++) {
		struct oid key = key_of(from);

		store_add(store, &key, bytes, bytes_of(from, bytes));
	}
}

/* How many of rows 0 … ROWS * 2 - 1 are found; each that is has its own bytes. */
static int
count(const struct store *store)
{
	char bytes[ROWS * 14];
	int found = 0;
	uint32_t n;

	for (n = 0; n < ROWS * 2; n++) {
		struct oid key = key_of(n);
		struct store_row row;

		if (!store_find(store, &key, &row))
			continue;
		CHECK_INT(row.len, bytes_of(n, bytes));
		CHECK(memcmp(row.bytes, bytes, row.len) == 0);
		CHECK_INT((uintptr_t)row.bytes % 8, 0);
		found++;
	}
	return found;
}

static int
count_kept(void)
{
	struct store *store = store_open(PATH, 1);
	int found = count(store);

	store_free(store);
	return found;
}

static void
make(uint32_t from, uint32_t to)
{
	struct store *store = store_open(PATH, 1);

	add(store, from, to);
	store_save(store, NULL, 0);
	store_free(store);
}

static int64_t
bytes_in(const char *path)
{
	struct stamp stamp;

	return file_stamp(&stamp, path) ? stamp.bytes : -1;
}

static void
test_store__keeps(void)
{
	int64_t before;

	sh("rm -rf cache");
	CHECK_INT(count_kept(), 0);
	make(0, ROWS);
	CHECK_INT(count_kept(), ROWS);
	before = bytes_in(PATH ".rows");
	make(ROWS, ROWS + 1);
	CHECK_INT(count_kept(), ROWS + 1);
	CHECK_INT(bytes_in(PATH ".rows") - before, (ROWS * 7 + 7) / 8 * 8);
}

/* More than is held back before it is written. */
static void
test_store__large(void)
{
	static char bytes[700000];
	struct store *store = store_open("cache/large", 1);
	struct store_row row;
	uint32_t n;

	for (n = 0; n < 5; n++) {
		struct oid key = key_of(n);

		memset(bytes, (int)n + 1, sizeof(bytes));
		store_add(store, &key, bytes, sizeof(bytes));
	}
	store_save(store, NULL, 0);
	store_free(store);
	store = store_open("cache/large", 1);
	for (n = 0; n < 5; n++) {
		struct oid key = key_of(n);

		CHECK(store_find(store, &key, &row));
		CHECK_INT(row.len, sizeof(bytes));
		CHECK(row.bytes[0] == (char)(n + 1) && row.bytes[row.len - 1] == (char)(n + 1));
	}
	store_free(store);
}

static void
test_store__other_program(void)
{
	struct store *store;

	sh("rm -rf cache");
	make(0, ROWS);
	store = store_open(PATH, 2);
	CHECK_INT(count(store), 0);
	add(store, 3, 5);
	store_save(store, NULL, 0);
	store_free(store);
	CHECK_INT(count_kept(), 0);
	store = store_open(PATH, 2);
	CHECK_INT(count(store), 2);
	store_free(store);
}

/* A row that is not wanted goes when most of the file is such. */
static void
test_store__gives_up(void)
{
	static char bytes[900000];
	struct oid wanted[3], key;
	struct store *store;
	struct store_row row;
	uint32_t n;

	sh("rm -rf cache");
	for (n = 0; n < 12; n++) {
		store = store_open(PATH, 1);
		key = key_of(n);
		memset(bytes, (int)n + 1, sizeof(bytes));
		store_add(store, &key, bytes, sizeof(bytes));
		wanted[n % 3] = key;
		store_save(store, wanted, n < 3 ? n + 1 : 3);
		store_free(store);
	}
	CHECK(bytes_in(PATH ".rows") < 10 * (int64_t)sizeof(bytes));
	store = store_open(PATH, 1);
	for (n = 0; n < 12; n++) {
		key = key_of(n);
		CHECK_INT(store_find(store, &key, &row), n >= 9);
		CHECK(n < 9 || (row.len == sizeof(bytes) && row.bytes[5] == (char)(n + 1)));
	}
	store_free(store);
}

static void
test_store__damage(void)
{
	static const struct {
		const char *harm;
		int least, most;
	} cases[] = {
		{ "printf XXXX | dd of=" PATH ".rows bs=1 seek=9000 conv=notrunc", ROWS - 1,
		  ROWS - 1 },
		{ "truncate -s -1 " PATH ".rows", 0, 0 },
		{ ": > " PATH ".rows", 0, 0 },
		{ "rm " PATH ".rows", 0, 0 },
		{ "printf X | dd of=" PATH ".table bs=1 seek=400 conv=notrunc", 0, 0 },
		{ "printf X | dd of=" PATH ".table bs=1 seek=27 conv=notrunc", 0, ROWS },
		{ "truncate -s 20 " PATH ".table", 0, 0 },
		{ "truncate -s -40 " PATH ".table", 0, 0 },
		{ "rm " PATH ".table", 0, 0 },
		{ "head -c 90000 /dev/urandom > " PATH ".rows.x; cat " PATH ".rows.x >> " PATH
		  ".rows",
		  ROWS, ROWS },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int found;

		sh("rm -rf cache");
		make(0, ROWS);
		sh("(%s) 2>/dev/null", cases[i].harm);
		found = count_kept();
		CHECK(found >= cases[i].least && found <= cases[i].most);
		make(0, ROWS);
		CHECK_INT(count_kept(), ROWS);
	}
}

/* Of two that add at once one is kept, and nothing of it is lost. */
static void
test_store__two_at_once(void)
{
	struct store *one, *two, *three;

	sh("rm -rf cache");
	make(0, 10);
	one = store_open(PATH, 1);
	two = store_open(PATH, 1);
	three = store_open(PATH, 1);
	add(one, 10, 20);
	store_save(one, NULL, 0);
	add(two, 20, 40);
	store_save(two, NULL, 0); /* while one still has the file */
	store_free(one);
	add(three, 40, 60);
	store_save(three, NULL, 0); /* one has written since three read */
	CHECK_INT(count(three), 10);
	CHECK_INT(count_kept(), 20);
	store_free(two);
	store_free(three);
	make(20, 40);
	CHECK_INT(count_kept(), 40);
}

/* Who came too late stays so, however often it asks: the file is not its to write. */
static void
test_store__asks_twice(void)
{
	struct store *one, *two;
	int i;

	sh("rm -rf cache");
	make(0, 10);
	two = store_open(PATH, 1);
	one = store_open(PATH, 1);
	add(one, 10, 20);
	store_save(one, NULL, 0);
	add(two, 20, 40);
	for (i = 0; i < 2; i++)
		store_save(two, NULL, 0);
	store_free(one);
	store_free(two);
	CHECK_INT(count_kept(), 20);
}

/* What cannot be kept is no failure. */
static void
test_store__no_place(void)
{
	struct store *store;

	sh("echo file > plain");
	store = store_open("plain/rows", 1);
	add(store, 0, ROWS);
	store_save(store, NULL, 0);
	CHECK_INT(count(store), 0);
	store_free(store);
	sh("grep -q file plain");
}

int
main(void)
{
	fixture_start();
	unit_run("keeps", test_store__keeps);
	unit_run("large", test_store__large);
	unit_run("other program", test_store__other_program);
	unit_run("gives up", test_store__gives_up);
	unit_run("damage", test_store__damage);
	unit_run("two at once", test_store__two_at_once);
	unit_run("asks twice", test_store__asks_twice);
	unit_run("no place", test_store__no_place);
	fixture_end();
	return unit_end();
}
