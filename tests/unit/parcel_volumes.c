#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parcel/mail.h"
#include "parcel/volumes.h"
#include "parcel_fixture.h"

/* Bytes that do not repeat early. */
static void
noise(struct buf *out, size_t len)
{
	uint32_t state = 1;

	for (; len > 0; len--) {
		state = state * 1664525u + 1013904223u;
		buf_putc(out, (char)(state >> 24));
	}
}

static bool
same_file(const char *path, const char *data, size_t len)
{
	struct buf text = BUF_INIT;
	struct err err = { 0 };
	bool same = file_read(&text, path, len + 1, &err) == 0 && text.len == len &&
		    memcmp(text.ptr, data, len) == 0;

	buf_release(&text);
	return same;
}

static int
file_count(const char *folder)
{
	struct file_list list = { 0 };
	struct err err = { 0 };
	int count;

	CHECK_INT(file_list_below(&list, at(folder), &err), 0);
	count = (int)list.count;
	file_list_release(&list);
	return count;
}

static void
test_volumes__name(void)
{
	static const struct {
		const char *name;
		int stem_len, number, count; /* 0 = refused */
	} rows[] = {
		{ "a.zip.001-of-003", 5, 1, 3 },
		{ "归档 1.zip.003-of-003", 12, 3, 3 },
		{ "a.zip.999-of-999", 5, 999, 999 },
		{ "a.zip.001-of-001", 5, 1, 1 },
		{ "a.zip", 0, 0, 0 },
		{ ".zip.001-of-003", 0, 0, 0 },
		{ "a.zip.000-of-003", 0, 0, 0 },
		{ "a.zip.004-of-003", 0, 0, 0 },
		{ "a.zip.1-of-3", 0, 0, 0 },
		{ "a.zip.0001-of-0003", 0, 0, 0 },
		{ "a.zip.+01-of-003", 0, 0, 0 },
		{ "a.zip. 01-of-003", 0, 0, 0 },
		{ "a.zip.001-OF-003", 0, 0, 0 },
		{ "a.zip.001-of-003 ", 0, 0, 0 },
		{ "a.zip.001-of-003.exe", 0, 0, 0 },
		{ "a.exe.001-of-003", 0, 0, 0 },
		{ "azip.001-of-003", 0, 0, 0 },
		{ "../a.zip.001-of-003", 0, 0, 0 },
		{ "b\\a.zip.001-of-003", 0, 0, 0 },
		{ "C:a.zip.001-of-003", 0, 0, 0 },
		{ "NUL.zip.001-of-003", 0, 0, 0 },
		{ "a\n.zip.001-of-003", 0, 0, 0 },
		{ "a\xe2\x80\xae.zip.001-of-003", 0, 0, 0 },
		{ "a\xff.zip.001-of-003", 0, 0, 0 },
		{ "", 0, 0, 0 },
	};
	struct volume_name is;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool ok = volume_name_parse(&is, rows[i].name);

		CHECK_INT(ok, rows[i].count > 0);
		CHECK_INT(ok ? (int)is.stem_len : 0, rows[i].stem_len);
		CHECK_INT(ok ? is.number : 0, rows[i].number);
		CHECK_INT(ok ? is.count : 0, rows[i].count);
	}
}

static void
test_volumes__max_bytes(void)
{
	CHECK_INT(volume_max_bytes(0, 0), 0);
	CHECK_INT(volume_max_bytes(-1, 0), 0);
	CHECK_INT(volume_max_bytes(MAIL_HEAD_BYTES, 0), 0);
	CHECK_INT(volume_max_bytes(MAIL_HEAD_BYTES + 77, 0), 0);
	CHECK_INT(volume_max_bytes(MAIL_HEAD_BYTES + 78, 0), 57);
	CHECK_INT(volume_max_bytes(MAIL_HEAD_BYTES + 78, 1), 0);
	CHECK_INT(volume_max_bytes(MAIL_HEAD_BYTES + 78, INT64_MAX), 0);
	CHECK(volume_max_bytes(20000000, 4000) > 14000000);
}

static void
check_parts(const struct volumes *parts, const char *data, size_t len)
{
	struct digests digests;
	struct err err = { 0 };
	size_t i, done = 0;

	for (i = 0; i < parts->count; i++) {
		const struct volume *part = &parts->items[i];
		char *path = file_join(at("parts"), part->name);

		CHECK(done + (size_t)part->bytes <= len);
		CHECK(same_file(path, data + done, (size_t)part->bytes));
		CHECK_INT(digests_of(data + done, (size_t)part->bytes, &digests, &err), 0);
		CHECK_STR(part->digests.sha256, digests.sha256);
		CHECK_STR(part->digests.sm3, digests.sm3);
		done += (size_t)part->bytes;
		free(path);
	}
	CHECK_INT(done, len);
}

