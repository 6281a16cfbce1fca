/* Taking in what other parties hand over. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cmd/receiving.h"

static const char *number;
static struct texts keeps;

static const struct opt opts[] = {
	{ "resolve", 0, OPT_TEXT, "编号", "裁定：这次交接里两边都办理过的工单，各留哪一边",
	  &number },
	{ "keep", 0, OPT_TEXTS, "工单号=ours",
	  "与 --resolve 同用：留我方（ours）或对方（theirs）的，可以写多次", &keeps },
	{ NULL, 0, OPT_FLAG, NULL, NULL, NULL },
};

/* --- one at a time ------------------------------------------------------------------------------- */
static int
lock(const struct receiving *r, int *fd, struct err *err)
{
	char *path = arena_printf((struct arena *)&r->arena, "%s/yunjuan/receive.lock",
				  repo_gitdir(r->s->repo));

	if (file_make_parents(path, err) != 0)
		return -1;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return err_sys(err, "打开", path);
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	close(*fd);
	*fd = -1; /* what lies in the folder is the other's */
	return err_set(err, ERR_USAGE, "另一个 yunjuan receive 正在接收，请等它结束");
}

static int
open_receiving(struct receiving *r, struct session *s, int *fd, struct err *err)
{
	char *dirty = NULL;
	int rc;

	r->s = s;
	r->said = (struct buf)BUF_INIT;
	r->tip = s->head;
	r->me = session_officer(s);
	if (r->me == NULL)
		return err_set(
		    err, ERR_USAGE,
		    "git 的 user.email 不在名册里，不知道是哪个单位接收；请先设置成登记的邮箱");
	r->folder = arena_printf(&r->arena, "%s/yunjuan/quarantine", repo_gitdir(s->repo));
	rc = lock(r, fd, err);
	if (rc == 0)
		rc = finish_interrupted(r, err);
	if (rc == 0)
		rc = file_remove_tree(r->folder, err); /* an interrupted run's */
	if (rc == 0)
		rc = file_make_folder(r->folder, err);
	if (rc == 0)
		rc = ref_of_head(&r->ref, s->repo, err);
	if (rc == 0 && repo_worktree(s->repo) != NULL) {
		int clean = worktree_clean(s->repo, &dirty, err);

		rc = clean < 0 ? -1 : 0;
		if (clean == 0)
			rc = err_set(err, ERR_USAGE,
				     "工作区里有没提交的改动（%s 等）；请先提交或撤销，再接收",
				     dirty);
	}
	free(dirty);
	return rc;
}

static void
close_receiving(struct receiving *r, int fd)
{
	struct err ignored = { 0 };

	repo_free(r->q);
	seal_key_free(r->key);
	if (r->folder != NULL && fd >= 0 && file_remove_tree(r->folder, &ignored) != 0)
		err_clear(&ignored); /* the next run removes it */
	if (fd >= 0)
		close(fd);
	free(r->ref);
	findings_release(&r->findings);
	buf_release(&r->said);
	arena_release(&r->arena);
}

/* --- one bag ---------------------------------------------------------------------------------------- */
static int
receive_bag(struct receiving *r, const char *path, struct err *err)
{
	struct bag_reader *bag = NULL;
	const char *kind;
	int rc = bag_open(&bag, path, NULL, &r->findings, err);

	if (rc != 0 || bag == NULL)
		return rc;
	rc = bag_check(bag, &r->findings, err);
	kind = bag_value(bag, "Yunjuan-Kind");
	if (rc == 0 && !findings_refuse(&r->findings)) {
		if (kind != NULL && strcmp(kind, "package") == 0)
			rc = receive_package(r, bag, err);
		else if (kind != NULL && strcmp(kind, "slip") == 0)
			rc = receive_slip(r, bag, err);
		else
			receiving_refuse(
			    r, "bag-kind", "bag-info.txt",
			    "这不是交接件（是归档包或别的东西），不用接收；核对请用 yunjuan verify");
	}
	bag_reader_free(bag);
	return rc;
}

/* A refused one is kept aside, so that it can be looked into after the stick has gone. */
static void
keep_aside(const struct receiving *r, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *aside = arena_printf((struct arena *)&r->arena, "%s/yunjuan/refused/%s",
				   repo_gitdir(r->s->repo), slash == NULL ? path : slash + 1);
	struct err ignored = { 0 };

	if (file_is_folder(path) || file_make_parents(aside, &ignored) != 0 ||
	    file_copy(path, aside, &ignored) != 0)
		fprintf(stderr, "原件没有动：%s\n", path);
	else
		fprintf(stderr, "原件没有动，另存了一份：%s\n", aside);
}

static int
refused(struct receiving *r, const char *path)
{
	findings_sort(&r->findings);
	findings_print(&r->findings, stderr);
	fprintf(stderr,
		"没有接收：%s\n共 %zu 处没有通过，仓库没有任何改动；请照上面说的与对方联系\n", path,
		findings_count(&r->findings, SEVERITY_REFUSE));
	keep_aside(r, path);
	return EXIT_REFUSED;
}

/* All or nothing: what one bag would change, the next one is judged upon. */
static int
receive_all(struct receiving *r, struct texts *bags, struct err *err)
{
	size_t i;
	int done;

	for (i = 0; i < bags->count && !r->conflict; i++) {
		if (receive_bag(r, bags->items[i], err) != 0)
			return -1;
		if (findings_refuse(&r->findings))
			return refused(r, bags->items[i]);
	}
	findings_print(&r->findings, stderr); /* warnings */
	done = settle(r, err);
	if (done < 0)
		return -1;
	if (done == 0)
		return refused(r, bags->count > 0 ? bags->items[0] : "");
	text_print(stdout, r->said.ptr, true);
	return r->conflict ? EXIT_REFUSED : EXIT_DONE;
}

static int
receive(struct receiving *r, struct err *err)
{
	struct texts bags = { 0 };
	int code = gather(r, r->s->argv, r->s->argc, &bags, err);
	size_t i;

	if (code == 0 && findings_refuse(&r->findings))
		code = refused(r, r->s->argv[0]);
	else if (code == 0)
		code = receive_all(r, &bags, err);
	for (i = 0; i < bags.count; i++)
		free((char *)bags.items[i]);
	free(bags.items);
	return code;
}

static int
run(struct session *s, struct err *err)
{
	struct receiving r = { 0 };
	int fd = -1, code = open_receiving(&r, s, &fd, err);

	if (code == 0 && number == NULL && s->argc == 0)
		code =
		    err_set(err, ERR_USAGE, "请写出要接收的文件或目录：yunjuan receive 交接件.zip");
	else if (code == 0)
		code = number != NULL ? resolve(&r, number, &keeps, err) : receive(&r, err);
	close_receiving(&r, fd);
	return code;
}

const struct cmd cmd_receive = {
	.name = "receive",
	.summary = "接收：交接件、分卷、邮件或没有 git 的单位的填报件，逐项核对后收入",
	.usage = "文件或目录… | --resolve 编号 --keep 工单号=ours|theirs",
	.example =
	    "  yunjuan receive /media/u盘/JJ-20210510-mzjy-01\n"
	    "  yunjuan receive JJ-20210510-mzjy-01-*.eml\n"
	    "  yunjuan receive --resolve JJ-20210510-mzjy-01 --keep SQ-20210510-mzjy-01=theirs\n"
	    "  不合规的整件不收，仓库一字不动；说明里写着哪一项没有通过、要请对方做什么。",
	.min = 0,
	.max = -1,
	.opts = opts,
	.needs = NEED_REPO | NEED_BASIS | NEED_LOG,
	.run = run,
};
