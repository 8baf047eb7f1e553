#include "ring_jacobian.h"
#include "gauss.h"

/* Steps of the forward differences: relative to the argument plus a scale on which the laws are smooth. */
static const double difference = 1e-7;
static const double current_scale = 10.0; /* [A/m^2] 1 mA/cm^2 */
static const double pressure_scale = 1e5; /* [Pa] */

PetscErrorCode RingJacobianCreate(Electrode electrode, RingJacobian *jacobian) {
  const PetscInt rings = electrode->model.rings, border = BORDER_MAX * rings;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(jacobian, sizeof *jacobian));
  jacobian->rings = rings;
  PetscCall(PetscCalloc3(rings, &jacobian->ring, rings, &jacobian->film, border, &jacobian->response));
  PetscFunctionReturn(0);
}

PetscErrorCode RingJacobianDestroy(RingJacobian *jacobian) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(jacobian->ring, jacobian->film, jacobian->response));
  PetscFunctionReturn(0);
}

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
static Derivative DifferentiateLoad(Electrode electrode, PetscInt j, const RingPoint *at, const ContactOpening *opening,
                                    const RingResponse *base, const RingLoad *load, double step) {
  RingResponse moved;

  ElectrodeRingResponse(electrode, j, at->x, at->current, opening, load, &moved);
  return Difference(base, &moved, step, electrode->model.contact->local_count);
}

/* Derivatives of ring j; returns its approach velocity [m/s]. */
static double Differentiate(Electrode electrode, PetscInt j, RingPoint *at, const double x_scale[],
                            RingDerivatives *out) {
  const ContactLaw *law = electrode->model.contact;
  const int local = law->local_count;
  const ContactOpening opening = ElectrodeRingOpening(electrode, at->x);
  const double current_step = difference * (fabs(at->current) + current_scale);
  RingResponse base, moved;
  Derivative d, p = {0}, s = {0};

  ElectrodeRingLoad(electrode, j, &opening, at->pressure, at->bearing, &at->load);
  ElectrodeRingResponse(electrode, j, at->x, at->current, &opening, &at->load, &base);
  DifferentiateStates(electrode, j, at, &base, x_scale, out);
  moved = base;
  moved.overpotential += base.overpotential_slope * current_step;
  ElectrodeRingRates(electrode, j, at->x, at->current + current_step, &opening, &at->load, &moved);
  d = Difference(&base, &moved, current_step, local);
  if (law->uses_needle) {
    const double p_step = difference * (fabs(at->pressure) + pressure_scale), s_step = difference * fabs(at->bearing);

    ElectrodeRingLoad(electrode, j, &opening, at->pressure + p_step, at->bearing, &at->load_p);
    ElectrodeRingLoad(electrode, j, &opening, at->pressure, at->bearing + s_step, &at->load_s);
    p = DifferentiateLoad(electrode, j, at, &opening, &base, &at->load_p, p_step);
    s = DifferentiateLoad(electrode, j, at, &opening, &base, &at->load_s, s_step);
  }
  out->eta_i = base.overpotential_slope;
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
  return base.approach;
}

PetscErrorCode RingJacobianEvaluate(Electrode electrode, const double x[], const double current[], double pressure,
                                    double bearing, const PetscBool moved[], RingJacobian *jacobian) {
  const ElectrodeModel *m = &electrode->model;
  const int local = m->contact->local_count;
  RingPoint at = {.pressure = pressure,
                  .bearing = bearing,
                  .load = RING_LOAD_NONE,
                  .load_p = RING_LOAD_NONE,
                  .load_s = RING_LOAD_NONE};
  double x_scale[CONTACT_MAX_LOCAL] = {0.0}, mean_approach = 0.0;

  PetscFunctionBeginUser;
  if (local) {
    m->contact->scales(m->contact_parameters, x_scale);
  }
  for (PetscInt j = 0; j < m->rings; j++) {
    if (moved && !moved[j]) {
      continue;
    }
    at.x = x + j * local;
    at.current = current[j];
    mean_approach += m->area_share[j] * Differentiate(electrode, j, &at, x_scale, &jacobian->ring[j]);
  }
  jacobian->gamma_dt = 0.0;
  if (!moved && m->contact->uses_needle) {
    double base, step;
    base = needle_pressure_rate(&m->needle, pressure, mean_approach);
    step = difference * (fabs(pressure) + pressure_scale);
    jacobian->pressure_rate_p = (needle_pressure_rate(&m->needle, pressure + step, mean_approach) - base) / step;
    step = difference * (fabs(mean_approach) + 1e-9);
    jacobian->pressure_rate_u = (needle_pressure_rate(&m->needle, pressure, mean_approach + step) - base) / step;
  }
  PetscFunctionReturn(0);
}

