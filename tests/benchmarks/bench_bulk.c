/* Cost of the bulk operators. Options: -max_cells N (default 1000000) bounds the grids of the last two tables.

   Tables: building the condensed operator; factoring and solving per call; one linear solve over all cells by a direct
   solver and by conjugate gradients with BoomerAMG. */
#include "solver/electrolyte/bulk.h"

#include <math.h>

#define RADIUS 4.82e-6     /* [m] */
#define CONDUCTIVITY 0.165 /* [S/m] */

static const BulkOptions options = {.conductivity = CONDUCTIVITY};

static PetscErrorCode Oblate(PetscInt rings, PetscInt layers, PetscInt sei_layers, Grid *grid) {
  const OblateOptions oblate = {
      .rings = rings, .layers = layers, .radius = RADIUS, .ring_grading = 1, .layer_grading = 1};
  const SeiBlockOptions sei = {.layers = sei_layers, .thickness = 0.01 * RADIUS};

  PetscFunctionBeginUser;
  PetscCall(GridCreateOblateSei(&oblate, sei_layers > 0 ? &sei : NULL, grid));
  PetscFunctionReturn(0);
}

/* Seconds of the fastest of a few builds */
static PetscErrorCode Build(BulkType type, Grid grid, double *seconds) {
  PetscFunctionBeginUser;
  *seconds = INFINITY;
  for (int n = 0; n < 3; n++) {
    BulkStatistics statistics;
    Bulk bulk = NULL;
    PetscCall(BulkCreate(PETSC_COMM_WORLD, type, grid, &options, &bulk));
    PetscCall(BulkGetStatistics(bulk, &statistics));
    *seconds = PetscMin(*seconds, statistics.build_seconds);
    PetscCall(BulkDestroy(&bulk));
    if (*seconds > 2) {
      break;
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode BuildTable(void) {
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "operator build [ms]\nrings layers separable    direct\n"));
  for (PetscInt rings = 32; rings <= 256; rings *= 2) {
    const PetscInt layers = rings * 3 / 2;
    double separable = 0, direct = 0;
    Grid grid = NULL;
    PetscCall(Oblate(rings, layers, 0, &grid));
    PetscCall(Build(BULK_CONDENSED, grid, &separable));
    grid->separable.valid = PETSC_FALSE;
    PetscCall(Build(BULK_CONDENSED, grid, &direct));
    PetscCall(
        PetscPrintf(PETSC_COMM_WORLD, "%5d %6d %9.2f %9.1f\n", (int)rings, (int)layers, 1e3 * separable, 1e3 * direct));
    PetscCall(GridDestroy(&grid));
  }
  PetscFunctionReturn(0);
}

/* Microseconds per BulkFactor and per right-hand side of BulkSolve */
static PetscErrorCode TimeSolves(BulkType type, Grid grid, double *factor, double *solve) {
  enum { CALLS = 300 };
  const PetscInt rings = grid->rings;
  double *film = NULL, *b = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(BulkCreate(PETSC_COMM_WORLD, type, grid, &options, &bulk));
  PetscCall(PetscMalloc2(rings, &film, rings, &b));
  for (PetscInt j = 0; j < rings; j++) {
    film[j] = RADIUS / CONDUCTIVITY / grid->ring_area[j];
  }
  *factor = *solve = INFINITY; /* the fastest of a few batches: the rest is other people's load */
  for (int batch = 0; batch < 5; batch++) {
    double start = MPI_Wtime();
    for (int n = 0; n < CALLS; n++) {
      PetscCall(BulkFactor(bulk, film));
    }
    *factor = PetscMin(*factor, (MPI_Wtime() - start) / CALLS * 1e6);
    start = MPI_Wtime();
    for (int n = 0; n < CALLS; n++) {
      for (PetscInt j = 0; j < rings; j++) {
        b[j] = 1;
      }
      PetscCall(BulkSolve(bulk, 1, b));
    }
    *solve = PetscMin(*solve, (MPI_Wtime() - start) / CALLS * 1e6);
  }
  PetscCall(PetscFree2(film, b));
  PetscCall(BulkDestroy(&bulk));
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveTable(void) {
  PetscFunctionBeginUser;
  PetscCall(
      PetscPrintf(PETSC_COMM_WORLD, "\nper call [us]\nrings  halfspace: factor  solve   condensed: factor  solve\n"));
  for (PetscInt rings = 16; rings <= 512; rings *= 2) {
    double factor = 0, solve = 0;
    Grid grid = NULL;
    PetscCall(GridCreateHalfspace(rings, RADIUS, 0, &grid));
    PetscCall(TimeSolves(BULK_HALFSPACE, grid, &factor, &solve));
    PetscCall(GridDestroy(&grid));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%5d %18.1f %6.1f", (int)rings, factor, solve));
    PetscCall(Oblate(rings, rings, 0, &grid));
    PetscCall(TimeSolves(BULK_CONDENSED, grid, &factor, &solve));
    PetscCall(GridDestroy(&grid));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, " %19.1f %6.1f\n", factor, solve));
  }
  PetscFunctionReturn(0);
}

