/*
 * chart: a flow drawn from its table: one lane a party, time running down the page, decisions,
 * loops and limits. Layout first (pure geometry, which tests check), then SVG.
 *
 * Lifetime: a chart owns its geometry until chart_release and borrows the flow's strings.
 * Units: CSS pixels of the viewBox; an A4 page at 18 mm margins is 660 px wide.
 *
 *	struct chart chart = { 0 };
 *	chart_layout(&chart, law, flow);
 *	chart_svg(&buf, &chart, flow, ticket_stage, "flow");
 *	chart_release(&chart);
 */
#ifndef YJ_CHART_H
#define YJ_CHART_H

#include "law/law.h"

#define CHART_NAME_SIZE 13.0 /* px of the first lines of a box */
#define CHART_NOTE_SIZE 12.0 /* px of limits and of the words on edges */

enum box_kind { BOX_STAGE, BOX_DECISION, BOX_END, BOX_HEAD /* the lane's title */ };

struct chart_box {
	enum box_kind kind;
	double x, y, w, h;
	const struct stage *stage; /* NULL for a head */
	char lines[3][64];	   /* its text, centred; "" = no such line */
	int name_lines;		   /* the first ones, larger */
};

struct chart_label {
	double x, y, w, h; /* the area the text takes */
	char text[96];
};

struct chart_edge {
	int from, to; /* boxes; the only two it may touch */
	bool back;
	double points[16][2]; /* horizontal and vertical runs only */
	int point_count;
	int drawn; /* so many points; from there on it lies on an edge to the same box */
	int label; /* into labels, or -1 */
};

struct chart_lane {
	const struct party_kind *kind;
	double x, w;
};

struct chart {
	double width, height;
	double lanes_bottom; /* the endings below belong to no party */
	struct chart_lane *lanes;
	size_t lane_count, lane_cap;
	struct chart_box *boxes;
	size_t box_count, box_cap;
	struct chart_label *labels;
	size_t label_count, label_cap;
	struct chart_edge *edges;
	size_t edge_count, edge_cap;
};

/* out: zeroed. */
void chart_layout(struct chart *out, const struct law *law, const struct flow *flow);
void chart_release(struct chart *chart);
/* present: the stage to mark (solid, and said in words), NULL = none. id: prefix that makes
 * element ids unique on a page. No inline style or script: classes only (templates/chart.css);
 * a <title> and <desc> for screen readers. */
void chart_svg(struct buf *out, const struct chart *chart, const struct flow *flow,
	       const char *present, const char *id);

#endif
