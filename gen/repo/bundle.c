/* bundle: packs through libgit2, the few lines before them by hand. */
#include "repo/bundle.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "repo_internal.h"

#define MAGIC "# v2 git bundle\n"

/* --- writing ------------------------------------------------------------------------------------ */
struct packing {
	struct repo *repo;
	const struct bundle_plan *plan;
	git_packbuilder *builder;
	struct buf path;
	int (*each)(void *ctx, const void *data, size_t len, struct err *err);
	void *ctx;
	struct err *err;
	int depth;
};

static int
insert(struct packing *p, const struct oid *oid)
{
	return git_packbuilder_insert(p->builder, lib_oid(oid), p->path.ptr) == 0
		   ? 0
		   : repo_fail(p->err, "打包 %s 失败", p->path.ptr);
}

static int insert_tree(struct packing *p, const struct oid *tree);

static int
insert_entry(struct packing *p, const struct tree_cursor *entry)
{
	size_t len = p->path.len;
	int rc = 0;

	if (len != 0)
		buf_putc(&p->path, '/');
	buf_put(&p->path, entry->name, entry->name_len);
	if (entry->mode == MODE_TREE)
		rc = insert_tree(p, entry->oid);
	else if (entry->mode != MODE_SUBMODULE &&
		 (p->plan->skip == NULL ||
		  !p->plan->skip(p->plan->skip_ctx, p->path.ptr, entry->oid)))
		rc = insert(p, entry->oid);
	p->path.len = len;
	p->path.ptr[len] = '\0';
	return rc;
}

/* With everything in it. */
static int
insert_tree(struct packing *p, const struct oid *tree)
{
	struct tree_cursor cursor;
	struct raw raw;
	int rc = insert(p, tree);

	if (rc != 0 || ++p->depth > TREE_DEPTH_MAX)
		return rc != 0 ? rc : tree_broken(p->err, tree);
	if (raw_tree(&raw, &p->repo->trees, p->repo, tree, p->err) != 0)
		return -1;
	tree_start(&cursor, raw.data, raw.len);
	for (rc = tree_next(&cursor); rc == 1; rc = tree_next(&cursor)) {
		if (insert_entry(p, &cursor) != 0)
			break;
	}
	if (rc < 0)
		tree_broken(p->err, tree);
	raw_release(&raw);
	p->depth--;
	return rc == 0 ? 0 : -1;
}

/* The trees from the top down to the folder, then the folder. */
static int
insert_part(struct packing *p, const struct bundle_part *part)
{
	struct snapshot snap;
	const char *at = part->folder;
	struct entry entry;
	int rc;

	buf_clear(&p->path);
	if (insert(p, &part->commit) != 0 ||
	    snapshot_commit(&snap, p->repo, &part->commit, p->err) != 0)
		return -1;
	while (*at != '\0') {
		if (p->path.len == 0 && insert(p, &snap.tree) != 0)
			return -1;
		at += strcspn(at, "/");
		buf_clear(&p->path);
		buf_put(&p->path, part->folder, (size_t)(at - part->folder));
		rc = snapshot_find(&snap, p->path.ptr, &entry, p->err);
		if (rc != 1 || entry.mode != MODE_TREE)
			return rc < 0 ? -1 : 0; /* the commit took the folder away */
		at += *at == '/';
		if (*at != '\0' && insert(p, &entry.oid) != 0)
			return -1;
	}
	return insert_tree(p, *part->folder == '\0' ? &snap.tree : &entry.oid);
}

static int
write_header(const struct packing *p)
{
	struct buf head = BUF_INIT;
	char hex[OID_HEX];
	size_t i;
	int rc;

	buf_puts(&head, MAGIC);
	for (i = 0; i < p->plan->needed_count; i++) {
		oid_hex(&p->plan->needed[i], hex);
		buf_printf(&head, "-%s\n", hex);
	}
	for (i = 0; i < p->plan->ref_count; i++) {
		oid_hex(&p->plan->refs[i].oid, hex);
		buf_printf(&head, "%s %s\n", hex, p->plan->refs[i].name);
	}
	buf_putc(&head, '\n');
	rc = p->each(p->ctx, head.ptr, head.len, p->err);
	buf_release(&head);
	return rc;
}

