#include <sys/stat.h>

#include "repo/repo_internal.h"
#include "repo_fixture.h"

static char *self; /* this program, which the hooks call back */

/* --- helpers ---------------------------------------------------------------------------------- */
static int
note_entry(void *ctx, const struct entry *entry, struct err *err)
{
	const char *slash = strrchr(entry->path, '/');

	(void)err;
	CHECK_STR(entry->name, slash == NULL ? entry->path : slash + 1);
	buf_printf(ctx, "%06o %s|", (unsigned)entry->mode, entry->path);
	return 0;
}

static char *
files_of(const struct snapshot *snap, const char *folder, struct err *err)
{
	struct buf out = BUF_INIT;

	CHECK_INT(snapshot_files(snap, folder, note_entry, &out, err), 0);
	return buf_detach(&out);
}

static char *
list_of(const struct snapshot *snap, const char *folder, struct err *err)
{
	struct buf out = BUF_INIT;

	CHECK_INT(snapshot_list(snap, folder, note_entry, &out, err), 0);
	return buf_detach(&out);
}

static void
check_files(const struct snapshot *snap, const char *folder, const char *expected)
{
	struct err err = { 0 };
	char *got = files_of(snap, folder, &err);

	CHECK_STR(got, expected);
	CHECK_STR(err.text, "");
	free(got);
}

static void
check_list(const struct snapshot *snap, const char *folder, const char *expected)
{
	struct err err = { 0 };
	char *got = list_of(snap, folder, &err);

	CHECK_STR(got, expected);
	CHECK_STR(err.text, "");
	free(got);
}

/* NULL text: not there, or no plain file. */
static void
check_read(const struct snapshot *snap, const char *path, const char *text)
{
	struct buf out = BUF_INIT;
	struct err err = { 0 };

	CHECK_INT(snapshot_read(snap, path, 100, &out, NULL, &err), text != NULL);
	CHECK_STR(out.ptr, text == NULL ? "" : text);
	CHECK_STR(err.text, "");
	buf_release(&out);
}

static void
check_oid(const struct oid *oid, const char *expected)
{
	char hex[OID_HEX];

	oid_hex(oid, hex);
	CHECK_STR(hex, expected);
}

/* The tree of the index is what git write-tree says. */
static void
check_index(struct repo *repo, const char *where)
{
	char *expected = sh_out("git -C %s write-tree", where);
	struct snapshot snap;
	struct err err = { 0 };

	CHECK_INT(snapshot_index(&snap, repo, &err), 0);
	CHECK_STR(err.text, "");
	check_oid(&snap.tree, expected);
	free(expected);
}

/* --- opening ----------------------------------------------------------------------------------- */
static void
test_repo__empty(void)
{
	static const struct oid zero;
	struct err err = { 0 };
	struct snapshot snap;
	struct repo *repo = NULL;
	struct oid oid = { { 1 } };

	CHECK_INT(repo_init(&repo, "empty/new", false, &err), 0);
	CHECK_STR(err.text, "");
	CHECK(text_ends(repo_worktree(repo), "/empty/new"));
	CHECK(text_ends(repo_gitdir(repo), "/empty/new/.git"));
	CHECK_INT(repo_head(repo, &oid, &err), 0);
	CHECK(oid_zero(&oid));
	CHECK_INT(repo_merge_head(repo, &oid, &err), 0);
	CHECK(oid_zero(&oid));
	CHECK_INT(snapshot_head(&snap, repo, &err), 0);
	check_list(&snap, "", "");
	check_read(&snap, "a/b", NULL);
	CHECK_INT(snapshot_commit(&snap, repo, &zero, &err), 0);
	check_files(&snap, "", "");
	check_index(repo, "empty/new");
	CHECK_INT(repo_resolve(repo, "HEAD", &oid, &err), -1);
	CHECK_INT(err.code, ERR_USAGE);
	CHECK(repo_config(repo, "yunjuan.none") == NULL);
	repo_free(repo);
	err_clear(&err);
	CHECK_INT(repo_open(&repo, "/", &err), -1);
	CHECK_INT(err.code, ERR_USAGE);
	err_clear(&err);
	CHECK_INT(repo_open(&repo, "not-there", &err), -1);
	CHECK_INT(err.code, ERR_IO);
}

