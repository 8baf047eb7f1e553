#include "electrode.h"
#include "../../physics/constants.h"
#include "../monitor/profile.h"
#include "electrode_private.h"

double ControlValue(const Control *control, double time) {
  return control->start_value + control->rate * (time - control->start_time);
}

PetscErrorCode ElectrodeCreate(const ElectrodeModel *model, Electrode *electrode) {
  PetscFunctionBeginUser;
  PetscCall(ProfileRegister());
  PetscCall(PetscNew(electrode));
  (*electrode)->model = *model;
  PetscCall(PetscMalloc3(model->rings, &(*electrode)->conditions.sei_thickness, model->rings, &(*electrode)->injected,
                         model->rings, &(*electrode)->opening));
  PetscCall(ElectrodePartsCheck(*electrode));
  PetscCall(ElectrodeLayoutCreate(model, (*electrode)->closing ? PETSC_TRUE : PETSC_FALSE, &(*electrode)->layout));
  PetscCall(PetscCalloc1(2 * (size_t)(*electrode)->layout.evolving, &(*electrode)->work));
  (*electrode)->ages.capacity = 64;
  PetscCall(PetscMalloc2(64, &(*electrode)->ages.time, 64, &(*electrode)->ages.radius));
  PetscFunctionReturn(0);
}

PetscErrorCode ElectrodeDestroy(Electrode *electrode) {
  PetscFunctionBeginUser;
  if (!*electrode) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscFree3((*electrode)->conditions.sei_thickness, (*electrode)->injected, (*electrode)->opening));
  PetscCall(PetscFree2((*electrode)->ages.time, (*electrode)->ages.radius));
  PetscCall(StateLayoutDestroy(&(*electrode)->layout));
  PetscCall(PetscFree((*electrode)->work));
  PetscCall(PetscFree(*electrode));
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
  for (PetscInt p = 0; p < m->part_count; p++) {
    if (m->part[p]->initial) {
      m->part[p]->initial(m->part[p], state);
    }
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
         LITHIUM_VOLUME_PER_CHARGE * (state->global[GLOBAL_CHARGE] + ElectrodeSeiCharge(electrode, state)) -
         ElectrodePartVolume(electrode, state);
}

ContactOpening ElectrodeRingOpening(Electrode electrode, const double x[]) {
  return electrode->model.contact->opening(electrode->model.contact_parameters, x);
}

double ElectrodeRingStress(Electrode electrode, PetscInt ring, const ContactOpening *opening, double pressure,
                           double bearing) {
  const ElectrodeModel *m = &electrode->model;
  const ContactRing *place = &m->ring[ring];
  double driven;

  return needle_contact_stress(needle_driving_pressure(&m->needle, pressure), place->adhesion, place->pressure_profile,
                               m->contact->uses_needle ? bearing : opening->bearing_fraction, &driven);
}

void ElectrodeRingLoad(Electrode electrode, PetscInt ring, const ContactOpening *opening, double pressure,
                       double bearing, RingLoad *load) {
  const ElectrodeModel *m = &electrode->model;
  const ContactRing *place = &m->ring[ring];
  const CreepConditions creep = {m->temperature, electrode->conditions.grain_size};
  /* laws that do not share the needle's load bear it where they touch */
  const double sharing = m->contact->uses_needle ? bearing : opening->bearing_fraction;
  double slope;

  if (load->pressure == pressure && load->bearing == sharing && load->profile == place->pressure_profile) {
    return;
  }
  *load = (RingLoad){.pressure = pressure, .bearing = sharing, .profile = place->pressure_profile};
  load->stress = needle_contact_stress(needle_driving_pressure(&m->needle, pressure), place->adhesion,
                                       place->pressure_profile, sharing, &load->driven_stress);
  load->strain_rate = m->contact->uses_needle ? needle_supply_share(&m->needle, pressure) *
                                                    creep_strain_rate(&m->creep, &creep, load->stress, &slope)
                                              : 0.0;
}

void ElectrodeRingRates(Electrode electrode, PetscInt ring, const double x[], double current_density,
                        const ContactOpening *opening, const RingLoad *load, RingResponse *response) {
  const ElectrodeModel *m = &electrode->model;
  const ContactDrive drive = {.current_density = current_density,
                              .overpotential = response->overpotential,
                              .load = needle_driving_pressure(&m->needle, load->pressure),
                              .stress = load->stress,
                              .driven_stress = load->driven_stress,
                              .strain_rate = load->strain_rate};

  response->approach = m->contact->rates(m->contact_parameters, &m->ring[ring], x, opening, &drive, response->rates);
}

void ElectrodeRingResponse(Electrode electrode, PetscInt ring, const double x[], double current_density,
                           const ContactOpening *opening, const RingLoad *load, RingResponse *response) {
  const ElectrodeModel *m = &electrode->model;
  double slope;
  const InterfaceConditions interface = {.temperature = m->temperature,
                                         .sei_thickness = electrode->conditions.sei_thickness[ring],
                                         .normal_stress = needle_borne_stress(load->stress, &slope)};

  response->contact_fraction = opening->contact_fraction;
  response->bearing = m->ring[ring].pressure_profile * opening->bearing_fraction;
  response->stress = load->stress;
  response->overpotential =
      kinetics_series_overpotential(&m->kinetics, &interface, current_density / opening->contact_fraction, &slope);
  response->overpotential_slope = slope / opening->contact_fraction;
  ElectrodeRingRates(electrode, ring, x, current_density, opening, load, response);
}

