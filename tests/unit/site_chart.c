#include "site/chart.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define SPACE 4.0 /* between boxes */
#define STAGES 20 /* of a hostile flow */
#define OUTCOMES 6

struct area {
	double x, y, w, h;
};

static struct law *law;

/* --- questions about the geometry ----------------------------------------------------------------- */
static struct area
box_area(const struct chart_box *box)
{
	return (struct area){ box->x, box->y, box->w, box->h };
}

static struct area
label_area(const struct chart_label *label)
{
	return (struct area){ label->x, label->y, label->w, label->h };
}

static struct area
run_area(const struct chart_edge *edge, int p)
{
	const double *a = edge->points[p], *b = edge->points[p + 1];

	return (struct area){ fmin(a[0], b[0]), fmin(a[1], b[1]), fabs(a[0] - b[0]),
			      fabs(a[1] - b[1]) };
}

/* Touching is no meeting, unless more space is asked for. */
static bool
meet(struct area a, struct area b, double space)
{
	return a.x < b.x + b.w + space - 0.01 && b.x < a.x + a.w + space - 0.01 &&
	       a.y < b.y + b.h + space - 0.01 && b.y < a.y + a.h + space - 0.01;
}

static bool
on_border(const struct chart_box *box, const double *p)
{
	double right = box->x + box->w, bottom = box->y + box->h;
	bool beside = fabs(p[0] - box->x) < 0.01 || fabs(p[0] - right) < 0.01;
	bool above = fabs(p[1] - box->y) < 0.01 || fabs(p[1] - bottom) < 0.01;

	return (beside && p[1] >= box->y && p[1] <= bottom) ||
	       (above && p[0] >= box->x && p[0] <= right);
}

/* 1 em a character of three bytes or more, else 0.55: not the program's own table. */
static double
text_width(const char *text, double size)
{
	double em = 0;

	for (; *text != '\0'; text++) {
		if (((unsigned char)*text & 0xc0) != 0x80)
			em += (unsigned char)*text >= 0xe0 ? 1 : 0.55;
	}
	return em * size;
}

/* --- what holds for every chart ------------------------------------------------------------------- */
static void
check_boxes(const struct chart *c)
{
	size_t i, j;

	for (i = 0; i < c->box_count; i++) {
		struct area a = box_area(&c->boxes[i]);

		CHECK(a.x >= 0 && a.y >= 0 && a.x + a.w <= c->width && a.y + a.h <= c->height);
		for (j = 0; j < i; j++)
			CHECK(!meet(a, box_area(&c->boxes[j]), SPACE));
	}
}

static void
check_labels(const struct chart *c)
{
	size_t i, j;

	for (i = 0; i < c->label_count; i++) {
		struct area a = label_area(&c->labels[i]);

		CHECK(a.x >= 0 && a.y >= 0 && a.x + a.w <= c->width && a.y + a.h <= c->height);
		CHECK(text_width(c->labels[i].text, CHART_NOTE_SIZE) <= a.w + 0.01);
		for (j = 0; j < c->box_count; j++)
			CHECK(!meet(a, box_area(&c->boxes[j]), 0));
		for (j = 0; j < i; j++)
			CHECK(!meet(a, label_area(&c->labels[j]), 0));
	}
}

static void
check_run(const struct chart *c, const struct chart_edge *edge, int p)
{
	struct area run = run_area(edge, p);
	size_t i;

	CHECK(run.w == 0 || run.h == 0);
	CHECK(run.x >= 0 && run.y >= 0 && run.x + run.w <= c->width && run.y + run.h <= c->height);
	for (i = 0; i < c->box_count; i++)
		CHECK(!meet(run, box_area(&c->boxes[i]), 0));
	for (i = 0; i < c->label_count; i++)
		CHECK(!meet(run, label_area(&c->labels[i]), 0));
}

/* Two runs on one line, one on top of the other. */
static bool
covers(struct area a, struct area b)
{
	double wide = fmin(a.x + a.w, b.x + b.w) - fmax(a.x, b.x);
	double high = fmin(a.y + a.h, b.y + b.h) - fmax(a.y, b.y);

	if (a.h == 0 && b.h == 0)
		return fabs(a.y - b.y) < 2 && wide > 0.5;
	return a.w == 0 && b.w == 0 && fabs(a.x - b.x) < 2 && high > 0.5;
}

static void
check_apart(const struct chart_edge *a, const struct chart_edge *b)
{
	int p, q;

	if (a->to == b->to)
		return;
	for (p = 0; p + 1 < a->point_count; p++) {
		for (q = 0; q + 1 < b->point_count; q++)
			CHECK(!covers(run_area(a, p), run_area(b, q)));
	}
}

