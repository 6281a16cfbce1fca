/* Tickets, what is to be done, what was late, what is held: as tables. */
#include <stdlib.h>
#include <string.h>

#include "cmd/export_table.h"
#include "ledger/ledger.h"

#define COLUMNS(of) of##_columns, of##_keys, sizeof(of##_keys) / sizeof(of##_keys[0])

void
export_tenant(const struct export_job *job, struct table *t, const char *id)
{
	const struct party *party = basis_party(&job->session->basis, id);

	table_named(t, id, party == NULL ? id : party->short_name);
}

void
export_system(const struct export_job *job, struct table *t, const char *name)
{
	const struct system *system = basis_system(&job->session->basis, name);

	table_named(t, system == NULL ? "" : system->id, name);
}

static void
flow(struct table *t, const struct trail *trail)
{
	table_named(t, trail->flow_id, trail->flow == NULL ? trail->flow_id : trail->flow->name);
}

/* Whose turn the step was, as todo says it. */
static void
turns(const struct export_job *job, struct table *t, const struct trail *trail,
      const struct step *step)
{
	size_t i, count = 0;
	const struct party **parties =
	    stage_turns(&job->session->basis, trail, step->stage, &count);
	struct buf ids = BUF_INIT, names = BUF_INIT;

	for (i = 0; i < count; i++) {
		if (parties[i] == NULL)
			continue;
		buf_printf(&ids, "%s%s", ids.len > 0 ? " " : "", parties[i]->id);
		buf_printf(&names, "%s%s", names.len > 0 ? "、" : "", parties[i]->short_name);
	}
	table_named(t, ids.ptr, names.ptr);
	buf_release(&names);
	buf_release(&ids);
	free((void *)parties);
}

static void
due(struct table *t, const struct step *step)
{
	if (step != NULL && step->due.kind == DUE_DAY)
		table_number(t, step->due.day);
	else
		table_none(t);
}

static const struct sheet_column ticket_columns[] = {
	{ "工单", SHEET_TEXT, 24 },	   { "流程", SHEET_TEXT, 12 },
	{ "标题", SHEET_TEXT, 32 },	   { "使用单位", SHEET_TEXT, 10 },
	{ "系统", SHEET_TEXT, 28 },	   { "环节", SHEET_TEXT, 14 },
	{ "状态", SHEET_TEXT, 10 },	   { "新开", SHEET_DAY, 12 },
	{ "最近办理", SHEET_DAY, 12 },	   { "期限", SHEET_DAY, 12 },
	{ "超期步数", SHEET_INTEGER, 10 },
};
static const char *const ticket_keys[] = { "ticket", "flow",  "title",	   "tenant",
					   "system", "stage", "state",	   "opened",
					   "last",   "due",   "late_steps" };

static void
ticket_row(const struct export_job *job, struct table *t, const struct trail *trail)
{
	const struct step *step = &trail->steps[trail->step_count - 1];

	table_row(t);
	table_text(t, trail->id);
	flow(t, trail);
	table_text(t, trail->title);
	export_tenant(job, t, trail->tenant);
	export_system(job, t, trail->system);
	table_named(t, step->stage_id, export_stage_name(step));
	table_named(t, trail_state_ids[trail->state], trail_state_names[trail->state]);
	table_number(t, day_of(trail->steps[0].entered->time));
	table_number(t, day_of(trail->last->time));
	due(t, step);
	table_number(t, trail->late_steps);
}

static int
fill_tickets(struct export_job *job, struct table *t, struct err *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < job->trail_count; i++) {
		const struct trail *trail = &job->trails[i];

		if ((job->party == NULL || strcmp(trail->tenant, job->party->id) == 0) &&
		    export_within(job, day_of(trail->steps[0].entered->time)))
			ticket_row(job, t, trail);
	}
	return 0;
}
const struct export_table export_tickets = { "工单", COLUMNS(ticket), fill_tickets };

static const struct sheet_column todo_columns[] = {
	{ "状态", SHEET_TEXT, 10 }, { "工单", SHEET_TEXT, 24 },	       { "流程", SHEET_TEXT, 12 },
	{ "环节", SHEET_TEXT, 14 }, { "轮到", SHEET_TEXT, 16 },	       { "到达", SHEET_TEXT, 16 },
	{ "期限", SHEET_DAY, 12 },  { "剩余日数", SHEET_INTEGER, 10 }, { "标题", SHEET_TEXT, 32 },
};
static const char *const todo_keys[] = { "state", "ticket", "flow", "stage", "party",
					 "since", "due",    "days", "title" };

