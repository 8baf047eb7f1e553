/* Contact laws: bounds, signs, smoothness, and independent transcriptions of their equations. */
#include "physics/constants.h"
#include "physics/contact_laws.h"
#include "physics/creep_laws.h"
#include "physics/needle.h"
#include "test_physics.h"
#include <stdbool.h>

#define G LITHIUM_VOLUME_PER_CHARGE
#define MPA 1e6
#define NM 1e-9

static const VoidContact voids = {.depth_limit = 132 * NM,
                                  .smallest_fraction = 1e-4,
                                  .creep_length = 1e-6,
                                  .supply_limit = 6000.0,
                                  .filling_fraction = 0.21,
                                  .filling_pressure = 1.0 * MPA,
                                  .healing_fraction = 0.43};
static const VoidReservoirContact reservoir = {.depth_limit = 108 * NM,
                                               .smallest_fraction = 1e-4,
                                               .creep_length = 1e-6,
                                               .supply_limit = 600.0,
                                               .filling_fraction = 0.57,
                                               .healing_fraction = 0.8,
                                               .healing_exponent = 1.44,
                                               .asperity_fraction = 0.183,
                                               .gap_depth = 2.0 * NM,
                                               .flow_overpotential = 4.5e-3,
                                               .flow_width = 0.2e-3,
                                               .dewetting_time = 0.26,
                                               .reservoir_depth = 98 * NM,
                                               .reservoir_supply = 400.0,
                                               .reservoir_exponent = 4.27};
static const FirstOrderContact first = {
    .initial_contact_fraction = 0.9, .loss_coefficient = 0.002, .healing_rate = 0.005};
/* 5.1 mA/cm^2 per MPa over 1 um: a linear mechanism with exactly that rate */
static const PowerLawCreep supply = {
    .reference_rate = 51.0 * G / 1e-6, .reference_stress = MPA, .stress_exponent = 1.0};
static const CreepModel creeping = {.count = 1, .law = {&creep_power_law}, .parameters = {&supply}};
static const CreepModel rigid = {.count = 0};

/* As the solver asks a law: `mean` is the area mean of profile times bearing fraction. */
static double rates_of(const ContactLaw *law, const void *parameters, const ContactRing *ring, const double x[],
                       double current_density, double overpotential, double load, double mean, const CreepModel *creep,
                       double rate[]) {
  const ContactOpening opening = law->opening(parameters, x);
  const CreepConditions conditions = {298.15, 100 * NM};
  ContactDrive drive = {.current_density = current_density, .overpotential = overpotential, .load = load};
  double slope;
  drive.stress = needle_contact_stress(load, ring->adhesion, ring->pressure_profile, mean, &drive.driven_stress);
  drive.strain_rate = creep_strain_rate(creep, &conditions, drive.stress, &slope);
  return law->rates(parameters, ring, x, &opening, &drive, rate);
}

static double fraction_of(const ContactLaw *law, const void *parameters, const double x[]) {
  return law->opening(parameters, x).contact_fraction;
}

static double void_rate(double s, double current_density, double load, double mean, const CreepModel *creep) {
  const ContactRing ring = {.radius_ratio = 0.5, .pressure_profile = 1.1, .adhesion = 0.88 * MPA};
  double rate;
  const double approach =
      rates_of(&contact_void, &voids, &ring, &s, current_density, 0.12e-4 * current_density, load, mean, creep, &rate);
  assert_relative(approach, G * current_density - rate, 1e-12); /* the body follows what is not left as a void */
  return rate;
}

static void test_none(void **state) {
  const ConstantContact p = {.contact_fraction = 0.37};
  const ContactRing ring = {.pressure_profile = 1.0, .adhesion = 0.0};
  (void)state;
  assert_true(fraction_of(&contact_none, &p, NULL) == 0.37);
  assert_true(contact_none.opening(&p, NULL).bearing_fraction == 0.37);
  assert_relative(rates_of(&contact_none, &p, &ring, NULL, -80.0, 0.0, MPA, 0.37, &rigid, NULL), -80.0 * G, 1e-15);
  assert_true(contact_none.local_count == 0 && !contact_none.uses_needle);
}

