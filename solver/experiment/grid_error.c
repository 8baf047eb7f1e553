#include "grid_error.h"
#include "../system/error_capture.h"
#include "run_private.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Area averages of one simulation's ring states over the rings of another. */
static void Average(Simulation from_sim, const ElectrodeState *from, Simulation to_sim, ElectrodeState *to) {
  const double *from_edge = from_sim->ring_edge, *to_edge = to_sim->ring_edge;
  const int local = to_sim->model.contact->local_count;
  PetscInt first = 0;

  for (PetscInt c = 0; c < to_sim->rings; c++) {
    const double inner = to_edge[c], outer = to_edge[c + 1];
    double area = 0.0;

    while (first + 1 < from_sim->rings && from_edge[first + 1] <= inner) {
      first++;
    }
    for (PetscInt j = first; j < from_sim->rings && (from_edge[j] < outer || area == 0.0); j++) {
      const double low = fmax(inner, from_edge[j]), high = fmin(outer, from_edge[j + 1]);
      const double share = fmax(high * high - low * low, 1e-12 * outer * outer); /* edges may differ by rounding */
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

/* The current [A] at the state's potential and contact with another resolution; NAN if it is not found. */
static PetscErrorCode CurrentWith(Simulation simulation, const Resolution *resolution, const ElectrodeState *state,
                                  double *current) {
  const Control control = {.start_time = *state->time, .start_value = *state->potential};
  Simulation other = NULL;
  ElectrodeState solved;
  PetscBool converged;

  PetscFunctionBeginUser;
  PetscCall(SimulationCreateOther(simulation, resolution, &other));
  PetscCall(ElectrodeStateCreate(other->electrode, &solved));
  *solved.time = *state->time;
  *solved.potential = *state->potential;
  PetscCall(PetscArraycpy(solved.global, state->global, GLOBAL_COUNT));
  RestrictParts(simulation, state, other, &solved);
  Average(simulation, state, other, &solved);
  other->electrode->ages.count = 0;
  for (PetscInt k = 0; k < simulation->electrode->ages.count; k++) { /* the same history of the contact radius */
    const double log_radius = log(simulation->electrode->ages.radius[k] / simulation->model.initial_radius);
    PetscCall(ElectrodeAddAge(other->electrode, simulation->electrode->ages.time[k], log_radius));
  }
  PetscCall(ElectrodeSolveAlgebraic(other->electrode, &control, &solved, &converged));
  *current = converged ? ElectrodeCurrent(other->electrode, &solved) : NAN;
  PetscCall(ElectrodeStateDestroy(&solved));
  PetscCall(SimulationDestroy(&other));
  PetscFunctionReturn(0);
}

/* A refined solution is not worth more than this many operations for each factor of its matrix. */
static const double most_operations = 3e8;
/* The second discretisation knows neither boundaries with a resistance nor phases that stay in place. */
static bool BracketsLimit(Deck deck) {
  const bool phases = strcmp(DeckText(deck, "sei.block.microstructure"), "uniform") != 0;

  const bool sampled = DeckIsUsed(deck, "sei.block.mixing");
  const bool boundaries = phases && (DeckReal(deck, "sei.block.phases.interphase_resistance") > 0.0 ||
                                     (sampled && (DeckReal(deck, "sei.block.grain_boundary_resistance") > 0.0 ||
                                                  DeckReal(deck, "sei.block.grain_boundary_conductance") > 0.0)));

  return !boundaries && !strcmp(DeckText(deck, "sei.block.phases_follow"), "ring");
}

/* With a resolved SEI the error is that of its cells, which falls slowly at the corners of grains. On a finer grid the
   limit is bracketed by two discretisations, of which one conducts too little and the other, with twice the error
   (without links across corners), too much; docs/numerics.md, "A resolved SEI". */
static PetscErrorCode SeiError(Simulation simulation, const ElectrodeState *state, double *error) {
  const Resolution *now = &simulation->resolution;
  const double current = ElectrodeCurrent(simulation->electrode, state);
  Resolution refined = *now;
  double low, high, width, cells;

  PetscFunctionBeginUser;
  refined.finest_column = fmin(0.5 * now->finest_column, 0.05);
  refined.steepest = 2.0 * now->steepest;
  refined.sei_columns = 2 * now->sei_columns;
  if (simulation->sei->structure.kind != SEI_SAMPLED) {
    refined.sei_columns = PetscMax(16, refined.sei_columns);
  }
  refined.sei_layers = 2 * now->sei_layers;
  width = fmin((double)refined.sei_layers, (double)simulation->rings);
  cells =
      (double)refined.sei_layers * (double)simulation->rings * (double)refined.sei_columns / (double)now->sei_columns;
  if (cells * width * width > most_operations || !BracketsLimit(simulation->deck)) {
    PetscFunctionReturn(0);
  }
  PetscCall(CurrentWith(simulation, &refined, state, &low));
  refined.sei_nodes = PETSC_TRUE;
  PetscCall(CurrentWith(simulation, &refined, state, &high));
  *error = current / ((2.0 * low + high) / 3.0) - 1.0;
  PetscFunctionReturn(0);
}

/* Half the rings and layers; false where that cannot be had. */
static bool Halve(Simulation simulation, Resolution *resolution) {
  if (simulation->grid->type == GRID_CYLINDRICAL ||
      (simulation->cell_conductivity && simulation->grid->type != GRID_HALFSPACE) || resolution->rings < 8 ||
      resolution->layers < 8) {
    return false;
  }
  resolution->rings /= 2;
  resolution->layers /= 2;
  return true;
}

/* Has the contact become uneven, so that its state cannot be moved to other rings without an error of its own? Largest
   difference between rings, relative. */
static double Unevenness(Simulation simulation, const ElectrodeState *state) {
  const Electrode electrode = simulation->electrode;
  double low[2] = {INFINITY, INFINITY}, high[2] = {0.0, 0.0};

  for (PetscInt j = 0; j < simulation->rings; j++) {
    const int local = simulation->model.contact->local_count;
    const double value[2] = {ElectrodeRingOpening(electrode, state->x + j * local).contact_fraction,
                             electrode->conditions.sei_thickness[j]};
    for (int k = 0; k < 2; k++) {
      low[k] = fmin(low[k], value[k]);
      high[k] = fmax(high[k], value[k]);
    }
  }
  return fmax(high[0] / low[0], high[1] / low[1]) - 1.0;
}

/* The change falls with the grid as the order of the operator wants it, or there is no estimate; it is then summed up
   to the limit. `half`, `quarter`: currents of those grids. */
static double Extrapolated(bool analytic, double current, double half, double quarter) {
  const double order_factor = analytic ? 16.0 : 4.0; /* fourth order; second order */
  const double change = fabs(half - current), before = fabs(quarter - half);

  if (!(before >= 0.5 * order_factor * change) || !(before <= 2.0 * order_factor * change)) {
    return NAN;
  }
  return change / (order_factor - 1.0) / fabs(current);
}

PetscErrorCode GridErrorEstimate(Simulation simulation, const ElectrodeState *state, double *error) {
  const double current = ElectrodeCurrent(simulation->electrode, state);
  Resolution grid = simulation->resolution;
  double half, quarter;

  PetscFunctionBeginUser;
  *error = NAN;
  if (current == 0.0 || (simulation->sei && simulation->sei->is_large)) { /* no finer grid at this size */
    PetscFunctionReturn(0);
  }
  if (simulation->sei) {
    PetscCall(SeiError(simulation, state, error));
    PetscFunctionReturn(0);
  }
  if (simulation->model.part_count > 0 || simulation->resolution.rings % 4 || simulation->resolution.layers % 4 ||
      !Halve(simulation, &grid)) {
    PetscFunctionReturn(0);
  }
  PetscCall(ElectrodeSetConditions(simulation->electrode, *state->time, state->global[GLOBAL_LOG_RADIUS]));
  PetscCall(CurrentWith(simulation, &grid, state, &half));
  if (Unevenness(simulation, state) > fabs(half / current - 1.0) || !Halve(simulation, &grid)) {
    PetscFunctionReturn(0);
  }
  PetscCall(CurrentWith(simulation, &grid, state, &quarter));
  *error = Extrapolated(simulation->grid->type == GRID_HALFSPACE, current, half, quarter);
  PetscFunctionReturn(0);
}

enum { FINER = 4, LEAST_COLUMNS = 8 }; /* times the columns; columns */

static PetscErrorCode PeaksWith(Simulation simulation, const Resolution *resolution, Peaks *peaks, RunResult *result) {
  Simulation other = NULL;

  PetscFunctionBeginUser;
  PetscCall(SimulationCreateOther(simulation, resolution, &other));
  PetscCall(RunForPeaks(other, peaks, result));
  PetscCall(SimulationDestroy(&other));
  PetscFunctionReturn(0);
}

PetscErrorCode CurveErrorEstimate(Simulation simulation, const Peaks *peaks, CurveError *error) {
  const double columns = (double)simulation->resolution.sei_columns;
  Resolution other = simulation->resolution;
  RunResult result = {.outcome = RUN_FAILED};
  Peaks found = {0};
  ErrorCapture capture;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  *error = (CurveError){.difference = {.largest = NAN, .worst = NAN}};
  if (!PeaksHaveSize(peaks)) {
    (void)snprintf(error->failure, sizeof error->failure, "there is no current or potential to compare");
    PetscFunctionReturn(0);
  }
  if (simulation->sei) {
    error->columns = other.sei_columns = PetscMax(LEAST_COLUMNS, FINER * other.sei_columns);
    other.finest_column /= PetscSqr((double)FINER);
  } else if (!Halve(simulation, &other)) {
    (void)snprintf(error->failure, sizeof error->failure, "there is no coarser grid of this kind");
    PetscFunctionReturn(0);
  }
  PetscCall(ErrorCaptureBegin(&capture));
  code = PeaksWith(simulation, &other, &found, &result);
  PetscCall(ErrorCaptureEnd());
  if (code || result.outcome != RUN_FINISHED) {
    (void)snprintf(error->failure, sizeof error->failure, "%s", code ? capture.message : result.reason);
  } else {
    error->difference = PeaksCompare(peaks, &found);
    if (isnan(error->difference.worst)) {
      (void)snprintf(error->failure, sizeof error->failure, "its protocol took another course");
    }
  }
  if (simulation->sei) { /* what the finer grid itself is off */
    error->difference.largest *= (double)other.sei_columns / ((double)other.sei_columns - columns);
    error->difference.worst *= (double)other.sei_columns / ((double)other.sei_columns - columns);
  }
  PetscCall(PeaksDestroy(&found));
  PetscFunctionReturn(0);
}
