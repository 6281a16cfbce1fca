#include "site/chart_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAD 2.0		/* around everything, so that lines are not cut in half */
#define HEAD_HEIGHT 24.0
#define BOX_PAD 10.0	/* of its text, both sides together */
#define END_WIDTH 92.0
#define END_HEIGHT 28.0
#define LABEL_HEIGHT 12.0
#define LABEL_GAP 5.0	/* between a word and the line it stands at */
#define LABEL_LIFT 2.0	/* of words above their line */
#define LANE_END 6.0	/* from the end of the lanes to the endings */
#define TRACK 10.0	/* between parallel lines */
#define SLOT 18.0	/* between the exits of a tall box */
#define MARGIN 11.0	/* from the lanes to the first track beside them */
#define WIDEST 718.0	/* the lanes together, where their number allows it */
#define TALLEST 1.4	/* height by width, above which the rows move together */

struct metrics {
	double box, line;	/* height of a box with two lines; what a third one adds */
	double diamond_at;	/* from the box to the middle of its diamond */
	double half_w, half_h;	/* of the diamond */
	double bare, words, run;/* height of a gap with arrows only, with words, with a run */
	double lead;		/* from the box above to the first run */
};

static const struct metrics roomy = { 38, 15, 18, 15, 10, 20, 24, 26, 12 };
static const struct metrics compact = { 32, 13, 15, 12, 7, 12, 17, 19, 9 };

struct scene {
	struct chart *chart;
	struct chart_plan *plan;
	const struct metrics *m;
	double box_w, lane_w;
	double *tops, *bottoms; /* of the rows */
	double margins[2];	/* x of the first track on either side */
};

struct track { /* of one target in one margin */
	int to, track;
	enum chart_side side;
	double top, bottom;
};

/* --- widths ------------------------------------------------------------------------------------- */
static double
larger(double a, double b)
{
	return a > b ? a : b;
}

static double
smaller(double a, double b)
{
	return a < b ? a : b;
}

static void
link_words(const struct chart_link *link, char *text, size_t size)
{
	snprintf(text, size, "%s%s", link->outcome->name, link->note);
	utf8_trim(text);
}

static double
words_width(const struct chart_link *link)
{
	char text[sizeof(((struct chart_label *)0)->text)];

	link_words(link, text, sizeof(text));
	return chart_text_width(text, CHART_NOTE_SIZE);
}

/* A name stays on one line up to eight characters; then it takes two. */
static double
box_need(const struct scene *s, const struct stage *stage)
{
	struct chart_box box = { .stage = stage };
	double need = chart_text_width(stage->name, CHART_NAME_SIZE);
	int i;

	if (need > 8 * CHART_NAME_SIZE)
		need = larger(8 * CHART_NAME_SIZE, need / 2 + CHART_NAME_SIZE);
	need = smaller(need, CHART_NAME_SIZE * 21) + 6;
	chart_box_text(&box, s->plan->flow, need);
	for (i = box.name_lines; i < 3; i++)
		need = larger(need, chart_text_width(box.lines[i], CHART_NOTE_SIZE));
	return need + BOX_PAD;
}

/* Words beside an exit end before the middle line of the next lane, where others may pass. */
static double
lane_need(const struct scene *s, const struct chart_link *link)
{
	const struct chart_node *node = &s->plan->nodes[link->from];
	double reach = 0;

	if (link->side != SIDE_BOTTOM)
		reach = node->decision ? s->m->half_w : s->box_w / 2;
	return reach + LABEL_GAP + words_width(link) + 6;
}

