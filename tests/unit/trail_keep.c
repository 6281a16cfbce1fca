#include <stdlib.h>
#include <sys/stat.h>

#include "repo_fixture.h"
#include "trail/keep.h"

#define PATH "sub/folder/registers"

static const struct oid key = { { 1, 2, 3, 0xff, 0x80 } };

static struct registers
sample(void)
{
	static struct officer officers[] = {
		{ "张三", "z@x", "科员", 18000, INT32_MAX, 7 },
		{ "李四", "l@x", "SHA256:ab cd", -5, 19000, 12 },
		{ "", "", "", INT32_MIN, INT32_MAX, 0 },
	};
	static struct party parties[] = {
		{ .id = "a",
		  .name = "甲单位",
		  .short_name = "甲",
		  .kind = "tenant",
		  .level = "city",
		  .county = "",
		  .file = "content/parties/a.md",
		  .mailbox = "a@x",
		  .media = "U1,U2",
		  .bureau = "",
		  .officers = officers,
		  .officer_count = 2 },
		{ .id = "b",
		  .name = "乙单位",
		  .short_name = "乙",
		  .kind = "bureau",
		  .level = "county",
		  .county = "兴县",
		  .file = "content/parties/b.md",
		  .mailbox = "b@x",
		  .media = "U1,U2",
		  .bureau = "b2",
		  .officers = NULL,
		  .officer_count = 0 },
		{ .id = "c",
		  .name = "丙",
		  .short_name = "丙",
		  .kind = "tenant",
		  .level = "county",
		  .county = "",
		  .file = "content/parties/c.md",
		  .mailbox = "c@x",
		  .media = "U1,U2",
		  .bureau = "",
		  .officers = &officers[2],
		  .officer_count = 1 },
	};
	static struct system systems[] = {
		{ .id = "s", .name = "系统 一", .tenant = "a", .file = "content/systems/s.md" },
		{ .id = "t", .name = "", .tenant = "", .file = "content/systems/t.md" },
	};
	struct registers r = {
		.parties = parties, .party_count = 3, .systems = systems, .system_count = 2
	};

	r.site = (struct site){ "云资源", "市", "hub", "办", 50 << 20, 18500 };
	return r;
}

static bool
load(struct registers *out, struct arena *arena)
{
	return keep_load(out, arena, PATH, &key);
}

static void
test_keep__round(void)
{
	struct registers r = sample(), back;
	struct arena arena = { 0 };
	size_t i, k;

	keep_save(&r, PATH, &key);
	CHECK(load(&back, &arena));
	CHECK_INT(back.party_count, 3);
	CHECK_INT(back.system_count, 2);
	for (i = 0; i < back.party_count; i++) {
		const struct party *a = &r.parties[i], *b = &back.parties[i];

		CHECK_STR(b->id, a->id);
		CHECK_STR(b->name, a->name);
		CHECK_STR(b->short_name, a->short_name);
		CHECK_STR(b->kind, a->kind);
		CHECK_STR(b->level, a->level);
		CHECK_STR(b->county, a->county);
		CHECK_STR(b->file, a->file);
		CHECK_STR(b->bureau, a->bureau);
		CHECK_STR(b->mailbox, a->mailbox);
		CHECK_STR(b->media, a->media);
		CHECK_INT(b->officer_count, a->officer_count);
		for (k = 0; k < b->officer_count; k++) {
			CHECK_STR(b->officers[k].name, a->officers[k].name);
			CHECK_STR(b->officers[k].email, a->officers[k].email);
			CHECK_STR(b->officers[k].post, a->officers[k].post);
			CHECK_INT(b->officers[k].from, a->officers[k].from);
			CHECK_INT(b->officers[k].to, a->officers[k].to);
			CHECK_INT(b->officers[k].line, a->officers[k].line);
		}
	}
	for (i = 0; i < back.system_count; i++) {
		CHECK_STR(back.systems[i].id, r.systems[i].id);
		CHECK_STR(back.systems[i].name, r.systems[i].name);
		CHECK_STR(back.systems[i].tenant, r.systems[i].tenant);
		CHECK_STR(back.systems[i].file, r.systems[i].file);
		CHECK_STR(node_text(back.systems[i].doc.front, "note"), "");
	}
	CHECK_STR(back.site.title, "云资源");
	CHECK_STR(back.site.city, "市");
	CHECK_STR(back.site.hub, "hub");
	CHECK_STR(back.site.office, "办");
	CHECK_INT(back.site.mail_bytes, 50 << 20);
	CHECK_INT(back.site.signatures_from, 18500);
	arena_release(&arena);
}

static void
test_keep__empty(void)
{
	struct registers r = { .site = { "", "", "", "", 0, INT32_MAX } }, back;
	struct arena arena = { 0 };

	keep_save(&r, PATH, &key);
	CHECK(load(&back, &arena));
	CHECK_INT(back.party_count, 0);
	CHECK_INT(back.system_count, 0);
	CHECK_INT(back.site.signatures_from, INT32_MAX);
	arena_release(&arena);
}

/* Another key, no file, a folder, a file of nothing. */
static void
test_keep__not_there(void)
{
	struct registers r = sample(), back;
	struct oid other = key;
	struct arena arena = { 0 };

	keep_save(&r, PATH, &key);
	other.id[19] ^= 1;
	CHECK(!keep_load(&back, &arena, PATH, &other));
	CHECK_INT(back.party_count, 0);
	CHECK(!keep_load(&back, &arena, "nothing", &key));
	CHECK(!keep_load(&back, &arena, "sub", &key));
	sh(": > empty");
	CHECK(!keep_load(&back, &arena, "empty", &key));
	arena_release(&arena);
}

