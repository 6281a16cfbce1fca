/* What a file in a bag may be called, and which names are one. */
#include <stdlib.h>

#include "parcel/bag.h"
#include "parcel/bag_read.h"
#include "unit.h"

/* NULL: allowed. */
static const struct {
	const char *name, *rule;
} rows[] = {
	{ "a", NULL },
	{ "a/b/c.txt", NULL },
	{ "实施方案（终稿）.docx", NULL },
	{ "..a", NULL },
	{ "a..b/...c", NULL },
	{ ".gitignore", NULL },
	{ "com", NULL },
	{ "com10", NULL },
	{ "console", NULL },
	{ "100%", NULL },
	{ "👨‍👩‍👧.png", NULL }, /* joined by U+200D */
	{ "", "name-empty" },
	{ "/", "name-absolute" },
	{ "/a", "name-absolute" },
	{ "a/", "name-empty" },
	{ "a//b", "name-empty" },
	{ ".", "name-empty" },
	{ "a/./b", "name-empty" },
	{ "..", "name-traversal" },
	{ "a/..", "name-traversal" },
	{ "a/../b", "name-traversal" },
	{ "c:", "name-drive" },
	{ "a:b", "name-drive" },
	{ "a\\b", "name-backslash" },
	{ "a\tb", "name-control" },
	{ "a\x7f", "name-control" },
	{ "a\xc2\x85", "name-control" },
	{ "a\xe2\x80\xa8", "name-control" },
	{ "a\xe2\x80\xaf", NULL },
	{ "a\xe2\x80\xae", "name-direction" },
	{ "a\xd8\x9c", "name-direction" },
	{ "\xff", "name-utf8" },
	{ "\xed\xa0\x80", "name-utf8" },
	{ "a.", "name-end" },
	{ "a ", "name-end" },
	{ "a /b", "name-end" },
	{ "CON", "name-reserved" },
	{ "con.txt", "name-reserved" },
	{ "a/Aux", "name-reserved" },
	{ "nul .x.y", "name-reserved" },
	{ "COM0", "name-reserved" },
	{ "lpt9.tar.gz", "name-reserved" },
	{ "COM\xc2\xb2", "name-reserved" },
	{ "conin$", "name-reserved" },
	{ "a*b", "name-reserved" },
	{ "a|b", "name-reserved" },
};

static void
test_names__rows(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *rule = "";
		const char *why = bag_name_fault(rows[i].name, strlen(rows[i].name), &rule);

		if ((why == NULL) != (rows[i].rule == NULL) ||
		    (why != NULL && strcmp(rule, rows[i].rule) != 0)) {
			printf("# %s: %s\n", rows[i].name, why == NULL ? "allowed" : rule);
			CHECK(false);
		}
	}
	CHECK(bag_name_fault("a\0b", 3, NULL) != NULL);
}

static void
test_names__lengths(void)
{
	const char *rule = "";
	char name[2048];
	int i;

	memset(name, 'a', sizeof(name));
	CHECK(bag_name_fault(name, 240, &rule) == NULL);
	CHECK(bag_name_fault(name, 241, &rule) != NULL);
	CHECK_STR(rule, "name-long");
	for (i = 0; i < 85; i++)
		memcpy(name + 3 * i, "长", 3);
	CHECK(bag_name_fault(name, 255, &rule) == NULL);
	CHECK(bag_name_fault(name, 256, &rule) != NULL);
	for (i = 0; i < 16; i++)
		memcpy(name + 2 * i, "a/", 2);
	name[32] = 'b';
	CHECK(bag_name_fault(name, 31, &rule) == NULL);
	CHECK(bag_name_fault(name, 33, &rule) != NULL);
	CHECK_STR(rule, "name-deep");
}

static void
test_names__keys(void)
{
	static const char *const same[][2] = {
		{ "a", "A" },
		{ "\xc3\xa9", "e\xcc\x81" },
		{ "stra\xc3\x9f\x65", "STRASSE" },
		{ "\xe1\xba\x9e", "ss" },
		{ "材料", "材料" },
		{ "\xe2\x84\xaa", "k" },
		{ "\xcf\x82", "\xce\xa3" },
	};
	static const char *const other[][2] = { { "a", "b" }, { "a", "a/" }, { "甲", "乙" } };
	struct arena arena = { 0 };
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(*same); i++)
		CHECK_STR(bag_name_key(&arena, same[i][0], strlen(same[i][0])),
			  bag_name_key(&arena, same[i][1], strlen(same[i][1])));
	for (i = 0; i < sizeof(other) / sizeof(*other); i++)
		CHECK(strcmp(bag_name_key(&arena, other[i][0], strlen(other[i][0])),
			     bag_name_key(&arena, other[i][1], strlen(other[i][1]))) != 0);
	CHECK_STR(bag_name_key(&arena, "\xff", 1), "");
	arena_release(&arena);
}

int
main(void)
{
	unit_run("names: one by one", test_names__rows);
	unit_run("names: lengths", test_names__lengths);
	unit_run("names: which are one", test_names__keys);
	return unit_end();
}