static void
test_repo__kinds(void)
{
	struct err err = { 0 };
	struct repo *repo, *again = NULL;
	struct oid head, other;

	sh("git init -q -b main kinds && cd kinds && mkdir -p sub/deep && echo 1 > sub/f && "
	   "git add . && git commit -q -m 1 && git commit -q --allow-empty -m 2 && "
	   "git config yunjuan.key 值 && git checkout -q --detach HEAD~1 && "
	   "git worktree add -q ../linked main && git clone -q --bare . ../bare.git");
	repo = fixture_open("kinds/sub/deep");
	CHECK(text_ends(repo_worktree(repo), "/kinds"));
	CHECK_INT(repo_head(repo, &head, &err), 0);
	CHECK_INT(repo_resolve(repo, "main~1", &other, &err), 0);
	CHECK(oid_same(&head, &other));
	char *value = repo_config(repo, "yunjuan.key");
	CHECK_STR(value, "值");
	free(value);
	CHECK_INT(repo_again(&again, repo, &err), 0);
	CHECK_STR(repo_worktree(again), repo_worktree(repo));
	CHECK_INT(repo_head(again, &other, &err), 0);
	CHECK(oid_same(&head, &other));
	repo_free(again);
	repo_free(repo);
	repo = fixture_open("linked/sub");
	CHECK(text_ends(repo_worktree(repo), "/linked"));
	CHECK(text_ends(repo_gitdir(repo), "/kinds/.git"));
	CHECK_INT(repo_head(repo, &other, &err), 0);
	CHECK(!oid_same(&head, &other));
	check_index(repo, "linked");
	repo_free(repo);
	repo = fixture_open("bare.git");
	CHECK(repo_worktree(repo) == NULL);
	CHECK(text_ends(repo_gitdir(repo), "/bare.git"));
	repo_free(repo);
	CHECK_STR(err.text, "");
}

static void
test_repo__bare_folder(void)
{
	struct repo *repo = fixture_open("bare.git");
	struct buf out = BUF_INIT;
	struct err err = { 0 };
	struct snapshot snap;

	snapshot_folder(&snap, repo);
	CHECK_INT(snapshot_read(&snap, "a", 1, &out, NULL, &err), -1);
	CHECK_INT(err.code, ERR_USAGE);
	err_clear(&err);
	CHECK_INT(snapshot_files(&snap, "", note_entry, &out, &err), -1);
	CHECK_INT(err.code, ERR_USAGE);
	buf_release(&out);
	repo_free(repo);
}

static void
test_repo__environment(void)
{
	struct repo *repo;
	char *tree = file_join(fixture_top, "kinds/sub");

	setenv("GIT_DIR", "kinds/.git", 1);
	repo = fixture_open("/");
	CHECK(text_ends(repo_worktree(repo), "/kinds"));
	repo_free(repo);
	setenv("GIT_WORK_TREE", tree, 1);
	repo = fixture_open(".");
	CHECK_STR(repo_worktree(repo), tree);
	repo_free(repo);
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_DIR");
	free(tree);
}

