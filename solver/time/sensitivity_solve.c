/* The linearised equations of a stage or an instant, and their solution for one parameter.

   The Jacobian of the integrator (ring_jacobian.h) has the rings, p, S and V. The radius of a growing contact, which
   the integrator iterates, is eliminated here: z = z0 + z_L dL, L = ln(a/a0), and L and the charge, which is all that
   its rate depends on besides the current, are the unknowns of two equations. */
#include "sensitivity_private.h"

static const double radius_step = 1e-7; /* of ln(a/a0), in differences */

PetscErrorCode SensitivityTermsCreate(PetscInt rings, PetscInt size, Terms *terms) {
  PetscFunctionBeginUser;
  PetscCall(
      PetscCalloc3(size, &terms->responses.rates, rings, &terms->responses.overpotential, rings, &terms->potential));
  PetscFunctionReturn(0);
}

PetscErrorCode SensitivityTermsDestroy(Terms *terms) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(terms->responses.rates, terms->responses.overpotential, terms->potential));
  PetscFunctionReturn(0);
}

PetscErrorCode SensitivityDirectionCreate(PetscInt rings, PetscInt size, Direction *direction) {
  StageUpdate *u = &direction->update;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(size, &u->local, rings, &u->electrical, rings, &u->ring_current));
  PetscFunctionReturn(0);
}

PetscErrorCode SensitivityDirectionDestroy(Direction *direction) {
  StageUpdate *u = &direction->update;

  PetscFunctionBeginUser;
  PetscCall(PetscFree3(u->local, u->electrical, u->ring_current));
  PetscFunctionReturn(0);
}

static double MeanCurrent(const ElectrodeModel *m, const double current[]) {
  double mean = 0.0;

  for (PetscInt j = 0; j < m->rings; j++) {
    mean += m->area_share[j] * current[j];
  }
  return mean;
}

/* The terms of an electrode at a state with the conditions of `time` and ln(a/a0); what it has in common with the base
   (laws or path are false) is taken from there. */
static PetscErrorCode Evaluate(Sensitivity s, Electrode e, const ElectrodeState *state, double time, double log_radius,
                               double pressure, PetscBool laws, PetscBool path, Terms *out) {
  const PetscInt rings = e->model.rings;
  ElectrodeState at = *state;
  double global[GLOBAL_COUNT];

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(global, state->global, GLOBAL_COUNT));
  global[GLOBAL_LOG_RADIUS] = log_radius;
  global[GLOBAL_PRESSURE] = pressure;
  at.global = global;
  PetscCall(ElectrodeSetConditions(e, time, log_radius));
  if (laws) {
    PetscCall(
        RingJacobianEvaluate(e, at.x, at.current, pressure, *at.bearing, PETSC_FALSE, &s->jacobian, &out->responses));
  } else {
    PetscCall(PetscArraycpy(out->responses.rates, s->base.responses.rates, s->integrator->size));
    PetscCall(PetscArraycpy(out->responses.overpotential, s->base.responses.overpotential, rings));
    out->responses.mean_approach = s->base.responses.mean_approach;
    out->responses.mean_bearing = s->base.responses.mean_bearing;
  }
  if (path) {
    PetscCall(ElectrodePotentials(e, &at, at.current, at.path, out->potential));
  } else {
    PetscCall(PetscArraycpy(out->potential, s->base.potential, rings));
  }
  out->area = ElectrodeArea(e, log_radius);
  ElectrodeGlobalRates(e, &at, MeanCurrent(&e->model, at.current), out->responses.mean_approach, out->global);
  PetscFunctionReturn(0);
}

/* to = (to - base)/step */
static void Differ(Sensitivity s, double step, Terms *to) {
  const Terms *base = &s->base;

  for (PetscInt n = 0; n < s->integrator->size; n++) {
    to->responses.rates[n] = (to->responses.rates[n] - base->responses.rates[n]) / step;
  }
  for (PetscInt j = 0; j < s->jacobian.rings; j++) {
    to->responses.overpotential[j] = (to->responses.overpotential[j] - base->responses.overpotential[j]) / step;
    to->potential[j] = (to->potential[j] - base->potential[j]) / step;
  }
  to->responses.mean_approach = (to->responses.mean_approach - base->responses.mean_approach) / step;
  to->responses.mean_bearing = (to->responses.mean_bearing - base->responses.mean_bearing) / step;
  to->area = (to->area - base->area) / step;
  for (int k = 0; k < GLOBAL_COUNT; k++) {
    to->global[k] = (to->global[k] - base->global[k]) / step;
  }
}

