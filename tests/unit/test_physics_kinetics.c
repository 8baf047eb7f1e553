/* Kinetic laws against their limits, their inverses and their slopes, alone and in series. */
#include "physics/constants.h"
#include "physics/kinetics_laws.h"
#include "test_physics.h"
#include <float.h>
#include <stdbool.h>
#include <stdlib.h>

#define THERMAL (GAS_CONSTANT * 298.15 / FARADAY_CONSTANT) /* [V] RT/F at 25 degC */

static const InterfaceConditions room = {.temperature = 298.15, .sei_thickness = 10e-9, .normal_stress = 2e6};

static const LinearKinetics linear = {.resistance = 0.553e-4, .activation_energy = 30e3};
static const SinhKinetics hyperbolic = {.exchange_current_density = 175.0, .inverse_scale = 100.0};
static const ParallelKinetics parallel = {
    .resistance = 0.55e-4, .exchange_current_density = 1.0, .inverse_scale = 700.0};
static const HoppingKinetics hopping = {1, 0.2e-9, 1000.0, 1e13, 41.5e3};
static const FilmKinetics film = {.conductivity = 3e-4, .activation_energy = 40e3};
static const ButlerVolmerKinetics symmetric = {320.0, 0.5, 0.0, 40e3, 0.0};
static const ButlerVolmerKinetics skewed = {320.0, 0.3, 0.0, 40e3, 0.0};
static const ButlerVolmerKinetics steep = {1e-3, 0.95, 0.0, 0.0, 0.0};
static const ButlerVolmerKinetics free_sum = {1e4, 0.2, 1.4, 0.0, 0.0};

static const struct {
  const KineticsLaw *law;
  const void *parameters;
} cases[] = {
    {&kinetics_linear, &linear},        {&kinetics_sinh, &hyperbolic},     {&kinetics_parallel, &parallel},
    {&kinetics_hopping, &hopping},      {&kinetics_film, &film},           {&kinetics_butler_volmer, &symmetric},
    {&kinetics_butler_volmer, &skewed}, {&kinetics_butler_volmer, &steep}, {&kinetics_butler_volmer, &free_sum}};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static double eta_of(const KineticsLaw *law, const void *parameters, double i) {
  double slope;
  return law->overpotential(parameters, &room, i, &slope);
}

static double slope_of(const KineticsLaw *law, const void *parameters, double i) {
  double slope;
  law->overpotential(parameters, &room, i, &slope);
  return slope;
}

static void test_inverse_over_twelve_decades(void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    for (int step = 0; step < 49; step++) {
      const double decade = -6.0 + 0.25 * step;
      for (int sign = -1; sign <= 1; sign += 2) {
        const double i = sign * pow(10.0, decade);
        const double eta = eta_of(cases[k].law, cases[k].parameters, i);
        /* an exponential law turns rounding of eta into eta/(voltage scale) times as much in i; 100 is more than enough
         */
        assert_relative(cases[k].law->current_density(cases[k].parameters, &room, eta), i, 1e-13);
      }
    }
  }
}

static void test_slope_is_the_derivative(void **state) {
  (void)state;
  for (int k = 0; k < CASES; k++) {
    for (int step = 0; step < 25; step++) {
      const double decade = -6.0 + 0.5 * step;
      for (int sign = -1; sign <= 1; sign += 2) {
        const double i = sign * pow(10.0, decade), h = 2e-3 * fabs(i);
        const KineticsLaw *law = cases[k].law;
        const void *p = cases[k].parameters;
        const double near = eta_of(law, p, i + h) - eta_of(law, p, i - h);
        const double far = eta_of(law, p, i + 2.0 * h) - eta_of(law, p, i - 2.0 * h);
        assert_relative(slope_of(law, p, i), (8.0 * near - far) / (12.0 * h), 1e-9); /* fourth order */
      }
    }
  }
}

