/* bag_read: the questions a bag is asked, in their order. A stage that finds something ends the
 * asking: what follows would stand on it. */
#include "parcel/parcel_internal.h"
#include "parcel/read_internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATA "data/"

static const struct bag_limits defaults = { .total_bytes = (int64_t)8 << 30,
					    .file_bytes = (int64_t)2 << 30,
					    .tag_bytes = (int64_t)32 << 20,
					    .files = 100000,
					    .ratio = 200 };

/* --- names -------------------------------------------------------------------------------------------- */
static void
check_name(struct bag_reader *bag, struct bag_entry *e)
{
	const char *rule, *why = bag_name_fault(e->path, e->path_len, &rule);
	const char *slash;

	if (why != NULL) {
		refuse(bag, rule, e->path, 0, "名字%s", why);
		return;
	}
	slash = strchr(e->path, '/');
	e->name = slash == NULL ? "" : slash + 1;
	if (slash == NULL && !e->folder) {
		refuse(bag, "name-top", e->path, 0, "它不在顶层目录里");
		return;
	}
	if (bag->top == NULL)
		bag->top = arena_strndup(&bag->arena, e->path, strcspn(e->path, "/"));
	if (strncmp(e->path, bag->top, strlen(bag->top)) != 0 ||
	    (e->path[strlen(bag->top)] != '/' && e->path[strlen(bag->top)] != '\0'))
		refuse(bag, "name-top", e->path, 0, "它在另一个顶层目录里");
}

struct claims {
	struct map map; /* key -> the name as written, with '/' behind it for a folder */
	struct bag_reader *bag;
};

/* The same key must always be the same name, of the same kind. */
static void
claim(struct claims *claims, const char *path, size_t len, bool folder)
{
	struct bag_reader *bag = claims->bag;
	const char *key = bag_name_key(&bag->arena, path, len);
	const char *known = map_find(&claims->map, key), *mine;

	if (known != NULL && folder && strncmp(known, path, len) == 0 &&
	    strcmp(known + len, "/") == 0)
		return;
	mine = arena_printf(&bag->arena, "%.*s%s", (int)len, path, folder ? "/" : "");
	if (known == NULL)
		map_put(&claims->map, key, (void *)mine);
	else
		refuse(bag, "name-duplicate", path, 0, "它与“%s”在有的系统上是同一个名字", known);
}

