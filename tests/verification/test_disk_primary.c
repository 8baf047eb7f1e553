/* Primary resistance of the disk: exact on any oblate grid, to infinity and to a finite counter electrode, by every
   implementation; first order on a cylindrical grid, whose edges meet the singularity at the rim head on. */
#include "check.h"
#include "disk_problem.h"

static const double half_space = 1 / (4 * DISK_CONDUCTIVITY * DISK_RADIUS);

static PetscErrorCode OnOblateGrids(void) {
  static const struct {
    PetscInt rings, layers;
    double ring_grading, layer_grading, depth; /* depth in radii */
  } grids[] = {{16, 24, 1, 1, 0}, {33, 17, 3, 5, 0},  {64, 96, 0.5, 2, 0},   {5, 7, 10, 0.2, 0},
               {1, 1, 1, 1, 0},   {24, 20, 2, 4, 10}, {32, 48, 1, 1, 0.125}, {40, 60, 0.1, 30, 2000}};
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};

  PetscFunctionBeginUser;
  for (size_t n = 0; n < PETSC_STATIC_ARRAY_LENGTH(grids); n++) {
    const double depth = grids[n].depth;
    const double expected = depth > 0 ? half_space * atan(depth) * 2 / PETSC_PI : half_space;
    Grid grid = NULL;
    PetscCall(DiskOblate(grids[n].rings, grids[n].layers, grids[n].ring_grading, grids[n].layer_grading,
                         depth * DISK_RADIUS, &grid));
    for (int type = BULK_CONDENSED; type <= BULK_FIELD; type++) {
      for (int direct = 0; direct < (type == BULK_CONDENSED ? 2 : 1); direct++) {
        char what[128];
        double resistance = 0;
        Bulk bulk = NULL;
        if (direct) {
          grid->separable.valid = PETSC_FALSE;
        }
        PetscCall(BulkCreate(PETSC_COMM_WORLD, (BulkType)type, grid, &options, &bulk));
        PetscCall(PrimaryResistance(bulk, &resistance));
        PetscCall(PetscSNPrintf(what, sizeof(what), "primary disk, grid %d, %s%s", (int)n, BulkTypes[type],
                                direct ? " (direct solver)" : ""));
        CheckNear(what, resistance, expected, 1e-12);
        PetscCall(BulkDestroy(&bulk));
      }
    }
    PetscCall(GridDestroy(&grid));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode OnHalfspaceGrid(void) {
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  Grid grid = NULL;
  Bulk bulk = NULL;
  double *current = NULL, *potential = NULL;

  PetscFunctionBeginUser;
  PetscCall(GridCreateHalfspace(31, DISK_RADIUS, 0, &grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
  PetscCall(PetscMalloc2(31, &current, 31, &potential));
  /* the primary current density, 1/(2 pi a^2 mu) per ampere */
  for (PetscInt j = 0; j < 31; j++) {
    current[j] = grid->ring_area[j] / (2 * PETSC_PI * PetscSqr(DISK_RADIUS) * sin(grid->column_eta[j]));
  }
  PetscCall(BulkPotential(bulk, current, potential));
  for (PetscInt j = 0; j < 31; j += 10) {
    CheckNear("primary disk, modes", potential[j], half_space, 1e-12);
  }
  PetscCall(PetscFree2(current, potential));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

static PetscErrorCode OnCylindricalGrids(void) {
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  double error[4];

  PetscFunctionBeginUser;
  for (int n = 0; n < 4; n++) {
    const PetscInt size = 8 << n;
    /* the far boundary at 1e5 radii leaves 1e-5 of the resistance beyond it */
    const CylindricalOptions box = {.rings = size,
                                    .columns_outside = 4 * size,
                                    .layers = 4 * size,
                                    .radius = DISK_RADIUS,
                                    .outer_radius = 1e5 * DISK_RADIUS,
                                    .depth = 1e5 * DISK_RADIUS,
                                    .ring_grading = 1,
                                    .outside_grading = 3e5,
                                    .layer_grading = 3e5,
                                    .grounded_wall = PETSC_TRUE};
    Grid grid = NULL;
    Bulk bulk = NULL;
    PetscCall(GridCreateCylindrical(&box, &grid));
    PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
    PetscCall(PrimaryResistance(bulk, &error[n]));
    error[n] = error[n] / half_space - 1;
    PetscCall(BulkDestroy(&bulk));
    PetscCall(GridDestroy(&grid));
  }
  CheckOrder("primary disk, cylindrical grid", 4, error, 2, 0.8, 1.3);
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  int status = 0;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(OnOblateGrids());
  PetscCall(OnHalfspaceGrid());
  PetscCall(OnCylindricalGrids());
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
