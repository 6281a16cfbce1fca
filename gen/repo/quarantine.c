#include "repo/quarantine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2/sys/repository.h>

#include "repo_internal.h"

int
quarantine_open(struct repo **out, const char *folder, const struct repo *ours, struct err *err)
{
	git_repository *lib = NULL;
	struct buf text = BUF_INIT;
	char *path, *objects = file_join(ours->gitdir, "objects"), *real = realpath(objects, NULL);
	int rc = 0;

	library_start();
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	if (real == NULL)
		rc = err_sys(err, "打开", objects);
	else if (mkdir(folder, 0700) != 0)
		rc = err_sys(err, "建立隔离区", folder);
	else if (git_repository_init(&lib, folder, 1) != 0)
		rc = repo_fail(err, "建立隔离区 %s 失败", folder);
	git_repository_free(lib);
	path = file_join(folder, "objects/info/alternates");
	if (rc == 0) {
		buf_printf(&text, "%s\n", real);
		rc = file_replace(path, text.ptr, text.len, false, err);
	}
	if (rc == 0)
		rc = repo_open_exact(out, folder, err);
	buf_release(&text);
	free(path);
	free(real);
	free(objects);
	return rc;
}

int
repo_refresh(struct repo *repo, struct err *err)
{
	return git_odb_refresh(repo->odb) == 0 ? 0 : repo_fail(err, "刷新对象目录失败");
}

/* --- moving objects ------------------------------------------------------------------------------- */
static bool
is_object(const char *name)
{
	return strchr(name, '/') != NULL && !text_starts(name, "info/") &&
	       strstr(name, ".tmp") == NULL;
}

static int
move_object(const char *from, const char *to, struct err *err)
{
	int rc = file_make_parents(to, err);

	if (rc == 0 && file_exists(to)) {
		unlink(from); /* the same object: ours stays */
		return 0;
	}
	if (rc == 0 && rename(from, to) != 0)
		rc = err_sys(err, "移入", to);
	return rc;
}

/* A pack is found by its index, so the index goes last: 0 objects and packs, 1 indexes. */
static int
move_round(const struct file_list *list, const char *from, const char *to, int round,
	   struct err *err)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < list->count; i++) {
		char *source, *target;

		if (!is_object(list->names[i]) ||
		    (text_ends(list->names[i], ".idx") ? 1 : 0) != round)
			continue;
		source = file_join(from, list->names[i]);
		target = file_join(to, list->names[i]);
		rc = move_object(source, target, err);
		free(source);
		free(target);
	}
	return rc;
}

int
quarantine_adopt(const char *folder, struct repo *ours, struct err *err)
{
	char *from = file_join(folder, "objects"), *to = file_join(ours->gitdir, "objects");
	struct file_list list = { 0 };
	int rc = file_list_below(&list, from, err);

	if (rc == 0)
		rc = move_round(&list, from, to, 0, err);
	if (rc == 0)
		rc = move_round(&list, from, to, 1, err);
	if (rc == 0 && git_odb_refresh(ours->odb) != 0)
		rc = repo_fail(err, "刷新对象目录失败");
	file_list_release(&list);
	free(from);
	free(to);
	return rc;
}

/* --- merging ----------------------------------------------------------------------------------------- */
static int
compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
list_conflicts(struct merge *out, git_index *index, struct err *err)
{
	git_index_conflict_iterator *iterator = NULL;
	const git_index_entry *base, *ours, *theirs;
	const char **paths = NULL;
	size_t cap = 0;
	int rc = git_index_conflict_iterator_new(&iterator, index);

	while (rc == 0) {
		const git_index_entry *any;

		rc = git_index_conflict_next(&base, &ours, &theirs, iterator);
		if (rc != 0)
			break;
		any = ours != NULL ? ours : theirs != NULL ? theirs : base;
		vec_push(paths, out->conflict_count, cap, arena_strdup(&out->arena, any->path));
	}
	if (rc != GIT_ITEROVER)
		repo_fail(err, "读不出合并的冲突");
	if (out->conflict_count > 1)
		qsort(paths, out->conflict_count, sizeof(*paths), compare_text);
	out->conflicts = arena_copy(&out->arena, paths, out->conflict_count, sizeof(*paths));
	free(paths);
	git_index_conflict_iterator_free(iterator);
	return rc == GIT_ITEROVER ? 0 : -1;
}

/* git's own merge of two commits, as an index. 0, or -1 and err. */
static int
merge_index(git_index **out, struct repo *repo, const struct oid *ours, const struct oid *theirs,
	    struct err *err)
{
	git_merge_options options;
	git_commit *one = NULL, *two = NULL;
	int rc = git_commit_lookup(&one, repo->lib, lib_oid(ours));

	git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
	options.flags = 0; /* no renames: a ticket's folder is its name */
	if (rc == 0)
		rc = git_commit_lookup(&two, repo->lib, lib_oid(theirs));
	if (rc == 0)
		rc = git_merge_commits(out, repo->lib, one, two, &options);
	git_commit_free(one);
	git_commit_free(two);
	return rc == 0 ? 0 : repo_fail(err, "合并失败");
}

/* 1 written, 0 it has conflicts. */
static int
index_to_tree(struct oid *tree, struct repo *repo, git_index *index, struct err *err)
{
	if (git_index_has_conflicts(index))
		return 0;
	return git_index_write_tree_to((git_oid *)tree->id, index, repo->lib) == 0
		   ? 1
		   : repo_fail(err, "合并失败");
}

int
merge_commits(struct merge *out, struct repo *repo, const struct oid *ours,
	      const struct oid *theirs, struct err *err)
{
	git_index *index = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	if (repo_merge_base(repo, ours, theirs, &out->base, err) != 0 ||
	    merge_index(&index, repo, ours, theirs, err) != 0)
		return -1;
	rc = index_to_tree(&out->tree, repo, index, err);
	if (rc == 0 && list_conflicts(out, index, err) != 0)
		rc = -1;
	git_index_free(index);
	return rc;
}

