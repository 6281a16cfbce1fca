#include "trail/store.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MAGIC 0x3130524f54534a59ULL	/* "YJSTOR01" */
#define PIECE_BYTES ((size_t)1 << 20)	/* added rows are written so much at a time */
#define SMALL_BYTES ((uint64_t)4 << 20) /* of given-up rows: not worth a word */

struct head {
	uint64_t magic, stamp, sum; /* sum: of all entries */
	uint64_t end;		    /* bytes of the rows file that count */
};

struct place {
	struct oid key;
	uint32_t len;
	uint64_t offset, sum;
};

struct store {
	char *rows_path, *table_path;
	uint64_t stamp;
	struct mapping rows, table;
	const struct place *places; /* in table */
	uint32_t *slots;	    /* place + 1 by key; 0 = free */
	size_t count, slot_count;
	/* What is added: */
	pthread_mutex_t lock;
	struct place *added;
	size_t added_count, added_cap;
	struct buf piece;    /* not yet written */
	uint64_t start, end; /* of the rows file: as it was read, with what was added */
	int fd;		     /* the rows file, locked; -1 before the first row */
	bool given_up;
};

static uint64_t
row_sum(const struct oid *key, const void *bytes, size_t len)
{
	return hash_bytes(bytes, len, hash_bytes(key, sizeof(*key), 21));
}

/* --- what is there ---------------------------------------------------------------------------------------- */
/* Where the key's place is in slots, or the free slot where it would go. */
static size_t
slot_of(const struct store *store, const struct oid *key)
{
	size_t mask = store->slot_count - 1, at;
	uint64_t h;

	memcpy(&h, key->id, sizeof(h));
	for (at = (size_t)h & mask; store->slots[at] != 0; at = (at + 1) & mask) {
		if (oid_same(&store->places[store->slots[at] - 1].key, key))
			break;
	}
	return at;
}

static bool
read_table(struct store *store, struct head *head)
{
	size_t i, len;

	if (!file_map(&store->table, store->table_path, true) || store->table.len < sizeof(*head))
		return false;
	memcpy(head, store->table.ptr, sizeof(*head));
	len = store->table.len - sizeof(*head);
	store->places = (const struct place *)(const void *)(store->table.ptr + sizeof(*head));
	if (head->magic != MAGIC || head->stamp != store->stamp ||
	    len % sizeof(struct place) != 0 || hash_bytes(store->places, len, 7) != head->sum ||
	    !file_map(&store->rows, store->rows_path, false) || head->end > store->rows.len)
		return false;
	store->count = len / sizeof(struct place);
	for (i = 0; i < store->count; i++) {
		if (store->places[i].offset > head->end ||
		    store->places[i].len > head->end - store->places[i].offset)
			return false;
	}
	return true;
}

struct store *
store_open(const char *path, uint64_t stamp)
{
	struct store *store = xcalloc(1, sizeof(*store));
	struct buf name = BUF_INIT;
	struct head head;
	size_t i;

	store->fd = -1;
	store->stamp = stamp;
	pthread_mutex_init(&store->lock, NULL);
	buf_init(&store->piece, 0);
	buf_printf(&name, "%s.rows", path);
	store->rows_path = xstrdup(name.ptr);
	buf_clear(&name);
	buf_printf(&name, "%s.table", path);
	store->table_path = buf_detach(&name);
	if (read_table(store, &head))
		store->start = store->end = head.end;
	else
		store->count = 0;
	for (store->slot_count = 64; store->slot_count < store->count * 2; store->slot_count *= 2)
		;
	store->slots = xcalloc(store->slot_count, sizeof(*store->slots));
	for (i = 0; i < store->count; i++)
		store->slots[slot_of(store, &store->places[i].key)] = (uint32_t)i + 1;
	return store;
}

static const struct place *
place_of(const struct store *store, const struct oid *key)
{
	size_t at = slot_of(store, key);

	return store->slots[at] == 0 ? NULL : &store->places[store->slots[at] - 1];
}

bool
store_find(const struct store *store, const struct oid *key, struct store_row *row)
{
	const struct place *place = place_of(store, key);

	if (place == NULL)
		return false;
	row->bytes = store->rows.ptr + place->offset;
	row->len = place->len;
	return row_sum(key, row->bytes, row->len) == place->sum;
}

bool
store_has(const struct store *store, const struct oid *key)
{
	return place_of(store, key) != NULL;
}

/* --- adding ----------------------------------------------------------------------------------------------- */
/* The table on disk is still the one that was read: else another process wrote behind it. */
static bool
is_current(const struct store *store)
{
	struct mapping now;
	bool same;

	file_map(&now, store->table_path, true);
	same = now.len == store->table.len &&
	       (now.len == 0 || memcmp(now.ptr, store->table.ptr, now.len) == 0);
	file_unmap(&now);
	return same;
}

