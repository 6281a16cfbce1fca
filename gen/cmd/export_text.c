#include <stdlib.h>
#include <string.h>

#include "cmd/export.h"

/* Line breaks become spaces; other control characters and those that turn the direction of writing
 * are left out. Gives 0 for what is left out. */
static int32_t
plain_char(const char **s, const char *end)
{
	int32_t c = utf8_next(s, end);

	if (c == '\n' || c == '\t')
		return ' ';
	if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0x200e || c == 0x200f ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return 0;
	return c;
}

/* --- iCalendar ----------------------------------------------------------------------------------- */
/* The text with a backslash before each character of `special`. */
static void
put_plain(struct buf *out, const char *text, const char *special)
{
	const char *end = text + strlen(text), *s = text;

	while (s < end) {
		const char *from = s;
		int32_t c = plain_char(&s, end);

		if (c == 0)
			continue;
		if (c < 0x80 && strchr(special, (int)c) != NULL)
			buf_putc(out, '\\');
		if (c == ' ')
			buf_putc(out, ' ');
		else
			buf_put(out, from, (size_t)(s - from));
	}
}

/* One content line: at most 75 octets a line, characters whole, CRLF. */
static void
put_folded(struct buf *out, const struct buf *line)
{
	const char *s = line->ptr, *end = line->ptr + line->len;
	size_t used = 0;

	while (s < end) {
		const char *from = s;
		size_t len;

		(void)utf8_next(&s, end);
		len = (size_t)(s - from);
		if (used + len > 75) {
			buf_puts(out, "\r\n ");
			used = 1;
		}
		buf_put(out, from, len);
		used += len;
	}
	buf_puts(out, "\r\n");
}

static void
put_property(struct buf *out, const char *name, const char *text)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "%s:", name);
	put_plain(&line, text, "\\;,");
	put_folded(out, &line);
	buf_release(&line);
}

static void
put_date(struct buf *out, const char *name, int32_t day)
{
	struct day_parts d = day_split(day);

	buf_printf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, d.year, d.month, d.dom);
}

