/*
 * search: the index the search page reads. A document (ticket, party, system, article, page of the
 * handbook) is a set of grams, 32-bit hashes of pieces of its text, and a record that is shown. A
 * gram says in which documents it stands: in their names, or only in their text.
 *
 * Out of it come search/g<N>.js, grams by the low bits of their hash, and by number search/d<N>.js,
 * records, and search/t<N>.js, texts; templates/search.js reads both. Documents have numbers that stay: what is not a ticket
 * first, tickets from search_first on by the time they were opened.
 *
 * Lifetime: a search owns its documents until search_free. Errors: only reading tickets fails; a store that cannot be had is empty.
 * Threads: grams one a thread; a search is read by several once it is planned.
 *
 *	struct grams g = { 0 };
 *	grams_begin(&g);
 *	grams_name(&g, title);
 *	grams_text(&g, body, len);
 *	… g.names, g.texts …
 *	grams_release(&g);
 */
#ifndef YJ_SEARCH_INTERNAL_H
#define YJ_SEARCH_INTERNAL_H

#include "site/site_internal.h"
#include "trail/store.h"

struct gram_list {
	uint32_t *items;
	size_t count, cap;
};

/* The grams of one document, each once; what stands in its names is not in texts. */
struct grams {
	struct gram_list names, texts;
	uint64_t *seen; /* round << 32 | gram, open addressing */
	size_t seen_size, seen_count;
	uint32_t round;
};

void grams_begin(struct grams *g);
void grams_release(struct grams *g);
/* Chinese by characters and pairs, Latin words and numbers by their beginnings. */
void grams_name(struct grams *g, const char *text);
/* The first letters of the Chinese characters' readings, by pairs and threes. */
void grams_initials(struct grams *g, const char *name);
/* What a filter asks for, "flow:" and the like before it. */
void grams_mark(struct grams *g, const char *what, const char *value);
/* After all names; Chinese by pairs alone. */
void grams_text(struct grams *g, const char *text, size_t len);
/* Each Chinese character of a text, where documents are few. */
void grams_signs(struct grams *g, const char *text, size_t len);
/* One letter a character, "." where there is none. */
void initials_of(struct buf *out, const char *name);

struct search_doc {
	uint64_t key;	    /* of all that its grams and record are made of */
	const char *record; /* JSON */
	const uint32_t *names, *texts;
	size_t record_len, name_count, text_count;
	char *own;		 /* what is new: its row in the store; owned */
	const struct card *card; /* a ticket's */
	const char *text;	 /* of what is no ticket, or NULL; borrowed */
	size_t text_len;
	size_t row_len;
	const char *row;
};

struct search {
	struct build *b;
	struct arena arena;
	struct search_doc *docs; /* by number; record NULL: no such document */
	size_t count, cap, first, shards;
	struct search_doc law; /* lines that Lua wrote, as a row of the store */
	struct store *store;   /* .git/yunjuan/search.*: rows by documents' keys */
	/* search_shards.c: the grams by shard, made when the first shard is; the first one's page. */
	uint64_t *postings, *shard_keys;
	size_t *starts, shard_page;
};

/* search_shards.c: which shards there are and their keys; then their pages and those of the records. */
int count_shards(struct search *s, struct err *err) must_check;
void plan_shards(struct search *s);
/* search_texts.c: adds the pages search/t<N>.js, texts that hits are shown in. */
void plan_texts(struct search *s);

#endif
