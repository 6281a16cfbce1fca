/* object: libgit2 started and tuned, raw objects, and the cache of trees. */
#include "repo_internal.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_SLOTS 16384u
#define WINDOW_BYTES (16 << 20)
#define WINDOWS_BYTES (128 << 20)

/* Debian's libgit2 reads all certificates of the machine when it starts, which costs a commit several
 * milliseconds. No room of this program goes to the network: it finds none, and asks no further. */
int mbedtls_x509_crt_parse_file(void *chain, const char *path);

__attribute__((weak)) int
mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	(void)chain;
	(void)path;
	return 0;
}

static void
start(void)
{
	/* git moves core.* of a sparse checkout to config.worktree; nothing of it concerns us. */
	static const char *extensions[] = { "worktreeconfig" };

	git_libgit2_init();
	/* git itself asks who owns a repository before it runs a hook, and a stick that another
	 * machine wrote to belongs to nobody here. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	/* git does not hash what it reads either; fsck and verify do. It is most of the time of a
	 * long history. The option is global, so it is set before the first thread starts. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	/* The caches of this room are bounded in bytes and belong to one thread; libgit2's own
	 * would keep the same trees a second time behind a lock. */
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	/* A thread with a repository of its own maps the packs again: in pieces, and not all of them. */
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)WINDOWS_BYTES);
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, (size_t)1);
}

void
library_start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
}

int
repo_fail(struct err *err, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	struct buf what = BUF_INIT;
	va_list ap;
	char text[512];

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	utf8_trim(text);
	buf_puts(&what, text);
	if (last != NULL && last->message != NULL && last->klass != GIT_ERROR_NONE)
		buf_printf(&what, "（git：%s）", last->message);
	err_set(err, ERR_GIT, "%s", what.ptr);
	buf_release(&what);
	return -1;
}

static const char *
type_name(git_object_t type)
{
	switch (type) {
	case GIT_OBJECT_COMMIT: return "提交对象";
	case GIT_OBJECT_TREE: return "目录对象";
	default: return "文件对象";
	}
}

int
raw_read(struct raw *out, struct repo *repo, const struct oid *oid, git_object_t type,
	 struct err *err)
{
	git_odb_object *object = NULL;
	char hex[OID_HEX];

	memset(out, 0, sizeof(*out));
	out->data = "";
	if (git_odb_read(&object, repo->odb, lib_oid(oid)) != 0) {
		oid_hex(oid, hex);
		return repo_fail(err, "读取%s %s 失败", type_name(type), hex);
	}
	if (git_odb_object_type(object) != type) {
		git_odb_object_free(object);
		oid_hex(oid, hex);
		return err_set(err, ERR_GIT, "%s 不是%s", hex, type_name(type));
	}
	out->object = object;
	out->data = git_odb_object_data(object);
	out->len = git_odb_object_size(object);
	return 0;
}

void
raw_release(struct raw *raw)
{
	git_odb_object_free(raw->object);
	memset(raw, 0, sizeof(*raw));
	raw->data = "";
}

void
raw_cache_init(struct raw_cache *cache, size_t max_bytes)
{
	memset(cache, 0, sizeof(*cache));
	cache->max_bytes = max_bytes;
}

void
raw_cache_release(struct raw_cache *cache)
{
	uint32_t i;

	/* A hook uses a few: the memory of the others is not there until somebody looks. */
	for (i = 0; i < cache->touched; i++)
		raw_release(&cache->slots[i].raw);
	free(cache->slots);
	free(cache->heads);
	memset(cache, 0, sizeof(*cache));
}

/* Where the chain of this name begins. The name is a hash already. */
static uint32_t *
chain(struct raw_cache *cache, const struct oid *oid)
{
	uint32_t h;

	memcpy(&h, oid->id, sizeof(h));
	return &cache->heads[h & (CACHE_SLOTS - 1)];
}

static struct raw_slot *
cache_find(struct raw_cache *cache, const struct oid *oid)
{
	uint32_t at = *chain(cache, oid);

	while (at != 0 && !oid_same(&cache->slots[at - 1].oid, oid))
		at = cache->slots[at - 1].next;
	return at == 0 ? NULL : &cache->slots[at - 1];
}

