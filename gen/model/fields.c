/* Values against the fields of a form: known keys, types, choices, bounds. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "calendar/calendar.h"

#define RULE "field"

const char *const field_type_ids[FIELD_TYPE_COUNT] = { "text", "long", "integer", "decimal", "bool", "date", "time",
	"month", "choice", "texts", "list" };

/* --- scalars -------------------------------------------------------------------------------------------- */
static bool
fits_choice(const struct field *field, const struct node *scalar)
{
	size_t i;

	for (i = 0; i < field->choice_count; i++) {
		if (strcmp(field->choices[i], scalar->text) == 0)
			return true;
	}
	return false;
}

/* Digits, optionally a point and digits: kept as text, the double serves comparisons. */
static bool
fits_decimal(struct node *scalar)
{
	const char *p = scalar->text + (scalar->text[0] == '-' ? 1 : 0);
	size_t whole = strspn(p, "0123456789"), part;

	if (whole == 0 || whole > 15)
		return false;
	p += whole;
	if (*p == '.') {
		part = strspn(p + 1, "0123456789");
		if (part == 0 || part > 9)
			return false;
		p += part + 1;
	}
	scalar->decimal = strtod(scalar->text, NULL);
	return *p == '\0';
}

static bool
fits_month(struct node *scalar)
{
	int year, month;

	if (!month_parse(scalar->text, &year, &month))
		return false;
	scalar->number = day_make(year, month, 1);
	return true;
}

static bool
fits_day(struct node *scalar)
{
	int32_t day;

	if (!day_parse(scalar->text, &day))
		return false;
	scalar->number = day;
	return true;
}

static bool
fits_type(const struct field *field, struct node *scalar)
{
	switch (field->type) {
	case FIELD_TEXT:
		return strchr(scalar->text, '\n') == NULL;
	case FIELD_INTEGER:
		return text_number(scalar->text, INT64_MIN, INT64_MAX, &scalar->number);
	case FIELD_DECIMAL:
		return fits_decimal(scalar);
	case FIELD_BOOL:
		scalar->number = strcmp(scalar->text, "是") == 0;
		return scalar->number == 1 || strcmp(scalar->text, "否") == 0;
	case FIELD_DATE:
		return fits_day(scalar);
	case FIELD_TIME:
		return strlen(scalar->text) >= 16 && moment_parse(scalar->text, &scalar->number);
	case FIELD_MONTH:
		return fits_month(scalar);
	case FIELD_CHOICE:
		return fits_choice(field, scalar);
	default:
		return true;
	}
}

static bool
within(const struct field *field, const struct node *scalar)
{
	if (field->type == FIELD_INTEGER)
		return (!field->has_min || scalar->number >= field->min) && (!field->has_max || scalar->number <= field->max);
	if (field->type == FIELD_DECIMAL)
		return (!field->has_min || scalar->decimal >= (double)field->min) &&
		       (!field->has_max || scalar->decimal <= (double)field->max);
	return true;
}

bool
field_fits(const struct field *field, struct node *scalar, const char **why)
{
	static const char *const wants[FIELD_TYPE_COUNT] = { "应写成一行", "", "应填整数", "应填数字（例如 12.50）", "应填“是”或“否”",
		"应填日期（例如 2021-05-10）", "应填日期和时间（例如 2021-05-10 09:30）", "应填月份（例如 2021-05）",
		"不在可选的范围内", "", "" };

	*why = "";
	if (scalar->text[0] == '\0')
		return true;
	if (!fits_type(field, scalar)) {
		*why = wants[field->type];
		return false;
	}
	if (!within(field, scalar)) {
		*why = "超出了允许的范围";
		return false;
	}
	scalar->typed = true;
	scalar->type = field->type;
	return true;
}

/* --- what is wrong, in words ------------------------------------------------------------------------------- */
static void
complain_value(const struct doc *doc, const struct field *field, const struct node *node, const char *why,
	       struct findings *findings)
{
	struct buf more = BUF_INIT;
	size_t i;

	for (i = 0; i < field->choice_count && field->type == FIELD_CHOICE; i++)
		buf_printf(&more, "%s%s", i == 0 ? "，可选：" : "、", field->choices[i]);
	if (field->has_min && field->has_max && why[0] != '\0')
		buf_printf(&more, "（%lld 至 %lld）", (long long)field->min, (long long)field->max);
	else if (field->has_min && why[0] != '\0')
		buf_printf(&more, "（不小于 %lld）", (long long)field->min);
	finding_file(findings, RULE, doc->file, node->line, node->column, "“%s”（%s）填的是“%.80s”，%s%s", field->label,
		     field->key, node->text, why, more.ptr);
	buf_release(&more);
}

