#include <stdlib.h>

#include "cmd/cmd.h"
#include "site/site.h"

static bool index_only;
static const char *out;

static const struct opt opts[] = {
	{ "out", 'o', OPT_TEXT, "目录", "看板放在哪里（默认：工作区的 public）", &out },
	{ "index-only", 0, OPT_FLAG, NULL, "只更新历史索引，不生成页面", &index_only },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

static int
build_index(struct session *s, struct err *err)
{
	if (log_open(&s->log, s->repo, &s->head, 1, true, err) != 0)
		return EXIT_COULD_NOT;
	printf("历史索引：共 %zu 个提交、%zu 张工单，本次读入 %zu 个提交\n",
	       log_commit_count(s->log), log_ticket_count(s->log), log_commits_read(s->log));
	return EXIT_DONE;
}

static int
run(struct session *s, struct err *err)
{
	struct site_options options = { .now = s->now };
	struct site_report report;
	char *folder;
	int rc;

	if (index_only)
		return build_index(s, err);
	if (out == NULL && repo_worktree(s->repo) == NULL)
		return err_set(err, ERR_USAGE, "中心仓库没有工作目录，请用 --out 指定看板放在哪里");
	folder = out != NULL ? xstrdup(out) : file_join(repo_worktree(s->repo), "public");
	options.out = folder;
	rc = site_build(s->repo, &options, &report, err);
	if (rc == 0)
		printf(
		    "看板共 %zu 页，本次重做 %zu 页、改写 %zu 页、删除 %zu 页。打开 %s/index.html\n",
		    report.pages, report.made, report.written, report.removed, folder);
	free(folder);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

const struct cmd cmd_build = {
	.name = "build",
	.summary = "生成看板：静态网页，双击即可打开",
	.usage = "[选项]",
	.example = "  yunjuan build                    生成到 public/，只重做有变化的页面\n"
		   "  yunjuan build --out /media/u盘/看板",
	.min = 0,
	.max = 0,
	.opts = opts,
	.needs = NEED_REPO,
	.run = run,
};
