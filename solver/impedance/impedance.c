#include "impedance_private.h"

const char *const ImpedancePartNames[IMPEDANCE_PARTS] = {"charge_transfer", "sei_transport", "se_transfer",
                                                         "electrolyte", "ground"};

PetscErrorCode ImpedanceCreate(Electrode electrode, const ChargeStorage *storage, Impedance *impedance) {
  const size_t rings = (size_t)electrode->model.rings;
  Impedance z;

  PetscFunctionBeginUser;
  PetscCheck(electrode->model.path->ops->small_signal, PETSC_COMM_SELF, PETSC_ERR_SUP,
             "The path '%s' knows no small signals", electrode->model.path->ops->name);
  PetscCall(PetscNew(impedance));
  z = *impedance;
  z->electrode = electrode;
  z->storage = *storage;
  PetscCall(ElectrodeStateCreate(electrode, &z->state));
  PetscCall(ElectrodeStateCreate(electrode, &z->trial));
  PetscCall(PetscMalloc6(rings, &z->ring, rings, &z->signal, rings * rings, &z->matrix, rings * SIGNAL_COLUMNS,
                         &z->column, rings * PATH_DROPS, &z->drop, rings, &z->pivot));
  PetscFunctionReturn(0);
}

PetscErrorCode ImpedanceDestroy(Impedance *impedance) {
  Impedance z = *impedance;

  PetscFunctionBeginUser;
  if (!z) {
    PetscFunctionReturn(0);
  }
  PetscCall(ElectrodeStateDestroy(&z->state));
  PetscCall(ElectrodeStateDestroy(&z->trial));
  PetscCall(PetscFree6(z->ring, z->signal, z->matrix, z->column, z->drop, z->pivot));
  PetscCall(PetscFree(*impedance));
  PetscFunctionReturn(0);
}

/* --- linearisation ------------------------------------------------------------------------------------------------ */

/* What the part between the rings and ground makes of the potential V and the contact current, by its equations at an
   instant: the drive W and the current beside the contact. */
static PetscErrorCode ClosingAt(Impedance z, double potential, const double current_density[], double *drive,
                                double *beside) {
  const Electrode e = z->electrode;
  const Control control = {PETSC_FALSE, *z->state.time, potential, 0.0};
  PartClosing closing;
  double change = 0.0;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCopy(&z->state, &z->trial));
  PetscCall(PetscArraycpy(z->trial.current, current_density, e->model.rings));
  PetscCall(ElectrodeChooseClosing(e, &control, 0.0, z->trial.global, &z->trial, &closing));
  PetscCheck(closing.follows, PETSC_COMM_SELF, PETSC_ERR_SUP,
             "Impedance: the part '%s' does not say what the rings see at an imposed potential", e->closing->name);
  PetscCall(ElectrodeEnterClosing(e, &control, 0.0, z->trial.global, &z->trial, &closing, &change));
  *drive = closing.drive;
  *beside = ElectrodePartCurrent(e, &z->trial);
  PetscFunctionReturn(0);
}

/* Its derivatives, by central differences: the part is smooth, and what it does exact for linear ones. */
static PetscErrorCode LineariseClosing(Impedance z) {
  const Electrode e = z->electrode;
  const PetscInt rings = e->model.rings;
  const double area = ElectrodeArea(e, z->state.global[GLOBAL_LOG_RADIUS]), potential = *z->state.potential;
  const double volt = 1e-5 * (1e-2 + fabs(potential)); /* [V] */
  double *current, drive[2], beside[2], largest = 0.0, step;

  PetscFunctionBeginUser;
  z->drive_by_potential = 1.0;
  z->drive_by_current = z->beside_by_potential = z->beside_by_current = 0.0;
  if (!e->closing) {
    PetscFunctionReturn(0);
  }
  for (int k = 0; k < 2; k++) {
    PetscCall(ClosingAt(z, potential + (k ? volt : -volt), z->state.current, &drive[k], &beside[k]));
  }
  z->drive_by_potential = (drive[1] - drive[0]) / (2.0 * volt);
  z->beside_by_potential = (beside[1] - beside[0]) / (2.0 * volt);
  for (PetscInt j = 0; j < rings; j++) {
    largest = fmax(largest, fabs(z->state.current[j]));
  }
  step = 1e-5 * (10.0 + largest); /* [A/m^2] */
  PetscCall(PetscMalloc1(rings, &current));
  for (int k = 0; k < 2; k++) {
    for (PetscInt j = 0; j < rings; j++) {
      current[j] = z->state.current[j] + (k ? step : -step);
    }
    PetscCall(ClosingAt(z, potential, current, &drive[k], &beside[k]));
  }
  PetscCall(PetscFree(current));
  z->drive_by_current = (drive[1] - drive[0]) / (2.0 * step * area);
  z->beside_by_current = (beside[1] - beside[0]) / (2.0 * step * area);
  PetscFunctionReturn(0);
}

