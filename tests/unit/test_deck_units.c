/* Conversions at the border. References are written in SI by hand, CODATA 2018. */
#include "../../io/deck/units.h"
#include "deck_fixture.h"

static double Convert(const char *number, const char *given, const char *unit) {
  UnitsFit fit = UNITS_UNKNOWN;
  double value = 0.;

  assert_int_equal(UnitsConvert(number, given, unit, &value, &fit), 0);
  assert_int_equal(fit, UNITS_FIT);
  return value;
}

static UnitsFit Fit(const char *given, const char *unit) {
  UnitsFit fit = UNITS_FIT;
  double value = 0.;

  assert_int_equal(UnitsConvert("1", given, unit, &value, &fit), 0);
  assert_true((fit == UNITS_FIT) == isfinite(value));
  return fit;
}

/* A unit that only moves the decimal point gives the very double that the literal in SI is. */
static void decimal_units_are_exact(void **state) {
  (void)state;
  assert_true(Convert("9.64", "um", "m") == 9.64e-6);
  assert_true(Convert("9.64", "µm", "m") == 9.64e-6);
  assert_true(Convert("1.65", "mS/cm", "S m-1") == 0.165);
  assert_true(Convert("0.2", "mV/s", "V s-1") == 0.2e-3);
  assert_true(Convert("-1.5e2", "mA/cm^2", "A m-2") == -1.5e3);
  assert_true(Convert("0.57", "ohm cm2", "ohm m2") == 0.57e-4);
  assert_true(Convert("0.57", "Ω cm²", "ohm m2") == 0.57e-4);
  assert_true(Convert("1e-9", "cm2/s", "m2 s-1") == 1e-13);
  assert_true(Convert("-2.7", "nA", "A") == -2.7e-9);
  assert_true(Convert("0.352", "MPa", "Pa") == 0.352e6);
  assert_true(Convert("0.207", "MPa/um", "Pa m-1") == 0.207e12);
  assert_true(Convert("13.02", "cm3/mol", "m3 mol-1") == 13.02e-6);
  assert_true(Convert("50", "%", "1") == 0.5);
  assert_true(Convert("3.3", "m", "m") == 3.3);
}

static void other_units_to_rounding(void **state) {
  (void)state;
  ASSERT_NEAR(Convert("25", "degC", "K"), 298.15, 1e-12);
  ASSERT_NEAR(Convert("-100.15", "°C", "K"), 173., 1e-12);
  ASSERT_NEAR(Convert("77", "degF", "K"), 298.15, 1e-9);
  ASSERT_NEAR(Convert("1.5", "h", "s"), 5400., 1e-9);
  ASSERT_NEAR(Convert("10", "min", "s"), 600., 1e-12);
  ASSERT_NEAR(Convert("1", "mAh", "C"), 3.6, 1e-12);
  ASSERT_NEAR(Convert("2", "nm2/h", "m2 s-1") * 1e21, 2e-18 / 3600. * 1e21, 1e-14);
}

/* 1 eV per particle is e*N_A = 96485.33212 J/mol (the Faraday constant's digits), not with UDUNITS's older
 * electronvolt. */
static void energy_per_particle(void **state) {
  (void)state;
  ASSERT_NEAR(Convert("1", "eV", "J mol-1"), 96485.33212, 1e-4);
  ASSERT_NEAR(Convert("0.40", "eV", "J mol-1"), 0.4 * 96485.33212, 1e-4);
  ASSERT_NEAR(Convert("400", "meV", "J mol-1"), 0.4 * 96485.33212, 1e-4);
  ASSERT_NEAR(Convert("1.602176634e-19", "J", "J mol-1"), 96485.33212, 1e-4);
  assert_true(Convert("37", "kJ/mol", "J mol-1") == 37000.);
  assert_true(Convert("1", "eV", "J") == 1.602176634e-19);
}

