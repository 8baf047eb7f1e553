/* The resolved SEI as a path of the ring currents, against closed forms and against the cells of one grid: layers in
   series and columns in parallel in any field; a random block; a channel; a contact that has grown; the tangent. */
#include "../../physics/kinetics_laws.h"
#include "check.h"
#include "sei_problem.h"

#define RADIUS 1e-6      /* [m] */
#define FIELD_SCALE 2e6  /* [V/m] */
#define ELECTROLYTE 0.28 /* [S/m] */

/* Reproducible white noise in [0, 1) (integer hash). */
static double Noise(unsigned int n) {
  n = (n + 1U) * 2654435761U;
  n = (n ^ (n >> 15)) * 2246822519U;
  n = (n ^ (n >> 13)) * 3266489917U;
  n ^= n >> 16;
  return n / 4294967296.0;
}

/* A bar of the contact's radius: the current through it is uniform where that through the rings is. */
static PetscErrorCode Bar(PetscInt rings, double depth, double conductivity, Grid *grid, Bulk *bulk) {
  const CylindricalOptions box = {.rings = rings,
                                  .layers = 3,
                                  .radius = RADIUS,
                                  .outer_radius = RADIUS,
                                  .depth = depth,
                                  .ring_grading = 1,
                                  .outside_grading = 1,
                                  .layer_grading = 1};
  const BulkOptions options = {.conductivity = conductivity};

  PetscFunctionBeginUser;
  PetscCall(GridCreateCylindrical(&box, grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, *grid, &options, bulk));
  PetscFunctionReturn(0);
}

/* --- layers in series --------------------------------------------------------------------------------------------- */

enum { STACK = 12 };
static const double stack_boundary = 1e-10, stack_depth = 1e-9, stack_electrolyte = 100.0; /* [Ohm m^2], [m], [S/m] */
static const SinhKinetics stack_transfer = {.exchange_current_density = 50.0, .inverse_scale = 19.5};

static double StackConductivity(PetscInt layer) {
  return 1e-4 * (1.0 + (double)(layer % 3));
}

/* [V] V = sum l E_c asinh(i/(sigma E_c)) + boundaries + transfer + electrolyte; *slope [Ohm m^2] */
static double Stack(double density, double thickness, double *slope) {
  const double height = thickness / STACK, boundaries = 3.0 * stack_boundary + stack_depth / stack_electrolyte;
  double sum =
      boundaries * density + asinh(density / stack_transfer.exchange_current_density) / stack_transfer.inverse_scale;

  *slope = boundaries + 1.0 / stack_transfer.inverse_scale / hypot(stack_transfer.exchange_current_density, density);
  for (PetscInt k = 0; k < STACK; k++) {
    const double scale = StackConductivity(k) * FIELD_SCALE;
    sum += height * FIELD_SCALE * asinh(density / scale);
    *slope += height * FIELD_SCALE / hypot(scale, density);
  }
  return sum;
}

/* At one current density, from the state before; and back from the voltage, from rest. */
static PetscErrorCode SeriesAt(SeiDrive *d, double density, double thickness) {
  double slope, arriving;
  const double expected = Stack(density, thickness, &slope);
  char what[96];

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < d->rings; j++) {
    d->current[j] = density * d->area[j];
  }
  PetscCall(SeiDriveSolve(d, true, 0.0));
  PetscCall(PetscSNPrintf(what, sizeof(what), "series of layers at %g A/m^2", density));
  CheckNear(what, d->potential[2], expected, 1e-11);
  for (PetscInt j = 0; j < d->rings; j++) {
    d->film[j] = expected / (density * d->area[j]);
    d->step[j] = 1.0;
  }
  PetscCall(PathFactor(d->path, d->film));
  PetscCall(PathSolve(d->path, d->step));
  CheckNear("  tangent", d->step[1] / d->area[1], 1.0 / (slope + expected / density), 1e-9);
  PetscCall(PathCounterCurrent(d->path, d->current, d->state, &arriving));
  CheckNear("  counter current", arriving, density * PETSC_PI * RADIUS * RADIUS, 1e-11);
  PetscCall(SeiDriveRest(d));
  PetscCall(PetscArrayzero(d->film, d->rings));
  PetscCall(SeiDriveSolve(d, false, expected));
  CheckNear("  and from the voltage", d->current[3] / d->area[3], density, 1e-9);
  PetscFunctionReturn(0);
}

