#include <stdlib.h>

#include "model/model.h"
#include "unit.h"

static const char *const keys[] = { "flow", "stage", "signed", "title" };
#define KEYS (sizeof(keys) / sizeof(*keys))

/* --- front_scan -------------------------------------------------------------------------- */
/* Where front_scan is sure, doc_parse must read the same and find the front matter sound. */
static bool
agrees(const char *text, size_t len, bool *sure)
{
	struct findings findings = { 0 };
	struct arena arena = { 0 };
	const char *values[KEYS];
	struct doc doc;
	bool same;
	size_t i;

	*sure = front_scan(&arena, text, len, keys, values, KEYS);
	same = true;
	if (*sure) {
		doc_parse(&doc, &arena, text, len, "a.md", &findings);
		same = !doc.broken;
		for (i = 0; i < KEYS; i++) {
			const struct node *node = node_get(doc.front, keys[i]);

			same = same && (node == NULL || node->kind == NODE_SCALAR) &&
			       strcmp(values[i], node_text(doc.front, keys[i])) == 0;
		}
	}
	arena_release(&arena);
	findings_release(&findings);
	return same;
}

static const struct {
	const char *text;
	bool sure;
	const char *stage;
} scans[] = {
	{ "---\nflow: apply\nstage: plan\n---\n", true, "plan" },
	{ "---\nflow: apply\n---\n", true, "" },
	{ "---\n---\n", true, "" },
	{ "\xef\xbb\xbf---\r\nstage: plan\r\n---\r\n", true, "plan" },
	{ "---\nstage: plan # 说明\n---\n", true, "plan" },
	{ "---\nstage:   plan   \n---\n", true, "plan" },
	{ "---\nstage: a#b\n---\n", true, "a#b" },
	{ "---\nstage:\n---\n", true, "" },
	{ "---\nstage: # 无\n---\n", true, "" },
	{ "---\nstage: \"计划 一\"\n---\n", true, "计划 一" },
	{ "---\nstage: ''\n---\n", true, "" },
	{ "---\nstage: 申请：一\n---\n", true, "申请：一" },
	{ "---\nstage: -5\n---\n", true, "-5" },
	{ "---\nrows:\n  - a: 1\n    b: 2\n  - a: 3\n\n# 说明\nstage: plan\n---\n", true, "plan" },
	{ "---\nrows:\n- a: 1\n  b: 2\n- 3\nstage: plan\n---\n", true, "plan" },
	{ "---\nmap:\n  a: 1\n  b:\nstage: plan\n---\n", true, "plan" },
	{ "---\nlong: |\n  一\n  stage: 二\n\n   三\nstage: plan\n---\n", true, "plan" },
	{ "---\nlong: >- # 折\n  一\nstage: plan\n---\n", true, "plan" },
	{ "---\nstage: plan\n---\nstage: other\n\xff", true, "plan" },
	{ "---\nrows:\n  - { a: 一, b: \"二\" } # c\n  - {a: 1}\nstage: plan\n---\n", true,
	  "plan" },
	{ "---\nrows: []\nstage: plan\n---\n", true, "plan" },
	{ "---\nrows:\n  - { a: 1, }\nstage: plan\n---\n", false, "" },
	{ "---\nrows:\n  - { a: 1\nstage: plan }\n---\n", false, "" },
	{ "---\nrows:\n  - { a: [1] }\nstage: plan\n---\n", false, "" },
	{ "---\nstage: []\n---\n", false, "" },
	{ "---\nsigned_by: [a, \"二\"]\nmap: { a: 1 }\nstage: plan\n---\n", true, "plan" },
	{ "---\nsigned: [a]\nstage: plan\n---\n", false, "" },
	{ "---\nstage: plan\nstage: other\n---\n", false, "" },
	{ "---\nstage: plan\n  more\n---\n", false, "" },
	{ "---\nstage: plan\n\n  more\n---\n", false, "" },
	{ "---\nstage:\n  plan\n---\n", false, "" },
	{ "---\nstage:\n- plan\n---\n", false, "" },
	{ "---\nstage: [plan]\n---\n", false, "" },
	{ "---\nstage: |\n  plan\n---\n", false, "" },
	{ "---\nstage: \"a\\n\"\n---\n", false, "" },
	{ "---\nstage: 'it''s'\n---\n", false, "" },
	{ "---\nstage: ~\n---\n", false, "" },
	{ "---\nstage: null\n---\n", false, "" },
	{ "---\nstage: &a plan\n---\n", false, "" },
	{ "---\nstage: a: b\n---\n", false, "" },
	{ "---\nstage:\tplan\n---\n", false, "" },
	{ "---\n\"stage\": plan\n---\n", false, "" },
	{ "---\nother: \"a\nstage: plan\"\n---\n", false, "" },
	{ "---\nother: [a,\nstage: plan]\n---\n", false, "" },
	{ "---\nother: @\nstage: plan\n---\n", false, "" },
	{ "---\nother: plan\n- a\nstage: plan\n---\n", false, "" },
	{ "---\nother: \"\"\n- a\nstage: plan\n---\n", false, "" },
	{ "---\nrows:\n  - a: 1\n   b: 2\nstage: plan\n---\n", false, "" },
	{ "---\nlong: |\nstage: plan\n---\n", false, "" },
	{ "---\nstage: \xff\n---\n", false, "" },
	{ "---\nstage: a\xe2\x80\xa8z\n---\n", false, "" },
	{ "---\nstage: plan\n", false, "" },
	{ "stage: plan\n", false, "" },
	{ "", false, "" },
};

