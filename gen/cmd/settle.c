/* settle: from the quarantine to the repository. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/keystore.h"
#include "cmd/receiving.h"
#include "judge/signature.h"

#define KEPT_MAX_BYTES ((size_t)4 << 30)

void
receiving_refuse(struct receiving *r, const char *rule, const char *file, const char *fmt, ...)
{
	struct finding f = { .severity = SEVERITY_REFUSE, .rule = rule, .file = file };
	va_list args;
	char line[1024];

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	utf8_trim(line);
	f.message = line;
	finding_add(&r->findings, &f);
}

/* --- the quarantine ------------------------------------------------------------------------------- */
/* The index of the history and the registers are copied, so that judging reads only what is new. */
static int
copy_kept(const struct receiving *r, const char *name, struct err *err)
{
	char *from = arena_printf((struct arena *)&r->arena, "%s/yunjuan/%s",
				  repo_gitdir(r->s->repo), name),
	     *to = arena_printf((struct arena *)&r->arena, "%s/git/yunjuan/%s", r->folder, name);
	struct buf text = BUF_INIT;
	int rc = 0;

	if (file_exists(from)) {
		rc = file_make_parents(to, err);
		if (rc == 0)
			rc = file_read(&text, from, KEPT_MAX_BYTES, err);
		if (rc == 0)
			rc = file_replace(to, text.ptr, text.len, false, err);
	}
	buf_release(&text);
	return rc;
}

int
quarantine_ready(struct receiving *r, struct err *err)
{
	char *git = arena_printf(&r->arena, "%s/git", r->folder);

	if (r->q != NULL)
		return 0;
	if (quarantine_open(&r->q, git, r->s->repo, err) != 0)
		return -1;
	return copy_kept(r, "history", err) != 0 ? -1 : copy_kept(r, "registers", err);
}

int
tip_snapshot(struct snapshot *out, struct receiving *r, struct err *err)
{
	return snapshot_commit(out, r->q != NULL ? r->q : r->s->repo, &r->tip, err);
}

/* --- judging ----------------------------------------------------------------------------------------- */
/* A certificate that we know to be revoked counts so for commits of branches that did not know. */
static int
check_revoked(struct receiving *r, const struct oid *oid, struct err *err)
{
	struct buf armour = BUF_INIT, payload = BUF_INIT, der = BUF_INIT;
	struct certificate *signer = NULL;
	struct arena arena = { 0 };
	struct commit commit;
	int64_t since;
	int rc = commit_signature(r->q, oid, &armour, &payload, err), revoked = 0;

	if (rc > 0 && armour_read(armour.ptr, armour.len, &der, &signer))
		revoked = revoked_since(&since, &r->s->snap, certificate_serial(signer), err);
	if (revoked > 0 && commit_read(r->q, oid, &arena, &commit, err) == 0 &&
	    commit.author.time >= since)
		receiving_refuse(r, "signature", NULL,
				 "“%s”的证书已被吊销，之后的提交不能接收；请对方用新证书重新提交",
				 commit.author.email);
	certificate_free(signer);
	arena_release(&arena);
	buf_release(&der);
	buf_release(&armour);
	buf_release(&payload);
	return rc < 0 || revoked < 0 || err->code != ERR_NONE ? -1 : 0;
}

static int
is_there(void *ctx, const struct change *change, struct err *err)
{
	int64_t bytes;

	if (oid_zero(&change->new_oid) || change->new_mode == MODE_SUBMODULE)
		return 0;
	return repo_blob_size(ctx, &change->new_oid, &bytes, err);
}

/* Everything a commit brings is in the pack: else a later reader would stumble. */
static int
check_whole(struct receiving *r, const struct oid *oid, struct err *err)
{
	struct arena arena = { 0 };
	struct snapshot before, after;
	struct oid none = { { 0 } };
	struct commit commit;
	int rc = commit_read(r->q, oid, &arena, &commit, err);

	if (rc == 0)
		rc = snapshot_commit(&before, r->q,
				     commit.parent_count == 0 ? &none : &commit.parents[0], err);
	if (rc == 0)
		rc = snapshot_commit(&after, r->q, oid, err);
	if (rc == 0)
		rc = tree_diff(r->q, &before.tree, &after.tree, is_there, r->q, err);
	arena_release(&arena);
	return rc;
}

static int
check_each(struct receiving *r, const struct log *log, const struct oid *to, struct err *err)
{
	size_t count = log_commit_count(log);
	uint32_t head, last, i;

	if (!log_find_commit(log, to, &last) || !log_find_commit(log, &r->s->head, &head))
		return err_set(err, ERR_GIT, "历史里找不到要判断的提交");
	for (i = 0; i < count; i++) {
		const struct oid *oid = &log_commit_at(log, i)->oid;

		if (!log_is_ancestor(log, i, last) || log_is_ancestor(log, i, head))
			continue;
		r->commits++;
		if (check_whole(r, oid, err) != 0 || check_revoked(r, oid, err) != 0)
			return -1;
	}
	return 0;
}

