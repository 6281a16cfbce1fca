/* The sample year's last day: packages go round between repositories that share no network, until all
 * of them hold the same. content/sample/trip.yaml says who runs what; this program is run each time. */
#include <stdlib.h>
#include <string.h>

#include "cmd/demo.h"
#include "repo/quarantine.h"

#define TRIP_FILE "content/sample/trip.yaml"

struct trip {
	const char *root; /* the demo: the coordinator's workspace */
	const struct registers *registers;
	struct arena *arena;
	const char *media;  /* absolute folder that stands for sticks, discs and mails */
	const char **homes; /* one a party, by its place in the register; NULL: not yet */
};

/* --- the workspaces of the parties ------------------------------------------------------------------ */
static int
run_here(const struct trip *t, const char *folder, const struct officer_ref *who, int64_t at,
	 const char *const *argv, struct err *err)
{
	int status = run_as(folder, who->officer->name, who->officer->email, at, argv, true, err);

	(void)t;
	if (status == 0)
		return 0;
	return status < 0 ? -1 : err_set(err, ERR_DATA, "交接的这一步没有成功，见上面的说明");
}

/* A clone without a remote, with hooks, an identity and a key. */
static int
make_home(struct trip *t, const char *home, const struct officer_ref *who, int64_t at,
	  struct err *err)
{
	char *program = program_path();
	const char *const clone[] = { "git", "clone", "-q", t->root, home, NULL };
	const char *const alone[] = { "git", "remote", "remove", "origin", NULL };
	const char *const name[] = { "git", "config", "user.name", who->officer->name, NULL };
	const char *const email[] = { "git", "config", "user.email", who->officer->email, NULL };
	const char *const hooks[] = { program, "hook", "install", NULL };
	const char *const use[] = { program, "key", "use", NULL };
	int rc = file_make_parents(home, err);

	if (rc == 0)
		rc = run_here(t, NULL, who, at, clone, err);
	if (rc == 0)
		rc = run_here(t, home, who, at, alone, err);
	if (rc == 0)
		rc = run_here(t, home, who, at, name, err);
	if (rc == 0)
		rc = run_here(t, home, who, at, email, err);
	if (rc == 0)
		rc = run_here(t, home, who, at, hooks, err);
	if (rc == 0)
		rc = run_here(t, home, who, at, use, err);
	free(program);
	return rc;
}

/* Where a party works: the coordinator in the demo itself. */
static int
home_of(const char **out, struct trip *t, const struct officer_ref *who, int64_t at,
	struct err *err)
{
	size_t i = (size_t)(who->party - t->registers->parties);

	if (t->homes[i] == NULL) {
		t->homes[i] = arena_printf(t->arena, "%s.parties/%s", t->root, who->party->id);
		if (make_home(t, t->homes[i], who, at, err) != 0)
			return -1;
	}
	*out = t->homes[i];
	return 0;
}

/* --- one step ------------------------------------------------------------------------------------------ */
/* The program with the words of `run`; packages go to the media. */
static int
step_run(struct trip *t, const char *home, const struct officer_ref *who, int64_t at,
	 const struct node *step, struct err *err)
{
	const struct node *words = node_get(step, "run");
	const char **argv = xcalloc(words->count + 4, sizeof(*argv)), *as = node_text(step, "as");
	char *program = program_path();
	size_t i, n = 0;
	int rc;

	argv[n++] = program;
	for (i = 0; i < words->count; i++)
		argv[n++] = words->items[i]->text;
	if (strcmp(argv[1], "pack") == 0) {
		argv[n++] = "--out";
		argv[n++] =
		    as[0] == '\0' ? t->media : arena_printf(t->arena, "%s/%s", t->media, as);
	}
	rc = run_here(t, home, who, at, argv, err);
	free(program);
	free(argv);
	return rc;
}

/* What lies on the medium: a folder; of mails only the drafts travel. */
static int
step_receive(struct trip *t, const char *home, const struct officer_ref *who, int64_t at,
	     const struct node *step, struct err *err)
{
	const char *from = node_text(step, "from"), *number = node_text(step, "receive");
	const char *folder =
	    arena_printf(t->arena, "%s%s%s/%s", t->media, from[0] ? "/" : "", from, number);
	struct file_list list = { 0 };
	char *program = program_path();
	const char **argv;
	size_t i, n = 0;
	int rc = file_list_below(&list, folder, err);

	argv = xcalloc(list.count + 4, sizeof(*argv));
	argv[n++] = program;
	argv[n++] = "receive";
	for (i = 0; i < list.count; i++) {
		if (text_ends(list.names[i], ".eml"))
			argv[n++] = arena_printf(t->arena, "%s/%s", folder, list.names[i]);
	}
	if (n == 2)
		argv[n++] = folder;
	if (rc == 0)
		rc = run_here(t, home, who, at, argv, err);
	file_list_release(&list);
	free(program);
	free(argv);
	return rc;
}

