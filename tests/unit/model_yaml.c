#include <stdlib.h>

#include "model/model.h"
#include "unit.h"

#define ALIAS "不能用别名"
#define ANCHOR "不能用锚点"
#define TAG "不能用类型标记"
#define TWICE "写了两次"
#define SYNTAX "元数据的写法有误"
#define NOT_UTF8 "不是 UTF-8"

struct fixture {
	struct arena arena;
	struct findings findings;
	struct doc doc;
};

static void
start(struct fixture *f, const char *text, size_t len)
{
	/* At the end of its own piece: the sanitizer sees a byte too far. */
	char *copy = xmalloc(len + 1);

	memset(f, 0, sizeof(*f));
	memcpy(copy + 1, text, len);
	doc_parse(&f->doc, &f->arena, copy + 1, len, "t.md", &f->findings);
	free(copy);
}

static void
end(struct fixture *f)
{
	findings_release(&f->findings);
	arena_release(&f->arena);
}

/* "expected" is "line:column part of the sentence|…", in the order of arrival. */
static void
check_findings(const char *name, const struct findings *findings, const char *expected)
{
	struct buf wants = BUF_INIT;
	char *rest, *row;
	size_t i = 0;

	buf_puts(&wants, expected);
	for (row = strtok_r(wants.ptr, "|", &rest); row != NULL; row = strtok_r(NULL, "|", &rest)) {
		const struct finding *f = &findings->items[i];
		char place[64];
		const char *part = strchr(row, ' ') + 1;

		if (i++ >= findings->count)
			break;
		snprintf(place, sizeof(place), "%d:%d", f->line, f->column);
		if ((size_t)(part - row - 1) != strlen(place) ||
		    memcmp(place, row, strlen(place)) != 0 || strstr(f->message, part) == NULL) {
			unit_fault(__FILE__, __LINE__, name);
			printf("#   got      %s %s\n#   expected %s\n", place, f->message, row);
		}
		CHECK_STR(f->file, "t.md");
		CHECK_INT(f->severity, SEVERITY_REFUSE);
	}
	if (row != NULL || i != findings->count) {
		unit_fault(__FILE__, __LINE__, name);
		printf("#   %zu findings for: %s\n", findings->count, expected);
		for (i = 0; i < findings->count; i++)
			printf("#   %d:%d %s\n", findings->items[i].line, findings->items[i].column,
			       findings->items[i].message);
	}
	buf_release(&wants);
}

static void
dump(struct buf *out, const struct node *node)
{
	size_t i;

	if (node->kind == NODE_SCALAR) {
		buf_printf(out, "'%s'", node->text);
		return;
	}
	buf_putc(out, node->kind == NODE_LIST ? '[' : '{');
	for (i = 0; i < node->count; i++) {
		if (i > 0)
			buf_putc(out, ' ');
		if (node->kind == NODE_MAP)
			buf_printf(out, "%s=", node->keys[i]);
		dump(out, node->items[i]);
	}
	buf_putc(out, node->kind == NODE_LIST ? ']' : '}');
}

static void
check_dump(const struct node *node, const char *expected)
{
	struct buf out = BUF_INIT;

	dump(&out, node);
	CHECK_STR(out.ptr, expected);
	buf_release(&out);
}

