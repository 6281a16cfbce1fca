/* The pages of the fees: what a month costs. */
#include "site/bills.h"

#include <pthread.h>
#include <string.h>

#include "site/site_internal.h"

#define MONTHS_MAX 600 /* fifty years */
/* A city's month is thousands of rows. The running one and the one that is being settled then have a page for
 * each unit; what nobody works on any more shows its sums. */
#define WHOLE_MONTHS 2
#define WHOLE_ROWS 500

struct month {
	int32_t first;
	bool recent, split; /* one of the last WHOLE_MONTHS; its units have pages */
	uint64_t key;	    /* of all its page shows, but for corrections */
	uint64_t settled;   /* of the table that was signed */
	bool summed;	    /* what the page of all months shows is known: */
	struct bill sums;   /* without its rows and changes */
	size_t fault_count;
	bool kept; /* of a split one, which many pages show: */
	struct arena arena;
	struct bill bill;
	struct findings faults;
};

/* A page of a month: what one tenant pays. */
struct unit {
	struct month *month;
	const struct party *tenant;
};

/* What the pages stand on; lies in the build's arena. */
struct bills {
	const struct ledger *ledger;
	struct prices prices;
	struct findings faults; /* of price lists */
	struct month *months;	/* the newest first */
	size_t month_count;
	struct map units; /* tenants that ever held something, by id */
	/* Of sums and kept bills: the month's pages and the page of all months may be made at once. */
	pthread_mutex_t lock;
};

int
bills_read(struct build *b, struct err *err)
{
	b->bills = arena_alloc(&b->arena, sizeof(*b->bills));
	b->bills->ledger = holdings_ledger(b);
	pthread_mutex_init(&b->bills->lock, NULL);
	return prices_read(&b->bills->prices, &b->arena, &b->snap, &b->bills->faults, err);
}

void
bills_release(struct build *b)
{
	size_t i;

	if (b->bills == NULL)
		return;
	for (i = 0; i < b->bills->month_count; i++) {
		arena_release(&b->bills->months[i].arena);
		findings_release(&b->bills->months[i].faults);
	}
	map_release(&b->bills->units);
	prices_release(&b->bills->prices);
	findings_release(&b->bills->faults);
	pthread_mutex_destroy(&b->bills->lock);
}

/* --- keys ------------------------------------------------------------------------------------------------ */
static uint64_t
prices_key(const struct prices *prices, uint64_t key)
{
	size_t i, k;

	for (i = 0; i < prices->count; i++) {
		const struct price_list *l = &prices->lists[i];

		key = text_key(number_key(key, l->example ? l->from : -l->from), l->file);
		key = number_key(number_key(key, l->months), l->days);
		for (k = 0; k < l->row_count; k++) {
			const struct price *p = &l->rows[k];
			const int64_t numbers[] = { p->each, p->vcpu, p->memory_gb, p->storage_gb };

			key = hash_bytes(numbers, sizeof(numbers), text_key(key, p->type));
		}
	}
	return key;
}

/* The newest event of the ticket that settled a month says all about its table. */
static uint64_t
settled_key(const struct build *b, const struct settlement *s, uint64_t key)
{
	size_t i;

	for (i = 0; s != NULL && i < b->card_count; i++) {
		if (strcmp(b->cards[i].trail.id, s->ticket) == 0)
			return number_key(key, (int64_t)b->cards[i].key);
	}
	return key;
}

/* The day up to which a month is known; of one that is over it does not matter which. */
static int32_t
known_until(const struct build *b, int32_t first)
{
	int32_t today = day_of(b->options->now);

	return today < month_after(first) ? today : first;
}

static void
set_keys(const struct build *b, struct month *m, uint64_t key)
{
	int32_t last = month_after(m->first) - 1;

	key = holdings_key_between(b, key + (m->recent ? 1 : 0), m->first, last);
	m->settled = settled_key(b, ledger_settled(b->bills->ledger, m->first), 1);
	m->key = number_key(number_key(key, known_until(b, m->first)), (int64_t)m->settled);
}

