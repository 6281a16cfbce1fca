/* What a rule sees: the table `c` of docs/law.md. Every function here leaves the stack as its
 * comment says; "sets" means a field of the table on top. */
#include "judge/judge_internal.h"

#include <stdlib.h>
#include <string.h>

#define SCANNED_MAX_BYTES ((size_t)512 << 10) /* texts that rules look into */

static void
set_time(struct script *s, const char *key, int64_t time)
{
	char text[17];

	moment_text(time, text);
	script_set_text(s, key, text);
}

void
facts_push_party(struct script *s, const struct party *party)
{
	script_table(s);
	script_set_text(s, "id", party->id);
	script_set_text(s, "name", party->name);
	script_set_text(s, "kind", party->kind);
	script_set_text(s, "level", party->level);
	script_set_text(s, "county", party->county);
	script_set_text(s, "bureau", party->bureau);
	script_set_text(s, "media", party->media);
}

/* Sets `key` to an officer, or leaves it out when the register has none with that e-mail. */
static void
set_officer(struct script *s, const char *key, const struct case_ *c, const char *email)
{
	const struct officer_ref *ref = basis_officer(&c->basis, email);
	int32_t day = day_of(c->act->time);

	if (ref == NULL)
		return;
	facts_push_party(s, ref->party);
	script_set_text(s, "officer", ref->officer->name);
	script_set_text(s, "email", ref->officer->email);
	script_set_text(s, "post", ref->officer->post);
	script_set_bool(s, "in_office", day >= ref->officer->from && day <= ref->officer->to);
	script_set(s, key);
}

/* `signature` (a state's id; not before the commit is made), `signature_due`; `signs`: git is set to
 * sign what is being committed. */
static void
set_signature(struct case_ *c, struct script *s)
{
	char *set;

	script_set_bool(s, "signature_due",
			c->basis.registers->site.signatures_from <= day_of(c->act->time));
	if (c->act->commit[0] != '\0') {
		script_set_text(s, "signature", signature_state_ids[c->signature]);
		return;
	}
	set = repo_config(c->judge->repo, "commit.gpgsign");
	script_set_bool(s, "signs", set != NULL && strcmp(set, "true") == 0);
	free(set);
}

static void
set_act(struct case_ *c, struct script *s)
{
	const struct act *act = c->act;

	script_set_bool(s, "initial", c->initial);
	script_set_bool(s, "root", act->parent_count == 0);
	script_set_bool(s, "merge", act->parent_count > 1);
	script_set_integer(s, "parents", (int64_t)act->parent_count);
	set_signature(c, s);
	script_set_integer(s, "time", act->time);
	script_set_integer(s, "now", c->judge->now);
	set_time(s, "time_text", act->time);
	if (c->parent_time != INT64_MIN) {
		script_set_integer(s, "parent_time", c->parent_time);
		set_time(s, "parent_time_text", c->parent_time);
	}
	script_set_text(s, "author", act->author_name);
	script_set_text(s, "email", act->author_email);
	set_officer(s, "officer", c, act->author_email);
	script_set_bool(s, "has_message", act->message != NULL);
	script_set_text(s, "subject", c->message.subject);
	script_set_text(s, "opinion", c->message.opinion);
	script_set_text(s, "late_reason", c->message.late_reason);
	script_set_text(s, "submitted_by", c->message.submitted_by);
	if (c->message.submitted_by[0] != '\0')
		set_officer(s, "submitter", c, message_email(&c->arena, c->message.submitted_by));
}

/* --- files ---------------------------------------------------------------------------------------- */
int
facts_push_file(struct case_ *c, struct script *s, const struct change *change, bool *pushed,
		struct err *err)
{
	struct buf text = BUF_INIT;
	int64_t bytes = 0;
	int rc = 0;

