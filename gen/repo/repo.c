/* repo: opening, as git itself would in the same surroundings, and names of commits. */
#include "repo_internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <git2/sys/repository.h>

#define LANES 32
#define SHALLOW_MAX_BYTES ((size_t)16 << 20)

static const char *
environment(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || *value == '\0' ? NULL : value;
}

/* --- objects kept elsewhere ---------------------------------------------------------------- */
/* One character of a path that git put in quotes: \" \\ \n \303 … */
static char
unquote_char(const char **s)
{
	static const char letters[] = "abfnrtv", meant[] = "\a\b\f\n\r\t\v";
	const char *letter;
	int i, c = 0;

	if (**s != '\\' || (*s)[1] == '\0')
		return *(*s)++;
	++*s;
	for (i = 0; i < 3 && **s >= '0' && **s <= '7'; i++)
		c = c * 8 + (*(*s)++ - '0');
	if (i > 0)
		return (char)c;
	letter = strchr(letters, **s);
	c = letter != NULL ? meant[letter - letters] : **s;
	++*s;
	return (char)c;
}

/* The next path of a list with colons; a path that holds one stands in quotes. */
static bool
next_path(const char **list, struct buf *path)
{
	bool quoted = **list == '"';

	buf_clear(path);
	if (**list == '\0')
		return false;
	*list += quoted;
	while (**list != '\0' && **list != (quoted ? '"' : ':'))
		buf_putc(path, quoted ? unquote_char(list) : *(*list)++);
	*list += strcspn(*list, ":");
	*list += **list == ':';
	return true;
}

/* While git receives, the new objects lie in a quarantine that only these variables name. */
static int
add_objects(struct repo *repo, struct err *err)
{
	const char *own = environment("GIT_OBJECT_DIRECTORY");
	const char *list = environment("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	struct buf path = BUF_INIT;
	int rc = 0;

	if (own != NULL && git_odb_add_disk_alternate(repo->odb, own) != 0)
		rc = repo_fail(err, "打开对象目录 %s 失败", own);
	while (rc == 0 && list != NULL && next_path(&list, &path))
		if (path.len != 0 && git_odb_add_disk_alternate(repo->odb, path.ptr) != 0)
			rc = repo_fail(err, "打开对象目录 %s 失败", path.ptr);
	buf_release(&path);
	return rc;
}

/* --- shallow clones --------------------------------------------------------------------------- */
static int
by_oid(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct oid));
}

static int
load_shallow(struct repo *repo, struct err *err)
{
	char *path = file_join(repo->gitdir, "shallow");
	struct oid_list *list = &repo->shallow;
	struct buf text = BUF_INIT;
	struct oid oid;
	size_t at;
	int rc = 0;

	if (file_exists(path))
		rc = file_read(&text, path, SHALLOW_MAX_BYTES, err);
	for (at = 0; text.len - at >= OID_HEX - 1; at += OID_HEX) {
		if (!oid_scan(text.ptr + at, &oid))
			break;
		vec_push(list->items, list->count, list->cap, oid);
		if (text.len - at < OID_HEX)
			break;
	}
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items), by_oid);
	buf_release(&text);
	free(path);
	return rc;
}

bool
repo_is_shallow(const struct repo *repo, const struct oid *commit)
{
	const struct oid_list *list = &repo->shallow;

	return list->count != 0 &&
	       bsearch(commit, list->items, list->count, sizeof(*list->items), by_oid) != NULL;
}

/* --- lanes ---------------------------------------------------------------------------------- */
static atomic_uint lanes_used; /* one bit each */

/* The lowest lane nobody has; when all are taken, the first is shared. */
static int
lane_take(void)
{
	int lane;

	for (lane = 0; lane < LANES; lane++) {
		unsigned bit = 1u << lane;

		if ((atomic_fetch_or(&lanes_used, bit) & bit) == 0)
			return lane;
	}
	return LANES;
}

static void
lane_give_back(int lane)
{
	if (lane < LANES)
		atomic_fetch_and(&lanes_used, ~(1u << lane));
}

/* --- opening ----------------------------------------------------------------------------------- */
static char *
without_slash(const char *path)
{
	size_t len = path == NULL ? 0 : strlen(path);

	if (path == NULL)
		return NULL;
	while (len > 1 && path[len - 1] == '/')
		len--;
	return xstrndup(path, len);
}

/* libgit2 knows an open pack by its path and shares it, with its locks, among all repositories of
 * the program; two threads that read history then wait for each other most of the time. Under
 * another spelling of the path (objects/././pack) each has a pack of its own. */
static int
open_objects(struct repo *repo, struct err *err)
{
	struct buf path = BUF_INIT;
	int i, rc;

	buf_puts(&path, git_repository_commondir(repo->lib));
	buf_puts(&path, "objects");
	for (i = 0; i < repo->lane; i++)
		buf_puts(&path, "/.");
	rc = git_odb_open(&repo->odb, path.ptr);
	if (rc == 0)
		rc = git_repository_set_odb(repo->lib, repo->odb);
	if (rc != 0)
		repo_fail(err, "打开对象目录 %s 失败", path.ptr);
	buf_release(&path);
	return rc == 0 ? 0 : -1;
}

