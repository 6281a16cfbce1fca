#include "trail/log_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INDEX_MAX_BYTES ((size_t)4000 << 20)
#define SEGMENTS_MAX 200 /* then the file is written anew as one */

/* --- taking the file in ------------------------------------------------------------------------ */
static void
note_ticket(struct log *log, uint32_t folder)
{
	if (log->ticket_count == log->ticket_cap) {
		log->ticket_cap = log->ticket_cap ? log->ticket_cap * 2 : 64;
		log->folders = xreallocarray(log->folders, log->ticket_cap, sizeof(*log->folders));
	}
	log->folders[log->ticket_count++] = folder;
}

/* Whether every number in the segment points at something that is there. */
static bool
segment_sound(const struct log *log, const struct segment_head *head, size_t at)
{
	const char *p = log->image.ptr + at + sizeof(*head);
	const struct log_commit *commits = (const void *)p;
	const struct event *events = (const void *)(commits + head->commit_count);
	size_t commits_now = log->commit_count + head->commit_count;
	size_t tickets_now = log->ticket_count + head->ticket_count, i;

	for (i = 0; i < head->commit_count; i++) {
		if (commits[i].parents[0] > log->commit_count + i ||
		    commits[i].parents[1] > log->commit_count + i)
			return false;
	}
	for (i = 0; i < head->event_count; i++) {
		const struct event *e = &events[i];

		if (e->ticket >= tickets_now || e->commit >= commits_now)
			return false;
	}
	return true;
}

uint64_t
log_segment_sum(const struct segment_head *head, const char *behind)
{
	struct segment_head bare = *head;

	bare.sum = 0;
	return hash_bytes(behind, head->bytes - sizeof(*head), hash_bytes(&bare, sizeof(bare), 7));
}

static bool
head_sound(const struct log *log, const struct segment_head *head, size_t at)
{
	size_t left = log->image.len - at, need;

	if (head->magic != SEGMENT_MAGIC || head->bytes > left || head->bytes % 8 != 0)
		return false;
	need = sizeof(*head) + (size_t)head->commit_count * sizeof(struct log_commit) +
	       (size_t)head->event_count * sizeof(struct event) + (size_t)head->ticket_count * 4;
	if (need >= head->bytes || log->image.ptr[at + head->bytes - 1] != '\0')
		return false;
	/* What this run has checked once it need not check again. */
	return at + head->bytes <= log->verified ||
	       log_segment_sum(head, log->image.ptr + at + sizeof(*head)) == head->sum;
}

bool
log_take_segment(struct log *log, size_t at)
{
	struct segment_head head;
	const struct log_commit *commits;
	const struct event *events;
	const uint32_t *folders;
	size_t i;

	if (log->image.len - at < sizeof(head))
		return false;
	memcpy(&head, log->image.ptr + at, sizeof(head));
	if (!head_sound(log, &head, at) || !segment_sound(log, &head, at))
		return false;
	commits = (const void *)(log->image.ptr + at + sizeof(head));
	events = (const void *)(commits + head.commit_count);
	folders = (const void *)(events + head.event_count);
	for (i = 0; i < head.commit_count; i++)
		vec_push(log->commits, log->commit_count, log->commit_cap, &commits[i]);
	for (i = 0; i < head.event_count; i++)
		vec_push(log->events, log->event_count, log->event_cap, &events[i]);
	for (i = 0; i < head.ticket_count; i++)
		note_ticket(log, folders[i]);
	log->tip = head.tip;
	log->segment_count++;
	return true;
}

static void
drop_image(struct log *log)
{
	if (log->mapped.ptr == NULL)
		buf_release(&log->image);
	file_unmap(&log->mapped);
	buf_init(&log->image, 0);
}

void
log_own_image(struct log *log)
{
	struct buf copy = BUF_INIT;

	if (log->mapped.ptr == NULL)
		return;
	buf_put(&copy, log->image.ptr, log->image.len);
	file_unmap(&log->mapped);
	log->image = copy;
}

