/* offline: a ticket's page for who has nothing but it. */
#include "site/site_internal.h"

#include <stdlib.h>
#include <string.h>

/* An address of a file that goes with the page is written "#./…" by the template, to be told from
 * those that lead to other pages of the dashboard. */
#define BESIDE "#./"

static const struct script_limits limits = { (size_t)512 << 20, 2000000000 };

static bool
at_text(const char *at, const char *text)
{
	return strncmp(at, text, strlen(text)) == 0;
}

/* Whether the <a …> at `at` leads to somewhere on this page or to a paper. */
static bool
leads_here(const char *at, const char *end)
{
	const char *href = strstr(at, " href=\"");

	return href != NULL && href < end && href[7] == '#';
}

/* Copies a link, or only makes it a span. */
static const char *
put_link(struct buf *out, const char *at, bool *kept)
{
	const char *end = strchr(at, '>'), *beside;

	if (end == NULL)
		return at + strlen(at);
	*kept = leads_here(at, end);
	if (!*kept) {
		buf_puts(out, "<span>");
		return end + 1;
	}
	beside = strstr(at, "\"" BESIDE);
	if (beside != NULL && beside < end) {
		buf_put(out, at, (size_t)(beside + 1 - at));
		at = beside + 2; /* without the # */
	}
	buf_put(out, at, (size_t)(end + 1 - at));
	return end + 1;
}

/* Links that would lead out of the archive become plain text, scripts go. */
static void
detach(struct buf *out, const char *at)
{
	bool kept = false;

	while (*at != '\0') {
		const char *script = at_text(at, "<script ") ? strstr(at, "</script>") : NULL;

		if (script != NULL) {
			at = script + strlen("</script>");
		} else if (at_text(at, "<a ")) {
			at = put_link(out, at, &kept);
		} else if (at_text(at, "</a>")) {
			buf_puts(out, kept ? "</a>" : "</span>");
			at += strlen("</a>");
		} else {
			size_t len = 1 + strcspn(at + 1, "<");

			buf_put(out, at, len);
			at += len;
		}
	}
}

static const struct card *
find_card(const struct build *b, const char *id)
{
	size_t i;

	for (i = 0; i < b->card_count; i++) {
		if (strcmp(b->cards[i].trail.id, id) == 0)
			return &b->cards[i];
	}
	return NULL;
}

static int
render(struct worker *w, const struct page *page, struct buf *out, struct err *err)
{
	const char *name;

	arena_reset(&w->arena);
	script_limit(w->script, &limits);
	w->err = err;
	push_page(w, page);
	script_set_bool(w->script, "offline", true);
	name = page->fill(w, page);
	if (name == NULL || worker_render(w, name, err) != 0)
		return -1;
	detach(out, w->out.ptr);
	return 0;
}

static const struct page style_page = { .path = "style.css", .fill = fill_style };

struct wish {
	const char *const *ids;
	size_t count;
	int (*each)(void *ctx, const char *id, const struct buf *html, struct err *err);
	void *ctx;
	struct buf *style;
};

static int
render_all(struct build *b, struct worker *w, const struct wish *wish, struct err *err)
{
	struct page page = { .path = "ticket/index.html", .fill = fill_ticket };
	struct buf html = BUF_INIT;
	size_t i;
	int rc = render(w, &style_page, wish->style, err);

	for (i = 0; i < wish->count && rc == 0; i++) {
		page.subject = find_card(b, wish->ids[i]);
		buf_clear(&html);
		rc = page.subject == NULL ? err_set(err, ERR_USAGE, "没有工单 %s", wish->ids[i])
					  : render(w, &page, &html, err);
		if (rc == 0)
			rc = wish->each(wish->ctx, wish->ids[i], &html, err);
	}
	buf_release(&html);
	return rc;
}

/* What a page needs of a build, without one. */
static int
open_build(struct build *b, struct worker *w, bool cards, struct err *err)
{
	int rc = repo_head(b->repo, &b->head, err);

	if (rc == 0)
		rc = snapshot_commit(&b->snap, b->repo, &b->head, err);
	if (rc == 0) {
		set_names(b);
		rc = open_basis(b, err);
	}
	if (rc == 0 && cards)
		rc = cards_read(b, err);
	return rc == 0 ? worker_open(w, b, err) : -1;
}

int
site_tickets(struct repo *repo, int64_t now, const char *const *ids, size_t count,
	     int (*each)(void *ctx, const char *id, const struct buf *html, struct err *err),
	     void *ctx, struct buf *style, struct err *err)
{
	struct site_options options = { .out = "", .now = now };
	struct build b = { .repo = repo, .options = &options };
	struct wish wish = { ids, count, each, ctx, style };
	struct worker w = { 0 };
	int rc = open_build(&b, &w, true, err);

	if (rc == 0)
		rc = render_all(&b, &w, &wish, err);
	worker_close(&w);
	build_release(&b);
	return rc;
}

/* One page that needs no cards; style, where it is wanted, before it. */
static int
render_one(struct repo *repo, int64_t now, const struct page *page, struct buf *style,
	   struct buf *out, struct err *err)
{
	struct site_options options = { .out = "", .now = now };
	struct build b = { .repo = repo, .options = &options };
	struct worker w = { 0 };
	int rc = open_build(&b, &w, false, err);

	if (rc == 0 && style != NULL)
		rc = render(&w, &style_page, style, err);
	if (rc == 0)
		rc = render(&w, page, out, err);
	worker_close(&w);
	build_release(&b);
	return rc;
}

int
site_style(struct repo *repo, int64_t now, struct buf *out, struct err *err)
{
	return render_one(repo, now, &style_page, NULL, out, err);
}

struct leaf {
	const struct site_sheet *sheet;
	struct buf style;
};

/* Pushes what the caller says of a sheet. */
static const char *
fill_sheet(struct worker *w, const struct page *page)
{
	const struct leaf *leaf = page->subject;

	leaf->sheet->fill(leaf->sheet->ctx, w->script);
	if (leaf->sheet->alone)
		script_set_text(w->script, "style", leaf->style.ptr);
	script_set(w->script, "sheet");
	return leaf->sheet->template;
}

int
site_sheet(struct repo *repo, int64_t now, const struct site_sheet *sheet, struct buf *out,
	   struct err *err)
{
	struct leaf leaf = { sheet, BUF_INIT };
	struct page page = { .path = sheet->path, .fill = fill_sheet, .subject = &leaf };
	int rc = render_one(repo, now, &page, sheet->alone ? &leaf.style : NULL, out, err);

	buf_release(&leaf.style);
	return rc;
}
