#include "model/model.h"
#include "unit.h"

static const char *const kinds[] = { "tenant", "bureau", "coordinator", "operator", NULL };
static const int only[] = { 0, 0, 1, 1 };

struct run {
	struct arena arena;
	struct findings findings;
	struct registers registers;
};

static void
add_party(struct run *r, const char *id, const char *yaml)
{
	struct buf text = BUF_INIT, file = BUF_INIT;

	buf_printf(&text, "---\n%s---\n", yaml);
	buf_printf(&file, "content/parties/%s.md", id);
	registers_add_party(&r->registers, &r->arena, text.ptr, text.len, file.ptr, &r->findings);
	buf_release(&text);
	buf_release(&file);
}

static void
add_system(struct run *r, const char *id, const char *yaml)
{
	struct buf text = BUF_INIT, file = BUF_INIT;

	buf_printf(&text, "---\n%s---\n", yaml);
	buf_printf(&file, "content/systems/%s.md", id);
	registers_add_system(&r->registers, &r->arena, text.ptr, text.len, file.ptr, &r->findings);
	buf_release(&text);
	buf_release(&file);
}

static void
add_good(struct run *r)
{
	add_party(r, "zsj",
		  "name: 市政数局\nshort: 市局\nkind: coordinator\nofficers:\n"
		  "  - name: 张三\n    email: Zhang@Gov.Example\n    post: 管理岗\n"
		  "    from: 2018-01-01\n    to: 2020-12-31\n");
	add_party(r, "mxzsj", "name: 某县政数局\nkind: bureau\nlevel: county\ncounty: 某县\n");
	add_party(r, "mxmzj",
		  "name: 某县民政局\nkind: tenant\nlevel: county\ncounty: 某县\n"
		  "bureau: mxzsj\nofficers:\n"
		  "  - { name: 李四, email: li@gov.example, from: 2019-05-01 }\n");
	add_party(r, "jyj", "name: 市教育局\nkind: tenant\nlevel: city\n");
	add_system(r, "mz", "name: 民政系统\ntenant: mxmzj\ndengbao_filed: 2019-01-02\nnote: 无\n");
}

static void
finish(struct run *r)
{
	registers_link(&r->registers, &r->arena, kinds, only, &r->findings);
}

static void
release(struct run *r)
{
	registers_release(&r->registers);
	findings_release(&r->findings);
	arena_release(&r->arena);
}

static void
test_registers__good(void)
{
	struct run r = { 0 };
	const struct party *party;
	const struct officer_ref *ref;
	const struct system *system;

	add_good(&r);
	finish(&r);
	findings_print(&r.findings, stdout);
	CHECK_INT(r.findings.count, 0);
	CHECK_INT(r.registers.party_count, 4);
	party = map_find(&r.registers.by_party, "zsj");
	CHECK(party != NULL);
	CHECK_STR(party->id, "zsj");
	CHECK_STR(party->name, "市政数局");
	CHECK_STR(party->short_name, "市局");
	CHECK_STR(party->level, "city");
	CHECK_STR(party->bureau, "");
	CHECK_STR(party->file, "content/parties/zsj.md");
	ref = map_find(&r.registers.by_email, "zhang@gov.example");
	CHECK(ref != NULL && ref->party == party);
	CHECK_STR(ref->officer->name, "张三");
	CHECK_STR(ref->officer->post, "管理岗");
	CHECK_INT(ref->officer->from, 17532);
	CHECK_INT(ref->officer->to, 18627);
	CHECK_INT(ref->officer->line, 6);
	ref = map_find(&r.registers.by_email, "li@gov.example");
	CHECK_INT(ref->officer->to, INT32_MAX);
	party = map_find(&r.registers.by_party, "mxmzj");
	CHECK_STR(party->level, "county");
	CHECK_STR(party->short_name, "某县民政局");
	system = map_find(&r.registers.by_system, "民政系统");
	CHECK_STR(system->id, "mz");
	CHECK_STR(node_text(system->doc.front, "note"), "无");
	release(&r);
}

