#include <stdlib.h>

#include "calendar/calendar.h"
#include "unit.h"

/* The table that is shipped, or one written here. A finding fails the test. */
static struct calendar *
parse(const char *text)
{
	struct calendar *cal = NULL;
	struct findings findings = { 0 };
	struct err err = { 0 };

	CHECK_INT(calendar_parse(&cal, text, strlen(text), "cn.tsv", &findings, &err), 0);
	CHECK_INT(findings.count, 0);
	if (findings.count != 0)
		CHECK_STR(findings.items[0].message, "");
	findings_release(&findings);
	return cal;
}

static const char *
shipped_text(void)
{
	const struct embedded *file = embedded_find("content/calendar/cn.tsv");

	CHECK(file != NULL);
	return file == NULL ? "" : file->data;
}

static int32_t
day(const char *text)
{
	int32_t d = 0;

	CHECK(day_parse(text, &d));
	return d;
}

/* Walks 400 years with a clerk's calendar and compares each day, there and back. */
static void
test_day__every_day(void)
{
	static const int lens[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int y, m, d, weekday = 1; /* 1900-01-01 was a Monday */
	int32_t at = -25567, read;

	for (y = 1900; y < 2300; y++) {
		bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

		for (m = 1; m <= 12; m++) {
			for (d = 1; d <= lens[m - 1] + (m == 2 && leap); d++, at++) {
				struct day_parts p = day_split(at);
				char text[11], own[32];

				snprintf(own, sizeof(own), "%04d-%02d-%02d", y, m, d);
				day_text(at, text);
				if (day_make(y, m, d) != at || p.year != y || p.month != m ||
				    p.dom != d || p.weekday != weekday || strcmp(own, text) != 0 ||
				    !day_parse(own, &read) || read != at) {
					CHECK_STR(text, own);
					return;
				}
				weekday = weekday % 7 + 1;
			}
		}
	}
}

static void
test_day__ends(void)
{
	char text[17];

	CHECK_INT(day_make(1970, 1, 1), 0);
	CHECK_INT(day_split(0).weekday, 4);
	CHECK_INT(day_make(2000, 3, 1), 11017);
	CHECK_INT(day("0001-01-01"), -719162);
	CHECK_INT(day("9999-12-31"), 2932896);
	CHECK_INT(day_split(day("0001-01-01")).weekday, 1);
	CHECK_INT(day_split(day("9999-12-31")).weekday, 5);
	/* Whatever a commit claims is held within the years that have a text. */
	day_text(INT32_MAX, text);
	CHECK_STR(text, "9999-12-31");
	day_text(INT32_MIN, text);
	CHECK_STR(text, "0001-01-01");
	moment_text(INT64_MAX, text);
	CHECK_STR(text, "9999-12-31 23:59");
	moment_text(INT64_MIN, text);
	CHECK_STR(text, "0001-01-01 00:00");
	CHECK_INT(day_of(INT64_MAX), 2932896);
	CHECK_INT(day_of(INT64_MIN), -719162);
	CHECK(day_end(INT32_MAX) > day_end(INT32_MIN));
}

static void
test_day__of_moment(void)
{
	static const struct {
		int64_t utc;
		const char *day, *moment;
	} rows[] = {
		{ 0, "1970-01-01", "1970-01-01 08:00" },
		{ -28800, "1970-01-01", "1970-01-01 00:00" },
		{ -28801, "1969-12-31", "1969-12-31 23:59" },
		{ 57599, "1970-01-01", "1970-01-01 23:59" },
		{ 57600, "1970-01-02", "1970-01-02 00:00" },
		{ 1620610200, "2021-05-10", "2021-05-10 09:30" },
		{ 1609430399, "2020-12-31", "2020-12-31 23:59" },
		{ 1609430400, "2021-01-01", "2021-01-01 00:00" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[17];
		int32_t d = day_of(rows[i].utc);
		int64_t back;

		day_text(d, text);
		CHECK_STR(text, rows[i].day);
		moment_text(rows[i].utc, text);
		CHECK_STR(text, rows[i].moment);
		CHECK(moment_parse(text, &back) && back <= rows[i].utc && rows[i].utc - back < 60);
		CHECK(rows[i].utc < day_end(d) && rows[i].utc >= day_end(d - 1));
		CHECK_INT(day_of(day_end(d)), d + 1);
		CHECK_INT(day_of(day_end(d) - 1), d);
	}
}

static void
test_day__parse_refuses(void)
{
	static const char *const rows[] = {
		"",
		"2021",
		"2021-1-1",
		"2021-01-1",
		"2021-01-01 ",
		" 2021-01-01",
		"2021-00-01",
		"2021-13-01",
		"2021-01-00",
		"2021-01-32",
		"2021-02-29",
		"2100-02-29",
		"2021-04-31",
		"0000-01-01",
		"-021-01-01",
		"2021/01/01",
		"2021-01-01T",
		"20210101",
		"2021-01-01x",
		"２０２１-01-01",
		"12021-01-01",
		"2021-+1-01",
		"2021-01-0",
		"2021-01-",
	};
	static const char *const months[] = {
		"",	  "2021",     "2021-",	    "2021-0",	"2021-00", "2021-13",
		"2021-1", "2021-01-", "2021-01-01", " 2021-01", "0000-01", "2021-010",
	};
	int32_t d = 77;
	int y = 7, m = 7;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		CHECK(!day_parse(rows[i], &d));
	CHECK_INT(d, 77);
	CHECK_INT(day("2020-02-29"), 18321);
	CHECK_INT(day("2000-02-29"), 11016);
	for (i = 0; i < sizeof(months) / sizeof(*months); i++)
		CHECK(!month_parse(months[i], &y, &m));
	CHECK(y == 7 && m == 7);
	CHECK(month_parse("2021-12", &y, &m) && y == 2021 && m == 12);
}

static void
test_moment__parse(void)
{
	static const struct {
		const char *in;
		bool good;
		int64_t utc;
	} rows[] = {
		{ "2021-05-10", true, 1620576000 },
		{ "2021-05-10 09:30", true, 1620610200 },
		{ "2021-05-10T09:30", true, 1620610200 },
		{ "2021-05-10T09:30:59", true, 1620610259 },
		{ "2021-05-10 23:59", true, 1620662340 },
		{ "2021-05-10 09:30:59", false, 0 },
		{ "2021-05-10 24:00", false, 0 },
		{ "2021-05-10 09:60", false, 0 },
		{ "2021-05-10T09:30:60", false, 0 },
		{ "2021-05-10T09:30:", false, 0 },
		{ "2021-05-10T09:30:5", false, 0 },
		{ "2021-05-10T", false, 0 },
		{ "2021-05-10 ", false, 0 },
		{ "2021-05-10 9:30", false, 0 },
		{ "2021-05-10 0930", false, 0 },
		{ "2021-05-10  09:30", false, 0 },
		{ "2021-05-10t09:30", false, 0 },
		{ "2021-05-10T09:30Z", false, 0 },
		{ "2021-05-10T09:30:00+08:00", false, 0 },
		{ "2021-02-29 09:30", false, 0 },
		{ "", false, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t utc = 77;

		CHECK_INT(moment_parse(rows[i].in, &utc), rows[i].good);
		CHECK_INT(utc, rows[i].good ? rows[i].utc : 77);
	}
}

static void
test_day__of_next_month(void)
{
	CHECK_INT(day_of_next_month(2021, 4, 15), day("2021-05-15"));
	CHECK_INT(day_of_next_month(2021, 12, 15), day("2022-01-15"));
	CHECK_INT(day_of_next_month(2021, 1, 31), day("2021-02-28"));
	CHECK_INT(day_of_next_month(2020, 1, 31), day("2020-02-29"));
	CHECK_INT(day_of_next_month(2021, 3, 31), day("2021-04-30"));
	CHECK_INT(day_of_next_month(9999, 12, 1), day("9999-12-31"));
}

static void
test_calendar__kinds(void)
{
	static const struct {
		const char *day;
		enum day_kind kind;
		const char *name;
	} rows[] = {
		{ "2021-09-30", DAY_WORK, "" },	      { "2021-10-01", DAY_OFF, "国庆节" },
		{ "2021-10-02", DAY_OFF, "国庆节" },  { "2021-10-08", DAY_WORK, "" },
		{ "2021-10-09", DAY_WORK, "国庆节" }, { "2021-10-10", DAY_OFF, "" },
		{ "2021-02-20", DAY_WORK, "春节" },   { "2020-01-31", DAY_OFF, "春节" },
		{ "2020-02-03", DAY_WORK, "" },	      { "2019-01-01", DAY_OFF, "元旦" },
		{ "2018-12-31", DAY_UNKNOWN, "" },    { "2026-12-31", DAY_WORK, "" },
		{ "2027-01-01", DAY_UNKNOWN, "" },
	};
	struct calendar *cal = parse(shipped_text());
	const char *name;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_INT(calendar_kind(cal, day(rows[i].day), &name), rows[i].kind);
		CHECK_STR(name, rows[i].name);
		CHECK_INT(calendar_kind(cal, day(rows[i].day), NULL), rows[i].kind);
	}
	CHECK_INT(calendar_kind(cal, INT32_MIN, &name), DAY_UNKNOWN);
	CHECK_INT(calendar_kind(cal, INT32_MAX, &name), DAY_UNKNOWN);
	CHECK(!calendar_knows(cal, 2018) && calendar_knows(cal, 2019));
	CHECK(calendar_knows(cal, 2026) && !calendar_knows(cal, 2027));
	calendar_free(cal);
}

static void
test_calendar__add(void)
{
	/* due "" = the year `missing` is unknown. */
	static const struct {
		const char *start;
		int n;
		const char *due;
		int missing;
	} rows[] = {
		{ "2021-09-30", 3, "2021-10-11", 0 }, { "2021-09-30", 1, "2021-10-08", 0 },
		{ "2021-09-30", 2, "2021-10-09", 0 }, { "2021-10-03", 1, "2021-10-08", 0 },
		{ "2021-02-10", 3, "2021-02-20", 0 }, { "2021-05-10", 5, "2021-05-17", 0 },
		{ "2021-05-14", 1, "2021-05-17", 0 }, { "2021-05-15", 1, "2021-05-17", 0 },
		{ "2021-05-16", 1, "2021-05-17", 0 }, { "2021-05-15", 0, "2021-05-15", 0 },
		{ "2030-01-01", 0, "2030-01-01", 0 }, { "2020-12-31", 1, "2021-01-04", 0 },
		{ "2021-12-31", 1, "2022-01-04", 0 }, { "2020-02-27", 2, "2020-03-02", 0 },
		{ "2020-02-28", 1, "2020-03-02", 0 }, { "2026-12-30", 1, "2026-12-31", 0 },
		{ "2026-12-30", 2, "", 2027 },	      { "2026-12-31", 1, "", 2027 },
		{ "2027-06-01", 1, "", 2027 },	      { "2018-12-31", 1, "2019-01-02", 0 },
		{ "2018-12-30", 1, "", 2018 },	      { "2021-01-01", INT32_MAX, "", 2027 },
		{ "9999-12-31", 1, "", 9999 },
	};
	struct calendar *cal = parse(shipped_text());
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[11] = "";
		int32_t due;
		int missing = 0;

		if (calendar_add_workdays(cal, day(rows[i].start), rows[i].n, &due, &missing))
			day_text(due, text);
		CHECK_STR(text, rows[i].due);
		CHECK_INT(missing, rows[i].missing);
	}
	calendar_free(cal);
}

static void
test_calendar__count(void)
{
	/* n -1 = the year `missing` is unknown. */
	static const struct {
		const char *from, *to;
		int n, missing;
	} rows[] = {
		{ "2021-09-30", "2021-10-11", 3, 0 },	  { "2021-09-30", "2021-10-07", 0, 0 },
		{ "2021-09-30", "2021-09-30", 0, 0 },	  { "2021-10-11", "2021-09-30", 0, 0 },
		{ "2030-01-02", "2030-01-01", 0, 0 },	  { "2021-05-14", "2021-05-15", 0, 0 },
		{ "2020-12-31", "2021-12-31", 250, 0 },	  { "2018-12-31", "2019-12-31", 250, 0 },
		{ "2019-12-31", "2020-12-31", 249, 0 },	  { "2020-12-30", "2021-01-04", 2, 0 },
		{ "2018-12-30", "2019-12-31", -1, 2018 }, { "2026-12-30", "2027-01-01", -1, 2027 },
		{ "2026-12-31", "2027-01-01", -1, 2027 }, { "0001-01-01", "9999-12-31", -1, 1 },
	};
	struct calendar *cal = parse(shipped_text());
	int n, missing = 0;
	int32_t due;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		missing = 0;
		if (!calendar_count_workdays(cal, day(rows[i].from), day(rows[i].to), &n, &missing))
			n = -1;
		CHECK_INT(n, rows[i].n);
		CHECK_INT(missing, rows[i].missing);
	}
	CHECK(!calendar_count_workdays(cal, INT32_MIN, INT32_MAX, &n, &missing));
	CHECK(!calendar_add_workdays(cal, INT32_MAX, 1, &due, &missing));
	CHECK(!calendar_add_workdays(cal, INT32_MIN, 1, &due, &missing));
	calendar_free(cal);
}