static PetscErrorCode Series(void) {
  static const double densities[] = {1e-3, 1.0, -1e3, 2e3, 1e5, -1e7, 1e9, -1e9, 1e-3};
  enum { RINGS = 5 };
  const double thickness = 20e-9;
  double conductivity[RINGS * STACK], *edge, *centre;
  int phase[RINGS * STACK];
  PetscInt *under;
  Grid grid;
  Bulk bulk;
  SeiDrive d;

  PetscFunctionBeginUser;
  PetscCall(Bar(RINGS, stack_depth, stack_electrolyte, &grid, &bulk));
  PetscCall(SeiColumnsOnRings(grid, &edge, &centre, &under));
  for (PetscInt n = 0; n < RINGS * STACK; n++) {
    phase[n] = (int)(n % STACK / 3); /* three boundaries */
    conductivity[n] = StackConductivity(n % STACK);
  }
  {
    const SeiOptions options = {.columns = RINGS,
                                .layers = STACK,
                                .edge = edge,
                                .centre = centre,
                                .under = under,
                                .conductivity = conductivity,
                                .field_scale = FIELD_SCALE,
                                .boundary_resistance = stack_boundary,
                                .phase = phase,
                                .radius = RADIUS,
                                .thickness = thickness,
                                .transfer = {.count = 1,
                                             .law = {&kinetics_sinh},
                                             .parameters = {&stack_transfer},
                                             .charge_transfer_factor = 1.0},
                                .temperature = 298.15};
    PetscCall(SeiDriveCreate(bulk, &options, &d));
  }
  for (size_t n = 0; n < PETSC_STATIC_ARRAY_LENGTH(densities); n++) {
    PetscCall(SeriesAt(&d, densities[n], thickness));
  }
  PetscCall(SeiDriveDestroy(&d));
  PetscCall(PetscFree3(edge, centre, under));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* Columns of different conductivity between two equipotentials: the same field in all, i = <sigma> E_c sinh(E/E_c). */
static PetscErrorCode Parallel(double voltage) {
  enum { RINGS = 16, LAYERS = 6 };
  const double thickness = 20e-9;
  double conductivity[RINGS * LAYERS], *edge, *centre, mean = 0.0;
  int phase[RINGS * LAYERS] = {0};
  char what[96];
  PetscInt *under;
  Grid grid;
  Bulk bulk;
  SeiDrive d;

  PetscFunctionBeginUser;
  PetscCall(Bar(RINGS, 1e-9, 1e18, &grid, &bulk)); /* as good as an equipotential */
  PetscCall(SeiColumnsOnRings(grid, &edge, &centre, &under));
  for (PetscInt n = 0; n < RINGS * LAYERS; n++) {
    conductivity[n] = n / LAYERS % 2 ? 1e-7 : 1e-4;
  }
  {
    const SeiOptions options = {.columns = RINGS,
                                .layers = LAYERS,
                                .edge = edge,
                                .centre = centre,
                                .under = under,
                                .conductivity = conductivity,
                                .field_scale = FIELD_SCALE,
                                .phase = phase,
                                .radius = RADIUS,
                                .thickness = thickness};
    PetscCall(SeiDriveCreate(bulk, &options, &d));
  }
  for (PetscInt c = 0; c < RINGS; c++) {
    mean += d.area[c] * conductivity[c * LAYERS];
  }
  PetscCall(SeiDriveSolve(&d, false, voltage));
  PetscCall(PetscSNPrintf(what, sizeof(what), "columns in parallel at %g V: arithmetic mean", voltage));
  CheckNear(what, SeiDriveTotal(&d), mean * FIELD_SCALE * sinh(voltage / thickness / FIELD_SCALE), 1e-10);
  PetscCall(SeiDriveDestroy(&d));
  PetscCall(PetscFree3(edge, centre, under));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* --- a random block ----------------------------------------------------------------------------------------------- */

typedef struct {
  PetscInt rings, layers;
  double thickness;
  Grid grid; /* of the electrolyte */
  Bulk bulk;
  SeiOptions options;
  double *edge, *centre, *conductivity;
  PetscInt *under;
  int *phase;
} Random;

/* Three phases at random, with resistive boundaries between them. */
static PetscErrorCode RandomCreate(PetscInt rings, PetscInt layers, double contrast, double thickness, Random *r) {
  const OblateOptions oblate = {.rings = rings, .layers = 24, .radius = RADIUS, .ring_grading = 1, .layer_grading = 1};
  const BulkOptions bulk = {.conductivity = ELECTROLYTE};

  PetscFunctionBeginUser;
  *r = (Random){.rings = rings, .layers = layers, .thickness = thickness};
  PetscCall(GridCreateOblate(&oblate, &r->grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, r->grid, &bulk, &r->bulk));
  PetscCall(SeiColumnsOnRings(r->grid, &r->edge, &r->centre, &r->under));
  PetscCall(PetscMalloc2((size_t)(rings * layers), &r->conductivity, (size_t)(rings * layers), &r->phase));
  for (PetscInt n = 0; n < rings * layers; n++) {
    r->phase[n] = (int)(3.0 * Noise((unsigned int)n));
    r->conductivity[n] = 1e-4 * pow(contrast, -0.5 * r->phase[n]) * (1.0 + 0.1 * Noise((unsigned int)n + 7777U));
  }
  r->options = (SeiOptions){.columns = rings,
                            .layers = layers,
                            .edge = r->edge,
                            .centre = r->centre,
                            .under = r->under,
                            .conductivity = r->conductivity,
                            .field_scale = INFINITY,
                            .boundary_resistance = 3e-6,
                            .phase = r->phase,
                            .radius = RADIUS,
                            .thickness = thickness,
                            .temperature = 298.15};
  PetscFunctionReturn(0);
}

static PetscErrorCode RandomDestroy(Random *r) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(r->edge, r->centre, r->under));
  PetscCall(PetscFree2(r->conductivity, r->phase));
  PetscCall(BulkDestroy(&r->bulk));
  PetscCall(GridDestroy(&r->grid));
  PetscFunctionReturn(0);
}

