/* Electrode cells on the cylindrical grid: a buried disk, 1/(8 sigma a), and a hemisphere at the surface, 1/(2 pi sigma
   a), both first order (the edge's singularity; the staircase). */
#include "check.h"
#include "solver/electrolyte/bulk.h"

static const double sigma = 0.2, a = 3e-6, far = 1e5; /* [S/m], [m], [-] */

/* columns: `size` within the electrode, 4 size graded to the wall outside */
static PetscErrorCode RadialEdges(PetscInt size, double edge[]) {
  PetscFunctionBeginUser;
  PetscCall(GridGradedEdges(size, 0, a, 1, edge));
  PetscCall(GridGradedEdges(4 * size, a, far * a, 3e5, edge + size));
  PetscFunctionReturn(0);
}

static PetscErrorCode Conductance(PetscInt columns, const double r[], PetscInt layers, const double z[],
                                  bool (*inside)(double r, double z), double *conductance) {
  const BulkOptions options = {.conductivity = sigma};
  PetscInt *cell = NULL, count = 0;
  Grid grid = NULL;

  PetscFunctionBeginUser;
  PetscCall(GridCreateTensor(columns, r, layers, z, columns, PETSC_TRUE, &grid));
  PetscCall(PetscMalloc1(GridCellCount(grid), &cell));
  for (PetscInt k = 0; k < layers; k++) {
    for (PetscInt i = 0; i < columns; i++) {
      if (inside(0.5 * (r[i] + r[i + 1]), 0.5 * (z[k] + z[k + 1]))) {
        cell[count++] = i + columns * k;
      }
    }
  }
  PetscCall(GridMarkElectrode(grid, count, cell, 1));
  PetscCall(BulkElectrodeConductance(PETSC_COMM_WORLD, grid, &options, 1, conductance));
  PetscCall(PetscFree(cell));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

static const double middle = -1e5 * 3e-6; /* [m] depth of the buried disk: as far from the surface as from the bottom */

static bool InDisk(double r, double z) {
  return r < a && fabs(z - middle) < 1e-6 * a;
}

static bool InHemisphere(double r, double z) {
  return hypot(r, z) < a;
}

static PetscErrorCode BuriedDisk(PetscInt size, double *error) {
  const PetscInt half = 4 * size, layers = 2 * half + 1;
  double *r = NULL, *z = NULL, conductance = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)(5 * size + 1), &r, layers + 1, &z));
  PetscCall(RadialEdges(size, r));
  /* a very thin layer of metal between two graded blocks */
  PetscCall(GridGradedEdges(half, 0, middle + 1e-7 * a, 1 / 3e5, z));
  PetscCall(GridGradedEdges(half, middle - 1e-7 * a, 2 * middle, 3e5, z + half + 1));
  PetscCall(Conductance(5 * size, r, layers, z, InDisk, &conductance));
  *error = 8 * sigma * a / conductance - 1;
  PetscCall(PetscFree2(r, z));
  PetscFunctionReturn(0);
}

static PetscErrorCode Hemisphere(PetscInt size, double *error) {
  double *r = NULL, *z = NULL, conductance = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)(5 * size + 1), &r, (size_t)(5 * size + 1), &z));
  PetscCall(RadialEdges(size, r));
  for (PetscInt k = 0; k <= 5 * size; k++) {
    z[k] = k == 0 ? 0 : -r[k];
  }
  PetscCall(Conductance(5 * size, r, 5 * size, z, InHemisphere, &conductance));
  *error = 2 * PETSC_PI * sigma * a / conductance - 1;
  PetscCall(PetscFree2(r, z));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  double disk[4], ball[4];
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (int n = 0; n < 4; n++) {
    PetscCall(BuriedDisk(8 << n, &disk[n]));
    PetscCall(Hemisphere(8 << n, &ball[n]));
  }
  CheckOrder("buried disk", 4, disk, 2, 0.8, 1.3);
  CheckBetween("buried disk, finest", fabs(disk[3]), 0, 0.01);
  for (int n = 0; n < 4; n++) {
    (void)PetscPrintf(PETSC_COMM_WORLD, "     hemisphere grid %d: error %.3e\n", n, ball[n]);
  }
  /* the staircase's error is first order but uneven from grid to grid: over the three refinements together */
  CheckBetween("hemisphere, order over three refinements", log2(fabs(ball[0] / ball[3])) / 3, 0.8, 1.6);
  CheckBetween("hemisphere, finest", fabs(ball[3]), 0, 0.01);
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