	*pushed = false;
	if (oid_zero(&change->new_oid) ||
	    (change->new_mode != MODE_FILE && change->new_mode != MODE_EXEC))
		return 0;
	rc = repo_blob_size(c->judge->repo, &change->new_oid, &bytes, err);
	if (rc == 0 && bytes <= (int64_t)SCANNED_MAX_BYTES)
		rc = repo_blob(c->judge->repo, &change->new_oid, SCANNED_MAX_BYTES, &text, err);
	if (rc == 0 && text.len > 0 && memchr(text.ptr, '\0', text.len) == NULL) {
		*pushed = true;
		script_table(s);
		script_set_text(s, "path", change->path);
		script_bytes(s, text.ptr, text.len);
		script_set(s, "text");
	}
	buf_release(&text);
	return rc;
}

struct clash {
	const char *name;
	struct arena *arena;
	const char *found;
};

static int
note_clash(void *ctx, const struct entry *entry, struct err *err)
{
	struct clash *clash = ctx;

	(void)err;
	if (strcmp(entry->name, clash->name) != 0 && text_same_nocase(entry->name, clash->name))
		clash->found = arena_strdup(clash->arena, entry->name);
	return 0;
}

/* A name beside the path's last part, as the commit leaves the folder, that differs only in case. */
static int
find_clash(const char **out, struct case_ *c, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct clash clash = { slash == NULL ? path : slash + 1, &c->arena, NULL };
	const char *folder =
	    slash == NULL ? "" : arena_strndup(&c->arena, path, (size_t)(slash - path));

	if (snapshot_list(&c->act->after, folder, note_clash, &clash, err) != 0)
		return -1;
	*out = clash.found;
	return 0;
}

/* Sets clash: a name beside a new file, or beside a new folder on its way, that differs only in case from
 * that one's, which is `clash_of`. */
static int
set_clash(struct case_ *c, struct script *s, const struct change *change, struct err *err)
{
	const char *found = NULL, *of = NULL, *path = change->path, *slash;
	struct entry entry;
	int there = 0;

	if (change->old_mode != 0 || change->new_mode == 0)
		return 0;
	while (found == NULL && there == 0) {
		if (find_clash(&found, c, path, err) != 0)
			return -1;
		slash = strrchr(path, '/');
		of = slash == NULL ? path : slash + 1;
		if (slash == NULL)
			break;
		path = arena_strndup(&c->arena, path, (size_t)(slash - path));
		there = snapshot_find(&c->before, path, &entry, err);
	}
	if (there < 0)
		return -1;
	script_set_text(s, "clash", found);
	if (found != NULL)
		script_set_text(s, "clash_of", of);
	return 0;
}

/* Sets dropped: paths where a merge kept one side and lost what the other did. */
static void
set_dropped(const struct case_ *c, struct script *s)
{
	size_t i;

	script_table(s);
	for (i = 0; i < c->dropped_count; i++) {
		script_table(s);
		script_set_text(s, "path", c->dropped[i].path);
		script_set_bool(s, "both", c->dropped[i].both);
		script_append(s);
	}
	script_set(s, "dropped");
}

/* Sets files: one row a changed path. */
static int
set_files(struct case_ *c, struct script *s, struct err *err)
{
	size_t i;

	script_table(s);
	for (i = 0; i < c->change_count; i++) {
		const struct change *change = &c->changes[i];

		script_table(s);
		script_set_text(s, "path", change->path);
		script_set_text(s, "kind",
				change->new_mode == 0	? "removed"
				: change->old_mode == 0 ? "added"
							: "changed");
		script_set_bool(s, "plain", change->new_mode == 0 || change->new_mode == MODE_FILE);
		if (set_clash(c, s, change, err) != 0)
			return -1;
		script_append(s);
	}
	script_set(s, "files");
	return 0;
}

/* --- a ticket ------------------------------------------------------------------------------------------ */
#define UNSEEN_MAX_BYTES 4096 /* longer papers are taken to say something */

struct listing {
	struct case_ *c;
	struct script *s;
	size_t prefix;
};

