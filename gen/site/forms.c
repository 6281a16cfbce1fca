/* Forms without git: a page for each form, and for each step that an opening party takes; the law
 * and the registers as scripts for them; and what such a page must know of a ticket. */
#include <stdlib.h>
#include <string.h>

#include "seal/digest.h"
#include "site/site_internal.h"

/* What one page lets a person do: open a ticket, take one step of it, or fill one form for itself. */
struct hand {
	const char *name; /* forms/<name>.html */
	const struct flow *flow;
	const struct stage *stage; /* opening: the first; NULL: a form alone */
	const struct form *form;   /* the form alone */
	bool opening;
};

struct hands {
	struct build *b;
	struct hand *items;
	size_t count, cap;
};

/* Parties without the kit are of the kinds that open tickets and of which there are many. */
static const struct party_kind *
slip_kind(const struct flow *flow)
{
	size_t i;

	for (i = 0; i < flow->open_count; i++) {
		if (flow->opens[i]->only == 0)
			return flow->opens[i];
	}
	return NULL;
}

static bool
takes_slips(const struct flow *flow, const struct stage *stage)
{
	const struct party_kind *kind = slip_kind(flow);
	size_t i;

	for (i = 0; kind != NULL && !stage->each && i < stage->party_count; i++) {
		if (stage->parties[i] == kind)
			return true;
	}
	return false;
}

/* The first stages in one hand are filled together, as `new` does. */
static size_t
opening_stages(const struct flow *flow)
{
	size_t n = 0;

	while (n < flow->stage_count && takes_slips(flow, &flow->stages[n]))
		n++;
	return n;
}

static struct hand *
add_hand(struct hands *h, const struct flow *flow, const struct stage *stage, const char *name)
{
	struct hand hand = { .name = name, .flow = flow, .stage = stage };

	vec_push(h->items, h->count, h->cap, hand);
	return &h->items[h->count - 1];
}

