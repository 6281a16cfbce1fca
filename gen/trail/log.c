#include "trail/log_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INDEX_MAX_BYTES ((size_t)4000 << 20)
#define SEGMENTS_MAX 200 /* then the small ones become one */

/* --- the image: the file, and what was added behind it ------------------------------------------ */
size_t
log_image_len(const struct log *log)
{
	return log->mapped_len + log->added.len;
}

const char *
log_image(const struct log *log, size_t at)
{
	return at < log->mapped_len ? log->mapped.ptr + at
				    : log->added.ptr + (at - log->mapped_len);
}

/* --- taking it in -------------------------------------------------------------------------------- */
static void
note_ticket(struct log *log, uint32_t folder)
{
	if (log->ticket_count == log->ticket_cap) {
		log->ticket_cap = log->ticket_cap ? log->ticket_cap * 2 : 64;
		log->folders = xreallocarray(log->folders, log->ticket_cap, sizeof(*log->folders));
	}
	log->folders[log->ticket_count++] = folder;
}

/* Whether every number in the segment points at something that is there; and, since all of it is looked at,
 * whether the order of the file is still that of the events, as on a straight history. */
static bool
segment_sound(struct log *log, const struct segment_head *head, size_t at)
{
	const struct log_commit *commits = (const void *)(log_image(log, at) + sizeof(*head));
	const struct event *events = (const void *)(commits + head->commit_count);
	const struct log_commit *last =
	    log->commit_count == 0 ? NULL : log->commits[log->commit_count - 1];
	size_t commits_now = log->commit_count + head->commit_count;
	size_t tickets_now = log->ticket_count + head->ticket_count, i;
	bool ordered = true;
	uint32_t newest = (uint32_t)log->commit_count; /* events of new commits alone */

	for (i = 0; i < head->commit_count; last = &commits[i], i++) {
		if (commits[i].parents[0] > log->commit_count + i ||
		    commits[i].parents[1] > log->commit_count + i)
			return false;
		ordered = ordered && (last == NULL || (commits[i].effective >= last->effective &&
						       commits[i].generation > last->generation));
	}
	for (i = 0; i < head->event_count; i++) {
		const struct event *e = &events[i];

		if (e->ticket >= tickets_now || e->commit >= commits_now)
			return false;
		ordered = ordered && e->commit >= newest;
		newest = e->commit;
	}
	log->unordered = log->unordered || !ordered;
	return true;
}

const struct event *
log_segment_events(const struct log *log, size_t segment, size_t *count)
{
	const char *at = log_image(log, log->starts[segment].at);
	struct segment_head head;

	memcpy(&head, at, sizeof(head));
	*count = head.event_count;
	return (const void *)(at + sizeof(head) + head.commit_count * sizeof(struct log_commit));
}

uint64_t
log_segment_sum(const struct segment_head *head, const char *behind)
{
	struct segment_head bare = *head;

	bare.sum = 0;
	return hash_bytes(behind, head->bytes - sizeof(*head), hash_bytes(&bare, sizeof(bare), 7));
}

/* left: bytes from `at` to the end of its part. */
static bool
head_sound(const struct log *log, const struct segment_head *head, size_t at, size_t left)
{
	const char *p = log_image(log, at);
	size_t need;

	if (head->magic != SEGMENT_MAGIC || head->bytes > left || head->bytes % 8 != 0)
		return false;
	need = sizeof(*head) + (size_t)head->commit_count * sizeof(struct log_commit) +
	       (size_t)head->event_count * sizeof(struct event) + (size_t)head->ticket_count * 4;
	if (need >= head->bytes || p[head->bytes - 1] != '\0')
		return false;
	/* What this run has checked once it need not check again. */
	return at + head->bytes <= log->verified ||
	       log_segment_sum(head, p + sizeof(*head)) == head->sum;
}

/* The first segment is most of a file: at once, where doubling would copy all of it. */
static void
make_room(struct log *log, const struct segment_head *head)
{
	if (log->commit_count > 0)
		return;
	log->commit_cap = head->commit_count + SEGMENTS_MAX;
	log->commits = xreallocarray(log->commits, log->commit_cap, sizeof(*log->commits));
}

static struct taken
taken_so_far(const struct log *log)
{
	return (struct taken){ log->segment_count, log->commit_count, log->event_count,
			       log->ticket_count };
}

