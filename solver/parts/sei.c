/* The SEI block as a path of the ring currents: equations and method in sei.h. */
#include "sei_private.h"

/* A block without non-linearity is condensed to a dense operator up to this many columns. */
static const PetscInt condensed_columns = 256;
/* A flow that would turn, or fall below this part of itself, goes along its law instead. */
static const double collapse = 0.1;

/* --- residuals ---------------------------------------------------------------------------------------------------- */

/* v of the electrolyte rings from the flows at the bottom: unit B B^T q. */
static void RingPotentials(SeiBlock *s, const double bottom[]) {
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
static void AddTransfer(SeiBlock *s, const double bottom[]) {
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
static void EvaluateLinks(SeiBlock *s, const double current[], const double state[]) {
  const PetscInt layers = s->layers, across = s->column_stride, along = s->layer_stride;
  const double *lateral = state + SeiLateral(s), *vertical = state + SeiVertical(s), *bottom = state + SeiBottom(s);
  double *out = s->kirchhoff, total = 0.0, magnitude = 0.0, largest = 0.0;

  SeiLinksEvaluate(&s->lateral, lateral);
  SeiLinksEvaluate(&s->vertical, vertical);
  SeiLinksEvaluate(&s->bottom, bottom);
  AddTransfer(s, bottom);
  RingPotentials(s, bottom);
  for (PetscInt n = 0; n < s->cells; n++) {
    const double size = fabs(state[n]);
    out[n] = 0.0;
    largest = size > largest ? size : largest;
  }
  s->rounding = 8.0 * PETSC_MACHINE_EPSILON * largest;
  for (PetscInt c = 0; c < s->columns; c++) {
    const PetscInt top = SeiCell(s, c, 0), last = SeiCell(s, c, layers - 1);
    out[top] -= current[c];
    for (PetscInt k = 0; k + 1 < layers; k++) {
      const PetscInt l = c * (layers - 1) + k, a = top + k * along, b = a + along;
      s->vertical.error[l] = state[a] - state[b] - s->vertical.drop[l];
      out[a] += vertical[l];
      out[b] -= vertical[l];
    }
    for (PetscInt k = 0; k < layers && c + 1 < s->columns; k++) {
      const PetscInt l = c * layers + k, a = top + k * along, b = a + across;
      s->lateral.error[l] = state[a] - state[b] - s->lateral.drop[l];
      out[a] += lateral[l];
      out[b] -= lateral[l];
    }
    s->bottom.error[c] = state[last] - s->ring_potential[s->options.under[c]] - s->bottom.drop[c];
    out[last] += bottom[c];
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    total += current[c] - bottom[c];
    magnitude += fabs(current[c]);
  }
  s->imbalance = magnitude > 0.0 ? fabs(total) / magnitude : 0.0;
}

static PetscErrorCode Evaluate(void *context, const double current[], const double state[], double potential[]) {
  SeiBlock *s = (SeiBlock *)context;

  PetscFunctionBeginUser;
  if (s->condensed) {
    const PetscBLASInt n = s->dense.n, one = 1;
    const double zero = 0.0;
    PetscCallBLAS("BLASgemv",
                  BLASgemv_("N", &n, &n, &s->unit, s->impedance, &n, current, &one, &zero, potential, &one));
    PetscFunctionReturn(0);
  }
  EvaluateLinks(s, current, state);
  for (PetscInt c = 0; c < s->columns; c++) {
    potential[c] =
        state[SeiCell(s, c, 0)] + SeiHalfDrop(s->surface[c], s->surface_voltage[c], current[c], &s->surface_slope[c]);
  }
  PetscFunctionReturn(0);
}

/* --- linear solves ------------------------------------------------------------------------------------------------ */

static void KeepConductances(double unit, SeiLinks *links) {
  for (PetscInt l = 0; l < links->count; l++) {
    links->conductance[l] = unit / links->slope[l];
  }
}

static PetscErrorCode FactorCondensed(SeiBlock *s, const double film[]) {
  const PetscInt n = s->columns;

  PetscFunctionBeginUser;
  for (PetscInt m = 0; m < n * n; m++) {
    s->dense.matrix[m] = s->unit * s->impedance[m];
  }
  for (PetscInt j = 0; j < n; j++) {
    s->dense.matrix[j + n * j] += film[j];
  }
  PetscCall(BulkDenseFactor(&s->dense, DENSE_SYMMETRIC));
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(void *context, const double film[]) {
  SeiBlock *s = (SeiBlock *)context;

  PetscFunctionBeginUser;
  s->factored_unit = s->unit;
  if (s->condensed) {
    PetscCall(FactorCondensed(s, film));
    PetscFunctionReturn(0);
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    const double sum = film[c] + s->surface_slope[c];
    PetscCheck(isfinite(sum) && fabs(sum) > 1e-14 * s->surface_slope[c], PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT,
               "SEI: the film resistance %g Ohm of column %" PetscInt_FMT " cancels that of the half cell below it",
               film[c], c);
    s->admittance[c] = s->unit / sum;
  }
  KeepConductances(s->unit, &s->lateral);
  KeepConductances(s->unit, &s->vertical);
  KeepConductances(s->unit, &s->bottom);
  PetscCall(SeiFactorSetUp(s));
  PetscFunctionReturn(0);
}

/* Right-hand sides Y b in the surface cells; solve; b becomes the change of the ring currents. */
static PetscErrorCode SolveColumn(SeiBlock *s, double b[], double cell[], double mode[]) {
  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < s->columns; c++) {
    cell[SeiCell(s, c, 0)] += s->admittance[c] * b[c];
  }
  PetscCall(SeiFactorSolve(s, cell, mode));
  for (PetscInt c = 0; c < s->columns; c++) {
    b[c] = s->admittance[c] * (b[c] - cell[SeiCell(s, c, 0)]) / s->factored_unit;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveBorder(void *context, PetscInt count, double b[]) {
  SeiBlock *s = (SeiBlock *)context;

  PetscFunctionBeginUser;
  if (s->condensed) {
    PetscCall(BulkDenseSolve(&s->dense, count, b));
    PetscFunctionReturn(0);
  }
  PetscCheck(count <= SEI_BORDER_MAX, PETSC_COMM_SELF, PETSC_ERR_PLIB, "%d border columns", (int)count);
  s->borders = count;
  for (PetscInt n = 0; n < count; n++) {
    PetscCall(PetscArrayzero(s->update[n], s->cells));
    PetscCall(PetscArrayzero(s->mode_update[n], s->modes));
    PetscCall(SolveColumn(s, b + n * s->columns, s->update[n], s->mode_update[n]));
  }
  PetscFunctionReturn(0);
}

/* What the residuals of the inside contribute to the right-hand sides: in volts, unit * current. */
static void InsideResiduals(const SeiBlock *s, double cell[], double mode[]) {
  const PetscInt layers = s->layers;

  for (PetscInt n = 0; n < s->cells; n++) {
    cell[n] = -s->factored_unit * s->kirchhoff[n];
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    const PetscInt top = SeiCell(s, c, 0), last = SeiCell(s, c, layers - 1);
    const double at_bottom = s->bottom.conductance[c] * s->bottom.error[c];
    const double *root = s->root + s->options.under[c] * s->modes;
    for (PetscInt k = 0; k + 1 < layers; k++) {
      const PetscInt l = c * (layers - 1) + k, a = top + k * s->layer_stride;
      const double flow = s->vertical.conductance[l] * s->vertical.error[l];
      cell[a] -= flow;
      cell[a + s->layer_stride] += flow;
    }
    for (PetscInt k = 0; k < layers && c + 1 < s->columns; k++) {
      const PetscInt l = c * layers + k, a = top + k * s->layer_stride;
      const double flow = s->lateral.conductance[l] * s->lateral.error[l];
      cell[a] -= flow;
      cell[a + s->column_stride] += flow;
    }
    cell[last] -= at_bottom;
    for (PetscInt m = 0; m < s->modes; m++) {
      mode[m] += root[m] * at_bottom;
    }
  }
}

static PetscErrorCode Solve(void *context, double b[]) {
  SeiBlock *s = (SeiBlock *)context;

  PetscFunctionBeginUser;
  if (s->condensed) {
    PetscCall(BulkDenseSolve(&s->dense, 1, b));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscArrayzero(s->mode_update[SEI_BORDER_MAX], s->modes));
  InsideResiduals(s, s->update[SEI_BORDER_MAX], s->mode_update[SEI_BORDER_MAX]);
  PetscCall(SolveColumn(s, b, s->update[SEI_BORDER_MAX], s->mode_update[SEI_BORDER_MAX]));
  PetscFunctionReturn(0);
}

/* --- update ------------------------------------------------------------------------------------------------------- */

static void FlowDirections(SeiBlock *s, const double mode[]) {
  const PetscInt layers = s->layers, across = s->column_stride, along = s->layer_stride;
  const double *cell = s->direction, inverse = 1.0 / s->factored_unit;
  double *lateral = s->direction + SeiLateral(s), *vertical = s->direction + SeiVertical(s);
  double *bottom = s->direction + SeiBottom(s);

  for (PetscInt g = 0; g < s->rings; g++) {
    double sum = 0.0;
    for (PetscInt m = 0; m < s->modes; m++) {
      sum += s->root[g * s->modes + m] * mode[m];
    }
    s->ring_flow[g] = sum; /* dv */
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    const PetscInt top = SeiCell(s, c, 0), last = SeiCell(s, c, layers - 1);
    for (PetscInt k = 0; k + 1 < layers; k++) {
      const PetscInt l = c * (layers - 1) + k, a = top + k * along;
      vertical[l] = s->vertical.conductance[l] * (cell[a] - cell[a + along] + s->vertical.error[l]) * inverse;
    }
    for (PetscInt k = 0; k < layers && c + 1 < s->columns; k++) {
      const PetscInt l = c * layers + k, a = top + k * along;
      lateral[l] = s->lateral.conductance[l] * (cell[a] - cell[a + across] + s->lateral.error[l]) * inverse;
    }
    bottom[c] =
        s->bottom.conductance[c] * (cell[last] - s->ring_flow[s->options.under[c]] + s->bottom.error[c]) * inverse;
  }
}

static PetscErrorCode Direction(void *context, PetscInt count, const double coefficient[], const double step[]) {
  SeiBlock *s = (SeiBlock *)context;
  double *mode = s->mode_update[SEI_BORDER_MAX], *cell = s->update[SEI_BORDER_MAX];

  PetscFunctionBeginUser;
  (void)step;
  for (PetscInt b = 0; b < count; b++) {
    for (PetscInt n = 0; n < s->cells; n++) {
      cell[n] += coefficient[b] * s->update[b][n];
    }
    for (PetscInt m = 0; m < s->modes; m++) {
      mode[m] += coefficient[b] * s->mode_update[b][m];
    }
  }
  PetscCall(PetscArraycpy(s->direction, cell, s->cells));
  FlowDirections(s, mode);
  PetscFunctionReturn(0);
}

/* Flows that would turn or collapse where their law is far from linear. Kirchhoff's law is broken by that, and is among
   the residuals of the next iteration. */
static void LimitFlows(SeiBlock *s, const SeiLinks *links, const double from[], const double step[], double to[]) {
  for (PetscInt l = 0; l < links->count; l++) {
    const double bent =
        links->near_voltage[l] > 0.0 ? fabs(from[l]) * links->near_resistance[l] / links->near_voltage[l] : 0.0;
    if (bent > 1.0 && (from[l] + step[l]) / from[l] < collapse) {
      const double moved = SeiLinkFlow(links, l, links->drop[l] + step[l] * s->factored_unit / links->conductance[l]);
      to[l] = isnan(moved) ? collapse * from[l] : moved;
      s->limit_acted = PETSC_TRUE;
    }
  }
}

static PetscErrorCode Move(void *context, double fraction, PetscBool limited, const double from[], double to[]) {
  SeiBlock *s = (SeiBlock *)context;
  const PetscInt size = SeiStateSize(s), lateral = SeiLateral(s), vertical = SeiVertical(s);
  double *base = NULL;

  PetscFunctionBeginUser;
  s->limit_acted = PETSC_FALSE;
  limited = limited && s->lateral.nonlinear ? PETSC_TRUE : PETSC_FALSE;
  if (limited && from == to) {
    base = s->before;
    PetscCall(PetscArraycpy(base, from, size));
    from = base;
  }
  for (PetscInt n = 0; n < size; n++) {
    to[n] = from[n] + fraction * s->direction[n];
  }
  if (limited) {
    LimitFlows(s, &s->lateral, from + lateral, s->direction + lateral, to + lateral);
    LimitFlows(s, &s->vertical, from + vertical, s->direction + vertical, to + vertical);
  }
  PetscFunctionReturn(0);
}

static double Product(const SeiLinks *links, const double step[]) {
  double sum = 0.0;

  for (PetscInt l = 0; l < links->count; l++) {
    sum += step[l] * links->error[l];
  }
  return sum;
}

static double Descent(void *context) {
  const SeiBlock *s = (const SeiBlock *)context;

  return Product(&s->lateral, s->direction + SeiLateral(s)) + Product(&s->vertical, s->direction + SeiVertical(s)) +
         Product(&s->bottom, s->direction + SeiBottom(s));
}

/* --- measures of Newton's method ---------------------------------------------------------------------------------- */

/* As a current density; beyond what the rounding of the potentials explains. */
static double LargestError(const SeiLinks *links, double rounding, PetscInt per_column, PetscInt *column) {
  double worst = 0.0;

  for (PetscInt l = 0; l < links->count; l++) {
    const double size = (fabs(links->error[l]) - rounding) / (links->slope[l] * links->scale[l]);
    if (!(size <= worst)) {
      worst = size;
      *column = l / per_column;
    }
  }
  return worst;
}

static double Error(void *context, double largest, PetscInt *ring) {
  const SeiBlock *s = (const SeiBlock *)context;
  double worst = 0.0;

  worst = fmax(worst, LargestError(&s->lateral, s->rounding, s->layers, ring));
  worst = fmax(worst, LargestError(&s->bottom, s->rounding, 1, ring));
  if (s->layers > 1) {
    worst = fmax(worst, LargestError(&s->vertical, s->rounding, s->layers - 1, ring));
  }
  for (PetscInt c = 0; c < s->columns; c++) {
    for (PetscInt k = 0; k < s->layers; k++) {
      const double size = fabs(s->kirchhoff[SeiCell(s, c, k)]) / (s->area * s->share[c]);
      worst = size > worst ? size : worst;
    }
  }
  return s->limit_acted ? fmax(1.0, worst / largest) : worst / largest;
}

static double Imbalance(void *context) {
  return ((const SeiBlock *)context)->imbalance;
}

/* An old slope serves while it is near: one that has become smaller slows the iteration down for those links that carry
   current; one that has become larger makes it diverge in any link, however little it carries. */
static double LargestChange(const SeiBlock *s, const SeiLinks *links, const double flow[], double largest) {
  double worst = 0.0;

  for (PetscInt l = 0; l < links->count; l++) {
    const double ratio = links->slope[l] * links->conductance[l] / s->factored_unit;
    const double carried = fabs(flow[l]) / (links->scale[l] * largest), part = carried < 1.0 ? carried : 1.0;
    const double change = ratio > 1.3 ? ratio - 1.0 : fabs(1.0 / ratio - 1.0) * part;
    worst = change > worst ? change : worst;
  }
  return worst;
}

static double Staleness(void *context, double largest, const double state[]) {
  const SeiBlock *s = (const SeiBlock *)context;

  if (s->linear) {
    return 0.0;
  }
  return fmax(LargestChange(s, &s->lateral, state + SeiLateral(s), largest),
              fmax(LargestChange(s, &s->vertical, state + SeiVertical(s), largest),
                   LargestChange(s, &s->bottom, state + SeiBottom(s), largest)));
}

static PetscErrorCode CounterCurrent(void *context, const double current[], const double state[], double *arriving) {
  SeiBlock *s = (SeiBlock *)context;

  PetscFunctionBeginUser;
  if (s->condensed) {
    *arriving = 0.0;
    for (PetscInt c = 0; c < s->columns; c++) {
      *arriving += s->arrival[c] * current[c];
    }
    PetscFunctionReturn(0);
  }
  RingPotentials(s, state + SeiBottom(s));
  PetscCall(BulkCounterCurrent(s->electrolyte, s->ring_flow, arriving));
  PetscFunctionReturn(0);
}

static PetscErrorCode SetSize(void *context, double radius, const double thickness[]) {
  SeiBlock *s = (SeiBlock *)context;
  PetscBool same = PETSC_FALSE;

  PetscFunctionBeginUser;
  if (s->sized && radius == s->radius) {
    PetscCall(PetscArraycmp(thickness, s->thickness, s->columns, &same));
  }
  if (!same) {
    PetscCheck(!s->condensed || !s->sized, PETSC_COMM_SELF, PETSC_ERR_PLIB,
               "SEI: a block that is condensed has changed its shape");
    PetscCall(BulkSetRadius(s->electrolyte, radius));
    if (s->options.phases_at && (!s->sized || radius != s->radius)) {
      s->options.phases_at(s->options.phases_context, radius, s->own_conductivity, s->own_phase);
      SeiGeometryFillHalves(s);
    }
    SeiGeometrySize(s, radius, thickness);
  }
  PetscFunctionReturn(0);
}

/* --- life --------------------------------------------------------------------------------------------------------- */

/* The inside at given ring currents, in `state`, where nothing is non-linear: a solve without films, and a second one
   for what rounding has left of Kirchhoff's law. */
static PetscErrorCode SolveInside(SeiBlock *s, const double current[], double state[]) {
  double *cell = s->update[SEI_BORDER_MAX], *mode = s->mode_update[SEI_BORDER_MAX];

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(state, SeiStateSize(s)));
  for (int pass = 0; pass < 2; pass++) {
    EvaluateLinks(s, current, state);
    PetscCall(PetscArrayzero(mode, s->modes));
    InsideResiduals(s, cell, mode);
    PetscCall(SeiFactorSolve(s, cell, mode));
    PetscCall(PetscArraycpy(s->direction, cell, s->cells));
    FlowDirections(s, mode);
    for (PetscInt n = 0; n < SeiStateSize(s); n++) {
      state[n] += s->direction[n];
    }
  }
  PetscFunctionReturn(0);
}

/* Conductances of the links at no current. */
static PetscErrorCode LinksAtRest(SeiBlock *s) {
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(s->direction, SeiStateSize(s)));
  SeiLinksEvaluate(&s->lateral, s->direction);
  SeiLinksEvaluate(&s->vertical, s->direction);
  SeiLinksEvaluate(&s->bottom, s->direction);
  AddTransfer(s, s->direction);
  KeepConductances(s->unit, &s->lateral);
  KeepConductances(s->unit, &s->vertical);
  KeepConductances(s->unit, &s->bottom);
  s->factored_unit = s->unit;
  PetscFunctionReturn(0);
}

/* Factor without films: the rings' currents are given. */
static PetscErrorCode FactorInside(SeiBlock *s) {
  PetscFunctionBeginUser;
  PetscCall(LinksAtRest(s));
  PetscCall(PetscArrayzero(s->admittance, s->columns));
  PetscCall(SeiFactorSetUp(s));
  PetscFunctionReturn(0);
}

static PetscErrorCode Condense(SeiBlock *s) {
  const PetscInt n = s->columns;
  double *current;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)(n * n), &s->impedance, n, &s->arrival));
  PetscCall(PetscMalloc1(n, &current));
  PetscCall(BulkDenseCreate(n, &s->dense));
  PetscCall(FactorInside(s));
  for (PetscInt j = 0; j < n; j++) {
    PetscCall(PetscArrayzero(current, n));
    current[j] = 1.0;
    PetscCall(SolveInside(s, current, s->before));
    for (PetscInt c = 0; c < n; c++) {
      s->impedance[c + n * j] = s->before[SeiCell(s, c, 0)] / s->unit;
    }
    s->impedance[j + n * j] += s->surface[j] / s->unit;
    RingPotentials(s, s->before + SeiBottom(s));
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

static PetscErrorCode CopyOptions(const SeiOptions *from, SeiBlock *s) {
  const PetscInt columns = from->columns, edges = columns + 1, cells = columns * from->layers;
  double *edge, *centre, *conductivity;
  PetscInt *under;
  int *phase;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc5(edges, &edge, columns, &centre, columns, &under, cells, &conductivity, cells, &phase));
  PetscCall(PetscArraycpy(edge, from->edge, edges));
  PetscCall(PetscArraycpy(centre, from->centre, columns));
  PetscCall(PetscArraycpy(under, from->under, columns));
  PetscCall(PetscArraycpy(conductivity, from->conductivity, cells));
  PetscCall(PetscArraycpy(phase, from->phase, cells));
  s->options = *from;
  s->options.edge = edge;
  s->options.centre = centre;
  s->options.under = under;
  s->options.conductivity = s->own_conductivity = conductivity;
  s->options.phase = s->own_phase = phase;
  PetscFunctionReturn(0);
}

