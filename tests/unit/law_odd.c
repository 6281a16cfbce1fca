/* Files that are no law at all, and laws that try what C can bear. */
#include "law_fixture.h"

/* What is wrong with a file as a whole, whichever it is. */
static void
test_odd__files(void)
{
	static const struct {
		const char *text;
		int line;
		const char *part;
	} rows[] = {
		{ "return {", 1, "Lua 语法有误" },
		{ "\n\nreturn {{}", 3, "Lua 语法有误" },
		{ "local x =\n\nend", 3, "Lua 语法有误" },
		{ "\n\xef\xbb\xbfreturn {}", 2, "Lua 语法有误" },
		{ "\x1bLua", 0, "Lua 语法有误" },
		{ "", 0, "return" },
		{ "local x = 1", 0, "return" },
		{ "return 7", 0, "return" },
		{ "return 'x'", 0, "return" },
		{ "return nil", 0, "return" },
		{ "\nx = 1\nreturn {}", 2, "不能写全局变量“x”" },
		{ "return nothing {}", 1, "nothing" },
		{ "\nlocal f = io.open('x')\nreturn {}", 2, "io" },
		{ "local m = require('x')", 1, "require" },
		{ "\n\nerror('说明')", 3, "说明" },
		{ "error({})", 0, "table" },
		{ "return { { id = 'plain' } }", 0, "" },
		{ "return { 'text' }", 0, "" },
		{ "return { 7 }", 0, "" },
		{ "return { { {} } }", 0, "" },
		{ "return { false }", 0, "" },
	};
	size_t i, k;

	for (k = 0; k < FILES; k++)
		for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
			check_fault(small[k].path, NULL, rows[i].text, small[k].path, rows[i].line,
				    rows[i].part);
}

/* What C would read as text has to be text. */
static void
test_odd__not_text(void)
{
	static const struct fault flow[] = {
		{ "\"说明\" }", "{} }", 9, "" },
		{ "\"说明\" }", "\"说明\", true }", 9, "" },
		{ "paper { \"证明\"", "paper { {}", 8, "" },
		{ "flow = \"ask\", same_system", "flow = \"none\", same_system", 1,
		  "没有“none”这个流程" },
		{ "{ { flow = \"ask\", same_system = true } }", "{ 7 }", 1, "" },
		{ "chart = \"图\"",
		  "chart = \"图\", online = { stage = \"none\", outcome = \"x\" }", 1,
		  "没有“none”这个环节" },
		{ "chart = \"图\"", "chart = \"图\", online = { stage = \"act\", outcome = \"x\" }",
		  1, "没有“x”这个结果" },
		{ "copies { \"judge\",", "copies { \"judge\", on = \"none\",", 12,
		  "没有“none”这个结果" },
		{ "copies { \"judge\", article = \"1\" }", "\"judge\"", 5, "" },
		{ "check \"whole\"", "\"whole\"", 5, "needs 里只能是" },
		{ "check \"whole\"", "7", 5, "needs 里只能是" },
		{ "outcome { id = \"finish\", name = \"完成\", to = \"done\" }", "\"finish\"", 21,
		  "outcomes 里只能是" },
		{ "outcome { id = \"finish\", name = \"完成\", to = \"done\" }",
		  "{ id = \"finish\", to = \"done\" }", 21, "outcomes 里只能是" },
		{ "from = { stage = \"write\", outcome = \"send\", which = \"first\" }", "from = 7",
		  14, "时限没有起点" },
		{ "to = \"write\"", "to = {}", 19, "指向没有的环节" },
		{ "to = \"write\"", "to = 7", 19, "指向没有的环节“7”" },
		{ "to = \"write\"", "to = true", 19, "指向没有的环节“true”" },
		{ "		stage { id = \"act\"", "		7, stage { id = \"act\"", 1,
		  "stages 里只能是" },
	};
	static const struct fault form[] = {
		{ "{ \"新\", \"旧\" }", "{ \"新\", {} }", 5, "" },
		{ "{ \"新\", \"旧\" }", "{ \"新\", \"旧\", true }", 5, "" },
		{ "{ \"新\", \"旧\" }", "{}", 5, "" },
		{ "field { key = \"until_day\"", "7, field { key = \"until_day\"", 1,
		  "fields 里只能是" },
	};

	CHECK_FAULTS("lua/flows/ask.lua", flow);
	CHECK_FAULTS("lua/forms/ask.lua", form);
}

