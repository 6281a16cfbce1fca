/*
 * log_fixture: histories made by git fast-import, and logs written out so that two can be compared,
 * for the tests of gen/trail/log.c.
 */
#ifndef YJ_LOG_FIXTURE_H
#define YJ_LOG_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "repo_fixture.h"
#include "trail/log.h"

#define INDEX ".git/yunjuan/history"
#define TICKET "content/tickets/2021/05/SQ-1"
/* A line of sh that writes the ticket with this stage and stages it for the next commit. */
#define WRITE(stage) \
	"mkdir -p " TICKET " && printf -- '---\\nflow: ask\\nstage: " stage "\\n---\\n' > " TICKET \
	"/ticket.md && git add ."

/* --- asking everything there is to ask ------------------------------------------------------ */
static inline struct log *
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

static inline struct log *
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

static inline int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void
dump_event(struct buf *out, const struct log *log, const struct event *e)
{
	char commit[OID_HEX], blob[OID_HEX], folder[OID_HEX];

	oid_hex(&log_commit_at(log, e->commit)->oid, commit);
	oid_hex(&e->blob, blob);
	oid_hex(&e->folder, folder);
	buf_printf(out, " (%s %s %s %lld %s <%s> [%s] %s/%s/%s/%s/%s/%s)", commit, blob, folder,
		   (long long)e->time, log_text(log, e->author_name),
		   log_text(log, e->author_email), log_text(log, e->message),
		   log_text(log, e->flow), log_text(log, e->stage), log_text(log, e->title),
		   log_text(log, e->system), log_text(log, e->tenant), log_text(log, e->signed_by));
}

/* What the log says, whatever its numbers are: sorted lines. Owned. */
static inline char *
dump(const struct log *log)
{
	size_t n = log_ticket_count(log) + log_commit_count(log), count = 0, i, k, events;
	char **lines = xcalloc(n + 1, sizeof(*lines));
	struct buf out = BUF_INIT;

	for (i = 0; i < log_ticket_count(log); i++) {
		const struct event *const *list = log_events(log, (uint32_t)i, &events);
		struct buf line = BUF_INIT;
		uint32_t found;

		buf_printf(&line, "%s %s:", log_ticket_folder(log, (uint32_t)i),
			   log_ticket_id(log, (uint32_t)i));
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
		buf_printf(&line, "%s %s %s %u %lld", hex, parent, second, c->generation,
			   (long long)c->effective);
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

/* As a repository without an index says it: the index is set aside for the time. Owned. */
static inline char *
dump_anew(const char *where, const char *revision)
{
	char index[128], aside[128], *text;
	struct repo *repo = fixture_open(where);
	struct log *log;

	snprintf(index, sizeof(index), "%s/.git/yunjuan", where);
	snprintf(aside, sizeof(aside), "%s/.git/aside", where);
	rename(index, aside);
	log = open_log(repo, revision, false);
	CHECK_INT(log_commits_read(log), log_commit_count(log));
	CHECK(!file_exists(index));
	text = dump(log);
	log_free(log);
	rename(aside, index);
	repo_free(repo);
	return text;
}

static inline void
check_same(struct log *log, const char *expected)
{
	char *text = dump(log);

	CHECK_STR(text, expected);
	free(text);
}

/* Opens, compares and, where it was saved, opens again: nothing is left to read then. */
static inline void
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
static inline uint32_t
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

static inline void
put_ticket(struct buf *out, uint32_t *random, int ticket)
{
	static const char *const stages[] = { "write", "decide", "act", "done", "写" };
	static const char *const extra[] = { "",
					     "signed: [a, b]\n",
					     "title: \"引 \\\" 号\"\n",
					     "note: |\n  stage: x\n",
					     "system: 系统 # 说明\n",
					     "stage: 两次\n",
					     "tenant: &x y\n",
					     "broken: [\n" };
	struct buf body = BUF_INIT;

	buf_printf(&body, "---\nflow: ask\nstage: %s\n%s---\n正文 %u\n",
		   stages[next_random(random) % 5], extra[next_random(random) % 8],
		   next_random(random));
	buf_printf(out, "M 100644 inline content/tickets/2021/%02d/SQ-%d/ticket.md\ndata %zu\n%s\n",
		   1 + ticket % 3, ticket, body.len, body.ptr);
	buf_release(&body);
}

static inline void
put_change(struct story *s, int tickets)
{
	int ticket = (int)(next_random(&s->random) % (uint32_t)tickets);

	switch (next_random(&s->random) % 8) {
	case 0:
		buf_printf(&s->text, "D content/tickets/2021/%02d/SQ-%d\n", 1 + ticket % 3, ticket);
		break;
	case 1:
		buf_printf(&s->text,
			   "M 100644 inline content/tickets/2021/%02d/SQ-%d/材料.md\ndata 1\n%c\n",
			   1 + ticket % 3, ticket, 'a' + (int)(next_random(&s->random) % 26));
		break;
	case 2:
		buf_printf(&s->text, "M 100644 inline content/other\ndata 1\n%c\n",
			   'a' + (int)(next_random(&s->random) % 26));
		break;
	default: put_ticket(&s->text, &s->random, ticket); break;
	}
}

/* A commit of a mark's number on a branch; from and merge may be 0. */
static inline int
put_commit(struct story *s, const char *branch, int from, const int *merges, int merge_count,
	   int tickets)
{
	char message[64];
	int i, mark = ++s->marks;

	/* Clocks that go wrong: backwards now and then. */
	s->time += (int64_t)(next_random(&s->random) % 5000) - 800;
	snprintf(message, sizeof(message), "第 %d 次\n\nLate-Reason: %d", mark, mark);
	buf_printf(&s->text,
		   "commit refs/heads/%s\nmark :%d\nauthor 经办%d <a%d@x.example> %lld +0800\n"
		   "committer 复核 <c@x.example> %lld +0800\ndata %zu\n%s\n",
		   branch, mark, mark % 7, mark % 7, (long long)s->time, (long long)s->time,
		   strlen(message), message);
	if (from != 0)
		buf_printf(&s->text, "from :%d\n", from);
	for (i = 0; i < merge_count; i++)
		buf_printf(&s->text, "merge :%d\n", merges[i]);
	put_change(s, tickets);
	buf_puts(&s->text, "\n");
	return mark;
}

static inline void
import(struct story *s, const char *where)
{
	struct err err = { 0 };

	sh("git init -q -b main %s", where);
	CHECK_INT(file_replace("story", s->text.ptr, s->text.len, false, &err), 0);
	sh("git -C %s fast-import --quiet --force --export-marks=../marks < story", where);
	buf_release(&s->text);
}

/* Four lines of work that grow, split and merge; main takes all of them in at the end. */
static inline void
make_random(const char *where, int commits, int tickets, uint32_t seed)
{
	static const char *const branches[] = { "main", "b1", "b2", "b3" };
	struct story s = { BUF_INIT, 0, 1620000000, seed };
	int heads[4], i, merges[3];

	heads[0] = heads[1] = heads[2] = heads[3] = put_commit(&s, "main", 0, NULL, 0, tickets);
	for (i = 1; i < commits - 1; i++) {
		int b = (int)(next_random(&s.random) % 4),
		    other = (int)(next_random(&s.random) % 4);

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

static inline void
make_line(const char *where, int commits, int tickets)
{
	struct story s = { BUF_INIT, 0, 1620000000, 5 };
	int i, head = 0;

	for (i = 0; i < commits; i++)
		head = put_commit(&s, "main", head, NULL, 0, tickets);
	import(&s, where);
}

#endif