/* --- what is good ------------------------------------------------------------------------- */
static void
test_yaml__good(void)
{
	static const struct {
		const char *text, *front, *body;
		int body_line;
	} rows[] = {
		{ "---\nflow: apply\nstage: review\n---\n# 正文\n", "{flow='apply' stage='review'}",
		  "# 正文\n", 5 },
		{ "---\n---\n", "{}", "", 3 },
		{ "---\n---", "{}", "", 2 },
		{ "---\n# 只有注释\n---\nx", "{}", "x", 4 },
		{ "---\na:\nb: ~\nc: null\nd: \"\"\n---\n", "{a='' b='' c='' d=''}", "", 7 },
		{ "---\na: \"~\"\nb: 'null'\nc: nil\n---\n", "{a='~' b='null' c='nil'}", "", 6 },
		{ "---\na: 'it''s'\nb: \"\\u4e91\\n\\x41\"\n---\n", "{a='it's' b='云\nA'}", "", 5 },
		{ "---\na: |\n  一\n  二\nb: >\n  一\n  二\n---\n", "{a='一\n二\n' b='一 二\n'}", "", 9 },
		{ "---\nlist:\n  - a\n  - b\nflat:\n- c\n---\n", "{list=['a' 'b'] flat=['c']}", "",
		  8 },
		{ "---\nrows:\n  - vcpu: 2\n    name: 甲\n  - { vcpu: 4, name: 乙 }\n---\n",
		  "{rows=[{vcpu='2' name='甲'} {vcpu='4' name='乙'}]}", "", 7 },
		{ "---\ne: []\nm: {}\nf: [a, [b]]\n---\n", "{e=[] m={} f=['a' ['b']]}", "", 6 },
		{ "---\r\na: b\r\nc: d # 注释\r\n---\r\n正文\r\n", "{a='b' c='d'}", "正文\r\n", 5 },
		{ "\xef\xbb\xbf---\na: b\n---\nx", "{a='b'}", "x", 4 },
		{ "\xef\xbb\xbf---\r\na: b\r\n---\r\nx", "{a='b'}", "x", 4 },
		{ "---\na: b\n---\n---\nc: d\n---\n", "{a='b'}", "---\nc: d\n---\n", 4 },
		{ "---\na: b\n----\n: x\n---\n", NULL, NULL, 0 },
		{ "---\na: 2021-05-10\nb: true\nc: 0x1F\nd: 1_000\n---\n",
		  "{a='2021-05-10' b='true' c='0x1F' d='1_000'}", "", 7 },
		{ "---\na: b\n--- \n---\n", NULL, NULL, 0 },
		{ "---\na: 'x\n\n  y'\n---\n", "{a='x\ny'}", "", 6 },
		{ "---\na: <script>\n---\n<script>", "{a='<script>'}", "<script>", 4 },
		{ "---\nuser: 张 三\n键: 值\n---\n", "{user='张 三' 键='值'}", "", 5 },
	};
	struct fixture f;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		start(&f, rows[i].text, strlen(rows[i].text));
		if (rows[i].front == NULL) {
			CHECK(f.findings.count > 0);
			end(&f);
			continue;
		}
		check_findings(rows[i].text, &f.findings, "");
		CHECK(!f.doc.broken);
		check_dump(f.doc.front, rows[i].front);
		CHECK_STR(f.doc.body, rows[i].body);
		CHECK_INT(f.doc.body_len, strlen(rows[i].body));
		CHECK_INT(f.doc.body_line, rows[i].body_line);
		CHECK_STR(f.doc.file, "t.md");
		end(&f);
	}
}

/* Lines and columns from 1, columns in characters, CRLF and BOM or not. */
static void
test_yaml__places(void)
{
	static const char text[] = "---\n名称: 甲\nrows:\n  - a: 1\n    乙: 2\n  - c\nend: [x, y]\n---\n";
	const char *variants[3];
	struct buf crlf = BUF_INIT, bom = BUF_INIT;
	struct fixture f;
	const char *p;
	int i;

	for (p = text; *p != '\0'; p++)
		buf_printf(&crlf, *p == '\n' ? "\r\n" : "%c", *p);
	buf_printf(&bom, "\xef\xbb\xbf%s", text);
	variants[0] = text;
	variants[1] = crlf.ptr;
	variants[2] = bom.ptr;
	for (i = 0; i < 3; i++) {
		const struct node *front, *rows, *row;

		start(&f, variants[i], strlen(variants[i]));
		front = f.doc.front;
		CHECK_INT(f.findings.count, 0);
		CHECK_INT(front->line, 2);
		CHECK_INT(front->key_lines[0], 2);
		CHECK_INT(front->key_columns[0], 1);
		CHECK_INT(front->items[0]->line, 2);
		CHECK_INT(front->items[0]->column, 5);
		rows = node_get(front, "rows");
		CHECK_INT(rows->line, 4);
		CHECK_INT(rows->column, 3);
		row = node_at(front, "rows[1]");
		CHECK_INT(row->line, 4);
		CHECK_INT(row->column, 5);
		CHECK_INT(row->key_lines[1], 5);
		CHECK_INT(row->key_columns[1], 5);
		CHECK_INT(node_at(front, "rows[1].乙")->column, 8);
		CHECK_INT(node_at(front, "rows[2]")->line, 6);
		CHECK_INT(node_at(front, "end[2]")->line, 7);
		CHECK_INT(node_at(front, "end[2]")->column, 10);
		end(&f);
	}
	buf_release(&crlf);
	buf_release(&bom);
}

