/* Edits of whole blocks of a front matter: a top-level key with all the lines that belong to it.
 * Everything else, comments included, stays as the person wrote it. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end == NULL ? line + strlen(line) : end + 1;
}

/* The first line behind "---" and the line of the closing "---"; false without front matter. */
static bool
front_range(const char *text, const char **from, const char **to)
{
	const char *line = text_starts(text, "\xEF\xBB\xBF") ? text + 3 : text;

	if (!text_starts(line, "---\n") && !text_starts(line, "---\r\n"))
		return false;
	*from = next_line(line);
	for (line = *from; *line != '\0'; line = next_line(line)) {
		if (text_starts(line, "---") &&
		    (line[3] == '\n' || line[3] == '\r' || line[3] == '\0')) {
			*to = line;
			return true;
		}
	}
	return false;
}

/* The length of the key a top-level line begins with; 0 when it begins none. */
static size_t
key_length(const char *line)
{
	size_t len = strcspn(line, ": \t\r\n#'\"[]{}&*!|>%@`-");

	return len > 0 && line[len] == ':' ? len : 0;
}

/* A block ends before the next key; comment and blank lines above a key belong to that key. */
static const char *
block_end(const char *block, const char *limit)
{
	const char *line = next_line(block), *last = line;

	for (; line < limit && key_length(line) == 0; line = next_line(line)) {
		if (*line != '#' && *line != '\n' && *line != '\r')
			last = next_line(line);
	}
	return last < limit ? last : limit;
}

static bool
find_block(const char *from, const char *to, const char *key, size_t len, const char **block,
	   const char **end)
{
	const char *line;

	for (line = from; line < to; line = next_line(line)) {
		if (key_length(line) != len || strncmp(line, key, len) != 0)
			continue;
		*block = line;
		*end = block_end(line, to);
		return true;
	}
	return false;
}

/* text[from, to) becomes `with`. */
static void
splice(struct buf *text, size_t from, size_t to, const char *with, size_t len)
{
	struct buf out = BUF_INIT;

	buf_put(&out, text->ptr, from);
	buf_put(&out, with, len);
	buf_put(&out, text->ptr + to, text->len - to);
	buf_clear(text);
	buf_put(text, out.ptr, out.len);
	buf_release(&out);
}

int
front_merge(struct buf *text, const char *lines, struct err *err)
{
	const char *from, *to, *block, *end, *line = lines, *line_end;
	size_t len;

	while (*line != '\0') {
		len = key_length(line);
		if (len == 0) {
			line = next_line(line);
			continue;
		}
		if (!front_range(text->ptr, &from, &to))
			return err_set(err, ERR_DATA, "没有完整的元数据（开头和结尾各一行 ---）");
		line_end = block_end(line, line + strlen(line));
		if (!find_block(from, to, line, len, &block, &end))
			block = end = to;
		splice(text, (size_t)(block - text->ptr), (size_t)(end - text->ptr), line,
		       (size_t)(line_end - line));
		line = line_end;
	}
	return 0;
}

int
front_append_row(struct buf *text, const char *key, const char *row, struct err *err)
{
	const char *from, *to, *block, *end, *value;
	struct buf line = BUF_INIT;
	size_t at;

	if (!front_range(text->ptr, &from, &to))
		return err_set(err, ERR_DATA, "没有完整的元数据（开头和结尾各一行 ---）");
	if (!find_block(from, to, key, strlen(key), &block, &end)) {
		buf_printf(&line, "%s:\n  - %s\n", key, row);
		at = (size_t)(to - text->ptr);
		splice(text, at, at, line.ptr, line.len);
		buf_release(&line);
		return 0;
	}
	value = next_line(block);
	if (value < end) { /* as deep as the rows that are there */
		size_t indent = strspn(value, " ");

		buf_printf(&line, "%*s- %s\n", (int)indent, "", row);
		at = (size_t)(end - text->ptr);
		splice(text, at, at, line.ptr, line.len);
	} else {
		value = block + strlen(key) + 1;
		if (!text_blank(value, strcspn(value, "#\n")) &&
		    !text_starts(value + strspn(value, " "), "[]")) {
			buf_release(&line);
			return err_set(err, ERR_DATA, "“%s”写成了一行，请改成每行一个“- ”的列表",
				       key);
		}
		buf_printf(&line, "%s:\n  - %s\n", key, row);
		splice(text, (size_t)(block - text->ptr), (size_t)(end - text->ptr), line.ptr,
		       line.len);
	}
	buf_release(&line);
	return 0;
}
