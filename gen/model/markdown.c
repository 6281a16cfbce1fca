/*
 * Markdown bodies: CommonMark with pipe tables, parsed by cmark-gfm. The HTML is written here and
 * not by cmark's renderer: what leads outside must not become an address, and the library's calls
 * that change a tree walk to its root each time, so that deep hostile texts would take minutes.
 */
#include "model/model.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS (CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8)

/* Deeper elements lose their tags and keep their text: readers of HTML bound depth too. */
#define DEPTH_MAX 60
/* Bounds on what the library (0.29) handles in more than linear time or memory. */
#define PIPES_MAX 400	      /* a line of a table */
#define CELLS_MAX 200000      /* lines times columns: short rows are filled up */
#define PAIRS_MAX 50000000ull /* brackets times delimiters of emphasis */
#define NESTS_MAX 1000	      /* openers of blocks that one line begins with */

/* Types of the table extension; its own header is not among those installed. */
extern cmark_node_type CMARK_NODE_TABLE, CMARK_NODE_TABLE_ROW, CMARK_NODE_TABLE_CELL;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static cmark_syntax_extension *tables;

/* --- parsing ----------------------------------------------------------------------------- */
struct shape {
	uint64_t lines, pipes, brackets, delimiters, nests;
};

static void
start(void)
{
	cmark_gfm_core_extensions_ensure_registered();
	tables = cmark_find_syntax_extension("table");
}

/* What a line begins with, as far as it can open block after block. */
static uint64_t
count_nests(const char *p, const char *end)
{
	uint64_t n = 0;

	for (; p < end && strchr(" \t>-+*0123456789.)", *p) != NULL && *p != '\0'; p++)
		n += *p == '>' || *p == '-' || *p == '+' || *p == '*' || *p == '.' || *p == ')';
	return n;
}

static void
measure_line(struct shape *shape, const char *p, const char *end)
{
	uint64_t pipes = 0, nests = count_nests(p, end);

	for (; p < end; p++) {
		pipes += *p == '|';
		shape->brackets += *p == ']';
		shape->delimiters += *p == '*' || *p == '_';
	}
	shape->lines++;
	if (pipes > shape->pipes)
		shape->pipes = pipes;
	if (nests > shape->nests)
		shape->nests = nests;
}

static struct shape
measure(const char *body, size_t len)
{
	const char *end = body + len, *line, *stop;
	struct shape shape = { 0 };

	for (line = body; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL)
			stop = end;
		measure_line(&shape, line, stop);
	}
	return shape;
}

/* NULL for a text that no person writes. */
static cmark_node *
parse(const char *body, size_t len)
{
	struct shape shape = measure(body, len);
	cmark_parser *parser;
	cmark_node *root;

	if (shape.nests > NESTS_MAX || shape.brackets * shape.delimiters > PAIRS_MAX)
		return NULL;
	pthread_once(&once, start);
	parser = cmark_parser_new(OPTIONS);
	if (tables != NULL && shape.pipes <= PIPES_MAX &&
	    shape.lines * (shape.pipes + 1) <= CELLS_MAX)
		cmark_parser_attach_syntax_extension(parser, tables);
	cmark_parser_feed(parser, body, len);
	root = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	return root;
}

/* --- addresses --------------------------------------------------------------------------- */
static int
hex_value(char c)
{
	const char *at = c == '\0' ? NULL : strchr("0123456789abcdef", c | 0x20);

	return at == NULL ? -1 : (int)(at - "0123456789abcdef");
}

/* What a browser would look for: %20 and its like become what they stand for. */
static void
decode_url(struct buf *out, const char *url)
{
	int high, low;

	for (; *url != '\0'; url++) {
		high = *url == '%' ? hex_value(url[1]) : -1;
		low = high < 0 ? -1 : hex_value(url[2]);
		buf_putc(out, low < 0 ? *url : (char)(high << 4 | low));
		url += low < 0 ? 0 : 2;
	}
}

/* Whether an address stays within the dashboard: no scheme, not from the top, and at most one step
 * up at its beginning (a page of the handbook that points at a flow). */
static bool
stays_inside(const char *url, size_t len)
{
	size_t i;

	if (len >= 3 && memcmp(url, "../", 3) == 0) {
		url += 3;
		len -= 3;
	}
	if (len == 0 || url[0] == '/' || strstr(url, "..") != NULL)
		return false;
	for (i = 0; i < len; i++)
		if ((unsigned char)url[i] < ' ' || url[i] == 0x7f || url[i] == '\\')
			return false;
	return url[0] == '#' || url[strcspn(url, ":/?#")] != ':';
}

