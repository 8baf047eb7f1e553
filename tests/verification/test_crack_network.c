/* Contact and lithium-filled crack as two electrodes: the closed forms of physics/spreading.c and the conducting radii
   of physics/crack.c against boundary elements, quadrature and the cylindrical grid with electrode cells. */
#include "boundary_elements.h"
#include "check.h"
#include "physics/crack.h"
#include "physics/spreading.h"
#include "solver/electrolyte/bulk.h"

static const SpreadingMedium unit = {1, 1, 0};

/* Ring edges of a disk of radius own (1 or larger or smaller than the other's): as fine at the rim of the other disk as
   at its own. */
static void RingEdges(PetscInt rings, double own, double other, double edge[]) {
  const PetscInt inner = other < own ? rings / 3 : 0, outer = rings - inner;
  const double start = inner ? other : 0, growth = inner ? log(own / other) : 0;

  for (PetscInt k = 0; k <= inner; k++) {
    edge[k] = inner ? start * (double)k / (double)inner : 0;
  }
  for (PetscInt k = 1; k <= outer; k++) {
    const double s = sin(PETSC_PI / 2 * (double)k / (double)outer);
    edge[inner + k] = start + (own - start) * (growth > 0 ? expm1(growth * s) / expm1(growth) : s);
  }
}

/* The boundary elements themselves: one disk with a film against 1/(4 sigma a) and the known table (also in
   test_disk_film); then the film factor. */
static PetscErrorCode OneDisk(void) {
  static const double table[][2] = {{0.1, 1.0373}, {0.5, 1.0630}, {1, 1.0704}, {2, 1.0751}, {10, 1.0795}};
  double edge[49], error[3], current[2], *matrix = NULL, *work = NULL;
  char what[64];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)48 * 48, &matrix, (size_t)48 * 49, &work));
  for (int n = 0; n < 3; n++) { /* axisymmetric: one sector */
    const PanelDisk disk[2] = {{12 << n, 1, edge}, {0, 1, NULL}};
    RingEdges(12 << n, 1, 1, edge);
    PanelMatrix(disk, matrix);
    PetscCall(PanelCurrents(disk, matrix, 0, work, current));
    error[n] = 1 - current[0] / 4;
    for (size_t k = 0; n == 2 && k < PETSC_STATIC_ARRAY_LENGTH(table); k++) {
      const double w = table[k][0];
      PetscCall(PanelCurrents(disk, matrix, w, work, current));
      PetscCall(PetscSNPrintf(what, sizeof(what), "boundary elements, disk with film w = %g", w));
      CheckNear(what, 4 * (1 / current[0] - w / PETSC_PI), table[k][1], 2e-3);
      PetscCall(PetscSNPrintf(what, sizeof(what), "film factor, w = %g", w));
      CheckNear(what, spreading_film_factor(w, NULL), table[k][1], 3e-3);
    }
  }
  CheckOrder("boundary elements, primary disk", 3, error, 2, 1.5, 2.5);
  PetscCall(PetscFree2(matrix, work));
  PetscFunctionReturn(0);
}

/* Conductance and share of the crack by the network of closed forms, both electrodes at 1 V. */
static void Network(double a, double c, double film, double *conductance, double *share) {
  const double area1 = PETSC_PI * a * a, area2 = PETSC_PI * c * c;
  const double r11 = spreading_self_resistance(&unit, a, area1, film, NULL) + film / area1;
  const double r22 = spreading_self_resistance(&unit, c, area2, film, NULL) + film / area2;
  const double r12 = spreading_mutual_resistance(&unit, a, c, film, NULL);

  *conductance = (r11 + r22 - 2 * r12) / (r11 * r22 - r12 * r12);
  *share = (r11 - r12) / (r11 + r22 - 2 * r12);
}

