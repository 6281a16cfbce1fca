/*
 * site: the dashboard of a commit: static pages that open by double-click. A page is made again
 * only when its inputs changed and written only when its bytes did; pages that are no longer made
 * go away; an interrupted build leaves the old pages usable.
 *
 * Lifetime: nothing outlives the call. What was made is remembered in .git/yunjuan/pages-*, which
 * may be deleted at any time.
 * Errors: ERR_GIT, ERR_IO, ERR_LAW (the law or a template does not load, with file and line).
 */
#ifndef YJ_SITE_H
#define YJ_SITE_H

#include "trail/trail.h"

struct site_options {
	const char *out; /* folder of the pages */
	int64_t now;	 /* only its day counts */
};

struct site_report {
	size_t pages, made, written,
	    removed; /* all there are; rendered; changed on disk; deleted */
	size_t commits_read;
};

/* Builds the dashboard of HEAD. */
int site_build(struct repo *repo, const struct site_options *options, struct site_report *report,
	       struct err *err) must_check;

/* The pages of some tickets for who has nothing else (an archive): they lead to ../style.css and to
 * papers/, and nowhere else. `each` gets them in the order of ids; style is appended
 * to. The same commit, ids and now give the same bytes. */
int site_tickets(struct repo *repo, int64_t now, const char *const *ids, size_t count,
		 int (*each)(void *ctx, const char *id, const struct buf *html, struct err *err),
		 void *ctx, struct buf *style, struct err *err) must_check;

/* The style those pages use. */
int site_style(struct repo *repo, int64_t now, struct buf *out, struct err *err) must_check;

/* One page by itself, by a template that sees what `fill` pushes (one table) as page.sheet. Addresses
 * are kept as in site_tickets. */
struct site_sheet {
	const char *template, *path; /* path: where it will stand, "a/b.html" beside style.css */
	void (*fill)(void *ctx, struct script *script);
	void *ctx;
	bool alone; /* it needs no other file: its style lies in it */
};
int site_sheet(struct repo *repo, int64_t now, const struct site_sheet *sheet, struct buf *out,
	       struct err *err) must_check;

#endif
