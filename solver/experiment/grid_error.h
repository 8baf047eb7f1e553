/* How much of a current is owed to the grid: the same contact state on another grid. */
#ifndef LISEI_GRID_ERROR_H
#define LISEI_GRID_ERROR_H

#include "../model/simulation.h"

/* Relative difference [1] of the total current at the state's potential and contact between the grid and one of half
   the rings and layers. The error of the fine grid itself is smaller: about a third of it for finite volumes (second
   order), less for the analytic half space. NAN where it cannot be had (cylindrical grid, cells of different materials,
   fewer than 8 rings, no current).
   With a resolved SEI: the error [1] of the current with its sign, negative where it is too low, from two refinements
   of the SEI's cells. */
PetscErrorCode GridErrorEstimate(Simulation simulation, const ElectrodeState *state, double *difference);

#endif
