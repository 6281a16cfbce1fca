/*
 * export: what the export command was asked for, and what it makes that is not a table.
 *
 * The same history and the same `now` give the same bytes.
 */
#ifndef YJ_CMD_EXPORT_H
#define YJ_CMD_EXPORT_H

#include "cmd/todo.h"
#include "trail/report.h"

struct export_job {
	struct session *session;
	struct arena arena;
	const struct party *party; /* NULL: all */
	bool bounded;		   /* a period was named */
	struct period period;
	struct trail *trails; /* that are not gone, by id */
	size_t trail_count;
};

/* Present deadlines as iCalendar (RFC 5545), an event of one day each. */
int export_deadlines(struct export_job *job, struct buf *out, struct err *err) must_check;
/* The reviewer's periodic report: "md", a draft, or "html", a page that needs no other file. */
int export_report(struct export_job *job, const char *format, struct buf *out,
		  struct err *err) must_check;
/* The text on one line, a backslash before each character of `special`, nothing that turns the direction
 * of writing. */
void export_plain(struct buf *out, const char *text, const char *special);
/* Whether the day lies in the period; any does where none was named. */
bool export_within(const struct export_job *job, int32_t day);
/* Whether the step waits or waited for the job's party. */
bool export_concerns(const struct export_job *job, const struct trail *trail,
		     const struct step *step);
const char *export_stage_name(const struct step *step);

#endif
