/* script_internal: what the files of the law room share. */
#ifndef YJ_SCRIPT_INTERNAL_H
#define YJ_SCRIPT_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <stddef.h>

#include "law/script.h"

/* With ARENA_DEBUG every piece is its own malloc, so that the sanitizers see it. */
#ifdef ARENA_DEBUG
#define SMALL_MAX 0u
#else
#define SMALL_MAX 256u
#endif
#define SMALL_STEP 16u

struct slab {
	struct slab *next;
	max_align_t data[64 * 1024 / sizeof(max_align_t)];
};

struct script {
	lua_State *state;
	struct script_limits limits;
	size_t used_bytes;
	int64_t steps_left; /* in units of HOOK_STEP instructions */
	bool running;	    /* limits hold only while Lua runs */
	bool over_memory, over_steps;
	char place[128]; /* where a bound was met */
	int place_line;
	struct buf *output;
	void *small[SMALL_MAX / SMALL_STEP + 1]; /* free pieces by size */
	struct slab *slabs;
	size_t slab_left;
	int api; /* registry reference of the prelude's table */
};

/* The functions templates see, as a table on the stack. [-0, +1] */
void script_push_page_functions(struct script *s);
/* Pushes what prelude_freeze.lua made bytes of; false, and nothing pushed, when it did not. [-0, +1] */
bool script_push_frozen(struct script *s, const char *bytes, size_t len);

#endif
