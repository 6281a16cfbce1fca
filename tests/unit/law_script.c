#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "law/script.h"
#include "unit.h"

static const struct script_limits limits = { (size_t)16 << 20, 2000 * 1000 };

static struct script *
start(void)
{
	struct script *s = NULL;
	struct err err = { 0 };

	if (script_new(&s, &limits, &err) != 0) {
		err_print(&err);
		abort();
	}
	return s;
}

/* Runs `body` as a hook would be run, sandbox and all; its result is left on the stack. */
static int
run(struct script *s, const char *body, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	buf_printf(&text, "return function(git)\n%s\nend\n", body);
	script_text(s, "test");
	script_bytes(s, text.ptr, text.len);
	script_table(s);
	rc = script_call(s, "hook", 3, 1, err);
	buf_release(&text);
	return rc;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- what is not there ---------------------------------------------------------------------- */
static void
test_script__sandbox(void)
{
	static const char *const absent[] = { "io",
					      "os",
					      "debug",
					      "package",
					      "coroutine",
					      "require",
					      "load",
					      "loadstring",
					      "loadfile",
					      "dofile",
					      "collectgarbage",
					      "print",
					      "warn",
					      "rawset",
					      "rawget",
					      "rawequal",
					      "rawlen",
					      "xpcall",
					      "getmetatable",
					      "setmetatable",
					      "_G",
					      "string.dump",
					      "table.move",
					      "math.random",
					      "math.randomseed",
					      "host",
					      "api" };
	struct script *s = start();
	size_t i;

	for (i = 0; i < sizeof(absent) / sizeof(*absent); i++) {
		struct err err = { 0 };
		char body[128];

		snprintf(body, sizeof(body), "return type(%s)", absent[i]);
		CHECK_INT(run(s, body, &err), 0);
		CHECK_STR(err.text, "");
		if (strcmp(script_top_text(s), "nil") != 0)
			unit_fault(__FILE__, __LINE__, absent[i]);
		script_pop(s, 1);
	}
	script_free(s);
}

/* What a law may use does what Lua's manual says. */
static void
test_script__results(void)
{
	static const struct {
		const char *body, *result;
	} rows[] = {
		{ "return 'a' .. 1", "a1" },
		{ "return #table.concat({ 'a', 'b' }, ',')", "3" },
		{ "return math.floor(7 / 2)", "3" },
		{ "return utf8.len('云资源')", "3" },
		{ "return ('a-b'):gsub('-', '+')", "a+b" },
		{ "return select('#', 1, 2)", "2" },
		{ "return tostring(pcall(error, 'x'))", "false" },
		{ "return select(2, pcall(error, 'x', 0))", "x" },
		{ "return select(2, pcall(function(...) return select('#', ...) end, 1, nil, nil))",
		  "3" },
		{ "return tostring(pcall(pcall))", "false" },
		{ "return select(3, pcall(pcall, error, 'x'))", "x" },
		{ "return article_label('13(2)4')", "第十三条（二）⒋" },
		{ "return article_label('12(1)')", "第十二条（一）" },
		{ "return article_label('7')", "第七条" },
		{ "return article_label('20')", "第二十条" },
		{ "return article_label('x')", "x" },
		{ "return ('x'):rep(3)", "xxx" },
		{ "return ('x'):rep(3, '-') .. ('x'):rep(0) .. ('x'):rep(-1)", "x-x-x" },
		{ "return ('').rep('', math.maxinteger)", "" },
		{ "return ('').rep('', math.maxinteger, '')", "" },
		{ "return ('').rep('', 3, '-')", "--" },
		{ "return git.none", NULL },
	};
	struct script *s = start();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = { 0 };
		double from = seconds();

		CHECK_INT(run(s, rows[i].body, &err), 0);
		CHECK_STR(err.text, "");
		if (rows[i].result != NULL)
			CHECK_STR(script_top_text(s), rows[i].result);
		else
			CHECK(script_top_text(s) == NULL);
		script_pop(s, 1);
		CHECK(seconds() - from < 5);
	}
	script_free(s);
}

