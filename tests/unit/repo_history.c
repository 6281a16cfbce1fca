#include "repo/history.h"
#include "repo_fixture.h"

#define TOP "content/tickets"
#define DEPTH 3

/* --- helpers ---------------------------------------------------------------------------------- */
static int
note_folder(void *ctx, const struct folder_change *change, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%c%s\n", oid_zero(&change->tree) ? '-' : '+', change->path);
	return 0;
}

static void
check_read(struct repo *repo, const char *revision, const char *expected)
{
	struct history_reader *reader = history_reader_new(repo);
	struct buf got = BUF_INIT;
	struct commit commit;
	struct err err = { 0 };
	struct oid oid;

	CHECK_INT(repo_resolve(repo, revision, &oid, &err), 0);
	CHECK_INT(history_read(reader, &oid, TOP, DEPTH, &commit, note_folder, &got, &err), 0);
	CHECK_STR(got.ptr, expected);
	CHECK_STR(err.text, "");
	CHECK(oid_same(&commit.oid, &oid));
	buf_release(&got);
	history_reader_free(reader);
}

static int
note_change(void *ctx, const struct change *change, struct err *err)
{
	char old[OID_HEX], new[OID_HEX];

	(void)err;
	oid_hex(&change->old_oid, old);
	oid_hex(&change->new_oid, new);
	buf_printf(ctx, ":%06o %06o %s %s %s\n", (unsigned)change->old_mode,
		   (unsigned)change->new_mode, old, new, change->path);
	return 0;
}

/* tree_diff against `git diff-tree -r`. */
static void
check_diff(struct repo *repo, const char *where, const char *from, const char *to)
{
	struct oid a = sh_oid("git -C %s rev-parse '%s^{tree}'", where, from);
	struct oid b = sh_oid("git -C %s rev-parse '%s^{tree}'", where, to);
	char *expected =
	    sh_out("git -C %s -c core.quotePath=false diff-tree -r --no-renames --no-abbrev "
		   "%s %s | sed 's/ [A-Z]\\t/ /'",
		   where, from, to);
	struct buf got = BUF_INIT;
	struct err err = { 0 };

	CHECK_INT(tree_diff(repo, &a, &b, note_change, &got, &err), 0);
	CHECK_STR(err.text, "");
	if (got.len > 0)
		got.ptr[got.len - 1] = '\0';
	CHECK_STR(got.ptr, expected);
	buf_release(&got);
	free(expected);
}

/* --- made by hand -------------------------------------------------------------------------------- */
static void
test_history__shapes(void)
{
	struct repo *repo;

	sh("git init -q -b main shapes && cd shapes && T=content/tickets/2021/05 && mkdir -p $T/A $T/B $T/C && "
	   "for t in A B C; do echo 1 > $T/$t/ticket.md; done && echo 1 > $T/stray && git add . && "
	   "git commit -q -m root && git tag root && "
	   "echo 2 > $T/A/ticket.md && mkdir $T/A/papers && echo 2 > $T/A/papers/p && git add . && "
	   "git commit -q -m edit && git tag edit && git rm -q -r $T/B && git commit -q -m gone && git tag gone && "
	   "echo 1 > x && git add x && git commit -q -m outside && git tag outside && "
	   "git commit -q --allow-empty -m nothing && git tag nothing && "
	   "git rm -q -r $T/C && echo file > $T/C && git add . && git commit -q -m file && git tag file && "
	   "git rm -q $T/C && mkdir $T/C && echo 1 > $T/C/ticket.md && git add . && git commit -q -m folder && "
	   "git tag folder && git rm -q -r content && git commit -q -m empty && git tag empty && "
	   "mkdir content && echo 1 > content/tickets && git add . && git commit -q -m odd && git tag odd");
	repo = fixture_open("shapes");
	check_read(repo, "root", "+" TOP "/2021/05/A\n+" TOP "/2021/05/B\n+" TOP "/2021/05/C\n");
	check_read(repo, "edit", "+" TOP "/2021/05/A\n");
	check_read(repo, "gone", "-" TOP "/2021/05/B\n");
	check_read(repo, "outside", "");
	check_read(repo, "nothing", "");
	check_read(repo, "file", "-" TOP "/2021/05/C\n");
	check_read(repo, "folder", "+" TOP "/2021/05/C\n");
	check_read(repo, "empty", "-" TOP "/2021/05/A\n-" TOP "/2021/05/C\n");
	check_read(repo, "odd", "");
	check_diff(repo, "shapes", "root", "file");
	check_diff(repo, "shapes", "file", "folder");
	check_diff(repo, "shapes", "odd", "root");
	check_diff(repo, "shapes", "root", "root");
	repo_free(repo);
}

