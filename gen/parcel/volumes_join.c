/* volumes_join: parts that somebody sent are one set, all there and as long as they should be,
 * before one byte of them is copied. */
#include "parcel/volumes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parcel/incoming_internal.h"

#define ASK_RENAME "请保持收到时的文件名，或请对方用云卷重新分卷"
#define ASK_AGAIN "请对方把这一卷重新发送一次"
#define ASK_SPLIT "请对方用云卷重新打包分卷"

enum { PATHS_DEFAULT = 4 * VOLUME_COUNT_MAX };
#define TOTAL_DEFAULT ((int64_t)8 << 30)
#define MISSING_SHOWN 20

struct part {
	const char *path, *name;
	struct volume_name is;
	int64_t bytes;
};

struct join {
	struct incoming in;
	struct part *parts; /* as given */
	size_t count;
	const struct part *slots[VOLUME_COUNT_MAX]; /* by number - 1 */
	int slot_count;
	struct volume_limits limits;
};

static int
look_at(struct join *join, struct part *part, const char *path, struct err *err)
{
	int fd;

	part->path = path;
	part->name = incoming_last_part(path);
	if (!volume_name_parse(&part->is, part->name)) {
		incoming_refuse(&join->in, "volume-name", path, ASK_RENAME,
				"分卷的文件名应是“名称.zip.001-of-003”这样的");
		return 0;
	}
	fd = incoming_open(path, &part->bytes, err);
	if (fd >= 0)
		close(fd);
	else if (err->code != ERR_NONE)
		return -1;
	else
		incoming_refuse(&join->in, "volume-special", path, ASK_AGAIN,
				"分卷不是普通文件，而是链接、目录或设备");
	return 0;
}

static int
look_at_all(struct join *join, const char *const *paths, struct err *err)
{
	size_t i;
	int rc = 0;

	if (join->count > join->limits.paths) {
		incoming_refuse(&join->in, "volume-count", paths[0], ASK_SPLIT,
				"一次给出了 %zu 个分卷文件，超过 %zu 个的上限", join->count,
				join->limits.paths);
		return 0;
	}
	join->parts = xcalloc(join->count, sizeof(*join->parts));
	for (i = 0; rc == 0 && i < join->count; i++)
		rc = look_at(join, &join->parts[i], paths[i], err);
	return rc;
}

static bool
same_set(const struct part *a, const struct part *b)
{
	return a->is.count == b->is.count && a->is.stem_len == b->is.stem_len &&
	       memcmp(a->name, b->name, a->is.stem_len) == 0;
}

static void
check_one_set(struct join *join)
{
	const struct part *first = &join->parts[0];
	size_t i;

	for (i = 1; i < join->count; i++) {
		if (same_set(first, &join->parts[i]))
			continue;
		incoming_refuse(&join->in, "volume-mixed", join->parts[i].path,
				"请把各套分卷分开接收，仍不成套的请对方重新分卷发送",
				"这一卷与“%s”不是同一套", first->name);
	}
	join->slot_count = first->is.count;
}

/* Chunk by chunk, neither held whole. */
static int
compare_open(const struct part *a, int fd_a, const struct part *b, int fd_b, bool *same,
	     struct err *err)
{
	char chunk_a[16384], chunk_b[16384];

	*same = true;
	for (;;) {
		ssize_t n = incoming_read(fd_a, chunk_a, sizeof(chunk_a));
		ssize_t m = incoming_read(fd_b, chunk_b, sizeof(chunk_b));

		if (n < 0 || m < 0)
			return err_sys(err, "读取", n < 0 ? a->path : b->path);
		*same = n == m && memcmp(chunk_a, chunk_b, (size_t)n) == 0;
		if (n == 0 || !*same)
			return 0;
	}
}

/* The file of a part as it was looked at. */
static int
part_open(const struct part *part, struct err *err)
{
	int64_t bytes = 0;
	int fd = incoming_open(part->path, &bytes, err);

	if (fd >= 0 && bytes == part->bytes)
		return fd;
	if (fd >= 0)
		close(fd);
	return err_set(err, ERR_DATA, "文件在读取时变了：%s", part->path);
}

static int
compare(const struct part *a, const struct part *b, bool *same, struct err *err)
{
	int fd_a, fd_b, rc = 0;

	*same = a->bytes == b->bytes;
	if (!*same)
		return 0;
	fd_a = part_open(a, err);
	fd_b = fd_a < 0 ? -1 : part_open(b, err);
	rc = fd_b < 0 ? -1 : compare_open(a, fd_a, b, fd_b, same, err);
	if (fd_a >= 0)
		close(fd_a);
	if (fd_b >= 0)
		close(fd_b);
	return rc;
}

