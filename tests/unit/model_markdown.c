#include <pthread.h>
#include <time.h>

#include "model/model.h"
#include "unit.h"

static const struct {
	const char *body, *html;
} pages[] = {
	{ "", "" },
	{ "一\n二  \n三", "<p>一\n二<br />\n三</p>\n" },
	{ "# 一\n\n###### 六", "<h2>一</h2>\n<h6>六</h6>\n" },
	{ "*a* **b** `c<d`", "<p><em>a</em> <strong>b</strong> <code>c&lt;d</code></p>\n" },
	{ "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n" },
	{ "3. a\n\n4. b", "<ol start=\"3\">\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n" },
	{ "> a", "<blockquote>\n<p>a</p>\n</blockquote>\n" },
	{ "```sh\na<b\n```", "<pre><code>a&lt;b\n</code></pre>\n" },
	{ "---", "<hr />\n" },
	{ "|a|b|c|\n|-|:-:|-:|\n|1|2|3|",
	  "<table>\n<thead>\n<tr>\n<th>a</th><th class=\"c\">b</th><th class=\"n\">c</th></tr>\n"
	  "</thead>\n<tbody>\n<tr>\n<td>1</td><td class=\"c\">2</td><td class=\"n\">3</td></tr>\n"
	  "</tbody>\n</table>\n" },
	{ "~~a~~ www.example.com a[^1]\n\n[^1]: b",
	  "<p>~~a~~ www.example.com a<a href=\"b\">^1</a></p>\n" },
	/* raw HTML */
	{ "<script>alert(1)</script>", "" },
	{ "a <b onclick=\"x\">c</b>", "<p>a c</p>\n" },
	{ "<!-- 填写说明 -->\n\na", "<p>a</p>\n" },
	{ "a & b < c > \" ' &lt;script&gt;",
	  "<p>a &amp; b &lt; c &gt; &quot; &#39; &lt;script&gt;</p>\n" },
	/* links */
	{ "[a](b.md)", "<p><a href=\"b.md\">a</a></p>\n" },
	{ "[a](b/图%20一.png#x)", "<p><a href=\"b/%E5%9B%BE%20%E4%B8%80.png#x\">a</a></p>\n" },
	{ "[a](#top)", "<p><a href=\"#top\">a</a></p>\n" },
	{ "[a](http://e.example/?q=1&r)", "<p>a（http://e.example/?q=1&amp;r）</p>\n" },
	{ "[a](HTTPS://e.example)", "<p>a（HTTPS://e.example）</p>\n" },
	{ "<http://e.example>", "<p>http://e.example</p>\n" },
	{ "<a@e.example>", "<p>a@e.example</p>\n" },
	{ "[a](javascript:alert%281%29)", "<p>a</p>\n" },
	{ "[a](JaVaScRiPt:alert%281%29)", "<p>a</p>\n" },
	{ "[a](javascript&colon;alert)", "<p>a</p>\n" },
	{ "[a](&#106;avascript:alert)", "<p>a</p>\n" },
	{ "[a](javascript%3Aalert)", "<p>a</p>\n" },
	{ "[a](&#1;javascript:alert)", "<p>a</p>\n" },
	{ "[a](vbscript:x) [b](data:text/html,x) [c](file:///etc) [d](blob:x)",
	  "<p>a b c d</p>\n" },
	{ "[a](//e.example/x)", "<p>a</p>\n" },
	{ "[a](/etc/passwd)", "<p>a</p>\n" },
	{ "[a](%2Fetc)", "<p>a</p>\n" },
	{ "[a](\\\\\\\\e.example\\\\x)", "<p>a</p>\n" },
	{ "[a](%5C%5Ce.example)", "<p>a</p>\n" },
	/* One step up, at the beginning, and no more. */
	{ "[a](../x) [b](x/../../y) [c](%2e%2e/x) [d](.%2E/x)",
	  "<p><a href=\"../x\">a</a> b <a href=\"../x\">c</a> <a href=\"../x\">d</a></p>\n" },
	{ "[a](../../x) [b](..//x) [c](../javascript:x) [d](../) [e](../x/../y) "
	  "[f](%2e%2e/%2e%2e/x) [g](..) [h](../%5Cx) [i](../%2fx)",
	  "<p>a b c d e f g h i</p>\n" },
	{ "[a](x%00y) [b](x%0ay)", "<p>a b</p>\n" },
	{ "[a]()", "<p>a</p>\n" },
	{ "[a](./x:y)", "<p><a href=\"./x%3Ay\">a</a></p>\n" },
	{ "[a](b.md \"t\\\"onclick=x\")", "<p><a href=\"b.md\">a</a></p>\n" },
	{ "[*a*](http://e.example)", "<p><em>a</em>（http://e.example）</p>\n" },
	/* images */
	{ "![图 \"一\"](a.png)", "<p><img src=\"a.png\" alt=\"图 &quot;一&quot;\" /></p>\n" },
	{ "![a *b* `c` ![d](e.png) [f](g.md)](h.png)",
	  "<p><img src=\"h.png\" alt=\"a b c d f\" /></p>\n" },
	{ "![a](http://e.example/a.png)", "<p>a（http://e.example/a.png）</p>\n" },
	{ "![a](//e.example/a.png) ![b](data:image/png;base64,x)", "<p>a b</p>\n" },
	{ "[![a](b.png)](c.md)", "<p><a href=\"c.md\"><img src=\"b.png\" alt=\"a\" /></a></p>\n" },
	{ "![![a](http://e.example/x)](b.png)",
	  "<p><img src=\"b.png\" alt=\"a（http://e.example/x）\" /></p>\n" },
	{ "![![a](b.png)](http://e.example/x)",
	  "<p><img src=\"b.png\" alt=\"a\" />（http://e.example/x）</p>\n" },
	/* what is no text */
	{ "a\x01z \xff \x1b[1m", "<p>a\xef\xbf\xbdz \xef\xbf\xbd \xef\xbf\xbd[1m</p>\n" },
};

