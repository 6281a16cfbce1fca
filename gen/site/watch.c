/* The pages of the watch: resources that lie idle, machines that are too large or may grow, and what
 * each month's use looked like. What the figures mean is the law's (lua/indicators.lua,
 * lua/grounds.lua); a page is made again when its month's files or the ledger changed. */
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"
#include "ledger/usage.h"
#include "site/site_internal.h"

#define WATCH_MONTHS 600
#define OWED_MONTHS 2 /* the newest months with data: an older one was reviewed long ago */

struct watch_month {
	int32_t first;
	struct oid tree;
};

struct watch {
	struct oid tree;	    /* of all usage */
	struct watch_month *months; /* the newest first; lies in the build's arena */
	size_t count;
};

/* --- reading ------------------------------------------------------------------------------------------- */
static int
take_month(void *ctx, const struct entry *entry, struct err *err)
{
	struct build *b = ctx;
	struct watch *w = b->watch;
	int year, month;

	(void)err;
	if (entry->mode == MODE_TREE && strlen(entry->name) == 7 && w->count < WATCH_MONTHS &&
	    month_parse(entry->name, &year, &month))
		w->months[w->count++] =
		    (struct watch_month){ day_make(year, month, 1), entry->oid };
	return 0;
}

static int
compare_months(const void *a, const void *b)
{
	const struct watch_month *x = a, *y = b;

	return (x->first < y->first) - (x->first > y->first);
}

int
watch_read(struct build *b, struct err *err)
{
	struct entry folder = { 0 };
	struct watch *w = arena_alloc(&b->arena, sizeof(*w));
	int rc = snapshot_find(&b->snap, USAGE_FOLDER, &folder, err);

	b->watch = w;
	if (rc <= 0 || law_indicators(b->basis.law) == NULL)
		return rc < 0 ? -1 : 0;
	w->tree = folder.oid;
	w->months = arena_alloc(&b->arena, WATCH_MONTHS * sizeof(*w->months));
	if (snapshot_list(&b->snap, USAGE_FOLDER, take_month, b, err) != 0)
		return -1;
	if (w->count > 0)
		qsort(w->months, w->count, sizeof(*w->months), compare_months);
	return 0;
}

/* Days of a machine; NULL when they cannot be read, and the worker has failed. */
static int
days_of(struct worker *w, struct usage_days *out, const char *vm, int32_t from, int32_t to)
{
	struct findings ignored = { 0 }; /* `yunjuan usage` and `check` show them */
	int rc = usage_days_of(out, &w->arena, &w->snap, vm, from, to, &ignored, w->err);

	findings_release(&ignored);
	return rc;
}

static void
set_figure(struct script *s, const char *key, int64_t millionths)
{
	struct buf text = BUF_INIT;

	usage_figure(&text, millionths - millionths % (USAGE_UNIT / 100));
	script_set_text(s, key, millionths < 0 ? NULL : text.ptr);
	buf_release(&text);
}

/* Whose it is: the resource as it stood on the last of these days. */
static void
set_owner(struct worker *w, const struct holding *h)
{
	const struct system *system = basis_system(&w->build->basis, h->system);
	const struct party *tenant = basis_party(&w->build->basis, h->tenant);
	struct script *s = w->script;

	script_set_text(s, "name", h->name);
	script_set_text(s, "type", h->type);
	script_set_text(s, "system", h->system);
	script_set_text(s, "system_id", system == NULL ? NULL : system->id);
	script_set_text(s, "tenant", tenant == NULL ? h->tenant : tenant->short_name);
	script_set_text(s, "tenant_id", tenant == NULL ? NULL : tenant->id);
}

/* --- a month --------------------------------------------------------------------------------------------- */
/* Sets cells: a number a day, -2 without a row, -1 not judged, else the bits of what made it low. */
static void
set_cells(struct worker *w, const struct indicators *law, const struct usage_days *days,
	  int32_t first, int32_t last)
{
	struct script *s = w->script;
	int32_t day;

	script_table(s);
	for (day = first; day <= last; day++) {
		size_t row = usage_find(days, day);
		unsigned reasons = 0;
		int64_t cell = -2;

		if (row < days->count && days->rows[row].day == day)
			cell = usage_low_day(law, days, row, &reasons) == USAGE_UNKNOWN
				   ? -1
				   : (int64_t)reasons;
		script_integer(s, cell);
		script_append(s);
	}
	script_set(s, "cells");
}

static int32_t
last_of(int32_t first)
{
	struct day_parts p = day_split(first);

	return day_of_next_month(p.year, p.month, 1) - 1;
}

