/* The documents of the index, each worked out once and kept until it changes. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "site/search_internal.h"

/* Part of every key: how documents are cut and recorded. */
#define SEARCH_VERSION 3

static struct search_doc *
add_doc(struct search *s, uint64_t key)
{
	struct search_doc doc = { .key = hash_bytes(&key, sizeof(key), SEARCH_VERSION) };

	vec_push(s->docs, s->count, s->cap, doc);
	return &s->docs[s->count - 1];
}

/* --- a document as a row of the store ------------------------------------------------------------------- */
struct doc_head {
	uint32_t name_count, text_count;
};

/* Grams, then the record; false when the row is not one. */
static bool
take_row(struct search_doc *doc, const char *row, size_t len)
{
	struct doc_head head;
	size_t grams;

	if (len < sizeof(head))
		return false;
	memcpy(&head, row, sizeof(head));
	grams = ((size_t)head.name_count + head.text_count) * sizeof(uint32_t);
	if (grams > len - sizeof(head))
		return false;
	doc->row = row;
	doc->row_len = len;
	doc->names = (const uint32_t *)(const void *)(row + sizeof(head));
	doc->texts = doc->names + head.name_count;
	doc->name_count = head.name_count;
	doc->text_count = head.text_count;
	doc->record = row + sizeof(head) + grams;
	doc->record_len = len - sizeof(head) - grams;
	return true;
}

static void
make_row(struct search_doc *doc, const struct grams *g, const struct buf *record)
{
	struct doc_head head = { (uint32_t)g->names.count, (uint32_t)g->texts.count };
	struct buf row = BUF_INIT;

	buf_put(&row, &head, sizeof(head));
	buf_put(&row, g->names.items, g->names.count * sizeof(uint32_t));
	buf_put(&row, g->texts.items, g->texts.count * sizeof(uint32_t));
	buf_put(&row, record->ptr, record->len);
	free(doc->own);
	take_row(doc, row.ptr, row.len);
	doc->own = buf_detach(&row);
}

static struct oid
store_key(const struct search_doc *doc)
{
	struct oid key = { { 0 } };

	memcpy(key.id, &doc->key, sizeof(doc->key));
	return key;
}

static bool
known(const struct search *s, struct search_doc *doc)
{
	const struct oid key = store_key(doc);
	struct store_row row;

	return store_find(s->store, &key, &row) && take_row(doc, row.bytes, row.len);
}

struct record {
	const char *kind, *path, *title, *note, *state;
};

static void
put_record(struct buf *out, const struct record *r)
{
	const char *const fields[] = { r->kind, r->path, r->title, r->note, r->state };
	struct buf letters = BUF_INIT;
	size_t i;

	initials_of(&letters, r->title);
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		buf_putc(out, i == 0 ? '[' : ',');
		json_str(out, fields[i]);
	}
	buf_putc(out, ',');
	json_str(out, letters.ptr);
	buf_putc(out, ']');
	buf_release(&letters);
}

static void
make_doc(struct search_doc *doc, const struct grams *g, const struct record *record)
{
	struct buf out = BUF_INIT;

	put_record(&out, record);
	make_row(doc, g, &out);
	buf_release(&out);
}

/* --- parties and systems -------------------------------------------------------------------------------- */
/* A name is looked for with and without the word for city in it: 梅州教育局. */
static void
take_name(struct grams *g, const char *name)
{
	static const char city[] = "市";
	const char *at = strstr(name, city);
	struct buf without = BUF_INIT;

	grams_name(g, name);
	grams_initials(g, name);
	if (at != NULL) {
		buf_put(&without, name, (size_t)(at - name));
		buf_puts(&without, at + sizeof(city) - 1);
		grams_name(g, without.ptr);
		grams_initials(g, without.ptr);
	}
	buf_release(&without);
}

static void
take_party(struct search *s, struct grams *g, const struct party *party)
{
	uint64_t key = hash_bytes(&s->b->basis.registers_key, sizeof(struct oid), s->b->site_key);
	struct search_doc *doc = add_doc(s, text_key(text_key(key, "party"), party->id));
	const struct party_kind *kind = law_party(s->b->basis.law, party->kind);
	struct record r = { .kind = "p", .title = party->name, .state = "" };
	size_t i;

	if (known(s, doc))
		return;
	grams_begin(g);
	take_name(g, party->name);
	take_name(g, party->short_name);
	grams_name(g, party->id);
	grams_mark(g, "kind:", "p");
	grams_mark(g, "party:", party->id);
	for (i = 0; i < party->officer_count; i++)
		grams_name(g, party->officers[i].name);
	r.path = arena_printf(&s->arena, "parties/%s.html", party->id);
	r.note =
	    arena_printf(&s->arena, "%s · %s", party->id, kind == NULL ? party->kind : kind->name);
	make_doc(doc, g, &r);
}

