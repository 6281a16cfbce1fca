/* history: the order of commits. A depth-first walk that needs no recursion: a straight line of
 * a hundred thousand commits is as deep as it is long. */
#include "repo/history.h"

#include <stdlib.h>
#include <string.h>

#include "repo_internal.h"

#define TEXTS_MAX_BYTES ((size_t)64 << 20)

struct node {
	struct history_commit commit;
	uint32_t next_parent; /* of commit.parent_count: the next to go to */
};

struct walker {
	struct repo *repo;
	bool (*known)(void *ctx, const struct oid *oid);
	void *ctx;
	struct node *nodes; /* seen commits that are not known */
	size_t count, cap;
	struct oid_list stopped; /* seen commits that are */
	uint32_t *slots;	 /* commit -> SEEN numbers; 0 = free */
	size_t slot_count;
	struct oid_list parents;
	struct buf texts;
	uint32_t *stack;
	size_t depth, stack_cap;
};

/* A slot holds node number + 1, or with this bit a number in `stopped`. */
#define STOPPED 0x80000000u

static const struct oid *
slot_oid(const struct walker *w, uint32_t slot)
{
	return slot & STOPPED ? &w->stopped.items[slot & ~STOPPED] : &w->nodes[slot - 1].commit.oid;
}

static size_t
find_slot(const struct walker *w, const struct oid *oid)
{
	size_t mask = w->slot_count - 1, i = (size_t)hash_bytes(oid, sizeof(*oid), 0) & mask;

	while (w->slots[i] != 0 && !oid_same(slot_oid(w, w->slots[i]), oid))
		i = (i + 1) & mask;
	return i;
}

static void
grow(struct walker *w)
{
	size_t old_count = w->slot_count, i;
	uint32_t *old = w->slots;

	w->slot_count = old_count == 0 ? 1024 : old_count * 2;
	w->slots = xcalloc(w->slot_count, sizeof(*w->slots));
	for (i = 0; i < old_count; i++)
		if (old[i] != 0)
			w->slots[find_slot(w, slot_oid(w, old[i]))] = old[i];
	free(old);
}

/* Keeps the raw commit for who reads it next, while there is room. */
static void
keep_text(struct walker *w, struct history_commit *commit, const struct raw *raw)
{
	if (raw->len > TEXTS_MAX_BYTES - w->texts.len)
		return;
	commit->text_at = (uint32_t)w->texts.len;
	commit->text_len = (uint32_t)raw->len;
	buf_put(&w->texts, raw->data, raw->len);
}

/* Reads a commit's parents and lays it on the stack. */
static int
push(struct walker *w, size_t slot, const struct oid *oid, struct err *err)
{
	struct node node = { { *oid, (uint32_t)w->parents.count, 0, 0, 0 }, 0 };
	struct oid tree;
	struct raw raw;
	int64_t bytes;

	if (raw_read(&raw, w->repo, oid, GIT_OBJECT_COMMIT, err) != 0)
		return -1;
	bytes = commit_links(raw.data, raw.len, &tree, &w->parents);
	keep_text(w, &node.commit, &raw);
	raw_release(&raw);
	if (bytes < 0)
		return commit_broken(err, oid);
	if (repo_is_shallow(w->repo, oid))
		w->parents.count = node.commit.first_parent;
	node.commit.parent_count = (uint32_t)(w->parents.count - node.commit.first_parent);
	if (w->count + 1 >= STOPPED || w->parents.count > UINT32_MAX)
		return err_set(err, ERR_LIMIT, "提交太多，无法读取");
	vec_push(w->stack, w->depth, w->stack_cap, (uint32_t)w->count);
	vec_push(w->nodes, w->count, w->cap, node);
	w->slots[slot] = (uint32_t)w->count;
	return 0;
}

static int
visit(struct walker *w, const struct oid *oid, struct err *err)
{
	size_t slot;

	if ((w->count + w->stopped.count + 1) * 2 > w->slot_count)
		grow(w);
	slot = find_slot(w, oid);
	if (w->slots[slot] != 0)
		return 0;
	if (w->known != NULL && w->known(w->ctx, oid)) {
		w->slots[slot] = STOPPED | (uint32_t)w->stopped.count;
		vec_push(w->stopped.items, w->stopped.count, w->stopped.cap, *oid);
		return 0;
	}
	return push(w, slot, oid, err);
}

/* Until the stack is empty: go to the next parent of the commit on top, or put it out. */
static int
walk(struct walker *w, struct history_order *out, struct err *err)
{
	int rc = 0;

	while (rc == 0 && w->depth > 0) {
		struct node *top = &w->nodes[w->stack[w->depth - 1]];

		if (top->next_parent < top->commit.parent_count) {
			/* A copy: the list may move while it grows. */
			struct oid parent =
			    w->parents.items[top->commit.first_parent + top->next_parent++];

			rc = visit(w, &parent, err);
			continue;
		}
		vec_push(out->commits, out->count, out->cap, top->commit);
		w->depth--;
	}
	return rc;
}

int
history_order(struct history_order *out, struct repo *repo, const struct oid *tip,
	      bool (*known)(void *ctx, const struct oid *oid), void *ctx, struct err *err)
{
	struct walker w = { .repo = repo, .known = known, .ctx = ctx, .texts = BUF_INIT };
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (!oid_zero(tip))
		rc = visit(&w, tip, err);
	if (rc == 0)
		rc = walk(&w, out, err);
	out->parents = w.parents.items;
	out->parents_count = w.parents.count;
	out->parents_cap = w.parents.cap;
	out->stopped = w.stopped.count;
	out->texts = w.texts;
	free(w.nodes);
	free(w.stopped.items);
	free(w.slots);
	free(w.stack);
	if (rc != 0)
		history_order_release(out);
	return rc;
}

void
history_order_release(struct history_order *order)
{
	free(order->commits);
	free(order->parents);
	buf_release(&order->texts);
	memset(order, 0, sizeof(*order));
}