static double first_order_rate(double theta, double current_density) {
  const ContactRing ring = {.pressure_profile = 1.0};
  double rate;
  assert_relative(rates_of(&contact_first_order, &first, &ring, &theta, current_density, 0.0, 0.0, 1.0, &rigid, &rate),
                  G * current_density, 1e-15);
  return rate;
}

static void test_first_order_analytic(void **state) {
  static const double currents[] = {-50.0, 0.0, 3.0, 120.0};
  const ContactRing ring = {.pressure_profile = 1.0};
  (void)state;
  for (int k = 0; k < 4; k++) {
    const double i = currents[k], loss = 0.002 * fmax(i, 0.0), t = 40.0, h = t / 400.0;
    double theta;
    contact_first_order.initial(&first, &ring, &theta);
    for (int n = 0; n < 400; n++) { /* classical Runge-Kutta */
      const double k1 = first_order_rate(theta, i), k2 = first_order_rate(theta + 0.5 * h * k1, i);
      const double k3 = first_order_rate(theta + 0.5 * h * k2, i), k4 = first_order_rate(theta + h * k3, i);
      theta += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
    }
    const double rest = 0.005 / (loss + 0.005);
    assert_relative(theta, rest + (0.9 - rest) * exp(-(loss + 0.005) * t), 1e-9);
  }
}

static void test_first_order_fraction(void **state) {
  (void)state;
  for (int step = 0; step < 100; step++) {
    const double theta = 1e-3 + 0.01 * step;
    assert_relative(fraction_of(&contact_first_order, &first, &theta), theta, 1e-10);
  }
  const double overshot = -0.01;
  assert_between(fraction_of(&contact_first_order, &first, &overshot), 1e-20, 1e-8);
}

static void test_void_fraction(void **state) {
  double before = 2.0;
  (void)state;
  for (int step = 0; step < 20020; step++) { /* bounded, never rising with the void */
    const double s = -1.0 * NM + 0.05 * NM * step;
    const double theta = fraction_of(&contact_void, &voids, &s);
    assert_true(theta > 0.0 && theta <= 1.0 && theta <= before);
    before = theta;
  }
  const double closed = 0.0, lost = 1000 * NM;
  assert_near(fraction_of(&contact_void, &voids, &closed), 1.0, 0.0, 1e-6);
  assert_between(fraction_of(&contact_void, &voids, &lost), 1e-4, 1.1e-4);
  for (int step = 0; step < 115; step++) { /* the regularisation shifts theta by at most (e/s0)^(2/3) */
    const double s = 5 * NM + NM * step;
    assert_near(fraction_of(&contact_void, &voids, &s), 1.0 - pow(s / (132 * NM), 2.0 / 3.0), 0.0, 0.0085);
  }
}

static void test_void_opens(void **state) {
  (void)state;
  /* without supply everything stripped becomes void */
  assert_relative(void_rate(20 * NM, 100.0, MPA, 0.8, &rigid), 100.0 * G, 1e-3);
  /* 10 mA/cm^2 against supply of 5.1 mA/cm^2 per MPa times 1.5 + 0.88 MPa, bounded by 600 mA/cm^2 */
  const double sigma = 1.1 / 0.55 * MPA + 0.88 * MPA, v = 51.0 * G * sigma / MPA;
  const double s = 40 * NM, theta = fraction_of(&contact_void, &voids, &s);
  assert_relative(void_rate(s, 400.0, MPA, 0.55, &creeping), G * 400.0 - v / (1.0 + v / (G * 6000.0 * theta)), 2e-3);
  /* and no void grows while creep supplies enough */
  assert_true(void_rate(0.0, 50.0, MPA, 1.0, &creeping) < 1e-13);
}