static void
measure(struct scene *s)
{
	const struct chart_plan *plan = s->plan;
	size_t i;
	int n;

	s->box_w = 104;
	for (n = 0; n < plan->stage_count; n++)
		s->box_w = larger(s->box_w, ceil(box_need(s, plan->nodes[n].stage)));
	s->lane_w = smaller(floor(WIDEST / plan->lane_count), 178);
	s->lane_w = larger(s->lane_w, s->box_w + 32);
	for (i = 0; i < plan->link_count; i++)
		s->lane_w = larger(s->lane_w, ceil(lane_need(s, &plan->links[i])));
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
gap_height(const struct scene *s, int row)
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
box_height(const struct scene *s, const struct chart_node *node)
{
	struct chart_box box = { .stage = node->stage };
	double h = s->m->box;

	if (node->stage->end)
		return END_HEIGHT;
	chart_box_text(&box, s->plan->flow, s->box_w - BOX_PAD);
	if (box.lines[2][0] != '\0')
		h += s->m->line;
	if (node->tall)
		h = larger(h, s->m->box - 7 + SLOT * (right_exits(s->plan, node) - 1) + 9);
	return h;
}

static void
set_rows(struct scene *s)
{
	double y = HEAD_HEIGHT + s->m->bare;
	int n, row = -1;

	for (n = 0; n < s->plan->node_count; n++) {
		const struct chart_node *node = &s->plan->nodes[n];

		if (node->row == row)
			continue;
		if (row >= 0)
			y += gap_height(s, row);
		row = node->row;
		s->tops[row] = y;
		y += box_height(s, node);
		if (node->decision)
			y += s->m->diamond_at + s->m->half_h;
		s->bottoms[row] = y;
	}
	s->chart->height = y;
}

/* --- boxes -------------------------------------------------------------------------------------- */
static double
lane_middle(const struct scene *s, int lane)
{
	return s->lane_w * (lane + 0.5);
}

static int
add_box(struct chart *chart, const struct chart_box *box)
{
	vec_push(chart->boxes, chart->box_count, chart->box_cap, *box);
	return (int)chart->box_count - 1;
}

static void
add_edge(struct chart *chart, struct chart_edge *edge)
{
	if (edge->drawn == 0)
		edge->drawn = edge->point_count;
	vec_push(chart->edges, chart->edge_count, chart->edge_cap, *edge);
}

static void
add_point(struct chart_edge *edge, double x, double y)
{
	edge->points[edge->point_count][0] = x;
	edge->points[edge->point_count++][1] = y;
}

static void
add_lane(struct scene *s, int lane)
{
	struct chart_lane column = { s->plan->lanes[lane], s->lane_w * lane, s->lane_w };
	struct chart_box head = { .kind = BOX_HEAD, .x = column.x + 3, .w = s->lane_w - 6,
		.h = HEAD_HEIGHT, .name_lines = 1 };

	vec_push(s->chart->lanes, s->chart->lane_count, s->chart->lane_cap, column);
	if (column.kind != NULL)
		snprintf(head.lines[0], sizeof(head.lines[0]), "%s", column.kind->short_name);
	utf8_trim(head.lines[0]);
	add_box(s->chart, &head);
}

/* The diamond beneath a box, and the piece of line that joins the two. */
static void
add_decision(struct scene *s, struct chart_node *node)
{
	const struct chart_box *box = &s->chart->boxes[node->box];
	double x = lane_middle(s, node->lane), y = box->y + box->h, at = y + s->m->diamond_at;
	struct chart_box diamond = { BOX_DECISION, x - s->m->half_w, at - s->m->half_h,
		2 * s->m->half_w, 2 * s->m->half_h, node->stage, { "" }, 0 };
	struct chart_edge edge = { .from = node->box, .label = -1 };

	add_point(&edge, x, y);
	add_point(&edge, x, diamond.y);
	edge.to = node->exit_box = add_box(s->chart, &diamond);
	add_edge(s->chart, &edge);
}

static void
add_node_boxes(struct scene *s, struct chart_node *node)
{
	struct chart_box box = { .kind = BOX_STAGE, .y = s->tops[node->row], .stage = node->stage };
	double half = s->box_w / 2;

	if (node->stage->end) {
		box.kind = BOX_END;
		half = END_WIDTH / 2;
	}
	box.x = lane_middle(s, node->first) - half;
	box.w = lane_middle(s, node->last) + half - box.x;
	box.h = box_height(s, node);
	chart_box_text(&box, s->plan->flow, box.w - BOX_PAD);
	node->box = node->exit_box = add_box(s->chart, &box);
	if (node->decision)
		add_decision(s, node);
}

/* --- where edges leave and enter ---------------------------------------------------------------- */
static bool
leaves(const struct chart_plan *plan, const struct chart_node *node, enum chart_side side)
{
	int k;

	for (k = 0; k < node->link_count; k++) {
		if (plan->links[node->link + k].side == side)
			return true;
	}
	return false;
}

/* In the middle of the side, or above it where something leaves the box on the same side. */
static double
entry_y(const struct scene *s, const struct chart_node *node, enum chart_side side)
{
	const struct chart_box *box = &s->chart->boxes[node->box];

	if (node->tall || (!node->decision && leaves(s->plan, node, side)))
		return box->y + 8;
	return box->y + box->h / 2;
}

static double
exit_y(const struct scene *s, const struct chart_link *link)
{
	const struct chart_node *node = &s->plan->nodes[link->from];
	const struct chart_box *box = &s->chart->boxes[node->exit_box];

	if (link->side == SIDE_BOTTOM)
		return box->y + box->h;
	if (node->tall)
		return box->y + s->m->box - 7 + SLOT * link->slot;
	if (!node->decision && node->enters[link->side])
		return box->y + box->h - 7;
	return box->y + box->h / 2;
}

static double
side_x(const struct scene *s, int at, enum chart_side side)
{
	const struct chart_box *box = &s->chart->boxes[at];

	return side == SIDE_LEFT ? box->x : box->x + box->w;
}

static double
exit_x(const struct scene *s, const struct chart_link *link)
{
	if (link->side == SIDE_BOTTOM)
		return lane_middle(s, chart_leave_lane(s->plan, link));
	return side_x(s, s->plan->nodes[link->from].exit_box, link->side);
}

/* Beside the exit: above a line that leaves sideways; at the other side of one that turns. */
static void
add_label(struct scene *s, const struct chart_link *link)
{
	struct chart_label label = { exit_x(s, link), exit_y(s, link), words_width(link),
		LABEL_HEIGHT, "" };
	bool left = link->side == SIDE_LEFT;

	link_words(link, label.text, sizeof(label.text));
	if (link->side == SIDE_BOTTOM) {
		label.y += 2;
		left = link->way == WAY_OVER &&
		       chart_enter_lane(s->plan, link) > chart_leave_lane(s->plan, link);
	} else {
		label.y -= LABEL_HEIGHT + LABEL_LIFT;
	}
	label.x += left ? -LABEL_GAP - label.w : LABEL_GAP;
	vec_push(s->chart->labels, s->chart->label_count, s->chart->label_cap, label);
}

/* --- the margins ---------------------------------------------------------------------------------- */
/* The outer lanes are as wide as their words need; the tracks begin beside them. */
static void
set_margins(struct scene *s)
{
	double left = 0, right = s->lane_w * s->plan->lane_count;
	struct chart_lane *first = s->chart->lanes, *last = first + s->chart->lane_count - 1;
	size_t i;

	for (i = 0; i < s->chart->label_count; i++) {
		const struct chart_label *label = &s->chart->labels[i];

		left = smaller(left, label->x - 3);
		right = larger(right, label->x + label->w + 3);
	}
	first->x = left;
	first->w -= left;
	last->w = right - last->x;
	s->margins[SIDE_LEFT] = left - MARGIN;
	s->margins[SIDE_RIGHT] = right + MARGIN;
}

static void
widen(struct scene *s, struct track *tracks, size_t *count, const struct chart_link *link)
{
	double exit = exit_y(s, link), entry = entry_y(s, &s->plan->nodes[link->to], link->side);
	size_t i = 0;

	while (i < *count && (tracks[i].to != link->to || tracks[i].side != link->side))
		i++;
	if (i == *count)
		tracks[(*count)++] = (struct track){ link->to, 0, link->side, entry, entry };
	tracks[i].top = smaller(tracks[i].top, exit);
	tracks[i].bottom = larger(tracks[i].bottom, exit);
}

/* Short ones first: they come to lie inside, where the long ones need not cross them. */
static int
compare_tracks(const void *a, const void *b)
{
	const struct track *x = a, *y = b;
	double difference = (x->bottom - x->top) - (y->bottom - y->top);

	if (difference != 0)
		return difference < 0 ? -1 : 1;
	return x->to - y->to;
}

static bool
track_is_free(const struct track *tracks, size_t count, const struct track *t)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (tracks[i].side == t->side && tracks[i].track == t->track &&
		    tracks[i].top <= t->bottom + TRACK && t->top <= tracks[i].bottom + TRACK)
			return false;
	}
	return true;
}

