/*
 * usage_import: minute samples in, rows of days out, and the files under content/usage.
 *
 * A minute that comes twice counts once, the last row of the last file wins; otherwise the order of
 * rows means nothing, and neither does the number of threads. Memory is bounded however long the
 * input is: what is remembered is a machine's day, and when there are too many of them the input is
 * read again for a part of the machines at a time.
 *
 * Lifetime: a usage_set owns all it holds until usage_set_release.
 * Errors: ERR_IO, ERR_DATA with file and line when a file is no such table. A bad row is none: it is
 * counted and set aside, and usage_report_refused says whether there are too many.
 *
 *	usage_read(&set, &report, paths, count, &options, &err);
 *	if (!usage_report_refused(&report))
 *		usage_store_plan(&plan, root, &set, &err);       what the files will be
 *	if (plan.conflict_count == 0 || replace)
 *		usage_store_write(&plan, root, &err);
 */
#ifndef YJ_USAGE_IMPORT_H
#define YJ_USAGE_IMPORT_H

#include "ledger/usage.h"

#define USAGE_BAD_LISTED 20
#define USAGE_BAD_PER_CENT 1 /* more of the rows bad: nothing is taken */

struct usage_options {
	const struct indicators *law;
	int32_t first, last; /* only these days; 0, 0: all */
	int shard, shards;   /* only the machines of part shard of shards, from 1; 1, 1: all */
	int threads;
	size_t memory_bytes; /* for days at a time; 0: as the program has it */
	bool plain;	     /* without the fast path: for tests */
};

struct usage_bad {
	const char *file, *reason, *text; /* text: the row as it came */
	int64_t line;
};

struct usage_report {
	struct arena arena;
	int64_t rows, bad_count, twice_days, outside_rows, bytes;
	struct usage_bad *bad; /* in order of input; the first are listed */
	size_t bad_kept, bad_cap;
	int passes; /* how often the input was read */
};

struct usage_set {
	struct arena arena;
	struct usage_days *machines; /* by the bytes of their names */
	size_t count, cap;
};

/* paths: "-" is standard input; plain, gzip and zstd are told apart by their first bytes. */
int usage_read(struct usage_set *out, struct usage_report *report, const char *const *paths,
	       size_t count, const struct usage_options *options, struct err *err) must_check;
/* Days made elsewhere, with the columns of our own files and `vm` before them; added to the set. The
 * same day again must say the same: ERR_DATA with the line. */
int usage_read_daily(struct usage_set *set, const char *path, const struct usage_options *options,
		     struct err *err) must_check;
bool usage_report_refused(const struct usage_report *report);
/* The bad rows as a table for people: file, line, reason, row. */
void usage_report_aside(const struct usage_report *report, struct buf *out);
void usage_report_release(struct usage_report *report);
void usage_set_release(struct usage_set *set);
/* NULL when there is no such machine. */
struct usage_days *usage_set_find(const struct usage_set *set, const char *vm);

/* What keeps a name from being a machine's, as the end of a sentence; NULL: nothing. */
const char *usage_name_fault(const char *name, size_t len);
/* The shard of a machine, from 1. */
int usage_shard_of(const char *vm, int shards);

/* --- machines known and machines seen ----------------------------------------------------------- */
struct usage_gaps {
	const char **silent; /* known, without a row; in the order they were given */
	size_t silent_count;
	const char **unknown; /* with rows, not known */
	size_t unknown_count;
};
/* Everything lies in the arena; `known` may hold a name twice. */
void usage_gaps(struct usage_gaps *out, struct arena *arena, const struct usage_set *set,
		const char *const *known, size_t known_count);

/* --- files ------------------------------------------------------------------------------------ */
/* A month's file: a heading and one row a day, by day. Deterministic. */
void usage_file_render(struct buf *out, const struct usage_day *rows, size_t count);
/* Lines in any order, equal ones twice: what git's merges leave. vm names the finding. */
void usage_file_parse(struct usage_days *out, struct arena *arena, const char *text, size_t len,
		      const char *file, struct findings *findings);

struct usage_conflict {
	const char *file;
	int32_t day;
	struct usage_day old, now;
};

struct usage_plan {
	struct arena arena;
	struct usage_file {
		const char *path; /* from the workspace's top */
		struct usage_day *rows;
		size_t count, added, changed;
	} * files;
	size_t count, cap, added, changed, unchanged; /* days */
	struct usage_conflict *conflicts; /* a day that the file has, with other figures */
	size_t conflict_count, conflict_cap;
	struct findings findings; /* rows of the files there that cannot be read */
	struct findings clashes;  /* names that are one file on Windows */
};

int usage_store_plan(struct usage_plan *plan, const char *root, const struct usage_set *set,
		     struct err *err) must_check;
int usage_store_write(const struct usage_plan *plan, const char *root, struct err *err) must_check;
void usage_plan_release(struct usage_plan *plan);

#endif
