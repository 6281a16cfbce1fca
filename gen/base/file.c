#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "map.h"
#include "text.h"

/* Files now being written; the signal handler removes them. One too many, or too deep, stays. */
#define PENDING_MAX 64
static char pending[PENDING_MAX][1024];
static atomic_int pending_used[PENDING_MAX];
static pthread_mutex_t pending_lock = PTHREAD_MUTEX_INITIALIZER;

static void
pending_remove_all(void)
{
	int i;

	for (i = 0; i < PENDING_MAX; i++)
		if (pending_used[i])
			unlink(pending[i]);
}

static void
on_signal(int sig)
{
	int saved = errno;

	pending_remove_all();
	signal(sig, SIG_DFL);
	raise(sig);
	errno = saved; /* cppcheck-suppress unreachableCode */
}

static void
pending_install(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	size_t i;

	atexit(pending_remove_all);
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (signal(signals[i], on_signal) == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

static int
pending_add(const char *path)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	size_t len = strlen(path);
	int i;

	if (len >= sizeof(pending[0]))
		return -1;
	pthread_once(&once, pending_install);
	pthread_mutex_lock(&pending_lock);
	for (i = 0; i < PENDING_MAX; i++)
		if (!pending_used[i])
			break;
	if (i < PENDING_MAX) {
		memcpy(pending[i], path, len + 1);
		pending_used[i] = 1;
	}
	pthread_mutex_unlock(&pending_lock);
	return i < PENDING_MAX ? i : -1;
}

static void
pending_done(int slot)
{
	if (slot >= 0)
		pending_used[slot] = 0;
}

static ssize_t
read_some(int fd, void *data, size_t len)
{
	ssize_t n;

	do
		n = read(fd, data, len);
	while (n < 0 && errno == EINTR);
	return n;
}

int
file_read(struct buf *out, const char *path, size_t max_bytes, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;
	char chunk[65536];
	size_t left = max_bytes;
	ssize_t n = 1;

	if (fd < 0)
		return err_sys(err, "打开", path);
	while (rc == 0 && n > 0) {
		n = read_some(fd, chunk, sizeof(chunk));
		if (n < 0) {
			rc = err_sys(err, "读取", path);
			break;
		}
		buf_put(out, chunk, (size_t)n);
		if ((size_t)n > left || out->full)
			rc = err_set(err, ERR_LIMIT, "文件超过 %zu 字节的上限：%s",
				     out->full ? out->max : max_bytes, path);
		left -= (size_t)n;
	}
	close(fd);
	return rc;
}

bool
file_map(struct mapping *out, const char *path, bool all)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *ptr = MAP_FAILED;

	memset(out, 0, sizeof(*out));
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		ptr = mmap(NULL, (size_t)st.st_size, PROT_READ,
			   MAP_PRIVATE | (all ? MAP_POPULATE : 0), fd, 0);
	close(fd);
	if (ptr == MAP_FAILED)
		return false;
	out->ptr = ptr;
	out->len = (size_t)st.st_size;
	return true;
}

void
file_unmap(struct mapping *mapping)
{
	if (mapping->ptr != NULL)
		munmap(mapping->ptr, mapping->len);
	memset(mapping, 0, sizeof(*mapping));
}

static bool
file_equals(const char *path, const char *data, size_t len)
{
	char chunk[65536];
	struct stat st;
	size_t at = 0;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == len) {
		while (at < len) {
			n = read_some(fd, chunk, sizeof(chunk));
			if (n <= 0 || (size_t)n > len - at ||
			    memcmp(chunk, data + at, (size_t)n) != 0)
				break;
			at += (size_t)n;
		}
	} else {
		n = -1;
	}
	close(fd);
	return n >= 0 && at == len;
}

static struct stamp
stamp_from(const struct stat *st)
{
	struct stamp stamp = { st->st_size,
			       (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec };

	return stamp;
}

static int
stamp_of(struct stamp *out, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -1;
	*out = stamp_from(&st);
	return 0;
}

int
write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The new name is evidence only when the folder that holds it is on the disk too. A shared folder of a
 * virtual machine has no such call (EINVAL): its host keeps what it was given. */
static int
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? xstrdup(".") : xstrndup(path, (size_t)(slash - path) + 1);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);

	if (rc != 0 && errno == EINVAL)
		rc = 0;
	if (fd >= 0 && close(fd) != 0)
		rc = -1;
	free(folder);
	return rc;
}

/* Writes all of a new file and closes it; errno says what failed. stamp may be NULL. */
static int
fill_file(int fd, const void *data, size_t len, bool sync, struct stamp *stamp)
{
	int rc = write_all(fd, data, len), saved;

	if (rc == 0 && sync)
		rc = fsync(fd);
	if (rc == 0 && stamp != NULL)
		rc = stamp_of(stamp, fd);
	saved = errno;
	if (close(fd) != 0)
		return -1;
	errno = saved;
	return rc;
}

