/* Nodes as bytes that stay: kind, then length and text, or count and what is below. */
#include <string.h>

#include "model/model_internal.h"

#define DEPTH_MAX 64

static void
put_number(struct buf *out, size_t n)
{
	uint32_t number = (uint32_t)n;

	buf_put(out, &number, sizeof(number));
}

/* With its terminator, so that it can be used where it lies. */
static void
put_text(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	put_number(out, len);
	buf_put(out, text, len + 1);
}

void
node_freeze(struct buf *out, const struct node *node)
{
	size_t i;

	buf_putc(out, (char)node->kind);
	if (node->kind == NODE_SCALAR) {
		put_text(out, node->text);
		return;
	}
	put_number(out, node->count);
	for (i = 0; i < node->count; i++) {
		if (node->kind == NODE_MAP)
			put_text(out, node->keys[i]);
		node_freeze(out, node->items[i]);
	}
}

struct thawing {
	struct arena *arena;
	const char *at, *end;
};

static bool
take_number(struct thawing *t, size_t *n)
{
	uint32_t number;

	if ((size_t)(t->end - t->at) < sizeof(number))
		return false;
	memcpy(&number, t->at, sizeof(number));
	t->at += sizeof(number);
	*n = number;
	return true;
}

static bool
take_text(struct thawing *t, const char **text)
{
	size_t len;

	if (!take_number(t, &len) || len >= (size_t)(t->end - t->at) || t->at[len] != '\0')
		return false;
	*text = t->at;
	t->at += len + 1;
	return true;
}

static bool take_node(struct thawing *t, struct node *node, int depth);

static bool
take_items(struct thawing *t, struct node *node, int depth)
{
	struct node *items;
	size_t i;

	/* Each takes a byte at least: a count that cannot be asks for no memory. */
	if (!take_number(t, &node->count) || node->count > (size_t)(t->end - t->at))
		return false;
	items = arena_alloc(t->arena, node->count * sizeof(*items));
	node->items = arena_alloc(t->arena, node->count * sizeof(*node->items));
	if (node->kind == NODE_MAP) {
		node->keys = arena_alloc(t->arena, node->count * sizeof(*node->keys));
		node->key_lines = node->key_columns =
		    arena_alloc(t->arena, node->count * sizeof(*node->key_lines));
	}
	for (i = 0; i < node->count; i++) {
		node->items[i] = &items[i];
		if ((node->kind == NODE_MAP && !take_text(t, &node->keys[i])) ||
		    !take_node(t, &items[i], depth + 1))
			return false;
	}
	return true;
}

static bool
take_node(struct thawing *t, struct node *node, int depth)
{
	if (depth > DEPTH_MAX || t->at == t->end || *t->at < NODE_SCALAR || *t->at > NODE_MAP)
		return false;
	node->kind = (enum node_kind) * t->at++;
	node->text = "";
	if (node->kind == NODE_SCALAR)
		return take_text(t, &node->text);
	return take_items(t, node, depth);
}

struct node *
node_thaw(struct arena *arena, const char **at, const char *end)
{
	struct thawing t = { arena, *at, end };
	struct node *node = arena_alloc(arena, sizeof(*node));

	if (!take_node(&t, node, 0))
		return NULL;
	*at = t.at;
	return node;
}
