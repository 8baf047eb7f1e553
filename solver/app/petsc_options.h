/* The options of PETSc: behind `--`, in PETSC_OPTIONS, and in the deck. */
#ifndef LISEI_PETSC_OPTIONS_H
#define LISEI_PETSC_OPTIONS_H

#include "../../io/deck/deck.h"

/* PETSc's options so far (behind `--`, PETSC_OPTIONS) become part of the deck, over its own, and so stay with the run
   when it is resumed. Not those of the process, many of which PETSc has used itself when it started. */
PetscErrorCode KeepPetscOptions(Deck deck);
/* PETSc gets the options of the deck and of the command line, which wins. */
PetscErrorCode SetPetscOptions(Deck deck);
/* Options that nothing has asked for are mistakes, in the deck or behind `--`. */
PetscErrorCode CheckLeftOptions(Deck deck, Diagnostics diagnostics);

#endif
