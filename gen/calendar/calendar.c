#include "calendar.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one table may bring: generous for an office, and a bound for who means ill. */
#define TEXT_MAX_BYTES (1 << 20)
#define NAME_MAX_BYTES 120
#define BAD_LINES_MAX 100
#define YEAR_MIN 1990
#define YEAR_MAX 2199

#define RULE "calendar"

struct row {
	int32_t day;
	bool work;
	int line;
	const char *name;
};

struct calendar {
	struct arena arena;
	struct row *rows; /* by day, each day once */
	size_t count, cap;
	int first_year, year_count;
	int *next_unknown; /* for each year: the first one from it on that has no row */
	int32_t first_day;
	int32_t *worked;   /* for each day and the one after the last: working days before it */
	int32_t *workdays; /* the working days in order */
	int32_t workday_count;
};

struct reader {
	struct calendar *cal;
	const char *file;
	struct findings *findings;
	int line, bad;
};

static void bad(struct reader *r, int line, int column, const char *fmt, ...) printf_like(4, 5);

/* Adds a finding; after a hundred it only says that there are more. */
static void
bad(struct reader *r, int line, int column, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	r->bad++;
	if (r->bad == BAD_LINES_MAX)
		finding_file(r->findings, RULE, r->file, line, column,
			     "错误太多，其余的不再列出；请先改正前面各行");
	if (r->bad >= BAD_LINES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	finding_file(r->findings, RULE, r->file, line, column, "%s", text);
}

/* The column, from 1 and in characters, of a place in the line. */
static int
column_of(const char *line, const char *at)
{
	int row, column;

	text_place(line, (size_t)(at - line), &row, &column);
	return column;
}

/* Only whole characters, and none of those that a person cannot see. */
static bool
clean_line(struct reader *r, const char *s, size_t len)
{
	size_t i, valid = utf8_check(s, len);

	if (valid < len) {
		bad(r, r->line, column_of(s, s + valid),
		    "不是 UTF-8 编码，请另存为 UTF-8 后再提交");
		return false;
	}
	for (i = 0; i < len; i++) {
		if (((unsigned char)s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f) {
			bad(r, r->line, column_of(s, s + i), "有看不见的控制字符，请删去");
			return false;
		}
	}
	return true;
}

/* Cuts the line at its tabs. Gives how many columns there are, also when more than three. */
static int
split_line(char *line, char *column[3])
{
	int count = 1;
	char *p;

	column[0] = line;
	for (p = strchr(line, '\t'); p != NULL; p = strchr(p + 1, '\t')) {
		*p = '\0';
		if (count < 3)
			column[count] = p + 1;
		count++;
	}
	return count;
}

/* The first fault of a row, as the column it stands in and a sentence; NULL = none. */
static const char *
row_fault(struct row *row, char *const column[3], int *at)
{
	bool holiday = strcmp(column[1], "holiday") == 0;
	struct day_parts parts;

	*at = 0;
	if (!day_parse(column[0], &row->day))
		return "日期不对，应写成 2021-10-01 这样真实存在的日期";
	parts = day_split(row->day);
	if (parts.year < YEAR_MIN || parts.year > YEAR_MAX)
		return "年份不在 1990 至 2199 之间，请核对";
	*at = 1;
	row->work = strcmp(column[1], "workday") == 0;
	if (!holiday && !row->work)
		return "类别只能是 holiday（放假）或 workday（调休上班）";
	if (row->work && parts.weekday <= 5)
		return "这一天是周一至周五，本来就上班，不必写 workday，请核对日期";
	*at = 2;
	if (text_blank(column[2], strlen(column[2])))
		return "没有写名称，请写明因哪个节日放假或调休";
	if (strlen(column[2]) > NAME_MAX_BYTES)
		return "名称太长，不得超过 40 个汉字";
	return NULL;
}

static void
read_row(struct reader *r, char *line)
{
	struct row row = { .line = r->line };
	char *column[3];
	const char *fault;
	int at, count = split_line(line, column);

	if (count != 3) {
		bad(r, r->line, 1, "应有三栏（日期、类别、名称），栏间用一个制表符，这一行有 %d 栏",
		    count);
		return;
	}
	fault = row_fault(&row, column, &at);
	if (fault != NULL) {
		bad(r, r->line, column_of(line, column[at]), "%s", fault);
		return;
	}
	row.name = column[2];
	vec_push(r->cal->rows, r->cal->count, r->cal->cap, row);
}

static void
read_line(struct reader *r, const char *s, size_t len)
{
	r->line++;
	while (len > 0 && (s[len - 1] == '\r' || s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	if (!clean_line(r, s, len) || len == 0 || *s == '#')
		return;
	read_row(r, arena_strndup(&r->cal->arena, s, len));
}

static void
read_lines(struct reader *r, const char *s, const char *end)
{
	if (end - s >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	while (s < end) {
		const char *stop = memchr(s, '\n', (size_t)(end - s));

		if (stop == NULL)
			stop = end;
		read_line(r, s, (size_t)(stop - s));
		s = stop < end ? stop + 1 : end;
	}
}

static int
by_day(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return a->line < b->line ? -1 : 1;
}

/* Sorts the rows; of those for one day the first stays. */
static void
order_rows(struct reader *r)
{
	struct row *rows = r->cal->rows;
	size_t i, kept = 0;

	if (r->cal->count > 1)
		qsort(rows, r->cal->count, sizeof(*rows), by_day);
	for (i = 0; i < r->cal->count; i++) {
		if (kept > 0 && rows[kept - 1].day == rows[i].day)
			bad(r, rows[i].line, 1, "这一天在第 %d 行已经写过，请删去一行",
			    rows[kept - 1].line);
		else
			rows[kept++] = rows[i];
	}
	r->cal->count = kept;
}

static const struct row *
find_row(const struct calendar *cal, int32_t day)
{
	size_t lo = 0, hi = cal->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cal->rows[mid].day == day)
			return &cal->rows[mid];
		if (cal->rows[mid].day < day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static int32_t
year_start(int year)
{
	return day_make(year, 1, 1);
}

/* From the last year to the first: a year with a row takes over what the next one found. */
static void
mark_years(struct calendar *cal)
{
	int next = cal->first_year + cal->year_count, i;
	size_t row = cal->count;

	cal->next_unknown = arena_alloc(&cal->arena, (size_t)cal->year_count * sizeof(int));
	for (i = cal->year_count - 1; i >= 0; i--) {
		int32_t start = year_start(cal->first_year + i);

		if (row == 0 || cal->rows[row - 1].day < start)
			next = cal->first_year + i;
		while (row > 0 && cal->rows[row - 1].day >= start)
			row--;
		cal->next_unknown[i] = next;
	}
}

/* The two tables that make each question one look-up: days to counts, and counts to days. */
static void
count_days(struct calendar *cal)
{
	int32_t end = year_start(cal->first_year + cal->year_count), day, n = 0;
	size_t days = (size_t)(end - cal->first_day), row = 0;

	cal->worked = arena_alloc(&cal->arena, (days + 1) * sizeof(*cal->worked));
	cal->workdays = arena_alloc(&cal->arena, days * sizeof(*cal->workdays));
	for (day = cal->first_day; day < end; day++) {
		struct day_parts parts = day_split(day);
		bool work = parts.weekday <= 5 && calendar_knows(cal, parts.year);

		if (row < cal->count && cal->rows[row].day == day)
			work = cal->rows[row++].work;
		cal->worked[day - cal->first_day] = n;
		if (work)
			cal->workdays[n++] = day;
	}
	cal->worked[days] = n;
	cal->workday_count = n;
}

static void
build_tables(struct calendar *cal)
{
	if (cal->count == 0)
		return;
	cal->first_year = day_split(cal->rows[0].day).year;
	cal->year_count = day_split(cal->rows[cal->count - 1].day).year - cal->first_year + 1;
	cal->first_day = year_start(cal->first_year);
	mark_years(cal);
	count_days(cal);
}

int
calendar_parse(struct calendar **out, const char *text, size_t len, const char *file,
	       struct findings *findings, struct err *err)
{
	struct reader r = { .file = file, .findings = findings };

	*out = NULL;
	if (len > TEXT_MAX_BYTES)
		return err_at(err, ERR_LIMIT, file, 0, 0, "节假日表超过 %d 字节的上限",
			      TEXT_MAX_BYTES);
	r.cal = xcalloc(1, sizeof(*r.cal));
	read_lines(&r, text, text + len);
	order_rows(&r);
	build_tables(r.cal);
	*out = r.cal;
	return 0;
}

void
calendar_free(struct calendar *cal)
{
	if (cal == NULL)
		return;
	free(cal->rows);
	arena_release(&cal->arena);
	free(cal);
}

/* The first year from this one on that nothing is known about. */
static int
unknown_from(const struct calendar *cal, int year)
{
	int at = year - cal->first_year;

	return at < 0 || at >= cal->year_count ? year : cal->next_unknown[at];
}

bool
calendar_knows(const struct calendar *cal, int year)
{
	return unknown_from(cal, year) != year;
}

enum day_kind
calendar_kind(const struct calendar *cal, int32_t day, const char **name)
{
	const struct row *row = find_row(cal, day);
	int32_t at;

	if (name != NULL)
		*name = row == NULL ? "" : row->name;
	if (!calendar_knows(cal, day_split(day).year))
		return DAY_UNKNOWN;
	at = day - cal->first_day;
	return cal->worked[at] < cal->worked[at + 1] ? DAY_WORK : DAY_OFF;
}

bool
calendar_add_workdays(const struct calendar *cal, int32_t start, int n, int32_t *due,
		      int *missing_year)
{
	int32_t from = start < INT32_MAX ? start + 1 : start;
	int year = day_split(from).year, unknown = unknown_from(cal, year);
	int64_t at;

	if (n <= 0) {
		*due = start;
		return true;
	}
	if (unknown > year) {
		at = (int64_t)cal->worked[from - cal->first_day] + n - 1;
		if (at < cal->workday_count && cal->workdays[at] < year_start(unknown)) {
			*due = cal->workdays[at];
			return true;
		}
	}
	*missing_year = unknown;
	return false;
}

bool
calendar_count_workdays(const struct calendar *cal, int32_t from, int32_t to, int *n,
			int *missing_year)
{
	int unknown;

	*n = 0;
	if (to <= from)
		return true;
	unknown = unknown_from(cal, day_split(from + 1).year);
	if (unknown <= day_split(to).year) {
		*missing_year = unknown;
		return false;
	}
	*n = cal->worked[to + 1 - cal->first_day] - cal->worked[from + 1 - cal->first_day];
	return true;
}
