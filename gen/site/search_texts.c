/* The texts that hits are shown in, a few documents a file: loaded for what stands before the reader's
 * eyes, and read again only when a document changed. */
#include <string.h>

#include "site/search_internal.h"
#include "trail/message.h"

/* Documents in one file, and how much of a long one: what stands behind is found, but not shown. */
#define TEXTS 4
#define TEXT_MAX_BYTES 6000

/* --- lines as a person reads them ------------------------------------------------------------------------ */
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
static void
put_text(struct buf *out, const char *text, size_t len)
{
	const char *at = text, *end = text + len, *stop, *words;
	int fences = 0;

	for (; at < end && out->len < TEXT_MAX_BYTES; at = stop + 1) {
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

static void
put_opinions(struct buf *out, struct arena *arena, const struct log *log, const struct trail *t)
{
	size_t count, i;
	const struct event *const *events = log_events(log, t->ticket, &count);

	for (i = 0; i < count && out->len < TEXT_MAX_BYTES; i++) {
		struct message message;

		message_parse(&message, arena, log_text(log, events[i]->message), false);
		put_text(out, message.opinion, strlen(message.opinion));
		put_text(out, message.late_reason, strlen(message.late_reason));
	}
}

/* --- a file of them ---------------------------------------------------------------------------------------- */
static int
put_document(struct worker *w, struct buf *out, const struct search_doc *doc)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (doc->card != NULL)
		rc = repo_blob(w->repo, &doc->card->trail.last->blob, DOC_MAX_BYTES, &text, w->err);
	if (rc != 0 && w->err->code == ERR_LIMIT) {
		err_clear(w->err); /* the ticket's page says so too */
		buf_clear(&text);
		rc = 0;
	}
	put_text(out, text.ptr, text.len);
	if (doc->card != NULL)
		put_opinions(out, &w->arena, w->build->log, &doc->card->trail);
	else if (doc->text != NULL)
		put_text(out, doc->text, doc->text_len);
	buf_release(&text);
	return rc;
}

static const char *
fill_texts(struct worker *w, const struct page *page)
{
	const struct search *s = w->build->search;
	const struct search_doc *first = page->subject;
	size_t number = (size_t)(first - s->docs), i;
	struct buf out = BUF_INIT, text = BUF_INIT;
	int rc = 0;

	buf_printf(&out, "\"use strict\";yunjuan.texts(%zu,[", number / TEXTS);
	for (i = 0; rc == 0 && i < TEXTS && number + i < s->count; i++) {
		buf_clear(&text);
		rc = put_document(w, &text, &first[i]);
		if (text.len > TEXT_MAX_BYTES)
			text.ptr[TEXT_MAX_BYTES] = '\0';
		utf8_trim(text.ptr);
		text_straighten(text.ptr);
		buf_puts(&out, i == 0 ? "\n" : ",\n");
		json_str(&out, text.ptr);
	}
	buf_puts(&out, "]);");
	script_bytes(w->script, out.ptr, out.len);
	script_set(w->script, "text");
	buf_release(&out);
	buf_release(&text);
	return rc == 0 ? "asset" : NULL;
}

void
plan_texts(struct search *s)
{
	size_t n, i;

	for (n = 0; n < s->count; n += TEXTS) {
		uint64_t key = s->b->site_key;
		bool any = false;

		for (i = n; i < n + TEXTS && i < s->count; i++) {
			key = hash_bytes(&s->docs[i].key, sizeof(s->docs[i].key), key);
			any = any || s->docs[i].card != NULL || s->docs[i].text != NULL;
		}
		if (any)
			add_page(s->b, arena_printf(&s->b->arena, "search/t%zu.js", n / TEXTS), key,
				 fill_texts, &s->docs[n]);
	}
}
