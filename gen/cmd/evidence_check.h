/*
 * evidence_check: whether an archive proves what it says: commits are what their ids say, their
 * signatures are right, and the papers are those of the last commit.
 *
 * Errors: ERR_IO, ERR_GIT for what this machine could not do; everything else is a finding.
 */
#ifndef YJ_EVIDENCE_CHECK_H
#define YJ_EVIDENCE_CHECK_H

#include "judge/signature.h"
#include "parcel/bag_read.h"

struct evidence_counts {
	size_t tickets, commits, signatures, papers, sealed;
};

/* What is known of the certificates apart from themselves. */
struct trust {
	struct certificate *authority; /* NULL: then it is not asked who issued them */
	struct buf revoked;	       /* lists of revoked ones */
};

int evidence_check(struct bag_reader *bag, const struct trust *trust,
		   struct evidence_counts *counts, struct findings *findings,
		   struct err *err) must_check;

#endif
