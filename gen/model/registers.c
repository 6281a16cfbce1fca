/* The registers: parties with their officers, systems, the site. */
#include "model/model.h"

#include <ctype.h>
#include <string.h>

#include "calendar/calendar.h"

#define RULE "register"

static const char *level_choices[] = { "city", "county" };
static struct field officer_fields[] = {
	{ .key = "name", .label = "姓名", .type = FIELD_TEXT },
	{ .key = "email", .label = "邮箱", .type = FIELD_TEXT },
	{ .key = "post", .label = "岗位", .type = FIELD_TEXT },
	{ .key = "certificate", .label = "证书", .type = FIELD_TEXT },
	{ .key = "from", .label = "到任", .type = FIELD_DATE },
	{ .key = "to", .label = "离任", .type = FIELD_DATE },
};
static const struct field party_fields[] = {
	{ .key = "name", .label = "名称", .type = FIELD_TEXT },
	{ .key = "short", .label = "简称", .type = FIELD_TEXT },
	{ .key = "kind", .label = "类别", .type = FIELD_TEXT },
	{ .key = "level", .label = "级别", .type = FIELD_CHOICE, .choices = level_choices, .choice_count = 2 },
	{ .key = "county", .label = "所属县", .type = FIELD_TEXT },
	{ .key = "bureau", .label = "所属县政数局", .type = FIELD_TEXT },
	{ .key = "officers", .label = "经办人", .type = FIELD_LIST, .columns = officer_fields, .column_count = 6 },
};
static const struct field system_fields[] = {
	{ .key = "name", .label = "系统名称", .type = FIELD_TEXT },
	{ .key = "tenant", .label = "使用单位", .type = FIELD_TEXT },
	{ .key = "dengbao_level", .label = "等保级别", .type = FIELD_TEXT },
	{ .key = "dengbao_filed", .label = "等保备案日期", .type = FIELD_DATE },
	{ .key = "dengbao_assessed", .label = "等保测评日期", .type = FIELD_DATE },
	{ .key = "miping_adapted", .label = "商用密码改造日期", .type = FIELD_DATE },
	{ .key = "miping_assessed", .label = "密评日期", .type = FIELD_DATE },
	{ .key = "usage_reviewed", .label = "最近一次半年使用率评估日期", .type = FIELD_DATE },
	{ .key = "note", .label = "备注", .type = FIELD_TEXT },
};
static const struct field site_fields[] = {
	{ .key = "title", .label = "标题", .type = FIELD_TEXT },
	{ .key = "city", .label = "城市", .type = FIELD_TEXT },
	{ .key = "office", .label = "主办单位", .type = FIELD_TEXT },
	{ .key = "hub", .label = "中心仓库", .type = FIELD_TEXT },
	{ .key = "mail_limit_mb", .label = "邮件大小上限", .type = FIELD_INTEGER, .has_min = true, .min = 1, .has_max = true, .max = 10000 },
	{ .key = "signatures_from", .label = "签名起始日期", .type = FIELD_DATE },
};
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const char *
id_of_file(struct arena *arena, const char *file)
{
	const char *name = strrchr(file, '/');
	size_t len;

	name = name == NULL ? file : name + 1;
	len = strlen(name);
	return arena_strndup(arena, name, text_ends(name, ".md") ? len - 3 : len);
}

static void
need(const struct doc *doc, const struct node *map, const char *key, const char *label, struct findings *findings)
{
	if (node_text(map, key)[0] == '\0')
		finding_file(findings, RULE, doc->file, map->line, 0, "没有填%s（%s）", label, key);
}

static int32_t
day_or(const struct node *map, const char *key, int32_t otherwise)
{
	const struct node *node = node_get(map, key);

	return node != NULL && node->typed && node->type == FIELD_DATE ? (int32_t)node->number : otherwise;
}

