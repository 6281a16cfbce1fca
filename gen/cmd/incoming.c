/* incoming: a package from another party. Each check stands on the ones before it. */
#include <stdlib.h>
#include <string.h>

#include "cmd/receiving.h"
#include "judge/signature.h"
#include "repo/bundle.h"
#include "seal/digest.h"

#define BUNDLE "repository.bundle"
#define MAIN_REF "refs/heads/main"
#define SEALED_MAX_BYTES ((size_t)128 << 20)

struct package_in {
	struct bag_reader *bag;
	const char *number, *from, *to;
	const char *signer; /* "经办一 <a@b>" */
	char sm3[65];	    /* of the tag manifest that was signed */
	struct oid tip;
	bool has_bundle, wants_receipt;
};

/* --- who sends it, and to whom --------------------------------------------------------------------- */
static int
judge_package_signature(struct receiving *r, struct package_in *p, const struct certificate *signer,
			const struct signed_text *text, struct err *err)
{
	const struct certificate_holder holder = certificate_holder(signer);
	const struct officer_ref *ref = basis_officer(&r->s->basis, holder.email);
	enum signature_state state = SIGNATURE_NONE;

	if (signature_judge(&state, text, &r->s->snap, holder.email, r->s->now, err) != 0)
		return -1;
	if (state != SIGNATURE_GOOD)
		receiving_refuse(r, "package-signature", "signature/tagmanifest-sm3.txt.sig",
				 "“签名”没有通过：%s（%s <%s>）；请对方用登记的证书重新打包",
				 signature_state_names[state], holder.name, holder.email);
	else if (ref == NULL || strcmp(ref->party->id, p->from) != 0)
		receiving_refuse(
		    r, "package-sender", "bag-info.txt",
		    "“交出单位”没有通过：写的是“%s”，签名人“%s”不是这个单位的经办人；请对方核对后重新打包",
		    p->from, holder.name);
	p->signer = arena_printf(&r->arena, "%s <%s>", holder.name, holder.email);
	return 0;
}

static int
check_package_signature(struct receiving *r, struct package_in *p, struct err *err)
{
	struct buf text = BUF_INIT, der = BUF_INIT, pem = BUF_INIT;
	struct certificate *signer = NULL;
	struct digests digests;
	struct err bad = { 0 };
	int rc = bag_read_tag(p->bag, "tagmanifest-sm3.txt", &text, err);

	if (rc >= 0)
		rc = bag_read_tag(p->bag, "signature/tagmanifest-sm3.txt.sig", &der, err);
	if (rc >= 0)
		rc = bag_read_tag(p->bag, "signature/signer.pem", &pem, err);
	if (rc >= 0)
		rc = digests_of(text.ptr, text.len, &digests, err);
	if (rc == 0) {
		struct signed_text signed_text = { text.ptr, text.len, der.ptr, der.len, NULL };

		memcpy(p->sm3, digests.sm3, sizeof(p->sm3));
		if (der.len == 0 || certificate_parse(&signer, pem.ptr, pem.len, &bad) != 0) {
			receiving_refuse(
			    r, "package-signature", "signature/",
			    "“签名”没有通过：交接件没有签名；请对方用 yunjuan pack 重新打包");
		} else {
			signed_text.signer = signer;
			rc = judge_package_signature(r, p, signer, &signed_text, err);
		}
	}
	certificate_free(signer);
	buf_release(&text);
	buf_release(&der);
	buf_release(&pem);
	return rc < 0 ? -1 : 0;
}

static const char *
value(struct bag_reader *bag, const char *label)
{
	const char *text = bag_value(bag, label);

	return text == NULL ? "" : text;
}

