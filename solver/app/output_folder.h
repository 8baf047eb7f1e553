/* The output folder of a run: nothing is overwritten without --force, nothing is written before the deck is known to be
 * right. */
#ifndef LISEI_OUTPUT_FOLDER_H
#define LISEI_OUTPUT_FOLDER_H

#include "../../io/deck/deck.h"

/* Can the run write to `dir`? Mistakes go to `diagnostics`; nothing is changed. */
PetscErrorCode OutputFolderCheck(MPI_Comm comm, const char *dir, const char *deck, PetscBool force,
                                 Diagnostics diagnostics);
/* Make the folder, lock it (folder_lock.h), remove the results of an earlier run (with --force only those can be
   there), write deck.yaml. A folder that cannot be made, which no check beforehand foresees on every file system, goes
   to `diagnostics`. */
PetscErrorCode OutputFolderPrepare(MPI_Comm comm, const char *dir, Deck deck, Diagnostics diagnostics);
/* Replace the deck in the folder by the one of `record`, and the waveforms that it names by those of `deck`. */
PetscErrorCode OutputFolderWriteDeck(MPI_Comm comm, const char *dir, Deck deck, const char *record);
/* Can a run be continued in `dir`? Locks the folder; `deck` receives the path of its deck, *checkpoint the number of
   the newest readable checkpoint. */
PetscErrorCode OutputFolderCheckResume(MPI_Comm comm, const char *dir, Diagnostics diagnostics,
                                       char deck[PETSC_MAX_PATH_LEN], PetscInt *checkpoint);

#endif
