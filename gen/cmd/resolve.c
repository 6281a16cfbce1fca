/* resolve: where both sides moved a ticket since they parted. Nothing is merged silently: what each
 * did is shown, and the choice is a commit, which the law lets the coordinator make. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/receiving.h"

/* --- what both sides moved ------------------------------------------------------------------------ */
struct touched {
	const char **files; /* ticket.md of each ticket that changed, sorted */
	size_t count, cap;
	struct arena *arena;
};

static int
note_ticket(void *ctx, const struct change *change, struct err *err)
{
	struct touched *t = ctx;

	(void)err;
	if (text_starts(change->path, LOG_TOP "/") && text_ends(change->path, "/ticket.md"))
		vec_push(t->files, t->count, t->cap, arena_strdup(t->arena, change->path));
	return 0;
}

static int
list_touched(struct touched *out, struct receiving *r, const struct oid *from, const struct oid *to,
	     struct err *err)
{
	struct snapshot before, after;

	out->arena = &r->arena;
	if (snapshot_commit(&before, r->q, from, err) != 0 ||
	    snapshot_commit(&after, r->q, to, err) != 0)
		return -1;
	return tree_diff(r->q, &before.tree, &after.tree, note_ticket, out, err);
}

/* stage and signed of a ticket at a commit, one text. */
static int
standing(const char **out, struct receiving *r, const struct oid *commit, const char *file,
	 struct err *err)
{
	struct findings ignored = { 0 };
	struct buf text = BUF_INIT;
	struct snapshot snap;
	struct doc doc;
	int rc = snapshot_commit(&snap, r->q, commit, err);

	*out = "";
	if (rc == 0)
		rc = snapshot_read(&snap, file, DOC_MAX_BYTES, &text, NULL, err);
	if (rc > 0) {
		const struct node *list;
		struct buf all = BUF_INIT;
		size_t i;

		doc_parse(&doc, &r->arena, arena_copy(&r->arena, text.ptr, text.len + 1, 1),
			  text.len, file, &ignored);
		list = node_get(doc.front, "signed");
		buf_puts(&all, node_text(doc.front, "stage"));
		for (i = 0; list != NULL && list->kind == NODE_LIST && i < list->count; i++)
			buf_printf(&all, " %s", list->items[i]->text);
		*out = arena_strdup(&r->arena, all.ptr);
		buf_release(&all);
	}
	findings_release(&ignored);
	buf_release(&text);
	return rc < 0 ? -1 : 0;
}

static int
both_moved(bool *out, struct receiving *r, const struct merge *merge, const struct oid *ours,
	   const struct oid *theirs, const char *file, struct err *err)
{
	const char *base, *one, *two;

	if (standing(&base, r, &merge->base, file, err) != 0 ||
	    standing(&one, r, ours, file, err) != 0 || standing(&two, r, theirs, file, err) != 0)
		return -1;
	*out = strcmp(base, one) != 0 && strcmp(base, two) != 0;
	return 0;
}

/* --- side by side ------------------------------------------------------------------------------------- */
static void
put_side(struct buf *text, const char *whose, const struct receiving *r, const struct log *log,
	 uint32_t ticket, const struct oid *tip)
{
	size_t count, i;
	const struct event *const *events = log_events(log, ticket, &count);
	const struct event *last = NULL;
	uint32_t number;
	char when[17];

	if (!log_find_commit(log, tip, &number))
		return;
	for (i = 0; i < count; i++) {
		if (log_is_ancestor(log, events[i]->commit, number))
			last = events[i];
	}
	if (last != NULL) {
		const struct flow *flow = law_flow(r->s->basis.law, log_text(log, last->flow));
		const struct stage *stage =
		    flow == NULL ? NULL : flow_stage(flow, log_text(log, last->stage));
		const char *said = log_text(log, last->message);

		moment_text(last->time, when);
		buf_printf(text, "    %s：%s，现在是“%s”，%s：%.*s\n", whose, when,
			   stage == NULL ? log_text(log, last->stage) : stage->name,
			   log_text(log, last->author_name), (int)strcspn(said, "\n"), said);
	}
}

static int
put_ticket(struct receiving *r, struct buf *text, const struct log *log, const char *file,
	   const struct oid *ours, const struct oid *theirs)
{
	char *folder = arena_strndup(&r->arena, file, strlen(file) - strlen("/ticket.md"));
	uint32_t ticket;

	buf_printf(text, "  %s\n", strrchr(folder, '/') + 1);
	if (log_find(log, folder, &ticket)) {
		put_side(text, "我方", r, log, ticket, ours);
		put_side(text, "对方", r, log, ticket, theirs);
	}
	return 0;
}

static bool
is_listed(const struct touched *t, const char *file)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (strcmp(t->files[i], file) == 0)
			return true;
	}
	return false;
}

static int
describe(struct receiving *r, struct buf *text, const struct oid *ours, const struct oid *theirs,
	 const struct merge *merge, const struct touched *one, const struct touched *two,
	 const struct log *log, struct err *err)
{
	size_t i;

	for (i = 0; i < one->count; i++) {
		bool moved = false;

		if (!is_listed(two, one->files[i]))
			continue;
		if (both_moved(&moved, r, merge, ours, theirs, one->files[i], err) != 0)
			return -1;
		if (moved)
			put_ticket(r, text, log, one->files[i], ours, theirs);
	}
	for (i = 0; i < merge->conflict_count && text->len == 0; i++)
		buf_printf(text, "  %s：两边改了同一处\n", merge->conflicts[i]);
	return 0;
}

