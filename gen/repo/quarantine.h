/*
 * quarantine: a bare repository beside ours which borrows our objects and keeps by itself what is
 * new, so that foreign commits can be read, judged and merged before ours knows of them; and the
 * few ways of writing: trees, commits, a ref that is exchanged only if it still is what it was.
 *
 * Lifetime: as in repo.h; a quarantine must be freed before its folder is removed.
 * Errors: ERR_GIT, ERR_IO. A merge that cannot be made, or a ref that somebody moved, is an answer.
 *
 *	quarantine_open(&q, folder, ours, &err);        read packs into folder/objects/pack
 *	rc = merge_commits(&merge, q, &head, &theirs, &err);      1 made, 0 conflicts
 *	commit_write(&oid, q, &plan, &err);
 *	quarantine_adopt(folder, ours, &err);           objects first,
 *	rc = ref_exchange(ours, "refs/heads/main", &head, &oid, "receive", &err);      … then the ref
 */
#ifndef YJ_QUARANTINE_H
#define YJ_QUARANTINE_H

#include "repo/repo.h"

/* Makes the folder, which must not be there (its parent must). */
int quarantine_open(struct repo **out, const char *folder, const struct repo *ours,
		    struct err *err) must_check;
/* Sees packs that were written into it since it was opened. */
int repo_refresh(struct repo *repo, struct err *err) must_check;
/* Moves all objects of the quarantine into ours. May be done again after an interruption. */
int quarantine_adopt(const char *folder, struct repo *ours, struct err *err) must_check;

/* --- merging ---------------------------------------------------------------------------------- */
struct merge {
	struct oid base, tree; /* tree: only when it was clean */
	struct arena arena;
	const char **conflicts; /* paths, sorted; in the arena */
	size_t conflict_count;
};
/* Three-way, in memory. 1 clean, 0 conflicts, -1 failure. Release in every case. */
int merge_commits(struct merge *out, struct repo *repo, const struct oid *ours,
		  const struct oid *theirs, struct err *err) must_check;
void merge_release(struct merge *merge);
/* The same with whole folders taken from one side. 1 clean, 0 there are other conflicts. */
struct merge_choice {
	const char *folder;
	bool theirs;
};
int merge_choose(struct oid *tree, struct repo *repo, const struct oid *ours,
		 const struct oid *theirs, const struct merge_choice *choices, size_t count,
		 struct err *err) must_check;

/* --- writing ------------------------------------------------------------------------------------ */
struct tree_file {
	const char *path;
	const void *data; /* NULL: the file goes away */
	size_t len;
	const struct oid *blob; /* instead of data: one that is there already */
};
/* `from` with these files set. */
int tree_write(struct oid *out, struct repo *repo, const struct oid *from,
	       const struct tree_file *files, size_t count, struct err *err) must_check;

struct commit_plan {
	struct oid tree;
	const struct oid *parents;
	size_t parent_count;
	const char *name, *email, *message; /* author and committer alike */
	int64_t time;			    /* seconds, UTC; written as Beijing time */
	/* Appends the gpgsig text over the commit's text; NULL = not signed. */
	int (*sign)(void *ctx, const char *text, size_t len, struct buf *armour, struct err *err);
	void *sign_ctx;
};
int commit_write(struct oid *out, struct repo *repo, const struct commit_plan *plan,
		 struct err *err) must_check;

/* --- refs and the work tree ----------------------------------------------------------------------- */
/* The full name of the branch HEAD stands on; owned. ERR_USAGE when it stands on none. */
int ref_of_head(char **out, struct repo *repo, struct err *err) must_check;
/* Zero when there is no such ref. */
int ref_read(struct oid *out, struct repo *repo, const char *name, struct err *err) must_check;
/* 1 done; 0 the ref is not `old` (zero: not there) any more. */
int ref_exchange(struct repo *repo, const char *name, const struct oid *old, const struct oid *new,
		 const char *log, struct err *err) must_check;
int ref_remove(struct repo *repo, const char *name, struct err *err) must_check;
/* 1 nothing changed since HEAD; 0 something did, and *path (owned) names one such file. */
int worktree_clean(struct repo *repo, char **path, struct err *err) must_check;
/* Brings index and files from one tree to another; a file that is neither as in the one nor as in
 * the other is left alone and makes it 0. May be done again after an interruption. */
int worktree_update(struct repo *repo, const struct oid *from, const struct oid *to,
		    struct err *err) must_check;
/* After an interruption: files that hold what they were to become, or the beginning of it, are put
 * back as in `from`; the index does not know them yet. */
int worktree_mend(struct repo *repo, const struct oid *from, const struct oid *to,
		  struct err *err) must_check;
/* Locks that such a run left on the branch (which it wanted to move to `wanted`) and the index. */
int locks_mend(struct repo *repo, const struct oid *wanted, struct err *err) must_check;

#endif
