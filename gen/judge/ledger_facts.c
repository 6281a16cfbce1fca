/* What guards see of the ledger: the resources that the ticket's system holds, and the month's bill.
 * Both from the parents' history alone, so a verdict is the same today and in ten years; and only
 * where a guard of the stage asks, since most commits have nothing to do with either. */
#include "judge/judge_internal.h"

#include "ledger/fees.h"

/* Appends one resource that is held. */
static void
append_holding(struct script *s, const struct holding *h, const struct span *span)
{
	script_table(s);
	script_set_text(s, "id", h->id);
	script_set_text(s, "name", h->name);
	script_set_text(s, "type", h->type);
	script_set_integer(s, "count", span->spec.count);
	script_set_integer(s, "vcpu", span->spec.vcpu);
	script_set_integer(s, "memory_gb", span->spec.memory_gb);
	script_set_integer(s, "storage_gb", span->spec.storage_gb);
	script_set_day(s, "opened", h->opened);
	script_set_day(s, "since", span->from);
	script_set_text(s, "opened_by", h->spans[0].ticket);
	script_set_text(s, "ticket", span->ticket);
	script_append(s);
}

static void
set_ledger(struct script *s, const struct ledger *ledger, int32_t day)
{
	size_t i;

	script_table(s);
	for (i = 0; i < ledger->holding_count; i++) {
		const struct span *span = holding_on(&ledger->holdings[i], day);

		if (span != NULL)
			append_holding(s, &ledger->holdings[i], span);
	}
	script_set(s, "ledger");
}

static void
append_fee(struct script *s, const struct fee_row *row)
{
	script_table(s);
	script_set_text(s, "tenant", row->tenant);
	script_set_text(s, "system", row->system_id);
	script_set_text(s, "resource", row->resource);
	script_set_text(s, "type", row->type);
	script_set_day(s, "from", row->from);
	script_set_day(s, "to", row->to);
	script_set_integer(s, "days", row->days);
	script_set_integer(s, "unit_fen", row->unit_fen);
	script_set_integer(s, "amount_fen", row->amount_fen);
	script_set_text(s, "change", row->change);
	if (row->of_month != 0)
		script_set_month(s, "of_month", row->of_month);
	script_append(s);
}

/* Sets the rows, the changes of the month and what could not be charged. */
static void
set_bill(struct script *s, const struct bill *bill, const struct findings *faults)
{
	size_t i;

	script_table(s);
	script_set_month(s, "month", bill->month);
	script_set_bool(s, "running", bill->running);
	script_set_integer(s, "total_fen", bill->total_fen);
	script_table(s);
	for (i = 0; i < bill->row_count; i++)
		append_fee(s, &bill->rows[i]);
	script_set(s, "rows");
	script_table(s);
	for (i = 0; i < bill->change_count; i++) {
		script_table(s);
		script_set_text(s, "resource", bill->changes[i].resource);
		script_set_text(s, "type", bill->changes[i].type);
		script_set_text(s, "change", bill->changes[i].change);
		script_set_text(s, "ticket", bill->changes[i].ticket);
		script_set_day(s, "day", bill->changes[i].day);
		script_append(s);
	}
	script_set(s, "changes");
	script_table(s);
	for (i = 0; i < faults->count; i++) {
		script_table(s);
		script_set_text(s, "message", faults->items[i].message);
		script_set_text(s, "file", faults->items[i].file);
		script_set_integer(s, "line", faults->items[i].line);
		script_append(s);
	}
	script_set(s, "faults");
	script_set(s, "bill");
}

/* The month that the ticket settles; 0 when it does not say. */
static int32_t
month_of(const struct ticket_case *t)
{
	const struct node *month =
	    t->after_exists ? node_get(t->after.front, t->flow->ledger.day) : NULL;

	return month != NULL && month->typed && month->type == FIELD_MONTH ? (int32_t)month->number
									   : 0;
}

static int
make_bill(struct case_ *c, struct script *s, const struct ledger *ledger, int32_t month,
	  struct err *err)
{
	struct prices prices = { 0 };
	struct findings faults = { 0 };
	struct bill_source source = { ledger, &prices, &c->basis };
	struct bill bill;
	int rc = prices_read(&prices, &c->arena, &c->before, &faults, err);

	if (rc == 0) {
		bill_make(&bill, &c->arena, &source, month, day_of(c->act->time), &faults);
		set_bill(s, &bill, &faults);
	}
	prices_release(&prices);
	findings_release(&faults);
	return rc;
}

int
facts_set_ledger(struct case_ *c, struct script *s, const struct ticket_case *t, const char *from,
		 struct err *err)
{
	struct trail_context context = { c->judge->repo, &c->basis, c->act->time, NULL };
	const struct stage *stage = flow_stage(t->flow, from);
	int32_t month = stage != NULL && stage->wants_bill ? month_of(t) : 0;
	const char *system =
	    month != 0 ? NULL
		       : node_text(t->after_exists ? t->after.front : t->before.front, "system");
	struct ledger ledger;
	int rc;

	if (stage == NULL || (!stage->wants_ledger && !stage->wants_usage && month == 0) ||
	    c->parent_count == 0)
		return 0;
	rc =
	    ledger_fold(&ledger, c->judge->log, c->parents, c->parent_count, &context, system, err);
	if (rc == 0 && stage->wants_ledger)
		set_ledger(s, &ledger, day_of(c->act->time));
	if (rc == 0 && stage->wants_usage)
		rc = facts_set_usage(c, s, &ledger, err);
	if (rc == 0 && month != 0)
		rc = make_bill(c, s, &ledger, month, err);
	ledger_release(&ledger);
	return rc;
}
