/* unpack: every byte of the payload read and compared, and written where nothing was before. */
#include "parcel/read_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct unpacking {
	struct bag_reader *bag;
	int fd; /* of the new folder; -1: only compare */
	_Atomic size_t next;
	struct progress progress; /* told by the first worker */
	/* By payload file, what was wrong with it; NULL = nothing. Said in order at the end. */
	const char **faults, **whys;
};

struct output {
	int fd;
	const char *name;
};

/* --- writing ----------------------------------------------------------------------------------------- */
/* Makes the folders of `name` below fd and gives the last one, opened; no link is followed. */
static int
open_parent(int top, const char *name, struct err *err)
{
	const char *slash;
	int fd = fcntl(top, F_DUPFD_CLOEXEC, 0);

	for (slash = strchr(name, '/'); fd >= 0 && slash != NULL; slash = strchr(name, '/')) {
		char *part = xstrndup(name, (size_t)(slash - name));
		int below = -1;

		if (mkdirat(fd, part, 0777) == 0 || errno == EEXIST)
			below = openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below < 0)
			err_sys(err, "建目录", part);
		free(part);
		close(fd);
		fd = below;
		name = slash + 1;
	}
	return fd;
}

static int
create(int top, const char *name, struct err *err)
{
	const char *slash = strrchr(name, '/');
	int parent = open_parent(top, name, err), fd;

	if (parent < 0)
		return err_sys(err, "建目录", name);
	fd = openat(parent, slash == NULL ? name : slash + 1,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		err_sys(err, "写入", name);
	close(parent);
	return fd;
}

static int
write_piece(void *ctx, const void *data, size_t len, struct err *err)
{
	const struct output *out = ctx;

	return write_all(out->fd, data, len) == 0 ? 0 : err_sys(err, "写入", out->name);
}

static int
write_tags(const struct bag_reader *bag, int top, struct err *err)
{
	size_t i;

	for (i = 0; i < bag->tag_count; i++) {
		struct output out = { create(top, bag->tags[i].name, err), bag->tags[i].name };
		int rc;

		if (out.fd < 0)
			return -1;
		rc = write_piece(&out, bag->tag_texts[i].ptr, bag->tag_texts[i].len, err);
		if (close(out.fd) != 0)
			rc = err_sys(err, "写入", out.name);
		if (rc != 0)
			return -1;
	}
	return 0;
}

/* --- comparing ------------------------------------------------------------------------------------------ */
static int
take_file(struct unpacking *u, size_t i, struct err *err)
{
	const struct bag_reader *bag = u->bag;
	const struct bag_entry *entry = bag->file_entries[i];
	struct output out = { -1, entry->name };
	struct digests digests;
	int rc;

	if (u->fd >= 0) {
		out.fd = create(u->fd, entry->name, err);
		if (out.fd < 0)
			return -1;
	}
	rc = entry_digest(bag, entry, out.fd >= 0 ? write_piece : NULL, &out, &digests,
			  &u->faults[i], &u->whys[i], err);
	if (out.fd >= 0 && close(out.fd) != 0)
		rc = err_sys(err, "写入", entry->name);
	if (rc == 1 && memcmp(&digests, &bag->files[i].digests, sizeof(digests)) != 0) {
		u->faults[i] = "bag-digest";
		u->whys[i] = strcmp(digests.sm3, bag->files[i].digests.sm3) == 0
				 ? "内容与 manifest-sha256.txt 写的不一样"
				 : "内容与 manifest-sm3.txt 写的不一样";
	}
	return rc < 0 ? -1 : 0;
}

static int
work(void *ctx, int worker, struct err *err)
{
	struct unpacking *u = ctx;
	size_t i;

	for (i = atomic_fetch_add(&u->next, 1); i < u->bag->file_count;
	     i = atomic_fetch_add(&u->next, 1)) {
		if (take_file(u, i, err) != 0)
			return -1;
		if (worker == 0)
			progress_at(&u->progress, (int64_t)i + 1, (int64_t)u->bag->file_count);
	}
	return 0;
}

static int
take_all(struct bag_reader *bag, int fd, struct findings *findings, struct err *err)
{
	struct unpacking u = { .bag = bag, .fd = fd };
	size_t i;
	int rc;

	bag->findings = findings;
	bag->refused = 0;
	u.faults = xcalloc(bag->file_count + 1, sizeof(*u.faults));
	u.whys = xcalloc(bag->file_count + 1, sizeof(*u.whys));
	progress_begin(&u.progress, "核对", "个文件");
	rc = thread_run(thread_count(), work, &u, err);
	progress_end(&u.progress);
	for (i = 0; i < bag->file_count && rc == 0; i++) {
		if (u.faults[i] != NULL)
			refuse(bag, u.faults[i], bag->file_entries[i]->name, 0, "%s", u.whys[i]);
	}
	free(u.faults);
	free(u.whys);
	return rc;
}

int
bag_check(struct bag_reader *bag, struct findings *findings, struct err *err)
{
	return take_all(bag, -1, findings, err);
}

int
bag_unpack(struct bag_reader *bag, const char *folder, struct findings *findings, struct err *err)
{
	struct err ignored = { 0 };
	int fd, rc;

	if (mkdir(folder, 0777) != 0)
		return err_sys(err, "建目录", folder);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	rc = fd < 0 ? err_sys(err, "打开目录", folder) : write_tags(bag, fd, err);
	if (rc == 0)
		rc = take_all(bag, fd, findings, err);
	if (fd >= 0)
		close(fd);
	if ((rc != 0 || bag->refused > 0) && file_remove_tree(folder, &ignored) != 0)
		err_set(err, ignored.code, "%s", ignored.text);
	return rc;
}