/* Makes *bytes 0 for a paper in which nobody sees anything. */
static int
weigh_paper(struct repo *repo, const struct oid *blob, int64_t *bytes, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = repo_blob_size(repo, blob, bytes, err);

	if (rc == 0 && *bytes <= UNSEEN_MAX_BYTES)
		rc = repo_blob(repo, blob, UNSEEN_MAX_BYTES, &text, err);
	if (rc == 0 && *bytes <= UNSEEN_MAX_BYTES && text_unseen(text.ptr, text.len))
		*bytes = 0;
	buf_release(&text);
	return rc;
}

static int
list_file(void *ctx, const struct entry *entry, struct err *err)
{
	struct listing *l = ctx;
	int64_t bytes = 0;

	if (strcmp(entry->path + l->prefix, "ticket.md") == 0)
		return 0;
	if ((entry->mode & 0170000) == 0100000 &&
	    weigh_paper(l->c->judge->repo, &entry->oid, &bytes, err) != 0)
		return -1;
	script_integer(l->s, bytes);
	script_set(l->s, entry->path + l->prefix);
	return 0;
}

/* Sets papers: file name within the folder -> bytes, as the commit leaves the folder. The ticket is none. */
static int
set_papers(struct case_ *c, struct script *s, const struct ticket_case *t, struct err *err)
{
	struct listing l = { c, s, strlen(t->folder) + 1 };

	script_table(s);
	if (snapshot_files(&c->act->after, t->folder, list_file, &l, err) != 0)
		return -1;
	script_set(s, "papers");
	return 0;
}

static void
set_sections(struct case_ *c, struct script *s, const struct ticket_case *t)
{
	struct section *sections = NULL;
	size_t count = 0, i;

	if (t->after_exists && !t->after.broken)
		count = markdown_sections(&c->arena, t->after.body, t->after.body_len, &sections);
	script_table(s);
	for (i = 0; i < count; i++) {
		script_table(s);
		script_set_text(s, "title", sections[i].title);
		script_set_bool(s, "empty", sections[i].empty);
		script_set_integer(s, "line", t->after.body_line + sections[i].line - 1);
		script_append(s);
	}
	script_set(s, "sections");
}

/* Sets steps: what happened before this commit. */
static void
set_steps(struct case_ *c, struct script *s, const struct trail *trail)
{
	size_t i;

	script_table(s);
	for (i = 0; i < trail->step_count; i++) {
		const struct step *step = &trail->steps[i];
		const struct event *e = step->left;

		script_table(s);
		script_set_text(s, "stage", step->stage_id);
		script_set_integer(s, "visit", step->visit);
		script_set_integer(s, "entered", step->entered->time);
		script_set_bool(s, "late", step->late);
		if (e != NULL) {
			const char *actor =
			    message_actor(&c->arena, log_text(trail->log, e->message),
					  log_text(trail->log, e->author_email));

			script_set_integer(s, "left", e->time);
			script_set_text(s, "outcome",
					step->outcome == NULL ? NULL : step->outcome->id);
			script_set_text(s, "email", actor);
			set_officer(s, "officer", c, actor);
		}
		script_append(s);
	}
	script_set(s, "steps");
}

static void
set_deadline(struct case_ *c, struct script *s, const struct ticket_case *t,
	     const struct deadline *due)
{
	char day[11];
	int over = 0, missing;

	script_set_text(s, "due_kind",
			due->kind == DUE_DAY	  ? "day"
			: due->kind == DUE_PROMPT ? "prompt"
						  : "none");
	if (due->kind == DUE_UNKNOWN)
		script_set_integer(s, "missing_year", due->missing_year);
	if (due->kind == DUE_DAY) {
		day_text(due->day, day);
		script_set_text(s, "due", day);
		script_set_bool(s, "late", c->act->time >= day_end(due->day));
		if (calendar_count_workdays(c->basis.calendar, day_of(c->act->time), due->day,
					    &over, &missing))
			script_set_integer(s, "days_left", over);
		if (c->act->time >= day_end(due->day) &&
		    calendar_count_workdays(c->basis.calendar, due->day, day_of(c->act->time),
					    &over, &missing))
			script_set_integer(s, "days_over", over);
	}
	if (calendar_count_workdays(c->basis.calendar,
				    day_of(trail_present(&t->trail)->entered->time),
				    day_of(c->act->time), &over, &missing))
		script_set_integer(s, "waited", over);
}

