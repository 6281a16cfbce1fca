/*
 * package: what goes to another party: the commits it does not have yet as a git bundle, papers for
 * its eyes only, the covering letter; in one bag, signed.
 *
 * Lifetime: owned until package_release; the session is borrowed.
 * Errors: those of repo, site, parcel and keystore.
 *
 *	package_plan(&package, session, &order, &err);       what is new for the addressee
 *	package_write(&package, folder, &err);               folder/NUMBER.zip
 *	package_log(&package, &entry);                       the entry for content/handovers/
 *	package_release(&package);
 */
#ifndef YJ_PACKAGE_H
#define YJ_PACKAGE_H

#include "cmd/cmd.h"
#include "parcel/bag.h"
#include "trail/handovers.h"

/* What was asked for. */
struct package_order {
	const char *to, *by, *medium, *address,
	    *reader;		    /* reader: e-mail of who opens what is sealed */
	const struct texts *sealed; /* files */
	bool full;
};

struct sealed_paper {
	const char *name; /* in the bag, below sealed/ */
	struct buf envelope;
};

struct package_file {
	const char *name;
	int64_t bytes;
	struct digests digests;
};

struct package {
	struct session *s;
	struct arena arena;
	struct handovers log;
	const struct party *from, *to;
	const struct officer *officer;
	const struct medium *medium;
	const char *medium_number, *address;
	struct buf number;
	struct oid *needed; /* what the addressee has */
	size_t needed_count, needed_cap;
	unsigned char *marks; /* of each commit of the log: has it, is new */
	size_t commits;	      /* new ones */
	uint32_t *tickets;
	size_t ticket_count, ticket_cap;
	struct sealed_paper *sealed;
	size_t sealed_count;
	bool full, wants_receipt;
	struct package_file *files; /* what is handed over: the zip, or its volumes */
	size_t file_count, file_cap;
};

/* ERR_USAGE says what is wrong with the order. commits and sealed_count are 0 when there is
 * nothing to send. */
int package_plan(struct package *out, struct session *s, const struct package_order *order,
		 struct err *err) must_check;
void package_release(struct package *p);
/* Writes folder/NUMBER.zip and notes it in files. */
int package_write(struct package *p, const char *folder, struct err *err) must_check;
/* The letter as a page. local: with links to what lies beside it. */
int package_letter(struct package *p, struct buf *out, bool local, struct err *err) must_check;
void package_log(const struct package *p, struct buf *out);

#endif
