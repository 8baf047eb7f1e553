/* How much of a current is owed to the grid: the same contact state on another grid. */
#ifndef LISEI_GRID_ERROR_H
#define LISEI_GRID_ERROR_H

#include "../model/simulation.h"
#include "run_peaks.h"

/* Relative error [1] of the total current at the state's potential and contact, from the grids with half and a quarter
   of the rings and layers: tested to be within a factor of three of the true one. NAN where it cannot be had: the
   contact has become uneven (the error has gone into its state), the change does not fall as the order of the operator
   wants it, cylindrical grid, cells of different materials, parts, fewer than 16 rings or layers, numbers of them that
   four does not divide, no current.
   With a resolved SEI: the error [1] of the current with its sign, negative where it is too low, from two refinements
   of the SEI's cells. */
PetscErrorCode GridErrorEstimate(Simulation simulation, const ElectrodeState *state, double *error);

/* What the grid has done to the whole curve, contact states included: the experiment once more on another grid.
   With a resolved SEI that has `columns` columns a grain, at least four times the run's, and what the run is off is
   taken from the difference as if the error went with 1/columns; else it has half the rings and layers, and it is the
   difference itself. NAN and the reason in `failure` where it cannot be had. */
typedef struct {
  PetscInt columns; /* 0: half the rings and layers */
  PeaksDifference difference;
  char failure[512];
} CurveError;
PetscErrorCode CurveErrorEstimate(Simulation simulation, const Peaks *peaks, CurveError *error);

#endif
