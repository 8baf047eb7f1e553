/* The crack in the coupled electrode. With a linear film and a pinned contact the rings are one resistance, and the
   whole problem is a system of two scalar equations; it is written anew here (its own formulas, explicit Runge-Kutta in
   small steps, quasi-static and kinetic growth) and must agree to the accuracy of the time steps. Then limits, orders
   in time, and the grain in the polycrystal against resolved cells. */
#include "../../physics/constants.h"
#include "../../physics/crack.h"
#include "../support/coupled.h"

/* --- the scalar model ----------------------------------------------------------------------------------------------
 */

static const double omega_over_f = 13.02e-6 / 96485.33212, stiff_modulus = 22.1e9 / (1.0 - 0.37 * 0.37);
static const double conductivity = 0.165, film = 0.5e-4, toughness = 0.3e6, speed = 1e-3;

typedef struct {
  double contact; /* [Ohm] contact alone, film and constriction */
  double radius;  /* [m] of the contact */
  PetscBool is_current;
  double imposed;        /* [A] or [V] */
  double volume, length; /* [m^3], [m] */
  double potential, crack_current, pressure;
} Scalar;

/* Both currents and the rates (dV/dt, dc/dt) at volume and length. */
static void ScalarRates(Scalar *s, double volume, double length, double rate[2]) {
  const double large = fmax(s->radius, length), t = fmin(s->radius, length) / large;
  const double w = film * conductivity / length, wm = film * conductivity / large;
  const double mutual = (0.25 * PI + (1.0 - 0.25 * PI) * 3.5 * wm / (1.0 + 3.5 * wm)) *
                        (1.0 - 4.0 / (3.0 * PI) * t + 0.0646 * t * t - 0.0068 * t * t * t) /
                        (PI * conductivity * large);
  const double own =
      (1.0 + (32.0 / (3.0 * PI * PI) - 1.0) * 7.5 * w / (1.0 + 7.5 * w)) / (4.0 * conductivity * length) +
      film / (PI * length * length);
  const double back = omega_over_f * 3.0 * stiff_modulus * volume / (8.0 * length * length * length);
  const double excess = 2.0 * (back / omega_over_f) * sqrt(length / PI) / toughness - 1.0;

  /* V = contact I1 + mutual I2 = mutual I1 + own I2 - back */
  if (s->is_current) {
    s->crack_current = ((s->contact - mutual) * s->imposed + back) / (s->contact + own - 2.0 * mutual);
    s->potential = s->contact * (s->imposed - s->crack_current) + mutual * s->crack_current;
  } else {
    s->crack_current = ((s->contact - mutual) * s->imposed + s->contact * back) / (s->contact * own - mutual * mutual);
    s->potential = s->imposed;
  }
  s->pressure = back / omega_over_f;
  rate[0] = -omega_over_f * s->crack_current;
  rate[1] = speed * (excess <= 0.0 ? 0.0 : excess < 2e-3 ? excess * excess / 4e-3 : excess - 1e-3);
}

static void ScalarIntegrate(Scalar *s, double duration, int steps) {
  const double dt = duration / steps;
  double k[4][2];

  for (int n = 0; n < steps; n++) { /* classical Runge-Kutta */
    ScalarRates(s, s->volume, s->length, k[0]);
    ScalarRates(s, s->volume + 0.5 * dt * k[0][0], s->length + 0.5 * dt * k[0][1], k[1]);
    ScalarRates(s, s->volume + 0.5 * dt * k[1][0], s->length + 0.5 * dt * k[1][1], k[2]);
    ScalarRates(s, s->volume + dt * k[2][0], s->length + dt * k[2][1], k[3]);
    s->volume += dt / 6.0 * (k[0][0] + 2.0 * k[1][0] + 2.0 * k[2][0] + k[3][0]);
    s->length += dt / 6.0 * (k[0][1] + 2.0 * k[1][1] + 2.0 * k[2][1] + k[3][1]);
  }
  ScalarRates(s, s->volume, s->length, k[0]);
}

/* --- against the program -------------------------------------------------------------------------------------------
 */

