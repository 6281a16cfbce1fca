/* Markdown: whatever comes, the HTML is UTF-8, has no tag or address but ours, and is bounded. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

#include "fuzz.h"

static void
check_tag(const char *tag)
{
	static const char *const names[] = {
		"p",	 "h1",	  "h2",	   "h3", "h4",	   "h5", "h6",	       "ul", "ol",
		"li",	 "pre",	  "code",  "em", "strong", "a",	 "img",	       "br", "hr",
		"table", "thead", "tbody", "tr", "th",	   "td", "blockquote",
	};
	size_t len, i;

	tag += *tag == '/';
	len = strcspn(tag, " >");
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len && memcmp(names[i], tag, len) == 0)
			return;
	abort();
}

/* What stands behind href=" or src=". */
static void
check_address(const char *from)
{
	size_t len = strcspn(from, "\"");

	/* One step up may stand at the beginning. */
	if (len > 3 && memcmp(from, "../", 3) == 0) {
		from += 3;
		len -= 3;
	}
	must(len > 0 && from[0] != '/' && memchr(from, ':', len) == NULL);
	must(memmem(from, len, "..", 2) == NULL);
	must(memmem(from, len, "%5C", 3) == NULL && memmem(from, len, "%00", 3) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = BUF_INIT;
	struct arena arena = { 0 };
	struct section *sections;
	size_t count, i;
	const char *p;

	markdown_html(&out, (const char *)data, size, 2);
	must(utf8_check(out.ptr, out.len) == out.len && strlen(out.ptr) == out.len);
	must(out.len <= 100 * size + 100);
	for (p = strchr(out.ptr, '<'); p != NULL; p = strchr(p + 1, '<')) {
		check_tag(p + 1);
		if (strncmp(p, "<a href=\"", 9) == 0 || strncmp(p, "<img src=\"", 10) == 0)
			check_address(strchr(p, '"') + 1);
	}
	count = markdown_sections(&arena, (const char *)data, size, &sections);
	for (i = 0; i < count; i++)
		must(sections[i].level >= 1 && sections[i].level <= 6 && sections[i].line >= 1);
	arena_release(&arena);
	buf_release(&out);
	return 0;
}
