/*
 * todo: the tickets that wait for somebody, late ones first. Shared by todo and export.
 *
 * Lifetime: rows are the caller's to free; what they lead to lies in the arena.
 * Errors: as trail_of.
 */
#ifndef YJ_CMD_TODO_H
#define YJ_CMD_TODO_H

#include "cmd/cmd.h"

struct todo_row {
	struct trail trail;
	char kinds[128]; /* ids of the parties whose turn it is, spaces between */
};

/* The open tickets that wait for the party; NULL: for any. */
int todo_collect(struct session *s, struct arena *arena, const struct party *party,
		 struct todo_row **rows, size_t *count, struct err *err) must_check;

#endif
