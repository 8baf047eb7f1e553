/* Impedance against a small sine in the time domain: with slow states alive, by the program's own time steps; with
   capacitances, and with both, by integrations of their own. */
#include "impedance_problem.h"
#include <petscblaslapack.h>

/* --- slow states -------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name, *deck;
  double bias, frequency; /* [V], [Hz] */
} Case;

static const Case cases[] = {
    {"first order", FIRST_ORDER REST, 8e-3, 0.02},
    {"first order, fast", FIRST_ORDER REST, 8e-3, 1.0},
    {"voids and needle", "contact: {law: void}\n" NEEDLE REST, 1e-3, 0.02},
    {"voids and reservoir", "contact: {law: void_reservoir}\n" NEEDLE REST, -3e-3, 0.05},
};

enum { PER_PERIOD = 200, PERIODS = 6 };

/* From `start` under the bias with a sine of an amplitude on it; the currents [A] of the last period. */
static PetscErrorCode Respond(const Coupled *c, const Case *it, double amplitude, const ElectrodeState *start,
                              double current[PER_PERIOD], ElectrodeState *end) {
  const Simulation sim = c->simulation;
  const double dt = 1.0 / (it->frequency * PER_PERIOD);
  ElectrodeState now, next;
  Integrator integrator;
  StepResult result;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCreate(sim->electrode, &now));
  PetscCall(ElectrodeStateCreate(sim->electrode, &next));
  PetscCall(ElectrodeStateCopy(start, &now));
  PetscCall(IntegratorCreate(sim->electrode, &sim->integrator, &integrator));
  for (int n = 0; n < PER_PERIOD * PERIODS; n++) {
    const double from = it->bias + amplitude * sin(2.0 * PETSC_PI * n / PER_PERIOD);
    const double to = it->bias + amplitude * sin(2.0 * PETSC_PI * (n + 1) / PER_PERIOD);
    const Control control = {PETSC_FALSE, *now.time, from, (to - from) / dt};
    PetscCall(IntegratorNewStart(integrator, &now));
    PetscCall(IntegratorStep(integrator, &now, &control, dt, &next, &result));
    PetscCheck(result.converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "step %d", n);
    PetscCall(ElectrodeStateCopy(&next, &now));
    if (n >= PER_PERIOD * (PERIODS - 1)) {
      current[n % PER_PERIOD] = CoupledCurrent(c, &now);
    }
  }
  PetscCall(ElectrodeStateCopy(&now, end));
  PetscCall(IntegratorDestroy(&integrator));
  PetscCall(ElectrodeStateDestroy(&now));
  PetscCall(ElectrodeStateDestroy(&next));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckSine(const Case *it) {
  const double amplitude = 1e-5;
  double with[PER_PERIOD], without[PER_PERIOD];
  double complex response = 0.0, frozen;
  const ChargeStorage none = {.charge_transfer_exponent = 1.0, .se_transfer_exponent = 1.0};
  Impedance impedance;
  ImpedancePoint point;
  ElectrodeState start, end;
  char what[96];
  Coupled c;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(it->deck, &c));
  PetscCall(Settle(&c, it->bias, 20.0, 200, &start));
  PetscCall(ElectrodeStateCreate(c.simulation->electrode, &end));
  PetscCall(Respond(&c, it, 0.0, &start, without, &end));
  PetscCall(ImpedanceCreate(c.simulation->electrode, &none, &impedance));
  PetscCall(ImpedanceLinearise(impedance, &end, PETSC_FALSE));
  PetscCall(ImpedanceSolve(impedance, 2.0 * PETSC_PI * it->frequency * (double complex)_Complex_I, &point, NULL, NULL));
  frozen = point.total;
  PetscCall(ImpedanceLinearise(impedance, &end, PETSC_TRUE));
  PetscCall(ImpedanceSolve(impedance, 2.0 * PETSC_PI * it->frequency * (double complex)_Complex_I, &point, NULL, NULL));
  PetscCall(Respond(&c, it, amplitude, &start, with, &end));
  for (int n = 0; n < PER_PERIOD; n++) {
    const double phase = 2.0 * PETSC_PI * (n + 1) / PER_PERIOD;
    response += 2.0 / PER_PERIOD * (with[n] - without[n]) * (sin(phase) + cos(phase) * (double complex)_Complex_I);
  }
  (void)PetscPrintf(PETSC_COMM_WORLD, "     %s: Z %.6g %+.6gi, time domain %.6g %+.6gi, frozen %.6g\n", it->name,
                    creal(point.total), cimag(point.total), creal(amplitude / response), cimag(amplitude / response),
                    creal(frozen));
  (void)snprintf(what, sizeof what, "%s: a small sine in the time domain", it->name);
  CheckBetween(what, cabs(amplitude / response / point.total - 1.0), 0.0, 1e-3);
  (void)snprintf(what, sizeof what, "%s: against what slow states do", it->name);
  CheckBetween(what, cabs((amplitude / response - point.total) / (frozen - point.total)), 0.0, 0.02);
  PetscCall(ImpedanceDestroy(&impedance));
  PetscCall(ElectrodeStateDestroy(&start));
  PetscCall(ElectrodeStateDestroy(&end));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* --- capacitances ------------------------------------------------------------------------------------------------- */

