/*
 * ledger: which system holds which resource on which day, since when, by which ticket. Folded from
 * the trails and the tables of the tickets whose flow says what it does to the ledger (`ledger` in
 * lua/flows): a row counts as the ticket stood when the stage that fills its form was last left
 * forwards, so a draft counts nothing and what was put right counts as put right.
 *
 * Lifetime: holdings, spans and texts lie in the ledger's arena until ledger_release; the trails it
 * was given may go.
 * Errors: ERR_GIT when a ticket cannot be read. What contradicts itself (a resource opened twice, an
 * adjustment of one that nobody holds) is a warning in `oddities`, and the row is left out.
 * Threads: a ledger never changes after ledger_finish and may be shared.
 *
 *	ledger_init(&ledger);
 *	for each ticket: ledger_add(&ledger, repo, &trail, &err)
 *	ledger_finish(&ledger);                     or ledger_fold(…), which does all three
 *	holding = ledger_find(&ledger, "mzvm-0101", NULL, day);
 */
#ifndef YJ_LEDGER_H
#define YJ_LEDGER_H

#include "ledger/blocks.h"
#include "trail/trail.h"

#define LEDGER_OPEN_END INT32_MAX

/* What is held, by the columns of the tables. */
struct spec {
	int64_t count, vcpu, memory_gb, storage_gb; /* count 1 unless the table says otherwise */
	const char *kind;			    /* of a backup; "" for others */
};

/* The same configuration from `from` to the day before `to`. */
struct span {
	int32_t from, to; /* days; to = LEDGER_OPEN_END while it goes on */
	struct spec spec;
	const char *words; /* of it: "8 核 16 GB 内存 200 GB 存储", "整机备份 120 GB", "2 项" */
	const char *ticket, *file; /* by which it began; its ticket.md and the row's line */
	int line;
	const char *mark; /* the law's word for how it began: 新增, 调整, 备份 */
};

/* One resource that a system holds or held. An id may come again after it was revoked. */
struct holding {
	const char *id, *name, *type;
	const char *system, *tenant; /* the system's official name, the tenant's id */
	struct span *spans;	     /* one behind the other; may be of no days */
	size_t span_count;
	int32_t opened, closed;	  /* closed: the day of revocation, LEDGER_OPEN_END while held */
	const char *close_ticket; /* "" while held */
	const char *close_mark;	  /* the law's word: 撤销 */
};

/* A month whose fees were settled: its ticket came to its end. */
struct settlement {
	int32_t month; /* its first day */
	const char *ticket, *file;
	const struct node *front; /* the ticket's values, typed */
	const struct node *rows;  /* its table of fees; NULL when it had none */
};

struct ledger {
	struct arena arena;
	struct holding *holdings; /* by tenant, system, id, day of opening */
	size_t holding_count, holding_cap;
	struct settlement *settled; /* by month */
	size_t settled_count, settled_cap;
	struct findings oddities;
	struct blocks *blocks;	 /* where tables may be kept, borrowed; NULL: nowhere */
	struct ledger_row *rows; /* until ledger_finish */
	size_t row_count, row_cap;
};

void ledger_init(struct ledger *ledger);
void ledger_release(struct ledger *ledger);
/* What the ticket did, as far as its trail goes. Tickets in any order. */
int ledger_add(struct ledger *ledger, struct repo *repo, const struct trail *trail,
	       struct err *err) must_check;
void ledger_finish(struct ledger *ledger);
/* All of it, from the tickets of the log as they stood at `commits` (none: as they stand now).
 * system: only that one's, by its official name; NULL for all. Settled months come with all. */
int ledger_fold(struct ledger *out, const struct log *log, const uint32_t *commits,
		size_t commit_count, const struct trail_context *context, const char *system,
		struct err *err) must_check;

/* The one that is held on that day; type NULL: of any type, the one opened first. */
const struct holding *ledger_find(const struct ledger *ledger, const char *id, const char *type,
				  int32_t day);
/* The configuration on that day; NULL when it is not held then. */
const struct span *holding_on(const struct holding *holding, int32_t day);
/* NULL when the month is not settled. */
const struct settlement *ledger_settled(const struct ledger *ledger, int32_t month);
/* A span's words. */
void spec_text(struct buf *out, const struct spec *spec);

#endif
