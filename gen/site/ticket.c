/* The page of one ticket: its form, plan, papers, timeline, drawing. */
#include <stdlib.h>
#include <string.h>

#include "site/site_internal.h"

#define PAPER_MAX_BYTES ((size_t)1 << 30)

static void
push_officer(struct worker *w, const char *email, const char *name)
{
	const struct officer_ref *ref = basis_officer(&w->build->basis, email);
	struct script *s = w->script;

	script_set_text(s, "who", ref == NULL ? name : ref->officer->name);
	script_set_text(s, "party", ref == NULL ? "未登记" : ref->party->short_name);
	if (ref != NULL)
		script_set_text(s, "party_id", ref->party->id);
}

/* Sets subject, opinion, late_reason, submitted_by, commit, time of the act on top. */
static void
set_act(struct worker *w, const struct event *e)
{
	const struct log *log = w->build->log;
	struct script *s = w->script;
	struct message message;
	char hex[OID_HEX];

	message_parse(&message, &w->arena, log_text(log, e->message), false);
	push_officer(w, log_text(log, e->author_email), log_text(log, e->author_name));
	script_set_text(s, "subject", message.subject);
	script_set_text(s, "opinion", message.opinion);
	script_set_text(s, "late_reason", message.late_reason[0] ? message.late_reason : NULL);
	script_set_text(s, "submitted_by", message.submitted_by[0] ? message.submitted_by : NULL);
	oid_hex(&log_commit_at(log, e->commit)->oid, hex);
	hex[10] = '\0';
	script_set_text(s, "commit", hex);
	set_moment(s, "time", e->time);
}

/* The acts within a step that did not end it: edits, signatures, notices. */
static void
set_edits(struct worker *w, const struct step *step)
{
	size_t i;

	script_table(w->script);
	for (i = 0; i < step->event_count; i++) {
		if (step->events[i] == step->left)
			continue;
		script_table_for(w->script, 12);
		set_act(w, step->events[i]);
		script_append(w->script);
	}
	script_set(w->script, "edits");
}

static void
push_step(struct worker *w, const struct trail *t, const struct step *step)
{
	struct script *s = w->script;

	script_table_for(s, 24);
	script_set_text(s, "stage", step->stage_id);
	script_set_text(s, "name", step->stage == NULL ? step->stage_id : step->stage->name);
	script_set_text(s, "article", step->stage == NULL ? "" : step->stage->article);
	script_set_bool(s, "ending", step->stage != NULL && step->stage->end);
	script_set_integer(s, "visit", step->visit);
	set_moment(s, "entered", step->entered->time);
	set_clock(s, step);
	script_set_bool(s, "working", step->due.working);
	script_set_bool(s, "late", step->late);
	script_set_integer(s, "late_days", step->late_days);
	set_edits(w, step);
	if (step->left != NULL) {
		set_moment(s, "left", step->left->time);
		script_set_text(s, "outcome",
				step->outcome == NULL ? "（制度里没有的流转）"
						      : step->outcome->name);
		script_set_text(s, "outcome_id", step->outcome == NULL ? NULL : step->outcome->id);
		script_set_bool(s, "back", step->outcome != NULL && step->outcome->back);
		script_table(s);
		set_act(w, step->left);
		script_set(s, "act");
	}
	(void)t;
}

static void
set_steps(struct worker *w, const struct trail *t)
{
	size_t i;

	script_table(w->script);
	for (i = 0; i < t->step_count; i++) {
		push_step(w, t, &t->steps[i]);
		script_append(w->script);
	}
	script_set(w->script, "steps");
}

/* --- papers -------------------------------------------------------------------------------------------------- */
struct papers {
	struct worker *w;
	size_t prefix;
	const struct node *attachments;
};

static const char *
paper_kind(const struct papers *p, const char *file)
{
	size_t i;

	for (i = 0; p->attachments != NULL && p->attachments->kind == NODE_LIST &&
		    i < p->attachments->count;
	     i++) {
		if (strcmp(node_text(p->attachments->items[i], "file"), file) == 0)
			return node_text(p->attachments->items[i], "paper");
	}
	return "";
}

/* Known by its id, else read; NULL is a failure. */
static const struct fingerprint *
fingerprint_of(struct worker *w, const struct oid *blob, struct err *err)
{
	const struct fingerprint *known = fingerprints_find(&w->build->fingerprints, blob);
	struct buf data = BUF_INIT;

	if (known != NULL)
		return known;
	if (repo_blob(w->repo, blob, PAPER_MAX_BYTES, &data, err) == 0 &&
	    fingerprint_take(&w->fingerprints, blob, data.ptr, data.len, &known, err) != 0)
		known = NULL;
	buf_release(&data);
	return known;
}

