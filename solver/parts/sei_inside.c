/* The inside of the SEI block at given currents: condensed to a dense operator, as one film, as fields. */
#include "sei_large_view.h"
#include "sei_private.h"

/* The inside at given ring currents, in `state`, where nothing is non-linear: a solve without films, and a second one
   for what rounding has left of Kirchhoff's law. */
static PetscErrorCode SeiSolveInside(SeiBlock *s, const double current[], double state[]) {
  double *cell = s->update[SEI_BORDER_MAX], *mode = s->mode_update[SEI_BORDER_MAX];

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(state, SeiStateSize(s)));
  for (int pass = 0; pass < 2; pass++) {
    SeiEvaluateLinks(s, current, state);
    PetscCall(PetscArrayzero(mode, s->modes));
    SeiInsideResiduals(s, cell, mode);
    PetscCall(SeiFactorSolve(s, cell, mode));
    PetscCall(PetscArraycpy(s->direction, cell, s->cells));
    SeiFlowDirections(s, mode);
    for (PetscInt n = 0; n < SeiStateSize(s); n++) {
      state[n] += s->direction[n];
    }
  }
  PetscFunctionReturn(0);
}

/* Conductances of the links at no current. */
static PetscErrorCode SeiLinksAtRest(SeiBlock *s) {
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(s->direction, SeiStateSize(s)));
  SeiLinksEvaluate(&s->inner, s->direction);
  SeiLinksEvaluate(&s->bottom, s->direction);
  SeiAddTransfer(s, s->direction);
  SeiKeepConductances(s->unit, &s->inner);
  SeiKeepConductances(s->unit, &s->bottom);
  s->factored_unit = s->unit;
  PetscFunctionReturn(0);
}

/* Factor without films: the rings' currents are given. */
static PetscErrorCode SeiFactorInside(SeiBlock *s) {
  PetscFunctionBeginUser;
  PetscCall(SeiLinksAtRest(s));
  PetscCall(PetscArrayzero(s->admittance, s->columns));
  PetscCall(SeiFactorSetUp(s));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiCondense(SeiBlock *s) {
  const PetscInt n = s->columns;
  double *current;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)(n * n), &s->impedance, n, &s->arrival));
  PetscCall(PetscMalloc1(n, &current));
  PetscCall(BulkDenseCreate(n, &s->dense));
  PetscCall(SeiFactorInside(s));
  for (PetscInt j = 0; j < n; j++) {
    PetscCall(PetscArrayzero(current, n));
    current[j] = 1.0;
    PetscCall(SeiSolveInside(s, current, s->before));
    for (PetscInt c = 0; c < n; c++) {
      s->impedance[c + n * j] = s->before[SeiCell(s, c, 0)] / s->unit;
    }
    s->impedance[j + n * j] += s->surface[j] / s->unit;
    SeiRingPotentials(s, s->before + SeiBottom(s));
    PetscCall(BulkCounterCurrent(s->electrolyte, s->ring_flow, &s->arrival[j]));
  }
  for (PetscInt j = 0; j < n; j++) { /* symmetric to rounding; now to the bit */
    for (PetscInt c = 0; c < j; c++) {
      s->impedance[c + n * j] = s->impedance[j + n * c] = 0.5 * (s->impedance[c + n * j] + s->impedance[j + n * c]);
    }
  }
  PetscCall(PetscFree(current));
  s->condensed = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode SeiPathFilmResistance(Path path, double *resistance) {
  SeiBlock *s = (SeiBlock *)path->context;
  double *cell, total = 0.0;

  PetscFunctionBeginUser;
  PetscCheck(!path->is_distributed, PETSC_COMM_SELF, PETSC_ERR_SUP, "SEI: its film resistance needs the direct solver");
  cell = s->update[SEI_BORDER_MAX];
  PetscCall(SeiLinksAtRest(s));
  for (PetscInt c = 0; c < s->columns; c++) {
    s->admittance[c] = s->unit / s->surface[c];
  }
  PetscCall(SeiFactorSetUp(s));
  PetscCall(PetscArrayzero(cell, s->cells));
  for (PetscInt c = 0; c < s->columns; c++) {
    cell[SeiCell(s, c, 0)] = s->admittance[c]; /* 1 V */
  }
  PetscCall(SeiFactorSolveCells(s, cell));
  for (PetscInt c = 0; c < s->columns; c++) {
    total += s->admittance[c] * (1.0 - cell[SeiCell(s, c, 0)]) / s->unit;
  }
  *resistance = s->area / total;
  if (s->condensed) {
    PetscCall(SeiFactorInside(s)); /* what SeiPathView needs */
  }
  PetscFunctionReturn(0);
}

/* Current density [A/m^2] of a cell from the flows [A] through its four faces. */
static void CellDensity(const SeiBlock *s, PetscInt c, double in, double out, double above, double below, double *r,
                        double *z) {
  const double height = s->thickness[c] / (double)s->layers, inner = s->radius * s->options.edge[c];
  const double outer = s->radius * s->options.edge[c + 1];

  /* a source that is uniform over the cell: exact for flows that are linear between the faces */
  *r = 0.5 * ((inner > 0.0 ? in / inner : 0.0) + out / outer) / (2.0 * PETSC_PI * height);
  *z = -0.5 * (above + below) / (s->area * s->share[c]);
}

PetscErrorCode SeiCellDensities(SeiBlock *s, const double current[], const double state[], PetscBool corners,
                                double current_r[], double current_z[]) {
  const PetscInt layers = s->layers;
  const double *below = state + SeiBottom(s);
  double *lateral = s->direction + SeiInner(s), *vertical = lateral + s->lateral_count; /* work */

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(lateral, state + SeiInner(s), s->inner.count));
  for (PetscInt m = 0; corners && m < s->corner_count; m++) {
    const PetscInt n = s->corner_cell[m], c = n / layers, l = s->lateral_count + s->vertical_count + m;
    const double half = 0.5 * lateral[l], outward = s->from[l] == SeiCell(s, c, n % layers) ? half : -half;
    lateral[n] += outward;
    lateral[n + 1] += outward;
    vertical[c * (layers - 1) + n % layers] += half;
    vertical[(c + 1) * (layers - 1) + n % layers] += half;
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    for (PetscInt k = 0; k < layers; k++) {
      const PetscInt n = c * layers + k, v = c * (layers - 1) + k;
      const double in = c ? lateral[n - layers] : 0.0, out = c + 1 < s->columns ? lateral[n] : 0.0;
      CellDensity(s, c, in, out, k ? vertical[v - 1] : current[c], k + 1 < layers ? vertical[v] : below[c],
                  &current_r[n], &current_z[n]);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SeiPathView(Path path, const double current[], const double state[], double potential[],
                           double current_r[], double current_z[], double bottom[]) {
  SeiBlock *s = (SeiBlock *)path->context;

  PetscFunctionBeginUser;
  if (path->is_distributed) {
    PetscCall(SeiLargeView(SeiLargeOf(path), current, state, potential, current_r, current_z, bottom));
    PetscFunctionReturn(0);
  }
  if (s->condensed) {
    PetscCall(SeiSolveInside(s, current, s->before));
    state = s->before;
  }
  PetscCall(PetscArraycpy(bottom, state + SeiBottom(s), s->columns));
  for (PetscInt c = 0; c < s->columns; c++) {
    for (PetscInt k = 0; k < s->layers; k++) {
      potential[c * s->layers + k] = state[SeiCell(s, c, k)];
    }
  }
  PetscCall(SeiCellDensities(s, current, state, PETSC_TRUE, current_r, current_z));
  PetscFunctionReturn(0);
}
