/* Forward sensitivities: how a state of the run changes with the numbers of the deck.

   The steps that the integrator has taken are differentiated themselves, their lengths frozen, so the result is the
   derivative of the computed trajectory: with R(y, z; theta) = 0 the equations of a stage (integrator.h),

     (dR/dy, dR/dz) (y', z') = -dR/dtheta - dR/dknown known',   ' = d/d ln theta

   one solve per stage and parameter with one factored Jacobian. dR/dtheta is a difference over ln theta of 1e-7 of the
   residual alone, at one state, between the electrode and another one made with the parameter changed; it is smooth,
   and what is left of truncation and rounding is some 1e-6 of the derivative. A step whose length depends on the
   parameters, because it was located at an end, has a tangent of its own along its length (SensitivityShift).
   Derivation: docs/theory.md, "Sensitivities". Not for paths with an inside, nor for parts. */
#ifndef LISEI_SENSITIVITY_H
#define LISEI_SENSITIVITY_H

#include "integrator.h"

/* An electrode that differs from that of the integrator in one parameter. */
typedef struct {
  Electrode electrode; /* borrowed */
  double step;         /* [1] by which the logarithm of the parameter differs */
  PetscBool laws;      /* the laws of the rings depend on it */
  PetscBool path;      /* the path of the currents does; it then has a path of its own */
} SensitivityParameter;

typedef struct Sensitivity_ *Sensitivity;

/* Copies `parameters`. The integrator keeps its stages from now on. */
PetscErrorCode SensitivityCreate(Integrator integrator, PetscInt count, const SensitivityParameter parameters[],
                                 Sensitivity *sensitivity);
PetscErrorCode SensitivityDestroy(Sensitivity *sensitivity);
/* The tangents of the initial state, before its currents are solved. */
PetscErrorCode SensitivityStart(Sensitivity sensitivity);
/* The currents of `state` have been solved at fixed states of the rings (ElectrodeSolveAlgebraic). */
PetscErrorCode SensitivityJump(Sensitivity sensitivity, const ElectrodeState *state, const Control *control);
/* Over the step of dt [s] from `start` that the integrator took last. along_length: also the derivative by dt, which
   SensitivityShift adds. */
PetscErrorCode SensitivityStep(Sensitivity sensitivity, const ElectrodeState *start, const Control *control, double dt,
                               PetscBool along_length);
/* d(state)/d(ln parameter) now, number for number as a state. `count` itself stands for the derivative by the length of
   the last step [1/s]. */
const ElectrodeState *SensitivityTangent(Sensitivity sensitivity, PetscInt parameter);
/* The length of the last step depends on the parameter by dt' [s]. */
void SensitivityShift(Sensitivity sensitivity, PetscInt parameter, double length);
/* state + step * tangent, as the electrode of the parameter would be in; valid until the next call. */
const ElectrodeState *SensitivityMoved(Sensitivity sensitivity, PetscInt parameter, const ElectrodeState *state,
                                       double step);

#endif
