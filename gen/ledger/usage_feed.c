/* Blocks of whole lines out of the inputs, one input behind the other. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ledger/usage_internal.h"

static const char *const role_names[ROLE_COUNT] = { "vm",      "time",	       "vcpu_pct",
						    "mem_pct", "disk_used_gb", "disk_alloc_gb" };

void
feed_init(struct feed *feed, const char *const *paths, size_t count)
{
	*feed = (struct feed){ .paths = paths, .path_count = count };
	pthread_mutex_init(&feed->lock, NULL);
	progress_begin(&feed->progress, "读入采样", "MB");
	feed->carry = xmalloc(BLOCK_BYTES);
}

void
feed_release(struct feed *feed)
{
	source_free(feed->source);
	arena_release(&feed->arena);
	free(feed->carry);
	progress_end(&feed->progress);
	free(feed->blocks);
	pthread_mutex_destroy(&feed->lock);
}

void
feed_stop(struct feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	feed->stopped = true;
	pthread_mutex_unlock(&feed->lock);
}

/* --- lines to fields -------------------------------------------------------------------------------- */
static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct piece
trimmed(const char *ptr, const char *end)
{
	while (ptr < end && is_blank(*ptr))
		ptr++;
	while (end > ptr && is_blank(end[-1]))
		end--;
	return (struct piece){ ptr, (size_t)(end - ptr) };
}

/* A field that begins with a quote; *at behind its closing quote and the blanks there. The text lies
 * in scratch, which has room for the whole line. */
static bool
quoted_field(struct piece *out, const char **at, const char *end, struct buf *scratch)
{
	const char *p = *at + 1, *start = scratch->ptr + scratch->len;

	for (;; p++) {
		if (p == end)
			return false;
		if (*p == '"' && (p + 1 == end || p[1] != '"'))
			break;
		p += *p == '"';
		buf_putc(scratch, *p);
	}
	*out = trimmed(start, scratch->ptr + scratch->len);
	for (p++; p < end && is_blank(*p);)
		p++;
	*at = p;
	return p == end || *p == ',';
}

int
line_split(struct piece *out, int max, const char *line, size_t len, struct buf *scratch)
{
	const char *at = line, *end = line + len, *comma;
	int count = 0;

	buf_clear(scratch);
	buf_reserve(scratch, len);
	for (;; at++) {
		while (at < end && is_blank(*at))
			at++;
		if (count == max)
			return -1;
		if (at < end && *at == '"') {
			if (!quoted_field(&out[count++], &at, end, scratch))
				return -1;
		} else {
			comma = at < end ? memchr(at, ',', (size_t)(end - at)) : NULL;
			comma = comma == NULL ? end : comma;
			out[count++] = trimmed(at, comma);
			at = comma;
		}
		if (at == end)
			return count;
	}
}

static int
role_of(const struct piece *name)
{
	int i;

	for (i = 0; i < ROLE_COUNT; i++) {
		if (strlen(role_names[i]) == name->len &&
		    strncasecmp(role_names[i], name->ptr, name->len) == 0)
			return i;
	}
	return -1;
}

bool
columns_parse(struct columns *out, const char *line, size_t len, struct buf *why)
{
	struct piece names[COLUMNS_MAX];
	struct buf scratch = BUF_INIT;
	int i, role;

	for (role = 0; role < ROLE_COUNT; role++)
		out->at[role] = -1;
	out->count = line_split(names, COLUMNS_MAX, line, len, &scratch);
	for (i = 0; i < out->count; i++) {
		role = role_of(&names[i]);
		if (role >= 0 && out->at[role] >= 0 && why->len == 0)
			buf_printf(why, "列名 %s 出现了两次", role_names[role]);
		if (role >= 0)
			out->at[role] = i;
	}
	out->usual = out->count == ROLE_COUNT;
	for (role = 0; role < ROLE_COUNT; role++) {
		if (out->at[role] < 0 && why->len == 0)
			buf_printf(why, "第一行里没有 %s 这一列", role_names[role]);
		out->usual &= out->at[role] == role;
	}
	buf_release(&scratch);
	return why->len == 0;
}

/* --- encoding: of a whole file, by the first block that is not plain ASCII ------------------------ */
static bool
is_ascii(const char *s, size_t len)
{
	uint64_t words[4], all = 0;
	size_t i;

	for (i = 0; i + sizeof(words) <= len; i += sizeof(words)) {
		memcpy(words, s + i, sizeof(words));
		all |= words[0] | words[1] | words[2] | words[3];
	}
	for (; i < len; i++)
		all |= (uint64_t)(uint8_t)s[i];
	return (all & 0x8080808080808080) == 0;
}

