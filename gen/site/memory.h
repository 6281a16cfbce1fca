/*
 * memory: what the last build made: for each page the key of its inputs, and size and time of the
 * file, so that a page somebody changed or deleted is made again.
 *
 * Lifetime: a memory owns its rows until memory_release. Threads: several may read it at
 * once; it is changed by one.
 */
#ifndef YJ_MEMORY_H
#define YJ_MEMORY_H

#include "base/base.h"

struct page_row {
	const char *path; /* below the output folder */
	uint64_t key;
	struct stamp stamp;
};

struct memory {
	struct arena arena;
	struct page_row *rows;
	size_t count, cap;
	struct map by_path;
	uint64_t whole; /* key of the whole build */
};

/* Reads the file; a damaged one is an empty memory. */
void memory_load(struct memory *m, const char *path);
int memory_save(const struct memory *m, const char *path, struct err *err) must_check;
void memory_release(struct memory *m);
const struct page_row *memory_find(const struct memory *m, const char *path);
/* Whether the file is as the row says. */
bool memory_fresh(const struct page_row *row, const char *out);
void memory_add(struct memory *m, const char *path, uint64_t key, struct stamp stamp);

#endif
