/* evidence_text: the words of an archive. */
#include "cmd/evidence_text.h"

#include <string.h>

/* One act of a trail, for both forms. */
struct act {
	const struct step *step;
	const struct event *event;
	bool leaves; /* it ended the step */
	struct message message;
	const struct officer_ref *officer;
	char time[40], commit[OID_HEX];
};

static void
read_act(struct act *act, struct arena *arena, const struct trail *t, const struct step *step,
	 const struct event *event, const struct basis *basis)
{
	char wall[17];

	memset(act, 0, sizeof(*act));
	act->step = step;
	act->event = event;
	act->leaves = event == step->left;
	message_parse(&act->message, arena, log_text(t->log, event->message), false);
	act->officer = basis_officer(basis, log_text(t->log, event->author_email));
	moment_text(event->time, wall);
	snprintf(act->time, sizeof(act->time), "%.10sT%s:%02d+08:00", wall, wall + 11,
		 (int)((event->time % 60 + 60) % 60));
	oid_hex(&log_commit_at(t->log, event->commit)->oid, act->commit);
}

/* Calls put() with each act once: what brought a ticket into a step ended the one before. */
static void
each_act(const struct trail *t, const struct basis *basis,
	 void (*put)(void *ctx, const struct act *act), void *ctx)
{
	struct arena arena = { 0 };
	struct act act;
	size_t i, k;

	for (i = 0; i < t->step_count; i++) {
		const struct step *step = &t->steps[i];

		for (k = 0; k < step->event_count; k++) {
			if (i > 0 && step->events[k] == step->entered)
				continue;
			read_act(&act, &arena, t, step, step->events[k], basis);
			put(ctx, &act);
		}
	}
	arena_release(&arena);
}

/* --- TSV ------------------------------------------------------------------------------------------ */
static void
put_cell(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		buf_putc(out, (unsigned char)*text < 0x20 ? ' ' : *text);
	buf_putc(out, '\t');
}

struct table {
	struct buf *out;
	const struct trail *trail;
	int row;
};

static void
put_row(void *ctx, const struct act *act)
{
	struct table *table = ctx;
	const struct step *step = act->step;
	const struct log *log = table->trail->log;
	char due[11] = "";

	if (act->leaves && step->due.kind == DUE_DAY)
		day_text(step->due.day, due);
	buf_printf(table->out, "%d\t", ++table->row);
	put_cell(table->out, act->time);
	put_cell(table->out, step->stage == NULL ? step->stage_id : step->stage->name);
	put_cell(table->out, !act->leaves	     ? "登记"
			     : step->outcome == NULL ? "流转"
						     : step->outcome->name);
	put_cell(table->out, act->officer == NULL ? "未登记" : act->officer->party->name);
	put_cell(table->out, act->officer == NULL ? log_text(log, act->event->author_name)
						  : act->officer->officer->name);
	put_cell(table->out, log_text(log, act->event->author_email));
	put_cell(table->out, act->message.opinion);
	put_cell(table->out, due);
	put_cell(table->out, act->leaves && step->late ? "逾期" : "");
	put_cell(table->out, act->message.late_reason);
	put_cell(table->out, act->message.submitted_by);
	buf_printf(table->out, "%s\n", act->commit);
}

void
evidence_tsv(struct buf *out, const struct trail *trail, const struct basis *basis)
{
	struct table table = { out, trail, 0 };

	buf_puts(out,
		 "序号\t时间\t环节\t办理\t单位\t经办人\t邮箱\t意见\t截止\t逾期\t逾期原因\t代收自"
		 "\t提交\n");
	each_act(trail, basis, put_row, &table);
}

/* --- JSON ------------------------------------------------------------------------------------------- */
static void
member(struct buf *out, const char *key, const char *value)
{
	json_key(out, key);
	json_str(out, value);
}

struct json_acts {
	struct buf *out;
	const struct trail *trail;
	const struct step *step;
};

