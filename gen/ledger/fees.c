#include "ledger/fees.h"

#include <stdlib.h>
#include <string.h>

/* --- money and months ---------------------------------------------------------------------------- */
int64_t
fee_of_days(int64_t price_fen, int64_t months, int days, int64_t year_days)
{
	return (price_fen * months * days * 2 + year_days) / (2 * year_days);
}

int32_t
month_after(int32_t month)
{
	struct day_parts parts = day_split(month);

	return parts.month == 12 ? day_make(parts.year + 1, 1, 1)
				 : day_make(parts.year, parts.month + 1, 1);
}

void
fen_text(int64_t fen, char out[24])
{
	uint64_t whole = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;

	snprintf(out, 24, "%s%llu.%02u", fen < 0 ? "-" : "", (unsigned long long)(whole / 100),
		 (unsigned)(whole % 100));
}

bool
fen_parse(const char *text, int64_t *fen)
{
	bool minus = text[0] == '-';
	const char *p = text + (minus ? 1 : 0);
	size_t whole = strspn(p, "0123456789"), part = 0, i;
	int64_t sum = 0;

	if (whole == 0 || whole > 14)
		return false;
	if (p[whole] == '.')
		part = strspn(p + whole + 1, "0123456789");
	if (part > 2 || p[whole] != (part > 0 ? '.' : '\0') ||
	    (part > 0 && p[whole + 1 + part] != '\0'))
		return false;
	for (i = 0; i < whole; i++)
		sum = sum * 10 + (p[i] - '0');
	for (i = 0; i < 2; i++)
		sum = sum * 10 + (i < part ? p[whole + 1 + i] - '0' : 0);
	*fen = minus ? -sum : sum;
	return true;
}

/* --- one month computed -------------------------------------------------------------------------------- */
struct making {
	struct bill *bill;
	struct arena *arena;
	const struct bill_source *source;
	struct findings *findings;
	size_t row_cap, change_cap;
	bool said_no_list;
	const struct holding *named; /* whose names these are: neighbours mostly share them */
	const struct party *tenant;
	const struct system *system;
};

static const char *
day_words(struct arena *arena, int32_t day)
{
	struct day_parts p = day_split(day);

	return arena_printf(arena, "%d 月 %d 日", p.month, p.dom);
}

static void
push_row(struct making *m, const struct fee_row *row)
{
	vec_push(m->bill->rows, m->bill->row_count, m->row_cap, *row);
}

static void
push_change(struct making *m, const struct holding *h, const char *mark, const char *ticket,
	    int32_t day)
{
	struct fee_change change = { h->id, h->type, mark, ticket, h->tenant, day };

	if (day >= m->bill->month && day <= m->bill->last)
		vec_push(m->bill->changes, m->bill->change_count, m->change_cap, change);
}

static void
push_changes(struct making *m, const struct holding *h)
{
	size_t i;

	for (i = 0; i < h->span_count; i++)
		push_change(m, h, h->spans[i].mark, h->spans[i].ticket, h->spans[i].from);
	push_change(m, h, h->close_mark, h->close_ticket, h->closed);
}

/* The word of the row, and in its note what else happened on its days. */
static void
mark_row(struct making *m, struct fee_row *row, const struct holding *h, bool last)
{
	bool closed = last && h->closed >= m->bill->month && h->closed <= m->bill->last;
	size_t i;

	row->change = closed ? h->close_mark : "";
	for (i = 0; i < h->span_count; i++) {
		const struct span *s = &h->spans[i];

		if (s->from != row->from || s->from < m->bill->month)
			continue;
		if (row->change[0] == '\0')
			row->change = s->mark;
		else if (strcmp(row->change, s->mark) != 0)
			row->note = arena_printf(m->arena, "%s%s%s%s", row->note,
						 row->note[0] != '\0' ? "，" : "",
						 day_words(m->arena, s->from), s->mark);
	}
}

static void
look_up_names(struct making *m, const struct holding *h)
{
	const struct holding *known = m->named;

	if (known == NULL || !text_same(known->tenant, h->tenant))
		m->tenant = basis_party(m->source->basis, h->tenant);
	if (known == NULL || !text_same(known->system, h->system))
		m->system = basis_system(m->source->basis, h->system);
	m->named = h;
}

