/* What happens to the index: damage, branches written anew, locks. */
#include <stdlib.h>

#include "log_fixture.h"

/* --- damage --------------------------------------------------------------------------------------- */
/* A repository `small` whose index has two segments, and what it says. */
static char *
make_small(struct buf *index)
{
	struct repo *repo;
	struct err err = { 0 };

	sh("rm -rf small");
	make_line("small", 5, 2);
	repo = fixture_open("small");
	log_free(open_log(repo, "main~2", true));
	log_free(open_log(repo, "main", true));
	repo_free(repo);
	buf_clear(index);
	CHECK_INT(file_read(index, "small/" INDEX, 1 << 20, &err), 0);
	return dump_anew("small", "main");
}

static void
put_index(const char *where, const char *bytes, size_t len)
{
	struct err err = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "%s/" INDEX, where);
	CHECK_INT(file_replace(path, bytes, len, false, &err), 0);
}

static void
test_log__torn(void)
{
	struct buf index = BUF_INIT, after = BUF_INIT;
	char *expected = make_small(&index);
	struct repo *repo = fixture_open("small");
	struct err err = { 0 };
	size_t cut;

	for (cut = 0; cut < index.len; cut += 7) {
		struct log *log;

		put_index("small", index.ptr, cut);
		log = open_log(repo, "main", true);
		CHECK(log_commits_read(log) > 0);
		check_same(log, expected);
		log_free(log);
		log = open_log(repo, "main", true);
		CHECK_INT(log_commits_read(log), 0);
		check_same(log, expected);
		log_free(log);
	}
	/* A whole segment less is only an older index. */
	buf_clear(&after);
	CHECK_INT(file_read(&after, "small/" INDEX, 1 << 20, &err), 0);
	CHECK(after.len > 0);
	/* Something behind it goes too. */
	buf_put(&after, "junkjunkjunk", 12);
	put_index("small", after.ptr, after.len);
	check_open("small", "main", expected, true);
	free(expected);
	repo_free(repo);
	buf_release(&after);
	buf_release(&index);
}

static void
test_log__flipped(void)
{
	struct buf index = BUF_INIT;
	char *expected = make_small(&index);
	struct repo *repo = fixture_open("small");
	size_t i;

	for (i = 0; i < index.len; i++) {
		unsigned char mask = (unsigned char)(1u << (i * 5 % 8));
		struct log *log;
		char *text;

		index.ptr[i] = (char)(index.ptr[i] ^ mask);
		put_index("small", index.ptr, index.len);
		index.ptr[i] = (char)(index.ptr[i] ^ mask);
		log = open_log(repo, "main", false);
		text = dump(log);
		if (log_commits_read(log) == 0 || strcmp(text, expected) != 0) {
			unit_fault(__FILE__, __LINE__, "a flipped bit was not noticed");
			printf("#   byte %zu of %zu, mask %02x\n", i, index.len, mask);
		}
		free(text);
		log_free(log);
	}
	free(expected);
	repo_free(repo);
	buf_release(&index);
}

/* Another file altogether, or none that can be read. */
static void
test_log__other_files(void)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = { { "", 0 },
		     { "YJLOG", 5 },
		     { "YJLOG\0\0\1", 8 },
		     { "YJLOG\0\0\2", 8 },
		     { "YJLOG\0\0\3", 8 },
		     { "YJLOG\0\0\3\0\0\0\0\0\0\0\0", 16 },
		     { "PACK\0\0\0\2", 8 } };
	struct buf index = BUF_INIT;
	char *expected = make_small(&index);
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_index("small", rows[i].bytes, rows[i].len);
		check_open("small", "main", expected, true);
	}
	sh("rm small/" INDEX " && mkdir small/" INDEX);
	check_open("small", "main", expected, false);
	sh("rmdir small/" INDEX " && ln -s /nowhere/at/all small/" INDEX);
	check_open("small", "main", expected, true);
	free(expected);
	buf_release(&index);
}

/* --- branches that were written anew ---------------------------------------------------------------- */
static void
check_rewritten(const char *what)
{
	struct repo *repo;
	struct log *log;
	char *anew;

	sh("rm -rf rewritten && cp -R small rewritten");
	repo = fixture_open("rewritten");
	log_free(open_log(repo, "main", true));
	sh("cd rewritten && %s", what);
	anew = dump_anew("rewritten", "main");
	log = open_log(repo, "main", true);
	CHECK(log_was_rebuilt(log));
	CHECK_INT(log_commits_read(log), log_commit_count(log));
	check_same(log, anew);
	log_free(log);
	check_open("rewritten", "main", anew, true);
	free(anew);
	repo_free(repo);
}

