#include "electrode.h"
#include "../physics/constants.h"
#include "error_capture.h"

double ControlValue(const Control *control, double time) {
  return control->start_value + control->rate * (time - control->start_time);
}

PetscErrorCode ElectrodeCreate(const ElectrodeModel *model, Electrode *electrode) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(electrode));
  (*electrode)->model = *model;
  PetscCall(PetscMalloc1(model->rings, &(*electrode)->conditions.sei_thickness));
  (*electrode)->ages.capacity = 64;
  PetscCall(PetscMalloc2(64, &(*electrode)->ages.time, 64, &(*electrode)->ages.radius));
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeDestroy(Electrode *electrode) {
  PetscFunctionBeginUser;
  if (!*electrode) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscFree((*electrode)->conditions.sei_thickness));
  PetscCall(PetscFree2((*electrode)->ages.time, (*electrode)->ages.radius));
  PetscCall(PetscFree(*electrode));
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeStateCreate(Electrode electrode, ElectrodeState *state) {
  const PetscInt rings = electrode->model.rings, local = electrode->model.contact->local_count;
  double *next;

  PetscFunctionBeginUser;
  state->size = 3 + 2 * GLOBAL_COUNT + (2 * local + 3) * rings;
  PetscCall(PetscCalloc1(state->size, &state->data));
  next = state->data;
  state->time = next++;
  state->potential = next++;
  state->bearing = next++;
  state->global = next;
  state->global_rate = next += GLOBAL_COUNT;
  state->x = next += GLOBAL_COUNT;
  state->x_rate = next += local * rings;
  state->current = next += local * rings;
  state->current_rate = next += rings;
  state->bulk_potential = next + rings;
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeStateCopy(const ElectrodeState *from, ElectrodeState *to) {
  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(to->data, from->data, from->size));
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeStateDestroy(ElectrodeState *state) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(state->data));
  state->size = 0;
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeInitialState(Electrode electrode, ElectrodeState *state) {
  const ElectrodeModel *m = &electrode->model;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(state->data, state->size));
  state->global[GLOBAL_PRESSURE] = m->needle.pressure;
  for (PetscInt j = 0; j < m->rings; j++) {
    m->contact->initial(m->contact_parameters, &m->ring[j], state->x + j * m->contact->local_count);
  }
  electrode->ages.count = 0;
  PetscCall(ElectrodeRecordAge(electrode, state));
  PetscFunctionReturn(0);
}

double ElectrodeRadius(Electrode electrode, double log_radius) {
  return electrode->model.initial_radius * exp(log_radius);
}

double ElectrodeArea(Electrode electrode, double log_radius) {
  const double radius = ElectrodeRadius(electrode, log_radius);
  return PI * radius * radius;
}

/* Time between t0 and t1 at which a contact that grew from r0 to r1 had the radius r. The volume grows linearly in time
   at a constant current and r^(2/alpha) with it (deposit.c), so this is exact for one while alpha is constant. */
static double PassingTime(const Deposit *deposit, double t0, double r0, double t1, double r1, double r) {
  const double alpha = 0.5 * (deposit_growth_exponent(deposit, r0) + deposit_growth_exponent(deposit, r1));
  const double exponent = 2.0 / fmax(alpha, 1e-3);
  return t0 + (t1 - t0) * (pow(r / r0, exponent) - 1.0) / (pow(r1 / r0, exponent) - 1.0);
}

/* Time at which the contact edge passed `radius`: between two accepted steps, or between the last one and the present
 * [s], [m]. */