static int
step_commit(struct trip *t, const char *home, const struct officer_ref *who, int64_t at,
	    const struct node *step, struct err *err)
{
	static const char *const add[] = { "git", "add", "-A", NULL };
	const char *const commit[] = {
		"git", "commit", "-q", "-m", node_text(step, "commit"), NULL
	};
	int rc = run_here(t, home, who, at, add, err);

	return rc == 0 ? run_here(t, home, who, at, commit, err) : rc;
}

static int
take_step(struct trip *t, const struct node *step, struct err *err)
{
	const struct officer_ref *who = map_find(&t->registers->by_email, node_text(step, "by"));
	const char *home;
	int64_t at;

	if (who == NULL || !moment_parse(node_text(step, "at"), &at))
		return err_at(err, ERR_DATA, TRIP_FILE, step->line, 0, "at 或 by 写法有误");
	if (home_of(&home, t, who, at, err) != 0)
		return -1;
	if (node_get(step, "run") != NULL)
		return step_run(t, home, who, at, step, err);
	if (node_get(step, "receive") != NULL)
		return step_receive(t, home, who, at, step, err);
	return step_commit(t, home, who, at, step, err);
}

/* --- the end -------------------------------------------------------------------------------------------- */
/* How many repositories there are, all with the same main. */
static int
compare_ends(const struct trip *t, size_t *count, struct err *err)
{
	struct oid first = { { 0 } }, tip;
	size_t i;

	*count = 0;
	for (i = 0; i < t->registers->party_count; i++) {
		struct repo *repo = NULL;
		int rc;

		if (t->homes[i] == NULL)
			continue;
		rc = repo_open(&repo, t->homes[i], err);
		if (rc == 0)
			rc = repo_head(repo, &tip, err);
		repo_free(repo);
		if (rc != 0)
			return -1;
		if ((*count)++ == 0)
			first = tip;
		else if (!oid_same(&first, &tip))
			return err_set(err, ERR_DATA, "交接一圈以后，%s 的 main 与别人的不同",
				       t->homes[i]);
	}
	return 0;
}

int
demo_trip(const char *root, const struct registers *registers, const struct party *coordinator,
	  struct arena *arena, size_t *count, struct err *err)
{
	const struct embedded *file = embedded_find(TRIP_FILE);
	struct trip t = { .root = root, .registers = registers, .arena = arena };
	struct findings findings = { 0 };
	const char *media = arena_printf(arena, "%s.media", root),
		   *homes = arena_printf(arena, "%s.parties", root);
	char *real = NULL;
	const struct node *steps;
	struct doc doc;
	size_t i;
	int rc = file == NULL ? err_set(err, ERR_DATA, "程序里没有 " TRIP_FILE) : 0;

	if (rc == 0)
		rc = file_remove_tree(media, err);
	if (rc == 0)
		rc = file_remove_tree(homes, err);
	if (rc == 0)
		rc = file_make_folder(media, err);
	if (rc != 0)
		return rc;
	real = realpath(media, NULL);
	t.media = real == NULL ? media : real;
	t.homes = xcalloc(registers->party_count + 1, sizeof(*t.homes));
	t.homes[coordinator - registers->parties] = root;
	yaml_parse(&doc, arena, file->data, file->len, TRIP_FILE, &findings);
	findings_print(&findings, stderr);
	findings_release(&findings);
	steps = node_get(doc.front, "steps");
	for (i = 0; rc == 0 && steps != NULL && i < steps->count; i++) {
		rc = take_step(&t, steps->items[i], err);
		if (rc != 0)
			fprintf(stderr, "yunjuan: 停在交接的第 %zu 步（%s）\n", i + 1,
				node_text(steps->items[i], "at"));
	}
	if (rc == 0)
		rc = compare_ends(&t, count, err);
	free(t.homes);
	free(real);
	return rc;
}
