#include <stdlib.h>
#include <time.h>

#include "trail/message.h"
#include "unit.h"

#define SCISSORS "# ------------------------ >8 ------------------------\n"

static const struct {
	const char *text;
	bool drop_comments;
	const char *subject, *opinion, *late_reason, *submitted_by;
} rows[] = {
	{ "", false, "", "", "", "" },
	{ "\n", false, "", "", "", "" },
	{ " \n\n \n", false, "", "", "", "" },
	{ "同意", false, "同意", "同意", "", "" },
	{ "同意\n", false, "同意", "同意", "", "" },
	{ "\n\n  同意  \n", false, "同意", "同意", "", "" },
	{ "题\n\n意见一\n意见二\n", false, "题", "意见一\n意见二", "", "" },
	{ "题\n意见\n", false, "题", "意见", "", "" },
	{ "题\n\n意见一\n\n意见二\n", false, "题", "意见一\n\n意见二", "", "" },
	{ "题\r\n\r\n意见\r\n", false, "题", "意见", "", "" },
	/* trailers */
	{ "题\n\nLate-Reason: 等材料\n", false, "题", "题", "等材料", "" },
	{ "题\n\n意见\n\nLate-Reason: 等材料\nSubmitted-By: 张三 <z@x>\n", false, "题", "意见",
	  "等材料", "张三 <z@x>" },
	{ "题\n\n意见\n\nlate-reason: 小写\n", false, "题", "意见", "小写", "" },
	{ "题\n\n意见\n\nLate-Reason:\t制表\t\n", false, "题", "意见", "制表", "" },
	{ "题\n\n意见\n\nSigned-off-by: 甲 <a@b>\nLate-Reason: 一\n", false, "题", "意见", "一",
	  "" },
	{ "题\n\n意见\n\nLate-Reason: 一\nLate-Reason: 二\n", false, "题", "意见", "二", "" },
	{ "题\n\n意见\n\nLate-Reason: 一\n\n\n", false, "题", "意见", "一", "" },
	{ "题\n\n意见\n\nLate-Reason: 一\n  续行\n", false, "题", "意见", "一 续行", "" },
	{ "题\n\n意见\n\nLate-Reason: 一\n\t续行\n 再续\nSubmitted-By: <a@b>\n", false, "题",
	  "意见", "一 续行 再续", "<a@b>" },
	{ "题\n\n意见\n\nLate-Reason: \n", false, "题", "意见", "", "" },
	{ "题\n\n\n\nLate-Reason: 一\n", false, "题", "题", "一", "" },
	/* what only looks like trailers */
	{ "题\n\nLate-Reason: 一\n\n意见\n", false, "题", "Late-Reason: 一\n\n意见", "", "" },
	{ "题\n\nLate-Reason: 一\n这不是\n", false, "题", "Late-Reason: 一\n这不是", "", "" },
	{ "题\n\nLate-Reason:一\n", false, "题", "Late-Reason:一", "", "" },
	{ "题\n\nLate Reason: 一\n", false, "题", "Late Reason: 一", "", "" },
	{ "题\n\n理由：一\n", false, "题", "理由：一", "", "" },
	{ "题\n\n  续行\nLate-Reason: 一\n", false, "题", "续行\nLate-Reason: 一", "", "" },
	{ "Late-Reason: 一\n", false, "Late-Reason: 一", "Late-Reason: 一", "", "" },
	{ "题\n\nLate-Reasons: 一\n", false, "题", "题", "", "" },
	/* comments and scissors, as git hands them to commit-msg */
	{ "# 说明\n题\n# 说明\n\n意见\n# 完\n", true, "题", "意见", "", "" },
	{ "# 说明\n题\n", false, "# 说明", "题", "", "" },
	{ "题\n\n意见\n" SCISSORS "diff --git a b\n\nLate-Reason: 一\n", true, "题", "意见", "",
	  "" },
	{ "题\n\n意见\n\nLate-Reason: 一\n" SCISSORS "diff\n", true, "题", "意见", "一", "" },
	{ "题\n\n意见\n\nLate-Reason: 一\n# 说明\n", true, "题", "意见", "一", "" },
	{ "题\n\n意见\n\n# 说明\nLate-Reason: 一\n", true, "题", "意见", "一", "" },
	{ SCISSORS "diff\n", true, "", "", "", "" },
	{ "# 只有\n# 说明", true, "", "", "", "" },
	{ " # 题\n", true, "# 题", "# 题", "", "" },
	{ "题 # 不是说明\n", true, "题 # 不是说明", "题 # 不是说明", "", "" },
};

