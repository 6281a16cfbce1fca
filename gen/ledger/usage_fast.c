/*
 * The usual row, as nearly all are: the six columns in their order, nothing quoted, "2021-05-10 08:00"
 * with or without T and seconds, numbers of at most eight characters. Rows are like the ones before
 * them, so each part is compared with what it was last time: the machine with the one that followed
 * then, the date with the last date, the numbers with the shapes seen so far. What is not of this kind
 * is left to row_parse.
 *
 * Some rows are first found, then taken: to find a row one has to know where the row before it ends,
 * but the values of many can be worked out at once, and a processor does so when nothing lies between.
 */
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "ledger/usage_internal.h"

#define EACH(byte) (0x0101010101010101 * (uint64_t)(byte))
#define HIGH_BITS EACH(0x80)

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

/* --- which of 32 bytes: a bit each, the first is the lowest ---------------------------------------- */
#ifdef __SSE2__
static inline uint32_t
equal16(const char *p, char c)
{
	__m128i v = _mm_loadu_si128((const __m128i_u *)p);

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static inline uint32_t
digits16(const char *p)
{
	__m128i v = _mm_xor_si128(_mm_loadu_si128((const __m128i_u *)p), _mm_set1_epi8('0'));

	/* 0 to 9 are what is no more when 9 are taken away. */
	v = _mm_subs_epu8(v, _mm_set1_epi8(9));
	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128()));
}
#else
/* The bytes of x up to max, of two words. */
static inline uint32_t
small16(uint64_t x, uint64_t y, uint64_t max)
{
	x = ~((((x & ~HIGH_BITS) + EACH(0x7f - max)) | x)) & HIGH_BITS;
	y = ~((((y & ~HIGH_BITS) + EACH(0x7f - max)) | y)) & HIGH_BITS;
	/* The high bits come together in the highest byte. */
	x = (x >> 7) * 0x0102040810204080 >> 56;
	y = (y >> 7) * 0x0102040810204080 >> 56;
	return (uint32_t)(x | y << 8);
}

static inline uint32_t
equal16(const char *p, char c)
{
	return small16(load(p) ^ EACH(c), load(p + 8) ^ EACH(c), 0);
}

static inline uint32_t
digits16(const char *p)
{
	return small16(load(p) ^ EACH('0'), load(p + 8) ^ EACH('0'), 9);
}
#endif

static inline uint32_t
equal32(const char *p, char c)
{
	return equal16(p, c) | equal16(p + 16, c) << 16;
}

static inline uint32_t
digits32(const char *p)
{
	return digits16(p) | digits16(p + 16) << 16;
}

/* A row whose parts are known, but not yet its values. */
#define FOUND_MAX 64

struct found_row {
	struct machine *machine;
	const struct shape *shape;
	const char *numbers, *next; /* next: the row behind */
	int32_t day, minute;
};

/* --- the four numbers -------------------------------------------------------------------------------- */
/* A number from `at` to `stop`, whose one mark is its point; false when it is stranger than usual. */
static bool
number_learn(struct shape_number *n, uint32_t marks, unsigned at, unsigned stop)
{
	static const int32_t scale[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };
	unsigned len = stop - at, decimals = 0, point;

	if (len < 1 || len > 8)
		return false;
	*n = (struct shape_number){ .at = (uint8_t)at,
				    .shift = (uint8_t)(64 - 8 * len),
				    .keep = EACH(0x0f) };
	marks = (marks >> at) & ((1u << len) - 1);
	if (marks != 0) {
		point = (unsigned)__builtin_ctz(marks);
		decimals = len - point - 1;
		if ((marks & (marks - 1)) != 0 || point == 0 || decimals == 0 || decimals > 6)
			return false;
		n->keep <<= 64 - 8 * decimals;
		n->lift = EACH(0x0f) >> 8 * (decimals + 1);
	}
	n->scale = scale[decimals];
	return true;
}

/* marks: commas, points and the line's end, which is the last. */
static bool
shape_learn(struct shape *shape, uint32_t marks, uint32_t commas)
{
	unsigned end = 31 - (unsigned)__builtin_clz(marks | 1), at = 0, stop, i;

	for (i = 0; i < SHAPE_NUMBERS; i++) {
		stop = commas == 0 ? end : (unsigned)__builtin_ctz(commas);
		if ((i == SHAPE_NUMBERS - 1) != (commas == 0) ||
		    !number_learn(&shape->numbers[i], marks, at, stop))
			return false;
		commas &= commas - 1;
		at = stop + 1;
	}
	return true;
}

/* The shape with these marks. NULL when it is stranger than usual, or when `keep` forbids that it takes
 * the place of another one. */
static inline const struct shape *
shape_find(struct worker *w, uint32_t marks, uint32_t commas, bool keep)
{
	uint64_t key = (uint64_t)marks << 32 | commas;
	struct shape *shape = &w->shapes[key * 0x9e3779b97f4a7c15 >> SHAPE_SHIFT];

	if (shape->key == key)
		return shape;
	if (shape->key != 0 && keep)
		return NULL;
	shape->key = shape_learn(shape, marks, commas) ? key : 0;
	return shape->key != 0 ? shape : NULL;
}

