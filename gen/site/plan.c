/* Which pages there are, what stands in each, and the key of all it shows. */
#include <stdlib.h>
#include <string.h>

#include "site/site_internal.h"
#include "trail/report.h"

uint64_t
text_key(uint64_t key, const char *text)
{
	return hash_bytes(text, strlen(text), key);
}

uint64_t
number_key(uint64_t key, int64_t number)
{
	return hash_bytes(&number, sizeof(number), key);
}

struct page *
add_page(struct build *b, const char *path, uint64_t key,
	 const char *(*fill)(struct worker *, const struct page *), const void *subject)
{
	struct page page = { .path = arena_strdup(&b->arena, path),
			     .key = text_key(key, path),
			     .fill = fill,
			     .subject = subject };

	vec_push(b->pages, b->page_count, b->page_cap, page);
	return &b->pages[b->page_count - 1];
}

/* --- lists: cards by what they have in common --------------------------------------------------------- */
struct group {
	char *path;
	const char *title, *note;
	const struct card **cards;
	size_t count, cap;
};

struct groups {
	struct build *b;
	struct group **items;
	size_t count, cap;
	struct map by_path;
};

static struct group *
group_of(struct groups *g, const char *path, const char *title, const char *note)
{
	struct group *group = map_find(&g->by_path, path);

	if (group != NULL)
		return group;
	group = arena_alloc(&g->b->arena, sizeof(*group));
	group->path = arena_strdup(&g->b->arena, path);
	group->title = arena_strdup(&g->b->arena, title);
	group->note = arena_strdup(&g->b->arena, note);
	map_put(&g->by_path, group->path, group);
	vec_push(g->items, g->count, g->cap, group);
	return group;
}

static void
join(struct groups *g, const struct card *card, const char *path, const char *title,
     const char *note)
{
	struct group *group = group_of(g, path, title, note);

	vec_push(group->cards, group->count, group->cap, card);
}

static bool
is_open(const struct card *card)
{
	return card->trail.state != TRAIL_CLOSED && card->trail.state != TRAIL_CANCELLED;
}

static void
join_lists(struct groups *g, const struct card *card)
{
	const struct trail *t = &card->trail;
	char path[512], title[512];
	size_t i;

	snprintf(path, sizeof(path), "list/%s.html", card->month);
	snprintf(title, sizeof(title), "%s 的工单", card->month);
	join(g, card, path, title, "month");
	if (t->flow != NULL) {
		snprintf(path, sizeof(path), "list/%s-%s.html", t->flow_id, card->year);
		snprintf(title, sizeof(title), "%s · %s 年", t->flow->name, card->year);
		join(g, card, path, title, "flow");
	}
	if (is_open(card)) {
		snprintf(path, sizeof(path), "list/state-%s.html", trail_state_ids[t->state]);
		snprintf(title, sizeof(title), "%s的工单", trail_state_names[t->state]);
	} else {
		snprintf(path, sizeof(path), "list/state-%s-%s.html", trail_state_ids[t->state],
			 card->year);
		snprintf(title, sizeof(title), "%s的工单 · %s 年", trail_state_names[t->state],
			 card->year);
	}
	join(g, card, path, title, "state");
	if (t->late_steps > 0) {
		snprintf(path, sizeof(path), "late/%s.html", card->year);
		snprintf(title, sizeof(title), "逾期记录 · %s 年", card->year);
		join(g, card, path, title, "late");
	}
	if (card->tenant != NULL) {
		snprintf(path, sizeof(path), "parties/%s.html", card->tenant->id);
		join(g, card, path, card->tenant->name, "party");
	}
	for (i = 0; is_open(card) && i < card->turn_count; i++) {
		if (card->turns[i] == NULL)
			continue;
		snprintf(path, sizeof(path), "todo/%s.html", card->turns[i]->id);
		join(g, card, path, card->turns[i]->name, "todo");
	}
}

static int
compare_pressing(const void *a, const void *b)
{
	const struct card *x = *(const struct card *const *)a, *y = *(const struct card *const *)b;

	return trail_compare_pressing(&x->trail, &y->trail);
}

static uint64_t
cards_key(const struct build *b, const struct card **cards, size_t count)
{
	uint64_t key = b->site_key;
	size_t i;

	for (i = 0; i < count; i++)
		key = hash_bytes(&cards[i]->key, sizeof(cards[i]->key), key);
	return key;
}

