/* The run loop: the protocol's steps one after another, adaptive time steps, ends, balances, output, checkpoints. */
#ifndef LISEI_RUN_H
#define LISEI_RUN_H

#include "../model/simulation.h"

/* Exit status of the program (architecture.md, "Command line"). */
typedef enum { RUN_FINISHED = 0, RUN_BAD_INPUT = 1, RUN_FAILED = 2, RUN_STOPPED = 3 } RunOutcome;

/* Run into the folder `dir`, or continue there from the checkpoint of that number (-1: from the start). `record` says
   what the run is made from (DeckRecord); the checkpoints keep it. */
PetscErrorCode RunExecute(Simulation simulation, const char *dir, const char *record, PetscInt checkpoint,
                          RunOutcome *outcome);

/* Can the simulation continue from the checkpoint? Mistakes go to `diagnostics`; changes: the command line changes
   keys. Collective. */
PetscErrorCode RunCheckResume(Simulation simulation, const char *dir, PetscInt checkpoint, PetscBool changes,
                              Diagnostics diagnostics);

/* SIGTERM, SIGINT and SIGUSR1 that arrive during start and set-up are not lost: */
/* hold them back, as the first thing in main, before MPI and PETSc install handlers of their own; */
void RunSignalsHold(void);
/* then take them over and let the held ones through. RunExecute does so, if nobody has before. */
PetscErrorCode RunSignalsInstall(void);

#endif
