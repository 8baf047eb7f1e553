#include "../../io/deck/number.h"
#include "../../io/deck/units.h"
#include "fit_study.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 256, LINE_MAX_LENGTH = 65536 };

/* Cut a line at commas, semicolons or tabs; blanks and quotes around a cell go. */
static PetscInt Split(char *line, char *cells[CELLS_MAX]) {
  PetscInt count = 0;
  char *next = line;

  while (next && count < CELLS_MAX) {
    char *cell = next, *end;
    next = strpbrk(cell, ",;\t");
    if (next) {
      *next++ = '\0';
    }
    cell += strspn(cell, " \"");
    end = cell + strlen(cell);
    while (end > cell && (isspace((unsigned char)end[-1]) || end[-1] == '"')) {
      *--end = '\0';
    }
    cells[count++] = cell;
  }
  return count;
}

/* The unit in "name [unit]" or "name/unit"; empty if there is none. */
static void HeaderUnit(const char *header, char unit[64]) {
  const char *open = strrchr(header, '['), *slash = strrchr(header, '/');

  unit[0] = '\0';
  if (open && strchr(open, ']')) {
    (void)snprintf(unit, 64, "%.*s", (int)(strchr(open, ']') - open - 1), open + 1);
  } else if (slash) {
    (void)snprintf(unit, 64, "%s", slash + 1);
  }
}