/* --- what a page shows ------------------------------------------------------------------------------------ */
static void
set_money(struct script *s, const char *key, int64_t fen)
{
	char text[24];

	fen_text(fen, text);
	script_set_text(s, key, text);
}

static void
push_fee(struct script *s, const struct fee_line *line, const struct map *units)
{
	static const char *const kinds[] = { "row", "system", "tenant", "total" };
	const struct fee_row *row = line->row;

	script_table_for(s, 20);
	script_set_text(s, "kind", kinds[line->kind]);
	set_money(s, "amount", line->amount_fen);
	if (row == NULL)
		return;
	script_set_text(s, "tenant", row->tenant);
	script_set_text(s, "system_id", row->system_id);
	script_set_text(s, "system", row->system);
	if (line->kind == FEE_TENANT && units != NULL && map_find(units, row->tenant_id) != NULL)
		script_set_text(s, "page", row->tenant_id);
	if (line->kind != FEE_ROW)
		return;
	script_set_text(s, "id", row->resource);
	script_set_text(s, "type", row->type);
	script_set_text(s, "spec", row->spec);
	script_set_day(s, "from", row->from);
	script_set_day(s, "to", row->to);
	script_set_integer(s, "days", row->days);
	set_money(s, "unit", row->unit_fen);
	script_set_text(s, "change", row->change);
	script_set_text(s, "note", row->note);
	script_set_text(s, "ticket", row->ticket);
	if (row->of_month != 0)
		script_set_month(s, "of_month", row->of_month);
}

static void
set_changes(struct script *s, const struct bill *bill)
{
	size_t i;

	script_table(s);
	for (i = 0; i < bill->change_count; i++) {
		const struct fee_change *c = &bill->changes[i];

		script_table(s);
		script_set_text(s, "id", c->resource);
		script_set_text(s, "type", c->type);
		script_set_text(s, "change", c->change);
		script_set_text(s, "ticket", c->ticket);
		script_set_day(s, "day", c->day);
		script_append(s);
	}
	script_set(s, "changes");
}

void
bill_push(struct script *s, const struct bill *bill, bool whole, const struct map *units,
	  const struct findings *faults)
{
	struct arena arena = { 0 };
	size_t count, i;
	const struct fee_line *lines = bill_lines(bill, &arena, &count);

	script_table(s);
	script_set_month(s, "month", bill->month);
	script_set_day(s, "last", bill->last);
	script_set_bool(s, "running", bill->running);
	script_set_bool(s, "example", bill->example);
	script_set_text(s, "settled", bill->settled == NULL ? NULL : bill->settled->ticket);
	set_money(s, "total", bill->total_fen);
	script_set_integer(s, "row_count", (int64_t)bill->row_count);
	script_set_integer(s, "change_count", (int64_t)bill->change_count);
	script_set_bool(s, "whole", whole);
	script_table(s);
	for (i = 0; i < count; i++) {
		if (!whole && lines[i].kind < FEE_TENANT)
			continue;
		push_fee(s, &lines[i], units);
		script_append(s);
	}
	script_set(s, "lines");
	if (whole)
		set_changes(s, bill);
	set_faults(s, faults);
	arena_release(&arena);
}

static void
compute(const struct build *b, struct arena *arena, struct bill *bill, const struct month *month,
	struct findings *faults)
{
	struct bill_source source = { b->bills->ledger, &b->bills->prices, &b->basis };

	bill_make(bill, arena, &source, month->first, day_of(b->options->now), faults);
}

/* The lock is held. */
static void
note_sums(struct month *month, const struct bill *bill, const struct findings *faults)
{
	if (month->summed)
		return;
	month->sums = *bill;
	month->sums.rows = NULL;
	month->sums.changes = NULL;
	month->sums.systems = month->sums.tenants = NULL;
	month->fault_count = faults->count;
	month->summed = true;
}