static void test_void_closes(void **state) {
  const double s = 30 * NM, mean = 0.6, load = 2.0 * MPA;
  const double theta = fraction_of(&contact_void, &voids, &s);
  const double driven = load * 1.1 / mean, sigma = driven + 0.88 * MPA, v = 51.0 * G * sigma / MPA;
  const double supplied = v / (1.0 + v / (G * 6000.0 * theta)), share = driven / sigma, gate = 30.0 / 30.5;
  (void)state;
  /* at rest: the load-driven share of creep; anodic below supply: of the surplus */
  assert_relative(void_rate(s, 0.0, load, mean, &creeping), -gate * 0.43 * share * supplied, 2e-3);
  assert_relative(void_rate(s, 40.0, load, mean, &creeping), -gate * 0.43 * share * (supplied - G * 40.0), 2e-3);
  /* plating fills on top, fully above p_ref, in proportion below */
  const double filling = 0.21 * G * 90.0 * cbrt(1.0 - theta);
  assert_relative(void_rate(s, -90.0, load, mean, &creeping), -gate * (0.43 * share * supplied + filling), 2e-3);
  assert_relative(void_rate(s, -90.0, 0.3 * MPA, mean, &rigid), -gate * 0.3 * filling, 4e-2);
  assert_relative(void_rate(s, -90.0, 2.0 * MPA, mean, &rigid), -gate * filling, 4e-2);
}

static void test_void_stays_closed(void **state) {
  (void)state;
  double s = 0.0;
  for (int step = 0; step < 20000; step++) { /* 2000 s under load, plating now and then */
    s += 0.1 * void_rate(s, step % 400 < 200 ? 0.0 : -30.0, MPA, 1.0, &creeping);
    assert_true(s == 0.0);
  }
}

static void test_void_reservoir_fraction(void **state) {
  const double start[3] = {0.0, 2.0 * NM, 98 * NM}, filled[3] = {0.0, 0.0, 98 * NM};
  double x[3];
  const ContactRing ring = {.pressure_profile = 1.0};
  (void)state;
  contact_void_reservoir.initial(&reservoir, &ring, x);
  assert_memory_equal(x, start, sizeof(x));
  assert_near(fraction_of(&contact_void_reservoir, &reservoir, x), 0.183, 0.0, 1e-5);
  assert_near(fraction_of(&contact_void_reservoir, &reservoir, filled), 1.0, 0.0, 0.005);
  for (x[0] = -NM; x[0] < 500 * NM; x[0] += 1.7 * NM) {
    for (x[1] = -0.1 * NM; x[1] < 2.0 * NM; x[1] += 0.07 * NM) {
      const double theta = fraction_of(&contact_void_reservoir, &reservoir, x);
      assert_true(theta > 0.0 && theta <= 1.0);
    }
  }
}

static double sp(double x, double d) {
  return 0.5 * (x + sqrt(x * x + d * d));
}

static double ramp(double x, double d) {
  return x > 0.0 ? pow(x, 3.0) / (x * x + d * d) : 0.0;
}

/* model in nm, s, MPa, mV, mA/cm^2 as the closure was fitted: a second transcription, by its own units */
static void closure_in_lab_units(double s, double y, double r, double i, double eta, double p, double mean, double f,
                                 double rate[3]) {
  const double g = 1.3495, cap = 0.04, e = 0.1, c = 5.1, vmax = 60.0, vrho = 40.0, r0 = 98.0, kr = 4.27, s0 = 108.0;
  const double x = 0.57, h = 0.8, th = 1.44, tau = 0.26, eta_y = 4.5, w_y = 0.2, y0 = 2.0, theta_min = 1e-4;
  const double ss = sp(s, 1e-3);
  const double theta =
      theta_min + (1.0 - theta_min) *
                      sp(1.0 - (pow(ss * ss + e * e, 1.0 / 3.0) - pow(e, 2.0 / 3.0)) / pow(s0, 2.0 / 3.0), 1e-3) /
                      sp(1.0, 1e-3); /* at most 1 */
  const double load = sp(p, 0.02) * f / mean, sigma = load + sp(cap + p - sp(p, 0.02), 1e-3);
  const double v = g * c * sigma, v_sup = theta * v / (1.0 + v / (g * vmax));
  const double anodic = ramp(i, 1e-3), cathodic = ramp(-i, 1e-3);
  const double n0 = g * anodic - v_sup, d = ramp(n0, 0.01), surplus = ramp(-n0, 0.01);
  const double v_m = g * vrho * f * pow(theta, kr);
  const double v_r = d * pow(1.0 + pow(d / v_m, 4.0), -0.25) * r / (r + 5.0);
  const double n = n0 - v_r;

  rate[0] =
      ramp(n, 0.01) - s / (s + 0.5) * pow(theta, th) *
                          (h * load / (load + cap) * ramp(-n, 0.01) + x * g * cathodic * pow(1.0 - theta, 1.0 / 3.0));
  rate[1] = (y0 - y) / tau - g * cathodic / (1.0 + exp((eta + eta_y) / w_y)) * y / (y + 0.02);
  rate[2] = -v_r + (1.0 - r / r0) * (g * cathodic + surplus * theta);
}

