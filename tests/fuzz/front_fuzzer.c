/* Front matter: whatever comes, doc_parse and front_scan read the same, and front_set changes
 * one value and nothing else; edits of blocks end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

#include "fuzz.h"

static const char *const keys[] = { "flow", "stage", "title" };
#define KEYS (sizeof(keys) / sizeof(*keys))

static void
compare(struct arena *arena, const struct doc *doc, const char *text, size_t len)
{
	const char *values[KEYS];
	size_t i;

	if (!front_scan(arena, text, len, keys, values, KEYS))
		return;
	must(!doc->broken);
	for (i = 0; i < KEYS; i++) {
		const struct node *node = node_get(doc->front, keys[i]);

		must(node == NULL || node->kind == NODE_SCALAR);
		must(strcmp(values[i], node_text(doc->front, keys[i])) == 0);
	}
}

static void
edit(struct arena *arena, const struct doc *doc, const char *text, size_t len)
{
	struct findings findings = { 0 };
	struct buf out = BUF_INIT;
	struct err err = { 0 };
	struct doc after;

	if (front_set(&out, text, len, "stage", "a: \"b\" # c", &err) == 0) {
		doc_parse(&after, arena, out.ptr, out.len, "a.md", &findings);
		must(findings.count == 0);
		must(strcmp(node_text(after.front, "stage"), "a: \"b\" # c") == 0);
		must(strcmp(node_text(after.front, "flow"), node_text(doc->front, "flow")) == 0);
		must(after.body_len == doc->body_len);
		must(memcmp(after.body, doc->body, doc->body_len) == 0);
	} else {
		must(err.code == ERR_DATA);
	}
	findings_release(&findings);
	buf_release(&out);
}

/* Edits of whole blocks: done, or refused with nothing changed. */
static void
merge(const char *text, size_t len)
{
	struct buf out = BUF_INIT;
	struct err err = { 0 };

	buf_put(&out, text, len);
	if (front_merge(&out, "stage: x\nrows:\n  - a: 1", &err) != 0)
		must(err.code == ERR_DATA && out.len == len && memcmp(out.ptr, text, len) == 0);
	buf_clear(&out);
	err_clear(&err);
	buf_put(&out, text, len);
	if (front_append_row(&out, "rows", "{ a: 2 }", &err) != 0)
		must(err.code == ERR_DATA && out.len == len && memcmp(out.ptr, text, len) == 0);
	else
		must(out.len > len);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct field row[] = { { .key = "a", .label = "a", .type = FIELD_INTEGER } };
	static const struct field fields[] = {
		{ .key = "flow", .label = "flow", .type = FIELD_TEXT },
		{ .key = "rows",
		  .label = "rows",
		  .type = FIELD_LIST,
		  .columns = row,
		  .column_count = 1 },
		{ .key = "signed", .label = "signed", .type = FIELD_TEXTS },
		{ .key = "at", .label = "at", .type = FIELD_TIME },
		{ .key = "due", .label = "due", .type = FIELD_DATE },
		{ .key = "price", .label = "price", .type = FIELD_DECIMAL },
	};
	const char *text = (const char *)data;
	struct findings findings = { 0 };
	struct arena arena = { 0 };
	struct doc doc;
	size_t i;

	doc_parse(&doc, &arena, text, size, "a.md", &findings);
	must(!doc.broken || findings.count > 0);
	must(doc.body[doc.body_len] == '\0');
	fields_check(&doc, fields, sizeof(fields) / sizeof(*fields), &findings);
	must(findings.count < 300);
	for (i = 0; i < findings.count; i++)
		must(utf8_check(findings.items[i].message, strlen(findings.items[i].message)) ==
		     strlen(findings.items[i].message));
	compare(&arena, &doc, text, size);
	edit(&arena, &doc, text, size);
	merge(text, size);
	arena_release(&arena);
	findings_release(&findings);
	return 0;
}