/* Many endings, many parties: nothing is counted in fixed numbers. */
static void
test_odd__crowds(void)
{
	struct buf endings = BUF_INIT, parties = BUF_INIT;
	struct findings findings = { 0 };
	struct law_file with = { .path = "lua/endings.lua" };
	struct err err = { 0 };
	struct law *law;
	size_t count;
	int i;

	buf_puts(&endings, "return { ending { id = \"done\", name = \"办结\", done = true },\n"
			   "ending { id = \"dropped\", name = \"取消\" },\n");
	for (i = 0; i < 100; i++)
		buf_printf(&endings, "ending { id = \"end%d\", name = \"止%d\" },\n", i, i);
	buf_puts(&endings, "}\n");
	with.text = endings.ptr;
	CHECK_INT(load(&law, &with, &findings, &err), 0);
	CHECK_STR(err.text, "");
	CHECK(law != NULL && flow_stage(law_flow(law, "ask"), "end99")->end);
	law_free(law);
	buf_puts(
	    &parties,
	    "return { party { id = \"asker\", name = \"甲\", short = \"甲\", article = \"1\" },\n"
	    "party { id = \"judge\", name = \"乙\", short = \"乙\", article = \"1\" },\n");
	for (i = 0; i < 100; i++)
		buf_printf(
		    &parties,
		    "party { id = \"p%d\", name = \"方\", short = \"方\", article = \"1\", only = 1 },\n",
		    i);
	buf_puts(&parties, "}\n");
	with = (struct law_file){ .path = "lua/parties.lua", .text = parties.ptr };
	CHECK_INT(load(&law, &with, &findings, &err), 0);
	if (law != NULL)
		law_parties(law, &count);
	CHECK(law != NULL && count == 102);
	law_free(law);
	findings_release(&findings);
	buf_release(&endings);
	buf_release(&parties);
}

/* One run says all that is wrong with a file, and the sentence for the person is the last. */
static void
test_odd__many(void)
{
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct law_file with = {
		.path = "lua/parties.lua",
		.text =
		    "return {\n"
		    "	party { id = 1, name = 2 },\n"
		    "	party { id = \"a\", name = \"b\", short = \"c\", article = \"1\", x = 1 },\n"
		    "}\n"
	};
	struct law *law;

	CHECK_INT(load(&law, &with, &findings, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	CHECK(findings.count >= 5);
	CHECK(law == NULL);
	findings_release(&findings);
}

static void
test_odd__limits(void)
{
	static const char *const rows[] = { "pcall(function() while true do end end)",
					    "local s = 'x' while true do s = s .. s end" };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct law_file with = { .path = "lua/rules/all.lua", .text = rows[i] };
		struct findings findings = { 0 };
		struct err err = { 0 };
		struct law *law;

		CHECK_INT(load(&law, &with, &findings, &err), -1);
		CHECK_INT(err.code, ERR_LIMIT);
		law_free(law);
		findings_release(&findings);
	}
}

/* Nothing, files that are no part of the law, and a law without a flow. */
static void
test_odd__nothing(void)
{
	static const struct law_file others[] = { { "lua/hooks/pre-commit.lua", "while true do end",
						    17 },
						  { "lua/README.md", "x", 1 },
						  { "lua/forms/ask.txt", "x", 1 },
						  { "lua/other.lua", "error('x')", 10 } };
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct law *law = NULL;

	CHECK_INT(law_load(&law, NULL, 0, &findings, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	err_clear(&err);
	CHECK_INT(law_load(&law, others, 4, &findings, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	CHECK_INT(findings.count, 0);
	CHECK(law == NULL);
	law_free(NULL);
	findings_release(&findings);
}

int
main(void)
{
	unit_run("files", test_odd__files);
	unit_run("not text", test_odd__not_text);
	unit_run("crowds", test_odd__crowds);
	unit_run("many faults", test_odd__many);
	unit_run("limits", test_odd__limits);
	unit_run("nothing", test_odd__nothing);
	return unit_end();
}