struct settled {
	struct case_ *c;
	const struct ticket_case *t;
	struct arena *arena;
	const char **changed;
	size_t changed_count, changed_cap;
};

/* One file of the folder as it was when the present stage began. */
static int
compare_settled(void *ctx, const struct entry *entry, struct err *err)
{
	struct settled *x = ctx;
	struct entry now;
	int found;

	if (strcmp(entry->path, "ticket.md") == 0)
		return 0;
	script_append_text(law_script(x->c->basis.law), entry->path);
	found =
	    snapshot_find(&x->c->act->after,
			  arena_printf(x->arena, "%s/%s", x->t->folder, entry->path), &now, err);
	if (found < 0)
		return -1;
	if (found == 0 || !oid_same(&now.oid, &entry->oid))
		vec_push(x->changed, x->changed_count, x->changed_cap,
			 arena_strdup(x->arena, entry->path));
	return 0;
}

/* Sets settled and settled_changed: papers that lay there when the present stage was entered. */
static int
set_settled(struct case_ *c, struct script *s, const struct ticket_case *t, struct err *err)
{
	struct settled x = { .c = c, .t = t, .arena = &c->arena };
	struct snapshot then;
	size_t i;
	int rc;

	snapshot_tree(&then, c->judge->repo, &trail_present(&t->trail)->entered->folder);
	script_table(s);
	rc = snapshot_files(&then, "", compare_settled, &x, err);
	script_set(s, "settled");
	script_table(s);
	for (i = 0; i < x.changed_count; i++)
		script_append_text(s, x.changed[i]);
	script_set(s, "settled_changed");
	free(x.changed);
	return rc;
}

static int
set_trail(struct case_ *c, struct script *s, const struct ticket_case *t, struct err *err)
{
	struct trail_context context = { c->judge->repo, &c->basis, c->act->time, NULL };
	const struct step *present;
	struct deadline due;

	if (!t->has_trail)
		return 0;
	present = trail_present(&t->trail);
	set_steps(c, s, &t->trail);
	script_set_text(s, "opened_kind", t->trail.opened_kind);
	script_set_integer(s, "entered", present->entered->time);
	set_time(s, "entered_text", present->entered->time);
	script_set_integer(s, "visit", present->visit);
	if (set_settled(c, s, t, err) != 0)
		return -1;
	if (trail_deadline(&due, &t->trail, t->after_exists ? t->after.front : t->before.front,
			   &context, err) != 0)
		return -1;
	set_deadline(c, s, t, &due);
	return 0;
}

/* Appends the keys of `a` whose value in `b` is another one; only_missing: those b lacks. */
static void
append_changed(struct script *s, const struct node *a, const struct node *b, bool only_missing)
{
	const struct node *other;
	size_t i;

	for (i = 0; a != NULL && i < a->count; i++) {
		other = b == NULL ? NULL : node_get(b, a->keys[i]);
		if (only_missing ? other == NULL : !node_same(a->items[i], other))
			script_append_text(s, a->keys[i]);
	}
}

/* Sets changed_keys, body_changed, changed_files. */
static void
set_changes(struct case_ *c, struct script *s, const struct ticket_case *t)
{
	const struct node *before = t->before_exists ? t->before.front : NULL;
	const struct node *after = t->after_exists ? t->after.front : NULL;
	size_t i, prefix = strlen(t->folder) + 1;

	script_table(s);
	append_changed(s, after, before, false);
	append_changed(s, before, after, true);
	script_set(s, "changed_keys");
	script_set_bool(s, "body_changed",
			t->after_exists &&
			    strcmp(t->before_exists ? t->before.body : "", t->after.body) != 0);
	script_table(s);
	for (i = t->first_change; i < t->first_change + t->change_count; i++) {
		const struct change *change = &c->changes[i];

		script_table(s);
		script_set_text(s, "name", change->path + prefix);
		script_set_text(s, "kind",
				change->new_mode == 0	? "removed"
				: change->old_mode == 0 ? "added"
							: "changed");
		script_append(s);
	}
	script_set(s, "changed_files");
}

