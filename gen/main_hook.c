/* yunjuan-hook: `yunjuan hook` by itself, from the same objects. It is linked to the few libraries that
 * judging needs, and starts in half the time: git runs it at every commit. */
#include "cmd/options.h"

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	int code = command_run(&cmd_hook, argc - 1, argv + 1, &err);

	return command_end(code, &err);
}
