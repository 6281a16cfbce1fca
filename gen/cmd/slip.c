/* slip: a ticket or an act that somebody without git prepared. It becomes commits of the officer who
 * takes it in, with Submitted-By. */
#include <stdlib.h>
#include <string.h>

#include "cmd/receiving.h"
#include "cmd/slip_read.h"

#define PAPERS "papers/"
#define PAPER_MAX_BYTES ((size_t)256 << 20)

struct taking {
	struct bag_reader *bag;
	struct slip slip;
	char *folder, *file; /* of the ticket in the workspace */
	struct buf text;     /* its ticket.md, as it will be */
};

/* --- reading it ------------------------------------------------------------------------------------ */
static void
place_slip(struct receiving *r, struct taking *t)
{
	t->folder = arena_printf(&r->arena, LOG_TOP "/%.4s/%.2s/%s", t->slip.ticket + 3,
				 t->slip.ticket + 7, t->slip.ticket);
	t->file = arena_printf(&r->arena, "%s/" SLIP_TICKET, t->folder);
}

/* A file of the slip: 1, or 0 when it is not there or a finding was added. */
static int
read_file(struct receiving *r, const struct taking *t, const char *name, size_t max_bytes,
	  struct buf *out, struct err *err)
{
	struct err fault = { 0 };
	int found = bag_read_file(t->bag, name, max_bytes, out, &r->findings, &fault);

	if (found >= 0)
		return found;
	if (fault.code != ERR_LIMIT)
		return err_set(err, fault.code, "%s", fault.text);
	receiving_refuse(r, "slip-shape", name, "它大于 %zu MB；请对方减小后重新生成交接件",
			 max_bytes >> 20);
	return 0;
}

static int
read_slip(struct receiving *r, struct taking *t, struct err *err)
{
	struct buf text = BUF_INIT;
	int found = read_file(r, t, SLIP_FILE, DOC_MAX_BYTES, &text, err);

	if (found > 0 &&
	    slip_parse(&t->slip, &r->arena, r->s->basis.law,
		       arena_copy(&r->arena, text.ptr, text.len + 1, 1), text.len, &r->findings))
		place_slip(r, t);
	else if (found == 0 && !findings_refuse(&r->findings))
		receiving_refuse(r, "slip-shape", SLIP_FILE,
				 "填报件里没有 " SLIP_FILE "；" SLIP_AGAIN);
	buf_release(&text);
	return found < 0 ? -1 : 0;
}

/* --- the ticket's text -------------------------------------------------------------------------------- */
static int
take_new_ticket(struct receiving *r, struct taking *t, bool exists, struct err *err)
{
	int found = read_file(r, t, SLIP_TICKET, DOC_MAX_BYTES, &t->text, err);

	if (found < 0)
		return -1;
	if (exists)
		receiving_refuse(
		    r, "slip-twice", t->file,
		    "工单 %s 已经有了；是再次送来的不用接收，是新的工单请对方换一个编号",
		    t->slip.ticket);
	else if (found == 0 && !findings_refuse(&r->findings))
		receiving_refuse(r, "slip-shape", SLIP_TICKET,
				 "填报件里没有 " SLIP_TICKET "；" SLIP_AGAIN);
	return 0;
}

/* An act was prepared on a page of some day, of the ticket as its commit `base` left it; since then it may
 * have been changed, or have come back to the same stage. */
static void
check_base(struct receiving *r, const struct taking *t)
{
	const char *hex = t->slip.base;
	const struct log *log = r->s->log;
	const struct event *last;
	uint32_t ticket, commit;
	char when[17];
	struct oid base;
	size_t count;

	if (hex[0] == '\0' || !log_find(log, t->folder, &ticket))
		return;
	last = log_events(log, ticket, &count)[count - 1];
	if (!oid_parse(hex, &base) || !log_find_commit(log, &base, &commit)) {
		receiving_refuse(r, "slip-stale", t->file,
				 "填报时看到的工单，这里的仓库还没有；请先把仓库更新到最新再接收，"
				 "仍不行的，请对方按新的看板重新填报");
		return;
	}
	moment_text(last->time, when);
	if (last->commit != commit)
		receiving_refuse(r, "slip-stale", t->file,
				 "填报以后，“%s”在 %s 又改动或办理过这张工单；请对方按新的看板"
				 "核对变化，重新填报",
				 log_text(log, last->author_name), when);
}

