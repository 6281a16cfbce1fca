/* Packages for another party: a folder for a stick or disc, or drafts of mails. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/package.h"
#include "cmd/placing.h"
#include "parcel/mail.h"
#include "parcel/volumes.h"
#include "site/site.h"

static const char *to, *by, *medium, *address, *reader, *out;
static struct texts sealed;
static bool full;

static const struct opt opts[] = {
	{ "to", 't', OPT_TEXT, "单位", "接收单位的编号", &to },
	{ "by", 'b', OPT_TEXT, "方式", "usb 单位 U 盘、cd 光盘、mail 政务邮箱、yuezhengyi 粤政易",
	  &by },
	{ "medium", 0, OPT_TEXT, "编号", "U 盘或光盘的编号；U 盘须是名册里登记的", &medium },
	{ "address", 0, OPT_TEXT, "邮箱", "收件的政务邮箱；不写就用名册里登记的 mailbox",
	  &address },
	{ "sealed", 0, OPT_TEXTS, "文件", "密封给对方的材料，只有对方能打开；可以写多次", &sealed },
	{ "reader", 0, OPT_TEXT, "邮箱", "由对方哪位经办人打开；不写就是第一位有证书的", &reader },
	{ "full", 0, OPT_FLAG, NULL, "交出全部历史，不管对方已有多少", &full },
	{ "out", 'o', OPT_TEXT, "目录", "放在哪里，比如 U 盘（默认：当前目录）", &out },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

static int
write_beside(const struct package *p, const char *folder, const char *name, const struct buf *text,
	     struct err *err)
{
	char *path = file_join(folder, name);
	int rc = file_make_parents(path, err);

	(void)p;
	if (rc == 0)
		rc = file_replace(path, text->ptr, text->len, false, err);
	free(path);
	return rc;
}

/* --- a folder that opens by double-click ------------------------------------------------------------ */
struct pages {
	struct package *package;
	const char *folder;
};

static int
add_page(void *ctx, const char *id, const struct buf *html, struct err *err)
{
	const struct pages *pages = ctx;
	struct buf name = BUF_INIT;
	int rc;

	buf_printf(&name, "%s/index.html", id);
	rc = write_beside(pages->package, pages->folder, name.ptr, html, err);
	buf_release(&name);
	return rc;
}

struct copying {
	struct package *package;
	const char *folder, *id;
	size_t skip; /* of the path: the ticket's folder */
};

static int
copy_paper(void *ctx, const struct entry *entry, struct err *err)
{
	const struct copying *c = ctx;
	struct buf text = BUF_INIT, name = BUF_INIT;
	int rc = 0;

	if (entry->mode == MODE_FILE && strcmp(entry->path + c->skip, "ticket.md") != 0) {
		buf_printf(&name, "%s/papers/%s", c->id, entry->path + c->skip);
		rc = repo_blob(c->package->s->repo, &entry->oid, (size_t)1 << 30, &text, err);
		if (rc == 0)
			rc = write_beside(c->package, c->folder, name.ptr, &text, err);
	}
	buf_release(&name);
	buf_release(&text);
	return rc;
}

/* The tickets that are still there: their pages with the papers they name. */
static int
write_pages(struct package *p, const char *folder, struct err *err)
{
	const char **ids = xcalloc(p->ticket_count + 1, sizeof(*ids));
	struct pages pages = { p, folder };
	struct buf style = BUF_INIT;
	size_t i, count = 0, events;
	int rc = 0;

	for (i = 0; rc == 0 && i < p->ticket_count; i++) {
		const char *below = log_ticket_folder(p->s->log, p->tickets[i]);
		const struct event *const *list = log_events(p->s->log, p->tickets[i], &events);
		struct copying copying = { p, folder, log_ticket_id(p->s->log, p->tickets[i]),
					   strlen(below) + 1 };

		if (oid_zero(&list[events - 1]->blob))
			continue;
		ids[count++] = copying.id;
		rc = snapshot_files(&p->s->snap, below, copy_paper, &copying, err);
	}
	if (rc == 0)
		rc = site_tickets(p->s->repo, p->s->now, ids, count, add_page, &pages, &style, err);
	if (rc == 0)
		rc = write_beside(p, folder, "style.css", &style, err);
	buf_release(&style);
	free(ids);
	return rc;
}

