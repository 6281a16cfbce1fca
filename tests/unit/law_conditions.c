#include <stdlib.h>

#include "law/script.h"
#include "unit.h"

static const struct script_limits limits = { (size_t)64 << 20, 10 * 1000 * 1000 };

/* Both are written as in lua/flows: a condition, and the values of a ticket. */
static const struct {
	const char *condition, *values;
	bool holds;
} rows[] = {
	/* is */
	{ "{ 'is', 'kind', '新' }", "{ kind = '新' }", true },
	{ "{ 'is', 'kind', '新' }", "{ kind = '旧' }", false },
	{ "{ 'is', 'kind', '新' }", "{}", false },
	{ "{ 'is', 'kind', '新', '旧' }", "{ kind = '旧' }", true },
	{ "{ 'is', 'kind' }", "{ kind = '旧' }", false },
	{ "{ 'is', 'kind' }", "{}", false },
	{ "{ 'is', 'urgent', true }", "{ urgent = true }", true },
	{ "{ 'is', 'urgent', true }", "{ urgent = false }", false },
	{ "{ 'is', 'urgent', false }", "{ urgent = false }", true },
	{ "{ 'is', 'urgent', false }", "{}", false },
	{ "{ 'is', 'n', 1 }", "{ n = 1 }", true },
	{ "{ 'is', 'n', 1 }", "{ n = '1' }", false },
	/* filled */
	{ "{ 'filled', 'kind' }", "{ kind = '新' }", true },
	{ "{ 'filled', 'kind' }", "{ kind = false }", true },
	{ "{ 'filled', 'kind' }", "{}", false },
	/* not, all, any */
	{ "{ 'not', { 'filled', 'kind' } }", "{}", true },
	{ "{ 'not', { 'filled', 'kind' } }", "{ kind = 1 }", false },
	{ "{ 'not', { 'not', { 'filled', 'kind' } } }", "{ kind = 1 }", true },
	{ "{ 'all' }", "{}", true },
	{ "{ 'any' }", "{}", false },
	{ "{ 'all', { 'filled', 'a' }, { 'filled', 'b' } }", "{ a = 1, b = 2 }", true },
	{ "{ 'all', { 'filled', 'a' }, { 'filled', 'b' } }", "{ a = 1 }", false },
	{ "{ 'all', { 'filled', 'a' }, { 'filled', 'b' } }", "{ b = 1 }", false },
	{ "{ 'any', { 'filled', 'a' }, { 'filled', 'b' } }", "{ b = 1 }", true },
	{ "{ 'any', { 'filled', 'a' }, { 'filled', 'b' } }", "{ c = 1 }", false },
	{ "{ 'any', { 'all', { 'filled', 'a' }, { 'filled', 'b' } }, { 'filled', 'c' } }",
	  "{ c = 1 }", true },
	/* exists */
	{ "{ 'exists', 'rows', { 'is', 'd', '扩' } }", "{ rows = { { d = '缩' }, { d = '扩' } } }",
	  true },
	{ "{ 'exists', 'rows', { 'is', 'd', '扩' } }", "{ rows = { { d = '缩' } } }", false },
	{ "{ 'exists', 'rows', { 'is', 'd', '扩' } }", "{ rows = {}, d = '扩' }", false },
	{ "{ 'exists', 'rows', { 'is', 'd', '扩' } }", "{}", false },
	/* value: text counts as the number it says */
	{ "{ 'gt', { 'value', 'n' }, 8 }", "{ n = 9 }", true },
	{ "{ 'gt', { 'value', 'n' }, 8 }", "{ n = 8 }", false },
	{ "{ 'ge', { 'value', 'n' }, 8 }", "{ n = 8 }", true },
	{ "{ 'ge', { 'value', 'n' }, 8 }", "{ n = 7 }", false },
	{ "{ 'lt', { 'value', 'n' }, 8 }", "{ n = 7 }", true },
	{ "{ 'lt', { 'value', 'n' }, 8 }", "{ n = 8 }", false },
	{ "{ 'le', { 'value', 'n' }, 8 }", "{ n = 8 }", true },
	{ "{ 'le', { 'value', 'n' }, 8 }", "{ n = 9 }", false },
	{ "{ 'gt', { 'value', 'n' }, 1 }", "{ n = 1.5 }", true },
	{ "{ 'gt', { 'value', 'n' }, 1 }", "{ n = '1.5' }", true },
	{ "{ 'ge', { 'value', 'n' }, -1 }", "{ n = -1 }", true },
	{ "{ 'gt', { 'value', 'n' }, 0.5 }", "{ n = 1 }", true },
	{ "{ 'ge', { 'value', 'n' }, 9007199254740993 }", "{ n = 9007199254740992 }", false },
	{ "{ 'gt', { 'value', 'n' }, 0 }", "{}", false },
	{ "{ 'lt', { 'value', 'n' }, 0 }", "{}", false },
	{ "{ 'ge', { 'value', 'n' }, 0 }", "{ n = '很多' }", false },
	{ "{ 'lt', { 'value', 'n' }, 9 }", "{ n = '很多' }", false },
	{ "{ 'lt', { 'value', 'n' }, 9 }", "{ n = true }", false },
	{ "{ 'lt', { 'value', 'n' }, 9 }", "{ n = {} }", false },
	/* count */
	{ "{ 'ge', { 'count', 'rows' }, 2 }", "{ rows = { {}, {} } }", true },
	{ "{ 'ge', { 'count', 'rows' }, 3 }", "{ rows = { {}, {} } }", false },
	{ "{ 'ge', { 'count', 'rows', { 'is', 'd', 1 } }, 1 }",
	  "{ rows = { { d = 1 }, { d = 2 } } }", true },
	{ "{ 'gt', { 'count', 'rows', { 'is', 'd', 1 } }, 1 }",
	  "{ rows = { { d = 1 }, { d = 2 } } }", false },
	{ "{ 'ge', { 'count', 'rows' }, 1 }", "{}", false },
	/* sum */
	{ "{ 'ge', { 'sum', 'rows', 'n' }, 5 }", "{ rows = { { n = 2 }, { n = 3 } } }", true },
	{ "{ 'gt', { 'sum', 'rows', 'n' }, 5 }", "{ rows = { { n = 2 }, { n = 3 } } }", false },
	{ "{ 'ge', { 'sum', 'rows', 'n' }, 3 }", "{ rows = { { n = '1.5' }, { n = '1.5' } } }",
	  true },
	{ "{ 'ge', { 'sum', 'rows', { 'n', 'size' } }, 14 }",
	  "{ rows = { { n = 2, size = 4 }, { n = 3, size = 2 } } }", true },
	{ "{ 'gt', { 'sum', 'rows', { 'n', 'size' } }, 14 }",
	  "{ rows = { { n = 2, size = 4 }, { n = 3, size = 2 } } }", false },
	{ "{ 'ge', { 'sum', 'rows', { 'n', 'size' } }, 8 }",
	  "{ rows = { { n = 2, size = 4 }, { n = 3 } } }", true },
	{ "{ 'gt', { 'sum', 'rows', { 'n', 'size' } }, 8 }",
	  "{ rows = { { n = 2, size = 4 }, { n = 3 } } }", false },
	{ "{ 'ge', { 'sum', 'rows', 'n', { 'is', 'd', '扩' } }, 3 }",
	  "{ rows = { { n = 2, d = '缩' }, { n = 3, d = '扩' } } }", true },
	{ "{ 'gt', { 'sum', 'rows', 'n', { 'is', 'd', '扩' } }, 3 }",
	  "{ rows = { { n = 2, d = '缩' }, { n = 3, d = '扩' } } }", false },
	{ "{ 'ge', { 'sum', 'rows', 'n' }, 1 }", "{}", false },
	{ "{ 'ge', { 'sum', 'rows', 'n' }, 1 }", "{ rows = { { n = 'x' } } }", false },
	/* none at all */
	{ "nil", "{}", true },
};

/* Through the words of the law. */
static void
test_conditions__table(void)
{
	struct script *s = NULL;
	struct err err = { 0 };
	struct buf text = BUF_INIT;
	size_t i;

	CHECK_INT(script_new(&s, &limits, &err), 0);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&text);
		buf_printf(&text,
			   "return function(git) return holds(%s, %s) and 'yes' or 'no' end\n",
			   rows[i].condition, rows[i].values);
		script_text(s, "test");
		script_text(s, text.ptr);
		script_table(s);
		CHECK_INT(script_call(s, "hook", 3, 1, &err), 0);
		CHECK_STR(err.text, "");
		if (strcmp(script_top_text(s), rows[i].holds ? "yes" : "no") != 0) {
			unit_fault(__FILE__, __LINE__, rows[i].condition);
			printf("#   of %s: %s\n", rows[i].values, script_top_text(s));
		}
		script_pop(s, 1);
	}
	buf_release(&text);
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
