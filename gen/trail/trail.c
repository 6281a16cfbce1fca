#include "trail/trail.h"

#include <stdlib.h>
#include <string.h>

const char *const trail_state_ids[TRAIL_STATE_COUNT] = { "open",    "soon",   "late",
							 "waiting", "closed", "cancelled" };
const char *const trail_state_names[TRAIL_STATE_COUNT] = { "办理中", "将到期", "超期",
							   "待办",   "办结",   "已取消" };

struct fold {
	struct trail *trail;
	const struct trail_context *context;
	struct arena *arena;
	const struct event *const *events;
	size_t count;
};

/* --- deadlines -------------------------------------------------------------------------------------- */
/* When the clock of the step began: on entering, or at the earlier step the limit names. */
static int64_t
clock_start(const struct trail *trail, const struct step *step, const struct limit *limit)
{
	const struct event *start = step->entered;
	size_t i;

	if (limit->from_stage == NULL)
		return start->time;
	for (i = 0; i < trail->step_count && &trail->steps[i] != step; i++) {
		const struct step *s = &trail->steps[i];

		if (s->left == NULL || strcmp(s->stage_id, limit->from_stage) != 0)
			continue;
		if (limit->from_outcome != NULL &&
		    (s->outcome == NULL || strcmp(s->outcome->id, limit->from_outcome) != 0))
			continue;
		start = s->left;
		if (limit->from_first)
			break;
	}
	return start->time;
}

/* The field's text in the ticket as the event left it, in the arena. A text that is too long to be
 * a ticket has no fields, as in the log: it must not keep the rest from being read. */
static int
read_field(const char **out, struct arena *arena, struct repo *repo, const struct event *event,
	   const char *field, struct err *err)
{
	struct buf text = BUF_INIT;
	struct findings ignored = { 0 };
	struct arena scratch = { 0 };
	struct err failure = { 0 };
	struct doc doc;
	int rc = 0;

	*out = "";
	if (!oid_zero(&event->blob))
		rc = repo_blob(repo, &event->blob, DOC_MAX_BYTES, &text, &failure);
	if (rc != 0 && failure.code != ERR_LIMIT) {
		buf_release(&text);
		return err_at(err, failure.code, failure.file, failure.line, failure.column, "%s",
			      failure.text);
	}
	if (rc == 0 && !front_scan(arena, text.ptr, text.len, &field, out, 1)) {
		doc_parse(&doc, &scratch, text.ptr, text.len, "ticket.md", &ignored);
		*out = arena_strdup(arena, node_text(doc.front, field));
	}
	arena_release(&scratch);
	findings_release(&ignored);
	buf_release(&text);
	return 0;
}

/* The same, known from an earlier run. */
static int
field_of_event(const char **out, struct arena *arena, const struct trail_context *context,
	       const struct event *event, const char *field, struct err *err)
{
	struct oid key = event->blob;
	uint64_t name = hash_bytes(field, strlen(field), 3);
	struct store_row row;
	size_t i;

	for (i = 0; i < sizeof(name); i++)
		key.id[i] ^= (uint8_t)(name >> 8 * i);
	if (context->fields != NULL && store_find(context->fields, &key, &row)) {
		*out = arena_strndup(arena, row.bytes, row.len);
		return 0;
	}
	if (read_field(out, arena, context->repo, event, field, err) != 0)
		return -1;
	if (context->fields != NULL)
		store_add(context->fields, &key, *out, strlen(*out));
	return 0;
}

static void
due_by_field(struct deadline *due, const struct limit *limit, const char *value)
{
	int year, month;

	if (limit->kind == LIMIT_UNTIL_FIELD && day_parse(value, &due->day))
		due->kind = DUE_DAY;
	if (limit->kind == LIMIT_DAY_OF_NEXT_MONTH && month_parse(value, &year, &month)) {
		due->day = day_of_next_month(year, month, limit->n);
		due->kind = DUE_DAY;
	}
}

static void
due_by_count(struct deadline *due, const struct limit *limit, const struct calendar *calendar)
{
	due->allowed = limit->n;
	due->working = limit->kind == LIMIT_WORKING_DAYS;
	due->kind = DUE_DAY;
	due->day = due->start + limit->n;
	if (due->working &&
	    !calendar_add_workdays(calendar, due->start, limit->n, &due->day, &due->missing_year))
		due->kind = DUE_UNKNOWN;
}

