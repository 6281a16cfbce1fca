/*
 * bundle: git's own file for objects that travel (bundle, version 2): refs, what the other side
 * must have, a pack. Written with as much of a commit as wanted; read into an object store of
 * its own.
 *
 * Lifetime: an index is owned until bundle_index_free; strings lie in the caller's arena.
 * Errors: ERR_GIT with git's own words. What a foreign bundle has wrong is an answer.
 *
 *	bundle_write(repo, &plan, write_piece, file, &err);
 *
 *	bundle_index_new(&index, folder, &err);
 *	while (more) rc = bundle_index_add(index, data, len, &err);
 *	rc = bundle_index_end(index, &header, &arena, &err);
 *	repo_of_packs(&repo, folder, &err);
 */
#ifndef YJ_BUNDLE_H
#define YJ_BUNDLE_H

#include "repo/repo.h"

struct bundle_ref {
	struct oid oid;
	const char *name;
};

/* A commit, the trees on the way to `folder`, and everything in it; "" is the whole tree. */
struct bundle_part {
	struct oid commit;
	const char *folder;
};

struct bundle_plan {
	const struct bundle_ref *refs;
	size_t ref_count;
	const struct oid *needed; /* what the other side must have */
	size_t needed_count;
	const struct bundle_part *parts;
	size_t part_count;
	/* Files that stay out; NULL = none. */
	bool (*skip)(void *ctx, const char *path, const struct oid *blob);
	void *skip_ctx;
};

/* The same objects give the same bytes, however the repository keeps them. */
int bundle_write(struct repo *repo, const struct bundle_plan *plan,
		 int (*each)(void *ctx, const void *data, size_t len, struct err *err), void *ctx,
		 struct err *err) must_check;

/* All that `tip` reaches and the needed ones do not, as `git bundle create` does it. The needed ones
 * must be in the repository; what the tip does not reach of them is left out. */
int bundle_write_range(struct repo *repo, const struct bundle_ref *ref, const struct oid *needed,
		       size_t needed_count,
		       int (*each)(void *ctx, const void *data, size_t len, struct err *err),
		       void *ctx, struct err *err) must_check;

struct bundle_header {
	struct bundle_ref *refs;
	size_t ref_count;
	struct oid *needed;
	size_t needed_count;
	size_t bytes; /* of the header; the pack follows */
};

/* A line for each commit that an archive proves: some 800,000 of them. */
#define BUNDLE_HEADER_MAX_BYTES ((size_t)64 << 20)

/* 1 read (into the arena), 0 it goes on behind these bytes, -1 it is none. */
int bundle_parse(struct bundle_header *out, struct arena *arena, const char *data, size_t len);

struct bundle_index;
/* folder must exist; the pack and its index are written into it. */
int bundle_index_new(struct bundle_index **out, const char *folder, struct err *err) must_check;
int bundle_index_add(struct bundle_index *index, const void *data, size_t len,
		     struct err *err) must_check;
/* The pack is whole and every object in it can be read. */
int bundle_index_end(struct bundle_index *index, struct bundle_header *out, struct arena *arena,
		     struct err *err) must_check;
void bundle_index_free(struct bundle_index *index);

/* A repository without refs of what lies in the packs of a folder, for snapshots and commits. */
int repo_of_packs(struct repo **out, const char *folder, struct err *err) must_check;
/* The id git gives these bytes as a file or as a commit. */
void blob_id(struct oid *out, const void *data, size_t len);
void commit_id(struct oid *out, const void *data, size_t len);
/* A commit's own bytes, appended. */
int commit_raw(struct repo *repo, const struct oid *oid, struct buf *out,
	       struct err *err) must_check;

#endif
