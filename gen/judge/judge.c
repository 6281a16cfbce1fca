#include "judge/judge_internal.h"
#include "ledger/prices.h"

#include <stdlib.h>
#include <string.h>

int
judge_new(struct judge **out, struct repo *repo, const struct oid *tips, size_t tip_count,
	  bool save_log, int64_t now, struct err *err)
{
	struct judge *judge = xcalloc(1, sizeof(*judge));

	judge->repo = repo;
	judge->now = now;
	judge->cache = basis_cache_new(save_log ? KEPT_LAW_AND_REGISTERS : KEPT_NOTHING);
	if (log_open(&judge->log, repo, tips, tip_count, save_log, err) != 0) {
		judge_free(judge);
		return -1;
	}
	*out = judge;
	return 0;
}

void
judge_free(struct judge *judge)
{
	if (judge == NULL)
		return;
	basis_cache_free(judge->cache);
	log_free(judge->log);
	free(judge);
}

const struct log *
judge_log(const struct judge *judge)
{
	return judge->log;
}

/* --- what the commit changes ----------------------------------------------------------------------- */
struct collect {
	struct arena *arena;
	struct change *changes;
	size_t count, cap;
};

static int
collect_change(void *ctx, const struct change *change, struct err *err)
{
	struct collect *c = ctx;
	struct change copy = *change;

	(void)err;
	copy.path = arena_strdup(c->arena, change->path);
	vec_push(c->changes, c->count, c->cap, copy);
	return 0;
}

/* Keeps of `own` (sorted by path) what also differs from the other parent: a path that equals one
 * side of a merge is not the merge's doing. */
static void
keep_common(struct collect *own, const struct collect *other)
{
	size_t i, k = 0, kept = 0;

	for (i = 0; i < own->count; i++) {
		while (k < other->count && strcmp(other->changes[k].path, own->changes[i].path) < 0)
			k++;
		if (k < other->count && strcmp(other->changes[k].path, own->changes[i].path) == 0)
			own->changes[kept++] = own->changes[i];
	}
	own->count = kept;
}

static int
diff_parent(struct collect *out, struct case_ *c, const struct oid *parent, struct err *err)
{
	struct snapshot before;

	if (snapshot_commit(&before, c->judge->repo, parent, err) != 0)
		return -1;
	return tree_diff(c->judge->repo, &before.tree, &c->act->after.tree, collect_change, out,
			 err);
}

static int
compare_changes(const void *a, const void *b)
{
	return strcmp(((const struct change *)a)->path, ((const struct change *)b)->path);
}

static const struct change *
find_change(const struct collect *list, const char *path)
{
	struct change key = { .path = path };

	return list->count == 0
		   ? NULL
		   : bsearch(&key, list->changes, list->count, sizeof(key), compare_changes);
}

/* Where the merge kept `kept` (same as that parent) but the other side had changed it since they parted. */
static void
note_dropped(struct case_ *c, const struct collect *other_did, const struct collect *kept_did,
	     const struct collect *from_other)
{
	size_t i;

	for (i = 0; i < other_did->count; i++) {
		const struct change *theirs = &other_did->changes[i],
				    *result = find_change(from_other, theirs->path);
		const struct change *ours = find_change(kept_did, theirs->path);
		struct dropped d = { theirs->path, ours != NULL };

		if (result == NULL) /* the result is what they made of it */
			continue;
		if (ours == NULL ? oid_same(&result->new_oid, &theirs->old_oid)
				 : oid_same(&result->new_oid, &ours->new_oid))
			vec_push(c->dropped, c->dropped_count, c->dropped_cap, d);
	}
}

