/* What the data say of the best parameters: covariance from the Jacobian, profiles of the likelihood. */
#include "fit_private.h"
#include <math.h>
#include <petscblaslapack.h>

/* [1] eigenvalue of the scaled J^T J below which a direction has no effect: derivatives are right to 1e-5 */
static const double no_effect = 1e-9;
static const double share = 1e-2; /* [1] part of a direction without effect from which a parameter belongs to it */
static const double doubt = 0.1;  /* [1] of the variance: what may be left of a minimum on a profile */
static const PetscInt most_solves = 10; /* for one side of a profile */

PetscErrorCode FitEigen(PetscInt m, PetscInt n, const double columns[], double scale[], double vectors[],
                        double values[], PetscInt *rank) {
  const PetscBLASInt order = (PetscBLASInt)n, length = (PetscBLASInt)(34 * PetscMax(1, n));
  PetscBLASInt info = 0;
  double *work;

  PetscFunctionBeginUser;
  *rank = 0;
  for (PetscInt k = 0; k < n; k++) {
    scale[k] = 0.0;
    for (PetscInt i = 0; i < m; i++) {
      scale[k] += columns[k * m + i] * columns[k * m + i];
    }
    scale[k] = sqrt(scale[k]);
  }
  for (PetscInt k = 0; k < n; k++) {
    for (PetscInt l = 0; l < n; l++) {
      double sum = 0.0;
      for (PetscInt i = 0; i < m; i++) {
        sum += columns[k * m + i] * columns[l * m + i];
      }
      vectors[k * n + l] = scale[k] > 0.0 && scale[l] > 0.0 ? sum / (scale[k] * scale[l]) : 0.0;
    }
  }
  if (!n) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(length, &work));
  LAPACKsyev_("V", "U", &order, vectors, &order, values, work, &length, &info);
  PetscCall(PetscFree(work));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "The eigenvalues of J^T J are not found: %d", (int)info);
  for (PetscInt k = 0; k < n; k++) {
    *rank += values[k] > no_effect ? 1 : 0;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FitSolveNormal(PetscInt m, PetscInt n, const double columns[], const double gradient[], double step[],
                              PetscInt *rank) {
  double *scale, *vectors, *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n, &scale, (size_t)(n * n), &vectors, n, &values));
  PetscCall(FitEigen(m, n, columns, scale, vectors, values, rank));
  PetscCall(PetscArrayzero(step, n));
  for (PetscInt e = 0; e < n; e++) {
    double along = 0.0;
    for (PetscInt k = 0; k < n; k++) {
      along += scale[k] > 0.0 ? vectors[e * n + k] * gradient[k] / scale[k] : 0.0;
    }
    for (PetscInt k = 0; k < n && values[e] > no_effect; k++) {
      step[k] += scale[k] > 0.0 ? vectors[e * n + k] * along / values[e] / scale[k] : 0.0;
    }
  }
  PetscCall(PetscFree3(scale, vectors, values));
  PetscFunctionReturn(0);
}

PetscErrorCode FitConfidenceCreate(PetscInt n, FitConfidence *c) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc5((size_t)(n * n), &c->covariance, (size_t)(n * n), &c->correlation, n, &c->deviation, n,
                         &c->determined, (size_t)(n * n), &c->traded));
  PetscFunctionReturn(0);
}

PetscErrorCode FitConfidenceDestroy(FitConfidence *c) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree5(c->covariance, c->correlation, c->deviation, c->determined, c->traded));
  PetscFunctionReturn(0);
}

/* Which parameters have a part in the directions without effect, and with which others. */
static void Judge(PetscInt n, const double scale[], const double vectors[], const double values[], FitConfidence *c) {
  for (PetscInt k = 0; k < n; k++) {
    double part = scale[k] > 0.0 ? 0.0 : 1.0;
    for (PetscInt l = 0; l < n; l++) {
      c->traded[k * n + l] = 0.0;
    }
    for (PetscInt e = 0; e < n && scale[k] > 0.0; e++) {
      if (values[e] > no_effect) {
        continue;
      }
      part += vectors[e * n + k] * vectors[e * n + k];
      for (PetscInt l = 0; l < n; l++) {
        c->traded[k * n + l] += vectors[e * n + k] * vectors[e * n + l];
      }
    }
    c->determined[k] = part < share ? PETSC_TRUE : PETSC_FALSE;
  }
}

PetscErrorCode FitConfide(FitCache cache, const double u[], double variance, FitConfidence *c) {
  const FitProblem *p = FitCacheProblem(cache);
  const PetscInt n = p->parameters;
  const double *r, *jacobian;
  double *scale, *vectors, *values;
  PetscBool valid;

  PetscFunctionBeginUser;
  PetscCall(FitCacheEvaluate(cache, u, &r, &jacobian, &valid));
  PetscCheck(valid, PETSC_COMM_SELF, PETSC_ERR_ARG_WRONG, "There is no model at the best parameters");
  PetscCall(PetscMalloc3(n, &scale, (size_t)(n * n), &vectors, n, &values));
  PetscCall(FitEigen(p->residuals, n, jacobian, scale, vectors, values, &c->rank));
  Judge(n, scale, vectors, values, c);
  for (PetscInt k = 0; k < n; k++) {
    for (PetscInt l = 0; l < n; l++) {
      double sum = 0.0;
      for (PetscInt e = 0; e < n; e++) {
        sum += values[e] > no_effect ? vectors[e * n + k] * vectors[e * n + l] / values[e] : 0.0;
      }
      c->covariance[k * n + l] = scale[k] > 0.0 && scale[l] > 0.0 ? variance * sum / (scale[k] * scale[l]) : 0.0;
    }
  }
  for (PetscInt k = 0; k < n; k++) {
    c->deviation[k] = c->determined[k] ? sqrt(c->covariance[k * n + k]) : INFINITY;
    for (PetscInt l = 0; l < n; l++) {
      const double product = c->covariance[k * n + k] * c->covariance[l * n + l];
      c->correlation[k * n + l] = product > 0.0 ? c->covariance[k * n + l] / sqrt(product) : k == l ? 1.0 : 0.0;
    }
  }
  PetscCall(PetscFree3(scale, vectors, values));
  PetscFunctionReturn(0);
}

