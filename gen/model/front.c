/* Front matter by lines: the fast scan of the history index, the edit of one line, and how a
 * scalar is written. */
#include "model/model_internal.h"

#include <string.h>

#define SCAN_MAX_BYTES 24576 /* below this no text reaches the bound on nodes */
#define KEY_MAX_BYTES 64     /* libyaml's own bound on simple keys is far above */

static const char *
line_end(const char *line, const char *end)
{
	const char *stop = memchr(line, '\n', (size_t)(end - line));

	return stop == NULL ? end : stop;
}

static const char *
skip_spaces(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

/* Whether a plain scalar of one line with this text is read back as just this text. */
static bool
is_plain(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	if (len == 0 || text[0] == ' ' || end[-1] == ' ' || end[-1] == ':')
		return false;
	if (strchr("-?:,[]{}#&*!|>'\"%@`~", *p) != NULL &&
	    !(*p == '-' && len > 1 && p[1] >= '0' && p[1] <= '9'))
		return false;
	for (; p < end; p++)
		if ((*p == ':' && p[1] == ' ') || (*p == '#' && p[-1] == ' ') || *p == '\n')
			return false;
	return !(len == 4 && memcmp(text, "null", 4) == 0);
}

/* --- the fast scan ----------------------------------------------------------------------- */
/*
 * It knows a small part of YAML for certain and gives up on all else: keys at the left edge with
 * a value of one line; under a key without one, rows "- text", "- key: value" and "- { key: value
 * }" or pairs "key: value", all of one depth; and block scalars, whose lines are passed over.
 */
enum below { BELOW_NOTHING, BELOW_ANYTHING, BELOW_ROWS, BELOW_PAIRS, BELOW_BLOCK };

struct scan {
	struct arena *arena;
	const char *const *keys;
	const char **values;
	size_t count;
	int wanted;	  /* which of the keys the last line at the left edge had, or -1 */
	enum below below; /* what may stand under it */
	int dash, indent; /* of the rows, of their pairs; -1 while unknown */
};

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9') || c == '-' ||
	       (c >= 'A' && c <= 'Z');
}

/* The length of the simple key that a pair begins with, 0 when this is no pair. */
static size_t
key_length(const char *p, const char *end)
{
	size_t len = 0;

	if (p < end && *p == '-')
		return 0;
	while (len < KEY_MAX_BYTES && p + len < end && is_key_char(p[len]))
		len++;
	if (p + len == end || p[len] != ':' || (p + len + 1 < end && p[len + 1] != ' '))
		return 0;
	return len;
}

/* Cuts a comment and the spaces around the value off. */
static void
trim_value(const char **from, const char **end)
{
	const char *p = skip_spaces(*from, *end), *stop = *end, *hash = p;

	*from = p;
	while (hash < stop) {
		hash = memchr(hash, '#', (size_t)(stop - hash));
		if (hash == NULL)
			break;
		if (hash == p || hash[-1] == ' ')
			stop = hash;
		hash++;
	}
	while (stop > p && stop[-1] == ' ')
		stop--;
	*end = stop;
}

/* A value in quotes without quotes or escapes inside. */
static bool
unquote(const char **from, const char **end)
{
	const char *p = *from, *q;

	if (*end - p < 2 || (*p != '"' && *p != '\'') || (*end)[-1] != *p)
		return false;
	for (q = p + 1; q < *end - 1; q++)
		if (*q == *p || *q == '\\')
			return false;
	*from += 1;
	*end -= 1;
	return true;
}

/* Plain, in simple quotes, or nothing at all. */
static bool
is_value(const char **from, const char **end)
{
	trim_value(from, end);
	return *from == *end || is_plain(*from, (size_t)(*end - *from)) || unquote(from, end);
}

static bool
is_block_header(const char *from, const char *end)
{
	trim_value(&from, &end);
	return (end - from == 1 || (end - from == 2 && from[1] == '-')) &&
	       (*from == '|' || *from == '>');
}

static int
find_wanted(const struct scan *s, const char *key, size_t len)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (strncmp(s->keys[i], key, len) == 0 && s->keys[i][len] == '\0')
			return (int)i;
	return -1;
}