/* One more party or system on top of the good ones, and the sentence about it. */
static const struct {
	bool system;
	const char *id, *yaml, *says;
	int line;
} bad[] = {
	{ false, "a", "kind: tenant\nlevel: city\n", "没有填单位名称（name）", 2 },
	{ false, "a", "name:\nkind: tenant\nlevel: city\n", "没有填单位名称（name）", 2 },
	{ false, "a", "name: 甲\nlevel: city\n", "没有填单位类别（kind）", 2 },
	{ false, "a", "name: 甲\nkind: tenant\n", "没有填级别（level）", 3 },
	{ false, "a", "name: 甲\nkind: tennant\n", "不在制度里；kind 填下列之一：tenant、bureau、",
	  2 },
	{ false, "a", "name: 甲\nkind: coordinator\n", "只能有 1 个，“甲”是多出来的", 2 },
	{ false, "a", "name: 市教育局\nkind: tenant\nlevel: city\n", "相同", 2 },
	{ false, "jyj", "name: 甲\nkind: tenant\nlevel: city\n", "编号（文件名）“jyj”", 2 },
	{ false, "a", "name: 甲\nkind: tenant\nlevel: 市\n", "可选：city、county", 4 },
	{ false, "a", "name: 甲\nkind: tenant\nlevel: county\n", "要填 bureau", 2 },
	{ false, "a", "name: 甲\nkind: tenant\nlevel: county\ncounty: 某县\nbureau: no\n",
	  "没有登记", 2 },
	{ false, "a", "name: 甲\nkind: tenant\nlevel: county\ncounty: 某县\nbureau: a\n", "自己",
	  2 },
	{ false, "a", "name: 甲\nkind: tenant\nlevel: county\ncounty: 某县\nbureau: mxmzj\n",
	  "类别", 2 },
	{ false, "a", "name: 甲\nkind: tenant\nlevel: county\ncounty: 某县\nbureau: zsj\n", "市级",
	  2 },
	{ false, "a", "name: 甲\nkind: tenant\nlevel: county\ncounty: 他县\nbureau: mxzsj\n",
	  "另一个县", 2 },
	{ false, "a", "name: 甲\nkind: bureau\nofficer:\n", "是不是“officers”", 4 },
	{ false, "a", "name: 甲\nkind: bureau\nofficers: 张三\n", "应写成列表", 4 },
	{ false, "a", "name: 甲\nkind: bureau\nofficers:\n  - 张三\n", "键: 值", 5 },
	{ false, "a", "name: 甲\nkind: bureau\nofficers:\n  - name: 甲\n    from: 2020-01-01\n",
	  "没有填邮箱（email）", 5 },
	{ false, "a", "name: 甲\nkind: bureau\nofficers:\n  - {name: 甲, email: a@b.c}\n",
	  "没有填到任", 5 },
	{ false, "a",
	  "name: 甲\nkind: bureau\nofficers:\n"
	  "  - {name: 甲, email: ab.c, from: 2020-01-01}\n",
	  "邮箱的写法不对", 5 },
	{ false, "a",
	  "name: 甲\nkind: bureau\nofficers:\n"
	  "  - {name: 甲, email: 甲 <a@b.c>, from: 2020-01-01}\n",
	  "邮箱的写法不对", 5 },
	{ false, "a",
	  "name: 甲\nkind: bureau\nofficers:\n"
	  "  - {name: 甲, email: LI@gov.EXAMPLE, from: 2020-01-01}\n",
	  "邮箱“li@gov.example”已登记在 content/parties/mxmzj.md 第 8 行", 5 },
	{ false, "a",
	  "name: 甲\nkind: bureau\nofficers:\n"
	  "  - {name: 甲, email: a@b.c, from: 2020-01-02, to: 2020-01-01}\n",
	  "早于到任日期", 5 },
	{ false, "a",
	  "name: 甲\nkind: bureau\nofficers:\n"
	  "  - {name: 甲, email: a@b.c, from: 2020-02-30}\n",
	  "应填实有的日期", 5 },
	{ false, "a", "name: [\n", "没有收尾", 3 },
	{ true, "a", "tenant: jyj\n", "没有填系统名称（name）", 2 },
	{ true, "a", "name: 甲\n", "没有填使用单位编号（tenant）", 2 },
	{ true, "a", "name: 民政系统\ntenant: jyj\n", "与 content/systems/mz.md 相同", 2 },
	{ true, "a", "name: 甲\ntenant: 市教育局\n", "没有登记；请填 content/parties/", 3 },
	{ true, "a", "name: 甲\ntenant: jyj\nmiping_adapted: 已完成\n", "应填实有的日期", 4 },
};

