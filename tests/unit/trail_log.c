#include <stdlib.h>

#include "log_fixture.h"
#include "trail/log_internal.h"

/* --- index from nothing and extended ------------------------------------------------------------- */
static void
test_log__extended(void)
{
	struct repo *repo;
	char *revisions, *revision, *rest;
	size_t opened = 0;

	make_random("grown", 60, 9, 77);
	repo = fixture_open("grown");
	revisions = sh_out("git -C grown rev-list --reverse --first-parent main");
	for (revision = strtok_r(revisions, "\n", &rest); revision != NULL;
	     revision = strtok_r(NULL, "\n", &rest)) {
		struct log *log = open_log(repo, revision, true);
		char *anew = dump_anew("grown", revision);

		CHECK(!log_was_rebuilt(log));
		CHECK(log_commits_read(log) > 0);
		check_same(log, anew);
		log_free(log);
		free(anew);
		opened++;
	}
	CHECK(opened > 10);
	free(revisions);
	repo_free(repo);
}

/* Small segments become one when there are many: nothing is read from git again, and what the file says is
 * what a new one would. */
static void
test_log__segments(void)
{
	struct repo *repo;
	char *revisions, *revision, *rest, *anew;
	size_t opened = 0, most = 0, merges = 0, before = 0;

	make_line("line", 450, 6);
	repo = fixture_open("line");
	revisions = sh_out("git -C line rev-list --reverse main");
	for (revision = strtok_r(revisions, "\n", &rest); revision != NULL;
	     revision = strtok_r(NULL, "\n", &rest)) {
		struct log *log = open_log(repo, revision, true);

		opened++;
		CHECK_INT(log_commit_count(log), opened);
		CHECK_INT(log_commits_read(log), 1);
		CHECK(!log_was_rebuilt(log));
		if (log->segment_count < before) {
			anew = dump_anew("line", revision);
			check_same(log, anew);
			free(anew);
			merges++;
		}
		before = log->segment_count;
		most = before > most ? before : most;
		log_free(log);
	}
	CHECK_INT(opened, 450);
	CHECK_INT(most, 200);
	CHECK_INT(merges, 2);
	anew = dump_anew("line", "main");
	check_open("line", "main", anew, true);
	free(anew);
	free(revisions);
	repo_free(repo);
}

/* The same with merges, side branches and tickets that come and go; the first segment is much larger than those
 * that are merged, and stays as it is byte for byte. */
static void
test_log__segments_behind_a_large_one(void)
{
	struct buf base = BUF_INIT, after = BUF_INIT;
	struct repo *repo;
	struct err err = { 0 };
	struct log *log;
	char *anew;
	size_t i;

	make_random("wide", 900, 9, 31);
	repo = fixture_open("wide");
	log_free(open_log(repo, "main", true));
	CHECK_INT(file_read(&base, "wide/" INDEX, 1 << 24, &err), 0);
	for (i = 0; i < 199; i++) {
		sh("cd wide && git reset -q --hard && mkdir -p content/tickets/2021/07/SQ-%zu && "
		   "printf -- '---\\nflow: ask\\nstage: s%zu\\n---\\n' > content/tickets/2021/07/SQ-%zu/ticket.md && "
		   "git add . && git commit -q -m 又%zu",
		   i % 9, i, i % 9, i);
		log = open_log(repo, "main", true);
		CHECK_INT(log_commits_read(log), 1);
		log_free(log);
	}
	anew = dump_anew("wide", "main");
	log = open_log(repo, "main", true);
	CHECK_INT(log_commits_read(log), 0);
	CHECK_INT(log->segment_count, 2);
	check_same(log, anew);
	log_free(log);
	CHECK_INT(file_read(&after, "wide/" INDEX, 1 << 24, &err), 0);
	CHECK(after.len > base.len && memcmp(base.ptr, after.ptr, base.len) == 0);
	free(anew);
	repo_free(repo);
	buf_release(&base);
	buf_release(&after);
}

/* --- times, removals, octopus ------------------------------------------------------------------------ */

static void
test_log__skew(void)
{
	const struct event *const *events;
	struct repo *repo;
	struct log *log;
	size_t count = 0;

	sh("git init -q -b main skew && cd skew && " WRITE("a") " && GIT_AUTHOR_DATE='1620000900 +0000' git commit -q -m 一 && " WRITE("b") " && GIT_AUTHOR_DATE='1620000100 +0000' git commit -q -m 二 && " WRITE(
	    "c") " && GIT_AUTHOR_DATE='1620000500 +0000' git commit -q -m 三 && " WRITE("d") " && GIT_AUTHOR_DATE='1620000950 +0000' git commit -q -m 四");
	repo = fixture_open("skew");
	log = open_log(repo, "main", false);
	events = log_events(log, 0, &count);
	CHECK_INT(count, 4);
	if (count == 4) {
		CHECK_STR(log_text(log, events[0]->stage), "a");
		CHECK_STR(log_text(log, events[1]->stage), "b");
		CHECK_STR(log_text(log, events[2]->stage), "c");
		CHECK_STR(log_text(log, events[3]->stage), "d");
		CHECK_INT(events[1]->time, 1620000100);
		CHECK_INT(log_commit_at(log, events[1]->commit)->effective, 1620000900);
		CHECK_INT(log_commit_at(log, events[2]->commit)->effective, 1620000900);
		CHECK_INT(log_commit_at(log, events[3]->commit)->effective, 1620000950);
		CHECK_INT(log_commit_at(log, events[3]->commit)->generation, 3);
	}
	log_free(log);
	repo_free(repo);
}

