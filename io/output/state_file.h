/* An HDF5 file that gains an entry in every one of its datasets for each state of a run at which something was
   measured: rows that are numbers or arrays of up to two dimensions, real or complex (a compound {r, i}, which h5py
   reads as complex). Rank 0 writes; calls on other ranks do nothing. Written in single-writer/multiple-reader mode: it
   can be read while the job runs, and survives its being killed. */
#ifndef LISEI_STATE_FILE_H
#define LISEI_STATE_FILE_H

#include <petscsys.h>

typedef struct {
  const char *name, *unit, *meaning; /* SI; one sentence */
  PetscBool is_complex;
  PetscInt size[2]; /* of an entry; 0: not a dimension */
} StateField;

typedef struct _p_StateFile *StateFile;

/* `name` in `dir`, cut after `kept` states; made anew if that is 0. The fields' texts are borrowed, ring_radius [m] and
   ring_area [m^2] stand in it once. */
PetscErrorCode StateFileOpen(MPI_Comm comm, const char *dir, const char *name, PetscInt kept, PetscInt count,
                             const StateField fields[], PetscInt rings, const double ring_radius[],
                             const double ring_area[], StateFile *file);
/* values[field]: the entry, row-major, complex numbers as pairs; and a text for people. */
PetscErrorCode StateFileAppend(StateFile file, const double *const values[], const char *notes);
PetscErrorCode StateFileClose(StateFile *file);

#endif