/* Three processes in series, of which each charges a capacitor: C d eta_k/dt = i - i_k(eta_k), V = Z I + sum eta_k. */
enum { RINGS = 12, PROCESSES = 3 };
typedef struct {
  double inverse[RINGS * RINGS], area[RINGS]; /* [S] of the electrolyte, [m^2] */
  double capacitance[PROCESSES];              /* [F/m^2] */
  KineticsSeries series;
} Chain;

static void Currents(const Chain *chain, double v, const double eta[], double current[RINGS]) {
  for (int j = 0; j < RINGS; j++) {
    current[j] = 0.0;
    for (int i = 0; i < RINGS; i++) {
      current[j] +=
          chain->inverse[j + RINGS * i] * (v - eta[PROCESSES * i] - eta[PROCESSES * i + 1] - eta[PROCESSES * i + 2]);
    }
  }
}

static void Rates(const Chain *chain, double v, const double eta[], double rate[]) {
  const InterfaceConditions at = {.temperature = 298.15, .sei_thickness = 1e-8};
  double current[RINGS];

  Currents(chain, v, eta, current);
  for (int n = 0; n < RINGS * PROCESSES; n++) {
    const int k = n % PROCESSES;
    rate[n] = (current[n / PROCESSES] / chain->area[n / PROCESSES] -
               chain->series.law[k]->current_density(chain->series.parameters[k], &at, eta[n])) /
              chain->capacitance[k];
  }
}

