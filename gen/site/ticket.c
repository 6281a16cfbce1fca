/* The page of one ticket: its form, plan, papers, timeline, drawing. */
#include <stdlib.h>
#include <string.h>

#include "site/site_internal.h"

/* Sets who and party: of whom made the event. */
static void
set_officer(struct worker *w, const struct event *e)
{
	const struct log *log = w->build->log;
	const struct officer_ref *ref =
	    basis_officer(&w->build->basis, log_text(log, e->author_email));

	script_set_text(w->script, "who",
			ref == NULL ? log_text(log, e->author_name) : ref->officer->name);
	script_set_text(w->script, "party", ref == NULL ? "未登记" : ref->party->short_name);
}

static struct message
message_of(struct worker *w, const struct event *e)
{
	struct message message;

	message_parse(&message, &w->arena, log_text(w->build->log, e->message), false);
	return message;
}

/* Sets act: what ended the step. */
static void
set_act(struct worker *w, const struct event *e)
{
	struct script *s = w->script;
	struct message message = message_of(w, e);
	char hex[OID_HEX];

	script_table_for(s, 8);
	set_officer(w, e);
	script_set_text(s, "opinion", message.opinion);
	script_set_text(s, "late_reason", message.late_reason[0] ? message.late_reason : NULL);
	script_set_text(s, "submitted_by", message.submitted_by[0] ? message.submitted_by : NULL);
	oid_hex(&log_commit_at(w->build->log, e->commit)->oid, hex);
	hex[10] = '\0';
	script_set_text(s, "commit", hex);
	script_set(s, "act");
}

/* Sets edits: the acts within a step that neither began nor ended it, edits, signatures, notices. What began
 * the first step ended none. No field when there are none. */
static void
set_edits(struct worker *w, const struct trail *t, const struct step *step)
{
	struct script *s = w->script;
	bool any = false;
	size_t i;

	for (i = 0; i < step->event_count; i++) {
		const struct event *e = step->events[i];

		if (e == step->left || (e == step->entered && step != t->steps))
			continue;
		if (!any)
			script_table(s);
		any = true;
		script_table_for(s, 4);
		set_officer(w, e);
		script_set_moment(s, "time", e->time);
		script_set_text(s, "subject", message_of(w, e).subject);
		script_append(s);
	}
	if (any)
		script_set(s, "edits");
}

static void
push_step(struct worker *w, const struct trail *t, const struct step *step)
{
	struct script *s = w->script;

	script_table_for(s, 16);
	script_set_text(s, "stage", step->stage_id);
	script_set_text(s, "name", step->stage == NULL ? step->stage_id : step->stage->name);
	script_set_text(s, "article", step->stage == NULL ? "" : step->stage->article);
	if (step->stage != NULL && step->stage->end)
		script_set_bool(s, "ending", true);
	script_set_integer(s, "visit", step->visit);
	script_set_moment(s, "entered", step->entered->time);
	set_clock(s, step);
	if (step->late) {
		script_set_bool(s, "late", true);
		script_set_integer(s, "late_days", step->late_days);
	}
	set_edits(w, t, step);
	if (step->left == NULL)
		return;
	script_set_moment(s, "left", step->left->time);
	script_set_text(s, "outcome",
			step->outcome == NULL ? "（制度里没有的流转）" : step->outcome->name);
	if (step->outcome != NULL && step->outcome->back)
		script_set_bool(s, "back", true);
	set_act(w, step->left);
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

/* --- what was filed ------------------------------------------------------------------------------------------ */
static const char *
paper_kind(const struct node *attachments, const char *file)
{
	size_t i;

	for (i = 0; attachments != NULL && attachments->kind == NODE_LIST && i < attachments->count;
	     i++) {
		if (strcmp(node_text(attachments->items[i], "file"), file) == 0)
			return node_text(attachments->items[i], "paper");
	}
	return "";
}

static void
set_papers(struct script *s, const struct filed *filed)
{
	const struct node *attachments = node_get(filed->front, "attachments");
	size_t i;

	script_table(s);
	for (i = 0; i < filed->paper_count; i++) {
		const struct filed_paper *paper = &filed->papers[i];

		script_table_for(s, 8);
		script_set_text(s, "file", paper->file);
		script_set_text(s, "paper", paper_kind(attachments, paper->file));
		script_set_integer(s, "bytes", paper->bytes);
		script_set_text(s, "sha256", paper->sha256);
		script_set_text(s, "sm3", paper->sm3);
		script_append(s);
	}
	script_set(s, "papers");
}

/* Pushes the front matter, typed by the flow's fields. */
static void
push_front(struct script *s, const struct trail *t, struct filed *filed)
{
	struct findings ignored = { 0 };
	struct doc doc = { .front = filed->front, .file = "ticket.md" };

	if (t->flow != NULL)
		fields_check(&doc, t->flow->fields, t->flow->field_count, &ignored);
	law_push_values(s, filed->front);
	findings_release(&ignored);
}

static int
set_document(struct worker *w, const struct trail *t)
{
	struct script *s = w->script;
	struct filed filed;

	if (filed_read(&filed, &w->arena, &w->build->filing, w->repo, t->last, w->err) != 0)
		return -1;
	push_front(s, t, &filed);
	script_set_text(s, "tenant_level", t->county ? "county" : "city");
	script_set(s, "values");
	script_bytes(s, filed.html, filed.html_len);
	script_set(s, "body");
	set_papers(s, &filed);
	return 0;
}

int
set_front(struct worker *w, const struct trail *t, const char *asked)
{
	struct filed filed;

	if (filed_read(&filed, &w->arena, &w->build->filing, w->repo, t->last, w->err) != 0)
		return -1;
	if (asked == NULL || node_get(filed.front, asked) != NULL)
		push_front(w->script, t, &filed);
	else
		script_table(w->script);
	script_set(w->script, "values");
	return 0;
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
		set_chart(w, t->flow, present->stage == NULL ? NULL : present->stage_id);
	script_set(w->script, "ticket");
	return "ticket";
}