/* The shape of the numbers at p, and the row behind their line's end. */
static inline bool
numbers_find(struct worker *w, const char *p, bool keep, struct found_row *row)
{
	uint32_t commas = equal32(p, ','), marks = ~digits32(p);
	uint32_t others = marks & ~commas & ~equal32(p, '.'), end = others & -others;

	if (end == 0)
		return false;
	row->numbers = p;
	row->shape = shape_find(w, marks & (end | (end - 1)), commas & (end - 1), keep);
	p += __builtin_ctz(end);
	if (*p == '\r')
		p++;
	row->next = p + 1;
	return *p == '\n' && row->shape != NULL;
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

static inline int64_t
number_value(const struct shape_number *n, const char *p)
{
	uint64_t x = load(p + n->at) << n->shift;

	/* The point is left out: what is before it moves up to what is behind it. */
	return (int64_t)digits_value((x & n->keep) | (x & n->lift) << 8) * n->scale;
}

/* --- the machine --------------------------------------------------------------------------------------- */
static inline bool
same_name(const struct machine *m, const char *p)
{
	size_t len = m->key_len;

	if (len > 16)
		return memcmp(p, m->key, len) == 0;
	if (len < 8)
		return (load(p) ^ load(m->key)) << (64 - 8 * len) == 0;
	return ((load(p) ^ load(m->key)) | (load(p + len - 8) ^ load(m->key + len - 8))) == 0;
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

static inline struct machine *
machine_find(struct worker *w, const char *p, const char *end)
{
	struct machine *m = w->last->next;

	if (m == NULL || !same_name(m, p))
		return machine_slow(w, p, end);
	w->last = m;
	return m;
}

/* --- the time -------------------------------------------------------------------------------------------- */
/* The date at p becomes the worker's; false when it is none. */
static bool
date_slow(struct worker *w, const char *p)
{
	char text[11];

	memcpy(text, p, 10);
	text[10] = '\0';
	if ((p[10] != ' ' && p[10] != 'T') || !day_parse(text, &w->date_day))
		return false;
	memcpy(w->date, p, 11);
	return true;
}

/* The digits of hour and minute in "10 08:00", the rest 0; false when the date is another one. */
static inline bool
clock_digits(const struct worker *w, const char *p, uint64_t *digits)
{
	/* What may be added to each byte before its high bit is set: to hours 29, to minutes 59. */
	const uint64_t room = load("\x7f\x7f\x7f\x7d\x76\x7f\x7a\x76");
	uint64_t x = load(p + 8) ^ load(w->date + 8);

	*digits = x;
	return ((load(p) ^ load(w->date)) | (((x + room) | x) & HIGH_BITS)) == 0;
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
time_find(struct worker *w, const char *p, struct found_row *row)
{
	uint64_t x;
	int hour, second;

	if (!clock_digits(w, p, &x) && (!date_slow(w, p) || !clock_digits(w, p, &x)))
		return NULL;
	x = x * 10 + (x >> 8);
	hour = (int)(x >> 24 & 0xff);
	if (hour > 23)
		return NULL;
	row->day = w->date_day;
	row->minute = hour * 60 + (int)(x >> 48 & 0xff);
	p += 16;
	if (*p == ':') {
		if (!two_digits(p + 1, &second) || second > 59)
			return NULL;
		p += 3;
	}
	return *p == ',' ? p + 1 : NULL;
}

/* --- rows -------------------------------------------------------------------------------------------------- */
static size_t
rows_find(struct worker *w, const char *p, const char *end, struct found_row *rows)
{
	size_t n;

	for (n = 0; n < FOUND_MAX && p < end; n++) {
		struct found_row *row = &rows[n];

		row->machine = machine_find(w, p, end);
		if (row->machine == NULL)
			break;
		p = time_find(w, p + row->machine->key_len, row);
		if (p == NULL || !numbers_find(w, p, n > 0, row))
			break;
		p = row->next;
	}
	return n;
}

/* The first of the rows that cannot be taken, or count. */
static size_t
rows_take(struct worker *w, const struct found_row *rows, size_t count)
{
	struct sample s;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct found_row *row = &rows[i];
		const struct shape_number *numbers = row->shape->numbers;

		s.day = row->day;
		s.minute = row->minute;
		s.vcpu = number_value(&numbers[0], row->numbers);
		s.memory = number_value(&numbers[1], row->numbers);
		s.used = number_value(&numbers[2], row->numbers);
		s.allocated = number_value(&numbers[3], row->numbers);
		if (s.vcpu > PERCENT_MAX || s.memory > PERCENT_MAX)
			break;
		worker_take(w, row->machine, &s);
		w->lines++;
	}
	return i;
}

void
rows_fast(struct worker *w, const char **at, const char *end)
{
	struct found_row rows[FOUND_MAX];
	size_t found, taken;

	do {
		found = rows_find(w, *at, end, rows);
		taken = rows_take(w, rows, found);
		w->rows += (int64_t)taken;
		if (taken > 0)
			*at = rows[taken - 1].next;
	} while (taken > 0 && taken == found);
}
