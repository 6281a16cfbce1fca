/* issue: what the small authority does: its own certificate, requests, certificates of officers. */
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "seal/seal_internal.h"

struct certificate_request {
	X509_REQ *req;
	char *name, *unit, *email;
};

static bool
add_name(X509_NAME *name, const char *field, const char *text)
{
	return text[0] == '\0' ||
	       X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)text,
					  -1, -1, 0) == 1;
}

static bool
set_names(X509_NAME *name, const struct certificate_holder *holder)
{
	return name != NULL && add_name(name, "C", "CN") && add_name(name, "O", holder->unit) &&
	       add_name(name, "CN", holder->name);
}

static X509_EXTENSION *
email_extension(const char *email)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	X509_EXTENSION *out = NULL;

	if (names != NULL && name != NULL && text != NULL &&
	    ASN1_STRING_set(text, email, -1) == 1 && sk_GENERAL_NAME_push(names, name) > 0) {
		GENERAL_NAME_set0_value(name, GEN_EMAIL, text);
		name = NULL;
		text = NULL;
		out = X509V3_EXT_i2d(NID_subject_alt_name, 0, names);
	} else {
		GENERAL_NAME_free(name);
	}
	ASN1_IA5STRING_free(text);
	GENERAL_NAMES_free(names);
	return out;
}

static bool
add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;
	bool fine;

	X509V3_set_ctx(&ctx, issuer, x509, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	fine = extension != NULL && X509_add_ext(x509, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return fine;
}

static bool
add_email(X509 *x509, const char *email)
{
	X509_EXTENSION *extension = email_extension(email);
	bool fine = extension != NULL && X509_add_ext(x509, extension, -1) == 1;

	X509_EXTENSION_free(extension);
	return fine;
}

/* RFC 5280, 4.1.2.2: positive, never the same twice. */
static bool
set_serial(X509 *x509)
{
	unsigned char bytes[16];
	BIGNUM *number;
	bool fine;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	fine = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL;
	BN_free(number);
	return fine;
}

/* All but extensions and signature; NULL on failure. */
static X509 *
blank(EVP_PKEY *pkey, const struct certificate_holder *holder, int64_t from, int64_t to)
{
	X509 *x509 = X509_new();
	bool fine = x509 != NULL && X509_set_version(x509, X509_VERSION_3) == 1 &&
		    set_serial(x509) && set_names(X509_get_subject_name(x509), holder) &&
		    X509_set_pubkey(x509, pkey) == 1 &&
		    ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)from) != NULL &&
		    ASN1_TIME_set(X509_getm_notAfter(x509), (time_t)to) != NULL;

	if (fine)
		return x509;
	X509_free(x509);
	return NULL;
}

static bool
sign_certificate(X509 *x509, EVP_PKEY *pkey)
{
	EVP_MD_CTX *ctx = signing_new(pkey, false);
	bool fine = ctx != NULL && X509_sign_ctx(x509, ctx) > 0;

	signing_free(ctx);
	return fine;
}

/* Reads back what was made, so that a certificate always comes from one place. Takes x509. */
static int
finish(struct certificate **out, X509 *x509, bool fine, struct err *err)
{
	struct buf pem = BUF_INIT;
	BIO *bio = BIO_new(BIO_s_mem());
	int rc = 0;

	if (!fine || bio == NULL || PEM_write_bio_X509(bio, x509) != 1)
		rc = seal_fail(err, ERR_IO, "证书没有做成");
	if (rc == 0) {
		bio_append(&pem, bio);
		rc = certificate_parse(out, pem.ptr, pem.len, err);
	}
	BIO_free(bio);
	buf_release(&pem);
	X509_free(x509);
	return rc;
}