/* to += factor * terms */
static void Add(Sensitivity s, double factor, const Terms *terms, Terms *to) {
  for (PetscInt n = 0; n < s->integrator->size; n++) {
    to->responses.rates[n] += factor * terms->responses.rates[n];
  }
  for (PetscInt j = 0; j < s->jacobian.rings; j++) {
    to->responses.overpotential[j] += factor * terms->responses.overpotential[j];
    to->potential[j] += factor * terms->potential[j];
  }
  to->responses.mean_approach += factor * terms->responses.mean_approach;
  to->responses.mean_bearing += factor * terms->responses.mean_bearing;
  to->area += factor * terms->area;
  for (int k = 0; k < GLOBAL_COUNT; k++) {
    to->global[k] += factor * terms->global[k];
  }
}

static void Zero(Sensitivity s, Terms *terms) {
  PetscCallVoid(PetscArrayzero(terms->responses.rates, s->integrator->size));
  PetscCallVoid(PetscArrayzero(terms->responses.overpotential, s->jacobian.rings));
  PetscCallVoid(PetscArrayzero(terms->potential, s->jacobian.rings));
  PetscCallVoid(PetscArrayzero(terms->global, GLOBAL_COUNT));
  terms->responses.mean_approach = terms->responses.mean_bearing = terms->area = 0.0;
}

/* The right-hand side from the derivatives `by` of the terms and, unless `drive` is NULL, from what is known. */
static void Load(Sensitivity s, const Equations *at, const Terms *by, const Drive *drive, StageUpdate *u) {
  const Electrode e = s->integrator->electrode;
  const ElectrodeModel *m = &e->model;
  const PetscInt size = s->integrator->size;
  const double h = at->gamma_dt, length = drive ? drive->gamma_length : 0.0, control = drive ? drive->control : 0.0;
  const double *known = drive ? s->known + drive->parameter * size : NULL;
  const double *global = drive ? s->global_known + drive->parameter * s->integrator->evolving : NULL;

  for (PetscInt n = 0; n < size; n++) {
    u->local[n] = -h * by->responses.rates[n] - (drive ? known[n] : 0.0) -
                  (drive && length != 0.0 ? length * drive->slopes[n] : 0.0);
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    u->electrical[j] = -by->potential[j] - by->responses.overpotential[j] + (at->control->is_current ? 0.0 : control);
  }
  u->pressure = -h * by->global[GLOBAL_PRESSURE] - (drive ? global[GLOBAL_PRESSURE] : 0.0) -
                (drive && length != 0.0 ? length * drive->global_slopes[GLOBAL_PRESSURE] : 0.0);
  u->bearing = -by->responses.mean_bearing;
  u->current = control - by->area * MeanCurrent(m, at->state->current);
  u->closing_drive = 0.0;
  u->closing_current = 1.0;
  u->area = s->base.area;
  RingJacobianReduce(e, &s->jacobian, u);
}

/* The rest, with the solution of the path in u->ring_current. */
static void Expand(Sensitivity s, Direction *to) {
  double border[BORDER_MAX] = {0.0};

  RingJacobianExpand(s->integrator->electrode, &s->jacobian, border, &to->update);
  to->mean_current = MeanCurrent(&s->integrator->electrode->model, to->update.electrical);
  to->approach = to->update.approach;
}

