#include "base/base.h"
#include "unit.h"

static void
test_arena__aligned_and_zero(void)
{
	struct arena a = { 0 };
	size_t bytes, i;

	for (bytes = 0; bytes < 300; bytes++) {
		char *p = arena_alloc(&a, bytes);

		CHECK((uintptr_t)p % _Alignof(max_align_t) == 0);
		for (i = 0; i < bytes; i++)
			CHECK(p[i] == 0);
		memset(p, 0xff, bytes);
	}
	CHECK(a.used_bytes >= 299 * 300 / 2);
	arena_release(&a);
	CHECK(a.first == NULL && a.used_bytes == 0);
}

/* Pieces of all sizes, around the block size too, keep what was written into them. */
static void
test_arena__pieces_apart(void)
{
	static const size_t sizes[] = {
		1, 31, 4096, 8191, 8192, 8193, 32767, 32768, 32769, 100000
	};
	struct arena a = { 0 };
	unsigned char *pieces[200];
	size_t i, k;

	for (i = 0; i < 200; i++) {
		pieces[i] = arena_alloc(&a, sizes[i % 10]);
		memset(pieces[i], (int)i, sizes[i % 10]);
	}
	for (i = 0; i < 200; i++)
		for (k = 0; k < sizes[i % 10]; k += 97)
			CHECK_INT(pieces[i][k], i);
	arena_release(&a);
}

static void
test_arena__strings(void)
{
	struct arena a = { 0 };
	char wide[1000];
	const char *p;

	CHECK_STR(arena_strdup(&a, "云资源"), "云资源");
	CHECK_STR(arena_strdup(&a, ""), "");
	CHECK_STR(arena_strndup(&a, "abcdef", 3), "abc");
	CHECK_STR(arena_strndup(&a, NULL, 0), "");
	CHECK_STR(arena_printf(&a, "%s-%04d", "SQ", 7), "SQ-0007");
	CHECK_STR(arena_printf(&a, "%s", ""), "");
	memset(wide, 'x', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	p = arena_printf(&a, "<%s>", wide);
	CHECK_INT(strlen(p), sizeof(wide) + 1);
	CHECK(p[0] == '<' && p[sizeof(wide)] == '>');
	/* The border of the small buffer inside. */
	CHECK_INT(strlen(arena_printf(&a, "%.255s", wide)), 255);
	CHECK_INT(strlen(arena_printf(&a, "%.256s", wide)), 256);
	arena_release(&a);
}

static void
test_arena__copy(void)
{
	static const int numbers[] = { 3, 1, 4, 1, 5 };
	struct arena a = { 0 };
	int *copy = arena_copy(&a, numbers, 5, sizeof(*numbers));

	CHECK(memcmp(copy, numbers, sizeof(numbers)) == 0);
	CHECK(arena_copy(&a, NULL, 0, sizeof(*numbers)) != NULL);
	arena_release(&a);
	arena_release(&a);
}

int
main(void)
{
	unit_run("arena: pieces are aligned and zero", test_arena__aligned_and_zero);
	unit_run("arena: pieces do not touch", test_arena__pieces_apart);
	unit_run("arena: strings", test_arena__strings);
	unit_run("arena: copies of arrays", test_arena__copy);
	return unit_end();
}
