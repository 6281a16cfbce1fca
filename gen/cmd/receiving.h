/*
 * receiving: one run of `yunjuan receive`, as its files share it. Everything happens in a quarantine
 * (.git/yunjuan/quarantine): what came in, its objects, the commits we add. Only at the end do the
 * objects move over, and then one ref is exchanged.
 *
 *	gather.c    files, folders, volumes and mails to bags
 *	incoming.c  a package: signature, addressee, bundle, every commit, merge, receipt
 *	slip.c      a slip: a ticket or an act prepared without git; slip_read.c what it says
 *	resolve.c   the coordinator's choice where both sides moved a ticket
 *	settle.c    from the quarantine to the repository, and going on after an interruption
 *
 * Lifetime: owned by receive.c until receiving_close.
 * Errors: what the sender did wrong is a finding; err is what this machine could not do.
 */
#ifndef YJ_RECEIVING_H
#define YJ_RECEIVING_H

#include "cmd/cmd.h"
#include "judge/judge.h"
#include "parcel/bag_read.h"
#include "repo/quarantine.h"
#include "seal/key.h"
#include "trail/handovers.h"

struct receiving {
	struct session *s;
	const struct officer_ref *me;
	struct findings findings;
	struct arena arena;
	char *folder;	       /* the quarantine */
	struct repo *q;	       /* its repository; NULL until something is written */
	struct seal_key *key;  /* of our officer, once it was needed */
	char *ref;	       /* the branch that is exchanged */
	struct oid tip;	       /* what it will be; HEAD at first */
	struct buf said;       /* what to tell when all went well */
	size_t commits;	       /* foreign ones taken in */
	bool conflict;	       /* both sides moved a ticket: kept under a ref, not merged */
	char *keep, *keep_ref; /* tip to keep under that ref */
};

/* --- gather.c ---------------------------------------------------------------------------------- */
/* Bags found in what the person gave: paths, owned. What is wrong with mails and volumes is a finding. */
int gather(struct receiving *r, char **inputs, int count, struct texts *bags,
	   struct err *err) must_check;

/* --- incoming.c, slip.c -------------------------------------------------------------------------- */
int receive_package(struct receiving *r, struct bag_reader *bag, struct err *err) must_check;
/* The receipt for a number on top of r->tip. */
int commit_receipt(struct receiving *r, const char *number, const struct buf *text,
		   struct err *err) must_check;
int receive_slip(struct receiving *r, struct bag_reader *bag, struct err *err) must_check;

/* --- settle.c -------------------------------------------------------------------------------------- */
/* Opens the quarantine's repository unless it is open. */
int quarantine_ready(struct receiving *r, struct err *err) must_check;
/* A commit of ours on top of parents (the first is r->tip), signed when this machine can; judged. It
 * becomes r->tip when nothing is refused. */
int add_commit(struct receiving *r, const struct oid *tree, const struct oid *parents,
	       size_t parent_count, const char *message, struct err *err) must_check;
/* The snapshot of r->tip, in the quarantine once that is open. */
int tip_snapshot(struct snapshot *out, struct receiving *r, struct err *err) must_check;
/* Judges all that `to` reaches and HEAD does not, in the quarantine. */
int judge_foreign(struct receiving *r, const struct oid *to, struct err *err) must_check;
/* Objects over, ref exchanged, work tree brought up. 1 done, 0 a finding says why not. */
int settle(struct receiving *r, struct err *err) must_check;
/* Ends what an interrupted run left: the work tree of an exchange that was made. */
int finish_interrupted(struct receiving *r, struct err *err) must_check;

/* --- resolve.c --------------------------------------------------------------------------------------- */
int resolve(struct receiving *r, const char *number, const struct texts *keeps,
	    struct err *err) must_check;
/* Tickets that both sides moved since they parted, with what each did, into *text. */
int describe_conflict(struct receiving *r, struct buf *text, const struct oid *ours,
		      const struct oid *theirs, const struct merge *merge,
		      struct err *err) must_check;
/* Keeps the receipt for what waits for a choice. */
int keep_receipt(const struct receiving *r, const char *number, const struct buf *text,
		 struct err *err) must_check;
#define RECEIVED_REF "refs/yunjuan/received/"

/* --- findings ------------------------------------------------------------------------------------------ */
void receiving_refuse(struct receiving *r, const char *rule, const char *file, const char *fmt, ...)
    printf_like(4, 5);

#endif
