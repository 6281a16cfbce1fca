/* The registers: parties with their officers, systems, the site. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "calendar/calendar.h"

#define RULE "register"
#define EMAIL_MAX 254
#define KINDS_MAX 64
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The kind of parties that a level matters for: a county's needs its bureau. */
static const char tenant_kind[] = "tenant";
static const char *level_ids[] = { "city", "county" };

static struct field officer_fields[] = {
	{ .key = "name", .label = "姓名", .type = FIELD_TEXT, .required = true },
	{ .key = "email", .label = "邮箱", .type = FIELD_TEXT, .required = true },
	{ .key = "post", .label = "岗位", .type = FIELD_TEXT },
	{ .key = "from", .label = "到任日期", .type = FIELD_DATE, .required = true },
	{ .key = "to", .label = "离任日期", .type = FIELD_DATE },
};
static const struct field party_fields[] = {
	{ .key = "name", .label = "单位名称", .type = FIELD_TEXT, .required = true },
	{ .key = "short", .label = "简称", .type = FIELD_TEXT },
	{ .key = "kind", .label = "单位类别", .type = FIELD_TEXT, .required = true },
	{ .key = "level",
	  .label = "级别",
	  .type = FIELD_CHOICE,
	  .choices = level_ids,
	  .choice_count = COUNT(level_ids) },
	{ .key = "county", .label = "所属县（市、区）", .type = FIELD_TEXT },
	{ .key = "bureau", .label = "所属县政数局", .type = FIELD_TEXT },
	{ .key = "mailbox", .label = "政务邮箱", .type = FIELD_TEXT },
	{ .key = "media", .label = "单位介质编号", .type = FIELD_TEXTS },
	{ .key = "officers",
	  .label = "经办人",
	  .type = FIELD_LIST,
	  .columns = officer_fields,
	  .column_count = COUNT(officer_fields) },
};
static const struct field system_fields[] = {
	{ .key = "name", .label = "系统名称", .type = FIELD_TEXT, .required = true },
	{ .key = "tenant", .label = "使用单位编号", .type = FIELD_TEXT, .required = true },
	{ .key = "dengbao_level", .label = "等保级别", .type = FIELD_TEXT },
	{ .key = "dengbao_filed", .label = "等保备案日期", .type = FIELD_DATE },
	{ .key = "dengbao_assessed", .label = "等保测评日期", .type = FIELD_DATE },
	{ .key = "dengbao_until", .label = "等保测评有效期至", .type = FIELD_DATE },
	{ .key = "miping_adapted", .label = "商用密码改造日期", .type = FIELD_DATE },
	{ .key = "miping_assessed", .label = "密评日期", .type = FIELD_DATE },
	{ .key = "miping_until", .label = "密评有效期至", .type = FIELD_DATE },
	{ .key = "usage_reviewed", .label = "最近一次半年使用率评估日期", .type = FIELD_DATE },
	{ .key = "note", .label = "备注", .type = FIELD_TEXT },
};
static const struct field site_fields[] = {
	{ .key = "title", .label = "标题", .type = FIELD_TEXT },
	{ .key = "city", .label = "城市", .type = FIELD_TEXT },
	{ .key = "office", .label = "主办单位", .type = FIELD_TEXT },
	{ .key = "hub", .label = "中心仓库", .type = FIELD_TEXT },
	{ .key = "mail_limit_mb",
	  .label = "邮件大小上限",
	  .type = FIELD_INTEGER,
	  .has_min = true,
	  .min = 1,
	  .has_max = true,
	  .max = 10000 },
	{ .key = "signatures_from", .label = "签名起始日期", .type = FIELD_DATE },
};

/* --- reading one file -------------------------------------------------------------------- */
/* Where a finding about the whole party or system points to: the line of that key. */
static int
line_of(const struct doc *doc, const char *key)
{
	const struct node *node = node_get(doc->front, key);

	return node == NULL ? doc->front->line : node->line;
}

static void
check_required(const struct doc *doc, const struct node *map, const struct field *fields,
	       size_t count, struct findings *findings)
{
	const struct node *node;
	size_t i;

	for (i = 0; i < count; i++) {
		node = node_get(map, fields[i].key);
		if (!fields[i].required || (node != NULL && node->kind != NODE_SCALAR) ||
		    node_text(map, fields[i].key)[0] != '\0')
			continue;
		finding_file(findings, RULE, doc->file, node == NULL ? map->line : node->line,
			     node == NULL ? map->column : node->column, "没有填%s（%s）",
			     fields[i].label, fields[i].key);
	}
}

