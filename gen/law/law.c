#include "law/law.h"

#include <stdlib.h>
#include <string.h>

#include "law/law_internal.h"

/* Enough for the law of a city and a page of ten thousand rows; a loop ends within a second. */
const struct script_limits law_limits = { (size_t)256 << 20, 200 * 1000 * 1000 };

/* --- loading ------------------------------------------------------------------------------------ */
static int
load_rank(const char *path)
{
	static const char *const order[] = {
		"lua/parties.lua",  "lua/endings.lua",	  "lua/duties.lua",	"lua/media.lua",
		"lua/readings.lua", "lua/regulation.lua", "lua/indicators.lua", "lua/grounds.lua",
		"lua/forms/",	    "lua/flows/",	  "lua/rules/"
	};
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

void
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
		finding_file(findings, "law", script_get_text(s, "file"),
			     (int)script_get_integer(s, "line"), 0, "%s",
			     script_get_text(s, "text"));
		script_pop(s, 1);
	}
	return i == 1;
}

static int
refuse_to_load(const struct findings *findings, struct err *err)
{
	const struct finding *f = &findings->items[findings->count - 1];

	return err_at(err, ERR_LAW, f->file, f->line, 0, "制度文件有误，不能据以判断：%s",
		      f->message);
}

void
law_read(struct law *law)
{
	read_parties(law);
	read_media(law);
	read_forms(law);
	read_flows(law);
	read_indicators(law);
	script_pop(law->script, 1);
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
	law_read(law);
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

uint64_t
law_words_sum(void)
{
	size_t count, i;
	const struct embedded *words = embedded_below("gen/law/", &count);
	uint64_t sum = 0;

	for (i = 0; i < count; i++)
		sum = hash_bytes(words[i].data, words[i].len, sum);
	return sum;
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

const struct medium *
law_medium(const struct law *law, const char *id)
{
	size_t i;

	for (i = 0; i < law->medium_count; i++) {
		if (strcmp(law->media[i].id, id) == 0)
			return &law->media[i];
	}
	return NULL;
}

const struct medium *
law_media(const struct law *law, size_t *count)
{
	*count = law->medium_count;
	return law->media;
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
	if (text_unseen(node->text, strlen(node->text)))
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

/* False, and nothing pushed, for what is not filled, or has been refused as no value of its field. A row that
 * is not filled is a row that lacks all. */
static bool
push_node(struct script *s, const struct node *node)
{
	if (node->unfit)
		return false;
	if (node->kind == NODE_SCALAR)
		return push_scalar(s, node);
	if (node->kind == NODE_LIST && node->count == 0)
		return false;
	push_items(s, node);
	return true;
}

void
law_push_values(struct script *s, const struct node *front)
{
	push_items(s, front);
}
