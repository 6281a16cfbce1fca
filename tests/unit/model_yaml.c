#include "model/model.h"
#include "unit.h"

/* What doc_parse said, "line:column message" a line; for comparison with strstr. */
struct reading {
	struct arena arena;
	struct findings findings;
	struct doc doc;
};

static void
read_doc(struct reading *r, const char *text, size_t len)
{
	memset(r, 0, sizeof(*r));
	doc_parse(&r->doc, &r->arena, text, len, "a.md", &r->findings);
}

static void
release(struct reading *r)
{
	findings_release(&r->findings);
	arena_release(&r->arena);
}

static bool
has_finding(const struct reading *r, int line, int column, const char *part)
{
	size_t i;

	for (i = 0; i < r->findings.count; i++) {
		const struct finding *f = &r->findings.items[i];

		if (f->line == line && f->column == column && strstr(f->message, part) != NULL)
			return strcmp(f->rule, "front-matter") == 0 && strcmp(f->file, "a.md") == 0;
	}
	return false;
}

static void
test_yaml__good(void)
{
	static const char text[] = "---\n"
				   "flow: apply  # 流程\n"
				   "title: 关于“云”的申请: 一\n"
				   "---\n";
	static const char good[] = "---\r\n"
				   "flow: apply  # 流程\r\n"
				   "no: 0755\r\n"
				   "nothing:\r\n"
				   "tilde: ~\r\n"
				   "quoted: \"~\"\r\n"
				   "long: |\r\n"
				   "  一\r\n"
				   "  二\r\n"
				   "resources:\r\n"
				   "  - name: 应用\r\n"
				   "    vcpu: 8\r\n"
				   "  - { name: 库, vcpu: 4 }\r\n"
				   "--- \r\n"
				   "# 正文\r\n";
	const struct node *front, *node;
	struct reading r;

	read_doc(&r, text, sizeof(text) - 1);
	CHECK(has_finding(&r, 3, 16, "多了一个冒号"));
	CHECK(r.doc.broken);
	release(&r);

	read_doc(&r, good, sizeof(good) - 1);
	front = r.doc.front;
	CHECK_INT(r.findings.count, 0);
	CHECK(!r.doc.broken);
	CHECK_INT(front->count, 7);
	CHECK_STR(node_text(front, "flow"), "apply");
	CHECK_STR(node_text(front, "no"), "0755");
	CHECK_STR(node_text(front, "nothing"), "");
	CHECK_STR(node_text(front, "tilde"), "");
	CHECK_STR(node_text(front, "quoted"), "~");
	CHECK_STR(node_text(front, "long"), "一\n二\n");
	CHECK_STR(node_text(front, "absent"), "");
	CHECK_STR(node_text(front, "resources"), "");
	CHECK(node_get(front, "absent") == NULL);
	CHECK_STR(r.doc.body, "# 正文\r\n");
	CHECK_INT(r.doc.body_len, strlen(r.doc.body));
	CHECK_INT(r.doc.body_line, 15);
	node = node_get(front, "nothing");
	CHECK_INT(node->line, 4);
	CHECK_INT(node->column, 1);
	node = node_at(front, "resources[2].vcpu");
	CHECK_STR(node->text, "4");
	CHECK_INT(node->line, 13);
	CHECK_INT(node->column, 22);
	release(&r);
}

static void
test_yaml__node_at(void)
{
	static const char text[] =
	    "---\na: 1\nrows:\n  - x: 1\n    deep:\n      y: 2\n  - z\n---\n";
	static const struct {
		const char *path;
		int line, column;
	} rows[] = {
		{ "a", 2, 4 },
		{ "a.b", 2, 4 },
		{ "a[1]", 2, 4 },
		{ "rows", 4, 3 },
		{ "rows[0]", 4, 3 },
		{ "rows[1]", 4, 5 },
		{ "rows[1].x", 4, 8 },
		{ "rows[1].nothing", 4, 5 },
		{ "rows[1].deep.y", 6, 10 },
		{ "rows[2]", 7, 5 },
		{ "rows[2].x", 7, 5 },
		{ "rows[3].x", 4, 3 },
		{ "rows[99999999999999999999]", 4, 3 },
		{ "rows[-1]", 4, 3 },
		{ "rows[", 4, 3 },
		{ "rows]", 0, 0 },
		{ "nothing", 0, 0 },
		{ "nothing[1].x", 0, 0 },
		{ ".a", 0, 0 },
		{ "", 0, 0 },
	};
	struct reading r;
	size_t i;

	read_doc(&r, text, sizeof(text) - 1);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct node *node = node_at(r.doc.front, rows[i].path);
		bool right = node == NULL
				 ? rows[i].line == 0
				 : node->line == rows[i].line && node->column == rows[i].column;

		if (!right)
			printf("# %s: %d:%d\n", rows[i].path, node ? node->line : 0,
			       node ? node->column : 0);
		CHECK(right);
	}
	release(&r);
}

