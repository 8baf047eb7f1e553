/* Field-dependent conduction through a block of smoothly varying conductivity, with currents along the layers, against
   a spectral solution of the same partial differential equation: second order in the potential and in the current.

   Cylinder 0 < r < R, 0 < z < L, insulated wall, i_n = sigma(r, z) E_c sinh(E_n/E_c) component by component, a current
   density i0(r) into the top, the bottom at 0 V. Its potential is the minimum of the convex functional

     int sigma E_c^2 (cosh(phi_r/E_c) + cosh(phi_z/E_c) - 2) r dr dz - int_top i0 phi r dr

   here over the polynomials P_m(2 r^2/R^2 - 1) z P_n(2z/L - 1) (Ritz; wall and top are natural conditions), by Newton's
   method with Gauss points. It knows no cells, links or flows. */
#include "check.h"
#include "sei_problem.h"
#include <petscblaslapack.h>

#define RADIUS 1e-6     /* [m] R */
#define THICKNESS 5e-7  /* [m] L */
#define FIELD_SCALE 2e5 /* [V/m] E_c; fields reach three times this */
#define SIGMA 1e-4      /* [S/m] */

static double Conductivity(double r, double z) {
  const double s = PetscSqr(r / RADIUS);
  return SIGMA * (1.0 + 0.6 * cos(PETSC_PI * s) * sin(3.0 * z / THICKNESS + 0.5));
}

/* [A/m^2] into the top */
static double Density(double r) {
  return 2.0 * SIGMA * FIELD_SCALE * (1.0 - 0.6 * cos(PETSC_PI * PetscSqr(r / RADIUS)));
}

/* --- the spectral solution ---------------------------------------------------------------------------------------- */

enum { DEGREE_MAX = 14, POINTS = 28, BASIS_MAX = DEGREE_MAX * DEGREE_MAX };

typedef struct {
  int degree; /* polynomials in each direction */
  double coefficient[BASIS_MAX];
} Spectral;

static double gauss_x[POINTS], gauss_w[POINTS]; /* on [0, 1] */

/* Legendre polynomial and its derivative by their recurrences. */
static double Legendre(int n, double x, double *derivative) {
  double before = 1.0, here = x, slope_before = 0.0, slope = 1.0;

  if (n == 0) {
    *derivative = 0.0;
    return 1.0;
  }
  for (int k = 1; k < n; k++) {
    const double next = ((2 * k + 1) * x * here - k * before) / (k + 1);
    const double slope_next = slope_before + (2 * k + 1) * here;
    before = here;
    here = next;
    slope_before = slope;
    slope = slope_next;
  }
  *derivative = slope;
  return here;
}

static void FillGauss(void) {
  for (int n = 0; n < POINTS; n++) {
    double x = cos(PETSC_PI * (n + 0.75) / (POINTS + 0.5)), slope = 1.0;
    for (int iteration = 0; iteration < 50; iteration++) {
      x -= Legendre(POINTS, x, &slope) / slope;
    }
    gauss_x[n] = 0.5 * (1.0 - x);
    gauss_w[n] = 1.0 / ((1.0 - x * x) * slope * slope);
  }
}

/* Basis functions and their derivatives by r and z [1/m] at a place. */
static void Basis(int degree, double r, double z, double value[], double by_r[], double by_z[]) {
  const double s = PetscSqr(r / RADIUS), t = z / THICKNESS;

  for (int m = 0; m < degree; m++) {
    double slope_s;
    const double radial = Legendre(m, 2.0 * s - 1.0, &slope_s);
    for (int n = 0; n < degree; n++) {
      double slope_t;
      const double axial = Legendre(n, 2.0 * t - 1.0, &slope_t);
      value[m * degree + n] = radial * t * axial;
      by_r[m * degree + n] = slope_s * 4.0 * r / PetscSqr(RADIUS) * t * axial;
      by_z[m * degree + n] = radial * (axial + 2.0 * t * slope_t) / THICKNESS;
    }
  }
}

static double At(const Spectral *s, double r, double z, double *by_r, double *by_z) {
  double value[BASIS_MAX], slope_r[BASIS_MAX], slope_z[BASIS_MAX], sum = 0.0;

  Basis(s->degree, r, z, value, slope_r, slope_z);
  *by_r = *by_z = 0.0;
  for (int n = 0; n < s->degree * s->degree; n++) {
    sum += s->coefficient[n] * value[n];
    *by_r += s->coefficient[n] * slope_r[n];
    *by_z += s->coefficient[n] * slope_z[n];
  }
  return sum;
}

