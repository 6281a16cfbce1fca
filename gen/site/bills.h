/*
 * bills: a month's bill as pages show it, for a page by itself (site_sheet).
 *
 * Lifetime, errors: none of its own; pushes one table and borrows nothing of it.
 */
#ifndef YJ_BILLS_H
#define YJ_BILLS_H

#include "law/script.h"
#include "ledger/fees.h"

/* The template that shows it. */
#define BILL_TEMPLATE "fee"
/* whole: with every row and change, else with the sums alone. units: tenants by id that have a page beside
 * it; NULL: none has. */
void bill_push(struct script *s, const struct bill *bill, bool whole, const struct map *units,
	       const struct findings *faults);

#endif
