/*
 * slip_read: what a slip says, apart from where it lies: text to checked values, and values to the text
 * of a ticket and of a commit. Everything read here is hostile until checked.
 *
 * Lifetime: values lie in the arena they were parsed into.
 * Errors: none; what the sender wrote wrong is a finding.
 *
 *	if (!slip_parse(&slip, &arena, law, text, len, &findings)) …
 *	if (!slip_fill(&ticket, &fields, &findings)) …            an act: what it fills in
 *	slip_message(&message, &slip, 1);
 */
#ifndef YJ_SLIP_READ_H
#define YJ_SLIP_READ_H

#include "law/law.h"

#define SLIP_FILE "slip.yaml"
#define SLIP_FIELDS "fields.yaml"
#define SLIP_TICKET "ticket.md"
#define SLIP_AGAIN "请对方在填报页面重新生成交接件"

struct slip {
	bool is_act; /* a step of a ticket that is there; else a new ticket */
	const struct flow *flow;
	const char *ticket; /* its id: it names a folder */
	const char *stage;
	const char *outcomes; /* of one step after the other, a blank between them */
	const char *base;     /* the commit of the page it was made on; "": none */
	const char *opinion;  /* "" or text that begins and ends with a word */
	const char *late;     /* one line, or "" */
	const char *by;	      /* one line: who submits it */
};

/* slip.yaml. False, and findings, when it cannot be gone on with. */
bool slip_parse(struct slip *out, struct arena *arena, const struct law *law, const char *text,
		size_t len, struct findings *findings);
/* The lines of fields.yaml into the text of a ticket, and nothing else. False, a finding, and the ticket as
 * it was, when they do not read so. */
bool slip_fill(struct buf *ticket, const struct buf *fields, struct findings *findings);
/* The message of a commit, as message_parse gives it back. step: 0 lays down a new ticket, and tells no
 * opinion; 1 is the first, which alone may be late; 2 any behind it. */
void slip_message(struct buf *out, const struct slip *slip, int step);

#endif
