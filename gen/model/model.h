/*
 * model: text to checked values. YAML front matter (libyaml), Markdown bodies (cmark-gfm), and
 * the registers: parties, systems, site. Everything read here is hostile until checked.
 *
 * Lifetime: nodes, docs and registers lie in the arena they were parsed into.
 * Errors: what a person wrote wrong is a finding with file:line:column, all of them in one run;
 * -1 only for what the program could not do (limits, memory of the libraries).
 *
 *	struct doc doc;
 *	doc_parse(&doc, &arena, text, len, "content/…/ticket.md", findings);
 *	fields_check(&doc, fields, count, &findings);       types, unknown keys
 *	const struct node *stage = node_get(doc.front, "stage");
 */
#ifndef YJ_MODEL_H
#define YJ_MODEL_H

#include "base/base.h"

/* --- nodes: scalars stay text until a field gives them a type ---------------------------- */
enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };
enum field_type {
	FIELD_TEXT,
	FIELD_LONG,
	FIELD_INTEGER,
	FIELD_DECIMAL,
	FIELD_BOOL,
	FIELD_DATE,
	FIELD_TIME,
	FIELD_MONTH,
	FIELD_CHOICE,
	FIELD_TEXTS,
	FIELD_LIST,
	FIELD_TYPE_COUNT
};
extern const char *const field_type_ids[FIELD_TYPE_COUNT]; /* "text", "long", … as in lua/forms */

struct node {
	enum node_kind kind;
	int line, column;    /* in the file, from 1 */
	const char *text;    /* NODE_SCALAR: never NULL; no NUL inside */
	struct node **items; /* NODE_LIST: items; NODE_MAP: values */
	const char **keys;   /* NODE_MAP */
	int *key_lines, *key_columns;
	size_t count;
	/* Set by fields_check: a field typed it, or refused it. */
	bool typed, unfit;
	enum field_type type;
	int64_t number; /* INTEGER; BOOL 0/1; DATE, MONTH: day number; TIME: UTC seconds */
	double decimal;
};

/* What a form says of one value; law fills these from lua/forms. Strings are borrowed. */
struct field {
	const char *key, *label, *help, *unit, *article;
	enum field_type type;
	bool required, has_required_when, has_min, has_max;
	int64_t min, max;
	const char **choices;
	size_t choice_count;
	struct field *columns; /* FIELD_LIST */
	size_t column_count;
	const char *form; /* id of the form it stands in */
};

struct doc {
	struct node *front;	 /* a NODE_MAP; empty when there was none. Never NULL */
	const char *file, *body; /* body: Markdown behind the front matter, NUL-terminated */
	size_t body_len;
	int body_line; /* the line the body begins at */
	bool broken;   /* front matter could not be read: findings say why */
};

#define DOC_MAX_BYTES ((size_t)1 << 20) /* a ticket, a register entry, a page */

/* "---" front matter "---" body. A file of YAML alone: yaml_parse. */
void doc_parse(struct doc *out, struct arena *arena, const char *text, size_t len, const char *file,
	       struct findings *findings);
void yaml_parse(struct doc *out, struct arena *arena, const char *text, size_t len,
		const char *file, struct findings *findings);
/* NULL when map is not a map or has no such key. */
const struct node *node_get(const struct node *map, const char *key);
/* The text of a scalar, or "" */
const char *node_text(const struct node *map, const char *key);
/* Appends the node as bytes, without places and types: for what is kept beside the repository. */
void node_freeze(struct buf *out, const struct node *node);
/* What node_freeze wrote at *at, which moves behind it; texts stay where they lie. NULL: it is not one. */
struct node *node_thaw(struct arena *arena, const char **at, const char *end);
/* Whether both say the same; NULL says nothing. */
bool node_same(const struct node *a, const struct node *b);
/* The node at "resources[2].vcpu" (rows from 1), or the nearest above it that exists, or NULL. */
const struct node *node_at(const struct node *front, const char *path);
/* Unknown keys, wrong types, choices, bounds. `required` is judged by the law, not here. Types the
 * nodes. An empty scalar is "not filled" whatever its type. */
void fields_check(const struct doc *doc, const struct field *fields, size_t count,
		  struct findings *findings);
/* Types one scalar; false (and *why, a Chinese half sentence) when it does not fit. */
bool field_fits(const struct field *field, struct node *scalar, const char **why);
/* What the field allows, in words that follow `why`: its choices, or the bounds of its number. */
void field_put_range(struct buf *out, const struct field *field);