static void test_increasing_odd_at_zero_and_finite(void **state) {
  static const double extreme[] = {5e-324, 1e-300, 1e-150, 1e140, 1e151, 1e300};
  (void)state;
  for (int k = 0; k < CASES; k++) {
    assert_near(eta_of(cases[k].law, cases[k].parameters, 0.0), 0.0, 0.0, 0.0);
    assert_true(slope_of(cases[k].law, cases[k].parameters, 0.0) > 0.0);
    for (size_t e = 0; e < sizeof(extreme) / sizeof(extreme[0]); e++) {
      for (int sign = -1; sign <= 1; sign += 2) {
        const double i = sign * extreme[e], eta = eta_of(cases[k].law, cases[k].parameters, i);
        assert_true(isfinite(eta));
        assert_true(eta * sign >= 0.0);
        assert_true(slope_of(cases[k].law, cases[k].parameters, i) > 0.0);
      }
    }
    for (int step = 0; step < 312; step++) {
      const double decade = -12.0 + 1.0 * step;
      assert_true(eta_of(cases[k].law, cases[k].parameters, pow(10.0, decade + 1.0)) >
                  eta_of(cases[k].law, cases[k].parameters, pow(10.0, decade)));
    }
  }
  for (int sign = -1; sign <= 1; sign += 2) { /* i/i0 itself overflows */
    assert_true(isfinite(eta_of(&kinetics_butler_volmer, &steep, sign * DBL_MAX)));
    assert_true(isfinite(eta_of(&kinetics_sinh, &(SinhKinetics){1e-6, 100.0, 0.0}, sign * DBL_MAX)));
    assert_true(isfinite(eta_of(&kinetics_parallel, &parallel, sign * DBL_MAX)));
  }
}

static void test_linear_limits(void **state) {
  (void)state;
  /* R = RT/((alpha_a + alpha_c) F i0), also by the slope */
  assert_relative(eta_of(&kinetics_butler_volmer, &symmetric, 1e-12) / 1e-12, THERMAL / 320.0, 1e-14);
  assert_relative(eta_of(&kinetics_butler_volmer, &skewed, 1e-12) / 1e-12, THERMAL / 320.0, 1e-13);
  assert_relative(eta_of(&kinetics_butler_volmer, &free_sum, -1e-9) / -1e-9, THERMAL / (1.6 * 1e4), 1e-13);
  assert_relative(slope_of(&kinetics_butler_volmer, &skewed, 0.0), THERMAL / 320.0, 1e-14);
  assert_relative(eta_of(&kinetics_sinh, &hyperbolic, 1e-12) / 1e-12, 1.0 / (175.0 * 100.0), 1e-14);
  /* hopping tends to an ohmic film with the conductivity of its header */
  const double hops = 4.0 * FARADAY_CONSTANT * 0.2e-9 * 1000.0 * 1e13 * exp(-41.5e3 / (GAS_CONSTANT * 298.15));
  const double conductivity = hops * 0.2e-9 / THERMAL;
  assert_relative(eta_of(&kinetics_hopping, &hopping, 1e-6) / 1e-6, 10e-9 / conductivity, 1e-13);
  assert_relative(conductivity, 3.2e-4, 0.02); /* the defaults make 3e-6 S/cm */
  assert_relative(eta_of(&kinetics_film, &film, 7.0), 10e-9 / 3e-4 * 7.0, 1e-14);
  assert_relative(eta_of(&kinetics_linear, &linear, -3.0), -3.0 * 0.553e-4, 1e-14);
}

static void test_large_argument(void **state) {
  (void)state;
  /* Tafel slopes per factor e of current */
  assert_relative(slope_of(&kinetics_butler_volmer, &skewed, 1e9) * 1e9, THERMAL / 0.3, 1e-12);
  assert_relative(slope_of(&kinetics_butler_volmer, &skewed, -1e14) * 1e14, THERMAL / 0.7, 1e-12);
  assert_relative(slope_of(&kinetics_butler_volmer, &free_sum, -1e30) * 1e30, THERMAL / 1.4, 1e-12);
  assert_relative(eta_of(&kinetics_butler_volmer, &steep, 1e200), THERMAL / 0.95 * log(1e203), 1e-13);
  assert_relative(slope_of(&kinetics_sinh, &hyperbolic, 1e12) * 1e12, 0.01, 1e-14);
  assert_relative(eta_of(&kinetics_sinh, &hyperbolic, 1e12), 0.01 * log(2e12 / 175.0), 1e-14);
  /* 1 V scale at 10 nm with an atomic jump: RT L/(F a) */
  assert_relative(slope_of(&kinetics_hopping, &hopping, 1e15) * 1e15, THERMAL * 10e-9 / 0.2e-9, 1e-6);
}

