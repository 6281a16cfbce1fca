#include "usage_fixture.h"

#define FIRST 18748 /* 2021-05-01, a Saturday */

/* A whole day at these levels, in per cent and GB. */
static struct usage_day
whole_day(int32_t day, int64_t mean, int64_t peak, int64_t memory, int64_t used, int64_t allocated)
{
	return (struct usage_day){ .day = day,
				   .samples = 1440,
				   .work_samples = 720,
				   .last_minute = 1439,
				   .vcpu_sum = mean * 720 * USAGE_UNIT,
				   .vcpu_peak = peak * USAGE_UNIT,
				   .memory_sum = memory * 720 * USAGE_UNIT,
				   .memory_peak = memory * USAGE_UNIT,
				   .used = used * USAGE_UNIT,
				   .allocated = allocated * USAGE_UNIT };
}

static void
check_day(struct usage_day day, enum usage_verdict verdict, unsigned reasons)
{
	struct usage_days days = { .vm = "a", .rows = &day, .count = 1 };
	unsigned found;

	CHECK_INT(usage_low_day(fixture_indicators(), &days, 0, &found), verdict);
	CHECK_INT(found, reasons);
}

/* Bit 0 vCPU, 1 memory, 2 storage. A day alone says nothing of storage. */
static void
test_verdict__borders(void)
{
	struct usage_day day;

	check_day(whole_day(FIRST, 20, 40, 51, 1, 100), USAGE_YES, 1);
	check_day(whole_day(FIRST, 20, 41, 51, 1, 100), USAGE_NO, 0);
	check_day(whole_day(FIRST, 21, 40, 51, 1, 100), USAGE_NO, 0);
	check_day(whole_day(FIRST, 21, 41, 50, 1, 100), USAGE_YES, 2);
	check_day(whole_day(FIRST, 0, 0, 0, 1, 100), USAGE_YES, 3);
	day = whole_day(FIRST, 20, 40, 51, 1, 100);
	day.vcpu_sum++;
	check_day(day, USAGE_NO, 0);
	day = whole_day(FIRST, 20, 40, 51, 1, 100);
	day.vcpu_peak++;
	check_day(day, USAGE_NO, 0);
	day = whole_day(FIRST, 21, 41, 50, 1, 100);
	day.memory_sum++;
	check_day(day, USAGE_NO, 0);
}

/* Half of the day and half of the hours, just and just not. */
static void
test_verdict__coverage(void)
{
	struct usage_day day = whole_day(FIRST, 0, 0, 0, 1, 100);

	day.samples = 720;
	day.work_samples = 360;
	check_day(day, USAGE_YES, 3);
	day.work_samples = 359;
	check_day(day, USAGE_UNKNOWN, 0);
	day.work_samples = 719;
	day.samples = 719;
	check_day(day, USAGE_UNKNOWN, 0);
}

static void
check_storage(const struct usage_day *rows, size_t count, bool low, int64_t tenths)
{
	struct usage_days days = { .vm = "a", .rows = (struct usage_day *)rows, .count = count };
	struct usage_storage storage;
	unsigned reasons;

	usage_low_day(fixture_indicators(), &days, count - 1, &reasons);
	CHECK_INT(reasons >> 2 & 1, low);
	usage_storage(&storage, fixture_indicators(), &days, count - 1);
	CHECK_INT(usage_storage_tenths(&storage), tenths);
}