static void
take_system(struct search *s, struct grams *g, const struct system *system)
{
	uint64_t key = hash_bytes(&s->b->basis.registers_key, sizeof(struct oid), s->b->site_key);
	struct search_doc *doc = add_doc(s, text_key(text_key(key, "system"), system->id));
	const struct party *tenant = basis_party(&s->b->basis, system->tenant);
	struct record r = { .kind = "s", .title = system->name, .state = "" };

	doc->text = system->doc.body;
	doc->text_len = system->doc.body_len;
	if (known(s, doc))
		return;
	grams_begin(g);
	take_name(g, system->name);
	if (tenant != NULL)
		take_name(g, tenant->name);
	grams_name(g, system->id);
	grams_name(g, system->tenant);
	grams_mark(g, "kind:", "s");
	grams_mark(g, "party:", system->tenant);
	grams_text(g, system->doc.body, system->doc.body_len);
	r.path = arena_printf(&s->arena, "systems/%s.html", system->id);
	r.note = arena_printf(&s->arena, "%s · %s", system->id,
			      tenant == NULL ? system->tenant : tenant->name);
	make_doc(doc, g, &r);
}

/* --- regulation and handbook ---------------------------------------------------------------------------- */
static void
take_words(struct search *s, struct grams *g, const struct record *r, const char *text, size_t len)
{
	uint64_t key = text_key(text_key(s->b->site_key, r->path), r->title);
	struct search_doc *doc = add_doc(s, hash_bytes(text, len, key));

	doc->text = text;
	doc->text_len = len;
	if (known(s, doc))
		return;
	grams_begin(g);
	grams_name(g, r->title);
	grams_name(g, r->note);
	grams_mark(g, "kind:", r->kind);
	grams_text(g, text, len);
	grams_signs(g, text, len);
	make_doc(doc, g, r);
}

static char *
cut_field(char **at)
{
	char *field = *at, *end = field + strcspn(field, "\t\n");

	*at = *end == '\0' ? end : end + 1;
	*end = '\0';
	return field;
}

/* No watch stands by yet, so what Lua does is counted. */
static const struct script_limits law_limits = { (size_t)512 << 20, 2000000000 };

/* What only Lua knows: lines of path, title, note and text. Templates are costly to open, so the
 * lines are kept too. */
static int
law_lines(struct search *s, struct search_doc *lines, struct err *err)
{
	struct worker w = { 0 };
	struct page page = { .path = "search.html" };
	struct grams none = { 0 };
	int rc;

	if (known(s, lines))
		return 0;
	rc = worker_open(&w, s->b, err);
	if (rc == 0) {
		w.err = err;
		script_limit(w.script, &law_limits);
		push_page(&w, &page);
		rc = worker_render(&w, "search-law", err);
	}
	if (rc == 0)
		make_row(lines, &none, &w.out);
	worker_close(&w);
	return rc;
}

static int
take_law(struct search *s, struct grams *g, struct err *err)
{
	char *at;

	s->law.key = text_key(s->b->site_key, "law");
	if (law_lines(s, &s->law, err) != 0)
		return -1;
	at = arena_strndup(&s->arena, s->law.record, s->law.record_len);
	while (*at != '\0') {
		struct record r = { .kind = "r", .state = "" };
		const char *body;

		r.path = cut_field(&at);
		r.title = cut_field(&at);
		r.note = cut_field(&at);
		body = cut_field(&at);
		take_words(s, g, &r, body, strlen(body));
	}
	return 0;
}

static void
take_handbook(struct search *s, struct grams *g)
{
	const struct text_page *pages = s->b->text_pages;
	size_t i;

	for (i = 0; i < s->b->text_page_count; i++) {
		struct record r = { .kind = "h", .title = pages[i].title, .state = "" };

		r.path = arena_printf(&s->arena, "handbook/%s.html", pages[i].name);
		r.note = "使用手册";
		take_words(s, g, &r, pages[i].text, pages[i].len);
	}
}

/* --- tickets -------------------------------------------------------------------------------------------- */
static bool
is_late(const struct card *card)
{
	return card->trail.late_steps > 0 || card->trail.state == TRAIL_LATE;
}

static const char *
stage_name(const struct card *card)
{
	const struct step *present = trail_present(&card->trail);

	return present->stage == NULL ? present->stage_id : present->stage->name;
}

static const char *
flow_name(const struct card *card)
{
	return card->trail.flow == NULL ? card->trail.flow_id : card->trail.flow->name;
}

