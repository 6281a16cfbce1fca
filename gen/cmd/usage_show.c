#include "cmd/usage_show.h"

#include <stdlib.h>
#include <string.h>

/* --- findings ------------------------------------------------------------------------------------------ */
void
usage_show_bad(const struct usage_report *report, struct findings *findings)
{
	char text[512];
	size_t i;

	for (i = 0; i < report->bad_kept && i < USAGE_BAD_LISTED; i++) {
		const struct usage_bad *bad = &report->bad[i];
		struct finding f = { .severity = SEVERITY_WARN,
				     .rule = "usage",
				     .file = bad->file,
				     .line = (int)bad->line,
				     .message = text };

		snprintf(text, sizeof(text), "%s；这一行没有计入", bad->reason);
		finding_add(findings, &f);
	}
}

/* "采样 700 与 1440、已用 120.25 与 121": what the file has and what came, where they differ. */
static void
differences(struct buf *out, const struct usage_day *a, const struct usage_day *b)
{
	const int64_t one = USAGE_UNIT;
	const struct {
		const char *name;
		int64_t old, now;
	} rows[] = {
		{ "采样", a->samples * one, b->samples * one },
		{ "工作时段采样", a->work_samples * one, b->work_samples * one },
		{ "vCPU 合计", a->vcpu_sum, b->vcpu_sum },
		{ "vCPU 峰值", a->vcpu_peak, b->vcpu_peak },
		{ "内存合计", a->memory_sum, b->memory_sum },
		{ "内存峰值", a->memory_peak, b->memory_peak },
		{ "已用存储", a->used, b->used },
		{ "已分配存储", a->allocated, b->allocated },
		{ "末次采样的分钟", a->last_minute * one, b->last_minute * one },
	};
	size_t i, count = 0;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].old == rows[i].now)
			continue;
		buf_printf(out, "%s%s ", count++ > 0 ? "、" : "", rows[i].name);
		usage_figure(out, rows[i].old);
		buf_puts(out, " 与 ");
		usage_figure(out, rows[i].now);
	}
}

void
usage_show_conflicts(const struct usage_plan *plan, struct findings *findings)
{
	struct buf text = BUF_INIT;
	char day[11];
	size_t i;

	for (i = 0; i < plan->conflict_count && i < USAGE_BAD_LISTED; i++) {
		const struct usage_conflict *c = &plan->conflicts[i];

		day_text(c->day, day);
		buf_clear(&text);
		buf_printf(&text, "%s 已有的与这次导入的不同（", day);
		differences(&text, &c->old, &c->now);
		buf_puts(&text, "）；核对后以这次为准的，加 --replace 再导入一次");
		finding_file(findings, "usage", c->file, 0, 0, "%s", text.ptr);
	}
	buf_release(&text);
}

/* --- the machines of a month ------------------------------------------------------------------------------ */
struct names {
	struct arena arena;
	struct usage_view *view;
	const char **items;
	size_t count, cap;
};

static int
take_name(void *ctx, const struct entry *entry, struct err *err)
{
	struct names *names = ctx;
	size_t len = strlen(entry->name);
	char *vm;

	(void)err;
	if (!text_ends(entry->name, ".tsv"))
		return 0;
	vm = arena_strndup(&names->arena, entry->name, len - strlen(".tsv"));
	if (usage_name_fault(vm, strlen(vm)) == NULL &&
	    usage_shard_of(vm, names->view->shards) == names->view->shard)
		vec_push(names->items, names->count, names->cap, vm);
	return 0;
}

