/*
 * judge: one commit against the law, the registers and the trail of its parents. The facts are
 * gathered here; the verdicts are lua/rules. All callers (hooks, check, receive) come this way.
 *
 * Lifetime: a judge owns its caches and its log until judge_free and borrows the repo.
 * Errors: ERR_LAW and ERR_LIMIT when the law does not load or a rule fails to run.
 *
 *	judge_new(&judge, repo, tips, 1, clock_now(), &err);
 *	judge_commit(judge, &oid, &findings, &err);      or judge_staged(…)
 *	exit code: findings_refuse(&findings) ? 1 : 0
 */
#ifndef YJ_JUDGE_H
#define YJ_JUDGE_H

#include "trail/trail.h"

struct judge;

/* What stands before (parents), what stands after, who, when, what they say. */
struct act {
	struct snapshot after;
	const struct oid *parents;
	size_t parent_count;
	const char *author_name, *author_email;
	int64_t time;
	const char *message;		    /* NULL: not written yet (pre-commit) */
	bool message_is_draft;		    /* has git's comment lines */
	const struct buf *armour, *payload; /* of a commit that is made; armour NULL: not signed */
	const char *commit;		    /* hexadecimal, "" while it is not made */
};

/* tips: every commit whose history will be asked for. save_log: keep the index of the first one. */
int judge_new(struct judge **out, struct repo *repo, const struct oid *tips, size_t tip_count,
	      bool save_log, int64_t now, struct err *err) must_check;
void judge_free(struct judge *judge);
const struct log *judge_log(const struct judge *judge);

int judge_act(struct judge *judge, const struct act *act, struct findings *findings,
	      struct err *err) must_check;
int judge_commit(struct judge *judge, const struct oid *commit, struct findings *findings,
		 struct err *err) must_check;
/* Every commit that `to` reaches and `from` (NULL: none) does not, parents before children. Both
 * were tips of judge_new. */
int judge_range(struct judge *judge, const struct oid *from, const struct oid *to,
		struct findings *findings, struct err *err) must_check;
/* The index as the next commit on HEAD. Author and date as git would take them: from its
 * environment, else the configuration. */
int judge_staged(struct judge *judge, const char *message, struct findings *findings,
		 struct err *err) must_check;

#endif
