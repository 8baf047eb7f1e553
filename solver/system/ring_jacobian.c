#include "ring_jacobian.h"
#include "gauss.h"

PetscErrorCode RingJacobianCreate(Electrode electrode, RingJacobian *jacobian) {
  const PetscInt rings = electrode->model.rings, border = BORDER_MAX * rings;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(jacobian, sizeof *jacobian));
  jacobian->rings = rings;
  PetscCall(
      PetscCalloc4(rings, &jacobian->ring, rings, &jacobian->film, border, &jacobian->response, 1, &jacobian->block));
  PetscFunctionReturn(0);
}

PetscErrorCode RingJacobianDestroy(RingJacobian *jacobian) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(jacobian->ring, jacobian->film, jacobian->response, jacobian->block));
  PetscFunctionReturn(0);
}

/* inverse = (1 - gamma_dt*rate_x)^-1 by cofactors, the fewer than three states filled up by ones on the diagonal: it is
   needed for every ring in every iteration, and this is faster than an elimination; false if singular. */
static bool InvertLocal(int n, double gamma_dt, double rate_x[][CONTACT_MAX_LOCAL],
                        double inverse[][CONTACT_MAX_LOCAL]) {
  double a[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}, cofactor[3], determinant;

  _Static_assert(CONTACT_MAX_LOCAL == 3, "the inverse is written out for three states");
  for (int k = 0; k < n; k++) {
    for (int l = 0; l < n; l++) {
      a[k][l] -= gamma_dt * rate_x[k][l];
    }
  }
  for (int l = 0; l < 3; l++) { /* of the first column */
    const int m = (l + 1) % 3, k = (l + 2) % 3;
    cofactor[l] = a[m][1] * a[k][2] - a[m][2] * a[k][1];
  }
  determinant = a[0][0] * cofactor[0] + a[1][0] * cofactor[1] + a[2][0] * cofactor[2];
  if (!(fabs(determinant) > 1e-300)) {
    return false;
  }
  for (int l = 0; l < 3; l++) {
    const int m = (l + 1) % 3, k = (l + 2) % 3;
    inverse[0][l] = cofactor[l] / determinant;
    inverse[1][l] = (a[m][2] * a[k][0] - a[m][0] * a[k][2]) / determinant;
    inverse[2][l] = (a[m][0] * a[k][1] - a[m][1] * a[k][0]) / determinant;
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

/* The update of the rings and of what they share, once that of the border unknowns is known. The path has balanced
   currents [A]: with the densities they are on the area of now the balance stays, however old the derivatives. */
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
    change /= update->area * m->area_share[j];
    for (int k = 0; k < local; k++) {
      dx[k] += d->x_i[k] * change + d->x_p[k] * dp + d->x_s[k] * ds;
    }
    update->electrical[j] = update->ring_current[j] / (update->area * m->area_share[j]);
    update->approach += m->area_share[j] * (d->approach_i * update->electrical[j] + Dot(local, d->approach_x, dx) +
                                            d->approach_p * dp + d->approach_s * ds);
  }
}

void RingJacobianReduce(Electrode electrode, const RingJacobian *jacobian, StageUpdate *update) {
  const int local = electrode->model.contact->local_count;

  for (PetscInt j = 0; j < electrode->model.rings; j++) {
    const RingDerivatives *d = &jacobian->ring[j];
    double *r = update->local + j * local, dx[CONTACT_MAX_LOCAL];

    for (int k = 0; k < local; k++) {
      dx[k] = -Dot(local, d->elimination[k], r);
    }
    for (int k = 0; k < local; k++) {
      r[k] = dx[k];
    }
    update->ring_current[j] = update->electrical[j] - Dot(local, d->eta_x, dx);
  }
}

void RingJacobianExpand(Electrode electrode, const RingJacobian *jacobian, double border[BORDER_MAX],
                        StageUpdate *update) {
  const ElectrodeModel *m = &electrode->model;
  const PetscInt rings = m->rings;
  const int local = m->contact->local_count;
  double approach = 0.0, sum = 0.0, current = 0.0;
  double matrix[BORDER_MAX][BORDER_MAX];

  for (PetscInt j = 0; j < rings; j++) {
    const RingDerivatives *d = &jacobian->ring[j];
    const double di = update->ring_current[j] / (update->area * m->area_share[j]);
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
  memcpy(matrix, jacobian->matrix, sizeof matrix);
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
}

PetscErrorCode RingJacobianSolve(Electrode electrode, const RingJacobian *jacobian, StageUpdate *update) {
  double border[BORDER_MAX] = {0.0};

  PetscFunctionBeginUser;
  RingJacobianReduce(electrode, jacobian, update);
  PetscCall(PathSolve(electrode->model.path, update->ring_current));
  RingJacobianExpand(electrode, jacobian, border, update);
  PetscCall(PathDirection(electrode->model.path, jacobian->border, border, update->ring_current));
  PetscFunctionReturn(0);
}
