/* Manufactured solutions in a box of unequal sides: both discretisations, periodic and between electrodes, linear with
   a conductivity that varies, and field-dependent: second order in the potential. */
#include "unit_cell_problem.h"

static const double side[3] = {1e-8, 1.5e-8, 1.2e-8}; /* [m] */
#define WAVE(k) (2.0 * PETSC_PI / side[k])

typedef struct {
  double height;      /* [V] of phi */
  double field_scale; /* [V/m] */
  double varies;      /* [1] amplitude of the conductivity */
  bool electrodes;
} Made;

/* phi = h sin(x) cos(y) g(z): g = cos, or between electrodes sin; derivatives along one axis, 0 to 2 times */
static double Phi(const Made *m, const double x[3], int axis, int times) {
  double product = m->height;

  for (int k = 0; k < 3; k++) {
    const bool sine = k == 0 || (k == 2 && m->electrodes);
    const double u = WAVE(k) * x[k], w = WAVE(k);
    const int n = k == axis ? times : 0;
    product *= n == 0   ? (sine ? sin(u) : cos(u))
               : n == 1 ? w * (sine ? cos(u) : -sin(u))
                        : -w * w * (sine ? sin(u) : cos(u));
  }
  return product;
}

static double Sigma(void *context, const double x[3]) {
  const Made *m = context;
  return 1e-3 * (2.0 + m->varies * cos(WAVE(0) * x[0]) * sin(WAVE(1) * x[1]) * cos(WAVE(2) * x[2]));
}

static double SigmaSlope(const Made *m, const double x[3], int axis) {
  double product = 1e-3 * m->varies;

  for (int k = 0; k < 3; k++) {
    const double u = WAVE(k) * x[k];
    product *= k == axis ? WAVE(k) * (k == 1 ? cos(u) : -sin(u)) : (k == 1 ? sin(u) : cos(u));
  }
  return product;
}

/* div i, i_k = sigma E_c sinh(-phi_k/E_c) */
static double Source(void *context, const double x[3]) {
  const Made *m = context;
  double sum = 0.0;

  for (int k = 0; k < 3; k++) {
    const double first = Phi(m, x, k, 1), second = Phi(m, x, k, 2);
    if (isinf(m->field_scale)) {
      sum -= SigmaSlope(m, x, k) * first + Sigma(context, x) * second;
    } else {
      sum -= Sigma(context, x) * cosh(first / m->field_scale) * second;
    }
  }
  return sum;
}

/* Root of the mean square of the error, without a constant where all is periodic, over the height. */
static PetscErrorCode Error(const Made *m, UnitCellMethod method, PetscInt cells, double *error) {
  UnitCellOptions options = {.method = method,
                             .cells = {cells, cells, cells},
                             .length = {side[0], side[1], side[2]},
                             .electrodes = m->electrodes ? PETSC_TRUE : PETSC_FALSE,
                             .field_scale = m->field_scale,
                             .conductivity = Sigma,
                             .source = Source,
                             .context = (void *)m,
                             .rtol = 1e-10};
  const double none[3] = {0.0};
  PetscInt i0, j0, k0, ni, nj, nk;
  PetscBool converged;
  UnitCellWork work;
  UnitCell cell;
  double ***value, mean;
  Vec phi;

  PetscFunctionBeginUser;
  PetscCall(UnitCellCreate(PETSC_COMM_WORLD, &options, &cell));
  PetscCall(UnitCellVec(cell, &phi));
  PetscCall(UnitCellSolveField(cell, none, phi, &work, &converged));
  CheckBetween("manufactured: converged", converged, 1.0, 1.0);
  PetscCall(DMDAGetCorners(UnitCellDM(cell), &i0, &j0, &k0, &ni, &nj, &nk));
  PetscCall(DMDAVecGetArray(UnitCellDM(cell), phi, &value));
  for (PetscInt k = k0; k < k0 + nk; k++) {
    for (PetscInt j = j0; j < j0 + nj; j++) {
      for (PetscInt i = i0; i < i0 + ni; i++) {
        double x[3];
        UnitCellPoint(cell, i, j, k, x);
        value[k][j][i] -= Phi(m, x, 0, 0);
      }
    }
  }
  PetscCall(DMDAVecRestoreArray(UnitCellDM(cell), phi, &value));
  if (!m->electrodes) {
    PetscCall(VecMean(phi, &mean));
    PetscCall(VecShift(phi, -mean));
  }
  PetscCall(VecNorm(phi, NORM_2, error));
  PetscCall(VecGetSize(phi, &ni));
  *error /= m->height * sqrt((double)ni);
  PetscCall(VecDestroy(&phi));
  PetscCall(UnitCellDestroy(&cell));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  static const char *const names[] = {"cells", "nodes"};

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (int method = 0; method < 2; method++) {
    for (int variant = 0; variant < 4; variant++) {
      const bool linear = variant < 2;
      const Made m = {1e-3, linear ? INFINITY : 4e5, linear ? 1.0 : 0.0, variant % 2 == 1};
      double error[3];
      char text[64];
      for (int n = 0; n < 3; n++) {
        PetscCall(Error(&m, (UnitCellMethod)method, 8 << n, &error[n]));
      }
      (void)snprintf(text, sizeof text, "%s, %s, %s", names[method], linear ? "linear" : "field-dependent",
                     m.electrodes ? "electrodes" : "periodic");
      CheckOrder(text, 3, error, 2.0, 1.7, 2.4);
    }
  }
  {
    const int status = CheckFinish();
    PetscCall(PetscFinalize());
    return status;
  }
}
