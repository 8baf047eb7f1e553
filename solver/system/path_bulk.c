/* The path through the electrolyte alone: it has no numbers of its own. */
#include "path_bulk.h"

static PetscErrorCode SetSize(void *context, double radius, const double thickness[]) {
  PetscFunctionBeginUser;
  (void)thickness;
  PetscCall(BulkSetRadius((Bulk)context, radius));
  PetscFunctionReturn(0);
}

static PetscErrorCode Evaluate(void *context, const double current[], const double state[], double potential[]) {
  PetscFunctionBeginUser;
  (void)state;
  PetscCall(BulkPotential((Bulk)context, current, potential));
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(void *context, const double film[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkFactor((Bulk)context, film));
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveBorder(void *context, PetscInt count, double b[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkSolve((Bulk)context, count, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(void *context, double b[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkSolve((Bulk)context, 1, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode CounterCurrent(void *context, const double current[], const double state[], double *arriving) {
  PetscFunctionBeginUser;
  (void)state;
  PetscCall(BulkCounterCurrent((Bulk)context, current, arriving));
  PetscFunctionReturn(0);
}

PetscErrorCode PathCreateBulk(Bulk bulk, Path *path) {
  static const PathOps ops = {.name = "electrolyte",
                              .set_size = SetSize,
                              .evaluate = Evaluate,
                              .factor = Factor,
                              .solve_border = SolveBorder,
                              .solve = Solve,
                              .counter_current = CounterCurrent};

  PetscFunctionBeginUser;
  PetscCall(PathCreate(&ops, bulk, BulkRings(bulk), 0, path));
  (*path)->by_solve = BulkGetType(bulk) == BULK_FIELD ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}