/* The time of the last commit: the same history gives the same bytes. */
static void
put_stamp(struct buf *out, const struct log *log)
{
	int64_t last = 0, second;
	struct day_parts d;
	uint32_t i;

	for (i = 0; i < log_commit_count(log); i++) {
		int64_t time = log_commit_at(log, i)->effective;

		last = time > last ? time : last;
	}
	/* Days are Beijing's; DTSTAMP is UTC. */
	d = day_split(day_of(last - 8 * 3600));
	second = last % 86400;
	buf_printf(out, "DTSTAMP:%04d%02d%02dT%02d%02d%02dZ\r\n", d.year, d.month, d.dom,
		   (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

static void
put_event(struct buf *out, const struct log *log, const struct todo_row *row)
{
	const struct step *step = trail_present(&row->trail);
	struct buf text = BUF_INIT;

	buf_puts(out, "BEGIN:VEVENT\r\n");
	buf_printf(&text, "%s.%s.%d@yunjuan", row->trail.id, step->stage_id, step->visit);
	put_property(out, "UID", text.ptr);
	put_stamp(out, log);
	put_date(out, "DTSTART", step->due.day);
	put_date(out, "DTEND", step->due.day + 1);
	buf_clear(&text);
	buf_printf(&text, "%s到期：%s %s", export_stage_name(step), row->trail.id,
		   row->trail.title);
	put_property(out, "SUMMARY", text.ptr);
	buf_clear(&text);
	buf_printf(&text, "轮到：%s", row->kinds);
	put_property(out, "DESCRIPTION", text.ptr);
	buf_puts(out, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
	buf_release(&text);
}

int
export_deadlines(struct export_job *job, struct buf *out, struct err *err)
{
	struct todo_row *rows = NULL;
	size_t i, count = 0;

	if (todo_collect(job->session, &job->arena, job->party, &rows, &count, err) != 0) {
		free(rows);
		return -1;
	}
	buf_puts(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//yunjuan//yunjuan//ZH\r\n"
		      "CALSCALE:GREGORIAN\r\n");
	for (i = 0; i < count; i++) {
		const struct step *step = trail_present(&rows[i].trail);

		if (step->due.kind == DUE_DAY && step->stage != NULL)
			put_event(out, job->session->log, &rows[i]);
	}
	buf_puts(out, "END:VCALENDAR\r\n");
	free(rows);
	return 0;
}

/* --- the periodic report --------------------------------------------------------------------------- */
static void
put_item(struct buf *out, const struct trail *trail, const struct step *step)
{
	buf_puts(out, "- ");
	put_plain(out, trail->id, "\\`*_[]<>|#!&");
	buf_puts(out, " ");
	put_plain(out, trail->title, "\\`*_[]<>|#!&");
	buf_puts(out, "：");
	put_plain(out, export_stage_name(step), "\\`*_[]<>|#!&");
}

static void
put_progress(struct export_job *job, struct buf *out)
{
	const struct flow *flows;
	size_t i, k, count;

	flows = law_flows(job->session->basis.law, &count);
	buf_puts(out, "## 一、进展\n\n| 流程 | 新开 | 办结 | 现在办 |\n|---|--:|--:|--:|\n");
	for (i = 0; i < count; i++) {
		int opened = 0, closed = 0, open = 0;

		for (k = 0; k < job->trail_count; k++) {
			const struct trail *t = &job->trails[k];
			bool end = t->state == TRAIL_CLOSED || t->state == TRAIL_CANCELLED;

			if (t->flow != &flows[i])
				continue;
			opened += export_within(job, day_of(t->steps[0].entered->time));
			closed +=
			    t->state == TRAIL_CLOSED && export_within(job, day_of(t->last->time));
			open += !end;
		}
		buf_printf(out, "| %s | %d | %d | %d |\n", flows[i].name, opened, closed, open);
	}
}

static void
put_late(struct export_job *job, struct buf *out, const struct trail *t, const struct step *s)
{
	const char *reason = export_reason(job, s);

	put_item(out, t, s);
	if (s->late_days >= 0)
		buf_printf(out, "，超 %d 日", s->late_days);
	else
		buf_puts(out, "，超期日数不详");
	buf_printf(out, "%s，原因：", s->left == NULL ? "，尚未办" : "");
	put_plain(out, reason[0] != '\0' ? reason : "（未写，请补）", "\\`*_[]<>|#!&");
	buf_puts(out, "\n");
}

static void
put_problems(struct export_job *job, struct buf *out)
{
	size_t i, k, start;

	buf_puts(out, "\n## 二、问题\n\n");
	start = out->len;
	for (i = 0; i < job->trail_count; i++) {
		const struct trail *t = &job->trails[i];

		for (k = 0; k < t->step_count; k++) {
			const struct step *s = &t->steps[k];

			if (s->late && s->due.kind == DUE_DAY && export_within(job, s->due.day))
				put_late(job, out, t, s);
			if (s->left != NULL && s->outcome != NULL && s->outcome->back &&
			    export_within(job, day_of(s->left->time))) {
				put_item(out, t, s);
				buf_printf(out, "，%s\n", s->outcome->name);
			}
		}
	}
	if (out->len == start)
		buf_puts(out, "没有超期，也没有退回。\n");
}

static void
put_next(struct export_job *job, struct buf *out)
{
	size_t i, start;
	char day[11];

	buf_puts(out, "\n## 三、下一步\n\n");
	start = out->len;
	for (i = 0; i < job->trail_count; i++) {
		const struct trail *t = &job->trails[i];
		const struct step *s = trail_present(t);

		if ((t->state != TRAIL_LATE && t->state != TRAIL_SOON) || s == NULL ||
		    s->due.kind != DUE_DAY)
			continue;
		day_text(s->due.day, day);
		put_item(out, t, s);
		buf_printf(out, "，%s，期限 %s\n", trail_state_names[t->state], day);
	}
	if (out->len == start)
		buf_puts(out, "没有超期和即将到期的工单。\n");
	buf_puts(out, "\n（由复核方补充说明后报送。）\n");
}

void
export_report(struct export_job *job, struct buf *out)
{
	char first[11], last[11];

	day_text(job->first, first);
	day_text(job->last, last);
	buf_printf(out, "# 复核工作定期报告（草稿）\n\n期间：%s 至 %s。\n\n", first, last);
	put_progress(job, out);
	put_problems(job, out);
	put_next(job, out);
}
