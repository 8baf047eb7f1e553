/* YAML as a tree in which every node knows where it was written. Read with libyaml's event interface; what decks have
   no use for (anchors, aliases, tags, several documents) is an error, and so are duplicate keys. */
#ifndef LISEI_YAML_TREE_H
#define LISEI_YAML_TREE_H

#include "diagnostics.h"
#include <stdbool.h>
#include <stdio.h>

typedef enum { YAML_TEXT, YAML_LIST, YAML_GROUP } YamlKind;

/* Where a key of a large group stands. */
typedef struct {
  char *key; /* borrowed */
  PetscInt index;
} YamlPlace;

typedef struct YamlNode_ *YamlNode;
struct YamlNode_ {
  YamlKind kind;
  char *key;        /* its name in the group that holds it; NULL in a list and at the root */
  const char *file; /* borrowed */
  int line;         /* of the key, or of the value if it has none; 0: unknown */
  PetscInt rank;    /* which source wrote it: a higher rank overrides a lower one */
  char *text;       /* YAML_TEXT */
  bool quoted;      /* YAML_TEXT: quotes or a block, so an empty text is meant */
  PetscInt count, capacity;
  YamlNode *child;  /* YAML_LIST, YAML_GROUP; owned */
  bool whole;       /* YAML_GROUP: one value made of parts; merging replaces it whole */
  void *index;      /* YAML_GROUP with many keys: search tree of YamlPlace */
  YamlNode covered; /* what it replaced in a weaker source; owned */
};

/* Read one document. *root is NULL if the syntax is broken; an empty document is an empty group. `file` must outlive
 * the tree. */
PetscErrorCode YamlParse(const char *text, size_t length, const char *file, Diagnostics diagnostics, YamlNode *root);
PetscErrorCode YamlCreate(YamlKind kind, const char *key, const char *text, const char *file, int line, YamlNode *node);
PetscErrorCode YamlDestroy(YamlNode *node);
/* A tree of its own with what the other one holds and has covered. */
PetscErrorCode YamlCopy(const struct YamlNode_ *node, YamlNode *copy);
/* The child of that name, or NULL. */
YamlNode YamlFind(const struct YamlNode_ *group, const char *key);
/* Append (takes the child over). */
PetscErrorCode YamlAdd(YamlNode parent, YamlNode child);
/* Put the child in the place of the one with its key, which it covers from then on, or append it (takes the child
 * over).
 */
PetscErrorCode YamlPut(YamlNode group, YamlNode child);
/* Take the child of that name out of the group; NULL if there is none. The caller owns it. */
YamlNode YamlTake(YamlNode group, const char *key);
/* Lay `*over` on `base`, key by key; lists, values and whole groups are replaced. Takes `*over`. */
PetscErrorCode YamlMerge(YamlNode base, YamlNode *over);
void YamlSetRank(YamlNode node, PetscInt rank);
/* A value that says nothing: `key:`, `key: ~` or `key: null`. */
bool YamlIsNull(const struct YamlNode_ *node);
/* Write a text so that it is read back unchanged: plain where YAML allows it, else quoted. */
void YamlWriteText(FILE *stream, const char *text);

#endif
