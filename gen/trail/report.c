#include "trail/report.h"

#include <stdlib.h>
#include <string.h>

/* --- periods -------------------------------------------------------------------------------------- */
void
period_make(struct period *out, int year, int month, int months)
{
	out->months = months;
	out->first = day_make(year, month, 1);
	out->last = day_of_next_month(year, month + months - 1, 1) - 1;
	if (months == 12) {
		snprintf(out->id, sizeof(out->id), "%04d", year);
		snprintf(out->name, sizeof(out->name), "%d 年", year);
	} else if (months == 3) {
		snprintf(out->id, sizeof(out->id), "%04d-Q%d", year, (month + 2) / 3);
		snprintf(out->name, sizeof(out->name), "%d 年第 %d 季度", year, (month + 2) / 3);
	} else {
		snprintf(out->id, sizeof(out->id), "%04d-%02d", year, month);
		snprintf(out->name, sizeof(out->name), "%d 年 %d 月", year, month);
	}
}

bool
period_parse(const char *id, struct period *out)
{
	char head[5] = "";
	int year, month;
	int64_t number;

	if (month_parse(id, &year, &month)) {
		period_make(out, year, month, 1);
		return true;
	}
	memcpy(head, id, strnlen(id, 4));
	if (!text_number(head, 1, 9998, &number) || strlen(head) != 4)
		return false;
	if (id[4] == '\0')
		period_make(out, (int)number, 1, 12);
	else if (strlen(id) == 7 && text_starts(id + 4, "-Q") && id[6] >= '1' && id[6] <= '4')
		period_make(out, (int)number, (id[6] - '1') * 3 + 1, 3);
	else
		return false;
	return true;
}

const char *
period_kind(const struct period *period)
{
	return period->months == 12 ? "年报" : period->months == 3 ? "季报" : "月报";
}

/* --- steps as they stood -------------------------------------------------------------------------- */
struct making {
	struct report *report;
	struct arena *arena;
	const struct basis *basis;
	int32_t first, until;
};

/* The last step that had begun on the day. */
static const struct step *
step_on(const struct trail *trail, int32_t day)
{
	size_t i = trail->step_count;

	while (i > 0 && day_of(trail->steps[i - 1].entered->time) > day)
		i--;
	return i == 0 ? NULL : &trail->steps[i - 1];
}

static bool
ends(const struct step *step)
{
	return step->stage != NULL && step->stage->end;
}

static const struct event *
left_by(const struct step *step, int32_t day)
{
	return step->left != NULL && day_of(step->left->time) <= day ? step->left : NULL;
}

const char *
late_reason(struct arena *arena, const struct trail *trail, const struct step *step)
{
	struct message message;

	if (step->left == NULL)
		return "";
	message_parse(&message, arena, log_text(trail->log, step->left->message), false);
	return message.late_reason;
}

static const char *
turn_names(struct making *m, const struct trail *trail, const struct step *step)
{
	size_t i, count = 0;
	const struct party **turns = stage_turns(m->basis, trail, step->stage, &count);
	struct buf names = BUF_INIT;
	const char *out;

	for (i = 0; i < count; i++) {
		if (turns[i] != NULL)
			buf_printf(&names, "%s%s", names.len > 0 ? "、" : "", turns[i]->short_name);
	}
	out = arena_strdup(m->arena, names.ptr);
	buf_release(&names);
	free((void *)turns);
	return out;
}

static struct report_item
item_of(struct making *m, const struct trail *trail, const struct step *step)
{
	const struct step *now = step_on(trail, m->until);

	return (struct report_item){ .trail = trail,
				     .step = step,
				     .parties = "",
				     .left = left_by(step, m->until),
				     .words = "",
				     .now = now,
				     .ended = ends(now) };
}

