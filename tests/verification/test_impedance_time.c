/* Impedance against the time domain: a small sine with slow states alive, by the program's own time steps; a small sine
   with capacitances, by an integration of its own; and the limit of low frequency against the slope of the steady
   curve. */
#include "../../solver/impedance/impedance.h"
#include "../support/coupled.h"
#include "check.h"
#include <petscblaslapack.h>

/* --- slow states -------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name, *deck;
  double bias, frequency; /* [V], [Hz] */
} Case;

#define FIRST_ORDER                                                                                                    \
  "contact: {law: first_order, first_order: {loss_coefficient: 0.02 cm2/mA/s, healing_rate: 0.05 1/s}}\n"              \
  "interface: {kinetics: sinh, sinh: {exchange_current_density: 17.54 mA/cm2, inverse_scale: 100 1/V}}\n"
#define NEEDLE                                                                                                         \
  "needle: {pressure: 0.5 MPa, stiffness: 0.49 MPa/um, adhesion: 0.2 MPa}\n"                                           \
  "interface: {kinetics: butler_volmer, butler_volmer: {exchange_current_density: 50 mA/cm2, stress_shift: 1}}\n"
#define STEADY                                                                                                         \
  "grid: {rings: 48}\ntime: {tolerance: 1e-8, newton_tolerance: 1e-6}\n"                                               \
  "protocol: [{hold: {potential: 1 mV, duration: 1 s}}]\n"
#define RESOLVED                                                                                                       \
  "sei: {resolved: true, thickness: 10 nm, block: {layers: 3, half_jump_distance: 10 nm, microstructure: random, "     \
  "random: {seed: 3}}}\nbulk: {solver: condensed, cache: none}\n"
#define GRAIN "electrolyte: {conductivity: 1.65 mS/cm, grain_conductivity: 3 mS/cm, grain_depth: 15 um}\n"
#define CRACK "crack: {shape: half_penny, length: 5 um, width: 10 um}\n"
#define REST                                                                                                           \
  "grid: {rings: 12}\ntime: {tolerance: 1e-8, newton_tolerance: 1e-6}\n"                                               \
  "protocol: [{hold: {potential: 1 mV, duration: 1 s}}]\n"

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

/* A state under the bias after `duration` [s], in steps that grow from 1e-9 of it. */
static PetscErrorCode Settle(const Coupled *c, double bias, double duration, PetscInt steps, ElectrodeState *state) {
  const Simulation sim = c->simulation;
  const Control control = {PETSC_FALSE, 0.0, bias, 0.0};
  ElectrodeState next;
  Integrator integrator;
  StepResult result;
  PetscBool converged;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCreate(sim->electrode, state));
  PetscCall(ElectrodeStateCreate(sim->electrode, &next));
  PetscCall(ElectrodeInitialState(sim->electrode, state));
  PetscCall(ElectrodeSolveAlgebraic(sim->electrode, &control, state, &converged));
  PetscCall(IntegratorCreate(sim->electrode, &sim->integrator, &integrator));
  for (PetscInt n = 1; n <= steps; n++) {
    const double reached = duration * pow(1e-9, (double)(steps - n) / (double)(steps - 1));
    PetscCall(IntegratorNewStart(integrator, state));
    PetscCall(IntegratorStep(integrator, state, &control, reached - *state->time, &next, &result));
    PetscCheck(result.converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "step %d at rest", (int)n);
    PetscCall(ElectrodeStateCopy(&next, state));
  }
  PetscCall(ElectrodeSolveAlgebraic(sim->electrode, &control, state, &converged));
  PetscCall(IntegratorDestroy(&integrator));
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

/* --- the steady curve --------------------------------------------------------------------------------------------- */

static PetscErrorCode SteadyCurrent(const Coupled *c, double bias, double *current) {
  ElectrodeState state;

  PetscFunctionBeginUser;
  PetscCall(Settle(c, bias, 1e6, 400, &state));
  *current = CoupledCurrent(c, &state);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscFunctionReturn(0);
}

/* dI/dV at an instant, everything that evolves standing still, with an error of fourth order in h [V]. */
static PetscErrorCode SlopeAtInstant(const Coupled *c, const ElectrodeState *state, double bias, double h,
                                     double *slope) {
  const Electrode electrode = c->simulation->electrode;
  double i[4], small, large;
  ElectrodeState trial;
  PetscBool converged;

  PetscFunctionBeginUser;
  PetscCall(ElectrodeStateCreate(electrode, &trial));
  for (int k = 0; k < 4; k++) {
    const Control control = {PETSC_FALSE, *state->time, bias + (k % 2 ? -h : h) * (k / 2 + 1), 0.0};
    PetscCall(ElectrodeStateCopy(state, &trial));
    PetscCall(ElectrodeSolveAlgebraic(electrode, &control, &trial, &converged));
    i[k] = ElectrodeCurrent(electrode, &trial);
  }
  small = (i[0] - i[1]) / (2.0 * h);
  large = (i[2] - i[3]) / (4.0 * h);
  *slope = (4.0 * small - large) / 3.0;
  PetscCall(ElectrodeStateDestroy(&trial));
  PetscFunctionReturn(0);
}

