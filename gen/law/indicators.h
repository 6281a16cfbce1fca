/*
 * indicators: how use is measured, what low load is and when a machine may grow: lua/indicators.lua
 * as structs.
 *
 * Lifetime: borrowed from the law until law_free. Errors: none; faults are the law's findings.
 *
 *	const struct indicators *indicators = law_indicators(law);      NULL: this law has none
 */
#ifndef YJ_INDICATORS_H
#define YJ_INDICATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct law;

#define LOW_LOADS_MAX 8
#define BOUNDS_MAX 4

enum figure {
	FIGURE_VCPU_MEAN,
	FIGURE_VCPU_PEAK,
	FIGURE_MEMORY_MEAN,
	FIGURE_MEMORY_PEAK,
	FIGURE_STORAGE,
	FIGURE_STORAGE_MONTHS,
	FIGURE_COUNT
};
extern const char *const figure_ids[FIGURE_COUNT]; /* as in lua/indicators.lua */

enum bound_kind { BOUND_AT_MOST, BOUND_AT_LEAST, BOUND_MORE_THAN };

struct bound {
	enum figure figure;
	enum bound_kind kind;
	int64_t value;	   /* per cent, or months */
	const char *words; /* "前 5 个工作日 vCPU 峰值使用率" */
};

/* A day is low-load by this when all its bounds hold. */
struct low_load {
	const char *id, *name, *article, *article_label;
	struct bound bounds[BOUNDS_MAX];
	size_t bound_count;
};

/* What growing this of a resource of this type needs. */
struct scale_out {
	const char *type, *asks, *name, *article, *article_label; /* asks: a column of the ask */
	bool whole_system; /* over all machines of the system */
	struct bound bounds[BOUNDS_MAX];
	size_t bound_count;
};

struct indicators {
	int work_from, work_to; /* minutes of the day: means are of work_from <= t < work_to */
	int least_pct;		/* of the samples a judged day has */
	int growth_days;	/* storage growth is that of so many days */
	int low_month_days;	/* a month with more low days is low */
	int scale_out_days;	/* working days before the request */
	const char *article_label, *low_month_label, *scale_out_label; /* 第四十八条 */
	struct low_load low_loads[LOW_LOADS_MAX];
	size_t low_load_count;
	struct scale_out *scale_outs;
	size_t scale_out_count;
};

const struct indicators *law_indicators(const struct law *law);

#endif