static void
test_front__scan(void)
{
	size_t i;

	for (i = 0; i < sizeof(scans) / sizeof(*scans); i++) {
		struct arena arena = { 0 };
		const char *values[KEYS], *text = scans[i].text;
		bool sure, again;

		sure = front_scan(&arena, text, strlen(text), keys, values, KEYS);
		if (sure != scans[i].sure)
			printf("# row %zu: %s", i, text);
		CHECK_INT(sure, scans[i].sure);
		if (sure)
			CHECK_STR(values[1], scans[i].stage);
		CHECK(agrees(text, strlen(text), &again));
		arena_release(&arena);
	}
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Lines as people write them, and as they should not, in any order. */
static const char *const lines[] = {
	"flow: apply",
	"stage: plan",
	"title: 关于系统的申请",
	"signed: 是",
	"stage: plan  # 说明",
	"other: 1",
	"other: \"x\"",
	"other: 'x' # y",
	"rows:",
	"rows: []",
	"rows: # 无",
	"map:",
	"title:",
	"  - a: 1",
	"    b: 2",
	"  - 文字",
	"- a: 1",
	"  b: 2",
	"- 3",
	"  c:",
	"    - x",
	"   d: 1",
	"-",
	"  - ",
	"  - \"\"",
	"  -  e: 1",
	"     f: 2",
	"  - - g",
	"  stage: x",
	"",
	"  ",
	"# 说明",
	"    # 说明",
	"long: |",
	"long: >-",
	"long: |2",
	"long: |+",
	"  一行",
	"   再一行",
	" 一",
	"stage: |",
	"stage:",
	"stage: \"a",
	"b\"",
	"other: [a,",
	"b]",
	"other: {a: 1}",
	"stage: 'it''s'",
	"? a",
	": b",
	"stage: *a",
	"other: &a b",
	"!t a: b",
	"other: a: b",
	"other: a:",
	"...",
	"--- a",
	"%YAML",
	"stage : x",
	"stage:x",
	"其他: 1",
	"flow: \"\\x41\"",
	"flow: ~",
	"flow: null",
	"null: 1",
	"title: a #b",
	"title: a#b",
	"title: \"a #b\"",
	"title: 'a' b",
	"title: -1",
	"title: - 1",
	"title: ?x",
	"title: x?",
	"title: a, b",
	"title: 100%",
	"title: a\tb",
	"title: a\rb",
	"title: a\xc2\x85",
	"\xef\xbb\xbf",
	"title: \xff",
	"title: |x",
	"title: >",
	"  z",
	"k: @a",
	"k: `a",
	"k: 'a",
	"k: ''",
	"k: \"\" # c",
	"k: \"a\"#c",
	"k: #c",
	"a-b: 1",
	"-a: 1",
	"1: 1",
	"A_1: 1",
	"k: \"a\": b",
	"  k: \"a\": b",
	"  - 'a': b",
	"  - a",
	"  more",
	"  - { a: 1 }",
	"  - { a: 1, b: \"x\" }",
	"  - {a: 一,b: 2}",
	"  - { a: \"x, y\" }",
	"  - { a }",
	"  - { a: }",
	"  - { a: 1 } x",
	"  - { a: 1 }: x",
	"  - { a: x?y }",
	"  - { a: b:?c }",
	"  - { a: :x }",
	"  - { a: 1 # c }",
	"  - { a: 1 }# c",
	"  - { a: b: c }",
	"  - { a: {b: 1} }",
	"- { a: 1 }",
	"  - {}",
	"  - { a: -1, b: - 1 }",
	"rows: [] x",
	"rows: [a]",
	"rows: [a, 'b']",
	"rows: [a, ]",
	"rows: [, a]",
	"rows: [a: b]",
	"rows: [a b, c]",
	"rows: [ ]",
	"rows: { }",
	"rows: {a: 1}",
	"rows: [[a]]",
	"rows: [-]",
	"rows: [- a]",
	"rows: [-1]",
	"rows: [a,b]",
	"rows: [\"a\",b]",
	"rows: ['a'b]",
	"rows: [a:b]",
	"rows: [a #b]",
	"rows: [a#b, c]",
	"rows: [\"a #b\"]",
	"rows: [a:, b]",
	"rows: [:a]",
	"rows: {a: b:}",
	"rows: []x",
	"rows: []: x",
	"  - { a: x#y }",
	"  - { a: x:y }",
	"  - { a: 'x': y }",
	"  - { a: \"x\"y }",
	"  - { a:x }",
	"  - { a : x }",
	"  - { a: x, a: }",
};

static void
add_line(struct buf *text, uint32_t *state)
{
	uint32_t n = next_random(state) % (sizeof(lines) / sizeof(*lines));

	/* Mostly the sound ones, or nothing would ever be sure. */
	if (next_random(state) % 4 != 0)
		n %= 20;
	buf_puts(text, lines[n]);
	if (next_random(state) % 40 == 0)
		buf_putc(text, "\r \t#:'\""[next_random(state) % 7]);
	buf_puts(text, next_random(state) % 16 == 0 ? "\r\n" : "\n");
}

static void
generate(struct buf *text, uint32_t *state)
{
	uint32_t count = next_random(state) % 8;

	buf_clear(text);
	buf_puts(text, next_random(state) % 16 == 0 ? "\xef\xbb\xbf---\n" : "---\n");
	while (count-- > 0)
		add_line(text, state);
	buf_puts(text, "---\n正文\n");
}

static void
test_front__property(void)
{
	struct buf text = BUF_INIT;
	uint32_t state = 2021;
	size_t sure_count = 0;
	int i;

	for (i = 0; i < 60000; i++) {
		bool sure;

		generate(&text, &state);
		if (!agrees(text.ptr, text.len, &sure)) {
			printf("# %s\n", text.ptr);
			CHECK(false);
			break;
		}
		sure_count += sure;
	}
	CHECK(sure_count > 6000);
	buf_release(&text);
}

/* --- front_set --------------------------------------------------------------------------- */
static const struct {
	const char *text, *key, *value, *after; /* after NULL = ERR_DATA */
} sets[] = {
	{ "---\nstage: plan\n---\nb", "stage", "request", "---\nstage: request\n---\nb" },
	{ "---\nstage: plan  # 说明\n---\n", "stage", "x", "---\nstage: x  # 说明\n---\n" },
	{ "---\nstage:   plan   \n---\n", "stage", "x", "---\nstage: x   \n---\n" },
	{ "---\nstage:\n---\n", "stage", "x", "---\nstage: x\n---\n" },
	{ "---\nstage:  # 待填\n---\n", "stage", "x", "---\nstage: x  # 待填\n---\n" },
	{ "---\nstage: \"a # b\" # c\n---\n", "stage", "x", "---\nstage: x # c\n---\n" },
	{ "---\nstage: \"a\\\"b\" # c\n---\n", "stage", "x", "---\nstage: x # c\n---\n" },
	{ "---\nstage: 'it''s' # c\n---\n", "stage", "x", "---\nstage: x # c\n---\n" },
	{ "---\nstage: ''\n---\n", "stage", "x", "---\nstage: x\n---\n" },
	{ "---\nstage: \"plan\" # c\n---\n", "stage", "plan", "---\nstage: \"plan\" # c\n---\n" },
	{ "---\nstage: a#b\n---\n", "stage", "x", "---\nstage: x\n---\n" },
	{ "\xef\xbb\xbf---\r\nstage: plan\r\na: 1\r\n---\r\n正文\r\n", "stage", "x",
	  "\xef\xbb\xbf---\r\nstage: x\r\na: 1\r\n---\r\n正文\r\n" },
	{ "---\r\na: 1\r\n---\r\n", "stage", "x", "---\r\na: 1\r\nstage: x\r\n---\r\n" },
	{ "---\na: 1\n---\n", "stage", "x", "---\na: 1\nstage: x\n---\n" },
	{ "---\n---\n", "stage", "x", "---\nstage: x\n---\n" },
	{ "---\nrows:\n  - stage: 1\n# 完\n---", "stage", "x",
	  "---\nrows:\n  - stage: 1\n# 完\nstage: x\n---" },
	{ "---\nlong: |\n  stage: 1\n---\n", "stage", "x",
	  "---\nlong: |\n  stage: 1\nstage: x\n---\n" },
	{ "---\nstages: 1\nstage: 2\n---\n", "stage", "x", "---\nstages: 1\nstage: x\n---\n" },
	{ "---\nstage: plan\n---\nstage: body\n", "stage", "x",
	  "---\nstage: x\n---\nstage: body\n" },
	{ "---\na: 1\n---\n", "a", "", "---\na: \"\"\n---\n" },
	{ "---\na: 1\n---\n", "a", "x: y", "---\na: \"x: y\"\n---\n" },
	{ "---\na: 1\n---\n", "a", "一\n二", "---\na: \"一\\n二\"\n---\n" },
	{ "---\na: 1\n---\n", "a", "~", "---\na: \"~\"\n---\n" },
	{ "---\nstage: |\n  plan\n---\n", "stage", "x", NULL },
	{ "---\nstage: >-\n  plan\n---\n", "stage", "x", NULL },
	{ "---\nstage: plan\n  more\n---\n", "stage", "x", NULL },
	{ "---\nstage:\n  plan\n---\n", "stage", "x", NULL },
	{ "---\nstage: \"plan\n  more\"\n---\n", "stage", "x", NULL },
	{ "---\nstage: [a, b]\n---\n", "stage", "x", NULL },
	{ "---\nstage: [a,\n  b]\n---\n", "stage", "x", NULL },
	{ "---\nstage:\n  - a\n---\n", "stage", "x", NULL },
	{ "---\nstage: {a: b}\n---\n", "stage", "x", NULL },
	{ "---\nother: \"a\nstage: plan\"\n---\n", "stage", "x", NULL },
	{ "---\n\"stage\": plan\n---\n", "stage", "x", NULL },
	{ "---\n{a: 1}\n---\n", "stage", "x", NULL },
	{ "---\nstage: a\nstage: b\n---\n", "stage", "x", NULL },
	{ "---\nstage: &a b\n---\n", "stage", "x", NULL },
	{ "---\nstage: a\n", "stage", "x", NULL },
	{ "stage: a\n", "stage", "x", NULL },
	{ "---\na: 1\n---\n", "a", "x\x1b[1m", NULL },
	{ "---\na: 1\n---\n", "a", "\xff", NULL },
	{ "---\na: 1\n---\n", "b: 2\nc", "x", NULL },
};

static void
test_front__set(void)
{
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		struct buf out = BUF_INIT;
		struct err err = { 0 };
		int rc = front_set(&out, sets[i].text, strlen(sets[i].text), sets[i].key,
				   sets[i].value, &err);

		if (rc != (sets[i].after == NULL ? -1 : 0))
			printf("# row %zu: %s", i, sets[i].text);
		CHECK_INT(rc, sets[i].after == NULL ? -1 : 0);
		CHECK_INT(err.code, sets[i].after == NULL ? ERR_DATA : ERR_NONE);
		CHECK_STR(out.ptr, sets[i].after == NULL ? "" : sets[i].after);
		CHECK(rc == 0 || err.text[0] != '\0');
		buf_release(&out);
	}
}