static bool
open_rows(struct store *store)
{
	struct err ignored = { 0 };

	if (file_make_parents(store->rows_path, &ignored) != 0) {
		err_clear(&ignored);
		return false;
	}
	store->fd = open(store->rows_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	return store->fd >= 0 && flock(store->fd, LOCK_EX | LOCK_NB) == 0 && is_current(store) &&
	       lseek(store->fd, (off_t)store->start, SEEK_SET) >= 0;
}

/* What fails once is given up: a file that was opened is not yet one that is ours to write. */
static void
write_piece(struct store *store)
{
	if (store->fd < 0)
		store->given_up = !open_rows(store);
	if (!store->given_up)
		store->given_up = write_all(store->fd, store->piece.ptr, store->piece.len) != 0;
	buf_clear(&store->piece);
}

void
store_add(struct store *store, const struct oid *key, const void *bytes, size_t len)
{
	static const char zeros[8];
	struct place place;

	memset(&place, 0, sizeof(place));
	place.key = *key;
	place.len = (uint32_t)len;
	place.sum = row_sum(key, bytes, len);
	pthread_mutex_lock(&store->lock);
	if (!store->given_up && len <= UINT32_MAX) {
		place.offset = store->end;
		vec_push(store->added, store->added_count, store->added_cap, place);
		buf_put(&store->piece, bytes, len);
		buf_put(&store->piece, zeros, -len & 7);
		store->end += len + (-len & 7);
		if (store->piece.len >= PIECE_BYTES)
			write_piece(store);
	}
	pthread_mutex_unlock(&store->lock);
}

/* --- saving ----------------------------------------------------------------------------------------------- */
static void
write_table(const struct store *store, const struct place *places, size_t count, uint64_t end)
{
	struct err ignored = { 0 };
	struct head head = { MAGIC, store->stamp, 0, end };
	struct buf out = BUF_INIT;

	head.sum = hash_bytes(places, count * sizeof(*places), 7);
	buf_put(&out, &head, sizeof(head));
	buf_put(&out, places, count * sizeof(*places));
	if (file_replace(store->table_path, out.ptr, out.len, false, &ignored) != 0)
		err_clear(&ignored);
	buf_release(&out);
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *p = a, *q = b;
	int by_key = memcmp(p->key.id, q->key.id, sizeof(p->key.id));

	return by_key != 0 ? by_key : (p->offset < q->offset) - (p->offset > q->offset);
}

static int
compare_oids(const void *a, const void *b)
{
	return memcmp(((const struct oid *)a)->id, ((const struct oid *)b)->id,
		      sizeof(((const struct oid *)a)->id));
}

/* Of several under one key the last, and only of wanted keys. */
static size_t
pick(struct place *places, size_t count, const struct oid *wanted, size_t wanted_count)
{
	struct oid *sorted = xcalloc(wanted_count + 1, sizeof(*sorted));
	size_t i, kept = 0;

	if (wanted_count > 0)
		memcpy(sorted, wanted, wanted_count * sizeof(*sorted));
	qsort(sorted, wanted_count, sizeof(*sorted), compare_oids);
	qsort(places, count, sizeof(*places), compare_places);
	for (i = 0; i < count; i++) {
		if ((kept > 0 && oid_same(&places[kept - 1].key, &places[i].key)) ||
		    (wanted != NULL && bsearch(&places[i].key, sorted, wanted_count,
					       sizeof(*sorted), compare_oids) == NULL))
			continue;
		places[kept++] = places[i];
	}
	free(sorted);
	return kept;
}

static uint64_t
bytes_of(const struct place *places, size_t count)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += places[i].len + (-(size_t)places[i].len & 7);
	return sum;
}

/* A new rows file of these places alone, which take their new offsets; false leaves all as it was. */
static bool
rewrite(const struct store *store, struct place *places, size_t count, uint64_t *end)
{
	static const char zeros[8];
	struct err ignored = { 0 };
	struct outfile out = { 0 };
	struct mapping rows;
	size_t i;
	bool good = file_map(&rows, store->rows_path, false) &&
		    outfile_begin(&out, store->rows_path, &ignored) == 0;

	*end = 0;
	for (i = 0; i < count && good; i++) {
		size_t len = places[i].len;

		good = places[i].offset + len <= rows.len &&
		       write_all(out.fd, rows.ptr + places[i].offset, len) == 0 &&
		       write_all(out.fd, zeros, -len & 7) == 0;
		places[i].offset = *end;
		*end += len + (-len & 7);
	}
	good = good && outfile_commit(&out, &ignored) == 0;
	outfile_end(&out);
	file_unmap(&rows);
	return good;
}

void
store_save(struct store *store, const struct oid *wanted, size_t count)
{
	size_t all = store->count + store->added_count, kept;
	struct place *places;
	uint64_t end = store->end;

	if (store->added_count > 0 && !store->given_up)
		write_piece(store);
	if (store->added_count == 0 || store->given_up)
		return;
	places = xcalloc(all, sizeof(*places));
	if (store->count > 0)
		memcpy(places, store->places, store->count * sizeof(*places));
	memcpy(places + store->count, store->added, store->added_count * sizeof(*places));
	kept = pick(places, all, wanted, count);
	if (end <= 2 * bytes_of(places, kept) + SMALL_BYTES || rewrite(store, places, kept, &end))
		write_table(store, places, kept, end);
	store->given_up = true; /* for what follows */
	free(places);
}

void
store_free(struct store *store)
{
	if (store == NULL)
		return;
	if (store->fd >= 0)
		close(store->fd);
	file_unmap(&store->rows);
	file_unmap(&store->table);
	pthread_mutex_destroy(&store->lock);
	buf_release(&store->piece);
	free(store->added);
	free(store->slots);
	free(store->rows_path);
	free(store->table_path);
	free(store);
}
