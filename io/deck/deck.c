#include "deck_private.h"
#include <string.h>

PetscErrorCode DeckCreateEmpty(ParameterTable table, Deck *deck) {
  PetscFunctionBeginUser;
  PetscCall(TableCheck(table));
  PetscCall(PetscNew(deck));
  (*deck)->table = table;
  PetscCall(DeckValuesCreate(table, "", "", &(*deck)->values));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckCheckTogether(Deck deck, Diagnostics diagnostics) {
  const DeckValue *depth = DeckValuesFind(&deck->values, "electrolyte.depth");
  const DeckValue *grain = DeckValuesFind(&deck->values, "electrolyte.grain_depth");

  PetscFunctionBeginUser;
  if (depth && grain && depth->filled && grain->filled && depth->real[0] > 0. && grain->real[0] >= depth->real[0]) {
    PetscCall(DiagnosticsAdd(
        diagnostics, grain->file ? grain->file : deck->name, grain->line, "electrolyte.grain_depth",
        "the grain under the contact reaches %g um deep, but the electrolyte only %g um: give a smaller depth",
        1e6 * grain->real[0], 1e6 * depth->real[0]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckFillTree(Deck deck, YamlNode root, Diagnostics diagnostics) {
  static const char *const skipped[] = {"petsc", "protocol", NULL}, *const without[] = {"petsc", NULL};
  const bool runs = TableIsGroup(deck->table, "protocol");

  PetscFunctionBeginUser;
  PetscCall(DeckValuesRead(&deck->values, root, runs ? skipped : without, deck->name, diagnostics));
  if (runs) {
    PetscCall(DeckReadProtocol(deck, root, diagnostics));
  }
  PetscCall(DeckReadOptions(deck, root, diagnostics));
  PetscCall(DeckCheckTogether(deck, diagnostics));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckRead(ParameterTable table, const char *path, PetscInt override_count, char *const overrides[],
                        Diagnostics diagnostics, Deck *deck) {
  const PetscInt errors = DiagnosticsCount(diagnostics);
  YamlNode root = NULL;

  PetscFunctionBeginUser;
  PetscCall(DeckCreateEmpty(table, deck));
  PetscCall(DeckSourceFile(*deck, path, diagnostics, &root));
  for (PetscInt i = 0; root && i < override_count; i++) {
    PetscCall(DeckOverride(*deck, root, &(DeckAssignment){overrides[i], "--set", 0}, diagnostics));
  }
  if (root) {
    PetscCall(DeckFillTree(*deck, root, diagnostics));
  }
  PetscCall(YamlDestroy(&root));
  if (DiagnosticsCount(diagnostics) != errors) {
    PetscCall(DeckDestroy(deck));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadText(ParameterTable table, const char *text, const char *name, bool record,
                               Diagnostics diagnostics, Deck *deck) {
  const PetscInt errors = DiagnosticsCount(diagnostics);
  YamlNode root = NULL;

  PetscFunctionBeginUser;
  PetscCall(DeckCreateEmpty(table, deck));
  (*deck)->record = record;
  PetscCall(DeckSourceText(*deck, text, name, diagnostics, &root));
  if (root) {
    PetscCall(DeckFillTree(*deck, root, diagnostics));
  }
  PetscCall(YamlDestroy(&root));
  if (DiagnosticsCount(diagnostics) != errors) {
    PetscCall(DeckDestroy(deck));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckReadText(ParameterTable table, const char *text, const char *name, Diagnostics diagnostics,
                            Deck *deck) {
  PetscFunctionBeginUser;
  PetscCall(ReadText(table, text, name, false, diagnostics, deck));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckReadRecord(ParameterTable table, const char *text, const char *name, Diagnostics diagnostics,
                              Deck *deck) {
  PetscFunctionBeginUser;
  PetscCall(ReadText(table, text, name, true, diagnostics, deck));
  PetscFunctionReturn(0);
}

PetscErrorCode DeckDestroy(Deck *deck) {
  PetscFunctionBeginUser;
  if (!*deck) {
    PetscFunctionReturn(0);
  }
  PetscCall(DeckFreeProtocol(*deck));
  PetscCall(DeckFreeOptions(*deck));
  PetscCall(DeckValuesFree(&(*deck)->values));
  for (PetscInt i = 0; i < (*deck)->file_count; i++) {
    PetscCall(PetscFree((*deck)->file[i]));
  }
  PetscCall(PetscFree((*deck)->file));
  PetscCall(PetscFree(*deck));
  PetscFunctionReturn(0);
}

/* --- what the solver asks
 * ------------------------------------------------------------------------------------------------ */

double DeckReal(Deck deck, const char *key) {
  return DeckValuesNeed(&deck->values, key, KIND_REAL)->real[0];
}

PetscInt DeckInteger(Deck deck, const char *key) {
  return DeckValuesNeed(&deck->values, key, KIND_INTEGER)->integer;
}

bool DeckBoolean(Deck deck, const char *key) {
  return DeckValuesNeed(&deck->values, key, KIND_BOOLEAN)->integer != 0;
}

const char *DeckText(Deck deck, const char *key) {
  return DeckValuesNeed(&deck->values, key, KIND_TEXT | KIND_CHOICE)->written[0];
}

PetscInt DeckChoice(Deck deck, const char *key) {
  return DeckValuesNeed(&deck->values, key, KIND_CHOICE)->integer;
}

PetscInt DeckListLength(Deck deck, const char *key) {
  return DeckValuesNeed(&deck->values, key, KIND_REAL_LIST | KIND_CHOICE_LIST | KIND_TEXT_LIST)->count;
}

/* An item of a list; stops the program if there is none. */
static const DeckValue *Item(Deck deck, const char *key, PetscInt index, unsigned kinds) {
  const DeckValue *value = DeckValuesNeed(&deck->values, key, kinds);

  if (index < 0 || index >= value->count) {
    SETERRABORT(PETSC_COMM_SELF, PETSC_ERR_PLIB, "The program asks for item %" PetscInt_FMT " of the deck list %s",
                index, key);
  }
  return value;
}

const char *DeckListText(Deck deck, const char *key, PetscInt index) {
  return Item(deck, key, index, KIND_CHOICE_LIST | KIND_TEXT_LIST)->written[index];
}

const TableEntry *DeckEntry(Deck deck, const char *key) {
  return TableFind(deck->table, key);
}

PetscErrorCode DeckSuggest(Deck deck, const char *group, const char *name, char *text, size_t size) {
  PetscFunctionBeginUser;
  PetscCall(TableSuggest(deck->table, group, name, text, size));
  PetscFunctionReturn(0);
}

void DeckVary(Deck deck, const char *key, double value) {
  DeckValuesNeed(&deck->values, key, KIND_REAL)->real[0] = value;
}

double DeckListReal(Deck deck, const char *key, PetscInt index) {
  return Item(deck, key, index, KIND_REAL_LIST)->real[index];
}

bool DeckIsSet(Deck deck, const char *key) {
  const DeckValue *value = DeckValuesFind(&deck->values, key);

  if (!value) {
    SETERRABORT(PETSC_COMM_SELF, PETSC_ERR_PLIB, "The program asks for a deck key that is not declared: %s", key);
  }
  return value->set;
}

PetscErrorCode DeckPath(Deck deck, const char *key, char **path) {
  const DeckValue *value = DeckValuesFind(&deck->values, key);

  PetscFunctionBeginUser;
  PetscCheck(value && value->entry->declaration->kind == PARAMETER_TEXT, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "The program asks for a path that is not declared: %s", key);
  PetscCall(DeckRelativePath(value->file ? value->file : "", value->written[0], path));
  PetscFunctionReturn(0);
}

bool DeckIsUsed(Deck deck, const char *key) {
  const DeckValue *value = DeckValuesFind(&deck->values, key);

  if (!value) {
    SETERRABORT(PETSC_COMM_SELF, PETSC_ERR_PLIB, "The program asks for a deck key that is not declared: %s", key);
  }
  return value->used;
}

void DeckWhere(Deck deck, const char *key, const char **file, int *line) {
  const DeckValue *value = DeckValuesFind(&deck->values, key);

  *file = value && value->file ? value->file : deck->name;
  *line = value ? value->line : 0;
}

PetscErrorCode DeckFill(Deck deck, const char *group, const Parameter *declarations, void *parameters) {
  PetscFunctionBeginUser;
  for (const Parameter *declaration = declarations; declaration->key; declaration++) {
    char *place = (char *)parameters + declaration->offset, path[PATH_LENGTH];
    const DeckValue *value = NULL;
    PathJoin(group, declaration->key, path);
    value = DeckValuesFind(&deck->values, path);
    PetscCheck(value && value->entry->declaration->kind == declaration->kind, PETSC_COMM_SELF, PETSC_ERR_PLIB,
               "The table does not declare %s as the law does", path);
    PetscCheck(value->filled, PETSC_COMM_SELF, PETSC_ERR_PLIB, "The law asks for %s, which the deck has no value for",
               path);
    if (declaration->kind == PARAMETER_REAL) {
      memcpy(place, value->real, sizeof(double));
    } else if (declaration->kind == PARAMETER_INTEGER || declaration->kind == PARAMETER_CHOICE) {
      const int integer = (int)value->integer;
      memcpy(place, &integer, sizeof(integer));
    } else if (declaration->kind == PARAMETER_BOOLEAN) {
      const bool boolean = value->integer != 0;
      memcpy(place, &boolean, sizeof(boolean));
    } else {
      SETERRQ(PETSC_COMM_SELF, PETSC_ERR_PLIB, "A law's parameters cannot hold the key %s: it is a text or a list",
              path);
    }
  }
  PetscFunctionReturn(0);
}
