/* Small helpers for words, lines, paths and edit distances; shared by the table and the deck. */
#ifndef LISEI_WORDS_H
#define LISEI_WORDS_H

#include "../../physics/parameter.h"
#include <petscsys.h>
#include <stdbool.h>
#include <stdio.h>

enum { PATH_LENGTH = 512 };

/* Index of `word` in "a|b|c", or -1. */
PetscInt WordIndex(const char *choices, const char *word);
PetscInt WordCount(const char *choices);
/* Copy the index-th word of "a|b|c". */
void WordCopy(const char *choices, PetscInt index, char *word, size_t size);
/* "a, b or c" out of "a|b|c". */
void WordList(const char *choices, char *text, size_t size);
/* Fewest insertions, deletions, replacements and swaps of neighbours that turn a into b, ignoring case. */
PetscInt EditDistance(const char *a, const char *b);
/* Is the distance small enough for "did you mean"? */
bool IsTypo(const char *wrong, PetscInt distance);
/* group.name, or name if the group is "". */
void PathJoin(const char *group, const char *name, char path[PATH_LENGTH]);
/* The part of `path` behind `group.`; NULL if it does not stand below the group ("" holds everything). */
const char *PathBelow(const char *path, const char *group);
/* Write text in lines of at most 100 characters, each indented. */
void WrapText(FILE *stream, const char *text, int indent);
/* The kinds whose declaration carries a unit. */
bool IsNumberWithUnit(const Parameter *declaration);
bool IsList(const Parameter *declaration);

#endif
