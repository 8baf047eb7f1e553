/* The distributed SEI against the direct one on the same cells: three grids, contrasts up to 1e10, strong fields,
   sheets, boundaries and corners, no voltage after a large one; any number of processes. */
#include "../../physics/kinetics_laws.h"
#include "check.h"
#include "sei_problem.h"

#define RADIUS 1e-6      /* [m] */
#define FIELD_SCALE 2e6  /* [V/m] */
#define ELECTROLYTE 0.28 /* [S/m] */
#define THICKNESS 20e-9  /* [m] */

/* Newton's method leaves less than this, relative: docs/numerics.md, "A large SEI". */
static const double allowed = 1e-8;

/* Reproducible white noise in [0, 1) (integer hash). */
static double Noise(unsigned int n) {
  n = (n + 1U) * 2654435761U;
  n = (n ^ (n >> 15)) * 2246822519U;
  n = (n ^ (n >> 13)) * 3266489917U;
  n ^= n >> 16;
  return n / 4294967296.0;
}

typedef struct {
  PetscInt rings, per_ring, layers; /* columns: rings*per_ring */
  double contrast, field_scale;
  double boundary, sheet; /* [Ohm m^2], [S] */
} Size;

typedef struct {
  Size size;
  Grid grid;
  Bulk bulk;
  SeiOptions options;
  double *edge, *centre, *conductivity;
  PetscInt *under, *grain;
  int *phase;
} Block;

static const SinhKinetics transfer = {.exchange_current_density = 5000.0, .inverse_scale = 19.5};

