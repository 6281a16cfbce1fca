/*
 * law_fixture: a small law without a fault, and the way to break one piece of it and see that the
 * finding names the right file and line.
 */
#ifndef YJ_LAW_FIXTURE_H
#define YJ_LAW_FIXTURE_H

#include <stdlib.h>

#include "law/law.h"
#include "unit.h"

/* A small law without a fault. Each case below changes one piece of it; the line numbers of what
 * it expects are those of these texts. */
static const struct law_file small[] = {
	{ .path = "lua/parties.lua",
	  .text =
	      "return {\n"
	      "	party { id = \"asker\", name = \"甲方\", short = \"甲\", article = \"1\" },\n"
	      "	party { id = \"judge\", name = \"乙方\", short = \"乙\", article = \"1(1)\", only = 1 },\n"
	      "}\n" },
	{ .path = "lua/endings.lua",
	  .text = "return {\n"
		  "	ending { id = \"done\", name = \"办结\", done = true },\n"
		  "	ending { id = \"dropped\", name = \"取消\" },\n"
		  "}\n" },
	{ .path = "lua/readings.lua",
	  .text =
	      "return {\n"
	      "	reading { id = \"days\", article = \"1\", question = \"几天\", choice = \"三天\", value = 3 },\n"
	      "}\n" },
	{ .path = "lua/regulation.lua",
	  .text =
	      "return {\n"
	      "	chapter { id = 1, name = \"总则\" },\n"
	      "	article { id = \"1\", title = \"目的\", chapter = 1, digest = \"要点\", parts = {\n"
	      "		part { \"1(1)\", \"一\" },\n"
	      "		part { \"1(2)\", \"二\" },\n"
	      "	} },\n"
	      "	annex { id = 1, title = \"表\" },\n"
	      "	slip { article = \"1(2)\", says = \"笔误\" },\n"
	      "}\n" },
	{ .path = "lua/forms/ask.lua",
	  .text =
	      "return form_fields {\n"
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
	  .text =
	      "return flow {\n"
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
	  .text =
	      "return {\n"
	      "	rule { id = \"whole\", name = \"完整\", article = \"1\", scope = \"need\", says = \"不完整\",\n"
	      "		check = function(c, t, say) if not t then say() end end },\n"
	      "}\n" },
};
#define FILES (sizeof(small) / sizeof(*small))

static inline int
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

static inline const char *
text_of(const char *path)
{
	size_t i;

	for (i = 0; i < FILES; i++)
		if (strcmp(small[i].path, path) == 0)
			return small[i].text;
	return NULL;
}

/* The small law with `from` in that file replaced by `to`; all of the file when from is NULL. */
static inline void
check_fault(const char *path, const char *from, const char *to, const char *file, int line,
	    const char *part)
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
		found = found || (strcmp(f->file, file) == 0 && f->line == line &&
				  strstr(f->message, part) != NULL);
	}
	if (rc != -1 || !found || err.code != ERR_LAW) {
		unit_fault(__FILE__, __LINE__, to);
		printf("#   expected %s:%d %s\n#   failure  %s:%d %s\n", file, line, part, err.file,
		       err.line, err.text);
		for (i = 0; i < findings.count; i++)
			printf("#   finding  %s:%d %s\n", findings.items[i].file,
			       findings.items[i].line, findings.items[i].message);
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

static inline void
check_faults(const char *path, const struct fault *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		check_fault(path, rows[i].from, rows[i].to, path, rows[i].line, rows[i].part);
}
#define CHECK_FAULTS(path, rows) check_faults(path, rows, sizeof(rows) / sizeof(*(rows)))

#endif
