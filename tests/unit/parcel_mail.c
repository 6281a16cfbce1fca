#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parcel/mail.h"
#include "parcel_fixture.h"

#ifdef __SANITIZE_ADDRESS__
#define MEMORY_MAX_KB (1000 * 1000) /* what was freed is kept for a while */
#else
#define MEMORY_MAX_KB (200 * 1000)
#endif
#define SECONDS_MAX 30

/* The head of a mail, and of one with parts. */
#define HEAD "From: =?utf-8?b?57uP5Yqe5LiA?= <jb01@mz.example>\r\nMIME-Version: 1.0\r\n"
#define MIXED HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define ZIP "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"

static void
repeat(struct buf *out, const char *what, int times)
{
	while (times-- > 0)
		buf_puts(out, what);
}

/* --- drafts --------------------------------------------------------------------------------------- */
static struct mail_draft
a_draft(void)
{
	return (struct mail_draft){ .from = "梅州市政务服务数据管理局 <jb01@mz.example>",
				    .to = "兴宁局 <jb02@mz.example>, jl@mz.example",
				    .subject = "移交 HJ-1",
				    .text = "您好：\n附件是归档包。\n",
				    .time = 1620610200,
				    .attachment_path = at("a.zip") };
}

static void
test_draft__bytes(void)
{
	/* Read by eye and by Python's email package. */
	static const char expected[] =
	    "Date: Mon, 10 May 2021 09:30:00 +0800\r\n"
	    "From: =?UTF-8?b?5qKF5bee5biC5pS/5Yqh5pyN5Yqh5pWw5o2u566h55CG5bGA?=\r\n"
	    "\t<jb01@mz.example>\r\n"
	    "Subject: =?UTF-8?B?56e75LqkIEhKLTE=?=\r\n"
	    "To: =?UTF-8?b?5YW05a6B5bGA?= <jb02@mz.example>, jl@mz.example\r\n"
	    "Message-Id: <ID@mz.example>\r\n"
	    "X-Unsent: 1\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed;\r\n"
	    "\tboundary=\"=_yunjuan_ID\"\r\n"
	    "\r\n"
	    "--=_yunjuan_ID\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "\r\n"
	    "5oKo5aW977yaDQrpmYTku7bmmK/lvZLmoaPljIXjgIINCg==\r\n"
	    "\r\n"
	    "--=_yunjuan_ID\r\n"
	    "Content-Type: application/zip; name=a.zip\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=a.zip\r\n"
	    "\r\n"
	    "MDEyMzQ1Njc4OQ==\r\n"
	    "\r\n"
	    "--=_yunjuan_ID--\r\n";
	struct mail_draft draft = a_draft();
	struct buf text = BUF_INIT, plain = BUF_INIT;
	struct err err = { 0 };
	int64_t bytes = 0;
	const char *id, *p;

	put("a.zip", "0123456789", 10);
	CHECK_INT(mail_write_draft(at("a.eml"), &draft, &bytes, &err), 0);
	CHECK_INT(file_read(&text, at("a.eml"), 1 << 20, &err), 0);
	CHECK_INT(bytes, text.len);
	id = strstr(text.ptr, "Message-Id: <");
	CHECK(id != NULL);
	id = id == NULL ? "" : id + 13;
	for (p = text.ptr; *p != '\0'; p++) {
		if (strncmp(p, id, 32) == 0 && *id != '\0') {
			buf_puts(&plain, "ID");
			p += 31;
		} else {
			buf_putc(&plain, *p);
		}
	}
	CHECK_STR(plain.ptr, expected);
	buf_release(&text);
	buf_release(&plain);
}

static void
read_draft(struct buf *out, const struct mail_draft *draft)
{
	struct err err = { 0 };

	buf_clear(out);
	CHECK_INT(mail_write_draft(at("d.eml"), draft, NULL, &err), 0);
	CHECK_STR(err.text, "");
	CHECK_INT(file_read(out, at("d.eml"), 1 << 20, &err), 0);
}

