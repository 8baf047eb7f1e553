/* The stages of a step: prediction, residual, and Newton's method.

   Residuals, with h = gamma dt and `known` what earlier stages give:

     R_x,j = x_j - known - h f(x_j, i_j, eta_j, p, S)     r_j = V - g - u_j - eta_j(i_j, x_j, p, S)
     R_p   = p - known - h P(p, U)                        R_S = S - sum_j w_j f_j theta_b,j
     path: its own (path.h)                               closing: V given, or sum_j I_j + I_parts = I_set (part.h)

   One linear solve an iteration (ring_jacobian.h); an update relative to its scales measures convergence, with the
   residuals of the path as current densities. */
#include "../monitor/profile.h"
#include "integrator_private.h"

/* How exactly an imposed current is met, relative; shared: where part of it is the non-linear current of a part. */
static const double current_accuracy = 1e-11, shared_accuracy = 1e-10;

/* Where every iterate is differentiated, a stage that takes more iterations than this hardly ever converges. */
static const PetscInt most_iterations = 6;

/* Relative change of the slopes inside the path from which a new factorisation pays. */
static const double stale_slopes = 0.3;

/* Relative imbalance of the current inside the path that asks for another iteration, this many at most. */
static const double balanced = 1e-11;
static const PetscInt balancing = 3;

double IntegratorPressureScale(const ElectrodeModel *model) {
  return fmax(model->needle.pressure + model->needle.adhesion, 1e4);
}

/* The laws at the numbers in `at`; their derivatives, too, if told to. */
static PetscErrorCode EvaluateLaws(Integrator it, const ElectrodeState *at, PetscBool differentiate) {
  PetscFunctionBeginUser;
  ProfileEventCall(differentiate ? PROFILE_DERIVATIVES : PROFILE_RESIDUAL,
                   RingJacobianEvaluate(it->electrode, at->x, at->current, at->global[GLOBAL_PRESSURE], *at->bearing,
                                        differentiate, &it->jacobian, &it->responses));
  PetscFunctionReturn(0);
}

/* `from` moved by `change`, at most by half of its size. */
static double Shifted(double from, double change, double size) {
  return from + fmax(-0.5 * size, fmin(0.5 * size, change));
}

/* Differentiate all rings for a step of dt, about halfway: all stages are nearer to there than to the start. `at` is
   overwritten. */
PetscErrorCode IntegratorEvaluateHalfway(Integrator it, const ElectrodeState *start, double dt, ElectrodeState *at) {
  const int local = it->electrode->model.contact->local_count;
  const double pressure = start->global[GLOBAL_PRESSURE];

  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCopy(start, at));
  for (PetscInt n = 0; n < it->size; n++) {
    at->x[n] = Shifted(start->x[n], 0.5 * dt * start->x_rate[n], fabs(start->x[n]) + it->x_scale[n % local]);
  }
  for (PetscInt j = 0; j < it->electrode->model.rings; j++) {
    at->current[j] = Shifted(start->current[j], 0.5 * dt * start->current_rate[j], it->start_current + 1e-6);
  }
  at->global[GLOBAL_PRESSURE] =
      Shifted(pressure, 0.5 * dt * start->global_rate[GLOBAL_PRESSURE], IntegratorPressureScale(&it->electrode->model));
  *at->bearing = ElectrodeMeanBearing(it->electrode, at->x);
  PetscCall(EvaluateLaws(it, at, PETSC_TRUE));
  PetscFunctionReturn(0);
}