static int
write_piece(void *data, size_t len, void *ctx)
{
	const struct packing *p = ctx;

	return p->each(p->ctx, data, len, p->err);
}

int
bundle_write(struct repo *repo, const struct bundle_plan *plan,
	     int (*each)(void *ctx, const void *data, size_t len, struct err *err), void *ctx,
	     struct err *err)
{
	struct packing p = {
		.repo = repo, .plan = plan, .path = BUF_INIT, .each = each, .ctx = ctx, .err = err
	};
	size_t i;
	int rc = 0;

	if (git_packbuilder_new(&p.builder, repo->lib) != 0)
		return repo_fail(err, "打包失败");
	git_packbuilder_set_threads(p.builder, 1); /* more would pack otherwise each time */
	for (i = 0; i < plan->part_count && rc == 0; i++)
		rc = insert_part(&p, &plan->parts[i]);
	if (rc == 0)
		rc = write_header(&p);
	if (rc == 0 && git_packbuilder_foreach(p.builder, write_piece, &p) != 0)
		rc = err->code != ERR_NONE ? -1 : repo_fail(err, "打包失败");
	git_packbuilder_free(p.builder);
	buf_release(&p.path);
	return rc;
}

/* Hides what the other side has; what it lists must be an ancestor to be worth listing. */
static int
hide_needed(git_revwalk *walk, struct packing *p, const struct oid *tip, struct oid *kept,
	    const struct oid *needed, size_t count)
{
	struct bundle_plan *plan = (struct bundle_plan *)p->plan;
	size_t i;

	for (i = 0; i < count; i++) {
		int below =
		    git_graph_descendant_of(p->repo->lib, lib_oid(tip), lib_oid(&needed[i]));

		if (below < 0)
			return repo_fail(p->err, "打包失败");
		if (!below)
			continue;
		if (git_revwalk_hide(walk, lib_oid(&needed[i])) != 0)
			return repo_fail(p->err, "打包失败");
		kept[plan->needed_count++] = needed[i];
	}
	plan->needed = kept;
	return 0;
}

int
bundle_write_range(struct repo *repo, const struct bundle_ref *ref, const struct oid *needed,
		   size_t needed_count,
		   int (*each)(void *ctx, const void *data, size_t len, struct err *err), void *ctx,
		   struct err *err)
{
	struct bundle_plan plan = { .refs = ref, .ref_count = 1 };
	struct packing p = {
		.repo = repo, .plan = &plan, .path = BUF_INIT, .each = each, .ctx = ctx, .err = err
	};
	struct oid *kept = xcalloc(needed_count + 1, sizeof(*kept));
	git_revwalk *walk = NULL;
	int rc = 0;

	if (git_packbuilder_new(&p.builder, repo->lib) != 0 ||
	    git_revwalk_new(&walk, repo->lib) != 0 ||
	    git_revwalk_push(walk, lib_oid(&ref->oid)) != 0)
		rc = repo_fail(err, "打包失败");
	if (rc == 0)
		rc = hide_needed(walk, &p, &ref->oid, kept, needed, needed_count);
	if (rc == 0 && git_packbuilder_insert_walk(p.builder, walk) != 0)
		rc = repo_fail(err, "打包失败");
	if (rc == 0)
		rc = write_header(&p);
	if (rc == 0 && git_packbuilder_foreach(p.builder, write_piece, &p) != 0)
		rc = err->code != ERR_NONE ? -1 : repo_fail(err, "打包失败");
	git_revwalk_free(walk);
	git_packbuilder_free(p.builder);
	free(kept);
	return rc;
}

