/* How a deck is held. Shared by the deck_*.c files only. */
#ifndef LISEI_DECK_PRIVATE_H
#define LISEI_DECK_PRIVATE_H

#include "deck.h"
#include "waveform.h"
#include "words.h"
#include "yaml_tree.h"
#include <stdint.h>

enum { COMMENT_LENGTH = 4096 }; /* of each text of an annotation */

/* What a deck says about a value beside the value. */
typedef struct {
  bool ranged;        /* a plausible range is stated */
  bool kept;          /* ... by a source that the value's own source overrides */
  bool beyond;        /* the command line took the value out of it */
  double least, most; /* [unit of the key, SI] */
  const char *file;   /* where the range is stated. Owned by the deck's list of files */
  int line;
  char *source, *fitted_to, *note; /* one line each; NULL if not given */
} DeckAnnotation;

/* One key's value. */
typedef struct {
  const TableEntry *entry;
  bool set;         /* written in the deck or an override; else the default holds */
  bool filled;      /* there is a value: false for optional keys that are not set, and after an error */
  bool wrong;       /* written, but with an error that was reported */
  bool used;        /* its group's condition holds */
  const char *file; /* where it was written; NULL for a default. Owned by the deck's list of files */
  int line;
  PetscInt rank;    /* of the source that wrote it; -1 for a default */
  PetscInt count;   /* items; 1 unless it is a list */
  char **written;   /* items as written: "5 nm", "sinh" */
  double *real;     /* REAL, REAL_LIST: items in SI */
  PetscInt integer; /* INTEGER; BOOLEAN 0 or 1; CHOICE its index */
  double area;      /* [m^2] nominal contact, for values per area; 0: not known */
  bool areal;       /* written per area */
  DeckAnnotation annotation;
} DeckValue;

/* The values of all keys below one group of the table: the deck itself, or a protocol step. */
typedef struct {
  ParameterTable table;
  char group[PATH_LENGTH]; /* in the table: "", "protocol.cv" */
  char shown[PATH_LENGTH]; /* in messages: "", "protocol.0.cv" */
  PetscInt count;
  DeckValue *value;
  uint32_t slot_mask; /* hash table: 2^n slots less one; each the number of a value, -1: empty */
  int *slot;
} DeckValues;

struct DeckStep_ {
  char kind[64];
  const char *file;
  int line;
  DeckValues values;
  PetscInt child_count;
  DeckStep *child;
  Waveform waveform; /* kind waveform: what its file holds */
  bool areal;        /* ... given per nominal contact area */
  char settled[32];  /* ... and its name beside the resolved deck; "" if it has not been put there */
};

typedef struct {
  char *name, *value;
  const char *file; /* where it was written, NULL: not in the deck. Owned by the deck's list of files */
  int line;
} DeckOption;

struct Deck_ {
  ParameterTable table;
  bool record;      /* of an earlier run: its files are not read */
  const char *name; /* the deck's file; first of `file` */
  DeckValues values;
  PetscInt step_count;
  DeckStep *step;
  PetscInt option_count, option_capacity;
  DeckOption *option;
  PetscInt file_count, file_capacity;
  char **file;      /* names of all files read, for messages */
  PetscInt sources; /* files read so far; the rank of the next one */
};

/* deck.c */
PetscErrorCode DeckCreateEmpty(ParameterTable table, Deck *deck);
/* Validate the tree and fill the deck. */
PetscErrorCode DeckFillTree(Deck deck, YamlNode root, Diagnostics diagnostics);
/* What the table cannot say of two keys together. */
PetscErrorCode DeckCheckTogether(Deck deck, Diagnostics diagnostics);

/* deck_source.c: files, includes and overrides become one tree. *root is NULL if one could not be read. */
PetscErrorCode DeckSourceFile(Deck deck, const char *path, Diagnostics diagnostics, YamlNode *root);
PetscErrorCode DeckSourceText(Deck deck, const char *text, const char *name, Diagnostics diagnostics, YamlNode *root);
/* The names in it must outlive the tree. */
PetscErrorCode DeckOverrideValue(const DeckAssignment *from, const char *path, const char *text,
                                 Diagnostics diagnostics, YamlNode *value);