/* Same input, same bytes; any other input, another Message-ID. */
static void
test_draft__same(void)
{
	struct mail_draft drafts[7];
	struct buf first = BUF_INIT, other = BUF_INIT;
	size_t i;

	for (i = 0; i < 7; i++)
		drafts[i] = a_draft();
	put("a.zip", "0123456789", 10);
	put("b.zip", "0123456780", 10);
	drafts[1].text = "您好！\n附件是归档包。\n";
	drafts[2].to = "jl@mz.example";
	drafts[3].subject = "移交 HJ-2";
	drafts[4].time++;
	drafts[5].attachment_path = at("b.zip");
	drafts[5].attachment_name = "a.zip";
	drafts[6].attachment_name = "c.zip";
	read_draft(&first, &drafts[0]);
	read_draft(&other, &drafts[0]);
	CHECK_STR(other.ptr, first.ptr);
	for (i = 1; i < 7; i++) {
		const char *id = strstr(first.ptr, "Message-Id"),
			   *line = strstr(other.ptr, "Message-Id");

		read_draft(&other, &drafts[i]);
		line = strstr(other.ptr, "Message-Id");
		CHECK(id != NULL && line != NULL && strncmp(id, line, 45) != 0);
	}
	buf_release(&first);
	buf_release(&other);
}

/* What base64(1) makes of the attachment, and how long the lines are. */
static void
test_draft__other_reader(void)
{
	static const char script[] =
	    "cd \"$0\" && tr -d '\\r' <d.eml >unix && "
	    "! grep -v '^.name=' unix | grep -qE '.{79}' && "
	    "[ \"$(grep -c '' unix)\" = \"$(grep -c \"$(printf '\\r')\\$\" d.eml)\" ] && "
	    "sed -n '/^Content-Disposition: attachment/,$p' unix | sed '1,/^$/d; /^--/,$d' | "
	    "base64 -d | cmp - n.zip && "
	    "sed -n '/^Content-Type: text/,$p' unix | sed '1,/^$/d; /^--/,$d' | base64 -d | "
	    "tr -d '\\r' | cmp - text";
	struct mail_draft draft = a_draft();
	struct buf data = BUF_INIT, out = BUF_INIT, text = BUF_INIT, command = BUF_INIT;
	int i;

	for (i = 0; i < 40000; i++)
		buf_putc(&data, (char)(i * i >> 7));
	for (i = 0; i < 50; i++)
		buf_puts(&text, "第一卷 sm3 0123456789abcdef\n");
	put("n.zip", data.ptr, data.len);
	put("text", text.ptr, text.len);
	draft.attachment_path = at("n.zip");
	draft.text = text.ptr;
	draft.subject =
	    "移交第一号：云资源申请归档包，共三卷中的第一卷，请查收后用云卷接收并把回执按原路发回，谢谢配合";
	draft.attachment_name =
	    "归档包（云资源申请，第一卷，共三卷，请与其他两卷一起接收）1.zip.001-of-003";
	read_draft(&out, &draft);
	CHECK_INT(setenv("SCRIPT", script, 1), 0);
	buf_printf(&command, "sh -c \"$SCRIPT\" '%s'", root);
	CHECK_INT(system(command.ptr), 0);
	buf_release(&data);
	buf_release(&out);
	buf_release(&text);
	buf_release(&command);
}

static void
check_no_draft(const struct mail_draft *draft, const char *path, enum err_code code)
{
	struct err err = { 0 };

	CHECK_INT(mail_write_draft(at(path), draft, NULL, &err), -1);
	CHECK_INT(err.code, code);
	CHECK(err.text[0] != '\0');
	CHECK(!file_exists(at(path)));
	if (err.code != code)
		printf("# from %s, to %.200s, name %s\n", draft->from, draft->to,
		       draft->attachment_name == NULL ? "NULL" : draft->attachment_name);
}

static void
test_draft__refused(void)
{
	static const char *const froms[] = { "",	 "no address",	    "a@",      "@b",
					     "a@b, c@d", "a@b\r\nBcc: x@y", "a b@c d", "组: a@b;" };
	static const char *const names[] = {
		"", "../a.zip", "a/b.zip", "a\r\nX: 1", "CON", "a\xff"
	};
	struct mail_draft draft = a_draft();
	struct buf many = BUF_INIT;
	size_t i;

	put("a.zip", "0123456789", 10);
	for (i = 0; i < sizeof(froms) / sizeof(*froms); i++) {
		draft.from = froms[i];
		check_no_draft(&draft, "no.eml", ERR_USAGE);
	}
	draft = a_draft();
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		draft.attachment_name = names[i];
		check_no_draft(&draft, "no.eml", ERR_USAGE);
	}
	draft = a_draft();
	draft.to = "x@y, no address";
	check_no_draft(&draft, "no.eml", ERR_USAGE);
	draft = a_draft();
	draft.subject = "a\nBcc: x@y";
	check_no_draft(&draft, "no.eml", ERR_USAGE);
	draft = a_draft();
	draft.text = "\xff";
	check_no_draft(&draft, "no.eml", ERR_USAGE);
	draft = a_draft();
	for (i = 0; i < 600; i++)
		buf_printf(&many, "%snobody%zu@mz.example", i == 0 ? "" : ", ", i);
	draft.to = many.ptr;
	check_no_draft(&draft, "no.eml", ERR_USAGE);
	draft = a_draft();
	draft.limit_bytes = 500;
	check_no_draft(&draft, "no.eml", ERR_LIMIT);
	draft = a_draft();
	draft.attachment_path = at("none.zip");
	check_no_draft(&draft, "no.eml", ERR_IO);
	draft = a_draft();
	check_no_draft(&draft, "none/no.eml", ERR_IO);
	buf_release(&many);
}

