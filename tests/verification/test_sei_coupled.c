/* The resolved SEI solved together with the rings: order in time with a random, field-dependent block; and a
   homogeneous linear block against the lumped film that it is where nothing flows along the layers, in all
   combinations. */
#include "../support/coupled.h"
#include "check.h"

/* --- order in time ------------------------------------------------------------------------------------------------ */

/* E/E_c reaches 3 in the conducting phases. */
#define RANDOM_SEI                                                                                                     \
  "sei: {resolved: true, thickness: 10 nm, block: {layers: 4, half_jump_distance: 10 nm, microstructure: random, "     \
  "random: {seed: 3}, phases: {interphase_resistance: 1e-3 ohm cm2}}}\n"

static const char first_order_deck[] =
    "contact: {law: first_order, first_order: {loss_coefficient: 0.02 cm2/mA/s, healing_rate: 0.005 1/s}}\n"
    "interface: {kinetics: sinh, sinh: {exchange_current_density: 17.54 mA/cm2, inverse_scale: 100 1/V}}\n"
    "grid: {rings: 12}\n" RANDOM_SEI "time: {method: %s, newton_tolerance: 1e-9}\n"
    "protocol: [{cv: {start: 0 mV, vertices: [-40 mV, 40 mV], rate: 0.8 mV/s, cycles: 1}}]\n";

static const char void_deck[] = "contact: {law: void}\n"
                                "needle: {pressure: 0.5 MPa, stiffness: 0.49 MPa/um, adhesion: 0.2 MPa}\n"
                                "interface: {kinetics: linear, linear: {resistance: 0.55 ohm cm2}}\n"
                                "grid: {rings: 12}\n" RANDOM_SEI "time: {method: %s, newton_tolerance: 1e-6}\n"
                                "protocol: [{cv: {start: 1 mV, vertices: [8 mV], rate: 0.2 mV/s, cycles: 1}}]\n";

/* Errors of the final contact state on the axis, and of the total current, against a run with many steps. */
static PetscErrorCode MeasureOrder(const char *name, const char *format, const char *method, double expected,
                                   PetscInt first) {
  char deck[1024];
  double reference = 1.0, error[3];

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck, format, method);
  for (int k = 3; k >= 0; k--) {
    Coupled c;
    ElectrodeState state;
    double current, value;
    PetscCall(CoupledCreate(deck, &c));
    PetscCall(CoupledIntegrate(&c, k == 3 ? 32 * first : first << k, &current, &state));
    value = state.x[0]; /* at the rim voids have closed again, to nothing */
    if (k == 3) {
      reference = value;
    } else {
      error[k] = fabs(value / reference - 1.0);
    }
    PetscCall(ElectrodeStateDestroy(&state));
    PetscCall(CoupledDestroy(&c));
  }
  (void)PetscPrintf(PETSC_COMM_WORLD, "     %s, %s: errors %.3g %.3g %.3g\n", name, method, error[0], error[1],
                    error[2]);
  CheckBetween("mean order of two refinements in time", 0.5 * log2(error[0] / error[2]), expected - 0.4,
               expected + 0.8);
  PetscFunctionReturn(0);
}

/* --- the lumped film ---------------------------------------------------------------------------------------------- */

typedef struct {
  double potential, current, charge, radius; /* at the end */
  double axis, outside;                      /* [A/m^2] in the first ring and where 9/10 of the area lie within */
} Outcome;

typedef struct {
  const char *name;
  bool se_transfer, growth; /* SE|SEI kinetics; the thickness triples in 600 s */
  const char *solver;       /* of the electrolyte */
  const char *rest;         /* of the deck */
} Combination;

