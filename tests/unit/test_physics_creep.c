/* Creep mechanisms against their check values and exponents, their sum, and grain growth. */
#include "physics/constants.h"
#include "physics/creep_laws.h"
#include "physics/grain_growth.h"
#include "test_physics.h"

static const CobleCreep coble = {
    .grain_boundary_diffusivity = 1e-11, .grain_boundary_width = 0.5e-9, .activation_energy = 40e3};
static const NabarroHerringCreep lattice = {.lattice_diffusivity = 5.6e-15, .activation_energy = 53.1e3};
static const PowerLawCreep climb = {1e-3, 1e6, 6.6, 37e3};
static const PlasticLimit plastic = {.yield_stress = 0.8e6, .viscosity = 1e6, .width = 0.05};

static double rate(const CreepLaw *law, const void *parameters, double grain_size, double stress) {
  const CreepConditions conditions = {298.15, grain_size};
  double slope;
  return law->strain_rate(parameters, &conditions, stress, &slope);
}

static double exponent(double low, double high, double ratio) {
  return log(high / low) / log(ratio);
}

static void test_coble(void **state) {
  (void)state;
  assert_relative(rate(&creep_coble, &coble, 100e-9, 1e6), 1.155, 5e-4);
  assert_near(exponent(rate(&creep_coble, &coble, 50e-9, 1e6), rate(&creep_coble, &coble, 400e-9, 1e6), 8.0), -3.0,
              1e-13, 0.0);
  assert_relative(rate(&creep_coble, &coble, 1e-7, 3e6), 3.0 * rate(&creep_coble, &coble, 1e-7, 1e6), 1e-14);
}

static void test_coble_of_the_contact_fit(void **state) {
  const CobleCreep fit = {.grain_boundary_diffusivity = 5.96e-14, .grain_boundary_width = 0.5e-9};
  (void)state;
  /* 5.1 mA/cm^2 per MPa over 1 um */
  assert_relative(rate(&creep_coble, &fit, 100e-9, 1e6) * 1e-6, 51.0 * LITHIUM_VOLUME_PER_CHARGE, 1e-3);
}

static void test_nabarro_herring(void **state) {
  (void)state;
  assert_near(rate(&creep_nabarro_herring, &lattice, 100e-9, 1e6), 0.041, 0.0, 5e-4);
  assert_near(exponent(rate(&creep_nabarro_herring, &lattice, 50e-9, 1e6),
                       rate(&creep_nabarro_herring, &lattice, 400e-9, 1e6), 8.0),
              -2.0, 1e-13, 0.0);
}

static void test_power_law(void **state) {
  (void)state;
  assert_relative(rate(&creep_power_law, &climb, 1e-7, 1e6), 1e-3, 1e-15);
  assert_relative(
      exponent(rate(&creep_power_law, &climb, 1e-7, 0.3e6), rate(&creep_power_law, &climb, 1e-7, 3e6), 10.0), 6.6,
      1e-13);
  assert_true(rate(&creep_power_law, &climb, 1e-7, 2e6) == rate(&creep_power_law, &climb, 1e-5, 2e6));
  assert_true(rate(&creep_power_law, &climb, 1e-7, 0.0) == 0.0);
}

/* Eq. 4 holds the others as special cases. */
static void test_general(void **state) {
  const double b = LITHIUM_BURGERS_VECTOR, atom = LITHIUM_MOLAR_VOLUME / AVOGADRO_CONSTANT;
  const GeneralCreep as_coble = {14.0 * PI * atom * 0.5e-9 / pow(b, 4.0), 1e-11, 40e3, 2.8e9, 3.0, 1.0};
  const GeneralCreep as_lattice = {14.0 * atom / pow(b, 3.0), 5.6e-15, 53.1e3, 2.8e9, 2.0, 1.0};
  (void)state;
  for (int step = 0; step < 8; step++) {
    const double d = 20e-9 * pow(2.3, step);
    assert_relative(rate(&creep_general, &as_coble, d, 0.7e6), rate(&creep_coble, &coble, d, 0.7e6), 1e-12);
    assert_relative(rate(&creep_general, &as_lattice, d, -2e6), rate(&creep_nabarro_herring, &lattice, d, -2e6), 1e-12);
  }
  const GeneralCreep climbing = {1.0, 1e-15, 0.0, 2.8e9, 0.0, 6.6};
  assert_relative(exponent(rate(&creep_general, &climbing, 1e-7, 1e6), rate(&creep_general, &climbing, 1e-7, 4e6), 4.0),
                  6.6, 1e-13);
}

static void test_plastic_limit(void **state) {
  (void)state;
  assert_relative(rate(&creep_plastic_limit, &plastic, 1e-7, 5e6), (5e6 - 0.8e6) / 1e6, 1e-3);
  assert_between(rate(&creep_plastic_limit, &plastic, 1e-7, 0.2e6), 0.0, 1e-3); /* 2e-4 of what flow would be */
  double before = 0.0, slope_before = 0.0;
  for (int k = 0; k <= 4000; k++) { /* monotonic, and no kink: the slope changes by little from point to point */
    const double now = rate(&creep_plastic_limit, &plastic, 1e-7, k * 500.0);
    if (k > 0) {
      assert_true(now > before);
      if (k > 1) {
        assert_near((now - before) / 500.0, slope_before, 0.0, 0.02e-6);
      }
      slope_before = (now - before) / 500.0;
    }
    before = now;
  }
}

