/* Values against the fields of a form: known keys, types, choices, bounds. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "calendar/calendar.h"

#define RULE "field"
#define FAULTS_MAX 100 /* more findings on one file help nobody */
#define KEY_MAX 60     /* bytes of keys worth a suggestion */
#define FAR 9

const char *const field_type_ids[FIELD_TYPE_COUNT] = { "text",	 "long",  "integer", "decimal",
						       "bool",	 "date",  "time",    "month",
						       "choice", "texts", "list" };

struct check {
	const char *file;
	struct findings *findings;
	size_t faults;
};

/* --- scalars ----------------------------------------------------------------------------- */
static bool
fits_choice(const struct field *field, const char *text)
{
	size_t i;

	for (i = 0; i < field->choice_count; i++)
		if (strcmp(field->choices[i], text) == 0)
			return true;
	return false;
}

/* Digits, optionally a point and digits: the text is kept, the double serves comparisons. */
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
	if (*p != '\0')
		return false;
	scalar->decimal = strtod(scalar->text, NULL);
	return true;
}

static bool
fits_bool(struct node *scalar)
{
	scalar->number = strcmp(scalar->text, "是") == 0 ? 1 : 0;
	return scalar->number == 1 || strcmp(scalar->text, "否") == 0;
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
fits_date(struct node *scalar)
{
	int32_t day;

	if (!day_parse(scalar->text, &day))
		return false;
	scalar->number = day;
	return true;
}

/* "YYYY-MM-DD HH:MM" alone of all that moment_parse knows. */
static bool
fits_time(struct node *scalar)
{
	return strlen(scalar->text) == 16 && scalar->text[10] == ' ' &&
	       moment_parse(scalar->text, &scalar->number);
}

static bool
fits_type(const struct field *field, struct node *scalar)
{
	switch (field->type) {
	case FIELD_TEXT: return strchr(scalar->text, '\n') == NULL;
	case FIELD_INTEGER: return text_number(scalar->text, INT64_MIN, INT64_MAX, &scalar->number);
	case FIELD_DECIMAL: return fits_decimal(scalar);
	case FIELD_BOOL: return fits_bool(scalar);
	case FIELD_DATE: return fits_date(scalar);
	case FIELD_TIME: return fits_time(scalar);
	case FIELD_MONTH: return fits_month(scalar);
	case FIELD_CHOICE: return fits_choice(field, scalar->text);
	default: return true;
	}
}

static bool
within(const struct field *field, const struct node *scalar)
{
	if (field->type == FIELD_INTEGER)
		return (!field->has_min || scalar->number >= field->min) &&
		       (!field->has_max || scalar->number <= field->max);
	if (field->type == FIELD_DECIMAL)
		return (!field->has_min || scalar->decimal >= (double)field->min) &&
		       (!field->has_max || scalar->decimal <= (double)field->max);
	return true;
}

bool
field_fits(const struct field *field, struct node *scalar, const char **why)
{
	static const char *const wants[FIELD_TYPE_COUNT] = {
		"应写成一行",
		"",
		"应填整数，只写数字，不带单位",
		"应填数字（例如 12.50），不带单位",
		"应填“是”或“否”",
		"应填实有的日期（例如 2021-05-10）",
		"应填日期和时间（例如 2021-05-10 09:30）",
		"应填月份（例如 2021-05）",
		"不在可选的范围内",
		"应写成列表",
		"应写成列表",
	};
	bool list = field->type == FIELD_TEXTS || field->type == FIELD_LIST;

	*why = "";
	if (scalar->text[0] == '\0')
		return true;
	if (list || !fits_type(field, scalar)) {
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

/* --- what is wrong, in words ------------------------------------------------------------- */
/* False when there has been enough; the last one says so. */
static bool
may_complain(struct check *check, int line, int column)
{
	if (check->faults++ < FAULTS_MAX)
		return true;
	if (check->faults == FAULTS_MAX + 1)
		finding_file(check->findings, RULE, check->file, line, column,
			     "这里以后的问题不再列出；请先改正前面的");
	return false;
}

/* The beginning of what a person wrote, whole characters of it. */
static const char *
shown(char out[96], const char *text)
{
	size_t len = strlen(text), keep = len < 84 ? len : 84;

	memcpy(out, text, keep);
	out[keep] = '\0';
	utf8_trim(out);
	if (keep < len)
		memcpy(out + strlen(out), "……", sizeof("……"));
	return out;
}

void
field_put_range(struct buf *out, const struct field *field)
{
	bool number = field->type == FIELD_INTEGER || field->type == FIELD_DECIMAL;
	long long min = field->min, max = field->max;
	size_t i;

	for (i = 0; i < field->choice_count && field->type == FIELD_CHOICE; i++)
		buf_printf(out, "%s%s", i == 0 ? "，可选：" : "、", field->choices[i]);
	if (number && field->has_min && field->has_max)
		buf_printf(out, "（%lld 至 %lld）", min, max);
	else if (number && field->has_min)
		buf_printf(out, "（不小于 %lld）", min);
	else if (number && field->has_max)
		buf_printf(out, "（不大于 %lld）", max);
}

static void
complain_value(struct check *check, const struct field *field, struct node *node, const char *why)
{
	struct buf more = BUF_INIT;
	char text[96];

	node->unfit = true;
	if (!may_complain(check, node->line, node->column))
		return;
	field_put_range(&more, field);
	finding_file(check->findings, RULE, check->file, node->line, node->column,
		     "“%s”（%s）填的是“%s”，%s%s", field->label, field->key,
		     shown(text, node->text), why, more.ptr);
	buf_release(&more);
}

static void
complain_shape(struct check *check, const struct field *field, struct node *node, const char *says)
{
	node->unfit = true;
	if (may_complain(check, node->line, node->column))
		finding_file(check->findings, RULE, check->file, node->line, node->column,
			     "“%s”（%s）%s", field->label, field->key, says);
}

static int
least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters must be put in, left out or changed; FAR when surely more than two. */
static int
distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), i, j;
	int row[KEY_MAX + 1], last, here;

	if (n > KEY_MAX || m > KEY_MAX || (n > m ? n - m : m - n) > 2)
		return FAR;
	for (j = 0; j <= m; j++)
		row[j] = (int)j;
	for (i = 1; i <= n; i++) {
		last = row[0];
		row[0] = (int)i;
		for (j = 1; j <= m; j++) {
			here = row[j];
			row[j] = a[i - 1] == b[j - 1] ? last : 1 + least(last, here, row[j - 1]);
			last = here;
		}
	}
	return row[m];
}

/* The key a person may have meant. Of a short word at least half must be right. */
static const struct field *
nearest(const char *key, const struct field *fields, size_t count)
{
	const struct field *best = NULL;
	int d, best_distance = 3;
	size_t i;

	for (i = 0; i < count; i++) {
		d = distance(key, fields[i].key);
		if (d < best_distance && (size_t)d * 2 <= strlen(fields[i].key)) {
			best_distance = d;
			best = &fields[i];
		}
	}
	return best;
}

static void
complain_key(struct check *check, const struct node *map, size_t at, const struct field *fields,
	     size_t count)
{
	int line = map->key_lines[at], column = map->key_columns[at];
	const struct field *near;
	char text[96];

	if (!may_complain(check, line, column))
		return;
	near = nearest(map->keys[at], fields, count);
	if (near != NULL)
		finding_file(check->findings, RULE, check->file, line, column,
			     "没有“%s”这一项；是不是“%s”（%s）？", shown(text, map->keys[at]),
			     near->key, near->label);
	else
		finding_file(check->findings, RULE, check->file, line, column,
			     "没有“%s”这一项；请删去，或核对表单里的名字",
			     shown(text, map->keys[at]));
}

/* --- maps, lists ------------------------------------------------------------------------- */
static void check_map(struct check *check, const struct node *map, const struct field *fields,
		      size_t count);

static void
check_texts(struct check *check, const struct field *field, const struct node *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		struct node *item = list->items[i];

		if (item->kind != NODE_SCALAR || strchr(item->text, '\n') != NULL)
			complain_shape(check, field, item, "的每一项应是一行文字");
		else if (item->text[0] == '\0')
			complain_shape(check, field, item, "有一项是空的，请填写或删去");
	}
}

