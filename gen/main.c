/* yunjuan: the table of commands, and what all of them have in common. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/gpg.h"
#include "cmd/options.h"

static const struct cmd *const commands[] = { &cmd_init,   &cmd_new,   &cmd_move,   &cmd_todo,
					      &cmd_due,	   &cmd_check, &cmd_build,  &cmd_watch,
					      &cmd_usage,  &cmd_bill,  &cmd_export, &cmd_archive,
					      &cmd_verify, &cmd_key,   &cmd_pack,   &cmd_receive,
					      &cmd_hook,   &cmd_demo,  NULL };

static int
help_all(void)
{
	size_t i;

	printf(
	    "云卷 yunjuan %s：政务云资源工单，离线办理、依规判断、生成看板\n\n用法：yunjuan 命令 [选项] [参数]\n\n命令：\n",
	    YUNJUAN_VERSION);
	for (i = 0; commands[i] != NULL; i++)
		printf("  %-8s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n每个命令的用法和例子：yunjuan 命令 --help\n"
	       "退出码：0 完成；1 有不合规之处；2 用法有误；3 无法完成（文件、git、内存）\n");
	return EXIT_DONE;
}

static const struct cmd *
find_command(const char *name)
{
	size_t i;

	for (i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static int
dispatch(int argc, char **argv, struct err *err)
{
	const struct cmd *cmd;

	if (argc < 2)
		return help_all(), EXIT_USAGE;
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return help_all();
	if (strcmp(argv[1], "--version") == 0)
		return printf("yunjuan %s\n", YUNJUAN_VERSION) < 0 ? EXIT_COULD_NOT : EXIT_DONE;
	if (git_signs(argc, argv))
		return git_sign_or_verify(argc, argv, err);
	cmd = find_command(argv[1]);
	if (cmd == NULL) {
		fprintf(stderr, "yunjuan: 没有“%s”这个命令；可用的命令见 yunjuan --help\n",
			argv[1]);
		return EXIT_USAGE;
	}
	return command_run(cmd, argc - 2, argv + 2, err);
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	int code = dispatch(argc, argv, &err);

	return command_end(code, &err);
}
