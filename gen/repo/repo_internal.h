/*
 * repo_internal: what the files of this room share. object.c reads raw objects, tree.c and
 * commit.c parse them, folder.c reads the work tree, listing.c makes both look alike.
 *
 * Lifetime: a raw is owned by who asked for it (raw_release), also one that a cache holds too.
 * Errors: what is not as git writes it is ERR_GIT; the parsers themselves only say -1.
 */
#ifndef YJ_REPO_INTERNAL_H
#define YJ_REPO_INTERNAL_H

#include <git2.h>

#include "repo/repo.h"

/* --- raw objects (object.c) ------------------------------------------------------------- */
struct raw {
	git_odb_object *object;
	const char *data; /* never NULL; "" for what is not there */
	size_t len;
};

/* Recently read objects by name, bounded in bytes; the clock hand drops what nobody asked for
 * since it last came by. */
struct raw_slot {
	struct oid oid;
	struct raw raw;
	uint32_t next; /* in the chain of its hash, slot number + 1 */
	bool used;
};
struct raw_cache {
	struct raw_slot *slots;
	uint32_t *heads;
	uint32_t hand, touched; /* touched: slots from here on were never used */
	size_t bytes, max_bytes;
};

struct oid_list {
	struct oid *items;
	size_t count, cap;
};

struct repo {
	git_repository *lib;
	git_odb *odb;
	int lane;    /* which spelling of the path its packs are open under */
	char *asked; /* absolute path it was opened with, for repo_again */
	bool exact;  /* just this path, whatever git's environment says */
	char *worktree, *gitdir;
	struct oid_list shallow; /* commits whose parents were never fetched, sorted */
	struct raw_cache trees;
};

#define TREE_CACHE_BYTES ((size_t)8 << 20)
#define TREE_DEPTH_MAX 512 /* folders in folders; no system can check out as many */
#define TREE_VISITS_MAX ((size_t)64 << 20)

static inline const git_oid *
lib_oid(const struct oid *oid)
{
	_Static_assert(sizeof(git_oid) == sizeof(struct oid), "both are 20 bytes");
	return (const git_oid *)oid->id;
}

/* 40 digits, whatever follows them. */
bool oid_scan(const char *hex, struct oid *out);
/* The repository whose git folder `path` is, whatever the environment says. */
int repo_open_exact(struct repo **out, const char *path, struct err *err) must_check;
/* Starts libgit2 once for the whole program. */
void library_start(void);
/* ERR_GIT: what could not be done, and libgit2's last message. */
int repo_fail(struct err *err, const char *fmt, ...) printf_like(2, 3);
/* The object, which must be of `type`. */
int raw_read(struct raw *out, struct repo *repo, const struct oid *oid, git_object_t type,
	     struct err *err) must_check;
void raw_release(struct raw *raw);
/* A tree through the cache; the zero oid is the empty tree. */
int raw_tree(struct raw *out, struct raw_cache *cache, struct repo *repo, const struct oid *oid,
	     struct err *err) must_check;
void raw_cache_init(struct raw_cache *cache, size_t max_bytes);
void raw_cache_release(struct raw_cache *cache);

/* --- raw trees (tree.c) ------------------------------------------------------------------- */
#define TREE_PREFIXES_MAX 32 /* files whose names each begin with the one before */

struct tree_cursor {
	const char *at, *end; /* what was not read yet */
	const char *name;     /* of the entry read last, terminated; NULL before the first */
	size_t name_len;
	uint32_t mode; /* one of MODE_…; 0 = no entry */
	const struct oid *oid;
	/* Files a folder of the same name could still come behind: "a", "a-b", then folder "a". */
	size_t prefix_count, prefix_len[TREE_PREFIXES_MAX];
	const char *prefix[TREE_PREFIXES_MAX];
};

void tree_start(struct tree_cursor *cursor, const char *data, size_t len);
/* 1 an entry, 0 the end, -1 broken: cut off, unknown mode, forbidden name, not sorted,
 * a name twice. */
int tree_next(struct tree_cursor *cursor) must_check;
/* Moves both over what stands in both alike, byte by byte, and forgets their entries. */
void tree_skip_same(struct tree_cursor *a, struct tree_cursor *b);
/* git's order: folders as if they ended in a slash. */
int tree_order(const char *a, size_t a_len, bool a_folder, const char *b, size_t b_len,
	       bool b_folder);
/* 1 and the entry, 0 not there, -1 broken. */
int tree_find(struct tree_cursor *out, const struct raw *tree, const char *name, size_t name_len);
int tree_broken(struct err *err, const struct oid *oid);

/* --- raw commits (commit.c) ----------------------------------------------------------------- */
/* The tree and the parents (appended). Bytes read, or -1. */
int64_t commit_links(const char *data, size_t len, struct oid *tree, struct oid_list *parents);
/* The whole of it; strings lie in text[0..len], which it cuts in pieces (text[len] is written
 * too); out->parents lie in `parents`, which is emptied before. */
int commit_parse(struct commit *out, char *text, size_t len, struct oid_list *parents) must_check;
int commit_broken(struct err *err, const struct oid *oid);
bool repo_is_shallow(const struct repo *repo, const struct oid *commit);

/* --- folders of either kind (listing.c, folder.c) ----------------------------------------- */
struct item {
	const char *name; /* in the listing's arena */
	uint32_t mode;
	struct oid oid;
	int64_t bytes;
};
struct listing {
	struct item *items;
	size_t count, cap;
	struct arena names;
};

/* One path below the work tree without following links: 1 found, 0 not there. */
int folder_find(const struct repo *repo, const char *path, struct entry *out,
		struct err *err) must_check;
int folder_read(const struct repo *repo, const char *path, size_t max_bytes, struct buf *out,
		struct err *err) must_check;
int folder_list(struct listing *out, const struct repo *repo, const char *path,
		struct err *err) must_check;

/* --- index.c: the tree git itself wrote for an index; false: ask libgit2 ----------------------- */
bool index_tree(const char *path, struct oid *tree);
bool index_top(const char *text, size_t len, struct oid *tree); /* of the file's bytes */

#endif