static void test_void_reservoir_against_closure(void **state) {
  static const double currents[] = {-40.0, -6.0, -0.5, 0.0, 0.3, 2.0, 9.0, 40.0, 150.0};
  static const double depths[] = {0.0, 0.2, 5.0, 40.0, 90.0, 140.0};
  static const double loads[] = {-0.039, 0.0, 0.05, 0.352, 5.0};
  const ContactRing ring = {.pressure_profile = 1.3, .adhesion = 0.04 * MPA};
  double expected[3], rate[3];
  (void)state;
  for (int a = 0; a < 9; a++) {
    for (int b = 0; b < 6; b++) {
      for (int c = 0; c < 5; c++) {
        const double y = 0.3 + 0.25 * b, r = 98.0 - 19.0 * c, eta = 0.7 * currents[a], mean = 0.9 - 0.12 * b;
        const double x[3] = {depths[b] * NM, y * NM, r * NM};
        const double approach = rates_of(&contact_void_reservoir, &reservoir, &ring, x, 10.0 * currents[a], 1e-3 * eta,
                                         loads[c] * MPA, mean, &creeping, rate);
        closure_in_lab_units(depths[b], y, r, currents[a], eta, loads[c], mean, 1.3, expected);
        assert_relative(approach, 10.0 * currents[a] * G - rate[0], 1e-12);
        for (int k = 0; k < 3; k++) { /* G is rounded to 1.3495 there */
          assert_near(rate[k] / NM, expected[k], 2e-4, 5e-5);
        }
      }
    }
  }
}

static void test_needle_loads_the_touching_part(void **state) {
  const double x[3] = {30 * NM, NM, 98 * NM};
  const double touching = 1.0 - (pow(900.01, 1.0 / 3.0) - pow(0.1, 2.0 / 3.0)) / pow(108.0, 2.0 / 3.0);
  (void)state;
  /* voids count, gaps between asperities do not */
  assert_relative(contact_void_reservoir.opening(&reservoir, x).bearing_fraction, touching, 1e-3);
  assert_true(contact_void.uses_needle && contact_void_reservoir.uses_needle);
}

/* No kinks: where a switch acts, forward and backward difference quotients over a tenth of its width agree to a tenth
   of the jump that a kink would make. */
static void assert_smooth(double backward, double middle, double forward, double jump) {
  assert_near(forward - middle, middle - backward, 0.0, 0.1 * jump);
}