int
judge_foreign(struct receiving *r, const struct oid *to, struct err *err)
{
	struct oid tips[2] = { r->s->head, *to };
	struct judge *judge = NULL;
	struct err broken = { 0 };
	int rc;

	/* A history that cannot be read is the sender's fault, not ours. */
	if (judge_new(&judge, r->q, tips, 2, false, r->s->now, &broken) != 0 ||
	    check_each(r, judge_log(judge), to, &broken) != 0) {
		judge_free(judge);
		if (broken.code != ERR_GIT && broken.code != ERR_LIMIT && broken.code != ERR_DATA) {
			*err = broken;
			return -1;
		}
		receiving_refuse(
		    r, "bundle-broken", "repository.bundle",
		    "“提交”没有通过：历史不完整或已损坏（%s）；请对方用 --full 重新打包",
		    broken.text);
		return 0;
	}
	rc = judge_range(judge, &r->s->head, to, &r->findings, err);
	judge_free(judge);
	return rc;
}

/* --- commits of ours ------------------------------------------------------------------------------------ */
struct signing {
	const struct seal_key *key;
	const struct certificate *certificate;
};

static int
sign_commit(void *ctx, const char *text, size_t len, struct buf *armour, struct err *err)
{
	const struct signing *signing = ctx;
	struct buf der = BUF_INIT;
	int rc = seal_sign(signing->key, text, len, &der, err);

	if (rc == 0)
		armour_write(armour, der.ptr, der.len, signing->certificate);
	buf_release(&der);
	return rc;
}

/* The certificate by which the next commit is judged: its first parent's. NULL when this machine's
 * key does not fit it; then the law says whether the commit needs one. */
static int
find_certificate(struct certificate **out, struct receiving *r, struct err *err)
{
	const char *email = r->me->officer->email;
	struct snapshot snap;
	int rc = tip_snapshot(&snap, r, err);

	*out = NULL;
	if (rc != 0 || !keystore_has(email))
		return rc;
	if (r->key == NULL && keystore_load(&r->key, email, err) != 0)
		return -1;
	rc = certificate_of(out, &snap, email, err);
	if (rc == 0 && *out != NULL && !certificate_fits(*out, r->key)) {
		certificate_free(*out);
		*out = NULL;
	}
	return rc;
}

/* Not before any parent, whatever our clock says. */
static int
commit_time(int64_t *out, struct receiving *r, const struct oid *parents, size_t count,
	    struct err *err)
{
	size_t i;

	*out = r->s->now;
	for (i = 0; i < count; i++) {
		struct commit commit;

		if (commit_read(r->q, &parents[i], &r->arena, &commit, err) != 0)
			return -1;
		if (commit.author.time > *out)
			*out = commit.author.time;
	}
	return 0;
}

int
add_commit(struct receiving *r, const struct oid *tree, const struct oid *parents,
	   size_t parent_count, const char *message, struct err *err)
{
	struct commit_plan plan = { .tree = *tree,
				    .parents = parents,
				    .parent_count = parent_count,
				    .name = r->me->officer->name,
				    .email = r->me->officer->email,
				    .message = message };
	struct signing signing;
	struct certificate *certificate = NULL;
	struct oid made = { { 0 } }, tips[2];
	struct judge *judge = NULL;
	int rc = commit_time(&plan.time, r, parents, parent_count, err);

	if (rc == 0)
		rc = find_certificate(&certificate, r, err);
	if (certificate != NULL) {
		signing = (struct signing){ r->key, certificate };
		plan.sign = sign_commit;
		plan.sign_ctx = &signing;
	}
	if (rc == 0)
		rc = commit_write(&made, r->q, &plan, err);
	certificate_free(certificate);
	tips[0] = r->s->head;
	tips[1] = made;
	if (rc == 0)
		rc = judge_new(&judge, r->q, tips, 2, false, r->s->now, err);
	if (rc == 0)
		rc = judge_commit(judge, &made, &r->findings, err);
	judge_free(judge);
	if (rc == 0 && !findings_refuse(&r->findings))
		r->tip = made;
	return rc;
}

/* --- over ------------------------------------------------------------------------------------------------ */
static char *
journal_path(const struct receiving *r)
{
	return arena_printf((struct arena *)&r->arena, "%s/yunjuan/receive.journal",
			    repo_gitdir(r->s->repo));
}