static int
push_paper(void *ctx, const struct entry *entry, struct err *err)
{
	struct papers *p = ctx;
	struct script *s = p->w->script;
	const char *file = entry->path + p->prefix;
	const struct fingerprint *print;
	char hex[65];

	if (strcmp(file, "ticket.md") == 0 ||
	    (entry->mode != MODE_FILE && entry->mode != MODE_EXEC))
		return 0;
	print = fingerprint_of(p->w, &entry->oid, err);
	if (print == NULL)
		return -1;
	script_table_for(s, 8);
	script_set_text(s, "file", file);
	script_set_text(s, "paper", paper_kind(p, file));
	script_set_integer(s, "bytes", print->bytes);
	fingerprint_hex(print->sha256, hex);
	script_set_text(s, "sha256", hex);
	fingerprint_hex(print->sm3, hex);
	script_set_text(s, "sm3", hex);
	script_append(s);
	return 0;
}

static int
set_papers(struct worker *w, const struct trail *t, const struct doc *doc)
{
	struct papers p = { w, 0, node_get(doc->front, "attachments") };
	struct snapshot folder;

	snapshot_tree(&folder, w->repo, &t->last->folder);
	script_table(w->script);
	if (snapshot_files(&folder, "", push_paper, &p, w->err) != 0)
		return -1;
	script_set(w->script, "papers");
	return 0;
}

/* --- the whole ------------------------------------------------------------------------------------------------- */
static int
set_document(struct worker *w, const struct trail *t)
{
	struct findings findings = { 0 };
	struct buf text = BUF_INIT, html = BUF_INIT;
	struct doc doc;
	int rc = repo_blob(w->repo, &t->last->blob, DOC_MAX_BYTES, &text, w->err);

	if (rc != 0 && w->err->code == ERR_LIMIT) {
		err_clear(
		    w->err); /* refused at the hub; who built it in all the same sees why it is bare */
		buf_clear(&text);
		buf_puts(&text, "---\n---\nticket.md 超过 1 MB，本页不显示它的内容。\n");
		rc = 0;
	}
	if (rc == 0) {
		doc_parse(&doc, &w->arena, text.ptr, text.len, "ticket.md", &findings);
		if (t->flow != NULL)
			fields_check(&doc, t->flow->fields, t->flow->field_count, &findings);
		law_push_values(w->script, doc.front);
		script_set_text(w->script, "tenant_level", t->county ? "county" : "city");
		script_set(w->script, "values");
		markdown_html(&html, doc.body, doc.body_len, 1);
		script_bytes(w->script, html.ptr, html.len);
		script_set(w->script, "body");
		rc = set_papers(w, t, &doc);
	}
	findings_release(&findings);
	buf_release(&html);
	buf_release(&text);
	return rc;
}

int
set_front(struct worker *w, const struct trail *t)
{
	struct findings findings = { 0 };
	struct buf text = BUF_INIT;
	struct doc doc;
	int rc = repo_blob(w->repo, &t->last->blob, DOC_MAX_BYTES, &text, w->err);

	if (rc == 0) {
		doc_parse(&doc, &w->arena, text.ptr, text.len, "ticket.md", &findings);
		fields_check(&doc, t->flow->fields, t->flow->field_count, &findings);
		law_push_values(w->script, doc.front);
		script_set(w->script, "values");
	}
	findings_release(&findings);
	buf_release(&text);
	return rc;
}

const char *
fill_ticket(struct worker *w, const struct page *page)
{
	const struct card *card = page->subject;
	const struct trail *t = &card->trail;
	const struct step *present = trail_present(t);

	card_push(w->script, w->build, card);
	script_set_bool(w->script, "county", t->county);
	script_set_text(w->script, "tenant_id", card->tenant == NULL ? NULL : card->tenant->id);
	script_set_text(w->script, "tenant_name",
			card->tenant == NULL ? t->tenant : card->tenant->name);
	if (map_find(&w->build->basis.registers->by_system, t->system) != NULL)
		script_set_text(w->script, "system_id",
				basis_system(&w->build->basis, t->system)->id);
	set_steps(w, t);
	script_set_text(w->script, "slip_page", slip_page(w->build, card));
	if (set_document(w, t) != 0)
		return NULL;
	if (t->flow != NULL)
		script_set_text(w->script, "chart",
				chart_of(w, t->flow,
					 present->stage == NULL ? NULL : present->stage_id));
	script_set(w->script, "ticket");
	return "ticket";
}