/* --- what is hostile ------------------------------------------------------------------------ */
static void
test_yaml__findings(void)
{
	static const struct {
		const char *text, *findings;
		bool broken;
	} rows[] = {
		/* shape of the file */
		{ "", "1:1 文件应当以一行 --- 开头", true },
		{ "# 标题\n", "1:1 文件应当以一行 --- 开头", true },
		{ "---", "1:1 文件应当以一行 --- 开头", true },
		{ "----\na: b\n---\n", "1:1 文件应当以一行 --- 开头", true },
		{ "--- \na: b\n---\n", "1:1 文件应当以一行 --- 开头", true },
		{ "\n---\na: b\n---\n", "1:1 文件应当以一行 --- 开头", true },
		{ "---\r\r\na: b\n---\n", "1:1 文件应当以一行 --- 开头", true },
		{ "---\n", "1:1 没有收尾", true },
		{ "---\na: b\n", "1:1 没有收尾", true },
		{ "---\na: b\n ---\n", "1:1 没有收尾", true },
		{ "---\na: b\n---- \n", "1:1 没有收尾", true },
		{ "---\na: b\n--- x", "1:1 没有收尾", true },
		/* what YAML has and offices do not need */
		{ "---\na: &x 1\nb: 2\n---\n", "2:4 " ANCHOR, false },
		{ "---\na: &x 1\nb: *x\n---\n", "2:4 " ANCHOR "|3:4 " ALIAS, false },
		{ "---\na: *nowhere\n---\n", "2:4 " ALIAS, false },
		{ "---\na: &x [1]\nb: &y {c: 1}\n---\n", "2:4 " ANCHOR "|3:4 " ANCHOR, false },
		{ "---\na: !!str 1\nb: !x 2\n---\n", "2:4 " TAG "|3:4 " TAG, false },
		{ "---\na: !!seq [1]\nb: !!map {c: 1}\n---\n", "2:4 不能用锚点|3:4 不能用锚点", false },
		{ "---\n&k a: 1\n!!str b: 2\n---\n", "2:1 " ANCHOR "|3:1 " TAG, false },
		{ "---\n&top\na: 1\n---\n", "2:1 " ANCHOR, false },
		{ "---\n<<: *x\n---\n", "2:5 " ALIAS, false },
		{ "---\n? [a, b]\n: c\n---\n", "2:3 键只能是一个词", true },
		{ "---\n? {a: b}\n: c\n---\n", "2:3 键只能是一个词", true },
		{ "---\n*a : c\n---\n", "2:1 键只能是一个词", true },
		{ "---\na: {b: {[c]: d}}\n---\n", "2:9 键只能是一个词", true },
		{ "---\na: 1\n...\nb: 2\n---\n", NULL, false },
		{ "---\na: 1\n--- \nb: 2\n---\n", "3:1 元数据只能有一份", false },
		{ "---\na: 1\n--- b\n---\n", "3:1 元数据只能有一份", false },
		{ "---\n- a\n- b\n---\n", "2:1 元数据应当是一行一项", true },
		{ "---\n只是一句话\n---\n", "2:1 元数据应当是一行一项", true },
		{ "---\n[a, b]\n---\n", "2:1 元数据应当是一行一项", true },
		{ "---\n%YAML 1.1\n---\n", NULL, true },
		/* twice */
		{ "---\na: 1\na: 2\n---\n", "3:1 “a”写了两次（前一次在第 2 行）", false },
		{ "---\na: 1\nb: 1\na: 2\na: 3\n---\n", "4:1 前一次在第 2 行|5:1 前一次在第 2 行", false },
		{ "---\nrows:\n  - x: 1\n    x: 2\n---\n", "4:5 " TWICE, false },
		{ "---\nm: {k: 1, \"k\": 2}\n---\n", "2:11 " TWICE, false },
		/* mistakes of every day */
		{ "---\na:\tb\n---\n", NULL, false },
		{ "---\n\ta: b\n---\n", "2:1 制表符", true },
		{ "---\nrows:\n\t- a\n---\n", "3:1 制表符", true },
		{ "---\na: @b\n---\n", "2:4 不能用的字符", true },
		{ "---\na: `b`\n---\n", "2:4 不能用的字符", true },
		{ "---\na: b: c\n---\n", "2:5 多了冒号", true },
		{ "---\na: 1\nb\nc: 2\n---\n", "4:1 缺少冒号", true },
		{ "---\na: 1\n  b: 2\n---\n", "3:4 多了冒号", true },
		{ "---\nrows:\n  - a\n - b\n---\n", "4:2 对齐", true },
		{ "---\na: \"b\n---\n", NULL, true },
		{ "---\na: 'b\n---\n", NULL, true },
		{ "---\na: [b, c\n---\n", NULL, true },
		{ "---\na: {b: c\n---\n", NULL, true },
		{ "---\na: \"\\q\"\n---\n", NULL, true },
		{ "---\na: \"b\" c\n---\n", NULL, true },
		{ "---\na: %b\n---\n", "2:4 不能用的字符", true },
		/* bytes */
		{ "---\na: \xff\n---\n", "2:4 " NOT_UTF8, true },
		{ "---\n名称: \xc4\xe3\xba\xc3\n---\n", "2:5 " NOT_UTF8, true },
		{ "---\na: \xed\xa0\x80\n---\n", "2:4 " NOT_UTF8, true },
		{ "---\na: \xc0\x80\n---\n", "2:4 " NOT_UTF8, true },
		{ "---\na: \xf4\x90\x80\x80\n---\n", "2:4 " NOT_UTF8, true },
		{ "---\na: b\n---\n正文\xe4\xba", "4:3 " NOT_UTF8, true },
		{ "---\na: b\nc: \x01x\n---\n", "3:4 控制字符", true },
		{ "---\na: b\n名: 甲乙\x1b[2J\n---\n", "3:6 控制字符", true },
		{ "---\na: \x7f\n---\n", "2:4 控制字符", true },
		{ "---\na: \xc2\x80\n---\n", "2:4 控制字符", true },
		{ "---\na: \"b\\0c\"\n---\n", "2:4 空字符", false },
		{ "---\n\"a\\0\": 1\n---\n", "2:1 空字符", false },
		/* several mistakes in one run */
		{ "---\na: &x 1\na: 2\nb: *x\nb: !!int 3\nc: [*y]\n---\n",
		  "2:4 " ANCHOR "|3:1 " TWICE "|4:4 " ALIAS "|5:4 " TAG "|5:1 " TWICE "|6:5 " ALIAS,
		  false },
	};
	struct fixture f;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		start(&f, rows[i].text, strlen(rows[i].text));
		if (rows[i].findings != NULL)
			check_findings(rows[i].text, &f.findings, rows[i].findings);
		else if (rows[i].broken)
			CHECK_INT(f.findings.count, 1);
		if (f.doc.broken != rows[i].broken)
			unit_fault(__FILE__, __LINE__, rows[i].text);
		CHECK(f.doc.front != NULL && f.doc.front->kind == NODE_MAP);
		CHECK(f.doc.body != NULL);
		end(&f);
	}
}