static const Crack half_penny = {.shape = CRACK_HALF_PENNY,
                                 .youngs_modulus = 22.1e9,
                                 .poisson_ratio = 0.37,
                                 .opening_compliance = 1.0}; /* what the pressure needs of the decks below */

static const char linear_deck[] = "contact: {diameter: 8 um, law: none}\n"
                                  "electrolyte: {conductivity: 1.65 mS/cm}\n"
                                  "interface: {kinetics: linear, linear: {resistance: 0.5 ohm cm2}}\n"
                                  "grid: {rings: 12}\n"
                                  "time: {newton_tolerance: 1e-6}\n"
                                  "crack: {shape: %s, length: 3 um, toughness: 0.3 MPa m^0.5}\n"
                                  "protocol: %s\n";

/* Over `duration` in equal steps, from a consistent start if the control jumps. */
static PetscErrorCode Advance(const Coupled *c, const Control *control, PetscBool jumps, double duration,
                              PetscInt steps, ElectrodeState *state) {
  const Electrode electrode = c->simulation->electrode;
  Integrator integrator;
  ElectrodeState next;
  StepResult result;
  PetscBool converged = PETSC_TRUE;

  PetscFunctionBeginUser;
  PetscCall(IntegratorCreate(electrode, &c->simulation->integrator, &integrator));
  PetscCall(ElectrodeStateCreate(electrode, &next));
  if (jumps) {
    PetscCall(ElectrodeSolveAlgebraic(electrode, control, state, &converged));
  }
  PetscCheck(converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "No consistent start at %g s", *state->time);
  for (PetscInt k = 0; k < steps; k++) {
    PetscCall(IntegratorNewStart(integrator, state));
    PetscCall(IntegratorStep(integrator, state, control, duration / (double)steps, &next, &result));
    PetscCheck(result.converged, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "Step %d from %g s did not converge", (int)k,
               control->start_time);
    PetscCall(ElectrodeStateCopy(&next, state));
  }
  PetscCall(ElectrodeStateDestroy(&next));
  PetscCall(IntegratorDestroy(&integrator));
  PetscFunctionReturn(0);
}

static double *Block(const Coupled *c, const ElectrodeState *state, const char *name) {
  return ElectrodeStateBlock(c->simulation->electrode, state, name);
}

/* All segments of the deck's protocol, each in `steps` steps. */
static PetscErrorCode RunCoupled(const char *deck, PetscInt steps, Coupled *c, ElectrodeState *state) {
  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, c));
  PetscCall(ElectrodeStateCreate(c->simulation->electrode, state));
  PetscCall(ElectrodeInitialState(c->simulation->electrode, state));
  for (PetscInt k = 0; k < c->simulation->protocol->segment_count; k++) {
    const Segment *segment = &c->simulation->protocol->segments[k];
    const Control control = {segment->is_current, *state->time, segment->start, 0.0};
    PetscCall(Advance(c, &control, PETSC_TRUE, segment->duration, steps, state));
  }
  PetscFunctionReturn(0);
}

/* [Ohm] of the contact alone, by the program without a crack */
static PetscErrorCode ContactResistance(double *resistance) {
  char deck[1024];
  Coupled c;
  ElectrodeState state;

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck,
                 "contact: {diameter: 8 um, law: none}\nelectrolyte: {conductivity: 1.65 mS/cm}\n"
                 "interface: {kinetics: linear, linear: {resistance: 0.5 ohm cm2}}\n"
                 "grid: {rings: 12}\nprotocol: [{hold: {potential: 1 V, duration: 1 s}}]\n");
  PetscCall(RunCoupled(deck, 1, &c, &state));
  *resistance = *state.potential / CoupledCurrent(&c, &state);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* Segment by segment through `protocol` (written for the deck) and `imposed` (for the scalar model), 20 s each. */
