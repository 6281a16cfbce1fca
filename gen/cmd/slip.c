/* slip: a ticket or an act that somebody without git prepared. It becomes commits of the officer who
 * takes it in, with Submitted-By. */
#include <stdlib.h>
#include <string.h>

#include "cmd/receiving.h"

#define PAPER_MAX_BYTES ((size_t)256 << 20)

struct slip {
	struct bag_reader *bag;
	struct doc doc; /* slip.yaml */
	const char *kind, *ticket, *outcome, *opinion, *late, *by;
	char *folder, *file; /* of the ticket in the workspace */
	struct buf text;     /* its ticket.md, as it will be */
	bool is_act;
};

static const char slip_file[] = "slip.yaml";

/* --- reading it ------------------------------------------------------------------------------------ */
static int
read_doc(struct receiving *r, struct bag_reader *bag, const char *name, struct doc *out,
	 struct err *err)
{
	struct buf text = BUF_INIT;
	int found = bag_read_file(bag, name, DOC_MAX_BYTES, &text, &r->findings, err);

	if (found > 0)
		yaml_parse(out, &r->arena, arena_copy(&r->arena, text.ptr, text.len + 1, 1),
			   text.len, name, &r->findings);
	buf_release(&text);
	return found;
}

/* "SQ-20210510-mzjy-01": a flow's prefix, a day, a party, a number. It names a folder. */
static bool
is_ticket_id(const struct receiving *r, const char *id)
{
	size_t count, i, len = strlen(id);
	const struct flow *flows = law_flows(r->s->basis.law, &count);

	if (len < 14 || len > 60 ||
	    strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return false;
	for (i = 3; i < 11; i++)
		if (id[i] < '0' || id[i] > '9')
			return false;
	for (i = 0; i < count; i++) {
		if (strncmp(id, flows[i].prefix, 2) == 0 && id[2] == '-' && id[11] == '-')
			return true;
	}
	return false;
}

static int
read_slip(struct receiving *r, struct slip *slip, struct err *err)
{
	const struct node *front;
	int found = read_doc(r, slip->bag, slip_file, &slip->doc, err);

	if (found < 0)
		return -1;
	if (found == 0 || slip->doc.broken) {
		if (!findings_refuse(&r->findings))
			receiving_refuse(r, "slip-shape", slip_file,
					 "填报件里没有 slip.yaml；请对方在填报页面重新生成交接件");
		return 0;
	}
	front = slip->doc.front;
	slip->kind = node_text(front, "kind");
	slip->ticket = node_text(front, "ticket");
	slip->outcome = node_text(front, "outcome");
	slip->opinion = node_text(front, "opinion");
	slip->late = node_text(front, "late_reason");
	slip->by = node_text(front, "submitted_by");
	slip->is_act = strcmp(slip->kind, "act") == 0;
	if (!slip->is_act && strcmp(slip->kind, "ticket") != 0)
		receiving_refuse(
		    r, "slip-shape", slip_file,
		    "填报件的 kind 应是 ticket 或 act；请对方在填报页面重新生成交接件");
	if (!is_ticket_id(r, slip->ticket))
		receiving_refuse(r, "slip-shape", slip_file,
				 "“%s”不是工单号；请对方在填报页面重新生成交接件", slip->ticket);
	if (slip->by[0] == '\0' || strpbrk(slip->by, "\r\n") != NULL)
		receiving_refuse(
		    r, "slip-shape", slip_file,
		    "填报件没有写提交人（submitted_by）；请对方在填报页面重新生成交接件");
	return 0;
}

static void
place_slip(struct receiving *r, struct slip *slip)
{
	slip->folder = arena_printf(&r->arena, LOG_TOP "/%.4s/%.2s/%s", slip->ticket + 3,
				    slip->ticket + 7, slip->ticket);
	slip->file = arena_printf(&r->arena, "%s/ticket.md", slip->folder);
}

/* --- the ticket's text -------------------------------------------------------------------------------- */
static int
take_new_ticket(struct receiving *r, struct slip *slip, bool exists, struct err *err)
{
	int found =
	    bag_read_file(slip->bag, "ticket.md", DOC_MAX_BYTES, &slip->text, &r->findings, err);

	if (found < 0)
		return -1;
	if (exists)
		receiving_refuse(
		    r, "slip-twice", slip->file,
		    "工单 %s 已经有了；是再次送来的不用接收，是新的工单请对方换一个编号",
		    slip->ticket);
	else if (found == 0)
		receiving_refuse(r, "slip-shape", "ticket.md",
				 "填报件里没有 ticket.md；请对方在填报页面重新生成交接件");
	return 0;
}

/* An act was prepared on a page of some day; the ticket may have gone on since. */
static void
check_stage(struct receiving *r, const struct slip *slip)
{
	struct findings ignored = { 0 };
	const char *wanted = node_text(slip->doc.front, "stage"), *now;
	const struct flow *flow;
	const struct stage *a, *b;
	struct doc doc;

	doc_parse(&doc, &r->arena, slip->text.ptr, slip->text.len, slip->file, &ignored);
	findings_release(&ignored);
	now = node_text(doc.front, "stage");
	if (strcmp(wanted, now) == 0)
		return;
	flow = law_flow(r->s->basis.law, node_text(doc.front, "flow"));
	a = flow == NULL ? NULL : flow_stage(flow, wanted);
	b = flow == NULL ? NULL : flow_stage(flow, now);
	receiving_refuse(r, "slip-stale", slip->file,
			 "填报的是“%s”环节，工单现在在“%s”；请对方按新的看板重新填报",
			 a == NULL ? wanted : a->name, b == NULL ? now : b->name);
}

static int
take_act(struct receiving *r, struct slip *slip, const struct snapshot *snap, struct err *err)
{
	struct buf lines = BUF_INIT;
	struct err bad = { 0 };
	int found = snapshot_read(snap, slip->file, DOC_MAX_BYTES, &slip->text, NULL, err);

	if (found == 0)
		receiving_refuse(r, "slip-unknown", slip->file,
				 "仓库里没有工单 %s；请对方核对编号，或先把工单交来", slip->ticket);
	else if (found > 0)
		check_stage(r, slip);
	if (found > 0 && !findings_refuse(&r->findings))
		found = bag_read_file(slip->bag, "fields.yaml", DOC_MAX_BYTES, &lines, &r->findings,
				      err);
	if (found > 0 && !findings_refuse(&r->findings) && lines.len > 0 &&
	    front_merge(&slip->text, lines.ptr, &bad) != 0)
		receiving_refuse(r, "slip-shape", "fields.yaml",
				 "填报的内容写法有误（%s）；请对方在填报页面重新生成交接件",
				 bad.text);
	buf_release(&lines);
	return found < 0 ? -1 : 0;
}

static int
take_text(struct receiving *r, struct slip *slip, struct err *err)
{
	struct snapshot snap;
	struct entry entry;
	int found = tip_snapshot(&snap, r, err);

	if (found == 0)
		found = snapshot_find(&snap, slip->file, &entry, err);
	if (found < 0)
		return -1;
	return slip->is_act ? take_act(r, slip, &snap, err)
			    : take_new_ticket(r, slip, found > 0, err);
}

/* The line that the outcome moves. 1 moved, 0 no outcome was given, or a finding. */
static int
move_on(struct receiving *r, struct slip *slip, struct err *err)
{
	struct findings ignored = { 0 };
	const char *email = message_email(&r->arena, slip->by);
	const struct officer_ref *by = basis_officer(&r->s->basis, email);
	const struct flow *flow;
	const struct stage *stage;
	const struct outcome *outcome;
	struct doc doc;

	if (slip->outcome[0] == '\0')
		return 0;
	doc_parse(&doc, &r->arena, slip->text.ptr, slip->text.len, slip->file, &ignored);
	findings_release(&ignored);
	flow = law_flow(r->s->basis.law, node_text(doc.front, "flow"));
	stage = flow == NULL ? NULL : flow_stage(flow, node_text(doc.front, "stage"));
	outcome = stage == NULL ? NULL : find_outcome(stage, slip->outcome);
	if (outcome == NULL) {
		receiving_refuse(r, "slip-outcome", slip_file,
				 "“%s”环节没有“%s”这个结果；请对方在填报页面重新生成交接件",
				 stage == NULL ? "" : stage->name, slip->outcome);
		return 0;
	}
	return ticket_move(&slip->text, stage, outcome, by == NULL ? "" : by->party->kind,
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
read_papers(struct receiving *r, struct slip *slip, struct files *out, struct err *err)
{
	size_t count, i;
	const struct bag_file *files = bag_files(slip->bag, &count);
	int rc = 0;

	out->items = xcalloc(count + 1, sizeof(*out->items));
	out->texts = xcalloc(count + 1, sizeof(*out->texts));
	for (i = 0; rc == 0 && i < count; i++) {
		struct buf *text = &out->texts[out->count];
		const char *name = files[i].name;

		if (!text_starts(name, "papers/"))
			continue;
		*text = (struct buf)BUF_INIT;
		rc = bag_read_file(slip->bag, name, PAPER_MAX_BYTES, text, &r->findings, err) < 0
			 ? -1
			 : 0;
		out->items[out->count++] =
		    (struct tree_file){ arena_printf(&r->arena, "%s/%s", slip->folder,
						     name + strlen("papers/")),
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
commit_slip(struct receiving *r, struct slip *slip, struct files *files, const char *words,
	    bool late, struct err *err)
{
	struct buf message = BUF_INIT;
	struct snapshot snap;
	struct oid tree;
	int rc = tip_snapshot(&snap, r, err);

	files->items[files->count] =
	    (struct tree_file){ slip->file, slip->text.ptr, slip->text.len, NULL };
	if (rc == 0)
		rc = tree_write(&tree, r->q, &snap.tree, files->items, files->count + 1, err);
	buf_printf(&message, "%s\n\n", words);
	if (late && slip->late[0] != '\0')
		buf_printf(&message, "Late-Reason: %s\n", slip->late);
	buf_printf(&message, "Submitted-By: %s\n", slip->by);
	if (rc == 0)
		rc = add_commit(r, &tree, &r->tip, 1, message.ptr, err);
	buf_release(&message);
	return rc;
}

/* A new ticket is laid down first; moves are commits of their own. */
static int
take_slip(struct receiving *r, struct slip *slip, struct err *err)
{
	struct files files = { 0 };
	struct buf words = BUF_INIT;
	int moved = 0, rc = quarantine_ready(r, err);

	if (rc == 0)
		rc = read_papers(r, slip, &files, err);
	buf_printf(&words, "代收 %s 的填报件", slip->ticket);
	if (rc == 0 && !slip->is_act && !findings_refuse(&r->findings))
		rc = commit_slip(r, slip, &files, words.ptr, false, err);
	if (rc == 0 && !findings_refuse(&r->findings))
		moved = move_on(r, slip, err);
	if (rc == 0 && !findings_refuse(&r->findings) && (moved > 0 || slip->is_act))
		rc = commit_slip(r, slip, &files,
				 slip->opinion[0] != '\0' ? slip->opinion : words.ptr, true, err);
	if (rc == 0 && moved >= 0 && !findings_refuse(&r->findings))
		buf_printf(&r->said, "已接收 %s 的填报件：%s，提交人 %s\n", slip->ticket,
			   slip->is_act ? "办理一步"
			   : moved > 0	? "新建工单并提交"
					: "新建工单",
			   slip->by);
	files_release(&files);
	buf_release(&words);
	return rc != 0 || moved < 0 ? -1 : 0;
}

int
receive_slip(struct receiving *r, struct bag_reader *bag, struct err *err)
{
	struct slip slip = { .bag = bag, .text = BUF_INIT };
	int rc = read_slip(r, &slip, err);

	if (rc == 0 && !findings_refuse(&r->findings)) {
		place_slip(r, &slip);
		rc = take_text(r, &slip, err);
	}
	if (rc == 0 && !findings_refuse(&r->findings))
		rc = take_slip(r, &slip, err);
	buf_release(&slip.text);
	return rc;
}