/* Known parts of the stage and a first guess of its unknowns in `end`. */
static void Predict(Integrator it, const ElectrodeState *start, const Control *control, double dt, int stage,
                    ElectrodeState *end) {
  const Tableau *t = it->tableau;
  const ElectrodeModel *m = &it->electrode->model;
  const double gamma_dt = t->gamma * dt;
  const double *last_slopes = it->slopes + (stage - 1) * it->size;
  const PetscInt rates = PathRateSize(m->path);

  *end->time = *start->time + t->c[stage] * dt;
  for (PetscInt k = 0; k < it->size; k++) {
    double sum = 0.0;
    for (int l = 0; l < stage; l++) {
      sum += t->a[stage][l] * it->slopes[l * it->size + k];
    }
    it->known[k] = start->x[k] + dt * sum;
    end->x[k] = it->known[k] + gamma_dt * last_slopes[k];
  }
  for (PetscInt k = 0; k < it->evolving; k++) {
    double sum = 0.0;
    for (int l = 0; l < stage; l++) {
      sum += t->a[stage][l] * it->global_slopes[l * it->evolving + k];
    }
    it->global_known[k] = start->global[k] + dt * sum;
    end->global[k] = it->global_known[k] + gamma_dt * it->global_slopes[(stage - 1) * it->evolving + k];
  }
  /* Currents: along the rate of the last step, then along the line through the start and the last stage. */
  for (PetscInt j = 0; j < m->rings; j++) {
    const double *from = it->stage_current + (stage - 1) * m->rings;
    end->current[j] = stage == 1 ? start->current[j] + t->c[1] * dt * start->current_rate[j]
                                 : start->current[j] + (from[j] - start->current[j]) * t->c[stage] / t->c[stage - 1];
  }
  for (PetscInt k = 0; k < m->path->state_size; k++) { /* the same for the inside of the path */
    const double last = it->stage_path[(stage - 1) * m->path->state_size + k];
    end->path[k] = stage == 1 ? start->path[k] + (k < rates ? t->c[1] * dt * start->path_rate[k] : 0.0)
                              : start->path[k] + (last - start->path[k]) * t->c[stage] / t->c[stage - 1];
  }
  *end->potential = control->is_current ? *start->potential : ControlValue(control, *end->time);
}

/* Choose for the stage how drive and current are tied, and solve that at the first guess. */
static PetscErrorCode EnterClosing(Integrator it, const ElectrodeState *start, const Control *control, double gamma_dt,
                                   ElectrodeState *end) {
  double change;

  PetscFunctionBeginUser;
  if (end->ground) {
    *end->ground = *start->ground;
  }
  PetscCall(ElectrodeChooseClosing(it->electrode, control, gamma_dt, it->global_known, start, &it->closing));
  PetscCall(ElectrodeEnterClosing(it->electrode, control, gamma_dt, it->global_known, end, &it->closing, &change));
  PetscFunctionReturn(0);
}

/* u at the currents in `end`, and the residuals of the path's inside. */
PetscErrorCode IntegratorStagePotential(Integrator it, ElectrodeState *end) {
  PetscFunctionBeginUser;
  PetscCall(ElectrodePotentials(it->electrode, end, end->current, end->path, end->ring_potential));
  PetscFunctionReturn(0);
}

/* Residuals of the stage equations at `end`, where the laws have been evaluated; leaves the global rates there. */
static void StageResidual(Integrator it, const Control *control, double gamma_dt, ElectrodeState *end) {
  const ElectrodeModel *m = &it->electrode->model;
  const PetscBool follows = it->closing.follows; /* the drive, from the rings' current */
  const double drive = StateDrive(end);
  double mean_current = 0.0;

  for (PetscInt n = 0; n < it->size; n++) {
    it->update.local[n] = end->x[n] - it->known[n] - gamma_dt * it->responses.rates[n];
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    it->update.electrical[j] = drive - end->ring_potential[j] - it->responses.overpotential[j];
    it->residual[j] = it->update.electrical[j];
    mean_current += m->area_share[j] * end->current[j];
  }
  ElectrodeGlobalRates(it->electrode, end, mean_current, it->responses.mean_approach, end->global_rate);
  it->update.area = ElectrodeArea(it->electrode, end->global[GLOBAL_LOG_RADIUS]);
  it->update.pressure =
      end->global[GLOBAL_PRESSURE] - it->global_known[GLOBAL_PRESSURE] - gamma_dt * end->global_rate[GLOBAL_PRESSURE];
  it->update.bearing = *end->bearing - it->responses.mean_bearing;
  it->update.closing_drive = follows ? 1.0 : it->closing.current_by_drive;
  it->update.closing_current = follows ? -it->closing.drive_slope : 1.0 + it->closing.current_by_contact;
  it->update.current = control->is_current && !follows
                           ? ControlValue(control, *end->time) - mean_current * it->update.area -
                                 ElectrodePartCurrent(it->electrode, end)
                           : 0.0;
}

static double DriveConductance(const Integrator it) { /* [S] total current per volt of drive, linearised */
  const PetscInt row = it->jacobian.potential_index;
  return fabs(it->jacobian.matrix[row][row]) + fabs(it->closing.current_by_drive);
}

