/*
 * demo: what the files of `yunjuan demo` share: demo.c replays the sample year, demo_keys.c gives
 * its people keys, demo_usage.c makes the minutes of its machines, demo_trip.c lets packages go round on its last day.
 *
 * Lifetime: all texts are borrowed.
 */
#ifndef YJ_DEMO_H
#define YJ_DEMO_H

#include "cmd/cmd.h"

/* Runs a program in the demo's folder with the author, committer and clock of an act; quiet: its
 * standard output is dropped. Its exit status, or -1 and err. */
int run_as(const char *root, const char *name, const char *email, int64_t at,
	   const char *const *argv, bool quiet, struct err *err) must_check;

struct demo_keys {
	const char *root, *name, *email; /* the demo; the coordinator's officer */
	struct arena *arena;
};

/* A new key store beside the demo; programs started from now on use it. */
int demo_keys_open(const struct demo_keys *keys, struct err *err) must_check;
/* The authority, everybody's certificate, and the demand that all be signed. */
int demo_keys_begin(const struct demo_keys *keys, const struct registers *registers, int64_t at,
		    struct err *err) must_check;
/* Certificates for those who have none; *any: somebody had none. */
int demo_keys_certify(const struct demo_keys *keys, const struct registers *registers, int64_t at,
		      bool *any, struct err *err) must_check;

/* The minutes that a step's `usage` describes, taken into content/usage by `yunjuan usage`. */
int demo_usage(const char *root, const struct node *usage, const char *name, const char *email,
	       int64_t at, struct err *err) must_check;

/* demo_trip.c: packages go round the parties until all have the same main; how many there are. The other
 * workspaces lie in <root>.parties, what travelled in <root>.media. */
int demo_trip(const char *root, const struct registers *registers, const struct party *coordinator,
	      struct arena *arena, size_t *count, struct err *err) must_check;

#endif
