/*
 * arena: memory that is given back all at once.
 *
 * Lifetime: pieces live until arena_release; pointers into it are "borrowed until" then. With
 * -DARENA_DEBUG each piece is its own malloc of just its size, so the sanitizers see it.
 */
#ifndef YJ_ARENA_H
#define YJ_ARENA_H

#include <stddef.h>

#include "err.h"

struct arena {
	struct arena_block *first;
	size_t used_bytes;
};

/* Zeroed memory, aligned for any type. Cannot fail. */
void *arena_alloc(struct arena *a, size_t bytes);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) printf_like(2, 3);
/* An array of `count` items of `bytes` each, copied from `items`. */
void *arena_copy(struct arena *a, const void *items, size_t count, size_t bytes);
void arena_release(struct arena *a);
/* As arena_release, but keeps one block for the next page or ticket. */
void arena_reset(struct arena *a);

#endif
