/* bag: which files a bag has and what its own files say. */
#include "parcel/parcel_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calendar/calendar.h"

#define DATA "data/"
#define SIGNATURE "signature/tagmanifest-sm3.txt.sig"
#define SIGNER "signature/signer.pem"

struct bag {
	struct bag_options options;
	struct packed_file *files;
	size_t count, cap;
	struct map keys; /* bag_name_key of each file */
	struct arena arena;
	struct buf info;
	int64_t payload_bytes;
	size_t payload_count;
};

/* What BagIt keeps for itself. */
static const char *const own_names[] = {
	"bag-info.txt",	       "bagit.txt",	   "fetch.txt",
	"manifest-sha256.txt", "manifest-sm3.txt", "tagmanifest-sha256.txt",
	"tagmanifest-sm3.txt", SIGNATURE,	   SIGNER
};

struct bag *
bag_new(const struct bag_options *options)
{
	struct bag *bag = xcalloc(1, sizeof(*bag));

	bag->options = *options;
	bag->options.top = arena_strdup(&bag->arena, options->top);
	bag->options.kind = arena_strdup(&bag->arena, options->kind);
	buf_init(&bag->info, 0);
	return bag;
}

void
bag_free(struct bag *bag)
{
	size_t i;

	if (bag == NULL)
		return;
	for (i = 0; i < bag->count; i++)
		packed_file_release(&bag->files[i]);
	free(bag->files);
	map_release(&bag->keys);
	arena_release(&bag->arena);
	buf_release(&bag->info);
	free(bag);
}

int
bag_workers(void)
{
	return thread_count();
}

/* --- files --------------------------------------------------------------------------------------------- */
/* A new row; its name is folder and name. NULL when the name is not allowed or there already. */
static struct packed_file *
add_file(struct bag *bag, const char *folder, const char *name, struct err *err)
{
	const char *why = bag_name_fault(name, strlen(name), NULL), *key;
	struct packed_file file = { .fd = -1 };

	if (why != NULL) {
		err_set(err, ERR_DATA, "“%s”放不进归档包：名字%s；请改名", name, why);
		return NULL;
	}
	file.name = arena_printf(&bag->arena, "%s%s", folder, name);
	key = bag_name_key(&bag->arena, file.name, strlen(file.name));
	if (map_find(&bag->keys, key) != NULL) {
		err_set(err, ERR_DATA, "归档包里有两个文件叫“%s”（不分大小写），请改名", name);
		return NULL;
	}
	map_put(&bag->keys, key, (void *)file.name);
	file.name = xstrdup(file.name);
	vec_push(bag->files, bag->count, bag->cap, file);
	return &bag->files[bag->count - 1];
}

static struct packed_file *
add_payload(struct bag *bag, const char *name, int64_t bytes, struct err *err)
{
	struct packed_file *file = add_file(bag, DATA, name, err);

	if (file != NULL) {
		file->bytes = bytes;
		bag->payload_bytes += bytes;
		bag->payload_count++;
	}
	return file;
}

static void
set_memory(struct packed_file *file, const void *data, size_t len)
{
	char *copy = xmalloc(len + 1);

	if (len != 0)
		memcpy(copy, data, len);
	file->data = copy;
	file->bytes = (int64_t)len;
}

int
bag_add(struct bag *bag, const char *name, const void *data, size_t len, struct err *err)
{
	struct packed_file *file = add_payload(bag, name, (int64_t)len, err);

	if (file == NULL)
		return -1;
	set_memory(file, data, len);
	return 0;
}

int
bag_add_file(struct bag *bag, const char *name, const char *path, struct err *err)
{
	struct packed_file *file;
	struct stat st;

	if (lstat(path, &st) != 0)
		return err_sys(err, "查看", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_DATA, "不是普通文件，放不进归档包：%s", path);
	file = add_payload(bag, name, st.st_size, err);
	if (file == NULL)
		return -1;
	file->path = xstrdup(path);
	return 0;
}

int
bag_add_read(struct bag *bag, const char *name, int64_t bytes, bag_read_fn *read, void *ctx,
	     struct err *err)
{
	struct packed_file *file = add_payload(bag, name, bytes, err);

