#include "site/chart.h"

#include <math.h>
#include <stdlib.h>

#define BEND 5.0 /* radius of a corner */

/* --- small parts -------------------------------------------------------------------------------- */
/* At most one decimal, none where it is zero: the same bytes on every machine. */
static void
put_number(struct buf *out, double n)
{
	long tenths = lround(n * 10);

	if (tenths < 0)
		buf_putc(out, '-');
	tenths = labs(tenths);
	buf_printf(out, "%ld", tenths / 10);
	if (tenths % 10 != 0)
		buf_printf(out, ".%ld", tenths % 10);
}

static void
put_attr(struct buf *out, const char *name, double n)
{
	buf_printf(out, " %s=\"", name);
	put_number(out, n);
	buf_putc(out, '"');
}

static void
put_pair(struct buf *out, char command, double x, double y)
{
	buf_putc(out, command);
	put_number(out, x);
	buf_putc(out, ' ');
	put_number(out, y);
}

static void
put_rect(struct buf *out, const char *class, double x, double y, double w, double h, double radius)
{
	buf_puts(out, "<rect");
	if (class != NULL)
		html_attr(out, "class", class);
	put_attr(out, "x", x);
	put_attr(out, "y", y);
	put_attr(out, "width", w);
	put_attr(out, "height", h);
	if (radius > 0)
		put_attr(out, "rx", radius);
	buf_puts(out, "/>");
}

static void
put_text(struct buf *out, const char *class, double x, double y, const char *text)
{
	buf_puts(out, "<text");
	if (class != NULL)
		html_attr(out, "class", class);
	put_attr(out, "x", x);
	put_attr(out, "y", y);
	buf_putc(out, '>');
	html_text(out, text);
	buf_puts(out, "</text>");
}

/* --- in words ------------------------------------------------------------------------------------- */
static void
describe_outcome(struct buf *out, const struct flow *flow, const struct outcome *outcome)
{
	const struct stage *county = flow_stage(flow, outcome->to_county);
	const struct stage *city = flow_stage(flow, outcome->to_city);

	html_text(out, outcome->name);
	buf_puts(out, "→");
	html_text(out, county != NULL ? county->name : "");
	if (county != city) {
		buf_puts(out, "（县级），");
		html_text(out, city != NULL ? city->name : "");
		buf_puts(out, "（市级）");
	}
}

static void
describe_stage(struct buf *out, const struct flow *flow, const struct stage *stage)
{
	size_t i;

	html_text(out, stage->name);
	for (i = 0; i < stage->party_count; i++) {
		buf_puts(out, i == 0 ? "（" : stage->each ? "、" : "或");
		html_text(out, stage->parties[i]->short_name);
	}
	buf_puts(out, stage->party_count > 0 ? "）：" : "：");
	for (i = 0; i < stage->outcome_count; i++) {
		buf_puts(out, i == 0 ? "" : "；");
		describe_outcome(out, flow, &stage->outcomes[i]);
	}
	buf_puts(out, "。");
}

static void
put_description(struct buf *out, const struct flow *flow, const struct stage *present,
		const char *id)
{
	size_t i;

	buf_puts(out, "<title");
	buf_printf(out, " id=\"");
	html_text(out, id);
	buf_puts(out, "-title\">");
	html_text(out, flow->chart);
	buf_puts(out, "</title><desc id=\"");
	html_text(out, id);
	buf_puts(out, "-desc\">");
	if (present != NULL) {
		buf_puts(out, "现在：");
		html_text(out, present->name);
		buf_puts(out, "。");
	}
	for (i = 0; i < flow->stage_count; i++) {
		if (!flow->stages[i].end)
			describe_stage(out, flow, &flow->stages[i]);
	}
	buf_puts(out, "</desc>");
}