static void
test_history__merges(void)
{
	struct repo *repo;

	sh("git init -q -b main merges && cd merges && T=content/tickets/2021/05 && mkdir -p $T/A $T/B $T/C && "
	   "for t in A B C; do echo 1 > $T/$t/ticket.md; done && git add . && git commit -q -m root && "
	   "for t in A B C; do git checkout -q -b $t main && echo 2 > $T/$t/ticket.md && git commit -q -a -m $t; "
	   "done; git checkout -q -b clean A && git merge -q -m clean B && "
	   "git checkout -q -b octopus A && git merge -q -m octopus B C >/dev/null && "
	   "git checkout -q -b edited A && git merge -q --no-commit B >/dev/null 2>&1 && echo 3 > $T/B/ticket.md && "
	   "echo 3 > $T/C/ticket.md && git add . && git commit -q -m edited && "
	   "git checkout -q -b drop A && git merge -q --no-commit B >/dev/null 2>&1 && git rm -q -r $T/C && git commit -q -m drop && "
	   "git checkout -q -b one A && git rm -q -r $T/B && git commit -q -m 'without B' && "
	   "git merge -q --no-commit -s ours C >/dev/null 2>&1 && git commit -q -m ours");
	repo = fixture_open("merges");
	check_read(repo, "clean", "");
	check_read(repo, "octopus", "");
	check_read(repo, "edited", "+" TOP "/2021/05/B\n+" TOP "/2021/05/C\n");
	check_read(repo, "drop", "-" TOP "/2021/05/C\n");
	check_read(repo, "one", "");
	repo_free(repo);
}

static bool
is_known(void *ctx, const struct oid *oid)
{
	return oid_same(ctx, oid);
}