static void
name_row(struct making *m, struct fee_row *row, const struct holding *h, const struct span *span)
{
	look_up_names(m, h);
	row->tenant_id = h->tenant;
	row->tenant = m->tenant == NULL ? h->tenant : m->tenant->name;
	row->system_id = m->system == NULL ? h->system : m->system->id;
	row->system = h->system;
	row->resource = h->id;
	row->name = h->name;
	row->type = h->type;
	row->ticket = span->ticket;
	row->spec = span->words;
	row->note = "";
}

static void
say_no_price(struct making *m, const struct holding *h, const struct span *span, int32_t day,
	     const struct price_list *list, const char *why)
{
	char text[11];

	day_text(day, text);
	if (list == NULL && m->said_no_list)
		return;
	m->said_no_list = m->said_no_list || list == NULL;
	if (list == NULL)
		finding_file(m->findings, "prices", PRICES_FOLDER, 0, 0,
			     "%s 还没有可用的价格表，算不出费用；请补上价格表", text);
	else
		finding_file(m->findings, "prices", span->file, span->line, 0,
			     "资源“%s”（%s）自 %s 起没有价格：%s %s；请在价格表里补上", h->id,
			     h->type, text, list->file, why);
}

/* The days from `from` to the one before `to`, all of one configuration and one price list. */
static void
charge(struct making *m, const struct holding *h, const struct span *span, int32_t from, int32_t to,
       bool last)
{
	const struct price_list *list = prices_on(m->source->prices, from);
	const char *why = "";
	struct fee_row row = { .from = from, .to = to > from ? to - 1 : from, .days = to - from };

	name_row(m, &row, h, span);
	if (list == NULL || !price_of(list, h->type, &span->spec, &row.unit_fen, &why)) {
		say_no_price(m, h, span, from, list, why);
		return;
	}
	m->bill->example = m->bill->example || list->example;
	row.amount_fen = fee_of_days(row.unit_fen, list->months, row.days, list->days);
	if (row.days == 0)
		row.note = "撤销当日不计费";
	mark_row(m, &row, h, last);
	push_row(m, &row);
}

/* Where the next price list begins within (from, to), or `to`. */
static int32_t
price_change(const struct prices *prices, int32_t from, int32_t to)
{
	size_t i;

	for (i = 0; i < prices->count; i++) {
		if (prices->lists[i].from > from && prices->lists[i].from < to)
			return prices->lists[i].from;
	}
	return to;
}

static void
charge_span(struct making *m, const struct holding *h, const struct span *span, bool last)
{
	int32_t from = span->from > m->bill->month ? span->from : m->bill->month;
	int32_t end = span->to <= m->bill->last ? span->to : m->bill->last + 1, to;

	for (; from < end; from = to) {
		to = price_change(m->source->prices, from, end);
		charge(m, h, span, from, to, last && to == end);
	}
}

static void
charge_holding(struct making *m, const struct holding *h)
{
	size_t i, rows = m->bill->row_count, left = h->span_count;
	size_t faults = m->findings->count;

	if (h->opened > m->bill->last || h->closed < m->bill->month)
		return;
	/* What was adjusted on the day of its end has its last days in the span before. */
	while (left > 1 && h->spans[left - 1].from == h->spans[left - 1].to)
		left--;
	for (i = 0; i < left; i++)
		charge_span(m, h, &h->spans[i], i + 1 == left);
	if (m->bill->row_count == rows && m->findings->count == faults && !m->said_no_list)
		charge(m, h, &h->spans[h->span_count - 1], h->closed, h->closed, true);
	push_changes(m, h);
}

/* --- sums ---------------------------------------------------------------------------------------------------- */
/* Rows of a group stand together: its sum is the last one, or a new one. */
static struct fee_sum *
sum_of(struct fee_sum *sums, size_t *count, const struct fee_row *row, bool by_system)
{
	const char *system = by_system ? row->system_id : "";
	struct fee_sum *last = *count == 0 ? NULL : &sums[*count - 1];

	if (last != NULL && text_same(last->tenant, row->tenant) &&
	    text_same(last->system_id, system))
		return last;
	sums[*count] = (struct fee_sum){
		row->tenant_id, row->tenant, system, by_system ? row->system : "", 0, 0
	};
	return &sums[(*count)++];
}

