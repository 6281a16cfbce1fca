/* Days that were made elsewhere: a table with the columns of our own files and `vm`. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ledger/usage_internal.h"

static const char *const names[] = {
	"day",	    "samples",	    "work_samples",  "vcpu_work_sum", "vcpu_peak", "mem_work_sum",
	"mem_peak", "disk_used_gb", "disk_alloc_gb", "last",	      "vm"
};
#define NAMES (sizeof(names) / sizeof(*names))
#define DAILY_BYTES ((size_t)1 << 30)

struct daily {
	const char *path;
	const struct usage_options *options;
	int at[NAMES], count; /* of the columns */
	struct buf scratch;
	struct usage_set found; /* its machines' rows are malloc'd */
	struct map index;	/* name → number + 1 */
};

static int
heading_parse(struct daily *daily, const char *line, size_t len, struct err *err)
{
	struct piece p[COLUMNS_MAX];
	size_t i;
	int c;

	daily->count = line_split(p, COLUMNS_MAX, line, len, &daily->scratch);
	for (i = 0; i < NAMES; i++) {
		daily->at[i] = -1;
		for (c = 0; c < daily->count; c++) {
			if (p[c].len == strlen(names[i]) &&
			    strncasecmp(p[c].ptr, names[i], p[c].len) == 0)
				daily->at[i] = c;
		}
		if (daily->at[i] < 0)
			return err_at(err, ERR_DATA, daily->path, 1, 0,
				      "第一行里没有 %s 这一列；逐日数据的列见 docs/usage.sql",
				      names[i]);
	}
	return 0;
}

static struct usage_days *
machine_of(struct daily *daily, const struct piece *name)
{
	char *vm = arena_strndup(&daily->found.arena, name->ptr, name->len);
	uintptr_t number = (uintptr_t)map_find(&daily->index, vm);
	struct usage_days days = { .vm = vm };

	if (number != 0)
		return &daily->found.machines[number - 1];
	vec_push(daily->found.machines, daily->found.count, daily->found.cap, days);
	map_put(&daily->index, vm, (void *)(uintptr_t)daily->found.count);
	return &daily->found.machines[daily->found.count - 1];
}

static int
row_of_line(struct daily *daily, const char *line, size_t len, int number, struct err *err)
{
	const struct usage_options *o = daily->options;
	struct piece p[COLUMNS_MAX], f[NAMES];
	struct usage_days *days;
	struct usage_day row;
	const char *why = NULL;
	size_t i;

	if (line_split(p, COLUMNS_MAX, line, len, &daily->scratch) != daily->count)
		return err_at(err, ERR_DATA, daily->path, number, 0, "列数与第一行不同");
	for (i = 0; i < NAMES; i++)
		f[i] = p[daily->at[i]];
	why = usage_name_fault(f[NAMES - 1].ptr, f[NAMES - 1].len);
	if (why == NULL)
		why = day_row_parse(&row, f);
	if (why != NULL)
		return err_at(err, ERR_DATA, daily->path, number, 0, "%s", why);
	days = machine_of(daily, &f[NAMES - 1]);
	if (usage_shard_of(days->vm, o->shards) == o->shard &&
	    (o->last == 0 || (row.day >= o->first && row.day <= o->last)))
		vec_push(days->rows, days->count, days->cap, row);
	return 0;
}

static int
lines_parse(struct daily *daily, const struct buf *text, struct err *err)
{
	const char *line = text->ptr, *end = text->ptr + text->len, *stop;
	int number = 1, rc = 0;

	if (text->len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	for (; rc == 0 && line < end; line = stop + 1, number++) {
		stop = memchr(line, '\n', (size_t)(end - line));
		stop = stop == NULL ? end : stop;
		if (number == 1)
			rc = heading_parse(daily, line, (size_t)(stop - line), err);
		else if (!text_blank(line, (size_t)(stop - line)))
			rc = row_of_line(daily, line, (size_t)(stop - line), number, err);
	}
	return rc == 0 && number == 1 ? err_at(err, ERR_DATA, daily->path, 1, 0, "文件是空的") : rc;
}

/* The rows of a machine join those that the set has. */
static void
join(struct usage_set *set, size_t sorted_count, const struct usage_days *days)
{
	/* Those added since are not sorted yet, but no machine comes twice in a file's list. */
	struct usage_set sorted = { .machines = set->machines, .count = sorted_count };
	struct usage_days *known = usage_set_find(&sorted, days->vm);
	struct usage_days all = { .vm = arena_strdup(&set->arena, days->vm) };

	all.count = days->count + (known == NULL ? 0 : known->count);
	all.rows = arena_alloc(&set->arena, (all.count + 1) * sizeof(*all.rows));
	memcpy(all.rows, days->rows, days->count * sizeof(*all.rows));
	if (known != NULL) {
		memcpy(all.rows + days->count, known->rows, known->count * sizeof(*all.rows));
		known->rows = all.rows;
		known->count = all.count;
	} else {
		vec_push(set->machines, set->count, set->cap, all);
	}
}

static int
compare_machines(const void *a, const void *b)
{
	return strcmp(((const struct usage_days *)a)->vm, ((const struct usage_days *)b)->vm);
}

/* What the set and the file say of one day must be the same. */
static int
settle_all(struct usage_set *set, const char *path, struct err *err)
{
	struct findings findings = { 0 };
	size_t i;

	for (i = 0; i < set->count; i++)
		days_settle(&set->machines[i], set->machines[i].vm, &findings);
	if (findings.count > 0)
		err_at(err, ERR_DATA, path, 0, 0, "机器“%s”的%s", findings.items[0].file,
		       findings.items[0].message);
	i = findings.count;
	findings_release(&findings);
	return i > 0 ? -1 : 0;
}

int
usage_read_daily(struct usage_set *set, const char *path, const struct usage_options *options,
		 struct err *err)
{
	struct daily daily = { .path = path, .options = options };
	struct buf text = BUF_INIT;
	size_t i, known = set->count;
	int rc;

	buf_init(&daily.scratch, 0);
	rc = file_read(&text, path, DAILY_BYTES, err);
	if (rc == 0)
		rc = lines_parse(&daily, &text, err);
	for (i = 0; rc == 0 && i < daily.found.count; i++) {
		if (daily.found.machines[i].count > 0)
			join(set, known, &daily.found.machines[i]);
	}
	if (set->count > 0)
		qsort(set->machines, set->count, sizeof(*set->machines), compare_machines);
	if (rc == 0)
		rc = settle_all(set, path, err);
	for (i = 0; i < daily.found.count; i++)
		free(daily.found.machines[i].rows);
	usage_set_release(&daily.found);
	map_release(&daily.index);
	buf_release(&daily.scratch);
	buf_release(&text);
	return rc;
}
