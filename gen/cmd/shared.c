/* What several commands do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cmd.h"

/* In the child: never returns. */
static void
become(const char *folder, const char *const *argv, const char *const *env, bool quiet)
{
	if (folder != NULL && chdir(folder) != 0) {
		fprintf(stderr, "yunjuan: 进不了目录 %s：%s\n", folder, strerror(errno));
		_exit(127);
	}
	if (quiet && freopen("/dev/null", "w", stdout) == NULL)
		_exit(127);
	for (; env != NULL && *env != NULL; env++)
		putenv((char *)*env);
	execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "yunjuan: 无法启动 %s：%s\n", argv[0], strerror(errno));
	_exit(127);
}

int
run_program(const char *const *argv, const char *const *env, struct err *err)
{
	return run_program_in(NULL, argv, env, false, err);
}

int
run_program_in(const char *folder, const char *const *argv, const char *const *env, bool quiet,
	       struct err *err)
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return err_sys(err, "启动", argv[0]);
	if (pid == 0)
		become(folder, argv, env, quiet);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return err_sys(err, "等待", argv[0]);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* git WORDS… -- PATHS… in the work tree. */
static int
git_paths(struct repo *repo, const char *const *words, const char *const *paths, struct err *err)
{
	size_t n = 0, count = 0;
	const char **argv;
	int status;

	while (words[n] != NULL)
		n++;
	while (paths[count] != NULL)
		count++;
	argv = xcalloc(n + count + 5, sizeof(*argv));
	argv[0] = "git";
	argv[1] = "-C";
	argv[2] = repo_worktree(repo);
	memcpy(argv + 3, words, n * sizeof(*words));
	argv[n + 3] = "--";
	memcpy(argv + n + 4, paths, count * sizeof(*paths));
	status = run_program(argv, NULL, err);
	free(argv);
	return status;
}

int
commit_files(struct repo *repo, const char *const *paths, const char *message, struct err *err)
{
	const char *const add[] = { "add", NULL }, *const reset[] = { "reset", "-q", NULL };
	const char *const commit[] = { "commit", "-q", "-m", message, NULL };
	int status = git_paths(repo, add, paths, err);

	if (status == 0)
		status = git_paths(repo, commit, paths, err);
	if (status > 0 && git_paths(repo, reset, paths, err) < 0)
		return -1;
	return status;
}

int
show_findings(struct findings *findings, bool json)
{
	struct buf out = BUF_INIT;
	size_t refused = findings_count(findings, SEVERITY_REFUSE);

	findings_sort(findings);
	if (json) {
		findings_json(findings, &out);
		fwrite(out.ptr, 1, out.len, stdout);
		buf_release(&out);
	} else {
		findings_print(findings, stderr);
		if (refused > 0)
			fprintf(stderr, "共 %zu 处不合规，已拒绝；更正后再试\n", refused);
	}
	return refused > 0 ? EXIT_REFUSED : EXIT_DONE;
}

const struct officer_ref *
session_officer(const struct session *session)
{
	const char *given = getenv("GIT_AUTHOR_EMAIL"); /* as git and the judge would take it */
	char *email = given != NULL && given[0] != '\0' ? xstrdup(given)
							: repo_config(session->repo, "user.email");
	const struct officer_ref *ref =
	    email == NULL ? NULL : basis_officer(&session->basis, email);

	free(email);
	return ref;
}

const struct party *
session_party(const struct session *session)
{
	const struct officer_ref *ref = session_officer(session);

	return ref == NULL ? NULL : ref->party;
}

const struct party *
named_party(const struct session *session, const char *id, struct err *err)
{
	const struct party *party = basis_party(&session->basis, id);

	if (party == NULL)
		err_set(err, ERR_USAGE,
			"登记册里没有“%s”这个单位；编号见 content/parties/ 的文件名", id);
	return party;
}

int
unknown_flow(const struct law *law, const char *word, struct err *err)
{
	struct buf list = BUF_INIT;
	size_t count, i;
	const struct flow *flows = law_flows(law, &count);

	for (i = 0; i < count; i++)
		buf_printf(&list, "\n  %-8s %s", flows[i].id, flows[i].name);
	err_set(err, ERR_USAGE, "没有“%s”这个流程；流程有：%s", word, list.ptr);
	buf_release(&list);
	return -1;
}

int
find_ticket(const struct session *session, const char *word, uint32_t *ticket, struct err *err)
{
	size_t count = log_ticket_count(session->log), found = 0;
	struct buf list = BUF_INIT;
	uint32_t i;

	for (i = 0; i < count; i++) {
		const char *id = log_ticket_id(session->log, i);

		if (strcmp(id, word) == 0) {
			*ticket = i;
			found = 1;
			break;
		}
		if (strstr(id, word) == NULL)
			continue;
		*ticket = i;
		if (++found <= 5)
			buf_printf(&list, "\n  %s", id);
	}
	if (found == 0)
		err_set(err, ERR_USAGE, "没有编号含“%s”的工单；待办的工单见 yunjuan todo --all",
			word);
	else if (found > 1)
		err_set(err, ERR_USAGE, "“%s”对应不止一张工单，请写完整：%s", word, list.ptr);
	buf_release(&list);
	return found == 1 ? 0 : -1;
}

const struct outcome *
find_outcome(const struct stage *stage, const char *word)
{
	size_t i;

	for (i = 0; i < stage->outcome_count; i++) {
		if (strcmp(stage->outcomes[i].id, word) == 0 ||
		    strcmp(stage->outcomes[i].name, word) == 0)
			return &stage->outcomes[i];
	}
	return NULL;
}

