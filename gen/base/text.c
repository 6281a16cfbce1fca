#include "text.h"

#include <string.h>

int32_t
utf8_next(const char **s, const char *end)
{
	const unsigned char *p = (const unsigned char *)*s;
	int32_t min, c = *p;
	int i, more;

	*s += 1;
	if (c < 0x80)
		return c;
	if (c < 0xc2 || c > 0xf4)
		return -1;
	more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	min = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
	c &= 0x3f >> more;
	if (end - (const char *)p <= more)
		return -1;
	for (i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*s = (const char *)p + more + 1;
	return c;
}

/* Three bytes from U+1000 to U+CFFF: no overlong form, no surrogate among them. */
static bool
plain_han(const char *p)
{
	return (unsigned char)p[0] >= 0xe1 && (unsigned char)p[0] <= 0xec &&
	       ((unsigned char)p[1] & 0xc0) == 0x80 && ((unsigned char)p[2] & 0xc0) == 0x80;
}

size_t
utf8_check(const char *s, size_t len)
{
	const char *p = s, *end = s + len;

	while (p < end) {
		const char *at = p;

		if ((unsigned char)*p < 0x80)
			p++;
		else if (end - p >= 3 && plain_han(p)) /* most of what people write here */
			p += 3;
		else if (utf8_next(&p, end) < 0)
			return (size_t)(at - s);
	}
	return len;
}

void
utf8_trim(char *s)
{
	size_t len = strlen(s), at = len;
	const char *p;

	while (at > 0 && len - at < 4 && ((unsigned char)s[at - 1] & 0xc0) == 0x80)
		at--;
	if (at == 0 || (unsigned char)s[at - 1] < 0xc0)
		return;
	p = s + at - 1;
	if (utf8_next(&p, s + len) < 0)
		s[at - 1] = '\0';
}

static bool
is_wide(int32_t c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
	       (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	       (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1f64f) ||
	       (c >= 0x1f900 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd);
}

size_t
utf8_width(const char *s)
{
	const char *end = s + strlen(s);
	size_t width = 0;

	while (s < end)
		width += is_wide(utf8_next(&s, end)) ? 2 : 1;
	return width;
}

bool
utf8_hidden(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff ||
	       c == 0xfffe || c == 0xffff;
}

/* Codes below a blank, and U+0080 to U+009F, which steer a terminal in one character. */
static bool
steers(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

void
text_print(FILE *out, const char *s, bool lines)
{
	const char *end = s + strlen(s), *from = s;

	for (; s < end; from = s) {
		int32_t c = utf8_next(&s, end);

		if (steers(c) && !(lines && c == '\n'))
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(from, 1, (size_t)(s - from), out);
	}
}

bool
text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
text_ends(const char *s, const char *suffix)
{
	size_t a = strlen(s), b = strlen(suffix);

	return a >= b && memcmp(s + a - b, suffix, b) == 0;
}

bool
text_blank(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\n' && s[i] != '\r')
			return false;
	return true;
}

/* Blanks of any width, and what fills like one. */
static bool
is_blank(int32_t c)
{
	return c == ' ' || c == 0xa0 || c == 0xad || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
	       c == 0x205f || c == 0x3000 || c == 0x3164;
}

bool
text_unseen(const char *s, size_t len)
{
	const char *end = s + len;
	int32_t c;

	while (s < end) {
		c = utf8_next(&s, end);
		if (c < 0 || !(is_blank(c) || utf8_hidden(c)))
			return false;
	}
	return true;
}

/* Small letters for the capital ones that names in Chinese offices have: ASCII, wide, Latin, Greek, Cyrillic. */
static int32_t
fold(int32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xff21 && c <= 0xff3a) ||
	    (c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) ||
	    (c >= 0x410 && c <= 0x42f))
		return c + 32;
	return c;
}

bool
text_same_nocase(const char *a, const char *b)
{
	const char *a_end = a + strlen(a), *b_end = b + strlen(b);

	while (a < a_end && b < b_end) {
		int32_t one = utf8_next(&a, a_end), two = utf8_next(&b, b_end);

		/* Bytes that are no UTF-8 are compared as they are. */
		if (one < 0 || two < 0 ? a[-1] != b[-1] || one != two : fold(one) != fold(two))
			return false;
	}
	return a == a_end && b == b_end;
}

void
text_place(const char *s, size_t at, int *line, int *column)
{
	size_t i;

	*line = 1;
	*column = 1;
	for (i = 0; i < at; i++) {
		if (s[i] == '\n') {
			*line += 1;
			*column = 1;
		} else if (((unsigned char)s[i] & 0xc0) != 0x80) {
			*column += 1;
		}
	}
}

bool
text_number(const char *s, int64_t min, int64_t max, int64_t *out)
{
	int sign = *s == '-' ? -1 : 1;
	int64_t n = 0;

	if (sign < 0)
		s++;
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, sign * (*s - '0'), &n))
			return false;
	}
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}
