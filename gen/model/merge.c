/* Edits of whole blocks of a front matter: a top-level key with all the lines that belong to it.
 * Everything else, comments included, stays as the person wrote it. */
#include "model/model_internal.h"

#include <stdlib.h>
#include <string.h>

static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end == NULL ? line + strlen(line) : end + 1;
}

/* Lines are walked as strings here, so a NUL would never be passed. */
static bool
find_front(struct front *out, const struct buf *text)
{
	return memchr(text->ptr, '\0', text->len) == NULL &&
	       front_split(out, text->ptr, text->len) == FRONT_WHOLE;
}

static int
no_front(struct err *err)
{
	return err_set(err, ERR_DATA, "没有完整的元数据（开头和结尾各一行 ---）");
}

/* The length of the key a top-level line begins with; 0 when it begins none. */
static size_t
key_length(const char *line)
{
	size_t len = strcspn(line, ": \t\r\n#'\"[]{}&*!|>%@`-");

	return len > 0 && line[len] == ':' && strchr(" \t\r\n", line[len + 1]) != NULL ? len : 0;
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

/* Nothing in it that the whole text would be refused for, nor that looks beyond it. */
static bool
plain_block(const char *at, const char *end)
{
	while (at < end) {
		int32_t c = utf8_next(&at, end);

		if (c < 0 || c == '&' || c == '*' || c == '\r' || !front_char(c))
			return false;
	}
	return true;
}

bool
front_block(const char *text, size_t len, const char *key, const char **block, size_t *block_len,
	    int *line)
{
	const struct buf whole = { .ptr = (char *)text, .len = len };
	const char *end, *at;
	struct front front;

	if (len > DOC_MAX_BYTES || !find_front(&front, &whole) ||
	    !find_block(front.from, front.to, key, strlen(key), block, &end) ||
	    !plain_block(*block, end))
		return false;
	*line = 2;
	for (at = front.from; at < *block; at = next_line(at))
		++*line;
	*block_len = (size_t)(end - *block);
	return true;
}

bool
front_block_parse(struct doc *out, struct arena *arena, const char *block, size_t len,
		  const char *file, int line)
{
	struct findings faults = { 0 };

	memset(out, 0, sizeof(*out));
	out->file = file;
	out->body = "";
	out->front = yaml_read(arena, block, len, file, line, &faults, &out->broken);
	out->broken = out->broken || faults.count > 0;
	findings_release(&faults);
	return !out->broken;
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

/* Lines as the file ends its lines; the last one is ended too. */
static void
put_lines(struct buf *out, const char *from, const char *to, bool crlf)
{
	const char *stop, *end;

	for (; from < to; from = stop < to ? stop + 1 : to) {
		stop = memchr(from, '\n', (size_t)(to - from));
		stop = stop == NULL ? to : stop;
		end = stop > from && stop[-1] == '\r' ? stop - 1 : stop;
		buf_put(out, from, (size_t)(end - from));
		buf_puts(out, crlf ? "\r\n" : "\n");
	}
}

int
front_merge(struct buf *text, const char *lines, struct err *err)
{
	const char *block, *end, *line, *stop;
	struct buf with = BUF_INIT;
	struct front front;
	size_t len;

	for (line = lines; *line != '\0'; line = stop) {
		len = key_length(line);
		stop = len == 0 ? next_line(line) : block_end(line, line + strlen(line));
		if (len == 0)
			continue;
		if (!find_front(&front, text)) {
			buf_release(&with);
			return no_front(err);
		}
		if (!find_block(front.from, front.to, line, len, &block, &end))
			block = end = front.to;
		buf_clear(&with);
		put_lines(&with, line, stop, front.crlf);
		splice(text, (size_t)(block - text->ptr), (size_t)(end - text->ptr), with.ptr,
		       with.len);
	}
	buf_release(&with);
	return 0;
}

/* The first row of a block, whose key's line is not one; NULL when there is none. */
static const char *
first_row(const char *block, const char *end)
{
	const char *line;

	for (line = next_line(block); line < end; line = next_line(line)) {
		const char *p = line + strspn(line, " \r");

		if (*p != '#' && *p != '\n')
			return line;
	}
	return NULL;
}

static bool
is_row(const char *line)
{
	line += strspn(line, " ");
	return line[0] == '-' && strchr(" \r\n", line[1]) != NULL;
}

/* Behind the key of a line: an empty list in brackets, or NULL. */
static const char *
empty_list(const char *value)
{
	value += strspn(value, " ");
	if (!text_starts(value, "[]"))
		return NULL;
	value += 2;
	return text_blank(value, strcspn(value, "#\n")) ? value : NULL;
}

/* The row into an existing block; false when that is no list of rows. */
static bool
append_to_block(struct buf *text, const char *block, const char *end, size_t key_len,
		const char *row, bool crlf)
{
	const char *value = block + key_len + 1, *first = first_row(block, end);
	const char *behind = empty_list(value), *ends = crlf ? "\r\n" : "\n";
	bool blank = text_blank(value, strcspn(value, "#\n"));
	size_t at = (size_t)(end - text->ptr), from = at;
	struct buf line = BUF_INIT;

	if (first != NULL ? !blank || !is_row(first) : !blank && behind == NULL)
		return false;
	if (first != NULL) { /* as deep as the rows that are there */
		buf_printf(&line, "%*s- %s%s", (int)strspn(first, " "), "", row, ends);
	} else {
		from = (size_t)(value - text->ptr);
		at = (size_t)(next_line(block) - text->ptr);
		value = behind != NULL ? behind : value;
		if (!text_blank(value, strcspn(value, "\r\n")))
			buf_put(&line, value, strcspn(value, "\r\n"));
		buf_printf(&line, "%s  - %s%s", ends, row, ends);
	}
	splice(text, from, at, line.ptr, line.len);
	buf_release(&line);
	return true;
}

int
front_append_row(struct buf *text, const char *key, const char *row, struct err *err)
{
	const char *block, *end;
	struct front front;
	struct buf lines = BUF_INIT;
	size_t at;

	if (!find_front(&front, text))
		return no_front(err);
	if (find_block(front.from, front.to, key, strlen(key), &block, &end)) {
		if (append_to_block(text, block, end, strlen(key), row, front.crlf))
			return 0;
		return err_set(err, ERR_DATA, "“%s”写成了一行，请改成每行一个“- ”的列表", key);
	}
	buf_printf(&lines, front.crlf ? "%s:\r\n  - %s\r\n" : "%s:\n  - %s\n", key, row);
	at = (size_t)(front.to - text->ptr);
	splice(text, at, at, lines.ptr, lines.len);
	buf_release(&lines);
	return 0;
}
