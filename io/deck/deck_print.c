/* A deck for people (values used, with their origin) and for the next run (all of it resolved). */
#include "deck_private.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- resolved deck
 * ------------------------------------------------------------------------------------------------------ */

static void Indent(FILE *stream, PetscInt level) {
  for (PetscInt i = 0; i < level; i++) {
    (void)fputs("  ", stream);
  }
}

/* Values are written as they were read, so that they are read to the same bits again. */
static void WriteValue(FILE *stream, const DeckValue *value) {
  const bool list = IsList(value->entry->declaration);

  if (list) {
    (void)fputc('[', stream);
  }
  for (PetscInt i = 0; i < value->count; i++) {
    if (i) {
      (void)fputs(", ", stream);
    }
    if (value->entry->declaration->kind == PARAMETER_BOOLEAN) {
      (void)fputs(value->integer ? "true" : "false", stream);
    } else {
      YamlWriteText(stream, value->written[i]);
    }
  }
  if (list) {
    (void)fputc(']', stream);
  }
}

/* A waveform is found from any folder by its absolute path, or beside the deck if it was put there. */
static void WriteFile(FILE *stream, const DeckValue *value, const char *settled) {
  char real[PATH_MAX];

  if (settled[0]) {
    YamlWriteText(stream, settled);
    return;
  }
  YamlWriteText(stream, realpath(value->written[0], real) ? real : value->written[0]);
}

/* Open the groups on the way to `path` that are not open since the entry before it. Returns the level of the key. */
static PetscInt OpenGroups(FILE *stream, const char *path, const char *before, PetscInt level) {
  size_t shared = 0, start = 0;

  for (size_t i = 0; path[i] && before && path[i] == before[i]; i++) {
    if (path[i] == '.') {
      shared = i + 1;
    }
  }
  for (size_t i = 0; path[i]; i++) {
    if (path[i] != '.') {
      continue;
    }
    if (i >= shared) {
      Indent(stream, level);
      (void)fprintf(stream, "%.*s:\n", (int)(i - start), path + start);
    }
    start = i + 1;
    level++;
  }
  return level;
}

