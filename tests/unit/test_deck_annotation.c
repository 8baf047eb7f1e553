/* Values that carry their plausible range, source and fit: read, held to the range through includes and overrides,
   shown, and dropped from the resolved deck. */
#include "deck_fixture.h"

#define DECK "decks/annotated.yaml"

static char *Text(Deck deck, PetscErrorCode (*writer)(Deck deck, FILE *stream)) {
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);

  assert_non_null(stream);
  assert_int_equal(writer(deck, stream), 0);
  (void)fclose(stream);
  return text;
}

static void Contains(const char *text, const char *part) {
  if (!strstr(text, part)) {
    fail_msg("'%s' is not in\n%s", part, text);
  }
}

static void annotated_values_are_values(void **state) {
  Reading r = FixtureReadFile(DECK, 0, NULL);
  const char *file = NULL;
  int line = 0;

  (void)state;
  FixtureGood(&r);
  assert_string_equal(DeckText(r.deck, "title"), "Annotated parameters");
  assert_true(DeckReal(r.deck, "electrolyte.conductivity") == 0.28);
  assert_string_equal(DeckText(r.deck, "interface.kinetics"), "linear");
  assert_int_equal(DeckInteger(r.deck, "grid.rings"), 16);
  assert_true(DeckIsSet(r.deck, "electrolyte.conductivity"));
  DeckWhere(r.deck, "electrolyte.conductivity", &file, &line);
  assert_string_equal(file, "decks/parts/annotated.yaml");
  assert_int_equal(line, 3);
  assert_true(DeckReal(r.deck, "electrolyte.depth") == 20e-6);
  assert_true(DeckReal(r.deck, "interface.linear.resistance") == 3e-4); /* outside the range below, inside its own */
  assert_true(DeckStepReal(DeckGetStep(r.deck, 0), "potential") == 5e-3);
  assert_int_equal(DeckStepListLength(DeckGetStep(r.deck, 1), "vertices"), 2);
  FixtureDone(&r);
}

/* The ends of a range belong to it, in any unit. */
static void ends_are_inside(void **state) {
  char *const least[] = {"electrolyte.conductivity=0.25 S/m"}, *const most[] = {"electrolyte.conductivity=5000 uS/cm"};
  char *text = NULL;

  (void)state;
  for (int i = 0; i < 2; i++) {
    Reading r = FixtureReadFile(DECK, 1, i ? most : least);
    FixtureGood(&r);
    text = Text(r.deck, DeckPrintNotes);
    assert_string_equal(text, "");
    free(text);
    FixtureDone(&r);
  }
}

static void shown_beside_the_value(void **state) {
  Reading r = FixtureReadFile(DECK, 0, NULL);
  char *text = NULL;

  (void)state;
  FixtureGood(&r);
  text = Text(r.deck, DeckPrint);
  Contains(text,
           "\n    plausible range 2.5 mS cm-1 to 5 mS cm-1; fitted to peak, R_p; source: pellet, with the model's\n"
           "    factor; note: see page 3\n");
  /* A plain value keeps the range of what it overrides, and nothing else of it. */
  Contains(text, "\n    plausible range 10 um to 100 um of annotated.yaml:6\n");
  Contains(text, "\n    plausible range 1 ohm cm2 to 4 ohm cm2; source: another interface\n");
  Contains(text, "\n    plausible range 8 to 64\n");
  Contains(text, "\n    source: section 2.3\n");
  Contains(text, "\n    plausible range -10 mV to 10 mV\n");
  assert_null(strstr(text, "OUTSIDE"));
  free(text);
  FixtureDone(&r);
}

