/* The minimum by TAO's bounded Gauss-Newton method, with the parameters that are held left out. */
#include "fit_private.h"
#include <math.h>
#include <petsctao.h>

static const double no_model = 1e6; /* [1] every residual where there is no model: a line search turns back */
static const double matters = 1e-3; /* [1] of the variance: a smaller decrease of the sum of squares is none */
static const double exact = 1e-14;  /* the same: the minimum itself */

typedef struct {
  FitCache cache;
  const FitProblem *problem;
  PetscInt free_count, *place; /* of the free parameters */
  double *u;                   /* all */
  PetscBool thorough;
  double last_left;
  PetscInt stalled; /* iterations that have not come much nearer */
} Reduced;

static double SumOfSquares(const FitProblem *p, const double r[]) {
  double sum = 0.0;

  for (PetscInt i = 0; i < p->residuals; i++) {
    sum += r[i] * r[i];
  }
  return sum;
}

static PetscErrorCode At(const Reduced *reduced, Vec x) {
  const double *values;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(x, &values));
  for (PetscInt k = 0; k < reduced->free_count; k++) {
    reduced->u[reduced->place[k]] = values[k];
  }
  PetscCall(VecRestoreArrayRead(x, &values));
  PetscFunctionReturn(0);
}

static PetscErrorCode Residual(Tao tao, Vec x, Vec to, void *context) {
  const Reduced *reduced = context;
  const double *r, *jacobian;
  PetscBool valid;
  double *values;

  PetscFunctionBeginUser;
  (void)tao;
  PetscCall(At(reduced, x));
  PetscCall(FitCacheEvaluate(reduced->cache, reduced->u, &r, &jacobian, &valid));
  PetscCall(VecGetArray(to, &values));
  for (PetscInt i = 0; i < reduced->problem->residuals; i++) {
    values[i] = valid ? r[i] : no_model;
  }
  PetscCall(VecRestoreArray(to, &values));
  PetscFunctionReturn(0);
}

