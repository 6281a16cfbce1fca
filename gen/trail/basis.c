#include "trail/basis.h"
#include "trail/keep.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 4

struct law_slot {
	struct oid tree;
	struct law *law;
};
struct register_slot {
	struct oid key; /* of the three below */
	struct registers registers;
	struct arena arena;
	struct findings findings;
	bool used;
};
struct calendar_slot {
	struct oid blob;
	struct calendar *calendar;
	struct findings findings;
};
struct basis_cache {
	struct law_slot laws[KEPT];
	struct register_slot registers[KEPT];
	struct calendar_slot calendars[KEPT];
	enum basis_kept kept; /* what may come from and go to the files of keep.h */
	int next_law, next_register, next_calendar;
};

struct basis_cache *
basis_cache_new(enum basis_kept kept)
{
	struct basis_cache *cache = xcalloc(1, sizeof(*cache));

	cache->kept = kept;
	return cache;
}

static void
clear_registers(struct register_slot *slot)
{
	registers_release(&slot->registers);
	arena_release(&slot->arena);
	findings_release(&slot->findings);
	memset(slot, 0, sizeof(*slot));
}

static void
clear_calendar(struct calendar_slot *slot)
{
	calendar_free(slot->calendar);
	findings_release(&slot->findings);
	memset(slot, 0, sizeof(*slot));
}

void
basis_cache_free(struct basis_cache *cache)
{
	int i;

	if (cache == NULL)
		return;
	for (i = 0; i < KEPT; i++) {
		law_free(cache->laws[i].law);
		clear_registers(&cache->registers[i]);
		clear_calendar(&cache->calendars[i]);
	}
	free(cache);
}

/* --- law ------------------------------------------------------------------------------------------- */
struct file_set {
	const struct snapshot *snap;
	struct arena arena;
	struct law_file *files;
	size_t count, cap;
};

static int
add_file(void *ctx, const struct entry *entry, struct err *err)
{
	struct file_set *set = ctx;
	struct law_file file = { 0 };
	struct buf text = BUF_INIT;
	int found = 0;

	/* By its id where it has one: a path would be looked up from the top each time. */
	if (set->snap->kind == SNAPSHOT_FOLDER)
		found = snapshot_read(set->snap, entry->path, DOC_MAX_BYTES, &text, NULL, err);
	else if (entry->mode == MODE_FILE || entry->mode == MODE_EXEC)
		found = repo_blob(set->snap->repo, &entry->oid, DOC_MAX_BYTES, &text, err) == 0
			    ? 1
			    : -1;

	if (found > 0) {
		file.path = arena_strdup(&set->arena, entry->path);
		file.text = arena_copy(&set->arena, text.ptr, text.len + 1, 1);
		file.len = text.len;
		vec_push(set->files, set->count, set->cap, file);
	}
	buf_release(&text);
	return found < 0 ? -1 : 0;
}

static int
read_files(struct file_set *set, const struct snapshot *snap, const char *folder, struct err *err)
{
	memset(set, 0, sizeof(*set));
	set->snap = snap;
	return snapshot_files(snap, folder, add_file, set, err);
}

static void
release_files(struct file_set *set)
{
	free(set->files);
	arena_release(&set->arena);
}

/* The id of what stands at `path`; in the work tree there is none, and nothing is cached by it. */
static int
id_of(struct oid *out, const struct snapshot *snap, const char *path, struct err *err)
{
	struct entry entry;
	int found = snapshot_find(snap, path, &entry, err);

	memset(out, 0, sizeof(*out));
	if (found > 0)
		*out = entry.oid;
	return found < 0 ? -1 : 0;
}

int
law_of_snapshot(struct law **out, const struct snapshot *snap, struct findings *faults,
		struct err *err)
{
	struct file_set set = { 0 };
	int rc = read_files(&set, snap, "lua", err);

	if (rc == 0)
		rc = law_load(out, set.files, set.count, faults, err);
	release_files(&set);
	return rc;
}

/* Of the law's tree and the program's words for it. */
static void
law_key(struct oid *out, const struct oid *tree)
{
	const uint64_t parts[2] = { law_words_sum(), hash_bytes(tree->id, sizeof(tree->id), 3) };

	*out = *tree;
	memcpy(out->id, parts, sizeof(parts));
}

#define LAW "law 1" /* the form of what law_freeze writes */

