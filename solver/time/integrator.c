#include "../monitor/profile.h"
#include "../system/error_capture.h"
#include "integrator_private.h"

/* Above this many rings factoring the dense ring matrix costs so much more than all else in an iteration that fewer
   factorisations pay more than fewer iterations. */
static const PetscInt many_rings = 128;

PetscErrorCode IntegratorCreate(Electrode electrode, const IntegratorOptions *options, Integrator *integrator) {
  const PetscInt rings = electrode->model.rings, size = rings * electrode->model.contact->local_count;
  const PetscInt slopes = STAGES_MAX * size, currents = STAGES_MAX * rings;
  Integrator it;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&it));
  it->electrode = electrode;
  it->options = *options;
  it->tableau = &esdirk_tableaux[options->method];
  it->size = size;
  it->evolving = electrode->layout.evolving;
  if (size) {
    electrode->model.contact->scales(electrode->model.contact_parameters, it->x_scale);
  }
  PetscCall(RingJacobianCreate(electrode, &it->jacobian));
  PetscCall(PetscCalloc4(size, &it->known, slopes, &it->slopes, currents, &it->stage_current, rings, &it->residual));
  PetscCall(PetscCalloc5(rings, &it->responses.overpotential, size, &it->responses.rates, size, &it->update.local,
                         rings, &it->update.electrical, rings, &it->update.ring_current));
  PetscCall(PetscCalloc3(STAGES_MAX * (size_t)it->evolving, &it->global_slopes, it->evolving, &it->global_known,
                         it->evolving, &it->scale));
  it->every_iterate = electrode->model.contact->rate_block && !electrode->model.path->by_solve &&
                              !electrode->model.path->state_size && rings <= many_rings
                          ? PETSC_TRUE
                          : PETSC_FALSE;
  it->kept_start = NAN;
  *integrator = it;
  PetscFunctionReturn(0);
}