static void
make_bill(const struct build *b, struct arena *arena, struct bill *bill, struct month *month,
	  struct findings *faults)
{
	compute(b, arena, bill, month, faults);
	pthread_mutex_lock(&b->bills->lock);
	note_sums(month, bill, faults);
	pthread_mutex_unlock(&b->bills->lock);
}

/* Once for all pages of a split month; who asks meanwhile would have nothing else to show. */
static void
keep_bill(const struct build *b, struct month *month)
{
	pthread_mutex_lock(&b->bills->lock);
	if (!month->kept) {
		compute(b, &month->arena, &month->bill, month, &month->faults);
		note_sums(month, &month->bill, &month->faults);
		month->kept = true;
	}
	pthread_mutex_unlock(&b->bills->lock);
}

/* Known when its page was made before. */
static void
sum_month(const struct build *b, struct month *month)
{
	struct findings faults = { 0 };
	struct arena arena = { 0 };
	struct bill bill;
	bool summed;

	pthread_mutex_lock(&b->bills->lock);
	summed = month->summed;
	pthread_mutex_unlock(&b->bills->lock);
	if (!summed && month->split)
		keep_bill(b, month);
	else if (!summed)
		make_bill(b, &arena, &bill, month, &faults);
	findings_release(&faults);
	arena_release(&arena);
}

static const char *
fill_month(struct worker *w, const struct page *page)
{
	struct month *month = (struct month *)page->subject;
	struct findings faults = { 0 };
	struct bill bill;

	make_bill(w->build, &w->arena, &bill, month, &faults);
	bill_push(w->script, &bill, month->recent || bill.row_count <= WHOLE_ROWS, NULL, &faults);
	script_set(w->script, "bill");
	findings_release(&faults);
	return BILL_TEMPLATE;
}

static const char *
fill_split(struct worker *w, const struct page *page)
{
	struct month *month = (struct month *)page->subject;

	keep_bill(w->build, month);
	bill_push(w->script, &month->bill, false, &w->build->bills->units, &month->faults);
	script_set_bool(w->script, "split", true);
	script_set(w->script, "bill");
	return BILL_TEMPLATE;
}

static const char *
fill_unit(struct worker *w, const struct page *page)
{
	const struct unit *unit = page->subject;
	struct bill part;

	keep_bill(w->build, unit->month);
	bill_of_tenant(&part, &unit->month->bill, &w->arena, unit->tenant->id);
	bill_push(w->script, &part, true, NULL, &unit->month->faults);
	script_set_text(w->script, "unit", unit->tenant->name);
	script_set(w->script, "bill");
	return BILL_TEMPLATE;
}

/* A settled month's total is what was signed; only open ones are computed. */
static void
push_month(struct worker *w, struct month *month)
{
	const struct bill *sums = &month->sums;
	struct script *s = w->script;

	sum_month(w->build, month);
	script_table(s);
	script_set_month(s, "month", month->first);
	script_set_bool(s, "running", sums->running);
	script_set_text(s, "settled", sums->settled == NULL ? NULL : sums->settled->ticket);
	set_money(s, "total", sums->total_fen);
	script_set_integer(s, "fen", sums->total_fen);
	script_set_integer(s, "rows", (int64_t)sums->row_count);
	script_set_integer(s, "tenants", (int64_t)sums->tenant_count);
	script_set_integer(s, "changes", (int64_t)sums->change_count);
	script_set_integer(s, "faults", (int64_t)month->fault_count);
	script_set_bool(s, "example", sums->example);
}

static const char *
fill_months(struct worker *w, const struct page *page)
{
	const struct bills *h = page->subject;
	size_t i;

	script_table(w->script);
	for (i = 0; i < h->month_count; i++) {
		push_month(w, &h->months[i]);
		script_append(w->script);
	}
	script_set(w->script, "months");
	set_faults(w->script, &h->faults);
	return "fees";
}

