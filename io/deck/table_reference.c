/* The manual's parameter reference: one Markdown table per group. */
#include "parameter_text.h"
#include "table.h"
#include "words.h"
#include <string.h>

/* Text inside a Markdown table: a bar would end the cell. */
static void Cell(FILE *stream, const char *text) {
  for (const char *c = text; *c; c++) {
    if (*c == '|') {
      (void)fputc('\\', stream);
    }
    (void)fputc(*c, stream);
  }
}

/* The group of a path: all but the last component. */
static void GroupOf(const char *path, char group[PATH_LENGTH]) {
  char *dot;

  (void)snprintf(group, PATH_LENGTH, "%s", path);
  dot = strrchr(group, '.');
  if (dot) {
    *dot = '\0';
  } else {
    group[0] = '\0';
  }
}

static PetscErrorCode Row(const TableEntry *entry, FILE *stream) {
  const Parameter *declaration = entry->declaration;
  const char *dot = strrchr(entry->path, '.'), *fallback = ParameterFallback(declaration);
  const bool code = declaration->fallback && declaration->fallback[0];
  char range[256], words[1024] = "";

  PetscFunctionBeginUser;
  PetscCall(ParameterRange(declaration, range, sizeof(range)));
  if (declaration->choices) {
    WordList(declaration->choices, words, sizeof(words));
  }
  (void)fprintf(stream, "| `%s` | %s%s%s | %s%s%s | ", dot ? dot + 1 : entry->path, code ? "`" : "", fallback,
                code ? "`" : "", range, words, declaration->kind == PARAMETER_BOOLEAN ? "true or false" : "");
  Cell(stream, declaration->meaning);
  if (declaration->areal) {
    (void)fprintf(stream, " (also per area of the nominal contact)");
  }
  (void)fputs(" | ", stream);
  Cell(stream, declaration->source ? declaration->source : "");
  (void)fputs(" |\n", stream);
  PetscFunctionReturn(0);
}

/* A heading where a new group, or a new condition in the same group, begins. */
static void Heading(ParameterTable table, const TableEntry *entry, const char *group, bool same_group, FILE *stream) {
  const char *meaning = TableMeaning(table, group);

  if (!same_group) {
    (void)fprintf(stream, "\n## %s%s%s\n\n", group[0] ? "`" : "", group[0] ? group : "Top level", group[0] ? "`" : "");
  }
  if (!same_group && meaning) {
    (void)fprintf(stream, "%s.\n\n", meaning);
  }
  if (same_group) {
    (void)fputc('\n', stream);
  }
  if (entry->selector) {
    char words[PATH_LENGTH];
    WordList(entry->word, words, sizeof(words));
    (void)fprintf(stream, "Used when `%s` is %s.\n\n", entry->selector, words);
  }
  if (!same_group && !strcmp(group, "protocol.repeat")) {
    (void)fputs("The list of steps that is repeated stands under `steps`.\n\n", stream);
  }
  (void)fputs("| key | default | valid | meaning | source |\n|---|---|---|---|---|\n", stream);
}

static bool SameText(const char *a, const char *b) {
  return a && b ? !strcmp(a, b) : a == b;
}

static PetscErrorCode Part(ParameterTable table, bool protocol, FILE *stream) {
  const TableEntry *before = NULL;
  char group[PATH_LENGTH], last[PATH_LENGTH] = "";

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < table->count; i++) {
    const TableEntry *entry = &table->entries[i];
    bool same_group;
    if ((PathBelow(entry->path, "protocol") != NULL) != protocol) {
      continue;
    }
    GroupOf(entry->path, group);
    same_group = before && !strcmp(group, last);
    if (!same_group || !SameText(entry->selector, before->selector) || !SameText(entry->word, before->word)) {
      Heading(table, entry, group, same_group, stream);
    }
    PetscCall(Row(entry, stream));
    before = entry;
    (void)snprintf(last, sizeof(last), "%s", group);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode TableReference(ParameterTable table, FILE *stream) {
  const char *protocol = TableMeaning(table, "protocol");

  PetscFunctionBeginUser;
  (void)fputs("# Parameter reference\n\nMade from the program's own table by `lisei help reference`; do not edit.\n\n"
              "Every dimensional value is written `number unit`, in any unit of the right dimension that UDUNITS-2 "
              "knows. Where an\n"
              "energy per amount is due, one per particle (`0.4 eV`) is taken too. *required*: there is no default; "
              "*not set*: the\n"
              "key may be left out. Sign: positive current and potential are anodic, that is stripping of the lithium "
              "electrode.\n",
              stream);
  PetscCall(Part(table, false, stream));
  (void)fprintf(stream, "\n# Protocol\n\n%s.\n", protocol ? protocol : "Steps");
  PetscCall(Part(table, true, stream));
  (void)fputs("\n# Other keys\n\n| key | meaning |\n|---|---|\n"
              "| `include` | another deck, or a list of decks, relative to this one; its keys hold unless this deck "
              "overrides them |\n"
              "| `petsc` | options for PETSc, `name: value`; nested names are joined by `_` |\n",
              stream);
  PetscFunctionReturn(0);
}
