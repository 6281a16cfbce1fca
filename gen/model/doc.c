/* A file apart: front matter and body; what may stand in it; and the ways to its nodes. */
#include "model/model_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the parts --------------------------------------------------------------------------- */
/* A line of three hyphens, blanks behind them allowed. */
static bool
is_fence(const char *line, const char *end)
{
	if (end - line < 3 || memcmp(line, "---", 3) != 0)
		return false;
	return text_blank(line + 3, (size_t)(end - line - 3));
}

static const char *
line_end(const char *line, const char *end)
{
	const char *stop = memchr(line, '\n', (size_t)(end - line));

	return stop == NULL ? end : stop;
}

enum front_shape
front_split(struct front *out, const char *text, size_t len)
{
	const char *end = text + len, *line, *stop;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	stop = line_end(text, end);
	*out = (struct front){ text, text, text, false };
	if (!is_fence(text, stop))
		return FRONT_MISSING;
	out->crlf = stop < end && stop[-1] == '\r';
	out->from = out->to = out->body = end;
	if (stop < end)
		out->from = stop + 1;
	for (line = out->from; line < end; line = stop < end ? stop + 1 : end) {
		stop = line_end(line, end);
		if (!is_fence(line, stop))
			continue;
		out->to = line;
		out->body = stop < end ? stop + 1 : end;
		return FRONT_WHOLE;
	}
	return FRONT_UNCLOSED;
}

/* --- what may stand in it ---------------------------------------------------------------- */
bool
front_char(int32_t c)
{
	return c == '\n' || !utf8_hidden(c);
}

static void
complain(struct findings *findings, const char *file, const char *text, const char *at,
	 const char *says)
{
	int line, column;

	text_place(text, (size_t)(at - text), &line, &column);
	finding_file(findings, FRONT_RULE, file, line, column, "%s", says);
}

static void
complain_char(struct findings *findings, const char *file, const char *text, const char *at,
	      int32_t c)
{
	char says[128];

	if (c == '\t')
		snprintf(says, sizeof(says), "这里有制表符（Tab），请改用空格");
	else
		snprintf(says, sizeof(says), "这里有看不见的字符（U+%04X），请删去后重新输入",
			 (unsigned)c);
	complain(findings, file, text, at, says);
}

/* The front matter with a space for each character that may not stand there, so that the rest
 * can still be read and every column stays. The text itself when there is none. */
static const char *
clean(struct arena *arena, const char *text, const char *from, size_t *len, const char *file,
      struct findings *findings)
{
	const char *end = from + *len, *p = from, *at;
	char *copy = NULL, *to = NULL;
	int32_t c;
	int faults = 0;

	while (p < end) {
		at = p;
		c = utf8_next(&p, end);
		if (front_char(c) || (c == '\r' && p < end && *p == '\n')) {
			if (to != NULL)
				memcpy(to, at, (size_t)(p - at));
			to = to == NULL ? NULL : to + (p - at);
			continue;
		}
		if (copy == NULL) {
			copy = arena_strndup(arena, from, *len);
			to = copy + (at - from);
		}
		*to++ = ' ';
		if (++faults <= FRONT_FAULTS_MAX)
			complain_char(findings, file, text, at, c);
	}
	if (copy == NULL)
		return from;
	*len = (size_t)(to - copy);
	return copy;
}

/* --- files ------------------------------------------------------------------------------- */
static void
empty_doc(struct doc *out, struct arena *arena, const char *file)
{
	memset(out, 0, sizeof(*out));
	out->front = node_empty(arena);
	out->file = file;
	out->body = "";
	out->body_line = 1;
}

/* Only text of a bearable size is looked at more closely. `until`: the end of what must be
 * UTF-8 to be read at all. */
static bool
sound(struct findings *findings, const char *text, size_t len, const char *until, const char *file)
{
	size_t bad;

	if (len > DOC_MAX_BYTES) {
		finding_file(findings, FRONT_RULE, file, 0, 0,
			     "文件超过 1 MB，请精简，大的内容作为材料另附");
		return false;
	}
	bad = utf8_check(text, len);
	if (bad == len)
		return true;
	complain(findings, file, text, text + bad,
		 "这里不是 UTF-8 文字；请用 UTF-8 编码重新保存（记事本：另存为，编码选 UTF-8）");
	return bad >= (size_t)(until - text);
}

