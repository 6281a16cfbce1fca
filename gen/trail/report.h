/*
 * report: what went on in a month, a quarter or a year: the reviewer's periodic report. It knows what was
 * known at the end of the period and nothing later, so that a report of a past period stays as it is;
 * while the period runs it goes to today.
 *
 * Lifetime: all lies in the arena and borrows trails and basis.
 * Errors: none.
 *
 *	if (period_parse("2021-Q2", &period))
 *		report_make(&report, &arena, &basis, trails, count, &period, today);
 */
#ifndef YJ_REPORT_H
#define YJ_REPORT_H

#include "trail/trail.h"

struct period {
	int32_t first, last; /* days, both within */
	int months;	     /* 1, 3 or 12 */
	char id[24];	     /* 2021-05, 2021-Q2, 2021 */
	char name[48];	     /* 2021 年 5 月 */
};
/* months: 1, 3 or 12, of which `month` is the first. */
void period_make(struct period *out, int year, int month, int months);
/* An id as above, and nothing else. */
bool period_parse(const char *id, struct period *out);
/* 月报, 季报, 年报 */
const char *period_kind(const struct period *period);

/* Tickets of a flow: carried + opened = closed + cancelled + open. */
struct report_flow {
	const struct flow *flow; /* NULL: of all */
	int carried;		 /* opened before the period and not ended before it */
	int opened, closed, cancelled;
	int open, late; /* at the end; those of them that are late */
};

struct report_stage {
	const struct flow *flow;
	const struct stage *stage;
	int left, left_late, back; /* in the period; of them late, of them not forwards */
	int open, open_late;	   /* tickets that stand there at the end */
};

/* A step worth a line. */
struct report_item {
	const struct trail *trail;
	const struct step *step;
	const char *parties;	  /* whose turn it was, by their short names */
	const struct event *left; /* NULL: not left at the end of the period */
	int32_t day;		  /* what the list is sorted by, as said there */
	int days;		  /* late: how many over, -1 unknown; next: how many left */
	enum trail_state state;	  /* next: soon, late, open */
	const char *words;	  /* late: the reason, back: the opinion; "" */
	const struct step *again; /* back: when it came to the stage again; NULL: not yet */
	const struct step *now;	  /* where the ticket stood at the end */
	bool ended;		  /* by then */
};

struct report_list {
	struct report_item *items;
	size_t count, cap;
	size_t told; /* the first of them, whose parties, days, state and words are filled in */
};

struct report {
	const struct period *period;
	int32_t until; /* the last day that is known: of the period, or today */
	struct report_flow all;
	struct report_flow *flows; /* each of the law */
	size_t flow_count;
	struct report_stage *stages; /* where anything happened or stands, in the law's order */
	size_t stage_count;
	struct report_list late; /* that were late on a day of the period; by due day */
	struct report_list
	    back; /* sent back in it, or before it and not put right before; by day */
	struct report_list next; /* stand open with a deadline; by due day */
};

/* most: how many items of a list are wanted in words; all are counted. */
void report_make(struct report *out, struct arena *arena, const struct basis *basis,
		 const struct trail *const *trails, size_t count, const struct period *period,
		 int32_t today, size_t most);
/* Why a step was late, as it was written when it was left; "" when nothing was. */
const char *late_reason(struct arena *arena, const struct trail *trail, const struct step *step);

#endif
