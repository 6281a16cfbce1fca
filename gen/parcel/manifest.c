/* manifest: the bag's own text files. */
#include "parcel/read_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX_BYTES 4096
#define DIGEST_DIGITS 64 /* SHA-256 and SM3 alike */

/* The next line without its end; false behind the last one. */
static bool
next_line(const char **at, const char *end, const char **line, size_t *len)
{
	const char *stop;

	if (*at >= end)
		return false;
	*line = *at;
	stop = memchr(*at, '\n', (size_t)(end - *at));
	*at = stop == NULL ? end : stop + 1;
	stop = stop == NULL ? end : stop;
	if (stop > *line && stop[-1] == '\r')
		stop--;
	*len = (size_t)(stop - *line);
	return true;
}

/* BagIt writes %, CR and LF as %25, %0D and %0A; no other byte so. */
static const char *
decode(struct arena *arena, const char *name, size_t len)
{
	struct buf out = BUF_INIT;
	const char *copy;
	size_t i;

	for (i = 0; i < len; i++) {
		if (name[i] == '%' && len - i >= 3 && name[i + 1] == '2' && name[i + 2] == '5') {
			buf_putc(&out, '%');
			i += 2;
		} else {
			buf_putc(&out, name[i]);
		}
	}
	copy = arena_strndup(arena, out.ptr, out.len);
	buf_release(&out);
	return copy;
}

/* "<64 digits> [*]name"; false when it is not so. */
static bool
parse_line(struct bag_reader *bag, const char *line, size_t len, struct manifest_line *out)
{
	char digest[DIGEST_DIGITS + 1];
	size_t i, at;

	if (len < DIGEST_DIGITS + 2)
		return false;
	for (i = 0; i < DIGEST_DIGITS; i++) {
		if (!isxdigit((unsigned char)line[i]))
			return false;
		digest[i] = (char)tolower((unsigned char)line[i]);
	}
	digest[i] = '\0';
	for (at = i; at < len && (line[at] == ' ' || line[at] == '\t'); at++) {
	}
	if (at == i || at == len)
		return false;
	if (line[at] == '*')
		at++;
	if (bag_name_fault(line + at, len - at, NULL) != NULL)
		return false;
	out->digest = arena_strdup(&bag->arena, digest);
	out->name = decode(&bag->arena, line + at, len - at);
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct manifest_line *)a)->name,
		      ((const struct manifest_line *)b)->name);
}

void
manifest_parse(struct manifest *out, struct bag_reader *bag, const char *file,
	       const struct buf *text)
{
	const char *at = text->ptr, *end = text->ptr + text->len, *line;
	size_t len, i;
	int number = 0;

	while (next_line(&at, end, &line, &len)) {
		struct manifest_line row = { .line = ++number };

		if (out->count > bag->limits.files)
			break;
		if (parse_line(bag, line, len, &row))
			vec_push(out->lines, out->count, out->cap, row);
		else
			refuse(bag, "bag-line", file, number,
			       "这一行不是“64 位摘要、空格、文件名”");
	}
	if (out->count > 1)
		qsort(out->lines, out->count, sizeof(*out->lines), by_name);
	for (i = 1; i < out->count; i++) {
		if (strcmp(out->lines[i - 1].name, out->lines[i].name) == 0)
			refuse(bag, "bag-line", file, out->lines[i].line, "“%s”列了不止一次",
			       out->lines[i].name);
	}
}

void
manifest_release(struct manifest *manifest)
{
	free(manifest->lines);
	memset(manifest, 0, sizeof(*manifest));
}

const struct manifest_line *
manifest_find(const struct manifest *manifest, const char *name)
{
	struct manifest_line key = { .name = name };

	if (manifest->count == 0)
		return NULL;
	return bsearch(&key, manifest->lines, manifest->count, sizeof(key), by_name);
}

/* --- bag-info.txt ---------------------------------------------------------------------------------- */
/* A line that begins with a blank goes on with the value of the one before. */
static bool
continue_label(struct bag_reader *bag, const char *line, size_t len)
{
	struct label *last;
	size_t skip = 0;

	if (bag->label_count == 0)
		return false;
	while (skip < len && (line[skip] == ' ' || line[skip] == '\t'))
		skip++;
	last = &bag->labels[bag->label_count - 1];
	if (strlen(last->value) + len > VALUE_MAX_BYTES)
		return false;
	last->value =
	    arena_printf(&bag->arena, "%s %.*s", last->value, (int)(len - skip), line + skip);
	return true;
}

static bool
parse_label(struct bag_reader *bag, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len), *value;
	struct label label;

	if (colon == NULL || colon == line)
		return false;
	value = colon + 1;
	while (value < line + len && (*value == ' ' || *value == '\t'))
		value++;
	label.name = arena_strndup(&bag->arena, line, (size_t)(colon - line));
	label.value = arena_strndup(&bag->arena, value, (size_t)(line + len - value));
	vec_push(bag->labels, bag->label_count, bag->label_cap, label);
	return true;
}

void
info_parse(struct bag_reader *bag, const char *file, const struct buf *text)
{
	const char *at = text->ptr, *end = text->ptr + text->len, *line;
	size_t len;
	int number = 0;
	bool good = true;

	if (utf8_check(text->ptr, text->len) != text->len ||
	    memchr(text->ptr, '\0', text->len) != NULL || text->len > 65536) {
		refuse(bag, "bag-info", file, 0, "不是 UTF-8 文字，或者太长");
		return;
	}
	while (good && next_line(&at, end, &line, &len)) {
		number++;
		if (len == 0)
			continue;
		good = line[0] == ' ' || line[0] == '\t' ? continue_label(bag, line, len)
							 : parse_label(bag, line, len);
		if (!good)
			refuse(bag, "bag-info", file, number, "这一行不是“名称: 值”");
	}
}
