#include "law/law.h"

#include <stdlib.h>
#include <string.h>

struct law {
	struct script *script;
	struct arena arena;
	struct party_kind *parties;
	size_t party_count;
	struct form *forms;
	size_t form_count;
	struct flow *flows;
	size_t flow_count;
	size_t ending_count;
	const char **kind_ids;
	int *kind_only;
};

/* Enough for the law of a city and a page of ten thousand rows; a loop ends within a second. */
static const struct script_limits law_limits = { (size_t)256 << 20, 200 * 1000 * 1000 };

/* --- reading the tables: each function reads the table on top of the stack -------------------- */
static const char *
text_of(struct law *law, const char *key)
{
	return arena_strdup(&law->arena, script_get_text(law->script, key));
}

static const char *
text_or_null(struct law *law, const char *key)
{
	return script_has(law->script, key) ? text_of(law, key) : NULL;
}

static const char *
top_text(struct law *law)
{
	const char *text = script_top_text(law->script);

	return arena_strdup(&law->arena, text == NULL ? "" : text);
}

/* A field that is one text or a list of them; *count texts in the arena. */
static const char **
texts_of(struct law *law, const char *key, size_t *count)
{
	struct script *s = law->script;
	const char **texts;
	size_t i;

	*count = 0;
	if (!script_push(s, key))
		return NULL;
	if (!script_top_is_table(s)) {
		texts = arena_alloc(&law->arena, sizeof(*texts));
		texts[(*count)++] = top_text(law);
		script_pop(s, 1);
		return texts;
	}
	texts = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*texts));
	for (i = 1; script_push_row(s, i); i++) {
		texts[(*count)++] = top_text(law);
		script_pop(s, 1);
	}
	script_pop(s, 1);
	return texts;
}

static const struct party_kind **
parties_of(struct law *law, const char *key, size_t *count)
{
	const char **ids = texts_of(law, key, count);
	const struct party_kind **kinds = arena_alloc(&law->arena, (*count + 1) * sizeof(*kinds));
	size_t i;

	for (i = 0; i < *count; i++)
		kinds[i] = law_party(law, ids[i]);
	return kinds;
}

static enum field_type
type_of(const char *id)
{
	int i;

	for (i = 0; i < FIELD_TYPE_COUNT; i++) {
		if (strcmp(field_type_ids[i], id) == 0)
			return (enum field_type)i;
	}
	return FIELD_TEXT;
}

static struct field *fields_of(struct law *law, const char *key, size_t *count, const char *form);

static void
read_field(struct law *law, struct field *field, const char *form)
{
	struct script *s = law->script;

	field->key = text_of(law, "key");
	field->label = text_of(law, "label");
	field->help = text_of(law, "help");
	field->unit = text_of(law, "unit");
	field->article = text_of(law, "article");
	field->type = type_of(script_get_text(s, "type"));
	field->required = script_get_bool(s, "required");
	field->has_required_when = script_has(s, "required_when");
	field->has_min = script_has(s, "min");
	field->has_max = script_has(s, "max");
	field->min = script_get_integer(s, "min");
	field->max = script_get_integer(s, "max");
	field->choices = texts_of(law, "choices", &field->choice_count);
	field->columns = fields_of(law, "columns", &field->column_count, form);
	field->form = form;
}

static struct field *
fields_of(struct law *law, const char *key, size_t *count, const char *form)
{
	struct script *s = law->script;
	struct field *fields;

	*count = 0;
	if (!script_push(s, key))
		return NULL;
	fields = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*fields));
	while (script_push_row(s, *count + 1)) {
		read_field(law, &fields[(*count)++], form);
		script_pop(s, 1);
	}
	script_pop(s, 1);
	return fields;
}

