#include "parts.h"

const PartKind *const PartKinds[] = {&part_crack, &part_grain, &part_sei, NULL};

const PartEnd *PartsEnd(PetscInt number, const PartKind **kind) {
  for (const PartKind *const *k = PartKinds; *k; k++) {
    if (number < (*k)->end_count) {
      if (kind) {
        *kind = *k;
      }
      return &(*k)->ends[number];
    }
    number -= (*k)->end_count;
  }
  return NULL;
}

PetscErrorCode PartsCheck(Deck deck, Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  for (const PartKind *const *k = PartKinds; *k; k++) {
    if ((*k)->check && (*k)->wanted(deck)) {
      PetscCall((*k)->check(deck, diagnostics));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode PartsCreate(Simulation simulation) {
  ElectrodeModel *m = &simulation->model;

  PetscFunctionBeginUser;
  for (const PartKind *const *k = PartKinds; *k; k++) {
    Part part = NULL;
    if ((*k)->wanted(simulation->deck)) {
      PetscCall((*k)->create(simulation, &part));
    }
    if (part) {
      PetscCheck(m->part_count < PARTS_MAX, PETSC_COMM_SELF, PETSC_ERR_PLIB, "More than %d parts", PARTS_MAX);
      m->part[m->part_count++] = part;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode DeckError(Deck deck, const char *key, Diagnostics diagnostics, const char *message) {
  const char *file;
  int line;

  PetscFunctionBeginUser;
  DeckWhere(deck, key, &file, &line);
  PetscCall(DiagnosticsAdd(diagnostics, file, line, key, "%s", message));
  PetscFunctionReturn(0);
}
