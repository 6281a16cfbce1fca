#include "site/site.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "site/site_internal.h"

/* --- rendering ----------------------------------------------------------------------------------------------- */
/* How many "../" lead from the page to the top. */
static const char *
root_of(const char *path)
{
	static const char *const roots[] = { "", "../", "../../", "../../../", "../../../../" };
	size_t depth = 0;

	for (; *path != '\0'; path++)
		depth += *path == '/' ? 1 : 0;
	return roots[depth > 4 ? 4 : depth];
}

void
push_page(struct worker *w, const struct page *page)
{
	const struct build *b = w->build;
	const struct site *site = &b->basis.registers->site;

	script_table(w->script);
	script_set_text(w->script, "root", root_of(page->path));
	script_set_text(w->script, "path", page->path);
	script_set_text(w->script, "site_title", site->title[0] ? site->title : "云资源工单");
	script_set_text(w->script, "city", site->city);
	script_set_text(w->script, "office", site->office);
	script_set_text(w->script, "asof", b->asof);
	script_set_text(w->script, "head", b->head_short);
}

static int
write_page(struct worker *w, struct page *page, struct err *err)
{
	char *path = file_join(w->build->options->out, page->path);
	const char *slash = strrchr(page->path, '/');
	int rc = 0;

	if (slash != NULL && (w->written == NULL || strncmp(w->written, page->path,
							    (size_t)(slash + 1 - page->path)) != 0))
		rc = file_make_parents(path, err);
	w->written = page->path;
	if (rc == 0)
		rc = file_publish(path, w->out.ptr, w->out.len, &page->stamp, &page->written, err);
	free(path);
	return rc;
}

static int
make_page(struct worker *w, struct page *page, struct err *err)
{
	const char *name;

	arena_reset(&w->arena);
	w->err = err;
	push_page(w, page);
	name = page->fill(w, page);
	if (name == NULL || worker_render(w, name, err) != 0)
		return -1;
	return write_page(w, page, err);
}

static int
make_row(struct worker *w, struct card *card, struct err *err)
{
	card_push(w->script, w->build, card);
	if (worker_render(w, "row", err) != 0)
		return -1;
	card->row = xstrndup(w->out.ptr, w->out.len);
	return 0;
}

struct crew {
	struct build *b;
	struct worker *workers;
	int count;
	bool rows; /* this round makes rows, not pages */
	size_t batch;
	_Atomic size_t next;
	pthread_mutex_t lock; /* of over */
	pthread_cond_t ends;
	bool over;
	_Atomic size_t begun; /* pages and rows begun, for the watch */
	size_t work;	      /* how many there are to begin */
};

#define PAGE_SECONDS 20
#define GRACE_SECONDS 2 /* for what was told to stop */
#define TICK_NS (50 * 1000 * 1000)

/* Waits for a tick, or for the end; true when it has come. */
static bool
wait_for_end(struct crew *crew)
{
	struct timespec until;
	bool over;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += TICK_NS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&crew->lock);
	if (!crew->over)
		pthread_cond_timedwait(&crew->ends, &crew->lock, &until);
	over = crew->over;
	pthread_mutex_unlock(&crew->lock);
	return over;
}

static void
tell_end(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->over = true;
	pthread_cond_signal(&crew->ends);
	pthread_mutex_unlock(&crew->lock);
}

/* A match of Lua's own library takes no step in which it could be told: only the program's end ends it. */
static _Noreturn void
give_up(struct progress *progress)
{
	progress_end(progress);
	fputs(
	    "yunjuan: 有一页的模板总不结束（多半是 string.find 之类的匹配写法不当），已停止，看板没有生成完；请检查 templates/\n",
	    stderr);
	_exit(3);
}