/* The disk is full, the attachment is a folder, or not as long as the system says. */
static void
test_draft__fails(void)
{
	struct mail_draft draft = a_draft();
	struct rlimit old, small;
	struct file_list list = { 0 };
	struct buf data = BUF_INIT;
	struct err err = { 0 };

	repeat(&data, "0123456789", 10000);
	put("a.zip", data.ptr, data.len);
	CHECK_INT(file_make_folder(at("drafts"), &err), 0);
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ 50000, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	check_no_draft(&draft, "drafts/no.eml", ERR_IO);
	setrlimit(RLIMIT_FSIZE, &old);
	draft.attachment_name = "a.zip";
	draft.attachment_path = root;
	check_no_draft(&draft, "drafts/no.eml", ERR_IO);
	draft.attachment_path = "/proc/self/status";
	check_no_draft(&draft, "drafts/no.eml", ERR_DATA);
	CHECK_INT(file_list_below(&list, at("drafts"), &err), 0);
	CHECK_INT(list.count, 0);
	file_list_release(&list);
	buf_release(&data);
}

/* --- mails from others ----------------------------------------------------------------------------- */
/* Takes the mail apart into out/ and compares: "name=size name=size", and the rules of the findings. */
static void
check_mail_limits(const char *mail_text, size_t len, const struct mail_limits *limits,
		  const char *files, const char *rules)
{
	struct findings findings = { 0 };
	struct buf names = BUF_INIT, found = BUF_INIT;
	struct file_list list = { 0 };
	struct err err = { 0 };
	struct mail mail;
	size_t i;

	CHECK_INT(file_make_folder(at("out"), &err), 0);
	put("in.eml", mail_text, len);
	CHECK_INT(mail_extract(&mail, at("in.eml"), at("out"), limits, &findings, &err), 0);
	CHECK_STR(err.text, "");
	CHECK_INT(file_list_below(&list, root, &err), 0);
	for (i = 0; i < mail.count; i++) {
		char *path = file_join(at("out"), mail.files[i].name);
		struct stat st = { 0 };

		CHECK(lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		      st.st_size == mail.files[i].bytes);
		buf_printf(&names, "%s%s=%lld", i == 0 ? "" : " ", mail.files[i].name,
			   (long long)mail.files[i].bytes);
		free(path);
	}
	for (i = 0; i < findings.count; i++) {
		buf_printf(&found, "%s%s", i == 0 ? "" : " ", findings.items[i].rule);
		CHECK(strstr(findings.items[i].message, "；请") != NULL);
		CHECK_STR(findings.items[i].file, at("in.eml"));
	}
	CHECK_STR(names.ptr, files);
	CHECK_STR(found.ptr, rules);
	file_list_release(&list);
	CHECK_INT(file_list_below(&list, at("out"), &err), 0);
	CHECK_INT(list.count, mail.count);
	CHECK_INT(file_remove_tree(at("out"), &err), 0);
	file_list_release(&list);
	mail_release(&mail);
	findings_release(&findings);
	buf_release(&names);
	buf_release(&found);
}

static void
check_mail(const char *text, const char *files, const char *rules)
{
	check_mail_limits(text, strlen(text), NULL, files, rules);
}

