/* snapshot: a tree or the work tree, read alike. */
#include "repo_internal.h"

#include <stdlib.h>
#include <string.h>

/* --- what to look at ------------------------------------------------------------------------- */
void
snapshot_tree(struct snapshot *out, struct repo *repo, const struct oid *tree)
{
	out->repo = repo;
	out->kind = SNAPSHOT_TREE;
	out->tree = *tree;
}

void
snapshot_folder(struct snapshot *out, struct repo *repo)
{
	memset(out, 0, sizeof(*out));
	out->repo = repo;
	out->kind = SNAPSHOT_FOLDER;
}

int
snapshot_commit(struct snapshot *out, struct repo *repo, const struct oid *commit, struct err *err)
{
	struct oid_list parents = { 0 };
	struct oid tree = { { 0 } };
	struct raw raw;
	int rc = 0;

	snapshot_tree(out, repo, &tree);
	if (oid_zero(commit))
		return 0;
	if (raw_read(&raw, repo, commit, GIT_OBJECT_COMMIT, err) != 0)
		return -1;
	if (commit_links(raw.data, raw.len, &tree, &parents) < 0)
		rc = commit_broken(err, commit);
	snapshot_tree(out, repo, &tree);
	raw_release(&raw);
	free(parents.items);
	return rc;
}

int
snapshot_head(struct snapshot *out, struct repo *repo, struct err *err)
{
	struct oid head;

	if (repo_head(repo, &head, err) != 0)
		return -1;
	return snapshot_commit(out, repo, &head, err);
}

/* `git add -N` only announces a file: `git commit` leaves it out, libgit2 would not. The index
 * is ours alone and never written back. */
static int
drop_announced(git_index *index)
{
	size_t i = 0;
	int rc = 0;

	while (rc == 0 && i < git_index_entrycount(index)) {
		const git_index_entry *entry = git_index_get_byindex(index, i);

		if (entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD)
			rc = git_index_remove(index, entry->path, 0);
		else
			i++;
	}
	return rc;
}

/* Writes the trees of the index, as `git write-tree` does. git has mostly done so already, and
 * what is there is not written again. */
static int
write_index(struct snapshot *out, struct repo *repo, git_index *index, struct err *err)
{
	git_oid tree;

	if (git_index_has_conflicts(index))
		return err_set(err, ERR_USAGE,
			       "合并还有冲突没有解决：请改好冲突的文件，用 git add 加入，再提交");
	if (drop_announced(index) != 0 || git_index_write_tree_to(&tree, index, repo->lib) != 0)
		return repo_fail(err, "读取暂存区失败");
	memcpy(out->tree.id, tree.id, sizeof(out->tree.id));
	return 0;
}

int
snapshot_index(struct snapshot *out, struct repo *repo, struct err *err)
{
	const char *own = getenv("GIT_INDEX_FILE");
	char *path = own != NULL && *own != '\0'
			 ? xstrdup(own)
			 : file_join(git_repository_path(repo->lib), "index");
	git_index *index = NULL;
	int rc;

	snapshot_folder(out, repo);
	out->kind = SNAPSHOT_TREE;
	if (index_tree(path, &out->tree)) {
		free(path);
		return 0;
	}
	rc = git_index_open(&index, path) == 0 ? write_index(out, repo, index, err)
					       : repo_fail(err, "读取暂存区 %s 失败", path);
	git_index_free(index);
	free(path);
	return rc;
}

/* --- one path ---------------------------------------------------------------------------------- */
/* Goes down from the top; 1 found, 0 not there. */
static int
find_in_tree(const struct snapshot *snap, const char *path, struct entry *out, struct err *err)
{
	int rc;

	out->mode = MODE_TREE;
	out->oid = snap->tree;
	out->bytes = -1;
	out->path = out->name = path;
	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		struct tree_cursor found;
		struct raw raw;

		if (out->mode != MODE_TREE)
			return 0;
		if (raw_tree(&raw, &snap->repo->trees, snap->repo, &out->oid, err) != 0)
			return -1;
		rc = tree_find(&found, &raw, path, len);
		if (rc < 0)
			tree_broken(err, &out->oid);
		if (rc == 1) {
			out->mode = found.mode;
			out->oid = *found.oid;
			out->name = path;
		}
		raw_release(&raw);
		if (rc != 1)
			return rc;
		path += len + (path[len] == '/');
	}
	return 1;
}

int
snapshot_find(const struct snapshot *snap, const char *path, struct entry *out, struct err *err)
{
	if (snap->kind == SNAPSHOT_FOLDER)
		return folder_find(snap->repo, path, out, err);
	return find_in_tree(snap, path, out, err);
}

int
snapshot_read(const struct snapshot *snap, const char *path, size_t max_bytes, struct buf *out,
	      struct oid *blob, struct err *err)
{
	struct entry entry;
	int rc;