static void
begin_step(struct json_acts *j, const struct step *step)
{
	char due[11];

	buf_puts(j->out, j->step == NULL ? "\n{" : "]},\n{");
	j->step = step;
	member(j->out, "stage", step->stage_id);
	member(j->out, "name", step->stage == NULL ? "" : step->stage->name);
	member(j->out, "article", step->stage == NULL ? "" : step->stage->article);
	if (step->outcome != NULL) {
		member(j->out, "outcome", step->outcome->id);
		member(j->out, "outcome_name", step->outcome->name);
	}
	if (step->due.kind == DUE_DAY) {
		day_text(step->due.day, due);
		member(j->out, "due", due);
	}
	buf_printf(j->out, ",\"visit\":%d,\"late\":%s", step->visit, step->late ? "true" : "false");
	json_key(j->out, "acts");
	buf_putc(j->out, '[');
}

static void
put_act(void *ctx, const struct act *act)
{
	struct json_acts *j = ctx;
	const struct log *log = j->trail->log;
	bool first = j->step != act->step;

	if (first)
		begin_step(j, act->step);
	buf_puts(j->out, first ? "\n {" : ",\n {");
	member(j->out, "time", act->time);
	buf_printf(j->out, ",\"leaves\":%s", act->leaves ? "true" : "false");
	member(j->out, "officer", log_text(log, act->event->author_name));
	member(j->out, "email", log_text(log, act->event->author_email));
	member(j->out, "party", act->officer == NULL ? "" : act->officer->party->id);
	member(j->out, "subject", act->message.subject);
	member(j->out, "opinion", act->message.opinion);
	member(j->out, "late_reason", act->message.late_reason);
	member(j->out, "submitted_by", act->message.submitted_by);
	member(j->out, "commit", act->commit);
	buf_putc(j->out, '}');
}

void
evidence_json(struct buf *out, const struct trail *t, const struct basis *basis)
{
	struct json_acts j = { out, t, NULL };

	buf_putc(out, '{');
	member(out, "ticket", t->id);
	member(out, "title", t->title);
	member(out, "flow", t->flow_id);
	member(out, "system", t->system);
	member(out, "tenant", t->tenant);
	member(out, "state", trail_state_ids[t->state]);
	json_key(out, "steps");
	buf_putc(out, '[');
	each_act(t, basis, put_act, &j);
	buf_puts(out, j.step == NULL ? "]}\n" : "]}]}\n");
}

/* --- the list of tickets ------------------------------------------------------------------------------ */
static void
put_ticket(struct buf *out, const struct trail *t, const struct basis *basis)
{
	const struct party *tenant = basis_party(basis, t->tenant);
	char day[11];

	day_text(day_of(t->last->time), day);
	buf_puts(out, "<tr><td class=\"id\"><a href=\"");
	html_url(out, t->id);
	buf_puts(out, "/index.html\">");
	html_text(out, t->id);
	buf_puts(out, "</a></td><td>");
	html_text(out, t->title);
	buf_puts(out, "</td><td>");
	html_text(out, t->flow == NULL ? t->flow_id : t->flow->name);
	buf_puts(out, "</td><td>");
	html_text(out, tenant == NULL ? t->tenant : tenant->name);
	buf_printf(out, "</td><td>%s</td><td class=\"when\">%s</td></tr>\n",
		   trail_state_names[t->state], day);
}

void
evidence_index(struct buf *out, const struct trail *const *trails, size_t count,
	       const struct basis *basis)
{
	size_t i;

	buf_puts(out,
		 "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "style-src 'self' file:\"/>\n<title>归档的工单</title>\n"
		 "<link rel=\"stylesheet\" href=\"style.css\"/>\n</head>\n<body class=\"alone\">\n"
		 "<main id=\"main\">\n");
	buf_printf(
	    out,
	    "<h1>归档的工单（%zu 件）</h1>\n<div class=\"card\"><table>\n<thead><tr>"
	    "<th scope=\"col\">工单</th><th scope=\"col\">名称</th><th scope=\"col\">流程</th>"
	    "<th scope=\"col\">使用单位</th><th scope=\"col\">状态</th>"
	    "<th scope=\"col\">最后办理</th></tr></thead>\n<tbody>\n",
	    count);
	for (i = 0; i < count; i++)
		put_ticket(out, trails[i], basis);
	buf_puts(out, "</tbody></table></div>\n</main>\n</body>\n</html>\n");
}

