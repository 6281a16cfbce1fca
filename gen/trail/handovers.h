/*
 * handovers: the log of what went from party to party (content/handovers/), receipts beside the
 * hand-overs they close; and from it what a party already has.
 *
 * Lifetime: handovers lie in the arena they were read into; party_acts are owned.
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
/* In which commits the officers of each party acted on tickets: it had all that was before them. */
struct party_acts {
	uint32_t *commits; /* by the party's place in the register … */
	size_t *firsts;	   /* … and where each party's begin; one more than there are parties */
};
void party_acts_collect(struct party_acts *out, const struct log *log, const struct basis *basis);
void party_acts_release(struct party_acts *acts);
/* Those of one party, in the order of tickets; borrowed, and may be sorted. */
uint32_t *party_acts_of(const struct party_acts *acts, const struct basis *basis,
			const struct party *party, size_t *count);
/* The commits of which party is known to have everything: what it confirmed to have received from
 * anybody, and what came from it. Newest last; the caller frees the array. */
struct oid *handovers_known(const struct handovers *list, const char *party, size_t *count);

#endif
