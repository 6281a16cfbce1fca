/* The tickets a commit touches, before and after, each with its trail. */
#include "judge/judge_internal.h"

#include <stdlib.h>
#include <string.h>

/* The length of "content/tickets/<year>/<month>/<id>" at the start of path; 0 when it lies elsewhere. */
static size_t
folder_length(const char *path)
{
	const char *p = path;
	int depth;

	if (!text_starts(path, LOG_TOP "/"))
		return 0;
	p += strlen(LOG_TOP);
	for (depth = 0; depth < LOG_DEPTH; depth++) {
		p = strchr(p + 1, '/');
		if (p == NULL)
			return 0;
	}
	return (size_t)(p - path);
}

/* The fields of the flow the ticket names; without a flow only the common keys can be checked. */
static void
check_fields(struct case_ *c, const struct ticket_case *t, struct doc *doc, const struct flow *flow,
	     struct findings *findings)
{
	(void)c;
	if (doc->broken || flow == NULL)
		return;
	findings->ticket = t->id;
	fields_check(doc, flow->fields, flow->field_count, findings);
}

int
case_read_doc(struct case_ *c, const struct snapshot *snap, const char *file, struct doc *out,
	      bool *exists, struct findings *findings, struct err *err)
{
	struct buf text = BUF_INIT;
	char *copy;
	int found = snapshot_read(snap, file, DOC_MAX_BYTES, &text, NULL, err);

	*exists = found > 0;
	if (found < 0 && err->code == ERR_LIMIT) {
		finding_file(findings, "front-matter", file, 0, 0,
			     "文件超过 1 MB，工单正文请精简，大的内容作为材料另附");
		err_clear(err);
		found = 0;
	}
	if (found > 0) {
		copy = arena_copy(&c->arena, text.ptr, text.len + 1, 1);
		doc_parse(out, &c->arena, copy, text.len, file, findings);
	}
	buf_release(&text);
	return found < 0 ? -1 : 0;
}

#define FEW_LOOKUPS 16 /* a hook's; a map of all tickets costs more than these */

static int
read_trail(struct case_ *c, struct ticket_case *t, struct err *err)
{
	struct trail_context context = { c->judge->repo, &c->basis, c->act->time, NULL };
	uint32_t number;

	if (++c->judge->lookups == FEW_LOOKUPS)
		log_index_folders(c->judge->log);
	if (!log_find(c->judge->log, t->folder, &number))
		return 0;
	if (trail_at(&t->trail, &c->arena, c->judge->log, number, c->parents, c->parent_count,
		     &context, err) != 0)
		return -1;
	t->has_trail = t->trail.step_count > 0;
	return 0;
}

static bool
has_moved(const struct doc *then, const struct doc *now)
{
	return strcmp(node_text(then->front, "stage"), node_text(now->front, "stage")) != 0 ||
	       !node_same(node_get(then->front, "signed"), node_get(now->front, "signed"));
}

/* A merge is judged against the side that moved the ticket since the two parted, whichever parent
 * comes first: nobody takes back what others did by merging it into an old line. */
static int
choose_side(struct case_ *c, struct ticket_case *t, struct findings *ignored, struct err *err)
{
	struct doc base = { 0 }, other = { 0 };
	bool base_exists, other_exists;

	if (case_read_doc(c, &c->base, t->file, &base, &base_exists, ignored, err) != 0 ||
	    case_read_doc(c, &c->other, t->file, &other, &other_exists, ignored, err) != 0)
		return -1;
	if (!has_moved(&base, &other))
		return 0;
	t->parted = has_moved(&base, &t->before) && has_moved(&t->before, &other);
	if (!has_moved(&base, &t->before)) {
		t->before = other;
		t->before_exists = other_exists;
	}
	return 0;
}

static int
read_ticket(struct case_ *c, struct ticket_case *t, struct err *err)
{
	struct findings ignored = { 0 };
	const char *flow;
	int rc;

	c->findings->ticket = t->id;
	rc = case_read_doc(c, &c->before, t->file, &t->before, &t->before_exists, &ignored, err);
	if (rc == 0 && c->act->parent_count == 2)
		rc = choose_side(c, t, &ignored, err);
	if (rc == 0)
		rc = case_read_doc(c, &c->act->after, t->file, &t->after, &t->after_exists,
				   c->findings, err);
	if (rc == 0) {
		flow = node_text(t->before_exists  ? t->before.front
				 : t->after_exists ? t->after.front
						   : NULL,
				 "flow");
		t->flow = law_flow(c->basis.law, flow);
		if (t->before_exists)
			check_fields(c, t, &t->before, t->flow, &ignored);
		if (t->after_exists)
			check_fields(c, t, &t->after, t->flow, c->findings);
		rc = read_trail(c, t, err);
	}
	c->findings->ticket = NULL;
	findings_release(&ignored);
	return rc;
}

int
tickets_read(struct case_ *c, struct err *err)
{
	size_t i, len;

	c->tickets = arena_alloc(&c->arena, (c->change_count + 1) * sizeof(*c->tickets));
	for (i = 0; i < c->change_count; i++) {
		struct ticket_case *last = c->ticket_count == 0 ? NULL
								: &c->tickets[c->ticket_count - 1],
				   *t;

		len = folder_length(c->changes[i].path);
		if (len == 0)
			continue;
		if (last != NULL && strlen(last->folder) == len &&
		    memcmp(last->folder, c->changes[i].path, len) == 0) {
			last->change_count++;
			continue;
		}
		t = &c->tickets[c->ticket_count++];
		t->folder = arena_strndup(&c->arena, c->changes[i].path, len);
		t->file = arena_printf(&c->arena, "%s/ticket.md", t->folder);
		t->id = strrchr(t->folder, '/') + 1;
		t->first_change = i;
		t->change_count = 1;
	}
	for (i = 0; i < c->ticket_count; i++) {
		struct ticket_case *t = &c->tickets[i];

		if (read_ticket(c, t, err) != 0)
			return -1;
		if (!t->before_exists && !t->after_exists &&
		    c->changes[t->first_change].new_mode != 0)
			finding_file(
			    c->findings, "front-matter", c->changes[t->first_change].path, 0, 0,
			    "这个工单文件夹里没有 ticket.md；请补上工单，或把文件移到它的工单里");
	}
	return 0;
}
