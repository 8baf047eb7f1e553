/* The needle's load, the contact stress and the pressure profiles. */
#include "physics/needle.h"
#include "physics/pressure_profile.h"
#include "physics/smooth.h"
#include "test_physics.h"

enum { RINGS = 24 };

static void test_smooth_positive(void **state) {
  (void)state;
  for (int step = 0; step < 271; step++) {
    const double x = -50.0 + 0.37 * step;
    assert_near(smooth_positive(x, 0.3) - smooth_positive(-x, 0.3), x, 1e-14, 1e-15);
    assert_true(smooth_positive(x, 0.3) > fmax(x, 0.0));
  }
  assert_relative(smooth_positive(0.0, 0.3), 0.15, 1e-15);
  assert_relative(smooth_positive(-1e6, 1e-3), 0.25e-12, 1e-12); /* no cancellation far below zero */
  assert_relative(smooth_positive(1e6, 1e-3), 1e6, 1e-15);
}

static void test_ramp(void **state) {
  (void)state;
  for (double x = -2.0; x <= 0.0; x += 0.01) {
    assert_true(ramp_sloped(x, 0.3).value == 0.0 && ramp_sloped(x, 0.3).slope == 0.0);
  }
  for (double x = 1e-3; x < 3.0; x += 0.017) {
    const double h = 1e-6;
    assert_near(ramp_sloped(x, 0.3).slope, (ramp_sloped(x + h, 0.3).value - ramp_sloped(x - h, 0.3).value) / (2.0 * h),
                1e-6, 1e-9);
    assert_near(ramp_sloped(x, 0.3).value, x, 0.09 / (x * x), 0.0);
    assert_true(ramp_sloped(x, 0.3).value > 0.0 && ramp_sloped(x, 0.3).value < x);
  }
  assert_relative(ramp_sloped(1e6, 1e-3).value, 1e6, 1e-15);
}

static void test_smooth_positive_slope(void **state) {
  (void)state;
  for (int step = 0; step < 271; step++) {
    const double x = -50.0 + 0.37 * step, h = 1e-4;
    assert_near(smooth_positive_sloped(x, 0.3).slope,
                (smooth_positive(x + h, 0.3) - smooth_positive(x - h, 0.3)) / (2.0 * h), 1e-5, 1e-12);
    assert_near(smooth_positive_sloped(x, 0.3).slope + smooth_positive_sloped(-x, 0.3).slope, 1.0, 0.0, 1e-15);
  }
}

/* Against central differences, from a torn contact to a pressed one, while sinking and while lifted. */
static void test_needle_slopes(void **state) {
  const Needle needle = {.pressure = 0.352e6, .stiffness = 0.207e12, .adhesion = 0.04e6};
  (void)state;
  for (double p = -0.0395e6; p < 0.5e6; p += 0.00613e6) {
    for (double u = -7e-13; u < 7e-13; u += 3.1e-14) {
      const double hp = 1e-2, hu = 1e-18;
      double by_pressure, by_velocity;
      needle_pressure_rate_slopes(&needle, p, u, 0.0, &by_pressure, &by_velocity);
      assert_near((needle_pressure_rate(&needle, p + hp, u, 0.0) - needle_pressure_rate(&needle, p - hp, u, 0.0)) /
                      (2.0 * hp),
                  by_pressure, 1e-6, 1e-11);
      assert_near((needle_pressure_rate(&needle, p, u + hu, 0.0) - needle_pressure_rate(&needle, p, u - hu, 0.0)) /
                      (2.0 * hu),
                  by_velocity, 1e-6, 0.0);
    }
    const NeedleLoad load = needle_load(p, 0.04e6), above = needle_load(p + 1.0, 0.04e6),
                     below = needle_load(p - 1.0, 0.04e6);
    assert_near((above.pressing - below.pressing) / 2.0, load.pressing_slope, 1e-7, 1e-9);
    assert_near((above.adhering - below.adhering) / 2.0, load.adhering_slope, 1e-6, 1e-9);
  }
}

