#include <stdlib.h>
#include <string.h>

#include "cmd/export.h"
#include "ledger/ledger.h"
#include "sheet/sheet.h"

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
	struct trail_context context = { s->repo, &s->basis, s->now };
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

/* --- a table as a sheet and as JSON at once ---------------------------------------------------------- */
struct table {
	struct sheet *sheet;
	struct buf json;
	const struct sheet_column *columns;
	const char *const *keys;
	size_t rows, at;
};

static void
row(struct table *t)
{
	buf_puts(&t->json, t->rows == 0 ? "\n{" : "},\n{");
	t->rows++;
	t->at = 0;
	sheet_row(t->sheet, SHEET_ROW);
}

static void
text(struct table *t, const char *value)
{
	json_key(&t->json, t->keys[t->at++]);
	json_str(&t->json, value);
	sheet_text(t->sheet, value);
}

static void
none(struct table *t)
{
	json_key(&t->json, t->keys[t->at++]);
	buf_puts(&t->json, "null");
	sheet_skip(t->sheet);
}

static void
number(struct table *t, int64_t value)
{
	char day[11];

	json_key(&t->json, t->keys[t->at]);
	if (t->columns[t->at++].type == SHEET_DAY) {
		day_text((int32_t)value, day);
		json_str(&t->json, day);
	} else {
		buf_printf(&t->json, "%lld", (long long)value);
	}
	sheet_number(t->sheet, value);
}

static void
due(struct table *t, const struct step *step)
{
	if (step != NULL && step->due.kind == DUE_DAY)
		number(t, step->due.day);
	else
		none(t);
}

/* --- the tables -------------------------------------------------------------------------------------- */
static const struct sheet_column ticket_columns[] = {
	{ "工单", SHEET_TEXT, 24 },	   { "流程", SHEET_TEXT, 12 },
	{ "标题", SHEET_TEXT, 32 },	   { "使用单位", SHEET_TEXT, 10 },
	{ "系统", SHEET_TEXT, 28 },	   { "环节", SHEET_TEXT, 14 },
	{ "状态", SHEET_TEXT, 10 },	   { "新开", SHEET_DAY, 12 },
	{ "最近办理", SHEET_DAY, 12 },	   { "期限", SHEET_DAY, 12 },
	{ "超期步数", SHEET_INTEGER, 10 },
};
static const char *const ticket_keys[] = { "ticket", "flow",  "title",	   "tenant",
					   "system", "stage", "state",	   "opened",
					   "last",   "due",   "late_steps" };

static void
ticket_row(struct table *t, const struct trail *trail)
{
	const struct step *step = &trail->steps[trail->step_count - 1];

	row(t);
	text(t, trail->id);
	text(t, trail->flow == NULL ? trail->flow_id : trail->flow->name);
	text(t, trail->title);
	text(t, trail->tenant);
	text(t, trail->system);
	text(t, export_stage_name(step));
	text(t, trail_state_names[trail->state]);
	number(t, day_of(trail->steps[0].entered->time));
	number(t, day_of(trail->last->time));
	due(t, step);
	number(t, trail->late_steps);
}

static int
fill_tickets(struct export_job *job, struct table *t, struct err *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < job->trail_count; i++) {
		const struct trail *trail = &job->trails[i];

		if ((job->party == NULL || strcmp(trail->tenant, job->party->id) == 0) &&
		    export_within(job, day_of(trail->steps[0].entered->time)))
			ticket_row(t, trail);
	}
	return 0;
}

static const struct sheet_column todo_columns[] = {
	{ "状态", SHEET_TEXT, 10 }, { "工单", SHEET_TEXT, 24 }, { "环节", SHEET_TEXT, 14 },
	{ "轮到", SHEET_TEXT, 16 }, { "期限", SHEET_DAY, 12 },	{ "剩余日数", SHEET_INTEGER, 10 },
	{ "标题", SHEET_TEXT, 32 },
};
static const char *const todo_keys[] = {
	"state", "ticket", "stage", "party", "due", "days", "title"
};

static int
fill_todo(struct export_job *job, struct table *t, struct err *err)
{
	struct todo_row *rows = NULL;
	size_t i, count = 0;
	int rc = todo_collect(job->session, &job->arena, job->party, &rows, &count, err);

	for (i = 0; rc == 0 && i < count; i++) {
		const struct step *step = trail_present(&rows[i].trail);

		row(t);
		text(t, trail_state_names[rows[i].trail.state]);
		text(t, rows[i].trail.id);
		text(t, export_stage_name(step));
		text(t, rows[i].kinds);
		due(t, step);
		if (step->due.kind == DUE_DAY)
			number(t, rows[i].trail.days_left);
		else
			none(t);
		text(t, rows[i].trail.title);
	}
	free(rows);
	return rc;
}

static const struct sheet_column late_columns[] = {
	{ "工单", SHEET_TEXT, 24 }, { "标题", SHEET_TEXT, 32 }, { "环节", SHEET_TEXT, 14 },
	{ "期限", SHEET_DAY, 12 },  { "办理", SHEET_DAY, 12 },	{ "超期日数", SHEET_INTEGER, 10 },
	{ "原因", SHEET_TEXT, 40 },
};
static const char *const late_keys[] = { "ticket", "title",	"stage", "due",
					 "left",   "late_days", "reason" };

static void
late_row(struct export_job *job, struct table *t, const struct trail *trail,
	 const struct step *step)
{
	row(t);
	text(t, trail->id);
	text(t, trail->title);
	text(t, export_stage_name(step));
	due(t, step);
	if (step->left != NULL)
		number(t, day_of(step->left->time));
	else
		none(t);
	if (step->late_days >= 0)
		number(t, step->late_days);
	else
		none(t);
	text(t, late_reason(&job->arena, trail, step));
}

