/* What the laws say of all rings at an iterate, and the derivatives of that. Laws that give their own are evaluated a
   block of rings at a time; of others forward differences are taken. */
#include "ring_jacobian.h"

/* Steps of the forward differences: relative to the argument plus a scale on which the laws are smooth. */
static const double difference = 1e-7;
static const double current_scale = 10.0; /* [A/m^2] 1 mA/cm^2 */
static const double pressure_scale = 1e5; /* [Pa] */

/* Where the rings are evaluated. */
typedef struct {
  const double *x, *current;
  double pressure, bearing;
} RingsAt;

/* --- laws with derivatives ---------------------------------------------------------------------------------------- */

/* How stresses, creep and overpotential in a block change: with what the needle does (p, S), with the current, with x.
 */
typedef struct {
  double driven_p[CONTACT_BLOCK], driven_s[CONTACT_BLOCK]; /* d of the driven stress by p [1] and by S [Pa] */
  double stress_p[CONTACT_BLOCK], strain_stress[CONTACT_BLOCK];
  double strain_p[CONTACT_BLOCK]; /* [1/(Pa s)] at fixed stress */
  double eta_x[CONTACT_MAX_LOCAL][CONTACT_BLOCK], eta_i[CONTACT_BLOCK];
  double eta_stress[CONTACT_BLOCK]; /* [V/Pa] */
  double load_p;                    /* [1] d of the needle's pressure by p */
} BlockSlopes;

/* Stress and creep of the rings from `first` on. */
static void LoadBlock(Electrode electrode, const RingsAt *at, PetscInt count, ContactBlock *block,
                      BlockSlopes *slopes) {
  const ElectrodeModel *m = &electrode->model;
  const PetscBool shared = m->contact->uses_needle ? PETSC_TRUE : PETSC_FALSE;
  const CreepConditions creep = {m->temperature, electrode->conditions.grain_size};
  const bool fixed = m->needle.law == NEEDLE_FRESH_LAYER; /* force, while p stands for the supply */
  const double supply = needle_supply_share(&m->needle, at->pressure);
  NeedleLoad load = needle_load(needle_driving_pressure(&m->needle, at->pressure), block->adhesion);

  slopes->load_p = fixed ? 0.0 : 1.0;
  if (fixed) {
    load.pressing_slope = load.adhering_slope = 0.0;
  }
  for (PetscInt j = 0; j < count; j++) {
    /* laws that do not share the needle's load bear it where they touch */
    const double amplified = block->pressure_profile[j] / (shared ? at->bearing : block->bearing_fraction[j]);

    block->driven_stress[j] = load.pressing * amplified;
    block->stress[j] = block->driven_stress[j] + load.adhering;
    slopes->driven_p[j] = load.pressing_slope * amplified;
    slopes->driven_s[j] = -block->driven_stress[j] / at->bearing;
    slopes->stress_p[j] = slopes->driven_p[j] + load.adhering_slope;
    if (!shared) {
      slopes->strain_stress[j] = slopes->strain_p[j] = 0.0;
    } else if (j > 0 && block->stress[j] == block->stress[j - 1]) {
      block->strain_rate[j] = block->strain_rate[j - 1];
      slopes->strain_stress[j] = slopes->strain_stress[j - 1];
      slopes->strain_p[j] = slopes->strain_p[j - 1];
    } else {
      const double rate = creep_strain_rate(&m->creep, &creep, block->stress[j], &slopes->strain_stress[j]);
      block->strain_rate[j] = supply * rate;
      slopes->strain_stress[j] *= supply;
      slopes->strain_p[j] = fixed ? rate / m->needle.pressure : 0.0;
    }
  }
}