/* Sets the three indicators over the month: means and peaks, and the storage of its last row. */
static void
set_indicators(struct script *s, const struct indicators *law, const struct usage_days *days,
	       int32_t first)
{
	struct usage_figures f;
	struct usage_storage storage;
	int64_t tenths;

	usage_month_figures(&f, days, first, last_of(first));
	set_figure(s, "vcpu_mean", f.vcpu_mean);
	set_figure(s, "memory_mean", f.memory_mean);
	set_figure(s, "vcpu_peak", f.vcpu_peak);
	set_figure(s, "memory_peak", f.memory_peak);
	usage_storage(&storage, law, days, days->count - 1);
	tenths = usage_storage_tenths(&storage);
	script_set_bool(s, "storage_endless", storage.known && !storage.grows);
	set_figure(s, "storage_months", tenths < 0 ? -1 : tenths * (USAGE_UNIT / 10));
}

static void
set_low(struct script *s, const struct indicators *law, const struct usage_month *m)
{
	size_t i;

	script_set_bool(s, "low", m->low);
	script_set_integer(s, "low_days", m->low_days);
	script_set_integer(s, "judged_days", m->judged_days);
	script_set_integer(s, "days", m->days);
	script_table(s);
	for (i = 0; i < law->low_load_count; i++) {
		script_integer(s, m->reason_days[i]);
		script_append(s);
	}
	script_set(s, "reasons");
}

/* The holding of that id that had a configuration in [from, to]; NULL: none. */
static const struct holding *
held_between(const struct ledger *ledger, const char *id, int32_t from, int32_t to)
{
	const struct holding *h = ledger_find(ledger, id, NULL, to);

	return h != NULL ? h : ledger_find(ledger, id, NULL, from);
}

struct month_pass {
	struct worker *worker;
	int32_t first, last;
};

/* Appends the machine of one file. */
static int
push_machine(void *ctx, const struct entry *entry, struct err *err)
{
	struct month_pass *pass = ctx;
	struct worker *w = pass->worker;
	const struct indicators *law = law_indicators(w->build->basis.law);
	size_t len = strlen(entry->name);
	const struct holding *h;
	struct usage_days days;
	struct usage_month m;
	char *vm;

	(void)err;
	if (!text_ends(entry->name, ".tsv"))
		return 0;
	vm = arena_strndup(&w->arena, entry->name, len - strlen(".tsv"));
	if (days_of(w, &days, vm, pass->first - law->growth_days, pass->last) != 0)
		return -1;
	if (usage_find(&days, pass->first) == days.count)
		return 0;
	usage_low_month(&m, law, &days, pass->first, pass->last);
	h = held_between(holdings_ledger(w->build), vm, pass->first, pass->last);
	script_table_for(w->script, 20);
	script_set_text(w->script, "vm", vm);
	if (h != NULL)
		set_owner(w, h);
	set_low(w->script, law, &m);
	set_cells(w, law, &days, pass->first, pass->last);
	set_indicators(w->script, law, &days, pass->first);
	script_append(w->script);
	return 0;
}

static const char *
fill_month(struct worker *w, const struct page *page)
{
	const struct watch_month *month = page->subject;
	struct month_pass pass = { w, month->first, last_of(month->first) };
	char folder[40], day[11];

	day_text(month->first, day);
	snprintf(folder, sizeof(folder), USAGE_FOLDER "/%.7s", day);
	script_set_month(w->script, "month", month->first);
	script_set_integer(w->script, "days", pass.last - pass.first + 1);
	script_set_integer(w->script, "weekday", day_split(month->first).weekday);
	script_table(w->script);
	if (snapshot_list(&w->snap, folder, push_machine, &pass, w->err) != 0)
		return NULL;
	script_set(w->script, "machines");
	return "usage";
}

/* --- what is owed, what may grow ---------------------------------------------------------------------------- */
/* A resource that is held and has data. */
struct seen {
	const struct holding *holding;
	struct usage_days days;
};

struct sight {
	struct seen *items;
	size_t count;
	int32_t until; /* the newest day of data */
};

static bool
may_be_measured(const struct indicators *law, const struct holding *h)
{
	size_t i;

	for (i = 0; i < law->scale_out_count; i++) {
		if (strcmp(law->scale_outs[i].type, h->type) == 0)
			return true;
	}
	return false;
}

