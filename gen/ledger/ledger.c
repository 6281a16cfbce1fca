#include "ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#define UNSAID INT64_MIN
#define NO_DAY INT32_MIN

enum { AMOUNT_COUNT, AMOUNT_VCPU, AMOUNT_MEMORY, AMOUNT_STORAGE, AMOUNTS };
static const char *const amount_keys[AMOUNTS] = { "count", "vcpu", "memory_gb", "storage_gb" };

/* What a row of a ticket's table says of one resource: amounts UNSAID, texts "", NO_DAY where nothing. */
struct said {
	int64_t amounts[AMOUNTS];
	int32_t day, line;
	const char *id, *name, *type, *kind;
};

/* One that counts. */
struct ledger_row {
	enum ledger_deed deed;
	int64_t time; /* when the stage was left: of two rows of one day the later one stands */
	const char *ticket, *file, *mark, *system, *tenant;
	int number;
	struct said said;
};

void
ledger_init(struct ledger *ledger)
{
	memset(ledger, 0, sizeof(*ledger));
}

void
ledger_release(struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->holding_count; i++)
		free(ledger->holdings[i].spans);
	free(ledger->holdings);
	free(ledger->settled);
	free(ledger->rows);
	findings_release(&ledger->oddities);
	arena_release(&ledger->arena);
	memset(ledger, 0, sizeof(*ledger));
}

/* --- from tickets to rows ------------------------------------------------------------------------- */
static bool
fills_form(const struct stage *stage, const char *form)
{
	size_t i;

	for (i = 0; stage != NULL && i < stage->form_count; i++) {
		if (strcmp(stage->forms[i], form) == 0)
			return true;
	}
	return false;
}

/* The event that last left, forwards, a stage that fills the table; NULL while there is none. A month
 * is settled when its ticket came to its end. */
static const struct event *
counting_event(const struct trail *trail)
{
	const struct event *found = NULL;
	const struct step *present = trail_present(trail);
	size_t i;

	if (trail->gone || present == NULL)
		return NULL;
	if (trail->flow->ledger.deed == DEED_SETTLE)
		return present->stage != NULL && present->stage->end && present->stage->done
			   ? present->entered
			   : NULL;
	for (i = 0; i < trail->step_count; i++) {
		const struct step *step = &trail->steps[i];

		if (step->left != NULL && step->outcome != NULL && !step->outcome->back &&
		    fills_form(step->stage, trail->flow->ledger.form))
			found = step->left;
	}
	return found;
}

static int64_t
number_of(const struct node *row, const char *key)
{
	const struct node *node = node_get(row, key);

	return node != NULL && node->typed && node->type == FIELD_INTEGER ? node->number : UNSAID;
}

/* The day that a typed date or moment lies in. */
static bool
day_of_field(const struct node *map, const char *key, int32_t *day)
{
	const struct node *node = node_get(map, key);

	if (node == NULL || !node->typed)
		return false;
	*day = node->type == FIELD_TIME ? day_of(node->number) : (int32_t)node->number;
	return node->type == FIELD_TIME || node->type == FIELD_DATE || node->type == FIELD_MONTH;
}

static void
odd(struct ledger *ledger, const struct ledger_row *r, const char *says)
{
	struct finding f = { .severity = SEVERITY_WARN, .rule = "ledger", .file = r->file };

	f.line = r->said.line;
	f.message =
	    arena_printf(&ledger->arena, "资源“%s”%s；没有记入台账，请核对", r->said.id, says);
	finding_add(&ledger->oddities, &f);
}

static void
add_row(struct ledger *ledger, const struct ledger_row *common, const struct said *said, int number)
{
	struct ledger_row r = *common;

	r.said = *said;
	r.number = number;
	if (said->id[0] == '\0' || said->day == NO_DAY)
		odd(ledger, &r, "这一行没有写全编号或日期");
	else
		vec_push(ledger->rows, ledger->row_count, ledger->row_cap, r);
}

static void
add_settlement(struct ledger *ledger, const struct ledger_row *common,
	       const struct flow_ledger *how, const struct node *front)
{
	struct settlement s = { .ticket = common->ticket, .file = common->file, .front = front };

	if (!day_of_field(front, how->day, &s.month))
		return;
	s.rows = node_get(front, how->rows);
	if (s.rows != NULL && s.rows->kind != NODE_LIST)
		s.rows = NULL;
	vec_push(ledger->settled, ledger->settled_count, ledger->settled_cap, s);
}