/* Writes ` name="url"` and gives true, or nothing when it leads outside. */
static bool
put_inside_url(struct buf *out, const char *before, const char *url)
{
	struct buf plain = BUF_INIT;
	bool inside;

	decode_url(&plain, url);
	inside = stays_inside(plain.ptr, plain.len);
	if (inside) {
		buf_puts(out, before);
		html_url(out, plain.ptr);
		buf_putc(out, '"');
	}
	buf_release(&plain);
	return inside;
}

/* --- HTML -------------------------------------------------------------------------------- */
struct page {
	struct buf *out;
	int shift, depth;
	int pictures;		   /* open images: only their text counts, it is the alt */
	bool head;		   /* in the first row of a table */
	int column;		   /* of the table row */
	const uint8_t *alignments; /* of the table; l, c, r or 0 */
	int column_count;
};

/* Containers count; what belongs to a container appears whenever that does. */
static bool
is_shown(const struct page *page, int belongs)
{
	return page->depth - belongs < DEPTH_MAX;
}

static void
put_tag(struct page *page, bool enter, const char *name, int belongs)
{
	page->depth -= enter ? 0 : 1;
	if (is_shown(page, belongs) && page->pictures == 0)
		buf_printf(page->out, enter ? "<%s>" : "</%s>", name);
	page->depth += enter ? 1 : 0;
}

static void
put_block_tag(struct page *page, bool enter, const char *name, int belongs)
{
	put_tag(page, enter, name, belongs);
	buf_putc(page->out, '\n');
}

static void
put_list(struct page *page, bool enter, cmark_node *node)
{
	int first = cmark_node_get_list_start(node);

	if (cmark_node_get_list_type(node) == CMARK_BULLET_LIST)
		put_block_tag(page, enter, "ul", 0);
	else if (!enter || first == 1 || !is_shown(page, 0))
		put_block_tag(page, enter, "ol", 0);
	else {
		buf_printf(page->out, "<ol start=\"%d\">\n", first);
		page->depth++;
	}
}

static void
put_item(struct page *page, bool enter)
{
	put_tag(page, enter, "li", 1);
	if (!enter)
		buf_putc(page->out, '\n');
}

/* The paragraphs of a tight list are its items. */
static bool
is_tight(cmark_node *paragraph)
{
	cmark_node *item = cmark_node_parent(paragraph);
	cmark_node *list = item == NULL ? NULL : cmark_node_parent(item);

	return list != NULL && cmark_node_get_type(list) == CMARK_NODE_LIST &&
	       cmark_node_get_list_tight(list);
}

static void
put_paragraph(struct page *page, bool enter, cmark_node *node)
{
	if (!is_tight(node))
		buf_puts(page->out, enter ? "<p>" : "</p>\n");
	else if (!enter && cmark_node_next(node) != NULL)
		buf_putc(page->out, '\n');
}

static void
put_heading(struct page *page, bool enter, cmark_node *node)
{
	int level = cmark_node_get_heading_level(node) + page->shift;

	level = level > 6 ? 6 : level < 1 ? 1 : level;
	buf_printf(page->out, enter ? "<h%d>" : "</h%d>\n", level);
}

static void
put_code_block(struct page *page, cmark_node *node)
{
	buf_puts(page->out, "<pre><code>");
	html_text(page->out, cmark_node_get_literal(node));
	buf_puts(page->out, "</code></pre>\n");
}

static void
put_table(struct page *page, bool enter, cmark_node *node)
{
	page->alignments = cmark_gfm_extensions_get_table_alignments(node);
	page->column_count = cmark_gfm_extensions_get_table_columns(node);
	if (!enter && is_shown(page, 1))
		buf_puts(page->out, "</tbody>\n");
	put_block_tag(page, enter, "table", 0);
}

/* The head is the first row; the body may have none. */
static void
put_row(struct page *page, bool enter, cmark_node *node)
{
	page->column = 0;
	page->head = cmark_gfm_extensions_get_table_row_is_header(node) != 0;
	if (enter && page->head && is_shown(page, 1))
		buf_puts(page->out, "<thead>\n");
	put_block_tag(page, enter, "tr", 1);
	if (!enter && page->head && is_shown(page, 1))
		buf_puts(page->out, "</thead>\n<tbody>\n");
}

