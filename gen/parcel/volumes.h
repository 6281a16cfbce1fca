/*
 * volumes: one zip in as many parts as the limit of a mail asks for, and back to one zip.
 *
 * A part is called NAME.zip.001-of-003: its number and how many there are stand in its name, and
 * nothing else is added, so `cat NAME.zip.*` joins them too. All but the last are equally long.
 *
 * Lifetime: what volumes_split and volumes_join give is owned until volumes_release or free.
 * Errors: ERR_IO; ERR_USAGE for what the caller asks; ERR_LIMIT when the limit is too small;
 * ERR_DATA when a file changed while it was read. What is wrong with parts from somebody else is
 * a finding: rule id, file = the path as given, one sentence that says what to ask of the sender.
 *
 *	if (volumes_split(&parts, "out/HJ-….zip", folder, mail_bytes, text_bytes, &err) == 0)
 *		… a draft (mail.h) for each of parts.items[0 … parts.count - 1]
 *	volumes_release(&parts);
 *
 *	rc = volumes_join(&path, paths, count, quarantine, NULL, &findings, &err);
 */
#ifndef YJ_VOLUMES_H
#define YJ_VOLUMES_H

#include "base/base.h"
#include "seal/digest.h"

#define VOLUME_COUNT_MAX 999

struct volume {
	char *name; /* the last part of its path */
	int64_t bytes;
	struct digests digests;
};

struct volumes {
	struct volume *items; /* in their order */
	size_t count;
};

/* The largest part whose draft is within mail_bytes, when the covering text has text_bytes of
 * UTF-8; 0 = none is. base64 makes lines of 78 bytes (76 characters, CR LF) of 57; off the limit
 * goes first MAIL_HEAD_BYTES (mail.h) for header lines and boundaries, and the text in base64. */
int64_t volume_max_bytes(int64_t mail_bytes, int64_t text_bytes);

/* Cuts the file `path`, NAME.zip, into parts of volume_max_bytes in `folder`; a file that fits
 * becomes the one part 001-of-001. Each part is written whole or not at all; when one fails the
 * others are removed. Memory does not grow with the file. */
int volumes_split(struct volumes *out, const char *path, const char *folder, int64_t mail_bytes,
		  int64_t text_bytes, struct err *err) must_check;
void volumes_release(struct volumes *volumes);

/* What the name of a part says. */
struct volume_name {
	size_t stem_len;   /* NAME.zip */
	int number, count; /* from 1 */
};
/* False for anything that is not exactly such a name: "a.zip.1-of-3", "../a.zip.001-of-003". */
bool volume_name_parse(struct volume_name *out, const char *name);

struct volume_limits {	     /* 0 = the default */
	size_t paths;	     /* given, the same part twice counts twice; 4 × VOLUME_COUNT_MAX */
	int64_t total_bytes; /* of the joined file; 8 GB */
};

/* Joins parts given in any order and from any folders; a part may be there several times when the
 * copies are equal. Writes NAME.zip as a new file into `folder`, which must hold none. *out stays
 * NULL (and 0 is given) when the findings say why it was refused. limits may be NULL. */
int volumes_join(char **out, const char *const *paths, size_t count, const char *folder,
		 const struct volume_limits *limits, struct findings *findings,
		 struct err *err) must_check;

#endif
