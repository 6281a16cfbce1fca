#include <stdlib.h>

#include "law/law.h"
#include "unit.h"

/* A small law without a fault. Each case below changes one piece of it; the line numbers of what
 * it expects are those of these texts. */
static const struct law_file small[] = {
	{ .path = "lua/parties.lua",
	  .text = "return {\n"
		  "	party { id = \"asker\", name = \"甲方\", short = \"甲\", article = \"1\" },\n"
		  "	party { id = \"judge\", name = \"乙方\", short = \"乙\", article = \"1(1)\", only = 1 },\n"
		  "}\n" },
	{ .path = "lua/endings.lua",
	  .text = "return {\n"
		  "	ending { id = \"done\", name = \"办结\", done = true },\n"
		  "	ending { id = \"dropped\", name = \"取消\" },\n"
		  "}\n" },
	{ .path = "lua/readings.lua",
	  .text = "return {\n"
		  "	reading { id = \"days\", article = \"1\", question = \"几天\", choice = \"三天\", value = 3 },\n"
		  "}\n" },
	{ .path = "lua/regulation.lua",
	  .text = "return {\n"
		  "	chapter { id = 1, name = \"总则\" },\n"
		  "	article { id = \"1\", title = \"目的\", chapter = 1, digest = \"要点\", parts = {\n"
		  "		part { \"1(1)\", \"一\" },\n"
		  "		part { \"1(2)\", \"二\" },\n"
		  "	} },\n"
		  "	annex { id = 1, title = \"表\" },\n"
		  "	slip { article = \"1(2)\", says = \"笔误\" },\n"
		  "}\n" },
	{ .path = "lua/forms/ask.lua",
	  .text = "return form_fields {\n"
		  "	id = \"ask\", annex = 1, article = \"1\", title = \"申请表\",\n"
		  "	fields = {\n"
		  "		field { key = \"reason\", label = \"事由\", type = \"text\", required = true },\n"
		  "		field { key = \"kind\", label = \"类别\", type = \"choice\", choices = { \"新\", \"旧\" } },\n"
		  "		field { key = \"count\", label = \"数\", type = \"integer\", min = 1, max = 9,\n"
		  "			required_when = { \"is\", \"kind\", \"新\" } },\n"
		  "		field { key = \"until_day\", label = \"日期\", type = \"date\" },\n"
		  "		field { key = \"rows\", label = \"行\", type = \"list\", columns = {\n"
		  "			field { key = \"size\", label = \"大小\", type = \"integer\", required_when = { \"filled\", \"name\" } },\n"
		  "			field { key = \"name\", label = \"名\", type = \"text\" },\n"
		  "		} },\n"
		  "	},\n"
		  "}\n" },
	{ .path = "lua/flows/ask.lua",
	  .text = "return flow {\n"
		  "	id = \"ask\", name = \"申请\", prefix = \"SQ\", chapter = 1, article = \"1\", chart = \"图\", opens = \"asker\",\n"
		  "	gathers = { { flow = \"ask\", same_system = true } },\n"
		  "	stages = {\n"
		  "		stage { id = \"write\", name = \"填写\", party = \"asker\", article = \"1(1)\",\n"
		  "			needs = {\n"
		  "				form { \"ask\", article = \"1\" },\n"
		  "				paper { \"证明\", article = \"1\", when = { \"is\", \"kind\", \"旧\" } },\n"
		  "				sections { article = \"1\", \"说明\" },\n"
		  "				check \"whole\",\n"
		  "			},\n"
		  "			owes = { copies { \"judge\", article = \"1\" } },\n"
		  "			outcomes = { outcome { id = \"send\", name = \"提交\", to = \"decide\" } } },\n"
		  "		stage { id = \"decide\", name = \"决定\", party = { \"judge\" }, article = \"1(2)\",\n"
		  "			limit = { working_days = reading_value \"days\" },\n"
		  "			again = { working_days = 1, from = { stage = \"write\", outcome = \"send\", which = \"first\" } },\n"
		  "			outcomes = {\n"
		  "				outcome { id = \"agree\", name = \"同意\", to = { city = \"act\", county = \"done\" } },\n"
		  "				outcome { id = \"return\", name = \"退回\", to = \"write\", back = true },\n"
		  "				outcome { id = \"refuse\", name = \"不同意\", to = \"dropped\", back = true, opinion = true } } },\n"
		  "		stage { id = \"act\", name = \"办理\", party = \"asker\", article = \"1\",\n"
		  "			limit = { until_field = \"until_day\" },\n"
		  "			outcomes = { outcome { id = \"finish\", name = \"完成\", to = \"done\" } } },\n"
		  "	},\n"
		  "}\n" },
	{ .path = "lua/rules/all.lua",
	  .text = "return {\n"
		  "	rule { id = \"whole\", name = \"完整\", article = \"1\", scope = \"need\", says = \"不完整\",\n"
		  "		check = function(c, t, say) if not t then say() end end },\n"
		  "}\n" },
};
#define FILES (sizeof(small) / sizeof(*small))

