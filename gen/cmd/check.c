#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "judge/judge.h"

static bool json, all, staged;

static const struct opt opts[] = {
	{ "all", 'a', OPT_FLAG, NULL, "判断全部历史", &all },
	{ "staged", 0, OPT_FLAG, NULL, "判断已暂存、尚未提交的内容（默认）", &staged },
	{ "json", 0, OPT_FLAG, NULL, "输出 JSON，一处问题一个对象", &json },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

/* "A..B" -> two commits; "A" alone -> that commit and nothing before it. */
static int
read_range(struct session *s, const char *text, struct oid *from, struct oid *to, bool *single,
	   struct err *err)
{
	const char *dots = strstr(text, "..");
	char *left;
	int rc;

	*single = dots == NULL;
	if (dots == NULL)
		return repo_resolve(s->repo, text, to, err);
	left = xstrndup(text, (size_t)(dots - text));
	rc = repo_resolve(s->repo, left[0] == '\0' ? "HEAD" : left, from, err);
	free(left);
	return rc != 0 ? rc : repo_resolve(s->repo, dots[2] == '\0' ? "HEAD" : dots + 2, to, err);
}

static int
check_range(struct session *s, struct findings *findings, struct err *err)
{
	struct oid tips[2] = { { { 0 } } };
	struct judge *judge = NULL;
	bool single = false;
	int rc = 0;

	if (all)
		tips[0] = s->head;
	else
		rc = read_range(s, s->argv[0], &tips[1], &tips[0], &single, err);
	if (rc == 0)
		rc = judge_new(&judge, s->repo, tips, 2, false, s->now, err);
	if (rc == 0)
		rc = single ? judge_commit(judge, &tips[0], findings, err)
			    : judge_range(judge, all ? NULL : &tips[1], &tips[0], findings, err);
	judge_free(judge);
	return rc;
}

static int
check_staged(struct session *s, struct findings *findings, struct err *err)
{
	struct oid tips[2] = { s->head, { { 0 } } };
	struct judge *judge = NULL;
	int rc = repo_merge_head(s->repo, &tips[1], err);

	if (rc == 0)
		rc = judge_new(&judge, s->repo, tips, 2, true, s->now, err);
	if (rc == 0)
		rc = judge_staged(judge, NULL, findings, err);
	judge_free(judge);
	return rc;
}

static int
run(struct session *s, struct err *err)
{
	struct findings findings = { 0 };
	int rc, code = EXIT_COULD_NOT;

	if (all + staged + s->argc > 1)
		return err_set(err, ERR_USAGE, "--all、--staged 和提交范围只能用一个");
	rc = all || s->argc == 1 ? check_range(s, &findings, err) : check_staged(s, &findings, err);
	if (rc == 0)
		code = show_findings(&findings, json);
	if (rc == 0 && !json && findings.count == 0)
		printf("没有发现问题\n");
	findings_release(&findings);
	return code;
}

const struct cmd cmd_check = {
	.name = "check",
	.summary = "按制度判断提交：暂存的、一段历史或全部历史",
	.usage = "[选项] [提交 | 甲..乙]",
	.example = "  yunjuan check                 判断已 git add 的内容\n"
		   "  yunjuan check HEAD~3..HEAD    判断最近三个提交\n"
		   "  yunjuan check --all --json    判断全部历史，供别的程序读取",
	.min = 0,
	.max = 1,
	.opts = opts,
	.needs = NEED_REPO,
	.run = run,
};
