/* Scripts of the pages: files of templates/ that are copied as they are. What stands in the workspace
 * goes before what is built in. */
#include <string.h>

#include "site/site_internal.h"

#define TEMPLATES "templates/"

static const char *
fill_asset(struct worker *w, const struct page *page)
{
	const struct embedded *file = page->subject;
	struct buf own = BUF_INIT;
	int found = snapshot_read(&w->snap, file->path, DOC_MAX_BYTES, &own, NULL, w->err);
	const char *text = found > 0 ? own.ptr : file->data;
	size_t len = found > 0 ? own.len : file->len;

	if (found >= 0) {
		len -= len > 0 && text[len - 1] == '\n' ? 1 : 0; /* the template ends with one */
		script_bytes(w->script, text, len);
		script_set(w->script, "text");
	}
	buf_release(&own);
	return found < 0 ? NULL : "asset";
}

static bool
is_asset(const char *path)
{
	return text_ends(path, ".js") || text_ends(path, ".LICENSE");
}

void
plan_assets(struct build *b)
{
	size_t count, i;
	const struct embedded *first = embedded_below(TEMPLATES, &count);

	for (i = 0; i < count; i++) {
		if (is_asset(first[i].path))
			add_page(b, first[i].path + strlen(TEMPLATES), b->site_key, fill_asset,
				 &first[i]);
	}
}
