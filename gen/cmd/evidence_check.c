/* evidence_check: the bundle is unpacked into a folder of its own and read there; nothing in it is
 * believed because a file beside it says so. */
#include "cmd/evidence_check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "repo/bundle.h"
#include "trail/log.h"

#define BUNDLE "evidence.bundle"
#define REFS "refs/yunjuan/"
#define PAPER_MAX_BYTES ((size_t)1 << 30)
#define COMMIT_MAX_BYTES ((size_t)4 << 20)

struct checking {
	struct bag_reader *bag;
	const struct trust *trust;
	struct evidence_counts *counts;
	struct findings *findings;
	struct arena arena;
	struct bundle_header header;
	struct repo *repo;
	struct map seen; /* papers that the commit has */
};

/* --- the bundle -------------------------------------------------------------------------------- */
struct unbundling {
	struct bundle_index *index;
	struct err fault; /* what is wrong with the bundle, apart from what went wrong here */
};

static int
unbundle_piece(void *ctx, const void *data, size_t len, struct err *err)
{
	struct unbundling *u = ctx;

	(void)err;
	if (u->fault.code == ERR_NONE && bundle_index_add(u->index, data, len, &u->fault) != 0)
		return 0; /* the rest is read for its digests only */
	return 0;
}

static void
bundle_fault(struct checking *c, const char *why)
{
	finding_file(c->findings, "archive-bundle", BUNDLE, 0, 0,
		     "“git 包”没有通过：%s；请对方用云卷重新归档", why);
}

static int
unbundle(struct checking *c, const char *folder, struct err *err)
{
	struct unbundling u = { 0 };
	int rc = bundle_index_new(&u.index, folder, err);

	if (rc != 0)
		return -1;
	rc = bag_stream_file(c->bag, BUNDLE, unbundle_piece, &u, c->findings, err);
	if (rc == 0 && !findings_refuse(c->findings))
		bundle_fault(c, "包里没有 data/" BUNDLE);
	if (rc == 1 && u.fault.code == ERR_NONE &&
	    bundle_index_end(u.index, &c->header, &c->arena, &u.fault) == 0)
		rc = repo_of_packs(&c->repo, folder, &u.fault) == 0 ? 0 : 1;
	if (u.fault.code == ERR_IO)
		rc = err_set(err, ERR_IO, "%s", u.fault.text);
	else if (u.fault.code != ERR_NONE)
		bundle_fault(c, u.fault.text);
	bundle_index_free(u.index);
	return rc < 0 ? -1 : 0;
}

/* --- commits ------------------------------------------------------------------------------------ */
/* The certificate is the authority's, and was in force when the commit was made. */
static int
check_signer(struct checking *c, const struct oid *oid, const struct certificate *signer,
	     const char *file, struct err *err)
{
	static const char *const why[CERTIFICATE_STATE_COUNT] = {
		[CERTIFICATE_UNTRUSTED] = "证书不是签发单位发的",
		[CERTIFICATE_EARLY] = "提交的时候证书还没有生效",
		[CERTIFICATE_EXPIRED] = "提交的时候证书已经过期",
	};
	enum certificate_state state = CERTIFICATE_VALID;
	struct commit commit;
	const char *fault;
	int64_t since;

	if (commit_read(c->repo, oid, &c->arena, &commit, err) != 0)
		return -1;
	if (c->trust->authority != NULL)
		state = certificate_state(signer, c->trust->authority, commit.author.time);
	fault = why[state];
	if (fault == NULL &&
	    revoked_in(&since, c->trust->revoked.ptr, certificate_serial(signer)) &&
	    commit.author.time >= since)
		fault = "提交的时候证书已经吊销";
	if (fault != NULL)
		finding_file(c->findings, "commit-signer", file, 0, 0,
			     "“提交的签名”没有通过：%s；请对方说明签名人是谁", fault);
	return 0;
}