static PetscErrorCode AllocateWork(SeiBlock *s) {
  const PetscInt size = SeiStateSize(s);

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(s->columns, &s->admittance, s->cells, &s->kirchhoff, size, &s->direction, size, &s->before));
  PetscCall(PetscMalloc3(s->rings, &s->ring_flow, s->rings, &s->ring_potential, s->modes, &s->mode));
  for (int n = 0; n <= SEI_BORDER_MAX; n++) {
    PetscCall(PetscMalloc2(s->cells, &s->update[n], s->modes, &s->mode_update[n]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Destroy(void *context) {
  SeiBlock *s = (SeiBlock *)context;
  SeiOptions *o = &s->options;

  PetscFunctionBeginUser;
  PetscCall(SeiGeometryDestroy(s));
  PetscCall(SeiFactorDestroy(s));
  PetscCall(PetscFree(s->root));
  PetscCall(PetscFree4(s->admittance, s->kirchhoff, s->direction, s->before));
  PetscCall(PetscFree3(s->ring_flow, s->ring_potential, s->mode));
  for (int n = 0; n <= SEI_BORDER_MAX; n++) {
    PetscCall(PetscFree2(s->update[n], s->mode_update[n]));
  }
  PetscCall(PetscFree2(s->impedance, s->arrival));
  PetscCall(BulkDenseDestroy(&s->dense));
  PetscCall(PetscFree5(o->edge, o->centre, o->under, o->conductivity, o->phase));
  PetscCall(PetscFree(s));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiPathCreate(Bulk electrolyte, const SeiOptions *options, Path *path) {
  static const PathOps ops = {.name = "SEI",
                              .set_size = SetSize,
                              .evaluate = Evaluate,
                              .factor = Factor,
                              .solve_border = SolveBorder,
                              .solve = Solve,
                              .counter_current = CounterCurrent,
                              .direction = Direction,
                              .move = Move,
                              .descent = Descent,
                              .error = Error,
                              .imbalance = Imbalance,
                              .staleness = Staleness,
                              .destroy = Destroy};
  const PetscBool by_columns = options->layers <= options->columns ? PETSC_TRUE : PETSC_FALSE;
  double *thickness;
  SeiBlock *s;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&s));
  PetscCall(CopyOptions(options, s));
  s->electrolyte = electrolyte;
  s->columns = options->columns;
  s->layers = options->layers;
  s->cells = s->columns * s->layers;
  s->column_stride = by_columns ? s->layers : 1;
  s->layer_stride = by_columns ? 1 : s->columns;
  s->rings = BulkRings(electrolyte);
  s->linear = isinf(options->field_scale) && !options->transfer.count ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(BulkRoot(electrolyte, &s->modes, &s->root));
  PetscCall(SeiGeometryCreate(s));
  PetscCall(SeiFactorCreate(s));
  PetscCall(AllocateWork(s));
  PetscCall(PetscMalloc1(s->columns, &thickness));
  for (PetscInt c = 0; c < s->columns; c++) {
    thickness[c] = options->thickness;
  }
  PetscCall(SetSize(s, options->radius, thickness));
  PetscCall(PetscFree(thickness));
  if (s->linear && !options->changes_shape && s->columns <= condensed_columns) {
    PetscCall(Condense(s));
  }
  PetscCall(PathCreate(&ops, s, s->columns, s->condensed ? 0 : SeiStateSize(s), path));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiPathFilmResistance(Path path, double *resistance) {
  SeiBlock *s = (SeiBlock *)path->context;
  double *cell = s->update[SEI_BORDER_MAX], total = 0.0;

  PetscFunctionBeginUser;
  PetscCall(LinksAtRest(s));
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
    PetscCall(FactorInside(s)); /* what SeiPathView needs */
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

PetscErrorCode SeiPathView(Path path, const double current[], const double state[], double potential[],
                           double current_r[], double current_z[], double bottom[]) {
  SeiBlock *s = (SeiBlock *)path->context;
  const PetscInt layers = s->layers;
  const double *lateral, *vertical, *below;

  PetscFunctionBeginUser;
  if (s->condensed) {
    PetscCall(SolveInside(s, current, s->before));
    state = s->before;
  }
  lateral = state + SeiLateral(s);
  vertical = state + SeiVertical(s);
  below = state + SeiBottom(s);
  for (PetscInt c = 0; c < s->columns; c++) {
    bottom[c] = below[c];
    for (PetscInt k = 0; k < layers; k++) {
      const PetscInt n = c * layers + k, v = c * (layers - 1) + k;
      const double in = c ? lateral[n - layers] : 0.0, out = c + 1 < s->columns ? lateral[n] : 0.0;
      potential[n] = state[SeiCell(s, c, k)];
      CellDensity(s, c, in, out, k ? vertical[v - 1] : current[c], k + 1 < layers ? vertical[v] : below[c],
                  &current_r[n], &current_z[n]);
    }
  }
  PetscFunctionReturn(0);
}

PetscBool SeiPathIsCondensed(Path path) {
  return ((const SeiBlock *)path->context)->condensed;
}
