/*
 * evidence_text: what an archive says in words and as data: the trail as TSV and JSON, the list
 * of its tickets, how to verify it with stock tools.
 */
#ifndef YJ_EVIDENCE_TEXT_H
#define YJ_EVIDENCE_TEXT_H

#include "trail/trail.h"

/* A row an act, a header line; tabs and line ends in texts become spaces. */
void evidence_tsv(struct buf *out, const struct trail *trail, const struct basis *basis);
/* One object: the ticket, its steps, the acts of each. */
void evidence_json(struct buf *out, const struct trail *trail, const struct basis *basis);
/* index.html: the tickets, each with the way to its page. */
void evidence_index(struct buf *out, const struct trail *const *trails, size_t count,
		    const struct basis *basis);
/* 校验说明.txt; example: the id of a ticket in it. */
void evidence_manual(struct buf *out, const char *top, const char *example, bool is_signed);

#endif
