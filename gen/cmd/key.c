/* Keys and certificates: officers make keys and requests, the coordinator issues and revokes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/keystore.h"
#include "cmd/placing.h"
#include "judge/signature.h"
#include "seal/envelope.h"

#define DAY_SECONDS ((int64_t)86400)
#define OFFICER_DAYS 1095
#define AUTHORITY_DAYS 7300
#define SLACK_SECONDS 3600 /* certificates begin so much earlier: clocks differ */

static bool authority, json;
static const char *days, *reason, *moment, *email_option;
static const struct opt opts[] = {
	{ "ca", 0, OPT_FLAG, NULL, "new：生成签发证书的密钥（签发单位，一次）", &authority },
	{ "email", 0, OPT_TEXT, "邮箱", "new、request、use：为这位经办人；默认是 git 的 user.email",
	  &email_option },
	{ "days", 0, OPT_TEXT, "天数", "issue：有效天数，默认三年", &days },
	{ "at", 0, OPT_TEXT, "时间", "revoke：从这时起作废，如“2021-09-30 10:00”，默认现在",
	  &moment },
	{ "message", 'm', OPT_TEXT, "原因", "revoke：为什么吊销", &reason },
	{ "json", 0, OPT_FLAG, NULL, "list：输出 JSON", &json },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

/* Whose key it is about: owned. */
static int
own_email(char **out, const struct session *s, struct err *err)
{
	const char *given = email_option != NULL ? email_option : getenv("GIT_AUTHOR_EMAIL");

	*out =
	    given != NULL && given[0] != '\0' ? xstrdup(given) : repo_config(s->repo, "user.email");
	if (*out == NULL)
		return err_set(err, ERR_USAGE,
			       "不知道是哪位经办人：请加 --email 邮箱，或先设置 git 的 user.email");
	return 0;
}

static int
find_officer(const struct officer_ref **out, const struct session *s, const char *email,
	     struct err *err)
{
	*out = basis_officer(&s->basis, email);
	if (*out != NULL)
		return 0;
	return err_set(err, ERR_USAGE,
		       "名册里没有邮箱是“%s”的经办人；请管理名册的单位先在 content/parties/ 登记",
		       email);
}

static struct certificate_holder
holder_of(const struct officer_ref *ref)
{
	return (struct certificate_holder){ ref->officer->name, ref->party->name,
					    ref->officer->email };
}

/* --- new ------------------------------------------------------------------------------------------- */
static int
new_authority(struct session *s, struct err *err)
{
	struct certificate_holder holder = { s->basis.registers->site.title,
					     s->basis.registers->site.office, "" };
	struct placing placing = { .s = s };
	struct certificate *certificate = NULL;
	struct seal_key *key = NULL;
	struct buf pem = BUF_INIT;
	int code = EXIT_COULD_NOT, rc = need_worktree(s, err);

	if (rc == 0)
		rc = keystore_make(&key, KEYSTORE_AUTHORITY, err);
	if (rc == 0)
		rc = certificate_make_authority(&certificate, key, &holder, s->now - SLACK_SECONDS,
						s->now + AUTHORITY_DAYS * DAY_SECONDS, err);
	if (rc == 0) {
		certificate_pem(certificate, &pem);
		rc = place(&placing, AUTHORITY_FILE, &pem, err);
	}
	if (rc == 0) {
		code = commit_placed(&placing, "登记签发证书", err);
		if (code == EXIT_DONE)
			printf("签发证书已登记：%s\n下一步：各经办人用 yunjuan key new 生成密钥，"
			       "yunjuan key request 生成请求，交来后用 yunjuan key issue 签发\n",
			       AUTHORITY_FILE);
	}
	placing_release(&placing);
	buf_release(&pem);
	certificate_free(certificate);
	seal_key_free(key);
	return code;
}

static int
do_new(struct session *s, struct err *err)
{
	const struct officer_ref *ref;
	struct seal_key *key = NULL;
	char *email = NULL, *path = NULL;
	int rc;

	if (authority)
		return new_authority(s, err);
	rc = own_email(&email, s, err);
	if (rc == 0)
		rc = find_officer(&ref, s, email, err);
	if (rc == 0)
		rc = keystore_make(&key, email, err);
	if (rc == 0) {
		path = keystore_path(email);
		printf(
		    "密钥已生成：%s\n请另备一份，妥善保管；密钥和口令都不要交给别人，也不要放进工作区\n"
		    "下一步：yunjuan key request\n",
		    path);
	}
	free(path);
	seal_key_free(key);
	free(email);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

/* --- request ---------------------------------------------------------------------------------------- */
static int
do_request(struct session *s, struct err *err)
{
	const struct officer_ref *ref;
	struct seal_key *key = NULL;
	struct buf pem = BUF_INIT, file = BUF_INIT;
	char *email = NULL;
	int rc = own_email(&email, s, err);

	if (rc == 0)
		rc = find_officer(&ref, s, email, err);
	if (rc == 0)
		rc = keystore_load(&key, email, err);
	if (rc == 0) {
		struct certificate_holder holder = holder_of(ref);

		rc = request_make(&pem, key, &holder, err);
	}
	if (rc == 0) {
		if (s->argc > 1)
			buf_puts(&file, s->argv[1]);
		else
			buf_printf(&file, "%s.csr", email);
		rc = file_replace(file.ptr, pem.ptr, pem.len, false, err);
	}
	if (rc == 0)
		printf(
		    "证书请求已写入 %s\n下一步：用单位 U 盘或政务邮箱交签发单位，由其运行 yunjuan key issue %s\n",
		    file.ptr, file.ptr);
	seal_key_free(key);
	buf_release(&file);
	buf_release(&pem);
	free(email);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

/* --- issue ------------------------------------------------------------------------------------------- */
struct issuing {
	struct session *s;
	struct placing placing;
	struct seal_key *key;
	struct certificate *authority;
	int64_t to;
	struct buf message;
};

static int
issue_one(struct issuing *i, const char *file, struct err *err)
{
	struct certificate_request *request = NULL;
	struct certificate *certificate = NULL;
	const struct officer_ref *ref = NULL;
	struct buf pem = BUF_INIT, path = BUF_INIT;
	int rc = file_read(&pem, file, CERTIFICATE_MAX_BYTES, err);

	if (rc == 0)
		rc = request_parse(&request, pem.ptr, pem.len, err);
	if (rc == 0)
		rc = find_officer(&ref, i->s, request_holder(request).email, err);
	if (rc == 0) {
		struct certificate_holder holder = holder_of(ref);

		rc = certificate_issue(&certificate, request, &holder, i->key, i->authority,
				       i->s->now - SLACK_SECONDS, i->to, err);
	}
	if (rc == 0 && !certificate_path(&path, ref->officer->email))
		rc = err_set(err, ERR_DATA, "邮箱“%s”不能作文件名；请先更正名册",
			     ref->officer->email);
	if (rc == 0) {
		buf_clear(&pem);
		certificate_pem(certificate, &pem);
		rc = place(&i->placing, path.ptr, &pem, err);
	}
	if (rc == 0) {
		buf_printf(&i->message, "%s%s（%s）", i->message.len > 0 ? "、" : "签发证书：",
			   ref->officer->name, ref->party->name);
		printf("%s <%s>，%s，证书编号 %s\n", ref->officer->name, ref->officer->email,
		       ref->party->name, certificate_serial(certificate));
	}
	buf_release(&path);
	buf_release(&pem);
	certificate_free(certificate);
	request_free(request);
	return rc;
}

static int
read_days(int64_t *out, struct err *err)
{
	*out = OFFICER_DAYS;
	if (days == NULL || text_number(days, 1, AUTHORITY_DAYS, out))
		return 0;
	return err_set(err, ERR_USAGE, "--days 要写 1 到 %d 之间的整数", AUTHORITY_DAYS);
}

static int
open_issuing(struct issuing *i, struct err *err)
{
	int64_t lasting = 0;
	int rc = need_worktree(i->s, err);

	if (rc == 0)
		rc = read_days(&lasting, err);
	if (rc == 0)
		rc = authority_of(&i->authority, &i->s->snap, err);
	if (rc == 0 && i->authority == NULL)
		rc = err_set(err, ERR_USAGE, "还没有签发证书；请先运行 yunjuan key new --ca");
	if (rc == 0)
		rc = keystore_load(&i->key, KEYSTORE_AUTHORITY, err);
	if (rc == 0 && !certificate_fits(i->authority, i->key))
		rc = err_set(err, ERR_USAGE,
			     "本机的签发密钥与工作区登记的签发证书（" AUTHORITY_FILE
			     "）不是一对；请设置 YUNJUAN_KEYS 指出密钥所在的目录");
	i->to = i->s->now + lasting * DAY_SECONDS;
	return rc;
}

static int
do_issue(struct session *s, struct err *err)
{
	struct issuing issuing = { .s = s, .placing = { .s = s }, .message = BUF_INIT };
	struct err ignored = { 0 };
	int i, code = EXIT_COULD_NOT, rc;

	if (s->argc < 2)
		return err_set(err, ERR_USAGE, "请写出证书请求的文件：yunjuan key issue 请求.csr");
	rc = open_issuing(&issuing, err);
	for (i = 1; rc == 0 && i < s->argc; i++)
		rc = issue_one(&issuing, s->argv[i], err);
	if (rc == 0)
		code = commit_placed(&issuing.placing, issuing.message.ptr, err);
	else if (take_back(&issuing.placing, &ignored) != 0)
		err_clear(&ignored); /* the first failure is the one to tell */
	if (code == EXIT_DONE)
		printf("已签发并提交。证书在 " CERTIFICATE_FOLDER
		       "，随下一次交接送达对方；对方收到后运行 yunjuan key use\n");
	placing_release(&issuing.placing);
	certificate_free(issuing.authority);
	seal_key_free(issuing.key);
	buf_release(&issuing.message);
	return code;
}

/* --- revoke ------------------------------------------------------------------------------------------ */
static int
revoke_text(struct buf *out, const struct session *s, const struct certificate *certificate,
	    int64_t at, struct err *err)
{
	char text[17];
	int found = snapshot_read(&s->snap, REVOKED_FILE, DOC_MAX_BYTES, out, NULL, err);

	if (found < 0)
		return -1;
	if (out->len > 0 && out->ptr[out->len - 1] != '\n')
		buf_putc(out, '\n');
	moment_text(at, text);
	buf_printf(out, "%s\t%s\t%s\t%s\n", certificate_serial(certificate), text,
		   certificate_holder(certificate).email, reason);
	return 0;
}

static int
do_revoke(struct session *s, struct err *err)
{
	struct placing placing = { .s = s };
	struct certificate *certificate = NULL;
	struct buf text = BUF_INIT, message = BUF_INIT;
	int64_t at = s->now;
	int code = EXIT_COULD_NOT, rc = need_worktree(s, err);

	if (rc == 0 && s->argc != 2)
		rc = err_set(err, ERR_USAGE, "请写出经办人的邮箱：yunjuan key revoke 邮箱 -m 原因");
	if (rc == 0 && (reason == NULL || strpbrk(reason, "\t\r\n") != NULL))
		rc = err_set(err, ERR_USAGE, "请用 -m 写明吊销的原因（一行文字）");
	if (rc == 0 && moment != NULL && !moment_parse(moment, &at))
		rc = err_set(err, ERR_USAGE, "--at 要写成“2021-09-30 10:00”");
	if (rc == 0)
		rc = certificate_of(&certificate, &s->snap, s->argv[1], err);
	if (rc == 0 && certificate == NULL)
		rc = err_set(err, ERR_USAGE, "“%s”没有登记证书；已登记的见 yunjuan key list",
			     s->argv[1]);
	if (rc == 0)
		rc = revoke_text(&text, s, certificate, at, err);
	if (rc == 0)
		rc = place(&placing, REVOKED_FILE, &text, err);
	if (rc == 0) {
		buf_printf(&message, "吊销证书：%s，%s", s->argv[1], reason);
		code = commit_placed(&placing, message.ptr, err);
	}
	if (code == EXIT_DONE)
		printf("证书 %s 已吊销；这之后用它签名的提交都不会被接收\n",
		       certificate_serial(certificate));
	placing_release(&placing);
	certificate_free(certificate);
	buf_release(&message);
	buf_release(&text);
	return code;
}

/* --- list --------------------------------------------------------------------------------------------- */
struct row {
	const struct officer_ref ref;
	const char *state; /* Chinese */
	char from[17], to[17], serial[33];
	bool here; /* the private key is on this machine */
};

static int
fill_row(struct row *row, const struct session *s, const struct certificate *ca, struct err *err)
{
	struct certificate *certificate = NULL;
	int64_t since = 0;
	int revoked, rc = certificate_of(&certificate, &s->snap, row->ref.officer->email, err);
	static const char *const names[CERTIFICATE_STATE_COUNT] = {
		[CERTIFICATE_VALID] = "有效",
		[CERTIFICATE_UNTRUSTED] = "不是本市签发",
		[CERTIFICATE_EARLY] = "尚未生效",
		[CERTIFICATE_EXPIRED] = "已过期",
	};

	row->here = keystore_has(row->ref.officer->email);
	row->state = "没有证书";
	if (rc != 0 || certificate == NULL)
		return rc;
	snprintf(row->serial, sizeof(row->serial), "%s", certificate_serial(certificate));
	moment_text(certificate_from(certificate), row->from);
	moment_text(certificate_to(certificate), row->to);
	revoked = revoked_since(&since, &s->snap, row->serial, err);
	row->state = revoked > 0 && s->now >= since ? "已吊销"
		     : ca == NULL		    ? names[CERTIFICATE_UNTRUSTED]
				  : names[certificate_state(certificate, ca, s->now)];
	certificate_free(certificate);
	return revoked < 0 ? -1 : 0;
}

static void
print_row(const struct row *row, struct buf *out)
{
	struct buf who = BUF_INIT;

	if (json) {
		buf_puts(out, out->len > 1 ? ",\n {" : "\n {");
		json_key(out, "party");
		json_str(out, row->ref.party->id);
		json_key(out, "name");
		json_str(out, row->ref.officer->name);
		json_key(out, "email");
		json_str(out, row->ref.officer->email);
		json_key(out, "serial");
		json_str(out, row->serial);
		json_key(out, "from");
		json_str(out, row->from);
		json_key(out, "to");
		json_str(out, row->to);
		json_key(out, "state");
		json_str(out, row->state);
		json_key(out, "key_here");
		buf_puts(out, row->here ? "true}" : "false}");
	} else {
		size_t width;

		buf_printf(&who, "%s <%s>", row->ref.officer->name, row->ref.officer->email);
		width = utf8_width(who.ptr);
		buf_printf(out, "%s%*s %s%*s %-10.10s %-10.10s %s%s\n", who.ptr,
			   width < 34 ? (int)(34 - width) : 1, "", row->state,
			   (int)(14 - utf8_width(row->state)), "", row->from, row->to, row->serial,
			   row->here ? "  本机有密钥" : "");
	}
	buf_release(&who);
}

static int
do_list(struct session *s, struct err *err)
{
	const struct registers *r = s->basis.registers;
	struct certificate *ca = NULL;
	struct buf out = BUF_INIT;
	size_t i, k;
	int rc = authority_of(&ca, &s->snap, err);

	if (json)
		buf_puts(&out, "[");
	for (i = 0; rc == 0 && i < r->party_count; i++) {
		for (k = 0; rc == 0 && k < r->parties[i].officer_count; k++) {
			struct row row = { .ref = { &r->parties[i], &r->parties[i].officers[k] } };

			rc = fill_row(&row, s, ca, err);
			print_row(&row, &out);
		}
	}
	if (json)
		buf_puts(&out, "\n]\n");
	if (rc == 0) {
		if (!json && ca == NULL)
			printf("还没有签发证书；签发单位用 yunjuan key new --ca 生成\n");
		fwrite(out.ptr, 1, out.len, stdout);
	}
	certificate_free(ca);
	buf_release(&out);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

/* --- use ------------------------------------------------------------------------------------------------ */
static int
do_use(struct session *s, struct err *err)
{
	struct certificate *certificate = NULL;
	struct seal_key *key = NULL;
	char *email = NULL, *program = program_path();
	int rc = own_email(&email, s, err);

	if (rc == 0)
		rc = keystore_signer(&key, &certificate, &s->snap, email, err);
	if (rc == 0 && (repo_set_config(s->repo, "gpg.format", "x509", err) != 0 ||
			repo_set_config(s->repo, "gpg.x509.program", program, err) != 0 ||
			repo_set_config(s->repo, "user.signingkey", email, err) != 0 ||
			repo_set_config(s->repo, "commit.gpgsign", "true", err) != 0))
		rc = -1;
	if (rc == 0)
		printf("以后在这个工作区的提交都用“%s”的证书（编号 %s）签名\n", email,
		       certificate_serial(certificate));
	certificate_free(certificate);
	seal_key_free(key);
	free(program);
	free(email);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

/* --- open ------------------------------------------------------------------------------------------------ */
/* Whether the file would lie in the work tree, where git would see it. */
static bool
in_workspace(const struct session *s, const char *path)
{
	const char *tree = repo_worktree(s->repo), *slash = strrchr(path, '/');
	char *folder = slash == NULL ? xstrdup(".") : xstrndup(path, (size_t)(slash - path) + 1);
	char *real = realpath(folder, NULL);
	bool inside = tree != NULL && real != NULL && text_starts(real, tree) &&
		      (real[strlen(tree)] == '/' || real[strlen(tree)] == '\0');

	free(real);
	free(folder);
	return inside;
}

static int
do_open(struct session *s, struct err *err)
{
	struct buf text = BUF_INIT, plain = BUF_INIT;
	struct seal_key *key = NULL;
	char *email = NULL;
	int rc = own_email(&email, s, err);

	if (rc == 0 && s->argc != 3)
		rc = err_set(err, ERR_USAGE,
			     "请写出密封件和打开后存成的文件：yunjuan key open 密封件.sm4 文件");
	if (rc == 0 && in_workspace(s, s->argv[2]))
		rc =
		    err_set(err, ERR_USAGE,
			    "“%s”在工作区里，打开的材料不能放在那里；请存到工作区以外", s->argv[2]);
	if (rc == 0)
		rc = file_read(&text, s->argv[1], 2 * ENVELOPE_MAX_BYTES, err);
	if (rc == 0)
		rc = keystore_load(&key, email, err);
	if (rc == 0)
		rc = envelope_open(&plain, text.ptr, text.len, key, err);
	if (rc == 0)
		rc = file_write_secret(s->argv[2], plain.ptr, plain.len, err);
	if (rc == 0)
		printf("已打开，存成 %s，只有您自己能读；用完请删除\n", s->argv[2]);
	explicit_bzero(plain.ptr, plain.len);
	buf_release(&plain);
	buf_release(&text);
	seal_key_free(key);
	free(email);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

static int
run(struct session *s, struct err *err)
{
	static const struct {
		const char *name;
		int (*run)(struct session *s, struct err *err);
	} actions[] = { { "new", do_new },	 { "request", do_request }, { "issue", do_issue },
			{ "revoke", do_revoke }, { "list", do_list },	    { "open", do_open },
			{ "use", do_use } };
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (strcmp(s->argv[0], actions[i].name) == 0)
			return actions[i].run(s, err);
	}
	return err_set(err, ERR_USAGE,
		       "不认识“%s”；可用的是 new、request、issue、revoke、list、use、open",
		       s->argv[0]);
}

const struct cmd cmd_key = {
	.name = "key",
	.summary = "密钥和证书：生成、申请、签发、吊销、启用（国密 SM2）",
	.usage = "new|request|issue|revoke|list|use|open [选项] [文件|邮箱]",
	.example = "  yunjuan key new --ca               签发单位：生成签发证书（只做一次）\n"
		   "  yunjuan key new                    经办人：生成自己的密钥\n"
		   "  yunjuan key request                经办人：生成证书请求，交签发单位\n"
		   "  yunjuan key issue 请求.csr         签发单位：签发并提交\n"
		   "  yunjuan key use                    经办人：收到证书后，以后的提交都签名\n"
		   "  yunjuan key revoke jb01@mz.example -m \"调离\"\n"
		   "  yunjuan key list                   谁有证书，到哪天",
	.min = 1,
	.max = -1,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS,
	.run = run,
};
