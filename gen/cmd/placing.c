#include "cmd/placing.h"

#include <stdio.h>
#include <stdlib.h>

static char *
in_worktree(const struct session *s, const char *path)
{
	return file_join(repo_worktree(s->repo), path);
}

int
place(struct placing *p, const char *path, const struct buf *text, struct err *err)
{
	struct placed item = { .path = xstrdup(path), .before = BUF_INIT };
	char *target = in_worktree(p->s, path);
	int rc = 0;

	item.existed = file_exists(target);
	if (item.existed)
		rc = file_read(&item.before, target, DOC_MAX_BYTES, err);
	if (rc == 0)
		rc = file_make_parents(target, err);
	if (rc == 0)
		rc = file_replace(target, text->ptr, text->len, false, err);
	free(target);
	if (rc == 0) {
		vec_push(p->items, p->count, p->cap, item);
		return 0;
	}
	buf_release(&item.before); /* nothing to take back, and what was read may be a part */
	free(item.path);
	return -1;
}

int
take_back(struct placing *p, struct err *err)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->count; i++) {
		struct placed *item = &p->items[i];
		char *target = in_worktree(p->s, item->path);

		if (item->existed &&
		    file_replace(target, item->before.ptr, item->before.len, false, err) != 0)
			rc = -1;
		if (!item->existed && file_remove_tree(target, err) != 0)
			rc = -1;
		free(target);
	}
	return rc;
}

void
placing_release(struct placing *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		buf_release(&p->items[i].before);
		free(p->items[i].path);
	}
	free(p->items);
}

int
commit_placed(struct placing *p, const char *message, struct err *err)
{
	const char **paths = xcalloc(p->count + 1, sizeof(*paths));
	size_t i;
	int status;

	for (i = 0; i < p->count; i++)
		paths[i] = p->items[i].path;
	status = commit_files(p->s->repo, paths, message, err);
	if (status != 0 && take_back(p, err) == 0 && status > 0)
		fprintf(stderr, "yunjuan: 没有提交，文件已恢复原样\n");
	free(paths);
	return status < 0 ? -1 : status > 0 ? EXIT_REFUSED : EXIT_DONE;
}

int
need_worktree(const struct session *s, struct err *err)
{
	return repo_worktree(s->repo) != NULL
		   ? 0
		   : err_set(err, ERR_USAGE, "这是中心仓库，没有工作文件；请在自己的工作区里办理");
}