/* The first of two values stays. */
static void
test_yaml__twice_keeps_first(void)
{
	static const char text[] = "---\na: 1\na: 2\n---\n";
	struct fixture f;

	start(&f, text, strlen(text));
	CHECK_STR(node_text(f.doc.front, "a"), "1");
	CHECK_INT(f.doc.front->count, 1);
	end(&f);
}

static void
test_yaml__nul(void)
{
	static const char *const rows[] = { "---\na: b\0c\n---\n", "---\na: b\n---\nx\0y\n" };
	static const size_t lens[] = { 14, 17 };
	static const char *const places[] = { "2:5 " NOT_UTF8, "4:2 " NOT_UTF8 };
	struct fixture f;
	int i;

	for (i = 0; i < 2; i++) {
		start(&f, rows[i], lens[i]);
		check_findings("nul", &f.findings, places[i]);
		CHECK(f.doc.broken);
		CHECK_INT(f.doc.front->count, 0);
		end(&f);
	}
}

/* --- bounds ------------------------------------------------------------------------------- */
static void
nest(struct buf *text, const char *open, const char *inner, const char *close, int depth)
{
	int i;

	buf_clear(text);
	buf_puts(text, "---\na: ");
	for (i = 0; i < depth; i++)
		buf_puts(text, open);
	buf_puts(text, inner);
	for (i = 0; i < depth; i++)
		buf_puts(text, close);
	buf_puts(text, "\n---\n");
}