static void test_switches_are_smooth(void **state) {
  (void)state;
  const double h = 1e-3; /* [A/m^2] */
  /* plating to stripping without creep: slope from filling only to G */
  assert_smooth(void_rate(30 * NM, -h, MPA, 0.8, &rigid), void_rate(30 * NM, 0.0, MPA, 0.8, &rigid),
                void_rate(30 * NM, h, MPA, 0.8, &rigid), G * h);
  /* surplus to deficit: around the current that keeps the void as it is */
  double low = 0.0, high = 1000.0;
  for (int step = 0; step < 60; step++) {
    const double middle = 0.5 * (low + high);
    *(void_rate(40 * NM, middle, MPA, 0.55, &creeping) > 0.0 ? &high : &low) = middle;
  }
  assert_between(low, 100.0, 200.0);
  assert_smooth(void_rate(40 * NM, low - 5.0 * h, MPA, 0.55, &creeping), void_rate(40 * NM, low, MPA, 0.55, &creeping),
                void_rate(40 * NM, low + 5.0 * h, MPA, 0.55, &creeping), 5.0 * G * h);
  /* the contact fraction has a finite slope where voids begin */
  for (int step = 0; step < 1000; step++) {
    const double depth = -0.5 * NM + 1e-12 * step;
    const double next = depth + 1e-14;
    const double slope =
        (fraction_of(&contact_void, &voids, &next) - fraction_of(&contact_void, &voids, &depth)) / 1e-14;
    assert_between(slope, -1.1e8, 1e3); /* (e/s0)^(2/3)/e times 2^(1/3)-ish */
  }
}

static void test_cube_root(void **state) {
  (void)state;
  assert_true(cube_root(0.0) == 0.0);
  for (double x = 1e-30; x < 1e30; x *= 1.37) {
    assert_relative(cube_root(x), cbrt(x), 2e-14);
  }
}

static void test_exponential_and_logarithm(void **state) {
  (void)state;
  for (double x = -707.0; x < 707.0; x += 0.0173) {
    assert_relative(exponential(x), exp(x), 5e-16);
  }
  assert_true(exponential(0.0) == 1.0 && exponential(-1e9) < 1e-300 && exponential(1e9) > 1e300);
  assert_true(isnan(exponential(NAN)));
  for (double x = 1e-300; x < 1e300; x *= 1.0173) {
    assert_near(logarithm(x), log(x), 5e-16, 5e-16);
  }
  assert_true(logarithm(1.0) == 0.0);
}

/* --- derivatives -------------------------------------------------------------------------------------------------- */

/* One ring by the law's plain functions: all that the derivatives are taken of, and all that they are taken by, the
   latter in the order of the derivatives' index. */
enum { CONDUCTS = CONTACT_MAX_LOCAL, BEARS, APPROACHES, OUTCOMES };

static void plain(const ContactLaw *law, const void *parameters, const ContactRing *ring,
                  const double argument[CONTACT_ARGUMENTS], double outcome[OUTCOMES]) {
  const ContactOpening opening = law->opening(parameters, argument);
  const ContactDrive drive = {.current_density = argument[BY_CURRENT_DENSITY],
                              .overpotential = argument[BY_OVERPOTENTIAL],
                              .load = argument[BY_LOAD],
                              .stress = argument[BY_STRESS],
                              .driven_stress = argument[BY_DRIVEN_STRESS],
                              .strain_rate = argument[BY_STRAIN_RATE]};
  outcome[CONDUCTS] = opening.contact_fraction;
  outcome[BEARS] = opening.bearing_fraction;
  outcome[APPROACHES] = law->rates(parameters, ring, argument, &opening, &drive, outcome);
}

typedef struct {
  const ContactLaw *law;
  const void *parameters;
  int states;
  double state[CONTACT_MAX_LOCAL][7]; /* values that are tried */
} DerivativeCase;

static const ConstantContact constant = {.contact_fraction = 0.37};
static const DerivativeCase derivative_cases[] = {
    {&contact_none, &constant, 0, {{0}}},
    {&contact_first_order, &first, 1, {{-1e-9, 1e-8, 0.02, 0.3, 0.6, 0.97, 1.02}}},
    {&contact_void, &voids, 1, {{-1e-13, 1e-13, 0.4e-9, 6e-9, 47e-9, 131e-9, 260e-9}}},
    {&contact_void_reservoir,
     &reservoir,
     3,
     {{-2e-13, 2e-13, 0.4e-9, 6e-9, 47e-9, 107e-9, 260e-9},
      {-1e-12, 3e-13, 0.02e-9, 0.4e-9, 1.1e-9, 1.9e-9, 2e-9},
      {-2e-12, 1e-13, 1e-9, 9e-9, 40e-9, 80e-9, 98e-9}}}};
