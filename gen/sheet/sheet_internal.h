/* sheet_internal: the table as the files of the room share it. */
#ifndef YJ_SHEET_INTERNAL_H
#define YJ_SHEET_INTERNAL_H

#include "sheet/sheet.h"

struct sheet_cell {
	const char *text; /* NULL: a number, or nothing */
	int64_t number;
	bool filled;
};

struct sheet_line {
	enum sheet_style style;
	struct sheet_cell *cells; /* as many as there are columns */
	size_t filled;		  /* the next one */
};

struct sheet {
	struct arena arena;
	const char *name;
	const struct sheet_column *columns;
	size_t column_count;
	const char **head, **foot;
	size_t head_count, head_cap, foot_count, foot_cap;
	struct sheet_line *lines;
	size_t line_count, line_cap;
};

/* The cell as people read it. */
void sheet_cell_text(struct buf *out, const struct sheet_cell *cell, enum sheet_type type);

#endif
