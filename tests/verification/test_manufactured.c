/* A manufactured solution: heterogeneous conduction in a cylinder under a sinh interface, second order
   in the potential and in the total current; and a heterogeneous oblate cell with an exact solution, second order in
   its resistance.

   Cylinder 0 < r < R, -H < z < 0:  phi = V0 (1 + z/H) (1 + c cos(pi r/R)): no radial field on the axis and at the wall,
   grounded at the bottom. What does not
   balance in a cell is fed in as a source: the exact flux through its faces (Gauss points), so that only the scheme's
   error remains. */
#include "check.h"
#include "disk_problem.h"

#define WALL 1e-6   /* [m] R */
#define HEIGHT 5e-7 /* [m] H */
#define V0 0.02     /* [V] */
#define WAVE 0.3    /* c */

static double Potential(double r, double z) {
  return V0 * (1 + z / HEIGHT) * (1 + WAVE * cos(PETSC_PI * r / WALL));
}

static double Conductivity(double r, double z) {
  return 0.01 * (1 + 0.5 * sin(2 * PETSC_PI * z / HEIGHT + 1) * cos(2 * r / WALL));
}

static double Conduct(double field, double r, double z) {
  return Conductivity(r, z) * field;
}

static double DensityR(double r, double z) {
  return Conduct(V0 * (1 + z / HEIGHT) * WAVE * PETSC_PI / WALL * sin(PETSC_PI * r / WALL), r, z);
}

static double DensityZ(double r, double z) {
  return Conduct(-V0 / HEIGHT * (1 + WAVE * cos(PETSC_PI * r / WALL)), r, z);
}

/* Integral over a face of the ring-shaped cell, along r at fixed z or along z at fixed r, five Gauss points */
static double FaceFlux(bool along_r, double from, double to, double fixed) {
  static const double x[] = {0, 0.5384693101056831, 0.9061798459386640};
  static const double w[] = {0.5688888888888889, 0.4786286704993665, 0.2369268850561891};
  double sum = 0;
  for (int n = -2; n <= 2; n++) {
    const double s = 0.5 * (from + to) + 0.5 * (to - from) * (n < 0 ? -x[-n] : x[n]);
    const double weight = 0.5 * fabs(to - from) * w[n < 0 ? -n : n];
    sum +=
        along_r ? weight * 2 * PETSC_PI * s * DensityZ(s, fixed) : weight * 2 * PETSC_PI * fixed * DensityR(fixed, s);
  }
  return sum;
}

typedef struct {
  double *conductivity, *source, *exact, *applied;
  double total; /* [A] exact, into the electrolyte */
} Problem;