enum { DERIVATIVE_CASES = sizeof(derivative_cases) / sizeof(derivative_cases[0]), TRIES = 16 * 700 };

/* The widths on which the laws change, by argument (for the states: see step_of). */
static const double widths[CONTACT_ARGUMENTS] = {
    [BY_CURRENT_DENSITY] = 1e-2, [BY_OVERPOTENTIAL] = 2e-4, [BY_LOAD] = 2e4,
    [BY_STRESS] = 1e3,           [BY_DRIVEN_STRESS] = 1e3,  [BY_STRAIN_RATE] = 1e-6};

static double step_of(const DerivativeCase *c, int argument, double value) {
  const double width = argument >= CONTACT_MAX_LOCAL ? widths[argument] : c->law == &contact_first_order ? 1e-8 : 1e-12;
  return 3e-5 * (fmin(fabs(value), argument == BY_OVERPOTENTIAL ? 0.0 : 1e300) + width);
}

/* A combination of states and drives, by its number. */
static void combination(const DerivativeCase *c, unsigned number, double argument[CONTACT_ARGUMENTS]) {
  static const double currents[] = {-170.0, -3.0, -0.005, 0.02, 8.0, 61.0, 230.0};
  static const double overpotentials[] = {-9e-3, -4.6e-3, -4.4e-3, -2e-3, 6e-3};
  static const double loads[] = {-0.0395e6, 1e3, 0.25e6, 0.99e6, 4e6}, driven[] = {30.0, 2e5, 1.1e6, 9e6};
  static const double strains[] = {1e-7, 2e-3, 0.011, 0.4};

  for (int k = 0; k < c->states; k++, number /= 7) {
    argument[k] = c->state[k][number % 7];
  }
  number = number * 2654435761U + 12345U; /* the drives at random: all their combinations would be many */
  argument[BY_CURRENT_DENSITY] = currents[(number >> 4) % 7];
  argument[BY_OVERPOTENTIAL] = overpotentials[(number >> 9) % 5];
  argument[BY_LOAD] = loads[(number >> 13) % 5];
  argument[BY_DRIVEN_STRESS] = driven[(number >> 17) % 4];
  argument[BY_STRESS] = argument[BY_DRIVEN_STRESS] + 4e4;
  argument[BY_STRAIN_RATE] = strains[(number >> 21) % 4];
}

static double outcome_of(const ContactBlock *block, int outcome, int j) {
  return outcome == CONDUCTS     ? block->contact_fraction[j]
         : outcome == BEARS      ? block->bearing_fraction[j]
         : outcome == APPROACHES ? block->approach[j]
                                 : block->rate[outcome][j];
}

static double derivative_of(const ContactBlock *block, int outcome, int argument, int j) {
  if (outcome == CONDUCTS || outcome == BEARS) {
    return argument >= CONTACT_MAX_LOCAL ? 0.0
           : outcome == CONDUCTS         ? block->contact_fraction_by[argument][j]
                                         : block->bearing_fraction_by[argument][j];
  }
  return outcome == APPROACHES ? block->approach_by[argument][j] : block->rate_by[outcome][argument][j];
}

/* Ring j of a block against the plain functions: values to rounding, derivatives against central differences of fourth
   order. */
