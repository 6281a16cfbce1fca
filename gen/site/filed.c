#include "site/filed.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "seal/digest.h"

#define PAPER_MAX_BYTES ((size_t)1 << 30)

/* --- words -------------------------------------------------------------------------------------------------- */
static bool
is_key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static const char *
skip(const char *at, const char *end, const char *what)
{
	while (at < end && *at != '\0' && strchr(what, *at) != NULL)
		at++;
	return at;
}

/* Without what the line is in YAML or Markdown: "  - purpose: ", "## ", "> ". */
static const char *
line_words(const char *at, const char *end)
{
	const char *key;

	at = skip(at, end, " \t#>|*`{-");
	for (key = at; key < end && is_key_byte(*key); key++)
		;
	if (key == at || key == end || *key != ':' || (key + 1 < end && key[1] != ' '))
		return at;
	return skip(key + 1, end, " \t|>-");
}

/* text is terminated, so a span may look behind the line. */
static void
put_line(struct buf *out, const char *at, const char *end)
{
	size_t span;

	for (; at < end; at += span + 1) {
		span = strcspn(at, "*`|}\r\n");
		if (span > (size_t)(end - at))
			span = (size_t)(end - at);
		buf_put(out, at, span);
	}
	buf_putc(out, '\n');
}

/* A front matter's comments say what a form asks for, not what was filled in. */
void
put_words(struct buf *out, const char *text, size_t len, size_t max_bytes)
{
	const char *at = text, *end = text + len, *stop, *words;
	int fences = 0;

	for (; at < end && out->len < max_bytes; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop == NULL ? end : stop;
		if (stop - at == 3 && memcmp(at, "---", 3) == 0)
			fences++;
		words = skip(at, stop, " ");
		if (fences == 1 && words < stop && *words == '#')
			continue;
		words = line_words(at, stop);
		if (words < stop)
			put_line(out, words, stop);
	}
}

/* --- papers ------------------------------------------------------------------------------------------------- */
struct paper_row {
	int64_t bytes;
	struct digests digests;
};

/* Known by its id, else read. */
static int
paper_of(struct paper_row *out, const struct filing *f, struct repo *repo, const struct oid *blob,
	 struct err *err)
{
	struct buf data = BUF_INIT;
	struct store_row row;
	int rc;

	if (store_find(f->papers, blob, &row) && row.len == sizeof(*out)) {
		memcpy(out, row.bytes, sizeof(*out));
		return 0;
	}
	memset(out, 0, sizeof(*out));
	rc = repo_blob(repo, blob, PAPER_MAX_BYTES, &data, err);
	if (rc == 0)
		rc = digests_of(data.ptr, data.len, &out->digests, err);
	out->bytes = (int64_t)data.len;
	if (rc == 0)
		store_add(f->papers, blob, out, sizeof(*out));
	buf_release(&data);
	return rc;
}

/* --- a folder as a row: numbers, front matter, HTML, words, papers --------------------------------------------- */
struct row_head {
	uint32_t html_len, words_len, paper_count;
};

struct making {
	const struct filing *f;
	struct repo *repo;
	struct row_head head;
	struct buf papers;
};

static void
put_text(struct buf *out, const char *text)
{
	buf_put(out, text, strlen(text) + 1);
}

static int
put_paper(void *ctx, const struct entry *entry, struct err *err)
{
	struct making *m = ctx;
	struct paper_row row;

	if (strcmp(entry->path, "ticket.md") == 0 ||
	    (entry->mode != MODE_FILE && entry->mode != MODE_EXEC))
		return 0;
	if (paper_of(&row, m->f, m->repo, &entry->oid, err) != 0)
		return -1;
	buf_put(&m->papers, &row.bytes, sizeof(row.bytes));
	put_text(&m->papers, row.digests.sha256);
	put_text(&m->papers, row.digests.sm3);
	put_text(&m->papers, entry->path);
	m->head.paper_count++;
	return 0;
}

/* The text of ticket.md, or what is shown in its stead. */
static int
read_text(struct buf *out, struct repo *repo, const struct oid *blob, struct err *err)
{
	int rc = repo_blob(repo, blob, DOC_MAX_BYTES, out, err);

	if (rc != 0 && err->code == ERR_LIMIT) {
		err_clear(
		    err); /* refused at the hub; who built it in all the same sees why it is bare */
		buf_clear(out);
		buf_puts(out, "---\n---\nticket.md 超过 1 MB，本页不显示它的内容。\n");
		rc = 0;
	}
	return rc;
}

static void
put_document(struct buf *row, struct making *m, const struct buf *text)
{
	struct findings ignored = { 0 };
	struct arena arena = { 0 };
	struct doc doc;
	size_t at;

	doc_parse(&doc, &arena, text->ptr, text->len, "ticket.md", &ignored);
	node_freeze(row, doc.front);
	at = row->len;
	markdown_html(row, doc.body, doc.body_len, 1);
	m->head.html_len = (uint32_t)(row->len - at);
	at = row->len;
	put_words(row, text->ptr, text->len, SIZE_MAX);
	m->head.words_len = (uint32_t)(row->len - at);
	buf_putc(row, '\0');
	findings_release(&ignored);
	arena_release(&arena);
}

static int
read_folder(struct buf *row, const struct filing *f, struct repo *repo, const struct event *last,
	    struct err *err)
{
	struct making m = { .f = f, .repo = repo, .papers = BUF_INIT };
	struct buf text = BUF_INIT;
	struct snapshot folder;
	int rc = read_text(&text, repo, &last->blob, err);

