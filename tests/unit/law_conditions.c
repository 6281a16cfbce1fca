#include <stdlib.h>

#include "law/script.h"
#include "unit.h"

#include "json_lua.h"

static const struct script_limits limits = { (size_t)64 << 20, 10 * 1000 * 1000 };

/* { condition, values, whether it holds }, through the words of the law. */
static void
check_row(void *ctx, const char *lua)
{
	struct script *s = ctx;
	struct err err = { 0 };
	struct buf text = BUF_INIT;

	buf_printf(&text,
		   "return function(git) local row = %s "
		   "return holds(row[1], row[2]) == row[3] and 'yes' or 'no' end\n",
		   lua);
	script_text(s, "test");
	script_text(s, text.ptr);
	script_table(s);
	CHECK_INT(script_call(s, "hook", 3, 1, &err), 0);
	CHECK_STR(err.text, "");
	if (err.code == 0 && strcmp(script_top_text(s), "yes") != 0)
		unit_fault(__FILE__, __LINE__, lua);
	script_pop(s, err.code == 0 ? 1 : 0);
	buf_release(&text);
}

/* The pages' own interpreter reads the same rows (tests/browser). */
static void
test_conditions__table(void)
{
	struct script *s = NULL;
	struct err err = { 0 };

	CHECK_INT(script_new(&s, &limits, &err), 0);
	CHECK(json_rows("conditions.json", check_row, s) > 70);
	script_free(s);
}

/* --- through C, as the program asks --------------------------------------------------------- */
static void
push_condition(struct script *s, const char *op, const char *kind, const char *key, int64_t n)
{
	script_table(s);
	script_append_text(s, op);
	script_table(s);
	script_append_text(s, kind);
	script_append_text(s, key);
	script_append(s);
	script_integer(s, n);
	script_append(s);
}

static bool
ask(struct script *s)
{
	struct err err = { 0 };
	bool holds;

	CHECK_INT(script_call(s, "holds", 2, 1, &err), 0);
	CHECK_STR(err.text, "");
	script_table(s);
	script_copy(s, 2);
	script_set(s, "holds");
	holds = script_get_bool(s, "holds");
	script_pop(s, 2);
	return holds;
}

static void
test_conditions__from_c(void)
{
	static const struct {
		const char *op;
		bool below, same, above;
	} ops[] = { { "gt", false, false, true },
		    { "ge", false, true, true },
		    { "lt", true, false, false },
		    { "le", true, true, false } };
	static const int64_t borders[] = { 0, 1, -1, 8, 1000000, INT64_MAX - 1, INT64_MIN + 1 };
	struct script *s = NULL;
	struct err err = { 0 };
	size_t i, k;
	int step;

	CHECK_INT(script_new(&s, &limits, &err), 0);
	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		for (k = 0; k < sizeof(borders) / sizeof(*borders); k++) {
			for (step = -1; step <= 1; step++) {
				push_condition(s, ops[i].op, "value", "n", borders[k]);
				script_table(s);
				script_set_integer(s, "n", borders[k] + step);
				CHECK(ask(s) == (step < 0    ? ops[i].below
						 : step == 0 ? ops[i].same
							     : ops[i].above));
			}
			push_condition(s, ops[i].op, "value", "n", borders[k]);
			script_table(s);
			CHECK(!ask(s));
		}
	}
	script_free(s);
}

/* No condition holds; one that the law's own checks would have refused is a failure with a place. */
static void
test_conditions__odd(void)
{
	struct script *s = NULL;
	struct err err = { 0 };

	CHECK_INT(script_new(&s, &limits, &err), 0);
	script_nil(s);
	script_table(s);
	CHECK(ask(s));
	script_table(s);
	script_append_text(s, "like");
	script_table(s);
	CHECK_INT(script_call(s, "holds", 2, 1, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	CHECK(err.line > 0);
	script_free(s);
}

/* A hundred conditions in one another, and one over a thousand rows. */
static void
test_conditions__many(void)
{
	struct script *s = NULL;
	struct err err = { 0 };
	int i;

	CHECK_INT(script_new(&s, &limits, &err), 0);
	script_table(s);
	script_append_text(s, "filled");
	script_append_text(s, "n");
	for (i = 0; i < 100; i++) {
		script_table(s);
		script_append_text(s, "not");
		script_copy(s, 2);
		script_append(s);
	}
	script_table(s);
	script_set_bool(s, "n", true);
	CHECK(ask(s));
	script_pop(s, 100);
	push_condition(s, "ge", "count", "rows", 1000);
	script_table(s);
	script_table(s);
	for (i = 0; i < 1000; i++) {
		script_table(s);
		script_append(s);
	}
	script_set(s, "rows");
	CHECK(ask(s));
	script_free(s);
}

int
main(void)
{
	unit_run("every operator", test_conditions__table);
	unit_run("comparisons at their borders", test_conditions__from_c);
	unit_run("odd", test_conditions__odd);
	unit_run("many", test_conditions__many);
	return unit_end();
}