/* Each byte changed, each length: the whole or nothing. */
static void
test_keep__damage(void)
{
	static const unsigned char masks[] = { 0x01, 0x20, 0x80, 0xff };
	struct registers r = sample(), back;
	struct buf file = BUF_INIT;
	struct err err = { 0 };
	size_t i, k;

	keep_save(&r, PATH, &key);
	CHECK_INT(file_read(&file, PATH, 1 << 20, &err), 0);
	CHECK(file.len > 300);
	for (i = 0; i < file.len; i++) {
		for (k = 0; k < sizeof(masks); k++) {
			struct arena arena = { 0 };

			file.ptr[i] = (char)(file.ptr[i] ^ masks[k]);
			CHECK_INT(file_replace("damaged", file.ptr, file.len, false, &err), 0);
			if (keep_load(&back, &arena, "damaged", &key)) {
				unit_fault(__FILE__, __LINE__, "a changed byte was not noticed");
				printf("#   byte %zu, mask %02x\n", i, masks[k]);
			}
			file.ptr[i] = (char)(file.ptr[i] ^ masks[k]);
			arena_release(&arena);
		}
	}
	for (i = 0; i < file.len; i++) {
		struct arena arena = { 0 };

		CHECK_INT(file_replace("damaged", file.ptr, i, false, &err), 0);
		CHECK(!keep_load(&back, &arena, "damaged", &key));
		arena_release(&arena);
	}
	buf_puts(&file, "P\tx\n");
	CHECK_INT(file_replace("damaged", file.ptr, file.len, false, &err), 0);
	{
		struct arena arena = { 0 };

		CHECK(!keep_load(&back, &arena, "damaged", &key));
		arena_release(&arena);
	}
	buf_release(&file);
}

/* Lines that nobody writes, under a sum that is right. */
static void
test_keep__hostile(void)
{
	static const char *const bodies[] = {
		"O\ta\tb\tc\t1 2 3\n",
		"P\ta\n",
		"S\ta\tb\n",
		"W\ta\n",
		"X\n",
		"\n",
		"P",
		"P\ta\tb\tc\td\te\tf\tg\th\ti\tj\nO\ta\tb\tc\tx y z\n",
		"W\ta\tb\tc\td\tx\n",
		"O\n",
		"P\ta\tb\tc\td\te\tf\tg\th\ti\tj\nO\ta\tb\tc\t1 2\n",
		"\t\t\t\t\t\t\t\t\n",
		"Pa\n"
	};
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct buf file = BUF_INIT;
		struct arena arena = { 0 };
		struct registers back;
		struct err err = { 0 };
		char hex[OID_HEX];

		oid_hex(&key, hex);
		buf_printf(&file, "yunjuan registers 1 %s %016llx\n%s", hex,
			   (unsigned long long)hash_bytes(bodies[i], strlen(bodies[i]), 9),
			   bodies[i]);
		CHECK_INT(file_replace("hostile", file.ptr, file.len, false, &err), 0);
		CHECK(!keep_load(&back, &arena, "hostile", &key));
		arena_release(&arena);
		buf_release(&file);
	}
}

/* What does not fit the format is not kept, and what was kept before stays or goes, but never lies. */
static void
test_keep__odd_names(void)
{
	static const char *const names[] = { "甲\t乙", "甲\n乙", "\t", "\n" };
	struct registers r = sample(), back;
	struct oid other = key;
	size_t i;

	other.id[0] = 9;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct arena arena = { 0 };
		struct party parties[3];
		struct officer officer = r.parties[0].officers[0];

		memcpy(parties, r.parties, sizeof(parties));
		r.parties = parties;
		parties[0].name = names[i];
		keep_save(&r, PATH, &other);
		CHECK(!keep_load(&back, &arena, PATH, &other));
		r = sample();
		memcpy(parties, r.parties, sizeof(parties));
		r.parties = parties;
		officer.post = names[i];
		parties[0].officers = &officer;
		parties[0].officer_count = 1;
		keep_save(&r, PATH, &other);
		CHECK(!keep_load(&back, &arena, PATH, &other));
		r = sample();
		r.site.office = names[i];
		keep_save(&r, PATH, &other);
		CHECK(!keep_load(&back, &arena, PATH, &other));
		r = sample();
		arena_release(&arena);
	}
	/* Quotes, backslashes and the like need no care. */
	{
		struct arena arena = { 0 };

		r.site.office = "\"甲\\乙\" \r\x01\xff %s P";
		keep_save(&r, PATH, &other);
		CHECK(keep_load(&back, &arena, PATH, &other));
		CHECK_STR(back.site.office, r.site.office);
		arena_release(&arena);
	}
}

/* Nowhere to write: nothing happens. */
static void
test_keep__no_place(void)
{
	struct registers r = sample(), back;
	struct arena arena = { 0 };

	sh("echo file > plain");
	keep_save(&r, "plain/registers", &key);
	keep_save(&r, "/proc/none/registers", &key);
	keep_save(&r, "sub", &key);
	CHECK(!keep_load(&back, &arena, "plain/registers", &key));
	CHECK(file_is_folder("sub"));
	arena_release(&arena);
}

int
main(void)
{
	fixture_start();
	unit_run("round trip", test_keep__round);
	unit_run("empty", test_keep__empty);
	unit_run("not there", test_keep__not_there);
	unit_run("damage", test_keep__damage);
	unit_run("hostile", test_keep__hostile);
	unit_run("odd names", test_keep__odd_names);
	unit_run("no place", test_keep__no_place);
	fixture_end();
	return unit_end();
}
