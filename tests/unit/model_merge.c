#include <stdlib.h>

#include "model/model.h"
#include "unit.h"

#define TICKET \
	"---\n# 抬头\nflow: ask   # 流程\nstage: write\nrows:\n  - a: 1\n    b: 2\n  - a: 3\n\n# 下一项的说明\nnote: |\n  一\n\n" \
	"  stage: 二\nlast: x\n# 尾\n---\n# 正文\nstage: 正文\n"

/* after NULL: refused with ERR_DATA, and nothing changed. */
static const struct {
	const char *text, *lines, *after;
} merges[] = {
	{ "---\na: 1\n---\n", "a: 2\n", "---\na: 2\n---\n" },
	{ "---\na: 1\n---\n", "b: 2\n", "---\na: 1\nb: 2\n---\n" },
	{ "---\na: 1\n---\n", "", "---\na: 1\n---\n" },
	{ "---\n---\n", "a: 1\nb: 2\n", "---\na: 1\nb: 2\n---\n" },
	{ "---\n---", "a: 1\n", "---\na: 1\n---" },
	{ "---\na: 1\nb: 2\n---\n", "b: 3\na: 4\n", "---\na: 4\nb: 3\n---\n" },
	{ "---\na: 1\nab: 2\n---\n", "a: 3\n", "---\na: 3\nab: 2\n---\n" },
	{ "---\nab: 2\n---\n", "a: 3\n", "---\nab: 2\na: 3\n---\n" },
	/* a colon with nothing behind it belongs to a key */
	{ "---\na: 1\n---\n", "a:c: 2\nb: 3\n", "---\na: 1\nb: 3\n---\n" },
	{ "---\na:c: 1\na: 2\n---\n", "a: 3\n", "---\na:c: 1\na: 3\n---\n" },
	/* without a last line end, as a person's editor may leave it */
	{ "---\na: 1\nb: 2\n---\n", "a: 3", "---\na: 3\nb: 2\n---\n" },
	{ "---\na: 1\n---\n", "b: 3", "---\na: 1\nb: 3\n---\n" },
	/* blocks of many lines, one way and the other */
	{ "---\nrows:\n  - a: 1\n  - a: 2\nb: 2\n---\n", "rows: []\n",
	  "---\nrows: []\nb: 2\n---\n" },
	{ "---\nrows: []\nb: 2\n---\n", "rows:\n  - a: 1\n    c: 2\n  - a: 2\n",
	  "---\nrows:\n  - a: 1\n    c: 2\n  - a: 2\nb: 2\n---\n" },
	{ "---\nrows:\n- a\n- b\nb: 2\n---\n", "rows:\n- c\n", "---\nrows:\n- c\nb: 2\n---\n" },
	{ "---\nnote: |\n  一\n\n  二\nb: 2\n---\n", "note: 三\n", "---\nnote: 三\nb: 2\n---\n" },
	{ "---\na: 1\nb: 2\n---\n", "a: |\n  一\n\n  二\nb: 3\n",
	  "---\na: |\n  一\n\n  二\nb: 3\n---\n" },
	/* comments and empty lines stay, those above a key with that key */
	{ "---\n# 一\na: 1 # 二\n# 三\n\nb: 2\n# 四\n---\n", "a: 3\n",
	  "---\n# 一\na: 3\n# 三\n\nb: 2\n# 四\n---\n" },
	{ "---\n# 一\na: 1\n# 三\n\nb: 2\n# 四\n---\n", "b: 3\nc: 4\n",
	  "---\n# 一\na: 1\n# 三\n\nb: 3\n# 四\nc: 4\n---\n" },
	{ "---\na: 1\n---\n", "# 说明\n\nb: 2\n\n# 说明\n", "---\na: 1\nb: 2\n---\n" },
	{ TICKET, "stage: decide\n",
	  "---\n# 抬头\nflow: ask   # 流程\nstage: decide\nrows:\n  - a: 1\n    b: 2\n  - a: 3\n\n# 下一项的说明\nnote: |\n  一\n\n"
	  "  stage: 二\nlast: x\n# 尾\n---\n# 正文\nstage: 正文\n" },
	{ TICKET, "note: 无\nrows:\n  - a: 9\n",
	  "---\n# 抬头\nflow: ask   # 流程\nstage: write\nrows:\n  - a: 9\n\n# 下一项的说明\nnote: 无\nlast: x\n# 尾\n---\n"
	  "# 正文\nstage: 正文\n" },
	/* BOM; the body is not looked at */
	{ "\xef\xbb\xbf---\na: 1\n---\na: 2\n", "a: 3\n", "\xef\xbb\xbf---\na: 3\n---\na: 2\n" },
	{ "---\nb: 1\n---\na: 2\n---\n", "a: 3\n", "---\nb: 1\na: 3\n---\na: 2\n---\n" },
	/* line ends of the file, whatever those of the lines */
	{ "---\r\na: 1\r\nb: 2\r\n---\r\n正文\r\n", "a: 3\n",
	  "---\r\na: 3\r\nb: 2\r\n---\r\n正文\r\n" },
	{ "---\r\na: 1\r\n---\r\n", "rows:\n  - x\n", "---\r\na: 1\r\nrows:\r\n  - x\r\n---\r\n" },
	{ "---\na: 1\n---\n", "a: 3\r\n", "---\na: 3\n---\n" },
	/* no front matter */
	{ "", "a: 1\n", NULL },
	{ "a: 1\n", "a: 1\n", NULL },
	{ "---\na: 1\n", "a: 1\n", NULL },
	{ "----\na: 1\n---\n", "a: 1\n", NULL },
};

