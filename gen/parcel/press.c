/* press: workers make the files of a bag ready ahead of the one who writes them, in order and in
 * bounded memory. A file is read once: each piece is digested as it was read, then compressed
 * beside the next one. A file of one piece goes through libdeflate; the pieces of a longer one are
 * joined the way pigz does: each ends on a byte, only the last one ends the stream. */
#include "parcel/parcel_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libdeflate.h>

#include "flate/flate.h"

#define LEVEL 5				/* within 1 % of zip -6 in size */
#define BUDGET_BYTES ((size_t)32 << 20) /* of all pieces in work or waiting for the writer */
#define SAMPLE_BYTES 8192
#define SAMPLES 3

struct worker {
	struct press *press;
	int number;
	struct libdeflate_compressor *compressor, *taster;
	struct deflater *deflater; /* NULL until the first long file */
	pthread_t thread;
};

struct press {
	struct packed_file *files;
	size_t count;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t job_file, job_piece;   /* the next one a worker takes */
	size_t head_file, head_piece; /* what the writer waits for or writes */
	size_t used_bytes;
	bool stop;
	struct err err;
	struct worker *workers;
	int worker_count;
};

static size_t
piece_bytes(const struct packed_file *file, size_t piece)
{
	int64_t left = file->bytes - (int64_t)(piece * BAG_PIECE_BYTES);

	return left < (int64_t)BAG_PIECE_BYTES ? (size_t)left : BAG_PIECE_BYTES;
}

/* --- reading -------------------------------------------------------------------------------------- */
static int
changed(const struct packed_file *file, struct err *err)
{
	return err_set(err, ERR_DATA, "文件在打包的时候变了，请不要改动它，再打一次：%s",
		       file->path);
}