/* --- the header of a foreign one -------------------------------------------------------------------- */
/* One line without its end; what is not as git writes it is false. */
static bool
parse_line(struct bundle_header *out, struct arena *arena, const char *line, size_t len,
	   size_t caps[2])
{
	bool needed = len > 0 && line[0] == '-';
	struct bundle_ref ref;

	line += needed;
	len -= needed;
	if (len < OID_HEX - 1 || !oid_scan(line, &ref.oid) ||
	    (len > OID_HEX - 1 && line[OID_HEX - 1] != ' '))
		return false;
	if (needed) {
		vec_push(out->needed, out->needed_count, caps[0], ref.oid);
		return true;
	}
	if (len < OID_HEX + 1 || memchr(line, '\0', len) != NULL)
		return false;
	ref.name = arena_strndup(arena, line + OID_HEX, len - OID_HEX);
	vec_push(out->refs, out->ref_count, caps[1], ref);
	return true;
}

/* Moves the lists into the arena; they grew on the heap. */
static void
settle(struct bundle_header *out, struct arena *arena)
{
	struct bundle_ref *refs = out->refs;
	struct oid *needed = out->needed;

	out->refs = arena_copy(arena, refs, out->ref_count, sizeof(*refs));
	out->needed = arena_copy(arena, needed, out->needed_count, sizeof(*needed));
	free(refs);
	free(needed);
}

int
bundle_parse(struct bundle_header *out, struct arena *arena, const char *data, size_t len)
{
	size_t magic = strlen(MAGIC), at = magic, caps[2] = { 0, 0 };
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (memcmp(data, MAGIC, len < magic ? len : magic) != 0)
		return -1;
	while (rc == 0 && at < len) {
		const char *end = memchr(data + at, '\n', len - at);
		size_t n = end == NULL ? 0 : (size_t)(end - data) - at;

		if (end == NULL)
			break;
		if (n == 0)
			rc = 1;
		else if (!parse_line(out, arena, data + at, n, caps))
			rc = -1;
		at += n + 1;
	}
	if (rc == 0 && len > BUNDLE_HEADER_MAX_BYTES)
		rc = -1;
	out->bytes = at;
	settle(out, arena);
	return rc;
}

/* --- its pack, into a folder --------------------------------------------------------------------------- */
struct bundle_index {
	git_indexer *indexer;
	git_indexer_progress progress;
	struct buf head; /* until the pack begins */
	size_t searched; /* of head, for its end */
	bool begun;
};

int
bundle_index_new(struct bundle_index **out, const char *folder, struct err *err)
{
	struct bundle_index *index;
	git_indexer *indexer = NULL;

	library_start();
	if (git_indexer_new(&indexer, folder, 0, NULL, NULL) != 0)
		return repo_fail(err, "准备读取 git 包失败");
	index = xcalloc(1, sizeof(*index));
	index->indexer = indexer;
	buf_init(&index->head, 0);
	*out = index;
	return 0;
}

/* The machine's disk is not the sender's fault. */
static int
index_failed(struct err *err)
{
	const git_error *last = git_error_last();

	if (last != NULL && last->klass == GIT_ERROR_OS)
		return err_set(err, ERR_IO, "存放 git 包失败：%s", last->message);
	return repo_fail(err, "git 包读不出来");
}

static int
feed(struct bundle_index *index, const void *data, size_t len, struct err *err)
{
	if (len == 0 || git_indexer_append(index->indexer, data, len, &index->progress) == 0)
		return 0;
	return index_failed(err);
}

static int
no_bundle(struct err *err)
{
	return err_set(err, ERR_GIT, "不是 git bundle（第 2 版）");
}

/* Whether it is worth while to read the header: at its beginning, since what is none is refused at once, and
 * when it is whole or too long. */
static bool
header_ready(struct bundle_index *index)
{
	const struct buf *head = &index->head;
	size_t from = index->searched == 0 ? 0 : index->searched - 1;
	bool first = from == 0;

	index->searched = head->len;
	return first || head->len > BUNDLE_HEADER_MAX_BYTES ||
	       memmem(head->ptr + from, head->len - from, "\n\n", 2) != NULL;
}

