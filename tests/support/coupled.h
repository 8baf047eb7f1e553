/* For tests of the coupled solver: a simulation from deck text, and fixed-step integration without the run loop. */
#ifndef LISEI_TEST_COUPLED_H
#define LISEI_TEST_COUPLED_H

#include "../../solver/model/catalogue.h"
#include "../../solver/model/simulation.h"

typedef struct {
  ParameterTable table;
  Deck deck;
  Simulation simulation;
} Coupled;

/* Errors of the deck are printed and are failures of the test. */
PetscErrorCode CoupledCreate(const char *deck_text, Coupled *coupled);
PetscErrorCode CoupledDestroy(Coupled *coupled);

/* From the initial state through the protocol's segments, each in `steps` equal time steps; total current [A] at the
   end and the final state (created here). Fails if a step does not converge. */
PetscErrorCode CoupledIntegrate(Coupled *coupled, PetscInt steps, double *current, ElectrodeState *state);
double CoupledCurrent(const Coupled *coupled, const ElectrodeState *state); /* [A] */

/* Count a failed check, and print it. */
void Expect(int condition, const char *format, ...) __attribute__((format(printf, 2, 3)));
extern int expect_failures;

#endif
