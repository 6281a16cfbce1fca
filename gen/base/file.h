/*
 * file: reading with a bound, writing that is whole or not at all, sorted listings, and the
 * one clock.
 *
 * file_replace is the writer of results: temporary file in the same folder, write, flush,
 * close, rename, each checked. An interrupted run leaves the old file; leftovers (*.tmp-yunjuan) are
 * removed when the program exits or is told to stop; of one that was killed, git ignores them in a
 * workspace.
 */
#ifndef YJ_FILE_H
#define YJ_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

/* What tells that nobody touched a file since: its size, and when it was changed (ns since 1970). */
struct stamp {
	int64_t bytes, time_ns;
};

struct file_list {
	char **names; /* owned, sorted by bytes */
	size_t count, cap;
};

/* The whole file; ERR_LIMIT when it is longer than max_bytes, ERR_IO when it cannot be read. */
int file_read(struct buf *out, const char *path, size_t max_bytes, struct err *err) must_check;
/* A file's bytes without copying them, for big ones that are only read: not terminated, and no
 * file that anybody cuts short (ours are replaced or grow). `all`: it will be read to its end, so its pages are
 * asked for at once. False when it cannot be had. */
struct mapping {
	char *ptr; /* NULL when len is 0 */
	size_t len;
};
bool file_map(struct mapping *out, const char *path, bool all);
void file_unmap(struct mapping *mapping);
/* Writes unless the file holds these bytes already. sync: also fsync. */
int file_replace(const char *path, const void *data, size_t len, bool sync,
		 struct err *err) must_check;
/* The same for one page of many, with its stamp afterwards. A page that is not there yet is written
 * under its own name: there is no good one to keep, and a run that was killed leaves one page cut
 * short where it would have left none. *written: its bytes were not there before. */
int file_publish(const char *path, const void *data, size_t len, struct stamp *stamp, bool *written,
		 struct err *err) must_check;
/* A big file in pieces, whole or not at all: a temporary beside `path` until outfile_commit, which
 * syncs and renames it. outfile_end removes what was not committed; it may be called at any time. */
struct outfile {
	int fd; /* read and write; anywhere */
	int slot;
	char *path, *tmp;
};
int outfile_begin(struct outfile *out, const char *path, struct err *err) must_check;
int outfile_commit(struct outfile *out, struct err *err) must_check;
void outfile_end(struct outfile *out);
/* All bytes or -1 and errno. */
int write_all(int fd, const void *data, size_t len);
/* Like mkdir -p for the folder that `path` lies in. */
int file_make_parents(const char *path, struct err *err) must_check;
int file_make_folder(const char *path, struct err *err) must_check;
bool file_exists(const char *path);
bool file_is_folder(const char *path);
/* Whether anything stands there: a file, or a folder that is not empty or cannot be read. */
bool file_in_use(const char *path);
/* False when it is not there. */
bool file_stamp(struct stamp *out, const char *path);
/* The plain files in `folder`, or all below it, as paths relative to it. Links are not followed. */
int file_list_in(struct file_list *out, const char *folder, struct err *err) must_check;
int file_list_below(struct file_list *out, const char *folder, struct err *err) must_check;
void file_list_release(struct file_list *list);
/* A new file of mode 0600; one that is there already is left alone (ERR_USAGE). */
int file_write_secret(const char *path, const void *data, size_t len, struct err *err) must_check;
/* A copy of a plain file, whole or not at all; of a link or a pipe there is none (ERR_IO). */
int file_copy(const char *from, const char *to, struct err *err) must_check;
/* Removes a tree. What is not there is no failure. */
int file_remove_tree(const char *path, struct err *err) must_check;
/* Removes all below the folder, which stays. */
int file_empty_folder(const char *path, struct err *err) must_check;
/* "a/b" from its parts; owned by the caller. */
char *file_join(const char *folder, const char *name);

/* Seconds since 1970 UTC: SOURCE_DATE_EPOCH where it is set, else the machine's clock. */
int64_t clock_now(void);

#endif