/* What libgit2 found, in our words. */
static int
opened(struct repo *repo, struct err *err)
{
	if (open_objects(repo, err) != 0)
		return -1;
	repo->worktree = without_slash(git_repository_workdir(repo->lib));
	repo->gitdir = without_slash(git_repository_commondir(repo->lib));
	raw_cache_init(&repo->trees, TREE_CACHE_BYTES);
	if (add_objects(repo, err) != 0)
		return -1;
	return load_shallow(repo, err);
}

static int
set_worktree(struct repo *repo, const char *tree, struct err *err)
{
	const char *now = git_repository_workdir(repo->lib);
	char *real = realpath(tree, NULL);
	size_t len = real == NULL ? 0 : strlen(real);
	int rc = 0;

	/* libgit2 1.5 leaks the path when it is told what it knows. */
	if (real == NULL)
		rc = err_sys(err, "打开工作目录", tree);
	else if (now == NULL || strncmp(now, real, len) != 0 || strcmp(now + len, "/") != 0)
		rc = git_repository_set_workdir(repo->lib, real, 0);
	if (rc != 0)
		repo_fail(err, "工作目录 %s 不可用", tree);
	free(real);
	return rc == 0 ? 0 : -1;
}

/* git gives its hooks GIT_DIR, with --work-tree GIT_WORK_TREE too. libgit2's own reading of
 * them refuses GIT_WORK_TREE, so it is done here. */
static int
open_lib(struct repo *repo, struct err *err)
{
	const unsigned exact = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT;
	const char *dir = repo->exact ? repo->asked : environment("GIT_DIR"),
		   *tree = repo->exact ? NULL : environment("GIT_WORK_TREE");
	int rc = dir == NULL ? git_repository_open_ext(&repo->lib, repo->asked, 0,
						       environment("GIT_CEILING_DIRECTORIES"))
			     : git_repository_open_ext(&repo->lib, dir, exact, NULL);

	if (rc == GIT_ENOTFOUND)
		return err_set(err, ERR_USAGE, "%s 不在 git 仓库里",
			       dir == NULL ? repo->asked : dir);
	if (rc != 0)
		return repo_fail(err, "打开仓库 %s 失败", dir == NULL ? repo->asked : dir);
	return tree == NULL ? 0 : set_worktree(repo, tree, err);
}

static int
open_asked(struct repo **out, char *asked, bool exact, struct err *err)
{
	struct repo *repo = xcalloc(1, sizeof(*repo));
	int rc;

	library_start();
	repo->asked = asked;
	repo->exact = exact;
	repo->lane = lane_take();
	rc = open_lib(repo, err);
	if (rc == 0)
		rc = opened(repo, err);
	if (rc == 0)
		*out = repo;
	else
		repo_free(repo);
	return rc;
}

int
repo_open(struct repo **out, const char *path, struct err *err)
{
	char *real = realpath(path, NULL);

	if (real == NULL && environment("GIT_DIR") == NULL)
		return err_sys(err, "打开", path);
	return open_asked(out, real != NULL ? real : xstrdup(path), false, err);
}

int
repo_open_exact(struct repo **out, const char *path, struct err *err)
{
	char *real = realpath(path, NULL);

	return real == NULL ? err_sys(err, "打开", path) : open_asked(out, real, true, err);
}

int
repo_again(struct repo **out, const struct repo *repo, struct err *err)
{
	return open_asked(out, xstrdup(repo->asked), repo->exact, err);
}

int
repo_init(struct repo **out, const char *path, bool bare, struct err *err)
{
	git_repository_init_options options;
	git_repository *lib = NULL;

	library_start();
	git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.initial_head =
	    "main"; /* hub and workspaces have to agree, whatever a machine is set to */
	options.flags = GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_MKPATH |
			GIT_REPOSITORY_INIT_EXTERNAL_TEMPLATE |
			(bare ? GIT_REPOSITORY_INIT_BARE : 0);
	if (git_repository_init_ext(&lib, path, &options) != 0)
		return repo_fail(err, "在 %s 建立仓库失败", path);
	git_repository_free(lib);
	return repo_open(out, path, err);
}

void
repo_free(struct repo *repo)
{
	if (repo == NULL)
		return;
	raw_cache_release(&repo->trees);
	git_odb_free(repo->odb);
	git_repository_free(repo->lib);
	lane_give_back(repo->lane);
	free(repo->shallow.items);
	free(repo->worktree);
	free(repo->gitdir);
	free(repo->asked);
	free(repo);
}

const char *
repo_worktree(const struct repo *repo)
{
	return repo->worktree;
}