/* --- lanes and boxes ------------------------------------------------------------------------------ */
static void
put_lanes(struct buf *out, const struct chart *chart)
{
	const struct chart_lane *last = &chart->lanes[chart->lane_count - 1];
	double top = chart->boxes[0].y, left = chart->lanes[0].x; /* the first box is a head */
	size_t i;

	buf_puts(out, "<g class=\"chart-lanes\">");
	for (i = 0; i < chart->lane_count; i++) {
		const struct chart_lane *lane = &chart->lanes[i];

		put_rect(out, i % 2 == 0 ? NULL : "alt", lane->x, top, lane->w,
			 chart->lanes_bottom - top, 0);
	}
	put_rect(out, "head", left, top, last->x + last->w - left, chart->boxes[0].h, 0);
	buf_puts(out, "</g>\n");
}

static double
line_height(const struct chart_box *box, int line)
{
	return (line < box->name_lines ? CHART_NAME_SIZE : CHART_NOTE_SIZE) + 2;
}

/* The lines together stand in the middle of the box. */
static void
put_lines(struct buf *out, const struct chart_box *box)
{
	double y = box->y + box->h / 2;
	int i, count;

	for (count = 0; count < 3 && box->lines[count][0] != '\0'; count++)
		y -= line_height(box, count) / 2;
	for (i = 0; i < count; i++) {
		double height = line_height(box, i);

		/* A Chinese character reaches about 0.88 em above its baseline. */
		put_text(out, i < box->name_lines ? NULL : "note", box->x + box->w / 2,
			 y + 1 + 0.88 * (height - 2), box->lines[i]);
		y += height;
	}
}

static void
put_diamond(struct buf *out, const struct chart_box *box)
{
	double w = box->w / 2, h = box->h / 2;

	buf_puts(out, "<path d=\"");
	put_pair(out, 'M', box->x, box->y + h);
	put_pair(out, 'l', w, -h);
	put_pair(out, 'l', w, h);
	put_pair(out, 'l', -w, h);
	buf_puts(out, "z\"/>");
}

static void
put_box(struct buf *out, const struct chart_box *box)
{
	static const double radius[] = { [BOX_STAGE] = 3, [BOX_END] = 14 };

	if (box->kind == BOX_DECISION) {
		put_diamond(out, box);
		return;
	}
	if (box->kind != BOX_HEAD)
		put_rect(out, NULL, box->x, box->y, box->w, box->h, radius[box->kind]);
	put_lines(out, box);
}

static void
put_boxes(struct buf *out, const struct chart *chart, enum box_kind kind, const char *class,
	  const struct stage *but)
{
	size_t i;

	buf_printf(out, "<g class=\"%s\">", class);
	for (i = 0; i < chart->box_count; i++) {
		const struct chart_box *box = &chart->boxes[i];

		if (box->kind != kind || (but != NULL && box->stage == but && kind != BOX_DECISION))
			continue;
		put_box(out, box);
		buf_putc(out, '\n');
	}
	buf_puts(out, "</g>\n");
}

/* Solid, and with a word at its corner: colour alone says nothing on paper. */
static void
put_present(struct buf *out, const struct chart *chart, const struct stage *present)
{
	size_t i;

	for (i = 0; i < chart->box_count; i++) {
		const struct chart_box *box = &chart->boxes[i];

		if (box->stage != present || box->kind == BOX_DECISION)
			continue;
		buf_puts(out, "<g class=\"chart-now\">");
		put_box(out, box);
		put_rect(out, "tag", box->x - 10, box->y - 10, 28, 14, 7);
		put_text(out, "tag", box->x + 4, box->y + 0.5, "现在");
		buf_puts(out, "</g>\n");
	}
}

/* --- edges ------------------------------------------------------------------------------------------ */
static double
along(double from, double to, double most)
{
	double d = to - from;

	return d > most ? most : d < -most ? -most : d;
}

/* Half of a short run belongs to either of its corners. */
static double
bend_at(const struct chart_edge *edge, int corner)
{
	double bend = BEND;
	int p;

	for (p = corner; p <= corner + 1; p++) {
		double run = fabs(edge->points[p][0] - edge->points[p - 1][0]) +
			     fabs(edge->points[p][1] - edge->points[p - 1][1]);

		bend = run / 2 < bend ? run / 2 : bend;
	}
	return bend;
}

