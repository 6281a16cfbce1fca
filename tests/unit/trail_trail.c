#include "trail_fixture.h"

static void
dump_due(struct buf *out, const struct step *step)
{
	char start[11], day[11];

	day_text(step->due.start, start);
	day_text(step->due.day, day);
	switch (step->due.kind) {
	case DUE_DAY: buf_printf(out, " %s>%s", start, day); break;
	case DUE_UNKNOWN: buf_printf(out, " unknown %d", step->due.missing_year); break;
	case DUE_PROMPT: buf_puts(out, " prompt"); break;
	default: break;
	}
	if (step->due.allowed != 0)
		buf_printf(out, " %d%s", step->due.allowed, step->due.working ? "w" : "d");
}

/* "state days_left late_steps: stage#visit outcome start>due allowed used late; …" */
static void
dump_trail(struct buf *out, const struct trail *trail)
{
	size_t i;

	buf_printf(out, "%s %d %d:", trail_state_ids[trail->state], trail->days_left,
		   trail->late_steps);
	for (i = 0; i < trail->step_count; i++) {
		const struct step *step = &trail->steps[i];

		buf_printf(out, " %s%s#%d", step->stage_id, step->stage == NULL ? "?" : "",
			   step->visit);
		if (step->left != NULL)
			buf_printf(out, " %s", step->outcome == NULL ? "?" : step->outcome->id);
		dump_due(out, step);
		if (step->stage != NULL && !step->stage->end)
			buf_printf(out, " used %d", step->used_days);
		if (step->late)
			buf_printf(out, " late %d", step->late_days);
		buf_printf(out, " (%zu);", step->event_count);
	}
}