/* Of a cell, whoever asks: grains of two columns and two layers. */
static PetscErrorCode Material(void *context, PetscInt first, PetscInt last, double conductivity[], int phase[],
                               PetscInt grain[]) {
  const Block *b = (const Block *)context;
  const PetscInt layers = b->size.layers;

  PetscFunctionBeginUser;
  for (PetscInt c = first, n = 0; c < last; c++) {
    for (PetscInt k = 0; k < layers; k++, n++) {
      const unsigned int here = (unsigned int)((c / 2) * layers + k / 2);
      phase[n] = (int)(3.0 * Noise(here));
      conductivity[n] = 1e-4 * pow(b->size.contrast, -0.5 * phase[n]);
      if (grain) {
        grain[n] = (PetscInt)here;
      }
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode BlockCreate(const Size *size, Block *b) {
  const OblateOptions oblate = {
      .rings = size->rings, .layers = 10, .radius = RADIUS, .ring_grading = 1, .layer_grading = 1};
  const BulkOptions bulk = {.conductivity = ELECTROLYTE};
  const PetscInt columns = size->rings * size->per_ring, cells = columns * size->layers;

  PetscFunctionBeginUser;
  *b = (Block){.size = *size};
  PetscCall(GridCreateOblate(&oblate, &b->grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, b->grid, &bulk, &b->bulk));
  PetscCall(PetscMalloc3(columns + 1, &b->edge, columns, &b->centre, columns, &b->under));
  PetscCall(PetscMalloc3(cells, &b->conductivity, cells, &b->phase, cells, &b->grain));
  for (PetscInt c = 0; c <= columns; c++) {
    const PetscInt ring = PetscMin(c / size->per_ring, size->rings - 1), part = c - ring * size->per_ring;
    const double inner = b->grid->ring_edge[ring] / RADIUS, outer = b->grid->ring_edge[ring + 1] / RADIUS;
    b->edge[c] = inner + (outer - inner) * (double)part / (double)size->per_ring;
  }
  for (PetscInt c = 0; c < columns; c++) {
    b->centre[c] = 0.5 * (b->edge[c] + b->edge[c + 1]);
    b->under[c] = c / size->per_ring;
  }
  PetscCall(Material(b, 0, columns, b->conductivity, b->phase, b->grain));
  b->options = (SeiOptions){
      .columns = columns,
      .layers = size->layers,
      .edge = b->edge,
      .centre = b->centre,
      .under = b->under,
      .conductivity = b->conductivity,
      .field_scale = size->field_scale,
      .boundary_resistance = size->boundary,
      .phase = b->phase,
      .grain = b->grain,
      .grain_resistance = 0.3 * size->boundary,
      .sheet_conductance = size->sheet,
      .insulator = 2,
      .corners = PETSC_TRUE,
      .radius = RADIUS,
      .thickness = THICKNESS,
      .material = Material,
      .material_context = b,
      .has_grains = PETSC_TRUE,
      .transfer = {.count = 1, .law = {&kinetics_sinh}, .parameters = {&transfer}, .charge_transfer_factor = 1.0},
      .temperature = 298.15};
  PetscFunctionReturn(0);
}

static PetscErrorCode BlockDestroy(Block *b) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(b->edge, b->centre, b->under));
  PetscCall(PetscFree3(b->conductivity, b->phase, b->grain));
  PetscCall(BulkDestroy(&b->bulk));
  PetscCall(GridDestroy(&b->grid));
  PetscFunctionReturn(0);
}

/* The currents of all columns and what arrives, at a voltage through films of the SEI's own size. */
static PetscErrorCode CompareAt(SeiDrive *direct, SeiDrive *large, double voltage, const char *name) {
  double largest = 0.0, worst = 0.0, arriving;
  char what[128];

  PetscFunctionBeginUser;
  PetscCall(SeiDriveSolve(direct, false, voltage));
  PetscCall(SeiDriveSolve(large, false, voltage));
  PetscCall(PathCounterCurrent(large->path, large->current, large->state, &arriving));
  for (PetscInt c = 0; c < direct->rings; c++) {
    largest = fmax(largest, fabs(direct->current[c] / direct->area[c]));
    worst = fmax(worst, fabs(large->current[c] - direct->current[c]) / direct->area[c]);
  }
  PetscCall(PetscSNPrintf(what, sizeof what, "%s, %g V: total current [A]", name, voltage));
  CheckNear(what, SeiDriveTotal(large), SeiDriveTotal(direct), allowed);
  PetscCall(PetscSNPrintf(what, sizeof what, "%s, %g V: current of any column over the largest", name, voltage));
  CheckBetween(what, largest > 0.0 ? worst / largest : 0.0, 0.0, allowed);
  PetscCall(PetscSNPrintf(what, sizeof what, "%s, %g V: what arrives [A]", name, voltage));
  CheckNear(what, arriving, SeiDriveTotal(large), 1e-9);
  PetscFunctionReturn(0);
}

/* From rest to a voltage, to the opposite, and to none. */
static PetscErrorCode Compare(const char *name, const Size *size, double voltage) {
  SeiDrive direct, large;
  Block block;
  char what[128];

  PetscFunctionBeginUser;
  PetscCall(BlockCreate(size, &block));
  PetscCall(SeiDriveCreate(block.bulk, &block.options, &direct));
  PetscCall(SeiDriveCreateLarge(block.bulk, &block.options, &large));
  for (PetscInt c = 0; c < direct.rings; c++) {
    direct.film[c] = large.film[c] = 1e-6 / direct.area[c];
  }
  PetscCall(CompareAt(&direct, &large, voltage, name));
  PetscCall(CompareAt(&direct, &large, -0.5 * voltage, name));
  PetscCall(SeiDriveSolve(&large, false, 0.0));
  PetscCall(PetscSNPrintf(what, sizeof what, "%s: current at 0 V after %g V [A]", name, -0.5 * voltage));
  CheckBetween(what, fabs(SeiDriveTotal(&large)), 0.0, 1e-18);
  PetscCall(SeiDriveDestroy(&direct));
  PetscCall(SeiDriveDestroy(&large));
  PetscCall(BlockDestroy(&block));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(Compare("8 x 4 cells", &(Size){8, 1, 4, 1e2, FIELD_SCALE, 0.0, 0.0}, 0.01));
  PetscCall(Compare("16 x 3 columns, 12 layers", &(Size){16, 3, 12, 1e2, FIELD_SCALE, 3e-9, 0.0}, 0.01));
  PetscCall(Compare("32 x 4 columns, 16 layers", &(Size){32, 4, 16, 1e4, FIELD_SCALE, 3e-9, 0.0}, 0.01));
  PetscCall(Compare("linear, sheets", &(Size){12, 2, 6, 1e2, INFINITY, 3e-9, 1e-13}, 0.01));
  PetscCall(Compare("contrast 1e10", &(Size){12, 2, 8, 1e10, FIELD_SCALE, 0.0, 0.0}, 0.05));
  PetscCall(Compare("E = 25 E_c", &(Size){12, 2, 8, 1e4, FIELD_SCALE, 0.0, 0.0}, 1.0));
  {
    const int status = CheckFinish();
    PetscCall(PetscFinalize());
    return status;
  }
}