static void
put_cell(struct page *page, bool enter)
{
	uint8_t side = page->column < page->column_count ? page->alignments[page->column] : 0;
	const char *name = page->head ? "th" : "td";
	const char *class = side == 'c' ? "c" : side == 'r' ? "n" : NULL;

	if (!enter) {
		put_tag(page, enter, name, 2);
		page->column++;
	} else if (class != NULL && is_shown(page, 2)) {
		buf_printf(page->out, "<%s class=\"%s\">", name, class);
		page->depth++;
	} else {
		put_tag(page, enter, name, 2);
	}
}

/* The address behind a text that cannot be a link, for people to read, unless it is the text. */
static void
put_address(struct page *page, cmark_node *node)
{
	const char *url = cmark_node_get_url(node), *text = NULL;
	cmark_node *child = cmark_node_first_child(node);

	if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
		return;
	if (child != NULL && child == cmark_node_last_child(node))
		text = cmark_node_get_literal(child);
	if (text != NULL && strcmp(text, url) == 0)
		return;
	buf_puts(page->out, "（");
	html_text(page->out, url);
	buf_puts(page->out, "）");
}

static void
put_link(struct page *page, bool enter, cmark_node *node)
{
	struct buf tag = BUF_INIT;
	bool inside = put_inside_url(&tag, "<a href=\"", cmark_node_get_url(node));

	if (!enter)
		page->depth--;
	if (!inside) {
		if (!enter)
			put_address(page, node);
	} else if (is_shown(page, 0) && page->pictures == 0) {
		buf_puts(page->out, enter ? tag.ptr : "</a>");
		if (enter)
			buf_putc(page->out, '>');
	}
	if (enter)
		page->depth++;
	buf_release(&tag);
}

/* The text between enter and exit becomes the alt of the outermost image. */
static void
put_image(struct page *page, bool enter, cmark_node *node)
{
	struct buf tag = BUF_INIT;
	bool inside = put_inside_url(&tag, "<img src=\"", cmark_node_get_url(node));

	if (inside && !enter)
		page->pictures--;
	if (inside && page->pictures == 0) {
		buf_puts(page->out, enter ? tag.ptr : "\" />");
		buf_puts(page->out, enter ? " alt=\"" : "");
	}
	if (inside && enter)
		page->pictures++;
	if (!inside && !enter)
		put_address(page, node);
	buf_release(&tag);
}

static void
put_code(struct page *page, cmark_node *node)
{
	if (page->pictures == 0)
		buf_puts(page->out, "<code>");
	html_text(page->out, cmark_node_get_literal(node));
	if (page->pictures == 0)
		buf_puts(page->out, "</code>");
}

static void
put_inline(struct page *page, bool enter, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT: html_text(page->out, cmark_node_get_literal(node)); break;
	case CMARK_NODE_SOFTBREAK: buf_putc(page->out, '\n'); break;
	case CMARK_NODE_LINEBREAK: buf_puts(page->out, page->pictures ? "\n" : "<br />\n"); break;
	case CMARK_NODE_CODE: put_code(page, node); break;
	case CMARK_NODE_EMPH: put_tag(page, enter, "em", 0); break;
	case CMARK_NODE_STRONG: put_tag(page, enter, "strong", 0); break;
	case CMARK_NODE_LINK: put_link(page, enter, node); break;
	case CMARK_NODE_IMAGE: put_image(page, enter, node); break;
	default: break; /* raw HTML is left out */
	}
}

static void
put_node(struct page *page, bool enter, cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);

	switch (type) {
	case CMARK_NODE_BLOCK_QUOTE: put_block_tag(page, enter, "blockquote", 0); break;
	case CMARK_NODE_LIST: put_list(page, enter, node); break;
	case CMARK_NODE_ITEM: put_item(page, enter); break;
	case CMARK_NODE_PARAGRAPH: put_paragraph(page, enter, node); break;
	case CMARK_NODE_HEADING: put_heading(page, enter, node); break;
	case CMARK_NODE_CODE_BLOCK: put_code_block(page, node); break;
	case CMARK_NODE_THEMATIC_BREAK: buf_puts(page->out, "<hr />\n"); break;
	default:
		if (type == CMARK_NODE_TABLE)
			put_table(page, enter, node);
		else if (type == CMARK_NODE_TABLE_ROW)
			put_row(page, enter, node);
		else if (type == CMARK_NODE_TABLE_CELL)
			put_cell(page, enter);
		else
			put_inline(page, enter, node);
	}
}

