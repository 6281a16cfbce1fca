#include "repo/history.h"
#include "repo/repo_internal.h"
#include "repo_fixture.h"

static int
ignore_folder(void *ctx, const struct folder_change *change, struct err *err)
{
	(void)ctx;
	(void)change;
	(void)err;
	return 0;
}

static int
ignore_change(void *ctx, const struct change *change, struct err *err)
{
	(void)ctx;
	(void)change;
	(void)err;
	return 0;
}

#define NAME_A "author A <a@x> 1 +0000\n"
#define NAME_C "committer C <c@x> 2 +0000\n"
#define TREE "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define PARENT "parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"

static int
parse(struct commit *out, const char *text, char *copy, size_t room)
{
	struct oid_list parents = { 0 };
	size_t len = strlen(text);
	int rc;

	if (len >= room)
		abort();
	memcpy(copy, text, len);
	rc = commit_parse(out, copy, len, &parents);
	free(parents.items);
	return rc;
}

static void
test_commit__broken(void)
{
	static const char *const rows[] = {
		"",
		"\n",
		"tree",
		TREE,
		TREE NAME_A,
		TREE NAME_C,
		TREE NAME_A NAME_A NAME_C "\nm",
		NAME_A NAME_C,
		TREE TREE NAME_A NAME_C "\nm",
		TREE NAME_A NAME_C "author x <y> 1 +0000\n\nm",
		TREE NAME_A NAME_C PARENT "\nm",
		TREE "author A a@x 1 +0000\n" NAME_C "\nm",
		TREE "author A <a@x 1 +0000\n" NAME_C "\nm",
		TREE PARENT "parent 12\n" NAME_A NAME_C "\nm",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee490g\n" NAME_A NAME_C "\nm",
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct commit commit;
		char copy[1024];

		if (parse(&commit, rows[i], copy, sizeof(copy)) != -1)
			unit_fault(__FILE__, __LINE__, rows[i]);
	}
}

static void
test_commit__people(void)
{
	static const struct {
		const char *line, *name, *email;
		int64_t time;
		int offset;
	} rows[] = {
		{ "经办 01 <a@x> 1620000000 +0800", "经办 01", "a@x", 1620000000, 480 },
		{ "<> 1 -0330", "", "", 1, -210 },
		{ " A  < a@x > 1 +0000", "A", "a@x", 1, 0 },
		{ "A <a@x> b> 7 +0100", "A", "a@x", 7, 60 },
		{ "A <a@x>", "A", "a@x", 0, 0 },
		{ "A <a@x> never", "A", "a@x", 0, 0 },
		{ "A <a@x> -5 +0800", "A", "a@x", 0, 0 },
		{ "A <a@x> 9223372036854775807 +0000", "A", "a@x", INT64_MAX, 0 },
		{ "A <a@x> 9223372036854775808 +0800", "A", "a@x", 0, 480 },
		{ "A <a@x> 99999999999999999999999 +0800", "A", "a@x", 0, 480 },
		{ "A <a@x> 5 +08", "A", "a@x", 5, 0 },
		{ "A <a@x> 5 +9999", "A", "a@x", 5, 0 },
		{ "A <a@x> 5 +0099", "A", "a@x", 5, 0 },
		{ "A <a@x> 5 0800", "A", "a@x", 5, 0 },
		{ "A <a@x> 5 +08000", "A", "a@x", 5, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct commit commit;
		char text[1024], copy[1024];

		snprintf(text, sizeof(text), TREE "author %s\n" NAME_C "\nm", rows[i].line);
		CHECK_INT(parse(&commit, text, copy, sizeof(copy)), 0);
		CHECK_STR(commit.author.name, rows[i].name);
		CHECK_STR(commit.author.email, rows[i].email);
		CHECK_INT(commit.author.time, rows[i].time);
		CHECK_INT(commit.author.offset, rows[i].offset);
		CHECK_STR(commit.committer.name, "C");
	}
}

static void
test_commit__messages(void)
{
	static const struct {
		const char *text, *message;
		bool is_signed, noted;
	} rows[] = {
		{ TREE NAME_A NAME_C, "", false, false },
		{ TREE NAME_A NAME_C "\n", "", false, false },
		{ TREE NAME_A NAME_C "\n\n同意\n\n", "\n同意\n\n", false, false },
		{ TREE PARENT PARENT NAME_A NAME_C "gpgsig x\n y\n \n\nm", "m", true, false },
		{ TREE NAME_A NAME_C "mergetag x\n gpgsig y\n\nm", "m", false, false },
		{ TREE NAME_A NAME_C "encoding GBK\n\n\xcd\xac\xd2\xe2", "\xcd\xac\xd2\xe2", false,
		  true },
		{ TREE NAME_A NAME_C "encoding GBK\n\nplain", "plain", false, false },
		{ TREE NAME_A NAME_C "\n\xff", "\xff", false, true },
	};
	struct oid_list parents = { 0 };
	struct commit commit;
	char zero[] = TREE NAME_A NAME_C "\nshown\0hidden";
	char hidden[] = TREE NAME_A NAME_C "extra\0gpgsig\n\nm";
	char copy[1024];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_INT(parse(&commit, rows[i].text, copy, sizeof(copy)), 0);
		CHECK_STR(commit.message, rows[i].message);
		CHECK_INT(commit.is_signed, rows[i].is_signed);
		CHECK_INT(commit.encoding_note != NULL, rows[i].noted);
	}
	CHECK_INT(commit_parse(&commit, zero, sizeof(zero) - 1, &parents), 0);
	CHECK(commit.encoding_note != NULL);
	CHECK_INT(commit_parse(&commit, hidden, sizeof(hidden) - 1, &parents), -1);
	free(parents.items);
}