static void InterfaceBlock(Electrode electrode, PetscInt first, PetscInt count, ContactBlock *block,
                           BlockSlopes *slopes) {
  const ElectrodeModel *m = &electrode->model;
  const double eta_borne = kinetics_series_stress_slope(&m->kinetics); /* [V/Pa] */
  InterfaceConditions interface = {.temperature = m->temperature};

  for (PetscInt j = 0; j < count; j++) {
    const double fraction = block->contact_fraction[j], i = block->current_density[j] / fraction;
    double slope;

    interface.sei_thickness = electrode->conditions.sei_thickness[first + j];
    interface.normal_stress = needle_borne_stress(block->stress[j], &slope);
    slopes->eta_stress[j] = eta_borne * slope;
    block->overpotential[j] = kinetics_series_overpotential(&m->kinetics, &interface, i, &slope);
    slopes->eta_i[j] = slope / fraction;
    for (int k = 0; k < m->contact->local_count; k++) {
      slopes->eta_x[k][j] = -i * slope / fraction * block->contact_fraction_by[k][j];
      if (!m->contact->uses_needle) {
        slopes->eta_x[k][j] -= slopes->eta_stress[j] * block->driven_stress[j] / block->bearing_fraction[j] *
                               block->bearing_fraction_by[k][j];
      }
    }
  }
}

/* Derivatives of a rate, given those by all its arguments (entry j of each), by i, p and S; through the overpotential
 * and the stresses, too. */
typedef struct {
  double i, p, s;
} Total;

static inline Total TotalDerivative(const double by[][CONTACT_BLOCK], PetscInt j, const BlockSlopes *slopes) {
  const double eta = by[BY_OVERPOTENTIAL][j];
  /* of what p and S do alike: through the stress */
  const double stress =
      by[BY_STRESS][j] + by[BY_STRAIN_RATE][j] * slopes->strain_stress[j] + eta * slopes->eta_stress[j];
  return (Total){.i = by[BY_CURRENT_DENSITY][j] + eta * slopes->eta_i[j],
                 .p = by[BY_LOAD][j] * slopes->load_p + by[BY_DRIVEN_STRESS][j] * slopes->driven_p[j] +
                      stress * slopes->stress_p[j] + by[BY_STRAIN_RATE][j] * slopes->strain_p[j],
                 .s = (by[BY_DRIVEN_STRESS][j] + stress) * slopes->driven_s[j]};
}

static void DifferentiateBlock(Electrode electrode, PetscInt first, PetscInt count, const ContactBlock *block,
                               const BlockSlopes *slopes, RingDerivatives ring[]) {
  const ElectrodeModel *m = &electrode->model;
  const int local = m->contact->local_count;
  const PetscBool shared = m->contact->uses_needle ? PETSC_TRUE : PETSC_FALSE;

  for (PetscInt j = 0; j < count; j++) {
    RingDerivatives *d = &ring[first + j];
    Total total = TotalDerivative(block->approach_by, j, slopes);

    d->approach_i = total.i;
    d->approach_p = shared ? total.p : 0.0;
    d->approach_s = shared ? total.s : 0.0;
    d->eta_i = slopes->eta_i[j];
    d->eta_p = shared ? slopes->eta_stress[j] * slopes->stress_p[j] : 0.0;
    d->eta_s = shared ? slopes->eta_stress[j] * slopes->driven_s[j] : 0.0;
    for (int l = 0; l < local; l++) {
      d->eta_x[l] = slopes->eta_x[l][j];
      d->bearing_x[l] = block->pressure_profile[j] * block->bearing_fraction_by[l][j];
      d->approach_x[l] = block->approach_by[l][j] + block->approach_by[BY_OVERPOTENTIAL][j] * d->eta_x[l];
    }
    for (int k = 0; k < local; k++) {
      total = TotalDerivative(block->rate_by[k], j, slopes);
      d->rate_i[k] = total.i;
      d->rate_p[k] = shared ? total.p : 0.0;
      d->rate_s[k] = shared ? total.s : 0.0;
      for (int l = 0; l < local; l++) {
        d->rate_x[k][l] = block->rate_by[k][l][j] + block->rate_by[k][BY_OVERPOTENTIAL][j] * d->eta_x[l];
      }
    }
  }
}