/* Pushes rows: what is rendered already, as text; lists emit it raw. */
static void
set_rows(struct worker *w, const struct page *page)
{
	size_t i;

	script_table(w->script);
	for (i = 0; i < page->card_count; i++)
		script_append_text(w->script, page->cards[i]->row);
	script_set(w->script, "rows");
}

static const char *
fill_list(struct worker *w, const struct page *page)
{
	script_set_text(w->script, "title", page->title);
	script_set_text(w->script, "kind", page->note);
	set_rows(w, page);
	return "list";
}

/* --- parties ------------------------------------------------------------------------------------------------ */
static void
push_party(struct worker *w, const struct party *party, bool with_officers)
{
	struct script *s = w->script;
	const struct party_kind *kind = law_party(w->build->basis.law, party->kind);
	size_t i;

	script_table(s);
	script_set_text(s, "id", party->id);
	script_set_text(s, "name", party->name);
	script_set_text(s, "short", party->short_name);
	script_set_text(s, "kind", party->kind);
	script_set_text(s, "kind_name", kind == NULL ? party->kind : kind->name);
	script_set_text(s, "level", party->level);
	script_set_text(s, "county", party->county);
	script_table(s);
	for (i = 0; with_officers && i < party->officer_count; i++) {
		const struct officer *o = &party->officers[i];

		script_table(s);
		script_set_text(s, "name", o->name);
		script_set_text(s, "post", o->post);
		script_set_day(s, "from", o->from);
		if (o->to != INT32_MAX)
			script_set_day(s, "to", o->to);
		script_append(s);
	}
	script_set(s, "officers");
}

static const char *
fill_party(struct worker *w, const struct page *page)
{
	const struct party *party = page->subject;
	const struct registers *r = w->build->basis.registers;
	size_t i;

	push_party(w, party, true);
	script_set(w->script, "party");
	script_table(w->script);
	for (i = 0; i < r->system_count; i++) {
		if (strcmp(r->systems[i].tenant, party->id) != 0)
			continue;
		script_table(w->script);
		script_set_text(w->script, "id", r->systems[i].id);
		script_set_text(w->script, "name", r->systems[i].name);
		script_append(w->script);
	}
	script_set(w->script, "systems");
	set_rows(w, page);
	return "party";
}

static const char *
fill_todo(struct worker *w, const struct page *page)
{
	push_party(w, page->subject, false);
	script_set(w->script, "party");
	set_rows(w, page);
	return "todo";
}

static const char *
fill_parties(struct worker *w, const struct page *page)
{
	const struct build *b = w->build;
	const struct registers *r = b->basis.registers;
	size_t *open = xcalloc(r->party_count + 1, sizeof(*open)), i, k;

	(void)page;
	for (i = 0; i < b->card_count; i++) {
		for (k = 0; is_open(&b->cards[i]) && k < b->cards[i].turn_count; k++) {
			if (b->cards[i].turns[k] != NULL)
				open[b->cards[i].turns[k] - r->parties]++;
		}
	}
	script_table(w->script);
	for (i = 0; i < r->party_count; i++) {
		push_party(w, &r->parties[i], false);
		script_set_integer(w->script, "open", (int64_t)open[i]);
		script_append(w->script);
	}
	script_set(w->script, "parties");
	free(open);
	return "parties";
}

/* --- systems ------------------------------------------------------------------------------------------------ */
static void
push_system(struct worker *w, const struct system *system)
{
	const struct party *tenant = basis_party(&w->build->basis, system->tenant);
	int64_t since = (int64_t)(intptr_t)map_find(&w->build->online, system->name);

	script_table(w->script);
	script_set_text(w->script, "id", system->id);
	script_set_text(w->script, "name", system->name);
	script_set_text(w->script, "tenant_id", system->tenant);
	script_set_text(w->script, "tenant", tenant == NULL ? system->tenant : tenant->short_name);
	law_push_values(w->script, system->doc.front);
	script_set(w->script, "values");
	set_days_left(w->script, system->doc.front, day_of(w->build->options->now));
	if (since != 0) {
		script_set_day(w->script, "online", day_of(since));
		script_set_integer(w->script, "online_days",
				   day_of(w->build->options->now) - day_of(since));
	}
}

static const char *
fill_system(struct worker *w, const struct page *page)
{
	const struct system *system = page->subject;
	const struct holding *held;
	struct buf html = BUF_INIT;
	size_t count;

	push_system(w, system);
	markdown_html(&html, system->doc.body, system->doc.body_len, 1);
	script_bytes(w->script, html.ptr, html.len);
	script_set(w->script, "body");
	buf_release(&html);
	script_set(w->script, "system");
	held = holdings_of_system(w->build, system, &count);
	set_holdings(w, held, count);
	set_rows(w, page);
	return "system";
}

