/* Grams into the files the search page loads. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "site/search_internal.h"

/* Records in one file: a page of results loads a few of them. */
#define RECORDS 16

/* --- keys ----------------------------------------------------------------------------------------------- */
static uint64_t
mixed(uint64_t x)
{
	x = (x ^ x >> 31) * 0x9e3779b97f4a7c15u;
	return x ^ x >> 29;
}

/* A posting is gram, document and whether it stands in a name, so that postings sort as they
 * are written. */
static uint64_t
posting_of(uint32_t gram, size_t number, bool name)
{
	return (uint64_t)gram << 32 | (uint64_t)number << 1 | (name ? 1 : 0);
}

struct visit {
	const struct search *s;
	void (*each)(struct visit *v, size_t shard, uint64_t posting);
	uint64_t *keys;
	size_t *at;
	uint64_t *postings;
};

static void
visit_from(struct visit *v, size_t first, size_t end)
{
	const struct search *s = v->s;
	size_t n, i;

	for (n = first; n < end; n++) {
		const struct search_doc *doc = &s->docs[n];

		for (i = 0; i < doc->name_count; i++)
			v->each(v, doc->names[i] & (s->shards - 1),
				posting_of(doc->names[i], n, true));
		for (i = 0; i < doc->text_count; i++)
			v->each(v, doc->texts[i] & (s->shards - 1),
				posting_of(doc->texts[i], n, false));
	}
}

/* The key of a shard does not depend on the order, so each thread adds up its part of the documents. */
struct counting {
	struct visit *parts;
	size_t count;
};

static void
count_posting(struct visit *v, size_t shard, uint64_t posting)
{
	v->keys[shard] += mixed(posting + 1);
	v->at[shard]++;
}

static int
count_part(void *ctx, int number, struct err *err)
{
	struct counting *c = ctx;
	struct visit *v = &c->parts[number];
	size_t docs = v->s->count, n = (size_t)number;

	(void)err;
	visit_from(v, docs * n / c->count, docs * (n + 1) / c->count);
	return 0;
}

/* Into keys and at, one for each shard. */
static int
count_all(const struct search *s, uint64_t *keys, size_t *at, struct err *err)
{
	struct counting c = { .count = (size_t)thread_count() };
	size_t i, shard;
	int rc;

	c.parts = xcalloc(c.count, sizeof(*c.parts));
	for (i = 0; i < c.count; i++) {
		c.parts[i] = (struct visit){ .s = s, .each = count_posting };
		c.parts[i].keys = xcalloc(s->shards, sizeof(*c.parts[i].keys));
		c.parts[i].at = xcalloc(s->shards, sizeof(*c.parts[i].at));
	}
	rc = thread_run((int)c.count, count_part, &c, err);
	for (i = 0; i < c.count; i++) {
		for (shard = 0; shard < s->shards; shard++) {
			keys[shard] += c.parts[i].keys[shard];
			at[shard] += c.parts[i].at[shard];
		}
		free(c.parts[i].keys);
		free(c.parts[i].at);
	}
	free(c.parts);
	return rc;
}

/* Of the files that are made; the others' room is never touched. */
static void
place_posting(struct visit *v, size_t shard, uint64_t posting)
{
	if (!v->s->b->pages[v->s->shard_page + shard].fresh)
		v->postings[v->at[shard]++] = posting;
}

/* --- a file of grams ------------------------------------------------------------------------------------ */
static void
place_all(struct search *s)
{
	struct visit v = { .s = s, .each = place_posting };

	s->postings = xmalloc((s->starts[s->shards] + 1) * sizeof(*s->postings));
	v.postings = s->postings;
	v.at = xmalloc((s->shards + 1) * sizeof(*v.at));
	memcpy(v.at, s->starts, (s->shards + 1) * sizeof(*v.at));
	visit_from(&v, 0, s->count);
	free(v.at);
}

/* By their grams, a byte at a time from the lowest on; what has the same gram stays in the order of the
 * documents. spare is as long; gives which of the two is sorted. */
static const uint64_t *
sort_by_gram(uint64_t *postings, uint64_t *spare, size_t count)
{
	uint64_t *from = postings, *to = spare;
	int shift;

	for (shift = 32; shift < 64 && count > 0; shift += 8) {
		size_t at[257] = { 0 }, i;
		uint64_t *swap = from;

		for (i = 0; i < count; i++)
			at[(from[i] >> shift & 0xff) + 1]++;
		if (at[(from[0] >> shift & 0xff) + 1] == count)
			continue; /* the byte that says which file it is */
		for (i = 0; i < 255; i++)
			at[i + 1] += at[i];
		for (i = 0; i < count; i++)
			to[at[from[i] >> shift & 0xff]++] = from[i];
		from = to;
		to = swap;
	}
	return from;
}