PetscErrorCode DeckOverride(Deck deck, YamlNode root, const DeckAssignment *from, Diagnostics diagnostics);
PetscErrorCode DeckKeepName(Deck deck, const char *name, const char **kept);
/* `path` as seen from the folder of `file`. Free with PetscFree. */
PetscErrorCode DeckRelativePath(const char *file, const char *path, char **joined);

/* deck_value.c: one value. */
PetscErrorCode DeckValueRead(DeckValue *value, const struct YamlNode_ *node, const char *shown,
                             Diagnostics diagnostics);
PetscErrorCode DeckValueDefault(DeckValue *value);
PetscErrorCode DeckValueFree(DeckValue *value);
/* A number of the value's declared kind and range, in SI. */
PetscErrorCode DeckNumberRead(const DeckValue *value, const struct YamlNode_ *node, const char *shown,
                              Diagnostics diagnostics, double *number, bool *good);
/* The value in the unit people use ("9.64 um", "[coble]"). */
PetscErrorCode DeckValueShow(const DeckValue *value, char *text, size_t size);

/* deck_annotation.c: value, range, source and fit in place of a value. */
bool DeckIsAnnotated(const struct YamlNode_ *node);
/* Mark the annotated values of a source, which are replaced whole when sources are merged. */
PetscErrorCode DeckMarkAnnotated(ParameterTable table, YamlNode node, const char *path);
/* Read what stands beside the value, which has been read, and hold the value to its range. */
PetscErrorCode DeckAnnotationRead(DeckValue *value, const struct YamlNode_ *node, const char *shown,
                                  Diagnostics diagnostics);
PetscErrorCode DeckAnnotationFree(DeckAnnotation *annotation);
/* Range, fit, source and note in one line, at most 5 COMMENT_LENGTH; "" if there are none. */
PetscErrorCode DeckAnnotationComment(const DeckValue *value, char *text, size_t size);

/* deck_validate.c: a group's values against the table. */
PetscErrorCode DeckValuesCreate(ParameterTable table, const char *group, const char *shown, DeckValues *values);
PetscErrorCode DeckValuesFree(DeckValues *values);
PetscErrorCode DeckValuesRead(DeckValues *values, const struct YamlNode_ *node, const char *const skipped[],
                              const char *file, Diagnostics diagnostics);
/* `key` below the group; NULL if it is not declared. */
DeckValue *DeckValuesFind(const DeckValues *values, const char *key);
/* The same, stopping the program unless it is declared, of the kind and has a value. */
const DeckValue *DeckValuesNeed(const DeckValues *values, const char *key, unsigned kinds);
enum {
  KIND_REAL = 1 << PARAMETER_REAL,
  KIND_INTEGER = 1 << PARAMETER_INTEGER,
  KIND_BOOLEAN = 1 << PARAMETER_BOOLEAN,
  KIND_TEXT = 1 << PARAMETER_TEXT,
  KIND_CHOICE = 1 << PARAMETER_CHOICE,
  KIND_CHOICE_LIST = 1 << PARAMETER_CHOICE_LIST,
  KIND_REAL_LIST = 1 << PARAMETER_REAL_LIST,
  KIND_TEXT_LIST = 1 << PARAMETER_TEXT_LIST
};

/* A deck from the text of DeckRecord; of its waveforms only the names are known. */
PetscErrorCode DeckReadRecord(ParameterTable table, const char *text, const char *name, Diagnostics diagnostics,
                              Deck *deck);

/* deck_protocol.c, deck_petsc.c */
PetscErrorCode DeckReadProtocol(Deck deck, const struct YamlNode_ *root, Diagnostics diagnostics);
PetscErrorCode DeckFreeProtocol(Deck deck);
/* [m^2] of the nominal contact; 0 where its diameter is wrong, or a default: nobody means an area that was not given.
 */
double DeckContactArea(Deck deck);
PetscErrorCode DeckReadOptions(Deck deck, const struct YamlNode_ *root, Diagnostics diagnostics);
PetscErrorCode DeckFreeOptions(Deck deck);

#endif
