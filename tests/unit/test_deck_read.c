/* Good decks: values, defaults, conditions, includes, overrides, and the resolved deck. */
#include "deck_fixture.h"

static void values_and_defaults(void **state) {
  Reading r = FixtureRead("title: A run\n"
                          "temperature: 60 degC\n"
                          "contact: {diameter: 9.64 um}\n"
                          "grid:\n  rings: 32\n"
                          "sei: {resolved: true, block: {microstructure: random, random: {seed: 7}}}\n"
                          "lithium:\n  creep: [coble, power_law]\n  coble: {diffusivity: 2e-9 cm2/s}\n",
                          false);
  const char *file = NULL;
  int line = -1;

  (void)state;
  FixtureGood(&r);
  assert_string_equal(DeckText(r.deck, "title"), "A run");
  ASSERT_NEAR(DeckReal(r.deck, "temperature"), 333.15, 1e-12);
  assert_true(DeckReal(r.deck, "contact.diameter") == 9.64e-6);
  assert_int_equal(DeckInteger(r.deck, "grid.rings"), 32);
  assert_int_equal(DeckInteger(r.deck, "grid.layers"), 0);
  assert_true(DeckBoolean(r.deck, "sei.resolved"));
  assert_int_equal(DeckInteger(r.deck, "sei.block.random.seed"), 7);
  assert_int_equal(DeckListLength(r.deck, "lithium.creep"), 2);
  assert_string_equal(DeckListText(r.deck, "lithium.creep", 1), "power_law");
  assert_true(DeckReal(r.deck, "lithium.coble.diffusivity") == 2e-13);
  assert_int_equal(DeckChoice(r.deck, "interface.kinetics"), 0);
  assert_true(DeckIsSet(r.deck, "grid.rings"));
  assert_false(DeckIsSet(r.deck, "grid.layers"));
  DeckWhere(r.deck, "grid.rings", &file, &line);
  assert_string_equal(file, "deck.yaml");
  assert_int_equal(line, 5);
  DeckWhere(r.deck, "grid.layers", &file, &line);
  assert_string_equal(file, "deck.yaml");
  assert_int_equal(line, 0);
  FixtureDone(&r);
}

static void conditions_nest(void **state) {
  Reading r = FixtureRead("interface:\n  kinetics: series\n  charge_transfer: {law: sinh, sinh: "
                          "{exchange_current_density: 3 mA/cm2}}\n",
                          false);

  (void)state;
  FixtureGood(&r);
  assert_true(DeckIsUsed(r.deck, "interface.charge_transfer.law"));
  assert_true(DeckIsUsed(r.deck, "interface.charge_transfer.sinh.inverse_scale"));
  assert_false(DeckIsUsed(r.deck, "interface.charge_transfer.linear.resistance"));
  assert_false(DeckIsUsed(r.deck, "interface.sinh.inverse_scale"));
  assert_true(DeckIsUsed(r.deck, "interface.kinetics"));
  assert_false(DeckIsUsed(r.deck, "sei.block.random.seed"));
  FixtureDone(&r);
  r = FixtureRead("sei: {resolved: true, block: {microstructure: layered}}\n", false);
  FixtureGood(&r);
  assert_true(DeckIsUsed(r.deck, "sei.block.phases.li2s_fraction"));
  assert_false(DeckIsUsed(r.deck, "sei.block.random.seed"));
  FixtureDone(&r);
}

static void law_parameters_are_filled(void **state) {
  Reading r = FixtureRead(
      "interface: {kinetics: sinh, sinh: {exchange_current_density: 5 mA/cm^2, charge_number: 2}}\n", false);
  SinhLaw law = {0};

  (void)state;
  FixtureGood(&r);
  assert_int_equal(DeckFill(r.deck, "interface.sinh", fixture_sinh, &law), 0);
  assert_true(law.exchange_current_density == 50.);
  assert_true(law.inverse_scale == 100.);
  assert_int_equal(law.charge_number, 2);
  FixtureDone(&r);
}

static void a_single_word_is_a_list_of_one(void **state) {
  Reading r = FixtureRead("lithium: {creep: coble}\nsei:\n", false); /* and an empty group is no error */

  (void)state;
  FixtureGood(&r);
  assert_int_equal(DeckListLength(r.deck, "lithium.creep"), 1);
  FixtureDone(&r);
  r = FixtureRead("lithium: {creep: []}\n", false);
  FixtureGood(&r);
  assert_int_equal(DeckListLength(r.deck, "lithium.creep"), 0);
  FixtureDone(&r);
}