static int
open_file(struct packed_file *file, struct err *err)
{
	struct stat st;

	file->fd = open(file->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (file->fd < 0)
		return err_sys(err, "打开", file->path);
	if (fstat(file->fd, &st) != 0)
		return err_sys(err, "查看", file->path);
	if (!S_ISREG(st.st_mode) || st.st_size != file->bytes)
		return changed(file, err);
	return 0;
}

static int
read_from_file(struct packed_file *file, int64_t at, unsigned char *data, size_t len,
	       struct err *err)
{
	if (file->fd < 0 && open_file(file, err) != 0)
		return -1;
	while (len > 0) {
		ssize_t n = pread(file->fd, data, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "读取", file->path);
		if (n == 0)
			return changed(file, err);
		data += n;
		at += n;
		len -= (size_t)n;
	}
	if (at == file->bytes) {
		close(file->fd);
		file->fd = -1;
	}
	return 0;
}

static int
read_piece(struct packed_file *file, int worker, int64_t at, struct piece *piece, struct err *err)
{
	piece->raw = xmalloc(piece->raw_len + 1);
	if (file->path != NULL)
		return read_from_file(file, at, piece->raw, piece->raw_len, err);
	if (file->read != NULL)
		return file->read(file->read_ctx, worker, at, piece->raw, piece->raw_len, err);
	if (piece->raw_len != 0)
		memcpy(piece->raw, file->data + at, piece->raw_len);
	return 0;
}

/* --- compressing ----------------------------------------------------------------------------------- */
/* What a quick look at three places of a piece makes of it, in percent; 0: too short to tell. */
static size_t
taste(struct worker *w, const struct piece *piece)
{
	unsigned char sample[SAMPLES * SAMPLE_BYTES], out[sizeof(sample)];
	size_t i, step = piece->raw_len / (SAMPLES + 1), packed;

	if (piece->raw_len < 4 * sizeof(sample))
		return 0;
	for (i = 0; i < SAMPLES; i++)
		memcpy(sample + i * SAMPLE_BYTES, piece->raw + (i + 1) * step - SAMPLE_BYTES / 2,
		       SAMPLE_BYTES);
	packed = libdeflate_deflate_compress(w->taster, sample, sizeof(sample), out, sizeof(out));
	return packed == 0 ? 100 : 1 + packed * 100 / sizeof(sample);
}

/* Stored where compressing gains little, and a very long file that would look like a bomb. */
static bool
is_better_stored(struct worker *w, const struct packed_file *file, const struct piece *piece)
{
	size_t percent = taste(w, piece);

	return file->bytes == 0 || percent > 96 ||
	       (percent == 1 && file->bytes > BAG_RATIO_FROM_BYTES);
}

/* Stored unless that is at least 1/64 longer. */
static void
compress_whole(struct worker *w, struct packed_file *file, struct piece *piece)
{
	size_t room = piece->raw_len - piece->raw_len / 64;

	piece->packed = xmalloc(room + 1);
	piece->packed_len = libdeflate_deflate_compress(w->compressor, piece->raw, piece->raw_len,
							piece->packed, room);
	if (piece->packed_len == 0) {
		free(piece->packed);
		piece->packed = piece->raw;
		piece->packed_len = piece->raw_len;
		file->method = METHOD_STORE;
		return;
	}
	piece->packed = xrealloc(piece->packed, piece->packed_len);
}

static int
compress_part(struct worker *w, struct piece *piece, bool last, struct err *err)
{
	if (w->deflater == NULL)
		w->deflater = deflater_new(LEVEL);
	return deflater_piece(w->deflater, piece->raw, piece->raw_len, last, &piece->packed,
			      &piece->packed_len)
		   ? 0
		   : err_set(err, ERR_IO, "压缩失败");
}

static int
compress_piece(struct worker *w, struct packed_file *file, size_t number, struct err *err)
{
	struct piece *piece = &file->pieces[number];
	int rc = 0;

	if (file->method == METHOD_STORE) {
		piece->packed = piece->raw;
		piece->packed_len = piece->raw_len;
	} else if (file->piece_count == 1) {
		compress_whole(w, file, piece);
	} else {
		rc = compress_part(w, piece, number + 1 == file->piece_count, err);
	}
	if (piece->packed != piece->raw)
		free(piece->raw);
	piece->raw = NULL;
	return rc;
}

/* --- one file's pieces ------------------------------------------------------------------------------ */
static void
file_begin(struct packed_file *file)
{
	file->piece_count =
	    file->bytes == 0 ? 1 : ((size_t)file->bytes + BAG_PIECE_BYTES - 1) / BAG_PIECE_BYTES;
	file->pieces = xcalloc(file->piece_count, sizeof(*file->pieces));
	file->digester = digester_new();
	file->method = METHOD_DEFLATE;
}

/* In the file's order: reads, digests, and says with the first piece whether to compress. */
static int
take_in(struct worker *w, struct packed_file *file, size_t number, struct err *err)
{
	struct piece *piece = &file->pieces[number];

	piece->raw_len = piece_bytes(file, number);
	if (read_piece(file, w->number, (int64_t)(number * BAG_PIECE_BYTES), piece, err) != 0)
		return -1;
	digester_add(file->digester, piece->raw, piece->raw_len);
	file->crc = libdeflate_crc32(file->crc, piece->raw, piece->raw_len);
	if (number == 0 && is_better_stored(w, file, piece))
		file->method = METHOD_STORE;
	if (number + 1 < file->piece_count)
		return 0;
	if (digester_end(file->digester, &file->digests, err) != 0)
		return -1;
	digester_free(file->digester);
	file->digester = NULL;
	return 0;
}

void
packed_file_release(struct packed_file *file)
{
	size_t i;

	for (i = 0; i < file->piece_count; i++) {
		if (file->pieces[i].packed != file->pieces[i].raw)
			free(file->pieces[i].packed);
		free(file->pieces[i].raw);
	}
	free(file->pieces);
	digester_free(file->digester);
	if (file->path != NULL && file->fd >= 0)
		close(file->fd);
	free((char *)file->data);
	free(file->path);
	free((char *)file->name);
	memset(file, 0, sizeof(*file));
}

/* --- workers ------------------------------------------------------------------------------------------ */
static void
use_our_memory(void)
{
	libdeflate_set_memory_allocator(xmalloc, free);
}

static void
worker_open(struct worker *w, struct press *press, int number)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, use_our_memory);
	memset(w, 0, sizeof(*w));
	w->press = press;
	w->number = number;
	w->compressor = libdeflate_alloc_compressor(LEVEL);
	w->taster = libdeflate_alloc_compressor(1);
}

static void
worker_close(struct worker *w)
{
	libdeflate_free_compressor(w->compressor);
	libdeflate_free_compressor(w->taster);
	deflater_free(w->deflater);
}

/* Locked: waits until the piece's turn comes. */
static bool
wait_turn(struct press *press, const struct packed_file *file, size_t number)
{
	while (!press->stop && file->next != number)
		pthread_cond_wait(&press->changed, &press->lock);
	return !press->stop;
}

/* Locked at both ends. */
static int
work_piece(struct worker *w, struct packed_file *file, size_t number, struct err *err)
{
	struct press *press = w->press;
	struct piece *piece = &file->pieces[number];
	int rc;

	if (!wait_turn(press, file, number))
		return 0;
	pthread_mutex_unlock(&press->lock);
	rc = take_in(w, file, number, err);
	if (rc == 0 && file->piece_count > 1) {
		pthread_mutex_lock(&press->lock);
		file->next++;
		pthread_cond_broadcast(&press->changed);
		pthread_mutex_unlock(&press->lock);
	}
	if (rc == 0)
		rc = compress_piece(w, file, number, err);
	pthread_mutex_lock(&press->lock);
	if (rc == 0) {
		press->used_bytes -= 2 * piece->raw_len - piece->packed_len;
		piece->ready = true;
	}
	return rc;
}