static PetscErrorCode TwoElectrodes(void) {
  enum { RINGS = 18, SECTORS = 6, SIZE = 2 * RINGS * SECTORS };
  static const double ratios[] = {0.05, 0.2, 0.5, 1, 2, 20}, films[] = {0.03, 0.3, 3};
  double surface[RINGS + 1], upright[RINGS + 1], current[2], conductance, share, *matrix = NULL, *work = NULL;
  const PanelDisk disk[2] = {{RINGS, SECTORS, surface}, {RINGS, SECTORS, upright}};
  char what[96];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)SIZE * SIZE, &matrix, (size_t)SIZE * (SIZE + 1), &work));
  for (size_t r = 0; r < PETSC_STATIC_ARRAY_LENGTH(ratios); r++) {
    RingEdges(RINGS, 1, ratios[r], surface);
    RingEdges(RINGS, ratios[r], 1, upright);
    PanelMatrix(disk, matrix);
    for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(films); k++) {
      const double film = films[k] * fmax(1, ratios[r]);
      PetscCall(PanelCurrents(disk, matrix, film, work, current));
      Network(1, ratios[r], film, &conductance, &share);
      PetscCall(PetscSNPrintf(what, sizeof(what), "network, c/a = %g, w = %g: conductance", ratios[r], films[k]));
      CheckNear(what, conductance, current[0] + current[1], 8e-3); /* the elements themselves: 2e-3 */
      PetscCall(
          PetscSNPrintf(what, sizeof(what), "network, c/a = %g, w = %g: error of the share", ratios[r], films[k]));
      CheckBetween(what, share - current[1] / (current[0] + current[1]), -0.012, 0.012);
    }
  }
  PetscCall(PetscFree2(matrix, work));
  PetscFunctionReturn(0);
}

/* Mean potential of a uniform disk over the half-penny: midpoint quadrature of the exact potential. */
static PetscErrorCode MutualOfUniformFlux(void) {
  enum { RINGS = 24, SECTORS = 8 };
  static const double table[][2] = {{0.1, 0.305004}, {1, 0.201613}, {2, 0.127816}};
  double surface[2] = {0, 1}, upright[RINGS + 1];

  PetscFunctionBeginUser;
  for (size_t n = 0; n < PETSC_STATIC_ARRAY_LENGTH(table); n++) {
    const double c = table[n][0];
    const PanelDisk whole = {1, 1, surface}, crack = {RINGS, SECTORS, upright};
    double mean = 0;
    char what[64];
    RingEdges(RINGS, c, c, upright);
    for (PetscInt panel = 0; panel < RINGS * SECTORS; panel++) {
      double angle, radius = PanelMiddle(&crack, panel, &angle);
      mean += PanelArea(&crack, panel) / (PETSC_PI * c * c) *
              PanelPotential(&whole, 0, radius * cos(angle), 0, radius * sin(angle)) /
              (2 * PETSC_PI * PETSC_PI); /* density 1/pi for 1 A */
    }
    PetscCall(PetscSNPrintf(what, sizeof(what), "r12 sigma a at uniform flux, quadrature, c/a = %g", c));
    CheckNear(what, mean, table[n][1], 2e-3);
    PetscCall(PetscSNPrintf(what, sizeof(what), "r12 sigma a at uniform flux, closed form, c/a = %g", c));
    CheckNear(what, spreading_mutual_resistance(&unit, 1, c, 1e9, NULL), mean, 2e-3);
  }
  PetscFunctionReturn(0);
}

