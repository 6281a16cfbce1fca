#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"

static bool bare;
static const char *unit, *officer, *email, *register_folder;

static const struct opt opts[] = {
	{ "bare", 0, OPT_FLAG, NULL, "建立接收各方提交的中心仓库（只有历史，没有工作文件）",
	  &bare },
	{ "unit", 'u', OPT_TEXT, "名称", "单位名称", &unit },
	{ "officer", 'o', OPT_TEXT, "姓名", "首位经办人（默认：git 的 user.name）", &officer },
	{ "email", 'e', OPT_TEXT, "邮箱", "首位经办人的邮箱（默认：git 的 user.email）", &email },
	{ "registers", 'r', OPT_TEXT, "目录",
	  "用这个目录里的 site.yaml、parties、systems，不用起始名册", &register_folder },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

struct start {
	const char *folder, *unit, *officer, *email;
	char day[11];
};

/* A starter file with its @WORDS@ filled in. */
static void
fill(struct buf *out, const char *text, size_t len, const struct start *start)
{
	const struct {
		const char *word, *value;
	} words[] = { { "@UNIT@", start->unit },
		      { "@NAME@", start->officer },
		      { "@EMAIL@", start->email },
		      { "@DAY@", start->day } };
	const char *end = text + len, *p = text;
	size_t i;

	while (p < end) {
		for (i = 0; i < 4; i++) {
			if (text_starts(p, words[i].word))
				break;
		}
		if (i < 4) {
			buf_puts(out, words[i].value);
			p += strlen(words[i].word);
		} else {
			buf_putc(out, *p++);
		}
	}
}

static int
lay_file(const struct start *start, const char *path, const char *text, size_t len, struct err *err)
{
	char *target = file_join(start->folder, path);
	struct buf filled = BUF_INIT;
	int rc = file_make_parents(target, err);

	fill(&filled, text, len, start);
	if (rc == 0)
		rc = file_replace(target, filled.ptr, filled.len, false, err);
	buf_release(&filled);
	free(target);
	return rc;
}

/* Where an embedded file goes in a workspace; NULL when it stays in the program. */
static const char *
place_of(const char *path, bool own_registers)
{
	static const char starter[] = "content/starter/";
	static char place[256];

	if (text_starts(path, "lua/") || strcmp(path, CALENDAR_FILE) == 0 ||
	    strcmp(path, PRIVATE_MAIL_FILE) == 0)
		return path;
	if (!text_starts(path, starter))
		return NULL;
	path += strlen(starter);
	if (strcmp(path, "gitignore") == 0 || strcmp(path, "gitattributes") == 0)
		snprintf(place, sizeof(place), ".%s", path);
	else if (own_registers)
		return NULL;
	else
		snprintf(place, sizeof(place), "content/%s", path);
	return place;
}

static int
lay_embedded(const struct start *start, struct err *err)
{
	const char *place;
	size_t i;

	for (i = 0; i < embedded_count; i++) {
		place = place_of(embedded_files[i].path, register_folder != NULL);
		if (place != NULL &&
		    lay_file(start, place, embedded_files[i].data, embedded_files[i].len, err) != 0)
			return -1;
	}
	return 0;
}

/* site.yaml, parties/, systems/ and prices/ of a folder the person prepared. */
static int
lay_registers(const struct start *start, struct err *err)
{
	struct file_list list = { 0 };
	struct buf text = BUF_INIT, place = BUF_INIT;
	size_t i;
	int rc = file_list_below(&list, register_folder, err);

	for (i = 0; rc == 0 && i < list.count; i++) {
		char *from = file_join(register_folder, list.names[i]);

		buf_clear(&text);
		buf_clear(&place);
		buf_printf(&place, "content/%s", list.names[i]);
		if (text_starts(list.names[i], "parties/") ||
		    text_starts(list.names[i], "systems/") ||
		    text_starts(list.names[i], "prices/") ||
		    strcmp(list.names[i], "site.yaml") == 0) {
			rc = file_read(&text, from, DOC_MAX_BYTES, err);
			if (rc == 0)
				rc = lay_file(start, place.ptr, text.ptr, text.len, err);
		}
		free(from);
	}
	buf_release(&text);
	buf_release(&place);
	file_list_release(&list);
	return rc;
}

static int
git_in(const char *folder, const char *const *words, struct err *err)
{
	const char *argv[16] = { "git", "-C", folder };
	int i, status;

	for (i = 0; i < 12 && words[i] != NULL; i++)
		argv[i + 3] = words[i];
	status = run_program(argv, NULL, err);
	if (status == 0)
		return 0;
	return status < 0 ? -1 : err_set(err, ERR_GIT, "git %s 没有成功，见上面的说明", words[0]);
}

static int
first_commit(const struct start *start, struct err *err)
{
	static const char *const add[] = { "add", "-A", NULL };
	static const char *const commit[] = { "commit", "-q", "-m",
					      "建立工作区：制度、名册、节假日表", NULL };

	/* Who was named here goes before what the environment says. */
	setenv("GIT_AUTHOR_NAME", start->officer, 1);
	setenv("GIT_AUTHOR_EMAIL", start->email, 1);
	setenv("GIT_COMMITTER_NAME", start->officer, 1);
	setenv("GIT_COMMITTER_EMAIL", start->email, 1);
	if (git_in(start->folder, add, err) != 0)
		return -1;
	return git_in(start->folder, commit, err);
}

static int
set_identity(const struct start *start, struct err *err)
{
	const char *name[] = { "config", "user.name", start->officer, NULL };
	const char *mail[] = { "config", "user.email", start->email, NULL };

	if (officer != NULL && git_in(start->folder, name, err) != 0)
		return -1;
	return email != NULL ? git_in(start->folder, mail, err) : 0;
}

static int
make_workspace(struct repo *repo, struct start *start, struct err *err)
{
	char *configured_name = repo_config(repo, "user.name"),
	     *configured_email = repo_config(repo, "user.email");
	int rc;

	start->unit = unit != NULL ? unit : "（请填单位名称）";
	start->officer = officer != NULL ? officer : configured_name;
	start->email = email != NULL ? email : configured_email;
	if (start->officer == NULL || start->email == NULL)
		rc = err_set(
		    err, ERR_USAGE,
		    "不知道首位经办人是谁：请加 --officer 姓名 --email 邮箱，或先设置 git 的 user.name 和 user.email");
	else
		rc = lay_embedded(start, err);
	if (rc == 0 && register_folder != NULL)
		rc = lay_registers(start, err);
	if (rc == 0)
		rc = set_identity(start, err);
	if (rc == 0)
		rc = install_hooks(repo, err);
	if (rc == 0)
		rc = first_commit(start, err);
	if (rc == 0)
		printf(
		    "工作区已建立：%s\n下一步：在 content/parties/ 登记各单位，git commit 后用 yunjuan new 新建工单\n",
		    start->folder);
	free(configured_name);
	free(configured_email);
	return rc;
}

static int
run(struct session *s, struct err *err)
{
	struct start start = { .folder = s->argc > 0 ? s->argv[0] : "." };
	struct repo *repo = NULL;
	int rc;

	day_text(day_of(s->now), start.day);
	if (file_in_use(start.folder))
		return err_set(
		    err, ERR_USAGE,
		    "目录“%s”里已有文件；请换一个空目录。已有的工作区要装钩子，用 yunjuan hook install",
		    start.folder);
	rc = repo_init(&repo, start.folder, bare, err);
	if (rc == 0 && bare) {
		rc = install_hooks(repo, err);
		if (rc == 0)
			printf(
			    "中心仓库已建立：%s\n各方用 git push 或介质交来的提交，都会在这里再判断一次\n",
			    start.folder);
	} else if (rc == 0) {
		rc = make_workspace(repo, &start, err);
		/* Half a workspace is none: the folder was new or empty. The one we stand in stays. */
		if (rc != 0 &&
		    (strcmp(start.folder, ".") == 0 ? file_empty_folder(start.folder, err)
						    : file_remove_tree(start.folder, err)) != 0)
			rc = -1;
	}
	repo_free(repo);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

const struct cmd cmd_init = {
	.name = "init",
	.summary = "建立工作区（制度、起始名册、节假日表、钩子），或中心仓库",
	.usage = "[选项] [目录]",
	.example =
	    "  yunjuan init --unit 梅州市政务服务数据管理局 --officer 经办一 --email jb01@mz.example 工作区\n"
	    "  yunjuan init --bare 中心.git       建立中心仓库，接收时再判断",
	.min = 0,
	.max = 1,
	.opts = opts,
	.run = run,
};
