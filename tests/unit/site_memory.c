#include <stdlib.h>

#include "repo_fixture.h"
#include "site/memory.h"

#define PATH "cache/pages"

static void
fill(struct memory *m, int count)
{
	char path[64];
	int i;

	memset(m, 0, sizeof(*m));
	m->whole = 0x123456789abcdef0u;
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "tickets/工单-%d.html", i);
		memory_add(m, path, (uint64_t)i * 0x9e3779b97f4a7c15u,
			   (struct stamp){ i * 100, -i });
	}
}

static void
save(const struct memory *m)
{
	struct err err = { 0 };

	CHECK_INT(memory_save(m, PATH, &err), 0);
	CHECK_STR(err.text, "");
}

static void
test_memory__round(void)
{
	static const int counts[] = { 0, 1, 2, 1000 };
	struct memory m, back;
	char path[64];
	size_t k;
	int i;

	for (k = 0; k < sizeof(counts) / sizeof(*counts); k++) {
		fill(&m, counts[k]);
		save(&m);
		memory_load(&back, PATH);
		CHECK_INT(back.count, counts[k]);
		CHECK(back.whole == m.whole);
		for (i = 0; i < counts[k]; i++) {
			const struct page_row *row;

			snprintf(path, sizeof(path), "tickets/工单-%d.html", i);
			row = memory_find(&back, path);
			CHECK(row != NULL && row == &back.rows[i]);
			if (row == NULL)
				continue;
			CHECK_STR(row->path, path);
			CHECK(row->key == m.rows[i].key);
			CHECK_INT(row->stamp.bytes, i * 100);
			CHECK_INT(row->stamp.time_ns, -i);
		}
		CHECK(memory_find(&back, "none") == NULL);
		CHECK(memory_find(&back, "") == NULL);
		memory_release(&m);
		memory_release(&back);
		memory_release(&back);
		CHECK(memory_find(&back, "none") == NULL);
	}
}

static void
check_empty(const char *path)
{
	struct memory m;

	memory_load(&m, path);
	CHECK_INT(m.count, 0);
	CHECK(m.whole == 0);
	CHECK(memory_find(&m, "tickets/工单-0.html") == NULL);
	memory_release(&m);
}

static void
write_bytes(const char *path, const char *bytes, size_t len)
{
	struct err err = { 0 };

	CHECK_INT(file_replace(path, bytes, len, false, &err), 0);
}

static void
test_memory__not_there(void)
{
	check_empty("nothing");
	check_empty("cache");
	write_bytes("empty", "", 0);
	check_empty("empty");
	write_bytes("other", "YJPAGES\1 and nothing else that is right", 40);
	check_empty("other");
}

/* A changed byte, a cut end, something behind it: an empty memory. */
static void
test_memory__damage(void)
{
	struct buf file = BUF_INIT;
	struct err err = { 0 };
	struct memory m;
	size_t i;

	fill(&m, 5);
	save(&m);
	CHECK_INT(file_read(&file, PATH, 1 << 20, &err), 0);
	for (i = 0; i < file.len; i++) {
		file.ptr[i] ^= 0x40;
		write_bytes("damaged", file.ptr, file.len);
		check_empty("damaged");
		file.ptr[i] ^= 0x40;
		write_bytes("damaged", file.ptr, i);
		check_empty("damaged");
	}
	buf_puts(&file, "more");
	write_bytes("damaged", file.ptr, file.len);
	check_empty("damaged");
	buf_release(&file);
	memory_release(&m);
}

/* Lengths that point beyond the end, under a sum that is right. */
static void
test_memory__hostile(void)
{
	static const uint32_t lens[] = { 1, 2, 3, 4095, 4096, 5000, 0x7fffffff, 0xffffffff };
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		struct buf file = BUF_INIT;
		uint64_t zero = 0, sum;
		int64_t n = 0;

		buf_put(&file, "YJPAGES\1", 8);
		buf_put(&file, &zero, 8);
		buf_put(&file, &zero, 8);
		buf_put(&file, &zero, 8);
		buf_put(&file, &n, 8);
		buf_put(&file, &n, 8);
		buf_put(&file, &lens[i], 4);
		buf_put(&file, &zero, 4);
		sum = hash_bytes(file.ptr + 16, file.len - 16, 3);
		memcpy(file.ptr + 8, &sum, 8);
		write_bytes("hostile", file.ptr, file.len);
		check_empty("hostile");
		buf_release(&file);
	}
}

static void
test_memory__fresh(void)
{
	struct page_row row = { "a/b.html", 1, { 0 } };
	struct stamp stamp;

	sh("mkdir -p out/a && printf 12345 > out/a/b.html && mkdir out/a/c.html");
	CHECK(file_stamp(&stamp, "out/a/b.html"));
	row.stamp = stamp;
	CHECK_INT(stamp.bytes, 5);
	CHECK(memory_fresh(&row, "out"));
	row.stamp.bytes++;
	CHECK(!memory_fresh(&row, "out"));
	row.stamp = stamp;
	row.stamp.time_ns--;
	CHECK(!memory_fresh(&row, "out"));
	row.stamp = stamp;
	CHECK(!memory_fresh(&row, "elsewhere"));
	sh("printf 123456 > out/a/b.html");
	CHECK(!memory_fresh(&row, "out"));
	sh("rm out/a/b.html");
	CHECK(!memory_fresh(&row, "out"));
}

/* A page twice: the later row counts. */
static void
test_memory__twice(void)
{
	struct memory m = { 0 }, back;
	const struct page_row *row;

	memory_add(&m, "a", 1, (struct stamp){ 1, 1 });
	memory_add(&m, "a", 2, (struct stamp){ 2, 2 });
	memory_add(&m, "", 3, (struct stamp){ 3, 3 });
	save(&m);
	memory_load(&back, PATH);
	row = memory_find(&back, "a");
	CHECK(row != NULL && row->key == 2);
	row = memory_find(&back, "");
	CHECK(row != NULL && row->key == 3);
	memory_release(&m);
	memory_release(&back);
}

static void
test_memory__no_place(void)
{
	struct memory m;
	struct err err = { 0 };

	fill(&m, 1);
	sh("echo file > plain");
	CHECK_INT(memory_save(&m, "plain/pages", &err), -1);
	CHECK_INT(err.code, ERR_IO);
	memory_release(&m);
}

int
main(void)
{
	fixture_start();
	unit_run("round trip", test_memory__round);
	unit_run("not there", test_memory__not_there);
	unit_run("damage", test_memory__damage);
	unit_run("hostile", test_memory__hostile);
	unit_run("fresh", test_memory__fresh);
	unit_run("twice", test_memory__twice);
	unit_run("no place", test_memory__no_place);
	fixture_end();
	return unit_end();
}
