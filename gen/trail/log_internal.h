/* log_internal: the log as its two files share it: log.c (reading, asking), log_build.c (new commits). */
#ifndef YJ_LOG_INTERNAL_H
#define YJ_LOG_INTERNAL_H

#include "repo/history.h"
#include "trail/log.h"

struct segment_head {
	uint32_t magic, commit_count, event_count, ticket_count;
	uint64_t bytes; /* of the whole segment with this head */
	uint64_t sum;	/* of this head without its sum, and of the bytes behind it */
	struct oid tip;
	uint32_t reserved;
};

/* How much of a log's counts comes from one part of the image. */
struct taken {
	size_t segments, commits, events, tickets;
};

/* Where a segment stands, and what came before it. */
struct segment_start {
	size_t at;
	struct taken taken;
};

struct log {
	struct mapping mapped; /* the file as it is */
	size_t mapped_len;     /* bytes of it that are sound; the image is these and what follows */
	struct buf added;      /* what this run adds behind them */
	size_t verified;       /* bytes of the image whose sums were checked */
	size_t saved_len;      /* bytes of the image that lie in the file */
	struct taken in_file;
	struct segment_start *starts;
	size_t segment_count, start_cap;
	struct oid tip;
	const struct log_commit **commits;
	size_t commit_count, commit_cap;
	const struct event **events; /* grouped by ticket, once the log is open */
	size_t event_count;
	bool unordered;	   /* the file's order is not that of the events */
	uint32_t *folders; /* text of each ticket's folder */
	size_t ticket_count, ticket_cap;
	size_t *first; /* ticket -> place in events; ticket_count + 1 entries */
	uint32_t *cut; /* see find_cuts */
	struct map by_folder;
	size_t commits_read;
	bool rebuilt;
};

#define LOG_MAGIC "YJLOG\0\0\3"
#define LOG_MAGIC_LEN 8
#define SEGMENT_MAGIC 0x31474553u

/* Reads the commits that `tip` reaches and the log does not have, and adds them as one segment to
 * the image. rewritten (may be NULL): set instead when tip does not descend from the log's tip. */
int log_extend(struct log *log, struct repo *repo, const struct oid *tip, bool *rewritten,
	       struct err *err) must_check;
/* Appends to `out` one segment for all that the segments from `first` on say, as it will stand in the place
 * of the first of them. */
int log_merge(struct buf *out, struct log *log, size_t first, struct err *err) must_check;
/* As they stand in the image. */
const struct event *log_segment_events(const struct log *log, size_t segment, size_t *count);
uint64_t log_segment_sum(const struct segment_head *head, const char *behind);
/* Takes in what was added, again from its start: adding more may have moved it. What was taken from
 * the file stays where it is. */
void log_take_added(struct log *log);
/* The image from `at` on, within the part that `at` lies in. */
const char *log_image(const struct log *log, size_t at);
size_t log_image_len(const struct log *log);

#endif
