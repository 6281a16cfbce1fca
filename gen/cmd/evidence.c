/* evidence: gathers what proves a ticket. Nothing in it depends on when or where it is made. */
#include "cmd/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/evidence_text.h"
#include "repo/bundle.h"
#include "seal/certificate.h"
#include "seal/envelope.h"
#include "site/site.h"

#define PAPER_MAX_BYTES ((size_t)1 << 30)
#define LOOKED_INTO_BYTES 262144 /* envelopes hold names and passwords, not films */

struct paper {
	struct evidence *evidence;
	struct oid blob;
	int64_t bytes;
	struct buf text; /* while it is read in pieces */
};

struct evidence {
	struct session *session;
	struct trail_context context;
	struct arena arena;
	struct trail **trails;
	size_t count, cap;
	struct repo **repos; /* of each worker, opened when it needs one */
	struct paper **papers;
	size_t paper_count, paper_cap;
	struct map carried, sealed; /* ids of blobs that lie in papers/; that must not go out */
	size_t sealed_count;
	struct outfile bundle;
	struct buf shallow;
};

int
evidence_new(struct evidence **out, struct session *session, const char *scratch, struct err *err)
{
	struct evidence *e = xcalloc(1, sizeof(*e));
	struct buf path = BUF_INIT;
	int rc;

	e->session = session;
	e->context = (struct trail_context){ session->repo, &session->basis, 0, NULL };
	e->repos = xcalloc((size_t)bag_workers(), sizeof(*e->repos));
	buf_init(&e->shallow, 0);
	buf_printf(&path, "%s.bundle", scratch);
	rc = outfile_begin(&e->bundle, path.ptr, err);
	buf_release(&path);
	if (rc == 0)
		*out = e;
	else
		evidence_free(e);
	return rc;
}

void
evidence_free(struct evidence *e)
{
	size_t i;
	int w;

	if (e == NULL)
		return;
	for (i = 0; i < e->paper_count; i++) {
		buf_release(&e->papers[i]->text);
		free(e->papers[i]);
	}
	for (w = 0; w < bag_workers(); w++)
		repo_free(e->repos[w]);
	outfile_end(&e->bundle);
	free(e->repos);
	free(e->papers);
	free(e->trails);
	map_release(&e->carried);
	map_release(&e->sealed);
	buf_release(&e->shallow);
	arena_release(&e->arena);
	free(e);
}

/* Its last act counts for the time of the whole; it is folded once that is known. */
int
evidence_add(struct evidence *e, uint32_t ticket, struct err *err)
{
	const struct log *log = e->session->log;
	struct trail *trail;
	size_t count;
	const struct event *const *events = log_events(log, ticket, &count);

	if (count == 0 || oid_zero(&events[count - 1]->blob))
		return err_set(err, ERR_USAGE, "工单 %s 已被删除，不能归档",
			       log_ticket_id(log, ticket));
	trail = arena_alloc(&e->arena, sizeof(*trail));
	trail->ticket = ticket;
	vec_push(e->trails, e->count, e->cap, trail);
	if (events[count - 1]->time > e->context.now)
		e->context.now = events[count - 1]->time;
	return 0;
}

int64_t
evidence_time(const struct evidence *e)
{
	return e->context.now;
}

/* As the tickets stood after the last act on any of them, whenever that is asked for. */
static int
fold(struct evidence *e, struct err *err)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < e->count && rc == 0; i++)
		rc = trail_of(e->trails[i], &e->arena, e->session->log, e->trails[i]->ticket,
			      &e->context, err);
	return rc;
}

size_t
evidence_sealed(const struct evidence *e)
{
	return e->sealed_count;
}

/* --- papers ------------------------------------------------------------------------------------- */
static int
load_paper(struct paper *p, int worker, struct err *err)
{
	struct repo **repo = &p->evidence->repos[worker];

	if (*repo == NULL && repo_again(repo, p->evidence->session->repo, err) != 0)
		return -1;
	if (repo_blob(*repo, &p->blob, PAPER_MAX_BYTES, &p->text, err) != 0)
		return -1;
	return (int64_t)p->text.len == p->bytes
		   ? 0
		   : err_set(err, ERR_GIT, "文件的长度与仓库写的不一样");
}

