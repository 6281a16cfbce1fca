/* The bytes of an input: plain, gzip or zstd, told apart by how they begin. Standard input is copied to
 * a file without a name when it cannot be read twice. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flate/flate.h"
#include "ledger/usage_internal.h"

#define INPUT_BYTES ((size_t)128 << 10)

struct source {
	const char *path;
	int fd;
	char *input;
	size_t input_len, input_at;
	bool input_end, whole;	   /* whole: the packed data has come to an end of its own */
	struct inflater *inflater; /* NULL: plain */
};

static int
read_some(const struct source *source, char *data, size_t size, size_t *got, struct err *err)
{
	ssize_t n;

	do
		n = read(source->fd, data, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, "读取", source->path);
	*got = (size_t)n;
	return 0;
}

static int
read_full(const struct source *source, char *data, size_t size, size_t *got, struct err *err)
{
	size_t n = 1;

	for (*got = 0; *got < size && n > 0; *got += n) {
		if (read_some(source, data + *got, size - *got, &n, err) != 0)
			return -1;
	}
	return 0;
}

/* --- standard input --------------------------------------------------------------------------------- */
static int spool_fd = -1;

static int
copy_to(int fd, const struct source *source, struct err *err)
{
	char *data = xmalloc(BLOCK_BYTES);
	size_t n = 1;
	int rc = 0;

	while (rc == 0 && n > 0) {
		rc = read_some(source, data, BLOCK_BYTES, &n, err);
		if (rc == 0 && write_all(fd, data, n) != 0)
			rc = err_sys(err, "写入", "临时文件");
	}
	free(data);
	return rc;
}

/* A file that nobody else sees and that is gone with the process. */
static int
temporary(struct err *err)
{
	const char *folder = getenv("TMPDIR");
	char *path = file_join(folder == NULL ? "/tmp" : folder, "yunjuan-usage-XXXXXX");
	int fd = mkstemp(path);

	if (fd < 0)
		err_sys(err, "建立", path);
	else
		unlink(path);
	free(path);
	return fd;
}

static int
open_stdin(struct source *source, struct err *err)
{
	source->path = "标准输入";
	source->fd = dup(STDIN_FILENO);
	if (source->fd < 0)
		return err_sys(err, "读取", source->path);
	if (spool_fd < 0 && lseek(source->fd, 0, SEEK_SET) == 0)
		return 0;
	if (spool_fd < 0) {
		spool_fd = temporary(err);
		if (spool_fd < 0 || copy_to(spool_fd, source, err) != 0)
			return -1;
	}
	close(source->fd);
	source->fd = dup(spool_fd);
	if (source->fd < 0 || lseek(source->fd, 0, SEEK_SET) != 0)
		return err_sys(err, "读取", source->path);
	return 0;
}

/* --- opening -------------------------------------------------------------------------------------------- */
/* A frame, or one to be skipped, with which pzstd begins. */
static bool
is_zstd(const unsigned char *in)
{
	return memcmp(in, "\x28\xb5\x2f\xfd", 4) == 0 ||
	       ((in[0] & 0xf0) == 0x50 && memcmp(in + 1, "\x2a\x4d\x18", 3) == 0);
}

static int
start_packing(struct source *source, struct err *err)
{
	const unsigned char *in;

	source->input = xmalloc(INPUT_BYTES);
	if (read_full(source, source->input, INPUT_BYTES, &source->input_len, err) != 0)
		return -1;
	source->input_end = source->input_len < INPUT_BYTES;
	in = (const unsigned char *)source->input;
	if (source->input_len >= 2 && in[0] == 0x1f && in[1] == 0x8b) {
		source->inflater = inflater_new(FLATE_GZIP);
	} else if (source->input_len >= 4 && is_zstd(in)) {
		source->inflater = inflater_new(FLATE_ZSTD);
	}
	return 0;
}

int
source_open(struct source **out, const char *path, struct err *err)
{
	struct source *source = xcalloc(1, sizeof(*source));
	int rc;

	source->path = path;
	source->fd = -1;
	if (strcmp(path, "-") == 0) {
		rc = open_stdin(source, err);
	} else {
		source->fd = open(path, O_RDONLY | O_CLOEXEC);
		rc = source->fd < 0 ? err_sys(err, "打开", path) : 0;
	}
	if (rc == 0)
		rc = start_packing(source, err);
	if (rc != 0) {
		source_free(source);
		return -1;
	}
	*out = source;
	return 0;
}

void
source_free(struct source *source)
{
	if (source == NULL)
		return;
	if (source->fd >= 0)
		close(source->fd);
	inflater_free(source->inflater);
	free(source->input);
	free(source);
}

/* --- reading -------------------------------------------------------------------------------------------- */
static int
more_input(struct source *source, struct err *err)
{
	if (source->input_at < source->input_len || source->input_end)
		return 0;
	source->input_at = 0;
	if (read_full(source, source->input, INPUT_BYTES, &source->input_len, err) != 0)
		return -1;
	source->input_end = source->input_len < INPUT_BYTES;
	return 0;
}

static int
broken(const struct source *source, struct err *err)
{
	return err_set(err, ERR_DATA, "“%s”的压缩数据不完整或已损坏；请重新导出或重新复制这个文件",
		       source->path);
}

/* Several members one behind the other are one text, as gzip has it. */
static int
unpack_some(struct source *source, char *data, size_t size, size_t *got, struct err *err)
{
	const unsigned char *next = (unsigned char *)source->input + source->input_at;
	size_t left = source->input_len - source->input_at;
	enum flate_state state = inflater_read(source->inflater, &next, &left, data, size, got);

	source->input_at = source->input_len - left;
	source->whole = state == FLATE_ENDED;
	return state == FLATE_DAMAGED ? broken(source, err) : 0;
}

static int
unpack(struct source *source, char *data, size_t size, size_t *got, struct err *err)
{
	size_t n = 0, before;

	for (*got = 0; *got < size; *got += n) {
		if (more_input(source, err) != 0)
			return -1;
		if (source->input_at == source->input_len && source->whole)
			return 0;
		before = source->input_at;
		if (unpack_some(source, data + *got, size - *got, &n, err) != 0)
			return -1;
		if (n == 0 && source->input_at == before && source->input_end)
			return source->whole ? 0 : broken(source, err);
	}
	return 0;
}

int
source_read(struct source *source, char *data, size_t size, size_t *got, struct err *err)
{
	size_t first = source->input_len - source->input_at;

	if (source->inflater != NULL)
		return unpack(source, data, size, got, err);
	/* What was read to look at the beginning, then straight from the file. */
	first = first < size ? first : size;
	memcpy(data, source->input + source->input_at, first);
	source->input_at += first;
	if (source->input_end || first == size) {
		*got = first;
		return 0;
	}
	if (read_full(source, data + first, size - first, got, err) != 0)
		return -1;
	*got += first;
	return 0;
}