static void EvaluateBlocks(Electrode electrode, const RingsAt *at, ContactBlock *block, RingResponses *responses,
                           RingDerivatives ring[]) {
  const ElectrodeModel *m = &electrode->model;
  const int local = m->contact->local_count;
  BlockSlopes slopes;

  block->adhesion = m->needle.adhesion;
  block->load = needle_driving_pressure(&m->needle, at->pressure);
  for (PetscInt first = 0; first < m->rings; first += CONTACT_BLOCK) {
    const PetscInt count = PetscMin(CONTACT_BLOCK, m->rings - first);

    for (PetscInt j = 0; j < CONTACT_BLOCK; j++) { /* a last block that is not full repeats its last ring */
      const PetscInt n = first + PetscMin(j, count - 1);
      for (int k = 0; k < local; k++) {
        block->x[k][j] = at->x[n * local + k];
      }
      block->current_density[j] = at->current[n];
      block->pressure_profile[j] = m->ring[n].pressure_profile;
    }
    m->contact->open_block(m->contact_parameters, block);
    LoadBlock(electrode, at, count, block, &slopes);
    InterfaceBlock(electrode, first, count, block, &slopes);
    m->contact->rate_block(m->contact_parameters, block);
    for (PetscInt j = 0; j < count; j++) {
      const PetscInt n = first + j;
      for (int k = 0; k < local; k++) {
        responses->rates[n * local + k] = block->rate[k][j];
      }
      responses->overpotential[n] = block->overpotential[j];
      responses->mean_approach += m->area_share[n] * block->approach[j];
      responses->mean_bearing += m->area_share[n] * block->pressure_profile[j] * block->bearing_fraction[j];
    }
    if (ring) {
      DifferentiateBlock(electrode, first, count, block, &slopes, ring);
    }
  }
}

/* --- laws without ------------------------------------------------------------------------------------------------- */

typedef struct {
  double eta, approach, rates[CONTACT_MAX_LOCAL];
} Derivative;

static Derivative Difference(const RingResponse *base, const RingResponse *moved, double step, int local) {
  Derivative d = {.eta = (moved->overpotential - base->overpotential) / step,
                  .approach = (moved->approach - base->approach) / step};
  for (int k = 0; k < local; k++) {
    d.rates[k] = (moved->rates[k] - base->rates[k]) / step;
  }
  return d;
}

/* Where a ring is differentiated: its own arguments, and the loads there and at the moved pressure and bearing. */
typedef struct {
  const double *x;
  double current, pressure, bearing;
  ContactOpening opening;
  RingLoad load, load_p, load_s;
} RingPoint;

/* With respect to the law's own states. */
static void DifferentiateStates(Electrode electrode, PetscInt j, const RingPoint *at, const RingResponse *base,
                                const double x_scale[], RingDerivatives *out) {
  const int local = electrode->model.contact->local_count;
  double x[CONTACT_MAX_LOCAL] = {0.0};

  for (int l = 0; l < local; l++) {
    x[l] = at->x[l];
  }
  for (int l = 0; l < local; l++) {
    RingLoad load = at->load;
    RingResponse moved;
    ContactOpening opening;
    Derivative d;
    double step;

    x[l] = at->x[l] + difference * (fabs(at->x[l]) + x_scale[l]);
    step = x[l] - at->x[l];
    opening = ElectrodeRingOpening(electrode, x);
    ElectrodeRingLoad(electrode, j, &opening, at->pressure, at->bearing, &load);
    ElectrodeRingResponse(electrode, j, x, at->current, &opening, &load, &moved);
    d = Difference(base, &moved, step, local);
    for (int k = 0; k < local; k++) {
      out->rate_x[k][l] = d.rates[k];
    }
    out->eta_x[l] = d.eta;
    out->approach_x[l] = d.approach;
    out->bearing_x[l] = (moved.bearing - base->bearing) / step;
    x[l] = at->x[l];
  }
}

/* With respect to what the needle does: the load has moved by a step of the pressure or of the bearing fraction. */
static Derivative DifferentiateLoad(Electrode electrode, PetscInt j, const RingPoint *at, const RingResponse *base,
                                    const RingLoad *load, double step) {
  RingResponse moved;

  ElectrodeRingResponse(electrode, j, at->x, at->current, &at->opening, load, &moved);
  return Difference(base, &moved, step, electrode->model.contact->local_count);
}