static PetscErrorCode Manufacture(Grid grid, Problem *p) {
  const PetscInt stride = grid->columns + 1;

  PetscFunctionBeginUser;
  p->total = 0;
  for (PetscInt c = 0; c < GridCellCount(grid); c++) {
    const PetscInt i = c % grid->columns, k = c / grid->columns, node = i + stride * k;
    const double r_in = grid->corner_r[node], r_out = grid->corner_r[node + 1];
    const double top = grid->corner_z[node], bottom = grid->corner_z[node + stride];
    const double r = 0.5 * (r_in + r_out), z = 0.5 * (top + bottom);
    const double above = -FaceFlux(true, r_in, r_out, top); /* downward, into the cell */
    p->conductivity[c] = Conductivity(r, z);
    p->exact[c] = Potential(r, z);
    p->source[c] = -FaceFlux(true, r_in, r_out, bottom) + FaceFlux(false, bottom, top, r_out) -
                   FaceFlux(false, bottom, top, r_in) - above;
    if (k > 0) {
      continue;
    }
    /* ring voltages that make the exact current pass the interface */
    p->total += above;
    p->applied[i] = Potential(r, 0) + asinh(above / (DISK_EXCHANGE_CURRENT * grid->ring_area[i])) / DISK_BETA;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveManufactured(PetscInt size, double *potential_error, double *current_error) {
  const CylindricalOptions box = {.rings = size,
                                  .layers = size,
                                  .radius = WALL,
                                  .outer_radius = WALL,
                                  .depth = HEIGHT,
                                  .ring_grading = 1.5,
                                  .outside_grading = 1,
                                  .layer_grading = 2};
  double total = 0, counter = 0, *current = NULL, *phi = NULL, *u = NULL;
  PetscInt cells = 0;
  Grid grid = NULL;
  Bulk bulk = NULL;
  Problem p;

  PetscFunctionBeginUser;
  PetscCall(GridCreateCylindrical(&box, &grid));
  cells = GridCellCount(grid);
  PetscCall(PetscCalloc4(cells, &p.conductivity, cells, &p.source, cells, &p.exact, size, &p.applied));
  PetscCall(PetscCalloc3(size, &current, cells, &phi, size, &u));
  PetscCall(Manufacture(grid, &p));
  {
    const BulkOptions options = {.conductivity = 0.01, .cell_conductivity = p.conductivity, .cell_source = p.source};
    PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
  }
  PetscCall(SinhCurrent(bulk, grid, 0, p.applied, &total));
  *current_error = total / p.total - 1;
  /* the potential at the exact currents */
  for (PetscInt j = 0; j < size; j++) {
    current[j] = -FaceFlux(true, grid->ring_edge[j], grid->ring_edge[j + 1], 0);
  }
  PetscCall(BulkCellField(bulk, current, phi, NULL, NULL));
  *potential_error = 0;
  for (PetscInt c = 0; c < cells; c++) {
    *potential_error += grid->volume[c] * PetscSqr(phi[c] - p.exact[c]);
  }
  *potential_error = sqrt(*potential_error / (PETSC_PI * WALL * WALL * HEIGHT)) / V0;
  PetscCallMPI(MPI_Bcast(potential_error, 1, MPI_DOUBLE, 0, PETSC_COMM_WORLD));
  PetscCall(BulkCounterCurrent(bulk, current, &counter));
  for (PetscInt j = 0; j < size; j++) {
    counter -= current[j];
  }
  for (PetscInt c = 0; c < cells; c++) {
    counter -= p.source[c];
  }
  CheckNear("balance of the manufactured problem", counter / p.total, 0, 1e-9);
  PetscCall(PetscFree4(p.conductivity, p.source, p.exact, p.applied));
  PetscCall(PetscFree3(current, phi, u));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* 1/sigma = (1 + b sin^2 g)/sigma_0, g = gd(xi): R = (g + b (g/2 - sin(2g)/4))/(2 pi a sigma_0) to the electrode at
 * depth 3 a */
static PetscErrorCode SolveHeterogeneousDisk(PetscInt rings, PetscInt layers, double *error) {
  const double b = 5, g_end = atan(3), exact = (g_end + b * (g_end / 2 - sin(2 * g_end) / 4)) / (2 * PETSC_PI);
  double *conductivity = NULL, resistance = 0;
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(DiskOblate(rings, layers, 2, 2, 3 * DISK_RADIUS, &grid));
  PetscCall(PetscMalloc1(GridCellCount(grid), &conductivity));
  for (PetscInt c = 0; c < GridCellCount(grid); c++) {
    conductivity[c] = DISK_CONDUCTIVITY / (1 + b * PetscSqr(tanh(grid->layer_xi[c / rings]))); /* sin gd = tanh */
  }
  {
    const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY, .cell_conductivity = conductivity};
    PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
  }
  PetscCall(PrimaryResistance(bulk, &resistance));
  *error = resistance * DISK_CONDUCTIVITY * DISK_RADIUS / exact - 1;
  PetscCall(PetscFree(conductivity));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  double potential[4], current[4], disk[4];
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (int n = 0; n < 4; n++) {
    PetscCall(SolveManufactured(12 << n, &potential[n], &current[n]));
    PetscCall(SolveHeterogeneousDisk(4 << n, 8 << n, &disk[n]));
  }
  CheckOrder("manufactured, potential", 4, potential, 2, 1.8, 2.2);
  CheckOrder("manufactured, total current", 4, current, 2, 1.7, 2.4);
  CheckOrder("heterogeneous oblate cell, resistance", 4, disk, 2, 1.8, 2.2);
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