static struct said
said_by(const struct node *row, const struct flow_ledger *how)
{
	struct said said = { .day = NO_DAY, .line = row->line };
	int i;

	for (i = 0; i < AMOUNTS; i++)
		said.amounts[i] = number_of(row, amount_keys[i]);
	if (!day_of_field(row, how->day, &said.day))
		said.day = NO_DAY;
	said.id = node_text(row, "id");
	said.name = node_text(row, "name");
	said.type = how->type != NULL ? how->type : node_text(row, "type");
	said.kind = node_text(row, "backup_type");
	return said;
}

/* --- what is kept of a table ---------------------------------------------------------------------- */
/* Amounts, day and line as they lie in memory, then the texts, each with its NUL. */
#define SAID_BYTES offsetof(struct said, id)

static void
pack(struct buf *out, const struct said *said)
{
	const char *const texts[] = { said->id, said->name, said->type, said->kind };
	size_t i;

	buf_put(out, said, SAID_BYTES);
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		buf_put(out, texts[i], strlen(texts[i]) + 1);
}

/* False at the end, or where a row does not lie whole. */
static bool
unpack(struct said *said, const char **at, const char *end)
{
	const char **texts[] = { &said->id, &said->name, &said->type, &said->kind };
	size_t i;

	if ((size_t)(end - *at) < SAID_BYTES)
		return false;
	memcpy(said, *at, SAID_BYTES);
	*at += SAID_BYTES;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *nul = memchr(*at, '\0', (size_t)(end - *at));

		if (nul == NULL)
			return false;
		*texts[i] = *at;
		*at = nul + 1;
	}
	return true;
}

static void
add_kept(struct ledger *ledger, const struct ledger_row *common, const struct block *block)
{
	const char *at = arena_copy(&ledger->arena, block->bytes, block->len, 1);
	const char *end = at + block->len;
	struct said said;
	int number = 0;

	while (unpack(&said, &at, end))
		add_row(ledger, common, &said, ++number);
}

static void
add_table(struct ledger *ledger, const struct ledger_row *common, const struct flow_ledger *how,
	  const struct node *front, const struct oid *blob)
{
	const struct node *rows = node_get(front, how->rows);
	struct buf kept = BUF_INIT;
	size_t i;

	for (i = 0; rows != NULL && rows->kind == NODE_LIST && i < rows->count; i++) {
		struct said said = said_by(rows->items[i], how);

		pack(&kept, &said);
		add_row(ledger, common, &said, (int)i + 1);
	}
	if (ledger->blocks != NULL)
		blocks_add(ledger->blocks, blob, how->rows, kept.ptr, kept.len);
	buf_release(&kept);
}

/* --- reading --------------------------------------------------------------------------------------- */
/* The front matter, or of a table that alone. */
static int
read_front(struct ledger *ledger, struct repo *repo, const struct oid *blob,
	   const struct trail *trail, const char *file, struct doc *doc, struct err *err)
{
	const struct flow *flow = trail->flow;
	struct findings ignored = { 0 };
	struct buf text = BUF_INIT;
	const char *table;
	size_t len;
	int rc = repo_blob(repo, blob, DOC_MAX_BYTES, &text, err), line;

	if (rc == 0 && (flow->ledger.deed == DEED_SETTLE ||
			!front_block(text.ptr, text.len, flow->ledger.rows, &table, &len, &line) ||
			!front_block_parse(doc, &ledger->arena, table, len, file, line)))
		doc_parse(doc, &ledger->arena,
			  arena_copy(&ledger->arena, text.ptr, text.len + 1, 1), text.len, file,
			  &ignored);
	if (rc == 0)
		fields_check(doc, flow->fields, flow->field_count, &ignored);
	findings_release(&ignored);
	buf_release(&text);
	return rc;
}

static struct ledger_row
common_of(struct ledger *ledger, const struct trail *trail, const struct event *event)
{
	const struct flow_ledger *how = &trail->flow->ledger;
	struct ledger_row common = { .deed = how->deed, .time = event->time };

	common.file = arena_printf(&ledger->arena, "%s/ticket.md", trail->folder);
	common.ticket = arena_strdup(&ledger->arena, trail->id);
	common.mark = arena_strdup(&ledger->arena, how->mark);
	common.system = arena_strdup(&ledger->arena, trail->system);
	common.tenant = arena_strdup(&ledger->arena, trail->tenant);
	return common;
}

