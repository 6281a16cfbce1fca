#include "usage_fixture.h"

/* One row behind the heading, fast and general: the same day's row, or the same refusal. */
static void
check_row(const char *row, const char *expected)
{
	struct usage_options fast = { .threads = 1 }, plain = { .threads = 1, .plain = true };
	struct buf text = BUF_INIT;
	struct fixture_result a, b;
	const char *day;

	buf_printf(&text, HEADING "%s\n", row);
	a = fixture_read_text(text.ptr, text.len, fast);
	b = fixture_read_text(text.ptr, text.len, plain);
	CHECK_STR(a.days.ptr, b.days.ptr);
	CHECK_STR(a.first_bad, b.first_bad);
	day = strchr(a.days.ptr, '\n');
	day = day == NULL ? NULL : strchr(day + 1, '\n');
	if (a.bad > 0)
		CHECK_STR(a.first_bad, expected);
	else
		CHECK_STR(day == NULL ? NULL : day + 1, expected);
	buf_release(&a.days);
	buf_release(&b.days);
	buf_release(&text);
}

static void
test_read__times(void)
{
	static const struct {
		const char *time, *day, *last;
	} rows[] = {
		{ "2021-05-10 08:00", "2021-05-10", "08:00" },
		{ "2021-05-10T08:00", "2021-05-10", "08:00" },
		{ "2021-05-10 08:00:59", "2021-05-10", "08:00" },
		{ "2021-05-10 08:00:30.250", "2021-05-10", "08:00" },
		{ "2021-05-10T00:00:00Z", "2021-05-10", "08:00" },
		{ "2021-05-10T16:30:00Z", "2021-05-11", "00:30" },
		{ "2021-05-10 08:00+08:00", "2021-05-10", "08:00" },
		{ "2021-05-10 08:00:00 +0800", "2021-05-10", "08:00" },
		{ "2021-05-10 08:00+08", "2021-05-10", "08:00" },
		{ "2021-01-01 02:00+14:00", "2020-12-31", "20:00" },
		{ "2021-05-09 20:00-05:00", "2021-05-10", "09:00" },
		{ "2021/5/10 8:05", "2021-05-10", "08:05" },
		{ "2021-05-10 24:00", "2021-05-11", "00:00" },
		{ "2021-12-31T24:00:00", "2022-01-01", "00:00" },
		{ "2024-02-29 12:00", "2024-02-29", "12:00" },
		{ "2021-05-10 23:59", "2021-05-10", "23:59" },
	};
	static const char *const wrong[] = {
		"",
		"2021-05-10",
		"2021-05-10 8",
		"2021-02-29 12:00",
		"2021-13-01 12:00",
		"2021-05-10 24:01",
		"2021-05-10 12:60",
		"2021-05-10 12:00:60",
		"2021-05-10 25:00",
		"2021-05-10 12:00+8",
		"2021-05-10 12:00+15:00",
		"2021-05-10x12:00",
		"2021-05-10 12:00 noon",
		"2021-05/10 12:00",
		"0000-05-10 12:00",
		"1620610200",
		"----------",
		"2021-05-10 12:00:",
		"2021-05-10 12:0",
	};
	char row[100], expected[100];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool work = strcmp(rows[i].last, "08:00") >= 0 && strcmp(rows[i].last, "20:00") < 0;

		snprintf(row, sizeof(row), "a,%s,10,20,5,100", rows[i].time);
		snprintf(expected, sizeof(expected), "%s\t1\t%d\t%d\t10\t%d\t20\t5\t100\t%s\n",
			 rows[i].day, work, work * 10, work * 20, rows[i].last);
		check_row(row, expected);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(row, sizeof(row), "a,%s,10,20,5,100", wrong[i]);
		check_row(row, "2 时间看不懂（例：2021-05-10 08:00）");
	}
}

