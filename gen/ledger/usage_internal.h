/*
 * usage_internal: what the files of the reader share. A feed cuts the inputs into blocks of whole
 * lines; each worker takes blocks, parses their rows (usage_fast.c, else usage_row.c) and keeps
 * machines and days of its own (usage_table.c); usage_read.c puts the workers' days together.
 */
#ifndef YJ_USAGE_INTERNAL_H
#define YJ_USAGE_INTERNAL_H

#include <pthread.h>

#include "ledger/usage_import.h"

#define BLOCK_BYTES ((size_t)512 << 10)
#define BLOCK_PADDING \
	256 /* readable behind a block: the fast path compares names and loads words */
#define COLUMNS_MAX 256
#define PERCENT_MAX ((int64_t)100 * USAGE_UNIT)
#define STORAGE_MAX ((int64_t)1000000000 * USAGE_UNIT) /* GB; 30 * 360 times it is still an int64 */

/* --- values --------------------------------------------------------------------------------------- */
struct sample {
	int32_t day, minute;
	int64_t vcpu, memory, used, allocated;
};

/* Digits with at most one point, at least one digit; digits behind the sixth decimal round half up.
 * False for anything else and for more than max. */
bool number_parse(const char *s, size_t len, int64_t max, int64_t *out);
/* Date and time as machines write them; without a zone it is Beijing time. */
bool minute_parse(const char *s, size_t len, int32_t *day, int32_t *minute);

/* --- files -------------------------------------------------------------------------------------------- */
struct piece {
	const char *ptr;
	size_t len;
};

/* The ten columns of a file in their order. NULL, or why it is no row. */
const char *day_row_parse(struct usage_day *out, const struct piece *fields);
bool day_rows_same(const struct usage_day *a, const struct usage_day *b);
/* Sorted, each day once; a day that says two things is a finding. */
void days_settle(struct usage_days *days, const char *file, struct findings *findings);
void usage_file_path(struct buf *out, int year, int month, const char *vm);

/* --- source: the bytes of one input, unpacked ------------------------------------------------------- */
struct source;
int source_open(struct source **out, const char *path, struct err *err) must_check;
/* Fills `data` as far as it goes; *got < size only at the end. */
int source_read(struct source *source, char *data, size_t size, size_t *got,
		struct err *err) must_check;
void source_free(struct source *source);

/* --- feed: blocks of whole lines, in order, to any number of workers ----------------------------------- */
enum role { ROLE_VM, ROLE_TIME, ROLE_VCPU, ROLE_MEMORY, ROLE_USED, ROLE_ALLOCATED, ROLE_COUNT };

struct columns {
	int count;
	int at[ROLE_COUNT];
	bool usual; /* just these six in this order */
};

enum encoding { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_GBK };

struct block {
	char *data; /* BLOCK_BYTES + BLOCK_PADDING; ends with a line feed */
	const char *rows;
	size_t len; /* from rows */
	uint32_t number, file;
	const struct columns *columns;
	enum encoding encoding;
};

/* For the number of a line: which file a block is of, and how many lines it had. */
struct block_lines {
	uint32_t file, lines;
};

struct feed {
	pthread_mutex_t lock;
	const char *const *paths;
	size_t path_count, file; /* file: the one being read */
	struct source *source;	 /* NULL: the next file has to be opened */
	struct arena arena;	 /* columns */
	struct columns *columns;
	enum encoding encoding;
	char *carry; /* a line that has begun */
	size_t carry_len;
	struct block_lines *blocks;
	size_t block_count, block_cap;
	int64_t bytes;
	struct progress progress;
	bool stopped, failed;
};

void feed_init(struct feed *feed, const char *const *paths, size_t count);
void feed_release(struct feed *feed);
/* 1: a block; 0: no more; -1 failure. */
int feed_next(struct feed *feed, struct block *block, struct err *err) must_check;
void feed_stop(struct feed *feed);
/* The columns that a heading names; false and why not. */
bool columns_parse(struct columns *out, const char *line, size_t len, struct buf *why);
/* A line to its fields, unquoted, blanks around them left out; they lie in the line itself or in
 * scratch. -1 when quotes are wrong or there are more than max. */
int line_split(struct piece *out, int max, const char *line, size_t len, struct buf *scratch);

/* --- table: a worker's machines and days ---------------------------------------------------------------- */
struct day_state {
	int32_t day, last_minute;
	uint32_t machine;
	bool twice; /* a minute came again: this day has to be read again */
	int64_t vcpu_sum, memory_sum, vcpu_peak, memory_peak, used, allocated;
	uint64_t seen[(USAGE_DAY_MINUTES + 63) / 64];
};

/* A day that is read again, every minute kept with the place of its row. */
struct replay {
	pthread_mutex_t *lock;
	struct usage_day *row; /* to be filled */
	struct replay_minute {
		uint64_t place; /* 0 = none */
		int32_t vcpu, memory;
	} minutes[USAGE_DAY_MINUTES];
	uint64_t last_place;
	int32_t last_minute;
	int64_t used, allocated;
};

