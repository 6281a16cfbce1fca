/* Minute samples of any bytes: the fast path and the general one make the same days, and what is written
 * of them reads back as it was. The same bytes as a month's file and as days made elsewhere. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ledger/usage_import.h"

#include "fuzz.h"

static const struct indicators indicators = { .work_from = 480, .work_to = 1200, .least_pct = 50 };

static void
read_back(const struct usage_days *days)
{
	struct arena arena = { 0 };
	struct findings findings = { 0 };
	struct usage_days again = { 0 };
	struct buf text = BUF_INIT;
	size_t i;

	must(usage_name_fault(days->vm, strlen(days->vm)) == NULL);
	usage_file_render(&text, days->rows, days->count);
	usage_file_parse(&again, &arena, text.ptr, text.len, "x", &findings);
	must(findings.count == 0 && again.count == days->count);
	for (i = 0; i < again.count; i++)
		must(memcmp(&again.rows[i], &days->rows[i], sizeof(*again.rows)) == 0);
	buf_release(&text);
	findings_release(&findings);
	arena_release(&arena);
}

static void
same_sets(const struct usage_set *a, const struct usage_set *b)
{
	size_t i;

	must(a->count == b->count);
	for (i = 0; i < a->count; i++) {
		const struct usage_days *x = &a->machines[i], *y = &b->machines[i];

		must(strcmp(x->vm, y->vm) == 0 && x->count == y->count);
		must(memcmp(x->rows, y->rows, x->count * sizeof(*x->rows)) == 0);
		read_back(x);
	}
}

static void
read_both(const char *path)
{
	struct usage_options options = {
		.law = &indicators, .shard = 1, .shards = 1, .threads = 1
	};
	struct usage_set fast, plain;
	struct usage_report fast_report, plain_report;
	struct err fast_err = { 0 }, plain_err = { 0 };
	int rc = usage_read(&fast, &fast_report, &path, 1, &options, &fast_err);

	options.plain = true;
	must(usage_read(&plain, &plain_report, &path, 1, &options, &plain_err) == rc);
	must(fast_report.rows == plain_report.rows);
	must(fast_report.bad_count == plain_report.bad_count);
	must(fast_report.twice_days == plain_report.twice_days);
	same_sets(&fast, &plain);
	usage_set_release(&fast);
	usage_set_release(&plain);
	usage_report_release(&fast_report);
	usage_report_release(&plain_report);
}

static void
read_days(const char *path, const uint8_t *data, size_t size)
{
	struct usage_options options = {
		.law = &indicators, .shard = 1, .shards = 1, .threads = 1
	};
	struct arena arena = { 0 };
	struct findings findings = { 0 };
	struct usage_days days = { .vm = "a" };
	struct usage_set set = { 0 };
	struct err err = { 0 };

	usage_file_parse(&days, &arena, (const char *)data, size, "x", &findings);
	if (usage_read_daily(&set, path, &options, &err) == 0)
		same_sets(&set, &set);
	usage_set_release(&set);
	findings_release(&findings);
	arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[64];

	if (fd < 0)
		fd = memfd_create("usage", 0);
	must(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	must(write_all(fd, data, size) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_both(path);
	read_days(path, data, size);
	return 0;
}