int
ledger_add(struct ledger *ledger, struct repo *repo, const struct trail *trail, struct err *err)
{
	const struct flow_ledger *how;
	const struct event *event;
	struct ledger_row common;
	struct block block;
	struct doc doc;

	if (trail->flow == NULL || trail->flow->ledger.deed == DEED_NONE)
		return 0;
	how = &trail->flow->ledger;
	event = counting_event(trail);
	if (event == NULL || oid_zero(&event->blob))
		return 0;
	common = common_of(ledger, trail, event);
	if (how->deed != DEED_SETTLE && ledger->blocks != NULL &&
	    blocks_find(ledger->blocks, &event->blob, how->rows, &block)) {
		add_kept(ledger, &common, &block);
		return 0;
	}
	if (read_front(ledger, repo, &event->blob, trail, common.file, &doc, err) != 0)
		return -1;
	if (how->deed == DEED_SETTLE)
		add_settlement(ledger, &common, how, doc.front);
	else
		add_table(ledger, &common, how, doc.front, &event->blob);
	return 0;
}

/* --- from rows to holdings ------------------------------------------------------------------------- */
static int
compare_rows(const void *a, const void *b)
{
	const struct ledger_row *x = a, *y = b;
	int order;

	if (x->said.day != y->said.day)
		return x->said.day < y->said.day ? -1 : 1;
	/* Nothing happens to a resource before it is there, whenever its row was put right. */
	order = (y->deed == DEED_OPEN) - (x->deed == DEED_OPEN);
	if (order != 0)
		return order;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	order = strcmp(x->ticket, y->ticket);
	return order != 0 ? order : x->number - y->number;
}

/* The columns that the row fills; the others stay as they were. */
static struct spec
changed_spec(const struct spec *before, const struct said *said)
{
	struct spec spec = *before;
	int64_t *const into[AMOUNTS] = { &spec.count, &spec.vcpu, &spec.memory_gb,
					 &spec.storage_gb };
	int i;

	for (i = 0; i < AMOUNTS; i++) {
		if (said->amounts[i] != UNSAID)
			*into[i] = said->amounts[i];
	}
	if (said->kind[0] != '\0')
		spec.kind = said->kind;
	return spec;
}

/* A span of no days stays: what happened on its day is to be looked at all the same. */
static void
begin_span(struct holding *holding, const struct ledger_row *r, const struct spec *spec)
{
	struct span next = { .from = r->said.day, .to = LEDGER_OPEN_END, .spec = *spec };

	next.ticket = r->ticket;
	next.file = r->file;
	next.line = r->said.line;
	next.mark = r->mark;
	if (holding->span_count > 0)
		holding->spans[holding->span_count - 1].to = r->said.day;
	holding->spans = xreallocarray(holding->spans, holding->span_count + 1, sizeof(next));
	holding->spans[holding->span_count++] = next;
}

static void
open_holding(struct ledger *ledger, const struct ledger_row *r)
{
	static const struct spec plain = { .count = 1, .kind = "" };
	struct spec spec = changed_spec(&plain, &r->said);
	struct holding h = { .id = r->said.id,
			     .name = r->said.name,
			     .type = r->said.type,
			     .system = r->system,
			     .tenant = r->tenant,
			     .opened = r->said.day,
			     .closed = LEDGER_OPEN_END,
			     .close_ticket = "",
			     .close_mark = "" };

	begin_span(&h, r, &spec);
	vec_push(ledger->holdings, ledger->holding_count, ledger->holding_cap, h);
}

/* Holdings by id while they are made: the last one of an id; each knows the one before it. */
struct folding {
	struct ledger *ledger;
	struct map last;	    /* id -> number + 1 of its newest holding */
	size_t *before, before_cap; /* number -> number + 1 of the one before it of this id */
};

static struct holding *
held_with(const struct folding *f, const char *id, const char *type)
{
	size_t at = (size_t)map_find(&f->last, id);

	for (; at != 0; at = f->before[at - 1]) {
		struct holding *h = &f->ledger->holdings[at - 1];

		if (h->closed == LEDGER_OPEN_END && (type == NULL || strcmp(h->type, type) == 0))
			return h;
	}
	return NULL;
}