/* At frozen states after a while under the bias: also what stands between the rings and ground, and a resolved SEI. */
static PetscErrorCode CheckInstant(const char *name, const char *deck, double bias) {
  const ChargeStorage storage = {.charge_transfer = 0.1, .charge_transfer_exponent = 1.0, .se_transfer_exponent = 1.0};
  Impedance impedance;
  ImpedancePoint point;
  ElectrodeState state;
  double complex sum = 0.0;
  double slope = NAN;
  char what[96];
  Coupled c;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(Settle(&c, bias, 10.0, 40, &state));
  PetscCall(ImpedanceCreate(c.simulation->electrode, &storage, &impedance));
  PetscCall(ImpedanceLinearise(impedance, &state, PETSC_FALSE));
  PetscCall(ImpedanceSolve(impedance, 1e-9 * (double complex)_Complex_I, &point, NULL, NULL));
  PetscCall(SlopeAtInstant(&c, &state, bias, 4e-5, &slope));
  (void)snprintf(what, sizeof what, "%s: frozen limit is the slope at an instant", name);
  CheckNear(what, 1.0 / creal(point.total), slope, 1e-6);
  for (int p = 0; p < IMPEDANCE_PARTS; p++) {
    sum += point.part[p];
  }
  (void)snprintf(what, sizeof what, "%s: the parts add to the impedance", name);
  CheckBetween(what, cabs(sum / point.total - 1.0), 0.0, 1e-12);
  PetscCall(ImpedanceDestroy(&impedance));
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* Live slow states against the slope of the steady curve. */
static PetscErrorCode CheckSteady(const char *name, const char *deck, double bias) {
  const ChargeStorage storage = {.charge_transfer = 0.1, .charge_transfer_exponent = 1.0, .se_transfer_exponent = 1.0};
  const double h = 4e-5; /* [V] */
  double slope[2], i[2];
  Impedance impedance;
  ImpedancePoint live;
  ElectrodeState state;
  char what[96];
  Coupled c;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  for (int k = 0; k < 2; k++) {
    PetscCall(SteadyCurrent(&c, bias + h * (k + 1), &i[1]));
    PetscCall(SteadyCurrent(&c, bias - h * (k + 1), &i[0]));
    slope[k] = (i[1] - i[0]) / (2.0 * h * (k + 1));
  }
  PetscCall(Settle(&c, bias, 1e6, 400, &state));
  PetscCall(ImpedanceCreate(c.simulation->electrode, &storage, &impedance));
  PetscCall(ImpedanceLinearise(impedance, &state, PETSC_TRUE));
  PetscCall(ImpedanceSolve(impedance, 1e-9 * (double complex)_Complex_I, &live, NULL, NULL));
  (void)snprintf(what, sizeof what, "%s: live limit is the slope of the steady curve", name);
  CheckNear(what, 1.0 / creal(live.total), (4.0 * slope[0] - slope[1]) / 3.0, 1e-6);
  PetscCall(ImpedanceDestroy(&impedance));
  PetscCall(ElectrodeStateDestroy(&state));
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

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); k++) {
    PetscCall(CheckSine(&cases[k]));
  }
  PetscCall(CheckSteady("first order", FIRST_ORDER STEADY, 8e-3));
  PetscCall(CheckSteady("resolved SEI", FIRST_ORDER RESOLVED STEADY, 8e-3));
  PetscCall(CheckInstant("first order", FIRST_ORDER STEADY, 8e-3));
  PetscCall(CheckInstant("resolved SEI", FIRST_ORDER RESOLVED STEADY, 30e-3));
  PetscCall(CheckInstant("voids and reservoir", "contact: {law: void_reservoir}\n" NEEDLE STEADY, -4e-3));
  PetscCall(CheckInstant("grain", GRAIN NEEDLE STEADY, -4e-3));
  PetscCall(CheckInstant("crack", CRACK NEEDLE STEADY, -20e-3));
  for (double omega = 3e5; omega < 4e7; omega *= 10.0) {
    PetscCall(CheckCapacitances(omega));
  }
  {
    const int status = CheckFinish();
    PetscCall(PetscFinalize());
    return status;
  }
}