PetscErrorCode IntegratorKeepStages(Integrator it) {
  PetscFunctionBeginUser;
  for (int stage = 1; stage < it->tableau->stages && !it->keeps_stages; stage++) {
    PetscCall(ElectrodeStateCreate(it->electrode, &it->stage_state[stage]));
  }
  it->keeps_stages = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode IntegratorDestroy(Integrator *integrator) {
  Integrator it = *integrator;

  PetscFunctionBeginUser;
  if (!it) {
    PetscFunctionReturn(0);
  }
  PetscCall(RingJacobianDestroy(&it->jacobian));
  for (int stage = 0; stage < STAGES_MAX; stage++) {
    PetscCall(ElectrodeStateDestroy(&it->stage_state[stage]));
  }
  PetscCall(PetscFree4(it->known, it->slopes, it->stage_current, it->residual));
  PetscCall(PetscFree5(it->responses.overpotential, it->responses.rates, it->update.local, it->update.electrical,
                       it->update.ring_current));
  PetscCall(PetscFree(it->stage_path));
  PetscCall(PetscFree3(it->global_slopes, it->global_known, it->scale));
  PetscCall(PetscFree(*integrator));
  PetscFunctionReturn(0);
}

PetscInt IntegratorOrder(Integrator integrator) {
  return integrator->tableau->order;
}

PetscErrorCode IntegratorNewStart(Integrator integrator, const ElectrodeState *start) {
  PetscFunctionBeginUser;
  (void)start;
  integrator->jacobian_ready = PETSC_FALSE;
  PetscCall(PathBegin(integrator->electrode->model.path, PETSC_FALSE));
  PetscFunctionReturn(0);
}

/* Estimated error of a global state, in its own unit. */
static double GlobalError(const Integrator it, PetscInt k, double dt) {
  const Tableau *t = it->tableau;
  const int last = t->stages - 1;
  double e = 0.0;

  for (int s = 0; s < t->stages; s++) {
    e += ((s == last ? t->gamma : t->a[last][s]) - t->embedded[s]) * it->global_slopes[s * it->evolving + k];
  }
  return fabs(dt * e);
}

/* Local error over the tolerance: in every evolving number, and in the contact fraction, whose relative error bounds
   that of the current. Area-weighted root mean square over the rings. */
static void EstimateError(Integrator it, double dt, const ElectrodeState *end, StepResult *result) {
  const Tableau *t = it->tableau;
  const ElectrodeModel *m = &it->electrode->model;
  const int local = m->contact->local_count;
  const int last = t->stages - 1;
  double mean = 0.0, worst = -1.0, error = 0.0, *moved = it->known, *fraction = it->residual; /* no longer needed */
  const ContactOpening *opening;

  for (PetscInt n = 0; n < it->size; n++) {
    double e = 0.0;
    for (int s = 0; s < t->stages; s++) {
      const double weight = s == last ? t->gamma : t->a[last][s];
      e += (weight - t->embedded[s]) * it->slopes[s * it->size + n];
    }
    moved[n] = end->x[n] + dt * e;
  }
  opening = ElectrodeOpenings(it->electrode, end->x);
  for (PetscInt j = 0; j < m->rings; j++) {
    fraction[j] = opening[j].contact_fraction;
  }
  opening = ElectrodeOpenings(it->electrode, moved);
  for (PetscInt j = 0; j < m->rings && local; j++) {
    double ring = fabs(opening[j].contact_fraction / fraction[j] - 1.0);
    for (int k = 0; k < local; k++) {
      const PetscInt n = j * local + k;
      ring = fmax(ring, fabs(moved[n] - end->x[n]) / (it->x_scale[k] + fabs(end->x[n])));
    }
    mean += m->area_share[j] * ring * ring;
    if (ring > worst) {
      worst = ring;
      result->worst_ring = j;
    }
  }
  error = sqrt(mean);
  for (int k = GLOBAL_PRESSURE; k <= GLOBAL_LOG_RADIUS; k++) {
    const double scale = k == GLOBAL_PRESSURE ? IntegratorPressureScale(m) + fabs(end->global[k]) : 1.0;
    error = fmax(error, GlobalError(it, k, dt) / scale);
  }
  ElectrodePartScales(it->electrode, end, it->scale);
  for (PetscInt k = GLOBAL_COUNT; k < it->evolving; k++) {
    error = fmax(error, GlobalError(it, k, dt) / it->scale[k]);
  }
  result->error = error / it->options.tolerance;
}

/* Slopes at the end of the parabola through the start and the last two stages. They only predict. */
static void EndRates(const Tableau *t, double dt, PetscInt count, const double start[], const double stages[],
                     const double end[], double rate[]) {
  const PetscInt last = t->stages - 1;
  const double c = t->c[last - 1];

  for (PetscInt j = 0; j < count; j++) {
    const double between = stages[(last - 1) * count + j];
    const double before = (between - start[j]) / c, after = (end[j] - between) / (1.0 - c);
    rate[j] = (before + (2.0 - c) * (after - before)) / dt;
  }
}

/* Of an electrode without memory only charge and volume move while the potential is held: nothing is to be solved where
   a solve is dear. */
static PetscBool StandsStill(const Integrator it, const ElectrodeState *start, const Control *control) {
  return it->electrode->model.path->is_distributed && !it->keeps_stages && !control->is_current &&
                 control->rate == 0.0 && !it->electrode->closing &&
                 fabs(*start->potential - control->start_value) <= 1e-14 && ElectrodeIsMemoryless(it->electrode)
             ? PETSC_TRUE
             : PETSC_FALSE;
}

static PetscErrorCode StandStill(const Integrator it, const ElectrodeState *start, double dt, ElectrodeState *end,
                                 StepResult *result) {
  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCopy(start, end));
  *end->time += dt;
  for (PetscInt k = 0; k < it->evolving; k++) {
    end->global[k] += dt * start->global_rate[k];
  }
  result->converged = PETSC_TRUE;
  PetscFunctionReturn(0);
}

