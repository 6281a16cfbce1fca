/*
 * keep: what one snapshot says, as a file beside the repository, so that a hook need not read and parse a
 * thousand small files to know one officer. Keyed by the trees it was made from; may be deleted at any time.
 * Systems come without the rest of their front matter.
 */
#ifndef YJ_KEEP_H
#define YJ_KEEP_H

#include "model/model.h"
#include "repo/repo.h"

/* The bytes that were written under this kind and key, until file_unmap; false when there are none or they
 * are damaged. */
bool keep_map(struct mapping *file, const char **bytes, size_t *len, const char *path,
	      const char *kind, const struct oid *key);
/* What cannot be written is not a failure: it is made again. */
void keep_write(const struct buf *bytes, const char *path, const char *kind, const struct oid *key);
/* True when the file holds the registers of this key; strings lie in the arena. Not linked yet. */
bool keep_load(struct registers *out, struct arena *arena, const char *path, const struct oid *key);
void keep_save(const struct registers *r, const char *path, const struct oid *key);

#endif
