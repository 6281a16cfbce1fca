/*
 * usage_show: what `yunjuan usage` says of an import and of the months that it touches.
 *
 * Errors: those of reading the files.
 */
#ifndef YJ_USAGE_SHOW_H
#define YJ_USAGE_SHOW_H

#include "cmd/cmd.h"
#include "ledger/ledger.h"
#include "ledger/usage_import.h"

/* Whose files are looked at, and by which law. */
struct usage_view {
	struct session *session;
	const struct indicators *law;
	int shard, shards;
	struct findings *findings;
	const struct ledger *ledger;
};

/* Bad rows and contradictions as findings; the first of them only. */
void usage_show_bad(const struct usage_report *report, struct findings *findings);
void usage_show_conflicts(const struct usage_plan *plan, struct findings *findings);
/* The low-load machines of a month, with their days and reasons: a paragraph, or a JSON object. */
int usage_show_month(struct usage_view *view, int year, int month, bool json, struct buf *out,
		     struct err *err) must_check;
/* What each machine may ask for on this day; JSON: an array. */
int usage_show_asks(struct usage_view *view, int32_t day, bool json, struct buf *out,
		    struct err *err) must_check;

#endif