/* A file name is the id; it stands in addresses and in other files. */
static const char *
id_of_file(struct arena *arena, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash == NULL ? file : slash + 1;
	size_t len = strlen(name);

	return arena_strndup(arena, name, text_ends(name, ".md") ? len - 3 : len);
}

static const char *
lower_copy(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text), *p;

	for (p = copy; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	return copy;
}

static int32_t
day_or(const struct node *map, const char *key, int32_t otherwise)
{
	const struct node *node = node_get(map, key);

	return node != NULL && node->typed && node->type == FIELD_DATE ? (int32_t)node->number
								       : otherwise;
}

/* What git can carry as an author's e-mail and a person can type: ASCII, one @ inside. */
static bool
is_email(const char *text)
{
	const char *at = strchr(text, '@');
	size_t len = strlen(text), i;

	if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
	    len > EMAIL_MAX)
		return false;
	for (i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] == 0x7f || strchr("<>()[]\\,;:\"", text[i]) != NULL)
			return false;
	return true;
}

static void
read_officer(struct officer *out, struct arena *arena, const struct doc *doc,
	     const struct node *row, struct findings *findings)
{
	out->name = node_text(row, "name");
	out->email = lower_copy(arena, node_text(row, "email"));
	out->post = node_text(row, "post");
	out->from = day_or(row, "from", INT32_MAX);
	out->to = day_or(row, "to", INT32_MAX);
	out->line = row->line;
	check_required(doc, row, officer_fields, COUNT(officer_fields), findings);
	if (out->email[0] != '\0' && !is_email(out->email)) {
		const struct node *node = node_get(row, "email");

		finding_file(findings, RULE, doc->file, node->line, node->column,
			     "邮箱的写法不对，应形如 zhangsan@example.gov.cn");
		out->email = "";
	}
	if (out->from != INT32_MAX && out->to < out->from)
		finding_file(findings, RULE, doc->file, row->line, row->column,
			     "经办人“%s”的离任日期早于到任日期", out->name);
}

static void
read_officers(struct party *party, struct arena *arena, const struct doc *doc,
	      struct findings *findings)
{
	const struct node *list = node_get(doc->front, "officers");
	size_t i;

	if (list == NULL || list->kind != NODE_LIST)
		return;
	party->officers = arena_alloc(arena, xsize(list->count, sizeof(*party->officers), 0));
	for (i = 0; i < list->count; i++)
		if (list->items[i]->kind == NODE_MAP)
			read_officer(&party->officers[party->officer_count++], arena, doc,
				     list->items[i], findings);
}

/* The texts of a list with commas between. */
static const char *
joined(struct arena *arena, const struct node *list)
{
	struct buf text = BUF_INIT;
	const char *copy;
	size_t i;

	for (i = 0; list != NULL && list->kind == NODE_LIST && i < list->count; i++)
		if (list->items[i]->kind == NODE_SCALAR)
			buf_printf(&text, "%s%s", text.len > 0 ? "," : "", list->items[i]->text);
	copy = arena_strdup(arena, text.ptr);
	buf_release(&text);
	return copy;
}

/* Arrays in an arena that double: pointers to items are taken by registers_link alone. */
static void *
grown(struct arena *arena, void *items, size_t count, size_t bytes)
{
	void *bigger;

	if (count != 0 && (count < 8 || (count & (count - 1)) != 0))
		return items;
	bigger = arena_alloc(arena, xsize(count < 8 ? 8 : count * 2, bytes, 0));
	if (count > 0)
		memcpy(bigger, items, count * bytes);
	return bigger;
}

void
registers_add_party(struct registers *r, struct arena *arena, const char *text, size_t len,
		    const char *file, struct findings *findings)
{
	struct party party = { .file = arena_strdup(arena, file) };
	const struct node *front;
	struct doc doc;

	doc_parse(&doc, arena, text, len, party.file, findings);
	if (doc.broken)
		return;
	front = doc.front;
	fields_check(&doc, party_fields, COUNT(party_fields), findings);
	check_required(&doc, front, party_fields, COUNT(party_fields), findings);
	party.id = id_of_file(arena, file);
	party.name = node_text(front, "name");
	party.short_name = node_text(front, "short");
	if (party.short_name[0] == '\0')
		party.short_name = party.name;
	party.kind = node_text(front, "kind");
	party.level = level_ids[strcmp(node_text(front, "level"), level_ids[1]) == 0];
	party.county = node_text(front, "county");
	party.bureau = node_text(front, "bureau");
	party.mailbox = node_text(front, "mailbox");
	party.media = joined(arena, node_get(front, "media"));
	party.line = line_of(&doc, "name");
	if (strcmp(party.kind, tenant_kind) == 0 && node_text(front, "level")[0] == '\0')
		finding_file(findings, RULE, party.file, line_of(&doc, "kind"), 1,
			     "没有填级别（level）：市级单位填 city，县级单位填 county");
	read_officers(&party, arena, &doc, findings);
	r->parties = grown(arena, r->parties, r->party_count, sizeof(party));
	r->parties[r->party_count++] = party;
}

