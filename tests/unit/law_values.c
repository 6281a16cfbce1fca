#include "law/law.h"
#include "unit.h"

static void
test_values__front(void)
{
	static const char text[] =
	    "---\ntitle: 云\ncount: 8\nyes: 是\nno: 否\nprice: 1.5\nday: 2021-05-10\n"
	    "empty:\nnone: []\nlist: [a, '', b]\nrows:\n  - { size: 2, name: }\n  - { size: x }\n---\n";
	static struct field columns[] = { { .key = "size", .label = "", .type = FIELD_INTEGER },
					  { .key = "name", .label = "", .type = FIELD_TEXT } };
	static const struct field fields[] = {
		{ .key = "title", .label = "", .type = FIELD_TEXT },
		{ .key = "count", .label = "", .type = FIELD_INTEGER },
		{ .key = "yes", .label = "", .type = FIELD_BOOL },
		{ .key = "no", .label = "", .type = FIELD_BOOL },
		{ .key = "price", .label = "", .type = FIELD_DECIMAL },
		{ .key = "day", .label = "", .type = FIELD_DATE },
		{ .key = "empty", .label = "", .type = FIELD_INTEGER },
		{ .key = "none", .label = "", .type = FIELD_TEXTS },
		{ .key = "list", .label = "", .type = FIELD_TEXTS },
		{ .key = "rows",
		  .label = "",
		  .type = FIELD_LIST,
		  .columns = columns,
		  .column_count = 2 }
	};
	static const struct script_limits limits = { (size_t)16 << 20, 1000 * 1000 };
	struct findings findings = { 0 };
	struct arena arena = { 0 };
	struct script *s = NULL;
	struct err err = { 0 };
	struct doc doc;

	CHECK_INT(script_new(&s, &limits, &err), 0);
	doc_parse(&doc, &arena, text, strlen(text), "a.md", &findings);
	fields_check(&doc, fields, sizeof(fields) / sizeof(*fields), &findings);
	CHECK_INT(findings.count, 2); /* an empty item; size: x */
	law_push_values(s, doc.front);
	CHECK_STR(script_get_text(s, "title"), "云");
	CHECK_INT(script_get_integer(s, "count"), 8);
	CHECK_STR(script_get_text(s, "count"), "");
	CHECK(script_get_bool(s, "yes"));
	CHECK(script_has(s, "no") && !script_get_bool(s, "no"));
	CHECK(script_has(s, "price"));
	CHECK_STR(script_get_text(s, "day"), "2021-05-10");
	CHECK(!script_has(s, "empty"));
	CHECK(!script_has(s, "none"));
	CHECK(script_push(s, "list"));
	CHECK_INT(script_count(s), 2);
	script_pop(s, 1);
	CHECK(script_push(s, "rows"));
	CHECK(script_push_row(s, 1));
	CHECK_INT(script_get_integer(s, "size"), 2);
	CHECK(!script_has(s, "name"));
	script_pop(s, 1);
	CHECK(script_push_row(s, 2));
	CHECK(!script_has(s, "size")); /* refused by its field */
	script_pop(s, 3);
	script_free(s);
	arena_release(&arena);
	findings_release(&findings);
}

int
main(void)
{
	unit_run("front matter", test_values__front);
	return unit_end();
}
