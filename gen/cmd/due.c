#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"

static bool json, calendar_days;

static const struct opt opts[] = {
	{ "days", 'd', OPT_FLAG, NULL, "按自然日计算（默认按工作日）", &calendar_days },
	{ "json", 0, OPT_FLAG, NULL, "输出 JSON", &json },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

/* The calendar of the workspace we stand in, else the one the program carries. */
static int
load_calendar(struct calendar **out, struct findings *findings, struct err *err)
{
	const struct embedded *file = embedded_find(CALENDAR_FILE);
	struct err none = { 0 };
	struct repo *repo = NULL;
	struct snapshot snap;
	struct buf text = BUF_INIT;
	int found = 0;

	if (repo_open(&repo, ".", &none) == 0) {
		snapshot_folder(&snap, repo);
		if (repo_worktree(repo) == NULL && snapshot_head(&snap, repo, &none) != 0)
			err_clear(&none);
		found = snapshot_read(&snap, CALENDAR_FILE, DOC_MAX_BYTES, &text, NULL, &none);
	}
	if (found <= 0 && file != NULL)
		buf_put(&text, file->data, file->len);
	found = calendar_parse(out, text.ptr, text.len, CALENDAR_FILE, findings, err);
	buf_release(&text);
	repo_free(repo);
	return found;
}

static void
print_due(const char *start, int64_t n, int32_t due)
{
	static const char *const week[] = { "", "一", "二", "三", "四", "五", "六", "日" };
	struct buf out = BUF_INIT;
	char day[11];

	day_text(due, day);
	if (!json) {
		printf("%s\n", day);
		return;
	}
	buf_puts(&out, "{");
	json_key(&out, "start");
	json_str(&out, start);
	json_key(&out, calendar_days ? "days" : "working_days");
	buf_printf(&out, "%lld", (long long)n);
	json_key(&out, "due");
	json_str(&out, day);
	json_key(&out, "weekday");
	json_str(&out, week[day_split(due).weekday]);
	buf_puts(&out, "}");
	puts(out.ptr);
	buf_release(&out);
}

static int
run(struct session *s, struct err *err)
{
	struct findings findings = { 0 };
	struct calendar *calendar = NULL;
	struct buf joined = BUF_INIT;
	int64_t moment, n;
	int32_t due;
	int missing = 0, code = EXIT_USAGE;

	buf_puts(&joined, s->argv[0]);
	if (s->argc == 3)
		buf_printf(&joined, " %s", s->argv[1]);
	if (!moment_parse(joined.ptr, &moment))
		err_set(err, ERR_USAGE, "“%s”不是日期；请写成 2021-09-30，后面可以加时间 09:30",
			joined.ptr);
	else if (!text_number(s->argv[s->argc - 1], 0, 10000, &n))
		err_set(err, ERR_USAGE, "“%s”不是天数；请写 0 到 10000 的整数",
			s->argv[s->argc - 1]);
	else if (load_calendar(&calendar, &findings, err) == 0) {
		due = day_of(moment) + (int32_t)n;
		code = show_findings(&findings, false);
		if (calendar_days ||
		    calendar_add_workdays(calendar, day_of(moment), (int)n, &due, &missing))
			print_due(joined.ptr, n, due);
		else
			err_set(
			    err, ERR_DATA,
			    "节假日表没有 %d 年，不能推算；请在 content/calendar/cn.tsv 补上这一年的放假和调休安排",
			    missing);
	}
	calendar_free(calendar);
	findings_release(&findings);
	buf_release(&joined);
	return code;
}

const struct cmd cmd_due = {
	.name = "due",
	.summary = "算期限：从某日起第 N 个工作日是哪一天",
	.usage = "[选项] 起始日期 [时间] 天数",
	.example =
	    "  yunjuan due 2021-09-30 3          得到 2021-10-11（国庆放假、10 月 9 日补班）\n"
	    "  yunjuan due --days 2021-09-30 30  按自然日\n"
	    "起始当日不计；期限到最后一日的 24:00（北京时间）为止。",
	.min = 2,
	.max = 3,
	.opts = opts,
	.run = run,
};
