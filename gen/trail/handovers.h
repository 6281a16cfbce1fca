/*
 * handovers: the log of what went from party to party (content/handovers/), receipts beside the
 * hand-overs they close; and from it what a party already has.
 *
 * Lifetime: all lies in the arena it was read into.
 * Errors: ERR_GIT; an entry that cannot be read is left out (the judge refuses such commits).
 */
#ifndef YJ_HANDOVERS_H
#define YJ_HANDOVERS_H

#include "trail/basis.h"
#include "trail/log.h"

struct handover {
	const char *number, *file;
	const char *from, *to; /* party ids */
	const char *by, *medium, *address;
	int64_t made; /* 0: the log entry has not come to us, only the receipt */
	struct oid tip;
	bool wants_receipt;
	const struct node *front; /* of the entry; NULL without one */
	int64_t received;	  /* 0: no receipt yet */
	const char *signer;	  /* of the package, as the receipt says */
};

struct handovers {
	struct handover *items; /* sorted by number */
	size_t count;
};

int handovers_read(struct handovers *out, struct arena *arena, const struct snapshot *snap,
		   const struct law *law, struct err *err) must_check;
/* Where the entry or, with receipt, the receipt of a number lies. */
void handover_path(struct buf *out, const char *number, bool receipt);
/* "JJ-20210510-mzjy-01": the lowest number of that party and day that the log leaves free. A package of
 * nothing but receipts is HZ-…: it is not logged, or the log would never come to an end. */
void handover_number(struct buf *out, const struct handovers *list, const char *party, int32_t day,
		     bool receipts);
/* Whether a text is such a number of that party. */
bool handover_is_number(const char *number, const char *party);
/* The commits of which party is known to have everything: what it confirmed to have received from
 * anybody, and what came from it. Newest last; the caller frees the array. */
struct oid *handovers_known(const struct handovers *list, const char *party, size_t *count);

#endif