static void
read_limit(struct law *law, const char *key, struct limit *limit)
{
	static const struct {
		const char *key;
		enum limit_kind kind;
	} kinds[] = { { "prompt", LIMIT_PROMPT }, { "working_days", LIMIT_WORKING_DAYS },
		{ "days", LIMIT_DAYS }, { "day_of_next_month", LIMIT_DAY_OF_NEXT_MONTH },
		{ "until_field", LIMIT_UNTIL_FIELD } };
	struct script *s = law->script;
	size_t i;

	if (!script_push(s, key))
		return;
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!script_has(s, kinds[i].key))
			continue;
		limit->kind = kinds[i].kind;
		limit->n = (int)script_get_integer(s, kinds[i].key);
	}
	limit->field = text_or_null(law, limit->kind == LIMIT_UNTIL_FIELD ? "until_field" : "field");
	if (script_push(s, "from")) {
		limit->from_stage = text_of(law, "stage");
		limit->from_outcome = text_or_null(law, "outcome");
		limit->from_first = strcmp(script_get_text(s, "which"), "first") == 0;
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

static void
read_outcome(struct law *law, struct outcome *outcome)
{
	struct script *s = law->script;

	outcome->id = text_of(law, "id");
	outcome->name = text_of(law, "name");
	outcome->back = script_get_bool(s, "back");
	outcome->opinion = script_get_bool(s, "opinion");
	outcome->to_city = outcome->to_county = text_of(law, "to");
	if (script_push(s, "to")) {
		if (script_top_is_table(s)) {
			outcome->to_city = text_of(law, "city");
			outcome->to_county = text_of(law, "county");
		}
		script_pop(s, 1);
	}
}

/* Forms and sections among the needs; papers and guards stay in Lua. */
static void
read_needs(struct law *law, struct stage *stage)
{
	struct script *s = law->script;
	size_t i, count;

	if (!script_push(s, "needs"))
		return;
	stage->forms = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*stage->forms));
	for (i = 1; script_push_row(s, i); i++) {
		const char *kind = script_get_text(s, "kind_");

		if (strcmp(kind, "form") == 0 && script_push_row(s, 1)) {
			stage->forms[stage->form_count++] = top_text(law);
			script_pop(s, 1);
		} else if (strcmp(kind, "sections") == 0) {
			stage->sections = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*stage->sections));
			for (count = 1; script_push_row(s, count); count++) {
				stage->sections[stage->section_count++] = top_text(law);
				script_pop(s, 1);
			}
		}
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