/* --- the three lists ------------------------------------------------------------------------------ */
static void
add_late(struct making *m, const struct trail *trail, const struct step *step)
{
	int32_t to = step->left != NULL ? day_of(step->left->time) : INT32_MAX;
	struct report_item item;

	if (step->due.kind != DUE_DAY || step->due.day >= m->until || to <= step->due.day ||
	    to < m->first)
		return;
	item = item_of(m, trail, step);
	item.day = step->due.day;
	vec_push(m->report->late.items, m->report->late.count, m->report->late.cap, item);
}

/* When the ticket came to the stage again; NULL: not by the day. */
static const struct step *
again_by(const struct trail *trail, const struct step *step, int32_t day)
{
	const struct step *end = trail->steps + trail->step_count, *next;

	for (next = step + 1; next < end; next++) {
		if (day_of(next->entered->time) > day)
			return NULL;
		if (strcmp(next->stage_id, step->stage_id) == 0)
			return next;
	}
	return NULL;
}

static void
add_back(struct making *m, const struct trail *trail, const struct step *step)
{
	const struct step *before;
	struct report_item item;

	if (step->outcome == NULL || !step->outcome->back || left_by(step, m->until) == NULL)
		return;
	before = step_on(trail, m->first - 1);
	if (left_by(step, m->first - 1) != NULL &&
	    (ends(before) || again_by(trail, step, m->first - 1) != NULL))
		return;
	item = item_of(m, trail, step);
	item.day = day_of(step->left->time);
	item.again = again_by(trail, step, m->until);
	vec_push(m->report->back.items, m->report->back.count, m->report->back.cap, item);
}

static void
add_next(struct making *m, const struct trail *trail, const struct step *step)
{
	struct report_item item;

	if (step->due.kind != DUE_DAY)
		return;
	item = item_of(m, trail, step);
	item.day = step->due.day;
	vec_push(m->report->next.items, m->report->next.count, m->report->next.cap, item);
}

/* --- counting ------------------------------------------------------------------------------------- */
static void
count_ticket(struct report_flow *f, const struct making *m, const struct trail *trail,
	     const struct step *now)
{
	bool late = now->due.kind == DUE_DAY && now->due.day < m->until;

	f->carried += day_of(trail->steps[0].entered->time) < m->first;
	f->opened += day_of(trail->steps[0].entered->time) >= m->first;
	f->closed += ends(now) && now->stage->done;
	f->cancelled += ends(now) && !now->stage->done;
	f->open += !ends(now);
	f->late += !ends(now) && late;
}

static struct report_stage *
stage_row(struct report *r, const struct trail *trail, const struct step *step)
{
	struct report_stage *row = r->stages;
	size_t i;

	for (i = 0; step->stage != NULL && i < r->flow_count; i++) {
		if (r->flows[i].flow == trail->flow)
			return &row[step->stage->number];
		row += r->flows[i].flow->stage_count;
	}
	return NULL;
}

static void
take_step(struct making *m, const struct trail *trail, const struct step *step)
{
	struct report_stage *row = stage_row(m->report, trail, step);
	bool left = left_by(step, m->until) != NULL && day_of(step->left->time) >= m->first;

	add_late(m, trail, step);
	add_back(m, trail, step);
	if (row == NULL || !left)
		return;
	row->left++;
	row->left_late += step->late;
	row->back += step->outcome != NULL && step->outcome->back;
}

static void
take_trail(struct making *m, const struct trail *trail)
{
	const struct step *last = &trail->steps[trail->step_count - 1], *now, *before, *step;
	struct report_stage *row;
	size_t i;

	if (ends(last) && day_of(last->entered->time) < m->first)
		return; /* most are over before: without a look at their course */
	now = step_on(trail, m->until);
	before = step_on(trail, m->first - 1);
	if (now == NULL || (before != NULL && ends(before)))
		return;
	count_ticket(&m->report->all, m, trail, now);
	for (i = 0; i < m->report->flow_count; i++) {
		if (m->report->flows[i].flow == trail->flow)
			count_ticket(&m->report->flows[i], m, trail, now);
	}
	for (step = trail->steps; step <= now; step++)
		take_step(m, trail, step);
	if (ends(now))
		return;
	add_next(m, trail, now);
	row = stage_row(m->report, trail, now);
	if (row == NULL)
		return;
	row->open++;
	row->open_late += now->due.kind == DUE_DAY && now->due.day < m->until;
}

