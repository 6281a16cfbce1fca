/* reader: what each commit did to the folders. Only trees that differ are opened, and those of
 * the parent are mostly in memory, because it was read just before. */
#include "repo/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "repo_internal.h"

#define READER_CACHE_BYTES ((size_t)32 << 20)
#define RECENT_COMMITS 4096u

struct recent {
	struct oid commit, tree;
};

struct history_reader {
	struct repo *repo;
	struct raw_cache trees;
	struct recent *recent; /* by the commit's first bytes; a later one takes the place */
	struct oid_list parents;
	struct buf text, path;
	struct raw blob;
};

/* The commit (number 0) and its parents, at one level of their trees. */
struct side {
	struct oid tree;
	struct raw raw;
	struct tree_cursor cursor;
	bool here; /* its entry is the one that is looked at */
};

struct visit {
	struct history_reader *reader;
	size_t sides;
	int (*each)(void *ctx, const struct folder_change *change, struct err *err);
	void *ctx;
};

struct history_reader *
history_reader_new(struct repo *repo)
{
	struct history_reader *reader = xcalloc(1, sizeof(*reader));

	reader->repo = repo;
	raw_cache_init(&reader->trees, READER_CACHE_BYTES);
	reader->recent = xcalloc(RECENT_COMMITS, sizeof(*reader->recent));
	buf_init(&reader->text, 0);
	buf_init(&reader->path, 0);
	return reader;
}

void
history_reader_free(struct history_reader *reader)
{
	if (reader == NULL)
		return;
	raw_release(&reader->blob);
	raw_cache_release(&reader->trees);
	buf_release(&reader->text);
	buf_release(&reader->path);
	free(reader->parents.items);
	free(reader->recent);
	free(reader);
}

/* --- commits --------------------------------------------------------------------------------- */
static struct recent *
recent_place(struct history_reader *reader, const struct oid *commit)
{
	uint32_t h;

	memcpy(&h, commit->id, sizeof(h));
	return &reader->recent[h & (RECENT_COMMITS - 1)];
}

/* Cuts the raw commit in reader->text to pieces, and remembers its tree. */
static int
take_commit(struct history_reader *reader, const struct oid *oid, struct commit *out,
	    struct err *err)
{
	struct recent *place = recent_place(reader, oid);

	if (commit_parse(out, reader->text.ptr, reader->text.len, &reader->parents) != 0)
		return commit_broken(err, oid);
	out->oid = *oid;
	if (repo_is_shallow(reader->repo, oid))
		out->parent_count = 0;
	place->commit = *oid;
	place->tree = out->tree;
	return 0;
}

static int
read_commit(struct history_reader *reader, const struct oid *oid, struct commit *out,
	    struct err *err)
{
	struct raw raw;

	if (raw_read(&raw, reader->repo, oid, GIT_OBJECT_COMMIT, err) != 0)
		return -1;
	buf_clear(&reader->text);
	buf_put(&reader->text, raw.data, raw.len);
	raw_release(&raw);
	return take_commit(reader, oid, out, err);
}

static int
commit_tree(struct history_reader *reader, const struct oid *commit, struct oid *out,
	    struct err *err)
{
	const struct recent *place = recent_place(reader, commit);
	struct snapshot snap;

	if (!oid_same(&place->commit, commit)) {
		if (snapshot_commit(&snap, reader->repo, commit, err) != 0)
			return -1;
		*out = snap.tree;
		return 0;
	}
	*out = place->tree;
	return 0;
}

/* --- what differs ----------------------------------------------------------------------------- */
/* The commit's tree is that of a parent (or is as absent as there). */
static bool
same_as_a_parent(const struct side *sides, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (oid_same(&sides[0].tree, &sides[i].tree))
			return true;
	return false;
}

static int
open_sides(struct history_reader *reader, struct side *sides, size_t count, struct err *err)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (raw_tree(&sides[i].raw, &reader->trees, reader->repo, &sides[i].tree, err) != 0)
			return -1;
		tree_start(&sides[i].cursor, sides[i].raw.data, sides[i].raw.len);
	}
	return 0;
}

static void
close_sides(struct side *sides, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		raw_release(&sides[i].raw);
}

/* Moves the sides whose entry is done with on to their next folder. */
static int
advance(struct side *sides, size_t count, struct err *err)
{
	size_t i;

	if (count == 2 && sides[0].here && sides[1].here)
		tree_skip_same(&sides[0].cursor, &sides[1].cursor);
	for (i = 0; i < count; i++) {
		int rc = sides[i].here ? 1 : 0;

		while (rc == 1) {
			rc = tree_next(&sides[i].cursor);
			if (rc == 1 && sides[i].cursor.mode == MODE_TREE)
				break;
		}
		if (rc < 0)
			return tree_broken(err, &sides[i].tree);
	}
	return 0;
}

/* Which sides stand at the first of the names; NULL at the end of all. */
static const struct tree_cursor *
choose(struct side *sides, size_t count)
{
	const struct tree_cursor *first = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct tree_cursor *c = &sides[i].cursor;

		if (c->mode != 0 &&
		    (first == NULL || tree_order(c->name, c->name_len, true, first->name,
						 first->name_len, true) < 0))
			first = c;
	}
	for (i = 0; i < count && first != NULL; i++) {
		const struct tree_cursor *c = &sides[i].cursor;

		sides[i].here = c->mode != 0 && c->name_len == first->name_len &&
				memcmp(c->name, first->name, c->name_len) == 0;
	}
	return first;
}

static int walk_level(struct visit *visit, struct side *sides, int left, struct err *err);

/* The folder that the chosen sides stand at. */
static int
walk_entry(struct visit *visit, const struct side *sides, const struct tree_cursor *name,
	   struct side *below, int left, struct err *err)
{
	struct buf *path = &visit->reader->path;
	size_t len = path->len, i;
	int rc = 0;

