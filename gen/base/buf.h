/*
 * buf: growing bytes that cannot fail, and the named ways into JSON and markup.
 *
 * Lifetime: a buf owns ptr until buf_release or buf_detach. ptr is never NULL after buf_init
 * and is always terminated. Memory that cannot be had ends the program with a message; a buf
 * with a max > 0 stops growing there: from the first piece that does not fit until buf_clear it
 * takes nothing more, and `full` says so.
 *
 *	struct buf b = BUF_INIT;
 *	buf_printf(&b, "%d 个工作日", n);
 *	html_text(&b, untrusted);
 *	buf_release(&b);
 */
#ifndef YJ_BUF_H
#define YJ_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

struct buf {
	char *ptr;
	size_t len, cap, max; /* bytes; max 0 = no bound */
	bool full;	      /* something did not fit under max */
};

extern char buf_empty[1];
/* clang-format off */
#define BUF_INIT { buf_empty, 0, 0, 0, false }
/* clang-format on */

void *xmalloc(size_t bytes);
void *xcalloc(size_t count, size_t bytes);
void *xrealloc(void *ptr, size_t bytes);
void *xreallocarray(void *ptr, size_t count, size_t bytes);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);
/* count * bytes + extra; a size that no machine has ends the program too. */
size_t xsize(size_t count, size_t bytes, size_t extra);

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b);
/* Room for `extra` more bytes and a terminator; false when max forbids it. */
bool buf_reserve(struct buf *b, size_t extra);
void buf_put(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) printf_like(2, 3);
/* Gives up the bytes; the caller frees them. */
char *buf_detach(struct buf *b);

/* In place: what turns the direction of reading (U+202A to U+202E, U+2066 to U+2069) becomes U+FFFD, as in
 * html_text; for text that a script of a page shows. */
void text_straighten(char *s);
/* Text between tags: & < > and quotes become entities, control characters and what is not
 * UTF-8 become U+FFFD. */
void html_text(struct buf *b, const char *s);
void html_text_n(struct buf *b, const char *s, size_t len);
/* ` name="value"` with the value escaped. */
void html_attr(struct buf *b, const char *name, const char *value);
/* One path segment or relative address, percent-encoded for href and src. What comes out never
 * leaves this site: it has no scheme and does not begin with two slashes. */
void html_url(struct buf *b, const char *s);

/* A JSON string with its quotes (RFC 8259), safe inside a <script> file too; what is not UTF-8
 * becomes U+FFFD. */
void json_str(struct buf *b, const char *s);
/* `"key":` after a comma unless it is the first member. */
void json_key(struct buf *b, const char *key);

#endif
