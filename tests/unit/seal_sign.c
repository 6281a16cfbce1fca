#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "seal/envelope.h"
#include "seal/seal_internal.h"
#include "unit.h"

#define YEAR ((int64_t)365 * 86400)
#define NOW ((int64_t)1620000000)

/* An authority and one officer's certificate, with their keys. */
struct office {
	struct seal_key *authority_key, *key;
	struct certificate *authority, *certificate;
};

static void
office_open(struct office *o)
{
	static const struct certificate_holder bureau = { "云卷签发", "梅州市政务服务数据管理局",
							  "" };
	static const struct certificate_holder officer = { "经办一", "梅州市教育局",
							   "mzjy01@mzjy.example" };
	struct certificate_request *request = NULL;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };

	memset(o, 0, sizeof(*o));
	CHECK_INT(seal_key_new(&o->authority_key, &err), 0);
	CHECK_INT(certificate_make_authority(&o->authority, o->authority_key, &bureau, NOW,
					     NOW + 10 * YEAR, &err),
		  0);
	CHECK_INT(seal_key_new(&o->key, &err), 0);
	CHECK_INT(request_make(&pem, o->key, &officer, &err), 0);
	CHECK_INT(request_parse(&request, pem.ptr, pem.len, &err), 0);
	CHECK_STR(request_holder(request).name, "经办一");
	CHECK_STR(request_holder(request).unit, "梅州市教育局");
	CHECK_STR(request_holder(request).email, "mzjy01@mzjy.example");
	CHECK_INT(certificate_issue(&o->certificate, request, &officer, o->authority_key,
				    o->authority, NOW + 10, NOW + YEAR, &err),
		  0);
	CHECK_INT(err.code, ERR_NONE);
	request_free(request);
	buf_release(&pem);
}

static void
office_close(struct office *o)
{
	certificate_free(o->certificate);
	certificate_free(o->authority);
	seal_key_free(o->key);
	seal_key_free(o->authority_key);
}

/* GB/T 32918.5, annex A.2: key, message and signature of the standard. */
static void
test_sign__known_answer(void)
{
	static const unsigned char point[] =
	    "\x04\x09\xF9\xDF\x31\x1E\x54\x21\xA1\x50\xDD\x7D\x16\x1E\x4B\xC5\xC6\x72\x17\x9F\xAD"
	    "\x18\x33\xFC\x07\x6B\xB0\x8F\xF3\x56\xF3\x50\x20\xCC\xEA\x49\x0C\xE2\x67\x75\xA5\x2D"
	    "\xC6\xEA\x71\x8C\xC1\xAA\x60\x0A\xED\x05\xFB\xF3\x5E\x08\x4A\x66\x32\xF6\x07\x2D\xA9"
	    "\xAD\x13";
	unsigned char der[] =
	    "\x30\x46\x02\x21\x00\xF5\xA0\x3B\x06\x48\xD2\xC4\x63\x0E\xEA\xC5\x13\xE1\xBB\x81\xA1"
	    "\x59\x44\xDA\x38\x27\xD5\xB7\x41\x43\xAC\x7E\xAC\xEE\xE7\x20\xB3\x02\x21\x00\xB1\xB6"
	    "\xAA\x29\xDF\x21\x2F\xD8\x76\x31\x82\xBC\x0D\x42\x1C\xA1\xBB\x90\x38\xFD\x1F\x7F\x42"
	    "\xD4\x84\x0B\x69\xC4\x85\xBB\xC1\xAA";
	static const char message[] = "message digest";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"SM2", 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, 65),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *from = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	EVP_PKEY *pkey = NULL;
	EVP_MD_CTX *ctx;

	CHECK(EVP_PKEY_fromdata_init(from) == 1 &&
	      EVP_PKEY_fromdata(from, &pkey, EVP_PKEY_PUBLIC_KEY, params) == 1);
	ctx = signing_new(pkey, true);
	CHECK_INT(EVP_DigestVerify(ctx, der, sizeof(der) - 1, (const unsigned char *)message,
				   strlen(message)),
		  1);
	signing_free(ctx);
	der[20] ^= 1;
	ctx = signing_new(pkey, true);
	CHECK(EVP_DigestVerify(ctx, der, sizeof(der) - 1, (const unsigned char *)message,
			       strlen(message)) != 1);
	signing_free(ctx);
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(from);
}

