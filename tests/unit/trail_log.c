#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <utime.h>

#include "repo_fixture.h"
#include "trail/log.h"

#define INDEX ".git/yunjuan/history"

/* --- asking everything there is to ask ------------------------------------------------------ */
static struct log *
open_tips(struct repo *repo, const struct oid *tips, size_t count, bool save)
{
	struct log *log = NULL;
	struct err err = { 0 };

	if (log_open(&log, repo, tips, count, save, &err) != 0) {
		err_print(&err);
		abort();
	}
	return log;
}

static struct log *
open_log(struct repo *repo, const char *revision, bool save)
{
	struct err err = { 0 };
	struct oid tip;

	if (repo_resolve(repo, revision, &tip, &err) != 0) {
		err_print(&err);
		abort();
	}
	return open_tips(repo, &tip, 1, save);
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
dump_event(struct buf *out, const struct log *log, const struct event *e)
{
	char commit[OID_HEX], blob[OID_HEX], folder[OID_HEX];

	oid_hex(&log_commit_at(log, e->commit)->oid, commit);
	oid_hex(&e->blob, blob);
	oid_hex(&e->folder, folder);
	buf_printf(out, " (%s %s %s %lld %s <%s> [%s] %s/%s/%s/%s/%s/%s)", commit, blob, folder, (long long)e->time,
		   log_text(log, e->author_name), log_text(log, e->author_email), log_text(log, e->message),
		   log_text(log, e->flow), log_text(log, e->stage), log_text(log, e->title), log_text(log, e->system),
		   log_text(log, e->tenant), log_text(log, e->signed_by));
}

/* What the log says, whatever its numbers are: sorted lines. Owned. */
static char *
dump(const struct log *log)
{
	size_t n = log_ticket_count(log) + log_commit_count(log), count = 0, i, k, events;
	char **lines = xcalloc(n + 1, sizeof(*lines));
	struct buf out = BUF_INIT;

	for (i = 0; i < log_ticket_count(log); i++) {
		const struct event *const *list = log_events(log, (uint32_t)i, &events);
		struct buf line = BUF_INIT;
		uint32_t found;

		buf_printf(&line, "%s %s:", log_ticket_folder(log, (uint32_t)i), log_ticket_id(log, (uint32_t)i));
		for (k = 0; k < events; k++) {
			CHECK_INT(list[k]->ticket, i);
			dump_event(&line, log, list[k]);
		}
		CHECK(log_find(log, log_ticket_folder(log, (uint32_t)i), &found) && found == i);
		lines[count++] = buf_detach(&line);
	}
	for (i = 0; i < log_commit_count(log); i++) {
		const struct log_commit *c = log_commit_at(log, (uint32_t)i);
		char hex[OID_HEX], parent[OID_HEX] = "-", second[OID_HEX] = "-";
		struct buf line = BUF_INIT;

		oid_hex(&c->oid, hex);
		if (c->parents[0] != 0)
			oid_hex(&log_commit_at(log, c->parents[0] - 1)->oid, parent);
		if (c->parents[1] != 0)
			oid_hex(&log_commit_at(log, c->parents[1] - 1)->oid, second);
		buf_printf(&line, "%s %s %s %u %lld", hex, parent, second, c->generation, (long long)c->effective);
		lines[count++] = buf_detach(&line);
	}
	qsort(lines, count, sizeof(*lines), compare_lines);
	for (i = 0; i < count; i++) {
		buf_printf(&out, "%s\n", lines[i]);
		free(lines[i]);
	}
	free(lines);
	return buf_detach(&out);
}

/* As a repository without an index says it. */
static char *
dump_anew(const char *where, const char *revision)
{
	struct repo *repo;
	struct log *log;
	char *text;

	sh("rm -rf anew && mkdir anew && git init -q --bare anew/.git && "
	   "echo \"$PWD/%s/.git/objects\" > anew/.git/objects/info/alternates && "
	   "git -C %s rev-parse '%s' > anew/tip && git -C anew/.git update-ref refs/heads/main $(cat anew/tip)",
	   where, where, revision);
	repo = fixture_open("anew/.git");
	log = open_log(repo, "refs/heads/main", false);
	CHECK_INT(log_commits_read(log), log_commit_count(log));
	CHECK(!file_exists("anew/.git/yunjuan/history"));
	text = dump(log);
	log_free(log);
	repo_free(repo);
	return text;
}

static void
check_same(struct log *log, const char *expected)
{
	char *text = dump(log);

	CHECK_STR(text, expected);
	free(text);
}

/* Opens, compares and, where it was saved, opens again: nothing is left to read then. */
static void
check_open(const char *where, const char *revision, const char *expected, bool saved)
{
	struct repo *repo = fixture_open(where);
	struct log *log = open_log(repo, revision, true);

	check_same(log, expected);
	log_free(log);
	if (saved) {
		log = open_log(repo, revision, true);
		CHECK_INT(log_commits_read(log), 0);
		CHECK(!log_was_rebuilt(log));
		check_same(log, expected);
		log_free(log);
	}
	repo_free(repo);
}

/* --- histories, by git fast-import ------------------------------------------------------------- */
static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

struct story {
	struct buf text;
	int marks;
	int64_t time;
	uint32_t random;
};

static void
put_ticket(struct buf *out, uint32_t *random, int ticket)
{
	static const char *const stages[] = { "write", "decide", "act", "done", "写" };
	static const char *const extra[] = { "", "signed: [a, b]\n", "title: \"引 \\\" 号\"\n", "note: |\n  stage: x\n",
		"system: 系统 # 说明\n", "stage: 两次\n", "tenant: &x y\n", "broken: [\n" };
	struct buf body = BUF_INIT;

	buf_printf(&body, "---\nflow: ask\nstage: %s\n%s---\n正文 %u\n", stages[next_random(random) % 5],
		   extra[next_random(random) % 8], next_random(random));
	buf_printf(out, "M 100644 inline content/tickets/2021/%02d/SQ-%d/ticket.md\ndata %zu\n%s\n", 1 + ticket % 3, ticket,
		   body.len, body.ptr);
	buf_release(&body);
}

static void
put_change(struct story *s, int tickets)
{
	int ticket = (int)(next_random(&s->random) % (uint32_t)tickets);

	switch (next_random(&s->random) % 8) {
	case 0:
		buf_printf(&s->text, "D content/tickets/2021/%02d/SQ-%d\n", 1 + ticket % 3, ticket);
		break;
	case 1:
		buf_printf(&s->text, "M 100644 inline content/tickets/2021/%02d/SQ-%d/材料.md\ndata 1\n%c\n", 1 + ticket % 3, ticket,
			   'a' + (int)(next_random(&s->random) % 26));
		break;
	case 2:
		buf_printf(&s->text, "M 100644 inline content/other\ndata 1\n%c\n", 'a' + (int)(next_random(&s->random) % 26));
		break;
	default:
		put_ticket(&s->text, &s->random, ticket);
		break;
	}
}

/* A commit of a mark's number on a branch; from and merge may be 0. */
static int
put_commit(struct story *s, const char *branch, int from, const int *merges, int merge_count, int tickets)
{
	char message[64];
	int i, mark = ++s->marks;

	/* Clocks that go wrong: backwards now and then. */
	s->time += (int64_t)(next_random(&s->random) % 5000) - 800;
	snprintf(message, sizeof(message), "第 %d 次\n\nLate-Reason: %d", mark, mark);
	buf_printf(&s->text,
		   "commit refs/heads/%s\nmark :%d\nauthor 经办%d <a%d@x.example> %lld +0800\n"
		   "committer 复核 <c@x.example> %lld +0800\ndata %zu\n%s\n",
		   branch, mark, mark % 7, mark % 7, (long long)s->time, (long long)s->time, strlen(message), message);
	if (from != 0)
		buf_printf(&s->text, "from :%d\n", from);
	for (i = 0; i < merge_count; i++)
		buf_printf(&s->text, "merge :%d\n", merges[i]);
	put_change(s, tickets);
	buf_puts(&s->text, "\n");
	return mark;
}

static void
import(struct story *s, const char *where)
{
	struct err err = { 0 };

	sh("git init -q -b main %s", where);
	CHECK_INT(file_replace("story", s->text.ptr, s->text.len, false, NULL, &err), 0);
	sh("git -C %s fast-import --quiet --force --export-marks=../marks < story", where);
	buf_release(&s->text);
}

/* Four lines of work that grow, split and merge; main takes all of them in at the end. */
static void
make_random(const char *where, int commits, int tickets, uint32_t seed)
{
	static const char *const branches[] = { "main", "b1", "b2", "b3" };
	struct story s = { BUF_INIT, 0, 1620000000, seed };
	int heads[4], i, merges[3];

	heads[0] = heads[1] = heads[2] = heads[3] = put_commit(&s, "main", 0, NULL, 0, tickets);
	for (i = 1; i < commits - 1; i++) {
		int b = (int)(next_random(&s.random) % 4), other = (int)(next_random(&s.random) % 4);

		if (next_random(&s.random) % 4 == 0 && heads[other] != heads[b])
			heads[b] = put_commit(&s, branches[b], heads[b], &heads[other], 1, tickets);
		else if (next_random(&s.random) % 12 == 0)
			heads[b] = put_commit(&s, branches[b], heads[other], NULL, 0, tickets);
		else
			heads[b] = put_commit(&s, branches[b], heads[b], NULL, 0, tickets);
	}
	for (i = 1; i < 4; i++) {
		merges[0] = heads[i];
		heads[0] = put_commit(&s, "main", heads[0], merges, 1, tickets);
	}
	import(&s, where);
}

static void
make_line(const char *where, int commits, int tickets)
{
	struct story s = { BUF_INIT, 0, 1620000000, 5 };
	int i, head = 0;

	for (i = 0; i < commits; i++)
		head = put_commit(&s, "main", head, NULL, 0, tickets);
	import(&s, where);
}

/* --- index from nothing and extended ------------------------------------------------------------- */
static void
test_log__extended(void)
{
	struct repo *repo;
	char *revisions, *revision, *rest;
	size_t opened = 0;

	make_random("grown", 80, 9, 77);
	repo = fixture_open("grown");
	revisions = sh_out("git -C grown rev-list --reverse --first-parent main");
	for (revision = strtok_r(revisions, "\n", &rest); revision != NULL; revision = strtok_r(NULL, "\n", &rest)) {
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

/* After two hundred segments the file becomes one again. */
static void
test_log__segments(void)
{
	struct repo *repo;
	char *revisions, *revision, *rest, *anew;
	size_t opened = 0, rewrites = 0;

	make_line("line", 210, 6);
	repo = fixture_open("line");
	revisions = sh_out("git -C line rev-list --reverse main");
	for (revision = strtok_r(revisions, "\n", &rest); revision != NULL; revision = strtok_r(NULL, "\n", &rest)) {
		struct log *log = open_log(repo, revision, true);

		opened++;
		CHECK_INT(log_commit_count(log), opened);
		if (log_commits_read(log) != 1) {
			CHECK_INT(log_commits_read(log), opened);
			CHECK(log_was_rebuilt(log));
			rewrites++;
		}
		log_free(log);
	}
	CHECK_INT(opened, 210);
	CHECK_INT(rewrites, 1);
	anew = dump_anew("line", "main");
	check_open("line", "main", anew, true);
	free(anew);
	free(revisions);
	repo_free(repo);
}

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
	CHECK_INT(file_replace(path, bytes, len, false, NULL, &err), 0);
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
	} rows[] = { { "", 0 }, { "YJLOG", 5 }, { "YJLOG\0\0\1", 8 }, { "YJLOG\0\0\2", 8 }, { "YJLOG\0\0\3", 8 },
		{ "YJLOG\0\0\2\0\0\0\0\0\0\0\0", 16 }, { "PACK\0\0\0\2", 8 } };
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
	check_rewritten("git reset -q --hard main~2 && echo x > x && git add x && git commit -q -m 另");
	check_rewritten("git reset -q --hard main~3 && echo x > x && git add x && git commit -q -m 另 && "
			"git cherry-pick --allow-empty main@{2} >/dev/null 2>&1 || git cherry-pick --abort");
	check_rewritten("git checkout -q --orphan anew && git commit -q -m 根 && git branch -q -M anew main");
	check_rewritten("GIT_EDITOR=true git -c sequence.editor='sed -i 2d' rebase -q -i -X theirs --root >/dev/null 2>&1 || "
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

/* --- times, removals, octopus ------------------------------------------------------------------------ */
#define TICKET "content/tickets/2021/05/SQ-1"
#define WRITE(stage) "mkdir -p " TICKET " && printf -- '---\\nflow: ask\\nstage: " stage "\\n---\\n' > " TICKET "/ticket.md && git add ."

static void
test_log__skew(void)
{
	const struct event *const *events;
	struct repo *repo;
	struct log *log;
	size_t count = 0;

	sh("git init -q -b main skew && cd skew && " WRITE("a") " && GIT_AUTHOR_DATE='1620000900 +0000' git commit -q -m 一 && "
	   WRITE("b") " && GIT_AUTHOR_DATE='1620000100 +0000' git commit -q -m 二 && "
	   WRITE("c") " && GIT_AUTHOR_DATE='1620000500 +0000' git commit -q -m 三 && "
	   WRITE("d") " && GIT_AUTHOR_DATE='1620000950 +0000' git commit -q -m 四");
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

	sh("git init -q -b main gone && cd gone && " WRITE("a") " && git commit -q -m 一 && "
	   "git rm -q -r " TICKET " && git commit -q -m 二 && " WRITE("b") " && git commit -q -m 三 && "
	   "git rm -q " TICKET "/ticket.md && mkdir -p " TICKET " && echo x > " TICKET "/材料.md && git add . && "
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
	sh("cd tips && git branch -f one main~2 && git checkout -q one -f && " WRITE("side") " && git commit -q -m 旁");
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
	char *text = sh_out("cd random && for c in $(git rev-list main); do echo $c $(git rev-list $c); done");
	char *line, *word, *rest_line, *rest_word;

	for (line = strtok_r(text, "\n", &rest_line); line != NULL; line = strtok_r(NULL, "\n", &rest_line)) {
		struct oid oid;
		uint32_t young, old;

		word = strtok_r(line, " ", &rest_word);
		if (!oid_parse(word, &oid) || !log_find_commit(log, &oid, &young)) {
			unit_fault(__FILE__, __LINE__, "a commit is not in the log");
			break;
		}
		for (word = strtok_r(NULL, " ", &rest_word); word != NULL; word = strtok_r(NULL, " ", &rest_word))
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
		answer = sh_out("git -C random merge-base --is-ancestor %s %s && echo yes || echo no", old, young);
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
	unit_run("torn", test_log__torn);
	unit_run("flipped", test_log__flipped);
	unit_run("other files", test_log__other_files);
	unit_run("rewritten", test_log__rewritten);
	unit_run("side branch merged", test_log__merged_side);
	unit_run("clock skew", test_log__skew);
	unit_run("removed and made again", test_log__removed);
	unit_run("octopus", test_log__octopus);
	unit_run("locks", test_log__locks);
	unit_run("read-only", test_log__read_only);
	unit_run("two at once", test_log__together);
	unit_run("tips", test_log__tips);
	unit_run("no commit", test_log__no_commit);
	unit_run("ancestors", test_log__ancestors);
	unit_run("order", test_log__order);
	fixture_end();
	return unit_end();
}