/* A scalar between brackets or braces, without any of its own. */
static bool
scan_flow_scalar(const char *p, const char *end)
{
	size_t i, len;

	trim_value(&p, &end);
	if (unquote(&p, &end))
		return true;
	len = (size_t)(end - p);
	for (i = 0; i < len; i++)
		if (strchr("[]{}?", p[i]) != NULL)
			return false;
	return is_plain(p, len);
}

static bool
scan_flow_item(const char *p, const char *end, bool pair)
{
	size_t len;

	if (!pair)
		return scan_flow_scalar(p, end);
	p = skip_spaces(p, end);
	len = key_length(p, end);
	return len > 0 && scan_flow_scalar(p + len + 1, end);
}

/* "{ key: value, key: value }", as `move` writes the rows of papers, or "[a, b]". */
static bool
scan_flow(const char *p, const char *end)
{
	bool pairs = *p == '{';
	const char *comma;

	trim_value(&p, &end);
	if (end - p < 2 || end[-1] != (pairs ? '}' : ']'))
		return false;
	if (end - p == 2)
		return true;
	for (p++, end--; p < end; p = comma + 1) {
		comma = memchr(p, ',', (size_t)(end - p));
		if (comma == NULL)
			return scan_flow_item(p, end, pairs);
		if (!scan_flow_item(p, comma, pairs))
			return false;
	}
	return false;
}

static bool
scan_top(struct scan *s, const char *line, const char *end)
{
	size_t len = key_length(line, end);
	const char *from = line + len + 1;

	if (len == 0)
		return false;
	s->wanted = find_wanted(s, line, len);
	if (s->wanted >= 0 && s->values[s->wanted] != NULL)
		return false;
	s->dash = s->indent = -1;
	s->below = BELOW_NOTHING;
	if (is_block_header(from, end)) {
		s->below = BELOW_BLOCK;
		return s->wanted < 0;
	}
	/* Quotes make even nothing a value: no rows may follow. */
	trim_value(&from, &end);
	if (from == end)
		s->below = BELOW_ANYTHING;
	if (s->wanted < 0 && from < end && (*from == '[' || *from == '{'))
		return scan_flow(from, end);
	if (!is_value(&from, &end))
		return false;
	if (s->wanted >= 0)
		s->values[s->wanted] = arena_strndup(s->arena, from, (size_t)(end - from));
	return true;
}

static bool
scan_pair(const char *p, const char *end)
{
	size_t len = key_length(p, end);

	p += len + 1;
	return len > 0 && is_value(&p, &end);
}

static bool
scan_row(struct scan *s, const char *line, const char *dash, const char *end)
{
	const char *p = skip_spaces(dash + 1, end);

	if (s->below == BELOW_ANYTHING) {
		s->below = BELOW_ROWS;
		s->dash = (int)(dash - line);
	}
	if (s->below != BELOW_ROWS || s->dash != dash - line || p == end)
		return false;
	s->indent = key_length(p, end) > 0 ? (int)(p - line) : -1;
	if (*p == '{')
		return scan_flow(p, end);
	if (s->indent >= 0)
		return scan_pair(p, end);
	return is_value(&p, &end) && p < end;
}

/* A line of a block scalar; *over when it is the first one behind it. */
static bool
scan_block(struct scan *s, const char *line, const char *p, const char *end, bool *over)
{
	if (s->indent < 0) {
		s->indent = (int)(p - line);
		return s->indent > 0 && p < end;
	}
	*over = p < end && p == line;
	return p == end || p == line || p - line >= s->indent;
}

static bool
scan_line(struct scan *s, const char *line, const char *end)
{
	const char *p = skip_spaces(line, end);
	bool over = false;

	if (s->below == BELOW_BLOCK) {
		if (!scan_block(s, line, p, end, &over))
			return false;
		if (!over)
			return true;
		s->below = BELOW_NOTHING;
	}
	if (p == end || *p == '#')
		return true;
	if (p == line && *p != '-')
		return scan_top(s, line, end);
	if (s->wanted >= 0)
		return false; /* not a scalar of one line */
	if (*p == '-' && p + 1 < end && p[1] == ' ')
		return scan_row(s, line, p, end);
	if (s->below == BELOW_ANYTHING) {
		s->below = BELOW_PAIRS;
		s->indent = (int)(p - line);
	}
	return (s->below == BELOW_PAIRS || s->below == BELOW_ROWS) && s->indent == p - line &&
	       scan_pair(p, end);
}

