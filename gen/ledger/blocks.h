/*
 * blocks: what was read out of tickets as they stood, kept in .git/yunjuan/ledger, so that the ledger need
 * not read thousands of tickets to look at one list of each. A block is what one law makes of one
 * key of one blob and depends on nothing else: another law starts anew. The file may be deleted at
 * any time and is checked when it is read.
 *
 * Lifetime: bytes are borrowed until blocks_free.
 * Errors: none; what cannot be read or written is made again.
 */
#ifndef YJ_BLOCKS_H
#define YJ_BLOCKS_H

#include "repo/repo.h"

struct block {
	const char *bytes;
	size_t len;
};

struct blocks;

struct blocks *blocks_load(const char *path, const struct oid *law);
void blocks_free(struct blocks *blocks);
bool blocks_find(struct blocks *blocks, const struct oid *blob, const char *key, struct block *out);
/* Copies the bytes. */
void blocks_add(struct blocks *blocks, const struct oid *blob, const char *key, const char *bytes,
		size_t len);
/* Writes what was asked for or added since blocks_load, when something was added. */
void blocks_save(const struct blocks *blocks, const char *path);

#endif
