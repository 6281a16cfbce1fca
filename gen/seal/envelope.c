#include "seal/envelope.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "seal/seal_internal.h"

#define FORMAT "yunjuan-envelope-1"
#define KEY_BYTES 16 /* of SM4; as many again for the HMAC */
#define MAC_BYTES 32

struct secret {
	unsigned char cipher[KEY_BYTES], mac[KEY_BYTES];
};

/* --- pieces --------------------------------------------------------------------------------- */
static void
put_base64(struct buf *out, const void *data, size_t len)
{
	unsigned char line[65];
	size_t at;

	for (at = 0; at < len; at += 48) {
		int n = EVP_EncodeBlock(line, (const unsigned char *)data + at,
					(int)(len - at < 48 ? len - at : 48));

		buf_put(out, line, (size_t)n);
		if (at + 48 < len)
			buf_putc(out, '\n');
	}
}

/* Base64 with line ends; false for anything else. */
static bool
take_base64(struct buf *out, const char *text, size_t len)
{
	EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
	unsigned char piece[1024];
	bool fine = ctx != NULL;
	size_t at;
	int n = 0;

	EVP_DecodeInit(ctx);
	for (at = 0; fine && at < len; at += 1024) {
		fine = EVP_DecodeUpdate(ctx, piece, &n, (const unsigned char *)text + at,
					(int)(len - at < 1024 ? len - at : 1024)) >= 0;
		if (fine)
			buf_put(out, piece, (size_t)n);
	}
	fine = fine && EVP_DecodeFinal(ctx, piece, &n) == 1;
	if (fine)
		buf_put(out, piece, (size_t)n);
	EVP_ENCODE_CTX_free(ctx);
	ERR_clear_error();
	return fine;
}

/* One way of SM4-CBC; appends. */
static bool
crypt(struct buf *out, const struct secret *secret, const unsigned char *iv, bool closing,
      const void *data, size_t len)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;
	bool fine =
	    ctx != NULL && len <= ENVELOPE_MAX_BYTES + 64 && buf_reserve(out, len + 32) &&
	    EVP_CipherInit_ex(ctx, EVP_sm4_cbc(), NULL, secret->cipher, iv, closing) == 1 &&
	    EVP_CipherUpdate(ctx, (unsigned char *)out->ptr + out->len, &n, data, (int)len) == 1 &&
	    EVP_CipherFinal_ex(ctx, (unsigned char *)out->ptr + out->len + n, &last) == 1;

	if (fine) {
		out->len += (size_t)(n + last);
		out->ptr[out->len] = '\0';
	}
	EVP_CIPHER_CTX_free(ctx);
	return fine;
}

/* Over the initial vector and the ciphertext. */
static bool
mac_of(unsigned char out[MAC_BYTES], const struct secret *secret, const unsigned char *iv,
       const struct buf *cipher)
{
	struct buf all = BUF_INIT;
	unsigned int len = 0;
	bool fine;

	buf_put(&all, iv, KEY_BYTES);
	buf_put(&all, cipher->ptr, cipher->len);
	fine = HMAC(EVP_sm3(), secret->mac, KEY_BYTES, (unsigned char *)all.ptr, all.len, out,
		    &len) != NULL &&
	       len == MAC_BYTES;
	buf_release(&all);
	return fine;
}

/* SM2, one way or the other; appends. */
static bool
wrap_key(struct buf *out, EVP_PKEY *pkey, bool closing, const void *data, size_t len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	unsigned char bytes[512];
	size_t size = sizeof(bytes);
	bool fine = ctx != NULL && len <= sizeof(bytes);

	if (closing)
		fine = fine && EVP_PKEY_encrypt_init(ctx) == 1 &&
		       EVP_PKEY_encrypt(ctx, bytes, &size, data, len) == 1;
	else
		fine = fine && EVP_PKEY_decrypt_init(ctx) == 1 &&
		       EVP_PKEY_decrypt(ctx, bytes, &size, data, len) == 1;
	if (fine)
		buf_put(out, bytes, size);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	EVP_PKEY_CTX_free(ctx);
	return fine;
}

static void
forget(struct buf *b)
{
	OPENSSL_cleanse(b->ptr, b->len);
	buf_release(b);
}

/* --- closing ---------------------------------------------------------------------------------- */
/* "name: base64", one line however long. */
static void
put_line(struct buf *out, const char *name, const void *data, size_t len)
{
	struct buf text = BUF_INIT;
	const char *at;

	put_base64(&text, data, len);
	buf_printf(out, "%s: ", name);
	for (at = text.ptr; *at != '\0'; at++)
		if (*at != '\n')
			buf_putc(out, *at);
	buf_putc(out, '\n');
	buf_release(&text);
}

int
envelope_close(struct buf *out, const void *data, size_t len, const struct certificate *reader,
	       struct err *err)
{
	struct buf cipher = BUF_INIT, key = BUF_INIT;
	unsigned char iv[KEY_BYTES], mac[MAC_BYTES];
	struct secret secret;
	int rc = 0;