static void
test_mail__round(void)
{
	static const char *const names[] = { "a.zip", "归档包-云资源申请.zip.001-of-003",
					     "a \"b; c.zip", "it's 100%.zip" };
	struct mail_draft draft = a_draft();
	struct buf data = BUF_INIT;
	struct digests digests;
	struct err err = { 0 };
	size_t i;

	for (i = 0; i < 100000; i++)
		buf_putc(&data, (char)(i * i >> 3));
	CHECK_INT(digests_of(data.ptr, data.len, &digests, &err), 0);
	put("n.zip", data.ptr, data.len);
	draft.attachment_path = at("n.zip");
	CHECK_INT(file_make_folder(at("round"), &err), 0);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct findings findings = { 0 };
		struct mail mail;

		/* Quotes cannot be in a name that Windows opens. */
		draft.attachment_name = strchr(names[i], '"') != NULL ? "a b; c.zip" : names[i];
		CHECK_INT(mail_write_draft(at("r.eml"), &draft, NULL, &err), 0);
		CHECK_INT(mail_extract(&mail, at("r.eml"), at("round"), NULL, &findings, &err), 0);
		CHECK_STR(err.text, "");
		CHECK_STR(mail.from, "jb01@mz.example");
		CHECK_INT(findings.count, 0);
		CHECK_INT(mail.count, 1);
		if (mail.count == 1) {
			CHECK_STR(mail.files[0].name, draft.attachment_name);
			CHECK_STR(mail.files[0].digests.sha256, digests.sha256);
			CHECK_STR(mail.files[0].digests.sm3, digests.sm3);
			CHECK_INT(mail.files[0].bytes, data.len);
		}
		mail_release(&mail);
		findings_release(&findings);
	}
	buf_release(&data);
}

static const struct {
	const char *text, *files, *rules;
} shapes[] = {
	/* One attachment, no parts; and names in each of the ways. */
	{ HEAD ZIP "Content-Disposition: attachment; filename=a.zip\r\n\r\nMDEy\r\n", "a.zip=3",
	  "" },
	{ HEAD ZIP
	  "Content-Disposition: attachment; filename*=utf-8''%E5%8C%85.zip\r\n\r\nMDEy\r\n",
	  "包.zip=3", "" },
	{ HEAD ZIP
	  "Content-Disposition: attachment;\r\n filename*0*=utf-8''%E5%8C;\r\n filename*1*=%85.zip\r\n\r\nMDEy\r\n",
	  "包.zip=3", "" },
	{ HEAD ZIP
	  "Content-Disposition: attachment; filename=\"=?utf-8?b?5YyFLnppcA==?=\"\r\n\r\nMDEy\r\n",
	  "包.zip=3", "" },
	{ HEAD ZIP
	  "Content-Disposition: attachment; filename=\"=?gb18030?q?=B0=FC.zip?=\"\r\n\r\nMDEy\r\n",
	  "包.zip=3", "" },
	{ HEAD ZIP
	  "Content-Disposition: attachment; filename=\"\xb0\xfc\xb9\xe9.zip\"\r\n\r\nMDEy\r\n",
	  "包归.zip=3", "" },
	{ HEAD
	  "Content-Type: application/zip; name=\"a.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\nMDEy\r\n",
	  "a.zip=3", "" },
	/* Encodings. */
	{ HEAD
	  "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n0=\r\n1=32\r\n",
	  "a.zip=5", "" },
	{ HEAD
	  "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
	  "begin 644 ../../x\r\n#,#$R\r\n`\r\nend\r\n",
	  "a.zip=3", "" },
	{ HEAD
	  "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: 8bit\r\n\r\n012",
	  "a.zip=3", "" },
	{ HEAD
	  "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: x-nobody\r\n\r\n012",
	  "a.zip=3", "" },
	{ HEAD ZIP "Content-Disposition: attachment; filename=a.zip\r\n\r\n", "a.zip=0", "" },
	/* Parts within parts, forwarded mails, texts and pictures. */
	{ MIXED "--b\r\n\r\nhi\r\n--b\r\n" ZIP
		"Content-Disposition: attachment; filename=a.zip\r\n\r\nMDEy\r\n"
		"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" ZIP
		"Content-Disposition: inline; filename=b.zip\r\n\r\nMDEyMw==\r\n--c--\r\n--b--\r\n",
	  "a.zip=3 b.zip=4", "" },
	{ MIXED
	  "--b\r\nContent-Type: message/rfc822\r\n\r\n" MIXED "--b\r\n" ZIP
	  "Content-Disposition: attachment; filename=a.zip\r\n\r\nMDEy\r\n--b--\r\n\r\n--b--\r\n",
	  "a.zip=3", "" },
	{ MIXED
	  "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b\r\nContent-Type: image/png; name=p.png\r\n"
	  "Content-ID: <x>\r\nContent-Disposition: inline\r\n\r\n12\r\n--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\n34\r\n--b--\r\n",
	  "a.txt=2", "" },
	{ HEAD
	  "Content-Type: multipart/signed; boundary=b; micalg=sm3; protocol=\"application/pkcs7-signature\"\r\n\r\n"
	  "--b\r\n" ZIP "Content-Disposition: attachment; filename=a.zip\r\n\r\nMDEy\r\n"
	  "--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--b--\r\n",
	  "a.zip=3", "" },
	{ "\xef\xbb\xbf" HEAD ZIP "Content-Disposition: attachment; filename=a.zip\r\n\r\nMDEy\r\n",
	  "a.zip=3", "" },
	/* Only the last part of a name counts. */
	{ HEAD ZIP "Content-Disposition: attachment; filename=\"../../etc/a.zip\"\r\n\r\nMDEy\r\n",
	  "a.zip=3", "" },
	{ HEAD ZIP "Content-Disposition: attachment; filename=\"/etc/a.zip\"\r\n\r\nMDEy\r\n",
	  "a.zip=3", "" },
	{ HEAD ZIP
	  "Content-Disposition: attachment; filename*=utf-8''C%3A%5Ctmp%5Ca.zip\r\n\r\nMDEy\r\n",
	  "a.zip=3", "" },
};

