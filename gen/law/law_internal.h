/* law_internal: what the files of the law share: law.c (loading, asking), law_read.c (tables to structs). */
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

/* Each reads a list of the law table on top of the stack. */
void read_parties(struct law *law);
void read_media(struct law *law);
void read_forms(struct law *law);
void read_flows(struct law *law);
/* Of the law table itself. */
void read_indicators(struct law *law);

#endif
