/*
 * law: the regulation as tables. Loads and checks lua/, and hands out what C needs of it:
 * parties, flows, stages, outcomes, limits, forms. Everything else (needs, rules, conditions,
 * articles) stays in Lua and is reached through the script (script.h).
 *
 * Lifetime: all strings and structs are borrowed until law_free.
 * Errors: a fault of the law is a finding (rule "law") with file and line; a law with faults
 * does not load (ERR_LAW).
 * Threads: one law a thread.
 */
#ifndef YJ_LAW_H
#define YJ_LAW_H

#include "law/script.h"
#include "model/model.h"

struct law;

struct party_kind {
	const char *id, *name, *short_name, *article;
	int only; /* how many the register may hold; 0 = any */
};

enum limit_kind {
	LIMIT_NONE,
	LIMIT_PROMPT,
	LIMIT_WORKING_DAYS,
	LIMIT_DAYS,
	LIMIT_DAY_OF_NEXT_MONTH,
	LIMIT_UNTIL_FIELD
};

struct limit {
	enum limit_kind kind;
	int n;				       /* days, or the day of the month */
	const char *field;		       /* DAY_OF_NEXT_MONTH, UNTIL_FIELD */
	const char *from_stage, *from_outcome; /* NULL: the clock starts on entering */
	bool from_first;		       /* the first such step, else the last */
};

struct outcome {
	const char *id, *name;
	const char *to_city, *to_county; /* stage ids, the same mostly */
	bool back, opinion;
};

/* Who gets a copy when a stage is left. */
struct copies {
	const struct party_kind **kinds;
	size_t kind_count;
	const char *article, *on; /* on: only by this outcome; NULL: by each that is not back */
	bool city, county;	  /* for tenants of this level */
};

struct stage {
	const char *id, *name, *article;
	const struct party_kind **parties; /* an ending has none */
	size_t party_count;
	bool each; /* every party acts once */
	bool end, done;
	int number; /* within the flow, from 0; endings come last */
	struct limit limit, again;
	bool has_again;
	struct outcome *outcomes;
	size_t outcome_count;
	struct copies *owes;
	size_t owe_count;
	const char **forms, **sections; /* it needs filled, the body must have; ids and titles */
	bool *sometimes;		/* of each form: only under a condition */
	size_t form_count, section_count;
	bool wants_ledger, wants_bill, wants_usage; /* a guard of it looks at these */
};

/* What a flow's tickets do to the ledger of resources. */
enum ledger_deed {
	DEED_NONE,
	DEED_OPEN,
	DEED_ADJUST,
	DEED_REVOKE,
	DEED_BACKUP,
	DEED_SETTLE,
	DEED_COUNT
};

struct flow_ledger {
	enum ledger_deed deed;
	const char *rows, *day; /* the list, and its column of the day; DEED_SETTLE: a field */
	const char *form;	/* that holds the list: a stage that needs it fills it */
	const char *mark;	/* the word for it in the month's table */
	const char *type;	/* of each resource where rows do not say; NULL: they do */
	const char *changes;	/* DEED_SETTLE: the list of what changed in the month; NULL: none */
};

struct flow {
	const char *id, *name, *prefix, *chart, *article;
	int annex, chapter;
	const struct party_kind **opens;
	size_t open_count;
	struct stage *stages; /* the stages, then the endings it uses */
	size_t stage_count;
	struct field *fields; /* the common keys, then those of its forms in their order */
	size_t field_count;
	const char *online_stage, *online_outcome; /* NULL when it brings no system online */
	struct gather *gathers;			   /* tickets the rules of this flow want to see */
	size_t gather_count;
	struct flow_ledger ledger;
};

struct gather {
	const char *flow;
	bool same_system;
};

/* A way for papers to go from party to party. */
struct medium {
	const char *id, *name, *article;
	bool registered, numbered, address, volumes; /* as in lua/media.lua */
};

struct form {
	const char *id, *title;
	int annex; /* 0 = not an annex */
	struct field *fields;
	size_t field_count;
};

struct law_file {
	const char *path; /* "lua/…" */
	const char *text;
	size_t len;
};

/* Files in any order; they are loaded in the order of docs/law.md. Faults are findings. */
int law_load(struct law **out, const struct law_file *files, size_t count,
	     struct findings *findings, struct err *err) must_check;
/* The law the program carries. */
int law_load_embedded(struct law **out, struct findings *findings, struct err *err) must_check;
/* A law without faults as bytes that law_thaw makes it of again, several times faster than reading and
 * checking its files. False when it would not come back the same; then it is only loaded. */
bool law_freeze(struct buf *out, struct law *law, const struct law_file *files, size_t count);
/* NULL when the bytes are not those of a law. */
struct law *law_thaw(const char *bytes, size_t len);
/* Of the words that laws are written in: another program may make other bytes of the same law. */
uint64_t law_words_sum(void);
/* The law of a snapshot; ERR_DATA when it has none. */
void law_free(struct law *law);
struct script *law_script(const struct law *law);

const struct party_kind *law_party(const struct law *law, const char *id); /* NULL: no such */
const struct party_kind *law_parties(const struct law *law, size_t *count);
const struct medium *law_medium(const struct law *law, const char *id); /* NULL: no such */
const struct medium *law_media(const struct law *law, size_t *count);
const struct flow *law_flow(const struct law *law, const char *id); /* NULL: no such */
const struct flow *law_flows(const struct law *law, size_t *count);
const struct form *law_form(const struct law *law, const char *id);
const struct stage *flow_stage(const struct flow *flow, const char *id);
/* The way from `from` to stage id `to` for a tenant of this level; NULL when there is none. */
const struct outcome *stage_outcome(const struct stage *from, const char *to, bool county);
const char *outcome_target(const struct outcome *outcome, bool county);
/* NULL-terminated ids and their `only`, for registers_link. */
const char *const *law_kind_ids(const struct law *law, const int **only);

/* Pushes the values of a checked front matter as a table: integers, booleans, text, rows; what
 * is not filled is absent. */
void law_push_values(struct script *s, const struct node *front);

#endif