/* Ring potentials where SEI and electrolyte are the cells of one grid. */
static PetscErrorCode AllCells(const Random *r, const double current[], double potential[]) {
  const OblateOptions oblate = {
      .rings = r->rings, .layers = 24, .radius = RADIUS, .ring_grading = 1, .layer_grading = 1};
  const SeiBlockOptions sei = {.layers = r->layers, .thickness = r->thickness};
  const PetscInt rings = r->rings, layers = r->layers;
  double *conductivity, *down, *outward;
  PetscInt cells;
  Grid grid;
  Bulk bulk;

  PetscFunctionBeginUser;
  PetscCall(GridCreateOblateSei(&oblate, &sei, &grid));
  cells = GridCellCount(grid);
  PetscCall(PetscCalloc3(cells, &conductivity, cells, &down, cells, &outward));
  for (PetscInt n = 0; n < cells; n++) {
    const PetscInt c = n % rings, k = n / rings, here = c * layers + k;
    conductivity[n] = k < layers ? r->conductivity[here] : ELECTROLYTE;
    if (k + 1 < layers) {
      down[n] = r->phase[here] != r->phase[here + 1] ? r->options.boundary_resistance : 0.0;
    }
    if (k < layers && c + 1 < rings) {
      outward[n] = r->phase[here] != r->phase[here + layers] ? r->options.boundary_resistance : 0.0;
    }
  }
  {
    const BulkOptions options = {.conductivity = ELECTROLYTE,
                                 .cell_conductivity = conductivity,
                                 .face_resistance_down = down,
                                 .face_resistance_outward = outward};
    PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, grid, &options, &bulk));
  }
  PetscCall(BulkPotential(bulk, current, potential));
  PetscCall(PetscFree3(conductivity, down, outward));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