/* One step of the classical Runge-Kutta method. */
static void Advance(const Chain *chain, double bias, double amplitude, double omega, double t, double dt,
                    double eta[]) {
  static const double part[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
  double rate[RINGS * PROCESSES] = {0.0}, sum[RINGS * PROCESSES] = {0.0}, at[RINGS * PROCESSES];

  for (int stage = 0; stage < 4; stage++) {
    for (int n = 0; n < RINGS * PROCESSES; n++) {
      at[n] = eta[n] + part[stage] * dt * rate[n];
    }
    Rates(chain, bias + amplitude * sin(omega * (t + part[stage] * dt)), at, rate);
    for (int n = 0; n < RINGS * PROCESSES; n++) {
      sum[n] += weight[stage] * rate[n];
    }
  }
  for (int n = 0; n < RINGS * PROCESSES; n++) {
    eta[n] += dt * sum[n];
  }
}

static PetscErrorCode FillChain(const Coupled *c, const ChargeStorage *storage, Chain *chain) {
  const ElectrodeModel *m = &c->simulation->model;
  const PetscBLASInt n = RINGS;
  PetscBLASInt pivot[RINGS], info;
  double matrix[RINGS * RINGS];

  PetscFunctionBeginUser;
  PetscCall(BulkResistance(c->simulation->bulk, matrix));
  for (int m2 = 0; m2 < RINGS * RINGS; m2++) {
    chain->inverse[m2] = m2 % (RINGS + 1) == 0 ? 1.0 : 0.0;
  }
  PetscCallBLAS("LAPACKgesv", LAPACKgesv_(&n, &n, matrix, &n, pivot, chain->inverse, &n, &info));
  chain->series = m->kinetics;
  for (int j = 0; j < RINGS; j++) {
    chain->area[j] = PETSC_PI * m->initial_radius * m->initial_radius * m->area_share[j];
  }
  chain->capacitance[0] = storage->charge_transfer;
  chain->capacitance[1] = storage->sei_permittivity * 8.8541878128e-12 / 1e-8;
  chain->capacitance[2] = storage->se_transfer;
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckCapacitances(double omega) {
  static const char deck[] =
      "interface: {kinetics: series, charge_transfer: {law: sinh, sinh: {exchange_current_density: 20 mA/cm2, "
      "inverse_scale: 19.5 1/V}}, sei_transport: {law: sinh, sinh: {exchange_current_density: 60 mA/cm2, "
      "inverse_scale: "
      "30 1/V}}, se_transfer: {law: linear, linear: {resistance: 0.2 ohm cm2}}}\n"
      "sei: {thickness: 10 nm}\ncapacitance: {charge_transfer: 5 uF/cm2, se_transfer: 3 uF/cm2, sei_permittivity: 20}\n"
      "bulk: {solver: condensed, cache: none}\ngrid: {rings: 12}\n"
      "protocol: [{hold: {potential: 20 mV, duration: 1 s}}]\n";
  const double bias = 20e-3, amplitude = 1e-5;
  const Control hold = {PETSC_FALSE, 0.0, bias, 0.0};
  double eta[RINGS * PROCESSES], current[RINGS];
  const int per_period = (int)fmax(600.0, 2.0 * PETSC_PI / omega / 2e-9), periods = 6 + (int)(omega / 3e5);
  double complex response = 0.0;
  ChargeStorage storage;
  ImpedancePoint point;
  Impedance impedance;
  ElectrodeState state;
  PetscBool converged;
  char what[96];
  Coupled c;
  Chain chain;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(DeckFill(c.deck, "capacitance", charge_storage_parameters, &storage));
  PetscCall(FillChain(&c, &storage, &chain));
  PetscCall(ElectrodeStateCreate(c.simulation->electrode, &state));
  PetscCall(ElectrodeInitialState(c.simulation->electrode, &state));
  PetscCall(ElectrodeSolveAlgebraic(c.simulation->electrode, &hold, &state, &converged));
  for (int n = 0; n < RINGS * PROCESSES; n++) {
    const InterfaceConditions at = {.temperature = 298.15, .sei_thickness = 1e-8};
    double slope;
    eta[n] = kinetics_series_process(&chain.series, n % PROCESSES, &at, state.current[n / PROCESSES], &slope);
  }
  for (int n = 0; n < per_period * periods; n++) {
    const double dt = 2.0 * PETSC_PI / omega / per_period, phase = 2.0 * PETSC_PI * (n + 1) / per_period;
    double total = -CoupledCurrent(&c, &state);
    Advance(&chain, bias, amplitude, omega, n * dt, dt, eta);
    Currents(&chain, bias + amplitude * sin(phase), eta, current);
    for (int j = 0; j < RINGS; j++) {
      total += current[j];
    }
    if (n >= per_period * (periods - 1)) {
      response += 2.0 / per_period * total * (sin(phase) + cos(phase) * (double complex)_Complex_I);
    }
  }
  PetscCall(ImpedanceCreate(c.simulation->electrode, &storage, &impedance));
  PetscCall(ImpedanceLinearise(impedance, &state, PETSC_FALSE));
  PetscCall(ImpedanceSolve(impedance, omega * (double complex)_Complex_I, &point, NULL, NULL));
  (void)snprintf(what, sizeof what, "three processes at 20 mV, omega %g: a small sine in the time domain", omega);
  CheckBetween(what, cabs(amplitude / response / point.total - 1.0), 0.0, 1e-3);
  PetscCall(ImpedanceDestroy(&impedance));
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* --- a double layer on a contact that is lost --------------------------------------------------------------------- */

/* Charge q = C theta eta of a ring per nominal area, and its state x: what charges the layer loses no contact.
   dq/dt = i - i_F, dx/dt = rates(i_F, eta); C so large that both are equally slow. */
typedef struct {
  double inverse[RINGS * RINGS], area[RINGS], capacitance;
  const ElectrodeModel *model;
} Layer;

static void LayerRates(const Layer *l, double v, const double y[], double rate[], double *total) {
  const ElectrodeModel *m = l->model;
  const InterfaceConditions at = {.temperature = m->temperature, .sei_thickness = 1e-8};
  double eta[RINGS], current;

  for (int j = 0; j < RINGS; j++) {
    eta[j] = y[2 * j] / (l->capacitance * m->contact->opening(m->contact_parameters, &y[2 * j + 1]).contact_fraction);
  }
  *total = 0.0;
  for (int j = 0; j < RINGS; j++) {
    const ContactOpening opening = m->contact->opening(m->contact_parameters, &y[2 * j + 1]);
    ContactDrive drive = {.overpotential = eta[j]};
    drive.current_density =
        opening.contact_fraction * m->kinetics.law[0]->current_density(m->kinetics.parameters[0], &at, eta[j]);
    current = 0.0;
    for (int i = 0; i < RINGS; i++) {
      current += l->inverse[j + RINGS * i] * (v - eta[i]);
    }
    *total += current;
    rate[2 * j] = current / l->area[j] - drive.current_density;
    (void)m->contact->rates(m->contact_parameters, &m->ring[j], &y[2 * j + 1], &opening, &drive, &rate[2 * j + 1]);
  }
}

/* The last period's response to a sine of an amplitude, by the classical Runge-Kutta method. */
static double complex LayerResponse(const Layer *l, double bias, double amplitude, double omega, const double start[]) {
  enum { N = 2 * RINGS, STEPS = 800, LAST = 60 };
  static const double part[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
  const double dt = 2.0 * PETSC_PI / omega / STEPS;
  double complex response = 0.0;
  double y[N], total;

  for (int n = 0; n < N; n++) {
    y[n] = start[n];
  }
  for (int n = 0; n < STEPS * LAST; n++) {
    double rate[N] = {0.0}, sum[N] = {0.0}, at[N];
    for (int stage = 0; stage < 4; stage++) {
      const double phase = 2.0 * PETSC_PI * (n + part[stage]) / STEPS;
      for (int k = 0; k < N; k++) {
        at[k] = y[k] + part[stage] * dt * rate[k];
      }
      LayerRates(l, bias + amplitude * sin(phase), at, rate, &total);
      for (int k = 0; k < N; k++) {
        sum[k] += weight[stage] * rate[k];
      }
      if (stage == 0 && n >= STEPS * (LAST - 1)) {
        response += 2.0 / STEPS * total * (sin(phase) + cos(phase) * (double complex)_Complex_I);
      }
    }
    for (int k = 0; k < N; k++) {
      y[k] += dt * sum[k];
    }
  }
  return response;
}

static PetscErrorCode CheckLayer(double omega) {
  const double bias = 8e-3, amplitude = 1e-6;
  const ChargeStorage storage = {.charge_transfer = 1e6, .charge_transfer_exponent = 1.0, .se_transfer_exponent = 1.0};
  const PetscBLASInt n = RINGS;
  double matrix[RINGS * RINGS], start[2 * RINGS];
  PetscBLASInt pivot[RINGS], info;
  double complex response;
  ImpedancePoint point;
  Impedance impedance;
  ElectrodeState state;
  RingResponse ring;
  char what[96];
  Coupled c;
  Layer l = {.capacitance = storage.charge_transfer};

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(FIRST_ORDER "bulk: {solver: condensed, cache: none}\n" REST, &c));
  PetscCall(Settle(&c, bias, 1e6, 400, &state));
  l.model = &c.simulation->model;
  PetscCall(BulkResistance(c.simulation->bulk, matrix));
  for (int k = 0; k < RINGS * RINGS; k++) {
    l.inverse[k] = k % (RINGS + 1) == 0 ? 1.0 : 0.0;
  }
  PetscCallBLAS("LAPACKgesv", LAPACKgesv_(&n, &n, matrix, &n, pivot, l.inverse, &n, &info));
  for (PetscInt j = 0; j < RINGS; j++) {
    l.area[j] = PETSC_PI * l.model->initial_radius * l.model->initial_radius * l.model->area_share[j];
    ElectrodeRing(c.simulation->electrode, j, &state.x[j], state.current[j], state.global[GLOBAL_PRESSURE],
                  *state.bearing, &ring);
    start[2 * j] = l.capacitance * ring.contact_fraction * ring.overpotential;
    start[2 * j + 1] = state.x[j];
  }
  response = LayerResponse(&l, bias, amplitude, omega, start) - LayerResponse(&l, bias, 0.0, omega, start);
  PetscCall(ImpedanceCreate(c.simulation->electrode, &storage, &impedance));
  PetscCall(ImpedanceLinearise(impedance, &state, PETSC_TRUE));
  PetscCall(ImpedanceSolve(impedance, omega * (double complex)_Complex_I, &point, NULL, NULL));
  (void)snprintf(what, sizeof what, "double layer and lost contact, omega %g: a small sine", omega);
  CheckBetween(what, cabs(amplitude / response / point.total - 1.0), 0.0, 1e-3);
  PetscCall(ImpedanceDestroy(&impedance));
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); k++) {
    PetscCall(CheckSine(&cases[k]));
  }
  PetscCall(CheckLayer(0.05));
  PetscCall(CheckLayer(0.5));
  for (double omega = 3e5; omega < 4e7; omega *= 10.0) {
    PetscCall(CheckCapacitances(omega));
  }
  {
    const int status = CheckFinish();
    PetscCall(PetscFinalize());
    return status;
  }
}
