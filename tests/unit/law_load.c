#include "law_fixture.h"

/* --- the good one ----------------------------------------------------------------------------- */
static void
test_load__small(void)
{
	struct findings findings = { 0 };
	struct err err = { 0 };
	const struct flow *flow;
	const struct stage *stage;
	const struct form *form;
	const struct party_kind *kinds;
	const char *const *ids;
	const int *only;
	struct law *law;
	size_t count;

	CHECK_INT(load(&law, NULL, &findings, &err), 0);
	CHECK_STR(err.text, "");
	CHECK_INT(findings.count, 0);
	if (law == NULL)
		return;
	kinds = law_parties(law, &count);
	CHECK_INT(count, 2);
	CHECK_STR(kinds[1].id, "judge");
	CHECK_INT(kinds[1].only, 1);
	CHECK_INT(kinds[0].only, 0);
	ids = law_kind_ids(law, &only);
	CHECK_STR(ids[0], "asker");
	CHECK_INT(only[1], 1);
	CHECK(ids[2] == NULL);
	CHECK(law_party(law, "nobody") == NULL);
	form = law_form(law, "ask");
	CHECK_INT(form->field_count, 5);
	CHECK_INT(form->annex, 1);
	CHECK(form->fields[0].required);
	CHECK_INT(form->fields[1].type, FIELD_CHOICE);
	CHECK_INT(form->fields[1].choice_count, 2);
	CHECK(form->fields[2].has_min && form->fields[2].has_max &&
	      form->fields[2].has_required_when);
	CHECK_INT(form->fields[2].max, 9);
	CHECK_INT(form->fields[4].column_count, 2);
	CHECK_STR(form->fields[4].columns[1].key, "name");
	CHECK(law_form(law, "none") == NULL);
	flow = law_flow(law, "ask");
	law_flows(law, &count);
	CHECK_INT(count, 1);
	CHECK_INT(flow->stage_count, 5);
	CHECK_INT(flow->open_count, 1);
	CHECK_INT(flow->gather_count, 1);
	CHECK(flow->gathers[0].same_system);
	CHECK_INT(flow->field_count, 9 + 5);
	CHECK_STR(flow->fields[13].key, "rows");
	CHECK_STR(flow->fields[13].form, "ask");
	stage = flow_stage(flow, "write");
	CHECK_INT(stage->limit.kind, LIMIT_NONE);
	CHECK_INT(stage->form_count, 1);
	CHECK_INT(stage->section_count, 1);
	CHECK_STR(stage->sections[0], "说明");
	stage = flow_stage(flow, "decide");
	CHECK_INT(stage->limit.kind, LIMIT_WORKING_DAYS);
	CHECK_INT(stage->limit.n, 3);
	CHECK(stage->has_again && stage->again.from_first);
	CHECK_STR(stage->again.from_stage, "write");
	CHECK_STR(stage->again.from_outcome, "send");
	CHECK_STR(stage_outcome(stage, "act", false)->id, "agree");
	CHECK(stage_outcome(stage, "act", true) == NULL);
	CHECK_STR(stage_outcome(stage, "done", true)->id, "agree");
	CHECK_STR(outcome_target(stage_outcome(stage, "write", true), true), "write");
	CHECK(stage_outcome(stage, "dropped", false)->opinion);
	stage = flow_stage(flow, "act");
	CHECK_INT(stage->limit.kind, LIMIT_UNTIL_FIELD);
	CHECK_STR(stage->limit.field, "until_day");
	CHECK(flow_stage(flow, "done")->end && flow_stage(flow, "done")->done);
	CHECK(flow_stage(flow, "dropped")->end && !flow_stage(flow, "dropped")->done);
	CHECK(flow_stage(flow, "none") == NULL);
	law_free(law);
	findings_release(&findings);
}

static void
test_load__embedded(void)
{
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct law *law = NULL;
	size_t count;

	CHECK_INT(law_load_embedded(&law, &findings, &err), 0);
	CHECK_STR(err.text, "");
	CHECK_INT(findings.count, 0);
	if (law != NULL)
		law_flows(law, &count);
	CHECK(law != NULL && count >= 7);
	law_free(law);
	findings_release(&findings);
}

