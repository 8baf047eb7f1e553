/* The distributed SEI and electrolyte as a path of the ring currents: sei_large.h. */
#include "sei_large.h"
#include "../monitor/profile.h"
#include "sei_large_view.h"
#include <math.h>

/* A flow that would turn, or fall below this part of itself, goes along its law instead. */
static const double collapse = 0.1;

static PetscErrorCode SetSize(void *context, double radius, const double thickness[]) {
  SeiLarge *s = (SeiLarge *)context;

  PetscFunctionBeginUser;
  PetscCall(BulkSetRadius(s->electrolyte, radius));
  s->radius = radius;
  s->area = PETSC_PI * radius * radius;
  s->unit = BulkUnit(s->electrolyte) * BulkRadius(s->electrolyte) / radius;
  PetscCall(PetscArraycpy(s->thickness, thickness, s->columns));
  PetscFunctionReturn(0);
}

static PetscErrorCode Evaluate(void *context, const double current[], const double state[], double potential[]) {
  SeiLarge *s = (SeiLarge *)context;

  PetscFunctionBeginUser;
  ProfileEventCall(PROFILE_SEI_RESIDUAL, SeiLargeEvaluate(s, current, state));
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    const SeiLargeLink half = SeiLargeSurface(s, c);
    potential[c] =
        state[s->column_row[c] - s->row_first] +
        SeiHalfDrop(half.near_resistance, half.near_voltage, current[c], &s->surface_slope[c - s->column_first]);
  }
  PetscCall(SeiLargeGather(s, potential));
  PetscFunctionReturn(0);
}

/* --- linear solves ------------------------------------------------------------------------------------------------ */

static const double border_tolerance = 1e-8; /* of a column that all Newton updates use */
static const double loosest = 1e-4, tightest = 1e-12, forcing_factor = 0.9; /* of the forcing term */
static const double near_the_end = 1e-3; /* of the first right-hand side: then what stays is looked at, too */
static const double exact = 1e-12;       /* of a solve whose error would stay, relative to the first of a step */

/* All processes throw the same error. */
static PetscErrorCode CheckFilms(SeiLarge *s, const double film[]) {
  PetscInt wrong = s->columns;

  PetscFunctionBeginUser;
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    const double sum = film[c] + s->surface_slope[c - s->column_first];
    if (!(sum > 0.0) || isinf(sum)) {
      wrong = c;
    }
    s->admittance[c - s->column_first] = s->unit / sum;
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &wrong, 1, MPIU_INT, MPI_MIN, s->comm));
  PetscCheck(wrong == s->columns, s->comm, PETSC_ERR_MAT_CH_ZRPVT,
             "SEI: the film resistance %g Ohm of column %" PetscInt_FMT
             " is not positive with the half cell below it: this needs sei.block.solver direct",
             film[wrong], wrong);
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(void *context, const double film[]) {
  SeiLarge *s = (SeiLarge *)context;

  PetscFunctionBeginUser;
  PetscCall(CheckFilms(s, film));
  SeiLargeKeepConductances(s);
  ProfileEventCall(PROFILE_SEI_MATRIX, SeiLargeAssemble(s));
  PetscFunctionReturn(0);
}