static void
test_yaml__depth(void)
{
	static const struct {
		const char *open, *inner, *close;
		int depth;
		bool good;
	} rows[] = {
		{ "[", "x", "]", 7, true },	     { "[", "x", "]", 8, false },
		{ "{k: ", "x", "}", 7, true },	     { "{k: ", "x", "}", 8, false },
		{ "[", "", "]", 25000, false },	     { "{k: ", "", "}", 25000, false },
		{ "[{k: ", "x", "}]", 20000, false }, { "- ", "x", "", 30000, false },
		{ "[", "", "", 100000, false },
	};
	struct buf text = BUF_INIT;
	struct fixture f;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		nest(&text, rows[i].open, rows[i].inner, rows[i].close, rows[i].depth);
		start(&f, text.ptr, text.len);
		CHECK_INT(f.findings.count, rows[i].good ? 0 : 1);
		CHECK(f.doc.broken == !rows[i].good);
		end(&f);
	}
	nest(&text, "[", "x", "]", 9);
	start(&f, text.ptr, text.len);
	check_findings("nine", &f.findings, "2:12 层次太深（超过 8 层）");
	end(&f);
	buf_release(&text);
}

/* Nodes: the map, its keys and values. `list: [x, …]` with n items has n + 3. */
static void
items(struct buf *text, size_t count)
{
	buf_clear(text);
	buf_puts(text, "---\nlist:\n");
	while (count-- > 0)
		buf_puts(text, "- x\n");
	buf_puts(text, "---\n");
}

static void
test_yaml__nodes(void)
{
	struct buf text = BUF_INIT;
	struct fixture f;

	items(&text, 20000 - 3);
	start(&f, text.ptr, text.len);
	check_findings("20000", &f.findings, "");
	CHECK(!f.doc.broken);
	CHECK_INT(node_get(f.doc.front, "list")->count, 20000 - 3);
	end(&f);
	items(&text, 20001 - 3);
	start(&f, text.ptr, text.len);
	check_findings("20001", &f.findings, "20000:3 内容太多（超过 20000 项）");
	CHECK(f.doc.broken);
	end(&f);
	items(&text, 200000);
	start(&f, text.ptr, text.len);
	check_findings("200000", &f.findings, "20000:3 内容太多（超过 20000 项）");
	end(&f);
	buf_release(&text);
}

