#include "base/base.h"
#include "unit.h"

static void
test_text__utf8_next(void)
{
	static const struct {
		const char *in;
		int32_t c;
		int bytes;
	} rows[] = {
		{ "a", 'a', 1 },
		{ "\x7f", 0x7f, 1 },
		{ "\xc2\x80", 0x80, 2 },
		{ "\xdf\xbf", 0x7ff, 2 },
		{ "\xe0\xa0\x80", 0x800, 3 },
		{ "云", 0x4e91, 3 },
		{ "\xed\x9f\xbf", 0xd7ff, 3 },
		{ "\xee\x80\x80", 0xe000, 3 },
		{ "\xf0\x90\x80\x80", 0x10000, 4 },
		{ "\xf4\x8f\xbf\xbf", 0x10ffff, 4 },
		{ "\x80", -1, 1 },
		{ "\xc0\x80", -1, 1 },
		{ "\xc1\xbf", -1, 1 },
		{ "\xe0\x9f\xbf", -1, 1 },
		{ "\xed\xa0\x80", -1, 1 },
		{ "\xf0\x8f\xbf\xbf", -1, 1 },
		{ "\xf4\x90\x80\x80", -1, 1 },
		{ "\xf5\x80\x80\x80", -1, 1 },
		{ "\xff", -1, 1 },
		{ "\xe4\xba", -1, 1 },
		{ "\xe4\x41\x91", -1, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *s = rows[i].in;

		CHECK_INT(utf8_next(&s, rows[i].in + strlen(rows[i].in)), rows[i].c);
		CHECK_INT(s - rows[i].in, rows[i].bytes);
	}
}

/* Every scalar value, written by an encoder of our own, is read back. */
static void
test_text__utf8_all(void)
{
	int32_t c;

	for (c = 0; c <= 0x10ffff; c++) {
		char text[4];
		const char *s = text;
		int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

		for (i = n - 1; i > 0; i--)
			text[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
		text[0] = (char)(n == 1 ? c : (0xf00 >> n & 0xff) | c >> 6 * (n - 1));
		if (utf8_next(&s, text + n) != (c >= 0xd800 && c <= 0xdfff ? -1 : c)) {
			CHECK_INT(c, -1);
			break;
		}
	}
}

static void
test_text__utf8_check(void)
{
	CHECK_INT(utf8_check("", 0), 0);
	CHECK_INT(utf8_check("ok 云", 6), 6);
	CHECK_INT(utf8_check("ok 云", 5), 3);
	CHECK_INT(utf8_check("a\xff"
			     "b",
			     3),
		  1);
	CHECK_INT(utf8_check("a\0b", 3), 3);
}

static void
test_text__utf8_trim(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ "abc", "abc" },
		{ "云", "云" },
		{ "a\xe4\xba", "a" },
		{ "a\xe4", "a" },
		{ "\xf0\x9f\x98", "" },
		{ "\x80\x80\x80\x80\x80", "\x80\x80\x80\x80\x80" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[16];

		snprintf(text, sizeof(text), "%s", rows[i].in);
		utf8_trim(text);
		CHECK_STR(text, rows[i].out);
	}
}

static void
test_text__width(void)
{
	CHECK_INT(utf8_width(""), 0);
	CHECK_INT(utf8_width("abc"), 3);
	CHECK_INT(utf8_width("云卷 2021，"), 11);
	CHECK_INT(utf8_width("\xff\xff"), 2);
	CHECK_INT(utf8_width("\xf0\x9f\x98\x80"), 2);
}

static void
test_text__questions(void)
{
	CHECK(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("a", "ab"));
	CHECK(text_ends("a.md", ".md") && text_ends("x", "") && !text_ends("md", ".md"));
	CHECK(text_unseen("", 0) && text_unseen(" \r\n\xef\xbb\xbf　\xe2\x80\x8b\xc2\xa0", 15));
	CHECK(!text_unseen("　无", 6) && !text_unseen("\x80", 1) && !text_unseen("\xc3\xa9", 2));
	CHECK(text_blank("", 0) && text_blank(" \t\r\n", 4) && !text_blank(" x", 2));
	CHECK(text_same_nocase("BeiJing", "bEIjING") && !text_same_nocase("a", "ab"));
	CHECK(!text_same_nocase("[", "{") && text_same_nocase("", ""));
}

static void
test_text__place(void)
{
	static const char text[] = "一二\nabc\n\n三";
	static const struct {
		size_t at;
		int line, column;
	} rows[] = {
		{ 0, 1, 1 }, { 3, 1, 2 },  { 6, 1, 3 },	 { 7, 2, 1 },
		{ 9, 2, 3 }, { 11, 3, 1 }, { 12, 4, 1 }, { 15, 4, 2 },
	};
	size_t i;
	int line, column;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		text_place(text, rows[i].at, &line, &column);
		CHECK_INT(line, rows[i].line);
		CHECK_INT(column, rows[i].column);
	}
}

static void
test_text__number(void)
{
	static const struct {
		const char *in;
		bool good;
		int64_t n;
	} rows[] = {
		{ "0", true, 0 },
		{ "007", true, 7 },
		{ "-12", true, -12 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1.0", false, 0 },
		{ "0x10", false, 0 },
		{ "１", false, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t n = 77;

		CHECK_INT(text_number(rows[i].in, INT64_MIN, INT64_MAX, &n), rows[i].good);
		CHECK_INT(n, rows[i].good ? rows[i].n : 77);
	}
	{
		int64_t n = 77;

		CHECK(!text_number("5", 6, 9, &n) && !text_number("10", 6, 9, &n) && n == 77);
		CHECK(text_number("6", 6, 9, &n) && n == 6);
		CHECK(text_number("9", 6, 9, &n) && n == 9);
	}
}

int
main(void)
{
	unit_run("text: one character", test_text__utf8_next);
	unit_run("text: every character there is", test_text__utf8_all);
	unit_run("text: where it stops being UTF-8", test_text__utf8_check);
	unit_run("text: a cut character is dropped", test_text__utf8_trim);
	unit_run("text: columns on a terminal", test_text__width);
	unit_run("text: small questions", test_text__questions);
	unit_run("text: line and column", test_text__place);
	unit_run("text: numbers", test_text__number);
	return unit_end();
}
