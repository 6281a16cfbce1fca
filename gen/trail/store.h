/*
 * store: what an earlier build worked out, as rows of bytes by key, in two files beside the repository:
 * <path>.rows, which only grows at its end, and <path>.table, which says where each row lies. A build
 * that adds little writes little. May be deleted at any time; a row that does not match its sum is not
 * found, and then it is worked out again.
 *
 * Lifetime: rows are borrowed until store_free. What is added is found by the next store_open after
 * store_save. Threads: any number may find and add; the rest is one thread's.
 * Errors: none. What cannot be written, or is being written by another process, is not kept.
 *
 *	struct store *store = store_open(path, program_key());
 *	if (!store_find(store, &key, &row)) … work it out … store_add(store, &key, bytes, len);
 *	store_save(store, keys, count);
 *	store_free(store);
 */
#ifndef YJ_STORE_H
#define YJ_STORE_H

#include "repo/repo.h"

struct store;

struct store_row {
	const char *bytes; /* aligned to 8 */
	size_t len;
};

/* stamp: of the program that can read the rows; with another one the store is empty. Never NULL. */
struct store *store_open(const char *path, uint64_t stamp);
void store_free(struct store *store);
bool store_find(const struct store *store, const struct oid *key, struct store_row *row);
/* Whether there is a row, be it whole or not. */
bool store_has(const struct store *store, const struct oid *key);
void store_add(struct store *store, const struct oid *key, const void *bytes, size_t len);
/* Writes what was added; once, at the end. Rows under other keys than these are given up once they are the greater part of
 * the file; wanted NULL: none is. */
void store_save(struct store *store, const struct oid *wanted, size_t count);

#endif
