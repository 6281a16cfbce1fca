/* The reader as a whole: passes over the inputs, the workers' days put together, days with a minute
 * that came twice read again, the bad rows in their order. */
#include <stdlib.h>
#include <string.h>

#include "ledger/usage_internal.h"

#define MEMORY_BYTES ((size_t)72 << 20)
#define PARTS_MAX 4096
#define REPLAY_LOCKS 64

/* A row that has to be made again. */
struct again {
	const char *vm;
	struct usage_day *row;
};

struct run {
	const char *const *paths;
	size_t path_count;
	const struct usage_options *options;
	int threads, part, parts;
	struct feed feed;
	struct worker *workers;
	struct usage_set *set;
	struct usage_report *report;
	struct again *again;
	size_t again_count, again_cap;
};

/* --- one pass ----------------------------------------------------------------------------------------- */
static int
work(void *ctx, int number, struct err *err)
{
	struct run *run = ctx;
	struct worker *w = &run->workers[number];
	int rc = feed_next(&run->feed, &w->block, err);

	for (; rc == 1; rc = feed_next(&run->feed, &w->block, err)) {
		worker_rows(w);
		pthread_mutex_lock(&run->feed.lock);
		run->feed.blocks[w->block.number].lines = w->lines;
		pthread_mutex_unlock(&run->feed.lock);
		if (w->full)
			feed_stop(&run->feed);
	}
	return rc;
}

static void
start_pass(struct run *run)
{
	size_t bytes = run->options->memory_bytes != 0 ? run->options->memory_bytes : MEMORY_BYTES;
	int i;

	feed_init(&run->feed, run->paths, run->path_count);
	run->workers = xcalloc((size_t)run->threads, sizeof(*run->workers));
	for (i = 0; i < run->threads; i++) {
		worker_init(&run->workers[i], run->options);
		run->workers[i].part = run->part;
		run->workers[i].parts = run->parts;
		run->workers[i].memory_bytes = bytes / (size_t)run->threads;
	}
}

static void
end_pass(struct run *run)
{
	int i;

	for (i = 0; i < run->threads; i++)
		worker_release(&run->workers[i]);
	free(run->workers);
	feed_release(&run->feed);
	run->report->passes++;
}

static bool
is_full(const struct run *run)
{
	int i;

	for (i = 0; i < run->threads; i++) {
		if (run->workers[i].full)
			return true;
	}
	return false;
}

/* --- days put together --------------------------------------------------------------------------------- */
struct found {
	const struct machine *machine;
	struct day_state *state;
};

static int
compare_names(const struct machine *a, const struct machine *b)
{
	size_t len = (a->key_len < b->key_len ? a->key_len : b->key_len) - 1;
	int order = memcmp(a->key, b->key, len);

	return order != 0 ? order : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

static int
compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = compare_names(x->machine, y->machine);

	if (order != 0)
		return order;
	return (x->state->day > y->state->day) - (x->state->day < y->state->day);
}

static struct found *
find_days(const struct run *run, size_t *count)
{
	struct found *found;
	size_t i, total = 0;
	int t;

	for (t = 0; t < run->threads; t++)
		total += run->workers[t].table.day_count;
	found = xcalloc(total + 1, sizeof(*found));
	*count = 0;
	for (t = 0; t < run->threads; t++) {
		const struct table *table = &run->workers[t].table;

		for (i = 0; i < table->day_slot_count; i++) {
			struct day_state *d = table->days[i];

			if (d != NULL)
				found[(*count)++] =
				    (struct found){ table->machines[d->machine], d };
		}
	}
	qsort(found, *count, sizeof(*found), compare_found);
	return found;
}

/* Another worker's part of the same day. */
static void
join_days(struct day_state *into, const struct day_state *d)
{
	size_t i;

	for (i = 0; i < sizeof(d->seen) / sizeof(*d->seen); i++) {
		into->twice |= (into->seen[i] & d->seen[i]) != 0;
		into->seen[i] |= d->seen[i];
	}
	into->twice |= d->twice;
	into->vcpu_sum += d->vcpu_sum;
	into->memory_sum += d->memory_sum;
	into->vcpu_peak = d->vcpu_peak > into->vcpu_peak ? d->vcpu_peak : into->vcpu_peak;
	into->memory_peak = d->memory_peak > into->memory_peak ? d->memory_peak : into->memory_peak;
	if (d->last_minute > into->last_minute) {
		into->last_minute = d->last_minute;
		into->used = d->used;
		into->allocated = d->allocated;
	}
}

/* How many of the minutes before `end` are there. */
static int32_t
minutes_before(const struct day_state *d, int32_t end)
{
	uint64_t rest = ((uint64_t)1 << end % 64) - 1;
	int32_t i, count = 0;

	for (i = 0; i < end / 64; i++)
		count += __builtin_popcountll(d->seen[i]);
	return rest == 0 ? count : count + __builtin_popcountll(d->seen[i] & rest);
}

