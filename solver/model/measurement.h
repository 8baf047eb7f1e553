/* What an impedance step, or a sweep at some of its potentials, measures. */
#ifndef LISEI_MEASUREMENT_H
#define LISEI_MEASUREMENT_H

#include "../../io/deck/deck.h"

typedef struct {
  DeckStep source; /* who asks for it */
  PetscInt count;
  double *frequency; /* [Hz] falling; owned */
  double amplitude;  /* [V] */
  PetscBool live;    /* slow states answer */
  PetscBool spectrum, rings;
  PetscBool sorted; /* the deck's list was in disorder */
  const char *file;
  int line;
} Measurement;

/* From the keys below `prefix` ("" or "impedance.") of a protocol step. What is wrong is added to `diagnostics`. */
PetscErrorCode MeasurementRead(DeckStep source, const char *prefix, Diagnostics diagnostics, Measurement *measurement);

#endif