/* --- how to verify ------------------------------------------------------------------------------------- */
static const char head[] =
    "校验说明\n"
    "========\n"
    "\n"
    "本归档包不用云卷也能核对。下面的命令用的都是通用工具，在解开后的目录 %s 里执行\n"
    "（Windows 可在 Git Bash 里执行）。每一条都没有报错，归档包就是完好的。核对时不要在这个\n"
    "目录里加东西。\n"
    "\n"
    "这是一个 BagIt 1.0（RFC 8493）包，任何 BagIt 校验工具都能核对，例如：bagit.py --validate .\n"
    "\n"
    "一、内容没有改动（SHA-256）\n"
    "  sha256sum -c --quiet manifest-sha256.txt tagmanifest-sha256.txt\n"
    "\n"
    "二、内容没有改动（SM3）\n"
    "  cut -d' ' -f3- manifest-sm3.txt | sed 's/%%25/%%/g' | while IFS= read -r f; do\n"
    "    openssl dgst -sm3 -r \"$f\"; done | sed 's/ \\*/  /' | diff - manifest-sm3.txt\n"
    "  （tagmanifest-sm3.txt 同样核对）\n"
    "\n";

static const char signature[] =
    "三、归档人的签名（SM2）\n"
    "  openssl x509 -in signature/signer.pem -noout -subject -dates\n"
    "  openssl x509 -in signature/signer.pem -pubkey -noout >../signer.pub\n"
    "  openssl dgst -sm3 -verify ../signer.pub -sigopt distid:1234567812345678 \\\n"
    "    -signature signature/tagmanifest-sm3.txt.sig tagmanifest-sm3.txt\n"
    "  签名的证书由签发单位的证书签发，应当用另外取得的签发单位证书（ca.pem）核对：\n"
    "  openssl verify -no_check_time -CAfile ca.pem -vfyopt distid:1234567812345678 signature/signer.pem\n"
    "\n";

static const char no_signature[] = "三、归档人的签名\n"
				   "  这个归档包没有签名。\n"
				   "\n";

static const char commits[] =
    "四、每一次审批（git 提交）\n"
    "  data/%s/commits/ 里，序号后面的 40 位就是提交号，应当与算出来的一样：\n"
    "  for f in data/*/commits/*.commit; do echo \"$f\"; git hash-object -t commit \"$f\"; done\n"
    "  有签名的提交，签名的内容、签名和证书分开放在 .payload、.sig、.pem：\n"
    "  openssl x509 -in NNN-….pem -pubkey -noout >../signer.pub\n"
    "  openssl dgst -sm3 -verify ../signer.pub -sigopt distid:1234567812345678 \\\n"
    "    -signature NNN-….sig NNN-….payload\n"
    "\n"
    "五、git 包\n"
    "  evidence.bundle 里只有这些工单的提交、通到工单目录的各级目录和工单的各个版本；papers/ 里\n"
    "  已有的材料和别的工单都不在里面，所以用 unbundle 取出，不要 clone：\n"
    "  git init ../check\n"
    "  cp data/evidence.shallow ../check/.git/shallow\n"
    "  git -C ../check bundle verify \"$PWD/data/evidence.bundle\"\n"
    "  git -C ../check bundle unbundle \"$PWD/data/evidence.bundle\"\n"
    "  find data/*/papers -type f -exec git -C ../check hash-object -w \"$PWD/{}\" \\;\n"
    "  之后可以用提交号查看，例如：git -C ../check log -1 提交号\n"
    "  git -C ../check show 提交号:content/tickets/年/月/工单号/ticket.md\n"
    "\n"
    "六、阅读\n"
    "  双击 data/index.html；每张工单的 trail.tsv 可用表格软件打开（UTF-8，制表符分隔）。\n";

void
evidence_manual(struct buf *out, const char *top, const char *example, bool is_signed)
{
	buf_printf(out, head, top);
	buf_puts(out, is_signed ? signature : no_signature);
	buf_printf(out, commits, example);
}
