/*
 * bag: everything that is handed over is one thing: a BagIt 1.0 bag (RFC 8493) in a zip. This
 * header writes it, bag_read.h reads it.
 *
 *	top/bagit.txt bag-info.txt data/… manifest-{sha256,sm3}.txt, tag files,
 *	    tagmanifest-{sha256,sm3}.txt, signature/tagmanifest-sm3.txt.sig, signature/signer.pem
 *
 * The same calls give the same bytes: files lie sorted by name, with the time the caller gives
 * and plain attributes. Workers read, digest and compress ahead of the one writer, in memory
 * that does not grow with the files. Until bag_finish gives 0 nothing stands at `path`.
 *
 * Lifetime: names and memory are copied; paths too, files are opened by bag_finish.
 * Errors: ERR_IO; ERR_DATA when a file changed while it was packed or a name is not allowed in a
 * bag (bag_name_fault says why); ERR_LIMIT.
 * Threads: one caller; its read callbacks come from worker threads.
 *
 *	struct bag *bag = bag_new(&(struct bag_options){ .top = "SQ-…", .kind = "archive", .time = t });
 *	if (bag_add_file(bag, "papers/a.pdf", path, &err) != 0 || …
 *	bag_info(bag, "Contact-Name", name);
 *	rc = bag_finish(bag, "out.zip", &report, &err);
 *	bag_free(bag);
 */
#ifndef YJ_BAG_H
#define YJ_BAG_H

#include "base/base.h"
#include "seal/digest.h"

struct bag;

struct bag_options {
	const char *top;  /* the one folder in the zip; one path segment */
	const char *kind; /* Yunjuan-Kind: "archive", "package", "slip" */
	int64_t time;	  /* of all files, seconds since 1970 UTC; shown as Beijing time */
	/* Signs tagmanifest-sm3.txt; NULL = unsigned. Gives the DER of the signature and the
	 * certificate in PEM. Called once, from bag_finish. */
	int (*sign)(void *ctx, const void *data, size_t len, struct buf *der, struct buf *pem,
		    struct err *err);
	void *sign_ctx;
};

struct bag_report {
	struct digests digests; /* of the zip file as written */
	int64_t bytes;		/* of the zip file */
	int64_t payload_bytes;
	size_t payload_count;
};

/* What stands at [at, at + len) of a payload of known size. `worker` is 0 … bag_workers() - 1; one
 * thread never has two numbers. The pieces of one payload are asked for one after the other, from
 * its start to its end; a payload up to BAG_PIECE_BYTES is asked for in one piece. */
typedef int bag_read_fn(void *ctx, int worker, int64_t at, void *data, size_t len, struct err *err);

#define BAG_PIECE_BYTES ((size_t)2 << 20)

struct bag *bag_new(const struct bag_options *options);
void bag_free(struct bag *bag);
/* How many threads bag_finish will use. */
int bag_workers(void);

/* Each adds one payload file; name is below data/, with slashes. A name given twice is an
 * ERR_DATA. */
int bag_add(struct bag *bag, const char *name, const void *data, size_t len,
	    struct err *err) must_check;
int bag_add_file(struct bag *bag, const char *name, const char *path, struct err *err) must_check;
int bag_add_read(struct bag *bag, const char *name, int64_t bytes, bag_read_fn *read, void *ctx,
		 struct err *err) must_check;
/* A tag file beside data/: 校验说明.txt, letter.html … Not one of BagIt's own names. */
int bag_add_tag(struct bag *bag, const char *name, const void *data, size_t len,
		struct err *err) must_check;
/* A line of bag-info.txt, in the order of the calls; line breaks become spaces. Yunjuan-Kind,
 * Bagging-Date and Payload-Oxum are written without being asked. */
void bag_info(struct bag *bag, const char *label, const char *value);

/* Writes the zip: into a temporary file beside `path`, synced, renamed. report may be NULL. */
int bag_finish(struct bag *bag, const char *path, struct bag_report *report,
	       struct err *err) must_check;

/* NULL, or why a name ("a/b.txt") cannot be in a bag: a Chinese half sentence. The reader refuses
 * the same names. `rule` (may be NULL) gets the id of the finding. */
const char *bag_name_fault(const char *name, size_t len, const char **rule);

#endif
