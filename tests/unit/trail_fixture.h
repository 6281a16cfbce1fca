/*
 * trail_fixture: a law, registers and a calendar of their own, and tickets told in lines, for the
 * tests of gen/trail/trail.c.
 */
#ifndef YJ_TRAIL_FIXTURE_H
#define YJ_TRAIL_FIXTURE_H

#include <stdlib.h>

#include "repo_fixture.h"
#include "trail/trail.h"

/* --- a law, a register and a calendar of its own ------------------------------------------------ */
static const struct law_file law_files[] = {
	{ .path = "lua/parties.lua",
	  .text =
	      "return {\n"
	      "party { id = \"asker\", name = \"甲\", short = \"甲\", article = \"1\" },\n"
	      "party { id = \"bureau\", name = \"县局\", short = \"县局\", article = \"1\" },\n"
	      "party { id = \"judge\", name = \"乙\", short = \"乙\", article = \"1\", only = 1 },\n"
	      "party { id = \"maker\", name = \"丙\", short = \"丙\", article = \"1\", only = 1 } }\n" },
	{ .path = "lua/endings.lua",
	  .text = "return { ending { id = \"done\", name = \"办结\", done = true },\n"
		  "ending { id = \"dropped\", name = \"取消\" } }\n" },
	{ .path = "lua/regulation.lua",
	  .text = "return { chapter { id = 1, name = \"总则\" },\n"
		  "article { id = \"1\", title = \"目的\", chapter = 1, digest = \"要点\" } }\n" },
	{ .path = "lua/forms/ask.lua",
	  .text = "return form_fields { id = \"ask\", title = \"表\", fields = {\n"
		  "field { key = \"plan_due\", label = \"日期\", type = \"date\" },\n"
		  "field { key = \"month\", label = \"月\", type = \"month\" } } }\n" },
	{ .path = "lua/flows/ask.lua",
	  .text =
	      "local function way(id, to) return outcome { id = id, name = id, to = to } end\n"
	      "local it = flow { id = \"ask\", name = \"申请\", prefix = \"SQ\", chapter = 1, article = \"1\", chart = \"图\",\n"
	      "opens = { \"asker\", \"maker\" }, stages = {\n"
	      "stage { id = \"write\", name = \"填\", party = { \"asker\", \"maker\" }, article = \"1\",\n"
	      "	needs = { form { \"ask\", article = \"1\" } }, outcomes = { way(\"send\", \"decide\") } },\n"
	      "stage { id = \"decide\", name = \"定\", party = \"judge\", article = \"1\", limit = { working_days = 3 },\n"
	      "	again = { working_days = 1 }, outcomes = { way(\"agree\", { city = \"act\", county = \"look\" }),\n"
	      "	outcome { id = \"return\", name = \"退\", to = \"write\", back = true },\n"
	      "	outcome { id = \"refuse\", name = \"否\", to = \"dropped\", back = true, opinion = true } } },\n"
	      "stage { id = \"look\", name = \"看\", party = \"bureau\", article = \"1\", limit = { days = 10 },\n"
	      "	outcomes = { way(\"pass\", \"act\") } },\n"
	      "stage { id = \"act\", name = \"办\", party = \"maker\", article = \"1\", limit = { until_field = \"plan_due\" },\n"
	      "	outcomes = { way(\"made\", \"sign\"), way(\"quick\", \"tell\"), way(\"again\", \"decide\") } },\n"
	      "stage { id = \"sign\", name = \"签\", party = { \"judge\", \"maker\" }, each = true, article = \"1\",\n"
	      "	limit = { working_days = 5, from = { stage = \"decide\", outcome = \"agree\", which = \"last\" } },\n"
	      "	outcomes = { way(\"signed\", \"pay\") } },\n"
	      "stage { id = \"pay\", name = \"付\", party = \"asker\", article = \"1\",\n"
	      "	limit = { day_of_next_month = 31, field = \"month\" }, outcomes = { way(\"paid\", \"end\") } },\n"
	      "stage { id = \"end\", name = \"终\", party = \"judge\", article = \"1\",\n"
	      "	limit = { working_days = 20, from = { stage = \"decide\", which = \"first\" } },\n"
	      "	outcomes = { way(\"close\", \"done\") } },\n"
	      "stage { id = \"tell\", name = \"告\", party = \"judge\", article = \"1\", limit = { prompt = true },\n"
	      "	outcomes = { way(\"told\", \"done\") } },\n"
	      "} }\n"
	      "return it\n" },
};

static const char *const party_files[][2] = {
	{ "content/parties/city.md",
	  "---\nname: 市单位\nkind: asker\nlevel: city\nofficers:\n"
	  "  - { name: 甲一, email: c1@x, post: 员, from: 2020-01-01 }\n---\n" },
	{ "content/parties/county.md",
	  "---\nname: 县单位\nkind: asker\nlevel: county\nbureau: office\nofficers:\n"
	  "  - { name: 甲二, email: c2@x, post: 员, from: 2020-01-01 }\n---\n" },
	{ "content/parties/office.md",
	  "---\nname: 县局\nkind: bureau\nlevel: county\nofficers:\n"
	  "  - { name: 乙, email: o@x, post: 员, from: 2020-01-01 }\n---\n" },
	{ "content/parties/judge.md",
	  "---\nname: 管理单位\nkind: judge\nlevel: city\nofficers:\n"
	  "  - { name: 丙, email: j@x, post: 员, from: 2020-01-01 }\n---\n" },
	{ "content/parties/maker.md",
	  "---\nname: 实施单位\nkind: maker\nlevel: city\nofficers:\n"
	  "  - { name: 丁, email: m@x, post: 员, from: 2020-01-01 }\n---\n" },
};

