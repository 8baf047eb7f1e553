/* The least squares of a fit against certified values of the NIST Statistical Reference Datasets (non-linear
   regression, https://www.itl.nist.gov/div898/strd): parameters, standard deviations and sums of squares to six digits,
   from the first, far start where the method of NIST itself needs it. Then what it says where the data do not
   determine. */
#include "../../solver/fit/fit_problem.h"
#include "../support/coupled.h"
#include <math.h>

enum { MOST_PARAMETERS = 7, MOST_DATA = 37 };

typedef struct {
  const char *name;
  PetscInt parameters, data;
  double x[MOST_DATA], y[MOST_DATA], start[MOST_PARAMETERS], certified[MOST_PARAMETERS], deviation[MOST_PARAMETERS];
  double squares;
  double (*model)(const double b[], double x, double by[]);
} Dataset;

static double Misra1a(const double b[], double x, double by[]) {
  const double e = exp(-b[1] * x);
  by[0] = 1.0 - e;
  by[1] = b[0] * x * e;
  return b[0] * (1.0 - e);
}

static double DanWood(const double b[], double x, double by[]) {
  by[0] = pow(x, b[1]);
  by[1] = b[0] * by[0] * log(x);
  return b[0] * by[0];
}

static double Thurber(const double b[], double x, double by[]) {
  const double above = b[0] + x * (b[1] + x * (b[2] + x * b[3])), below = 1.0 + x * (b[4] + x * (b[5] + x * b[6]));
  double power = 1.0;
  for (int k = 0; k < 4; k++, power *= x) {
    by[k] = power / below;
    if (k < 3) {
      by[4 + k] = -above / (below * below) * power * x;
    }
  }
  return above / below;
}

static const Dataset datasets[] = {
    {"Misra1a",
     2,
     14,
     {77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0},
     {10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78},
     {500.0, 1e-4},
     {2.3894212918E+02, 5.5015643181E-04},
     {2.7070075241E+00, 7.2668688436E-06},
     1.2455138894E-01,
     Misra1a},
    {"DanWood",
     2,
     6,
     {1.309, 1.471, 1.490, 1.565, 1.611, 1.680},
     {2.138, 3.421, 3.597, 4.340, 4.882, 5.660},
     {1.0, 5.0},
     {7.6886226176E-01, 3.8604055871E+00},
     {1.8281973860E-02, 5.1726610913E-02},
     4.3173084083E-03,
     DanWood},
    {"Thurber",
     7,
     37,
     {-3.067, -2.981, -2.921, -2.912, -2.840, -2.797, -2.702, -2.699, -2.633, -2.481, -2.363, -2.322, -1.501,
      -1.460, -1.274, -1.212, -1.100, -1.046, -0.915, -0.714, -0.566, -0.545, -0.400, -0.309, -0.109, -0.103,
      0.010,  0.119,  0.377,  0.790,  0.963,  1.006,  1.115,  1.572,  1.841,  2.047,  2.200},
     {80.574,   84.248,   87.264,   87.195,   89.076,   89.608,   89.868,   90.101,   92.405,   95.854,
      100.696,  101.060,  401.672,  390.724,  567.534,  635.316,  733.054,  759.087,  894.206,  990.785,
      1090.109, 1080.914, 1122.643, 1178.351, 1260.531, 1273.514, 1288.339, 1327.543, 1353.863, 1414.509,
      1425.208, 1421.384, 1442.962, 1464.350, 1468.705, 1447.894, 1457.628},
     {1000.0, 1000.0, 400.0, 40.0, 0.7, 0.3, 0.03},
     {1.2881396800E+03, 1.4910792535E+03, 5.8323836877E+02, 7.5416644291E+01, 9.6629502864E-01, 3.9797285797E-01,
      4.9727297349E-02},
     {4.6647963344E+00, 3.9571156086E+01, 2.8698696102E+01, 5.5675370270E+00, 3.1333340687E-02, 1.4984928198E-02,
      6.5842344623E-03},
     5.6427082397E+03,
     Thurber}};

/* u = b/start; `copies` of the first parameter are added as parameters of their own, which nobody can tell apart. */
typedef struct {
  const Dataset *set;
  PetscInt copies;
} Case;

static PetscErrorCode Evaluate(void *context, const double u[], double r[], double jacobian[], PetscBool *valid) {
  const Case *c = context;
  const Dataset *d = c->set;
  double b[MOST_PARAMETERS], by[MOST_PARAMETERS];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < d->parameters; k++) {
    b[k] = u[k] * d->start[k];
  }
  for (PetscInt k = 0; k < c->copies; k++) {
    b[0] += u[d->parameters + k] * d->start[0];
  }
  for (PetscInt i = 0; i < d->data; i++) {
    r[i] = d->model(b, d->x[i], by) - d->y[i];
    for (PetscInt k = 0; k < d->parameters + c->copies; k++) {
      const PetscInt of = k < d->parameters ? k : 0;
      jacobian[k * d->data + i] = by[of] * d->start[of];
    }
  }
  *valid = isfinite(r[0]) ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