static void
test_read__numbers(void)
{
	static const struct {
		const char *number, *figure;
	} rows[] = {
		{ "0", "0" },
		{ "100", "100" },
		{ "100.000", "100" },
		{ "37.25", "37.25" },
		{ "0.1", "0.1" },
		{ ".5", "0.5" },
		{ "7.", "7" },
		{ "007", "7" },
		{ "1234567", NULL },
		{ "0000012", "12" },
		{ "00000012", "12" },
		{ "0.123456", "0.123456" },
		{ "12.34567", "12.34567" },
		{ "100.0000", "100" },
		{ "100.0001", NULL },
		{ "12.345678", "12.345678" },
		{ "12.3456785", "12.345679" },
		{ "12.34567849999", "12.345678" },
		{ "99.9999999", "100" },
		{ "100.00000001", NULL },
		{ "100.1", NULL },
		{ "-0", NULL },
		{ "-1", NULL },
		{ "+1", NULL },
		{ "1e1", NULL },
		{ "nan", NULL },
		{ "", NULL },
		{ ".", NULL },
		{ "1.2.3", NULL },
		{ "1,5", NULL },
		{ "0x10", NULL },
		{ "1 2", NULL },
		{ "\xef\xbc\x91", NULL },
		{ "99999999999999999999999999", NULL },
		{ " 12.5 ", "12.5" },
		{ "\"12.5\"", "12.5" },
	};
	char row[100], expected[200];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *comma = strchr(rows[i].number, ',');

		snprintf(row, sizeof(row), "a,2021-05-10 12:00,%s,1,1,1", rows[i].number);
		snprintf(expected, sizeof(expected),
			 "2021-05-10\t1\t1\t%s\t%s\t1\t1\t1\t1\t12:00\n", rows[i].figure,
			 rows[i].figure);
		check_row(row, rows[i].figure != NULL ? expected
			       : comma == NULL	      ? "2 vcpu_pct 不是 0 到 100 的数"
					       : "2 列数与第一行不同，或者引号不成对");
	}
	check_row("a,2021-05-10 12:00,1,1,1234567.5,99999999",
		  "2021-05-10\t1\t1\t1\t1\t1\t1\t1234567.5\t99999999\t12:00\n");
	check_row("a,2021-05-10 12:00,1,1,1000000000,1000000001",
		  "2 disk_alloc_gb 不是不小于 0 的数");
}

static void
test_read__names(void)
{
	static const struct {
		const char *name, *fault;
	} rows[] = {
		{ "../../etc/passwd", "机器名里有不能用作文件名的字符（/ \\ : * ? \" < > | ,）" },
		{ "a\\b", "机器名里有不能用作文件名的字符（/ \\ : * ? \" < > | ,）" },
		{ "c:x", "机器名里有不能用作文件名的字符（/ \\ : * ? \" < > | ,）" },
		{ "..", "机器名以点、减号或空格开头，或者以点、空格结尾" },
		{ ".git", "机器名以点、减号或空格开头，或者以点、空格结尾" },
		{ "-rf", "机器名以点、减号或空格开头，或者以点、空格结尾" },
		{ "a.", "机器名以点、减号或空格开头，或者以点、空格结尾" },
		{ "CON", "机器名是 Windows 的保留名" },
		{ "com1.x", "机器名是 Windows 的保留名" },
		{ "", "机器名是空的" },
		{ "\"\"", "机器名是空的" },
		{ "a\x01", "机器名里有控制字符或看不见的字符" },
		{ "a\xe2\x80\xae"
		  "b",
		  "机器名里有控制字符或看不见的字符" },
		{ "\"a,b\"", "机器名里有不能用作文件名的字符（/ \\ : * ? \" < > | ,）" },
		{ "\"a", "列数与第一行不同，或者引号不成对" },
		{ "\"a\"b", "列数与第一行不同，或者引号不成对" },
	};
	char row[200], expected[200];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(row, sizeof(row), "%s,2021-05-10 12:00,1,1,1,1", rows[i].name);
		snprintf(expected, sizeof(expected), "2 %s", rows[i].fault);
		check_row(row, expected);
	}
	memset(row, 'x', 121);
	snprintf(row + 121, sizeof(row) - 121, ",2021-05-10 12:00,1,1,1,1");
	check_row(row, "2 机器名太长（超过 120 字节）");
	check_row(row + 1, "2021-05-10\t1\t1\t1\t1\t1\t1\t1\t1\t12:00\n");
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Rows of several machines and days in any order, some minutes twice, some wrong, lines of all kinds. */
static void
random_rows(struct buf *out, uint32_t seed, int rows)
{
	static const char *const ends[] = { "\n", "\n", "\n", "\r\n", "\n\n" };
	static const char *const odd[] = { "x",		  "-1",	     "100.5", "",
					   "12.34567891", "\"8.5\"", " 7 ",   "1234567.25" };
	static const char *const names[] = {
		"v", "v", "vm-at-", "machine-", "machine-at-the-", "machine-behind-a-"
	};
	uint32_t s = seed;

	buf_puts(out, HEADING);
	while (rows-- > 0) {
		unsigned minute = next_random(&s) % 1440, i;

		/* Names of 2 to 18 bytes: below, at and above whole words. */
		buf_printf(out, "%s%u,2021-0%u-%02u%c%02u:%02u%s", names[next_random(&s) % 6],
			   next_random(&s) % 5, 4 + next_random(&s) % 2, 1 + next_random(&s) % 3,
			   next_random(&s) % 2 ? ' ' : 'T', minute / 60, minute % 60,
			   next_random(&s) % 3 ? "" : ":30");
		for (i = 0; i < 4; i++) {
			if (next_random(&s) % 1000 == 0)
				buf_printf(out, ",%s", odd[next_random(&s) % 8]);
			else
				buf_printf(out, ",%u.%u", next_random(&s) % 100,
					   next_random(&s) % 1000);
		}
		buf_puts(out, ends[next_random(&s) % 5]);
	}
}

