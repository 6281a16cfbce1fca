#include <stdlib.h>

#include "seal/digest.h"
#include "unit.h"

/* FIPS 180-4 (NIST's examples) and GB/T 32905, annex A; "" where a standard has no example. */
static void
test_digest__known_answers(void)
{
	static const struct {
		const char *in, *sha256, *sm3;
	} rows[] = {
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		  "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" },
		{ "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", "",
		  "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "" },
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "" },
	};
	struct err err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct digests d = { "", "" };

		CHECK_INT(digests_of(rows[i].in, strlen(rows[i].in), &d, &err), 0);
		CHECK_INT(strlen(d.sha256), 64);
		CHECK_INT(strlen(d.sm3), 64);
		if (*rows[i].sha256 != '\0')
			CHECK_STR(d.sha256, rows[i].sha256);
		if (*rows[i].sm3 != '\0')
			CHECK_STR(d.sm3, rows[i].sm3);
	}
	CHECK_INT(err.code, ERR_NONE);
}

/* NIST's million times "a", which also passes many pieces. */
static void
test_digest__million(void)
{
	char *data = xmalloc(1000000);
	struct err err = { 0 };
	struct digests d;

	memset(data, 'a', 1000000);
	CHECK_INT(digests_of(data, 1000000, &d, &err), 0);
	CHECK_STR(d.sha256, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(data);
}

static void
test_digest__nothing(void)
{
	struct digests a, b;
	struct err err = { 0 };

	CHECK_INT(digests_of(NULL, 0, &a, &err), 0);
	CHECK_INT(digests_of("", 0, &b, &err), 0);
	CHECK_STR(a.sha256, b.sha256);
	CHECK_STR(a.sm3, b.sm3);
}

/* Lengths around each border between pieces: one more byte changes both. */
static void
test_digest__borders(void)
{
	static const size_t lens[] = { 1, 55, 56, 63, 64, 65, 16383, 16384, 16385, 32768, 49153 };
	char *data = xcalloc(1, 50000);
	struct digests last = { "", "" }, d;
	struct err err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		CHECK_INT(digests_of(data, lens[i], &d, &err), 0);
		CHECK(strcmp(d.sha256, last.sha256) != 0 && strcmp(d.sm3, last.sm3) != 0);
		last = d;
	}
	free(data);
}

static int
digest_often(void *ctx, int worker, struct err *err)
{
	struct digests *out = ctx, d;
	int i;

	if (digests_of("abc", 3, &out[worker], err) != 0)
		return -1;
	for (i = 0; i < 200; i++) {
		if (digests_of("abc", 3, &d, err) != 0)
			return -1;
		if (memcmp(&d, &out[worker], sizeof(d)) != 0)
			return err_set(err, ERR_DATA, "第 %d 个线程", worker);
	}
	return 0;
}

static void
test_digest__threads(void)
{
	struct digests out[4];
	struct err err = { 0 };
	int i;

	CHECK_INT(thread_run(4, digest_often, out, &err), 0);
	for (i = 1; i < 4; i++)
		CHECK(memcmp(&out[0], &out[i], sizeof(out[0])) == 0);
}

/* However it is cut into pieces, and again after the end. */
static void
test_digest__pieces(void)
{
	static const size_t steps[] = { 1, 63, 64, 65, 16384, 40000, 100000 };
	struct digester *d = digester_new();
	struct digests whole, pieces;
	struct err err = { 0 };
	char data[100000];
	size_t i, at;

	for (at = 0; at < sizeof(data); at++)
		data[at] = (char)(at * 7 + at / 251);
	CHECK_INT(digests_of(data, sizeof(data), &whole, &err), 0);
	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		for (at = 0; at < sizeof(data); at += steps[i])
			digester_add(d, data + at,
				     sizeof(data) - at < steps[i] ? sizeof(data) - at : steps[i]);
		CHECK_INT(digester_end(d, &pieces, &err), 0);
		CHECK(memcmp(&whole, &pieces, sizeof(whole)) == 0);
	}
	CHECK_INT(digester_end(d, &pieces, &err), 0);
	CHECK_INT(digests_of("", 0, &whole, &err), 0);
	CHECK(memcmp(&whole, &pieces, sizeof(whole)) == 0);
	digester_free(d);
	digester_free(NULL);
}

int
main(void)
{
	/* First, so that the threads race for the algorithms' first use. */
	unit_run("digest: in threads", test_digest__threads);
	unit_run("digest: the standards' examples", test_digest__known_answers);
	unit_run("digest: a million bytes", test_digest__million);
	unit_run("digest: nothing", test_digest__nothing);
	unit_run("digest: in pieces", test_digest__pieces);
	unit_run("digest: around the borders of pieces", test_digest__borders);
	return unit_end();
}