static void
open_new(struct folding *f, const struct ledger_row *r)
{
	const char *id = r->said.id;
	size_t number = f->ledger->holding_count;

	open_holding(f->ledger, r);
	if (number == f->before_cap) {
		f->before_cap = f->before_cap ? f->before_cap * 2 : 64;
		f->before = xreallocarray(f->before, f->before_cap, sizeof(*f->before));
	}
	f->before[number] = (size_t)map_find(&f->last, id);
	map_put(&f->last, id, (void *)(number + 1));
}

static void
take_open(struct folding *f, const struct ledger_row *r)
{
	if (held_with(f, r->said.id, NULL) != NULL)
		odd(f->ledger, r, "在用，又一次开通");
	else
		open_new(f, r);
}

static void
take_adjust(struct folding *f, const struct ledger_row *r)
{
	struct holding *h = held_with(f, r->said.id, r->said.type);
	struct spec spec;

	if (h == NULL) {
		odd(f->ledger, r, "在调整那日没有开通");
		return;
	}
	spec = changed_spec(&h->spans[h->span_count - 1].spec, &r->said);
	begin_span(h, r, &spec);
}

/* Backups hang on a machine: one a machine, and a new policy takes the place of the old one. */
static void
take_backup(struct folding *f, const struct ledger_row *r)
{
	struct holding *h = held_with(f, r->said.id, r->said.type);
	struct spec spec;

	if (h == NULL && held_with(f, r->said.id, NULL) == NULL) {
		odd(f->ledger, r, "在备份生效那日没有开通");
		return;
	}
	if (h == NULL) {
		open_new(f, r);
		return;
	}
	spec = changed_spec(&h->spans[h->span_count - 1].spec, &r->said);
	begin_span(h, r, &spec);
}

/* Everything of that id, its backup with it; of one type where the row names it. */
static void
take_revoke(struct folding *f, const struct ledger_row *r)
{
	const char *type = r->said.type[0] == '\0' ? NULL : r->said.type;
	struct holding *h = held_with(f, r->said.id, type);

	if (h == NULL)
		odd(f->ledger, r, "在撤销那日没有开通");
	for (; h != NULL; h = held_with(f, r->said.id, type)) {
		h->closed = r->said.day;
		h->close_ticket = r->ticket;
		h->close_mark = r->mark;
		h->spans[h->span_count - 1].to = r->said.day;
	}
}

static void
put_part(struct buf *out, size_t start, const char *words)
{
	buf_printf(out, "%s%s", out->len > start ? " " : "", words);
}

void
spec_text(struct buf *out, const struct spec *spec)
{
	static const char *const units[] = { "核", "GB 内存", "GB 存储" };
	const int64_t amounts[] = { spec->vcpu, spec->memory_gb, spec->storage_gb };
	size_t start = out->len;
	char part[48];
	int i;

	if (spec->kind[0] != '\0')
		put_part(out, start, spec->kind);
	for (i = 0; i < 3; i++) {
		if (amounts[i] == 0)
			continue;
		snprintf(part, sizeof(part), "%lld %s", (long long)amounts[i],
			 spec->kind[0] != '\0' && i == 2 ? "GB" : units[i]);
		put_part(out, start, part);
	}
	if (out->len == start)
		buf_printf(out, "%lld 项", (long long)spec->count);
	else if (spec->count > 1)
		buf_printf(out, " ×%lld", (long long)spec->count);
}

/* Said once a span: bills and pages ask for them month by month. */
static void
word_spans(struct ledger *ledger, struct holding *h)
{
	struct buf words = BUF_INIT;
	size_t i;

	for (i = 0; i < h->span_count; i++) {
		buf_clear(&words);
		spec_text(&words, &h->spans[i].spec);
		h->spans[i].words = arena_strdup(&ledger->arena, words.ptr);
	}
	buf_release(&words);
}

static int
compare_holdings(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;
	int order = strcmp(x->tenant, y->tenant);

	if (order == 0)
		order = strcmp(x->system, y->system);
	if (order == 0)
		order = strcmp(x->id, y->id);
	if (order == 0)
		order = (x->opened > y->opened) - (x->opened < y->opened);
	return order != 0 ? order : -strcmp(x->type, y->type);
}