static void
add_sums(struct bill *bill, struct arena *arena)
{
	size_t i;
	int k;

	bill->systems = arena_alloc(arena, (bill->row_count + 1) * sizeof(*bill->systems));
	bill->tenants = arena_alloc(arena, (bill->row_count + 1) * sizeof(*bill->tenants));
	for (i = 0; i < bill->row_count; i++) {
		const struct fee_row *row = &bill->rows[i];

		bill->total_fen += row->amount_fen;
		for (k = 0; k < 2; k++) {
			struct fee_sum *sum =
			    k == 0 ? sum_of(bill->systems, &bill->system_count, row, true)
				   : sum_of(bill->tenants, &bill->tenant_count, row, false);

			sum->rows++;
			sum->amount_fen += row->amount_fen;
		}
	}
}

static bool
same_system(const struct fee_row *a, const struct fee_row *b)
{
	return text_same(a->tenant, b->tenant) && text_same(a->system_id, b->system_id);
}

void
bill_of_tenant(struct bill *out, const struct bill *bill, struct arena *arena,
	       const char *tenant_id)
{
	struct fee_change *changes =
	    arena_alloc(arena, (bill->change_count + 1) * sizeof(*changes));
	size_t at = 0, i;

	*out = *bill;
	out->row_count = out->change_count = 0;
	out->systems = out->tenants = NULL;
	out->system_count = out->tenant_count = 0;
	out->total_fen = 0;
	out->changes = changes;
	for (i = 0; i < bill->tenant_count; at += bill->tenants[i++].rows) {
		if (strcmp(bill->tenants[i].tenant_id, tenant_id) != 0)
			continue;
		if (out->row_count == 0)
			out->rows = &bill->rows[at];
		out->row_count += bill->tenants[i].rows;
		out->total_fen += bill->tenants[i].amount_fen;
	}
	for (i = 0; i < bill->change_count; i++) {
		if (strcmp(bill->changes[i].tenant_id, tenant_id) == 0)
			changes[out->change_count++] = bill->changes[i];
	}
}

struct fee_line *
bill_lines(const struct bill *bill, struct arena *arena, size_t *count)
{
	struct fee_line *lines = arena_alloc(arena, (bill->row_count * 3 + 1) * sizeof(*lines));
	int64_t system = 0, tenant = 0;
	size_t n = 0, i;

	for (i = 0; i < bill->row_count; i++) {
		const struct fee_row *row = &bill->rows[i];
		const struct fee_row *next = i + 1 < bill->row_count ? row + 1 : NULL;

		lines[n++] = (struct fee_line){ FEE_ROW, row, row->amount_fen };
		system += row->amount_fen;
		tenant += row->amount_fen;
		if (next == NULL || !same_system(row, next)) {
			lines[n++] = (struct fee_line){ FEE_SYSTEM, row, system };
			system = 0;
		}
		if (next == NULL || !text_same(row->tenant, next->tenant)) {
			lines[n++] = (struct fee_line){ FEE_TENANT, row, tenant };
			tenant = 0;
		}
	}
	lines[n++] = (struct fee_line){ FEE_TOTAL, NULL, bill->total_fen };
	*count = n;
	return lines;
}

/* A system's rows together, its corrections behind them, else as they came. */
struct place {
	const struct fee_row *row;
	size_t at;
};

static int
compare_texts(const char *a, const char *b)
{
	return a == b ? 0 : strcmp(a, b);
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = compare_texts(x->row->tenant_id, y->row->tenant_id);

	if (order == 0)
		order = compare_texts(x->row->tenant, y->row->tenant);
	if (order == 0)
		order = compare_texts(x->row->system, y->row->system);
	if (order == 0)
		order =
		    (x->row->of_month > y->row->of_month) - (x->row->of_month < y->row->of_month);
	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* Rows come in the order of the ledger: only what was signed, or is corrected, is not in its place. */
static bool
in_order(const struct place *places, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++) {
		if (compare_places(&places[i - 1], &places[i]) > 0)
			return false;
	}
	return true;
}

/* The growing arrays become the arena's, the rows in their order. */
static void
settle_arrays(struct bill *bill, struct arena *arena)
{
	struct fee_row *rows = bill->rows;
	struct fee_change *changes = bill->changes;
	struct place *places = xcalloc(bill->row_count + 1, sizeof(*places));
	size_t i;

	for (i = 0; i < bill->row_count; i++)
		places[i] = (struct place){ &rows[i], i };
	if (!in_order(places, bill->row_count))
		qsort(places, bill->row_count, sizeof(*places), compare_places);
	bill->rows = arena_alloc(arena, (bill->row_count + 1) * sizeof(*rows));
	for (i = 0; i < bill->row_count; i++)
		bill->rows[i] = *places[i].row;
	bill->changes = arena_copy(arena, changes, bill->change_count, sizeof(*changes));
	free(places);
	free(rows);
	free(changes);
}