int
ticket_move(struct buf *ticket, const struct stage *stage, const struct outcome *outcome,
	    const char *kind, bool county, struct err *err)
{
	const char *to = outcome_target(outcome, county);
	struct buf next = BUF_INIT;
	int rc;

	if (stage->each)
		return sign_ticket(ticket, stage, kind, to, err);
	rc = front_set(&next, ticket->ptr, ticket->len, "stage", to, err);
	if (rc == 0) {
		buf_clear(ticket);
		buf_put(ticket, next.ptr, next.len);
	}
	buf_release(&next);
	return rc;
}

int
sign_ticket(struct buf *ticket, const struct stage *stage, const char *kind, const char *to,
	    struct err *err)
{
	struct findings ignored = { 0 };
	struct arena arena = { 0 };
	struct buf lines = BUF_INIT;
	struct doc doc;
	const struct node *old;
	bool twice = false;
	size_t i, count = 0;
	int rc;

	doc_parse(&doc, &arena, ticket->ptr, ticket->len, "ticket.md", &ignored);
	old = node_get(doc.front, "signed");
	buf_puts(&lines, "signed: [");
	for (i = 0; old != NULL && old->kind == NODE_LIST && i < old->count; i++) {
		if (strcmp(old->items[i]->text, kind) == 0)
			twice = true;
	}
	for (i = 0; old != NULL && old->kind == NODE_LIST && i < old->count; i++, count++)
		buf_printf(&lines, "%s, ", old->items[i]->text);
	buf_printf(&lines, "%s]\n", kind);
	if (count + 1 >= stage->party_count)
		buf_printf(&lines, "stage: %s\n", to);
	rc = twice ? err_set(err, ERR_USAGE, "本单位已在这张工单上签章，不用再签")
		   : front_merge(ticket, lines.ptr, err);
	buf_release(&lines);
	arena_release(&arena);
	findings_release(&ignored);
	return rc;
}

char *
known_path(const struct repo *repo, const char *party)
{
	struct buf path = BUF_INIT;

	buf_printf(&path, "%s/yunjuan/known/%s", repo_gitdir(repo), party);
	return buf_detach(&path);
}

char *
program_path(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return xstrdup("yunjuan");
	path[n] = '\0';
	return xstrdup(path);
}

/* A single-quoted word of the shell. */
static void
shell_quote(struct buf *out, const char *text)
{
	buf_putc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *text);
	}
	buf_putc(out, '\'');
}

static int
install_hook(struct repo *repo, const char *name, const char *program, struct err *err)
{
	struct buf text = BUF_INIT, path = BUF_INIT;
	int rc;

	buf_printf(&path, "%s/hooks/%s", repo_gitdir(repo), name);
	buf_puts(
	    &text,
	    "#!/bin/sh\n# 云卷：由 yunjuan hook install 写入。判断的依据是仓库里的 lua/。\nprogram=");
	shell_quote(&text, program);
	/* githooks(5): without an editor commit-msg follows at once, and judges the same and more. */
	if (strcmp(name, "pre-commit") == 0)
		buf_puts(&text, "\n[ \"$GIT_EDITOR\" != : ] || exit 0");
	/* The one that starts faster judges the same (gen/main_hook.c). */
	buf_printf(&text, "\n[ ! -x \"$program-hook\" ] || exec \"$program-hook\" %s \"$@\"", name);
	buf_printf(&text,
		   "\n[ -x \"$program\" ] || program=yunjuan\nexec \"$program\" hook %s \"$@\"\n",
		   name);
	rc = file_make_parents(path.ptr, err);
	if (rc == 0)
		rc = file_replace(path.ptr, text.ptr, text.len, false, err);
	if (rc == 0 && chmod(path.ptr, 0755) != 0)
		rc = err_sys(err, "设为可执行", path.ptr);
	buf_release(&text);
	buf_release(&path);
	return rc;
}

/* A hub notes when it received what, beside the time the commits claim, and never forgets it: git's own log of
 * references, which a bare repository does not keep by itself. */
static int
note_receipts(struct repo *repo, struct err *err)
{
	static const char *const settings[][2] = { { "core.logAllRefUpdates", "true" },
						   { "gc.reflogExpire", "never" },
						   { "gc.reflogExpireUnreachable", "never" } };
	size_t i;
	int status = 0;

	for (i = 0; status == 0 && i < sizeof(settings) / sizeof(*settings); i++) {
		const char *argv[] = { "git",	 "--git-dir",	 repo_gitdir(repo),
				       "config", settings[i][0], settings[i][1],
				       NULL };

		status = run_program(argv, NULL, err);
	}
	return status <= 0 ? status : err_set(err, ERR_GIT, "git config 没有成功，见上面的说明");
}

int
install_hooks(struct repo *repo, struct err *err)
{
	char *program = program_path();
	int rc;

	if (text_ends(program, "-hook"))
		program[strlen(program) - strlen("-hook")] = '\0';
	if (repo_worktree(repo) == NULL) {
		rc = install_hook(repo, "pre-receive", program, err);
		if (rc == 0)
			rc = note_receipts(repo, err);
	} else {
		rc = install_hook(repo, "pre-commit", program, err);
		if (rc == 0)
			rc = install_hook(repo, "commit-msg", program, err);
	}
	free(program);
	return rc;
}