static void test_odd_and_activated(void **state) {
  static const struct {
    const CreepLaw *law;
    const void *parameters;
    double energy;
    double linear_temperature; /* power of T beside the Arrhenius factor */
  } laws[] = {{&creep_coble, &coble, 40e3, -1.0},
              {&creep_nabarro_herring, &lattice, 53.1e3, -1.0},
              {&creep_power_law, &climb, 37e3, 0.0},
              {&creep_plastic_limit, &plastic, 0.0, 0.0}};
  const CreepConditions room = {298.15, 1e-7}, warm = {340.0, 1e-7};
  double slope;
  (void)state;
  for (size_t k = 0; k < sizeof(laws) / sizeof(laws[0]); k++) {
    const double forward = laws[k].law->strain_rate(laws[k].parameters, &room, 1.3e6, &slope);
    assert_true(forward > 0.0);
    assert_relative(laws[k].law->strain_rate(laws[k].parameters, &room, -1.3e6, &slope), -forward, 1e-15);
    assert_relative(laws[k].law->strain_rate(laws[k].parameters, &warm, 1.3e6, &slope) / forward,
                    exp(-laws[k].energy / GAS_CONSTANT * (1.0 / 340.0 - 1.0 / 298.15)) *
                        pow(340.0 / 298.15, laws[k].linear_temperature),
                    1e-13);
  }
}

/* The slope of every mechanism, and of their sum, against central differences. */
static void test_slopes(void **state) {
  const GeneralCreep climbing = {1.0, 1e-15, 0.0, 2.8e9, 0.0, 6.6};
  const CreepModel all = {
      5,
      {&creep_coble, &creep_nabarro_herring, &creep_power_law, &creep_general, &creep_plastic_limit},
      {&coble, &lattice, &climb, &climbing, &plastic}};
  const CreepConditions warm = {310.0, 1.7e-7};
  double slope, unused;
  (void)state;
  for (double stress = -5e6; stress < 5e6; stress += 0.0417e6) {
    double sum = 0.0;
    for (int k = 0; k < all.count; k++) {
      const double h = 1e-5 * fabs(stress);
      const double above = all.law[k]->strain_rate(all.parameters[k], &warm, stress + h, &unused);
      const double below = all.law[k]->strain_rate(all.parameters[k], &warm, stress - h, &unused);
      all.law[k]->strain_rate(all.parameters[k], &warm, stress, &slope);
      assert_near((above - below) / (2.0 * h), slope, 1e-7, 0.0);
      sum += slope;
    }
    creep_strain_rate(&all, &warm, stress, &slope);
    assert_relative(slope, sum, 1e-14);
  }
  creep_power_law.strain_rate(&climb, &warm, 0.0, &slope); /* without stress: finite, and zero for a power above 1 */
  assert_true(slope == 0.0);
}

static void test_sum(void **state) {
  const CreepModel model = {3, {&creep_coble, &creep_power_law, &creep_nabarro_herring}, {&coble, &climb, &lattice}};
  const CreepModel empty = {.count = 0};
  const CreepConditions room = {298.15, 2e-7};
  double slope;
  (void)state;
  for (int step = 0; step < 28; step++) {
    const double stress = -5e6 + 0.37e6 * step;
    assert_relative(creep_strain_rate(&model, &room, stress, &slope),
                    rate(&creep_coble, &coble, 2e-7, stress) + rate(&creep_power_law, &climb, 2e-7, stress) +
                        rate(&creep_nabarro_herring, &lattice, 2e-7, stress),
                    1e-14);
  }
  assert_true(creep_strain_rate(&empty, &room, 1e6, &slope) == 0.0);
  assert_ptr_equal(creep_law_by_name("plastic_limit"), &creep_plastic_limit);
  assert_ptr_equal(creep_law_by_name("general"), &creep_general);
  assert_null(creep_law_by_name("harper_dorn"));
}

static void test_grain_growth(void **state) {
  GrainGrowth growth = {.grain_size = 80e-9, .growth_constant = 2e-18, .exponent = 2.0, .activation_energy = 50e3};
  (void)state;
  assert_true(grain_growth_size(&growth, 298.15, 0.0) == 80e-9);
  for (int step = 0; step < 9; step++) {
    const double t = 1.0 * pow(5.0, step);
    growth.exponent = 2.0;
    double d = grain_growth_size(&growth, 298.15, t);
    assert_relative(d * d, 80e-9 * 80e-9 + 2e-18 * t, 1e-13);
    growth.exponent = 3.5; /* d^n - d0^n = K_g t, K_g = K d0^(n-2) */
    d = grain_growth_size(&growth, 298.15, t);
    assert_relative(pow(d, 3.5) - pow(80e-9, 3.5), 2e-18 * pow(80e-9, 1.5) * t, 1e-9);
    const double h = 1e-3 * t;
    assert_relative(grain_growth_rate(&growth, 298.15, d),
                    (grain_growth_size(&growth, 298.15, t + h) - grain_growth_size(&growth, 298.15, t - h)) / (2.0 * h),
                    1e-5);
  }
  assert_relative(grain_growth_rate(&growth, 340.0, 9e-8) / grain_growth_rate(&growth, 298.15, 9e-8),
                  exp(-50e3 / GAS_CONSTANT * (1.0 / 340.0 - 1.0 / 298.15)), 1e-13);
  growth.growth_constant = 0.0;
  assert_true(grain_growth_size(&growth, 298.15, 1e9) == 80e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_coble),
      cmocka_unit_test(test_coble_of_the_contact_fit),
      cmocka_unit_test(test_nabarro_herring),
      cmocka_unit_test(test_power_law),
      cmocka_unit_test(test_general),
      cmocka_unit_test(test_plastic_limit),
      cmocka_unit_test(test_odd_and_activated),
      cmocka_unit_test(test_slopes),
      cmocka_unit_test(test_sum),
      cmocka_unit_test(test_grain_growth),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