static int
load(struct law **out, const struct law_file *changed, struct findings *findings, struct err *err)
{
	struct law_file files[FILES + 1];
	size_t i, count = FILES;

	for (i = 0; i < FILES; i++) {
		files[i] = small[i];
		if (changed != NULL && strcmp(changed->path, files[i].path) == 0)
			files[i] = *changed;
		files[i].len = strlen(files[i].text);
	}
	/* A file that the small law does not have comes to it. */
	for (i = 0; changed != NULL && i < FILES && strcmp(changed->path, small[i].path) != 0; i++)
		;
	if (changed != NULL && i == FILES) {
		files[count] = *changed;
		files[count].len = strlen(changed->text);
		count++;
	}
	*out = NULL;
	return law_load(out, files, count, findings, err);
}

static const char *
text_of(const char *path)
{
	size_t i;

	for (i = 0; i < FILES; i++)
		if (strcmp(small[i].path, path) == 0)
			return small[i].text;
	return NULL;
}

/* The small law with `from` in that file replaced by `to`; all of the file when from is NULL. */
static void
check_fault(const char *path, const char *from, const char *to, const char *file, int line, const char *part)
{
	const char *text = text_of(path), *at = from == NULL ? NULL : strstr(text, from);
	struct findings findings = { 0 };
	struct buf changed = BUF_INIT;
	struct law_file with = { .path = path };
	struct err err = { 0 };
	struct law *law = NULL;
	bool found = false;
	size_t i;
	int rc;

	if (from != NULL && at == NULL) {
		unit_fault(__FILE__, __LINE__, from);
		return;
	}
	if (from != NULL) {
		buf_put(&changed, text, (size_t)(at - text));
		buf_puts(&changed, to);
		buf_puts(&changed, at + strlen(from));
	} else {
		buf_puts(&changed, to);
	}
	with.text = changed.ptr;
	rc = load(&law, &with, &findings, &err);
	for (i = 0; i < findings.count; i++) {
		const struct finding *f = &findings.items[i];

		CHECK_STR(f->rule, "law");
		found = found || (strcmp(f->file, file) == 0 && f->line == line && strstr(f->message, part) != NULL);
	}
	if (rc != -1 || !found || err.code != ERR_LAW) {
		unit_fault(__FILE__, __LINE__, to);
		printf("#   expected %s:%d %s\n#   failure  %s:%d %s\n", file, line, part, err.file, err.line, err.text);
		for (i = 0; i < findings.count; i++)
			printf("#   finding  %s:%d %s\n", findings.items[i].file, findings.items[i].line,
			       findings.items[i].message);
	}
	CHECK(rc == 0 || strstr(err.text, "制度文件有误") != NULL);
	law_free(law);
	findings_release(&findings);
	buf_release(&changed);
}

struct fault {
	const char *from, *to;
	int line;
	const char *part;
};