/* A year in the middle without a row: nothing passes through it, both sides still count. */
static void
test_calendar__gap(void)
{
	struct calendar *cal = parse("2023-01-02\tholiday\t元旦\n2021-01-01\tholiday\t元旦\n");
	int32_t due;
	int n, missing = 0;

	CHECK(calendar_knows(cal, 2021) && !calendar_knows(cal, 2022) && calendar_knows(cal, 2023));
	CHECK_INT(calendar_kind(cal, day("2022-06-01"), NULL), DAY_UNKNOWN);
	CHECK(!calendar_add_workdays(cal, day("2021-12-31"), 1, &due, &missing));
	CHECK_INT(missing, 2022);
	CHECK(calendar_add_workdays(cal, day("2021-12-30"), 1, &due, &missing));
	CHECK_INT(due, day("2021-12-31"));
	CHECK(calendar_add_workdays(cal, day("2022-12-31"), 1, &due, &missing));
	CHECK_INT(due, day("2023-01-03"));
	missing = 0;
	CHECK(!calendar_count_workdays(cal, day("2021-06-01"), day("2023-06-01"), &n, &missing));
	CHECK_INT(missing, 2022);
	CHECK(calendar_count_workdays(cal, day("2022-12-31"), day("2023-01-06"), &n, &missing));
	CHECK_INT(n, 4);
	calendar_free(cal);
}