static void
test_registers__bad(void)
{
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct run r = { 0 };
		const struct finding *f;

		add_good(&r);
		(bad[i].system ? add_system : add_party)(&r, bad[i].id, bad[i].yaml);
		finish(&r);
		f = r.findings.items;
		if (r.findings.count != 1 || strstr(f->message, bad[i].says) == NULL ||
		    f->line != bad[i].line) {
			printf("# row %zu: %s", i, bad[i].yaml);
			findings_print(&r.findings, stdout);
			CHECK(false);
		}
		release(&r);
	}
}

/* Many of each, for the arrays that grow, and nobody twice. */
static void
test_registers__many(void)
{
	struct run r = { 0 };
	struct buf yaml = BUF_INIT, id = BUF_INIT;
	int i;

	for (i = 0; i < 1000; i++) {
		buf_clear(&yaml);
		buf_clear(&id);
		buf_printf(&id, "p%d", i);
		buf_printf(&yaml,
			   "name: 单位%d\nkind: tenant\nlevel: city\nofficers:\n"
			   "  - { name: 甲, email: a%d@b.c, from: 2020-01-01 }\n",
			   i, i);
		add_party(&r, id.ptr, yaml.ptr);
		buf_clear(&yaml);
		buf_printf(&yaml, "name: 系统%d\ntenant: p%d\n", i, 999 - i);
		add_system(&r, id.ptr, yaml.ptr);
	}
	finish(&r);
	CHECK_INT(r.findings.count, 0);
	CHECK_INT(r.registers.party_count, 1000);
	CHECK_INT(r.registers.system_count, 1000);
	CHECK_STR(((struct party *)map_find(&r.registers.by_party, "p777"))->name, "单位777");
	CHECK_STR(((struct system *)map_find(&r.registers.by_system, "系统3"))->tenant, "p996");
	CHECK_STR(((struct officer_ref *)map_find(&r.registers.by_email, "a5@b.c"))->party->id,
		  "p5");
	buf_release(&yaml);
	buf_release(&id);
	release(&r);
}

static void
set_site(struct run *r, const char *yaml)
{
	memset(r, 0, sizeof(*r));
	registers_set_site(&r->registers, &r->arena, yaml, strlen(yaml), "content/site.yaml",
			   &r->findings);
}

static void
test_registers__site(void)
{
	struct run r;

	set_site(&r, "title: 工单\ncity: 某市\noffice: 某局\nhub: \"\"\nmail_limit_mb: 50\n"
		     "signatures_from: 1970-01-03\n");
	CHECK_INT(r.findings.count, 0);
	CHECK_STR(r.registers.site.title, "工单");
	CHECK_STR(r.registers.site.city, "某市");
	CHECK_STR(r.registers.site.office, "某局");
	CHECK_STR(r.registers.site.hub, "");
	CHECK_INT(r.registers.site.mail_bytes, 50 << 20);
	CHECK_INT(r.registers.site.signatures_from, 2);
	release(&r);

	set_site(&r, "");
	CHECK_INT(r.findings.count, 0);
	CHECK_STR(r.registers.site.title, "");
	CHECK_INT(r.registers.site.mail_bytes, 0);
	CHECK_INT(r.registers.site.signatures_from, INT32_MAX);
	release(&r);

	set_site(&r, "mail_limit_mb: 0\nsignatures_from: 明天\ntitel: x\n");
	CHECK_INT(r.findings.count, 3);
	CHECK_INT(r.registers.site.mail_bytes, 0);
	CHECK_INT(r.registers.site.signatures_from, INT32_MAX);
	release(&r);
}

int
main(void)
{
	unit_run("good", test_registers__good);
	unit_run("bad", test_registers__bad);
	unit_run("many", test_registers__many);
	unit_run("site", test_registers__site);
	return unit_end();
}