/* An SEI of the thickness [m] and a given resistance times area. */
static PetscErrorCode Run(const Combination *combination, bool resolved, double thickness, Outcome *outcome) {
  const double resistance = 5e-5; /* [Ohm m^2] */
  char deck[2048], block[128] = "", film[128] = "", growth[128] = "";
  double within = 0.0;
  ElectrodeState state;
  Coupled c;

  PetscFunctionBeginUser;
  if (resolved) {
    (void)snprintf(block, sizeof block, ", resolved: true, block: {layers: 4, conductivity: %.17g S/m}",
                   thickness / resistance);
  } else {
    (void)snprintf(film, sizeof film, ", sei_transport: {law: film, film: {conductivity: %.17g S/m}}",
                   thickness / resistance);
  }
  if (combination->growth) {
    (void)snprintf(growth, sizeof growth, ", growth: wagner, wagner: {growth_constant: %.17g m2/s}",
                   8.0 * thickness * thickness / 600.0);
  }
  (void)snprintf(deck, sizeof deck,
                 "interface: {kinetics: series, charge_transfer: {law: sinh, sinh: {exchange_current_density: 30 "
                 "mA/cm2, inverse_scale: 19.5 1/V}}%s%s}\n"
                 "grid: {rings: 24, layers: 36}\nbulk: {solver: %s}\n"
                 "sei: {thickness: %.17g m%s%s}\ntime: {newton_tolerance: 1e-9}\n%s",
                 film,
                 combination->se_transfer
                     ? ", se_transfer: {law: sinh, sinh: {exchange_current_density: 8 mA/cm2, inverse_scale: 19.5 1/V}}"
                     : "",
                 combination->solver, thickness, growth, block, combination->rest);
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(CoupledIntegrate(&c, 40, &outcome->current, &state));
  outcome->potential = *state.potential;
  outcome->charge = state.global[GLOBAL_CHARGE];
  outcome->radius = exp(state.global[GLOBAL_LOG_RADIUS]);
  outcome->axis = state.current[0];
  for (PetscInt j = 0; j < c.simulation->model.rings; j++) {
    within += c.simulation->model.area_share[j];
    outcome->outside = within < 0.9 ? state.current[j] : outcome->outside;
  }
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

static double Difference(const Outcome *a, const Outcome *b) {
  double worst = fabs(a->potential / b->potential - 1.0);

  worst = fmax(worst, fabs(a->current / b->current - 1.0));
  worst = fmax(worst, fabs(a->charge / b->charge - 1.0));
  worst = fmax(worst, fabs(a->radius / b->radius - 1.0));
  worst = fmax(worst, fabs(a->axis / b->axis - 1.0));
  return fmax(worst, fabs(a->outside / b->outside - 1.0));
}

/* The same film resistance in a layer half as thick is half as conductive, and conducts along the layers a quarter as
   well: what separates the two models falls with the square of the thickness, until nothing does. */
static PetscErrorCode Combine(const Combination *combination) {
  static const double thickness[] = {2e-9, 1e-9, 0.5e-9};
  double error[3];
  char what[96];

  PetscFunctionBeginUser;
  for (int n = 0; n < 3; n++) {
    Outcome resolved, lumped;
    PetscCall(Run(combination, true, thickness[n], &resolved));
    PetscCall(Run(combination, false, thickness[n], &lumped));
    error[n] = Difference(&resolved, &lumped);
    if (n == 2) {
      (void)PetscPrintf(PETSC_COMM_WORLD, "     %s: %.6g V, %.6g A, %.6g C, a/a0 = %.4f, %.4g to %.4g A/m^2\n",
                        combination->name, resolved.potential, resolved.current, resolved.charge, resolved.radius,
                        resolved.axis, resolved.outside);
    }
  }
  (void)snprintf(what, sizeof what, "resolved against lumped: %s", combination->name);
  CheckOrder(what, 3, error, 2, 1.7, 2.3);
  CheckBetween(what, error[2], 0.0, 1e-7);
  PetscFunctionReturn(0);
}

#define HOLD "protocol: [{hold: {potential: -20 mV, duration: 600 s}}]\n"
#define PLATE "protocol: [{current: {current: -20 nA, duration: 600 s}}]\n"
#define SWEEP "protocol: [{cv: {start: 1 mV, vertices: [30 mV], rate: 1 mV/s, cycles: 1}}]\n"
#define GROWING "deposit: {volume: 40 um3, contact_growth_exponent: 0.45}\n"
#define CRACK "crack: {shape: half_penny, length: 3 um}\n"
#define GRAIN "electrolyte: {grain_depth: 5 um, grain_conductivity: 4 mS/cm}\n"

int main(int argc, char **argv) {
  static const Combination combinations[] = {
      {"potentiostatic", false, false, "condensed", HOLD},
      {"galvanostatic", false, false, "condensed", PLATE},
      {"sweep", false, false, "condensed", SWEEP},
      {"analytic half space", false, false, "halfspace", SWEEP},
      {"SE|SEI transfer", true, false, "condensed", HOLD},
      {"growing contact", false, false, "condensed", PLATE GROWING},
      {"growing contact, potentiostatic, SE|SEI transfer", true, false, "condensed", HOLD GROWING},
      {"growing SEI", false, true, "condensed", HOLD},
      {"growing SEI under a growing contact", false, true, "condensed", PLATE GROWING},
      {"growing SEI under a growing contact, potentiostatic", true, true, "halfspace", HOLD GROWING},
      {"grain", false, false, "halfspace", HOLD GRAIN},
      {"grain, growing contact and SEI", false, true, "halfspace", PLATE GROWING GRAIN},
      {"crack", false, false, "condensed", CRACK "protocol: [{hold: {potential: -20 mV, duration: 2 s}}]\n"},
      {"crack, growing contact", false, false, "condensed",
       CRACK GROWING "protocol: [{current: {current: -20 nA, duration: 2 s}}]\n"},
  };
  int status = 0;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(MeasureOrder("first_order", first_order_deck, "esdirk3", 3.0, 8));
  PetscCall(MeasureOrder("void", void_deck, "esdirk3", 3.0, 128));
  for (size_t n = 0; n < PETSC_STATIC_ARRAY_LENGTH(combinations); n++) {
    PetscCall(Combine(&combinations[n]));
  }
  status = CheckFinish();
  PetscCall(PetscFinalize());
  return status;
}
