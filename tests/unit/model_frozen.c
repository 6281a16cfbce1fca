#include <stdlib.h>

#include "model/model.h"
#include "unit.h"

static const char text[] = "---\n"
			   "title: 教育局门户\n"
			   "urgent: 是\n"
			   "empty:\n"
			   "nothing: []\n"
			   "resources:\n"
			   "  - id: vm-1\n"
			   "    disks: [系统盘, 数据盘]\n"
			   "  - id: vm-2\n"
			   "    note: |\n"
			   "      两行\n"
			   "      文字\n"
			   "---\n正文\n";

static struct node *
parse(struct arena *arena)
{
	struct findings findings = { 0 };
	struct doc doc;

	doc_parse(&doc, arena, text, sizeof(text) - 1, "a.md", &findings);
	CHECK_INT(findings.count, 0);
	findings_release(&findings);
	return doc.front;
}

static void
test_frozen__whole(void)
{
	struct arena arena = { 0 };
	struct node *node = parse(&arena), *again;
	struct buf out = BUF_INIT, twice = BUF_INIT;
	const char *at;

	node_freeze(&out, node);
	at = out.ptr;
	again = node_thaw(&arena, &at, out.ptr + out.len);
	CHECK(again != NULL && node_same(node, again));
	CHECK(at == out.ptr + out.len);
	CHECK_STR(node_text(node_at(again, "resources[2]"), "note"), "两行\n文字\n");
	node_freeze(&twice, again);
	CHECK(twice.len == out.len && memcmp(twice.ptr, out.ptr, out.len) == 0);
	buf_release(&out);
	buf_release(&twice);
	arena_release(&arena);
}

/* A field that no form knows is complained of at a place, which a thawed node has not. */
static void
test_frozen__checked(void)
{
	struct field field = { .key = "title", .label = "标题", .type = FIELD_TEXT };
	struct findings findings = { 0 };
	struct arena arena = { 0 };
	struct buf out = BUF_INIT;
	struct doc doc = { .file = "a.md" };
	const char *at;

	node_freeze(&out, parse(&arena));
	at = out.ptr;
	doc.front = node_thaw(&arena, &at, out.ptr + out.len);
	fields_check(&doc, &field, 1, &findings);
	CHECK_INT(findings.count, 4);
	CHECK(node_get(doc.front, "title")->typed);
	findings_release(&findings);
	buf_release(&out);
	arena_release(&arena);
}

/* Bytes that were cut or changed are refused or read as something else, never beyond their end. */
static void
test_frozen__damage(void)
{
	struct arena arena = { 0 };
	struct buf out = BUF_INIT;
	const char *at;
	size_t i, k;

	node_freeze(&out, parse(&arena));
	for (i = 0; i < out.len; i++) {
		char *cut = malloc(i + 1);

		memcpy(cut, out.ptr, i);
		at = cut;
		CHECK(node_thaw(&arena, &at, cut + i) == NULL);
		free(cut);
	}
	for (i = 0; i < out.len; i++) {
		for (k = 0; k < 8; k++) {
			char *bent = malloc(out.len);

			memcpy(bent, out.ptr, out.len);
			bent[i] = (char)(bent[i] ^ 1 << k);
			at = bent;
			(void)node_thaw(&arena, &at, bent + out.len);
			CHECK(at <= bent + out.len);
			free(bent);
		}
	}
	buf_release(&out);
	arena_release(&arena);
}

static void
test_frozen__deep(void)
{
	struct arena arena = { 0 };
	struct buf out = BUF_INIT;
	const uint32_t one = 1;
	const char *at;
	int i;

	for (i = 0; i < 100000; i++) {
		buf_putc(&out, NODE_LIST);
		buf_put(&out, &one, sizeof(one));
	}
	at = out.ptr;
	CHECK(node_thaw(&arena, &at, out.ptr + out.len) == NULL);
	buf_release(&out);
	arena_release(&arena);
}

int
main(void)
{
	unit_run("whole", test_frozen__whole);
	unit_run("checked", test_frozen__checked);
	unit_run("damage", test_frozen__damage);
	unit_run("deep", test_frozen__deep);
	return unit_end();
}
