/* Samples handed out to the processes one by one, to whoever is free. The world is split into teams of `ranks_per_run`;
   each team runs one sample at a time. Team 0 works, too, and answers the others at each of its time steps. */
#ifndef LISEI_FARM_H
#define LISEI_FARM_H

#include "ledger.h"

typedef struct Farm_ *Farm;

/* The teams. The number of processes must be a multiple of `ranks_per_run`. Collective. */
PetscErrorCode FarmCreate(MPI_Comm world, PetscInt ranks_per_run, Farm *farm);
PetscErrorCode FarmDestroy(Farm *farm);
MPI_Comm FarmTeam(Farm farm);
PetscInt FarmTeamNumber(Farm farm);
PetscInt FarmTeamCount(Farm farm);
/* Is this the process that answers for its team? */
PetscBool FarmIsLeader(Farm farm);

/* Run the samples of the queue (on process 0 of the world; others pass count 0). `ledger` receives the results there,
   NULL elsewhere. `added`: called there after each. *stopped: a signal has ended it before its time. Collective. */
typedef PetscErrorCode (*FarmAdded)(void *context, PetscInt sample, const SampleResult *result);
PetscErrorCode FarmRun(Farm farm, Sampler sampler, PetscInt columns, PetscInt count, const PetscInt queue[],
                       FarmAdded added, void *context, PetscBool *stopped);

#endif
