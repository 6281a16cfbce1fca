/* mend: what a run that was killed, or whose disk was full, left behind between two commits: our
 * locks, and files of the new tree, whole or cut short, that the index does not know yet. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "repo/quarantine.h"
#include "repo_internal.h"

#define FILE_MAX_BYTES ((size_t)1 << 30)

/* A lock is ours when it is empty or holds the id that was to be written. */
static int
drop_lock(const struct repo *repo, const char *name, const struct oid *wanted, struct err *err)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct err unreadable = { 0 };
	char hex[OID_HEX];
	int rc = 0;

	oid_hex(wanted, hex);
	buf_printf(&path, "%s/%s.lock", repo_gitdir(repo), name);
	if (file_exists(path.ptr) && file_read(&text, path.ptr, 4096, &unreadable) == 0 &&
	    strncmp(hex, text.ptr, text.len < OID_HEX - 1 ? text.len : OID_HEX - 1) == 0 &&
	    unlink(path.ptr) != 0)
		rc = err_sys(err, "删除", path.ptr);
	buf_release(&path);
	buf_release(&text);
	return rc;
}

struct mending {
	struct repo *repo;
	struct snapshot files;
};

/* Whether the file is what was to be written, or the beginning of it. */
static int
is_ours(const struct mending *m, const struct change *change, bool *is, struct err *err)
{
	struct buf there = BUF_INIT, wanted = BUF_INIT;
	int rc = snapshot_read(&m->files, change->path, FILE_MAX_BYTES, &there, NULL, err);

	*is = false;
	if (rc == 1)
		rc = repo_blob(m->repo, &change->new_oid, FILE_MAX_BYTES, &wanted, err) == 0 ? 1
											     : -1;
	if (rc == 1)
		*is = there.len <= wanted.len && memcmp(there.ptr, wanted.ptr, there.len) == 0;
	buf_release(&there);
	buf_release(&wanted);
	return rc < 0 ? -1 : 0;
}

/* As it was before, so that it is brought up like the others. */
static int
put_back(const struct mending *m, const struct change *change, struct err *err)
{
	char *path = file_join(repo_worktree(m->repo), change->path);
	struct buf old = BUF_INIT;
	int rc = 0;

	if (oid_zero(&change->old_oid)) {
		if (unlink(path) != 0 && errno != ENOENT)
			rc = err_sys(err, "删除", path);
	} else {
		rc = repo_blob(m->repo, &change->old_oid, FILE_MAX_BYTES, &old, err);
		if (rc == 0)
			rc = file_replace(path, old.ptr, old.len, false, err);
	}
	buf_release(&old);
	free(path);
	return rc;
}

static int
mend_file(void *ctx, const struct change *change, struct err *err)
{
	const struct mending *m = ctx;
	bool ours = false;

	if (oid_zero(&change->new_oid) ||
	    (change->new_mode != MODE_FILE && change->new_mode != MODE_EXEC))
		return 0;
	if (is_ours(m, change, &ours, err) != 0)
		return -1;
	return ours ? put_back(m, change, err) : 0;
}

int
worktree_mend(struct repo *repo, const struct oid *from, const struct oid *to, struct err *err)
{
	struct mending m = { .repo = repo };

	snapshot_folder(&m.files, repo);
	return tree_diff(repo, from, to, mend_file, &m, err);
}

int
locks_mend(struct repo *repo, const struct oid *wanted, struct err *err)
{
	char *ref = NULL, *index;
	int rc = ref_of_head(&ref, repo, err);

	if (rc == 0)
		rc = drop_lock(repo, ref, wanted, err);
	free(ref);
	if (rc != 0 || repo_worktree(repo) == NULL)
		return rc;
	index = file_join(repo_gitdir(repo), "index.lock");
	if (unlink(index) != 0 && errno != ENOENT)
		rc = err_sys(err, "删除", index);
	free(index);
	return rc;
}
