/*
 * sheet: one table for people's office programs: as text for the terminal, as CSV that Excel opens as
 * it is meant, as XLSX. The same table gives the same bytes. libxlsxwriter lives here only.
 *
 * A cell never becomes a formula: in CSV a text that a spreadsheet would run gets an apostrophe in
 * front, in XLSX texts are written as texts.
 *
 * Lifetime: a sheet owns copies of all its texts until sheet_free; columns are borrowed until then.
 * Errors: ERR_IO when a workbook cannot be made (it is written by way of TMPDIR).
 *
 *	sheet = sheet_new("费用", columns, 3);
 *	sheet_row(sheet, SHEET_ROW);
 *	sheet_text(sheet, "mzvm-0101"); sheet_number(sheet, 31); sheet_number(sheet, 33123);
 *	sheet_csv(&out, sheet);
 */
#ifndef YJ_SHEET_H
#define YJ_SHEET_H

#include "calendar/calendar.h"

enum sheet_type {
	SHEET_TEXT,
	SHEET_INTEGER,
	SHEET_MONEY /* fen; other hundredths too */,
	SHEET_DAY
};
enum sheet_style { SHEET_ROW, SHEET_SUBTOTAL, SHEET_TOTAL };

struct sheet_column {
	const char *title;
	enum sheet_type type;
	int width; /* in characters of a spreadsheet */
};

struct sheet;

/* name: of the sheet in a workbook, at most 31 characters. */
struct sheet *sheet_new(const char *name, const struct sheet_column *columns, size_t count);
void sheet_free(struct sheet *sheet);
/* A line above the table: the first is its title. */
void sheet_head(struct sheet *sheet, const char *text);
/* A line below it. */
void sheet_foot(struct sheet *sheet, const char *text);
/* Begins a row; its cells follow from the left, what is not given stays empty. */
void sheet_row(struct sheet *sheet, enum sheet_style style);
void sheet_text(struct sheet *sheet, const char *text);
void sheet_number(struct sheet *sheet,
		  int64_t number); /* an integer, fen or a day, by the column */
void sheet_skip(struct sheet *sheet);

/* Columns in line on a terminal, with its head and foot. */
void sheet_print(struct buf *out, const struct sheet *sheet);
/* RFC 4180 with a byte order mark; head and foot as rows of one cell. */
void sheet_csv(struct buf *out, const struct sheet *sheet);
/* A workbook of this sheet, laid out for A4 across; created: what its properties say. */
int sheet_xlsx(struct buf *out, const struct sheet *sheet, int64_t created,
	       struct err *err) must_check;

#endif
