/* A resolved SEI on its own for the verification programs: a path driven at given ring currents or at a given voltage,
   by Newton's method with a line search on the derivative of the energy. */
#ifndef LISEI_SEI_PROBLEM_H
#define LISEI_SEI_PROBLEM_H

#include "solver/parts/sei.h"

#include <math.h>
#include <stdbool.h>

typedef struct {
  Path path;
  PetscInt rings;
  double *area;                               /* [m^2] rings */
  double *current, *state, *potential;        /* [A], inside, [V] */
  double *film, *residual, *step, *last, *to; /* work */
  int iterations;                             /* of the last solve */
  double accuracy;                            /* [1] to which one goes on, if it can be had */
  double least;                               /* [A/m^2] added to what that is relative to, as electrodes do */
} SeiDrive;

/* d->path is there. */
static inline PetscErrorCode SeiDriveAllocate(const SeiOptions *options, SeiDrive *d) {
  const PetscInt n = d->rings = options->columns;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc5(n, &d->area, n, &d->current, d->path->state_size, &d->state, n, &d->potential, n, &d->film));
  PetscCall(PetscCalloc4(n, &d->residual, n, &d->step, n, &d->last, d->path->state_size, &d->to));
  for (PetscInt c = 0; c < n; c++) {
    d->area[c] = PETSC_PI * PetscSqr(options->radius) * (PetscSqr(options->edge[c + 1]) - PetscSqr(options->edge[c]));
  }
  PetscFunctionReturn(0);
}

static inline PetscErrorCode SeiDriveCreate(Bulk electrolyte, const SeiOptions *options, SeiDrive *d) {
  PetscFunctionBeginUser;
  *d = (SeiDrive){.accuracy = 1e-13};
  PetscCall(SeiPathCreate(electrolyte, options, &d->path));
  PetscCall(SeiDriveAllocate(options, d));
  PetscFunctionReturn(0);
}

/* The same cells, distributed. */
static inline PetscErrorCode SeiDriveCreateLarge(Bulk electrolyte, const SeiOptions *options, SeiDrive *d) {
  PetscFunctionBeginUser;
  *d = (SeiDrive){.accuracy = 1e-9, .least = 1e-6};
  PetscCall(SeiPathCreateLarge(PETSC_COMM_WORLD, electrolyte, options, &d->path));
  PetscCall(SeiDriveAllocate(options, d));
  PetscFunctionReturn(0);
}

static inline PetscErrorCode SeiDriveDestroy(SeiDrive *d) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree5(d->area, d->current, d->state, d->potential, d->film));
  PetscCall(PetscFree4(d->residual, d->step, d->last, d->to));
  PetscCall(PathDestroy(&d->path));
  PetscFunctionReturn(0);
}

/* Back to rest: no currents, no potentials. */
static inline PetscErrorCode SeiDriveRest(SeiDrive *d) {
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(d->current, d->rings));
  PetscCall(PetscArrayzero(d->state, d->path->state_size));
  PetscFunctionReturn(0);
}

/* Residuals at `current` and `inside`; the derivative of the energy along the step. */
static inline PetscErrorCode SeiDriveResidual(SeiDrive *d, bool given, double voltage, const double inside[],
                                              double *slope) {
  PetscFunctionBeginUser;
  PetscCall(PathEvaluate(d->path, d->current, inside, d->potential));
  *slope = PathDescent(d->path);
  for (PetscInt c = 0; c < d->rings; c++) {
    d->residual[c] = given ? 0.0 : voltage - d->potential[c] - d->film[c] * d->current[c];
    *slope += d->step[c] * d->residual[c];
  }
  PetscFunctionReturn(0);
}

/* given: d->current stays and only the inside is solved for; else the currents at `voltage` through films of
   d->film [Ohm]. */
static inline PetscErrorCode SeiDriveSolve(SeiDrive *d, bool given, double voltage) {
  double error = INFINITY, slope0, slope = 0.0;
  PetscInt ring;

  PetscFunctionBeginUser;
  PetscCall(PathBegin(d->path, PETSC_TRUE));
  PetscCall(SeiDriveResidual(d, given, voltage, d->state, &slope));
  for (d->iterations = 0; d->iterations < 200 && !(error <= d->accuracy); d->iterations++) {
    double largest = d->least, fraction = 1.0, update = 0.0;

    for (PetscInt c = 0; c < d->rings; c++) { /* films that let nothing through keep the currents */
      d->film[c] = given ? 1e60 : d->film[c];
      d->step[c] = d->residual[c];
      d->last[c] = d->current[c];
    }
    PetscCall(PathFactor(d->path, d->film));
    PetscCall(PathSolve(d->path, d->step));
    PetscCall(PathDirection(d->path, 0, NULL, d->step));
    slope0 = PathDescent(d->path);
    for (PetscInt c = 0; c < d->rings; c++) {
      d->step[c] = given ? 0.0 : d->step[c];
      slope0 += d->step[c] * d->residual[c];
    }
    for (int search = 0; search < 40; search++) {
      for (PetscInt c = 0; c < d->rings; c++) {
        d->current[c] = d->last[c] + fraction * d->step[c];
      }
      PetscCall(PathMove(d->path, fraction, PETSC_FALSE, d->state, d->to));
      PetscCall(SeiDriveResidual(d, given, voltage, d->to, &slope));
      if (!(slope < -0.5 * fabs(slope0)) || (given && d->iterations == 0) || error <= 1e-7) {
        break; /* given currents are taken over whole: the energy is one of flows that obey Kirchhoff's law */
      }
      fraction *= fmax(0.1, slope0 / (slope0 - slope));
    }
    PetscCall(PetscArraycpy(d->state, d->to, d->path->state_size));
    for (PetscInt c = 0; c < d->rings; c++) {
      largest = fmax(largest, d->least + fabs(d->current[c] / d->area[c]));
      update = fmax(update, fabs(d->step[c] / d->area[c]));
    }
    error = fmax(PathError(d->path, largest, &ring), fraction < 1.0 ? 1.0 : update / largest);
  }
  PetscCheck(error <= fmax(1e-10, d->accuracy), PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED,
             "The block is not solved: error %g after %d iterations", error, d->iterations);
  PetscFunctionReturn(0);
}

static inline double SeiDriveTotal(const SeiDrive *d) {
  double total = 0.0;
  for (PetscInt c = 0; c < d->rings; c++) {
    total += d->current[c];
  }
  return total;
}

/* Columns on the rings of a grid, one each; to be freed by PetscFree3. */
static inline PetscErrorCode SeiColumnsOnRings(Grid grid, double **edge, double **centre, PetscInt **under) {
  const PetscInt n = grid->rings;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n + 1, edge, n, centre, n, under));
  for (PetscInt c = 0; c <= n; c++) {
    (*edge)[c] = grid->ring_edge[c] / grid->radius;
  }
  for (PetscInt c = 0; c < n; c++) {
    (*under)[c] = c;
    (*centre)[c] = grid->column_eta ? cos(grid->column_eta[c]) : 0.5 * ((*edge)[c] + (*edge)[c + 1]);
  }
  PetscFunctionReturn(0);
}

#endif