static void
check_names(struct bag_reader *bag)
{
	struct claims claims = { .bag = bag };
	size_t i;

	for (i = 0; i < bag->count; i++)
		check_name(bag, &bag->entries[i]);
	for (i = 0; i < bag->count && bag->refused == 0; i++) {
		const struct bag_entry *e = &bag->entries[i];
		const char *slash;

		for (slash = strchr(e->path, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
			claim(&claims, e->path, (size_t)(slash - e->path), true);
		claim(&claims, e->path, e->path_len, e->folder);
	}
	map_release(&claims.map);
}

/* --- kinds, sizes, methods ----------------------------------------------------------------------------- */
static void
check_kinds(struct bag_reader *bag)
{
	size_t i;

	for (i = 0; i < bag->count; i++) {
		const struct bag_entry *e = &bag->entries[i];
		mode_t kind = e->mode & S_IFMT;

		if (kind == S_IFLNK)
			refuse(bag, "file-link", e->path, 0, "它是链接，会指到别处");
		else if (kind != 0 && kind != (e->folder ? S_IFDIR : S_IFREG))
			refuse(bag, "file-special", e->path, 0, "它不是普通文件");
	}
}

static bool
too_dense(const struct bag_reader *bag, int64_t bytes, int64_t packed)
{
	return bytes > BAG_RATIO_FROM_BYTES && bytes / bag->limits.ratio > packed;
}

static void
check_sizes(struct bag_reader *bag)
{
	int64_t total = 0;
	size_t i;

	for (i = 0; i < bag->count; i++) {
		const struct bag_entry *e = &bag->entries[i];

		if (e->bytes > bag->limits.file_bytes)
			refuse(bag, "size-file", e->path, 0, "有 %s，上限是 %s",
			       bytes_text(&bag->arena, e->bytes),
			       bytes_text(&bag->arena, bag->limits.file_bytes));
		else if (too_dense(bag, e->bytes, e->packed_bytes))
			refuse(bag, "size-ratio", e->path, 0, "%s 压成了 %s，像是压缩炸弹",
			       bytes_text(&bag->arena, e->bytes),
			       bytes_text(&bag->arena, e->packed_bytes));
		if (e->bytes > INT64_MAX - total)
			total = INT64_MAX;
		else
			total += e->bytes;
	}
	if (total > bag->limits.total_bytes)
		refuse(bag, "size-total", "", 0, "解开共有 %s，上限是 %s",
		       bytes_text(&bag->arena, total),
		       bytes_text(&bag->arena, bag->limits.total_bytes));
	else if (bag->is_zip && too_dense(bag, total, bag->zip_bytes))
		refuse(bag, "size-ratio", "", 0, "解开共有 %s，包只有 %s，像是压缩炸弹",
		       bytes_text(&bag->arena, total), bytes_text(&bag->arena, bag->zip_bytes));
}

static void
check_methods(struct bag_reader *bag)
{
	size_t i;

	for (i = 0; i < bag->count; i++) {
		const struct bag_entry *e = &bag->entries[i];

		if ((e->flags & 0x2041) != 0)
			refuse(bag, "file-encrypted", e->path, 0, "它是加密的");
		else if (e->method != 0 && e->method != 8)
			refuse(bag, "file-method", e->path, 0, "压缩方法是 %d，只收 0 和 8",
			       e->method);
	}
}

/* --- the bag -------------------------------------------------------------------------------------------- */
static int
by_name(const void *a, const void *b)
{
	return strcmp((*(const struct bag_entry *const *)a)->name,
		      (*(const struct bag_entry *const *)b)->name);
}

static void
sort_files(struct bag_reader *bag)
{
	size_t i;

	bag->file_entries = xcalloc(bag->count + 1, sizeof(*bag->file_entries));
	bag->tag_entries = xcalloc(bag->count + 1, sizeof(*bag->tag_entries));
	for (i = 0; i < bag->count; i++) {
		const struct bag_entry *e = &bag->entries[i];

		if (e->folder)
			continue;
		if (text_starts(e->name, DATA))
			bag->file_entries[bag->file_count++] = e;
		else
			bag->tag_entries[bag->tag_count++] = e;
	}
	qsort(bag->file_entries, bag->file_count, sizeof(*bag->file_entries), by_name);
	qsort(bag->tag_entries, bag->tag_count, sizeof(*bag->tag_entries), by_name);
	bag->files = xcalloc(bag->file_count + 1, sizeof(*bag->files));
	bag->tags = xcalloc(bag->tag_count + 1, sizeof(*bag->tags));
	bag->tag_texts = xcalloc(bag->tag_count + 1, sizeof(*bag->tag_texts));
	for (i = 0; i < bag->file_count; i++) {
		bag->files[i].name = bag->file_entries[i]->name + strlen(DATA);
		bag->files[i].bytes = bag->file_entries[i]->bytes;
	}
	for (i = 0; i < bag->tag_count; i++) {
		bag->tags[i].name = bag->tag_entries[i]->name;
		bag->tags[i].bytes = bag->tag_entries[i]->bytes;
		buf_init(&bag->tag_texts[i], 0);
	}
}

static int
append(void *ctx, const void *data, size_t len, struct err *err)
{
	(void)err;
	buf_put(ctx, data, len);
	return 0;
}

/* Into memory; what was digested on the way is what the tag manifests must say. */
static int
read_tags(struct bag_reader *bag, struct err *err)
{
	const char *fault, *why;
	int64_t total = 0;
	size_t i;
	int rc = 1;

	for (i = 0; i < bag->tag_count; i++)
		total += bag->tags[i].bytes;
	if (total > bag->limits.tag_bytes) {
		refuse(bag, "size-total", "", 0, "data 以外的文件共有 %s，上限是 %s",
		       bytes_text(&bag->arena, total),
		       bytes_text(&bag->arena, bag->limits.tag_bytes));
		return 0;
	}
	for (i = 0; i < bag->tag_count && rc >= 0; i++) {
		rc = entry_digest(bag, bag->tag_entries[i], append, &bag->tag_texts[i],
				  &bag->tags[i].digests, &fault, &why, err);
		if (rc == 0)
			refuse(bag, fault, bag->tags[i].name, 0, "%s", why);
	}
	return rc < 0 ? -1 : 0;
}

static ssize_t
find_in(const struct bag_file *files, size_t count, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, files[middle].name);

		if (order == 0)
			return (ssize_t)middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

/* NULL when there is none. */
static const struct buf *
tag_text(const struct bag_reader *bag, const char *name)
{
	ssize_t at = find_in(bag->tags, bag->tag_count, name);

	return at < 0 ? NULL : &bag->tag_texts[at];
}

static void
check_declaration(struct bag_reader *bag)
{
	const struct buf *text = tag_text(bag, "bagit.txt");
	char lines[128] = "";
	size_t i, n = 0;

	if (text == NULL) {
		refuse(bag, "bag-declaration", "bagit.txt", 0, "没有这个文件，不是交接包");
		return;
	}
	for (i = 0; i < text->len && n + 1 < sizeof(lines); i++) {
		if (text->ptr[i] != '\r')
			lines[n++] = text->ptr[i];
	}
	lines[n] = '\0';
	if (strcmp(lines, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n") != 0 &&
	    strcmp(lines, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8") != 0)
		refuse(bag, "bag-declaration", "bagit.txt", 0, "写的不是 BagIt 1.0、UTF-8");
	if (tag_text(bag, "fetch.txt") != NULL)
		refuse(bag, "bag-fetch", "fetch.txt", 0, "有的内容要从网上取");
}

/* Which of the two digests a manifest is about. */
static char *
digest_of(struct bag_file *file, bool sm3)
{
	return sm3 ? file->digests.sm3 : file->digests.sha256;
}

/* What a tag manifest cannot list: itself, and what is made from it. */
static bool
after_tag_manifests(const char *name)
{
	return text_starts(name, "tagmanifest-") || text_starts(name, "signature/");
}

/* A digest that was made already must be the listed one; the others are made as files are read. */
static void
check_line(struct bag_reader *bag, const char *name, const struct manifest_line *line,
	   struct bag_file *file, bool sm3)
{
	char *digest = file == NULL ? NULL : digest_of(file, sm3);

	if (file == NULL)
		refuse(bag, "bag-missing", line->name, 0, "%s 第 %d 行列了它，包里没有", name,
		       line->line);
	else if (digest[0] == '\0')
		memcpy(digest, line->digest, 65);
	else if (strcmp(digest, line->digest) != 0)
		refuse(bag, "bag-tag", line->name, 0, "它的摘要与 %s 写的不一样", name);
}

/* The payload's manifests and those of the tags, whose names begin with "tag". */
static void
check_manifest(struct bag_reader *bag, const char *name, bool sm3)
{
	bool of_tags = text_starts(name, "tag");
	struct bag_file *files = of_tags ? bag->tags : bag->files;
	const struct bag_entry **entries = of_tags ? bag->tag_entries : bag->file_entries;
	size_t i, count = of_tags ? bag->tag_count : bag->file_count;
	size_t above = of_tags ? 0 : strlen(DATA);
	const struct buf *text = tag_text(bag, name);
	struct manifest manifest = { 0 };

	if (text == NULL) {
		refuse(bag, "bag-manifest", name, 0, "没有这份清单");
		return;
	}
	manifest_parse(&manifest, bag, name, text);
	for (i = 0; i < manifest.count; i++) {
		const char *listed = manifest.lines[i].name;
		ssize_t at = of_tags || text_starts(listed, DATA)
				 ? find_in(files, count, listed + above)
				 : -1;

		check_line(bag, name, &manifest.lines[i], at < 0 ? NULL : &files[at], sm3);
	}
	for (i = 0; i < count; i++) {
		if (!after_tag_manifests(entries[i]->name) &&
		    manifest_find(&manifest, entries[i]->name) == NULL)
			refuse(bag, "bag-unlisted", entries[i]->name, 0, "%s 没有列它", name);
	}
	manifest_release(&manifest);
}

static void
check_oxum(struct bag_reader *bag)
{
	const char *oxum = bag_value(bag, "Payload-Oxum");
	int64_t bytes = 0;
	char real[64];
	size_t i;

	for (i = 0; i < bag->file_count; i++)
		bytes += bag->files[i].bytes;
	snprintf(real, sizeof(real), "%lld.%zu", (long long)bytes, bag->file_count);
	if (oxum == NULL)
		refuse(bag, "bag-oxum", "bag-info.txt", 0, "没有写 Payload-Oxum");
	else if (strcmp(oxum, real) != 0)
		refuse(bag, "bag-oxum", "bag-info.txt", 0, "写的是 %s，实际是 %s", oxum, real);
}

static void
check_info(struct bag_reader *bag)
{
	const struct buf *text = tag_text(bag, "bag-info.txt");
	const char *kind;

	if (text == NULL) {
		refuse(bag, "bag-info", "bag-info.txt", 0, "没有这个文件");
		return;
	}
	info_parse(bag, "bag-info.txt", text);
	if (bag->refused > 0)
		return;
	kind = bag_value(bag, "Yunjuan-Kind");
	if (kind == NULL || (strcmp(kind, "archive") != 0 && strcmp(kind, "package") != 0 &&
			     strcmp(kind, "slip") != 0))
		refuse(bag, "bag-info", "bag-info.txt", 0,
		       "没有写 Yunjuan-Kind 是 archive、package 还是 slip");
	check_oxum(bag);
}

/* --- opening --------------------------------------------------------------------------------------------- */
static int
check_container(struct bag_reader *bag, struct err *err)
{
	void (*const stages[])(struct bag_reader *) = { check_names, check_kinds, check_sizes,
							check_methods };
	size_t i;

	if ((bag->is_zip ? zip_scan(bag, err) : folder_scan(bag, err)) != 0)
		return -1;
	for (i = 0; i < sizeof(stages) / sizeof(*stages) && bag->refused == 0; i++)
		stages[i](bag);
	return 0;
}

static int
check_bag(struct bag_reader *bag, struct err *err)
{
	sort_files(bag);
	if (read_tags(bag, err) != 0)
		return -1;
	if (bag->refused == 0)
		check_declaration(bag);
	if (bag->refused == 0) {
		check_manifest(bag, "manifest-sha256.txt", false);
		check_manifest(bag, "manifest-sm3.txt", true);
	}
	if (bag->refused == 0) {
		check_manifest(bag, "tagmanifest-sha256.txt", false);
		check_manifest(bag, "tagmanifest-sm3.txt", true);
	}
	if (bag->refused == 0)
		check_info(bag);
	return 0;
}

static void
set_limits(struct bag_reader *bag, const struct bag_limits *given)
{
	bag->limits = defaults;
	if (given == NULL)
		return;
	if (given->total_bytes != 0)
		bag->limits.total_bytes = given->total_bytes;
	if (given->file_bytes != 0)
		bag->limits.file_bytes = given->file_bytes;
	if (given->tag_bytes != 0)
		bag->limits.tag_bytes = given->tag_bytes;
	if (given->files != 0)
		bag->limits.files = given->files;
	if (given->ratio != 0)
		bag->limits.ratio = given->ratio;
}

/* Who unpacks a zip gets a folder with the top folder in it. */
static void
enter_only_folder(struct bag_reader *bag)
{
	const struct dirent *entry;
	DIR *dir = fdopendir(openat(bag->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	size_t count = 0;
	char name[256] = "";
	int fd;

	for (entry = dir == NULL ? NULL : readdir(dir); entry != NULL; entry = readdir(dir)) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s", entry->d_name);
		count++;
	}
	if (dir != NULL)
		closedir(dir);
	if (count != 1)
		return;
	fd = openat(bag->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	close(bag->fd);
	bag->fd = fd;
	bag->path = arena_printf(&bag->arena, "%s/%s", bag->path, name);
}

static int
open_container(struct bag_reader *bag, const char *path, struct err *err)
{
	struct stat st;

	bag->path = arena_strdup(&bag->arena, path);
	bag->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (bag->fd < 0 || fstat(bag->fd, &st) != 0)
		return err_sys(err, "打开", path);
	bag->is_zip = S_ISREG(st.st_mode);
	bag->zip_bytes = st.st_size;
	if (!bag->is_zip && !S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE, "不是压缩包，也不是目录：%s", path);
	if (!bag->is_zip)
		enter_only_folder(bag);
	return 0;
}

/* The last part of the folder's path is what it is called. */
static void
name_folder(struct bag_reader *bag)
{
	char *real = realpath(bag->path, NULL);
	const char *slash = real == NULL ? NULL : strrchr(real, '/');

	bag->top = arena_strdup(&bag->arena, slash == NULL ? bag->path : slash + 1);
	free(real);
}

int
bag_open(struct bag_reader **out, const char *path, const struct bag_limits *limits,
	 struct findings *findings, struct err *err)
{
	struct bag_reader *bag = xcalloc(1, sizeof(*bag));
	int rc;

	*out = NULL;
	bag->findings = findings;
	set_limits(bag, limits);
	rc = open_container(bag, path, err);
	if (rc == 0)
		rc = check_container(bag, err);
	if (rc == 0 && bag->refused == 0)
		rc = check_bag(bag, err);
	if (rc != 0 || bag->refused > 0) {
		bag_reader_free(bag);
		return rc;
	}
	if (!bag->is_zip)
		name_folder(bag);
	*out = bag;
	return 0;
}

void
bag_reader_free(struct bag_reader *bag)
{
	size_t i;

	if (bag == NULL)
		return;
	if (bag->fd >= 0)
		close(bag->fd);
	for (i = 0; i < bag->tag_count; i++)
		buf_release(&bag->tag_texts[i]);
	free(bag->tag_texts);
	free(bag->files);
	free(bag->tags);
	free(bag->file_entries);
	free(bag->tag_entries);
	free(bag->labels);
	free(bag->entries);
	arena_release(&bag->arena);
	free(bag);
}

/* --- asking ------------------------------------------------------------------------------------------------ */
const char *
bag_top(const struct bag_reader *bag)
{
	return bag->top;
}

const char *
bag_value(const struct bag_reader *bag, const char *label)
{
	size_t i;

	for (i = 0; i < bag->label_count; i++) {
		if (text_same_nocase(bag->labels[i].name, label))
			return bag->labels[i].value;
	}
	return NULL;
}

const struct bag_file *
bag_files(const struct bag_reader *bag, size_t *count)
{
	*count = bag->file_count;
	return bag->files;
}

const struct bag_file *
bag_tags(const struct bag_reader *bag, size_t *count)
{
	*count = bag->tag_count;
	return bag->tags;
}

int
bag_stream_file(struct bag_reader *bag, const char *name,
		int (*each)(void *ctx, const void *data, size_t len, struct err *err), void *ctx,
		struct findings *findings, struct err *err)
{
	ssize_t at = find_in(bag->files, bag->file_count, name);
	const char *fault = "bag-digest", *why = "内容与清单上的摘要不一样";
	struct digests digests;
	int rc;

	if (at < 0)
		return 0;
	rc = entry_digest(bag, bag->file_entries[at], each, ctx, &digests, &fault, &why, err);
	if (rc < 0)
		return -1;
	if (rc == 1 && memcmp(&digests, &bag->files[at].digests, sizeof(digests)) == 0)
		return 1;
	bag->findings = findings;
	bag->refused = 0;
	refuse(bag, fault, bag->file_entries[at]->name, 0, "%s", why);
	return 0;
}

int
bag_read_file(struct bag_reader *bag, const char *name, size_t max_bytes, struct buf *out,
	      struct findings *findings, struct err *err)
{
	ssize_t at = find_in(bag->files, bag->file_count, name);

	if (at >= 0 && bag->files[at].bytes > (int64_t)max_bytes)
		return err_set(err, ERR_LIMIT, "文件超过 %zu 字节的上限：%s", max_bytes, name);
	return bag_stream_file(bag, name, append, out, findings, err);
}

int
bag_read_tag(struct bag_reader *bag, const char *name, struct buf *out, struct err *err)
{
	const struct buf *text = tag_text(bag, name);

	(void)err;
	if (text == NULL)
		return 0;
	buf_put(out, text->ptr, text->len);
	return 1;
}