static void
test_message__parse(void)
{
	struct arena arena = { 0 };
	struct message m;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int before = unit_faults;

		message_parse(&m, &arena, rows[i].text, rows[i].drop_comments);
		CHECK_STR(m.subject, rows[i].subject);
		CHECK_STR(m.opinion, rows[i].opinion);
		CHECK_STR(m.late_reason, rows[i].late_reason);
		CHECK_STR(m.submitted_by, rows[i].submitted_by);
		if (unit_faults != before)
			printf("# row %zu: %s\n", i, rows[i].text);
	}
	arena_release(&arena);
}

static void
test_message__email(void)
{
	static const char *const emails[][2] = {
		{ "经办一 <a@b>", "a@b" }, { "<a@b>", "a@b" },
		{ "a@b", "a@b" },	   { "", "" },
		{ "经办一", "经办一" },	   { "甲 <a@b", "甲 <a@b" },
		{ "甲 a@b>", "甲 a@b>" },  { "<>", "" },
		{ "> <a@b>", "a@b" },	   { "<a@b> <c@d>", "a@b" },
		{ "<<a@b>>", "<a@b" }
	};
	struct arena arena = { 0 };
	size_t i;

	for (i = 0; i < sizeof(emails) / sizeof(*emails); i++)
		CHECK_STR(message_email(&arena, emails[i][0]), emails[i][1]);
	arena_release(&arena);
}

static void
test_message__actor(void)
{
	static const struct {
		const char *text, *actor;
	} actors[] = {
		{ "题\n\n意见\n", "author@x" },
		{ "题\n\n意见\n\nSubmitted-By: 张三 <z@x>\n", "z@x" },
		{ "题\n\n意见\n\nsubmitted-by: 张三 <z@x>\n", "z@x" },
		{ "题\n\n意见\n\nSubmitted-By: z@x\n", "z@x" },
		{ "题\n\n意见\n\nSubmitted-By: \n", "author@x" },
		{ "题\n\nSubmitted-By: 张三 <z@x>\n\n意见\n", "author@x" },
		{ "Submitted-By: 张三 <z@x>\n", "author@x" },
		{ "题\n\n# Submitted-By: 张三 <z@x>\n", "author@x" },
		{ "", "author@x" },
	};
	struct arena arena = { 0 };
	size_t i;

	for (i = 0; i < sizeof(actors) / sizeof(*actors); i++)
		CHECK_STR(message_actor(&arena, actors[i].text, "author@x"), actors[i].actor);
	arena_release(&arena);
}

/* Long ones of one piece: nothing is lost, and it takes no more than its length. */
static void
test_message__long(void)
{
	static const char *const pieces[] = { "\n",
					      "\n\n",
					      " ",
					      "a",
					      "a: b\n",
					      "\na: b\n",
					      "\n\na: b",
					      "# x\n",
					      ":",
					      "-",
					      "<",
					      "Submitted-By: <",
					      "\nSubmitted-By: a\n\n",
					      "Late-Reason: x\n y\n",
					      "\r\n",
					      "\xff",
					      "云" };
	struct timespec from, to;
	size_t i;
	int drop;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		for (drop = 0; drop < 2; drop++) {
			struct buf text = BUF_INIT;
			struct arena arena = { 0 };
			struct message m;

			buf_puts(&text, "题\n\n");
			while (text.len < 300000)
				buf_puts(&text, pieces[i]);
			message_parse(&m, &arena, text.ptr, drop != 0);
			CHECK_STR(m.subject, "题");
			CHECK(strlen(m.opinion) <= text.len);
			CHECK(message_actor(&arena, text.ptr, "a@b") != NULL);
			arena_release(&arena);
			buf_release(&text);
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	CHECK(to.tv_sec - from.tv_sec < 10);
}

int
main(void)
{
	unit_run("parse", test_message__parse);
	unit_run("email", test_message__email);
	unit_run("actor", test_message__actor);
	unit_run("long", test_message__long);
	return unit_end();
}
