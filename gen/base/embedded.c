#include "embedded.h"

#include <string.h>

const struct embedded *
embedded_find(const char *path)
{
	size_t lo = 0, hi = embedded_count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int rc = strcmp(path, embedded_files[mid].path);

		if (rc == 0)
			return &embedded_files[mid];
		if (rc < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct embedded *
embedded_below(const char *prefix, size_t *count)
{
	size_t i, len = strlen(prefix), first = embedded_count;

	*count = 0;
	for (i = 0; i < embedded_count; i++) {
		if (strncmp(embedded_files[i].path, prefix, len) != 0)
			continue;
		if (*count == 0)
			first = i;
		*count += 1;
	}
	return &embedded_files[first];
}