static int
write_new(const char *tmp, const void *data, size_t len, bool sync)
{
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);

	return fd < 0 ? -1 : fill_file(fd, data, len, sync, NULL);
}

/* Beside `path`, to be renamed to it. Its own name stands for the other: one as long as names may be has
 * no room for more. Owned. */
static char *
temporary_for(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	struct buf tmp = BUF_INIT;

	buf_put(&tmp, path, (size_t)(name - path));
	buf_printf(&tmp, "%016llx.%ld-%lx.tmp-yunjuan",
		   (unsigned long long)hash_bytes(name, strlen(name), 0), (long)getpid(),
		   (unsigned long)pthread_self());
	return buf_detach(&tmp);
}

static int
put_in_place(const char *path, const void *data, size_t len, bool sync, struct err *err)
{
	char *tmp = temporary_for(path);
	int slot = pending_add(tmp), rc = write_new(tmp, data, len, sync);

	if (rc != 0)
		err_sys(err, "写入", path);
	else if (rename(tmp, path) != 0)
		rc = err_sys(err, "改名", path);
	else if (sync && sync_folder(path) != 0)
		rc = err_sys(err, "写入目录", path);
	if (rc != 0)
		unlink(tmp);
	pending_done(slot);
	free(tmp);
	return rc;
}

int
file_replace(const char *path, const void *data, size_t len, bool sync, struct err *err)
{
	return file_equals(path, data, len) ? 0 : put_in_place(path, data, len, sync, err);
}

/* The file at fd is ours and new: what goes wrong takes it away again. */
static int
publish_new(int fd, const char *path, const void *data, size_t len, struct stamp *stamp,
	    struct err *err)
{
	int slot = pending_add(path), rc = fill_file(fd, data, len, false, stamp);

	if (rc != 0) {
		err_sys(err, "写入", path);
		unlink(path);
	}
	pending_done(slot);
	return rc;
}

int
file_publish(const char *path, const void *data, size_t len, struct stamp *stamp, bool *written,
	     struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	*written = true;
	if (fd >= 0)
		return publish_new(fd, path, data, len, stamp, err);
	if (errno != EEXIST)
		return err_sys(err, "写入", path);
	*written = !file_equals(path, data, len);
	if (*written && put_in_place(path, data, len, false, err) != 0)
		return -1;
	return file_stamp(stamp, path) ? 0 : err_sys(err, "查看", path);
}

