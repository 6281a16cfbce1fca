/* A month's bill as a table, as JSON, and as the rows of its ticket. */
#include <stdlib.h>
#include <string.h>

#include "cmd/bill.h"

/* --- as a table ------------------------------------------------------------------------------------ */
static const struct sheet_column columns[] = {
	{ "使用单位", SHEET_TEXT, 24 },
	{ "系统", SHEET_TEXT, 28 },
	{ "资源编号", SHEET_TEXT, 12 },
	{ "资源类型", SHEET_TEXT, 14 },
	{ "配置", SHEET_TEXT, 28 },
	{ "起", SHEET_DAY, 11 },
	{ "止", SHEET_DAY, 11 },
	{ "天数", SHEET_INTEGER, 6 },
	{ "月单价（元）", SHEET_MONEY, 12 },
	{ "金额（元）", SHEET_MONEY, 12 },
	{ "本月变动", SHEET_TEXT, 9 },
	{ "备注", SHEET_TEXT, 28 },
};

#define AMOUNT_COLUMN 9

static void
put_row(struct sheet *sheet, const struct fee_row *row)
{
	sheet_row(sheet, SHEET_ROW);
	sheet_text(sheet, row->tenant);
	sheet_text(sheet, row->system);
	sheet_text(sheet, row->resource);
	sheet_text(sheet, row->type);
	sheet_text(sheet, row->spec);
	sheet_number(sheet, row->from);
	sheet_number(sheet, row->to);
	sheet_number(sheet, row->days);
	sheet_number(sheet, row->unit_fen);
	sheet_number(sheet, row->amount_fen);
	sheet_text(sheet, row->change);
	sheet_text(sheet, row->note);
}

static void
put_sum(struct sheet *sheet, const struct fee_line *line)
{
	bool total = line->kind == FEE_TOTAL;
	int i;

	sheet_row(sheet, total ? SHEET_TOTAL : SHEET_SUBTOTAL);
	sheet_text(sheet, total ? "合计" : line->row->tenant);
	sheet_text(sheet, total ? "" : line->kind == FEE_SYSTEM ? "系统小计" : "单位小计");
	for (i = 2; i < AMOUNT_COLUMN; i++)
		sheet_skip(sheet);
	sheet_number(sheet, line->amount_fen);
}

static void
put_rows(struct sheet *sheet, const struct bill *bill)
{
	struct arena arena = { 0 };
	size_t count, i;
	const struct fee_line *lines = bill_lines(bill, &arena, &count);

	for (i = 0; i < count; i++) {
		if (lines[i].kind == FEE_ROW)
			put_row(sheet, lines[i].row);
		else
			put_sum(sheet, &lines[i]);
	}
	arena_release(&arena);
}

/* The form of annex 13 is that of the flow which settles. */
static const struct form *
bill_form(const struct law *law)
{
	size_t count, i;
	const struct flow *flows = law_flows(law, &count);

	for (i = 0; i < count; i++) {
		if (flows[i].ledger.deed == DEED_SETTLE)
			return law_form(law, flows[i].ledger.form);
	}
	return NULL;
}

/* "XX 年 XX 月…" with the month in it. */
static void
put_title(struct buf *out, const char *title, int32_t month)
{
	struct day_parts p = day_split(month);
	const char *at;
	int which = 0;

	for (at = title; *at != '\0'; at++) {
		if (!text_starts(at, "XX") || which > 1) {
			buf_putc(out, *at);
			continue;
		}
		buf_printf(out, "%d", which++ == 0 ? p.year : p.month);
		at++;
	}
}

static void
put_head(struct sheet *sheet, const struct bill *bill, const struct law *law, const char *office)
{
	const struct form *form = bill_form(law);
	struct buf line = BUF_INIT;
	char day[11];

	put_title(&line, form == NULL ? "XX 年 XX 月费用表" : form->title, bill->month);
	sheet_head(sheet, line.ptr);
	buf_clear(&line);
	day_text(bill->last, day);
	buf_printf(&line, "编制：%s", office);
	if (bill->settled != NULL)
		buf_printf(&line, "　已结算：%s", bill->settled->ticket);
	else if (bill->running)
		buf_printf(&line, "　本月未完，算至 %s", day);
	else
		buf_puts(&line, "　未结算");
	sheet_head(sheet, line.ptr);
	if (bill->example)
		sheet_head(sheet, "单价是示例，不是文件所列的价格；请先换成正式价格，再用于结算");
	buf_release(&line);
}

