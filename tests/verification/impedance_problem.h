/* Decks of the tests of impedance, and states that they are taken at. */
#ifndef LISEI_IMPEDANCE_PROBLEM_H
#define LISEI_IMPEDANCE_PROBLEM_H

#include "../../solver/impedance/impedance.h"
#include "../support/coupled.h"
#include "check.h"

#define FIRST_ORDER                                                                                                    \
  "contact: {law: first_order, first_order: {loss_coefficient: 0.02 cm2/mA/s, healing_rate: 0.05 1/s}}\n"              \
  "interface: {kinetics: sinh, sinh: {exchange_current_density: 17.54 mA/cm2, inverse_scale: 100 1/V}}\n"
#define PRESSED "needle: {pressure: 0.5 MPa, stiffness: 0.49 MPa/um, adhesion: 0.2 MPa}\n"
#define SERIES                                                                                                         \
  "interface: {kinetics: series, charge_transfer: {law: butler_volmer, butler_volmer: {exchange_current_density: 50 "  \
  "mA/cm2, stress_shift: 1}}, sei_transport: {law: linear, linear: {resistance: 0.1 ohm cm2}}, se_transfer: {law: "    \
  "linear, linear: {resistance: 0.2 ohm cm2}, acts_on: whole_area}}\n"
#define NEEDLE                                                                                                         \
  "needle: {pressure: 0.5 MPa, stiffness: 0.49 MPa/um, adhesion: 0.2 MPa}\n"                                           \
  "interface: {kinetics: butler_volmer, butler_volmer: {exchange_current_density: 50 mA/cm2, stress_shift: 1}}\n"
#define STEADY                                                                                                         \
  "grid: {rings: 48}\ntime: {tolerance: 1e-8, newton_tolerance: 1e-6}\n"                                               \
  "protocol: [{hold: {potential: 1 mV, duration: 1 s}}]\n"
#define RESOLVED                                                                                                       \
  "sei: {resolved: true, thickness: 10 nm, block: {layers: 3, half_jump_distance: 10 nm, microstructure: random, "     \
  "random: {seed: 3}}}\n"
#define GRAIN "electrolyte: {conductivity: 1.65 mS/cm, grain_conductivity: 3 mS/cm, grain_depth: 15 um}\n"
#define CRACK "crack: {shape: half_penny, length: 5 um, width: 10 um}\n"
#define REST                                                                                                           \
  "grid: {rings: 12}\ntime: {tolerance: 1e-8, newton_tolerance: 1e-6}\n"                                               \
  "protocol: [{hold: {potential: 1 mV, duration: 1 s}}]\n"

/* A state under the bias after `duration` [s], in steps that grow from 1e-9 of it. */
static inline PetscErrorCode Settle(const Coupled *c, double bias, double duration, PetscInt steps,
                                    ElectrodeState *state) {
  const Simulation sim = c->simulation;
  const Control control = {PETSC_FALSE, 0.0, bias, 0.0};
  ElectrodeState next;
  Integrator integrator;
  StepResult result;
  PetscBool converged;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCreate(sim->electrode, state));
  PetscCall(ElectrodeStateCreate(sim->electrode, &next));
  PetscCall(ElectrodeInitialState(sim->electrode, state));
  PetscCall(ElectrodeSolveAlgebraic(sim->electrode, &control, state, &converged));
  PetscCall(IntegratorCreate(sim->electrode, &sim->integrator, &integrator));
  for (PetscInt n = 1; n <= steps; n++) {
    const double reached = duration * pow(1e-9, (double)(steps - n) / (double)(steps - 1));
    PetscCall(IntegratorNewStart(integrator, state));
    PetscCall(IntegratorStep(integrator, state, &control, reached - *state->time, &next, &result));
    PetscCheck(result.converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "step %d at rest", (int)n);
    PetscCall(ElectrodeStateCopy(&next, state));
  }
  PetscCall(ElectrodeSolveAlgebraic(sim->electrode, &control, state, &converged));
  PetscCall(IntegratorDestroy(&integrator));
  PetscCall(ElectrodeStateDestroy(&next));
  PetscFunctionReturn(0);
}

#endif
