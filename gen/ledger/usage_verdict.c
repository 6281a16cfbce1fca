/* What the law says of days: pure functions of rows, in whole numbers. */
#include <string.h>

#include "ledger/usage_internal.h"

bool
usage_judged(const struct indicators *law, const struct usage_day *day)
{
	int work = law->work_to - law->work_from;

	return day->samples * 100 >= law->least_pct * USAGE_DAY_MINUTES &&
	       day->work_samples * 100 >= law->least_pct * work;
}

/* --- storage ------------------------------------------------------------------------------------------ */
void
usage_storage(struct usage_storage *out, const struct indicators *law,
	      const struct usage_days *days, size_t row)
{
	const struct usage_day *now = &days->rows[row];
	size_t first = usage_find(days, now->day - law->growth_days);
	const struct usage_day *then = &days->rows[first];

	*out = (struct usage_storage){ .month_days = law->growth_days };
	if (now->allocated == 0 || first >= row)
		return;
	out->known = true;
	out->free = now->allocated > now->used ? now->allocated - now->used : 0;
	out->growth = now->used - then->used;
	out->over_days = now->day - then->day;
	out->grows = out->growth > 0;
}

int64_t
usage_storage_tenths(const struct usage_storage *s)
{
	if (!s->known || !s->grows)
		return -1;
	return (int64_t)((__int128)s->free * s->over_days * 10 / s->growth / s->month_days);
}

/* --- a bound against an exact fraction --------------------------------------------------------------------- */
static bool
bound_holds(const struct bound *bound, __int128 above, __int128 below)
{
	__int128 limit = (__int128)bound->value * below;

	switch (bound->kind) {
	case BOUND_AT_MOST: return above <= limit;
	case BOUND_AT_LEAST: return above >= limit;
	case BOUND_MORE_THAN: break;
	}
	return above > limit;
}

/* A figure of a day as a fraction of per cent or months; endless: more than any number. */
struct fraction {
	__int128 above, below;
	bool known, endless;
};

static struct fraction
fraction_of(__int128 above, __int128 below)
{
	return (struct fraction){ above, below, below > 0, false };
}

static struct fraction
months_of(const struct usage_storage *s)
{
	struct fraction f =
	    fraction_of((__int128)s->free * s->over_days, (__int128)s->growth * s->month_days);

	f.known = s->known;
	f.endless = s->known && !s->grows;
	return f;
}

static struct fraction
figure_of(const struct indicators *law, const struct usage_days *days, size_t row,
	  enum figure figure)
{
	const struct usage_day *d = &days->rows[row];
	struct usage_storage storage;

	switch (figure) {
	case FIGURE_VCPU_MEAN:
		return fraction_of(d->vcpu_sum, (__int128)d->work_samples * USAGE_UNIT);
	case FIGURE_MEMORY_MEAN:
		return fraction_of(d->memory_sum, (__int128)d->work_samples * USAGE_UNIT);
	case FIGURE_VCPU_PEAK: return fraction_of(d->vcpu_peak, USAGE_UNIT);
	case FIGURE_MEMORY_PEAK: return fraction_of(d->memory_peak, USAGE_UNIT);
	case FIGURE_STORAGE: return fraction_of((__int128)d->used * 100, d->allocated);
	case FIGURE_STORAGE_MONTHS:
	case FIGURE_COUNT: break;
	}
	usage_storage(&storage, law, days, row);
	return months_of(&storage);
}

static bool
fraction_holds(const struct bound *bound, const struct fraction *f)
{
	if (!f->known)
		return false;
	if (f->endless)
		return bound->kind != BOUND_AT_MOST;
	return bound_holds(bound, f->above, f->below);
}

/* --- low load ------------------------------------------------------------------------------------------------ */
enum usage_verdict
usage_low_day(const struct indicators *law, const struct usage_days *days, size_t row,
	      unsigned *reasons)
{
	size_t i, b;

	*reasons = 0;
	if (!usage_judged(law, &days->rows[row]))
		return USAGE_UNKNOWN;
	for (i = 0; i < law->low_load_count; i++) {
		const struct low_load *low = &law->low_loads[i];
		bool all = true;

		for (b = 0; b < low->bound_count; b++) {
			struct fraction f = figure_of(law, days, row, low->bounds[b].figure);

			all = all && fraction_holds(&low->bounds[b], &f);
		}
		*reasons |= all ? 1u << i : 0;
	}
	return *reasons != 0 ? USAGE_YES : USAGE_NO;
}

void
usage_low_month(struct usage_month *out, const struct indicators *law,
		const struct usage_days *days, int32_t first, int32_t last)
{
	size_t row = usage_find(days, first), i;
	unsigned reasons;

	*out = (struct usage_month){ 0 };
	for (; row < days->count && days->rows[row].day <= last; row++) {
		enum usage_verdict verdict = usage_low_day(law, days, row, &reasons);

		out->days++;
		out->judged_days += verdict != USAGE_UNKNOWN;
		out->low_days += verdict == USAGE_YES;
		for (i = 0; i < law->low_load_count; i++)
			out->reason_days[i] += (int)(reasons >> i & 1);
	}
	out->low = out->low_days > law->low_month_days;
}

