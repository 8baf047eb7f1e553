/* The SEI block as a path of the ring currents: equations and method in sei.h. */
#include "sei_large_view.h"
#include "sei_signal.h"

/* A block without non-linearity is condensed to a dense operator up to this many columns. */
static const PetscInt condensed_columns = 256;
/* A flow that would turn, or fall below this part of itself, goes along its law instead. */
static const double collapse = 0.1;

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
  SeiEvaluateLinks(s, current, state);
  for (PetscInt c = 0; c < s->columns; c++) {
    potential[c] =
        state[SeiCell(s, c, 0)] + SeiHalfDrop(s->surface[c], s->surface_voltage[c], current[c], &s->surface_slope[c]);
  }
  PetscFunctionReturn(0);
}

/* --- linear solves ------------------------------------------------------------------------------------------------ */

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
  SeiKeepConductances(s->unit, &s->inner);
  SeiKeepConductances(s->unit, &s->bottom);
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

static PetscErrorCode Solve(void *context, double b[]) {
  SeiBlock *s = (SeiBlock *)context;

  PetscFunctionBeginUser;
  if (s->condensed) {
    PetscCall(BulkDenseSolve(&s->dense, 1, b));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscArrayzero(s->mode_update[SEI_BORDER_MAX], s->modes));
  SeiInsideResiduals(s, s->update[SEI_BORDER_MAX], s->mode_update[SEI_BORDER_MAX]);
  PetscCall(SolveColumn(s, b, s->update[SEI_BORDER_MAX], s->mode_update[SEI_BORDER_MAX]));
  PetscFunctionReturn(0);
}

/* --- update ------------------------------------------------------------------------------------------------------- */

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
  SeiFlowDirections(s, mode);
  PetscFunctionReturn(0);
}

/* Flows that would turn or collapse where their law is far from linear. Kirchhoff's law is broken by that, and is among
   the residuals of the next iteration. */
static void LimitFlows(SeiBlock *s, const SeiLinks *links, const double from[], const double step[], double to[]) {
  for (PetscInt l = 0; l < links->count; l++) {
    /* how far from linear: the more resistive half */
    const double near = links->near_voltage[l] > 0.0 ? links->near_resistance[l] / links->near_voltage[l] : 0.0;
    const double far = links->far_voltage[l] > 0.0 ? links->far_resistance[l] / links->far_voltage[l] : 0.0;
    const double bent = fabs(from[l]) * fmax(near, far);
    if (bent > 1.0 && (from[l] + step[l]) / from[l] < collapse) {
      const double moved = SeiLinkFlow(links, l, links->drop[l] + step[l] * s->factored_unit / links->conductance[l]);
      to[l] = isnan(moved) ? collapse * from[l] : moved;
      s->limit_acted = PETSC_TRUE;
    }
  }
}

static PetscErrorCode Move(void *context, double fraction, PetscBool limited, const double from[], double to[]) {
  SeiBlock *s = (SeiBlock *)context;
  const PetscInt size = SeiStateSize(s), inner = SeiInner(s);
  double *base = NULL;

  PetscFunctionBeginUser;
  s->limit_acted = PETSC_FALSE;
  limited = limited && s->inner.nonlinear ? PETSC_TRUE : PETSC_FALSE;
  if (limited && from == to) {
    base = s->before;
    PetscCall(PetscArraycpy(base, from, size));
    from = base;
  }
  for (PetscInt n = 0; n < size; n++) {
    to[n] = from[n] + fraction * s->direction[n];
  }
  if (limited) {
    LimitFlows(s, &s->inner, from + inner, s->direction + inner, to + inner);
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

  return Product(&s->inner, s->direction + SeiInner(s)) + Product(&s->bottom, s->direction + SeiBottom(s));
}

/* --- measures of Newton's method ---------------------------------------------------------------------------------- */

/* As a current density; beyond what the rounding of the potentials explains. *link: where. */
static double LargestError(const SeiLinks *links, double rounding, PetscInt *link) {
  double worst = 0.0;

  for (PetscInt l = 0; l < links->count; l++) {
    const double size = (fabs(links->error[l]) - rounding) / (links->slope[l] * links->scale[l]);
    if (!(size <= worst)) {
      worst = size;
      *link = l;
    }
    if (isnan(size)) {
      break;
    }
  }
  return worst;
}

static double Error(void *context, double largest, PetscInt *ring) {
  const SeiBlock *s = (const SeiBlock *)context;
  PetscInt inner_link = -1, bottom_link = *ring;
  const double inner = LargestError(&s->inner, s->rounding, &inner_link);
  const double bottom = LargestError(&s->bottom, s->rounding, &bottom_link);
  double worst = inner > bottom || isnan(inner) ? inner : bottom;

  *ring = inner > bottom && inner_link >= 0 ? s->column[inner_link] : bottom_link;
  for (PetscInt c = 0; c < s->columns; c++) {
    for (PetscInt k = 0; k < s->layers; k++) {
      const double size = fabs(s->kirchhoff[SeiCell(s, c, k)]) / (s->area * s->share[c]);
      worst = size > worst || isnan(size) ? size : worst;
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
  return fmax(LargestChange(s, &s->inner, state + SeiInner(s), largest),
              LargestChange(s, &s->bottom, state + SeiBottom(s), largest));
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
  SeiRingPotentials(s, state + SeiBottom(s));
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
  if (from->grain) {
    PetscCall(PetscMalloc1(cells, &s->own_grain));
    PetscCall(PetscArraycpy(s->own_grain, from->grain, cells));
    s->options.grain = s->own_grain;
  }
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
  PetscCall(SeiSignalDestroy(s));
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
  PetscCall(PetscFree(s->own_grain));
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
                              .linearise = SeiSignalLinearise,
                              .small_signal = SeiSignalImpedance,
                              .drops = SeiSignalDrops,
                              .network = SeiSignalNetwork,
                              .network_nodes = SeiSignalNodes,
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
    PetscCall(SeiCondense(s));
  }
  PetscCall(PathCreate(&ops, s, s->columns, s->condensed ? 0 : SeiStateSize(s), path));
  PetscFunctionReturn(0);
}

double SeiMemoryEstimate(PetscInt columns, PetscInt layers, PetscInt rings) {
  const double cells = (double)columns * (double)layers, width = (double)PetscMin(columns, layers) + 1.0;
  const double links = 3.0 * cells, local = 6.0 * cells; /* columns of X that overlap in a cell */

  /* matrix; X; links; potentials and flows of five states with their rates, and of the stages; border; dense */
  return 8.0 * (cells * (width + 3.0) + local + 12.0 * links + 18.0 * (cells + links) + 5.0 * cells +
                4.0 * (double)rings * (double)rings);
}

void SeiPathDescribe(Path path, SeiPathSolver *solver) {
  const SeiLarge *large = SeiLargeOf(path);
  const SeiBlock *s = (const SeiBlock *)path->context;

  *solver = (SeiPathSolver){{0}, 0, 0, 0, 0};
  if (large) {
    *solver = (SeiPathSolver){{0}, large->newton, large->solves, large->iterations, large->setups};
  }
  (void)snprintf(solver->method, sizeof solver->method, "%s",
                 large              ? large->method
                 : s->condensed     ? "dense operator"
                 : s->factor.sparse ? "Cholesky by CHOLMOD"
                                    : "Cholesky of a band");
}

PetscBool SeiPathIsCondensed(Path path) {
  return !path->is_distributed && ((const SeiBlock *)path->context)->condensed ? PETSC_TRUE : PETSC_FALSE;
}
