#include <stdlib.h>

#include "repo_fixture.h"
#include "site/filed.h"

#define IN_TREE "content/tickets/2021/05/SQ-20210510-mzjy-01"
#define FOLDER "work/" IN_TREE

/* The folder as HEAD has it. */
static struct event
last_of(struct repo *repo)
{
	struct event event = { 0 };
	struct snapshot snap;
	struct entry entry;
	struct err err = { 0 };

	CHECK_INT(snapshot_head(&snap, repo, &err), 0);
	CHECK_INT(snapshot_find(&snap, IN_TREE, &entry, &err), 1);
	event.folder = entry.oid;
	CHECK_INT(snapshot_find(&snap, IN_TREE "/ticket.md", &entry, &err), 1);
	event.blob = entry.oid;
	return event;
}

static struct repo *
open_repo(void)
{
	struct repo *repo = NULL;
	struct err err = { 0 };

	CHECK_INT(repo_open(&repo, "work", &err), 0);
	return repo;
}

static void
commit(void)
{
	sh("cd work && git add -A && git commit -q -m x");
}

static void
check_filed(const struct filed *f, const char *title)
{
	CHECK_STR(node_text(f->front, "title"), title);
	CHECK(memmem(f->html, f->html_len, "<h3>", 4) != NULL);
	CHECK(memmem(f->words, f->words_len, "\n说明\n", 8) != NULL);
	CHECK(memmem(f->words, f->words_len, "##", 2) == NULL);
	CHECK(memmem(f->words, f->words_len, "注释", 6) == NULL);
	CHECK_INT(f->paper_count, 2);
	CHECK_STR(f->papers[0].file, "a/中文 名.txt");
	CHECK_INT(f->papers[0].bytes, 3);
	CHECK_STR(f->papers[0].sha256,
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_STR(f->papers[0].sm3,
		  "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
	CHECK_STR(f->papers[1].file, "b.txt");
}

static void
read_once(const char *title)
{
	struct repo *repo = open_repo();
	struct event last = last_of(repo);
	const struct event *lasts[1] = { &last };
	struct filing f;
	struct filed filed;
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct store_row row;

	filing_open(&f, "work/.git", 1);
	CHECK_INT(filing_update(&f, lasts, 1, repo, &err), 0);
	CHECK(store_find(f.tickets, &last.folder, &row));
	CHECK_INT(filed_read(&filed, &arena, &f, repo, &last, &err), 0);
	CHECK(filed.html > row.bytes && filed.html < row.bytes + row.len);
	check_filed(&filed, title);
	filing_close(&f);
	arena_release(&arena);
	repo_free(repo);
}

static void
make_work(void)
{
	sh("rm -rf work && git init -q work && mkdir -p '" FOLDER "/a'");
	sh("printf '%%s\\n' --- 'title: 甲' '# 注释' --- '## 说明' '' 正文 > " FOLDER "/ticket.md");
	sh("printf abc > '" FOLDER "/a/中文 名.txt'; printf b > " FOLDER "/b.txt");
	commit();
}

static void
test_filed__kept(void)
{
	make_work();
	read_once("甲");
	read_once("甲");
	sh("sed -i 's/甲/乙/' " FOLDER "/ticket.md");
	commit();
	read_once("乙");
}

/* A paper that is known is not read again: here it could not be. */
static void
test_filed__papers_kept(void)
{
	make_work();
	read_once("甲");
	sh("sed -i 's/甲/乙/' " FOLDER "/ticket.md");
	commit();
	sh("cd work && id=$(git rev-parse HEAD:" IN_TREE "/b.txt) &&"
	   " rm -f .git/objects/$(echo $id | cut -c 1-2)/$(echo $id | cut -c 3-)");
	read_once("乙");
}

/* Each byte of the row bent, with a sum that fits: never read beyond its end, and made again when it makes
 * no sense. */
static void
test_filed__damage(void)
{
	struct repo *repo;
	struct event last;
	struct filing f;
	struct filed filed;
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct store_row row;
	char *bytes;
	size_t i, len;

	make_work();
	read_once("甲");
	repo = open_repo();
	last = last_of(repo);
	filing_open(&f, "work/.git", 1);
	CHECK(store_find(f.tickets, &last.folder, &row));
	bytes = xstrndup(row.bytes, row.len);
	len = row.len;
	filing_close(&f);
	for (i = 0; i < len; i++) {
		bytes[i] = (char)(bytes[i] ^ 0x41);
		sh("rm -f work/.git/yunjuan/tickets.*");
		filing_open(&f, "work/.git", 1);
		store_add(f.tickets, &last.folder, bytes, len);
		filing_close(&f);
		filing_open(&f, "work/.git", 1);
		CHECK_INT(filed_read(&filed, &arena, &f, repo, &last, &err), 0);
		filing_close(&f);
		bytes[i] = (char)(bytes[i] ^ 0x41);
	}
	free(bytes);
	arena_release(&arena);
	repo_free(repo);
}

int
main(void)
{
	fixture_start();
	unit_run("kept", test_filed__kept);
	unit_run("papers kept", test_filed__papers_kept);
	unit_run("damage", test_filed__damage);
	fixture_end();
	return unit_end();
}
