#include "model/model.h"
#include "unit.h"
#include <stdlib.h>

static const char *kinds[] = { "迁云", "上云" };
static struct field columns[] = {
	{ .key = "name", .label = "资源名称", .type = FIELD_TEXT },
	{ .key = "vcpu", .label = "vCPU", .type = FIELD_INTEGER, .has_min = true, .min = 0 },
};
static const struct field fields[] = {
	{ .key = "title", .label = "标题", .type = FIELD_TEXT },
	{ .key = "purpose", .label = "用途", .type = FIELD_LONG },
	{ .key = "count",
	  .label = "数量",
	  .type = FIELD_INTEGER,
	  .has_min = true,
	  .min = 1,
	  .has_max = true,
	  .max = 100 },
	{ .key = "price", .label = "单价", .type = FIELD_DECIMAL, .has_min = true, .min = 0 },
	{ .key = "first", .label = "是否首次", .type = FIELD_BOOL },
	{ .key = "due", .label = "期限", .type = FIELD_DATE },
	{ .key = "at", .label = "时间", .type = FIELD_TIME },
	{ .key = "month", .label = "月份", .type = FIELD_MONTH },
	{ .key = "kind",
	  .label = "类型",
	  .type = FIELD_CHOICE,
	  .choices = kinds,
	  .choice_count = 2 },
	{ .key = "signed", .label = "已签章", .type = FIELD_TEXTS },
	{ .key = "resources",
	  .label = "资源",
	  .type = FIELD_LIST,
	  .columns = columns,
	  .column_count = 2 },
	{ .key = "any", .label = "整数", .type = FIELD_INTEGER },
};
#define FIELDS (sizeof(fields) / sizeof(*fields))

struct run {
	struct arena arena;
	struct findings findings;
	struct doc doc;
};

static void
check(struct run *r, const char *yaml)
{
	memset(r, 0, sizeof(*r));
	yaml_parse(&r->doc, &r->arena, yaml, strlen(yaml), "a.md", &r->findings);
	CHECK_INT(r->findings.count, 0);
	fields_check(&r->doc, fields, FIELDS, &r->findings);
}

static void
release(struct run *r)
{
	findings_release(&r->findings);
	arena_release(&r->arena);
}