static void
test_yaml__size(void)
{
	struct buf text = BUF_INIT;
	struct fixture f;

	buf_puts(&text, "---\na: b\n---\n");
	while (text.len < DOC_MAX_BYTES)
		buf_putc(&text, 'x');
	start(&f, text.ptr, text.len);
	check_findings("1 MB", &f.findings, "");
	CHECK_INT(f.doc.body_len, DOC_MAX_BYTES - 13);
	end(&f);
	buf_putc(&text, 'x');
	start(&f, text.ptr, text.len);
	check_findings("1 MB and a byte", &f.findings, "0:0 文件超过 1 MB");
	CHECK(f.doc.broken);
	end(&f);
	/* A map of ten thousand keys, one long line, ten thousand times the same key. */
	buf_clear(&text);
	buf_puts(&text, "---\n");
	while (text.len < 90000)
		buf_printf(&text, "k%zu: 1\n", text.len);
	buf_puts(&text, "---\n");
	start(&f, text.ptr, text.len);
	CHECK_INT(f.findings.count, 0);
	end(&f);
	buf_clear(&text);
	buf_puts(&text, "---\na: ");
	while (text.len < 1000000)
		buf_puts(&text, "云");
	buf_puts(&text, "\n---\n");
	start(&f, text.ptr, text.len);
	CHECK_INT(f.findings.count, 0);
	end(&f);
	buf_clear(&text);
	buf_puts(&text, "---\n");
	while (text.len < 50000)
		buf_puts(&text, "a: 1\n");
	buf_puts(&text, "---\n");
	start(&f, text.ptr, text.len);
	CHECK_INT(f.findings.count, 9999 - 0);
	end(&f);
	buf_release(&text);
}

/* --- YAML alone, and asking ---------------------------------------------------------------- */
static void
test_yaml__alone(void)
{
	static const struct {
		const char *text, *front, *findings;
	} rows[] = {
		{ "title: 云\ncity: 市\n", "{title='云' city='市'}", "" },
		{ "", "{}", "" },
		{ "# 注释\n", "{}", "" },
		{ "---\ntitle: 云\n", "{title='云'}", "" },
		{ "title: 云\n...\n", "{title='云'}", "" },
		{ "\xef\xbb\xbftitle: 云\r\ncity: 市\r\n", "{title='云' city='市'}", "" },
		{ "title: 云\n---\ntitle: 山\n", "{title='云'}", "2:1 元数据只能有一份" },
		{ "a: 1\na: 2\n", "{a='1'}", "2:1 " TWICE },
		{ "a: \x01\n", "{}", "1:4 控制字符" },
		{ "一句话", "{}", "1:1 元数据应当是一行一项" },
		{ "a: \xff", "{}", "1:4 " NOT_UTF8 },
	};
	struct findings findings = { 0 };
	struct arena arena = { 0 };
	struct doc doc;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		yaml_parse(&doc, &arena, rows[i].text, strlen(rows[i].text), "t.md", &findings);
		check_findings(rows[i].text, &findings, rows[i].findings);
		check_dump(doc.front, rows[i].front);
		CHECK_STR(doc.body, "");
		findings_release(&findings);
	}
	arena_release(&arena);
}

static void
test_yaml__asking(void)
{
	static const char text[] =
	    "---\na: 1\nrows:\n  - x: 2\n    y: [p, q]\n  - x: 3\nm: {n: {o: 4}}\n---\n";
	static const struct {
		const char *path, *found;
	} rows[] = {
		{ "a", "'1'" },
		{ "rows[1].x", "'2'" },
		{ "rows[2].x", "'3'" },
		{ "rows[1].y[2]", "'q'" },
		{ "m.n.o", "'4'" },
		{ "m.n.none", "{o='4'}" },
		{ "rows[2].none", "{x='3'}" },
		{ "rows[9].x", "[{x='2' y=['p' 'q']} {x='3'}]" },
		{ "rows[0]", "[{x='2' y=['p' 'q']} {x='3'}]" },
		{ "rows[-1]", "[{x='2' y=['p' 'q']} {x='3'}]" },
		{ "rows[99999999999999999999]", "[{x='2' y=['p' 'q']} {x='3'}]" },
		{ "rows[", "[{x='2' y=['p' 'q']} {x='3'}]" },
		{ "a.b.c", "'1'" },
		{ "a[1]", "'1'" },
		{ "none", NULL },
		{ "none.x", NULL },
		{ "", NULL },
		{ "[1]", NULL },
		{ ".", NULL },
		{ "....a", NULL },
	};
	char path[300];
	struct fixture f;
	size_t i;

	start(&f, text, strlen(text));
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct node *node = node_at(f.doc.front, rows[i].path);

		if (rows[i].found != NULL && node != NULL)
			check_dump(node, rows[i].found);
		else if (rows[i].found != NULL)
			unit_fault(__FILE__, __LINE__, rows[i].path);
	}
	memset(path, 'k', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	CHECK(node_at(f.doc.front, path) == NULL);
	CHECK(node_get(NULL, "a") == NULL);
	CHECK(node_get(node_get(f.doc.front, "a"), "a") == NULL);
	CHECK_STR(node_text(f.doc.front, "rows"), "");
	CHECK_STR(node_text(f.doc.front, "none"), "");
	CHECK_STR(node_text(NULL, "a"), "");
	end(&f);
}