static void wrong_units_are_refused(void **state) {
  (void)state;
  assert_int_equal(Fit("um", "V"), UNITS_DIFFER);
  assert_int_equal(Fit("J mol-1", "J"), UNITS_DIFFER);
  assert_int_equal(Fit("V", "J mol-1"), UNITS_DIFFER);
  assert_int_equal(Fit("furlongs_per_pint", "m"), UNITS_UNKNOWN);
  assert_int_equal(Fit("mv", "V"), UNITS_UNKNOWN);
  /* What UDUNITS would convert without a word. */
  assert_int_equal(Fit("ohm", "S"), UNITS_DIFFER);   /* the reciprocal */
  assert_int_equal(Fit("s", "s-1"), UNITS_DIFFER);   /* the reciprocal */
  assert_int_equal(Fit("m^0.5", "m"), UNITS_DIFFER); /* UDUNITS: m^0 * 0.5 */
  assert_int_equal(Fit("mV/100 s", "V s-1"), UNITS_NUMBER);
  assert_int_equal(Fit("2 um", "m"), UNITS_NUMBER);
  assert_int_equal(Fit("lg(re 1 mW)", "W"), UNITS_NUMBER);
  assert_int_equal(Fit("1/s", "s-1"), UNITS_FIT);
  assert_int_equal(Fit("m**2 s^-1", "m2 s-1"), UNITS_FIT);
}

/* A fracture toughness: 1 MPa √m = 1e6 Pa m^0.5; 1 N mm^-1.5 = 10^4.5 Pa m^0.5; 1 ksi √in = 6894757.293168 Pa √0.0254
 * m. */
static void half_powers_are_converted(void **state) {
  static const char *const spellings[] = {"MPa m^0.5",   "MPa m^(1/2)", "MPa m**0.5",  "MPa m**(1/2)", "MPa sqrt(m)",
                                          "MPa·√m",      "MPa √m",      "MPa*sqrt(m)", "MPa.m^0.5",    "MPa m ^ 0.5",
                                          "MPa*m^.5",    "MN/m^(3/2)",  "MN m^-1.5",   "MN m^(-3/2)",  "sqrt(MPa2 m)",
                                          "√(MPa² m)",   "√m MPa",      "MPa m/√m",    "MPa/(1/√m)",   "(MPa2 m)^0.5",
                                          "MPa m^(0.5)", "MJ m^-2.5",   "MPa m2/m^1.5"};

  (void)state;
  for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
    if (Fit(spellings[i], "Pa m^0.5") != UNITS_FIT) {
      fail_msg("not read: %s", spellings[i]);
    }
    assert_true(Convert("0.23", spellings[i], "Pa m^0.5") == 0.23e6);
  }
  assert_true(Convert("-0.5", "kPa sqrt(m)", "Pa sqrt(m)") == -0.5e3);
  assert_true(Convert("3", "Pa m^0.5", "Pa m^0.5") == 3.);
  ASSERT_NEAR(Convert("1", "N mm^-1.5", "Pa m^0.5"), 31622.776601683792, 1e-9);
  ASSERT_NEAR(Convert("2", "MPa mm^0.5", "Pa m^0.5"), 2e6 * sqrt(1e-3), 1e-8);
  ASSERT_NEAR(Convert("1", "ksi √in", "Pa m^0.5"), 6894757.293168 * sqrt(0.0254), 1.);
  ASSERT_NEAR(Convert("6", "cm s^-0.5", "m s^-0.5"), 0.06, 1e-17);
  ASSERT_NEAR(Convert("6", "m h^-0.5", "m s^-0.5"), 0.1, 1e-16);
  assert_true(Convert("4", "m^0.5 m^0.5", "m") == 4.);
  assert_true(Convert("4", "√(nm2)", "m") == 4e-9);
}