static void
test_mail__shapes(void)
{
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		int before = unit_faults;

		check_mail(shapes[i].text, shapes[i].files, shapes[i].rules);
		if (unit_faults != before)
			printf("# in row %zu\n", i);
	}
}

static void
test_mail__names(void)
{
	/* As RFC 2231 writes them. */
	static const char *const bad[] = { "..",
					   "../..",
					   "a/",
					   "C%3Aa.zip",
					   "a%00.zip",
					   "a%0A.zip",
					   "a%1B[31m.zip",
					   "CON",
					   "nul.zip",
					   "LPT1.txt",
					   "a.zip.",
					   "a.zip%20",
					   "%E2%80%AEpiz.a",
					   "%E2%80%8Ba.zip",
					   "a%3Fb",
					   "a%2A",
					   "a%7Cb",
					   ".",
					   "%20",
					   "%E5%8C" };
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int before = unit_faults;

		buf_clear(&text);
		buf_printf(
		    &text,
		    MIXED
		    "--b\r\n" ZIP
		    "Content-Disposition: attachment; filename*=utf-8''%s\r\n\r\nMDEy\r\n"
		    "--b\r\n" ZIP
		    "Content-Disposition: attachment; filename=good.zip\r\n\r\nMDEy\r\n--b--\r\n",
		    bad[i]);
		/* A name cut at a zero byte by the library is a plain one. */
		if (strstr(bad[i], "%00") != NULL)
			check_mail(text.ptr, "a=3 good.zip=3", "");
		else
			check_mail(text.ptr, "good.zip=3", "mail-name");
		if (unit_faults != before)
			printf("# name %s\n", bad[i]);
	}
	buf_clear(&text);
	buf_puts(&text, HEAD "Content-Type: application/zip; name=\"");
	for (i = 0; i < 300; i++)
		buf_putc(&text, 'a');
	buf_puts(&text, "\"\r\n\r\nx");
	check_mail(text.ptr, "", "mail-name");
	check_mail(HEAD ZIP "\r\nMDEy\r\n", "", "mail-name");
	check_mail(HEAD ZIP "Content-Disposition: attachment; filename=\"\"\r\n\r\nMDEy\r\n", "",
		   "mail-name");
	buf_release(&text);
}

/* Names that are one file to some system; names that are there; links that are there. */
static void
test_mail__taken(void)
{
#define NAMED(name) \
	"--b\r\n" ZIP "Content-Disposition: attachment; filename*=utf-8''" name "\r\n\r\nMDEy\r\n"
	struct findings findings = { 0 };
	struct buf text = BUF_INIT;
	struct err err = { 0 };
	struct mail mail;

	check_mail(MIXED NAMED("a.zip") NAMED("a.zip") "--b--\r\n", "a.zip=3", "mail-duplicate");
	check_mail(MIXED NAMED("a.zip") NAMED("A.ZIP") NAMED("x/a.Zip") "--b--\r\n", "a.zip=3",
		   "mail-duplicate mail-duplicate");
	check_mail(MIXED NAMED("e%CC%81.zip") NAMED("%C3%A9.zip") "--b--\r\n", "e\xcc\x81.zip=3",
		   "mail-duplicate");
	CHECK_INT(file_make_folder(at("there"), &err), 0);
	put("there/a.zip", "old", 3);
	CHECK_INT(symlink(at("there/a.zip"), at("there/l.zip")), 0);
	CHECK_INT(symlink(at("there/new.zip"), at("there/n.zip")), 0);
	put("in.eml", MIXED NAMED("a.zip") NAMED("l.zip") NAMED("n.zip") "--b--\r\n",
	    strlen(MIXED NAMED("a.zip") NAMED("l.zip") NAMED("n.zip") "--b--\r\n"));
	CHECK_INT(mail_extract(&mail, at("in.eml"), at("there"), NULL, &findings, &err), 0);
	CHECK_INT(mail.count, 0);
	CHECK_INT(findings.count, 3);
	CHECK(!file_exists(at("there/new.zip")));
	CHECK_INT(file_read(&text, at("there/a.zip"), 100, &err), 0);
	CHECK_STR(text.ptr, "old");
	mail_release(&mail);
	findings_release(&findings);
	buf_release(&text);
}

