/* refs: the branch we stand on, exchanging it, and the work tree that follows it. */
#include <stdlib.h>
#include <string.h>

#include "repo/quarantine.h"
#include "repo_internal.h"

int
ref_of_head(char **out, struct repo *repo, struct err *err)
{
	git_reference *head = NULL;
	int rc = git_reference_lookup(&head, repo->lib, "HEAD");

	if (rc == 0 && git_reference_type(head) == GIT_REFERENCE_SYMBOLIC)
		*out = xstrdup(git_reference_symbolic_target(head));
	else if (rc == 0)
		rc = err_set(err, ERR_USAGE, "现在不在任何分支上；请先 git switch main");
	else
		repo_fail(err, "读不出当前分支");
	git_reference_free(head);
	return rc == 0 ? 0 : -1;
}

int
ref_read(struct oid *out, struct repo *repo, const char *name, struct err *err)
{
	int rc = git_reference_name_to_id((git_oid *)out->id, repo->lib, name);

	if (rc == 0)
		return 0;
	memset(out, 0, sizeof(*out));
	return rc == GIT_ENOTFOUND ? 0 : repo_fail(err, "读不出 %s", name);
}

int
ref_exchange(struct repo *repo, const char *name, const struct oid *old, const struct oid *new,
	     const char *log, struct err *err)
{
	git_reference *made = NULL;
	int rc;

	if (oid_zero(old))
		rc = git_reference_create(&made, repo->lib, name, lib_oid(new), 0, log);
	else
		rc = git_reference_create_matching(&made, repo->lib, name, lib_oid(new), 1,
						   lib_oid(old), log);
	git_reference_free(made);
	if (rc == 0)
		return 1;
	return rc == GIT_EMODIFIED || rc == GIT_EEXISTS ? 0 : repo_fail(err, "更新不了 %s", name);
}

int
ref_remove(struct repo *repo, const char *name, struct err *err)
{
	int rc = git_reference_remove(repo->lib, name);

	return rc == 0 || rc == GIT_ENOTFOUND ? 0 : repo_fail(err, "删不掉 %s", name);
}

int
worktree_clean(struct repo *repo, char **path, struct err *err)
{
	git_status_options options;
	git_status_list *list = NULL;
	int rc;

	*path = NULL;
	git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.flags = 0; /* files git does not know are in nobody's way until they are */
	if (git_status_list_new(&list, repo->lib, &options) != 0)
		return repo_fail(err, "读不出工作区的状态");
	rc = git_status_list_entrycount(list) == 0;
	if (rc == 0) {
		const git_status_entry *entry = git_status_byindex(list, 0);
		const git_diff_delta *delta = entry->index_to_workdir != NULL
						  ? entry->index_to_workdir
						  : entry->head_to_index;

		*path = xstrdup(delta == NULL ? "" : delta->new_file.path);
	}
	git_status_list_free(list);
	return rc;
}

int
worktree_update(struct repo *repo, const struct oid *from, const struct oid *to, struct err *err)
{
	git_checkout_options options;
	git_tree *old = NULL, *new = NULL;
	int rc = git_tree_lookup(&old, repo->lib, lib_oid(from));

	if (rc == 0)
		rc = git_tree_lookup(&new, repo->lib, lib_oid(to));
	if (rc == 0) {
		git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
		options.checkout_strategy = GIT_CHECKOUT_SAFE;
		options.baseline = old;
		rc = git_checkout_tree(repo->lib, (git_object *)new, &options);
	}
	git_tree_free(old);
	git_tree_free(new);
	if (rc == 0)
		return 1;
	return rc == GIT_ECONFLICT ? 0 : repo_fail(err, "更新不了工作区的文件");
}
