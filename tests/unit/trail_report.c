#include "trail/report.h"

#include "trail_fixture.h"

static void
test_report__periods(void)
{
	static const struct {
		const char *id, *first, *last, *name; /* first NULL: no period */
	} rows[] = { { "2021-05", "2021-05-01", "2021-05-31", "2021 年 5 月" },
		     { "2024-02", "2024-02-01", "2024-02-29", "2024 年 2 月" },
		     { "2021-Q1", "2021-01-01", "2021-03-31", "2021 年第 1 季度" },
		     { "2021-Q4", "2021-10-01", "2021-12-31", "2021 年第 4 季度" },
		     { "2021", "2021-01-01", "2021-12-31", "2021 年" },
		     { "2021-Q0", NULL, NULL, NULL },
		     { "2021-Q5", NULL, NULL, NULL },
		     { "2021-Q10", NULL, NULL, NULL },
		     { "2021-13", NULL, NULL, NULL },
		     { "21", NULL, NULL, NULL },
		     { "20211", NULL, NULL, NULL },
		     { "", NULL, NULL, NULL } };
	struct period period;
	char first[11], last[11];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_INT(period_parse(rows[i].id, &period), rows[i].first != NULL);
		if (rows[i].first == NULL)
			continue;
		day_text(period.first, first);
		day_text(period.last, last);
		CHECK_STR(period.id, rows[i].id);
		CHECK_STR(first, rows[i].first);
		CHECK_STR(last, rows[i].last);
		CHECK_STR(period.name, rows[i].name);
	}
}

/* --- tickets over some months ----------------------------------------------------------------------- */
static const struct {
	const char *id, *story;
} stories[] = {
	{ "SQ-1", "2021-03-30T09:00 write\n2021-03-31T09:00 decide\n2021-04-06T09:00 act\n"
		  "2021-04-07T09:00 tell\n2021-05-10T09:00 done" },
	{ "SQ-2", "2021-04-01T09:00 write\n2021-04-02T09:00 decide\n2021-04-30T09:00 write\n"
		  "2021-05-20T09:00 decide\n2021-06-01T09:00 dropped" },
	{ "SQ-3", "2021-05-31T23:59 write\n2021-06-01T00:00 decide" },
	{ "SQ-4", "2021-04-10T09:00 write" },
};
#define COUNT (sizeof(stories) / sizeof(*stories))

static struct trail trails[COUNT];
static const struct trail *all[COUNT];

static void
report_of(struct report *out, const char *id, const char *today)
{
	static struct period period;
	int32_t day = 0;

	CHECK(period_parse(id, &period) && day_parse(today, &day));
	report_make(out, &world.arena, &world.basis, all, COUNT, &period, day, SIZE_MAX);
}

/* What a period begins with is what the one before left; nothing is lost or counted twice. */
static void
test_report__sums(void)
{
	static const char *const months[] = { "2021-03", "2021-04", "2021-05", "2021-06",
					      "2021-07" };
	struct report_flow sum = { 0 };
	struct report r;
	size_t i, k;
	int open = 0, flows;

	for (i = 0; i < sizeof(months) / sizeof(*months); i++) {
		report_of(&r, months[i], "2021-08-01");
		CHECK_INT(r.all.carried, open);
		CHECK_INT(r.all.carried + r.all.opened,
			  r.all.closed + r.all.cancelled + r.all.open);
		open = r.all.open;
		sum.opened += r.all.opened;
		sum.closed += r.all.closed;
		sum.cancelled += r.all.cancelled;
		flows = 0;
		for (k = 0; k < r.flow_count; k++)
			flows += r.flows[k].open;
		CHECK_INT(flows, open);
		for (k = 0; k < r.stage_count; k++)
			flows -= r.stages[k].open;
		CHECK_INT(flows, 0);
	}
	report_of(&r, "2021", "2021-08-01");
	CHECK_INT(r.all.opened, sum.opened);
	CHECK_INT(r.all.closed, sum.closed);
	CHECK_INT(r.all.cancelled, sum.cancelled);
	CHECK_INT(r.all.open, open);
}

