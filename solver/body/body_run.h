/* A lithium body from its deck to its results: flow and motion in time, history, ring pressures, fields. */
#ifndef LISEI_BODY_RUN_H
#define LISEI_BODY_RUN_H

#include "../../io/deck/deck.h"

typedef struct BodyRun_ *BodyRun;

/* Check what keys say together; mistakes go to `diagnostics` (then *run is of no use but to be destroyed). */
PetscErrorCode BodyRunCreate(MPI_Comm comm, Deck deck, Diagnostics diagnostics, BodyRun *run);
PetscErrorCode BodyRunDestroy(BodyRun *run);
/* Expected size, for `lisei check`. One process. */
PetscErrorCode BodyRunPlan(BodyRun run, FILE *stream);
/* *finished false: a numerical failure; report.json and the message say where. */
PetscErrorCode BodyRunExecute(BodyRun run, const char *dir, PetscBool *finished);

#endif
