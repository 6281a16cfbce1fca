/*
 * repo: git as this program sees it: snapshots (a commit's tree, the index, the work tree) that
 * are read alike, what differs between two trees, raw commits, refs. libgit2 lives here only.
 *
 * Lifetime: a repo is owned by its opener; snapshots and readers borrow it. A repo and what
 * borrows it belong to one thread; another thread opens its own with repo_again.
 * Errors: ERR_GIT with git's own words, ERR_LIMIT when a file is longer than allowed.
 *
 *	struct repo *repo = NULL;
 *	struct snapshot snap;
 *	if (repo_open(&repo, ".", &err) != 0 || snapshot_head(&snap, repo, &err) != 0) …
 *	rc = snapshot_read(&snap, "content/site.yaml", max, &buf, NULL, &err);  (1 found, 0 not there)
 */
#ifndef YJ_REPO_H
#define YJ_REPO_H

#include "base/base.h"

struct repo;

struct oid {
	uint8_t id[20]; /* all zero = none */
};
#define OID_HEX 41 /* with the terminator */

enum {
	MODE_TREE = 0040000,
	MODE_FILE = 0100644,
	MODE_EXEC = 0100755,
	MODE_LINK = 0120000,
	MODE_SUBMODULE = 0160000
};

struct entry {
	const char *path; /* from the top of the tree, UTF-8 as stored; borrowed during the call */
	const char *name; /* its last part */
	uint32_t mode;
	struct oid oid; /* zero in the work tree */
	int64_t bytes;	/* only in the work tree; else -1 */
};

enum snapshot_kind { SNAPSHOT_TREE, SNAPSHOT_FOLDER };

struct snapshot {
	struct repo *repo;
	enum snapshot_kind kind;
	struct oid tree; /* SNAPSHOT_TREE; zero = empty */
};

/* One path that differs. Zero oid and mode 0 = not there on that side. */
struct change {
	const char *path;
	uint32_t old_mode, new_mode;
	struct oid old_oid, new_oid;
};

struct signature {
	const char *name, *email;
	int64_t time; /* seconds since 1970 UTC */
	int offset;   /* minutes east */
};

struct commit {
	struct oid oid, tree;
	struct oid *parents;
	size_t parent_count;
	struct signature author, committer;
	const char *message;	   /* as written */
	const char *encoding_note; /* NULL, or why the message is not UTF-8 */
	bool is_signed;		   /* carries a gpgsig header */
};

/* --- opening --------------------------------------------------------------------------- */
/* The repository that holds `path` (like git: upwards), or GIT_DIR where it is set. */
int repo_open(struct repo **out, const char *path, struct err *err) must_check;
/* The same repository again, for another thread. */
int repo_again(struct repo **out, const struct repo *repo, struct err *err) must_check;
int repo_init(struct repo **out, const char *path, bool bare, struct err *err) must_check;
void repo_free(struct repo *repo);
/* Both end without a slash; the work tree is NULL for a bare repository. Borrowed. */
const char *repo_worktree(const struct repo *repo);
const char *repo_gitdir(const struct repo *repo); /* the common dir, shared by work trees */

/* --- names of commits ------------------------------------------------------------------- */
void oid_hex(const struct oid *oid, char out[OID_HEX]);
bool oid_parse(const char *hex, struct oid *out); /* 40 digits */
bool oid_zero(const struct oid *oid);
bool oid_same(const struct oid *a, const struct oid *b);
/* HEAD's commit; zero while the branch has none. */
int repo_head(struct repo *repo, struct oid *out, struct err *err) must_check;
/* Any revision git understands. ERR_USAGE when there is none. */
int repo_resolve(struct repo *repo, const char *revision, struct oid *out,
		 struct err *err) must_check;
/* MERGE_HEAD while a merge waits to be committed, else zero. */
int repo_merge_head(struct repo *repo, struct oid *out, struct err *err) must_check;
/* A commit both descend from, the nearest one; zero when they have none. */
int repo_merge_base(struct repo *repo, const struct oid *a, const struct oid *b, struct oid *out,
		    struct err *err) must_check;
/* A configuration value (user.email …); owned by the caller, NULL when not set. */
char *repo_config(struct repo *repo, const char *key);
/* Sets it for this repository alone. */
int repo_set_config(struct repo *repo, const char *key, const char *value,
		    struct err *err) must_check;

/* --- snapshots ----------------------------------------------------------------------------- */
int snapshot_commit(struct snapshot *out, struct repo *repo, const struct oid *commit,
		    struct err *err) must_check; /* a zero commit is the empty tree */
int snapshot_head(struct snapshot *out, struct repo *repo, struct err *err) must_check;
/* What `git commit` would take: GIT_INDEX_FILE where it is set. */
int snapshot_index(struct snapshot *out, struct repo *repo, struct err *err) must_check;
void snapshot_folder(struct snapshot *out, struct repo *repo); /* the work tree */
void snapshot_tree(struct snapshot *out, struct repo *repo, const struct oid *tree);
/* 1 found and appended to buf, 0 not there or not a plain file, -1 failure. blob may be NULL. */
int snapshot_read(const struct snapshot *snap, const char *path, size_t max_bytes, struct buf *out,
		  struct oid *blob, struct err *err) must_check;
/* 1 found, 0 not there. entry->path borrows `path`. */
int snapshot_find(const struct snapshot *snap, const char *path, struct entry *out,
		  struct err *err) must_check;
/* Each direct child of `folder` ("" = top), sorted by name bytes; a callback's -1 ends it. */
int snapshot_list(const struct snapshot *snap, const char *folder,
		  int (*each)(void *ctx, const struct entry *entry, struct err *err), void *ctx,
		  struct err *err) must_check;
/* Each file below `folder`, sorted by the bytes of its path, links and submodules too. */
int snapshot_files(const struct snapshot *snap, const char *folder,
		   int (*each)(void *ctx, const struct entry *entry, struct err *err), void *ctx,
		   struct err *err) must_check;
int repo_blob(struct repo *repo, const struct oid *blob, size_t max_bytes, struct buf *out,
	      struct err *err) must_check;
/* The size of a blob without reading it whole. */
int repo_blob_size(struct repo *repo, const struct oid *blob, int64_t *bytes,
		   struct err *err) must_check;

/* --- differences and commits ------------------------------------------------------------------ */
/* Every file that differs, by path; a tree's zero oid is the empty tree. No renames. */
int tree_diff(struct repo *repo, const struct oid *from, const struct oid *to,
	      int (*each)(void *ctx, const struct change *change, struct err *err), void *ctx,
	      struct err *err) must_check;
/* Strings and parents lie in the arena. Where a shallow clone ends a commit has no parents. */
int commit_read(struct repo *repo, const struct oid *oid, struct arena *arena, struct commit *out,
		struct err *err) must_check;
/* The same of a commit's text, as git hands it to who verifies it; oid stays zero. */
int commit_from_text(const char *text, size_t len, struct arena *arena, struct commit *out,
		     struct err *err) must_check;
/* A signed commit taken apart: the text of its gpgsig and what was signed, both appended to. 1 it
 * is signed, 0 it is not. */
int commit_signature(struct repo *repo, const struct oid *oid, struct buf *signature,
		     struct buf *payload, struct err *err) must_check;

#endif
