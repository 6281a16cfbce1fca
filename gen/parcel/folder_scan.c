/* folder_scan: an unpacked bag in a folder. No link is followed, at no level. */
#include "parcel/read_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 32 /* more than any name may have */

struct walk {
	struct bag_reader *bag;
	struct buf path;
	int depth;
};

static int walk_folder(struct walk *walk, int fd, struct err *err);

static int
walk_entry(struct walk *walk, int parent, const char *name, struct err *err)
{
	struct bag_reader *bag = walk->bag;
	struct bag_entry e = { 0 };
	struct stat st;
	int fd, rc;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_sys(err, "查看", walk->path.ptr);
	e.path = arena_strndup(&bag->arena, walk->path.ptr, walk->path.len);
	e.path_len = walk->path.len;
	e.mode = st.st_mode;
	e.folder = S_ISDIR(st.st_mode);
	e.bytes = e.packed_bytes = e.folder ? 0 : st.st_size;
	if (bag->count >= bag->limits.files) {
		refuse(bag, "file-count", "", 0, "文件超过 %zu 个", bag->limits.files);
		return 0;
	}
	vec_push(bag->entries, bag->count, bag->cap, e);
	if (!e.folder)
		return 0;
	if (walk->depth >= DEPTH_MAX) {
		refuse(bag, "name-deep", walk->path.ptr, 0, "名字套的目录太深");
		return 0;
	}
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "打开目录", walk->path.ptr);
	walk->depth++;
	rc = walk_folder(walk, fd, err);
	walk->depth--;
	return rc;
}

/* fd is taken. */
static int
walk_folder(struct walk *walk, int fd, struct err *err)
{
	DIR *dir = fdopendir(fd);
	size_t len = walk->path.len;
	int rc = 0;

	if (dir == NULL) {
		close(fd);
		return err_sys(err, "打开目录", walk->path.ptr);
	}
	while (rc == 0 && walk->bag->refused == 0) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL) {
			if (errno != 0)
				rc = err_sys(err, "读取目录", walk->path.ptr);
			break;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		buf_putc(&walk->path, '/');
		buf_puts(&walk->path, entry->d_name);
		rc = walk_entry(walk, dirfd(dir), entry->d_name, err);
		walk->path.len = len;
		walk->path.ptr[len] = '\0';
	}
	closedir(dir);
	return rc;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct bag_entry *)a)->path, ((const struct bag_entry *)b)->path);
}

/* The folder itself plays the top one. */
int
folder_scan(struct bag_reader *bag, struct err *err)
{
	struct walk walk = { .bag = bag, .path = BUF_INIT };
	int fd = openat(bag->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(err, "打开目录", bag->path);
	buf_puts(&walk.path, "bag");
	rc = walk_folder(&walk, fd, err);
	buf_release(&walk.path);
	if (bag->count > 1)
		qsort(bag->entries, bag->count, sizeof(*bag->entries), by_path);
	return rc;
}

int
folder_open(const struct bag_reader *bag, const struct bag_entry *entry, struct err *err)
{
	const char *at = strchr(entry->path, '/') + 1, *slash;
	int fd = bag->fd;

	for (slash = strchr(at, '/');; slash = strchr(at, '/')) {
		char *part = slash == NULL ? xstrdup(at) : xstrndup(at, (size_t)(slash - at));
		int next = openat(fd, part,
				  O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
				      (slash == NULL ? O_NONBLOCK : O_DIRECTORY));

		free(part);
		if (next < 0)
			err_sys(err, "打开", entry->path);
		if (fd != bag->fd)
			close(fd);
		if (next < 0 || slash == NULL)
			return next;
		fd = next;
		at = slash + 1;
	}
}