static PetscErrorCode Jacobian(Tao tao, Vec x, Mat to, Mat preconditioner, void *context) {
  const Reduced *reduced = context;
  const PetscInt m = reduced->problem->residuals;
  const double *r, *jacobian;
  PetscBool valid;
  double *values;

  PetscFunctionBeginUser;
  (void)tao;
  (void)preconditioner;
  PetscCall(At(reduced, x));
  PetscCall(FitCacheEvaluate(reduced->cache, reduced->u, &r, &jacobian, &valid));
  PetscCall(MatDenseGetArray(to, &values));
  for (PetscInt k = 0; k < reduced->free_count; k++) {
    PetscCall(PetscArraycpy(values + k * m, jacobian + reduced->place[k] * m, m));
  }
  PetscCall(MatDenseRestoreArray(to, &values));
  PetscCall(MatAssemblyBegin(to, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(to, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

/* By how much a Gauss-Newton step of the numbers that are free to move would lower the sum of squares; `to`, if not
   NULL: where it goes, within the bounds. */
static PetscErrorCode Left(const Reduced *reduced, const double r[], const double jacobian[], double *left,
                           double to[]) {
  const FitProblem *p = reduced->problem;
  const PetscInt n = p->parameters, m = p->residuals;
  double *columns, *gradient, *step;
  PetscInt count = 0, rank, *place;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4((size_t)(n * m), &columns, n, &gradient, n, &step, n, &place));
  for (PetscInt k = 0; k < reduced->free_count; k++) {
    const PetscInt at = reduced->place[k];
    double slope = 0.0;
    for (PetscInt i = 0; i < m; i++) {
      slope += jacobian[at * m + i] * r[i];
    }
    if ((reduced->u[at] <= p->lower[at] && slope > 0.0) || (reduced->u[at] >= p->upper[at] && slope < 0.0)) {
      continue;
    }
    PetscCall(PetscArraycpy(columns + count * m, jacobian + at * m, m));
    place[count] = at;
    gradient[count++] = slope;
  }
  PetscCall(FitSolveNormal(m, count, columns, gradient, step, &rank));
  *left = 0.0;
  if (to) {
    PetscCall(PetscArraycpy(to, reduced->u, n));
  }
  for (PetscInt k = 0; k < count; k++) {
    *left += gradient[k] * step[k];
    if (to) {
      to[place[k]] = fmin(p->upper[place[k]], fmax(p->lower[place[k]], reduced->u[place[k]] - step[k]));
    }
  }
  PetscCall(PetscFree4(columns, gradient, step, place));
  PetscFunctionReturn(0);
}

/* Stops TAO where going on does not matter: at once, or, if `thorough`, where it does not come nearer any more: the
   curve of a run is smooth but for its time steps. */
static PetscErrorCode Enough(Tao tao, void *context) {
  Reduced *reduced = context;
  const double *r, *jacobian;
  double left, variance = 1.0;
  PetscBool valid;
  Vec x;

  PetscFunctionBeginUser;
  PetscCall(TaoDefaultConvergenceTest(tao, NULL));
  PetscCall(TaoGetSolution(tao, &x));
  PetscCall(At(reduced, x));
  PetscCall(FitCacheEvaluate(reduced->cache, reduced->u, &r, &jacobian, &valid));
  if (!valid) {
    PetscFunctionReturn(0);
  }
  PetscCall(Left(reduced, r, jacobian, &left, NULL));
  if (!reduced->problem->noise_known) {
    variance = SumOfSquares(reduced->problem, r) /
               (double)PetscMax(1, reduced->problem->residuals - reduced->problem->parameters);
  }
  reduced->stalled = left > 0.5 * reduced->last_left ? reduced->stalled + 1 : 0;
  if (left <= exact * variance || (left <= matters * variance && (!reduced->thorough || reduced->stalled >= 3)) ||
      (!reduced->thorough && reduced->stalled >= 5)) {
    PetscCall(TaoSetConvergedReason(tao, TAO_CONVERGED_USER));
  }
  reduced->last_left = left;
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(Reduced *reduced) {
  const FitProblem *p = reduced->problem;
  const PetscInt n = reduced->free_count;
  Vec x, lower, upper, r;
  Mat j;
  Tao tao, inner;

  PetscFunctionBeginUser;
  PetscCall(VecCreateSeq(PETSC_COMM_SELF, n, &x));
  PetscCall(VecDuplicate(x, &lower));
  PetscCall(VecDuplicate(x, &upper));
  PetscCall(VecCreateSeq(PETSC_COMM_SELF, p->residuals, &r));
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, p->residuals, n, NULL, &j));
  for (PetscInt k = 0; k < n; k++) {
    PetscCall(VecSetValue(x, k, reduced->u[reduced->place[k]], INSERT_VALUES));
    PetscCall(VecSetValue(lower, k, p->lower[reduced->place[k]], INSERT_VALUES));
    PetscCall(VecSetValue(upper, k, p->upper[reduced->place[k]], INSERT_VALUES));
  }
  PetscCall(TaoCreate(PETSC_COMM_SELF, &tao));
  PetscCall(TaoSetOptionsPrefix(tao, "fit_"));
  PetscCall(TaoSetType(tao, TAOBRGN));
  PetscCall(TaoSetSolution(tao, x));
  PetscCall(TaoSetResidualRoutine(tao, r, Residual, reduced));
  PetscCall(TaoSetJacobianResidualRoutine(tao, j, j, Jacobian, reduced));
  PetscCall(TaoSetVariableBounds(tao, lower, upper));
  PetscCall(TaoSetTolerances(tao, 1e-8, 1e-12, 1e-10));
  PetscCall(TaoSetMaximumIterations(tao, 100));
  PetscCall(TaoSetFromOptions(tao));
  PetscCall(TaoBRGNGetSubsolver(tao, &inner));
  PetscCall(TaoSetConvergenceTest(inner, Enough, reduced));
  PetscCall(TaoSolve(tao));
  PetscCall(At(reduced, x));
  PetscCall(TaoDestroy(&tao));
  PetscCall(VecDestroy(&x));
  PetscCall(VecDestroy(&lower));
  PetscCall(VecDestroy(&upper));
  PetscCall(VecDestroy(&r));
  PetscCall(MatDestroy(&j));
  PetscFunctionReturn(0);
}

/* The sum of squares is smooth but for what the choice of time steps does to it, which a line search takes for a rise.
   The derivatives are better than that: full steps, as long as they bring the minimum nearer. */
static PetscErrorCode Polish(Reduced *reduced, double variance, const double **r, double *left) {
  const FitProblem *p = reduced->problem;
  const double *jacobian, *next;
  double *to, squares, further;
  PetscBool valid;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(p->parameters, &to));
  for (int k = 0; k < 5; k++) {
    Reduced moved = *reduced;
    PetscCall(FitCacheEvaluate(reduced->cache, reduced->u, r, &jacobian, &valid));
    PetscCall(Left(reduced, *r, jacobian, left, to));
    squares = SumOfSquares(p, *r);
    if (*left <= exact * variance || *left > variance) {
      break;
    }
    moved.u = to;
    PetscCall(FitCacheEvaluate(reduced->cache, to, &next, &jacobian, &valid));
    if (!valid) {
      break;
    }
    PetscCall(Left(&moved, next, jacobian, &further, NULL));
    if (!(further < 0.5 * *left) || SumOfSquares(p, next) > squares + 0.1 * variance) {
      break;
    }
    PetscCall(PetscArraycpy(reduced->u, to, p->parameters));
  }
  PetscCall(PetscFree(to));
  PetscFunctionReturn(0);
}

PetscErrorCode FitMinimise(FitCache cache, const PetscBool held[], double u[], FitMinimum *minimum) {
  const FitProblem *p = FitCacheProblem(cache);
  Reduced reduced = {.cache = cache, .problem = p, .u = u, .last_left = INFINITY};
  const double *r, *jacobian;
  PetscBool valid;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(p->parameters, &reduced.place));
  for (PetscInt k = 0; k < p->parameters; k++) {
    if (!held || !held[k]) {
      reduced.place[reduced.free_count++] = k;
    }
  }
  reduced.thorough = reduced.free_count == p->parameters ? PETSC_TRUE : PETSC_FALSE;
  if (reduced.free_count) {
    PetscCall(Solve(&reduced));
  }
  PetscCall(FitCacheEvaluate(cache, u, &r, &jacobian, &valid));
  *minimum = (FitMinimum){.squares = INFINITY, .left = INFINITY, .variance = 1.0};
  if (valid) {
    minimum->variance = p->noise_known ? 1.0 : SumOfSquares(p, r) / (double)PetscMax(1, p->residuals - p->parameters);
    PetscCall(Polish(&reduced, minimum->variance, &r, &minimum->left));
    minimum->squares = SumOfSquares(p, r);
    if (!p->noise_known) {
      minimum->variance = minimum->squares / (double)PetscMax(1, p->residuals - p->parameters);
    }
    minimum->converged = minimum->left <= matters * minimum->variance ? PETSC_TRUE : PETSC_FALSE;
  }
  PetscCall(PetscFree(reduced.place));
  PetscFunctionReturn(0);
}
