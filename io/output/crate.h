/* ro-crate-metadata.json: what the folder of a run holds, for repositories and people's tools (RO-Crate 1.1,
   doi:10.5281/zenodo.3406497; the run as a CreateAction). Names no person, host or path. */
#ifndef LISEI_CRATE_H
#define LISEI_CRATE_H

#include <petscsys.h>

/* Describe what is in `dir` now; rank 0 writes. status: exit status of the run, reason: why it ended. */
PetscErrorCode CrateWrite(MPI_Comm comm, const char *dir, const char *title, int status, const char *reason);

#endif