/* The signature is by the certificate that came with it. */
static int
check_signature(struct checking *c, const struct oid *oid, const char *file, struct err *err)
{
	struct buf armour = BUF_INIT, payload = BUF_INIT, der = BUF_INIT;
	struct certificate *signer = NULL;
	int rc = commit_signature(c->repo, oid, &armour, &payload, err);

	if (rc == 1 && armour_read(armour.ptr, armour.len, &der, &signer)) {
		c->counts->signatures++;
		if (!certificate_verify(signer, payload.ptr, payload.len, der.ptr, der.len))
			finding_file(
			    c->findings, "commit-signature", file, 0, 0,
			    "“提交的签名”没有通过：签名与提交的内容不符；请对方用原件重新归档");
		else
			rc = check_signer(c, oid, signer, file, err);
	}
	certificate_free(signer);
	buf_release(&armour);
	buf_release(&payload);
	buf_release(&der);
	return rc < 0 ? -1 : 0;
}

/* "SQ-…/commits/003-<40 digits>.commit": the id, or false. */
static bool
commit_file(const char *name, struct oid *oid)
{
	const char *at = strstr(name, "/commits/");
	char hex[OID_HEX];

	if (at == NULL || !text_ends(name, ".commit") ||
	    strlen(at) != strlen("/commits/000-.commit") + OID_HEX - 1)
		return false;
	snprintf(hex, sizeof(hex), "%s", at + strlen("/commits/000-"));
	return oid_parse(hex, oid);
}

static int
check_commit(struct checking *c, const char *name, const struct oid *oid, struct err *err)
{
	struct buf text = BUF_INIT, packed = BUF_INIT;
	struct err absent = { 0 };
	struct oid real;
	int rc = bag_read_file(c->bag, name, COMMIT_MAX_BYTES, &text, c->findings, err);

	commit_id(&real, text.ptr, text.len);
	c->counts->commits++;
	if (rc == 1 && !oid_same(&real, oid))
		finding_file(c->findings, "commit-id", name, 0, 0,
			     "“提交号”没有通过：内容与文件名里的提交号不符；请对方用原件重新归档");
	else if (rc == 1 && commit_raw(c->repo, oid, &packed, &absent) != 0)
		bundle_fault(c, arena_printf(&c->arena, "里面没有 %s 的提交", name));
	else if (rc == 1)
		rc = check_signature(c, oid, name, err);
	buf_release(&text);
	buf_release(&packed);
	return rc < 0 ? -1 : 0;
}

static int
check_commits(struct checking *c, struct err *err)
{
	size_t count, i;
	const struct bag_file *files = bag_files(c->bag, &count);
	struct oid oid;

	for (i = 0; i < count; i++) {
		if (commit_file(files[i].name, &oid) &&
		    check_commit(c, files[i].name, &oid, err) != 0)
			return -1;
	}
	return 0;
}

/* --- papers --------------------------------------------------------------------------------------- */
struct comparing {
	struct checking *c;
	const char *id;
};

static int
compare_paper(void *ctx, const struct entry *entry, struct err *err)
{
	struct comparing *p = ctx;
	struct checking *c = p->c;
	const char *name = arena_printf(&c->arena, "%s/papers/%s", p->id,
					strstr(entry->path, p->id) + strlen(p->id) + 1);
	struct buf text = BUF_INIT;
	struct oid real;
	int rc;

	if (entry->mode != MODE_FILE && entry->mode != MODE_EXEC)
		return 0;
	map_put(&c->seen, name, c);
	rc = bag_read_file(c->bag, name, PAPER_MAX_BYTES, &text, c->findings, err);
	blob_id(&real, text.ptr, text.len);
	if (rc == 0)
		c->counts->sealed++;
	else if (rc == 1 && !oid_same(&real, &entry->oid))
		finding_file(
		    c->findings, "paper-commit", name, 0, 0,
		    "“材料与提交一致”没有通过：它不是最后一次提交里的那一份；请对方用原件重新归档");
	else if (rc == 1)
		c->counts->papers++;
	buf_release(&text);
	return rc < 0 ? -1 : 0;
}

