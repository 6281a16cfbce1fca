/*
 * calendar: days and moments in Beijing time, and which days are working days.
 *
 * A day is an int32_t: days since 1970-01-01 in Beijing time (UTC+8, no summer time). A moment
 * is an int64_t: seconds since 1970-01-01 UTC. Both are held within the years 1 to 9999, so
 * that whatever a commit claims as its time has a text.
 *
 * Lifetime: a calendar owns all it holds until calendar_free; names are borrowed until then.
 * Errors: only calendar_parse can fail; a bad line is a finding, and the lines around it count.
 * A year without any row is unknown: nothing about it is guessed, the caller is told its number.
 * Threads: a calendar never changes after calendar_parse and may be shared.
 *
 *	if (calendar_parse(&cal, text, len, "calendar/cn.tsv", &findings, &err) != 0)
 *		goto done;
 *	if (calendar_add_workdays(cal, day_of(signed_utc), 3, &due, &missing_year))
 *		deadline_utc = day_end(due);
 */
#ifndef YJ_CALENDAR_H
#define YJ_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

enum day_kind { DAY_WORK, DAY_OFF, DAY_UNKNOWN };

struct day_parts {
	int year, month, dom; /* dom: day of the month; month and dom from 1 */
	int weekday;	      /* 1 = Monday to 7 = Sunday */
};

struct calendar;

/* The day in which this moment lies. */
int32_t day_of(int64_t utc);
/* 24:00 of the day: the first second that is no longer in it. */
int64_t day_end(int32_t day);
/* The date must exist. */
int32_t day_make(int year, int month, int dom);
struct day_parts day_split(int32_t day);
/* YYYY-MM-DD */
void day_text(int32_t day, char out[11]);
/* YYYY-MM-DD and nothing else; a date that does not exist is refused. */
bool day_parse(const char *s, int32_t *day);
/* This day of the month after year-month, or the last day of a month that is too short. */
int32_t day_of_next_month(int year, int month, int dom);
/* YYYY-MM and nothing else. */
bool month_parse(const char *s, int *year, int *month);
/* Beijing time: YYYY-MM-DD HH:MM, YYYY-MM-DDTHH:MM[:SS], or YYYY-MM-DD for its 00:00. */
bool moment_parse(const char *s, int64_t *utc);
/* YYYY-MM-DD HH:MM, Beijing time, seconds dropped. */
void moment_text(int64_t utc, char out[17]);

/* Reads the rows "date TAB holiday|workday TAB name". What is wrong with a line becomes a finding
 * of rule "calendar"; ERR_LIMIT when the text is absurdly long. *out is owned. */
int calendar_parse(struct calendar **out, const char *text, size_t len, const char *file,
		   struct findings *findings, struct err *err) must_check;
void calendar_free(struct calendar *cal);
/* Whether the table has at least one row of this year. */
bool calendar_knows(const struct calendar *cal, int year);
/* *name (which may be NULL): the holiday that the day's row names, "" for a day without one. */
enum day_kind calendar_kind(const struct calendar *cal, int32_t day, const char **name);
/* The n-th working day after start, which itself is not counted; n = 0 gives start. False when
 * that leads through an unknown year, the first of which is *missing_year. */
bool calendar_add_workdays(const struct calendar *cal, int32_t start, int n, int32_t *due,
			   int *missing_year);
/* The working days after `from` up to and including `to`; 0 when to <= from. False as above. */
bool calendar_count_workdays(const struct calendar *cal, int32_t from, int32_t to, int *n,
			     int *missing_year);

#endif