int
certificate_make_authority(struct certificate **out, const struct seal_key *key,
			   const struct certificate_holder *holder, int64_t from, int64_t to,
			   struct err *err)
{
	X509 *x509 = blank(key->pkey, holder, from, to);
	bool fine =
	    x509 != NULL && set_names(X509_get_issuer_name(x509), holder) &&
	    add_extension(x509, x509, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	    add_extension(x509, x509, NID_key_usage, "critical,keyCertSign") &&
	    add_extension(x509, x509, NID_subject_key_identifier, "hash") &&
	    add_extension(x509, x509, NID_authority_key_identifier, "keyid") &&
	    sign_certificate(x509, key->pkey);

	return finish(out, x509, fine, err);
}

int
certificate_issue(struct certificate **out, const struct certificate_request *request,
		  const struct certificate_holder *holder, const struct seal_key *authority_key,
		  const struct certificate *authority, int64_t from, int64_t to, struct err *err)
{
	X509 *issuer = authority->x509,
	     *x509 = blank(X509_REQ_get0_pubkey(request->req), holder, from, to);
	bool fine = x509 != NULL &&
		    X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1 &&
		    add_extension(x509, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
		    add_extension(x509, issuer, NID_key_usage,
				  "critical,digitalSignature,nonRepudiation,keyEncipherment") &&
		    add_extension(x509, issuer, NID_subject_key_identifier, "hash") &&
		    add_extension(x509, issuer, NID_authority_key_identifier, "keyid") &&
		    add_email(x509, holder->email) && sign_certificate(x509, authority_key->pkey);

	return finish(out, x509, fine, err);
}

/* --- requests ------------------------------------------------------------------------------------- */
static bool
fill_request(X509_REQ *req, const struct seal_key *key, const struct certificate_holder *holder)
{
	STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
	X509_EXTENSION *email = email_extension(holder->email);
	EVP_MD_CTX *ctx = signing_new(key->pkey, false);
	bool fine = extensions != NULL && email != NULL && ctx != NULL &&
		    X509_REQ_set_version(req, X509_REQ_VERSION_1) == 1 &&
		    set_names(X509_REQ_get_subject_name(req), holder) &&
		    X509_REQ_set_pubkey(req, key->pkey) == 1 &&
		    sk_X509_EXTENSION_push(extensions, email) > 0;

	if (fine) {
		email = NULL;
		fine = X509_REQ_add_extensions(req, extensions) == 1 &&
		       X509_REQ_sign_ctx(req, ctx) > 0;
	}
	X509_EXTENSION_free(email);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	signing_free(ctx);
	return fine;
}

int
request_make(struct buf *pem, const struct seal_key *key, const struct certificate_holder *holder,
	     struct err *err)
{
	X509_REQ *req = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	int rc = 0;

	if (req == NULL || bio == NULL || !fill_request(req, key, holder) ||
	    PEM_write_bio_X509_REQ(bio, req) != 1)
		rc = seal_fail(err, ERR_IO, "证书请求没有做成");
	else
		bio_append(pem, bio);
	BIO_free(bio);
	X509_REQ_free(req);
	return rc;
}

static char *
request_email(X509_REQ *req)
{
	STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(req);
	GENERAL_NAMES *names = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
	char *out = names_email(names);

	GENERAL_NAMES_free(names);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	return out;
}

/* Whether who asks has the private key too. */
static bool
proves_itself(X509_REQ *req)
{
	EVP_PKEY *pkey = X509_REQ_get0_pubkey(req);
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();

	if (pkey == NULL || EVP_PKEY_is_a(pkey, "SM2") != 1 || id == NULL ||
	    ASN1_OCTET_STRING_set(id, (const unsigned char *)SEAL_ID, (int)strlen(SEAL_ID)) != 1) {
		ASN1_OCTET_STRING_free(id);
		return false;
	}
	X509_REQ_set0_distinguishing_id(req, id);
	return X509_REQ_verify(req, pkey) == 1;
}

int
request_parse(struct certificate_request **out, const char *pem, size_t len, struct err *err)
{
	BIO *bio = len > CERTIFICATE_MAX_BYTES ? NULL : BIO_new_mem_buf(pem, (int)len);
	X509_REQ *req = bio == NULL ? NULL : PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
	struct certificate_request *request;

	BIO_free(bio);
	if (req == NULL)
		return seal_fail(err, ERR_DATA, "证书请求读不懂（应是 PEM 格式的 PKCS #10）");
	if (!proves_itself(req)) {
		ERR_clear_error();
		X509_REQ_free(req);
		return err_set(err, ERR_DATA,
			       "证书请求上的 SM2 签名不对，请对方用 yunjuan key request 重做一份");
	}
	request = xcalloc(1, sizeof(*request));
	request->req = req;
	request->name = name_text(X509_REQ_get_subject_name(req), NID_commonName);
	request->unit = name_text(X509_REQ_get_subject_name(req), NID_organizationName);
	request->email = request_email(req);
	*out = request;
	return 0;
}

void
request_free(struct certificate_request *request)
{
	if (request == NULL)
		return;
	X509_REQ_free(request->req);
	free(request->name);
	free(request->unit);
	free(request->email);
	free(request);
}

struct certificate_holder
request_holder(const struct certificate_request *request)
{
	return (struct certificate_holder){ request->name, request->unit, request->email };
}
