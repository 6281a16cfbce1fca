/* Every ticket once: its trail and the few values that lists show. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "site/site_internal.h"

static int
compare_cards(const void *a, const void *b)
{
	return -strcmp(((const struct card *)a)->trail.folder,
		       ((const struct card *)b)->trail.folder);
}

static uint64_t
mix(uint64_t key, const char *text)
{
	return hash_bytes(text, strlen(text), key);
}

static uint64_t
mix_party(uint64_t key, const struct party *party)
{
	return party == NULL ? key + 1 : mix(mix(key, party->name), party->short_name);
}

/* Everything the page shows: the folder, who acted (names may be put right in the register), and
 * while it is open the day. */
static uint64_t
card_key(const struct build *b, const struct card *card)
{
	const struct trail *t = &card->trail;
	const struct step *present = trail_present(t);
	int32_t day = present->stage != NULL && present->stage->end ? 0 : day_of(b->options->now);
	uint64_t key = hash_bytes(&t->last->folder, sizeof(t->last->folder), b->site_key);
	size_t i;

	key = hash_bytes(&log_commit_at(b->log, t->last->commit)->oid, sizeof(struct oid), key);
	key = hash_bytes(&day, sizeof(day), key);
	key = mix_party(key, card->tenant);
	for (i = 0; i < card->turn_count; i++)
		key = mix_party(key, card->turns[i]);
	for (i = 0; i < t->step_count; i++) {
		const struct event *e = t->steps[i].entered;
		const struct officer_ref *ref =
		    basis_officer(&b->basis, log_text(b->log, e->author_email));

		key = mix_party(key + e->commit, ref == NULL ? NULL : ref->party);
		key += (uint64_t)t->steps[i].due.day * 31 + (uint64_t)t->steps[i].late;
	}
	return key;
}

static void
name_card(struct arena *arena, struct card *card)
{
	const char *folder = card->trail.folder + strlen(LOG_TOP) + 1; /* 2021/05/SQ-… */

	card->path = arena_printf(arena, "tickets/%s.html", folder);
	card->year = arena_strndup(arena, folder, 4);
	card->month = arena_printf(arena, "%.4s-%.2s", folder, folder + 5);
}

/* The day a system went online: read from the trails, written nowhere else. */
static void
note_online(struct build *b, const struct card *card)
{
	const struct trail *t = &card->trail;
	int64_t known = (int64_t)(intptr_t)map_find(&b->online, t->system);
	size_t i;

	if (t->flow == NULL || t->flow->online_stage == NULL)
		return;
	for (i = 0; i < t->step_count; i++) {
		const struct step *step = &t->steps[i];

		if (step->left == NULL || step->outcome == NULL ||
		    strcmp(step->stage_id, t->flow->online_stage) != 0 ||
		    strcmp(step->outcome->id, t->flow->online_outcome) != 0)
			continue;
		if (known == 0 || step->left->time < known)
			map_put(&b->online, t->system, (void *)(intptr_t)step->left->time);
		return;
	}
}

#define TRAILS_AT_ONCE 64

struct folding {
	struct build *b;
	size_t count;
	struct store *fields;
	_Atomic size_t next;
};

static bool
is_there(const struct card *card)
{
	return !card->trail.gone && card->trail.step_count > 0;
}

static void
fill_card(struct build *b, struct arena *arena, struct card *card)
{
	card->tenant = basis_party(&b->basis, card->trail.tenant);
	card->turns = stage_turns(&b->basis, &card->trail, trail_present(&card->trail)->stage,
				  &card->turn_count);
	name_card(arena, card);
	card->key = card_key(b, card);
}

/* Each thread folds trails out of the log, into its own arena. */
static int
fold_trails(void *ctx, int number, struct err *err)
{
	struct folding *folding = ctx;
	struct build *b = folding->b;
	struct arena *arena = &b->card_arenas[number];
	struct trail_context context = { NULL, &b->basis, b->options->now, folding->fields };
	int rc = repo_again(&context.repo, b->repo, err);
	size_t first, i;

	while (rc == 0) {
		first = atomic_fetch_add(&folding->next, TRAILS_AT_ONCE);
		if (first >= folding->count)
			break;
		for (i = first; rc == 0 && i < folding->count && i < first + TRAILS_AT_ONCE; i++) {
			rc =
			    trail_of(&b->cards[i].trail, arena, b->log, (uint32_t)i, &context, err);
			if (rc == 0 && is_there(&b->cards[i]))
				fill_card(b, arena, &b->cards[i]);
		}
	}
	repo_free(context.repo);
	return rc;
}