static void
read_stage(struct law *law, struct stage *stage, int number)
{
	struct script *s = law->script;

	stage->id = text_of(law, "id");
	stage->name = text_of(law, "name");
	stage->article = text_of(law, "article");
	stage->each = script_get_bool(s, "each");
	stage->parties = parties_of(law, "party", &stage->party_count);
	stage->number = number;
	read_limit(law, "limit", &stage->limit);
	stage->has_again = script_has(s, "again");
	read_limit(law, "again", &stage->again);
	read_needs(law, stage);
	if (!script_push(s, "outcomes"))
		return;
	stage->outcomes = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*stage->outcomes));
	while (script_push_row(s, stage->outcome_count + 1)) {
		read_outcome(law, &stage->outcomes[stage->outcome_count++]);
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

/* The endings are stages too, behind the others. */
static void
add_endings(struct law *law, struct flow *flow)
{
	struct script *s = law->script;
	size_t row;

	for (row = 1; script_push_row(s, row); row++) {
		struct stage *stage = &flow->stages[flow->stage_count];

		stage->id = text_of(law, "id");
		stage->name = text_of(law, "name");
		stage->article = "";
		stage->end = true;
		stage->done = script_get_bool(s, "done");
		stage->number = (int)flow->stage_count++;
		script_pop(s, 1);
	}
}

static struct field *
common_fields(size_t *count)
{
	static const char *yes_no[] = { "是", "否" };
	static struct field attachment[] = {
		{ .key = "paper", .label = "材料", .type = FIELD_TEXT },
		{ .key = "file", .label = "文件", .type = FIELD_TEXT },
	};
	static struct field fields[] = {
		{ .key = "flow", .label = "流程", .type = FIELD_TEXT },
		{ .key = "stage", .label = "环节", .type = FIELD_TEXT },
		{ .key = "signed", .label = "已签章", .type = FIELD_TEXTS },
		{ .key = "title", .label = "标题", .type = FIELD_TEXT },
		{ .key = "system", .label = "系统名称", .type = FIELD_TEXT },
		{ .key = "tenant", .label = "使用单位", .type = FIELD_TEXT },
		{ .key = "urgent", .label = "紧急特殊情况", .type = FIELD_BOOL, .choices = yes_no },
		{ .key = "urgent_ground", .label = "紧急事由", .type = FIELD_TEXT },
		{ .key = "attachments", .label = "材料", .type = FIELD_LIST, .columns = attachment,
		  .column_count = 2 },
	};

	*count = sizeof(fields) / sizeof(*fields);
	return fields;
}

/* The keys a ticket of this flow may have: the common ones and those of its forms. */
static void
read_flow_fields(struct law *law, struct flow *flow)
{
	struct script *s = law->script;
	size_t common, i, total;
	struct field *shared = common_fields(&common);
	const struct form *form;

	for (total = common, i = 1; script_push_row(s, i); i++, script_pop(s, 1)) {
		form = law_form(law, script_get_text(s, "id"));
		total += form == NULL ? 0 : form->field_count;
	}
	flow->fields = arena_alloc(&law->arena, total * sizeof(*flow->fields));
	memcpy(flow->fields, shared, common * sizeof(*shared));
	flow->field_count = common;
	for (i = 1; script_push_row(s, i); i++, script_pop(s, 1)) {
		form = law_form(law, script_get_text(s, "id"));
		if (form == NULL)
			continue;
		memcpy(flow->fields + flow->field_count, form->fields,
		       form->field_count * sizeof(*form->fields));
		flow->field_count += form->field_count;
	}
}

static void
read_gathers(struct law *law, struct flow *flow)
{
	struct script *s = law->script;

	flow->gathers = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*flow->gathers));
	while (script_push_row(s, flow->gather_count + 1)) {
		struct gather *gather = &flow->gathers[flow->gather_count++];

		gather->flow = text_of(law, "flow");
		gather->same_system = script_get_bool(s, "same_system");
		script_pop(s, 1);
	}
}

static void
read_flow(struct law *law, struct flow *flow)
{
	struct script *s = law->script;
	size_t i;

	flow->id = text_of(law, "id");
	flow->name = text_of(law, "name");
	flow->prefix = text_of(law, "prefix");
	flow->chart = text_of(law, "chart");
	flow->article = text_of(law, "article");
	flow->annex = (int)script_get_integer(s, "annex");
	flow->chapter = (int)script_get_integer(s, "chapter");
	flow->opens = parties_of(law, "opens", &flow->open_count);
	if (script_push(s, "online")) {
		flow->online_stage = text_of(law, "stage");
		flow->online_outcome = text_of(law, "outcome");
		script_pop(s, 1);
	}
	if (script_push(s, "gathers")) {
		read_gathers(law, flow);
		script_pop(s, 1);
	}
	if (script_push(s, "forms")) {
		read_flow_fields(law, flow);
		script_pop(s, 1);
	}
	if (!script_push(s, "stages"))
		return;
	flow->stages = arena_alloc(&law->arena, (script_count(s) + law->ending_count + 1) * sizeof(*flow->stages));
	for (i = 1; script_push_row(s, i); i++) {
		read_stage(law, &flow->stages[flow->stage_count++], (int)i - 1);
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

/* --- whole lists of the law table on top ------------------------------------------------------ */
static void
read_parties(struct law *law)
{
	struct script *s = law->script;

	if (!script_push(s, "parties"))
		return;
	law->parties = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*law->parties));
	law->kind_ids = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*law->kind_ids));
	law->kind_only = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*law->kind_only));
	while (script_push_row(s, law->party_count + 1)) {
		struct party_kind *kind = &law->parties[law->party_count];

		kind->id = text_of(law, "id");
		kind->name = text_of(law, "name");
		kind->short_name = text_of(law, "short");
		kind->article = text_of(law, "article");
		kind->only = (int)script_get_integer(s, "only");
		law->kind_ids[law->party_count] = kind->id;
		law->kind_only[law->party_count++] = kind->only;
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

static void
read_forms(struct law *law)
{
	struct script *s = law->script;

	if (!script_push(s, "forms"))
		return;
	law->forms = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*law->forms));
	while (script_push_row(s, law->form_count + 1)) {
		struct form *form = &law->forms[law->form_count++];

		form->id = text_of(law, "id");
		form->title = text_of(law, "title");
		form->annex = (int)script_get_integer(s, "annex");
		form->fields = fields_of(law, "fields", &form->field_count, form->id);
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

static void
read_flows(struct law *law)
{
	struct script *s = law->script;
	size_t i;

	if (script_push(s, "endings")) {
		law->ending_count = script_count(s);
		script_pop(s, 1);
	}
	if (!script_push(s, "flows"))
		return;
	law->flows = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*law->flows));
	while (script_push_row(s, law->flow_count + 1)) {
		read_flow(law, &law->flows[law->flow_count++]);
		script_pop(s, 1);
	}
	script_pop(s, 1);
	if (!script_push(s, "endings"))
		return;
	for (i = 0; i < law->flow_count; i++)
		add_endings(law, &law->flows[i]);
	script_pop(s, 1);
}

