/* Bags written and read back: the same bytes, the same answers, and nothing left of what failed. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parcel/bag.h"
#include "parcel/bag_read.h"
#include "unit.h"

static char folder[] = "/tmp/yunjuan-bag-XXXXXX";

/* Words that compress, then noise that does not. */
static void
fill(char *data, size_t len, bool noise)
{
	uint32_t state = 7;
	size_t i;

	for (i = 0; i < len; i++) {
		state = state * 1664525u + 1013904223u;
		data[i] =
		    noise ? (char)(state >> 24) : "审批意见 approve\n"[i % 21 + (state >> 31)];
	}
}

static int
sign(void *ctx, const void *data, size_t len, struct buf *der, struct buf *pem, struct err *err)
{
	(void)err;
	*(size_t *)ctx = len;
	buf_put(der, data, 10);
	buf_puts(pem, "PEM");
	return 0;
}

struct source {
	const char *data;
	int64_t next; /* pieces come in order */
	int64_t fail_at;
};

static int
read_source(void *ctx, int worker, int64_t at, void *data, size_t len, struct err *err)
{
	struct source *s = ctx;

	if (worker < 0 || worker >= bag_workers() || at != s->next)
		return err_set(err, ERR_DATA, "wrong piece");
	if (s->fail_at >= 0 && at >= s->fail_at)
		return err_set(err, ERR_GIT, "这一份读不出来");
	memcpy(data, s->data + at, len);
	s->next += (int64_t)len;
	return 0;
}

#define LONG_BYTES (5 * BAG_PIECE_BYTES + 12345)

static char *words, *noise;

/* One of each kind: empty, short, incompressible, long of both, from a file. */
static struct bag *
make(struct source sources[2], size_t *signed_len, struct err *err)
{
	struct bag_options options = { "top-甲", "archive", 1620610200, sign, signed_len };
	struct bag *bag = bag_new(&options);
	int rc = 0;

	sources[0] = (struct source){ words, 0, -1 };
	sources[1] = (struct source){ noise, 0, -1 };
	rc |= bag_add(bag, "空.txt", NULL, 0, err);
	rc |= bag_add(bag, "b/短.txt", "短的", 6, err);
	rc |= bag_add(bag, "100%.txt", "%", 1, err);
	rc |= bag_add(bag, "noise.jpg", noise, 300000, err);
	rc |= bag_add_read(bag, "long.txt", LONG_BYTES, read_source, &sources[0], err);
	rc |= bag_add_read(bag, "long.jpg", LONG_BYTES, read_source, &sources[1], err);
	rc |= bag_add_file(bag, "from-file.txt", "file.txt", err);
	rc |= bag_add_tag(bag, "说明.txt", "读我", 6, err);
	bag_info(bag, "Contact-Name", "经办\n一");
	CHECK_INT(rc, 0);
	return bag;
}

static void
write_to(const char *path, struct bag_report *report)
{
	struct source sources[2];
	struct err err = { 0 };
	size_t signed_len = 0;
	struct bag *bag = make(sources, &signed_len, &err);

	CHECK_INT(bag_finish(bag, path, report, &err), 0);
	CHECK_STR(err.text, "");
	CHECK(signed_len > 200);
	bag_free(bag);
}

static bool
same_files(const char *a, const char *b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	struct err err = { 0 };
	bool same = file_read(&x, a, (size_t)1 << 28, &err) == 0 &&
		    file_read(&y, b, (size_t)1 << 28, &err) == 0 && x.len == y.len &&
		    memcmp(x.ptr, y.ptr, x.len) == 0;

	buf_release(&x);
	buf_release(&y);
	return same;
}

static void
test_bag__same_bytes(void)
{
	struct bag_report one, two;

	setenv("YUNJUAN_THREADS", "1", 1);
	write_to("one.zip", &one);
	setenv("YUNJUAN_THREADS", "7", 1);
	setenv("TZ", "America/New_York", 1);
	write_to("two.zip", &two);
	setenv("YUNJUAN_THREADS", "2", 1);
	setenv("TZ", "UTC", 1);
	CHECK(same_files("one.zip", "two.zip"));
	CHECK_STR(one.digests.sm3, two.digests.sm3);
	CHECK_INT(one.payload_count, 7);
	CHECK_INT(one.payload_bytes, 2 * LONG_BYTES + 300000 + 6 + 1 + 5);
	CHECK_INT(system("openssl dgst -sm3 -r one.zip | cut -c 1-64 >sm3"), 0);
	{
		struct buf text = BUF_INIT;
		struct err err = { 0 };

		CHECK_INT(file_read(&text, "sm3", 100, &err), 0);
		CHECK(strncmp(text.ptr, one.digests.sm3, 64) == 0);
		buf_release(&text);
	}
}