/* inverse = (1 - gamma_dt*rate_x)^-1; false if singular. */
static bool InvertLocal(int n, double gamma_dt, double rate_x[][CONTACT_MAX_LOCAL],
                        double inverse[][CONTACT_MAX_LOCAL]) {
  double a[CONTACT_MAX_LOCAL][2 * CONTACT_MAX_LOCAL];

  for (int k = 0; k < n; k++) {
    for (int l = 0; l < n; l++) {
      a[k][l] = (k == l ? 1.0 : 0.0) - gamma_dt * rate_x[k][l];
      a[k][n + l] = k == l ? 1.0 : 0.0;
    }
  }
  if (!gauss_eliminate(n, 2 * n, 2 * CONTACT_MAX_LOCAL, true, a[0])) {
    return false;
  }
  for (int k = 0; k < n; k++) {
    for (int l = 0; l < n; l++) {
      inverse[k][l] = a[k][n + l] / a[k][k];
    }
  }
  return true;
}

/* sum_k a_k b_k */
static inline double Dot(int n, const double a[], const double b[]) {
  double sum = 0.0;
  for (int k = 0; k < n; k++) {
    sum += a[k] * b[k];
  }
  return sum;
}

static bool EliminateLocal(int local, double gamma_dt, RingDerivatives *d) {
  if (!InvertLocal(local, gamma_dt, d->rate_x, d->elimination)) {
    return false;
  }
  for (int k = 0; k < local; k++) {
    d->x_i[k] = gamma_dt * Dot(local, d->elimination[k], d->rate_i);
    d->x_p[k] = gamma_dt * Dot(local, d->elimination[k], d->rate_p);
    d->x_s[k] = gamma_dt * Dot(local, d->elimination[k], d->rate_s);
  }
  d->approach_total_i = d->approach_i + Dot(local, d->approach_x, d->x_i);
  return true;
}

/* The border block after elimination of the rings. */
static void FillBorder(const ElectrodeModel *m, double gamma_dt, RingJacobian *jacobian) {
  const PetscInt rings = m->rings;
  const int local = m->contact->local_count;

  memset(jacobian->matrix, 0, sizeof jacobian->matrix);
  for (PetscInt c = 0; c < jacobian->border; c++) { /* column: effect of one border unknown through the rings */
    double approach = 0.0, sum = 0.0, current = 0.0;
    for (PetscInt j = 0; j < rings; j++) {
      const RingDerivatives *d = &jacobian->ring[j];
      const double ring_current = jacobian->response[c * rings + j];
      const double di = ring_current / (jacobian->area * m->area_share[j]);
      double dx[CONTACT_MAX_LOCAL];
      double direct = 0.0;

      for (int k = 0; k < local; k++) {
        dx[k] = d->x_i[k] * di + (c == jacobian->pressure_index ? d->x_p[k] : 0.0) +
                (c == jacobian->bearing_index ? d->x_s[k] : 0.0);
      }
      direct =
          (c == jacobian->pressure_index ? d->approach_p : 0.0) + (c == jacobian->bearing_index ? d->approach_s : 0.0);
      approach += m->area_share[j] * (d->approach_i * di + Dot(local, d->approach_x, dx) + direct);
      sum += m->area_share[j] * Dot(local, d->bearing_x, dx);
      current += ring_current;
    }
    if (jacobian->pressure_index >= 0) {
      jacobian->matrix[jacobian->pressure_index][c] = -gamma_dt * jacobian->pressure_rate_u * approach;
    }
    if (jacobian->bearing_index >= 0) {
      jacobian->matrix[jacobian->bearing_index][c] = -sum;
    }
    if (jacobian->potential_index >= 0) {
      jacobian->matrix[jacobian->potential_index][c] = current;
    }
  }
  if (jacobian->pressure_index >= 0) {
    jacobian->matrix[jacobian->pressure_index][jacobian->pressure_index] += 1.0 - gamma_dt * jacobian->pressure_rate_p;
  }
  if (jacobian->bearing_index >= 0) {
    jacobian->matrix[jacobian->bearing_index][jacobian->bearing_index] += 1.0;
  }
}