/* A merge must not undo what either side did since they parted. */
static int
collect_dropped(struct case_ *c, struct err *err)
{
	struct collect did[2] = { { .arena = &c->arena }, { .arena = &c->arena } };
	struct collect from[2] = { { .arena = &c->arena }, { .arena = &c->arena } };
	struct snapshot sides[2];
	struct oid common;
	int i, rc = repo_merge_base(c->judge->repo, &c->act->parents[0], &c->act->parents[1],
				    &common, err);

	if (rc == 0)
		rc = snapshot_commit(&c->base, c->judge->repo, &common, err);
	for (i = 0; rc == 0 && i < 2; i++) {
		rc = snapshot_commit(&sides[i], c->judge->repo, &c->act->parents[i], err);
		if (rc == 0)
			rc = tree_diff(c->judge->repo, &c->base.tree, &sides[i].tree,
				       collect_change, &did[i], err);
		if (rc == 0)
			rc = tree_diff(c->judge->repo, &sides[i].tree, &c->act->after.tree,
				       collect_change, &from[i], err);
		if (did[i].count > 0)
			qsort(did[i].changes, did[i].count, sizeof(*did[i].changes),
			      compare_changes);
		if (from[i].count > 0)
			qsort(from[i].changes, from[i].count, sizeof(*from[i].changes),
			      compare_changes);
	}
	for (i = 0; rc == 0 && i < 2; i++)
		note_dropped(c, &did[1 - i], &did[i], &from[1 - i]);
	if (rc == 0)
		c->other = sides[1];
	for (i = 0; i < 2; i++) {
		free(did[i].changes);
		free(from[i].changes);
	}
	return rc;
}

static int
collect_changes(struct case_ *c, struct err *err)
{
	static const struct oid none;
	struct collect own = { .arena = &c->arena }, other = { .arena = &c->arena };
	size_t i;
	int rc = diff_parent(&own, c, c->act->parent_count == 0 ? &none : &c->act->parents[0], err);

	if (own.count > 0)
		qsort(own.changes, own.count, sizeof(*own.changes), compare_changes);
	for (i = 1; rc == 0 && i < c->act->parent_count; i++) {
		other.count = 0;
		rc = diff_parent(&other, c, &c->act->parents[i], err);
		if (other.count > 0)
			qsort(other.changes, other.count, sizeof(*other.changes), compare_changes);
		keep_common(&own, &other);
	}
	free(other.changes);
	c->changes = own.changes;
	c->change_count = own.count;
	return rc;
}

/* --- what it is judged by ------------------------------------------------------------------------------ */
static int
set_parents(struct case_ *c, struct err *err)
{
	size_t i;

	c->parents = arena_alloc(&c->arena, (c->act->parent_count + 1) * sizeof(*c->parents));
	c->parent_time = INT64_MIN;
	for (i = 0; i < c->act->parent_count; i++) {
		uint32_t number;
		struct commit commit;

		if (!log_find_commit(c->judge->log, &c->act->parents[i], &number))
			return err_set(err, ERR_GIT,
				       "历史里找不到上一个提交，请检查仓库是否完整（git fsck）");
		c->parents[c->parent_count++] = number;
		if (commit_read(c->judge->repo, &c->act->parents[i], &c->arena, &commit, err) != 0)
			return -1;
		if (commit.author.time > c->parent_time)
			c->parent_time = commit.author.time;
	}
	return 0;
}

/* Whether this is the commit that everything begins with: nobody begins a second time. */
static bool
is_first(const struct case_ *c)
{
	struct oid oid;
	uint32_t number;

	if (c->act->commit[0] == '\0')
		return log_commit_count(c->judge->log) == 0;
	return oid_parse(c->act->commit, &oid) && log_find_commit(c->judge->log, &oid, &number) &&
	       number == 0;
}

/* The parent's law; the first commit, which brings the law, is judged by what it brings. */
static int
set_basis(struct case_ *c, struct err *err)
{
	struct entry entry;
	int found = 0;

	if (c->act->parent_count > 0) {
		if (snapshot_commit(&c->before, c->judge->repo, &c->act->parents[0], err) != 0)
			return -1;
		found = snapshot_find(&c->before, "lua/parties.lua", &entry, err);
		if (found < 0)
			return -1;
	} else {
		snapshot_tree(&c->before, c->judge->repo, &(struct oid){ { 0 } });
	}
	c->initial = found == 0 && (c->act->parent_count > 0 || is_first(c));
	if (found == 0 && !c->initial && /* judged by the law of the real beginning */
	    snapshot_commit(&c->before, c->judge->repo, &log_commit_at(c->judge->log, 0)->oid,
			    err) != 0)
		return -1;
	return basis_of(&c->basis, c->judge->cache, c->initial ? &c->act->after : &c->before, err);
}