/* Stops templates that do not end: nothing was begun for a while. */
static void *
watch(void *ctx)
{
	struct crew *crew = ctx;
	struct progress progress;
	size_t seen = 0;
	int quiet = 0, i;

	progress_begin(&progress, "生成看板", "页");
	while (!wait_for_end(crew)) {
		progress_at(&progress, (int64_t)atomic_load(&crew->begun), (int64_t)crew->work);
		quiet = atomic_load(&crew->begun) == seen ? quiet + 1 : 0;
		seen = atomic_load(&crew->begun);
		for (i = 0; quiet == PAGE_SECONDS * 20 && i < crew->count; i++) {
			if (crew->workers[i].script != NULL)
				script_stop(crew->workers[i].script);
		}
		if (quiet > (PAGE_SECONDS + GRACE_SECONDS) * 20)
			give_up(&progress);
	}
	progress_end(&progress);
	return NULL;
}

/* Neighbours lie in one folder: two threads that each keep to theirs do not wait for its lock. When little
 * is to do, each takes one at a time, so that both end together. */
#define BATCH 32
#define FEW 2000

static int
work_on(struct crew *crew, struct worker *w, size_t i, struct err *err)
{
	struct build *b = crew->b;

	if (crew->rows ? !b->cards[i].wants_row : b->pages[i].fresh)
		return 0;
	if (w->build == NULL && worker_open(w, b, err) != 0)
		return -1;
	atomic_fetch_add(&crew->begun, 1);
	return crew->rows ? make_row(w, &b->cards[i], err) : make_page(w, &b->pages[i], err);
}

static int
work(void *ctx, int number, struct err *err)
{
	struct crew *crew = ctx;
	struct build *b = crew->b;
	struct worker *w = &crew->workers[number];
	size_t total = crew->rows ? b->card_count : b->page_count, first, i;

	for (first = atomic_fetch_add(&crew->next, crew->batch); first < total;
	     first = atomic_fetch_add(&crew->next, crew->batch)) {
		for (i = first; i < total && i < first + crew->batch; i++) {
			if (work_on(crew, w, i, err) != 0)
				return -1;
		}
	}
	return 0;
}

/* Pages and rows that are to be made. */
static size_t
work_of(const struct build *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->page_count; i++)
		n += !b->pages[i].fresh;
	for (i = 0; i < b->card_count; i++)
		n += b->cards[i].wants_row;
	return n;
}

static size_t
count_stale(const struct build *b)
{
	size_t n = 0, i;

	for (i = 0; i < b->page_count; i++)
		n += !b->pages[i].fresh;
	return n;
}

/* Rows first: a ticket stands in many lists and is rendered for them once. */
static int
make_pages(struct build *b, struct err *err)
{
	int count = thread_count(), rc, i;
	struct crew crew = { .b = b,
			     .workers = xcalloc((size_t)count, sizeof(*crew.workers)),
			     .count = count,
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .ends = PTHREAD_COND_INITIALIZER,
			     .batch = count_stale(b) < FEW ? 1 : BATCH };
	pthread_t watcher;

	crew.work = work_of(b);
	if (pthread_create(&watcher, NULL, watch, &crew) != 0)
		watcher = pthread_self();
	crew.rows = true;
	rc = thread_run(count, work, &crew, err);
	crew.rows = false;
	atomic_store(&crew.next, 0);
	if (rc == 0)
		rc = thread_run(count, work, &crew, err);
	tell_end(&crew);
	if (!pthread_equal(watcher, pthread_self()))
		pthread_join(watcher, NULL);
	for (i = 0; i < count; i++)
		worker_close(&crew.workers[i]);
	free(crew.workers);
	return rc;
}

/* --- what is fresh ----------------------------------------------------------------------------------------------- */
static void
look_at_page(const struct build *b, struct page *page)
{
	const struct page_row *row = memory_find(&b->memory, page->path);

	if (row == NULL || row->key != page->key || !memory_fresh(row, b->options->out))
		return;
	page->fresh = true;
	page->stamp = row->stamp;
}

/* Each thread asks for the files of its share. */
static int
look_at_pages(void *ctx, int number, struct err *err)
{
	struct build *b = ctx;
	size_t count = (size_t)thread_count(), i;

	(void)err;
	for (i = (size_t)number; i < b->page_count; i += count)
		look_at_page(b, &b->pages[i]);
	return 0;
}

