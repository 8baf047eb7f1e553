/* Links across the corners of four phases: four quarters of squares are, mirrored at their edges, an infinite
   checkerboard, whose effective conductivity is sqrt(s1 s2) (Keller 1964, 10.1063/1.1704146); of four different squares
   along and across, the closed form of Craster & Obnosov and Milton (sei_geometry.c), here by its duality: the product
   of both is that of all triples over the sum. */
#include "check.h"
#include "solver/parts/sei.h"

#define RADIUS 5e-6
#define WIDTH (1e-5 * RADIUS) /* of the square: so far from the axis that it is plane */

/* Conductivity of 2n x 2n cells, the phases a b above c d, between the lithium and the electrolyte. */
static PetscErrorCode Effective(Bulk electrolyte, PetscInt n, const double sigma[4], PetscBool corners,
                                double *effective) {
  const PetscInt columns = 2 * n + 1, layers = 2 * n, cells = columns * layers;
  double *edge, *centre, *conductivity, resistance;
  PetscInt *under;
  int *phase;
  Path path = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc5(columns + 1, &edge, columns, &centre, columns, &under, cells, &conductivity, cells, &phase));
  for (PetscInt c = 1; c <= columns; c++) {
    edge[c] = 1.0 - WIDTH / RADIUS * (double)(columns - c) / (double)(2 * n);
  }
  for (PetscInt c = 0; c < columns; c++) {
    centre[c] = 0.5 * (edge[c] + edge[c + 1]);
    for (PetscInt k = 0; k < layers; k++) {
      const int square = (c > n ? 1 : 0) + (k >= n ? 2 : 0);
      conductivity[c * layers + k] = c == 0 ? 1e-30 : sigma[square]; /* what lies inside the square insulates */
      phase[c * layers + k] = c == 0 ? -1 : square;
    }
  }
  {
    const SeiOptions options = {.columns = columns,
                                .layers = layers,
                                .edge = edge,
                                .centre = centre,
                                .under = under,
                                .conductivity = conductivity,
                                .field_scale = INFINITY,
                                .phase = phase,
                                .corners = corners,
                                .radius = RADIUS,
                                .thickness = WIDTH,
                                .changes_shape = PETSC_TRUE,
                                .temperature = 298.15};
    PetscCall(SeiPathCreate(electrolyte, &options, &path));
  }
  PetscCall(SeiPathFilmResistance(path, &resistance));
  *effective = WIDTH / resistance / (1.0 - edge[1] * edge[1]);
  PetscCall(PathDestroy(&path));
  PetscCall(PetscFree5(edge, centre, under, conductivity, phase));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  const double board[4] = {1.0, 100.0, 100.0, 1.0}, laminate[4] = {1.0, 100.0, 1.0, 100.0},
               four[4] = {1.0, 30.0, 7.0, 200.0};
  const double turned[4] = {four[0], four[2], four[1], four[3]};
  const double a = four[0], b = four[1], c = four[2], d = four[3];
  const double product = (a * b * c + a * b * d + a * c * d + b * c * d) / (a + b + c + d);
  const BulkOptions bulk = {.conductivity = 1.0};
  Bulk electrolyte = NULL;
  Grid grid = NULL;
  char what[96];

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(GridCreateHalfspace(2, RADIUS, 4, &grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_HALFSPACE, grid, &bulk, &electrolyte));
  for (PetscInt n = 1; n <= 16; n *= 2) {
    double along, across, plain;

    PetscCall(Effective(electrolyte, n, board, PETSC_TRUE, &along));
    PetscCall(Effective(electrolyte, n, board, PETSC_FALSE, &plain));
    PetscCall(PetscSNPrintf(what, sizeof what, "checkerboard of contrast 100, %d cells a square", (int)n));
    CheckNear(what, along, 10.0, 0.03);
    CheckBetween("  two-point fluxes alone conduct too little", plain, 1.9, 6.0);
    PetscCall(Effective(electrolyte, n, laminate, PETSC_TRUE, &along));
    CheckNear("  laminate: no corner", along, 50.5, 1e-4);
    PetscCall(Effective(electrolyte, n, four, PETSC_TRUE, &along));
    PetscCall(Effective(electrolyte, n, turned, PETSC_TRUE, &across));
    CheckNear("  four phases: product of both directions", along * across, product, 1e-5);
  }
  PetscCall(BulkDestroy(&electrolyte));
  PetscCall(GridDestroy(&grid));
  {
    const int failures = CheckFinish();
    PetscCall(PetscFinalize());
    return failures;
  }
}