static void
test_log__rewritten(void)
{
	struct buf index = BUF_INIT;

	free(make_small(&index));
	sh("cd small && git reset -q --hard");
	check_rewritten("git commit -q --amend --allow-empty -m 改");
	check_rewritten("git reset -q --hard main~1");
	check_rewritten("git reset -q --hard main~4");
	check_rewritten(
	    "git reset -q --hard main~2 && echo x > x && git add x && git commit -q -m 另");
	check_rewritten(
	    "git reset -q --hard main~3 && echo x > x && git add x && git commit -q -m 另 && "
	    "git cherry-pick --allow-empty main@{2} >/dev/null 2>&1 || git cherry-pick --abort");
	check_rewritten(
	    "git checkout -q --orphan anew && git commit -q -m 根 && git branch -q -M anew main");
	check_rewritten(
	    "GIT_EDITOR=true git -c sequence.editor='sed -i 2d' rebase -q -i -X theirs --root >/dev/null 2>&1 || "
	    "{ git rebase --abort; git commit -q --amend --allow-empty -m 不成; }");
	buf_release(&index);
}

/* A merge brings what came before the index's tip: no reason to begin anew. */
static void
test_log__merged_side(void)
{
	struct buf index = BUF_INIT;
	struct repo *repo;
	struct log *log;
	char *anew;

	free(make_small(&index));
	sh("rm -rf side && cp -R small side && cd side && git reset -q --hard && git checkout -q -b side main~3 && "
	   "mkdir -p content/tickets/2021/09/SQ-9 && printf -- '---\\nflow: ask\\nstage: write\\n---\\n' > "
	   "content/tickets/2021/09/SQ-9/ticket.md && git add . && git commit -q -m 旁 && "
	   "git checkout -q main && git merge -q -m 合 side");
	anew = dump_anew("side", "main");
	repo = fixture_open("side");
	log = open_log(repo, "main", true);
	CHECK(!log_was_rebuilt(log));
	CHECK_INT(log_commits_read(log), 2);
	check_same(log, anew);
	log_free(log);
	check_open("side", "main", anew, true);
	/* Back to one of its parents: that is another branch. */
	free(anew);
	anew = dump_anew("side", "side");
	log = open_log(repo, "side", true);
	CHECK(log_was_rebuilt(log));
	check_same(log, anew);
	log_free(log);
	free(anew);
	repo_free(repo);
	buf_release(&index);
}

/* --- locks and places that cannot be written ------------------------------------------------------------ */
static void
test_log__locks(void)
{
	struct buf index = BUF_INIT;
	char *expected = make_small(&index);

	/* Held: the answers are right and nothing is written. */
	sh("rm small/" INDEX " && touch small/" INDEX ".lock");
	check_open("small", "main", expected, false);
	CHECK(!file_exists("small/" INDEX));
	CHECK(file_exists("small/" INDEX ".lock"));
	/* Left behind by one that died. */
	sh("touch -d '5 minutes ago' small/" INDEX ".lock");
	check_open("small", "main", expected, true);
	CHECK(file_exists("small/" INDEX));
	CHECK(!file_exists("small/" INDEX ".lock"));
	/* Not asked to save. */
	sh("rm small/" INDEX);
	{
		struct repo *repo = fixture_open("small");
		struct log *log = open_log(repo, "main", false);

		check_same(log, expected);
		CHECK(!file_exists("small/" INDEX));
		log_free(log);
		repo_free(repo);
	}
	free(expected);
	buf_release(&index);
}

/* A .git that cannot be written: by its mode for ordinary people, by what stands there for root. */
static void
test_log__read_only(void)
{
	struct buf index = BUF_INIT;
	char *expected = make_small(&index);

	sh("rm -rf small/.git/yunjuan && chmod a-w small/.git");
	check_open("small", "main", expected, false);
	sh("chmod u+w small/.git && rm -rf small/.git/yunjuan && echo file > small/.git/yunjuan");
	check_open("small", "main", expected, false);
	CHECK(!file_is_folder("small/.git/yunjuan"));
	free(expected);
	buf_release(&index);
}

/* Somebody else extended the file in between: theirs stays. */
static void
test_log__together(void)
{
	struct buf index = BUF_INIT;
	char *expected = make_small(&index);
	struct repo *repo = fixture_open("small");
	struct log *older, *newer;

	sh("rm small/" INDEX);
	older = open_log(repo, "main~3", true);
	newer = open_log(repo, "main", true);
	check_same(newer, expected);
	log_free(older);
	log_free(newer);
	check_open("small", "main", expected, true);
	free(expected);
	repo_free(repo);
	buf_release(&index);
}

int
main(void)
{
	fixture_start();
	unit_run("torn", test_log__torn);
	unit_run("flipped", test_log__flipped);
	unit_run("other files", test_log__other_files);
	unit_run("rewritten", test_log__rewritten);
	unit_run("side branch merged", test_log__merged_side);
	unit_run("locks", test_log__locks);
	unit_run("read-only", test_log__read_only);
	unit_run("two at once", test_log__together);
	fixture_end();
	return unit_end();
}