static void
test_calendar__forms_accepted(void)
{
	static const char *const rows[] = {
		"\357\273\2772021-10-01\tholiday\t国庆节\r\n2021-10-09\tworkday\t国庆节\r\n",
		"# 说明\n\n   \n2021-10-09\tworkday\t国庆节\n2021-10-01\tholiday\t国庆节",
		"2021-10-01\tholiday\t国庆节 \t\n#\n2021-10-09\tworkday\t国庆节\t\n\n",
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct calendar *cal = parse(rows[i]);
		const char *name;

		CHECK_INT(calendar_kind(cal, day("2021-10-01"), &name), DAY_OFF);
		CHECK_STR(name, "国庆节");
		CHECK_INT(calendar_kind(cal, day("2021-10-09"), &name), DAY_WORK);
		CHECK_STR(name, "国庆节");
		calendar_free(cal);
	}
}

static void
test_calendar__empty(void)
{
	static const char *const rows[] = { "", "\xef\xbb\xbf", "# 空\n", "\n\r\n" };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct calendar *cal = parse(rows[i]);
		int32_t due;
		int n, missing = 0;

		CHECK(!calendar_knows(cal, 2021) && !calendar_knows(cal, 0));
		CHECK_INT(calendar_kind(cal, day("2021-10-01"), NULL), DAY_UNKNOWN);
		CHECK(!calendar_add_workdays(cal, day("2021-10-01"), 1, &due, &missing));
		CHECK_INT(missing, 2021);
		CHECK(!calendar_count_workdays(cal, 0, 1, &n, &missing));
		CHECK_INT(missing, 1970);
		calendar_free(cal);
	}
	calendar_free(NULL);
}