static void
test_verdict__storage(void)
{
	struct usage_day rows[3];

	/* 10 GB in 30 days, 120 free: 12 months, which is not more than 12. */
	rows[0] = whole_day(FIRST, 50, 90, 90, 70, 200);
	rows[1] = whole_day(FIRST + 30, 50, 90, 90, 80, 200);
	check_storage(rows, 2, false, 120);
	rows[1].allocated++;
	check_storage(rows, 2, true, 120);
	/* Half the days, half the growth: the same rate. */
	rows[1] = whole_day(FIRST + 15, 50, 90, 90, 75, 200);
	check_storage(rows, 2, true, 125);
	/* What lies before the last 30 days does not count. */
	rows[0] = whole_day(FIRST, 50, 90, 90, 0, 200);
	rows[1] = whole_day(FIRST + 1, 50, 90, 90, 100, 200);
	rows[2] = whole_day(FIRST + 31, 50, 90, 90, 110, 200);
	check_storage(rows, 3, false, 90);
	/* No growth, less than none, one day alone, nothing allocated, more used than there is. */
	rows[1] = whole_day(FIRST + 30, 50, 90, 90, 0, 200);
	check_storage(rows, 2, true, -1);
	check_storage(rows, 1, false, -1);
	rows[0].used = 5 * USAGE_UNIT;
	check_storage(rows, 2, true, -1);
	rows[1] = whole_day(FIRST + 30, 50, 90, 90, 80, 0);
	check_storage(rows, 2, false, -1);
	rows[1] = whole_day(FIRST + 30, 50, 90, 90, 80, 70);
	check_storage(rows, 2, false, 0);
	/* The greatest numbers there can be. */
	rows[0] = whole_day(FIRST, 50, 90, 90, 0, 1000000000);
	rows[1] = whole_day(FIRST + 29, 50, 90, 90, 1000000000, 1000000000);
	check_storage(rows, 2, false, 0);
}

/* 15 low days are not enough, 16 are; days of other months do not count. */
static void
test_verdict__month(void)
{
	struct usage_day rows[40];
	struct usage_days days = { .vm = "a", .rows = rows, .count = 40 };
	struct usage_month month;
	int i;

	for (i = 0; i < 40; i++)
		rows[i] =
		    whole_day(FIRST - 5 + i, i < 20 ? 10 : 90, i < 20 ? 30 : 95, 90, 100, 100);
	for (i = 0; i < 40; i++)
		rows[i].used += i * USAGE_UNIT;
	usage_low_month(&month, fixture_indicators(), &days, FIRST, FIRST + 30);
	CHECK_INT(month.days, 31);
	CHECK_INT(month.judged_days, 31);
	CHECK_INT(month.low_days, 15);
	CHECK_INT(month.reason_days[0], 15);
	CHECK_INT(month.reason_days[2], 0);
	CHECK(!month.low);
	rows[20] = whole_day(FIRST + 15, 10, 30, 90, 120, 100);
	usage_low_month(&month, fixture_indicators(), &days, FIRST, FIRST + 30);
	CHECK_INT(month.low_days, 16);
	CHECK(month.low);
	rows[20].samples = 719;
	usage_low_month(&month, fixture_indicators(), &days, FIRST, FIRST + 30);
	CHECK_INT(month.judged_days, 30);
	CHECK(!month.low);
}

static const struct scale_out *
ask_for(const char *type, const char *asks)
{
	const struct indicators *law = fixture_indicators();
	size_t i;

	for (i = 0; i < law->scale_out_count; i++) {
		if (strcmp(law->scale_outs[i].type, type) == 0 &&
		    strcmp(law->scale_outs[i].asks, asks) == 0)
			return &law->scale_outs[i];
	}
	abort();
}

static struct calendar *calendar;

static void
load_calendar(void)
{
	const struct embedded *file = embedded_find("content/calendar/cn.tsv");
	struct findings findings = { 0 };
	struct err err = { 0 };

	if (calendar_parse(&calendar, file->data, file->len, file->path, &findings, &err) != 0)
		abort();
	findings_release(&findings);
}

static struct usage_ask
ask_on(const char *type, const char *asks, const struct usage_days *machines, size_t count,
       const char *on)
{
	struct usage_ask ask;
	int32_t day;

	CHECK(day_parse(on, &day));
	usage_scale_out(&ask, fixture_indicators(), ask_for(type, asks), calendar, machines, count,
			day);
	return ask;
}

/* On 2021-05-10, a Monday: 5-08 (Saturday, worked), 5-07, 5-06, and over the holiday of 5-01 to 5-05
 * 4-30 and 4-29. */
