/* Bad decks: each mistake gives its own message with file, line and key; all are reported at once; no deck is made. */
#include "deck_fixture.h"

static void mistyped_keys(void **state) {
  (void)state;
  ASSERT_ERRORS("contact:\n  diametr: 5 um\n", false,
                "deck.yaml:2: contact.diametr: unknown key; did you mean 'diameter'?");
  ASSERT_ERRORS("contcat: {diameter: 5 um}\n", false, "deck.yaml:1: contcat: unknown key; did you mean 'contact'?");
  ASSERT_ERRORS("grid: {diameter: 5 um}\n", false,
                "deck.yaml:1: grid.diameter: unknown key; there is a key 'contact.diameter'");
  ASSERT_ERRORS("sinh: {inverse_scale: 5 V-1}\n", false,
                "deck.yaml:1: sinh: unknown key; there is a group 'interface.sinh'");
  ASSERT_ERRORS("bulk: {xylophone: 1}\n", false,
                "deck.yaml:1: bulk.xylophone: unknown key; the keys of this group are: solver, cache, rtol");
  ASSERT_ERRORS("contact.diameter: 5 um\n", false,
                "deck.yaml:1: contact.diameter: unknown key: a dot does not separate groups");
  ASSERT_ERRORS("grid: {type: oblat}\n", false,
                "deck.yaml:1: grid.type: expected oblate or cylindrical, got 'oblat'; did you mean 'oblate'?");
  ASSERT_ERRORS("protocl:\n  - rest: {duration: 1 s}\n", true, "deck.yaml: protocol: missing",
                "deck.yaml:1: protocl: unknown key; did you mean 'protocol'?");
}

static void duplicate_keys(void **state) {
  (void)state;
  ASSERT_ERRORS("grid:\n  rings: 8\n  layers: 8\n  rings: 16\n", false,
                "deck.yaml:4: rings: duplicate key: already given in line 2");
  ASSERT_ERRORS("grid: {rings: 8}\ngrid: {rings: 8}\n", false,
                "deck.yaml:2: grid: duplicate key: already given in line 1");
  ASSERT_ERRORS("lithium: {creep: [coble, coble]}\n", false, "deck.yaml:1: lithium.creep: 'coble' is given twice");
  ASSERT_ERRORS("petsc: {ksp_rtol: 1, ksp: {rtol: 2}}\n", false, "the option -ksp_rtol is given twice");
}

static void wrong_dimensions(void **state) {
  (void)state;
  ASSERT_ERRORS(
      "protocol:\n  - hold: {potential: 3 um, duration: 1 s}\n", true,
      "deck.yaml:2: protocol.0.hold.potential: expected an electric potential (unit such as mV), got a length '3 um'");
  ASSERT_ERRORS(
      "contact: {diameter: 3}\n", false,
      "deck.yaml:1: contact.diameter: expected a length (unit such as um), got the plain number '3': write its unit");
  ASSERT_ERRORS("contact: {diameter: 3 cubits}\n", false,
                "expected a length (unit such as um), got '3 cubits' with the unknown unit "
                "'cubits'");
  ASSERT_ERRORS("contact: {diameter: um 3}\n", false, "expected a length (unit such as um), got 'um 3'");
  ASSERT_ERRORS("contact: {diameter: \"3,5 um\"}\n", false, "write the decimal point as '.'");
  ASSERT_ERRORS("temperature: 25 C\n", false,
                "expected a temperature (unit such as degC), got a charge '25 C': write degC");
  ASSERT_ERRORS("electrolyte: {conductivity: 3 ohm m}\n", false,
                "expected a conductivity (unit such as mS cm-1), got a resistivity '3 ohm m'");
  ASSERT_ERRORS("time: {tolerance: 1e-4 s}\n", false, "time.tolerance: expected a plain number, got a time '1e-4 s'");
  ASSERT_ERRORS("grid: {rings: 8 um}\n", false, "grid.rings: expected a whole number, got '8 um'");
  ASSERT_ERRORS("grid: {rings: 8.5}\n", false, "grid.rings: expected a whole number, got '8.5'");
  ASSERT_ERRORS("electrolyte: {depth: 3 m^0.3}\n", false, "numbers inside a unit are whole or half powers only");
  ASSERT_ERRORS("electrolyte: {depth: 3 MPa m^0.5}\n", false,
                "expected a length (unit such as um), got a fracture toughness (pressure times root of length)");
  ASSERT_ERRORS("interface: {flaw: {toughness: 5 um}}\n", false,
                "interface.flaw.toughness: expected a fracture toughness (pressure times root of length) (unit such as "
                "MPa m^0.5), got a length '5 um'");
  ASSERT_ERRORS("interface: {flaw: {toughness: 1 Pa √m}}\n", false, "0.001 MPa m^0.5 to 100 MPa m^0.5");
}

