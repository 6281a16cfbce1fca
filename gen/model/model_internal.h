/*
 * model_internal: what the files of this room share.
 */
#ifndef YJ_MODEL_INTERNAL_H
#define YJ_MODEL_INTERNAL_H

#include "model/model.h"

#define FRONT_RULE "front-matter"
#define FRONT_FAULTS_MAX 40 /* more findings on one file help nobody */

/* The parts of a file, borrowed from its text. */
struct front {
	const char *from, *to; /* the YAML between the two --- lines */
	const char *body;      /* behind the second one */
	bool crlf;	       /* the first line ends so */
};

enum front_shape { FRONT_WHOLE, FRONT_MISSING, FRONT_UNCLOSED };

/* In both other shapes from, to and body are the end of what was looked at. */
enum front_shape front_split(struct front *out, const char *text, size_t len);
/* Whether the character may stand in YAML here: nothing invisible but space and line feed. */
bool front_char(int32_t c);
/* An empty map. */
struct node *node_empty(struct arena *arena);
/* The map that the text holds; *broken when it could not be read to its end. The text is UTF-8
 * and all of it passes front_char, or is a \r before \n. first_line: its place in the file. */
struct node *yaml_read(struct arena *arena, const char *text, size_t len, const char *file,
		       int first_line, struct findings *findings, bool *broken);

#endif
