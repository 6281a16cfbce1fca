/* Front matter by lines: the fast scan of the history index, and the edit of one line. */
#include "model/model.h"

#include <string.h>

/* --- the fast scan ------------------------------------------------------------------------------------ */
static int
key_of_line(const char *line, size_t len, const char *const *keys, size_t count)
{
	size_t i, n;

	for (i = 0; i < count; i++) {
		n = strlen(keys[i]);
		if (len > n && line[n] == ' ' && memcmp(line, keys[i], n) == 0)
			return -2; /* "key : value" is a pair too */
		if (len > n && line[n] == ':' && memcmp(line, keys[i], n) == 0)
			return (int)i;
	}
	return -1;
}

/* The plain value of a line behind its colon; false when it is anything YAML would read in its
 * own way. */
static bool
plain_value(const char *p, const char *end, const char **from, size_t *len)
{
	const char *q;

	if (p < end && *p != ' ')
		return false; /* "key:value" is no pair */
	while (p < end && *p == ' ')
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\r'))
		end--;
	if (p < end && strchr("-?:,[]{}#&*!|>'\"%@`~\t", *p) != NULL)
		return false;
	for (q = p; q < end; q++) {
		if ((unsigned char)*q < 0x20 || *q == 0x7f || (*q == ':' && (q + 1 == end || q[1] == ' ')) ||
		    (*q == ' ' && q[1] == '#'))
			return false;
	}
	*from = p;
	*len = (size_t)(end - p);
	return !(*len == 4 && memcmp(p, "null", 4) == 0);
}

/* What makes the whole front matter a matter for the real parser. */
static bool
odd_line(const char *line, size_t len)
{
	return len > 0 && (*line == '\t' || *line == '%' || *line == '?' || *line == '"' || *line == '\'' ||
			   *line == '{' || *line == '[' || *line == '&' || *line == '!' || *line == '*' ||
			   *line == '|' || *line == '>' || *line == '@' || *line == '`' || *line == '.');
}

/* A value in brackets or quotes that does not close on its line may hold anything below. */
static bool
left_open(const char *line, const char *stop)
{
	const char *colon = memchr(line, ':', (size_t)(stop - line)), *last = stop;
	char close;

	if (*line == ' ' || *line == '#' || *line == '-' || colon == NULL)
		return false;
	for (colon++; colon < stop && *colon == ' '; colon++)
		;
	while (last > colon && (last[-1] == ' ' || last[-1] == '\r'))
		last--;
	close = colon == stop ? '\0' : *colon == '[' ? ']' : *colon == '{' ? '}' : *colon == '"' || *colon == '\'' ? *colon : '\0';
	return close != '\0' && (last - colon < 2 || last[-1] != close);
}

/* A scalar may go on in the next line when that is indented, and no list or comment. */
static bool
goes_on(const char *next, const char *end)
{
	while (next < end && (*next == '\n' || *next == '\r'))
		next++; /* blank lines fold into the scalar */
	return next < end && *next == ' ';
}

/* Below an empty value even an unindented list or a comment may be its beginning. */
static bool
begins_below(const char *next, const char *end)
{
	return goes_on(next, end) || (next < end && (*next == '#' || (*next == '-' && next + 1 < end && next[1] != '-')));
}

