/* entry: the bytes of one file, as they come. It is never trusted to end where it says: what is
 * more than it declares is not given out, and is a fault. */
#include "parcel/read_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libdeflate.h>

#include "flate/flate.h"

#define IN_BYTES 65536

struct entry_stream {
	const struct bag_reader *bag;
	const struct bag_entry *entry;
	int fd;
	bool own_fd, ended;
	int64_t at;	       /* of the next packed byte */
	int64_t packed, given; /* bytes: left, and given out */
	uint32_t crc;
	struct inflater *inflater; /* NULL: stored */
	const unsigned char *next;
	size_t next_len;
	unsigned char in[IN_BYTES];
};

int
entry_open(struct entry_stream **out, const struct bag_reader *bag, const struct bag_entry *entry,
	   struct err *err)
{
	struct entry_stream *s = xcalloc(1, sizeof(*s));
	struct stat st;

	s->bag = bag;
	s->entry = entry;
	s->fd = bag->fd;
	s->at = entry->data_at;
	s->packed = entry->packed_bytes;
	*out = s;
	if (!bag->is_zip) {
		s->fd = folder_open(bag, entry, err);
		s->own_fd = s->fd >= 0;
		if (s->fd < 0 || fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
			err_set(err, ERR_IO, "文件在读的时候变了：%s", entry->path);
			entry_close(s);
			*out = NULL;
			return -1;
		}
	}
	if (entry->method != 0) /* the scan lets stored and deflated ones through */
		s->inflater = inflater_new(FLATE_RAW);
	return 0;
}

void
entry_close(struct entry_stream *s)
{
	if (s == NULL)
		return;
	inflater_free(s->inflater);
	if (s->own_fd)
		close(s->fd);
	free(s);
}

static ssize_t
read_packed(struct entry_stream *s, void *data, size_t len, struct err *err)
{
	ssize_t n;

	if ((int64_t)len > s->packed)
		len = (size_t)s->packed;
	do
		n = pread(s->fd, data, len, s->at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, "读取", s->entry->path);
	s->at += n;
	s->packed -= n;
	return n;
}

static ssize_t
fault_of(const char **fault, const char **why, const char *rule, const char *text)
{
	*fault = rule;
	*why = text;
	return -1;
}

/* Up to len bytes; *ended when the stream says that it ends. */
static ssize_t
inflate_some(struct entry_stream *s, void *data, size_t len, const char **fault, const char **why,
	     struct err *err)
{
	size_t given = 0, got;

	while (given < len && !s->ended) {
		enum flate_state state;
		const unsigned char *before;

		if (s->next_len == 0 && s->packed > 0) {
			ssize_t n = read_packed(s, s->in, sizeof(s->in), err);

			if (n < 0)
				return -1;
			s->next = s->in;
			s->next_len = (size_t)n;
		}
		before = s->next;
		state = inflater_read(s->inflater, &s->next, &s->next_len, (char *)data + given,
				      len - given, &got);
		given += got;
		s->ended = state == FLATE_ENDED;
		/* Neither taken nor given: it is cut short. */
		if (state == FLATE_DAMAGED || (!s->ended && got == 0 && s->next == before))
			return fault_of(fault, why, "file-damaged", "压缩的数据读不出来");
	}
	return (ssize_t)given;
}

/* At the end: nothing is left over and the sum is right. */
static ssize_t
check_end(struct entry_stream *s, const char **fault, const char **why)
{
	if (s->given != s->entry->bytes)
		return fault_of(fault, why, "size-real", "实际比所写的短");
	if (s->packed > 0 || s->next_len > 0)
		return fault_of(fault, why, "file-damaged", "压缩的数据后面还有多余的字节");
	if (s->bag->is_zip && s->crc != s->entry->crc)
		return fault_of(fault, why, "file-damaged", "CRC 校验码对不上");
	return 0;
}

static ssize_t
read_stored(struct entry_stream *s, void *data, size_t len, struct err *err)
{
	ssize_t n = read_packed(s, data, len, err);

	s->ended = n == 0;
	return n;
}

ssize_t
entry_read(struct entry_stream *s, void *data, size_t len, const char **fault, const char **why,
	   struct err *err)
{
	int64_t left = s->entry->bytes - s->given;
	char one;
	ssize_t n;

	/* Behind the last declared byte one more is asked for, and must not come. */
	if (left == 0) {
		data = &one;
		len = 1;
	} else if ((int64_t)len > left) {
		len = (size_t)left;
	}
	n = s->inflater != NULL ? inflate_some(s, data, len, fault, why, err)
				: read_stored(s, data, len, err);
	if (n < 0)
		return -1;
	if (n > 0 && left == 0)
		return fault_of(fault, why, "size-real", "实际比所写的长");
	s->crc = libdeflate_crc32(s->crc, data, (size_t)n);
	s->given += n;
	return n == 0 ? check_end(s, fault, why) : n;
}

int
entry_digest(const struct bag_reader *bag, const struct bag_entry *entry,
	     int (*each)(void *ctx, const void *data, size_t len, struct err *err), void *ctx,
	     struct digests *out, const char **fault, const char **why, struct err *err)
{
	struct digester *digester = digester_new();
	struct entry_stream *stream = NULL;
	char *data = xmalloc(IN_BYTES);
	ssize_t n = 1;
	int rc = entry_open(&stream, bag, entry, err);

	while (rc == 0 && n > 0) {
		n = entry_read(stream, data, IN_BYTES, fault, why, err);
		if (n <= 0)
			break;
		digester_add(digester, data, (size_t)n);
		if (each != NULL)
			rc = each(ctx, data, (size_t)n, err);
	}
	if (rc == 0 && (n == 0 || err->code == ERR_NONE))
		rc = digester_end(digester, out, err) == 0 ? n == 0 : -1;
	else
		rc = -1;
	entry_close(stream);
	digester_free(digester);
	free(data);
	return rc;
}
