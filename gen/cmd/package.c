#include "cmd/package.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/keystore.h"
#include "cmd/signer.h"
#include "judge/signature.h"
#include "repo/bundle.h"
#include "seal/envelope.h"
#include "site/site.h"

/* --- what is new for the addressee -------------------------------------------------------------- */
enum { HAS = 1, NEW = 2 };

/* Adds a commit that they have, unless it lies below one that was added. */
static void
add_needed(struct package *p, unsigned char *marks, const struct oid *oid)
{
	uint32_t number;

	if (!log_find_commit(p->s->log, oid, &number) || (marks[number] & HAS))
		return;
	vec_push(p->needed, p->needed_count, p->needed_cap, *oid);
	log_mark(p->s->log, marks, number, HAS, 0);
}

/* What came from them last. */
static void
add_remembered(struct package *p, unsigned char *marks)
{
	char *path = known_path(p->s->repo, p->to->id);
	struct buf text = BUF_INIT;
	struct err none = { 0 };
	struct oid oid;

	if (file_exists(path) && file_read(&text, path, 64, &none) == 0 &&
	    oid_parse(text.ptr, &oid))
		add_needed(p, marks, &oid);
	buf_release(&text);
	free(path);
}

static int
by_commit(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* The latest acts of their officers. */
static void
add_acts(struct package *p, unsigned char *marks)
{
	const struct log *log = p->s->log;
	struct party_acts acts;
	uint32_t *commits;
	size_t count, i;

	party_acts_collect(&acts, log, &p->s->basis);
	commits = party_acts_of(&acts, &p->s->basis, p->to, &count);
	qsort(commits, count, sizeof(*commits), by_commit);
	for (i = 0; i < count; i++)
		add_needed(p, marks, &log_commit_at(log, commits[i])->oid);
	party_acts_release(&acts);
}

/* Of what they are known to have, what this repository has too; and what is new for them. */
static void
find_new(struct package *p)
{
	const struct log *log = p->s->log;
	size_t commits = log_commit_count(log), tickets = log_ticket_count(log), known, i, k,
	       events;
	unsigned char *marks = p->marks = xcalloc(commits + 1, 1);
	struct oid *tips = handovers_known(&p->log, p->to->id, &known);
	uint32_t head;

	if (!p->full) {
		add_remembered(p, marks);
		for (i = known; i > 0; i--)
			add_needed(p, marks, &tips[i - 1]);
		add_acts(p, marks);
	}
	if (log_find_commit(log, &p->s->head, &head))
		log_mark(log, marks, head, NEW, HAS);
	for (i = 0; i < commits; i++)
		p->commits += (marks[i] & NEW) != 0;
	for (i = 0; i < tickets; i++) {
		const struct event *const *list = log_events(log, (uint32_t)i, &events);

		for (k = 0; k < events; k++) {
			if (marks[list[k]->commit] & NEW) {
				vec_push(p->tickets, p->ticket_count, p->ticket_cap, (uint32_t)i);
				break;
			}
		}
	}
	free(tips);
}

static int
note_other(void *ctx, const struct change *change, struct err *err)
{
	(void)err;
	if (!text_starts(change->path, HANDOVER_FOLDER))
		*(bool *)ctx = true;
	return 0;
}

/* Whether a commit of its own (merges bring what others did) is more than log and receipts. */
static int
look_into(struct package *p, uint32_t number, bool *more, struct err *err)
{
	const struct log_commit *commit = log_commit_at(p->s->log, number);
	struct snapshot before, after;
	struct oid none = { { 0 } };

	if (commit->parents[1] != 0)
		return 0;
	if (snapshot_commit(&after, p->s->repo, &commit->oid, err) != 0 ||
	    snapshot_commit(&before, p->s->repo,
			    commit->parents[0] == 0
				? &none
				: &log_commit_at(p->s->log, commit->parents[0] - 1)->oid,
			    err) != 0)
		return -1;
	return tree_diff(p->s->repo, &before.tree, &after.tree, note_other, more, err);
}

/* A receipt for nothing but receipts would never end. */
static int
decide_receipt(struct package *p, struct err *err)
{
	size_t commits = log_commit_count(p->s->log), i;

	p->wants_receipt = p->sealed_count > 0;
	for (i = commits; i > 0 && !p->wants_receipt; i--) {
		if ((p->marks[i - 1] & NEW) &&
		    look_into(p, (uint32_t)(i - 1), &p->wants_receipt, err) != 0)
			return -1;
	}
	return 0;
}

/* --- who and how ----------------------------------------------------------------------------------- */
static int
find_parties(struct package *p, const struct package_order *order, struct err *err)
{
	const struct officer_ref *ref = session_officer(p->s);

	if (ref == NULL)
		return err_set(
		    err, ERR_USAGE,
		    "git 的 user.email 不在名册里，不知道是哪个单位交出；请先设置成登记的邮箱");
	p->from = ref->party;
	p->officer = ref->officer;
	p->to = basis_party(&p->s->basis, order->to);
	if (p->to == NULL)
		return err_set(err, ERR_USAGE,
			       "名册里没有单位“%s”；单位编号就是 content/parties/ 里的文件名",
			       order->to);
	p->medium = law_medium(p->s->basis.law, order->by);
	if (p->medium == NULL) {
		struct buf all = BUF_INIT;
		size_t count, i;
		const struct medium *media = law_media(p->s->basis.law, &count);

		for (i = 0; i < count; i++)
			buf_printf(&all, "\n  %s  %s", media[i].id, media[i].name);
		err_set(err, ERR_USAGE, "不能用“%s”交接；可以用：%s", order->by, all.ptr);
		buf_release(&all);
		return -1;
	}
	p->medium_number = order->medium == NULL ? "" : order->medium;
	p->address = order->address != NULL ? order->address
		     : p->medium->address   ? p->to->mailbox
					    : "";
	return 0;
}

/* --- papers for the addressee alone ------------------------------------------------------------------ */
/* The certificate of who opens them: the one named, else the first in office that has one. */
static int
find_reader(struct certificate **out, const struct package *p, const char *email, struct err *err)
{
	int32_t day = day_of(p->s->now);
	size_t i;

	*out = NULL;
	for (i = 0; *out == NULL && i < p->to->officer_count; i++) {
		const struct officer *o = &p->to->officers[i];

		if (day < o->from || day > o->to ||
		    (email != NULL && !text_same_nocase(email, o->email)))
			continue;
		if (certificate_of(out, &p->s->snap, o->email, err) != 0)
			return -1;
	}
	if (*out != NULL)
		return 0;
	return err_set(err, ERR_USAGE,
		       "“%s”没有可用的证书，不能密封；请对方先申请证书（yunjuan key request）",
		       email != NULL ? email : p->to->name);
}

static int
seal_one(struct package *p, const char *path, const struct certificate *reader, struct err *err)
{
	struct sealed_paper *paper = &p->sealed[p->sealed_count];
	const char *slash = strrchr(path, '/');
	struct buf text = BUF_INIT;
	const char *why;
	int rc;

	paper->envelope = (struct buf)BUF_INIT;
	paper->name = arena_printf(&p->arena, "sealed/%s.sm4", slash == NULL ? path : slash + 1);
	p->sealed_count++;
	why = bag_name_fault(paper->name, strlen(paper->name), NULL);
	if (why != NULL)
		return err_set(err, ERR_USAGE, "文件名“%s”%s；请改名后再密封", path, why);
	rc = file_read(&text, path, ENVELOPE_MAX_BYTES, err);
	if (rc == 0)
		rc = envelope_close(&paper->envelope, text.ptr, text.len, reader, err);
	explicit_bzero(text.ptr, text.len);
	buf_release(&text);
	return rc;
}

static int
seal_papers(struct package *p, const struct package_order *order, struct err *err)
{
	struct certificate *reader = NULL;
	size_t i;
	int rc;

	p->sealed = xcalloc(order->sealed->count + 1, sizeof(*p->sealed));
	if (order->sealed->count == 0)
		return 0;
	rc = find_reader(&reader, p, order->reader, err);
	for (i = 0; rc == 0 && i < order->sealed->count; i++)
		rc = seal_one(p, order->sealed->items[i], reader, err);
	certificate_free(reader);
	return rc;
}

int
package_plan(struct package *p, struct session *s, const struct package_order *order,
	     struct err *err)
{
	memset(p, 0, sizeof(*p));
	p->s = s;
	p->full = order->full;
	p->number = (struct buf)BUF_INIT;
	if (find_parties(p, order, err) != 0 ||
	    handovers_read(&p->log, &p->arena, &s->snap, s->basis.law, err) != 0)
		return -1;
	find_new(p);
	if (seal_papers(p, order, err) != 0 || decide_receipt(p, err) != 0)
		return -1;
	handover_number(&p->number, &p->log, p->from->id, day_of(s->now), !p->wants_receipt);
	return 0;
}

void
package_release(struct package *p)
{
	size_t i;

	for (i = 0; i < p->sealed_count; i++)
		buf_release(&p->sealed[i].envelope);
	free(p->sealed);
	free(p->files);
	free(p->tickets);
	free(p->needed);
	free(p->marks);
	buf_release(&p->number);
	arena_release(&p->arena);
}

/* --- the letter ------------------------------------------------------------------------------------------ */
static void
push_tickets(const struct package *p, struct script *s, bool local)
{
	size_t i, events;

	script_table(s);
	for (i = 0; i < p->ticket_count; i++) {
		const char *id = log_ticket_id(p->s->log, p->tickets[i]);
		const struct event *const *list = log_events(p->s->log, p->tickets[i], &events);
		const struct event *last = list[events - 1];
		const struct flow *flow =
		    law_flow(p->s->basis.law, log_text(p->s->log, last->flow));
		const struct stage *stage =
		    flow == NULL ? NULL : flow_stage(flow, log_text(p->s->log, last->stage));

		script_table(s);
		script_set_text(s, "id", id);
		script_set_text(s, "title", log_text(p->s->log, last->title));
		script_set_text(s, "stage", stage == NULL ? "" : stage->name);
		if (local && !oid_zero(&last->blob)) {
			struct buf href = BUF_INIT;

			buf_printf(&href, "%s/index.html", id);
			script_set_text(s, "href", href.ptr);
			buf_release(&href);
		}
		script_append(s);
	}
	script_set(s, "tickets");
}

static void
push_files(const struct package *p, struct script *s, bool local)
{
	size_t i;

	script_table(s);
	for (i = 0; local && i < p->file_count; i++) {
		script_table(s);
		script_set_text(s, "name", p->files[i].name);
		script_set_integer(s, "bytes", p->files[i].bytes);
		script_set_text(s, "sm3", p->files[i].digests.sm3);
		script_set_text(s, "sha256", p->files[i].digests.sha256);
		script_append(s);
	}
	script_set(s, "files");
	script_table(s);
	for (i = 0; i < p->sealed_count; i++)
		script_append_text(s, p->sealed[i].name + strlen("sealed/"));
	script_set(s, "sealed");
}

struct letter {
	const struct package *package;
	bool local;
};

static void
push_letter(void *ctx, struct script *s)
{
	const struct letter *letter = ctx;
	const struct package *p = letter->package;
	char made[17];

	moment_text(p->s->now, made);
	script_table(s);
	script_set_text(s, "number", p->number.ptr);
	script_set_text(s, "from_name", p->from->name);
	script_set_text(s, "to_name", p->to->name);
	script_set_text(s, "officer", p->officer->name);
	script_set_text(s, "post", p->officer->post);
	script_set_text(s, "medium_name", p->medium->name);
	script_set_text(s, "medium_article", p->medium->article);
	script_set_text(s, "medium", p->medium_number);
	script_set_text(s, "address", p->address);
	script_set_text(s, "made", made);
	script_set_integer(s, "commits", (int64_t)p->commits);
	script_set_bool(s, "full", p->needed_count == 0 && p->commits > 0);
	script_set_bool(s, "receipt", p->wants_receipt);
	push_tickets(p, s, letter->local);
	push_files(p, s, letter->local);
}

int
package_letter(struct package *p, struct buf *out, bool local, struct err *err)
{
	struct letter letter = { p, local };
	struct site_sheet sheet = { "handover", "交接函.html", push_letter, &letter, false };

	return site_sheet(p->s->repo, p->s->now, &sheet, out, err);
}

/* --- the bag -------------------------------------------------------------------------------------------------- */
static int
write_piece(void *ctx, const void *data, size_t len, struct err *err)
{
	const struct outfile *file = ctx;

	return write_all(file->fd, data, len) == 0 ? 0 : err_sys(err, "写入", file->path);
}

/* The bundle as a file beside the zip; the caller removes it. */
static int
write_bundle(const struct package *p, const char *path, struct err *err)
{
	struct bundle_ref ref = { p->s->head, "refs/heads/main" };
	struct outfile file;
	int rc = outfile_begin(&file, path, err);

	if (rc == 0)
		rc = bundle_write_range(p->s->repo, &ref, p->needed, p->needed_count, write_piece,
					&file, err);
	if (rc == 0)
		rc = outfile_commit(&file, err);
	outfile_end(&file);
	return rc;
}

static void
put_manual(const struct package *p, struct buf *out)
{
	buf_printf(
	    out,
	    "校验说明\r\n\r\n这是 %s 交给 %s 的交接件 %s。\r\n\r\n"
	    "装了云卷：yunjuan verify %s.zip 只核对；yunjuan receive %s.zip 核对并接收。\r\n\r\n"
	    "没有云卷，在解开的目录里：\r\n"
	    "  sha256sum -c manifest-sha256.txt 和 sha256sum -c tagmanifest-sha256.txt 核对每个文件\r\n"
	    "  openssl x509 -in signature/signer.pem -noout -pubkey > 公钥.pem\r\n"
	    "  openssl dgst -sm3 -verify 公钥.pem -sigopt distid:1234567812345678 "
	    "-signature signature/tagmanifest-sm3.txt.sig tagmanifest-sm3.txt 核对签名\r\n"
	    "  git bundle verify data/repository.bundle 核对提交\r\n",
	    p->from->name, p->to->name, p->number.ptr, p->number.ptr, p->number.ptr);
}

static void
put_info(const struct package *p, struct bag *bag)
{
	char made[17], hex[OID_HEX];
	size_t i;

	moment_text(p->s->now, made);
	oid_hex(&p->s->head, hex);
	bag_info(bag, "Source-Organization", p->from->name);
	bag_info(bag, "External-Identifier", p->number.ptr);
	bag_info(bag, "External-Description", "云卷交接件");
	bag_info(bag, "Yunjuan-From", p->from->id);
	bag_info(bag, "Yunjuan-To", p->to->id);
	bag_info(bag, "Yunjuan-By", p->medium->id);
	bag_info(bag, "Yunjuan-Made", made);
	bag_info(bag, "Yunjuan-Receipt", p->wants_receipt ? "yes" : "no");
	if (p->commits > 0)
		bag_info(bag, "Yunjuan-Tip", hex);
	for (i = 0; i < p->needed_count && p->commits > 0; i++) {
		oid_hex(&p->needed[i], hex);
		bag_info(bag, "Yunjuan-Base", hex);
	}
}

static int
fill_bag(struct package *p, struct bag *bag, const char *bundle, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t i;
	int rc = 0;

	put_info(p, bag);
	if (p->commits > 0)
		rc = bag_add_file(bag, "repository.bundle", bundle, err);
	for (i = 0; rc == 0 && i < p->sealed_count; i++)
		rc = bag_add(bag, p->sealed[i].name, p->sealed[i].envelope.ptr,
			     p->sealed[i].envelope.len, err);
	if (rc == 0)
		rc = package_letter(p, &text, false, err);
	if (rc == 0)
		rc = bag_add_tag(bag, "交接函.html", text.ptr, text.len, err);
	buf_clear(&text);
	if (rc == 0)
		rc = site_style(p->s->repo, p->s->now, &text, err);
	if (rc == 0)
		rc = bag_add_tag(bag, "style.css", text.ptr, text.len, err);
	buf_clear(&text);
	put_manual(p, &text);
	if (rc == 0)
		rc = bag_add_tag(bag, "校验说明.txt", text.ptr, text.len, err);
	buf_release(&text);
	return rc;
}

static int
finish_bag(struct package *p, struct signer *signer, const char *zip, const char *bundle,
	   struct err *err)
{
	struct bag_options options = { .top = p->number.ptr,
				       .kind = "package",
				       .time = p->s->now,
				       .sign = signer_sign,
				       .sign_ctx = signer };
	struct bag *bag = bag_new(&options);
	struct bag_report report;
	int rc = fill_bag(p, bag, bundle, err);

	if (rc == 0)
		rc = bag_finish(bag, zip, &report, err);
	if (rc == 0) {
		struct package_file file = { strrchr(zip, '/') + 1, report.bytes, report.digests };

		file.name = arena_strdup(&p->arena, file.name);
		vec_push(p->files, p->file_count, p->file_cap, file);
	}
	bag_free(bag);
	return rc;
}

int
package_write(struct package *p, const char *folder, struct err *err)
{
	struct signer *signer = NULL;
	char *zip = arena_printf(&p->arena, "%s/%s.zip", folder, p->number.ptr),
	     *bundle = arena_printf(&p->arena, "%s/%s.bundle", folder, p->number.ptr);
	int rc = signer_new(&signer, p->s, err);

	if (rc == 0 && signer == NULL)
		rc = err_set(
		    err, ERR_USAGE,
		    "交接件要签名，本机没有可用的密钥和证书；请先办好 yunjuan key new、request，收到证书后再交接");
	if (rc == 0 && p->commits > 0)
		rc = write_bundle(p, bundle, err);
	if (rc == 0)
		rc = finish_bag(p, signer, zip, bundle, err);
	unlink(bundle);
	signer_free(signer);
	return rc;
}

/* --- the log -------------------------------------------------------------------------------------------------- */
static void
put_pair(struct buf *out, const char *key, const char *value)
{
	if (value[0] == '\0')
		return;
	buf_printf(out, "%s: ", key);
	yaml_scalar(out, value);
	buf_putc(out, '\n');
}

static void
put_list(struct buf *out, const char *key, size_t count)
{
	if (count > 0)
		buf_printf(out, "%s:\n", key);
}

void
package_log(const struct package *p, struct buf *out)
{
	char made[17], hex[OID_HEX];
	size_t i;

	moment_text(p->s->now, made);
	oid_hex(&p->s->head, hex);
	buf_puts(out, "---\n");
	put_pair(out, "number", p->number.ptr);
	put_pair(out, "from", p->from->id);
	put_pair(out, "to", p->to->id);
	put_pair(out, "by", p->medium->id);
	put_pair(out, "medium", p->medium_number);
	put_pair(out, "address", p->address);
	put_pair(out, "made", made);
	put_pair(out, "tip", hex);
	put_pair(out, "receipt", p->wants_receipt ? "是" : "否");
	put_list(out, "base", p->needed_count);
	for (i = 0; i < p->needed_count; i++) {
		oid_hex(&p->needed[i], hex);
		buf_printf(out, "  - %s\n", hex);
	}
	put_list(out, "tickets", p->ticket_count);
	for (i = 0; i < p->ticket_count; i++)
		buf_printf(out, "  - %s\n", log_ticket_id(p->s->log, p->tickets[i]));
	put_list(out, "sealed", p->sealed_count);
	for (i = 0; i < p->sealed_count; i++) {
		buf_puts(out, "  - ");
		yaml_scalar(out, p->sealed[i].name + strlen("sealed/"));
		buf_putc(out, '\n');
	}
	put_list(out, "files", p->file_count);
	for (i = 0; i < p->file_count; i++)
		buf_printf(out, "  - { name: %s, bytes: %lld, sm3: %s, sha256: %s }\n",
			   p->files[i].name, (long long)p->files[i].bytes, p->files[i].digests.sm3,
			   p->files[i].digests.sha256);
	buf_puts(out, "---\n");
}