/* One wrong row does not make a file of UTF-8 another: the more lines decide. */
static enum encoding
encoding_of(const char *s, size_t len)
{
	const char *end = s + len, *line, *stop;
	size_t good = 0, bad = 0;

	for (line = s; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		stop = stop == NULL ? end : stop;
		len = (size_t)(stop - line);
		if (is_ascii(line, len))
			continue;
		if (utf8_check(line, len) == len)
			good++;
		else
			bad++;
	}
	return bad > good ? ENCODING_GBK : ENCODING_UTF8;
}

/* --- blocks --------------------------------------------------------------------------------------------- */
/* Fills the block up to the last line end that fits; the rest is carried over. 0: the file's end. */
static int
fill_block(struct feed *feed, struct block *block, size_t *len, struct err *err)
{
	size_t got, whole;
	const char *last;

	memcpy(block->data, feed->carry, feed->carry_len);
	if (source_read(feed->source, block->data + feed->carry_len, BLOCK_BYTES - feed->carry_len,
			&got, err) != 0)
		return -1;
	*len = feed->carry_len + got;
	feed->bytes += (int64_t)got;
	progress_at(&feed->progress, feed->bytes >> 20, 0);
	feed->carry_len = 0;
	if (*len < BLOCK_BYTES) {
		source_free(feed->source);
		feed->source = NULL;
		if (*len > 0 && block->data[*len - 1] != '\n')
			block->data[(*len)++] = '\n';
		return 0;
	}
	last = memrchr(block->data, '\n', *len);
	if (last == NULL)
		return err_at(err, ERR_DATA, feed->paths[feed->file], 0, 0,
			      "有一行超过 %zu 字节，不像采样数据；请核对文件", BLOCK_BYTES);
	whole = (size_t)(last + 1 - block->data);
	feed->carry_len = *len - whole;
	memcpy(feed->carry, last + 1, feed->carry_len);
	*len = whole;
	return 0;
}

/* The heading of a file that has just been opened; *rows behind it. */
static int
take_heading(struct feed *feed, const struct block *block, size_t len, const char **rows,
	     struct err *err)
{
	const char *line = block->data, *end = line + len, *stop;
	struct buf why = BUF_INIT;
	bool good;

	feed->encoding = ENCODING_UNKNOWN;
	if (len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		feed->encoding = ENCODING_UTF8;
		line += 3;
	}
	stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
	feed->columns = arena_alloc(&feed->arena, sizeof(*feed->columns));
	good = stop != NULL && columns_parse(feed->columns, line, (size_t)(stop - line), &why);
	if (!good)
		err_at(
		    err, ERR_DATA, feed->paths[feed->file], 1, 0,
		    "%s；第一行须写明列名 vm,time,vcpu_pct,mem_pct,disk_used_gb,disk_alloc_gb（次序不限，UTF-8 或 GBK）",
		    stop == NULL ? "文件是空的" : why.ptr);
	buf_release(&why);
	*rows = stop == NULL ? end : stop + 1;
	return good ? 0 : -1;
}

static int
next_locked(struct feed *feed, struct block *block, struct err *err)
{
	bool fresh = feed->source == NULL;
	size_t len;

	if (fresh && source_open(&feed->source, feed->paths[feed->file], err) != 0)
		return -1;
	block->file = (uint32_t)feed->file;
	if (fill_block(feed, block, &len, err) != 0)
		return -1;
	block->rows = block->data;
	if (fresh && take_heading(feed, block, len, &block->rows, err) != 0)
		return -1;
	block->len = len - (size_t)(block->rows - block->data);
	if (feed->encoding == ENCODING_UNKNOWN && !is_ascii(block->rows, block->len))
		feed->encoding = encoding_of(block->rows, block->len);
	block->columns = feed->columns;
	block->encoding = feed->encoding;
	block->number = (uint32_t)feed->block_count;
	vec_push(feed->blocks, feed->block_count, feed->block_cap,
		 ((struct block_lines){ block->file, 0 }));
	feed->file += feed->source == NULL;
	return 1;
}

int
feed_next(struct feed *feed, struct block *block, struct err *err)
{
	int rc = 0;

	pthread_mutex_lock(&feed->lock);
	if (!feed->stopped && feed->file < feed->path_count)
		rc = next_locked(feed, block, err);
	feed->stopped |= rc < 0;
	pthread_mutex_unlock(&feed->lock);
	return rc;
}
