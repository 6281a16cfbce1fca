/*
 * placing: files laid down in the work tree and committed by themselves; taken back when the commit is
 * refused, so that nothing half done stays.
 *
 * Lifetime: texts are copied; owned until placing_release.
 *
 *	struct placing placing = { .s = session };
 *	if (place(&placing, "content/…", &text, &err) == 0)
 *		code = commit_placed(&placing, "说明", &err);
 *	placing_release(&placing);
 */
#ifndef YJ_PLACING_H
#define YJ_PLACING_H

#include "cmd/cmd.h"

struct placed {
	char *path; /* in the workspace */
	struct buf before;
	bool existed;
};
struct placing {
	const struct session *s;
	struct placed *items;
	size_t count, cap;
};

/* ERR_USAGE in a hub, which has no work tree. */
int need_worktree(const struct session *s, struct err *err) must_check;
int place(struct placing *p, const char *path, const struct buf *text, struct err *err) must_check;
/* Files as they were before. */
int take_back(struct placing *p, struct err *err) must_check;
/* Commits these files and nothing else; when that is refused they are taken back. The exit code, or
 * -1 and err. */
int commit_placed(struct placing *p, const char *message, struct err *err) must_check;
void placing_release(struct placing *p);

#endif
