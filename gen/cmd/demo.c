#include <stdlib.h>
#include <string.h>

#include "cmd/demo.h"
#include "site/site.h"

#define SAMPLE "content/sample/"
#define SETTING_UP 4 /* commits before the year: workspace, authority, certificates, policy */

static bool no_build;
static const struct opt opts[] = {
	{ "no-build", 0, OPT_FLAG, NULL, "只重放，不生成看板", &no_build },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

/* One commit of the sample year. */
struct act_row {
	int64_t at;
	const char *ticket, *folder; /* NULL: a change of the registers */
	const struct node *step;
	bool first;
};

struct replay {
	const char *root;
	struct arena arena;
	struct act_row *rows;
	size_t count, cap;
	struct basis_cache *cache;
	struct law *law;
	struct registers registers;
	struct demo_keys keys;
	size_t issued; /* commits that issued certificates to newcomers */
};

/* --- reading the scripts ------------------------------------------------------------------------- */
static int
add_steps(struct replay *r, const struct embedded *file, const char *ticket, struct err *err)
{
	struct findings findings = { 0 };
	struct doc doc;
	const struct node *steps;
	size_t i;

	yaml_parse(&doc, &r->arena, file->data, file->len, file->path, &findings);
	findings_print(&findings, stderr);
	findings_release(&findings);
	steps = node_get(doc.front, "steps");
	if (doc.broken || steps == NULL || steps->kind != NODE_LIST)
		return err_set(err, ERR_DATA, "%s 不是示例脚本（缺少 steps）", file->path);
	for (i = 0; i < steps->count; i++) {
		struct act_row row = { .ticket = ticket, .step = steps->items[i], .first = i == 0 };

		if (!moment_parse(node_text(row.step, "at"), &row.at))
			return err_at(err, ERR_DATA, file->path, row.step->line, 0,
				      "时间 at 写法有误");
		if (ticket != NULL)
			row.folder = arena_printf(&r->arena, LOG_TOP "/%.4s/%.2s/%s", ticket + 3,
						  ticket + 7, ticket);
		vec_push(r->rows, r->count, r->cap, row);
	}
	return 0;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct act_row *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return strcmp(x->ticket == NULL ? "" : x->ticket, y->ticket == NULL ? "" : y->ticket);
}

static int
read_scripts(struct replay *r, struct err *err)
{
	size_t i;

	for (i = 0; i < embedded_count; i++) {
		const struct embedded *file = &embedded_files[i];
		const char *name = strrchr(file->path, '/') + 1;

		if (text_starts(file->path, SAMPLE "tickets/")) {
			if (strlen(name) < 17)
				return err_set(err, ERR_DATA, "示例文件名不是工单号：%s",
					       file->path);
			if (add_steps(r, file,
				      arena_strndup(&r->arena, name,
						    strlen(name) - strlen(".yaml")),
				      err) != 0)
				return -1;
		} else if (text_starts(file->path, SAMPLE "changes/") &&
			   add_steps(r, file, NULL, err) != 0) {
			return -1;
		}
	}
	if (r->count > 0)
		qsort(r->rows, r->count, sizeof(*r->rows), compare_rows);
	return r->count > 0 ? 0 : err_set(err, ERR_DATA, "程序里没有示例年（content/sample）");
}

/* --- writing what a step says --------------------------------------------------------------------- */
static int
write_file(const struct replay *r, const char *path, const char *text, struct err *err)
{
	char *target = file_join(r->root, path);
	int rc = file_make_parents(target, err);

	if (rc == 0)
		rc = file_replace(target, text, strlen(text), false, err);
	free(target);
	return rc;
}

static int
write_papers(const struct replay *r, const struct act_row *row, struct buf *ticket, struct err *err)
{
	const struct node *papers = node_get(row->step, "papers");
	size_t i;

	for (i = 0; papers != NULL && papers->kind == NODE_LIST && i < papers->count; i++) {
		const struct node *paper = papers->items[i];
		struct buf line = BUF_INIT;
		char *path = file_join(row->folder, node_text(paper, "file"));
		int rc = write_file(r, path, node_text(paper, "text"), err);

		if (rc == 0 && node_text(paper, "paper")[0] != '\0') {
			buf_puts(&line, "{ paper: ");
			yaml_scalar(&line, node_text(paper, "paper"));
			buf_puts(&line, ", file: ");
			yaml_scalar(&line, node_text(paper, "file"));
			buf_puts(&line, " }");
			rc = front_append_row(ticket, "attachments", line.ptr, err);
		}
		buf_release(&line);
		free(path);
		if (rc != 0)
			return -1;
	}
	return 0;
}

static void
replace_body(struct buf *ticket, const char *body)
{
	char *close = strstr(ticket->ptr, "\n---\n");

	if (close == NULL)
		return;
	ticket->len = (size_t)(close - ticket->ptr) + 5;
	ticket->ptr[ticket->len] = '\0';
	buf_printf(ticket, "\n%s", body);
}

/* The flow a ticket's number belongs to. */
static const struct flow *
flow_of_ticket(const struct law *law, const char *ticket)
{
	size_t count, i;
	const struct flow *flows = law_flows(law, &count);

	for (i = 0; i < count; i++) {
		if (strncmp(flows[i].prefix, ticket, strlen(flows[i].prefix)) == 0)
			return &flows[i];
	}
	return NULL;
}

static const char *
kind_of_officer(const struct replay *r, const char *email)
{
	const struct officer_ref *ref = map_find(&r->registers.by_email, email);

	return ref == NULL ? "" : ref->party->kind;
}

/* The line that a move edits, by the flow's table. */
static int
apply_move(struct replay *r, const struct act_row *row, const struct flow *flow, struct buf *ticket,
	   struct err *err)
{
	const char *word = node_text(row->step, "move"), *here;
	struct findings findings = { 0 };
	const struct outcome *outcome;
	const struct stage *stage;
	const struct party *tenant;
	struct doc doc;

	if (word[0] == '\0')
		return 0;
	doc_parse(&doc, &r->arena, ticket->ptr, ticket->len, row->ticket, &findings);
	findings_print(&findings, stderr);
	findings_release(&findings);
	here = node_text(doc.front, "stage");
	stage = flow_stage(flow, here);
	outcome = stage == NULL ? NULL : find_outcome(stage, word);
	tenant = map_find(&r->registers.by_party, node_text(doc.front, "tenant"));
	if (outcome == NULL)
		return err_set(err, ERR_DATA, "示例工单 %s 在 %s：环节“%s”没有结果“%s”",
			       row->ticket, node_text(row->step, "at"), here, word);
	return ticket_move(ticket, stage, outcome, kind_of_officer(r, node_text(row->step, "by")),
			   tenant != NULL && strcmp(tenant->level, "county") == 0, err);
}

static int
write_ticket(struct replay *r, const struct act_row *row, struct err *err)
{
	const struct flow *flow = flow_of_ticket(r->law, row->ticket);
	char *file = file_join(row->folder, "ticket.md"), *path = file_join(r->root, file);
	struct buf ticket = BUF_INIT;
	int rc = 0;

	if (flow == NULL)
		rc = err_set(err, ERR_DATA, "示例工单 %s 的编号不属于任何流程", row->ticket);
	else if (row->first)
		buf_printf(&ticket, "---\nflow: %s\nstage: %s\n---\n", flow->id,
			   flow->stages[0].id);
	else
		rc = file_read(&ticket, path, DOC_MAX_BYTES, err);
	if (rc == 0)
		rc = front_merge(&ticket, node_text(row->step, "set"), err);
	if (rc == 0)
		rc = write_papers(r, row, &ticket, err);
	if (rc == 0 && node_text(row->step, "body")[0] != '\0')
		replace_body(&ticket, node_text(row->step, "body"));
	if (rc == 0)
		rc = apply_move(r, row, flow, &ticket, err);
	if (rc == 0)
		rc = write_file(r, file, ticket.ptr, err);
	buf_release(&ticket);
	free(path);
	free(file);
	return rc;
}

static const char *
officer_name(const struct replay *r, const char *email)
{
	const struct officer_ref *officer = map_find(&r->registers.by_email, email);

	return officer == NULL ? email : officer->officer->name;
}

static int
write_changes(const struct replay *r, const struct act_row *row, struct err *err)
{
	const struct node *files = node_get(row->step, "files"),
			  *usage = node_get(row->step, "usage");
	const char *email = node_text(row->step, "by");
	size_t i;

	if (usage != NULL)
		return demo_usage(r->root, usage, officer_name(r, email), email, row->at, err);
	for (i = 0; files != NULL && files->kind == NODE_LIST && i < files->count; i++) {
		if (write_file(r, node_text(files->items[i], "path"),
			       node_text(files->items[i], "text"), err) != 0)
			return -1;
	}
	return 0;
}

/* --- committing ------------------------------------------------------------------------------------- */
int
run_as(const char *root, const char *name, const char *email, int64_t at, const char *const *argv,
       bool quiet, struct err *err)
{
	char names[7][300];
	const char *env[] = { names[0], names[1], names[2], names[3],
			      names[4], names[5], names[6], NULL };

	snprintf(names[0], sizeof(names[0]), "GIT_AUTHOR_NAME=%s", name);
	snprintf(names[1], sizeof(names[1]), "GIT_COMMITTER_NAME=%s", name);
	snprintf(names[2], sizeof(names[2]), "GIT_AUTHOR_EMAIL=%s", email);
	snprintf(names[3], sizeof(names[3]), "GIT_COMMITTER_EMAIL=%s", email);
	snprintf(names[4], sizeof(names[4]), "GIT_AUTHOR_DATE=@%lld +0800", (long long)at);
	snprintf(names[5], sizeof(names[5]), "GIT_COMMITTER_DATE=@%lld +0800", (long long)at);
	snprintf(names[6], sizeof(names[6]), "SOURCE_DATE_EPOCH=%lld", (long long)at);
	return run_program_in(root, argv, env, quiet, err);
}

static int
commit_as(const char *root, const char *name, const char *email, int64_t at, const char *message,
	  struct err *err)
{
	static const char *const add[] = { "git", "add", "-A", NULL };
	const char *const commit[] = { "git", "commit", "-q", "-m", message, NULL };
	int status = run_as(root, name, email, at, add, false, err);

	if (status == 0)
		status = run_as(root, name, email, at, commit, false, err);
	return status == 0  ? 0
	       : status < 0 ? -1
			    : err_set(err, ERR_DATA, "这一步没有通过钩子，见上面的说明");
}

static int
commit_row(struct replay *r, const struct act_row *row, struct err *err)
{
	const char *email = node_text(row->step, "by"), *late = node_text(row->step, "late");
	const char *slip = node_text(row->step, "submitted_by");
	struct buf message = BUF_INIT;
	int rc;

	buf_puts(&message, node_text(row->step, "say"));
	if (late[0] != '\0' || slip[0] != '\0')
		buf_puts(&message, "\n");
	if (late[0] != '\0')
		buf_printf(&message, "\nLate-Reason: %s", late);
	if (slip[0] != '\0')
		buf_printf(&message, "\nSubmitted-By: %s", slip);
	rc = commit_as(r->root, officer_name(r, email), email, row->at, message.ptr, err);
	buf_release(&message);
	return rc;
}

/* Officers may join during the year: names are looked up in what stands now. */
static int
load_registers(struct replay *r, struct repo *repo, struct err *err)
{
	struct snapshot snap;
	struct basis basis;

	snapshot_folder(&snap, repo);
	if (basis_of(&basis, r->cache, &snap, err) != 0)
		return -1;
	r->registers = *basis.registers;
	r->law = (struct law *)basis.law;
	return 0;
}

static int
certify_newcomers(struct replay *r, int64_t at, struct err *err)
{
	bool any = false;
	int rc = demo_keys_certify(&r->keys, &r->registers, at, &any, err);

	r->issued += any ? 1 : 0;
	return rc;
}

static bool
changes_registers(const struct act_row *row)
{
	return row->ticket == NULL && node_get(row->step, "usage") == NULL;
}

static int
play(struct replay *r, struct repo *repo, struct err *err)
{
	struct progress progress;
	size_t i;

	progress_begin(&progress, "重放示例年", "步");
	for (i = 0; i < r->count; i++) {
		const struct act_row *row = &r->rows[i];
		int rc =
		    row->ticket != NULL ? write_ticket(r, row, err) : write_changes(r, row, err);

		if (rc == 0 && changes_registers(row)) {
			basis_cache_free(r->cache);
			r->cache = basis_cache_new(KEPT_NOTHING);
			rc = load_registers(r, repo, err);
		}
		if (rc == 0)
			rc = commit_row(r, row, err);
		if (rc == 0 && changes_registers(row))
			rc = certify_newcomers(r, row->at + 60, err);
		if (rc != 0) {
			progress_end(&progress);
			fprintf(stderr, "yunjuan: 停在 %s %s（第 %zu 步）\n",
				node_text(row->step, "at"),
				row->ticket == NULL ? "名册变更" : row->ticket, i + 1);
			return -1;
		}
		progress_at(&progress, (int64_t)i + 1, (int64_t)r->count);
	}
	progress_end(&progress);
	return 0;
}

/* --- the first commit and the dashboard ----------------------------------------------------------------- */
static int
lay_sample(const char *folder, struct err *err)
{
	size_t i;

	for (i = 0; i < embedded_count; i++) {
		const char *path = embedded_files[i].path;
		char *target;
		int rc;

		if (!text_starts(path, SAMPLE) || text_starts(path, SAMPLE "tickets/") ||
		    text_starts(path, SAMPLE "changes/"))
			continue;
		target = file_join(folder, path + strlen(SAMPLE));
		rc = file_make_parents(target, err);
		if (rc == 0)
			rc = file_replace(target, embedded_files[i].data, embedded_files[i].len,
					  false, err);
		free(target);
		if (rc != 0)
			return -1;
	}
	return 0;
}

/* `yunjuan init` on the day the year begins, under the coordinator's first officer. */
static int
make_workspace(struct replay *r, const char *name, const char *email, int64_t at, struct err *err)
{
	char *program = program_path(),
	     *registers = arena_printf(&r->arena, "%s.registers", r->root);
	char author[64], committer[64], clock[64];
	const char *env[] = { author, committer, clock,
			      NULL }; /* init itself sets name and e-mail */
	const char *argv[] = { program, "init",	       "--officer", name,    "--email",
			       email,	"--registers", registers,   r->root, NULL };
	int status = -1;

	snprintf(author, sizeof(author), "GIT_AUTHOR_DATE=@%lld +0800", (long long)at);
	snprintf(committer, sizeof(committer), "GIT_COMMITTER_DATE=@%lld +0800", (long long)at);
	snprintf(clock, sizeof(clock), "SOURCE_DATE_EPOCH=%lld", (long long)at);
	if (file_remove_tree(registers, err) == 0 && lay_sample(registers, err) == 0)
		status = run_program(argv, env, err);
	if (file_remove_tree(registers, err) != 0 && status == 0)
		status = -1;
	free(program);
	return status == 0  ? 0
	       : status < 0 ? -1
			    : err_set(err, ERR_DATA, "示例工作区没有建成，见上面的说明");
}

/* content/sample/demo.yaml: when the year begins, who begins it, the day it is looked at. */
struct plan {
	int64_t start, as_of;
	const char *officer, *email;
};

static int
read_plan(struct plan *plan, struct arena *arena, struct err *err)
{
	const struct embedded *file = embedded_find(SAMPLE "demo.yaml");
	struct findings findings = { 0 };
	struct doc doc;

	if (file == NULL)
		return err_set(err, ERR_DATA, "程序里没有示例年（content/sample/demo.yaml）");
	yaml_parse(&doc, arena, file->data, file->len, file->path, &findings);
	findings_print(&findings, stderr);
	findings_release(&findings);
	plan->officer = node_text(doc.front, "officer");
	plan->email = node_text(doc.front, "email");
	if (!moment_parse(node_text(doc.front, "start"), &plan->start) ||
	    !moment_parse(node_text(doc.front, "as_of"), &plan->as_of))
		return err_set(err, ERR_DATA, "%s 的 start 或 as_of 写法有误", file->path);
	return 0;
}

/* A demo of ours may be made anew; anything else in the way is left alone. */
static int
clear_way(const char *root, struct err *err)
{
	char *mark = file_join(root, ".git/yunjuan-demo");
	bool ours = file_exists(mark);

	free(mark);
	if (!file_exists(root) || ours)
		return file_remove_tree(root, err);
	return err_set(err, ERR_USAGE, "“%s”已存在，又不是以前的演示；请换一个目录", root);
}

static int
mark_demo(const char *root, struct err *err)
{
	char *mark = file_join(root, ".git/yunjuan-demo");
	int rc = file_replace(mark, "", 0, false, err);

	free(mark);
	return rc;
}

static int
go_round(struct replay *r, const struct plan *plan, struct err *err)
{
	const struct officer_ref *ref = map_find(&r->registers.by_email, plan->email);
	size_t count = 0;

	if (demo_trip(r->root, &r->registers, ref->party, &r->arena, &count, err) != 0)
		return -1;
	printf(
	    "交接已走一圈：%zu 方的仓库只靠 U 盘、邮件、光盘来往，main 相同；各方在 %s.parties，交接件在 %s.media\n",
	    count, r->root, r->root);
	return 0;
}

static int
replay_year(struct replay *r, const struct plan *plan, struct err *err)
{
	struct repo *repo = NULL;
	int rc = clear_way(r->root, err);

	if (rc == 0)
		rc = make_workspace(r, plan->officer, plan->email, plan->start, err);
	if (rc == 0)
		rc = mark_demo(r->root, err);
	if (rc == 0)
		rc = repo_open(&repo, r->root, err);
	if (rc == 0)
		rc = load_registers(r, repo, err);
	r->keys = (struct demo_keys){ r->root, plan->officer, plan->email, &r->arena };
	if (rc == 0)
		rc = demo_keys_open(&r->keys, err);
	if (rc == 0)
		rc = demo_keys_begin(&r->keys, &r->registers, plan->start, err);
	if (rc == 0)
		rc = play(r, repo, err);
	if (rc == 0)
		rc = go_round(r, plan, err);
	repo_free(repo);
	return rc;
}

static int
build_dashboard(const char *root, int64_t as_of, struct err *err)
{
	struct site_options options = { .now = as_of };
	struct site_report report;
	struct repo *repo = NULL;
	char *out = file_join(root, "public");
	int rc = repo_open(&repo, root, err);

	options.out = out;
	if (rc == 0)
		rc = site_build(repo, &options, &report, err);
	if (rc == 0)
		printf("看板已生成：%zu 页。请用浏览器打开\n  %s/index.html\n", report.pages, out);
	repo_free(repo);
	free(out);
	return rc;
}

static int
run(struct session *s, struct err *err)
{
	struct replay replay = { .root = s->argv[0], .cache = basis_cache_new(KEPT_NOTHING) };
	struct plan plan;
	int rc = read_plan(&plan, &replay.arena, err);

	if (rc == 0)
		rc = read_scripts(&replay, err);
	if (rc == 0)
		rc = replay_year(&replay, &plan, err);
	if (rc == 0)
		printf("示例年已重放：%zu 个提交，都有 SM2 签名，都经过钩子判断，在 %s\n",
		       replay.count + replay.issued + SETTING_UP, replay.root);
	if (rc == 0 && !no_build)
		rc = build_dashboard(replay.root, plan.as_of, err);
	basis_cache_free(replay.cache);
	free(replay.rows);
	arena_release(&replay.arena);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

const struct cmd cmd_demo = {
	.name = "demo",
	.summary = "演示：把示例年逐步提交到一个新仓库，并生成看板",
	.usage = "[选项] 目录",
	.example =
	    "  yunjuan demo /tmp/演示        重放 2021 年的示例工单，结束时告诉你打开哪个文件",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