/* Pushes the values with what conditions need besides: the tenant's level. */
static void
push_values(struct case_ *c, struct script *s, const struct node *front)
{
	law_push_values(s, front);
	script_set_text(s, "tenant_level",
			basis_is_county(&c->basis, node_text(front, "tenant")) ? "county" : "city");
}

static void
set_register_views(struct case_ *c, struct script *s, const struct node *front)
{
	const struct party *tenant = basis_party(&c->basis, node_text(front, "tenant"));
	const struct system *system = basis_system(&c->basis, node_text(front, "system"));

	if (tenant != NULL) {
		facts_push_party(s, tenant);
		script_set(s, "tenant");
	}
	if (system != NULL) {
		script_table(s);
		script_set_text(s, "name", system->name);
		script_set_text(s, "tenant", system->tenant);
		script_set(s, "system");
	}
}

/* Sets `signed_now` (kinds that stand in `signed` now and did not before) and `signed_gone`. */
static void
set_signatures(struct script *s, const struct node *before, const struct node *after,
	       const char *key)
{
	const struct node *old = before == NULL ? NULL : node_get(before, "signed");
	const struct node *new = after == NULL ? NULL : node_get(after, "signed");
	size_t i, k;

	script_table(s);
	for (i = 0; new != NULL &&new->kind == NODE_LIST &&i < new->count; i++) {
		bool had = false;

		for (k = 0; old != NULL && old->kind == NODE_LIST && k < old->count; k++)
			had = had || node_same(old->items[k], new->items[i]);
		if (!had && new->items[i]->kind == NODE_SCALAR)
			script_append_text(s, new->items[i]->text);
	}
	script_set(s, key);
}

/* --- other tickets that the flow's rules want to see --------------------------------------------------- */
static int
push_other(struct case_ *c, struct script *s, const struct trail *trail, struct err *err)
{
	struct findings ignored = { 0 };
	struct buf text = BUF_INIT;
	struct doc doc;
	int rc = repo_blob(c->judge->repo, &trail->last->blob, DOC_MAX_BYTES, &text, err);

	if (rc == 0) {
		doc_parse(&doc, &c->arena, arena_copy(&c->arena, text.ptr, text.len + 1, 1),
			  text.len, "ticket.md", &ignored);
		fields_check(&doc, trail->flow->fields, trail->flow->field_count, &ignored);
		script_table(s);
		script_set_text(s, "id", trail->id);
		script_set_text(s, "flow", trail->flow->id);
		script_set_text(s, "stage", trail_present(trail)->stage_id);
		push_values(c, s, doc.front);
		script_set(s, "values");
		set_steps(c, s, trail);
	}
	findings_release(&ignored);
	buf_release(&text);
	return rc;
}

static bool
wanted(const struct flow *flow, const struct trail *trail, const char *system)
{
	size_t i;

	if (trail->gone || trail->flow == NULL || trail->step_count == 0)
		return false;
	for (i = 0; i < flow->gather_count; i++) {
		const struct gather *g = &flow->gathers[i];

		if (strcmp(g->flow, trail->flow->id) == 0 &&
		    (!g->same_system || strcmp(trail->system, system) == 0))
			return true;
	}
	return false;
}

/* The last event's flow and system, without folding: most tickets are of no interest. */
static bool
perhaps_wanted(const struct case_ *c, const struct flow *flow, uint32_t ticket, const char *system)
{
	const struct log *log = c->judge->log;
	size_t count, i;
	const struct event *const *events = log_events(log, ticket, &count);

	for (i = 0; i < flow->gather_count && count > 0; i++) {
		const struct gather *g = &flow->gathers[i];

		if (strcmp(g->flow, log_text(log, events[0]->flow)) == 0 &&
		    (!g->same_system ||
		     strcmp(log_text(log, events[count - 1]->system), system) == 0))
			return true;
	}
	return false;
}