static void
check_faults(const char *path, const struct fault *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		check_fault(path, rows[i].from, rows[i].to, path, rows[i].line, rows[i].part);
}
#define CHECK_FAULTS(path, rows) check_faults(path, rows, sizeof(rows) / sizeof(*(rows)))

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
	CHECK(form->fields[2].has_min && form->fields[2].has_max && form->fields[2].has_required_when);
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
		{ "party = \"asker\", article = \"1(1)\"", "party = \"nobody\", article = \"1(1)\"", 5, "没有“nobody”这一方" },
		{ "party = { \"judge\" }", "party = { \"judge\", \"nobody\" }", 14, "没有“nobody”这一方" },
		{ "opens = \"asker\"", "opens = \"nobody\"", 1, "没有“nobody”这一方" },
		{ "copies { \"judge\"", "copies { \"nobody\"", 12, "没有“nobody”这一方" },
		{ "to = \"decide\"", "to = \"nowhere\"", 13, "指向没有的环节“nowhere”" },
		{ "county = \"done\"", "county = \"nowhere\"", 18, "指向没有的环节“nowhere”" },
		{ "{ city = \"act\", county = \"done\" }", "{ city = \"act\" }", 18, "指向没有的环节“nil”" },
		{ "form { \"ask\"", "form { \"other\"", 7, "没有“other”这张表" },
		{ "check \"whole\"", "check \"other\"", 10, "没有“other”这条规则" },
		{ "check \"whole\"", "check { \"whole\", on = \"other\" }", 10, "没有“other”这个结果" },
		{ "reading_value \"days\"", "reading_value \"other\"", 15, "没有“other”这条未定事项" },
		/* articles */
		{ "article = \"1\", chart", "article = \"9\", chart", 1, "条款“9”不存在" },
		{ "article = \"1(2)\"", "article = \"1(3)\"", 14, "条款“1(3)”不存在" },
		{ "form { \"ask\", article = \"1\" }", "form { \"ask\", article = \"2\" }", 7, "条款“2”不存在" },
		{ "sections { article = \"1\"", "sections { article = \"2\"", 9, "条款“2”不存在" },
		{ "copies { \"judge\", article = \"1\" }", "copies { \"judge\", article = \"2\" }", 12, "条款“2”不存在" },
		/* ways */
		{ "to = { city = \"act\", county = \"done\" }", "to = \"done\"", 21, "环节“act”到不了" },
		{ "to = \"done\" } } },\n	},", "to = \"decide\" } } },\n	},", 0, NULL },
		{ "{ outcome { id = \"finish\", name = \"完成\", to = \"done\" } }", "{}", 21, "“act”没有出路：至少要有一个结果" },
		{ "to = \"write\"", "to = \"decide\"", 19, "指向自己" },
		{ "to = \"dropped\"", "to = \"write\"", 20, "“refuse”与“return”指向同一环节" },
		{ "to = \"dropped\"", "to = \"act\"", 20, "“refuse”与“agree”指向同一环节" },
		{ "to = \"dropped\"", "to = { city = \"dropped\", county = \"done\" }", 20, "“refuse”与“agree”指向同一环节" },
		{ "id = \"return\"", "id = \"agree\"", 19, "结果“agree”重复" },
		{ "stage { id = \"act\"", "stage { id = \"write\"", 21, "环节“write”重复" },
		{ "stage { id = \"act\"", "stage { id = \"done\"", 21, "环节“done”重复" },
		/* clocks */
		{ "stage = \"write\", outcome = \"send\"", "stage = \"none\"", 14, "时限没有起点：没有“none”这个环节" },
		{ "outcome = \"send\", which", "outcome = \"none\", which", 14, "“write”没有“none”这个结果" },
		{ "until_field = \"until_day\"", "until_field = \"none\"", 21, "字段“none”不在本流程的表单里" },
		{ "until_field = \"until_day\"", "day_of_next_month = 15", 21, "时限没有起点：字段“nil”" },
		{ "until_field = \"until_day\"", "day_of_next_month = 15, field = \"none\"", 21, "字段“none”" },
		{ "until_field = \"until_day\"", "", 21, "时限要写且只写一种" },
		{ "until_field = \"until_day\"", "days = 1, prompt = true", 21, "时限要写且只写一种" },
		{ "until_field = \"until_day\"", "weeks = 1", 21, "时限要写且只写一种" },
		{ "working_days = 1, from = { stage = \"write\", outcome = \"send\", which = \"first\" }", "", 14, "时限要写且只写一种" },
		/* conditions */
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"is\", \"none\", \"旧\" }", 8, "“none”不是表单的字段" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"is\", \"kind\", \"中\" }", 8, "“中”不是“kind”的选项" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"is\", \"tenant_level\", \"省\" }", 8, "“省”不是“tenant_level”的选项" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"like\", \"kind\" }", 8, "不认识的条件“like”" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{}", 8, "不认识的条件“nil”" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"all\", { \"filled\", \"none\" } }", 8, "“none”不是表单的字段" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"any\", \"kind\" }", 8, "不认识的条件" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"not\", { \"is\", \"kind\", \"中\" } }", 8, "“中”不是“kind”的选项" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"exists\", \"kind\", { \"filled\", \"x\" } }", 8, "“kind”不是列表" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"exists\", \"rows\", { \"filled\", \"kind\" } }", 8, "“kind”不是表单的字段" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"exists\", \"rows\" }", 8, "不认识的条件“nil”" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"gt\", { \"value\", \"none\" }, 1 }", 8, "“none”不是表单的字段" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"gt\", { \"value\", \"count\" }, \"1\" }", 8, "比较条件写法有误" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"gt\", \"count\", 1 }", 8, "比较条件写法有误" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"gt\", { \"max\", \"count\" }, 1 }", 8, "比较条件里不认识“max”" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"le\", { \"count\", \"kind\" }, 1 }", 8, "“kind”不是列表" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"le\", { \"sum\", \"rows\", \"none\" }, 1 }", 8, "“rows”没有“none”这一列" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"le\", { \"sum\", \"rows\", { \"size\", \"none\" } }, 1 }", 8, "“rows”没有“none”这一列" },
		{ "{ \"is\", \"kind\", \"旧\" }", "{ \"le\", { \"sum\", \"rows\", \"size\", { \"filled\", \"none\" } }, 1 }", 8, "“none”不是表单的字段" },
		/* constructors */
		{ "prefix = \"SQ\"", "prefixes = \"SQ\"", 1, "flow 不认识“prefixes”这个键" },
		{ "prefix = \"SQ\"", "prefixes = \"SQ\"", 1, "flow 缺少“prefix”" },
		{ "chapter = 1", "chapter = \"1\"", 1, "flow 的“chapter”应当是 number，现在是 string" },
		{ "back = true }", "back = 1 }", 19, "outcome 的“back”应当是 boolean" },
		{ "name = \"决定\", ", "", 14, "stage 缺少“name”" },
		{ "name = \"决定\",", "name = \"决定\", \"多余\",", 14, "stage 里有没有名字的值" },
		{ "check \"whole\"", "check(7)", 10, "check 后面要写一个表" },
		{ "check \"whole\"", "outcome { id = \"x\", name = \"x\", to = \"done\" }", 10, "needs 里只能是" },
		{ "paper { \"证明\", article = \"1\"", "paper { \"证明\"", 8, "paper 缺少“article”" },
		{ "id = \"send\", ", "", 13, "outcome 缺少“id”" },
		{ "id = \"ask\", name", "name", 1, "flow 缺少“id”" },
		{ "id = \"act\", ", "", 21, "stage 缺少“id”" },
		{ "id = \"ask\", name", "id = 7, name", 1, "flow 的“id”应当是 string" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].part != NULL)
			check_fault("lua/flows/ask.lua", rows[i].from, rows[i].to, "lua/flows/ask.lua", rows[i].line,
				    rows[i].part);
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

	check_fault("lua/flows/other.lua", NULL, flow, "lua/flows/other.lua", 4, "环节“a”没有出路：走不到");
	check_fault("lua/flows/other.lua", NULL, flow, "lua/flows/other.lua", 6, "环节“b”没有出路：走不到");
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
		{ "}\n", "", 0, NULL },
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
		{ "annex { id = 1, title = \"表\" }", "party { id = \"x\", name = \"x\", short = \"x\", article = \"1\" }", 7, "这里只能是 chapter、article" },
		{ "digest = \"要点\", ", "", 3, "article 缺少“digest”" },
		{ "part { \"1(2)\", \"二\" }", "part {}", 5, "" },
		{ "part { \"1(2)\", \"二\" }", "\"1(2)\"", 3, "" },
		{ "article { id = \"1\", ", "article { ", 3, "article 缺少“id”" },
		{ "chapter { id = 1, name = \"总则\" }", "\"总则\"", 0, "" },
	};
	static const struct fault form[] = {
		{ "type = \"date\"", "type = \"day\"", 8, "不认识的字段类型“day”" },
		{ "key = \"until_day\"", "key = \"count\"", 8, "字段“count”重复" },
		{ "key = \"until_day\"", "key = \"title\"", 8, "字段“title”在流程“ask”里与别的表重复" },
		{ "key = \"name\", label", "key = \"size\", label", 11, "字段“size”重复" },
		{ ", choices = { \"新\", \"旧\" }", "", 5, "只有 choice 要写 choices" },
		{ "type = \"date\" }", "type = \"date\", choices = { \"x\" } }", 8, "只有 choice 要写 choices" },
		{ "type = \"date\" }", "type = \"list\" }", 8, "list 要写 columns" },
		{ "label = \"名\", type = \"text\"", "label = \"名\", type = \"list\", columns = {}", 11, "list 要写 columns" },
		{ "article = \"1\", title", "article = \"4\", title", 1, "条款“4”不存在" },
		{ "type = \"date\" }", "type = \"date\", article = \"4\" }", 8, "条款“4”不存在" },
		{ "{ \"is\", \"kind\", \"新\" }", "{ \"is\", \"kind\", \"中\" }", 6, "“中”不是“kind”的选项" },
		{ "{ \"is\", \"kind\", \"新\" }", "{ \"is\", \"none\", \"中\" }", 6, "“none”不是表单的字段" },
		{ "{ \"filled\", \"name\" }", "{ \"filled\", \"reason\" }", 10, "“reason”不是表单的字段" },
		{ "max = 9", "max = \"9\"", 6, "field 的“max”应当是 number" },
		{ "max = 9", "maximum = 9", 6, "field 不认识“maximum”这个键" },
		{ "key = \"reason\", ", "", 4, "field 缺少“key”" },
		{ "type = \"text\", required", "required", 4, "field 缺少“type”" },
		{ "title = \"申请表\"", "titel = \"申请表\"", 1, "form_fields 缺少“title”" },
		{ "id = \"ask\", annex", "annex", 1, "form_fields 缺少“id”" },
		{ "fields = {\n", "feilds = {\n", 1, "form_fields 缺少“fields”" },
		{ "		field { key = \"reason\"", "		{ key = \"reason\"", 1, "fields 里只能是 field" },
	};
	static const struct fault rules[] = {
		{ "article = \"1\"", "article = \"3\"", 2, "条款“3”不存在" },
		{ "scope = \"need\"", "scope = \"never\"", 2, "不认识的规则范围“never”" },
		{ "scope = \"need\"", "scope = \"need\", severity = \"hint\"", 2, "severity 只能是" },
		{ "says = \"不完整\",", "", 2, "rule 缺少“says”" },
		{ "check = function(c, t, say) if not t then say() end end", "check = 1", 2, "rule 的“check”应当是 function" },
		{ "id = \"whole\", ", "", 2, "rule 缺少“id”" },
	};

	check_faults("lua/parties.lua", parties, sizeof(parties) / sizeof(*parties) - 1);
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

	check_fault("lua/forms/copy.lua", NULL, text_of("lua/forms/ask.lua"), "lua/forms/copy.lua", 1, "“ask”重复");
	check_fault("lua/flows/copy.lua", NULL, text_of("lua/flows/ask.lua"), "lua/flows/copy.lua", 1, "“ask”重复");
	check_fault("lua/rules/copy.lua", NULL, text_of("lua/rules/all.lua"), "lua/rules/copy.lua", 2, "“whole”重复");
	buf_release(&text);
}