/* --- the plan ---------------------------------------------------------------------------------------------- */
/* As far as can be said before the bill is computed. */
static bool
is_long(const struct ledger *ledger, int32_t month)
{
	int32_t next = month_after(month);
	size_t rows = 0, i;

	for (i = 0; i < ledger->holding_count && rows <= WHOLE_ROWS; i++)
		rows += ledger->holdings[i].opened < next && ledger->holdings[i].closed >= month;
	return rows > WHOLE_ROWS;
}

/* From the month of the first resource to the present one. */
static void
list_months(struct build *b, uint64_t key)
{
	struct bills *h = b->bills;
	struct day_parts p = day_split(day_of(b->options->now));
	int32_t now = day_make(p.year, p.month, 1), first = now, month;
	size_t i, count = 1;

	for (i = 0; i < h->ledger->holding_count; i++) {
		if (h->ledger->holdings[i].opened < first)
			first = h->ledger->holdings[i].opened;
	}
	p = day_split(first);
	for (month = day_make(p.year, p.month, 1); month < now; month = month_after(month))
		count++;
	count = count < MONTHS_MAX ? count : MONTHS_MAX;
	h->months = arena_alloc(&b->arena, count * sizeof(*h->months));
	memset(h->months, 0, count * sizeof(*h->months));
	h->month_count = h->ledger->holding_count == 0 ? 0 : count;
	for (i = 0, month = now; i < h->month_count; i++) {
		h->months[i].first = month;
		h->months[i].recent = i < WHOLE_MONTHS;
		h->months[i].split = h->months[i].recent && is_long(h->ledger, month);
		set_keys(b, &h->months[i], key);
		p = day_split(month - 1);
		month = day_make(p.year, p.month, 1);
	}
}

static char *
month_path(struct build *b, const struct month *m, const char *rest)
{
	struct day_parts p = day_split(m->first);

	return arena_printf(&b->arena, "fees/%04d-%02d%s", p.year, p.month, rest);
}

/* One page for each tenant that ever held something. What was corrected looks at all months, of this tenant. */
static void
plan_units(struct build *b, struct month *m, uint64_t key)
{
	const struct ledger *ledger = b->bills->ledger;
	size_t at, count;

	for (at = 0; at < ledger->holding_count; at += count) {
		const struct holding *first = &ledger->holdings[at];
		struct unit *unit = arena_alloc(&b->arena, sizeof(*unit));

		count = holdings_run(b, at, false);
		*unit = (struct unit){ m, basis_party(&b->basis, first->tenant) };
		if (unit->tenant == NULL)
			continue;
		map_put(&b->bills->units, unit->tenant->id, unit);
		add_page(b, month_path(b, m, arena_printf(&b->arena, "/%s.html", unit->tenant->id)),
			 holdings_key_of(b, first, count, key), fill_unit, unit);
	}
}

static void
plan_month(struct build *b, struct month *m, uint64_t key, uint64_t units_key)
{
	add_page(b, month_path(b, m, ".html"), key, m->split ? fill_split : fill_month, m);
	if (m->split)
		plan_units(b, m, number_key(units_key, known_until(b, m->first)));
}

/* The first open month behind a settled one shows corrections, so its page looks at all. */
void
plan_bills(struct build *b)
{
	struct bills *h = b->bills;
	uint64_t key = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key);
	uint64_t all = prices_key(&h->prices, key), units_key = all;
	size_t i;

	list_months(b, all);
	for (i = 0; i < h->faults.count; i++)
		all = text_key(all, h->faults.items[i].message);
	for (i = 0; i < h->month_count; i++)
		units_key = number_key(units_key, (int64_t)h->months[i].settled);
	for (i = 0; i < h->month_count; i++)
		all = number_key(all, (int64_t)h->months[i].key);
	for (i = 0; i < h->month_count; i++) {
		struct month *m = &h->months[i];
		bool corrects = ledger_settled(h->ledger, m->first) == NULL &&
				i + 1 < h->month_count &&
				ledger_settled(h->ledger, m[1].first) != NULL;

		plan_month(b, m, corrects ? all : m->key, units_key);
	}
	add_page(b, "fees/index.html", all + 1, fill_months, h);
}
