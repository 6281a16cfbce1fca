/*
 * The tree of an index without reading all its entries into memory: git has just written the
 * trees of what it is about to commit and keeps the top one's id in the index (the TREE extension of
 * gitformat-index(5)). With tens of thousands of files this is most of what a hook would cost.
 */
#include <arpa/inet.h>
#include <string.h>

#include "repo/repo_internal.h"

#define HEAD_BYTES 12u
#define ENTRY_BYTES 62u /* up to the name */
#define NAME_MASK 0xfffu

static uint32_t
number_at(const char *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return ntohl(n);
}

/* Behind the entry at `at`, or NULL when the index ends before it does. */
static const char *
skip_entry(const char *at, const char *end, uint32_t version)
{
	const char *name, *stop;
	size_t flags, used;

	if (at > end || (size_t)(end - at) < ENTRY_BYTES + 2)
		return NULL;
	flags = (size_t)(unsigned char)at[60] << 8 | (unsigned char)at[61];
	name = at + ENTRY_BYTES + (version >= 3 && (flags & 0x4000) != 0 ? 2 : 0);
	while (version == 4 && name < end &&
	       (*name & 0x80) != 0) /* how much of the last name goes */
		name++;
	if (version == 4)
		name++;
	/* The length stands in the entry unless it is too large for that; git believes it too. */
	if (version < 4 && (flags & NAME_MASK) < NAME_MASK)
		name += flags & NAME_MASK;
	stop = name >= end ? NULL : memchr(name, '\0', (size_t)(end - name));
	if (stop == NULL)
		return NULL;
	used = (size_t)(stop - at);
	return version == 4 ? stop + 1 : at + (used / 8 + 1) * 8;
}

/* The id in a TREE extension; false when git marked it as out of date. */
static bool
top_of_tree(const char *data, size_t len, struct oid *tree)
{
	const char *line = data + 1, *stop;

	if (len < 2 || data[0] != '\0' || *line == '-')
		return false;
	stop = memchr(line, '\n', len - 1);
	if (stop == NULL || len - (size_t)(stop + 1 - data) < sizeof(tree->id))
		return false;
	memcpy(tree->id, stop + 1, sizeof(tree->id));
	return true;
}

bool
index_top(const char *text, size_t len, struct oid *tree)
{
	const char *at = text + HEAD_BYTES, *end;
	uint32_t version, count, i;
	size_t bytes;
	bool found = false;

	if (len < HEAD_BYTES + sizeof(tree->id) || memcmp(text, "DIRC", 4) != 0)
		return false;
	end = text + len - sizeof(tree->id);
	version = number_at(text + 4);
	count = number_at(text + 8);
	if (version < 2 || version > 4)
		return false;
	for (i = 0; i < count && at != NULL; i++)
		at = skip_entry(at, end, version);
	for (; at != NULL && at <= end && end - at >= 8; at += 8 + bytes) {
		bytes = number_at(at + 4);
		if (bytes > (size_t)(end - at) - 8 || memcmp(at, "link", 4) == 0)
			return false; /* a split index keeps its entries elsewhere */
		if (memcmp(at, "TREE", 4) == 0)
			found = top_of_tree(at + 8, bytes, tree);
	}
	return found;
}

bool
index_tree(const char *path, struct oid *tree)
{
	struct mapping file;
	bool found = file_map(&file, path, true) && index_top(file.ptr, file.len, tree);

	file_unmap(&file);
	return found;
}
