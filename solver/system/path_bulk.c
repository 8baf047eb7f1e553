#include "path_bulk.h"
#include "../../physics/constants.h"

typedef struct {
  Bulk bulk;
  PathFilms films;
  PetscInt rings;
  double area;                       /* [m^2] of the contact now */
  double *thickness, *slope, *total; /* rings: [m], [Ohm] of the films at the last evaluation, [Ohm] work */
} BulkPath;

static PetscErrorCode SetSize(void *context, double radius, const double thickness[]) {
  BulkPath *p = (BulkPath *)context;

  PetscFunctionBeginUser;
  PetscCall(BulkSetRadius(p->bulk, radius));
  if (p->films.processes.count) {
    p->area = PI * radius * radius;
    PetscCall(PetscArraycpy(p->thickness, thickness, p->rings));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Evaluate(void *context, const double current[], const double state[], double potential[]) {
  BulkPath *p = (BulkPath *)context;
  InterfaceConditions at = {.temperature = p->films.temperature};

  PetscFunctionBeginUser;
  (void)state;
  PetscCall(BulkPotential(p->bulk, current, potential));
  for (PetscInt j = 0; p->films.processes.count && j < p->rings; j++) {
    const double area = p->area * p->films.area_share[j];
    at.sei_thickness = p->thickness[j];
    potential[j] += kinetics_series_overpotential(&p->films.processes, &at, current[j] / area, &p->slope[j]);
    p->slope[j] /= area;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(void *context, const double film[]) {
  BulkPath *p = (BulkPath *)context;

  PetscFunctionBeginUser;
  if (!p->films.processes.count) {
    PetscCall(BulkFactor(p->bulk, film));
    PetscFunctionReturn(0);
  }
  for (PetscInt j = 0; j < p->rings; j++) {
    p->total[j] = film[j] + p->slope[j];
  }
  PetscCall(BulkFactor(p->bulk, p->total));
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveBorder(void *context, PetscInt count, double b[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkSolve(((BulkPath *)context)->bulk, count, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(void *context, double b[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkSolve(((BulkPath *)context)->bulk, 1, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode CounterCurrent(void *context, const double current[], const double state[], double *arriving) {
  PetscFunctionBeginUser;
  (void)state;
  PetscCall(BulkCounterCurrent(((BulkPath *)context)->bulk, current, arriving));
  PetscFunctionReturn(0);
}

static PetscErrorCode Destroy(void *context) {
  BulkPath *p = (BulkPath *)context;

  PetscFunctionBeginUser;
  PetscCall(PetscFree3(p->thickness, p->slope, p->total));
  PetscCall(PetscFree(p));
  PetscFunctionReturn(0);
}

PetscErrorCode PathCreateBulk(Bulk bulk, const PathFilms *films, Path *path) {
  static const PathOps ops = {.name = "electrolyte",
                              .set_size = SetSize,
                              .evaluate = Evaluate,
                              .factor = Factor,
                              .solve_border = SolveBorder,
                              .solve = Solve,
                              .counter_current = CounterCurrent,
                              .destroy = Destroy};
  BulkPath *p;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&p));
  p->bulk = bulk;
  p->rings = BulkRings(bulk);
  if (films) {
    p->films = *films;
  }
  PetscCall(PetscCalloc3(p->rings, &p->thickness, p->rings, &p->slope, p->rings, &p->total));
  PetscCall(PathCreate(&ops, p, p->rings, 0, path));
  (*path)->by_slopes = p->films.processes.count ? PETSC_TRUE : PETSC_FALSE;
  (*path)->by_solve = BulkGetType(bulk) == BULK_FIELD && !(*path)->by_slopes ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}
