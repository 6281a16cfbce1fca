/*
 * trail: a ticket's events folded into steps, by the flow's table: who had it when, by which
 * outcome it went on, in time or late, and what is open now.
 *
 * Lifetime: a trail lies in the arena it was folded into and borrows log and basis.
 * Errors: ERR_GIT when a ticket's text cannot be read where a limit looks at a field.
 */
#ifndef YJ_TRAIL_H
#define YJ_TRAIL_H

#include "trail/basis.h"
#include "trail/log.h"
#include "trail/message.h"
#include "trail/store.h"

enum due_kind {
	DUE_NONE,
	DUE_PROMPT,
	DUE_DAY,
	DUE_UNKNOWN /* a year the calendar lacks */,
	DUE_KIND_COUNT
};

struct deadline {
	enum due_kind kind;
	int32_t start, day; /* start is not counted; day is the last one */
	int allowed;	    /* days given, 0 when the limit is a date */
	bool working;	    /* allowed counts working days */
	int missing_year;   /* DUE_UNKNOWN */
};

struct step {
	const struct stage *stage; /* NULL: the law knows no such stage */
	const char *stage_id;
	int visit;			    /* 1 the first time */
	const struct event *entered, *left; /* left NULL: the present step */
	const struct outcome *outcome;	    /* NULL: present, or a move the law does not know */
	struct deadline due;
	int used_days; /* counted like the limit, until left or now; -1 unknown */
	bool late;
	int late_days;			   /* working days (or days) over; -1 unknown */
	const struct event *const *events; /* entered, edits and signatures, left */
	size_t event_count;
};

enum trail_state {
	TRAIL_OPEN,
	TRAIL_SOON,
	TRAIL_LATE,
	TRAIL_WAITING,
	TRAIL_CLOSED,
	TRAIL_CANCELLED,
	TRAIL_STATE_COUNT
};
extern const char
    *const trail_state_ids[TRAIL_STATE_COUNT]; /* open soon late waiting closed cancelled */
extern const char *const trail_state_names[TRAIL_STATE_COUNT]; /* 办理中 … */

struct trail {
	const struct log *log;
	uint32_t ticket;
	const char *id, *folder, *title, *system, *tenant;
	const char *flow_id;
	const struct flow *flow; /* NULL: the law knows no such flow */
	bool county, gone;	 /* gone: the ticket was removed */
	const struct event *last;
	struct step *steps;
	size_t step_count;
	enum trail_state state;
	int days_left;	/* counted like the limit; below 0: over; only with DUE_DAY */
	int late_steps; /* how many of the steps were or are late */
	const char
	    *opened_kind; /* kind of the party that opened it: of those that may; "" unknown flow */
};

/* How long before the last day a ticket is "soon", and a "及时" stage is worth a word. */
#define SOON_WORKING_DAYS 2

struct trail_context {
	struct repo *repo;
	const struct basis *basis;
	int64_t now;
	struct store
	    *fields; /* what fields said in earlier commits, by their blob; NULL: nothing is kept */
};

/* All events of the ticket. */
int trail_of(struct trail *out, struct arena *arena, const struct log *log, uint32_t ticket,
	     const struct trail_context *context, struct err *err) must_check;
/* Only those that are ancestors of (or are) one of the commits: how it stood there. */
int trail_at(struct trail *out, struct arena *arena, const struct log *log, uint32_t ticket,
	     const uint32_t *commits, size_t commit_count, const struct trail_context *context,
	     struct err *err) must_check;
/* The present step; NULL when there is none. */
const struct step *trail_present(const struct trail *trail);
/* The order of a todo list: late first, then by what is left, then by id. */
int trail_compare_pressing(const struct trail *x, const struct trail *y);
/* How the step stands at the end of a day on which it is not left yet; days_left as in a trail. */
enum trail_state step_state(const struct step *step, const struct calendar *calendar, int32_t day,
			    int *days_left);
/* The deadline of the present step if its fields were `front` (a commit that is being judged). */
int trail_deadline(struct deadline *out, const struct trail *trail, const struct node *front,
		   const struct trail_context *context, struct err *err) must_check;
/* The party of a kind that has to do with this ticket: its tenant, its county's bureau, the one of a
 * kind; NULL when the register has none. */
const struct party *party_of_kind(const struct basis *basis, const struct trail *trail,
				  const struct party_kind *kind);
/* The parties a stage of this ticket waits for: the tenant, its county's bureau, the one of a kind.
 * An array the caller frees; an entry is NULL when the register has no such party. */
const struct party **stage_turns(const struct basis *basis, const struct trail *trail,
				 const struct stage *stage, size_t *count);
/* "3 个工作日" … of a limit, in Chinese, into buf. */
void limit_text(struct buf *out, const struct limit *limit);

#endif