static void
test_repo__resolve(void)
{
	static const struct {
		const char *revision;
		enum err_code code;
	} rows[] = {
		{ "HEAD", ERR_NONE },	  { "main", ERR_NONE },
		{ "HEAD~1", ERR_NONE },	  { "v1", ERR_NONE },
		{ ":/two", ERR_NONE },	  { "refs/heads/main", ERR_NONE },
		{ "nothing", ERR_USAGE }, { "HEAD~9", ERR_USAGE },
		{ "HEAD:f", ERR_USAGE },  { "", ERR_USAGE },
		{ "..", ERR_USAGE },	  { "0000000000000000000000000000000000000000", ERR_USAGE },
		{ "x y\n", ERR_USAGE },
	};
	struct repo *repo;
	size_t i;

	sh("git init -q -b main names && cd names && echo 1 > f && git add . && git commit -q -m one && "
	   "git tag -a -m tag v1 && git commit -q --allow-empty -m two");
	repo = fixture_open("names");
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = { 0 };
		struct oid oid;

		CHECK_INT(repo_resolve(repo, rows[i].revision, &oid, &err), rows[i].code ? -1 : 0);
		CHECK_INT(err.code, rows[i].code);
		if (rows[i].code == ERR_NONE) {
			struct oid expected =
			    sh_oid("git -C names rev-parse '%s^{commit}'",
				   *rows[i].revision == ':' ? "HEAD" : rows[i].revision);

			CHECK(oid_same(&oid, &expected));
		}
	}
	repo_free(repo);
}

static void
test_repo__oids(void)
{
	struct oid oid;

	CHECK(oid_parse("0123456789abcdefABCDEF0123456789abcdef01", &oid));
	check_oid(&oid, "0123456789abcdefabcdef0123456789abcdef01");
	CHECK(!oid_parse("", &oid));
	CHECK(!oid_parse("0123456789abcdefABCDEF0123456789abcdef0", &oid));
	CHECK(!oid_parse("0123456789abcdefABCDEF0123456789abcdef012", &oid));
	CHECK(!oid_parse("g123456789abcdefABCDEF0123456789abcdef01", &oid));
}

/* --- trees and the work tree --------------------------------------------------------------------- */
#define NAMES_FILES \
	"100644 a-b|100644 a.md|100644 a/x|100755 a/y|100644 a0|120000 link|100644 一 二/\n\t\"|" \
	"100644 一 二/三|"
#define NAMES_LIST "040000 a|100644 a-b|100644 a.md|100644 a0|120000 link|040000 一 二|"

static void
make_names(void)
{
	sh("git init -q -b main tree && cd tree && mkdir -p a '一 二' && for f in a-b a.md a/x a/y a0; do "
	   "echo $f > $f; done; chmod +x a/y && ln -s a.md link && echo 3 > '一 二/三' && "
	   "echo odd > \"$(printf '一 二/\\n\\t\"')\" && git add . && git commit -q -m names");
}

static void
check_names(const struct snapshot *snap)
{
	struct err err = { 0 };
	struct entry entry;

	check_files(snap, "", NAMES_FILES);
	check_files(snap, "a", "100644 a/x|100755 a/y|");
	check_list(snap, "", NAMES_LIST);
	check_list(snap, "a", "100644 a/x|100755 a/y|");
	check_list(snap, "a.md", "");
	check_list(snap, "none/at/all", "");
	check_read(snap, "a/x", "a/x\n");
	check_read(snap, "a/y", "a/y\n");
	check_read(snap, "一 二/三", "3\n");
	check_read(snap, "link", NULL);
	check_read(snap, "a", NULL);
	check_read(snap, "a.md/x", NULL);
	check_read(snap, "a/none", NULL);
	CHECK_INT(snapshot_find(snap, "一 二/三", &entry, &err), 1);
	CHECK_STR(entry.name, "三");
	CHECK_INT(entry.mode, MODE_FILE);
	CHECK_INT(entry.bytes, snap->kind == SNAPSHOT_FOLDER ? 2 : -1);
	CHECK_INT(snapshot_find(snap, "a", &entry, &err), 1);
	CHECK_INT(entry.mode, MODE_TREE);
	CHECK_INT(snapshot_find(snap, "", &entry, &err), 1);
	CHECK_INT(entry.mode, MODE_TREE);
	CHECK_INT(snapshot_find(snap, "link", &entry, &err), 1);
	CHECK_INT(entry.mode, MODE_LINK);
	CHECK_INT(snapshot_find(snap, "a/none", &entry, &err), 0);
}

