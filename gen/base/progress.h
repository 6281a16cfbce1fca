/*
 * progress: one line on a terminal that says how far long work has come. Standard error that is no
 * terminal gets nothing, nor does work that is over within a second.
 *
 * Lifetime: a plain value; `what` is borrowed. Zeroed, it says nothing until progress_begin.
 * Threads: one at a time.
 *
 *	progress_begin(&p, "生成看板", "页");    生成看板 120/5000 页
 *	for (…) progress_at(&p, done, total);
 *	progress_end(&p);                      wipes the line
 */
#ifndef YJ_PROGRESS_H
#define YJ_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what, *unit; /* "生成看板", "页" */
	int64_t next_ms;	 /* when it may be said again; 0: never */
	bool shown;
};

void progress_begin(struct progress *p, const char *what, const char *unit);
/* total 0: nobody knows. */
void progress_at(struct progress *p, int64_t done, int64_t total);
void progress_end(struct progress *p);

#endif