static const char *
lower_copy(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text), *p;

	for (p = copy; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static void
read_officers(struct party *party, struct arena *arena, const struct doc *doc, struct findings *findings)
{
	const struct node *list = node_get(doc->front, "officers");
	size_t i;

	if (list == NULL || list->kind != NODE_LIST)
		return;
	party->officers = arena_alloc(arena, (list->count + 1) * sizeof(*party->officers));
	for (i = 0; i < list->count; i++) {
		const struct node *row = list->items[i];
		struct officer *o = &party->officers[party->officer_count];

		if (row->kind != NODE_MAP)
			continue;
		need(doc, row, "name", "经办人姓名", findings);
		need(doc, row, "email", "经办人邮箱", findings);
		need(doc, row, "from", "到任日期", findings);
		o->name = node_text(row, "name");
		o->email = lower_copy(arena, node_text(row, "email"));
		o->post = node_text(row, "post");
		o->certificate = node_text(row, "certificate");
		o->from = day_or(row, "from", INT32_MAX);
		o->to = day_or(row, "to", INT32_MAX);
		o->line = row->line;
		party->officer_count++;
	}
}

/* Arrays in an arena that grow by doubling: pointers to items are taken only by registers_link. */
static void *
more(struct arena *arena, void *items, size_t count, size_t bytes)
{
	void *bigger;

	if (count != 0 && (count < 8 || (count & (count - 1)) != 0))
		return items;
	bigger = arena_alloc(arena, (count < 8 ? 8 : count * 2) * bytes);
	if (count > 0)
		memcpy(bigger, items, count * bytes);
	return bigger;
}

void
registers_add_party(struct registers *r, struct arena *arena, const char *text, size_t len, const char *file,
		    struct findings *findings)
{
	struct party party = { .file = file };
	struct doc doc;

	doc_parse(&doc, arena, text, len, file, findings);
	fields_check(&doc, party_fields, COUNT(party_fields), findings);
	if (doc.broken)
		return;
	need(&doc, doc.front, "name", "单位名称", findings);
	need(&doc, doc.front, "kind", "单位类别", findings);
	party.id = id_of_file(arena, file);
	party.name = node_text(doc.front, "name");
	party.short_name = node_text(doc.front, "short")[0] != '\0' ? node_text(doc.front, "short") : party.name;
	party.kind = node_text(doc.front, "kind");
	party.level = strcmp(node_text(doc.front, "level"), "county") == 0 ? "county" : "city";
	party.county = node_text(doc.front, "county");
	party.bureau = node_text(doc.front, "bureau");
	read_officers(&party, arena, &doc, findings);
	r->parties = more(arena, r->parties, r->party_count, sizeof(party));
	r->parties[r->party_count++] = party;
}

void
registers_add_system(struct registers *r, struct arena *arena, const char *text, size_t len, const char *file,
		     struct findings *findings)
{
	struct system system = { .file = file };

	doc_parse(&system.doc, arena, text, len, file, findings);
	fields_check(&system.doc, system_fields, COUNT(system_fields), findings);
	if (system.doc.broken)
		return;
	need(&system.doc, system.doc.front, "name", "系统名称", findings);
	need(&system.doc, system.doc.front, "tenant", "使用单位", findings);
	system.id = id_of_file(arena, file);
	system.name = node_text(system.doc.front, "name");
	system.tenant = node_text(system.doc.front, "tenant");
	r->systems = more(arena, r->systems, r->system_count, sizeof(system));
	r->systems[r->system_count++] = system;
}

void
registers_set_site(struct registers *r, struct arena *arena, const char *text, size_t len, const char *file,
		   struct findings *findings)
{
	struct doc doc;
	int64_t megabytes;

	yaml_parse(&doc, arena, text, len, file, findings);
	fields_check(&doc, site_fields, COUNT(site_fields), findings);
	r->site.title = node_text(doc.front, "title");
	r->site.city = node_text(doc.front, "city");
	r->site.office = node_text(doc.front, "office");
	r->site.hub = node_text(doc.front, "hub");
	r->site.signatures_from = day_or(doc.front, "signatures_from", INT32_MAX);
	r->site.mail_bytes = text_number(node_text(doc.front, "mail_limit_mb"), 1, 10000, &megabytes) ? megabytes << 20 : 0;
}

/* --- one against another ---------------------------------------------------------------------------------- */
static void
link_officers(struct registers *r, struct arena *arena, const struct party *party, struct findings *findings)
{
	size_t i;

	for (i = 0; i < party->officer_count; i++) {
		const struct officer *o = &party->officers[i];
		const struct officer_ref *other = map_find(&r->by_email, o->email);
		struct officer_ref *ref;

		if (o->to < o->from)
			finding_file(findings, RULE, party->file, o->line, 0, "经办人“%s”的离任日期早于到任日期", o->name);
		if (o->email[0] == '\0')
			continue;
		if (other != NULL) {
			finding_file(findings, RULE, party->file, o->line, 0, "邮箱“%s”已登记在“%s”名下；一个邮箱只能属于一位经办人",
				     o->email, other->party->name);
			continue;
		}
		ref = arena_alloc(arena, sizeof(*ref));
		ref->party = party;
		ref->officer = o;
		map_put(&r->by_email, o->email, ref);
	}
}

static void
check_kind(const struct party *party, const char *const *kinds, int *seen, const int *only, struct findings *findings)
{
	int i;

	for (i = 0; kinds[i] != NULL; i++) {
		if (strcmp(kinds[i], party->kind) != 0)
			continue;
		if (only != NULL && only[i] > 0 && ++seen[i] > only[i])
			finding_file(findings, RULE, party->file, 1, 0, "类别 %s 的单位只能有 %d 个，“%s”是多出来的", party->kind,
				     only[i], party->name);
		return;
	}
	finding_file(findings, RULE, party->file, 1, 0, "“%s”不是制度里的单位类别；请核对 kind", party->kind);
}

static void
check_party(struct registers *r, const struct party *party, struct findings *findings)
{
	const struct party *bureau = map_find(&r->by_party, party->bureau);

	if (party->bureau[0] != '\0' && bureau == NULL)
		finding_file(findings, RULE, party->file, 1, 0, "所属县政数局“%s”没有登记", party->bureau);
	else if (bureau != NULL && bureau == party)
		finding_file(findings, RULE, party->file, 1, 0, "“%s”不能是自己的所属县政数局", party->name);
}

static void
check_system(struct registers *r, const struct system *system, struct findings *findings)
{
	const struct system *other = map_find(&r->by_system, system->name);

	if (other != NULL)
		finding_file(findings, RULE, system->file, 1, 0, "系统名称“%s”与 %s 相同；每个系统只登记一次", system->name,
			     other->file);
	if (map_find(&r->by_party, system->tenant) == NULL)
		finding_file(findings, RULE, system->file, 1, 0, "使用单位“%s”没有登记；请填 content/parties/ 里的单位编号",
			     system->tenant);
}

void
registers_link(struct registers *r, struct arena *arena, const char *const *kinds, const int *only,
	       struct findings *findings)
{
	struct map names = { 0 };
	int seen[64] = { 0 };
	size_t i;

	for (i = 0; i < r->party_count; i++)
		map_put(&r->by_party, r->parties[i].id, &r->parties[i]);
	for (i = 0; i < r->party_count; i++) {
		const struct party *party = &r->parties[i];

		if (map_find(&names, party->name) != NULL)
			finding_file(findings, RULE, party->file, 1, 0, "单位名称“%s”登记了两次", party->name);
		map_put(&names, party->name, (void *)party);
		check_kind(party, kinds, seen, only, findings);
		check_party(r, party, findings);
		link_officers(r, arena, party, findings);
	}
	for (i = 0; i < r->system_count; i++) {
		check_system(r, &r->systems[i], findings);
		map_put(&r->by_system, r->systems[i].name, &r->systems[i]);
	}
	map_release(&names);
}

void
registers_release(struct registers *r)
{
	map_release(&r->by_email);
	map_release(&r->by_party);
	map_release(&r->by_system);
}