static int
compare_settled(const void *a, const void *b)
{
	const struct settlement *x = a, *y = b;

	if (x->month != y->month)
		return x->month < y->month ? -1 : 1;
	return strcmp(x->ticket, y->ticket);
}

void
ledger_finish(struct ledger *ledger)
{
	static void (*const take[DEED_COUNT])(struct folding *, const struct ledger_row *) = {
		[DEED_OPEN] = take_open,
		[DEED_ADJUST] = take_adjust,
		[DEED_REVOKE] = take_revoke,
		[DEED_BACKUP] = take_backup
	};
	struct folding f = { .ledger = ledger };
	size_t i;

	if (ledger->row_count > 0)
		qsort(ledger->rows, ledger->row_count, sizeof(*ledger->rows), compare_rows);
	for (i = 0; i < ledger->row_count; i++)
		take[ledger->rows[i].deed](&f, &ledger->rows[i]);
	if (ledger->holding_count > 0)
		qsort(ledger->holdings, ledger->holding_count, sizeof(*ledger->holdings),
		      compare_holdings);
	if (ledger->settled_count > 0)
		qsort(ledger->settled, ledger->settled_count, sizeof(*ledger->settled),
		      compare_settled);
	for (i = 0; i < ledger->holding_count; i++)
		word_spans(ledger, &ledger->holdings[i]);
	findings_sort(&ledger->oddities);
	map_release(&f.last);
	free(f.before);
	free(ledger->rows);
	ledger->rows = NULL;
	ledger->row_count = ledger->row_cap = 0;
}

/* --- the whole log ------------------------------------------------------------------------------------ */
/* By what its events say, so that the trails of the many others need not be folded. */
static bool
concerns(const struct log *log, uint32_t ticket, const struct law *law, const char *system)
{
	size_t count, i;
	const struct event *const *events = log_events(log, ticket, &count);

	for (i = 0; i < count; i++) {
		const struct flow *flow = law_flow(law, log_text(log, events[i]->flow));

		if (flow != NULL && flow->ledger.deed != DEED_NONE &&
		    (system == NULL || strcmp(log_text(log, events[i]->system), system) == 0))
			return true;
	}
	return false;
}

int
ledger_fold(struct ledger *out, const struct log *log, const uint32_t *commits, size_t commit_count,
	    const struct trail_context *context, const char *system, struct err *err)
{
	size_t count = log_ticket_count(log);
	struct arena scratch = { 0 };
	struct trail trail;
	uint32_t i;
	int rc = 0;

	ledger_init(out);
	for (i = 0; i < count && rc == 0; i++) {
		if (!concerns(log, i, context->basis->law, system))
			continue;
		arena_reset(&scratch);
		rc = commit_count == 0
			 ? trail_of(&trail, &scratch, log, i, context, err)
			 : trail_at(&trail, &scratch, log, i, commits, commit_count, context, err);
		if (rc == 0 && (system == NULL || strcmp(trail.system, system) == 0))
			rc = ledger_add(out, context->repo, &trail, err);
	}
	arena_release(&scratch);
	ledger_finish(out);
	return rc;
}

/* --- asking --------------------------------------------------------------------------------------------- */
const struct span *
holding_on(const struct holding *holding, int32_t day)
{
	size_t i;

	for (i = 0; i < holding->span_count; i++) {
		if (day >= holding->spans[i].from && day < holding->spans[i].to)
			return &holding->spans[i];
	}
	return NULL;
}

const struct holding *
ledger_find(const struct ledger *ledger, const char *id, const char *type, int32_t day)
{
	size_t i;

	for (i = 0; i < ledger->holding_count; i++) {
		const struct holding *h = &ledger->holdings[i];

		if (strcmp(h->id, id) == 0 && (type == NULL || strcmp(h->type, type) == 0) &&
		    holding_on(h, day) != NULL)
			return h;
	}
	return NULL;
}

const struct settlement *
ledger_settled(const struct ledger *ledger, int32_t month)
{
	size_t i;

	for (i = 0; i < ledger->settled_count; i++) {
		if (ledger->settled[i].month == month)
			return &ledger->settled[i];
	}
	return NULL;
}