static const struct {
	const char *id, *story, *now, *expected;
} stories[] = {
	/* Working days: 29 April is a Thursday; the free week does not count, Saturday the 8th does. */
	{ "holiday", "2021-04-28T09:00 write\n2021-04-29T09:00 decide\n2021-05-07T23:59:59 act",
	  "2021-05-08T00:00",
	  "waiting 0 0: write#1 send used 1 (2); decide#1 agree 2021-04-29>2021-05-07 3w used 3 (2); act#1 used 1 (1);" },
	{ "second", "2021-04-28T09:00 write\n2021-04-29T09:00 decide\n2021-05-08T00:00:00 act",
	  "2021-05-08T00:00",
	  "waiting 0 1: write#1 send used 1 (2); decide#1 agree 2021-04-29>2021-05-07 3w used 4 late 1 (2); act#1 used 0 (1);" },
	/* Late on a day off: no working day more, late all the same. 21 May is a Friday. */
	{ "dayoff", "2021-05-17T09:00 write\n2021-05-18T09:00 decide\n2021-05-22T00:00 act",
	  "2021-05-22T00:00",
	  "waiting 0 1: write#1 send used 1 (2); decide#1 agree 2021-05-18>2021-05-21 3w used 3 late 0 (2); act#1 used 0 (1);" },
	/* The day it begins on is not counted, whatever the hour. */
	{ "hour", "2021-05-17T00:00 write\n2021-05-17T23:59:59 decide", "2021-05-18T00:00",
	  "soon 2 0: write#1 send used 0 (2); decide#1 2021-05-17>2021-05-20 3w used 1 (1);" },
	/* States by the days that are left. */
	{ "open", "2021-05-17T09:00 write\n2021-05-17T09:00 decide", "2021-05-17T12:00",
	  "open 3 0: write#1 send used 0 (2); decide#1 2021-05-17>2021-05-20 3w used 0 (1);" },
	{ "soon", "2021-05-17T09:00 write\n2021-05-17T09:00 decide", "2021-05-20T23:59:59",
	  "soon 0 0: write#1 send used 0 (2); decide#1 2021-05-17>2021-05-20 3w used 3 (1);" },
	{ "late", "2021-05-17T09:00 write\n2021-05-17T09:00 decide", "2021-05-25T00:00",
	  "late -3 1: write#1 send used 0 (2); decide#1 2021-05-17>2021-05-20 3w used 6 late 3 (1);" },
	{ "justlate", "2021-05-17T09:00 write\n2021-05-17T09:00 decide", "2021-05-21T00:00",
	  "late -1 1: write#1 send used 0 (2); decide#1 2021-05-17>2021-05-20 3w used 4 late 1 (1);" },
	{ "early", "2021-05-17T09:00 write\n2021-05-17T09:00 decide", "2021-05-10T00:00",
	  "open 8 0: write#1 send used 0 (2); decide#1 2021-05-17>2021-05-20 3w used 0 (1);" },
	{ "waiting", "2021-05-17T09:00 write", "2021-06-17T09:00",
	  "waiting 0 0: write#1 used 23 (1);" },
	{ "closed", "2021-05-17T09:00 tell\n2021-05-18T09:00 done", "2021-06-17T09:00",
	  "closed 0 0: tell#1 told prompt used 1 (2); done#1 (1);" },
	{ "dropped", "2021-05-17T09:00 decide\n2021-05-18T09:00 dropped", "2021-06-17T09:00",
	  "cancelled 0 0: decide#1 refuse 2021-05-17>2021-05-20 3w used 1 (2); dropped#1 (1);" },
	{ "reopened", "2021-05-17T09:00 tell\n2021-05-18T09:00 done\n2021-05-19T09:00 write",
	  "2021-05-19T09:00",
	  "waiting 0 0: tell#1 told prompt used 1 (2); done#1 ? (2); write#1 used 0 (1);" },
	/* A second visit has its own limit; edits begin nothing anew. */
	{ "again",
	  "2021-05-10T09:00 decide\n2021-05-11T09:00 write\n2021-05-12T09:00 decide\n2021-05-12T10:00 decide | x: 1",
	  "2021-05-13T09:00",
	  "soon 0 0: decide#1 return 2021-05-10>2021-05-13 3w used 1 (2); write#1 send used 1 (2); "
	  "decide#2 2021-05-12>2021-05-13 1w used 1 (2);" },
	{ "edits",
	  "2021-05-10T09:00 decide\n2021-05-11T09:00 decide | title: 改\n2021-05-12T09:00 decide | x: y\n2021-05-13T09:00 act",
	  "2021-05-13T09:00",
	  "waiting 0 0: decide#1 agree 2021-05-10>2021-05-13 3w used 3 (4); act#1 used 0 (1);" },
	/* Clocks that began earlier: the last agreement, the first decision of any kind. */
	{ "fromlast",
	  "2021-05-10T09:00 decide\n2021-05-11T09:00 act\n2021-05-12T09:00 decide\n2021-05-17T09:00 act\n2021-05-18T09:00 sign",
	  "2021-05-19T09:00",
	  "open 3 1: decide#1 agree 2021-05-10>2021-05-13 3w used 1 (2); act#1 again used 1 (2); "
	  "decide#2 agree 2021-05-12>2021-05-13 1w used 3 late 2 (2); act#2 made used 1 (2); sign#1 2021-05-17>2021-05-24 5w used 2 (1);" },
	{ "fromfirst",
	  "2021-05-10T09:00 decide\n2021-05-11T09:00 write\n2021-05-12T09:00 decide\n2021-05-13T09:00 act\n2021-05-14T09:00 end",
	  "2021-05-14T09:00",
	  "open 17 0: decide#1 return 2021-05-10>2021-05-13 3w used 1 (2); write#1 send used 1 (2); "
	  "decide#2 agree 2021-05-12>2021-05-13 1w used 1 (2); act#1 ? used 1 (2); end#1 2021-05-11>2021-06-08 20w used 3 (1);" },
	/* Without the earlier step the clock begins on entering. */
	{ "fromnone", "2021-05-10T09:00 sign", "2021-05-10T09:00",
	  "open 5 0: sign#1 2021-05-10>2021-05-17 5w used 0 (1);" },
	{ "fromreturn", "2021-05-10T09:00 decide\n2021-05-11T09:00 write\n2021-05-12T09:00 sign",
	  "2021-05-12T09:00",
	  "open 5 0: decide#1 return 2021-05-10>2021-05-13 3w used 1 (2); write#1 ? used 1 (2); sign#1 2021-05-12>2021-05-19 5w used 0 (1);" },
	/* Signatures are edits of one step. */
	{ "signs",
	  "2021-05-10T09:00 sign\n2021-05-11T09:00 sign | signed: [judge]\n2021-05-12T09:00 pay | signed: [judge, maker]",
	  "2021-05-12T09:00",
	  "waiting 0 0: sign#1 signed 2021-05-10>2021-05-17 5w used 2 (3); pay#1 used 0 (1);" },
	/* The 31st of the month after, or its last day; dates are counted in working days. */
	{ "month", "2021-02-10T09:00 pay | month: 2021-01", "2021-02-24T09:00",
	  "soon 2 0: pay#1 2021-02-10>2021-02-28 used 10 (1);" },
	{ "monthlate",
	  "2021-02-10T09:00 pay | month: 2021-01\n2021-03-03T09:00 end | month: 2021-01",
	  "2021-03-03T09:00",
	  "open 20 1: pay#1 paid 2021-02-10>2021-02-28 used 15 late 3 (2); end#1 2021-03-03>2021-03-31 20w used 0 (1);" },
	{ "monthyear", "2021-12-10T09:00 pay | month: 2021-12", "2021-12-13T09:00",
	  "open -1 0: pay#1 2021-12-10>2022-01-31 used 1 (1);" },
	{ "monthbad", "2021-02-10T09:00 pay | month: 2021-13", "2021-02-24T09:00",
	  "waiting 0 0: pay#1 used 10 (1);" },
	/* A date in the ticket: the last one that was written counts, however it is written. */
	{ "until", "2021-05-10T09:00 act | plan_due: 2021-05-14", "2021-05-11T09:00",
	  "open 3 0: act#1 2021-05-10>2021-05-14 used 1 (1);" },
	{ "untilnew",
	  "2021-05-10T09:00 act | plan_due: 2021-05-14\n2021-05-11T09:00 act | plan_due: \"2021-05-18\" # 改期",
	  "2021-05-11T09:00", "open 5 0: act#1 2021-05-10>2021-05-18 used 1 (2);" },
	{ "untilodd", "2021-05-10T09:00 act | plan_due: &x 2021-05-14", "2021-05-17T00:00",
	  "late -1 1: act#1 2021-05-10>2021-05-14 used 5 late 1 (1);" },
	{ "untilnone", "2021-05-10T09:00 act", "2021-05-17T00:00",
	  "waiting 0 0: act#1 used 5 (1);" },
	{ "untilbad", "2021-05-10T09:00 act | plan_due: 2021-02-30", "2021-05-17T00:00",
	  "waiting 0 0: act#1 used 5 (1);" },
	{ "untillist", "2021-05-10T09:00 act | plan_due: [2021-05-14]", "2021-05-17T00:00",
	  "waiting 0 0: act#1 used 5 (1);" },
	/* Days of the calendar, for the county's way. */
	{ "days", "2021-04-28T09:00 look", "2021-05-08T23:59:59",
	  "soon 0 0: look#1 2021-04-28>2021-05-08 10d used 10 (1);" },
	{ "dayslate", "2021-04-28T09:00 look", "2021-05-10T00:00",
	  "late -2 1: look#1 2021-04-28>2021-05-08 10d used 12 late 2 (1);" },
	{ "county",
	  "2021-05-10T09:00 decide | tenant: county\n2021-05-11T09:00 look | tenant: county",
	  "2021-05-11T09:00",
	  "open 10 0: decide#1 agree 2021-05-10>2021-05-13 3w used 1 (2); look#1 2021-05-11>2021-05-21 10d used 0 (1);" },
	{ "wasother", "2021-05-10T09:00 decide\n2021-05-11T09:00 look | tenant: city",
	  "2021-05-11T09:00",
	  "open 10 0: decide#1 agree 2021-05-10>2021-05-13 3w used 1 (2); look#1 2021-05-11>2021-05-21 10d used 0 (1);" },
	{ "nobody",
	  "2021-05-10T09:00 decide | tenant: nobody\n2021-05-11T09:00 act | tenant: nobody",
	  "2021-05-11T09:00",
	  "waiting 0 0: decide#1 agree 2021-05-10>2021-05-13 3w used 1 (2); act#1 used 0 (1);" },
	/* Years the calendar does not know. */
	{ "unknown", "2021-12-30T09:00 decide", "2021-12-31T09:00",
	  "open 0 0: decide#1 unknown 2022 3w used 1 (1);" },
	{ "unknownboth", "2022-01-04T09:00 decide\n2022-01-05T09:00 act", "2022-01-05T09:00",
	  "waiting 0 0: decide#1 agree unknown 2022 3w used -1 (2); act#1 used 0 (1);" },
	{ "unknowndays", "2021-12-30T09:00 look", "2022-01-20T09:00",
	  "late -11 1: look#1 2021-12-30>2022-01-09 10d used 21 late 11 (1);" },
	/* What the law does not know. */
	{ "nostage", "2021-05-10T09:00 decide\n2021-05-11T09:00 dream\n2021-05-12T09:00 act",
	  "2021-05-12T09:00",
	  "waiting 0 0: decide#1 ? 2021-05-10>2021-05-13 3w used 1 (2); dream?#1 ? (2); act#1 used 0 (1);" },
	{ "jump", "2021-05-10T09:00 write\n2021-05-11T09:00 end", "2021-05-11T09:00",
	  "open 20 0: write#1 ? used 1 (2); end#1 2021-05-11>2021-06-08 20w used 0 (1);" },
	{ "noflow", "2021-05-10T09:00 write | flow: none\n2021-05-11T09:00 decide | flow: none",
	  "2021-05-11T09:00", "waiting 0 0: write?#1 ? (2); decide?#1 (1);" },
	/* Gone, and with it flow and title; and there again. */
	{ "gone", "2021-05-10T09:00 write\n2021-05-11T09:00 -", "2021-05-11T09:00",
	  "waiting 0 0: write?#1 (1);" },
	{ "back",
	  "2021-05-10T09:00 write\n2021-05-11T09:00 -\n2021-05-12T09:00 write\n2021-05-13T09:00 decide",
	  "2021-05-13T09:00",
	  "open 3 0: write#1 send used 3 (4); decide#1 2021-05-13>2021-05-18 3w used 0 (1);" },
	/* Clocks that go wrong never count below nothing. */
	{ "backwards", "2021-05-12T09:00 decide\n2021-05-10T09:00 act", "2021-05-10T09:00",
	  "waiting 0 0: decide#1 agree 2021-05-12>2021-05-17 3w used 0 (2); act#1 used 0 (1);" },
};
#define STORIES (sizeof(stories) / sizeof(*stories))

