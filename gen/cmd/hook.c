#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "judge/judge.h"

#define INPUT_MAX_BYTES ((size_t)1 << 20)

/* Standard input, only for hooks that get lines (it may be a terminal for the others). */
static int
read_lines(struct buf *out, struct err *err)
{
	char piece[4096];
	size_t n;

	buf_init(out, INPUT_MAX_BYTES);
	for (n = fread(piece, 1, sizeof(piece), stdin); n > 0;
	     n = fread(piece, 1, sizeof(piece), stdin))
		buf_put(out, piece, n);
	if (ferror(stdin))
		return err_sys(err, "读取", "标准输入");
	return out->full ? err_set(err, ERR_LIMIT, "git 交来的内容太长") : 0;
}

static void
push_lines(struct script *s, char *text)
{
	char *save = NULL, *line;

	script_table(s);
	for (line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save))
		script_append_text(s, line);
	script_set(s, "lines");
}

/* The hook's Lua: of HEAD, so that nobody brings the hook that judges them; else the built-in. */
static int
read_hook(struct session *s, const char *name, struct buf *out, struct err *err)
{
	struct buf path = BUF_INIT;
	const struct embedded *file;
	int found = 0;

	buf_printf(&path, "lua/hooks/%s.lua", name);
	if (!oid_zero(&s->head))
		found = snapshot_read(&s->snap, path.ptr, DOC_MAX_BYTES, out, NULL, err);
	file = embedded_find(path.ptr);
	if (found == 0 && file != NULL) {
		buf_put(out, file->data, file->len);
		found = 1;
	}
	buf_release(&path);
	return found < 0 ? -1 : found > 0 ? 0 : err_set(err, ERR_USAGE, "没有“%s”这个钩子", name);
}

/* Leaves the list of actions on the stack. */
static int
ask_hook(struct session *s, struct script *script, const char *name, struct err *err)
{
	struct buf source = BUF_INIT, lines = BUF_INIT;
	int i, rc = read_hook(s, name, &source, err);

	if (rc == 0 && strcmp(name, "pre-receive") == 0)
		rc = read_lines(&lines, err);
	if (rc == 0) {
		script_text(script, name);
		script_bytes(script, source.ptr, source.len);
		script_table(script);
		script_table(script);
		for (i = 1; i < s->argc; i++)
			script_append_text(script, s->argv[i]);
		script_set(script, "args");
		push_lines(script, lines.ptr);
		rc = script_call(script, "hook", 3, 1, err);
	}
	buf_release(&source);
	buf_release(&lines);
	return rc;
}

/* --- what a hook may ask for ------------------------------------------------------------------------ */
static int
do_staged(struct session *s, const char *message_file, struct findings *findings, struct err *err)
{
	struct oid tips[2] = { s->head, { { 0 } } };
	struct judge *judge = NULL;
	struct buf message = BUF_INIT;
	int rc = repo_merge_head(s->repo, &tips[1], err);

	if (rc == 0 && message_file[0] != '\0')
		rc = file_read(&message, message_file, INPUT_MAX_BYTES, err);
	if (rc == 0)
		rc = judge_new(&judge, s->repo, tips, 2, true, s->now, err);
	if (rc == 0)
		rc = judge_staged(judge, message_file[0] != '\0' ? message.ptr : NULL, findings,
				  err);
	judge_free(judge);
	buf_release(&message);
	return rc;
}

static int
check_forward(struct judge *judge, const struct oid *from, const struct oid *to,
	      struct findings *findings)
{
	uint32_t old, new;
	struct finding f = {
		.severity = SEVERITY_REFUSE,
		.rule = "forward",
		.message = "这次推送会改写已接收的历史；请先取回（git pull）再推送，不要强推"
	};

	if (log_find_commit(judge_log(judge), from, &old) &&
	    log_find_commit(judge_log(judge), to, &new) &&
	    log_is_ancestor(judge_log(judge), old, new))
		return 1;
	finding_add(findings, &f);
	return 0;
}

/* A new branch is judged against what the hub's own branch has. */
static int
do_range(struct session *s, const char *from, const char *to, bool forward,
	 struct findings *findings, struct err *err)
{
	struct oid tips[3] = { s->head };
	struct judge *judge = NULL;
	const struct oid *base = &tips[2];
	int rc;

	if (!oid_parse(to, &tips[1]) || (from[0] != '\0' && !oid_parse(from, &tips[2])))
		return err_set(err, ERR_USAGE, "钩子给出的提交号不对：%s %s", from, to);
	if (from[0] == '\0')
		base = oid_zero(&s->head) ? NULL : &s->head;
	rc = judge_new(&judge, s->repo, tips, 3, false, s->now, err);
	if (rc == 0 &&
	    (from[0] == '\0' || !forward || check_forward(judge, base, &tips[1], findings)))
		rc = judge_range(judge, base, &tips[1], findings, err);
	judge_free(judge);
	return rc;
}

/* One row of the list on top. */
static int
do_action(struct session *s, struct script *script, struct findings *findings, struct err *err)
{
	const char *judge = script_get_text(script, "judge"),
		   *refuse = script_get_text(script, "refuse");
	struct finding f = { .severity = SEVERITY_REFUSE, .rule = "hook", .message = refuse };

	if (strcmp(judge, "staged") == 0)
		return do_staged(s, script_get_text(script, "message_file"), findings, err);
	if (strcmp(judge, "range") == 0)
		return do_range(s, script_get_text(script, "from"), script_get_text(script, "to"),
				script_get_bool(script, "forward"), findings, err);
	if (refuse[0] == '\0')
		return err_set(err, ERR_LAW, "钩子要求了不认识的动作“%s”（lua/hooks）", judge);
	finding_add(findings, &f);
	return 0;
}

static int
run_hook(struct session *s, const char *name, struct err *err)
{
	static const struct script_limits limits = { (size_t)32 << 20, 10 * 1000 * 1000 };
	struct findings findings = { 0 };
	struct script *script = NULL;
	int code = EXIT_COULD_NOT, rc = script_new(&script, &limits, err);
	size_t i;

	if (rc == 0)
		rc = ask_hook(s, script, name, err);
	for (i = 1; rc == 0 && script_push_row(script, i); i++) {
		rc = do_action(s, script, &findings, err);
		script_pop(script, 1);
	}
	if (rc == 0)
		code = show_findings(&findings, false);
	script_free(script);
	findings_release(&findings);
	return code;
}

static int
run(struct session *s, struct err *err)
{
	if (strcmp(s->argv[0], "install") != 0)
		return run_hook(s, s->argv[0], err);
	if (install_hooks(s->repo, err) != 0)
		return EXIT_COULD_NOT;
	printf("已装好提交钩子：%s/hooks\n", repo_gitdir(s->repo));
	return EXIT_DONE;
}

const struct cmd cmd_hook = {
	.name = "hook",
	.summary = "安装 git 钩子，或由 git 调用",
	.usage = "install | 钩子名 [参数…]",
	.example = "  yunjuan hook install       给现有仓库装上钩子（init 已自动安装）\n"
		   "  yunjuan hook pre-commit    由 git 在提交前调用，一般不用手工执行",
	.min = 1,
	.max = -1,
	.opts = NULL,
	.needs = NEED_REPO,
	.run = run,
};
