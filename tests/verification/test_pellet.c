/* The finite pellet. On the cylindrical grid, a grounded plane at depth H lowers the resistance of the disk by ln 2/(2
   pi sigma H) (images, to third order in a/H); on the oblate grid, a confocal counter electrode leaves (2/pi) atan(H/a)
   of it, exactly. */
#include "check.h"
#include "disk_problem.h"

static PetscErrorCode CylindricalResistance(PetscInt size, double depth, double *resistance) {
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  const CylindricalOptions box = {.rings = size,
                                  .columns_outside = 4 * size,
                                  .layers = 4 * size,
                                  .radius = DISK_RADIUS,
                                  .outer_radius = 60 * DISK_RADIUS,
                                  .depth = depth,
                                  .ring_grading = 5,
                                  .outside_grading = 300,
                                  .layer_grading = 100};
  Grid grid = NULL;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCall(GridCreateCylindrical(&box, &grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
  PetscCall(PrimaryResistance(bulk, resistance));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  const BulkOptions options = {.conductivity = DISK_CONDUCTIVITY};
  const double half_space = 1 / (4 * DISK_CONDUCTIVITY * DISK_RADIUS), depth = 10 * DISK_RADIUS;
  const double images = log(2) / (2 * PETSC_PI * DISK_CONDUCTIVITY * depth);
  double error[3], before = 0, missing = 0;
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (int n = 0; n < 3; n++) {
    double resistance = 0;
    PetscCall(CylindricalResistance(8 << n, depth, &resistance));
    error[n] = resistance / (half_space - images) - 1;
  }
  CheckOrder("pellet of 10 radii, cylindrical grid", 3, error, 2, 0.8, 1.6);
  CheckBetween("pellet of 10 radii, finest", fabs(error[2]), 0, 5e-3);
  CheckNear("  extrapolated, first order", 1 + 2 * error[2] - error[1], 1, 1e-3);
  for (int n = 0; n < 4; n++) { /* to the half space as 1/H */
    const double far = 10 * pow(4, n);
    double resistance = 0;
    Grid grid = NULL;
    Bulk bulk = NULL;
    PetscCall(DiskOblate(12, 20, 1, 1, far * DISK_RADIUS, &grid));
    PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_AUTO, grid, &options, &bulk));
    PetscCall(PrimaryResistance(bulk, &resistance));
    missing = half_space - resistance;
    CheckNear("oblate cell to the half space", missing, 1 / (2 * PETSC_PI * DISK_CONDUCTIVITY * far * DISK_RADIUS),
              0.34 / (far * far));
    if (n > 0) {
      CheckNear("  a quarter at four times the depth", missing / before, 0.25, 0.01);
    }
    before = missing;
    PetscCall(BulkDestroy(&bulk));
    PetscCall(GridDestroy(&grid));
  }
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
