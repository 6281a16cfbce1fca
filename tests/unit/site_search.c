#include <stdlib.h>

#include "repo_fixture.h"
#include "site/search_internal.h"

/* FNV-1a written down apart from the program's. */
static uint32_t
gram(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text != '\0'; text++) {
		hash ^= (unsigned char)*text;
		hash *= 16777619u;
	}
	return hash;
}

static bool
has(const struct gram_list *list, const char *text)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->items[i] == gram(text))
			return true;
	}
	return false;
}

static void
test_search__names(void)
{
	static const char *const in[] = { "梅州", "州市", "梅", "甲",	"sq",
					  "sq2",  "sq20", "20", "2021", "v1" };
	static const char *const out[] = { "s", "v", "SQ20", "市甲", "2021v1" };
	struct grams g = { 0 };
	size_t i;

	grams_begin(&g);
	grams_name(&g, "梅州市SQ20-2021 v1，甲");
	for (i = 0; i < sizeof(in) / sizeof(*in); i++)
		CHECK(has(&g.names, in[i]));
	for (i = 0; i < sizeof(out) / sizeof(*out); i++)
		CHECK(!has(&g.names, out[i]));
	CHECK_INT(g.texts.count, 0);
	grams_release(&g);
}

static void
test_search__texts(void)
{
	struct grams g = { 0 };
	size_t names;

	grams_begin(&g);
	grams_name(&g, "扩容");
	names = g.names.count;
	grams_text(&g, "扩容内存 nginx", strlen("扩容内存 nginx"));
	CHECK_INT(g.names.count, names);
	CHECK(!has(&g.texts, "扩容")); /* it stands in a name */
	CHECK(has(&g.texts, "容内"));
	CHECK(has(&g.texts, "ngi") && has(&g.texts, "nginx"));
	CHECK(!has(&g.texts, "ng"));
	grams_begin(&g);
	CHECK_INT(g.names.count + g.texts.count, 0);
	grams_text(&g, "扩容", strlen("扩容"));
	CHECK(has(&g.texts, "扩容")); /* forgotten with the document before */
	CHECK(!has(&g.texts, "容"));
	grams_signs(&g, "扩 容", strlen("扩 容"));
	CHECK(has(&g.texts, "容") && has(&g.texts, "扩"));
	grams_release(&g);
}

static void
test_search__many(void)
{
	struct grams g = { 0 };
	char word[16];
	int round, i;

	for (round = 0; round < 3; round++) {
		grams_begin(&g);
		for (i = 100; i < 900; i++) {
			snprintf(word, sizeof(word), "q%dz", i);
			grams_text(&g, word, strlen(word));
			grams_text(&g, word, strlen(word));
		}
		/* whole words of five, beginnings of four and three letters, each once */
		CHECK_INT(g.texts.count, 800 + 800 + 80);
	}
	grams_release(&g);
}

static void
test_search__hostile(void)
{
	static const char bad[] = "\xe6\xa2\xff\xfe梅\xe5\x9e<script>\xf0\x9f\x98\x80梅州";
	char *longest = xmalloc(100001);
	struct grams g = { 0 };

	memset(longest, 'x', 100000);
	longest[100000] = '\0';
	grams_begin(&g);
	grams_name(&g, bad);
	CHECK(has(&g.names, "script") && has(&g.names, "梅州"));
	grams_begin(&g);
	grams_name(&g, longest);
	CHECK_INT(g.names.count, 31); /* 2 to 32 letters of it */
	free(longest);
	grams_release(&g);
}

static void
test_search__initials(void)
{
	static const char *const rows[][2] = {
		{ "梅州市教育局", "mzsjyj" },
		{ "a梅1", ".m." },
		{ "𠮷局", "..j" },
		{ "", "" },
		{ "一龙", "yl" },
	};
	struct buf letters = BUF_INIT;
	struct grams g = { 0 };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&letters);
		initials_of(&letters, rows[i][0]);
		CHECK_STR(letters.ptr, rows[i][1]);
	}
	grams_begin(&g);
	grams_initials(&g, "教育，局");
	CHECK_INT(g.names.count, 1);
	CHECK(has(&g.names, "initials:jy"));
	grams_release(&g);
	buf_release(&letters);
}

int
main(void)
{
	fixture_start();
	unit_run("names", test_search__names);
	unit_run("texts", test_search__texts);
	unit_run("many words", test_search__many);
	unit_run("hostile", test_search__hostile);
	unit_run("initials", test_search__initials);
	fixture_end();
	return unit_end();
}
