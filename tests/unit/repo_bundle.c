/* Bundles: what is in them, that git takes them, and that cut or foreign ones are told apart. */
#include "repo/bundle.h"
#include "repo_fixture.h"

static int
append(void *ctx, const void *data, size_t len, struct err *err)
{
	(void)err;
	buf_put(ctx, data, len);
	return 0;
}

static bool
skip_secret(void *ctx, const char *path, const struct oid *blob)
{
	(void)blob;
	*(int *)ctx += 1;
	return text_ends(path, "/secret");
}

/* Two commits: tickets a and b, then another a. */
static void
make(struct buf *out, struct bundle_ref *ref, int *asked)
{
	struct repo *repo = fixture_open("r");
	struct oid second = sh_oid("git -C r rev-parse HEAD");
	struct bundle_part parts[] = { { sh_oid("git -C r rev-parse HEAD~"), "t/a" },
				       { second, "t/a" } };
	struct bundle_plan plan = { .ref_count = 1,
				    .parts = parts,
				    .part_count = 2,
				    .skip = skip_secret,
				    .skip_ctx = asked };
	struct err err = { 0 };

	*ref = (struct bundle_ref){ second, "refs/yunjuan/a" };
	plan.refs = ref;
	CHECK_INT(bundle_write(repo, &plan, append, out, &err), 0);
	CHECK_STR(err.text, "");
	repo_free(repo);
}

static void
save(const char *path, const struct buf *bytes)
{
	struct err err = { 0 };

	CHECK_INT(file_replace(path, bytes->ptr, bytes->len, false, &err), 0);
}

static void
test_bundle__part(void)
{
	struct buf loose = BUF_INIT, packed = BUF_INIT;
	struct bundle_ref ref;
	int asked = 0;
	char *text;

	make(&loose, &ref, &asked);
	CHECK_INT(asked, 4);
	save("one.bundle", &loose);
	sh("git init -q u && git -C u bundle verify -q ../one.bundle 2>/dev/null");
	sh("git -C u bundle unbundle ../one.bundle >/dev/null");
	/* The commits, the way to a, what lies in it; neither b nor what was skipped. */
	text = sh_out("cd u && git cat-file --batch-all-objects --batch-check='%%(objecttype)' | "
		      "sort | uniq -c | tr -s ' \\n' ' '");
	CHECK_STR(text, " 2 blob 2 commit 6 tree ");
	free(text);
	sh("test \"$(git -C u show $(git -C r rev-parse HEAD):t/a/x)\" = two");
	sh("! git -C u cat-file -e $(git -C r rev-parse HEAD:t/b/x)");
	sh("! git -C u cat-file -e $(git -C r rev-parse HEAD:t/a/secret)");
	/* The same bytes however git keeps them. */
	sh("git -C r gc -q");
	make(&packed, &ref, &asked);
	CHECK(packed.len == loose.len && memcmp(packed.ptr, loose.ptr, loose.len) == 0);
	buf_release(&loose);
	buf_release(&packed);
}

static int
index_bytes(const struct buf *bytes, const char *folder, size_t step, struct bundle_header *header,
	    struct arena *arena, struct err *err)
{
	struct bundle_index *index = NULL;
	size_t at, n;
	int rc = bundle_index_new(&index, folder, err);

	for (at = 0; rc == 0 && at < bytes->len; at += n) {
		n = bytes->len - at < step ? bytes->len - at : step;
		rc = bundle_index_add(index, bytes->ptr + at, n, err);
	}
	if (rc == 0)
		rc = bundle_index_end(index, header, arena, err);
	bundle_index_free(index);
	return rc;
}

static void
test_bundle__index(void)
{
	static const size_t steps[] = { 1, 7, 4096, 1 << 20 };
	struct buf bytes = BUF_INIT, raw = BUF_INIT, text = BUF_INIT;
	struct arena arena = { 0 };
	struct bundle_header header;
	struct bundle_ref ref;
	struct snapshot snap;
	struct repo *repo;
	struct err err = { 0 };
	struct oid id;
	int asked = 0;
	size_t i;

	make(&bytes, &ref, &asked);
	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		sh("rm -rf packs && mkdir packs");
		CHECK_INT(index_bytes(&bytes, "packs", steps[i], &header, &arena, &err), 0);
		CHECK_INT(header.ref_count, 1);
		CHECK_INT(header.needed_count, 0);
		CHECK_STR(header.refs[0].name, "refs/yunjuan/a");
		CHECK(oid_same(&header.refs[0].oid, &ref.oid));
	}
	CHECK_INT(repo_of_packs(&repo, "packs", &err), 0);
	CHECK_INT(snapshot_commit(&snap, repo, &ref.oid, &err), 0);
	CHECK_INT(snapshot_read(&snap, "t/a/x", 100, &text, NULL, &err), 1);
	CHECK_STR(text.ptr, "two\n");
	blob_id(&id, text.ptr, text.len);
	CHECK(oid_same(&id, &(struct oid[]){ sh_oid("git -C r rev-parse HEAD:t/a/x") }[0]));
	CHECK_INT(commit_raw(repo, &ref.oid, &raw, &err), 0);
	commit_id(&id, raw.ptr, raw.len);
	CHECK(oid_same(&id, &ref.oid));
	CHECK_INT(snapshot_read(&snap, "t/b/x", 100, &text, NULL, &err), -1);
	CHECK_INT(err.code, ERR_GIT);
	repo_free(repo);
	buf_release(&bytes);
	buf_release(&raw);
	buf_release(&text);
	arena_release(&arena);
}