/* U+3000 to U+CFFF, which most of a Chinese text is: none of them needs a second look. */
static bool
is_common(const char *p, const char *end)
{
	const unsigned char *c = (const unsigned char *)p;

	return c[0] >= 0xe3 && c[0] <= 0xec && end - p >= 3 && (c[1] & 0xc0) == 0x80 &&
	       (c[2] & 0xc0) == 0x80;
}

/* Whether all characters may stand in front matter. */
static bool
is_clean(const char *p, const char *end)
{
	while (p < end) {
		if ((*p >= 0x20 && *p < 0x7f) || *p == '\n' ||
		    (*p == '\r' && p + 1 < end && p[1] == '\n'))
			p++;
		else if (is_common(p, end))
			p += 3;
		else if (!front_char(utf8_next(&p, end)))
			return false;
	}
	return true;
}

static bool
scan_lines(struct scan *s, const char *from, const char *to)
{
	const char *line, *stop, *end;

	for (line = from; line < to; line = stop + 1) {
		stop = end = line_end(line, to);
		if (end > line && end[-1] == '\r')
			end--;
		if (!scan_line(s, line, end))
			return false;
	}
	return true;
}

bool
front_scan(struct arena *arena, const char *text, size_t len, const char *const *keys,
	   const char **values, size_t count)
{
	struct scan s = {
		.arena = arena, .keys = keys, .values = values, .count = count, .wanted = -1
	};
	struct front front;
	size_t i;

	if (len > DOC_MAX_BYTES || front_split(&front, text, len) != FRONT_WHOLE ||
	    front.to - front.from > SCAN_MAX_BYTES || !is_clean(front.from, front.to))
		return false;
	for (i = 0; i < count; i++)
		values[i] = NULL;
	if (!scan_lines(&s, front.from, front.to))
		return false;
	for (i = 0; i < count; i++)
		values[i] = values[i] == NULL ? "" : values[i];
	return true;
}

/* --- one line ---------------------------------------------------------------------------- */
/* Where a value of one line ends: behind its closing quote, or before a comment. */
static const char *
value_end(const char *from, const char *end)
{
	const char *p = from;

	if (from < end && (*from == '"' || *from == '\'')) {
		for (p++; p < end && *p != *from; p++)
			p += *p == '\\' && *from == '"' && p + 1 < end ? 1 : 0;
		/* 'it''s' */
		while (p + 1 < end && *from == '\'' && p[1] == '\'')
			for (p += 2; p < end && *p != '\'';)
				p++;
		return p < end ? p + 1 : end;
	}
	trim_value(&from, &end);
	return end;
}

/* Whether b is a with only this value other than before; lines cannot be judged by their looks
 * alone, so every edit is read back. */
static bool
only_this_changed(const struct node *a, const struct node *b, const char *key, const char *value)
{
	size_t i;

	if (strcmp(node_text(b, key), value) != 0)
		return false;
	if (b->count != a->count + (node_get(a, key) == NULL ? 1 : 0))
		return false;
	for (i = 0; i < a->count; i++) {
		if (strcmp(a->keys[i], b->keys[i]) != 0)
			return false;
		if (strcmp(a->keys[i], key) != 0 && !node_same(a->items[i], b->items[i]))
			return false;
	}
	return true;
}

/* The line at the left edge that has this key; NULL when there is none. */
static const char *
find_line(const struct front *front, const char *key)
{
	size_t len = strlen(key);
	const char *line, *stop;

	for (line = front->from; line < front->to; line = stop + 1) {
		stop = line_end(line, front->to);
		if ((size_t)(stop - line) > len && memcmp(line, key, len) == 0 && line[len] == ':')
			return line;
		if (stop == front->to)
			break;
	}
	return NULL;
}

