/* The hand-overs and receipts a commit touches, as rules see them (docs/law.md, `handovers`). */
#include "judge/judge_internal.h"

#include <string.h>

#define RECEIPT ".receipt.md"

/* "content/handovers/2021/JJ-….receipt.md" -> "JJ-…", and whether it is a receipt. */
static const char *
number_of(struct case_ *c, const char *path, bool *receipt)
{
	const char *name = strrchr(path, '/') + 1;
	size_t len = strlen(name);

	*receipt = text_ends(name, RECEIPT);
	len -= *receipt ? strlen(RECEIPT) : text_ends(name, ".md") ? strlen(".md") : 0;
	return arena_strndup(&c->arena, name, len);
}

static void
set_party(struct case_ *c, struct script *s, const char *key, const char *id)
{
	const struct party *party = basis_party(&c->basis, id);

	if (party == NULL)
		return;
	facts_push_party(s, party);
	script_set(s, key);
}

static int
push_handover(struct case_ *c, struct script *s, const struct change *change, struct err *err)
{
	bool receipt, exists = false;
	const char *number = number_of(c, change->path, &receipt);
	const struct form *form = law_form(c->basis.law, receipt ? "receipt" : "handover");
	struct doc doc = { 0 };

	if (!oid_zero(&change->new_oid) &&
	    case_read_doc(c, &c->act->after, change->path, &doc, &exists, c->findings, err) != 0)
		return -1;
	if (exists && form != NULL)
		fields_check(&doc, form->fields, form->field_count, c->findings);
	script_table(s);
	script_set_text(s, "file", change->path);
	script_set_text(s, "name", number);
	script_set_text(s, "kind", receipt ? "receipt" : "handover");
	script_set_bool(s, "is_new", oid_zero(&change->old_oid));
	script_set_bool(s, "removed", !exists);
	script_set_bool(s, "broken", exists && doc.broken);
	if (exists) {
		vec_push(c->logged, c->logged_count, c->logged_cap,
			 ((struct logged){ change->path, doc }));
		law_push_values(s, doc.front);
		script_set(s, "values");
		set_party(c, s, "sender", node_text(doc.front, "from"));
		set_party(c, s, "receiver", node_text(doc.front, "to"));
	}
	return 0;
}

/* The office's list of private mail services; "" when it has none. */
static int
read_private(struct case_ *c, struct buf *out, struct err *err)
{
	return snapshot_read(&c->before, PRIVATE_MAIL_FILE, DOC_MAX_BYTES, out, NULL, err) < 0 ? -1
											       : 0;
}

int
facts_set_handovers(struct case_ *c, struct script *s, struct err *err)
{
	struct buf private = BUF_INIT;
	bool any = false;
	size_t i;
	int rc = 0;

	script_table(s);
	for (i = 0; rc == 0 && i < c->change_count; i++) {
		const struct change *change = &c->changes[i];

		if (!text_starts(change->path, HANDOVER_FOLDER) || !text_ends(change->path, ".md"))
			continue;
		if (!any)
			rc = read_private(c, &private, err);
		any = true;
		if (rc == 0)
			rc = push_handover(c, s, change, err);
		if (rc != 0)
			break;
		script_set_text(s, "private", private.ptr);
		script_append(s);
	}
	script_set(s, "handovers");
	buf_release(&private);
	return rc;
}