bool
front_scan(struct arena *arena, const char *text, size_t len, const char *const *keys, const char **values,
	   size_t count)
{
	const char *end = text + len, *line, *stop, *from = NULL;
	size_t i, n = 0;
	int key;

	if (len > DOC_MAX_BYTES || len < 8 || memcmp(text, "---\n", 4) != 0 || memchr(text, '\0', len) != NULL ||
	    utf8_check(text, len) != len)
		return false;
	for (i = 0; i < count; i++)
		values[i] = NULL;
	for (line = text + 4; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL)
			return false;
		if (stop - line == 3 && memcmp(line, "---", 3) == 0)
			break;
		if (odd_line(line, (size_t)(stop - line)) || memchr(line, '\t', (size_t)(stop - line)) != NULL ||
		    left_open(line, stop))
			return false;
		key = key_of_line(line, (size_t)(stop - line), keys, count);
		if (key == -2)
			return false;
		if (key < 0)
			continue;
		if (values[key] != NULL || !plain_value(line + strlen(keys[key]) + 1, stop, &from, &n) ||
		    (n == 0 ? begins_below(stop + 1, end) : goes_on(stop + 1, end)))
			return false;
		values[key] = arena_strndup(arena, from, n);
	}
	for (i = 0; i < count; i++)
		values[i] = values[i] == NULL ? "" : values[i];
	return line < end;
}

/* --- one line ------------------------------------------------------------------------------------------- */
static const char *
line_end(const char *line, const char *end)
{
	const char *stop = memchr(line, '\n', (size_t)(end - line));

	return stop == NULL ? end : stop;
}

/* Where the value of `key: value  # comment` ends. */
static const char *
value_end(const char *from, const char *end)
{
	const char *p = from;
	char quote = *from == '"' || *from == '\'' ? *from : '\0';

	if (quote != '\0') {
		for (p++; p < end && *p != quote; p++)
			p += *p == '\\' && quote == '"' && p + 1 < end ? 1 : 0;
		return p < end ? p + 1 : end;
	}
	while (p < end && !(*p == '#' && p > from && p[-1] == ' '))
		p++;
	while (p > from && (p[-1] == ' ' || p[-1] == '\r'))
		p--;
	return p;
}

static int
put_value(struct buf *out, const char *text, const char *end, const char *line, size_t key_len, const char *value,
	  struct err *err)
{
	const char *stop = line_end(line, end), *from = line + key_len + 1, *to;

	while (from < stop && *from == ' ')
		from++;
	to = value_end(from, stop);
	if (strchr("[{|>&*!", *from) != NULL && from < stop)
		return err_set(err, ERR_DATA, "“%.*s”不是一行的值，请用编辑器修改", (int)key_len, line);
	if (from >= stop && goes_on(stop < end ? stop + 1 : end, end))
		return err_set(err, ERR_DATA, "“%.*s”不是一行的值，请用编辑器修改", (int)key_len, line);
	buf_put(out, text, (size_t)(line - text) + key_len + 1);
	buf_puts(out, " ");
	yaml_scalar(out, value);
	if (to < stop && *to == '#')
		buf_putc(out, ' ');
	buf_put(out, to, (size_t)(end - to));
	return 0;
}

int
front_set(struct buf *out, const char *text, size_t len, const char *key, const char *value, struct err *err)
{
	const char *end = text + len, *line = text, *stop;
	size_t key_len = strlen(key);
	bool crlf;

	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		line += 3;
	stop = line_end(line, end);
	if (stop - line < 3 || memcmp(line, "---", 3) != 0)
		return err_set(err, ERR_DATA, "没有完整的元数据（开头和结尾各一行 ---）");
	crlf = stop > line && stop[-1] == '\r';
	for (line = stop < end ? stop + 1 : end; line < end; line = line_end(line, end) + 1) {
		stop = line_end(line, end);
		if ((size_t)(stop - line) > key_len && memcmp(line, key, key_len) == 0 && line[key_len] == ':')
			return put_value(out, text, end, line, key_len, value, err);
		if (stop - line >= 3 && memcmp(line, "---", 3) == 0 && (stop - line == 3 || line[3] == '\r')) {
			buf_put(out, text, (size_t)(line - text));
			buf_printf(out, "%s: ", key);
			yaml_scalar(out, value);
			buf_puts(out, crlf ? "\r\n" : "\n");
			buf_put(out, line, (size_t)(end - line));
			return 0;
		}
		if (stop >= end)
			break;
	}
	return err_set(err, ERR_DATA, "元数据没有收尾：缺少第二个 --- 行");
}