static void
test_history__order(void)
{
	struct repo *repo = fixture_open("merges");
	struct history_order order, again;
	struct err err = { 0 };
	struct oid tip, base;
	size_t i;

	CHECK_INT(repo_resolve(repo, "octopus", &tip, &err), 0);
	CHECK_INT(repo_resolve(repo, "main", &base, &err), 0);
	CHECK_INT(history_order(&order, repo, &tip, NULL, NULL, &err), 0);
	CHECK_INT(order.count, 5);
	CHECK_INT(order.stopped, 0);
	CHECK(oid_same(&order.commits[0].oid, &base));
	CHECK(oid_same(&order.commits[4].oid, &tip));
	CHECK_INT(order.commits[4].parent_count, 3);
	/* The first parent's line comes first. */
	for (i = 0; i < 3; i++)
		CHECK(oid_same(&order.commits[1 + i].oid,
			       &order.parents[order.commits[4].first_parent + i]));
	CHECK_INT(history_order(&again, repo, &tip, is_known, &base, &err), 0);
	CHECK_INT(again.count, 4);
	CHECK_INT(again.stopped, 1);
	for (i = 0; i < 4; i++)
		CHECK(oid_same(&again.commits[i].oid, &order.commits[1 + i].oid));
	history_order_release(&again);
	CHECK_INT(history_order(&again, repo, &tip, is_known, &tip, &err), 0);
	CHECK_INT(again.count, 0);
	CHECK_INT(again.stopped, 1);
	history_order_release(&again);
	memset(&tip, 0, sizeof(tip));
	CHECK_INT(history_order(&again, repo, &tip, NULL, NULL, &err), 0);
	CHECK_INT(again.count, 0);
	history_order_release(&again);
	tip.id[0] = 1;
	CHECK_INT(history_order(&again, repo, &tip, NULL, NULL, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	history_order_release(&order);
	repo_free(repo);
}

static void
test_history__blob(void)
{
	struct repo *repo = fixture_open("shapes");
	struct history_reader *reader = history_reader_new(repo);
	struct oid tree = sh_oid("git -C shapes rev-parse root:" TOP "/2021/05/A"), blob;
	struct oid parent = sh_oid("git -C shapes rev-parse root:" TOP "/2021/05");
	struct err err = { 0 };
	const char *data;
	size_t len;

	CHECK_INT(history_entry(reader, &tree, "ticket.md", &blob, &err), 1);
	CHECK_INT(history_blob(reader, &blob, &data, &len, &err), 0);
	CHECK_INT(len, 2);
	CHECK_STR(data, "1\n");
	CHECK_INT(history_entry(reader, &tree, "ticket", &blob, &err), 0);
	CHECK_INT(history_entry(reader, &parent, "A", &blob, &err), 0);
	CHECK_STR(err.text, "");
	CHECK_INT(history_blob(reader, &tree, &data, &len, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	history_reader_free(reader);
	repo_free(repo);
}

/* The parents of the last commit of a shallow clone were never fetched. */
static void
test_history__shallow(void)
{
	struct history_order order;
	struct arena arena = { 0 };
	struct commit commit;
	struct err err = { 0 };
	struct repo *repo;
	struct oid head;

	sh("git clone -q --depth 2 --branch folder \"file://$PWD/shapes\" shallow 2>/dev/null");
	repo = fixture_open("shallow");
	CHECK_INT(repo_head(repo, &head, &err), 0);
	CHECK_INT(history_order(&order, repo, &head, NULL, NULL, &err), 0);
	CHECK_INT(order.count, 2);
	CHECK_INT(commit_read(repo, &order.commits[0].oid, &arena, &commit, &err), 0);
	CHECK_INT(commit.parent_count, 0);
	check_read(repo, "HEAD", "+" TOP "/2021/05/C\n");
	check_read(repo, "HEAD~1", "+" TOP "/2021/05/A\n");
	history_order_release(&order);
	arena_release(&arena);
	repo_free(repo);
}

/* --- a random history ------------------------------------------------------------------------------ */
#define COMMITS 90
#define BRANCHES 4
#define TICKETS 12

struct state {
	int kind[TICKETS], text[TICKETS]; /* kind: 0 none, 1 a file, 2 a folder, 3 with papers */
};

static uint32_t seed = 20210510;

static int
random_below(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)n);
}

static void
put_file(FILE *out, int ticket, const char *below, int text)
{
	fprintf(out, "M 100644 inline " TOP "/202%d/0%d/SQ-%d%s\ndata <<E\n%d\nE\n", ticket % 2,
		ticket / 2 % 3, ticket, below, text);
}

static void
put_state(FILE *out, const struct state *s)
{
	int i;

	fputs("deleteall\nM 100644 inline README\ndata 1\nr\n", out);
	for (i = 0; i < TICKETS; i++) {
		if (s->kind[i] == 1)
			put_file(out, i, "", s->text[i]);
		if (s->kind[i] >= 2)
			put_file(out, i, "/ticket.md", s->text[i]);
		if (s->kind[i] == 3)
			put_file(out, i, "/papers/一.md", s->text[i]);
	}
}

/* A few tickets change; in a merge, each may also be the other parent's. */
static void
next_state(struct state *s, const struct state *other)
{
	int i;

	for (i = 0; i < TICKETS; i++) {
		if (other != NULL && random_below(2) == 0) {
			s->kind[i] = other->kind[i];
			s->text[i] = other->text[i];
		}
		if (random_below(8) == 0) {
			s->kind[i] = random_below(4);
			s->text[i] = random_below(5);
		}
	}
}

static void
write_stream(FILE *out)
{
	struct state states[BRANCHES] = { { { 0 }, { 0 } } };
	int last[BRANCHES] = { 0 }, i;

	for (i = 1; i <= COMMITS; i++) {
		int branch = i == 1 ? 0 : random_below(BRANCHES), other = random_below(BRANCHES);
		int third = random_below(BRANCHES);
		int from = last[branch] ? last[branch] : last[0];
		bool merges = i > 20 && random_below(4) == 0 && last[other] && last[other] != from;
		bool octopus = merges && last[third] && last[third] != from && third != other;

		if (last[branch] == 0)
			states[branch] = states[0];
		next_state(&states[branch], merges ? &states[other] : NULL);
		if (octopus)
			next_state(&states[branch], &states[third]);
		fprintf(out,
			"commit refs/heads/b%d\nmark :%d\ncommitter C <c@x> %d +0800\ndata 1\nm\n",
			branch, i, 1620000000 + i);
		if (from)
			fprintf(out, "from :%d\n", from);
		if (merges)
			fprintf(out, "merge :%d\n", last[other]);
		if (octopus)
			fprintf(out, "merge :%d\n", last[third]);
		put_state(out, &states[branch]);
		fprintf(out, "\nreset refs/tags/c%d\nfrom :%d\n\n", i, i);
		last[branch] = i;
	}
}

/* The folders of a commit: "tree path" lines as git tells them. */
static char *
folders_of(const char *hex)
{
	return sh_out("git -C random -c core.quotePath=false ls-tree -r -d %s " TOP "/ | "
		      "awk -F'\t' '{ n = split($2, p, \"/\"); split($1, w, \" \"); "
		      "if (n == 5) print $2, w[3] }'",
		      hex);
}

/* The tree of `path` in such lines, or "". */
static const char *
tree_in(const char *lines, const char *path, char out[OID_HEX])
{
	size_t len = strlen(path);
	const char *line;

	for (line = lines; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, path, len) == 0 && line[len] == ' ')
			return snprintf(out, OID_HEX, "%s", line + len + 1) < 0 ? "" : out;
	}
	return "";
}

