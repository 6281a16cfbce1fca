/*
 * message: what a commit says: the opinion, and trailers as git writes them (git-interpret-trailers(1)).
 * Lifetime: all texts lie in the arena.
 */
#ifndef YJ_MESSAGE_H
#define YJ_MESSAGE_H

#include "base/base.h"

struct message {
	const char *subject;	 /* the first line */
	const char *opinion;	 /* the body without trailers; the subject where there is no body */
	const char *late_reason; /* trailer Late-Reason, "" when absent */
	const char *submitted_by; /* trailer Submitted-By, "" when absent */
};

/* drop_comments: lines that begin with # and what follows git's scissors go first, as in the file
 * that git hands to commit-msg. */
void message_parse(struct message *out, struct arena *arena, const char *text, bool drop_comments);

/* "经办一 <a@b>" -> a@b, in the arena; the text itself when it has no <>. */
const char *message_email(struct arena *arena, const char *text);
/* The e-mail of who acted: of the submitter where a slip was taken in, else the author's. */
const char *message_actor(struct arena *arena, const char *text, const char *author_email);

#endif
