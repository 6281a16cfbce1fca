/* tree: raw tree objects, which are lines of "mode name\0" and 20 bytes, and how two differ. */
#include "repo_internal.h"

#include <string.h>

void
tree_start(struct tree_cursor *cursor, const char *data, size_t len)
{
	/* By hand: the rest of a cursor is large, and this is done for each tree of a history. */
	cursor->name = NULL;
	cursor->name_len = cursor->prefix_count = 0;
	cursor->mode = 0;
	cursor->oid = NULL;
	cursor->at = data;
	cursor->end = data + len;
}

/* The mode as git understands it (old programs wrote 100664, or zeros before), 0 for others. */
static uint32_t
canonical_mode(uint32_t mode)
{
	switch (mode & 0170000) {
	case 0100000: return (mode & 0100) != 0 ? MODE_EXEC : MODE_FILE;
	case MODE_TREE: return MODE_TREE;
	case MODE_LINK: return MODE_LINK;
	case MODE_SUBMODULE: return MODE_SUBMODULE;
	default: return 0;
	}
}

/* Octal digits and a space; *s moves behind them. 0 when it is no mode. */
static uint32_t
parse_mode(const char **s, const char *end)
{
	const char *p = *s;
	uint32_t mode = 0;

	while (p < end && *p >= '0' && *p <= '7' && p - *s < 8)
		mode = mode << 3 | (uint32_t)(*p++ - '0');
	if (p == end || p == *s || *p != ' ')
		return 0;
	*s = p + 1;
	return canonical_mode(mode);
}

/* Names that would lead out of their folder, or into git's own. */
static bool
forbidden(const char *name, size_t len)
{
	if (len == 0 || memchr(name, '/', len) != NULL)
		return true;
	if (name[0] != '.')
		return false;
	return len == 1 || (len == 2 && name[1] == '.') || text_same_nocase(name, ".git");
}

/* A name's byte where the shorter of two ends. */
static unsigned char
byte_at(const char *name, size_t len, size_t at, bool folder)
{
	if (at < len)
		return (unsigned char)name[at];
	return folder ? '/' : 0;
}

int
tree_order(const char *a, size_t a_len, bool a_folder, const char *b, size_t b_len, bool b_folder)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int order = memcmp(a, b, len);

	if (order == 0)
		order = byte_at(a, a_len, len, a_folder) - byte_at(b, b_len, len, b_folder);
	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* A folder with the name of a file stands behind it, but not at once: "a-b" and "a.md" come
 * between "a" and "a/". So the files it could repeat are kept, each the beginning of the next. */
static bool
repeats_file(struct tree_cursor *c)
{
	size_t n = c->prefix_count;

	while (n > 0 && (c->prefix_len[n - 1] > c->name_len ||
			 memcmp(c->prefix[n - 1], c->name, c->prefix_len[n - 1]) != 0))
		n--;
	c->prefix_count = n;
	if (c->mode == MODE_TREE)
		return n > 0 && c->prefix_len[n - 1] == c->name_len;
	if (n == TREE_PREFIXES_MAX)
		return true; /* nobody names files so; what cannot be told is refused */
	c->prefix[n] = c->name;
	c->prefix_len[n] = c->name_len;
	c->prefix_count = n + 1;
	return false;
}

int
tree_next(struct tree_cursor *c)
{
	const char *name = c->at, *zero;
	const char *last = c->name;
	size_t last_len = c->name_len;
	bool last_folder = c->mode == MODE_TREE;

	c->mode = 0;
	if (c->at == c->end)
		return 0;
	c->mode = parse_mode(&name, c->end);
	zero = c->mode == 0 ? NULL : memchr(name, '\0', (size_t)(c->end - name));
	if (zero == NULL || c->end - zero <= (ptrdiff_t)sizeof(*c->oid))
		return -1;
	c->name = name;
	c->name_len = (size_t)(zero - name);
	c->oid = (const struct oid *)(zero + 1);
	c->at = zero + 1 + sizeof(*c->oid);
	if (forbidden(c->name, c->name_len))
		return -1;
	/* Two entries of one name would let one program read the first and another the second. */
	if (last != NULL && tree_order(last, last_len, last_folder, c->name, c->name_len,
				       c->mode == MODE_TREE) >= 0)
		return -1;
	return repeats_file(c) ? -1 : 1;
}

void
tree_skip_same(struct tree_cursor *a, struct tree_cursor *b)
{
	for (;;) {
		size_t a_left = (size_t)(a->end - a->at), b_left = (size_t)(b->end - b->at);
		size_t left = a_left < b_left ? a_left : b_left;
		const char *zero = left == 0 ? NULL : memchr(a->at, '\0', left);
		size_t len = zero == NULL ? 0 : (size_t)(zero - a->at) + 1 + sizeof(*a->oid);

		if (len == 0 || len > left || memcmp(a->at, b->at, len) != 0)
			break;
		a->at += len;
		b->at += len;
	}
	a->mode = b->mode = 0;
	a->name = b->name = NULL;
	a->prefix_count = b->prefix_count = 0;
}

