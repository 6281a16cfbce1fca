/*
 * embedded: the files the program carries (lua/, templates/, content/), sorted by path.
 * The table is made by gen/embed.c at build time; data is terminated by a zero byte.
 */
#ifndef YJ_EMBEDDED_H
#define YJ_EMBEDDED_H

#include <stddef.h>

struct embedded {
	const char *path, *data;
	size_t len; /* bytes, without the terminator */
	const char *code;
	size_t code_len; /* of a Lua file, compiled; else 0 */
};

extern const struct embedded embedded_files[];
extern const size_t embedded_count;

/* NULL when there is no such file. */
const struct embedded *embedded_find(const char *path);
/* The first file whose path starts with prefix, and how many follow: a folder. */
const struct embedded *embedded_below(const char *prefix, size_t *count);

#endif
