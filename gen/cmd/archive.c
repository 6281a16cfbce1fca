/* Archives: finished tickets in one file that anybody can verify without this program. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/evidence.h"
#include "cmd/evidence_text.h"
#include "cmd/signer.h"

static const char *flow, *month, *out;
static bool unsigned_too;

static const struct opt opts[] = {
	{ "flow", 0, OPT_TEXT, "流程", "这个流程的全部工单，如 apply", &flow },
	{ "month", 0, OPT_TEXT, "年-月", "编号在这个月的全部工单，如 2021-05", &month },
	{ "out", 'o', OPT_TEXT, "目录", "归档包放在哪里（默认：当前目录）", &out },
	{ "unsigned", 0, OPT_FLAG, NULL, "不签名（默认：本机有经办人的密钥就签名）",
	  &unsigned_too },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

/* --- which tickets ---------------------------------------------------------------------------- */
struct choice {
	uint32_t *tickets;
	size_t count, cap;
};

static const struct log *sorting; /* for qsort; one thread */

static int
by_id(const void *a, const void *b)
{
	return strcmp(log_ticket_id(sorting, *(const uint32_t *)a),
		      log_ticket_id(sorting, *(const uint32_t *)b));
}

/* content/tickets/2021/05/…: of that month? */
static bool
in_month(const char *folder, int year, int number)
{
	char wanted[sizeof(LOG_TOP) + 32];

	snprintf(wanted, sizeof(wanted), LOG_TOP "/%04d/%02d/", year, number);
	return text_starts(folder, wanted);
}

static void
choose_all(struct choice *choice, const struct session *s, int year, int number)
{
	size_t count = log_ticket_count(s->log), events;
	uint32_t i;

	for (i = 0; i < count; i++) {
		const struct event *const *list = log_events(s->log, i, &events);
		const struct event *last = events == 0 ? NULL : list[events - 1];

		if (last == NULL || oid_zero(&last->blob))
			continue;
		if (flow != NULL && strcmp(log_text(s->log, last->flow), flow) != 0)
			continue;
		if (month != NULL && !in_month(log_ticket_folder(s->log, i), year, number))
			continue;
		vec_push(choice->tickets, choice->count, choice->cap, i);
	}
}

static int
choose_named(struct choice *choice, const struct session *s, struct err *err)
{
	uint32_t ticket;
	size_t k;
	int i;

	for (i = 0; i < s->argc; i++) {
		if (find_ticket(s, s->argv[i], &ticket, err) != 0)
			return -1;
		for (k = 0; k < choice->count && choice->tickets[k] != ticket; k++) {
		}
		if (k == choice->count)
			vec_push(choice->tickets, choice->count, choice->cap, ticket);
	}
	return 0;
}

static int
choose(struct choice *choice, const struct session *s, struct err *err)
{
	int year = 0, number = 0;

	if ((s->argc > 0) == (flow != NULL || month != NULL))
		return err_set(err, ERR_USAGE,
			       "请写要归档的工单编号，或者用 --flow、--month 选，两样选一样");
	if (month != NULL && !month_parse(month, &year, &number))
		return err_set(err, ERR_USAGE, "“%s”不是年-月；请写成 2021-05", month);
	if (flow != NULL && law_flow(s->basis.law, flow) == NULL)
		return unknown_flow(s->basis.law, flow, err);
	if (s->argc > 0 && choose_named(choice, s, err) != 0)
		return -1;
	if (s->argc == 0)
		choose_all(choice, s, year, number);
	if (choice->count == 0)
		return err_set(err, ERR_USAGE, "没有符合条件的工单");
	sorting = s->log;
	qsort(choice->tickets, choice->count, sizeof(*choice->tickets), by_id);
	return 0;
}

/* 归档-SQ-…, 归档-SQ-…等3件, 归档-apply-2021-05. Owned. */
static char *
archive_name(const struct session *s, const struct choice *choice)
{
	struct buf name = BUF_INIT;

	buf_puts(&name, "归档");
	if (s->argc > 0)
		buf_printf(&name, "-%s", log_ticket_id(s->log, choice->tickets[0]));
	if (flow != NULL)
		buf_printf(&name, "-%s", flow);
	if (month != NULL)
		buf_printf(&name, "-%s", month);
	if (s->argc > 0 && choice->count > 1)
		buf_printf(&name, "等%zu件", choice->count);
	return buf_detach(&name);
}

