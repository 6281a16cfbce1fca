/*
 * folder: the work tree, read without following any link on the way: a link to /etc must not
 * come out as if it were part of the repository. `.git` is not there.
 */
#include "repo_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
skipped(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || text_same_nocase(name, ".git");
}

static uint32_t
mode_of(const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFREG: return (st->st_mode & S_IXUSR) != 0 ? MODE_EXEC : MODE_FILE;
	case S_IFDIR: return MODE_TREE;
	case S_IFLNK: return MODE_LINK;
	default: return 0; /* pipes and the like are nothing to git */
	}
}

/* Not there, or something else stands in the way: no failure. */
static bool
is_absent(int number)
{
	return number == ENOENT || number == ENOTDIR || number == ELOOP;
}

/* Opens the folder that the last name of `path` lies in; *name is that name. -1 with errno. */
static int
open_parent(const struct repo *repo, const char *path, const char **name)
{
	int fd = open(repo->worktree, O_PATH | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0) {
		size_t len = strcspn(path, "/");
		char part[256];
		int next;

		if (len >= sizeof(part)) {
			close(fd);
			errno = ENOENT;
			return -1;
		}
		memcpy(part, path, len);
		part[len] = '\0';
		if (len != 0 && skipped(part)) {
			close(fd);
			errno = ENOENT;
			return -1;
		}
		if (path[len] == '\0')
			break;
		next = openat(fd, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(fd);
		fd = next;
		path += len + 1;
	}
	*name = path;
	return fd;
}

/* Opens `path` itself; "" is the work tree. */
static int
open_path(const struct repo *repo, const char *path, int flags)
{
	const char *name;
	int parent = open_parent(repo, path, &name), fd, saved;

	if (parent < 0)
		return -1;
	fd = openat(parent, *name == '\0' ? "." : name, flags | O_NOFOLLOW | O_CLOEXEC);
	saved = errno;
	close(parent);
	errno = saved;
	return fd;
}

static int
bare(struct err *err)
{
	return err_set(err, ERR_USAGE, "这是裸仓库，没有工作目录");
}

int
folder_find(const struct repo *repo, const char *path, struct entry *out, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	int fd, rc;

	if (repo->worktree == NULL)
		return bare(err);
	fd = open_path(repo, path, O_PATH);
	if (fd < 0)
		return is_absent(errno) ? 0 : err_sys(err, "打开", path);
	rc = fstat(fd, &st);
	close(fd);
	if (rc != 0)
		return err_sys(err, "读取", path);
	memset(out, 0, sizeof(*out));
	out->path = path;
	out->name = slash == NULL ? path : slash + 1;
	out->mode = mode_of(&st);
	out->bytes = st.st_size;
	return out->mode != 0;
}

static int
read_open(int fd, const char *path, size_t max_bytes, struct buf *out, struct err *err)
{
	char chunk[65536];
	size_t left = max_bytes;
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "读取", path);
		buf_put(out, chunk, (size_t)n < left ? (size_t)n : left);
		if ((size_t)n > left || out->full)
			return err_set(err, ERR_LIMIT, "文件超过 %zu 字节的上限：%s",
				       out->full ? out->max : max_bytes, path);
		left -= (size_t)n;
	}
}

int
folder_read(const struct repo *repo, const char *path, size_t max_bytes, struct buf *out,
	    struct err *err)
{
	struct stat st;
	int fd, rc = 0;

	if (repo->worktree == NULL)
		return bare(err);
	/* O_NONBLOCK: a pipe must not hold us. */
	fd = open_path(repo, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return is_absent(errno) || errno == ENXIO ? 0 : err_sys(err, "打开", path);
	if (fstat(fd, &st) != 0)
		rc = err_sys(err, "读取", path);
	else if (S_ISREG(st.st_mode))
		rc = read_open(fd, path, max_bytes, out, err) == 0 ? 1 : -1;
	close(fd);
	return rc;
}

static void
add_item(struct listing *out, int fd, const char *name)
{
	struct item item = { 0 };
	struct stat st;

	if (skipped(name) || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return; /* it may have gone meanwhile */
	item.mode = mode_of(&st);
	if (item.mode == 0)
		return;
	item.name = arena_strdup(&out->names, name);
	item.bytes = st.st_size;
	vec_push(out->items, out->count, out->cap, item);
}

int
folder_list(struct listing *out, const struct repo *repo, const char *path, struct err *err)
{
	struct dirent *entry;
	DIR *dir;
	int fd, rc = 0;

	if (repo->worktree == NULL)
		return bare(err);
	fd = open_path(repo, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return is_absent(errno) ? 0 : err_sys(err, "打开目录", path);
	dir = fdopendir(fd);
	if (dir == NULL) {
		rc = err_sys(err, "打开目录", path);
		close(fd);
		return rc;
	}
	errno = 0;
	for (entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		add_item(out, fd, entry->d_name);
		errno = 0;
	}
	if (errno != 0)
		rc = err_sys(err, "读取目录", path);
	closedir(dir);
	return rc;
}
