/* Characters of word processors and PDF files in decks: taken for what they mean in numbers, named elsewhere. */
#include "../../io/deck/plain_text.h"
#include "../../io/deck/yaml_tree.h"
#include "deck_fixture.h"

#define GOOD_LINES "contact: {diameter: 9.64 um}\ngrid: {rings: 8}\n"

/* The pasted number is the same double as the typed one. */
static void CheckConductivity(const char *pasted, double expected) {
  char text[512];
  Reading r;

  (void)snprintf(text, sizeof(text), GOOD_LINES "electrolyte: {conductivity: %s}\n", pasted);
  r = FixtureRead(text, false);
  FixtureGood(&r);
  assert_true(DeckReal(r.deck, "electrolyte.conductivity") == expected);
  FixtureDone(&r);
}

static void numbers_are_taken(void **state) {
  (void)state;
  CheckConductivity("1.65 mS cm\u207b\u00b9", 0.165);        /* raised minus and one */
  CheckConductivity("1.65\u00a0mS\u202fcm\u22121", 0.165);   /* no-break spaces, a minus sign */
  CheckConductivity("1.65 mS\u00b7cm\u207b\u00b9", 0.165);   /* a dot between */
  CheckConductivity("1.65\u00d710\u207b\u00b3 S/cm", 0.165); /* a power of ten */
  CheckConductivity("1.65 \u00b7 10^\u22123 S/cm", 0.165);   /* another one */
  CheckConductivity("\uff11.65 mS/cm", 0.165);               /* a wide digit */
  CheckConductivity("1.65e\u22123 S cm\u2212\u00b9", 0.165); /* in the exponent */
}

/* Many mistakes and many keys are read in a time that grows with their number, not with its square (which took 20 s).
 */
static void many_keys(void **state) {
  enum { KEYS = 30000 };
  char *text = malloc(KEYS * 24), *end = text;
  Reading r;

  (void)state;
  assert_non_null(text);
  for (int i = 0; i < KEYS; i++) {
    end += sprintf(end, "unknown_%d: %d\n", i, i);
  }
  (void)sprintf(end, "unknown_7: 1\ngrid: {rings: 1}\n");
  r = FixtureRead(text, false);
  assert_int_equal(DiagnosticsCount(r.diagnostics), KEYS + 2);
  assert_non_null(strstr(DiagnosticsMessage(r.diagnostics, KEYS - 1), "deck.yaml:30000: unknown_29999: unknown key"));
  assert_non_null(strstr(DiagnosticsMessage(r.diagnostics, KEYS),
                         "deck.yaml:30001: unknown_7: duplicate key: already given in line 8"));
  assert_non_null(strstr(DiagnosticsMessage(r.diagnostics, KEYS + 1), "deck.yaml:30002: grid.rings"));
  FixtureDone(&r);
  free(text);
}

/* Keys of a large included group are found again under what lies over it. */
static void many_keys_are_merged(void **state) {
  enum { KEYS = 300 };
  char text[KEYS * 32], *end = text;
  Diagnostics diagnostics = NULL;
  YamlNode base = NULL, over = NULL;

  (void)state;
  for (int i = 0; i < KEYS; i++) {
    end += sprintf(end, "key_%d: %d\n", i, i);
  }
  assert_int_equal(DiagnosticsCreate(&diagnostics), 0);
  assert_int_equal(YamlParse(text, strlen(text), "base", diagnostics, &base), 0);
  assert_int_equal(YamlParse("key_7: seven\nkey_299: last\nnew: here\n", 37, "over", diagnostics, &over), 0);
  assert_int_equal(YamlMerge(base, &over), 0);
  assert_int_equal(base->count, KEYS + 1);
  assert_string_equal(YamlFind(base, "key_7")->text, "seven");
  assert_string_equal(YamlFind(base, "key_7")->covered->text, "7");
  assert_string_equal(YamlFind(base, "key_8")->text, "8");
  assert_string_equal(YamlFind(base, "new")->text, "here");
  over = YamlTake(base, "key_3");
  assert_string_equal(over->text, "3");
  assert_int_equal(YamlDestroy(&over), 0);
  assert_null(YamlFind(base, "key_3"));
  assert_string_equal(YamlFind(base, "key_298")->text, "298");
  assert_int_equal(YamlCreate(YAML_TEXT, "key_298", "again", "over", 0, &over), 0);
  assert_int_equal(YamlPut(base, over), 0);
  assert_string_equal(YamlFind(base, "key_298")->text, "again");
  assert_int_equal(YamlDestroy(&base), 0);
  assert_int_equal(DiagnosticsDestroy(&diagnostics), 0);
}

