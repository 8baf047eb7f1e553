/* The analytic half space: its modes against closed forms, in the potential and in the current density; films that
   vanish; then the finite volumes against it, through the sinh interface of numerics.md: second order in the total
   current, 0.05 % at 32 x 48 and 0.01 % at 64 x 96. */
#include "check.h"
#include "disk_problem.h"

/* phi and its derivatives along t = sinh(xi) and s = sin(eta) for one mode of unit amplitude at the disk; q_2n in
 * closed form */
typedef struct {
  double phi, dt, ds;
} Mode;

static Mode ClosedForm(int degree, double t, double s) {
  const double acot = atan2(1, t);
  if (degree == 0) {
    return (Mode){acot / (PETSC_PI / 2), -1 / (1 + t * t) / (PETSC_PI / 2), 0};
  }
  const double q = ((3 * t * t + 1) * acot - 3 * t) / 2, dq = 3 * t * acot - (3 * t * t + 1) / (1 + t * t) / 2 - 1.5;
  return (Mode){q / (PETSC_PI / 4) * (3 * s * s - 1) / 2, dq / (PETSC_PI / 4) * (3 * s * s - 1) / 2,
                q / (PETSC_PI / 4) * 3 * s};
}

/* Inject one mode; errors relative to the largest value. */
static PetscErrorCode CheckMode(int degree) {
  enum { RINGS = 24, LAYERS = 30 };
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  static double current[RINGS], u[RINGS], phi[RINGS * LAYERS], jr[RINGS * LAYERS], jz[RINGS * LAYERS];
  double phi_error = 0, j_error = 0, u_error = 0, j_largest = 0;
  char what[64];
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(GridCreateHalfspace(RINGS, DISK_RADIUS, LAYERS, &grid));
  PetscCall(BulkCreate(PETSC_COMM_SELF, BULK_HALFSPACE, grid, &options, &bulk));
  for (PetscInt j = 0; j < RINGS; j++) { /* i_n = -sigma dphi/dn at the disk, where the metric is a mu */
    const double mu = sin(grid->column_eta[j]);
    current[j] = -DISK_CONDUCTIVITY * ClosedForm(degree, 0, mu).dt / (DISK_RADIUS * mu) * grid->ring_area[j];
  }
  PetscCall(BulkPotential(bulk, current, u));
  PetscCall(BulkCellField(bulk, current, phi, jr, jz));
  for (PetscInt j = 0; j < RINGS; j++) {
    u_error = fmax(u_error, fabs(u[j] - ClosedForm(degree, 0, sin(grid->column_eta[j])).phi));
  }
  for (PetscInt c = 0; c < RINGS * LAYERS; c++) {
    const double eta = grid->column_eta[c % RINGS], xi = grid->layer_xi[c / RINGS];
    const double s = sin(eta), t = sinh(xi), metric = DISK_RADIUS * hypot(t, s);
    const Mode exact = ClosedForm(degree, t, s);
    const double along_xi = -DISK_CONDUCTIVITY * exact.dt * cosh(xi) / metric;
    const double along_eta = -DISK_CONDUCTIVITY * exact.ds * cos(eta) / metric;
    const double exact_r = DISK_RADIUS / metric * (along_xi * t * cos(eta) - along_eta * cosh(xi) * s);
    const double exact_z = DISK_RADIUS / metric * (-along_xi * cosh(xi) * s - along_eta * t * cos(eta));
    phi_error = fmax(phi_error, fabs(phi[c] - exact.phi));
    j_error = fmax(j_error, hypot(jr[c] - exact_r, jz[c] - exact_z));
    j_largest = fmax(j_largest, hypot(exact_r, exact_z));
  }
  PetscCall(PetscSNPrintf(what, sizeof(what), "mode P%d", degree));
  CheckNear(what, u_error, 0, 1e-13);
  CheckNear(what, phi_error, 0, 1e-12);
  CheckNear(what, j_error / j_largest, 0, 1e-12);
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* (Z + film) x = b is solved, whatever the signs and sizes of the films. */
static PetscErrorCode CheckSolves(void) {
  enum { RINGS = 33 };
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  const double unit = 1 / (DISK_CONDUCTIVITY * DISK_RADIUS);
  static const char *const names[] = {"positive films", "some negative films", "some films all but absent"};
  double film[RINGS], b[3 * RINGS], x[3 * RINGS], y[RINGS];
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(GridCreateHalfspace(RINGS, DISK_RADIUS, 0, &grid));
  PetscCall(BulkCreate(PETSC_COMM_SELF, BULK_HALFSPACE, grid, &options, &bulk));
  for (int kind = 0; kind < 3; kind++) {
    double error = 0;
    for (PetscInt j = 0; j < RINGS; j++) {
      film[j] = unit * (2 + sin(7.0 * j));
      if (kind == 1 && j % 5 == 0) {
        film[j] *= -3;
      }
      if (kind == 2 && j % 7 == 0) {
        film[j] *= 1e-9;
      }
    }
    for (PetscInt n = 0; n < 3 * RINGS; n++) {
      x[n] = b[n] = cos(3.0 * n);
    }
    PetscCall(BulkFactor(bulk, film));
    PetscCall(BulkSolve(bulk, 3, x));
    for (PetscInt n = 0; n < 3; n++) {
      PetscCall(BulkApply(bulk, x + (ptrdiff_t)RINGS * n, y));
      for (PetscInt j = 0; j < RINGS; j++) {
        error = fmax(error, fabs(y[j] + film[j] * x[j + RINGS * n] - b[j + RINGS * n]));
      }
    }
    CheckNear(names[kind], error, 0, 1e-12);
  }
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* A uniform film that vanishes: the current rises to 4 sigma a V of the primary distribution, without a jump and
   without noise, also at no film at all. To first order the film takes what the primary distribution dissipates in it:
   I/I_0 = 1 - (2/pi) (rho sigma/a) sum of w/mu, with the rings' Gauss weights. */
static PetscErrorCode CheckVanishingFilm(PetscInt rings) {
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  const double primary = 4 * DISK_CONDUCTIVITY * DISK_RADIUS;
  const double rounding = 1e-9; /* some 1e-16 over the impedance of the unresolved modes */
  double before = 0, sum = 0, *film = NULL, *x = NULL;
  char what[64];
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(GridCreateHalfspace(rings, DISK_RADIUS, 0, &grid));
  PetscCall(BulkCreate(PETSC_COMM_SELF, BULK_HALFSPACE, grid, &options, &bulk));
  PetscCall(PetscMalloc2(rings, &film, rings, &x));
  for (PetscInt j = 0; j < rings; j++) { /* area = 2 pi a^2 mu w */
    const double mu = sin(grid->column_eta[j]);
    sum += grid->ring_area[j] / (2 * PETSC_PI * DISK_RADIUS * DISK_RADIUS * mu * mu);
  }
  for (int exponent = 2; exponent <= 18; exponent++) { /* down to 1e-18 ohm m^2 = 1e-14 ohm cm^2, then none */
    const double resistivity = exponent < 18 ? pow(10, -exponent) : 0;
    const double first_order = 2 / PETSC_PI * resistivity * DISK_CONDUCTIVITY / DISK_RADIUS * sum;
    double total = 0;
    for (PetscInt j = 0; j < rings; j++) {
      film[j] = resistivity / grid->ring_area[j];
      x[j] = 1;
    }
    PetscCall(BulkFactor(bulk, film));
    PetscCall(BulkSolve(bulk, 1, x));
    for (PetscInt j = 0; j < rings; j++) {
      total += x[j];
    }
    PetscCall(PetscSNPrintf(what, sizeof(what), "%d rings, film of %g ohm m2", (int)rings, resistivity));
    CheckBetween(what, total / primary, before * (1 - rounding), 1 + rounding);
    if (first_order < 1e-8) { /* small against the unresolved modes */
      CheckNear("  below the primary current", 1 - total / primary - first_order, 0, 5e-2 * first_order + rounding);
    }
    before = total / primary;
  }
  PetscCall(PetscFree2(film, x));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

static PetscErrorCode SinhTotal(PetscInt rings, PetscInt layers, double voltage, double *total) {
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  if (layers > 0) {
    PetscCall(DiskOblate(rings, layers, 1, 1, 0, &grid));
  } else {
    PetscCall(GridCreateHalfspace(rings, DISK_RADIUS, 0, &grid));
  }
  PetscCall(BulkCreate(PETSC_COMM_SELF, BULK_AUTO, grid, &options, &bulk));
  PetscCall(SinhCurrent(bulk, grid, voltage, NULL, total));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckConvergence(double voltage) {
  double reference = 0, error[4];
  char what[80];

  PetscFunctionBeginUser;
  PetscCall(SinhTotal(192, 0, voltage, &reference));
  for (int n = 0; n < 4; n++) {
    double total = 0;
    PetscCall(SinhTotal(16 << n, 24 << n, voltage, &total));
    error[n] = total / reference - 1;
  }
  PetscCall(PetscSNPrintf(what, sizeof(what), "sinh interface at %g mV, finite volumes", 1e3 * voltage));
  CheckOrder(what, 4, error, 2, 1.75, 2.3);
  CheckBetween("  at 32 x 48 within 0.05 %", fabs(error[1]), 0, 5e-4);
  CheckBetween("  at 64 x 96 within 0.01 %", fabs(error[2]), 0, 1e-4);
  for (int n = 0; n < 3; n++) {
    double total = 0;
    PetscCall(SinhTotal(12 << n, 0, voltage, &total));
    error[n] = total / reference - 1;
  }
  PetscCall(PetscSNPrintf(what, sizeof(what), "sinh interface at %g mV, modes", 1e3 * voltage));
  CheckOrder(what, 3, error, 2, 3.5, 6);
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  int status = 0;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(CheckMode(0));
  PetscCall(CheckMode(2));
  PetscCall(CheckSolves());
  PetscCall(CheckVanishingFilm(8));
  PetscCall(CheckVanishingFilm(64));
  PetscCall(CheckVanishingFilm(255));
  PetscCall(CheckConvergence(1e-3));
  PetscCall(CheckConvergence(-5e-3));
  PetscCall(CheckConvergence(20e-3));
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