/* libgit2 gives a blob whole; it is held from its first piece to its last. */
static int
read_paper(void *ctx, int worker, int64_t at, void *data, size_t len, struct err *err)
{
	struct paper *p = ctx;

	if (at == 0 && load_paper(p, worker, err) != 0)
		return -1;
	memcpy(data, p->text.ptr + at, len);
	if (at + (int64_t)len == p->bytes)
		buf_release(&p->text);
	return 0;
}

struct folder_walk {
	struct evidence *e;
	struct bag *bag;
	const struct trail *trail;
	const struct node *attachments;
};

/* The row of `attachments` says that it is sealed, or the file is an envelope. */
static int
is_sealed(const struct folder_walk *f, const struct entry *entry, int64_t bytes, struct err *err)
{
	const struct node *rows = f->attachments;
	struct buf text = BUF_INIT;
	char reader[33];
	size_t i;
	int rc;

	for (i = 0; rows != NULL && rows->kind == NODE_LIST && i < rows->count; i++) {
		if (strcmp(node_text(rows->items[i], "file"), entry->path) == 0 &&
		    strstr(node_text(rows->items[i], "paper"), "密封") != NULL)
			return 1;
	}
	if (bytes > LOOKED_INTO_BYTES)
		return 0;
	rc = repo_blob(f->e->session->repo, &entry->oid, LOOKED_INTO_BYTES, &text, err);
	if (rc == 0)
		rc = envelope_reader(text.ptr, text.len, reader);
	buf_release(&text);
	return rc;
}

static const char *
hex_of(struct evidence *e, const struct oid *oid)
{
	char hex[OID_HEX];

	oid_hex(oid, hex);
	return arena_strdup(&e->arena, hex);
}

static int
add_paper(void *ctx, const struct entry *entry, struct err *err)
{
	struct folder_walk *f = ctx;
	struct evidence *e = f->e;
	struct paper *paper;
	int64_t bytes;
	int sealed;

	if (entry->mode != MODE_FILE && entry->mode != MODE_EXEC)
		return 0;
	if (repo_blob_size(e->session->repo, &entry->oid, &bytes, err) != 0)
		return -1;
	sealed = is_sealed(f, entry, bytes, err);
	if (sealed < 0)
		return -1;
	if (sealed == 1) {
		map_put(&e->sealed, hex_of(e, &entry->oid), e);
		e->sealed_count++;
		return 0;
	}
	paper = xcalloc(1, sizeof(*paper));
	*paper = (struct paper){ e, entry->oid, bytes, BUF_INIT };
	vec_push(e->papers, e->paper_count, e->paper_cap, paper);
	map_put(&e->carried, hex_of(e, &entry->oid), e);
	return bag_add_read(f->bag,
			    arena_printf(&e->arena, "%s/papers/%s", f->trail->id, entry->path),
			    bytes, read_paper, paper, err);
}

static int
add_papers(struct evidence *e, const struct trail *t, struct bag *bag, struct err *err)
{
	struct folder_walk f = { e, bag, t, NULL };
	struct findings ignored = { 0 };
	struct buf text = BUF_INIT;
	struct snapshot folder;
	struct doc doc;
	int rc = repo_blob(e->session->repo, &t->last->blob, DOC_MAX_BYTES, &text, err);

	if (rc == 0) {
		doc_parse(&doc, &e->arena, text.ptr, text.len, "ticket.md", &ignored);
		f.attachments = node_get(doc.front, "attachments");
		snapshot_tree(&folder, e->session->repo, &t->last->folder);
		rc = snapshot_files(&folder, "", add_paper, &f, err);
	}
	findings_release(&ignored);
	buf_release(&text);
	return rc;
}

/* --- commits ------------------------------------------------------------------------------------- */
static int
add_text(struct evidence *e, struct bag *bag, const struct trail *t, const char *name,
	 const struct buf *text, struct err *err)
{
	return bag_add(bag, arena_printf(&e->arena, "%s/%s", t->id, name), text->ptr, text->len,
		       err);
}

