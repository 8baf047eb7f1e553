/* checkpoint/NNNNNNNN.h5: the two newest states of a run, written to a temporary name, synced, renamed. A checkpoint is
   a set of named arrays of doubles, and a text that says what the run was made from (its deck); what they mean is the
   run loop's business. */
#ifndef LISEI_CHECKPOINT_H
#define LISEI_CHECKPOINT_H

#include "provenance.h"

typedef struct {
  const char *name;
  PetscInt count;
  double *values;
  PetscBool is_own; /* every process has numbers of its own, and the file those of all in the order of the processes;
                       otherwise all have the same */
} CheckpointArray;

/* Numbers of the array in the file. Collective. */
PetscErrorCode CheckpointWholeCount(MPI_Comm comm, const CheckpointArray *array, PetscInt *count);

/* Write `arrays` as step number `step`; older checkpoints but the last are removed after the rename. Collective; rank 0
 * writes, what others have piece by piece. */
PetscErrorCode CheckpointWrite(MPI_Comm comm, const char *dir, PetscInt step, const char *deck, PetscInt count,
                               const CheckpointArray arrays[]);
/* The newest readable checkpoint; a damaged one is passed over with a warning. *step = -1 if there is none. */
PetscErrorCode CheckpointFind(MPI_Comm comm, const char *dir, PetscInt *step);
/* Fill the arrays (by name) on every rank: of those that are own ones as many on each as were written. Refused with
   their names: an array that the file lacks, one of another length, one that the file has besides. */
PetscErrorCode CheckpointRead(MPI_Comm comm, const char *dir, PetscInt step, PetscInt count, CheckpointArray arrays[]);
/* The text, on every rank; NULL if the checkpoint has none. Free with PetscFree. */
PetscErrorCode CheckpointReadDeck(MPI_Comm comm, const char *dir, PetscInt step, char **deck);
/* Count of a named array, -1 if absent. */
PetscErrorCode CheckpointArrayCount(MPI_Comm comm, const char *dir, PetscInt step, const char *name, PetscInt *count);

#endif