/* Partial derivatives of the rate of ln(a/a0) by charge and mean current density. */
static void RadiusPartials(Sensitivity s, const ElectrodeState *state) {
  const Electrode e = s->integrator->electrode;
  const double mean = MeanCurrent(&e->model, state->current), approach = s->base.responses.mean_approach;
  const double charge_step = 1e-6 * e->model.deposit.volume / deposit_faraday_volume(1.0);
  const double current_step = 1e-4 * (fabs(mean) + 1e-3);
  double global[GLOBAL_COUNT], low[GLOBAL_COUNT], high[GLOBAL_COUNT];
  ElectrodeState at = *state;

  PetscCallVoid(PetscArraycpy(global, state->global, GLOBAL_COUNT));
  at.global = global;
  global[GLOBAL_CHARGE] = state->global[GLOBAL_CHARGE] - charge_step;
  ElectrodeGlobalRates(e, &at, mean, approach, low);
  global[GLOBAL_CHARGE] = state->global[GLOBAL_CHARGE] + charge_step;
  ElectrodeGlobalRates(e, &at, mean, approach, high);
  s->radius_by_charge = 0.5 * (high[GLOBAL_LOG_RADIUS] - low[GLOBAL_LOG_RADIUS]) / charge_step;
  ElectrodeGlobalRates(e, state, mean - current_step, approach, low);
  ElectrodeGlobalRates(e, state, mean + current_step, approach, high);
  s->radius_by_current = 0.5 * (high[GLOBAL_LOG_RADIUS] - low[GLOBAL_LOG_RADIUS]) / current_step;
}

PetscErrorCode SensitivityPrepare(Sensitivity s, const Equations *at) {
  const Electrode e = s->integrator->electrode;
  const ElectrodeState *y = at->state;
  const double pressure = y->global[GLOBAL_PRESSURE], radius = y->global[GLOBAL_LOG_RADIUS];
  const double time_step = 1e-6 * (fabs(*y->time) + at->gamma_dt + 1e-3);
  PetscBool regular;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeSetConditions(e, *y->time, radius));
  PetscCall(
      RingJacobianEvaluate(e, y->x, y->current, pressure, *y->bearing, PETSC_TRUE, &s->jacobian, &s->base.responses));
  s->base.area = ElectrodeArea(e, radius);
  ElectrodeGlobalRates(e, y, MeanCurrent(&e->model, y->current), s->base.responses.mean_approach, s->base.global);
  if (s->radius_matters) {
    PetscCall(Evaluate(s, e, y, *y->time, radius + radius_step, pressure, PETSC_FALSE, PETSC_TRUE, &s->by_radius));
    RadiusPartials(s, y);
  }
  if (s->time_matters) {
    PetscCall(Evaluate(s, e, y, *y->time + time_step, radius, pressure, PETSC_TRUE, PETSC_TRUE, &s->by_time));
  }
  PetscCall(ElectrodeSetConditions(e, *y->time, radius)); /* last: a factor may take the slopes of this evaluation */
  PetscCall(ElectrodePotentials(e, y, y->current, y->path, s->base.potential));
  if (s->radius_matters) {
    Differ(s, radius_step, &s->by_radius);
  }
  if (s->time_matters) {
    Differ(s, time_step, &s->by_time);
  }
  PetscCall(RingJacobianFactor(e, at->gamma_dt, radius, at->control->is_current, &s->jacobian, &regular));
  PetscCheck(regular, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT, "The Jacobian of a converged stage is singular");
  if (s->radius_matters) {
    Load(s, at, &s->by_radius, NULL, &s->along_radius.update);
    PetscCall(PathSolve(e->model.path, s->along_radius.update.ring_current));
    Expand(s, &s->along_radius);
  }
  PetscFunctionReturn(0);
}

/* The derivatives of the terms that drive a tangent. */
static PetscErrorCode DrivingTerms(Sensitivity s, const Equations *at, const Drive *drive, double pressure_change,
                                   Terms *to) {
  const ElectrodeState *y = at->state;

  PetscFunctionBeginUser;
  if (drive->parameter < s->count) {
    const SensitivityParameter *p = &s->parameter[drive->parameter];
    PetscCall(Evaluate(s, p->electrode, y, *y->time, y->global[GLOBAL_LOG_RADIUS],
                       y->global[GLOBAL_PRESSURE] + p->step * pressure_change, p->laws, p->path, to));
    Differ(s, p->step, to);
  } else {
    Zero(s, to);
  }
  if (s->time_matters && drive->time != 0.0) {
    Add(s, drive->time, &s->by_time, to);
  }
  PetscFunctionReturn(0);
}