static void
forget(struct log *log)
{
	drop_image(log);
	buf_put(&log->image, LOG_MAGIC, LOG_MAGIC_LEN);
	log->verified = log->saved_len = log->segment_count = log->commit_count = log->event_count =
	    log->ticket_count = 0;
	memset(&log->tip, 0, sizeof(log->tip));
}

/* All segments of the image, in order; what follows a bad one is cut off. Pointers into the image
 * are taken only here, because adding to the image may move it. */
static void
take_image(struct log *log)
{
	size_t at = LOG_MAGIC_LEN;
	struct segment_head head;

	log->segment_count = log->commit_count = log->event_count = log->ticket_count = 0;
	while (at < log->image.len && log_take_segment(log, at)) {
		memcpy(&head, log->image.ptr + at, sizeof(head));
		at += head.bytes;
	}
	log->verified = at;
	if (at < log->image.len) {
		log_own_image(log);
		log->image.len = at;
		log->image.ptr[at] = '\0';
		take_image(log); /* the pointers went with the mapping */
	}
}

static void
load(struct log *log, const char *path)
{
	size_t whole;

	buf_init(&log->image, 0);
	if (!file_map(&log->mapped, path) || log->mapped.len < LOG_MAGIC_LEN ||
	    log->mapped.len > INDEX_MAX_BYTES ||
	    memcmp(log->mapped.ptr, LOG_MAGIC, LOG_MAGIC_LEN) != 0) {
		forget(log);
		return;
	}
	log->image = (struct buf){ .ptr = log->mapped.ptr, .len = log->mapped.len };
	whole = log->image.len;
	take_image(log);
	/* A torn end is not appended to: the file will be written anew. */
	log->saved_len = log->image.len == whole ? whole : 0;
}

/* --- order and ancestry ----------------------------------------------------------------------------- */
static int
compare_events(const struct log *log, const struct event *a, const struct event *b)
{
	const struct log_commit *x = log->commits[a->commit], *y = log->commits[b->commit];

	if (x->effective != y->effective)
		return x->effective < y->effective ? -1 : 1;
	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return memcmp(x->oid.id, y->oid.id, sizeof(x->oid.id));
}

/* A ticket has few events and they come nearly sorted. */
static void
sort_events(const struct log *log, const struct event **list, size_t count)
{
	const struct event *e;
	size_t i, j;

	for (i = 1; i < count; i++) {
		e = list[i];
		for (j = i; j > 0 && compare_events(log, e, list[j - 1]) < 0; j--)
			list[j] = list[j - 1];
		list[j] = e;
	}
}

static void
group_events(struct log *log)
{
	const struct event **grouped = xcalloc(log->event_count + 1, sizeof(*grouped));
	size_t *next, i;

	log->first = xcalloc(log->ticket_count + 2, sizeof(*log->first));
	for (i = 0; i < log->event_count; i++)
		log->first[log->events[i]->ticket + 1]++;
	for (i = 1; i <= log->ticket_count; i++)
		log->first[i] += log->first[i - 1];
	next = xcalloc(log->ticket_count + 1, sizeof(*next));
	memcpy(next, log->first, (log->ticket_count + 1) * sizeof(*next));
	for (i = 0; i < log->event_count; i++)
		grouped[next[log->events[i]->ticket]++] = log->events[i];
	free(next);
	free(log->events);
	log->events = grouped;
	for (i = 0; i < log->ticket_count; i++)
		sort_events(log, grouped + log->first[i], log->first[i + 1] - log->first[i]);
}

/* cut[i] - 1: the last commit c such that all commits up to c are ancestors of c, and c of i (0:
 * none). On a straight history that is i itself, so that ancestry costs one comparison. */
