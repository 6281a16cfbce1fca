#include "trail/handovers.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "JJ-"
#define RECEIPTS_PREFIX "HZ-"
#define RECEIPT ".receipt"

struct reading {
	struct handovers *out;
	size_t cap;
	struct arena *arena;
	const struct snapshot *snap;
	const struct law *law;
};

/* The hand-over of that number; made when there is none. */
static struct handover *
entry_of(struct reading *r, const char *number)
{
	struct handovers *list = r->out;
	struct handover fresh = { .number = number,
				  .file = "",
				  .from = "",
				  .to = "",
				  .by = "",
				  .medium = "",
				  .address = "",
				  .signer = "" };

	/* Files come sorted: an entry and its receipt are neighbours. */
	if (list->count > 0 && strcmp(list->items[list->count - 1].number, number) == 0)
		return &list->items[list->count - 1];
	vec_push(list->items, list->count, r->cap, fresh);
	return &list->items[list->count - 1];
}

static int64_t
time_of(const struct node *front, const char *key)
{
	const struct node *node = node_get(front, key);

	return node != NULL && node->typed ? node->number : 0;
}

static void
take_entry(struct handover *h, const char *file, const struct node *front)
{
	const struct node *receipt = node_get(front, "receipt");

	h->file = file;
	h->front = front;
	h->from = node_text(front, "from");
	h->to = node_text(front, "to");
	h->by = node_text(front, "by");
	h->medium = node_text(front, "medium");
	h->address = node_text(front, "address");
	h->made = time_of(front, "made");
	h->wants_receipt = receipt != NULL && receipt->typed && receipt->number != 0;
	if (!oid_parse(node_text(front, "tip"), &h->tip))
		memset(&h->tip, 0, sizeof(h->tip));
}

static void
take_receipt(struct handover *h, const struct node *front)
{
	h->received = time_of(front, "received");
	h->signer = node_text(front, "signer");
	if (h->front != NULL)
		return;
	h->from = node_text(front, "from");
	h->to = node_text(front, "to");
	if (!oid_parse(node_text(front, "tip"), &h->tip))
		memset(&h->tip, 0, sizeof(h->tip));
}

static int
read_one(void *ctx, const struct entry *entry, struct err *err)
{
	struct reading *r = ctx;
	const char *name = strrchr(entry->path, '/') + 1;
	size_t len = strlen(name);
	bool receipt = text_ends(name, RECEIPT ".md");
	struct findings ignored = { 0 };
	struct buf text = BUF_INIT;
	struct doc doc;
	int found;

	if (!text_ends(name, ".md") || !text_starts(name, PREFIX))
		return 0;
	found = snapshot_read(r->snap, entry->path, DOC_MAX_BYTES, &text, NULL, err);
	if (found > 0) {
		const struct form *form = law_form(r->law, receipt ? "receipt" : "handover");
		char *number = arena_strndup(r->arena, name,
					     len - strlen(".md") - (receipt ? strlen(RECEIPT) : 0));

		doc_parse(&doc, r->arena, arena_copy(r->arena, text.ptr, text.len + 1, 1), text.len,
			  arena_strdup(r->arena, entry->path), &ignored);
		if (form != NULL)
			fields_check(&doc, form->fields, form->field_count, &ignored);
		if (!doc.broken && receipt)
			take_receipt(entry_of(r, number), doc.front);
		else if (!doc.broken)
			take_entry(entry_of(r, number), doc.file, doc.front);
	}
	findings_release(&ignored);
	buf_release(&text);
	return found < 0 ? -1 : 0;
}

int
handovers_read(struct handovers *out, struct arena *arena, const struct snapshot *snap,
	       const struct law *law, struct err *err)
{
	struct handovers list = { 0 };
	struct reading r = { .out = &list, .arena = arena, .snap = snap, .law = law };
	int rc = snapshot_files(snap, "content/handovers", read_one, &r, err);

	out->items = arena_copy(arena, list.items, list.count, sizeof(*list.items));
	out->count = list.count;
	free(list.items);
	return rc;
}