/* --- what fails, and where ------------------------------------------------------------------ */
static void
test_script__errors(void)
{
	static const struct {
		const char *body;
		int line; /* 1 is the line above the body */
		const char *part;
	} rows[] = {
		{ "error('说明')", 2, "说明" },
		{ "\n\nerror('说明')", 4, "说明" },
		{ "local t = nil\nreturn t.x", 3, "nil value (local 't')" },
		{ "return 1 + {}", 2, "arithmetic" },
		{ "x = 1", 2, "不能写全局变量“x”" },
		{ "string = nil", 2, "不能写全局变量“string”" },
		{ "return nothing()", 2, "nil value (global 'nothing')" },
		{ "local function f() error('深') end\nf()", 2, "深" },
		{ "error({})", 0, "错误不是文字" },
		{ "error()", 0, "错误不是文字" },
		{ "error('只有话', 0)", 0, "只有话" },
		{ "error('a.lua:7: 像位置', 0)", 7, "像位置" },
		{ "return ('x'):rep(-1):bad()", 2, "bad" },
	};
	struct script *s = start();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = { 0 };

		CHECK_INT(run(s, rows[i].body, &err), -1);
		CHECK_INT(err.code, ERR_LAW);
		CHECK_INT(err.line, rows[i].line);
		if (rows[i].line > 0 && rows[i].line < 7)
			CHECK_STR(err.file, "lua/hooks/test.lua");
		if (strstr(err.text, rows[i].part) == NULL)
			CHECK_STR(err.text, rows[i].part);
	}
	script_free(s);
}

/* Text only: bytecode, even of this very Lua, is not loaded. */
static void
test_script__no_bytecode(void)
{
	static const char *const rows[] = { "\x1bLua", "\x1bLuaT\0\x19\x93\r\n\x1a\n", "\x1b" };
	struct script *s = start();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = { 0 };

		script_text(s, "test");
		script_text(s, rows[i]);
		script_table(s);
		CHECK_INT(script_call(s, "hook", 3, 1, &err), -1);
		CHECK_INT(err.code, ERR_LAW);
		CHECK(strstr(err.text, "binary chunk") != NULL);
	}
	script_free(s);
}

/* What was compiled when the program was built fails at the line of its text. */
static void
test_script__compiled(void)
{
	const struct embedded *file = embedded_find("lua/hooks/pre-receive.lua");
	struct script *s = start();
	struct buf text = BUF_INIT;
	int i;

	CHECK(file->code_len > 4 && memcmp(file->code, "\x1bLua", 4) == 0);
	buf_put(&text, file->data, file->len);
	for (i = 0; i < 2; i++) {
		struct err err = { 0 };

		script_text(s, "pre-receive");
		script_bytes(s, text.ptr, text.len);
		script_table(s);
		CHECK_INT(script_call(s, "hook", 3, 1, &err), -1); /* it asks for lines */
		CHECK(strstr(err.text, "lua/hooks/pre-receive.lua:6: in function") != NULL);
		buf_puts(&text, "\n"); /* and the same as text */
	}
	buf_release(&text);
	script_free(s);
}

