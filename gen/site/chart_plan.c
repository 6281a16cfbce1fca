#include "site/chart_internal.h"

#include <stdlib.h>
#include <string.h>

/* --- text ------------------------------------------------------------------------------------- */
double
chart_text_width(const char *text, double size)
{
	size_t characters = 0, columns = utf8_width(text);
	const char *p;

	for (p = text; *p != '\0'; p++)
		characters += ((unsigned char)*p & 0xc0) != 0x80;
	return size * ((double)(columns - characters) + 0.55 * (double)(2 * characters - columns));
}

static void
copy_line(char *line, size_t size, const char *text, size_t len)
{
	snprintf(line, size, "%.*s", (int)len, text);
	utf8_trim(line);
}

/* How many bytes of text fit into `width`. */
static size_t
fitting(const char *text, double width)
{
	const char *p = text, *end = text + strlen(text);
	char line[64];

	while (p < end) {
		const char *before = p;

		utf8_next(&p, end);
		copy_line(line, sizeof(line), text, (size_t)(p - text));
		if (p - text >= (int)sizeof(line) ||
		    chart_text_width(line, CHART_NAME_SIZE) > width)
			return (size_t)(before - text);
	}
	return (size_t)(p - text);
}

/* One line, or two of about the same length; what is longer still is cut. */
static int
wrap_name(struct chart_box *box, const char *name, double width)
{
	size_t len = strlen(name), first = fitting(name, width);

	if (first < len) {
		double half = chart_text_width(name, CHART_NAME_SIZE) / 2 + CHART_NAME_SIZE * 0.5;

		first = fitting(name, half < width ? half : width);
		copy_line(box->lines[1], sizeof(box->lines[1]), name + first,
			  fitting(name + first, width));
	}
	copy_line(box->lines[0], sizeof(box->lines[0]), name, first);
	return first < len ? 2 : 1;
}

static const char *
field_label(const struct flow *flow, const char *key)
{
	size_t i;

	for (i = 0; i < flow->field_count; i++) {
		if (strcmp(flow->fields[i].key, key) == 0)
			return flow->fields[i].label;
	}
	return key;
}

static void
limit_text(char *line, size_t size, const struct flow *flow, const struct limit *limit,
	   const char *prefix)
{
	line[0] = '\0';
	switch (limit->kind) {
	case LIMIT_NONE: return;
	case LIMIT_PROMPT: snprintf(line, size, "%s及时", prefix); break;
	case LIMIT_WORKING_DAYS: snprintf(line, size, "%s%d 个工作日", prefix, limit->n); break;
	case LIMIT_DAYS: snprintf(line, size, "%s%d 日", prefix, limit->n); break;
	case LIMIT_DAY_OF_NEXT_MONTH: snprintf(line, size, "%s次月%d日前", prefix, limit->n); break;
	case LIMIT_UNTIL_FIELD:
		snprintf(line, size, "%s至%s", prefix, field_label(flow, limit->field));
		break;
	}
	utf8_trim(line);
}

/* Who acts, where the lane alone does not say it. */
static void
party_text(char *line, size_t size, const struct stage *stage)
{
	line[0] = '\0';
	if (stage->party_count < 2)
		return;
	if (stage->each)
		snprintf(line, size, "各方均须办理");
	else
		snprintf(line, size, "或由%s%s", stage->parties[1]->short_name,
			 stage->party_count > 2 ? "等" : "");
	utf8_trim(line);
}

void
chart_box_text(struct chart_box *box, const struct flow *flow, double width)
{
	const struct stage *stage = box->stage;
	char notes[3][64];
	int i, line;

	memset(box->lines, 0, sizeof(box->lines));
	line = box->name_lines = wrap_name(box, stage->name, width);
	party_text(notes[0], sizeof(notes[0]), stage);
	limit_text(notes[1], sizeof(notes[1]), flow, &stage->limit,
		   stage->has_again ? "首次 " : "");
	notes[2][0] = '\0';
	if (stage->has_again)
		limit_text(notes[2], sizeof(notes[2]), flow, &stage->again, "其后 ");
	for (i = 0; i < 3 && line < 3; i++) {
		if (notes[i][0] != '\0')
			memcpy(box->lines[line++], notes[i], sizeof(notes[i]));
	}
}

/* --- the table -------------------------------------------------------------------------------- */
static bool
acts(const struct stage *stage, const struct party_kind *kind)
{
	size_t i, count = stage->each || stage->party_count == 0 ? stage->party_count : 1;

	for (i = 0; i < count; i++) {
		if (stage->parties[i] == kind)
			return true;
	}
	return false;
}