/* An assessment holds from its day to another, which is not before it. */
static void
check_until(const struct doc *doc, const char *assessed, const char *until,
	    struct findings *findings)
{
	const struct node *node = node_get(doc->front, until);
	int32_t from = day_or(doc->front, assessed, INT32_MAX),
		to = day_or(doc->front, until, INT32_MAX);

	if (to == INT32_MAX)
		return;
	if (node_text(doc->front, assessed)[0] == '\0')
		finding_file(findings, RULE, doc->file, node->line, node->column,
			     "填了 %s，没有填 %s；请补上测评的日期", until, assessed);
	else if (from != INT32_MAX && to < from)
		finding_file(findings, RULE, doc->file, node->line, node->column,
			     "%s 早于 %s；有效期至应在测评之后，请更正", until, assessed);
}

void
registers_add_system(struct registers *r, struct arena *arena, const char *text, size_t len,
		     const char *file, struct findings *findings)
{
	struct system system = { .file = arena_strdup(arena, file) };

	doc_parse(&system.doc, arena, text, len, system.file, findings);
	if (system.doc.broken)
		return;
	fields_check(&system.doc, system_fields, COUNT(system_fields), findings);
	check_required(&system.doc, system.doc.front, system_fields, COUNT(system_fields),
		       findings);
	check_until(&system.doc, "dengbao_assessed", "dengbao_until", findings);
	check_until(&system.doc, "miping_assessed", "miping_until", findings);
	system.id = id_of_file(arena, file);
	system.name = node_text(system.doc.front, "name");
	system.tenant = node_text(system.doc.front, "tenant");
	r->systems = grown(arena, r->systems, r->system_count, sizeof(system));
	r->systems[r->system_count++] = system;
}

void
registers_set_site(struct registers *r, struct arena *arena, const char *text, size_t len,
		   const char *file, struct findings *findings)
{
	const struct node *mail;
	struct doc doc;

	yaml_parse(&doc, arena, text, len, arena_strdup(arena, file), findings);
	if (!doc.broken)
		fields_check(&doc, site_fields, COUNT(site_fields), findings);
	r->site.title = node_text(doc.front, "title");
	r->site.city = node_text(doc.front, "city");
	r->site.office = node_text(doc.front, "office");
	r->site.hub = node_text(doc.front, "hub");
	r->site.signatures_from = day_or(doc.front, "signatures_from", INT32_MAX);
	mail = node_get(doc.front, "mail_limit_mb");
	r->site.mail_bytes = mail != NULL && mail->typed ? mail->number * 1024 * 1024 : 0;
}

/* --- one against another ----------------------------------------------------------------- */
static void
link_officers(struct registers *r, struct arena *arena, const struct party *party,
	      struct findings *findings)
{
	size_t i;

	for (i = 0; i < party->officer_count; i++) {
		const struct officer *officer = &party->officers[i];
		const struct officer_ref *other = map_find(&r->by_email, officer->email);
		struct officer_ref ref = { party, officer };

		if (officer->email[0] == '\0')
			continue;
		if (other != NULL)
			finding_file(findings, RULE, party->file, officer->line, 1,
				     "邮箱“%s”已登记在 %s 第 %d 行；一个邮箱只登记一位经办人",
				     officer->email, other->party->file, other->officer->line);
		else
			map_put(&r->by_email, officer->email,
				arena_copy(arena, &ref, 1, sizeof(ref)));
	}
}

struct kind_counts {
	const char *const *kinds;
	const int *only;
	int seen[KINDS_MAX];
};

