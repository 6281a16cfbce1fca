#include "cmd/export_table.h"

#include <string.h>

struct table {
	struct sheet *sheet;
	struct buf json;
	const struct sheet_column *columns;
	const char *const *keys;
	size_t rows, at;
};

void
table_row(struct table *t)
{
	buf_puts(&t->json, t->rows == 0 ? "\n{" : "},\n{");
	t->rows++;
	t->at = 0;
	sheet_row(t->sheet, SHEET_ROW);
}

void
table_text(struct table *t, const char *value)
{
	json_key(&t->json, t->keys[t->at++]);
	json_str(&t->json, value);
	sheet_text(t->sheet, value);
}

void
table_named(struct table *t, const char *id, const char *name)
{
	char key[40];

	snprintf(key, sizeof(key), "%s_name", t->keys[t->at]);
	json_key(&t->json, t->keys[t->at++]);
	json_str(&t->json, id);
	json_key(&t->json, key);
	json_str(&t->json, name);
	sheet_text(t->sheet, name);
}

void
table_value(struct table *t, const char *json, const char *text)
{
	json_key(&t->json, t->keys[t->at++]);
	buf_puts(&t->json, json);
	sheet_text(t->sheet, text);
}

void
table_none(struct table *t)
{
	json_key(&t->json, t->keys[t->at++]);
	buf_puts(&t->json, "null");
	sheet_skip(t->sheet);
}

void
table_number(struct table *t, int64_t value)
{
	enum sheet_type type = t->columns[t->at].type;
	char day[11];

	json_key(&t->json, t->keys[t->at++]);
	if (type == SHEET_DAY) {
		day_text((int32_t)value, day);
		json_str(&t->json, day);
	} else if (type == SHEET_MONEY) {
		buf_printf(&t->json, "%lld.%02lld", (long long)(value / 100),
			   (long long)(value % 100));
	} else {
		buf_printf(&t->json, "%lld", (long long)value);
	}
	sheet_number(t->sheet, value);
}

int
export_table(struct export_job *job, const struct export_table *table, const char *format,
	     struct buf *out, struct err *err)
{
	struct table t = { sheet_new(table->name, table->columns, table->column_count),
			   BUF_INIT,
			   table->columns,
			   table->keys,
			   0,
			   0 };
	int rc = table->fill(job, &t, err);

	if (rc == 0 && strcmp(format, "csv") == 0)
		sheet_csv(out, t.sheet);
	else if (rc == 0 && strcmp(format, "xlsx") == 0)
		rc = sheet_xlsx(out, t.sheet, job->session->now, err);
	else if (rc == 0)
		buf_printf(out, "[%s%s\n]\n", t.json.ptr, t.rows == 0 ? "" : "}");
	buf_release(&t.json);
	sheet_free(t.sheet);
	return rc;
}
