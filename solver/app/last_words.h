/* No end without a word: a crash, or a library that calls exit() or abort() when memory runs out (HDF5 and UDUNITS do),
   still says what to do and gives status 2. */
#ifndef LISEI_LAST_WORDS_H
#define LISEI_LAST_WORDS_H

#include <petscsys.h>

/* First of all: from here on exit() is taken for a library's, until LastWordsDone. runs: there may be a checkpoint. */
void LastWordsPrepare(PetscBool runs);
/* After PETSc and MPI have installed their handlers of signals: take their place, unless PETSc's option
   -no_signal_handler or a sanitizer wants crashes for a debugger. */
PetscErrorCode LastWordsInstall(void);
/* The program ends of its own accord, with that status, whatever the libraries do while they clean up: HDF5 1.10
   crashes on what a failed read or write has left. Called again when PETSc has taken its handlers away. */
void LastWordsDone(int status);

#endif