/* --- loading ------------------------------------------------------------------------------------ */
static int
load_rank(const char *path)
{
	static const char *const order[] = { "lua/parties.lua", "lua/endings.lua", "lua/readings.lua",
		"lua/regulation.lua", "lua/forms/", "lua/flows/", "lua/rules/" };
	int i;

	for (i = 0; i < (int)(sizeof(order) / sizeof(*order)); i++) {
		if (text_starts(path, order[i]))
			return i;
	}
	return -1; /* hooks, and files that are no part of the law */
}

static int
compare_files(const void *a, const void *b)
{
	const struct law_file *x = a, *y = b;
	int rank = load_rank(x->path) - load_rank(y->path);

	return rank != 0 ? rank : strcmp(x->path, y->path);
}

static void
push_files(struct script *s, const struct law_file *files, size_t count)
{
	struct law_file *sorted = xcalloc(count + 1, sizeof(*sorted));
	size_t i;

	if (count > 0)
		memcpy(sorted, files, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_files);
	script_table(s);
	for (i = 0; i < count; i++) {
		if (load_rank(sorted[i].path) < 0 || !text_ends(sorted[i].path, ".lua"))
			continue;
		script_table(s);
		script_append_text(s, sorted[i].path);
		script_bytes(s, sorted[i].text, sorted[i].len);
		script_append(s);
		script_append(s);
	}
	free(sorted);
}

/* The list of faults on top; true when it is empty. */
static bool
take_faults(struct script *s, struct findings *findings)
{
	size_t i;

	for (i = 1; script_push_row(s, i); i++) {
		finding_file(findings, "law", script_get_text(s, "file"), (int)script_get_integer(s, "line"), 0,
			     "%s", script_get_text(s, "text"));
		script_pop(s, 1);
	}
	return i == 1;
}

static int
refuse_to_load(const struct findings *findings, struct err *err)
{
	const struct finding *f = &findings->items[findings->count - 1];

	return err_at(err, ERR_LAW, f->file, f->line, 0, "制度文件有误，不能据以判断：%s", f->message);
}

int
law_load(struct law **out, const struct law_file *files, size_t count, struct findings *findings,
	 struct err *err)
{
	struct law *law = xcalloc(1, sizeof(*law));

	if (script_new(&law->script, &law_limits, err) != 0)
		goto fail;
	push_files(law->script, files, count);
	if (script_call(law->script, "load", 1, 2, err) != 0)
		goto fail;
	if (!take_faults(law->script, findings)) {
		refuse_to_load(findings, err);
		goto fail;
	}
	script_pop(law->script, 1);
	read_parties(law);
	read_forms(law);
	read_flows(law);
	script_pop(law->script, 1);
	if (law->flow_count == 0) {
		err_set(err, ERR_LAW, "没有可用的制度（lua/ 为空），请先执行 yunjuan init");
		goto fail;
	}
	*out = law;
	return 0;
fail:
	law_free(law);
	return -1;
}

