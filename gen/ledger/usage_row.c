/* One row of any shape: columns in any order, quotes, blanks, times of all kinds. The fast path must
 * say the same of what it takes. */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/usage_internal.h"

/* --- machines ----------------------------------------------------------------------------------------- */
static bool
is_ours(const struct worker *w, uint64_t hash)
{
	const struct usage_options *o = w->options;

	return (int)((hash & 0xffffffff) % (uint64_t)o->shards) + 1 == o->shard &&
	       (int)((hash >> 32) % (uint64_t)w->parts) == w->part;
}

/* A machine of another shard or pass: only its name is looked at, and that once mostly. */
static struct machine *
stranger(struct worker *w, const char *name, size_t len, uint64_t hash)
{
	uint64_t *known = &w->strangers[hash % STRANGERS];

	if (*known != hash && usage_name_fault(name, len) != NULL)
		return NULL;
	*known = hash;
	w->stranger.key_len = len + 1;
	return &w->stranger;
}

struct machine *
worker_machine(struct worker *w, const char *name, size_t len)
{
	uint64_t hash = name_hash(name, len);
	struct machine *m = table_find(&w->table, name, len, hash);

	if (m == NULL && (w->replays || !is_ours(w, hash)))
		return stranger(w, name, len, hash);
	if (m == NULL) {
		if (usage_name_fault(name, len) != NULL)
			return NULL;
		if (w->table.bytes > w->memory_bytes) {
			w->full = true;
			w->stranger.key_len = len + 1;
			return &w->stranger;
		}
		m = table_add(&w->table, name, len, hash);
	}
	w->last->next = m;
	w->last = m;
	return m;
}

/* --- samples --------------------------------------------------------------------------------------------- */
bool
worker_turn(struct worker *w, struct machine *m, int32_t day)
{
	void *piece;

	if (day < w->first || day > w->last_day) {
		w->outside_rows++;
		return false;
	}
	if (m == &w->stranger)
		return false;
	piece = table_day(&w->table, m, day);
	if (w->replays) {
		m->replay = piece;
		m->day = day;
		return true;
	}
	if (piece == NULL) {
		if (w->table.bytes > w->memory_bytes) {
			w->full = true;
			return false;
		}
		piece = arena_alloc(&w->table.arena, sizeof(*m->state));
		m->state = piece;
		m->state->day = day;
		m->state->machine = m->number;
		m->state->last_minute = -1;
		table_put_day(&w->table, m, day, piece);
	}
	m->state = piece;
	m->day = day;
	return true;
}

/* --- the general path ------------------------------------------------------------------------------------- */
static const char *
sample_parse(struct sample *out, const struct piece *fields, const int *at)
{
	static const struct {
		enum role role;
		int64_t max;
		const char *why;
	} numbers[] = {
		{ ROLE_VCPU, PERCENT_MAX, "vcpu_pct 不是 0 到 100 的数" },
		{ ROLE_MEMORY, PERCENT_MAX, "mem_pct 不是 0 到 100 的数" },
		{ ROLE_USED, STORAGE_MAX, "disk_used_gb 不是不小于 0 的数" },
		{ ROLE_ALLOCATED, STORAGE_MAX, "disk_alloc_gb 不是不小于 0 的数" },
	};
	int64_t *values[] = { &out->vcpu, &out->memory, &out->used, &out->allocated };
	const struct piece *time = &fields[at[ROLE_TIME]];
	size_t i;

	if (!minute_parse(time->ptr, time->len, &out->day, &out->minute))
		return "时间看不懂（例：2021-05-10 08:00）";
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		const struct piece *p = &fields[at[numbers[i].role]];

		if (!number_parse(p->ptr, p->len, numbers[i].max, values[i]))
			return numbers[i].why;
	}
	return NULL;
}

const char *
row_parse(struct worker *w, const char *line, size_t len)
{
	const struct columns *columns = w->block.columns;
	struct piece fields[COLUMNS_MAX], name;
	struct machine *m;
	struct sample s;
	const char *why;

	if (line_split(fields, COLUMNS_MAX, line, len, &w->scratch) != columns->count)
		return "列数与第一行不同，或者引号不成对";
	name = fields[columns->at[ROLE_VM]];
	why = usage_name_fault(name.ptr, name.len);
	if (why == NULL)
		why = sample_parse(&s, fields, columns->at);
	if (why != NULL)
		return why;
	m = worker_machine(w, name.ptr, name.len);
	worker_take(w, m, &s);
	return NULL;
}