/* Each row: a text, where something is said of it, words of that; and whether it is unreadable. */
static const struct {
	const char *text;
	int line, column;
	const char *says;
	bool broken;
} bad[] = {
	{ "", 1, 1, "以一行 --- 开头", true },
	{ "title: a\n", 1, 1, "以一行 --- 开头", true },
	{ " ---\n---\n", 1, 1, "以一行 --- 开头", true },
	{ "----\n---\n", 1, 1, "以一行 --- 开头", true },
	{ "---", 1, 1, "第二个 ---", true },
	{ "---\n", 1, 1, "第二个 ---", true },
	{ "---\na: 1\n --- \n", 1, 1, "第二个 ---", true },
	{ "---\na: &x 1\n---\n", 2, 4, "锚点", false },
	{ "---\na: &x [1]\nb: &y {c: 1}\n---\n", 3, 4, "锚点", false },
	{ "---\na: *x\n---\n", 2, 4, "别名", false },
	{ "---\na: !!str x\n---\n", 2, 4, "类型标记", false },
	{ "---\na: !x [1]\n---\n", 2, 4, "类型标记", false },
	{ "---\na: 1\n...\nb: 2\n---\n", 4, 1, "之前已经结束", true },
	{ "---\na: 1\n--- b\n---\n", 3, 1, "只能有一份", true },
	{ "---\n%YAML 1.1\n---\n", 3, 1, "之前已经结束", true },
	{ "---\na: 1\nb: 2\na: 3\n---\n", 4, 1, "“a”写了两次（前一次在第 2 行）", false },
	{ "---\nr:\n  - x: 1\n    x: 2\n---\n", 4, 5, "“x”写了两次（前一次在第 3 行）", false },
	{ "---\n[a]: 1\n---\n", 2, 1, "键只能是一个词", false },
	{ "---\n{a: b}: 1\n---\n", 2, 1, "键只能是一个词", false },
	{ "---\n? - a\n: b\n---\n", 2, 3, "键只能是一个词", false },
	{ "---\n*a : 1\n---\n", 2, 1, "别名", false },
	{ "---\n\"\": 1\n---\n", 2, 1, "缺少键", false },
	{ "---\n- a\n---\n", 2, 1, "一行一项", true },
	{ "---\nstage\n---\n", 2, 1, "一行一项", true },
	{ "---\nstage:plan\n---\n", 2, 1, "一行一项", true },
	{ "---\nflow: a\nstage：plan\ntitle: b\n---\n", 3, 1, "半角冒号", true },
	{ "---\nflow: a\n stage: b\n---\n", 3, 7, "冒号", true },
	{ "---\nr:\n  - a: 1\n   b: 2\n---\n", 4, 4, "对齐", true },
	{ "---\nr:\n  - a\n - b\n---\n", 4, 2, "对齐", true },
	{ "---\nr: - a\n---\n", 2, 4, "列表要另起一行", true },
	{ "---\na: \"x\nb: 1\n---\n", 2, 4, "引号没有成对", true },
	{ "---\na: 'x\n---\n", 2, 4, "引号没有成对", true },
	{ "---\na: [1, 2\nb: 1\n---\n", 2, 4, "没有收尾", true },
	{ "---\na: @x\n---\n", 2, 4, "不能以这个符号开头", true },
	{ "---\na: \"C:\\dir\"\n---\n", 2, 7, "改用单引号", true },
	{ "---\na: & x\n---\n", 2, 4, "“&”或“*”", true },
	{ "---\na: \"\\0x\"\n---\n", 2, 4, "看不见的字符", false },
	{ "---\na: \"\\e[1m\"\n---\n", 2, 4, "看不见的字符", false },
	{ "---\na: \"\\u202e\"\n---\n", 2, 4, "看不见的字符", false },
	{ "---\na:\tb\n---\n", 2, 3, "制表符", false },
	{ "---\nr:\n\t- b\n---\n", 3, 1, "制表符", false },
	{ "---\na: x\x01y\n---\n", 2, 5, "U+0001", false },
	{ "---\na: 云\x7f\n---\n", 2, 5, "U+007F", false },
	{ "---\na: x\ry\n---\n", 2, 5, "U+000D", false },
	{ "---\na: x\xc2\x85y\n---\n", 2, 5, "U+0085", false },
	{ "---\na: x\xe2\x80\xa8y: z\n---\n", 2, 5, "U+2028", true },
	{ "---\na: 云\xe2\x80\xae\n---\n", 2, 5, "U+202E", false },
	{ "---\na: \xe2\x80\x8b云\n---\n", 2, 4, "U+200B", false },
	{ "---\na: \xef\xbb\xbf云\n---\n", 2, 4, "U+FEFF", false },
	{ "---\na: 云\xff\n---\n", 2, 5, "UTF-8", true },
	{ "---\na: \xd4\xc6\n---\n", 2, 4, "UTF-8", true },
	{ "---\na: 1\n---\n正文\n第二行\xff\n", 5, 4, "UTF-8", false },
	{ "---\na: [[[[[[[[1]]]]]]]]\n---\n", 2, 11, "层次太深", true },
};