static void override_beyond_is_noted(void **state) {
  char *const overrides[] = {"electrolyte.conductivity=3 mS/cm", "electrolyte.conductivity=7 mS/cm",
                             "protocol.1.cv.vertices=[-5 mV, 50 mV]"};
  Reading r = FixtureReadFile(DECK, 3, overrides), again;
  char *text = NULL;

  (void)state;
  FixtureGood(&r);
  assert_true(DeckReal(r.deck, "electrolyte.conductivity") == 0.7);
  text = Text(r.deck, DeckPrintNotes);
  assert_string_equal(text,
                      "lisei: note: --set: electrolyte.conductivity = 7 mS cm-1 is outside its plausible range 2.5 "
                      "mS cm-1 to 5 mS cm-1 of decks/parts/annotated.yaml:3\n"
                      "lisei: note: --set: protocol.1.cv.vertices = [-5 mV, 50 mV] is outside its plausible range "
                      "-10 mV to 10 mV of decks/annotated.yaml:9\n");
  free(text);
  text = Text(r.deck, DeckPrint);
  Contains(text, "\n    OUTSIDE its plausible range 2.5 mS cm-1 to 5 mS cm-1 of annotated.yaml:3\n");
  free(text);
  /* What resume reads. */
  assert_int_equal(DeckResolved(r.deck, &text), 0);
  Contains(text, "conductivity: 7 mS/cm  # OUTSIDE its plausible range 2.5 mS cm-1 to 5 mS cm-1 of annotated.yaml:3\n");
  again = FixtureRead(text, true);
  FixtureGood(&again);
  assert_true(DeckReal(again.deck, "electrolyte.conductivity") == 0.7);
  assert_true(DeckStepListReal(DeckGetStep(again.deck, 1), "vertices", 1) == 0.05);
  assert_int_equal(PetscFree(text), 0);
  FixtureDone(&again);
  FixtureDone(&r);
}

static void an_override_may_be_annotated(void **state) {
  char *const good[] = {"electrolyte.conductivity={value: 7 mS/cm, range: [6 mS/cm, 8 mS/cm], source: trial}"};
  char *const bad[] = {"electrolyte.conductivity={value: 9 mS/cm, range: [6 mS/cm, 8 mS/cm]}",
                       "electrolyte.conductivity.value=3 mS/cm", "grid.rings.range=[1, 2]"};
  static const char *const errors[] = {"--set: electrolyte.conductivity.value: 'conductivity' holds an annotated value",
                                       "--set: grid.rings.range: 'rings' holds an annotated value",
                                       "--set: electrolyte.conductivity: '9 mS/cm' is outside its plausible range 6"};
  Reading r = FixtureReadFile(DECK, 1, good);
  char *text = NULL;

  (void)state;
  FixtureGood(&r);
  text = Text(r.deck, DeckPrint);
  Contains(text, "    plausible range 6 mS cm-1 to 8 mS cm-1; source: trial");
  free(text);
  FixtureDone(&r);
  r = FixtureReadFile(DECK, 3, bad);
  FixtureWrong(&r, 3, errors);
  FixtureDone(&r);
}

static void outside_is_an_error(void **state) {
  (void)state;
  ASSERT_ERRORS("electrolyte:\n  conductivity:\n    range: [2.5 mS/cm, 5 mS/cm]\n    value: 7 mS/cm\n", false,
                "deck.yaml:4: electrolyte.conductivity: '7 mS/cm' is outside its plausible range 2.5 mS cm-1 to 5 mS "
                "cm-1: change the value, or the range and say why");
  ASSERT_ERRORS(
      "include: decks/parts/annotated.yaml\nelectrolyte: {depth: 5 um}\ngrid:\n  rings: 128\n", false,
      "deck.yaml:2: electrolyte.depth: '5 um' is outside its plausible range 10 um to 100 um of "
      "decks/parts/annotated.yaml:6",
      "deck.yaml:4: grid.rings: '128' is outside its plausible range 8 to 64 of decks/parts/annotated.yaml:8");
  /* An annotation without a range of its own keeps the one below it, too. */
  ASSERT_ERRORS("include: decks/parts/annotated.yaml\nelectrolyte: {conductivity: {value: 8 mS/cm, source: guess}}\n",
                false,
                "'8 mS/cm' is outside its plausible range 2.5 mS cm-1 to 5 mS cm-1 of decks/parts/annotated.yaml:3");
  ASSERT_ERRORS("protocol:\n  - cv: {vertices: {value: [1 mV, 30 mV], range: [0 mV, 20 mV]}, rate: 1 mV/s}\n", true,
                "deck.yaml:2: protocol.0.cv.vertices: '30 mV' is outside its plausible range 0 mV to 20 mV");
}

