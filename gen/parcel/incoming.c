/* incoming: files from outside are opened as what they are, and written where nothing was. */
#include "parcel/incoming_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parcel/bag_read.h"

#define REFUSED_MAX 50 /* a hostile sender has as many faults as he likes */
#define CHUNK_BYTES 65536

void
incoming_refuse(struct incoming *in, const char *rule, const char *file, const char *ask,
		const char *fmt, ...)
{
	struct buf name = BUF_INIT, what = BUF_INIT;
	char text[512];
	va_list ap;

	if (in->refused++ > REFUSED_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	utf8_trim(text);
	bag_name_show(&name, file);
	bag_name_show(&what, in->refused > REFUSED_MAX ? "同类的问题还有，不再列出" : text);
	finding_file(in->findings, rule, name.ptr, 0, 0, "%s；%s", what.ptr, ask);
	buf_release(&name);
	buf_release(&what);
}

const char *
incoming_last_part(const char *path)
{
	const char *at;

	for (at = path; *at != '\0'; at++) {
		if (*at == '/' || *at == '\\')
			path = at + 1;
	}
	return path;
}

int
incoming_open(const char *path, int64_t *bytes, struct err *err)
{
	/* O_NONBLOCK: a pipe must not keep us waiting for somebody who writes. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return errno == ELOOP || errno == ENXIO ? -1 : err_sys(err, "打开", path);
	if (fstat(fd, &st) != 0) {
		err_sys(err, "打开", path);
	} else if (S_ISREG(st.st_mode)) {
		*bytes = st.st_size;
		return fd;
	}
	close(fd);
	return -1;
}

int
incoming_create(const char *path, bool *taken, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST && taken != NULL)
		*taken = true;
	else if (fd < 0)
		err_sys(err, "新建", path);
	return fd;
}

int
incoming_close(int fd, const char *path, int rc, struct err *err)
{
	if (fd < 0)
		return rc;
	if (close(fd) != 0)
		rc = err_sys(err, "写入", path);
	if (rc != 0)
		unlink(path);
	return rc;
}

ssize_t
incoming_read(int fd, void *data, size_t len)
{
	char *to = data;
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, to + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

int
incoming_copy(int from, const char *from_path, int to, const char *to_path, int64_t bytes,
	      struct digester *digester, struct err *err)
{
	char *chunk = xmalloc(CHUNK_BYTES);
	int rc = 0;

	while (rc == 0 && bytes > 0) {
		size_t want = bytes < CHUNK_BYTES ? (size_t)bytes : CHUNK_BYTES;
		ssize_t n = incoming_read(from, chunk, want);

		if (n < 0)
			rc = err_sys(err, "读取", from_path);
		else if ((size_t)n < want)
			rc = err_set(err, ERR_DATA, "文件在读取时变短了：%s", from_path);
		else if (write_all(to, chunk, want) != 0)
			rc = err_sys(err, "写入", to_path);
		else if (digester != NULL)
			digester_add(digester, chunk, want);
		bytes -= (int64_t)want;
	}
	free(chunk);
	return rc;
}