static void values_of_the_wrong_kind(void **state) {
  (void)state;
  ASSERT_ERRORS("contact: 5 um\n", false, "deck.yaml:1: contact: expected a group of keys, got the value '5 um'");
  ASSERT_ERRORS("contact: [5 um]\n", false, "contact: expected a group of keys, got a list");
  ASSERT_ERRORS("contact: {diameter: {of: 5 um}}\n", false,
                "contact.diameter: expected a length (unit such as um), got a group");
  ASSERT_ERRORS("contact: {diameter: [5 um]}\n", false,
                "contact.diameter: expected a length (unit such as um), got a list");
  ASSERT_ERRORS("contact:\n  diameter:\n", false,
                "deck.yaml:2: contact.diameter: expected a length (unit such as um), got nothing");
  ASSERT_ERRORS("sei: {resolved: yes}\n", false, "sei.resolved: expected true or false, got 'yes'");
  ASSERT_ERRORS("lithium: {creep: [coble, [power_law]]}\n", false,
                "lithium.creep: expected coble or power_law, got a list");
  ASSERT_ERRORS("petsc: [1]\n", false, "petsc: expected PETSc options");
}

static void values_out_of_range(void **state) {
  (void)state;
  ASSERT_ERRORS("contact: {diameter: 3 m}\n", false,
                "deck.yaml:1: contact.diameter: '3 m' is out of range: valid is 0.001 um to 10000 um");
  ASSERT_ERRORS("grid: {rings: 1}\n", false, "grid.rings: '1' is out of range: valid is 2 to 4096");
  ASSERT_ERRORS("grid: {rings: 99999999999999999999999}\n", false,
                "grid.rings: '99999999999999999999999' is out of range");
  ASSERT_ERRORS("temperature: 500 K\n", false,
                "temperature: '500 K' is out of range: valid is -100.15 degC to 176.85 degC");
  ASSERT_ERRORS("protocol: [{cv: {vertices: [1 mV], rate: 0 V/s}}]\n", true,
                "protocol.0.cv.rate: '0 V/s' is out of range: valid is greater than zero, at most 1e+09 mV s-1");
}

static void numbers_that_are_not_finite(void **state) {
  static const char *const bad[] = {"nan", ".nan", "NaN V", "inf", "-.inf", "-Infinity mV", "1e999 V", "0x10 V"};

  (void)state;
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    char deck[128];
    (void)sprintf(deck, "protocol:\n  - hold: {potential: %s, duration: 1 s}\n", bad[i]);
    ASSERT_ERRORS(deck, true, "deck.yaml:2: protocol.0.hold.potential: expected an electric potential");
  }
  ASSERT_ERRORS("time: {tolerance: .nan}\n", false,
                "time.tolerance: expected a plain number, got '.nan': numbers must be finite");
}

