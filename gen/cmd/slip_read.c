#include "cmd/slip_read.h"

#include <ctype.h>
#include <string.h>

#include "calendar/calendar.h"

#define RULE "slip-shape"
#define ID_MAX 60

static const struct field slip_fields[] = {
	{ .key = "kind", .label = "类别", .type = FIELD_TEXT },
	{ .key = "ticket", .label = "工单号", .type = FIELD_TEXT },
	{ .key = "flow", .label = "流程", .type = FIELD_TEXT },
	{ .key = "tenant", .label = "使用单位", .type = FIELD_TEXT },
	{ .key = "submitted_by", .label = "提交人", .type = FIELD_TEXT },
	{ .key = "made", .label = "填报时间", .type = FIELD_TIME },
	{ .key = "stage", .label = "环节", .type = FIELD_TEXT },
	{ .key = "outcome", .label = "结果", .type = FIELD_TEXT },
	{ .key = "opinion", .label = "办理意见", .type = FIELD_LONG },
	{ .key = "late_reason", .label = "逾期原因", .type = FIELD_LONG },
	{ .key = "base", .label = "看板的提交", .type = FIELD_TEXT },
};

/* --- slip.yaml ------------------------------------------------------------------------------------ */
/* Without blanks at both ends; as_line: any blanks within, line ends too, become one. */
static const char *
tidy(struct arena *arena, const char *text, bool as_line)
{
	char *copy = arena_strdup(arena, text), *to = copy;
	const char *from;

	for (from = copy; *from != '\0'; from++) {
		bool blank = isspace((unsigned char)*from);

		if (blank && (to == copy || (as_line && to[-1] == ' ')))
			continue;
		*to++ = as_line && blank ? ' ' : *from;
	}
	while (to > copy && isspace((unsigned char)to[-1]))
		to--;
	*to = '\0';
	return copy;
}

/* "SQ-20210510-mzjy-01": a flow's prefix, a day, a party, a number. */
static bool
is_ticket_id(const char *id, const char *prefix)
{
	size_t i, len = strlen(id);

	if (len < 14 || len > ID_MAX ||
	    strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return false;
	for (i = 3; i < 11; i++) {
		if (id[i] < '0' || id[i] > '9')
			return false;
	}
	return strncmp(id, prefix, 2) == 0 && id[2] == '-' && id[11] == '-';
}

static void
check_values(const struct slip *slip, const struct node *front, struct findings *findings)
{
	const char *kind = node_text(front, "kind");

	if (!slip->is_act && strcmp(kind, "ticket") != 0)
		finding_file(findings, RULE, SLIP_FILE, 0, 0,
			     "填报件的 kind 应是 ticket 或 act；" SLIP_AGAIN);
	if (slip->flow == NULL)
		finding_file(findings, RULE, SLIP_FILE, 0, 0,
			     "填报件的 flow 应是制度里的一个流程；" SLIP_AGAIN);
	else if (!is_ticket_id(slip->ticket, slip->flow->prefix))
		finding_file(findings, RULE, SLIP_FILE, 0, 0, "“%.200s”不是%s的工单号；" SLIP_AGAIN,
			     slip->ticket, slip->flow->name);
	if (slip->by[0] == '\0')
		finding_file(findings, RULE, SLIP_FILE, 0, 0,
			     "填报件没有写提交人（submitted_by）；" SLIP_AGAIN);
}

bool
slip_parse(struct slip *out, struct arena *arena, const struct law *law, const char *text,
	   size_t len, struct findings *findings)
{
	size_t before = findings->count;
	const struct node *front;
	struct doc doc;

	yaml_parse(&doc, arena, text, len, SLIP_FILE, findings);
	fields_check(&doc, slip_fields, sizeof(slip_fields) / sizeof(*slip_fields), findings);
	front = doc.front;
	out->is_act = strcmp(node_text(front, "kind"), "act") == 0;
	out->flow = law_flow(law, node_text(front, "flow"));
	out->ticket = node_text(front, "ticket");
	out->stage = node_text(front, "stage");
	out->outcomes = node_text(front, "outcome");
	out->base = node_text(front, "base");
	out->opinion = tidy(arena, node_text(front, "opinion"), false);
	out->late = tidy(arena, node_text(front, "late_reason"), true);
	out->by = tidy(arena, node_text(front, "submitted_by"), true);
	if (findings->count == before)
		check_values(out, front, findings);
	return findings->count == before;
}

/* --- what an act fills in ----------------------------------------------------------------------------- */
/* Whether `after` is `before` with these fields, by what a reader of the files sees. */
static bool
only_filled(const struct doc *before, const struct doc *after, const struct node *fields)
{
	size_t i, kept = 0;

	if (after->broken || after->body_len != before->body_len ||
	    memcmp(after->body, before->body, before->body_len) != 0)
		return false;
	for (i = 0; i < after->front->count; i++) {
		const char *key = after->front->keys[i];
		const struct node *wanted = node_get(fields, key);

		if (wanted == NULL)
			wanted = node_get(before->front, key);
		if (!node_same(after->front->items[i], wanted))
			return false;
	}
	for (i = 0; i < before->front->count; i++)
		kept += node_get(fields, before->front->keys[i]) == NULL;
	return after->front->count == kept + fields->count;
}

bool
slip_fill(struct buf *ticket, const struct buf *fields, struct findings *findings)
{
	struct buf filled = BUF_INIT;
	struct findings faults = { 0 };
	struct arena arena = { 0 };
	struct doc doc, before, after = { .broken = true };
	struct err err = { 0 };
	size_t count = findings->count;

	yaml_parse(&doc, &arena, fields->ptr, fields->len, SLIP_FIELDS, findings);
	buf_put(&filled, ticket->ptr, ticket->len);
	if (findings->count == count) {
		doc_parse(&before, &arena, ticket->ptr, ticket->len, SLIP_TICKET, &faults);
		if (front_merge(&filled, fields->ptr, &err) == 0)
			doc_parse(&after, &arena, filled.ptr, filled.len, SLIP_TICKET, &faults);
		if (faults.count > 0 || !only_filled(&before, &after, doc.front))
			finding_file(findings, RULE, SLIP_FIELDS, 0, 0,
				     "填报的内容写法有误，放不进工单；" SLIP_AGAIN);
	}
	if (findings->count == count) {
		buf_clear(ticket);
		buf_put(ticket, filled.ptr, filled.len);
	}
	findings_release(&faults);
	buf_release(&filled);
	arena_release(&arena);
	return findings->count == count;
}

/* --- the commit's message --------------------------------------------------------------------------------- */
void
slip_message(struct buf *out, const struct slip *slip, int step)
{
	if (step > 0 && slip->opinion[0] != '\0')
		buf_printf(out, "%s\n\n", slip->opinion);
	else
		buf_printf(out, "代收 %s 的填报件\n\n", slip->ticket);
	if (step == 1 && slip->late[0] != '\0')
		buf_printf(out, "Late-Reason: %s\n", slip->late);
	buf_printf(out, "Submitted-By: %s\n", slip->by);
}