/* Side by side: the currents at one overpotential add; each path alone is a limit. */
static void test_parallel_paths(void **state) {
  const ParallelKinetics warm_paths = {0.55e-4, 1.0, 700.0, 30e3};
  const InterfaceConditions warm = {.temperature = 330.0};
  const double factor = exp(-30e3 / GAS_CONSTANT * (1.0 / 330.0 - 1.0 / 298.15));
  double slope;
  (void)state;
  for (double eta = -20e-3; eta < 21e-3; eta += 0.5e-3) {
    const double alone = eta / 0.55e-4, beside = 1.0 * sinh(700.0 * eta);
    assert_near(kinetics_parallel.current_density(&parallel, &room, eta), alone + beside, 1e-14, 1e-12);
    assert_near(eta_of(&kinetics_parallel, &parallel, alone + beside), eta, 1e-13, 1e-17);
  }
  assert_relative(slope_of(&kinetics_parallel, &parallel, 0.0), 1.0 / (1.0 / 0.55e-4 + 700.0), 1e-14);
  assert_relative(eta_of(&kinetics_parallel, &(ParallelKinetics){0.55e-4, 1e-12, 700.0, 0.0}, 40.0), 40.0 * 0.55e-4,
                  1e-13);
  assert_relative(eta_of(&kinetics_parallel, &(ParallelKinetics){1e4, 175.0, 100.0, 0.0}, 40.0),
                  eta_of(&kinetics_sinh, &hyperbolic, 40.0), 1e-6);
  assert_relative(slope_of(&kinetics_parallel, &parallel, 1e12) * 1e12, 1.0 / 700.0, 1e-6);
  assert_relative(kinetics_parallel.overpotential(&warm_paths, &warm, factor * 40.0, &slope),
                  eta_of(&kinetics_parallel, &parallel, 40.0), 1e-13); /* one energy: both paths alike */
}

static void test_hopping_is_equation_3(void **state) {
  (void)state;
  const HoppingKinetics p = {2, 0.3e-9, 50.0, 2e12, 35e3};
  const InterfaceConditions warm = {.temperature = 330.0, .sei_thickness = 8e-9};
  const double f = FARADAY_CONSTANT, rt = GAS_CONSTANT * 330.0, eta = 0.7;
  const double i = 4.0 * 2.0 * f * 0.3e-9 * 50.0 * 2e12 * exp(-35e3 / rt) * sinh(0.3e-9 * 2.0 * f * eta / (8e-9 * rt));
  double slope;
  assert_relative(kinetics_hopping.current_density(&p, &warm, eta), i, 1e-14);
  assert_relative(kinetics_hopping.overpotential(&p, &warm, i, &slope), eta, 1e-14);
}

/* The solved overpotential near alpha = 1/2 joins the closed form. */
static void test_butler_volmer_solver_against_closed_form(void **state) {
  (void)state;
  const ButlerVolmerKinetics almost = {320.0, 0.5, 0.5 + 1e-13, 40e3, 0.0};
  for (int step = 0; step < 45; step++) {
    const double decade = -10.0 + 0.5 * step;
    const double i = pow(10.0, decade);
    assert_relative(eta_of(&kinetics_butler_volmer, &almost, i), 2.0 * THERMAL * asinh(i / 640.0), 1e-12);
    assert_relative(slope_of(&kinetics_butler_volmer, &almost, -i), THERMAL * 2.0 / hypot(640.0, i), 1e-12);
  }
}

