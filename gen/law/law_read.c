/* The law's tables as structs: what C needs of parties, forms and flows. */
#include <string.h>

#include "law/law_internal.h"

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
	size_t i, given;
	const char **ids = texts_of(law, key, &given);
	const struct party_kind **kinds = arena_alloc(&law->arena, (given + 1) * sizeof(*kinds));

	for (*count = 0, i = 0; i < given; i++) {
		kinds[*count] = law_party(law, ids[i]);
		*count += kinds[*count] != NULL ? 1 : 0;
	}
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
	} kinds[] = { { "prompt", LIMIT_PROMPT },
		      { "working_days", LIMIT_WORKING_DAYS },
		      { "days", LIMIT_DAYS },
		      { "day_of_next_month", LIMIT_DAY_OF_NEXT_MONTH },
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
	limit->field =
	    text_or_null(law, limit->kind == LIMIT_UNTIL_FIELD ? "until_field" : "field");
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
	stage->sometimes =
	    arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*stage->sometimes));
	for (i = 1; script_push_row(s, i); i++) {
		const char *kind = script_get_text(s, "kind_");

		stage->sometimes[stage->form_count] = script_has(s, "when");
		if (strcmp(kind, "form") == 0 && script_push_row(s, 1)) {
			stage->forms[stage->form_count++] = top_text(law);
			script_pop(s, 1);
		} else if (strcmp(kind, "sections") == 0) {
			stage->sections = arena_alloc(&law->arena, (script_count(s) + 1) *
								       sizeof(*stage->sections));
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
read_owes(struct law *law, struct stage *stage)
{
	struct script *s = law->script;

	if (!script_push(s, "owes"))
		return;
	stage->owes = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*stage->owes));
	while (script_push_row(s, stage->owe_count + 1)) {
		struct copies *copies = &stage->owes[stage->owe_count++];

		copies->kinds = parties_of(law, "kinds_", &copies->kind_count);
		copies->article = text_of(law, "article");
		copies->on = text_or_null(law, "on");
		copies->city = script_get_bool(s, "city_");
		copies->county = script_get_bool(s, "county_");
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
	read_owes(law, stage);
	if (script_push(s, "wants_")) {
		stage->wants_ledger = script_get_bool(s, "ledger");
		stage->wants_bill = script_get_bool(s, "bill");
		stage->wants_usage = script_get_bool(s, "usage");
		script_pop(s, 1);
	}
	if (!script_push(s, "outcomes"))
		return;
	stage->outcomes =
	    arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*stage->outcomes));
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

	for (row = 1; flow->stages != NULL && script_push_row(s, row); row++) {
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
		{ .key = "attachments",
		  .label = "材料",
		  .type = FIELD_LIST,
		  .columns = attachment,
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
		if (form == NULL || form->field_count == 0)
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
read_ledger(struct law *law, struct flow_ledger *ledger)
{
	static const char *const deeds[DEED_COUNT] = { "",	  "opens",    "adjusts",
						       "revokes", "backs-up", "settles" };
	const char *does = script_get_text(law->script, "does");
	int i;

	for (i = 1; i < DEED_COUNT; i++) {
		if (strcmp(does, deeds[i]) == 0)
			ledger->deed = (enum ledger_deed)i;
	}
	ledger->rows = text_of(law, "rows");
	ledger->day = text_of(law, "day");
	ledger->form = text_of(law, "form");
	ledger->mark = text_of(law, "mark");
	ledger->type = text_or_null(law, "type");
	ledger->changes = text_or_null(law, "changes");
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
	if (script_push(s, "ledger")) {
		read_ledger(law, &flow->ledger);
		script_pop(s, 1);
	}
	if (script_push(s, "forms")) {
		read_flow_fields(law, flow);
		script_pop(s, 1);
	}
	if (!script_push(s, "stages"))
		return;
	flow->stages = arena_alloc(&law->arena, (script_count(s) + law->ending_count + 1) *
						    sizeof(*flow->stages));
	for (i = 1; script_push_row(s, i); i++) {
		read_stage(law, &flow->stages[flow->stage_count++], (int)i - 1);
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

/* --- whole lists of the law table on top ------------------------------------------------------ */
void
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

void
read_media(struct law *law)
{
	struct script *s = law->script;

	if (!script_push(s, "media"))
		return;
	law->media = arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*law->media));
	while (script_push_row(s, law->medium_count + 1)) {
		law->media[law->medium_count++] =
		    (struct medium){ .id = text_of(law, "id"),
				     .name = text_of(law, "name"),
				     .article = text_of(law, "article"),
				     .registered = script_get_bool(s, "registered"),
				     .numbered = script_get_bool(s, "numbered"),
				     .address = script_get_bool(s, "address"),
				     .volumes = script_get_bool(s, "volumes") };
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

void
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

void
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