/* An imposed current holds exactly, also while the area grows: by how much it is missed joins the norm; false where
   parts share it and it is not met well enough. rest [A]: what the rings leave to a part that takes it (then the rings
   miss what the area has changed); NULL without such a part. largest [A/m^2] current density. */
static PetscBool HoldsCurrent(const Integrator it, const Control *control, const ElectrodeState *end,
                              double mean_current, const double *rest, double largest, double *norm) {
  const PetscBool shares = it->electrode->shares_current;
  const double area = ElectrodeArea(it->electrode, end->global[GLOBAL_LOG_RADIUS]);
  const double set = ControlValue(control, *end->time);
  const double miss = fabs(mean_current * area - (rest ? *rest : set - ElectrodePartCurrent(it->electrode, end)));
  /* where rings feed each other, as at rest under an uneven stress, rounding of their sum is the limit; against the
     potential of a part it is that of the currents which it could drive */
  const double driven = shares ? fabs(*end->potential) * DriveConductance(it) : 0.0;
  const double scale = fabs(set) + 1e-2 * largest * area + 1e-2 * driven + 1e-20;

  *norm = fmax(*norm, miss / scale / current_accuracy * it->options.newton_tolerance * it->options.tolerance);
  return !shares || miss <= shared_accuracy * scale ? PETSC_TRUE : PETSC_FALSE;
}

/* Add the update to the evolving numbers of a ring; returns the size of all its update, relative to the scales. Where
   stress shifts the equilibrium, a current at rest is known no better than the last place of the potential. */
static double MoveRing(const Integrator it, PetscInt j, double largest, ElectrodeState *end) {
  const int local = it->electrode->model.contact->local_count;
  const double change = fabs(it->update.electrical[j]);
  const double rounding = 4.0 * PETSC_MACHINE_EPSILON * fabs(*end->potential); /* [V] */
  double size = change * it->jacobian.ring[j].eta_i <= rounding ? 0.0 : change / (largest + 1e-6);

  for (int k = 0; k < local; k++) {
    const PetscInt n = j * local + k;
    end->x[n] += it->update.local[n];
    size = fmax(size, fabs(it->update.local[n]) / (it->x_scale[k] + fabs(end->x[n])));
  }
  return size;
}

/* Add the update to the unknowns; returns its size relative to the tolerance. */
static PetscErrorCode ApplyUpdate(Integrator it, const Control *control, double gamma_dt, double approach,
                                  ElectrodeState *end, double *norm, PetscInt *worst) {
  const ElectrodeModel *m = &it->electrode->model;
  const double tolerance = it->options.tolerance;
  const double beside = ElectrodePartCurrent(it->electrode, end); /* [A] of the last iterate */
  double largest = it->start_current, mean_current = 0.0, change = 0.0, rest;
  double rate[GLOBAL_COUNT];

  PetscFunctionBeginUser;
  *norm = 0.0;
  it->held = PETSC_TRUE;
  for (PetscInt j = 0; j < m->rings; j++) {
    end->current[j] += it->update.electrical[j];
    largest = fmax(largest, fabs(end->current[j]));
    mean_current += m->area_share[j] * end->current[j];
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    const double size = MoveRing(it, j, largest, end);
    if (isnan(size)) { /* fmax would hide it */
      *norm = size;
      *worst = j;
      PetscFunctionReturn(0);
    }
    if (size > *norm) {
      *norm = size;
      *worst = j;
    }
  }
  end->global[GLOBAL_PRESSURE] += it->update.pressure;
  *end->bearing += it->update.bearing;
  *end->potential += it->update.current;
  if (m->contact->uses_needle) {
    *norm = fmax(*norm, fabs(it->update.pressure) / IntegratorPressureScale(m));
    *norm = fmax(*norm, fabs(it->update.bearing) / *end->bearing);
  }
  /* Charge, displacement and radius follow from the currents alone. */
  ElectrodeGlobalRates(it->electrode, end, mean_current, approach + it->update.approach, rate);
  for (int k = GLOBAL_LOG_RADIUS; k <= GLOBAL_APPROACHED; k++) {
    end->global[k] = it->global_known[k] + gamma_dt * rate[k];
  }
  *norm = fmax(*norm, fabs(it->update.current) / (fabs(*end->potential) + 1e-3));
  if (it->electrode->closing) {
    PetscCall(ElectrodeEnterClosing(it->electrode, control, gamma_dt, it->global_known, end, &it->closing, &change));
    *norm = fmax(*norm, change);
  }
  rest = rate[GLOBAL_CHARGE] - beside;
  if (control->is_current) {
    const PetscBool takes_rest = it->electrode->shares_current && it->closing.follows ? PETSC_TRUE : PETSC_FALSE;
    it->held = HoldsCurrent(it, control, end, mean_current, takes_rest ? &rest : NULL, largest, norm);
  }
  *norm /= tolerance;
  PetscFunctionReturn(0);
}

