/* New commits become a segment: read on all cores, put together in the order of the history. */
#include "trail/log_internal.h"

#include <stdlib.h>
#include <string.h>

#include "model/model.h"

#define FEW_EVENTS 16 /* whose tickets are found without a map of all */

enum { KEY_FLOW, KEY_STAGE, KEY_TITLE, KEY_SYSTEM, KEY_TENANT, KEY_SIGNED, KEY_COUNT };
static const char *const keys[KEY_COUNT] = {
	"flow", "stage", "title", "system", "tenant", "signed"
};

/* What one worker found; strings in its arena. */
struct raw_event {
	size_t commit; /* place in the order */
	const char *folder, *author_name, *author_email, *message;
	struct oid tree, blob;
	int64_t time;
	const char *values[KEY_COUNT];
};

struct harvest {
	struct arena arena;
	struct raw_event *events;
	size_t count, cap;
};

struct build {
	struct repo *repo;
	const struct history_order *order;
	int64_t *times; /* author's time of each commit of the order */
	struct harvest *harvests;
	int workers;
};

/* --- reading one commit ------------------------------------------------------------------------- */
struct visit {
	struct history_reader *reader;
	struct harvest *harvest;
	struct commit commit;
	size_t number;
	size_t first; /* of this commit's events */
};

/* "a b" from a list of texts. */
static const char *
join_items(struct arena *arena, const struct node *list)
{
	struct buf joined = BUF_INIT;
	const char *text;
	size_t i;

	for (i = 0; list != NULL && i < list->count; i++) {
		if (list->items[i]->kind != NODE_SCALAR)
			continue;
		buf_printf(&joined, "%s%s", i == 0 ? "" : " ", list->items[i]->text);
	}
	text = arena_strdup(arena, joined.ptr);
	buf_release(&joined);
	return text;
}

/* The slow way, for front matter with quotes, lists and the like. */
static void
read_values(struct arena *arena, const char *text, size_t len, const char **values)
{
	struct findings ignored = { 0 };
	struct arena scratch = { 0 };
	struct doc doc;
	int i;

	doc_parse(&doc, &scratch, text, len, "ticket.md", &ignored);
	for (i = 0; i < KEY_COUNT; i++) {
		const struct node *node = node_get(doc.front, keys[i]);

		values[i] = node != NULL && node->kind == NODE_LIST
				? join_items(arena, node)
				: arena_strdup(arena, node_text(doc.front, keys[i]));
	}
	arena_release(&scratch);
	findings_release(&ignored);
}

static int
read_ticket(struct visit *visit, struct raw_event *event, struct err *err)
{
	const char *text;
	size_t len;
	int i, found = oid_zero(&event->tree) ? 0
					      : history_entry(visit->reader, &event->tree,
							      "ticket.md", &event->blob, err);

	for (i = 0; i < KEY_COUNT; i++)
		event->values[i] = "";
	if (found <= 0)
		return found;
	if (history_blob(visit->reader, &event->blob, &text, &len, err) != 0)
		return -1;
	if (len > DOC_MAX_BYTES)
		return 0;
	if (!front_scan(&visit->harvest->arena, text, len, keys, event->values, KEY_COUNT))
		read_values(&visit->harvest->arena, text, len, event->values);
	return 0;
}

static int
on_folder(void *ctx, const struct folder_change *change, struct err *err)
{
	struct visit *visit = ctx;
	struct harvest *h = visit->harvest;
	struct raw_event event = { .commit = visit->number };

	(void)err;
	event.folder = arena_strdup(&h->arena, change->path);
	event.tree = change->tree;
	vec_push(h->events, h->count, h->cap, event);
	return 0;
}

/* The commit's own words, once for all its events. */
static int
complete_events(struct visit *visit, struct err *err)
{
	struct harvest *h = visit->harvest;
	const struct commit *commit = &visit->commit;
	const char *name, *email, *message;
	size_t i;

	if (visit->first == h->count)
		return 0;
	name = arena_strdup(&h->arena, commit->author.name);
	email = arena_strdup(&h->arena, commit->author.email);
	message = arena_strdup(&h->arena, commit->message);
	for (i = visit->first; i < h->count; i++) {
		h->events[i].author_name = name;
		h->events[i].author_email = email;
		h->events[i].message = message;
		h->events[i].time = commit->author.time;
		if (read_ticket(visit, &h->events[i], err) != 0)
			return -1;
	}
	return 0;
}