/* Which tree the work tree comes from and goes to, for a run that goes on after this one. */
static int
write_journal(const struct receiving *r, const struct oid *old, const struct oid *new,
	      struct err *err)
{
	char a[OID_HEX], b[OID_HEX], text[2 * OID_HEX + 1];

	oid_hex(old, a);
	oid_hex(new, b);
	snprintf(text, sizeof(text), "%s %s\n", a, b);
	return file_replace(journal_path(r), text, strlen(text), true, err);
}

static int
update_files(struct receiving *r, const struct oid *old, const struct oid *new, struct err *err)
{
	struct snapshot from, to;
	int rc = snapshot_commit(&from, r->s->repo, old, err);

	if (rc == 0)
		rc = snapshot_commit(&to, r->s->repo, new, err);
	if (rc == 0)
		rc = worktree_update(r->s->repo, &from.tree, &to.tree, err);
	if (rc == 0)
		fprintf(
		    stderr,
		    "yunjuan: 内容已收进仓库，但工作区里有改动过的文件，没有覆盖；请用 git status 查看，处理后运行 git checkout -- .\n");
	return rc < 0 ? -1 : 0;
}

/* The branch was moved: its files follow. It was not: nothing was done but locking it. */
static int
go_on(struct receiving *r, const struct oid *old, const struct oid *new, struct err *err)
{
	struct snapshot from, to;
	int rc = locks_mend(r->s->repo, new, err);

	if (rc != 0 || !oid_same(new, &r->s->head) || repo_worktree(r->s->repo) == NULL)
		return rc;
	if (snapshot_commit(&from, r->s->repo, old, err) != 0 ||
	    snapshot_commit(&to, r->s->repo, new, err) != 0 ||
	    worktree_mend(r->s->repo, &from.tree, &to.tree, err) != 0)
		return -1;
	return update_files(r, old, new, err);
}

int
finish_interrupted(struct receiving *r, struct err *err)
{
	char *path = journal_path(r);
	struct buf text = BUF_INIT;
	struct oid old, new;
	int rc = 0;

	if (!file_exists(path))
		return 0;
	rc = file_read(&text, path, 4096, err);
	if (rc == 0 && text.len >= 2 * (OID_HEX - 1) + 1) {
		text.ptr[OID_HEX - 1] = '\0';
		text.ptr[2 * OID_HEX - 1] = '\0';
		if (oid_parse(text.ptr, &old) && oid_parse(text.ptr + OID_HEX, &new))
			rc = go_on(r, &old, &new, err);
	}
	if (rc == 0 && unlink(path) != 0)
		rc = err_sys(err, "删除", path);
	buf_release(&text);
	return rc;
}

static int
keep_theirs(struct receiving *r, struct err *err)
{
	struct oid old, theirs;

	if (r->keep_ref == NULL)
		return 0;
	if (!oid_parse(r->keep, &theirs))
		return err_set(err, ERR_GIT, "提交编号有误：%s", r->keep);
	if (ref_read(&old, r->s->repo, r->keep_ref, err) != 0)
		return -1;
	return ref_exchange(r->s->repo, r->keep_ref, &old, &theirs, "yunjuan receive", err) < 0 ? -1
												: 0;
}

int
settle(struct receiving *r, struct err *err)
{
	bool moves = !oid_same(&r->tip, &r->s->head);
	int rc = 0, done = 1;

	if (r->q != NULL && (moves || r->keep_ref != NULL)) {
		char *git = arena_printf(&r->arena, "%s/git", r->folder);

		repo_free(r->q);
		r->q = NULL;
		rc = quarantine_adopt(git, r->s->repo, err);
	}
	if (rc == 0)
		rc = keep_theirs(r, err);
	if (rc != 0 || !moves)
		return rc == 0 ? 1 : -1;
	if (repo_worktree(r->s->repo) != NULL)
		rc = write_journal(r, &r->s->head, &r->tip, err);
	if (rc == 0)
		done =
		    ref_exchange(r->s->repo, r->ref, &r->s->head, &r->tip, "yunjuan receive", err);
	if (done <= 0)
		unlink(journal_path(r)); /* nothing was begun that a next run could end */
	if (rc != 0 || done < 0)
		return -1;
	if (done == 0) {
		receiving_refuse(r, "moved-meanwhile", NULL,
				 "接收期间仓库里又有了新的提交，没有收入；请再接收一次");
		return 0;
	}
	if (repo_worktree(r->s->repo) != NULL) {
		rc = update_files(r, &r->s->head, &r->tip, err);
		if (rc == 0 && unlink(journal_path(r)) != 0)
			rc = err_sys(err, "删除", journal_path(r));
	}
	return rc == 0 ? 1 : -1;
}
