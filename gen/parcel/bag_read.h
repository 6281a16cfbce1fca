/*
 * bag_read: a bag from somebody else: a zip file, or the same unpacked in a folder. Nothing in it
 * is believed before it is checked, and it is checked in this order: structure of the zip, names,
 * links and special files, sizes against the limits, encryption and methods; the bag's
 * declaration, both payload manifests against the files in both directions, tag manifests with
 * the tag files' digests, bag-info.txt with Payload-Oxum; at last (bag_check, bag_unpack) the
 * payload's real sizes and digests. A step is taken only when those before it found nothing.
 *
 * A breach is a finding: rule id, file = the name within the bag, one sentence that says which
 * check failed, on what, and what to ask of the sender. Memory and time are bounded by the limits.
 *
 * Lifetime: owned until bag_reader_free; names, values and files are borrowed until then.
 * Errors: ERR_IO. Threads: one, but bag_check and bag_unpack use workers of their own.
 *
 *	rc = bag_open(&bag, path, NULL, &findings, &err);        bag NULL: findings say why
 *	if (rc == 0 && bag != NULL)
 *		rc = bag_unpack(bag, quarantine, &findings, &err);
 *	kind = bag_value(bag, "Yunjuan-Kind");
 *	bag_reader_free(bag);
 */
#ifndef YJ_BAG_READ_H
#define YJ_BAG_READ_H

#include "base/base.h"
#include "seal/digest.h"

struct bag_limits {	     /* 0 = the default */
	int64_t total_bytes; /* all files unpacked; 8 GB */
	int64_t file_bytes;  /* one of them; 2 GB */
	int64_t tag_bytes;   /* one tag file, and all of them are read into memory; 32 MB */
	size_t files;	     /* 100,000 */
	int ratio;	     /* unpacked : packed, of a file over 1 MB and of the whole; 200 */
};

struct bag_file {
	const char *name; /* payload: below data/; tag file: below the top folder */
	int64_t bytes;
	struct digests digests; /* as its manifests say; "" where none lists it */
};

struct bag_reader;

/* *out stays NULL (and 0 is given) when it was refused. limits may be NULL. */
int bag_open(struct bag_reader **out, const char *path, const struct bag_limits *limits,
	     struct findings *findings, struct err *err) must_check;
void bag_reader_free(struct bag_reader *bag);

/* Reads all payload and compares sizes, CRC and both digests. */
int bag_check(struct bag_reader *bag, struct findings *findings, struct err *err) must_check;
/* The same, and writes payload and tag files to `folder`, which must not be there yet (its parent must):
 * plain files, made new, no link followed. What was written before a finding is removed. */
int bag_unpack(struct bag_reader *bag, const char *folder, struct findings *findings,
	       struct err *err) must_check;

const char *bag_top(const struct bag_reader *bag); /* name of the one top folder */
/* A value of bag-info.txt, or NULL. Labels compare without case. */
const char *bag_value(const struct bag_reader *bag, const char *label);
/* Sorted by name. */
const struct bag_file *bag_files(const struct bag_reader *bag, size_t *count); /* payload */
const struct bag_file *bag_tags(const struct bag_reader *bag, size_t *count);  /* beside data/ */
/* One file whole: 1 read and its digests right, 0 not there, or a finding was added. */
int bag_read_file(struct bag_reader *bag, const char *name, size_t max_bytes, struct buf *out,
		  struct findings *findings, struct err *err) must_check;
/* The same piece by piece; what each() got counts only when 1 is given. */
int bag_stream_file(struct bag_reader *bag, const char *name,
		    int (*each)(void *ctx, const void *data, size_t len, struct err *err),
		    void *ctx, struct findings *findings, struct err *err) must_check;
/* A tag file, also one under signature/: 1 or 0. It was read and checked by bag_open. */
int bag_read_tag(struct bag_reader *bag, const char *name, struct buf *out,
		 struct err *err) must_check;

/* --- names, for both directions ------------------------------------------------------------- */
/* A name that compares equal for all names that a file system may take for the same (NFC, case
 * folded), in the arena; "" when it is not UTF-8. */
const char *bag_name_key(struct arena *arena, const char *name, size_t len);
/* A name, or words with names in them, as a person may see it: what hides, turns or breaks a line becomes
 * U+FFFD. */
void bag_name_show(struct buf *out, const char *text);

#endif