static void
put_change(struct buf *out, const char *text, size_t len, const struct front *front,
	   const char *line, const char *key, const char *value)
{
	const char *from = line == NULL ? front->to : line + strlen(key) + 1;
	const char *stop, *to = from;

	if (line != NULL) {
		stop = line_end(line, front->to);
		if (stop > from && stop[-1] == '\r')
			stop--;
		to = skip_spaces(from, stop);
		/* Nothing there yet: what stands behind, a comment perhaps, keeps its spaces. */
		to = to == stop || *to == '#' ? from : value_end(to, stop);
	}
	buf_put(out, text, (size_t)(from - text));
	if (line == NULL)
		buf_printf(out, "%s:", key);
	buf_puts(out, " ");
	yaml_scalar(out, value);
	if (line == NULL)
		buf_puts(out, front->crlf ? "\r\n" : "\n");
	buf_put(out, to, (size_t)(text + len - to));
}

static int
read_whole(struct doc *doc, struct arena *arena, const char *text, size_t len, struct err *err)
{
	struct findings findings = { 0 };
	int rc = 0;

	doc_parse(doc, arena, text, len, "", &findings);
	if (doc->broken || findings.count > 0)
		rc = err_set(err, ERR_DATA, "第 %d 行有误，请先改正：%s", findings.items[0].line,
			     findings.items[0].message);
	findings_release(&findings);
	return rc;
}

static int
set_value(struct buf *out, struct arena *arena, const char *text, size_t len, const char *key,
	  const char *value, struct err *err)
{
	struct err ignored = { 0 };
	struct doc before, after;
	struct front front;
	const struct node *old;
	const char *line;

	if (read_whole(&before, arena, text, len, err) != 0)
		return -1;
	old = node_get(before.front, key);
	if (old != NULL && old->kind == NODE_SCALAR && strcmp(old->text, value) == 0) {
		buf_put(out, text, len);
		return 0;
	}
	front_split(&front, text, len);
	line = find_line(&front, key);
	if ((line == NULL) == (old == NULL) && (old == NULL || old->kind == NODE_SCALAR)) {
		put_change(out, text, len, &front, line, key, value);
		if (read_whole(&after, arena, out->ptr, out->len, &ignored) == 0 &&
		    only_this_changed(before.front, after.front, key, value))
			return 0;
	}
	buf_clear(out);
	return err_set(err, ERR_DATA,
		       old == NULL ? "元数据里加不进“%s”这一项，请用编辑器修改"
				   : "“%s”的值不是只占一行，请用编辑器修改",
		       key);
}

int
front_set(struct buf *out, const char *text, size_t len, const char *key, const char *value,
	  struct err *err)
{
	struct arena arena = { 0 };
	const char *p;
	int32_t c;
	int rc;

	buf_clear(out);
	for (p = value; p < value + strlen(value);) {
		c = utf8_next(&p, value + strlen(value));
		if (!front_char(c) && c != '\t')
			return err_set(err, ERR_DATA, "“%s”的新值里有看不见的字符，请删去", key);
	}
	rc = set_value(out, &arena, text, len, key, value, err);
	arena_release(&arena);
	return rc;
}

/* --- how a scalar is written --------------------------------------------------------------- */
static void
put_escaped(struct buf *out, int32_t c, const char *bytes, size_t len)
{
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", (char)c);
	else if (c == '\n')
		buf_puts(out, "\\n");
	else if (c == '\t')
		buf_puts(out, "\\t");
	else if (c < 0)
		buf_puts(out, "\xef\xbf\xbd");
	else if (!front_char(c))
		buf_printf(out, "\\u%04x", (unsigned)c);
	else
		buf_put(out, bytes, len);
}

/* Commas, brackets and ":?" too are quoted, so that the scalar can stand in "{ key: value }". */
void
yaml_scalar(struct buf *out, const char *text)
{
	size_t len = strlen(text);
	const char *p = text, *end = text + len, *at;
	int32_t c;

	if (is_plain(text, len) && is_clean(text, end) && strpbrk(text, ",[]{}") == NULL &&
	    strstr(text, ":?") == NULL) {
		buf_put(out, text, len);
		return;
	}
	buf_putc(out, '"');
	while (p < end) {
		at = p;
		c = utf8_next(&p, end);
		put_escaped(out, c, at, (size_t)(p - at));
	}
	buf_putc(out, '"');
}
