/* Tangents along the run: start, jumps, steps. */
#include "sensitivity_private.h"

PetscErrorCode SensitivityCreate(Integrator integrator, PetscInt count, const SensitivityParameter parameters[],
                                 Sensitivity *sensitivity) {
  const Electrode electrode = integrator->electrode;
  const ElectrodeModel *m = &electrode->model;
  const PetscInt rings = m->rings, size = integrator->size, all = count + 1;
  Sensitivity s;

  PetscFunctionBeginUser;
  PetscCheck(!m->path->state_size && !m->part_count, PETSC_COMM_SELF, PETSC_ERR_SUP,
             "Sensitivities know no parts and no path with an inside");
  PetscCall(PetscNew(&s));
  s->integrator = integrator;
  s->count = count;
  s->radius_matters = deposit_contact_grows(&m->deposit) ? PETSC_TRUE : PETSC_FALSE;
  s->time_matters = m->sei_grows || m->grain_growth.growth_constant > 0.0 ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(PetscMalloc5(count, &s->parameter, all, &s->tangent, all, &s->work, all, &s->direction, all, &s->drive));
  PetscCall(PetscArraycpy(s->parameter, parameters, count));
  for (PetscInt k = 0; k < all; k++) {
    PetscCall(ElectrodeStateCreate(electrode, &s->tangent[k]));
    PetscCall(SensitivityTermsCreate(rings, size, &s->work[k]));
    PetscCall(SensitivityDirectionCreate(rings, size, &s->direction[k]));
  }
  PetscCall(ElectrodeStateCreate(electrode, &s->moved));
  PetscCall(PetscCalloc5((size_t)(all * STAGES_MAX * size), &s->slopes,
                         (size_t)(all * STAGES_MAX * integrator->evolving), &s->global_slopes, (size_t)(all * size),
                         &s->known, (size_t)(all * integrator->evolving), &s->global_known, (size_t)(all * rings),
                         &s->right));
  PetscCall(RingJacobianCreate(electrode, &s->jacobian));
  PetscCall(SensitivityTermsCreate(rings, size, &s->base));
  PetscCall(SensitivityTermsCreate(rings, size, &s->by_time));
  PetscCall(SensitivityTermsCreate(rings, size, &s->by_radius));
  PetscCall(SensitivityDirectionCreate(rings, size, &s->along_radius));
  PetscCall(IntegratorKeepStages(integrator));
  *sensitivity = s;
  PetscFunctionReturn(0);
}

PetscErrorCode SensitivityDestroy(Sensitivity *sensitivity) {
  Sensitivity s = *sensitivity;

  PetscFunctionBeginUser;
  if (!s) {
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; k <= s->count; k++) {
    PetscCall(ElectrodeStateDestroy(&s->tangent[k]));
    PetscCall(SensitivityTermsDestroy(&s->work[k]));
    PetscCall(SensitivityDirectionDestroy(&s->direction[k]));
  }
  PetscCall(ElectrodeStateDestroy(&s->moved));
  PetscCall(PetscFree5(s->parameter, s->tangent, s->work, s->direction, s->drive));
  PetscCall(PetscFree5(s->slopes, s->global_slopes, s->known, s->global_known, s->right));
  PetscCall(RingJacobianDestroy(&s->jacobian));
  PetscCall(SensitivityTermsDestroy(&s->base));
  PetscCall(SensitivityTermsDestroy(&s->by_time));
  PetscCall(SensitivityTermsDestroy(&s->by_radius));
  PetscCall(SensitivityDirectionDestroy(&s->along_radius));
  PetscCall(PetscFree(*sensitivity));
  PetscFunctionReturn(0);
}

const ElectrodeState *SensitivityTangent(Sensitivity s, PetscInt parameter) {
  return &s->tangent[parameter];
}

void SensitivityShift(Sensitivity s, PetscInt parameter, double length) {
  const double *along = s->tangent[s->count].data;
  double *tangent = s->tangent[parameter].data;

  for (PetscInt n = 0; n < s->moved.size; n++) {
    tangent[n] += length * along[n];
  }
}

const ElectrodeState *SensitivityMoved(Sensitivity s, PetscInt parameter, const ElectrodeState *state, double step) {
  for (PetscInt n = 0; n < s->moved.size; n++) {
    s->moved.data[n] = state->data[n] + step * s->tangent[parameter].data[n];
  }
  return &s->moved;
}

PetscErrorCode SensitivityStart(Sensitivity s) {
  ElectrodeState base = {0};

  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCreate(s->integrator->electrode, &base));
  PetscCall(ElectrodeInitialState(s->integrator->electrode, &base));
  for (PetscInt k = 0; k < s->count; k++) {
    PetscCall(ElectrodeInitialState(s->parameter[k].electrode, &s->tangent[k]));
    for (PetscInt n = 0; n < base.size; n++) {
      s->tangent[k].data[n] = (s->tangent[k].data[n] - base.data[n]) / s->parameter[k].step;
    }
  }
  PetscCall(ElectrodeStateDestroy(&base));
  PetscFunctionReturn(0);
}