static void assert_ring_of_block(const DerivativeCase *c, const ContactRing *ring, const ContactBlock *block, int j,
                                 const double at[CONTACT_ARGUMENTS]) {
  double here[OUTCOMES] = {0}, beside[4][OUTCOMES] = {{0}}, argument[CONTACT_ARGUMENTS];
  static const double where[4] = {-2.0, -1.0, 1.0, 2.0};

  plain(c->law, c->parameters, ring, at, here);
  for (int k = 0; k < CONTACT_ARGUMENTS; k++) {
    const double h = step_of(c, k, at[k]);
    if (k < CONTACT_MAX_LOCAL && k >= c->states) {
      continue;
    }
    for (int side = 0; side < 4; side++) {
      memcpy(argument, at, sizeof argument);
      argument[k] = at[k] + where[side] * h;
      plain(c->law, c->parameters, ring, argument, beside[side]);
    }
    for (int n = 0; n < OUTCOMES; n++) {
      /* rounding: of the rates, and of the velocities G i and supply that they are differences of */
      const double largest =
          n == CONDUCTS || n == BEARS ? 1.0 : fabs(here[n]) + G * (fabs(at[BY_CURRENT_DENSITY]) + 600.0);
      const double difference = 8.0 * (beside[2][n] - beside[1][n]) - (beside[3][n] - beside[0][n]);
      assert_near(outcome_of(block, n, j), here[n], 1e-15, 1e-15 * largest);
      assert_near(difference / (12.0 * h), derivative_of(block, n, k, j), 1e-6, 1e-15 * largest / h);
    }
  }
}

static void test_derivatives(void **state) {
  static ContactBlock block;
  const ContactRing ring = {.radius_ratio = 0.5, .pressure_profile = 1.1, .adhesion = 0.04 * MPA};
  int laws = 0;
  (void)state;
  for (int c = 0; c < DERIVATIVE_CASES; c++) {
    const DerivativeCase *tried = &derivative_cases[c];
    double argument[CONTACT_BLOCK][CONTACT_ARGUMENTS] = {{0}};
    memset(&block, 0, sizeof block);
    block.adhesion = ring.adhesion;
    for (unsigned number = 0; number < TRIES; number += CONTACT_BLOCK) {
      for (int j = 0; j < CONTACT_BLOCK; j++) {
        combination(tried, number + (unsigned)j, argument[j]);
        argument[j][BY_LOAD] = argument[0][BY_LOAD]; /* one needle */
        block.load = argument[j][BY_LOAD];
        for (int k = 0; k < CONTACT_MAX_LOCAL; k++) {
          block.x[k][j] = argument[j][k];
        }
        block.pressure_profile[j] = ring.pressure_profile;
        block.current_density[j] = argument[j][BY_CURRENT_DENSITY];
        block.overpotential[j] = argument[j][BY_OVERPOTENTIAL];
        block.stress[j] = argument[j][BY_STRESS];
        block.driven_stress[j] = argument[j][BY_DRIVEN_STRESS];
        block.strain_rate[j] = argument[j][BY_STRAIN_RATE];
      }
      tried->law->open_block(tried->parameters, &block);
      tried->law->rate_block(tried->parameters, &block);
      for (int j = 0; j < CONTACT_BLOCK; j++) {
        assert_ring_of_block(tried, &ring, &block, j, argument[j]);
      }
    }
  }
  for (const ContactLaw *const *law = contact_laws; *law; law++) { /* none is forgotten */
    bool tried = !(*law)->rate_block && !(*law)->open_block;
    for (int c = 0; c < DERIVATIVE_CASES; c++) {
      tried = tried || derivative_cases[c].law == *law;
    }
    assert_true(tried);
    laws++;
  }
  assert_true(laws >= DERIVATIVE_CASES);
}

/* --- rest --------------------------------------------------------------------------------------------------------- */

/* Rates at zero current and zero overpotential under a load. */
static void rates_at_rest(const ContactLaw *law, const void *parameters, const double x[], const CreepModel *creep,
                          double rate[]) {
  const ContactRing ring = {.radius_ratio = 0.5, .pressure_profile = 1.1, .adhesion = 0.04 * MPA};
  const double approach = rates_of(law, parameters, &ring, x, 0.0, 0.0, 0.352 * MPA, 0.9, creep, rate);
  assert_true(law->uses_needle || approach == 0.0);
}

