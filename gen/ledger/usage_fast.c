/*
 * The usual row, as nearly all are: the six columns in their order, nothing quoted, "2021-05-10 08:00"
 * with or without T and seconds, numbers of at most seven characters. Eight bytes are looked at in one
 * step; what is not of this shape is left to row_parse.
 */
#include <string.h>

#include "ledger/usage_internal.h"

#define EACH(byte) (0x0101010101010101 * (uint64_t)(byte))

/* The byte that stands first is the lowest. */
static inline uint64_t
load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* The high bit of each byte that is no digit, of bytes from which '0' was taken. */
static inline uint64_t
not_digits(uint64_t x)
{
	return (((x & EACH(0x7f)) + EACH(0x76)) | x) & EACH(0x80);
}

/* Eight digits 0 to 9, the first in the lowest byte. */
static inline uint64_t
digits_value(uint64_t x)
{
	x = x * 10 + (x >> 8);
	return ((x & 0x000000ff000000ff) * 0x000f424000000064 +
		((x >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
	       32;
}

/* A number and the byte behind it; NULL when it is longer or stranger than usual. */
static inline const char *
number_fast(const char *p, int64_t *out)
{
	static const int64_t scale[] = { 1000000, 100000, 10000, 1000, 100, 10, 1, 0 };
	uint64_t x = load(p) ^ EACH('0'), marks = not_digits(x);
	unsigned whole, all, decimals = 0;

	if (marks == 0)
		return NULL;
	whole = (unsigned)__builtin_ctzll(marks) / 8;
	all = whole;
	if (whole == 0)
		return NULL;
	if (p[whole] == '.') {
		marks &= marks - 1;
		if (marks == 0)
			return NULL;
		all = (unsigned)__builtin_ctzll(marks) / 8 - 1;
		decimals = all - whole;
		if (decimals == 0)
			return NULL;
		/* The point is taken out: what is behind it moves one byte down. */
		x = (x & (((uint64_t)1 << 8 * whole) - 1)) | (x >> 8 * (whole + 1)) << 8 * whole;
		p++;
	}
	x <<= 64 - 8 * all;
	*out = (int64_t)digits_value(x) * scale[decimals];
	return p + all;
}

static inline bool
same_name(const struct machine *m, const char *p)
{
	uint64_t other = 0;
	size_t i, tail = m->key_len % 8;

	for (i = 0; i + 8 <= m->key_len; i += 8)
		other |= load(p + i) ^ load(m->key + i);
	if (tail != 0)
		other |= (load(p + i) ^ load(m->key + i)) << (64 - 8 * tail);
	return other == 0;
}

/* The machine by its name; NULL: not the usual shape, or no name. */
static struct machine *
machine_slow(struct worker *w, const char *p, const char *end)
{
	const char *comma = memchr(p, ',', (size_t)(end - p));

	if (comma == NULL || memchr(p, '\n', (size_t)(comma - p)) != NULL)
		return NULL;
	return worker_machine(w, p, (size_t)(comma - p));
}

/* The date at p becomes the worker's; false when it is none. */
static bool
date_slow(struct worker *w, const char *p)
{
	char text[11];

	memcpy(text, p, 10);
	text[10] = '\0';
	if (!day_parse(text, &w->date_day))
		return false;
	memcpy(w->date, text, 10);
	return true;
}

static inline bool
two_digits(const char *p, int *out)
{
	unsigned a = (unsigned)(uint8_t)p[0] - '0', b = (unsigned)(uint8_t)p[1] - '0';

	*out = (int)(a * 10 + b);
	return a < 10 && b < 10;
}

/* "2021-05-10 08:00" and the comma behind; NULL: not the usual shape. */
static inline const char *
time_fast(struct worker *w, const char *p, struct sample *s)
{
	int hour, minute, second;

	if ((load(p) ^ load(w->date)) != 0 || p[8] != w->date[8] || p[9] != w->date[9]) {
		if (!date_slow(w, p))
			return NULL;
	}
	if ((p[10] != ' ' && p[10] != 'T') || p[13] != ':' || !two_digits(p + 11, &hour) ||
	    !two_digits(p + 14, &minute) || hour > 23 || minute > 59)
		return NULL;
	s->day = w->date_day;
	s->minute = hour * 60 + minute;
	p += 16;
	if (*p == ':') {
		if (!two_digits(p + 1, &second) || second > 59)
			return NULL;
		p += 3;
	}
	return *p == ',' ? p + 1 : NULL;
}

/* The four numbers and the line's end. */
static inline const char *
numbers_fast(const char *p, struct sample *s)
{
	p = number_fast(p, &s->vcpu);
	if (p == NULL || *p++ != ',')
		return NULL;
	p = number_fast(p, &s->memory);
	if (p == NULL || *p++ != ',')
		return NULL;
	p = number_fast(p, &s->used);
	if (p == NULL || *p++ != ',')
		return NULL;
	p = number_fast(p, &s->allocated);
	if (p == NULL)
		return NULL;
	p += *p == '\r';
	return *p == '\n' && s->vcpu <= PERCENT_MAX && s->memory <= PERCENT_MAX ? p + 1 : NULL;
}

void
rows_fast(struct worker *w, const char **at, const char *end)
{
	int32_t first = w->options->last != 0 ? w->options->first : INT32_MIN;
	int32_t last = w->options->last != 0 ? w->options->last : INT32_MAX;
	uint64_t place = (uint64_t)w->block.number << 32;
	struct sample s;

	while (*at < end) {
		struct machine *m = w->last->next;
		const char *p = *at;

		if (m != NULL && same_name(m, p))
			w->last = m;
		else
			m = machine_slow(w, p, end);
		if (m == NULL)
			return;
		p = time_fast(w, p + m->key_len, &s);
		if (p != NULL)
			p = numbers_fast(p, &s);
		if (p == NULL)
			return;
		w->place = (place | w->lines) + 1;
		w->lines++;
		w->rows++;
		if (s.day >= first && s.day <= last)
			worker_take(w, m, &s);
		else
			w->outside_rows++;
		*at = p;
	}
}
