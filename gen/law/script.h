/*
 * script: the Lua host. One state, sandboxed: no files, no processes, no clock, no bytecode but our own;
 * memory and instructions bounded while Lua runs. Values go in by a small stack language, so
 * that no other room sees lua.h.
 *
 * Lifetime: text given in is copied; text read out is borrowed until the value is popped.
 * Errors: ERR_LIMIT when a bound was reached, ERR_LAW with the place otherwise.
 * Threads: one script a thread.
 *
 *	script_table(s);                         a new table on the stack
 *	script_set_text(s, "id", id);            … gets a field
 *	script_call(s, "judge", 1, 1, &err);     pops the arguments, leaves the results
 *	text = script_get_text(s, "rule");       a field of the table on top
 *	script_pop(s, 1);
 */
#ifndef YJ_SCRIPT_H
#define YJ_SCRIPT_H

#include "base/base.h"

struct script;

struct script_limits {
	size_t memory_bytes;  /* of the whole state, checked while Lua runs */
	int64_t instructions; /* of one call */
};

/* A state with the prelude loaded. */
int script_new(struct script **out, const struct script_limits *limits, struct err *err) must_check;
void script_free(struct script *s);

/* Calls a function of the prelude's api with the `args` topmost values. */
int script_call(struct script *s, const char *name, int args, int results,
		struct err *err) must_check;
/* Other limits from now on; instructions 0: not counted (counting slows Lua by a third, so pages do
 * without, and a page that does not end is stopped by script_stop). */
void script_limit(struct script *s, const struct script_limits *limits);
/* Ends what runs now with ERR_LIMIT. May be called from another thread. */
void script_stop(struct script *s);
/* Where emit() and text() of templates write; borrowed. */
void script_output(struct script *s, struct buf *out);

/* --- values in ------------------------------------------------------------------------------- */
void script_table(struct script *s);
void script_table_for(struct script *s, int fields);  /* with room for so many */
void script_text(struct script *s, const char *text); /* NULL = nil */
void script_bytes(struct script *s, const char *text, size_t len);
void script_integer(struct script *s, int64_t n);
void script_number(struct script *s, double n);
void script_bool(struct script *s, bool b);
void script_nil(struct script *s);
/* Pops a value and keeps it for script_kept, which pushes it, as long as the script lives. */
int script_keep(struct script *s);
void script_kept(struct script *s, int kept);
/* A copy of the value `depth` below the top (1 = the top). */
void script_copy(struct script *s, int depth);
/* Pops a value and puts it into the table below it, by name or behind its last row. */
void script_set(struct script *s, const char *key);
void script_append(struct script *s);
void script_set_text(struct script *s, const char *key, const char *text); /* NULL: no field */
void script_set_integer(struct script *s, const char *key, int64_t n);
void script_set_bool(struct script *s, const char *key, bool b);
void script_set_day(struct script *s, const char *key, int32_t day);	 /* "2021-05-10" */
void script_set_moment(struct script *s, const char *key, int64_t time); /* "2021-05-10 09:12" */
void script_set_month(struct script *s, const char *key, int32_t first); /* "2021-05" */
void script_append_text(struct script *s, const char *text);

/* --- values out: of the table on top ------------------------------------------------------------ */
size_t script_count(struct script *s);
/* Pushes a field or a row (from 1); false pushes nothing when it is nil. */
bool script_push(struct script *s, const char *key);
bool script_push_row(struct script *s, size_t row);
/* "" / 0 / false when there is no such field. */
const char *script_get_text(struct script *s, const char *key);
int64_t script_get_integer(struct script *s, const char *key);
bool script_get_bool(struct script *s, const char *key);
bool script_has(struct script *s, const char *key);
/* The value on top itself: NULL when it is neither text nor number. */
const char *script_top_text(struct script *s);
bool script_top_is_table(struct script *s);
void script_pop(struct script *s, int count);

/* The next field of the table below the key on top (start with script_nil); pushes key and value
 * or gives false with the key popped. Order is not defined: sort what reaches an output. */
bool script_next(struct script *s);

#endif
