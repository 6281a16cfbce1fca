/* The table as a workbook, by libxlsxwriter. */
#include "sheet/sheet_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define TITLE_POINTS 14
#define PAPER_A4 9
#define BOOK_MAX_BYTES ((size_t)256 << 20)

/* One workbook while it is made. */
struct writing {
	const struct sheet *sheet;
	lxw_workbook *book;
	lxw_worksheet *page;
	lxw_format *title, *note, *header;
	lxw_format *cells[3][4]; /* by style and type */
	lxw_error failed;
};

static void
note(struct writing *w, lxw_error error)
{
	if (w->failed == LXW_NO_ERROR)
		w->failed = error;
}

static void
make_formats(struct writing *w)
{
	static const char *const numbers[] = { "@", "0", "#,##0.00", "yyyy-mm-dd" };
	int style, type;

	w->title = workbook_add_format(w->book);
	format_set_bold(w->title);
	format_set_font_size(w->title, TITLE_POINTS);
	format_set_align(w->title, LXW_ALIGN_CENTER);
	w->note = workbook_add_format(w->book);
	w->header = workbook_add_format(w->book);
	format_set_bold(w->header);
	format_set_border(w->header, LXW_BORDER_THIN);
	format_set_align(w->header, LXW_ALIGN_CENTER);
	format_set_text_wrap(w->header);
	for (style = SHEET_ROW; style <= SHEET_TOTAL; style++) {
		for (type = SHEET_TEXT; type <= SHEET_DAY; type++) {
			lxw_format *f = workbook_add_format(w->book);

			format_set_border(f, LXW_BORDER_THIN);
			format_set_num_format(f, numbers[type]);
			if (style != SHEET_ROW)
				format_set_bold(f);
			if (style == SHEET_TOTAL)
				format_set_bg_color(f, 0xE8EDF3);
			w->cells[style][type] = f;
		}
	}
}

static void
write_day(struct writing *w, lxw_row_t row, lxw_col_t column, int32_t day, lxw_format *format)
{
	struct day_parts p = day_split(day);
	lxw_datetime date = { p.year, p.month, p.dom, 0, 0, 0 };

	note(w, worksheet_write_datetime(w->page, row, column, &date, format));
}

static void
write_cell(struct writing *w, lxw_row_t row, lxw_col_t column, const struct sheet_cell *cell,
	   enum sheet_style style)
{
	enum sheet_type type = w->sheet->columns[column].type;
	lxw_format *format = w->cells[style][cell->text != NULL ? SHEET_TEXT : type];

	if (!cell->filled)
		note(w, worksheet_write_blank(w->page, row, column, format));
	else if (cell->text != NULL)
		note(w, worksheet_write_string(w->page, row, column, cell->text, format));
	else if (type == SHEET_DAY)
		write_day(w, row, column, (int32_t)cell->number, format);
	else
		note(w, worksheet_write_number(w->page, row, column,
					       type == SHEET_MONEY ? (double)cell->number / 100
								   : (double)cell->number,
					       format));
}

static lxw_row_t
write_notes(struct writing *w, lxw_row_t row, const char *const *notes, size_t count, bool titled)
{
	lxw_col_t last = (lxw_col_t)(w->sheet->column_count - 1);
	size_t i;

	for (i = 0; i < count; i++, row++)
		note(w, worksheet_merge_range(w->page, row, 0, row, last, notes[i],
					      titled && i == 0 ? w->title : w->note));
	return row;
}

static void
lay_out(struct writing *w, lxw_row_t header)
{
	worksheet_set_landscape(w->page);
	worksheet_set_paper(w->page, PAPER_A4);
	worksheet_set_margins(w->page, 0.5, 0.5, 0.6, 0.6);
	worksheet_fit_to_pages(w->page, 1, 0);
	note(w, worksheet_repeat_rows(w->page, header, header));
	worksheet_freeze_panes(w->page, header + 1, 0);
	note(w, worksheet_set_footer(w->page, "&C&P / &N"));
}

static void
write_table(struct writing *w)
{
	const struct sheet *sheet = w->sheet;
	lxw_row_t row = write_notes(w, 0, sheet->head, sheet->head_count, true), header = row;
	size_t i, k;

	for (k = 0; k < sheet->column_count; k++) {
		note(w, worksheet_set_column(w->page, (lxw_col_t)k, (lxw_col_t)k,
					     sheet->columns[k].width, NULL));
		note(w, worksheet_write_string(w->page, row, (lxw_col_t)k, sheet->columns[k].title,
					       w->header));
	}
	for (i = 0; i < sheet->line_count; i++) {
		row++;
		for (k = 0; k < sheet->column_count; k++)
			write_cell(w, row, (lxw_col_t)k, &sheet->lines[i].cells[k],
				   sheet->lines[i].style);
	}
	write_notes(w, row + 1, sheet->foot, sheet->foot_count, false);
	lay_out(w, header);
}

/* An empty file of our own for the library, which writes to a path alone. Owned; NULL and err. */
static char *
place_for_book(struct err *err)
{
	const char *given = getenv("TMPDIR");
	const char *folder = given != NULL && given[0] != '\0' ? given : "/tmp";
	char *path = file_join(folder, "yunjuan-XXXXXX.xlsx");
	int fd = mkstemps(path, (int)strlen(".xlsx"));

	if (fd >= 0 && close(fd) == 0)
		return path;
	err_sys(err, "建立临时文件", folder);
	free(path);
	return NULL;
}

static int
write_book(struct writing *w, const char *path, int64_t created, struct err *err)
{
	const struct sheet *sheet = w->sheet;
	lxw_doc_properties properties = { .created = (time_t)created };

	w->book = workbook_new(path);
	if (w->book == NULL)
		return err_set(err, ERR_IO, "无法建立 XLSX 文件");
	properties.title = (char *)(sheet->head_count > 0 ? sheet->head[0] : sheet->name);
	note(w, workbook_set_properties(w->book, &properties));
	w->page = workbook_add_worksheet(w->book, sheet->name);
	if (w->page == NULL) {
		note(w, LXW_ERROR_SHEETNAME_LENGTH_EXCEEDED);
	} else {
		make_formats(w);
		write_table(w);
	}
	note(w, workbook_close(w->book));
	return w->failed == LXW_NO_ERROR
		   ? 0
		   : err_set(err, ERR_IO, "无法写成 XLSX：%s", lxw_strerror(w->failed));
}

int
sheet_xlsx(struct buf *out, const struct sheet *sheet, int64_t created, struct err *err)
{
	struct writing w = { .sheet = sheet };
	char *path = place_for_book(err);
	int rc = path == NULL ? -1 : write_book(&w, path, created, err);

	if (rc == 0)
		rc = file_read(out, path, BOOK_MAX_BYTES, err);
	if (path != NULL)
		unlink(path);
	free(path);
	return rc;
}