	if (blob != NULL)
		memset(blob, 0, sizeof(*blob));
	if (snap->kind == SNAPSHOT_FOLDER)
		return folder_read(snap->repo, path, max_bytes, out, err);
	rc = find_in_tree(snap, path, &entry, err);
	if (rc != 1 || (entry.mode != MODE_FILE && entry.mode != MODE_EXEC))
		return rc < 0 ? -1 : 0;
	if (blob != NULL)
		*blob = entry.oid;
	if (repo_blob(snap->repo, &entry.oid, max_bytes, out, err) == 0)
		return 1;
	/* A person knows the file by its path; by its number only when there is none. */
	if (err->code == ERR_LIMIT && err->file[0] == '\0')
		snprintf(err->file, sizeof(err->file), "%s", path);
	utf8_trim(err->file);
	return -1;
}

/* --- folders ------------------------------------------------------------------------------------- */
static int
list_tree(struct listing *out, struct repo *repo, const struct oid *tree, struct err *err)
{
	struct tree_cursor cursor;
	struct raw raw;
	int rc;

	if (raw_tree(&raw, &repo->trees, repo, tree, err) != 0)
		return -1;
	tree_start(&cursor, raw.data, raw.len);
	for (rc = tree_next(&cursor); rc == 1; rc = tree_next(&cursor)) {
		struct item item = { NULL, cursor.mode, *cursor.oid, -1 };

		item.name = arena_strndup(&out->names, cursor.name, cursor.name_len);
		vec_push(out->items, out->count, out->cap, item);
	}
	if (rc < 0)
		tree_broken(err, tree);
	raw_release(&raw);
	return rc;
}

static void
listing_release(struct listing *listing)
{
	free(listing->items);
	arena_release(&listing->names);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

/* As the paths of the files below them will compare. */
static int
by_path(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return tree_order(x->name, strlen(x->name), x->mode == MODE_TREE, y->name, strlen(y->name),
			  y->mode == MODE_TREE);
}

struct walk {
	const struct snapshot *snap;
	bool files; /* everything below, files only; else the direct children */
	int (*each)(void *ctx, const struct entry *entry, struct err *err);
	void *ctx;
	struct buf path;
	int depth;
	size_t visits;
};

static int walk_folder(struct walk *walk, const struct oid *tree, struct err *err);

static int
walk_item(struct walk *walk, const struct item *item, struct err *err)
{
	struct entry entry = { NULL, NULL, item->mode, item->oid, item->bytes };
	size_t len = walk->path.len;
	int rc;

	if (++walk->visits > TREE_VISITS_MAX)
		return err_set(err, ERR_LIMIT, "目录里的文件太多：%s", walk->path.ptr);
	if (len != 0)
		buf_putc(&walk->path, '/');
	buf_puts(&walk->path, item->name);
	entry.path = walk->path.ptr;
	entry.name = walk->path.ptr + walk->path.len - strlen(item->name);
	if (walk->files && item->mode == MODE_TREE)
		rc = walk_folder(walk, &item->oid, err);
	else
		rc = walk->each(walk->ctx, &entry, err);
	walk->path.len = len;
	walk->path.ptr[len] = '\0';
	return rc;
}

static int
walk_folder(struct walk *walk, const struct oid *tree, struct err *err)
{
	struct listing listing = { 0 };
	int rc;
	size_t i;

	if (++walk->depth > TREE_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "目录超过 %d 层：%s", TREE_DEPTH_MAX,
			       walk->path.ptr);
	rc = walk->snap->kind == SNAPSHOT_FOLDER
		 ? folder_list(&listing, walk->snap->repo, walk->path.ptr, err)
		 : list_tree(&listing, walk->snap->repo, tree, err);
	if (rc == 0 && listing.count > 1)
		qsort(listing.items, listing.count, sizeof(*listing.items),
		      walk->files ? by_path : by_name);
	for (i = 0; rc == 0 && i < listing.count; i++)
		rc = walk_item(walk, &listing.items[i], err);
	listing_release(&listing);
	walk->depth--;
	return rc;
}

static int
walk_start(struct walk *walk, const char *folder, struct err *err)
{
	struct entry top;
	int rc = snapshot_find(walk->snap, folder, &top, err);

	if (rc == 1 && top.mode == MODE_TREE) {
		buf_puts(&walk->path, folder);
		rc = walk_folder(walk, &top.oid, err);
		buf_release(&walk->path);
	} else if (rc == 1) {
		rc = 0;
	}
	return rc;
}

int
snapshot_list(const struct snapshot *snap, const char *folder,
	      int (*each)(void *ctx, const struct entry *entry, struct err *err), void *ctx,
	      struct err *err)
{
	struct walk walk = { snap, false, each, ctx, BUF_INIT, 0, 0 };

	return walk_start(&walk, folder, err);
}

int
snapshot_files(const struct snapshot *snap, const char *folder,
	       int (*each)(void *ctx, const struct entry *entry, struct err *err), void *ctx,
	       struct err *err)
{
	struct walk walk = { snap, true, each, ctx, BUF_INIT, 0, 0 };

	return walk_start(&walk, folder, err);
}
