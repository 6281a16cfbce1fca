/* zip_write: libzip writes the zip. It is given compressed bytes: a source whose first stat says
 * "deflate" is copied as it is, and what the stat behind the last byte says of method, crc and
 * sizes goes into the header (so a file that turned out incompressible is "stored" there). A
 * source is first asked for anything when its turn to be written comes. */
#include "parcel/parcel_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <zip.h>

#include "calendar/calendar.h"

#define SINK_BYTES ((size_t)1 << 20)

struct writing {
	const struct zip_job *job;
	struct outfile *draft;
	struct err *err; /* the first failure, in our words */
	bool late_made;
	/* The end of the file that is not on the disk yet. */
	char *held;
	int64_t held_at, at, size;
	size_t held_len;
	zip_error_t error;
	struct progress progress;
	int64_t fed, total; /* bytes of the files, as they lie there */
};

struct feed { /* one file, as libzip reads it */
	struct writing *writing;
	size_t file, piece, at;
	bool ended;
};

/* --- where the zip goes ----------------------------------------------------------------------------- */
static int
put(struct writing *w, const char *data, size_t len, int64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(w->draft->fd, data, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(w->err, "写入", w->draft->path);
		data += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
flush(struct writing *w)
{
	int rc = put(w, w->held, w->held_len, w->held_at);

	w->held_at = w->at;
	w->held_len = 0;
	return rc;
}

/* libzip goes back to a header once its file is written; mostly it is still held. */
static int
sink_write(struct writing *w, const char *data, size_t len)
{
	size_t into = (size_t)(w->at - w->held_at);

	if (w->at < w->held_at || into > w->held_len || len > SINK_BYTES - into) {
		if (flush(w) != 0)
			return -1;
		into = 0;
	}
	if (len > SINK_BYTES) {
		if (put(w, data, len, w->at) != 0)
			return -1;
		w->held_at += (int64_t)len;
	} else {
		memcpy(w->held + into, data, len);
		if (into + len > w->held_len)
			w->held_len = into + len;
	}
	w->at += (int64_t)len;
	if (w->at > w->size)
		w->size = w->at;
	return 0;
}

static zip_int64_t
sink_fail(struct writing *w, int code)
{
	zip_error_set(&w->error, code, errno);
	return -1;
}

static zip_int64_t
sink_seek(struct writing *w, void *data, zip_uint64_t len)
{
	zip_int64_t at = zip_source_seek_compute_offset((zip_uint64_t)w->at, (zip_uint64_t)w->size,
							data, len, &w->error);

	if (at < 0)
		return -1;
	w->at = at;
	return 0;
}

static zip_int64_t
sink(void *ctx, void *data, zip_uint64_t len, zip_source_cmd_t command)
{
	struct writing *w = ctx;

	switch (command) {
	case ZIP_SOURCE_SUPPORTS:
		return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ,
						      ZIP_SOURCE_CLOSE, ZIP_SOURCE_SEEK,
						      ZIP_SOURCE_TELL, ZIP_SOURCE_STAT,
						      ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
						      ZIP_SOURCE_BEGIN_WRITE,
						      ZIP_SOURCE_COMMIT_WRITE,
						      ZIP_SOURCE_ROLLBACK_WRITE, ZIP_SOURCE_WRITE,
						      ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE,
						      ZIP_SOURCE_REMOVE, -1);
	case ZIP_SOURCE_STAT: /* there is no such file: a new archive */
		errno = ENOENT;
		return sink_fail(w, ZIP_ER_READ);
	case ZIP_SOURCE_WRITE:
		return sink_write(w, data, (size_t)len) == 0 ? (zip_int64_t)len
							     : sink_fail(w, ZIP_ER_WRITE);
	case ZIP_SOURCE_SEEK_WRITE: return sink_seek(w, data, len);
	case ZIP_SOURCE_TELL_WRITE: return w->at;
	case ZIP_SOURCE_COMMIT_WRITE: return flush(w) == 0 ? 0 : sink_fail(w, ZIP_ER_WRITE);
	case ZIP_SOURCE_ERROR: return zip_error_to_data(&w->error, data, len);
	case ZIP_SOURCE_BEGIN_WRITE:
	case ZIP_SOURCE_ROLLBACK_WRITE:
	case ZIP_SOURCE_REMOVE:
	case ZIP_SOURCE_FREE: return 0;
	default: return sink_fail(w, ZIP_ER_OPNOTSUPP);
	}
}

/* --- where the files come from ----------------------------------------------------------------------- */
static int
feed_stat(struct feed *feed, zip_stat_t *st)
{
	struct writing *w = feed->writing;
	struct packed_file *file = &w->job->files[feed->file];

	if (file->late && !w->late_made) {
		if (w->job->make_late(w->job->ctx, w->err) != 0)
			return -1;
		w->late_made = true;
	}
	if (file->late && file->pieces == NULL && !feed->ended && press_now(file, w->err) != 0)
		return -1;
	zip_stat_init(st);
	st->size = (zip_uint64_t)file->bytes;
	st->comp_method = feed->ended ? (zip_uint16_t)file->method : ZIP_CM_DEFLATE;
	st->crc = file->crc;
	st->valid = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | (feed->ended ? ZIP_STAT_CRC : 0);
	return 0;
}

static int
feed_piece(struct feed *feed, const struct piece **piece)
{
	struct writing *w = feed->writing;
	struct packed_file *file = &w->job->files[feed->file];

	if (!file->late)
		return press_piece(w->job->press, feed->file, feed->piece, piece, w->err);
	*piece = &file->pieces[feed->piece];
	return 0;
}

static zip_int64_t
feed_read(struct feed *feed, char *data, size_t len)
{
	struct packed_file *file = &feed->writing->job->files[feed->file];
	const struct piece *piece = NULL;
	size_t count;
	bool last;

	if (feed->ended)
		return 0;
	if (feed_piece(feed, &piece) != 0)
		return -1;
	count = piece->packed_len - feed->at < len ? piece->packed_len - feed->at : len;
	memcpy(data, piece->packed + feed->at, count);
	feed->at += count;
	if (feed->at < piece->packed_len)
		return (zip_int64_t)count;
	feed->writing->fed += (int64_t)piece->raw_len;
	progress_at(&feed->writing->progress, feed->writing->fed >> 20, feed->writing->total >> 20);
	last = feed->piece + 1 == file->piece_count;
	feed->ended = last;
	if (!file->late)
		press_give_back(feed->writing->job->press, feed->file, feed->piece);
	feed->piece++;
	feed->at = 0;
	/* 0 would say that the file ends here. */
	return count > 0 || last ? (zip_int64_t)count : feed_read(feed, data, len);
}

static zip_int64_t
feed_command(void *ctx, void *data, zip_uint64_t len, zip_source_cmd_t command)
{
	struct feed *feed = ctx;
	struct writing *w = feed->writing;
	zip_int64_t n;

	switch (command) {
	case ZIP_SOURCE_SUPPORTS:
		return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ,
						      ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
						      ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
	case ZIP_SOURCE_STAT:
		return feed_stat(feed, data) == 0 ? (zip_int64_t)sizeof(zip_stat_t)
						  : sink_fail(w, ZIP_ER_READ);
	case ZIP_SOURCE_READ:
		n = feed_read(feed, data, (size_t)len);
		return n < 0 ? sink_fail(w, ZIP_ER_READ) : n;
	case ZIP_SOURCE_ERROR: return zip_error_to_data(&w->error, data, len);
	case ZIP_SOURCE_OPEN:
	case ZIP_SOURCE_CLOSE:
	case ZIP_SOURCE_FREE: return 0;
	default: return sink_fail(w, ZIP_ER_OPNOTSUPP);
	}
}

/* --- the archive --------------------------------------------------------------------------------------- */
static int
zip_failed(struct writing *w, const char *what, zip_error_t *error)
{
	return err_set(w->err, ERR_IO, "%s失败：%s", what, zip_error_strerror(error));
}

/* A zip holds the time of the clock on the wall, which is Beijing's whatever this machine's is. */
static time_t
wall_time(int64_t moment)
{
	int32_t days = day_of(moment);
	struct day_parts day = day_split(days);
	int64_t seconds = moment + 8 * 3600 - (int64_t)days * 86400;
	struct tm tm = { .tm_year = day.year - 1900,
			 .tm_mon = day.month - 1,
			 .tm_mday = day.dom,
			 .tm_hour = (int)(seconds / 3600),
			 .tm_min = (int)(seconds / 60 % 60),
			 .tm_sec = (int)(seconds % 60),
			 .tm_isdst = -1 };

	if (day.year < 1980) {
		tm = (struct tm){ .tm_year = 80, .tm_mday = 1, .tm_isdst = -1 };
	}
	return mktime(&tm);
}

static int
add_file(struct writing *w, zip_t *zip, struct feed *feed, struct buf *name, time_t time)
{
	zip_source_t *source;
	zip_int64_t at;

	buf_clear(name);
	buf_printf(name, "%s/%s", w->job->top, w->job->files[feed->file].name);
	source = zip_source_function(zip, feed_command, feed);
	if (source == NULL)
		return zip_failed(w, "写入归档包", zip_get_error(zip));
	at = zip_file_add(zip, name->ptr, source, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(source);
		return zip_failed(w, "写入归档包", zip_get_error(zip));
	}
	if (zip_file_set_mtime(zip, (zip_uint64_t)at, time, 0) != 0 ||
	    zip_file_set_external_attributes(zip, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX,
					     0100644u << 16) != 0)
		return zip_failed(w, "写入归档包", zip_get_error(zip));
	return 0;
}

static int
write_files(struct writing *w, zip_t *zip, struct feed *feeds)
{
	time_t time = wall_time(w->job->time);
	struct buf name = BUF_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; i < w->job->count && rc == 0; i++) {
		feeds[i].writing = w;
		feeds[i].file = i;
		rc = add_file(w, zip, &feeds[i], &name, time);
		w->total += w->job->files[i].bytes;
	}
	buf_release(&name);
	if (rc == 0 && zip_close(zip) == 0)
		return 0;
	if (rc == 0)
		rc = zip_failed(w, "写入归档包", zip_get_error(zip));
	zip_discard(zip);
	return rc;
}

int
zip_write(const struct zip_job *job, struct outfile *draft, struct err *err)
{
	struct writing w = { .job = job, .draft = draft, .err = err };
	struct feed *feeds = xcalloc(job->count, sizeof(*feeds));
	zip_source_t *source;
	zip_t *zip = NULL;
	int rc;

	zip_error_init(&w.error);
	w.held = xmalloc(SINK_BYTES);
	source = zip_source_function_create(sink, &w, &w.error);
	if (source != NULL)
		zip = zip_open_from_source(source, ZIP_CREATE, &w.error);
	if (zip == NULL) {
		rc = zip_failed(&w, "新建归档包", &w.error);
		if (source != NULL)
			zip_source_free(source);
	} else {
		progress_begin(&w.progress, "打包", "MB");
		rc = write_files(&w, zip, feeds);
		progress_end(&w.progress);
	}
	zip_error_fini(&w.error);
	free(w.held);
	free(feeds);
	return rc;
}