static int
names_of_month(struct names *out, int year, int month, struct err *err)
{
	struct snapshot snap;
	char folder[64];

	snprintf(folder, sizeof(folder), USAGE_FOLDER "/%04d-%02d", year, month);
	snapshot_folder(&snap, out->view->session->repo);
	return snapshot_list(&snap, folder, take_name, out, err);
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once. */
static void
names_settle(struct names *names)
{
	size_t i, kept = 0;

	if (names->count > 0)
		qsort(names->items, names->count, sizeof(*names->items), compare_texts);
	for (i = 0; i < names->count; i++) {
		if (kept == 0 || strcmp(names->items[kept - 1], names->items[i]) != 0)
			names->items[kept++] = names->items[i];
	}
	names->count = kept;
}

static void
names_release(struct names *names)
{
	arena_release(&names->arena);
	free(names->items);
}

static int
days_of(struct usage_days *out, struct arena *arena, struct usage_view *view, const char *vm,
	int32_t from, int32_t to, struct err *err)
{
	struct snapshot snap;

	snapshot_folder(&snap, view->session->repo);
	return usage_days_of(out, arena, &snap, vm, from, to, view->findings, err);
}

/* --- machines of the ledger and machines with data ----------------------------------------------------- */
/* Whether the law judges each single resource of this type by its use. */
static bool
is_machine(const struct indicators *law, const char *type)
{
	size_t i;

	for (i = 0; i < law->scale_out_count; i++) {
		if (!law->scale_outs[i].whole_system && strcmp(law->scale_outs[i].type, type) == 0)
			return true;
	}
	return false;
}

/* The machines held on any day of [first, last], of this shard. */
static size_t
machines_held(const struct usage_view *view, int32_t first, int32_t last, const char **out)
{
	size_t i, count = 0;

	for (i = 0; i < view->ledger->holding_count; i++) {
		const struct holding *h = &view->ledger->holdings[i];

		if (is_machine(view->law, h->type) && h->opened <= last && h->closed > first &&
		    usage_shard_of(h->id, view->shards) == view->shard)
			out[count++] = h->id;
	}
	return count;
}

#define NAMES_SHOWN 20

static void
show_names(struct buf *out, const char *title, const char *key, const char **names, size_t count,
	   bool json)
{
	size_t i;

	if (json) {
		json_key(out, key);
		buf_putc(out, '[');
	} else if (count > 0) {
		buf_printf(out, "  %s（%zu 台）：", title, count);
	}
	for (i = 0; i < count && (json || i < NAMES_SHOWN); i++) {
		if (i > 0)
			buf_puts(out, json ? "," : "、");
		if (json)
			json_str(out, names[i]);
		else
			buf_puts(out, names[i]);
	}
	if (json)
		buf_putc(out, ']');
	else if (count > 0)
		buf_puts(out, count > NAMES_SHOWN ? "……（全部见 --json）\n" : "\n");
}

static void
show_gaps(struct buf *out, const struct names *names, int32_t first, int32_t last, bool json)
{
	const struct usage_view *view = names->view;
	const char **known = xcalloc(view->ledger->holding_count + 1, sizeof(*known));
	struct usage_set set = { 0 };
	struct usage_gaps gaps;
	struct arena arena = { 0 };
	size_t i;

	for (i = 0; i < names->count; i++)
		vec_push(set.machines, set.count, set.cap,
			 ((struct usage_days){ .vm = names->items[i] }));
	usage_gaps(&gaps, &arena, &set, known, machines_held(view, first, last, known));
	show_names(out, "台账里有、没有采样的", "silent", gaps.silent, gaps.silent_count, json);
	show_names(out, "有采样、台账里没有的", "unknown", gaps.unknown, gaps.unknown_count, json);
	usage_set_release(&set);
	arena_release(&arena);
	free(known);
}

/* --- low load ------------------------------------------------------------------------------------------------ */
static void
month_text_row(struct buf *out, const struct indicators *law, const char *vm,
	       const struct usage_month *m)
{
	size_t i;

	buf_printf(out, "  %s  低负载 %d 日（", vm, m->low_days);
	for (i = 0; i < law->low_load_count; i++)
		buf_printf(out, "%s%s %d", i > 0 ? "、" : "", law->low_loads[i].name,
			   m->reason_days[i]);
	buf_printf(out, "），判定 %d 日\n", m->judged_days);
}

static void
month_json_row(struct buf *out, const struct indicators *law, const struct usage_days *days,
	       const struct usage_month *m)
{
	struct usage_storage storage;
	int64_t tenths;
	size_t i;

	buf_puts(out, "{");
	json_key(out, "vm");
	json_str(out, days->vm);
	json_key(out, "days");
	buf_printf(out, "%d", m->days);
	json_key(out, "judged_days");
	buf_printf(out, "%d", m->judged_days);
	json_key(out, "low_days");
	buf_printf(out, "%d", m->low_days);
	json_key(out, "reasons");
	buf_puts(out, "{");
	for (i = 0; i < law->low_load_count; i++) {
		json_key(out, law->low_loads[i].id);
		buf_printf(out, "%d", m->reason_days[i]);
	}
	buf_puts(out, "}");
	json_key(out, "storage_months");
	usage_storage(&storage, law, days, days->count - 1);
	tenths = usage_storage_tenths(&storage);
	if (tenths < 0)
		buf_puts(out, "null");
	else
		buf_printf(out, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
	json_key(out, "low");
	buf_puts(out, m->low ? "true}" : "false}");
}

struct month_count {
	int machines, low, thin; /* thin: no day could be judged */
};

static int
show_machines(struct names *names, int32_t first, int32_t last, bool json, struct buf *out,
	      struct month_count *count, struct err *err)
{
	const struct indicators *law = names->view->law;
	struct arena arena = { 0 };
	struct usage_days days;
	struct usage_month m;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < names->count; i++) {
		arena_reset(&arena);
		rc = days_of(&days, &arena, names->view, names->items[i], first - law->growth_days,
			     last, err);
		if (rc != 0 || days.count == 0)
			continue;
		usage_low_month(&m, law, &days, first, last);
		count->machines++;
		count->low += m.low;
		count->thin += m.judged_days == 0;
		if (json && out->ptr[out->len - 1] == '}')
			buf_putc(out, ',');
		if (json)
			month_json_row(out, law, &days, &m);
		else if (m.low)
			month_text_row(out, law, names->items[i], &m);
	}
	arena_release(&arena);
	return rc;
}

int
usage_show_month(struct usage_view *view, int year, int month, bool json, struct buf *out,
		 struct err *err)
{
	int32_t first = day_make(year, month, 1), last = day_of_next_month(year, month, 1) - 1;
	struct month_count count = { 0 };
	struct buf rows = BUF_INIT;
	struct names names = { .view = view };
	int rc = names_of_month(&names, year, month, err);

	names_settle(&names);
	buf_puts(&rows, json ? "[" : "");
	if (rc == 0)
		rc = show_machines(&names, first, last, json, &rows, &count, err);
	if (json)
		buf_printf(out, "{\"month\":\"%04d-%02d\",\"machines\":%s]", year, month, rows.ptr);
	else
		buf_printf(
		    out,
		    "%04d-%02d：%d 台机器；低负载多于 %d 日、应申请缩容的 %d 台（依据 %s）；没有一日采样够判定的 %d 台\n%s",
		    year, month, count.machines, view->law->low_month_days, count.low,
		    view->law->low_month_label, count.thin, rows.ptr);
	show_gaps(out, &names, first, last, json);
	buf_puts(out, json ? "}" : "");
	buf_release(&rows);
	names_release(&names);
	return rc;
}

/* --- scale-out ------------------------------------------------------------------------------------------------ */
static const char *const verdict_ids[] = { "no", "yes", "unknown" };
static const char *const verdict_words[] = { "未达标", "可以扩容", "数据不足，不下结论" };

static void
ask_values(struct buf *out, const struct scale_out *ask, const struct usage_ask *a, bool json)
{
	size_t i;

	for (i = 0; i < ask->bound_count; i++) {
		if (json)
			json_key(out, figure_ids[ask->bounds[i].figure]);
		else
			buf_printf(out, "%s%s ", i > 0 ? "，" : "", ask->bounds[i].words);
		if (a->value[i] >= 0)
			usage_figure(out, a->value[i]);
		else
			buf_puts(out, json ? "null" : "不知");
		if (!json)
			buf_printf(out, "%%（须不低于 %lld%%）", (long long)ask->bounds[i].value);
	}
}

static void
ask_json(struct buf *out, const char *vm, const struct scale_out *ask, const struct usage_ask *a)
{
	if (out->ptr[out->len - 1] == '}')
		buf_putc(out, ',');
	buf_puts(out, "{");
	json_key(out, "vm");
	json_str(out, vm);
	json_key(out, "type");
	json_str(out, ask->type);
	json_key(out, "asks");
	json_str(out, ask->asks);
	json_key(out, "verdict");
	json_str(out, verdict_ids[a->verdict]);
	json_key(out, "figures");
	buf_puts(out, "{");
	ask_values(out, ask, a, true);
	buf_puts(out, "}");
	json_key(out, "missing_days");
	buf_printf(out, "%d}", a->missing_days);
}

static void
ask_text(struct buf *out, const char *vm, const struct scale_out *ask, const struct usage_ask *a)
{
	buf_printf(out, "  %s  扩%s：%s；", vm, ask->name, verdict_words[a->verdict]);
	ask_values(out, ask, a, false);
	buf_printf(out, "（%s）\n", ask->article_label);
}

static void
show_asks_of(struct usage_view *view, const struct usage_days *days, int32_t day, bool json,
	     struct buf *out, int *missing_year)
{
	struct usage_ask a;
	size_t i;

	for (i = 0; i < view->law->scale_out_count; i++) {
		const struct scale_out *ask = &view->law->scale_outs[i];

		if (ask->whole_system)
			continue;
		usage_scale_out(&a, view->law, ask, view->session->basis.calendar, days, 1, day);
		*missing_year = a.missing_year;
		if (json)
			ask_json(out, days->vm, ask, &a);
		else
			ask_text(out, days->vm, ask, &a);
	}
}

int
usage_show_asks(struct usage_view *view, int32_t day, bool json, struct buf *out, struct err *err)
{
	int32_t from = day - 31 - view->law->scale_out_days * 2; /* longer than any holiday */
	struct day_parts parts = day_split(day), before = day_split(day - parts.dom);
	struct arena arena = { 0 };
	struct usage_days days;
	struct names names = { .view = view };
	size_t i;
	int missing_year = 0, rc = names_of_month(&names, before.year, before.month, err);

	if (rc == 0)
		rc = names_of_month(&names, parts.year, parts.month, err);
	names_settle(&names);

	buf_puts(out, json ? "[" : "");
	for (i = 0; rc == 0 && i < names.count; i++) {
		arena_reset(&arena);
		rc = days_of(&days, &arena, view, names.items[i], from, day, err);
		if (rc == 0)
			show_asks_of(view, &days, day, json, out, &missing_year);
	}
	buf_puts(out, json ? "]" : "");
	if (missing_year != 0)
		rc = err_set(
		    err, ERR_DATA,
		    "节假日表没有 %d 年，不能推算前几个工作日；请在 content/calendar/cn.tsv 补上这一年的放假和调休安排",
		    missing_year);
	names_release(&names);
	arena_release(&arena);
	return rc;
}
