/*
 * signature: what the SM2 signature on a commit, or on what is handed over, is worth: by the
 * certificates of one snapshot (the parent's: who signs does not bring the certificate), at the
 * time of the act.
 *
 * content/certificates/ holds ca.pem (the coordinator's small authority), <e-mail>.pem for each
 * officer who signs, and revoked.tsv: serial number, Beijing time, e-mail, reason, tabs between.
 *
 * Lifetime: certificates that come out are owned by the caller.
 * Errors: ERR_GIT when a file cannot be read; whatever a signature is worth is an answer.
 */
#ifndef YJ_SIGNATURE_H
#define YJ_SIGNATURE_H

#include "repo/repo.h"
#include "seal/certificate.h"

enum signature_state {
	SIGNATURE_NONE,
	SIGNATURE_FOREIGN,   /* not of our kind */
	SIGNATURE_BROKEN,    /* over other bytes, or by another key */
	SIGNATURE_UNKNOWN,   /* no certificate is registered for this e-mail */
	SIGNATURE_OTHER,     /* not the registered one */
	SIGNATURE_UNTRUSTED, /* not issued by the authority */
	SIGNATURE_EARLY,     /* its certificate is not valid yet */
	SIGNATURE_EXPIRED,   /* … any more */
	SIGNATURE_REVOKED,
	SIGNATURE_GOOD,
	SIGNATURE_STATE_COUNT
};
extern const char *const signature_state_ids[SIGNATURE_STATE_COUNT];   /* "none", … */
extern const char *const signature_state_names[SIGNATURE_STATE_COUNT]; /* 没有签名 … */

#define AUTHORITY_FILE CERTIFICATE_FOLDER "ca.pem"
#define REVOKED_FILE CERTIFICATE_FOLDER "revoked.tsv"

/* The file of an officer's certificate; false for an e-mail that names no file. */
bool certificate_path(struct buf *out, const char *email);
/* Both give NULL and 0 when there is none, or none that can be read. */
int certificate_of(struct certificate **out, const struct snapshot *snap, const char *email,
		   struct err *err) must_check;
int authority_of(struct certificate **out, const struct snapshot *snap, struct err *err) must_check;
/* 1 and since when, 0 when the list has no such serial number. */
int revoked_since(int64_t *since, const struct snapshot *snap, const char *serial,
		  struct err *err) must_check;

/* The list, empty where there is none; and the same question to such lists, one after the other. */
int revoked_read(struct buf *out, const struct snapshot *snap, struct err *err) must_check;
bool revoked_in(int64_t *since, const char *list, const char *serial);

/* A signature apart from its certificate. */
struct signed_text {
	const char *data; /* what was signed */
	size_t len;
	const char *der;
	size_t der_len;
	const struct certificate *signer;
};
/* What it is worth as that of the officer `email` at the time `at`. Never NONE or FOREIGN. */
int signature_judge(enum signature_state *out, const struct signed_text *text,
		    const struct snapshot *snap, const char *email, int64_t at,
		    struct err *err) must_check;
/* The same for what git keeps: armour and the text it stands for. signer may be NULL. */
int signature_of_text(enum signature_state *out, struct certificate **signer,
		      const struct buf *armour, const struct buf *text, const struct snapshot *snap,
		      const char *email, int64_t at, struct err *err) must_check;

#endif
