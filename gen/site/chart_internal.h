/*
 * chart_internal: the plan that stands between a flow's table and its drawing. chart_plan.c
 * reads the table, chart_route.c finds each outcome a way, chart.c gives rows and boxes their
 * coordinates, chart_edges.c words and lines.
 *
 * One stage has a row to itself, so whatever leaves or enters its box sideways meets nothing
 * but verticals. Everything else follows from that.
 */
#ifndef YJ_CHART_INTERNAL_H
#define YJ_CHART_INTERNAL_H

#include "site/chart.h"

enum chart_side { SIDE_LEFT, SIDE_RIGHT, SIDE_BOTTOM };

enum chart_way {
	WAY_DOWN,   /* straight down the own lane */
	WAY_SIDE,   /* along the row, down the target's lane */
	WAY_OVER,   /* down, along the gap below the row, down the target's lane */
	WAY_UNDER,  /* down the own lane, along the gap above the target */
	WAY_MARGIN, /* along the row, a track beside all lanes, along the target's row */
	WAY_COUNT
};

struct chart_link {
	int from, to; /* nodes */
	const struct outcome *outcome;
	const char *note; /* "（县级）", "（市级）" or "" */
	bool back, routed;
	enum chart_side side; /* where it leaves */
	enum chart_way way;
	int slot;  /* of a tall box: which of its exits on the right */
	int track; /* in the margin, or in the gap */
};

struct chart_node { /* a stage, or an ending that an outcome leads to */
	const struct stage *stage;
	int row;
	int first, last, lane; /* the lanes it covers, and the one in their middle */
	int link, link_count;  /* its outcomes stand together in plan.links */
	bool decision;	       /* a diamond stands beneath the box */
	bool tall;	       /* too many exits for a diamond: they leave on the right, one below
				  the other */
	bool enters[2];	       /* something enters from the margin on this side */
	int box, exit_box;     /* into chart.boxes; exit_box: where outcomes leave */
};

struct chart_run {	       /* a piece of a lane's middle line that is taken */
	int lane, top, bottom; /* levels */
	int to;		       /* only edges to the same node may share it */
};

struct chart_plan {
	const struct flow *flow;
	const struct party_kind **lanes;
	int lane_count;
	struct chart_node *nodes;
	int node_count, stage_count, row_count; /* the first stage_count nodes are stages */
	struct chart_link *links;
	size_t link_count, link_cap;
	struct chart_run *runs;
	size_t run_count, run_cap;
};

/* Distances in pixels that the rows must know of, too. */
#define TRACK 10.0    /* between parallel lines */
#define SLOT 18.0     /* between the exits of a tall box */
#define LABEL_GAP 5.0 /* between a word and the line it stands at */

struct chart_metrics {
	double box, line;	 /* height of a box with two lines; what a third one adds */
	double diamond_at;	 /* from the box to the middle of its diamond */
	double half_w, half_h;	 /* of the diamond */
	double bare, words, run; /* height of a gap with arrows only, with words, with a run */
	double lead;		 /* from the box above to the first run */
};

struct chart_scene {
	struct chart *chart;
	struct chart_plan *plan;
	const struct chart_metrics *m;
	double box_w, lane_w;
	double *tops, *bottoms; /* of the rows */
	double margins[2];	/* x of the first track on either side */
};

void chart_plan_init(struct chart_plan *plan, const struct law *law, const struct flow *flow);
void chart_plan_release(struct chart_plan *plan);
/* Name, who may act, and limit, as lines of at most `width` pixels where that can be done. */
void chart_box_text(struct chart_box *box, const struct flow *flow, double width);
double chart_text_width(const char *text, double size);

/* Gives each link its way. */
void chart_route(struct chart_plan *plan);
/* The lanes in whose middle a link leaves and enters: boxes over several lanes have a choice. */
int chart_leave_lane(const struct chart_plan *plan, const struct chart_link *link);
int chart_enter_lane(const struct chart_plan *plan, const struct chart_link *link);

/* Words, then lines, into scene.chart; boxes and rows have their places already. */
void chart_draw_links(struct chart_scene *s);
double chart_words_width(const struct chart_link *link);
double chart_lane_middle(const struct chart_scene *s, int lane);
void chart_add_point(struct chart_edge *edge, double x, double y);
void chart_add_edge(struct chart *chart, struct chart_edge *edge);

#endif
