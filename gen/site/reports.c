/* The reviewer's periodic reports: those of the last year stand in the dashboard. */
#include "site/reports.h"

#include <stdlib.h>
#include <string.h>

#include "site/site_internal.h"

#define MONTHS_SHOWN 12
#define QUARTERS_SHOWN 4
#define YEARS_SHOWN 2
#define ROWS_SHOWN 300 /* of a list; an exported page has all */
#define PERIODS_MAX (MONTHS_SHOWN + QUARTERS_SHOWN + YEARS_SHOWN)

struct reports {
	const struct trail **trails; /* of all cards */
	struct period periods[PERIODS_MAX];
	size_t count;
};

/* --- a report as a table ---------------------------------------------------------------------------- */
static void
push_flow(struct script *s, const struct report_flow *f)
{
	script_table_for(s, 8);
	script_set_text(s, "name", f->flow == NULL ? NULL : f->flow->name);
	script_set_integer(s, "carried", f->carried);
	script_set_integer(s, "opened", f->opened);
	script_set_integer(s, "closed", f->closed);
	script_set_integer(s, "cancelled", f->cancelled);
	script_set_integer(s, "open", f->open);
	script_set_integer(s, "late", f->late);
}

static void
set_flows(struct script *s, const struct report *r)
{
	size_t i;

	push_flow(s, &r->all);
	script_set(s, "all");
	script_table(s);
	for (i = 0; i < r->flow_count; i++) {
		push_flow(s, &r->flows[i]);
		script_append(s);
	}
	script_set(s, "flows");
}

static void
set_stages(struct script *s, const struct report *r)
{
	size_t i;

	script_table(s);
	for (i = 0; i < r->stage_count; i++) {
		const struct report_stage *row = &r->stages[i];

		script_table_for(s, 8);
		script_set_text(s, "flow", row->flow->name);
		script_set_text(s, "name", row->stage->name);
		script_set_text(s, "article", row->stage->article);
		script_set_integer(s, "left", row->left);
		script_set_integer(s, "left_late", row->left_late);
		script_set_integer(s, "back", row->back);
		script_set_integer(s, "open", row->open);
		script_set_integer(s, "open_late", row->open_late);
		script_append(s);
	}
	script_set(s, "stages");
}

static const char *
stage_name(const struct step *step)
{
	return step->stage == NULL ? step->stage_id : step->stage->name;
}

static void
push_item(struct script *s, const struct report_item *item)
{
	script_table_for(s, 20);
	script_set_text(s, "id", item->trail->id);
	script_set_text(s, "title", item->trail->title);
	script_set_text(s, "stage", stage_name(item->step));
	script_set_text(s, "article", item->step->stage->article);
	script_set_text(s, "parties", item->parties);
	script_set_day(s, "day", item->day);
	if (item->left != NULL)
		script_set_day(s, "left", day_of(item->left->time));
	script_set_integer(s, "days", item->days);
	script_set_text(s, "state", trail_state_ids[item->state]);
	script_set_text(s, "state_name", trail_state_names[item->state]);
	script_set_text(s, "words", item->words);
	if (item->left != NULL && item->step->outcome != NULL)
		script_set_text(s, "outcome", item->step->outcome->name);
	if (item->again != NULL)
		script_set_day(s, "again", day_of(item->again->entered->time));
	script_set_text(s, "now", stage_name(item->now));
	script_set_bool(s, "ended", item->ended);
}

static void
set_items(struct script *s, const char *key, const struct report_list *list)
{
	size_t i;

	script_table(s);
	for (i = 0; i < list->told; i++) {
		push_item(s, &list->items[i]);
		script_append(s);
	}
	script_set_integer(s, "count", (int64_t)list->count);
	script_set(s, key);
}

/* Sets names: of the parties of which there is one, by their kind. */
static void
set_party_names(struct script *s, const struct basis *basis)
{
	const struct registers *r = basis->registers;
	size_t i;

	script_table(s);
	for (i = 0; i < r->party_count; i++) {
		const struct party_kind *kind = law_party(basis->law, r->parties[i].kind);

		if (kind != NULL && kind->only == 1)
			script_set_text(s, kind->id, r->parties[i].name);
	}
	script_set(s, "names");
}

void
report_push(struct script *s, const struct report *report, const struct basis *basis)
{
	const struct period *period = report->period;

	script_table(s);
	script_set_text(s, "id", period->id);
	script_set_text(s, "name", period->name);
	script_set_text(s, "kind", period_kind(period));
	script_set_day(s, "first", period->first);
	script_set_day(s, "last", report->until);
	script_set_bool(s, "running", report->until < period->last);
	set_party_names(s, basis);
	set_flows(s, report);
	set_stages(s, report);
	set_items(s, "late", &report->late);
	set_items(s, "back", &report->back);
	set_items(s, "next", &report->next);
}

/* --- pages -------------------------------------------------------------------------------------------- */
static const char *
fill_report(struct worker *w, const struct page *page)
{
	const struct build *b = w->build;
	struct report report = { 0 };

	report_make(&report, &w->arena, &b->basis, b->reports->trails, b->card_count, page->subject,
		    day_of(b->options->now), ROWS_SHOWN);
	report_push(w->script, &report, &b->basis);
	script_set(w->script, "report");
	return REPORT_TEMPLATE;
}