static void
test_sign__round_trip(void)
{
	struct buf der = BUF_INIT, again = BUF_INIT;
	struct err err = { 0 };
	struct office o;

	office_open(&o);
	CHECK_INT(seal_sign(o.key, "同意", 6, &der, &err), 0);
	CHECK(certificate_verify(o.certificate, "同意", 6, der.ptr, der.len));
	CHECK(!certificate_verify(o.certificate, "同义", 6, der.ptr, der.len));
	CHECK(!certificate_verify(o.authority, "同意", 6, der.ptr, der.len));
	CHECK(!certificate_verify(o.certificate, "同意", 6, der.ptr, der.len - 1));
	CHECK(!certificate_verify(o.certificate, "同意", 6, "", 0));
	CHECK_INT(seal_sign(o.key, "", 0, &again, &err), 0);
	CHECK(certificate_verify(o.certificate, "", 0, again.ptr, again.len));
	buf_release(&again);
	buf_release(&der);
	office_close(&o);
}

static void
test_key__kept_encrypted(void)
{
	char folder[] = "/tmp/yj-key-XXXXXX";
	struct seal_key *loaded = NULL;
	struct buf text = BUF_INIT;
	struct err err = { 0 };
	struct stat st;
	struct office o;
	char *path;

	office_open(&o);
	CHECK(mkdtemp(folder) != NULL);
	path = file_join(folder, "a.key");
	CHECK_INT(seal_key_save(o.key, path, "口令 一", 1000, &err), 0);
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(file_read(&text, path, 4096, &err), 0);
	CHECK(strstr(text.ptr, "BEGIN ENCRYPTED PRIVATE KEY") != NULL);
	CHECK_INT(seal_key_load(&loaded, path, "口令 一", &err), 0);
	CHECK(certificate_fits(o.certificate, loaded));
	CHECK(!certificate_fits(o.authority, loaded));
	/* Wrong word; a key that is there is not overwritten; not a key. */
	CHECK_INT(seal_key_load(&loaded, path, "口令 二", &err), -1);
	CHECK_INT(err.code, ERR_USAGE);
	err_clear(&err);
	CHECK_INT(seal_key_save(o.key, path, "x", 1000, &err), -1);
	CHECK_INT(err.code, ERR_USAGE);
	err_clear(&err);
	CHECK_INT(file_replace(path, "no key", 6, false, &err), 0);
	CHECK_INT(seal_key_load(&loaded, path, "x", &err), -1);
	CHECK_INT(err.code, ERR_DATA);
	err_clear(&err);
	CHECK_INT(file_remove_tree(folder, &err), 0);
	seal_key_free(loaded);
	free(path);
	buf_release(&text);
	office_close(&o);
}

static void
test_certificate__states(void)
{
	struct office o, other;

	office_open(&o);
	office_open(&other);
	CHECK_INT(certificate_state(o.certificate, o.authority, NOW + 10), CERTIFICATE_VALID);
	CHECK_INT(certificate_state(o.certificate, o.authority, NOW + YEAR), CERTIFICATE_VALID);
	CHECK_INT(certificate_state(o.certificate, o.authority, NOW + 9), CERTIFICATE_EARLY);
	CHECK_INT(certificate_state(o.certificate, o.authority, NOW + YEAR + 1),
		  CERTIFICATE_EXPIRED);
	CHECK_INT(certificate_state(o.certificate, other.authority, NOW + 20),
		  CERTIFICATE_UNTRUSTED);
	/* An officer issues nothing. */
	CHECK_INT(certificate_state(o.certificate, o.certificate, NOW + 20), CERTIFICATE_UNTRUSTED);
	CHECK(certificate_is_authority(o.authority));
	CHECK(!certificate_is_authority(o.certificate));
	CHECK_STR(certificate_holder(o.certificate).email, "mzjy01@mzjy.example");
	CHECK_STR(certificate_holder(o.certificate).unit, "梅州市教育局");
	CHECK_STR(certificate_holder(o.authority).email, "");
	CHECK_INT(strlen(certificate_serial(o.certificate)), 32);
	CHECK_INT(certificate_from(o.certificate), NOW + 10);
	CHECK_INT(certificate_to(o.certificate), NOW + YEAR);
	office_close(&other);
	office_close(&o);
}