static void
test_merge__merge(void)
{
	size_t i;

	for (i = 0; i < sizeof(merges) / sizeof(*merges); i++) {
		struct buf text = BUF_INIT;
		struct err err = { 0 };
		int before = unit_faults;

		buf_puts(&text, merges[i].text);
		CHECK_INT(front_merge(&text, merges[i].lines, &err),
			  merges[i].after == NULL ? -1 : 0);
		CHECK_INT(err.code, merges[i].after == NULL ? ERR_DATA : ERR_NONE);
		CHECK_STR(text.ptr, merges[i].after == NULL ? merges[i].text : merges[i].after);
		if (unit_faults != before)
			printf("# row %zu\n", i);
		buf_release(&text);
	}
}

static const struct {
	const char *text, *after;
} appends[] = {
	{ "---\na: 1\n---\n", "---\na: 1\nrows:\n  - new\n---\n" },
	{ "---\nrows:\n---\n", "---\nrows:\n  - new\n---\n" },
	{ "---\nrows: []\nb: 2\n---\n", "---\nrows:\n  - new\nb: 2\n---\n" },
	{ "---\nrows:   []  \n---\n", "---\nrows:\n  - new\n---\n" },
	{ "---\nrows:\n  - a\nb: 2\n---\n", "---\nrows:\n  - a\n  - new\nb: 2\n---\n" },
	{ "---\nrows:\n- a\n- b\nb: 2\n---\n", "---\nrows:\n- a\n- b\n- new\nb: 2\n---\n" },
	{ "---\nrows:\n    - a: 1\n      b: 2\nb: 2\n---\n",
	  "---\nrows:\n    - a: 1\n      b: 2\n    - new\nb: 2\n---\n" },
	{ "---\nrows:\n  - a\n\n# 说明\nb: 2\n---\n",
	  "---\nrows:\n  - a\n  - new\n\n# 说明\nb: 2\n---\n" },
	{ "---\nrows: # 说明\n  - a\n---\n", "---\nrows: # 说明\n  - a\n  - new\n---\n" },
	{ "---\nrows:\n  # 说明\n  - a\n---\n", "---\nrows:\n  # 说明\n  - a\n  - new\n---\n" },
	{ "---\nrows:\n# 说明\n  - a\n---\n", "---\nrows:\n# 说明\n  - a\n  - new\n---\n" },
	{ "---\nrows:\n\n  - a\n---\n", "---\nrows:\n\n  - a\n  - new\n---\n" },
	{ "---\nrows: # 说明\nb: 2\n---\n", "---\nrows: # 说明\n  - new\nb: 2\n---\n" },
	{ "---\nother:\n  - rows:\n    - x\n---\n",
	  "---\nother:\n  - rows:\n    - x\nrows:\n  - new\n---\n" },
	{ "---\r\nrows:\r\n  - a\r\nb: 2\r\n---\r\n",
	  "---\r\nrows:\r\n  - a\r\n  - new\r\nb: 2\r\n---\r\n" },
	{ "---\r\nb: 2\r\n---\r\n", "---\r\nb: 2\r\nrows:\r\n  - new\r\n---\r\n" },
	{ "---\r\nrows: []\r\n---\r\n", "---\r\nrows:\r\n  - new\r\n---\r\n" },
	/* what is no list of rows */
	{ "---\nrows: [a]\n---\n", NULL },
	{ "---\nrows: x\n---\n", NULL },
	{ "---\nrows: {}\n---\n", NULL },
	{ "---\nrows: [a,\n  b]\n---\n", NULL },
	{ "---\nrows: x\n  y\n---\n", NULL },
	{ "---\nrows:\n  x: 1\n---\n", NULL },
	{ "---\nrows: |\n  - a\n---\n", NULL },
	{ "---\nrows: []]\n---\n", NULL },
	{ "rows:\n", NULL },
	{ "", NULL },
};

static void
test_merge__append(void)
{
	size_t i;

	for (i = 0; i < sizeof(appends) / sizeof(*appends); i++) {
		struct buf text = BUF_INIT;
		struct err err = { 0 };
		int before = unit_faults;

		buf_puts(&text, appends[i].text);
		CHECK_INT(front_append_row(&text, "rows", "new", &err),
			  appends[i].after == NULL ? -1 : 0);
		CHECK_INT(err.code, appends[i].after == NULL ? ERR_DATA : ERR_NONE);
		CHECK_STR(text.ptr, appends[i].after == NULL ? appends[i].text : appends[i].after);
		if (unit_faults != before)
			printf("# row %zu\n", i);
		buf_release(&text);
	}
}

