#include "calendar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DAY_SECONDS 86400
#define BEIJING_OFFSET 28800 /* seconds ahead of UTC */
#define DAY_FIRST (-719162)  /* 0001-01-01 */
#define DAY_LAST 2932896     /* 9999-12-31 */

static int64_t
clamp(int64_t n, int64_t min, int64_t max)
{
	return n < min ? min : n > max ? max : n;
}

/* Seconds since 1970-01-01 00:00 Beijing time, held where a day has a text. */
static int64_t
beijing_seconds(int64_t utc)
{
	return clamp(utc, (int64_t)DAY_FIRST * DAY_SECONDS - BEIJING_OFFSET,
		     day_end(DAY_LAST) - 1) +
	       BEIJING_OFFSET;
}

static int32_t
seconds_day(int64_t seconds)
{
	return (int32_t)((seconds - (seconds < 0 ? DAY_SECONDS - 1 : 0)) / DAY_SECONDS);
}

int32_t
day_of(int64_t utc)
{
	return seconds_day(beijing_seconds(utc));
}

int64_t
day_end(int32_t day)
{
	return ((int64_t)day + 1) * DAY_SECONDS - BEIJING_OFFSET;
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

/*
 * A year that begins in March has its leap day at its end. Then the months before a date have
 * (153 * m + 2) / 5 days, and each 400 years have 146097.
 */
int32_t
day_make(int year, int month, int dom)
{
	int era, year_of_era, day_of_year;

	assert(year >= 1 && year <= 9999 && month >= 1 && month <= 12);
	assert(dom >= 1 && dom <= month_days(year, month));
	if (month <= 2)
		year--;
	era = year / 400;
	year_of_era = year % 400;
	day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + dom - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

/* The way of day_make back. */
struct day_parts
day_split(int32_t day)
{
	int days = (int)clamp(day, DAY_FIRST, DAY_LAST) + 719468;
	int day_of_era = days % 146097;
	int year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month = (5 * day_of_year + 2) / 153;
	struct day_parts parts;

	parts.dom = day_of_year - (153 * month + 2) / 5 + 1;
	parts.month = month < 10 ? month + 3 : month - 9;
	parts.year = days / 146097 * 400 + year_of_era + (parts.month <= 2);
	parts.weekday = (days + 2) % 7 + 1;
	return parts;
}

/* Pages show dates by the hundred thousand: no printf here. */
static void
put_digits(char *out, int n, int width)
{
	while (width-- > 0) {
		out[width] = (char)('0' + n % 10);
		n /= 10;
	}
}

void
day_text(int32_t day, char out[11])
{
	struct day_parts p = day_split(day);

	put_digits(out, p.year, 4);
	out[4] = '-';
	put_digits(out + 5, p.month, 2);
	out[7] = '-';
	put_digits(out + 8, p.dom, 2);
	out[10] = '\0';
}

void
moment_text(int64_t utc, char out[17])
{
	int64_t seconds = beijing_seconds(utc);
	int32_t day = seconds_day(seconds);
	int minutes = (int)(seconds - (int64_t)day * DAY_SECONDS) / 60;

	day_text(day, out);
	out[10] = ' ';
	out[11] = (char)('0' + minutes / 600);
	out[12] = (char)('0' + minutes / 60 % 10);
	out[13] = ':';
	out[14] = (char)('0' + minutes % 60 / 10);
	out[15] = (char)('0' + minutes % 10);
	out[16] = '\0';
}

/* Reads `count` decimal digits as a number within [min, max] and moves *s behind them. */
static bool
digits(const char **s, int count, int min, int max, int *out)
{
	*out = 0;
	for (; count > 0; count--, *s += 1) {
		if (**s < '0' || **s > '9')
			return false;
		*out = *out * 10 + (**s - '0');
	}
	return *out >= min && *out <= max;
}

static bool
sign(const char **s, char c)
{
	if (**s != c)
		return false;
	*s += 1;
	return true;
}

static bool
read_month(const char **s, int *year, int *month)
{
	return digits(s, 4, 1, 9999, year) && sign(s, '-') && digits(s, 2, 1, 12, month);
}

static bool
read_day(const char **s, int32_t *day)
{
	int year, month, dom;

	if (!read_month(s, &year, &month) || !sign(s, '-') ||
	    !digits(s, 2, 1, month_days(year, month), &dom))
		return false;
	*day = day_make(year, month, dom);
	return true;
}

bool
day_parse(const char *s, int32_t *day)
{
	int32_t read;

	if (!read_day(&s, &read) || *s != '\0')
		return false;
	*day = read;
	return true;
}

bool
month_parse(const char *s, int *year, int *month)
{
	int read_y, read_m;

	if (!read_month(&s, &read_y, &read_m) || *s != '\0')
		return false;
	*year = read_y;
	*month = read_m;
	return true;
}

bool
moment_parse(const char *s, int64_t *utc)
{
	int hour = 0, minute = 0, second = 0;
	int32_t day;
	char between;

	if (!read_day(&s, &day))
		return false;
	between = *s;
	if (between == ' ' || between == 'T') {
		s++;
		if (!digits(&s, 2, 0, 23, &hour) || !sign(&s, ':') ||
		    !digits(&s, 2, 0, 59, &minute))
			return false;
	}
	if (between == 'T' && *s == ':') {
		s++;
		if (!digits(&s, 2, 0, 59, &second))
			return false;
	}
	if (*s != '\0')
		return false;
	*utc = (int64_t)day * DAY_SECONDS - BEIJING_OFFSET + hour * 3600 + minute * 60 + second;
	return true;
}

int32_t
day_of_next_month(int year, int month, int dom)
{
	int last;

	if (year == 9999 && month == 12)
		return DAY_LAST;
	if (month == 12)
		year++;
	month = month % 12 + 1;
	last = month_days(year, month);
	return day_make(year, month, dom > last ? last : dom);
}
