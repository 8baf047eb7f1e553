/* Impedance at its limits: against slopes of the steady curve and at an instant; the spectrum with live slow states
   against the impedance; what grows. */
#include "impedance_problem.h"

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

/* The spectrum with live slow states, whose equations are assembled on their own, gives the impedance. */
static PetscErrorCode CheckLiveSpectrum(const char *name, const char *deck, double bias, double capacitance) {
  const bool slow = capacitance > 1.0; /* as slow as the contact, alone: rounding knows 13 decades of times */
  const ChargeStorage storage = {.charge_transfer = capacitance,
                                 .charge_transfer_exponent = 1.0,
                                 .se_transfer = slow ? 0.0 : 0.02,
                                 .se_transfer_exponent = 1.0,
                                 .sei_permittivity = slow ? 0.0 : 10.0,
                                 .electrolyte_permittivity = slow ? 0.0 : 10.0};
  RelaxationSpectrum spectrum;
  ImpedancePoint point;
  Impedance impedance;
  ElectrodeState state;
  double worst = 0.0;
  char what[96];
  Coupled c;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(Settle(&c, bias, 10.0, 40, &state));
  PetscCall(ImpedanceCreate(c.simulation->electrode, &storage, &impedance));
  PetscCall(ImpedanceLinearise(impedance, &state, PETSC_TRUE));
  PetscCall(ImpedanceSpectrum(impedance, HELD_CURRENT, 0.01, &spectrum));
  for (double omega = 1e-2; omega < 1e9; omega *= 10.0) {
    const double complex s = omega * (double complex)_Complex_I;
    PetscCall(ImpedanceSolve(impedance, s, &point, NULL, NULL));
    worst = fmax(worst, cabs(RelaxationSpectrumValue(&spectrum, s) / point.total - 1.0));
  }
  (void)snprintf(what, sizeof what, "%s: the spectrum gives the impedance", name);
  CheckBetween(what, worst, 0.0, 1e-6);
  PetscCall(RelaxationSpectrumDestroy(&spectrum));
  PetscCall(ImpedanceDestroy(&impedance));
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* A current that takes contact away faster than it heals: unstable, and named by what grows. */
static PetscErrorCode CheckUnstable(void) {
  const ChargeStorage storage = {.charge_transfer = 0.1, .charge_transfer_exponent = 1.0, .se_transfer_exponent = 1.0};
  RelaxationSpectrum spectrum;
  Impedance impedance;
  ElectrodeState state;
  Coupled c;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate("contact: {law: void_reservoir}\n" NEEDLE REST, &c));
  PetscCall(Settle(&c, 10e-3, 20.0, 100, &state));
  PetscCall(ImpedanceCreate(c.simulation->electrode, &storage, &impedance));
  PetscCall(ImpedanceLinearise(impedance, &state, PETSC_TRUE));
  PetscCall(ImpedanceSpectrum(impedance, HELD_CURRENT, 0.01, &spectrum));
  CheckBetween("losing contact: unstable modes", spectrum.unstable, 1, 1);
  CheckBetween("losing contact: named by the voids", strstr(spectrum.name, "void_depth") ? 1.0 : 0.0, 1.0, 1.0);
  PetscCall(RelaxationSpectrumDestroy(&spectrum));
  PetscCall(ImpedanceDestroy(&impedance));
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(CheckSteady("first order", FIRST_ORDER STEADY, 8e-3));
  PetscCall(CheckSteady("resolved SEI", FIRST_ORDER RESOLVED STEADY, 8e-3));
  PetscCall(CheckInstant("first order", FIRST_ORDER STEADY, 8e-3));
  PetscCall(CheckInstant("resolved SEI", FIRST_ORDER RESOLVED STEADY, 30e-3));
  PetscCall(CheckInstant("voids and reservoir", "contact: {law: void_reservoir}\n" NEEDLE STEADY, -4e-3));
  PetscCall(CheckInstant("grain", GRAIN NEEDLE STEADY, -4e-3));
  PetscCall(CheckInstant("crack", CRACK NEEDLE STEADY, -20e-3));
  PetscCall(CheckLiveSpectrum("first order", FIRST_ORDER REST, 8e-3, 0.1));
  PetscCall(CheckLiveSpectrum("voids and reservoir", "contact: {law: void_reservoir}\n" NEEDLE REST, -3e-3, 0.1));
  PetscCall(CheckLiveSpectrum("three processes", "contact: {law: void_reservoir}\n" PRESSED SERIES REST, -3e-3, 0.1));
  PetscCall(CheckLiveSpectrum("first order, slow layer", FIRST_ORDER REST, 8e-3, 1e6));
  PetscCall(CheckUnstable());
  {
    const int status = CheckFinish();
    PetscCall(PetscFinalize());
    return status;
  }
}
