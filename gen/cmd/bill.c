#include <stdlib.h>
#include <string.h>

#include "cmd/bill.h"
#include "cmd/cmd.h"
#include "site/bills.h"
#include "site/site.h"

static bool json;
static const char *csv_file, *xlsx_file, *page_file, *ticket_word;

static const struct opt opts[] = {
	{ "json", 0, OPT_FLAG, NULL, "输出 JSON", &json },
	{ "csv", 0, OPT_TEXT, "文件", "另存为 CSV（Excel 可直接打开）", &csv_file },
	{ "xlsx", 0, OPT_TEXT, "文件", "另存为 Excel 工作簿，横向 A4", &xlsx_file },
	{ "page", 0, OPT_TEXT, "文件", "另存为可打印、供签字盖章的网页", &page_file },
	{ "ticket", 't', OPT_TEXT, "工单号", "把费用表填进这张结算工单，不用人抄；复核时填本月变动",
	  &ticket_word },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

/* --- what there is to show ------------------------------------------------------------------------- */
/* Everything that one bill stands on. */
struct desk {
	struct session *session;
	struct ledger ledger;
	struct prices prices;
	struct arena arena;
	struct findings findings;
	struct bill bill;
};

static int
open_desk(struct desk *d, int32_t month, struct err *err)
{
	struct session *s = d->session;
	struct trail_context context = { s->repo, &s->basis, s->now, NULL };
	struct bill_source source = { &d->ledger, &d->prices, &s->basis };

	if (ledger_fold(&d->ledger, s->log, NULL, 0, &context, NULL, err) != 0 ||
	    prices_read(&d->prices, &d->arena, &s->snap, &d->findings, err) != 0)
		return -1;
	bill_make(&d->bill, &d->arena, &source, month, day_of(s->now), &d->findings);
	return 0;
}

static void
close_desk(struct desk *d)
{
	ledger_release(&d->ledger);
	prices_release(&d->prices);
	findings_release(&d->findings);
	arena_release(&d->arena);
}

/* --- the files that were asked for --------------------------------------------------------------------- */
static int
save(const char *path, const struct buf *bytes, struct err *err)
{
	if (file_replace(path, bytes->ptr, bytes->len, false, err) != 0)
		return -1;
	fprintf(stderr, "已写入 %s\n", path);
	return 0;
}

static int
save_sheets(struct desk *d, const struct sheet *sheet, struct err *err)
{
	struct buf out = BUF_INIT;
	int rc = 0;

	if (csv_file != NULL) {
		sheet_csv(&out, sheet);
		rc = save(csv_file, &out, err);
	}
	buf_clear(&out);
	if (rc == 0 && xlsx_file != NULL)
		rc = sheet_xlsx(&out, sheet, day_end(d->bill.last), err);
	if (rc == 0 && xlsx_file != NULL)
		rc = save(xlsx_file, &out, err);
	buf_release(&out);
	return rc;
}

static void
push_bill(void *ctx, struct script *script)
{
	const struct desk *d = ctx;

	bill_push(script, &d->bill, true, NULL, &d->findings);
}

static int
save_page(struct desk *d, struct err *err)
{
	struct site_sheet page = { BILL_TEMPLATE, "bill.html", push_bill, d, true };
	struct buf html = BUF_INIT;
	int rc = site_sheet(d->session->repo, d->session->now, &page, &html, err);

	if (rc == 0)
		rc = save(page_file, &html, err);
	buf_release(&html);
	return rc;
}

static int
show(struct desk *d, struct err *err)
{
	const struct law *law = d->session->basis.law;
	struct sheet *sheet = bill_sheet(&d->bill, law, d->session->basis.registers->site.office);
	struct buf out = BUF_INIT;
	int rc = save_sheets(d, sheet, err);

	if (rc == 0 && page_file != NULL)
		rc = save_page(d, err);
	if (rc == 0 && ticket_word != NULL)
		rc = bill_fill_ticket(d->session, &d->bill, ticket_word, err);
	if (rc == 0 && json)
		bill_json(&out, &d->bill);
	else if (rc == 0 && csv_file == NULL && xlsx_file == NULL && page_file == NULL &&
		 ticket_word == NULL)
		sheet_print(&out, sheet);
	fwrite(out.ptr, 1, out.len, stdout);
	buf_release(&out);
	sheet_free(sheet);
	return rc;
}

static int
run(struct session *s, struct err *err)
{
	struct desk d = { .session = s };
	int year, month, rc, code = EXIT_COULD_NOT;
	int32_t first;

	if (!month_parse(s->argv[0], &year, &month))
		return err_set(err, ERR_USAGE, "“%s”不是月份；请写成 2021-07", s->argv[0]);
	first = day_make(year, month, 1);
	if (first > day_of(s->now))
		return err_set(err, ERR_USAGE, "%s 还没有开始，没有费用可算", s->argv[0]);
	rc = open_desk(&d, first, err);
	if (rc == 0) {
		findings_print(&d.ledger.oddities, stderr);
		code = show_findings(&d.findings, false);
	}
	if (rc == 0 && code == EXIT_DONE && show(&d, err) != 0)
		code = EXIT_COULD_NOT;
	close_desk(&d);
	return code;
}

const struct cmd cmd_bill = {
	.name = "bill",
	.summary = "算一个月的费用：附件 13 的表，按台账和价格表逐日计算",
	.usage = "[选项] 年-月",
	.example = "  yunjuan bill 2021-07                       在终端上看\n"
		   "  yunjuan bill 2021-07 --xlsx 七月.xlsx      另存为 Excel 工作簿\n"
		   "  yunjuan bill 2021-07 --ticket JS-20210811-mzyy-01\n"
		   "                                             填好结算工单的费用表\n"
		   "已结算的月份显示当时签章的表；以后的更正列在下一个未结算的月份。",
	.min = 1,
	.max = 1,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS | NEED_LOG,
	.run = run,
};