static void
set_margin_tracks(struct scene *s)
{
	struct chart_plan *plan = s->plan;
	struct track *tracks = xcalloc(plan->link_count + 1, sizeof(*tracks));
	size_t count = 0, i, t;

	for (i = 0; i < plan->link_count; i++) {
		if (plan->links[i].way == WAY_MARGIN)
			widen(s, tracks, &count, &plan->links[i]);
	}
	qsort(tracks, count, sizeof(*tracks), compare_tracks);
	for (t = 0; t < count; t++) {
		while (!track_is_free(tracks, t, &tracks[t]))
			tracks[t].track++;
		for (i = 0; i < plan->link_count; i++) {
			if (plan->links[i].way == WAY_MARGIN && plan->links[i].to == tracks[t].to &&
			    plan->links[i].side == tracks[t].side)
				plan->links[i].track = tracks[t].track;
		}
	}
	free(tracks);
}

/* --- edges ------------------------------------------------------------------------------------------ */
/* How many points of a way by the margin are its own: the farthest comer on either side of the
 * target draws the track, and the one from below draws the way in. Dashes drawn twice would
 * fill each other's gaps. */
static int
own_points(const struct scene *s, const struct chart_link *link)
{
	const struct chart_plan *plan = s->plan;
	double entry = entry_y(s, &plan->nodes[link->to], link->side), y = exit_y(s, link);
	int own = 4;
	size_t i;

	for (i = 0; i < plan->link_count; i++) {
		const struct chart_link *other = &plan->links[i];
		double at;

		if (other->way != WAY_MARGIN || other->to != link->to || other->side != link->side)
			continue;
		at = exit_y(s, other);
		if ((at > entry) == (y > entry) && fabs(at - entry) > fabs(y - entry))
			return 2;
		if (at > entry && y < entry)
			own = 3;
	}
	return own;
}