/* --- one fault each ------------------------------------------------------------------------------ */
static void
test_load__flow_faults(void)
{
	static const struct fault rows[] = {
		/* names that lead nowhere */
		{ "party = \"asker\", article = \"1(1)\"", "party = \"nobody\", article = \"1(1)\"",
		  5, "没有“nobody”这一方" },
		{ "party = { \"judge\" }", "party = { \"judge\", \"nobody\" }", 14,
		  "没有“nobody”这一方" },
		{ "opens = \"asker\"", "opens = \"nobody\"", 1, "没有“nobody”这一方" },
		{ "copies { \"judge\"", "copies { \"nobody\"", 12, "没有“nobody”这一方" },
		{ "to = \"decide\"", "to = \"nowhere\"", 13, "指向没有的环节“nowhere”" },
		{ "county = \"done\"", "county = \"nowhere\"", 18, "指向没有的环节“nowhere”" },
		{ "{ city = \"act\", county = \"done\" }", "{ city = \"act\" }", 18,
		  "指向没有的环节“nil”" },
		{ "form { \"ask\"", "form { \"other\"", 7, "没有“other”这张表" },
		{ "check \"whole\"", "check \"other\"", 10, "没有“other”这条规则" },
		{ "check \"whole\"", "check { \"whole\", on = \"other\" }", 10,
		  "没有“other”这个结果" },
		{ "reading_value \"days\"", "reading_value \"other\"", 15,
		  "没有“other”这条未定事项" },
		/* articles */
		{ "article = \"1\", chart", "article = \"9\", chart", 1, "条款“9”不存在" },
		{ "article = \"1(2)\"", "article = \"1(3)\"", 14, "条款“1(3)”不存在" },
		{ "form { \"ask\", article = \"1\" }", "form { \"ask\", article = \"2\" }", 7,
		  "条款“2”不存在" },
		{ "sections { article = \"1\"", "sections { article = \"2\"", 9, "条款“2”不存在" },
		{ "copies { \"judge\", article = \"1\" }", "copies { \"judge\", article = \"2\" }",
		  12, "条款“2”不存在" },
		/* ways */
		{ "to = { city = \"act\", county = \"done\" }", "to = \"done\"", 21,
		  "环节“act”到不了" },
		{ "{ outcome { id = \"finish\", name = \"完成\", to = \"done\" } }", "{}", 21,
		  "“act”没有出路：至少要有一个结果" },
		{ "to = \"write\"", "to = \"decide\"", 19, "指向自己" },
		{ "to = \"dropped\"", "to = \"write\"", 20, "“refuse”与“return”指向同一环节" },
		{ "to = \"dropped\"", "to = \"act\"", 20, "“refuse”与“agree”指向同一环节" },
		{ "to = \"dropped\"", "to = { city = \"dropped\", county = \"done\" }", 20,
		  "“refuse”与“agree”指向同一环节" },
		{ "id = \"return\"", "id = \"agree\"", 19, "结果“agree”重复" },
		{ "stage { id = \"act\"", "stage { id = \"write\"", 21, "环节“write”重复" },
		{ "stage { id = \"act\"", "stage { id = \"done\"", 21, "环节“done”重复" },
		/* clocks */
		{ "stage = \"write\", outcome = \"send\"", "stage = \"none\"", 14,
		  "时限没有起点：没有“none”这个环节" },
		{ "outcome = \"send\", which", "outcome = \"none\", which", 14,
		  "“write”没有“none”这个结果" },
		{ "until_field = \"until_day\"", "until_field = \"none\"", 21,
		  "字段“none”不在本流程的表单里" },
		{ "until_field = \"until_day\"", "day_of_next_month = 15", 21,
		  "时限没有起点：字段“nil”" },
		{ "until_field = \"until_day\"", "day_of_next_month = 15, field = \"none\"", 21,
		  "字段“none”" },
		{ "until_field = \"until_day\"", "", 21, "时限要写且只写一种" },
		{ "until_field = \"until_day\"", "days = 1, prompt = true", 21,
		  "时限要写且只写一种" },
		{ "until_field = \"until_day\"", "weeks = 1", 21, "时限要写且只写一种" },
		{ "working_days = 1, from = { stage = \"write\", outcome = \"send\", which = \"first\" }",
		  "", 14, "时限要写且只写一种" },
		/* conditions */
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"is\", \"none\", \"旧\" }", 8,
		  "“none”不是表单的字段" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"is\", \"kind\", \"中\" }", 8,
		  "“中”不是“kind”的选项" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"is\", \"tenant_level\", \"省\" }", 8,
		  "“省”不是“tenant_level”的选项" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"like\", \"kind\" }", 8,
		  "不认识的条件“like”" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{}", 8, "不认识的条件“nil”" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"all\", { \"filled\", \"none\" } }", 8,
		  "“none”不是表单的字段" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"any\", \"kind\" }", 8, "不认识的条件" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"not\", { \"is\", \"kind\", \"中\" } }", 8,
		  "“中”不是“kind”的选项" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"exists\", \"kind\", { \"filled\", \"x\" } }",
		  8, "“kind”不是列表" },
		{ "{ \"is\", \"kind\", \"旧\" }",
		  "{ \"exists\", \"rows\", { \"filled\", \"kind\" } }", 8, "“kind”不是表单的字段" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"exists\", \"rows\" }", 8,
		  "不认识的条件“nil”" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"gt\", { \"value\", \"none\" }, 1 }", 8,
		  "“none”不是表单的字段" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"gt\", { \"value\", \"count\" }, \"1\" }", 8,
		  "比较条件写法有误" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"gt\", \"count\", 1 }", 8,
		  "比较条件写法有误" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"gt\", { \"max\", \"count\" }, 1 }", 8,
		  "比较条件里不认识“max”" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"le\", { \"count\", \"kind\" }, 1 }", 8,
		  "“kind”不是列表" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"le\", { \"sum\", \"rows\", \"none\" }, 1 }",
		  8, "“rows”没有“none”这一列" },
		{ "{ \"is\", \"kind\", \"旧\" }",
		  "{ \"le\", { \"sum\", \"rows\", { \"size\", \"none\" } }, 1 }", 8,
		  "“rows”没有“none”这一列" },
		{ "{ \"is\", \"kind\", \"旧\" }",
		  "{ \"le\", { \"sum\", \"rows\", \"size\", { \"filled\", \"none\" } }, 1 }", 8,
		  "“none”不是表单的字段" },
		/* constructors */
		{ "prefix = \"SQ\"", "prefixes = \"SQ\"", 1, "flow 不认识“prefixes”这个键" },
		{ "prefix = \"SQ\"", "prefixes = \"SQ\"", 1, "flow 缺少“prefix”" },
		{ "prefix = \"SQ\"", "prefix = \"SQ\", [true] = 1", 1, "flow 不认识“true”这个键" },
		{ "chapter = 1", "chapter = \"1\"", 1,
		  "flow 的“chapter”应当是 number，现在是 string" },
		{ "back = true }", "back = 1 }", 19, "outcome 的“back”应当是 boolean" },
		{ "name = \"决定\", ", "", 14, "stage 缺少“name”" },
		{ "name = \"决定\",", "name = \"决定\", \"多余\",", 14, "stage 里有没有名字的值" },
		{ "check \"whole\"", "check(7)", 10, "check 后面要写一个表" },
		{ "check \"whole\"", "outcome { id = \"x\", name = \"x\", to = \"done\" }", 10,
		  "needs 里只能是" },
		{ "paper { \"证明\", article = \"1\"", "paper { \"证明\"", 8,
		  "paper 缺少“article”" },
		{ "id = \"send\", ", "", 13, "outcome 缺少“id”" },
		{ "id = \"ask\", name", "name", 1, "flow 缺少“id”" },
		{ "id = \"act\", ", "", 21, "stage 缺少“id”" },
		{ "id = \"ask\", name", "id = 7, name", 1, "flow 的“id”应当是 string" },
	};

	CHECK_FAULTS("lua/flows/ask.lua", rows);
}