static void Differentiate(Electrode electrode, PetscInt j, RingPoint *at, const RingResponse *base,
                          const double x_scale[], RingDerivatives *out) {
  const ContactLaw *law = electrode->model.contact;
  const int local = law->local_count;
  const double current_step = difference * (fabs(at->current) + current_scale);
  RingResponse moved = *base;
  Derivative d, p = {0}, s = {0};

  DifferentiateStates(electrode, j, at, base, x_scale, out);
  moved.overpotential += base->overpotential_slope * current_step;
  ElectrodeRingRates(electrode, j, at->x, at->current + current_step, &at->opening, &at->load, &moved);
  d = Difference(base, &moved, current_step, local);
  if (law->uses_needle) {
    const double p_step = difference * (fabs(at->pressure) + pressure_scale), s_step = difference * fabs(at->bearing);

    ElectrodeRingLoad(electrode, j, &at->opening, at->pressure + p_step, at->bearing, &at->load_p);
    ElectrodeRingLoad(electrode, j, &at->opening, at->pressure, at->bearing + s_step, &at->load_s);
    p = DifferentiateLoad(electrode, j, at, base, &at->load_p, p_step);
    s = DifferentiateLoad(electrode, j, at, base, &at->load_s, s_step);
  }
  out->eta_i = base->overpotential_slope;
  out->eta_p = p.eta;
  out->eta_s = s.eta;
  out->approach_i = d.approach;
  out->approach_p = p.approach;
  out->approach_s = s.approach;
  for (int k = 0; k < local; k++) {
    out->rate_i[k] = d.rates[k];
    out->rate_p[k] = p.rates[k];
    out->rate_s[k] = s.rates[k];
  }
}

static void EvaluateRings(Electrode electrode, const RingsAt *at, RingResponses *responses, RingDerivatives ring[]) {
  const ElectrodeModel *m = &electrode->model;
  const int local = m->contact->local_count;
  RingPoint point = {.pressure = at->pressure,
                     .bearing = at->bearing,
                     .load = RING_LOAD_NONE,
                     .load_p = RING_LOAD_NONE,
                     .load_s = RING_LOAD_NONE};
  double x_scale[CONTACT_MAX_LOCAL] = {0.0};
  RingResponse response;

  if (local) {
    m->contact->scales(m->contact_parameters, x_scale);
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    point.x = at->x + j * local;
    point.current = at->current[j];
    point.opening = ElectrodeRingOpening(electrode, point.x);
    ElectrodeRingLoad(electrode, j, &point.opening, at->pressure, at->bearing, &point.load);
    ElectrodeRingResponse(electrode, j, point.x, point.current, &point.opening, &point.load, &response);
    for (int k = 0; k < local; k++) {
      responses->rates[j * local + k] = response.rates[k];
    }
    responses->overpotential[j] = response.overpotential;
    responses->mean_approach += m->area_share[j] * response.approach;
    responses->mean_bearing += m->area_share[j] * response.bearing;
    if (ring) {
      Differentiate(electrode, j, &point, &response, x_scale, &ring[j]);
    }
  }
}

PetscErrorCode RingJacobianEvaluate(Electrode electrode, const double x[], const double current[], double pressure,
                                    double bearing, PetscBool differentiate, RingJacobian *jacobian,
                                    RingResponses *responses) {
  const ElectrodeModel *m = &electrode->model;
  const RingsAt at = {.x = x, .current = current, .pressure = pressure, .bearing = bearing};
  RingDerivatives *ring = differentiate ? jacobian->ring : NULL;

  PetscFunctionBeginUser;
  responses->mean_approach = responses->mean_bearing = 0.0;
  if (m->contact->rate_block) {
    EvaluateBlocks(electrode, &at, jacobian->block, responses, ring);
  } else {
    EvaluateRings(electrode, &at, responses, ring);
  }
  if (differentiate) {
    jacobian->gamma_dt = 0.0;
    if (m->contact->uses_needle) {
      double body_slope;
      (void)ElectrodeBodyStrainRate(electrode, pressure, &body_slope);
      needle_pressure_rate_slopes(&m->needle, pressure, responses->mean_approach, body_slope,
                                  &jacobian->pressure_rate_p, &jacobian->pressure_rate_u);
    }
  }
  PetscFunctionReturn(0);
}
