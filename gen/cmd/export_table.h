/*
 * export_table: a table that is exported, as a sheet and as JSON at once. A row's cells follow from the
 * left, each with the key of its column.
 *
 * Lifetime: a table lives while it is filled.
 */
#ifndef YJ_CMD_EXPORT_TABLE_H
#define YJ_CMD_EXPORT_TABLE_H

#include "cmd/export.h"
#include "sheet/sheet.h"

struct table;

struct export_table {
	const char *name; /* of the sheet */
	const struct sheet_column *columns;
	const char *const *keys;
	size_t column_count;
	int (*fill)(struct export_job *job, struct table *t, struct err *err);
};
extern const struct export_table export_tickets, export_todo, export_late, export_ledger,
    export_usage;

/* Fills it and writes it as csv, xlsx or json. */
int export_table(struct export_job *job, const struct export_table *table, const char *format,
		 struct buf *out, struct err *err) must_check;

void table_row(struct table *t);
void table_text(struct table *t, const char *value);
/* One cell: people see the name; JSON has the id, and the name behind it as key_name. */
void table_named(struct table *t, const char *id, const char *name);
void table_none(struct table *t);
/* A tenant by its id and a system by its official name, as named cells. */
void export_tenant(const struct export_job *job, struct table *t, const char *id);
void export_system(const struct export_job *job, struct table *t, const char *name);
/* One cell: JSON has this value, people see the text. */
void table_value(struct table *t, const char *json, const char *text);
/* An integer, hundredths or a day, by the column. */
void table_number(struct table *t, int64_t value);

#endif
