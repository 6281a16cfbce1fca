/* read_internal: a bag that is being checked, as the files of this room share it. zip_scan.c and
 * folder_scan.c list what is there, entry.c reads one of them, checks.c words what is wrong,
 * manifest.c reads the bag's lists, bag_read.c asks the questions in their order. */
#ifndef YJ_READ_INTERNAL_H
#define YJ_READ_INTERNAL_H

#include "parcel/bag.h"
#include "parcel/bag_read.h"

/* What is in the zip or the folder, unchecked. Strings lie in the bag's arena. */
struct bag_entry {
	const char *path; /* whole, with the top folder, without a slash at its end */
	size_t path_len;  /* names in a zip may hold a zero byte */
	const char *name; /* within the top folder; set when names are checked */
	int64_t bytes, packed_bytes;
	int64_t header_at, data_at; /* in the zip */
	uint32_t crc, mode;	    /* mode: of st_mode; 0 = the zip does not say */
	uint16_t method, flags;
	bool folder, other_name; /* other_name: a second name in the extra field */
};

struct label {
	const char *name, *value;
};

struct bag_reader {
	int fd; /* of the zip or of the folder */
	bool is_zip;
	const char *path;
	int64_t zip_bytes;
	struct bag_limits limits;
	struct arena arena;
	struct bag_entry *entries;
	size_t count, cap;
	const char *top;
	struct bag_file *files, *tags; /* sorted by name */
	const struct bag_entry **file_entries, **tag_entries;
	struct buf *tag_texts;
	size_t file_count, tag_count;
	struct label *labels;
	size_t label_count, label_cap;
	/* Of the stage that is being checked. */
	struct findings *findings;
	size_t refused;
};

/* --- checks.c: what is wrong, in words -------------------------------------------------------- */
/* Adds a finding of a row of the table of checks; `what` (a half sentence) says what it is about
 * this time. file is shown without what could steer a terminal. */
void refuse(struct bag_reader *bag, const char *rule, const char *file, int line, const char *fmt,
	    ...) printf_like(5, 6);
/* "1.5 GB" into the arena. */
const char *bytes_text(struct arena *arena, int64_t bytes);

/* --- zip_scan.c, folder_scan.c ----------------------------------------------------------------- */
/* Structure only; entries in the order of their bytes. -1 = the program could not. */
int zip_scan(struct bag_reader *bag, struct err *err) must_check;
int folder_scan(struct bag_reader *bag, struct err *err) must_check;
/* The file of an entry, opened without following any link; -1 and err. */
int folder_open(const struct bag_reader *bag, const struct bag_entry *entry,
		struct err *err) must_check;

/* --- entry.c: the bytes of one entry ------------------------------------------------------------ */
struct entry_stream;
int entry_open(struct entry_stream **out, const struct bag_reader *bag,
	       const struct bag_entry *entry, struct err *err) must_check;
/* Up to len bytes, 0 at the end. -1: a failure when err is set, else *fault (a rule) and *why say
 * what is wrong with the entry. Never gives more than the entry declares. */
ssize_t entry_read(struct entry_stream *stream, void *data, size_t len, const char **fault,
		   const char **why, struct err *err);
void entry_close(struct entry_stream *stream);
/* Reads the whole entry through `each` (may be NULL) and digests it. 1 done, 0 a fault, -1. */
int entry_digest(const struct bag_reader *bag, const struct bag_entry *entry,
		 int (*each)(void *ctx, const void *data, size_t len, struct err *err), void *ctx,
		 struct digests *out, const char **fault, const char **why,
		 struct err *err) must_check;

/* --- manifest.c ---------------------------------------------------------------------------------- */
struct manifest_line {
	const char *digest, *name; /* lower case; decoded; in the arena */
	int line;
};
struct manifest {
	struct manifest_line *lines; /* owned; sorted by name */
	size_t count, cap;
};
/* What is wrong with a line becomes a finding at `file`. */
void manifest_parse(struct manifest *out, struct bag_reader *bag, const char *file,
		    const struct buf *text);
void manifest_release(struct manifest *manifest);
/* NULL when the name is not listed. */
const struct manifest_line *manifest_find(const struct manifest *manifest, const char *name);
/* The labels of bag-info.txt. */
void info_parse(struct bag_reader *bag, const char *file, const struct buf *text);

#endif