static void
test_markdown__pages(void)
{
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		struct buf out = BUF_INIT;

		markdown_html(&out, pages[i].body, strlen(pages[i].body), 1);
		CHECK_STR(out.ptr, pages[i].html);
		buf_release(&out);
	}
}

static void
test_markdown__nul(void)
{
	struct buf out = BUF_INIT;

	markdown_html(&out, "a\0b", 3, 0);
	CHECK_STR(out.ptr, "<p>a\xef\xbf\xbd"
			   "b</p>\n");
	buf_release(&out);
}

/* --- hostile ----------------------------------------------------------------------------- */
#define BODY_BYTES (128u << 10)

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Each is repeated behind its beginning to BODY_BYTES; what grows faster than the text takes minutes. */
static const struct {
	const char *head, *piece;
} hostile[] = {
	{ "", ">" },
	{ "", "> " },
	{ "", "- " },
	{ "", "* " },
	{ "", "+ " },
	{ "", "1. " },
	{ "", "1) " },
	{ "", ">- " },
	{ "", "-\n" },
	{ "", "- -\n" },
	{ "", "> \n" },
	{ "", "x\n>" },
	{ "", "> > > > > > > > a\n" },
	{ "", "- - - - - - - - a\n" },
	{ "", "_" },
	{ "", "*" },
	{ "", "_a" },
	{ "", "*a_b" },
	{ "", "*a " },
	{ "", "**a " },
	{ "", "***a " },
	{ "", "a**b" },
	{ "", "a*b_" },
	{ "", "*a**" },
	{ "", "[" },
	{ "", "![" },
	{ "", "![[" },
	{ "", "[a](" },
	{ "", "![a](" },
	{ "", "[a](<b" },
	{ "", "[a][b]" },
	{ "", "[a](b)" },
	{ "", "[a](b)*" },
	{ "", "*[a](b)_" },
	{ "", "![a](http://b.c)" },
	{ "", "]" },
	{ "", "a]" },
	{ "", "[]" },
	{ "", "[a]: b\n" },
	{ "[a]: b\n\n", "[a]" },
	{ "", "[a]: b\n\n[a]" },
	{ "", "<" },
	{ "", "<!" },
	{ "", "<!--" },
	{ "", "<!-- a " },
	{ "", "<?" },
	{ "", "<![CDATA[" },
	{ "", "<a " },
	{ "", "<a href='" },
	{ "", "</" },
	{ "", "`" },
	{ "", "`a``" },
	{ "", "\\" },
	{ "", "&" },
	{ "", "&#" },
	{ "", "&amp;" },
	{ "", "a\n" },
	{ "", "# a\n" },
	{ "", "a\n=\n" },
	{ "", "\n" },
	{ "", "    \n" },
	{ "", "    a\n" },
	{ "", "~~~\n" },
	{ "", "~~~\na\n" },
	{ "", "\"a" },
	{ "", "'" },
	{ "", "|" },
	{ "", "a|" },
	{ "", "|a|\n" },
	{ "", "|\n" },
	{ "", "-|" },
	{ "", "|-" },
	{ "", "|a|\n|-|\n" },
	{ "|a|\n|-|\n", "|" },
	{ "|a|\n|-|\n", "|a|\n" },
	{ "|a|\n|-|\n", "\\|" },
	{ "|a|\n|-|\n", "`|" },
	{ "a|b\n", ":-|" },
	{ "a|b\n-|-\n", "a\n" },
	{ "|a|b|c|d|e|f|g|h|i|j|\n|-|-|-|-|-|-|-|-|-|-|\n", "a\n" },
	{ "", "\x01" },
	{ "", "\xff" },
	{ "", "云" },
	{ "", "<http://a.b>" },
	{ "", "## [a](http://a.b)\n" },
	{ "", "1.\n" },
	{ "", " - a\n" },
	{ "", "\t- a\n" },
	{ "", "- a\n\n" },
	{ "", "- a\n\n  - b\n\n" },
	{ "", "a\r" },
	{ "", "* * *\n" },
};