/* Which cell of the header is `name`, with or without its unit; `fallback` if none is asked for. */
static PetscErrorCode FindColumn(const char *path, int line, const char *name, PetscInt fallback, PetscInt count,
                                 char *const cells[], Diagnostics diagnostics, PetscInt *column) {
  char known[FIT_TEXT] = "";

  PetscFunctionBeginUser;
  *column = name ? -1 : fallback;
  for (PetscInt k = 0; k < count && name; k++) {
    const size_t length = strcspn(cells[k], "[/"), used = strlen(known);
    size_t bare = length;
    while (bare > 0 && cells[k][bare - 1] == ' ') {
      bare--;
    }
    if (!strcmp(cells[k], name) || (strlen(name) == bare && !strncmp(cells[k], name, bare))) {
      *column = k;
    }
    (void)snprintf(known + used, sizeof known - used, "%s'%s'", k ? ", " : "", cells[k]);
  }
  if (*column < 0) {
    PetscCall(
        DiagnosticsAdd(diagnostics, path, line, NULL, "there is no column '%s': the columns are %s", name, known));
  } else if (*column >= count) {
    PetscCall(DiagnosticsAdd(diagnostics, path, line, NULL, "expected at least two columns, time and value"));
    *column = -1;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode FindFactor(const char *path, int line, const char *header, const char *given, const char *si,
                                 Diagnostics diagnostics, double *factor) {
  char unit[64];
  UnitsFit fit;

  PetscFunctionBeginUser;
  HeaderUnit(header, unit);
  if (given) {
    (void)snprintf(unit, sizeof unit, "%s", given);
  }
  if (!unit[0]) {
    PetscCall(DiagnosticsAdd(diagnostics, path, line, header,
                             "the unit of this column is not known: write it behind the name, as in 'current [nA]' or "
                             "'I/nA', or give time_unit, value_unit in the fit"));
    PetscFunctionReturn(0);
  }
  PetscCall(UnitsConvert("1", unit, si, factor, &fit));
  if (fit != UNITS_FIT) {
    PetscCall(DiagnosticsAdd(diagnostics, path, line, header, "'%s' is no unit that becomes %s", unit, si));
  }
  PetscFunctionReturn(0);
}

/* The number of a cell. */
static PetscErrorCode ReadCell(const char *path, int line, const char *what, PetscInt column, PetscInt count,
                               char *const cells[], Diagnostics diagnostics, double *number) {
  char digits[NUMBER_LENGTH];
  const char *rest;

  PetscFunctionBeginUser;
  *number = NAN;
  if (column >= count || !cells[column] || !*cells[column]) {
    PetscCall(DiagnosticsAdd(diagnostics, path, line, what, "a gap: no number in column %d", (int)column + 1));
  } else if (!NumberSplit(cells[column], digits, &rest) || *rest) {
    PetscCall(DiagnosticsAdd(diagnostics, path, line, what, "expected a number, got '%.100s'", cells[column]));
  } else {
    *number = strtod(digits, NULL);
  }
  PetscFunctionReturn(0);
}

typedef struct {
  PetscInt column[2];
  double factor[2];
} Layout;

static PetscErrorCode ReadHeader(const char *path, int line, char *text, const FitColumns *columns,
                                 Diagnostics diagnostics, Layout *layout) {
  char *cells[CELLS_MAX] = {NULL};
  const PetscInt count = Split(text, cells);

  PetscFunctionBeginUser;
  PetscCall(FindColumn(path, line, columns->time, 0, count, cells, diagnostics, &layout->column[0]));
  PetscCall(FindColumn(path, line, columns->value, 1, count, cells, diagnostics, &layout->column[1]));
  for (int k = 0; k < 2; k++) {
    if (layout->column[k] >= 0) {
      PetscCall(FindFactor(path, line, cells[layout->column[k]], k ? columns->value_unit : columns->time_unit,
                           k ? columns->si : "s", diagnostics, &layout->factor[k]));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadRow(const char *path, int line, char *text, const Layout *layout, Diagnostics diagnostics,
                              PetscInt *count, double **time, double **value) {
  char *cells[CELLS_MAX] = {NULL};
  const PetscInt found = Split(text, cells);
  double t, v;

  PetscFunctionBeginUser;
  PetscCall(ReadCell(path, line, "time", layout->column[0], found, cells, diagnostics, &t));
  PetscCall(ReadCell(path, line, "value", layout->column[1], found, cells, diagnostics, &v));
  t *= layout->factor[0];
  if (*count > 0 && t < (*time)[*count - 1]) {
    PetscCall(DiagnosticsAdd(diagnostics, path, line, "time", "the time goes back from %g s to %g s",
                             (*time)[*count - 1], t));
  }
  if (*count % 1024 == 0) {
    PetscCall(PetscRealloc((size_t)(*count + 1024) * sizeof(double), time));
    PetscCall(PetscRealloc((size_t)(*count + 1024) * sizeof(double), value));
  }
  (*time)[*count] = t;
  (*value)[(*count)++] = v * layout->factor[1];
  PetscFunctionReturn(0);
}

PetscErrorCode FitDataRead(const char *path, const FitColumns *columns, Diagnostics diagnostics, PetscInt *count,
                           double **time, double **value) {
  const PetscInt before = DiagnosticsCount(diagnostics);
  FILE *file = fopen(path, "r");
  Layout layout = {{-1, -1}, {1.0, 1.0}};
  char *text;
  int line = 0;

  PetscFunctionBeginUser;
  *count = 0;
  if (!file) {
    PetscCall(DiagnosticsAdd(diagnostics, path, 0, NULL, "the data cannot be read: %s", strerror(errno)));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(LINE_MAX_LENGTH, &text));
  while (fgets(text, LINE_MAX_LENGTH, file) && DiagnosticsCount(diagnostics) < before + 20) {
    line++;
    if (text[0] == '#' || text[strspn(text, " \t\r\n")] == '\0') {
      continue;
    }
    if (layout.column[0] < 0) {
      PetscCall(ReadHeader(path, line, text, columns, diagnostics, &layout));
      if (DiagnosticsCount(diagnostics) != before) {
        break;
      }
    } else {
      PetscCall(ReadRow(path, line, text, &layout, diagnostics, count, time, value));
    }
  }
  (void)fclose(file);
  PetscCall(PetscFree(text));
  if (DiagnosticsCount(diagnostics) == before && *count == 0) {
    PetscCall(DiagnosticsAdd(diagnostics, path, line, NULL,
                             "no data: expected a line of names and below it rows of numbers"));
  }
  PetscFunctionReturn(0);
}
