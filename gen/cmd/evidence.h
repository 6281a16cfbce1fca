/*
 * evidence: what proves a ticket, put into a bag: its page, papers, trail, the commits as git keeps
 * them with their signatures taken apart, and a git bundle of just these commits.
 *
 * Lifetime: owned until evidence_free, which must come after bag_finish: papers are read then.
 * Errors: those of repo, site and parcel.
 *
 *	evidence_new(&evidence, session, out_path, &err);
 *	evidence_add(evidence, ticket, &err);   for each, sorted by id
 *	evidence_fill(evidence, bag, &err);
 *	bag_finish(bag, …);
 *	evidence_free(evidence);
 */
#ifndef YJ_EVIDENCE_H
#define YJ_EVIDENCE_H

#include "cmd/cmd.h"
#include "parcel/bag.h"

struct evidence;

int evidence_new(struct evidence **out, struct session *session, const char *scratch,
		 struct err *err) must_check;
void evidence_free(struct evidence *evidence);
int evidence_add(struct evidence *evidence, uint32_t ticket, struct err *err) must_check;
/* The last act on any of the tickets: the time of the whole. */
int64_t evidence_time(const struct evidence *evidence);
int evidence_fill(struct evidence *evidence, struct bag *bag, struct err *err) must_check;
/* How many files were left out because they are sealed for one party. */
size_t evidence_sealed(const struct evidence *evidence);

#endif
