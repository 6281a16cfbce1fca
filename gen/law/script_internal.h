/* script_internal: what the files of the law room share. */
#ifndef YJ_SCRIPT_INTERNAL_H
#define YJ_SCRIPT_INTERNAL_H

#include <lua.h>

#include "law/script.h"

struct script {
	lua_State *state;
	struct script_limits limits;
	size_t used_bytes;
	int64_t steps_left; /* in units of HOOK_STEP instructions */
	bool running;	    /* limits hold only while Lua runs */
	bool over_memory, over_steps;
	struct buf *output;
	int api; /* registry reference of the prelude's table */
};

/* The functions templates see, as a table on the stack. [-0, +1] */
void script_push_page_functions(struct script *s);

#endif
