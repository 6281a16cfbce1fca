/* What every driver begins with. */
#ifndef YJ_FUZZ_H
#define YJ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run, and with it names the input, when something does not hold. */
static inline void
must(bool holds)
{
	if (!holds)
		abort();
}

#endif
