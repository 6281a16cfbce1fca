/* One thread's means: repository, law, templates; and the drawings they share by value. */
#include "site/site_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "site/chart.h"

#define TEMPLATES "templates/"

/* --- templates: what stands in the workspace goes before what is built in --------------------------- */
static bool
is_template(const char *path)
{
	return text_ends(path, ".html") || text_ends(path, ".css") || text_ends(path, ".lua");
}

static int
load_template(struct worker *w, const struct embedded *file, struct err *err)
{
	struct buf own = BUF_INIT;
	int found = snapshot_read(&w->snap, file->path, DOC_MAX_BYTES, &own, NULL, err);

	if (found >= 0) {
		script_text(w->script, file->path);
		if (found > 0)
			script_bytes(w->script, own.ptr, own.len);
		else
			script_bytes(w->script, file->data, file->len);
		script_bool(w->script, found > 0);
		found = script_call(w->script, "template", 3, 0, err);
	}
	buf_release(&own);
	return found < 0 ? -1 : 0;
}

/* One the office added, for its own templates to include. */
static int
load_own(void *ctx, const struct entry *entry, struct err *err)
{
	struct embedded own = { .path = arena_printf(&((struct worker *)ctx)->arena, TEMPLATES "%s",
						     entry->name),
				.data = "" };

	if (entry->mode != MODE_FILE || !is_template(own.path) || embedded_find(own.path) != NULL)
		return 0;
	return load_template(ctx, &own, err);
}

static int
load_templates(struct worker *w, struct err *err)
{
	size_t count, i;
	const struct embedded *first = embedded_below(TEMPLATES, &count);

	for (i = 0; i < count; i++) {
		if (is_template(first[i].path) && load_template(w, &first[i], err) != 0)
			return -1;
	}
	return snapshot_list(&w->snap, "templates", load_own, w, err);
}

/* Changes with the program. */
uint64_t
program_key(void)
{
	uint64_t key = hash_bytes(YUNJUAN_VERSION, strlen(YUNJUAN_VERSION), 11);
	struct stamp stamp;

	return file_stamp(&stamp, "/proc/self/exe") ? hash_bytes(&stamp, sizeof(stamp), key) : key;
}

/* Changes when any built-in template, the program, or the workspace's templates change. */
uint64_t
templates_key(struct build *b)
{
	struct err ignored = { 0 };
	struct entry entry = { 0 };
	uint64_t key = program_key();
	size_t count, i;
	const struct embedded *first = embedded_below(TEMPLATES, &count);

	for (i = 0; i < count; i++)
		key = hash_bytes(first[i].data, first[i].len, key);
	if (snapshot_find(&b->snap, "templates", &entry, &ignored) > 0)
		key = hash_bytes(&entry.oid, sizeof(entry.oid), key);
	return key;
}

/* A page is bounded in memory and, by make_pages, in time. */
static const struct script_limits page_limits = { (size_t)512 << 20, 0 };

int
worker_open(struct worker *w, struct build *b, struct err *err)
{
	memset(w, 0, sizeof(*w));
	buf_init(&w->out, 0);
	w->build = b;
	if (repo_again(&w->repo, b->repo, err) != 0)
		return -1;
	snapshot_tree(&w->snap, w->repo, &b->snap.tree);
	if (law_kept(&w->law, &w->snap, &b->basis.law_tree, err) != 0)
		return -1;
	w->script = law_script(w->law);
	script_limit(w->script, &page_limits);
	script_output(w->script, &w->out);
	return load_templates(w, err);
}

void
worker_close(struct worker *w)
{
	law_free(w->law);
	repo_free(w->repo);
	map_release(&w->charts);
	arena_release(&w->arena);
	arena_release(&w->lasting);
	buf_release(&w->out);
}

/* Renders a template with the table on top of the stack (taken) into w->out. */
int
worker_render(struct worker *w, const char *name, struct err *err)
{
	buf_clear(&w->out);
	script_text(w->script, name);
	script_copy(w->script, 2);
	if (script_call(w->script, "render", 2, 0, err) != 0)
		return -1;
	script_pop(w->script, 1);
	return 0;
}

/* Drawn once for all workers. */
static const char *
chart_text(struct build *b, const char *name, const struct flow *flow, const char *present)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct chart chart = { 0 };
	struct buf svg = BUF_INIT;
	const char *known;

	pthread_mutex_lock(&lock);
	known = map_find(&b->charts, name);
	if (known == NULL) {
		chart_layout(&chart, b->basis.law, flow);
		chart_svg(&svg, &chart, flow, present, "chart");
		chart_release(&chart);
		known = arena_strdup(&b->arena, svg.ptr);
		map_put(&b->charts, arena_strdup(&b->arena, name), (void *)known);
		buf_release(&svg);
	}
	pthread_mutex_unlock(&lock);
	return known;
}

/* Drawings are few (a flow and a present stage) and pages many. */
void
set_chart(struct worker *w, const struct flow *flow, const char *present)
{
	struct script *s = w->script;
	const char *name =
	    arena_printf(&w->arena, "%s %s", flow->id, present == NULL ? "" : present);
	intptr_t kept = (intptr_t)map_find(&w->charts, name);

	if (kept == 0) {
		script_text(s, chart_text(w->build, name, flow, present));
		kept = script_keep(s);
		map_put(&w->charts, arena_strdup(&w->lasting, name), (void *)kept);
	}
	script_kept(s, (int)kept);
	script_set(s, "chart");
}
