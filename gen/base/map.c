#include "map.h"

#include <stdlib.h>
#include <string.h>

/* Both halves of the product, one laid over the other. */
static uint64_t
fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Four sums side by side over whole blocks of 64 bytes: big files are hashed at every start. */
static uint64_t
hash_lanes(const unsigned char **p, size_t *len, uint64_t seed)
{
	static const uint64_t odd[4] = { 0xa0761d6478bd642fULL, 0xe7037ed1a0b428dbULL,
					 0x8ebc6af09c88c6e3ULL, 0x589965cc75374cc3ULL };
	uint64_t lane[4] = { seed, seed ^ 1, seed ^ 2, seed ^ 3 }, w[8];
	int i;

	for (; *len >= sizeof(w); *p += sizeof(w), *len -= sizeof(w)) {
		memcpy(w, *p, sizeof(w));
#pragma GCC unroll 4
		for (i = 0; i < 4; i++)
			lane[i] = fold(w[2 * i] ^ odd[i], w[2 * i + 1] ^ lane[i]);
	}
	for (i = 1; i < 4; i++)
		lane[0] = (lane[0] ^ lane[i]) * 0xc4ceb9fe1a85ec53ULL;
	return lane[0];
}

uint64_t
hash_bytes(const void *data, size_t len, uint64_t seed)
{
	const unsigned char *p = data;
	uint64_t h = seed ^ (len * 0x9e3779b97f4a7c15ULL), w;

	if (len >= 256)
		h = hash_lanes(&p, &len, h);
	while (len >= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdULL;
		h ^= h >> 32;
		p += 8;
		len -= 8;
	}
	if (len > 0) {
		w = 0;
		memcpy(&w, p, len);
		h = (h ^ w) * 0xc4ceb9fe1a85ec53ULL;
	}
	h ^= h >> 29;
	h *= 0x94d049bb133111ebULL;
	return h ^ (h >> 32);
}

/* The slot where key is, or the free one where it would go. */
static size_t
map_slot(const struct map *m, const char *key)
{
	size_t mask = m->slot_count - 1;
	size_t i = (size_t)hash_bytes(key, strlen(key), 0) & mask;

	while (m->slots[i] != 0 && strcmp(m->entries[m->slots[i] - 1].key, key) != 0)
		i = (i + 1) & mask;
	return i;
}

static void
map_grow(struct map *m)
{
	size_t i;

	m->slot_count = m->slot_count ? m->slot_count * 2 : 16;
	free(m->slots);
	m->slots = xcalloc(m->slot_count, sizeof(*m->slots));
	for (i = 0; i < m->count; i++)
		m->slots[map_slot(m, m->entries[i].key)] = (uint32_t)i + 1;
}

void *
map_find(const struct map *m, const char *key)
{
	uint32_t at;

	if (m->count == 0)
		return NULL;
	at = m->slots[map_slot(m, key)];
	return at == 0 ? NULL : m->entries[at - 1].value;
}

void
map_put(struct map *m, const char *key, void *value)
{
	struct map_entry entry = { key, value };
	size_t slot;

	if ((m->count + 1) * 2 > m->slot_count)
		map_grow(m);
	slot = map_slot(m, key);
	if (m->slots[slot] != 0) {
		m->entries[m->slots[slot] - 1].value = value;
		return;
	}
	vec_push(m->entries, m->count, m->cap, entry);
	m->slots[slot] = (uint32_t)m->count;
}

void
map_release(struct map *m)
{
	free(m->entries);
	free(m->slots);
	memset(m, 0, sizeof(*m));
}