/* Edit distance up to 2 between short ASCII keys. */
static int
distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), i, j;
	int row[64], last, here;

	if (n > 60 || m > 60 || (n > m ? n - m : m - n) > 2)
		return 9;
	for (j = 0; j <= m; j++)
		row[j] = (int)j;
	for (i = 1; i <= n; i++) {
		last = row[0];
		row[0] = (int)i;
		for (j = 1; j <= m; j++) {
			here = row[j];
			row[j] = a[i - 1] == b[j - 1] ? last : 1 + (last < here ? (last < row[j - 1] ? last : row[j - 1])
										: (here < row[j - 1] ? here : row[j - 1]));
			last = here;
		}
	}
	return row[m];
}

static void
complain_key(const struct doc *doc, const struct node *map, size_t at, const struct field *fields, size_t count,
	     struct findings *findings)
{
	const struct field *near = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (distance(map->keys[at], fields[i].key) <= 2 && near == NULL)
			near = &fields[i];
	}
	if (near != NULL)
		finding_file(findings, RULE, doc->file, map->key_lines[at], map->key_columns[at],
			     "没有“%.60s”这一项；是不是“%s”（%s）？", map->keys[at], near->key, near->label);
	else
		finding_file(findings, RULE, doc->file, map->key_lines[at], map->key_columns[at],
			     "没有“%.60s”这一项；请删去，或核对表单里的名字", map->keys[at]);
}

/* --- maps, lists -------------------------------------------------------------------------------------------- */
static void check_map(const struct doc *doc, const struct node *map, const struct field *fields, size_t count,
		      struct findings *findings);

static void
check_texts(const struct doc *doc, const struct field *field, struct node *list, struct findings *findings)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->items[i]->kind != NODE_SCALAR || strchr(list->items[i]->text, '\n') != NULL)
			finding_file(findings, RULE, doc->file, list->items[i]->line, list->items[i]->column,
				     "“%s”（%s）的每一行应是一句话", field->label, field->key);
	}
}

static void
check_rows(const struct doc *doc, const struct field *field, struct node *list, struct findings *findings)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->items[i]->kind == NODE_MAP)
			check_map(doc, list->items[i], field->columns, field->column_count, findings);
		else
			finding_file(findings, RULE, doc->file, list->items[i]->line, list->items[i]->column,
				     "“%s”（%s）的每一行应写成若干“键: 值”", field->label, field->key);
	}
}

static void
check_value(const struct doc *doc, const struct field *field, struct node *node, struct findings *findings)
{
	bool wants_list = field->type == FIELD_LIST || field->type == FIELD_TEXTS;
	const char *why;

	if (node->kind == NODE_SCALAR && node->text[0] == '\0')
		return;
	if (wants_list != (node->kind == NODE_LIST) || node->kind == NODE_MAP)
		finding_file(findings, RULE, doc->file, node->line, node->column,
			     wants_list ? "“%s”（%s）应写成列表：每行以“- ”开头" : "“%s”（%s）应是一个值，不是列表", field->label,
			     field->key);
	else if (field->type == FIELD_LIST)
		check_rows(doc, field, node, findings);
	else if (field->type == FIELD_TEXTS)
		check_texts(doc, field, node, findings);
	else if (!field_fits(field, node, &why))
		complain_value(doc, field, node, why, findings);
}

static const struct field *
find_field(const struct field *fields, size_t count, const char *key)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	}
	return NULL;
}

static void
check_map(const struct doc *doc, const struct node *map, const struct field *fields, size_t count,
	  struct findings *findings)
{
	const struct field *field;
	size_t i;

	for (i = 0; i < map->count; i++) {
		field = find_field(fields, count, map->keys[i]);
		if (field == NULL)
			complain_key(doc, map, i, fields, count, findings);
		else
			check_value(doc, field, map->items[i], findings);
	}
}

void
fields_check(const struct doc *doc, const struct field *fields, size_t count, struct findings *findings)
{
	check_map(doc, doc->front, fields, count, findings);
}
