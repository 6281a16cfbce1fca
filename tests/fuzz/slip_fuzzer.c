/* Slips: the bytes up to a line "===" are slip.yaml, those behind it fields.yaml. What is accepted names a
 * ticket of a flow, and its commit says who submitted it, whatever else it says; what is filled in is in the
 * ticket as it was written, and nothing else changed. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/slip_read.h"
#include "trail/message.h"

#include "fuzz.h"

static const char ticket[] = "---\n"
			     "flow: apply\n"
			     "# 由填写页生成\n"
			     "stage: confirm\n"
			     "title: \"甲: 乙\"\n"
			     "resources:\n"
			     "  - { name: a, vcpu: 4 }\n"
			     "\n"
			     "  - name: b\n"
			     "attachments:\n"
			     "---\n"
			     "\n"
			     "## 方案\n";

static const struct law *
embedded_law(void)
{
	static struct law *law;
	struct findings findings = { 0 };
	struct err err = { 0 };

	if (law == NULL)
		must(law_load_embedded(&law, &findings, &err) == 0 && findings.count == 0);
	findings_release(&findings);
	return law;
}

static void
check_findings(const struct findings *findings)
{
	size_t i;

	must(findings->count < 300);
	for (i = 0; i < findings->count; i++) {
		const char *message = findings->items[i].message;

		must(message[0] != '\0' && utf8_check(message, strlen(message)) == strlen(message));
	}
}

static void
check_message(struct arena *arena, const struct slip *slip, int step)
{
	struct buf text = BUF_INIT;
	struct message message;

	slip_message(&text, slip, step);
	message_parse(&message, arena, text.ptr, false);
	must(strcmp(message.submitted_by, slip->by) == 0);
	must(strcmp(message.late_reason, step == 1 ? slip->late : "") == 0);
	must(strcmp(message_actor(arena, text.ptr, ""), message_email(arena, slip->by)) == 0);
	must(message.subject[0] != '\0' && message.opinion[0] != '\0');
	buf_release(&text);
}

static void
check_slip(struct arena *arena, const char *text, size_t len)
{
	struct findings findings = { 0 };
	struct slip slip;
	size_t i;

	must(slip_parse(&slip, arena, embedded_law(), text, len, &findings) ==
	     (findings.count == 0));
	check_findings(&findings);
	if (findings.count == 0) {
		must(strncmp(slip.ticket, slip.flow->prefix, 2) == 0 && strlen(slip.ticket) <= 60);
		for (i = 0; slip.ticket[i] != '\0'; i++)
			must(isalnum((unsigned char)slip.ticket[i]) || slip.ticket[i] == '-');
		must(slip.by[0] != '\0' && strchr(slip.by, '\n') == NULL);
		for (i = 0; i < 3; i++)
			check_message(arena, &slip, (int)i);
	}
	findings_release(&findings);
}

static void
check_fill(struct arena *arena, const struct buf *fields)
{
	struct findings findings = { 0 };
	struct doc lines, before, after;
	struct buf text = BUF_INIT;
	size_t i;

	buf_puts(&text, ticket);
	if (!slip_fill(&text, fields, &findings)) {
		must(findings.count > 0 && strcmp(text.ptr, ticket) == 0);
		check_findings(&findings);
	} else {
		yaml_parse(&lines, arena, fields->ptr, fields->len, "fields.yaml", &findings);
		doc_parse(&before, arena, ticket, strlen(ticket), "ticket.md", &findings);
		doc_parse(&after, arena, text.ptr, text.len, "ticket.md", &findings);
		must(findings.count == 0 && strcmp(after.body, before.body) == 0);
		for (i = 0; i < lines.front->count; i++)
			must(node_same(node_get(after.front, lines.front->keys[i]),
				       lines.front->items[i]));
		for (i = 0; i < before.front->count; i++)
			must(node_get(lines.front, before.front->keys[i]) != NULL ||
			     node_same(node_get(after.front, before.front->keys[i]),
				       before.front->items[i]));
	}
	findings_release(&findings);
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char border[] = "===\n";
	const char *text = (const char *)data, *at = memmem(data, size, border, strlen(border));
	size_t len = at == NULL ? size : (size_t)(at - text);
	struct buf fields = BUF_INIT;
	struct arena arena = { 0 };

	check_slip(&arena, text, len);
	if (at != NULL) {
		buf_put(&fields, at + strlen(border), size - len - strlen(border));
		check_fill(&arena, &fields);
	}
	buf_release(&fields);
	arena_release(&arena);
	return 0;
}