int
law_load_embedded(struct law **out, struct findings *findings, struct err *err)
{
	size_t count, i;
	const struct embedded *first = embedded_below("lua/", &count);
	struct law_file *files = xcalloc(count + 1, sizeof(*files));
	int rc;

	for (i = 0; i < count; i++)
		files[i] = (struct law_file){ first[i].path, first[i].data, first[i].len };
	rc = law_load(out, files, count, findings, err);
	free(files);
	return rc;
}

void
law_free(struct law *law)
{
	if (law == NULL)
		return;
	script_free(law->script);
	arena_release(&law->arena);
	free(law);
}

struct script *
law_script(const struct law *law)
{
	return law->script;
}

/* --- asking --------------------------------------------------------------------------------------- */
const struct party_kind *
law_party(const struct law *law, const char *id)
{
	size_t i;

	for (i = 0; i < law->party_count; i++) {
		if (strcmp(law->parties[i].id, id) == 0)
			return &law->parties[i];
	}
	return NULL;
}

const struct party_kind *
law_parties(const struct law *law, size_t *count)
{
	*count = law->party_count;
	return law->parties;
}

const struct flow *
law_flow(const struct law *law, const char *id)
{
	size_t i;

	for (i = 0; i < law->flow_count; i++) {
		if (strcmp(law->flows[i].id, id) == 0)
			return &law->flows[i];
	}
	return NULL;
}

const struct flow *
law_flows(const struct law *law, size_t *count)
{
	*count = law->flow_count;
	return law->flows;
}

const struct form *
law_form(const struct law *law, const char *id)
{
	size_t i;

	for (i = 0; i < law->form_count; i++) {
		if (strcmp(law->forms[i].id, id) == 0)
			return &law->forms[i];
	}
	return NULL;
}

const struct stage *
flow_stage(const struct flow *flow, const char *id)
{
	size_t i;

	for (i = 0; i < flow->stage_count; i++) {
		if (strcmp(flow->stages[i].id, id) == 0)
			return &flow->stages[i];
	}
	return NULL;
}

const char *
outcome_target(const struct outcome *outcome, bool county)
{
	return county ? outcome->to_county : outcome->to_city;
}

const struct outcome *
stage_outcome(const struct stage *from, const char *to, bool county)
{
	size_t i;

	for (i = 0; i < from->outcome_count; i++) {
		if (strcmp(outcome_target(&from->outcomes[i], county), to) == 0)
			return &from->outcomes[i];
	}
	return NULL;
}

const char *const *
law_kind_ids(const struct law *law, const int **only)
{
	if (only != NULL)
		*only = law->kind_only;
	return law->kind_ids;
}

/* --- values of a ticket ------------------------------------------------------------------------------ */
static bool
push_scalar(struct script *s, const struct node *node)
{
	if (node->text[0] == '\0')
		return false;
	if (node->typed && node->type == FIELD_INTEGER)
		script_integer(s, node->number);
	else if (node->typed && node->type == FIELD_BOOL)
		script_bool(s, node->number != 0);
	else if (node->typed && node->type == FIELD_DECIMAL)
		script_number(s, node->decimal);
	else
		script_text(s, node->text);
	return true;
}

static bool push_node(struct script *s, const struct node *node);

static void
push_items(struct script *s, const struct node *node)
{
	size_t i;

	script_table_for(s, node->kind == NODE_MAP ? (int)node->count : 0);
	for (i = 0; i < node->count; i++) {
		if (!push_node(s, node->items[i]))
			continue;
		if (node->kind == NODE_LIST)
			script_append(s);
		else
			script_set(s, node->keys[i]);
	}
}

/* False, and nothing pushed, for what is not filled. */
static bool
push_node(struct script *s, const struct node *node)
{
	if (node->kind == NODE_SCALAR)
		return push_scalar(s, node);
	if (node->count == 0)
		return false;
	push_items(s, node);
	return true;
}

void
law_push_values(struct script *s, const struct node *front)
{
	push_items(s, front);
}
