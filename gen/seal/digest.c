#include "digest.h"

#include <pthread.h>
#include <stdlib.h>

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

struct digester {
	EVP_MD_CTX *ctx[KINDS];
	bool begun;
	struct err err; /* the first failure, until digester_end */
};

static int
start(struct digester *d)
{
	int i;

	for (i = 0; i < KINDS; i++) {
		if (d->ctx[i] == NULL)
			d->ctx[i] = EVP_MD_CTX_new();
		if (d->ctx[i] == NULL || kinds[i] == NULL ||
		    EVP_DigestInit_ex2(d->ctx[i], kinds[i], NULL) != 1)
			return fail(&d->err, names[i]);
	}
	d->begun = true;
	return 0;
}

static int
finish(const struct digester *d, struct digests *out, struct err *err)
{
	char *text[KINDS] = { out->sha256, out->sm3 };
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned int len;
	int i;

	for (i = 0; i < KINDS; i++) {
		if (EVP_DigestFinal_ex(d->ctx[i], bytes, &len) != 1)
			return fail(err, names[i]);
		write_hex(bytes, len, text[i]);
	}
	return 0;
}

struct digester *
digester_new(void)
{
	pthread_once(&once, fetch_kinds);
	return xcalloc(1, sizeof(struct digester));
}

void
digester_free(struct digester *d)
{
	int i;

	if (d == NULL)
		return;
	for (i = 0; i < KINDS; i++)
		EVP_MD_CTX_free(d->ctx[i]);
	free(d);
}

void
digester_add(struct digester *d, const void *data, size_t len)
{
	const char *at = data;

	if (d->err.code != ERR_NONE || (!d->begun && start(d) != 0))
		return;
	while (len > 0) {
		size_t n = len < CHUNK_BYTES ? len : CHUNK_BYTES;
		int i;

		for (i = 0; i < KINDS; i++)
			if (EVP_DigestUpdate(d->ctx[i], at, n) != 1)
				fail(&d->err, names[i]);
		at += n;
		len -= n;
	}
}

int
digester_end(struct digester *d, struct digests *out, struct err *err)
{
	int rc;

	digester_add(d, NULL, 0);
	rc = d->err.code == ERR_NONE ? finish(d, out, err)
				     : err_set(err, d->err.code, "%s", d->err.text);
	d->begun = false;
	err_clear(&d->err);
	return rc;
}

int
digests_of(const void *data, size_t len, struct digests *out, struct err *err)
{
	struct digester *d = digester_new();
	int rc;

	digester_add(d, data, len);
	rc = digester_end(d, out, err);
	digester_free(d);
	return rc;
}