/* Sets others. */
static int
set_others(struct case_ *c, struct script *s, const struct ticket_case *t, const char *system,
	   struct err *err)
{
	struct trail_context context = { c->judge->repo, &c->basis, c->act->time, NULL };
	size_t count = log_ticket_count(c->judge->log);
	struct trail trail;
	uint32_t i;

	script_table(s);
	for (i = 0; i < count && t->flow->gather_count > 0; i++) {
		if (!perhaps_wanted(c, t->flow, i, system) ||
		    strcmp(log_ticket_folder(c->judge->log, i), t->folder) == 0)
			continue;
		if (trail_at(&trail, &c->arena, c->judge->log, i, c->parents, c->parent_count,
			     &context, err) != 0)
			return -1;
		if (!wanted(t->flow, &trail, system))
			continue;
		if (push_other(c, s, &trail, err) != 0)
			return -1;
		script_append(s);
	}
	script_set(s, "others");
	return 0;
}

static int
push_ticket(struct case_ *c, struct script *s, const struct ticket_case *t, struct err *err)
{
	const struct node *before = t->before_exists ? t->before.front : NULL;
	const struct node *after = t->after_exists ? t->after.front : NULL;
	const struct node *front = after != NULL ? after : before;
	const char *from = before == NULL ? "" : node_text(before, "stage");
	const char *to = after == NULL ? "" : node_text(after, "stage");
	bool more_signed;

	script_table(s);
	script_set_text(s, "id", t->id);
	script_set_text(s, "folder", t->folder);
	script_set_text(s, "file", t->file);
	script_set_bool(s, "broken",
			(t->after_exists && t->after.broken) ||
			    (!t->after_exists && !t->before_exists));
	script_set_bool(s, "is_new", before == NULL && after != NULL);
	script_set_bool(s, "removed", before != NULL && after == NULL);
	script_set_bool(s, "parted", t->parted);
	if (front == NULL)
		return 0;
	script_set_text(s, "flow_id", node_text(front, "flow"));
	script_set_text(s, "from", before == NULL ? NULL : from);
	script_set_text(s, "to", after == NULL ? NULL : to);
	push_values(c, s, front);
	script_set(s, "values");
	if (before != NULL) {
		push_values(c, s, before);
		script_set(s, "before");
	}
	set_signatures(s, before, after, "newly_signed");
	set_signatures(s, after, before, "unsigned");
	more_signed = before != NULL && after != NULL &&
		      !node_same(node_get(before, "signed"), node_get(after, "signed"));
	script_set_bool(s, "signed_now", more_signed);
	script_set_bool(s, "moved",
			before != NULL && after != NULL && (strcmp(from, to) != 0 || more_signed));
	set_register_views(c, s, front);
	set_changes(c, s, t);
	set_sections(c, s, t);
	if (set_papers(c, s, t, err) != 0 || set_trail(c, s, t, err) != 0)
		return -1;
	if (t->flow == NULL || strcmp(from, to) == 0)
		return 0;
	if (facts_set_ledger(c, s, t, from, err) != 0)
		return -1;
	return set_others(c, s, t, node_text(front, "system"), err);
}

int
facts_push(struct case_ *c, struct script *s, struct err *err)
{
	size_t i;

	script_table(s);
	set_act(c, s);
	set_dropped(c, s);
	if (set_files(c, s, err) != 0 || facts_set_handovers(c, s, err) != 0)
		return -1;
	script_table(s);
	for (i = 0; i < c->ticket_count; i++) {
		if (push_ticket(c, s, &c->tickets[i], err) != 0)
			return -1;
		script_append(s);
	}
	script_set(s, "tickets");
	return 0;
}