/* What was signed, the signature and its certificate, for openssl. */
static int
add_signature(struct evidence *e, struct bag *bag, const struct trail *t, const char *stem,
	      const struct oid *oid, struct err *err)
{
	struct buf armour = BUF_INIT, payload = BUF_INIT, der = BUF_INIT, pem = BUF_INIT;
	struct certificate *signer = NULL;
	int rc = commit_signature(e->session->repo, oid, &armour, &payload, err);

	if (rc == 1 && armour_read(armour.ptr, armour.len, &der, &signer)) {
		certificate_pem(signer, &pem);
		rc =
		    add_text(e, bag, t, arena_printf(&e->arena, "%s.payload", stem), &payload, err);
		if (rc == 0)
			rc =
			    add_text(e, bag, t, arena_printf(&e->arena, "%s.sig", stem), &der, err);
		if (rc == 0)
			rc =
			    add_text(e, bag, t, arena_printf(&e->arena, "%s.pem", stem), &pem, err);
	}
	certificate_free(signer);
	buf_release(&armour);
	buf_release(&payload);
	buf_release(&der);
	buf_release(&pem);
	return rc < 0 ? -1 : 0;
}

static int
add_commits(struct evidence *e, const struct trail *t, struct bag *bag, struct err *err)
{
	const struct event *const *events;
	struct buf raw = BUF_INIT;
	size_t count, i;
	int rc = 0;

	events = log_events(t->log, t->ticket, &count);
	for (i = 0; i < count && rc == 0; i++) {
		const struct oid *oid = &log_commit_at(t->log, events[i]->commit)->oid;
		const char *stem =
		    arena_printf(&e->arena, "commits/%03zu-%s", i + 1, hex_of(e, oid));

		buf_clear(&raw);
		rc = commit_raw(e->session->repo, oid, &raw, err);
		if (rc == 0)
			rc = add_text(e, bag, t, arena_printf(&e->arena, "%s.commit", stem), &raw,
				      err);
		if (rc == 0)
			rc = add_signature(e, bag, t, stem, oid, err);
	}
	buf_release(&raw);
	return rc;
}

/* --- the bundle ------------------------------------------------------------------------------------ */
struct bundle_lists {
	struct bundle_ref *refs;
	struct bundle_part *parts;
	size_t ref_count, ref_cap, part_count, part_cap;
};

static void
list_commits(struct evidence *e, const struct trail *t, struct bundle_lists *lists)
{
	size_t count, i;
	const struct event *const *events = log_events(t->log, t->ticket, &count);

	for (i = 0; i < count; i++) {
		const struct oid *oid = &log_commit_at(t->log, events[i]->commit)->oid;
		struct bundle_ref ref = { *oid, arena_printf(&e->arena, "refs/yunjuan/%s/%03zu",
							     t->id, i + 1) };
		struct bundle_part part = { *oid, t->folder };

		vec_push(lists->refs, lists->ref_count, lists->ref_cap, ref);
		vec_push(lists->parts, lists->part_count, lists->part_cap, part);
		buf_printf(&e->shallow, "%s\n", hex_of(e, oid));
	}
}

/* Papers lie in the archive already; ticket.md stays in both, so that the trail can be followed
 * with git alone. */
static bool
leave_out(void *ctx, const char *path, const struct oid *blob)
{
	struct evidence *e = ctx;
	char hex[OID_HEX];

	oid_hex(blob, hex);
	if (map_find(&e->sealed, hex) != NULL)
		return true;
	return !text_ends(path, "/ticket.md") && map_find(&e->carried, hex) != NULL;
}

static int
write_piece(void *ctx, const void *data, size_t len, struct err *err)
{
	const struct outfile *out = ctx;

	return write_all(out->fd, data, len) == 0 ? 0 : err_sys(err, "写入", out->path);
}

static int
add_bundle(struct evidence *e, struct bag *bag, struct err *err)
{
	struct bundle_lists lists = { 0 };
	struct bundle_plan plan = { .skip = leave_out, .skip_ctx = e };
	size_t i;
	int rc;

	for (i = 0; i < e->count; i++)
		list_commits(e, e->trails[i], &lists);
	plan.refs = lists.refs;
	plan.ref_count = lists.ref_count;
	plan.parts = lists.parts;
	plan.part_count = lists.part_count;
	rc = bundle_write(e->session->repo, &plan, write_piece, &e->bundle, err);
	if (rc == 0)
		rc = bag_add_file(bag, "evidence.bundle", e->bundle.tmp, err);
	if (rc == 0)
		rc = bag_add(bag, "evidence.shallow", e->shallow.ptr, e->shallow.len, err);
	free(lists.refs);
	free(lists.parts);
	return rc;
}