static void
find_cuts(struct log *log)
{
	size_t n = log->commit_count, i, childless = 0;
	bool *has_child = xcalloc(n + 1, sizeof(*has_child));
	int k;

	log->cut = xcalloc(n + 1, sizeof(*log->cut));
	for (i = 0; i < n; i++) {
		for (k = 0; k < 2; k++) {
			uint32_t p = log->commits[i]->parents[k];

			if (p == 0)
				continue;
			childless -= has_child[p - 1] ? 0 : 1;
			has_child[p - 1] = true;
			if (log->cut[p - 1] > log->cut[i])
				log->cut[i] = log->cut[p - 1];
		}
		childless++;
		if (childless == 1)
			log->cut[i] = (uint32_t)i + 1;
	}
	free(has_child);
}

/* Depth first from young, never below the generation of old. */
static bool
search_back(const struct log *log, uint32_t old, uint32_t young)
{
	uint32_t *stack = NULL, at, p;
	size_t count = 0, cap = 0;
	bool found = false, *seen = xcalloc((size_t)young - old + 1, sizeof(*seen));
	int k;

	vec_push(stack, count, cap, young);
	while (count > 0 && !found) {
		at = stack[--count];
		found = at == old;
		for (k = 0; k < 2 && !found; k++) {
			p = log->commits[at]->parents[k];
			if (p == 0 || p - 1 < old || seen[p - 1 - old])
				continue;
			seen[p - 1 - old] = true;
			vec_push(stack, count, cap, p - 1);
		}
	}
	free(stack);
	free(seen);
	return found;
}

bool
log_is_ancestor(const struct log *log, uint32_t old, uint32_t young)
{
	if (old > young)
		return false; /* parents are numbered before children */
	if (old == young || old < log->cut[young])
		return true;
	return search_back(log, old, young);
}

/* --- saving -------------------------------------------------------------------------------------------- */
static int
append_to(const char *path, const struct log *log)
{
	int64_t bytes = 0, stamp;
	size_t done = log->saved_len;
	int fd = -1;
	ssize_t n;

	if (!file_stamp(path, &bytes, &stamp) || (size_t)bytes != log->saved_len)
		return -1; /* somebody else added; theirs is as good */
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (done < log->image.len) {
		n = write(fd, log->image.ptr + done, log->image.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* a torn end is noticed by the next reader */
		done += (size_t)n;
	}
	return close(fd);
}

/* A lock that nobody took away for a minute belongs to a process that died. */
static int
take_lock(const char *lock)
{
	struct stat st;
	int fd = open(lock, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);

	if (fd >= 0 || errno != EEXIST || stat(lock, &st) != 0 || time(NULL) - st.st_mtime < 60)
		return fd;
	unlink(lock);
	return open(lock, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
}

/* The index is a convenience: what cannot be saved is not a failure. */
static void
save_index(struct log *log, const char *path, const char *lock)
{
	struct err ignored = { 0 };
	int fd;

	if (log->saved_len == log->image.len || file_make_parents(path, &ignored) != 0)
		return;
	fd = take_lock(lock);
	if (fd < 0)
		return;
	if (log->saved_len > 0)
		append_to(path, log);
	else if (file_replace(path, log->image.ptr, log->image.len, false, NULL, &ignored) != 0)
		err_clear(&ignored);
	close(fd);
	unlink(lock);
}

/* --- opening -------------------------------------------------------------------------------------------- */
static int
bring_up(struct log *log, struct repo *repo, const struct oid *tip, struct err *err)
{
	bool rewritten = false;

	if (oid_same(&log->tip, tip) && log->segment_count < SEGMENTS_MAX)
		return 0;
	if (log->segment_count >= SEGMENTS_MAX)
		forget(log);
	if (!oid_zero(tip) && log_extend(log, repo, tip, &rewritten, err) != 0)
		return -1;
	if (!rewritten && !oid_zero(tip))
		return 0;
	forget(log);
	if (oid_zero(tip))
		return 0;
	return log_extend(log, repo, tip, &rewritten, err);
}

/* The other tips stay in memory: the index is of one branch. */
static int
add_tips(struct log *log, struct repo *repo, const struct oid *tips, size_t count, struct err *err)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (oid_zero(&tips[i]))
			continue;
		if (log_extend(log, repo, &tips[i], NULL, err) != 0)
			return -1;
		take_image(log);
	}
	return 0;
}