static void
test_mail__refused(void)
{
	static const struct {
		const char *text, *rules;
	} rows[] = {
		{ "", "mail-broken" },
		{ "\r\n", "mail-empty" },
		{ "no mail at all", "mail-broken" },
		{ HEAD "\r\nhi\r\n", "mail-empty" },
		{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
		  "From: a@b\r\n",
		  "mail-outlook" },
		{ HEAD "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nhi\r\n--b--\r\n",
		  "mail-truncated" },
		{ HEAD
		  "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nhi\r\n----\r\n",
		  "mail-empty" },
		{ MIXED "no parts", "mail-truncated" },
		{ MIXED "--b--\r\n", "mail-empty" },
		{ MIXED NAMED("a.zip"), "mail-truncated" },
		{ MIXED NAMED("a.zip") "--b", "mail-truncated" },
		{ MIXED
		  "--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx\r\n--b--\r\n",
		  "mail-tnef" },
		{ HEAD "Content-Type: message/partial; id=a@b; number=1; total=2\r\n\r\nx",
		  "mail-partial" },
		{ HEAD
		  "Content-Type: multipart/encrypted; boundary=b; protocol=\"application/pgp-encrypted\"\r\n\r\n" NAMED(
		      "a.zip") "--b--\r\n",
		  "mail-encrypted" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int before = unit_faults;

		check_mail(rows[i].text, "", rows[i].rules);
		if (unit_faults != before)
			printf("# in row %zu\n", i);
	}
}

static void
test_mail__limits(void)
{
	static const char two[] = MIXED NAMED("a.zip") NAMED("b.zip") "--b--\r\n";
	struct mail_limits limits = { .files = 1 };

	check_mail_limits(two, strlen(two), &limits, "a.zip=3", "mail-files");
	limits = (struct mail_limits){ .file_bytes = 2 };
	check_mail_limits(two, strlen(two), &limits, "", "mail-file-size mail-file-size");
	limits = (struct mail_limits){ .file_bytes = 3, .total_bytes = 5 };
	check_mail_limits(two, strlen(two), &limits, "a.zip=3", "mail-total");
	limits = (struct mail_limits){ .file_bytes = 3,
				       .total_bytes = 6,
				       .files = 2,
				       .parts = 3,
				       .depth = 2,
				       .header_bytes = 150,
				       .mail_bytes = (int64_t)strlen(two) };
	check_mail_limits(two, strlen(two), &limits, "a.zip=3 b.zip=3", "");
	limits = (struct mail_limits){ .parts = 2 };
	check_mail_limits(two, strlen(two), &limits, "", "mail-parts");
	limits = (struct mail_limits){ .depth = 1 };
	check_mail_limits(two, strlen(two), &limits, "", "mail-depth");
	limits = (struct mail_limits){ .mail_bytes = (int64_t)strlen(two) - 1 };
	check_mail_limits(two, strlen(two), &limits, "", "mail-size");
	limits = (struct mail_limits){ .header_bytes = 100 };
	check_mail_limits(two, strlen(two), &limits, "", "mail-header");
}

static void
check_from(const char *line, const char *expected)
{
	struct findings findings = { 0 };
	struct buf text = BUF_INIT;
	struct err err = { 0 };
	struct mail mail;

	buf_printf(&text, "%sMIME-Version: 1.0\r\n\r\nhi\r\n", line);
	put("in.eml", text.ptr, text.len);
	CHECK_INT(mail_extract(&mail, at("in.eml"), root, NULL, &findings, &err), 0);
	CHECK_STR(mail.from, expected);
	mail_release(&mail);
	findings_release(&findings);
	buf_release(&text);
}

static void
test_mail__from(void)
{
	check_from("From: a@b.example\r\n", "a@b.example");
	check_from("From: \"a@evil.example\" <a@b.example>\r\n", "a@b.example");
	check_from("From: =?utf-8?q?x=40y?= <a@b.example>\r\n", "a@b.example");
	check_from("", "");
	check_from("From: nobody\r\n", "");
	check_from("From: a@b.example, c@d.example\r\n", "");
	check_from("From: g: a@b.example;\r\n", "");
	check_from("From: a\x1b[31m@b.example\r\n", "");
	check_from("From: a@\xe2\x80\xae"
		   "b.example\r\n",
		   "");
}

/* A failure is no finding, and nothing half written stays. */
static void
test_mail__fails(void)
{
	static const char text[] = MIXED NAMED("a.zip") "--b--\r\n";
	struct rlimit old, small;
	struct findings findings = { 0 };
	struct file_list list = { 0 };
	struct err err = { 0 };
	struct mail mail;

	CHECK_INT(mail_extract(&mail, at("none.eml"), root, NULL, &findings, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	mail_release(&mail);
	err_clear(&err);
	put("in.eml", text, strlen(text));
	CHECK_INT(mail_extract(&mail, at("in.eml"), at("no-folder"), NULL, &findings, &err), -1);
	CHECK_INT(err.code, ERR_IO);
	mail_release(&mail);
	err_clear(&err);
	CHECK_INT(file_make_folder(at("full"), &err), 0);
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ 1, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	CHECK_INT(mail_extract(&mail, at("in.eml"), at("full"), NULL, &findings, &err), -1);
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK_INT(err.code, ERR_IO);
	CHECK_INT(mail.count, 0);
	mail_release(&mail);
	err_clear(&err);
	CHECK_INT(findings.count, 0);
	CHECK_INT(file_list_below(&list, at("full"), &err), 0);
	CHECK_INT(list.count, 0);
	file_list_release(&list);
	/* A link and a pipe are no mails. */
	CHECK_INT(symlink(at("in.eml"), at("link.eml")), 0);
	CHECK_INT(mkfifo(at("pipe.eml"), 0600), 0);
	CHECK_INT(mail_extract(&mail, at("link.eml"), at("full"), NULL, &findings, &err), 0);
	mail_release(&mail);
	CHECK_INT(mail_extract(&mail, at("pipe.eml"), at("full"), NULL, &findings, &err), 0);
	mail_release(&mail);
	CHECK_INT(findings.count, 2);
	CHECK_STR(findings.items[1].rule, "mail-special");
	findings_release(&findings);
}

/* --- with a clock and a scale ------------------------------------------------------------------------ */
/* Runs in a process of its own, which may take SECONDS_MAX and MEMORY_MAX_KB, on a stack of 1 MB. */
static void
limited(const char *what, void (*run)(void))
{
	struct rusage used;
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(SECONDS_MAX);
		unit_faults = 0;
		run();
		fflush(stdout);
		_exit(unit_faults != 0);
	}
	CHECK(wait4(pid, &status, 0, &used) == pid);
	CHECK_INT(status, 0);
	CHECK(used.ru_maxrss < MEMORY_MAX_KB);
	if (status != 0 || used.ru_maxrss >= MEMORY_MAX_KB)
		printf("# %s: status %d, %ld KB\n", what, status, used.ru_maxrss);
}

/* Checks head, a piece many times, tail. */
static void
check_long(const char *head, const char *piece, int times, const char *tail, const char *files,
	   const char *rules)
{
	struct buf text = BUF_INIT;

	buf_puts(&text, head);
	repeat(&text, piece, times);
	buf_puts(&text, tail);
	check_mail_limits(text.ptr, text.len, NULL, files, rules);
	buf_release(&text);
}

static void
nested(int depth, const char *rules)
{
	struct buf text = BUF_INIT;
	int i;

	buf_puts(&text, HEAD);
	for (i = 0; i < depth; i++)
		buf_printf(&text, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i,
			   i);
	buf_puts(&text, "\r\nhi\r\n");
	for (i = depth - 1; i >= 0; i--)
		buf_printf(&text, "--b%d--\r\n", i);
	check_mail_limits(text.ptr, text.len, NULL, "", rules);
	buf_release(&text);
}

static void
run_nested(void)
{
	nested(16, "mail-depth");
	nested(15, "mail-empty");
	nested(4000, "mail-depth");
	nested(10000, "mail-parts");
	check_long(HEAD, "Content-Type: message/rfc822\r\n\r\n", 8000, "", "", "mail-depth");
}

static void
run_headers(void)
{
	check_long(HEAD "Subject: ", "0123456789abcdef", 65536, "\r\n\r\nhi", "", "mail-header");
	check_long(HEAD, "a:\r\n", 60000, "\r\nhi", "", "mail-empty");
	check_long(HEAD, "a:\r\n", 600000, "\r\nhi", "", "mail-header");
	check_long(MIXED "--b\r\n", "a:\r\n", 600000, "\r\nhi\r\n--b--\r\n", "", "mail-header");
	check_long(MIXED "--b\r\nContent-Type: message/rfc822\r\n\r\n", "a:\r\n", 600000,
		   "\r\nhi\r\n--b--\r\n", "", "mail-header");
	check_long(HEAD "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n", "a:\r\n",
		   600000, "\r\nhi\r\n--b--\r\n", "", "mail-header");
	check_long(HEAD "To: ", "a:", 100000, "\r\n\r\nhi", "", "mail-header");
	check_long(HEAD "To: ", "\r\n a:", 50000, "\r\n\r\nhi", "", "mail-header");
	check_long(HEAD "To: ", "(", 250000, "\r\n\r\nhi", "", "mail-empty");
	check_long(HEAD "To: ", "a@b,\r\n ", 30000, "c@d\r\n\r\nhi", "", "mail-empty");
	check_long(HEAD "Subject: ", "=?utf-8?B?5qKF?= ", 14000, "\r\n\r\nhi", "", "mail-empty");
	check_long(HEAD "Content-Type: application/zip", "; a*0*=utf-8''b", 16000, "\r\n\r\nhi", "",
		   "mail-name");
	check_long(HEAD "Content-Type: text/plain\r\n\r\n", "0123456789abcdef", 65536, "", "",
		   "mail-line");
}

static void
run_parts(void)
{
	check_long(MIXED, "--b\r\n\r\n", 9999, "--b--\r\n", "", "mail-empty");
	check_long(MIXED, "--b\r\n\r\n", 2000000, "--b--\r\n", "", "mail-parts");
	check_long(
	    MIXED "--b\r\n" ZIP "Content-Disposition: attachment; filename=a.zip\r\n\r\n",
	    "MDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEy\r\n",
	    700000, "--b--\r\n", "a.zip=39900000", "");
	check_long(
	    HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
	    "MDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEyMDEy\r\n",
	    500000, "", "", "mail-truncated");
	check_long(HEAD, "\r\n", 5000000, "", "", "mail-empty");
	check_long(HEAD "\r\n", "MDEyMDEyMDEyMDEy\r\n", 2000000, "", "", "mail-empty");
}

static void
run_big_draft(void)
{
	struct mail_draft draft = a_draft();
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct mail mail;
	struct rusage before, after;
	int64_t bytes = 0;

	put("big.zip", "", 0);
	CHECK_INT(truncate(at("big.zip"), 50 << 20), 0);
	draft.attachment_path = at("big.zip");
	getrusage(RUSAGE_SELF, &before);
	CHECK_INT(mail_write_draft(at("big.eml"), &draft, &bytes, &err), 0);
	CHECK_INT(file_make_folder(at("big"), &err), 0);
	CHECK_INT(mail_extract(&mail, at("big.eml"), at("big"), NULL, &findings, &err), 0);
	getrusage(RUSAGE_SELF, &after);
	CHECK_STR(err.text, "");
	CHECK_INT(findings.count, 0);
	CHECK(mail.count == 1 && mail.files[0].bytes == 50 << 20);
	mail_release(&mail);
	CHECK(bytes > 71000000 && bytes < 72000000);
#ifndef __SANITIZE_ADDRESS__
	CHECK(after.ru_maxrss - before.ru_maxrss < 10000);
#endif
	unlink(at("big.eml"));
	unlink(at("big/big.zip"));
}

static void
test_mail__hostile(void)
{
	limited("nested", run_nested);
	limited("headers", run_headers);
	limited("parts", run_parts);
	limited("a big draft", run_big_draft);
}

int
main(void)
{
	if (!root_make())
		return 1;
	unit_run("mail: the bytes of a draft", test_draft__bytes);
	unit_run("mail: same input, same draft", test_draft__same);
	unit_run("mail: base64(1) reads a draft", test_draft__other_reader);
	unit_run("mail: drafts that cannot be", test_draft__refused);
	unit_run("mail: writing a draft fails", test_draft__fails);
	unit_run("mail: a draft comes back", test_mail__round);
	unit_run("mail: shapes of mails", test_mail__shapes);
	unit_run("mail: names of attachments", test_mail__names);
	unit_run("mail: names that are taken", test_mail__taken);
	unit_run("mail: refused", test_mail__refused);
	unit_run("mail: limits", test_mail__limits);
	unit_run("mail: who sent it", test_mail__from);
	unit_run("mail: failures", test_mail__fails);
	unit_run("mail: hostile, with limits of time and memory", test_mail__hostile);
	return root_end();
}