/* The real limit: the draft of each part, with a text of the length that was told. */
static void
check_drafts(const struct volumes *parts, int64_t limit, const char *text)
{
	struct mail_draft draft = { .from = "梅州市政务服务数据管理局 <jb01@mz.example>",
				    .to = "兴宁市政务服务数据管理局 <jb02@mz.example>",
				    .subject = "归档包 1.zip 分卷",
				    .text = text,
				    .limit_bytes = limit };
	struct err err = { 0 };
	int64_t bytes = 0;
	size_t i;

	for (i = 0; i < parts->count; i++) {
		char *path = file_join(at("parts"), parts->items[i].name);

		draft.attachment_path = path;
		CHECK_INT(mail_write_draft(at("draft.eml"), &draft, &bytes, &err), 0);
		CHECK_STR(err.text, "");
		CHECK(bytes <= limit);
		free(path);
	}
}

static void
test_volumes__round(void)
{
	static const size_t lens[] = { 1, 56, 57, 58, 8151, 8152, 16302, 16303, 100000 };
	struct buf data = BUF_INIT, text = BUF_INIT;
	struct findings findings = { 0 };
	struct volumes parts;
	struct err err = { 0 };
	size_t i, j;

	for (i = 0; i < 300; i++)
		buf_puts(&text, i % 3 == 0 ? "\n" : "各卷的摘要");
	noise(&data, 100000);
	CHECK_INT(file_make_folder(at("parts"), &err), 0);
	CHECK_INT(file_make_folder(at("joined"), &err), 0);
	for (i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		const char *paths[64] = { NULL };
		int64_t limit = MAIL_HEAD_BYTES + 30000,
			max = volume_max_bytes(limit, (int64_t)text.len);
		char *joined = NULL;

		put("归档包 1.zip", data.ptr, lens[i]);
		CHECK_INT(volumes_split(&parts, at("归档包 1.zip"), at("parts"), limit,
					(int64_t)text.len, &err),
			  0);
		CHECK_INT(parts.count, (lens[i] + (size_t)max - 1) / (size_t)max);
		check_parts(&parts, data.ptr, lens[i]);
		check_drafts(&parts, limit, text.ptr);
		/* Backwards, and the first one twice. */
		for (j = 0; j < parts.count; j++)
			paths[j] = file_join(at("parts"), parts.items[parts.count - 1 - j].name);
		paths[j] = file_join(at("parts"), parts.items[0].name);
		CHECK_INT(volumes_join(&joined, paths, j + 1, at("joined"), NULL, &findings, &err),
			  0);
		CHECK_INT(findings.count, 0);
		CHECK_STR(joined, at("joined/归档包 1.zip"));
		CHECK(joined != NULL && same_file(joined, data.ptr, lens[i]));
		for (j = 0; j <= parts.count; j++)
			free((char *)paths[j]);
		CHECK_INT(unlink(at("joined/归档包 1.zip")), 0);
		CHECK_INT(file_remove_tree(at("parts"), &err), 0);
		CHECK_INT(file_make_folder(at("parts"), &err), 0);
		free(joined);
		volumes_release(&parts);
	}
	buf_release(&data);
	buf_release(&text);
	findings_release(&findings);
}

/* Splits and expects this failure, with nothing left behind. */
static void
check_split_fails(const char *name, const char *folder, int64_t limit, enum err_code code)
{
	struct volumes parts;
	struct err err = { 0 };

	CHECK_INT(volumes_split(&parts, at(name), at(folder), limit, 0, &err), -1);
	CHECK_INT(err.code, code);
	CHECK(err.text[0] != '\0');
	CHECK_INT(parts.count, 0);
	CHECK(parts.items == NULL);
}

static void
test_volumes__split_fails(void)
{
	struct buf data = BUF_INIT;
	struct err err = { 0 };

	noise(&data, 100000);
	put("s/a.zip", data.ptr, data.len);
	put("s/a.txt", data.ptr, data.len);
	put("s/empty.zip", "", 0);
	CHECK_INT(file_make_folder(at("out"), &err), 0);
	check_split_fails("s/none.zip", "out", 1000000, ERR_IO);
	check_split_fails("s/a.zip", "no-folder", 1000000, ERR_IO);
	check_split_fails("s/a.txt", "out", 1000000, ERR_USAGE);
	check_split_fails("s/empty.zip", "out", 1000000, ERR_DATA);
	check_split_fails("s/a.zip", "out", 1000, ERR_LIMIT);
	check_split_fails("s/a.zip", "out", MAIL_HEAD_BYTES + 78, ERR_LIMIT); /* 1,755 parts */
	/* Shorter than the system says, as the files of /sys are. */
	if (file_exists("/sys/kernel/uevent_seqnum")) {
		CHECK_INT(symlink("/sys/kernel/uevent_seqnum", at("s/short.zip")), 0);
		check_split_fails("s/short.zip", "out", 1000000, ERR_DATA);
	}
	/* The second part cannot have its name: the first is taken away again. */
	CHECK_INT(file_make_folder(at("out/a.zip.002-of-003/x"), &err), 0);
	check_split_fails("s/a.zip", "out", MAIL_HEAD_BYTES + 78 * 600, ERR_IO);
	CHECK_INT(file_count("out"), 0);
	buf_release(&data);
}

