/* The indicators of lua/indicators.lua as structs; the prelude has checked every number. */
#include "law/indicators.h"

#include <string.h>

#include "law/law_internal.h"

const char *const figure_ids[FIGURE_COUNT] = {
	"vcpu_mean_pct",   "vcpu_peak_pct", "memory_mean_pct",
	"memory_peak_pct", "storage_pct",   "storage_months",
};

static const char *
text_of(struct law *law, const char *key)
{
	return arena_strdup(&law->arena, script_get_text(law->script, key));
}

static enum figure
figure_of(struct script *s)
{
	enum figure figure = 0;
	const char *id;

	if (!script_push_row(s, 1))
		return figure;
	id = script_top_text(s);
	while (figure + 1 < FIGURE_COUNT && (id == NULL || strcmp(figure_ids[figure], id) != 0))
		figure++;
	script_pop(s, 1);
	return figure;
}

static void
read_bounds(struct law *law, struct bound *bounds, size_t *count)
{
	static const char *const kinds[] = {
		[BOUND_AT_MOST] = "at_most",
		[BOUND_AT_LEAST] = "at_least",
		[BOUND_MORE_THAN] = "more_than",
	};
	struct script *s = law->script;
	size_t i;

	if (!script_push(s, "all"))
		return;
	for (*count = 0; *count < BOUNDS_MAX && script_push_row(s, *count + 1); ++*count) {
		struct bound *bound = &bounds[*count];

		bound->figure = figure_of(s);
		bound->words = text_of(law, "words");
		for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
			if (!script_has(s, kinds[i]))
				continue;
			bound->kind = (enum bound_kind)i;
			bound->value = script_get_integer(s, kinds[i]);
		}
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

static void
read_low_loads(struct law *law, struct indicators *out)
{
	struct script *s = law->script;

	if (!script_push(s, "low_loads"))
		return;
	while (out->low_load_count < LOW_LOADS_MAX && script_push_row(s, out->low_load_count + 1)) {
		struct low_load *low = &out->low_loads[out->low_load_count++];

		low->id = text_of(law, "id");
		low->name = text_of(law, "name");
		low->article = text_of(law, "article");
		low->article_label = text_of(law, "label_");
		read_bounds(law, low->bounds, &low->bound_count);
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

static void
read_scale_outs(struct law *law, struct indicators *out)
{
	struct script *s = law->script;

	if (!script_push(s, "scale_outs"))
		return;
	out->scale_outs =
	    arena_alloc(&law->arena, (script_count(s) + 1) * sizeof(*out->scale_outs));
	while (script_push_row(s, out->scale_out_count + 1)) {
		struct scale_out *ask = &out->scale_outs[out->scale_out_count++];

		ask->type = text_of(law, "type");
		ask->asks = text_of(law, "asks");
		ask->name = text_of(law, "name");
		ask->whole_system = script_get_bool(s, "whole_system");
		ask->article = text_of(law, "article");
		ask->article_label = text_of(law, "label_");
		read_bounds(law, ask->bounds, &ask->bound_count);
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

static int
integer_in(struct script *s, const char *table, const char *key)
{
	int n = 0;

	if (!script_push(s, table))
		return 0;
	n = (int)script_get_integer(s, key);
	script_pop(s, 1);
	return n;
}

static const char *
label_in(struct law *law, const char *table)
{
	const char *label = "";

	if (!script_push(law->script, table))
		return label;
	label = text_of(law, "label_");
	script_pop(law->script, 1);
	return label;
}

void
read_indicators(struct law *law)
{
	struct script *s = law->script;
	struct indicators *out = arena_alloc(&law->arena, sizeof(*out));

	read_low_loads(law, out);
	read_scale_outs(law, out);
	if (!script_push(s, "indicators"))
		return;
	if (script_has(s, "measured"))
		law->indicators = out;
	out->work_from = integer_in(s, "measured", "from_minute_");
	out->work_to = integer_in(s, "measured", "to_minute_");
	out->least_pct = integer_in(s, "measured", "least_pct");
	out->growth_days = integer_in(s, "measured", "growth_days");
	out->low_month_days = integer_in(s, "low_month", "more_than_days");
	out->scale_out_days = integer_in(s, "scale_out_window", "working_days");
	out->article_label = label_in(law, "measured");
	out->low_month_label = label_in(law, "low_month");
	out->scale_out_label = label_in(law, "scale_out_window");
	script_pop(s, 1);
}

const struct indicators *
law_indicators(const struct law *law)
{
	return law->indicators;
}