/* content/tickets/2021/05/SQ-20210510-…: the day stands in the id. */
static const char *
folder_of(struct arena *arena, const char *id)
{
	const char *day = strchr(id, '-');

	if (day == NULL || strlen(day) < 9 || strspn(day + 1, "0123456789") < 8)
		return NULL;
	return arena_printf(arena, LOG_TOP "/%.4s/%.2s/%s", day + 1, day + 5, id);
}

/* The tree of a ticket's last commit against papers/. */
static int
check_ticket(struct checking *c, const char *id, const struct oid *last, struct err *err)
{
	struct comparing comparing = { c, id };
	const char *folder = folder_of(&c->arena, id);
	struct snapshot snap;
	struct err fault = { 0 };
	int rc;

	c->counts->tickets++;
	rc = snapshot_commit(&snap, c->repo, last, &fault);
	if (rc == 0 && folder != NULL)
		rc = snapshot_files(&snap, folder, compare_paper, &comparing, &fault);
	if (rc == 0 && folder != NULL)
		return 0;
	if (fault.code == ERR_IO || fault.code == ERR_LIMIT)
		return err_set(err, fault.code, "%s", fault.text);
	bundle_fault(c, arena_printf(&c->arena, "里面没有工单 %s 的目录", id));
	return 0;
}

static int
check_tickets(struct checking *c, struct err *err)
{
	const struct bundle_header *h = &c->header;
	size_t i, count;
	const struct bag_file *files;

	for (i = 0; i < h->ref_count; i++) {
		const char *name = h->refs[i].name + strlen(REFS), *slash;
		size_t len;

		slash = text_starts(h->refs[i].name, REFS) ? strchr(name, '/') : NULL;
		len = slash == NULL ? 0 : (size_t)(slash - h->refs[i].name) + 1;
		if (slash == NULL || (i + 1 < h->ref_count &&
				      strncmp(h->refs[i].name, h->refs[i + 1].name, len) == 0))
			continue; /* not its last commit */
		if (check_ticket(c, arena_strndup(&c->arena, name, (size_t)(slash - name)),
				 &h->refs[i].oid, err) != 0)
			return -1;
	}
	files = bag_files(c->bag, &count);
	for (i = 0; i < count; i++) {
		if (strstr(files[i].name, "/papers/") != NULL &&
		    map_find(&c->seen, files[i].name) == NULL)
			finding_file(
			    c->findings, "paper-extra", files[i].name, 0, 0,
			    "“材料与提交一致”没有通过：最后一次提交里没有这份材料；请对方用原件重新归档");
	}
	return 0;
}

int
evidence_check(struct bag_reader *bag, const struct trust *trust, struct evidence_counts *counts,
	       struct findings *findings, struct err *err)
{
	struct checking c = { .bag = bag, .trust = trust, .counts = counts, .findings = findings };
	const char *base = getenv("TMPDIR");
	char *folder =
	    file_join(base == NULL || base[0] == '\0' ? "/tmp" : base, "yunjuan-verify-XXXXXX");
	struct err left = { 0 };
	int rc = 0;

	memset(counts, 0, sizeof(*counts));
	if (mkdtemp(folder) == NULL) {
		rc = err_sys(err, "建目录", folder);
		free(folder);
		return rc;
	}
	rc = unbundle(&c, folder, err);
	if (rc == 0 && c.repo != NULL)
		rc = check_commits(&c, err);
	if (rc == 0 && c.repo != NULL)
		rc = check_tickets(&c, err);
	repo_free(c.repo);
	if (file_remove_tree(folder, &left) != 0)
		rc = err_set(err, left.code, "%s", left.text);
	map_release(&c.seen);
	arena_release(&c.arena);
	free(folder);
	return rc;
}