int
cards_read(struct build *b, struct err *err)
{
	struct folding folding = { .b = b, .count = log_ticket_count(b->log) };
	char *path = file_join(repo_gitdir(b->repo), "yunjuan/fields");
	size_t i;
	int rc;

	b->cards = xcalloc(folding.count + 1, sizeof(*b->cards));
	b->card_arena_count = thread_count();
	b->card_arenas = xcalloc((size_t)b->card_arena_count, sizeof(*b->card_arenas));
	folding.fields = store_open(path, program_key());
	free(path);
	rc = thread_run(b->card_arena_count, fold_trails, &folding, err);
	if (rc == 0)
		store_save(folding.fields, NULL, 0);
	store_free(folding.fields);
	if (rc != 0)
		return -1;
	for (i = 0; i < folding.count; i++) {
		if (!is_there(&b->cards[i]))
			continue;
		b->cards[b->card_count] = b->cards[i];
		note_online(b, &b->cards[b->card_count++]);
	}
	if (b->card_count > 0)
		qsort(b->cards, b->card_count, sizeof(*b->cards), compare_cards);
	return 0;
}

int
file_tickets(struct build *b, struct err *err)
{
	const struct event **lasts = xcalloc(b->card_count + 1, sizeof(*lasts));
	size_t i;
	int rc;

	for (i = 0; i < b->card_count; i++)
		lasts[i] = b->cards[i].trail.last;
	rc = filing_update(&b->filing, lasts, b->card_count, b->repo, err);
	free((void *)lasts);
	return rc;
}

void
cards_release(struct build *b)
{
	size_t i;

	for (i = 0; i < b->card_count; i++) {
		free((void *)b->cards[i].turns);
		free(b->cards[i].row);
	}
	for (i = 0; i < (size_t)b->card_arena_count; i++)
		arena_release(&b->card_arenas[i]);
	free(b->card_arenas);
	free(b->cards);
	map_release(&b->online);
}

void
set_days_left(struct script *s, const struct node *front, int32_t today)
{
	size_t i;

	script_table(s);
	for (i = 0; i < front->count; i++) {
		const struct node *node = front->items[i];

		if (text_ends(front->keys[i], "_until") && node->typed && node->type == FIELD_DATE)
			script_set_integer(s, front->keys[i], node->number - today);
	}
	script_set(s, "left");
}

/* Sets what both a row and a step show of a clock: due_kind, due, missing_year, used, allowed. */
void
set_clock(struct script *s, const struct step *step)
{
	static const char *const due_ids[DUE_KIND_COUNT] = { "none", "prompt", "day", "unknown" };

	script_set_text(s, "due_kind", due_ids[step->due.kind]);
	if (step->due.kind == DUE_DAY)
		script_set_day(s, "due", step->due.day);
	if (step->due.kind == DUE_UNKNOWN)
		script_set_integer(s, "missing_year", step->due.missing_year);
	script_set_integer(s, "used", step->used_days);
	script_set_integer(s, "allowed", step->due.allowed);
}

static void
push_turns(struct script *s, const struct card *card)
{
	size_t i;

	script_table(s);
	for (i = 0; i < card->turn_count; i++) {
		if (card->turns[i] == NULL)
			continue;
		script_table_for(s, 4);
		script_set_text(s, "id", card->turns[i]->id);
		script_set_text(s, "name", card->turns[i]->name);
		script_set_text(s, "short", card->turns[i]->short_name);
		script_append(s);
	}
	script_set(s, "turns");
}

void
card_push(struct script *s, const struct build *b, const struct card *card)
{
	const struct trail *t = &card->trail;
	const struct step *present = trail_present(t);

	(void)b;
	script_table_for(s, 32);
	script_set_text(s, "id", t->id);
	script_set_text(s, "path", card->path);
	script_set_text(s, "title", t->title);
	script_set_text(s, "flow", t->flow_id);
	script_set_text(s, "system", t->system);
	script_set_text(s, "tenant", card->tenant == NULL ? t->tenant : card->tenant->short_name);
	script_set_text(s, "state", trail_state_ids[t->state]);
	script_set_text(s, "state_name", trail_state_names[t->state]);
	script_set_text(s, "stage",
			present->stage == NULL ? present->stage_id : present->stage->name);
	script_set_text(s, "article", present->stage == NULL ? "" : present->stage->article);
	set_clock(s, present);
	script_set_integer(s, "days_left", t->days_left);
	script_set_integer(s, "late_steps", t->late_steps);
	script_set_moment(s, "since", present->entered->time);
	script_set_moment(s, "opened", t->steps[0].entered->time);
	push_turns(s, card);
}

void
set_faults(struct script *s, const struct findings *faults)
{
	size_t i;

	script_table(s);
	for (i = 0; i < faults->count; i++)
		script_append_text(s, faults->items[i].message);
	script_set(s, "faults");
}
