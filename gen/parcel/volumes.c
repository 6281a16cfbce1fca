#include "parcel/volumes.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parcel/bag.h"
#include "parcel/incoming_internal.h"
#include "parcel/mail.h"

#define SUFFIX ".001-of-003"

/* base64 as it stands in a mail: a line of 76 characters, CR and LF holds 57 bytes. */
enum { LINE_BYTES = 78, LINE_HOLDS = 57 };

int64_t
volume_max_bytes(int64_t mail_bytes, int64_t text_bytes)
{
	int64_t text_lines, left;

	if (mail_bytes <= 0 || text_bytes < 0 || text_bytes > mail_bytes)
		return 0;
	/* Twice: a text may be all line ends, and each becomes CR and LF. */
	text_lines = (2 * text_bytes + LINE_HOLDS - 1) / LINE_HOLDS;
	left = mail_bytes - MAIL_HEAD_BYTES - text_lines * LINE_BYTES;
	return left <= 0 ? 0 : left / LINE_BYTES * LINE_HOLDS;
}

/* --- names -------------------------------------------------------------------------------------- */
/* Three digits that are at least 1. */
static bool
parse_three(const char *s, int *out)
{
	int i, n = 0;

	for (i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
		n = 10 * n + (s[i] - '0');
	}
	*out = n;
	return n > 0;
}

bool
volume_name_parse(struct volume_name *out, const char *name)
{
	size_t len = strlen(name);
	const char *suffix;

	memset(out, 0, sizeof(*out));
	if (len <= strlen(".zip" SUFFIX) || strchr(name, '/') != NULL ||
	    bag_name_fault(name, len, NULL) != NULL)
		return false;
	out->stem_len = len - strlen(SUFFIX);
	suffix = name + out->stem_len;
	return strncmp(suffix - 4, ".zip", 4) == 0 && suffix[0] == '.' &&
	       parse_three(suffix + 1, &out->number) && strncmp(suffix + 4, "-of-", 4) == 0 &&
	       parse_three(suffix + 8, &out->count) && out->number <= out->count &&
	       bag_name_fault(name, out->stem_len, NULL) == NULL;
}

/* --- cutting ------------------------------------------------------------------------------------ */
static int
write_part(struct volume *part, int in, const char *path, const char *folder,
	   struct digester *digester, struct err *err)
{
	char *target = file_join(folder, part->name);
	struct outfile out = { 0 };
	int rc = outfile_begin(&out, target, err);

	if (rc == 0)
		rc = incoming_copy(in, path, out.fd, target, part->bytes, digester, err);
	if (rc == 0)
		rc = digester_end(digester, &part->digests, err);
	if (rc == 0)
		rc = outfile_commit(&out, err);
	outfile_end(&out);
	free(target);
	return rc;
}

static char *
part_name(const char *stem, size_t number, size_t count)
{
	struct buf name = BUF_INIT;

	buf_printf(&name, "%s.%03zu-of-%03zu", stem, number, count);
	return buf_detach(&name);
}

/* How many parts, and that each can have its name. */
static int
plan_parts(size_t *count, const char *stem, int64_t bytes, int64_t max_bytes, struct err *err)
{
	struct volume_name parsed;
	char *name;
	bool ok;

	if (max_bytes == 0)
		return err_set(err, ERR_LIMIT,
			       "邮件大小的上限太小，放不下附件；请改大 site.yaml 里的上限");
	if (bytes == 0)
		return err_set(err, ERR_DATA, "%s 是空文件，不能分卷", stem);
	if ((bytes - 1) / max_bytes >= VOLUME_COUNT_MAX)
		return err_set(err, ERR_LIMIT, "%s 要分成超过 %d 卷；请改用 U 盘或光盘送达", stem,
			       VOLUME_COUNT_MAX);
	*count = (size_t)((bytes - 1) / max_bytes) + 1;
	name = part_name(stem, 1, *count);
	ok = volume_name_parse(&parsed, name);
	free(name);
	return ok ? 0
		  : err_set(err, ERR_USAGE, "“%s”不能作分卷的文件名，应是以 .zip 结尾的普通文件名",
			    stem);
}

static int
split_open(struct volumes *out, int in, const char *path, const char *folder, int64_t max_bytes,
	   struct err *err)
{
	const char *stem = incoming_last_part(path);
	struct digester *digester;
	struct stat st;
	size_t count = 0, i;
	int rc = 0;

	if (fstat(in, &st) != 0)
		return err_sys(err, "打开", path);
	if (plan_parts(&count, stem, st.st_size, max_bytes, err) != 0)
		return -1;
	out->items = xcalloc(count, sizeof(*out->items));
	digester = digester_new();
	for (i = 0; rc == 0 && i < count; i++) {
		int64_t left = st.st_size - (int64_t)i * max_bytes;

		out->items[i].name = part_name(stem, i + 1, count);
		out->items[i].bytes = left < max_bytes ? left : max_bytes;
		out->count = i + 1;
		rc = write_part(&out->items[i], in, path, folder, digester, err);
	}
	digester_free(digester);
	return rc;
}

/* Part of a set is of no use to anybody. The last one was not finished. */
static void
remove_parts(const struct volumes *volumes, const char *folder)
{
	size_t i;

	for (i = 0; i + 1 < volumes->count; i++) {
		char *path = file_join(folder, volumes->items[i].name);

		unlink(path);
		free(path);
	}
}

int
volumes_split(struct volumes *out, const char *path, const char *folder, int64_t mail_bytes,
	      int64_t text_bytes, struct err *err)
{
	int64_t max_bytes = volume_max_bytes(mail_bytes, text_bytes);
	int in = open(path, O_RDONLY | O_CLOEXEC), rc;

	memset(out, 0, sizeof(*out));
	if (in < 0)
		return err_sys(err, "打开", path);
	rc = split_open(out, in, path, folder, max_bytes, err);
	if (rc != 0) {
		remove_parts(out, folder);
		volumes_release(out);
	}
	close(in);
	return rc;
}

void
volumes_release(struct volumes *volumes)
{
	size_t i;

	for (i = 0; i < volumes->count; i++)
		free(volumes->items[i].name);
	free(volumes->items);
	memset(volumes, 0, sizeof(*volumes));
}