static void
check_stage(struct receiving *r, const struct taking *t)
{
	struct findings ignored = { 0 };
	const char *wanted = t->slip.stage, *now;
	const struct flow *flow;
	const struct stage *a, *b;
	struct doc doc;

	doc_parse(&doc, &r->arena, t->text.ptr, t->text.len, t->file, &ignored);
	findings_release(&ignored);
	now = node_text(doc.front, "stage");
	if (strcmp(wanted, now) == 0) {
		check_base(r, t);
		return;
	}
	flow = law_flow(r->s->basis.law, node_text(doc.front, "flow"));
	a = flow == NULL ? NULL : flow_stage(flow, wanted);
	b = flow == NULL ? NULL : flow_stage(flow, now);
	receiving_refuse(r, "slip-stale", t->file,
			 "填报的是“%s”环节，工单现在在“%s”；请对方按新的看板重新填报",
			 a == NULL ? wanted : a->name, b == NULL ? now : b->name);
}

static int
take_act(struct receiving *r, struct taking *t, const struct snapshot *snap, struct err *err)
{
	struct buf lines = BUF_INIT;
	int found = snapshot_read(snap, t->file, DOC_MAX_BYTES, &t->text, NULL, err);

	if (found == 0)
		receiving_refuse(r, "slip-unknown", t->file,
				 "仓库里没有工单 %s；请对方核对编号，或先把工单交来",
				 t->slip.ticket);
	else if (found > 0)
		check_stage(r, t);
	if (found > 0 && !findings_refuse(&r->findings))
		found = read_file(r, t, SLIP_FIELDS, DOC_MAX_BYTES, &lines, err);
	if (found > 0 && !findings_refuse(&r->findings))
		slip_fill(&t->text, &lines, &r->findings);
	buf_release(&lines);
	return found < 0 ? -1 : 0;
}

static int
take_text(struct receiving *r, struct taking *t, struct err *err)
{
	struct snapshot snap;
	struct entry entry;
	int found = tip_snapshot(&snap, r, err);

	if (found == 0)
		found = snapshot_find(&snap, t->file, &entry, err);
	if (found < 0)
		return -1;
	return t->slip.is_act ? take_act(r, t, &snap, err) : take_new_ticket(r, t, found > 0, err);
}

/* The line that an outcome moves. 1 moved, 0 a finding. */
static int
move_on(struct receiving *r, struct taking *t, const char *word, struct err *err)
{
	struct findings ignored = { 0 };
	const char *email = message_email(&r->arena, t->slip.by);
	const struct officer_ref *by = basis_officer(&r->s->basis, email);
	const struct flow *flow;
	const struct stage *stage;
	const struct outcome *outcome;
	struct doc doc;

	doc_parse(&doc, &r->arena, t->text.ptr, t->text.len, t->file, &ignored);
	findings_release(&ignored);
	flow = law_flow(r->s->basis.law, node_text(doc.front, "flow"));
	stage = flow == NULL ? NULL : flow_stage(flow, node_text(doc.front, "stage"));
	outcome = stage == NULL ? NULL : find_outcome(stage, word);
	if (outcome == NULL) {
		receiving_refuse(r, "slip-outcome", SLIP_FILE,
				 "“%s”环节没有“%s”这个结果；" SLIP_AGAIN,
				 stage == NULL ? "" : stage->name, word);
		return 0;
	}
	return ticket_move(&t->text, stage, outcome, by == NULL ? "" : by->party->kind,
			   basis_is_county(&r->s->basis, node_text(doc.front, "tenant")), err) == 0
		   ? 1
		   : -1;
}

/* --- its commits ----------------------------------------------------------------------------------------- */
struct files {
	struct tree_file *items;
	size_t count;
	struct buf *texts;
};

