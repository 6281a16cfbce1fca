/* The handbook, and the pages an office adds: Markdown of the program and of the workspace. */
#include <stdlib.h>
#include <string.h>

#include "site/site_internal.h"

struct text_pages {
	struct build *b;
	struct text_page *items;
	size_t count, cap;
};

static void
take_text_page(struct text_pages *p, const char *name, const char *text, size_t len)
{
	struct text_page page = { .name = arena_strndup(&p->b->arena, name, strlen(name) - 3) };
	struct findings ignored = { 0 };
	struct doc doc;
	size_t i;

	doc_parse(&doc, &p->b->arena, text, len, name, &ignored);
	findings_release(&ignored);
	page.title = node_text(doc.front, "title");
	page.order = node_text(doc.front, "order");
	page.text = doc.body;
	page.len = doc.body_len;
	for (i = 0; i < p->count; i++) {
		if (strcmp(p->items[i].name, page.name) == 0) {
			p->items[i] = page;
			return;
		}
	}
	vec_push(p->items, p->count, p->cap, page);
}

static int
on_text_page(void *ctx, const struct entry *entry, struct err *err)
{
	struct text_pages *p = ctx;
	struct buf text = BUF_INIT;
	int found = 0;

	if (text_ends(entry->name, ".md"))
		found = repo_blob(p->b->repo, &entry->oid, DOC_MAX_BYTES, &text, err);
	if (found == 0 && text.len > 0)
		take_text_page(p, entry->name, text.ptr, text.len);
	buf_release(&text);
	return found;
}

static int
compare_text_pages(const void *a, const void *b)
{
	const struct text_page *x = a, *y = b;
	int order = strcmp(x->order, y->order);

	return order != 0 ? order : strcmp(x->name, y->name);
}

/* The program's own pages, and over them those of the workspace. */
void
handbook_read(struct build *b)
{
	struct text_pages p = { .b = b };
	struct err ignored = { 0 };
	size_t count, i;
	const struct embedded *first = embedded_below("content/pages/", &count);

	for (i = 0; i < count; i++)
		take_text_page(&p, strrchr(first[i].path, '/') + 1, first[i].data, first[i].len);
	if (snapshot_list(&b->snap, "content/pages", on_text_page, &p, &ignored) != 0)
		err_clear(&ignored);
	if (p.count > 0)
		qsort(p.items, p.count, sizeof(*p.items), compare_text_pages);
	b->text_pages = p.items;
	b->text_page_count = p.count;
}

static void
set_contents(struct worker *w)
{
	const struct text_page *pages = w->build->text_pages;
	size_t i;

	script_table(w->script);
	for (i = 0; i < w->build->text_page_count; i++) {
		script_table(w->script);
		script_set_text(w->script, "name", pages[i].name);
		script_set_text(w->script, "title", pages[i].title);
		script_append(w->script);
	}
	script_set(w->script, "contents");
}

static const char *
fill_text(struct worker *w, const struct page *page)
{
	const struct text_page *text = page->subject;
	struct buf html = BUF_INIT;

	set_contents(w);
	markdown_html(&html, text->text, text->len, 0); /* its first headings are ## */
	script_set_text(w->script, "name", text->name);
	script_set_text(w->script, "title", text->title);
	script_bytes(w->script, html.ptr, html.len);
	script_set(w->script, "body");
	buf_release(&html);
	return "handbook";
}

void
plan_text_pages(struct build *b)
{
	const struct text_page *pages = b->text_pages;
	uint64_t key = b->site_key;
	size_t i;

	for (i = 0; i < b->text_page_count; i++)
		key = text_key(text_key(key, pages[i].title), pages[i].name);
	for (i = 0; i < b->text_page_count; i++)
		add_page(b, arena_printf(&b->arena, "handbook/%s.html", pages[i].name),
			 hash_bytes(pages[i].text, pages[i].len, key), fill_text, &pages[i]);
}
