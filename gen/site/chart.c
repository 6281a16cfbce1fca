#include "site/chart_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAD 2.0 /* around everything, so that lines are not cut in half */
#define HEAD_HEIGHT 24.0
#define BOX_PAD 10.0 /* of its text, both sides together */
#define END_WIDTH 92.0
#define END_HEIGHT 28.0
#define LANE_END 6.0 /* from the end of the lanes to the endings */
#define WIDEST 718.0 /* the lanes together, where their number allows it */
#define TALLEST 1.4  /* height by width, above which the rows move together */

static const struct chart_metrics roomy = { 38, 15, 18, 15, 10, 20, 24, 26, 12 };
static const struct chart_metrics compact = { 32, 13, 15, 12, 7, 12, 17, 19, 9 };

/* --- widths ------------------------------------------------------------------------------------- */
/* A name stays on one line up to eight characters; then it takes two. */
static double
box_need(const struct chart_scene *s, const struct stage *stage)
{
	struct chart_box box = { .stage = stage };
	double need = chart_text_width(stage->name, CHART_NAME_SIZE);
	int i;

	if (need > 8 * CHART_NAME_SIZE)
		need = fmax(8 * CHART_NAME_SIZE, need / 2 + CHART_NAME_SIZE);
	need = fmin(need, CHART_NAME_SIZE * 21) + 6;
	chart_box_text(&box, s->plan->flow, need);
	for (i = box.name_lines; i < 3; i++)
		need = fmax(need, chart_text_width(box.lines[i], CHART_NOTE_SIZE));
	return need + BOX_PAD;
}

/* Words beside an exit end before the middle line of the next lane, where others may pass. */
static double
lane_need(const struct chart_scene *s, const struct chart_link *link)
{
	const struct chart_node *node = &s->plan->nodes[link->from];
	double reach = 0;

	if (link->side != SIDE_BOTTOM)
		reach = node->decision ? s->m->half_w : s->box_w / 2;
	return reach + LABEL_GAP + chart_words_width(link) + 6;
}

static double
head_need(const struct party_kind *kind)
{
	return ceil(chart_text_width(kind->short_name, CHART_NAME_SIZE)) + 12;
}

static void
measure(struct chart_scene *s)
{
	const struct chart_plan *plan = s->plan;
	size_t i;
	int n;

	s->box_w = 104;
	for (n = 0; n < plan->node_count; n++)
		s->box_w = fmax(s->box_w, ceil(box_need(s, plan->nodes[n].stage)));
	s->lane_w = fmin(floor(WIDEST / plan->lane_count), 178);
	s->lane_w = fmax(s->lane_w, s->box_w + 32);
	for (n = 0; n < plan->lane_count && plan->lanes[n] != NULL; n++)
		s->lane_w = fmax(s->lane_w, head_need(plan->lanes[n]));
	for (i = 0; i < plan->link_count; i++)
		s->lane_w = fmax(s->lane_w, ceil(lane_need(s, &plan->links[i])));
}

/* --- rows ----------------------------------------------------------------------------------------- */
static const struct chart_link *
bottom_link(const struct chart_plan *plan, int row)
{
	int k;

	for (k = 0; row < plan->stage_count && k < plan->nodes[row].link_count; k++) {
		const struct chart_link *link = &plan->links[plan->nodes[row].link + k];

		if (link->side == SIDE_BOTTOM)
			return link;
	}
	return NULL;
}

/* What runs below row `row` towards the row under it. The words of the row's own exit stand in
 * the upper part, so runs of others go below them; those to the same box are one. */
static int
set_gap_tracks(struct chart_plan *plan, int row)
{
	const struct chart_link *own = bottom_link(plan, row);
	int used = own != NULL && own->way == WAY_OVER, next = own != NULL;
	size_t i, j;

	for (i = 0; i < plan->link_count; i++) {
		struct chart_link *link = &plan->links[i];

		if (link->way != WAY_UNDER || plan->nodes[link->to].row != row + 1)
			continue;
		for (j = 0; j < i; j++) {
			if (plan->links[j].way == WAY_UNDER && plan->links[j].to == link->to)
				break;
		}
		link->track = j < i ? plan->links[j].track : next++;
		used = link->track + 1 > used ? link->track + 1 : used;
	}
	return used;
}

