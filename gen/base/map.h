/*
 * map: strings to pointers, open addressing; and the vec that grows.
 *
 * Lifetime: keys are borrowed and must outlive the map; values are never freed by it.
 * Iteration is by insertion order (entries[0..count)), so no hash order reaches an output.
 */
#ifndef YJ_MAP_H
#define YJ_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct map_entry {
	const char *key;
	void *value;
};

struct map {
	struct map_entry *entries;
	uint32_t *slots; /* index + 1 into entries; 0 = free */
	size_t count, cap, slot_count;
};

uint64_t hash_bytes(const void *data, size_t len, uint64_t seed);

/* NULL when the key is not there. */
void *map_find(const struct map *m, const char *key);
/* Sets or replaces. value must not be NULL. */
void map_put(struct map *m, const char *key, void *value);
void map_release(struct map *m);

/* vec_push(items, count, cap, value): a plain array that doubles. */
#define vec_push(items, count, cap, value) \
	do { \
		if ((count) == (cap)) { \
			(cap) = (cap) ? (cap)*2 : 8; \
			(items) = xreallocarray((items), (cap), sizeof(*(items))); \
		} \
		(items)[(count)++] = (value); \
	} while (0)

#endif