static int
check_copies(struct join *join, struct err *err)
{
	size_t i;

	for (i = 0; i < join->count; i++) {
		const struct part *part = &join->parts[i],
				  **slot = &join->slots[part->is.number - 1];
		bool same = true;

		if (*slot == NULL)
			*slot = part;
		else if (compare(*slot, part, &same, err) != 0)
			return -1;
		if (!same)
			incoming_refuse(&join->in, "volume-twice", part->path, ASK_AGAIN,
					"第 %d 卷有两份，内容却不相同", part->is.number);
	}
	return 0;
}

static void
check_all_there(struct join *join)
{
	struct buf list = BUF_INIT;
	int i, missing = 0;

	for (i = 0; i < join->slot_count; i++) {
		if (join->slots[i] != NULL)
			continue;
		if (missing < MISSING_SHOWN)
			buf_printf(&list, "%s%d", missing == 0 ? "" : "、", i + 1);
		missing++;
	}
	if (missing > 0)
		incoming_refuse(&join->in, "volume-missing", join->parts[0].path,
				"请对方补发缺少的卷，收齐后一起接收", "共 %d 卷，还缺第 %s%s 卷",
				join->slot_count, list.ptr, missing > MISSING_SHOWN ? " 等" : "");
	buf_release(&list);
}

/* All but the last are equally long; the last holds the rest. */
static void
check_sizes(struct join *join)
{
	int64_t total = 0, size = join->slots[0]->bytes;
	int i, last = join->slot_count - 1;

	for (i = 0; i <= last; i++) {
		const struct part *part = join->slots[i];

		if (part->bytes == 0 || (i < last && part->bytes != size) ||
		    (i == last && part->bytes > size))
			incoming_refuse(&join->in, "volume-size", part->path, ASK_AGAIN,
					"第 %d 卷有 %lld 字节，与其他卷对不上，可能没有传完", i + 1,
					(long long)part->bytes);
		if (__builtin_add_overflow(total, part->bytes, &total))
			total = INT64_MAX;
	}
	if (total > join->limits.total_bytes)
		incoming_refuse(&join->in, "volume-total", join->slots[0]->path,
				"请对方说明来历，确有需要的分成几个包",
				"各卷合起来有 %lld 字节，超过 %lld 字节的上限", (long long)total,
				(long long)join->limits.total_bytes);
}

/* A check is made only when those before it found nothing. */
static int
check(struct join *join, const char *const *paths, struct err *err)
{
	if (look_at_all(join, paths, err) != 0)
		return -1;
	if (join->in.refused == 0)
		check_one_set(join);
	if (join->in.refused == 0 && check_copies(join, err) != 0)
		return -1;
	if (join->in.refused == 0)
		check_all_there(join);
	if (join->in.refused == 0)
		check_sizes(join);
	return 0;
}

static int
pour(const struct part *part, int to, const char *to_path, struct err *err)
{
	int from = part_open(part, err), rc;

	if (from < 0)
		return -1;
	rc = incoming_copy(from, part->path, to, to_path, part->bytes, NULL, err);
	close(from);
	return rc;
}

static int
write_joined(char **out, const struct join *join, const char *folder, struct err *err)
{
	const struct part *first = join->slots[0];
	char *name = xstrndup(first->name, first->is.stem_len), *path = file_join(folder, name);
	int fd = incoming_create(path, NULL, err), rc = fd < 0 ? -1 : 0, i;

	for (i = 0; rc == 0 && i < join->slot_count; i++)
		rc = pour(join->slots[i], fd, path, err);
	rc = incoming_close(fd, path, rc, err);
	free(name);
	if (rc == 0)
		*out = path;
	else
		free(path);
	return rc;
}

int
volumes_join(char **out, const char *const *paths, size_t count, const char *folder,
	     const struct volume_limits *limits, struct findings *findings, struct err *err)
{
	struct join join = { .in.findings = findings, .count = count };
	int rc;

	*out = NULL;
	if (limits != NULL)
		join.limits = *limits;
	if (join.limits.paths == 0)
		join.limits.paths = PATHS_DEFAULT;
	if (join.limits.total_bytes == 0)
		join.limits.total_bytes = TOTAL_DEFAULT;
	if (count == 0)
		return err_set(err, ERR_USAGE, "没有给出分卷文件");
	rc = check(&join, paths, err);
	if (rc == 0 && join.in.refused == 0)
		rc = write_joined(out, &join, folder, err);
	free(join.parts);
	return rc;
}