static double
gap_height(const struct chart_scene *s, int row)
{
	int tracks = set_gap_tracks(s->plan, row);
	double end = row == s->plan->stage_count - 1 ? LANE_END : 0;

	if (tracks > 0)
		return s->m->run + TRACK * (tracks - 1) + end;
	return (bottom_link(s->plan, row) != NULL ? s->m->words : s->m->bare) + end;
}

static int
right_exits(const struct chart_plan *plan, const struct chart_node *node)
{
	int k, count = 0;

	for (k = 0; k < node->link_count; k++)
		count += plan->links[node->link + k].side == SIDE_RIGHT;
	return count;
}

static double
box_height(const struct chart_scene *s, const struct chart_node *node)
{
	struct chart_box box = { .stage = node->stage };
	double h = s->m->box;

	chart_box_text(&box, s->plan->flow, s->box_w - BOX_PAD);
	if (node->stage->end)
		return END_HEIGHT + (box.name_lines > 1 ? s->m->line : 0);
	if (box.lines[2][0] != '\0')
		h += s->m->line;
	if (node->tall)
		h = fmax(h, s->m->box - 7 + SLOT * (right_exits(s->plan, node) - 1) + 9);
	return h;
}

/* What a node needs of its row: the box, and the diamond where one hangs beneath it. */
static double
node_height(const struct chart_scene *s, const struct chart_node *node)
{
	double h = box_height(s, node);

	return node->decision ? h + s->m->diamond_at + s->m->half_h : h;
}

static void
set_rows(struct chart_scene *s)
{
	double y = HEAD_HEIGHT + s->m->bare;
	int n, row = -1;

	for (n = 0; n < s->plan->node_count; n++) {
		const struct chart_node *node = &s->plan->nodes[n];

		if (node->row != row) {
			y += row < 0 ? 0 : gap_height(s, row);
			row = node->row;
			s->tops[row] = y;
		}
		y = fmax(y, s->tops[row] + node_height(s, node));
		s->bottoms[row] = y;
	}
	s->chart->height = y;
}

/* --- boxes -------------------------------------------------------------------------------------- */
static int
add_box(struct chart *chart, const struct chart_box *box)
{
	vec_push(chart->boxes, chart->box_count, chart->box_cap, *box);
	return (int)chart->box_count - 1;
}

static void
add_lane(struct chart_scene *s, int lane)
{
	struct chart_lane column = { s->plan->lanes[lane], s->lane_w * lane, s->lane_w };
	struct chart_box head = { .kind = BOX_HEAD,
				  .x = column.x + 3,
				  .w = s->lane_w - 6,
				  .h = HEAD_HEIGHT,
				  .name_lines = 1 };

	vec_push(s->chart->lanes, s->chart->lane_count, s->chart->lane_cap, column);
	if (column.kind != NULL)
		snprintf(head.lines[0], sizeof(head.lines[0]), "%s", column.kind->short_name);
	utf8_trim(head.lines[0]);
	add_box(s->chart, &head);
}

/* The diamond beneath a box, and the piece of line that joins the two. */
static void
add_decision(struct chart_scene *s, struct chart_node *node)
{
	const struct chart_box *box = &s->chart->boxes[node->box];
	double x = chart_lane_middle(s, node->lane), y = box->y + box->h, at = y + s->m->diamond_at;
	struct chart_box diamond = { BOX_DECISION,
				     x - s->m->half_w,
				     at - s->m->half_h,
				     2 * s->m->half_w,
				     2 * s->m->half_h,
				     node->stage,
				     { "" },
				     0 };
	struct chart_edge edge = { .from = node->box, .label = -1 };

	chart_add_point(&edge, x, y);
	chart_add_point(&edge, x, diamond.y);
	edge.to = node->exit_box = add_box(s->chart, &diamond);
	chart_add_edge(s->chart, &edge);
}