static uint64_t
ticket_key(const struct build *b, const struct card *card)
{
	const struct trail *t = &card->trail;
	uint64_t key = hash_bytes(&t->last->blob, sizeof(struct oid), t->state);

	key = hash_bytes(&log_commit_at(b->log, t->last->commit)->oid, sizeof(struct oid), key);
	key = text_key(text_key(key, flow_name(card)), stage_name(card));
	key = text_key(text_key(key, t->id), YUNJUAN_VERSION);
	if (card->tenant != NULL)
		key = text_key(text_key(key, card->tenant->name), card->tenant->short_name);
	return key + is_late(card);
}

static int
compare_opened(const void *a, const void *b)
{
	const struct trail *x = &(*(const struct card *const *)a)->trail,
			   *y = &(*(const struct card *const *)b)->trail;

	if (x->steps[0].entered->time != y->steps[0].entered->time)
		return x->steps[0].entered->time < y->steps[0].entered->time ? -1 : 1;
	return strcmp(x->folder, y->folder);
}

/* Tickets keep their numbers when a party or a page joins what is not a ticket. */
#define ROUND 1024

static void
add_tickets(struct search *s)
{
	const struct build *b = s->b;
	const struct card **sorted = xcalloc(b->card_count + 1, sizeof(*sorted));
	struct search_doc none = { 0 };
	size_t i;

	while (s->count % ROUND != 0)
		vec_push(s->docs, s->count, s->cap, none);
	s->first = s->count;
	for (i = 0; i < b->card_count; i++)
		sorted[i] = &b->cards[i];
	if (b->card_count > 0)
		qsort(sorted, b->card_count, sizeof(*sorted), compare_opened);
	for (i = 0; i < b->card_count; i++) {
		struct search_doc *doc = add_doc(s, ticket_key(b, sorted[i]));

		doc->card = sorted[i];
		(void)known(s, doc);
	}
	free(sorted);
}

/* Each thread's means. */
struct reader {
	struct repo *repo;
	struct grams grams;
	struct arena arena;
};

/* The number with and without its dashes. */
static void
take_number(struct grams *g, const char *id)
{
	struct buf close = BUF_INIT;

	grams_name(g, id);
	for (; *id != '\0'; id++) {
		if (*id != '-')
			buf_putc(&close, *id);
	}
	grams_name(g, close.ptr);
	buf_release(&close);
}

static void
take_opinions(struct reader *r, const struct log *log, const struct step *step)
{
	size_t i;

	for (i = 0; i < step->event_count; i++) {
		const struct event *e = step->events[i];
		const char *name = log_text(log, e->author_name);
		struct message message;

		message_parse(&message, &r->arena, log_text(log, e->message), false);
		grams_text(&r->grams, name, strlen(name));
		grams_text(&r->grams, message.opinion, strlen(message.opinion));
		grams_text(&r->grams, message.late_reason, strlen(message.late_reason));
	}
}

static void
take_card_names(struct reader *r, const struct card *card)
{
	const struct trail *t = &card->trail;
	struct grams *g = &r->grams;

	take_number(g, t->id);
	grams_name(g, t->title);
	take_name(g, t->system);
	grams_name(g, t->tenant);
	if (card->tenant != NULL)
		take_name(g, card->tenant->name);
	grams_mark(g, "kind:", "t");
	grams_mark(g, "flow:", t->flow_id);
	grams_mark(g, "state:", trail_state_ids[t->state]);
	grams_mark(g, "party:", t->tenant);
	grams_mark(g, "year:", card->year);
	if (is_late(card))
		grams_mark(g, "late:", "yes");
}

static int
make_ticket(struct reader *r, const struct build *b, struct search_doc *doc, struct err *err)
{
	const struct card *card = doc->card;
	const struct trail *t = &card->trail;
	struct filed filed;
	struct record record = { .kind = "t",
				 .path = card->path,
				 .title = t->title,
				 .state = trail_state_ids[t->state] };
	size_t i;

	arena_reset(&r->arena);
	if (filed_read(&filed, &r->arena, &b->filing, r->repo, t->last, err) != 0)
		return -1;
	grams_begin(&r->grams);
	take_card_names(r, card);
	grams_text(&r->grams, filed.words, filed.words_len);
	for (i = 0; i < t->step_count; i++)
		take_opinions(r, b->log, &t->steps[i]);
	record.note = arena_printf(&r->arena, "%s · %s · %s · %s · %s", t->id, flow_name(card),
				   card->tenant == NULL ? t->tenant : card->tenant->name, t->system,
				   stage_name(card));
	make_doc(doc, &r->grams, &record);
	return 0;
}

struct reading {
	struct search *s;
	_Atomic size_t next;
};

