/* git's index as a damaged repository may hold it: whatever the bytes, they are read to their end
 * at most, and a tree's id that is found stands in them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "repo/repo_internal.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oid tree;

	memset(&tree, 0x5a, sizeof(tree));
	if (!index_top((const char *)data, size, &tree))
		return 0;
	if (size < sizeof(tree.id) || memmem(data, size, tree.id, sizeof(tree.id)) == NULL)
		abort();
	return 0;
}