PetscErrorCode ImpedanceLinearise(Impedance z, const ElectrodeState *state, PetscBool live) {
  const Electrode e = z->electrode;
  double *current, *potential;

  PetscFunctionBeginUser;
  z->live = live;
  PetscCall(ElectrodeStateCopy(state, &z->state));
  PetscCall(ElectrodeSetConditions(e, *state->time, state->global[GLOBAL_LOG_RADIUS]));
  PetscCall(PetscMalloc2(e->model.rings, &current, e->model.rings, &potential));
  PetscCall(ElectrodePotentials(e, state, state->current, state->path, potential));
  PetscCall(RingLinearFill(e, state, live, z->ring, z->needle_rate));
  for (PetscInt j = 0; j < e->model.rings; j++) {
    current[j] = state->current[j] * z->ring[j].area;
  }
  PetscCall(PathLinearise(e->model.path, &z->storage, current, state->path));
  PetscCall(PetscFree2(current, potential));
  PetscCall(LineariseClosing(z));
  PetscFunctionReturn(0);
}

double ImpedanceDrift(Impedance z) {
  const ElectrodeModel *m = &z->electrode->model;
  const int local = m->contact->local_count;
  double scale[CONTACT_MAX_LOCAL] = {0.0}, worst = 0.0;

  if (local) {
    m->contact->scales(m->contact_parameters, scale);
  }
  for (PetscInt n = 0; n < m->rings * local; n++) {
    worst = fmax(worst, fabs(z->state.x_rate[n]) / (fabs(z->state.x[n]) + scale[n % local]));
  }
  worst = fmax(worst, fabs(z->state.global_rate[GLOBAL_LOG_RADIUS]));
  if (m->contact->uses_needle) {
    const double pressure = z->state.global[GLOBAL_PRESSURE];
    worst = fmax(worst, fabs(z->state.global_rate[GLOBAL_PRESSURE]) / (fabs(pressure) + 1e-3 * m->needle.pressure));
  }
  return worst;
}

/* --- one frequency ------------------------------------------------------------------------------------------------ */

