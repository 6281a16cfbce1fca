/* The file of a machine's month: a heading and a row a day. Sums and peaks are decimal text of exact
 * millionths, so nothing is lost and git shows what changed. */
#include <stdlib.h>
#include <string.h>

#include "ledger/usage_internal.h"

#define FILE_COLUMNS 10

static const char heading[] = "day\tsamples\twork_samples\tvcpu_work_sum\tvcpu_peak\tmem_work_sum\t"
			      "mem_peak\tdisk_used_gb\tdisk_alloc_gb\tlast\n";

static void
render_row(struct buf *out, const struct usage_day *row)
{
	const int64_t figures[] = { row->vcpu_sum,    row->vcpu_peak, row->memory_sum,
				    row->memory_peak, row->used,      row->allocated };
	char day[11];
	size_t i;

	day_text(row->day, day);
	buf_printf(out, "%s\t%d\t%d", day, row->samples, row->work_samples);
	for (i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
		buf_putc(out, '\t');
		usage_figure(out, figures[i]);
	}
	buf_printf(out, "\t%02d:%02d\n", row->last_minute / 60, row->last_minute % 60);
}

void
usage_file_render(struct buf *out, const struct usage_day *rows, size_t count)
{
	size_t i;

	buf_puts(out, heading);
	for (i = 0; i < count; i++)
		render_row(out, &rows[i]);
}

static bool
count_parse(const struct piece *p, int64_t max, int32_t *out)
{
	int64_t n;

	if (!number_parse(p->ptr, p->len, max * USAGE_UNIT, &n) || n % USAGE_UNIT != 0)
		return false;
	*out = (int32_t)(n / USAGE_UNIT);
	return true;
}

/* 23:59, 23:59:00 */
static bool
clock_parse(const struct piece *p, int32_t *minute)
{
	char text[32];
	int32_t day;
	int len;

	if (p->len > 12)
		return false;
	len = snprintf(text, sizeof(text), "2021-01-01 %.*s", (int)p->len, p->ptr);
	return minute_parse(text, (size_t)len, &day, minute);
}

const char *
day_row_parse(struct usage_day *out, const struct piece *f)
{
	int64_t hours = (int64_t)USAGE_DAY_MINUTES * PERCENT_MAX;
	char day[11] = "";

	if (f[0].len == 10)
		memcpy(day, f[0].ptr, 10);
	if (!day_parse(day, &out->day))
		return "day 不是 2021-05-10 这样的日期";
	if (!count_parse(&f[1], USAGE_DAY_MINUTES, &out->samples) || out->samples == 0 ||
	    !count_parse(&f[2], out->samples, &out->work_samples))
		return "samples、work_samples 不是一天里的分钟数";
	if (!number_parse(f[3].ptr, f[3].len, hours, &out->vcpu_sum) ||
	    !number_parse(f[5].ptr, f[5].len, hours, &out->memory_sum) ||
	    out->vcpu_sum > out->work_samples * PERCENT_MAX ||
	    out->memory_sum > out->work_samples * PERCENT_MAX)
		return "vcpu_work_sum、mem_work_sum 与采样数不符";
	if (!number_parse(f[4].ptr, f[4].len, PERCENT_MAX, &out->vcpu_peak) ||
	    !number_parse(f[6].ptr, f[6].len, PERCENT_MAX, &out->memory_peak))
		return "vcpu_peak、mem_peak 不是 0 到 100 的数";
	if (!number_parse(f[7].ptr, f[7].len, STORAGE_MAX, &out->used) ||
	    !number_parse(f[8].ptr, f[8].len, STORAGE_MAX, &out->allocated))
		return "disk_used_gb、disk_alloc_gb 不是不小于 0 的数";
	return clock_parse(&f[9], &out->last_minute) ? NULL : "last 不是 23:59 这样的时刻";
}

bool
day_rows_same(const struct usage_day *a, const struct usage_day *b)
{
	return a->day == b->day && a->samples == b->samples && a->work_samples == b->work_samples &&
	       a->last_minute == b->last_minute && a->vcpu_sum == b->vcpu_sum &&
	       a->memory_sum == b->memory_sum && a->vcpu_peak == b->vcpu_peak &&
	       a->memory_peak == b->memory_peak && a->used == b->used &&
	       a->allocated == b->allocated;
}

