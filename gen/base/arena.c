#include "arena.h"

#include <stdarg.h>
#include <stdbool.h>
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
#define UNIT_BYTES 1 /* rounding up would hide a write behind the end */
#else
#define BLOCK_BYTES 32768
#define UNIT_BYTES _Alignof(max_align_t)
#endif

/* A big piece gets a block of its own, behind the block that still has room. */
static struct arena_block *
add_block(struct arena *a, size_t room)
{
	bool big = room > BLOCK_BYTES / 4;
	size_t cap = big ? room : BLOCK_BYTES;
	struct arena_block *block = xcalloc(1, xsize(1, cap, sizeof(*block)));
	struct arena_block **at = big && a->first != NULL ? &a->first->next : &a->first;

	block->cap = cap;
	block->next = *at;
	*at = block;
	return block;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	size_t room = xsize(1, bytes, UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
	struct arena_block *block = a->first;
	void *p;

	if (block == NULL || block->cap - block->used < room)
		block = add_block(a, room);
	p = (char *)block->data + block->used;
	block->used += room;
	a->used_bytes += room;
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *p = arena_alloc(a, xsize(1, len, 1));

	if (len != 0)
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
	char small[256], *p;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return arena_strdup(a, "");
	if ((size_t)n < sizeof(small))
		return arena_strndup(a, small, (size_t)n);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void *
arena_copy(struct arena *a, const void *items, size_t count, size_t bytes)
{
	size_t all = xsize(count, bytes, 0);
	void *p = arena_alloc(a, all);

	if (all != 0)
		memcpy(p, items, all);
	return p;
}

void
arena_reset(struct arena *a)
{
	struct arena_block *kept = a->first;

	if (kept == NULL || kept->cap != BLOCK_BYTES || BLOCK_BYTES == 0) {
		arena_release(a);
		return;
	}
	a->first = kept->next;
	arena_release(a);
	memset(kept->data, 0, kept->used);
	kept->used = 0;
	kept->next = NULL;
	a->first = kept;
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
