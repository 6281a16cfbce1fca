/*
 * unit: a test program prints TAP. unit_run runs one function; each check that does not hold
 * adds a comment with its place and makes the function's line "not ok".
 *
 *	int main(void)
 *	{
 *		unit_run("grows", test_buf__grows);
 *		return unit_end();
 *	}
 */
#ifndef YJ_UNIT_H
#define YJ_UNIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int unit_count, unit_bad, unit_faults;

static inline void
unit_fault(const char *file, int line, const char *what)
{
	unit_faults++;
	printf("# %s:%d: %s\n", file, line, what);
}

static inline void
unit_check_str(const char *file, int line, const char *what, const char *a, const char *b)
{
	if (a != NULL && b != NULL && strcmp(a, b) == 0)
		return;
	unit_fault(file, line, what);
	printf("#   got      %s\n#   expected %s\n", a ? a : "NULL", b ? b : "NULL");
}

static inline void
unit_check_int(const char *file, int line, const char *what, int64_t a, int64_t b)
{
	if (a == b)
		return;
	unit_fault(file, line, what);
	printf("#   got      %lld\n#   expected %lld\n", (long long)a, (long long)b);
}

#define CHECK(cond) \
	do { \
		if (!(cond)) \
			unit_fault(__FILE__, __LINE__, #cond); \
	} while (0)
/* The value first, then what it should be. */
#define CHECK_STR(a, b) unit_check_str(__FILE__, __LINE__, #a, (a), (b))
#define CHECK_INT(a, b) unit_check_int(__FILE__, __LINE__, #a, (int64_t)(a), (int64_t)(b))

static inline void
unit_run(const char *name, void (*test)(void))
{
	unit_faults = 0;
	test();
	unit_bad += unit_faults != 0;
	printf("%s %d - %s\n", unit_faults ? "not ok" : "ok", ++unit_count, name);
	fflush(stdout);
}

/* Prints the plan; the program's exit status. */
static inline int
unit_end(void)
{
	printf("1..%d\n", unit_count);
	return unit_bad != 0 || fflush(stdout) != 0;
}

#endif
