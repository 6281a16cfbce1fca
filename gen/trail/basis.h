/*
 * basis: what a commit is judged by and a page is made from: the law, the registers and the
 * calendar of one snapshot. Each part is cached by the id of its tree, so a history of thousands
 * of commits loads the few versions there were.
 *
 * Lifetime: a basis borrows from its cache until the next basis_of of the same cache but three,
 * or basis_cache_free. Errors: ERR_LAW when the law does not load; faults in the registers and
 * the calendar are findings, kept with the cached part (basis_findings).
 * Threads: one cache a thread.
 */
#ifndef YJ_BASIS_H
#define YJ_BASIS_H

#include "calendar/calendar.h"
#include "law/law.h"
#include "repo/repo.h"

struct basis_cache;

struct basis {
	const struct law *law;
	const struct registers *registers;
	const struct calendar *calendar;
	const struct findings *register_findings, *calendar_findings;
	struct oid law_tree, registers_key, calendar_blob;
};

/* What may come from another run: the law from .git/yunjuan/law, registers from …/registers, where systems
 * have only their names. */
enum basis_kept { KEPT_NOTHING, KEPT_LAW, KEPT_LAW_AND_REGISTERS };
struct basis_cache *basis_cache_new(enum basis_kept kept);
void basis_cache_free(struct basis_cache *cache);
int basis_of(struct basis *out, struct basis_cache *cache, const struct snapshot *snap,
	     struct err *err) must_check;

/* The law of a snapshot by itself, owned: for another thread. */
int law_of_snapshot(struct law **out, const struct snapshot *snap, struct findings *faults,
		    struct err *err) must_check;
/* The law of another run, which read and checked all of it, or else read and left for the next. tree: of the
 * folder lua/ in the snapshot. */
int law_kept(struct law **out, const struct snapshot *snap, const struct oid *tree,
	     struct err *err) must_check;
/* NULL when the registers have no such. E-mails compare without case. */
const struct officer_ref *basis_officer(const struct basis *basis, const char *email);
const struct party *basis_party(const struct basis *basis, const char *id);
const struct system *basis_system(const struct basis *basis, const char *name);
/* Whether a tenant belongs to a county (unknown tenants do not). */
bool basis_is_county(const struct basis *basis, const char *tenant);
/* The files of law and registers; paths that only the coordinator changes begin with these. */
/* The authority's certificate (ca.pem), the officers' (<e-mail>.pem), what was revoked. */
#define CERTIFICATE_FOLDER "content/certificates/"
#define HANDOVER_FOLDER "content/handovers/"
#define CALENDAR_FILE "content/calendar/cn.tsv"
/* Domains of mail services that nothing may be handed over by, one a line. */
#define PRIVATE_MAIL_FILE "content/private-mail.txt"

#endif