static int
find_stale(struct build *b, struct err *err)
{
	size_t i, k;

	if (thread_run(thread_count(), look_at_pages, b, err) != 0)
		return -1;
	for (i = 0; i < b->page_count; i++) {
		for (k = 0; !b->pages[i].fresh && k < b->pages[i].card_count; k++)
			((struct card *)b->pages[i].cards[k])->wants_row = true;
	}
	return 0;
}

/* Files of the last build that no page makes any more. */
static int
remove_gone(struct build *b, struct site_report *report, struct err *err)
{
	struct map now = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; i < b->page_count; i++)
		map_put(&now, b->pages[i].path, &b->pages[i]);
	for (i = 0; i < b->memory.count && rc == 0; i++) {
		char *path;

		if (map_find(&now, b->memory.rows[i].path) != NULL)
			continue;
		path = file_join(b->options->out, b->memory.rows[i].path);
		if (unlink(path) == 0)
			report->removed++;
		else if (file_exists(path))
			rc = err_sys(err, "删除", path);
		free(path);
	}
	map_release(&now);
	return rc;
}

static int
remember(struct build *b, const char *path, uint64_t whole, struct site_report *report,
	 struct err *err)
{
	struct memory next = { .whole = whole };
	size_t i;
	int rc;

	for (i = 0; i < b->page_count; i++) {
		const struct page *page = &b->pages[i];

		memory_add(&next, page->path, page->key, page->stamp);
		report->made += page->fresh ? 0 : 1;
		report->written += page->written ? 1 : 0;
	}
	report->pages = b->page_count;
	rc = memory_save(&next, path, err);
	memory_release(&next);
	return rc;
}

/* Nothing changed at all: the same commit, program and day, and every file as it was left. */
static bool
all_fresh(const struct build *b, uint64_t whole)
{
	size_t i;

	if (b->memory.count == 0 || b->memory.whole != whole)
		return false;
	for (i = 0; i < b->memory.count; i++) {
		if (!memory_fresh(&b->memory.rows[i], b->options->out))
			return false;
	}
	return true;
}

/* --- the build ------------------------------------------------------------------------------------------------------ */
const char *
fill_style(struct worker *w, const struct page *page)
{
	(void)w;
	(void)page;
	return "style";
}

void
set_names(struct build *b)
{
	char hex[OID_HEX], day[11];

	day_text(day_of(b->options->now), day);
	snprintf(b->asof, sizeof(b->asof), "%s", day);
	oid_hex(&b->head, hex);
	snprintf(b->head_short, sizeof(b->head_short), "%.7s", hex);
}

int
open_basis(struct build *b, struct err *err)
{
	filing_open(&b->filing, repo_gitdir(b->repo), program_key());
	b->cache = basis_cache_new(KEPT_LAW);
	if (basis_of(&b->basis, b->cache, &b->snap, err) != 0)
		return -1;
	b->site_key = hash_bytes(&b->basis.law_tree, sizeof(struct oid), b->site_key);
	b->site_key = hash_bytes(b->basis.registers->site.title,
				 strlen(b->basis.registers->site.title), b->site_key);
	b->site_key = hash_bytes(b->basis.registers->site.office,
				 strlen(b->basis.registers->site.office), b->site_key);
	b->site_key = hash_bytes(&b->basis.calendar_blob, sizeof(struct oid), b->site_key);
	return log_open(&b->log, b->repo, &b->head, 1, true, err);
}

static void
add_style(struct build *b)
{
	struct page style = { .path = "style.css", .key = b->site_key, .fill = fill_style };

	vec_push(b->pages, b->page_count, b->page_cap, style);
}

static int
plan_all(struct build *b, struct err *err)
{
	if (holdings_read(b, err) != 0 || bills_read(b, err) != 0 || watch_read(b, err) != 0)
		return -1;
	plan_pages(b);
	return 0;
}

