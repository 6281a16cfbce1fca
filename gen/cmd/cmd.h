/*
 * cmd: one file a sub-command, one row a command. main.c is the table; this header is what a
 * row looks like and the little that commands share.
 *
 * A command gets a session that is opened as far as its `needs` say. It returns the exit code:
 * 0 done, 1 judged and refused, 2 wrong use, 3 could not; with `err` set the code is made of it.
 */
#ifndef YJ_CMD_H
#define YJ_CMD_H

#include "trail/trail.h"

enum { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_COULD_NOT };
enum { NEED_REPO = 1, NEED_BASIS = 2 /* law, registers, calendar of HEAD */, NEED_LOG = 4 };

enum opt_kind { OPT_FLAG, OPT_TEXT, OPT_TEXTS };

struct texts {
	const char **items; /* borrowed from argv */
	size_t count, cap;
};

struct opt {
	const char *name; /* "json" = --json */
	char letter;	  /* 'm' = -m; 0 = none */
	enum opt_kind kind;
	const char *value; /* its name in the help: "目录" */
	const char *help;
	void *where; /* bool, const char * or struct texts */
};

struct session {
	struct repo *repo;
	struct oid head;
	struct snapshot snap; /* of HEAD */
	struct basis_cache *cache;
	struct basis basis;
	struct log *log;
	int64_t now;
	int argc; /* what is left behind the options */
	char **argv;
};

struct cmd {
	const char *name, *summary, *usage, *example;
	int min, max;		/* arguments; max -1 = any number */
	const struct opt *opts; /* ends with a NULL name */
	int needs;
	int (*run)(struct session *session, struct err *err);
};

extern const struct cmd cmd_init, cmd_new, cmd_move, cmd_todo, cmd_due, cmd_check, cmd_build,
    cmd_watch, cmd_usage, cmd_bill, cmd_export, cmd_archive, cmd_verify, cmd_key, cmd_pack,
    cmd_receive, cmd_hook, cmd_demo;

/* --- shared by several commands ---------------------------------------------------------------- */
/* Runs a program and waits; its exit status, or -1 and err. env: "A=b" entries added to ours,
 * NULL-terminated, or NULL. */
int run_program(const char *const *argv, const char *const *env, struct err *err) must_check;
/* The same in another folder; quiet: its standard output is dropped. */
int run_program_in(const char *folder, const char *const *argv, const char *const *env, bool quiet,
		   struct err *err) must_check;
/* `git add` and `git commit` of just these paths (NULL-terminated, in the workspace); git's exit
 * status, with nothing left staged when it is not 0; or -1 and err. */
int commit_files(struct repo *repo, const char *const *paths, const char *message,
		 struct err *err) must_check;
/* Prints findings as text to standard error, or as JSON to standard output. Gives the exit code. */
int show_findings(struct findings *findings, bool json);
/* The officer of GIT_AUTHOR_EMAIL, else of the configured user.email, and the party; NULL when the
 * register has no such officer. */
const struct officer_ref *session_officer(const struct session *session);
const struct party *session_party(const struct session *session);
/* The party a person named by its id; NULL and ERR_USAGE when the register has none such. */
const struct party *named_party(const struct session *session, const char *id, struct err *err);
/* -1 and ERR_USAGE: which flows there are. */
int unknown_flow(const struct law *law, const char *word, struct err *err);
/* A ticket by its id, or by a part of it that only one has. ERR_USAGE says which there are. */
int find_ticket(const struct session *session, const char *word, uint32_t *ticket,
		struct err *err) must_check;
/* Lays down the hooks that call this program. */
int install_hooks(struct repo *repo, struct err *err) must_check;
/* An outcome of a stage by its id or its Chinese name; NULL when it has none such. */
const struct outcome *find_outcome(const struct stage *stage, const char *word);
/* Writes into the text of a ticket that it leaves `stage` by the outcome: the next stage, or where each
 * signs, the mark of `kind`. */
int ticket_move(struct buf *ticket, const struct stage *stage, const struct outcome *outcome,
		const char *kind, bool county, struct err *err) must_check;
/* One party's signature on a ticket at a stage where each signs: adds its kind to `signed`, and
 * moves the ticket to `to` when that was the last one. */
int sign_ticket(struct buf *ticket, const struct stage *stage, const char *kind, const char *to,
		struct err *err) must_check;
/* Where it is kept which commit came from a party last. Owned. */
char *known_path(const struct repo *repo, const char *party);
/* The path of the running program. Owned. */
char *program_path(void);

#endif