static PetscErrorCode CheckScalar(const char *name, const char *protocol, PetscBool is_current, int count,
                                  const double imposed[], double tolerance) {
  char deck[1024];
  Coupled c;
  ElectrodeState state;
  Scalar s = {.radius = 4e-6, .is_current = is_current, .length = 3e-6};
  double crack_current, length, pressure;

  PetscFunctionBeginUser;
  PetscCall(ContactResistance(&s.contact));
  for (int k = 0; k < count; k++) {
    s.imposed = imposed[k];
    ScalarIntegrate(&s, 20.0, 40000);
  }
  (void)snprintf(deck, sizeof deck, linear_deck, "half_penny", protocol);
  PetscCall(RunCoupled(deck, 2000, &c, &state));
  crack_current = *Block(&c, &state, "crack_current");
  length = *Block(&c, &state, "crack_length");
  pressure = crack_pressure(&half_penny, *Block(&c, &state, "crack_volume"), length);
  Expect(fabs(length / s.length - 1.0) < tolerance && length > 3.01e-6, "%s: length %.8g um, scalar model %.8g um",
         name, length * 1e6, s.length * 1e6);
  Expect(fabs(pressure / s.pressure - 1.0) < tolerance, "%s: pressure %.8g MPa, scalar model %.8g MPa", name,
         pressure * 1e-6, s.pressure * 1e-6);
  Expect(fabs(*state.potential / s.potential - 1.0) < tolerance, "%s: potential %.8g mV, scalar model %.8g mV", name,
         *state.potential * 1e3, s.potential * 1e3);
  Expect(fabs(crack_current / s.crack_current - 1.0) < tolerance, "%s: crack current %.8g nA, scalar model %.8g nA",
         name, crack_current * 1e9, s.crack_current * 1e9);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* The contact takes nothing (it is a point): every charge is in the crack, c ~ Q^0.4 (unit values of the closed form).
 */
static PetscErrorCode CheckChargeLimit(double toughness_mpa, double expected) {
  char deck[1024];
  Coupled c;
  ElectrodeState state;

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck,
                 "contact: {diameter: 1 nm, law: none}\n"
                 "electrolyte: {conductivity: 1.65 mS/cm}\n"
                 "interface: {kinetics: linear, linear: {resistance: 0.5 ohm cm2}}\n"
                 "grid: {rings: 4}\n"
                 "crack: {shape: half_penny, toughness: %g MPa m^0.5, reference_speed: 100 m/s}\n"
                 "protocol: [{current: {current: -1 uA, duration: 100 s}}]\n",
                 toughness_mpa);
  PetscCall(RunCoupled(deck, 1000, &c, &state));
  Expect(fabs(*Block(&c, &state, "crack_length") / expected - 1.0) < 2e-5,
         "all current in the crack, K_IC %g: length %.8g um, closed form %.8g um", toughness_mpa,
         *Block(&c, &state, "crack_length") * 1e6, expected * 1e6);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* The crack is filled and emptied through the current that is not in the contact: exact charge, and rest with V =
   -Omega p/F once the currents between contact and crack have died. */
static PetscErrorCode CheckBalances(void) {
  char deck[1024];
  Coupled c;
  ElectrodeState state;
  double charge, pressure;

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck, linear_deck, "half_penny",
                 "[{current: {current: -5 nA, duration: 3 s}}, {rest: {duration: 3000 s}}]");
  PetscCall(RunCoupled(deck, 400, &c, &state));
  charge = state.global[GLOBAL_CHARGE];
  pressure = crack_pressure(&half_penny, *Block(&c, &state, "crack_volume"), 3e-6);
  Expect(fabs(charge / -15e-9 - 1.0) < 1e-10, "contact and crack together have passed I t to %.2g",
         charge / -15e-9 - 1.0);
  Expect(fabs(LITHIUM_VOLUME_PER_CHARGE * charge - state.global[GLOBAL_APPROACHED] +
              *Block(&c, &state, "crack_volume")) < 1e-12 * LITHIUM_VOLUME_PER_CHARGE * 15e-9,
         "Faraday: %.6g um3 = body %.6g um3 + crack %.6g um3", -LITHIUM_VOLUME_PER_CHARGE * charge * 1e18,
         -state.global[GLOBAL_APPROACHED] * 1e18, *Block(&c, &state, "crack_volume") * 1e18);
  Expect(fabs(pressure) < 1e-6 * 1e6 && fabs(*state.potential) < 1e-9,
         "at rest the contact empties the crack: %.3g Pa, %.3g V are left", pressure, *state.potential);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

/* --- orders --------------------------------------------------------------------------------------------------------
 */

/* From a crack that already extends, on a ramp: many steps to get there, then `steps` over the measured piece. */
static PetscErrorCode LengthAfter(const char *deck, PetscInt steps, double *length) {
  const Control ramp = {PETSC_TRUE, 0.0, -60e-9, -5e-9};
  Coupled c;
  ElectrodeState state;

  PetscFunctionBeginUser;
  PetscCall(CoupledCreate(deck, &c));
  PetscCall(ElectrodeStateCreate(c.simulation->electrode, &state));
  PetscCall(ElectrodeInitialState(c.simulation->electrode, &state));
  PetscCall(Advance(&c, &ramp, PETSC_TRUE, 4.0, 400, &state));
  PetscCall(Advance(&c, &ramp, PETSC_FALSE, 4.0, steps, &state));
  *length = *Block(&c, &state, "crack_length");
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckOrder(const char *method, double expected) {
  char deck[1024];
  double length[4];

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck,
                 "contact: {diameter: 8 um, law: none}\n"
                 "electrolyte: {conductivity: 1.65 mS/cm}\n"
                 "interface: {kinetics: sinh, sinh: {exchange_current_density: 50 mA/cm2, inverse_scale: 20 1/V}}\n"
                 "grid: {rings: 8}\n"
                 "time: {method: %s, newton_tolerance: 1e-9}\n"
                 "crack: {shape: half_penny, length: 3 um, toughness: 0.15 MPa m^0.5, reference_speed: 20 um/s}\n"
                 "protocol: [{current: {current: -60 nA, duration: 4 s}}]\n",
                 method);
  PetscCall(LengthAfter(deck, 256, &length[3]));
  for (int k = 0; k < 3; k++) {
    PetscCall(LengthAfter(deck, 4 << k, &length[k]));
    length[k] = fabs(length[k] / length[3] - 1.0);
  }
  Expect(0.5 * log2(length[0] / length[2]) > expected - 0.35,
         "length of an extending crack, %s: errors %.3g %.3g %.3g, orders %.2f %.2f (expected %.0f)", method, length[0],
         length[1], length[2], log2(length[0] / length[1]), log2(length[1] / length[2]), expected);
  PetscFunctionReturn(0);
}

/* --- the grain -----------------------------------------------------------------------------------------------------
 */

/* [Ohm] at the start of `protocol`, after `steps` steps */
static PetscErrorCode GrainResistance(const char *solver, PetscInt rings, const char *resistance, double *value) {
  char deck[1024];
  Coupled c;
  ElectrodeState state;

  PetscFunctionBeginUser;
  (void)snprintf(deck, sizeof deck,
                 "contact: {diameter: 2 um, law: none}\n"
                 "electrolyte: {conductivity: 1.65 mS/cm, grain_conductivity: 4 mS/cm, grain_depth: %.17g um}\n"
                 "interface: {kinetics: linear, linear: {resistance: %s}}\n"
                 "grid: {rings: %d, layers: %d}\n"
                 "bulk: {solver: %s, cache: none}\n"
                 "protocol: [{hold: {potential: 10 mV, duration: 1 s}}]\n",
                 sinh(2.0), resistance, (int)rings, (int)(2 * rings),
                 solver); /* a face of every grid with 4 | layers */
  PetscCall(RunCoupled(deck, 1, &c, &state));
  *value = *state.potential / CoupledCurrent(&c, &state);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

static double PrimaryResistance(double radius, double depth) {
  return (atan(depth / radius) / 0.4 + atan(radius / depth) / 0.165) / (2.0 * PI * radius);
}

static PetscErrorCode CheckGrain(void) {
  const double primary = PrimaryResistance(1e-6, sinh(2.0) * 1e-6);
  double exact, resolved, error[3];

  PetscFunctionBeginUser;
  PetscCall(GrainResistance("halfspace", 16, "1e-12 ohm cm2", &exact));
  Expect(fabs(exact / primary - 1.0) < 1e-9, "grain, no film, half space: %.12g Ohm, exact %.12g Ohm", exact, primary);
  PetscCall(GrainResistance("condensed", 16, "1e-9 ohm cm2", &resolved));
  Expect(fabs(resolved / primary - 1.0) < 1e-7, "grain, no film, resolved: %.12g Ohm, exact %.12g Ohm", resolved,
         primary);
  /* with a film the current is not primary: second order down to what the higher modes feel of the polycrystal */
  PetscCall(GrainResistance("halfspace", 64, "0.05 ohm cm2", &exact));
  for (int k = 0; k < 3; k++) {
    PetscCall(GrainResistance("condensed", 8 << k, "0.05 ohm cm2", &resolved));
    error[k] = fabs(resolved / exact - 1.0);
  }
  Expect(log2(error[0] / error[1]) > 1.7 && log2(error[1] / error[2]) > 1.7 && error[2] < 2e-4,
         "grain under a film, half space against resolved cells: differences %.3g %.3g %.3g", error[0], error[1],
         error[2]);
  PetscFunctionReturn(0);
}

/* A contact that grows over most of its grain has the primary resistance of every radius that it passes. */
static PetscErrorCode CheckGrowingGrain(void) {
  static const char deck[] = "contact: {diameter: 2 um, law: none}\n"
                             "electrolyte: {conductivity: 1.65 mS/cm, grain_conductivity: 4 mS/cm, grain_depth: 5 um}\n"
                             "interface: {kinetics: linear, linear: {resistance: 1e-9 ohm cm2}}\n"
                             "grid: {rings: 8}\n"
                             "deposit: {volume: 2 um3, contact_growth_exponent: 0.667}\n"
                             "protocol: [{current: {current: -100 nA, duration: 20 s}}]\n";
  Coupled c;
  ElectrodeState state;
  double radius, expected;

  PetscFunctionBeginUser;
  PetscCall(RunCoupled(deck, 50, &c, &state));
  radius = ElectrodeRadius(c.simulation->electrode, state.global[GLOBAL_LOG_RADIUS]);
  expected = -100e-9 * PrimaryResistance(radius, 5e-6);
  Expect(radius > 4e-6 && fabs(*state.potential / expected - 1.0) < 1e-7,
         "growing contact (%.4g um) in a grain: %.12g mV, exact %.12g mV", radius * 1e6, *state.potential * 1e3,
         expected * 1e3);
  PetscCall(ElectrodeStateDestroy(&state));
  PetscCall(CoupledDestroy(&c));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  static const double currents[] = {-20e-9, -60e-9, 30e-9}, potentials[] = {-12e-3, -35e-3, 5e-3};

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  /* the steps are 0.01 s; where the crack begins to extend a kink costs an order */
  PetscCall(CheckScalar("imposed current",
                        "[{current: {current: -20 nA, duration: 20 s}}, {current: {current: -60 nA, duration: 20 s}}]",
                        PETSC_TRUE, 2, currents, 2e-5));
  PetscCall(CheckScalar("plated, then stripped",
                        "[{current: {current: -20 nA, duration: 20 s}}, {current: {current: -60 nA, duration: 20 s}}, "
                        "{current: {current: 30 nA, duration: 20 s}}]",
                        PETSC_TRUE, 3, currents, 2e-5));
  PetscCall(CheckScalar("imposed potential",
                        "[{hold: {potential: -12 mV, duration: 20 s}}, {hold: {potential: -35 mV, duration: 20 s}}]",
                        PETSC_FALSE, 2, potentials, 2e-5));
  PetscCall(CheckChargeLimit(0.23, 209.55389e-6));
  PetscCall(CheckChargeLimit(0.5, 153.60271e-6));
  PetscCall(CheckBalances());
  PetscCall(CheckOrder("esdirk3", 3.0));
  PetscCall(CheckOrder("esdirk4", 4.0));
  PetscCall(CheckGrain());
  PetscCall(CheckGrowingGrain());
  PetscCall(PetscFinalize());
  return expect_failures != 0;
}
