#include <stdlib.h>

#include "base/base.h"
#include "unit.h"

static void
test_map__empty(void)
{
	struct map m = { 0 };

	CHECK(map_find(&m, "x") == NULL);
	map_release(&m);
	map_release(&m);
}

static void
test_map__put_and_replace(void)
{
	struct map m = { 0 };
	int a = 1, b = 2;

	map_put(&m, "", &a);
	map_put(&m, "票", &b);
	CHECK(map_find(&m, "") == &a && map_find(&m, "票") == &b);
	map_put(&m, "", &b);
	CHECK(map_find(&m, "") == &b);
	CHECK_INT(m.count, 2);
	CHECK(map_find(&m, "票据") == NULL);
	map_release(&m);
	CHECK(m.count == 0 && map_find(&m, "") == NULL);
}

/* Twenty thousand keys: all are found, in the order they came, and nothing else is. */
static void
test_map__many(void)
{
	enum { COUNT = 20000 };
	struct arena a = { 0 };
	struct map m = { 0 };
	int *values = xcalloc(COUNT, sizeof(*values)), i;

	for (i = 0; i < COUNT; i++)
		map_put(&m, arena_printf(&a, "SQ-2021-%d", i), &values[i]);
	for (i = 0; i < COUNT; i++) {
		CHECK(map_find(&m, arena_printf(&a, "SQ-2021-%d", i)) == &values[i]);
		CHECK(map_find(&m, arena_printf(&a, "SQ-2022-%d", i)) == NULL);
		CHECK(m.entries[i].value == &values[i]);
	}
	CHECK_INT(m.count, COUNT);
	map_release(&m);
	arena_release(&a);
	free(values);
}

static void
test_map__hash(void)
{
	char zeros[64] = { 0 };
	uint64_t seen[64];
	size_t i, k;

	for (i = 0; i < 64; i++) {
		seen[i] = hash_bytes(zeros, i, 0);
		CHECK(seen[i] == hash_bytes(zeros, i, 0));
		for (k = 0; k < i; k++)
			CHECK(seen[k] != seen[i]);
	}
	CHECK(hash_bytes("abc", 3, 0) != hash_bytes("abc", 3, 1));
	CHECK(hash_bytes("abcdefgh1", 9, 0) != hash_bytes("abcdefgh2", 9, 0));
}

static void
test_map__vec(void)
{
	int *items = NULL, i;
	size_t count = 0, cap = 0;

	for (i = 0; i < 1000; i++)
		vec_push(items, count, cap, i * i);
	CHECK_INT(count, 1000);
	CHECK(cap >= count);
	for (i = 0; i < 1000; i++)
		CHECK_INT(items[i], i * i);
	free(items);
}

int
main(void)
{
	unit_run("map: empty", test_map__empty);
	unit_run("map: put and replace", test_map__put_and_replace);
	unit_run("map: many keys", test_map__many);
	unit_run("map: the hash tells apart", test_map__hash);
	unit_run("map: vec_push", test_map__vec);
	return unit_end();
}