/* All that is held and has data since `from`. */
static int
look(struct worker *w, struct sight *out, const struct indicators *law, int32_t from)
{
	const struct ledger *ledger = holdings_ledger(w->build);
	int32_t today = day_of(w->build->options->now);
	size_t i;

	*out = (struct sight){ 0 };
	out->items = arena_alloc(&w->arena, (ledger->holding_count + 1) * sizeof(*out->items));
	for (i = 0; i < ledger->holding_count; i++) {
		struct seen *seen = &out->items[out->count];

		seen->holding = &ledger->holdings[i];
		if (seen->holding->closed != LEDGER_OPEN_END ||
		    !may_be_measured(law, seen->holding))
			continue;
		if (days_of(w, &seen->days, seen->holding->id, from, today) != 0)
			return -1;
		if (seen->days.count == 0)
			continue;
		if (seen->days.rows[seen->days.count - 1].day > out->until)
			out->until = seen->days.rows[seen->days.count - 1].day;
		out->count++;
	}
	return 0;
}

/* Tickets of one kind of the same system, in the order of the cards. */
struct named {
	const char *id;
	const struct named *next;
};

/* By system, the tickets whose flow does that to the ledger: those that are open, or those that were
 * cancelled. The map is the caller's to release. */
static struct map
tickets_by_system(struct worker *w, enum ledger_deed deed, bool cancelled)
{
	const struct build *b = w->build;
	struct map out = { 0 };
	size_t i;

	for (i = b->card_count; i-- > 0;) {
		const struct trail *t = &b->cards[i].trail;
		bool wanted = cancelled ? t->state == TRAIL_CANCELLED : t->state < TRAIL_CLOSED;
		struct named *named;

		if (!wanted || t->flow == NULL || t->flow->ledger.deed != deed)
			continue;
		named = arena_alloc(&w->arena, sizeof(*named));
		*named = (struct named){ t->id, map_find(&out, t->system) };
		map_put(&out, t->system, named);
	}
	return out;
}

static void
set_tickets(struct script *s, const char *key, const struct map *by_system, const char *system)
{
	const struct named *named;

	script_table(s);
	for (named = map_find(by_system, system); named != NULL; named = named->next)
		script_append_text(s, named->id);
	script_set(s, key);
}

/* The newest of the last months in which it was low and since which it is as it was; NULL: none. */
static const struct watch_month *
owed_month(const struct watch *watch, const struct indicators *law, const struct seen *seen,
	   struct usage_month *m)
{
	const struct holding *h = seen->holding;
	size_t i;

	for (i = 0; i < watch->count && i < OWED_MONTHS; i++) {
		int32_t first = watch->months[i].first, last = last_of(first);

		usage_low_month(m, law, &seen->days, first, last);
		if (m->low && h->spans[h->span_count - 1].from <= last)
			return &watch->months[i];
	}
	return NULL;
}

static void
set_owed(struct worker *w, const struct sight *sight, const struct indicators *law)
{
	struct script *s = w->script;
	struct map adjusting = tickets_by_system(w, DEED_ADJUST, false),
		   revoking = tickets_by_system(w, DEED_REVOKE, false);
	struct usage_month m;
	size_t i;

	script_table(s);
	for (i = 0; i < sight->count; i++) {
		const struct seen *seen = &sight->items[i];
		const struct watch_month *month = owed_month(w->build->watch, law, seen, &m);

		if (month == NULL)
			continue;
		script_table_for(s, 16);
		script_set_text(s, "vm", seen->holding->id);
		set_owner(w, seen->holding);
		set_low(s, law, &m);
		script_set_month(s, "month", month->first);
		set_tickets(s, "adjusting", &adjusting, seen->holding->system);
		set_tickets(s, "revoking", &revoking, seen->holding->system);
		script_append(s);
	}
	script_set(s, "owed");
	map_release(&adjusting);
	map_release(&revoking);
}

/* The machines whose figures count for one: itself, or all of its kind of the system. */
static size_t
machines_of(struct worker *w, const struct sight *sight, size_t at, bool whole_system,
	    struct usage_days **out)
{
	const struct holding *h = sight->items[at].holding;
	struct usage_days *days = arena_alloc(&w->arena, (sight->count + 1) * sizeof(*days));
	size_t n = 0, i;

	for (i = 0; i < sight->count; i++) {
		const struct holding *other = sight->items[i].holding;

		if (i == at ||
		    (whole_system && strcmp(other->system, h->system) == 0 &&
		     strcmp(other->tenant, h->tenant) == 0 && strcmp(other->type, h->type) == 0))
			days[n++] = sight->items[i].days;
	}
	*out = days;
	return n;
}