/* --- a worker ---------------------------------------------------------------------------------------------- */
#define BAD_TEXT_BYTES ((size_t)8 << 20)

void
worker_init(struct worker *w, const struct usage_options *options)
{
	*w = (struct worker){ .options = options, .parts = 1, .memory_bytes = SIZE_MAX };
	table_init(&w->table);
	w->last = &w->root;
	w->stranger.day = INT32_MIN;
	w->first = options->last != 0 ? options->first : INT32_MIN + 1;
	w->last_day = options->last != 0 ? options->last : INT32_MAX;
	memcpy(w->date, "2000-01-01 00:00", sizeof(w->date));
	w->date_day = day_make(2000, 1, 1);
	w->work_from = options->law->work_from;
	w->work_span = options->law->work_to - options->law->work_from;
	w->block.data = xcalloc(BLOCK_BYTES + BLOCK_PADDING, 1);
	buf_init(&w->bad_text, BAD_TEXT_BYTES);
	buf_init(&w->scratch, 0);
	buf_init(&w->converted, 0);
}

void
worker_release(struct worker *w)
{
	table_release(&w->table);
	free(w->block.data);
	free(w->bad);
	buf_release(&w->bad_text);
	buf_release(&w->scratch);
	buf_release(&w->converted);
	if (w->iconv != NULL && w->iconv != (iconv_t)-1)
		iconv_close(w->iconv);
}

static void
bad_row(struct worker *w, const char *line, size_t len, const char *reason)
{
	struct bad_row row = { w->block.number, w->lines, reason, w->bad_text.len, len };

	if (len > 0 && line[len - 1] == '\r')
		row.len--;
	w->bad_count++;
	/* What no longer fits is counted only. */
	if (!w->bad_text.full && buf_reserve(&w->bad_text, row.len)) {
		buf_put(&w->bad_text, line, row.len);
		vec_push(w->bad, w->bad_kept, w->bad_cap, row);
	}
}

static void
one_row(struct worker *w, const char *line, size_t len)
{
	const char *why;

	if (text_blank(line, len))
		return;
	w->rows++;
	why = row_parse(w, line, len);
	if (why != NULL)
		bad_row(w, line, len, why);
}

/* GBK to UTF-8; a byte that is neither stays as it is and spoils its row, not the others. */
static void
convert(struct worker *w, const char **at, size_t *len)
{
	char *in = (char *)(uintptr_t)*at, *out;
	size_t left = *len, room;

	if (w->iconv == NULL)
		w->iconv = iconv_open("UTF-8", "GB18030");
	if (w->iconv == (iconv_t)-1)
		return; /* a libc without it: names that are not UTF-8 are refused */
	buf_clear(&w->converted);
	buf_reserve(&w->converted, *len * 2 + BLOCK_PADDING);
	out = w->converted.ptr;
	room = w->converted.cap - BLOCK_PADDING;
	while (left > 0 && room > 4) {
		if (iconv(w->iconv, &in, &left, &out, &room) != (size_t)-1 || left == 0)
			break;
		*out++ = '\xff';
		room--;
		in++;
		left--;
	}
	*at = w->converted.ptr;
	*len = (size_t)(out - w->converted.ptr);
}

void
worker_rows(struct worker *w)
{
	const char *at = w->block.rows, *end, *stop;
	size_t len = w->block.len;

	if (w->block.encoding == ENCODING_GBK)
		convert(w, &at, &len);
	end = at + len;
	w->lines = 0;
	while (at < end) {
		if (w->block.columns->usual && !w->options->plain)
			rows_fast(w, &at, end);
		if (at == end)
			break;
		stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop == NULL ? end : stop;
		one_row(w, at, (size_t)(stop - at));
		w->lines++;
		at = stop == end ? end : stop + 1;
	}
}