static int
make_folder(struct package *p, const char *folder, struct err *err)
{
	struct buf letter = BUF_INIT;
	int rc = write_pages(p, folder, err);

	if (rc == 0)
		rc = package_letter(p, &letter, true, err);
	if (rc == 0)
		rc = write_beside(p, folder, "index.html", &letter, err);
	buf_release(&letter);
	return rc;
}

/* --- drafts of mails -------------------------------------------------------------------------------------- */
#define COVER_BYTES 4096 /* of the text besides its list */

static void
cover(struct buf *text, const struct package *p)
{
	size_t i;

	buf_printf(text,
		   "%s：\n\n现将交接件 %s 通过%s发给贵单位，共 %zu "
		   "封邮件，每封一个附件。请收齐后一起接收：\n\n"
		   "  yunjuan receive *.eml\n\n各附件的摘要：\n\n",
		   p->to->name, p->number.ptr, p->medium->name, p->file_count);
	for (i = 0; i < p->file_count; i++)
		buf_printf(text, "%s  %lld 字节\n  SM3 %s\n  SHA-256 %s\n", p->files[i].name,
			   (long long)p->files[i].bytes, p->files[i].digests.sm3,
			   p->files[i].digests.sha256);
	buf_printf(text, "\n%s\n请不要转发到私人邮箱、个人微信或 QQ。\n\n%s  %s\n",
		   p->wants_receipt ? "收到后请把回执带回。" : "不需要回执。", p->from->name,
		   p->officer->name);
}

static int
write_draft(const struct package *p, const char *folder, size_t at, const char *text,
	    struct err *err)
{
	struct buf from = BUF_INIT, recipient = BUF_INIT, subject = BUF_INIT, path = BUF_INIT;
	char *attachment = file_join(folder, p->files[at].name);
	struct mail_draft draft;
	int rc;

	buf_printf(&from, "%s <%s>", p->from->name,
		   p->from->mailbox[0] != '\0' ? p->from->mailbox : p->officer->email);
	buf_printf(&recipient, "%s <%s>", p->to->name, p->address);
	buf_printf(&subject, "交接件 %s（%zu/%zu）", p->number.ptr, at + 1, p->file_count);
	buf_printf(&path, "%s/%s-%zu.eml", folder, p->number.ptr, at + 1);
	draft = (struct mail_draft){ .from = from.ptr,
				     .to = recipient.ptr,
				     .subject = subject.ptr,
				     .text = text,
				     .time = p->s->now,
				     .attachment_path = attachment,
				     .limit_bytes = p->s->basis.registers->site.mail_bytes };
	rc = mail_write_draft(path.ptr, &draft, NULL, err);
	free(attachment);
	buf_release(&path);
	buf_release(&subject);
	buf_release(&recipient);
	buf_release(&from);
	return rc;
}

/* The zip becomes volumes, and each a draft; the zip itself goes. */
static int
make_mails(struct package *p, const char *folder, struct err *err)
{
	int64_t limit = p->s->basis.registers->site.mail_bytes;
	char *zip = file_join(folder, p->files[0].name);
	/* The list in the text grows with the number of parts; a part has 1 MB at least. */
	int64_t text_bytes = COVER_BYTES + p->files[0].bytes / (1 << 20) * 256;
	struct volumes volumes = { 0 };
	struct buf text = BUF_INIT;
	size_t i;
	int rc = volumes_split(&volumes, zip, folder, limit, text_bytes, err);

	if (rc == 0 && unlink(zip) != 0)
		rc = err_sys(err, "删除", zip);
	if (rc == 0)
		p->file_count = 0;
	for (i = 0; rc == 0 && i < volumes.count; i++) {
		struct package_file file = { arena_strdup(&p->arena, volumes.items[i].name),
					     volumes.items[i].bytes, volumes.items[i].digests };

		vec_push(p->files, p->file_count, p->file_cap, file);
	}
	cover(&text, p);
	for (i = 0; rc == 0 && i < volumes.count; i++)
		rc = write_draft(p, folder, i, text.ptr, err);
	buf_release(&text);
	volumes_release(&volumes);
	free(zip);
	return rc;
}

