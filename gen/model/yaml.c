/* YAML to nodes, by libyaml's events. The subset is what offices need: maps, lists, scalars. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 8
#define NODES_MAX 20000
#define RULE "front-matter"

struct reading {
	yaml_parser_t parser;
	struct arena *arena;
	struct findings *findings;
	const char *file;
	int first_line; /* of the YAML within the file, from 1 */
	int nodes;
	bool failed;
};

static void
complain(struct reading *r, const yaml_mark_t *mark, const char *text)
{
	finding_file(r->findings, RULE, r->file, r->first_line + (int)mark->line, (int)mark->column + 1, "%s", text);
}

/* libyaml's words are English and technical; the few that happen daily get their own sentence. */
static const char *
problem_in_chinese(const char *problem)
{
	static const struct {
		const char *part, *says;
	} rows[] = {
		{ "found character that cannot start any token", "这里有不能用的字符（常见的是制表符或 @、`）；缩进请用空格，值里有特殊字符请加双引号" },
		{ "mapping values are not allowed", "这里多了冒号；值里有“: ”请给整个值加双引号" },
		{ "could not find expected ':'", "这一行缺少冒号；每一项写成“键: 值”" },
		{ "did not find expected key", "缩进不齐或引号没有成对；同一级的各行要对齐" },
		{ "did not find expected '-'", "列表的各行“- ”没有对齐" },
		{ "found unexpected end of stream", "引号或括号没有收尾" },
		{ "did not find expected ',' or", "方括号或花括号里缺少逗号或没有收尾" },
		{ "found a tab character", "缩进里有制表符，请改用空格" },
		{ "control characters are not allowed", "有看不见的控制字符，请删去" },
	};
	size_t i;

	for (i = 0; problem != NULL && i < sizeof(rows) / sizeof(*rows); i++) {
		if (strstr(problem, rows[i].part) != NULL)
			return rows[i].says;
	}
	return "元数据的写法有误；请检查缩进、冒号和引号";
}

/* The next event; false at a syntax error, which ends the reading. */
static bool
next_event(struct reading *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return true;
	complain(r, &r->parser.problem_mark, problem_in_chinese(r->parser.problem));
	r->failed = true;
	return false;
}

static struct node *
new_node(struct reading *r, enum node_kind kind, const yaml_mark_t *mark)
{
	struct node *node = arena_alloc(r->arena, sizeof(*node));

	node->kind = kind;
	node->text = "";
	node->line = r->first_line + (int)mark->line;
	node->column = (int)mark->column + 1;
	if (++r->nodes == NODES_MAX) {
		complain(r, mark, "内容太多（超过 20000 项），请分开写");
		r->failed = true;
	}
	return node;
}

static struct node *read_node(struct reading *r, const yaml_event_t *event, int depth);

static struct node *
read_scalar(struct reading *r, const yaml_event_t *event)
{
	struct node *node = new_node(r, NODE_SCALAR, &event->start_mark);
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;

	if (event->data.scalar.anchor != NULL)
		complain(r, &event->start_mark, "不能用锚点（&）；请直接写出内容");
	if (event->data.scalar.tag != NULL)
		complain(r, &event->start_mark, "不能用类型标记（!）；请直接写出内容");
	if (memchr(text, '\0', len) != NULL) {
		complain(r, &event->start_mark, "有空字符，请删去");
		len = strlen(text);
	}
	node->text = arena_strndup(r->arena, text, len);
	/* ~ and null are what other programs write for nothing. */
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && (strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0))
		node->text = "";
	return node;
}

/* Grows an arena array by doubling; the old piece stays with the arena. */
static void *
grown(struct arena *arena, const void *items, size_t count, size_t bytes)
{
	void *bigger;

	if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
		return (void *)items;
	bigger = arena_alloc(arena, (count < 4 ? 4 : count * 2) * bytes);
	if (count > 0)
		memcpy(bigger, items, count * bytes);
	return bigger;
}

static void
push_item(struct reading *r, struct node *list, struct node *item)
{
	list->items = grown(r->arena, list->items, list->count, sizeof(*list->items));
	list->items[list->count++] = item;
}

static struct node *
read_list(struct reading *r, const yaml_event_t *start, int depth)
{
	struct node *list = new_node(r, NODE_LIST, &start->start_mark), *item;
	yaml_event_t event;
	bool end = false;

	while (!end && !r->failed && next_event(r, &event)) {
		end = event.type == YAML_SEQUENCE_END_EVENT;
		item = end ? NULL : read_node(r, &event, depth + 1);
		if (item != NULL)
			push_item(r, list, item);
		yaml_event_delete(&event);
	}
	return list;
}