/* layers > rings: the other order of the cells in the elimination */
static PetscErrorCode AgainstAllCells(PetscInt rings, PetscInt layers, double contrast) {
  double *reference, error = 0.0, between = 0.0, largest = 0.0;
  SeiDrive dense, open;
  char what[96];
  Random r;

  PetscFunctionBeginUser;
  PetscCall(RandomCreate(rings, layers, contrast, 0.05 * RADIUS, &r));
  PetscCall(PetscMalloc1(rings, &reference));
  PetscCall(SeiDriveCreate(r.bulk, &r.options, &dense));
  r.options.changes_shape = PETSC_TRUE;
  PetscCall(SeiDriveCreate(r.bulk, &r.options, &open));
  CheckNear("condensed where its shape stays", SeiPathIsCondensed(dense.path) && !SeiPathIsCondensed(open.path), 1, 0);
  for (PetscInt c = 0; c < rings; c++) {
    dense.current[c] = open.current[c] = 100.0 * dense.area[c] * (1.0 + 2.0 * cos(3.0 * (double)c));
  }
  PetscCall(SeiDriveSolve(&open, true, 0.0));
  PetscCall(PathEvaluate(dense.path, dense.current, dense.state, dense.potential));
  PetscCall(AllCells(&r, dense.current, reference));
  for (PetscInt c = 0; c < rings; c++) {
    largest = fmax(largest, fabs(reference[c]));
    error = fmax(error, fabs(open.potential[c] - reference[c]));
    between = fmax(between, fabs(dense.potential[c] - open.potential[c]));
  }
  PetscCall(PetscSNPrintf(what, sizeof(what), "random block, %d x %d, contrast %g: all cells", (int)rings, (int)layers,
                          contrast));
  CheckNear(what, error / largest, 0.0, 1e-9);
  CheckNear("  condensed to a dense operator", between / largest, 0.0, 1e-10);
  PetscCall(SeiDriveDestroy(&dense));
  PetscCall(SeiDriveDestroy(&open));
  PetscCall(PetscFree(reference));
  PetscCall(RandomDestroy(&r));
  PetscFunctionReturn(0);
}

/* A block that was made small and has grown is the block made large. */
static PetscErrorCode Grown(void) {
  const double growth = 1.7, high = 1.3;
  double *thickness, error = 0.0, largest = 0.0;
  SeiDrive grown, made;
  Random r;

  PetscFunctionBeginUser;
  PetscCall(RandomCreate(20, 6, 1e4, 0.05 * RADIUS, &r));
  PetscCall(PetscMalloc1(r.rings, &thickness));
  r.options.changes_shape = PETSC_TRUE;
  r.options.field_scale = FIELD_SCALE;
  PetscCall(SeiDriveCreate(r.bulk, &r.options, &grown));
  for (PetscInt c = 0; c < r.rings; c++) {
    thickness[c] = high * r.thickness;
    grown.current[c] = 500.0 * grown.area[c] * (1.0 + 2.0 * cos(3.0 * (double)c));
  }
  PetscCall(PathSetSize(grown.path, growth * RADIUS, thickness));
  PetscCall(SeiDriveSolve(&grown, true, 0.0));
  r.options.radius *= growth;
  r.options.thickness *= high;
  PetscCall(SeiDriveCreate(r.bulk, &r.options, &made));
  PetscCall(PetscArraycpy(made.current, grown.current, r.rings));
  PetscCall(SeiDriveSolve(&made, true, 0.0));
  for (PetscInt c = 0; c < r.rings; c++) {
    largest = fmax(largest, fabs(made.potential[c]));
    error = fmax(error, fabs(made.potential[c] - grown.potential[c]));
  }
  CheckNear("a block that has grown", error / largest, 0.0, 1e-11);
  PetscCall(SeiDriveDestroy(&grown));
  PetscCall(SeiDriveDestroy(&made));
  PetscCall(PetscFree(thickness));
  PetscCall(RandomDestroy(&r));
  PetscFunctionReturn(0);
}