static int
read_share(void *ctx, int worker, struct err *err)
{
	struct build *build = ctx;
	size_t n = build->order->count;
	size_t from = n * (size_t)worker / (size_t)build->workers;
	size_t to = n * ((size_t)worker + 1) / (size_t)build->workers, i;
	int rc = 0;
	struct visit visit = { .harvest = &build->harvests[worker] };
	struct repo *own = NULL, *repo = build->repo;

	/* A handle each for threads; a few commits are not worth opening the repository again. */
	if (build->workers > 1 && repo_again(&own, build->repo, err) != 0)
		return -1;
	if (own != NULL)
		repo = own;
	visit.reader = history_reader_new(repo);
	for (i = from; i < to && rc == 0; i++) {
		visit.number = i;
		visit.first = visit.harvest->count;
		rc = history_read_at(visit.reader, build->order, i, LOG_TOP, LOG_DEPTH,
				     &visit.commit, on_folder, &visit, err);
		if (rc == 0) {
			build->times[i] = visit.commit.author.time;
			rc = complete_events(&visit, err);
		}
	}
	history_reader_free(visit.reader);
	repo_free(own);
	return rc;
}

/* --- putting a segment together --------------------------------------------------------------------- */
struct assembly {
	struct log *log;
	const struct build *build;
	struct log_commit *commits;
	size_t commit_count;
	struct event *events;
	size_t event_count;
	uint32_t *folders;
	size_t folder_count, folder_cap;
	struct map tickets; /* new folders -> number + 1 */
	struct buf strings;
	struct map known; /* string -> offset in strings + 1 */
};

/* Offsets within the segment's strings; made places in the file at the end. */
static uint32_t
keep(struct assembly *a, const char *text)
{
	void *at = map_find(&a->known, text);

	if (at == NULL) {
		at = (void *)((uintptr_t)a->strings.len + 1);
		map_put(&a->known, text, at);
		buf_put(&a->strings, text, strlen(text) + 1);
	}
	return (uint32_t)((uintptr_t)at - 1);
}

static uint32_t
ticket_number(struct assembly *a, const char *folder)
{
	uint32_t number;
	void *found;

	if (log_find(a->log, folder, &number))
		return number;
	found = map_find(&a->tickets, folder);
	if (found != NULL)
		return (uint32_t)((uintptr_t)found - 1);
	number = (uint32_t)(a->log->ticket_count + a->folder_count);
	map_put(&a->tickets, folder, (void *)((uintptr_t)number + 1));
	vec_push(a->folders, a->folder_count, a->folder_cap, keep(a, folder));
	return number;
}

static void
add_event(struct assembly *a, const struct raw_event *raw)
{
	struct event *e = &a->events[a->event_count++];

	memset(e, 0, sizeof(*e));
	e->ticket = ticket_number(a, raw->folder);
	e->commit = (uint32_t)(a->log->commit_count + raw->commit);
	e->blob = raw->blob;
	e->folder = raw->tree;
	e->time = raw->time;
	e->author_name = keep(a, raw->author_name);
	e->author_email = keep(a, raw->author_email);
	e->message = keep(a, raw->message);
	e->flow = keep(a, raw->values[KEY_FLOW]);
	e->stage = keep(a, raw->values[KEY_STAGE]);
	e->title = keep(a, raw->values[KEY_TITLE]);
	e->system = keep(a, raw->values[KEY_SYSTEM]);
	e->tenant = keep(a, raw->values[KEY_TENANT]);
	e->signed_by = keep(a, raw->values[KEY_SIGNED]);
}

#define EVENT_TEXTS 9

static void
texts_of(struct event *e, uint32_t *texts[EVENT_TEXTS])
{
	uint32_t *all[EVENT_TEXTS] = { &e->author_name, &e->author_email, &e->message,
				       &e->flow,	&e->stage,	  &e->title,
				       &e->system,	&e->tenant,	  &e->signed_by };

	memcpy(texts, all, sizeof(all));
}