static void
test_verdict__scale_out(void)
{
	struct usage_day rows[12], other[12];
	struct usage_days both[2] = { { .vm = "a", .rows = rows, .count = 12 },
				      { .vm = "b", .rows = other, .count = 12 } };
	struct usage_ask ask;
	char day[11];
	int i;

	for (i = 0; i < 12; i++) {
		rows[i] = whole_day(FIRST - 2 + i, 40, 59, 39, 60, 100);
		other[i] = whole_day(FIRST - 2 + i, 39, 61, 45, 59, 100);
	}
	ask = ask_on("虚拟机", "vcpu", both, 1, "2021-05-10");
	CHECK_INT(ask.verdict, USAGE_NO);
	CHECK_INT(ask.value[0], 59 * USAGE_UNIT);
	day_text(ask.from, day);
	CHECK_STR(day, "2021-04-29");
	day_text(ask.to, day);
	CHECK_STR(day, "2021-05-08");
	rows[0].vcpu_peak = 60 * USAGE_UNIT;
	CHECK_INT(ask_on("虚拟机", "vcpu", both, 1, "2021-05-10").verdict, USAGE_YES);
	CHECK_INT(ask_on("虚拟机", "memory_gb", both, 1, "2021-05-10").verdict, USAGE_NO);
	CHECK_INT(ask_on("虚拟机", "memory_gb", both + 1, 1, "2021-05-10").verdict, USAGE_YES);
	CHECK_INT(ask_on("虚拟机", "storage_gb", both, 1, "2021-05-10").verdict, USAGE_YES);
	CHECK_INT(ask_on("虚拟机", "storage_gb", both + 1, 1, "2021-05-10").verdict, USAGE_NO);
	/* A holiday's peak is not one of the five days'; nor is that of the day itself. */
	rows[0].vcpu_peak = 59 * USAGE_UNIT;
	rows[3].vcpu_peak = 99 * USAGE_UNIT;
	rows[11].vcpu_peak = 99 * USAGE_UNIT;
	CHECK_INT(ask_on("虚拟机", "vcpu", both, 1, "2021-05-10").verdict, USAGE_NO);
	/* The whole system: 40 and 39 are 39.5 together; then just 40. */
	ask = ask_on("PaaS 数据库", "compute", both, 2, "2021-05-10");
	CHECK_INT(ask.verdict, USAGE_NO);
	CHECK_INT(ask.value[0], 39500000);
	CHECK_INT(ask.value[1], 61 * USAGE_UNIT);
	for (i = 0; i < 12; i++)
		other[i].vcpu_sum = (int64_t)40 * 720 * USAGE_UNIT;
	CHECK_INT(ask_on("PaaS 数据库", "compute", both, 2, "2021-05-10").verdict, USAGE_YES);
	CHECK_INT(ask_on("PaaS 容器", "any", both, 2, "2021-05-10").verdict, USAGE_YES);
	CHECK_INT(ask_on("PaaS 数据库", "storage_gb", both, 2, "2021-05-10").verdict, USAGE_NO);
}

static void
test_verdict__scale_out_gaps(void)
{
	struct usage_day rows[12];
	struct usage_days one = { .vm = "a", .rows = rows, .count = 12 };
	struct usage_ask ask;
	int i;

	for (i = 0; i < 12; i++)
		rows[i] = whole_day(FIRST - 2 + i, 90, 99, 90, 60, 100);
	rows[1].samples = 100;
	ask = ask_on("虚拟机", "vcpu", &one, 1, "2021-05-10");
	CHECK_INT(ask.verdict, USAGE_UNKNOWN);
	CHECK_INT(ask.missing_days, 1);
	CHECK_INT(ask.value[0], -1);
	/* Storage takes the latest day there is within the five. */
	CHECK_INT(ask_on("虚拟机", "storage_gb", &one, 1, "2021-05-10").verdict, USAGE_YES);
	one.count = 0;
	CHECK_INT(ask_on("虚拟机", "storage_gb", &one, 1, "2021-05-10").verdict, USAGE_UNKNOWN);
	CHECK_INT(ask_on("虚拟机", "vcpu", &one, 0, "2021-05-10").verdict, USAGE_UNKNOWN);
	ask = ask_on("虚拟机", "vcpu", &one, 1, "1999-05-10");
	CHECK_INT(ask.verdict, USAGE_UNKNOWN);
	CHECK_INT(ask.missing_year, 1999);
}

int
main(void)
{
	load_calendar();
	unit_run("borders", test_verdict__borders);
	unit_run("coverage", test_verdict__coverage);
	unit_run("storage", test_verdict__storage);
	unit_run("month", test_verdict__month);
	unit_run("scale-out", test_verdict__scale_out);
	unit_run("scale-out with gaps", test_verdict__scale_out_gaps);
	calendar_free(calendar);
	law_free(fixture_law);
	return unit_end();
}