static void
day_row(struct usage_day *row, const struct day_state *d, const struct indicators *law)
{
	*row = (struct usage_day){ .day = d->day,
				   .samples = minutes_before(d, USAGE_DAY_MINUTES),
				   .work_samples = minutes_before(d, law->work_to) -
						   minutes_before(d, law->work_from),
				   .last_minute = d->last_minute,
				   .vcpu_sum = d->vcpu_sum,
				   .memory_sum = d->memory_sum,
				   .vcpu_peak = d->vcpu_peak,
				   .memory_peak = d->memory_peak,
				   .used = d->used,
				   .allocated = d->allocated };
}

/* The days of one machine, found[0..count). */
static void
add_machine(struct run *run, const struct found *found, size_t count)
{
	struct usage_set *set = run->set;
	struct usage_days days = { .cap = count };
	size_t i = 0;

	days.vm = arena_strndup(&set->arena, found->machine->key, found->machine->key_len - 1);
	days.rows = arena_alloc(&set->arena, count * sizeof(*days.rows));
	while (i < count) {
		struct day_state *d = found[i].state;
		struct usage_day *row = &days.rows[days.count++];

		for (i++; i < count && found[i].state->day == d->day; i++)
			join_days(d, found[i].state);
		day_row(row, d, run->options->law);
		if (d->twice)
			vec_push(run->again, run->again_count, run->again_cap,
				 ((struct again){ days.vm, row }));
	}
	vec_push(set->machines, set->count, set->cap, days);
}

static void
collect(struct run *run)
{
	size_t count, i, from = 0;
	struct found *found = find_days(run, &count);

	for (i = 1; i <= count; i++) {
		if (i < count && compare_names(found[from].machine, found[i].machine) == 0)
			continue;
		add_machine(run, found + from, i - from);
		from = i;
	}
	free(found);
}

/* --- days read again --------------------------------------------------------------------------------------- */
static void
expect(struct table *table, const char *vm, struct replay *replay)
{
	size_t len = strlen(vm);
	uint64_t hash = name_hash(vm, len);
	struct machine *m = table_find(table, vm, len, hash);

	if (m == NULL)
		m = table_add(table, vm, len, hash);
	table_put_day(table, m, replay->row->day, replay);
}

static int
replay_batch(struct run *run, const struct again *again, size_t count, struct err *err)
{
	struct replay *replays = xcalloc(count, sizeof(*replays));
	pthread_mutex_t locks[REPLAY_LOCKS];
	size_t i;
	int t, rc;

	for (i = 0; i < REPLAY_LOCKS; i++)
		pthread_mutex_init(&locks[i], NULL);
	start_pass(run);
	for (i = 0; i < count; i++) {
		replays[i].row = again[i].row;
		replays[i].lock = &locks[i % REPLAY_LOCKS];
		for (t = 0; t < run->threads; t++)
			expect(&run->workers[t].table, again[i].vm, &replays[i]);
	}
	for (t = 0; t < run->threads; t++)
		run->workers[t].replays = true;
	rc = thread_run(run->threads, work, run, err);
	end_pass(run);
	for (i = 0; rc == 0 && i < count; i++)
		replay_finish(&replays[i], run->options->law);
	for (i = 0; i < REPLAY_LOCKS; i++)
		pthread_mutex_destroy(&locks[i]);
	free(replays);
	return rc;
}

static int
replay_all(struct run *run, struct err *err)
{
	size_t bytes = run->options->memory_bytes != 0 ? run->options->memory_bytes : MEMORY_BYTES;
	size_t batch = bytes / sizeof(struct replay) + 1, i, count;
	int rc = 0;

	for (i = 0; rc == 0 && i < run->again_count; i += count) {
		count = run->again_count - i < batch ? run->again_count - i : batch;
		rc = replay_batch(run, run->again + i, count, err);
	}
	run->report->twice_days += (int64_t)run->again_count;
	run->again_count = 0;
	return rc;
}

/* --- the report --------------------------------------------------------------------------------------------- */
struct placed {
	const struct worker *worker;
	const struct bad_row *row;
};

