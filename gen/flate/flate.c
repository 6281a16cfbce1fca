#include "flate/flate.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

struct inflater {
	enum flate_kind kind;
	bool ended;
	z_stream z;
	ZSTD_DStream *zstd;
};

static void
out_of_memory(void)
{
	xmalloc(SIZE_MAX / 2); /* ends the program with its own message */
}

struct inflater *
inflater_new(enum flate_kind kind)
{
	struct inflater *in = xcalloc(1, sizeof(*in));

	in->kind = kind;
	if (kind == FLATE_ZSTD) {
		in->zstd = ZSTD_createDStream();
		if (in->zstd == NULL)
			out_of_memory();
	} else if (inflateInit2(&in->z, kind == FLATE_GZIP ? 16 + MAX_WBITS : -MAX_WBITS) != Z_OK) {
		out_of_memory();
	}
	return in;
}

void
inflater_free(struct inflater *in)
{
	if (in == NULL)
		return;
	if (in->kind != FLATE_ZSTD)
		inflateEnd(&in->z);
	ZSTD_freeDStream(in->zstd);
	free(in);
}

static enum flate_state
zstd_read(struct inflater *in, const unsigned char **data, size_t *len, void *out, size_t size,
	  size_t *got)
{
	ZSTD_inBuffer from = { *data, *len, 0 };
	ZSTD_outBuffer to = { out, size, 0 };
	size_t rc = ZSTD_decompressStream(in->zstd, &to, &from);

	*data += from.pos;
	*len -= from.pos;
	*got = to.pos;
	if (ZSTD_isError(rc))
		return FLATE_DAMAGED;
	return rc == 0 ? FLATE_ENDED : FLATE_GOES_ON;
}

/* What zlib takes at once. */
static unsigned
some(size_t n)
{
	return n > (1u << 30) ? 1u << 30 : (unsigned)n;
}

enum flate_state
inflater_read(struct inflater *in, const unsigned char **data, size_t *len, void *out, size_t size,
	      size_t *got)
{
	unsigned given = some(*len), room = some(size);
	int rc;

	*got = 0;
	if (in->kind == FLATE_ZSTD)
		return zstd_read(in, data, len, out, size, got);
	if (in->ended && inflateReset(&in->z) != Z_OK)
		return FLATE_DAMAGED;
	in->z.next_in = (unsigned char *)*data;
	in->z.avail_in = given;
	in->z.next_out = out;
	in->z.avail_out = room;
	rc = inflate(&in->z, Z_NO_FLUSH);
	*data += given - in->z.avail_in;
	*len -= given - in->z.avail_in;
	*got = room - in->z.avail_out;
	in->ended = rc == Z_STREAM_END;
	if (rc == Z_STREAM_END)
		return FLATE_ENDED;
	return rc == Z_OK || rc == Z_BUF_ERROR ? FLATE_GOES_ON : FLATE_DAMAGED;
}

/* --- packing --------------------------------------------------------------------------------- */
struct deflater {
	z_stream z;
};

struct deflater *
deflater_new(int level)
{
	struct deflater *out = xcalloc(1, sizeof(*out));

	if (deflateInit2(&out->z, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		out_of_memory();
	return out;
}

void
deflater_free(struct deflater *out)
{
	if (out == NULL)
		return;
	deflateEnd(&out->z);
	free(out);
}

bool
deflater_piece(struct deflater *out, const void *raw, size_t len, bool last, unsigned char **packed,
	       size_t *packed_len)
{
	z_stream *z = &out->z;
	size_t room;
	int rc;

	if (deflateReset(z) != Z_OK)
		return false;
	room = deflateBound(z, (uLong)len) + 16;
	*packed = xmalloc(room);
	z->next_in = (unsigned char *)raw;
	z->avail_in = (uInt)len;
	z->next_out = *packed;
	z->avail_out = (uInt)room;
	rc = deflate(z, last ? Z_FINISH : Z_SYNC_FLUSH);
	*packed_len = room - z->avail_out;
	*packed = xrealloc(*packed, *packed_len > 0 ? *packed_len : 1);
	return rc == (last ? Z_STREAM_END : Z_OK) && z->avail_in == 0;
}