/* Every string's offset becomes its place in the file. */
static void
place_strings(struct assembly *a, uint32_t base)
{
	uint32_t *texts[EVENT_TEXTS];
	size_t i, k;

	for (i = 0; i < a->event_count; i++) {
		texts_of(&a->events[i], texts);
		for (k = 0; k < EVENT_TEXTS; k++)
			*texts[k] += base;
	}
	for (i = 0; i < a->folder_count; i++)
		a->folders[i] += base;
}

struct numbered {
	struct oid oid;
	uint32_t number;
};

static int
compare_numbered(const void *a, const void *b)
{
	return memcmp(((const struct numbered *)a)->oid.id, ((const struct numbered *)b)->oid.id,
		      20);
}

/* Number + 1 of a parent: among the new ones, or in the log before; 0 = unknown (a shallow clone). */
static uint32_t
parent_number(const struct assembly *a, const struct numbered *sorted, const struct oid *oid)
{
	size_t n = a->build->order->count;
	struct numbered key = { .oid = *oid };
	const struct numbered *found = bsearch(&key, sorted, n, sizeof(*sorted), compare_numbered);
	uint32_t number;

	if (found != NULL)
		return (uint32_t)(a->log->commit_count + found->number) + 1;
	return log_find_commit(a->log, oid, &number) ? number + 1 : 0;
}

static const struct log_commit *
commit_by_number(const struct assembly *a, uint32_t number)
{
	return number < a->log->commit_count ? a->log->commits[number]
					     : &a->commits[number - a->log->commit_count];
}

static void
number_commits(struct assembly *a)
{
	const struct history_order *order = a->build->order;
	struct numbered *sorted = xcalloc(order->count + 1, sizeof(*sorted));
	size_t i, k;

	for (i = 0; i < order->count; i++)
		sorted[i] = (struct numbered){ order->commits[i].oid, (uint32_t)i };
	qsort(sorted, order->count, sizeof(*sorted), compare_numbered);
	for (i = 0; i < order->count; i++) {
		const struct history_commit *c = &order->commits[i];
		struct log_commit *out = &a->commits[i];

		out->oid = c->oid;
		out->effective = a->build->times[i];
		for (k = 0; k < c->parent_count && k < 2; k++) {
			const struct log_commit *parent;

			out->parents[k] =
			    i > 0 && oid_same(&order->parents[c->first_parent + k],
					      &order->commits[i - 1].oid)
				? (uint32_t)(a->log->commit_count + i)
				: parent_number(a, sorted, &order->parents[c->first_parent + k]);
			if (out->parents[k] == 0)
				continue;
			parent = commit_by_number(a, out->parents[k] - 1);
			if (parent->generation >= out->generation)
				out->generation = parent->generation + 1;
			if (parent->effective > out->effective)
				out->effective = parent->effective;
		}
	}
	free(sorted);
}

/* Appends the segment to `out`; `at` is where it will stand in the file. */
static int
write_segment(struct assembly *a, const struct oid *tip, struct buf *out, size_t at,
	      struct err *err)
{
	struct segment_head head = { .magic = SEGMENT_MAGIC };
	size_t start = out->len, fixed;

	head.commit_count = (uint32_t)a->commit_count;
	head.event_count = (uint32_t)a->event_count;
	head.ticket_count = (uint32_t)a->folder_count;
	head.tip = *tip;
	fixed = sizeof(head) + a->commit_count * sizeof(*a->commits) +
		a->event_count * sizeof(*a->events) + a->folder_count * sizeof(*a->folders);
	buf_puts(&a->strings, "");
	do
		buf_putc(&a->strings, '\0');
	while ((fixed + a->strings.len) % 8 != 0);
	head.bytes = fixed + a->strings.len;
	if (at + head.bytes > UINT32_MAX)
		return err_set(err, ERR_LIMIT, "历史索引超过 4 GB，无法继续");
	place_strings(a, (uint32_t)(at + fixed));
	buf_put(out, &head, sizeof(head));
	buf_put(out, a->commits, a->commit_count * sizeof(*a->commits));
	buf_put(out, a->events, a->event_count * sizeof(*a->events));
	buf_put(out, a->folders, a->folder_count * sizeof(*a->folders));
	buf_put(out, a->strings.ptr, a->strings.len);
	head.sum = log_segment_sum(&head, out->ptr + start + sizeof(head));
	memcpy(out->ptr + start, &head, sizeof(head));
	return 0;
}

