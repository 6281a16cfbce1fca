#include "site/chart_internal.h"

#include <assert.h>
#include <string.h>

#define MAX_EXITS 3 /* of a diamond */

/* The order of things down the page, four levels a row. */
enum level { LEVEL_TOP, LEVEL_EXIT, LEVEL_BOTTOM, LEVEL_GAP, LEVELS };

struct choice {
	enum chart_side side;
	enum chart_way way;
};

/* The best first where costs are the same. */
static const struct choice choices[] = {
	{ SIDE_BOTTOM, WAY_DOWN }, { SIDE_RIGHT, WAY_SIDE },   { SIDE_LEFT, WAY_SIDE },
	{ SIDE_BOTTOM, WAY_OVER }, { SIDE_BOTTOM, WAY_UNDER }, { SIDE_RIGHT, WAY_MARGIN },
	{ SIDE_LEFT, WAY_MARGIN },
};
#define CHOICE_COUNT ((int)(sizeof(choices) / sizeof(*choices)))

struct search { /* the ways of one node's outcomes together */
	struct chart_plan *plan;
	const struct chart_node *node;
	int now[MAX_EXITS], best[MAX_EXITS];
	double best_cost;
	bool found;
};

static int
level(int row, enum level part)
{
	return row * LEVELS + (int)part;
}

/* --- the middle lines of the lanes ------------------------------------------------------------ */
/* Ends that meet count as meeting: within a gap nobody knows yet who is above whom. */
static bool
run_is_free(const struct chart_plan *plan, const struct chart_run *run)
{
	size_t i;
	int n;

	for (i = 0; i < plan->run_count; i++) {
		const struct chart_run *other = &plan->runs[i];

		if (other->lane == run->lane && other->to != run->to && other->top <= run->bottom &&
		    run->top <= other->bottom)
			return false;
	}
	for (n = 0; n < plan->node_count; n++) {
		const struct chart_node *node = &plan->nodes[n];
		int top = level(node->row, LEVEL_TOP);

		if (node->first <= run->lane && run->lane <= node->last && top > run->top &&
		    top < run->bottom)
			return false;
	}
	return true;
}

static int
within(const struct chart_node *node, int lane)
{
	return lane < node->first ? node->first : lane > node->last ? node->last : lane;
}

int
chart_enter_lane(const struct chart_plan *plan, const struct chart_link *link)
{
	return within(&plan->nodes[link->to], plan->nodes[link->from].lane);
}

int
chart_leave_lane(const struct chart_plan *plan, const struct chart_link *link)
{
	const struct chart_node *from = &plan->nodes[link->from];

	return from->link_count > 1 ? from->lane : within(from, chart_enter_lane(plan, link));
}

/* The pieces of middle lines that a way takes; gives their number. */
static int
runs_of(const struct chart_plan *plan, const struct chart_link *link, enum chart_way way,
	struct chart_run runs[2])
{
	const struct chart_node *a = &plan->nodes[link->from], *b = &plan->nodes[link->to];
	int top = level(b->row, LEVEL_TOP), over = level(b->row - 1, LEVEL_GAP);
	int lane = chart_enter_lane(plan, link);

	runs[0] = (struct chart_run){ lane, level(a->row, LEVEL_BOTTOM), top, link->to };
	runs[1] = (struct chart_run){ lane, over, top, link->to };
	switch (way) {
	case WAY_SIDE: runs[0].top = level(a->row, LEVEL_EXIT); return 1;
	case WAY_OVER: runs[0].top = level(a->row, LEVEL_GAP); return 1;
	case WAY_UNDER:
		runs[0].lane = chart_leave_lane(plan, link);
		runs[0].bottom = over;
		return 2;
	case WAY_MARGIN: return 0;
	default: return 1;
	}
}

/* --- what is possible, and what it costs -------------------------------------------------------- */
/* A box that lies between this one and the margin: only endings share a row. */
static bool
is_walled(const struct chart_plan *plan, const struct chart_node *node, enum chart_side side)
{
	int i;

	for (i = plan->stage_count; i < plan->node_count; i++) {
		const struct chart_node *other = &plan->nodes[i];

		if (other == node || other->row != node->row)
			continue;
		if ((side == SIDE_LEFT) == (other->lane < node->lane))
			return true;
	}
	return false;
}

