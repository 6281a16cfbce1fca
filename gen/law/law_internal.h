/* law_internal: what the files of the law share: law.c (loading, asking), law_read.c (tables to structs),
 * law_frozen.c (a loaded law as bytes). */
#ifndef YJ_LAW_INTERNAL_H
#define YJ_LAW_INTERNAL_H

#include "law/indicators.h"
#include "law/law.h"

struct law {
	struct script *script;
	struct arena arena;
	struct party_kind *parties;
	size_t party_count;
	struct medium *media;
	size_t medium_count;
	struct form *forms;
	size_t form_count;
	struct flow *flows;
	size_t flow_count;
	size_t ending_count;
	struct indicators *indicators; /* NULL: none */
	const char **kind_ids;
	int *kind_only;
};

extern const struct script_limits law_limits;

/* Pushes the files that are law as a list of { path, text } in the order of loading. */
void push_files(struct script *s, const struct law_file *files, size_t count);
/* Pops the law table and reads all of it. */
void law_read(struct law *law);
/* Each reads a list of the law table on top of the stack. */
void read_parties(struct law *law);
void read_media(struct law *law);
void read_forms(struct law *law);
void read_flows(struct law *law);
/* Of the law table itself. */
void read_indicators(struct law *law);

#endif
