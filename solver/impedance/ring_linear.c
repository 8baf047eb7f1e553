#include "ring_linear.h"
#include "../system/ring_jacobian.h"

/* Steps of the central differences. */
static const double state_step = 6e-6;         /* [1] of a state plus its scale */
static const double overpotential_step = 1e-6; /* [V] */

/* Overpotentials and slopes of the processes at a ring's states x and current density. */
static void Processes(Electrode electrode, PetscInt j, const double x[], double current, double pressure,
                      double bearing, RingLinear *out) {
  const ElectrodeModel *m = &electrode->model;
  const ContactOpening opening = ElectrodeRingOpening(electrode, x);
  InterfaceConditions at = {.temperature = m->temperature, .sei_thickness = electrode->conditions.sei_thickness[j]};
  RingLoad load = RING_LOAD_NONE;

  ElectrodeRingLoad(electrode, j, &opening, pressure, bearing, &load);
  at.normal_stress = load.stress;
  out->fraction = opening.contact_fraction;
  out->thickness = at.sei_thickness;
  out->count = m->kinetics.count;
  for (int k = 0; k < out->count; k++) {
    out->process[k] = m->kinetics.process[k];
    out->eta[k] = kinetics_series_process(&m->kinetics, k, &at, current / opening.contact_fraction, &out->slope[k]);
  }
}

/* Derivatives of the processes by the states, at a constant current. */
static void DifferentiateStates(Electrode electrode, PetscInt j, const ElectrodeState *state, const double scale[],
                                RingLinear *out) {
  const int local = electrode->model.contact->local_count;
  const double pressure = state->global[GLOBAL_PRESSURE], bearing = *state->bearing, current = state->current[j];
  double x[CONTACT_MAX_LOCAL] = {0.0};
  RingLinear high = {0}, low = {0};

  for (int l = 0; l < local; l++) {
    x[l] = state->x[j * local + l];
  }
  for (int l = 0; l < local; l++) {
    const double middle = x[l], step = state_step * (fabs(middle) + scale[l]);
    x[l] = middle + step;
    Processes(electrode, j, x, current, pressure, bearing, &high);
    x[l] = middle - step;
    Processes(electrode, j, x, current, pressure, bearing, &low);
    x[l] = middle;
    out->fraction_x[l] = (high.fraction - low.fraction) / (2.0 * step);
    for (int k = 0; k < out->count; k++) {
      out->eta_x[k][l] = (high.eta[k] - low.eta[k]) / (2.0 * step);
    }
  }
}

/* The total derivatives of rates and approach, which contain what the overpotential does, taken apart. */
static void SeparateRates(Electrode electrode, PetscInt j, const ElectrodeState *state, const RingDerivatives *d,
                          RingLinear *out) {
  const int local = electrode->model.contact->local_count;
  const double *x = state->x + j * local;
  const ContactOpening opening = ElectrodeRingOpening(electrode, x);
  RingLoad load = RING_LOAD_NONE;
  RingResponse base, high, low;

  ElectrodeRingLoad(electrode, j, &opening, state->global[GLOBAL_PRESSURE], *state->bearing, &load);
  ElectrodeRingResponse(electrode, j, x, state->current[j], &opening, &load, &base);
  high = low = base;
  high.overpotential += overpotential_step;
  low.overpotential -= overpotential_step;
  ElectrodeRingRates(electrode, j, x, state->current[j], &opening, &load, &high);
  ElectrodeRingRates(electrode, j, x, state->current[j], &opening, &load, &low);
  out->approach_eta = (high.approach - low.approach) / (2.0 * overpotential_step);
  out->approach_i = d->approach_i - out->approach_eta * d->eta_i;
  out->approach_p = d->approach_p - out->approach_eta * d->eta_p;
  out->approach_s = d->approach_s - out->approach_eta * d->eta_s;
  for (int k = 0; k < local; k++) {
    out->rate_eta[k] = (high.rates[k] - low.rates[k]) / (2.0 * overpotential_step);
    out->rate_i[k] = d->rate_i[k] - out->rate_eta[k] * d->eta_i;
    out->rate_p[k] = d->rate_p[k] - out->rate_eta[k] * d->eta_p;
    out->rate_s[k] = d->rate_s[k] - out->rate_eta[k] * d->eta_s;
    out->approach_x[k] = d->approach_x[k] - out->approach_eta * d->eta_x[k];
    out->bearing_x[k] = d->bearing_x[k];
    for (int l = 0; l < local; l++) {
      out->rate_x[k][l] = d->rate_x[k][l] - out->rate_eta[k] * d->eta_x[l];
    }
  }
}