static int
read_papers(struct receiving *r, struct taking *t, struct files *out, struct err *err)
{
	size_t count, i;
	const struct bag_file *files = bag_files(t->bag, &count);
	int rc = 0;

	out->items = xcalloc(count + 1, sizeof(*out->items));
	out->texts = xcalloc(count + 1, sizeof(*out->texts));
	for (i = 0; rc == 0 && i < count; i++) {
		struct buf *text = &out->texts[out->count];
		const char *name = files[i].name;

		if (!text_starts(name, PAPERS))
			continue;
		if (text_same_nocase(name + strlen(PAPERS), SLIP_TICKET))
			receiving_refuse(r, "slip-shape", name,
					 "材料不能叫 " SLIP_TICKET
					 "；请对方把它改名后重新生成交接件");
		*text = (struct buf)BUF_INIT;
		rc = read_file(r, t, name, PAPER_MAX_BYTES, text, err) < 0 ? -1 : 0;
		out->items[out->count++] =
		    (struct tree_file){ arena_printf(&r->arena, "%s/%s", t->folder,
						     name + strlen(PAPERS)),
					text->ptr, text->len, NULL };
	}
	return rc;
}

static void
files_release(struct files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++)
		buf_release(&files->texts[i]);
	free(files->texts);
	free(files->items);
}

static int
commit_slip(struct receiving *r, struct taking *t, struct files *files, int step, struct err *err)
{
	struct buf message = BUF_INIT;
	struct snapshot snap;
	struct oid tree;
	int rc = tip_snapshot(&snap, r, err);

	files->items[files->count] = (struct tree_file){ t->file, t->text.ptr, t->text.len, NULL };
	if (rc == 0)
		rc = tree_write(&tree, r->q, &snap.tree, files->items, files->count + 1, err);
	slip_message(&message, &t->slip, step);
	if (rc == 0)
		rc = add_commit(r, &tree, &r->tip, 1, message.ptr, err);
	buf_release(&message);
	return rc;
}

/* One step after the other, each a commit, as the words of `outcome` say; an act without one is a commit
 * all the same. How many moved, or -1. */
static int
take_steps(struct receiving *r, struct taking *t, struct files *files, struct err *err)
{
	char *rest = NULL, *word = strtok_r(arena_strdup(&r->arena, t->slip.outcomes), " ", &rest);
	int steps = 0, rc = 0;

	if (word == NULL && t->slip.is_act)
		rc = commit_slip(r, t, files, 1, err);
	for (; rc == 0 && word != NULL && !findings_refuse(&r->findings);
	     word = strtok_r(NULL, " ", &rest)) {
		rc = move_on(r, t, word, err);
		if (rc > 0)
			rc = commit_slip(r, t, files, ++steps, err);
	}
	return rc != 0 ? -1 : steps;
}

static const char *
what_was_done(const struct slip *slip, int steps)
{
	if (slip->is_act)
		return steps > 1 ? "连续办理几步" : "办理一步";
	return steps > 0 ? "新建工单并提交" : "新建工单";
}

/* A new ticket is laid down first; moves are commits of their own. */
static int
take_slip(struct receiving *r, struct taking *t, struct err *err)
{
	struct files files = { 0 };
	int steps = 0, rc = quarantine_ready(r, err);

	if (rc == 0)
		rc = read_papers(r, t, &files, err);
	if (rc == 0 && !t->slip.is_act && !findings_refuse(&r->findings))
		rc = commit_slip(r, t, &files, 0, err);
	if (rc == 0 && !findings_refuse(&r->findings))
		steps = take_steps(r, t, &files, err);
	if (rc == 0 && steps >= 0 && !findings_refuse(&r->findings))
		buf_printf(&r->said, "已接收 %s 的填报件：%s，提交人 %s\n", t->slip.ticket,
			   what_was_done(&t->slip, steps), t->slip.by);
	files_release(&files);
	return rc != 0 || steps < 0 ? -1 : 0;
}

int
receive_slip(struct receiving *r, struct bag_reader *bag, struct err *err)
{
	struct taking t = { .bag = bag, .text = BUF_INIT };
	int rc = read_slip(r, &t, err);

	if (rc == 0 && !findings_refuse(&r->findings))
		rc = take_text(r, &t, err);
	if (rc == 0 && !findings_refuse(&r->findings))
		rc = take_slip(r, &t, err);
	buf_release(&t.text);
	return rc;
}