static void
test_log__removed(void)
{
	const struct event *const *events;
	struct repo *repo;
	struct log *log;
	size_t count = 0, step;
	static const char *const revisions[] = { "main~3", "main~2", "main~1", "main" };

	sh("git init -q -b main gone && cd gone && " WRITE(
	    "a") " && git commit -q -m 一 && "
		 "git rm -q -r " TICKET " && git commit -q -m 二 && " WRITE(
		     "b") " && git commit -q -m 三 && "
			  "git rm -q " TICKET "/ticket.md && mkdir -p " TICKET
			  " && echo x > " TICKET "/材料.md && git add . && "
			  "git commit -q -m 四");
	repo = fixture_open("gone");
	for (step = 0; step < 4; step++) {
		log = open_log(repo, revisions[step], true);
		CHECK_INT(log_ticket_count(log), 1);
		CHECK_STR(log_ticket_id(log, 0), "SQ-1");
		events = log_events(log, 0, &count);
		CHECK_INT(count, step + 1);
		if (count == step + 1 && step == 3) {
			CHECK(!oid_zero(&events[0]->blob));
			CHECK(oid_zero(&events[1]->blob) && oid_zero(&events[1]->folder));
			CHECK_STR(log_text(log, events[1]->stage), "");
			CHECK_STR(log_text(log, events[2]->stage), "b");
			CHECK(oid_zero(&events[3]->blob) && !oid_zero(&events[3]->folder));
		}
		log_free(log);
	}
	repo_free(repo);
}

/* More than two parents, which no rule lets through: all commits and events are there; ancestry
 * goes by the first two. */
static void
test_log__octopus(void)
{
	struct repo *repo;
	struct log *log;
	struct oid oid;
	uint32_t top, side[3];
	char name[16];
	char *anew;
	int i;

	sh("git init -q -b main octopus && cd octopus && echo 1 > base && git add . && git commit -q -m 根 && "
	   "for b in 1 2 3; do git checkout -q -b s$b main && mkdir -p content/tickets/2021/05/SQ-$b && "
	   "printf -- '---\\nflow: ask\\n---\\n' > content/tickets/2021/05/SQ-$b/ticket.md && git add . && git commit -q -m $b; "
	   "done && git checkout -q main && git merge -q -m 合 s1 s2 s3 >/dev/null");
	repo = fixture_open("octopus");
	log = open_log(repo, "main", true);
	CHECK_INT(log_commit_count(log), 5);
	CHECK_INT(log_ticket_count(log), 3);
	oid = sh_oid("git -C octopus rev-parse main");
	CHECK(log_find_commit(log, &oid, &top));
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "s%d", i + 1);
		oid = sh_oid("git -C octopus rev-parse %s", name);
		CHECK(log_find_commit(log, &oid, &side[i]));
		CHECK(!log_is_ancestor(log, top, side[i]));
		if (i < 2)
			CHECK(log_is_ancestor(log, side[i], top));
	}
	log_free(log);
	anew = dump_anew("octopus", "main");
	check_open("octopus", "main", anew, true);
	free(anew);
	repo_free(repo);
}

/* --- several tips ------------------------------------------------------------------------------------------ */
static void
test_log__tips(void)
{
	struct repo *repo;
	struct oid tips[4] = { { { 0 } } };
	struct err err = { 0 };
	struct log *log;
	char *both, *anew;
	uint32_t number;

	make_random("tips", 40, 5, 3);
	sh("cd tips && git branch -f one main~2 && git checkout -q one -f && " WRITE(
	    "side") " && git commit -q -m 旁");
	repo = fixture_open("tips");
	CHECK_INT(repo_resolve(repo, "main", &tips[0], &err), 0);
	CHECK_INT(repo_resolve(repo, "one", &tips[2], &err), 0);
	tips[3] = tips[0];
	log = open_tips(repo, tips, 4, true);
	CHECK(log_find_commit(log, &tips[2], &number));
	CHECK(log_find_commit(log, &tips[0], &number));
	both = dump(log);
	log_free(log);
	/* The index is of the first alone. */
	anew = dump_anew("tips", "main");
	check_open("tips", "main", anew, true);
	free(anew);
	log = open_tips(repo, tips, 3, true);
	CHECK_INT(log_commits_read(log), 1);
	check_same(log, both);
	log_free(log);
	/* As one history that has both. */
	sh("cd tips && git checkout -q -B joined one -f && git merge -q -s ours -m 合 main");
	CHECK_INT(repo_resolve(repo, "one", &tips[0], &err), 0);
	CHECK_INT(repo_resolve(repo, "main", &tips[1], &err), 0);
	log = open_tips(repo, tips, 2, false);
	check_same(log, both);
	log_free(log);
	free(both);
	/* No commit at all. */
	memset(tips, 0, sizeof(tips));
	log = open_tips(repo, tips, 2, true);
	CHECK_INT(log_commit_count(log), 0);
	CHECK_INT(log_ticket_count(log), 0);
	CHECK(!log_find(log, TICKET, &number));
	CHECK(!log_find_commit(log, &tips[2], &number));
	log_free(log);
	repo_free(repo);
}