/* What the needle does to each process: by the stress, in proportion to what the laws make of it. */
static void ShareStress(const KineticsSeries *kinetics, const RingDerivatives *d, RingLinear *out) {
  const double whole = kinetics_series_stress_slope(kinetics);

  for (int k = 0; k < out->count && whole != 0.0; k++) {
    const KineticsLaw *law = kinetics->law[k];
    const double share = law->stress_slope ? law->stress_slope(kinetics->parameters[k]) / whole : 0.0;
    out->eta_p[k] = share * d->eta_p;
    out->eta_s[k] = share * d->eta_s;
  }
}

static PetscErrorCode FillSlow(Electrode electrode, const ElectrodeState *state, RingLinear ring[],
                               double needle_rate[2]) {
  const ElectrodeModel *m = &electrode->model;
  double scale[CONTACT_MAX_LOCAL] = {0.0};
  RingJacobian jacobian;
  RingResponses responses;

  PetscFunctionBeginUser;
  PetscCall(RingJacobianCreate(electrode, &jacobian));
  PetscCall(PetscMalloc2((size_t)m->rings * CONTACT_MAX_LOCAL, &responses.rates, m->rings, &responses.overpotential));
  PetscCall(RingJacobianEvaluate(electrode, state->x, state->current, state->global[GLOBAL_PRESSURE], *state->bearing,
                                 PETSC_TRUE, &jacobian, &responses));
  if (m->contact->local_count) {
    m->contact->scales(m->contact_parameters, scale);
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    DifferentiateStates(electrode, j, state, scale, &ring[j]);
    ShareStress(&m->kinetics, &jacobian.ring[j], &ring[j]);
    SeparateRates(electrode, j, state, &jacobian.ring[j], &ring[j]);
  }
  needle_rate[0] = m->contact->uses_needle ? jacobian.pressure_rate_p : 0.0;
  needle_rate[1] = m->contact->uses_needle ? jacobian.pressure_rate_u : 0.0;
  PetscCall(PetscFree2(responses.rates, responses.overpotential));
  PetscCall(RingJacobianDestroy(&jacobian));
  PetscFunctionReturn(0);
}

PetscErrorCode RingLinearFill(Electrode electrode, const ElectrodeState *state, PetscBool live, RingLinear ring[],
                              double needle_rate[2]) {
  const ElectrodeModel *m = &electrode->model;
  const double area = ElectrodeArea(electrode, state->global[GLOBAL_LOG_RADIUS]);

  PetscFunctionBeginUser;
  needle_rate[0] = needle_rate[1] = 0.0;
  for (PetscInt j = 0; j < m->rings; j++) {
    ring[j] = (RingLinear){.area = area * m->area_share[j]};
    Processes(electrode, j, state->x + j * m->contact->local_count, state->current[j], state->global[GLOBAL_PRESSURE],
              *state->bearing, &ring[j]);
  }
  if (live) {
    PetscCall(FillSlow(electrode, state, ring, needle_rate));
  }
  PetscFunctionReturn(0);
}

int RingLinearTransfer(const RingLinear *ring) {
  for (int k = 0; k < ring->count; k++) {
    if (ring->process[k] == PROCESS_CHARGE_TRANSFER) {
      return k;
    }
  }
  return -1;
}

/* inverse of (s - rates) by cofactors; the fewer than three states are filled up by ones on the diagonal */
static void Invert(int n, double complex s, double complex rate[][CONTACT_MAX_LOCAL],
                   double complex inverse[][CONTACT_MAX_LOCAL]) {
  double complex a[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}, determinant = 0.0;

  _Static_assert(CONTACT_MAX_LOCAL == 3, "the inverse is written out for three states");
  for (int k = 0; k < n; k++) {
    for (int l = 0; l < n; l++) {
      a[k][l] = (k == l ? s : 0.0) - rate[k][l];
    }
  }
  for (int k = 0; k < 3; k++) {
    for (int l = 0; l < 3; l++) {
      const int m = (l + 1) % 3, q = (l + 2) % 3, r = (k + 1) % 3, t = (k + 2) % 3;
      inverse[k][l] = a[m][r] * a[q][t] - a[m][t] * a[q][r];
    }
  }
  for (int k = 0; k < 3; k++) {
    determinant += a[0][k] * inverse[k][0];
  }
  for (int k = 0; k < 3; k++) {
    for (int l = 0; l < 3; l++) {
      inverse[k][l] /= determinant;
    }
  }
}