/* says NULL: nothing is wrong; else the only finding, at column `column` of line `line`. */
static const struct {
	const char *yaml, *says;
	int line, column;
} rows[] = {
	{ "title: a\npurpose: |\n  一\n  二\ncount: 3\nprice: 12.50\nfirst: 是\n", NULL, 0, 0 },
	{ "due: 2021-05-10\nat: 2021-05-10 09:30\nmonth: 2021-05\nkind: 上云\n", NULL, 0, 0 },
	{ "signed: [a, b]\nresources:\n  - name: x\n    vcpu: 8\n", NULL, 0, 0 },
	{ "title:\ncount:\nfirst:\ndue: \"\"\nkind:\nsigned:\nresources:\n", NULL, 0, 0 },
	{ "signed: []\nresources: []\n", NULL, 0, 0 },
	{ "resources:\n  - name:\n    vcpu:\n", NULL, 0, 0 },
	{ "any: -0755\n", NULL, 0, 0 },
	{ "any: -9223372036854775808\n", NULL, 0, 0 },
	{ "count: 1\n", NULL, 0, 0 },
	{ "count: 100\n", NULL, 0, 0 },
	{ "price: 0\n", NULL, 0, 0 },
	{ "price: 999999999999999.999999999\n", NULL, 0, 0 },
	{ "title: |\n  一\n  二\n", "应写成一行", 1, 8 },
	{ "title: [a]\n", "只填一个值", 1, 8 },
	{ "title: {a: 1}\n", "只填一个值", 1, 8 },
	{ "count: 3 台\n", "应填整数", 1, 8 },
	{ "count: 1e3\n", "应填整数", 1, 8 },
	{ "count: 3.0\n", "应填整数", 1, 8 },
	{ "count: 0x10\n", "应填整数", 1, 8 },
	{ "count: +3\n", "应填整数", 1, 8 },
	{ "count: ３\n", "应填整数", 1, 8 },
	{ "any: 9223372036854775808\n", "应填整数", 1, 6 },
	{ "any: \"-\"\n", "应填整数", 1, 6 },
	{ "count: 0\n", "超出了允许的范围（1 至 100）", 1, 8 },
	{ "count: 101\n", "超出了允许的范围（1 至 100）", 1, 8 },
	{ "price: -1\n", "超出了允许的范围（不小于 0）", 1, 8 },
	{ "price: 1.\n", "应填数字", 1, 8 },
	{ "price: .5\n", "应填数字", 1, 8 },
	{ "price: 1,000\n", "应填数字", 1, 8 },
	{ "price: nan\n", "应填数字", 1, 8 },
	{ "price: 1.2.3\n", "应填数字", 1, 8 },
	{ "price: 1234567890123456\n", "应填数字", 1, 8 },
	{ "first: yes\n", "应填“是”或“否”", 1, 8 },
	{ "first: true\n", "应填“是”或“否”", 1, 8 },
	{ "due: 2021-02-29\n", "应填实有的日期", 1, 6 },
	{ "due: 2021-5-1\n", "应填实有的日期", 1, 6 },
	{ "due: 2021-05-10 09:30\n", "应填实有的日期", 1, 6 },
	{ "at: 2021-05-10\n", "应填日期和时间", 1, 5 },
	{ "at: 2021-05-10T09:30\n", "应填日期和时间", 1, 5 },
	{ "at: 2021-05-10 24:30\n", "应填日期和时间", 1, 5 },
	{ "at: 2021-05-10 09:30:00\n", "应填日期和时间", 1, 5 },
	{ "month: 2021-13\n", "应填月份", 1, 8 },
	{ "month: 2021-05-10\n", "应填月份", 1, 8 },
	{ "kind: 下云\n", "可选：迁云、上云", 1, 7 },
	{ "kind: 上云 \n", NULL, 0, 0 },
	{ "signed: a\n", "应写成列表", 1, 9 },
	{ "signed:\n  a: 1\n", "应写成列表", 2, 3 },
	{ "signed:\n  - a: 1\n", "一行文字", 2, 5 },
	{ "signed:\n  - |\n    a\n    b\n", "一行文字", 2, 5 },
	{ "signed:\n  -\n  - a\n", "有一项是空的", 2, 4 },
	{ "resources: 3\n", "应写成列表", 1, 12 },
	{ "resources:\n  - 3\n", "键: 值", 2, 5 },
	{ "resources:\n  - name: x\n  - vcpu: 八\n", "“vCPU”（vcpu）填的是“八”，应填整数", 3, 11 },
	{ "resources:\n  - vcpus: 8\n", "是不是“vcpu”（vCPU）？", 2, 5 },
	{ "resources:\n  - title: 8\n", "没有“title”这一项；请删去", 2, 5 },
	{ "titel: a\n", "是不是“title”（标题）？", 1, 1 },
	{ "tittle: a\n", "是不是“title”（标题）？", 1, 1 },
	{ "resource:\n", "是不是“resources”（资源）？", 1, 1 },
	{ "mont: a\n", "是不是“month”（月份）？", 1, 1 },
	{ "xy: a\n", "请删去", 1, 1 },
	{ "unknown: a\n", "没有“unknown”这一项；请删去", 1, 1 },
	{ "标题: a\n", "没有“标题”这一项；请删去", 1, 1 },
};

static void
test_fields__rows(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct run r;
		const struct finding *f;

		check(&r, rows[i].yaml);
		f = r.findings.items;
		if (r.findings.count != (rows[i].says != NULL) ||
		    (f != NULL &&
		     (strstr(f->message, rows[i].says) == NULL || f->line != rows[i].line ||
		      f->column != rows[i].column || strcmp(f->rule, "field") != 0))) {
			printf("# row %zu: %s", i, rows[i].yaml);
			findings_print(&r.findings, stdout);
			CHECK(false);
		}
		release(&r);
	}
}

static void
test_fields__typed(void)
{
	struct run r;
	const struct node *front;

	check(&r, "count: 42\nprice: 12.50\nfirst: 是\ndue: 1970-01-02\nat: 1970-01-01 08:01\n"
		  "month: 1970-02\nkind:\nsigned: [a]\nany: 007\n");
	front = r.doc.front;
	CHECK_INT(r.findings.count, 0);
	CHECK(node_get(front, "count")->typed);
	CHECK_INT(node_get(front, "count")->number, 42);
	CHECK(node_get(front, "price")->decimal > 12.49 &&
	      node_get(front, "price")->decimal < 12.51);
	CHECK_STR(node_text(front, "price"), "12.50");
	CHECK_INT(node_get(front, "first")->number, 1);
	CHECK_INT(node_get(front, "due")->number, 1);
	CHECK_INT(node_get(front, "at")->number, 60);
	CHECK_INT(node_get(front, "month")->number, 31);
	CHECK(!node_get(front, "kind")->typed);
	CHECK_INT(node_get(front, "signed")->type, FIELD_TEXTS);
	CHECK_INT(node_get(front, "any")->number, 7);
	release(&r);
}

