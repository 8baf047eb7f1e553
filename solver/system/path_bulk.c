#include "path_bulk.h"
#include "../../physics/constants.h"

typedef struct {
  Bulk bulk;
  PathFilms films;
  PetscInt rings;
  double area;                       /* [m^2] of the contact now */
  double *thickness, *slope, *total; /* rings: [m], [Ohm] of the films at the last evaluation, [Ohm] work */
  /* small signals, made at their first use */
  const ChargeStorage *storage;
  double *resistance, unit;   /* [Ohm] rings*rings of the electrolyte, at that unit */
  double *film;               /* [Ohm] film*rings, at the linearisation */
  double complex *signal;     /* [Ohm] film*rings, at s */
  double complex electrolyte; /* [1] factor of `resistance` at s */
} BulkPath;

static PetscErrorCode SetSize(void *context, double radius, const double thickness[]) {
  BulkPath *p = (BulkPath *)context;

  PetscFunctionBeginUser;
  PetscCall(BulkSetRadius(p->bulk, radius));
  if (p->films.processes.count) {
    p->area = PI * radius * radius;
    PetscCall(PetscArraycpy(p->thickness, thickness, p->rings));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Evaluate(void *context, const double current[], const double state[], double potential[]) {
  BulkPath *p = (BulkPath *)context;
  InterfaceConditions at = {.temperature = p->films.temperature};

  PetscFunctionBeginUser;
  (void)state;
  PetscCall(BulkPotential(p->bulk, current, potential));
  for (PetscInt j = 0; p->films.processes.count && j < p->rings; j++) {
    const double area = p->area * p->films.area_share[j];
    at.sei_thickness = p->thickness[j];
    potential[j] += kinetics_series_overpotential(&p->films.processes, &at, current[j] / area, &p->slope[j]);
    p->slope[j] /= area;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(void *context, const double film[]) {
  BulkPath *p = (BulkPath *)context;

  PetscFunctionBeginUser;
  if (!p->films.processes.count) {
    PetscCall(BulkFactor(p->bulk, film));
    PetscFunctionReturn(0);
  }
  for (PetscInt j = 0; j < p->rings; j++) {
    p->total[j] = film[j] + p->slope[j];
  }
  PetscCall(BulkFactor(p->bulk, p->total));
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveBorder(void *context, PetscInt count, double b[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkSolve(((BulkPath *)context)->bulk, count, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(void *context, double b[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkSolve(((BulkPath *)context)->bulk, 1, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode CounterCurrent(void *context, const double current[], const double state[], double *arriving) {
  PetscFunctionBeginUser;
  (void)state;
  PetscCall(BulkCounterCurrent(((BulkPath *)context)->bulk, current, arriving));
  PetscFunctionReturn(0);
}

/* --- small signals ------------------------------------------------------------------------------------------------ */

static PetscErrorCode Linearise(void *context, const ChargeStorage *storage, const double current[],
                                const double state[]) {
  BulkPath *p = (BulkPath *)context;
  const size_t films = (size_t)p->films.processes.count * (size_t)p->rings;

  PetscFunctionBeginUser;
  (void)state;
  if (!p->resistance) {
    PetscCall(PetscMalloc3((size_t)(p->rings * p->rings), &p->resistance, films, &p->film, films, &p->signal));
  }
  p->storage = storage;
  if (p->unit != BulkUnit(p->bulk)) {
    p->unit = BulkUnit(p->bulk);
    PetscCall(BulkResistance(p->bulk, p->resistance));
  }
  for (int k = 0; k < p->films.processes.count; k++) {
    for (PetscInt j = 0; j < p->rings; j++) {
      const InterfaceConditions at = {.temperature = p->films.temperature, .sei_thickness = p->thickness[j]};
      const double area = p->area * p->films.area_share[j];
      double slope;
      (void)kinetics_series_process(&p->films.processes, k, &at, current[j] / area, &slope);
      p->film[k * p->rings + j] = slope / area;
    }
  }
  PetscFunctionReturn(0);
}

/* [s] eps/sigma of the electrolyte */
static double Relaxation(const BulkPath *p) {
  return charge_storage_permittivity(p->storage->electrolyte_permittivity) * BulkUnit(p->bulk) * BulkRadius(p->bulk);
}

static PetscErrorCode SmallSignal(void *context, double complex s, double complex impedance[]) {
  BulkPath *p = (BulkPath *)context;
  const PetscInt n = p->rings;

  PetscFunctionBeginUser;
  p->electrolyte = 1.0 / (1.0 + s * Relaxation(p));
  for (PetscInt m = 0; m < n * n; m++) {
    impedance[m] = p->electrolyte * p->resistance[m];
  }
  for (int k = 0; k < p->films.processes.count; k++) {
    for (PetscInt j = 0; j < n; j++) {
      const double complex stored =
          charge_storage_admittance(p->storage, p->films.processes.process[k], p->thickness[j], s) * p->area *
          p->films.area_share[j];
      p->signal[k * n + j] = 1.0 / (1.0 / p->film[k * n + j] + stored);
      impedance[j + n * j] += p->signal[k * n + j];
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Drops(void *context, const double complex current[], double complex drop[]) {
  const BulkPath *p = (const BulkPath *)context;
  const PetscInt n = p->rings;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(drop, (size_t)(PATH_DROPS * n)));
  for (PetscInt i = 0; i < n; i++) {
    for (PetscInt j = 0; j < n; j++) {
      drop[PATH_ELECTROLYTE * n + j] += p->electrolyte * p->resistance[j + n * i] * current[i];
    }
  }
  for (int k = 0; k < p->films.processes.count; k++) {
    for (PetscInt j = 0; j < n; j++) {
      drop[(PetscInt)p->films.processes.process[k] * n + j] += p->signal[k * n + j] * current[j];
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode AddToNetwork(void *context, Network network, const PetscInt ring_node[]) {
  const BulkPath *p = (const BulkPath *)context;
  const PetscInt n = p->rings;
  PetscInt *node;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &node));
  PetscCall(PetscArraycpy(node, ring_node, n));
  for (int k = 0; k < p->films.processes.count; k++) {
    for (PetscInt j = 0; j < n; j++) {
      const PetscInt below = NetworkAddNode(network);
      PetscCall(NetworkAdd(network, node[j], below, 1.0 / p->film[k * n + j],
                           charge_storage_capacitance(p->storage, p->films.processes.process[k], p->thickness[j]) *
                               p->area * p->films.area_share[j]));
      node[j] = below;
    }
  }
  PetscCall(NetworkAddBlock(network, n, node, p->resistance, Relaxation(p)));
  PetscCall(PetscFree(node));
  PetscFunctionReturn(0);
}

static PetscInt NetworkNodes(void *context) {
  const BulkPath *p = (const BulkPath *)context;

  return p->rings * p->films.processes.count;
}

static PetscErrorCode Destroy(void *context) {
  BulkPath *p = (BulkPath *)context;

  PetscFunctionBeginUser;
  if (p->resistance) {
    PetscCall(PetscFree3(p->resistance, p->film, p->signal));
  }
  PetscCall(PetscFree3(p->thickness, p->slope, p->total));
  PetscCall(PetscFree(p));
  PetscFunctionReturn(0);
}

PetscErrorCode PathCreateBulk(Bulk bulk, const PathFilms *films, Path *path) {
  static const PathOps ops = {.name = "electrolyte",
                              .set_size = SetSize,
                              .evaluate = Evaluate,
                              .factor = Factor,
                              .solve_border = SolveBorder,
                              .solve = Solve,
                              .counter_current = CounterCurrent,
                              .linearise = Linearise,
                              .small_signal = SmallSignal,
                              .drops = Drops,
                              .network = AddToNetwork,
                              .network_nodes = NetworkNodes,
                              .destroy = Destroy};
  BulkPath *p;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&p));
  p->bulk = bulk;
  p->rings = BulkRings(bulk);
  if (films) {
    p->films = *films;
  }
  PetscCall(PetscCalloc3(p->rings, &p->thickness, p->rings, &p->slope, p->rings, &p->total));
  PetscCall(PathCreate(&ops, p, p->rings, 0, path));
  (*path)->by_slopes = p->films.processes.count ? PETSC_TRUE : PETSC_FALSE;
  (*path)->by_solve = BulkGetType(bulk) == BULK_FIELD && !(*path)->by_slopes ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}
