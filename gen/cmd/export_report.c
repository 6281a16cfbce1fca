/* The reviewer's periodic report: a Markdown draft to go on with, and a page to print. */
#include <stdlib.h>
#include <string.h>

#include "cmd/export.h"
#include "site/reports.h"
#include "site/site.h"

static void
make_report(struct export_job *job, struct report *report)
{
	const struct trail **trails =
	    arena_alloc(&job->arena, (job->trail_count + 1) * sizeof(*trails));
	size_t i;

	for (i = 0; i < job->trail_count; i++)
		trails[i] = &job->trails[i];
	report_make(report, &job->arena, &job->session->basis, trails, job->trail_count,
		    &job->period, day_of(job->session->now), SIZE_MAX);
}

/* --- Markdown ------------------------------------------------------------------------------------- */
static void
put_words(struct buf *out, const char *text)
{
	export_plain(out, text, "\\`*_[]<>|#!&");
}

static void
put_flow(struct buf *out, const char *name, const struct report_flow *f)
{
	buf_printf(out, "| %s | %d | %d | %d | %d | %d | %d |\n", name, f->carried, f->opened,
		   f->closed, f->cancelled, f->open, f->late);
}

static void
put_progress(struct buf *out, const struct report *r)
{
	const struct report_flow *all = &r->all;
	size_t i;

	buf_printf(out,
		   "## 一、工作进展\n\n上期转入 %d 张工单，本期新开 %d 张，办结 %d 张，取消 %d 张；"
		   "期末在办 %d 张，其中超期 %d 张。\n\n",
		   all->carried, all->opened, all->closed, all->cancelled, all->open, all->late);
	buf_puts(out, "| 流程 | 上期转入 | 新开 | 办结 | 取消 | 期末在办 | 其中超期 |\n"
		      "|---|--:|--:|--:|--:|--:|--:|\n");
	for (i = 0; i < r->flow_count; i++)
		put_flow(out, r->flows[i].flow->name, &r->flows[i]);
	put_flow(out, "合计", all);
}

static void
put_item(struct buf *out, const struct report_item *item)
{
	buf_puts(out, "- ");
	put_words(out, item->trail->id);
	buf_puts(out, " ");
	put_words(out, item->trail->title);
	buf_puts(out, "：");
	put_words(out, export_stage_name(item->step));
	buf_puts(out, "（");
	put_words(out, item->parties);
	buf_puts(out, "）");
}

static void
put_day(struct buf *out, const char *words, int32_t day)
{
	char text[11];

	day_text(day, text);
	buf_printf(out, "%s%s", words, text);
}

static void
put_late(struct buf *out, const struct report *r)
{
	size_t i;

	buf_puts(out, "\n## 二、存在的问题\n\n### 超期\n\n");
	for (i = 0; i < r->late.count; i++) {
		const struct report_item *item = &r->late.items[i];

		put_item(out, item);
		put_day(out, "，期限 ", item->day);
		if (item->left != NULL)
			put_day(out, "，办出 ", day_of(item->left->time));
		else
			buf_puts(out, "，尚未办");
		if (item->days >= 0)
			buf_printf(out, "，超 %d 日", item->days);
		else
			buf_puts(out, "，超期日数不详");
		buf_puts(out, "，原因：");
		put_words(out, item->words[0] != '\0' ? item->words : "（未写，请补）");
		buf_puts(out, "\n");
	}
	if (r->late.count == 0)
		buf_puts(out, "没有超期。\n");
}

static void
put_back(struct buf *out, const struct report *r)
{
	size_t i;

	buf_puts(out, "\n### 退回和整改\n\n");
	for (i = 0; i < r->back.count; i++) {
		const struct report_item *item = &r->back.items[i];

		put_item(out, item);
		put_day(out, "，", item->day);
		buf_puts(out, " ");
		put_words(out, item->step->outcome->name);
		buf_puts(out, "，意见：");
		put_words(out, item->words);
		if (item->again != NULL)
			put_day(out, "；重新提交 ", day_of(item->again->entered->time));
		else
			buf_printf(out, item->ended ? "；%s" : "；整改中，期末在“%s”",
				   export_stage_name(item->now));
		buf_puts(out, "\n");
	}
	if (r->back.count == 0)
		buf_puts(out, "没有退回和整改。\n");
}

static void
put_next(struct buf *out, const struct report *r)
{
	size_t i;

	buf_puts(out, "\n## 三、下一步工作\n\n");
	for (i = 0; i < r->next.count; i++) {
		const struct report_item *item = &r->next.items[i];

		put_item(out, item);
		put_day(out, "，期限 ", item->day);
		buf_printf(out, "，%s\n", trail_state_names[item->state]);
	}
	if (r->next.count == 0)
		buf_puts(out, "没有定了期限的在办工单。\n");
	buf_puts(out, "\n（由复核方补充说明后报送。）\n");
}

static void
put_stages(struct buf *out, const struct report *r)
{
	size_t i;

	if (r->stage_count == 0)
		return;
	buf_puts(out, "\n## 附：各环节办理情况\n\n"
		      "| 环节 | 本期办出 | 其中逾期 | 退回、整改 | 期末在办 | 其中超期 |\n"
		      "|---|--:|--:|--:|--:|--:|\n");
	for (i = 0; i < r->stage_count; i++) {
		const struct report_stage *s = &r->stages[i];

		buf_printf(out, "| %s · %s | %d | %d | %d | %d | %d |\n", s->flow->name,
			   s->stage->name, s->left, s->left_late, s->back, s->open, s->open_late);
	}
}

static void
put_markdown(struct buf *out, const struct report *r)
{
	buf_printf(out, "# 云资源使用管理复核%s（草稿）\n\n%s", period_kind(r->period),
		   r->period->name);
	put_day(out, "（", r->period->first);
	put_day(out, " 至 ", r->until);
	buf_printf(out, "%s）\n\n", r->until < r->period->last ? "，本期未完" : "");
	put_progress(out, r);
	put_late(out, r);
	put_back(out, r);
	put_next(out, r);
	put_stages(out, r);
}

/* --- a page ----------------------------------------------------------------------------------------- */
struct paper {
	const struct report *report;
	const struct basis *basis;
};

static void
push_paper(void *ctx, struct script *script)
{
	const struct paper *paper = ctx;

	report_push(script, paper->report, paper->basis);
}

static int
put_page(struct export_job *job, const struct report *report, struct buf *out, struct err *err)
{
	struct session *s = job->session;
	struct paper paper = { report, &s->basis };
	struct site_sheet sheet = { REPORT_TEMPLATE, "report.html", push_paper, &paper, true };

	return site_sheet(s->repo, s->now, &sheet, out, err);
}

int
export_report(struct export_job *job, const char *format, struct buf *out, struct err *err)
{
	struct report report;

	make_report(job, &report);
	if (strcmp(format, "html") == 0)
		return put_page(job, &report, out, err);
	put_markdown(out, &report);
	return 0;
}