/* u after an update: from the operator where that is cheap, from the linearised equations where it is a solve of all
 * cells. */
static PetscErrorCode UpdatePotential(Integrator it, ElectrodeState *end) {
  const ElectrodeModel *m = &it->electrode->model;
  const int local = m->contact->local_count;

  PetscFunctionBeginUser;
  if (!m->path->by_solve || end->global[GLOBAL_LOG_RADIUS] != 0.0) {
    PetscCall(IntegratorStagePotential(it, end));
    PetscFunctionReturn(0);
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    const RingDerivatives *d = &it->jacobian.ring[j];
    double change = it->residual[j] + it->update.current - d->eta_i * it->update.electrical[j] -
                    d->eta_p * it->update.pressure - d->eta_s * it->update.bearing;
    for (int k = 0; k < local; k++) {
      change -= d->eta_x[k] * it->update.local[j * local + k];
    }
    end->ring_potential[j] += change;
  }
  PetscFunctionReturn(0);
}

/* The path's residuals at the new iterate join the size of the update; *stale: its linearisation has aged; *limited: a
   link was moved along its law, not along its tangent. */
static PetscErrorCode InsideNorm(Integrator it, const ElectrodeState *end, double *norm, PetscBool *stale,
                                 PetscBool *limited, PetscInt *worst) {
  const Path path = it->electrode->model.path;
  double largest = it->start_current + 1e-6, error;
  PetscInt ring = *worst;

  PetscFunctionBeginUser;
  *stale = *limited = PETSC_FALSE;
  if (!path->state_size) {
    PetscFunctionReturn(0);
  }
  for (PetscInt j = 0; j < path->rings; j++) {
    largest = fmax(largest, fabs(end->current[j]));
  }
  error = PathError(path, largest, &ring);
  *limited = error >= 1.0 ? PETSC_TRUE : PETSC_FALSE;
  error /= it->options.tolerance;
  if (!(error <= *norm)) {
    *norm = error;
    *worst = ring;
  }
  *stale = PathStaleness(path, largest, end->path) > stale_slopes ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* What the last update tells. */
typedef enum { NEWTON_GOES_ON, NEWTON_IS_SLOW, NEWTON_HAS_CONVERGED, NEWTON_FAILS } NewtonVerdict;

/* `norm`, `last`: size of this update and the one before; `since`: iterations with the present kind of Jacobian;
   `renewed`: how often a Jacobian that serves all stages was renewed in this one. */
static NewtonVerdict JudgeUpdate(const Integrator it, double norm, double last, PetscInt since, PetscInt renewed) {
  const double accuracy = it->options.newton_tolerance, rate = norm / last;
  /* of the error that is left: the method converges quadratically where every iterate is differentiated */
  const double left = it->every_iterate ? norm * rate * rate : norm * rate / (1.0 - rate);

  /* diverges: a shorter step is cheaper than more iterations */
  if (!(norm < 1e12) || (since > 1 && norm > (renewed < 2 ? 100.0 : 2.0) * last)) {
    return NEWTON_FAILS;
  }
  if (norm <= 0.1 * accuracy || (since > 1 && rate < 0.9 && left <= accuracy && it->held)) {
    return NEWTON_HAS_CONVERGED;
  }
  if (it->every_iterate) {
    return since >= most_iterations ? NEWTON_FAILS : NEWTON_GOES_ON;
  }
  if (since > 1 && (rate > 0.3 || since > 6)) {
    return renewed >= 4 ? NEWTON_FAILS : NEWTON_IS_SLOW;
  }
  return NEWTON_GOES_ON;
}

/* Newton's method for one stage: with the derivatives at every iterate, or simplified, with one Jacobian for all stages
   as long as that converges fast. */
PetscErrorCode IntegratorSolveStage(Integrator it, const ElectrodeState *start, const Control *control, double dt,
                                    int stage, ElectrodeState *end, StepResult *result) {
  const double gamma_dt = it->tableau->gamma * dt;
  double norm = 0.0, last = 0.0;
  PetscInt renewed = 0, extra = 0;
  PetscBool stale = PETSC_FALSE, limited = PETSC_FALSE;
  NewtonVerdict verdict = NEWTON_GOES_ON;

  PetscFunctionBeginUser;
  result->converged = PETSC_FALSE;
  Predict(it, start, control, dt, stage, end);
  if (it->electrode->closing) {
    PetscCall(EnterClosing(it, start, control, gamma_dt, end));
  }
  PetscCall(ElectrodeSetConditions(it->electrode, *end->time, end->global[GLOBAL_LOG_RADIUS]));
  PetscCall(IntegratorStagePotential(it, end));
  for (PetscInt iteration = 1, since = 1; iteration <= 16; iteration++, since++) {
    const PetscBool renew = it->every_iterate || verdict == NEWTON_IS_SLOW ? PETSC_TRUE : PETSC_FALSE;

    PetscCall(EvaluateLaws(it, end, renew));
    it->jacobian_ready = it->jacobian_ready && !renew ? PETSC_TRUE : PETSC_FALSE;
    if (renew || stale) {
      PetscBool regular;
      ProfileEventCall(PROFILE_FACTOR, RingJacobianFactor(it->electrode, gamma_dt, end->global[GLOBAL_LOG_RADIUS],
                                                          it->free_drive, &it->jacobian, &regular));
      result->factorisations++;
      if (!regular) {
        PetscFunctionReturn(0);
      }
    }
    StageResidual(it, control, gamma_dt, end);
    result->iterations++;
    ProfileEventCall(PROFILE_SOLVE, RingJacobianSolve(it->electrode, &it->jacobian, &it->update));
    PetscCall(PathMove(it->electrode->model.path, 1.0, PETSC_TRUE, end->path, end->path));
    PetscCall(ApplyUpdate(it, control, gamma_dt, it->responses.mean_approach, end, &norm, &result->worst_ring));
    if (it->electrode->model.sei_grows && end->global[GLOBAL_LOG_RADIUS] != start->global[GLOBAL_LOG_RADIUS]) {
      PetscCall(
          ElectrodeSetConditions(it->electrode, *end->time, end->global[GLOBAL_LOG_RADIUS])); /* the edge has moved */
    }
    PetscCall(UpdatePotential(it, end));
    PetscCall(InsideNorm(it, end, &norm, &stale, &limited, &result->worst_ring));
    result->residual = norm;
    PetscCall(MonitorNewton(it->electrode->newton_monitor, stage, iteration, norm));
    if (limited && norm < 1e12) { /* says nothing about the rate of convergence */
      since = 0;
    }
    verdict = JudgeUpdate(it, norm, last, since, renewed);
    if (verdict == NEWTON_FAILS) {
      PetscFunctionReturn(0);
    }
    if (verdict == NEWTON_HAS_CONVERGED) {
      if (PathImbalance(it->electrode->model.path) <= balanced || extra++ >= balancing) {
        result->converged = PETSC_TRUE;
        break;
      }
      stale = PETSC_FALSE;
    }
    if (verdict == NEWTON_IS_SLOW) { /* differentiate again at the present iterate */
      renewed++;
      since = 0;
    }
    last = norm;
  }
  if (it->keeps_stages && result->converged) {
    PetscCall(ElectrodeStateCopy(end, &it->stage_state[stage]));
  }
  for (PetscInt k = 0; k < it->size && result->converged; k++) {
    it->slopes[stage * it->size + k] = (end->x[k] - it->known[k]) / gamma_dt;
  }
  for (PetscInt k = 0; k < it->evolving; k++) {
    it->global_slopes[stage * it->evolving + k] = (end->global[k] - it->global_known[k]) / gamma_dt;
  }
  PetscCall(PetscArraycpy(it->stage_path + stage * it->electrode->model.path->state_size, end->path,
                          it->electrode->model.path->state_size));
  PetscCall(
      PetscArraycpy(it->stage_current + stage * it->electrode->model.rings, end->current, it->electrode->model.rings));
  PetscFunctionReturn(0);
}