/* One factorisation or multigrid set-up and one solve over all cells, SEI a thousand times as resistive on top. */
static PetscErrorCode TimeField(Grid grid, const BulkOptions *material, PetscBool direct, double *seconds,
                                PetscInt *iterations) {
  const PetscInt rings = grid->rings;
  double *film = NULL, *b = NULL, start = 0;
  BulkStatistics statistics;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsInsertString(NULL, direct ? "-bulk_ksp_type preonly -bulk_pc_type cholesky"
                                                  : "-bulk_ksp_type cg -bulk_pc_type hypre"));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_FIELD, grid, material, &bulk));
  PetscCall(PetscMalloc2(rings, &film, rings, &b));
  for (PetscInt j = 0; j < rings; j++) {
    film[j] = RADIUS / CONDUCTIVITY / grid->ring_area[j];
    b[j] = 1;
  }
  start = MPI_Wtime();
  PetscCall(BulkFactor(bulk, film));
  PetscCall(BulkSolve(bulk, 1, b));
  *seconds = MPI_Wtime() - start;
  PetscCall(BulkGetStatistics(bulk, &statistics));
  *iterations = statistics.linear_iterations;
  PetscCall(PetscFree2(film, b));
  PetscCall(BulkDestroy(&bulk));
  PetscFunctionReturn(0);
}

static PetscErrorCode FieldTable(PetscInt max_cells) {
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "\nall cells, set-up and one solve\n    cells  direct [s]  CG+AMG [s]  iterations\n"));
  for (int half_decade = 0; half_decade <= 4; half_decade++) {
    const double target = 1e4 * pow(10, 0.5 * half_decade);
    const PetscInt rings = (PetscInt)sqrt(target / 1.5), sei = rings / 4, layers = (PetscInt)(target / rings) - sei;
    BulkOptions material = options;
    double direct = 0, multigrid = 0, *conductivity = NULL;
    PetscInt iterations = 0, none = 0;
    Grid grid = NULL;
    if (rings * (layers + sei) > max_cells) {
      break;
    }
    PetscCall(Oblate(rings, layers, sei, &grid));
    PetscCall(PetscMalloc1(GridCellCount(grid), &conductivity));
    for (PetscInt c = 0; c < GridCellCount(grid); c++) {
      conductivity[c] = (c < rings * sei ? 1e-3 : 1) * CONDUCTIVITY;
    }
    material.cell_conductivity = conductivity;
    PetscCall(TimeField(grid, &material, PETSC_TRUE, &direct, &none));
    PetscCall(TimeField(grid, &material, PETSC_FALSE, &multigrid, &iterations));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%9d %11.3f %11.3f %11d\n", (int)GridCellCount(grid), direct, multigrid,
                          (int)iterations));
    PetscCall(PetscFree(conductivity));
    PetscCall(GridDestroy(&grid));
  }
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscInt max_cells = 1100000;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-max_cells", &max_cells, NULL));
  PetscCall(BuildTable());
  PetscCall(SolveTable());
  PetscCall(FieldTable(max_cells));
  PetscCall(PetscFinalize());
  return 0;
}