void ElectrodeRing(Electrode electrode, PetscInt ring, const double x[], double current_density, double pressure,
                   double bearing, RingResponse *response) {
  const ContactOpening opening = ElectrodeRingOpening(electrode, x);
  RingLoad load = RING_LOAD_NONE;

  ElectrodeRingLoad(electrode, ring, &opening, pressure, bearing, &load);
  ElectrodeRingResponse(electrode, ring, x, current_density, &opening, &load, response);
}

PetscBool ElectrodeIsMemoryless(Electrode electrode) {
  const ElectrodeModel *m = &electrode->model;
  const bool evolves = m->contact->local_count > 0 || m->contact->uses_needle || m->sei_grows ||
                       deposit_contact_grows(&m->deposit) || electrode->layout.evolving > GLOBAL_COUNT;
  return evolves ? PETSC_FALSE : PETSC_TRUE;
}

double ElectrodeBodyStrainRate(Electrode electrode, double pressure, double *slope) {
  const ElectrodeModel *m = &electrode->model;
  const CreepConditions creep = {m->temperature, electrode->conditions.grain_size};

  *slope = 0.0;
  return needle_body_creeps(&m->needle) ? creep_strain_rate(&m->creep, &creep, pressure, slope) : 0.0;
}

void ElectrodeGlobalRates(Electrode electrode, const ElectrodeState *state, double mean_current, double mean_approach,
                          double rate[GLOBAL_COUNT]) {
  const ElectrodeModel *m = &electrode->model;
  const double *global = state->global;
  const double area = ElectrodeArea(electrode, global[GLOBAL_LOG_RADIUS]);
  const double volume =
      m->deposit.volume - LITHIUM_VOLUME_PER_CHARGE * global[GLOBAL_CHARGE] - ElectrodePartVolume(electrode, state);
  double slope;

  rate[GLOBAL_PRESSURE] =
      m->contact->uses_needle
          ? needle_pressure_rate(&m->needle, global[GLOBAL_PRESSURE], mean_approach,
                                 ElectrodeBodyStrainRate(electrode, global[GLOBAL_PRESSURE], &slope))
          : 0.0;
  rate[GLOBAL_LOG_RADIUS] = deposit_log_radius_rate(&m->deposit, ElectrodeRadius(electrode, global[GLOBAL_LOG_RADIUS]),
                                                    volume, -LITHIUM_VOLUME_PER_CHARGE * area * mean_current);
  rate[GLOBAL_CHARGE] = area * mean_current + ElectrodePartCurrent(electrode, state);
  rate[GLOBAL_DISPLACEMENT] = mean_approach;
  rate[GLOBAL_APPROACHED] = area * mean_approach;
}

double ElectrodeContactCurrent(Electrode electrode, double log_radius, const double current_density[]) {
  const ElectrodeModel *m = &electrode->model;
  const double area = ElectrodeArea(electrode, log_radius);
  double current = 0.0;

  for (PetscInt j = 0; j < m->rings; j++) {
    current += area * m->area_share[j] * current_density[j];
  }
  return current;
}

double ElectrodeCurrent(Electrode electrode, const ElectrodeState *state) {
  return ElectrodeContactCurrent(electrode, state->global[GLOBAL_LOG_RADIUS], state->current) +
         ElectrodePartCurrent(electrode, state);
}

PetscErrorCode ElectrodePotentials(Electrode electrode, const ElectrodeState *state, const double current_density[],
                                   const double inside[], double potential[]) {
  const ElectrodeModel *m = &electrode->model;
  const double log_radius = state->global[GLOBAL_LOG_RADIUS], area = ElectrodeArea(electrode, log_radius);

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < m->rings; j++) {
    electrode->injected[j] = area * m->area_share[j] * current_density[j];
  }
  PetscCall(PathSetSize(m->path, ElectrodeRadius(electrode, log_radius), electrode->conditions.sei_thickness));
  PetscCall(PathEvaluate(m->path, electrode->injected, inside, potential));
  PetscFunctionReturn(0);
}

const ContactOpening *ElectrodeOpenings(Electrode electrode, const double x[]) {
  const ElectrodeModel *m = &electrode->model;
  const int local = m->contact->local_count;
  ContactBlock block;

  if (!m->contact->open_block) {
    for (PetscInt j = 0; j < m->rings; j++) {
      electrode->opening[j] = m->contact->opening(m->contact_parameters, x + j * local);
    }
    return electrode->opening;
  }
  for (PetscInt first = 0; first < m->rings; first += CONTACT_BLOCK) {
    const PetscInt count = PetscMin(CONTACT_BLOCK, m->rings - first);
    for (PetscInt j = 0; j < CONTACT_BLOCK; j++) { /* a last block that is not full repeats its last ring */
      for (int k = 0; k < local; k++) {
        block.x[k][j] = x[(first + PetscMin(j, count - 1)) * local + k];
      }
    }
    m->contact->open_block(m->contact_parameters, &block);
    for (PetscInt j = 0; j < count; j++) {
      electrode->opening[first + j] = (ContactOpening){block.contact_fraction[j], block.bearing_fraction[j]};
    }
  }
  return electrode->opening;
}

double ElectrodeMeanBearing(Electrode electrode, const double x[]) {
  const ElectrodeModel *m = &electrode->model;
  const ContactOpening *opening = ElectrodeOpenings(electrode, x);
  double mean = 0.0;

  for (PetscInt j = 0; j < m->rings; j++) {
    mean += m->area_share[j] * m->ring[j].pressure_profile * opening[j].bearing_fraction;
  }
  return mean;
}