static struct repo *
tell_all(struct log **log)
{
	struct telling t = { BUF_INIT, 0 };
	struct err err = { 0 };
	struct repo *repo;
	struct oid tip;
	size_t i;

	for (i = 0; i < STORIES; i++)
		tell(&t, stories[i].id, stories[i].story);
	sh("git init -q -b main told");
	must(file_replace("story", t.text.ptr, t.text.len, false, &err), &err);
	sh("git -C told fast-import --quiet < story");
	buf_release(&t.text);
	repo = fixture_open("told");
	must(repo_resolve(repo, "main", &tip, &err), &err);
	must(log_open(log, repo, &tip, 1, false, &err), &err);
	return repo;
}

static void
test_trail__stories(void)
{
	struct log *log = NULL;
	struct repo *repo = tell_all(&log);
	size_t i;

	for (i = 0; i < STORIES; i++) {
		struct trail_context context = { repo, &world.basis, 0, NULL };
		struct arena arena = { 0 };
		struct buf out = BUF_INIT;
		struct err err = { 0 };
		struct trail trail;
		char folder[128];
		uint32_t ticket;

		snprintf(folder, sizeof(folder), "content/tickets/2021/05/%s", stories[i].id);
		CHECK(log_find(log, folder, &ticket));
		CHECK(moment_parse(stories[i].now, &context.now));
		CHECK_INT(trail_of(&trail, &arena, log, ticket, &context, &err), 0);
		CHECK_STR(err.text, "");
		dump_trail(&out, &trail);
		if (strcmp(out.ptr, stories[i].expected) != 0)
			printf("# story %s\n", stories[i].id);
		CHECK_STR(out.ptr, stories[i].expected);
		CHECK_STR(trail.id, stories[i].id);
		CHECK_STR(trail.folder, folder);
		CHECK(trail.gone == (strcmp(stories[i].id, "gone") == 0));
		CHECK(trail.county == (strcmp(stories[i].id, "county") == 0));
		CHECK((trail.flow == NULL) == (trail.gone || strcmp(stories[i].id, "noflow") == 0));
		CHECK(trail_present(&trail) == &trail.steps[trail.step_count - 1]);
		buf_release(&out);
		arena_release(&arena);
	}
	log_free(log);
	repo_free(repo);
}