/* Changes of ln(a/a0) and of the charge: y' = known' + gamma dt rate' + gamma dt' rate, a two by two system. */
static void SolveRadius(const Sensitivity s, double h, const Drive *drive, double *radius, double *charge) {
  const Direction *d = &s->direction[drive->parameter], *along = &s->along_radius;
  const double *by = s->work[drive->parameter].global,
               *known = s->global_known + drive->parameter * s->integrator->evolving;
  const double area = s->base.area, length = drive->gamma_length;
  const double of_radius = s->radius_matters ? s->by_radius.global[GLOBAL_LOG_RADIUS] : 0.0;
  const double of_charge = s->radius_matters ? s->by_radius.global[GLOBAL_CHARGE] + area * along->mean_current : 0.0;
  double known_radius = known[GLOBAL_LOG_RADIUS] + h * by[GLOBAL_LOG_RADIUS];
  double known_charge = known[GLOBAL_CHARGE] + h * (by[GLOBAL_CHARGE] + area * d->mean_current);

  if (length != 0.0) {
    known_radius += length * drive->global_slopes[GLOBAL_LOG_RADIUS];
    known_charge += length * drive->global_slopes[GLOBAL_CHARGE];
  }
  *radius = known_radius;
  if (s->radius_matters) {
    const double by_radius = of_radius + s->radius_by_current * along->mean_current;
    *radius = (known_radius + h * (s->radius_by_charge * known_charge + s->radius_by_current * d->mean_current)) /
              (1.0 - h * (by_radius + s->radius_by_charge * h * of_charge));
  }
  *charge = known_charge + h * of_charge * *radius;
}

/* direction += change of the radius * along_radius, and the derivatives of the terms likewise */
static void AddRadius(Sensitivity s, double radius, Direction *direction, Terms *terms) {
  StageUpdate *u = &direction->update;
  const StageUpdate *along = &s->along_radius.update;

  if (!s->radius_matters || radius == 0.0) {
    return;
  }
  for (PetscInt n = 0; n < s->integrator->size; n++) {
    u->local[n] += radius * along->local[n];
  }
  for (PetscInt j = 0; j < s->jacobian.rings; j++) {
    u->electrical[j] += radius * along->electrical[j];
  }
  u->pressure += radius * along->pressure;
  u->bearing += radius * along->bearing;
  u->current += radius * along->current;
  direction->mean_current += radius * s->along_radius.mean_current;
  direction->approach += radius * s->along_radius.approach;
  Add(s, radius, &s->by_radius, terms);
}

PetscErrorCode SensitivitySolve(Sensitivity s, const Equations *at, PetscInt count, const Drive drive[]) {
  const ElectrodeModel *m = &s->integrator->electrode->model;
  const PetscInt rings = m->rings;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < count; k++) {
    const double *known = s->global_known + drive[k].parameter * s->integrator->evolving;
    StageUpdate *u = &s->direction[drive[k].parameter].update;
    PetscCall(DrivingTerms(s, at, &drive[k], m->contact->uses_needle ? 0.0 : known[GLOBAL_PRESSURE],
                           &s->work[drive[k].parameter]));
    Load(s, at, &s->work[drive[k].parameter], &drive[k], u);
    PetscCall(PetscArraycpy(s->right + k * rings, u->ring_current, rings));
  }
  PetscCall(PathSolveBorder(m->path, count, s->right));
  for (PetscInt k = 0; k < count; k++) {
    Direction *direction = &s->direction[drive[k].parameter];
    PetscCall(PetscArraycpy(direction->update.ring_current, s->right + k * rings, rings));
    Expand(s, direction);
  }
  PetscFunctionReturn(0);
}

/* u = V - eta */
static void RingPotentials(const Sensitivity s, const Terms *terms, const StageUpdate *u, ElectrodeState *tangent) {
  const ElectrodeModel *m = &s->integrator->electrode->model;
  const int local = m->contact->local_count;

  for (PetscInt j = 0; j < m->rings; j++) {
    const RingDerivatives *d = &s->jacobian.ring[j];
    double eta = terms->responses.overpotential[j] + d->eta_i * u->electrical[j] +
                 d->eta_p * tangent->global[GLOBAL_PRESSURE] + d->eta_s * u->bearing;
    for (int k = 0; k < local; k++) {
      eta += d->eta_x[k] * u->local[j * local + k];
    }
    tangent->ring_potential[j] = *tangent->potential - eta;
  }
}

