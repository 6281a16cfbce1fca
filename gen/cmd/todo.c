#include <stdlib.h>
#include <string.h>

#include "cmd/todo.h"

static bool json, all;
static const char *party_id;

static const struct opt opts[] = {
	{ "party", 'p', OPT_TEXT, "单位编号",
	  "看这个单位的待办（默认：git 的 user.email 所属单位）", &party_id },
	{ "all", 'a', OPT_FLAG, NULL, "看所有单位的待办", &all },
	{ "json", 0, OPT_FLAG, NULL, "输出 JSON，一张工单一个对象", &json },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

static int
compare_rows(const void *a, const void *b)
{
	const struct todo_row *x = a, *y = b;

	return trail_compare_pressing(&x->trail, &y->trail);
}

static void
print_json_row(struct buf *out, const struct todo_row *row)
{
	const struct step *step = trail_present(&row->trail);
	char day[17];

	buf_puts(out, "{");
	json_key(out, "ticket");
	json_str(out, row->trail.id);
	json_key(out, "flow");
	json_str(out, row->trail.flow_id);
	json_key(out, "stage");
	json_str(out, step->stage_id);
	json_key(out, "party");
	json_str(out, row->kinds);
	json_key(out, "since");
	moment_text(step->entered->time, day);
	json_str(out, day);
	json_key(out, "due");
	if (step->due.kind == DUE_DAY) {
		day_text(step->due.day, day);
		json_str(out, day);
	} else {
		buf_puts(out, "null");
	}
	json_key(out, "state");
	json_str(out, trail_state_ids[row->trail.state]);
	json_key(out, "days");
	if (step->due.kind == DUE_DAY)
		buf_printf(out, "%d", row->trail.days_left);
	else
		buf_puts(out, "null");
	if (step->due.kind == DUE_UNKNOWN) {
		json_key(out, "missing_year");
		buf_printf(out, "%d", step->due.missing_year);
	}
	json_key(out, "title");
	json_str(out, row->trail.title);
	buf_puts(out, "}");
}

static void
pad(struct buf *out, const char *text, int width)
{
	int have = (int)utf8_width(text);

	buf_printf(out, "%s%*s", text, have < width ? width - have : 1, "");
}

static void
print_text_row(struct buf *out, const struct todo_row *row)
{
	const struct step *step = trail_present(&row->trail);
	char text[64], day[11];

	pad(out, trail_state_names[row->trail.state], 8);
	pad(out, row->trail.id, 26);
	pad(out, step->stage == NULL ? step->stage_id : step->stage->name, 14);
	if (step->due.kind == DUE_DAY) {
		day_text(step->due.day, day);
		snprintf(text, sizeof(text), "%s %s %d 日", day,
			 row->trail.days_left < 0 ? "超" : "剩", abs(row->trail.days_left));
	} else if (step->due.kind == DUE_UNKNOWN) {
		snprintf(text, sizeof(text), "节假日表缺 %d 年", step->due.missing_year);
	} else {
		snprintf(text, sizeof(text), "%s，已等 %d 日",
			 step->due.kind == DUE_PROMPT ? "及时" : "无时限",
			 step->used_days < 0 ? 0 : step->used_days);
	}
	pad(out, text, 22);
	buf_printf(out, "%s\n", row->trail.title);
}

/* Whether the present stage waits for this party; fills in who it waits for. */
static bool
waits_for(const struct session *s, struct todo_row *row, const struct party *party)
{
	const struct step *step = trail_present(&row->trail);
	const struct party *turn = NULL;
	bool mine = false;
	size_t i, count = 0;
	const struct party *const *turns = stage_turns(&s->basis, &row->trail, step->stage, &count);

	row->kinds[0] = '\0';
	for (i = 0; i < count; i++) {
		turn = turns[i];
		if (turn == NULL)
			continue;
		snprintf(row->kinds + strlen(row->kinds), sizeof(row->kinds) - strlen(row->kinds),
			 "%s%s", row->kinds[0] ? " " : "", turn->id);
		mine = mine || turn == party;
	}
	free((void *)turns);
	return party == NULL || mine;
}

int
todo_collect(struct session *s, struct arena *arena, const struct party *party,
	     struct todo_row **rows, size_t *count, struct err *err)
{
	struct trail_context context = { s->repo, &s->basis, s->now, NULL };
	size_t total = log_ticket_count(s->log), cap = 0;
	uint32_t i;

	for (i = 0; i < total; i++) {
		struct todo_row row = { 0 };

		if (trail_of(&row.trail, arena, s->log, i, &context, err) != 0)
			return -1;
		if (row.trail.gone || row.trail.step_count == 0 ||
		    row.trail.state == TRAIL_CLOSED || row.trail.state == TRAIL_CANCELLED)
			continue;
		if (waits_for(s, &row, party))
			vec_push(*rows, *count, cap, row);
	}
	if (*count > 0)
		qsort(*rows, *count, sizeof(**rows), compare_rows);
	return 0;
}

static void
print_rows(const struct todo_row *rows, size_t count, const struct party *party)
{
	struct buf out = BUF_INIT;
	size_t i;

	buf_puts(&out, json ? "[" : "");
	for (i = 0; i < count; i++) {
		if (json) {
			buf_puts(&out, i == 0 ? "\n" : ",\n");
			print_json_row(&out, &rows[i]);
		} else {
			print_text_row(&out, &rows[i]);
		}
	}
	if (json)
		buf_puts(&out, "\n]\n");
	else if (count == 0)
		buf_printf(&out, "%s没有待办的工单\n", party == NULL ? "" : party->name);
	else
		buf_printf(&out, "%s共 %zu 张待办\n", party == NULL ? "" : party->name, count);
	fwrite(out.ptr, 1, out.len, stdout);
	buf_release(&out);
}

static int
run(struct session *s, struct err *err)
{
	struct arena arena = { 0 };
	const struct party *party = NULL;
	struct todo_row *rows = NULL;
	size_t count = 0;
	int rc = 0;

	if (party_id != NULL) {
		party = named_party(s, party_id, err);
		if (party == NULL)
			return -1;
	} else if (!all) {
		party = session_party(s);
		if (party == NULL)
			fprintf(stderr,
				"yunjuan: git 的 user.email 不在名册中，列出所有单位的待办\n");
	}
	rc = todo_collect(s, &arena, party, &rows, &count, err);
	if (rc == 0)
		print_rows(rows, count, party);
	free(rows);
	arena_release(&arena);
	return rc == 0 ? EXIT_DONE : EXIT_COULD_NOT;
}

const struct cmd cmd_todo = {
	.name = "todo",
	.summary = "列出待办：轮到谁、何时到期",
	.usage = "[选项]",
	.example = "  yunjuan todo                 本单位的待办，超期的在前\n"
		   "  yunjuan todo --party mzjy    某个单位的待办\n"
		   "  yunjuan todo --all --json    全部，供别的程序读取",
	.min = 0,
	.max = 0,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS | NEED_LOG,
	.run = run,
};