int
bundle_index_add(struct bundle_index *index, const void *data, size_t len, struct err *err)
{
	struct arena arena = { 0 };
	struct bundle_header header;
	int rc;

	if (index->begun)
		return feed(index, data, len, err);
	buf_put(&index->head, data, len);
	if (!header_ready(index))
		return 0;
	rc = bundle_parse(&header, &arena, index->head.ptr, index->head.len);
	if (rc < 0) {
		no_bundle(err);
	} else if (rc == 1) {
		index->begun = true;
		rc = feed(index, index->head.ptr + header.bytes, index->head.len - header.bytes,
			  err);
		index->head.len = header.bytes;
	}
	arena_release(&arena);
	return rc;
}

int
bundle_index_end(struct bundle_index *index, struct bundle_header *out, struct arena *arena,
		 struct err *err)
{
	if (!index->begun && bundle_parse(out, arena, index->head.ptr, index->head.len) < 0)
		return no_bundle(err);
	if (!index->begun)
		return err_set(err, ERR_GIT, "git 包没有传完");
	if (git_indexer_commit(index->indexer, &index->progress) != 0)
		return index_failed(err);
	return bundle_parse(out, arena, index->head.ptr, index->head.len) == 1 ? 0 : -1;
}

void
bundle_index_free(struct bundle_index *index)
{
	if (index == NULL)
		return;
	git_indexer_free(index->indexer);
	buf_release(&index->head);
	free(index);
}

/* --- what was unpacked ------------------------------------------------------------------------------------ */
static int
add_packs(git_odb *odb, const char *folder, struct err *err)
{
	struct file_list files = { 0 };
	int rc = file_list_below(&files, folder, err);
	size_t i;

	for (i = 0; i < files.count && rc == 0; i++) {
		git_odb_backend *backend = NULL;
		char *path = file_join(folder, files.names[i]);

		if (text_ends(path, ".idx") && (git_odb_backend_one_pack(&backend, path) != 0 ||
						git_odb_add_backend(odb, backend, 1) != 0))
			rc = repo_fail(err, "读取 git 包失败");
		free(path);
	}
	file_list_release(&files);
	return rc;
}

int
repo_of_packs(struct repo **out, const char *folder, struct err *err)
{
	struct repo *repo;
	git_odb *odb = NULL;
	git_repository *lib = NULL;

	library_start();
	if (git_odb_new(&odb) != 0)
		return repo_fail(err, "读取 git 包失败");
	if (add_packs(odb, folder, err) != 0 || git_repository_wrap_odb(&lib, odb) != 0) {
		git_odb_free(odb);
		return repo_fail(err, "读取 git 包失败");
	}
	repo = xcalloc(1, sizeof(*repo));
	repo->lib = lib;
	repo->odb = odb;
	repo->lane = INT_MAX; /* none */
	raw_cache_init(&repo->trees, TREE_CACHE_BYTES);
	*out = repo;
	return 0;
}

void
blob_id(struct oid *out, const void *data, size_t len)
{
	library_start();
	memset(out, 0, sizeof(*out));
	git_odb_hash((git_oid *)out->id, data, len, GIT_OBJECT_BLOB);
}

void
commit_id(struct oid *out, const void *data, size_t len)
{
	library_start();
	memset(out, 0, sizeof(*out));
	git_odb_hash((git_oid *)out->id, data, len, GIT_OBJECT_COMMIT);
}

int
commit_raw(struct repo *repo, const struct oid *oid, struct buf *out, struct err *err)
{
	struct raw raw;

	if (raw_read(&raw, repo, oid, GIT_OBJECT_COMMIT, err) != 0)
		return -1;
	buf_put(out, raw.data, raw.len);
	raw_release(&raw);
	return 0;
}
