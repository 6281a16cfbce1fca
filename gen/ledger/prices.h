/*
 * prices: dated price lists, content/prices/<date>.yaml. The list of the latest date that is not
 * behind a day holds on that day. What an office enters is hostile until checked: each fault is a
 * finding with its line, and a list with faults holds for nothing.
 *
 * Lifetime: lists lie in the arena.
 * Errors: ERR_GIT or ERR_IO when a file cannot be read.
 *
 *	prices_read(&prices, &arena, &snap, &findings, &err);
 *	list = prices_on(&prices, day);                       NULL: none holds yet
 *	if (!price_of(list, type, &spec, &fen, &why)) …       a resource without a price
 */
#ifndef YJ_PRICES_H
#define YJ_PRICES_H

#include "ledger/ledger.h"

#define PRICES_FOLDER "content/prices"

/* The monthly prices of a type, in fen; -1 where the list has none. */
struct price {
	const char *type;
	int64_t each, vcpu, memory_gb, storage_gb;
	int line;
};

struct price_list {
	int32_t from; /* the day in the file's name */
	const char *file, *title, *source;
	bool example;	      /* shipped figures that no office has confirmed */
	int64_t months, days; /* a day's rate is the monthly price * months / days: 12 / 365 */
	struct price *rows;
	size_t row_count;
};

struct prices {
	struct price_list *lists; /* by date */
	size_t count, cap;
};

int prices_read(struct prices *out, struct arena *arena, const struct snapshot *snap,
		struct findings *findings, struct err *err) must_check;
/* One list from its text; false and findings when it has faults. */
bool price_list_parse(struct price_list *out, struct arena *arena, const char *text, size_t len,
		      const char *file, struct findings *findings);
void prices_release(struct prices *prices);
const struct price_list *prices_on(const struct prices *prices, int32_t day);
/* The monthly price of the whole resource in fen. False when the list cannot price it; *why is half a
 * sentence that says what it lacks. */
bool price_of(const struct price_list *list, const char *type, const struct spec *spec,
	      int64_t *fen, const char **why);

#endif