static void test_needle_follows_the_lithium(void **state) {
  const Needle needle = {.pressure = 0.352e6, .stiffness = 0.207e12, .adhesion = 0.04e6};
  (void)state;
  assert_relative(needle_pressure_rate(&needle, 0.3e6, -5e-9, 0.0), 0.207e12 * 5e-9, 1e-5); /* plating loads it */
  const double share = 0.34e6 / (0.34e6 + 1e3);
  assert_relative(needle_pressure_rate(&needle, 0.3e6, 5e-9, 0.0), -0.207e12 * 5e-9 * share, 1e-5);
  for (double p = -0.05e6; p < 3e6; p += 0.01e6) { /* and nothing else does: rest is rest, however long */
    assert_true(needle_pressure_rate(&needle, p, 0.0, 0.0) == 0.0);
  }
  for (double u = 1e-16; u < 1e-9; u *= 2.0) { /* slow or fast: the load follows the displacement */
    assert_relative(needle_pressure_rate(&needle, 3e6, u, 0.0), -0.207e12 * u, 4e-4);
    assert_relative(needle_pressure_rate(&needle, 3e6, -u, 0.0), 0.207e12 * u, 1e-15);
  }
  assert_true(needle_pressure_rate(&needle, -0.039e6, -5e-9, 0.0) > 1e3); /* plating restores a torn contact */
}

/* A body that creeps under the needle takes the load off it; one of no length is rigid. */
static void test_body_creep_relaxes_the_load(void **state) {
  const Needle needle = {.pressure = 0.352e6, .stiffness = 0.256e12, .adhesion = 0.04e6, .body_length = 57e-6};
  const double fluidity = 6.9e-9; /* [1/(Pa s)] */
  const double relaxation = needle.stiffness * needle.body_length * fluidity;
  Needle rigid = needle;
  double by_pressure, by_velocity, p = needle.pressure, t = 0.0;
  (void)state;
  rigid.body_length = 0.0;
  assert_true(needle_body_creeps(&needle) && !needle_body_creeps(&rigid));
  assert_true(needle_pressure_rate(&rigid, 0.3e6, 0.0, 1.0) == 0.0);
  needle_pressure_rate_slopes(&needle, p, 1e-9, fluidity, &by_pressure, &by_velocity);
  assert_near(by_pressure,
              (needle_pressure_rate(&needle, p + 1.0, 1e-9, fluidity * (p + 1.0)) -
               needle_pressure_rate(&needle, p - 1.0, 1e-9, fluidity * (p - 1.0))) /
                  2.0,
              1e-6, 1e-9);
  for (int step = 0; step < 20000; step++) { /* ten seconds: exp(-t K l_b rate') */
    p += 5e-4 * needle_pressure_rate(&needle, p, 0.0, fluidity * p);
    t += 5e-4;
  }
  assert_relative(p, needle.pressure * exp(-relaxation * t), 1e-3);
}

/* l = l0 p/p0: grows by what is plated, shrinks by what is stripped, coarsens, and is never less than none. */
static void test_fresh_layer(void **state) {
  const Needle needle = {.law = NEEDLE_FRESH_LAYER,
                         .pressure = 0.352e6,
                         .stiffness = 1.0,
                         .adhesion = 0.04e6,
                         .layer_thickness = 1.7e-6,
                         .coarsening_time = 3000.0};
  const Needle spring = {.pressure = 0.352e6, .stiffness = 0.352e6 / 1.7e-6, .adhesion = 0.0};
  Needle lasting = needle;
  double p = needle.pressure, by_pressure, by_velocity;
  (void)state;
  lasting.coarsening_time = 0.0;
  for (double u = -5e-9; u < 6e-9; u += 1e-9) { /* the reloading needle of the stiffness p0/l0 without adhesion */
    assert_relative(needle_pressure_rate(&lasting, 0.2e6, u, 0.0) + 1.0,
                    needle_pressure_rate(&spring, 0.2e6, u, 0.0) + 1.0, 1e-14);
  }
  assert_relative(needle_pressure_rate(&needle, 0.2e6, 0.0, 0.0), -0.2e6 / 3000.0, 1e-14);
  needle_pressure_rate_slopes(&needle, 0.2e6, 1e-9, 0.0, &by_pressure, &by_velocity);
  assert_near(
      by_pressure,
      (needle_pressure_rate(&needle, 0.2e6 + 1.0, 1e-9, 0.0) - needle_pressure_rate(&needle, 0.2e6 - 1.0, 1e-9, 0.0)) /
          2.0,
      1e-6, 0.0);
  assert_true(needle_driving_pressure(&needle, 0.1e6) == 0.352e6 && needle_driving_pressure(&spring, 0.1e6) == 0.1e6);
  assert_relative(needle_supply_share(&needle, 0.176e6), 0.5, 1e-15);
  assert_true(needle_supply_share(&spring, 0.176e6) == 1.0);
  for (int step = 0; step < 200000; step++) { /* 10 um of lithium taken away */
    p += 1e-2 * needle_pressure_rate(&lasting, p, 5e-9, 0.0);
    assert_true(p >= 0.0);
  }
  assert_between(p, 0.0, 0.01e6);
}

