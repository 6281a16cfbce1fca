#include "seal/certificate.h"

#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "seal/seal_internal.h"

/* --- reading ---------------------------------------------------------------------------------- */
char *
name_text(const X509_NAME *name, int nid)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1), len;
	unsigned char *utf8 = NULL;
	char *out;

	if (at < 0)
		return xstrdup("");
	len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	/* A zero byte would hide the rest of the name from us only. */
	out = len <= 0 || memchr(utf8, 0, (size_t)len) != NULL
		  ? xstrdup("")
		  : xstrndup((const char *)utf8, (size_t)len);
	OPENSSL_free(utf8);
	return out;
}

char *
names_email(const GENERAL_NAMES *list)
{
	const ASN1_IA5STRING *found = NULL;
	int i, count = 0;

	for (i = 0; list != NULL && i < sk_GENERAL_NAME_num(list); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(list, i);

		if (name->type == GEN_EMAIL) {
			found = name->d.rfc822Name;
			count++;
		}
	}
	if (count != 1 ||
	    memchr(ASN1_STRING_get0_data(found), 0, (size_t)ASN1_STRING_length(found)) != NULL)
		return xstrdup("");
	return xstrndup((const char *)ASN1_STRING_get0_data(found),
			(size_t)ASN1_STRING_length(found));
}

static bool
read_time(const ASN1_TIME *time, int64_t *out)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*out = (int64_t)timegm(&tm);
	return true;
}

static bool
read_serial(const X509 *x509, char out[33])
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	unsigned char bytes[16];
	bool fine = number != NULL && !BN_is_negative(number) &&
		    BN_bn2binpad(number, bytes, sizeof(bytes)) == (int)sizeof(bytes);
	size_t i;

	for (i = 0; fine && i < sizeof(bytes); i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	BN_free(number);
	return fine;
}

/* Verifying hashes the id with the key, so the library must be told which. */
static bool
set_id(X509 *x509)
{
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();

	if (id == NULL ||
	    ASN1_OCTET_STRING_set(id, (const unsigned char *)SEAL_ID, (int)strlen(SEAL_ID)) != 1) {
		ASN1_OCTET_STRING_free(id);
		return false;
	}
	X509_set0_distinguishing_id(x509, id);
	return true;
}

/* Takes x509, also on failure. */
static int
certificate_wrap(struct certificate **out, X509 *x509, struct err *err)
{
	struct certificate *c = xcalloc(1, sizeof(*c));
	EVP_PKEY *pkey = X509_get0_pubkey(x509);
	GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);

	c->x509 = x509;
	c->name = name_text(X509_get_subject_name(x509), NID_commonName);
	c->unit = name_text(X509_get_subject_name(x509), NID_organizationName);
	c->email = names_email(names);
	GENERAL_NAMES_free(names);
	if (pkey == NULL || EVP_PKEY_is_a(pkey, "SM2") != 1 || !set_id(x509) ||
	    !read_serial(x509, c->serial) || !read_time(X509_get0_notBefore(x509), &c->from) ||
	    !read_time(X509_get0_notAfter(x509), &c->to)) {
		ERR_clear_error();
		certificate_free(c);
		return err_set(err, ERR_DATA, "证书不是 SM2 证书，或者写得不完整");
	}
	*out = c;
	return 0;
}

int
certificate_parse(struct certificate **out, const char *pem, size_t len, struct err *err)
{
	BIO *bio = len > CERTIFICATE_MAX_BYTES ? NULL : BIO_new_mem_buf(pem, (int)len);
	X509 *x509 = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	if (x509 == NULL)
		return seal_fail(err, ERR_DATA, "证书读不懂（应是 PEM 格式的 X.509 证书）");
	return certificate_wrap(out, x509, err);
}

void
certificate_free(struct certificate *c)
{
	if (c == NULL)
		return;
	X509_free(c->x509);
	free(c->name);
	free(c->unit);
	free(c->email);
	free(c);
}

void
certificate_pem(const struct certificate *c, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (bio != NULL && PEM_write_bio_X509(bio, c->x509) == 1)
		bio_append(out, bio);
	BIO_free(bio);
}

struct certificate_holder
certificate_holder(const struct certificate *c)
{
	return (struct certificate_holder){ c->name, c->unit, c->email };
}

const char *
certificate_serial(const struct certificate *c)
{
	return c->serial;
}

int64_t
certificate_from(const struct certificate *c)
{
	return c->from;
}

int64_t
certificate_to(const struct certificate *c)
{
	return c->to;
}