/* No figures: they would be counted anew for each ticket that changes. */
static const char *
fill_reports(struct worker *w, const struct page *page)
{
	const struct reports *all = page->subject;
	struct script *s = w->script;
	size_t i;

	script_table(s);
	for (i = 0; i < all->count; i++) {
		const struct period *period = &all->periods[i];

		script_table(s);
		script_set_text(s, "id", period->id);
		script_set_text(s, "name", period->name);
		script_set_text(s, "kind", period_kind(period));
		script_set_bool(s, "running", day_of(w->build->options->now) < period->last);
		script_append(s);
	}
	script_set(s, "periods");
	return "reports";
}

/* The newest periods of that length which a ticket reaches into. */
static void
list_periods(struct reports *all, int32_t oldest, int32_t today, int months, size_t most)
{
	struct day_parts p = day_split(today);
	int month = (p.month - 1) / months * months + 1, year = p.year;
	struct period period;

	for (; most > 0; most--) {
		period_make(&period, year, month, months);
		if (period.last < oldest)
			return;
		all->periods[all->count++] = period;
		month -= months;
		year -= month < 1;
		month += month < 1 ? 12 : 0;
	}
}

static uint64_t
commit_key(const struct trail *t, const struct event *e, uint64_t key)
{
	return hash_bytes(&log_commit_at(t->log, e->commit)->oid, sizeof(struct oid), key);
}

static bool
begun_by(const struct trail *t, size_t step, int32_t day)
{
	return step < t->step_count && day_of(t->steps[step].entered->time) <= day;
}

static uint64_t
deadline_key(const struct step *step, uint64_t key)
{
	return number_key(key, step->due.kind == DUE_DAY ? step->due.day : -(int)step->due.kind);
}

/* Adds what each period knows of a ticket, the oldest end first: what was done later does not make it again,
 * nor does a ticket that it knows nothing of. */
static void
add_course(const struct trail *t, const struct period *const *periods, uint64_t *const *keys,
	   size_t count)
{
	bool over = t->state == TRAIL_CLOSED || t->state == TRAIL_CANCELLED;
	uint64_t course = text_key(text_key(7, t->id), t->title), known;
	size_t i, step = 0;

	for (i = 0; i < count; i++) {
		const struct period *p = periods[i];

		for (; begun_by(t, step + 1, p->last); step++)
			course = deadline_key(&t->steps[step],
					      commit_key(t, t->steps[step].entered, course));
		if (!begun_by(t, 0, p->last) || (over && day_of(t->last->time) < p->first))
			continue;
		known =
		    deadline_key(&t->steps[step], commit_key(t, t->steps[step].entered, course));
		*keys[i] = number_key(*keys[i], (int64_t)known);
	}
}

static int
compare_ends(const void *a, const void *b)
{
	const struct period *x = *(const struct period *const *)a,
			    *y = *(const struct period *const *)b;

	return x->last != y->last ? (x->last < y->last ? -1 : 1)
				  : (x->months > y->months) - (x->months < y->months);
}

/* Each period's key: of what was known at its end, or today. */
static void
make_keys(const struct build *b, const struct reports *all, uint64_t key, uint64_t *out)
{
	const struct period *periods[PERIODS_MAX];
	uint64_t *keys[PERIODS_MAX];
	int32_t today = day_of(b->options->now);
	size_t i;

	for (i = 0; i < all->count; i++) {
		const struct period *p = periods[i] = &all->periods[i];

		out[i] = number_key(key, today < p->last ? today : p->last);
	}
	if (all->count > 0)
		qsort(periods, all->count, sizeof(*periods), compare_ends);
	for (i = 0; i < all->count; i++)
		keys[i] = &out[periods[i] - all->periods];
	for (i = 0; i < b->card_count; i++)
		add_course(&b->cards[i].trail, periods, keys, all->count);
}

void
plan_reports(struct build *b)
{
	struct reports *all = arena_alloc(&b->arena, sizeof(*all));
	uint64_t key = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key);
	uint64_t keys[PERIODS_MAX];
	int32_t today = day_of(b->options->now), oldest = today;
	size_t i;

	b->reports = all;
	all->trails = arena_alloc(&b->arena, (b->card_count + 1) * sizeof(*all->trails));
	for (i = 0; i < b->card_count; i++) {
		int32_t opened = day_of(b->cards[i].trail.steps[0].entered->time);

		all->trails[i] = &b->cards[i].trail;
		oldest = opened < oldest ? opened : oldest;
	}
	list_periods(all, oldest, today, 1, MONTHS_SHOWN);
	list_periods(all, oldest, today, 3, QUARTERS_SHOWN);
	list_periods(all, oldest, today, 12, YEARS_SHOWN);
	key = number_key(key, oldest);
	make_keys(b, all, key, keys);
	for (i = 0; i < all->count; i++)
		add_page(b, arena_printf(&b->arena, "reports/%s.html", all->periods[i].id), keys[i],
			 fill_report, &all->periods[i]);
	add_page(b, "reports/index.html", number_key(key, today), fill_reports, all);
}
