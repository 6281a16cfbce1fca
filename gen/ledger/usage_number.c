/* Numbers and times of a row, exactly: no floating point. */
#include "ledger/usage_internal.h"

#define DECIMALS 6

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The decimals behind the point: six of them, the rest rounds half up. *more: they are not all 0. */
static bool
fraction_parse(const char *s, size_t len, int64_t *out, bool *more)
{
	int64_t value = 0;
	bool up = false;
	size_t i;

	*more = false;
	for (i = 0; i < len; i++) {
		if (!is_digit(s[i]))
			return false;
		if (i < DECIMALS)
			value = value * 10 + (s[i] - '0');
		else if (i == DECIMALS)
			up = s[i] >= '5';
		*more |= s[i] != '0';
	}
	for (; i < DECIMALS; i++)
		value *= 10;
	*out = value + up;
	return true;
}

bool
number_parse(const char *s, size_t len, int64_t max, int64_t *out)
{
	int64_t whole = 0, fraction = 0;
	bool more = false;
	size_t i = 0;

	for (; i < len && is_digit(s[i]); i++) {
		whole = whole * 10 + (s[i] - '0');
		if (whole > max / USAGE_UNIT)
			return false;
	}
	if (i < len &&
	    (s[i] != '.' || len == 1 || !fraction_parse(s + i + 1, len - i - 1, &fraction, &more)))
		return false;
	if (len == 0 || (whole == max / USAGE_UNIT && more))
		return false;
	*out = whole * USAGE_UNIT + fraction;
	return true;
}

/* --- times ---------------------------------------------------------------------------------------- */
struct cursor {
	const char *at, *end;
};

static bool
take_char(struct cursor *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* A number of least to most digits. */
static bool
take_number(struct cursor *c, int least, int most, int *out)
{
	int digits = 0;

	*out = 0;
	while (digits < most && c->at < c->end && is_digit(*c->at)) {
		*out = *out * 10 + (*c->at++ - '0');
		digits++;
	}
	return digits >= least;
}

/* 2021-05-10, 2021/5/10 */
static bool
take_date(struct cursor *c, int32_t *day)
{
	int year, month, dom;
	char text[32];

	if (!take_number(c, 4, 4, &year) || c->at == c->end)
		return false;
	if (*c->at != '-' && *c->at != '/')
		return false;
	text[0] = *c->at++;
	if (!take_number(c, 1, 2, &month) || !take_char(c, text[0]) || !take_number(c, 1, 2, &dom))
		return false;
	snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, dom);
	return day_parse(text, day);
}

/* Z, +08, +0800, +08:00: minutes east. */
static bool
take_zone(struct cursor *c, int *east)
{
	int sign, hours, minutes = 0;

	if (take_char(c, 'Z') || take_char(c, 'z')) {
		*east = 0;
		return true;
	}
	if (c->at == c->end || (*c->at != '+' && *c->at != '-'))
		return false;
	sign = *c->at++ == '-' ? -1 : 1;
	if (!take_number(c, 2, 2, &hours))
		return false;
	take_char(c, ':');
	if (c->at != c->end && !take_number(c, 2, 2, &minutes))
		return false;
	*east = sign * (hours * 60 + minutes);
	return hours <= 14 && minutes < 60;
}

/* 8:00, 08:00:30, 08:00:30.250; 24:00 is the end of the day. Seconds are dropped. */
static bool
take_clock(struct cursor *c, int *minute)
{
	int hours, minutes, seconds = 0, fraction;

	if (!take_number(c, 1, 2, &hours) || !take_char(c, ':') || !take_number(c, 2, 2, &minutes))
		return false;
	if (take_char(c, ':') && !take_number(c, 2, 2, &seconds))
		return false;
	if (take_char(c, '.') && !take_number(c, 1, 9, &fraction))
		return false;
	*minute = hours * 60 + minutes;
	return minutes < 60 && seconds < 60 &&
	       (hours < 24 || (hours == 24 && minutes == 0 && seconds == 0));
}

bool
minute_parse(const char *s, size_t len, int32_t *day, int32_t *minute)
{
	struct cursor c = { s, s + len };
	int beijing = 8 * 60, east = beijing, clock;

	if (!take_date(&c, day) || (!take_char(&c, ' ') && !take_char(&c, 'T')) ||
	    !take_clock(&c, &clock))
		return false;
	take_char(&c, ' ');
	if (c.at != c.end && (!take_zone(&c, &east) || c.at != c.end))
		return false;
	clock += beijing - east;
	while (clock < 0) {
		clock += USAGE_DAY_MINUTES;
		--*day;
	}
	*day += clock / USAGE_DAY_MINUTES;
	*minute = clock % USAGE_DAY_MINUTES;
	return true;
}

void
usage_figure(struct buf *out, int64_t millionths)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%lld.%06lld", (long long)(millionths / USAGE_UNIT),
			   (long long)(millionths % USAGE_UNIT));

	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	buf_put(out, text, (size_t)len);
}