static void
set_figures(struct script *s, const struct scale_out *ask, const struct usage_ask *a)
{
	size_t i;

	script_table(s);
	for (i = 0; i < ask->bound_count; i++) {
		script_table(s);
		script_set_text(s, "words", ask->bounds[i].words);
		script_set_integer(s, "least", ask->bounds[i].value);
		set_figure(s, "value", a->value[i]);
		script_append(s);
	}
	script_set(s, "figures");
}

/* Appends the ask when it may be; counts what it is. */
static void
push_ask(struct worker *w, const struct sight *sight, size_t at, const struct indicators *law,
	 const struct scale_out *ask, const struct map *adjusting, int64_t *counts)
{
	const struct holding *h = sight->items[at].holding;
	struct script *s = w->script;
	struct usage_days *machines;
	size_t n = machines_of(w, sight, at, ask->whole_system, &machines);
	struct usage_ask a;

	usage_scale_out(&a, law, ask, w->build->basis.calendar, machines, n, sight->until + 1);
	counts[a.verdict]++;
	if (a.verdict != USAGE_YES)
		return;
	script_table_for(s, 16);
	script_set_text(s, "vm", h->id);
	set_owner(w, h);
	script_set_text(s, "asks", ask->name);
	script_set_text(s, "article", ask->article);
	script_set_day(s, "from", a.from);
	script_set_day(s, "to", a.to);
	set_figures(s, ask, &a);
	set_tickets(s, "adjusting", adjusting, h->system);
	script_append(s);
}

static void
set_allowed(struct worker *w, const struct sight *sight, const struct indicators *law)
{
	int64_t counts[3] = { 0 };
	struct map adjusting = tickets_by_system(w, DEED_ADJUST, false);
	size_t i, k;

	script_table(w->script);
	for (i = 0; i < sight->count; i++) {
		for (k = 0; k < law->scale_out_count; k++) {
			if (strcmp(law->scale_outs[k].type, sight->items[i].holding->type) == 0)
				push_ask(w, sight, i, law, &law->scale_outs[k], &adjusting, counts);
		}
	}
	map_release(&adjusting);
	script_set(w->script, "allowed");
	script_set_integer(w->script, "asks_below", counts[USAGE_NO]);
	script_set_integer(w->script, "asks_unknown", counts[USAGE_UNKNOWN]);
}

static void
set_months(struct worker *w)
{
	const struct watch *watch = w->build->watch;
	size_t i;

	script_table(w->script);
	for (i = 0; i < watch->count; i++) {
		char text[11];

		day_text(watch->months[i].first, text);
		text[7] = '\0';
		script_append_text(w->script, text);
	}
	script_set(w->script, "months");
}

/* The first day of the oldest month that is looked at. */
static int32_t
oldest(const struct watch *watch)
{
	return watch->months[watch->count < OWED_MONTHS ? watch->count - 1 : OWED_MONTHS - 1].first;
}

static const char *
fill_sizing(struct worker *w, const struct page *page)
{
	const struct indicators *law = law_indicators(w->build->basis.law);
	const struct watch *watch = w->build->watch;
	struct sight sight = { 0 };

	(void)page;
	if (watch->count > 0 && look(w, &sight, law, oldest(watch) - law->growth_days) != 0)
		return NULL;
	if (sight.count > 0) {
		script_set_day(w->script, "until", sight.until);
		script_set_day(w->script, "asked_on", sight.until + 1);
	}
	script_set_integer(w->script, "seen", (int64_t)sight.count);
	set_owed(w, &sight, law);
	set_allowed(w, &sight, law);
	set_months(w);
	return "sizing";
}

/* --- idle ------------------------------------------------------------------------------------------------------ */
/* How many resources are held still, by the ticket that opened them. */
static struct map
held_by_ticket(const struct build *b)
{
	const struct ledger *ledger = holdings_ledger(b);
	struct map out = { 0 };
	size_t i;

	for (i = 0; i < ledger->holding_count; i++) {
		const struct holding *h = &ledger->holdings[i];
		const char *ticket = h->spans[0].ticket;

		if (h->closed == LEDGER_OPEN_END)
			map_put(&out, ticket, (void *)((size_t)map_find(&out, ticket) + 1));
	}
	return out;
}

/* Sets steps: what Lua needs of the course, as guards see it. */
static void
set_steps(struct script *s, const struct trail *t)
{
	size_t i;

	script_table(s);
	for (i = 0; i < t->step_count; i++) {
		const struct step *step = &t->steps[i];

		script_table(s);
		script_set_text(s, "stage", step->stage_id);
		if (step->left != NULL)
			script_set_integer(s, "left", step->left->time);
		script_append(s);
	}
	script_set(s, "steps");
}