static void
check_addressee(struct receiving *r, struct package_in *p)
{
	const struct party *to = basis_party(&r->s->basis, p->to);

	if (!handover_is_number(p->number, p->from))
		receiving_refuse(
		    r, "package-number", "bag-info.txt",
		    "“编号”没有通过：“%s”不是“%s”的交接编号；请对方用 yunjuan pack 重新打包",
		    p->number, p->from);
	if (to != r->me->party)
		receiving_refuse(
		    r, "package-addressee", "bag-info.txt",
		    "“接收单位”没有通过：这是交给“%s”的，不是交给%s的；请转交，或请对方重新打包",
		    to == NULL ? p->to : to->name, r->me->party->name);
	p->has_bundle = value(p->bag, "Yunjuan-Tip")[0] != '\0';
	if (p->has_bundle && !oid_parse(value(p->bag, "Yunjuan-Tip"), &p->tip))
		receiving_refuse(
		    r, "package-number", "bag-info.txt",
		    "“清单”没有通过：Yunjuan-Tip 不是提交编号；请对方用 yunjuan pack 重新打包");
}

/* --- the bundle ---------------------------------------------------------------------------------------- */
static int
feed(void *ctx, const void *data, size_t len, struct err *err)
{
	return bundle_index_add(ctx, data, len, err);
}

/* What the bundle says of itself against what the signed list says, and against what we have. */
static void
check_header(struct receiving *r, const struct package_in *p, const struct bundle_header *header)
{
	uint32_t number;
	size_t i;

	if (header->ref_count != 1 || strcmp(header->refs[0].name, MAIN_REF) != 0 ||
	    !oid_same(&header->refs[0].oid, &p->tip))
		receiving_refuse(
		    r, "bundle-refs", BUNDLE,
		    "“提交”没有通过：包里的分支与清单不一致；请对方用 yunjuan pack 重新打包");
	for (i = 0; i < header->needed_count; i++) {
		if (log_find_commit(r->s->log, &header->needed[i], &number))
			continue;
		receiving_refuse(
		    r, "bundle-base", BUNDLE,
		    "“提交”没有通过：前面还有交接件没有收到；请先接收以前的，或请对方用 --full 重新打包");
		return;
	}
}

static int
read_bundle(struct receiving *r, const struct package_in *p, struct err *err)
{
	char *packs = arena_printf(&r->arena, "%s/git/objects/pack", r->folder);
	struct bundle_index *index = NULL;
	struct bundle_header header = { 0 };
	struct err bad = { 0 };
	int found, rc = file_make_folder(packs, err);

	if (rc == 0)
		rc = bundle_index_new(&index, packs, err);
	if (rc == 0) {
		found = bag_stream_file(p->bag, BUNDLE, feed, index, &r->findings, &bad);
		if (found > 0 && bundle_index_end(index, &header, &r->arena, &bad) != 0)
			found = -1;
		if (found < 0 && bad.code != ERR_GIT && bad.code != ERR_DATA) {
			*err = bad;
			rc = -1;
		} else if (found < 0) {
			receiving_refuse(r, "bundle-broken", BUNDLE,
					 "“提交”没有通过：%s；请对方重新打包", bad.text);
		} else if (found == 0 && !findings_refuse(&r->findings)) {
			receiving_refuse(
			    r, "bundle-missing", BUNDLE,
			    "“提交”没有通过：清单说有提交，包里却没有；请对方重新打包");
		} else if (found > 0) {
			check_header(r, p, &header);
		}
	}
	bundle_index_free(index);
	return rc;
}

/* The new pack is seen by a repository opened after it was written. */
static int
open_bundle(struct receiving *r, const struct package_in *p, struct err *err)
{
	if (quarantine_ready(r, err) != 0 || read_bundle(r, p, err) != 0)
		return -1;
	return repo_refresh(r->q, err);
}

/* --- merging -------------------------------------------------------------------------------------------- */
static int
keep_conflict(struct receiving *r, const struct package_in *p, const struct buf *text,
	      struct err *err)
{
	char hex[OID_HEX];

