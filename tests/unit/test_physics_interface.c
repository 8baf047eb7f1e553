/* Dislocations, SEI growth and the deposit. */
#include "physics/constants.h"
#include "physics/deposit.h"
#include "physics/dislocation.h"
#include "physics/wagner_sei.h"
#include "test_physics.h"

static void test_dislocation_check_values(void **state) {
  static const struct {
    double density, ratio, tolerance;
  } reported[] = {{1e14, 0.043, 5e-4}, {1e15, 0.0137, 5e-5}, {1e16, 0.0043, 5e-5}};
  Dislocations d = {.vacancy_enthalpy = 50e3, .lattice_expansion = 0.1, .volume_ratio = 1.0, .symmetry_factor = 0.5};
  (void)state;
  for (int k = 0; k < 3; k++) {
    d.density = reported[k].density;
    assert_near(dislocation_resistance_ratio(&d, 298.15), reported[k].ratio, 0.0, reported[k].tolerance);
    /* eq. 7 as the paper writes it */
    assert_relative(dislocation_resistance_ratio(&d, 298.15),
                    pow(dislocation_vacant_sites(&d, 298.15), 0.5 - 1.0) * exp(-0.5 * 50e3 / (GAS_CONSTANT * 298.15)),
                    1e-13);
  }
}

static void test_dislocation_limits(void **state) {
  Dislocations d = {.vacancy_enthalpy = 50e3, .lattice_expansion = 0.1, .volume_ratio = 1.0, .symmetry_factor = 0.3};
  (void)state;
  for (int step = 0; step < 28; step++) {
    const double temperature = 250.0 + 7.3 * step;
    d.density = 0.0;
    assert_true(dislocation_resistance_ratio(&d, temperature) == 1.0); /* to the last bit */
    assert_relative(dislocation_vacant_sites(&d, temperature), exp(-50e3 / (GAS_CONSTANT * temperature)), 1e-15);
  }
  d.density = 1e17; /* dislocations dominate: the ratio falls as density^-(1 - beta) */
  const double dense = dislocation_resistance_ratio(&d, 298.15);
  d.density = 1e16;
  assert_relative(log(dense / dislocation_resistance_ratio(&d, 298.15)) / log(10.0), -0.7, 1e-4);
  d.symmetry_factor = 1.0;
  assert_true(dislocation_resistance_ratio(&d, 298.15) == 1.0);
}

static void test_wagner_parabola(void **state) {
  const WagnerSei sei = {
      .initial_thickness = 2e-9, .growth_constant = 2.8e-20, .activation_energy = 60e3, .porosity = 0.27};
  (void)state;
  assert_true(wagner_sei_thickness(&sei, 298.15, 0.0) == 2e-9);
  for (int step = 0; step < 10; step++) {
    const double t = 1.0 * pow(7.0, step);
    const double thickness = wagner_sei_thickness(&sei, 298.15, t);
    assert_relative(thickness * thickness - 4e-18, 2.8e-20 * t, 1e-10); /* L^2 = L0^2 + k t */
    /* the rate is the derivative of the thickness */
    const double h = 1e-3 * t;
    const double slope =
        (wagner_sei_thickness(&sei, 298.15, t + h) - wagner_sei_thickness(&sei, 298.15, t - h)) / (2.0 * h);
    assert_relative(wagner_sei_growth_rate(&sei, 298.15, thickness), slope, 1e-6);
  }
  const double late = log(wagner_sei_thickness(&sei, 298.15, 2e9) / wagner_sei_thickness(&sei, 298.15, 1e9)) / log(2.0);
  assert_near(late, 0.5, 0.0, 1e-6);
  assert_relative(wagner_sei_growth_rate(&sei, 320.0, 5e-9) / wagner_sei_growth_rate(&sei, 298.15, 5e-9),
                  exp(-60e3 / GAS_CONSTANT * (1.0 / 320.0 - 1.0 / 298.15)), 1e-14);
}

static void test_wagner_default_after_deposition(void **state) {
  const WagnerSei sei = {.initial_thickness = 1e-9, .growth_constant = 100e-18 / 3600.0, .porosity = 0.27};
  (void)state;
  assert_between(wagner_sei_thickness(&sei, 298.15, 90.0 * 60.0), 5e-9, 30e-9); /* targets: sei_thickness */
}

static void test_sei_composition(void **state) {
  WagnerSei sei = {.porosity = 0.0};
  double sum = 0.0;
  (void)state;
  assert_near(wagner_sei_phase_fraction(&sei, SEI_LITHIUM_SULFIDE), 0.71, 0.0, 0.005);
  assert_near(wagner_sei_phase_fraction(&sei, SEI_LITHIUM_CHLORIDE), 0.105, 0.0, 0.0005);
  assert_near(wagner_sei_phase_fraction(&sei, SEI_LITHIUM_PHOSPHIDE), 0.185, 0.0, 0.001);
  const double dense = wagner_sei_lithium_content(&sei);
  assert_relative(dense, 8.0 / 195.1e-6, 1e-3); /* 195.1 cm^3 of products take up 8 mol Li */
  sei.porosity = 0.27;
  assert_relative(wagner_sei_lithium_content(&sei), 0.73 * dense, 1e-14);
  for (int phase = 0; phase < SEI_PHASE_COUNT; phase++) {
    sum += wagner_sei_phase_fraction(&sei, (SeiPhase)phase);
  }
  assert_relative(sum, 1.0, 1e-15);
  assert_relative(wagner_sei_charge(&sei, 10e-9), 96485.33212 * 0.73 * dense * 10e-9, 1e-14);
  /* 10 nm of SEI take up lithium of some 4 nm */
  assert_between(wagner_sei_charge(&sei, 10e-9) * LITHIUM_VOLUME_PER_CHARGE, 3e-9, 5e-9);
}