static void
test_bag__other_tools(void)
{
	write_to("one.zip", NULL);
	CHECK_INT(system("unzip -tq one.zip >said 2>&1"), 0);
	CHECK_INT(system("7z t one.zip >said 2>&1"), 0);
	CHECK_INT(system("unzip -Z one.zip | grep 'noise.jpg' | grep -q stor"), 0);
	CHECK_INT(system("unzip -Z one.zip | grep 'long.jpg' | grep -q stor"), 0);
	CHECK_INT(system("unzip -Z one.zip | grep 'long.txt' | grep -q defN"), 0);
	CHECK_INT(system("rm -rf x && unzip -q one.zip -d x && cd x/top-甲 && "
			 "grep -v 100 manifest-sha256.txt | sha256sum -c --quiet && "
			 "sha256sum -c --quiet tagmanifest-sha256.txt"),
		  0);
	CHECK_INT(
	    system("test \"$(sed -n 's/^Contact-Name: //p' x/top-甲/bag-info.txt)\" = '经办 一'"),
	    0);
	/* Nothing but plain files of one time. */
	CHECK_INT(system("test \"$(unzip -Z one.zip | grep -c '^-rw-r--r--.*21-May-10 09:30')\" = "
			 "\"$(unzip -Z -1 one.zip | wc -l)\""),
		  0);
}

