#include <errno.h>
#include <stdlib.h>

#include "base/base.h"
#include "unit.h"

/* What findings_print prints; owned by the caller. */
static char *
printed(const struct findings *list)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	findings_print(list, out);
	fclose(out);
	return text;
}

static void
check_printed(const struct findings *list, const char *expected)
{
	char *text = printed(list);

	CHECK_STR(text, expected);
	free(text);
}

static void
test_finding__copies_and_defaults(void)
{
	struct findings list = { .ticket = "SQ-1", .commit = "abc", .file = "a.md" };
	char message[] = "缺字段";
	struct finding f = { .severity = SEVERITY_WARN, .rule = "r", .message = message };

	finding_add(&list, &f);
	message[0] = 'x';
	CHECK_STR(list.items[0].message, "缺字段");
	CHECK_STR(list.items[0].ticket, "SQ-1");
	CHECK_STR(list.items[0].commit, "abc");
	CHECK_STR(list.items[0].file, "a.md");
	CHECK_STR(list.items[0].article, "");
	CHECK(!findings_refuse(&list));
	finding_file(&list, "calendar", "b.tsv", 3, 4, "第 %d 栏", 2);
	CHECK(findings_refuse(&list));
	CHECK_INT(findings_count(&list, SEVERITY_REFUSE), 1);
	CHECK_INT(findings_count(&list, SEVERITY_NOTE), 0);
	findings_release(&list);
	findings_release(&list);
}

static void
add(struct findings *list, const char *commit, const char *file, int line, const char *rule,
    const char *ticket)
{
	struct finding f = { .rule = rule,
			     .commit = commit,
			     .file = file,
			     .line = line,
			     .ticket = ticket,
			     .message = "m" };

	finding_add(list, &f);
}

static void
test_finding__sort(void)
{
	static const char *const order[] = { "b1", "b2", "a3", "a4", "a5" };
	struct findings list = { 0 };
	size_t i;

	add(&list, "beef", "z", 2, "b2", "");
	add(&list, "beef", "a", 9, "b1", "");
	add(&list, "beef", "z", 2, "b2", "");
	add(&list, "aaaa", "f", 2, "a5", "");
	add(&list, "aaaa", "f", 2, "a4", "");
	add(&list, "aaaa", "f", 1, "a3", "");
	add(&list, "aaaa", "f", 2, "a5", "");
	findings_sort(&list);
	CHECK_INT(list.count, 5);
	for (i = 0; i < list.count && i < 5; i++)
		CHECK_STR(list.items[i].rule, order[i]);
	findings_release(&list);
	findings_sort(&list);
	CHECK_INT(list.count, 0);
}

/* The same sentence about two tickets is two findings. */
static void
test_finding__tickets_apart(void)
{
	struct findings list = { 0 };

	add(&list, "", "", 0, "r", "SQ-1");
	add(&list, "", "", 0, "r", "SQ-2");
	add(&list, "", "", 0, "r", "SQ-1");
	findings_sort(&list);
	CHECK_INT(list.count, 2);
	findings_release(&list);
}

static void
test_finding__print(void)
{
	struct findings list = { 0 };
	struct finding f = { .severity = SEVERITY_WARN,
			     .rule = "late",
			     .commit = "0123456789abcdef",
			     .article_label = "第一条",
			     .message = "晚了" };

	finding_file(&list, "r", "a\033[2Jb\302\2332J\x9b.md", 3, 4, "不对\n请改");
	check_printed(&list, "a\xef\xbf\xbd[2Jb\xef\xbf\xbd"
			     "2J\xef\xbf\xbd.md:3:4: 拒绝：不对\xef\xbf\xbd请改 [r]\n");
	findings_release(&list);
	finding_file(&list, "r", "a.md", 0, 0, "空");
	finding_add(&list, &f);
	check_printed(&list, "a.md: 拒绝：空 [r]\n0123456789 警告：晚了 [late，依据第一条]\n");
	findings_release(&list);
}

