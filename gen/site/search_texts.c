/* The texts that hits are shown in, a few documents a file: loaded for what stands before the reader's
 * eyes, and read again only when a document changed. */
#include <string.h>

#include "site/search_internal.h"
#include "trail/message.h"

/* Documents in one file, and how much of a long one: what stands behind is found, but not shown. */
#define TEXTS 4
#define TEXT_MAX_BYTES 6000

static void
put_opinions(struct buf *out, struct arena *arena, const struct log *log, const struct trail *t)
{
	size_t count, i;
	const struct event *const *events = log_events(log, t->ticket, &count);

	for (i = 0; i < count && out->len < TEXT_MAX_BYTES; i++) {
		struct message message;

		message_parse(&message, arena, log_text(log, events[i]->message), false);
		put_words(out, message.opinion, strlen(message.opinion), TEXT_MAX_BYTES);
		put_words(out, message.late_reason, strlen(message.late_reason), TEXT_MAX_BYTES);
	}
}

/* --- a file of them ---------------------------------------------------------------------------------------- */
static int
put_document(struct worker *w, struct buf *out, const struct search_doc *doc)
{
	struct filed filed;

	if (doc->text != NULL)
		put_words(out, doc->text, doc->text_len, TEXT_MAX_BYTES);
	if (doc->card == NULL)
		return 0;
	if (filed_read(&filed, &w->arena, &w->build->filing, w->repo, doc->card->trail.last,
		       w->err) != 0)
		return -1;
	buf_put(out, filed.words,
		filed.words_len < TEXT_MAX_BYTES ? filed.words_len : TEXT_MAX_BYTES);
	put_opinions(out, &w->arena, w->build->log, &doc->card->trail);
	return 0;
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
