/*
 * fees: what a month costs, annex 13. One line a resource and configuration; money is integer fen. A
 * day's rate is the monthly price * 12 / 365, kept exact until the line's sum, which rounds half up.
 * The day of opening counts, the day of revocation does not; an adjustment and a new price list
 * begin a line of their own.
 *
 * A settled month is frozen: its bill is the table that was signed. What is known of it now and was
 * not in that table stands as corrections in the first month behind it that is not settled.
 *
 * Lifetime: a bill lies in the arena and borrows ledger, prices and basis.
 * Errors: none of its own. What cannot be charged (no price, a contradiction in the ledger) is a
 * finding with file and line, and its line is left out: a bill with findings that refuse is no bill.
 *
 *	bill_make(&bill, &arena, &source, month, until, &findings);
 *	for (i = 0; i < bill.row_count; i++) …
 */
#ifndef YJ_FEES_H
#define YJ_FEES_H

#include "ledger/prices.h"

struct fee_row {
	const char *tenant_id, *tenant, *system_id, *system; /* names as the register has them */
	const char *resource, *name, *type, *spec;
	int32_t from, to; /* both charged; a row of no days has its one day in both */
	int days;
	int64_t unit_fen,
	    amount_fen;	    /* a month's price; the line's sum, below 0 in corrections only */
	const char *change; /* the law's word, "" when nothing changed this month */
	const char *note;   /* "" mostly */
	int32_t of_month;   /* first day of the settled month it corrects; 0: none */
	const char *ticket; /* by which the resource came to stand so */
};

/* What a reviewer looks at: opened, adjusted, revoked or backed up in the month. */
struct fee_change {
	const char *resource, *type, *change, *ticket, *tenant_id;
	int32_t day;
};

struct fee_sum {
	const char *tenant_id, *tenant, *system_id, *system; /* system "" in a unit's subtotal */
	size_t rows;
	int64_t amount_fen;
};

struct bill {
	int32_t month, last;  /* first and last day; last is earlier while the month runs */
	bool running;	      /* the month is not over */
	bool example;	      /* a price list that holds in it is an example */
	struct fee_row *rows; /* by tenant and system, its corrections behind */
	size_t row_count;
	struct fee_change *changes;
	size_t change_count;
	struct fee_sum *systems, *tenants; /* in the order of the rows */
	size_t system_count, tenant_count;
	int64_t total_fen;
	const struct settlement *settled; /* NULL while the month is open */
};

/* The table as it is shown: rows, the subtotal behind each system and each unit, the total. */
enum fee_line_kind { FEE_ROW, FEE_SYSTEM, FEE_TENANT, FEE_TOTAL };
struct fee_line {
	enum fee_line_kind kind;
	const struct fee_row
	    *row; /* of a subtotal: the last row of its group; of the total: NULL */
	int64_t amount_fen;
};

struct bill_source {
	const struct ledger *ledger;
	const struct prices *prices;
	const struct basis *basis;
};

/* month: its first day. until: the last day that is known (today); days behind it are not charged. */
void bill_make(struct bill *out, struct arena *arena, const struct bill_source *source,
	       int32_t month, int32_t until, struct findings *findings);
/* What the ledger and the price lists say of the month now, settled or not, without corrections. */
void bill_compute(struct bill *out, struct arena *arena, const struct bill_source *source,
		  int32_t month, int32_t until, struct findings *findings);
/* The part of a bill that is one unit's: its rows, its changes, its sum for the total. */
void bill_of_tenant(struct bill *out, const struct bill *bill, struct arena *arena,
		    const char *tenant_id);
/* In the arena. */
struct fee_line *bill_lines(const struct bill *bill, struct arena *arena, size_t *count);
/* price * months * days / year_days in fen, half up; the price is not below 0. */
int64_t fee_of_days(int64_t price_fen, int64_t months, int days, int64_t year_days);
/* The first day of the month behind this one. */
int32_t month_after(int32_t month);
/* "1234.50", "-0.05" */
void fen_text(int64_t fen, char out[24]);
/* At most two decimals; false for anything else. */
bool fen_parse(const char *text, int64_t *fen);

#endif