static void wrong_annotations(void **state) {
  (void)state;
  ASSERT_ERRORS("contact: {diameter: {range: [1 um, 9 um]}}\n", false,
                "deck.yaml:1: contact.diameter: expected a length (unit such as um), got its annotation only: write "
                "{value: ...} with it");
  ASSERT_ERRORS("contact: {diameter: {value: , range: [1 um, 9 um]}}\n", false, "contact.diameter: expected a length");
  ASSERT_ERRORS("contact: {diameter: {value: 3 V, range: [1 um, 9 um]}}\n", false, "got an electric potential '3 V'");
  ASSERT_ERRORS("contact: {diameter: {value: [3 um]}}\n", false, "contact.diameter: expected a length");
  ASSERT_ERRORS("contact: {diameter: {value: {value: 3 um}}}\n", false, "got a group of keys");
  ASSERT_ERRORS("contact: {diameter: {um: 3}}\n", false, "got a group of keys");
  ASSERT_ERRORS("contact:\n  diameter:\n    value: 3 um\n    sorce: here\n    meaning: long\n", false,
                "deck.yaml:4: contact.diameter.sorce: unknown key; did you mean 'source'?",
                "deck.yaml:5: contact.diameter.meaning: unknown key; an annotated value has value, range, source, "
                "fitted_to or note");
  ASSERT_ERRORS("contact: {diameter: {value: 3 um, value: 4 um}}\n", false, "value: duplicate key");
  ASSERT_ERRORS("contact: {diameter: {value: 3 um, range: 5 um}}\n", false,
                "deck.yaml:1: contact.diameter.range: expected the least and the largest plausible value");
  ASSERT_ERRORS("contact: {diameter: {value: 3 um, range: [1 um, 2 um, 4 um]}}\n", false,
                "contact.diameter.range: expected the least and the largest");
  ASSERT_ERRORS("contact: {diameter: {value: 3 um, range: [9 um, 1 um]}}\n", false,
                "contact.diameter.range: the least value comes first: '9 um' is larger than '1 um'");
  ASSERT_ERRORS("contact: {diameter: {value: 3 um, range: [1 V, 9 um]}}\n", false,
                "contact.diameter.range: expected a length (unit such as um), got an electric potential '1 V'");
  ASSERT_ERRORS("contact: {diameter: {value: 3 um, range: [1, [2]]}}\n", false, "got the plain number '1'",
                "contact.diameter.range: expected a length (unit such as um), got a list");
  ASSERT_ERRORS("grid: {rings: {value: 16, range: [8.5, 64]}}\n", false, "grid.rings.range: expected a whole number");
  ASSERT_ERRORS("grid: {rings: {value: 16, range: [-8, 64]}}\n", false, "grid.rings.range: '-8' is out of range");
  ASSERT_ERRORS("interface: {kinetics: {value: linear, range: [linear, sinh]}}\n", false,
                "interface.kinetics.range: only a number has a range");
  ASSERT_ERRORS("contact: {diameter: {value: 3 um, source: [a, b], fitted_to: {a: b}, note: }}\n", false,
                "contact.diameter.source: expected a text of at most",
                "contact.diameter.fitted_to: expected a text, or a",
                "contact.diameter.note: expected a text of at most");
  /* In a step, too. */
  ASSERT_ERRORS("protocol:\n  - hold: {potential: {value: 5 mV, range: [1 um, 2 mV]}, duration: 1 s}\n", true,
                "protocol.0.hold.potential.range: expected an electric potential");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(annotated_values_are_values),
      cmocka_unit_test(ends_are_inside),
      cmocka_unit_test(shown_beside_the_value),
      cmocka_unit_test(override_beyond_is_noted),
      cmocka_unit_test(an_override_may_be_annotated),
      cmocka_unit_test(outside_is_an_error),
      cmocka_unit_test(wrong_annotations),
  };
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
