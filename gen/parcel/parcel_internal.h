/* parcel_internal: what the files of this room share. press.c makes the files of a bag ready,
 * zip_write.c lets libzip write them, bag.c says which there are. */
#ifndef YJ_PARCEL_INTERNAL_H
#define YJ_PARCEL_INTERNAL_H

#include <pthread.h>

#include "parcel/bag.h"
#include "parcel/bag_read.h"

/* A longer file that is packed much smaller looks like a bomb to a reader. */
#define BAG_RATIO_FROM_BYTES ((int64_t)64 << 20)

/* --- press.c: read, digest, compress ----------------------------------------------------------- */
enum { METHOD_STORE = 0, METHOD_DEFLATE = 8 };

/* One stretch of a file, BAG_PIECE_BYTES long but for the last. */
struct piece {
	unsigned char *raw, *packed; /* owned; packed may be raw itself */
	size_t raw_len, packed_len;
	bool ready; /* packed may be taken */
};

struct packed_file {
	const char *name; /* within the top folder */
	int64_t bytes;
	/* Where its bytes come from: memory, a path, or a function. */
	const char *data; /* owned */
	char *path;	  /* owned */
	bag_read_fn *read;
	void *read_ctx;
	bool late; /* data is made when everything before it is written; by the writer */
	/* What the press makes of it. */
	int fd;
	int method;
	uint32_t crc;
	struct digests digests;
	struct digester *digester; /* while it is in work */
	struct piece *pieces;
	size_t piece_count;
	size_t next; /* the piece whose turn it is to be read and digested */
};

struct press;
/* Starts the workers on the files that are not late, in their order. The files are borrowed. */
int press_start(struct press **out, struct packed_file *files, size_t count,
		struct err *err) must_check;
/* Waits for a piece of a file; the piece is the caller's until press_give_back. */
int press_piece(struct press *press, size_t file, size_t piece, const struct piece **out,
		struct err *err) must_check;
void press_give_back(struct press *press, size_t file, size_t piece);
/* With its last piece a file's method, crc and digests are known. */
/* Ends the workers, wherever they are; *err keeps the first failure. */
void press_stop(struct press *press, struct err *err);
/* The same for one file of memory, at once, in the calling thread. */
int press_now(struct packed_file *file, struct err *err) must_check;
void packed_file_release(struct packed_file *file);

/* --- zip_write.c -------------------------------------------------------------------------------- */
struct zip_job {
	const char *top;
	struct packed_file *files; /* sorted by name */
	size_t count;
	int64_t time;
	struct press *press;
	/* Called before the first late file is written: sets data and bytes of all late ones. */
	int (*make_late)(void *ctx, struct err *err);
	void *ctx;
};
int zip_write(const struct zip_job *job, struct outfile *draft, struct err *err) must_check;

#endif
