/*
 * finding: something that somebody wrote breaks a rule. Never a failure of the program.
 *
 * Lifetime: a findings list owns copies of all its strings until findings_release.
 * Shown as "file:line:col: 级别：message [rule，依据 article]", as JSON, or on a page.
 */
#ifndef YJ_FINDING_H
#define YJ_FINDING_H

#include <stdbool.h>
#include <stdio.h>

#include "arena.h"
#include "buf.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARN, SEVERITY_REFUSE, SEVERITY_COUNT };

struct finding {
	enum severity severity;
	const char *rule;	   /* id: a row of lua/rules, or "front-matter", "calendar", … */
	const char *article;	   /* "13(2)4", or "" */
	const char *article_label; /* "第十三条（二）⒋", or "" */
	const char *ticket;	   /* id or "" */
	const char *commit;	   /* hexadecimal or "" while it is not made yet */
	const char *file;	   /* path in the workspace or "" */
	int line, column;	   /* 1-based; 0 = the whole file */
	const char *message;	   /* one Chinese sentence: what is wrong, what to do */
};

struct findings {
	struct finding *items;
	size_t count, cap;
	struct arena arena;
	/* What the next finding_add fills in where its own is NULL; borrowed. */
	const char *ticket, *commit, *file;
};

extern const char *const severity_ids[SEVERITY_COUNT];	 /* "note", "warn", "refuse" */
extern const char *const severity_names[SEVERITY_COUNT]; /* 提示, 警告, 拒绝 */

/* Copies f; NULL strings become the list's defaults or "". */
void finding_add(struct findings *list, const struct finding *f);
/* A refusal with a place and a formatted sentence, for the readers of files. */
void finding_file(struct findings *list, const char *rule, const char *file, int line, int column,
		  const char *fmt, ...) printf_like(6, 7);
/* By commit order of arrival kept, within it by file, line, column, rule. Equal ones once. */
void findings_sort(struct findings *list);
bool findings_refuse(const struct findings *list);
size_t findings_count(const struct findings *list, enum severity severity);
void findings_print(const struct findings *list, FILE *out);
/* An array of objects, one a line. */
void findings_json(const struct findings *list, struct buf *out);
void findings_release(struct findings *list);

#endif