static void wrong_half_powers_are_refused(void **state) {
  static const char *const broken[] = {"MPa m^(1/2",
                                       "MPa sqrt(m",
                                       "MPa √",
                                       "sqrt()",
                                       "MPa m^(1/2))",
                                       "MPa /√",
                                       "√(",
                                       "MPa sqrt(parsec_per_pint)",
                                       "√((((((((((m))))))))))"};

  (void)state;
  assert_int_equal(Fit("um", "Pa m^0.5"), UNITS_DIFFER);
  assert_int_equal(Fit("MPa", "Pa m^0.5"), UNITS_DIFFER);
  assert_int_equal(Fit("MPa m", "Pa m^0.5"), UNITS_DIFFER);
  assert_int_equal(Fit("MPa2 m", "Pa m^0.5"), UNITS_DIFFER);      /* the square is another quantity */
  assert_int_equal(Fit("Pa-1 m^-0.5", "Pa m^0.5"), UNITS_DIFFER); /* the reciprocal */
  assert_int_equal(Fit("MPa m^-0.5", "Pa m^0.5"), UNITS_DIFFER);
  assert_int_equal(Fit("MPa m^0.5", "Pa"), UNITS_DIFFER);
  assert_int_equal(Fit("eV m^0.5", "J mol-1"), UNITS_DIFFER);
  assert_int_equal(Fit("MPa m^0.3", "Pa m^0.5"), UNITS_NUMBER);
  assert_int_equal(Fit("MPa m^(1/3)", "Pa m^0.5"), UNITS_NUMBER);
  assert_int_equal(Fit("MPa m^(1/0)", "Pa m^0.5"), UNITS_NUMBER);
  assert_int_equal(Fit("MPa m^1e9.5", "Pa m^0.5"), UNITS_NUMBER);
  assert_int_equal(Fit("MPa m^99999.5", "Pa m^0.5"), UNITS_NUMBER);
  assert_int_equal(Fit("2 MPa √m", "Pa m^0.5"), UNITS_NUMBER);
  assert_int_equal(Fit("MPa 0.5 √m", "Pa m^0.5"), UNITS_NUMBER);
  for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
    if (Fit(broken[i], "Pa m^0.5") != UNITS_UNKNOWN) {
      fail_msg("should be no unit: %s", broken[i]);
    }
  }
}

static void shown_units_invert_reading(void **state) {
  static const char *const pairs[][2] = {
      {"um", "m"}, {"degC", "K"},       {"mA cm-2", "A m-2"}, {"eV", "J mol-1"},         {"kJ mol-1", "J mol-1"},
      {"h", "s"},  {"mV s-1", "V s-1"}, {"degF", "K"},        {"MPa m^0.5", "Pa m^0.5"}, {"ksi sqrt(in)", "Pa m^0.5"}};

  (void)state;
  for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
    double shown = 0.;
    const double value = Convert("12.5", pairs[i][0], pairs[i][1]);
    assert_int_equal(UnitsShow(value, pairs[i][1], pairs[i][0], &shown), 0);
    ASSERT_NEAR(shown, 12.5, 1e-10);
  }
}

static void quantities_have_names(void **state) {
  const char *quantity = NULL;

  (void)state;
  assert_int_equal(UnitsQuantity("um", &quantity), 0);
  assert_string_equal(quantity, "a length");
  assert_int_equal(UnitsQuantity("mA/cm2", &quantity), 0);
  assert_string_equal(quantity, "a current density");
  assert_int_equal(UnitsQuantity("MPa √m", &quantity), 0);
  assert_string_equal(quantity, "a fracture toughness (pressure times root of length)");
  assert_int_equal(UnitsQuantity("eV", &quantity), 0);
  assert_string_equal(quantity, "an energy");
  assert_int_equal(UnitsQuantity("m5 kg", &quantity), 0);
  assert_null(quantity);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decimal_units_are_exact),    cmocka_unit_test(other_units_to_rounding),
      cmocka_unit_test(energy_per_particle),        cmocka_unit_test(wrong_units_are_refused),
      cmocka_unit_test(half_powers_are_converted),  cmocka_unit_test(wrong_half_powers_are_refused),
      cmocka_unit_test(shown_units_invert_reading), cmocka_unit_test(quantities_have_names),
  };
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
