/*
 * object: raw trees and commits as a hostile repository may hold them. Whatever the bytes, the
 * parsers end, read nothing beyond them, and say only what the header promises.
 */
#undef NDEBUG /* its asserts are the test */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "repo/repo_internal.h"

#include "fuzz.h"

static void
check_tree(const char *data, size_t size)
{
	struct raw raw = { NULL, data, size };
	struct tree_cursor cursor, found;
	int rc;

	tree_start(&cursor, data, size);
	for (rc = tree_next(&cursor); rc == 1; rc = tree_next(&cursor)) {
		assert(cursor.name >= data && cursor.name + cursor.name_len < data + size);
		assert(strlen(cursor.name) == cursor.name_len && cursor.name_len > 0);
		assert(tree_find(&found, &raw, cursor.name, cursor.name_len) == 1);
		assert(found.name == cursor.name);
	}
}

/* The two halves as two trees: however much they share, both cursors stay inside. */
static void
check_skip(const char *data, size_t size)
{
	size_t half = size / 2;
	struct tree_cursor a, b;

	tree_start(&a, data, half);
	tree_start(&b, data + half, size - half);
	tree_skip_same(&a, &b);
	assert(a.at <= a.end && b.at <= b.end);
	assert(a.at - data == b.at - (data + half));
	tree_start(&a, data, size);
	b = a;
	tree_skip_same(&a, &b);
	assert(a.at == b.at);
}

static void
check_commit(const char *data, size_t size)
{
	char *text = xmalloc(size + 1);
	struct oid_list parents = { 0 };
	struct commit commit;

	if (size != 0)
		memcpy(text, data, size);
	if (commit_parse(&commit, text, size, &parents) == 0) {
		assert(strlen(commit.author.name) + strlen(commit.author.email) < size);
		assert(strlen(commit.committer.name) + strlen(commit.committer.email) < size);
		assert(commit.author.time >= 0 && commit.committer.time >= 0);
		assert(abs(commit.author.offset) <= 24 * 60);
		assert(commit.message + strlen(commit.message) <= text + size);
		assert(commit.parent_count == parents.count);
	}
	free(parents.items);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_tree((const char *)data, size);
	check_skip((const char *)data, size);
	check_commit((const char *)data, size);
	return 0;
}
