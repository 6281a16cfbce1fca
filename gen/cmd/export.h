/*
 * export: what the export command was asked for, and the texts it makes that are not tables.
 *
 * The same history and the same `now` give the same bytes.
 */
#ifndef YJ_CMD_EXPORT_H
#define YJ_CMD_EXPORT_H

#include "cmd/todo.h"

struct export_job {
	struct session *session;
	struct arena arena;
	const struct party *party; /* NULL: all */
	bool bounded;		   /* a month or year was named */
	int32_t first, last;	   /* its days, both within */
	struct trail *trails;	   /* that are not gone, by id */
	size_t trail_count;
};

/* Present deadlines as iCalendar (RFC 5545), an event of one day each. */
int export_deadlines(struct export_job *job, struct buf *out, struct err *err) must_check;
/* The reviewer's periodic report as a Markdown draft. */
void export_report(struct export_job *job, struct buf *out);
/* Whether the day lies in the period; any does where none was named. */
bool export_within(const struct export_job *job, int32_t day);
/* Whether the step waits or waited for the job's party. */
bool export_concerns(const struct export_job *job, const struct trail *trail,
		     const struct step *step);
/* Why the step was late, as it was written when it was left; "" when nothing was. */
const char *export_reason(struct export_job *job, const struct step *step);
const char *export_stage_name(const struct step *step);

#endif