/* Locked: the next piece, as soon as there is room for it; false when there is none any more. */
static bool
take_job(struct press *press, struct packed_file **file, size_t *number)
{
	while (!press->stop) {
		size_t need;

		while (press->job_file < press->count && press->files[press->job_file].late)
			press->job_file++;
		if (press->job_file == press->count)
			return false;
		*file = &press->files[press->job_file];
		*number = press->job_piece;
		need = 2 * piece_bytes(*file, *number);
		if (press->used_bytes + need <= BUDGET_BYTES ||
		    (press->job_file == press->head_file &&
		     press->job_piece == press->head_piece)) {
			press->used_bytes += need;
			return true;
		}
		pthread_cond_wait(&press->changed, &press->lock);
	}
	return false;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct press *press = w->press;
	struct packed_file *file;
	struct err err = { 0 };
	size_t number;

	pthread_mutex_lock(&press->lock);
	while (take_job(press, &file, &number)) {
		if (number == 0)
			file_begin(file);
		if (++press->job_piece == file->piece_count) {
			press->job_piece = 0;
			press->job_file++;
		}
		if (work_piece(w, file, number, &err) != 0) {
			if (press->err.code == ERR_NONE)
				press->err = err;
			press->stop = true;
		}
		pthread_cond_broadcast(&press->changed);
	}
	pthread_mutex_unlock(&press->lock);
	return NULL;
}

int
press_start(struct press **out, struct packed_file *files, size_t count, struct err *err)
{
	struct press *press = xcalloc(1, sizeof(*press));
	int wanted = bag_workers();

	press->files = files;
	press->count = count;
	pthread_mutex_init(&press->lock, NULL);
	pthread_cond_init(&press->changed, NULL);
	press->workers = xcalloc((size_t)wanted, sizeof(*press->workers));
	while (press->worker_count < wanted) {
		struct worker *w = &press->workers[press->worker_count];

		worker_open(w, press, press->worker_count);
		if (pthread_create(&w->thread, NULL, work, w) != 0) {
			worker_close(w);
			break;
		}
		press->worker_count++;
	}
	*out = press;
	if (press->worker_count > 0)
		return 0;
	press_stop(press, err);
	*out = NULL;
	return err_set(err, ERR_IO, "启动不了打包的线程");
}

void
press_stop(struct press *press, struct err *err)
{
	int i;

	if (press == NULL)
		return;
	pthread_mutex_lock(&press->lock);
	press->stop = true;
	pthread_cond_broadcast(&press->changed);
	pthread_mutex_unlock(&press->lock);
	for (i = 0; i < press->worker_count; i++) {
		pthread_join(press->workers[i].thread, NULL);
		worker_close(&press->workers[i]);
	}
	if (err->code == ERR_NONE)
		*err = press->err;
	pthread_cond_destroy(&press->changed);
	pthread_mutex_destroy(&press->lock);
	free(press->workers);
	free(press);
}

/* --- the writer's side ----------------------------------------------------------------------------------- */
/* Locked. */
static int
stopped(struct press *press, struct err *err)
{
	if (err->code == ERR_NONE && press->err.code != ERR_NONE)
		*err = press->err;
	return err_set(err, ERR_IO, "打包中断");
}

int
press_piece(struct press *press, size_t number, size_t piece, const struct piece **out,
	    struct err *err)
{
	struct packed_file *file = &press->files[number];
	int rc = 0;

	pthread_mutex_lock(&press->lock);
	press->head_file = number;
	press->head_piece = piece;
	pthread_cond_broadcast(&press->changed);
	while (!press->stop && (file->pieces == NULL || !file->pieces[piece].ready))
		pthread_cond_wait(&press->changed, &press->lock);
	if (file->pieces == NULL || !file->pieces[piece].ready)
		rc = stopped(press, err);
	else
		*out = &file->pieces[piece];
	pthread_mutex_unlock(&press->lock);
	return rc;
}

void
press_give_back(struct press *press, size_t number, size_t piece)
{
	struct packed_file *file = &press->files[number];
	struct piece *p = &file->pieces[piece];

	pthread_mutex_lock(&press->lock);
	press->used_bytes -= p->packed_len;
	free(p->packed);
	p->packed = NULL;
	if (piece + 1 == file->piece_count) {
		free(file->pieces);
		file->pieces = NULL;
		file->piece_count = 0;
	}
	pthread_cond_broadcast(&press->changed);
	pthread_mutex_unlock(&press->lock);
}

int
press_now(struct packed_file *file, struct err *err)
{
	struct worker w;
	size_t i;
	int rc = 0;

	worker_open(&w, NULL, 0);
	file_begin(file);
	for (i = 0; i < file->piece_count && rc == 0; i++) {
		rc = take_in(&w, file, i, err);
		if (rc == 0)
			rc = compress_piece(&w, file, i, err);
	}
	worker_close(&w);
	return rc;
}
