/* The laws that a deck can choose: every choice whose words name groups of parameters, as Markdown. */
#include "table.h"
#include "words.h"
#include <string.h>

/* The group of parameters of a choice: beside the key that chooses, under the choice's name. */
static void ParameterGroup(const TableEntry *entry, const char *word, char group[PATH_LENGTH]) {
  const char *dot = strrchr(entry->path, '.');

  (void)snprintf(group, PATH_LENGTH, "%.*s%s", dot ? (int)(dot + 1 - entry->path) : 0, entry->path, word);
}

/* Does one of the choices have parameters of its own, so that it is a law and not a setting? */
static bool ChoosesLaw(ParameterTable table, const TableEntry *entry) {
  char word[64], group[PATH_LENGTH];

  if (entry->declaration->kind != PARAMETER_CHOICE && entry->declaration->kind != PARAMETER_CHOICE_LIST) {
    return false;
  }
  for (PetscInt k = 0; k < WordCount(entry->declaration->choices); k++) {
    WordCopy(entry->declaration->choices, k, word, sizeof word);
    ParameterGroup(entry, word, group);
    if (TableIsGroup(table, group)) {
      return true;
    }
  }
  return false;
}

static void Law(ParameterTable table, const TableEntry *entry, PetscInt choice, FILE *stream) {
  char word[64], group[PATH_LENGTH];
  const char *meaning, *separator = "";

  WordCopy(entry->declaration->choices, choice, word, sizeof word);
  ParameterGroup(entry, word, group);
  meaning = TableMeaning(table, group);
  (void)fprintf(stream, "| `%s` | %s | ", word, meaning ? meaning : "");
  for (PetscInt k = 0; k < table->count; k++) {
    const char *key = PathBelow(table->entries[k].path, group);
    if (key) {
      (void)fprintf(stream, "%s`%s`", separator, key);
      separator = ", ";
    }
  }
  (void)fputs(" |\n", stream);
}

/* Keys that share a declaration share a table: false for all but the first of them. */
static bool IsFirst(ParameterTable table, PetscInt index) {
  for (PetscInt k = 0; k < index; k++) {
    if (table->entries[k].declaration == table->entries[index].declaration) {
      return false;
    }
  }
  return true;
}

static void Heading(ParameterTable table, PetscInt index, FILE *stream) {
  const Parameter *declaration = table->entries[index].declaration;

  (void)fprintf(stream, "\n## `%s`", table->entries[index].path);
  for (PetscInt k = index + 1; k < table->count; k++) {
    if (table->entries[k].declaration == declaration) {
      (void)fprintf(stream, ", `%s`", table->entries[k].path);
    }
  }
  (void)fprintf(stream, "\n\n%s.\n\n| law | what it says | parameters |\n|---|---|---|\n", declaration->meaning);
}

PetscErrorCode TableLaws(ParameterTable table, FILE *stream) {
  PetscFunctionBeginUser;
  (void)fputs("# Laws\n\nMade from the program's own table by `lisei help laws`; do not edit. Parameters stand in a "
              "group of the law's name beside the\nkey that chooses it; units, ranges and sources: "
              "[parameters.md](parameters.md), equations: [theory.md](theory.md).\n",
              stream);
  for (PetscInt k = 0; k < table->count; k++) {
    const TableEntry *entry = &table->entries[k];
    if (!ChoosesLaw(table, entry) || !IsFirst(table, k)) {
      continue;
    }
    Heading(table, k, stream);
    for (PetscInt c = 0; c < WordCount(entry->declaration->choices); c++) {
      Law(table, entry, c, stream);
    }
  }
  PetscFunctionReturn(0);
}
