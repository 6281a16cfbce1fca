/* The pages of the ledger: which system holds which resource since when. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"
#include "site/site_internal.h"

#define MACHINES_PAGE 1000 /* rows of the list of all resources, a page */

/* What the pages stand on; lies in the build's arena, its vectors until holdings_release. */
struct holdings {
	struct ledger ledger;
	uint64_t *keys;	      /* of each holding, without its days */
	uint64_t **span_keys; /* of each span of it, likewise */
	struct map by_system; /* official name -> number + 1 of its first holding */
	size_t held_count;
	const struct holding **held; /* what is held, by id; made when the first page asks */
};

/* A run of holdings, in the order of the ledger. */
struct run {
	const struct holding *first;
	size_t count;
	const struct party *tenant;
	size_t page, pages; /* of the list of all */
};

static void make_keys(struct build *b);

/* --- reading ------------------------------------------------------------------------------------------- */
int
holdings_read(struct build *b, struct err *err)
{
	struct holdings *h = arena_alloc(&b->arena, sizeof(*h));
	char *kept = file_join(repo_gitdir(b->repo), "yunjuan/ledger");
	struct blocks *blocks = blocks_load(kept, &b->basis.law_tree);
	size_t i;
	int rc = 0;

	b->holdings = h;
	ledger_init(&h->ledger);
	h->ledger.blocks = blocks;
	for (i = 0; i < b->card_count && rc == 0; i++)
		rc = ledger_add(&h->ledger, b->repo, &b->cards[i].trail, err);
	ledger_finish(&h->ledger);
	if (rc == 0)
		blocks_save(blocks, kept);
	h->ledger.blocks = NULL;
	blocks_free(blocks);
	free(kept);
	make_keys(b);
	return rc;
}

void
holdings_release(struct build *b)
{
	if (b->holdings == NULL)
		return;
	ledger_release(&b->holdings->ledger);
	map_release(&b->holdings->by_system);
	free(b->holdings->held);
}

/* --- keys ------------------------------------------------------------------------------------------------ */
static uint64_t
span_key(const struct span *s)
{
	const int64_t numbers[] = { s->spec.count, s->spec.vcpu, s->spec.memory_gb,
				    s->spec.storage_gb };
	uint64_t key = hash_bytes(numbers, sizeof(numbers), 3);

	return text_key(text_key(text_key(key, s->spec.kind), s->ticket), s->mark);
}

/* What does not depend on days is hashed once, since each month asks for it. */
static void
make_keys(struct build *b)
{
	struct holdings *all = b->holdings;
	size_t count = all->ledger.holding_count, i, k;

	all->keys = arena_alloc(&b->arena, (count + 1) * sizeof(*all->keys));
	all->span_keys = arena_alloc(&b->arena, (count + 1) * sizeof(*all->span_keys));
	for (i = count; i > 0; i--)
		map_put(&all->by_system, all->ledger.holdings[i - 1].system, (void *)i);
	for (i = 0; i < count; i++) {
		const struct holding *h = &all->ledger.holdings[i];
		uint64_t key = text_key(text_key(text_key(5, h->id), h->name), h->type);

		all->keys[i] = text_key(text_key(key, h->system), h->tenant);
		all->span_keys[i] =
		    arena_alloc(&b->arena, h->span_count * sizeof(*all->span_keys[i]));
		for (k = 0; k < h->span_count; k++)
			all->span_keys[i][k] = span_key(&h->spans[k]);
	}
}

/* Of what shows of the holding from `from` to the day before `to`. */
static uint64_t
holding_key(const struct holdings *all, uint64_t key, const struct holding *h, int32_t from,
	    int32_t to)
{
	size_t number = (size_t)(h - all->ledger.holdings), i;

	if (h->opened >= to || h->closed < from)
		return key;
	key = number_key(key, (int64_t)all->keys[number]);
	for (i = 0; i < h->span_count; i++) {
		const struct span *s = &h->spans[i];
		const int64_t numbers[] = { (int64_t)all->span_keys[number][i],
					    s->from > from ? s->from : from,
					    s->to < to ? s->to : to };

		if (s->from < to && s->to >= from)
			key = hash_bytes(numbers, sizeof(numbers), key);
	}
	return h->closed < to ? text_key(number_key(key, h->closed), h->close_ticket) : key;
}

/* --- resources --------------------------------------------------------------------------------------------- */
static void
push_span(struct script *s, const struct span *span)
{
	script_table(s);
	script_set_day(s, "from", span->from);
	if (span->to != LEDGER_OPEN_END)
		script_set_day(s, "to", span->to);
	script_set_text(s, "spec", span->words);
	script_set_text(s, "ticket", span->ticket);
	script_set_text(s, "mark", span->mark);
}

