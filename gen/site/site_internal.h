/* site_internal: one build, as the files of the room share it. */
#ifndef YJ_SITE_INTERNAL_H
#define YJ_SITE_INTERNAL_H

#include "site/filed.h"
#include "site/memory.h"
#include "site/site.h"

/* A ticket as lists and pages see it. */
struct card {
	struct trail trail;
	const char *path;	    /* of its page below the output folder */
	const char *year, *month;   /* "2021", "2021-05": of its number */
	const struct party *tenant; /* NULL: not in the register */
	const struct party **turns; /* whose turn it is */
	size_t turn_count;
	uint64_t key; /* of everything its page shows; its row in lists shows less */
	char *row;    /* its row, rendered when a list needs it; owned */
	bool wants_row;
};

struct build;
struct worker;

/* A page of the handbook: Markdown. */
struct text_page {
	const char *name, *title, *order;
	const char *text;
	size_t len;
};

/* A page to make: what kind, of what, and the key of all it shows. */
struct page {
	const char *path; /* in the build's arena */
	uint64_t key;
	/* Pushes the page's own values into the table on top of the stack and names its template. */
	const char *(*fill)(struct worker *w, const struct page *page);
	const void *subject;	   /* a card, party, system, flow … */
	const struct card **cards; /* lists: what stands in them, in order */
	size_t card_count;
	const char *title, *note;
	/* After making: */
	bool fresh; /* nothing to do */
	struct stamp stamp;
	bool written;
};

struct build {
	struct repo *repo;
	const struct site_options *options;
	struct oid head;
	struct snapshot snap;
	struct basis_cache *cache;
	struct basis basis;
	struct log *log;
	struct arena arena;
	struct card *cards; /* newest number first */
	size_t card_count;
	struct arena *card_arenas; /* one a thread: their trails */
	int card_arena_count;
	struct page *pages;
	size_t page_count, page_cap;
	struct memory memory;
	struct filing filing;
	struct hands *hands;	   /* forms.c's */
	struct groups *groups;	   /* plan.c's */
	struct holdings *holdings; /* holdings.c's */
	struct bills *bills;	   /* bills.c's */
	struct watch *watch;	   /* watch.c's */
	struct reports *reports;   /* reports.c's */
	struct search *search;	   /* search.c's */
	struct text_page *text_pages;
	size_t text_page_count;
	struct map online; /* system -> when it went online, seconds since 1970 UTC */
	struct map charts; /* "flow stage" -> SVG text */
	uint64_t site_key; /* templates, program, law, site.yaml */
	char asof[17];
	char head_short[12];
};

/* What one thread needs: its own repository, law and templates. */
struct worker {
	struct build *build;
	struct repo *repo;
	struct snapshot snap;
	struct law *law;
	struct script *script;
	struct arena arena, lasting; /* of one page, of all of them */
	struct map charts;	     /* "flow stage" -> script_keep's number */
	struct buf out;
	const char *written; /* the page before: its folders are there */
	struct err *err;
};

/* site.c */
void set_names(struct build *b);
int open_basis(struct build *b, struct err *err) must_check;
void build_release(struct build *b);
/* Pushes the table every page gets. */
void push_page(struct worker *w, const struct page *page);
const char *fill_style(struct worker *w, const struct page *page);
/* plan.c: which pages there are. */
void plan_pages(struct build *b);
struct page *add_page(struct build *b, const char *path, uint64_t key,
		      const char *(*fill)(struct worker *, const struct page *),
		      const void *subject);
uint64_t text_key(uint64_t key, const char *text);
uint64_t number_key(uint64_t key, int64_t number);
/* forms.c: which there are, before tickets are planned; then their pages. */
void plan_hands(struct build *b);
void plan_form_pages(struct build *b);
void hands_release(struct build *b);
/* The page on which the ticket's tenant takes the present step, or NULL: it is not the tenant's turn. */
const char *slip_page(const struct build *b, const struct card *card);
/* assets.c */
void plan_assets(struct build *b);
/* search.c: what can be found; by its own thread, after what is filed and the handbook. Its pages after all
 * others. */
int search_read(struct build *b, struct err *err) must_check;
void plan_search(struct build *b);
void search_free(struct search *s);
/* handbook.c */
void handbook_read(struct build *b);
void plan_text_pages(struct build *b);
void plan_release(struct build *b);
/* cards.c */
int cards_read(struct build *b, struct err *err) must_check;
void cards_release(struct build *b);
/* Reads what the tickets' folders hold, as far as it is not known. */
int file_tickets(struct build *b, struct err *err) must_check;
/* Pushes the values a row shows. */
void card_push(struct script *s, const struct build *b, const struct card *card);
/* handovers.c */
const char *fill_handovers(struct worker *w, const struct page *page);
/* holdings.c: the ledger, its pages, and what other pages show of it. */
struct holding;
struct ledger;
int holdings_read(struct build *b, struct err *err) must_check;
void holdings_release(struct build *b);
void plan_holdings(struct build *b);
const struct holding *holdings_of_system(const struct build *b, const struct system *system,
					 size_t *count);
const struct ledger *holdings_ledger(const struct build *b);
/* Of all that shows from `from` to `to`, both included. */
uint64_t holdings_key_between(const struct build *b, uint64_t key, int32_t from, int32_t to);
/* How many from the one numbered `at` on are of one tenant, or of one system. */
size_t holdings_run(const struct build *b, size_t at, bool by_system);
uint64_t holdings_key_of(const struct build *b, const struct holding *first, size_t count,
			 uint64_t key);
uint64_t holdings_key_of_system(const struct build *b, const struct system *system, uint64_t key);
/* Sets holdings: one table a resource. */
void set_holdings(struct worker *w, const struct holding *first, size_t count);
/* bills.c: the pages of the fees; after the ledger. */
int bills_read(struct build *b, struct err *err) must_check;
void bills_release(struct build *b);
void plan_bills(struct build *b);
/* watch.c: use and idleness; which months have data is read before pages are planned. */
int watch_read(struct build *b, struct err *err) must_check;
void plan_watch(struct build *b);
/* reports.c: the periodic reports. */
void plan_reports(struct build *b);
/* ticket.c: the page of one ticket. */
const char *fill_ticket(struct worker *w, const struct page *page);
/* Sets values, as the last commit left them; none when `asked` is not NULL and is not among them. */
int set_front(struct worker *w, const struct trail *t, const char *asked) must_check;
/* Sets faults: what could not be made of the office's own files. */
void set_faults(struct script *s, const struct findings *faults);
/* Sets left: the days from today to each date "…_until", below 0 when it is over. */
void set_days_left(struct script *s, const struct node *front, int32_t today);
void set_clock(struct script *s, const struct step *step);
/* worker.c */
int worker_open(struct worker *w, struct build *b, struct err *err) must_check;
void worker_close(struct worker *w);
int worker_render(struct worker *w, const char *name, struct err *err) must_check;
uint64_t program_key(void);
uint64_t templates_key(struct build *b);
/* Sets chart, with the present stage marked (NULL: none). */
void set_chart(struct worker *w, const struct flow *flow, const char *present);

#endif