struct sheet *
bill_sheet(const struct bill *bill, const struct law *law, const char *office)
{
	struct sheet *sheet = sheet_new("费用表", columns, sizeof(columns) / sizeof(*columns));

	put_head(sheet, bill, law, office);
	put_rows(sheet, bill);
	sheet_foot(
	    sheet,
	    "统筹管理方（签章）：　　　　　　　　实施方（签章）：　　　　　　　　复核方（签章）：　　　　　　　　");
	return sheet;
}

/* --- as JSON ----------------------------------------------------------------------------------------- */
static void
json_text(struct buf *out, const char *key, const char *text)
{
	json_key(out, key);
	json_str(out, text);
}

static void
json_day(struct buf *out, const char *key, int32_t day)
{
	char text[11];

	day_text(day, text);
	json_text(out, key, text);
}

/* Money as text with two decimals: no reader rounds it. */
static void
json_money(struct buf *out, const char *key, int64_t fen)
{
	char text[24];

	fen_text(fen, text);
	json_text(out, key, text);
}

static void
json_month(struct buf *out, const char *key, int32_t month)
{
	struct day_parts p = day_split(month);

	json_key(out, key);
	buf_printf(out, "\"%04d-%02d\"", p.year, p.month);
}

static void
json_row(struct buf *out, const struct fee_row *row)
{
	buf_puts(out, "{");
	json_text(out, "tenant", row->tenant);
	json_text(out, "system", row->system_id);
	json_text(out, "system_name", row->system);
	json_text(out, "resource", row->resource);
	json_text(out, "type", row->type);
	json_text(out, "spec", row->spec);
	json_day(out, "from", row->from);
	json_day(out, "to", row->to);
	json_key(out, "days");
	buf_printf(out, "%d", row->days);
	json_money(out, "unit_price", row->unit_fen);
	json_money(out, "amount", row->amount_fen);
	json_text(out, "change", row->change);
	json_text(out, "note", row->note);
	if (row->of_month != 0)
		json_month(out, "of_month", row->of_month);
	json_text(out, "ticket", row->ticket);
	buf_puts(out, "}");
}

static void
json_sums(struct buf *out, const char *key, const struct fee_sum *sums, size_t count)
{
	size_t i;

	json_key(out, key);
	buf_puts(out, "[");
	for (i = 0; i < count; i++) {
		buf_puts(out, i > 0 ? ",\n{" : "\n{");
		json_text(out, "tenant", sums[i].tenant);
		if (sums[i].system_id[0] != '\0')
			json_text(out, "system", sums[i].system_id);
		json_key(out, "rows");
		buf_printf(out, "%zu", sums[i].rows);
		json_money(out, "amount", sums[i].amount_fen);
		buf_puts(out, "}");
	}
	buf_puts(out, "]");
}

static void
json_changes(struct buf *out, const struct bill *bill)
{
	size_t i;

	json_key(out, "changes");
	buf_puts(out, "[");
	for (i = 0; i < bill->change_count; i++) {
		const struct fee_change *c = &bill->changes[i];

		buf_puts(out, i > 0 ? ",\n{" : "\n{");
		json_text(out, "resource", c->resource);
		json_text(out, "type", c->type);
		json_text(out, "change", c->change);
		json_day(out, "day", c->day);
		json_text(out, "ticket", c->ticket);
		buf_puts(out, "}");
	}
	buf_puts(out, "]");
}

void
bill_json(struct buf *out, const struct bill *bill)
{
	size_t i;

	buf_puts(out, "{");
	json_month(out, "month", bill->month);
	json_day(out, "until", bill->last);
	json_key(out, "running");
	buf_puts(out, bill->running ? "true" : "false");
	json_key(out, "example_prices");
	buf_puts(out, bill->example ? "true" : "false");
	if (bill->settled != NULL)
		json_text(out, "settled", bill->settled->ticket);
	json_key(out, "rows");
	buf_puts(out, "[");
	for (i = 0; i < bill->row_count; i++) {
		buf_puts(out, i > 0 ? ",\n" : "\n");
		json_row(out, &bill->rows[i]);
	}
	buf_puts(out, "]");
	json_changes(out, bill);
	json_sums(out, "systems", bill->systems, bill->system_count);
	json_sums(out, "tenants", bill->tenants, bill->tenant_count);
	json_money(out, "total", bill->total_fen);
	buf_puts(out, "}\n");
}