/* Ring currents for a unit of the drive, of p and of S into the columns. */
static PetscErrorCode SolveRings(Impedance z, double complex s) {
  const PetscInt rings = z->electrode->model.rings;
  const PetscBLASInt n = (PetscBLASInt)rings, columns = ImpedanceHasNeedle(z) ? SIGNAL_COLUMNS : 1;
  PetscBLASInt info = 0;

  PetscFunctionBeginUser;
  PetscCall(PathSmallSignal(z->electrode->model.path, s, z->matrix));
  for (PetscInt j = 0; j < rings; j++) {
    RingLinearSignal(&z->ring[j], &z->storage, ImpedanceLocal(z), s, &z->signal[j]);
    z->matrix[j + rings * j] += z->signal[j].total[SIGNAL_CURRENT] / z->ring[j].area;
    z->column[j] = 1.0;
    z->column[rings + j] = -z->signal[j].total[SIGNAL_PRESSURE];
    z->column[2 * rings + j] = -z->signal[j].total[SIGNAL_BEARING];
  }
  PetscCallBLAS("LAPACKzgetrf", LAPACKzgetrf_(&n, &n, z->matrix, &n, z->pivot, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT,
             "Impedance: the rings' equations are singular at %g%+gi", creal(s), cimag(s));
  PetscCallBLAS("LAPACKzgetrs", LAPACKzgetrs_("N", &n, &columns, z->matrix, &n, z->pivot, z->column, &n, &info));
  PetscFunctionReturn(0);
}

/* What a column of ring currents, together with its unit of p or S, makes of the mean approach velocity and of S. */
static void Means(Impedance z, int column, double complex *approach, double complex *bearing) {
  const ElectrodeModel *m = &z->electrode->model;

  *approach = *bearing = 0.0;
  for (PetscInt j = 0; j < m->rings; j++) {
    const RingSignal *r = &z->signal[j];
    const double complex i = z->column[column * m->rings + j] / z->ring[j].area;
    *approach += m->area_share[j] * (r->approach[SIGNAL_CURRENT] * i + (column ? r->approach[column] : 0.0));
    *bearing += m->area_share[j] * (r->bearing[SIGNAL_CURRENT] * i + (column ? r->bearing[column] : 0.0));
  }
}

/* Pressure and bearing at a unit of the drive; then the ring currents of all three together. */
static void AddNeedle(Impedance z, double complex s, double complex border[SIGNAL_COLUMNS]) {
  const PetscInt rings = z->electrode->model.rings;
  const double by_p = z->needle_rate[0], by_u = z->needle_rate[1];
  double complex u[SIGNAL_COLUMNS], b[SIGNAL_COLUMNS], a11, a12, a21, a22, determinant;

  border[SIGNAL_PRESSURE] = border[SIGNAL_BEARING] = 0.0;
  if (!ImpedanceHasNeedle(z)) {
    return;
  }
  for (int c = 0; c < SIGNAL_COLUMNS; c++) {
    Means(z, c, &u[c], &b[c]);
  }
  a11 = s - by_p - by_u * u[1];
  a12 = -by_u * u[2];
  a21 = -b[1];
  a22 = 1.0 - b[2];
  determinant = a11 * a22 - a12 * a21;
  border[SIGNAL_PRESSURE] = (by_u * u[0] * a22 - a12 * b[0]) / determinant;
  border[SIGNAL_BEARING] = (a11 * b[0] - a21 * by_u * u[0]) / determinant;
  for (PetscInt j = 0; j < rings; j++) {
    z->column[j] += border[1] * z->column[rings + j] + border[2] * z->column[2 * rings + j];
  }
}

PetscErrorCode ImpedanceSolve(Impedance z, double complex s, ImpedancePoint *point, double complex ring_current[],
                              double complex ring_potential[]) {
  const PetscInt rings = z->electrode->model.rings;
  double complex border[SIGNAL_COLUMNS] = {0.0}, contact = 0.0, potential, current;

  PetscFunctionBeginUser;
  PetscCall(SolveRings(z, s));
  AddNeedle(z, s, border);
  for (PetscInt j = 0; j < rings; j++) {
    contact += z->column[j];
  }
  potential = (1.0 - z->drive_by_current * contact) / z->drive_by_potential; /* at a drive of 1 */
  current = contact + z->beside_by_potential * potential + z->beside_by_current * contact;
  *point = (ImpedancePoint){.total = potential / current};
  point->part[IMPEDANCE_GROUND] = (potential - 1.0) / current;
  PetscCall(PathSignalDrops(z->electrode->model.path, z->column, z->drop));
  for (PetscInt j = 0; j < rings; j++) {
    const RingSignal *r = &z->signal[j];
    const double complex weight = z->column[j] / (contact * current), i = z->column[j] / z->ring[j].area;
    for (PetscInt d = 0; d < PATH_DROPS; d++) {
      point->part[d] += weight * z->drop[d * rings + j];
    }
    for (int k = 0; k < z->ring[j].count; k++) {
      point->part[z->ring[j].process[k]] +=
          weight * (r->eta[SIGNAL_CURRENT][k] * i + border[SIGNAL_PRESSURE] * r->eta[SIGNAL_PRESSURE][k] +
                    border[SIGNAL_BEARING] * r->eta[SIGNAL_BEARING][k]);
    }
    if (ring_current) {
      ring_current[j] = z->column[j] / potential;
    }
    if (ring_potential) {
      ring_potential[j] = z->drop[PATH_ELECTROLYTE * rings + j] / potential;
    }
  }
  PetscFunctionReturn(0);
}

/* --- amplitude ---------------------------------------------------------------------------------------------------- */

PetscErrorCode ImpedanceHarmonics(Impedance z, double amplitude, Harmonics *harmonics) {
  static const double part[5] = {1.0, PETSC_SQRT2 / 2.0, 0.0, -PETSC_SQRT2 / 2.0, -1.0}; /* cos of theta = k pi/4 */
  static const double weight[5] = {1.0, 2.0, 2.0, 2.0, 1.0};
  double current[5], coefficient[4] = {0.0}, small[2];
  const double step = 1e-4 * PetscMin(amplitude, 1e-2);

  PetscFunctionBeginUser;
  *harmonics = (Harmonics){NAN, NAN, NAN};
  for (int k = 0; k < 7; k++) { /* the last two: of a small signal */
    const double v = *z->state.potential + (k < 5 ? amplitude * part[k] : k == 5 ? -step : step);
    const Control control = {PETSC_FALSE, *z->state.time, v, 0.0};
    PetscBool converged;
    PetscCall(ElectrodeStateCopy(&z->state, &z->trial));
    PetscCall(ElectrodeSolveAlgebraic(z->electrode, &control, &z->trial, &converged));
    if (!converged) {
      PetscFunctionReturn(0);
    }
    *(k < 5 ? &current[k] : &small[k - 5]) = ElectrodeCurrent(z->electrode, &z->trial);
  }
  for (int h = 1; h < 4; h++) {
    for (int k = 0; k < 5; k++) {
      coefficient[h] += 0.25 * weight[k] * current[k] * cos(h * k * PETSC_PI / 4.0);
    }
  }
  harmonics->second = fabs(coefficient[2] / coefficient[1]);
  harmonics->third = fabs(coefficient[3] / coefficient[1]);
  harmonics->gain = coefficient[1] / amplitude * (2.0 * step) / (small[1] - small[0]) - 1.0;
  PetscFunctionReturn(0);
}