int
law_kept(struct law **out, const struct snapshot *snap, const struct oid *tree, struct err *err)
{
	char *path = file_join(repo_gitdir(snap->repo), "yunjuan/law");
	struct findings faults = { 0 };
	struct file_set set = { 0 };
	struct buf bytes = BUF_INIT;
	struct mapping file;
	const char *kept;
	struct oid key;
	size_t len;
	int rc = 0;

	law_key(&key, tree);
	*out = NULL;
	if (keep_map(&file, &kept, &len, path, LAW, &key)) {
		*out = law_thaw(kept, len);
		file_unmap(&file);
	}
	if (*out == NULL)
		rc = read_files(&set, snap, "lua", err);
	if (rc == 0 && *out == NULL) {
		rc = law_load(out, set.files, set.count, &faults, err);
		if (rc == 0 && law_freeze(&bytes, *out, set.files, set.count))
			keep_write(&bytes, path, LAW, &key);
	}
	release_files(&set);
	findings_release(&faults);
	buf_release(&bytes);
	free(path);
	return rc;
}

static int
get_law(struct basis *out, struct basis_cache *cache, const struct snapshot *snap, struct err *err)
{
	struct findings faults = { 0 };
	struct law_slot *slot;
	int i;

	if (id_of(&out->law_tree, snap, "lua", err) != 0)
		return -1;
	for (i = 0; i < KEPT; i++) {
		if (cache->laws[i].law != NULL && oid_same(&cache->laws[i].tree, &out->law_tree)) {
			out->law = cache->laws[i].law;
			return 0;
		}
	}
	slot = &cache->laws[cache->next_law++ % KEPT];
	law_free(slot->law);
	memset(slot, 0, sizeof(*slot));
	if (cache->kept != KEPT_NOTHING && snap->kind == SNAPSHOT_TREE)
		i = law_kept(&slot->law, snap, &out->law_tree, err);
	else
		i = law_of_snapshot(&slot->law, snap, &faults, err);
	findings_release(&faults);
	if (i != 0)
		return -1;
	slot->tree = out->law_tree;
	out->law = slot->law;
	return 0;
}

/* --- registers ---------------------------------------------------------------------------------------- */
static void
add_all(struct register_slot *slot, const struct file_set *set,
	void (*add)(struct registers *, struct arena *, const char *, size_t, const char *,
		    struct findings *))
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (text_ends(set->files[i].path, ".md"))
			add(&slot->registers, &slot->arena, set->files[i].text, set->files[i].len,
			    arena_strdup(&slot->arena, set->files[i].path), &slot->findings);
	}
}

/* Registers as another run of the program left them; not for pages, which show all of a system. */
static bool
load_kept(struct register_slot *slot, const struct basis_cache *cache, const struct law *law,
	  const struct snapshot *snap, const struct oid *key)
{
	char *path = file_join(repo_gitdir(snap->repo), "yunjuan/registers");
	const int *only;
	const char *const *kinds = law_kind_ids(law, &only);
	bool found = cache->kept == KEPT_LAW_AND_REGISTERS &&
		     keep_load(&slot->registers, &slot->arena, path, key);

	free(path);
	if (found)
		registers_link(&slot->registers, &slot->arena, kinds, only, &slot->findings);
	return found;
}

/* Only what is without fault is kept: faults have to be found again. */
static void
save_kept(const struct register_slot *slot, const struct snapshot *snap, const struct oid *key)
{
	char *path = file_join(repo_gitdir(snap->repo), "yunjuan/registers");

	if (slot->findings.count == 0 && snap->kind == SNAPSHOT_TREE)
		keep_save(&slot->registers, path, key);
	free(path);
}

static int
fill_registers(struct register_slot *slot, const struct law *law, const struct snapshot *snap,
	       struct err *err)
{
	struct file_set parties = { 0 }, systems = { 0 };
	struct buf site = BUF_INIT;
	const int *only;
	const char *const *kinds = law_kind_ids(law, &only);
	int rc = read_files(&parties, snap, "content/parties", err), found;

	if (rc == 0)
		rc = read_files(&systems, snap, "content/systems", err);
	if (rc == 0) {
		add_all(slot, &parties, registers_add_party);
		add_all(slot, &systems, registers_add_system);
		found = snapshot_read(snap, "content/site.yaml", DOC_MAX_BYTES, &site, NULL, err);
		rc = found < 0 ? -1 : 0;
	}
	if (rc == 0) {
		if (found == 0)
			finding_file(&slot->findings, "register", "content/site.yaml", 0, 0,
				     "缺少这个文件；请补上（可参照 yunjuan init 新建的工作区）");
		registers_set_site(&slot->registers, &slot->arena, site.ptr, site.len,
				   "content/site.yaml", &slot->findings);
		registers_link(&slot->registers, &slot->arena, kinds, only, &slot->findings);
	}
	buf_release(&site);
	release_files(&parties);
	release_files(&systems);
	return rc;
}