static void
check_rows(struct check *check, const struct field *field, const struct node *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->items[i]->kind == NODE_MAP)
			check_map(check, list->items[i], field->columns, field->column_count);
		else
			complain_shape(check, field, list->items[i], "的每一行应写成若干“键: 值”");
	}
}

static void
check_list(struct check *check, const struct field *field, struct node *list)
{
	list->typed = true;
	list->type = field->type;
	if (field->type == FIELD_LIST)
		check_rows(check, field, list);
	else
		check_texts(check, field, list);
}

static void
check_value(struct check *check, const struct field *field, struct node *node)
{
	bool wants_list = field->type == FIELD_LIST || field->type == FIELD_TEXTS;
	const char *why;

	if (node->kind == NODE_SCALAR && node->text[0] == '\0')
		return;
	if (wants_list && node->kind == NODE_LIST)
		check_list(check, field, node);
	else if (wants_list)
		complain_shape(check, field, node, "应写成列表：另起一行，每项一行，以“- ”开头");
	else if (node->kind != NODE_SCALAR)
		complain_shape(check, field, node, "只填一个值，不能写成列表或下级各项");
	else if (!field_fits(field, node, &why))
		complain_value(check, field, node, why);
}

static const struct field *
find_field(const struct field *fields, size_t count, const char *key)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

static void
check_map(struct check *check, const struct node *map, const struct field *fields, size_t count)
{
	const struct field *field;
	size_t i;

	for (i = 0; i < map->count && check->faults <= FAULTS_MAX; i++) {
		field = find_field(fields, count, map->keys[i]);
		if (field == NULL)
			complain_key(check, map, i, fields, count);
		else
			check_value(check, field, map->items[i]);
	}
}

void
fields_check(const struct doc *doc, const struct field *fields, size_t count,
	     struct findings *findings)
{
	struct check check = { .file = doc->file, .findings = findings };

	check_map(&check, doc->front, fields, count);
}
