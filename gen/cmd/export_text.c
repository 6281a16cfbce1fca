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
void
export_plain(struct buf *out, const char *text, const char *special)
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
	export_plain(&line, text, "\\;,");
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
