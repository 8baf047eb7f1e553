/* The reference deck: every key with unit, default and meaning. Groups of laws that are not chosen stand as comments.
 */
#include "parameter_text.h"
#include "table.h"
#include "words.h"
#include "yaml_tree.h"
#include <string.h>

enum { VALUE_COLUMN = 46 };

static void Indent(FILE *stream, PetscInt level) {
  for (PetscInt i = 0; i < level; i++) {
    (void)fputs("  ", stream);
  }
}

/* "# " in front of lines that are not used, behind the indentation of the used part. */
static void Begin(FILE *stream, PetscInt level, bool used) {
  (void)fputs(used ? "" : "# ", stream);
  Indent(stream, level);
}

/* Length of the groups that two paths have in common, with the dot behind them. */
static size_t Shared(const char *path, const char *other) {
  size_t shared = 0;

  for (size_t i = 0; path[i] && other && path[i] == other[i]; i++) {
    if (path[i] == '.') {
      shared = i + 1;
    }
  }
  return shared;
}

/* Groups on the way to `path`, which is the end of the entry's path, that are not open since the entry before; a used
   key needs them open outside a comment, since the used entry before. Returns the level of the key. */
static PetscInt OpenGroups(ParameterTable table, const TableEntry *entry, const char *path, const char *before,
                           const char *used_before, PetscInt level, bool used, FILE *stream) {
  size_t shared = Shared(path, used_before), start = 0;

  if (!used && Shared(path, before) > shared) {
    shared = Shared(path, before);
  }
  for (size_t i = 0; path[i]; i++) {
    if (path[i] != '.') {
      continue;
    }
    if (i >= shared) {
      char group[PATH_LENGTH], words[PATH_LENGTH];
      const char *meaning = NULL;
      (void)snprintf(group, sizeof(group), "%.*s", (int)((size_t)(path - entry->path) + i), entry->path);
      meaning = TableMeaning(table, group);
      Begin(stream, level, used);
      (void)fprintf(stream, "%.*s:%s%s", (int)(i - start), path + start, meaning ? "  # " : "", meaning ? meaning : "");
      if (!used && entry->selector) {
        WordList(entry->word, words, sizeof(words));
        (void)fprintf(stream, "%s(used when %s is %s)", meaning ? " " : "  # ", entry->selector, words);
      }
      (void)fputc('\n', stream);
    }
    start = i + 1;
    level++;
  }
  return level;
}

