/* The run loop: the protocol's steps one after another, adaptive time steps, ends, balances, output, checkpoints. */
#ifndef LISEI_RUN_H
#define LISEI_RUN_H

#include "../model/simulation.h"

/* Exit status of the program (architecture.md, "Command line"). */
typedef enum { RUN_FINISHED = 0, RUN_BAD_INPUT = 1, RUN_FAILED = 2, RUN_STOPPED = 3 } RunOutcome;

/* Run into the folder `dir`, or continue there from the checkpoint of that number (-1: from the start). */
PetscErrorCode RunExecute(Simulation simulation, const char *dir, PetscInt checkpoint, RunOutcome *outcome);

/* SIGTERM, SIGINT and SIGUSR1 that arrive during start and set-up are not lost: */
/* hold them back, as the first thing in main, before MPI and PETSc install handlers of their own; */
void RunSignalsHold(void);
/* then take them over and let the held ones through. RunExecute does so, if nobody has before. */
PetscErrorCode RunSignalsInstall(void);

#endif