int
tree_find(struct tree_cursor *out, const struct raw *tree, const char *name, size_t name_len)
{
	int rc;

	tree_start(out, tree->data, tree->len);
	do
		rc = tree_next(out);
	while (rc == 1 && (out->name_len != name_len || memcmp(out->name, name, name_len) != 0));
	return rc;
}

int
tree_broken(struct err *err, const struct oid *oid)
{
	char hex[OID_HEX];

	oid_hex(oid, hex);
	return err_set(err, ERR_GIT, "目录对象 %s 已损坏，或者不是 git 写的", hex);
}

/* --- differences --------------------------------------------------------------------------- */
struct diff {
	struct repo *repo;
	int (*each)(void *ctx, const struct change *change, struct err *err);
	void *ctx;
	struct buf path;
	size_t visits;
	int depth;
};

static int diff_trees(struct diff *d, const struct oid *from, const struct oid *to,
		      struct err *err);

/* One name; either side may be NULL. Two sides are both folders or both not. */
static int
diff_entry(struct diff *d, const struct tree_cursor *from, const struct tree_cursor *to,
	   struct err *err)
{
	static const struct oid none;
	const struct tree_cursor *one = to != NULL ? to : from;
	const struct oid *old_oid = from != NULL ? from->oid : &none;
	const struct oid *new_oid = to != NULL ? to->oid : &none;
	struct change change = { NULL, from ? from->mode : 0, to ? to->mode : 0, *old_oid,
				 *new_oid };
	size_t len = d->path.len;
	int rc;

	if (++d->visits > TREE_VISITS_MAX)
		return err_set(err, ERR_LIMIT, "目录里的文件太多，无法比较");
	if (change.old_mode == change.new_mode && oid_same(old_oid, new_oid))
		return 0;
	buf_put(&d->path, one->name, one->name_len);
	if (one->mode == MODE_TREE) {
		buf_putc(&d->path, '/');
		rc = diff_trees(d, old_oid, new_oid, err);
	} else {
		change.path = d->path.ptr;
		rc = d->each(d->ctx, &change, err);
	}
	d->path.len = len;
	d->path.ptr[len] = '\0';
	return rc;
}

/* Which side stands first: -1 from, 1 to, 0 both. */
static int
diff_order(const struct tree_cursor *a, const struct tree_cursor *b)
{
	if (a->mode == 0 || b->mode == 0)
		return a->mode == 0 ? 1 : -1;
	return tree_order(a->name, a->name_len, a->mode == MODE_TREE, b->name, b->name_len,
			  b->mode == MODE_TREE);
}

static int
diff_merge(struct diff *d, const struct oid *from, struct tree_cursor *a, const struct oid *to,
	   struct tree_cursor *b, struct err *err)
{
	int order = 0, rc = 0;

	while (rc == 0) {
		if (order <= 0 && tree_next(a) < 0)
			return tree_broken(err, from);
		if (order >= 0 && tree_next(b) < 0)
			return tree_broken(err, to);
		if (a->mode == 0 && b->mode == 0)
			break;
		order = diff_order(a, b);
		rc = diff_entry(d, order <= 0 ? a : NULL, order >= 0 ? b : NULL, err);
	}
	return rc;
}

static int
diff_trees(struct diff *d, const struct oid *from, const struct oid *to, struct err *err)
{
	struct raw old_raw = { 0 }, new_raw = { 0 };
	struct tree_cursor a, b;
	int rc;

	if (oid_same(from, to))
		return 0;
	if (++d->depth > TREE_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "目录超过 %d 层，无法比较", TREE_DEPTH_MAX);
	rc = raw_tree(&old_raw, &d->repo->trees, d->repo, from, err);
	if (rc == 0)
		rc = raw_tree(&new_raw, &d->repo->trees, d->repo, to, err);
	if (rc == 0) {
		tree_start(&a, old_raw.data, old_raw.len);
		tree_start(&b, new_raw.data, new_raw.len);
		rc = diff_merge(d, from, &a, to, &b, err);
	}
	raw_release(&old_raw);
	raw_release(&new_raw);
	d->depth--;
	return rc;
}

int
tree_diff(struct repo *repo, const struct oid *from, const struct oid *to,
	  int (*each)(void *ctx, const struct change *change, struct err *err), void *ctx,
	  struct err *err)
{
	struct diff d = { repo, each, ctx, BUF_INIT, 0, 0 };
	int rc = diff_trees(&d, from, to, err);

	buf_release(&d.path);
	return rc;
}