/* Whether the shape allows it; whether the lanes are free is another question. */
static bool
way_fits(const struct chart_plan *plan, const struct chart_link *link, const struct choice *c)
{
	const struct chart_node *a = &plan->nodes[link->from], *b = &plan->nodes[link->to];
	int left = a->decision ? a->lane : a->first, right = a->decision ? a->lane : a->last;
	int leave = chart_leave_lane(plan, link), enter = chart_enter_lane(plan, link);

	if (c->way == WAY_MARGIN)
		return !is_walled(plan, b, c->side);
	if (b->row <= a->row)
		return false;
	if (c->way == WAY_SIDE)
		return c->side == SIDE_LEFT ? enter < left : enter > right;
	if (c->way == WAY_UNDER)
		return leave != enter && b->row > a->row + 1;
	return (c->way == WAY_DOWN) == (leave == enter);
}

static bool
way_is_open(const struct chart_plan *plan, const struct chart_link *link, const struct choice *c)
{
	struct chart_run runs[2];
	int i, count;

	if (!way_fits(plan, link, c))
		return false;
	count = runs_of(plan, link, c->way, runs);
	for (i = 0; i < count; i++) {
		if (!run_is_free(plan, &runs[i]))
			return false;
	}
	return true;
}

/* Bends, mostly. Returns and refusals belong to the right margin, the main way to the bottom;
 * a box that is entered on the right is better not left there too. */
static double
way_cost(const struct chart_plan *plan, const struct chart_link *link, const struct choice *c)
{
	static const double bends[WAY_COUNT] = {
		[WAY_DOWN] = 0, [WAY_SIDE] = 1, [WAY_OVER] = 2, [WAY_UNDER] = 2, [WAY_MARGIN] = 3
	};
	const struct chart_node *a = &plan->nodes[link->from], *b = &plan->nodes[link->to];
	bool returns = link->back || (b->stage->end && !b->stage->done);
	double cost = bends[c->way];

	if (c->way == WAY_MARGIN)
		return cost + (returns == (c->side == SIDE_RIGHT) ? 0 : 1.5);
	cost += 0.4 * (b->row - a->row - 1);
	if (c->side == SIDE_BOTTOM)
		return cost + (link->back ? 0.3 : 0);
	return cost + (!a->decision && a->enters[c->side] ? 1.2 : 0);
}

static void
take_runs(struct chart_plan *plan, const struct chart_link *link, enum chart_way way)
{
	struct chart_run runs[2];
	int i, count = runs_of(plan, link, way, runs);

	for (i = 0; i < count; i++)
		vec_push(plan->runs, plan->run_count, plan->run_cap, runs[i]);
}

static void
settle(struct chart_plan *plan, struct chart_link *link, const struct choice *c)
{
	link->side = c->side;
	link->way = c->way;
	link->routed = true;
	take_runs(plan, link, c->way);
	if (c->way == WAY_MARGIN)
		plan->nodes[link->to].enters[c->side] = true;
}

/* --- a node ------------------------------------------------------------------------------------- */
/* Tries every choice for the k-th outcome and all that follow: at most 7 * 7 * 7. */
static void
search_from(struct search *s, int k, unsigned used, double cost)
{
	const struct chart_link *link = &s->plan->links[s->node->link + k];
	size_t mark = s->plan->run_count;
	int i;

	if (s->found && cost >= s->best_cost)
		return;
	if (k == s->node->link_count) {
		memcpy(s->best, s->now, sizeof(s->best));
		s->best_cost = cost;
		s->found = true;
		return;
	}
	for (i = 0; i < CHOICE_COUNT; i++) {
		if ((used & 1u << choices[i].side) || !way_is_open(s->plan, link, &choices[i]))
			continue;
		s->now[k] = i;
		take_runs(s->plan, link, choices[i].way);
		search_from(s, k + 1, used | 1u << choices[i].side,
			    cost + way_cost(s->plan, link, &choices[i]));
		s->plan->run_count = mark;
	}
}

static bool
route_together(struct chart_plan *plan, const struct chart_node *node)
{
	struct search s = { .plan = plan, .node = node };
	int k;

	search_from(&s, 0, 0, 0);
	for (k = 0; s.found && k < node->link_count; k++)
		settle(plan, &plan->links[node->link + k], &choices[s.best[k]]);
	return s.found;
}

