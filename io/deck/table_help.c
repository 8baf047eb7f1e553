/* `lisei help`: what the table says of itself on a terminal. */
#include "parameter_text.h"
#include "table.h"
#include "words.h"
#include <string.h>

static void Condition(FILE *stream, const TableEntry *entry) {
  char words[PATH_LENGTH];

  if (!entry->selector) {
    return;
  }
  WordList(entry->word, words, sizeof(words));
  (void)fprintf(stream, "  used when: %s is %s\n", entry->selector, words);
}

static PetscErrorCode Details(const TableEntry *entry, FILE *stream) {
  const Parameter *declaration = entry->declaration;
  char expected[1200], range[256];

  PetscFunctionBeginUser;
  PetscCall(ParameterExpected(declaration, expected, sizeof(expected)));
  PetscCall(ParameterRange(declaration, range, sizeof(range)));
  (void)fprintf(stream, "%s\n", entry->path);
  WrapText(stream, declaration->meaning, 2);
  (void)fprintf(stream, "  value:     %s%s\n", IsList(declaration) ? "list; each item: " : "", expected);
  (void)fprintf(stream, "  default:   %s\n", ParameterFallback(declaration));
  if (range[0]) {
    (void)fprintf(stream, "  range:     %s\n", range);
  }
  if (declaration->source) {
    (void)fprintf(stream, "  source:    %s\n", declaration->source);
  }
  Condition(stream, entry);
  PetscFunctionReturn(0);
}

/* One group: its own keys with their meanings, the groups in it by name. */
static PetscErrorCode Group(ParameterTable table, const char *group, FILE *stream) {
  const char *meaning = TableMeaning(table, group);
  char last[PATH_LENGTH] = "";

  PetscFunctionBeginUser;
  (void)fprintf(stream, "%s%s%s\n", group[0] ? group : "top level", meaning ? ": " : "", meaning ? meaning : "");
  for (PetscInt i = 0; i < table->count; i++) {
    const TableEntry *entry = &table->entries[i];
    const char *rest = PathBelow(entry->path, group);
    char below[PATH_LENGTH], path[PATH_LENGTH], range[256];
    if (!rest) {
      continue;
    }
    if (!strchr(rest, '.')) {
      PetscCall(ParameterRange(entry->declaration, range, sizeof(range)));
      (void)fprintf(stream, "\n  %s: %s%s%s\n", rest, ParameterFallback(entry->declaration), range[0] ? "    # " : "",
                    range);
      if (entry->declaration->choices) {
        char words[1024];
        WordList(entry->declaration->choices, words, sizeof(words));
        (void)fprintf(stream, "      %s\n", words);
      }
      WrapText(stream, entry->declaration->meaning, 6);
      if (entry->selector) {
        (void)fputs("    ", stream);
        Condition(stream, entry);
      }
      continue;
    }
    (void)snprintf(below, sizeof(below), "%.*s", (int)strcspn(rest, "."), rest);
    if (!strcmp(below, last)) {
      continue;
    }
    (void)snprintf(last, sizeof(last), "%s", below);
    PathJoin(group, below, path);
    meaning = TableMeaning(table, path);
    (void)fprintf(stream, "\n  %s: (group; see lisei help %s)\n", below, path);
    if (meaning) {
      WrapText(stream, meaning, 6);
    }
    if (entry->selector) {
      (void)fputs("    ", stream);
      Condition(stream, entry);
    }
  }
  if (!strcmp(group, "protocol.repeat")) {
    (void)fputs("\n  steps: required\n", stream);
    WrapText(stream, "The list of steps that is repeated", 6);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Overview(ParameterTable table, FILE *stream) {
  char last[PATH_LENGTH] = "";

  PetscFunctionBeginUser;
  (void)fputs(
      "A deck is a YAML file of groups and keys. Numbers carry their unit: `diameter: 9.64 um`. Sign: positive "
      "current and\n"
      "potential are anodic, that is stripping of the lithium electrode.\n\n"
      "A value may say where it comes from, and is then held to its plausible range:\n"
      "  conductivity: {value: 2.8 mS/cm, range: [2.5 mS/cm, 5 mS/cm], source: ..., fitted_to: [...], note: ...}\n"
      "\nGroups:\n",
      stream);
  for (PetscInt i = 0; i < table->count; i++) {
    const char *path = table->entries[i].path;
    char group[PATH_LENGTH];
    const char *meaning = NULL;
    (void)snprintf(group, sizeof(group), "%.*s", (int)strcspn(path, "."), path);
    if (!strchr(path, '.') || !strcmp(group, last)) {
      continue;
    }
    (void)snprintf(last, sizeof(last), "%s", group);
    meaning = TableMeaning(table, group);
    (void)fprintf(stream, "  %-14s %s\n", group, meaning ? meaning : "");
  }
  (void)fprintf(stream, "  %-14s %s\n", "petsc", "Options handed to PETSc: `petsc: {log_view: }`");
  (void)fputs("\nTop-level keys:\n", stream);
  for (PetscInt i = 0; i < table->count; i++) {
    if (!strchr(table->entries[i].path, '.')) {
      (void)fprintf(stream, "  %-14s %s\n", table->entries[i].path, table->entries[i].declaration->meaning);
    }
  }
  (void)fprintf(stream, "  %-14s %s\n", "include", "Another deck, or a list of decks, whose keys this one overrides");
  (void)fputs("\nlisei help GROUP, lisei help GROUP.KEY: more about one. lisei help schema: JSON Schema for editors.\n",
              stream);
  PetscFunctionReturn(0);
}

PetscErrorCode TableHelp(ParameterTable table, const char *topic, FILE *stream, PetscBool *found) {
  const TableEntry *entry = topic ? TableFind(table, topic) : NULL;

  PetscFunctionBeginUser;
  *found = PETSC_TRUE;
  if (!topic || !topic[0]) {
    PetscCall(Overview(table, stream));
  } else if (entry) {
    PetscCall(Details(entry, stream));
  } else if (TableIsGroup(table, topic)) {
    PetscCall(Group(table, topic, stream));
  } else {
    *found = PETSC_FALSE;
  }
  PetscFunctionReturn(0);
}