static int
open_first(struct log *log, struct repo *repo, const struct oid *tip, bool save, struct err *err)
{
	char *path = file_join(repo_gitdir(repo), "yunjuan/history");
	char *lock = file_join(repo_gitdir(repo), "yunjuan/history.lock");
	size_t had;
	int rc;

	load(log, path);
	had = log->commit_count;
	rc = bring_up(log, repo, tip, err);
	if (rc == 0) {
		if (log->commits_read > 0 || log->saved_len != log->image.len)
			take_image(log);
		log->rebuilt =
		    had > 0 && log->commits_read > 0 && log->commits_read == log->commit_count;
		if (save)
			save_index(log, path, lock);
	}
	free(path);
	free(lock);
	return rc;
}

int
log_open(struct log **out, struct repo *repo, const struct oid *tips, size_t tip_count, bool save,
	 struct err *err)
{
	struct log *log = xcalloc(1, sizeof(*log));

	if (open_first(log, repo, &tips[0], save, err) != 0 ||
	    add_tips(log, repo, tips + 1, tip_count - 1, err) != 0) {
		log_free(log);
		return -1;
	}
	group_events(log);
	find_cuts(log);
	log_index_folders(log);
	*out = log;
	return 0;
}

void
log_free(struct log *log)
{
	if (log == NULL)
		return;
	free(log->commits);
	free(log->events);
	free(log->folders);
	free(log->first);
	free(log->cut);
	map_release(&log->by_folder);
	drop_image(log);
	free(log);
}

/* --- asking ----------------------------------------------------------------------------------------------- */
const char *
log_text(const struct log *log, uint32_t text)
{
	return text < log->image.len ? log->image.ptr + text : "";
}

size_t
log_ticket_count(const struct log *log)
{
	return log->ticket_count;
}

const char *
log_ticket_folder(const struct log *log, uint32_t ticket)
{
	return log_text(log, log->folders[ticket]);
}

const char *
log_ticket_id(const struct log *log, uint32_t ticket)
{
	const char *folder = log_ticket_folder(log, ticket), *slash = strrchr(folder, '/');

	return slash == NULL ? folder : slash + 1;
}

void
log_index_folders(struct log *log)
{
	uint32_t i;

	map_release(&log->by_folder);
	for (i = 0; i < log->ticket_count; i++)
		map_put(&log->by_folder, log_ticket_folder(log, i), (void *)((uintptr_t)i + 1));
}

bool
log_find(const struct log *log, const char *folder, uint32_t *ticket)
{
	void *found = map_find(&log->by_folder, folder);

	*ticket = found == NULL ? 0 : (uint32_t)((uintptr_t)found - 1);
	return found != NULL;
}

const struct event *const *
log_events(const struct log *log, uint32_t ticket, size_t *count)
{
	*count = log->first[ticket + 1] - log->first[ticket];
	return (const struct event *const *)log->events + log->first[ticket];
}

size_t
log_commit_count(const struct log *log)
{
	return log->commit_count;
}

const struct log_commit *
log_commit_at(const struct log *log, uint32_t commit)
{
	return log->commits[commit];
}

bool
log_find_commit(const struct log *log, const struct oid *oid, uint32_t *commit)
{
	size_t i;

	/* Mostly asked for the newest ones. */
	for (i = log->commit_count; i > 0; i--) {
		if (memcmp(log->commits[i - 1]->oid.id, oid->id, sizeof(oid->id)) == 0) {
			*commit = (uint32_t)(i - 1);
			return true;
		}
	}
	return false;
}

size_t
log_commits_read(const struct log *log)
{
	return log->commits_read;
}

bool
log_was_rebuilt(const struct log *log)
{
	return log->rebuilt;
}