/* An archive of a year's tickets names each of their commits. */
static void
test_bundle__many_refs(void)
{
	enum { MANY = 80000 };
	struct buf bytes = BUF_INIT, longer = BUF_INIT;
	struct arena arena = { 0 };
	struct bundle_header header;
	struct bundle_ref ref;
	struct err err = { 0 };
	char hex[OID_HEX];
	int asked = 0, i;
	size_t magic;

	make(&bytes, &ref, &asked);
	magic = (size_t)((char *)memchr(bytes.ptr, '\n', bytes.len) + 1 - bytes.ptr);
	buf_put(&longer, bytes.ptr, magic);
	oid_hex(&ref.oid, hex);
	for (i = 0; i < MANY; i++)
		buf_printf(&longer, "%s refs/yunjuan/SQ-20210510-mzjy-01/%05d\n", hex, i);
	buf_put(&longer, bytes.ptr + magic, bytes.len - magic);
	sh("rm -rf packs && mkdir packs");
	CHECK_INT(index_bytes(&longer, "packs", 65536, &header, &arena, &err), 0);
	CHECK_INT(header.ref_count, MANY + 1);
	buf_release(&bytes);
	buf_release(&longer);
	arena_release(&arena);
}

/* Cut anywhere, or one byte changed: never taken. */
static void
test_bundle__damaged(void)
{
	struct buf bytes = BUF_INIT;
	struct bundle_ref ref;
	int asked = 0;
	size_t i;

	make(&bytes, &ref, &asked);
	for (i = 0; i < bytes.len; i += 13) {
		struct buf cut = { bytes.ptr, i, 0, 0, false };
		struct arena arena = { 0 };
		struct bundle_header header;
		struct err err = { 0 };

		sh("rm -rf packs && mkdir packs");
		CHECK_INT(index_bytes(&cut, "packs", 4096, &header, &arena, &err), -1);
		CHECK_INT(err.code, ERR_GIT);
		err_clear(&err);
		bytes.ptr[i] ^= 0x10;
		if (i > 100) /* in the header it may still be one, of other refs */
			CHECK_INT(index_bytes(&bytes, "packs", 4096, &header, &arena, &err), -1);
		bytes.ptr[i] ^= 0x10;
		arena_release(&arena);
	}
	buf_release(&bytes);
}

static void
test_bundle__headers(void)
{
#define HEX "0123456789abcdef0123456789abcdef01234567"
	static const struct {
		const char *text;
		int rc;
		size_t refs, needed;
	} rows[] = {
		{ "", 0, 0, 0 },
		{ "# v2", 0, 0, 0 },
		{ "# v3 git bundle\n", -1, 0, 0 },
		{ "# v2 git bundle\n\n", 1, 0, 0 },
		{ "# v2 git bundle\n" HEX " refs/heads/main\n\nPACK", 1, 1, 0 },
		{ "# v2 git bundle\n-" HEX "\n" HEX " r\n\n", 1, 1, 1 },
		{ "# v2 git bundle\n-" HEX " what it is\n" HEX " r\n", 0, 1, 1 },
		{ "# v2 git bundle\n" HEX "\n\n", -1, 0, 0 },
		{ "# v2 git bundle\n" HEX "x r\n\n", -1, 0, 0 },
		{ "# v2 git bundle\n-\n\n", -1, 0, 0 },
		{ "# v2 git bundle\nrefs/heads/main\n\n", -1, 0, 0 },
		{ "PK\3\4", -1, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena arena = { 0 };
		struct bundle_header header;

		CHECK_INT(bundle_parse(&header, &arena, rows[i].text, strlen(rows[i].text)),
			  rows[i].rc);
		if (rows[i].rc > 0) {
			CHECK_INT(header.ref_count, rows[i].refs);
			CHECK_INT(header.needed_count, rows[i].needed);
		}
		arena_release(&arena);
	}
}

int
main(void)
{
	fixture_start();
	sh("git init -q -b main r && cd r && mkdir -p t/a t/b && echo one >t/a/x && echo s >t/a/secret && "
	   "echo b >t/b/x && git add . && git commit -qm one && echo two >t/a/x && git commit -qam two");
	unit_run("bundle: a part of two commits", test_bundle__part);
	unit_run("bundle: into a folder of its own", test_bundle__index);
	unit_run("bundle: cut or changed", test_bundle__damaged);
	unit_run("bundle: headers", test_bundle__headers);
	unit_run("bundle: many refs", test_bundle__many_refs);
	fixture_end();
	return unit_end();
}