static void
fill(struct buf *body, size_t row)
{
	size_t len = strlen(hostile[row].piece);

	buf_clear(body);
	buf_puts(body, hostile[row].head);
	while (body->len + len <= BODY_BYTES)
		buf_put(body, hostile[row].piece, len);
}

static void
test_markdown__hostile(void)
{
	struct buf body = BUF_INIT, out = BUF_INIT;
	struct section *sections;
	size_t i;

	for (i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		struct arena arena = { 0 };
		double from = seconds(), both;

		fill(&body, i);
		buf_clear(&out);
		markdown_html(&out, body.ptr, body.len, 1);
		markdown_sections(&arena, body.ptr, body.len, &sections);
		both = seconds() - from;
		if (both > 3 || out.len > 64 * BODY_BYTES)
			printf("# %s: %.1f s, %zu bytes\n", hostile[i].piece, both, out.len);
		CHECK(both < 3);
		CHECK(out.len < 64 * BODY_BYTES);
		arena_release(&arena);
	}
	buf_release(&body);
	buf_release(&out);
}

/* Opened tags are closed in order, never deeper than readers bear, whatever comes. */
static void
check_tags(const char *html)
{
	char open[256][12];
	size_t depth = 0, len;
	const char *p;

	for (p = strchr(html, '<'); p != NULL; p = strchr(p, '<')) {
		bool close = *++p == '/';

		p += close;
		len = strcspn(p, " >/");
		if (len >= sizeof(open[0]) || depth >= 250 || (close && depth == 0)) {
			CHECK(!"tags are bounded");
			return;
		}
		if (close) {
			depth--;
			CHECK(strncmp(open[depth], p, len) == 0 && open[depth][len] == '\0');
		} else if (strncmp(p, "br ", 3) != 0 && strncmp(p, "hr ", 3) != 0 &&
			   strncmp(p, "img ", 4) != 0) {
			memcpy(open[depth], p, len);
			open[depth++][len] = '\0';
		}
	}
	CHECK_INT(depth, 0);
}