static PetscErrorCode WriteKey(const TableEntry *entry, const char *path, PetscInt level, bool used, FILE *stream) {
  const Parameter *declaration = entry->declaration;
  const bool unset = declaration->fallback && !declaration->fallback[0] && declaration->kind != PARAMETER_TEXT;
  const char *dot = strrchr(path, '.'), *name = dot ? dot + 1 : path;
  char example[PATH_LENGTH], range[256], line[2 * PATH_LENGTH], words[1024];
  FILE *buffer = NULL;

  PetscFunctionBeginUser;
  PetscCall(ParameterExample(entry->path, declaration, example, sizeof(example)));
  PetscCall(ParameterRange(declaration, range, sizeof(range)));
  /* A key that may be left unset is shown, but not set. */
  Begin(stream, level, used);
  if (unset && used) {
    (void)fputs("# ", stream);
  }
  buffer = fmemopen(line, sizeof(line), "w");
  PetscCheck(buffer, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for a line");
  (void)fprintf(buffer, "%s: ", name);
  if (IsList(declaration) || declaration->kind == PARAMETER_BOOLEAN) {
    (void)fputs(example, buffer);
  } else {
    YamlWriteText(buffer, example);
  }
  (void)fclose(buffer);
  (void)fprintf(stream, "%-*s # ", VALUE_COLUMN - (int)(2 * level), line);
  if (ParameterUnit(declaration)[0]) {
    (void)fprintf(stream, "[%s] ", ParameterUnit(declaration));
  }
  (void)fputs(declaration->meaning, stream);
  if (declaration->choices) {
    WordList(declaration->choices, words, sizeof(words));
    (void)fprintf(stream, "; one of %s", words);
  }
  if (!declaration->fallback) {
    (void)fputs("; required", stream);
  } else if (unset) {
    (void)fputs("; not set by default", stream);
  }
  if (range[0]) {
    (void)fprintf(stream, "; valid: %s", range);
  }
  (void)fputc('\n', stream);
  PetscFunctionReturn(0);
}

/* Keys below `group`, indented; used ones as they are, others as comments. `comment`: everything is a comment. */
static PetscErrorCode WriteKeys(ParameterTable table, const char *group, PetscInt level, bool comment, FILE *stream) {
  const char *before = NULL, *used_before = NULL;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < table->count; i++) {
    const TableEntry *entry = &table->entries[i];
    const char *rest = PathBelow(entry->path, group);
    const bool used = !comment && TableUsedByDefault(table, entry);
    PetscInt depth;
    if (!rest || (!group[0] && PathBelow(rest, "protocol"))) {
      continue;
    }
    if (comment && PathBelow(rest, "until")) {
      continue; /* shown once, in the first kind of step */
    }
    if (!group[0] && before && strncmp(before, rest, strcspn(rest, ".") + 1) != 0) {
      (void)fputc('\n', stream);
    }
    depth = OpenGroups(table, entry, rest, before, used_before, level, used, stream);
    PetscCall(WriteKey(entry, rest, depth, used, stream));
    before = rest;
    if (used) {
      used_before = rest;
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteProtocol(ParameterTable table, FILE *stream) {
  char last[PATH_LENGTH] = "";
  const char *meaning = TableMeaning(table, "protocol");

  PetscFunctionBeginUser;
  (void)fprintf(stream, "\nprotocol:  # %s\n", meaning ? meaning : "list of steps");
  for (PetscInt i = 0; i < table->count; i++) {
    const char *rest = PathBelow(table->entries[i].path, "protocol");
    char kind[64], group[PATH_LENGTH], until[PATH_LENGTH];
    bool first;
    if (!rest) {
      continue;
    }
    (void)snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(rest, "."), rest);
    if (!strcmp(kind, last)) {
      continue;
    }
    first = !last[0]; /* the first kind is carried out, the others are shown */
    (void)snprintf(last, sizeof(last), "%s", kind);
    PathJoin("protocol", kind, group);
    meaning = TableMeaning(table, group);
    (void)fprintf(stream, "%s  - %s:  # %s\n", first ? "" : "\n# ", kind, meaning ? meaning : "");
    PetscCall(WriteKeys(table, group, 3, !first, stream));
    PathJoin(group, "until", until);
    if (!first && TableIsGroup(table, until)) {
      (void)fputs("#       until:  # as above\n", stream);
    }
    if (!strcmp(kind, "repeat")) {
      (void)fputs("#       steps:\n#         - rest: {duration: 1 min}\n", stream);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode TableDeck(ParameterTable table, FILE *stream) {
  PetscFunctionBeginUser;
  (void)fputs(
      "# Every key of a lisei deck: its default (or a value that would do, where it is required), [unit], "
      "meaning, range.\n"
      "# Keys that only a law or option uses which is not the default stand as comments.\n"
      "# Any unit of the right dimension may be written. Sign: positive current and potential are anodic "
      "(stripping).\n"
      "# A value may carry its plausible range, source and fit: {value: 2.8 mS/cm, range: [2.5 mS/cm, 5 mS/cm], "
      "source: ...}.\n\n"
      "# include: parameters.yaml                      # another deck, or a list of them; this deck overrides "
      "its keys\n",
      stream);
  PetscCall(WriteKeys(table, "", 0, false, stream));
  PetscCall(WriteProtocol(table, stream));
  (void)fputs("\n# petsc:                                         # options for PETSc, name: value\n#   log_view:\n",
              stream);
  PetscFunctionReturn(0);
}