/* "late: id stage days; … back: id again now; … next: id state; …" */
static void
dump_lists(struct buf *out, const struct report *r)
{
	size_t i;

	buf_puts(out, "late:");
	for (i = 0; i < r->late.count; i++)
		buf_printf(out, " %s %s %d%s;", r->late.items[i].trail->id,
			   r->late.items[i].step->stage_id, r->late.items[i].days,
			   r->late.items[i].left == NULL ? " open" : "");
	buf_puts(out, " back:");
	for (i = 0; i < r->back.count; i++)
		buf_printf(out, " %s %s %s;", r->back.items[i].trail->id,
			   r->back.items[i].again == NULL ? "-" : "again",
			   r->back.items[i].now->stage_id);
	buf_puts(out, " next:");
	for (i = 0; i < r->next.count; i++)
		buf_printf(out, " %s %s;", r->next.items[i].trail->id,
			   trail_state_ids[r->next.items[i].state]);
}

static void
test_report__lists(void)
{
	static const struct {
		const char *period, *today, *expected;
	} rows[] = {
		/* Sent back on the last day of April; what May brought is not known yet. */
		{ "2021-04", "2021-08-01",
		  "late: SQ-1 decide 1; SQ-2 decide 17; back: SQ-2 - write; next:" },
		{ "2021-05", "2021-08-01",
		  "late: SQ-2 decide 6 open; back: SQ-2 again decide; next: SQ-2 late;" },
		/* The ticket was dropped on the first of June: late that day still. */
		{ "2021-06", "2021-08-01",
		  "late: SQ-2 decide 7; SQ-3 decide 18 open; back: SQ-2 - dropped; next: SQ-3 late;" },
		{ "2021-06", "2021-06-03",
		  "late: SQ-2 decide 7; back: SQ-2 - dropped; next: SQ-3 soon;" },
		{ "2021-07", "2021-08-01", "late: SQ-3 decide 40 open; back: next: SQ-3 late;" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = BUF_INIT;
		struct report r;

		report_of(&r, rows[i].period, rows[i].today);
		dump_lists(&out, &r);
		CHECK_STR(out.ptr, rows[i].expected);
		buf_release(&out);
	}
}

static void
read_stories(struct repo **repo, struct log **log)
{
	struct trail_context context = { 0 };
	struct telling t = { BUF_INIT, 0 };
	struct err err = { 0 };
	struct oid tip;
	size_t i;

	for (i = 0; i < COUNT; i++)
		tell(&t, stories[i].id, stories[i].story);
	must(file_replace("story", t.text.ptr, t.text.len, false, &err), &err);
	sh("git init -q -b main told");
	sh("git -C told fast-import --quiet < story");
	buf_release(&t.text);
	*repo = fixture_open("told");
	must(repo_resolve(*repo, "main", &tip, &err), &err);
	must(log_open(log, *repo, &tip, 1, false, &err), &err);
	context = (struct trail_context){ *repo, &world.basis, 0, NULL };
	CHECK(moment_parse("2021-08-01T09:00", &context.now));
	for (i = 0; i < COUNT; i++) {
		must(trail_of(&trails[i], &world.arena, *log, (uint32_t)i, &context, &err), &err);
		all[i] = &trails[i];
	}
}

/* Costly words are looked up for the first items only; all are counted. */
static void
test_report__most(void)
{
	struct period period;
	struct report r;

	CHECK(period_parse("2021-04", &period));
	report_make(&r, &world.arena, &world.basis, all, COUNT, &period, period.last, 1);
	CHECK_INT(r.late.count, 2);
	CHECK_INT(r.late.told, 1);
	CHECK_STR(r.late.items[0].parties, "管理单位");
	CHECK_STR(r.late.items[1].parties, "");
}

int
main(void)
{
	struct repo *repo = NULL;
	struct log *log = NULL;

	fixture_start();
	world_start();
	read_stories(&repo, &log);
	unit_run("periods", test_report__periods);
	unit_run("sums", test_report__sums);
	unit_run("lists", test_report__lists);
	unit_run("the first items", test_report__most);
	log_free(log);
	repo_free(repo);
	world_end();
	fixture_end();
	return unit_end();
}
