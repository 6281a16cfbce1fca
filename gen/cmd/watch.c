#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/cmd.h"
#include "site/site.h"

static bool once;
static const char *out;
static volatile sig_atomic_t stopped;

static const struct opt opts[] = {
	{ "out", 'o', OPT_TEXT, "目录", "看板放在哪里（默认：工作区的 public）", &out },
	{ "once", 0, OPT_FLAG, NULL, "等到下一次变化、重做一次就结束", &once },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

static void
on_stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void
rest(void)
{
	struct timespec second = { 1, 0 };

	nanosleep(&second, NULL);
}

/* Whether HEAD or the day is another one than at the last build. */
static int
changed(struct session *s, struct oid *built, int32_t *day, bool *yes, struct err *err)
{
	struct oid head;
	int32_t today = day_of(clock_now());

	if (repo_head(s->repo, &head, err) != 0)
		return -1;
	*yes = !oid_same(&head, built) || today != *day;
	*built = head;
	*day = today;
	return 0;
}

static int
watch(struct session *s, const char *folder, struct err *err)
{
	struct site_options options = { .out = folder };
	struct site_report report;
	struct oid built = { { 0 } };
	int32_t day = 0;
	bool yes = false;
	int builds = 0;

	for (; !stopped && !(once && builds > 1); rest()) {
		if (changed(s, &built, &day, &yes, err) != 0)
			return EXIT_COULD_NOT;
		if (!yes)
			continue;
		options.now = clock_now();
		if (site_build(s->repo, &options, &report, err) != 0)
			return EXIT_COULD_NOT;
		builds++;
		printf("看板已更新：共 %zu 页，改写 %zu 页（%s/index.html）\n", report.pages,
		       report.written, folder);
		fflush(stdout);
		if (once && builds > 1)
			break;
	}
	return EXIT_DONE;
}

static int
run(struct session *s, struct err *err)
{
	char *folder;
	int code;

	if (out == NULL && repo_worktree(s->repo) == NULL)
		return err_set(err, ERR_USAGE, "中心仓库没有工作目录，请用 --out 指定看板放在哪里");
	signal(SIGINT, on_stop);
	signal(SIGTERM, on_stop);
	folder = out != NULL ? xstrdup(out) : file_join(repo_worktree(s->repo), "public");
	code = watch(s, folder, err);
	free(folder);
	return code;
}

const struct cmd cmd_watch = {
	.name = "watch",
	.summary = "守着仓库：有新提交就更新看板（Ctrl+C 结束）",
	.usage = "[选项]",
	.example = "  yunjuan watch        开着它办理，浏览器里按刷新即可看到",
	.min = 0,
	.max = 0,
	.opts = opts,
	.needs = NEED_REPO,
	.run = run,
};