static void test_deposit(void **state) {
  Deposit deposit = {.volume = 1250e-18, .contact_growth_exponent = 0.3};
  (void)state;
  /* 2 nA 10 min, 3 nA 50 min, 4 nA 30 min */
  assert_relative(deposit_faraday_volume(2e-9 * 600.0 + 3e-9 * 3000.0 + 4e-9 * 1800.0), 2348e-18, 1e-3);
  /* the paper's 1250 um^3: 10.6 um wide, 21.2 um high */
  assert_relative(deposit_hemispheroid_volume(5.3e-6, 21.2e-6), 1247e-18, 1e-3);
  assert_relative(deposit_hemispheroid_height(5.3e-6, deposit_hemispheroid_volume(5.3e-6, 21.2e-6)), 21.2e-6, 1e-14);

  /* steady plating: a ~ V^(alpha/2); a rate far above the smoothing */
  assert_relative(deposit_log_radius_rate(&deposit, 5e-6, 1e-15, 1e-17), 0.15 * 0.01, 1e-9);
  assert_near(deposit_log_radius_rate(&deposit, 5e-6, 1e-15, -1e-17), 0.0, 0.0, 1e-12); /* the footprint stays */
  assert_true(deposit_log_radius_rate(&deposit, 5e-6, 1e-15, 0.0) == 0.0);              /* however long it rests */
  assert_true(deposit_log_radius_rate(&deposit, 5e-6, -1e-18, 1e-17) == 0.0);
  deposit.contact_growth_exponent = 0.0;
  assert_true(deposit_log_radius_rate(&deposit, 5e-6, 1e-15, 1e-17) == 0.0);
}

/* A hemisphere until the contact is pinned: a = min((3V/2pi)^(1/3), a_pin) within the width of the transition. */
static void test_pinned_deposit(void **state) {
  const Deposit deposit = {.volume = 12.14e-18, .contact_growth_exponent = 0.0, .pinning_diameter = 16.2e-6};
  const double rate = 1e-17, step = 1e-3;
  double radius = cbrt(1.5 * deposit.volume / PI), volume = deposit.volume, largest_jump = 0.0;
  (void)state;
  assert_true(deposit_contact_grows(&deposit));
  assert_false(deposit_contact_grows(&(Deposit){.volume = 1e-18}));
  assert_true(deposit_growth_exponent(&deposit, 0.97 * 8.1e-6) == 2.0 / 3.0);
  assert_true(deposit_growth_exponent(&deposit, 8.1e-6) == 0.0);
  for (int m = 0; m < 1000; m++) { /* no kink: the slope's change over 1 nm stays small */
    const double r = 7.5e-6 + 1e-9 * m;
    const double bend = deposit_growth_exponent(&deposit, r + 1e-9) - 2.0 * deposit_growth_exponent(&deposit, r) +
                        deposit_growth_exponent(&deposit, r - 1e-9);
    largest_jump = fmax(largest_jump, fabs(bend));
  }
  assert_true(largest_jump < 2.0 / 3.0 * 6.0 * (1e-9 / (0.02 * 8.1e-6)) * (1e-9 / (0.02 * 8.1e-6)) * 1.01);
  while (volume < 40.0 * deposit.volume) {
    const double middle = radius * exp(0.5 * step * deposit_log_radius_rate(&deposit, radius, volume, rate));
    radius *= exp(step * deposit_log_radius_rate(&deposit, middle, volume + 0.5 * step * rate, rate));
    volume += step * rate;
    if (radius < 0.979 * 8.1e-6) {
      assert_relative(radius, cbrt(1.5 * volume / PI), 1e-6);
    }
  }
  for (int m = 0; m < 5500; m++) { /* up to 1e4 times the first volume */
    radius *= exp(deposit_log_radius_rate(&deposit, radius, volume, 1e-3 * volume));
    volume *= 1.001;
  }
  assert_between(radius, 0.99 * 8.1e-6, 8.1e-6);
  assert_relative(deposit_growth_exponent(&(Deposit){.contact_growth_exponent = 0.1, .pinning_diameter = 4e-6}, 3e-6),
                  0.1, 1e-15);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_dislocation_check_values), cmocka_unit_test(test_dislocation_limits),
      cmocka_unit_test(test_wagner_parabola),          cmocka_unit_test(test_wagner_default_after_deposition),
      cmocka_unit_test(test_sei_composition),          cmocka_unit_test(test_deposit),
      cmocka_unit_test(test_pinned_deposit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