/* --- registers, calendar and law as they would be -------------------------------------------------------- */
static bool
touches(const struct case_ *c, const char *prefix)
{
	size_t i;

	for (i = 0; i < c->change_count; i++) {
		if (text_starts(c->changes[i].path, prefix))
			return true;
	}
	return false;
}

static void
copy_findings(struct findings *into, const struct findings *from)
{
	size_t i;

	for (i = 0; i < from->count; i++) {
		struct finding f = from->items[i];

		f.commit = NULL; /* the list's own */
		finding_add(into, &f);
	}
}

/* What is wrong with price lists that the commit touches. */
static int
check_prices(struct case_ *c, struct err *err)
{
	struct prices prices = { 0 };
	int rc = 0;

	if (touches(c, PRICES_FOLDER "/"))
		rc = prices_read(&prices, &c->arena, &c->act->after, c->findings, err);
	prices_release(&prices);
	return rc;
}

/* A law that does not load is refused here, before anybody has to judge by it. */
static int
check_next_basis(struct case_ *c, struct err *err)
{
	struct err why = { 0 };
	struct law *law = NULL;
	struct basis next;

	if (!touches(c, "lua/") && !touches(c, "content/parties/") &&
	    !touches(c, "content/systems/") && !touches(c, "content/site.yaml") &&
	    !touches(c, CALENDAR_FILE))
		return 0;
	if (touches(c, "lua/") && law_of_snapshot(&law, &c->act->after, c->findings, &why) != 0 &&
	    why.code == ERR_LAW && findings_refuse(c->findings))
		return 0; /* each fault is a finding now */
	law_free(law);
	err_clear(&why);
	if (basis_of(&next, c->judge->cache, &c->act->after, &why) != 0) {
		if (why.code != ERR_LAW && why.code != ERR_LIMIT) {
			*err = why;
			return -1;
		}
		finding_file(c->findings, "law", why.file, why.line, 0, "%s", why.text);
		return 0;
	}
	if (!touches(c, "lua/") || c->initial)
		copy_findings(c->findings, next.register_findings);
	if (touches(c, CALENDAR_FILE))
		copy_findings(c->findings, next.calendar_findings);
	/* The law that judges must not be the one pushed out of the cache. */
	return basis_of(&c->basis, c->judge->cache, c->initial ? &c->act->after : &c->before, err);
}

/* By the certificates that stood before: nobody brings the one they sign with. */
static int
judge_signature(struct case_ *c, struct err *err)
{
	c->signature = SIGNATURE_NONE;
	if (c->act->armour == NULL)
		return 0;
	return signature_of_text(&c->signature, NULL, c->act->armour, c->act->payload, &c->before,
				 c->act->author_email, c->act->time, err);
}

/* --- the verdict --------------------------------------------------------------------------------------------- */
/* The place a finding speaks of: its key in the ticket, or the line it names itself. False: what stands there
 * has been refused already. */
static bool
set_place(const struct case_ *c, struct finding *f, const char *key, int line)
{
	const struct node *node = NULL;
	size_t i;

	f->line = line;
	for (i = 0; i < c->ticket_count && key[0] != '\0'; i++) {
		if (strcmp(c->tickets[i].file, f->file) == 0 && c->tickets[i].after_exists)
			node = node_at(c->tickets[i].after.front, key);
	}
	for (i = 0; i < c->logged_count && key[0] != '\0'; i++) {
		if (strcmp(c->logged[i].file, f->file) == 0)
			node = node_at(c->logged[i].doc.front, key);
	}
	if (node == NULL)
		return true;
	f->line = node->line;
	f->column = node->column;
	return !node->unfit;
}

/* One row of the list that api.judge gave, on top of the stack. */
static void
take_finding(struct case_ *c, struct script *s)
{
	struct finding f = { 0 };

	f.severity =
	    strcmp(script_get_text(s, "severity"), "warn") == 0 ? SEVERITY_WARN : SEVERITY_REFUSE;
	f.rule = script_get_text(s, "rule");
	f.article = script_get_text(s, "article");
	f.article_label = script_get_text(s, "label");
	f.ticket = script_get_text(s, "ticket");
	f.file = script_get_text(s, "file");
	f.message = script_get_text(s, "message");
	if (set_place(c, &f, script_get_text(s, "key"), (int)script_get_integer(s, "line")))
		finding_add(c->findings, &f);
}