/* In 2021 the week of 1 May is free and Saturday the 8th is worked; of 2022 nothing is known. */
static const char calendar_text[] =
    "2021-05-01\tholiday\t劳动节\n2021-05-02\tholiday\t劳动节\n2021-05-03\tholiday\t劳动节\n"
    "2021-05-04\tholiday\t劳动节\n2021-05-05\tholiday\t劳动节\n2021-05-08\tworkday\t劳动节\n";

static struct {
	struct law *law;
	struct registers registers;
	struct calendar *calendar;
	struct basis basis;
	struct arena arena;
} world;

static inline void
must(int rc, const struct err *err)
{
	if (rc == 0)
		return;
	err_print(err);
	abort();
}

static inline void
world_start(void)
{
	struct findings findings = { 0 };
	struct law_file files[sizeof(law_files) / sizeof(*law_files)];
	const char *const *kinds;
	const int *only;
	struct err err = { 0 };
	size_t i, n = sizeof(law_files) / sizeof(*law_files);

	for (i = 0; i < n; i++) {
		files[i] = law_files[i];
		files[i].len = strlen(files[i].text);
	}
	must(law_load(&world.law, files, n, &findings, &err), &err);
	for (i = 0; i < sizeof(party_files) / sizeof(*party_files); i++)
		registers_add_party(&world.registers, &world.arena, party_files[i][1],
				    strlen(party_files[i][1]), party_files[i][0], &findings);
	kinds = law_kind_ids(world.law, &only);
	registers_link(&world.registers, &world.arena, kinds, only, &findings);
	must(calendar_parse(&world.calendar, calendar_text, strlen(calendar_text), "cn.tsv",
			    &findings, &err),
	     &err);
	if (findings.count > 0)
		findings_print(&findings, stdout);
	CHECK_INT(findings.count, 0);
	world.basis = (struct basis){ .law = world.law,
				      .registers = &world.registers,
				      .calendar = world.calendar };
	findings_release(&findings);
}

static inline void
world_end(void)
{
	law_free(world.law);
	registers_release(&world.registers);
	calendar_free(world.calendar);
	arena_release(&world.arena);
}

/* --- tickets, told in lines -------------------------------------------------------------------- */
/* Each line of a story is "moment stage", then "| line of front matter" or "< author" as often as
 * wanted; the stage "-" removes the ticket. All tickets stand in one straight history. */
struct telling {
	struct buf text;
	int marks;
};

static inline void
tell_line(struct telling *t, const char *ticket, const char *line)
{
	struct buf body = BUF_INIT;
	char moment[32], stage[32], email[64] = "c1@x", message[128] = "办理";
	const char *part;
	int64_t time = 0;

	if (sscanf(line, "%31s %31s", moment, stage) != 2 || !moment_parse(moment, &time))
		unit_fault(__FILE__, __LINE__, line);
	buf_printf(&body, "---\nflow: ask\nstage: %s\ntenant: %s\n", stage,
		   strstr(line, "| tenant:") == NULL ? "city" : "");
	if (strstr(line, "| tenant:") != NULL || strstr(line, "| flow:") != NULL) {
		buf_clear(&body);
		buf_printf(&body, "---\nstage: %s\n%s", stage,
			   strstr(line, "| flow:") == NULL ? "flow: ask\n" : "");
	}
	for (part = strpbrk(line, "|<"); part != NULL; part = strpbrk(part + 1, "|<")) {
		if (*part == '|')
			buf_printf(&body, "%.*s\n", (int)strcspn(part + 2, "|<"), part + 2);
		else
			sscanf(part + 1, "%63s", email);
	}
	if (strncmp(email, "for:", 4) == 0) {
		snprintf(message, sizeof(message), "办理\n\nSubmitted-By: 某 <%s>", email + 4);
		snprintf(email, sizeof(email), "clerk@x");
	}
	buf_puts(&body, "---\n正文\n");
	buf_printf(
	    &t->text,
	    "commit refs/heads/main\nmark :%d\nauthor 某 <%s> %lld +0800\ncommitter 某 <c@x> %lld +0800\n"
	    "data %zu\n%s\n",
	    t->marks + 1, email, (long long)time, (long long)time, strlen(message), message);
	t->marks++;
	if (strcmp(stage, "-") == 0)
		buf_printf(&t->text, "D content/tickets/2021/05/%s\n\n", ticket);
	else
		buf_printf(&t->text,
			   "M 100644 inline content/tickets/2021/05/%s/ticket.md\ndata %zu\n%s\n\n",
			   ticket, body.len, body.ptr);
	buf_release(&body);
}

static inline void
tell(struct telling *t, const char *ticket, const char *story)
{
	struct buf copy = BUF_INIT;
	char *line, *rest;

	buf_puts(&copy, story);
	for (line = strtok_r(copy.ptr, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		tell_line(t, ticket, line);
	buf_release(&copy);
}

#endif
