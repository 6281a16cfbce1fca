/* Commit messages: whatever they say, the parts are parts of it, and who acted is somebody. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trail/message.h"

#include "fuzz.h"

/* A part is never longer than the whole and has no blanks around it. */
static void
check_part(const char *part, size_t size)
{
	size_t len = strlen(part);

	must(len <= size);
	must(len == 0 || strchr(" \t\r\n", part[0]) == NULL);
	must(len == 0 || strchr(" \t\r\n", part[len - 1]) == NULL);
}

static void
check(const char *text, size_t size, bool drop_comments)
{
	struct arena arena = { 0 };
	struct message m;

	message_parse(&m, &arena, text, drop_comments);
	check_part(m.subject, size);
	check_part(m.opinion, size);
	check_part(m.late_reason, size);
	check_part(m.submitted_by, size);
	must(strchr(m.subject, '\n') == NULL);
	must(strchr(m.late_reason, '\n') == NULL);
	must(strchr(m.submitted_by, '\n') == NULL);
	must((m.subject[0] == '\0') <= (m.late_reason[0] == '\0'));
	must(strlen(message_email(&arena, text)) <= size);
	must(strlen(message_actor(&arena, text, "a@b")) <= size + 3);
	arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	check(text, size, false);
	check(text, size, true);
	free(text);
	return 0;
}