static void
check_edges(const struct chart *c)
{
	size_t i, j;
	int p;

	for (i = 0; i < c->edge_count; i++) {
		const struct chart_edge *e = &c->edges[i];

		CHECK(e->point_count >= 2 && e->drawn >= 2 && e->drawn <= e->point_count);
		CHECK(on_border(&c->boxes[e->from], e->points[0]));
		CHECK(on_border(&c->boxes[e->to], e->points[e->point_count - 1]));
		for (p = 0; p + 1 < e->point_count; p++)
			check_run(c, e, p);
		for (j = 0; j < i; j++)
			check_apart(e, &c->edges[j]);
	}
}

static void
check_text(const struct chart *c)
{
	size_t i;
	int line;

	for (i = 0; i < c->box_count; i++) {
		const struct chart_box *box = &c->boxes[i];
		double height = 0;

		for (line = 0; line < 3 && box->lines[line][0] != '\0'; line++) {
			double size = line < box->name_lines ? CHART_NAME_SIZE : CHART_NOTE_SIZE;

			CHECK(text_width(box->lines[line], size) <= box->w - 4);
			height += size + 1;
		}
		CHECK(height <= box->h);
		/* A flow without parties has one lane that nobody heads. */
		CHECK(box->kind == BOX_HEAD || (line == 0) == (box->kind == BOX_DECISION));
	}
}

static bool
lies_in(const struct chart *c, const struct chart_box *box, const struct party_kind *kind)
{
	size_t i;

	for (i = 0; i < c->lane_count; i++) {
		const struct chart_lane *lane = &c->lanes[i];

		if (lane->kind == kind)
			return box->x < lane->x + lane->w - 20 && box->x + box->w > lane->x + 20;
	}
	return false;
}

static void
check_lanes(const struct chart *c)
{
	size_t i, j;

	for (i = 0; i < c->box_count; i++) {
		const struct chart_box *box = &c->boxes[i];

		if (box->kind == BOX_HEAD)
			CHECK(lies_in(c, box, c->lanes[i].kind));
		if (box->kind != BOX_STAGE || box->stage->party_count == 0)
			continue;
		CHECK(box->y + box->h <= c->lanes_bottom);
		for (j = 0; j < (box->stage->each ? box->stage->party_count : 1); j++)
			CHECK(lies_in(c, box, box->stage->parties[j]));
		if (!box->stage->each || box->stage->party_count == 1)
			CHECK(box->w < c->lanes[0].w);
	}
}

static int
count_edges(const struct chart *c, const struct stage *stage, const char *to, const char *text)
{
	int count = 0;
	size_t i;

	for (i = 0; i < c->edge_count; i++) {
		const struct chart_edge *e = &c->edges[i];

		if (e->label >= 0 && c->boxes[e->from].stage == stage &&
		    strcmp(c->boxes[e->to].stage->id, to) == 0 &&
		    strcmp(c->labels[e->label].text, text) == 0)
			count++;
	}
	return count;
}

static void
check_outcome(const struct chart *c, const struct stage *stage, const struct outcome *o)
{
	bool same = strcmp(o->to_county, o->to_city) == 0;
	char text[96];

	snprintf(text, sizeof(text), "%s%s", o->name, same ? "" : "（县级）");
	CHECK(count_edges(c, stage, o->to_county, text) > 0);
	snprintf(text, sizeof(text), "%s%s", o->name, same ? "" : "（市级）");
	CHECK(count_edges(c, stage, o->to_city, text) > 0);
}

static void
check_outcomes(const struct chart *c, const struct flow *flow)
{
	size_t i, j, links = 0;

	for (i = 0; i < flow->stage_count; i++) {
		const struct stage *stage = &flow->stages[i];

		for (j = 0; j < stage->outcome_count; j++) {
			check_outcome(c, stage, &stage->outcomes[j]);
			links += strcmp(stage->outcomes[j].to_county, stage->outcomes[j].to_city)
				     ? 2
				     : 1;
		}
	}
	CHECK_INT(c->label_count, links);
}

static void
check_chart(const struct chart *c, const struct flow *flow)
{
	check_boxes(c);
	check_labels(c);
	check_edges(c);
	check_text(c);
	check_lanes(c);
	check_outcomes(c, flow);
}

/* --- the law's own flows --------------------------------------------------------------------------- */
static void
test_chart__geometry(void)
{
	size_t count, i;
	const struct flow *flows = law_flows(law, &count);

	CHECK(count >= 7);
	for (i = 0; i < count; i++) {
		struct chart c = { 0 };

		chart_layout(&c, law, &flows[i]);
		check_chart(&c, &flows[i]);
		CHECK(c.width <= 760);
		CHECK(c.height <= 1.45 * c.width);
		if (unit_faults != 0)
			printf("# flow %s\n", flows[i].id);
		chart_release(&c);
	}
}