static void
take_body(struct doc *out, struct arena *arena, const char *text, const char *body, const char *end,
	  struct findings *findings)
{
	const char *p, *nul = memchr(body, '\0', (size_t)(end - body));

	out->body_len = (size_t)(end - body);
	out->body = arena_strndup(arena, body, out->body_len);
	for (p = text; p < body; p++)
		out->body_line += *p == '\n' ? 1 : 0;
	if (nul != NULL)
		complain_char(findings, out->file, text, nul, 0);
}

void
doc_parse(struct doc *out, struct arena *arena, const char *text, size_t len, const char *file,
	  struct findings *findings)
{
	struct front front;
	enum front_shape shape = FRONT_MISSING;
	size_t front_len;

	empty_doc(out, arena, file);
	out->broken = true;
	if (len <= DOC_MAX_BYTES)
		shape = front_split(&front, text, len);
	if (!sound(findings, text, len, len <= DOC_MAX_BYTES ? front.body : text, file))
		return;
	take_body(out, arena, text, front.body, text + len, findings);
	if (shape != FRONT_WHOLE) {
		finding_file(findings, FRONT_RULE, file, 1, 1,
			     shape == FRONT_MISSING
				 ? "文件应当以一行 --- 开头，接着是元数据，再以一行 --- 结束"
				 : "元数据没有收尾：缺少第二个 --- 行");
		return;
	}
	front_len = (size_t)(front.to - front.from);
	front.from = clean(arena, text, front.from, &front_len, file, findings);
	out->front = yaml_read(arena, front.from, front_len, file, 2, findings, &out->broken);
}

void
yaml_parse(struct doc *out, struct arena *arena, const char *text, size_t len, const char *file,
	   struct findings *findings)
{
	const char *from = text;

	empty_doc(out, arena, file);
	out->broken = !sound(findings, text, len, text + len, file);
	if (out->broken)
		return;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		from += 3;
		len -= 3;
	}
	from = clean(arena, text, from, &len, file, findings);
	out->front = yaml_read(arena, from, len, file, 1, findings, &out->broken);
}

/* --- nodes ------------------------------------------------------------------------------- */
struct node *
node_empty(struct arena *arena)
{
	struct node *node = arena_alloc(arena, sizeof(*node));

	node->kind = NODE_MAP;
	node->text = "";
	node->line = node->column = 1;
	return node;
}

const struct node *
node_get(const struct node *map, const char *key)
{
	size_t i;

	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	for (i = 0; i < map->count; i++) {
		if (strcmp(map->keys[i], key) == 0)
			return map->items[i];
	}
	return NULL;
}

const char *
node_text(const struct node *map, const char *key)
{
	const struct node *node = node_get(map, key);

	return node != NULL && node->kind == NODE_SCALAR ? node->text : "";
}

bool
node_same(const struct node *a, const struct node *b)
{
	size_t i;

	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind || a->count != b->count || strcmp(a->text, b->text) != 0)
		return false;
	for (i = 0; i < a->count; i++) {
		if (a->kind == NODE_MAP && strcmp(a->keys[i], b->keys[i]) != 0)
			return false;
		if (!node_same(a->items[i], b->items[i]))
			return false;
	}
	return true;
}

/* The value of the key that path begins with; *path moves behind the key. */
static const struct node *
step_key(const struct node *at, const char **path)
{
	char key[128];
	size_t len = strcspn(*path, ".[");

	if (len >= sizeof(key))
		return NULL;
	memcpy(key, *path, len);
	key[len] = '\0';
	*path += len;
	return node_get(at, key);
}

/* "[2]": the second row, or the list when it has no such row. */
static const struct node *
step_row(const struct node *list, const char **path, bool *found)
{
	char *end;
	unsigned long row = strtoul(*path + 1, &end, 10);

	*path = *end == ']' ? end + 1 : end;
	*found = list->kind == NODE_LIST && row >= 1 && row <= list->count;
	return *found ? list->items[row - 1] : list;
}

const struct node *
node_at(const struct node *front, const char *path)
{
	const struct node *at = NULL, *next = front;
	bool found = true;

	while (next != NULL && found && *path != '\0') {
		next = step_key(next, &path);
		if (next != NULL)
			at = next;
		while (next != NULL && found && *path == '[')
			next = at = step_row(next, &path, &found);
		if (*path == '.')
			path++;
		else if (*path != '\0')
			break;
	}
	return at;
}
