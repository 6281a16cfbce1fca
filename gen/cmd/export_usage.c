/* What the law makes of a month's use of each machine, as `yunjuan usage --month` says it, as a table. */
#include <stdlib.h>
#include <string.h>

#include "cmd/export_table.h"
#include "ledger/ledger.h"
#include "ledger/usage.h"

static const struct sheet_column columns[] = {
	{ "月份", SHEET_TEXT, 9 },
	{ "虚拟机", SHEET_TEXT, 14 },
	{ "使用单位", SHEET_TEXT, 10 },
	{ "系统", SHEET_TEXT, 28 },
	{ "有数据日数", SHEET_INTEGER, 10 },
	{ "判定日数", SHEET_INTEGER, 9 },
	{ "低负载日数", SHEET_INTEGER, 10 },
	{ "低负载原因（日数）", SHEET_TEXT, 24 },
	{ "vCPU 平均（%）", SHEET_MONEY, 12 },
	{ "vCPU 峰值（%）", SHEET_MONEY, 12 },
	{ "内存平均（%）", SHEET_MONEY, 12 },
	{ "内存峰值（%）", SHEET_MONEY, 12 },
	{ "存储可用月数", SHEET_MONEY, 12 },
	{ "当月低负载", SHEET_TEXT, 10 },
};
static const char *const keys[] = { "month",
				    "vm",
				    "tenant",
				    "system",
				    "days",
				    "judged_days",
				    "low_days",
				    "reasons",
				    "vcpu_mean_pct",
				    "vcpu_peak_pct",
				    "memory_mean_pct",
				    "memory_peak_pct",
				    "storage_months",
				    "low" };

struct pass {
	struct export_job *job;
	struct table *table;
	const struct indicators *law;
	struct ledger ledger;
	struct findings faults;
	int32_t first, last; /* of the month that is read */
};

static void
figure(struct table *t, int64_t millionths)
{
	if (millionths < 0)
		table_none(t);
	else
		table_number(t, millionths / (USAGE_UNIT / 100));
}

static void
reasons(struct pass *p, const struct usage_month *m)
{
	struct buf json = BUF_INIT, text = BUF_INIT;
	size_t i;

	buf_puts(&json, "{");
	for (i = 0; i < p->law->low_load_count; i++) {
		const struct low_load *low = &p->law->low_loads[i];

		json_key(&json, low->id);
		buf_printf(&json, "%d", m->reason_days[i]);
		if (m->reason_days[i] > 0)
			buf_printf(&text, "%s%s %d", text.len > 0 ? "、" : "", low->name,
				   m->reason_days[i]);
	}
	buf_puts(&json, "}");
	table_value(p->table, json.ptr, text.ptr);
	buf_release(&text);
	buf_release(&json);
}

static void
figures(struct pass *p, const struct usage_days *days)
{
	struct usage_figures f;
	struct usage_storage storage;
	int64_t tenths;

	usage_month_figures(&f, days, p->first, p->last);
	figure(p->table, f.vcpu_mean);
	figure(p->table, f.vcpu_peak);
	figure(p->table, f.memory_mean);
	figure(p->table, f.memory_peak);
	usage_storage(&storage, p->law, days, days->count - 1);
	tenths = usage_storage_tenths(&storage);
	figure(p->table, tenths < 0 ? -1 : tenths * (USAGE_UNIT / 10));
}

static void
machine_row(struct pass *p, const struct usage_days *days, const struct holding *h)
{
	struct table *t = p->table;
	struct usage_month m;
	char month[11];

	usage_low_month(&m, p->law, days, p->first, p->last);
	day_text(p->first, month);
	month[7] = '\0';
	table_row(t);
	table_text(t, month);
	table_text(t, days->vm);
	export_tenant(p->job, t, h == NULL ? "" : h->tenant);
	export_system(p->job, t, h == NULL ? "" : h->system);
	table_number(t, m.days);
	table_number(t, m.judged_days);
	table_number(t, m.low_days);
	reasons(p, &m);
	figures(p, days);
	table_value(t, m.low ? "true" : "false", m.low ? "是" : "否");
}

static int
take_machine(void *ctx, const struct entry *entry, struct err *err)
{
	struct pass *p = ctx;
	struct export_job *job = p->job;
	const struct holding *h;
	struct usage_days days;
	char *vm;

	if (!text_ends(entry->name, ".tsv"))
		return 0;
	vm = arena_strndup(&job->arena, entry->name, strlen(entry->name) - strlen(".tsv"));
	h = ledger_find(&p->ledger, vm, NULL, p->last);
	if (h == NULL)
		h = ledger_find(&p->ledger, vm, NULL, p->first);
	if (job->party != NULL && (h == NULL || strcmp(h->tenant, job->party->id) != 0))
		return 0;
	if (usage_days_of(&days, &job->arena, &job->session->snap, vm,
			  p->first - p->law->growth_days, p->last, &p->faults, err) != 0)
		return -1;
	if (usage_find(&days, p->first) < days.count)
		machine_row(p, &days, h);
	return 0;
}

static int
take_month(void *ctx, const struct entry *entry, struct err *err)
{
	struct pass *p = ctx;
	struct period month;
	char folder[64];

	if (entry->mode != MODE_TREE || !period_parse(entry->name, &month) || month.months != 1 ||
	    !export_within(p->job, month.first))
		return 0;
	p->first = month.first;
	p->last = month.last;
	snprintf(folder, sizeof(folder), USAGE_FOLDER "/%s", month.id);
	return snapshot_list(&p->job->session->snap, folder, take_machine, p, err);
}

static int
fill(struct export_job *job, struct table *t, struct err *err)
{
	struct session *s = job->session;
	struct trail_context context = { s->repo, &s->basis, s->now, NULL };
	struct pass p = { .job = job, .table = t, .law = law_indicators(s->basis.law) };
	int rc;

	if (p.law == NULL)
		return err_set(err, ERR_LAW,
			       "工作区的制度里没有 lua/indicators.lua，不能判定用量；"
			       "请补上这个文件后再试");
	rc = ledger_fold(&p.ledger, s->log, NULL, 0, &context, NULL, err);
	if (rc == 0)
		rc = snapshot_list(&s->snap, USAGE_FOLDER, take_month, &p, err);
	findings_print(&p.faults, stderr);
	findings_release(&p.faults);
	ledger_release(&p.ledger);
	return rc;
}

const struct export_table export_usage = { "用量", columns, keys, sizeof(keys) / sizeof(*keys),
					   fill };