/* include.yaml includes two files; each value has the origin that the order of includes says. */
static void includes_come_first(void **state) {
  Reading r = FixtureReadFile("decks/include.yaml", 0, NULL);
  const char *file = NULL;
  int line = 0;

  (void)state;
  FixtureGood(&r);
  assert_true(DeckReal(r.deck, "contact.diameter") == 5e-6);         /* the including deck */
  assert_true(DeckReal(r.deck, "electrolyte.conductivity") == 0.25); /* the second include over the first */
  assert_int_equal(DeckInteger(r.deck, "grid.rings"), 16);           /* only in the first include */
  assert_int_equal(DeckInteger(r.deck, "grid.layers"), 24);          /* beside it, in the including deck */
  assert_int_equal(DeckStepCount(r.deck), 1);                        /* lists are replaced whole */
  assert_string_equal(DeckStepKind(DeckGetStep(r.deck, 0)), "hold");
  DeckWhere(r.deck, "grid.rings", &file, &line);
  assert_string_equal(file, "decks/parts/first.yaml");
  assert_int_equal(line, 3);
  FixtureDone(&r);
}

/* The include brings parameters of a law that the deck does not choose: they lie idle, and the resolved deck leaves
 * them out. */
static void a_stronger_choice_leaves_keys_idle(void **state) {
  char *const overrides[] = {"interface.kinetics=linear"};
  Reading r = FixtureReadFile("decks/sinh.yaml", 1, overrides);
  char *text = NULL;

  (void)state;
  FixtureGood(&r);
  assert_true(DeckIsSet(r.deck, "interface.sinh.exchange_current_density"));
  assert_false(DeckIsUsed(r.deck, "interface.sinh.exchange_current_density"));
  assert_int_equal(DeckResolved(r.deck, &text), 0);
  assert_null(strstr(text, "exchange_current_density"));
  assert_int_equal(PetscFree(text), 0);
  FixtureDone(&r);
}

/* The same between an included file and the deck that includes it; but an included choice does not silence the deck's
 * own keys. */
static void an_included_choice_is_weaker(void **state) {
  static const char *const parts[] = {"interface.sinh.inverse_scale: not used because interface.kinetics is linear"};
  Reading r = FixtureRead("include: decks/sinh.yaml\ninterface: {kinetics: linear}\n", false);

  (void)state;
  FixtureGood(&r);
  assert_false(DeckIsUsed(r.deck, "interface.sinh.exchange_current_density"));
  FixtureDone(&r);
  r = FixtureRead("include: decks/parts/linear.yaml\ninterface: {sinh: {inverse_scale: 9 V-1}}\n", false);
  FixtureWrong(&r, 1, parts);
  FixtureDone(&r);
}

static void overrides_win(void **state) {
  char *const overrides[] = {"contact.diameter=3 um",
                             "protocol.0.cv.rate=10 mV/s",
                             "protocol.0.cv.vertices=[1 mV, 2 mV, 3 mV]",
                             "protocol.0.cv.vertices.1=7 mV",
                             "grid.rings=8",
                             "grid.rings=12",
                             "petsc.ksp_rtol=1e-8",
                             "title=\"a: b # c\"",
                             "lithium.creep=[coble]"};
  Reading r = FixtureReadFile("decks/sinh.yaml", 9, overrides);
  const char *file = NULL, *name = NULL, *value = NULL;
  int line = -1;
  DeckStep step;

  (void)state;
  FixtureGood(&r);
  assert_true(DeckReal(r.deck, "contact.diameter") == 3e-6);
  assert_int_equal(DeckInteger(r.deck, "grid.rings"), 12);
  assert_string_equal(DeckText(r.deck, "title"), "a: b # c");
  assert_string_equal(DeckListText(r.deck, "lithium.creep", 0), "coble");
  step = DeckGetStep(r.deck, 0);
  assert_true(DeckStepReal(step, "rate") == 0.01);
  assert_int_equal(DeckStepListLength(step, "vertices"), 3);
  assert_true(DeckStepListReal(step, "vertices", 1) == 7e-3);
  assert_int_equal(DeckPetscOptionCount(r.deck), 1);
  DeckPetscOption(r.deck, 0, &name, &value);
  assert_string_equal(name, "-ksp_rtol");
  assert_string_equal(value, "1e-8");
  DeckWhere(r.deck, "contact.diameter", &file, &line);
  assert_string_equal(file, "--set");
  assert_int_equal(line, 0);
  FixtureDone(&r);
}