/* --- all of it ------------------------------------------------------------------------------------------------ */
static int
log_it(struct package *p, struct err *err)
{
	struct placing placing = { .s = p->s };
	struct buf entry = BUF_INIT, path = BUF_INIT, message = BUF_INIT;
	int code = EXIT_COULD_NOT;

	package_log(p, &entry);
	handover_path(&path, p->number.ptr, false);
	buf_printf(&message, "交接 %s：用%s交%s", p->number.ptr, p->medium->name, p->to->name);
	if (place(&placing, path.ptr, &entry, err) == 0)
		code = commit_placed(&placing, message.ptr, err);
	placing_release(&placing);
	buf_release(&message);
	buf_release(&path);
	buf_release(&entry);
	return code;
}

static void
tell(const struct package *p, const char *folder)
{
	size_t i;

	printf("交接件 %s 已备好：%s\n", p->number.ptr, folder);
	printf("%zu 个提交，%zu 张工单，%zu 份密封材料；交%s，用%s\n", p->commits, p->ticket_count,
	       p->sealed_count, p->to->name, p->medium->name);
	for (i = 0; i < p->file_count; i++)
		printf("%s  %lld 字节\n  SM3 %s\n  SHA-256 %s\n", p->files[i].name,
		       (long long)p->files[i].bytes, p->files[i].digests.sm3,
		       p->files[i].digests.sha256);
	if (p->medium->volumes)
		printf("下一步：用邮件程序打开目录里的 .eml，逐封核对收件人后发出\n");
	else
		printf("下一步：把整个目录放到%s上送交；对方双击 index.html 可以看内容\n",
		       p->medium->name);
}

static int
produce(struct package *p, struct err *err)
{
	char *folder = file_join(out == NULL ? "." : out, p->number.ptr);
	struct err ignored = { 0 };
	int code = EXIT_COULD_NOT, rc = 0;

	if (file_exists(folder)) {
		rc = err_set(err, ERR_USAGE, "“%s”已经有了；请移走它，或用 --out 换一个目录",
			     folder);
		free(folder);
		return rc;
	}
	rc = file_make_folder(folder, err);
	if (rc == 0)
		rc = package_write(p, folder, err);
	if (rc == 0)
		rc = p->medium->volumes ? make_mails(p, folder, err) : make_folder(p, folder, err);
	if (rc == 0)
		code = p->wants_receipt ? log_it(p, err) : EXIT_DONE;
	if (code == EXIT_DONE)
		tell(p, folder);
	else if (file_remove_tree(folder, &ignored) != 0)
		err_clear(&ignored); /* the first failure is the one to tell */
	free(folder);
	return code;
}

static int
run(struct session *s, struct err *err)
{
	struct package_order order = { to, by, medium, address, reader, &sealed, full };
	struct package package;
	int code = EXIT_COULD_NOT;

	if (to == NULL || by == NULL)
		return err_set(
		    err, ERR_USAGE,
		    "请写明交给谁、怎样交：yunjuan pack --to 单位 --by usb --medium 编号");
	if (need_worktree(s, err) != 0)
		return -1;
	if (package_plan(&package, s, &order, err) == 0) {
		if (package.commits == 0 && package.sealed_count == 0) {
			printf("%s已经有全部内容，没有要交的；拿不准就加 --full\n",
			       package.to->name);
			code = EXIT_DONE;
		} else {
			code = produce(&package, err);
		}
	}
	package_release(&package);
	return code;
}

const struct cmd cmd_pack = {
	.name = "pack",
	.summary = "交接：把对方还没有的内容打成签名的包，用 U 盘、光盘或政务邮箱送交",
	.usage = "[选项] --to 单位 --by 方式",
	.example =
	    "  yunjuan pack --to mzzs --by usb --medium MZJY-U01 --out /media/u盘\n"
	    "  yunjuan pack --to mzyy --by mail                   按邮件大小分卷，每卷一封草稿\n"
	    "  yunjuan pack --to mzjy --by usb --medium YY-U02 --sealed 账号移交单.docx",
	.min = 0,
	.max = 0,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS | NEED_LOG,
	.run = run,
};