	(void)err;
	oid_hex(&p->tip, hex);
	r->conflict = true;
	r->keep = arena_strdup(&r->arena, hex);
	r->keep_ref = arena_printf(&r->arena, RECEIVED_REF "%s", p->number);
	buf_printf(
	    &r->said,
	    "两边都办理了同一张工单，没有合并；两边的内容都留着，对方的在 %s\n%s"
	    "请统筹单位裁定后运行：yunjuan receive --resolve %s --keep 工单号=ours（或 theirs）\n",
	    r->keep_ref, text->ptr, p->number);
	return 0;
}

static int
merge_in(struct receiving *r, const struct package_in *p, struct err *err)
{
	struct oid parents[2] = { r->tip, p->tip };
	struct buf text = BUF_INIT, message = BUF_INIT;
	struct merge merge;
	size_t before = r->findings.count;
	int clean = merge_commits(&merge, r->q, &r->tip, &p->tip, err), rc = clean < 0 ? -1 : 0;

	if (rc == 0)
		rc = describe_conflict(r, &text, &r->tip, &p->tip, &merge, err);
	if (rc == 0 && text.len == 0 && clean > 0) {
		buf_printf(&message, "合并 %s 交来的 %s", p->from, p->number);
		rc = add_commit(r, &merge.tree, parents, 2, message.ptr, err);
		/* What the law refuses of a merge is no fault of the package. */
		if (rc == 0 && r->findings.count > before && findings_refuse(&r->findings)) {
			size_t i;

			for (i = before; i < r->findings.count; i++)
				buf_printf(&text, "  %s\n", r->findings.items[i].message);
			r->findings.count = before;
		}
	}
	if (rc == 0 && text.len > 0)
		rc = keep_conflict(r, p, &text, err);
	merge_release(&merge);
	buf_release(&message);
	buf_release(&text);
	return rc;
}

static int
take_in(struct receiving *r, const struct package_in *p, struct err *err)
{
	struct oid base;

	if (repo_merge_base(r->q, &r->tip, &p->tip, &base, err) != 0)
		return -1;
	if (oid_same(&base, &p->tip))
		return 0; /* we had it all */
	if (oid_same(&base, &r->tip)) {
		r->tip = p->tip;
		return 0;
	}
	return merge_in(r, p, err);
}

/* --- papers for us alone, and the receipt ------------------------------------------------------------------ */
static int
take_sealed(struct receiving *r, const struct package_in *p, struct err *err)
{
	size_t count, i;
	const struct bag_file *files = bag_files(p->bag, &count);
	int rc = 0;

	for (i = 0; rc == 0 && i < count; i++) {
		struct buf text = BUF_INIT;
		char *path;

		if (!text_starts(files[i].name, "sealed/"))
			continue;
		path = arena_printf(&r->arena, "%s/yunjuan/inbox/%s/%s", repo_gitdir(r->s->repo),
				    p->number, files[i].name + strlen("sealed/"));
		if (bag_read_file(p->bag, files[i].name, SEALED_MAX_BYTES, &text, &r->findings,
				  err) < 0)
			rc = -1;
		if (rc == 0)
			rc = file_make_parents(path, err);
		if (rc == 0)
			rc = file_replace(path, text.ptr, text.len, true, err);
		buf_printf(&r->said, "密封材料：%s\n  打开：yunjuan key open %s 存成的文件\n", path,
			   path);
		buf_release(&text);
	}
	return rc;
}

static void
put_receipt(const struct receiving *r, const struct package_in *p, struct buf *out)
{
	char received[17], hex[OID_HEX];

	moment_text(r->s->now, received);
	oid_hex(p->has_bundle ? &p->tip : &r->s->head, hex);
	buf_printf(out,
		   "---\nnumber: %s\nfrom: %s\nto: %s\nreceived: %s\ntip: %s\nsm3: %s\nsigner: ",
		   p->number, p->from, p->to, received, hex, p->sm3);
	yaml_scalar(out, p->signer);
	buf_puts(out, "\n---\n");
}

