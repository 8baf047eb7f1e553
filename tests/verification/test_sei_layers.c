/* Layers and phases as cells of the electrolyte's grid: an SEI on the oblate grid against the film it becomes when it
   cannot conduct sideways, a laminate along the current, a checkerboard, and random phases. Field-dependent conduction
   is the SEI part's: test_sei_part.c, test_sei_field.c. */
#include "check.h"
#include "disk_problem.h"

#define PATCH 1e-6 /* [m] */

/* A bar: the disk of radius PATCH with insulated wall, grounded bottom, all rings. */
static PetscErrorCode Bar(PetscInt rings, PetscInt layers, double depth, Grid *grid) {
  const CylindricalOptions box = {.rings = rings,
                                  .layers = layers,
                                  .radius = PATCH,
                                  .outer_radius = PATCH,
                                  .depth = depth,
                                  .ring_grading = 1,
                                  .outside_grading = 1,
                                  .layer_grading = 1};
  PetscFunctionBeginUser;
  PetscCall(GridCreateCylindrical(&box, grid));
  PetscFunctionReturn(0);
}

/* A thin SEI, a thousandth as conductive as the electrolyte, is a film of w = L sigma/(sigma_SEI a) (verification.md).
 */
static PetscErrorCode SeiAsFilm(void) {
  static const double table[][2] = {{0.1, 1.0373}, {0.5, 1.0630}, {2, 1.0751}};
  enum { RINGS = 64, SEI = 3 };
  const OblateOptions oblate = {
      .rings = RINGS, .layers = 96, .radius = DISK_RADIUS, .ring_grading = 1, .layer_grading = 1};

  PetscFunctionBeginUser;
  for (size_t n = 0; n < PETSC_STATIC_ARRAY_LENGTH(table); n++) {
    const double w = table[n][0], ratio = 1e-5;
    const SeiBlockOptions sei = {.layers = SEI, .thickness = w * ratio * DISK_RADIUS};
    const double half_space = 1 / (4 * DISK_CONDUCTIVITY * DISK_RADIUS);
    double *conductivity = NULL, resistance = 0;
    Grid grid = NULL;
    Bulk bulk = NULL;
    PetscCall(GridCreateOblateSei(&oblate, &sei, &grid));
    PetscCall(PetscMalloc1(GridCellCount(grid), &conductivity));
    for (PetscInt c = 0; c < GridCellCount(grid); c++) {
      conductivity[c] = (c < RINGS * SEI ? ratio : 1) * DISK_CONDUCTIVITY;
    }
    {
      const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY, .cell_conductivity = conductivity};
      PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
    }
    PetscCall(PrimaryResistance(bulk, &resistance));
    CheckNear("SEI as a film", resistance / half_space - 4 * w / PETSC_PI, table[n][1], 2.5e-4);
    PetscCall(PetscFree(conductivity));
    PetscCall(BulkDestroy(&bulk));
    PetscCall(GridDestroy(&grid));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Laminate(void) {
  enum { RINGS = 16, LAYERS = 8 };
  double conductivity[RINGS * LAYERS], mean = 0, resistance = 0;
  const BulkOptions options = {.conductivity = 1, .cell_conductivity = conductivity};
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(Bar(RINGS, LAYERS, PATCH, &grid));
  for (PetscInt c = 0; c < RINGS * LAYERS; c++) {
    conductivity[c] = c % RINGS % 2 ? 1e-3 : 1;
  }
  for (PetscInt j = 0; j < RINGS; j++) {
    mean += grid->ring_area[j] * conductivity[j] / (PETSC_PI * PATCH * PATCH);
  }
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, grid, &options, &bulk));
  PetscCall(PrimaryResistance(bulk, &resistance));
  CheckNear("laminate along the current: arithmetic mean", 1 / (resistance * PETSC_PI * PATCH), mean, 1e-12);
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* A square of size x size cells so far from the axis that it is plane; the one column inside it all but insulates.
   phase(i, k) is the conductivity; effective: that of a uniform square with the same resistance. */
static PetscErrorCode PlaneSquare(PetscInt size, double (*phase)(PetscInt i, PetscInt k, PetscInt size),
                                  double *effective) {
  const double inner = 1e4;
  double *r = NULL, *z = NULL, *conductivity = NULL, resistance = 0;
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(size + 2, &r, size + 1, &z));
  r[0] = 0;
  PetscCall(GridGradedEdges(size, inner, inner + 1, 1, r + 1));
  PetscCall(GridGradedEdges(size, 0, -1, 1, z));
  PetscCall(GridCreateTensor(size + 1, r, size, z, size + 1, PETSC_FALSE, &grid));
  PetscCall(PetscMalloc1(GridCellCount(grid), &conductivity));
  for (PetscInt c = 0; c < GridCellCount(grid); c++) {
    const PetscInt i = c % (size + 1) - 1, k = c / (size + 1);
    conductivity[c] = i < 0 ? 1e-16 : phase(i, k, size);
  }
  {
    const BulkOptions options = {.conductivity = 1, .cell_conductivity = conductivity};
    PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, grid, &options, &bulk));
  }
  PetscCall(PrimaryResistance(bulk, &resistance));
  *effective = 1 / (resistance * PETSC_PI * (2 * inner + 1));
  PetscCall(PetscFree(conductivity));
  PetscCall(PetscFree2(r, z));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* Four quarters of squares: mirrored at its edges it is the infinite checkerboard. */
static double Checkerboard(PetscInt i, PetscInt k, PetscInt size) {
  return (2 * i < size) == (2 * k < size) ? 4 : 1;
}

static double fraction; /* of the conducting phase */

/* Reproducible white noise per cell (integer hash) */
static double RandomPhases(PetscInt i, PetscInt k, PetscInt size) {
  unsigned int n = (unsigned int)(i + size * k) * 2654435761U;
  n = (n ^ (n >> 15)) * 2246822519U;
  n = (n ^ (n >> 13)) * 3266489917U;
  n ^= n >> 16;
  return n < fraction * 4294967295.0 ? 1 : 1e-6;
}

int main(int argc, char **argv) {
  double error[4], below = 0, above = 0, dense = 0;
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(SeiAsFilm());
  PetscCall(Laminate());
  for (int n = 0; n < 4; n++) {
    PetscCall(PlaneSquare(8 << n, Checkerboard, &error[n]));
    error[n] = error[n] / 2 - 1; /* sqrt(4*1) */
  }
  /* the field at the corners is singular: r^(lambda - 1) with lambda = (4/pi) atan(1/2) = 0.590, an error of order 2
   * lambda */
  CheckOrder("checkerboard, geometric mean", 4, error, 2, 1.0, 1.4);
  CheckBetween("checkerboard, finest", fabs(error[3]), 0, 5e-3);
  fraction = 0.45;
  PetscCall(PlaneSquare(64, RandomPhases, &below));
  fraction = 0.70;
  PetscCall(PlaneSquare(64, RandomPhases, &above));
  fraction = 0.95;
  PetscCall(PlaneSquare(64, RandomPhases, &dense));
  /* site percolation on the square lattice: 0.593 */
  CheckBetween("random phases below the threshold", below, 1e-6, 1e-4);
  CheckBetween("random phases above it", above, 0.05, 0.4);
  /* few sites removed from a square lattice, 1 - pi x (a dipole of moment pi each: lattice Green's function) */
  CheckNear("random phases, 5 % insulating", dense, 1 - 0.05 * PETSC_PI, 0.02);
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
