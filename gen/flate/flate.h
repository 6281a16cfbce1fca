/*
 * flate: packed streams, piece by piece: raw deflate (RFC 1951) as in a zip, gzip (RFC 1952), Zstandard
 * (RFC 8878). zlib and libzstd live here only.
 *
 * Lifetime: owned by who made them. Errors: a stream that is damaged is an answer; out of memory ends
 * the program. Threads: one each.
 *
 *	in = inflater_new(FLATE_GZIP);
 *	state = inflater_read(in, &data, &len, out, sizeof(out), &got);    data and len move on
 */
#ifndef YJ_FLATE_H
#define YJ_FLATE_H

#include "base/base.h"

enum flate_kind { FLATE_RAW, FLATE_GZIP, FLATE_ZSTD };
enum flate_state {
	FLATE_GOES_ON, /* wants more input or more room; *got may be 0 */
	FLATE_ENDED,   /* the stream says that it ends; what follows is another one */
	FLATE_DAMAGED
};

struct inflater;
struct inflater *inflater_new(enum flate_kind kind);
void inflater_free(struct inflater *in);
/* Unpacks up to `size` bytes. *data and *len move behind what was taken. */
enum flate_state inflater_read(struct inflater *in, const unsigned char **data, size_t *len,
			       void *out, size_t size, size_t *got);

/* Raw deflate whose pieces are made one by one and then stand behind each other, as pigz does. */
struct deflater;
struct deflater *deflater_new(int level);
void deflater_free(struct deflater *out);
/* *packed is owned by the caller. False when zlib gives up. */
bool deflater_piece(struct deflater *out, const void *raw, size_t len, bool last,
		    unsigned char **packed, size_t *packed_len) must_check;

#endif
