/* incoming_internal: what volumes and mails that somebody sent are treated with alike. */
#ifndef YJ_INCOMING_INTERNAL_H
#define YJ_INCOMING_INTERNAL_H

#include "base/base.h"
#include "seal/digest.h"

/* One file, or one set of files, that is being looked at. */
struct incoming {
	struct findings *findings;
	size_t refused;
};

/* Adds a finding of `rule`: "what；what to ask of the sender". Neither file nor text can steer a
 * terminal, and after the fiftieth only one more says that there are more. */
void incoming_refuse(struct incoming *in, const char *rule, const char *file, const char *ask,
		     const char *fmt, ...) printf_like(5, 6);
/* The last part of a path, by either kind of slash. */
const char *incoming_last_part(const char *path);

/* A plain file to be read: its descriptor and size. -1 without err: it is a link, a folder, a pipe. */
int incoming_open(const char *path, int64_t *bytes, struct err *err) must_check;
/* A file that was not there before, no link followed: its descriptor, or -1. With `taken` given, a
 * name that is in use is no failure: -1 and *taken. */
int incoming_create(const char *path, bool *taken, struct err *err) must_check;
/* Closes what incoming_create gave; removes it unless rc, and its own, is 0. Gives which. */
int incoming_close(int fd, const char *path, int rc, struct err *err) must_check;

/* Copies exactly `bytes` from one to the other; digester may be NULL. ERR_DATA when there are less. */
int incoming_copy(int from, const char *from_path, int to, const char *to_path, int64_t bytes,
		  struct digester *digester, struct err *err) must_check;
/* Up to len bytes, fewer only at the end of the file. */
ssize_t incoming_read(int fd, void *data, size_t len);

#endif
