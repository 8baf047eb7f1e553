/* lisei cell: a unit cell of the SEI. */
#include "../unit_cell/cell_parameters.h"
#include "../unit_cell/cell_run.h"
#include "model_kind.h"

static PetscErrorCode Create(MPI_Comm comm, Deck deck, Diagnostics diagnostics, void **run) {
  return CellRunCreate(comm, deck, diagnostics, (CellRun *)run);
}

static PetscErrorCode Destroy(void **run) {
  return CellRunDestroy((CellRun *)run);
}

static PetscErrorCode Plan(void *run, FILE *stream) {
  return CellRunPlan(run, stream);
}

static PetscErrorCode TouchOptions(void *run) {
  return CellRunTouchOptions(run);
}

static PetscErrorCode Execute(void *run, const char *dir, PetscBool *finished) {
  return CellRunExecute(run, dir, finished);
}

const ModelKind model_kind_cell = {.name = "cell",
                                   .noun = "a unit cell",
                                   .table = CellTableCreate,
                                   .create = Create,
                                   .destroy = Destroy,
                                   .plan = Plan,
                                   .touch_options = TouchOptions,
                                   .execute = Execute};