/* However it is read, what comes out is the same. */
static void
test_read__all_ways_agree(void)
{
	static const struct usage_options ways[] = {
		{ .threads = 1, .plain = true },
		{ .threads = 1 },
		{ .threads = 2 },
		{ .threads = 3, .plain = true },
		{ .threads = 2, .memory_bytes = 20000 },
		{ .threads = 1, .memory_bytes = 3000 },
	};
	struct buf text = BUF_INIT;
	struct fixture_result first, r;
	uint32_t seed;
	size_t i;

	for (seed = 1; seed <= 4; seed++) {
		buf_clear(&text);
		random_rows(&text, seed, seed == 4 ? 40000 : 3000);
		first = fixture_read_text(text.ptr, text.len, ways[0]);
		CHECK(!first.failed && first.twice > 0 && first.bad > 0);
		CHECK(first.days.len > 1000);
		for (i = 1; i < sizeof(ways) / sizeof(*ways); i++) {
			r = fixture_read_text(text.ptr, text.len, ways[i]);
			CHECK(strcmp(r.days.ptr, first.days.ptr) == 0);
			CHECK_INT(r.rows, first.rows);
			CHECK_INT(r.bad, first.bad);
			CHECK_INT(r.twice, first.twice);
			CHECK_STR(r.first_bad, first.first_bad);
			CHECK(ways[i].memory_bytes == 0 || r.passes > 3);
			buf_release(&r.days);
		}
		buf_release(&first.days);
	}
	buf_release(&text);
}

static void
test_read__last_row_wins(void)
{
	static const char one[] = HEADING "a,2021-05-10 12:00,50,50,10,100\n"
					  "a,2021-05-10 12:01,10,10,11,100\n"
					  "a,2021-05-10 12:00:59,20,20,12,100\n";
	static const char two[] = HEADING "a,2021-05-10 12:01,30,30,13,100\n";
	char *paths[2] = { fixture_file(one, sizeof(one) - 1), fixture_file(two, sizeof(two) - 1) };
	const char *forth[] = { paths[0], paths[1] }, *back[] = { paths[1], paths[0] };
	struct fixture_result r = fixture_read(forth, 2, (struct usage_options){ .threads = 2 });

	CHECK(strstr(r.days.ptr, "2021-05-10\t2\t2\t50\t30\t50\t30\t13\t100\t12:01\n") != NULL);
	CHECK_INT(r.rows, 4);
	CHECK_INT(r.twice, 1);
	buf_release(&r.days);
	r = fixture_read(back, 2, (struct usage_options){ .threads = 2 });
	CHECK(strstr(r.days.ptr, "2021-05-10\t2\t2\t30\t20\t30\t20\t11\t100\t12:01\n") != NULL);
	buf_release(&r.days);
	unlink(paths[0]);
	unlink(paths[1]);
	free(paths[0]);
	free(paths[1]);
}