/* What history_read should say of a ticket: "" when some parent has it alike. */
static void
expect_ticket(struct buf *out, int ticket, const char *own, char **parents, size_t count)
{
	char path[128], a[OID_HEX], b[OID_HEX];
	const char *now;
	size_t i;

	snprintf(path, sizeof(path), TOP "/202%d/0%d/SQ-%d", ticket % 2, ticket / 2 % 3, ticket);
	now = tree_in(own, path, a);
	for (i = 0; i < count; i++)
		if (strcmp(now, tree_in(parents[i], path, b)) == 0)
			return;
	if (count > 0 || *now != '\0')
		buf_printf(out, "%c%s %s\n", *now == '\0' ? '-' : '+', path, now);
}

static int
note_with_tree(void *ctx, const struct folder_change *change, struct err *err)
{
	char hex[OID_HEX];

	(void)err;
	oid_hex(&change->tree, hex);
	buf_printf(ctx, "%c%s %s\n", oid_zero(&change->tree) ? '-' : '+', change->path,
		   oid_zero(&change->tree) ? "" : hex);
	return 0;
}

static int
by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines in order: the tickets are asked by number, the reader goes by path. */
static void
sort_lines(struct buf *text)
{
	struct buf out = BUF_INIT;
	char *lines[64], *line, *rest = text->ptr;
	size_t count = 0, i;

	for (line = strsep(&rest, "\n"); line != NULL && count < 64; line = strsep(&rest, "\n"))
		if (*line != '\0')
			lines[count++] = line;
	if (count > 1)
		qsort(lines, count, sizeof(*lines), by_line);
	for (i = 0; i < count; i++)
		buf_printf(&out, "%s\n", lines[i]);
	buf_release(text);
	*text = out;
}

static void
check_commit(struct history_reader *reader, const struct history_order *order, size_t at)
{
	const struct history_commit *c = &order->commits[at];
	struct buf expected = BUF_INIT, got = BUF_INIT;
	char hex[OID_HEX], *own, **parents = xcalloc(c->parent_count, sizeof(*parents));
	struct commit commit;
	struct err err = { 0 };
	size_t i;

	oid_hex(&c->oid, hex);
	own = folders_of(hex);
	for (i = 0; i < c->parent_count; i++) {
		oid_hex(&order->parents[c->first_parent + i], hex);
		parents[i] = folders_of(hex);
	}
	for (i = 0; i < TICKETS; i++)
		expect_ticket(&expected, (int)i, own, parents, c->parent_count);
	CHECK_INT(history_read(reader, &c->oid, TOP, DEPTH, &commit, note_with_tree, &got, &err),
		  0);
	CHECK_INT(commit.parent_count, c->parent_count);
	CHECK_STR(err.text, "");
	sort_lines(&expected);
	sort_lines(&got);
	CHECK_STR(got.ptr, expected.ptr);
	for (i = 0; i < c->parent_count; i++)
		free(parents[i]);
	free(parents);
	free(own);
	buf_release(&expected);
	buf_release(&got);
}

