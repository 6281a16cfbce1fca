#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "unit.h"

static void
check_buf(const struct buf *b)
{
	CHECK(b->ptr != NULL);
	CHECK(b->ptr[b->len] == '\0');
	CHECK(b->cap == 0 ? b->len == 0 : b->len < b->cap);
	CHECK(b->max == 0 || b->len <= b->max);
}

static void
test_buf__grows(void)
{
	struct buf b = BUF_INIT;
	int i;

	check_buf(&b);
	for (i = 0; i < 10000; i++) {
		buf_putc(&b, (char)('a' + i % 26));
		if (i % 100 == 0)
			check_buf(&b);
	}
	CHECK_INT(b.len, 10000);
	for (i = 0; i < 10000; i++)
		CHECK(b.ptr[i] == (char)('a' + i % 26));
	buf_clear(&b);
	check_buf(&b);
	CHECK_STR(b.ptr, "");
	buf_put(&b, NULL, 0);
	buf_puts(&b, "再来");
	CHECK_STR(b.ptr, "再来");
	buf_release(&b);
	check_buf(&b);
	buf_release(&b);
}

static void
test_buf__stops_at_max(void)
{
	struct buf b;

	buf_init(&b, 5);
	buf_puts(&b, "abc");
	CHECK(!b.full);
	buf_puts(&b, "def");
	CHECK(b.full);
	CHECK_STR(b.ptr, "abc");
	/* No holes: what came after the first refusal stays out although it would fit. */
	buf_putc(&b, 'g');
	buf_printf(&b, "%d", 1);
	CHECK_STR(b.ptr, "abc");
	check_buf(&b);
	buf_clear(&b);
	CHECK(!b.full);
	buf_puts(&b, "12345");
	CHECK_STR(b.ptr, "12345");
	CHECK(!b.full && !buf_reserve(&b, 1) && b.full);
	buf_release(&b);
	CHECK_INT(b.max, 5);
}

static void
test_buf__printf(void)
{
	struct buf b = BUF_INIT;
	char wide[400];

	memset(wide, 'w', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	buf_printf(&b, "%s %d%%", "进度", 42);
	CHECK_STR(b.ptr, "进度 42%");
	buf_clear(&b);
	buf_printf(&b, "%.255s", wide);
	CHECK_INT(b.len, 255);
	buf_printf(&b, "%.256s", wide);
	CHECK_INT(b.len, 511);
	buf_printf(&b, "[%s]", wide);
	CHECK_INT(b.len, 511 + 401);
	CHECK(b.ptr[911] == ']');
	check_buf(&b);
	buf_release(&b);
}

static void
test_buf__detach(void)
{
	struct buf b;
	char *p;

	buf_init(&b, 9);
	p = buf_detach(&b);
	CHECK_STR(p, "");
	free(p);
	buf_puts(&b, "owned");
	p = buf_detach(&b);
	CHECK_STR(p, "owned");
	CHECK(b.len == 0 && b.max == 9);
	free(p);
	buf_release(&b);
}

static void
test_buf__html_text(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ "一般文字 plain", "一般文字 plain" },
		{ "<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;" },
		{ "a\tb\nc", "a\tb\nc" },
		{ "a\001b\x7f", "a\xef\xbf\xbd"
				"b\xef\xbf\xbd" },
		{ "\xff<\xe4\xba", "\xef\xbf\xbd&lt;\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf0\x9f\x98\x80&", "\xf0\x9f\x98\x80&amp;" },
	};
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		html_text(&b, rows[i].in);
		CHECK_STR(b.ptr, rows[i].out);
	}
	buf_clear(&b);
	html_text_n(&b, "a<b", 2);
	CHECK_STR(b.ptr, "a&lt;");
	/* A character that the length cuts is not read beyond it. */
	buf_clear(&b);
	html_text_n(&b, "云", 2);
	CHECK_STR(b.ptr, "\xef\xbf\xbd\xef\xbf\xbd");
	buf_clear(&b);
	html_text_n(&b, "a\0b", 3);
	CHECK_STR(b.ptr, "a\xef\xbf\xbd"
			 "b");
	buf_release(&b);
}

static void
test_buf__html_attr_and_url(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "tickets/SQ-2021-0001.html#c3", "tickets/SQ-2021-0001.html#c3" },
		{ "javascript:alert(1)", "javascript%3Aalert%281%29" },
		{ "a b?c%d", "a%20b%3Fc%25d" },
		{ "附件", "%E9%99%84%E4%BB%B6" },
		{ "//evil.example/x", ".//evil.example/x" },
		{ "\\\\evil", "%5C%5Cevil" },
		{ "\"><script>", "%22%3E%3Cscript%3E" },
	};
	struct buf b = BUF_INIT;
	size_t i;

	html_attr(&b, "title", "\"一\" & <二>");
	CHECK_STR(b.ptr, " title=\"&quot;一&quot; &amp; &lt;二&gt;\"");
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		html_url(&b, rows[i].in);
		CHECK_STR(b.ptr, rows[i].out);
	}
	buf_release(&b);
}

static void
test_buf__json(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "\"\"" },
		{ "云卷", "\"云卷\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "x\ny\tz\r", "\"x\\ny\\u0009z\\u000d\"" },
		{ "</script>", "\"\\u003c/script>\"" },
		{ "\x7f\x01", "\"\\u007f\\u0001\"" },
		{ "\xff"
		  "a\xc0\x80",
		  "\"\xef\xbf\xbd"
		  "a\xef\xbf\xbd\xef\xbf\xbd\"" },
	};
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		json_str(&b, rows[i].in);
		CHECK_STR(b.ptr, rows[i].out);
	}
	buf_clear(&b);
	buf_putc(&b, '{');
	json_key(&b, "a");
	buf_puts(&b, "[1]");
	json_key(&b, "b");
	buf_puts(&b, "{");
	json_key(&b, "c");
	buf_puts(&b, "2}}");
	CHECK_STR(b.ptr, "{\"a\":[1],\"b\":{\"c\":2}}");
	buf_release(&b);
}

/* Runs fn in a child that may print nothing; its exit status. */
static int
status_of(void (*fn)(void))
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		int saved = dup(2);

		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(99);
		fn();
		dup2(saved, 2);
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
too_many(void)
{
	xreallocarray(NULL, SIZE_MAX / 2, 3);
}

static void
too_long(void)
{
	struct arena a = { 0 };

	arena_alloc(&a, SIZE_MAX - 3);
}

static void
test_buf__no_memory_ends(void)
{
	CHECK_INT(xsize(3, 4, 5), 17);
	CHECK_INT(xsize(0, SIZE_MAX, 1), 1);
	CHECK(xsize(1, SIZE_MAX, 0) == SIZE_MAX);
	CHECK_INT(status_of(too_many), 3);
	CHECK(status_of(too_long) != 0);
}

int
main(void)
{
	unit_run("buf: grows and stays terminated", test_buf__grows);
	unit_run("buf: stops at its max", test_buf__stops_at_max);
	unit_run("buf: printf", test_buf__printf);
	unit_run("buf: detach", test_buf__detach);
	unit_run("buf: HTML text", test_buf__html_text);
	unit_run("buf: HTML attributes and addresses", test_buf__html_attr_and_url);
	unit_run("buf: JSON", test_buf__json);
	unit_run("buf: impossible sizes end the program", test_buf__no_memory_ends);
	return unit_end();
}