static PetscErrorCode Step(Integrator it, const ElectrodeState *start, const Control *control, double dt,
                           ElectrodeState *end, StepResult *result) {
  const PetscInt rings = it->electrode->model.rings, inside = it->electrode->model.path->state_size;
  PetscBool regular;

  PetscFunctionBeginUser;
  if (StandsStill(it, start, control)) {
    PetscCall(StandStill(it, start, dt, end, result));
    PetscFunctionReturn(0);
  }
  if (!it->stage_path) {
    PetscCall(PetscCalloc1(STAGES_MAX * (size_t)inside, &it->stage_path));
  }
  it->start_current = 0.0;
  for (PetscInt j = 0; j < rings; j++) {
    it->start_current = fmax(it->start_current, fabs(start->current[j]));
  }
  PetscCall(ElectrodeSetConditions(it->electrode, *start->time, start->global[GLOBAL_LOG_RADIUS]));
  if (!it->every_iterate && !it->jacobian_ready) {
    PetscCall(IntegratorEvaluateHalfway(it, start, dt, end));
  }
  PetscCall(ElectrodeStateCopy(start, end));
  if (!it->every_iterate && it->electrode->model.path->by_slopes) { /* its slopes are those of the last evaluation */
    PetscCall(IntegratorStagePotential(it, end));
  }
  it->jacobian_ready = PETSC_TRUE;
  it->free_drive = control->is_current || it->electrode->closing ? PETSC_TRUE : PETSC_FALSE;
  if (!it->every_iterate) {
    ProfileEventCall(PROFILE_FACTOR,
                     RingJacobianFactor(it->electrode, it->tableau->gamma * dt, start->global[GLOBAL_LOG_RADIUS],
                                        it->free_drive, &it->jacobian, &regular));
    result->factorisations++;
    if (!regular) {
      PetscFunctionReturn(0);
    }
  }
  PetscCall(PetscArraycpy(it->slopes, start->x_rate, it->size));
  PetscCall(PetscArraycpy(it->global_slopes, start->global_rate, it->evolving));
  PetscCall(PetscArraycpy(it->stage_current, start->current, rings));
  for (int stage = 1; stage < it->tableau->stages; stage++) {
    PetscCall(IntegratorSolveStage(it, start, control, dt, stage, end, result));
    if (!result->converged) {
      PetscFunctionReturn(0);
    }
  }
  PetscCall(PetscArraycpy(end->x_rate, it->slopes + (it->tableau->stages - 1) * it->size, it->size));
  PetscCall(
      PetscArraycpy(end->global_rate, it->global_slopes + (it->tableau->stages - 1) * it->evolving, it->evolving));
  EndRates(it->tableau, dt, rings, start->current, it->stage_current, end->current, end->current_rate);
  EndRates(it->tableau, dt, PathRateSize(it->electrode->model.path), start->path, it->stage_path, end->path,
           end->path_rate);
  EstimateError(it, dt, end, result);
  it->kept_start = it->keeps_stages ? *start->time : NAN;
  it->kept_length = dt;
  PetscFunctionReturn(0);
}

PetscErrorCode IntegratorStep(Integrator integrator, const ElectrodeState *start, const Control *control, double dt,
                              ElectrodeState *end, StepResult *result) {
  ErrorCapture capture;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  *result = (StepResult){0};
  integrator->kept_start = NAN;
  PetscCall(PetscLogEventBegin(profile_events[PROFILE_STEP], 0, 0, 0, 0));
  PetscCall(ErrorCaptureBegin(&capture));
  code = Step(integrator, start, control, dt, end, result);
  PetscCall(ErrorCaptureEnd());
  PetscCall(PetscLogEventEnd(profile_events[PROFILE_STEP], 0, 0, 0, 0));
  /* a bulk that does not converge and a matrix that happens to be singular are reasons for a shorter step */
  if (ErrorIsNumerical(code)) {
    result->converged = PETSC_FALSE;
    integrator->jacobian_ready = PETSC_FALSE;
    PetscFunctionReturn(0);
  }
  PetscCheck(!code, PETSC_COMM_SELF, code, "%s", capture.message);
  PetscFunctionReturn(0);
}