int
commit_receipt(struct receiving *r, const char *number, const struct buf *text, struct err *err)
{
	struct buf path = BUF_INIT, message = BUF_INIT;
	struct snapshot snap;
	struct oid tree;
	int rc = quarantine_ready(r, err);

	handover_path(&path, number, true);
	buf_printf(&message, "收到 %s", number);
	if (rc == 0)
		rc = tip_snapshot(&snap, r, err);
	if (rc == 0) {
		struct tree_file file = { path.ptr, text->ptr, text->len, NULL };

		rc = tree_write(&tree, r->q, &snap.tree, &file, 1, err);
	}
	if (rc == 0)
		rc = add_commit(r, &tree, &r->tip, 1, message.ptr, err);
	buf_release(&message);
	buf_release(&path);
	return rc;
}

static int
add_receipt(struct receiving *r, const struct package_in *p, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	put_receipt(r, p, &text);
	rc = r->conflict ? keep_receipt(r, p->number, &text, err)
			 : commit_receipt(r, p->number, &text, err);
	buf_release(&text);
	return rc;
}

/* Whether the log says that this one was received already. */
static int
is_received(struct receiving *r, const struct package_in *p, bool *received, struct err *err)
{
	struct buf path = BUF_INIT;
	struct snapshot snap;
	struct entry entry;
	int found = tip_snapshot(&snap, r, err);

	handover_path(&path, p->number, true);
	if (found == 0)
		found = snapshot_find(&snap, path.ptr, &entry, err);
	*received = found > 0;
	buf_release(&path);
	return found < 0 ? -1 : 0;
}

/* Who sends a commit has it: remembered beside the repository, so that it is not sent back. */
static int
note_known(const struct receiving *r, const struct package_in *p, struct err *err)
{
	char hex[OID_HEX], *path = known_path(r->s->repo, p->from);
	int rc = file_make_parents(path, err);

	oid_hex(&p->tip, hex);
	if (rc == 0)
		rc = file_replace(path, hex, strlen(hex), false, err);
	free(path);
	return rc;
}

static int
take_package(struct receiving *r, struct package_in *p, struct err *err)
{
	struct oid before = r->tip;
	int rc = 0;

	if (p->has_bundle) {
		rc = open_bundle(r, p, err);
		if (rc == 0 && !findings_refuse(&r->findings))
			rc = judge_foreign(r, &p->tip, err);
		if (rc == 0 && !findings_refuse(&r->findings))
			rc = take_in(r, p, err);
	}
	if (rc == 0 && !findings_refuse(&r->findings)) {
		rc = take_sealed(r, p, err);
		if (rc == 0 && p->wants_receipt && !findings_refuse(&r->findings))
			rc = add_receipt(r, p, err);
		if (rc == 0 && p->has_bundle && !findings_refuse(&r->findings))
			rc = note_known(r, p, err);
		if (rc == 0 && !findings_refuse(&r->findings) && !r->conflict)
			buf_printf(&r->said, "已接收 %s：%zu 个提交%s\n", p->number, r->commits,
				   oid_same(&before, &r->tip) ? "，都是已有的"
				   : p->wants_receipt ? "；回执已写好，下次交接时带回对方"
						      : "");
	}
	return rc;
}

int
receive_package(struct receiving *r, struct bag_reader *bag, struct err *err)
{
	struct package_in p = { .bag = bag,
				.number = value(bag, "External-Identifier"),
				.from = value(bag, "Yunjuan-From"),
				.to = value(bag, "Yunjuan-To"),
				.wants_receipt = strcmp(value(bag, "Yunjuan-Receipt"), "no") != 0 };
	bool received = false;

	if (check_package_signature(r, &p, err) != 0)
		return -1;
	if (!findings_refuse(&r->findings))
		check_addressee(r, &p);
	if (findings_refuse(&r->findings))
		return 0;
	if (is_received(r, &p, &received, err) != 0)
		return -1;
	if (received) {
		buf_printf(&r->said, "%s 以前已经接收过，没有变化\n", p.number);
		return 0;
	}
	return take_package(r, &p, err);
}