/* Takes in the segment at `at`; its length, 0 when it is torn or wrong. */
static size_t
take_segment(struct log *log, size_t at, size_t left)
{
	struct segment_head head;
	const struct log_commit *commits;
	const uint32_t *folders;
	struct segment_start start = { at, taken_so_far(log) };
	size_t i;

	if (left < sizeof(head))
		return 0;
	memcpy(&head, log_image(log, at), sizeof(head));
	if (!head_sound(log, &head, at, left) || !segment_sound(log, &head, at))
		return 0;
	make_room(log, &head);
	commits = (const void *)(log_image(log, at) + sizeof(head));
	folders =
	    (const void *)((const struct event *)(commits + head.commit_count) + head.event_count);
	for (i = 0; i < head.commit_count; i++)
		vec_push(log->commits, log->commit_count, log->commit_cap, &commits[i]);
	log->event_count += head.event_count;
	for (i = 0; i < head.ticket_count; i++)
		note_ticket(log, folders[i]);
	log->tip = head.tip;
	vec_push(log->starts, log->segment_count, log->start_cap, start);
	return head.bytes;
}

static void
forget(struct log *log)
{
	file_unmap(&log->mapped);
	buf_clear(&log->added);
	buf_put(&log->added, LOG_MAGIC, LOG_MAGIC_LEN);
	memset(&log->in_file, 0, sizeof(log->in_file));
	log->mapped_len = log->verified = log->saved_len = log->segment_count = log->commit_count =
	    log->event_count = log->ticket_count = 0;
	log->unordered = false;
	memset(&log->tip, 0, sizeof(log->tip));
}

/* The segments of the file, in order; what follows a bad one is not of the image. */
static void
take_file(struct log *log)
{
	size_t at = LOG_MAGIC_LEN, bytes;

	log->mapped_len = log->mapped.len;
	do {
		bytes = take_segment(log, at, log->mapped.len - at);
		at += bytes;
	} while (bytes > 0);
	log->mapped_len = log->verified = at;
	log->in_file = taken_so_far(log);
}

void
log_take_added(struct log *log)
{
	size_t at = log->mapped_len + (log->mapped_len == 0 ? LOG_MAGIC_LEN : 0), bytes;

	log->segment_count = log->in_file.segments;
	log->commit_count = log->in_file.commits;
	log->event_count = log->in_file.events;
	log->ticket_count = log->in_file.tickets;
	for (bytes = 1; bytes > 0 && at < log_image_len(log); at += bytes)
		bytes = take_segment(log, at, log_image_len(log) - at);
	log->verified = at;
}