static void
make_random(void)
{
	FILE *out = fopen("stream", "w");

	if (out == NULL)
		abort();
	write_stream(out);
	fclose(out);
	sh("git init -q -b b0 random && cd random && git fast-import --quiet < ../stream");
}

static bool
stands_before(const struct history_order *order, size_t end, const struct oid *oid)
{
	size_t i;

	for (i = 0; i < end; i++)
		if (oid_same(&order->commits[i].oid, oid))
			return true;
	return false;
}

static void
test_random__history(void)
{
	struct history_reader *reader;
	struct repo *repo;
	size_t branch, i, k;

	make_random();
	repo = fixture_open("random");
	reader = history_reader_new(repo);
	for (branch = 0; branch < BRANCHES; branch++) {
		struct history_order order;
		struct err err = { 0 };
		struct oid tip = sh_oid("git -C random rev-parse b%zu", branch);
		char *count = sh_out("git -C random rev-list --count b%zu", branch);

		CHECK_INT(history_order(&order, repo, &tip, NULL, NULL, &err), 0);
		CHECK_INT(order.count, atoi(count));
		for (i = 0; i < order.count; i++) {
			const struct history_commit *c = &order.commits[i];

			CHECK(!stands_before(&order, i, &c->oid));
			for (k = 0; k < c->parent_count; k++)
				CHECK(
				    stands_before(&order, i, &order.parents[c->first_parent + k]));
			if (branch == 0 || i + 5 > order.count)
				check_commit(reader, &order, i);
		}
		history_order_release(&order);
		free(count);
	}
	history_reader_free(reader);
	repo_free(repo);
}

static void
test_random__diff(void)
{
	struct repo *repo = fixture_open("random");
	int i;

	for (i = 0; i < 60; i++) {
		char from[16], to[16];

		snprintf(from, sizeof(from), "c%d", 1 + random_below(COMMITS));
		snprintf(to, sizeof(to), "c%d", 1 + random_below(COMMITS));
		check_diff(repo, "random", from, to);
	}
	repo_free(repo);
}

/* Two threads with readers of their own see the same, by either way. */
struct shared {
	const struct repo *repo;
	const struct history_order *order;
	struct buf out[2];
};

static int
read_all(void *ctx, int worker, struct err *err)
{
	struct shared *shared = ctx;
	struct history_reader *reader = NULL;
	struct repo *repo = NULL;
	struct commit commit;
	int rc = repo_again(&repo, shared->repo, err);
	size_t i;

	if (rc == 0)
		reader = history_reader_new(repo);
	for (i = 0; rc == 0 && i < shared->order->count; i++)
		rc = worker == 0 ? history_read(reader, &shared->order->commits[i].oid, TOP, DEPTH,
						&commit, note_with_tree, &shared->out[0], err)
				 : history_read_at(reader, shared->order, i, TOP, DEPTH, &commit,
						   note_with_tree, &shared->out[1], err);
	history_reader_free(reader);
	repo_free(repo);
	return rc;
}

static void
test_random__threads(void)
{
	struct shared shared = { NULL, NULL, { BUF_INIT, BUF_INIT } };
	struct repo *repo = fixture_open("random");
	struct history_order order;
	struct err err = { 0 };
	struct oid tip;

	CHECK_INT(repo_head(repo, &tip, &err), 0);
	CHECK_INT(history_order(&order, repo, &tip, NULL, NULL, &err), 0);
	shared.repo = repo;
	shared.order = &order;
	CHECK_INT(thread_run(2, read_all, &shared, &err), 0);
	CHECK(shared.out[0].len > 0);
	CHECK_STR(shared.out[0].ptr, shared.out[1].ptr);
	buf_release(&shared.out[0]);
	buf_release(&shared.out[1]);
	history_order_release(&order);
	repo_free(repo);
}

int
main(void)
{
	fixture_start();
	unit_run("edits, deletions, files for folders", test_history__shapes);
	unit_run("merges", test_history__merges);
	unit_run("the order", test_history__order);
	unit_run("entries and blobs", test_history__blob);
	unit_run("a shallow clone", test_history__shallow);
	unit_run("a random history against git", test_random__history);
	unit_run("random differences against git", test_random__diff);
	unit_run("two threads", test_random__threads);
	fixture_end();
	return unit_end();
}