/* PathFactor and PathSolve are the derivative of the converged potentials, with currents along the layers. */
static PetscErrorCode Tangent(double density) {
  const double relative = 1e-4;
  double *direction, *x, *ahead, error = 0.0, largest = 0.0;
  SeiDrive d;
  char what[96];
  Random r;

  PetscFunctionBeginUser;
  PetscCall(RandomCreate(16, 6, 100.0, 0.05 * RADIUS, &r));
  r.options.field_scale = FIELD_SCALE;
  PetscCall(SeiDriveCreate(r.bulk, &r.options, &d));
  PetscCall(PetscMalloc3(r.rings, &direction, r.rings, &x, r.rings, &ahead));
  for (PetscInt c = 0; c < r.rings; c++) {
    d.current[c] = density * d.area[c] * (1.0 + 0.5 * cos(3.0 * (double)c));
    direction[c] = d.area[c] * density * sin(2.0 * (double)c + 1.0);
  }
  for (int side = 1; side >= -1; side -= 2) { /* central difference in ahead */
    for (PetscInt c = 0; c < r.rings; c++) {
      d.current[c] += (side > 0 ? 1.0 : -2.0) * relative * direction[c];
    }
    PetscCall(SeiDriveSolve(&d, true, 0.0));
    for (PetscInt c = 0; c < r.rings; c++) {
      ahead[c] = side > 0 ? d.potential[c] : (ahead[c] - d.potential[c]) / (2.0 * relative);
    }
  }
  for (PetscInt c = 0; c < r.rings; c++) {
    d.current[c] += relative * direction[c];
  }
  PetscCall(SeiDriveSolve(&d, true, 0.0));
  for (PetscInt c = 0; c < r.rings; c++) {
    d.film[c] = 0.01 * d.potential[0] / (density * d.area[c]);
    x[c] = ahead[c] + d.film[c] * direction[c]; /* (dU/dI + film) direction */
  }
  PetscCall(PathFactor(d.path, d.film));
  PetscCall(PathSolve(d.path, x));
  for (PetscInt c = 0; c < r.rings; c++) {
    error = fmax(error, fabs(x[c] - direction[c]) / d.area[c]);
    largest = fmax(largest, fabs(direction[c]) / d.area[c]);
  }
  PetscCall(PetscSNPrintf(what, sizeof(what), "tangent against central differences at %g A/m^2", density));
  CheckNear(what, error / largest, 0.0, 1e-6);
  PetscCall(PetscFree3(direction, x, ahead));
  PetscCall(SeiDriveDestroy(&d));
  PetscCall(RandomDestroy(&r));
  PetscFunctionReturn(0);
}

/* --- one conducting channel --------------------------------------------------------------------------------------- */

/* A conducting cylinder of radius b through an insulating block on a half space. Where it is far less conductive than
   the electrolyte the current leaves it uniformly: i (L E_c/i asinh(i/(sigma E_c)) + 8 b/(3 pi sigma_e)) = V, the
   spreading resistance 8/(3 pi^2 sigma_e b) of a disk of uniform flux (Carslaw and Jaeger, Conduction of heat in
   solids, 2nd ed., 8.2 (11)). `spreading`: the resistance found over that one. */