/* The parts of all shards, put together, are the whole. */
static void
test_read__shards(void)
{
	struct buf text = BUF_INIT, joined = BUF_INIT;
	struct fixture_result whole, r;
	size_t lines = 0, part_lines = 0, i;
	int k;

	random_rows(&text, 9, 2000);
	whole = fixture_read_text(text.ptr, text.len, (struct usage_options){ .threads = 1 });
	for (k = 1; k <= 3; k++) {
		r = fixture_read_text(text.ptr, text.len,
				      (struct usage_options){
					  .threads = 2, .shard = k, .shards = 3 });
		CHECK_INT(r.bad, whole.bad);
		CHECK_INT(r.rows, whole.rows);
		buf_put(&joined, r.days.ptr, r.days.len);
		buf_release(&r.days);
	}
	for (i = 0; i < whole.days.len; i++)
		lines += whole.days.ptr[i] == '\n';
	for (i = 0; i < joined.len; i++)
		part_lines += joined.ptr[i] == '\n';
	CHECK_INT(part_lines, lines);
	CHECK_INT(joined.len, whole.days.len);
	buf_release(&whole.days);
	buf_release(&joined);
	buf_release(&text);
}

static void
test_read__headings(void)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "", "文件是空的" },
		{ "vm,time\n", "第一行里没有 vcpu_pct 这一列" },
		{ "vm,vm,time,vcpu_pct,mem_pct,disk_used_gb,disk_alloc_gb\n",
		  "列名 vm 出现了两次" },
		{ "\xff\xfe"
		  "v",
		  "第一行里没有 vm 这一列" },
	};
	static const char other[] =
	    "\xef\xbb\xbf\"mem_pct\",note,Time,VM,disk_alloc_gb,disk_used_gb,vcpu_pct\r\n"
	    "20,\"x, \"\"y\"\"\",2021-05-10 12:00,a,100,5,10\r\n";
	struct fixture_result r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		r = fixture_read_text(rows[i].text, strlen(rows[i].text),
				      (struct usage_options){ .threads = 1 });
		CHECK(r.failed);
		CHECK(text_starts(r.first_bad, rows[i].expected));
		buf_release(&r.days);
	}
	r = fixture_read_text(other, sizeof(other) - 1, (struct usage_options){ .threads = 1 });
	CHECK(strstr(r.days.ptr, "2021-05-10\t1\t1\t10\t10\t20\t20\t5\t100\t12:00\n") != NULL);
	buf_release(&r.days);
}

/* With rows enough behind it that one bad row is not too many. */
static struct fixture_result
read_among_others(const char *text)
{
	struct fixture_result r;
	struct buf all = BUF_INIT;
	int i;

	buf_puts(&all, text);
	for (i = 0; i < 600; i++)
		buf_printf(&all, "z,2021-05-10 %02d:%02d,1,1,1,1\n", i / 60, i % 60);
	r = fixture_read_text(all.ptr, all.len, (struct usage_options){ .threads = 2 });
	buf_release(&all);
	return r;
}

/* 联通 is GBK that happens to be UTF-8 as well; the other rows decide. */
static void
test_read__encodings(void)
{
	static const char gbk[] = HEADING "\xc1\xaa\xcd\xa8,2021-05-10 12:00,1,1,1,1\n"
					  "\xd5\xfe\xce\xf1-1,2021-05-10 12:00,1,1,1,1\n"
					  "\xd5\xfe\xce\xf1-2,2021-05-10 12:00,1,1,1,1\n"
					  "\xd5\xff\xff-3,2021-05-10 12:00,1,1,1,1\n";
	static const char utf8[] = HEADING "政务-1,2021-05-10 12:00,1,1,1,1\n"
					   "\xd5\xfe,2021-05-10 12:00,1,1,1,1\n"
					   "政务-2,2021-05-10 12:00,1,1,1,1\n";
	struct fixture_result r = read_among_others(gbk);

	CHECK(strstr(r.days.ptr, "联通\n") != NULL);
	CHECK(strstr(r.days.ptr, "政务-1\n") != NULL);
	CHECK_INT(r.bad, 1);
	CHECK_STR(r.first_bad, "5 机器名不是 UTF-8 或 GBK 编码");
	buf_release(&r.days);
	r = read_among_others(utf8);
	CHECK(strstr(r.days.ptr, "政务-2\n") != NULL);
	CHECK_STR(r.first_bad, "3 机器名不是 UTF-8 或 GBK 编码");
	buf_release(&r.days);
}

int
main(void)
{
	unit_run("times", test_read__times);
	unit_run("numbers", test_read__numbers);
	unit_run("names", test_read__names);
	unit_run("all ways agree", test_read__all_ways_agree);
	unit_run("last row wins", test_read__last_row_wins);
	unit_run("shards", test_read__shards);
	unit_run("headings", test_read__headings);
	unit_run("encodings", test_read__encodings);
	law_free(fixture_law);
	return unit_end();
}