static void
put_corner(struct buf *out, const struct chart_edge *edge, int corner)
{
	const double *before = edge->points[corner - 1], *at = edge->points[corner];
	const double *after = edge->points[corner + 1];
	double bend = bend_at(edge, corner);
	double x = along(before[0], at[0], bend), y = along(before[1], at[1], bend);

	put_pair(out, 'L', at[0] - x, at[1] - y);
	put_pair(out, 'q', x, y);
	put_pair(out, ' ', x + along(at[0], after[0], bend), y + along(at[1], after[1], bend));
}

/* An edge that joins another bends into it and stops. */
static void
put_edge(struct buf *out, const struct chart_edge *edge, const char *tip, const char *id)
{
	int p, last = edge->drawn - 1;

	buf_puts(out, "<path d=\"");
	put_pair(out, 'M', edge->points[0][0], edge->points[0][1]);
	for (p = 1; p <= last; p++) {
		if (p + 1 < edge->point_count)
			put_corner(out, edge, p);
		else
			put_pair(out, 'L', edge->points[p][0], edge->points[p][1]);
	}
	buf_putc(out, '"');
	if (tip != NULL && edge->drawn == edge->point_count) {
		buf_puts(out, " marker-end=\"url(#");
		html_text(out, id);
		buf_printf(out, "-%s)\"", tip);
	}
	buf_puts(out, "/>\n");
}

static void
put_edges(struct buf *out, const struct chart *chart, bool back, const char *id)
{
	size_t i;

	buf_printf(out, "<g class=\"chart-edges%s\">\n", back ? " back" : "");
	for (i = 0; i < chart->edge_count; i++) {
		const struct chart_edge *edge = &chart->edges[i];
		bool joint = chart->boxes[edge->to].kind == BOX_DECISION;

		if (edge->back == back)
			put_edge(out, edge, joint ? NULL : back ? "back" : "tip", id);
	}
	buf_puts(out, "</g>\n");
}

static void
put_tip(struct buf *out, const char *id, const char *name)
{
	buf_puts(out, "<marker class=\"chart-");
	buf_puts(out, name);
	buf_puts(out, "\" id=\"");
	html_text(out, id);
	buf_printf(out,
		   "-%s\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\""
		   " markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
		   "<path d=\"M0 .5L8 4 0 7.5z\"/></marker>",
		   name);
}

static void
put_labels(struct buf *out, const struct chart *chart)
{
	size_t i;

	buf_puts(out, "<g class=\"chart-words\">");
	for (i = 0; i < chart->label_count; i++) {
		const struct chart_label *label = &chart->labels[i];

		put_text(out, NULL, label->x, label->y + CHART_NOTE_SIZE - 1.5, label->text);
	}
	buf_puts(out, "</g>\n");
}

/* --- the drawing -------------------------------------------------------------------------------- */
static void
put_opening(struct buf *out, const struct chart *chart, const char *id)
{
	buf_puts(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\"");
	put_attr(out, "width", chart->width);
	put_attr(out, "height", chart->height);
	buf_printf(out, " viewBox=\"0 0 %.0f %.0f\" aria-labelledby=\"", chart->width,
		   chart->height);
	html_text(out, id);
	buf_puts(out, "-title ");
	html_text(out, id);
	buf_puts(out, "-desc\">\n");
}

void
chart_svg(struct buf *out, const struct chart *chart, const struct flow *flow, const char *present,
	  const char *id)
{
	const struct stage *now = present != NULL ? flow_stage(flow, present) : NULL;

	put_opening(out, chart, id);
	put_description(out, flow, now, id);
	buf_puts(out, "\n<defs>");
	put_tip(out, id, "tip");
	put_tip(out, id, "back");
	buf_puts(out, "</defs>\n");
	put_lanes(out, chart);
	put_boxes(out, chart, BOX_HEAD, "chart-heads", NULL);
	/* Words hide the lines of lanes behind them, so what must not be hidden comes later. */
	put_labels(out, chart);
	put_edges(out, chart, true, id);
	put_edges(out, chart, false, id);
	put_boxes(out, chart, BOX_STAGE, "chart-stages", now);
	put_boxes(out, chart, BOX_DECISION, "chart-stages", NULL);
	put_boxes(out, chart, BOX_END, "chart-ends", now);
	if (now != NULL)
		put_present(out, chart, now);
	buf_puts(out, "</svg>\n");
}