static const char *
fill_systems(struct worker *w, const struct page *page)
{
	const struct registers *r = w->build->basis.registers;
	size_t i;

	(void)page;
	script_table(w->script);
	for (i = 0; i < r->system_count; i++) {
		push_system(w, &r->systems[i]);
		script_append(w->script);
	}
	script_set(w->script, "systems");
	return "systems";
}

/* --- overview, directory of lists, late steps --------------------------------------------------------------- */
/* Sets `key` to the cards that `wanted` picks. */
static void
set_cards(struct worker *w, const char *key, bool (*wanted)(const struct card *))
{
	struct build *b = w->build;
	size_t i;

	script_table(w->script);
	for (i = 0; i < b->card_count; i++) {
		if (!wanted(&b->cards[i]))
			continue;
		card_push(w->script, b, &b->cards[i]);
		script_append(w->script);
	}
	script_set(w->script, key);
}

static bool
worth_a_word(const struct card *card)
{
	const struct step *present = trail_present(&card->trail);

	return is_open(card) && (card->trail.late_steps > 0 || present->due.kind == DUE_UNKNOWN ||
				 (present->due.kind == DUE_PROMPT && present->used_days > 0));
}

/* Sets due (the most pressing ones) and due_total. */
static void
set_due(struct worker *w, size_t most)
{
	struct build *b = w->build;
	const struct card **due = xcalloc(b->card_count + 1, sizeof(*due));
	size_t count = 0, i;

	for (i = 0; i < b->card_count; i++) {
		if (b->cards[i].trail.state == TRAIL_LATE || b->cards[i].trail.state == TRAIL_SOON)
			due[count++] = &b->cards[i];
	}
	qsort(due, count, sizeof(*due), compare_pressing);
	script_table(w->script);
	for (i = 0; i < count && i < most; i++) {
		card_push(w->script, b, due[i]);
		script_append(w->script);
	}
	script_set(w->script, "due");
	script_set_integer(w->script, "due_total", (int64_t)count);
	free(due);
}

/* Sets turns: for each party what waits for it, by state. */
static void
set_turns(struct worker *w)
{
	struct build *b = w->build;
	const struct registers *r = b->basis.registers;
	size_t(*counts)[TRAIL_STATE_COUNT] = xcalloc(r->party_count + 1, sizeof(*counts)), i, k;
	int s;

	for (i = 0; i < b->card_count; i++) {
		for (k = 0; is_open(&b->cards[i]) && k < b->cards[i].turn_count; k++) {
			if (b->cards[i].turns[k] != NULL)
				counts[b->cards[i].turns[k] - r->parties]
				      [b->cards[i].trail.state]++;
		}
	}
	script_table(w->script);
	for (i = 0; i < r->party_count; i++) {
		size_t all = counts[i][TRAIL_LATE] + counts[i][TRAIL_SOON] + counts[i][TRAIL_OPEN] +
			     counts[i][TRAIL_WAITING];

		if (all == 0)
			continue;
		script_table(w->script);
		script_set_text(w->script, "id", r->parties[i].id);
		script_set_text(w->script, "name", r->parties[i].short_name);
		script_set_integer(w->script, "n", (int64_t)all);
		for (s = TRAIL_OPEN; s <= TRAIL_WAITING; s++)
			script_set_integer(w->script, trail_state_ids[s], (int64_t)counts[i][s]);
		script_append(w->script);
	}
	script_set(w->script, "turns");
	free(counts);
}

struct tally {
	size_t states[TRAIL_STATE_COUNT], late_steps, steps;
};

/* Sets `key` to { flow or month -> { state -> count } }. */
static void
set_tallies(struct worker *w, const char *key, bool by_month)
{
	struct build *b = w->build;
	struct map tallies = { 0 };
	size_t i, k;
	int s;

	for (i = 0; i < b->card_count; i++) {
		const struct card *card = &b->cards[i];
		const char *name = by_month ? card->month : card->trail.flow_id;
		struct tally *tally = map_find(&tallies, name);

		if (tally == NULL) {
			tally = arena_alloc(&w->arena, sizeof(*tally));
			map_put(&tallies, name, tally);
		}
		tally->states[card->trail.state]++;
		tally->late_steps += (size_t)card->trail.late_steps;
		tally->steps += card->trail.step_count;
	}
	script_table(w->script);
	for (k = 0; k < tallies.count; k++) {
		const struct tally *tally = tallies.entries[k].value;

		script_table(w->script);
		script_set_text(w->script, "name", tallies.entries[k].key);
		for (s = 0; s < TRAIL_STATE_COUNT; s++)
			script_set_integer(w->script, trail_state_ids[s],
					   (int64_t)tally->states[s]);
		script_set_integer(w->script, "late_steps", (int64_t)tally->late_steps);
		script_append(w->script);
	}
	script_set(w->script, key);
	map_release(&tallies);
}

