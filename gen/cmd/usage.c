#include <stdlib.h>
#include <string.h>

#include "cmd/usage_show.h"

static bool json, replace;
static const char *month_word, *shard_word, *aside_path, *on_word;
static struct texts daily;

static const struct opt opts[] = {
	{ "month", 'm', OPT_TEXT, "年-月", "只要这个月的采样；没有文件时，看这个月的结论",
	  &month_word },
	{ "shard", 0, OPT_TEXT, "K/N", "只做 N 份机器里的第 K 份，几台机器分着做", &shard_word },
	{ "daily", 0, OPT_TEXTS, "文件", "别处已算好的逐日数据（docs/usage.sql）；可以写多次",
	  &daily },
	{ "replace", 0, OPT_FLAG, NULL, "与已有数字不同的，以这次为准", &replace },
	{ "aside", 0, OPT_TEXT, "文件", "不合格的行另存到这里（默认 .git/yunjuan/usage-bad.csv）",
	  &aside_path },
	{ "on", 0, OPT_TEXT, "日期", "各台机器在这一天申请扩容是否达标", &on_word },
	{ "json", 0, OPT_FLAG, NULL, "输出 JSON", &json },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

struct import {
	struct session *session;
	struct usage_options options;
	const char *root;
	int year, month; /* of --month; 0: none */
	int32_t on;	 /* of --on; 0: none */
	struct usage_set set;
	struct usage_report report;
	struct usage_plan plan;
	struct findings findings;
	struct buf out;
};

/* --- what was asked ------------------------------------------------------------------------------------- */
static int
parse_shard(struct usage_options *o, struct err *err)
{
	const char *slash = shard_word == NULL ? NULL : strchr(shard_word, '/');
	char first[8] = "";
	int64_t k = 1, n = 1;

	o->shard = o->shards = 1;
	if (shard_word == NULL)
		return 0;
	if (slash != NULL && slash - shard_word < (int)sizeof(first))
		memcpy(first, shard_word, (size_t)(slash - shard_word));
	if (slash == NULL || !text_number(slash + 1, 1, 4096, &n) || !text_number(first, 1, n, &k))
		return err_set(err, ERR_USAGE, "“%s”不是份数；请写成 2/4：四份里的第二份",
			       shard_word);
	o->shard = (int)k;
	o->shards = (int)n;
	return 0;
}

static int
parse_asked(struct import *im, struct err *err)
{
	struct session *s = im->session;

	im->options.law = law_indicators(s->basis.law);
	im->root = repo_worktree(s->repo);
	if (im->root == NULL)
		return err_set(err, ERR_USAGE,
			       "这是中心仓库，没有工作区；请在克隆的工作区里导入用量");
	if (im->options.law == NULL)
		return err_set(err, ERR_LAW,
			       "工作区的制度里没有 lua/indicators.lua，不能判定用量；"
			       "请补上这个文件后再试");
	if (month_word != NULL && !month_parse(month_word, &im->year, &im->month))
		return err_set(err, ERR_USAGE, "“%s”不是月份；请写成 2021-05", month_word);
	if (month_word != NULL) {
		im->options.first = day_make(im->year, im->month, 1);
		im->options.last = day_of_next_month(im->year, im->month, 1) - 1;
	}
	if (on_word != NULL && !day_parse(on_word, &im->on))
		return err_set(err, ERR_USAGE, "“%s”不是日期；请写成 2021-05-20", on_word);
	if (s->argc == 0 && daily.count == 0 && month_word == NULL && on_word == NULL)
		return err_set(
		    err, ERR_USAGE,
		    "没有要导入的文件；只看结论的，请写 --month 2021-05 或 --on 2021-05-20");
	return parse_shard(&im->options, err);
}

/* --- reading ----------------------------------------------------------------------------------------------- */
static int
put_aside(struct import *im, struct err *err)
{
	struct buf rows = BUF_INIT;
	char *path = aside_path != NULL
			 ? xstrdup(aside_path)
			 : file_join(repo_gitdir(im->session->repo), "yunjuan/usage-bad.csv");
	int rc = 0;

	if (im->report.bad_kept > 0) {
		usage_report_aside(&im->report, &rows);
		rc = file_make_parents(path, err);
		if (rc == 0)
			rc = file_replace(path, rows.ptr, rows.len, false, err);
		if (rc == 0)
			fprintf(stderr, "不合格的 %lld 行没有计入，%zu 行另存在 %s\n",
				(long long)im->report.bad_count, im->report.bad_kept, path);
	}
	buf_release(&rows);
	free(path);
	return rc;
}

static int
read_all(struct import *im, struct err *err)
{
	const char *const *paths = (const char *const *)im->session->argv;
	size_t i;
	int rc = 0;

	if (im->session->argc > 0)
		rc = usage_read(&im->set, &im->report, paths, (size_t)im->session->argc,
				&im->options, err);
	for (i = 0; rc == 0 && i < daily.count; i++)
		rc = usage_read_daily(&im->set, daily.items[i], &im->options, err);
	return rc;
}

/* Whether what was read may be written; says why not. */
static bool
may_write(struct import *im)
{
	usage_show_bad(&im->report, &im->findings);
	if (usage_report_refused(&im->report)) {
		finding_file(
		    &im->findings, "usage", "", 0, 0,
		    "%lld 行里有 %lld 行不合格，多于百分之 %d，整批没有写入；请核对来源，改正后再导入",
		    (long long)im->report.rows, (long long)im->report.bad_count,
		    USAGE_BAD_PER_CENT);
		return false;
	}
	return true;
}

/* 1: written; 0: refused, and findings say why. */
static int
write_all_files(struct import *im, struct err *err)
{
	size_t i;

	if (usage_store_plan(&im->plan, im->root, &im->set, err) != 0)
		return -1;
	for (i = 0; i < im->plan.clashes.count; i++)
		finding_add(&im->findings, &im->plan.clashes.items[i]);
	for (i = 0; i < im->plan.findings.count && !replace; i++)
		finding_add(&im->findings, &im->plan.findings.items[i]);
	if (!replace)
		usage_show_conflicts(&im->plan, &im->findings);
	if (findings_refuse(&im->findings))
		return 0;
	if (usage_store_write(&im->plan, im->root, err) != 0 || put_aside(im, err) != 0)
		return -1;
	return 1;
}

/* --- showing ------------------------------------------------------------------------------------------------ */
static void
show_import(struct import *im)
{
	const struct usage_report *r = &im->report;
	const struct usage_plan *p = &im->plan;

	if (json) {
		buf_printf(
		    &im->out,
		    "\"rows\":%lld,\"bad_rows\":%lld,\"outside_rows\":%lld,\"twice_days\":%lld,"
		    "\"machines\":%zu,\"added_days\":%zu,\"changed_days\":%zu,"
		    "\"unchanged_days\":%zu,",
		    (long long)r->rows, (long long)r->bad_count, (long long)r->outside_rows,
		    (long long)r->twice_days, im->set.count, p->added, p->changed, p->unchanged);
		return;
	}
	buf_printf(&im->out,
		   "读入 %lld 行：%zu 台机器；不合格 %lld 行，月份之外 %lld 行，"
		   "有重复分钟的 %lld 个机器日（取最后一行）\n",
		   (long long)r->rows, im->set.count, (long long)r->bad_count,
		   (long long)r->outside_rows, (long long)r->twice_days);
	buf_printf(&im->out, "%s/：新增 %zu 日，更改 %zu 日，不变 %zu 日\n", USAGE_FOLDER, p->added,
		   p->changed, p->unchanged);
}

static int
compare_days(const void *a, const void *b)
{
	const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

/* The first days of the months that these days lie in, those that are not known yet. */
static size_t
add_months(const struct usage_days *days, int32_t *firsts, size_t count, size_t max)
{
	size_t row = 0, i;

	while (row < days->count) {
		struct day_parts parts = day_split(days->rows[row].day);
		int32_t first = days->rows[row].day - parts.dom + 1;

		for (i = 0; i < count && firsts[i] != first;)
			i++;
		if (i == count && count < max)
			firsts[count++] = first;
		row = usage_find(days, day_of_next_month(parts.year, parts.month, 1));
	}
	return count;
}

/* The months to judge: the one asked for, else all that were imported; ascending. */
static size_t
months_of(const struct import *im, int32_t *firsts, size_t max)
{
	size_t count = 0, i;

	if (im->month != 0) {
		firsts[0] = im->options.first;
		return 1;
	}
	for (i = 0; i < im->set.count; i++)
		count = add_months(&im->set.machines[i], firsts, count, max);
	qsort(firsts, count, sizeof(*firsts), compare_days);
	return count;
}

static int
show_asks(struct import *im, struct usage_view *view, struct err *err)
{
	size_t before;
	int rc;

	if (json)
		buf_puts(&im->out, ",\"scale_out\":");
	else
		buf_printf(&im->out, "%s 申请扩容（依据 %s）：\n", on_word,
			   im->options.law->scale_out_label);
	before = im->out.len;
	rc = usage_show_asks(view, im->on, json, &im->out, err);
	if (rc == 0 && im->out.len == before)
		buf_puts(&im->out, "  没有用量可看；请先用 yunjuan usage 导入这几天的采样\n");
	return rc;
}

static int
show_verdicts(struct import *im, struct err *err)
{
	struct session *s = im->session;
	struct trail_context context = { s->repo, &s->basis, s->now, NULL };
	struct ledger ledger;
	struct usage_view view = {
		s, im->options.law, im->options.shard, im->options.shards, &im->findings, &ledger
	};
	int32_t firsts[120];
	size_t count = months_of(im, firsts, sizeof(firsts) / sizeof(*firsts)), i;
	int rc = ledger_fold(&ledger, s->log, NULL, 0, &context, NULL, err);

	buf_puts(&im->out, json ? "\"months\":[" : "");
	for (i = 0; rc == 0 && i < count; i++) {
		struct day_parts parts = day_split(firsts[i]);

		buf_puts(&im->out, json && i > 0 ? "," : "");
		rc = usage_show_month(&view, parts.year, parts.month, json, &im->out, err);
	}
	buf_puts(&im->out, json ? "]" : "");
	if (rc == 0 && im->on != 0)
		rc = show_asks(im, &view, err);
	ledger_release(&ledger);
	return rc;
}

static int
import_and_show(struct import *im, struct err *err)
{
	bool importing = im->session->argc > 0 || daily.count > 0;
	int written = 1;

	if (importing && read_all(im, err) != 0)
		return -1;
	if (importing)
		written = may_write(im) ? write_all_files(im, err) : 0;
	if (written <= 0)
		return written;
	buf_puts(&im->out, json ? "{" : "");
	if (importing)
		show_import(im);
	if (show_verdicts(im, err) != 0)
		return -1;
	buf_puts(&im->out, json ? "}\n" : "");
	return 1;
}

static int
run(struct session *s, struct err *err)
{
	struct import im = { .session = s };
	int code = EXIT_COULD_NOT;

	buf_init(&im.out, 0);
	if (parse_asked(&im, err) == 0 && import_and_show(&im, err) >= 0) {
		fputs(im.out.ptr, stdout);
		code = show_findings(&im.findings, false);
	}
	buf_release(&im.out);
	usage_plan_release(&im.plan);
	usage_report_release(&im.report);
	usage_set_release(&im.set);
	findings_release(&im.findings);
	return code;
}

const struct cmd cmd_usage = {
	.name = "usage",
	.summary = "导入用量：每分钟采样汇成每日一行，判定低负载和扩容",
	.usage = "[选项] [文件…]",
	.example =
	    "  yunjuan usage 采样-2021-05.csv.gz --month 2021-05\n"
	    "  zcat 采样.csv.gz | yunjuan usage -            从标准输入读\n"
	    "  yunjuan usage --month 2021-05                 只看这个月的结论\n"
	    "  yunjuan usage --on 2021-05-20                 这一天申请扩容是否达标\n"
	    "  yunjuan usage 采样.csv --shard 2/4            分四份做，这里做第二份\n"
	    "文件是 CSV（可以是 .gz、.zst），第一行写列名：vm,time,vcpu_pct,mem_pct,disk_used_gb,disk_alloc_gb。",
	.min = 0,
	.max = -1,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS | NEED_LOG,
	.run = run,
};
