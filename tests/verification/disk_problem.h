/* Disk contacts for the verification programs: the grids, and interface laws solved by a small Newton method of their
 * own. */
#ifndef LISEI_DISK_PROBLEM_H
#define LISEI_DISK_PROBLEM_H

#include "solver/electrolyte/bulk.h"

#include <math.h>

/* numerics.md: 1/(i0 beta) = 0.57 Ohm cm^2, beta = 100 1/V, sigma = 1.65 mS/cm, d = 9.64 um */
#define DISK_RADIUS 4.82e-6                               /* [m] */
#define DISK_CONDUCTIVITY 0.165                           /* [S/m] */
#define DISK_BETA 100.0                                   /* [1/V] */
#define DISK_EXCHANGE_CURRENT (1 / (0.57e-4 * DISK_BETA)) /* [A/m^2] */

static inline PetscErrorCode DiskOblate(PetscInt rings, PetscInt layers, double ring_grading, double layer_grading,
                                        double depth, Grid *grid) {
  const OblateOptions options = {.rings = rings,
                                 .layers = layers,
                                 .radius = DISK_RADIUS,
                                 .ring_grading = ring_grading,
                                 .layer_grading = layer_grading,
                                 .depth = depth};
  PetscFunctionBeginUser;
  PetscCall(GridCreateOblate(&options, grid));
  PetscFunctionReturn(0);
}

/* Total current [A] at 1 V through films of resistance film[rings] [Ohm] in series with the bulk; current may be NULL.
 */
static inline PetscErrorCode FilmConductance(Bulk bulk, const double film[], double current[], double *total) {
  const PetscInt rings = BulkRings(bulk);
  double *x = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(rings, &x));
  for (PetscInt j = 0; j < rings; j++)
    x[j] = 1;
  PetscCall(BulkFactor(bulk, film));
  PetscCall(BulkSolve(bulk, 1, x));
  *total = 0;
  for (PetscInt j = 0; j < rings; j++)
    *total += x[j];
  if (current)
    PetscCall(PetscArraycpy(current, x, rings));
  PetscCall(PetscFree(x));
  PetscFunctionReturn(0);
}

/* Resistance [Ohm] of the bare disk at one potential. */
static inline PetscErrorCode PrimaryResistance(Bulk bulk, double *resistance) {
  double *film = NULL, total = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(BulkRings(bulk), &film));
  PetscCall(FilmConductance(bulk, film, NULL, &total));
  *resistance = 1 / total;
  PetscCall(PetscFree(film));
  PetscFunctionReturn(0);
}

/* Total current [A] at voltage V through i = i0 sinh(beta eta) on every ring: Newton in the ring currents. applied may
   be NULL (V on all rings) or give each ring its own voltage. */
static inline PetscErrorCode SinhCurrent(Bulk bulk, Grid grid, double voltage, const double applied[], double *total) {
  const PetscInt rings = grid->rings;
  double *current = NULL, *film = NULL, *u = NULL, *residual = NULL;
  bool converged = false;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc4(rings, &current, rings, &film, rings, &u, rings, &residual));
  for (int step = 0; step < 60 && !converged; step++) {
    double change = 0, largest = 0;
    PetscCall(BulkPotential(bulk, current, u));
    for (PetscInt j = 0; j < rings; j++) {
      const double i0 = DISK_EXCHANGE_CURRENT * grid->ring_area[j];
      residual[j] = (applied ? applied[j] : voltage) - u[j] - asinh(current[j] / i0) / DISK_BETA;
      film[j] = 1 / (DISK_BETA * hypot(current[j], i0));
    }
    PetscCall(BulkFactor(bulk, film));
    PetscCall(BulkSolve(bulk, 1, residual));
    for (PetscInt j = 0; j < rings; j++) {
      current[j] += residual[j];
      change = fmax(change, fabs(residual[j]));
      largest = fmax(largest, fabs(current[j]));
    }
    converged = change <= 2e-11 * largest; /* conjugate gradients leave some 1e-12 */
  }
  PetscCheck(converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "the sinh interface did not converge at %g V",
             voltage);
  *total = 0;
  for (PetscInt j = 0; j < rings; j++)
    *total += current[j];
  PetscCall(PetscFree4(current, film, u, residual));
  PetscFunctionReturn(0);
}

#endif