static void
test_markdown__tags(void)
{
	static const char *const pieces[] = {
		"> ",	    "- ", "1. ", "  ",	 "    ",	   "*",
		"**",	    "_",  "[",	 "](b)", "](http://c)",	   "![",
		"](d.png)", "`",  "\n",	 "\n\n", "|a|b|\n|-|-|\n", "|",
		"# ",	    "a",  "云",	 "<b>",	 "---\n",	   "```\n",
	};
	struct buf body = BUF_INIT, out = BUF_INIT;
	uint32_t state = 5;
	int i, k;

	for (i = 0; i < 3000; i++) {
		buf_clear(&body);
		buf_clear(&out);
		for (k = 0; k < 60 + i % 200; k++) {
			state = state * 1664525u + 1013904223u;
			buf_puts(&body, pieces[(state >> 8) % (sizeof(pieces) / sizeof(*pieces))]);
			if (i % 3 == 0 && k < 100)
				buf_puts(&body, k % 2 ? "> " : "- ");
		}
		markdown_html(&out, body.ptr, body.len, 2);
		check_tags(out.ptr);
		CHECK(strstr(out.ptr, "href=\"http") == NULL);
		CHECK(strstr(out.ptr, "<b>") == NULL);
	}
	for (k = 0, buf_clear(&body); k < 900; k++)
		buf_puts(&body, k % 2 ? "> " : "- ");
	buf_puts(&body, "深\n");
	buf_clear(&out);
	markdown_html(&out, body.ptr, body.len, 0);
	check_tags(out.ptr);
	CHECK(strstr(out.ptr, "深") != NULL);
	buf_release(&body);
	buf_release(&out);
}

/* --- sections ---------------------------------------------------------------------------- */
static void
test_markdown__sections(void)
{
	static const char body[] = "开头\n\n"
				   "# 一\n"
				   "## 一之一 `码` *重*\n"
				   "字\n"
				   "## 一之二\n"
				   "<!-- 说明 -->\n"
				   "# 二\n"
				   "- \n"
				   "## 二之一\n"
				   "### 二之一之一\n"
				   "# 三\n"
				   "| 甲 | 乙 |\n|----|----|\n\n"
				   "# 四\n"
				   "![](a.png)\n"
				   "# 五\n"
				   "```\n\n```\n"
				   "六\n===\n"
				   "    码\n"
				   "# 七\n"
				   "---\n"
				   "#\n";
	static const struct {
		const char *title;
		int level, line;
		bool empty;
	} rows[] = {
		{ "一", 1, 3, false },	   { "一之一 码 重", 2, 4, false },
		{ "一之二", 2, 6, true },  { "二", 1, 8, true },
		{ "二之一", 2, 10, true }, { "二之一之一", 3, 11, true },
		{ "三", 1, 12, false },	   { "四", 1, 16, false },
		{ "五", 1, 18, true },	   { "六", 1, 22, false },
		{ "七", 1, 25, true },	   { "", 1, 27, true },
	};
	struct arena arena = { 0 };
	struct section *sections;
	size_t i, count = markdown_sections(&arena, body, sizeof(body) - 1, &sections);

	CHECK_INT(count, sizeof(rows) / sizeof(*rows));
	for (i = 0; i < count && i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_STR(sections[i].title, rows[i].title);
		CHECK_INT(sections[i].level, rows[i].level);
		CHECK_INT(sections[i].line, rows[i].line);
		CHECK_INT(sections[i].empty, rows[i].empty);
	}
	CHECK_INT(markdown_sections(&arena, "", 0, &sections), 0);
	arena_release(&arena);
}

static void *
render_often(void *ctx)
{
	struct buf out = BUF_INIT;
	int i;

	for (i = 0; i < 200; i++) {
		buf_clear(&out);
		markdown_html(&out, "# a\n\n|a|\n|-|\n|*b*|\n", 20, 1);
	}
	*(bool *)ctx = strstr(out.ptr, "<td><em>b</em></td>") != NULL;
	buf_release(&out);
	return NULL;
}

static void
test_markdown__threads(void)
{
	pthread_t threads[2];
	bool right[2] = { false, false };
	int i;

	for (i = 0; i < 2; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, render_often, &right[i]), 0);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	CHECK(right[0] && right[1]);
}

int
main(void)
{
	unit_run("threads", test_markdown__threads);
	unit_run("pages", test_markdown__pages);
	unit_run("NUL", test_markdown__nul);
	unit_run("sections", test_markdown__sections);
	unit_run("tags", test_markdown__tags);
	unit_run("hostile", test_markdown__hostile);
	return unit_end();
}