/* Right-hand sides Y b at the surface; solve; b becomes the change of the ring currents. */
static PetscErrorCode SolveColumn(SeiLarge *s, double tolerance, double b[], double rows[]) {
  PetscFunctionBeginUser;
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    rows[s->column_row[c] - s->row_first] += s->admittance[c - s->column_first] * b[c];
  }
  ProfileEventCall(PROFILE_SEI_SOLVE, SeiLargeSolve(s, tolerance, rows));
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    b[c] = s->admittance[c - s->column_first] * (b[c] - rows[s->column_row[c] - s->row_first]) / s->factored_unit;
  }
  PetscCall(SeiLargeGather(s, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveBorder(void *context, PetscInt count, double b[]) {
  SeiLarge *s = (SeiLarge *)context;
  const PetscInt own = s->row_last - s->row_first;

  PetscFunctionBeginUser;
  PetscCheck(count <= SEI_LARGE_BORDERS, s->comm, PETSC_ERR_PLIB, "%d border columns", (int)count);
  for (PetscInt n = 0; n < count; n++) {
    if (!s->border[n]) {
      PetscCall(PetscMalloc1(own, &s->border[n]));
    }
    PetscCall(PetscArrayzero(s->border[n], own));
    PetscCall(SolveColumn(s, border_tolerance, b + n * s->columns, s->border[n]));
  }
  PetscFunctionReturn(0);
}

/* eta = 0.9 (|F_k|/|F_k-1|)^2 of right-hand sides over the root of the matrix's diagonal: near the norm of the energy,
   which sees what a poor conductor lacks beside a good one. */
static PetscErrorCode ForcingTerm(SeiLarge *s, const double b[], double *tolerance) {
  const double *diagonal;
  double norm = 0.0;

  PetscFunctionBeginUser;
  PetscCall(MatGetDiagonal(s->matrix, s->solution)); /* a place that is free now */
  PetscCall(VecGetArrayRead(s->solution, &diagonal));
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    s->direction[s->column_row[c] - s->row_first] += s->admittance[c - s->column_first] * b[c];
  }
  for (PetscInt n = 0; n < s->row_last - s->row_first; n++) {
    norm += PetscSqr(s->direction[n]) / diagonal[n];
  }
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    s->direction[s->column_row[c] - s->row_first] -= s->admittance[c - s->column_first] * b[c];
  }
  PetscCall(VecRestoreArrayRead(s->solution, &diagonal));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &norm, 1, MPI_DOUBLE, MPI_SUM, s->comm));
  norm = sqrt(norm);
  *tolerance = loosest;
  if (s->last_norm > 0.0) {
    *tolerance = forcing_factor * PetscSqr(norm / s->last_norm);
  }
  s->first_norm = s->first_norm > 0.0 ? s->first_norm : norm;
  if (!s->settles) { /* what is left is nothing beside the first update */
    *tolerance = norm > 0.0 ? exact * s->first_norm / norm : loosest;
  } else if (norm > 0.0 && norm < near_the_end * s->first_norm) {
    *tolerance = PetscMin(*tolerance, exact * s->first_norm / norm);
  }
  *tolerance = PetscMax(tightest, PetscMin(loosest, *tolerance));
  s->last_norm = norm;
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(void *context, double b[]) {
  SeiLarge *s = (SeiLarge *)context;
  double tolerance;

  PetscFunctionBeginUser;
  s->newton++;
  SeiLargeResiduals(s, s->direction);
  PetscCall(ForcingTerm(s, b, &tolerance));
  PetscCall(SolveColumn(s, tolerance, b, s->direction));
  PetscFunctionReturn(0);
}

static PetscErrorCode Begin(void *context, PetscBool settles) {
  SeiLarge *s = (SeiLarge *)context;

  PetscFunctionBeginUser;
  s->fresh = PETSC_TRUE;
  s->settles = settles;
  s->first_norm = s->last_norm = 0.0;
  PetscFunctionReturn(0);
}

/* --- update ------------------------------------------------------------------------------------------------------- */

static PetscErrorCode Direction(void *context, PetscInt count, const double coefficient[], const double step[]) {
  SeiLarge *s = (SeiLarge *)context;

  PetscFunctionBeginUser;
  (void)step;
  for (PetscInt m = 0; m < count; m++) {
    for (PetscInt n = 0; n < s->row_last - s->row_first; n++) {
      s->direction[n] += coefficient[m] * s->border[m][n];
    }
  }
  PetscCall(SeiLargeFlowDirections(s));
  PetscFunctionReturn(0);
}

typedef struct {
  double *to;
} Limit;

/* Where the law is far from linear, a flow that turned or collapsed is taken back and goes along it: sei.c. */
static void LimitFlow(SeiLarge *s, const SeiLargePlace *at, void *context) {
  double *to = ((Limit *)context)->to + s->link[at->kind].place + at->index;
  const double step = s->direction[s->link[at->kind].place + at->index], from = *to - step;
  SeiLargeLink link;
  double bent, slope, one, other, drop, moved;

  if (at->kind == SEI_BOTTOM || *to / from >= collapse) {
    return;
  }
  link = SeiLargeLinkOf(s, at);
  bent = fabs(from) * fmax(link.near_voltage > 0.0 ? link.near_resistance / link.near_voltage : 0.0,
                           link.far_voltage > 0.0 ? link.far_resistance / link.far_voltage : 0.0);
  if (!(bent > 1.0)) {
    return;
  }
  one = SeiHalfDrop(link.near_resistance, link.near_voltage, from, &slope);
  other = SeiHalfDrop(link.far_resistance, link.far_voltage, from, &slope);
  drop = one + other + link.series * from + step * s->factored_unit / (double)s->link[at->kind].conductance[at->index];
  {
    const SeiLinks single = {.count = 1,
                             .nonlinear = PETSC_TRUE,
                             .near_resistance = &link.near_resistance,
                             .far_resistance = &link.far_resistance,
                             .near_voltage = &link.near_voltage,
                             .far_voltage = &link.far_voltage,
                             .series = &link.series};
    moved = SeiLinkFlow(&single, 0, drop);
  }
  *to = isnan(moved) ? collapse * from : moved;
  s->limit_acted = PETSC_TRUE;
}