/* d eta_k at constant x (rows of `column`), and by x. */
static void ProcessSignals(const RingLinear *r, const ChargeStorage *storage, int local, double complex s,
                           RingSignal *signal, double complex by_x[][CONTACT_MAX_LOCAL],
                           double complex stored[KINETICS_MAX_PROCESSES]) {
  for (int k = 0; k < r->count; k++) {
    double complex damping;
    stored[k] = charge_storage_admittance(storage, r->process[k], r->thickness, s);
    damping = 1.0 / (1.0 + r->slope[k] * stored[k]);
    signal->eta[SIGNAL_CURRENT][k] = r->slope[k] / r->fraction * damping;
    signal->eta[SIGNAL_PRESSURE][k] = r->eta_p[k] * damping;
    signal->eta[SIGNAL_BEARING][k] = r->eta_s[k] * damping;
    for (int l = 0; l < local; l++) {
      by_x[k][l] = (r->eta_x[k][l] - r->slope[k] / r->fraction * stored[k] * r->eta[k] * r->fraction_x[l]) * damping;
    }
  }
}

void RingLinearSignal(const RingLinear *r, const ChargeStorage *storage, int local, double complex s,
                      RingSignal *signal) {
  const int transfer = RingLinearTransfer(r);
  double complex by_x[KINETICS_MAX_PROCESSES][CONTACT_MAX_LOCAL] = {{0.0}}, stored[KINETICS_MAX_PROCESSES] = {0.0};
  double complex total_x[CONTACT_MAX_LOCAL] = {0.0}, faradaic_x[CONTACT_MAX_LOCAL] = {0.0};
  double complex rate[CONTACT_MAX_LOCAL][CONTACT_MAX_LOCAL], inverse[CONTACT_MAX_LOCAL][CONTACT_MAX_LOCAL];

  *signal = (RingSignal){.faradaic = {1.0, 0.0, 0.0}};
  ProcessSignals(r, storage, local, s, signal, by_x, stored);
  for (int c = 0; c < SIGNAL_COLUMNS; c++) { /* at constant x */
    signal->faradaic[c] -= transfer < 0 ? 0.0 : stored[transfer] * r->fraction * signal->eta[c][transfer];
    for (int k = 0; k < r->count; k++) {
      signal->total[c] += signal->eta[c][k];
    }
  }
  if (!local) {
    return;
  }
  for (int l = 0; l < local; l++) {
    faradaic_x[l] = transfer < 0
                        ? 0.0
                        : -stored[transfer] * (r->fraction * by_x[transfer][l] + r->eta[transfer] * r->fraction_x[l]);
    for (int k = 0; k < r->count; k++) {
      total_x[l] += by_x[k][l];
    }
  }
  for (int k = 0; k < local; k++) {
    for (int l = 0; l < local; l++) {
      rate[k][l] = r->rate_x[k][l] + r->rate_i[k] * faradaic_x[l] + r->rate_eta[k] * total_x[l];
    }
  }
  Invert(local, s, rate, inverse);
  for (int c = 0; c < SIGNAL_COLUMNS; c++) {
    const double *own = c == SIGNAL_PRESSURE ? r->rate_p : r->rate_s;
    double complex *x = signal->x[c];
    for (int l = 0; l < local; l++) {
      const double complex drive =
          r->rate_i[l] * signal->faradaic[c] + r->rate_eta[l] * signal->total[c] + (c == SIGNAL_CURRENT ? 0.0 : own[l]);
      for (int k = 0; k < local; k++) {
        x[k] += inverse[k][l] * drive;
      }
    }
    for (int l = 0; l < local; l++) {
      signal->total[c] += total_x[l] * x[l];
      signal->faradaic[c] += faradaic_x[l] * x[l];
      signal->bearing[c] += r->bearing_x[l] * x[l];
      for (int k = 0; k < r->count; k++) {
        signal->eta[c][k] += by_x[k][l] * x[l];
      }
    }
    signal->approach[c] = r->approach_i * signal->faradaic[c] + r->approach_eta * signal->total[c] +
                          (c == SIGNAL_PRESSURE  ? r->approach_p
                           : c == SIGNAL_BEARING ? r->approach_s
                                                 : 0.0);
    for (int l = 0; l < local; l++) {
      signal->approach[c] += r->approach_x[l] * x[l];
    }
  }
}