/* Nothing moves at all, in no law, whatever creeps: not by 1 ppm in 300 years but by exactly nothing. */
static void test_rest_is_a_fixed_point(void **state) {
  static const CreepModel *const creeps[] = {&creeping, &rigid};
  const double closed[3] = {0.0, 2 * NM, 98 * NM}, touching = 1.0;
  double rate[3];
  (void)state;
  for (int k = 0; k < 2; k++) {
    rates_at_rest(&contact_none, &constant, NULL, creeps[k], rate);
    rates_at_rest(&contact_first_order, &first, &touching, creeps[k], rate);
    assert_true(rate[0] == 0.0);
    rates_at_rest(&contact_void, &voids, closed, creeps[k], rate);
    assert_true(rate[0] == 0.0);
    rates_at_rest(&contact_void_reservoir, &reservoir, closed, creeps[k], rate);
    assert_true(rate[0] == 0.0 && rate[1] == 0.0 && rate[2] == 0.0);
  }
  for (double s = 0.1 * NM; s < 150 * NM; s *= 1.7) { /* open voids: only creep closes them */
    const double open[3] = {s, 2 * NM, 98 * NM}, used[3] = {s, 2 * NM, 40 * NM};
    rates_at_rest(&contact_void, &voids, open, &rigid, rate);
    assert_true(rate[0] == 0.0);
    rates_at_rest(&contact_void_reservoir, &reservoir, used, &rigid, rate);
    assert_true(rate[0] == 0.0 && rate[1] == 0.0 && rate[2] == 0.0);
    rates_at_rest(&contact_void, &voids, open, &creeping, rate);
    assert_true(rate[0] < 0.0);
    rates_at_rest(&contact_void_reservoir, &reservoir, open, &creeping, rate);
    assert_true(rate[0] < 0.0);
  }
}

/* What a step overshoots below zero comes back to zero. */
static void test_overshot_voids_return(void **state) {
  const double below[3] = {-0.05 * NM, 2 * NM, 98 * NM}, drawn[3] = {20 * NM, -0.01 * NM, -0.05 * NM};
  double rate[3];
  (void)state;
  rates_at_rest(&contact_void, &voids, below, &creeping, rate);
  assert_true(rate[0] > 0.0);
  rates_at_rest(&contact_void_reservoir, &reservoir, below, &creeping, rate);
  assert_true(rate[0] > 0.0);
  rates_at_rest(&contact_void_reservoir, &reservoir, drawn, &creeping, rate);
  assert_true(rate[1] > 0.0 && rate[2] > 0.0);
}

static void test_first_order_fraction_at_most_one(void **state) {
  ContactBlock block = {0};
  (void)state;
  for (int j = 0; j < CONTACT_BLOCK; j++) {
    const double x = 1.0 + (j - 4) * 1e-9, fraction = fraction_of(&contact_first_order, &first, &x);
    assert_true(fraction <= 1.0 && (x > 1.0 || fraction == x));
    block.x[0][j] = x;
  }
  contact_first_order.open_block(&first, &block);
  for (int j = 0; j < CONTACT_BLOCK; j++) {
    assert_true(block.contact_fraction[j] <= 1.0 && block.bearing_fraction[j] <= 1.0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cube_root),
      cmocka_unit_test(test_exponential_and_logarithm),
      cmocka_unit_test(test_derivatives),
      cmocka_unit_test(test_rest_is_a_fixed_point),
      cmocka_unit_test(test_overshot_voids_return),
      cmocka_unit_test(test_first_order_fraction_at_most_one),
      cmocka_unit_test(test_none),
      cmocka_unit_test(test_first_order_analytic),
      cmocka_unit_test(test_first_order_fraction),
      cmocka_unit_test(test_void_fraction),
      cmocka_unit_test(test_void_opens),
      cmocka_unit_test(test_void_closes),
      cmocka_unit_test(test_void_stays_closed),
      cmocka_unit_test(test_void_reservoir_fraction),
      cmocka_unit_test(test_void_reservoir_against_closure),
      cmocka_unit_test(test_needle_loads_the_touching_part),
      cmocka_unit_test(test_switches_are_smooth),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