static bool
opens_resources(const struct trail *t)
{
	return t->flow != NULL && t->flow->ledger.deed == DEED_OPEN && t->state < TRAIL_CLOSED;
}

/* Sets values when a ground asks for a field: most tell by the steps alone. */
static int
set_asked_front(struct worker *w, const struct trail *t)
{
	struct script *s = w->script;
	const char *field;

	if (!script_push(s, "steps") || script_call(s, "grounds_ask", 1, 1, w->err) != 0)
		return -1;
	field = script_top_text(s);
	if (field != NULL)
		field = arena_strdup(&w->arena, field);
	script_pop(s, 1);
	if (field != NULL)
		return set_front(w, t, field);
	script_table(s);
	script_set(s, "values");
	return 0;
}

static int
push_idle(struct worker *w, const struct card *card, int64_t held, const struct map *revoking,
	  const struct map *refused)
{
	struct script *s = w->script;

	card_push(s, w->build, card);
	script_set_integer(s, "held", held);
	set_steps(s, &card->trail);
	if (set_asked_front(w, &card->trail) != 0)
		return -1;
	set_tickets(s, "revoking", revoking, card->trail.system);
	set_tickets(s, "refused", refused, card->trail.system);
	script_append(s);
	return 0;
}

static const char *
fill_idle(struct worker *w, const struct page *page)
{
	const struct build *b = w->build;
	struct map held = held_by_ticket(b), revoking = tickets_by_system(w, DEED_REVOKE, false),
		   refused = tickets_by_system(w, DEED_REVOKE, true);
	size_t i;
	int rc = 0;

	(void)page;
	script_set_integer(w->script, "now", b->options->now);
	script_table(w->script);
	for (i = 0; i < b->card_count && rc == 0; i++) {
		const struct trail *t = &b->cards[i].trail;
		size_t count = opens_resources(t) ? (size_t)map_find(&held, t->id) : 0;

		if (count > 0)
			rc = push_idle(w, &b->cards[i], (int64_t)count, &revoking, &refused);
	}
	map_release(&held);
	map_release(&revoking);
	map_release(&refused);
	if (rc != 0)
		return NULL;
	script_set(w->script, "cards");
	set_months(w);
	return "watch";
}

/* --- the plan ---------------------------------------------------------------------------------------------------- */
static uint64_t
oid_key(uint64_t key, const struct oid *oid)
{
	return hash_bytes(oid, sizeof(*oid), key);
}

/* Of the tickets that the page speaks of: open ones of these deeds, and revocations that were refused. */
static uint64_t
tickets_key(const struct build *b, uint64_t key, enum ledger_deed deed)
{
	size_t i;

	for (i = 0; i < b->card_count; i++) {
		const struct card *card = &b->cards[i];
		const struct flow *flow = card->trail.flow;
		bool revokes = flow != NULL && flow->ledger.deed == DEED_REVOKE;

		if (flow != NULL && card->trail.state < TRAIL_CLOSED
			? revokes || flow->ledger.deed == deed
			: revokes && card->trail.state == TRAIL_CANCELLED)
			key = hash_bytes(&card->key, sizeof(card->key), key);
	}
	return key;
}

void
plan_watch(struct build *b)
{
	const struct watch *watch = b->watch;
	uint64_t key = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key), all;
	int32_t today = day_of(b->options->now);
	size_t i;

	for (i = 0; i < watch->count; i++) {
		const struct watch_month *m = &watch->months[i];
		uint64_t own =
		    oid_key(holdings_key_between(b, key, m->first, last_of(m->first)), &m->tree);

		/* Growth of storage looks back into the month before. */
		if (i + 1 < watch->count)
			own = oid_key(own, &watch->months[i + 1].tree);
		add_page(b,
			 arena_printf(&b->arena, "watch/%04d-%02d.html", day_split(m->first).year,
				      day_split(m->first).month),
			 own, fill_month, m);
	}
	all = holdings_key_between(b, hash_bytes(&today, sizeof(today), key), INT32_MIN,
				   INT32_MAX - 1);
	all = oid_key(oid_key(all, &b->basis.calendar_blob), &watch->tree);
	add_page(b, "watch/sizing.html", tickets_key(b, all, DEED_ADJUST), fill_sizing, NULL);
	add_page(b, "watch/index.html", tickets_key(b, all, DEED_OPEN), fill_idle, NULL);
}