/* --- as the rows of a ticket -------------------------------------------------------------------------- */
static void
yaml_pair(struct buf *out, const char *key, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_printf(out, "%s%s: ", out->ptr[out->len - 1] == ' ' ? "" : ", ", key);
	yaml_scalar(out, text);
}

static void
yaml_day(struct buf *out, const char *key, int32_t day)
{
	char text[11];

	day_text(day, text);
	buf_printf(out, ", %s: %s", key, text);
}

static void
yaml_row(struct buf *out, const struct fee_row *row)
{
	char unit[24], amount[24];
	struct day_parts p = day_split(row->of_month);

	fen_text(row->unit_fen, unit);
	fen_text(row->amount_fen, amount);
	buf_puts(out, "  - { ");
	yaml_pair(out, "tenant", row->tenant);
	yaml_pair(out, "system", row->system_id);
	yaml_pair(out, "resource", row->resource);
	yaml_pair(out, "type", row->type);
	yaml_pair(out, "spec", row->spec);
	yaml_day(out, "from", row->from);
	yaml_day(out, "to", row->to);
	buf_printf(out, ", days: %d, unit_price: %s, amount: %s", row->days, unit, amount);
	yaml_pair(out, "change", row->change);
	if (row->of_month != 0)
		buf_printf(out, ", of_month: %04d-%02d", p.year, p.month);
	yaml_pair(out, "note", row->note);
	buf_puts(out, " }\n");
}

static void
yaml_bill(struct buf *out, const struct bill *bill, const struct flow_ledger *how)
{
	struct day_parts p = day_split(bill->month);
	char total[24];
	size_t i;

	fen_text(bill->total_fen, total);
	buf_printf(out, "%s: %04d-%02d\n%s:\n", how->day, p.year, p.month, how->rows);
	for (i = 0; i < bill->row_count; i++)
		yaml_row(out, &bill->rows[i]);
	buf_printf(out, "total: %s\n", total);
}

/* The row that was filled in before for this change; NULL: none. */
static const struct node *
filled_row(const struct node *rows, const struct fee_change *c)
{
	char day[11];
	size_t i;

	day_text(c->day, day);
	for (i = 0; rows != NULL && rows->kind == NODE_LIST && i < rows->count; i++) {
		const struct node *row = rows->items[i];

		if (strcmp(node_text(row, "resource"), c->resource) == 0 &&
		    strcmp(node_text(row, "change"), c->change) == 0 &&
		    strcmp(node_text(row, "delivered_on"), day) == 0)
			return row;
	}
	return NULL;
}

/* What changed in the month; that each is as the list says is for the reviewer to write, and what the reviewer
 * has written of a change stays. */
static void
yaml_changes(struct buf *out, const struct bill *bill, const char *key, const struct node *filled)
{
	size_t i;

	buf_printf(out, "%s:\n", key);
	for (i = 0; i < bill->change_count; i++) {
		const struct fee_change *c = &bill->changes[i];
		const struct node *row = filled_row(filled, c);

		buf_puts(out, "  - { ");
		yaml_pair(out, "resource", c->resource);
		yaml_pair(out, "change", c->change);
		yaml_day(out, "delivered_on", c->day);
		buf_puts(out, ", matches: ");
		if (node_text(row, "matches")[0] != '\0')
			yaml_scalar(out, node_text(row, "matches"));
		yaml_pair(out, "remark", node_text(row, "remark"));
		buf_puts(out, out->ptr[out->len - 1] == ' ' ? "}\n" : " }\n");
	}
}

/* Whether a form that the stage fills has the field. */
static bool
stage_fills(const struct law *law, const struct stage *stage, const char *key)
{
	size_t i, k;

	for (i = 0; stage != NULL && key != NULL && i < stage->form_count; i++) {
		const struct form *form = law_form(law, stage->forms[i]);

		for (k = 0; form != NULL && k < form->field_count; k++) {
			if (strcmp(form->fields[k].key, key) == 0)
				return true;
		}
	}
	return false;
}