static PetscErrorCode Move(void *context, double fraction, PetscBool limited, const double from[], double to[]) {
  SeiLarge *s = (SeiLarge *)context;
  Limit limit = {to};
  int acted = 0;

  PetscFunctionBeginUser;
  s->limit_acted = PETSC_FALSE;
  for (PetscInt n = 0; n < s->state_size; n++) {
    to[n] = from[n] + fraction * s->direction[n];
  }
  if (limited && s->nonlinear) { /* a whole step */
    SeiLargeVisitLinks(s, LimitFlow, &limit);
    acted = s->limit_acted ? 1 : 0;
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &acted, 1, MPI_INT, MPI_MAX, s->comm));
    s->limit_acted = acted ? PETSC_TRUE : PETSC_FALSE;
  }
  PetscFunctionReturn(0);
}

/* --- measures of Newton's method ---------------------------------------------------------------------------------- */

static double Over(const SeiLarge *s, double value, MPI_Op op) {
  PetscCallAbort(s->comm, MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, op, s->comm));
  return value;
}

static void AddProduct(SeiLarge *s, const SeiLargePlace *at, void *context) {
  const SeiLargeLinks *links = &s->link[at->kind];

  if (at->counted) {
    *(double *)context += s->direction[links->place + at->index] * links->error[at->index];
  }
}

static double Descent(void *context) {
  SeiLarge *s = (SeiLarge *)context;
  double sum = 0.0;

  SeiLargeVisitLinks(s, AddProduct, &sum);
  return Over(s, sum, MPI_SUM);
}

typedef struct {
  double worst;
  PetscInt column;
} Worst;

static void Keep(Worst *worst, double size, PetscInt column) {
  size = isnan(size) ? INFINITY : size;
  if (size > worst->worst) {
    *worst = (Worst){size, column};
  }
}

static void LargestError(SeiLarge *s, const SeiLargePlace *at, void *context) {
  const SeiLargeLinks *links = &s->link[at->kind];

  Keep((Worst *)context,
       (fabs(links->error[at->index]) - s->rounding) / ((double)links->slope[at->index] * SeiLargeScale(s, at)),
       at->from);
}

static double Error(void *context, double largest, PetscInt *ring) {
  SeiLarge *s = (SeiLarge *)context;
  Worst worst = {0.0, *ring};
  double all;
  PetscInt where;

  SeiLargeVisitLinks(s, LargestError, &worst);
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    const double area = s->area * s->share[c];
    for (PetscInt k = 0; k < s->layers; k++) {
      Keep(&worst, fabs(s->kirchhoff[s->column_row[c] + k - s->row_first]) / area, c);
    }
  }
  all = Over(s, worst.worst, MPI_MAX);
  where = worst.worst == all ? worst.column : s->columns;
  PetscCallAbort(s->comm, MPI_Allreduce(MPI_IN_PLACE, &where, 1, MPIU_INT, MPI_MIN, s->comm));
  *ring = where;
  return s->limit_acted ? fmax(1.0, all / largest) : all / largest;
}

static double Imbalance(void *context) {
  return ((const SeiLarge *)context)->imbalance;
}

typedef struct {
  const double *state;
  double largest, worst;
} Age;

static void LinkAge(SeiLarge *s, const SeiLargePlace *at, void *context) { /* as in sei.c */
  const SeiLargeLinks *links = &s->link[at->kind];
  Age *age = (Age *)context;
  const double ratio = (double)links->slope[at->index] * (double)links->conductance[at->index] / s->factored_unit;
  const double carried = fabs(age->state[links->place + at->index]) / (SeiLargeScale(s, at) * age->largest);
  const double change = ratio > 1.3 ? ratio - 1.0 : fabs(1.0 / ratio - 1.0) * fmin(1.0, carried);

  age->worst = fmax(age->worst, change);
}

static double Staleness(void *context, double largest, const double state[]) {
  SeiLarge *s = (SeiLarge *)context;
  Age age = {state, largest, 0.0};

  if (s->linear) {
    return 0.0;
  }
  SeiLargeVisitLinks(s, LinkAge, &age);
  return Over(s, age.worst, MPI_MAX);
}