static double ContactTime(Electrode electrode, double present, double present_radius, double radius) {
  const ContactAges *ages = &electrode->ages;
  const Deposit *deposit = &electrode->model.deposit;
  PetscInt low = 0, high = ages->count - 1;

  if (radius <= ages->radius[0]) {
    return ages->time[0];
  }
  if (radius >= ages->radius[high]) {
    return present_radius > ages->radius[high]
               ? PassingTime(deposit, ages->time[high], ages->radius[high], present, present_radius, radius)
               : ages->time[high];
  }
  while (high - low > 1) {
    const PetscInt middle = (low + high) / 2;
    if (ages->radius[middle] <= radius) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return PassingTime(deposit, ages->time[low], ages->radius[low], ages->time[high], ages->radius[high], radius);
}

PetscErrorCode ElectrodeAddAge(Electrode electrode, double at, double log_radius) {
  ContactAges *ages = &electrode->ages;
  const double radius = ElectrodeRadius(electrode, log_radius);

  PetscFunctionBeginUser;
  if (ages->count > 0 && radius <= ages->radius[ages->count - 1]) {
    PetscFunctionReturn(0); /* the footprint stays while stripping */
  }
  if (ages->count == ages->capacity) {
    const PetscInt larger = 2 * ages->capacity;
    double *time, *radii;
    PetscCall(PetscMalloc2(larger, &time, larger, &radii));
    PetscCall(PetscArraycpy(time, ages->time, ages->count));
    PetscCall(PetscArraycpy(radii, ages->radius, ages->count));
    PetscCall(PetscFree2(ages->time, ages->radius));
    ages->time = time;
    ages->radius = radii;
    ages->capacity = larger;
  }
  ages->time[ages->count] = at;
  ages->radius[ages->count++] = radius;
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeRecordAge(Electrode electrode, const ElectrodeState *state) {
  PetscFunctionBeginUser;
  PetscCall(ElectrodeAddAge(electrode, *state->time, state->global[GLOBAL_LOG_RADIUS]));
  PetscFunctionReturn(0);
}

/* SEI thickness at the radius ratio rho of a contact of the given radius [m]. */
static double SeiThickness(Electrode electrode, double time, double radius, double rho) {
  const ElectrodeModel *m = &electrode->model;
  if (!m->sei_grows) {
    return m->sei.initial_thickness;
  }
  return wagner_sei_thickness(&m->sei, m->temperature,
                              fmax(0.0, time - ContactTime(electrode, time, radius, rho * radius)));
}

PetscErrorCode ElectrodeSetConditions(Electrode electrode, double time, double log_radius) {
  const ElectrodeModel *m = &electrode->model;
  const double radius = ElectrodeRadius(electrode, log_radius);

  PetscFunctionBeginUser;
  electrode->conditions.grain_size = grain_growth_size(&m->grain_growth, m->temperature, time);
  for (PetscInt j = 0; j < m->rings; j++) {
    electrode->conditions.sei_thickness[j] = SeiThickness(electrode, time, radius, m->ring[j].radius_ratio);
  }
  PetscFunctionReturn(0);
}

double ElectrodeSeiCharge(Electrode electrode, const ElectrodeState *state) {
  const ElectrodeModel *m = &electrode->model;
  const double log_radius = state->global[GLOBAL_LOG_RADIUS], radius = ElectrodeRadius(electrode, log_radius);
  double mean = 0.0;

  if (!m->sei_grows) {
    return 0.0;
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    mean += m->area_share[j] *
            (SeiThickness(electrode, *state->time, radius, m->ring[j].radius_ratio) - m->sei.initial_thickness);
  }
  return wagner_sei_charge(&m->sei, mean) * ElectrodeArea(electrode, log_radius);
}

double ElectrodeLithiumVolume(Electrode electrode, const ElectrodeState *state) {
  return electrode->model.deposit.volume -
         LITHIUM_VOLUME_PER_CHARGE * (state->global[GLOBAL_CHARGE] + ElectrodeSeiCharge(electrode, state));
}

void ElectrodeRing(Electrode electrode, PetscInt ring, const double x[], double current_density, double pressure,
                   double bearing, RingResponse *response) {
  const ElectrodeModel *m = &electrode->model;
  const ContactRing *place = &m->ring[ring];
  const ContactOpening opening = m->contact->opening(m->contact_parameters, x);
  InterfaceConditions interface = {.temperature = m->temperature,
                                   .sei_thickness = electrode->conditions.sei_thickness[ring]};
  ContactDrive drive = {.current_density = current_density,
                        .load = pressure,
                        .creep = &m->creep,
                        .creep_state = {m->temperature, electrode->conditions.grain_size}};
  double slope;

  response->contact_fraction = opening.contact_fraction;
  response->bearing = place->pressure_profile * opening.bearing_fraction;
  /* laws that do not share the needle's load bear it where they touch */
  drive.stress =
      needle_contact_stress(pressure, place->adhesion, place->pressure_profile,
                            m->contact->uses_needle ? bearing : opening.bearing_fraction, &drive.driven_stress);
  response->stress = drive.stress;
  interface.normal_stress = drive.stress;
  response->overpotential =
      kinetics_series_overpotential(&m->kinetics, &interface, current_density / opening.contact_fraction, &slope);
  response->overpotential_slope = slope / opening.contact_fraction;
  drive.overpotential = response->overpotential;
  response->approach = m->contact->rates(m->contact_parameters, place, x, &opening, &drive, response->rates);
}

void ElectrodeGlobalRates(Electrode electrode, const double global[], double mean_current, double mean_approach,
                          double rate[]) {
  const ElectrodeModel *m = &electrode->model;
  const double area = ElectrodeArea(electrode, global[GLOBAL_LOG_RADIUS]);
  const double volume = m->deposit.volume - LITHIUM_VOLUME_PER_CHARGE * global[GLOBAL_CHARGE];

  rate[GLOBAL_PRESSURE] =
      m->contact->uses_needle ? needle_pressure_rate(&m->needle, global[GLOBAL_PRESSURE], mean_approach) : 0.0;
  rate[GLOBAL_LOG_RADIUS] = deposit_log_radius_rate(&m->deposit, ElectrodeRadius(electrode, global[GLOBAL_LOG_RADIUS]),
                                                    volume, -LITHIUM_VOLUME_PER_CHARGE * area * mean_current);
  rate[GLOBAL_CHARGE] = area * mean_current;
  rate[GLOBAL_DISPLACEMENT] = mean_approach;
}

double ElectrodeMeanBearing(Electrode electrode, const double x[]) {
  const ElectrodeModel *m = &electrode->model;
  double mean = 0.0;

  for (PetscInt j = 0; j < m->rings; j++) {
    mean += m->area_share[j] * m->ring[j].pressure_profile *
            m->contact->opening(m->contact_parameters, x + j * m->contact->local_count).bearing_fraction;
  }
  return mean;
}

/* Workspace of the algebraic solve. */
typedef struct {
  double *current, *trial; /* [A/m^2] */
  double *injected;        /* [A] */
  double *potential;       /* [V] u */
  double *residual;        /* [V] V - u - eta */
  double *film;            /* [Ohm] */
  double *solve;           /* 2*rings */
} AlgebraicWork;

/* Residuals V - u - eta and film resistances at the currents `i`. */
static PetscErrorCode AlgebraicResidual(Electrode electrode, const ElectrodeState *state, double potential,
                                        const double i[], AlgebraicWork *work) {
  const ElectrodeModel *m = &electrode->model;
  const double area = ElectrodeArea(electrode, state->global[GLOBAL_LOG_RADIUS]);
  const double scale = exp(-state->global[GLOBAL_LOG_RADIUS]);
  RingResponse response;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < m->rings; j++) {
    work->injected[j] = area * m->area_share[j] * i[j];
  }
  PetscCall(BulkPotential(m->bulk, work->injected, work->potential));
  for (PetscInt j = 0; j < m->rings; j++) {
    work->potential[j] *= scale;
    ElectrodeRing(electrode, j, state->x + j * m->contact->local_count, i[j], state->global[GLOBAL_PRESSURE],
                  *state->bearing, &response);
    work->residual[j] = potential - work->potential[j] - response.overpotential;
    work->film[j] = response.overpotential_slope / (area * m->area_share[j] * scale);
  }
  PetscFunctionReturn(0);
}

/* One attempt of Newton's method from the currents in work->current. The problem is the minimum of a convex function (Z
   is positive definite, every law increases), so a line search on its derivative makes the method converge from
   anywhere. */
static PetscErrorCode AlgebraicNewton(Electrode electrode, const Control *control, double *potential,
                                      const ElectrodeState *state, AlgebraicWork *work, PetscBool *converged) {
  const ElectrodeModel *m = &electrode->model;
  const PetscInt rings = m->rings;
  const double area = ElectrodeArea(electrode, state->global[GLOBAL_LOG_RADIUS]);
  const double scale = exp(-state->global[GLOBAL_LOG_RADIUS]);
  const double value = ControlValue(control, *state->time);
  double *step = work->solve, *border = work->solve + rings;

  PetscFunctionBeginUser;
  *converged = PETSC_FALSE;
  PetscCall(AlgebraicResidual(electrode, state, *potential, work->current, work));
  for (int iteration = 1; iteration <= 60; iteration++) {
    double total = 0.0, response = 0.0, particular = 0.0, change = 0.0, slope0 = 0.0, largest = 0.0, update = 0.0;
    double fraction = 1.0;

    electrode->algebraic_iterations = iteration;
    PetscCall(BulkFactor(m->bulk, work->film));
    for (PetscInt j = 0; j < rings; j++) {
      step[j] = work->residual[j] / scale;
      border[j] = 1.0 / scale;
      total += area * m->area_share[j] * work->current[j];
    }
    PetscCall(BulkSolve(m->bulk, control->is_current ? 2 : 1, work->solve));
    if (control->is_current) {
      for (PetscInt j = 0; j < rings; j++) {
        particular += step[j];
        response += border[j];
      }
      change = (value - total - particular) / response;
      for (PetscInt j = 0; j < rings; j++) {
        step[j] += change * border[j];
      }
    }
    for (PetscInt j = 0; j < rings; j++) {
      slope0 += step[j] * (work->residual[j] + change);
      largest = fmax(largest, fabs(work->current[j] + step[j] / (area * m->area_share[j])));
      update = fmax(update, fabs(step[j]) / (area * m->area_share[j]));
    }
    for (int search = 0; search < 40; search++) {
      double slope = 0.0;
      for (PetscInt j = 0; j < rings; j++) {
        work->trial[j] = work->current[j] + fraction * step[j] / (area * m->area_share[j]);
      }
      PetscCall(AlgebraicResidual(electrode, state, *potential + fraction * change, work->trial, work));
      for (PetscInt j = 0; j < rings; j++) {
        slope += step[j] * work->residual[j];
      }
      if (!(slope < -0.5 * fabs(slope0)) || update <= 1e-10 * largest) { /* not far beyond the minimum */
        break;
      }
      fraction *= fmax(0.1, slope0 / (slope0 - slope));
    }
    PetscCall(PetscArraycpy(work->current, work->trial, rings));
    *potential += fraction * change;
    if (!isfinite(update) || !isfinite(*potential)) {
      PetscFunctionReturn(0);
    }
    /* The method converges quadratically: after an update of 1e-7 the error is near rounding. */
    if (fraction >= 1.0 && update <= 1e-7 * largest + 1e-14) {
      *converged = PETSC_TRUE;
      PetscFunctionReturn(0);
    }
  }
  PetscFunctionReturn(0);
}

/* All rates at a state whose algebraic part is solved. */
static PetscErrorCode EvaluateRates(Electrode electrode, ElectrodeState *state) {
  const ElectrodeModel *m = &electrode->model;
  const int local = m->contact->local_count;
  double mean_current = 0.0, mean_approach = 0.0;
  RingResponse response;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < m->rings; j++) {
    ElectrodeRing(electrode, j, state->x + j * local, state->current[j], state->global[GLOBAL_PRESSURE],
                  *state->bearing, &response);
    PetscCall(PetscArraycpy(state->x_rate + j * local, response.rates, local));
    mean_current += m->area_share[j] * state->current[j];
    mean_approach += m->area_share[j] * response.approach;
  }
  ElectrodeGlobalRates(electrode, state->global, mean_current, mean_approach, state->global_rate);
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeSolveAlgebraic(Electrode electrode, const Control *control, ElectrodeState *state,
                                       PetscBool *converged) {
  const PetscInt rings = electrode->model.rings, columns = 2 * rings;
  double potential = 0.0;
  AlgebraicWork work;
  ErrorCapture capture;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc7(rings, &work.current, rings, &work.trial, rings, &work.injected, rings, &work.potential, rings,
                         &work.residual, rings, &work.film, columns, &work.solve));
  PetscCall(BulkRestart(electrode->model.bulk));
  PetscCall(ElectrodeSetConditions(electrode, *state->time, state->global[GLOBAL_LOG_RADIUS]));
  *state->bearing = ElectrodeMeanBearing(electrode, state->x);
  *converged = PETSC_FALSE;
  for (int attempt = 0; attempt < 2 && !*converged; attempt++) { /* from the last currents, then from rest */
    for (PetscInt j = 0; j < rings; j++) {
      work.current[j] = attempt == 0 ? state->current[j] : 0.0;
    }
    potential = control->is_current ? (attempt == 0 ? *state->potential : 0.0) : ControlValue(control, *state->time);
    PetscCall(ErrorCaptureBegin(&capture));
    code = AlgebraicNewton(electrode, control, &potential, state, &work, converged);
    PetscCall(ErrorCaptureEnd());
    PetscCheck(!code || ErrorIsNumerical(code), PETSC_COMM_SELF, code, "%s", capture.message);
    *converged = code ? PETSC_FALSE : *converged;
  }
  if (*converged) {
    *state->potential = potential;
    PetscCall(PetscArraycpy(state->current, work.current, rings));
    PetscCall(PetscArraycpy(state->bulk_potential, work.potential, rings));
    PetscCall(PetscArrayzero(state->current_rate, rings));
    PetscCall(EvaluateRates(electrode, state));
  }
  PetscCall(PetscFree7(work.current, work.trial, work.injected, work.potential, work.residual, work.film, work.solve));
  PetscFunctionReturn(0);
}
