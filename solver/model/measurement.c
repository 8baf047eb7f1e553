#include "measurement.h"
#include <math.h>
#include <string.h>

static const char *Key(const char *prefix, const char *name) {
  static char key[64];

  (void)snprintf(key, sizeof key, "%s%s", prefix, name);
  return key;
}

/* A logarithmic range from the highest to the lowest frequency, both of which are in it. */
static PetscErrorCode ReadRange(DeckStep source, const char *prefix, Diagnostics diagnostics, Measurement *m) {
  const double high = DeckStepReal(source, Key(prefix, "highest_frequency"));
  const double low = DeckStepReal(source, Key(prefix, "lowest_frequency"));
  const double each = (double)DeckStepInteger(source, Key(prefix, "points_per_decade"));

  PetscFunctionBeginUser;
  if (low > high) {
    PetscCall(DiagnosticsAdd(diagnostics, m->file, m->line, Key(prefix, "lowest_frequency"),
                             "%g Hz is above highest_frequency, %g Hz", low, high));
    PetscFunctionReturn(0);
  }
  m->count = low == high ? 1 : 1 + (PetscInt)ceil(each * log10(high / low) - 1e-9);
  PetscCall(PetscMalloc1(m->count, &m->frequency));
  for (PetscInt k = 0; k < m->count; k++) {
    m->frequency[k] = k + 1 == m->count ? low : high * pow(low / high, (double)k / (double)PetscMax(1, m->count - 1));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadList(DeckStep source, const char *prefix, Measurement *m) {
  const char *key = Key(prefix, "frequencies");
  PetscBool rising = PETSC_TRUE, falling = PETSC_TRUE;

  PetscFunctionBeginUser;
  m->count = DeckStepListLength(source, key);
  PetscCall(PetscMalloc1(m->count, &m->frequency));
  for (PetscInt k = 0; k < m->count; k++) {
    m->frequency[k] = -DeckStepListReal(source, key, k);
    rising = k && -m->frequency[k] < -m->frequency[k - 1] ? PETSC_FALSE : rising;
    falling = k && -m->frequency[k] > -m->frequency[k - 1] ? PETSC_FALSE : falling;
  }
  m->sorted = rising || falling ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(PetscSortReal(m->count, m->frequency));
  for (PetscInt k = 0; k < m->count; k++) {
    m->frequency[k] = -m->frequency[k];
  }
  PetscFunctionReturn(0);
}

PetscErrorCode MeasurementRead(DeckStep source, const char *prefix, Diagnostics diagnostics, Measurement *m) {
  const bool list =
      DeckStepIsSet(source, Key(prefix, "frequencies")) && DeckStepListLength(source, Key(prefix, "frequencies")) > 0;
  const bool high = DeckStepIsSet(source, Key(prefix, "highest_frequency"));
  const bool low = DeckStepIsSet(source, Key(prefix, "lowest_frequency"));

  PetscFunctionBeginUser;
  *m = (Measurement){.source = source};
  DeckStepWhere(source, &m->file, &m->line);
  m->amplitude = DeckStepReal(source, Key(prefix, "amplitude"));
  m->live = strcmp(DeckStepText(source, Key(prefix, "slow_states")), "live") ? PETSC_FALSE : PETSC_TRUE;
  m->spectrum = DeckStepBoolean(source, Key(prefix, "spectrum")) ? PETSC_TRUE : PETSC_FALSE;
  m->rings = DeckStepBoolean(source, Key(prefix, "rings")) ? PETSC_TRUE : PETSC_FALSE;
  if (list && (high || low)) {
    PetscCall(DiagnosticsAdd(diagnostics, m->file, m->line, Key(prefix, "frequencies"),
                             "give either a list of frequencies or a range, not both"));
  } else if (list) {
    PetscCall(ReadList(source, prefix, m));
  } else if (high && low) {
    PetscCall(ReadRange(source, prefix, diagnostics, m));
  } else {
    PetscCall(DiagnosticsAdd(diagnostics, m->file, m->line, Key(prefix, "frequencies"),
                             "no frequencies: give highest_frequency and lowest_frequency, or a list `frequencies`"));
  }
  PetscFunctionReturn(0);
}
