/* The parts a deck can ask for (system/part.h): how each is asked for, checked and made. A new one is a file of this
   folder and a line in parts.c. */
#ifndef LISEI_PARTS_H
#define LISEI_PARTS_H

#include "simulation.h"

typedef struct {
  const char *needs;                                           /* for a message: "a crack: set crack.shape" */
  PetscInt end_count;                                          /* ends of protocol steps that it offers */
  const PartEnd *ends;                                         /* the very ones of the part */
  PetscBool (*wanted)(Deck deck);                              /* does the deck ask for it? */
  PetscErrorCode (*check)(Deck deck, Diagnostics diagnostics); /* keys that do not go with it; only if wanted */
  PetscErrorCode (*create)(Simulation simulation, Part *part); /* *part stays NULL if there is none to be made */
} PartKind;

extern const PartKind part_crack, part_grain, part_sei;
extern const PartKind *const PartKinds[]; /* all of them, NULL-terminated; the order of their columns */

/* Ends of all kinds of parts, counted through in their order: NULL beyond the last; *kind (may be NULL) offers it. */
const PartEnd *PartsEnd(PetscInt number, const PartKind **kind);
PetscErrorCode PartsCheck(Deck deck, Diagnostics diagnostics);
/* Make the parts of the simulation's model. After the laws. */
PetscErrorCode PartsCreate(Simulation simulation);

/* An error of the deck at a key. */
PetscErrorCode DeckError(Deck deck, const char *key, Diagnostics diagnostics, const char *message);

#endif
