#include "trail/message.h"

#include <ctype.h>
#include <string.h>

#define SCISSORS "# ------------------------ >8 ------------------------"

static void
strip_comments(struct buf *out, const char *text)
{
	const char *line = text, *end;

	while (*line != '\0' && !text_starts(line, SCISSORS)) {
		end = strchr(line, '\n');
		end = end == NULL ? line + strlen(line) : end + 1;
		if (*line != '#')
			buf_put(out, line, (size_t)(end - line));
		line = end;
	}
}

/* Behind the key and its colon, or NULL when the line is no trailer. */
static const char *
trailer_value(const char *line)
{
	const char *p = line;

	while (isalnum((unsigned char)*p) || *p == '-')
		p++;
	return p > line && p[0] == ':' && (p[1] == ' ' || p[1] == '\t') ? p + 1 : NULL;
}

/* The last paragraph, when each of its lines is a trailer or goes on from the one above. Looked for
 * from the end: a message may have any number of paragraphs. */
static const char *
find_trailers(const char *text)
{
	const char *end = text + strlen(text), *last, *line;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	for (last = end; last - text >= 2 && (last[-1] != '\n' || last[-2] != '\n'); last--)
		;
	if (last - text < 2)
		return NULL;
	for (line = last; line < end; line = strchrnul(line, '\n') + 1) {
		if (trailer_value(line) == NULL &&
		    !(line > last && (*line == ' ' || *line == '\t')))
			return NULL;
	}
	return last;
}

static const char *
trimmed(struct arena *arena, const char *from, size_t len)
{
	while (len > 0 && isspace((unsigned char)from[0])) {
		from++;
		len--;
	}
	while (len > 0 && isspace((unsigned char)from[len - 1]))
		len--;
	return text_unseen(from, len) ? "" : arena_strndup(arena, from, len);
}

/* The end of a trailer with the lines that go on from it. */
static const char *
trailer_end(const char *line)
{
	const char *end = strchrnul(line, '\n');

	while (end[0] == '\n' && (end[1] == ' ' || end[1] == '\t'))
		end = strchrnul(end + 1, '\n');
	return end;
}

/* A value over several lines as one. */
static const char *
unfolded(struct arena *arena, const char *from, size_t len)
{
	char *copy = arena_strndup(arena, from, len), *to = copy;
	const char *p;

	for (p = copy; *p != '\0'; p++) {
		if (*p != '\n') {
			*to++ = *p;
			continue;
		}
		while (p[1] == ' ' || p[1] == '\t')
			p++;
		*to++ = ' ';
	}
	return trimmed(arena, copy, (size_t)(to - copy));
}

static void
take_trailer(struct message *out, struct arena *arena, const char *line, const char *end)
{
	const char *value = trailer_value(line);
	const char **slot = NULL;

	if (value == NULL)
		return;
	if (strncasecmp(line, "Late-Reason:", 12) == 0)
		slot = &out->late_reason;
	else if (strncasecmp(line, "Submitted-By:", 13) == 0)
		slot = &out->submitted_by;
	if (slot != NULL)
		*slot = unfolded(arena, value, (size_t)(end - value));
}

void
message_parse(struct message *out, struct arena *arena, const char *text, bool drop_comments)
{
	struct buf clean = BUF_INIT;
	const char *trailers, *line, *end, *body, *body_end;

	if (drop_comments)
		strip_comments(&clean, text);
	else
		buf_puts(&clean, text);
	for (text = clean.ptr; *text == '\n' || *text == '\r' || *text == ' '; text++)
		;
	*out = (struct message){ "", "", "", "" };
	trailers = find_trailers(text);
	for (line = trailers; line != NULL && *line != '\0'; line = *end == '\0' ? NULL : end + 1) {
		end = trailer_end(line);
		take_trailer(out, arena, line, end);
	}
	end = strchrnul(text, '\n');
	out->subject = trimmed(arena, text, (size_t)(end - text));
	body = end;
	body_end = trailers != NULL ? trailers : text + strlen(text);
	out->opinion = body_end > body ? trimmed(arena, body, (size_t)(body_end - body)) : "";
	if (out->opinion[0] == '\0')
		out->opinion = out->subject;
	buf_release(&clean);
}

const char *
message_email(struct arena *arena, const char *text)
{
	const char *from = strchr(text, '<'), *to = from == NULL ? NULL : strchr(from, '>');

	return to == NULL ? text : arena_strndup(arena, from + 1, (size_t)(to - from) - 1);
}

const char *
message_actor(struct arena *arena, const char *text, const char *author_email)
{
	struct message message;

	if (strcasestr(text, "\nSubmitted-By:") == NULL)
		return author_email;
	message_parse(&message, arena, text, false);
	return message.submitted_by[0] == '\0' ? author_email
					       : message_email(arena, message.submitted_by);
}