static void
push_pair(struct reading *r, struct node *map, const struct node *key, struct node *value)
{
	size_t i;

	for (i = 0; i < map->count; i++) {
		if (strcmp(map->keys[i], key->text) != 0)
			continue;
		finding_file(r->findings, RULE, r->file, key->line, key->column, "“%s”写了两次（前一次在第 %d 行），请删去一处",
			     key->text, map->key_lines[i]);
		return;
	}
	map->keys = grown(r->arena, map->keys, map->count, sizeof(*map->keys));
	map->key_lines = grown(r->arena, map->key_lines, map->count, sizeof(*map->key_lines));
	map->key_columns = grown(r->arena, map->key_columns, map->count, sizeof(*map->key_columns));
	map->items = grown(r->arena, map->items, map->count, sizeof(*map->items));
	map->keys[map->count] = key->text;
	map->key_lines[map->count] = key->line;
	map->key_columns[map->count] = key->column;
	map->items[map->count++] = value;
}

static struct node *
read_map(struct reading *r, const yaml_event_t *start, int depth)
{
	struct node *map = new_node(r, NODE_MAP, &start->start_mark), *key = NULL, *value;
	yaml_event_t event;
	bool end = false;

	while (!end && !r->failed && next_event(r, &event)) {
		end = event.type == YAML_MAPPING_END_EVENT;
		if (!end && key == NULL && event.type != YAML_SCALAR_EVENT) {
			complain(r, &event.start_mark, "键只能是一个词，不能是列表或表");
			r->failed = true;
		} else if (!end && key == NULL) {
			key = read_scalar(r, &event);
		} else if (!end) {
			value = read_node(r, &event, depth + 1);
			if (value != NULL)
				push_pair(r, map, key, value);
			key = NULL;
		}
		yaml_event_delete(&event);
	}
	return map;
}

static struct node *
read_node(struct reading *r, const yaml_event_t *event, int depth)
{
	if (depth > DEPTH_MAX) {
		complain(r, &event->start_mark, "层次太深（超过 8 层）");
		r->failed = true;
		return NULL;
	}
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r, event);
	case YAML_SEQUENCE_START_EVENT:
		if (event->data.sequence_start.anchor != NULL || event->data.sequence_start.tag != NULL)
			complain(r, &event->start_mark, "不能用锚点（&）和类型标记（!）；请直接写出内容");
		return read_list(r, event, depth);
	case YAML_MAPPING_START_EVENT:
		if (event->data.mapping_start.anchor != NULL || event->data.mapping_start.tag != NULL)
			complain(r, &event->start_mark, "不能用锚点（&）和类型标记（!）；请直接写出内容");
		return read_map(r, event, depth);
	case YAML_ALIAS_EVENT:
		complain(r, &event->start_mark, "不能用别名（*）；请直接写出内容，值以 * 开头的请加双引号");
		return new_node(r, NODE_SCALAR, &event->start_mark);
	default:
		return NULL;
	}
}

/* One document and nothing behind it; NULL when there is none. */
static struct node *
read_document(struct reading *r)
{
	struct node *top = NULL;
	yaml_event_t event;
	bool end = false;
	int documents = 0;

	while (!end && !r->failed && next_event(r, &event)) {
		if (event.type == YAML_DOCUMENT_START_EVENT && ++documents == 2)
			complain(r, &event.start_mark, "元数据只能有一份，中间不能再有 ---");
		else if (event.type == YAML_STREAM_END_EVENT)
			end = true;
		else if (top == NULL && documents == 1)
			top = read_node(r, &event, 0);
		else if (documents > 1)
			end = true;
		yaml_event_delete(&event);
	}
	return top;
}

static struct node *
parse(struct reading *r, const char *text, size_t len)
{
	static const yaml_mark_t start = { 0, 0, 0 };
	struct node *top = NULL;

	if (!yaml_parser_initialize(&r->parser)) {
		r->failed = true;
		return new_node(r, NODE_MAP, &start);
	}
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)text, len);
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	top = read_document(r);
	if (top != NULL && top->kind != NODE_MAP && !(top->kind == NODE_SCALAR && top->text[0] == '\0')) {
		finding_file(r->findings, RULE, r->file, top->line, top->column, "元数据应当是一行一项的“键: 值”");
		r->failed = true;
		top = NULL;
	}
	yaml_parser_delete(&r->parser);
	return top == NULL || top->kind != NODE_MAP ? new_node(r, NODE_MAP, &start) : top;
}

/* What makes a text no text: too long, not UTF-8. */
static bool
sound(struct findings *findings, const char *text, size_t len, const char *file)
{
	size_t bad;
	int line, column;

	if (len > DOC_MAX_BYTES) {
		finding_file(findings, RULE, file, 0, 0, "文件超过 1 MB，请精简，大的内容作为材料另附");
		return false;
	}
	bad = utf8_check(text, len);
	if (bad == len && memchr(text, '\0', len) == NULL)
		return true;
	if (bad == len)
		bad = (size_t)((const char *)memchr(text, '\0', len) - text);
	text_place(text, bad, &line, &column);
	finding_file(findings, RULE, file, line, column, "这里不是 UTF-8 文字；请用 UTF-8 编码重新保存（记事本：另存为，编码选 UTF-8）");
	return false;
}