static void
begin(struct making *m, struct bill *out, struct arena *arena, const struct bill_source *source,
      int32_t month, int32_t until, struct findings *findings)
{
	int32_t last = month_after(month) - 1;

	memset(out, 0, sizeof(*out));
	out->month = month;
	out->running = until <= last;
	out->last = until < last ? until : last;
	*m = (struct making){ .bill = out, .arena = arena, .source = source, .findings = findings };
}

static void
compute(struct making *m)
{
	const struct ledger *ledger = m->source->ledger;
	size_t i;

	for (i = 0; i < ledger->holding_count; i++)
		charge_holding(m, &ledger->holdings[i]);
}

void
bill_compute(struct bill *out, struct arena *arena, const struct bill_source *source, int32_t month,
	     int32_t until, struct findings *findings)
{
	struct making m;

	begin(&m, out, arena, source, month, until, findings);
	compute(&m);
	settle_arrays(out, arena);
	add_sums(out, arena);
}

/* --- a settled month: the table that was signed ---------------------------------------------------------- */
static int64_t
fen_of(const struct node *row, const char *key)
{
	int64_t fen = 0;

	return fen_parse(node_text(row, key), &fen) ? fen : 0;
}

static int32_t
day_in(const struct node *row, const char *key)
{
	const struct node *node = node_get(row, key);

	return node != NULL && node->typed ? (int32_t)node->number : 0;
}

static const struct system *
system_of_id(const struct basis *basis, const char *id)
{
	size_t i;

	for (i = 0; i < basis->registers->system_count; i++) {
		if (strcmp(basis->registers->systems[i].id, id) == 0)
			return &basis->registers->systems[i];
	}
	return NULL;
}

static struct fee_row
signed_row(const struct making *m, const struct node *node, const char *ticket)
{
	struct fee_row row = { .tenant = node_text(node, "tenant"), .tenant_id = "", .name = "" };
	const struct system *system;

	row.system_id = row.system = node_text(node, "system");
	system = system_of_id(m->source->basis, row.system_id);
	if (system != NULL) {
		row.system = system->name;
		row.tenant_id = system->tenant;
	}
	row.resource = node_text(node, "resource");
	row.type = node_text(node, "type");
	row.spec = node_text(node, "spec");
	row.from = day_in(node, "from");
	row.to = day_in(node, "to");
	row.days = day_in(node, "days");
	row.unit_fen = fen_of(node, "unit_price");
	row.amount_fen = fen_of(node, "amount");
	row.change = node_text(node, "change");
	row.note = node_text(node, "note");
	row.of_month = day_in(node, "of_month");
	row.ticket = ticket;
	return row;
}

static void
take_signed(struct making *m, const struct settlement *s)
{
	const struct ledger *ledger = m->source->ledger;
	const struct prices *prices = m->source->prices;
	size_t i;

	for (i = 0; s->rows != NULL && i < s->rows->count; i++) {
		struct fee_row row = signed_row(m, s->rows->items[i], s->ticket);

		push_row(m, &row);
	}
	for (i = 0; i < ledger->holding_count; i++)
		push_changes(m, &ledger->holdings[i]);
	for (i = 0; i < prices->count; i++) {
		if (prices->lists[i].from <= m->bill->last &&
		    (&prices->lists[i] == prices_on(prices, m->bill->month) ||
		     prices->lists[i].from > m->bill->month))
			m->bill->example = m->bill->example || prices->lists[i].example;
	}
}

/* --- corrections of settled months ------------------------------------------------------------------------ */
/* What one resource was charged in a settled month, and what is known of it now. */
struct account {
	struct fee_row sample; /* whose it is */
	int64_t now_fen, charged_fen;
};

struct accounts {
	struct account *items;
	size_t count, cap;
	struct map by_id; /* number + 1 */
};

static struct account *
account_of(struct accounts *a, const struct fee_row *row)
{
	size_t at = (size_t)map_find(&a->by_id, row->resource);
	struct account fresh = { .sample = *row };

	if (at == 0) {
		vec_push(a->items, a->count, a->cap, fresh);
		map_put(&a->by_id, row->resource, (void *)a->count);
		at = a->count;
	}
	return &a->items[at - 1];
}