static int
fill_todo(struct export_job *job, struct table *t, struct err *err)
{
	struct todo_row *rows = NULL;
	size_t i, count = 0;
	int rc = todo_collect(job->session, &job->arena, job->party, &rows, &count, err);

	for (i = 0; rc == 0 && i < count; i++) {
		const struct trail *trail = &rows[i].trail;
		const struct step *step = trail_present(trail);
		char since[17];

		table_row(t);
		table_named(t, trail_state_ids[trail->state], trail_state_names[trail->state]);
		table_text(t, trail->id);
		flow(t, trail);
		table_named(t, step->stage_id, export_stage_name(step));
		turns(job, t, trail, step);
		moment_text(step->entered->time, since);
		table_text(t, since);
		due(t, step);
		if (step->due.kind == DUE_DAY)
			table_number(t, trail->days_left);
		else
			table_none(t);
		table_text(t, trail->title);
	}
	free(rows);
	return rc;
}
const struct export_table export_todo = { "待办", COLUMNS(todo), fill_todo };

static const struct sheet_column late_columns[] = {
	{ "工单", SHEET_TEXT, 24 }, { "流程", SHEET_TEXT, 12 },	       { "标题", SHEET_TEXT, 32 },
	{ "环节", SHEET_TEXT, 14 }, { "承办", SHEET_TEXT, 16 },	       { "期限", SHEET_DAY, 12 },
	{ "办理", SHEET_DAY, 12 },  { "超期日数", SHEET_INTEGER, 10 }, { "原因", SHEET_TEXT, 40 },
};
static const char *const late_keys[] = { "ticket", "flow", "title",	"stage", "party",
					 "due",	   "left", "late_days", "reason" };

static void
late_row(struct export_job *job, struct table *t, const struct trail *trail,
	 const struct step *step)
{
	table_row(t);
	table_text(t, trail->id);
	flow(t, trail);
	table_text(t, trail->title);
	table_named(t, step->stage_id, export_stage_name(step));
	turns(job, t, trail, step);
	due(t, step);
	if (step->left != NULL)
		table_number(t, day_of(step->left->time));
	else
		table_none(t);
	if (step->late_days >= 0)
		table_number(t, step->late_days);
	else
		table_none(t);
	table_text(t, late_reason(&job->arena, trail, step));
}

static int
fill_late(struct export_job *job, struct table *t, struct err *err)
{
	size_t i, k;

	(void)err;
	for (i = 0; i < job->trail_count; i++) {
		for (k = 0; k < job->trails[i].step_count; k++) {
			const struct step *step = &job->trails[i].steps[k];

			if (step->late && export_within(job, step->due.day) &&
			    export_concerns(job, &job->trails[i], step))
				late_row(job, t, &job->trails[i], step);
		}
	}
	return 0;
}
const struct export_table export_late = { "超期", COLUMNS(late), fill_late };

static const struct sheet_column ledger_columns[] = {
	{ "使用单位", SHEET_TEXT, 10 }, { "系统", SHEET_TEXT, 28 },
	{ "资源编号", SHEET_TEXT, 14 }, { "资源类型", SHEET_TEXT, 14 },
	{ "配置", SHEET_TEXT, 30 },	{ "起", SHEET_DAY, 12 },
	{ "止", SHEET_DAY, 12 },	{ "依据工单", SHEET_TEXT, 24 },
};
static const char *const ledger_keys[] = { "tenant", "system", "resource", "type",
					   "spec",   "from",   "to",	   "ticket" };

static void
ledger_row(const struct export_job *job, struct table *t, const struct holding *h,
	   const struct span *span)
{
	table_row(t);
	export_tenant(job, t, h->tenant);
	export_system(job, t, h->system);
	table_text(t, h->id);
	table_text(t, h->type);
	table_text(t, span->words);
	table_number(t, span->from);
	if (span->to == LEDGER_OPEN_END)
		table_none(t);
	else
		table_number(t, (int64_t)span->to - 1);
	table_text(t, span->ticket);
}

/* Without a period: what is held today. */
static int
fill_ledger(struct export_job *job, struct table *t, struct err *err)
{
	struct session *s = job->session;
	struct trail_context context = { s->repo, &s->basis, s->now, NULL };
	int32_t today = day_of(s->now), first = job->bounded ? job->period.first : today,
		last = job->bounded ? job->period.last : today;
	struct ledger ledger;
	size_t i, k;
	int rc = ledger_fold(&ledger, s->log, NULL, 0, &context, NULL, err);

	for (i = 0; rc == 0 && i < ledger.holding_count; i++) {
		const struct holding *h = &ledger.holdings[i];

		if (job->party != NULL && strcmp(h->tenant, job->party->id) != 0)
			continue;
		for (k = 0; k < h->span_count; k++) {
			const struct span *span = &h->spans[k];

			if (span->from < span->to && span->from <= last && span->to > first)
				ledger_row(job, t, h, span);
		}
	}
	if (rc == 0)
		findings_print(&ledger.oddities, stderr);
	ledger_release(&ledger);
	return rc;
}
const struct export_table export_ledger = { "资源台账", COLUMNS(ledger), fill_ledger };