static void
empty_doc(struct doc *out, struct arena *arena, const char *file)
{
	memset(out, 0, sizeof(*out));
	out->front = arena_alloc(arena, sizeof(*out->front));
	out->front->kind = NODE_MAP;
	out->front->text = "";
	out->front->line = 1;
	out->file = file;
	out->body = "";
	out->body_line = 1;
}

void
yaml_parse(struct doc *out, struct arena *arena, const char *text, size_t len, const char *file,
	   struct findings *findings)
{
	struct reading r = { .arena = arena, .findings = findings, .file = file, .first_line = 1 };

	empty_doc(out, arena, file);
	out->broken = !sound(findings, text, len, file);
	if (out->broken)
		return;
	out->front = parse(&r, text, len);
	out->broken = r.failed;
}

/* The line behind the front matter's closing "---", or NULL. */
static const char *
find_close(const char *from, const char *end)
{
	const char *line = from, *stop;

	while (line < end) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL)
			stop = end;
		if (stop - line >= 3 && memcmp(line, "---", 3) == 0 &&
		    (stop - line == 3 || (stop - line == 4 && line[3] == '\r')))
			return line;
		line = stop < end ? stop + 1 : end;
	}
	return NULL;
}

void
doc_parse(struct doc *out, struct arena *arena, const char *text, size_t len, const char *file,
	  struct findings *findings)
{
	struct reading r = { .arena = arena, .findings = findings, .file = file, .first_line = 2 };
	const char *end = text + len, *front, *close, *body, *p;

	empty_doc(out, arena, file);
	out->broken = !sound(findings, text, len, file);
	if (out->broken)
		return;
	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		text += 3;
	front = memchr(text, '\n', (size_t)(end - text));
	if (end - text < 4 || memcmp(text, "---", 3) != 0 || front == NULL || (front != text + 3 && !(front == text + 4 && text[3] == '\r'))) {
		finding_file(findings, RULE, file, 1, 1, "文件应当以一行 --- 开头，接着是元数据，再以一行 --- 结束");
		out->broken = true;
		return;
	}
	close = find_close(front + 1, end);
	if (close == NULL) {
		finding_file(findings, RULE, file, 1, 1, "元数据没有收尾：缺少第二个 --- 行");
		out->broken = true;
		return;
	}
	out->front = parse(&r, front + 1, (size_t)(close - front - 1));
	out->broken = r.failed;
	body = memchr(close, '\n', (size_t)(end - close));
	body = body == NULL ? end : body + 1;
	out->body = arena_strndup(arena, body, (size_t)(end - body));
	out->body_len = (size_t)(end - body);
	for (p = text; p < body; p++)
		out->body_line += *p == '\n' ? 1 : 0;
}

/* --- asking --------------------------------------------------------------------------------------- */
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

const struct node *
node_at(const struct node *front, const char *path)
{
	const struct node *at = front, *next;
	char key[128];
	size_t len;
	unsigned long row;
	char *end;

	while (*path != '\0') {
		len = strcspn(path, ".[");
		if (len >= sizeof(key))
			break;
		memcpy(key, path, len);
		key[len] = '\0';
		next = len == 0 ? at : node_get(at, key);
		path += len;
		if (next != NULL && *path == '[') {
			row = strtoul(path + 1, &end, 10);
			path = *end == ']' ? end + 1 : end;
			if (next->kind == NODE_LIST && row >= 1 && row <= next->count)
				next = next->items[row - 1];
		}
		if (next == NULL)
			break;
		at = next;
		path += *path == '.' ? 1 : 0;
		if (at->kind == NODE_SCALAR)
			break;
	}
	return at == front ? NULL : at;
}

void
yaml_scalar(struct buf *out, const char *text)
{
	const char *p;
	bool plain = text[0] != '\0' && strchr(" -?:,[]{}#&*!|>'\"%@`~", text[0]) == NULL &&
		     strcmp(text, "null") != 0 && text[strlen(text) - 1] != ' ' && text[strlen(text) - 1] != ':';

	for (p = text; *p != '\0' && plain; p++)
		plain = (unsigned char)*p >= 0x20 && *p != 0x7f && !(p[0] == ':' && p[1] == ' ') &&
			!(p[0] == ' ' && p[1] == '#') && strchr(",[]{}", *p) == NULL;
	if (plain) {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '"');
	for (p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_printf(out, "\\%c", *p);
		else if (*p == '\n')
			buf_puts(out, "\\n");
		else if (*p == '\t')
			buf_puts(out, "\\t");
		else if ((unsigned char)*p < 0x20 || *p == 0x7f)
			buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*p);
		else
			buf_putc(out, *p);
	}
	buf_putc(out, '"');
}
