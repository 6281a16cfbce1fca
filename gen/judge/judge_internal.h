/* judge_internal: one case before the judge, as its files share it. */
#ifndef YJ_JUDGE_INTERNAL_H
#define YJ_JUDGE_INTERNAL_H

#include "judge/judge.h"
#include "judge/signature.h"

struct judge {
	struct repo *repo;
	struct basis_cache *cache;
	struct log *log;
	int lookups; /* tickets looked for in it */
	int64_t now;
};

/* A ticket that the commit touches. */
struct ticket_case {
	const char *folder, *file; /* "content/tickets/…/SQ-…", and its ticket.md */
	const char *id;
	struct doc before, after;
	bool before_exists, after_exists;
	bool parted;	    /* of a merge: both sides moved it, and not to the same end */
	struct trail trail; /* as it stood at the parents */
	bool has_trail;
	const struct flow *flow;	   /* of what stands after, else before; may be NULL */
	size_t first_change, change_count; /* of the case's changes that lie in the folder */
};

struct case_ {
	struct judge *judge;
	const struct act *act;
	struct findings *findings;
	struct arena arena;
	struct message message;
	uint32_t *parents; /* numbers in the log */
	size_t parent_count;
	int64_t parent_time;	     /* the latest of the parents' */
	struct snapshot before;	     /* of the first parent */
	struct snapshot other, base; /* of a merge: the second parent, and where the two parted */
	struct basis basis;
	bool initial; /* the commit brings the law */
	enum signature_state signature;
	struct dropped {
		const char *path;
		bool both; /* both sides had changed it */
	} * dropped;	   /* of a merge */
	size_t dropped_count, dropped_cap;
	struct logged {
		const char *file;
		struct doc doc;
	} * logged; /* hand-overs and receipts */
	size_t logged_count, logged_cap;
	struct change *changes; /* sorted by path */
	size_t change_count;
	struct ticket_case *tickets;
	size_t ticket_count;
};

/* Reads and type-checks the tickets the changes lie in. What is wrong with them is a finding. */
int tickets_read(struct case_ *c, struct err *err) must_check;
/* Certificates and the list of revoked ones as they would be: what is wrong is a finding. */
int certificates_check(struct case_ *c, struct err *err) must_check;
/* A file with front matter of a snapshot, into the case's arena. *exists: it is there. */
int case_read_doc(struct case_ *c, const struct snapshot *snap, const char *file, struct doc *out,
		  bool *exists, struct findings *findings, struct err *err) must_check;
/* Pushes a table. */
void facts_push_party(struct script *s, const struct party *party);
/* Sets `handovers`. */
int facts_set_handovers(struct case_ *c, struct script *s, struct err *err) must_check;
/* Pushes the table that rules see (docs/law.md, "What a rule sees"). */
int facts_push(struct case_ *c, struct script *s, struct err *err) must_check;

/* Pushes a changed file with its text, when it is text of a sensible size. */
int facts_push_file(struct case_ *c, struct script *s, const struct change *change, bool *pushed,
		    struct err *err) must_check;

/* Sets ledger and bill of the ticket table on top, where a guard of stage `from` asks for them. */
int facts_set_ledger(struct case_ *c, struct script *s, const struct ticket_case *t,
		     const char *from, struct err *err) must_check;
/* Sets usage of the ticket table on top: of what its system holds in this ledger. */
struct ledger;
int facts_set_usage(struct case_ *c, struct script *s, const struct ledger *ledger,
		    struct err *err) must_check;

#endif