int
describe_conflict(struct receiving *r, struct buf *text, const struct oid *ours,
		  const struct oid *theirs, const struct merge *merge, struct err *err)
{
	struct touched one = { 0 }, two = { 0 };
	struct oid tips[2] = { *ours, *theirs };
	struct log *log = NULL;
	int rc = list_touched(&one, r, &merge->base, ours, err);

	if (rc == 0)
		rc = list_touched(&two, r, &merge->base, theirs, err);
	if (rc == 0)
		rc = log_open(&log, r->q, tips, 2, false, err);
	if (rc == 0)
		rc = describe(r, text, ours, theirs, merge, &one, &two, log, err);
	log_free(log);
	free(one.files);
	free(two.files);
	return rc;
}

/* --- the choice ------------------------------------------------------------------------------------------ */
static int
read_choice(struct merge_choice *out, struct receiving *r, const struct log *log, const char *word,
	    struct err *err)
{
	const char *equals = strchr(word, '=');
	size_t count = log_ticket_count(log), len = equals == NULL ? 0 : (size_t)(equals - word);
	uint32_t i;

	(void)r;
	if (equals == NULL ||
	    (strcmp(equals + 1, "ours") != 0 && strcmp(equals + 1, "theirs") != 0))
		return err_set(err, ERR_USAGE, "--keep 要写成 工单号=ours 或 工单号=theirs：%s",
			       word);
	out->theirs = strcmp(equals + 1, "theirs") == 0;
	for (i = 0; i < count; i++) {
		const char *id = log_ticket_id(log, i);

		if (strlen(id) == len && memcmp(id, word, len) == 0) {
			out->folder = log_ticket_folder(log, i);
			return 0;
		}
	}
	return err_set(err, ERR_USAGE, "没有工单“%.*s”", (int)len, word);
}

static char *
waiting_receipt(const struct receiving *r, const char *number)
{
	return arena_printf((struct arena *)&r->arena, "%s/yunjuan/received/%s.receipt.md",
			    repo_gitdir(r->s->repo), number);
}

int
keep_receipt(const struct receiving *r, const char *number, const struct buf *text, struct err *err)
{
	char *path = waiting_receipt(r, number);

	if (file_make_parents(path, err) != 0)
		return -1;
	return file_replace(path, text->ptr, text->len, true, err);
}

/* The receipt waits for the choice. */
static int
add_waiting_receipt(struct receiving *r, const char *number, struct err *err)
{
	char *path = waiting_receipt(r, number);
	struct buf text = BUF_INIT;
	int rc = 0;

	if (file_exists(path)) {
		rc = file_read(&text, path, DOC_MAX_BYTES, err);
		if (rc == 0)
			rc = commit_receipt(r, number, &text, err);
	}
	buf_release(&text);
	return rc;
}

static int
merge_chosen(struct receiving *r, const char *number, const struct oid *theirs,
	     const struct merge_choice *choices, size_t count, struct err *err)
{
	struct oid parents[2] = { r->tip, *theirs }, tree;
	struct buf message = BUF_INIT;
	size_t i;
	int made = merge_choose(&tree, r->q, &r->tip, theirs, choices, count, err);

	buf_printf(&message, "裁定 %s：", number);
	for (i = 0; i < count; i++)
		buf_printf(&message, "%s%s 留%s", i > 0 ? "，" : "",
			   strrchr(choices[i].folder, '/') + 1,
			   choices[i].theirs ? "对方的" : "我方的");
	if (made == 0)
		made = err_set(err, ERR_USAGE,
			       "还有没裁定的工单；请对每张都写 --keep 工单号=ours 或 theirs");
	if (made > 0)
		made = add_commit(r, &tree, parents, 2, message.ptr, err);
	buf_release(&message);
	return made < 0 ? -1 : 0;
}

static int
finish_choice(struct receiving *r, const char *number, const char *ref, struct err *err)
{
	int done;

	if (findings_refuse(&r->findings)) {
		show_findings(&r->findings, false);
		return EXIT_REFUSED;
	}
	done = settle(r, err);
	if (done <= 0 || ref_remove(r->s->repo, ref, err) != 0)
		return done == 0 ? show_findings(&r->findings, false) : -1;
	unlink(waiting_receipt(r, number));
	printf("已裁定 %s，并已提交\n", number);
	return EXIT_DONE;
}

int
resolve(struct receiving *r, const char *number, const struct texts *keeps, struct err *err)
{
	struct merge_choice *choices = xcalloc(keeps->count + 1, sizeof(*choices));
	char *ref = arena_printf(&r->arena, RECEIVED_REF "%s", number);
	struct oid theirs = { { 0 } }, tips[2];
	struct log *log = NULL;
	size_t i;
	int rc = ref_read(&theirs, r->s->repo, ref, err);

	if (rc == 0 && oid_zero(&theirs))
		rc = err_set(err, ERR_USAGE, "没有待裁定的交接“%s”", number);
	if (rc == 0)
		rc = quarantine_ready(r, err);
	tips[0] = r->tip;
	tips[1] = theirs;
	if (rc == 0)
		rc = log_open(&log, r->q, tips, 2, false, err);
	for (i = 0; rc == 0 && i < keeps->count; i++)
		rc = read_choice(&choices[i], r, log, keeps->items[i], err);
	if (rc == 0)
		rc = merge_chosen(r, number, &theirs, choices, keeps->count, err);
	if (rc == 0 && !findings_refuse(&r->findings))
		rc = add_waiting_receipt(r, number, err);
	if (rc == 0)
		rc = finish_choice(r, number, ref, err);
	log_free(log);
	free(choices);
	return rc;
}