/* --- yaml_scalar ------------------------------------------------------------------------- */
static void
test_front__scalar(void)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{ "plan", "plan" },
		{ "关于“云”的申请", "关于“云”的申请" },
		{ "2021-05-10 09:30", "2021-05-10 09:30" },
		{ "-5", "-5" },
		{ "", "\"\"" },
		{ " a", "\" a\"" },
		{ "a ", "\"a \"" },
		{ "- a", "\"- a\"" },
		{ "a: b", "\"a: b\"" },
		{ "a:", "\"a:\"" },
		{ "a #b", "\"a #b\"" },
		{ "a#b", "a#b" },
		{ "~", "\"~\"" },
		{ "null", "\"null\"" },
		{ "\"a\"", "\"\\\"a\\\"\"" },
		{ "a\\b", "a\\b" },
		{ "a, b", "\"a, b\"" },
		{ "a\nb\tc", "\"a\\nb\\tc\"" },
		{ "a\x01", "\"a\\u0001\"" },
		{ "\xe2\x80\xae", "\"\\u202e\"" },
		{ "\xff", "\"\xef\xbf\xbd\"" },
		{ "%", "\"%\"" },
		{ "😀", "😀" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = BUF_INIT;

		yaml_scalar(&out, rows[i].text);
		CHECK_STR(out.ptr, rows[i].written);
		buf_release(&out);
	}
}