static void keys_of_laws_not_chosen(void **state) {
  (void)state;
  ASSERT_ERRORS("interface:\n  kinetics: linear\n  sinh:\n    inverse_scale: 90 V-1\n", false,
                "deck.yaml:4: interface.sinh.inverse_scale: not used because interface.kinetics is linear (it is used "
                "with sinh)");
  /* The choice is a default, and a condition behind another one names the one that fails. */
  ASSERT_ERRORS("lithium: {coble: {diffusivity: 1e-9 cm2/s}}\n", false,
                "lithium.coble.diffusivity: not used because lithium.creep is [] (it is used with coble)");
  ASSERT_ERRORS("interface: {charge_transfer: {sinh: {inverse_scale: 9 V-1}}}\n", false,
                "interface.charge_transfer.sinh.inverse_scale: not used because interface.kinetics is linear (it is "
                "used with series)");
  /* A choice that cannot be read does not bring further errors with it. */
  ASSERT_ERRORS("interface: {kinetics: snih, sinh: {inverse_scale: 9 V-1}}\n", false,
                "interface.kinetics: expected linear, sinh or series, got 'snih'; did you mean 'sinh'?");
}

static void missing_keys(void **state) {
  (void)state;
  ASSERT_ERRORS("interface:\n  kinetics: sinh\n", false,
                "deck.yaml:1: interface.sinh.exchange_current_density: missing, required because interface.kinetics is "
                "sinh: expected a "
                "current density (unit such as mA cm-2). Prefactor i0");
  ASSERT_ERRORS("title: x\ninterface:\n  kinetics: sinh\n  sinh: {inverse_scale: 9 V-1}\n", false,
                "deck.yaml:4: interface.sinh.exchange_current_density: missing");
  ASSERT_ERRORS(
      "interface: {kinetics: series}\n", false,
      "interface.charge_transfer.law: missing, required because interface.kinetics is series: expected linear or sinh");
}

static void broken_syntax(void **state) {
  (void)state;
  ASSERT_ERRORS("contact:\n\tdiameter: 5 um\n", false, "deck.yaml:2: a tab is used for indentation: YAML needs spaces");
  ASSERT_ERRORS("title: x\ncontact: {diameter: 5 um\ngrid: {rings: 4}\n", false, "deck.yaml:3: YAML syntax:");
  ASSERT_ERRORS("title: \"open\n", true, "YAML syntax:");
  ASSERT_ERRORS("- a\n- b\n", true, "deck.yaml:1: a deck is made of lines 'key: value'");
  ASSERT_ERRORS("title: &t x\ncontact: {diameter: *t}\n", false, "deck.yaml:1: the anchor '&t' is not supported",
                "deck.yaml:2: the alias '*t' is not supported", "contact.diameter: expected a length");
  ASSERT_ERRORS("title: !text x\n", false, "deck.yaml:1: the tag '!text' is not supported");
  ASSERT_ERRORS("title: x\n---\ntitle: y\n", true, "deck.yaml: protocol: missing",
                "deck.yaml:2: a second YAML document");
  ASSERT_ERRORS("title: \"a\\0b\"\n", false, "deck.yaml:1: the text holds a NUL character");
  ASSERT_ERRORS("title: x\nbulk: \xff\xfe\n", false, "deck.yaml:2: not YAML");
  ASSERT_ERRORS("? [a, b]\n: c\n", false, "deck.yaml:1: a key must be a single word");
  ASSERT_ERRORS("a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", true, "nested deeper than");
}

static void all_errors_at_once_in_order(void **state) {
  Reading r = FixtureReadFile("decks/broken/many.yaml", 0, NULL);
  static const char *const parts[] = {
      "decks/broken/many.yaml:3: contact.diameter: expected a length (unit such as um), got an electric potential "
      "'9.64 mV'",
      "decks/broken/many.yaml:4: contact.diamter: unknown key",
      "decks/broken/many.yaml:6: grid.rings: '0' is out of range",
      "decks/broken/many.yaml:7: rings: duplicate key: already given in line 6",
      "decks/broken/many.yaml:9: interface.sinh.inverse_scale: not used because interface.kinetics is linear",
      "decks/broken/many.yaml:11: protocol.0.hold.potential: expected an electric potential (unit such as mV), got "
      "'.nan'",
      "decks/broken/many.yaml:12: protocol.1: unknown kind of step 'rset'; did you mean 'rest'?"};
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);

  (void)state;
  FixtureWrong(&r, 7, parts);
  assert_int_equal(DiagnosticsPrint(r.diagnostics, stream), 0);
  (void)fclose(stream);
  assert_non_null(strstr(text, "\n7 errors\n"));
  free(text);
  FixtureDone(&r);
}