static bool
has_hand(const struct hands *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->count; i++) {
		if (strcmp(h->items[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The page of a step is named after the form it fills, else after the step. */
static const char *
hand_name(struct hands *h, const struct flow *flow, size_t first, size_t last)
{
	size_t i;

	for (i = first; i < last; i++) {
		if (flow->stages[i].form_count > 0 && !has_hand(h, flow->stages[i].forms[0]))
			return flow->stages[i].forms[0];
	}
	return arena_printf(&h->b->arena, "%s-%s", flow->id, flow->stages[first].id);
}

static void
flow_hands(struct hands *h, const struct flow *flow)
{
	size_t opening = opening_stages(flow), i;

	if (opening > 0)
		add_hand(h, flow, &flow->stages[0], hand_name(h, flow, 0, opening))->opening = true;
	for (i = opening; i < flow->stage_count; i++) {
		if (!flow->stages[i].end && takes_slips(flow, &flow->stages[i]))
			add_hand(h, flow, &flow->stages[i], hand_name(h, flow, i, i + 1));
	}
}

/* Every other form can be printed, and filled to be printed. */
static void
lone_forms(struct hands *h, const struct flow *flow)
{
	const struct law *law = h->b->basis.law;
	size_t i, k;

	for (i = 0; i < flow->stage_count; i++) {
		for (k = 0; k < flow->stages[i].form_count; k++) {
			const char *id = flow->stages[i].forms[k];

			if (!has_hand(h, id))
				add_hand(h, flow, NULL, id)->form = law_form(law, id);
		}
	}
}

static struct hands *
all_hands(struct build *b)
{
	struct hands *h = arena_alloc(&b->arena, sizeof(*h));
	size_t count, i;
	const struct flow *flows = law_flows(b->basis.law, &count);

	h->b = b;
	for (i = 0; i < count; i++)
		flow_hands(h, &flows[i]);
	for (i = 0; i < count; i++)
		lone_forms(h, &flows[i]);
	return h;
}

static const struct hand *
hand_of(const struct hands *h, const struct flow *flow, const struct stage *stage)
{
	size_t i;

	for (i = 0; i < h->count; i++) {
		const struct hand *hand = &h->items[i];

		if (hand->flow != flow || hand->stage == NULL)
			continue;
		if (hand->stage == stage ||
		    (hand->opening && (size_t)stage->number < opening_stages(flow)))
			return hand;
	}
	return NULL;
}

/* Where the ticket waits for its tenant: the page on which the tenant takes the step, or NULL. A page
 * that is made for itself (site_tickets) has no other pages to lead to. */
static const struct hand *
hand_of_card(const struct build *b, const struct card *card)
{
	const struct step *present = trail_present(&card->trail);
	size_t i;

	if (b->hands == NULL || card->trail.flow == NULL || card->tenant == NULL ||
	    present == NULL || present->stage == NULL || present->stage->end)
		return NULL;
	for (i = 0; i < card->turn_count; i++) {
		if (card->turns[i] == card->tenant)
			return hand_of(b->hands, card->trail.flow, present->stage);
	}
	return NULL;
}

const char *
slip_page(const struct build *b, const struct card *card)
{
	const struct hand *hand = hand_of_card(b, card);

	return hand == NULL ? NULL : hand->name;
}

/* --- the pages ------------------------------------------------------------------------------------------ */
static void
push_hand(struct script *s, const struct hand *hand)
{
	size_t i, count = hand->opening ? opening_stages(hand->flow) : 1;

	script_table(s);
	script_set_text(s, "name", hand->name);
	script_set_text(s, "flow", hand->flow->id);
	script_set_text(s, "form", hand->form == NULL ? NULL : hand->form->id);
	script_set_bool(s, "opening", hand->opening);
	script_table(s);
	for (i = 0; hand->stage != NULL && i < count; i++)
		script_append_text(s, hand->stage[i].id);
	script_set(s, "stages");
}

static const char *
fill_hand(struct worker *w, const struct page *page)
{
	push_hand(w->script, page->subject);
	script_set(w->script, "hand");
	return "fill";
}

static const char *
fill_contents(struct worker *w, const struct page *page)
{
	const struct hands *h = page->subject;
	size_t i;

	script_table(w->script);
	for (i = 0; i < h->count; i++) {
		push_hand(w->script, &h->items[i]);
		script_append(w->script);
	}
	script_set(w->script, "hands");
	return "forms";
}

static const char *
fill_named(struct worker *w, const struct page *page)
{
	(void)w;
	return page->note;
}

/* --- the registers -------------------------------------------------------------------------------------- */
/* The page knows an address again without the dashboard showing it: half of its SHA-256. */
static int
set_address_mark(struct worker *w, const char *email)
{
	struct digests digests;
	char *lower = xstrndup(email, strlen(email)), *p;
	int rc;

	for (p = lower; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	rc = digests_of(lower, strlen(lower), &digests, w->err);
	free(lower);
	if (rc != 0)
		return -1;
	digests.sha256[32] = '\0';
	script_set_text(w->script, "mark", digests.sha256);
	return 0;
}

static int
push_slip_party(struct worker *w, const struct party *party)
{
	struct script *s = w->script;
	int32_t today = day_of(w->build->options->now);
	size_t i;

	script_table(s);
	script_set_text(s, "id", party->id);
	script_set_text(s, "name", party->name);
	script_set_text(s, "level", party->level);
	script_set_text(s, "county", party->county);
	script_table(s);
	for (i = 0; i < party->officer_count; i++) {
		const struct officer *o = &party->officers[i];

		if (today > o->to)
			continue;
		script_table(s);
		script_set_text(s, "name", o->name);
		if (set_address_mark(w, o->email) != 0)
			return -1;
		script_append(s);
	}
	script_set(s, "officers");
	return 0;
}

/* Who opens tickets, and who owns a system whatever its kind. */
static bool
may_open(const struct build *b, const struct party *party)
{
	const struct registers *r = b->basis.registers;
	size_t count, i;
	const struct flow *flows = law_flows(b->basis.law, &count);

	for (i = 0; i < count; i++) {
		if (slip_kind(&flows[i]) != NULL &&
		    strcmp(slip_kind(&flows[i])->id, party->kind) == 0)
			return true;
	}
	for (i = 0; i < r->system_count; i++) {
		if (strcmp(r->systems[i].tenant, party->id) == 0)
			return true;
	}
	return false;
}

/* Whether its number may be one that a new ticket of today would take. */
static bool
is_of_today(const struct build *b, const struct card *card)
{
	const char *dash = strchr(card->trail.id, '-');
	char day[11], digits[9];

	day_text(day_of(b->options->now), day);
	snprintf(digits, sizeof(digits), "%.4s%.2s%.2s", day, day + 5, day + 8);
	return dash != NULL && strncmp(dash + 1, digits, 8) >= 0;
}

static void
set_taken(struct worker *w)
{
	const struct build *b = w->build;
	size_t i;

	script_table(w->script);
	for (i = 0; i < b->card_count; i++) {
		if (is_of_today(b, &b->cards[i]))
			script_append_text(w->script, b->cards[i].trail.id);
	}
	script_set(w->script, "taken");
}

/* The registers, who is in office today, and the numbers taken. */
static uint64_t
registers_page_key(const struct build *b)
{
	int32_t today = day_of(b->options->now);
	uint64_t key = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key);
	size_t i;

	key = hash_bytes(&today, sizeof(today), key);
	for (i = 0; i < b->card_count; i++) {
		if (is_of_today(b, &b->cards[i]))
			key = text_key(key, b->cards[i].trail.id);
	}
	return key;
}

static const char *
fill_registers(struct worker *w, const struct page *page)
{
	const struct registers *r = w->build->basis.registers;
	struct script *s = w->script;
	size_t i;

	(void)page;
	script_table(s);
	for (i = 0; i < r->party_count; i++) {
		if (!may_open(w->build, &r->parties[i]))
			continue;
		if (push_slip_party(w, &r->parties[i]) != 0)
			return NULL;
		script_append(s);
	}
	script_set(s, "parties");
	script_table(s);
	for (i = 0; i < r->system_count; i++) {
		script_table_for(s, 2);
		script_set_text(s, "name", r->systems[i].name);
		script_set_text(s, "tenant", r->systems[i].tenant);
		script_append(s);
	}
	script_set(s, "systems");
	script_set_integer(s, "mail_bytes", r->site.mail_bytes);
	set_taken(w);
	return "registers";
}

/* --- a ticket that waits for its tenant -------------------------------------------------------------------- */
static const char *
fill_waiting(struct worker *w, const struct page *page)
{
	const struct card *card = page->subject;
	const struct trail *t = &card->trail;
	struct script *s = w->script;
	char hex[OID_HEX];

	script_table(s);
	script_set_text(s, "id", t->id);
	script_set_text(s, "path", card->path);
	script_set_text(s, "flow", t->flow_id);
	script_set_text(s, "stage", trail_present(t)->stage_id);
	script_set_text(s, "tenant", card->tenant->id);
	script_set_text(s, "level", t->county ? "county" : "city");
	oid_hex(&log_commit_at(w->build->log, t->last->commit)->oid, hex);
	script_set_text(s, "base", hex);
	set_clock(s, trail_present(t));
	if (set_front(w, t, NULL) != 0)
		return NULL;
	script_set(s, "ticket");
	return "waiting";
}

static void
plan_waiting(struct build *b)
{
	size_t i;

	for (i = 0; i < b->card_count; i++) {
		if (hand_of_card(b, &b->cards[i]) != NULL)
			add_page(b,
				 arena_printf(&b->arena, "forms/tickets/%s.js",
					      b->cards[i].trail.id),
				 b->cards[i].key + 1, fill_waiting, &b->cards[i]);
	}
}

/* --- all of them ---------------------------------------------------------------------------------------------- */
void
plan_hands(struct build *b)
{
	b->hands = all_hands(b);
}

void
plan_form_pages(struct build *b)
{
	static const struct {
		const char *path, *name;
	} named[] = { { "inspect.html", "inspect" },
		      { "forms/law.js", "law" },
		      { "forms/slips.css", "slips" } };
	const struct hands *h = b->hands;
	size_t i;

	for (i = 0; i < h->count; i++)
		add_page(b, arena_printf(&b->arena, "forms/%s.html", h->items[i].name), b->site_key,
			 fill_hand, &h->items[i]);
	add_page(b, "forms/index.html", b->site_key, fill_contents, h);
	for (i = 0; i < sizeof(named) / sizeof(*named); i++)
		add_page(b, named[i].path, b->site_key, fill_named, NULL)->note = named[i].name;
	add_page(b, "forms/registers.js", registers_page_key(b), fill_registers, NULL);
	plan_waiting(b);
}

void
hands_release(struct build *b)
{
	if (b->hands != NULL)
		free(b->hands->items);
}