static void
set_groups(struct worker *w, const struct page *page)
{
	const struct groups *g = page->subject;
	size_t i;

	script_table(w->script);
	for (i = 0; i < g->count; i++) {
		script_table(w->script);
		script_set_text(w->script, "path", g->items[i]->path);
		script_set_text(w->script, "title", g->items[i]->title);
		script_set_text(w->script, "kind", g->items[i]->note);
		script_set_integer(w->script, "count", (int64_t)g->items[i]->count);
		script_append(w->script);
	}
	script_set(w->script, "groups");
}

static const char *
fill_overview(struct worker *w, const struct page *page)
{
	set_groups(w, page);
	set_due(w, 20);
	set_turns(w);
	set_tallies(w, "flows", false);
	set_tallies(w, "months", true);
	script_set_integer(w->script, "total", (int64_t)w->build->card_count);
	return "overview";
}

static const char *
fill_directory(struct worker *w, const struct page *page)
{
	set_groups(w, page);
	return "directory";
}

/* Each late step of the year's tickets, with what is owed for it. */
static const char *
fill_late(struct worker *w, const struct page *page)
{
	struct script *s = w->script;
	size_t i, k;

	script_set_text(s, "title", page->title);
	script_table(s);
	for (i = 0; i < page->card_count; i++) {
		const struct trail *t = &page->cards[i]->trail;

		for (k = 0; k < t->step_count; k++) {
			const struct step *step = &t->steps[k];

			if (!step->late)
				continue;
			card_push(s, w->build, page->cards[i]);
			script_set_text(s, "late_stage", step->stage->name);
			script_set_text(s, "late_stage_id", step->stage_id);
			script_set_text(s, "late_article", step->stage->article);
			script_set_day(s, "late_due", step->due.day);
			if (step->left != NULL)
				script_set_moment(s, "late_left", step->left->time);
			script_set_integer(s, "late_days", step->late_days);
			script_set_text(s, "late_reason", late_reason(&w->arena, t, step));
			script_append(s);
		}
	}
	script_set(s, "late");
	return "late";
}

static const char *
fill_reminders(struct worker *w, const struct page *page)
{
	fill_systems(w, page);
	set_cards(w, "open", worth_a_word);
	set_groups(w, page);
	return "reminders";
}

/* --- flows and what Lua alone knows ---------------------------------------------------------------------------- */
static const char *
fill_flow(struct worker *w, const struct page *page)
{
	const struct flow *flow = page->subject;

	script_set_text(w->script, "flow", flow->id);
	set_chart(w, flow, NULL);
	return "flow";
}

static const char *
fill_named(struct worker *w, const struct page *page)
{
	(void)w;
	return page->note;
}

/* --- all of them --------------------------------------------------------------------------------------------------- */
static void
list_page(struct build *b, const struct group *group)
{
	const char *(*fill)(struct worker *, const struct page *) =
	    strcmp(group->note, "late") == 0 ? fill_late : fill_list;
	struct page *page =
	    add_page(b, group->path, cards_key(b, group->cards, group->count), fill, NULL);

	page->cards = group->cards;
	page->card_count = group->count;
	page->title = group->title;
	page->note = group->note;
}

/* A party has its two pages whether it has tickets or not. */
static void
party_pages(struct build *b, struct groups *g)
{
	const struct registers *r = b->basis.registers;
	uint64_t key = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key);
	size_t i;
	int k;

	for (i = 0; i < r->party_count; i++) {
		for (k = 0; k < 2; k++) {
			const char *path =
			    arena_printf(&b->arena, "%s/%s.html", k == 0 ? "parties" : "todo",
					 r->parties[i].id);
			const struct group *group = map_find(&g->by_path, path);
			struct page *page =
			    add_page(b, path, key, k == 0 ? fill_party : fill_todo, &r->parties[i]);

			if (group == NULL)
				continue;
			if (k == 1)
				qsort(group->cards, group->count, sizeof(*group->cards),
				      compare_pressing);
			page->cards = group->cards;
			page->card_count = group->count;
			page->key ^= cards_key(b, group->cards, group->count);
		}
	}
}