/* --- the archive --------------------------------------------------------------------------------- */
static int
pack(struct evidence *evidence, const struct session *s, const struct choice *choice,
     const char *name, const char *path, struct signer *signer, struct bag_report *report,
     struct err *err)
{
	struct bag_options options = { .top = name,
				       .kind = "archive",
				       .time = evidence_time(evidence),
				       .sign = signer == NULL ? NULL : signer_sign,
				       .sign_ctx = signer };
	struct bag *bag = bag_new(&options);
	struct buf text = BUF_INIT;
	char count[32];
	int rc;

	snprintf(count, sizeof(count), "%zu", choice->count);
	bag_info(bag, "Source-Organization", s->basis.registers->site.office);
	bag_info(bag, "External-Identifier", name);
	bag_info(bag, "External-Description", "政务云资源工单的归档");
	bag_info(bag, "Yunjuan-Tickets", count);
	evidence_manual(&text, name, log_ticket_id(s->log, choice->tickets[0]), signer != NULL);
	rc = bag_add_tag(bag, "校验说明.txt", text.ptr, text.len, err);
	if (rc == 0)
		rc = evidence_fill(evidence, bag, err);
	if (rc == 0)
		rc = bag_finish(bag, path, report, err);
	buf_release(&text);
	bag_free(bag);
	return rc;
}

static void
print_hand_over(const char *path, size_t tickets, size_t sealed, const struct bag_report *report)
{
	static const char *const copies[] = { "第一份", "第二份", "第三份" };
	size_t i;

	printf("已归档 %zu 张工单：%s\n", tickets, path);
	printf("内容 %zu 个文件，归档包 %lld 字节\n", report->payload_count,
	       (long long)report->bytes);
	if (sealed > 0)
		printf("有 %zu 个密封件只给指定的一方，没有放进归档包\n", sealed);
	printf("\n移交清单（一式三份，请各份拷贝后核对摘要相同，签收后各存一份）\n");
	for (i = 0; i < 3; i++)
		printf(
		    "%s  SM3 %s\n        SHA-256 %s\n        接收单位：            签收人：            日期：\n",
		    copies[i], report->digests.sm3, report->digests.sha256);
}

static int
archive(struct session *s, const struct choice *choice, struct signer *signer, struct err *err)
{
	struct evidence *evidence = NULL;
	struct bag_report report;
	char *name = archive_name(s, choice);
	struct buf path = BUF_INIT;
	size_t i;
	int rc;

	buf_printf(&path, "%s/%s.zip", out == NULL ? "." : out, name);
	rc = file_make_parents(path.ptr, err);
	if (rc == 0)
		rc = evidence_new(&evidence, s, path.ptr, err);
	for (i = 0; i < choice->count && rc == 0; i++)
		rc = evidence_add(evidence, choice->tickets[i], err);
	if (rc == 0)
		rc = pack(evidence, s, choice, name, path.ptr, signer, &report, err);
	if (rc == 0)
		print_hand_over(path.ptr, choice->count, evidence_sealed(evidence), &report);
	evidence_free(evidence);
	buf_release(&path);
	free(name);
	return rc;
}

static int
run(struct session *s, struct err *err)
{
	struct choice choice = { 0 };
	struct signer *signer = NULL;
	int rc = choose(&choice, s, err);

	if (rc == 0 && !unsigned_too)
		rc = signer_new(&signer, s, err);
	if (rc == 0)
		rc = archive(s, &choice, signer, err);
	signer_free(signer);
	free(choice.tickets);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

const struct cmd cmd_archive = {
	.name = "archive",
	.summary = "归档：工单的材料、过程和签名打成一个包，不用云卷也能核对",
	.usage = "[选项] 工单编号… | --flow 流程 | --month 年-月",
	.example =
	    "  yunjuan archive SQ-20210510-mzjy-01\n"
	    "  yunjuan archive --month 2021-05 --out /media/u盘\n"
	    "同样的工单归档几次，得到的文件一个字节也不差。核对用 yunjuan verify，或按包里的校验说明.txt。",
	.min = 0,
	.max = -1,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS | NEED_LOG,
	.run = run,
};