void
handover_path(struct buf *out, const char *number, bool receipt)
{
	buf_printf(out, HANDOVER_FOLDER "%.4s/%s%s.md", number + strlen(PREFIX), number,
		   receipt ? RECEIPT : "");
}

void
handover_number(struct buf *out, const struct handovers *list, const char *party, int32_t day,
		bool receipts)
{
	char text[11];
	int n;

	day_text(day, text);
	for (n = 1;; n++) {
		size_t i;

		buf_clear(out);
		buf_printf(out, "%s%.4s%.2s%.2s-%s-%02d", receipts ? RECEIPTS_PREFIX : PREFIX, text,
			   text + 5, text + 8, party, n);
		for (i = 0; i < list->count; i++) {
			if (strcmp(list->items[i].number, out->ptr) == 0)
				break;
		}
		if (i == list->count)
			return;
	}
}

bool
handover_is_number(const char *number, const char *party)
{
	size_t len = strlen(party), i;

	if ((strncmp(number, PREFIX, 3) != 0 && strncmp(number, RECEIPTS_PREFIX, 3) != 0) ||
	    strlen(number) < 3 + 8 + 1 + len + 3)
		return false;
	for (i = 3; i < 11; i++)
		if (number[i] < '0' || number[i] > '9')
			return false;
	number += 11;
	if (number[0] != '-' || strncmp(number + 1, party, len) != 0 || number[len + 1] != '-')
		return false;
	number += len + 2;
	return strspn(number, "0123456789") == strlen(number) && strlen(number) <= 6;
}

struct oid *
handovers_known(const struct handovers *list, const char *party, size_t *count)
{
	struct oid *tips = NULL;
	size_t i, cap = 0;

	*count = 0;
	for (i = 0; i < list->count; i++) {
		const struct handover *h = &list->items[i];

		if (h->received != 0 && !oid_zero(&h->tip) &&
		    (strcmp(h->to, party) == 0 || strcmp(h->from, party) == 0))
			vec_push(tips, *count, cap, h->tip);
	}
	return tips;
}

/* --- who acted ------------------------------------------------------------------------------------ */
struct act {
	uint32_t party, commit; /* party: its place */
};

static struct act *
read_acts(const struct log *log, const struct basis *basis, size_t *act_count)
{
	size_t tickets = log_ticket_count(log), count = 0, cap = 0, events, i, k;
	struct act *acts = NULL;

	for (i = 0; i < tickets; i++) {
		const struct event *const *list = log_events(log, (uint32_t)i, &events);

		for (k = 0; k < events; k++) {
			const struct officer_ref *ref =
			    basis_officer(basis, log_text(log, list[k]->author_email));
			struct act act = { 0, list[k]->commit };

			if (ref == NULL)
				continue;
			act.party = (uint32_t)(ref->party - basis->registers->parties);
			vec_push(acts, count, cap, act);
		}
	}
	*act_count = count;
	return acts;
}

void
party_acts_collect(struct party_acts *out, const struct log *log, const struct basis *basis)
{
	size_t parties = basis->registers->party_count, count, i;
	struct act *acts = read_acts(log, basis, &count);

	out->firsts = xcalloc(parties + 2, sizeof(*out->firsts));
	out->commits = xcalloc(count + 1, sizeof(*out->commits));
	/* Counted one place behind where they begin, and moved there by the placing. */
	for (i = 0; i < count; i++)
		out->firsts[acts[i].party + 2]++;
	for (i = 2; i < parties + 2; i++)
		out->firsts[i] += out->firsts[i - 1];
	for (i = 0; i < count; i++)
		out->commits[out->firsts[acts[i].party + 1]++] = acts[i].commit;
	free(acts);
}

void
party_acts_release(struct party_acts *acts)
{
	free(acts->commits);
	free(acts->firsts);
}

uint32_t *
party_acts_of(const struct party_acts *acts, const struct basis *basis, const struct party *party,
	      size_t *count)
{
	size_t place = (size_t)(party - basis->registers->parties);

	*count = acts->firsts[place + 1] - acts->firsts[place];
	return acts->commits + acts->firsts[place];
}
