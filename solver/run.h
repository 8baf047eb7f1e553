/* The run loop: the protocol's steps one after another, adaptive time steps, ends, balances, output, checkpoints. */
#ifndef LISEI_RUN_H
#define LISEI_RUN_H

#include "simulation.h"

/* Exit status of the program (architecture.md, "Command line"). */
typedef enum { RUN_FINISHED = 0, RUN_BAD_INPUT = 1, RUN_FAILED = 2, RUN_STOPPED = 3 } RunOutcome;

/* Run into the folder `dir` (made if missing), or continue there from its newest checkpoint. */
PetscErrorCode RunExecute(Simulation simulation, const char *dir, PetscBool resume, RunOutcome *outcome);

#endif
