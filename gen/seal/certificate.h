/*
 * certificate: X.509 certificates with SM2 keys (RFC 5280, GM/T 0015), signed by the one small
 * authority of a workspace; requests for them (PKCS #10); checking signatures with them.
 *
 * Lifetime: certificates and requests are owned by who made or parsed them; what they say (name,
 * e-mail …) is borrowed from them.
 * Errors: ERR_DATA for what cannot be read, ERR_IO for OpenSSL. That a signature or certificate
 * does not hold is an answer, not a failure.
 * Threads: reading a certificate from several is safe.
 *
 *	certificate_parse(&authority, pem, len, &err);
 *	certificate_parse(&signer, pem, len, &err);
 *	if (certificate_verify(signer, data, len, der, der_len) &&
 *	    certificate_state(signer, authority, at) == CERTIFICATE_VALID) …
 */
#ifndef YJ_CERTIFICATE_H
#define YJ_CERTIFICATE_H

#include "seal/key.h"

struct certificate;
struct certificate_request;

/* Whom a certificate names. */
struct certificate_holder {
	const char *name, *unit, *email; /* CN, O, subjectAltName; an authority has no e-mail */
};

enum certificate_state {
	CERTIFICATE_VALID,
	CERTIFICATE_UNTRUSTED, /* not signed by this authority, or not for signing */
	CERTIFICATE_EARLY,     /* not valid yet at that time */
	CERTIFICATE_EXPIRED,
	CERTIFICATE_STATE_COUNT
};

#define CERTIFICATE_MAX_BYTES ((size_t)16 << 10)

int certificate_parse(struct certificate **out, const char *pem, size_t len,
		      struct err *err) must_check;
void certificate_free(struct certificate *certificate);
void certificate_pem(const struct certificate *certificate, struct buf *out);
struct certificate_holder certificate_holder(const struct certificate *certificate);
/* 32 hexadecimal digits. */
const char *certificate_serial(const struct certificate *certificate);
/* The first and the last second of its life, UTC. */
int64_t certificate_from(const struct certificate *certificate);
int64_t certificate_to(const struct certificate *certificate);
bool certificate_same(const struct certificate *a, const struct certificate *b);
/* Whether the certificate is of this private key. */
bool certificate_fits(const struct certificate *certificate, const struct seal_key *key);
/* Whether it may issue others, and is signed by itself. */
bool certificate_is_authority(const struct certificate *certificate);
enum certificate_state certificate_state(const struct certificate *certificate,
					 const struct certificate *authority, int64_t at);
/* Whether der is the holder's signature over data. */
bool certificate_verify(const struct certificate *certificate, const void *data, size_t len,
			const void *der, size_t der_len);

/* The authority itself: signed by its own key. from and to: seconds, UTC. */
int certificate_make_authority(struct certificate **out, const struct seal_key *key,
			       const struct certificate_holder *holder, int64_t from, int64_t to,
			       struct err *err) must_check;
/* A request, PEM: the holder's public key and names, signed with the private one. */
int request_make(struct buf *pem, const struct seal_key *key,
		 const struct certificate_holder *holder, struct err *err) must_check;
/* ERR_DATA also when the request is not signed by the key it names. */
int request_parse(struct certificate_request **out, const char *pem, size_t len,
		  struct err *err) must_check;
void request_free(struct certificate_request *request);
struct certificate_holder request_holder(const struct certificate_request *request);
/* A certificate for the key of the request under the names of `holder` (the register's). */
int certificate_issue(struct certificate **out, const struct certificate_request *request,
		      const struct certificate_holder *holder, const struct seal_key *authority_key,
		      const struct certificate *authority, int64_t from, int64_t to,
		      struct err *err) must_check;

/* --- a signature with its certificate, as git stores it under gpgsig --------------------------- */
#define ARMOUR_BEGIN "-----BEGIN SIGNED MESSAGE-----"
/* PEM "SIGNED MESSAGE": the DER of the signature, then that of the certificate. */
void armour_write(struct buf *out, const void *der, size_t der_len,
		  const struct certificate *certificate);
/* False when it is not of that shape. der is appended to. */
bool armour_read(const char *text, size_t len, struct buf *der, struct certificate **certificate);

#endif