static void files_that_cannot_be_read(void **state) {
  static const struct {
    const char *path, *message;
  } cases[] = {
      {"decks/broken/no_such_deck.yaml", "decks/broken/no_such_deck.yaml: the deck cannot be read: No such file"},
      {"decks", "decks: the deck cannot be read: Is a directory"},
      {"decks/broken/include_missing.yaml",
       "decks/broken/include_missing.yaml:2: include: 'decks/broken/nowhere.yaml' cannot be read: No such file"},
      {"decks/broken/cycle_a.yaml",
       "decks/broken/cycle_b.yaml:1: include: 'decks/broken/../broken/cycle_a.yaml' includes itself"},
      {"decks/broken/include_bad.yaml", "decks/broken/syntax.yaml:2: YAML syntax"},
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    Reading r = FixtureReadFile(cases[i].path, 0, NULL);
    FixtureWrong(&r, 1, &cases[i].message);
    FixtureDone(&r);
  }
  ASSERT_ERRORS("include: {a: b}\n", false, "deck.yaml:1: include: expected the name of a file");
}

static void errors_in_included_files_name_them(void **state) {
  Reading r = FixtureReadFile("decks/broken/include_wrong_unit.yaml", 0, NULL);
  static const char *const parts[] = {"decks/broken/wrong_unit.yaml:2: contact.diameter: expected a length"};

  (void)state;
  FixtureWrong(&r, 1, parts);
  FixtureDone(&r);
}

static void bad_overrides(void **state) {
  char *const overrides[] = {"contact.diameter",
                             "=5",
                             "contact.diamter=5 um",
                             "contact.diameter.of=5 um",
                             "grid.rings=many",
                             "protocol.7.cv.rate=1 V/s",
                             "protocol.x=1",
                             "time.tolerance=[1",
                             "interface.sinh.inverse_scale=9 V-1"};
  static const char *const parts[] = {
      "--set: expected key.path=value, got 'contact.diameter'",
      "--set: expected key.path=value, got '=5'",
      "--set: contact.diameter.of: 'diameter' holds the value '9.64 um' and has no keys below it",
      "--set: protocol.7.cv.rate: '7' must be the number of a list item, 0 to 0",
      "--set: protocol.x: 'x' must be the number of a list item",
      "--set: time.tolerance: '[1' is not a list or a quoted text: did not find expected ',' or ']'",
      "--set: contact.diamter: unknown key; did you mean 'diameter'?",
      "--set: grid.rings: expected a whole number, got 'many'",
  };
  char *const linear[] = {"interface.kinetics=linear", "interface.sinh.inverse_scale=9 V-1"};
  static const char *const unused[] = {
      "--set: interface.sinh.inverse_scale: not used because interface.kinetics is linear"};
  Reading r = FixtureReadFile("decks/sinh.yaml", 9, overrides);

  (void)state;
  FixtureWrong(&r, 8, parts);
  FixtureDone(&r);
  r = FixtureReadFile("decks/sinh.yaml", 2, linear);
  FixtureWrong(&r, 1, unused);
  FixtureDone(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mistyped_keys),
      cmocka_unit_test(duplicate_keys),
      cmocka_unit_test(wrong_dimensions),
      cmocka_unit_test(values_of_the_wrong_kind),
      cmocka_unit_test(values_out_of_range),
      cmocka_unit_test(numbers_that_are_not_finite),
      cmocka_unit_test(keys_of_laws_not_chosen),
      cmocka_unit_test(missing_keys),
      cmocka_unit_test(broken_syntax),
      cmocka_unit_test(all_errors_at_once_in_order),
      cmocka_unit_test(files_that_cannot_be_read),
      cmocka_unit_test(errors_in_included_files_name_them),
      cmocka_unit_test(bad_overrides),
  };
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