static void
check_kind(const struct party *party, struct kind_counts *counts, struct findings *findings)
{
	struct buf known = BUF_INIT;
	int i;

	for (i = 0; i < KINDS_MAX && counts->kinds[i] != NULL; i++) {
		buf_printf(&known, "%s%s", i == 0 ? "" : "、", counts->kinds[i]);
		if (strcmp(counts->kinds[i], party->kind) == 0)
			break;
	}
	if (party->kind[0] == '\0' || i == KINDS_MAX)
		; /* said already; more kinds than any law has */
	else if (counts->kinds[i] == NULL)
		finding_file(findings, RULE, party->file, party->line, 1,
			     "单位类别“%s”不在制度里；kind 填下列之一：%s", party->kind, known.ptr);
	else if (counts->only != NULL && counts->only[i] > 0 && ++counts->seen[i] > counts->only[i])
		finding_file(findings, RULE, party->file, party->line, 1,
			     "类别 %s 的单位只能有 %d 个，“%s”是多出来的", party->kind,
			     counts->only[i], party->name);
	buf_release(&known);
}

static void
check_bureau(const struct registers *r, const struct party *party, struct findings *findings)
{
	const struct party *bureau = map_find(&r->by_party, party->bureau);
	bool county = strcmp(party->level, level_ids[1]) == 0;
	const char *wrong = NULL;

	if (party->bureau[0] == '\0') {
		if (county && strcmp(party->kind, tenant_kind) == 0)
			finding_file(findings, RULE, party->file, party->line, 1,
				     "县级使用单位要填 bureau：所属县政数局的编号"
				     "（content/parties/ 里的文件名）");
		return;
	}
	if (bureau == NULL)
		wrong = "没有登记";
	else if (bureau == party)
		wrong = "是这个单位自己";
	else if (strcmp(bureau->kind, party->kind) == 0 || strcmp(bureau->kind, tenant_kind) == 0)
		wrong = "登记的类别不是县政数局";
	else if (strcmp(bureau->level, level_ids[1]) != 0)
		wrong = "登记为市级单位（level），应为县级";
	else if (strcmp(bureau->county, party->county) != 0)
		wrong = "登记在另一个县（county）";
	if (wrong != NULL)
		finding_file(findings, RULE, party->file, party->line, 1,
			     "所属县政数局“%s”%s，请核对 bureau", party->bureau, wrong);
}

static void
link_systems(struct registers *r, struct findings *findings)
{
	size_t i;

	for (i = 0; i < r->system_count; i++) {
		struct system *system = &r->systems[i];
		const struct system *other = map_find(&r->by_system, system->name);

		if (system->tenant[0] != '\0' && map_find(&r->by_party, system->tenant) == NULL)
			finding_file(findings, RULE, system->file, line_of(&system->doc, "tenant"),
				     1,
				     "使用单位“%s”没有登记；请填 content/parties/ 里的编号"
				     "（文件名）",
				     system->tenant);
		if (system->name[0] == '\0')
			continue;
		if (other != NULL)
			finding_file(findings, RULE, system->file, line_of(&system->doc, "name"), 1,
				     "系统名称“%s”与 %s 相同；每个系统只登记一次", system->name,
				     other->file);
		else
			map_put(&r->by_system, system->name, system);
	}
}

/* Ids first: a party may name one that comes later. */
static void
link_ids(struct registers *r, struct findings *findings)
{
	size_t i;

	for (i = 0; i < r->party_count; i++) {
		struct party *party = &r->parties[i];
		const struct party *other = map_find(&r->by_party, party->id);

		if (other != NULL)
			finding_file(findings, RULE, party->file, party->line, 1,
				     "编号（文件名）“%s”与 %s 相同", party->id, other->file);
		else
			map_put(&r->by_party, party->id, party);
		if (map_find(&r->by_kind, party->kind) == NULL)
			map_put(&r->by_kind, party->kind, party);
	}
}

static void
check_name(struct map *names, struct party *party, struct findings *findings)
{
	const struct party *other = map_find(names, party->name);

	if (party->name[0] == '\0')
		return;
	if (other != NULL)
		finding_file(findings, RULE, party->file, party->line, 1, "单位名称“%s”与 %s 相同",
			     party->name, other->file);
	else
		map_put(names, party->name, party);
}

void
registers_link(struct registers *r, struct arena *arena, const char *const *kinds, const int *only,
	       struct findings *findings)
{
	struct kind_counts counts = { .kinds = kinds, .only = only };
	struct map names = { 0 };
	size_t i;

	link_ids(r, findings);
	for (i = 0; i < r->party_count; i++) {
		check_name(&names, &r->parties[i], findings);
		check_kind(&r->parties[i], &counts, findings);
		check_bureau(r, &r->parties[i], findings);
		link_officers(r, arena, &r->parties[i], findings);
	}
	link_systems(r, findings);
	map_release(&names);
}

void
registers_release(struct registers *r)
{
	map_release(&r->by_email);
	map_release(&r->by_party);
	map_release(&r->by_kind);
	map_release(&r->by_system);
}