static void
release_assembly(struct assembly *a)
{
	map_release(&a->tickets);
	map_release(&a->known);
	buf_release(&a->strings);
	free(a->folders);
	free(a->events);
	free(a->commits);
}

static int
assemble(struct log *log, const struct build *build, const struct oid *tip, struct err *err)
{
	struct assembly a = { .log = log, .build = build, .strings = BUF_INIT };
	size_t total = 0, i;
	int w, rc;

	for (w = 0; w < build->workers; w++)
		total += build->harvests[w].count;
	a.commit_count = build->order->count;
	a.commits = xcalloc(a.commit_count + 1, sizeof(*a.commits));
	a.events = xcalloc(total + 1, sizeof(*a.events));
	if (total > FEW_EVENTS)
		log_index_folders(log);
	number_commits(&a);
	for (w = 0; w < build->workers; w++) {
		for (i = 0; i < build->harvests[w].count; i++)
			add_event(&a, &build->harvests[w].events[i]);
	}
	rc = write_segment(&a, tip, &log->added, log_image_len(log), err);
	map_release(&log->by_folder);
	release_assembly(&a);
	return rc;
}

/* --- several segments as one ----------------------------------------------------------------------------- */
int
log_merge(struct buf *out, struct log *log, size_t first, struct err *err)
{
	const struct segment_start *from = &log->starts[first];
	struct assembly a = { .log = log, .strings = BUF_INIT };
	const struct event *events;
	uint32_t *texts[EVENT_TEXTS];
	size_t count, s, i, k;
	int rc;

	a.commit_count = log->commit_count - from->taken.commits;
	a.commits = xcalloc(a.commit_count + 1, sizeof(*a.commits));
	a.events = xcalloc(log->event_count - from->taken.events + 1, sizeof(*a.events));
	for (i = 0; i < a.commit_count; i++)
		a.commits[i] = *log->commits[from->taken.commits + i];
	for (s = first; s < log->segment_count; s++) {
		events = log_segment_events(log, s, &count);
		memcpy(a.events + a.event_count, events, count * sizeof(*events));
		a.event_count += count;
	}
	for (i = 0; i < a.event_count; i++) {
		texts_of(&a.events[i], texts);
		for (k = 0; k < EVENT_TEXTS; k++)
			*texts[k] = keep(&a, log_text(log, *texts[k]));
	}
	for (i = from->taken.tickets; i < log->ticket_count; i++)
		vec_push(a.folders, a.folder_count, a.folder_cap,
			 keep(&a, log_text(log, log->folders[i])));
	rc = write_segment(&a, &log->tip, out, from->at, err);
	release_assembly(&a);
	return rc;
}

/* --- the new part of the history --------------------------------------------------------------------- */
struct border {
	const struct log *log;
	bool met_tip;
};

static bool
is_known(void *ctx, const struct oid *oid)
{
	struct border *border = ctx;
	uint32_t number;

	if (oid_same(oid, &border->log->tip))
		border->met_tip = true;
	return log_find_commit(border->log, oid, &number);
}

static void
release_build(struct build *build)
{
	int i;

	for (i = 0; i < build->workers; i++) {
		free(build->harvests[i].events);
		arena_release(&build->harvests[i].arena);
	}
	free(build->harvests);
	free(build->times);
}

int
log_extend(struct log *log, struct repo *repo, const struct oid *tip, bool *rewritten,
	   struct err *err)
{
	struct history_order order = { 0 };
	struct border border = { .log = log };
	struct build build = { .repo = repo, .order = &order };
	int rc = history_order(&order, repo, tip, is_known, &border, err);

	if (rewritten != NULL)
		*rewritten = log->commit_count > 0 && !border.met_tip;
	if (rc != 0 || order.count == 0 || (rewritten != NULL && *rewritten))
		goto done;
	build.workers = order.count < 256 ? 1 : thread_count();
	build.harvests = xcalloc((size_t)build.workers, sizeof(*build.harvests));
	build.times = xcalloc(order.count + 1, sizeof(*build.times));
	rc = thread_run(build.workers, read_share, &build, err);
	if (rc == 0)
		rc = assemble(log, &build, tip, err);
	log->commits_read += order.count;
	release_build(&build);
done:
	history_order_release(&order);
	return rc;
}
