/* YAML to nodes, by libyaml's events. The subset is what offices need: maps, lists, scalars. */
#include "model/model_internal.h"

#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 8
#define NODES_MAX 20000
#define FEW_KEYS 32

struct reading {
	yaml_parser_t parser;
	struct arena *arena;
	struct findings *findings;
	const char *file;
	int first_line; /* of the YAML within the file, from 1 */
	int nodes;
	int faults;
	bool failed;
};

/* A map while it is read; the index of its keys exists once there are many. */
struct pairs {
	struct node *map;
	struct map index;
};

static void
complain_at(struct reading *r, int line, int column, const char *text)
{
	if (++r->faults > FRONT_FAULTS_MAX)
		return;
	finding_file(r->findings, FRONT_RULE, r->file, line, column, "%s", text);
}

static void
complain(struct reading *r, const yaml_mark_t *mark, const char *text)
{
	complain_at(r, r->first_line + (int)mark->line, (int)mark->column + 1, text);
}

static void
give_up(struct reading *r, const yaml_mark_t *mark, const char *text)
{
	complain(r, mark, text);
	r->failed = true;
}

/* --- syntax errors ----------------------------------------------------------------------- */
struct problem {
	const char *part, *says;
	bool at_start; /* of the thing that libyaml was reading, not where it noticed */
};

/* libyaml's words are English and technical; what happens daily gets a sentence of its own. */
static const struct problem *
find_problem(const char *text)
{
	static const struct problem rows[] = {
		{ "mapping values are not allowed",
		  "这里多了一个冒号：值里有“: ”要给整个值加双引号；"
		  "也可能是缩进不对",
		  false },
		{ "could not find expected ':'",
		  "这里缺少冒号：每一项写成“键: 值”，用半角冒号，"
		  "冒号后空一格",
		  true },
		{ "did not find expected key",
		  "这一行与上面各行没有对齐，或上一行的引号没有成对；"
		  "同一级的各行要左对齐",
		  false },
		{ "did not find expected '-' indicator", "列表没有对齐：同一列表各行的“- ”要左对齐",
		  false },
		{ "block sequence entries are not allowed",
		  "“- ”不能写在这里：列表要另起一行，"
		  "每项一行，以“- ”开头",
		  false },
		{ "while scanning a quoted scalar", "引号没有成对：从这里开始的引号没有收尾",
		  true },
		{ "did not find expected ',' or",
		  "方括号或花括号没有收尾，或各项之间缺少逗号（半角）", true },
		{ "did not find expected node content",
		  "这里缺少值，或前面的方括号、花括号没有收尾", false },
		{ "found character that cannot start any token",
		  "值不能以这个符号开头，"
		  "请给整个值加双引号",
		  false },
		{ "found unknown escape character", "双引号里的“\\”写法不对，请改用单引号", false },
		{ "did not find expected hexdecimal number", "双引号里的“\\”写法不对，请改用单引号",
		  false },
		{ "alphabetic or numeric character", "值以“&”或“*”开头的，请给整个值加双引号",
		  true },
		{ "tag", "值以“!”开头的，请给整个值加双引号", true },
		{ "while scanning a block scalar",
		  "“|”或“>”后面的写法不对：它后面要换行，"
		  "下面各行缩进两格",
		  true },
		{ "directive", "行首不能用“%”", true },
		{ "<document start>", "元数据在这一行之前已经结束；请检查缩进", false },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (text != NULL && strstr(text, rows[i].part) != NULL)
			return &rows[i];
	return NULL;
}

static void
syntax_error(struct reading *r)
{
	const yaml_parser_t *p = &r->parser;
	const struct problem *known = find_problem(p->problem);

	/* As any other lack of memory ends the program: this size no machine has. */
	if (p->error == YAML_MEMORY_ERROR)
		xsize(SIZE_MAX, 2, 0);
	if (known == NULL)
		known = find_problem(p->context);
	if (known == NULL)
		give_up(r, &p->problem_mark,
			"YAML 写法有误：请检查这一行和上一行的缩进、冒号后的空格、"
			"引号和括号");
	else
		give_up(r,
			known->at_start && p->context != NULL ? &p->context_mark : &p->problem_mark,
			known->says);
}

/* The next event; false at a syntax error, which ends the reading. */
static bool
next_event(struct reading *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return true;
	syntax_error(r);
	return false;
}

/* --- nodes ------------------------------------------------------------------------------- */
static struct node *
new_node(struct reading *r, enum node_kind kind, const yaml_mark_t *mark)
{
	struct node *node = node_empty(r->arena);

	node->kind = kind;
	node->line = r->first_line + (int)mark->line;
	node->column = (int)mark->column + 1;
	if (++r->nodes > NODES_MAX && !r->failed)
		give_up(r, mark, "内容太多（超过 20000 项），请分开写");
	return node;
}

static void
refuse_marks(struct reading *r, const yaml_mark_t *mark, const yaml_char_t *anchor,
	     const yaml_char_t *tag)
{
	if (anchor != NULL)
		complain(r, mark, "不能用锚点（&）；值以“&”开头的请加双引号");
	if (tag != NULL)
		complain(r, mark, "不能用类型标记（!）；值以“!”开头的请加双引号");
}

/* Escapes in double quotes can write what the file itself may not hold. */
static bool
has_hidden(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		int32_t c = utf8_next(&text, end);

		if (!front_char(c) && c != '\t')
			return true;
	}
	return false;
}