/* Whatever is written is read back, in a line and in a row of braces. */
static void
test_front__scalar_back(void)
{
	static const char letters[] = "ab -:#,[]{}&*!|>'\"%@`~?\\0\n\t1";
	uint32_t state = 7;
	int i, k, n;

	for (i = 0; i < 20000; i++) {
		struct buf out = BUF_INIT;
		struct arena arena = { 0 };
		struct findings findings = { 0 };
		const struct node *row;
		struct doc doc;
		char text[12];

		n = (int)(next_random(&state) % 8);
		for (k = 0; k < n; k++)
			text[k] = letters[next_random(&state) % (sizeof(letters) - 1)];
		text[n] = '\0';
		buf_puts(&out, "a: ");
		yaml_scalar(&out, text);
		buf_puts(&out, "\nrows:\n  - { x: ");
		yaml_scalar(&out, text);
		buf_puts(&out, ", y: 1 }\n");
		yaml_parse(&doc, &arena, out.ptr, out.len, "a.yaml", &findings);
		row = node_at(doc.front, "rows[1]");
		CHECK_INT(findings.count, 0);
		CHECK_STR(node_text(doc.front, "a"), text);
		CHECK_STR(node_text(row, "x"), text);
		CHECK_STR(node_text(row, "y"), "1");
		buf_release(&out);
		arena_release(&arena);
		findings_release(&findings);
	}
}

int
main(void)
{
	unit_run("scan", test_front__scan);
	unit_run("scan and parse agree", test_front__property);
	unit_run("set", test_front__set);
	unit_run("scalar", test_front__scalar);
	unit_run("scalar read back", test_front__scalar_back);
	return unit_end();
}
