/*
 * parcel_fixture: a folder of the test's own, below $TMPDIR, gone at its end.
 */
#ifndef PARCEL_FIXTURE_H
#define PARCEL_FIXTURE_H

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"
#include "unit.h"

static char root[256];

/* A path below it; good until 64 calls later. */
static inline const char *
at(const char *name)
{
	static char paths[64][512];
	static int turn;

	turn = (turn + 1) % 64;
	snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", root, name);
	return paths[turn];
}

static inline void
put(const char *name, const char *data, size_t len)
{
	struct err err = { 0 };

	CHECK_INT(file_make_parents(at(name), &err), 0);
	CHECK_INT(file_replace(at(name), data, len, false, &err), 0);
}

/* False when there can be none. A file that grows too long is a failure, not the end. */
static inline bool
root_make(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof(root), "%.200s/yunjuan-unit-XXXXXX", tmp != NULL ? tmp : "/tmp");
	signal(SIGXFSZ, SIG_IGN);
	return mkdtemp(root) != NULL;
}

/* What main gives. */
static inline int
root_end(void)
{
	struct err err = { 0 };

	return file_remove_tree(root, &err) != 0 ? 1 : unit_end();
}

#endif