static void
test_chart__text(void)
{
	struct outcome outcome = { "go", "走", "z", "z", false, false };
	struct stage stages[2] = {
		{ .id = "a",
		  .name = "一个名字有十六个字长的办理环节",
		  .has_again = true,
		  .limit = { .kind = LIMIT_PROMPT },
		  .again = { .kind = LIMIT_DAYS, .n = 30 },
		  .outcomes = &outcome,
		  .outcome_count = 1 },
		{ .id = "z", .name = "完", .end = true, .done = true },
	};
	struct flow flow = {
		.id = "f", .name = "f", .chart = "f", .stages = stages, .stage_count = 2
	};
	struct chart c = { 0 };

	chart_layout(&c, law, &flow);
	check_chart(&c, &flow);
	CHECK_STR(c.boxes[1].lines[0], "一个名字有十六个");
	CHECK_STR(c.boxes[1].lines[1], "字长的办理环节");
	CHECK_STR(c.boxes[1].lines[2], "首次 及时");
	chart_release(&c);
}

/* --- the drawing ------------------------------------------------------------------------------------ */
/* Whether xmllint can read it; true where there is no xmllint. */
static bool
is_well_formed(const struct buf *svg)
{
	char path[] = "/tmp/yunjuan-chart-XXXXXX", command[96];
	int fd = mkstemp(path), status;

	if (fd < 0 || write(fd, svg->ptr, svg->len) != (ssize_t)svg->len || close(fd) != 0)
		return false;
	snprintf(command, sizeof(command), "! command -v xmllint >/dev/null || xmllint --noout %s",
		 path);
	status = system(command);
	unlink(path);
	return status == 0;
}

static size_t
count_text(const char *s, const char *part)
{
	size_t count = 0;

	for (s = strstr(s, part); s != NULL; s = strstr(s + 1, part))
		count++;
	return count;
}

/* What the layout says is what the drawing shows. */
static void
check_texts(const char *svg, const struct chart *c)
{
	struct buf text = BUF_INIT;
	size_t i;
	int line;

	for (i = 0; i < c->label_count; i++) {
		buf_clear(&text);
		buf_putc(&text, '>');
		html_text(&text, c->labels[i].text);
		buf_puts(&text, "</text>");
		CHECK(strstr(svg, text.ptr) != NULL);
	}
	for (i = 0; i < c->box_count; i++) {
		for (line = 0; line < 3; line++) {
			buf_clear(&text);
			html_text(&text, c->boxes[i].lines[line]);
			CHECK(strstr(svg, text.ptr) != NULL);
		}
	}
	buf_release(&text);
}

static void
check_drawing(const struct flow *flow, const char *present)
{
	struct chart a = { 0 }, b = { 0 };
	struct buf one = BUF_INIT, two = BUF_INIT;

	chart_layout(&a, law, flow);
	chart_layout(&b, law, flow);
	chart_svg(&one, &a, flow, present, "a\"b");
	chart_svg(&two, &b, flow, present, "a\"b");
	CHECK_STR(one.ptr, two.ptr);
	CHECK(is_well_formed(&one));
	check_texts(one.ptr, &a);
	CHECK(strstr(one.ptr, " style=") == NULL && strstr(one.ptr, "<script") == NULL);
	CHECK_INT(count_text(one.ptr, "现在"), present != NULL ? 2 : 0);
	CHECK_INT(count_text(one.ptr, "chart-now"), present != NULL ? 1 : 0);
	chart_release(&a);
	chart_release(&b);
	buf_release(&one);
	buf_release(&two);
}

static void
test_chart__svg(void)
{
	size_t count, i;
	const struct flow *flows = law_flows(law, &count);

	for (i = 0; i < count; i++) {
		check_drawing(&flows[i], NULL);
		check_drawing(&flows[i], flows[i].stages[0].id);
		check_drawing(&flows[i], flows[i].stages[flows[i].stage_count - 2].id);
	}
}

/* Edges with a tip of their own: not those that join another, nor a box with its diamond. */
static int
count_whole(const struct chart *c)
{
	int count = 0;
	size_t i;

	for (i = 0; i < c->edge_count; i++)
		count += c->edges[i].label >= 0 && c->edges[i].drawn == c->edges[i].point_count;
	return count;
}