/* Base 45 in printable characters, least digit first; all but the last digit stand 45 higher. */
static void
put_number(struct buf *out, size_t n)
{
	for (;; n /= 45) {
		size_t digit = n % 45 + (n >= 45 ? 45 : 0);
		char c = (char)('#' + digit);

		buf_putc(out, (char)(c >= '\\' ? c + 1 : c));
		if (n < 45)
			return;
	}
}

/* " <gram>!<in names>!<in texts>": distances, each at least 1. */
static void
put_gram_row(struct buf *out, const uint64_t *first, size_t count)
{
	int name;
	size_t i;

	buf_printf(out, " %x", (unsigned)(first[0] >> 32));
	for (name = 1; name >= 0; name--) {
		size_t before = 0;

		buf_putc(out, '!');
		for (i = 0; i < count; i++) {
			size_t number = (uint32_t)first[i] >> 1;

			if ((int)(first[i] & 1) != name)
				continue;
			put_number(out, number - before);
			before = number;
		}
	}
}

static void
put_shard(struct buf *out, uint64_t *first, size_t count)
{
	uint64_t *spare = xmalloc((count + 1) * sizeof(*spare));
	const uint64_t *sorted = sort_by_gram(first, spare, count);
	size_t i = 0, n;

	for (; i < count; i += n) {
		for (n = 1; i + n < count && sorted[i + n] >> 32 == sorted[i] >> 32; n++)
			;
		put_gram_row(out, sorted + i, n);
	}
	free(spare);
}

static const char *
fill_grams(struct worker *w, const struct page *page)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct search *s = w->build->search;
	size_t shard = (size_t)((const size_t *)page->subject - s->starts);
	struct buf out = BUF_INIT;

	pthread_mutex_lock(&lock);
	if (s->postings == NULL)
		place_all(s);
	pthread_mutex_unlock(&lock);
	buf_printf(&out, "\"use strict\";yunjuan.grams(%zu,\"", shard);
	put_shard(&out, s->postings + s->starts[shard], s->starts[shard + 1] - s->starts[shard]);
	buf_puts(&out, " \");");
	script_bytes(w->script, out.ptr, out.len);
	script_set(w->script, "text");
	buf_release(&out);
	return "asset";
}

/* --- a file of records ---------------------------------------------------------------------------------- */
static const char *
fill_records(struct worker *w, const struct page *page)
{
	const struct search *s = w->build->search;
	const struct search_doc *first = page->subject;
	size_t number = (size_t)(first - s->docs), i;
	struct buf out = BUF_INIT;

	buf_printf(&out, "\"use strict\";yunjuan.records(%zu,[", number / RECORDS);
	for (i = 0; i < RECORDS && number + i < s->count; i++) {
		buf_puts(&out, i == 0 ? "\n" : ",\n");
		buf_put(&out, first[i].record, first[i].record_len);
		if (first[i].record_len == 0)
			buf_putc(&out, '0');
	}
	buf_puts(&out, "]);");
	script_bytes(w->script, out.ptr, out.len);
	script_set(w->script, "text");
	buf_release(&out);
	return "asset";
}

static void
plan_records(struct search *s)
{
	size_t n, i;

	for (n = 0; n < s->count; n += RECORDS) {
		uint64_t key = s->b->site_key;
		bool any = false;

		for (i = n; i < n + RECORDS && i < s->count; i++) {
			key = hash_bytes(s->docs[i].record, s->docs[i].record_len, key + 1);
			any = any || s->docs[i].record_len > 0;
		}
		if (any)
			add_page(s->b, arena_printf(&s->b->arena, "search/d%zu.js", n / RECORDS),
				 key, fill_records, &s->docs[n]);
	}
}

int
count_shards(struct search *s, struct err *err)
{
	size_t i, total = 0;

	s->shards = s->count < 3000 ? 64 : s->count < 30000 ? 256 : 1024;
	s->starts = xcalloc(s->shards + 1, sizeof(*s->starts));
	s->shard_keys = xcalloc(s->shards, sizeof(*s->shard_keys));
	if (count_all(s, s->shard_keys, s->starts, err) != 0)
		return -1;
	for (i = 0; i <= s->shards; i++) {
		size_t count = s->starts[i];

		s->starts[i] = total;
		total += count;
	}
	return 0;
}

void
plan_shards(struct search *s)
{
	size_t i;

	s->shard_page = s->b->page_count;
	for (i = 0; i < s->shards; i++)
		add_page(s->b, arena_printf(&s->b->arena, "search/g%zu.js", i),
			 s->shard_keys[i] ^ s->b->site_key, fill_grams, &s->starts[i]);
	plan_records(s);
}