/* Each bad line is one refusal at its place, and the good line after it still counts. */
static void
test_calendar__bad_lines(void)
{
	static const struct {
		const char *line;
		int column;
		const char *says;
	} rows[] = {
		{ "2021-10-01", 1, "这一行有 1 栏" },
		{ "2021-10-01\tholiday", 1, "这一行有 2 栏" },
		{ "2021-10-01\tholiday\t", 1, "这一行有 2 栏" },
		{ "2021-10-01 holiday 国庆节", 1, "这一行有 1 栏" },
		{ "2021-10-01\tholiday\t国庆节\t多", 1, "这一行有 4 栏" },
		{ "2021-10-01\t\tholiday\t国庆节", 1, "这一行有 4 栏" },
		{ "2021-02-29\tholiday\tx", 1, "日期不对" },
		{ "2021-13-01\tholiday\tx", 1, "日期不对" },
		{ "2021/10/01\tholiday\tx", 1, "日期不对" },
		{ " 2021-10-01\tholiday\tx", 1, "日期不对" },
		{ "2021-10-1\tholiday\tx", 1, "日期不对" },
		{ "\tholiday\tx", 1, "日期不对" },
		{ "1989-10-01\tholiday\tx", 1, "年份" },
		{ "9999-10-01\tholiday\tx", 1, "年份" },
		{ "2021-10-01\tHoliday\tx", 12, "类别" },
		{ "2021-10-01\t放假\tx", 12, "类别" },
		{ "2021-10-01\t\tx", 12, "类别" },
		{ "2021-10-01\tholiday \tx", 12, "类别" },
		{ "2021-10-08\tworkday\tx", 12, "周一至周五" },
		{ "2021-10-01\tholiday\t  \t", 1, "这一行有 2 栏" },
		{ "2021-10-01\tholiday\t国\x01", 21, "控制字符" },
		{ "2021-10-01\tholiday\t国\r庆", 21, "控制字符" },
		{ "2021-10-01\tholiday\t\xb9\xfa\xc7\xec", 20, "UTF-8" },
		{ "# \xff", 3, "UTF-8" },
		{ "2021-10-01\tholiday\t"
		  "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十多",
		  20, "名称太长" },
		{ "2022-01-03\tholiday\t重复", 1, "第 1 行" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct findings findings = { 0 };
		struct err err = { 0 };
		struct calendar *cal;
		struct buf b = BUF_INIT;

		buf_printf(&b, "2022-01-03\tholiday\t元旦\n%s\r\n2023-01-02\tholiday\t元旦\n",
			   rows[i].line);
		CHECK_INT(calendar_parse(&cal, b.ptr, b.len, "a.tsv", &findings, &err), 0);
		CHECK_INT(findings.count, 1);
		if (findings.count == 1) {
			CHECK_STR(findings.items[0].rule, "calendar");
			CHECK_STR(findings.items[0].file, "a.tsv");
			CHECK_INT(findings.items[0].severity, SEVERITY_REFUSE);
			CHECK_INT(findings.items[0].line, 2);
			CHECK_INT(findings.items[0].column, rows[i].column);
			if (strstr(findings.items[0].message, rows[i].says) == NULL)
				CHECK_STR(findings.items[0].message, rows[i].says);
		}
		CHECK(calendar_knows(cal, 2022) && calendar_knows(cal, 2023));
		CHECK(!calendar_knows(cal, 2021));
		CHECK_INT(calendar_kind(cal, day("2022-01-03"), NULL), DAY_OFF);
		calendar_free(cal);
		findings_release(&findings);
		buf_release(&b);
	}
}

/* What nobody would write: a byte zero, a flood of bad lines, a text beyond the bound. */
static void
test_calendar__hostile(void)
{
	static const char zero[] = "2021-10-01\tholiday\tx\0y\n";
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct calendar *cal;
	struct buf b = BUF_INIT;
	int i;

	CHECK_INT(calendar_parse(&cal, zero, sizeof(zero) - 1, "z", &findings, &err), 0);
	CHECK_INT(findings.count, 1);
	CHECK_INT(findings.items[0].column, 21);
	CHECK(!calendar_knows(cal, 2021));
	calendar_free(cal);
	findings_release(&findings);
	for (i = 0; i < 100000; i++)
		buf_puts(&b, "x\n");
	CHECK_INT(calendar_parse(&cal, b.ptr, b.len, "z", &findings, &err), 0);
	CHECK_INT(findings.count, 100);
	calendar_free(cal);
	findings_release(&findings);
	while (b.len <= 1 << 20)
		buf_puts(&b, "#\n");
	CHECK_INT(calendar_parse(&cal, b.ptr, b.len, "z", &findings, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	CHECK(cal == NULL);
	buf_release(&b);
}

/* Every way to cut the shipped table short is read without harm. */
static void
test_calendar__cut(void)
{
	const char *text = shipped_text();
	size_t len = strlen(text), i;

	for (i = 0; i < len; i += 7) {
		struct findings findings = { 0 };
		struct err err = { 0 };
		struct calendar *cal;
		char *part = xstrndup(text, i);

		CHECK_INT(calendar_parse(&cal, part, i, "z", &findings, &err), 0);
		CHECK(findings.count <= 1);
		calendar_free(cal);
		findings_release(&findings);
		free(part);
	}
}

enum { SLOW_DAYS = 2922 }; /* 2019-01-01 to 2026-12-31 */

/* Which days are worked, by searching the text for each, with a clerk's own calendar. */
static void
slow_table(const char *text, bool worked[SLOW_DAYS])
{
	static const int lens[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int y, m, d, i = 0;

	for (y = 2019; y <= 2026; y++)
		for (m = 1; m <= 12; m++)
			for (d = 1; d <= lens[m - 1] + (m == 2 && y % 4 == 0); d++, i++) {
				char row[48];

				/* 2019-01-01 was a Tuesday. */
				worked[i] = (i + 1) % 7 < 5;
				snprintf(row, sizeof(row), "\n%d-%02d-%02d\tholiday\t", y, m, d);
				if (strstr(text, row) != NULL)
					worked[i] = false;
				snprintf(row, sizeof(row), "\n%d-%02d-%02d\tworkday\t", y, m, d);
				if (strstr(text, row) != NULL)
					worked[i] = true;
			}
	CHECK_INT(i, SLOW_DAYS);
}

static void
test_calendar__slow_recount(void)
{
	struct calendar *cal = parse(shipped_text());
	int32_t first = day("2019-01-01"), due;
	bool worked[SLOW_DAYS];
	int start, i, n, counted, missing;

	slow_table(shipped_text(), worked);
	for (start = 0; start < SLOW_DAYS; start++) {
		CHECK_INT(calendar_kind(cal, first + start, NULL),
			  worked[start] ? DAY_WORK : DAY_OFF);
		for (i = start + 1, n = 0; i < SLOW_DAYS && i < start + 120; i++) {
			n += worked[i];
			CHECK(calendar_count_workdays(cal, first + start, first + i, &counted,
						      &missing));
			if (counted != n)
				CHECK_INT(counted, n);
			if (!worked[i])
				continue;
			CHECK(calendar_add_workdays(cal, first + start, n, &due, &missing));
			if (due != first + i)
				CHECK_INT(due, first + i);
		}
		if (i == SLOW_DAYS) {
			CHECK(!calendar_add_workdays(cal, first + start, n + 1, &due, &missing));
			CHECK_INT(missing, 2027);
		}
	}
	calendar_free(cal);
}

int
main(void)
{
	unit_run("day: every day of 400 years", test_day__every_day);
	unit_run("day: both ends", test_day__ends);
	unit_run("day: of a moment", test_day__of_moment);
	unit_run("day: what is no date or month", test_day__parse_refuses);
	unit_run("moment: parse", test_moment__parse);
	unit_run("day: of the next month", test_day__of_next_month);
	unit_run("calendar: kinds and names", test_calendar__kinds);
	unit_run("calendar: add working days", test_calendar__add);
	unit_run("calendar: count working days", test_calendar__count);
	unit_run("calendar: a year missing in the middle", test_calendar__gap);
	unit_run("calendar: forms that are accepted", test_calendar__forms_accepted);
	unit_run("calendar: no rows", test_calendar__empty);
	unit_run("calendar: bad lines", test_calendar__bad_lines);
	unit_run("calendar: hostile tables", test_calendar__hostile);
	unit_run("calendar: cut tables", test_calendar__cut);
	unit_run("calendar: a slow recount agrees", test_calendar__slow_recount);
	return unit_end();
}