/* The table keeps the keys of a group together, so that each group is opened once. */
static PetscErrorCode WriteValues(FILE *stream, const DeckValues *values, const char *settled, PetscInt level) {
  const char *before = NULL;
  char comment[5 * COMMENT_LENGTH], *path;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < values->count; i++) {
    const DeckValue *value = &values->value[i];
    const char *rest = PathBelow(value->entry->path, values->group), *dot = strrchr(rest, '.');
    if (!value->used || !value->filled) {
      continue;
    }
    Indent(stream, OpenGroups(stream, rest, before, level));
    before = rest;
    (void)fputs(dot ? dot + 1 : rest, stream);
    (void)fputs(": ", stream);
    if (!strcmp(value->entry->path, "protocol.waveform.file")) {
      WriteFile(stream, value, settled);
    } else if (!strcmp(value->entry->path, "sei.block.map.file")) {
      PetscCall(DeckRelativePath(value->file ? value->file : "", value->written[0], &path));
      WriteFile(stream, &(DeckValue){.written = &path}, "");
      PetscCall(PetscFree(path));
    } else {
      WriteValue(stream, value);
    }
    PetscCall(DeckAnnotationComment(value, comment, sizeof(comment)));
    if (!value->set) {
      (void)fputs("  # default", stream);
    } else if (comment[0]) {
      (void)fprintf(stream, "  # %s", comment);
    }
    (void)fputc('\n', stream);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteSteps(FILE *stream, PetscInt count, DeckStep steps[], PetscInt level) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < count; i++) {
    Indent(stream, level);
    (void)fprintf(stream, "- %s:\n", steps[i]->kind);
    PetscCall(WriteValues(stream, &steps[i]->values, steps[i]->settled, level + 2));
    if (!steps[i]->child_count) {
      continue;
    }
    Indent(stream, level + 2);
    (void)fputs("steps:\n", stream);
    PetscCall(WriteSteps(stream, steps[i]->child_count, steps[i]->child, level + 3));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteResolved(Deck deck, FILE *stream) {
  PetscFunctionBeginUser;
  PetscCall(WriteValues(stream, &deck->values, "", 0));
  if (deck->step_count) {
    (void)fputs("protocol:\n", stream);
  }
  PetscCall(WriteSteps(stream, deck->step_count, deck->step, 1));
  if (deck->option_count) {
    (void)fputs("petsc:\n", stream);
  }
  for (PetscInt i = 0; i < deck->option_count; i++) {
    (void)fprintf(stream, "  %s: ", deck->option[i].name + 1);
    YamlWriteText(stream, deck->option[i].value);
    (void)fputc('\n', stream);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckResolved(Deck deck, char **text) {
  char *buffer = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&buffer, &size);

  PetscFunctionBeginUser;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the resolved deck");
  PetscCall(WriteResolved(deck, stream));
  PetscCheck(fclose(stream) == 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the resolved deck");
  PetscCall(PetscStrallocpy(buffer, text));
  free(buffer);
  PetscFunctionReturn(0);
}

/* --- table of values
 * ------------------------------------------------------------------------------------------------------ */

static void Origin(const DeckValue *value, char *text, size_t size) {
  if (!value->set) {
    (void)snprintf(text, size, "default");
  } else if (value->line > 0) {
    (void)snprintf(text, size, "%s:%d", value->file, value->line);
  } else {
    (void)snprintf(text, size, "%s", value->file);
  }
}

/* The value in SI where it differs from what is shown: "4.82e-06 m". */
static void InSi(const DeckValue *value, char *text, size_t size) {
  const Parameter *declaration = value->entry->declaration;
  size_t used = 0;

  text[0] = '\0';
  if (!IsNumberWithUnit(declaration) || !declaration->shown || !strcmp(declaration->shown, declaration->unit)) {
    return;
  }
  for (PetscInt i = 0; i < value->count && used < size; i++) {
    used += (size_t)snprintf(text + used, size - used, "%s%.10g", i ? ", " : "", value->real[i]);
  }
  if (used < size && value->count) {
    (void)snprintf(text + used, size - used, " %s", declaration->unit);
  }
}

static PetscErrorCode PrintValues(FILE *stream, const DeckValues *values) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < values->count; i++) {
    const DeckValue *value = &values->value[i];
    char key[PATH_LENGTH], shown[1024], si[1024], origin[PATH_LENGTH], comment[5 * COMMENT_LENGTH];
    if (!value->used || !value->filled) {
      continue;
    }
    PathJoin(values->shown, PathBelow(value->entry->path, values->group), key);
    PetscCall(DeckValueShow(value, shown, sizeof(shown)));
    InSi(value, si, sizeof(si));
    Origin(value, origin, sizeof(origin));
    (void)fprintf(stream, "%-46s %-22s %-26s %s%s%s\n", key, shown, si, origin, value->areal ? ", written as " : "",
                  value->areal ? value->written[0] : "");
    PetscCall(DeckAnnotationComment(value, comment, sizeof(comment)));
    if (comment[0]) {
      WrapText(stream, comment, 4);
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode PrintSteps(FILE *stream, PetscInt count, DeckStep steps[]) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < count; i++) {
    PetscCall(PrintValues(stream, &steps[i]->values));
    PetscCall(PrintSteps(stream, steps[i]->child_count, steps[i]->child));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckPrint(Deck deck, FILE *stream) {
  PetscInt idle = 0;

  PetscFunctionBeginUser;
  (void)fprintf(stream, "%-46s %-22s %-26s %s\n", "key", "value", "in SI", "origin");
  PetscCall(PrintValues(stream, &deck->values));
  PetscCall(PrintSteps(stream, deck->step_count, deck->step));
  for (PetscInt i = 0; i < deck->option_count; i++) {
    (void)fprintf(stream, "petsc %-40s %s\n", deck->option[i].name, deck->option[i].value);
  }
  for (PetscInt i = 0; i < deck->values.count; i++) {
    const DeckValue *value = &deck->values.value[i];
    char origin[PATH_LENGTH];
    if (!value->set || value->used) {
      continue;
    }
    Origin(value, origin, sizeof(origin));
    (void)fprintf(stream, "%s%s (%s)",
                  idle++ ? ", " : "not used, because another source chose otherwise: ", value->entry->path, origin);
  }
  if (idle) {
    (void)fputc('\n', stream);
  }
  PetscFunctionReturn(0);
}
