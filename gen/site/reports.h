/*
 * reports: a periodic report as pages show it, for a page by itself (site_sheet).
 *
 * Lifetime, errors: none of its own; pushes one table and borrows nothing of it.
 */
#ifndef YJ_REPORTS_H
#define YJ_REPORTS_H

#include "law/script.h"
#include "trail/report.h"

/* The template that shows it. */
#define REPORT_TEMPLATE "report"
void report_push(struct script *s, const struct report *report, const struct basis *basis);

#endif