	if (len > ENVELOPE_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "要密封的材料太大（超过 64 MB）");
	if (RAND_priv_bytes((unsigned char *)&secret, sizeof(secret)) != 1 ||
	    RAND_bytes(iv, sizeof(iv)) != 1 || !crypt(&cipher, &secret, iv, true, data, len) ||
	    !mac_of(mac, &secret, iv, &cipher) ||
	    !wrap_key(&key, X509_get0_pubkey(reader->x509), true, &secret, sizeof(secret)))
		rc = seal_fail(err, ERR_IO, "密封没有做成");
	if (rc == 0) {
		buf_printf(out, "format: " FORMAT "\nto: %s\nserial: %s\n", reader->email,
			   reader->serial);
		put_line(out, "key", key.ptr, key.len);
		put_line(out, "iv", iv, sizeof(iv));
		put_line(out, "mac", mac, sizeof(mac));
		buf_putc(out, '\n');
		put_base64(out, cipher.ptr, cipher.len);
		buf_putc(out, '\n');
	}
	OPENSSL_cleanse(&secret, sizeof(secret));
	buf_release(&cipher);
	buf_release(&key);
	return rc;
}

/* --- opening ----------------------------------------------------------------------------------- */
struct parts {
	struct buf key, iv, mac, cipher;
};

/* The value of the next line "name: value", which must stand at *text; moves behind it. */
static bool
take_line(const char **text, const char *end, const char *name, const char **value, size_t *len)
{
	size_t name_len = strlen(name);
	const char *stop = memchr(*text, '\n', (size_t)(end - *text));

	if (stop == NULL || (size_t)(stop - *text) < name_len + 2 ||
	    memcmp(*text, name, name_len) != 0 || memcmp(*text + name_len, ": ", 2) != 0)
		return false;
	*value = *text + name_len + 2;
	*len = (size_t)(stop - *value);
	*text = stop + 1;
	return true;
}

static bool
take_bytes(const char **text, const char *end, const char *name, struct buf *out)
{
	const char *value;
	size_t len;

	return take_line(text, end, name, &value, &len) && len < 4096 &&
	       take_base64(out, value, len);
}

/* The lines up to the serial number; *text stands behind them. */
static bool
take_head(const char **text, const char *end, char serial[33])
{
	const char *value;
	size_t len;

	if (!take_line(text, end, "format", &value, &len) || len != strlen(FORMAT) ||
	    memcmp(value, FORMAT, len) != 0 || !take_line(text, end, "to", &value, &len) ||
	    !take_line(text, end, "serial", &value, &len) || len != 32)
		return false;
	memcpy(serial, value, 32);
	serial[32] = '\0';
	return true;
}

static bool
take_parts(struct parts *p, const char *text, size_t len)
{
	const char *end = text + len;
	char serial[33];

	return take_head(&text, end, serial) && take_bytes(&text, end, "key", &p->key) &&
	       take_bytes(&text, end, "iv", &p->iv) && take_bytes(&text, end, "mac", &p->mac) &&
	       p->iv.len == KEY_BYTES && p->mac.len == MAC_BYTES && text < end && *text == '\n' &&
	       take_base64(&p->cipher, text + 1, (size_t)(end - text - 1));
}

bool
envelope_reader(const char *text, size_t len, char out[33])
{
	return take_head(&text, text + len, out);
}

static int
open_parts(struct buf *out, const struct parts *p, const struct seal_key *key, struct err *err)
{
	struct buf plain = BUF_INIT;
	unsigned char mac[MAC_BYTES];
	struct secret secret;
	int rc = 0;

	if (!wrap_key(&plain, key->pkey, false, p->key.ptr, p->key.len) ||
	    plain.len != sizeof(secret))
		rc = err_set(err, ERR_DATA, "信封不是给这把密钥的，打不开");
	if (rc == 0) {
		memcpy(&secret, plain.ptr, sizeof(secret));
		if (!mac_of(mac, &secret, (const unsigned char *)p->iv.ptr, &p->cipher) ||
		    CRYPTO_memcmp(mac, p->mac.ptr, MAC_BYTES) != 0 ||
		    !crypt(out, &secret, (const unsigned char *)p->iv.ptr, false, p->cipher.ptr,
			   p->cipher.len))
			rc = err_set(err, ERR_DATA, "信封里的内容被改动过，请对方重新发送");
		OPENSSL_cleanse(&secret, sizeof(secret));
	}
	ERR_clear_error();
	forget(&plain);
	return rc;
}

int
envelope_open(struct buf *out, const char *text, size_t len, const struct seal_key *key,
	      struct err *err)
{
	struct parts p = { BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT };
	int rc = 0;

	if (len > 2 * ENVELOPE_MAX_BYTES)
		rc = err_set(err, ERR_LIMIT, "信封太大，没有打开");
	else if (!take_parts(&p, text, len))
		rc = err_set(err, ERR_DATA, "不是完整的信封文件，请对方重新发送");
	if (rc == 0)
		rc = open_parts(out, &p, key, err);
	buf_release(&p.key);
	buf_release(&p.iv);
	buf_release(&p.mac);
	buf_release(&p.cipher);
	return rc;
}