/* The cheapest of the bottom, where it is free, and the right side, where there is always room. */
static bool
route_tall(struct chart_plan *plan, struct chart_link *link, bool *bottom_used)
{
	const struct choice *best = NULL;
	int i;

	for (i = 0; i < CHOICE_COUNT; i++) {
		const struct choice *c = &choices[i];

		if (c->side == SIDE_LEFT || (c->side == SIDE_BOTTOM && *bottom_used) ||
		    !way_is_open(plan, link, c))
			continue;
		if (best == NULL || way_cost(plan, link, c) < way_cost(plan, link, best))
			best = c;
	}
	if (best == NULL)
		return false;
	settle(plan, link, best);
	*bottom_used |= best->side == SIDE_BOTTOM;
	return true;
}

static bool
route_node(struct chart_plan *plan, struct chart_node *node)
{
	bool bottom_used = false, all = true;
	int k, slot = 0;

	node->decision = node->link_count > 1 && node->link_count <= MAX_EXITS;
	if (node->link_count <= MAX_EXITS && route_together(plan, node))
		return true;
	node->decision = false;
	node->tall = true;
	for (k = 0; k < node->link_count; k++) {
		struct chart_link *link = &plan->links[node->link + k];

		all = route_tall(plan, link, &bottom_used) && all;
		if (link->side == SIDE_RIGHT)
			link->slot = slot++;
	}
	return all;
}

/* --- the flow ------------------------------------------------------------------------------------- */
static bool
follows(const struct chart_plan *plan, const struct chart_node *from, int to)
{
	int k;

	for (k = 0; k < from->link_count; k++) {
		const struct chart_link *link = &plan->links[from->link + k];

		if (link->to == to && !link->back)
			return true;
	}
	return false;
}

static int
ending_in(const struct chart_plan *plan, int lane, int but)
{
	int i;

	for (i = plan->stage_count; i < plan->node_count; i++) {
		if (i != but && plan->nodes[i].lane == lane)
			return i;
	}
	return -1;
}

/* An ending stands under the last stage where that leads to it, else at the right, near the
 * margin. Side by side, the first gives way to the second. */
static void
place_endings(struct chart_plan *plan, bool shared)
{
	const struct chart_node *last = &plan->nodes[plan->stage_count - 1];
	int i, lane;

	plan->row_count = plan->stage_count;
	for (i = plan->stage_count; i < plan->node_count; i++) {
		lane = follows(plan, last, i) ? last->lane : plan->lane_count - 1;
		plan->nodes[i].lane = lane;
		plan->nodes[i].row = shared ? plan->stage_count : plan->row_count;
		plan->row_count = plan->nodes[i].row + 1;
	}
	for (i = plan->stage_count; shared && i < plan->node_count; i++) {
		struct chart_node *node = &plan->nodes[i];

		for (lane = node->lane; ending_in(plan, node->lane, i) >= 0 && lane-- > 0;)
			node->lane = lane;
		for (lane = 0; ending_in(plan, node->lane, i) >= 0 && lane < plan->lane_count;
		     lane++)
			node->lane = lane;
	}
	for (i = plan->stage_count; i < plan->node_count; i++)
		plan->nodes[i].first = plan->nodes[i].last = plan->nodes[i].lane;
}

static void
forget(struct chart_plan *plan)
{
	size_t i;
	int n;

	plan->run_count = 0;
	for (n = 0; n < plan->node_count; n++) {
		struct chart_node *node = &plan->nodes[n];

		node->tall = node->decision = node->enters[SIDE_LEFT] = node->enters[SIDE_RIGHT] =
		    false;
	}
	for (i = 0; i < plan->link_count; i++) {
		plan->links[i].routed = false;
		plan->links[i].slot = plan->links[i].track = 0;
		/* What goes up can only use the margin, so those boxes are known before. */
		if (plan->links[i].to <= plan->links[i].from)
			plan->nodes[plan->links[i].to].enters[SIDE_RIGHT] = true;
	}
}

static bool
route_all(struct chart_plan *plan, bool shared)
{
	bool all = true;
	int i;

	forget(plan);
	place_endings(plan, shared);
	for (i = 0; i < plan->stage_count; i++)
		all = route_node(plan, &plan->nodes[i]) && all;
	return all;
}

void
chart_route(struct chart_plan *plan)
{
	bool shared = plan->node_count - plan->stage_count <= plan->lane_count, all;

	if (plan->stage_count == 0)
		return;
	all = shared && route_all(plan, true);
	/* With a row to itself each ending can be reached from the margin: nothing is left over. */
	if (!all)
		all = route_all(plan, false);
	assert(all);
	(void)all;
}