static void
test_chart__svg_size(void)
{
	size_t count, i;
	const struct flow *flows = law_flows(law, &count);

	for (i = 0; i < count; i++) {
		struct chart c = { 0 };
		struct buf svg = BUF_INIT;

		chart_layout(&c, law, &flows[i]);
		chart_svg(&svg, &c, &flows[i], NULL, "flow");
		CHECK(svg.len <= 25000);
		/* Lanes and drawing say the same: one path an edge, a diamond and a tip each. */
		CHECK(count_text(svg.ptr, "<path") >= c.edge_count + 2);
		CHECK_INT(count_text(svg.ptr, "marker-end"), count_whole(&c));
		buf_release(&svg);
		chart_release(&c);
	}
}

/* --- flows that nobody would write ------------------------------------------------------------------ */
static uint32_t seed;

static uint32_t
dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 16) % sides;
}

struct wild { /* a flow and what it borrows */
	struct flow flow;
	struct stage stages[STAGES + 2];
	struct outcome outcomes[STAGES][OUTCOMES];
	const struct party_kind *parties[STAGES][3];
	char ids[STAGES + 2][16];
};

static void
throw_outcome(struct wild *w, struct outcome *o, uint32_t targets)
{
	static const char *const names[] = {
		"走", "同意", "退回补正", "<&\"'>", "不予受理并说明理由", "ok"
	};

	o->id = "o";
	o->name = names[dice(6)];
	o->to_county = o->to_city = w->ids[dice(targets)];
	if (dice(5) == 0)
		o->to_city = w->ids[dice(targets)];
	o->back = dice(3) == 0;
}

static void
throw_stage(struct wild *w, int i, int stages)
{
	static const char *const names[] = { "批", "需求评估",
					     "一个很长很长的环节名称直到写不下为止还要再写", "a<b",
					     "Provisioning & test of it" };
	struct stage *stage = &w->stages[i];
	size_t kinds, k;
	const struct party_kind *all = law_parties(law, &kinds);

	stage->name = names[dice(5)];
	stage->each = dice(6) == 0;
	stage->party_count = dice(8) == 0 ? 0 : 1 + dice(3);
	for (k = 0; k < stage->party_count; k++)
		w->parties[i][k] = &all[dice((uint32_t)kinds)];
	stage->parties = w->parties[i];
	stage->limit =
	    (struct limit){ .kind = (enum limit_kind)dice(6), .n = (int)dice(400), .field = "f" };
	stage->has_again = dice(4) == 0;
	stage->again = stage->limit;
	stage->outcomes = w->outcomes[i];
	stage->outcome_count = dice(3) != 0 ? 1 + dice(3) : dice(OUTCOMES + 1);
	for (k = 0; k < stage->outcome_count; k++)
		throw_outcome(w, &stage->outcomes[k], (uint32_t)stages + 2);
}

static void
throw_flow(struct wild *w, int stages)
{
	int i;

	memset(w, 0, sizeof(*w));
	w->flow = (struct flow){ .id = "wild",
				 .name = "wild",
				 .chart = "<wild>",
				 .stages = w->stages,
				 .stage_count = (size_t)stages + 2 };
	for (i = 0; i < stages + 2; i++) {
		snprintf(w->ids[i], sizeof(w->ids[i]), "s%d", i);
		w->stages[i].id = w->ids[i];
		w->stages[i].number = i;
		w->stages[i].end = i >= stages;
		w->stages[i].done = i == stages;
		w->stages[i].name = i == stages ? "办结" : "不予受理并通知申请单位";
	}
	for (i = 0; i < stages; i++)
		throw_stage(w, i, stages);
}

static void
test_chart__hostile(void)
{
	static struct wild w;
	uint32_t round;

	for (round = 0; round < 400 && unit_faults == 0; round++) {
		struct chart c = { 0 };

		seed = round * 2654435761u + 1;
		throw_flow(&w, round < 40 ? 1 + (int)round % 4 : STAGES);
		chart_layout(&c, law, &w.flow);
		check_chart(&c, &w.flow);
		if (unit_faults != 0)
			printf("# round %u\n", (unsigned)round);
		chart_release(&c);
		if (round % 50 == 0)
			check_drawing(&w.flow, "s0");
	}
}

int
main(void)
{
	struct findings findings = { 0 };
	struct err err = { 0 };

	if (law_load_embedded(&law, &findings, &err) != 0) {
		err_print(&err);
		printf("Bail out! the law does not load\n");
		return 1;
	}
	unit_run("every flow of the law is drawn without a fault", test_chart__geometry);
	unit_run("long names and limits fit", test_chart__text);
	unit_run("svg is well-formed, the same twice, and marks the present", test_chart__svg);
	unit_run("svg is small and complete", test_chart__svg_size);
	unit_run("flows thrown by dice are drawn without a fault", test_chart__hostile);
	law_free(law);
	findings_release(&findings);
	return unit_end();
}