bool
certificate_same(const struct certificate *a, const struct certificate *b)
{
	return X509_cmp(a->x509, b->x509) == 0;
}

bool
certificate_fits(const struct certificate *c, const struct seal_key *key)
{
	bool fits = EVP_PKEY_eq(X509_get0_pubkey(c->x509), key->pkey) == 1;

	ERR_clear_error();
	return fits;
}

/* --- checking ----------------------------------------------------------------------------------- */
/* RFC 5280, 6: the chain of two, without the times, which are asked for apart. */
static bool
is_issued_by(const struct certificate *c, const struct certificate *authority)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool fine = store != NULL && ctx != NULL &&
		    X509_STORE_add_cert(store, authority->x509) == 1 &&
		    X509_STORE_CTX_init(ctx, store, c->x509, NULL) == 1;

	if (fine) {
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_X509_STRICT |
						  X509_V_FLAG_CHECK_SS_SIGNATURE);
		fine = X509_verify_cert(ctx) == 1;
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return fine && (X509_get_key_usage(c->x509) & KU_DIGITAL_SIGNATURE) != 0;
}

bool
certificate_is_authority(const struct certificate *c)
{
	bool fine =
	    X509_check_ca(c->x509) == 1 && X509_verify(c->x509, X509_get0_pubkey(c->x509)) == 1;

	ERR_clear_error();
	return fine;
}

enum certificate_state
certificate_state(const struct certificate *c, const struct certificate *authority, int64_t at)
{
	if (!is_issued_by(c, authority))
		return CERTIFICATE_UNTRUSTED;
	if (at < c->from || at < authority->from)
		return CERTIFICATE_EARLY;
	return at > c->to || at > authority->to ? CERTIFICATE_EXPIRED : CERTIFICATE_VALID;
}

bool
certificate_verify(const struct certificate *c, const void *data, size_t len, const void *der,
		   size_t der_len)
{
	EVP_MD_CTX *ctx = signing_new(X509_get0_pubkey(c->x509), true);
	bool good = ctx != NULL && EVP_DigestVerify(ctx, der, der_len, data, len) == 1;

	signing_free(ctx);
	ERR_clear_error();
	return good;
}

/* --- a signature with its certificate -------------------------------------------------------------- */
void
armour_write(struct buf *out, const void *der, size_t der_len, const struct certificate *c)
{
	struct buf both = BUF_INIT;
	unsigned char *x509 = NULL;
	int len = i2d_X509(c->x509, &x509);
	BIO *bio = BIO_new(BIO_s_mem());

	buf_put(&both, der, der_len);
	if (len > 0)
		buf_put(&both, x509, (size_t)len);
	if (bio != NULL &&
	    PEM_write_bio(bio, "SIGNED MESSAGE", "", (unsigned char *)both.ptr, (long)both.len) > 0)
		bio_append(out, bio);
	OPENSSL_free(x509);
	BIO_free(bio);
	buf_release(&both);
}

/* How long the SEQUENCE at the front of the data is, with its header; 0 when there is none. */
static size_t
sequence_length(const unsigned char *data, long len)
{
	const unsigned char *at = data;
	int tag, class;
	long size;

	if (ASN1_get_object(&at, &size, &tag, &class, len) & 0x80 || tag != V_ASN1_SEQUENCE ||
	    size < 0 || size > len - (at - data))
		return 0;
	return (size_t)(at - data) + (size_t)size;
}

static bool
split_armour(const unsigned char *data, long len, struct buf *der, struct certificate **out)
{
	size_t first = sequence_length(data, len);
	const unsigned char *at = data + first;
	struct err ignored = { 0 };
	X509 *x509 = first == 0 ? NULL : d2i_X509(NULL, &at, len - (long)first);

	if (x509 != NULL && at != data + len) {
		X509_free(x509);
		x509 = NULL;
	}
	ERR_clear_error();
	if (x509 == NULL || certificate_wrap(out, x509, &ignored) != 0)
		return false;
	buf_put(der, data, first);
	return true;
}

bool
armour_read(const char *text, size_t len, struct buf *der, struct certificate **out)
{
	BIO *bio = len > CERTIFICATE_MAX_BYTES ? NULL : BIO_new_mem_buf(text, (int)len);
	char *name = NULL, *header = NULL;
	unsigned char *data = NULL;
	long size = 0;
	bool fine = bio != NULL && PEM_read_bio(bio, &name, &header, &data, &size) == 1 &&
		    strcmp(name, "SIGNED MESSAGE") == 0 && split_armour(data, size, der, out);

	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(bio);
	ERR_clear_error();
	return fine;
}