static int
fill_late(struct export_job *job, struct table *t, struct err *err)
{
	size_t i, k;

	(void)err;
	for (i = 0; i < job->trail_count; i++) {
		for (k = 0; k < job->trails[i].step_count; k++) {
			const struct step *step = &job->trails[i].steps[k];

			if (step->late && export_within(job, step->due.day) &&
			    export_concerns(job, &job->trails[i], step))
				late_row(job, t, &job->trails[i], step);
		}
	}
	return 0;
}

static const struct sheet_column ledger_columns[] = {
	{ "使用单位", SHEET_TEXT, 10 }, { "系统", SHEET_TEXT, 28 },
	{ "资源编号", SHEET_TEXT, 14 }, { "资源类型", SHEET_TEXT, 14 },
	{ "配置", SHEET_TEXT, 30 },	{ "起", SHEET_DAY, 12 },
	{ "止", SHEET_DAY, 12 },	{ "依据工单", SHEET_TEXT, 24 },
};
static const char *const ledger_keys[] = { "tenant", "system", "id", "type",
					   "spec",   "from",   "to", "ticket" };

static void
ledger_row(struct table *t, const struct holding *h, const struct span *span)
{
	row(t);
	text(t, h->tenant);
	text(t, h->system);
	text(t, h->id);
	text(t, h->type);
	text(t, span->words);
	number(t, span->from);
	if (span->to == LEDGER_OPEN_END)
		none(t);
	else
		number(t, (int64_t)span->to - 1);
	text(t, span->ticket);
}

/* Without a period: what is held today. */
static int
fill_ledger(struct export_job *job, struct table *t, struct err *err)
{
	struct session *s = job->session;
	struct trail_context context = { s->repo, &s->basis, s->now };
	int32_t today = day_of(s->now), first = job->bounded ? job->period.first : today,
		last = job->bounded ? job->period.last : today;
	struct ledger ledger;
	size_t i, k;
	int rc = ledger_fold(&ledger, s->log, NULL, 0, &context, NULL, err);

	for (i = 0; rc == 0 && i < ledger.holding_count; i++) {
		const struct holding *h = &ledger.holdings[i];

		if (job->party != NULL && strcmp(h->tenant, job->party->id) != 0)
			continue;
		for (k = 0; k < h->span_count; k++) {
			const struct span *span = &h->spans[k];

			if (span->from < span->to && span->from <= last && span->to > first)
				ledger_row(t, h, span);
		}
	}
	if (rc == 0)
		findings_print(&ledger.oddities, stderr);
	ledger_release(&ledger);
	return rc;
}

#define COLUMNS(of) of##_columns, of##_keys, sizeof(of##_keys) / sizeof(of##_keys[0])
#define TABLE_FORMATS \
	{ \
		"csv", "xlsx", "json" \
	}

static const struct kind {
	const char *id, *name;
	const struct sheet_column *columns;
	const char *const *keys;
	size_t column_count;
	int (*fill)(struct export_job *job, struct table *t, struct err *err);
	bool now;		/* of the present: a period makes no sense */
	const char *formats[4]; /* the first unless another is asked for */
} kinds[] = {
	{ "tickets", "工单", COLUMNS(ticket), fill_tickets, false, TABLE_FORMATS },
	{ "todo", "待办", COLUMNS(todo), fill_todo, true, TABLE_FORMATS },
	{ "late", "超期", COLUMNS(late), fill_late, false, TABLE_FORMATS },
	{ "ledger", "资源台账", COLUMNS(ledger), fill_ledger, false, TABLE_FORMATS },
	{ "deadlines", NULL, NULL, NULL, 0, NULL, true, { "ics" } },
	{ "report", NULL, NULL, NULL, 0, NULL, false, { "md", "html" } },
};

/* --- writing ------------------------------------------------------------------------------------------- */
static int
make_table(struct export_job *job, const struct kind *kind, struct buf *out, struct err *err)
{
	struct table t = { sheet_new(kind->name, kind->columns, kind->column_count),
			   BUF_INIT,
			   kind->columns,
			   kind->keys,
			   0,
			   0 };
	int rc = kind->fill(job, &t, err);

	if (rc == 0 && strcmp(format, "csv") == 0)
		sheet_csv(out, t.sheet);
	else if (rc == 0 && strcmp(format, "xlsx") == 0)
		rc = sheet_xlsx(out, t.sheet, job->session->now, err);
	else if (rc == 0)
		buf_printf(out, "[%s%s\n]\n", t.json.ptr, t.rows == 0 ? "" : "}");
	buf_release(&t.json);
	sheet_free(t.sheet);
	return rc;
}

static int
make(struct export_job *job, const struct kind *kind, struct buf *out, struct err *err)
{
	if (read_trails(job, err) != 0)
		return -1;
	if (kind->fill != NULL)
		return make_table(job, kind, out, err);
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
	job->party = basis_party(&job->session->basis, party_id);
	if (job->party == NULL)
		return err_set(err, ERR_USAGE,
			       "登记册里没有“%s”这个单位；编号见 content/parties/ 的文件名",
			       party_id);
	return 0;
}

static int
write_out(const struct buf *out, struct err *err)
{
	if (out_file == NULL || strcmp(out_file, "-") == 0) {
		fwrite(out->ptr, 1, out->len, stdout); /* main looks at the stream's error */
		return 0;
	}
	if (file_replace(out_file, out->ptr, out->len, false, NULL, err) != 0)
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
		return err_set(err, ERR_USAGE,
			       "不能导出“%s”；可用 tickets、todo、late、ledger、deadlines、report",
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
	.summary = "导出：工单、待办、超期、台账的表，期限日历，定期报告",
	.usage = "[选项] tickets|todo|late|ledger|deadlines|report",
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
