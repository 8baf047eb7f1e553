/* Both discretisations of a box at once, and their estimate from two grids. */
#ifndef LISEI_UNIT_CELL_PROBLEM_H
#define LISEI_UNIT_CELL_PROBLEM_H

#include "../../solver/unit_cell/bracket.h"
#include "../../solver/unit_cell/unit_cell.h"
#include "check.h"

#define LENGTH 1e-8 /* [m] of the box */

static inline UnitCellOptions CubeOptions(PetscInt cells, UnitCellFunction conductivity, void *context) {
  return (UnitCellOptions){.cells = {cells, cells, cells},
                           .length = {LENGTH, LENGTH, LENGTH},
                           .field_scale = INFINITY,
                           .conductivity = conductivity,
                           .context = context,
                           .rtol = 1e-10};
}

/* Diagonal entry of the effective conductivity of one discretisation. */
static inline double Effective(UnitCellOptions options, UnitCellMethod method, PetscInt axis) {
  double value = NAN;
  UnitCellWork work;
  PetscBool converged = PETSC_FALSE;
  UnitCell cell;
  Vec potential;

  options.method = method;
  PetscCallAbort(PETSC_COMM_WORLD, UnitCellCreate(PETSC_COMM_WORLD, &options, &cell));
  PetscCallAbort(PETSC_COMM_WORLD, UnitCellVec(cell, &potential));
  PetscCallAbort(PETSC_COMM_WORLD, UnitCellSolveLinear(cell, axis, potential, &work, &converged));
  PetscCallAbort(PETSC_COMM_WORLD, UnitCellConductivity(cell, axis, potential, axis, potential, &value));
  check_failures += converged ? 0 : 1;
  PetscCallAbort(PETSC_COMM_WORLD, VecDestroy(&potential));
  PetscCallAbort(PETSC_COMM_WORLD, UnitCellDestroy(&cell));
  return value;
}

static inline Bracket Both(UnitCellOptions options, PetscInt axis) {
  return (Bracket){Effective(options, UNIT_CELL_CELLS, axis), Effective(options, UNIT_CELL_NODES, axis)};
}

/* The exact value lies within the error that is stated, and that error is not more than `most`. */
static inline void CheckEstimate(const char *what, BracketEstimate estimate, double exact, double most) {
  char text[128];

  (void)snprintf(text, sizeof text, "%s: error stated", what);
  CheckBetween(text, estimate.error, 0.0, most);
  CheckNear(what, estimate.value, exact, estimate.error + 1e-8);
}

#endif
