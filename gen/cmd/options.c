#include "cmd/options.h"

#include <stdlib.h>
#include <string.h>

static int
print_help(const struct cmd *cmd)
{
	const struct opt *o;

	printf("%s\n\n用法：yunjuan %s %s\n", cmd->summary, cmd->name, cmd->usage);
	if (cmd->opts != NULL && cmd->opts->name != NULL)
		printf("\n选项：\n");
	for (o = cmd->opts; o != NULL && o->name != NULL; o++) {
		char names[96];
		int width;

		snprintf(names, sizeof(names), "%s%c%s--%s%s%s", o->letter ? "-" : "",
			 o->letter ? o->letter : ' ', o->letter ? ", " : "   ", o->name,
			 o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
		width = (int)utf8_width(names);
		printf("  %s%*s%s\n", names, width < 26 ? 26 - width : 1, "", o->help);
	}
	printf("\n例子：\n%s\n", cmd->example);
	return EXIT_DONE;
}

static const struct opt *
find_option(const struct cmd *cmd, const char *word, const char **value)
{
	const struct opt *o;
	size_t len;

	*value = NULL;
	for (o = cmd->opts; o != NULL && o->name != NULL; o++) {
		if (word[0] == '-' && word[1] == o->letter && o->letter != 0) {
			*value = word[2] != '\0' ? word + 2 : NULL;
			return o;
		}
		len = strlen(o->name);
		if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, o->name, len) != 0)
			continue;
		if (word[2 + len] == '=')
			*value = word + 3 + len;
		if (word[2 + len] == '=' || word[2 + len] == '\0')
			return o;
	}
	return NULL;
}

static int
take_option(const struct cmd *cmd, int *i, int argc, char **argv, struct err *err)
{
	const char *value;
	const struct opt *o = find_option(cmd, argv[*i], &value);

	if (o == NULL)
		return err_set(err, ERR_USAGE, "不认识选项“%s”；用法见 yunjuan %s --help", argv[*i],
			       cmd->name);
	if (o->kind == OPT_FLAG) {
		*(bool *)o->where = true;
		return 0;
	}
	if (value == NULL && *i + 1 < argc)
		value = argv[++*i];
	if (value == NULL)
		return err_set(err, ERR_USAGE, "选项 --%s 后面要写%s", o->name, o->value);
	if (o->kind == OPT_TEXT) {
		*(const char **)o->where = value;
	} else {
		struct texts *list = o->where;

		vec_push(list->items, list->count, list->cap, value);
	}
	return 0;
}

/* Options may stand anywhere before "--"; the rest is moved to the front of argv. */
static int
parse(const struct cmd *cmd, int argc, char **argv, int *left, bool *help, struct err *err)
{
	int i, kept = 0;
	bool plain = false;

	for (i = 0; i < argc; i++) {
		if (!plain && strcmp(argv[i], "--") == 0) {
			plain = true;
		} else if (!plain &&
			   (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
			*help = true;
		} else if (!plain && argv[i][0] == '-' && argv[i][1] != '\0') {
			if (take_option(cmd, &i, argc, argv, err) != 0)
				return -1;
		} else {
			argv[kept++] = argv[i];
		}
	}
	*left = kept;
	if (*help || (kept >= cmd->min && (cmd->max < 0 || kept <= cmd->max)))
		return 0;
	return err_set(err, ERR_USAGE, "参数个数不对。用法：yunjuan %s %s", cmd->name, cmd->usage);
}

static int
open_session(struct session *s, int needs, struct err *err)
{
	s->now = clock_now();
	if (needs == 0)
		return 0;
	if (repo_open(&s->repo, ".", err) != 0 || repo_head(s->repo, &s->head, err) != 0 ||
	    snapshot_head(&s->snap, s->repo, err) != 0)
		return -1;
	if (needs & (NEED_BASIS | NEED_LOG)) {
		if (oid_zero(&s->head))
			return err_set(err, ERR_USAGE,
				       "这个仓库还没有提交；新的工作区请用 yunjuan init 建立");
		s->cache = basis_cache_new(KEPT_LAW_AND_REGISTERS);
		if (basis_of(&s->basis, s->cache, &s->snap, err) != 0)
			return -1;
	}
	if (needs & NEED_LOG)
		return log_open(&s->log, s->repo, &s->head, 1, true, err);
	return 0;
}

static void
close_session(struct session *s)
{
	log_free(s->log);
	basis_cache_free(s->cache);
	repo_free(s->repo);
}

static void
release_options(const struct cmd *cmd)
{
	const struct opt *o;

	for (o = cmd->opts; o != NULL && o->name != NULL; o++) {
		if (o->kind == OPT_TEXTS)
			free(((struct texts *)o->where)->items);
	}
}

int
command_run(const struct cmd *cmd, int argc, char **argv, struct err *err)
{
	struct session session = { .argv = argv };
	bool help = false;
	int code = EXIT_USAGE;

	if (parse(cmd, argc, argv, &session.argc, &help, err) == 0) {
		if (help)
			code = print_help(cmd);
		else if (open_session(&session, cmd->needs, err) == 0)
			code = cmd->run(&session, err);
	}
	close_session(&session);
	release_options(cmd);
	return code;
}

int
command_end(int code, struct err *err)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		err_sys(err, "写出结果", "标准输出");
	if (err->code == ERR_NONE)
		return code;
	err_print(err);
	return err->code == ERR_USAGE ? EXIT_USAGE : EXIT_COULD_NOT;
}
