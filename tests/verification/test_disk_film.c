/* Disk with a resistive film, from the primary to the uniform distribution (verification.md). */
#include "check.h"
#include "disk_problem.h"

static const double half_space = 1 / (4 * DISK_CONDUCTIVITY * DISK_RADIUS);

/* R 4 sigma a without the film, and centre over mean current density, for w = R_f sigma/a */
static const double table[][3] = {
    {0.1, 1.0373, 0.6225}, {0.5, 1.0630, 0.8088}, {1, 1.0704, 0.8826}, {2, 1.0751, 0.9339}, {10, 1.0795, 0.9853}};

static PetscErrorCode FilmTable(Bulk bulk, Grid grid, const char *name, double tolerance) {
  const PetscInt rings = grid->rings;
  const double area = PETSC_PI * PetscSqr(DISK_RADIUS);
  double *film = NULL, *current = NULL, total = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(rings, &film, rings, &current));
  for (size_t n = 0; n < PETSC_STATIC_ARRAY_LENGTH(table); n++) {
    const double specific = table[n][0] * DISK_RADIUS / DISK_CONDUCTIVITY; /* [Ohm m^2] */
    char what[128];
    for (PetscInt j = 0; j < rings; j++) {
      film[j] = specific / grid->ring_area[j];
    }
    PetscCall(FilmConductance(bulk, film, current, &total));
    PetscCall(PetscSNPrintf(what, sizeof(what), "%s: resistance with film w = %g", name, table[n][0]));
    CheckNear(what, (1 / total - specific / area) / half_space, table[n][1], tolerance);
    PetscCall(PetscSNPrintf(what, sizeof(what), "%s: centre/mean current with film w = %g", name, table[n][0]));
    CheckNear(what, current[0] / grid->ring_area[0] * area / total, table[n][2], 4 * tolerance);
  }
  PetscCall(PetscFree2(film, current));
  PetscFunctionReturn(0);
}

/* Mean potential at uniform flux, times area over current: 8/(3 pi^2 sigma a) */
static PetscErrorCode UniformFluxError(Bulk bulk, Grid grid, double *error) {
  const PetscInt rings = grid->rings;
  const double area = PETSC_PI * PetscSqr(DISK_RADIUS);
  double *current = NULL, *potential = NULL, mean = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(rings, &current, rings, &potential));
  for (PetscInt j = 0; j < rings; j++) {
    current[j] = grid->ring_area[j] / area;
  }
  PetscCall(BulkPotential(bulk, current, potential));
  for (PetscInt j = 0; j < rings; j++) {
    mean += potential[j] * grid->ring_area[j] / area;
  }
  *error = mean / (8 / (3 * PETSC_PI * PETSC_PI * DISK_CONDUCTIVITY * DISK_RADIUS)) - 1;
  PetscCall(PetscFree2(current, potential));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  double error[4];
  int status = 0;
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (int n = 0; n < 4; n++) {
    PetscCall(DiskOblate(16 << n, 24 << n, 1, 1, 0, &grid));
    PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, grid, &options, &bulk));
    PetscCall(UniformFluxError(bulk, grid, &error[n]));
    if (n == 2) {
      PetscCall(FilmTable(bulk, grid, "condensed 64x96", 2e-4));
    }
    PetscCall(BulkDestroy(&bulk));
    PetscCall(GridDestroy(&grid));
  }
  CheckOrder("uniform flux, oblate grid", 4, error, 2, 1.85, 2.2);
  for (int n = 0; n < 3; n++) {
    PetscCall(GridCreateHalfspace(16 << n, DISK_RADIUS, 0, &grid));
    PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
    PetscCall(UniformFluxError(bulk, grid, &error[n]));
    if (n == 2) {
      PetscCall(FilmTable(bulk, grid, "64 modes' rings", 6e-5)); /* the table's four decimals */
    }
    PetscCall(BulkDestroy(&bulk));
    PetscCall(GridDestroy(&grid));
  }
  CheckOrder("uniform flux, modes", 3, error, 2, 2.5, 8);
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
