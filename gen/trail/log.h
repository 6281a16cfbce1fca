/*
 * log: what happened to tickets, commit by commit: the index of the history. It lies in
 * .git/yunjuan/history, may be deleted at any time, is checked when it is read, is extended by
 * the commits that are new, and is built again when it is damaged or the branch was rewritten.
 *
 * The file is a header and segments; a segment is written in one piece behind the last one:
 * commits, events, new tickets, strings. Strings are addressed by their place in the file, so
 * the file as read is the index. A segment that is torn or does not match its sum ends it.
 *
 * Lifetime: everything is borrowed until log_free. Threads: read only after log_open.
 *
 *	if (log_open(&log, repo, &head, 1, true, &err) != 0) …
 *	for (t = 0; t < log_ticket_count(log); t++)
 *		events = log_events(log, t, &count);
 */
#ifndef YJ_LOG_H
#define YJ_LOG_H

#include "repo/repo.h"

struct log;

/* Numbers of strings are for log_text. An event is a commit that changed a ticket's folder. */
struct event {
	uint32_t ticket, commit; /* numbers in this log */
	struct oid blob;	 /* ticket.md; zero when it is not there */
	struct oid folder;	 /* the folder's tree; zero when it went away */
	int64_t time;		 /* the author's, seconds since 1970 UTC */
	uint32_t author_name, author_email, message;
	uint32_t flow, stage, title, system, tenant,
	    signed_by; /* front matter; signed_by: ids, spaces between */
};

struct log_commit {
	struct oid oid;
	uint32_t generation; /* longest way to a root */
	int64_t effective;   /* the author's time, never before a parent's */
	uint32_t parents[2]; /* number + 1; 0 = none */
};

#define LOG_TOP "content/tickets"
#define LOG_DEPTH 3 /* content/tickets/<year>/<month>/<id> */

/* The log of what is reachable from the tips (zero ones are skipped). save: write what the first
 * tip added to the index; a lock held by another process only means that nothing is saved. */
int log_open(struct log **out, struct repo *repo, const struct oid *tips, size_t tip_count,
	     bool save, struct err *err) must_check;
void log_free(struct log *log);

const char *log_text(const struct log *log, uint32_t text);
size_t log_ticket_count(const struct log *log);
/* "content/tickets/2021/05/SQ-…"; its last part is the id. */
const char *log_ticket_folder(const struct log *log, uint32_t ticket);
const char *log_ticket_id(const struct log *log, uint32_t ticket);
bool log_find(const struct log *log, const char *folder, uint32_t *ticket);
/* Makes a map for log_find, which looks at one folder after the other without it: for those who ask often. */
void log_index_folders(struct log *log);
/* In the order of (effective time, generation, id): parents before children. */
const struct event *const *log_events(const struct log *log, uint32_t ticket, size_t *count);
size_t log_commit_count(const struct log *log);
const struct log_commit *log_commit_at(const struct log *log, uint32_t commit);
bool log_find_commit(const struct log *log, const struct oid *oid, uint32_t *commit);
/* Whether `old` is `young` or an ancestor of it. */
bool log_is_ancestor(const struct log *log, uint32_t old, uint32_t young);
/* Sets `bit` in marks (one byte a commit) of `from` and its ancestors, not walking past a commit that has
 * it or one of the bits of `stop`. */
void log_mark(const struct log *log, unsigned char *marks, uint32_t from, unsigned char bit,
	      unsigned char stop);
/* How the index was come by, for tests and --verbose: commits read now, and whether from nothing. */
size_t log_commits_read(const struct log *log);
bool log_was_rebuilt(const struct log *log);

#endif