	for (i = 0; i < visit->sides; i++) {
		memset(&below[i], 0, sizeof(below[i]));
		if (sides[i].here)
			below[i].tree = *sides[i].cursor.oid;
	}
	if (same_as_a_parent(below, visit->sides))
		return 0;
	if (len != 0)
		buf_putc(path, '/');
	buf_put(path, name->name, name->name_len);
	if (left == 1) {
		struct folder_change change = { path->ptr, below[0].tree };

		rc = visit->each(visit->ctx, &change, err);
	} else {
		rc = walk_level(visit, below, left - 1, err);
	}
	path->len = len;
	path->ptr[len] = '\0';
	return rc;
}

/* Merges the sides' folders by name. left: names down to those that are reported. */
static int
walk_level(struct visit *visit, struct side *sides, int left, struct err *err)
{
	struct side *below = xcalloc(visit->sides, sizeof(*below));
	const struct tree_cursor *name;
	size_t i;
	int rc = open_sides(visit->reader, sides, visit->sides, err);

	for (i = 0; i < visit->sides; i++)
		sides[i].here = true;
	while (rc == 0) {
		rc = advance(sides, visit->sides, err);
		name = rc == 0 ? choose(sides, visit->sides) : NULL;
		if (name == NULL)
			break;
		rc = walk_entry(visit, sides, name, below, left, err);
	}
	close_sides(sides, visit->sides);
	free(below);
	return rc;
}

/* From the root trees down to `top`, as long as something differs. 1 = it does. */
static int
go_to_top(struct visit *visit, struct side *sides, const char *top, struct err *err)
{
	while (!same_as_a_parent(sides, visit->sides)) {
		size_t len = strcspn(top, "/"), i;
		int rc = 0;

		if (*top == '\0')
			return 1;
		rc = open_sides(visit->reader, sides, visit->sides, err);
		for (i = 0; i < visit->sides && rc == 0; i++) {
			struct tree_cursor found;
			int there = tree_find(&found, &sides[i].raw, top, len);

			if (there < 0)
				rc = tree_broken(err, &sides[i].tree);
			else if (there == 1 && found.mode == MODE_TREE)
				sides[i].tree = *found.oid;
			else
				memset(&sides[i].tree, 0, sizeof(sides[i].tree));
		}
		close_sides(sides, visit->sides);
		if (rc != 0)
			return -1;
		top += len + (top[len] == '/');
	}
	return 0;
}

static int
read_folders(struct visit *visit, const struct commit *commit, const char *top, int depth,
	     struct err *err)
{
	struct history_reader *reader = visit->reader;
	struct side *sides;
	size_t i;
	int rc = 0;

	assert(depth > 0);
	/* A commit without parents is compared with nothing: one empty side. */
	visit->sides = commit->parent_count == 0 ? 2 : commit->parent_count + 1;
	sides = xcalloc(visit->sides, sizeof(*sides));
	sides[0].tree = commit->tree;
	for (i = 0; i < commit->parent_count && rc == 0; i++)
		rc = commit_tree(reader, &commit->parents[i], &sides[i + 1].tree, err);
	if (rc == 0)
		rc = go_to_top(visit, sides, top, err);
	if (rc == 1) {
		buf_clear(&reader->path);
		buf_puts(&reader->path, top);
		rc = walk_level(visit, sides, depth, err);
	}
	free(sides);
	return rc;
}

int
history_read(struct history_reader *reader, const struct oid *oid, const char *top, int depth,
	     struct commit *commit,
	     int (*each)(void *ctx, const struct folder_change *change, struct err *err), void *ctx,
	     struct err *err)
{
	struct visit visit = { reader, 0, each, ctx };

	if (read_commit(reader, oid, commit, err) != 0)
		return -1;
	return read_folders(&visit, commit, top, depth, err);
}

int
history_read_at(struct history_reader *reader, const struct history_order *order, size_t at,
		const char *top, int depth, struct commit *commit,
		int (*each)(void *ctx, const struct folder_change *change, struct err *err),
		void *ctx, struct err *err)
{
	const struct history_commit *kept = &order->commits[at];
	struct visit visit = { reader, 0, each, ctx };

	if (kept->text_len == 0)
		return history_read(reader, &kept->oid, top, depth, commit, each, ctx, err);
	buf_clear(&reader->text);
	buf_put(&reader->text, order->texts.ptr + kept->text_at, kept->text_len);
	if (take_commit(reader, &kept->oid, commit, err) != 0)
		return -1;
	return read_folders(&visit, commit, top, depth, err);
}

/* --- what lies in a folder ---------------------------------------------------------------------- */
int
history_entry(struct history_reader *reader, const struct oid *tree, const char *name,
	      struct oid *oid, struct err *err)
{
	struct tree_cursor found;
	struct raw raw;
	int rc;

	if (raw_tree(&raw, &reader->trees, reader->repo, tree, err) != 0)
		return -1;
	rc = tree_find(&found, &raw, name, strlen(name));
	if (rc < 0)
		tree_broken(err, tree);
	else if (rc == 1 && found.mode != MODE_FILE && found.mode != MODE_EXEC)
		rc = 0;
	else if (rc == 1)
		*oid = *found.oid;
	raw_release(&raw);
	return rc;
}

int
history_blob(struct history_reader *reader, const struct oid *blob, const char **data, size_t *len,
	     struct err *err)
{
	raw_release(&reader->blob);
	if (raw_read(&reader->blob, reader->repo, blob, GIT_OBJECT_BLOB, err) != 0)
		return -1;
	*data = reader->blob.data;
	*len = reader->blob.len;
	return 0;
}