/* A full disk, as a limit on the size of a file. */
static void
test_volumes__disk_full(void)
{
	struct rlimit old, small = { 20000, 20000 };
	const char *paths[3];
	struct findings findings = { 0 };
	struct buf data = BUF_INIT;
	struct err err = { 0 };
	char *joined = NULL;

	noise(&data, 15000);
	put("full/a.zip.001-of-002", data.ptr, data.len);
	put("full/a.zip.002-of-002", data.ptr, data.len);
	put("full/b.zip", data.ptr, data.len);
	paths[0] = at("full/a.zip.001-of-002");
	paths[1] = at("full/a.zip.002-of-002");
	CHECK_INT(file_make_folder(at("full/out"), &err), 0);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	CHECK_INT(volumes_join(&joined, paths, 2, at("full/out"), NULL, &findings, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	small.rlim_cur = 5000;
	setrlimit(RLIMIT_FSIZE, &small);
	check_split_fails("full/b.zip", "full/out", 1000000, ERR_IO);
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK(joined == NULL);
	CHECK_INT(findings.count, 0);
	CHECK_INT(file_count("full/out"), 0);
	buf_release(&data);
}

/* Joins what the words name (below in/) and expects one finding, or the file when rule is NULL. */
static void
check_join(const char *words, const struct volume_limits *limits, const char *rule,
	   const char *says)
{
	char copy[512], *word;
	const char *paths[16];
	struct findings findings = { 0 };
	struct err err = { 0 };
	char *joined = NULL;
	size_t count = 0;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
		char name[256];

		snprintf(name, sizeof(name), "in/%s", word);
		paths[count++] = xstrdup(at(name));
	}
	CHECK_INT(volumes_join(&joined, paths, count, at("join"), limits, &findings, &err), 0);
	CHECK_STR(err.text, "");
	CHECK_INT(findings.count, rule != NULL);
	if (findings.count > 0) {
		CHECK_STR(findings.items[0].rule, rule);
		CHECK(strstr(findings.items[0].message, says) != NULL);
		CHECK(strstr(findings.items[0].message, "；请") != NULL);
		if (strstr(findings.items[0].message, says) == NULL)
			CHECK_STR(findings.items[0].message, says);
	}
	CHECK_INT(joined != NULL, rule == NULL);
	CHECK_INT(file_count("join"), rule == NULL);
	if (joined != NULL)
		unlink(joined);
	free(joined);
	while (count > 0)
		free((char *)paths[--count]);
	findings_release(&findings);
}

static void
test_volumes__join(void)
{
	struct volume_limits few = { .paths = 2 }, small = { .total_bytes = 9 };
	struct err err = { 0 };

	CHECK_INT(file_make_folder(at("join"), &err), 0);
	put("in/a.zip.001-of-003", "0123", 4);
	put("in/a.zip.002-of-003", "4567", 4);
	put("in/a.zip.003-of-003", "89", 2);
	put("in/copy/a.zip.002-of-003", "4567", 4);
	put("in/other/a.zip.002-of-003", "4566", 4);
	put("in/short/a.zip.002-of-003", "456", 3);
	put("in/short/a.zip.003-of-003", "", 0);
	put("in/long/a.zip.003-of-003", "89012", 5);
	put("in/b.zip.002-of-003", "4567", 4);
	put("in/a.zip.001-of-002", "0123", 4);
	put("in/a.zip.001-of-030", "0123", 4);
	put("in/a.zip", "0123", 4);
	CHECK_INT(symlink("/etc/passwd", at("in/l.zip.001-of-001")), 0);
	CHECK_INT(mkfifo(at("in/p.zip.001-of-001"), 0600), 0);
	CHECK_INT(mkdir(at("in/d.zip.001-of-001"), 0700), 0);

	check_join("a.zip.003-of-003 a.zip.001-of-003 a.zip.002-of-003", NULL, NULL, "");
	check_join("a.zip.003-of-003 a.zip.001-of-003 copy/a.zip.002-of-003 a.zip.002-of-003", NULL,
		   NULL, "");
	check_join("a.zip.001-of-003 a.zip.002-of-003", NULL, "volume-missing",
		   "共 3 卷，还缺第 3 卷");
	check_join("a.zip.002-of-003 copy/a.zip.002-of-003", NULL, "volume-missing",
		   "还缺第 1、3 卷");
	check_join("a.zip.001-of-030", NULL, "volume-missing", "、20、21 等 卷");
	check_join("a.zip.001-of-003 b.zip.002-of-003 a.zip.003-of-003", NULL, "volume-mixed",
		   "不是同一套");
	check_join("a.zip.001-of-003 a.zip.001-of-002", NULL, "volume-mixed", "不是同一套");
	check_join("a.zip.001-of-003 a.zip.002-of-003 other/a.zip.002-of-003 a.zip.003-of-003",
		   NULL, "volume-twice", "第 2 卷有两份");
	check_join("short/a.zip.002-of-003 a.zip.001-of-003 a.zip.002-of-003 a.zip.003-of-003",
		   NULL, "volume-twice", "第 2 卷有两份");
	check_join("a.zip.001-of-003 short/a.zip.002-of-003 a.zip.003-of-003", NULL, "volume-size",
		   "第 2 卷有 3 字节");
	check_join("a.zip.001-of-003 a.zip.002-of-003 short/a.zip.003-of-003", NULL, "volume-size",
		   "第 3 卷有 0 字节");
	check_join("a.zip.001-of-003 a.zip.002-of-003 long/a.zip.003-of-003", NULL, "volume-size",
		   "第 3 卷有 5 字节");
	check_join("a.zip", NULL, "volume-name", "分卷的文件名应是");
	check_join("l.zip.001-of-001", NULL, "volume-special", "不是普通文件");
	check_join("p.zip.001-of-001", NULL, "volume-special", "不是普通文件");
	check_join("d.zip.001-of-001", NULL, "volume-special", "不是普通文件");
	check_join("a.zip.001-of-003 a.zip.002-of-003 a.zip.003-of-003", &few, "volume-count",
		   "3 个分卷文件，超过 2 个");
	check_join("a.zip.001-of-003 a.zip.002-of-003 a.zip.003-of-003", &small, "volume-total",
		   "10 字节，超过 9 字节");
}

/* Failures: not there, in the way, nothing given; a link in the way is not followed. */
static void
test_volumes__join_fails(void)
{
	const char *paths[1];
	struct findings findings = { 0 };
	struct err err = { 0 };
	char *joined = NULL;

	put("in/o.zip.001-of-001", "0123", 4);
	put("target", "old", 3);
	CHECK_INT(symlink(at("target"), at("join/o.zip")), 0);
	paths[0] = at("in/o.zip.001-of-001");
	CHECK_INT(volumes_join(&joined, paths, 1, at("join"), NULL, &findings, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	CHECK(same_file(at("target"), "old", 3));
	CHECK_INT(unlink(at("join/o.zip")), 0);
	err_clear(&err);
	paths[0] = at("in/none.zip.001-of-001");
	CHECK_INT(volumes_join(&joined, paths, 1, at("join"), NULL, &findings, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	err_clear(&err);
	CHECK_INT(volumes_join(&joined, paths, 0, at("join"), NULL, &findings, &err), -1);
	CHECK_INT(err.code, ERR_USAGE);
	CHECK(joined == NULL);
	CHECK_INT(findings.count, 0);
}

/* However many are wrong, the list of findings stays short, and nothing in it steers a terminal. */
static void
test_volumes__many_wrong(void)
{
	const char *paths[1000];
	struct findings findings = { 0 };
	struct err err = { 0 };
	char *joined = NULL;
	size_t i;

	for (i = 0; i < 1000; i++)
		paths[i] = "x\x1b[31m\xe2\x80\xae";
	CHECK_INT(volumes_join(&joined, paths, 1000, at("join"), NULL, &findings, &err), 0);
	CHECK_INT(findings.count, 51);
	CHECK_STR(findings.items[0].file, "x\xef\xbf\xbd[31m\xef\xbf\xbd");
	CHECK(strstr(findings.items[50].message, "不再列出") != NULL);
	findings_release(&findings);
}

int
main(void)
{
	if (!root_make())
		return 1;
	unit_run("volumes: names are parsed strictly", test_volumes__name);
	unit_run("volumes: the size of a part", test_volumes__max_bytes);
	unit_run("volumes: cut, drafted within the limit, joined", test_volumes__round);
	unit_run("volumes: cutting fails", test_volumes__split_fails);
	unit_run("volumes: the disk is full", test_volumes__disk_full);
	unit_run("volumes: joining", test_volumes__join);
	unit_run("volumes: joining fails", test_volumes__join_fails);
	unit_run("volumes: many wrong parts", test_volumes__many_wrong);
	return root_end();
}
