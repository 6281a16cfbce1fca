/* What an import makes of the files that are there: which days come, which agree, which contradict. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/usage_internal.h"

#define MONTH_FILE_BYTES ((size_t)64 << 10)

static int
read_existing(struct usage_days *out, struct usage_plan *plan, const char *root, const char *path,
	      struct err *err)
{
	char *full = file_join(root, path);
	struct buf text = BUF_INIT;
	int rc = 0;

	*out = (struct usage_days){ 0 };
	if (file_exists(full)) {
		rc = file_read(&text, full, MONTH_FILE_BYTES, err);
		if (rc == 0)
			usage_file_parse(out, &plan->arena, text.ptr, text.len, path,
					 &plan->findings);
	}
	buf_release(&text);
	free(full);
	return rc;
}

static void
take_new(struct usage_plan *plan, struct usage_file *file, const struct usage_day *row)
{
	file->added++;
	file->rows[file->count++] = *row;
	plan->added++;
}

/* Both have the day. */
static void
take_both(struct usage_plan *plan, struct usage_file *file, const struct usage_day *old,
	  const struct usage_day *now)
{
	file->rows[file->count++] = *now;
	if (day_rows_same(old, now)) {
		plan->unchanged++;
		return;
	}
	file->changed++;
	plan->changed++;
	vec_push(plan->conflicts, plan->conflict_count, plan->conflict_cap,
		 ((struct usage_conflict){ file->path, now->day, *old, *now }));
}

/* Two sorted lists of days into one. */
static void
merge_days(struct usage_plan *plan, struct usage_file *file, const struct usage_days *old,
	   const struct usage_day *rows, size_t count)
{
	size_t i = 0, j = 0;

	file->rows = arena_alloc(&plan->arena, (old->count + count) * sizeof(*file->rows));
	while (i < old->count || j < count) {
		if (j == count || (i < old->count && old->rows[i].day < rows[j].day))
			file->rows[file->count++] = old->rows[i++];
		else if (i == old->count || rows[j].day < old->rows[i].day)
			take_new(plan, file, &rows[j++]);
		else
			take_both(plan, file, &old->rows[i++], &rows[j++]);
	}
}

static int
plan_month(struct usage_plan *plan, const char *root, const char *vm, const struct usage_day *rows,
	   size_t count, struct err *err)
{
	struct day_parts parts = day_split(rows[0].day);
	struct usage_file file = { 0 };
	struct usage_days old;
	struct buf path = BUF_INIT;

	usage_file_path(&path, parts.year, parts.month, vm);
	file.path = arena_strdup(&plan->arena, path.ptr);
	buf_release(&path);
	if (read_existing(&old, plan, root, file.path, err) != 0)
		return -1;
	merge_days(plan, &file, &old, rows, count);
	vec_push(plan->files, plan->count, plan->cap, file);
	return 0;
}

static int
plan_machine(struct usage_plan *plan, const char *root, const struct usage_days *days,
	     struct err *err)
{
	size_t from = 0, to;
	int rc = 0;

	for (; rc == 0 && from < days->count; from = to) {
		struct day_parts parts = day_split(days->rows[from].day);

		to = usage_find(days, day_of_next_month(parts.year, parts.month, 1));
		rc = plan_month(plan, root, days->vm, days->rows + from, to - from, err);
	}
	return rc;
}

/* --- names that Windows holds for one -------------------------------------------------------------------- */
static char *
folded(struct arena *arena, const char *path)
{
	char *copy = arena_strdup(arena, path), *p;

	for (p = copy; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static void
note_name(struct usage_plan *plan, struct map *seen, const char *path)
{
	char *key = folded(&plan->arena, path);
	const char *other = map_find(seen, key);

	if (other != NULL && strcmp(other, path) != 0)
		finding_file(&plan->clashes, "usage", path, 0, 0,
			     "与 %s 只有大小写不同，在 Windows 上是同一个文件；请统一机器名的写法",
			     other);
	if (other == NULL)
		map_put(seen, key, arena_strdup(&plan->arena, path));
}

static int
check_names(struct usage_plan *plan, const char *root, struct err *err)
{
	char *folder = file_join(root, USAGE_FOLDER);
	struct file_list there = { 0 };
	struct map seen = { 0 };
	size_t i;
	int rc = 0;

	if (file_is_folder(folder))
		rc = file_list_below(&there, folder, err);
	for (i = 0; i < there.count; i++)
		note_name(plan, &seen,
			  arena_printf(&plan->arena, USAGE_FOLDER "/%s", there.names[i]));
	for (i = 0; i < plan->count; i++)
		note_name(plan, &seen, plan->files[i].path);
	map_release(&seen);
	file_list_release(&there);
	free(folder);
	return rc;
}

int
usage_store_plan(struct usage_plan *plan, const char *root, const struct usage_set *set,
		 struct err *err)
{
	size_t i;
	int rc = 0;

	*plan = (struct usage_plan){ 0 };
	for (i = 0; rc == 0 && i < set->count; i++)
		rc = plan_machine(plan, root, &set->machines[i], err);
	return rc == 0 ? check_names(plan, root, err) : rc;
}

int
usage_store_write(const struct usage_plan *plan, const char *root, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < plan->count; i++) {
		const struct usage_file *file = &plan->files[i];
		char *full = file_join(root, file->path);

		buf_clear(&text);
		usage_file_render(&text, file->rows, file->count);
		if (file_make_parents(full, err) != 0 ||
		    file_replace(full, text.ptr, text.len, false, err) != 0)
			rc = -1;
		free(full);
	}
	buf_release(&text);
	return rc;
}

void
usage_plan_release(struct usage_plan *plan)
{
	arena_release(&plan->arena);
	findings_release(&plan->findings);
	findings_release(&plan->clashes);
	free(plan->files);
	free(plan->conflicts);
}

/* --- gaps --------------------------------------------------------------------------------------------------- */
void
usage_gaps(struct usage_gaps *out, struct arena *arena, const struct usage_set *set,
	   const char *const *known, size_t known_count)
{
	static char here;
	struct map names = { 0 };
	size_t i;

	*out = (struct usage_gaps){ 0 };
	out->silent = arena_alloc(arena, (known_count + 1) * sizeof(*out->silent));
	out->unknown = arena_alloc(arena, (set->count + 1) * sizeof(*out->unknown));
	for (i = 0; i < known_count; i++) {
		if (map_find(&names, known[i]) != NULL)
			continue;
		map_put(&names, known[i], &here);
		if (usage_set_find(set, known[i]) == NULL)
			out->silent[out->silent_count++] = known[i];
	}
	for (i = 0; i < set->count; i++) {
		if (map_find(&names, set->machines[i].vm) == NULL)
			out->unknown[out->unknown_count++] = set->machines[i].vm;
	}
	map_release(&names);
}
