#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

struct arena_block {
	struct arena_block *next;
	size_t used, cap;
	max_align_t data[];
};

#ifdef ARENA_DEBUG
#define BLOCK_BYTES 0
#else
#define BLOCK_BYTES 32768
#endif

void *
arena_alloc(struct arena *a, size_t bytes)
{
	size_t unit = sizeof(max_align_t);
	size_t room = (bytes + unit - 1) / unit * unit;
	struct arena_block *block = a->first;
	void *p;

	if (block == NULL || block->cap - block->used < room) {
		size_t cap = room > BLOCK_BYTES / 4 ? room : BLOCK_BYTES;

		block = xcalloc(1, sizeof(*block) + cap);
		block->cap = cap;
		/* A big piece goes behind the block that still has room. */
		if (a->first != NULL && cap == room && cap != BLOCK_BYTES) {
			block->next = a->first->next;
			a->first->next = block;
		} else {
			block->next = a->first;
			a->first = block;
		}
	}
	p = (char *)block->data + block->used;
	block->used += room;
	a->used_bytes += room;
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *p = arena_alloc(a, len + 1);

	memcpy(p, s, len);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)(n < 0 ? 0 : n) + 1, fmt, ap);
	va_end(ap);
	return p;
}

void *
arena_copy(struct arena *a, const void *items, size_t count, size_t bytes)
{
	void *p = arena_alloc(a, count * bytes);

	if (count != 0)
		memcpy(p, items, count * bytes);
	return p;
}

void
arena_release(struct arena *a)
{
	struct arena_block *block = a->first;

	while (block != NULL) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
	memset(a, 0, sizeof(*a));
}
