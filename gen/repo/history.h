/*
 * history: reading many commits fast. A reader walks raw commit and tree objects, keeps the
 * trees of the last commit (so a commit costs what it changed), and has bounded caches.
 *
 * Lifetime: a reader borrows its repo; results of history_order lie in the caller's vector.
 * One reader a thread.
 */
#ifndef YJ_HISTORY_H
#define YJ_HISTORY_H

#include "repo/repo.h"

struct history_commit {
	struct oid oid;
	uint32_t first_parent, parent_count; /* into parents[] */
	uint32_t text_at, text_len;	     /* the raw commit in texts; 0 bytes = not kept */
};

/* Commits in an order in which parents stand before children: reachable from `tip`, not walked
 * past a commit for which known() is true (it gets the number known gave). */
struct history_order {
	struct history_commit *commits;
	size_t count, cap;
	struct oid *parents;
	size_t parents_count, parents_cap;
	size_t stopped;	  /* how often known() stopped the walk */
	struct buf texts; /* at most 64 MB, so that history_read_at need not unpack them again */
};

int history_order(struct history_order *out, struct repo *repo, const struct oid *tip,
		  bool (*known)(void *ctx, const struct oid *oid), void *ctx,
		  struct err *err) must_check;
void history_order_release(struct history_order *order);

struct history_reader;
struct history_reader *history_reader_new(struct repo *repo);
void history_reader_free(struct history_reader *reader);

/* A folder `depth` levels below `top` that differs from every parent of the commit.
 * tree is zero when the folder went away. */
struct folder_change {
	const char *path; /* "content/tickets/2021/05/SQ-…" */
	struct oid tree;
};

/*
 * Reads commit `oid` (into `commit`, strings borrowed until the next call) and reports each
 * folder exactly `depth` names below `top` whose tree is not the same as in any parent.
 */
int history_read(struct history_reader *reader, const struct oid *oid, const char *top, int depth,
		 struct commit *commit,
		 int (*each)(void *ctx, const struct folder_change *change, struct err *err),
		 void *ctx, struct err *err) must_check;
/* The same for commit number `at` of an order. Faster; threads may share the order. */
int history_read_at(struct history_reader *reader, const struct history_order *order, size_t at,
		    const char *top, int depth, struct commit *commit,
		    int (*each)(void *ctx, const struct folder_change *change, struct err *err),
		    void *ctx, struct err *err) must_check;
/* One file of a tree object: 1 found, 0 not there or not a plain file. */
int history_entry(struct history_reader *reader, const struct oid *tree, const char *name,
		  struct oid *oid, struct err *err) must_check;
/* A blob, borrowed until the next call of this function. */
int history_blob(struct history_reader *reader, const struct oid *blob, const char **data,
		 size_t *len, struct err *err) must_check;

#endif