static void test_stress_shift(void **state) {
  (void)state;
  ButlerVolmerKinetics stressed = skewed;
  const InterfaceConditions pressed = {.temperature = 298.15, .normal_stress = 1e6};
  double slope;

  stressed.stress_shift = 1.0;
  assert_relative(kinetics_butler_volmer.overpotential(&stressed, &pressed, 0.0, &slope), -0.135e-3, 1e-3);
  assert_relative(slope, slope_of(&kinetics_butler_volmer, &skewed, 0.0), 1e-14);
  assert_relative(kinetics_butler_volmer.current_density(
                      &stressed, &pressed, kinetics_butler_volmer.overpotential(&stressed, &pressed, 55.0, &slope)),
                  55.0, 1e-12);
  assert_relative(kinetics_butler_volmer.stress_slope(&stressed), -0.135e-9, 1e-3);
  const KineticsSeries series = {
      3, {&kinetics_butler_volmer, &kinetics_film, &kinetics_butler_volmer}, {&stressed, &film, &stressed}, 0.3, {0}};
  const double shift =
      kinetics_series_overpotential(&series, &pressed, 55.0, &slope) -
      kinetics_series_overpotential(&series, &(InterfaceConditions){.temperature = 298.15}, 55.0, &slope);
  assert_relative(kinetics_series_stress_slope(&series) * 1e6, shift, 1e-9);
  /* pressed lithium dissolves at zero overpotential */
  assert_true(kinetics_butler_volmer.current_density(&stressed, &pressed, 0.0) > 0.0);
}

static void test_temperature(void **state) {
  (void)state;
  const InterfaceConditions warm = {.temperature = 333.15, .sei_thickness = 10e-9};
  const double factor = exp(-40e3 / GAS_CONSTANT * (1.0 / 333.15 - 1.0 / 298.15));
  double slope;

  kinetics_butler_volmer.overpotential(&skewed, &warm, 0.0, &slope);
  assert_relative(slope, GAS_CONSTANT * 333.15 / (FARADAY_CONSTANT * 320.0 * factor), 1e-14);
  kinetics_film.overpotential(&film, &warm, 0.0, &slope);
  assert_relative(slope, 10e-9 / (3e-4 * factor), 1e-14);
  kinetics_linear.overpotential(&linear, &warm, 0.0, &slope);
  assert_relative(slope, 0.553e-4 / pow(factor, 0.75), 1e-13);
  kinetics_sinh.overpotential(&hyperbolic, &warm, 0.0, &slope); /* no activation energy: no change */
  assert_relative(slope, 1.0 / (175.0 * 100.0), 1e-15);
}

static KineticsSeries three_processes(double factor) {
  return (KineticsSeries){.count = 3,
                          .law = {&kinetics_butler_volmer, &kinetics_hopping, &kinetics_sinh},
                          .parameters = {&skewed, &hopping, &hyperbolic},
                          .charge_transfer_factor = factor};
}

static void test_series_is_the_sum(void **state) {
  (void)state;
  const KineticsSeries series = three_processes(1.0);
  for (int step = 0; step < 163; step++) {
    const double i = -1e5 + 1234.5 * step;
    double slope;
    const double eta = kinetics_series_overpotential(&series, &room, i, &slope);
    assert_relative(eta,
                    eta_of(&kinetics_butler_volmer, &skewed, i) + eta_of(&kinetics_hopping, &hopping, i) +
                        eta_of(&kinetics_sinh, &hyperbolic, i),
                    1e-14);
    assert_relative(slope,
                    slope_of(&kinetics_butler_volmer, &skewed, i) + slope_of(&kinetics_hopping, &hopping, i) +
                        slope_of(&kinetics_sinh, &hyperbolic, i),
                    1e-14);
  }
}

static void test_series_inverse(void **state) {
  (void)state;
  for (int variant = 0; variant < 3; variant++) {
    const KineticsSeries series =
        variant == 0   ? three_processes(1.0)
        : variant == 1 ? three_processes(0.0137)
                       : (KineticsSeries){2, {&kinetics_butler_volmer, &kinetics_linear}, {&steep, &linear}, 1.0, {0}};
    for (int step = 0; step < 49; step++) {
      const double decade = -6.0 + 0.25 * step;
      for (int sign = -1; sign <= 1; sign += 2) {
        const double i = sign * pow(10.0, decade);
        double slope;
        const double eta = kinetics_series_overpotential(&series, &room, i, &slope);
        assert_relative(kinetics_series_current_density(&series, &room, eta), i, 1e-12);
      }
    }
    assert_near(kinetics_series_current_density(&series, &room, 0.0), 0.0, 0.0, 0.0);
  }
}