static void
test_snapshot__names(void)
{
	struct err err = { 0 };
	struct snapshot snap;
	struct repo *repo;

	make_names();
	repo = fixture_open("tree");
	CHECK_INT(snapshot_head(&snap, repo, &err), 0);
	check_names(&snap);
	snapshot_folder(&snap, repo);
	check_names(&snap);
	repo_free(repo);
}

/* Nothing outside comes in through a link, nothing of .git, no pipe. */
static void
test_snapshot__links(void)
{
	struct err err = { 0 };
	struct snapshot snap;
	struct repo *repo;

	sh("mkdir -p outside/in && echo secret > outside/in/f && cd tree && "
	   "ln -s ../outside out && ln -s ../outside/in/f secret && mkfifo a/pipe && "
	   "mkdir -p a/.GIT && echo 1 > a/.GIT/f");
	repo = fixture_open("tree");
	snapshot_folder(&snap, repo);
	check_read(&snap, "out/in/f", NULL);
	check_read(&snap, "secret", NULL);
	check_read(&snap, "a/pipe", NULL);
	check_read(&snap, "a/../a/x", NULL);
	check_read(&snap, ".git/HEAD", NULL);
	check_read(&snap, "a/.GIT/f", NULL);
	check_list(&snap, "out", "");
	check_list(&snap, "out/in", "");
	check_list(&snap, ".git", "");
	check_list(&snap, "a", "100644 a/x|100755 a/y|");
	CHECK_INT(snapshot_find(&snap, "out", &(struct entry){ 0 }, &err), 1);
	sh("cd tree && rm -r out secret a/pipe a/.GIT");
	repo_free(repo);
}