static int
compare_systems(const void *a, const void *b)
{
	const struct card *x = *(const struct card *const *)a, *y = *(const struct card *const *)b;
	int order = strcmp(x->trail.system, y->trail.system);

	return order != 0 ? order : -strcmp(x->trail.folder, y->trail.folder);
}

/* Cards sorted by system once, so that each system finds its own as a run. */
static void
system_pages(struct build *b)
{
	const struct registers *r = b->basis.registers;
	const struct card **sorted = arena_alloc(&b->arena, (b->card_count + 1) * sizeof(*sorted));
	uint64_t key = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key);
	int32_t today = day_of(b->options->now);
	struct map runs = { 0 };
	size_t i, n;

	for (i = 0; i < b->card_count; i++)
		sorted[i] = &b->cards[i];
	if (b->card_count > 0)
		qsort(sorted, b->card_count, sizeof(*sorted), compare_systems);
	for (i = b->card_count; i > 0; i--)
		map_put(&runs, sorted[i - 1]->trail.system, (void *)i);
	for (i = 0; i < r->system_count; i++) {
		size_t first = (size_t)map_find(&runs, r->systems[i].name);
		struct page *page =
		    add_page(b, arena_printf(&b->arena, "systems/%s.html", r->systems[i].id),
			     hash_bytes(&today, sizeof(today), key), fill_system, &r->systems[i]);

		for (n = 0; first > 0 && first - 1 + n < b->card_count &&
			    strcmp(sorted[first - 1 + n]->trail.system, r->systems[i].name) == 0;
		     n++)
			;
		page->cards = first > 0 ? sorted + first - 1 : NULL;
		page->card_count = n;
		page->key ^= cards_key(b, page->cards, n);
		page->key = holdings_key_of_system(b, &r->systems[i], page->key);
	}
	map_release(&runs);
}

static void
single_pages(struct build *b, struct groups *g, uint64_t all)
{
	static const char *const named[] = { "regulation", "readings", "flows" };
	const struct flow *flows;
	size_t count, i;

	add_page(b, "index.html", all, fill_overview, g);
	add_page(b, "list/index.html", all + 1, fill_directory, g);
	add_page(b, "reminders.html", all + 2, fill_reminders, g);
	add_page(b, "handovers.html", all + 6, fill_handovers, NULL);
	add_page(b, "systems/index.html", all + 3, fill_systems, g);
	add_page(b, "parties/index.html", all + 4, fill_parties, g);
	for (i = 0; i < sizeof(named) / sizeof(*named); i++)
		add_page(b,
			 i == 2 ? "flows/index.html" : arena_printf(&b->arena, "%s.html", named[i]),
			 b->site_key, fill_named, NULL)
		    ->note = named[i];
	flows = law_flows(b->basis.law, &count);
	for (i = 0; i < count; i++)
		add_page(b, arena_printf(&b->arena, "flows/%s.html", flows[i].id), b->site_key,
			 fill_flow, &flows[i]);
}

void
plan_pages(struct build *b)
{
	struct groups *g = arena_alloc(&b->arena, sizeof(*g));
	uint64_t all = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key);
	size_t i;

	g->b = b;
	plan_hands(b);
	all = text_key(all, b->asof);
	all = text_key(all, b->head_short);
	/* What looks at all tickets takes longest, so it begins first. */
	plan_watch(b);
	single_pages(b, g, all);
	plan_reports(b);
	plan_bills(b);
	for (i = 0; i < b->card_count; i++) {
		join_lists(g, &b->cards[i]);
		add_page(b, b->cards[i].path, b->cards[i].key, fill_ticket, &b->cards[i]);
	}
	for (i = 0; i < g->count; i++) {
		if (!text_starts(g->items[i]->path, "parties/") &&
		    !text_starts(g->items[i]->path, "todo/"))
			list_page(b, g->items[i]);
	}
	party_pages(b, g);
	system_pages(b);
	plan_form_pages(b);
	plan_assets(b);
	plan_holdings(b);
	plan_text_pages(b);
	b->groups = g;
}

void
plan_release(struct build *b)
{
	struct groups *g = b->groups;
	size_t i;

	for (i = 0; g != NULL && i < g->count; i++)
		free(g->items[i]->cards);
	if (g != NULL) {
		free(g->items);
		map_release(&g->by_path);
	}
	hands_release(b);
	free(b->text_pages);
	free(b->pages);
}