static void
test_merge__nul(void)
{
	static const char front[] = "---\na: 1\nb\0: 2\n---\n", body[] = "---\na: 1\n---\nx\0y\n";
	struct buf text = BUF_INIT;
	struct err err = { 0 };

	buf_put(&text, front, sizeof(front) - 1);
	CHECK_INT(front_merge(&text, "a: 2\n", &err), -1);
	CHECK_INT(front_append_row(&text, "c", "new", &err), -1);
	CHECK_INT(err.code, ERR_DATA);
	CHECK(text.len == sizeof(front) - 1 && memcmp(text.ptr, front, text.len) == 0);
	buf_clear(&text);
	buf_put(&text, body, sizeof(body) - 1);
	CHECK_INT(front_merge(&text, "a: 2\n", &err), -1);
	CHECK(text.len == sizeof(body) - 1 && memcmp(text.ptr, body, text.len) == 0);
	buf_release(&text);
}

/* --- as a property ---------------------------------------------------------------------------- */
static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Sound blocks as people write them; {} is a number. */
static const char *const blocks[] = { "k%u: 值\n",
				      "k%u: \"引 # 号\" # 注\n",
				      "k%u:\n",
				      "k%u: []\n",
				      "k%u:\n  - a: 1\n    b: 2\n  - a: 3\n",
				      "k%u:\n- x\n- y\n",
				      "k%u: |\n  一\n\n  k1: 二\n",
				      "# 说明\nk%u: 1\n",
				      "\nk%u: 1\n",
				      "k%u: >-\n  一\n  二\n",
				      "k%u:\n  x: 1\n  y: 2\n",
				      "k%u: { a: 1, b: 2 }\n",
				      "k%u: [a, b]\n" };
#define BLOCKS (sizeof(blocks) / sizeof(*blocks))

static void
put_block(struct buf *out, uint32_t *random, unsigned key)
{
	char line[128];

	snprintf(line, sizeof(line), "k%u", key);
	buf_printf(out, "%s", "");
	{
		const char *block = blocks[next_random(random) % BLOCKS],
			   *at = strstr(block, "k%u");

		buf_put(out, block, (size_t)(at - block));
		buf_puts(out, line);
		buf_puts(out, at + 3);
	}
}

static bool
same(const struct node *a, const struct node *b)
{
	size_t i;

	if (a->kind != b->kind || a->count != b->count || strcmp(a->text, b->text) != 0)
		return false;
	for (i = 0; i < a->count; i++)
		if ((a->kind == NODE_MAP && strcmp(a->keys[i], b->keys[i]) != 0) ||
		    !same(a->items[i], b->items[i]))
			return false;
	return true;
}

/* The key that was merged reads as in the lines, all others as before, and the body stays. */
static void
test_merge__property(void)
{
	uint32_t random = 11;
	int round;

	for (round = 0; round < 5000; round++) {
		struct findings findings = { 0 };
		struct arena arena = { 0 };
		struct buf text = BUF_INIT, lines = BUF_INIT;
		struct doc before, after, with;
		struct err err = { 0 };
		unsigned key, keys = 1 + next_random(&random) % 5,
			      chosen = next_random(&random) % 7;
		size_t i;
		bool good;

		buf_puts(&text, "---\n");
		for (key = 0; key < keys; key++)
			put_block(&text, &random, key);
		buf_puts(&text, next_random(&random) % 2 == 0 ? "# 尾\n---\n正文\nk0: 正文\n"
							      : "---\n正文\nk0: 正文\n");
		put_block(&lines, &random, chosen);
		doc_parse(&before, &arena, text.ptr, text.len, "a.md", &findings);
		yaml_parse(&with, &arena, lines.ptr, lines.len, "b.yaml", &findings);
		CHECK_INT(findings.count, 0);
		CHECK_INT(front_merge(&text, lines.ptr, &err), 0);
		doc_parse(&after, &arena, text.ptr, text.len, "a.md", &findings);
		good = findings.count == 0 && strcmp(after.body, before.body) == 0 &&
		       after.front->count == before.front->count + (chosen >= keys ? 1 : 0);
		for (i = 0; good && i < after.front->count; i++) {
			const char *name = after.front->keys[i];
			const struct node *was = node_get(with.front, name);

			was = was != NULL ? was : node_get(before.front, name);
			good = was != NULL && same(was, after.front->items[i]);
		}
		if (!good) {
			CHECK(good);
			printf("# lines:\n%s# text after:\n%s", lines.ptr, text.ptr);
		}
		findings_release(&findings);
		arena_release(&arena);
		buf_release(&text);
		buf_release(&lines);
		if (!good)
			break;
	}
}

int
main(void)
{
	unit_run("merge", test_merge__merge);
	unit_run("append a row", test_merge__append);
	unit_run("nul", test_merge__nul);
	unit_run("only what was meant changes", test_merge__property);
	return unit_end();
}