void SensitivityTake(Sensitivity s, const Equations *at, const Drive *drive, ElectrodeState *tangent) {
  const ElectrodeModel *m = &s->integrator->electrode->model;
  const double h = at->gamma_dt, *known = s->global_known + drive->parameter * s->integrator->evolving;
  Direction *direction = &s->direction[drive->parameter];
  Terms *terms = &s->work[drive->parameter];
  const StageUpdate *u = &direction->update;
  double radius, charge;

  SolveRadius(s, h, drive, &radius, &charge);
  AddRadius(s, radius, direction, terms);
  PetscCallVoid(PetscArraycpy(tangent->x, u->local, s->integrator->size));
  PetscCallVoid(PetscArraycpy(tangent->current, u->electrical, m->rings));
  *tangent->bearing = u->bearing;
  *tangent->potential = at->control->is_current ? u->current : drive->control;
  tangent->global[GLOBAL_PRESSURE] = m->contact->uses_needle ? u->pressure : known[GLOBAL_PRESSURE];
  tangent->global[GLOBAL_LOG_RADIUS] = radius;
  tangent->global[GLOBAL_CHARGE] = charge;
  tangent->global[GLOBAL_DISPLACEMENT] =
      known[GLOBAL_DISPLACEMENT] + h * (direction->approach + terms->global[GLOBAL_DISPLACEMENT]);
  tangent->global[GLOBAL_APPROACHED] =
      known[GLOBAL_APPROACHED] + h * (s->base.area * direction->approach + terms->global[GLOBAL_APPROACHED]);
  for (int k = GLOBAL_DISPLACEMENT; k <= GLOBAL_APPROACHED && drive->gamma_length != 0.0; k++) {
    tangent->global[k] += drive->gamma_length * drive->global_slopes[k];
  }
  RingPotentials(s, terms, u, tangent);
}

void SensitivityRates(Sensitivity s, PetscInt parameter, ElectrodeState *tangent) {
  const ElectrodeModel *m = &s->integrator->electrode->model;
  const int local = m->contact->local_count;
  const Direction *direction = &s->direction[parameter];
  const Terms *terms = &s->work[parameter];
  const double p = tangent->global[GLOBAL_PRESSURE], area = s->base.area, *by = terms->global;
  double *rate = tangent->global_rate;

  for (PetscInt j = 0; j < m->rings; j++) {
    const RingDerivatives *d = &s->jacobian.ring[j];
    for (int k = 0; k < local; k++) {
      double sum = terms->responses.rates[j * local + k] + d->rate_i[k] * tangent->current[j] + d->rate_p[k] * p +
                   d->rate_s[k] * *tangent->bearing;
      for (int l = 0; l < local; l++) {
        sum += d->rate_x[k][l] * tangent->x[j * local + l];
      }
      tangent->x_rate[j * local + k] = sum;
    }
  }
  rate[GLOBAL_PRESSURE] = by[GLOBAL_PRESSURE];
  if (m->contact->uses_needle) {
    rate[GLOBAL_PRESSURE] += s->jacobian.pressure_rate_p * p + s->jacobian.pressure_rate_u * direction->approach;
  }
  rate[GLOBAL_LOG_RADIUS] = by[GLOBAL_LOG_RADIUS];
  if (s->radius_matters) {
    rate[GLOBAL_LOG_RADIUS] +=
        s->radius_by_charge * tangent->global[GLOBAL_CHARGE] + s->radius_by_current * direction->mean_current;
  }
  rate[GLOBAL_CHARGE] = by[GLOBAL_CHARGE] + area * direction->mean_current;
  rate[GLOBAL_DISPLACEMENT] = by[GLOBAL_DISPLACEMENT] + direction->approach;
  rate[GLOBAL_APPROACHED] = by[GLOBAL_APPROACHED] + area * direction->approach;
}