/* Where it stands on its unit's page: a backup beside its machine, an id that came again. */
static void
set_anchor(struct script *s, const struct holding *h)
{
	struct buf anchor = BUF_INIT;
	char day[11];

	day_text(h->opened, day);
	buf_printf(&anchor, "%s%s", h->id, h->spans[0].spec.kind[0] != '\0' ? "-b" : "");
	if (h->closed != LEDGER_OPEN_END)
		buf_printf(&anchor, "-%s", day);
	script_set_text(s, "anchor", anchor.ptr);
	buf_release(&anchor);
}

/* Pushes one resource with its course. */
static void
push_holding(struct worker *w, const struct holding *h)
{
	struct script *s = w->script;
	const struct span *last = &h->spans[h->span_count - 1];
	const struct system *system = basis_system(&w->build->basis, h->system);
	size_t i;

	script_table_for(s, 20);
	script_set_text(s, "id", h->id);
	set_anchor(s, h);
	script_set_text(s, "name", h->name);
	script_set_text(s, "type", h->type);
	script_set_text(s, "system", h->system);
	script_set_text(s, "system_id", system == NULL ? "" : system->id);
	script_set_text(s, "tenant_id", h->tenant);
	script_set_bool(s, "held", h->closed == LEDGER_OPEN_END);
	script_set_day(s, "opened", h->opened);
	if (h->closed != LEDGER_OPEN_END) {
		script_set_day(s, "closed", h->closed);
		script_set_text(s, "close_ticket", h->close_ticket);
		script_set_text(s, "close_mark", h->close_mark);
	}
	script_set_integer(s, "vcpu", last->spec.vcpu * last->spec.count);
	script_set_integer(s, "memory_gb", last->spec.memory_gb * last->spec.count);
	script_set_integer(s, "storage_gb", last->spec.storage_gb * last->spec.count);
	script_table(s);
	for (i = 0; i < h->span_count; i++) {
		push_span(s, &h->spans[i]);
		script_append(s);
	}
	script_set(s, "spans");
}

void
set_holdings(struct worker *w, const struct holding *first, size_t count)
{
	size_t i;

	script_table(w->script);
	for (i = 0; i < count; i++) {
		push_holding(w, &first[i]);
		script_append(w->script);
	}
	script_set(w->script, "holdings");
}

static const char *
fill_tenant(struct worker *w, const struct page *page)
{
	const struct run *run = page->subject;

	script_set_text(w->script, "tenant_id", run->first->tenant);
	script_set_text(w->script, "tenant",
			run->tenant == NULL ? run->first->tenant : run->tenant->name);
	set_holdings(w, run->first, run->count);
	return "holdings";
}

/* Sums of a run: how many are held, and how much. */
static void
push_sums(struct worker *w, const struct run *run)
{
	struct script *s = w->script;
	int64_t vcpu = 0, memory = 0, storage = 0, held = 0, gone = 0;
	const struct system *system = basis_system(&w->build->basis, run->first->system);
	size_t i;

	for (i = 0; i < run->count; i++) {
		const struct holding *h = &run->first[i];
		const struct spec *spec = &h->spans[h->span_count - 1].spec;

		gone += h->closed != LEDGER_OPEN_END;
		if (h->closed != LEDGER_OPEN_END)
			continue;
		held++;
		vcpu += spec->vcpu * spec->count;
		memory += spec->memory_gb * spec->count;
		storage += spec->storage_gb * spec->count;
	}
	script_table_for(s, 12);
	script_set_text(s, "tenant_id", run->first->tenant);
	script_set_text(s, "tenant",
			run->tenant == NULL ? run->first->tenant : run->tenant->short_name);
	script_set_text(s, "system", run->first->system);
	script_set_text(s, "system_id", system == NULL ? "" : system->id);
	script_set_integer(s, "held", held);
	script_set_integer(s, "gone", gone);
	script_set_integer(s, "vcpu", vcpu);
	script_set_integer(s, "memory_gb", memory);
	script_set_integer(s, "storage_gb", storage);
}

size_t
holdings_run(const struct build *b, size_t at, bool by_system)
{
	const struct ledger *ledger = &b->holdings->ledger;
	const struct holding *first = &ledger->holdings[at];
	size_t count = 1;

	while (at + count < ledger->holding_count &&
	       strcmp(first[count].tenant, first->tenant) == 0 &&
	       (!by_system || strcmp(first[count].system, first->system) == 0))
		count++;
	return count;
}

static struct run
run_at(const struct build *b, size_t at, bool by_system)
{
	const struct holding *first = &b->holdings->ledger.holdings[at];

	return (struct run){ .first = first,
			     .count = holdings_run(b, at, by_system),
			     .tenant = basis_party(&b->basis, first->tenant) };
}

static const char *
fill_inventory(struct worker *w, const struct page *page)
{
	const struct build *b = w->build;
	const struct ledger *ledger = &b->holdings->ledger;
	size_t i;

	(void)page;
	script_table(w->script);
	for (i = 0; i < ledger->holding_count;) {
		struct run run = run_at(b, i, true);

		push_sums(w, &run);
		script_append(w->script);
		i += run.count;
	}
	script_set(w->script, "systems");
	set_faults(w->script, &ledger->oddities);
	return "inventory";
}

