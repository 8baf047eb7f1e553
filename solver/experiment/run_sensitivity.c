/* Sensitivities along the run (time/sensitivity.h): where its steps begin and end, and what the history shows of them.
 */
#include "run_private.h"

PetscErrorCode RunSensitivityCreate(Run *run) {
  const Simulation sim = run->simulation;
  SensitivityParameter *parameters;

  PetscFunctionBeginUser;
  if (!sim->variation_count) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(sim->variation_count, &parameters));
  for (PetscInt k = 0; k < sim->variation_count; k++) {
    const SimulationVariation *v = &sim->variation[k];
    parameters[k] = (SensitivityParameter){v->simulation->electrode, v->step, v->laws, v->path};
  }
  PetscCall(SensitivityCreate(run->integrator, sim->variation_count, parameters, &run->sensitivity));
  PetscCall(SensitivityStart(run->sensitivity));
  PetscCall(PetscCalloc1(sim->variation_count, &run->step_charge_tangent));
  PetscCall(PetscFree(parameters));
  PetscFunctionReturn(0);
}

PetscErrorCode RunSensitivityDestroy(Run *run) {
  PetscFunctionBeginUser;
  PetscCall(SensitivityDestroy(&run->sensitivity));
  PetscCall(PetscFree(run->step_charge_tangent));
  PetscFunctionReturn(0);
}

/* Every process continues from the very numbers of rank 0. */
static PetscErrorCode Share(Run *run) {
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(run->simulation->comm, &size));
  for (PetscInt k = 0; k < run->simulation->variation_count && size > 1; k++) {
    const ElectrodeState *tangent = SensitivityTangent(run->sensitivity, k);
    PetscCallMPI(MPI_Bcast(tangent->data, (PetscMPIInt)tangent->size, MPI_DOUBLE, 0, run->simulation->comm));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunSensitivityJump(Run *run, const Control *control) {
  PetscFunctionBeginUser;
  if (run->sensitivity) {
    PetscCall(SensitivityJump(run->sensitivity, &run->now, control));
    PetscCall(Share(run));
  }
  PetscFunctionReturn(0);
}

void RunSensitivityNextStep(Run *run) {
  for (PetscInt k = 0; k < run->simulation->variation_count && run->sensitivity; k++) {
    run->step_charge_tangent[k] = SensitivityTangent(run->sensitivity, k)->global[GLOBAL_CHARGE];
  }
}

/* The function of the end `which` of the present step, as an electrode sees it in a state. */
static double EndValue(const Run *run, Electrode electrode, const ElectrodeState *state, double step_charge,
                       PetscInt which) {
  const ProtocolStep *step = RunCurrentStep(run);
  EndQuantities quantities;
  const PetscBool all = which == REASON_ALL ? PETSC_TRUE : PETSC_FALSE; /* the last condition to be met */
  const PetscInt first = step->first_end + (all ? step->end_count : 0);
  double value = all ? INFINITY : -INFINITY;

  RunQuantitiesOf(electrode, state, step_charge, &quantities);
  if (which == REASON_USED_UP) {
    return -quantities.lithium_share;
  }
  for (PetscInt k = first; k < first + (all ? step->all_count : step->end_count); k++) {
    const EndCondition *end = &run->simulation->protocol->ends[k];
    const double f = EndFunction(end->kind, end->threshold, &quantities);
    if (all) {
      value = fmin(value, f);
    } else if (end->kind == which) {
      value = fmax(value, f);
    }
  }
  return value;
}

/* A step whose length was found so that an end function is zero: f' + df/d(length) length' = 0. */
static PetscErrorCode MoveEnd(Run *run, PetscInt which) {
  const Simulation sim = run->simulation;
  const PetscInt count = sim->variation_count;
  const double charge = run->at.step_charge, base = EndValue(run, sim->electrode, &run->next, charge, which);
  const double short_step = 1e-6 * (*run->next.time - *run->now.time);
  const ElectrodeState *later = SensitivityMoved(run->sensitivity, count, &run->next, short_step);
  const double by_length = (EndValue(run, sim->electrode, later, charge, which) - base) / short_step;

  PetscFunctionBeginUser;
  PetscCheck(by_length != 0.0, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED,
             "The end `%s` is met where its quantity does not change: its time has no derivative",
             RunReasonName(which));
  for (PetscInt k = 0; k < count; k++) {
    const SimulationVariation *v = &sim->variation[k];
    const ElectrodeState *moved = SensitivityMoved(run->sensitivity, k, &run->next, v->step);
    const double value =
        EndValue(run, v->simulation->electrode, moved, charge + v->step * run->step_charge_tangent[k], which);
    SensitivityShift(run->sensitivity, k, -(value - base) / v->step / by_length);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode RunSensitivityStep(Run *run, const Control *control, double dt, PetscInt which) {
  const PetscBool located = which >= 0 ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  if (!run->sensitivity) {
    PetscFunctionReturn(0);
  }
  PetscCall(SensitivityStep(run->sensitivity, &run->now, control, dt, located));
  if (located) {
    PetscCall(MoveEnd(run, which));
  }
  PetscCall(Share(run));
  PetscFunctionReturn(0);
}