static void test_series_of_a_far_potential(void **state) {
  (void)state;
  const KineticsSeries ohmic = {2, {&kinetics_sinh, &kinetics_linear}, {&hyperbolic, &linear}, 1.0, {0}};
  const KineticsSeries exponential = {2, {&kinetics_sinh, &kinetics_sinh}, {&hyperbolic, &hyperbolic}, 1.0, {0}};
  /* at 5 V the ohmic part takes nearly all: i R + asinh(i/i0)/beta = 5 V */
  const double i = kinetics_series_current_density(&ohmic, &room, 5.0);
  assert_relative(i * 0.553e-4 + asinh(i / 175.0) / 100.0, 5.0, 1e-14);
  assert_relative(kinetics_series_current_density(&ohmic, &room, -5.0), -i, 1e-14);
  assert_relative(kinetics_series_current_density(&exponential, &room, 10.0), 175.0 * sinh(500.0), 1e-12);
  assert_true(isinf(kinetics_series_current_density(&exponential, &room, 100.0)));
  assert_true(kinetics_series_current_density(&exponential, &room, -100.0) < -1e308);
}

static void test_dislocation_factor_scales_the_first_process(void **state) {
  (void)state;
  const double ratio = 0.0137;
  KineticsSeries series = {1, {&kinetics_butler_volmer}, {&skewed}, ratio, {0}};
  ButlerVolmerKinetics faster = skewed;
  double slope;

  faster.exchange_current_density /= ratio;
  assert_relative(kinetics_series_overpotential(&series, &room, 40.0, &slope),
                  eta_of(&kinetics_butler_volmer, &faster, 40.0), 1e-13);
  assert_relative(slope, slope_of(&kinetics_butler_volmer, &faster, 40.0), 1e-13);
  assert_relative(kinetics_series_current_density(&series, &room, 0.02),
                  kinetics_butler_volmer.current_density(&faster, &room, 0.02), 1e-13);
}

static void test_series_with_a_stress_shift(void **state) {
  (void)state;
  ButlerVolmerKinetics stressed = symmetric;
  stressed.stress_shift = 1.0;
  const KineticsSeries series = {2, {&kinetics_butler_volmer, &kinetics_linear}, {&stressed, &linear}, 1.0, {0}};
  double slope;
  const double i = kinetics_series_current_density(&series, &room, 0.0);
  assert_true(i > 0.0);
  assert_near(kinetics_series_overpotential(&series, &room, i, &slope), 0.0, 0.0, 1e-18);
}

static void test_names(void **state) {
  (void)state;
  assert_ptr_equal(kinetics_law_by_name("butler_volmer"), &kinetics_butler_volmer);
  assert_ptr_equal(kinetics_law_by_name("sinh"), &kinetics_sinh);
  assert_null(kinetics_law_by_name("tafel"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_inverse_over_twelve_decades),
      cmocka_unit_test(test_slope_is_the_derivative),
      cmocka_unit_test(test_increasing_odd_at_zero_and_finite),
      cmocka_unit_test(test_linear_limits),
      cmocka_unit_test(test_large_argument),
      cmocka_unit_test(test_parallel_paths),
      cmocka_unit_test(test_hopping_is_equation_3),
      cmocka_unit_test(test_butler_volmer_solver_against_closed_form),
      cmocka_unit_test(test_stress_shift),
      cmocka_unit_test(test_temperature),
      cmocka_unit_test(test_series_is_the_sum),
      cmocka_unit_test(test_series_inverse),
      cmocka_unit_test(test_series_of_a_far_potential),
      cmocka_unit_test(test_dislocation_factor_scales_the_first_process),
      cmocka_unit_test(test_series_with_a_stress_shift),
      cmocka_unit_test(test_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