/* --- all of it ------------------------------------------------------------------------------------ */
static void
lay_rows(struct report *r, struct arena *arena, const struct law *law)
{
	const struct flow *flows = law_flows(law, &r->flow_count);
	size_t i, k, stages = 0;

	for (i = 0; i < r->flow_count; i++)
		stages += flows[i].stage_count;
	r->flows = arena_alloc(arena, (r->flow_count + 1) * sizeof(*r->flows));
	r->stages = arena_alloc(arena, (stages + 1) * sizeof(*r->stages));
	for (i = 0; i < r->flow_count; i++) {
		r->flows[i].flow = &flows[i];
		for (k = 0; k < flows[i].stage_count; k++) {
			r->stages[r->stage_count].flow = &flows[i];
			r->stages[r->stage_count++].stage = &flows[i].stages[k];
		}
	}
}

static void
drop_empty_stages(struct report *r)
{
	size_t i, kept = 0;

	for (i = 0; i < r->stage_count; i++) {
		if (r->stages[i].left > 0 || r->stages[i].open > 0)
			r->stages[kept++] = r->stages[i];
	}
	r->stage_count = kept;
}

static int
compare_items(const void *a, const void *b)
{
	const struct report_item *x = a, *y = b;
	int order;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	order = strcmp(x->trail->id, y->trail->id);
	return order != 0 ? order : (x->step > y->step) - (x->step < y->step);
}

static void
tell_late(struct making *m, struct report_item *item)
{
	if (item->left != NULL) {
		item->days = item->step->late_days;
		item->words = late_reason(m->arena, item->trail, item->step);
		return;
	}
	(void)step_state(item->step, m->basis->calendar, m->until, &item->days);
	item->days = -item->days;
}

static void
tell_back(struct making *m, struct report_item *item)
{
	struct message message;

	message_parse(&message, m->arena, log_text(item->trail->log, item->left->message), false);
	item->words = message.opinion;
}

static void
tell_next(struct making *m, struct report_item *item)
{
	item->state = step_state(item->step, m->basis->calendar, m->until, &item->days);
}

/* Sorted; the growing array becomes the arena's; what is costly to know is looked up for the first of them. */
static void
settle_list(struct making *m, struct report_list *list, size_t most,
	    void (*tell)(struct making *m, struct report_item *item))
{
	struct report_item *items = list->items, *item;

	if (list->count > 0)
		qsort(items, list->count, sizeof(*items), compare_items);
	list->items = arena_copy(m->arena, items, list->count, sizeof(*items));
	free(items);
	for (; list->told < list->count && list->told < most; list->told++) {
		item = &list->items[list->told];
		item->parties = turn_names(m, item->trail, item->step);
		tell(m, item);
	}
}

void
report_make(struct report *out, struct arena *arena, const struct basis *basis,
	    const struct trail *const *trails, size_t count, const struct period *period,
	    int32_t today, size_t most)
{
	struct making m = { out, arena, basis, period->first, period->last };
	size_t i;

	memset(out, 0, sizeof(*out));
	m.until = today < period->last ? today : period->last;
	out->period = period;
	out->until = m.until;
	lay_rows(out, arena, basis->law);
	for (i = 0; i < count; i++)
		take_trail(&m, trails[i]);
	drop_empty_stages(out);
	settle_list(&m, &out->late, most, tell_late);
	settle_list(&m, &out->back, most, tell_back);
	settle_list(&m, &out->next, most, tell_next);
}
