/* What is measured at a state, between the measurement and its files. */
#ifndef LISEI_RUN_IMPEDANCE_PRIVATE_H
#define LISEI_RUN_IMPEDANCE_PRIVATE_H

#include "../../io/output/state_file.h"
#include "../impedance/impedance.h"
#include "run_impedance.h"

enum { SPECTRUM_FROZEN = 2000, SPECTRUM_LIVE = 800 }; /* unknowns of an eigenproblem that is still solved */

enum { NOTE_LENGTH = 400 };
typedef enum {
  NOTE_SORTED,
  NOTE_DRIFT,
  NOTE_AMPLITUDE,
  NOTE_UNSTABLE,
  NOTE_RESIDUAL,
  NOTE_SPECTRUM,
  NOTE_GROWTH,
  NOTE_FACES,
  NOTES
} Note;

/* Numbers of a state; then arrays. In the order of the fields of the file. */
enum {
  STATE_STEP,
  STATE_CYCLE,
  STATE_TIME,
  STATE_POTENTIAL,
  STATE_CURRENT,
  STATE_TEMPERATURE,
  STATE_RADIUS,
  STATE_FRACTION,
  STATE_LIVE,
  STATE_HELD_CURRENT,
  STATE_AMPLITUDE,
  STATE_SECOND,
  STATE_THIRD,
  STATE_GAIN,
  STATE_DRIFT,
  STATE_PERIOD_DRIFT,
  STATE_RESIDUAL,
  STATE_SPECTRUM_RESIDUAL,
  STATE_INFINITE,
  STATE_UNSTABLE,
  STATE_NUMBERS,
  ARRAY_FREQUENCY = STATE_NUMBERS,
  ARRAY_IMPEDANCE,
  ARRAY_PARTS,
  ARRAY_RING_ADMITTANCE = ARRAY_PARTS + IMPEDANCE_PARTS,
  ARRAY_RING_POTENTIAL,
  ARRAY_TIME,
  ARRAY_RESISTANCE,
  ARRAY_TIME_POTENTIAL,
  STATE_FIELDS
};

typedef struct RunImpedance_ {
  Impedance impedance;
  StateFile file;
  PetscInt states, frequencies, rings, modes; /* written; largest numbers of the others */
  double number[STATE_NUMBERS], *frequency;
  double complex *total, *part, *admittance, *potential; /* part[p*frequencies + f]; rings: [f*rings + ring] */
  double complex *time, *resistance, *time_potential;    /* modes */
  char note[NOTES][NOTE_LENGTH];                         /* of this state */
  char first[NOTES][NOTE_LENGTH];                        /* as it was said first */
} RunImpedance;

/* run_impedance_file.c: the numbers of the present state into the files; notes on standard error. */
PetscErrorCode RunImpedanceWrite(Run *run, const Measurement *measurement);

#endif