#define ID "01234567890123456789"

static void
test_tree__broken(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		int count;
	} rows[] = {
#define ROW(text, count) { text, sizeof(text) - 1, count }
		ROW("", 0),
		ROW("100644 a\0" ID, 1),
		ROW("040000 a\0" ID, 1),
		ROW("40000 a\0" ID "100644 a0\0" ID, 2),
		ROW("100664 a\0" ID, 1),
		ROW("100644 a\0" ID "100644 a\0" ID, -2),
		ROW("100644 b\0" ID "100644 a\0" ID, -2),
		ROW("40000 a\0" ID "100644 a.md\0" ID, -2),
		ROW("100644 a\0" ID "100644 a-b\0" ID "100644 a.md\0" ID "40000 a\0" ID, -4),
		ROW("100644 a\0" ID "100644 a-b\0" ID "100644 a-b-c\0" ID "40000 a-b\0" ID, -4),
		ROW("100644 a\0" ID "100644 a-b\0" ID "40000 a-c\0" ID "40000 ab\0" ID, 4),
		ROW("100644 a", -1),
		ROW("100644 a\0", -1),
		ROW("100644 a\0"
		    "0123456789012345678",
		    -1),
		ROW("100644 a\0" ID "1", -2),
		ROW("100644", -1),
		ROW("100644\0a" ID, -1),
		ROW(" a\0" ID, -1),
		ROW("100648 a\0" ID, -1),
		ROW("777777777777 a\0" ID, -1),
		ROW("0 a\0" ID, -1),
		ROW("10644 a\0" ID, -1),
		ROW("100644 \0" ID, -1),
		ROW("100644 a/b\0" ID, -1),
		ROW("40000 .\0" ID, -1),
		ROW("40000 ..\0" ID, -1),
		ROW("40000 .git\0" ID, -1),
		ROW("40000 .GiT\0" ID, -1),
		ROW("100644 .gitignore\0" ID "100644 ...\0" ID, -2),
		ROW("100644 ...\0" ID "100644 .gitignore\0" ID, 2),
#undef ROW
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *exact = xmalloc(rows[i].len); /* so that one byte too far is seen */
		struct tree_cursor cursor;
		int rc, count = 0;

		memcpy(exact, rows[i].bytes, rows[i].len);
		tree_start(&cursor, exact, rows[i].len);
		for (rc = tree_next(&cursor); rc == 1; rc = tree_next(&cursor))
			count++;
		CHECK_INT(rc < 0 ? -1 - count : count, rows[i].count);
		free(exact);
	}
}