/* What can be found is read beside what there is to show: neither looks at the other's. */
static int
plan_part(void *ctx, int number, struct err *err)
{
	return number == 0 ? search_read(ctx, err) : plan_all(ctx, err);
}

static int
build_all(struct build *b, const char *memory, uint64_t whole, struct site_report *report,
	  struct err *err)
{
	if (open_basis(b, err) != 0)
		return -1;
	report->commits_read = log_commits_read(b->log);
	if (cards_read(b, err) != 0 || file_tickets(b, err) != 0)
		return -1;
	handbook_read(b);
	if (thread_run(2, plan_part, b, err) != 0)
		return -1;
	plan_search(b);
	add_style(b);
	if (find_stale(b, err) != 0 || make_pages(b, err) != 0 || remove_gone(b, report, err) != 0)
		return -1;
	return remember(b, memory, whole, report, err);
}

/* One memory for each output folder. */
static char *
memory_path(const struct build *b)
{
	char *absolute = realpath(b->options->out, NULL);
	const char *name = absolute == NULL ? b->options->out : absolute;
	char path[64];

	snprintf(path, sizeof(path), "yunjuan/pages-%016llx",
		 (unsigned long long)hash_bytes(name, strlen(name), 5));
	free(absolute);
	return file_join(repo_gitdir(b->repo), path);
}

static uint64_t
whole_key(const struct build *b)
{
	int32_t day = day_of(b->options->now);
	uint64_t key = hash_bytes(&b->head, sizeof(b->head), b->site_key);

	return hash_bytes(&day, sizeof(day), key) | 1;
}

void
build_release(struct build *b)
{
	search_free(b->search);
	plan_release(b);
	bills_release(b);
	holdings_release(b);
	cards_release(b);
	log_free(b->log);
	basis_cache_free(b->cache);
	map_release(&b->charts);
	memory_release(&b->memory);
	filing_close(&b->filing);
	arena_release(&b->arena);
}

/* What every dashboard has, whoever changed its templates. */
static bool
is_dashboard(const char *out)
{
	static const char *const files[] = { "index.html", "style.css", "flows/index.html" };
	size_t i;
	bool all = true;

	for (i = 0; i < sizeof(files) / sizeof(*files) && all; i++) {
		char *path = file_join(out, files[i]);

		all = file_exists(path);
		free(path);
	}
	return all;
}

/* Pages are not strewn among what somebody keeps in that folder: it is empty, holds a dashboard, or was
 * built in before, which a memory tells that is there from the beginning. */
static int
take_folder(struct build *b, const char *memory, struct err *err)
{
	const char *out = b->options->out;
	struct memory nothing = { 0 };

	if (file_exists(memory))
		return 0;
	if (file_in_use(out) && !is_dashboard(out))
		return err_set(err, ERR_USAGE,
			       "目录“%s”里有别的文件，不是看板；请用 --out 指定一个新的或空的目录",
			       out);
	return memory_save(&nothing, memory, err);
}

int
site_build(struct repo *repo, const struct site_options *options, struct site_report *report,
	   struct err *err)
{
	struct build b = { .repo = repo, .options = options };
	char *memory = NULL;
	uint64_t whole;
	int rc = repo_head(repo, &b.head, err);

	memset(report, 0, sizeof(*report));
	if (rc == 0 && oid_zero(&b.head))
		rc =
		    err_set(err, ERR_USAGE, "这个仓库还没有提交；新的工作区请用 yunjuan init 建立");
	if (rc == 0)
		rc = snapshot_commit(&b.snap, repo, &b.head, err);
	if (rc == 0)
		rc = file_make_folder(options->out, err);
	if (rc == 0) {
		set_names(&b);
		b.site_key = templates_key(&b);
		memory = memory_path(&b);
		rc = take_folder(&b, memory, err);
	}
	if (rc == 0) {
		memory_load(&b.memory, memory);
		whole = whole_key(&b);
		if (all_fresh(&b, whole))
			report->pages = b.memory.count;
		else
			rc = build_all(&b, memory, whole, report, err);
	}
	free(memory);
	build_release(&b);
	return rc;
}