static void test_adhesion_bounds_the_unloading(void **state) {
  const Needle needle = {.pressure = 0.352e6, .stiffness = 0.207e12, .adhesion = 0.04e6};
  double p = needle.pressure;
  (void)state;
  for (int step = 0; step < 200000; step++) { /* 10 um of lithium taken away */
    p += 1e-2 * needle_pressure_rate(&needle, p, 5e-9, 0.0);
    assert_true(p >= -needle.adhesion);
  }
  assert_between(p, -needle.adhesion, -0.99 * needle.adhesion);
}

static void test_contact_stress(void **state) {
  double driven;
  (void)state;
  assert_relative(needle_contact_stress(1e6, 0.88e6, 1.0, 1.0, &driven), 1.88e6, 1e-3);
  assert_relative(driven, 1e6, 1e-3);
  /* half the contact bears twice the load; adhesion acts on what touches */
  assert_relative(needle_contact_stress(1e6, 0.88e6, 1.5, 0.5, &driven), 3e6 + 0.88e6, 1e-3);
  assert_near(needle_contact_stress(-0.88e6, 0.88e6, 1.0, 1.0, &driven), 0.0, 0.0, 1e3);
  for (int step = 0; step < 290; step++) { /* positive and increasing */
    const double p = -0.9e6 + 1e4 * step;
    assert_true(needle_contact_stress(p, 0.88e6, 1.0, 0.3, &driven) > 0.0);
    assert_true(needle_contact_stress(p + 1e3, 0.88e6, 1.0, 0.3, &driven) >
                needle_contact_stress(p, 0.88e6, 1.0, 0.3, &driven));
    assert_true(driven > 0.0);
  }
}

/* Rings r = a cos(eta), uniform in eta, as in the oblate grid; the area mean is exact. */
static void rings_of(double a, double edge[], double share[]) {
  for (int j = 0; j <= RINGS; j++) {
    edge[j] = a * sin(0.5 * 3.14159265358979323846 * j / RINGS);
  }
  edge[RINGS] = a;
  for (int j = 0; j < RINGS; j++) {
    share[j] = (edge[j + 1] * edge[j + 1] - edge[j] * edge[j]) / (a * a);
  }
}

static double area_mean(const double share[], const double profile[]) {
  double mean = 0.0;
  for (int j = 0; j < RINGS; j++) {
    mean += share[j] * profile[j];
  }
  return mean;
}

static void test_profiles_have_mean_one(void **state) {
  static const PressureProfile shapes[] = {{PRESSURE_UNIFORM, 0.0, 3.0},    {PRESSURE_POWER_LAW, 0.116, 3.0},
                                           {PRESSURE_POWER_LAW, 0.5, 3.0},  {PRESSURE_POWER_LAW, 0.9, 3.0},
                                           {PRESSURE_FLAT_PUNCH, 0.0, 1.0}, {PRESSURE_FLAT_PUNCH, 0.0, 3.0},
                                           {PRESSURE_FLAT_PUNCH, 0.0, 1e6}};
  double edge[RINGS + 1], share[RINGS], profile[RINGS];
  (void)state;
  rings_of(4.82e-6, edge, share);
  for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
    pressure_profile_fill(&shapes[k], RINGS, edge, share, profile);
    assert_relative(area_mean(share, profile), 1.0, 1e-14);
    for (int j = 1; j < RINGS; j++) { /* the edge is never pressed less than the centre */
      assert_true(profile[j] >= profile[j - 1] * (1.0 - 1e-12));
    }
  }
}

/* Ring averages against the point values: the trapezium rule over the ring's area. */
static void test_ring_averages(void **state) {
  const PressureProfile power = {PRESSURE_POWER_LAW, 0.13, 3.0}, punch = {PRESSURE_FLAT_PUNCH, 0.0, 2.0};
  const double c = 2.0 * (1.0 - sqrt(0.5));
  double edge[RINGS + 1], share[RINGS], by_power[RINGS], by_punch[RINGS];
  enum { POINTS = 2000 };
  (void)state;
  rings_of(1.0, edge, share);
  pressure_profile_fill(&power, RINGS, edge, share, by_power);
  pressure_profile_fill(&punch, RINGS, edge, share, by_punch);
  for (int j = 0; j < RINGS - 1; j++) { /* the last ring holds the singularity of the power law */
    double power_mean = 0.0, punch_mean = 0.0;
    for (int k = 0; k < POINTS; k++) {
      const double inner = edge[j] * edge[j], outer = edge[j + 1] * edge[j + 1];
      const double q = 1.0 - (inner + (k + 0.5) / POINTS * (outer - inner));
      power_mean += (1.0 - 0.13) * pow(q, -0.13) / POINTS;
      punch_mean += fmin(c / sqrt(q), 2.0) / POINTS;
    }
    assert_relative(by_power[j], power_mean, 1e-6);
    assert_relative(by_punch[j], punch_mean, 1e-6);
  }
}