/* What is broken in a repository is ERR_GIT with the object's name, everywhere. */
static void
test_objects__broken(void)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct history_reader *reader;
	struct commit commit;
	struct repo *repo;
	struct oid tree, bad, none = { { 0 } };

	sh("git init -q -b main broken && cd broken && echo hello > f && git add f && "
	   "printf '100644 b\\0" ID "100644 a\\0" ID
	   "' | git hash-object -t tree -w --stdin --literally > t && "
	   "printf 'tree %%s\\n\\nno author\\n' $(cat t) | git hash-object -t commit -w --stdin --literally > c");
	tree = sh_oid("cat broken/t");
	bad = sh_oid("cat broken/c");
	repo = fixture_open("broken");
	reader = history_reader_new(repo);
	CHECK_INT(commit_read(repo, &bad, &arena, &commit, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	CHECK(strstr(err.text, "提交 ") != NULL);
	err_clear(&err);
	CHECK_INT(history_read(reader, &bad, "content/tickets", 3, &commit, ignore_folder, NULL,
			       &err),
		  -1);
	CHECK_INT(err.code, ERR_GIT);
	err_clear(&err);
	CHECK_INT(tree_diff(repo, &none, &tree, ignore_change, NULL, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	err_clear(&err);
	CHECK_INT(history_entry(reader, &tree, "zzz", &bad, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	err_clear(&err);
	none.id[3] = 1;
	CHECK_INT(commit_read(repo, &none, &arena, &commit, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	history_reader_free(reader);
	arena_release(&arena);
	repo_free(repo);
}

/* A tree whose two entries are the same tree, thirty times: a billion files in thirty objects;
 * and one that is a thousand folders deep. Both end. */
static int
count_to_million(void *ctx, const struct change *change, struct err *err)
{
	(void)change;
	*(size_t *)ctx += 1;
	return *(size_t *)ctx > 1000000 ? err_set(err, ERR_LIMIT, "enough") : 0;
}

static void
test_objects__deep(void)
{
	struct repo *repo;
	struct err err = { 0 };
	struct oid none = { { 0 } }, bomb, deep;
	size_t count = 0;

	sh("git init -q -b main deep && cd deep && f=$(echo x | git hash-object -w --stdin) && "
	   "t=$(printf '100644 blob %%s\\ta\\n' $f | git mktree) && i=0 && while [ $i -lt 30 ]; do "
	   "t=$(printf '040000 tree %%s\\ta\\n040000 tree %%s\\tb\\n' $t $t | git mktree); i=$((i+1)); done && "
	   "echo $t > bomb && { echo 'commit refs/heads/d'; echo 'committer c <c> 1 +0000'; echo 'data 1'; echo m; "
	   "printf 'M 100644 %%s ' $f; i=0; while [ $i -lt 1000 ]; do printf 'd/'; i=$((i+1)); done; echo f; } | "
	   "git fast-import --quiet && git rev-parse 'd^{tree}' > deep");
	bomb = sh_oid("cat deep/bomb");
	deep = sh_oid("cat deep/deep");
	repo = fixture_open("deep");
	CHECK_INT(tree_diff(repo, &none, &bomb, count_to_million, &count, &err), -1);
	CHECK_INT(count, 1000001);
	err_clear(&err);
	CHECK_INT(tree_diff(repo, &deep, &none, count_to_million, &count, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	repo_free(repo);
}

int
main(void)
{
	fixture_start();
	unit_run("broken commits", test_commit__broken);
	unit_run("people and times", test_commit__people);
	unit_run("messages", test_commit__messages);
	unit_run("broken trees", test_tree__broken);
	unit_run("broken objects", test_objects__broken);
	unit_run("deep and endless trees", test_objects__deep);
	fixture_end();
	return unit_end();
}