/* --- who opened it, whose turn it is -------------------------------------------------------- */
static void
check_turns(const char *story, const char *opened, const char *stage, const char *expected)
{
	struct telling t = { BUF_INIT, 0 };
	struct trail_context context = { NULL, &world.basis, 1620700000, NULL };
	struct arena arena = { 0 };
	struct log *log = NULL;
	struct buf out = BUF_INIT;
	struct err err = { 0 };
	const struct party **turns;
	struct trail trail;
	struct repo *repo;
	struct oid tip;
	size_t i, count = 99;

	tell(&t, "SQ-1", story);
	sh("rm -rf turns && git init -q -b main turns");
	must(file_replace("story", t.text.ptr, t.text.len, false, &err), &err);
	sh("git -C turns fast-import --quiet < story");
	repo = context.repo = fixture_open("turns");
	must(repo_resolve(repo, "main", &tip, &err), &err);
	must(log_open(&log, repo, &tip, 1, false, &err), &err);
	CHECK_INT(trail_of(&trail, &arena, log, 0, &context, &err), 0);
	CHECK_STR(trail.opened_kind, opened);
	turns = stage_turns(&world.basis, &trail, flow_stage(law_flow(world.law, "ask"), stage),
			    &count);
	for (i = 0; i < count; i++)
		buf_printf(&out, "%s%s", i == 0 ? "" : " ", turns[i] == NULL ? "?" : turns[i]->id);
	CHECK_STR(out.ptr, expected);
	free(turns);
	turns = stage_turns(&world.basis, &trail, NULL, &count);
	CHECK_INT(count, 0);
	free(turns);
	buf_release(&out);
	buf_release(&t.text);
	arena_release(&arena);
	log_free(log);
	repo_free(repo);
}

