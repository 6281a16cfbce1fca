/* Markdown bodies, by cmark-gfm: CommonMark with pipe tables, and nothing that could run or load. */
#include "model/model.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS (CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static cmark_syntax_extension *tables;

static void
start(void)
{
	cmark_gfm_core_extensions_ensure_registered();
	tables = cmark_find_syntax_extension("table");
}

static cmark_node *
parse(const char *body, size_t len)
{
	cmark_parser *parser;
	cmark_node *root;

	pthread_once(&once, start);
	parser = cmark_parser_new(OPTIONS);
	if (tables != NULL)
		cmark_parser_attach_syntax_extension(parser, tables);
	cmark_parser_feed(parser, body, len);
	root = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	return root;
}

/* Whether an address stays within the folder: no scheme, no way up, not from the top. */
static bool
stays_inside(const char *url)
{
	size_t i;

	if (url[0] == '#')
		return true;
	if (url[0] == '/' || url[0] == '\\' || url[0] == '\0' || strstr(url, "..") != NULL)
		return false;
	for (i = 0; url[i] != '\0' && url[i] != '/' && url[i] != '?' && url[i] != '#'; i++) {
		if (url[i] == ':' || url[i] == '%' || (unsigned char)url[i] <= ' ')
			return false;
	}
	return true;
}

static void
insert_text(cmark_node *before, const char *text)
{
	cmark_node *node = cmark_node_new(CMARK_NODE_TEXT);

	cmark_node_set_literal(node, text);
	cmark_node_insert_before(before, node);
}

/* A link or image that leads outside becomes its text, with the address behind it to read. */
static void
flatten(cmark_node *link)
{
	const char *url = cmark_node_get_url(link);
	cmark_node *child;
	struct buf address = BUF_INIT;

	while ((child = cmark_node_first_child(link)) != NULL) {
		cmark_node_unlink(child);
		cmark_node_insert_before(link, child);
	}
	if (text_starts(url, "http://") || text_starts(url, "https://")) {
		buf_printf(&address, "（%s）", url);
		insert_text(link, address.ptr);
	}
	buf_release(&address);
	cmark_node_unlink(link);
	cmark_node_free(link);
}

/* Collected first: the tree must not change under the iterator. */
static void
tame(cmark_node *root, int shift)
{
	cmark_iter *iter = cmark_iter_new(root);
	cmark_node **outside = NULL, *node;
	size_t count = 0, cap = 0, i;
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		node = cmark_iter_get_node(iter);
		if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_HEADING) {
			int level = cmark_node_get_heading_level(node) + shift;

			cmark_node_set_heading_level(node, level > 6 ? 6 : level);
		}
		/* Inner ones first: they are left before the outer ones are. */
		if (event == CMARK_EVENT_EXIT &&
		    (cmark_node_get_type(node) == CMARK_NODE_LINK || cmark_node_get_type(node) == CMARK_NODE_IMAGE) &&
		    !stays_inside(cmark_node_get_url(node)))
			vec_push(outside, count, cap, node);
	}
	cmark_iter_free(iter);
	for (i = 0; i < count; i++)
		flatten(outside[i]);
	free(outside);
}

void
markdown_html(struct buf *out, const char *body, size_t len, int shift)
{
	cmark_node *root = parse(body, len);
	char *html;

	tame(root, shift);
	html = cmark_render_html(root, OPTIONS, NULL);
	buf_puts(out, html);
	free(html);
	cmark_node_free(root);
}

/* --- sections ---------------------------------------------------------------------------------------------- */
static const char *
plain_text(struct arena *arena, cmark_node *node)
{
	cmark_iter *iter = cmark_iter_new(node);
	struct buf text = BUF_INIT;
	cmark_event_type event;
	const char *copy;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *at = cmark_iter_get_node(iter);

		if (event == CMARK_EVENT_ENTER &&
		    (cmark_node_get_type(at) == CMARK_NODE_TEXT || cmark_node_get_type(at) == CMARK_NODE_CODE))
			buf_puts(&text, cmark_node_get_literal(at));
	}
	cmark_iter_free(iter);
	copy = arena_strdup(arena, text.ptr);
	buf_release(&text);
	return copy;
}

/* Whether a block says anything: text, code, or an image; not raw HTML, which is dropped. */
static bool
says_something(cmark_node *block)
{
	cmark_iter *iter = cmark_iter_new(block);
	cmark_event_type event;
	bool found = false;

	while (!found && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *at = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(at);
		const char *literal = cmark_node_get_literal(at);

		found = event == CMARK_EVENT_ENTER &&
			(type == CMARK_NODE_IMAGE || ((type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK) &&
						      literal != NULL && !text_blank(literal, strlen(literal))));
	}
	cmark_iter_free(iter);
	return found;
}

/* A block speaks for every section it lies in, up to the nearest heading of each higher level. */
static void
mark_full(struct section *sections, size_t count)
{
	size_t i = count;
	int level = 99;

	while (i-- > 0) {
		if (sections[i].level >= level)
			continue;
		sections[i].empty = false;
		level = sections[i].level;
	}
}

size_t
markdown_sections(struct arena *arena, const char *body, size_t len, struct section **out)
{
	cmark_node *root = parse(body, len), *block;
	struct section *found = NULL;
	size_t count = 0, cap = 0;

	for (block = cmark_node_first_child(root); block != NULL; block = cmark_node_next(block)) {
		struct section section = { .empty = true };

		if (cmark_node_get_type(block) != CMARK_NODE_HEADING) {
			if (count > 0 && says_something(block))
				mark_full(found, count);
			continue;
		}
		section.title = plain_text(arena, block);
		section.level = cmark_node_get_heading_level(block);
		section.line = cmark_node_get_start_line(block);
		vec_push(found, count, cap, section);
	}
	*out = count == 0 ? NULL : arena_copy(arena, found, count, sizeof(*found));
	free(found);
	cmark_node_free(root);
	return count;
}
