/* zip_scan: what a zip says of itself, believed only where it says the same twice. The directory
 * at the end, and the header before each file, must agree; the files lie one behind the other
 * from the first byte to the directory, and nothing lies between or around them. So every
 * program sees the same files. */
#include "parcel/read_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define END_BYTES 22
#define END64_BYTES 56
#define LOCATOR_BYTES 20
#define LOCAL_BYTES 30
#define CENTRAL_BYTES 46
#define DIRECTORY_MAX_BYTES ((int64_t)64 << 20)
#define BIT_DESCRIPTOR 0x0008
#define BIT_UTF8 0x0800
#define COMPARED_BITS (BIT_DESCRIPTOR | BIT_UTF8 | 0x2041)

static uint16_t
u16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t
u32(const unsigned char *p)
{
	return u16(p) | (uint32_t)u16(p + 2) << 16;
}

static uint64_t
u64(const unsigned char *p)
{
	return u32(p) | (uint64_t)u32(p + 4) << 32;
}

static int
read_at(const struct bag_reader *bag, void *data, size_t len, int64_t at, struct err *err)
{
	char *p = data;

	while (len > 0) {
		ssize_t n = pread(bag->fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "读取", bag->path);
		if (n == 0)
			return err_set(err, ERR_IO, "文件在读的时候变短了：%s", bag->path);
		p += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* --- the end ------------------------------------------------------------------------------------- */
struct directory {
	int64_t at, bytes, end; /* end: where what follows the directory begins */
	uint64_t count;
};

/* Tells a file that was cut from one that something was put behind. */
static int
no_end(struct bag_reader *bag, struct err *err)
{
	unsigned char tail[END_BYTES + 65535];
	size_t len = bag->zip_bytes < (int64_t)sizeof(tail) ? (size_t)bag->zip_bytes : sizeof(tail);
	size_t i;

	if (read_at(bag, tail, len, bag->zip_bytes - (int64_t)len, err) != 0)
		return -1;
	for (i = 0; i + 4 <= len; i++) {
		if (memcmp(tail + i, "PK\5\6", 4) == 0 && i + END_BYTES <= len) {
			refuse(bag, "zip-trailing", "", 0, "结尾的后面还有 %zu 字节",
			       len - i - END_BYTES);
			return 0;
		}
	}
	refuse(bag, "zip-truncated", "", 0, "找不到压缩包的结尾，文件可能没有传完或者不是压缩包");
	return 0;
}

/* The values of the 64-bit record, where there is one; false after a finding. */
static int
read_end64(struct bag_reader *bag, struct directory *d, struct err *err)
{
	unsigned char locator[LOCATOR_BYTES], end[END64_BYTES];
	int64_t at = d->end - LOCATOR_BYTES;

	if (at < END64_BYTES)
		return 0;
	if (read_at(bag, locator, sizeof(locator), at, err) != 0)
		return -1;
	if (memcmp(locator, "PK\6\7", 4) != 0)
		return 0;
	if (read_at(bag, end, sizeof(end), at - END64_BYTES, err) != 0)
		return -1;
	if (memcmp(end, "PK\6\6", 4) != 0 || u64(locator + 8) != (uint64_t)(at - END64_BYTES) ||
	    u64(end + 4) != END64_BYTES - 12) {
		refuse(bag, "zip-directory", "", 0, "64 位的结尾不在所写的位置");
		return 0;
	}
	if (u32(locator + 4) != 0 || u32(locator + 16) > 1 || u32(end + 16) != 0 ||
	    u32(end + 20) != 0 || u64(end + 24) != u64(end + 32)) {
		refuse(bag, "zip-disk", "", 0, "这是分卷压缩包的一卷");
		return 0;
	}
	if ((d->count != 0xffff && d->count != u64(end + 32)) ||
	    (d->bytes != 0xffffffff && (uint64_t)d->bytes != u64(end + 40)) ||
	    (d->at != 0xffffffff && (uint64_t)d->at != u64(end + 48))) {
		refuse(bag, "zip-directory", "", 0, "两处结尾写的不一样");
		return 0;
	}
	d->count = u64(end + 32);
	d->bytes = (int64_t)u64(end + 40);
	d->at = (int64_t)u64(end + 48);
	d->end = at - END64_BYTES;
	return 0;
}

static int
find_directory(struct bag_reader *bag, struct directory *d, struct err *err)
{
	unsigned char end[END_BYTES];

	d->end = bag->zip_bytes - END_BYTES;
	if (d->end < 0) {
		refuse(bag, "zip-truncated", "", 0, "只有 %lld 字节，不是压缩包",
		       (long long)bag->zip_bytes);
		return 0;
	}
	if (read_at(bag, end, sizeof(end), d->end, err) != 0)
		return -1;
	if (memcmp(end, "PK\5\6", 4) != 0 || u16(end + 20) != 0)
		return no_end(bag, err);
	if (u16(end + 4) != 0 || u16(end + 6) != 0 || u16(end + 8) != u16(end + 10)) {
		refuse(bag, "zip-disk", "", 0, "这是分卷压缩包的一卷");
		return 0;
	}
	d->count = u16(end + 10);
	d->bytes = u32(end + 12);
	d->at = u32(end + 16);
	if (read_end64(bag, d, err) != 0)
		return -1;
	if (bag->refused == 0 && (d->at < 0 || d->bytes < 0 || d->at > d->end ||
				  d->bytes != d->end - d->at || d->bytes > DIRECTORY_MAX_BYTES))
		refuse(bag, "zip-directory", "", 0, "目录的位置或大小与文件对不上");
	else if (bag->refused == 0 && d->count > bag->limits.files)
		refuse(bag, "file-count", "", 0, "有 %llu 个文件，上限是 %zu 个",
		       (unsigned long long)d->count, bag->limits.files);
	else if (bag->refused == 0 && d->count * CENTRAL_BYTES > (uint64_t)d->bytes)
		refuse(bag, "zip-directory", "", 0, "目录装不下所写的 %llu 个文件",
		       (unsigned long long)d->count);
	return 0;
}

/* --- one row of the directory ---------------------------------------------------------------------- */
/* Extra fields: 64-bit values for what is 0xffffffff, in their order. False: not well formed. */
static bool
read_extra(const unsigned char *p, size_t len, struct bag_entry *e, bool central)
{
	const unsigned char *end = p + len;

	while (end - p >= 4) {
		const unsigned char *v = p + 4, *stop;
		uint16_t id = u16(p), n = u16(p + 2);

		if (n > end - v)
			return false;
		stop = v + n;
		if (id == 0x7075)
			e->other_name = true;
		if (id == 0x0001) {
			int64_t *wanted[] = { &e->bytes, &e->packed_bytes,
					      central ? &e->header_at : NULL };
			size_t i;

			for (i = 0; i < 3; i++) {
				if (wanted[i] == NULL || *wanted[i] != 0xffffffff)
					continue;
				if (stop - v < 8)
					return false;
				*wanted[i] = (int64_t)u64(v);
				v += 8;
			}
		}
		p = stop;
	}
	return p == end && e->bytes >= 0 && e->packed_bytes >= 0 && e->header_at >= 0;
}

static bool
read_row(struct bag_reader *bag, const unsigned char **at, const unsigned char *end)
{
	const unsigned char *p = *at;
	struct bag_entry e = { 0 };
	size_t name, extra, comment;

	if (end - p < CENTRAL_BYTES || memcmp(p, "PK\1\2", 4) != 0)
		return false;
	name = u16(p + 28);
	extra = u16(p + 30);
	comment = u16(p + 32);
	if ((size_t)(end - p) - CENTRAL_BYTES < name + extra + comment || u16(p + 34) != 0)
		return false;
	e.flags = u16(p + 8);
	e.method = u16(p + 10);
	e.crc = u32(p + 16);
	e.packed_bytes = u32(p + 20);
	e.bytes = u32(p + 24);
	e.mode = u32(p + 38) >> 16;
	e.header_at = u32(p + 42);
	if (!read_extra(p + CENTRAL_BYTES + name, extra, &e, true))
		return false;
	e.path = arena_strndup(&bag->arena, (const char *)p + CENTRAL_BYTES, name);
	e.path_len = name;
	*at = p + CENTRAL_BYTES + name + extra + comment;
	vec_push(bag->entries, bag->count, bag->cap, e);
	return true;
}

static int
read_rows(struct bag_reader *bag, const struct directory *d, struct err *err)
{
	unsigned char *rows = xmalloc((size_t)d->bytes + 1);
	const unsigned char *at = rows, *end = rows + d->bytes;
	int rc = read_at(bag, rows, (size_t)d->bytes, d->at, err);
	uint64_t i;

	for (i = 0; rc == 0 && i < d->count; i++) {
		if (!read_row(bag, &at, end)) {
			refuse(bag, "zip-directory", "", 0, "目录的第 %llu 行读不懂",
			       (unsigned long long)i + 1);
			break;
		}
	}
	if (rc == 0 && bag->refused == 0 && at != end)
		refuse(bag, "zip-directory", "", 0, "目录里的文件比所写的多");
	free(rows);
	return rc;
}

/* --- the header before each file --------------------------------------------------------------------- */
/* `later`: what is not said yet is 0; it stands behind the file and is compared there. */
static bool
same_number(int64_t local, int64_t central, bool later)
{
	return local == central || (later && local == 0);
}

static bool
same_sizes(const struct bag_entry *local, const struct bag_entry *central)
{
	bool later = (central->flags & BIT_DESCRIPTOR) != 0;

	return same_number(local->crc, central->crc, later) &&
	       same_number(local->bytes, central->bytes, later) &&
	       same_number(local->packed_bytes, central->packed_bytes, later);
}

static int
compare_header(struct bag_reader *bag, struct bag_entry *e, int64_t end, struct err *err)
{
	unsigned char head[LOCAL_BYTES];
	struct bag_entry local = { 0 };
	unsigned char *rest;
	size_t name, extra;
	int rc;

	if (e->header_at > end - LOCAL_BYTES) {
		refuse(bag, "zip-header", e->path, 0, "它的头不在压缩包里");
		return 0;
	}
	if (read_at(bag, head, sizeof(head), e->header_at, err) != 0)
		return -1;
	name = u16(head + 26);
	extra = u16(head + 28);
	e->data_at = e->header_at + LOCAL_BYTES + (int64_t)(name + extra);
	if (memcmp(head, "PK\3\4", 4) != 0 || e->data_at > end) {
		refuse(bag, "zip-header", e->path, 0, "它的头不在所写的位置");
		return 0;
	}
	local.flags = u16(head + 6);
	local.method = u16(head + 8);
	local.crc = u32(head + 14);
	local.packed_bytes = u32(head + 18);
	local.bytes = u32(head + 22);
	rest = xmalloc(name + extra + 1);
	rc = read_at(bag, rest, name + extra, e->header_at + LOCAL_BYTES, err);
	if (rc == 0 && (!read_extra(rest + name, extra, &local, false) || name != e->path_len ||
			memcmp(rest, e->path, name) != 0 || local.method != e->method ||
			((local.flags ^ e->flags) & COMPARED_BITS) != 0 || !same_sizes(&local, e) ||
			local.other_name != e->other_name))
		refuse(bag, "zip-header", e->path, 0, "目录里写的和它自己的头写的不一样");
	free(rest);
	return rc;
}

static int
by_place(const void *a, const void *b)
{
	const struct bag_entry *x = a, *y = b;

	return (x->header_at > y->header_at) - (x->header_at < y->header_at);
}

/* What stands behind a file whose header had no sizes: in one of four shapes. */
static int
is_descriptor(const struct bag_reader *bag, const struct bag_entry *e, int64_t bytes, bool *is,
	      struct err *err)
{
	unsigned char data[24];
	const unsigned char *p = data;

	*is = false;
	if ((e->flags & BIT_DESCRIPTOR) == 0 ||
	    (bytes != 12 && bytes != 16 && bytes != 20 && bytes != 24))
		return 0;
	if (read_at(bag, data, (size_t)bytes, e->data_at + e->packed_bytes, err) != 0)
		return -1;
	if (bytes == 16 || bytes == 24) {
		if (memcmp(p, "PK\7\10", 4) != 0)
			return 0;
		p += 4;
	}
	if (u32(p) != e->crc)
		return 0;
	*is = bytes < 20
		  ? u32(p + 4) == e->packed_bytes && u32(p + 8) == e->bytes
		  : u64(p + 4) == (uint64_t)e->packed_bytes && u64(p + 12) == (uint64_t)e->bytes;
	return 0;
}

/* Nothing but its descriptor may lie between a file (NULL: the start) and what follows it. */
static int
check_gap(struct bag_reader *bag, const struct bag_entry *last, int64_t bytes, const char *path,
	  struct err *err)
{
	bool is = bytes == 0;

	if (bytes < 0) {
		refuse(bag, "zip-overlap", path, 0, "它与前一个文件占了同一个位置");
		return 0;
	}
	if (!is && last != NULL && is_descriptor(bag, last, bytes, &is, err) != 0)
		return -1;
	if (!is)
		refuse(bag, last == NULL ? "zip-trailing" : "zip-gap", path, 0,
		       "它的前面多出 %lld 字节", (long long)bytes);
	return 0;
}

static int
compare_headers(struct bag_reader *bag, const struct directory *d, struct err *err)
{
	int64_t at = 0;
	size_t i;

	if (bag->count > 1)
		qsort(bag->entries, bag->count, sizeof(*bag->entries), by_place);
	for (i = 0; i < bag->count; i++) {
		struct bag_entry *e = &bag->entries[i];

		if (check_gap(bag, i == 0 ? NULL : e - 1, e->header_at - at, e->path, err) != 0)
			return -1;
		if (bag->refused == 0 && compare_header(bag, e, d->at, err) != 0)
			return -1;
		if (bag->refused == 0 && e->packed_bytes > d->at - e->data_at)
			refuse(bag, "zip-header", e->path, 0, "它写的大小超出了压缩包");
		if (bag->refused > 0)
			return 0;
		at = e->data_at + e->packed_bytes;
	}
	return check_gap(bag, bag->count == 0 ? NULL : &bag->entries[bag->count - 1], d->at - at,
			 "压缩包的目录", err);
}

/* A name ending in a slash is a folder. Names are UTF-8, marked as such or not (Info-ZIP does not);
 * what else they are shows when they are checked. */
static void
take_names(struct bag_reader *bag)
{
	size_t i;

	for (i = 0; i < bag->count; i++) {
		struct bag_entry *e = &bag->entries[i];

		if (e->path_len > 0 && e->path[e->path_len - 1] == '/') {
			e->folder = true;
			e->path_len--;
			e->path = arena_strndup(&bag->arena, e->path, e->path_len);
			if (e->bytes != 0)
				refuse(bag, "zip-header", e->path, 0, "它是目录，却有内容");
		}
		if (e->other_name)
			refuse(bag, "zip-header", e->path, 0, "它带着另一个名字");
		if (e->method == 0 && e->bytes != e->packed_bytes)
			refuse(bag, "zip-header", e->path, 0, "没有压缩，前后的大小却不一样");
	}
}

int
zip_scan(struct bag_reader *bag, struct err *err)
{
	struct directory d = { 0 };

	if (find_directory(bag, &d, err) != 0)
		return -1;
	if (bag->refused == 0 && read_rows(bag, &d, err) != 0)
		return -1;
	if (bag->refused == 0 && compare_headers(bag, &d, err) != 0)
		return -1;
	if (bag->refused == 0)
		take_names(bag);
	return 0;
}
