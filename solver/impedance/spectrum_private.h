/* The equations of a relaxation spectrum with slow states. */
#ifndef LISEI_SPECTRUM_PRIVATE_H
#define LISEI_SPECTRUM_PRIVATE_H

#include "impedance_private.h"

/* K y + E dy/dt = j; y: node potentials, states of the rings (ring-major), then p and S. Square, column-major. */
typedef struct {
  PetscInt size, nodes, local;
  PetscInt rank; /* of E */
  HeldControl held;
  double *conduction, *storage; /* K, E */
} SlowSystem;

PetscErrorCode SpectrumNetwork(Impedance z, Network *network, PetscInt **nodes);
PetscErrorCode SlowSystemCreate(Impedance z, Network network, const PetscInt nodes[], HeldControl held,
                                SlowSystem *system);
PetscErrorCode SlowSystemDestroy(SlowSystem *system);
/* (K + shift E)^-1 j for a unit current into the lithium (held current), else zeros. */
PetscErrorCode SlowSystemSource(Impedance z, const SlowSystem *system, double shift, double complex source[]);
/* What takes part in a mode: its right eigenvector and row k of the inverse of all, whose stride is the number of
   unknowns. Returns the share of slow states [1]. */
double SlowSystemName(Impedance z, const SlowSystem *system, const double complex vector[],
                      const double complex inverse[], char name[], size_t length);

#endif