static void
test_log__no_commit(void)
{
	struct oid tip = { { 1 } };
	struct log *log = NULL;
	struct repo *repo;
	struct err err = { 0 };

	sh("git init -q -b main nothing");
	repo = fixture_open("nothing");
	CHECK_INT(log_open(&log, repo, &tip, 1, true, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	CHECK(log == NULL);
	log_free(NULL);
	repo_free(repo);
}

/* --- ancestry ------------------------------------------------------------------------------------------------ */
/* is[i][k]: whether i is k or an ancestor of it, by git. */
static void
ask_git(const struct log *log, char *is, size_t n)
{
	char *text = sh_out(
	    "cd random && for c in $(git rev-list main); do echo $c $(git rev-list $c); done");
	char *line, *word, *rest_line, *rest_word;

	for (line = strtok_r(text, "\n", &rest_line); line != NULL;
	     line = strtok_r(NULL, "\n", &rest_line)) {
		struct oid oid;
		uint32_t young, old;

		word = strtok_r(line, " ", &rest_word);
		if (!oid_parse(word, &oid) || !log_find_commit(log, &oid, &young)) {
			unit_fault(__FILE__, __LINE__, "a commit is not in the log");
			break;
		}
		for (word = strtok_r(NULL, " ", &rest_word); word != NULL;
		     word = strtok_r(NULL, " ", &rest_word))
			if (oid_parse(word, &oid) && log_find_commit(log, &oid, &old))
				is[old * n + young] = 1;
	}
	free(text);
}

static void
test_log__ancestors(void)
{
	struct repo *repo;
	struct log *log;
	uint32_t random = 9, i, k;
	size_t n, wrong = 0, yes = 0;
	char *is;
	int round;

	make_random("random", 150, 12, 2021);
	repo = fixture_open("random");
	log = open_log(repo, "main", true);
	n = log_commit_count(log);
	CHECK(n > 100);
	is = xcalloc(n * n, 1);
	ask_git(log, is, n);
	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++) {
			wrong += log_is_ancestor(log, i, k) != (is[i * n + k] != 0);
			yes += is[i * n + k] != 0;
		}
	CHECK_INT(wrong, 0);
	CHECK(yes > n && yes < n * n);
	/* The same question in git's other words. */
	for (round = 0; round < 60; round++) {
		char old[OID_HEX], young[OID_HEX], *answer;

		i = next_random(&random) % (uint32_t)n;
		k = next_random(&random) % (uint32_t)n;
		oid_hex(&log_commit_at(log, i)->oid, old);
		oid_hex(&log_commit_at(log, k)->oid, young);
		answer =
		    sh_out("git -C random merge-base --is-ancestor %s %s && echo yes || echo no",
			   old, young);
		CHECK_STR(log_is_ancestor(log, i, k) ? "yes" : "no", answer);
		free(answer);
	}
	free(is);
	log_free(log);
	repo_free(repo);
}

/* Parents stand before children, and a ticket's events with them. */
static void
test_log__order(void)
{
	struct repo *repo = fixture_open("random");
	struct log *log = open_log(repo, "main", false);
	size_t i, k, count;

	for (i = 0; i < log_commit_count(log); i++) {
		const struct log_commit *c = log_commit_at(log, (uint32_t)i);

		for (k = 0; k < 2; k++) {
			const struct log_commit *parent;

			CHECK(c->parents[k] <= i);
			if (c->parents[k] == 0)
				continue;
			parent = log_commit_at(log, c->parents[k] - 1);
			CHECK(parent->generation < c->generation);
			CHECK(parent->effective <= c->effective);
		}
	}
	for (i = 0; i < log_ticket_count(log); i++) {
		const struct event *const *events = log_events(log, (uint32_t)i, &count);

		for (k = 1; k < count; k++)
			CHECK(!log_is_ancestor(log, events[k]->commit, events[k - 1]->commit));
	}
	CHECK_STR(log_text(log, UINT32_MAX), "");
	log_free(log);
	repo_free(repo);
}

int
main(void)
{
	fixture_start();
	unit_run("extended as from nothing", test_log__extended);
	unit_run("segments", test_log__segments);
	unit_run("segments behind a large one", test_log__segments_behind_a_large_one);
	unit_run("clock skew", test_log__skew);
	unit_run("removed and made again", test_log__removed);
	unit_run("octopus", test_log__octopus);
	unit_run("tips", test_log__tips);
	unit_run("no commit", test_log__no_commit);
	unit_run("ancestors", test_log__ancestors);
	unit_run("order", test_log__order);
	fixture_end();
	return unit_end();
}
