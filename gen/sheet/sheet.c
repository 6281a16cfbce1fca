#include "sheet/sheet_internal.h"

#include <stdlib.h>
#include <string.h>

struct sheet *
sheet_new(const char *name, const struct sheet_column *columns, size_t count)
{
	struct sheet *sheet = xcalloc(1, sizeof(*sheet));

	sheet->name = arena_strdup(&sheet->arena, name);
	sheet->columns = columns;
	sheet->column_count = count;
	return sheet;
}

void
sheet_free(struct sheet *sheet)
{
	if (sheet == NULL)
		return;
	free(sheet->lines);
	free(sheet->head);
	free(sheet->foot);
	arena_release(&sheet->arena);
	free(sheet);
}

void
sheet_head(struct sheet *sheet, const char *text)
{
	vec_push(sheet->head, sheet->head_count, sheet->head_cap,
		 arena_strdup(&sheet->arena, text));
}

void
sheet_foot(struct sheet *sheet, const char *text)
{
	vec_push(sheet->foot, sheet->foot_count, sheet->foot_cap,
		 arena_strdup(&sheet->arena, text));
}

void
sheet_row(struct sheet *sheet, enum sheet_style style)
{
	struct sheet_line line = { .style = style };

	line.cells = arena_alloc(&sheet->arena, sheet->column_count * sizeof(*line.cells));
	vec_push(sheet->lines, sheet->line_count, sheet->line_cap, line);
}

static struct sheet_cell *
next_cell(struct sheet *sheet)
{
	struct sheet_line *line = &sheet->lines[sheet->line_count - 1];

	return &line->cells[line->filled++];
}

void
sheet_text(struct sheet *sheet, const char *text)
{
	struct sheet_cell *cell = next_cell(sheet);

	cell->text = arena_strdup(&sheet->arena, text);
	cell->filled = true;
}

void
sheet_number(struct sheet *sheet, int64_t number)
{
	struct sheet_cell *cell = next_cell(sheet);

	cell->number = number;
	cell->filled = true;
}

void
sheet_skip(struct sheet *sheet)
{
	next_cell(sheet);
}

void
sheet_cell_text(struct buf *out, const struct sheet_cell *cell, enum sheet_type type)
{
	uint64_t whole = cell->number < 0 ? 0 - (uint64_t)cell->number : (uint64_t)cell->number;
	char day[11];

	if (!cell->filled)
		return;
	if (cell->text != NULL) {
		buf_puts(out, cell->text);
	} else if (type == SHEET_DAY) {
		day_text((int32_t)cell->number, day);
		buf_puts(out, day);
	} else if (type == SHEET_MONEY) {
		buf_printf(out, "%s%llu.%02u", cell->number < 0 ? "-" : "",
			   (unsigned long long)(whole / 100), (unsigned)(whole % 100));
	} else {
		buf_printf(out, "%lld", (long long)cell->number);
	}
}

/* --- the terminal ----------------------------------------------------------------------------------- */
static bool
at_right(enum sheet_type type)
{
	return type == SHEET_INTEGER || type == SHEET_MONEY;
}

static void
put_padded(struct buf *out, const char *text, size_t width, bool right, bool last)
{
	size_t own = utf8_width(text), pad = width > own ? width - own : 0;

	if (right)
		buf_printf(out, "%*s%s", (int)pad, "", text);
	else
		buf_printf(out, "%s%*s", text, last ? 0 : (int)pad, "");
	buf_puts(out, last ? "\n" : "  ");
}

static void
measure(const struct sheet *sheet, size_t *widths, struct buf *cell)
{
	size_t i, k;

	for (k = 0; k < sheet->column_count; k++) {
		widths[k] = utf8_width(sheet->columns[k].title);
		for (i = 0; i < sheet->line_count; i++) {
			buf_clear(cell);
			sheet_cell_text(cell, &sheet->lines[i].cells[k], sheet->columns[k].type);
			if (utf8_width(cell->ptr) > widths[k])
				widths[k] = utf8_width(cell->ptr);
		}
	}
}

/* Lines end with their last cell, without blanks behind it. */
static void
trim_line(struct buf *out, size_t from)
{
	if (out->len == from || out->ptr[out->len - 1] != '\n')
		return;
	out->len--;
	while (out->len > from && out->ptr[out->len - 1] == ' ')
		out->len--;
	out->ptr[out->len] = '\0';
	buf_putc(out, '\n');
}

static void
print_lines(struct buf *out, const struct sheet *sheet, const size_t *widths, struct buf *cell)
{
	size_t i, k;

	for (i = 0; i < sheet->line_count; i++) {
		size_t from = out->len;

		for (k = 0; k < sheet->column_count; k++) {
			buf_clear(cell);
			sheet_cell_text(cell, &sheet->lines[i].cells[k], sheet->columns[k].type);
			put_padded(out, cell->ptr, widths[k], at_right(sheet->columns[k].type),
				   k + 1 == sheet->column_count);
		}
		trim_line(out, from);
	}
}

void
sheet_print(struct buf *out, const struct sheet *sheet)
{
	size_t *widths = xcalloc(sheet->column_count + 1, sizeof(*widths)), k, from;
	struct buf cell = BUF_INIT;

	measure(sheet, widths, &cell);
	for (k = 0; k < sheet->head_count; k++)
		buf_printf(out, "%s\n", sheet->head[k]);
	from = out->len;
	for (k = 0; k < sheet->column_count; k++)
		put_padded(out, sheet->columns[k].title, widths[k],
			   at_right(sheet->columns[k].type), k + 1 == sheet->column_count);
	trim_line(out, from);
	print_lines(out, sheet, widths, &cell);
	for (k = 0; k < sheet->foot_count; k++)
		buf_printf(out, "%s\n", sheet->foot[k]);
	free(widths);
	buf_release(&cell);
}

/* --- CSV ------------------------------------------------------------------------------------------------ */
/* Whether a spreadsheet would take the text for a formula: by its first character, full width too. */
static bool
runs_as_formula(const char *text)
{
	static const char *const starts[] = {
		"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"
	};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (text_starts(text, starts[i]))
			return true;
	}
	return false;
}

static void
csv_text(struct buf *out, const char *text)
{
	const char *p;

	buf_putc(out, '"');
	if (runs_as_formula(text))
		buf_putc(out, '\'');
	for (p = text; *p != '\0'; p++) {
		if (*p == '"')
			buf_putc(out, '"');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
}

static void
csv_line(struct buf *out, const struct sheet *sheet, const struct sheet_line *line)
{
	size_t k;

	for (k = 0; k < sheet->column_count; k++) {
		if (k > 0)
			buf_putc(out, ',');
		if (line->cells[k].filled && line->cells[k].text != NULL)
			csv_text(out, line->cells[k].text);
		else
			sheet_cell_text(out, &line->cells[k], sheet->columns[k].type);
	}
	buf_puts(out, "\r\n");
}

static void
csv_notes(struct buf *out, const char *const *notes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		csv_text(out, notes[i]);
		buf_puts(out, "\r\n");
	}
}

void
sheet_csv(struct buf *out, const struct sheet *sheet)
{
	size_t i;

	buf_puts(out, "\xEF\xBB\xBF");
	csv_notes(out, sheet->head, sheet->head_count);
	for (i = 0; i < sheet->column_count; i++) {
		if (i > 0)
			buf_putc(out, ',');
		csv_text(out, sheet->columns[i].title);
	}
	buf_puts(out, "\r\n");
	for (i = 0; i < sheet->line_count; i++)
		csv_line(out, sheet, &sheet->lines[i]);
	csv_notes(out, sheet->foot, sheet->foot_count);
}