static void
test_trail__turns(void)
{
	check_turns("2021-05-10T09:00 write < c1@x", "asker", "write", "city");
	check_turns("2021-05-10T09:00 write < C1@X", "asker", "write", "city");
	check_turns("2021-05-10T09:00 write < m@x", "maker", "write", "maker");
	/* Who is in no register, or may not open it, changes nothing: it is the first one that may. */
	check_turns("2021-05-10T09:00 write < nobody@x", "asker", "write", "city");
	check_turns("2021-05-10T09:00 write < for:m@x", "maker", "write", "maker");
	check_turns("2021-05-10T09:00 write < for:nobody@x", "asker", "write", "city");
	check_turns("2021-05-10T09:00 write < c1@x\n2021-05-11T09:00 decide < j@x", "asker",
		    "decide", "judge");
	check_turns("2021-05-10T09:00 look | tenant: county < c2@x", "asker", "look", "office");
	check_turns("2021-05-10T09:00 sign < j@x", "asker", "sign", "judge maker");
	check_turns("2021-05-10T09:00 pay | tenant: county < c2@x", "asker", "pay", "county");
	check_turns("2021-05-10T09:00 pay | tenant: nobody < c2@x", "asker", "pay", "?");
	check_turns("2021-05-10T09:00 done < j@x", "asker", "done", "");
}