static int
compare_days(const void *a, const void *b)
{
	const struct usage_day *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

static const char *
line_parse(struct usage_day *row, const char *line, size_t len)
{
	struct piece f[FILE_COLUMNS];
	const char *at = line, *end = line + len, *tab;
	int i;

	for (i = 0; i < FILE_COLUMNS; i++) {
		tab = memchr(at, '\t', (size_t)(end - at));
		if ((tab == NULL) != (i == FILE_COLUMNS - 1))
			return "列数不对";
		f[i] = (struct piece){ at, (size_t)((tab == NULL ? end : tab) - at) };
		at = tab == NULL ? end : tab + 1;
	}
	return day_row_parse(row, f);
}

/* Sorted, each day once; a day that says two things is a finding. */
void
days_settle(struct usage_days *days, const char *file, struct findings *findings)
{
	size_t i, kept = 0;
	char day[11];

	if (days->count > 0)
		qsort(days->rows, days->count, sizeof(*days->rows), compare_days);
	for (i = 0; i < days->count; i++) {
		struct usage_day *row = &days->rows[i];

		if (kept == 0 || days->rows[kept - 1].day != row->day) {
			days->rows[kept++] = *row;
		} else if (!day_rows_same(&days->rows[kept - 1], row)) {
			day_text(row->day, day);
			finding_file(findings, "usage", file, 0, 0,
				     "%s 有两行，数字不同；请核对来源，只留对的一行", day);
		}
	}
	days->count = kept;
}

void
usage_file_parse(struct usage_days *out, struct arena *arena, const char *text, size_t len,
		 const char *file, struct findings *findings)
{
	const char *line = text, *end = text + len, *stop, *why;
	size_t lines = 1;
	struct usage_day row;
	int number = 0;

	for (stop = text; stop < end; stop++)
		lines += *stop == '\n';
	out->rows = arena_alloc(arena, lines * sizeof(*out->rows));
	out->count = 0;
	for (; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		stop = stop == NULL ? end : stop;
		len = (size_t)(stop - line);
		len -= len > 0 && line[len - 1] == '\r';
		number++;
		if (len == 0 || (len == sizeof(heading) - 2 && memcmp(line, heading, len) == 0))
			continue;
		why = line_parse(&row, line, len);
		if (why == NULL)
			out->rows[out->count++] = row;
		else
			finding_file(findings, "usage", file, number, 0,
				     "%s；请从 git 恢复这个文件，或者重新导入这一天并加 --replace",
				     why);
	}
	days_settle(out, file, findings);
}

/* --- reading the files of some months --------------------------------------------------------------- */
#define MONTH_FILE_BYTES ((size_t)64 << 10)

void
usage_file_path(struct buf *out, int year, int month, const char *vm)
{
	buf_clear(out);
	buf_printf(out, USAGE_FOLDER "/%04d-%02d/%s.tsv", year, month, vm);
}

static int
read_month(struct usage_days *out, struct arena *arena, const struct snapshot *snap, int32_t day,
	   struct findings *findings, struct err *err)
{
	struct day_parts parts = day_split(day);
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct usage_days month = { 0 };
	size_t i;
	int rc;

	usage_file_path(&path, parts.year, parts.month, out->vm);
	rc = snapshot_read(snap, path.ptr, MONTH_FILE_BYTES, &text, NULL, err);
	if (rc == 1)
		usage_file_parse(&month, arena, text.ptr, text.len, path.ptr, findings);
	for (i = 0; i < month.count; i++)
		vec_push(out->rows, out->count, out->cap, month.rows[i]);
	buf_release(&text);
	buf_release(&path);
	return rc < 0 ? -1 : 0;
}

int
usage_days_of(struct usage_days *out, struct arena *arena, const struct snapshot *snap,
	      const char *vm, int32_t from, int32_t to, struct findings *findings, struct err *err)
{
	struct day_parts parts = day_split(from);
	struct usage_days found = { .vm = vm };
	int32_t day = from - parts.dom + 1;
	size_t first, last;
	int rc = 0;

	*out = (struct usage_days){ .vm = vm };
	if (usage_name_fault(vm, strlen(vm)) != NULL)
		return 0;
	for (; rc == 0 && day <= to; day = day_of_next_month(parts.year, parts.month, 1)) {
		parts = day_split(day);
		rc = read_month(&found, arena, snap, day, findings, err);
	}
	days_settle(&found, USAGE_FOLDER, findings);
	first = usage_find(&found, from);
	last = usage_find(&found, to + 1);
	out->count = last - first;
	out->rows = arena_copy(arena, found.rows + first, out->count, sizeof(*out->rows));
	free(found.rows);
	return rc;
}

size_t
usage_find(const struct usage_days *days, int32_t day)
{
	size_t low = 0, high = days->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (days->rows[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
