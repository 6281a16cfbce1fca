/* What guards see of use: for each resource that the system holds and that has data in the parent's
 * tree, the figures of an ask made on the day of the commit, and the low days of the months before. */
#include "judge/judge_internal.h"

#include <string.h>

#include "ledger/ledger.h"
#include "ledger/usage.h"

#define MONTHS_BACK 6

struct measured {
	const struct holding *holding;
	struct usage_days days;
};

struct measure {
	struct case_ *c;
	const struct indicators *law;
	struct measured *items;
	size_t count;
	int32_t day, first; /* of the act; the first of the month MONTHS_BACK before */
};

static int32_t
months_before(int32_t day, int months)
{
	struct day_parts p = day_split(day);
	int month = p.year * 12 + p.month - 1 - months;

	return day_make(month / 12, month % 12 + 1, 1);
}

/* What is held that day and has rows. */
static int
read_days(struct measure *m, const struct ledger *ledger, struct err *err)
{
	struct findings ignored = { 0 }; /* `check` and `usage` tell them */
	size_t i;
	int rc = 0;

	m->items = arena_alloc(&m->c->arena, (ledger->holding_count + 1) * sizeof(*m->items));
	for (i = 0; rc == 0 && i < ledger->holding_count; i++) {
		struct measured *item = &m->items[m->count];

		item->holding = &ledger->holdings[i];
		if (holding_on(item->holding, m->day) == NULL)
			continue;
		rc = usage_days_of(&item->days, &m->c->arena, &m->c->before, item->holding->id,
				   m->first - m->law->growth_days, m->day, &ignored, err);
		m->count += rc == 0 && item->days.count > 0;
	}
	findings_release(&ignored);
	return rc;
}

static bool
counts_too(const struct measured *one, const struct measured *other)
{
	return strcmp(one->holding->system, other->holding->system) == 0 &&
	       strcmp(one->holding->type, other->holding->type) == 0;
}

static void
ask(struct usage_ask *out, const struct measure *m, size_t at, const struct scale_out *scale_out)
{
	struct usage_days *days = arena_alloc(&m->c->arena, m->count * sizeof(*days));
	size_t n = 0, i;

	for (i = 0; i < m->count; i++) {
		if (i == at || (scale_out->whole_system && counts_too(&m->items[at], &m->items[i])))
			days[n++] = m->items[i].days;
	}
	usage_scale_out(out, m->law, scale_out, m->c->basis.calendar, days, n, m->day);
}

/* Sets asks: by the column of the ask, the figures that are known. */
static void
set_asks(struct script *s, const struct measure *m, size_t at)
{
	struct usage_ask a;
	size_t i, k;

	script_table(s);
	for (i = 0; i < m->law->scale_out_count; i++) {
		const struct scale_out *scale_out = &m->law->scale_outs[i];

		if (strcmp(scale_out->type, m->items[at].holding->type) != 0)
			continue;
		ask(&a, m, at, scale_out);
		script_table(s);
		for (k = 0; k < scale_out->bound_count; k++) {
			if (a.value[k] < 0)
				continue;
			script_number(s, (double)a.value[k] / USAGE_UNIT);
			script_set(s, figure_ids[scale_out->bounds[k].figure]);
		}
		script_set(s, scale_out->asks);
	}
	script_set(s, "asks");
}

/* Sets low_days: by month, of those with rows. */
static void
set_low_days(struct script *s, const struct measure *m, const struct measured *item)
{
	struct usage_month month;
	int back;

	script_table(s);
	for (back = MONTHS_BACK; back >= 0; back--) {
		int32_t first = months_before(m->day, back);
		char text[11];

		usage_low_month(&month, m->law, &item->days, first,
				months_before(m->day, back - 1) - 1);
		if (month.judged_days == 0)
			continue;
		day_text(first, text);
		text[7] = '\0';
		script_set_integer(s, text, month.low_days);
	}
	script_set(s, "low_days");
}

int
facts_set_usage(struct case_ *c, struct script *s, const struct ledger *ledger, struct err *err)
{
	struct measure m = { .c = c, .law = law_indicators(c->basis.law) };
	size_t i;

	if (m.law == NULL)
		return 0;
	m.day = day_of(c->act->time);
	m.first = months_before(m.day, MONTHS_BACK);
	if (read_days(&m, ledger, err) != 0)
		return -1;
	script_table(s);
	for (i = 0; i < m.count; i++) {
		script_table(s);
		script_set_text(s, "id", m.items[i].holding->id);
		script_set_text(s, "type", m.items[i].holding->type);
		set_asks(s, &m, i);
		set_low_days(s, &m, &m.items[i]);
		script_append(s);
	}
	script_set(s, "usage");
	return 0;
}
