#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"

static const char *tenant_id;
static struct texts values;

static const struct opt opts[] = {
	{ "set", 's', OPT_TEXTS, "键=值", "直接填一项（可多次），不再逐项询问", &values },
	{ "tenant", 't', OPT_TEXT, "单位编号", "使用单位（默认：git 的 user.email 所属单位）",
	  &tenant_id },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

struct draft {
	struct session *session;
	const struct flow *flow;
	const struct party *party; /* that opens the ticket */
	bool ask;
	char id[128], folder[256];
	struct buf text;
};

/* --- values given or asked for --------------------------------------------------------------------- */
static const char *
given(const char *key)
{
	size_t i, len = strlen(key);

	for (i = 0; i < values.count; i++) {
		if (strncmp(values.items[i], key, len) == 0 && values.items[i][len] == '=')
			return values.items[i] + len + 1;
	}
	return NULL;
}

/* A line from the terminal, without its end; NULL at the end of input. */
static char *
read_line(void)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n = getline(&line, &cap, stdin);

	if (n < 0) {
		free(line);
		return NULL;
	}
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		line[--n] = '\0';
	return line;
}

static void
print_question(const struct field *field)
{
	size_t i;

	printf("%s", field->label);
	if (field->unit[0] != '\0')
		printf("（%s）", field->unit);
	for (i = 0; i < field->choice_count; i++)
		printf("%s%s", i == 0 ? " [" : " / ", field->choices[i]);
	printf("%s%s：",
	       field->choice_count > 0	   ? "]"
	       : field->type == FIELD_BOOL ? " [是 / 否]"
					   : "",
	       field->required ? "" : "（可空）");
	fflush(stdout);
}

/* Asks until the answer fits; an empty one is taken as "later". Owned, or NULL. */
static char *
ask(const struct field *field)
{
	struct node node = { .kind = NODE_SCALAR };
	const char *why = "";
	char *line;

	if (field->help[0] != '\0')
		printf("  %s\n", field->help);
	for (;;) {
		print_question(field);
		line = read_line();
		if (line == NULL || line[0] == '\0')
			return line;
		node.text = line;
		if (field_fits(field, &node, &why))
			return line;
		printf("  %s，请重新填写\n", why);
		free(line);
	}
}

/* --- the text of the ticket -------------------------------------------------------------------------- */
static void
put_comment(struct buf *out, const struct field *field, const char *indent)
{
	size_t i;

	buf_printf(out, "%s# %s", indent, field->label);
	if (field->unit[0] != '\0')
		buf_printf(out, "（%s）", field->unit);
	if (field->required)
		buf_puts(out, "，必填");
	else if (field->has_required_when)
		buf_puts(out, "，视情况必填");
	for (i = 0; i < field->choice_count; i++)
		buf_printf(out, "%s%s", i == 0 ? "；可选：" : " / ", field->choices[i]);
	if (field->type == FIELD_BOOL)
		buf_puts(out, "；填 是 或 否");
	if (field->help[0] != '\0')
		buf_printf(out, "。%s", field->help);
	buf_puts(out, "\n");
}

/* A list is left as a commented row to copy. */
static void
put_list(struct buf *out, const struct field *field)
{
	size_t i;

	buf_printf(out, "%s:\n", field->key);
	for (i = 0; i < field->column_count; i++) {
		put_comment(out, &field->columns[i], "  ");
		buf_printf(out, "  #%s%s:\n", i == 0 ? " - " : "   ", field->columns[i].key);
	}
}

static void
put_field(struct draft *d, const struct field *field)
{
	const char *value = given(field->key);
	char *answer = NULL;

	put_comment(&d->text, field, "");
	if (field->type == FIELD_LIST && value == NULL) {
		put_list(&d->text, field);
		return;
	}
	if (value == NULL && d->ask && field->type != FIELD_LIST)
		value = answer = ask(field);
	buf_printf(&d->text, "%s:%s", field->key, value != NULL && value[0] != '\0' ? " " : "");
	if (value != NULL && value[0] != '\0')
		yaml_scalar(&d->text, value);
	buf_puts(&d->text, "\n");
	free(answer);
}

