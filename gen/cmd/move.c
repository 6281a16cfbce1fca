#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"

static const char *opinion, *late, *submitted_by;
static struct texts papers, values;

static const struct opt opts[] = {
	{ "message", 'm', OPT_TEXT, "意见", "办理意见；不写就打开编辑器", &opinion },
	{ "late", 'l', OPT_TEXT, "原因", "逾期原因（写入 Late-Reason）", &late },
	{ "submitted-by", 0, OPT_TEXT, "姓名 <邮箱>", "代收交接件时，写明原提交人", &submitted_by },
	{ "set", 's', OPT_TEXTS, "键=值", "同时填一项（可多次）", &values },
	{ "paper", 'p', OPT_TEXTS, "材料名=文件", "同时登记一份已放在工单文件夹里的材料（可多次）",
	  &papers },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

struct moving {
	struct session *session;
	char *id, *folder, *file; /* paths from the top of the work tree */
	char *path;		  /* of ticket.md in the file system */
	struct buf before, after;
	struct arena arena;
	struct doc doc;
	const struct flow *flow;
	const struct stage *stage;
	const struct outcome *outcome;
	bool is_new; /* not in HEAD yet */
};

/* --- finding it ------------------------------------------------------------------------------------ */
/* A ticket that is in no commit yet: the one folder in the work tree whose name has the word in it. */
static bool
find_new(struct moving *m, const char *word)
{
	const char *tree = repo_worktree(m->session->repo);
	struct buf pattern = BUF_INIT;
	glob_t found = { 0 };
	bool one;

	if (strpbrk(word, "*?[\\/") != NULL)
		return false;
	buf_printf(&pattern, "%s/" LOG_TOP "/*/*/*%s*/ticket.md", tree, word);
	one = glob(pattern.ptr, 0, NULL, &found) == 0 && found.gl_pathc == 1;
	if (one) {
		const char *path = found.gl_pathv[0] + strlen(tree) + 1;

		m->folder = xstrndup(path, strlen(path) - strlen("/ticket.md"));
		m->id = xstrdup(strrchr(m->folder, '/') + 1);
		m->is_new = true;
	}
	globfree(&found);
	buf_release(&pattern);
	return one;
}

static int
find(struct moving *m, const char *word, struct err *err)
{
	struct err why = { 0 };
	uint32_t ticket;

	if (find_ticket(m->session, word, &ticket, &why) == 0) {
		m->id = xstrdup(log_ticket_id(m->session->log, ticket));
		m->folder = xstrdup(log_ticket_folder(m->session->log, ticket));
	} else if (!find_new(m, word)) {
		*err = why;
		return -1;
	}
	m->file = file_join(m->folder, "ticket.md");
	m->path = file_join(repo_worktree(m->session->repo), m->file);
	return 0;
}

static int
read_ticket(struct moving *m, struct err *err)
{
	struct findings findings = { 0 };
	int rc = file_read(&m->before, m->path, DOC_MAX_BYTES, err);

	if (rc == 0) {
		doc_parse(&m->doc, &m->arena, m->before.ptr, m->before.len, m->file, &findings);
		if (m->doc.broken) {
			findings_print(&findings, stderr);
			rc = err_set(err, ERR_DATA, "%s 的写法有误，请先改正", m->file);
		}
	}
	findings_release(&findings);
	if (rc != 0)
		return -1;
	m->flow = law_flow(m->session->basis.law, node_text(m->doc.front, "flow"));
	m->stage = m->flow == NULL ? NULL : flow_stage(m->flow, node_text(m->doc.front, "stage"));
	if (m->stage == NULL)
		return err_set(err, ERR_DATA, "%s 的 flow 或 stage 不在制度里", m->file);
	return 0;
}

static int
no_such_outcome(const struct moving *m, const char *word, struct err *err)
{
	struct buf list = BUF_INIT;
	size_t i;

	for (i = 0; i < m->stage->outcome_count; i++)
		buf_printf(&list, "%s%s（%s）", i == 0 ? "" : "、", m->stage->outcomes[i].id,
			   m->stage->outcomes[i].name);
	if (m->stage->end)
		err_set(err, ERR_USAGE, "工单 %s 的状态是“%s”，不能再流转", m->id, m->stage->name);
	else if (word[0] == '\0')
		err_set(err, ERR_USAGE, "没有写结果；“%s”环节可以用：%s", m->stage->name, list.ptr);
	else
		err_set(err, ERR_USAGE, "“%s”环节没有“%s”这个结果；可以用：%s", m->stage->name,
			word, list.ptr);
	buf_release(&list);
	return -1;
}

static int
take_outcome(struct moving *m, const char *word, struct err *err)
{
	m->outcome = find_outcome(m->stage, word);
	return m->outcome != NULL ? 0 : no_such_outcome(m, word, err);
}

/* --- the edit ------------------------------------------------------------------------------------------ */
static int
set_line(struct moving *m, const char *key, const char *value, struct err *err)
{
	struct buf next = BUF_INIT;
	int rc = front_set(&next, m->after.ptr, m->after.len, key, value, err);

	if (rc == 0) {
		buf_clear(&m->after);
		buf_put(&m->after, next.ptr, next.len);
	}
	buf_release(&next);
	return rc;
}

static int
set_values(struct moving *m, struct err *err)
{
	size_t i;

	for (i = 0; i < values.count; i++) {
		const char *equals = strchr(values.items[i], '=');
		char *key;
		int rc;

		if (equals == NULL)
			return err_set(err, ERR_USAGE, "--set 要写成 键=值：%s", values.items[i]);
		key = xstrndup(values.items[i], (size_t)(equals - values.items[i]));
		rc = set_line(m, key, equals + 1, err);
		free(key);
		if (rc != 0)
			return -1;
	}
	return 0;
}

static int
add_papers(struct moving *m, struct err *err)
{
	size_t i;

	for (i = 0; i < papers.count; i++) {
		const char *equals = strchr(papers.items[i], '=');
		struct buf row = BUF_INIT;
		char *paper;
		int rc;

		if (equals == NULL)
			return err_set(err, ERR_USAGE, "--paper 要写成 材料名=文件：%s",
				       papers.items[i]);
		buf_puts(&row, "{ paper: ");
		paper = xstrndup(papers.items[i], (size_t)(equals - papers.items[i]));
		yaml_scalar(&row, paper);
		free(paper);
		buf_puts(&row, ", file: ");
		yaml_scalar(&row, equals + 1);
		buf_puts(&row, " }");
		rc = front_append_row(&m->after, "attachments", row.ptr, err);
		buf_release(&row);
		if (rc != 0)
			return -1;
	}
	return 0;
}

static int
edit(struct moving *m, struct err *err)
{
	bool county = basis_is_county(&m->session->basis, node_text(m->doc.front, "tenant"));
	const struct party *party = session_party(m->session);

	buf_put(&m->after, m->before.ptr, m->before.len);
	if (set_values(m, err) != 0 || add_papers(m, err) != 0)
		return -1;
	return ticket_move(&m->after, m->stage, m->outcome, party == NULL ? "" : party->kind,
			   county, err);
}

/* --- the commit ------------------------------------------------------------------------------------------ */
static int
git_commit(const struct moving *m, const char *message, struct err *err)
{
	struct buf trailer_late = BUF_INIT, trailer_by = BUF_INIT;
	const char *add[] = { "git",	 "-C", repo_worktree(m->session->repo), "add", "-A", "--",
			      m->folder, NULL };
	const char *commit[20] = { "git", "-C", repo_worktree(m->session->repo), "commit", "-q" };
	int n = 5, status;

	if (message != NULL) {
		commit[n++] = "-m";
		commit[n++] = message;
	}
	buf_printf(&trailer_late, "--trailer=Late-Reason: %s", late == NULL ? "" : late);
	buf_printf(&trailer_by, "--trailer=Submitted-By: %s",
		   submitted_by == NULL ? "" : submitted_by);
	if (late != NULL)
		commit[n++] = trailer_late.ptr;
	if (submitted_by != NULL)
		commit[n++] = trailer_by.ptr;
	commit[n++] = "--";
	commit[n++] = m->folder;
	status = run_program(add, NULL, err);
	if (status == 0)
		status = run_program(commit, NULL, err);
	buf_release(&trailer_late);
	buf_release(&trailer_by);
	return status;
}

/* A ticket that no commit has yet is committed as it is first: moves are commits of their own. */
static int
commit_new(struct moving *m, struct err *err)
{
	struct buf message = BUF_INIT;
	const char *kept_late = late;
	int status;

	buf_printf(&message, "新建%s：%s", m->flow->name, node_text(m->doc.front, "title"));
	late = NULL;
	status = git_commit(m, message.ptr, err);
	late = kept_late;
	buf_release(&message);
	return status;
}

/* The commit did not come about: the line goes back, the person's other edits stay. */
static int
undo(struct moving *m, struct err *err)
{
	const char *reset[] = { "git",	   "-C", repo_worktree(m->session->repo),
				"reset",   "-q", "--",
				m->folder, NULL };
	int status;

	if (file_replace(m->path, m->before.ptr, m->before.len, false, err) != 0)
		return -1;
	status = run_program(reset, NULL, err);
	return status < 0 ? -1 : 0;
}

static int
move(struct moving *m, struct err *err)
{
	int status = m->is_new ? commit_new(m, err) : 0;
	const struct stage *to;
	bool county = basis_is_county(&m->session->basis, node_text(m->doc.front, "tenant"));

	if (status > 0) {
		if (undo(m, err) != 0)
			return -1;
		fprintf(stderr, "yunjuan: 新工单没有提交；请按上面的说明改正后再试\n");
	}
	if (status != 0)
		return status < 0 ? -1 : EXIT_REFUSED;
	if (file_replace(m->path, m->after.ptr, m->after.len, false, err) != 0)
		return -1;
	status = git_commit(m, opinion, err);
	if (status != 0) {
		if (undo(m, err) != 0)
			return -1;
		fprintf(stderr, "yunjuan: %s，%s 已恢复原样\n",
			m->is_new ? "新工单已提交，但没有流转" : "没有提交", m->file);
		return EXIT_REFUSED;
	}
	to = flow_stage(m->flow, outcome_target(m->outcome, county));
	printf("%s：%s，%s → %s\n", m->id, m->outcome->name, m->stage->name,
	       m->stage->each ? "签章已记"
	       : to == NULL   ? ""
			      : to->name);
	return EXIT_DONE;
}

static int
run(struct session *s, struct err *err)
{
	struct moving m = { .session = s, .before = BUF_INIT, .after = BUF_INIT };
	int code = EXIT_COULD_NOT;

	if (repo_worktree(s->repo) == NULL)
		return err_set(err, ERR_USAGE,
			       "这是中心仓库，没有工作文件；请在自己的工作区里办理");
	if (find(&m, s->argv[0], err) == 0 && read_ticket(&m, err) == 0 &&
	    take_outcome(&m, s->argc > 1 ? s->argv[1] : "", err) == 0 && edit(&m, err) == 0)
		code = move(&m, err);
	free(m.id);
	free(m.folder);
	free(m.file);
	free(m.path);
	buf_release(&m.before);
	buf_release(&m.after);
	arena_release(&m.arena);
	return code;
}

const struct cmd cmd_move = {
	.name = "move",
	.summary = "流转工单：改 stage 一行并提交，提交就是办理",
	.usage = "[选项] 工单号 [结果]",
	.example = "  yunjuan move SQ-20210510-mzjy-01 agree -m \"资源合理，同意\"\n"
		   "  yunjuan move 0510-mzjy-01 deliver --late \"厂商到货延迟\" -m \"已交付\"\n"
		   "  不知道可用哪些结果时，不写结果执行一次，会列出来。",
	.min = 1,
	.max = 2,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS | NEED_LOG,
	.run = run,
};
