/*
 * bill: a month's bill in the shapes that people and programs take it in. Shared by the files of the
 * bill command.
 */
#ifndef YJ_CMD_BILL_H
#define YJ_CMD_BILL_H

#include "cmd/cmd.h"
#include "ledger/fees.h"
#include "sheet/sheet.h"

/* The table with subtotals, as annex 13 has it. Free with sheet_free. */
struct sheet *bill_sheet(const struct bill *bill, const struct law *law, const char *office);
void bill_json(struct buf *out, const struct bill *bill);
/* Writes into the ticket in the work tree, over what stood there, what its stage asks for: the rows, the total
 * and the month, or what changed in the month. */
int bill_fill_ticket(struct session *session, const struct bill *bill, const char *word,
		     struct err *err) must_check;

#endif