static struct node *
read_scalar(struct reading *r, const yaml_event_t *event)
{
	struct node *node = new_node(r, NODE_SCALAR, &event->start_mark);
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;

	refuse_marks(r, &event->start_mark, event->data.scalar.anchor, event->data.scalar.tag);
	if (event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE && has_hidden(text, len)) {
		complain(r, &event->start_mark, "双引号里用“\\”写出了看不见的字符，请删去");
		len = strnlen(text, len);
	}
	/* ~ and null are what other programs write for nothing. */
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    (strcmp(text, "~") == 0 || strcmp(text, "null") == 0))
		len = 0;
	node->text = arena_strndup(r->arena, text, len);
	return node;
}

/* Grows an arena array by doubling; the old piece stays with the arena. */
static void *
grown(struct arena *arena, void *items, size_t count, size_t bytes)
{
	void *bigger;

	if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
		return items;
	bigger = arena_alloc(arena, xsize(count < 4 ? 4 : count * 2, bytes, 0));
	if (count > 0)
		memcpy(bigger, items, count * bytes);
	return bigger;
}

static struct node *read_node(struct reading *r, const yaml_event_t *event, int depth);

static struct node *
read_list(struct reading *r, const yaml_event_t *start, int depth)
{
	struct node *list = new_node(r, NODE_LIST, &start->start_mark), *item;
	yaml_event_t event;
	bool end = false;

	while (!end && !r->failed && next_event(r, &event)) {
		end = event.type == YAML_SEQUENCE_END_EVENT;
		if (!end) {
			item = read_node(r, &event, depth + 1);
			list->items = grown(r->arena, list->items, list->count, sizeof(item));
			list->items[list->count++] = item;
		}
		yaml_event_delete(&event);
	}
	return list;
}

/* The line of an earlier pair with this key, or 0. */
static int
find_earlier(struct pairs *pairs, const char *key)
{
	const struct node *map = pairs->map;
	size_t i;

	if (map->count > FEW_KEYS) {
		const int *line = map_find(&pairs->index, key);

		return line == NULL ? 0 : *line;
	}
	for (i = 0; i < map->count; i++)
		if (strcmp(map->keys[i], key) == 0)
			return map->key_lines[i];
	return 0;
}

static void
index_keys(struct reading *r, struct pairs *pairs)
{
	const struct node *map = pairs->map;
	size_t i = map->count == FEW_KEYS + 1 ? 0 : map->count - 1;

	for (; i < map->count; i++)
		map_put(&pairs->index, map->keys[i],
			arena_copy(r->arena, &map->key_lines[i], 1, sizeof(*map->key_lines)));
}

static void
push_pair(struct reading *r, struct pairs *pairs, const struct node *key, struct node *value)
{
	struct node *map = pairs->map;

	map->keys = grown(r->arena, map->keys, map->count, sizeof(*map->keys));
	map->key_lines = grown(r->arena, map->key_lines, map->count, sizeof(*map->key_lines));
	map->key_columns = grown(r->arena, map->key_columns, map->count, sizeof(*map->key_columns));
	map->items = grown(r->arena, map->items, map->count, sizeof(*map->items));
	map->keys[map->count] = key->text;
	map->key_lines[map->count] = key->line;
	map->key_columns[map->count] = key->column;
	map->items[map->count++] = value;
	if (map->count > FEW_KEYS)
		index_keys(r, pairs);
}

/* Nothing stands nowhere: its place is that of its key. */
static void
place_empty(const struct node *key, struct node *value)
{
	if (value->kind != NODE_SCALAR || value->text[0] != '\0')
		return;
	value->line = key->line;
	value->column = key->column;
}