/* The difference that the ticket explained for this resource and month; NULL when there is none. */
static const struct node *
explained(const struct settlement *s, const char *resource, int32_t of_month)
{
	const struct node *rows = node_get(s->front, "differences");
	size_t i;

	for (i = 0; rows != NULL && rows->kind == NODE_LIST && i < rows->count; i++) {
		if (strcmp(node_text(rows->items[i], "resource"), resource) == 0 &&
		    day_in(rows->items[i], "of_month") == of_month)
			return rows->items[i];
	}
	return NULL;
}

/* What table `s` charged for `month`: its own rows, or its corrections of that month. A difference that
 * was explained then is settled too: what counts is what was computed. */
static void
add_charged(struct making *m, struct accounts *a, const struct settlement *s, int32_t month)
{
	int32_t of_month = s->month == month ? 0 : month;
	const struct node *differences = node_get(s->front, "differences");
	size_t i;

	for (i = 0; s->rows != NULL && i < s->rows->count; i++) {
		struct fee_row row = signed_row(m, s->rows->items[i], s->ticket);

		if (row.of_month == of_month && explained(s, row.resource, of_month) == NULL)
			account_of(a, &row)->charged_fen += row.amount_fen;
	}
	for (i = 0; differences != NULL && differences->kind == NODE_LIST && i < differences->count;
	     i++) {
		const struct node *d = differences->items[i];
		struct fee_row row = { .resource = node_text(d, "resource") };

		if (day_in(d, "of_month") == of_month && explained(s, row.resource, of_month) == d)
			account_of(a, &row)->charged_fen += fen_of(d, "computed");
	}
}

static void
push_correction(struct making *m, const struct account *account, int32_t month)
{
	struct fee_row row = account->sample;
	struct day_parts p = day_split(month);
	char now[24], charged[24];

	if (account->now_fen == account->charged_fen || row.tenant == NULL)
		return;
	fen_text(account->now_fen, now);
	fen_text(account->charged_fen, charged);
	row.from = month;
	row.to = month_after(month) - 1;
	row.days = 0;
	row.unit_fen = 0;
	row.amount_fen = account->now_fen - account->charged_fen;
	row.change = "";
	row.of_month = month;
	row.note = arena_printf(m->arena, "更正 %04d-%02d：应为 %s 元，已结 %s 元", p.year, p.month,
				now, charged);
	push_row(m, &row);
}

static void
correct(struct making *m, const struct settlement *s)
{
	const struct ledger *ledger = m->source->ledger;
	struct accounts a = { 0 };
	struct bill now;
	size_t i;

	bill_compute(&now, m->arena, m->source, s->month, month_after(s->month) - 1, m->findings);
	for (i = 0; i < now.row_count; i++)
		account_of(&a, &now.rows[i])->now_fen += now.rows[i].amount_fen;
	for (i = 0; i < ledger->settled_count; i++) {
		if (ledger->settled[i].month >= s->month &&
		    ledger->settled[i].month < m->bill->month)
			add_charged(m, &a, &ledger->settled[i], s->month);
	}
	for (i = 0; i < a.count; i++)
		push_correction(m, &a.items[i], s->month);
	map_release(&a.by_id);
	free(a.items);
}

/* Whether this month is the first behind `settled` that is open. */
static bool
first_open_behind(const struct ledger *ledger, int32_t settled, int32_t month)
{
	int32_t next;

	for (next = month_after(settled); next < month; next = month_after(next)) {
		if (ledger_settled(ledger, next) == NULL)
			return false;
	}
	return settled < month;
}

void
bill_make(struct bill *out, struct arena *arena, const struct bill_source *source, int32_t month,
	  int32_t until, struct findings *findings)
{
	const struct ledger *ledger = source->ledger;
	struct making m;
	size_t i;

	begin(&m, out, arena, source, month, until, findings);
	out->settled = ledger_settled(ledger, month);
	if (out->settled != NULL)
		take_signed(&m, out->settled);
	else
		compute(&m);
	for (i = 0; out->settled == NULL && i < ledger->settled_count; i++) {
		if (first_open_behind(ledger, ledger->settled[i].month, month))
			correct(&m, &ledger->settled[i]);
	}
	settle_arrays(out, arena);
	add_sums(out, arena);
}