static PetscErrorCode Certified(const Dataset *d) {
  const double lower[MOST_PARAMETERS] = {-10., -10., -10., -10., -10., -10., -10.};
  const double upper[MOST_PARAMETERS] = {20., 20., 20., 20., 20., 20., 20.};
  Case c = {d, 0};
  const FitProblem problem = {&c, d->parameters, d->data, lower, upper, Evaluate, PETSC_FALSE};
  double u[MOST_PARAMETERS];
  FitConfidence confidence;
  FitInterval interval;
  FitMinimum minimum;
  PetscBool better;
  FitCache cache;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < d->parameters; k++) {
    u[k] = 1.0;
  }
  PetscCall(FitCacheCreate(&problem, NULL, NULL, &cache));
  PetscCall(FitMinimise(cache, NULL, u, &minimum));
  Expect(minimum.converged, "%s has converged (%g left of %g)", d->name, minimum.left, minimum.squares);
  Expect(fabs(minimum.squares / d->squares - 1.0) < 1e-6, "%s: sum of squares %.10g", d->name, minimum.squares);
  PetscCall(FitConfidenceCreate(d->parameters, &confidence));
  PetscCall(FitConfide(cache, u, minimum.variance, &confidence));
  Expect(confidence.rank == d->parameters, "%s: rank %d", d->name, (int)confidence.rank);
  for (PetscInt k = 0; k < d->parameters; k++) {
    const double b = u[k] * d->start[k], deviation = confidence.deviation[k] * d->start[k];
    Expect(fabs(b / d->certified[k] - 1.0) < 1e-6, "%s: b%d = %.10g", d->name, (int)k + 1, b);
    Expect(fabs(deviation / d->deviation[k] - 1.0) < 1e-5, "%s: its deviation %.10g", d->name, deviation);
  }
  /* the profile of a parameter that the model is linear in is that of its covariance, nearly so of the others */
  PetscCall(FitProfile(cache, &confidence, 0, u, &minimum, &interval, &better));
  Expect(!better && !interval.lower_open && !interval.upper_open, "%s: the profile closes", d->name);
  Expect(
      fabs((interval.upper - interval.lower) / (2.0 * FitStudent(d->data - d->parameters) * confidence.deviation[0]) -
           1.0) < 0.05,
      "%s: half width of the profile %g, deviation %g", d->name, 0.5 * (interval.upper - interval.lower),
      confidence.deviation[0]);
  PetscCall(FitConfidenceDestroy(&confidence));
  PetscCall(FitCacheDestroy(&cache));
  PetscFunctionReturn(0);
}

/* Two numbers that only act as their sum. */
static PetscErrorCode Undetermined(void) {
  const double lower[3] = {0.0, 0.0, 0.0}, upper[3] = {2.0, 20.0, 2.0};
  Case c = {&datasets[0], 1};
  const FitProblem problem = {&c, 3, 14, lower, upper, Evaluate, PETSC_FALSE};
  double u[3] = {0.3, 1.0, 0.3};
  FitConfidence confidence;
  FitInterval interval;
  FitMinimum minimum;
  PetscBool better;
  FitCache cache;

  PetscFunctionBeginUser;
  PetscCall(FitCacheCreate(&problem, NULL, NULL, &cache));
  PetscCall(FitMinimise(cache, NULL, u, &minimum));
  Expect(fabs(minimum.squares / datasets[0].squares - 1.0) < 1e-6, "the sum is fitted: %.10g", minimum.squares);
  PetscCall(FitConfidenceCreate(3, &confidence));
  PetscCall(FitConfide(cache, u, minimum.variance, &confidence));
  Expect(confidence.rank == 2, "rank %d of 3", (int)confidence.rank);
  Expect(!confidence.determined[0] && confidence.determined[1] && !confidence.determined[2],
         "the second alone is known");
  Expect(confidence.traded[0 * 3 + 2] < -0.3, "the first and the third are traded: %g", confidence.traded[2]);
  PetscCall(FitProfile(cache, &confidence, 0, u, &minimum, &interval, &better));
  Expect(interval.lower_open, "nothing keeps the first from its lower bound");
  PetscCall(FitConfidenceDestroy(&confidence));
  PetscCall(FitCacheDestroy(&cache));
  PetscFunctionReturn(0);
}

/* A bound keeps what the data would push beyond it; the others are the best for that. */
static PetscErrorCode AtABound(void) {
  const double lower[2] = {0.0, 0.0}, upper[2] = {0.4, 20.0}; /* certified: 0.478 */
  Case c = {&datasets[0], 0};
  const FitProblem problem = {&c, 2, 14, lower, upper, Evaluate, PETSC_FALSE};
  double u[2] = {0.3, 1.0};
  FitMinimum minimum;
  FitCache cache;

  PetscFunctionBeginUser;
  PetscCall(FitCacheCreate(&problem, NULL, NULL, &cache));
  PetscCall(FitMinimise(cache, NULL, u, &minimum));
  Expect(u[0] == 0.4 && minimum.converged, "u = %.10g, %.3g left", u[0], minimum.left);
  PetscCall(FitCacheDestroy(&cache));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (size_t k = 0; k < sizeof datasets / sizeof *datasets; k++) {
    PetscCall(Certified(&datasets[k]));
  }
  PetscCall(Undetermined());
  PetscCall(AtABound());
  PetscCall(PetscFinalize());
  return expect_failures ? 1 : 0;
}