static int
read_tickets(void *ctx, int number, struct err *err)
{
	struct reading *reading = ctx;
	struct search *s = reading->s;
	struct reader r = { 0 };
	size_t i;
	int rc = 0;

	(void)number;
	for (i = atomic_fetch_add(&reading->next, 1); rc == 0 && i < s->count;
	     i = atomic_fetch_add(&reading->next, 1)) {
		if (s->docs[i].card == NULL || s->docs[i].row != NULL)
			continue;
		if (r.repo == NULL)
			rc = repo_again(&r.repo, s->b->repo, err);
		if (rc == 0)
			rc = make_ticket(&r, s->b, &s->docs[i], err);
	}
	grams_release(&r.grams);
	arena_release(&r.arena);
	repo_free(r.repo);
	return rc;
}

/* --- the whole ------------------------------------------------------------------------------------------ */
static void
keep(struct search *s)
{
	struct oid *wanted = xcalloc(s->count + 1, sizeof(*wanted));
	size_t i;

	for (i = 0; i <= s->count; i++) {
		const struct search_doc *doc = i == s->count ? &s->law : &s->docs[i];

		wanted[i] = store_key(doc);
		if (doc->own != NULL)
			store_add(s->store, &wanted[i], doc->row, doc->row_len);
	}
	store_save(s->store, wanted, s->count + 1);
	free(wanted);
}

static int
gather(struct search *s, struct err *err)
{
	const struct registers *r = s->b->basis.registers;
	struct reading reading = { .s = s };
	struct grams g = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < r->party_count; i++)
		take_party(s, &g, &r->parties[i]);
	for (i = 0; i < r->system_count; i++)
		take_system(s, &g, &r->systems[i]);
	rc = take_law(s, &g, err);
	if (rc == 0) {
		take_handbook(s, &g);
		add_tickets(s);
		rc = thread_run(thread_count(), read_tickets, &reading, err);
	}
	grams_release(&g);
	return rc;
}

/* The page itself: what can be asked for. */
static const char *
fill_search(struct worker *w, const struct page *page)
{
	const struct search *s = page->subject;
	struct script *script = w->script;
	const struct registers *r = s->b->basis.registers;
	const char *before = "";
	size_t i;

	script_set_integer(script, "shards", (int64_t)s->shards);
	script_set_integer(script, "first", (int64_t)s->first);
	script_set_integer(script, "count", (int64_t)s->count);
	script_table(script);
	for (i = 0; i < r->party_count; i++) {
		script_table(script);
		script_set_text(script, "id", r->parties[i].id);
		script_set_text(script, "name", r->parties[i].name);
		script_append(script);
	}
	script_set(script, "parties");
	script_table(script);
	for (i = 0; i < TRAIL_STATE_COUNT; i++) {
		script_table(script);
		script_set_text(script, "id", trail_state_ids[i]);
		script_set_text(script, "name", trail_state_names[i]);
		script_append(script);
	}
	script_set(script, "states");
	script_table(script);
	for (i = 0; i < s->b->card_count; i++) {
		if (strcmp(s->b->cards[i].year, before) != 0)
			script_append_text(script, s->b->cards[i].year);
		before = s->b->cards[i].year;
	}
	script_set(script, "years");
	return "search";
}

static const char *
fill_find_style(struct worker *w, const struct page *page)
{
	(void)w;
	(void)page;
	return "find";
}

int
search_read(struct build *b, struct err *err)
{
	struct search *s = xcalloc(1, sizeof(*s));
	char *path = file_join(repo_gitdir(b->repo), "yunjuan/search");
	int rc;

	b->search = s;
	s->b = b;
	s->store = store_open(path, SEARCH_VERSION);
	free(path);
	rc = gather(s, err);
	if (rc == 0)
		keep(s);
	return rc == 0 ? count_shards(s, err) : -1;
}

void
plan_search(struct build *b)
{
	struct search *s = b->search;
	uint64_t key = hash_bytes(&b->basis.registers_key, sizeof(struct oid), b->site_key);

	plan_shards(s);
	plan_texts(s);
	key = hash_bytes(&s->count, sizeof(s->count), key + s->first * 31 + s->shards);
	add_page(b, "search.html", b->card_count > 0 ? text_key(key, b->cards[0].year) : key,
		 fill_search, s);
	add_page(b, "find.css", b->site_key, fill_find_style, NULL);
}

void
search_free(struct search *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->count; i++)
		free(s->docs[i].own);
	free(s->law.own);
	free(s->docs);
	free(s->postings);
	free(s->starts);
	free(s->shard_keys);
	arena_release(&s->arena);
	store_free(s->store);
	free(s);
}