/* Says what makes the pair unusable; the first of two equal keys counts. */
static void
take_pair(struct reading *r, struct pairs *pairs, const struct node *key, struct node *value)
{
	int earlier = key->kind == NODE_SCALAR ? find_earlier(pairs, key->text) : 0;
	char *text;

	if (key->kind != NODE_SCALAR) {
		complain_at(r, key->line, key->column,
			    "键只能是一个词，不能是列表或表；"
			    "以方括号或花括号开头的请加双引号");
	} else if (key->text[0] == '\0') {
		complain_at(r, key->line, key->column, "冒号前面缺少键");
	} else if (earlier != 0) {
		text = arena_printf(r->arena, "“%s”写了两次（前一次在第 %d 行），请删去一处",
				    key->text, earlier);
		complain_at(r, key->line, key->column, text);
	} else {
		place_empty(key, value);
		push_pair(r, pairs, key, value);
	}
}

static struct node *
read_map(struct reading *r, const yaml_event_t *start, int depth)
{
	struct pairs pairs = { .map = new_node(r, NODE_MAP, &start->start_mark) };
	struct node *key = NULL, *node;
	yaml_event_t event;
	bool end = false;

	while (!end && !r->failed && next_event(r, &event)) {
		end = event.type == YAML_MAPPING_END_EVENT;
		if (!end) {
			node = read_node(r, &event, depth + 1);
			if (key != NULL)
				take_pair(r, &pairs, key, node);
			key = key != NULL ? NULL : node;
		}
		yaml_event_delete(&event);
	}
	map_release(&pairs.index);
	return pairs.map;
}

/* Never NULL. A container too deep is left empty and ends the reading. */
static struct node *
read_node(struct reading *r, const yaml_event_t *event, int depth)
{
	const yaml_mark_t *mark = &event->start_mark;

	if (event->type == YAML_SCALAR_EVENT)
		return read_scalar(r, event);
	if (event->type == YAML_ALIAS_EVENT) {
		complain(r, mark, "不能用别名（*）；值以“*”开头的请加双引号");
		return new_node(r, NODE_SCALAR, mark);
	}
	if (depth >= DEPTH_MAX) {
		give_up(r, mark, "层次太深（超过 8 层），请分开写");
		return new_node(r, NODE_SCALAR, mark);
	}
	if (event->type == YAML_SEQUENCE_START_EVENT) {
		refuse_marks(r, mark, event->data.sequence_start.anchor,
			     event->data.sequence_start.tag);
		return read_list(r, event, depth);
	}
	refuse_marks(r, mark, event->data.mapping_start.anchor, event->data.mapping_start.tag);
	return read_map(r, event, depth);
}

/* --- the document ------------------------------------------------------------------------ */
static void
start_document(struct reading *r, const yaml_event_t *event, bool second)
{
	if (second)
		give_up(r, &event->start_mark, "元数据只能有一份，中间不能再有“---”或“...”");
	else if (event->data.document_start.version_directive != NULL ||
		 event->data.document_start.tag_directives.start !=
		     event->data.document_start.tag_directives.end)
		complain(r, &event->start_mark, "行首不能用“%”");
}

/* One document and nothing behind it; NULL when there is none. */
static struct node *
read_document(struct reading *r)
{
	struct node *top = NULL;
	yaml_event_t event;
	bool end = false, started = false;

	while (!end && !r->failed && next_event(r, &event)) {
		end = event.type == YAML_STREAM_END_EVENT;
		if (event.type == YAML_DOCUMENT_START_EVENT) {
			start_document(r, &event, started);
			started = true;
		} else if (!end && event.type != YAML_STREAM_START_EVENT &&
			   event.type != YAML_DOCUMENT_END_EVENT) {
			top = read_node(r, &event, 0);
		}
		yaml_event_delete(&event);
	}
	return top;
}

struct node *
yaml_read(struct arena *arena, const char *text, size_t len, const char *file, int first_line,
	  struct findings *findings, bool *broken)
{
	struct reading r = {
		.arena = arena, .findings = findings, .file = file, .first_line = first_line
	};
	struct node *top;

	if (!yaml_parser_initialize(&r.parser))
		syntax_error(&r);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	top = read_document(&r);
	yaml_parser_delete(&r.parser);
	if (top != NULL && top->kind != NODE_MAP) {
		if (top->kind != NODE_SCALAR || top->text[0] != '\0') {
			complain_at(&r, top->line, top->column,
				    "元数据应当一行一项，写成“键: 值”，用半角冒号，冒号后空一格");
			r.failed = true;
		}
		top = NULL;
	}
	*broken = r.failed;
	return top != NULL ? top : node_empty(arena);
}