	buf_put(row, &m.head, sizeof(m.head));
	if (rc == 0)
		put_document(row, &m, &text);
	snapshot_tree(&folder, repo, &last->folder);
	if (rc == 0)
		rc = snapshot_files(&folder, "", put_paper, &m, err);
	buf_put(row, m.papers.ptr, m.papers.len);
	memcpy(row->ptr, &m.head, sizeof(m.head));
	buf_release(&m.papers);
	buf_release(&text);
	return rc;
}

static bool
take_bytes(const char **at, const char *end, size_t len, const char **out)
{
	*out = *at;
	if (len > (size_t)(end - *at))
		return false;
	*at += len;
	return true;
}

static bool
take_text(const char **at, const char *end, const char **out)
{
	const char *nul = memchr(*at, '\0', (size_t)(end - *at));

	*out = *at;
	*at = nul == NULL ? *at : nul + 1;
	return nul != NULL;
}

static bool
take_paper(struct filed_paper *paper, const char **at, const char *end)
{
	const char *bytes;

	if (!take_bytes(at, end, sizeof(paper->bytes), &bytes))
		return false;
	memcpy(&paper->bytes, bytes, sizeof(paper->bytes));
	return take_text(at, end, &paper->sha256) && take_text(at, end, &paper->sm3) &&
	       take_text(at, end, &paper->file);
}

static bool
take_row(struct filed *out, struct arena *arena, const struct store_row *row)
{
	const char *at = row->bytes, *end = at + row->len, *head_bytes, *nothing;
	struct row_head head;
	size_t i;

	if (!take_bytes(&at, end, sizeof(head), &head_bytes))
		return false;
	memcpy(&head, head_bytes, sizeof(head));
	out->front = node_thaw(arena, &at, end);
	out->html_len = head.html_len;
	out->words_len = head.words_len;
	out->paper_count = head.paper_count;
	if (out->front == NULL || out->front->kind != NODE_MAP ||
	    !take_bytes(&at, end, head.html_len, &out->html) ||
	    !take_bytes(&at, end, head.words_len, &out->words) || !take_text(&at, end, &nothing) ||
	    head.paper_count > (size_t)(end - at))
		return false;
	out->papers = arena_alloc(arena, out->paper_count * sizeof(*out->papers));
	for (i = 0; i < out->paper_count; i++) {
		if (!take_paper(&out->papers[i], &at, end))
			return false;
	}
	return at == end;
}

int
filed_read(struct filed *out, struct arena *arena, const struct filing *f, struct repo *repo,
	   const struct event *last, struct err *err)
{
	struct buf made = BUF_INIT;
	struct store_row row;
	int rc;

	if (store_find(f->tickets, &last->folder, &row) && take_row(out, arena, &row))
		return 0;
	rc = read_folder(&made, f, repo, last, err);
	row.bytes = arena_copy(arena, made.ptr, made.len, 1);
	row.len = made.len;
	if (rc == 0)
		store_add(f->tickets, &last->folder, made.ptr, made.len);
	if (rc == 0 && !take_row(out, arena, &row))
		rc = err_set(err, ERR_DATA, "工单文件夹读出的内容自相矛盾");
	buf_release(&made);
	return rc;
}

/* --- all of them ---------------------------------------------------------------------------------------------- */
#define TICKETS "yunjuan/tickets"
#define PAPERS "yunjuan/papers"

static struct store *
open_store(const struct filing *f, const char *name)
{
	char *path = file_join(f->gitdir, name);
	struct store *store = store_open(path, f->program);

	free(path);
	return store;
}

void
filing_open(struct filing *f, const char *gitdir, uint64_t program)
{
	f->gitdir = gitdir;
	f->program = program;
	f->tickets = open_store(f, TICKETS);
	f->papers = open_store(f, PAPERS);
}

void
filing_close(struct filing *f)
{
	if (f->tickets == NULL)
		return;
	store_save(f->tickets, NULL, 0);
	store_save(f->papers, NULL, 0);
	store_free(f->tickets);
	store_free(f->papers);
	f->tickets = f->papers = NULL;
}

struct update {
	const struct filing *f;
	const struct event *const *lasts;
	struct repo *repo;
	size_t count;
	_Atomic size_t next, missing;
};

static int
add_missing(void *ctx, int number, struct err *err)
{
	struct update *u = ctx;
	struct repo *repo = NULL;
	struct buf row = BUF_INIT;
	size_t i;
	int rc = 0;

	(void)number;
	for (i = atomic_fetch_add(&u->next, 1); rc == 0 && i < u->count;
	     i = atomic_fetch_add(&u->next, 1)) {
		if (store_has(u->f->tickets, &u->lasts[i]->folder))
			continue;
		if (repo == NULL)
			rc = repo_again(&repo, u->repo, err);
		buf_clear(&row);
		if (rc == 0)
			rc = read_folder(&row, u->f, repo, u->lasts[i], err);
		if (rc == 0)
			store_add(u->f->tickets, &u->lasts[i]->folder, row.ptr, row.len);
		atomic_fetch_add(&u->missing, 1);
	}
	buf_release(&row);
	repo_free(repo);
	return rc;
}

int
filing_update(struct filing *f, const struct event *const *lasts, size_t count, struct repo *repo,
	      struct err *err)
{
	struct update u = { .f = f, .lasts = lasts, .repo = repo, .count = count };
	struct oid *wanted = xcalloc(count + 1, sizeof(*wanted));
	size_t i;
	int rc = thread_run(thread_count(), add_missing, &u, err);

	for (i = 0; i < count; i++)
		wanted[i] = lasts[i]->folder;
	if (rc == 0 && u.missing > 0) {
		store_save(f->tickets, wanted, count);
		filing_close(f);
		filing_open(f, f->gitdir, f->program);
	}
	free(wanted);
	return rc;
}