struct machine {
	const char *key; /* its name and a comma, zeros behind */
	size_t key_len;	 /* with the comma */
	uint64_t hash;
	uint32_t number;
	struct machine *next; /* the one whose row came behind this one's the last time */
	int32_t day;	      /* of `state` or `replay`; INT32_MIN = none yet */
	struct day_state *state;
	struct replay *replay;
};

struct table {
	struct arena arena;
	struct machine **machines; /* by number */
	size_t machine_count, machine_cap;
	uint32_t *machine_slots; /* number + 1 */
	size_t machine_slot_count;
	void **days; /* day_state or replay, by machine and day */
	uint64_t *day_keys;
	size_t day_count, day_slot_count;
	size_t bytes;
};

void table_init(struct table *table);
void table_release(struct table *table);
uint64_t name_hash(const char *name, size_t len);
struct machine *table_find(const struct table *table, const char *name, size_t len, uint64_t hash);
struct machine *table_add(struct table *table, const char *name, size_t len, uint64_t hash);
/* The piece of memory of a machine's day; NULL when it has none yet. */
void *table_day(const struct table *table, const struct machine *machine, int32_t day);
void table_put_day(struct table *table, const struct machine *machine, int32_t day, void *piece);

/* --- shapes: how the numbers of a row were laid out -------------------------------------------------------- */
#define SHAPES 256
#define SHAPE_SHIFT 56 /* leaves as many bits as SHAPES needs */
#define SHAPE_NUMBERS 4

struct shape {
	uint64_t key; /* where commas, points and the line end are; 0 = none yet */
	struct shape_number {
		uint8_t at,
		    shift;     /* from `at`, eight bytes shifted up by `shift` bits end with it */
		int32_t scale; /* its last digit in millionths */
		uint64_t keep, lift; /* masks: digits in their place, digits before the point */
	} numbers[SHAPE_NUMBERS];
};

/* --- worker ------------------------------------------------------------------------------------------------ */
#define STRANGERS 4096

struct bad_row {
	uint32_t block, line; /* line within the block, from 0 */
	const char *reason;
	size_t at, len; /* in the worker's bad_text */
};

struct worker {
	const struct usage_options *options;
	int part, parts; /* of the machines in this pass, from 0 */
	bool replays;	 /* the table is filled already; others are strangers */
	size_t memory_bytes;
	struct block block;
	struct table table;
	struct machine *last, root, stranger; /* root.next: the first one */
	uint64_t strangers[STRANGERS];	      /* hashes of good names that are not ours */
	uint32_t lines;			      /* of the block, before the row at hand */
	char date[16];			      /* "2021-05-10 00:00": the last date seen */
	int32_t date_day;
	struct shape shapes[SHAPES];
	int32_t first, last_day; /* only these */
	int32_t work_from, work_span;
	int64_t rows, bad_count, outside_rows;
	struct bad_row *bad;
	size_t bad_kept, bad_cap;
	struct buf bad_text, scratch, converted;
	void *iconv;
	bool full; /* no memory left for another day */
};

void worker_init(struct worker *worker, const struct usage_options *options);
void worker_release(struct worker *worker);
/* All rows of worker->block. */
void worker_rows(struct worker *worker);
/* One line that is not of the usual shape, or any. NULL, or why it is bad. */
const char *row_parse(struct worker *worker, const char *line, size_t len);
/* The rows of a block that begin at *at and are of the usual shape; *at is moved to the first that is
 * not, or to the end. */
void rows_fast(struct worker *worker, const char **at, const char *end);
/* The machine of a row; its `stranger` when it is not of this pass; NULL when the name is none. */
struct machine *worker_machine(struct worker *worker, const char *name, size_t len);
/* The day of a row becomes the machine's present one; false when the row counts for nothing. */
bool worker_turn(struct worker *worker, struct machine *machine, int32_t day);
void replay_take(struct replay *replay, uint64_t place, struct sample sample);
/* What was kept becomes replay->row. */
void replay_finish(struct replay *replay, const struct indicators *law);

static inline void
day_take(struct day_state *d, const struct sample *s, bool at_work)
{
	uint64_t *seen = &d->seen[s->minute / 64], bit = (uint64_t)1 << s->minute % 64;
	uint64_t all = -(uint64_t)at_work; /* ones, or none */

	d->twice |= (*seen & bit) != 0;
	*seen |= bit;
	d->vcpu_sum += (int64_t)((uint64_t)s->vcpu & all);
	d->memory_sum += (int64_t)((uint64_t)s->memory & all);
	d->vcpu_peak = s->vcpu > d->vcpu_peak ? s->vcpu : d->vcpu_peak;
	d->memory_peak = s->memory > d->memory_peak ? s->memory : d->memory_peak;
	if (s->minute >= d->last_minute) {
		d->last_minute = s->minute;
		d->used = s->used;
		d->allocated = s->allocated;
	}
}

/* Takes one good sample. */
static inline void
worker_take(struct worker *w, struct machine *m, const struct sample *s)
{
	if (m->day != s->day && !worker_turn(w, m, s->day))
		return;
	if (!w->replays)
		day_take(m->state, s,
			 (uint32_t)(s->minute - w->work_from) < (uint32_t)w->work_span);
	else if (m->replay != NULL)
		replay_take(m->replay, ((uint64_t)w->block.number << 32 | w->lines) + 1, *s);
}

#endif