/* --- the limit of the step as a commit would leave it ----------------------------------------- */
static void
test_trail__deadline(void)
{
	static const struct {
		const char *story, *front, *due;
	} rows[] = {
		{ "2021-05-10T09:00 act | plan_due: 2021-05-14", "plan_due: 2021-06-01\n",
		  " 2021-05-10>2021-06-01" },
		{ "2021-05-10T09:00 act | plan_due: 2021-05-14", "x: y\n", "" },
		{ "2021-05-10T09:00 act | plan_due: 2021-05-14", "plan_due: 明天\n", "" },
		{ "2021-05-10T09:00 decide", "plan_due: 2021-06-01\n",
		  " 2021-05-10>2021-05-13 3w" },
		{ "2021-05-10T09:00 tell", "x: y\n", " prompt" },
		{ "2021-05-10T09:00 write", "x: y\n", "" },
		{ "2021-05-10T09:00 done", "x: y\n", "" },
		{ "2021-05-10T09:00 dream", "x: y\n", "" },
		{ "2021-12-30T09:00 decide", "x: y\n", " unknown 2022 3w" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct telling t = { BUF_INIT, 0 };
		struct trail_context context = { NULL, &world.basis, 1620700000, NULL };
		struct findings findings = { 0 };
		struct arena arena = { 0 };
		struct log *log = NULL;
		struct buf out = BUF_INIT;
		struct err err = { 0 };
		struct step step = { 0 };
		struct trail trail;
		struct doc doc;
		struct oid tip;

		tell(&t, "SQ-1", rows[i].story);
		sh("rm -rf due && git init -q -b main due");
		must(file_replace("story", t.text.ptr, t.text.len, false, &err), &err);
		sh("git -C due fast-import --quiet < story");
		context.repo = fixture_open("due");
		must(repo_resolve(context.repo, "main", &tip, &err), &err);
		must(log_open(&log, context.repo, &tip, 1, false, &err), &err);
		CHECK_INT(trail_of(&trail, &arena, log, 0, &context, &err), 0);
		yaml_parse(&doc, &arena, rows[i].front, strlen(rows[i].front), "x", &findings);
		CHECK_INT(trail_deadline(&step.due, &trail, doc.front, &context, &err), 0);
		dump_due(&out, &step);
		CHECK_STR(out.ptr, rows[i].due);
		buf_release(&out);
		buf_release(&t.text);
		findings_release(&findings);
		arena_release(&arena);
		log_free(log);
		repo_free(context.repo);
	}
}

/* --- side branches -------------------------------------------------------------------------------- */
#define SAY(stage, when) \
	"mkdir -p content/tickets/2021/05/SQ-1 && printf -- '---\\nflow: ask\\nstage: " stage \
	"\\ntenant: city\\n---\\n' > " \
	"content/tickets/2021/05/SQ-1/ticket.md && git add . && GIT_AUTHOR_DATE='" when \
	" +0800' git commit -q -m x"

static void
check_at(const struct log *log, struct repo *repo, const char *revisions, const char *expected)
{
	struct trail_context context = { repo, &world.basis, 0, NULL };
	struct arena arena = { 0 };
	struct buf out = BUF_INIT, copy = BUF_INIT;
	struct err err = { 0 };
	struct trail trail;
	uint32_t commits[4];
	size_t count = 0;
	char *word, *rest;

	moment_parse("2021-05-14T12:00", &context.now);
	buf_puts(&copy, revisions);
	for (word = strtok_r(copy.ptr, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		struct oid oid;

		must(repo_resolve(repo, word, &oid, &err), &err);
		CHECK(log_find_commit(log, &oid, &commits[count++]));
	}
	CHECK_INT(trail_at(&trail, &arena, log, 0, commits, count, &context, &err), 0);
	CHECK_STR(err.text, "");
	dump_trail(&out, &trail);
	CHECK_STR(out.ptr, expected);
	buf_release(&out);
	buf_release(&copy);
	arena_release(&arena);
}

static void
test_trail__sides(void)
{
	struct log *log = NULL;
	struct repo *repo;
	struct err err = { 0 };
	struct oid tips[3] = { { { 0 } } };

	sh("git init -q -b main sides && cd sides && echo x > x && git add . && git commit -q -m 根 && git tag root && " SAY("write", "2021-05-10T09:00:00") " && git tag begun && " SAY(
	    "decide",
	    "2021-05-11T09:00:00") " && "
				   "git checkout -q -b left && " SAY(
				       "act",
				       "2021-05-12T09:00:00") " && "
							      "git checkout -q -b right main && " SAY(
								  "write",
								  "2021-05-13T09:00:00") " && "
											 "git checkout -q main && git merge -q -m 合 left && git merge -q -s ours -m 合 right && git tag both");
	repo = fixture_open("sides");
	must(repo_resolve(repo, "both", &tips[0], &err), &err);
	must(log_open(&log, repo, tips, 1, false, &err), &err);
	check_at(log, repo, "root", "waiting 0 0:");
	check_at(log, repo, "begun", "waiting 0 0: write#1 used 4 (1);");
	check_at(
	    log, repo, "left",
	    "waiting 0 0: write#1 send used 1 (2); decide#1 agree 2021-05-11>2021-05-14 3w used 1 (2); act#1 used 2 (1);");
	check_at(
	    log, repo, "right",
	    "waiting 0 0: write#1 send used 1 (2); decide#1 return 2021-05-11>2021-05-14 3w used 2 (2); write#2 used 1 (1);");
	check_at(
	    log, repo, "left right",
	    "waiting 0 0: write#1 send used 1 (2); decide#1 agree 2021-05-11>2021-05-14 3w used 1 (2); act#1 ? used 1 (2); "
	    "write#2 used 1 (1);");
	check_at(
	    log, repo, "left begun",
	    "waiting 0 0: write#1 send used 1 (2); decide#1 agree 2021-05-11>2021-05-14 3w used 1 (2); act#1 used 2 (1);");
	check_at(log, repo, "", "waiting 0 0:");
	log_free(log);
	/* The same with the sides as tips of their own. */
	must(repo_resolve(repo, "left", &tips[0], &err), &err);
	must(repo_resolve(repo, "right", &tips[1], &err), &err);
	must(log_open(&log, repo, tips, 2, false, &err), &err);
	check_at(
	    log, repo, "right",
	    "waiting 0 0: write#1 send used 1 (2); decide#1 return 2021-05-11>2021-05-14 3w used 2 (2); write#2 used 1 (1);");
	log_free(log);
	repo_free(repo);
}

/* --- hostile ------------------------------------------------------------------------------------------ */
/* A ticket.md of megabytes says nothing, and stops nobody. */
static void
test_trail__huge(void)
{
	struct trail_context context = { NULL, &world.basis, 1620700000, NULL };
	struct arena arena = { 0 };
	struct log *log = NULL;
	struct err err = { 0 };
	struct trail trail;
	struct oid tip;

	sh("git init -q -b main huge && cd huge && mkdir -p content/tickets/2021/05/SQ-1 && cd content/tickets/2021/05/SQ-1 && "
	   "printf -- '---\\nflow: ask\\nstage: act\\nplan_due: 2021-05-14\\n---\\n' > ticket.md && git add . && git commit -q -m 一 && "
	   "{ printf -- '---\\nflow: ask\\nstage: act\\n---\\n'; head -c 1100000 /dev/zero | tr '\\0' x; } > ticket.md && "
	   "git commit -q -a -m 二 && printf -- '---\\nflow: ask\\nstage: decide\\n---\\n' > ticket.md && git commit -q -a -m 三");
	context.repo = fixture_open("huge");
	must(repo_resolve(context.repo, "main", &tip, &err), &err);
	must(log_open(&log, context.repo, &tip, 1, false, &err), &err);
	CHECK_INT(trail_of(&trail, &arena, log, 0, &context, &err), 0);
	CHECK_STR(err.text, "");
	CHECK_INT(trail.step_count, 3);
	CHECK_INT(trail.steps[0].due.kind, DUE_NONE);
	CHECK_STR(trail_present(&trail)->stage_id, "decide");
	arena_release(&arena);
	log_free(log);
	repo_free(context.repo);
}

static void
test_trail__limit_text(void)
{
	static const struct {
		struct limit limit;
		const char *text;
	} rows[] = { { { .kind = LIMIT_NONE }, "无时限" },
		     { { .kind = LIMIT_PROMPT }, "及时" },
		     { { .kind = LIMIT_WORKING_DAYS, .n = 3 }, "3 个工作日" },
		     { { .kind = LIMIT_DAYS, .n = 30 }, "30 日" },
		     { { .kind = LIMIT_DAY_OF_NEXT_MONTH, .n = 15 }, "次月 15 日前" },
		     { { .kind = LIMIT_UNTIL_FIELD }, "至所定日期" } };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = BUF_INIT;

		limit_text(&out, &rows[i].limit);
		CHECK_STR(out.ptr, rows[i].text);
		buf_release(&out);
	}
	for (i = 0; i < TRAIL_STATE_COUNT; i++)
		CHECK(trail_state_ids[i][0] != '\0' && trail_state_names[i][0] != '\0');
}

int
main(void)
{
	fixture_start();
	world_start();
	unit_run("stories", test_trail__stories);
	unit_run("turns", test_trail__turns);
	unit_run("deadline", test_trail__deadline);
	unit_run("side branches", test_trail__sides);
	unit_run("huge", test_trail__huge);
	unit_run("limits in words", test_trail__limit_text);
	world_end();
	fixture_end();
	return unit_end();
}