static void petsc_options_are_joined(void **state) {
  Reading r = FixtureRead("petsc:\n  ksp: {type: cg, rtol: 1e-9}\n  -log_view:\n  pc_list: [1, 2]\n", false);
  static const char *const expected[][2] = {
      {"-ksp_type", "cg"}, {"-ksp_rtol", "1e-9"}, {"-log_view", ""}, {"-pc_list", "1,2"}};

  (void)state;
  FixtureGood(&r);
  assert_int_equal(DeckPetscOptionCount(r.deck), 4);
  for (PetscInt i = 0; i < 4; i++) {
    const char *name = NULL, *value = NULL;
    DeckPetscOption(r.deck, i, &name, &value);
    assert_string_equal(name, expected[i][0]);
    assert_string_equal(value, expected[i][1]);
  }
  FixtureDone(&r);
}

/* Resolved decks are read to the same bits, and resolving them again changes nothing but the marks of defaults. */
static void resolved_deck_round_trips(void **state) {
  static const char *const numbers[] = {"temperature",
                                        "contact.diameter",
                                        "electrolyte.conductivity",
                                        "electrolyte.activation_energy",
                                        "interface.flaw.toughness",
                                        "interface.sinh.exchange_current_density",
                                        "sei.thickness",
                                        "time.tolerance"};
  Reading a = FixtureReadFile("decks/full.yaml", 0, NULL), b;
  char *text = NULL, *again = NULL, *third = NULL;
  const char *name = NULL, *value = NULL;

  (void)state;
  FixtureGood(&a);
  assert_int_equal(DeckResolved(a.deck, &text), 0);
  assert_null(strstr(text, "include"));
  b = FixtureRead(text, true);
  FixtureGood(&b);
  for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
    const double x = DeckReal(a.deck, numbers[i]), y = DeckReal(b.deck, numbers[i]);
    assert_memory_equal(&x, &y, sizeof(x));
  }
  assert_string_equal(DeckText(b.deck, "title"), "Quotes \"and\": a # sign,\ttab and \\ µ\x07");
  assert_int_equal(DeckStepCount(b.deck), DeckStepCount(a.deck));
  for (PetscInt i = 0; i < DeckStepCount(a.deck); i++) {
    assert_string_equal(DeckStepKind(DeckGetStep(a.deck, i)), DeckStepKind(DeckGetStep(b.deck, i)));
  }
  assert_true(DeckStepReal(DeckStepChild(DeckGetStep(b.deck, 1), 0), "until.charge") == 3e-6);
  assert_false(DeckStepIsSet(DeckStepChild(DeckGetStep(b.deck, 1), 0), "until.current_below"));
  DeckPetscOption(b.deck, 0, &name, &value);
  assert_string_equal(name, "-log_view");
  assert_int_equal(DeckResolved(b.deck, &again), 0);
  FixtureDone(&a);
  FixtureDone(&b);
  b = FixtureRead(again, true);
  FixtureGood(&b);
  assert_int_equal(DeckResolved(b.deck, &third), 0);
  assert_string_equal(again, third);
  FixtureDone(&b);
  assert_int_equal(PetscFree(text), 0);
  assert_int_equal(PetscFree(again), 0);
  assert_int_equal(PetscFree(third), 0);
}

static void print_names_origins(void **state) {
  char *const overrides[] = {"contact.diameter=3 um"};
  Reading r = FixtureReadFile("decks/include.yaml", 1, overrides);
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);

  (void)state;
  FixtureGood(&r);
  assert_int_equal(DeckPrint(r.deck, stream), 0);
  (void)fclose(stream);
  assert_non_null(strstr(text, "--set"));
  assert_non_null(strstr(text, "3 um"));
  assert_non_null(strstr(text, "3e-06 m"));
  assert_non_null(strstr(text, "0.23 MPa m^0.5"));
  assert_non_null(strstr(text, "230000 Pa m^0.5"));
  assert_non_null(strstr(text, "decks/parts/second.yaml:2"));
  assert_non_null(strstr(text, "default"));
  free(text);
  FixtureDone(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_and_defaults),          cmocka_unit_test(conditions_nest),
      cmocka_unit_test(law_parameters_are_filled),    cmocka_unit_test(a_single_word_is_a_list_of_one),
      cmocka_unit_test(includes_come_first),          cmocka_unit_test(a_stronger_choice_leaves_keys_idle),
      cmocka_unit_test(an_included_choice_is_weaker), cmocka_unit_test(overrides_win),
      cmocka_unit_test(petsc_options_are_joined),     cmocka_unit_test(resolved_deck_round_trips),
      cmocka_unit_test(print_names_origins),
  };
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
