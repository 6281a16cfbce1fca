#include <stdlib.h>
#include <string.h>

#include "cmd/export_table.h"

static const char *format, *party_id, *year_word, *quarter_word, *month_word, *out_file;

static const struct opt opts[] = {
	{ "format", 'f', OPT_TEXT, "格式",
	  "csv（默认）、xlsx、json；deadlines 为 ics，report 为 md（默认）或 html", &format },
	{ "party", 'p', OPT_TEXT, "单位编号", "只要这个单位的", &party_id },
	{ "year", 0, OPT_TEXT, "年", "只要这一年的，例如 2021", &year_word },
	{ "quarter", 0, OPT_TEXT, "年-季", "只要这个季度的，例如 2021-Q2", &quarter_word },
	{ "month", 0, OPT_TEXT, "年-月", "只要这个月的，例如 2021-07", &month_word },
	{ "out", 'o', OPT_TEXT, "文件", "写进这个文件（默认或 -：标准输出）", &out_file },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

/* --- what is asked -------------------------------------------------------------------------------- */
bool
export_within(const struct export_job *job, int32_t day)
{
	return !job->bounded || (job->period.first <= day && day <= job->period.last);
}

bool
export_concerns(const struct export_job *job, const struct trail *trail, const struct step *step)
{
	const struct party **turns;
	size_t i, count = 0;
	bool found = false;

	if (job->party == NULL)
		return true;
	turns = stage_turns(&job->session->basis, trail, step->stage, &count);
	for (i = 0; i < count; i++)
		found = found || turns[i] == job->party;
	free((void *)turns);
	return found;
}

const char *
export_stage_name(const struct step *step)
{
	return step->stage == NULL ? step->stage_id : step->stage->name;
}

static int
read_period(struct export_job *job, struct err *err)
{
	const struct {
		const char *word;
		int months;
		const char *what, *example;
	} asked[] = { { year_word, 12, "年份", "2021" },
		      { quarter_word, 3, "季度", "2021-Q2" },
		      { month_word, 1, "月份", "2021-07" } };
	size_t i;

	for (i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		if (asked[i].word == NULL)
			continue;
		if (job->bounded)
			return err_set(err, ERR_USAGE, "--year、--quarter 和 --month 只能写一个");
		job->bounded = true;
		if (!period_parse(asked[i].word, &job->period) ||
		    job->period.months != asked[i].months)
			return err_set(err, ERR_USAGE, "“%s”不是%s；请写成 %s", asked[i].word,
				       asked[i].what, asked[i].example);
	}
	return 0;
}

static int
compare_trails(const void *a, const void *b)
{
	return strcmp(((const struct trail *)a)->id, ((const struct trail *)b)->id);
}

static int
read_trails(struct export_job *job, struct err *err)
{
	struct session *s = job->session;
	struct trail_context context = { s->repo, &s->basis, s->now, NULL };
	size_t cap = 0;
	uint32_t i;

	for (i = 0; i < log_ticket_count(s->log); i++) {
		struct trail trail = { 0 };

		if (trail_of(&trail, &job->arena, s->log, i, &context, err) != 0)
			return -1;
		if (!trail.gone && trail.step_count > 0)
			vec_push(job->trails, job->trail_count, cap, trail);
	}
	if (job->trail_count > 0)
		qsort(job->trails, job->trail_count, sizeof(*job->trails), compare_trails);
	return 0;
}

#define TABLE_FORMATS \
	{ \
		"csv", "xlsx", "json" \
	}

static const struct kind {
	const char *id;
	const struct export_table *table; /* NULL: it is none */
	bool now;			  /* of the present: a period makes no sense */
	const char *formats[4];		  /* the first unless another is asked for */
} kinds[] = {
	{ "tickets", &export_tickets, false, TABLE_FORMATS },
	{ "todo", &export_todo, true, TABLE_FORMATS },
	{ "late", &export_late, false, TABLE_FORMATS },
	{ "ledger", &export_ledger, false, TABLE_FORMATS },
	{ "usage", &export_usage, false, TABLE_FORMATS },
	{ "deadlines", NULL, true, { "ics" } },
	{ "report", NULL, false, { "md", "html" } },
};

/* --- writing ------------------------------------------------------------------------------------------- */
static int
make(struct export_job *job, const struct kind *kind, struct buf *out, struct err *err)
{
	if (read_trails(job, err) != 0)
		return -1;
	if (kind->table != NULL)
		return export_table(job, kind->table, format, out, err);
	if (strcmp(kind->id, "deadlines") == 0)
		return export_deadlines(job, out, err);
	return export_report(job, format, out, err);
}

static int
check_format(const struct kind *kind, struct err *err)
{
	struct buf all = BUF_INIT;
	size_t i;
	bool known = false;

	if (format == NULL)
		format = kind->formats[0];
	for (i = 0; kind->formats[i] != NULL; i++) {
		known = known || strcmp(format, kind->formats[i]) == 0;
		buf_printf(&all, "%s%s", i > 0 ? "、" : "", kind->formats[i]);
	}
	if (!known)
		err_set(err, ERR_USAGE, "%s 不能导出为“%s”；可用 %s", kind->id, format, all.ptr);
	buf_release(&all);
	return known ? 0 : -1;
}

static int
check_words(struct export_job *job, const struct kind *kind, struct err *err)
{
	bool screen = out_file == NULL || strcmp(out_file, "-") == 0;

	if (check_format(kind, err) != 0)
		return -1;
	if (screen && strcmp(format, "xlsx") == 0)
		return err_set(err, ERR_USAGE, "Excel 工作簿不能写到屏幕；请加 --out 文件");
	if (read_period(job, err) != 0)
		return -1;
	if (kind->now && job->bounded)
		return err_set(err, ERR_USAGE, "%s 只有现在的，不能指定年月", kind->id);
	if (strcmp(kind->id, "report") == 0 && (!job->bounded || party_id != NULL))
		return err_set(err, ERR_USAGE,
			       "报告要用 --month、--quarter 或 --year 说明期间，不分单位");
	if (party_id == NULL)
		return 0;
	job->party = named_party(job->session, party_id, err);
	return job->party == NULL ? -1 : 0;
}

static int
write_out(const struct buf *out, struct err *err)
{
	if (out_file == NULL || strcmp(out_file, "-") == 0) {
		fwrite(out->ptr, 1, out->len, stdout); /* main looks at the stream's error */
		return 0;
	}
	if (file_replace(out_file, out->ptr, out->len, false, err) != 0)
		return -1;
	fprintf(stderr, "已写入 %s\n", out_file);
	return 0;
}

static int
run(struct session *s, struct err *err)
{
	struct export_job job = { .session = s };
	const struct kind *kind = NULL;
	struct buf out = BUF_INIT;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].id, s->argv[0]) == 0)
			kind = &kinds[i];
	}
	if (kind == NULL)
		return err_set(
		    err, ERR_USAGE,
		    "不能导出“%s”；可用 tickets、todo、late、ledger、usage、deadlines、report",
		    s->argv[0]);
	rc = check_words(&job, kind, err);
	if (rc == 0)
		rc = make(&job, kind, &out, err);
	if (rc == 0)
		rc = write_out(&out, err);
	buf_release(&out);
	free(job.trails);
	arena_release(&job.arena);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

const struct cmd cmd_export = {
	.name = "export",
	.summary = "导出：工单、待办、超期、台账、用量的表，期限日历，定期报告",
	.usage = "[选项] tickets|todo|late|ledger|usage|deadlines|report",
	.example = "  yunjuan export tickets --year 2021 --format xlsx --out 工单.xlsx\n"
		   "  yunjuan export deadlines --party mzjy --out 期限.ics   导入日历程序\n"
		   "  yunjuan export report --month 2021-05 --out 报告.md    复核方的定期报告草稿\n"
		   "  yunjuan export report --quarter 2021-Q2 --format html --out 季报.html",
	.min = 1,
	.max = 1,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS | NEED_LOG,
	.run = run,
};
