/* What a file says of its origin: version, git hash, ranks, PETSc options; no host names, no paths. */
#ifndef LISEI_PROVENANCE_H
#define LISEI_PROVENANCE_H

#include <petscsys.h>

#define LISEI_FORMAT "1.0" /* major.minor of every output file; readers refuse an unknown major */

typedef struct {
  const char *version, *git_hash;
  char petsc_version[64], hdf5_version[32], mpi_version[128];
  char *petsc_options; /* owned */
  PetscMPIInt ranks;
} Provenance;

PetscErrorCode ProvenanceGet(MPI_Comm comm, Provenance *provenance);
PetscErrorCode ProvenanceFree(Provenance *provenance);

#endif
