/* What the distributed SEI and electrolyte lack at a state, and how the flows follow the potentials: sei_large.h. */
#include "sei_large.h"
#include <math.h>

/* --- at a state --------------------------------------------------------------------------------------------------- */

typedef struct {
  const double *state;
} Evaluation;

static double Drop(const SeiLargeLink *link, double flow, double *slope) {
  double near_slope, far_slope;
  const double near = SeiHalfDrop(link->near_resistance, link->near_voltage, flow, &near_slope);
  const double far = SeiHalfDrop(link->far_resistance, link->far_voltage, flow, &far_slope);

  *slope = link->series + near_slope + far_slope;
  return link->series * flow + near + far;
}

double SeiLargeTransfer(const SeiLarge *s, PetscInt column, double flow, double *slope) {
  const InterfaceConditions at = {.temperature = s->options.temperature, .sei_thickness = s->thickness[column]};
  const double area = s->area * s->share[column];
  double drop;

  *slope = 0.0;
  if (!s->options.transfer.count) {
    return 0.0;
  }
  drop = kinetics_series_overpotential(&s->options.transfer, &at, flow / area, slope);
  *slope /= area;
  return drop;
}

/* Flow that leaves a place, and enters another. */
static void AddFlow(SeiLarge *s, const SeiLargePlace *at, double flow, double rows[]) {
  if (SeiLargeOwns(s, at->from)) {
    rows[SeiLargeRow(s, at->from, at->from_layer) - s->row_first] += flow;
  }
  if (SeiLargeOwns(s, at->to)) {
    rows[SeiLargeRow(s, at->to, at->to_layer) - s->row_first] -= flow;
  }
}

static void EvaluateLink(SeiLarge *s, const SeiLargePlace *at, void *context) {
  const double *state = ((const Evaluation *)context)->state;
  SeiLargeLinks *links = &s->link[at->kind];
  const SeiLargeLink link = SeiLargeLinkOf(s, at);
  const double flow = state[links->place + at->index];
  double slope, more = 0.0, drop = Drop(&link, flow, &slope);

  if (at->kind == SEI_BOTTOM) {
    drop += SeiLargeTransfer(s, at->from, flow, &more);
  }
  links->slope[at->index] = (float)(slope + more);
  links->error[at->index] = SeiLargeValue(s, state, &s->sides, at->from, at->from_layer) -
                            SeiLargeValue(s, state, &s->sides, at->to, at->to_layer) - drop;
  AddFlow(s, at, flow, s->kirchhoff);
}

/* [V] of a row of the electrolyte: own, of the process before or of the one after. */
static double ElectrolyteValue(const SeiLarge *s, const double rows[], PetscInt row) {
  if (row < 0) {
    return 0.0;
  }
  if (row < s->row_first) {
    return s->sides.left[s->layers + row - s->ring_row[s->ring_first - 1] - 1];
  }
  if (row >= s->row_last) {
    return s->sides.right[s->layers + row - s->ring_row[s->ring_last] - 1];
  }
  return rows[row - s->row_first];
}

static void EvaluateFace(SeiLarge *s, PetscInt a, PetscInt b, double conductance, void *context) {
  const double *state = ((const Evaluation *)context)->state;
  const double flow = conductance * (ElectrolyteValue(s, state, a) - ElectrolyteValue(s, state, b)) / s->unit;

  if (a >= s->row_first) {
    s->kirchhoff[a - s->row_first] += flow;
  }
  if (b >= 0 && b < s->row_last) {
    s->kirchhoff[b - s->row_first] -= flow;
  }
}

/* [A] from the own cells */
static double OwnGroundFlow(const SeiLarge *s, const double rows[]) {
  double flow = 0.0;

  for (PetscInt g = s->ring_first; g < s->ring_last; g++) {
    const PetscInt last = s->ring_row[g] + s->depth - s->row_first;
    flow += s->below[(g - s->ring_first + 1) * s->depth - 1] * rows[last] / s->unit;
  }
  return flow;
}

PetscErrorCode SeiLargeGroundFlow(SeiLarge *s, const double state[], double *flow) {
  PetscFunctionBeginUser;
  *flow = OwnGroundFlow(s, state);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, flow, 1, MPI_DOUBLE, MPI_SUM, s->comm));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLargeEvaluate(SeiLarge *s, const double current[], const double state[]) {
  Evaluation evaluation = {state};
  double largest = 0.0, contact = 0.0, magnitude = 0.0, arriving;

  PetscFunctionBeginUser;
  PetscCall(SeiLargeExchange(s, state, &s->sides));
  PetscCall(PetscArrayzero(s->kirchhoff, s->row_last - s->row_first));
  SeiLargeVisitLinks(s, EvaluateLink, &evaluation);
  SeiLargeVisitElectrolyte(s, EvaluateFace, &evaluation);
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    s->kirchhoff[s->column_row[c] - s->row_first] -= current[c];
  }
  for (PetscInt n = 0; n < s->row_last - s->row_first; n++) {
    largest = fabs(state[n]) > largest ? fabs(state[n]) : largest;
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE, MPI_MAX, s->comm));
  s->rounding = 8.0 * PETSC_MACHINE_EPSILON * largest;
  PetscCall(SeiLargeGroundFlow(s, state, &arriving));
  for (PetscInt c = 0; c < s->columns; c++) {
    contact += current[c];
    magnitude += fabs(current[c]);
  }
  s->imbalance = magnitude > 0.0 ? fabs(contact - arriving) / magnitude : 0.0;
  PetscFunctionReturn(0);
}

void SeiLargeKeepConductances(SeiLarge *s) {
  for (int kind = 0; kind < SEI_KINDS; kind++) {
    SeiLargeLinks *links = &s->link[kind];
    for (PetscInt l = 0; l < links->count; l++) {
      links->conductance[l] = (float)(s->unit / (double)links->slope[l]);
    }
  }
  s->factored_unit = s->unit;
}

/* --- linearised --------------------------------------------------------------------------------------------------- */

static void AddResidual(SeiLarge *s, const SeiLargePlace *at, void *context) {
  const SeiLargeLinks *links = &s->link[at->kind];

  AddFlow(s, at, -(double)links->conductance[at->index] * links->error[at->index], (double *)context);
}

void SeiLargeResiduals(SeiLarge *s, double rows[]) {
  for (PetscInt n = 0; n < s->row_last - s->row_first; n++) {
    rows[n] = -s->factored_unit * s->kirchhoff[n];
  }
  SeiLargeVisitLinks(s, AddResidual, rows);
}

static void FlowDirection(SeiLarge *s, const SeiLargePlace *at, void *context) {
  const SeiLargeLinks *links = &s->link[at->kind];
  const double *rows = s->direction;
  const double change = SeiLargeValue(s, rows, &s->update_sides, at->from, at->from_layer) -
                        SeiLargeValue(s, rows, &s->update_sides, at->to, at->to_layer);

  (void)context;
  s->direction[links->place + at->index] =
      (double)links->conductance[at->index] * (change + links->error[at->index]) / s->factored_unit;
}

PetscErrorCode SeiLargeFlowDirections(SeiLarge *s) {
  PetscFunctionBeginUser;
  PetscCall(SeiLargeExchange(s, s->direction, &s->update_sides));
  SeiLargeVisitLinks(s, FlowDirection, NULL);
  PetscFunctionReturn(0);
}
