/* lisei body: the lithium between needle and electrolyte. */
#include "../body/body_parameters.h"
#include "../body/body_run.h"
#include "model_kind.h"

static PetscErrorCode Create(MPI_Comm comm, Deck deck, Diagnostics diagnostics, void **run) {
  return BodyRunCreate(comm, deck, diagnostics, (BodyRun *)run);
}

static PetscErrorCode Destroy(void **run) {
  return BodyRunDestroy((BodyRun *)run);
}

static PetscErrorCode Plan(void *run, FILE *stream) {
  return BodyRunPlan(run, stream);
}

static PetscErrorCode Execute(void *run, const char *dir, PetscBool *finished) {
  return BodyRunExecute(run, dir, finished);
}

const ModelKind model_kind_body = {.name = "body",
                                   .noun = "a lithium body",
                                   .table = BodyTableCreate,
                                   .create = Create,
                                   .destroy = Destroy,
                                   .plan = Plan,
                                   .execute = Execute};