/* What is wrong with a file as a whole, whichever it is. */
static void
test_load__files(void)
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
			check_fault(small[k].path, NULL, rows[i].text, small[k].path, rows[i].line, rows[i].part);
}

/* What C would read as text has to be text. */
static void
test_load__not_text(void)
{
	static const struct fault flow[] = {
		{ "\"说明\" }", "{} }", 9, "" },
		{ "\"说明\" }", "\"说明\", true }", 9, "" },
		{ "paper { \"证明\"", "paper { {}", 8, "" },
		{ "flow = \"ask\", same_system", "flow = \"none\", same_system", 1, "没有“none”这个流程" },
		{ "{ { flow = \"ask\", same_system = true } }", "{ 7 }", 1, "" },
		{ "chart = \"图\"", "chart = \"图\", online = { stage = \"none\", outcome = \"x\" }", 1, "没有“none”这个环节" },
		{ "chart = \"图\"", "chart = \"图\", online = { stage = \"act\", outcome = \"x\" }", 1, "没有“x”这个结果" },
		{ "copies { \"judge\",", "copies { \"judge\", on = \"none\",", 12, "没有“none”这个结果" },
		{ "copies { \"judge\", article = \"1\" }", "\"judge\"", 5, "" },
		{ "check \"whole\"", "\"whole\"", 5, "needs 里只能是" },
		{ "check \"whole\"", "7", 5, "needs 里只能是" },
		{ "outcome { id = \"finish\", name = \"完成\", to = \"done\" }", "\"finish\"", 21, "outcomes 里只能是" },
		{ "outcome { id = \"finish\", name = \"完成\", to = \"done\" }", "{ id = \"finish\", to = \"done\" }", 21, "outcomes 里只能是" },
		{ "from = { stage = \"write\", outcome = \"send\", which = \"first\" }", "from = 7", 14, "时限没有起点" },
		{ "to = \"write\"", "to = {}", 19, "指向没有的环节" },
		{ "to = \"write\"", "to = 7", 19, "指向没有的环节“7”" },
		{ "to = \"write\"", "to = true", 19, "指向没有的环节“true”" },
		{ "		stage { id = \"act\"", "		7, stage { id = \"act\"", 1, "stages 里只能是" },
	};
	static const struct fault form[] = {
		{ "{ \"新\", \"旧\" }", "{ \"新\", {} }", 5, "" },
		{ "{ \"新\", \"旧\" }", "{ \"新\", \"旧\", true }", 5, "" },
		{ "{ \"新\", \"旧\" }", "{}", 5, "" },
		{ "field { key = \"until_day\"", "7, field { key = \"until_day\"", 1, "fields 里只能是" },
	};

	CHECK_FAULTS("lua/flows/ask.lua", flow);
	CHECK_FAULTS("lua/forms/ask.lua", form);
}