/* --- writing scalars -------------------------------------------------------------------------- */
static void
check_round(const char *text)
{
	struct buf out = BUF_INIT;
	struct fixture f;

	buf_puts(&out, "---\nbefore: 1\nk: ");
	yaml_scalar(&out, text);
	buf_puts(&out, "\nafter: 2\n---\n");
	start(&f, out.ptr, out.len);
	if (f.findings.count != 0 || strcmp(node_text(f.doc.front, "k"), text) != 0 ||
	    strcmp(node_text(f.doc.front, "after"), "2") != 0) {
		unit_fault(__FILE__, __LINE__, "a scalar does not come back");
		printf("#   text     %s\n#   written  %s\n", text, out.ptr);
	}
	end(&f);
	buf_release(&out);
}

static void
test_yaml__scalar_round(void)
{
	static const char *const rows[] = { "", "a", "~", "null", "- a", "-a", "?", ": ", "a: b", "a:",
		"a #b", "#a", "a ", " a", "a\nb", "a\r\nb", "\n", "\t", "a\tb", "\"", "'", "it's", "\\", "[",
		"{a: b}", "a, b", "a]", "!x", "&x", "*x", "|", ">", "%", "@", "`", "---", "...", "\x01\x1f\x7f",
		"\xc2\x85", "a\xc2\x85z", "a\xe2\x80\xa8z", "a\xe2\x80\xa9z", "\xef\xbb\xbf", "a\xef\xbb\xbfz",
		"\xc2\x80", "\xc2\x9f", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xf0\x9f\x98\x80", "云 资源：一", "=", "<<",
		"a\\nb", "2021-05-10", "\xc2\xa0", "\xe3\x80\x80" };
	static const char *const pieces[] = { "a", "云", " ", ":", "#", "-", "\"", "'", "\\", "\n", "\r",
		"\t", "[", "]", "{", "}", ",", "&", "*", "!", "|", ">", "%", "@", "~", "null", "\x7f",
		"\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf", "\x02", "?", "=", "." };
	uint32_t state = 7, k;
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_round(rows[i]);
	for (i = 0; i < 4000; i++) {
		text[0] = '\0';
		state = state * 1664525u + 1013904223u;
		for (k = 1 + (state >> 20) % 6; k > 0; k--) {
			state = state * 1664525u + 1013904223u;
			strncat(text, pieces[(state >> 16) % (sizeof(pieces) / sizeof(*pieces))], 8);
		}
		check_round(text);
	}
}

int
main(void)
{
	unit_run("good", test_yaml__good);
	unit_run("places", test_yaml__places);
	unit_run("findings", test_yaml__findings);
	unit_run("twice keeps the first", test_yaml__twice_keeps_first);
	unit_run("nul", test_yaml__nul);
	unit_run("depth", test_yaml__depth);
	unit_run("nodes", test_yaml__nodes);
	unit_run("size", test_yaml__size);
	unit_run("yaml alone", test_yaml__alone);
	unit_run("asking", test_yaml__asking);
	unit_run("scalars come back", test_yaml__scalar_round);
	return unit_end();
}