static int
registers_key(struct oid *out, const struct snapshot *snap, const struct oid *law, struct err *err)
{
	static const char *const parts[] = { "content/parties", "content/systems",
					     "content/site.yaml" };
	struct oid ids[4];
	uint64_t sum;
	int i;

	ids[3] = *law;
	for (i = 0; i < 3; i++) {
		if (id_of(&ids[i], snap, parts[i], err) != 0)
			return -1;
	}
	memset(out, 0, sizeof(*out));
	sum = hash_bytes(ids, sizeof(ids), 1);
	memcpy(out->id, &sum, 8);
	sum = hash_bytes(ids, sizeof(ids), 2);
	memcpy(out->id + 8, &sum, 8);
	return 0;
}

static int
get_registers(struct basis *out, struct basis_cache *cache, const struct snapshot *snap,
	      struct err *err)
{
	struct register_slot *slot;
	int i;

	if (registers_key(&out->registers_key, snap, &out->law_tree, err) != 0)
		return -1;
	for (i = 0; i < KEPT; i++) {
		slot = &cache->registers[i];
		if (slot->used && oid_same(&slot->key, &out->registers_key))
			goto found;
	}
	slot = &cache->registers[cache->next_register++ % KEPT];
	clear_registers(slot);
	if (!load_kept(slot, cache, out->law, snap, &out->registers_key)) {
		clear_registers(slot);
		if (fill_registers(slot, out->law, snap, err) != 0)
			return -1;
		if (cache->kept == KEPT_LAW_AND_REGISTERS)
			save_kept(slot, snap, &out->registers_key);
	}
	slot->key = out->registers_key;
	slot->used = true;
found:
	out->registers = &slot->registers;
	out->register_findings = &slot->findings;
	return 0;
}

/* --- calendar ------------------------------------------------------------------------------------------- */
static int
get_calendar(struct basis *out, struct basis_cache *cache, const struct snapshot *snap,
	     struct err *err)
{
	struct calendar_slot *slot;
	struct buf text = BUF_INIT;
	int i, rc;

	if (id_of(&out->calendar_blob, snap, CALENDAR_FILE, err) != 0)
		return -1;
	for (i = 0; i < KEPT; i++) {
		slot = &cache->calendars[i];
		if (slot->calendar != NULL && oid_same(&slot->blob, &out->calendar_blob))
			goto found;
	}
	slot = &cache->calendars[cache->next_calendar++ % KEPT];
	clear_calendar(slot);
	rc = snapshot_read(snap, CALENDAR_FILE, DOC_MAX_BYTES, &text, NULL, err);
	if (rc == 0)
		finding_file(
		    &slot->findings, "calendar", CALENDAR_FILE, 0, 0,
		    "缺少节假日表，任何期限都算不出；请补上（可参照 yunjuan init 新建的工作区）");
	if (rc >= 0)
		rc = calendar_parse(&slot->calendar, text.ptr, text.len, CALENDAR_FILE,
				    &slot->findings, err);
	buf_release(&text);
	if (rc < 0)
		return -1;
	slot->blob = out->calendar_blob;
found:
	out->calendar = slot->calendar;
	out->calendar_findings = &slot->findings;
	return 0;
}

int
basis_of(struct basis *out, struct basis_cache *cache, const struct snapshot *snap, struct err *err)
{
	memset(out, 0, sizeof(*out));
	if (get_law(out, cache, snap, err) != 0 || get_registers(out, cache, snap, err) != 0)
		return -1;
	return get_calendar(out, cache, snap, err);
}

/* --- asking ------------------------------------------------------------------------------------------------ */
const struct officer_ref *
basis_officer(const struct basis *basis, const char *email)
{
	char lower[256];
	size_t i;

	for (i = 0; email[i] != '\0' && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)email[i]);
	lower[i] = '\0';
	return map_find(&basis->registers->by_email, lower);
}

const struct party *
basis_party(const struct basis *basis, const char *id)
{
	return map_find(&basis->registers->by_party, id);
}

const struct system *
basis_system(const struct basis *basis, const char *name)
{
	return map_find(&basis->registers->by_system, name);
}

bool
basis_is_county(const struct basis *basis, const char *tenant)
{
	const struct party *party = basis_party(basis, tenant);

	return party != NULL && strcmp(party->level, "county") == 0;
}
