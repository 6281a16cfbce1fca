#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char buf_empty[1];

static void
die_memory(size_t bytes)
{
	fprintf(stderr, "yunjuan: 内存不足（需要 %zu 字节）\n", bytes);
	exit(3);
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
	if (bytes != 0 && count > SIZE_MAX / bytes)
		die_memory(SIZE_MAX);
	return xrealloc(ptr, count * bytes);
}

char *
xstrndup(const char *s, size_t len)
{
	char *p = xmalloc(len + 1);

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
	if (b->max != 0 && need > b->max) {
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

/* What a byte becomes in HTML text and attributes; NULL = itself. */
static const char *
html_entity(unsigned char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	case '\t': case '\n': return NULL;
	default: return c < 0x20 || c == 0x7f ? "\xef\xbf\xbd" : NULL;
	}
}

void
html_text_n(struct buf *b, const char *s, size_t len)
{
	size_t i, from = 0;

	for (i = 0; i < len; i++) {
		const char *entity = html_entity((unsigned char)s[i]);

		if (entity == NULL)
			continue;
		buf_put(b, s + from, i - from);
		buf_puts(b, entity);
		from = i + 1;
	}
	buf_put(b, s + from, len - from);
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
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/#";

	for (; *s != '\0'; s++) {
		if (strchr(plain, *s) != NULL)
			buf_putc(b, *s);
		else
			buf_printf(b, "%%%02X", (unsigned char)*s);
	}
}

void
json_str(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c == '\n')
			buf_puts(b, "\\n");
		else if (c < 0x20 || c == '<' || c == 0x7f)
			buf_printf(b, "\\u%04x", c);
		else
			buf_putc(b, (char)c);
	}
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
