/*
 * text: UTF-8 and small questions about strings.
 */
#ifndef YJ_TEXT_H
#define YJ_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Decodes the character at *s (s < end), moves *s behind it; -1 and one byte on when it is
 * not UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
int32_t utf8_next(const char **s, const char *end);

/* Where the first byte that is not UTF-8 stands, or len. */
size_t utf8_check(const char *s, size_t len);

/* Shortens s by a character that a full array has cut in the middle. */
void utf8_trim(char *s);

/* Columns on a terminal: wide East Asian characters and pictures count 2. */
size_t utf8_width(const char *s);

/* Controls, marks of width nothing or of direction, line ends nobody sees: never what a person meant. */
bool utf8_hidden(int32_t c);

/* Prints what others may have written: it must not steer a terminal, nor begin a line of its own unless
 * it consists of lines. */
void text_print(FILE *out, const char *s, bool lines);

/* For texts of which most lie in one place: registers, the log, the ledger. */
static inline bool
text_same(const char *a, const char *b)
{
	return a == b || strcmp(a, b) == 0;
}
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);
/* Only spaces, tabs and line ends. */
bool text_blank(const char *s, size_t len);
/* Nothing that a person sees: also wide spaces, marks of width nothing, a byte order mark. */
bool text_unseen(const char *s, size_t len);
/* Compared without regard to case: ASCII, wide, Latin, Greek and Cyrillic letters. */
bool text_same_nocase(const char *a, const char *b);
/* The line and column (both from 1, columns in characters) of byte `at`. */
void text_place(const char *s, size_t at, int *line, int *column);

/* A whole decimal number within [min, max]; false for anything else, and *out is left alone. */
bool text_number(const char *s, int64_t min, int64_t max, int64_t *out);

#endif