static void
check_read(const char *path, const char *top)
{
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct bag_reader *bag = NULL;
	struct buf text = BUF_INIT;
	const struct bag_file *files;
	size_t count = 0;

	CHECK_INT(bag_open(&bag, path, NULL, &findings, &err), 0);
	CHECK(bag != NULL);
	if (bag == NULL) {
		findings_print(&findings, stdout);
		findings_release(&findings);
		return;
	}
	CHECK_STR(bag_top(bag), top);
	CHECK_STR(bag_value(bag, "yunjuan-kind"), "archive");
	CHECK(bag_value(bag, "nothing") == NULL);
	files = bag_files(bag, &count);
	CHECK_INT(count, 7);
	CHECK_STR(files[0].name, "100%.txt");
	CHECK_INT(bag_check(bag, &findings, &err), 0);
	CHECK_INT(findings.count, 0);
	CHECK_INT(bag_read_file(bag, "b/短.txt", 100, &text, &findings, &err), 1);
	CHECK_STR(text.ptr, "短的");
	buf_clear(&text);
	CHECK_INT(bag_read_file(bag, "b", 100, &text, &findings, &err), 0);
	CHECK_INT(bag_read_tag(bag, "说明.txt", &text, &err), 1);
	CHECK_STR(text.ptr, "读我");
	CHECK_INT(bag_read_tag(bag, "signature/signer.pem", &text, &err), 1);
	CHECK_INT(bag_read_tag(bag, "signature", &text, &err), 0);
	CHECK_INT(bag_read_file(bag, "long.txt", 100, &text, &findings, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	buf_release(&text);
	bag_reader_free(bag);
	findings_release(&findings);
}

static void
test_bag__read(void)
{
	write_to("one.zip", NULL);
	check_read("one.zip", "top-甲");
	CHECK_INT(system("rm -rf x && unzip -q one.zip -d x"), 0);
	check_read("x/top-甲", "top-甲");
	check_read("x", "top-甲");
	/* Packed again by others: with folders, other methods, sizes behind the data. */
	CHECK_INT(system("cd x && rm -f ../again.zip && zip -qr ../again.zip top-甲"), 0);
	check_read("again.zip", "top-甲");
	CHECK_INT(system("cd x && zip -qr - top-甲 | cat >../again.zip"), 0);
	check_read("again.zip", "top-甲");
	CHECK_INT(system("rm -f again.zip && cd x && 7z a -tzip ../again.zip top-甲 >/dev/null"),
		  0);
	check_read("again.zip", "top-甲");
}

static void
test_bag__unpack(void)
{
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct bag_reader *bag = NULL;

	write_to("one.zip", NULL);
	CHECK_INT(bag_open(&bag, "one.zip", NULL, &findings, &err), 0);
	CHECK_INT(system("rm -rf q x && unzip -q one.zip -d x"), 0);
	CHECK_INT(bag_unpack(bag, "q", &findings, &err), 0);
	CHECK_INT(system("diff -r q x/top-甲"), 0);
	/* Never into what is there. */
	CHECK_INT(bag_unpack(bag, "q", &findings, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	CHECK_INT(system("diff -r q x/top-甲 && rm -rf q && ln -s x q"), 0);
	err_clear(&err);
	CHECK_INT(bag_unpack(bag, "q", &findings, &err), -1);
	CHECK_INT(system("rm q"), 0);
	bag_reader_free(bag);
	CHECK_INT(findings.count, 0);
	findings_release(&findings);
}

/* What is wrong is found while it is unpacked, and nothing of it stays. */
static void
test_bag__unpack_damaged(void)
{
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct bag_reader *bag = NULL;

	write_to("one.zip", NULL);
	CHECK_INT(system("rm -rf q && offset=$(unzip -Zv one.zip '*noise.jpg' | "
			 "sed -n 's/.*offset of local header from start of archive: *//p' | "
			 "head -n 1) && printf X | dd of=one.zip bs=1 seek=$((offset + 50000)) "
			 "conv=notrunc 2>/dev/null"),
		  0);
	CHECK_INT(bag_open(&bag, "one.zip", NULL, &findings, &err), 0);
	CHECK(bag != NULL);
	CHECK_INT(bag_unpack(bag, "q", &findings, &err), 0);
	CHECK_INT(findings.count, 1);
	CHECK_STR(findings.items[0].rule, "file-damaged");
	CHECK_STR(findings.items[0].file, "data/noise.jpg");
	CHECK(!file_exists("q"));
	bag_reader_free(bag);
	findings_release(&findings);
}

/* --- failures --------------------------------------------------------------------------------------- */
static void
check_nothing_left(const char *path)
{
	CHECK(!file_exists(path));
	CHECK_INT(system("test -z \"$(ls | grep tmp-yunjuan)\""), 0);
}

static void
test_bag__read_fails(void)
{
	static const int64_t at[] = { 0, 3 * BAG_PIECE_BYTES };
	size_t i;

	for (i = 0; i < 2; i++) {
		struct source sources[2];
		struct err err = { 0 };
		size_t signed_len = 0;
		struct bag *bag = make(sources, &signed_len, &err);

		sources[0].fail_at = at[i];
		CHECK_INT(bag_finish(bag, "fails.zip", NULL, &err), -1);
		CHECK_INT(err.code, ERR_GIT);
		CHECK_STR(err.text, "这一份读不出来");
		bag_free(bag);
		check_nothing_left("fails.zip");
	}
}

static void
test_bag__file_changes(void)
{
	static const char *const changes[] = { "echo more >>changing", "printf a >changing",
					       "rm changing", "ln -sf file.txt changing" };
	struct bag_options options = { .top = "top", .kind = "slip" };
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct bag *bag = bag_new(&options);
		struct err err = { 0 };

		CHECK_INT(system("rm -f changing; echo changing >changing"), 0);
		CHECK_INT(bag_add_file(bag, "x", "changing", &err), 0);
		CHECK_INT(system(changes[i]), 0);
		CHECK_INT(bag_finish(bag, "fails.zip", NULL, &err), -1);
		CHECK(err.code == ERR_DATA || err.code == ERR_IO);
		bag_free(bag);
		check_nothing_left("fails.zip");
	}
}

static int
refuse_to_sign(void *ctx, const void *data, size_t len, struct buf *der, struct buf *pem,
	       struct err *err)
{
	(void)ctx;
	(void)data;
	(void)len;
	buf_puts(der, "half");
	buf_puts(pem, "half");
	return err_set(err, ERR_USAGE, "口令不对");
}

static void
test_bag__signer_fails(void)
{
	struct bag_options options = { .top = "top", .kind = "slip", .sign = refuse_to_sign };
	struct bag *bag = bag_new(&options);
	struct err err = { 0 };

	CHECK_INT(bag_add(bag, "x", "x", 1, &err), 0);
	CHECK_INT(bag_finish(bag, "fails.zip", NULL, &err), -1);
	CHECK_STR(err.text, "口令不对");
	bag_free(bag);
	check_nothing_left("fails.zip");
}

static void
test_bag__nowhere(void)
{
	struct source sources[2];
	struct err err = { 0 };
	size_t signed_len = 0;
	struct bag *bag = make(sources, &signed_len, &err);

	CHECK_INT(bag_finish(bag, "no-folder/x.zip", NULL, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	bag_free(bag);
}

/* The folder stands in the way of the rename; the temporary goes. */
static void
test_bag__rename_fails(void)
{
	struct source sources[2];
	struct err err = { 0 };
	size_t signed_len = 0;
	struct bag *bag = make(sources, &signed_len, &err);

	CHECK_INT(mkdir("folder.zip", 0777), 0);
	CHECK_INT(bag_finish(bag, "folder.zip", NULL, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	bag_free(bag);
	CHECK_INT(rmdir("folder.zip"), 0);
	check_nothing_left("folder.zip");
}

static void
test_bag__names_refused(void)
{
	struct bag_options options = { .top = "top", .kind = "slip" };
	struct bag *bag = bag_new(&options);
	struct err err = { 0 };

	CHECK_INT(bag_add(bag, "a.txt", "x", 1, &err), 0);
	CHECK_INT(bag_add(bag, "A.TXT", "x", 1, &err), -1);
	CHECK_INT(err.code, ERR_DATA);
	err_clear(&err);
	CHECK_INT(bag_add(bag, "../a.txt", "x", 1, &err), -1);
	err_clear(&err);
	CHECK_INT(bag_add_tag(bag, "manifest-sm3.txt", "x", 1, &err), -1);
	err_clear(&err);
	CHECK_INT(bag_add_tag(bag, "data/x", "x", 1, &err), -1);
	err_clear(&err);
	CHECK_INT(bag_add_file(bag, "dir", "/tmp", &err), -1);
	CHECK_INT(err.code, ERR_DATA);
	bag_free(bag);
}

/* --- many -------------------------------------------------------------------------------------------- */
/* More files than sixteen bits count. */
static void
test_bag__many(void)
{
	struct bag_options options = { .top = "top", .kind = "package", .time = 1620610200 };
	struct bag *bag = bag_new(&options);
	struct findings findings = { 0 };
	struct bag_reader *reader = NULL;
	struct err err = { 0 };
	char name[32];
	size_t count;
	int i, rc = 0;

	for (i = 0; i < 66000 && rc == 0; i++) {
		snprintf(name, sizeof(name), "%03d/%05d", i / 100, i);
		rc = bag_add(bag, name, name, strlen(name), &err);
	}
	CHECK_INT(rc, 0);
	CHECK_INT(bag_finish(bag, "many.zip", NULL, &err), 0);
	bag_free(bag);
	CHECK_INT(system("unzip -tq many.zip >said 2>&1"), 0);
	CHECK_INT(bag_open(&reader, "many.zip", NULL, &findings, &err), 0);
	if (reader != NULL)
		bag_files(reader, &count);
	CHECK(reader != NULL && count == 66000);
	bag_reader_free(reader);
	CHECK_INT(unlink("many.zip"), 0);
	findings_release(&findings);
}

int
main(void)
{
	FILE *file;

	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return 1;
	setenv("LC_ALL", "C.UTF-8", 1); /* for zip */
	words = xcalloc(1, LONG_BYTES + 64);
	noise = xcalloc(1, LONG_BYTES + 64);
	fill(words, LONG_BYTES, false);
	fill(noise, LONG_BYTES, true);
	file = fopen("file.txt", "w");
	if (file == NULL || fputs("file\n", file) < 0 || fclose(file) != 0)
		return 1;
	unit_run("bag: the same calls give the same bytes", test_bag__same_bytes);
	unit_run("bag: other tools read it", test_bag__other_tools);
	unit_run("bag: read back, packed, unpacked and packed by others", test_bag__read);
	unit_run("bag: into a new folder only", test_bag__unpack);
	unit_run("bag: what is damaged is not unpacked", test_bag__unpack_damaged);
	unit_run("bag: a source fails", test_bag__read_fails);
	unit_run("bag: a file changes meanwhile", test_bag__file_changes);
	unit_run("bag: the signer fails", test_bag__signer_fails);
	unit_run("bag: no such folder", test_bag__nowhere);
	unit_run("bag: something is in the way", test_bag__rename_fails);
	unit_run("bag: names that are refused", test_bag__names_refused);
	unit_run("bag: more than 65,535 files", test_bag__many);
	free(words);
	free(noise);
	if (chdir("/") == 0) {
		struct err err = { 0 };

		if (file_remove_tree(folder, &err) != 0)
			err_print(&err);
	}
	return unit_end();
}