/* [A] through the disk of radius r at the bottom */
static double BottomFlow(const Spectral *s, double r) {
  double sum = 0.0;

  for (int n = 0; n < POINTS; n++) {
    const double at = r * sqrt(gauss_x[n]); /* uniform in the area */
    double by_r, by_z;
    (void)At(s, at, 0.0, &by_r, &by_z);
    sum += gauss_w[n] * Conductivity(at, 0.0) * FIELD_SCALE * sinh(by_z / FIELD_SCALE);
  }
  return PETSC_PI * r * r * sum;
}

/* Functional, its gradient and, at every Gauss point, its second derivative; without the factor 2 pi. */
static double Functional(const Spectral *s, double gradient[], double hessian[]) {
  const int count = s->degree * s->degree;
  double value[BASIS_MAX], by_r[BASIS_MAX], by_z[BASIS_MAX], sum = 0.0, unused_r, unused_z;

  for (int a = 0; a < count * count; a++) {
    hessian[a] = 0.0;
  }
  for (int a = 0; a < count; a++) {
    gradient[a] = 0.0;
  }
  for (int m = 0; m < POINTS; m++) {
    const double r = RADIUS * sqrt(gauss_x[m]), weight_r = 0.5 * PetscSqr(RADIUS) * gauss_w[m]; /* r dr */
    for (int n = 0; n < POINTS; n++) {
      const double z = THICKNESS * gauss_x[n], weight = weight_r * THICKNESS * gauss_w[n] * Conductivity(r, z);
      double er, ez;
      (void)At(s, r, z, &er, &ez);
      er /= FIELD_SCALE;
      ez /= FIELD_SCALE;
      Basis(s->degree, r, z, value, by_r, by_z);
      sum += weight * PetscSqr(FIELD_SCALE) * (cosh(er) + cosh(ez) - 2.0);
      for (int a = 0; a < count; a++) {
        gradient[a] += weight * FIELD_SCALE * (sinh(er) * by_r[a] + sinh(ez) * by_z[a]);
        for (int b = 0; b < count; b++) {
          hessian[a * count + b] += weight * (cosh(er) * by_r[a] * by_r[b] + cosh(ez) * by_z[a] * by_z[b]);
        }
      }
    }
    sum -= weight_r * Density(r) * At(s, r, THICKNESS, &unused_r, &unused_z);
    Basis(s->degree, r, THICKNESS, value, by_r, by_z);
    for (int a = 0; a < count; a++) {
      gradient[a] -= weight_r * Density(r) * value[a];
    }
  }
  return sum;
}

static PetscErrorCode SolveSpectral(int degree, Spectral *s) {
  const PetscBLASInt count = degree * degree, one = 1;
  double *hessian, *gradient, *next;
  PetscBLASInt info;
  double least, change = 1.0;

  PetscFunctionBeginUser;
  *s = (Spectral){.degree = degree};
  PetscCall(PetscMalloc3((size_t)(count * count), &hessian, count, &gradient, count, &next));
  least = Functional(s, gradient, hessian);
  for (int iteration = 0; iteration < 60 && change > 1e-13; iteration++) {
    double fraction = 1.0;
    PetscCallBLAS("LAPACKposv", LAPACKpotrf_("L", &count, hessian, &count, &info));
    PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_CH_ZRPVT, "The spectral matrix is not positive definite");
    PetscCallBLAS("LAPACKpotrs", LAPACKpotrs_("L", &count, &one, hessian, &count, gradient, &count, &info));
    PetscCall(PetscArraycpy(next, gradient, count));
    change = fabs(next[0] / (fabs(s->coefficient[0]) + 1e-9));
    for (int halving = 0; halving < 30; halving++, fraction *= 0.5) {
      Spectral trial = *s;
      double value;
      for (int a = 0; a < count; a++) {
        trial.coefficient[a] -= fraction * next[a];
      }
      value = Functional(&trial, gradient, hessian);
      if (value <= least + 1e-13 * fabs(least)) {
        *s = trial;
        least = value;
        break;
      }
    }
  }
  PetscCheck(change <= 1e-13, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "The spectral solution does not converge: %g",
             change);
  PetscCall(PetscFree3(hessian, gradient, next));
  PetscFunctionReturn(0);
}

/* --- the block ---------------------------------------------------------------------------------------------------- */

/* Errors over the largest potential (root mean square over the volume) and over the total current (what leaves within
   half the radius). */
