#include "provenance.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

#include "git_hash.h" /* written by the build: LISEI_GIT_HASH */

/* PETSc's options as one line; of a value that is a path only the last part is kept, so that files do not tell where
 * they were made. */
static PetscErrorCode OptionsWithoutPaths(char **options) {
  char *all, *to, *word, *rest = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetAll(NULL, &all));
  PetscCall(PetscMalloc1(strlen(all) + 2, options));
  to = *options;
  for (word = strtok_r(all, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
    const char *slash = strrchr(word, '/');
    const char *kept = slash ? slash + 1 : word;
    size_t length = strlen(kept);
    if (to != *options) {
      *to++ = ' ';
    }
    memcpy(to, kept, length);
    to += length;
  }
  *to = '\0';
  PetscCall(PetscFree(all));
  PetscFunctionReturn(0);
}

PetscErrorCode ProvenanceGet(MPI_Comm comm, Provenance *provenance) {
  char library[MPI_MAX_LIBRARY_VERSION_STRING];
  unsigned major, minor, release;
  int length;

  PetscFunctionBeginUser;
  provenance->version = LISEI_VERSION;
  provenance->git_hash = LISEI_GIT_HASH;
  PetscCall(PetscSNPrintf(provenance->petsc_version, sizeof provenance->petsc_version, "%d.%d.%d", PETSC_VERSION_MAJOR,
                          PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR));
  PetscCheck(H5get_libversion(&major, &minor, &release) >= 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "HDF5 has no version");
  PetscCall(
      PetscSNPrintf(provenance->hdf5_version, sizeof provenance->hdf5_version, "%u.%u.%u", major, minor, release));
  PetscCallMPI(MPI_Get_library_version(library, &length));
  library[strcspn(library, ",\n")] = '\0'; /* what follows may name the machine it was built on */
  PetscCall(PetscStrncpy(provenance->mpi_version, library, sizeof provenance->mpi_version));
  PetscCallMPI(MPI_Comm_size(comm, &provenance->ranks));
  PetscCall(OptionsWithoutPaths(&provenance->petsc_options));
  PetscFunctionReturn(0);
}

PetscErrorCode ProvenanceFree(Provenance *provenance) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(provenance->petsc_options));
  PetscFunctionReturn(0);
}
