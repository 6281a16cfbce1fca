/*
 * filed: what lies in a ticket's folder, as its last commit left it and as pages need it: the front matter,
 * the body as HTML, the lines a person reads, the papers and their digests. Worked out once for each state
 * of a folder and kept by its tree's id in .git/yunjuan/tickets.*; digests of papers by their blob's id in
 * .git/yunjuan/papers.*, for a paper stays when its ticket is edited.
 *
 * Lifetime: what filed_read gives lies in the arena or in the filing, until filing_close.
 * Errors: of reading the repository.
 * Threads: filed_read may be called by any number of them, each with a repo of its own.
 *
 *	filing_open(&f, repo_gitdir(repo), program);
 *	if (filing_update(&f, lasts, count, repo, &err) != 0) …
 *	rc = filed_read(&filed, &arena, &f, repo, lasts[0], &err);
 *	filing_close(&f);
 */
#ifndef YJ_FILED_H
#define YJ_FILED_H

#include "model/model.h"
#include "trail/log.h"
#include "trail/store.h"

struct filing {
	const char *gitdir;
	uint64_t program;
	struct store *tickets, *papers;
};

struct filed_paper {
	const char *file; /* below the ticket's folder */
	const char *sha256, *sm3;
	int64_t bytes;
};

struct filed {
	struct node *front; /* not typed */
	const char *html, *words;
	size_t html_len, words_len;
	struct filed_paper *papers;
	size_t paper_count;
};

/* gitdir is borrowed; program: as store_open's stamp. */
void filing_open(struct filing *f, const char *gitdir, uint64_t program);
void filing_close(struct filing *f);
/* Works out and keeps what is not known yet of these folders, each as the event left it, and gives up what
 * is kept of others. */
int filing_update(struct filing *f, const struct event *const *lasts, size_t count,
		  struct repo *repo, struct err *err) must_check;
/* Of one folder: found, or worked out. */
int filed_read(struct filed *out, struct arena *arena, const struct filing *f, struct repo *repo,
	       const struct event *last, struct err *err) must_check;

/* Appends the lines of a text as a person reads them, without the marks of YAML and Markdown and a front
 * matter's comments; ends behind the line that goes over max_bytes. The text is terminated. */
void put_words(struct buf *out, const char *text, size_t len, size_t max_bytes);

#endif