/* --- one-line edits -------------------------------------------------------------------------- */
/* Replaces the scalar of a top-level key in the front matter, or adds `key: value` as its last
 * line; leaves every other byte, comments and line ends included. -1 and ERR_DATA when the
 * value spans lines or the front matter has no such shape. */
int front_set(struct buf *out, const char *text, size_t len, const char *key, const char *value,
	      struct err *err) must_check;
/* Each top-level key of `lines` (YAML text) replaces that key's lines in the front matter, or is
 * added at its end. */
int front_merge(struct buf *text, const char *lines, struct err *err) must_check;
/* Adds "- row" to a top-level list, making the list where there is none. */
int front_append_row(struct buf *text, const char *key, const char *row,
		     struct err *err) must_check;
/* Fast path of the history index: plain top-level scalars of the front matter, without libyaml.
 * false when anything unusual stands there (quotes with escapes, anchors, block scalars for one
 * of the keys, tabs …): then use doc_parse. values[i] is "" when the key is absent; they lie in
 * the arena. The two agree wherever this gives true (tested). */
bool front_scan(struct arena *arena, const char *text, size_t len, const char *const *keys,
		const char **values, size_t count);
/* The lines of one top-level key of the front matter, within text; `line` is the first one's in the
 * file. False when it does not stand there in one plain block: then use doc_parse. */
bool front_block(const char *text, size_t len, const char *key, const char **block,
		 size_t *block_len, int *line);
/* Such a block as a doc without a body: much less work than the whole file. False when it does not
 * read by itself. */
bool front_block_parse(struct doc *out, struct arena *arena, const char *block, size_t len,
		       const char *file, int line);
/* A scalar as YAML writes it: plain where that is safe, else double-quoted. */
void yaml_scalar(struct buf *out, const char *text);

/* --- Markdown ----------------------------------------------------------------------------- */
/* Safe HTML: no raw HTML, no script or data addresses; pipe tables; heading levels moved down by
 * `shift` so that a page has one h1. */
void markdown_html(struct buf *out, const char *body, size_t len, int shift);
struct section {
	const char *title; /* plain text of the heading */
	int level, line;   /* line within the body, from 1 */
	bool empty;	   /* no text, table, list, code or image below it before the next heading
			      of the same or a higher level */
};
/* The headings in order, in the arena. */
size_t markdown_sections(struct arena *arena, const char *body, size_t len, struct section **out);

/* --- registers ------------------------------------------------------------------------------ */
struct officer {
	const char *name, *email, *post;
	int32_t from, to; /* days since 1970 Beijing; to = INT32_MAX while in office */
	int line;
};
struct party {
	const char *id, *name, *short_name, *kind, *level, *county, *file;
	const char *mailbox, *media; /* media: numbers of its sticks, commas between */
	const char *bureau;	     /* id of the county's bureau, "" for the city level */
	struct officer *officers;
	size_t officer_count;
	int line; /* of its name */
};
struct system {
	const char *id, *name, *tenant, *file;
	struct doc doc; /* dengbao, miping … for the page */
};
struct site {
	const char *title, *city, *hub, *office;
	int64_t mail_bytes;	 /* limit of one mail */
	int32_t signatures_from; /* day; INT32_MAX = not required */
};
struct registers {
	struct party *parties;
	size_t party_count;
	struct system *systems;
	size_t system_count;
	struct site site;
	struct map by_email;  /* lower case e-mail -> struct officer_ref */
	struct map by_party;  /* id -> struct party */
	struct map by_kind;   /* kind -> the first struct party of it */
	struct map by_system; /* official name -> struct system */
};
struct officer_ref {
	const struct party *party;
	const struct officer *officer;
};

/* Each adds one file to the registers; all problems are findings. Call registers_link at the end:
 * duplicate names and e-mails, unknown tenant or bureau, kinds that law does not know
 * (kinds: NULL-terminated ids; only: how many the register may hold, 0 = any). */
void registers_add_party(struct registers *r, struct arena *arena, const char *text, size_t len,
			 const char *file, struct findings *findings);
void registers_add_system(struct registers *r, struct arena *arena, const char *text, size_t len,
			  const char *file, struct findings *findings);
void registers_set_site(struct registers *r, struct arena *arena, const char *text, size_t len,
			const char *file, struct findings *findings);
void registers_link(struct registers *r, struct arena *arena, const char *const *kinds,
		    const int *only, struct findings *findings);
void registers_release(struct registers *r); /* the maps; the rest lies in the arena */

#endif