/* Very many faults are not listed to the last, and a long word is shown by its beginning. */
static void
test_fields__many(void)
{
	struct buf yaml = BUF_INIT;
	struct run r;
	int i;

	for (i = 0; i < 9000; i++)
		buf_printf(&yaml, "titl%d: a\n", i);
	check(&r, yaml.ptr);
	CHECK_INT(r.findings.count, 101);
	release(&r);
	buf_clear(&yaml);
	buf_puts(&yaml, "count: ");
	for (i = 0; i < 5000; i++)
		buf_puts(&yaml, "云");
	check(&r, yaml.ptr);
	CHECK_INT(r.findings.count, 1);
	CHECK(strlen(r.findings.items[0].message) < 300);
	CHECK(strstr(r.findings.items[0].message, "云……”，应填整数") != NULL);
	release(&r);
	buf_release(&yaml);
}

static void
test_fields__fits(void)
{
	static const struct {
		enum field_type type;
		const char *text;
		bool fits;
	} cases[] = {
		{ FIELD_TEXT, "a", true },	 { FIELD_TEXT, "a\nb", false },
		{ FIELD_LONG, "a\nb", true },	 { FIELD_INTEGER, "", true },
		{ FIELD_INTEGER, "-3", true },	 { FIELD_INTEGER, " 3", false },
		{ FIELD_DECIMAL, "0.10", true }, { FIELD_DECIMAL, "0.1 ", false },
		{ FIELD_BOOL, "否", true },	 { FIELD_BOOL, "no", false },
		{ FIELD_TEXTS, "a", false },	 { FIELD_LIST, "a", false },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct field field = { .key = "k", .label = "k", .type = cases[i].type };
		struct node node = { .kind = NODE_SCALAR, .text = cases[i].text };
		const char *why = NULL;

		CHECK_INT(field_fits(&field, &node, &why), cases[i].fits);
		CHECK_INT(why[0] == '\0', cases[i].fits);
		CHECK_INT(node.typed, cases[i].fits && cases[i].text[0] != '\0');
	}
}

/* type, min, max, text, why not: the pages' own check reads the same rows (tests/browser). */
static void
check_shared(char *line)
{
	static const char *choices[] = { "甲", "乙" };
	struct field field = { .choices = choices, .choice_count = 2 };
	struct node node = { .kind = NODE_SCALAR };
	const char *part[5], *why;
	int i;

	for (i = 0; i < 5; i++) {
		part[i] = line;
		line += strcspn(line, "\t");
		if (*line == '\t')
			*line++ = '\0';
	}
	for (i = 0; i < FIELD_TYPE_COUNT; i++) {
		if (strcmp(field_type_ids[i], part[0]) == 0)
			field.type = (enum field_type)i;
	}
	field.has_min = text_number(part[1], INT64_MIN, INT64_MAX, &field.min);
	field.has_max = text_number(part[2], INT64_MIN, INT64_MAX, &field.max);
	node.text = part[3];
	CHECK(field_fits(&field, &node, &why) == (part[4][0] == '\0'));
	CHECK_STR(why, part[4]);
}

static void
test_fields__shared(void)
{
	const char *tests = getenv("TESTS");
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct err err = { 0 };
	char *line, *next;
	int count = 0;

	buf_printf(&path, "%s/fixtures/values.tsv", tests == NULL ? "tests" : tests);
	CHECK_INT(file_read(&text, path.ptr, (size_t)1 << 16, &err), 0);
	for (line = text.ptr; *line != '\0'; line = next, count++) {
		next = line + strcspn(line, "\n");
		if (*next == '\n')
			*next++ = '\0';
		check_shared(line);
	}
	CHECK(count > 40);
	buf_release(&text);
	buf_release(&path);
}

int
main(void)
{
	unit_run("rows", test_fields__rows);
	unit_run("typed", test_fields__typed);
	unit_run("many faults", test_fields__many);
	unit_run("field_fits", test_fields__fits);
	unit_run("what the pages check too", test_fields__shared);
	return unit_end();
}
