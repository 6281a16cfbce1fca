/* mail_scan: the lines of a mail, counted before anything is made of them. */
#include "parcel/mail_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CHUNK_BYTES 65536
#define LINE_KEPT 1024 /* of a line's start: enough for what is looked for */

struct scan {
	struct mail_lines *lines;
	char line[LINE_KEPT + 1]; /* its start */
	size_t line_len, line_colons;
	bool in_header, mail_follows;
	bool after_mark, all_mails; /* multipart/digest: each part is a mail, without a word */
	size_t header_len, field_colons;
};

static bool
has_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (; *line != '\0'; line++) {
		if (strncasecmp(line, word, len) == 0)
			return true;
	}
	return false;
}

static void
begin_part(struct scan *scan)
{
	scan->lines->marks++;
	scan->in_header = true;
	scan->after_mark = true;
	scan->mail_follows = false;
	scan->header_len = 0;
}

/* After an empty line comes a body, or the header of a mail within the mail. */
static void
end_header(struct scan *scan)
{
	scan->in_header = scan->mail_follows || (scan->all_mails && scan->after_mark);
	scan->mail_follows = false;
	scan->after_mark = false;
	scan->header_len = 0;
}

/* A field goes on in lines that begin with a blank. */
static void
count_colons(struct scan *scan)
{
	struct mail_lines *lines = scan->lines;

	if (scan->line[0] != ' ' && scan->line[0] != '\t')
		scan->field_colons = 0;
	scan->field_colons += scan->line_colons;
	if (lines->colons_max < scan->field_colons)
		lines->colons_max = scan->field_colons;
}

static void
header_line(struct scan *scan)
{
	struct mail_lines *lines = scan->lines;

	count_colons(scan);
	scan->header_len += scan->line_len;
	lines->header_bytes += scan->line_len;
	if (lines->header_max < scan->header_len)
		lines->header_max = scan->header_len;
	if (has_word(scan->line, "message/"))
		scan->mail_follows = true;
	if (has_word(scan->line, "/digest"))
		scan->all_mails = true;
}

static void
end_line(struct scan *scan)
{
	struct mail_lines *lines = scan->lines;
	const char *line = scan->line;

	scan->line[scan->line_len < LINE_KEPT ? scan->line_len : LINE_KEPT] = '\0';
	if (lines->line_max < scan->line_len)
		lines->line_max = scan->line_len;
	if (strncmp(line, "--", 2) == 0)
		begin_part(scan);
	else if (scan->line_len == 0 || (scan->line_len == 1 && line[0] == '\r'))
		end_header(scan);
	else if (scan->in_header)
		header_line(scan);
	scan->line_len = scan->line_colons = 0;
}

static size_t
colons(const char *data, size_t len)
{
	size_t i, count = 0;

	for (i = 0; i < len; i++)
		count += data[i] == ':';
	return count;
}

static void
scan_chunk(struct scan *scan, const char *data, size_t len)
{
	const char *end = data + len;

	while (data < end) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		size_t n = (size_t)((newline == NULL ? end : newline) - data);
		size_t room = scan->line_len < LINE_KEPT ? LINE_KEPT - scan->line_len : 0;

		memcpy(scan->line + (LINE_KEPT - room), data, n < room ? n : room);
		scan->line_len += n;
		if (scan->in_header)
			scan->line_colons += colons(data, n);
		data += n;
		if (newline != NULL) {
			end_line(scan);
			data++;
		}
	}
}

int
mail_scan(struct mail_lines *out, int fd, const char *path, struct err *err)
{
	struct scan scan = { .lines = out, .in_header = true };
	char *chunk = xmalloc(CHUNK_BYTES);
	ssize_t n;

	memset(out, 0, sizeof(*out));
	do {
		n = incoming_read(fd, chunk, CHUNK_BYTES);
		if (n > 0)
			scan_chunk(&scan, chunk, (size_t)n);
	} while (n > 0);
	if (scan.line_len > 0)
		end_line(&scan);
	free(chunk);
	return n < 0 ? err_sys(err, "读取", path) : 0;
}