/* --- pages, certificates ----------------------------------------------------------------------------- */
struct pages {
	struct bag *bag;
	struct evidence *e;
};

static int
add_page(void *ctx, const char *id, const struct buf *html, struct err *err)
{
	struct pages *pages = ctx;

	return bag_add(pages->bag, arena_printf(&pages->e->arena, "%s/index.html", id), html->ptr,
		       html->len, err);
}

static int
add_pages(struct evidence *e, struct bag *bag, struct err *err)
{
	const char **ids = xcalloc(e->count + 1, sizeof(*ids));
	struct pages pages = { bag, e };
	struct buf style = BUF_INIT, index = BUF_INIT;
	size_t i;
	int rc;

	for (i = 0; i < e->count; i++)
		ids[i] = e->trails[i]->id;
	rc = site_tickets(e->session->repo, evidence_time(e), ids, e->count, add_page, &pages,
			  &style, err);
	if (rc == 0)
		rc = bag_add(bag, "style.css", style.ptr, style.len, err);
	evidence_index(&index, (const struct trail *const *)e->trails, e->count,
		       &e->session->basis);
	if (rc == 0)
		rc = bag_add(bag, "index.html", index.ptr, index.len, err);
	buf_release(&style);
	buf_release(&index);
	free(ids);
	return rc;
}

/* The authority's, what was revoked, and those of who acted on the tickets; nobody else's. */
static bool
is_wanted(const struct evidence *e, const char *name)
{
	size_t i, k, count;
	char email[256];

	if (!text_ends(name, ".pem") || strcmp(name, "ca.pem") == 0)
		return true;
	snprintf(email, sizeof(email), "%.*s", (int)(strlen(name) - strlen(".pem")), name);
	for (i = 0; i < e->count; i++) {
		const struct trail *t = e->trails[i];
		const struct event *const *events = log_events(t->log, t->ticket, &count);

		for (k = 0; k < count; k++) {
			if (text_same_nocase(log_text(t->log, events[k]->author_email), email))
				return true;
		}
	}
	return false;
}

static int
add_certificate(void *ctx, const struct entry *entry, struct err *err)
{
	struct pages *pages = ctx;
	struct buf text = BUF_INIT;
	int rc = 0;

	if (entry->mode == MODE_FILE && is_wanted(pages->e, entry->name)) {
		rc = repo_blob(pages->e->session->repo, &entry->oid, DOC_MAX_BYTES, &text, err);
		if (rc == 0)
			rc = bag_add(pages->bag,
				     arena_printf(&pages->e->arena, "certificates/%s", entry->name),
				     text.ptr, text.len, err);
	}
	buf_release(&text);
	return rc;
}

static int
add_trail(struct evidence *e, const struct trail *t, struct bag *bag, struct err *err)
{
	struct buf tsv = BUF_INIT, json = BUF_INIT;
	int rc;

	evidence_tsv(&tsv, t, &e->session->basis);
	evidence_json(&json, t, &e->session->basis);
	rc = add_text(e, bag, t, "trail.tsv", &tsv, err);
	if (rc == 0)
		rc = add_text(e, bag, t, "trail.json", &json, err);
	buf_release(&tsv);
	buf_release(&json);
	return rc;
}

int
evidence_fill(struct evidence *e, struct bag *bag, struct err *err)
{
	struct pages pages = { bag, e };
	size_t i;
	int rc = fold(e, err);

	for (i = 0; i < e->count && rc == 0; i++) {
		rc = add_papers(e, e->trails[i], bag, err);
		if (rc == 0)
			rc = add_trail(e, e->trails[i], bag, err);
		if (rc == 0)
			rc = add_commits(e, e->trails[i], bag, err);
	}
	if (rc == 0)
		rc = add_bundle(e, bag, err);
	if (rc == 0)
		rc = snapshot_list(&e->session->snap, "content/certificates", add_certificate,
				   &pages, err);
	return rc == 0 ? add_pages(e, bag, err) : rc;
}
