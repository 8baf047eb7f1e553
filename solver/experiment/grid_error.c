#include "grid_error.h"

/* Area averages of the fine rings' states over the coarse rings. */
static void Restrict(Grid fine, const ElectrodeState *from, Grid coarse, int local, ElectrodeState *to) {
  PetscInt first = 0;

  for (PetscInt c = 0; c < coarse->rings; c++) {
    const double inner = coarse->ring_edge[c], outer = coarse->ring_edge[c + 1];
    double area = 0.0;

    while (first + 1 < fine->rings && fine->ring_edge[first + 1] <= inner) {
      first++;
    }
    for (PetscInt j = first; j < fine->rings && fine->ring_edge[j] < outer; j++) {
      const double low = fmax(inner, fine->ring_edge[j]), high = fmin(outer, fine->ring_edge[j + 1]);
      const double share = high * high - low * low;
      area += share;
      for (int k = 0; k < local; k++) {
        to->x[c * local + k] += share * from->x[j * local + k];
      }
      to->current[c] += share * from->current[j];
    }
    for (int k = 0; k < local; k++) {
      to->x[c * local + k] /= area;
    }
    to->current[c] /= area;
  }
}

/* Numbers of the parts that do not belong to rings or cells are the same on any grid; the others start anew. */
static void RestrictParts(Simulation fine, const ElectrodeState *from, Simulation coarse, ElectrodeState *to) {
  for (PetscInt p = 0; p < coarse->model.part_count; p++) {
    const Part part = fine->model.part[p], other = coarse->model.part[p];
    if (other->initial) {
      other->initial(other, to);
    }
    for (PetscInt b = 0; b < part->block_count; b++) {
      const StateBlock *block = &part->blocks[b];
      for (PetscInt n = 0; block->extent == STATE_GLOBAL && n < block->count; n++) {
        PartBlock(other, b, to)[n] = PartBlock(part, b, from)[n];
      }
    }
  }
}

PetscErrorCode GridErrorEstimate(Simulation simulation, const ElectrodeState *state, double *difference) {
  const double current = ElectrodeCurrent(simulation->electrode, state);
  Simulation coarse = NULL;
  ElectrodeState solved;
  PetscBool converged;

  PetscFunctionBeginUser;
  *difference = NAN;
  if (simulation->grid->type == GRID_CYLINDRICAL ||
      (simulation->cell_conductivity && simulation->grid->type != GRID_HALFSPACE) || simulation->grid->rings < 8 ||
      simulation->grid->layers < 8 || current == 0.0) {
    PetscFunctionReturn(0);
  }
  PetscCall(SimulationCreateCoarse(simulation, &coarse));
  PetscCall(ElectrodeStateCreate(coarse->electrode, &solved));
  *solved.time = *state->time;
  *solved.potential = *state->potential;
  PetscCall(PetscArraycpy(solved.global, state->global, GLOBAL_COUNT));
  RestrictParts(simulation, state, coarse, &solved);
  Restrict(simulation->grid, state, coarse->grid, coarse->model.contact->local_count, &solved);
  coarse->electrode->ages.count = 0;
  for (PetscInt k = 0; k < simulation->electrode->ages.count; k++) { /* the same history of the contact radius */
    const double log_radius = log(simulation->electrode->ages.radius[k] / simulation->model.initial_radius);
    PetscCall(ElectrodeAddAge(coarse->electrode, simulation->electrode->ages.time[k], log_radius));
  }
  PetscCall(ElectrodeSolveAlgebraic(coarse->electrode,
                                    &(Control){.start_time = *state->time, .start_value = *state->potential}, &solved,
                                    &converged));
  if (converged) {
    *difference = fabs(ElectrodeCurrent(coarse->electrode, &solved) / current - 1.0);
  }
  PetscCall(ElectrodeStateDestroy(&solved));
  PetscCall(SimulationDestroy(&coarse));
  PetscFunctionReturn(0);
}
