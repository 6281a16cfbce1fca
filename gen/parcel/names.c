/* names: what a file in a bag may be called, so that it means the same on every system. */
#include "parcel/bag.h"
#include "parcel/bag_read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define SEGMENT_MAX_BYTES 255
#define NAME_MAX_CHARACTERS 240 /* with a folder before it still within what Windows opens */
#define DEPTH_MAX 16

/* id, and what is wrong as the end of "名字“…”". */
struct fault {
	const char *rule, *why;
};

static const struct fault fault_empty = { "name-empty", "有空的一段，或者有一段只是一个点" },
			  fault_utf8 = { "name-utf8", "不是 UTF-8 编码" },
			  fault_control = { "name-control", "里有控制字符或看不见的字符" },
			  fault_direction = { "name-direction", "里有改变文字方向的字符" },
			  fault_absolute = { "name-absolute", "以 / 开头，会写到别处" },
			  fault_drive = { "name-drive", "里有盘符或冒号" },
			  fault_backslash = { "name-backslash", "里有反斜杠" },
			  fault_traversal = { "name-traversal", "里有 ..，会写到别处" },
			  fault_reserved = { "name-reserved", "在 Windows 上不能用作文件名" },
			  fault_end = { "name-end", "有一段以点或空格结尾，Windows 会去掉它" },
			  fault_long = { "name-long", "太长" },
			  fault_deep = { "name-deep", "套的目录太深" };

static bool
in_ranges(int32_t c, const int32_t (*ranges)[2], size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	}
	return false;
}

static const struct fault *
character_fault(int32_t c)
{
	static const int32_t hidden[][2] = { { 0, 0x1f },	 { 0x7f, 0x9f },
					     { 0xad, 0xad },	 { 0x200b, 0x200b },
					     { 0x2028, 0x2029 }, { 0x2060, 0x2064 },
					     { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
					     { 0xfffe, 0xffff }, { 0xe0000, 0xe007f } };
	static const int32_t turning[][2] = {
		{ 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x202a, 0x202e }, { 0x2066, 0x206f }
	};

	if (c < 0)
		return &fault_utf8;
	if (in_ranges(c, hidden, sizeof(hidden) / sizeof(*hidden)))
		return &fault_control;
	if (in_ranges(c, turning, sizeof(turning) / sizeof(*turning)))
		return &fault_direction;
	if (c == '\\')
		return &fault_backslash;
	if (c == ':')
		return &fault_drive;
	return c < 0x80 && strchr("<>\"|?*", c) != NULL ? &fault_reserved : NULL;
}

static const struct fault *
characters_fault(const char *name, size_t len)
{
	const char *at = name, *end = name + len;
	size_t count = 0;

	while (at < end) {
		const struct fault *fault = character_fault(utf8_next(&at, end));

		if (fault != NULL)
			return fault;
		count++;
	}
	return count > NAME_MAX_CHARACTERS ? &fault_long : NULL;
}

/* CON, com1.txt, LPT².pdf: the name up to its first dot, spaces behind it left out. */
static bool
is_device(const char *segment, size_t len)
{
	static const char *const whole[] = { "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$" };
	static const char *const superscripts[] = { "\xc2\xb9", "\xc2\xb2", "\xc2\xb3" };
	char stem[8] = "";
	size_t n = 0, i;

	while (n < len && segment[n] != '.')
		n++;
	while (n > 0 && segment[n - 1] == ' ')
		n--;
	if (n < 3 || n >= sizeof(stem))
		return false;
	for (i = 0; i < n; i++)
		stem[i] = (char)toupper((unsigned char)segment[i]);
	for (i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		if (strcmp(stem, whole[i]) == 0)
			return true;
	}
	if (strncmp(stem, "COM", 3) != 0 && strncmp(stem, "LPT", 3) != 0)
		return false;
	if (n == 4 && isdigit((unsigned char)stem[3]))
		return true;
	for (i = 0; n == 5 && i < 3; i++) {
		if (memcmp(segment + 3, superscripts[i], 2) == 0)
			return true;
	}
	return false;
}

static const struct fault *
segment_fault(const char *segment, size_t len)
{
	if (len == 0 || (len == 1 && segment[0] == '.'))
		return &fault_empty;
	if (len == 2 && segment[0] == '.' && segment[1] == '.')
		return &fault_traversal;
	if (len > SEGMENT_MAX_BYTES)
		return &fault_long;
	if (segment[len - 1] == '.' || segment[len - 1] == ' ')
		return &fault_end;
	return is_device(segment, len) ? &fault_reserved : NULL;
}

static const struct fault *
segments_fault(const char *name, size_t len)
{
	const char *end = name + len, *slash;
	size_t depth = 0;

	for (;; name = slash + 1) {
		const struct fault *fault;

		slash = memchr(name, '/', (size_t)(end - name));
		fault = segment_fault(name, (size_t)((slash == NULL ? end : slash) - name));
		if (fault != NULL)
			return fault;
		if (++depth > DEPTH_MAX)
			return &fault_deep;
		if (slash == NULL)
			return NULL;
	}
}

const char *
bag_name_fault(const char *name, size_t len, const char **rule)
{
	const struct fault *fault;

	if (len > 0 && name[0] == '/')
		fault = &fault_absolute;
	else
		fault = characters_fault(name, len);
	if (fault == NULL)
		fault = segments_fault(name, len);
	if (fault != NULL && rule != NULL)
		*rule = fault->rule;
	return fault == NULL ? NULL : fault->why;
}

void
bag_name_show(struct buf *out, const char *text)
{
	const char *at = text, *end = text + strlen(text);

	while (at < end) {
		const char *from = at;

		utf8_next(&at, end);
		/* One character is a whole name to the check of names, but for these. */
		if (strchr("/. \\:<>\"|?*", *from) != NULL ||
		    bag_name_fault(from, (size_t)(at - from), NULL) == NULL)
			buf_put(out, from, (size_t)(at - from));
		else
			buf_puts(out, "\xef\xbf\xbd");
	}
}

const char *
bag_name_key(struct arena *arena, const char *name, size_t len)
{
	utf8proc_uint8_t *mapped = NULL;
	const char *key = "";
	utf8proc_ssize_t n =
	    utf8proc_map((const utf8proc_uint8_t *)name, (utf8proc_ssize_t)len, &mapped,
			 UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);

	if (n >= 0)
		key = arena_strndup(arena, (const char *)mapped, (size_t)n);
	free(mapped);
	return key;
}