static void
add_node_boxes(struct chart_scene *s, struct chart_node *node)
{
	struct chart_box box = { .kind = BOX_STAGE, .y = s->tops[node->row], .stage = node->stage };
	double half = s->box_w / 2;

	if (node->stage->end) {
		box.kind = BOX_END;
		half = fmin(half, fmax(END_WIDTH,
				       chart_text_width(node->stage->name, CHART_NAME_SIZE) + 24) /
				      2);
	}
	box.x = chart_lane_middle(s, node->first) - half;
	box.w = chart_lane_middle(s, node->last) + half - box.x;
	box.h = box_height(s, node);
	chart_box_text(&box, s->plan->flow, box.w - BOX_PAD);
	node->box = node->exit_box = add_box(s->chart, &box);
	if (node->decision)
		add_decision(s, node);
}

/* --- all of it ---------------------------------------------------------------------------------- */
static void
move_by(struct chart *chart, double x, double y)
{
	size_t i;
	int p;

	for (i = 0; i < chart->lane_count; i++)
		chart->lanes[i].x += x;
	for (i = 0; i < chart->box_count; i++) {
		chart->boxes[i].x += x;
		chart->boxes[i].y += y;
	}
	for (i = 0; i < chart->label_count; i++) {
		chart->labels[i].x += x;
		chart->labels[i].y += y;
	}
	for (i = 0; i < chart->edge_count; i++) {
		for (p = 0; p < chart->edges[i].point_count; p++) {
			chart->edges[i].points[p][0] += x;
			chart->edges[i].points[p][1] += y;
		}
	}
	chart->lanes_bottom += y;
}

/* The page ends where the outermost lane or line does. */
static void
fit_page(struct chart_scene *s)
{
	struct chart *chart = s->chart;
	const struct chart_lane *last = &chart->lanes[chart->lane_count - 1];
	double left = chart->lanes[0].x, right = last->x + last->w;
	size_t i;
	int p;

	for (i = 0; i < chart->edge_count; i++) {
		for (p = 0; p < chart->edges[i].point_count; p++) {
			left = fmin(left, chart->edges[i].points[p][0]);
			right = fmax(right, chart->edges[i].points[p][0]);
		}
	}
	move_by(chart, ceil(PAD - left), PAD);
	chart->width = ceil(right - left + 2 * PAD);
	chart->height = ceil(chart->height + 2 * PAD);
}

static void
draw(struct chart *chart, struct chart_plan *plan, const struct chart_metrics *m)
{
	struct chart_scene s = { .chart = chart, .plan = plan, .m = m };
	int i;

	s.tops = xcalloc((size_t)plan->row_count + 1, sizeof(*s.tops));
	s.bottoms = xcalloc((size_t)plan->row_count + 1, sizeof(*s.bottoms));
	measure(&s);
	set_rows(&s);
	for (i = 0; i < plan->lane_count; i++)
		add_lane(&s, i);
	for (i = 0; i < plan->node_count; i++)
		add_node_boxes(&s, &plan->nodes[i]);
	chart->lanes_bottom = plan->row_count > plan->stage_count
				  ? s.tops[plan->stage_count] - LANE_END
				  : chart->height;
	chart_draw_links(&s);
	fit_page(&s);
	free(s.tops);
	free(s.bottoms);
}

void
chart_layout(struct chart *out, const struct law *law, const struct flow *flow)
{
	struct chart_plan plan;

	chart_plan_init(&plan, law, flow);
	chart_route(&plan);
	draw(out, &plan, &roomy);
	if (out->height > TALLEST * out->width) {
		chart_release(out);
		draw(out, &plan, &compact);
	}
	chart_plan_release(&plan);
}

void
chart_release(struct chart *chart)
{
	free(chart->lanes);
	free(chart->boxes);
	free(chart->labels);
	free(chart->edges);
	memset(chart, 0, sizeof(*chart));
}
