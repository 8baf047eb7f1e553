/* The time integrator on the full coupled problem: measured orders, an exact solution, exact charge, balances. */
#include "../../physics/constants.h"
#include "../support/coupled.h"

static const char first_order_deck[] =
    "contact: {law: first_order, first_order: {loss_coefficient: 0.02 cm2/mA/s, healing_rate: 0.005 1/s}}\n"
    "interface: {kinetics: sinh, sinh: {exchange_current_density: 17.54 mA/cm2, inverse_scale: 100 1/V}}\n"
    "grid: {rings: 12}\n"
    "time: {method: %s, tolerance: 1e-4, newton_tolerance: 1e-9}\n"
    "protocol: [{cv: {start: 0 mV, vertices: [-10 mV, 10 mV], rate: 0.2 mV/s, cycles: 1}}]\n";

static const char void_deck[] = "contact: {law: void}\n"
                                "needle: {pressure: 0.5 MPa, stiffness: 0.49 MPa/um, adhesion: 0.2 MPa}\n"
                                "interface: {kinetics: linear, linear: {resistance: 0.55 ohm cm2}}\n"
                                "grid: {rings: 12}\n"
                                "time: {method: %s, tolerance: 1e-4, newton_tolerance: 1e-6}\n"
                                "protocol: [{cv: {start: 1 mV, vertices: [8 mV], rate: 0.2 mV/s, cycles: 1}}]\n";

/* Errors of the final contact state against a run with many steps fall with the order of the method. */
static PetscErrorCode MeasureOrder(const char *name, const char *format, const char *method, double expected,
                                   PetscInt first) {
  char deck[1024];
  double reference = 1.0, error[3];

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck, format, method);
  for (int k = 3; k >= 0; k--) {
    Coupled c;
    ElectrodeState state;
    double current;
    PetscCall(CoupledCreate(deck, &c));
    PetscCall(CoupledIntegrate(&c, k == 3 ? 32 * first : first << k, &current, &state));
    /* the current vanishes at the end of a cycle: judge by the contact state of the innermost ring (voids at the rim
       have closed again, to nothing) */
    if (k == 3) {
      reference = state.x[0];
    } else {
      error[k] = fabs(state.x[0] / reference - 1.0);
    }
    PetscCall(ElectrodeStateDestroy(&state));
    PetscCall(CoupledDestroy(&c));
  }
  /* mean order of two refinements: the void law opens at a narrow corner, where single ratios scatter */
  Expect(0.5 * log2(error[0] / error[2]) > expected - 0.35,
         "%s, %s: errors %.3g %.3g %.3g, orders %.2f %.2f (expected %.0f)", name, method, error[0], error[1], error[2],
         log2(error[0] / error[1]), log2(error[1] / error[2]), expected);
  PetscFunctionReturn(0);
}

/* first_order at a constant current on a uniform contact (bulk without resistance): theta relaxes exponentially. */
static PetscErrorCode CheckExact(void) {
  static const char deck[] =
      "contact: {law: first_order, first_order: {loss_coefficient: 0.02 cm2/mA/s, healing_rate: 0.005 1/s}}\n"
      "electrolyte: {conductivity: 1e5 S/m}\n"
      "interface: {kinetics: linear, linear: {resistance: 1 ohm cm2}}\n"
      "grid: {rings: 4}\n"
      "time: {newton_tolerance: 1e-9}\n"
      "protocol: [{current: {current: 1.5 nA, duration: 100 s}}]\n";
  Coupled c;
  ElectrodeState state;
  double current, exact, error = 0.0, rate;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(CoupledIntegrate(&c, 200, &current, &state));
  rate = 2e-3 * 1.5e-9 / ElectrodeArea(c.simulation->electrode, 0.0) + 0.005;
  exact = 0.005 / rate + (1.0 - 0.005 / rate) * exp(-rate * 100.0);
  for (PetscInt j = 0; j < 4; j++) {
    error = fmax(error, fabs(state.x[j] - exact));
  }
  Expect(error < 2e-6, "first_order at constant current: theta within %.2g of the exact solution %.6f", error, exact);
  Expect(fabs(state.global[GLOBAL_CHARGE] - 1.5e-7) < 1e-10 * 1.5e-7, "charge is I t to %.2g",
         state.global[GLOBAL_CHARGE] / 1.5e-7 - 1.0);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* Faraday's volume = voids + approach of the body, at a tight Newton tolerance. */
static PetscErrorCode CheckVolume(void) {
  char deck[1024];
  Coupled c;
  ElectrodeState state;
  double current, voids = 0.0, stripped;

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck, void_deck, "esdirk3");
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(CoupledIntegrate(&c, 50, &current, &state));
  for (PetscInt j = 0; j < c.simulation->model.rings; j++) {
    voids += c.simulation->model.area_share[j] * state.x[j];
  }
  stripped = LITHIUM_VOLUME_PER_CHARGE * state.global[GLOBAL_CHARGE] / ElectrodeArea(c.simulation->electrode, 0.0);
  Expect(fabs(stripped - voids - state.global[GLOBAL_DISPLACEMENT]) < 1e-10 * stripped && voids > 1e-9,
         "stripped %.6g nm = voids %.6g nm + approach %.6g nm to %.2g", stripped * 1e9, voids * 1e9,
         state.global[GLOBAL_DISPLACEMENT] * 1e9, (voids + state.global[GLOBAL_DISPLACEMENT]) / stripped - 1.0);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(MeasureOrder("first_order", first_order_deck, "esdirk3", 3.0, 8));
  PetscCall(MeasureOrder("first_order", first_order_deck, "esdirk4", 4.0, 4));
  PetscCall(MeasureOrder("void", void_deck, "esdirk3", 3.0, 256));
  PetscCall(MeasureOrder("void", void_deck, "esdirk4", 4.0, 256));
  PetscCall(CheckExact());
  PetscCall(CheckVolume());
  PetscCall(PetscFinalize());
  return expect_failures != 0;
}