double FitStudent(PetscInt freedom) {
  const double z = 1.959963984540054, v = (double)PetscMax(1, freedom), z3 = z * z * z, z5 = z3 * z * z;

  if (freedom <= 2) {
    return freedom <= 1 ? 12.706204736 : 4.302652730;
  }
  /* Cornish-Fisher expansion, Abramowitz & Stegun 26.7.5; to 1 % from 3 degrees of freedom on */
  return z + (z3 + z) / (4.0 * v) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v) +
         (3.0 * z5 * z * z + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * v * v * v);
}

/* One side of a profile. */
typedef struct {
  FitCache cache;
  PetscInt parameter;
  double sign, limit, target; /* of u: +1 up; the bound; distance in standard deviations at which the interval ends */
  const double *best;
  const FitConfidence *confidence;
  FitMinimum *minimum;
  PetscBool *held, *doubtful;
  double *u; /* work */
} Side;

/* Standard deviations of the noise by which the data resist the value `at`; negative below the best. */
static PetscErrorCode Resistance(const Side *side, double at, double *distance) {
  const FitProblem *p = FitCacheProblem(side->cache);
  const PetscInt n = p->parameters, k = side->parameter;
  const double *covariance = side->confidence->covariance;
  FitMinimum minimum;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < n; l++) { /* along the valley, as the best point sees it */
    const double slope = covariance[k * n + k] > 0.0 ? covariance[k * n + l] / covariance[k * n + k] : 0.0;
    side->u[l] = fmin(p->upper[l], fmax(p->lower[l], side->best[l] + slope * (at - side->best[k])));
  }
  side->u[k] = at;
  PetscCall(FitMinimise(side->cache, side->held, side->u, &minimum));
  if (!(minimum.left <= doubt * minimum.variance)) {
    *side->doubtful = PETSC_TRUE;
  }
  *distance = minimum.squares >= side->minimum->squares
                  ? sqrt((minimum.squares - side->minimum->squares) / side->minimum->variance)
                  : -sqrt((side->minimum->squares - minimum.squares) / side->minimum->variance);
  PetscFunctionReturn(0);
}

/* Where the resistance is `target`: false position from the best outward, a first guess from the covariance. */
static PetscErrorCode FindSide(const Side *side, double *end, PetscBool *open, PetscBool *better) {
  const double deviation = side->confidence->deviation[side->parameter], start = side->best[side->parameter];
  const double most = side->sign * (side->limit - start);
  double low = 0.0, f_low = -side->target, high = fmin(most, side->target * deviation), f_high = -side->target, guess;

  PetscFunctionBeginUser;
  *open = *better = PETSC_FALSE;
  *end = side->limit;
  for (PetscInt k = 0; k < most_solves; k++) { /* outward until it resists */
    PetscCall(Resistance(side, start + side->sign * high, &f_high));
    *better = f_high < -0.1 ? PETSC_TRUE : PETSC_FALSE;
    f_high -= side->target;
    if (*better || f_high >= 0.0 || high >= most) {
      break;
    }
    low = high;
    f_low = f_high;
    high = fmin(most, 2.0 * high);
  }
  *open = f_high < 0.0 ? PETSC_TRUE : PETSC_FALSE;
  if (*better || *open) {
    PetscFunctionReturn(0);
  }
  guess = high;
  for (PetscInt k = 0; k < most_solves && fabs(f_high) > 0.01 * side->target; k++) {
    double f;
    guess = low + (high - low) * fmin(0.95, fmax(0.05, f_low / (f_low - f_high)));
    PetscCall(Resistance(side, start + side->sign * guess, &f));
    f -= side->target;
    if (fabs(f) <= 0.01 * side->target) {
      break;
    }
    low = f < 0.0 ? guess : low;
    f_low = f < 0.0 ? f : f_low;
    high = f < 0.0 ? high : guess;
    f_high = f < 0.0 ? f_high : f;
  }
  *end = start + side->sign * guess;
  PetscFunctionReturn(0);
}

PetscErrorCode FitProfile(FitCache cache, const FitConfidence *confidence, PetscInt parameter, double u[],
                          FitMinimum *minimum, FitInterval *interval, PetscBool *better) {
  const FitProblem *p = FitCacheProblem(cache);
  const PetscInt n = p->parameters;
  Side side = {.cache = cache, .parameter = parameter, .best = u, .confidence = confidence, .minimum = minimum};

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(n, &side.held, n, &side.u));
  interval->doubtful = PETSC_FALSE;
  side.doubtful = &interval->doubtful;
  side.held[parameter] = PETSC_TRUE;
  side.target = p->noise_known ? 1.959963984540054 : FitStudent(p->residuals - n);
  side.sign = -1.0;
  side.limit = p->lower[parameter];
  PetscCall(FindSide(&side, &interval->lower, &interval->lower_open, better));
  if (!*better) {
    side.sign = 1.0;
    side.limit = p->upper[parameter];
    PetscCall(FindSide(&side, &interval->upper, &interval->upper_open, better));
  }
  if (*better) { /* go on from there, with nothing held */
    PetscCall(PetscArraycpy(u, side.u, n));
    PetscCall(FitMinimise(cache, NULL, u, minimum));
  }
  PetscCall(PetscFree2(side.held, side.u));
  PetscFunctionReturn(0);
}