/* An edge crack and its image: a rectangle W by 2c in the full space, 1/(8 sigma x). */
static PetscErrorCode EdgeCrack(void) {
  enum { SIDE = 14, SIZE = SIDE * SIDE };
  static const double aspects[] = {1, 4, 10};
  double *matrix = NULL, middle[SIDE], edge[SIDE + 1], total[SIZE];
  PetscBLASInt n = SIZE, one = 1, info, pivot[SIZE];
  char what[64];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)SIZE * SIZE, &matrix));
  for (int k = 0; k <= SIDE; k++) {
    edge[k] = 0.5 * sin(PETSC_PI / 2 * k / SIDE);
    middle[k > 0 ? k - 1 : 0] = k > 0 ? 0.5 * (edge[k - 1] + edge[k]) : 0;
  }
  for (size_t r = 0; r < PETSC_STATIC_ARRAY_LENGTH(aspects); r++) {
    const double width = aspects[r], depth = 0.5; /* W, c; 2c = 1 */
    const Crack crack = {.shape = CRACK_EDGE, .width = width};
    double conductance = 0;
    for (int row = 0; row < SIZE; row++) {
      const double x = width * middle[row % SIDE], y = middle[row / SIDE];
      total[row] = 1;
      for (int column = 0; column < SIZE; column++) {
        const double x1 = width * edge[column % SIDE], x2 = width * edge[column % SIDE + 1];
        const double y1 = edge[column / SIDE], y2 = edge[column / SIDE + 1];
        double sum = 0;
        for (int image = 0; image < 4; image++) {
          sum += RectanglePotential(x1, x2, y1, y2, image % 2 ? -x : x, image / 2 ? -y : y);
        }
        matrix[row + SIZE * column] = sum / (4 * PETSC_PI);
      }
    }
    PetscCallBLAS("LAPACKgesv", LAPACKgesv_(&n, &one, matrix, &n, pivot, total, &n, &info));
    PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK gesv: %d", (int)info);
    for (int k = 0; k < SIZE; k++) {
      conductance +=
          4 * total[k] * width * (edge[k % SIDE + 1] - edge[k % SIDE]) * (edge[k / SIDE + 1] - edge[k / SIDE]);
    }
    PetscCall(PetscSNPrintf(what, sizeof(what), "edge crack, W/2c = %g: conducting radius", width));
    CheckNear(what, crack_conducting_radius(&crack, depth, NULL), conductance / 8, 0.03);
  }
  PetscCall(PetscFree(matrix));
  PetscFunctionReturn(0);
}

/* The mirrored half-penny on the cylindrical grid: a disk of electrode cells in the full space. */
static PetscErrorCode BuriedDisk(PetscInt size, double *conductance) {
  const double a = 3e-6, far = 1e5, half_thickness = 1e-7 * a, middle = -far * a;
  const PetscInt half = 4 * size, layers = 2 * half + 1, columns = 5 * size;
  const BulkOptions options = {.conductivity = 0.2};
  double *r = NULL, *z = NULL;
  PetscInt *cell = NULL;
  Grid grid = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(columns + 1, &r, layers + 1, &z, size, &cell));
  PetscCall(GridGradedEdges(size, 0, a, 1, r));
  PetscCall(GridGradedEdges(4 * size, a, far * a, 3e5, r + size));
  PetscCall(GridGradedEdges(half, 0, middle + half_thickness, 1 / 3e5, z));
  PetscCall(GridGradedEdges(half, middle - half_thickness, 2 * middle, 3e5, z + half + 1));
  PetscCall(GridCreateTensor(columns, r, layers, z, columns, PETSC_TRUE, &grid));
  for (PetscInt i = 0; i < size; i++) {
    cell[i] = i + columns * half;
  }
  PetscCall(GridMarkElectrode(grid, size, cell, 1));
  PetscCall(BulkElectrodeConductance(PETSC_COMM_WORLD, grid, &options, 1, conductance));
  *conductance /= options.conductivity * a;
  PetscCall(GridDestroy(&grid));
  PetscCall(PetscFree3(r, z, cell));
  PetscFunctionReturn(0);
}

/* R of a half-penny is R of a disk on the surface, R of a penny half of it. */
static PetscErrorCode Pennies(void) {
  const Crack half = {.shape = CRACK_HALF_PENNY}, penny = {.shape = CRACK_PENNY};
  const double radius = crack_conducting_radius(&half, 1, NULL), twice = crack_conducting_radius(&penny, 1, NULL);
  double conductance, error[3], full[3];

  PetscFunctionBeginUser;
  for (int n = 0; n < 3; n++) {
    PetscCall(BuriedDisk(8 << n, &conductance));
    error[n] = 0.5 * conductance * spreading_self_resistance(&unit, radius, PETSC_PI, 0, NULL) - 1;
    full[n] = conductance * spreading_self_resistance(&unit, twice, 2 * PETSC_PI, 0, NULL) - 1;
  }
  CheckOrder("half-penny on the cylindrical grid", 3, error, 2, 0.8, 1.3);
  CheckBetween("half-penny, extrapolated error", fabs(2 * error[2] - error[1]), 0, 2e-3);
  CheckBetween("penny, extrapolated error", fabs(2 * full[2] - full[1]), 0, 2e-3);
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(OneDisk());
  PetscCall(TwoElectrodes());
  PetscCall(MutualOfUniformFlux());
  PetscCall(EdgeCrack());
  PetscCall(Pennies());
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
