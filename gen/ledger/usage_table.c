/* A worker's machines by name, and their days. */
#include <stdlib.h>
#include <string.h>

#include "ledger/usage_internal.h"

#define FIRST_SLOTS 1024

void
table_init(struct table *table)
{
	*table = (struct table){ .machine_slot_count = FIRST_SLOTS, .day_slot_count = FIRST_SLOTS };
	table->machine_slots = xcalloc(FIRST_SLOTS, sizeof(*table->machine_slots));
	table->days = xcalloc(FIRST_SLOTS, sizeof(*table->days));
	table->day_keys = xcalloc(FIRST_SLOTS, sizeof(*table->day_keys));
}

void
table_release(struct table *table)
{
	arena_release(&table->arena);
	free(table->machines);
	free(table->machine_slots);
	free(table->days);
	free(table->day_keys);
}

/* FNV-1a with a last stir: the same on every machine, for it decides the shard. */
uint64_t
name_hash(const char *name, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 0x100000001b3;
	hash ^= hash >> 32;
	hash *= 0x9e3779b97f4a7c15;
	return hash ^ hash >> 29;
}

static size_t
machine_slot(const struct table *table, const char *name, size_t len, uint64_t hash)
{
	size_t mask = table->machine_slot_count - 1, slot = hash & mask;

	for (; table->machine_slots[slot] != 0; slot = (slot + 1) & mask) {
		const struct machine *m = table->machines[table->machine_slots[slot] - 1];

		if (m->hash == hash && m->key_len == len + 1 && memcmp(m->key, name, len) == 0)
			break;
	}
	return slot;
}

struct machine *
table_find(const struct table *table, const char *name, size_t len, uint64_t hash)
{
	uint32_t number = table->machine_slots[machine_slot(table, name, len, hash)];

	return number == 0 ? NULL : table->machines[number - 1];
}

static void
grow_machines(struct table *table)
{
	size_t i, slot;

	table->machine_slot_count *= 2;
	free(table->machine_slots);
	table->machine_slots = xcalloc(table->machine_slot_count, sizeof(*table->machine_slots));
	for (i = 0; i < table->machine_count; i++) {
		const struct machine *m = table->machines[i];

		slot = machine_slot(table, m->key, m->key_len - 1, m->hash);
		table->machine_slots[slot] = (uint32_t)i + 1;
	}
}

struct machine *
table_add(struct table *table, const char *name, size_t len, uint64_t hash)
{
	struct machine *m = arena_alloc(&table->arena, sizeof(*m));
	char *key = arena_alloc(&table->arena, len + 1 + sizeof(uint64_t));

	memcpy(key, name, len);
	key[len] = ',';
	*m = (struct machine){ .key = key,
			       .key_len = len + 1,
			       .hash = hash,
			       .number = (uint32_t)table->machine_count,
			       .day = INT32_MIN };
	m->next = m;
	vec_push(table->machines, table->machine_count, table->machine_cap, m);
	table->bytes += sizeof(*m) + len + 64;
	if (table->machine_count * 2 > table->machine_slot_count)
		grow_machines(table);
	else
		table->machine_slots[machine_slot(table, name, len, hash)] = m->number + 1;
	return m;
}

/* --- days: a key is never 0, for a day is within the years 1 to 9999 -------------------------------- */
static uint64_t
day_key(const struct machine *machine, int32_t day)
{
	return (uint64_t)machine->number << 32 | ((uint32_t)day ^ 0x80000000u);
}

static size_t
day_slot(const struct table *table, uint64_t key)
{
	size_t mask = table->day_slot_count - 1;
	size_t slot = (key * 0x9e3779b97f4a7c15 >> 20) & mask;

	while (table->days[slot] != NULL && table->day_keys[slot] != key)
		slot = (slot + 1) & mask;
	return slot;
}

void *
table_day(const struct table *table, const struct machine *machine, int32_t day)
{
	return table->days[day_slot(table, day_key(machine, day))];
}

static void
grow_days(struct table *table)
{
	void **days = table->days;
	uint64_t *keys = table->day_keys;
	size_t count = table->day_slot_count, i, slot;

	table->day_slot_count *= 2;
	table->days = xcalloc(table->day_slot_count, sizeof(*days));
	table->day_keys = xcalloc(table->day_slot_count, sizeof(*keys));
	for (i = 0; i < count; i++) {
		if (days[i] == NULL)
			continue;
		slot = day_slot(table, keys[i]);
		table->days[slot] = days[i];
		table->day_keys[slot] = keys[i];
	}
	free(days);
	free(keys);
}

void
table_put_day(struct table *table, const struct machine *machine, int32_t day, void *piece)
{
	uint64_t key = day_key(machine, day);
	size_t slot = day_slot(table, key);

	table->days[slot] = piece;
	table->day_keys[slot] = key;
	table->bytes += sizeof(struct day_state) + 2 * (sizeof(void *) + sizeof(key));
	if (++table->day_count * 2 > table->day_slot_count)
		grow_days(table);
}