	if (file == NULL)
		return -1;
	file->read = read;
	file->read_ctx = ctx;
	return 0;
}

int
bag_add_tag(struct bag *bag, const char *name, const void *data, size_t len, struct err *err)
{
	struct packed_file *file;
	size_t i;

	for (i = 0; i < sizeof(own_names) / sizeof(*own_names); i++) {
		if (strcmp(name, own_names[i]) == 0)
			return err_set(err, ERR_DATA, "“%s”是归档包自己的文件名，请改名", name);
	}
	if (text_starts(name, DATA))
		return err_set(err, ERR_DATA, "“%s”应当作为内容放进归档包", name);
	file = add_file(bag, "", name, err);
	if (file == NULL)
		return -1;
	set_memory(file, data, len);
	return 0;
}

void
bag_info(struct bag *bag, const char *label, const char *value)
{
	buf_printf(&bag->info, "%s: ", label);
	for (; *value != '\0'; value++)
		buf_putc(&bag->info, *value == '\n' || *value == '\r' ? ' ' : *value);
	buf_putc(&bag->info, '\n');
}

/* --- its own files ------------------------------------------------------------------------------------- */
static int
add_own(struct bag *bag, const char *name, const void *data, size_t len, struct err *err)
{
	struct packed_file *file = add_file(bag, "", name, err);

	if (file == NULL)
		return -1;
	if (data == NULL)
		file->late = true;
	else
		set_memory(file, data, len);
	return 0;
}

static int
add_declarations(struct bag *bag, struct err *err)
{
	static const char bagit[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
	struct buf info = BUF_INIT;
	char day[11];
	int rc;

	day_text(day_of(bag->options.time), day);
	buf_printf(&info, "Yunjuan-Kind: %s\nBagging-Date: %s\nPayload-Oxum: %lld.%zu\n",
		   bag->options.kind, day, (long long)bag->payload_bytes, bag->payload_count);
	buf_put(&info, bag->info.ptr, bag->info.len);
	rc = add_own(bag, "bagit.txt", bagit, sizeof(bagit) - 1, err);
	if (rc == 0)
		rc = add_own(bag, "bag-info.txt", info.ptr, info.len, err);
	buf_release(&info);
	return rc;
}

static int
add_own_files(struct bag *bag, struct err *err)
{
	static const char *const late[] = { "manifest-sha256.txt", "manifest-sm3.txt",
					    "tagmanifest-sha256.txt", "tagmanifest-sm3.txt" };
	size_t i;

	if (add_declarations(bag, err) != 0)
		return -1;
	for (i = 0; i < sizeof(late) / sizeof(*late); i++) {
		if (add_own(bag, late[i], NULL, 0, err) != 0)
			return -1;
	}
	if (bag->options.sign == NULL)
		return 0;
	return add_own(bag, SIGNATURE, NULL, 0, err) == 0 ? add_own(bag, SIGNER, NULL, 0, err) : -1;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct packed_file *)a)->name, ((const struct packed_file *)b)->name);
}

static struct packed_file *
find_file(struct bag *bag, const char *name)
{
	struct packed_file key = { .name = name };

	return bsearch(&key, bag->files, bag->count, sizeof(key), by_name);
}

/* A line as sha256sum -c reads it; BagIt writes % as %25. */
static void
put_line(struct buf *out, const char *digest, const char *name)
{
	buf_printf(out, "%s  ", digest);
	for (; *name != '\0'; name++) {
		if (*name == '%')
			buf_puts(out, "%25");
		else
			buf_putc(out, *name);
	}
	buf_putc(out, '\n');
}

static void
set_late(struct bag *bag, const char *name, struct buf *text)
{
	struct packed_file *file = find_file(bag, name);

	file->bytes = (int64_t)text->len;
	file->data = buf_detach(text);
}