static PetscErrorCode SolveBlock(PetscInt size, const Spectral *reference, double *potential_error,
                                 double *current_error) {
  const CylindricalOptions box = {.rings = size,
                                  .layers = 2,
                                  .radius = RADIUS,
                                  .outer_radius = RADIUS,
                                  .depth = 1e-9,
                                  .ring_grading = 1,
                                  .outside_grading = 1,
                                  .layer_grading = 1};
  const size_t cells = (size_t)(size * size);
  const BulkOptions conductor = {.conductivity = 1e12}; /* as good as an equipotential */
  double *edge, *centre, *conductivity, *phi, *ir, *iz, *bottom, inside = 0.0, unused_r, unused_z;
  PetscInt *under;
  int *phase;
  Grid grid;
  Bulk bulk;
  SeiDrive d;

  PetscFunctionBeginUser;
  PetscCall(GridCreateCylindrical(&box, &grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, grid, &conductor, &bulk));
  PetscCall(SeiColumnsOnRings(grid, &edge, &centre, &under));
  PetscCall(PetscCalloc6(cells, &conductivity, cells, &phase, cells, &phi, cells, &ir, cells, &iz, size, &bottom));
  for (PetscInt n = 0; n < size * size; n++) {
    const double depth = THICKNESS * ((double)(n % size) + 0.5) / (double)size;
    conductivity[n] = Conductivity(RADIUS * centre[n / size], THICKNESS - depth);
  }
  {
    const SeiOptions options = {.columns = size,
                                .layers = size,
                                .edge = edge,
                                .centre = centre,
                                .under = under,
                                .conductivity = conductivity,
                                .field_scale = FIELD_SCALE,
                                .phase = phase,
                                .radius = RADIUS,
                                .thickness = THICKNESS};
    PetscCall(SeiDriveCreate(bulk, &options, &d));
  }
  for (PetscInt c = 0; c < size; c++) { /* the exact current of each ring */
    for (int n = 0; n < POINTS; n++) {
      const double s = edge[c] * edge[c] + (edge[c + 1] * edge[c + 1] - edge[c] * edge[c]) * gauss_x[n];
      d.current[c] += gauss_w[n] * d.area[c] * Density(RADIUS * sqrt(s));
    }
  }
  PetscCall(SeiDriveSolve(&d, true, 0.0));
  PetscCall(SeiPathView(d.path, d.current, d.state, phi, ir, iz, bottom));
  *potential_error = 0.0;
  for (PetscInt n = 0; n < size * size; n++) {
    const double z = THICKNESS - THICKNESS * ((double)(n % size) + 0.5) / (double)size;
    const double exact = At(reference, RADIUS * centre[n / size], z, &unused_r, &unused_z);
    const double share = d.area[n / size] / (PETSC_PI * RADIUS * RADIUS) / (double)size;
    *potential_error += share * PetscSqr(phi[n] - exact);
  }
  *potential_error = sqrt(*potential_error) / At(reference, 0.0, THICKNESS, &unused_r, &unused_z);
  for (PetscInt c = 0; c < size / 2; c++) {
    inside += bottom[c];
  }
  *current_error = (inside - BottomFlow(reference, 0.5 * RADIUS)) / SeiDriveTotal(&d);
  PetscCall(SeiDriveDestroy(&d));
  PetscCall(PetscFree3(edge, centre, under));
  PetscCall(PetscFree6(conductivity, phase, phi, ir, iz, bottom));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  double potential[4], current[4], sideways = 0.0, unused_z, largest_r;
  Spectral coarse, reference;
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  FillGauss();
  PetscCall(SolveSpectral(DEGREE_MAX - 4, &coarse));
  PetscCall(SolveSpectral(DEGREE_MAX, &reference));
  CheckNear("the reference, of 10 and of 14 polynomials: potential",
            At(&coarse, 0.3 * RADIUS, THICKNESS, &largest_r, &unused_z),
            At(&reference, 0.3 * RADIUS, THICKNESS, &largest_r, &unused_z), 1e-5);
  CheckNear("  total current at the bottom", BottomFlow(&reference, RADIUS),
            2.0 * PETSC_PI * RADIUS * RADIUS * SIGMA * FIELD_SCALE, 1e-5);
  for (int n = 1; n < 20; n++) {
    (void)At(&reference, RADIUS * n / 20.0, 0.7 * THICKNESS, &largest_r, &unused_z);
    sideways = fmax(sideways, fabs(largest_r) / FIELD_SCALE);
  }
  CheckBetween("  its field along the layers over E_c", sideways, 0.3, 3.0);
  for (int n = 0; n < 4; n++) {
    PetscCall(SolveBlock(8 << n, &reference, &potential[n], &current[n]));
  }
  CheckOrder("field-dependent, smooth conductivity: potential", 4, potential, 2, 1.8, 2.2);
  CheckOrder("field-dependent, smooth conductivity: current", 4, current, 2, 1.7, 2.4);
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
