/*
 * usage_fixture: samples as text, read through a file, and the rows of days as text.
 */
#ifndef YJ_USAGE_FIXTURE_H
#define YJ_USAGE_FIXTURE_H

#include <stdlib.h>
#include <unistd.h>

#include "law/law.h"
#include "ledger/usage_import.h"
#include "unit.h"

#define HEADING "vm,time,vcpu_pct,mem_pct,disk_used_gb,disk_alloc_gb\n"

static struct law *fixture_law;

static inline const struct indicators *
fixture_indicators(void)
{
	struct findings faults = { 0 };
	struct err err = { 0 };

	if (fixture_law == NULL && law_load_embedded(&fixture_law, &faults, &err) != 0)
		abort();
	findings_release(&faults);
	return law_indicators(fixture_law);
}

/* A file with these bytes; owned. */
static inline char *
fixture_file(const void *data, size_t len)
{
	const char *folder = getenv("TMPDIR");
	char *path = file_join(folder == NULL ? "/tmp" : folder, "usage-XXXXXX");
	int fd = mkstemp(path);

	if (fd < 0 || write_all(fd, data, len) != 0)
		abort();
	close(fd);
	return path;
}

/* vm, then each day's row as in the files. */
static inline void
fixture_show(struct buf *out, const struct usage_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		buf_printf(out, "%s\n", set->machines[i].vm);
		usage_file_render(out, set->machines[i].rows, set->machines[i].count);
	}
}

struct fixture_result {
	struct buf days;
	int64_t rows, bad, twice;
	int passes;
	char first_bad[200]; /* "line reason" */
	bool failed;
};

static inline struct fixture_result
fixture_read(const char *const *paths, size_t count, struct usage_options options)
{
	struct fixture_result r = { .days = BUF_INIT };
	struct usage_set set;
	struct usage_report report;
	struct err err = { 0 };

	options.law = fixture_indicators();
	options.shard = options.shard == 0 ? 1 : options.shard;
	options.shards = options.shards == 0 ? 1 : options.shards;
	r.failed = usage_read(&set, &report, paths, count, &options, &err) != 0;
	fixture_show(&r.days, &set);
	r.rows = report.rows;
	r.bad = report.bad_count;
	r.twice = report.twice_days;
	r.passes = report.passes;
	if (report.bad_kept > 0)
		snprintf(r.first_bad, sizeof(r.first_bad), "%lld %s", (long long)report.bad[0].line,
			 report.bad[0].reason);
	if (r.failed)
		snprintf(r.first_bad, sizeof(r.first_bad), "%.190s", err.text);
	usage_set_release(&set);
	usage_report_release(&report);
	return r;
}

/* The same of a text in one file. */
static inline struct fixture_result
fixture_read_text(const char *text, size_t len, struct usage_options options)
{
	char *path = fixture_file(text, len);
	const char *paths[] = { path };
	struct fixture_result r = fixture_read(paths, 1, options);

	unlink(path);
	free(path);
	return r;
}

#endif