/* Where no way leads to an ending, each stage that cannot leave is said. */
static void
test_load__no_way_out(void)
{
	static const char flow[] =
	    "return flow {\n"
	    "	id = \"other\", name = \"另\", prefix = \"L\", chapter = 1, article = \"1\", chart = \"图\", opens = \"asker\",\n"
	    "	stages = {\n"
	    "		stage { id = \"a\", name = \"一\", party = \"asker\", article = \"1\",\n"
	    "			outcomes = { outcome { id = \"go\", name = \"去\", to = \"b\" } } },\n"
	    "		stage { id = \"b\", name = \"二\", party = \"asker\", article = \"1\",\n"
	    "			outcomes = { outcome { id = \"go\", name = \"去\", to = \"a\" } } },\n"
	    "	},\n"
	    "}\n";

	check_fault("lua/flows/other.lua", NULL, flow, "lua/flows/other.lua", 4,
		    "环节“a”没有出路：走不到");
	check_fault("lua/flows/other.lua", NULL, flow, "lua/flows/other.lua", 6,
		    "环节“b”没有出路：走不到");
}

static void
test_load__other_faults(void)
{
	static const struct fault parties[] = {
		{ "article = \"1(1)\"", "article = \"8\"", 3, "条款“8”不存在" },
		{ "id = \"judge\"", "id = \"asker\"", 3, "“asker”重复" },
		{ "id = \"judge\", ", "", 3, "party 缺少“id”" },
		{ "only = 1", "only = \"1\"", 3, "party 的“only”应当是 number" },
		{ "short = \"甲\"", "shrt = \"甲\"", 2, "party 不认识“shrt”这个键" },
		{ "party { id = \"asker\"", "parti { id = \"asker\"", 2, "parti" },
	};
	static const struct fault endings[] = {
		{ "id = \"dropped\"", "id = \"done\"", 3, "“done”重复" },
		{ "done = true", "done = 1", 2, "ending 的“done”应当是 boolean" },
		{ "name = \"取消\"", "", 3, "ending 缺少“name”" },
		{ "id = \"dropped\", ", "", 3, "ending 缺少“id”" },
	};
	static const struct fault readings[] = {
		{ "article = \"1\"", "article = \"7\"", 2, "条款“7”不存在" },
		{ ", value = 3", "", 2, "reading 缺少“value”" },
		{ "id = \"days\", ", "", 2, "reading 缺少“id”" },
	};
	static const struct fault regulation[] = {
		{ "\"1(2)\", \"二\"", "\"1(1)\", \"二\"", 5, "“1(1)”重复" },
		{ "slip { article = \"1(2)\"", "slip { article = \"5\"", 8, "条款“5”不存在" },
		{ "annex { id = 1, title = \"表\" }",
		  "party { id = \"x\", name = \"x\", short = \"x\", article = \"1\" }", 7,
		  "这里只能是 chapter、article" },
		{ "digest = \"要点\", ", "", 3, "article 缺少“digest”" },
		{ "part { \"1(2)\", \"二\" }", "part {}", 5, "" },
		{ "part { \"1(2)\", \"二\" }", "\"1(2)\"", 3, "" },
		{ "article { id = \"1\", ", "article { ", 3, "article 缺少“id”" },
		{ "chapter { id = 1, name = \"总则\" }", "\"总则\"", 0, "" },
	};
	static const struct fault form[] = {
		{ "type = \"date\"", "type = \"day\"", 8, "不认识的字段类型“day”" },
		{ "key = \"until_day\"", "key = \"count\"", 8, "字段“count”重复" },
		{ "key = \"until_day\"", "key = \"title\"", 8,
		  "字段“title”在流程“ask”里与别的表重复" },
		{ "key = \"name\", label", "key = \"size\", label", 11, "字段“size”重复" },
		{ ", choices = { \"新\", \"旧\" }", "", 5, "只有 choice 要写 choices" },
		{ "type = \"date\" }", "type = \"date\", choices = { \"x\" } }", 8,
		  "只有 choice 要写 choices" },
		{ "type = \"date\" }", "type = \"list\" }", 8, "list 要写 columns" },
		{ "label = \"名\", type = \"text\"",
		  "label = \"名\", type = \"list\", columns = {}", 11, "list 要写 columns" },
		{ "article = \"1\", title", "article = \"4\", title", 1, "条款“4”不存在" },
		{ "type = \"date\" }", "type = \"date\", article = \"4\" }", 8, "条款“4”不存在" },
		{ "{ \"is\", \"kind\", \"新\" }", "{ \"is\", \"kind\", \"中\" }", 6,
		  "“中”不是“kind”的选项" },
		{ "{ \"is\", \"kind\", \"新\" }", "{ \"is\", \"none\", \"中\" }", 6,
		  "“none”不是表单的字段" },
		{ "{ \"filled\", \"name\" }", "{ \"filled\", \"reason\" }", 10,
		  "“reason”不是表单的字段" },
		{ "max = 9", "max = \"9\"", 6, "field 的“max”应当是 number" },
		{ "max = 9", "maximum = 9", 6, "field 不认识“maximum”这个键" },
		{ "key = \"reason\", ", "", 4, "field 缺少“key”" },
		{ "type = \"text\", required", "required", 4, "field 缺少“type”" },
		{ "title = \"申请表\"", "titel = \"申请表\"", 1, "form_fields 缺少“title”" },
		{ "id = \"ask\", annex", "annex", 1, "form_fields 缺少“id”" },
		{ "fields = {\n", "feilds = {\n", 1, "form_fields 缺少“fields”" },
		{ "		field { key = \"reason\"", "		{ key = \"reason\"", 1,
		  "fields 里只能是 field" },
	};
	static const struct fault rules[] = {
		{ "article = \"1\"", "article = \"3\"", 2, "条款“3”不存在" },
		{ "scope = \"need\"", "scope = \"never\"", 2, "不认识的规则范围“never”" },
		{ "scope = \"need\"", "scope = \"need\", severity = \"hint\"", 2,
		  "severity 只能是" },
		{ "says = \"不完整\",", "", 2, "rule 缺少“says”" },
		{ "check = function(c, t, say) if not t then say() end end", "check = 1", 2,
		  "rule 的“check”应当是 function" },
		{ "id = \"whole\", ", "", 2, "rule 缺少“id”" },
	};

	CHECK_FAULTS("lua/parties.lua", parties);
	CHECK_FAULTS("lua/endings.lua", endings);
	CHECK_FAULTS("lua/readings.lua", readings);
	CHECK_FAULTS("lua/regulation.lua", regulation);
	CHECK_FAULTS("lua/forms/ask.lua", form);
	CHECK_FAULTS("lua/rules/all.lua", rules);
}

/* The same id in two files. */
static void
test_load__twice(void)
{
	struct buf text = BUF_INIT;

	check_fault("lua/forms/copy.lua", NULL, text_of("lua/forms/ask.lua"), "lua/forms/copy.lua",
		    1, "“ask”重复");
	check_fault("lua/flows/copy.lua", NULL, text_of("lua/flows/ask.lua"), "lua/flows/copy.lua",
		    1, "“ask”重复");
	check_fault("lua/rules/copy.lua", NULL, text_of("lua/rules/all.lua"), "lua/rules/copy.lua",
		    2, "“whole”重复");
	buf_release(&text);
}

int
main(void)
{
	unit_run("small", test_load__small);
	unit_run("embedded", test_load__embedded);
	unit_run("flows", test_load__flow_faults);
	unit_run("no way out", test_load__no_way_out);
	unit_run("parties to rules", test_load__other_faults);
	unit_run("twice", test_load__twice);
	return unit_end();
}
