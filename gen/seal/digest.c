#include "digest.h"

#include <pthread.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#define CHUNK_BYTES 16384 /* still in the nearest cache when the second algorithm reads it */
#define KINDS 2

static const char *const names[KINDS] = { "SHA256", "SM3" };
static EVP_MD *kinds[KINDS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
fetch_kinds(void)
{
	int i;

	for (i = 0; i < KINDS; i++)
		kinds[i] = EVP_MD_fetch(NULL, names[i], NULL);
}

/* Says what failed in OpenSSL's own words and empties its queue for the next caller. */
static int
fail(struct err *err, const char *name)
{
	unsigned long code = ERR_get_error();
	char text[256] = "没有说明原因";

	if (code != 0)
		ERR_error_string_n(code, text, sizeof(text));
	ERR_clear_error();
	return err_set(err, ERR_IO, "算不出 %s 摘要：%s", name, text);
}

static void
write_hex(const unsigned char *bytes, unsigned int len, char out[65])
{
	static const char hex[] = "0123456789abcdef";
	unsigned int i;

	for (i = 0; i < len && i < 32; i++) {
		out[2 * i] = hex[bytes[i] >> 4];
		out[2 * i + 1] = hex[bytes[i] & 15];
	}
	out[2 * i] = '\0';
}

static int
feed(EVP_MD_CTX *const ctx[KINDS], const char *data, size_t len, struct err *err)
{
	while (len > 0) {
		size_t n = len < CHUNK_BYTES ? len : CHUNK_BYTES;
		int i;

		for (i = 0; i < KINDS; i++)
			if (EVP_DigestUpdate(ctx[i], data, n) != 1)
				return fail(err, names[i]);
		data += n;
		len -= n;
	}
	return 0;
}

static int
start(EVP_MD_CTX *ctx[KINDS], struct err *err)
{
	int i;

	for (i = 0; i < KINDS; i++) {
		ctx[i] = EVP_MD_CTX_new();
		if (ctx[i] == NULL || kinds[i] == NULL ||
		    EVP_DigestInit_ex2(ctx[i], kinds[i], NULL) != 1)
			return fail(err, names[i]);
	}
	return 0;
}

static int
finish(EVP_MD_CTX *const ctx[KINDS], struct digests *out, struct err *err)
{
	char *text[KINDS] = { out->sha256, out->sm3 };
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned int len;
	int i;

	for (i = 0; i < KINDS; i++) {
		if (EVP_DigestFinal_ex(ctx[i], bytes, &len) != 1)
			return fail(err, names[i]);
		write_hex(bytes, len, text[i]);
	}
	return 0;
}

int
digests_of(const void *data, size_t len, struct digests *out, struct err *err)
{
	EVP_MD_CTX *ctx[KINDS] = { NULL, NULL };
	int i, rc;

	pthread_once(&once, fetch_kinds);
	rc = start(ctx, err);
	if (rc == 0)
		rc = feed(ctx, data, len, err);
	if (rc == 0)
		rc = finish(ctx, out, err);
	for (i = 0; i < KINDS; i++)
		EVP_MD_CTX_free(ctx[i]);
	return rc;
}