const char *
repo_gitdir(const struct repo *repo)
{
	return repo->gitdir;
}

/* --- names of commits ------------------------------------------------------------------------- */
void
oid_hex(const struct oid *oid, char out[OID_HEX])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < sizeof(oid->id); i++) {
		out[i * 2] = digits[oid->id[i] >> 4];
		out[i * 2 + 1] = digits[oid->id[i] & 15];
	}
	out[OID_HEX - 1] = '\0';
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
oid_scan(const char *hex, struct oid *out)
{
	struct oid oid;
	size_t i;

	for (i = 0; i < sizeof(oid.id); i++) {
		int high = digit(hex[i * 2]), low = high < 0 ? -1 : digit(hex[i * 2 + 1]);

		if (low < 0)
			return false;
		oid.id[i] = (uint8_t)(high << 4 | low);
	}
	*out = oid;
	return true;
}

bool
oid_parse(const char *hex, struct oid *out)
{
	return strlen(hex) == OID_HEX - 1 && oid_scan(hex, out);
}

bool
oid_zero(const struct oid *oid)
{
	static const struct oid zero;

	return oid_same(oid, &zero);
}

bool
oid_same(const struct oid *a, const struct oid *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* The commit of a ref; zero when the ref, or the branch it points to, is not there. */
static int
ref_commit(struct repo *repo, const char *ref, struct oid *out, struct err *err)
{
	git_oid id;
	int rc = git_reference_name_to_id(&id, repo->lib, ref);

	memset(out, 0, sizeof(*out));
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc != 0)
		return repo_fail(err, "读取 %s 失败", ref);
	memcpy(out->id, id.id, sizeof(out->id));
	return 0;
}

int
repo_head(struct repo *repo, struct oid *out, struct err *err)
{
	return ref_commit(repo, "HEAD", out, err);
}

int
repo_merge_head(struct repo *repo, struct oid *out, struct err *err)
{
	return ref_commit(repo, "MERGE_HEAD", out, err);
}

/* A commit that libgit2 cannot parse is still a commit, and may be asked for by its name. */
static bool
is_commit(struct repo *repo, const char *revision, struct oid *out)
{
	git_object_t type;
	size_t len;

	return oid_parse(revision, out) &&
	       git_odb_read_header(&len, &type, repo->odb, lib_oid(out)) == 0 &&
	       type == GIT_OBJECT_COMMIT;
}

int
repo_resolve(struct repo *repo, const char *revision, struct oid *out, struct err *err)
{
	git_object *object = NULL, *commit = NULL;
	int rc;

	if (is_commit(repo, revision, out))
		return 0;
	memset(out, 0, sizeof(*out));
	rc = git_revparse_single(&object, repo->lib, revision);
	if (rc == 0)
		rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc == 0)
		memcpy(out->id, git_object_id(commit)->id, sizeof(out->id));
	else if (rc == GIT_EAMBIGUOUS)
		err_set(err, ERR_USAGE, "“%s”可以指几个提交，请写长一些", revision);
	else if (rc == GIT_ENOTFOUND || rc == GIT_EINVALIDSPEC || rc == GIT_EPEEL)
		err_set(err, ERR_USAGE, "仓库里没有“%s”这个提交", revision);
	else
		repo_fail(err, "查找“%s”失败", revision);
	git_object_free(commit);
	git_object_free(object);
	return rc == 0 ? 0 : -1;
}

char *
repo_config(struct repo *repo, const char *key)
{
	git_config *config = NULL;
	const char *value = NULL;
	char *copy = NULL;

	/* Strings may be borrowed from a snapshot only. */
	if (git_repository_config_snapshot(&config, repo->lib) == 0 &&
	    git_config_get_string(&value, config, key) == 0)
		copy = xstrdup(value);
	git_config_free(config);
	return copy;
}

int
repo_set_config(struct repo *repo, const char *key, const char *value, struct err *err)
{
	git_config *config = NULL, *own = NULL;
	int rc = git_repository_config(&config, repo->lib);

	if (rc == 0)
		rc = git_config_open_level(&own, config, GIT_CONFIG_LEVEL_LOCAL);
	if (rc == 0)
		rc = git_config_set_string(own, key, value);
	if (rc != 0)
		repo_fail(err, "设置不了 %s", key);
	git_config_free(own);
	git_config_free(config);
	return rc == 0 ? 0 : -1;
}

int
repo_merge_base(struct repo *repo, const struct oid *a, const struct oid *b, struct oid *out,
		struct err *err)
{
	git_oid one, two, base;
	int rc;

	memcpy(one.id, a->id, sizeof(one.id));
	memcpy(two.id, b->id, sizeof(two.id));
	memset(out, 0, sizeof(*out));
	rc = git_merge_base(&base, repo->lib, &one, &two);
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc != 0)
		return repo_fail(err, "查找两条分支的共同起点失败");
	memcpy(out->id, base.id, sizeof(out->id));
	return 0;
}
