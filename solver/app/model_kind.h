/* Models with a command, a deck and results of their own beside a run: `lisei cell`, `lisei body`. They share the
   reader, the errors and the output folder of a run. */
#ifndef LISEI_MODEL_KIND_H
#define LISEI_MODEL_KIND_H

#include "../../io/deck/deck.h"

typedef struct {
  const char *name; /* of the command, and of the group at the top of its deck */
  const char *noun; /* in messages */
  PetscErrorCode (*table)(ParameterTable *table);
  /* Check what keys say together; mistakes go to `diagnostics` (then *run is of no use but to be destroyed). */
  PetscErrorCode (*create)(MPI_Comm comm, Deck deck, Diagnostics diagnostics, void **run);
  PetscErrorCode (*destroy)(void **run);
  PetscErrorCode (*plan)(void *run, FILE *stream); /* expected cost, for `lisei check`. One process */
  PetscErrorCode (*touch_options)(void *run);      /* ask PETSc for the options that belong to it; may be NULL */
  /* *finished false: a numerical failure; report.json says where. */
  PetscErrorCode (*execute)(void *run, const char *dir, PetscBool *finished);
} ModelKind;

extern const ModelKind model_kind_cell, model_kind_body;

/* The kind of that name, NULL if there is none. */
const ModelKind *ModelKindNamed(const char *name);
/* The kind whose group stands at the top of the file, NULL if it is none of them. */
const ModelKind *ModelKindOfDeck(const char *path);

#endif
