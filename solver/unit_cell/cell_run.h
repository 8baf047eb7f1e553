/* A unit cell from its deck to its results: both discretisations on two grids, estimates with their error, bounds,
   percolation, files. */
#ifndef LISEI_CELL_RUN_H
#define LISEI_CELL_RUN_H

#include "../../io/deck/deck.h"

typedef struct CellRun_ *CellRun;

/* Check what keys say together; mistakes go to `diagnostics` (then *run is of no use but to be destroyed). */
PetscErrorCode CellRunCreate(MPI_Comm comm, Deck deck, Diagnostics diagnostics, CellRun *run);
PetscErrorCode CellRunDestroy(CellRun *run);
/* Expected cost, for `lisei check`. One process. */
PetscErrorCode CellRunPlan(CellRun run, FILE *stream);
/* Make the solvers of a small box, so that PETSc options are asked for that belong to them. */
PetscErrorCode CellRunTouchOptions(CellRun run);
/* *finished false: a solve did not converge; report.json says which. */
PetscErrorCode CellRunExecute(CellRun run, const char *dir, PetscBool *finished);

#endif
