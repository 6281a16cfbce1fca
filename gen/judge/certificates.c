/* What a commit would make of content/certificates/. */
#include "judge/judge_internal.h"

#include <string.h>

#define RULE "certificate"

/* What is wrong with one certificate, or NULL. */
static const char *
fault_of(const struct case_ *c, const struct certificate *certificate, const char *path,
	 const struct certificate *authority)
{
	const char *email = certificate_holder(certificate).email;
	struct buf expected = BUF_INIT;
	bool same;

	if (strcmp(path, AUTHORITY_FILE) == 0)
		return certificate_is_authority(certificate)
			   ? NULL
			   : "不是签发证书；请用 yunjuan key new --ca 生成";
	same = certificate_path(&expected, email) && strcmp(expected.ptr, path) == 0;
	buf_release(&expected);
	if (!same)
		return "文件名与证书里的邮箱不一致；应为 邮箱.pem";
	if (basis_officer(&c->basis, email) == NULL)
		return "经办人名册里没有这个邮箱；请先登记经办人，再签发证书";
	if (authority == NULL ||
	    certificate_state(certificate, authority, certificate_from(certificate)) !=
		CERTIFICATE_VALID)
		return "不是 content/certificates/ca.pem 签发的；请用 yunjuan key issue 签发";
	return NULL;
}

static int
check_certificate(struct case_ *c, const struct change *change, const struct certificate *authority,
		  struct err *err)
{
	struct certificate *certificate = NULL;
	struct err why = { 0 };
	struct buf pem = BUF_INIT;
	const char *fault = NULL;
	int rc = repo_blob(c->judge->repo, &change->new_oid, CERTIFICATE_MAX_BYTES, &pem, err);

	if (rc == 0 && certificate_parse(&certificate, pem.ptr, pem.len, &why) != 0)
		fault = why.text;
	else if (rc == 0)
		fault = fault_of(c, certificate, change->path, authority);
	if (fault != NULL)
		finding_file(c->findings, RULE, change->path, 0, 0, "%s", fault);
	certificate_free(certificate);
	buf_release(&pem);
	return rc;
}

/* "serial<TAB>2021-09-30 10:00<TAB>e-mail<TAB>reason" */
static bool
line_fits(const char *line)
{
	const char *tab = strchr(line, '\t');
	char time[17] = "";
	int64_t at;

	if (tab == NULL || tab - line != 32 || strspn(line, "0123456789abcdef") != 32)
		return false;
	snprintf(time, sizeof(time), "%s", tab + 1);
	return moment_parse(time, &at) && strlen(tab + 1) > 17 && tab[17] == '\t' &&
	       strchr(tab + 18, '\t') != NULL;
}

static int
check_revoked(struct case_ *c, const struct change *change, struct err *err)
{
	struct buf text = BUF_INIT;
	char *line, *next;
	int number = 1, rc = repo_blob(c->judge->repo, &change->new_oid, DOC_MAX_BYTES, &text, err);

	for (line = text.ptr; rc == 0 && *line != '\0'; line = next, number++) {
		next = line + strcspn(line, "\n");
		next += *next == '\n' ? 1 : 0;
		if (next > line && next[-1] == '\n')
			next[-1] = '\0';
		if (line[0] != '\0' && line[0] != '#' && !line_fits(line))
			finding_file(
			    c->findings, RULE, change->path, number, 1,
			    "吊销名单的每一行是：证书编号、时间（2021-09-30 "
			    "10:00）、邮箱、原因，中间用制表符隔开；请用 yunjuan key revoke");
	}
	buf_release(&text);
	return rc;
}

int
certificates_check(struct case_ *c, struct err *err)
{
	struct certificate *authority = NULL;
	bool asked = false;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < c->change_count; i++) {
		const struct change *change = &c->changes[i];

		if (!text_starts(change->path, CERTIFICATE_FOLDER) || oid_zero(&change->new_oid) ||
		    change->new_mode != MODE_FILE)
			continue;
		if (!asked)
			rc = authority_of(&authority, &c->act->after, err);
		asked = true;
		if (rc == 0 && strcmp(change->path, REVOKED_FILE) == 0)
			rc = check_revoked(c, change, err);
		else if (rc == 0)
			rc = check_certificate(c, change, authority, err);
	}
	certificate_free(authority);
	return rc;
}
