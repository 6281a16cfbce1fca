/*
 * mail: what goes by government mail. Drafts that a mail program opens ready to be sent, and what
 * somebody else's mail has attached.
 *
 * A draft is one .eml file (RFC 5322, X-Unsent: 1): covering text, one attachment. The same call
 * writes the same bytes: boundary and Message-ID come from the content. A mail that comes in is
 * never believed: who sent it is only what it says, and a name is only a name.
 *
 * Lifetime: what mail_extract gives is owned until mail_release.
 * Errors: ERR_IO; ERR_USAGE for addresses, names and texts that cannot stand in a mail; ERR_LIMIT
 * when a draft is over its limit; ERR_DATA when the attachment changed while it was read. What is
 * wrong with a mail from somebody else is a finding: rule mail-…, file = its path, one sentence
 * that says what to ask of the sender.
 * Threads: one mail belongs to one at a time.
 *
 *	rc = mail_write_draft("out/1.eml", &(struct mail_draft){ .from = …, .limit_bytes = n },
 *			      &bytes, &err);
 *
 *	rc = mail_extract(&mail, "in.eml", quarantine, NULL, &findings, &err);
 *	… mail.files[i].name in quarantine
 *	mail_release(&mail);
 */
#ifndef YJ_MAIL_H
#define YJ_MAIL_H

#include "base/base.h"
#include "seal/digest.h"

/* Header lines and boundaries of a draft are at most this; longer ones are an ERR_USAGE. */
#define MAIL_HEAD_BYTES 8192

struct mail_draft {
	const char *from, *to; /* "名称 <a@b.example>" or just the address; to: with commas */
	const char *subject;   /* one line */
	const char *text;      /* UTF-8; lines end with \n */
	int64_t time;	       /* seconds since 1970 UTC; shown as Beijing time */
	const char *attachment_path; /* a file of any size: it is read in pieces */
	const char *attachment_name; /* NULL = the last part of its path */
	int64_t limit_bytes;	     /* of the whole draft; 0 = none */
};

/* Writes it whole or not at all. *bytes (may be NULL) is its size. */
int mail_write_draft(const char *path, const struct mail_draft *draft, int64_t *bytes,
		     struct err *err) must_check;

struct mail_limits {	     /* 0 = the default */
	int64_t mail_bytes;  /* the .eml; 128 MB; memory may come to twice this */
	int64_t file_bytes;  /* one attachment; 128 MB */
	int64_t total_bytes; /* all of them; 128 MB */
	size_t files;	     /* 100 */
	size_t parts;	     /* lines that may be a boundary; 10,000 */
	int depth;	     /* multiparts and forwarded mails within each other; 16 */
	size_t header_bytes; /* the header of the mail or of a part, and any line; 256 KB */
};

struct mail_file {
	char
	    *name; /* in the folder: one plain segment, bag_name_fault (bag.h) is content with it */
	int64_t bytes;
	struct digests digests;
};

struct mail {
	char *from; /* the address in its From line, "" when there is no plain one; only a claim */
	struct mail_file *files; /* in the order of the mail */
	size_t count, cap;
};

/* Writes each attachment as a new file into `folder`, which must be there and should be empty.
 * Only the last part of an attachment's name counts. What is refused becomes a finding and is not
 * written; the others are. Texts and the pictures of a page are no attachments. A mail that
 * cannot be taken apart gives findings and no file. limits may be NULL. */
int mail_extract(struct mail *out, const char *path, const char *folder,
		 const struct mail_limits *limits, struct findings *findings,
		 struct err *err) must_check;
void mail_release(struct mail *mail);

#endif