int
outfile_begin(struct outfile *out, const char *path, struct err *err)
{
	memset(out, 0, sizeof(*out));
	out->path = xstrdup(path);
	out->tmp = temporary_for(path);
	out->slot = pending_add(out->tmp);
	out->fd = open(out->tmp, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	return out->fd < 0 ? err_sys(err, "写入", path) : 0;
}

int
outfile_commit(struct outfile *out, struct err *err)
{
	int rc = fsync(out->fd), fd = out->fd;

	out->fd = -1;
	if (rc != 0)
		err_sys(err, "写入", out->path);
	if (close(fd) != 0)
		rc = err_sys(err, "写入", out->path);
	if (rc == 0 && rename(out->tmp, out->path) != 0)
		rc = err_sys(err, "改名", out->path);
	if (rc != 0)
		return -1;
	pending_done(out->slot);
	free(out->tmp);
	out->tmp = NULL;
	return sync_folder(out->path) == 0 ? 0 : err_sys(err, "写入目录", out->path);
}

void
outfile_end(struct outfile *out)
{
	if (out->path != NULL && out->fd >= 0)
		close(out->fd);
	if (out->tmp != NULL) {
		unlink(out->tmp);
		pending_done(out->slot);
	}
	free(out->tmp);
	free(out->path);
	memset(out, 0, sizeof(*out));
}

int
file_make_folder(const char *path, struct err *err)
{
	char *copy = xstrdup(path), *p = copy;
	int rc = 0;

	while (rc == 0 && *p != '\0') {
		char c;

		p += strspn(p, "/");
		p += strcspn(p, "/");
		c = *p;
		*p = '\0';
		if (mkdir(copy, 0777) != 0 && !(errno == EEXIST && file_is_folder(copy)))
			rc = err_sys(err, "建目录", copy);
		*p = c;
	}
	free(copy);
	return rc;
}

int
file_make_parents(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int rc;

	if (slash == NULL || slash == path)
		return 0;
	folder = xstrndup(path, (size_t)(slash - path));
	rc = file_is_folder(folder) ? 0 : file_make_folder(folder, err);
	free(folder);
	return rc;
}

bool
file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool
file_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
file_in_use(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry = NULL;

	if (dir == NULL)
		return errno != ENOENT;
	do
		entry = readdir(dir);
	while (entry != NULL &&
	       (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
	closedir(dir);
	return entry != NULL;
}

bool
file_stamp(struct stamp *out, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	*out = stamp_from(&st);
	return true;
}

char *
file_join(const char *folder, const char *name)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, folder);
	if (b.len != 0 && b.ptr[b.len - 1] != '/')
		buf_putc(&b, '/');
	buf_puts(&b, name);
	return buf_detach(&b);
}

/* Adds root/name to the files or the folders; what is neither (links, pipes), or went away meanwhile, is
 * left out. */
static int
list_one(struct file_list *files, struct file_list *folders, const char *root, const char *name,
	 struct err *err)
{
	char *path = file_join(root, name);
	struct stat st = { 0 };
	int rc = 0;

	if (lstat(path, &st) != 0 && errno != ENOENT)
		rc = err_sys(err, "查看", path);
	else if (S_ISREG(st.st_mode))
		vec_push(files->names, files->count, files->cap, xstrdup(name));
	else if (S_ISDIR(st.st_mode))
		vec_push(folders->names, folders->count, folders->cap, xstrdup(name));
	free(path);
	return rc;
}

static int
list_folder(struct file_list *files, struct file_list *folders, const char *root, const char *below,
	    struct err *err)
{
	char *folder = *below ? file_join(root, below) : xstrdup(root);
	DIR *dir = opendir(folder);
	struct dirent *entry = NULL;
	int rc = 0;

	if (dir == NULL)
		rc = err_sys(err, "打开目录", folder);
	while (rc == 0) {
		char *name;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		name = *below ? file_join(below, entry->d_name) : xstrdup(entry->d_name);
		rc = list_one(files, folders, root, name, err);
		free(name);
	}
	if (rc == 0 && errno != 0)
		rc = err_sys(err, "读取目录", folder);
	if (dir != NULL)
		closedir(dir);
	free(folder);
	return rc;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort_list(struct file_list *list)
{
	if (list->count > 1)
		qsort(list->names, list->count, sizeof(*list->names), by_bytes);
}

int
file_list_in(struct file_list *out, const char *folder, struct err *err)
{
	struct file_list folders = { 0 };
	int rc = list_folder(out, &folders, folder, "", err);

	file_list_release(&folders);
	sort_list(out);
	return rc;
}

int
file_list_below(struct file_list *out, const char *folder, struct err *err)
{
	struct file_list folders = { 0 };
	int rc = list_folder(out, &folders, folder, "", err);
	size_t i;

	/* The folders still to visit wait in a list: deep trees cost neither stack nor handles. */
	for (i = 0; i < folders.count && rc == 0; i++)
		rc = list_folder(out, &folders, folder, folders.names[i], err);
	file_list_release(&folders);
	sort_list(out);
	return rc;
}

void
file_list_release(struct file_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
	memset(list, 0, sizeof(*list));
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st;
	(void)kind;
	(void)place;
	return remove(path);
}

int
file_remove_tree(const char *path, struct err *err)
{
	/* FTW_PHYS: a link is removed, never what it points to. */
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		return err_sys(err, "删除", path);
	return 0;
}

static int
remove_below(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	return place->level == 0 ? 0 : remove_one(path, st, kind, place);
}

int
file_empty_folder(const char *path, struct err *err)
{
	if (nftw(path, remove_below, 16, FTW_DEPTH | FTW_PHYS) != 0)
		return err_sys(err, "清空目录", path);
	return 0;
}

int64_t
clock_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds;

	if (epoch != NULL && text_number(epoch, 0, INT64_MAX / 2, &seconds))
		return seconds;
	return (int64_t)time(NULL);
}

/* --- copies ---------------------------------------------------------------------------------- */
static int
copy_bytes(int from, const char *path, struct outfile *to, struct err *err)
{
	char piece[65536];
	ssize_t n;

	do {
		n = read(from, piece, sizeof(piece));
		if (n > 0 && write_all(to->fd, piece, (size_t)n) != 0)
			return err_sys(err, "写入", to->path);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n == 0 ? 0 : err_sys(err, "读取", path);
}

int
file_copy(const char *from, const char *to, struct err *err)
{
	struct outfile out = { .fd = -1, .slot = -1 };
	/* O_NONBLOCK: a pipe must not hold us. */
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), rc;
	struct stat st;

	if (fd < 0)
		return err_sys(err, "打开", from);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		rc = err_set(err, ERR_IO, "不是普通文件：%s", from);
	else
		rc = outfile_begin(&out, to, err);
	if (rc == 0)
		rc = copy_bytes(fd, from, &out, err);
	if (rc == 0)
		rc = outfile_commit(&out, err);
	outfile_end(&out);
	close(fd);
	return rc;
}

int
file_write_secret(const char *path, const void *data, size_t len, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), rc = 0;

	if (fd < 0 && errno == EEXIST)
		return err_set(err, ERR_USAGE, "已有“%s”，没有覆盖；请换一个名字，或先移走旧的",
			       path);
	if (fd < 0)
		return err_sys(err, "建立", path);
	if (write_all(fd, data, len) != 0 || fsync(fd) != 0)
		rc = err_sys(err, "写入", path);
	if (close(fd) != 0)
		rc = err_sys(err, "写入", path);
	if (rc != 0)
		unlink(path);
	return rc;
}