static void
put_common(struct draft *d, bool wants_tenant)
{
	static const struct field title = { .key = "title",
					    .label = "标题",
					    .help = "一句话说明办什么",
					    .unit = "",
					    .required = true };
	static const struct field system = {
		.key = "system", .label = "系统名称", .help = "与登记册逐字一致", .unit = ""
	};
	static const struct field urgent = { .key = "urgent",
					     .label = "紧急特殊情况",
					     .type = FIELD_BOOL,
					     .help = "填“是”须写事由",
					     .unit = "" };
	static const struct field ground = {
		.key = "urgent_ground", .label = "紧急事由", .help = "", .unit = ""
	};

	put_field(d, &title);
	if (wants_tenant) {
		put_field(d, &system);
		buf_printf(&d->text, "# 使用单位的编号（content/parties/ 的文件名）\ntenant: %s\n",
			   tenant_id != NULL ? tenant_id : d->party->id);
		d->ask = false;
		put_field(d, &urgent);
		put_field(d, &ground);
		d->ask = values.count == 0 && isatty(0);
	}
	buf_puts(
	    &d->text,
	    "# 材料：每份一行，例如  - { paper: 实施方案, file: 实施方案.pdf }\nattachments:\n");
}

/* The stages from the first on that the opening party has in hand: their forms are filled now,
 * the others when their stage comes. */
static size_t
opening_stages(const struct flow *flow)
{
	size_t n = 0;

	while (n < flow->stage_count && !flow->stages[n].end &&
	       flow->stages[n].parties[0] == flow->opens[0])
		n++;
	return n;
}

static void
put_forms(struct draft *d)
{
	const struct law *law = d->session->basis.law;
	size_t i, k, f, stages = opening_stages(d->flow);

	for (i = 0; i < stages; i++) {
		const struct stage *stage = &d->flow->stages[i];

		for (k = 0; k < stage->form_count; k++) {
			const struct form *form = law_form(law, stage->forms[k]);

			if (form == NULL)
				continue;
			buf_printf(&d->text, "\n# ==== %s（%s环节填写%s）\n", form->title,
				   stage->name,
				   stage->sometimes[k] ? "；视情况，用不着的整段留空" : "");
			for (f = 0; f < form->field_count; f++)
				put_field(d, &form->fields[f]);
		}
	}
}

/* What others write later says so; a comment leaves a section empty. */
static void
put_body(struct draft *d)
{
	size_t i, k, stages = opening_stages(d->flow);

	for (i = 0; i < d->flow->stage_count; i++) {
		const struct stage *stage = &d->flow->stages[i];

		for (k = 0; k < stage->section_count; k++) {
			buf_printf(&d->text, "\n## %s\n\n", stage->sections[k]);
			if (i >= stages)
				buf_printf(&d->text, "<!-- %s环节填写 -->\n", stage->name);
		}
	}
}

/* --- where it goes ------------------------------------------------------------------------------------- */
static const struct party *
opening_party(struct session *s, const struct flow *flow, struct err *err)
{
	const struct party *party =
	    tenant_id != NULL ? named_party(s, tenant_id, err) : session_party(s);
	struct buf kinds = BUF_INIT;
	size_t i;

	if (party == NULL && tenant_id != NULL)
		return NULL;
	for (i = 0; party != NULL && i < flow->open_count; i++) {
		if (strcmp(flow->opens[i]->id, party->kind) == 0 ||
		    (tenant_id != NULL && flow->opens[i]->only == 0))
			return party;
	}
	for (i = 0; i < flow->open_count; i++)
		buf_printf(&kinds, "%s%s", i == 0 ? "" : "或", flow->opens[i]->name);
	if (party == NULL)
		err_set(err, ERR_USAGE,
			"%s由%s发起；git 的 user.email 不在名册中，请用 --tenant 写明单位编号",
			flow->name, kinds.ptr);
	else
		err_set(err, ERR_USAGE, "%s由%s发起，“%s”不能发起", flow->name, kinds.ptr,
			party->name);
	buf_release(&kinds);
	return NULL;
}

