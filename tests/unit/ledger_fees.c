#include "ledger/fees.h"
#include "unit.h"

static void
test_fees__rounds_half_up(void)
{
	/* A month's price of 365 fen is 12 fen a day; 3.65 yuan over 12 / 365. */
	static const struct {
		int64_t price, fee;
		int days;
	} rows[] = {
		{ 36500, 1200, 1 },
		{ 36500, 37200, 31 },
		{ 36500, 33600, 28 },
		{ 0, 0, 31 },
		{ 100, 0, 0 },
		{ 15, 0, 1 } /* 0.493 */,
		{ 16, 1, 1 } /* 0.526 */,
		{ 47550, 4690, 3 },
		{ 104100, 37647, 11 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		CHECK_INT(fee_of_days(rows[i].price, 12, rows[i].days, 365), rows[i].fee);
	/* Exactly a half goes up: 73 / 2 over 1 / 1. */
	CHECK_INT(fee_of_days(1, 1, 1, 2), 1);
	CHECK_INT(fee_of_days(3, 1, 1, 2), 2);
	/* The dearest month there can be does not overflow. */
	CHECK_INT(fee_of_days(100000000000, 12, 31, 365), 101917808219);
}

static void
test_fees__money(void)
{
	static const struct {
		const char *text;
		bool good;
		int64_t fen;
	} rows[] = {
		{ "0", true, 0 },
		{ "12.5", true, 1250 },
		{ "12.50", true, 1250 },
		{ "-0.05", true, -5 },
		{ "12.505", false, 0 },
		{ "12.", false, 0 },
		{ ".5", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "1e3", false, 0 },
		{ "1 ", false, 0 },
		{ "1,000", false, 0 },
		{ "99999999999999", true, 9999999999999900 },
		{ "999999999999999", false, 0 },
	};
	char text[24];
	int64_t fen;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		fen = 0;
		CHECK_INT(fen_parse(rows[i].text, &fen), rows[i].good);
		CHECK_INT(fen, rows[i].fen);
	}
	fen_text(-5, text);
	CHECK_STR(text, "-0.05");
	fen_text(123450, text);
	CHECK_STR(text, "1234.50");
	fen_text(INT64_MIN, text);
	CHECK_STR(text, "-92233720368547758.08");
}

static void
test_fees__months(void)
{
	CHECK_INT(month_after(day_make(2021, 12, 1)), day_make(2022, 1, 1));
	CHECK_INT(month_after(day_make(2024, 2, 1)), day_make(2024, 3, 1));
}

/* A list of the given rows; its findings are counted. */
static size_t
faults_of(struct price_list *list, struct arena *arena, const char *file, const char *rows)
{
	struct findings findings = { 0 };
	struct buf text = BUF_INIT;
	size_t count;
	bool good;

	buf_printf(&text, "source: 文件\nexample: 否\nday_rate: 12/365\n%s", rows);
	good =
	    price_list_parse(list, arena, arena_strdup(arena, text.ptr), text.len, file, &findings);
	count = findings.count;
	CHECK_INT(good, count == 0);
	findings_release(&findings);
	buf_release(&text);
	return count;
}

static void
test_prices__faults(void)
{
	static const struct {
		const char *file, *rows;
		size_t faults;
	} cases[] = {
		{ "content/prices/2021-05-01.yaml", "prices:\n  - { type: 甲, each: 1 }\n", 0 },
		{ "content/prices/2021-02-29.yaml", "prices:\n  - { type: 甲, each: 1 }\n", 1 },
		{ "content/prices/x.yaml", "prices:\n  - { type: 甲, each: 1 }\n", 1 },
		{ "content/prices/2021-05-01.yaml", "prices:\n", 1 },
		{ "content/prices/2021-05-01.yaml", "prices: 贵\n", 2 },
		{ "content/prices/2021-05-01.yaml",
		  "prices:\n  - { type: 甲, each: 100000000000000 }\n", 2 },
		{ "content/prices/2021-05-01.yaml", "prices:\n  - { type: 甲, each: [1] }\n", 2 },
		{ "content/prices/2021-05-01.yaml", "prices:\n  - { type: 甲, each: -0.01 }\n", 2 },
	};
	struct arena arena = { 0 };
	struct price_list list;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK_INT(faults_of(&list, &arena, cases[i].file, cases[i].rows), cases[i].faults);
	arena_release(&arena);
}

static void
test_prices__of_a_resource(void)
{
	static const struct {
		const char *type;
		struct spec spec;
		bool good;
		int64_t fen;
	} cases[] = {
		{ "机", { 1, 2, 4, 100, "" }, true, 18500 },
		{ "机", { 3, 2, 4, 100, "" }, true, 55500 },
		{ "机", { 1, 2, 0, 0, "" }, true, 7600 },
		{ "机", { 1, 0, 0, 0, "" }, false, 0 },
		{ "项", { 2, 0, 0, 0, "" }, true, 52000 },
		{ "项", { 2, 1, 0, 0, "" }, false, 0 },
		{ "免", { 2, 0, 0, 0, "" }, true, 0 },
		{ "无", { 1, 1, 0, 0, "" }, false, 0 },
		{ "机", { INT64_MAX, 2, 4, 100, "" }, false, 0 },
		{ "机", { 1, INT64_MAX, 4, 100, "" }, false, 0 },
		{ "机", { 1, -1, 4, 100, "" }, false, 0 },
		{ "机", { 1000000, 1000000, 4, 100, "" }, false, 0 },
	};
	struct arena arena = { 0 };
	struct price_list list;
	const char *why;
	int64_t fen;
	size_t i;

	CHECK_INT(faults_of(&list, &arena, "content/prices/2021-05-01.yaml",
			    "prices:\n  - { type: 机, vcpu: 38, memory_gb: 16, storage_gb: 0.45 }\n"
			    "  - { type: 项, each: 260 }\n  - { type: 免, each: 0 }\n"),
		  0);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK_INT(price_of(&list, cases[i].type, &cases[i].spec, &fen, &why),
			  cases[i].good);
		if (cases[i].good)
			CHECK_INT(fen, cases[i].fen);
		else
			CHECK(why[0] != '\0');
	}
	arena_release(&arena);
}

static void
test_ledger__spec_text(void)
{
	static const struct {
		struct spec spec;
		const char *text;
	} cases[] = {
		{ { 1, 4, 8, 100, "" }, "4 核 8 GB 内存 100 GB 存储" },
		{ { 2, 4, 8, 0, "" }, "4 核 8 GB 内存 ×2" },
		{ { 3, 0, 0, 0, "" }, "3 项" },
		{ { 1, 0, 0, 320, "文件备份" }, "文件备份 320 GB" },
		{ { 1, 0, 0, 500, "" }, "500 GB 存储" },
	};
	struct buf out = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&out);
		spec_text(&out, &cases[i].spec);
		CHECK_STR(out.ptr, cases[i].text);
	}
	buf_release(&out);
}

int
main(void)
{
	unit_run("rounds half up", test_fees__rounds_half_up);
	unit_run("money", test_fees__money);
	unit_run("months", test_fees__months);
	unit_run("faults of price lists", test_prices__faults);
	unit_run("price of a resource", test_prices__of_a_resource);
	unit_run("spec text", test_ledger__spec_text);
	return unit_end();
}
