/* A sweep: the samples of a study, run into a folder. */
#ifndef LISEI_SWEEP_H
#define LISEI_SWEEP_H

#include "farm.h"

typedef struct {
  const char *dir;
  PetscInt chunk, chunk_count; /* this of so many, from 1 */
  bool update, retry;
} SweepOptions;

typedef struct {
  ParameterTable table;
  Study study;
  Farm farm;
  Sampler sampler;
  Ledger ledger; /* everything on process 0; elsewhere only the hashes */
  bool has_ledger;
  Deck first; /* of the first sample */
  Simulation simulation;
  SweepOptions options;
  PetscLogDouble started, shown;
  PetscInt done, to_do;      /* in this call */
  bool on_terminal, stopped; /* stopped: by a signal while the decks were checked; nothing else is there then */
} Sweep;

/* Read the study, check the deck of every sample of the chunk; everything that is wrong goes to `diagnostics`.
 * Collective. */
PetscErrorCode SweepCreate(MPI_Comm world, ParameterTable table, const char *path, const SweepOptions *options,
                           Diagnostics diagnostics, Sweep *sweep);
PetscErrorCode SweepDestroy(Sweep *sweep);
/* What is in the folder against this study: errors to `diagnostics`; results that are known are taken over. */
PetscErrorCode SweepOpen(Sweep *sweep, Diagnostics diagnostics);
/* Run what is left of the chunk. The folders exist, the chunk's is locked. *status: exit status of the program. */
PetscErrorCode SweepRun(Sweep *sweep, int *status);
/* Write the results of all chunks; *status as above. */
PetscErrorCode SweepCollect(Sweep *sweep, int *status);
/* "3-of-8" */
void SweepChunkName(const SweepOptions *options, char name[64]);

/* sweep_plan.c: print the samples, and how long and how much they will take, by trying one. */
PetscErrorCode SweepPlan(Sweep *sweep);

#endif