static void
test_finding__json(void)
{
	struct findings list = { 0 };
	struct buf b = BUF_INIT;

	findings_json(&list, &b);
	CHECK_STR(b.ptr, "[]\n");
	finding_file(&list, "r", "a.md", 3, 4, "“%s”", "\"");
	add(&list, "c", "f", 1, "s", "T-1");
	buf_clear(&b);
	findings_json(&list, &b);
	CHECK_STR(
	    b.ptr,
	    "[\n{\"severity\":\"refuse\",\"rule\":\"r\",\"article\":\"\",\"ticket\":\"\","
	    "\"commit\":\"\",\"file\":\"a.md\",\"line\":3,\"column\":4,\"message\":\"“\\\"”\"}"
	    ",\n{\"severity\":\"note\",\"rule\":\"s\",\"article\":\"\",\"ticket\":\"T-1\","
	    "\"commit\":\"c\",\"file\":\"f\",\"line\":1,\"column\":0,\"message\":\"m\"}\n]\n");
	buf_release(&b);
	findings_release(&list);
}

/* A sentence that is too long is cut between two characters. */
static void
test_finding__long_message(void)
{
	struct findings list = { 0 };
	struct buf b = BUF_INIT;
	int i;

	for (i = 0; i < 500; i++)
		buf_puts(&b, "云");
	finding_file(&list, "r", "f", 1, 1, "%s", b.ptr);
	finding_file(&list, "r", "f", 1, 1, "a%s", b.ptr);
	finding_file(&list, "r", "f", 1, 1, "ab%s", b.ptr);
	for (i = 0; i < 3; i++) {
		size_t len = strlen(list.items[i].message);

		CHECK(len > 1000 && utf8_check(list.items[i].message, len) == len);
	}
	buf_release(&b);
	findings_release(&list);
}

static void
test_err__first_wins(void)
{
	struct err err = { 0 };

	CHECK_INT(err_at(&err, ERR_DATA, "a.yml", 2, 3, "第 %d 个", 1), -1);
	CHECK_INT(err_set(&err, ERR_IO, "后来的"), -1);
	errno = ENOENT;
	CHECK_INT(err_sys(&err, "打开", "x"), -1);
	CHECK_INT(err.code, ERR_DATA);
	CHECK_STR(err.text, "第 1 个");
	CHECK_STR(err.file, "a.yml");
	CHECK(err.line == 2 && err.column == 3);
	err_clear(&err);
	errno = ENOENT;
	CHECK_INT(err_sys(&err, "打开", "x"), -1);
	CHECK_INT(err.code, ERR_IO);
	CHECK(text_starts(err.text, "打开失败：x（"));
}

static void
test_err__cut_text(void)
{
	struct err err = { 0 };
	struct buf b = BUF_INIT;
	int i;

	buf_puts(&b, "a");
	for (i = 0; i < 500; i++)
		buf_puts(&b, "云");
	err_at(&err, ERR_DATA, b.ptr, 1, 1, "%s", b.ptr);
	CHECK_INT(utf8_check(err.text, strlen(err.text)), strlen(err.text));
	CHECK_INT(utf8_check(err.file, strlen(err.file)), strlen(err.file));
	CHECK(strlen(err.text) > 760 && strlen(err.file) > 250);
	buf_release(&b);
}

int
main(void)
{
	unit_run("finding: copies and defaults", test_finding__copies_and_defaults);
	unit_run("finding: sorted, equal ones once", test_finding__sort);
	unit_run("finding: two tickets stay two", test_finding__tickets_apart);
	unit_run("finding: as text", test_finding__print);
	unit_run("finding: as JSON", test_finding__json);
	unit_run("finding: a long sentence", test_finding__long_message);
	unit_run("err: the first failure wins", test_err__first_wins);
	unit_run("err: a long text", test_err__cut_text);
	return unit_end();
}