static int
compare_ids(const void *a, const void *b)
{
	const struct holding *x = *(const struct holding *const *)a,
			     *y = *(const struct holding *const *)b;
	int order = strcmp(x->id, y->id);

	return order != 0 ? order : (x > y) - (x < y);
}

static void
sort_held(struct holdings *h)
{
	size_t n = 0, i;

	h->held = xcalloc(h->held_count + 1, sizeof(*h->held));
	for (i = 0; i < h->ledger.holding_count; i++) {
		if (h->ledger.holdings[i].closed == LEDGER_OPEN_END)
			h->held[n++] = &h->ledger.holdings[i];
	}
	qsort(h->held, n, sizeof(*h->held), compare_ids);
}

/* One page of the list of all that is held, by id. */
static const char *
fill_machines(struct worker *w, const struct page *page)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct holdings *h = w->build->holdings;
	const struct run *run = page->subject;
	size_t i;

	pthread_mutex_lock(&lock);
	if (h->held == NULL)
		sort_held(h);
	pthread_mutex_unlock(&lock);
	script_table(w->script);
	for (i = run->page * MACHINES_PAGE;
	     i < h->held_count && i < (run->page + 1) * MACHINES_PAGE; i++) {
		push_holding(w, h->held[i]);
		script_append(w->script);
	}
	script_set(w->script, "holdings");
	script_set_integer(w->script, "number", (int64_t)run->page + 1);
	script_set_integer(w->script, "pages", (int64_t)run->pages);
	script_set_integer(w->script, "held", (int64_t)h->held_count);
	return "machines";
}

/* --- the plan ---------------------------------------------------------------------------------------------- */
uint64_t
holdings_key_of(const struct build *b, const struct holding *first, size_t count, uint64_t key)
{
	size_t i;

	for (i = 0; i < count; i++)
		key = holding_key(b->holdings, key, &first[i], INT32_MIN, INT32_MAX);
	return key;
}

static void
plan_inventory(struct build *b, uint64_t key)
{
	struct holdings *h = b->holdings;
	const struct ledger *ledger = &h->ledger;
	size_t i, n;
	uint64_t all = key;

	for (i = 0; i < ledger->holding_count;) {
		struct run *run = arena_alloc(&b->arena, sizeof(*run));
		uint64_t own;

		*run = run_at(b, i, false);
		own = holdings_key_of(b, run->first, run->count, key);
		all = number_key(all, (int64_t)own);
		/* A tenant's id names the file: only one that the register has may. */
		if (run->tenant != NULL)
			add_page(b,
				 arena_printf(&b->arena, "inventory/%s.html", run->first->tenant),
				 own, fill_tenant, run);
		i += run->count;
	}
	for (i = 0; i < ledger->holding_count; i++)
		h->held_count += ledger->holdings[i].closed == LEDGER_OPEN_END;
	for (i = 0; i < ledger->oddities.count; i++)
		all = text_key(all, ledger->oddities.items[i].message);
	add_page(b, "inventory/index.html", all, fill_inventory, NULL);
	n = h->held_count == 0 ? 1 : (h->held_count + MACHINES_PAGE - 1) / MACHINES_PAGE;
	for (i = 0; i < n; i++) {
		struct run *run = arena_alloc(&b->arena, sizeof(*run));

		run->page = i;
		run->pages = n;
		add_page(b, arena_printf(&b->arena, "inventory/all-%zu.html", i + 1), all,
			 fill_machines, run);
	}
}

void
plan_holdings(struct build *b)
{
	uint64_t key = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key);

	plan_inventory(b, key);
}

/* --- for other pages ---------------------------------------------------------------------------------------- */
/* The holdings of a system; they lie together. */
const struct holding *
holdings_of_system(const struct build *b, const struct system *system, size_t *count)
{
	const struct ledger *ledger = &b->holdings->ledger;
	size_t at = (size_t)map_find(&b->holdings->by_system, system->name), n = at;

	while (n > 0 && n <= ledger->holding_count &&
	       strcmp(ledger->holdings[n - 1].system, system->name) == 0)
		n++;
	*count = n - at;
	return at == 0 ? NULL : &ledger->holdings[at - 1];
}

const struct ledger *
holdings_ledger(const struct build *b)
{
	return &b->holdings->ledger;
}

uint64_t
holdings_key_between(const struct build *b, uint64_t key, int32_t from, int32_t to)
{
	const struct ledger *ledger = &b->holdings->ledger;
	size_t i;

	for (i = 0; i < ledger->holding_count; i++)
		key = holding_key(b->holdings, key, &ledger->holdings[i], from, to + 1);
	return key;
}

uint64_t
holdings_key_of_system(const struct build *b, const struct system *system, uint64_t key)
{
	size_t count;
	const struct holding *first = holdings_of_system(b, system, &count);

	return holdings_key_of(b, first, count, key);
}