/* Many endings, many parties: nothing is counted in fixed numbers. */
static void
test_load__crowds(void)
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
	buf_puts(&parties, "return { party { id = \"asker\", name = \"甲\", short = \"甲\", article = \"1\" },\n"
			   "party { id = \"judge\", name = \"乙\", short = \"乙\", article = \"1\" },\n");
	for (i = 0; i < 100; i++)
		buf_printf(&parties, "party { id = \"p%d\", name = \"方\", short = \"方\", article = \"1\", only = 1 },\n", i);
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
test_load__many(void)
{
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct law_file with = { .path = "lua/parties.lua",
				 .text = "return {\n"
					 "	party { id = 1, name = 2 },\n"
					 "	party { id = \"a\", name = \"b\", short = \"c\", article = \"1\", x = 1 },\n"
					 "}\n" };
	struct law *law;

	CHECK_INT(load(&law, &with, &findings, &err), -1);
	CHECK_INT(err.code, ERR_LAW);
	CHECK(findings.count >= 5);
	CHECK(law == NULL);
	findings_release(&findings);
}

static void
test_load__limits(void)
{
	static const char *const rows[] = { "while true do end", "local t = {} while true do t[#t + 1] = { t } end",
		"local s = 'x' while true do s = s .. s end", "pcall(function() while true do end end)" };
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
test_load__nothing(void)
{
	static const struct law_file others[] = { { "lua/hooks/pre-commit.lua", "while true do end", 17 },
		{ "lua/README.md", "x", 1 }, { "lua/forms/ask.txt", "x", 1 }, { "lua/other.lua", "error('x')", 10 } };
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

/* --- values of a front matter ------------------------------------------------------------------------ */
static void
test_load__values(void)
{
	static const char text[] = "---\ntitle: 云\ncount: 8\nyes: 是\nno: 否\nprice: 1.5\nday: 2021-05-10\n"
				   "empty:\nnone: []\nlist: [a, '', b]\nrows:\n  - { size: 2, name: }\n  - { size: x }\n---\n";
	static struct field columns[] = { { .key = "size", .label = "", .type = FIELD_INTEGER },
		{ .key = "name", .label = "", .type = FIELD_TEXT } };
	static const struct field fields[] = { { .key = "title", .label = "", .type = FIELD_TEXT },
		{ .key = "count", .label = "", .type = FIELD_INTEGER }, { .key = "yes", .label = "", .type = FIELD_BOOL },
		{ .key = "no", .label = "", .type = FIELD_BOOL }, { .key = "price", .label = "", .type = FIELD_DECIMAL },
		{ .key = "day", .label = "", .type = FIELD_DATE }, { .key = "empty", .label = "", .type = FIELD_INTEGER },
		{ .key = "none", .label = "", .type = FIELD_TEXTS }, { .key = "list", .label = "", .type = FIELD_TEXTS },
		{ .key = "rows", .label = "", .type = FIELD_LIST, .columns = columns, .column_count = 2 } };
	static const struct script_limits limits = { (size_t)16 << 20, 1000 * 1000 };
	struct findings findings = { 0 };
	struct arena arena = { 0 };
	struct script *s = NULL;
	struct err err = { 0 };
	struct doc doc;

	CHECK_INT(script_new(&s, &limits, &err), 0);
	doc_parse(&doc, &arena, text, strlen(text), "a.md", &findings);
	fields_check(&doc, fields, sizeof(fields) / sizeof(*fields), &findings);
	CHECK_INT(findings.count, 2); /* an empty item; size: x */
	law_push_values(s, doc.front);
	CHECK_STR(script_get_text(s, "title"), "云");
	CHECK_INT(script_get_integer(s, "count"), 8);
	CHECK_STR(script_get_text(s, "count"), "");
	CHECK(script_get_bool(s, "yes"));
	CHECK(script_has(s, "no") && !script_get_bool(s, "no"));
	CHECK(script_has(s, "price"));
	CHECK_STR(script_get_text(s, "day"), "2021-05-10");
	CHECK(!script_has(s, "empty"));
	CHECK(!script_has(s, "none"));
	CHECK(script_push(s, "list"));
	CHECK_INT(script_count(s), 2);
	script_pop(s, 1);
	CHECK(script_push(s, "rows"));
	CHECK(script_push_row(s, 1));
	CHECK_INT(script_get_integer(s, "size"), 2);
	CHECK(!script_has(s, "name"));
	script_pop(s, 1);
	CHECK(script_push_row(s, 2));
	CHECK_STR(script_get_text(s, "size"), "x");
	script_pop(s, 3);
	script_free(s);
	arena_release(&arena);
	findings_release(&findings);
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
	unit_run("files", test_load__files);
	unit_run("not text", test_load__not_text);
	unit_run("crowds", test_load__crowds);
	unit_run("many faults", test_load__many);
	unit_run("limits", test_load__limits);
	unit_run("nothing", test_load__nothing);
	unit_run("values", test_load__values);
	return unit_end();
}