static const struct limit *
limit_of(const struct step *step)
{
	return step->visit > 1 && step->stage->has_again ? &step->stage->again
							 : &step->stage->limit;
}

/* value: of the field that the limit looks at, "" for others. */
static void
set_deadline(struct deadline *due, const struct trail *trail, const struct step *step,
	     const char *value, const struct calendar *calendar)
{
	const struct limit *limit = limit_of(step);

	memset(due, 0, sizeof(*due));
	due->start = day_of(clock_start(trail, step, limit));
	if (limit->kind == LIMIT_PROMPT)
		due->kind = DUE_PROMPT;
	else if (limit->kind == LIMIT_WORKING_DAYS || limit->kind == LIMIT_DAYS)
		due_by_count(due, limit, calendar);
	else if (limit->kind != LIMIT_NONE)
		due_by_field(due, limit, value);
}

int
trail_deadline(struct deadline *out, const struct trail *trail, const struct node *front,
	       const struct trail_context *context, struct err *err)
{
	const struct step *step = trail_present(trail);

	(void)err;
	memset(out, 0, sizeof(*out));
	if (step == NULL || step->stage == NULL || step->stage->end)
		return 0;
	set_deadline(out, trail, step,
		     limit_of(step)->field == NULL ? "" : node_text(front, limit_of(step)->field),
		     context->basis->calendar);
	return 0;
}

/* --- how long, how late -------------------------------------------------------------------------------- */
static int
count_days(const struct calendar *calendar, bool working, int32_t from, int32_t to)
{
	int n, missing;

	if (!working)
		return to > from ? to - from : 0;
	return calendar_count_workdays(calendar, from, to, &n, &missing) ? n : -1;
}

static void
measure(const struct fold *fold, struct step *step)
{
	const struct calendar *calendar = fold->context->basis->calendar;
	int64_t until = step->left != NULL ? step->left->time : fold->context->now;
	int32_t day = day_of(until);
	bool working = step->due.kind != DUE_DAY || step->due.working || step->due.allowed == 0;

	step->used_days = count_days(calendar, working, step->due.start, day);
	step->late = step->due.kind == DUE_DAY && until >= day_end(step->due.day);
	if (step->late)
		step->late_days = count_days(calendar, working, step->due.day, day);
}

static int
time_step(const struct fold *fold, struct step *step, struct err *err)
{
	const char *value = "";
	const struct limit *limit;

	if (step->stage == NULL || step->stage->end)
		return 0;
	limit = limit_of(step);
	if (limit->field != NULL &&
	    field_of_event(&value, fold->arena, fold->context, step->events[step->event_count - 1],
			   limit->field, err) != 0)
		return -1;
	set_deadline(&step->due, fold->trail, step, value, fold->context->basis->calendar);
	measure(fold, step);
	fold->trail->late_steps += step->late ? 1 : 0;
	return 0;
}

/* --- folding ------------------------------------------------------------------------------------------------ */
static int
visit_number(const struct trail *trail, const char *stage)
{
	int visit = 1;
	size_t i;

	for (i = 0; i < trail->step_count; i++)
		visit += strcmp(trail->steps[i].stage_id, stage) == 0 ? 1 : 0;
	return visit;
}

static void
begin_step(struct fold *fold, const struct event *const *event)
{
	struct trail *trail = fold->trail;
	struct step step = { 0 };

	step.stage_id = log_text(trail->log, (*event)->stage);
	step.stage = trail->flow == NULL ? NULL : flow_stage(trail->flow, step.stage_id);
	step.visit = visit_number(trail, step.stage_id);
	step.entered = *event;
	step.events = event;
	step.event_count = 1;
	step.used_days = -1;
	trail->steps[trail->step_count++] = step;
}

static void
end_step(struct fold *fold, const struct event *const *event)
{
	struct trail *trail = fold->trail;
	struct step *step = &trail->steps[trail->step_count - 1];
	const char *to = log_text(trail->log, (*event)->stage);

	step->left = *event;
	step->event_count = (size_t)(event - step->events) + 1;
	if (step->stage == NULL)
		return;
	step->outcome = stage_outcome(step->stage, to, trail->county);
	if (step->outcome == NULL) /* the tenant's level was another then */
		step->outcome = stage_outcome(step->stage, to, !trail->county);
}