void
markdown_html(struct buf *out, const char *body, size_t len, int shift)
{
	struct page page = { .out = out, .shift = shift };
	cmark_node *root = parse(body, len);
	cmark_event_type event;
	cmark_iter *iter;

	if (root == NULL) {
		buf_puts(out, "<pre>");
		html_text_n(out, body, len);
		buf_puts(out, "</pre>\n");
		return;
	}
	iter = cmark_iter_new(root);
	for (event = cmark_iter_next(iter); event != CMARK_EVENT_DONE;
	     event = cmark_iter_next(iter))
		put_node(&page, event == CMARK_EVENT_ENTER, cmark_iter_get_node(iter));
	cmark_iter_free(iter);
	cmark_node_free(root);
}

/* --- sections ---------------------------------------------------------------------------- */
struct outline {
	struct section *items;
	size_t count, cap;
	size_t open[8]; /* the section of each level that the place read now lies in, + 1 */
};

/* The text of a heading; NULL when it has none. */
static const char *
text_of(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);

	if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
		return cmark_node_get_literal(node);
	return type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK ? " " : NULL;
}

static const char *
heading_text(struct arena *arena, cmark_node *heading)
{
	cmark_iter *iter = cmark_iter_new(heading);
	struct buf text = BUF_INIT;
	cmark_event_type event;
	const char *piece, *copy;

	for (event = cmark_iter_next(iter); event != CMARK_EVENT_DONE;
	     event = cmark_iter_next(iter)) {
		piece = event == CMARK_EVENT_ENTER ? text_of(cmark_iter_get_node(iter)) : NULL;
		if (piece != NULL)
			buf_puts(&text, piece);
	}
	cmark_iter_free(iter);
	copy = arena_strdup(arena, text.ptr);
	buf_release(&text);
	return copy;
}

/* Whether a node says anything by itself: text, code, or an image; not raw HTML, which is left
 * out. */
static bool
says(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	const char *literal;

	if (type == CMARK_NODE_IMAGE)
		return true;
	if (type != CMARK_NODE_TEXT && type != CMARK_NODE_CODE && type != CMARK_NODE_CODE_BLOCK)
		return false;
	literal = cmark_node_get_literal(node);
	return literal != NULL && !text_unseen(literal, strlen(literal));
}

static bool
block_says(cmark_node *block)
{
	cmark_iter *iter = cmark_iter_new(block);
	cmark_event_type event = cmark_iter_next(iter);
	bool found = false;

	for (; !found && event != CMARK_EVENT_DONE; event = cmark_iter_next(iter))
		found = event == CMARK_EVENT_ENTER && says(cmark_iter_get_node(iter));
	cmark_iter_free(iter);
	return found;
}

static void
open_section(struct outline *outline, struct arena *arena, cmark_node *heading)
{
	struct section section = { .empty = true };
	int i;

	section.title = heading_text(arena, heading);
	section.level = cmark_node_get_heading_level(heading);
	section.line = cmark_node_get_start_line(heading);
	vec_push(outline->items, outline->count, outline->cap, section);
	for (i = section.level; i <= 6; i++)
		outline->open[i] = 0;
	outline->open[section.level] = outline->count;
}

/* A block speaks for every section it lies in. */
static void
fill_sections(struct outline *outline)
{
	int i;

	for (i = 1; i <= 6; i++)
		if (outline->open[i] != 0)
			outline->items[outline->open[i] - 1].empty = false;
}

size_t
markdown_sections(struct arena *arena, const char *body, size_t len, struct section **out)
{
	cmark_node *root = parse(body, len), *block;
	struct outline outline = { 0 };

	block = root == NULL ? NULL : cmark_node_first_child(root);
	for (; block != NULL; block = cmark_node_next(block)) {
		if (cmark_node_get_type(block) == CMARK_NODE_HEADING)
			open_section(&outline, arena, block);
		else if (block_says(block))
			fill_sections(&outline);
	}
	*out = outline.count == 0
		   ? NULL
		   : arena_copy(arena, outline.items, outline.count, sizeof(*outline.items));
	free(outline.items);
	if (root != NULL)
		cmark_node_free(root);
	return outline.count;
}
