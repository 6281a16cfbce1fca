/* json_lua: lines of JSON that tests of the program and of the pages share, as Lua. Of JSON only what the
 * fixtures use: no \u escapes. */
#ifndef YJ_JSON_LUA_H
#define YJ_JSON_LUA_H

#include <stdlib.h>

#include "base/base.h"

/* "key": -> ["key"]=; other text stays as it is: both languages read it alike. */
static inline const char *
json_text(struct buf *out, const char *p)
{
	const char *end = p + 1;

	while (*end != '"' && *end != '\0')
		end += *end == '\\' && end[1] != '\0' ? 2 : 1;
	end += *end == '"' ? 1 : 0;
	if (*end == ':')
		buf_printf(out, "[%.*s]=", (int)(end - p), p);
	else
		buf_put(out, p, (size_t)(end - p));
	return end + (*end == ':' ? 1 : 0);
}

static inline void
json_to_lua(struct buf *out, const char *p)
{
	while (*p != '\0') {
		if (*p == '"') {
			p = json_text(out, p);
		} else if (strncmp(p, "null", 4) == 0) {
			buf_puts(out, "nil");
			p += 4;
		} else {
			buf_putc(out, *p == '[' ? '{' : *p == ']' ? '}' : *p);
			p++;
		}
	}
}

/* Calls each for every line of the fixture that holds a row, as Lua; gives how many there were. */
static inline int
json_rows(const char *name, void (*each)(void *ctx, const char *lua), void *ctx)
{
	const char *tests = getenv("TESTS");
	struct buf path = BUF_INIT, text = BUF_INIT, lua = BUF_INIT;
	struct err err = { 0 };
	char *line, *next;
	int count = 0;

	buf_printf(&path, "%s/fixtures/%s", tests == NULL ? "tests" : tests, name);
	if (file_read(&text, path.ptr, (size_t)1 << 20, &err) != 0)
		unit_fault(__FILE__, __LINE__, err.text);
	for (line = text.ptr; *line != '\0'; line = next) {
		size_t len = strcspn(line, "\n");

		next = line + len + (line[len] == '\n' ? 1 : 0);
		line[len] = '\0';
		if (line[0] != '\t' || line[1] != '[')
			continue;
		if (len > 0 && line[len - 1] == ',')
			line[len - 1] = '\0';
		buf_clear(&lua);
		json_to_lua(&lua, line + 1);
		each(ctx, lua.ptr);
		count++;
	}
	buf_release(&lua);
	buf_release(&text);
	buf_release(&path);
	return count;
}

#endif