PetscErrorCode RingJacobianFactor(Electrode electrode, double gamma_dt, double log_radius, PetscBool free_drive,
                                  RingJacobian *jacobian, PetscBool *regular) {
  const ElectrodeModel *m = &electrode->model;
  const PetscInt rings = m->rings;
  const int local = m->contact->local_count;

  PetscFunctionBeginUser;
  *regular = PETSC_FALSE;
  jacobian->border = 0;
  jacobian->pressure_index = m->contact->uses_needle ? jacobian->border++ : -1;
  jacobian->bearing_index = m->contact->uses_needle ? jacobian->border++ : -1;
  jacobian->potential_index = free_drive ? jacobian->border++ : -1;
  jacobian->gamma_dt = gamma_dt;
  jacobian->area = ElectrodeArea(electrode, log_radius);
  for (PetscInt j = 0; j < rings; j++) {
    RingDerivatives *d = &jacobian->ring[j];
    if (!EliminateLocal(local, gamma_dt, d)) {
      PetscFunctionReturn(0);
    }
    jacobian->film[j] = (d->eta_i + Dot(local, d->eta_x, d->x_i)) / (jacobian->area * m->area_share[j]);
    if (!isfinite(jacobian->film[j])) {
      PetscFunctionReturn(0);
    }
    if (jacobian->pressure_index >= 0) {
      jacobian->response[jacobian->pressure_index * rings + j] = -(d->eta_p + Dot(local, d->eta_x, d->x_p));
    }
    if (jacobian->bearing_index >= 0) {
      jacobian->response[jacobian->bearing_index * rings + j] = -(d->eta_s + Dot(local, d->eta_x, d->x_s));
    }
    if (free_drive) {
      jacobian->response[jacobian->potential_index * rings + j] = 1.0;
    }
  }
  PetscCall(PathSetSize(m->path, ElectrodeRadius(electrode, log_radius), electrode->conditions.sei_thickness));
  PetscCall(PathFactor(m->path, jacobian->film));
  if (jacobian->border) {
    PetscCall(PathSolveBorder(m->path, jacobian->border, jacobian->response));
  }
  FillBorder(m, gamma_dt, jacobian);
  *regular = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* b <- matrix^-1 b with scaled rows, for the small border system; NAN if it is singular. */
static void SolveBorder(PetscInt n, const double matrix[][BORDER_MAX], double b[]) {
  double a[BORDER_MAX][BORDER_MAX + 1] = {{0.0}};

  for (PetscInt k = 0; k < n; k++) {
    double largest = 0.0;
    for (PetscInt l = 0; l < n; l++) {
      largest = fmax(largest, fabs(matrix[k][l]));
    }
    for (PetscInt l = 0; l < n; l++) {
      a[k][l] = matrix[k][l] / largest;
    }
    a[k][n] = b[k] / largest;
  }
  if (gauss_eliminate((int)n, (int)n + 1, BORDER_MAX + 1, false, a[0])) {
    gauss_substitute((int)n, BORDER_MAX + 1, a[0], b);
  } else {
    for (PetscInt k = 0; k < n; k++) {
      b[k] = NAN;
    }
  }
}

/* The update of the rings and of what they share, once that of the border unknowns is known. */
static void AddBorder(const ElectrodeModel *m, const RingJacobian *jacobian, const double border[],
                      StageUpdate *update) {
  const PetscInt rings = m->rings;
  const int local = m->contact->local_count;
  const double dp = jacobian->pressure_index >= 0 ? border[jacobian->pressure_index] : 0.0;
  const double ds = jacobian->bearing_index >= 0 ? border[jacobian->bearing_index] : 0.0;

  update->pressure = dp;
  update->bearing = ds;
  update->current = jacobian->potential_index >= 0 ? border[jacobian->potential_index] : 0.0;
  update->approach = 0.0;
  for (PetscInt j = 0; j < rings; j++) {
    const RingDerivatives *d = &jacobian->ring[j];
    double change = 0.0, *dx = update->local + j * local;

    for (PetscInt c = 0; c < jacobian->border; c++) {
      change += jacobian->response[c * rings + j] * border[c];
    }
    update->ring_current[j] += change;
    change /= jacobian->area * m->area_share[j];
    for (int k = 0; k < local; k++) {
      dx[k] += d->x_i[k] * change + d->x_p[k] * dp + d->x_s[k] * ds;
    }
    update->electrical[j] = update->ring_current[j] / (jacobian->area * m->area_share[j]);
    update->approach += m->area_share[j] * (d->approach_i * update->electrical[j] + Dot(local, d->approach_x, dx) +
                                            d->approach_p * dp + d->approach_s * ds);
  }
}

PetscErrorCode RingJacobianSolve(Electrode electrode, const RingJacobian *jacobian, StageUpdate *update) {
  const ElectrodeModel *m = &electrode->model;
  const PetscInt rings = m->rings;
  const int local = m->contact->local_count;
  double approach = 0.0, sum = 0.0, current = 0.0, border[BORDER_MAX] = {0.0};
  double matrix[BORDER_MAX][BORDER_MAX];

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < rings; j++) {
    const RingDerivatives *d = &jacobian->ring[j];
    double *r = update->local + j * local, dx[CONTACT_MAX_LOCAL];

    for (int k = 0; k < local; k++) {
      dx[k] = -Dot(local, d->elimination[k], r);
    }
    PetscCall(PetscArraycpy(r, dx, local));
    update->ring_current[j] = update->electrical[j] - Dot(local, d->eta_x, dx);
  }
  PetscCall(PathSolve(m->path, update->ring_current));
  for (PetscInt j = 0; j < rings; j++) {
    const RingDerivatives *d = &jacobian->ring[j];
    const double di = update->ring_current[j] / (jacobian->area * m->area_share[j]);
    double *dx = update->local + j * local;

    for (int k = 0; k < local; k++) {
      dx[k] += d->x_i[k] * di;
    }
    approach += m->area_share[j] * (d->approach_i * di + Dot(local, d->approach_x, dx));
    sum += m->area_share[j] * Dot(local, d->bearing_x, dx);
    current += update->ring_current[j];
  }
  if (jacobian->pressure_index >= 0) {
    border[jacobian->pressure_index] = -update->pressure + jacobian->gamma_dt * jacobian->pressure_rate_u * approach;
  }
  if (jacobian->bearing_index >= 0) {
    border[jacobian->bearing_index] = -update->bearing + sum;
  }
  PetscCall(PetscMemcpy(matrix, jacobian->matrix, sizeof matrix));
  if (jacobian->potential_index >= 0) { /* the row of the total ring current becomes that of the closing equation */
    double *row = matrix[jacobian->potential_index];
    for (PetscInt c = 0; c < jacobian->border; c++) {
      row[c] *= update->closing_current;
    }
    row[jacobian->potential_index] += update->closing_drive;
    border[jacobian->potential_index] = update->current - update->closing_current * current;
  }
  SolveBorder(jacobian->border, (const double(*)[BORDER_MAX])matrix, border);
  AddBorder(m, jacobian, border, update);
  PetscCall(PathDirection(m->path, jacobian->border, border, update->ring_current));
  PetscFunctionReturn(0);
}