static void
fold_events(struct fold *fold)
{
	struct trail *trail = fold->trail;
	size_t i;

	for (i = 0; i < fold->count; i++) {
		const struct event *const *event = &fold->events[i];
		struct step *step;

		if (oid_zero(&(*event)->blob))
			continue;
		if (trail->step_count == 0) {
			begin_step(fold, event);
			continue;
		}
		step = &trail->steps[trail->step_count - 1];
		step->event_count = (size_t)(event - step->events) + 1;
		if (strcmp(log_text(trail->log, (*event)->stage), step->stage_id) == 0)
			continue;
		end_step(fold, event);
		begin_step(fold, event);
	}
}

enum trail_state
step_state(const struct step *step, const struct calendar *calendar, int32_t day, int *days_left)
{
	bool working = step->due.working || step->due.allowed == 0;

	*days_left = 0;
	if (step->stage == NULL)
		return TRAIL_WAITING;
	if (step->stage->end)
		return step->stage->done ? TRAIL_CLOSED : TRAIL_CANCELLED;
	if (step->due.kind != DUE_DAY)
		return step->due.kind == DUE_UNKNOWN ? TRAIL_OPEN : TRAIL_WAITING;
	if (day > step->due.day) {
		*days_left = -count_days(calendar, working, step->due.day, day);
		return TRAIL_LATE;
	}
	*days_left = count_days(calendar, working, day, step->due.day);
	return *days_left >= 0 && *days_left <= SOON_WORKING_DAYS ? TRAIL_SOON : TRAIL_OPEN;
}

static void
set_state(struct fold *fold)
{
	struct trail *trail = fold->trail;
	const struct step *step = trail_present(trail);

	trail->state = TRAIL_WAITING;
	if (step != NULL)
		trail->state = step_state(step, fold->context->basis->calendar,
					  day_of(fold->context->now), &trail->days_left);
}

/* The kind of the party that opened the ticket: of those that may, the first one unless the officer who
 * acted first is of another. A tenant may be of any kind, and officers come and go. */
static const char *
opener_kind(const struct fold *fold)
{
	const struct trail *trail = fold->trail;
	const struct flow *flow = trail->flow;
	const struct event *first;
	const struct officer_ref *officer;
	size_t i;

	if (trail->step_count == 0 || flow == NULL || flow->open_count == 0)
		return "";
	first = trail->steps[0].entered;
	officer = basis_officer(fold->context->basis,
				message_actor(fold->arena, log_text(trail->log, first->message),
					      log_text(trail->log, first->author_email)));
	for (i = 1; officer != NULL && i < flow->open_count; i++) {
		if (strcmp(flow->opens[i]->id, officer->party->kind) == 0)
			return flow->opens[i]->id;
	}
	return flow->opens[0]->id;
}

static int
fold_trail(struct fold *fold, uint32_t ticket, const struct log *log, struct err *err)
{
	struct trail *trail = fold->trail;
	size_t i;

	memset(trail, 0, sizeof(*trail));
	trail->log = log;
	trail->ticket = ticket;
	trail->id = log_ticket_id(log, ticket);
	trail->folder = log_ticket_folder(log, ticket);
	trail->title = trail->system = trail->tenant = trail->flow_id = trail->opened_kind = "";
	trail->state = TRAIL_WAITING;
	if (fold->count == 0)
		return 0;
	trail->last = fold->events[fold->count - 1];
	trail->gone = oid_zero(&trail->last->blob);
	trail->title = log_text(log, trail->last->title);
	trail->system = log_text(log, trail->last->system);
	trail->tenant = log_text(log, trail->last->tenant);
	trail->flow_id = log_text(log, trail->last->flow);
	trail->flow = law_flow(fold->context->basis->law, trail->flow_id);
	trail->county = basis_is_county(fold->context->basis, trail->tenant);
	trail->steps = arena_alloc(fold->arena, fold->count * sizeof(*trail->steps));
	fold_events(fold);
	trail->opened_kind = opener_kind(fold);
	for (i = 0; i < trail->step_count; i++) {
		if (time_step(fold, &trail->steps[i], err) != 0)
			return -1;
	}
	set_state(fold);
	return 0;
}

