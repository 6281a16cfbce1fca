/* Verifying what was handed over: an archive or package, packed or unpacked. */
#include <stdlib.h>
#include <string.h>

#include "calendar/calendar.h"
#include "cmd/cmd.h"
#include "cmd/evidence_check.h"
#include "parcel/bag_read.h"

#define SIGNATURE "signature/tagmanifest-sm3.txt.sig"
#define ARCHIVED_REVOKED "certificates/revoked.tsv"
#define SIGNER "signature/signer.pem"

static const char *ca;
static bool json;

static const struct opt opts[] = {
	{ "ca", 0, OPT_TEXT, "文件",
	  "另外取得的签发单位证书（默认：在工作区里时用 content/certificates/ca.pem）", &ca },
	{ "json", 0, OPT_FLAG, NULL, "有问题时输出 JSON", &json },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

static void
note(struct findings *findings, enum severity severity, const char *rule, const char *message)
{
	struct finding f = { .severity = severity, .rule = rule, .message = message };

	finding_add(findings, &f);
}

/* Who issues certificates, from outside the archive, unless nobody told; and which were revoked: by the
 * workspace we are in, and by the archive itself. */
static int
find_trust(struct trust *out, struct bag_reader *bag, struct findings *findings, struct err *err)
{
	struct err none = { 0 };
	struct buf pem = BUF_INIT;
	struct repo *repo = NULL;
	struct snapshot snap;
	int rc = 0;

	if (ca != NULL) {
		rc = file_read(&pem, ca, CERTIFICATE_MAX_BYTES, err);
		if (rc == 0)
			rc = certificate_parse(&out->authority, pem.ptr, pem.len, err);
	}
	if (rc == 0 && repo_open(&repo, ".", &none) == 0 &&
	    snapshot_head(&snap, repo, &none) == 0) {
		if (ca == NULL)
			rc = authority_of(&out->authority, &snap, err);
		if (rc == 0)
			rc = revoked_read(&out->revoked, &snap, err);
	}
	if (rc == 0) {
		buf_putc(&out->revoked, '\n');
		rc = bag_read_file(bag, ARCHIVED_REVOKED, DOC_MAX_BYTES, &out->revoked, findings,
				   err) < 0
			 ? -1
			 : 0;
	}
	repo_free(repo);
	buf_release(&pem);
	return rc;
}

/* --- the signature over the bag --------------------------------------------------------------- */
static void
judge_signer(const struct certificate *signer, const struct trust *trust, int64_t now,
	     struct findings *findings)
{
	char words[200], time[17];
	int64_t since;

	if (revoked_in(&since, trust->revoked.ptr, certificate_serial(signer))) {
		moment_text(since, time);
		snprintf(words, sizeof(words),
			 "签名人的证书已于 %s 吊销，这之前签的才有效；什么时候签的，请看移交的日期",
			 time);
		note(findings, SEVERITY_WARN, "signature-revoked", words);
	}
	if (trust->authority == NULL) {
		note(findings, SEVERITY_NOTE, "signature-authority",
		     "没有核对证书是谁发的：请用 --ca 给出另外取得的签发单位证书");
		return;
	}
	switch (certificate_state(signer, trust->authority, now)) {
	case CERTIFICATE_UNTRUSTED:
		note(findings, SEVERITY_REFUSE, "signature-untrusted",
		     "“归档人的签名”没有通过：证书不是签发单位发的；请对方用登记过的密钥重新签名");
		break;
	case CERTIFICATE_EARLY:
	case CERTIFICATE_EXPIRED:
		note(findings, SEVERITY_WARN, "signature-expired",
		     "签名人的证书现在不在有效期内；签名时是否有效，请看移交的日期");
		break;
	default: break;
	}
}

static int
check_signature(struct bag_reader *bag, const struct trust *trust, int64_t now,
		struct findings *findings, struct err *err)
{
	struct buf text = BUF_INIT, der = BUF_INIT, pem = BUF_INIT;
	struct certificate *signer = NULL;
	struct err bad = { 0 };
	int has_der = bag_read_tag(bag, SIGNATURE, &der, err),
	    has_pem = bag_read_tag(bag, SIGNER, &pem, err),
	    rc = bag_read_tag(bag, "tagmanifest-sm3.txt", &text, err);

	if (has_der == 0 && has_pem == 0) {
		note(findings, SEVERITY_WARN, "signature-none",
		     "没有签名：内容与清单一致，但不能证明是谁归档的");
	} else if (has_der == 0 || has_pem == 0 ||
		   certificate_parse(&signer, pem.ptr, pem.len, &bad) != 0 ||
		   !certificate_verify(signer, text.ptr, text.len, der.ptr, der.len)) {
		note(findings, SEVERITY_REFUSE, "signature-broken",
		     "“归档人的签名”没有通过：签名与清单不符；包被改动过，请对方重新发送原件");
	} else {
		struct certificate_holder holder = certificate_holder(signer);

		printf("签名：%s（%s），证书 %s\n", holder.name, holder.unit,
		       certificate_serial(signer));
		judge_signer(signer, trust, now, findings);
	}
	certificate_free(signer);
	buf_release(&text);
	buf_release(&der);
	buf_release(&pem);
	return rc < 0 ? -1 : 0;
}

static bool
is_signed(const struct bag_reader *bag)
{
	size_t count, i;
	const struct bag_file *tags = bag_tags(bag, &count);

	for (i = 0; i < count; i++) {
		if (strcmp(tags[i].name, SIGNATURE) == 0)
			return true;
	}
	return false;
}

static int
check_evidence(struct bag_reader *bag, const struct trust *trust, struct findings *findings,
	       struct err *err)
{
	struct evidence_counts counts;

	if (strcmp(bag_value(bag, "Yunjuan-Kind"), "archive") != 0)
		return 0;
	if (evidence_check(bag, trust, &counts, findings, err) != 0)
		return -1;
	if (findings_refuse(findings))
		return 0;
	printf("提交：%zu 张工单、%zu 个提交，其中 %zu 个有签名；%zu 份材料与提交核对",
	       counts.tickets, counts.commits, counts.signatures, counts.papers);
	printf(counts.sealed > 0 ? "，%zu 份密封的不在包里\n" : "\n", counts.sealed);
	return 0;
}

static int
check_opened(struct bag_reader *bag, struct session *s, struct findings *findings, struct err *err)
{
	struct trust trust = { .revoked = BUF_INIT };
	size_t count;
	int rc = bag_check(bag, findings, err);

	if (rc == 0)
		rc = find_trust(&trust, bag, findings, err);
	if (rc == 0 && !findings_refuse(findings)) {
		bag_files(bag, &count);
		printf("内容：%zu 个文件，大小、SHA-256、SM3 都与清单一致\n", count);
		rc = check_signature(bag, &trust, s->now, findings, err);
	}
	if (rc == 0 && !findings_refuse(findings))
		rc = check_evidence(bag, &trust, findings, err);
	certificate_free(trust.authority);
	buf_release(&trust.revoked);
	return rc;
}

/* Nothing is unpacked here, so large archives of one's own are welcome. */
static const struct bag_limits limits = { .total_bytes = (int64_t)64 << 30,
					  .file_bytes = (int64_t)16 << 30,
					  .tag_bytes = (int64_t)64 << 20,
					  .files = 1000000 };

static int
run(struct session *s, struct err *err)
{
	struct findings findings = { 0 };
	struct bag_reader *bag = NULL;
	int code = EXIT_COULD_NOT, rc = bag_open(&bag, s->argv[0], &limits, &findings, err);

	if (rc == 0 && bag != NULL)
		rc = check_opened(bag, s, &findings, err);
	if (rc == 0) {
		if (!findings_refuse(&findings))
			puts(is_signed(bag) ? "结论：完好" : "结论：内容完好，但没有签名");
		fflush(stdout);
		code = show_findings(&findings, json);
	}
	bag_reader_free(bag);
	findings_release(&findings);
	return code;
}

const struct cmd cmd_verify = {
	.name = "verify",
	.summary = "核对归档包或交接包：完整、没有改动、签名是真的",
	.usage = "[选项] 文件或目录",
	.example = "  yunjuan verify 归档-SQ-20210510-mzjy-01.zip\n"
		   "  yunjuan verify --ca ca.pem /media/u盘/归档-SQ-20210510-mzjy-01\n"
		   "解开放在目录里的也能核对。不用云卷时，按包里的校验说明.txt 核对。",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