/* Every party that occurs has its lane, also one that only may act instead of another. */
static bool
occurs(const struct flow *flow, const struct party_kind *kind)
{
	size_t i, j;

	for (i = 0; i < flow->stage_count; i++) {
		for (j = 0; j < flow->stages[i].party_count; j++) {
			if (flow->stages[i].parties[j] == kind)
				return true;
		}
	}
	return false;
}

static void
find_lanes(struct chart_plan *plan, const struct law *law)
{
	size_t count, i;
	const struct party_kind *kinds = law_parties(law, &count);

	plan->lanes = xcalloc(count + 1, sizeof(*plan->lanes));
	for (i = 0; i < count; i++) {
		if (occurs(plan->flow, &kinds[i]))
			plan->lanes[plan->lane_count++] = &kinds[i];
	}
	if (plan->lane_count == 0)
		plan->lane_count = 1;
}

static bool
is_reached(const struct flow *flow, const char *id)
{
	size_t i, j;

	for (i = 0; i < flow->stage_count; i++) {
		for (j = 0; j < flow->stages[i].outcome_count; j++) {
			const struct outcome *o = &flow->stages[i].outcomes[j];

			if (strcmp(o->to_city, id) == 0 || strcmp(o->to_county, id) == 0)
				return true;
		}
	}
	return false;
}

static void
add_node(struct chart_plan *plan, const struct stage *stage)
{
	struct chart_node *node = &plan->nodes[plan->node_count];
	int lane;

	node->stage = stage;
	node->row = plan->node_count++;
	node->first = -1;
	for (lane = 0; lane < plan->lane_count; lane++) {
		if (!acts(stage, plan->lanes[lane]))
			continue;
		node->first = node->first < 0 ? lane : node->first;
		node->last = lane;
	}
	if (node->first < 0)
		node->first = 0;
	node->lane = (node->first + node->last) / 2;
}

static void
find_nodes(struct chart_plan *plan)
{
	const struct flow *flow = plan->flow;
	size_t i;

	plan->nodes = xcalloc(flow->stage_count + 1, sizeof(*plan->nodes));
	for (i = 0; i < flow->stage_count; i++) {
		if (!flow->stages[i].end)
			add_node(plan, &flow->stages[i]);
	}
	plan->stage_count = plan->node_count;
	for (i = 0; i < flow->stage_count; i++) {
		if (flow->stages[i].end && is_reached(flow, flow->stages[i].id))
			add_node(plan, &flow->stages[i]);
	}
}

static int
find_node(const struct chart_plan *plan, const char *id)
{
	int i;

	for (i = 0; i < plan->node_count; i++) {
		if (strcmp(plan->nodes[i].stage->id, id) == 0)
			return i;
	}
	return -1;
}

static void
add_link(struct chart_plan *plan, int from, const struct outcome *outcome, const char *to,
	 const char *note)
{
	struct chart_link link = { .from = from, .outcome = outcome, .note = note };

	link.to = find_node(plan, to);
	if (link.to < 0)
		return;
	link.back = outcome->back || link.to <= from;
	vec_push(plan->links, plan->link_count, plan->link_cap, link);
	plan->nodes[from].link_count++;
}

static void
find_links(struct chart_plan *plan, int from)
{
	struct chart_node *node = &plan->nodes[from];
	size_t i;

	node->link = (int)plan->link_count;
	for (i = 0; i < node->stage->outcome_count; i++) {
		const struct outcome *o = &node->stage->outcomes[i];
		bool same = strcmp(o->to_city, o->to_county) == 0;

		add_link(plan, from, o, o->to_county, same ? "" : "（县级）");
		if (!same)
			add_link(plan, from, o, o->to_city, "（市级）");
	}
}

void
chart_plan_init(struct chart_plan *plan, const struct law *law, const struct flow *flow)
{
	int i;

	memset(plan, 0, sizeof(*plan));
	plan->flow = flow;
	find_lanes(plan, law);
	find_nodes(plan);
	for (i = 0; i < plan->stage_count; i++)
		find_links(plan, i);
}

void
chart_plan_release(struct chart_plan *plan)
{
	free(plan->lanes);
	free(plan->nodes);
	free(plan->links);
	free(plan->runs);
	memset(plan, 0, sizeof(*plan));
}
