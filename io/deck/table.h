/* The parameter table: every deck key with its group and the condition under which it is used. It is put together once
   at start (solver/model/catalogue.c) from io/deck/parameters.c and the declarations of the laws. Declarations are not
   copied: they, and the texts they point to, must outlive the table (they may be built at run time, e.g. `choices` from
   the list of laws). */
#ifndef LISEI_TABLE_H
#define LISEI_TABLE_H

#include "../../physics/parameter.h"
#include <float.h>
#include <petscsys.h>
#include <stdbool.h>
#include <stdio.h>

/* Conventions of a declaration beyond physics/parameter.h:
   - fallback "" of anything but a text: optional, "not set" unless the deck gives it (ask DeckIsSet, DeckStepIsSet);
   - fallback NULL of a list: required and not empty; "[]": may be empty; "[a, b]": those;
   - minimum PARAMETER_POSITIVE: greater than zero. */
#define PARAMETER_POSITIVE DBL_MIN

/* A group is used when the key `selector` (full path) is used itself and has, or for lists contains, the word `word`
   (or one of several: "a|b"); booleans have the words true and false. NULL: always. */
typedef struct {
  char *path; /* full key path: "interface.sinh.exchange_current_density"; steps: "protocol.cv.rate" */
  const Parameter *declaration;
  char *selector, *word; /* condition, NULL if none */
} TableEntry;

typedef struct {
  char *group;
  const char *meaning;
} TableGroup;

typedef struct {
  PetscInt count, capacity;
  TableEntry *entries;
  PetscInt group_count, group_capacity;
  TableGroup *groups; /* only those with a meaning */
  bool checked;       /* since its last change */
} * ParameterTable;

PetscErrorCode TableCreate(ParameterTable *table);
PetscErrorCode TableDestroy(ParameterTable *table);
/* Add the declarations (ended by a NULL key) below `group` ("" for the top level). A group may be added to several
   times, under several conditions. */
PetscErrorCode TableAdd(ParameterTable table, const char *group, const Parameter *declarations, const char *selector,
                        const char *word);
/* One sentence about a group, for help, manual and reference deck (e.g. a law's meaning). Not copied. */
PetscErrorCode TableDescribe(ParameterTable table, const char *group, const char *meaning);
/* The entry of a full path, or NULL. */
const TableEntry *TableFind(ParameterTable table, const char *path);
/* Does any key stand below this path? */
bool TableIsGroup(ParameterTable table, const char *path);
/* The sentence about a group, or NULL. */
const char *TableMeaning(ParameterTable table, const char *group);
/* Is the entry used when the whole deck holds defaults only? */
bool TableUsedByDefault(ParameterTable table, const TableEntry *entry);
/* Stops the program if a selector is missing or a word is none of its choices (programming errors; DeckRead calls it).
 */
PetscErrorCode TableCheck(ParameterTable table);
/* What a person may have meant by the wrong key `name` in `group` ("" top level): "; did you mean 'rate'?" or where the
   key belongs, or which keys there are. */
PetscErrorCode TableSuggest(ParameterTable table, const char *group, const char *name, char *text, size_t size);

/* What the table can say of itself. `topic` may be NULL (overview), a group ("interface"), a key path. */
PetscErrorCode TableHelp(ParameterTable table, const char *topic, FILE *stream, PetscBool *found);
PetscErrorCode TableSchema(ParameterTable table, FILE *stream);    /* JSON Schema of a deck (draft 2020-12) */
PetscErrorCode TableReference(ParameterTable table, FILE *stream); /* Markdown: the manual's parameter reference */
PetscErrorCode TableLaws(ParameterTable table, FILE *stream);      /* Markdown: the laws that can be chosen */
PetscErrorCode TableDeck(ParameterTable table,
                         FILE *stream); /* a deck with every key, unit, default and meaning in comments */

/* Declarations of io/deck/parameters.c and io/deck/parameters_protocol.c. */
PetscErrorCode ParametersRegister(ParameterTable table);
PetscErrorCode ParametersRegisterProtocol(ParameterTable table); /* called by ParametersRegister */

#endif