static PetscErrorCode Channel(PetscInt rings, double ratio, double contrast, double field_scale, double voltage,
                              double *spreading, double *current) {
  const OblateOptions oblate = {
      .rings = rings, .layers = 2 * rings, .radius = RADIUS, .ring_grading = 1, .layer_grading = 1};
  const BulkOptions electrolyte = {.conductivity = ELECTROLYTE};
  enum { LAYERS = 5 };
  const double thickness = 0.2 * RADIUS, inside = ratio * ELECTROLYTE;
  double *conductivity, *edge, *centre, area, b, density = 0.0, spread;
  PetscInt *under;
  int *phase;
  Grid grid;
  Bulk bulk;
  SeiDrive d;

  PetscFunctionBeginUser;
  PetscCall(GridCreateOblate(&oblate, &grid));
  PetscCall(BulkCreate(PETSC_COMM_WORLD, BULK_CONDENSED, grid, &electrolyte, &bulk));
  PetscCall(SeiColumnsOnRings(grid, &edge, &centre, &under));
  PetscCall(PetscMalloc2(rings * LAYERS, &conductivity, rings * LAYERS, &phase));
  for (PetscInt n = 0; n < rings * LAYERS; n++) {
    phase[n] = n / LAYERS < rings / 4 ? 0 : 1;
    conductivity[n] = phase[n] ? inside / contrast : inside;
  }
  b = RADIUS * edge[rings / 4];
  area = PETSC_PI * b * b;
  {
    const SeiOptions options = {.columns = rings,
                                .layers = LAYERS,
                                .edge = edge,
                                .centre = centre,
                                .under = under,
                                .conductivity = conductivity,
                                .field_scale = field_scale,
                                .phase = phase,
                                .radius = RADIUS,
                                .thickness = thickness};
    PetscCall(SeiDriveCreate(bulk, &options, &d));
  }
  PetscCall(SeiDriveSolve(&d, false, voltage));
  density = SeiDriveTotal(&d) / area;
  spread = (voltage - (isinf(field_scale) ? thickness * density / inside
                                          : thickness * field_scale * asinh(density / (inside * field_scale)))) /
           (density * area);
  *spreading = spread * 3.0 * PETSC_PI * PETSC_PI * ELECTROLYTE * b / 8.0;
  *current = density * area;
  PetscCall(SeiDriveDestroy(&d));
  PetscCall(PetscFree3(edge, centre, under));
  PetscCall(PetscFree2(conductivity, phase));
  PetscCall(BulkDestroy(&bulk));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(0);
}

static PetscErrorCode Channels(void) {
  double spreading, coarse, current, expected, area;
  const double b = RADIUS * sin(PETSC_PI / 8.0), inside = 1e-3 * ELECTROLYTE, thickness = 0.2 * RADIUS;

  PetscFunctionBeginUser;
  area = PETSC_PI * b * b;
  PetscCall(Channel(32, 1e-3, 1e10, INFINITY, 0.1, &coarse, &current));
  PetscCall(Channel(96, 1e-3, 1e10, INFINITY, 0.1, &spreading, &current));
  expected = 0.1 / (thickness / (inside * area) + 8.0 / (3.0 * PETSC_PI * PETSC_PI * ELECTROLYTE * b));
  CheckNear("a channel through an insulator: current", current, expected, 2e-5);
  CheckNear("  its spreading resistance", spreading, 1.0, 5e-3);
  CheckBetween("  error on a third of the rings, times", fabs((coarse - 1.0) / (spreading - 1.0)), 2.0, 20.0);
  PetscCall(Channel(96, 1e-3, 1e13, INFINITY, 0.1, &spreading, &current));
  CheckNear("  contrast 1e13", current, expected, 2e-5);
  /* E/E_c = 12: the conductance of the channel is 7e3 times that at no field */
  PetscCall(Channel(96, 1e-7, 1e10, FIELD_SCALE, 12.0 * thickness * FIELD_SCALE, &spreading, &current));
  CheckNear("  its spreading resistance at E = 12 E_c", spreading, 1.0, 2e-2);
  CheckBetween("  current over that of the linear law", current / (12.0 * FIELD_SCALE * 1e-7 * ELECTROLYTE * area), 4e3,
               sinh(12.0) / 12.0);
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(Series());
  PetscCall(Parallel(1e-3)); /* linear */
  PetscCall(Parallel(-0.2)); /* E = 5 E_c */
  PetscCall(Parallel(1.0));
  PetscCall(AgainstAllCells(24, 6, 1.0));
  PetscCall(AgainstAllCells(24, 6, 1e4));
  PetscCall(AgainstAllCells(6, 14, 1e4));
  PetscCall(AgainstAllCells(20, 1, 1e2));
  PetscCall(Grown());
  PetscCall(Tangent(5.0));
  PetscCall(Tangent(400.0));
  PetscCall(Tangent(-1e5));
  PetscCall(Channels());
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