/* Drops all of a folder, conflicts too. */
static int
drop_folder(git_index *index, const struct merge *conflicts, const char *folder)
{
	size_t len = strlen(folder), i;
	int rc = git_index_remove_directory(index, folder, 0);

	for (i = 0; rc == 0 && i < conflicts->conflict_count; i++) {
		const char *path = conflicts->conflicts[i];

		if (strncmp(path, folder, len) == 0 && path[len] == '/')
			rc = git_index_conflict_remove(index, path);
	}
	return rc;
}

static int
add_to_index(void *ctx, const struct entry *entry, struct err *err)
{
	git_index_entry added;

	memset(&added, 0, sizeof(added));
	added.path = entry->path;
	added.mode = entry->mode;
	memcpy(added.id.id, entry->oid.id, sizeof(added.id.id));
	return git_index_add(ctx, &added) == 0 ? 0 : repo_fail(err, "合并失败");
}

int
merge_choose(struct oid *tree, struct repo *repo, const struct oid *ours, const struct oid *theirs,
	     const struct merge_choice *choices, size_t count, struct err *err)
{
	struct merge conflicts = { .conflict_count = 0 };
	git_index *index = NULL;
	struct snapshot snap;
	size_t i;
	int rc = merge_index(&index, repo, ours, theirs, err);

	if (rc == 0)
		rc = list_conflicts(&conflicts, index, err);
	for (i = 0; rc == 0 && i < count; i++) {
		if (drop_folder(index, &conflicts, choices[i].folder) != 0)
			rc = repo_fail(err, "合并失败");
		if (rc == 0)
			rc = snapshot_commit(&snap, repo, choices[i].theirs ? theirs : ours, err);
		if (rc == 0)
			rc = snapshot_files(&snap, choices[i].folder, add_to_index, index, err);
	}
	if (rc == 0)
		rc = index_to_tree(tree, repo, index, err);
	merge_release(&conflicts);
	git_index_free(index);
	return rc;
}

void
merge_release(struct merge *merge)
{
	arena_release(&merge->arena);
}

/* --- writing ------------------------------------------------------------------------------------------ */
static int
make_update(git_tree_update *out, struct repo *repo, const struct tree_file *file)
{
	memset(out, 0, sizeof(*out));
	out->path = file->path;
	out->filemode = GIT_FILEMODE_BLOB;
	if (file->data == NULL && file->blob == NULL) {
		out->action = GIT_TREE_UPDATE_REMOVE;
		return 0;
	}
	out->action = GIT_TREE_UPDATE_UPSERT;
	if (file->blob != NULL)
		return git_oid_cpy(&out->id, lib_oid(file->blob));
	return git_blob_create_from_buffer(&out->id, repo->lib, file->data, file->len);
}

int
tree_write(struct oid *out, struct repo *repo, const struct oid *from,
	   const struct tree_file *files, size_t count, struct err *err)
{
	git_tree_update *updates = xcalloc(count + 1, sizeof(*updates));
	git_tree *tree = NULL;
	size_t i;
	int rc = git_tree_lookup(&tree, repo->lib, lib_oid(from));

	for (i = 0; rc == 0 && i < count; i++)
		rc = make_update(&updates[i], repo, &files[i]);
	if (rc == 0)
		rc = git_tree_create_updated((git_oid *)out->id, repo->lib, tree, count, updates);
	if (rc != 0)
		repo_fail(err, "写不了文件树");
	git_tree_free(tree);
	free(updates);
	return rc == 0 ? 0 : -1;
}

/* The commit's text without a signature. */
static int
commit_text(git_buf *out, struct repo *repo, const struct commit_plan *plan)
{
	const git_commit *parents[2] = { NULL, NULL };
	git_commit *found[2] = { NULL, NULL };
	git_signature *who = NULL;
	git_tree *tree = NULL;
	size_t i;
	int rc = git_signature_new(&who, plan->name, plan->email, plan->time, 480);

	if (rc == 0)
		rc = git_tree_lookup(&tree, repo->lib, lib_oid(&plan->tree));
	for (i = 0; rc == 0 && i < plan->parent_count && i < 2; i++) {
		rc = git_commit_lookup(&found[i], repo->lib, lib_oid(&plan->parents[i]));
		parents[i] = found[i];
	}
	if (rc == 0)
		rc = git_commit_create_buffer(out, repo->lib, who, who, NULL, plan->message, tree,
					      plan->parent_count, parents);
	git_commit_free(found[0]);
	git_commit_free(found[1]);
	git_tree_free(tree);
	git_signature_free(who);
	return rc;
}

int
commit_write(struct oid *out, struct repo *repo, const struct commit_plan *plan, struct err *err)
{
	git_buf text = { 0 };
	struct buf armour = BUF_INIT;
	int rc = commit_text(&text, repo, plan) == 0 ? 0 : repo_fail(err, "写不了提交");

	if (rc == 0 && plan->sign != NULL)
		rc = plan->sign(plan->sign_ctx, text.ptr, text.size, &armour, err);
	while (armour.len > 0 && armour.ptr[armour.len - 1] == '\n') /* as git itself keeps it */
		armour.ptr[--armour.len] = '\0';
	if (rc == 0 &&
	    git_commit_create_with_signature((git_oid *)out->id, repo->lib, text.ptr,
					     plan->sign == NULL ? NULL : armour.ptr, NULL) != 0)
		rc = repo_fail(err, "写不了提交");
	buf_release(&armour);
	git_buf_dispose(&text);
	return rc;
}