static void
cache_drop(struct raw_cache *cache, uint32_t slot)
{
	struct raw_slot *old = &cache->slots[slot];
	uint32_t *link = chain(cache, &old->oid);

	while (*link != slot + 1)
		link = &cache->slots[*link - 1].next;
	*link = old->next;
	cache->bytes -= old->raw.len;
	raw_release(&old->raw);
}

/* The next slot that is free, or whose tree nobody asked for during a whole turn: emptied. */
static uint32_t
cache_turn(struct raw_cache *cache)
{
	for (;;) {
		uint32_t at = cache->hand;
		struct raw_slot *slot = &cache->slots[at];

		cache->hand = (at + 1) & (CACHE_SLOTS - 1);
		if (slot->raw.object == NULL)
			return at;
		if (!slot->used) {
			cache_drop(cache, at);
			return at;
		}
		slot->used = false;
	}
}

static void
cache_add(struct raw_cache *cache, const struct oid *oid, const struct raw *raw)
{
	struct raw_slot *slot;
	uint32_t at, *head;

	if (raw->len > cache->max_bytes / 4)
		return;
	do
		at = cache_turn(cache);
	while (cache->bytes + raw->len > cache->max_bytes);
	slot = &cache->slots[at];
	cache->touched = at < cache->touched ? cache->touched : at + 1;
	head = chain(cache, oid);
	slot->oid = *oid;
	slot->raw = *raw;
	slot->used = false;
	git_odb_object_dup(&slot->raw.object, raw->object);
	slot->next = *head;
	*head = at + 1;
	cache->bytes += raw->len;
}

int
raw_tree(struct raw *out, struct raw_cache *cache, struct repo *repo, const struct oid *oid,
	 struct err *err)
{
	struct raw_slot *slot;

	memset(out, 0, sizeof(*out));
	out->data = "";
	if (oid_zero(oid))
		return 0;
	if (cache->slots == NULL) {
		cache->slots = xcalloc(CACHE_SLOTS, sizeof(*cache->slots));
		cache->heads = xcalloc(CACHE_SLOTS, sizeof(*cache->heads));
	}
	slot = cache_find(cache, oid);
	if (slot == NULL) {
		if (raw_read(out, repo, oid, GIT_OBJECT_TREE, err) != 0)
			return -1;
		cache_add(cache, oid, out);
		return 0;
	}
	slot->used = true;
	*out = slot->raw;
	git_odb_object_dup(&out->object, slot->raw.object);
	return 0;
}

int
repo_blob_size(struct repo *repo, const struct oid *blob, int64_t *bytes, struct err *err)
{
	git_object_t type;
	char hex[OID_HEX];
	size_t len;

	oid_hex(blob, hex);
	if (git_odb_read_header(&len, &type, repo->odb, lib_oid(blob)) != 0)
		return repo_fail(err, "读取%s %s 失败", type_name(GIT_OBJECT_BLOB), hex);
	if (type != GIT_OBJECT_BLOB)
		return err_set(err, ERR_GIT, "%s 不是%s", hex, type_name(GIT_OBJECT_BLOB));
	*bytes = (int64_t)len;
	return 0;
}

int
repo_blob(struct repo *repo, const struct oid *blob, size_t max_bytes, struct buf *out,
	  struct err *err)
{
	char hex[OID_HEX];
	struct raw raw;
	int64_t bytes = 0;

	oid_hex(blob, hex);
	if (repo_blob_size(repo, blob, &bytes, err) != 0)
		return -1;
	if ((uint64_t)bytes > max_bytes)
		return err_set(err, ERR_LIMIT, "文件 %s 有 %lld 字节，超过 %zu 字节的上限", hex,
			       (long long)bytes, max_bytes);
	if (raw_read(&raw, repo, blob, GIT_OBJECT_BLOB, err) != 0)
		return -1;
	buf_put(out, raw.data, raw.len);
	raw_release(&raw);
	return out->full ? err_set(err, ERR_LIMIT, "文件 %s 超过 %zu 字节的上限", hex, out->max)
			 : 0;
}