static void plain_text(void **state) {
  char plain[64];

  (void)state;
  assert_true(PlainNumber("-5 mV", plain, sizeof(plain)));
  assert_string_equal(plain, "-5 mV");
  assert_true(PlainNumber("\u2013"
                          "60 mA cm\u207b\u00b2",
                          plain, sizeof(plain)));
  assert_string_equal(plain, "-60 mA cm^-2");
  assert_true(PlainNumber("2 \u00d7 10\u00b9\u2070 m\u207b\u00b2", plain, sizeof(plain)));
  assert_string_equal(plain, "2e10 m^-2");
  assert_true(PlainNumber("9.64 \u00b5m", plain, sizeof(plain))); /* UDUNITS knows it */
  assert_string_equal(plain, "9.64 \u00b5m");
  assert_true(PlainNumber("3 x 4 \xff", plain, sizeof(plain))); /* nothing to be done, and no UTF-8 */
  assert_string_equal(plain, "3 x 4 \xff");
  assert_false(PlainNumber("123456789", plain, 8));
}

/* Where the character cannot be meant, the message says what it is and what to type. */
static void CheckNamed(const char *text, const char *part, const char *where) {
  Reading r = FixtureRead(text, false);
  bool found = false;

  for (PetscInt i = 0; i < DiagnosticsCount(r.diagnostics); i++) {
    const char *message = DiagnosticsMessage(r.diagnostics, i);
    found = found || (strstr(message, part) && !strncmp(message, where, strlen(where)));
  }
  if (!found) {
    (void)DiagnosticsPrint(r.diagnostics, stderr);
    (void)fprintf(stderr, "expected %s at %s\n", part, where);
  }
  assert_true(found);
  FixtureDone(&r);
}

static void others_are_named(void **state) {
  (void)state;
  CheckNamed("grid: {rings:\u00a08}\n", "here is a no-break space, U+00A0: type a blank", "deck.yaml:1: ");
  CheckNamed("title: x\ngrid:\n\u00a0 rings: 8\n", "U+00A0: type a blank", "deck.yaml:3: ");
  CheckNamed("title: x\ngrid:\u00a0{rings: 8}\n", "U+00A0: type a blank", "deck.yaml:2: ");
  CheckNamed("bulk: {solver: \u201cauto\u201d}\n", "here is a curved quotation mark, U+201C",
             "deck.yaml:1: bulk.solver");
  CheckNamed("lithium: {creep: [power\u2010law]}\n", "U+2010: type '-'", "deck.yaml:1: lithium.creep");
  CheckNamed("contact: {diameter: 5 \u201cum\u201d}\n", "U+201C", "deck.yaml:1: contact.diameter");
}

static void byte_order_mark(void **state) {
  Reading r = FixtureRead("\xEF\xBB\xBF" GOOD_LINES, false);

  (void)state;
  FixtureGood(&r);
  assert_int_equal(DeckInteger(r.deck, "grid.rings"), 8);
  FixtureDone(&r);
  CheckNamed("\xEF\xBB\xBFgrid: {rings: 1}\n", "out of range", "deck.yaml:1: grid.rings");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_taken), cmocka_unit_test(plain_text), cmocka_unit_test(others_are_named),
      cmocka_unit_test(byte_order_mark),   cmocka_unit_test(many_keys),  cmocka_unit_test(many_keys_are_merged),
  };
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
