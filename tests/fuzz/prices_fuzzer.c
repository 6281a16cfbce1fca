/* Price lists: what is accepted prices each of its resources as reckoned here anew, within its bounds, and
 * is the same when it is written and read again; what is not says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/fees.h"
#include "ledger/prices.h"

#include "fuzz.h"

#define FILE_NAME PRICES_FOLDER "/2021-05-01.yaml"
#define MOST_FEN 100000000000LL

static void
check_findings(const struct findings *findings)
{
	size_t i;

	must(findings->count < 300);
	for (i = 0; i < findings->count; i++) {
		const char *message = findings->items[i].message;

		must(utf8_check(message, strlen(message)) == strlen(message));
	}
}

static bool
is_price(int64_t fen)
{
	return fen >= -1 && fen <= MOST_FEN;
}

static void
check_row(const struct price_list *list, size_t at)
{
	const struct price *row = &list->rows[at];
	size_t i;

	must(row->type[0] != '\0' && row->line > 0);
	must(is_price(row->each) && is_price(row->vcpu) && is_price(row->memory_gb) &&
	     is_price(row->storage_gb));
	must(row->each >= 0 || row->vcpu >= 0 || row->memory_gb >= 0 || row->storage_gb >= 0);
	for (i = 0; i < at && i < 50; i++)
		must(strcmp(list->rows[i].type, row->type) != 0);
}

/* The same sum, in numbers that cannot overflow; -1 where a price is missing. */
static __int128
sum_of(const struct price *row, const struct spec *spec)
{
	__int128 one = row->each > 0 ? row->each : 0;

	if ((spec->vcpu > 0 && row->vcpu < 0) || (spec->memory_gb > 0 && row->memory_gb < 0) ||
	    (spec->storage_gb > 0 && row->storage_gb < 0))
		return -1;
	if (row->each < 0 && spec->vcpu + spec->memory_gb + spec->storage_gb == 0)
		return -1;
	one += (__int128)spec->vcpu * (row->vcpu > 0 ? row->vcpu : 0);
	one += (__int128)spec->memory_gb * (row->memory_gb > 0 ? row->memory_gb : 0);
	one += (__int128)spec->storage_gb * (row->storage_gb > 0 ? row->storage_gb : 0);
	return one * spec->count;
}

static void
check_price(const struct price_list *list, const struct price *row, const struct spec *spec)
{
	__int128 sum = sum_of(row, spec);
	const char *why;
	int64_t fen;

	if (price_of(list, row->type, spec, &fen, &why))
		must(sum == fen && fen <= MOST_FEN);
	else
		must(why[0] != '\0' && (sum < 0 || sum > MOST_FEN));
}

static void
check_prices(const struct price_list *list)
{
	static const struct spec specs[] = {
		{ .count = 1 },
		{ .count = 3, .vcpu = 8, .memory_gb = 32, .storage_gb = 500 },
		{ .count = 1, .storage_gb = 1 },
		{ .count = 1000000, .vcpu = 1000000, .memory_gb = 1 },
		{ .count = 1, .vcpu = 1000000000, .memory_gb = 1000000000 },
	};
	const char *why;
	int64_t fen;
	size_t i, k;

	for (i = 0; i < list->row_count && i < 50; i++) {
		check_row(list, i);
		for (k = 0; k < sizeof(specs) / sizeof(*specs); k++)
			check_price(list, &list->rows[i], &specs[k]);
	}
	must(!price_of(list, "", &specs[0], &fen, &why) && fen == 0);
}

static void
put_price(struct buf *out, const char *key, int64_t fen)
{
	if (fen >= 0)
		buf_printf(out, "    %s: %lld.%02d\n", key, (long long)(fen / 100),
			   (int)(fen % 100));
}

static void
write_again(struct arena *arena, const struct price_list *list)
{
	struct findings findings = { 0 };
	struct price_list again;
	struct buf text = BUF_INIT;
	size_t i;

	buf_printf(&text, "source: x\nexample: 是\nday_rate: %lld/%lld\nprices:\n",
		   (long long)list->months, (long long)list->days);
	for (i = 0; i < list->row_count; i++) {
		buf_puts(&text, "  - type: ");
		yaml_scalar(&text, list->rows[i].type);
		buf_putc(&text, '\n');
		put_price(&text, "each", list->rows[i].each);
		put_price(&text, "vcpu", list->rows[i].vcpu);
		put_price(&text, "memory_gb", list->rows[i].memory_gb);
		put_price(&text, "storage_gb", list->rows[i].storage_gb);
	}
	must(price_list_parse(&again, arena, text.ptr, text.len, FILE_NAME, &findings));
	must(again.row_count == list->row_count);
	for (i = 0; i < list->row_count; i++) {
		const struct price *a = &again.rows[i], *b = &list->rows[i];

		must(strcmp(a->type, b->type) == 0 && a->each == b->each && a->vcpu == b->vcpu);
		must(a->memory_gb == b->memory_gb && a->storage_gb == b->storage_gb);
	}
	buf_release(&text);
	findings_release(&findings);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct findings findings = { 0 };
	struct arena arena = { 0 };
	struct price_list list;
	bool taken =
	    price_list_parse(&list, &arena, (const char *)data, size, FILE_NAME, &findings);

	must(taken == (findings.count == 0));
	check_findings(&findings);
	if (taken) {
		must(list.months >= 1 && list.months <= 12 && list.days >= 1 && list.days <= 366);
		must(list.row_count > 0 && list.source[0] != '\0');
		check_prices(&list);
		write_again(&arena, &list);
	}
	arena_release(&arena);
	findings_release(&findings);
	return 0;
}