/* The flow of the ticket as it stands in the work tree, and its stage; NULL and err when it does not settle
 * this month. */
static const struct flow *
settling_flow(struct session *s, const struct node *front, const char *id, const char *month,
	      const struct stage **stage, struct err *err)
{
	const struct flow *flow = law_flow(s->basis.law, node_text(front, "flow"));

	if (flow == NULL || flow->ledger.deed != DEED_SETTLE) {
		err_set(err, ERR_USAGE, "%s 没有月份费用表，不能填", id);
		flow = NULL;
	} else if (node_text(front, flow->ledger.day)[0] != '\0' &&
		   strcmp(node_text(front, flow->ledger.day), month) != 0) {
		err_set(err, ERR_USAGE, "%s 结算的是 %s，不能填 %s 的费用", id,
			node_text(front, flow->ledger.day), month);
		flow = NULL;
	}
	*stage = flow == NULL ? NULL : flow_stage(flow, node_text(front, "stage"));
	return flow;
}

static char *
ticket_path(const struct session *s, uint32_t ticket)
{
	char *folder = file_join(repo_worktree(s->repo), log_ticket_folder(s->log, ticket));
	char *path = file_join(folder, "ticket.md");

	free(folder);
	return path;
}

/* The rows that the ticket's stage asks for: the table, or what changed; said: what there is now. */
static int
fill_rows(struct buf *out, struct buf *said, const struct law *law, const struct bill *bill,
	  const struct flow *flow, const struct stage *stage, const struct node *front,
	  struct err *err)
{
	const struct flow_ledger *how = &flow->ledger;

	if (stage_fills(law, stage, how->rows)) {
		yaml_bill(out, bill, how);
		buf_printf(said, "%zu 行", bill->row_count);
		return 0;
	}
	if (!stage_fills(law, stage, how->changes))
		return err_set(err, ERR_USAGE, "“%s”这个环节不填费用表，也不填本月变动",
			       stage == NULL ? "" : stage->name);
	yaml_changes(out, bill, how->changes, node_get(front, how->changes));
	buf_printf(said, "本月变动 %zu 项；请逐项核对，一致的在 matches 填“是”",
		   bill->change_count);
	return 0;
}

int
bill_fill_ticket(struct session *s, const struct bill *bill, const char *word, struct err *err)
{
	struct buf text = BUF_INIT, lines = BUF_INIT, said = BUF_INIT;
	struct findings ignored = { 0 };
	struct arena arena = { 0 };
	struct doc doc = { 0 };
	char *path = NULL;
	const struct flow *flow = NULL;
	const struct stage *stage = NULL;
	char month[11];
	uint32_t ticket;
	int rc;

	day_text(bill->month, month);
	month[7] = '\0';
	if (bill->running || bill->settled != NULL)
		return err_set(err, ERR_USAGE, "%s %s", month,
			       bill->running ? "还没有结束，不能结算" : "已经结算，不再填表");
	if (repo_worktree(s->repo) == NULL)
		return err_set(err, ERR_USAGE, "这是中心仓库，没有工作文件；请在自己的工作区里填");
	rc = find_ticket(s, word, &ticket, err);
	if (rc == 0) {
		path = ticket_path(s, ticket);
		rc = file_read(&text, path, DOC_MAX_BYTES, err);
	}
	if (rc == 0) {
		doc_parse(&doc, &arena, text.ptr, text.len, "ticket.md", &ignored);
		flow =
		    settling_flow(s, doc.front, log_ticket_id(s->log, ticket), month, &stage, err);
	}
	if (flow != NULL) {
		rc = fill_rows(&lines, &said, s->basis.law, bill, flow, stage, doc.front, err);
		if (rc == 0)
			rc = front_merge(&text, lines.ptr, err);
		if (rc == 0)
			rc = file_replace(path, text.ptr, text.len, false, err);
	}
	if (flow != NULL && rc == 0)
		printf("已填好 %s：%s\n", log_ticket_id(s->log, ticket), said.ptr);
	findings_release(&ignored);
	arena_release(&arena);
	free(path);
	buf_release(&said);
	buf_release(&lines);
	buf_release(&text);
	return flow == NULL ? -1 : rc;
}
