#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define REPLACEMENT "\xef\xbf\xbd"

char buf_empty[1];

static _Noreturn void
die_memory(size_t bytes)
{
	fprintf(stderr, "yunjuan: 内存不足（需要 %zu 字节）\n", bytes);
	exit(3);
}

size_t
xsize(size_t count, size_t bytes, size_t extra)
{
	if ((bytes != 0 && count > SIZE_MAX / bytes) || extra > SIZE_MAX - count * bytes)
		die_memory(SIZE_MAX);
	return count * bytes + extra;
}

void *
xmalloc(size_t bytes)
{
	void *p = malloc(bytes ? bytes : 1);

	if (p == NULL)
		die_memory(bytes);
	return p;
}

void *
xcalloc(size_t count, size_t bytes)
{
	void *p = calloc(count ? count : 1, bytes ? bytes : 1);

	if (p == NULL)
		die_memory(bytes);
	return p;
}

void *
xrealloc(void *ptr, size_t bytes)
{
	void *p = realloc(ptr, bytes ? bytes : 1);

	if (p == NULL)
		die_memory(bytes);
	return p;
}

void *
xreallocarray(void *ptr, size_t count, size_t bytes)
{
	return xrealloc(ptr, xsize(count, bytes, 0));
}

char *
xstrndup(const char *s, size_t len)
{
	char *p = xmalloc(xsize(1, len, 1));

	if (len != 0)
		memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT;
	b->max = max;
}

void
buf_release(struct buf *b)
{
	size_t max = b->max;

	if (b->cap != 0)
		free(b->ptr);
	buf_init(b, max);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->full = false;
	if (b->cap != 0)
		b->ptr[0] = '\0';
}

bool
buf_reserve(struct buf *b, size_t extra)
{
	size_t need, cap;

	if (extra > SIZE_MAX / 4 || b->len > SIZE_MAX / 4)
		die_memory(extra);
	need = b->len + extra;
	if (b->max != 0 && (b->full || need > b->max)) {
		b->full = true;
		return false;
	}
	if (need + 1 <= b->cap)
		return true;
	cap = b->cap ? b->cap : 64;
	while (cap < need + 1)
		cap += cap / 2;
	b->ptr = xrealloc(b->cap ? b->ptr : NULL, cap);
	b->cap = cap;
	b->ptr[b->len] = '\0';
	return true;
}

void
buf_put(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !buf_reserve(b, len))
		return;
	memcpy(b->ptr + b->len, data, len);
	b->len += len;
	b->ptr[b->len] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char small[256];
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n < sizeof(small)) {
		buf_put(b, small, (size_t)n);
		return;
	}
	if (!buf_reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

char *
buf_detach(struct buf *b)
{
	char *p = b->cap ? b->ptr : xstrdup("");

	buf_init(b, b->max);
	return p;
}

/* How many bytes the character at s has; 1 and false for a byte that is not UTF-8. */
static bool
char_bytes(const char *s, const char *end, size_t *step)
{
	const char *next = s;
	bool valid = utf8_next(&next, end) >= 0;

	*step = (size_t)(next - s);
	return valid;
}

/* Characters that turn the direction of the text behind them (U+202A to 202E, U+2066 to 2069): a name
 * with one in it would read as another. */
static bool
turns_text(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;

	return len == 3 && p[0] == 0xe2 &&
	       ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
		(p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

void
text_straighten(char *s)
{
	for (s = strchr(s, 0xe2); s != NULL; s = strchr(s + 1, 0xe2)) {
		if (turns_text(s, 3))
			memcpy(s, REPLACEMENT, 3);
	}
}

/* What the character at s becomes in HTML text and attributes; NULL = itself. */
static const char *
html_entity(const char *s, const char *end, size_t *step)
{
	unsigned char c = (unsigned char)*s;

	if (!char_bytes(s, end, step) || turns_text(s, *step))
		return REPLACEMENT;
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	case '\t':
	case '\n': return NULL;
	default: return c < 0x20 || c == 0x7f ? REPLACEMENT : NULL;
	}
}

/* The length of the character at s when it needs no second look in HTML or JSON: letters, digits, Han. */
static size_t
plain_bytes(const char *s, const char *end)
{
	unsigned char c = (unsigned char)*s;

	if (c >= '(' && c < 0x7f && c != '<' && c != '>' && c != '\\')
		return 1;
	if (c >= 0xe3 && c <= 0xec && end - s >= 3 && ((unsigned char)s[1] & 0xc0) == 0x80 &&
	    ((unsigned char)s[2] & 0xc0) == 0x80)
		return 3;
	return 0;
}

void
html_text_n(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len, *from = s;
	size_t step;

	for (; s < end; s += step) {
		const char *entity;

		step = plain_bytes(s, end);
		if (step > 0)
			continue;
		entity = html_entity(s, end, &step);
		if (entity == NULL)
			continue;
		buf_put(b, from, (size_t)(s - from));
		buf_puts(b, entity);
		from = s + step;
	}
	buf_put(b, from, (size_t)(end - from));
}

void
html_text(struct buf *b, const char *s)
{
	html_text_n(b, s, strlen(s));
}

void
html_attr(struct buf *b, const char *name, const char *value)
{
	buf_putc(b, ' ');
	buf_puts(b, name);
	buf_puts(b, "=\"");
	html_text(b, value);
	buf_putc(b, '"');
}

void
html_url(struct buf *b, const char *s)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/#";

	if (s[0] == '/' && s[1] == '/')
		buf_putc(b, '.');
	for (; *s != '\0'; s++) {
		if (strchr(plain, *s) != NULL)
			buf_putc(b, *s);
		else
			buf_printf(b, "%%%02X", (unsigned char)*s);
	}
}

/* What the character at s becomes in a JSON string; NULL = itself. */
static const char *
json_escape(const char *s, const char *end, char small[8], size_t *step)
{
	unsigned char c = (unsigned char)*s;

	if (!char_bytes(s, end, step))
		return REPLACEMENT;
	if (c == '\n')
		return "\\n";
	if (c == '"' || c == '\\')
		snprintf(small, 8, "\\%c", c);
	else if (c < 0x20 || c == '<' || c == 0x7f)
		snprintf(small, 8, "\\u%04x", c);
	else
		return NULL;
	return small;
}

void
json_str(struct buf *b, const char *s)
{
	const char *end = s + strlen(s), *from = s;
	char small[8];
	size_t step;

	buf_putc(b, '"');
	for (; s < end; s += step) {
		const char *escape;

		step = plain_bytes(s, end);
		if (step > 0)
			continue;
		escape = json_escape(s, end, small, &step);
		if (escape == NULL)
			continue;
		buf_put(b, from, (size_t)(s - from));
		buf_puts(b, escape);
		from = s + step;
	}
	buf_put(b, from, (size_t)(end - from));
	buf_putc(b, '"');
}

void
json_key(struct buf *b, const char *key)
{
	if (b->len != 0 && b->ptr[b->len - 1] != '{' && b->ptr[b->len - 1] != '[')
		buf_putc(b, ',');
	json_str(b, key);
	buf_putc(b, ':');
}
