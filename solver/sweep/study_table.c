/* A design as a table: CSV, a header of names with units, a sample a line. "needle.pressure [MPa],lithium.creep". */
#include "../../io/deck/words.h"
#include "study.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

enum { MOST_ERRORS = 20, MOST_COLUMNS = 64 };

typedef struct {
  PetscInt parameter;
  char unit[128]; /* appended to the numbers of the column */
} Column;

static char *Trim(char *text) {
  size_t length;

  while (isspace((unsigned char)*text)) {
    text++;
  }
  length = strlen(text);
  while (length > 0 && isspace((unsigned char)text[length - 1])) {
    text[--length] = '\0';
  }
  if (length > 1 && text[0] == '"' && text[length - 1] == '"') {
    text[length - 1] = '\0';
    text++;
  }
  return text;
}

static PetscInt Split(char *line, char *fields[MOST_COLUMNS]) {
  PetscInt count = 0;
  char *rest = line;

  while (rest && count < MOST_COLUMNS) {
    char *field = strsep(&rest, ",");
    fields[count++] = Trim(field);
  }
  return rest ? MOST_COLUMNS + 1 : count;
}

static PetscErrorCode FindParameter(ParameterTable table, Study study, const char *name, int line,
                                    Diagnostics diagnostics, PetscInt *index) {
  StudyParameter *p;
  const Parameter *declaration;

  PetscFunctionBeginUser;
  for (*index = 0; *index < study->parameter_count; ++*index) {
    if (!strcmp(study->parameters[*index].name, name)) {
      PetscFunctionReturn(0);
    }
  }
  PetscCall(PetscRealloc((size_t)(study->parameter_count + 1) * sizeof *study->parameters, &study->parameters));
  p = &study->parameters[study->parameter_count++];
  *p = (StudyParameter){.file = study->table, .line = line, .si = "", .key_count = 1};
  PetscCall(PetscStrallocpy(name, &p->name));
  PetscCall(PetscMalloc1(1, &p->keys));
  PetscCall(PetscStrallocpy(name, &p->keys[0]));
  declaration = StudyDeclaration(table, name);
  if (!declaration) {
    char suggestion[1024];
    PetscCall(StudySuggest(table, name, suggestion, sizeof suggestion));
    PetscCall(DiagnosticsAdd(diagnostics, study->table, line, NULL,
                             "'%s' is neither a parameter of the study nor a deck key%s", name, suggestion));
  } else {
    p->si = declaration->kind == PARAMETER_REAL || declaration->kind == PARAMETER_REAL_LIST ? declaration->unit
            : declaration->kind == PARAMETER_INTEGER                                        ? "1"
                                                                                            : "";
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadHeader(ParameterTable table, Study study, char *line, int number, Diagnostics diagnostics,
                                 PetscInt *count, Column columns[MOST_COLUMNS]) {
  char *fields[MOST_COLUMNS];

  PetscFunctionBeginUser;
  *count = Split(line, fields);
  if (*count > MOST_COLUMNS) {
    PetscCall(DiagnosticsAdd(diagnostics, study->table, number, NULL, "more than %d columns", MOST_COLUMNS));
    *count = 0;
  }
  for (PetscInt k = 0; k < *count; k++) {
    char *open = strchr(fields[k], '['), *close = open ? strchr(open, ']') : NULL;
    columns[k].unit[0] = '\0';
    if (close) {
      (void)snprintf(columns[k].unit, sizeof columns[k].unit, "%.*s", (int)(close - open - 1), open + 1);
      *open = '\0';
    }
    PetscCall(FindParameter(table, study, Trim(fields[k]), number, diagnostics, &columns[k].parameter));
    for (PetscInt j = 0; j < k; j++) {
      if (columns[j].parameter == columns[k].parameter) {
        PetscCall(DiagnosticsAdd(diagnostics, study->table, number, NULL, "two columns '%s'", Trim(fields[k])));
      }
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadRow(Study study, char *line, int number, PetscInt count, const Column columns[],
                              Diagnostics diagnostics) {
  char *fields[MOST_COLUMNS], value[512];
  const PetscInt found = Split(line, fields);

  PetscFunctionBeginUser;
  if (found != count) {
    PetscCall(
        DiagnosticsAdd(diagnostics, study->table, number, NULL, "expected %d columns, got %d", (int)count, (int)found));
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; k < count; k++) {
    const bool bare = !*columns[k].unit || !strcmp(columns[k].unit, "1");
    (void)snprintf(value, sizeof value, "%s%s%s", fields[k], bare ? "" : " ", bare ? "" : columns[k].unit);
    if (!*fields[k]) {
      PetscCall(DiagnosticsAdd(diagnostics, study->table, number, NULL, "column %d is empty", (int)k + 1));
    }
    PetscCall(StudyAddValue(&study->parameters[columns[k].parameter], value));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode StudyReadTable(ParameterTable table, Study study, Diagnostics diagnostics) {
  const PetscInt before = DiagnosticsCount(diagnostics);
  FILE *stream = fopen(study->table, "r");
  Column columns[MOST_COLUMNS];
  PetscInt count = 0;
  size_t size = 0;
  char *line = NULL;

  PetscFunctionBeginUser;
  if (!stream) {
    PetscCall(
        DiagnosticsAdd(diagnostics, study->path, study->table_line, "design",
                       "the table '%s' cannot be read: %s; scripts/sweep_design writes one from the ranges of the "
                       "parameters",
                       study->table, strerror(errno)));
    PetscFunctionReturn(0);
  }
  for (int number = 1; DiagnosticsCount(diagnostics) - before < MOST_ERRORS && getline(&line, &size, stream) >= 0;
       number++) {
    const size_t mark = number == 1 && !strncmp(line, "\xEF\xBB\xBF", 3) ? 3 : 0; /* of UTF-8, as spreadsheets write */
    const char *text = line + mark + strspn(line + mark, " \t\r\n");
    if (!*text || *text == '#') {
      if (number == 1 && *text) {
        line[strcspn(line, "\r\n")] = '\0'; /* what made the table */
        PetscCall(PetscStrallocpy(text + 1 + strspn(text + 1, " "), &study->origin));
      }
      continue;
    }
    if (!count) {
      PetscCall(ReadHeader(table, study, line + mark, number, diagnostics, &count, columns));
    } else {
      PetscCall(ReadRow(study, line, number, count, columns, diagnostics));
    }
  }
  free(line);
  (void)fclose(stream);
  for (PetscInt k = 0; k < study->parameter_count && DiagnosticsCount(diagnostics) == before; k++) {
    StudyParameter *p = &study->parameters[k];
    if (!p->values) {
      PetscCall(DiagnosticsAdd(diagnostics, study->table, 1, NULL, "the table has no column for the parameter '%s'",
                               p->name));
    } else {
      PetscCall(StudyNumbers(p, diagnostics));
    }
  }
  PetscFunctionReturn(0);
}