static void
test_yaml__bad(void)
{
	struct reading r;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		read_doc(&r, bad[i].text, strlen(bad[i].text));
		if (!has_finding(&r, bad[i].line, bad[i].column, bad[i].says) ||
		    r.doc.broken != bad[i].broken) {
			printf("# row %zu: %s", i, bad[i].text);
			findings_print(&r.findings, stdout);
			CHECK(false);
		}
		CHECK(r.doc.front != NULL && r.doc.front->kind == NODE_MAP);
		CHECK(r.doc.body != NULL);
		release(&r);
	}
}

/* One run says all there is to say. */
static void
test_yaml__many(void)
{
	static const char text[] = "---\na: &x 1\nb:\t2\na: 3\nc: *x\nd: 4\nd: 5\n---\n\xff";
	struct reading r;

	read_doc(&r, text, sizeof(text) - 1);
	CHECK_INT(r.findings.count, 6);
	CHECK(has_finding(&r, 2, 4, "锚点"));
	CHECK(has_finding(&r, 3, 3, "制表符"));
	CHECK(has_finding(&r, 4, 1, "两次"));
	CHECK(has_finding(&r, 5, 4, "别名"));
	CHECK(has_finding(&r, 7, 1, "两次"));
	CHECK(has_finding(&r, 9, 1, "UTF-8"));
	CHECK(!r.doc.broken);
	CHECK_STR(node_text(r.doc.front, "a"), "1");
	CHECK_STR(node_text(r.doc.front, "b"), "2");
	CHECK_STR(node_text(r.doc.front, "d"), "4");
	release(&r);
}

static void
test_yaml__nul(void)
{
	static const char front[] = "---\na: x\0y\n---\n", body[] = "---\na: x\n---\n一\0二\n";
	struct reading r;

	read_doc(&r, front, sizeof(front) - 1);
	CHECK(has_finding(&r, 2, 5, "U+0000"));
	release(&r);
	read_doc(&r, body, sizeof(body) - 1);
	CHECK(has_finding(&r, 4, 2, "U+0000"));
	CHECK(!r.doc.broken);
	CHECK_INT(r.doc.body_len, 8);
	release(&r);
}

static void
test_yaml__bom(void)
{
	static const char text[] = "\xef\xbb\xbf---\r\na: 1\r\n---\r\n";
	struct reading r;

	read_doc(&r, text, sizeof(text) - 1);
	CHECK_INT(r.findings.count, 0);
	CHECK_STR(node_text(r.doc.front, "a"), "1");
	CHECK_STR(r.doc.body, "");
	CHECK_INT(r.doc.body_line, 4);
	release(&r);
}

static void
test_yaml__depth(void)
{
	struct reading r;
	const char *text = "---\na: [[[[[[[1]]]]]]]\n---\n";

	read_doc(&r, text, strlen(text));
	CHECK_INT(r.findings.count, 0);
	release(&r);
}

