/* handovers: what is under way between the parties, what came back, and which copies nobody sent. */
#include "site/site_internal.h"

#include <stdlib.h>
#include <string.h>

#include "trail/handovers.h"

#define SHOWN_MAX 300 /* rows of a table; how many more there are is said */

/* --- what a party has seen ----------------------------------------------------------------------- */
/* One byte a commit for each party that is asked about: it has the commit. */
struct seen {
	const struct build *b;
	const struct handovers *log;
	struct party_acts acts;
	struct map by_party; /* id -> unsigned char[commits] */
};

static void
mark_oid(const struct log *log, unsigned char *has, const struct oid *oid)
{
	uint32_t number;

	if (!oid_zero(oid) && log_find_commit(log, oid, &number))
		log_mark(log, has, number, 1, 0);
}

/* Where its own officers acted it had all that was before; and what was handed to it. */
static unsigned char *
look(const struct seen *seen, const struct party *party)
{
	const struct build *b = seen->b;
	const struct log *log = b->log;
	unsigned char *has = xcalloc(log_commit_count(log) + 1, 1);
	size_t count, i;
	const uint32_t *commits = party_acts_of(&seen->acts, &b->basis, party, &count);

	for (i = 0; i < count; i++)
		log_mark(log, has, commits[i], 1, 0);
	for (i = 0; i < seen->log->count; i++) {
		const struct handover *h = &seen->log->items[i];

		if (strcmp(h->to, party->id) == 0 || strcmp(h->from, party->id) == 0)
			mark_oid(log, has, &h->tip);
	}
	return has;
}

static bool
has_seen(struct seen *seen, const struct party *party, uint32_t commit)
{
	unsigned char *has = map_find(&seen->by_party, party->id);

	if (has == NULL) {
		has = look(seen, party);
		map_put(&seen->by_party, party->id, has);
	}
	return has[commit] != 0;
}

static void
seen_release(struct seen *seen)
{
	size_t i;

	for (i = 0; i < seen->by_party.count; i++)
		free(seen->by_party.entries[i].value);
	map_release(&seen->by_party);
	party_acts_release(&seen->acts);
}

/* --- copies owed ------------------------------------------------------------------------------------ */
struct owing {
	struct script *s;
	struct seen *seen;
	size_t shown, more;
};

static void
push_owed(struct owing *o, const struct card *card, const struct step *step,
	  const struct copies *copies, const struct party *party)
{
	if (o->shown >= SHOWN_MAX) {
		o->more++;
		return;
	}
	o->shown++;
	script_table(o->s);
	script_set_text(o->s, "id", card->trail.id);
	script_set_text(o->s, "path", card->path);
	script_set_text(o->s, "title", card->trail.title);
	script_set_text(o->s, "stage", step->stage->name);
	script_set_text(o->s, "to", party->name);
	script_set_text(o->s, "to_id", party->id);
	script_set_text(o->s, "article", copies->article);
	script_set_moment(o->s, "left", step->left->time);
	script_append(o->s);
}

static void
owe_step(struct owing *o, const struct card *card, const struct step *step)
{
	size_t i, k;

	for (i = 0; i < step->stage->owe_count; i++) {
		const struct copies *copies = &step->stage->owes[i];

		if (!(card->trail.county ? copies->county : copies->city) ||
		    (copies->on == NULL ? step->outcome->back
					: strcmp(copies->on, step->outcome->id) != 0))
			continue;
		for (k = 0; k < copies->kind_count; k++) {
			const struct party *party =
			    party_of_kind(&o->seen->b->basis, &card->trail, copies->kinds[k]);

			if (party != NULL && !has_seen(o->seen, party, step->left->commit))
				push_owed(o, card, step, copies, party);
		}
	}
}

static void
set_owing(struct script *s, struct seen *seen)
{
	struct owing o = { .s = s, .seen = seen };
	const struct build *b = seen->b;
	size_t i, k;

	script_table(s);
	for (i = 0; i < b->card_count; i++) {
		const struct trail *t = &b->cards[i].trail;

		for (k = 0; k < t->step_count; k++) {
			const struct step *step = &t->steps[k];

			if (step->stage != NULL && step->outcome != NULL && step->left != NULL)
				owe_step(&o, &b->cards[i], step);
		}
	}
	script_set(s, "owing");
	script_set_integer(s, "owing_more", (int64_t)o.more);
}

/* --- hand-overs ----------------------------------------------------------------------------------------- */
static void
set_party_name(struct script *s, const struct build *b, const char *key, const char *id)
{
	const struct party *party = basis_party(&b->basis, id);

	script_set_text(s, key, party == NULL ? id : party->name);
}

static void
push_handover(struct script *s, const struct build *b, const struct handover *h)
{
	const struct medium *medium = law_medium(b->basis.law, h->by);
	int missing, waited = 0;

	script_table(s);
	script_set_text(s, "number", h->number);
	set_party_name(s, b, "from", h->from);
	set_party_name(s, b, "to", h->to);
	script_set_text(s, "by", medium == NULL ? h->by : medium->name);
	script_set_text(s, "medium", h->medium[0] != '\0' ? h->medium : h->address);
	if (h->made != 0)
		script_set_moment(s, "made", h->made);
	if (h->received != 0)
		script_set_moment(s, "received", h->received);
	script_set_text(s, "signer", h->signer);
	if (h->made != 0 && h->received == 0 &&
	    calendar_count_workdays(b->basis.calendar, day_of(h->made), day_of(b->options->now),
				    &waited, &missing))
		script_set_integer(s, "waited", waited);
}

static bool
is_under_way(const struct handover *h)
{
	return h->received == 0 && h->wants_receipt;
}

/* Newest first. */
static void
set_handovers(struct script *s, const struct build *b, const struct handovers *log, const char *key,
	      bool under_way)
{
	size_t i, shown = 0, more = 0;
	char count[64];

	script_table(s);
	for (i = log->count; i > 0; i--) {
		if (is_under_way(&log->items[i - 1]) != under_way)
			continue;
		if (shown >= SHOWN_MAX) {
			more++;
			continue;
		}
		shown++;
		push_handover(s, b, &log->items[i - 1]);
		script_append(s);
	}
	script_set(s, key);
	snprintf(count, sizeof(count), "%s_more", key);
	script_set_integer(s, count, (int64_t)more);
}

const char *
fill_handovers(struct worker *w, const struct page *page)
{
	struct handovers log;
	struct seen seen = { .b = w->build, .log = &log };

	(void)page;
	if (handovers_read(&log, &w->arena, &w->snap, w->law, w->err) != 0)
		return NULL;
	set_handovers(w->script, w->build, &log, "under_way", true);
	set_handovers(w->script, w->build, &log, "done", false);
	party_acts_collect(&seen.acts, w->build->log, &w->build->basis);
	set_owing(w->script, &seen);
	seen_release(&seen);
	return "handovers";
}
