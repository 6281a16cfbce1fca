/* Bundle headers: read to the end, unfinished, or none; more bytes never change what was read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "repo/bundle.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle_header whole, part;
	struct arena arena = { 0 };
	int rc = bundle_parse(&whole, &arena, (const char *)data, size), half;
	size_t i;

	must(rc >= -1 && rc <= 1);
	must(whole.bytes <= size + strlen("# v2 git bundle\n"));
	for (i = 0; i < whole.ref_count; i++)
		must(strchr(whole.refs[i].name, '\n') == NULL);
	if (rc == 1) {
		must(data[whole.bytes - 1] == '\n');
		must(bundle_parse(&part, &arena, (const char *)data, whole.bytes) == 1);
		must(part.ref_count == whole.ref_count && part.needed_count == whole.needed_count);
	}
	half = bundle_parse(&part, &arena, (const char *)data, size / 2);
	must(half != 1 || (rc == 1 && part.bytes == whole.bytes));
	must(half != -1 || rc == -1);
	arena_release(&arena);
	return 0;
}