static int
choose_id(struct draft *d, struct err *err)
{
	const char *tree = repo_worktree(d->session->repo);
	char day[11], path[4096];
	int n;

	day_text(day_of(d->session->now), day);
	for (n = 1; n <= 99; n++) {
		snprintf(d->id, sizeof(d->id), "%s-%.4s%.2s%.2s-%s-%02d", d->flow->prefix, day,
			 day + 5, day + 8, d->party->id, n);
		snprintf(d->folder, sizeof(d->folder), LOG_TOP "/%.4s/%.2s/%s", day, day + 5,
			 d->id);
		snprintf(path, sizeof(path), "%s/%s", tree, d->folder);
		if (!file_exists(path))
			return 0;
	}
	return err_set(err, ERR_USAGE, "%s 一天里已有 99 张%s工单，不能再编号", d->party->name,
		       d->flow->name);
}

static int
refuse_value(const char *given, const struct field *field, const char *why, struct err *err)
{
	struct buf range = BUF_INIT;

	field_put_range(&range, field);
	err_set(err, ERR_USAGE, "--set %s：%s%s", given, why, range.ptr);
	buf_release(&range);
	return -1;
}

static int
check_given(const struct draft *d, struct err *err)
{
	size_t i, k, len;

	for (i = 0; i < values.count; i++) {
		len = strcspn(values.items[i], "=");
		if (values.items[i][len] == '\0')
			return err_set(err, ERR_USAGE, "--set 要写成 键=值：%s", values.items[i]);
		for (k = 0; k < d->flow->field_count; k++) {
			const struct field *field = &d->flow->fields[k];
			struct node node = { .kind = NODE_SCALAR,
					     .text = values.items[i] + len + 1 };
			const char *why;

			if (strlen(field->key) != len ||
			    strncmp(field->key, values.items[i], len) != 0)
				continue;
			if (!field_fits(field, &node, &why))
				return refuse_value(values.items[i], field, why, err);
			break;
		}
		if (k == d->flow->field_count)
			return err_set(err, ERR_USAGE, "%s的表单里没有“%.*s”这一项", d->flow->name,
				       (int)len, values.items[i]);
	}
	return 0;
}

static int
write_ticket(struct draft *d, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_printf(&d->text, "---\nflow: %s\nstage: %s\n", d->flow->id, d->flow->stages[0].id);
	put_common(d, d->flow->opens[0]->only == 0);
	put_forms(d);
	buf_puts(&d->text, "---\n");
	put_body(d);
	buf_printf(&path, "%s/%s/ticket.md", repo_worktree(d->session->repo), d->folder);
	rc = file_make_parents(path.ptr, err);
	if (rc == 0)
		rc = file_replace(path.ptr, d->text.ptr, d->text.len, false, err);
	if (rc == 0)
		printf(
		    "已新建 %s\n  %s/ticket.md\n请用编辑器补全，材料放在同一文件夹；填好后执行\n  yunjuan move %s %s -m \"意见\"\n",
		    d->id, d->folder, d->id, d->flow->stages[0].outcomes[0].id);
	buf_release(&path);
	return rc;
}

static int
run(struct session *s, struct err *err)
{
	struct draft d = { .session = s, .text = BUF_INIT };
	int rc = 0;

	if (repo_worktree(s->repo) == NULL)
		return err_set(err, ERR_USAGE,
			       "这是中心仓库，没有工作文件；请在自己的工作区里新建");
	d.flow = law_flow(s->basis.law, s->argv[0]);
	if (d.flow == NULL)
		return unknown_flow(s->basis.law, s->argv[0], err);
	d.party = opening_party(s, d.flow, err);
	d.ask = values.count == 0 && isatty(0);
	if (d.party == NULL || check_given(&d, err) != 0 || choose_id(&d, err) != 0)
		rc = -1;
	if (rc == 0)
		rc = write_ticket(&d, err);
	buf_release(&d.text);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

const struct cmd cmd_new = {
	.name = "new",
	.summary = "新建工单：写好带说明的 ticket.md，等待填写",
	.usage = "[选项] 流程",
	.example = "  yunjuan new apply                          在终端上逐项询问\n"
		   "  yunjuan new apply --set title=教育平台迁云 --set kind=迁云\n"
		   "  流程有哪些：不知道时随便写一个词执行，会列出来。",
	.min = 1,
	.max = 1,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS,
	.run = run,
};