static void
make_manifests(struct bag *bag)
{
	struct buf sha256 = BUF_INIT, sm3 = BUF_INIT;
	size_t i;

	for (i = 0; i < bag->count; i++) {
		const struct packed_file *file = &bag->files[i];

		if (text_starts(file->name, DATA)) {
			put_line(&sha256, file->digests.sha256, file->name);
			put_line(&sm3, file->digests.sm3, file->name);
		}
	}
	set_late(bag, "manifest-sha256.txt", &sha256);
	set_late(bag, "manifest-sm3.txt", &sm3);
}

static int
make_tag_manifests(struct bag *bag, struct err *err)
{
	struct buf sha256 = BUF_INIT, sm3 = BUF_INIT;
	int rc = 0;
	size_t i;

	for (i = 0; i < bag->count && rc == 0; i++) {
		const struct packed_file *file = &bag->files[i];
		struct digests digests;

		if (file->data == NULL || text_starts(file->name, DATA))
			continue;
		rc = digests_of(file->data, (size_t)file->bytes, &digests, err);
		put_line(&sha256, digests.sha256, file->name);
		put_line(&sm3, digests.sm3, file->name);
	}
	set_late(bag, "tagmanifest-sha256.txt", &sha256);
	set_late(bag, "tagmanifest-sm3.txt", &sm3);
	return rc;
}

static int
make_signature(struct bag *bag, struct err *err)
{
	const struct packed_file *signed_file = find_file(bag, "tagmanifest-sm3.txt");
	struct buf der = BUF_INIT, pem = BUF_INIT;

	if (bag->options.sign == NULL)
		return 0;
	if (bag->options.sign(bag->options.sign_ctx, signed_file->data, (size_t)signed_file->bytes,
			      &der, &pem, err) != 0) {
		buf_release(&der);
		buf_release(&pem);
		return -1;
	}
	set_late(bag, SIGNATURE, &der);
	set_late(bag, SIGNER, &pem);
	return 0;
}

/* All payload stands before them in the zip ("data/" < "manifest"), so its digests are known. */
static int
make_late(void *ctx, struct err *err)
{
	struct bag *bag = ctx;

	make_manifests(bag);
	if (make_tag_manifests(bag, err) != 0)
		return -1;
	return make_signature(bag, err);
}

/* --- the zip --------------------------------------------------------------------------------------------- */
/* Of what is on the disk, not of what was meant to be written. */
static int
read_back(struct outfile *draft, struct bag_report *report, struct err *err)
{
	struct digester *digester = digester_new();
	char *data = xmalloc(65536);
	ssize_t n = 1;
	int rc;

	while (n > 0) {
		n = pread(draft->fd, data, 65536, report->bytes);
		if (n > 0) {
			digester_add(digester, data, (size_t)n);
			report->bytes += n;
		} else if (n < 0 && errno == EINTR) {
			n = 1;
		}
	}
	rc = n < 0 ? err_sys(err, "读取", draft->path) : 0;
	if (rc == 0)
		rc = digester_end(digester, &report->digests, err);
	digester_free(digester);
	free(data);
	return rc;
}

static int
write_zip(struct bag *bag, struct outfile *draft, struct err *err)
{
	struct zip_job job = { .top = bag->options.top,
			       .files = bag->files,
			       .count = bag->count,
			       .time = bag->options.time,
			       .make_late = make_late,
			       .ctx = bag };
	int rc;

	if (press_start(&job.press, bag->files, bag->count, err) != 0)
		return -1;
	rc = zip_write(&job, draft, err);
	press_stop(job.press, err);
	return rc;
}

int
bag_finish(struct bag *bag, const char *path, struct bag_report *report, struct err *err)
{
	struct outfile draft = { 0 };
	int rc = add_own_files(bag, err);

	if (rc != 0)
		return rc;
	qsort(bag->files, bag->count, sizeof(*bag->files), by_name);
	rc = outfile_begin(&draft, path, err);
	if (rc == 0)
		rc = write_zip(bag, &draft, err);
	if (rc == 0 && report != NULL) {
		memset(report, 0, sizeof(*report));
		report->payload_bytes = bag->payload_bytes;
		report->payload_count = bag->payload_count;
		rc = read_back(&draft, report, err);
	}
	if (rc == 0)
		rc = outfile_commit(&draft, err);
	outfile_end(&draft);
	return rc;
}
