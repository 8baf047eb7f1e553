/* Shared by the files of this room. */
#ifndef LISEI_IMPEDANCE_PRIVATE_H
#define LISEI_IMPEDANCE_PRIVATE_H

#include "../system/lapack.h"
#include "impedance.h"
#include <math.h>

struct Impedance_ {
  Electrode electrode;
  ChargeStorage storage;
  PetscBool live;
  ElectrodeState state, trial; /* where it is linearised; work */
  RingLinear *ring;
  double needle_rate[2]; /* d(dp/dt)/dp [1/s], by the approach velocity [Pa/m] */
  /* between rings and ground: dW = by_potential dV + by_current dI1, the same of what passes beside the contact */
  double drive_by_potential, drive_by_current, beside_by_potential, beside_by_current;
  RingSignal *signal;              /* rings: work */
  double complex *matrix, *column; /* rings*rings, rings*SIGNAL_COLUMNS: work */
  double complex *drop;            /* PATH_DROPS*rings: work */
  PetscBLASInt *pivot;
};

/* Evolving numbers of a ring that answer. */
static inline int ImpedanceLocal(Impedance z) {
  return z->live ? z->electrode->model.contact->local_count : 0;
}
static inline PetscBool ImpedanceHasNeedle(Impedance z) {
  return z->live && z->electrode->model.contact->uses_needle ? PETSC_TRUE : PETSC_FALSE;
}

#endif