static void test_profile_limits(void **state) {
  double edge[RINGS + 1], share[RINGS], first[RINGS], second[RINGS];
  (void)state;
  rings_of(1.0, edge, share);
  pressure_profile_fill(&(PressureProfile){PRESSURE_POWER_LAW, 0.0, 3.0}, RINGS, edge, share, first);
  pressure_profile_fill(&(PressureProfile){PRESSURE_FLAT_PUNCH, 0.0, 1.0}, RINGS, edge, share, second);
  for (int j = 0; j < RINGS; j++) {
    assert_relative(first[j], 1.0, 1e-12);
    assert_relative(second[j], 1.0, 1e-12);
  }
  /* without a cap the punch is the power law with m = 1/2, half the mean pressure in the centre */
  pressure_profile_fill(&(PressureProfile){PRESSURE_FLAT_PUNCH, 0.0, 1e6}, RINGS, edge, share, first);
  pressure_profile_fill(&(PressureProfile){PRESSURE_POWER_LAW, 0.5, 3.0}, RINGS, edge, share, second);
  for (int j = 0; j < RINGS; j++) {
    assert_relative(first[j], second[j], 1e-4);
  }
  assert_relative(first[0], 0.5, 2e-3);
  pressure_profile_fill(&(PressureProfile){PRESSURE_FLAT_PUNCH, 0.0, 2.5}, RINGS, edge, share, first);
  assert_relative(first[RINGS - 1], 2.5, 1e-12); /* the cap */
}

/* Area shares that are quadrature weights, not ring areas: normalised over them all the same. */
static void test_profile_with_other_weights(void **state) {
  double edge[RINGS + 1], share[RINGS], profile[RINGS], sum = 0.0;
  (void)state;
  rings_of(1.0, edge, share);
  for (int j = 0; j < RINGS; j++) {
    share[j] *= 1.0 + 0.1 * cos(j);
    sum += share[j];
  }
  for (int j = 0; j < RINGS; j++) {
    share[j] /= sum;
  }
  pressure_profile_fill(&(PressureProfile){PRESSURE_POWER_LAW, 0.116, 3.0}, RINGS, edge, share, profile);
  assert_relative(area_mean(share, profile), 1.0, 1e-14);
}

/* All of a stress below the flow stress, less than twice that of any other, and no kink in between. */
static void test_borne_stress(void **state) {
  const double flow = NEEDLE_FLOW_STRESS, h = 1e-6 * NEEDLE_FLOW_STRESS;
  double slope, ahead, behind, unused;
  (void)state;
  assert_true(needle_borne_stress(5e6, &slope) == 5e6 && slope == 1.0);
  assert_true(needle_borne_stress(flow, &slope) == flow && slope == 1.0);
  for (double stress = 0.5 * flow; stress < 10.0 * flow; stress += 0.07 * flow) {
    const double borne = needle_borne_stress(stress, &slope);
    ahead = needle_borne_stress(stress + h, &unused);
    behind = needle_borne_stress(stress - h, &unused);
    assert_near(slope, (ahead - behind) / (2.0 * h), 1e-6, 1e-9);
    assert_true(borne <= stress && borne < 2.0 * flow && slope > 0.0);
  }
  assert_relative(needle_borne_stress(614e9, &slope), 2.0 * flow, 1e-15);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_smooth_positive),
      cmocka_unit_test(test_ramp),
      cmocka_unit_test(test_smooth_positive_slope),
      cmocka_unit_test(test_needle_slopes),
      cmocka_unit_test(test_needle_follows_the_lithium),
      cmocka_unit_test(test_body_creep_relaxes_the_load),
      cmocka_unit_test(test_fresh_layer),
      cmocka_unit_test(test_adhesion_bounds_the_unloading),
      cmocka_unit_test(test_contact_stress),
      cmocka_unit_test(test_borne_stress),
      cmocka_unit_test(test_profiles_have_mean_one),
      cmocka_unit_test(test_ring_averages),
      cmocka_unit_test(test_profile_limits),
      cmocka_unit_test(test_profile_with_other_weights),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
