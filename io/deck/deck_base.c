/* Many decks from one set of files, which are read once. */
#include "deck_private.h"
#include <string.h>

struct DeckBase_ {
  Deck source; /* keeps the names of the files; no values */
  YamlNode root;
};

PetscErrorCode DeckBaseRead(ParameterTable table, const char *path, PetscInt count, const DeckAssignment assignments[],
                            Diagnostics diagnostics, DeckBase *base) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(base));
  PetscCall(DeckCreateEmpty(table, &(*base)->source));
  PetscCall(DeckSourceFile((*base)->source, path, diagnostics, &(*base)->root));
  for (PetscInt i = 0; (*base)->root && i < count; i++) {
    PetscCall(DeckOverride((*base)->source, (*base)->root, &assignments[i], diagnostics));
  }
  if (!(*base)->root) {
    PetscCall(DeckBaseDestroy(base));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckBaseVary(DeckBase base, PetscInt count, const DeckAssignment assignments[], Diagnostics diagnostics,
                            Deck *deck) {
  const PetscInt errors = DiagnosticsCount(diagnostics);
  YamlNode root;

  PetscFunctionBeginUser;
  PetscCall(DeckCreateEmpty(base->source->table, deck));
  (*deck)->name = base->source->name;
  (*deck)->sources = base->source->sources;
  PetscCall(YamlCopy(base->root, &root));
  for (PetscInt i = 0; i < count; i++) {
    PetscCall(DeckOverride(*deck, root, &assignments[i], diagnostics));
  }
  PetscCall(DeckFillTree(*deck, root, diagnostics));
  PetscCall(YamlDestroy(&root));
  if (DiagnosticsCount(diagnostics) != errors) {
    PetscCall(DeckDestroy(deck));
  }
  PetscFunctionReturn(0);
}

/* What the base's files say of the key, or NULL. */
static const struct YamlNode_ *Written(const struct YamlNode_ *node, const char *path) {
  char name[PATH_LENGTH];

  while (node && *path) {
    const size_t length = strcspn(path, ".");
    (void)snprintf(name, sizeof(name), "%.*s", (int)length, path);
    node = node->kind == YAML_GROUP && !node->whole ? YamlFind(node, name) : NULL;
    path += length + (path[length] == '.');
  }
  return node;
}

/* One key; *done as DeckBaseRevary. */
static PetscErrorCode Revary(DeckBase base, const DeckAssignment *from, Deck deck, Diagnostics diagnostics,
                             bool *done) {
  const char *equals = strchr(from->text, '=');
  const struct YamlNode_ *written;
  char path[PATH_LENGTH] = "";
  DeckValue *value;
  YamlNode node = NULL;

  PetscFunctionBeginUser;
  if (equals && equals - from->text < PATH_LENGTH) {
    (void)snprintf(path, sizeof(path), "%.*s", (int)(equals - from->text), from->text);
  }
  value = DeckValuesFind(&deck->values, path);
  *done = value && value->set && value->used && value->rank == PETSC_MAX_INT &&
          (value->entry->declaration->kind == PARAMETER_REAL || value->entry->declaration->kind == PARAMETER_INTEGER);
  *done = *done && !DeckProtocolRefersTo(deck, path); /* its numbers would be those of before */
  if (!*done) {
    PetscFunctionReturn(0);
  }
  PetscCall(DeckOverrideValue(from, path, equals + 1, diagnostics, &node));
  if (node) {
    written = Written(base->root, path);
    if (written) {
      PetscCall(YamlCopy(written, &node->covered));
    }
    PetscCall(DeckValueRead(value, node, path, diagnostics));
    value->used = true;
  }
  *done = node && DiagnosticsCount(diagnostics) == 0;
  PetscCall(YamlDestroy(&node));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckBaseRevary(DeckBase base, PetscInt count, const DeckAssignment assignments[], Deck deck,
                              bool *done) {
  Diagnostics diagnostics;

  PetscFunctionBeginUser;
  *done = count > 0;
  PetscCall(DiagnosticsCreate(&diagnostics));
  for (PetscInt i = 0; i < count && *done; i++) {
    PetscCall(Revary(base, &assignments[i], deck, diagnostics, done));
  }
  if (*done) {
    PetscCall(DeckCheckTogether(deck, diagnostics));
    *done = DiagnosticsCount(diagnostics) == 0;
  }
  PetscCall(DiagnosticsDestroy(&diagnostics));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckBaseDestroy(DeckBase *base) {
  PetscFunctionBeginUser;
  if (*base) {
    PetscCall(YamlDestroy(&(*base)->root));
    PetscCall(DeckDestroy(&(*base)->source));
    PetscCall(PetscFree(*base));
  }
  PetscFunctionReturn(0);
}
