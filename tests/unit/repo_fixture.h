/*
 * repo_fixture: repositories for the tests of gen/repo, made by git itself in a folder of their
 * own. fixture_start() enters it with a clean environment; fixture_end() removes it.
 */
#ifndef YJ_REPO_FIXTURE_H
#define YJ_REPO_FIXTURE_H

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "repo/repo.h"
#include "unit.h"

static char fixture_top[] = "/tmp/yunjuan-repo-XXXXXX";

static inline void
fixture_start(void)
{
	static const char *const variables[][2] = {
		{ "GIT_CONFIG_GLOBAL", "/dev/null" },
		{ "GIT_CONFIG_NOSYSTEM", "1" },
		{ "GIT_AUTHOR_NAME", "经办01" },
		{ "GIT_AUTHOR_EMAIL", "a@x.example" },
		{ "GIT_AUTHOR_DATE", "1620000000 +0800" },
		{ "GIT_COMMITTER_NAME", "复核" },
		{ "GIT_COMMITTER_EMAIL", "c@x.example" },
		{ "GIT_COMMITTER_DATE", "1620000001 -0330" },
		{ "LC_ALL", "C" },
	};
	static const char *const absent[] = { "GIT_DIR",
					      "GIT_WORK_TREE",
					      "GIT_INDEX_FILE",
					      "GIT_OBJECT_DIRECTORY",
					      "GIT_ALTERNATE_OBJECT_DIRECTORIES",
					      "GIT_CEILING_DIRECTORIES" };
	size_t i;

	for (i = 0; i < sizeof(absent) / sizeof(*absent); i++)
		unsetenv(absent[i]);
	for (i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		setenv(variables[i][0], variables[i][1], 1);
	if (mkdtemp(fixture_top) == NULL || chdir(fixture_top) != 0)
		abort();
	setenv("HOME", fixture_top, 1);
}

static inline void
fixture_end(void)
{
	struct err err = { 0 };

	if (chdir("/") != 0 || file_remove_tree(fixture_top, &err) != 0)
		err_print(&err);
}

/* Runs a line of sh in the fixture's folder; what fails there is a fault of the test. */
static inline void printf_like(1, 2) sh(const char *fmt, ...)
{
	struct buf line = BUF_INIT;
	char text[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_printf(&line, "cd %s && { %s; }", fixture_top, text);
	if (system(line.ptr) != 0)
		unit_fault(__FILE__, __LINE__, text);
	buf_release(&line);
}

/* What a line of sh prints, without the last line end; owned. */
static inline char *printf_like(1, 2) sh_out(const char *fmt, ...)
{
	struct buf out = BUF_INIT;
	char text[8192], chunk[4096];
	va_list ap;
	FILE *pipe;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pipe = popen(text, "r");
	if (pipe == NULL)
		abort();
	for (n = fread(chunk, 1, sizeof(chunk), pipe); n > 0;
	     n = fread(chunk, 1, sizeof(chunk), pipe))
		buf_put(&out, chunk, n);
	if (pclose(pipe) != 0)
		unit_fault(__FILE__, __LINE__, text);
	if (out.len > 0 && out.ptr[out.len - 1] == '\n')
		out.ptr[--out.len] = '\0';
	return buf_detach(&out);
}

/* The object that a line of sh names. */
static inline struct oid printf_like(1, 2) sh_oid(const char *fmt, ...)
{
	struct oid oid = { { 0 } };
	char text[1024], *hex;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	hex = sh_out("%s", text);
	if (!oid_parse(hex, &oid))
		unit_fault(__FILE__, __LINE__, hex);
	free(hex);
	return oid;
}

/* Opens a repository of the fixture, or says why not and ends the test program. */
static inline struct repo *
fixture_open(const char *path)
{
	struct repo *repo = NULL;
	struct err err = { 0 };

	if (repo_open(&repo, path, &err) != 0) {
		err_print(&err);
		abort();
	}
	return repo;
}

#endif