static int
compare_placed(const void *a, const void *b)
{
	const struct bad_row *x = ((const struct placed *)a)->row,
			     *y = ((const struct placed *)b)->row;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* The first line of each block within its file; the heading is line 1. */
static int64_t *
block_starts(const struct feed *feed)
{
	int64_t *starts = xcalloc(feed->block_count + 1, sizeof(*starts));
	size_t i;

	for (i = 0; i < feed->block_count; i++) {
		bool fresh = i == 0 || feed->blocks[i - 1].file != feed->blocks[i].file;

		starts[i] = fresh ? 2 : starts[i - 1] + feed->blocks[i - 1].lines;
	}
	return starts;
}

static void
report_bad(struct run *run)
{
	struct usage_report *report = run->report;
	struct placed *placed;
	int64_t *starts = block_starts(&run->feed);
	size_t count = 0, i, n;
	int t;

	for (t = 0; t < run->threads; t++)
		count += run->workers[t].bad_kept;
	placed = xcalloc(count + 1, sizeof(*placed));
	for (n = 0, t = 0; t < run->threads; t++) {
		for (i = 0; i < run->workers[t].bad_kept; i++)
			placed[n++] = (struct placed){ &run->workers[t], &run->workers[t].bad[i] };
	}
	qsort(placed, count, sizeof(*placed), compare_placed);
	for (i = 0; i < count; i++) {
		const struct bad_row *row = placed[i].row;
		const char *path = run->paths[run->feed.blocks[row->block].file];
		struct usage_bad bad = { strcmp(path, "-") == 0 ? "标准输入" : path, row->reason,
					 arena_strndup(&report->arena,
						       placed[i].worker->bad_text.ptr + row->at,
						       row->len),
					 starts[row->block] + row->line };

		vec_push(report->bad, report->bad_kept, report->bad_cap, bad);
	}
	free(placed);
	free(starts);
}

static void
report_pass(struct run *run)
{
	int t;

	for (t = 0; t < run->threads; t++) {
		const struct worker *w = &run->workers[t];

		run->report->rows += w->rows;
		run->report->bad_count += w->bad_count;
		run->report->outside_rows += w->outside_rows;
	}
	run->report->bytes = run->feed.bytes;
	report_bad(run);
}

bool
usage_report_refused(const struct usage_report *report)
{
	return report->bad_count * 100 > report->rows * USAGE_BAD_PER_CENT;
}

void
usage_report_release(struct usage_report *report)
{
	arena_release(&report->arena);
	free(report->bad);
	*report = (struct usage_report){ 0 };
}

/* A cell: quoted, and never a formula for the program that opens it. */
static void
cell(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	if (text[0] != '\0' && strchr("=+-@\t", text[0]) != NULL)
		buf_putc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_putc(out, '"');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

void
usage_report_aside(const struct usage_report *report, struct buf *out)
{
	size_t i;

	buf_puts(out, "\xef\xbb\xbf文件,行,原因,原文\r\n");
	for (i = 0; i < report->bad_kept; i++) {
		const struct usage_bad *bad = &report->bad[i];

		cell(out, bad->file);
		buf_printf(out, ",%lld,", (long long)bad->line);
		cell(out, bad->reason);
		buf_putc(out, ',');
		cell(out, bad->text);
		buf_puts(out, "\r\n");
	}
}

/* --- all of it ------------------------------------------------------------------------------------------------ */
static int
compare_days(const void *a, const void *b)
{
	return strcmp(((const struct usage_days *)a)->vm, ((const struct usage_days *)b)->vm);
}

struct usage_days *
usage_set_find(const struct usage_set *set, const char *vm)
{
	struct usage_days key = { .vm = vm };

	if (set->count == 0)
		return NULL;
	return bsearch(&key, set->machines, set->count, sizeof(key), compare_days);
}

void
usage_set_release(struct usage_set *set)
{
	arena_release(&set->arena);
	free(set->machines);
	*set = (struct usage_set){ 0 };
}

/* Every part of the machines in a pass of its own; 1: a part was too big. */
static int
read_parts(struct run *run, struct err *err)
{
	int rc = 0;
	bool full = false;

	for (run->part = 0; rc == 0 && !full && run->part < run->parts; run->part++) {
		start_pass(run);
		rc = thread_run(run->threads, work, run, err);
		full = is_full(run);
		if (rc == 0 && !full) {
			if (run->part == 0)
				report_pass(run);
			/* Refused: what it would have made is not wanted. */
			if (!usage_report_refused(run->report))
				collect(run);
		}
		end_pass(run);
		if (rc == 0 && !full)
			rc = replay_all(run, err);
	}
	return rc != 0 ? -1 : full;
}

int
usage_read(struct usage_set *out, struct usage_report *report, const char *const *paths,
	   size_t count, const struct usage_options *options, struct err *err)
{
	struct run run = { .paths = paths,
			   .path_count = count,
			   .options = options,
			   .threads = options->threads > 0 ? options->threads : thread_count(),
			   .parts = 1,
			   .set = out,
			   .report = report };
	int rc, passes;

	*out = (struct usage_set){ 0 };
	*report = (struct usage_report){ 0 };
	for (;;) {
		rc = read_parts(&run, err);
		if (rc <= 0 || run.parts >= PARTS_MAX)
			break;
		passes = report->passes;
		usage_set_release(out);
		usage_report_release(report);
		report->passes = passes;
		run.again_count = 0;
		run.parts *= 2;
	}
	free(run.again);
	if (rc > 0)
		return err_set(err, ERR_LIMIT,
			       "机器和日期太多，内存放不下；请用 --month 或 --shard 分批");
	if (out->count > 0)
		qsort(out->machines, out->count, sizeof(*out->machines), compare_days);
	return rc;
}
