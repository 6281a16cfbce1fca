/* Text into grams. templates/search.js cuts a question by the same rules. */
#include <stdlib.h>
#include <string.h>

#include "site/search_internal.h"

#define WORD_MAX 32	   /* a longer word counts as its beginning */
#define NAME_BEGINNING 2   /* how short a beginning of a word in a name finds it … */
#define TEXT_BEGINNING 3   /* … and of one in a text */
#define TEXT_BEGINNINGS 10 /* from there on only the whole word does */

/* --- the set -------------------------------------------------------------------------------------------- */
static void
grow_seen(struct grams *g)
{
	uint64_t *old = g->seen;
	size_t old_size = g->seen_size, i;

	g->seen_size = old_size == 0 ? 2048 : old_size * 2;
	g->seen = xcalloc(g->seen_size, sizeof(*g->seen));
	for (i = 0; i < old_size; i++) {
		size_t slot = (uint32_t)old[i] & (g->seen_size - 1);

		if (old[i] >> 32 != g->round)
			continue;
		while (g->seen[slot] != 0)
			slot = (slot + 1) & (g->seen_size - 1);
		g->seen[slot] = old[i];
	}
	free(old);
}

/* False when the document has it already. */
static bool
see(struct grams *g, uint32_t gram)
{
	uint64_t mark = (uint64_t)g->round << 32 | gram;
	size_t slot;

	if (g->seen_count * 2 >= g->seen_size)
		grow_seen(g);
	for (slot = gram & (g->seen_size - 1); g->seen[slot] >> 32 == g->round;
	     slot = (slot + 1) & (g->seen_size - 1)) {
		if (g->seen[slot] == mark)
			return false;
	}
	g->seen[slot] = mark;
	g->seen_count++;
	return true;
}

void
grams_begin(struct grams *g)
{
	g->names.count = g->texts.count = g->seen_count = 0;
	g->round++;
}

void
grams_release(struct grams *g)
{
	free(g->names.items);
	free(g->texts.items);
	free(g->seen);
}

/* FNV-1a: short to write in the page too. */
static uint32_t
hash_on(uint32_t hash, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
	return hash;
}

#define HASH_START 2166136261u

static void
put_gram(struct grams *g, struct gram_list *list, uint32_t gram)
{
	if (see(g, gram))
		vec_push(list->items, list->count, list->cap, gram);
}

/* --- cutting -------------------------------------------------------------------------------------------- */
static bool
is_han(int32_t c)
{
	return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0x20000 && c <= 0x3ffff);
}

static bool
is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Every beginning of the word from `least` on, and the whole. */
static const char *
cut_word(struct grams *g, struct gram_list *list, const char *at, const char *end)
{
	bool name = list == &g->names;
	size_t least = name ? NAME_BEGINNING : TEXT_BEGINNING, len = 0, i;
	uint32_t hash = HASH_START;

	while (at + len < end && is_word_byte(at[len]))
		len++;
	for (i = 0; i < len && i < WORD_MAX; i++) {
		char c = (char)(at[i] >= 'A' && at[i] <= 'Z' ? at[i] + 32 : at[i]);

		hash = hash_on(hash, &c, 1);
		if (i + 1 == len || i + 1 == WORD_MAX ||
		    (i + 1 >= least && (name || i < TEXT_BEGINNINGS)))
			put_gram(g, list, hash);
	}
	return at + len;
}

static void
cut(struct grams *g, struct gram_list *list, const char *at, const char *end)
{
	const char *before = NULL; /* the Chinese character in front */

	while (at < end) {
		const char *here = at;

		if (is_word_byte(*at)) {
			at = cut_word(g, list, at, end);
			before = NULL;
		} else if (!is_han(utf8_next(&at, end))) {
			before = NULL;
		} else {
			if (before != NULL)
				put_gram(g, list,
					 hash_on(HASH_START, before, (size_t)(at - before)));
			if (list == &g->names)
				put_gram(g, list, hash_on(HASH_START, here, (size_t)(at - here)));
			before = here;
		}
	}
}

void
grams_name(struct grams *g, const char *text)
{
	cut(g, &g->names, text, text + strlen(text));
}

void
grams_text(struct grams *g, const char *text, size_t len)
{
	cut(g, &g->texts, text, text + len);
}

void
grams_signs(struct grams *g, const char *text, size_t len)
{
	const char *at = text, *end = text + len;

	while (at < end) {
		const char *here = at;

		if (is_han(utf8_next(&at, end)))
			put_gram(g, &g->texts, hash_on(HASH_START, here, (size_t)(at - here)));
	}
}

void
grams_mark(struct grams *g, const char *what, const char *value)
{
	uint32_t hash = hash_on(HASH_START, what, strlen(what));

	put_gram(g, &g->names, hash_on(hash, value, strlen(value)));
}

/* --- initials ------------------------------------------------------------------------------------------- */
#define TABLE_FIRST 0x4e00
#define TABLE_LAST 0x9fa5
#define TABLE_LINE 128

/* The table's letters stand 128 a line. */
static char
initial(int32_t c)
{
	const struct embedded *table = embedded_find("content/pinyin/initials.txt");
	size_t at = (size_t)(c - TABLE_FIRST);

	if (c < TABLE_FIRST || c > TABLE_LAST)
		return '.';
	at += at / TABLE_LINE;
	return table == NULL || at >= table->len ? '.' : table->data[at];
}

void
initials_of(struct buf *out, const char *name)
{
	const char *end = name + strlen(name);

	while (name < end) {
		int32_t c = utf8_next(&name, end);

		buf_putc(out, initial(c));
		if (c > 0xffff)
			buf_putc(out, '.'); /* the page counts such a character twice */
	}
}

void
grams_initials(struct grams *g, const char *name)
{
	struct buf letters = BUF_INIT;
	uint32_t start = hash_on(HASH_START, "initials:", 9);
	size_t i, n;

	initials_of(&letters, name);
	for (i = 0; i < letters.len; i++) {
		for (n = 1; n <= 3 && i + n <= letters.len && letters.ptr[i + n - 1] != '.'; n++) {
			if (n >= 2)
				put_gram(g, &g->names, hash_on(start, letters.ptr + i, n));
		}
	}
	buf_release(&letters);
}