static void
test_certificate__hostile(void)
{
	static const char *const rows[] = { "", "-----BEGIN CERTIFICATE-----\nAAAA\n",
					    "-----BEGIN CERTIFICATE-----\nMAA=\n"
					    "-----END CERTIFICATE-----\n" };
	struct certificate *c = NULL;
	struct certificate_request *r = NULL;
	struct buf pem = BUF_INIT, broken = BUF_INIT;
	struct err err = { 0 };
	struct office o;
	size_t i;

	office_open(&o);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_INT(certificate_parse(&c, rows[i], strlen(rows[i]), &err), -1);
		CHECK_INT(err.code, ERR_DATA);
		err_clear(&err);
		CHECK_INT(request_parse(&r, rows[i], strlen(rows[i]), &err), -1);
		err_clear(&err);
	}
	/* A request whose signature is somebody else's work. */
	CHECK_INT(request_make(&pem, o.key,
			       &(struct certificate_holder){ "甲", "乙", "a@b.example" }, &err),
		  0);
	for (i = 0; i < pem.len; i++) { /* each character of the text another one */
		buf_clear(&broken);
		buf_put(&broken, pem.ptr, pem.len);
		broken.ptr[i] = broken.ptr[i] == 'A' ? 'B' : 'A';
		if (request_parse(&r, broken.ptr, broken.len, &err) == 0) {
			CHECK_STR(request_holder(r).email, "a@b.example");
			request_free(r);
		}
		err_clear(&err);
	}
	buf_release(&broken);
	buf_release(&pem);
	office_close(&o);
}

static void
test_armour__round_trip(void)
{
	struct buf der = BUF_INIT, text = BUF_INIT, back = BUF_INIT;
	struct certificate *c = NULL;
	struct err err = { 0 };
	struct office o;

	office_open(&o);
	CHECK_INT(seal_sign(o.key, "x", 1, &der, &err), 0);
	armour_write(&text, der.ptr, der.len, o.certificate);
	CHECK(text_starts(text.ptr, ARMOUR_BEGIN "\n"));
	CHECK(armour_read(text.ptr, text.len, &back, &c));
	CHECK_INT(back.len, der.len);
	CHECK(memcmp(back.ptr, der.ptr, der.len) == 0);
	CHECK(c != NULL && certificate_same(c, o.certificate));
	certificate_free(c);
	c = NULL;
	CHECK(!armour_read(text.ptr, text.len / 2, &back, &c));
	CHECK(!armour_read("", 0, &back, &c));
	CHECK(!armour_read("-----BEGIN SIGNED MESSAGE-----\nMAA=\n-----END SIGNED MESSAGE-----\n",
			   66, &back, &c));
	CHECK(c == NULL);
	buf_release(&back);
	buf_release(&text);
	buf_release(&der);
	office_close(&o);
}

static void
test_envelope__one_reader(void)
{
	struct buf text = BUF_INIT, back = BUF_INIT, bent = BUF_INIT;
	char serial[33], *data = xmalloc(100000);
	struct err err = { 0 };
	struct office o;
	size_t i, step;

	for (i = 0; i < 100000; i++)
		data[i] = (char)(i * 7 + i / 251);
	office_open(&o);
	CHECK_INT(envelope_close(&text, data, 100000, o.certificate, &err), 0);
	CHECK(envelope_reader(text.ptr, text.len, serial));
	CHECK_STR(serial, certificate_serial(o.certificate));
	CHECK_INT(envelope_open(&back, text.ptr, text.len, o.key, &err), 0);
	CHECK_INT(back.len, 100000);
	CHECK(memcmp(back.ptr, data, 100000) == 0);
	buf_clear(&back);
	CHECK_INT(envelope_open(&back, text.ptr, text.len, o.authority_key, &err), -1);
	CHECK_INT(err.code, ERR_DATA);
	err_clear(&err);
	/* Nothing can be changed or cut unseen behind the reader's name. */
	step = text.len / 97;
	for (i = (size_t)(strstr(text.ptr, "key: ") - text.ptr); i < text.len - 2; i += step) {
		buf_clear(&bent);
		buf_put(&bent, text.ptr, text.len);
		bent.ptr[i] = bent.ptr[i] == 'A' ? 'B' : 'A';
		CHECK_INT(envelope_open(&back, bent.ptr, bent.len, o.key, &err), -1);
		err_clear(&err);
		CHECK_INT(envelope_open(&back, text.ptr, i, o.key, &err), -1);
		err_clear(&err);
	}
	CHECK_INT(back.len, 0);
	buf_release(&bent);
	buf_release(&back);
	buf_release(&text);
	office_close(&o);
	free(data);
}

int
main(void)
{
	unit_run("sign, known answer", test_sign__known_answer);
	unit_run("sign, round trip", test_sign__round_trip);
	unit_run("key, kept encrypted", test_key__kept_encrypted);
	unit_run("certificate, states", test_certificate__states);
	unit_run("certificate, hostile", test_certificate__hostile);
	unit_run("armour, round trip", test_armour__round_trip);
	unit_run("envelope, one reader", test_envelope__one_reader);
	return unit_end();
}