static void
test_script__no_such_function(void)
{
	struct script *s = start();
	struct err err = { 0 };

	CHECK_INT(script_call(s, "nothing", 0, 0, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	script_free(s);
}

/* --- bounds ----------------------------------------------------------------------------------- */
static void
check_limit(struct script *s, const char *body)
{
	struct err err = { 0 };
	double from = seconds();

	if (run(s, body, &err) == 0) {
		unit_fault(__FILE__, __LINE__, body);
		script_pop(s, 1);
	}
	if (err.code != ERR_LIMIT) {
		unit_fault(__FILE__, __LINE__, body);
		CHECK_INT(err.code, ERR_LIMIT);
		CHECK_STR(err.text, "");
	}
	CHECK(seconds() - from < 10);
	/* The state is as good as before. */
	err_clear(&err);
	CHECK_INT(run(s, "return 'good'", &err), 0);
	CHECK_STR(err.text, "");
	CHECK_STR(script_top_text(s), "good");
	script_pop(s, 1);
}

static void
test_script__steps(void)
{
	static const char *const rows[] = {
		"while true do end",
		"local function f() return f() end return f()",
		"for i = 1, math.huge do end",
		"repeat local x = ('a'):upper() until false",
		"while true do pcall(error) end",
		"while true do pcall(function() while true do end end) end",
		"return pcall(function() while true do end end)",
		"return pcall(pcall, function() while true do end end)",
		"local t = { 3, 1, 2 } return table.sort(t, function() while true do end end)",
		"return ('x'):rep(100000):gsub('x', function() for i = 1, 1000 do end end)",
		"local n = 0 while true do n = n + 1 local ok = pcall(error, n) end",
	};
	struct script *s = start();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_limit(s, rows[i]);
	script_free(s);
}

static void
test_script__memory(void)
{
	static const char *const rows[] = {
		"local t = {} while true do t[#t + 1] = { #t } end",
		"local s = 'x' while true do s = s .. s end",
		"return ('x'):rep(1 << 30)",
		"return table.concat({ ('x'):rep(8 << 20), ('y'):rep(8 << 20) })",
		"return pcall(string.rep, 'x', 1 << 30)",
		"local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(100000) .. #t end) end",
		"while true do local ok, s = pcall(string.rep, 'x', 1 << 26) end",
	};
	struct script *s = start();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_limit(s, rows[i]);
	script_free(s);
}

/* What ends by Lua's own bounds is an ordinary failure, and nothing is left of it. */
static void
test_script__deep(void)
{
	static const char *const rows[] = {
		"local function f(n) return 1 + f(n + 1) end return f(1)",
		"local t = {} for i = 1, 100000 do t = { t } end return #t, error('ende')",
		"local function f() return (pcall(f)) and error('x') or error('y') end return f()",
		"return ('('):rep(300):find(('('):rep(300))",
		"return ('x'):rep(10, nil):format(('%d'):rep(300))",
		"return table.unpack({}, 1, 100000000)",
		"return ('x'):rep(1 << 40, ('y'):rep(1 << 20))",
		"return string.rep({}, 2)",
		"return string.rep('x')",
		"return table.concat({}, '', 1, math.maxinteger)",
	};
	struct script *s = start();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = { 0 };
		int rc = run(s, rows[i], &err);

		if (rc == 0)
			script_pop(s, 1);
		else
			CHECK(err.code == ERR_LAW || err.code == ERR_LIMIT);
		err_clear(&err);
		CHECK_INT(run(s, "return 1", &err), 0);
		script_pop(s, 1);
	}
	script_free(s);
}

/* Source that nests deeper than the compiler goes. */
static void
test_script__deep_source(void)
{
	struct script *s = start();
	struct buf body = BUF_INIT;
	struct err err = { 0 };
	int i;

	buf_puts(&body, "return ");
	for (i = 0; i < 50000; i++)
		buf_puts(&body, "(");
	CHECK_INT(run(s, body.ptr, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	buf_clear(&body);
	for (i = 0; i < 300; i++)
		buf_printf(&body, "local a%d = %d ", i, i);
	err_clear(&err);
	CHECK_INT(run(s, body.ptr, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	buf_release(&body);
	script_free(s);
}

/* A state that cannot even hold the prelude. */
static void
test_script__too_little(void)
{
	static const struct script_limits little = { 1000, 1000 * 1000 };
	struct script *s = NULL;
	struct err err = { 0 };

	CHECK_INT(script_new(&s, &little, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	CHECK(s == NULL);
	script_free(NULL);
}

/* --- another thread says stop ------------------------------------------------------------------ */
struct stopper {
	struct script *script;
	volatile bool begun;
};

static void
pause_ms(long ms)
{
	struct timespec t = { 0, ms * 1000 * 1000 };

	nanosleep(&t, NULL);
}

static void *
stop_soon(void *arg)
{
	struct stopper *stopper = arg;

	while (!stopper->begun)
		pause_ms(1);
	pause_ms(20);
	script_stop(stopper->script);
	return NULL;
}

static void
test_script__stop(void)
{
	static const struct script_limits uncounted = { (size_t)64 << 20, 0 };
	static const char *const rows[] = {
		"while true do end", "return pcall(function() while true do end end)",
		"while true do pcall(function() while true do end end) end"
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct script *s = start();
		struct stopper stopper = { s, false };
		struct err err = { 0 };
		pthread_t thread;
		double from = seconds();

		script_limit(s, &uncounted);
		CHECK_INT(run(s, "local n = 0 for i = 1, 3000000 do n = n + 1 end return n", &err),
			  0);
		script_pop(s, 1);
		CHECK_INT(pthread_create(&thread, NULL, stop_soon, &stopper), 0);
		stopper.begun = true;
		CHECK_INT(run(s, rows[i], &err), -1);
		CHECK_INT(err.code, ERR_LIMIT);
		CHECK(seconds() - from < 10);
		pthread_join(thread, NULL);
		/* It serves on once its limits are set again. */
		script_limit(s, &limits);
		err_clear(&err);
		CHECK_INT(run(s, "for i = 1, 100000 do end return 'good'", &err), 0);
		CHECK_STR(err.text, "");
		script_free(s);
	}
}

/* --- values in and out ---------------------------------------------------------------------------- */
static void
test_script__values(void)
{
	struct script *s = start();
	size_t fields = 0;

	script_table(s);
	script_set_text(s, "text", "云");
	script_set_text(s, "none", NULL);
	script_set_integer(s, "big", INT64_MIN);
	script_set_bool(s, "yes", true);
	script_set_bool(s, "no", false);
	script_number(s, 1.5);
	script_set(s, "half");
	script_bytes(s, "a\0b", 3);
	script_set(s, "bytes");
	script_append_text(s, "row 1");
	script_text(s, NULL);
	script_pop(s, 1);
	script_table_for(s, 4);
	script_append(s);
	CHECK_STR(script_get_text(s, "text"), "云");
	CHECK_STR(script_get_text(s, "none"), "");
	CHECK_STR(script_get_text(s, "big"), "");
	CHECK(script_get_integer(s, "big") == INT64_MIN);
	CHECK_INT(script_get_integer(s, "text"), 0);
	CHECK_INT(script_get_integer(s, "none"), 0);
	CHECK(script_get_bool(s, "yes"));
	CHECK(!script_get_bool(s, "no"));
	CHECK(!script_get_bool(s, "none"));
	CHECK(script_has(s, "no"));
	CHECK(!script_has(s, "none"));
	CHECK_INT(script_count(s), 2);
	CHECK(script_push_row(s, 1));
	CHECK_STR(script_top_text(s), "row 1");
	CHECK(!script_top_is_table(s));
	CHECK(!script_push(s, "text"));
	CHECK(!script_push_row(s, 1));
	CHECK(!script_has(s, "text"));
	CHECK_INT(script_count(s), 0);
	script_pop(s, 1);
	CHECK(script_push_row(s, 2));
	CHECK(script_top_is_table(s));
	CHECK(script_top_text(s) == NULL);
	script_pop(s, 1);
	CHECK(!script_push_row(s, 3));
	CHECK(!script_push_row(s, 0));
	for (script_nil(s); script_next(s); script_pop(s, 1))
		fields++;
	CHECK_INT(fields, 8);
	script_copy(s, 1);
	CHECK_STR(script_get_text(s, "text"), "云");
	script_pop(s, 2);
	script_free(s);
}

/* Thousands of values at once do not run over the stack. */
static void
test_script__stack(void)
{
	struct script *s = start();
	int i;

	for (i = 0; i < 5000; i++)
		script_integer(s, i);
	CHECK_STR(script_top_text(s), "4999");
	script_pop(s, 5000);
	script_free(s);
}

/* --- templates ------------------------------------------------------------------------------------- */
static void
check_template(const char *text, const char *expected)
{
	struct script *s = start();
	struct buf out = BUF_INIT;
	struct err err = { 0 };
	int rc;

	script_output(s, &out);
	script_text(s, "templates/page.html");
	script_text(s, text);
	rc = script_call(s, "template", 2, 0, &err);
	if (rc == 0) {
		script_text(s, "page");
		script_table(s);
		script_set_text(s, "title", "<b>&\"'");
		rc = script_call(s, "render", 2, 0, &err);
	}
	if (expected == NULL) {
		CHECK_INT(rc, -1);
		CHECK_INT(err.code, ERR_LAW);
		CHECK(err.text[0] != '\0');
	} else {
		CHECK_STR(err.text, "");
		CHECK_STR(out.ptr, expected);
	}
	buf_release(&out);
	script_free(s);
}

static void
test_script__templates(void)
{
	check_template("<p>{{ page.title }}</p>", "<p>&lt;b&gt;&amp;&quot;&#39;</p>");
	check_template("{% raw(page.title) %}", "<b>&\"'");
	check_template("{% for i = 1, 3 do %}{{ i }},{% end %}", "1,2,3,");
	check_template("{{ nil }}|{{ page.none }}", "|");
	check_template("", "");
	check_template("\n\"]]\\n{", "\n\"]]\\n{");
	check_template("<a href=\"{% url('a b/<') %}\">", "<a href=\"a%20b/%3C\">");
	check_template("a{{ page.title }}b{{ 1 }}{{ 2 }}c", "a&lt;b&gt;&amp;&quot;&#39;b12c");
	check_template("a{% emit(page.title) %}b{{ page.none }}{% emit(1, nil, '<') %}",
		       "a<b>&\"'b1<");
	check_template("a{{ raw(page.title) }}b", "a<b>&\"'b");
	check_template("a{% emit(raw('1')) %}b{% emit('2') emit('3') %}c", "a1b23c");
	check_template("{% between('<i>', page.title, '</i>') between(nil, 'x') %}",
		       "<i>&lt;b&gt;&amp;&quot;&#39;</i>x");
	check_template("{% between('', {}, '') %}", NULL);
	check_template("{{ {} }}", NULL);
	check_template("{{ page.title", NULL);
	check_template("{% while true do", NULL);
	check_template("{% x = 1 %}{{ io }}", "");
	check_template("{% include('nothing') %}", NULL);
	check_template("{% if %}", NULL);
}

/* What is joined into one call keeps its line. */
static void
test_script__template_lines(void)
{
	struct script *s = start();
	struct buf out = BUF_INIT;
	struct err err = { 0 };

	script_output(s, &out);
	script_text(s, "templates/page.html");
	script_text(s, "1\n{{ page.a }}2\n{{ page.b }}\n{{ page.c\n}}{{ page.d.e }}\n");
	CHECK_INT(script_call(s, "template", 2, 0, &err), 0);
	script_text(s, "page");
	script_table(s);
	CHECK_INT(script_call(s, "render", 2, 0, &err), -1);
	CHECK_STR(err.file, "templates/page.html");
	CHECK_INT(err.line, 5);
	buf_release(&out);
	script_free(s);
}

static void
test_script__no_page(void)
{
	struct script *s = start();
	struct err err = { 0 };

	script_text(s, "templates/page.html");
	script_text(s, "x");
	CHECK_INT(script_call(s, "template", 2, 0, &err), 0);
	script_text(s, "page");
	script_table(s);
	CHECK_INT(script_call(s, "render", 2, 0, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	script_free(s);
}

int
main(void)
{
	unit_run("sandbox", test_script__sandbox);
	unit_run("results", test_script__results);
	unit_run("errors have a place", test_script__errors);
	unit_run("no bytecode", test_script__no_bytecode);
	unit_run("compiled with the program", test_script__compiled);
	unit_run("no such function", test_script__no_such_function);
	unit_run("steps", test_script__steps);
	unit_run("memory", test_script__memory);
	unit_run("deep", test_script__deep);
	unit_run("deep source", test_script__deep_source);
	unit_run("too little memory", test_script__too_little);
	unit_run("stop from another thread", test_script__stop);
	unit_run("values", test_script__values);
	unit_run("stack", test_script__stack);
	unit_run("templates", test_script__templates);
	unit_run("lines of templates", test_script__template_lines);
	unit_run("no page", test_script__no_page);
	return unit_end();
}