/* `count` times `piece`, between the two lines. */
static void
read_repeated(struct reading *r, const char *piece, size_t count)
{
	struct buf text = BUF_INIT;
	size_t i;

	buf_puts(&text, "---\na: ");
	for (i = 0; i < count; i++)
		buf_puts(&text, piece);
	buf_puts(&text, "\n---\n");
	read_doc(r, text.ptr, text.len);
	buf_release(&text);
}

/* Big and hostile: a bounded number of findings, and the test's time tells the rest. */
static void
test_yaml__big(void)
{
	static const char *const pieces[] = {
		"[",
		"{",
		"- ",
		"? ",
		"{a: ",
		"[a, ",
		"\n- ",
		"\nb: &a x",
		"\nb:\tx",
		"\n? a",
		"!",
		"&a ",
		"*a ",
		"'",
		"\"",
		"\"\\u202e\"\n",
		"|\n",
		": ",
		"\nb: 1",
		"x",
		"\n",
		" ",
		"\n x",
		"#",
		"\x01",
		"\n- b: 1\n  b: 1",
		"\n- - - - - - - - - x",
		"a: ",
		"%",
		"\n---x",
		"\n...",
	};
	struct reading r;
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		read_repeated(&r, pieces[i], (900 << 10) / strlen(pieces[i]));
		CHECK(r.findings.count <= 100);
		release(&r);
	}
	read_repeated(&r, "\nb: 1", 25000);
	CHECK(r.doc.broken);
	release(&r);
	read_repeated(&r, "x", DOC_MAX_BYTES);
	CHECK(has_finding(&r, 0, 0, "1 MB"));
	CHECK(r.doc.broken);
	release(&r);
}

/* Many different keys: equal ones are still found, and soon. */
static void
test_yaml__many_keys(void)
{
	struct buf text = BUF_INIT;
	struct reading r;
	int i;

	buf_puts(&text, "---\n");
	for (i = 0; i < 9000; i++)
		buf_printf(&text, "k%d: %d\n", i, i);
	buf_puts(&text, "k1: x\nk32: x\nk33: x\nk8999: x\n---\n");
	read_doc(&r, text.ptr, text.len);
	CHECK_INT(r.findings.count, 4);
	CHECK(has_finding(&r, 9005, 1, "“k8999”写了两次（前一次在第 9001 行）"));
	CHECK(has_finding(&r, 9002, 1, "前一次在第 3 行"));
	CHECK_INT(r.doc.front->count, 9000);
	release(&r);
	buf_release(&text);
}

static void
test_yaml__alone(void)
{
	static const struct {
		const char *text;
		size_t count, findings;
	} rows[] = {
		{ "", 0, 0 },
		{ "# 空\n", 0, 0 },
		{ "a: 1\nb: 2\n", 2, 0 },
		{ "\xef\xbb\xbf"
		  "a: 1\r\n",
		  1, 0 },
		{ "---\na: 1\n", 1, 0 },
		{ "---\na: 1\n---\nb: 1\n", 1, 1 },
		{ "a: 1\na: 2\n", 1, 1 },
		{ "a\n", 0, 1 },
		{ "\xff", 0, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct reading r = { 0 };

		yaml_parse(&r.doc, &r.arena, rows[i].text, strlen(rows[i].text), "a.md",
			   &r.findings);
		CHECK_INT(r.doc.front->count, rows[i].count);
		CHECK_INT(r.findings.count, rows[i].findings);
		CHECK_STR(r.doc.body, "");
		if (rows[i].count > 0)
			CHECK_STR(node_text(r.doc.front, "a"), "1");
		release(&r);
	}
}

int
main(void)
{
	unit_run("good", test_yaml__good);
	unit_run("node_at", test_yaml__node_at);
	unit_run("bad", test_yaml__bad);
	unit_run("many findings", test_yaml__many);
	unit_run("NUL", test_yaml__nul);
	unit_run("BOM", test_yaml__bom);
	unit_run("depth", test_yaml__depth);
	unit_run("big", test_yaml__big);
	unit_run("many keys", test_yaml__many_keys);
	unit_run("YAML alone", test_yaml__alone);
	return unit_end();
}
