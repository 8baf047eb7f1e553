#include "waveform.h"
#include "number.h"
#include "plain_text.h"
#include "units.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

enum { MOST_ERRORS = 20 }; /* of one file; the rest would only repeat them */

typedef struct {
  FILE *stream;
  const char *path;
  int line;
  char unit[2][64]; /* of the two columns, as the header gives them */
  double area;      /* [m^2] to multiply current densities with */
  bool areal;       /* the second column is one */
  Diagnostics diagnostics;
  PetscInt errors_before;
} Table;

static char *Trim(char *text) {
  size_t length;

  while (isspace((unsigned char)*text)) {
    text++;
  }
  length = strlen(text);
  while (length > 0 && isspace((unsigned char)text[length - 1])) {
    text[--length] = '\0';
  }
  return text;
}

/* Cut a line in two at its comma; false if it has not exactly two fields. */
static bool Split(char *line, char *field[2]) {
  char *comma = strchr(line, ',');

  if (!comma || strchr(comma + 1, ',')) {
    return false;
  }
  *comma = '\0';
  field[0] = Trim(line);
  field[1] = Trim(comma + 1);
  return true;
}

/* The unit in "name [unit]"; SI if there is none. */
static PetscErrorCode ReadHeader(Table *table, char *field[2], const char *const si[2]) {
  PetscFunctionBeginUser;
  for (int k = 0; k < 2; k++) {
    const char *open = strchr(field[k], '['), *close = open ? strchr(open, ']') : NULL;
    char unit[64];
    const char *expected = NULL, *got = NULL;
    UnitsFit fit;
    double value;
    if (!close) {
      continue;
    }
    (void)snprintf(unit, sizeof(unit), "%.*s", (int)(close - open - 1), open + 1);
    if (!PlainNumber(unit, table->unit[k], sizeof(table->unit[k]))) {
      (void)snprintf(table->unit[k], sizeof(table->unit[k]), "%s", unit);
    }
    PetscCall(UnitsConvert("1", table->unit[k], si[k], &value, &fit));
    if (fit == UNITS_DIFFER && !strcmp(si[k], "A") && table->area > 0.) {
      PetscCall(UnitsConvert("1", table->unit[k], "A m-2", &value, &fit));
      table->areal = fit == UNITS_FIT;
    }
    if (fit == UNITS_FIT) {
      continue;
    }
    PetscCall(UnitsQuantity(si[k], &expected));
    if (fit == UNITS_DIFFER) {
      PetscCall(UnitsQuantity(table->unit[k], &got));
    }
    PetscCall(DiagnosticsAdd(table->diagnostics, table->path, table->line, NULL,
                             "column %d: expected %s (unit such as %s), got %s '[%s]'", k + 1, expected, si[k],
                             got ? got : (fit == UNITS_DIFFER ? "the unit" : "the unknown unit"), table->unit[k]));
    (void)snprintf(table->unit[k], sizeof(table->unit[k]), "%s", si[k]); /* go on: numbers can still be checked */
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadRow(Table *table, char *field[2], const char *const si[2], double row[2], bool *good) {
  PetscFunctionBeginUser;
  *good = true;
  for (int k = 0; k < 2; k++) {
    char number[NUMBER_LENGTH], plain[256], unlike[160];
    const char *rest = NULL;
    UnitsFit fit;
    row[k] = NAN;
    if (PlainNumber(field[k], plain, sizeof(plain)) && NumberSplit(plain, number, &rest) && !rest[0]) {
      PetscCall(UnitsConvert(number, table->unit[k], k && table->areal ? "A m-2" : si[k], &row[k], &fit));
      row[k] *= k && table->areal ? table->area : 1.;
    }
    if (isfinite(row[k])) {
      continue;
    }
    *good = false;
    PlainComplaint(field[k], strlen(field[k]), unlike, sizeof(unlike));
    PetscCall(DiagnosticsAdd(table->diagnostics, table->path, table->line, NULL,
                             "column %d: expected a finite number, got '%s'%s", k + 1, field[k], unlike));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Append(Waveform waveform, const double row[2]) {
  PetscFunctionBeginUser;
  if (waveform->count == waveform->capacity) {
    waveform->capacity = 2 * waveform->capacity + 256;
    PetscCall(PetscRealloc((size_t)waveform->capacity * sizeof(double), &waveform->time));
    PetscCall(PetscRealloc((size_t)waveform->capacity * sizeof(double), &waveform->value));
  }
  waveform->time[waveform->count] = row[0];
  waveform->value[waveform->count++] = row[1];
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadLine(Table *table, char *line, const char *const si[2], bool *first, Waveform waveform) {
  char *field[2] = {NULL, NULL};
  double row[2];
  bool good = false;

  PetscFunctionBeginUser;
  if (!Split(line, field)) {
    PetscCall(DiagnosticsAdd(table->diagnostics, table->path, table->line, NULL,
                             "expected two columns 'time,%s' separated by one comma",
                             strcmp(si[1], "V") ? "current" : "potential"));
    *first = false;
    PetscFunctionReturn(0);
  }
  if (*first && isalpha((unsigned char)field[0][0]) && isalpha((unsigned char)field[1][0]) &&
      strcasecmp(field[0], "nan") != 0) {
    *first = false;
    PetscCall(ReadHeader(table, field, si));
    PetscFunctionReturn(0);
  }
  *first = false;
  PetscCall(ReadRow(table, field, si, row, &good));
  if (good && waveform->count > 0 && row[0] <= waveform->time[waveform->count - 1]) {
    PetscCall(DiagnosticsAdd(table->diagnostics, table->path, table->line, NULL,
                             "the time %g s does not come after %g s of the row before: times must increase", row[0],
                             waveform->time[waveform->count - 1]));
    good = false;
  }
  if (good) {
    PetscCall(Append(waveform, row));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadLines(Table *table, const char *const si[2], Waveform waveform) {
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  bool first = true;

  PetscFunctionBeginUser;
  while ((length = getline(&line, &size, table->stream)) >= 0) {
    const bool cut = strlen(line) != (size_t)length;
    const bool marked = table->line == 0 && !strncmp(line, "\xEF\xBB\xBF", 3); /* spreadsheets put a byte-order mark */
    char *text = Trim(marked ? line + 3 : line);
    table->line++;
    if (cut) { /* it would cut the line, and nobody would see it */
      PetscCall(DiagnosticsAdd(table->diagnostics, table->path, table->line, NULL,
                               "the line holds a NUL character: the file is damaged, or not plain text"));
      first = false;
    } else if (!text[0] || text[0] == '#') {
      continue;
    } else {
      PetscCall(ReadLine(table, text, si, &first, waveform));
    }
    if (DiagnosticsCount(table->diagnostics) - table->errors_before < MOST_ERRORS) {
      continue;
    }
    PetscCall(DiagnosticsAdd(table->diagnostics, table->path, table->line, NULL,
                             "further errors in this file are not shown"));
    break;
  }
  if (ferror(table->stream)) {
    PetscCall(DiagnosticsAdd(table->diagnostics, table->path, 0, NULL, "cannot be read: %s", strerror(errno)));
  }
  free(line);
  PetscFunctionReturn(0);
}

PetscErrorCode WaveformRead(const char *path, const char *unit, double area, Diagnostics diagnostics,
                            Waveform *waveform) {
  const char *const si[2] = {"s", unit};
  Table table = {
      .path = path, .area = area, .diagnostics = diagnostics, .errors_before = DiagnosticsCount(diagnostics)};

  PetscFunctionBeginUser;
  PetscCall(PetscNew(waveform));
  for (int k = 0; k < 2; k++) {
    (void)snprintf(table.unit[k], sizeof(table.unit[k]), "%s", si[k]);
  }
  table.stream = fopen(path, "r");
  if (table.stream) {
    PetscCall(ReadLines(&table, si, *waveform));
    (*waveform)->areal = table.areal;
    (void)fclose(table.stream);
    if (DiagnosticsCount(diagnostics) == table.errors_before && (*waveform)->count < 2) {
      PetscCall(DiagnosticsAdd(diagnostics, path, 0, NULL,
                               "holds %" PetscInt_FMT " rows of numbers: a waveform needs at least two",
                               (*waveform)->count));
    }
  } else {
    PetscCall(DiagnosticsAdd(diagnostics, path, 0, NULL, "cannot be read: %s", strerror(errno)));
  }
  if (DiagnosticsCount(diagnostics) != table.errors_before) {
    PetscCall(WaveformDestroy(waveform));
  } else {
    for (PetscInt i = (*waveform)->count - 1; i >= 0; i--) {
      (*waveform)->time[i] -= (*waveform)->time[0];
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode WaveformDestroy(Waveform *waveform) {
  PetscFunctionBeginUser;
  if (!*waveform) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscFree((*waveform)->time));
  PetscCall(PetscFree((*waveform)->value));
  PetscCall(PetscFree(*waveform));
  PetscFunctionReturn(0);
}
