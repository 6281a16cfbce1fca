/* mail_internal: what the files about mail share. mail_draft.c writes, mail_scan.c looks at the lines
 * of a mail before GMime does, mail_extract.c takes it apart. */
#ifndef YJ_MAIL_INTERNAL_H
#define YJ_MAIL_INTERNAL_H

#include <gmime/gmime.h>

#include "parcel/incoming_internal.h"
#include "parcel/mail.h"

/* GMime's own tables; before anything else of it. */
void mail_library(void);
/* The address of the one mailbox of a list, when it is a plain one (a@b.example, printable ASCII);
 * else NULL. Borrowed from the list. */
const char *mail_only_address(InternetAddressList *list);
bool mail_address_plain(InternetAddress *address);

/* What a look at the lines of a mail tells. GMime keeps headers and objects of all parts in memory:
 * their number and length are bounded here, while nothing is kept but one piece of the file. */
struct mail_lines {
	size_t marks;	     /* lines that begin with "--": at least as many as there are parts */
	size_t header_max;   /* bytes of the longest header */
	size_t header_bytes; /* of all headers; what may be one counts as one */
	size_t line_max;
	size_t colons_max; /* of one field: GMime goes into groups of addresses one by one */
};
int mail_scan(struct mail_lines *out, int fd, const char *path, struct err *err) must_check;

#endif
