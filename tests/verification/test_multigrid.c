/* Conjugate gradients with BoomerAMG over all cells: as many iterations at 1e5 cells as at 1e4, within three, with a
   resistive and heterogeneous SEI among them; and the resistance does not depend on the number of processes. */
#include "check.h"
#include "disk_problem.h"

typedef struct {
  double linear_iterations, total;
} Cost;

static PetscErrorCode Solve(MPI_Comm comm, PetscInt rings, PetscInt layers, PetscInt sei_layers, Cost *cost) {
  const OblateOptions oblate = {
      .rings = rings, .layers = layers, .radius = DISK_RADIUS, .ring_grading = 1, .layer_grading = 1};
  const SeiBlockOptions sei = {.layers = sei_layers, .thickness = 50e-9};
  double *conductivity = NULL;
  BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  BulkStatistics statistics;
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(GridCreateOblateSei(&oblate, &sei, &grid));
  PetscCall(PetscMalloc1(GridCellCount(grid), &conductivity));
  for (PetscInt c = 0; c < GridCellCount(grid); c++) {
    const bool in_sei = c < rings * sei_layers;
    /* blocks of phases whose size does not depend on the grid's */
    const PetscInt i = 16 * (c % rings) / rings, k = 4 * (c / rings) / sei_layers;
    conductivity[c] = in_sei ? ((i + k) % 2 ? 1e-4 : 1e-6) : DISK_CONDUCTIVITY;
  }
  options.cell_conductivity = conductivity;
  PetscCall(BulkCreate(comm, BULK_FIELD, grid, &options, &bulk));
  PetscCall(PrimaryResistance(bulk, &cost->total));
  PetscCall(BulkGetStatistics(bulk, &statistics));
  cost->linear_iterations = (double)statistics.linear_iterations / statistics.linear_solves;
  PetscCall(PetscFree(conductivity));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  Cost cost[3], alone;
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsInsertString(NULL, "-bulk_ksp_type cg -bulk_pc_type hypre"));
  for (int n = 0; n < 3; n++) { /* 9 984, 39 936 and 98 304 cells */
    const PetscInt rings = n == 0 ? 64 : n == 1 ? 128 : 192;
    PetscCall(Solve(PETSC_COMM_WORLD, rings,
                    n == 0   ? 124
                    : n == 1 ? 248
                             : 416,
                    n == 0   ? 32
                    : n == 1 ? 64
                             : 96,
                    &cost[n]));
    (void)PetscPrintf(PETSC_COMM_WORLD, "     %d rings: %g iterations, resistance %g Ohm\n", (int)rings,
                      cost[n].linear_iterations, cost[n].total);
  }
  CheckBetween("iterations at 1e4 cells", cost[0].linear_iterations, 1, 25);
  CheckBetween("iterations at 4e4 cells, more", cost[1].linear_iterations - cost[0].linear_iterations, -3, 3);
  CheckBetween("iterations at 1e5 cells, more", cost[2].linear_iterations - cost[0].linear_iterations, -3, 3);
  PetscCall(Solve(PETSC_COMM_WORLD, 32, 48, 16, &cost[0]));
  PetscCall(PetscOptionsClearValue(NULL, "-bulk_ksp_type"));
  PetscCall(PetscOptionsClearValue(NULL, "-bulk_pc_type"));
  PetscCall(Solve(PETSC_COMM_SELF, 32, 48, 16, &alone));
  CheckNear("resistance by a direct solver on one process", cost[0].total, alone.total, 1e-9);
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
