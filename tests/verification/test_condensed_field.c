/* One grid, one material: the condensed operator (separable or by direct solver), all cells by a direct solver and all
   cells by conjugate gradients give the same current through a sinh interface to 1e-9, on any number of processes. */
#include "check.h"
#include "disk_problem.h"

enum { RINGS = 24, LAYERS = 32, SEI_LAYERS = 4, SETTINGS = 3 };
static const char *const setting_names[SETTINGS] = {"homogeneous", "heterogeneous",
                                                    "heterogeneous with SEI and boundaries"};

typedef struct {
  Grid grid;
  double *conductivity, *down, *outward;
  BulkOptions options;
} Setting;

static PetscErrorCode CreateSetting(int which, Setting *s) {
  const OblateOptions oblate = {
      .rings = RINGS, .layers = LAYERS, .radius = DISK_RADIUS, .ring_grading = 1.5, .layer_grading = 3};
  const SeiBlockOptions sei = {.layers = SEI_LAYERS, .thickness = 0.02 * DISK_RADIUS};
  PetscInt cells = 0;
  PetscRandom random = NULL;

  PetscFunctionBeginUser;
  PetscCall(GridCreateOblateSei(&oblate, which == 2 ? &sei : NULL, &s->grid));
  cells = GridCellCount(s->grid);
  PetscCall(PetscCalloc3(cells, &s->conductivity, cells, &s->down, cells, &s->outward));
  PetscCall(PetscRandomCreate(PETSC_COMM_SELF, &random));
  PetscCall(PetscRandomSetSeed(random, 7));
  PetscCall(PetscRandomSeed(random));
  for (PetscInt c = 0; c < cells; c++) {
    PetscReal value = 0;
    PetscCall(PetscRandomGetValueReal(random, &value));
    s->conductivity[c] = DISK_CONDUCTIVITY * pow(10, 2 * value - 1);
    if (c < RINGS * SEI_LAYERS && which == 2) {
      s->conductivity[c] *= 1e-3;
    }
    s->down[c] = value < 0.3 ? 0.1 * DISK_RADIUS / DISK_CONDUCTIVITY * value : 0;
    s->outward[c] = value > 0.6 ? 0.1 * DISK_RADIUS / DISK_CONDUCTIVITY * value : 0;
  }
  PetscCall(PetscRandomDestroy(&random));
  s->options = (BulkOptions){.conductivity = DISK_CONDUCTIVITY,
                             .cell_conductivity = which > 0 ? s->conductivity : NULL,
                             .face_resistance_down = which == 2 ? s->down : NULL,
                             .face_resistance_outward = which == 2 ? s->outward : NULL};
  PetscFunctionReturn(0);
}

static PetscErrorCode DestroySetting(Setting *s) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(s->conductivity, s->down, s->outward));
  PetscCall(GridDestroy(&s->grid));
  PetscFunctionReturn(0);
}

typedef struct {
  double total, counter, apply, negative, field; /* what is compared */
} Answer;

static PetscErrorCode Ask(MPI_Comm comm, BulkType type, const Setting *s, Answer *answer) {
  double current[RINGS], film[RINGS], x[RINGS], *phi = NULL, *jr = NULL, *jz = NULL;
  const PetscInt cells = GridCellCount(s->grid);
  PetscMPIInt process = 0;
  Bulk bulk = NULL;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &process));
  PetscCall(BulkCreate(comm, type, s->grid, &s->options, &bulk));
  PetscCall(SinhCurrent(bulk, s->grid, 12e-3, NULL, &answer->total));
  for (PetscInt j = 0; j < RINGS; j++) {
    current[j] = s->grid->ring_area[j] * (1 + sin(2.0 * j));
  }
  PetscCall(BulkCounterCurrent(bulk, current, &answer->counter));
  for (PetscInt j = 0; j < RINGS; j++) {
    answer->counter -= current[j];
  }
  answer->counter /= PETSC_PI * PetscSqr(DISK_RADIUS);
  PetscCall(BulkApply(bulk, current, x));
  answer->apply = x[RINGS / 2];
  /* negative films, some strong enough to make the system indefinite */
  for (PetscInt j = 0; j < RINGS; j++) {
    film[j] = (j % 3 ? 1.0 : -4.0) * DISK_RADIUS / DISK_CONDUCTIVITY / s->grid->ring_area[j];
    x[j] = 1;
  }
  PetscCall(BulkFactor(bulk, film));
  PetscCall(BulkSolve(bulk, 1, x));
  answer->negative = 0;
  for (PetscInt j = 0; j < RINGS; j++) {
    answer->negative += x[j];
  }
  if (process == 0) {
    PetscCall(PetscMalloc3(cells, &phi, cells, &jr, cells, &jz));
  }
  PetscCall(BulkCellField(bulk, current, phi, jr, jz));
  answer->field = process == 0 ? phi[cells / 2] * jz[cells / 3] + jr[cells / 3] : 0;
  PetscCallMPI(MPI_Bcast(&answer->field, 1, MPI_DOUBLE, 0, comm));
  PetscCall(PetscFree3(phi, jr, jz));
  PetscCall(BulkDestroy(&bulk));
  PetscFunctionReturn(0);
}

static PetscErrorCode Compare(const char *setting, const char *method, const Answer *answer, const Answer *reference) {
  char what[128];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(what, sizeof(what), "%s, %s", setting, method));
  CheckNear(what, answer->total, reference->total, 1e-9);
  CheckNear("  potential at given currents", answer->apply, reference->apply, 1e-9);
  CheckNear("  with negative films", answer->negative, reference->negative, 1e-8);
  CheckNear("  cell field", answer->field, reference->field, 1e-8);
  CheckNear("  counter current less contact current", answer->counter, 0, 1e-9);
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (int which = 0; which < SETTINGS; which++) {
    Setting s;
    Answer reference, answer;
    PetscCall(CreateSetting(which, &s));
    PetscCall(Ask(PETSC_COMM_SELF, BULK_CONDENSED, &s, &reference)); /* on one process */
    PetscCall(Ask(PETSC_COMM_WORLD, BULK_CONDENSED, &s, &answer));
    PetscCall(Compare(setting_names[which], "condensed", &answer, &reference));
    s.grid->separable.valid = PETSC_FALSE;
    PetscCall(Ask(PETSC_COMM_WORLD, BULK_CONDENSED, &s, &answer));
    PetscCall(Compare(setting_names[which], "condensed by direct solver", &answer, &reference));
    PetscCall(Ask(PETSC_COMM_WORLD, BULK_FIELD, &s, &answer));
    PetscCall(Compare(setting_names[which], "field, direct", &answer, &reference));
    PetscCall(PetscOptionsInsertString(NULL, "-bulk_ksp_type cg -bulk_pc_type hypre"));
    PetscCall(Ask(PETSC_COMM_WORLD, BULK_FIELD, &s, &answer));
    PetscCall(PetscOptionsClearValue(NULL, "-bulk_ksp_type"));
    PetscCall(PetscOptionsClearValue(NULL, "-bulk_pc_type"));
    PetscCall(Compare(setting_names[which], "field, conjugate gradients", &answer, &reference));
    PetscCall(DestroySetting(&s));
  }
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