/* The list that a call of the api left. */
static void
take_findings(struct case_ *c, struct script *s)
{
	size_t i;

	for (i = 1; script_push_row(s, i); i++) {
		take_finding(c, s);
		script_pop(s, 1);
	}
	script_pop(s, 1);
}

static int
run_file_rules(struct case_ *c, struct script *s, struct err *err)
{
	bool pushed;
	size_t i;

	for (i = 0; i < c->change_count; i++) {
		if (facts_push_file(c, s, &c->changes[i], &pushed, err) != 0)
			return -1;
		if (!pushed)
			continue;
		if (script_call(s, "judge_file", 1, 1, err) != 0)
			return -1;
		take_findings(c, s);
	}
	return 0;
}

static int
run_rules(struct case_ *c, struct err *err)
{
	struct script *s = law_script(c->basis.law);

	if (run_file_rules(c, s, err) != 0 || facts_push(c, s, err) != 0 ||
	    script_call(s, "judge", 1, 1, err) != 0)
		return -1;
	take_findings(c, s);
	return 0;
}

int
judge_act(struct judge *judge, const struct act *act, struct findings *findings, struct err *err)
{
	struct case_ c = { .judge = judge, .act = act, .findings = findings };
	const char *commit = findings->commit;
	int rc;

	findings->commit = act->commit;
	message_parse(&c.message, &c.arena, act->message == NULL ? "" : act->message,
		      act->message_is_draft);
	rc = set_parents(&c, err);
	if (rc == 0)
		rc = set_basis(&c, err);
	if (rc == 0)
		rc = collect_changes(&c, err);
	if (rc == 0 && act->parent_count == 2)
		rc = collect_dropped(&c, err);
	/* A clean merge changes nothing of its own and passes whoever makes it. */
	if (rc == 0 && !(c.change_count == 0 && c.dropped_count == 0 && act->parent_count == 2)) {
		rc = check_next_basis(&c, err);
		if (rc == 0)
			rc = check_prices(&c, err);
		if (rc == 0)
			rc = certificates_check(&c, err);
		if (rc == 0)
			rc = judge_signature(&c, err);
		if (rc == 0)
			rc = tickets_read(&c, err);
		if (rc == 0)
			rc = run_rules(&c, err);
	}
	findings->commit = commit;
	free(c.changes);
	free(c.logged);
	free(c.dropped);
	arena_release(&c.arena);
	return rc;
}

int
judge_commit(struct judge *judge, const struct oid *oid, struct findings *findings, struct err *err)
{
	struct arena arena = { 0 };
	struct commit commit;
	struct act act = { 0 };
	struct buf armour = BUF_INIT, payload = BUF_INIT;
	char hex[OID_HEX];
	int rc = commit_read(judge->repo, oid, &arena, &commit, err);

	if (rc == 0)
		rc = commit_signature(judge->repo, oid, &armour, &payload, err) < 0 ? -1 : 0;
	if (rc == 0) {
		oid_hex(oid, hex);
		snapshot_tree(&act.after, judge->repo, &commit.tree);
		act.parents = commit.parents;
		act.parent_count = commit.parent_count;
		act.author_name = commit.author.name;
		act.author_email = commit.author.email;
		act.time = commit.author.time;
		act.message = commit.message;
		act.armour = armour.len > 0 ? &armour : NULL;
		act.payload = &payload;
		act.commit = hex;
		rc = judge_act(judge, &act, findings, err);
	}
	buf_release(&armour);
	buf_release(&payload);
	arena_release(&arena);
	return rc;
}

int
judge_range(struct judge *judge, const struct oid *from, const struct oid *to,
	    struct findings *findings, struct err *err)
{
	const struct log *log = judge->log;
	size_t count = log_commit_count(log);
	uint32_t first = 0, last = 0, i;

	if (!log_find_commit(log, to, &last) ||
	    (from != NULL && !log_find_commit(log, from, &first)))
		return oid_zero(to) ? 0 : err_set(err, ERR_GIT, "历史里找不到要判断的提交");
	for (i = 0; i < count; i++) {
		if (!log_is_ancestor(log, i, last) ||
		    (from != NULL && log_is_ancestor(log, i, first)))
			continue;
		if (judge_commit(judge, &log_commit_at(log, i)->oid, findings, err) != 0)
			return -1;
	}
	return 0;
}
