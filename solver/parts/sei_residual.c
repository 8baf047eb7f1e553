/* What the SEI block lacks at a state, and how its flows follow the potentials: equations in sei.h. */
#include "sei_private.h"

/* v of the electrolyte rings from the flows at the bottom: unit B B^T q. */
void SeiRingPotentials(SeiBlock *s, const double bottom[]) {
  const PetscInt modes = s->modes;

  for (PetscInt g = 0; g < s->rings; g++) {
    s->ring_flow[g] = 0.0;
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    s->ring_flow[s->options.under[c]] += bottom[c];
  }
  for (PetscInt m = 0; m < modes; m++) {
    s->mode[m] = 0.0;
  }
  for (PetscInt g = 0; g < s->rings; g++) {
    for (PetscInt m = 0; m < modes; m++) {
      s->mode[m] += s->unit * s->root[g * modes + m] * s->ring_flow[g];
    }
  }
  for (PetscInt g = 0; g < s->rings; g++) {
    double sum = 0.0;
    for (PetscInt m = 0; m < modes; m++) {
      sum += s->root[g * modes + m] * s->mode[m];
    }
    s->ring_potential[g] = sum;
  }
}

/* SE|SEI transfer on the whole area of the columns, in series with their last half cells. */
void SeiAddTransfer(SeiBlock *s, const double bottom[]) {
  const KineticsSeries *transfer = &s->options.transfer;

  if (!transfer->count) {
    return;
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    const InterfaceConditions at = {.temperature = s->options.temperature, .sei_thickness = s->thickness[c]};
    const double area = s->area * s->share[c];
    double slope;
    s->bottom.drop[c] += kinetics_series_overpotential(transfer, &at, bottom[c] / area, &slope);
    s->bottom.slope[c] += slope / area;
  }
}

/* e of the links and Kirchhoff's law at a state. */
void SeiEvaluateLinks(SeiBlock *s, const double current[], const double state[]) {
  const double *inner = state + SeiInner(s), *bottom = state + SeiBottom(s);
  double *out = s->kirchhoff, total = 0.0, magnitude = 0.0, largest = 0.0;

  SeiLinksEvaluate(&s->inner, inner);
  SeiLinksEvaluate(&s->bottom, bottom);
  SeiAddTransfer(s, bottom);
  SeiRingPotentials(s, bottom);
  for (PetscInt n = 0; n < s->cells; n++) {
    const double size = fabs(state[n]);
    out[n] = 0.0;
    largest = size > largest ? size : largest;
  }
  s->rounding = 8.0 * PETSC_MACHINE_EPSILON * largest;
  for (PetscInt l = 0; l < s->inner.count; l++) {
    const PetscInt a = s->from[l], b = s->to[l];
    s->inner.error[l] = state[a] - state[b] - s->inner.drop[l];
    out[a] += inner[l];
    out[b] -= inner[l];
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    const PetscInt last = SeiCell(s, c, s->layers - 1);
    out[SeiCell(s, c, 0)] -= current[c];
    s->bottom.error[c] = state[last] - s->ring_potential[s->options.under[c]] - s->bottom.drop[c];
    out[last] += bottom[c];
    total += current[c] - bottom[c];
    magnitude += fabs(current[c]);
  }
  s->imbalance = magnitude > 0.0 ? fabs(total) / magnitude : 0.0;
}

void SeiKeepConductances(double unit, SeiLinks *links) {
  for (PetscInt l = 0; l < links->count; l++) {
    links->conductance[l] = unit / links->slope[l];
  }
}

/* What the residuals of the inside contribute to the right-hand sides: in volts, unit * current. */
void SeiInsideResiduals(const SeiBlock *s, double cell[], double mode[]) {
  for (PetscInt n = 0; n < s->cells; n++) {
    cell[n] = -s->factored_unit * s->kirchhoff[n];
  }
  for (PetscInt l = 0; l < s->inner.count; l++) {
    const double flow = s->inner.conductance[l] * s->inner.error[l];
    cell[s->from[l]] -= flow;
    cell[s->to[l]] += flow;
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    const double flow = s->bottom.conductance[c] * s->bottom.error[c];
    const double *root = s->root + s->options.under[c] * s->modes;
    cell[SeiCell(s, c, s->layers - 1)] -= flow;
    for (PetscInt m = 0; m < s->modes; m++) {
      mode[m] += root[m] * flow;
    }
  }
}

void SeiFlowDirections(SeiBlock *s, const double mode[]) {
  const double *cell = s->direction, inverse = 1.0 / s->factored_unit;
  double *inner = s->direction + SeiInner(s), *bottom = s->direction + SeiBottom(s);

  for (PetscInt g = 0; g < s->rings; g++) {
    double sum = 0.0;
    for (PetscInt m = 0; m < s->modes; m++) {
      sum += s->root[g * s->modes + m] * mode[m];
    }
    s->ring_flow[g] = sum; /* dv */
  }
  for (PetscInt l = 0; l < s->inner.count; l++) {
    inner[l] = s->inner.conductance[l] * (cell[s->from[l]] - cell[s->to[l]] + s->inner.error[l]) * inverse;
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    const double drop = cell[SeiCell(s, c, s->layers - 1)] - s->ring_flow[s->options.under[c]];
    bottom[c] = s->bottom.conductance[c] * (drop + s->bottom.error[c]) * inverse;
  }
}