PetscErrorCode SensitivityJump(Sensitivity s, const ElectrodeState *state, const Control *control) {
  const Integrator it = s->integrator;
  const Equations at = {state, control, 0.0};

  PetscFunctionBeginUser;
  PetscCall(SensitivityPrepare(s, &at));
  for (PetscInt k = 0; k < s->count; k++) {
    s->drive[k] = (Drive){.parameter = k, .time = *s->tangent[k].time};
    PetscCall(PetscArraycpy(s->known + k * it->size, s->tangent[k].x, it->size));
    PetscCall(PetscArraycpy(s->global_known + k * it->evolving, s->tangent[k].global, it->evolving));
  }
  PetscCall(SensitivitySolve(s, &at, s->count, s->drive));
  for (PetscInt k = 0; k < s->count; k++) {
    SensitivityTake(s, &at, &s->drive[k], &s->tangent[k]);
    SensitivityRates(s, k, &s->tangent[k]);
  }
  PetscFunctionReturn(0);
}

/* Derivatives of what a stage knows from earlier ones: known = start + dt sum a slope. `length`: of dt. */
static void Known(Sensitivity s, PetscInt k, int stage, double dt, double length) {
  const Integrator it = s->integrator;
  const Tableau *t = it->tableau;
  const double *slopes = s->slopes + k * STAGES_MAX * it->size;
  const double *global = s->global_slopes + k * STAGES_MAX * it->evolving;
  double *known = s->known + k * it->size, *global_known = s->global_known + k * it->evolving;

  PetscCallVoid(PetscArraycpy(known, s->tangent[k].x, it->size));
  PetscCallVoid(PetscArraycpy(global_known, s->tangent[k].global, it->evolving));
  for (int l = 0; l < stage; l++) {
    const double a = t->a[stage][l];
    for (PetscInt n = 0; n < it->size; n++) {
      known[n] += a * (dt * slopes[l * it->size + n] + length * it->slopes[l * it->size + n]);
    }
    for (PetscInt n = 0; n < it->evolving; n++) {
      global_known[n] += a * (dt * global[l * it->evolving + n] + length * it->global_slopes[l * it->evolving + n]);
    }
  }
}

/* The slopes of the stage, from y = known + gamma dt slope. */
static void StageSlopes(Sensitivity s, PetscInt k, int stage, double gamma_dt, const Drive *drive,
                        const ElectrodeState *solved) {
  const Integrator it = s->integrator;
  double *slopes = s->slopes + (k * STAGES_MAX + stage) * it->size;
  double *global = s->global_slopes + (k * STAGES_MAX + stage) * it->evolving;

  for (PetscInt n = 0; n < it->size; n++) {
    slopes[n] = (solved->x[n] - s->known[k * it->size + n] - drive->gamma_length * drive->slopes[n]) / gamma_dt;
  }
  for (PetscInt n = 0; n < it->evolving; n++) {
    global[n] =
        (solved->global[n] - s->global_known[k * it->evolving + n] - drive->gamma_length * drive->global_slopes[n]) /
        gamma_dt;
  }
}

/* One stage of all tangents; after the last one they are at the end of the step. */
static PetscErrorCode Stage(Sensitivity s, const Control *control, double dt, int stage, PetscInt all) {
  const Integrator it = s->integrator;
  const Tableau *t = it->tableau;
  const Equations at = {&it->stage_state[stage], control, t->gamma * dt};
  const PetscBool last = stage == t->stages - 1 ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(SensitivityPrepare(s, &at));
  for (PetscInt k = 0; k < all; k++) {
    const double length = k == s->count ? 1.0 : 0.0;
    s->drive[k] = (Drive){.parameter = k,
                          .time = *s->tangent[k].time + t->c[stage] * length,
                          .control = control->rate * t->c[stage] * length,
                          .gamma_length = t->gamma * length,
                          .slopes = it->slopes + stage * it->size,
                          .global_slopes = it->global_slopes + stage * it->evolving};
    Known(s, k, stage, dt, length);
  }
  PetscCall(SensitivitySolve(s, &at, all, s->drive));
  for (PetscInt k = 0; k < all; k++) {
    ElectrodeState *to = last ? &s->tangent[k] : &s->moved;

    SensitivityTake(s, &at, &s->drive[k], to);
    StageSlopes(s, k, stage, at.gamma_dt, &s->drive[k], to);
    if (last) {
      *to->time = s->drive[k].time;
      PetscCall(PetscArraycpy(to->x_rate, s->slopes + (k * STAGES_MAX + stage) * it->size, it->size));
      PetscCall(
          PetscArraycpy(to->global_rate, s->global_slopes + (k * STAGES_MAX + stage) * it->evolving, it->evolving));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SensitivityStep(Sensitivity s, const ElectrodeState *start, const Control *control, double dt,
                               PetscBool along_length) {
  const Integrator it = s->integrator;
  const PetscInt all = s->count + (along_length ? 1 : 0);

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(s->tangent[s->count].data, s->moved.size));
  if (it->kept_start != *start->time || it->kept_length != dt) { /* another step was tried after this one */
    StepResult result;
    PetscCall(IntegratorStep(it, start, control, dt, &s->moved, &result));
    PetscCheck(result.converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED,
               "The step of %g s at t = %.9g s does not converge a second time", dt, *start->time);
  }
  for (PetscInt k = 0; k < all; k++) {
    PetscCall(PetscArraycpy(s->slopes + k * STAGES_MAX * it->size, s->tangent[k].x_rate, it->size));
    PetscCall(PetscArraycpy(s->global_slopes + k * STAGES_MAX * it->evolving, s->tangent[k].global_rate, it->evolving));
  }
  for (int stage = 1; stage < it->tableau->stages; stage++) {
    PetscCall(Stage(s, control, dt, stage, all));
  }
  PetscFunctionReturn(0);
}
