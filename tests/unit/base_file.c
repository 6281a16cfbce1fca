#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "unit.h"

static char root[256];
static bool folders_sync = true, stopped_writing;

/* Takes the place of the system's: a shared folder of a virtual machine cannot do this to its folders. */
int
fsync(int fd)
{
	struct stat st;

	if (!folders_sync && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

/* And of this, to be told to stop in the midst of it. */
ssize_t
write(int fd, const void *data, size_t len)
{
	if (stopped_writing)
		raise(SIGTERM);
	return syscall(SYS_write, fd, data, len);
}

/* A path below this program's own folder; good until the call after the next three. */
static const char *
at(const char *name)
{
	static char paths[4][512];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", root, name);
	return paths[turn];
}

static void
put(const char *name, const char *text)
{
	struct err err = { 0 };

	CHECK_INT(file_replace(at(name), text, strlen(text), false, &err), 0);
}

/* The names below root, in order and joined by spaces. */
static void
check_names(const char *below, const char *expected)
{
	struct file_list list = { 0 };
	struct err err = { 0 };
	struct buf b = BUF_INIT;
	size_t i;

	CHECK_INT(file_list_below(&list, at(below), &err), 0);
	for (i = 0; i < list.count; i++)
		buf_printf(&b, "%s%s", i ? " " : "", list.names[i]);
	CHECK_STR(b.ptr, expected);
	buf_release(&b);
	file_list_release(&list);
}

static void
check_text(const char *name, const char *expected)
{
	struct err err = { 0 };
	struct buf b = BUF_INIT;

	CHECK_INT(file_read(&b, at(name), 1 << 20, &err), 0);
	CHECK_STR(b.ptr, expected);
	buf_release(&b);
}

static void
test_file__read(void)
{
	struct err err = { 0 };
	struct buf b = BUF_INIT, small;

	put("read", "12345");
	CHECK_INT(file_read(&b, at("read"), 5, &err), 0);
	CHECK_STR(b.ptr, "12345");
	buf_clear(&b);
	CHECK_INT(file_read(&b, at("read"), 4, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	err_clear(&err);
	/* A bounded buffer takes a file that fits, and says so when one does not. */
	buf_init(&small, 5);
	CHECK_INT(file_read(&small, at("read"), 1 << 20, &err), 0);
	CHECK_STR(small.ptr, "12345");
	CHECK_INT(file_read(&small, at("read"), 1 << 20, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	err_clear(&err);
	CHECK_INT(file_read(&b, at("nothing"), 5, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	err_clear(&err);
	CHECK_INT(file_read(&b, root, 5, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	buf_release(&b);
	buf_release(&small);
}

static void
test_file__read_big(void)
{
	struct err err = { 0 };
	struct buf big = BUF_INIT, back = BUF_INIT;
	int i;

	for (i = 0; i < 50000; i++)
		buf_printf(&big, "%d\n", i);
	CHECK_INT(file_replace(at("big"), big.ptr, big.len, true, &err), 0);
	CHECK_INT(file_read(&back, at("big"), big.len, &err), 0);
	CHECK(back.len == big.len && memcmp(back.ptr, big.ptr, big.len) == 0);
	buf_clear(&back);
	CHECK_INT(file_read(&back, at("big"), big.len - 1, &err), -1);
	CHECK_INT(file_read(&back, "/dev/zero", 200000, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	buf_release(&big);
	buf_release(&back);
}

static void
test_file__replace(void)
{
	struct err err = { 0 };
	struct stat st;
	mode_t mask = umask(027);

	CHECK_INT(file_replace(at("r/x"), "a", 1, false, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	err_clear(&err);
	CHECK_INT(file_make_parents(at("r/x"), &err), 0);
	CHECK_INT(file_replace(at("r/x"), "one", 3, false, &err), 0);
	CHECK(stat(at("r/x"), &st) == 0 && (st.st_mode & 0777) == 0640);
	CHECK_INT(file_replace(at("r/x"), "one", 3, true, &err), 0);
	CHECK_INT(file_replace(at("r/x"), "two", 3, true, &err), 0);
	check_text("r/x", "two");
	CHECK_INT(file_replace(at("r/x"), NULL, 0, false, &err), 0);
	CHECK_INT(file_replace(at("r/x"), "", 0, false, &err), 0);
	CHECK_INT(file_replace(at("r"), "x", 1, false, &err), -1);
	check_names("r", "x");
	umask(mask);
}

/* Tells what was there from what was not; the stamp is the file's in either case. */
static void
check_publish(const char *name, const char *text, bool expected)
{
	struct stamp stamp = { 0 }, now = { 0 };
	struct err err = { 0 };
	bool written;

	CHECK_INT(file_publish(at(name), text, strlen(text), &stamp, &written, &err), 0);
	CHECK_INT(written, expected);
	CHECK(file_stamp(&now, at(name)));
	CHECK_INT(stamp.bytes, now.bytes);
	CHECK_INT(stamp.time_ns, now.time_ns);
	check_text(name, text);
}

static void
test_file__publish(void)
{
	struct stamp stamp = { 0 };
	struct err err = { 0 };
	struct stat st;
	mode_t mask = umask(027);
	bool written;

	CHECK_INT(file_publish(at("p/x"), "a", 1, &stamp, &written, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	err_clear(&err);
	CHECK_INT(file_make_parents(at("p/x"), &err), 0);
	check_publish("p/x", "one", true);
	CHECK(stat(at("p/x"), &st) == 0 && (st.st_mode & 0777) == 0640);
	check_publish("p/x", "one", false);
	check_publish("p/x", "two", true);
	check_publish("p/x", "", true);
	check_publish("p/x", "", false);
	CHECK_INT(file_publish(at("p"), "x", 1, &stamp, &written, &err), -1);
	err_clear(&err);
	check_names("p", "x");
	umask(mask);
}

/* What a link points at is not written through: the page takes the link's place. */
static void
test_file__publish_link(void)
{
	CHECK_INT(mkdir(at("link"), 0777), 0);
	put("aside", "aside");
	CHECK_INT(symlink("../aside", at("link/x")), 0);
	check_publish("link/x", "page", true);
	check_text("aside", "aside");
	CHECK_INT(symlink("../nowhere", at("link/y")), 0);
	check_publish("link/y", "page", true);
	CHECK(!file_exists(at("nowhere")));
}

/* A disk that takes no more leaves the old file and nothing beside it. */
static void
test_file__full_disk(void)
{
	struct rlimit old, low;
	struct err err[3] = { { 0 } };
	struct stamp stamp = { 0 };
	char *data = xcalloc(1, 100000);
	bool written;
	int rc[3], i;

	CHECK_INT(file_make_folder(at("full"), &err[0]), 0);
	put("full/x", "old");
	signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
	fflush(stdout);
	low = old;
	low.rlim_cur = 50000;
	setrlimit(RLIMIT_FSIZE, &low);
	rc[0] = file_replace(at("full/x"), data, 100000, false, &err[0]);
	rc[1] = file_publish(at("full/x"), data, 100000, &stamp, &written, &err[1]);
	rc[2] = file_publish(at("full/new"), data, 100000, &stamp, &written, &err[2]);
	setrlimit(RLIMIT_FSIZE, &old);
	for (i = 0; i < 3; i++) {
		CHECK_INT(rc[i], -1);
		CHECK_INT(err[i].code, ERR_IO);
	}
	check_text("full/x", "old");
	check_names("full", "x");
	free(data);
}

/* Writes for ever; the parent ends it. */
static _Noreturn void
write_on(void)
{
	static char data[2][1 << 20];
	struct err err = { 0 };
	int i;

	memset(data[0], 'a', sizeof(data[0]));
	memset(data[1], 'b', sizeof(data[1]));
	for (i = 0;; i++)
		if (file_replace(at("stop/x"), data[i % 2], sizeof(data[0]), false, &err) != 0)
			_exit(1);
}

static void
test_file__replace_stopped(void)
{
	struct err err = { 0 };
	struct buf b = BUF_INIT;
	int round, status;

	CHECK_INT(file_make_folder(at("stop"), &err), 0);
	for (round = 0; round < 10; round++) {
		pid_t child = fork();

		if (child == 0)
			write_on();
		while (!file_exists(at("stop/x")))
			usleep(1000);
		usleep((useconds_t)(500 + 1700 * round));
		kill(child, round % 2 ? SIGTERM : SIGINT);
		waitpid(child, &status, 0);
		CHECK(WIFSIGNALED(status));
		check_names("stop", "x");
		buf_clear(&b);
		CHECK_INT(file_read(&b, at("stop/x"), 1 << 20, &err), 0);
		CHECK(b.len == 1 << 20 && b.ptr[0] == b.ptr[b.len - 1]);
	}
	buf_release(&b);
}

static void
test_file__folders(void)
{
	struct err err = { 0 };
	struct stamp stamp = { 0 };

	CHECK_INT(file_make_folder(at("f/a//b/c/"), &err), 0);
	CHECK(file_is_folder(at("f/a/b/c")));
	CHECK_INT(file_make_folder(at("f/a/b/c"), &err), 0);
	CHECK_INT(file_make_folder("/", &err), 0);
	CHECK_INT(file_make_folder("", &err), 0);
	CHECK_INT(file_make_parents("name", &err), 0);
	CHECK_INT(file_make_parents("/name", &err), 0);
	put("f/file", "abc");
	CHECK(file_exists(at("f/file")) && !file_is_folder(at("f/file")));
	CHECK(!file_exists(at("f/none")));
	/* A file stands where a folder should. */
	CHECK_INT(file_make_folder(at("f/file"), &err), -1);
	err_clear(&err);
	CHECK_INT(file_make_folder(at("f/file/x"), &err), -1);
	err_clear(&err);
	CHECK_INT(file_make_parents(at("f/file/x"), &err), -1);
	CHECK(file_stamp(&stamp, at("f/file")));
	CHECK_INT(stamp.bytes, 3);
	CHECK(stamp.time_ns > INT64_C(1600000000000000000));
	CHECK(!file_stamp(&stamp, at("f/none")));
}

static void
test_file__join(void)
{
	static const struct {
		const char *folder, *name, *out;
	} rows[] = {
		{ "a", "b", "a/b" },
		{ "a/", "b", "a/b" },
		{ "", "b", "b" },
		{ "/", "b", "/b" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *path = file_join(rows[i].folder, rows[i].name);

		CHECK_STR(path, rows[i].out);
		free(path);
	}
}

/* Sorted by bytes; links and pipes are neither listed nor followed. */
static void
test_file__list(void)
{
	struct file_list list = { 0 };
	struct err err = { 0 };

	CHECK_INT(file_make_folder(at("l/b/deep"), &err), 0);
	CHECK_INT(file_make_folder(at("l/empty"), &err), 0);
	put("l/b/deep/z", "");
	put("l/b-1", "");
	put("l/a", "");
	put("l/.hidden", "");
	put("l/乙", "");
	CHECK_INT(symlink("..", at("l/b/loop")), 0);
	CHECK_INT(symlink("/etc/passwd", at("l/link")), 0);
	CHECK_INT(mkfifo(at("l/pipe"), 0600), 0);
	check_names("l", ".hidden a b-1 b/deep/z 乙");
	check_names("l/empty", "");
	CHECK_INT(file_list_below(&list, at("none"), &err), -1);
	CHECK_INT(err.code, ERR_IO);
	file_list_release(&list);
}

/* What cannot be looked at is not left out: here its path is too long, elsewhere its folder is closed. */
static void
test_file__list_unseen(void)
{
	struct file_list list = { 0 };
	struct err err = { 0 };
	char name[256];
	int here = open(".", O_RDONLY | O_DIRECTORY), deep, fd, i;

	CHECK_INT(file_make_folder(at("unseen"), &err), 0);
	CHECK_INT(chdir(at("unseen")), 0);
	for (i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "%0*d", i == 15 ? 200 : 250, i);
		CHECK(mkdir(name, 0777) == 0 && chdir(name) == 0);
	}
	deep = open(".", O_RDONLY | O_DIRECTORY);
	fd = openat(deep, name, O_CREAT | O_WRONLY, 0666);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(fchdir(here) == 0 && close(here) == 0);
	CHECK_INT(file_list_below(&list, at("unseen"), &err), -1);
	CHECK_INT(err.code, ERR_IO);
	file_list_release(&list);
	CHECK(unlinkat(deep, name, 0) == 0 && close(deep) == 0);
}

/* Removing never leaves the tree: what a link points to stays. */
static void
test_file__remove(void)
{
	struct err err = { 0 };

	CHECK_INT(file_make_folder(at("d/tree/x/y"), &err), 0);
	CHECK_INT(file_make_folder(at("d/kept"), &err), 0);
	put("d/tree/x/y/z", "1");
	put("d/kept/file", "1");
	CHECK_INT(symlink("../../kept", at("d/tree/x/out")), 0);
	CHECK_INT(symlink("kept", at("d/out")), 0);
	CHECK_INT(file_remove_tree(at("d/tree"), &err), 0);
	CHECK(!file_exists(at("d/tree")));
	CHECK_INT(file_remove_tree(at("d/out"), &err), 0);
	CHECK(!file_exists(at("d/out")));
	check_text("d/kept/file", "1");
	CHECK_INT(file_remove_tree(at("d/kept/file"), &err), 0);
	CHECK_INT(file_remove_tree(at("d/kept/file"), &err), 0);
	CHECK(file_is_folder(at("d/kept")));
}

static void
test_file__clock(void)
{
	char *epoch = getenv("SOURCE_DATE_EPOCH");

	epoch = epoch == NULL ? NULL : xstrdup(epoch);
	setenv("SOURCE_DATE_EPOCH", "1620610200", 1);
	CHECK_INT(clock_now(), 1620610200);
	setenv("SOURCE_DATE_EPOCH", "yesterday", 1);
	CHECK(clock_now() > 1620610200);
	unsetenv("SOURCE_DATE_EPOCH");
	CHECK(clock_now() > 1620610200);
	if (epoch != NULL)
		setenv("SOURCE_DATE_EPOCH", epoch, 1);
	free(epoch);
}

static int
write_many(void *ctx, int worker, struct err *err)
{
	char path[512], text[32];
	int i;

	for (i = 0; i < 50; i++) {
		snprintf(path, sizeof(path), "%s/t/%d", (const char *)ctx, i);
		snprintf(text, sizeof(text), "%d", i);
		if (file_replace(path, text, strlen(text), false, err) != 0)
			return -1;
	}
	return worker % 2 == 0 ? 0 : err_set(err, ERR_DATA, "第 %d 个", worker);
}

/* Threads write the same files at once; the first failure by number is the one that is told. */
static void
test_thread__run(void)
{
	struct err err = { 0 };
	struct file_list list = { 0 };

	CHECK_INT(file_make_folder(at("t"), &err), 0);
	CHECK_INT(thread_run(6, write_many, root, &err), -1);
	CHECK_STR(err.text, "第 1 个");
	err_clear(&err);
	CHECK_INT(thread_run(1, write_many, root, &err), 0);
	CHECK_INT(thread_run(0, write_many, root, &err), 0);
	CHECK_INT(file_list_below(&list, at("t"), &err), 0);
	CHECK_INT(list.count, 50);
	file_list_release(&list);
	check_text("t/49", "49");
	setenv("YUNJUAN_THREADS", "7", 1);
	CHECK_INT(thread_count(), 7);
	setenv("YUNJUAN_THREADS", "0", 1);
	CHECK(thread_count() >= 1 && thread_count() <= 32);
}

static void
test_embedded__find(void)
{
	size_t i, count;

	for (i = 0; i < embedded_count; i++) {
		CHECK(embedded_find(embedded_files[i].path) == &embedded_files[i]);
		CHECK_INT(embedded_files[i].code_len > 0,
			  text_ends(embedded_files[i].path, ".lua"));
	}
	CHECK(embedded_find("content/none") == NULL);
	CHECK(embedded_below("content/calendar/", &count)->len > 0);
	CHECK(count >= 1);
	embedded_below("none/", &count);
	CHECK_INT(count, 0);
}

/* There when it is committed, and only then; ending it twice, or before it began, is nothing. */
static void
test_file__outfile(void)
{
	struct outfile out = { 0 };
	struct err err = { 0 };
	struct buf text = BUF_INIT;

	outfile_end(&out);
	CHECK_INT(outfile_begin(&out, at("whole"), &err), 0);
	CHECK_INT(write_all(out.fd, "half", 4), 0);
	CHECK(!file_exists(at("whole")));
	outfile_end(&out);
	CHECK(!file_exists(at("whole")));
	CHECK_INT(outfile_begin(&out, at("whole"), &err), 0);
	CHECK_INT(write_all(out.fd, "whole", 5), 0);
	CHECK_INT(outfile_commit(&out, &err), 0);
	outfile_end(&out);
	outfile_end(&out);
	CHECK_INT(file_read(&text, at("whole"), 100, &err), 0);
	CHECK_STR(text.ptr, "whole");
	CHECK_INT(outfile_begin(&out, at("nowhere/whole"), &err), -1);
	CHECK_INT(err.code, ERR_IO);
	outfile_end(&out);
	CHECK_INT(unlink(at("whole")), 0);
	buf_release(&text);
}

/* A name and a path may be as long as the system lets them: what is written first has room beside it. */
static void
test_file__longest(void)
{
	struct outfile out = { 0 };
	struct err err = { 0 };
	struct buf path = BUF_INIT, text = BUF_INIT;
	int i;

	buf_puts(&path, at("longest"));
	for (i = 0; i < 6; i++)
		buf_printf(&path, "/%0255d", i);
	CHECK_INT(file_make_parents(path.ptr, &err), 0);
	CHECK_INT(file_replace(path.ptr, "one", 3, true, &err), 0);
	CHECK_INT(outfile_begin(&out, path.ptr, &err), 0);
	CHECK_INT(write_all(out.fd, "whole", 5), 0);
	CHECK_INT(outfile_commit(&out, &err), 0);
	outfile_end(&out);
	CHECK_INT(file_read(&text, path.ptr, 100, &err), 0);
	CHECK_STR(text.ptr, "whole");
	CHECK_STR(err.text, "");
	buf_release(&path);
	buf_release(&text);
}

/* The one that is stopped takes its page away, and no file whose name is the beginning of the page's. */
static void
test_file__longest_stopped(void)
{
	struct stamp stamp;
	struct err err = { 0 };
	struct buf path = BUF_INIT;
	bool written;
	int status, fd;
	pid_t child;

	buf_puts(&path, at("stopped"));
	while (path.len < 900)
		buf_printf(&path, "/%0100d", 1);
	CHECK_INT(file_make_folder(path.ptr, &err), 0);
	buf_printf(&path, "/%0*d", (int)(1022 - path.len), 1);
	fd = open(path.ptr, O_CREAT | O_WRONLY, 0666);
	CHECK(fd >= 0 && close(fd) == 0);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		stopped_writing = true;
		buf_puts(&path, "-page");
		_exit(file_publish(path.ptr, "x", 1, &stamp, &written, &err));
	}
	waitpid(child, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	CHECK(file_exists(path.ptr));
	buf_release(&path);
}

static void
test_file__folder_without_sync(void)
{
	struct outfile out = { 0 };
	struct err err = { 0 };

	folders_sync = false;
	CHECK_INT(file_replace(at("shared"), "one", 3, true, &err), 0);
	CHECK_INT(outfile_begin(&out, at("shared"), &err), 0);
	CHECK_INT(outfile_commit(&out, &err), 0);
	CHECK_STR(err.text, "");
	outfile_end(&out);
	folders_sync = true;
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	struct err err = { 0 };

	snprintf(root, sizeof(root), "%.200s/yunjuan-unit-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(root) == NULL)
		return 1;
	unit_run("file: read with a bound", test_file__read);
	unit_run("file: read in many pieces", test_file__read_big);
	unit_run("file: replace", test_file__replace);
	unit_run("file: publish", test_file__publish);
	unit_run("file: publish where a link stands", test_file__publish_link);
	unit_run("file: a full disk", test_file__full_disk);
	unit_run("file: replace when told to stop", test_file__replace_stopped);
	unit_run("file: big ones in pieces", test_file__outfile);
	unit_run("file: as long as names may be", test_file__longest);
	unit_run("file: as long as names may be, stopped", test_file__longest_stopped);
	unit_run("file: a folder that cannot sync", test_file__folder_without_sync);
	unit_run("file: folders", test_file__folders);
	unit_run("file: join", test_file__join);
	unit_run("file: sorted list", test_file__list);
	unit_run("file: a list that would leave one out", test_file__list_unseen);
	unit_run("file: remove a tree", test_file__remove);
	unit_run("file: the clock", test_file__clock);
	unit_run("thread: run", test_thread__run);
	unit_run("embedded: find", test_embedded__find);
	if (file_remove_tree(root, &err) != 0)
		return 1;
	return unit_end();
}
