/* options: the command line against a command's rows, its help, and its session. */
#ifndef YJ_OPTIONS_H
#define YJ_OPTIONS_H

#include "cmd/cmd.h"

/* Parses, prints the help when asked, opens what the command needs, runs it, closes. */
int command_run(const struct cmd *cmd, int argc, char **argv, struct err *err);
/* The end of a program: prints the failure and checks what was written; the exit code. */
int command_end(int code, struct err *err);

#endif