static void
margin_points(const struct scene *s, const struct chart_link *link, struct chart_edge *edge)
{
	const struct chart_node *to = &s->plan->nodes[link->to];
	double entry = entry_y(s, to, link->side), step = link->side == SIDE_LEFT ? -TRACK : TRACK;
	double x = s->margins[link->side] + step * link->track;

	add_point(edge, x, exit_y(s, link));
	add_point(edge, x, entry);
	add_point(edge, side_x(s, to->box, link->side), entry);
	edge->drawn = own_points(s, link);
}

static void
lane_points(const struct scene *s, const struct chart_link *link, struct chart_edge *edge)
{
	const struct chart_node *from = &s->plan->nodes[link->from], *to = &s->plan->nodes[link->to];
	double x = lane_middle(s, chart_enter_lane(s->plan, link));
	int row = link->way == WAY_OVER ? from->row : to->row - 1;
	double run = s->bottoms[row] + s->m->lead + TRACK * link->track;

	if (link->way == WAY_OVER || link->way == WAY_UNDER) {
		add_point(edge, exit_x(s, link), run);
		add_point(edge, x, run);
	} else if (link->way == WAY_SIDE) {
		add_point(edge, x, exit_y(s, link));
	}
	add_point(edge, x, s->chart->boxes[to->box].y);
}

static void
add_link_edge(struct scene *s, const struct chart_link *link, int label)
{
	struct chart_edge edge = { .from = s->plan->nodes[link->from].exit_box,
		.to = s->plan->nodes[link->to].box, .back = link->back, .label = label };

	add_point(&edge, exit_x(s, link), exit_y(s, link));
	if (link->way == WAY_MARGIN)
		margin_points(s, link, &edge);
	else
		lane_points(s, link, &edge);
	add_edge(s->chart, &edge);
}

/* --- all of it ---------------------------------------------------------------------------------- */
static void
draw_links(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->plan->link_count; i++)
		add_label(s, &s->plan->links[i]);
	set_margins(s);
	set_margin_tracks(s);
	for (i = 0; i < s->plan->link_count; i++)
		add_link_edge(s, &s->plan->links[i], (int)i);
}

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
fit_page(struct scene *s)
{
	struct chart *chart = s->chart;
	const struct chart_lane *last = &chart->lanes[chart->lane_count - 1];
	double left = chart->lanes[0].x, right = last->x + last->w;
	size_t i;
	int p;

	for (i = 0; i < chart->edge_count; i++) {
		for (p = 0; p < chart->edges[i].point_count; p++) {
			left = smaller(left, chart->edges[i].points[p][0]);
			right = larger(right, chart->edges[i].points[p][0]);
		}
	}
	move_by(chart, ceil(PAD - left), PAD);
	chart->width = ceil(right - left + 2 * PAD);
	chart->height = ceil(chart->height + 2 * PAD);
}

static void
draw(struct chart *chart, struct chart_plan *plan, const struct metrics *m)
{
	struct scene s = { .chart = chart, .plan = plan, .m = m };
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
	draw_links(&s);
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
