#include "seal/key.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>

#include "seal/seal_internal.h"

#define KEY_MAX_BYTES ((size_t)16 << 10)

int
seal_fail(struct err *err, enum err_code code, const char *what)
{
	unsigned long number = ERR_peek_last_error();
	char text[256] = "没有说明原因";

	if (number != 0)
		ERR_error_string_n(number, text, sizeof(text));
	ERR_clear_error();
	return err_set(err, code, "%s：%s", what, text);
}

void
bio_append(struct buf *out, BIO *bio)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);

	if (len > 0)
		buf_put(out, data, (size_t)len);
}

EVP_MD_CTX *
signing_new(EVP_PKEY *pkey, bool verify)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key = EVP_PKEY_CTX_new(pkey, NULL);
	bool fine = ctx != NULL && key != NULL && EVP_PKEY_is_a(pkey, "SM2") == 1 &&
		    EVP_PKEY_CTX_set1_id(key, SEAL_ID, (int)strlen(SEAL_ID)) == 1;

	if (fine) {
		EVP_MD_CTX_set_pkey_ctx(ctx, key);
		fine = (verify ? EVP_DigestVerifyInit(ctx, NULL, EVP_sm3(), NULL, pkey)
			       : EVP_DigestSignInit(ctx, NULL, EVP_sm3(), NULL, pkey)) == 1;
	}
	if (fine)
		return ctx;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_CTX_free(key);
	return NULL;
}

void
signing_free(EVP_MD_CTX *ctx)
{
	EVP_PKEY_CTX *key = ctx == NULL ? NULL : EVP_MD_CTX_get_pkey_ctx(ctx);

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_CTX_free(key);
}

static struct seal_key *
wrap(EVP_PKEY *pkey)
{
	struct seal_key *key = xcalloc(1, sizeof(*key));

	key->pkey = pkey;
	return key;
}

int
seal_key_new(struct seal_key **out, struct err *err)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");

	if (pkey == NULL)
		return seal_fail(err, ERR_IO, "生成不了 SM2 密钥");
	*out = wrap(pkey);
	return 0;
}

void
seal_key_free(struct seal_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

/* --- kept encrypted ------------------------------------------------------------------------- */
/* PKCS #8 under PBES2: PBKDF2 with HMAC-SHA-256, SM4-CBC. NULL on failure. */
static X509_SIG *
encrypt_key(EVP_PKEY *pkey, const char *passphrase, int rounds)
{
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(pkey);
	unsigned char salt[16];
	X509_SIG *out = NULL;

	if (plain != NULL && RAND_bytes(salt, sizeof(salt)) == 1) {
		X509_ALGOR *how = PKCS5_pbe2_set_iv(EVP_sm4_cbc(), rounds, salt, sizeof(salt), NULL,
						    NID_hmacWithSHA256);

		if (how != NULL)
			out = PKCS8_set0_pbe(passphrase, (int)strlen(passphrase), plain, how);
		if (out == NULL)
			X509_ALGOR_free(how);
	}
	PKCS8_PRIV_KEY_INFO_free(plain);
	return out;
}

int
seal_key_save(const struct seal_key *key, const char *path, const char *passphrase, int rounds,
	      struct err *err)
{
	X509_SIG *box = encrypt_key(key->pkey, passphrase, rounds);
	BIO *bio = BIO_new(BIO_s_mem());
	struct buf text = BUF_INIT;
	int rc = 0;

	if (box == NULL || bio == NULL || PEM_write_bio_PKCS8(bio, box) != 1)
		rc = seal_fail(err, ERR_IO, "加密不了密钥");
	if (rc == 0) {
		bio_append(&text, bio);
		rc = file_make_parents(path, err);
	}
	if (rc == 0)
		rc = file_write_secret(path, text.ptr, text.len, err);
	buf_release(&text);
	BIO_free(bio);
	X509_SIG_free(box);
	return rc;
}

int
seal_key_load(struct seal_key **out, const char *path, const char *passphrase, struct err *err)
{
	struct buf text = BUF_INIT;
	PKCS8_PRIV_KEY_INFO *plain = NULL;
	X509_SIG *box = NULL;
	EVP_PKEY *pkey = NULL;
	BIO *bio = NULL;
	int rc = file_read(&text, path, KEY_MAX_BYTES, err);

	if (rc == 0) {
		bio = BIO_new_mem_buf(text.ptr, (int)text.len);
		box = bio == NULL ? NULL : PEM_read_bio_PKCS8(bio, NULL, NULL, NULL);
		if (box == NULL)
			rc = seal_fail(err, ERR_DATA, "密钥文件读不懂");
	}
	if (rc == 0) {
		plain = PKCS8_decrypt(box, passphrase, (int)strlen(passphrase));
		pkey = plain == NULL ? NULL : EVP_PKCS82PKEY(plain);
		ERR_clear_error();
		if (pkey == NULL)
			rc = err_at(err, ERR_USAGE, path, 0, 0, "口令不对，打不开密钥");
		else if (EVP_PKEY_is_a(pkey, "SM2") != 1)
			rc = err_at(err, ERR_DATA, path, 0, 0, "不是 SM2 密钥");
	}
	if (rc == 0)
		*out = wrap(pkey);
	else
		EVP_PKEY_free(pkey);
	PKCS8_PRIV_KEY_INFO_free(plain);
	X509_SIG_free(box);
	BIO_free(bio);
	OPENSSL_cleanse(text.ptr, text.len);
	buf_release(&text);
	return rc;
}

int
seal_sign(const struct seal_key *key, const void *data, size_t len, struct buf *der,
	  struct err *err)
{
	EVP_MD_CTX *ctx = signing_new(key->pkey, false);
	unsigned char bytes[128];
	size_t size = sizeof(bytes);
	int rc = 0;

	if (ctx == NULL || EVP_DigestSign(ctx, bytes, &size, data, len) != 1)
		rc = seal_fail(err, ERR_IO, "SM2 签名没有做成");
	else
		buf_put(der, bytes, size);
	signing_free(ctx);
	return rc;
}
