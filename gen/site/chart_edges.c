#include "site/chart_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_HEIGHT 12.0
#define LABEL_LIFT 2.0 /* of words above their line */
#define MARGIN 11.0    /* from the lanes to the first track beside them */

struct track { /* of one target in one margin */
	int to, track;
	enum chart_side side;
	double top, bottom;
};

/* --- parts ------------------------------------------------------------------------------------- */
static void
link_words(const struct chart_link *link, char *text, size_t size)
{
	snprintf(text, size, "%s%s", link->outcome->name, link->note);
	utf8_trim(text);
}

double
chart_words_width(const struct chart_link *link)
{
	char text[sizeof(((struct chart_label *)0)->text)];

	link_words(link, text, sizeof(text));
	return chart_text_width(text, CHART_NOTE_SIZE);
}

double
chart_lane_middle(const struct chart_scene *s, int lane)
{
	return s->lane_w * (lane + 0.5);
}

void
chart_add_edge(struct chart *chart, struct chart_edge *edge)
{
	if (edge->drawn == 0)
		edge->drawn = edge->point_count;
	vec_push(chart->edges, chart->edge_count, chart->edge_cap, *edge);
}

void
chart_add_point(struct chart_edge *edge, double x, double y)
{
	edge->points[edge->point_count][0] = x;
	edge->points[edge->point_count++][1] = y;
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
entry_y(const struct chart_scene *s, const struct chart_node *node, enum chart_side side)
{
	const struct chart_box *box = &s->chart->boxes[node->box];

	if (node->tall || (!node->decision && leaves(s->plan, node, side)))
		return box->y + 8;
	return box->y + box->h / 2;
}

static double
exit_y(const struct chart_scene *s, const struct chart_link *link)
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
side_x(const struct chart_scene *s, int at, enum chart_side side)
{
	const struct chart_box *box = &s->chart->boxes[at];

	return side == SIDE_LEFT ? box->x : box->x + box->w;
}

static double
exit_x(const struct chart_scene *s, const struct chart_link *link)
{
	if (link->side == SIDE_BOTTOM)
		return chart_lane_middle(s, chart_leave_lane(s->plan, link));
	return side_x(s, s->plan->nodes[link->from].exit_box, link->side);
}

/* Beside the exit: above a line that leaves sideways; at the other side of one that turns. */
static void
add_label(struct chart_scene *s, const struct chart_link *link)
{
	struct chart_label label = { exit_x(s, link), exit_y(s, link), chart_words_width(link),
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
set_margins(struct chart_scene *s)
{
	double left = 0, right = s->lane_w * s->plan->lane_count;
	struct chart_lane *first = s->chart->lanes, *last = first + s->chart->lane_count - 1;
	size_t i;

	for (i = 0; i < s->chart->label_count; i++) {
		const struct chart_label *label = &s->chart->labels[i];

		left = fmin(left, label->x - 3);
		right = fmax(right, label->x + label->w + 3);
	}
	first->x = left;
	first->w -= left;
	last->w = right - last->x;
	s->margins[SIDE_LEFT] = left - MARGIN;
	s->margins[SIDE_RIGHT] = right + MARGIN;
}

static void
widen(struct chart_scene *s, struct track *tracks, size_t *count, const struct chart_link *link)
{
	double exit = exit_y(s, link), entry = entry_y(s, &s->plan->nodes[link->to], link->side);
	size_t i = 0;

	while (i < *count && (tracks[i].to != link->to || tracks[i].side != link->side))
		i++;
	if (i == *count)
		tracks[(*count)++] = (struct track){ link->to, 0, link->side, entry, entry };
	tracks[i].top = fmin(tracks[i].top, exit);
	tracks[i].bottom = fmax(tracks[i].bottom, exit);
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
set_margin_tracks(struct chart_scene *s)
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
own_points(const struct chart_scene *s, const struct chart_link *link)
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
margin_points(const struct chart_scene *s, const struct chart_link *link, struct chart_edge *edge)
{
	const struct chart_node *to = &s->plan->nodes[link->to];
	double entry = entry_y(s, to, link->side), step = link->side == SIDE_LEFT ? -TRACK : TRACK;
	double x = s->margins[link->side] + step * link->track;

	chart_add_point(edge, x, exit_y(s, link));
	chart_add_point(edge, x, entry);
	chart_add_point(edge, side_x(s, to->box, link->side), entry);
	edge->drawn = own_points(s, link);
}

static void
lane_points(const struct chart_scene *s, const struct chart_link *link, struct chart_edge *edge)
{
	const struct chart_node *from = &s->plan->nodes[link->from],
				*to = &s->plan->nodes[link->to];
	double x = chart_lane_middle(s, chart_enter_lane(s->plan, link));
	int row = link->way == WAY_OVER ? from->row : to->row - 1;
	double run = s->bottoms[row] + s->m->lead + TRACK * link->track;

	if (link->way == WAY_OVER || link->way == WAY_UNDER) {
		chart_add_point(edge, exit_x(s, link), run);
		chart_add_point(edge, x, run);
	} else if (link->way == WAY_SIDE) {
		chart_add_point(edge, x, exit_y(s, link));
	}
	chart_add_point(edge, x, s->chart->boxes[to->box].y);
}

static void
add_link_edge(struct chart_scene *s, const struct chart_link *link, int label)
{
	struct chart_edge edge = { .from = s->plan->nodes[link->from].exit_box,
				   .to = s->plan->nodes[link->to].box,
				   .back = link->back,
				   .label = label };

	chart_add_point(&edge, exit_x(s, link), exit_y(s, link));
	if (link->way == WAY_MARGIN)
		margin_points(s, link, &edge);
	else
		lane_points(s, link, &edge);
	chart_add_edge(s->chart, &edge);
}

/* --- all of them ------------------------------------------------------------------------------ */
void
chart_draw_links(struct chart_scene *s)
{
	size_t i;

	for (i = 0; i < s->plan->link_count; i++)
		add_label(s, &s->plan->links[i]);
	set_margins(s);
	set_margin_tracks(s);
	for (i = 0; i < s->plan->link_count; i++)
		add_link_edge(s, &s->plan->links[i], (int)i);
}