int
trail_of(struct trail *out, struct arena *arena, const struct log *log, uint32_t ticket,
	 const struct trail_context *context, struct err *err)
{
	struct fold fold = { .trail = out, .context = context, .arena = arena };

	fold.events = log_events(log, ticket, &fold.count);
	return fold_trail(&fold, ticket, log, err);
}

int
trail_at(struct trail *out, struct arena *arena, const struct log *log, uint32_t ticket,
	 const uint32_t *commits, size_t commit_count, const struct trail_context *context,
	 struct err *err)
{
	struct fold fold = { .trail = out, .context = context, .arena = arena };
	size_t all = 0, i, k;
	const struct event *const *events = log_events(log, ticket, &all);
	const struct event **seen = arena_alloc(arena, (all + 1) * sizeof(*seen));
	for (i = 0; i < all; i++) {
		for (k = 0; k < commit_count; k++) {
			if (!log_is_ancestor(log, events[i]->commit, commits[k]))
				continue;
			seen[fold.count++] = events[i];
			break;
		}
	}
	fold.events = seen;
	return fold_trail(&fold, ticket, log, err);
}

const struct step *
trail_present(const struct trail *trail)
{
	return trail->step_count == 0 ? NULL : &trail->steps[trail->step_count - 1];
}

int
trail_compare_pressing(const struct trail *x, const struct trail *y)
{
	static const int rank[TRAIL_STATE_COUNT] = {
		[TRAIL_LATE] = 0, [TRAIL_SOON] = 1, [TRAIL_OPEN] = 2, [TRAIL_WAITING] = 3
	};

	if (rank[x->state] != rank[y->state])
		return rank[x->state] - rank[y->state];
	if (x->days_left != y->days_left)
		return x->days_left < y->days_left ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Kinds are law's words; the two that are not one party of a kind are found through the ticket. */
const struct party *
party_of_kind(const struct basis *basis, const struct trail *trail, const struct party_kind *kind)
{
	const struct party *tenant, *bureau;

	if (kind->only == 1)
		return map_find(&basis->registers->by_kind, kind->id);
	tenant = kind->only == 0 ? basis_party(basis, trail->tenant) : NULL;
	if (tenant == NULL)
		return NULL;
	bureau = basis_party(basis, tenant->bureau);
	return bureau != NULL && strcmp(bureau->kind, kind->id) == 0 ? bureau : tenant;
}

/* Whether a word stands in a list of words with spaces between. */
static bool
has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *at;

	for (at = strstr(words, word); at != NULL; at = strstr(at + 1, word)) {
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	}
	return false;
}

const struct party **
stage_turns(const struct basis *basis, const struct trail *trail, const struct stage *stage,
	    size_t *count)
{
	size_t n = stage == NULL ? 0 : stage->party_count, i;
	const struct party **turns = xcalloc(n + 1, sizeof(*turns));

	*count = 0;
	for (i = 0; i < n; i++) {
		/* Of several kinds without `each`, the one that opened the ticket. */
		if (n > 1 && !stage->each && strcmp(stage->parties[i]->id, trail->opened_kind) != 0)
			continue;
		if (stage->each && trail->last != NULL &&
		    has_word(log_text(trail->log, trail->last->signed_by), stage->parties[i]->id))
			continue;
		turns[(*count)++] = party_of_kind(basis, trail, stage->parties[i]);
	}
	return turns;
}

void
limit_text(struct buf *out, const struct limit *limit)
{
	switch (limit->kind) {
	case LIMIT_NONE: buf_puts(out, "无时限"); break;
	case LIMIT_PROMPT: buf_puts(out, "及时"); break;
	case LIMIT_UNTIL_FIELD: buf_puts(out, "至所定日期"); break;
	case LIMIT_WORKING_DAYS: buf_printf(out, "%d 个工作日", limit->n); break;
	case LIMIT_DAYS: buf_printf(out, "%d 日", limit->n); break;
	case LIMIT_DAY_OF_NEXT_MONTH: buf_printf(out, "次月 %d 日前", limit->n); break;
	}
}