static PetscErrorCode CounterCurrent(void *context, const double current[], const double state[], double *arriving) {
  PetscFunctionBeginUser;
  (void)current;
  PetscCall(SeiLargeGroundFlow((SeiLarge *)context, state, arriving));
  PetscFunctionReturn(0);
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static PetscErrorCode CopyOptions(const SeiOptions *from, SeiLarge *s) {
  const PetscInt columns = from->columns;
  double *edge, *centre;
  PetscInt *under;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(columns + 1, &edge, columns, &centre, columns, &under));
  PetscCall(PetscArraycpy(edge, from->edge, columns + 1));
  PetscCall(PetscArraycpy(centre, from->centre, columns));
  PetscCall(PetscArraycpy(under, from->under, columns));
  s->options = *from;
  s->options.edge = edge;
  s->options.centre = centre;
  s->options.under = under;
  s->options.conductivity = NULL;
  s->options.phase = NULL;
  s->options.grain = NULL;
  PetscFunctionReturn(0);
}

static PetscErrorCode Destroy(void *context) {
  SeiLarge *s = (SeiLarge *)context;

  PetscFunctionBeginUser;
  PetscCall(SeiLargeSolverDestroy(s));
  PetscCall(SeiLargeCellsDestroy(s));
  PetscCall(PetscFree2(s->surface_slope, s->admittance));
  PetscCall(PetscFree2(s->kirchhoff, s->direction));
  for (int n = 0; n < SEI_LARGE_BORDERS; n++) {
    PetscCall(PetscFree(s->border[n]));
  }
  PetscCall(PetscFree3(s->options.edge, s->options.centre, s->options.under));
  PetscCallMPI(MPI_Comm_free(&s->comm));
  PetscCall(PetscFree(s));
  PetscFunctionReturn(0);
}

static const PathOps ops = {.name = "SEI",
                            .set_size = SetSize,
                            .evaluate = Evaluate,
                            .factor = Factor,
                            .solve_border = SolveBorder,
                            .solve = Solve,
                            .begin = Begin,
                            .counter_current = CounterCurrent,
                            .direction = Direction,
                            .move = Move,
                            .descent = Descent,
                            .error = Error,
                            .imbalance = Imbalance,
                            .staleness = Staleness,
                            .destroy = Destroy};

SeiLarge *SeiLargeOf(Path path) {
  return path->ops == &ops ? (SeiLarge *)path->context : NULL;
}

double SeiLargeMemoryEstimate(PetscInt columns, PetscInt layers, PetscInt processes) {
  const double a_cell = 680.0, a_column = 800.0; /* [B]; states, matrix and its hierarchy; arrays that all have */

  return a_cell * (double)columns * (double)layers / (double)processes + a_column * (double)columns;
}

PetscErrorCode SeiPathCreateLarge(MPI_Comm comm, Bulk electrolyte, const SeiOptions *options, Path *path) {
  PetscInt own, rows;
  double *thickness;
  SeiLarge *s;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&s));
  PetscCallMPI(MPI_Comm_dup(comm, &s->comm));
  PetscCallMPI(MPI_Comm_rank(s->comm, &s->process));
  PetscCallMPI(MPI_Comm_size(s->comm, &s->processes));
  s->electrolyte = electrolyte;
  s->columns = options->columns;
  s->layers = options->layers;
  s->rings = BulkRings(electrolyte);
  s->depth = BulkLayers(electrolyte);
  s->nonlinear = isfinite(options->field_scale) ? PETSC_TRUE : PETSC_FALSE;
  s->linear = !s->nonlinear && !options->transfer.count ? PETSC_TRUE : PETSC_FALSE;
  PetscCheck(s->depth > 0, s->comm, PETSC_ERR_SUP, "SEI: the electrolyte has no cells");
  PetscCheck(s->processes <= s->rings, s->comm, PETSC_ERR_ARG_SIZ, "SEI: %d processes for %" PetscInt_FMT " rings",
             (int)s->processes, s->rings);
  PetscCall(CopyOptions(options, s));
  PetscCall(SeiLargeCellsCreate(s));
  own = s->column_last - s->column_first;
  rows = s->row_last - s->row_first;
  PetscCall(PetscMalloc2(own, &s->surface_slope, own, &s->admittance));
  PetscCall(PetscCalloc2(rows, &s->kirchhoff, s->state_size, &s->direction));
  PetscCall(PetscMalloc1(s->columns, &thickness));
  for (PetscInt c = 0; c < s->columns; c++) {
    thickness[c] = options->thickness;
  }
  PetscCall(SetSize(s, options->radius, thickness));
  PetscCall(PetscFree(thickness));
  PetscCall(SeiLargeSolverCreate(s));
  PetscCall(PathCreate(&ops, s, s->columns, s->state_size, path));
  (*path)->is_distributed = PETSC_TRUE;
  PetscFunctionReturn(0);
}