static void
test_snapshot__limits(void)
{
	struct repo *repo = fixture_open("tree");
	struct snapshot snaps[2];
	struct err err = { 0 };
	struct oid blob;
	int64_t bytes = 0;
	size_t i;

	CHECK_INT(snapshot_head(&snaps[0], repo, &err), 0);
	snapshot_folder(&snaps[1], repo);
	for (i = 0; i < 2; i++) {
		struct buf out = BUF_INIT;

		CHECK_INT(snapshot_read(&snaps[i], "a/x", 4, &out, &blob, &err), 1);
		CHECK_INT(oid_zero(&blob), snaps[i].kind == SNAPSHOT_FOLDER);
		CHECK_INT(snapshot_read(&snaps[i], "a/x", 3, &out, NULL, &err), -1);
		CHECK_INT(err.code, ERR_LIMIT);
		err_clear(&err);
		buf_release(&out);
		buf_init(&out, 3);
		CHECK_INT(snapshot_read(&snaps[i], "a/x", 4, &out, NULL, &err), -1);
		CHECK_INT(err.code, ERR_LIMIT);
		err_clear(&err);
		buf_release(&out);
	}
	blob = sh_oid("git -C tree rev-parse HEAD:a/x");
	CHECK_INT(repo_blob_size(repo, &blob, &bytes, &err), 0);
	CHECK_INT(bytes, 4);
	CHECK_INT(repo_blob_size(repo, &snaps[0].tree, &bytes, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	repo_free(repo);
}

static int
stop_at_once(void *ctx, const struct entry *entry, struct err *err)
{
	(void)entry;
	*(int *)ctx += 1;
	return err_set(err, ERR_DATA, "enough");
}

static void
test_snapshot__stops(void)
{
	struct repo *repo = fixture_open("tree");
	struct err err = { 0 };
	struct snapshot snap;
	int count = 0;

	CHECK_INT(snapshot_head(&snap, repo, &err), 0);
	CHECK_INT(snapshot_files(&snap, "", stop_at_once, &count, &err), -1);
	CHECK_INT(snapshot_list(&snap, "", stop_at_once, &count, &err), -1);
	CHECK_INT(count, 2);
	CHECK_INT(err.code, ERR_DATA);
	repo_free(repo);
}

/* --- the index --------------------------------------------------------------------------------- */
static void
test_index__staged(void)
{
	struct err err = { 0 };
	struct snapshot snap;
	struct repo *repo;

	sh("git init -q -b main index && cd index && mkdir d && echo 1 > d/f && echo 1 > g && git add . && "
	   "git commit -q -m 1 && echo 2 > d/f && echo 2 > new && git add d/f new && echo 3 > d/f && "
	   "echo 4 > announced && git add -N announced");
	repo = fixture_open("index");
	check_index(repo, "index");
	CHECK_INT(snapshot_index(&snap, repo, &err), 0);
	check_files(&snap, "", "100644 d/f|100644 g|100644 new|");
	check_read(&snap, "d/f", "2\n");
	CHECK_INT(snapshot_head(&snap, repo, &err), 0);
	check_read(&snap, "d/f", "1\n");
	snapshot_folder(&snap, repo);
	check_read(&snap, "d/f", "3\n");
	repo_free(repo);
}

static void
test_index__conflict(void)
{
	struct err err = { 0 };
	struct snapshot snap;
	struct repo *repo;
	struct oid merge, other;

	sh("git init -q -b main conflict && cd conflict && echo 1 > f && git add . && git commit -q -m 1 && "
	   "git checkout -q -b side && echo 2 > f && git commit -q -a -m 2 && git checkout -q main && "
	   "echo 3 > f && git commit -q -a -m 3 && ! git merge -q side >/dev/null 2>&1");
	repo = fixture_open("conflict");
	CHECK_INT(snapshot_index(&snap, repo, &err), -1);
	CHECK_INT(err.code, ERR_USAGE);
	err_clear(&err);
	CHECK_INT(repo_merge_head(repo, &merge, &err), 0);
	other = sh_oid("git -C conflict rev-parse side");
	CHECK(oid_same(&merge, &other));
	repo_free(repo);
}

/* This program as a hook: prints the index's tree. Run by test_index__hooks. */
static int
hook_index(void)
{
	struct err err = { 0 };
	struct repo *repo = NULL;
	struct snapshot snap;
	char hex[OID_HEX];
	int rc = repo_open(&repo, ".", &err);

	if (rc == 0)
		rc = snapshot_index(&snap, repo, &err);
	if (rc == 0) {
		oid_hex(&snap.tree, hex);
		printf("%s\n", hex);
	} else {
		err_print(&err);
	}
	repo_free(repo);
	return rc != 0;
}

/* Whatever way of committing, the hook sees the tree that the commit then has. */
static void
test_index__hooks(void)
{
	static const char *const commands[] = {
		"echo 2 > f && git add f && $C",
		"echo 3 > f && $C -a",
		"echo 4 > f && echo 4 > g && git add g && $C --only -- f",
		"echo 5 > f && $C -i -- f",
		"git rm -q g && $C",
		"git add -N later && echo 6 > f && $C -- f",
		"mkdir -p sub && cd sub && echo 7 > x && git add x && $C",
		"echo 8 > f && git --git-dir=.git --work-tree=. commit -q -m x -a",
		"cd ../hook-linked && echo 9 > f && $C -a",
	};
	size_t i;

	sh("git init -q -b main hook && cd hook && echo 1 > f && echo 1 > g && echo 1 > later && "
	   "git add f g && git commit -q -m 1 && git worktree add -q ../hook-linked -b linked && "
	   "printf '#!/bin/sh\\nexec \"%s\" --index > \"%s/index-tree\"\\n' > .git/hooks/pre-commit && "
	   "chmod +x .git/hooks/pre-commit",
	   self, fixture_top);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		char *got, *expected;

		sh("C='git commit -q -m x'; cd hook && %s", commands[i]);
		got = sh_out("cat index-tree");
		expected = sh_out("git -C %s rev-parse 'HEAD^{tree}'",
				  strstr(commands[i], "linked") ? "hook-linked" : "hook");
		CHECK_STR(got, expected);
		free(got);
		free(expected);
	}
}

/* --- what is being received --------------------------------------------------------------------- */
/* This program as pre-receive: prints the message and a file of each new commit. */
static int
hook_receive(void)
{
	char old[64], new[64], ref[256];
	struct repo *repo = NULL, *again = NULL;
	struct arena arena = { 0 };
	struct err err = { 0 };
	int rc = repo_open(&repo, ".", &err);

	if (rc == 0)
		rc = repo_again(&again, repo, &err);
	while (rc == 0 && scanf("%63s %63s %255s", old, new, ref) == 3) {
		struct buf text = BUF_INIT;
		struct commit commit;
		struct snapshot snap;
		struct oid oid;

		rc = repo_resolve(again, new, &oid, &err);
		if (rc == 0)
			rc = commit_read(again, &oid, &arena, &commit, &err);
		if (rc == 0)
			rc = snapshot_commit(&snap, again, &oid, &err);
		if (rc == 0 && snapshot_read(&snap, "f", 100, &text, NULL, &err) == 1)
			printf("%s %s%s", ref, commit.message, text.ptr);
		buf_release(&text);
	}
	if (rc != 0)
		err_print(&err);
	arena_release(&arena);
	repo_free(again);
	repo_free(repo);
	return rc != 0;
}

/* The objects of a push lie in a quarantine; loose (few) or packed (many), and the folder may
 * have a colon in its name. */
static void
test_receive__quarantine(void)
{
	static const char *const names[] = { "hub.git", "hub:一.git" };
	size_t i;

	for (i = 0; i < 2; i++) {
		char *got;
		const char *limit = i == 0 ? "100" : "1";

		sh("rm -rf pusher received && git init -q --bare -b main '%s' && "
		   "git -C '%s' config receive.unpackLimit %s && "
		   "printf '#!/bin/sh\\nexec \"%s\" --receive > \"%s/received\"\\n' > '%s/hooks/pre-receive' && "
		   "chmod +x '%s/hooks/pre-receive' && git init -q -b main pusher && cd pusher && "
		   "echo one > f && git add f && git commit -q -m first && git push -q '../%s' main && "
		   "echo two > f && git commit -q -a -m second && git branch other && git push -q '../%s' main other",
		   names[i], names[i], limit, self, fixture_top, names[i], names[i], names[i],
		   names[i]);
		got = sh_out("cat received");
		CHECK_STR(got, "refs/heads/main second\ntwo\nrefs/heads/other second\ntwo");
		free(got);
	}
}

int
main(int argc, char **argv)
{
	int rc;

	if (argc > 1)
		return strcmp(argv[1], "--index") == 0 ? hook_index() : hook_receive();
	self = realpath(argv[0], NULL);
	fixture_start();
	unit_run("an empty repository", test_repo__empty);
	unit_run("detached, linked, bare", test_repo__kinds);
	unit_run("a bare repository has no folder", test_repo__bare_folder);
	unit_run("GIT_DIR and GIT_WORK_TREE", test_repo__environment);
	unit_run("revisions", test_repo__resolve);
	unit_run("object names", test_repo__oids);
	unit_run("unusual names, tree and folder alike", test_snapshot__names);
	unit_run("links are not followed", test_snapshot__links);
	unit_run("limits", test_snapshot__limits);
	unit_run("a callback ends the walk", test_snapshot__stops);
	unit_run("staged, unstaged, announced", test_index__staged);
	unit_run("conflicts are refused", test_index__conflict);
	unit_run("hooks see what is committed", test_index__hooks);
	unit_run("hooks see what is received", test_receive__quarantine);
	fixture_end();
	rc = unit_end();
	free(self);
	return rc;
}