void
usage_month_figures(struct usage_figures *out, const struct usage_days *days, int32_t first,
		    int32_t last)
{
	int64_t vcpu = 0, memory = 0, samples = 0;
	size_t i;

	*out = (struct usage_figures){ -1, -1, -1, -1 };
	for (i = usage_find(days, first); i < days->count && days->rows[i].day <= last; i++) {
		const struct usage_day *d = &days->rows[i];

		vcpu += d->vcpu_sum;
		memory += d->memory_sum;
		samples += d->work_samples;
		out->vcpu_peak = d->vcpu_peak > out->vcpu_peak ? d->vcpu_peak : out->vcpu_peak;
		out->memory_peak =
		    d->memory_peak > out->memory_peak ? d->memory_peak : out->memory_peak;
	}
	if (samples == 0)
		return;
	out->vcpu_mean = vcpu / samples;
	out->memory_mean = memory / samples;
}

/* --- scale-out ------------------------------------------------------------------------------------------------- */
/* The working days looked at, oldest first; how many there are, fewer when a year is missing. */
static int
window(const struct calendar *calendar, int32_t day, int wanted, int32_t *days, int *missing_year)
{
	int count = 0;

	*missing_year = 0;
	while (count < wanted) {
		enum day_kind kind = calendar_kind(calendar, --day, NULL);

		if (kind == DAY_UNKNOWN) {
			*missing_year = day_split(day).year;
			break;
		}
		if (kind == DAY_WORK)
			days[wanted - ++count] = day;
	}
	return count;
}

static const struct usage_day *
judged_on(const struct indicators *law, const struct usage_days *days, int32_t day)
{
	size_t row = usage_find(days, day);

	if (row == days->count || days->rows[row].day != day ||
	    !usage_judged(law, &days->rows[row]))
		return NULL;
	return &days->rows[row];
}

/* The latest judged row of [from, day]. */
static const struct usage_day *
latest(const struct indicators *law, const struct usage_days *days, int32_t from, int32_t day)
{
	size_t row = usage_find(days, day + 1);

	while (row > 0 && days->rows[row - 1].day >= from) {
		if (usage_judged(law, &days->rows[--row]))
			return &days->rows[row];
	}
	return NULL;
}

/* What the machines show together. */
struct shown {
	int64_t vcpu_peak, memory_peak;
	__int128 vcpu_sum, memory_sum, work_samples, used, allocated;
	int missing_days, missing_storage;
};

static void
show_machine(struct shown *shown, const struct indicators *law, const struct usage_days *days,
	     const int32_t *window_days, int count, int32_t day)
{
	const struct usage_day *d = latest(law, days, window_days[0], day);
	int i;

	shown->missing_storage += d == NULL;
	shown->used += d == NULL ? 0 : d->used;
	shown->allocated += d == NULL ? 0 : d->allocated;
	for (i = 0; i < count; i++) {
		d = judged_on(law, days, window_days[i]);
		if (d == NULL) {
			shown->missing_days++;
			continue;
		}
		shown->vcpu_peak =
		    d->vcpu_peak > shown->vcpu_peak ? d->vcpu_peak : shown->vcpu_peak;
		shown->memory_peak =
		    d->memory_peak > shown->memory_peak ? d->memory_peak : shown->memory_peak;
		shown->vcpu_sum += d->vcpu_sum;
		shown->memory_sum += d->memory_sum;
		shown->work_samples += d->work_samples;
	}
}

static struct fraction
shown_figure(const struct shown *s, enum figure figure)
{
	struct fraction f = { 0 };

	switch (figure) {
	case FIGURE_VCPU_MEAN: f = fraction_of(s->vcpu_sum, s->work_samples * USAGE_UNIT); break;
	case FIGURE_MEMORY_MEAN:
		f = fraction_of(s->memory_sum, s->work_samples * USAGE_UNIT);
		break;
	case FIGURE_VCPU_PEAK: f = fraction_of(s->vcpu_peak, USAGE_UNIT); break;
	case FIGURE_MEMORY_PEAK: f = fraction_of(s->memory_peak, USAGE_UNIT); break;
	case FIGURE_STORAGE:
		f = fraction_of(s->used * 100, s->allocated);
		f.known = f.known && s->missing_storage == 0;
		return f;
	case FIGURE_STORAGE_MONTHS:
	case FIGURE_COUNT: return f;
	}
	f.known = f.known && s->missing_days == 0;
	return f;
}

void
usage_scale_out(struct usage_ask *out, const struct indicators *law, const struct scale_out *ask,
		const struct calendar *calendar, const struct usage_days *machines, size_t count,
		int32_t day)
{
	int32_t days[64];
	int wanted = law->scale_out_days < 64 ? law->scale_out_days : 63;
	struct shown shown = { 0 };
	size_t i;

	*out = (struct usage_ask){ .verdict = USAGE_UNKNOWN };
	memset(out->value, -1, sizeof(out->value));
	if (count == 0 || window(calendar, day, wanted, days, &out->missing_year) < wanted)
		return;
	out->from = days[0];
	out->to = days[wanted - 1];
	for (i = 0; i < count; i++)
		show_machine(&shown, law, &machines[i], days, wanted, day);
	out->missing_days = shown.missing_days;
	out->verdict = USAGE_YES;
	for (i = 0; i < ask->bound_count; i++) {
		struct fraction f = shown_figure(&shown, ask->bounds[i].figure);

		if (f.known)
			out->value[i] = (int64_t)(f.above * USAGE_UNIT / f.below);
		if (!f.known && out->verdict == USAGE_YES)
			out->verdict = USAGE_UNKNOWN;
		else if (f.known && !fraction_holds(&ask->bounds[i], &f))
			out->verdict = USAGE_NO;
	}
}
