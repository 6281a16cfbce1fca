/*
 * usage: one row a machine and day, and what the law makes of it: whether a day and a month were
 * low-load, whether a machine may grow, how long its storage lasts. All figures are exact: counts,
 * and sums of millionths of a per cent or of a GB; a mean is its sum and its count.
 *
 * Lifetime: rows lie in the arena that was given. Verdicts are plain values; their texts are the law's.
 * Errors: ERR_GIT or ERR_IO when a file cannot be read. What is wrong within one is a finding of the
 * rule "usage" with file and line, and that row is left out.
 *
 *	usage_days_of(&rows, &arena, &snap, "mzvm-0101", from, to, &findings, &err);
 *	usage_low_month(&month, indicators, &rows, first, last);
 *	if (month.low) … month.low_days
 *	usage_scale_out(&ask, indicators, scale_out, calendar, &rows, 1, day);
 */
#ifndef YJ_USAGE_H
#define YJ_USAGE_H

#include "calendar/calendar.h"
#include "law/indicators.h"
#include "repo/repo.h"

#define USAGE_FOLDER "content/usage"
#define USAGE_UNIT 1000000 /* one per cent, one GB */
#define USAGE_DAY_MINUTES 1440

struct usage_day {
	int32_t day;
	int32_t samples, work_samples;	/* minutes that were there: of the day, of the hours */
	int32_t last_minute;		/* of the day's last sample, from 00:00 */
	int64_t vcpu_sum, memory_sum;	/* of the working hours */
	int64_t vcpu_peak, memory_peak; /* of the whole day */
	int64_t used, allocated;	/* storage at the last sample */
};

struct usage_days {
	const char *vm;
	struct usage_day *rows; /* by day, each day once */
	size_t count, cap;
};

enum usage_verdict { USAGE_NO, USAGE_YES, USAGE_UNKNOWN };

/* The first day's row that is not before `day`; the count when there is none. */
size_t usage_find(const struct usage_days *days, int32_t day);
/* The rows of a machine in [from, to], both included, from the files of their months. */
int usage_days_of(struct usage_days *out, struct arena *arena, const struct snapshot *snap,
		  const char *vm, int32_t from, int32_t to, struct findings *findings,
		  struct err *err) must_check;

/* --- verdicts --------------------------------------------------------------------------------- */
/* Enough samples of the day, and of its working hours, to be judged. */
bool usage_judged(const struct indicators *law, const struct usage_day *day);

/* How long the storage lasts at the growth of the law's last days: free / (growth a month) months
 * as an exact fraction. */
struct usage_storage {
	bool known; /* something is allocated, and an earlier day shows what grew */
	bool grows; /* else it lasts for ever */
	int64_t free, monthly_growth_days; /* months = free * over_days / (growth * month_days) */
	int64_t growth, over_days, month_days;
};
void usage_storage(struct usage_storage *out, const struct indicators *law,
		   const struct usage_days *days, size_t row);
/* Tenths of a month, rounded down; -1 when unknown or without end. */
int64_t usage_storage_tenths(const struct usage_storage *storage);

/* Which of the law's low_loads the day of this row fulfils: bit i for row i of law->low_loads.
 * USAGE_UNKNOWN: too few samples. */
enum usage_verdict usage_low_day(const struct indicators *law, const struct usage_days *days,
				 size_t row, unsigned *reasons);

struct usage_month {
	int low_days, judged_days, days; /* days: with any sample */
	int reason_days[LOW_LOADS_MAX];	 /* low by this reason, as in law->low_loads */
	bool low;
};
/* `days` should begin law->growth_days before `first`, or storage is judged by what there is. */
void usage_low_month(struct usage_month *out, const struct indicators *law,
		     const struct usage_days *days, int32_t first, int32_t last);

/* A month in four figures: means of the working hours, peaks of whole days; millionths, -1 unknown. */
struct usage_figures {
	int64_t vcpu_mean, vcpu_peak, memory_mean, memory_peak;
};
void usage_month_figures(struct usage_figures *out, const struct usage_days *days, int32_t first,
			 int32_t last);

/* The figures of an ask of 19(2) on the day of the request, over machines taken together. */
struct usage_ask {
	enum usage_verdict verdict;
	int32_t from, to; /* the working days looked at, first and last */
	int64_t
	    value[BOUNDS_MAX]; /* as in the ask's bounds; millionths, rounded down; -1 unknown */
	int missing_days;      /* of the machines: not judged, or without a row */
	int missing_year;      /* the calendar lacks it; 0 = none */
};
void usage_scale_out(struct usage_ask *out, const struct indicators *law,
		     const struct scale_out *ask, const struct calendar *calendar,
		     const struct usage_days *machines, size_t count, int32_t day);

/* "37.25": a figure of millionths without zeros at its end. */
void usage_figure(struct buf *out, int64_t millionths);

#endif