static void
load(struct log *log, const char *path)
{
	buf_init(&log->added, 0);
	if (!file_map(&log->mapped, path, true) || log->mapped.len < LOG_MAGIC_LEN ||
	    log->mapped.len > INDEX_MAX_BYTES ||
	    memcmp(log->mapped.ptr, LOG_MAGIC, LOG_MAGIC_LEN) != 0) {
		forget(log);
		return;
	}
	take_file(log);
	/* A torn end is not appended to: the file will be written anew. */
	log->saved_len = log->mapped_len == log->mapped.len ? log->mapped_len : 0;
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
	const struct event **grouped = xcalloc(log->event_count + 1, sizeof(*grouped)), *events;
	size_t *next, count, s, i;

	log->first = xcalloc(log->ticket_count + 2, sizeof(*log->first));
	for (s = 0; s < log->segment_count; s++) {
		events = log_segment_events(log, s, &count);
		for (i = 0; i < count; i++)
			log->first[events[i].ticket + 1]++;
	}
	for (i = 1; i <= log->ticket_count; i++)
		log->first[i] += log->first[i - 1];
	next = xcalloc(log->ticket_count + 1, sizeof(*next));
	memcpy(next, log->first, (log->ticket_count + 1) * sizeof(*next));
	for (s = 0; s < log->segment_count; s++) {
		events = log_segment_events(log, s, &count);
		for (i = 0; i < count; i++)
			grouped[next[events[i].ticket]++] = &events[i];
	}
	free(next);
	log->events = grouped;
	for (i = 0; log->unordered && i < log->ticket_count; i++)
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
	size_t done = 0;
	int fd = -1;
	ssize_t n;

	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (done < log->added.len) {
		n = write(fd, log->added.ptr + done, log->added.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* a torn end is noticed by the next reader */
		done += (size_t)n;
	}
	return close(fd);
}

/* The first bytes of the image. */
static void
put_image(struct buf *out, const struct log *log, size_t len)
{
	size_t mapped = len < log->mapped_len ? len : log->mapped_len;

	buf_put(out, log->mapped.ptr, mapped);
	buf_put(out, log->added.ptr, len - mapped);
}

static int
write_anew(const char *path, const struct log *log, struct err *err)
{
	struct buf whole = BUF_INIT;
	int rc;

	if (log->mapped_len == 0)
		return file_replace(path, log->added.ptr, log->added.len, false, err);
	put_image(&whole, log, log_image_len(log));
	rc = file_replace(path, whole.ptr, whole.len, false, err);
	buf_release(&whole);
	return rc;
}

/* The first segment that is no larger than all behind it together: so a record is copied again only
 * when what it lies in has doubled, and few segments are left. */
static size_t
first_to_merge(const struct log *log)
{
	size_t end = log_image_len(log), i = 0;

	while (i + 2 < log->segment_count &&
	       log->starts[i + 1].at - log->starts[i].at > end - log->starts[i + 1].at)
		i++;
	return i;
}

/* Small segments made one, from what was taken in and without reading git. The file is a new one:
 * somebody may be reading the old. */
static int
write_merged(const char *path, struct log *log, struct err *err)
{
	size_t first = first_to_merge(log);
	struct buf whole = BUF_INIT;
	int rc;

	put_image(&whole, log, log->starts[first].at);
	rc = log_merge(&whole, log, first, err);
	if (rc == 0)
		rc = file_replace(path, whole.ptr, whole.len, false, err);
	buf_release(&whole);
	return rc;
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
	struct stamp stamp;
	bool many = log->segment_count >= SEGMENTS_MAX;
	int fd;

	if ((log->saved_len == log_image_len(log) && !many) ||
	    file_make_parents(path, &ignored) != 0)
		return;
	fd = take_lock(lock);
	if (fd < 0)
		return;
	/* Where somebody else added since, theirs is as good. */
	if (log->saved_len == 0 ||
	    (file_stamp(&stamp, path) && (size_t)stamp.bytes == log->saved_len)) {
		if ((many		  ? write_merged(path, log, &ignored)
		     : log->saved_len > 0 ? append_to(path, log)
					  : write_anew(path, log, &ignored)) != 0)
			err_clear(&ignored);
	}
	close(fd);
	unlink(lock);
}

/* --- opening -------------------------------------------------------------------------------------------- */
static int
bring_up(struct log *log, struct repo *repo, const struct oid *tip, struct err *err)
{
	bool rewritten = false;

	if (oid_same(&log->tip, tip))
		return 0;
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
		log_take_added(log);
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
		if (log->commits_read > 0)
			log_take_added(log);
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
	*out = log;
	return 0;
}

void
log_free(struct log *log)
{
	if (log == NULL)
		return;
	free(log->starts);
	free(log->commits);
	free(log->events);
	free(log->folders);
	free(log->first);
	free(log->cut);
	map_release(&log->by_folder);
	file_unmap(&log->mapped);
	buf_release(&log->added);
	free(log);
}

/* --- asking ----------------------------------------------------------------------------------------------- */
const char *
log_text(const struct log *log, uint32_t text)
{
	return text < log_image_len(log) ? log_image(log, text) : "";
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

static bool
search_folder(const struct log *log, const char *folder, uint32_t *ticket)
{
	for (*ticket = 0; *ticket < log->ticket_count; ++*ticket) {
		if (strcmp(log_ticket_folder(log, *ticket), folder) == 0)
			return true;
	}
	*ticket = 0;
	return false;
}

bool
log_find(const struct log *log, const char *folder, uint32_t *ticket)
{
	void *found;

	if (log->by_folder.count == 0)
		return search_folder(log, folder, ticket);
	found = map_find(&log->by_folder, folder);
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

void
log_mark(const struct log *log, unsigned char *marks, uint32_t from, unsigned char bit,
	 unsigned char stop)
{
	uint32_t *stack = NULL;
	size_t count = 0, cap = 0;

	vec_push(stack, count, cap, from);
	while (count > 0) {
		uint32_t number = stack[--count];
		const struct log_commit *commit;
		int i;

		if (marks[number] & (bit | stop))
			continue;
		marks[number] |= bit;
		commit = log_commit_at(log, number);
		for (i = 0; i < 2; i++)
			if (commit->parents[i] != 0)
				vec_push(stack, count, cap, commit->parents[i] - 1);
	}
	free(stack);
}
