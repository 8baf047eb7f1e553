/* A parameter table with laws such as the program has, and short ways to read decks, for the tests of the deck. */
#ifndef LISEI_DECK_FIXTURE_H
#define LISEI_DECK_FIXTURE_H

#include "../../io/deck/deck.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

/* cmocka compares floats only. */
#define ASSERT_NEAR(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

typedef struct {
  double exchange_current_density, inverse_scale;
  int charge_number;
} SinhLaw;

static const Parameter fixture_interface[] = {{.key = "kinetics",
                                               .kind = PARAMETER_CHOICE,
                                               .fallback = "linear",
                                               .choices = "linear|sinh|series",
                                               .meaning = "Law of the interface"},
                                              {.key = NULL}};
static const Parameter fixture_process[] = {
    {.key = "law", .kind = PARAMETER_CHOICE, .choices = "linear|sinh", .meaning = "Law of the process"}, {.key = NULL}};
static const Parameter fixture_linear[] = {{.key = "resistance",
                                            .kind = PARAMETER_REAL,
                                            .unit = "ohm m2",
                                            .shown = "ohm cm2",
                                            .fallback = "0.553 ohm cm2",
                                            .minimum = 1e-10,
                                            .maximum = 1e4,
                                            .meaning = "Resistance times area"},
                                           {.key = NULL}};
static const Parameter fixture_sinh[] = {{.key = "exchange_current_density",
                                          .kind = PARAMETER_REAL,
                                          .unit = "A m-2",
                                          .shown = "mA cm-2",
                                          .minimum = 1e-6,
                                          .maximum = 1e8,
                                          .meaning = "Prefactor i0",
                                          .offset = offsetof(SinhLaw, exchange_current_density)},
                                         {.key = "inverse_scale",
                                          .kind = PARAMETER_REAL,
                                          .unit = "V-1",
                                          .fallback = "100 V-1",
                                          .minimum = 1e-2,
                                          .maximum = 1e5,
                                          .meaning = "Inverse potential scale beta",
                                          .offset = offsetof(SinhLaw, inverse_scale)},
                                         {.key = "charge_number",
                                          .kind = PARAMETER_INTEGER,
                                          .unit = "1",
                                          .fallback = "1",
                                          .minimum = 1,
                                          .maximum = 3,
                                          .meaning = "Charge number",
                                          .offset = offsetof(SinhLaw, charge_number)},
                                         {.key = NULL}};
static const Parameter fixture_creep[] = {{.key = "creep",
                                           .kind = PARAMETER_CHOICE_LIST,
                                           .fallback = "[]",
                                           .choices = "coble|power_law",
                                           .meaning = "Creep mechanisms, added"},
                                          {.key = NULL}};
static const Parameter fixture_coble[] = {{.key = "diffusivity",
                                           .kind = PARAMETER_REAL,
                                           .unit = "m2 s-1",
                                           .shown = "cm2 s-1",
                                           .fallback = "1e-9 cm2/s",
                                           .minimum = 0,
                                           .maximum = 1e-3,
                                           .meaning = "Grain-boundary diffusivity"},
                                          {.key = NULL}};

static const Parameter fixture_dislocations[] = {{.key = "density",
                                                  .kind = PARAMETER_REAL,
                                                  .unit = "m-2",
                                                  .fallback = "0 m-2",
                                                  .minimum = 0,
                                                  .maximum = 1e18,
                                                  .meaning = "Dislocation density; used always, behind groups of laws"},
                                                 {.key = NULL}};
static const Parameter fixture_flaw[] = {{.key = "toughness",
                                          .kind = PARAMETER_REAL,
                                          .unit = "Pa m^0.5",
                                          .shown = "MPa m^0.5",
                                          .fallback = "0.23 MPa m^0.5",
                                          .minimum = 1e3,
                                          .maximum = 1e8,
                                          .meaning = "A quantity with a half power"},
                                         {.key = NULL}};

static inline ParameterTable FixtureTable(void) {
  ParameterTable table = NULL;

  assert_int_equal(TableCreate(&table), 0);
  assert_int_equal(ParametersRegister(table), 0);
  assert_int_equal(TableAdd(table, "interface", fixture_interface, NULL, NULL), 0);
  assert_int_equal(TableAdd(table, "interface.linear", fixture_linear, "interface.kinetics", "linear"), 0);
  assert_int_equal(TableAdd(table, "interface.sinh", fixture_sinh, "interface.kinetics", "sinh"), 0);
  assert_int_equal(TableAdd(table, "interface.charge_transfer", fixture_process, "interface.kinetics", "series"), 0);
  assert_int_equal(
      TableAdd(table, "interface.charge_transfer.linear", fixture_linear, "interface.charge_transfer.law", "linear"),
      0);
  assert_int_equal(
      TableAdd(table, "interface.charge_transfer.sinh", fixture_sinh, "interface.charge_transfer.law", "sinh"), 0);
  assert_int_equal(TableAdd(table, "interface.dislocations", fixture_dislocations, NULL, NULL), 0);
  assert_int_equal(TableAdd(table, "interface.flaw", fixture_flaw, NULL, NULL), 0);
  assert_int_equal(TableAdd(table, "lithium", fixture_creep, NULL, NULL), 0);
  assert_int_equal(TableAdd(table, "lithium.coble", fixture_coble, "lithium.creep", "coble"), 0);
  return table;
}

static const char fixture_protocol[] = "protocol:\n  - rest: {duration: 1 s}\n";

/* What reading a text gave. */
typedef struct {
  ParameterTable table;
  Diagnostics diagnostics;
  Deck deck;
} Reading;

/* Read a deck in file "deck.yaml" from text; a protocol is appended unless the text has one or `bare` is asked for. */
static inline Reading FixtureRead(const char *text, bool bare) {
  Reading reading = {.table = FixtureTable()};
  const bool append = !bare && !strstr(text, "protocol:");
  char *whole = malloc(strlen(text) + sizeof(fixture_protocol));

  assert_non_null(whole);
  (void)sprintf(whole, "%s%s", text, append ? fixture_protocol : "");
  assert_int_equal(DiagnosticsCreate(&reading.diagnostics), 0);
  assert_int_equal(DeckReadText(reading.table, whole, "deck.yaml", reading.diagnostics, &reading.deck), 0);
  free(whole);
  return reading;
}

static inline Reading FixtureReadFile(const char *path, PetscInt count, char *const overrides[]) {
  Reading reading = {.table = FixtureTable()};

  assert_int_equal(DiagnosticsCreate(&reading.diagnostics), 0);
  assert_int_equal(DeckRead(reading.table, path, count, overrides, reading.diagnostics, &reading.deck), 0);
  return reading;
}

static inline void FixtureDone(Reading *reading) {
  assert_int_equal(DeckDestroy(&reading->deck), 0);
  assert_int_equal(DiagnosticsDestroy(&reading->diagnostics), 0);
  assert_int_equal(TableDestroy(&reading->table), 0);
}

/* The reading must have succeeded; says why not. */
static inline void FixtureGood(const Reading *reading) {
  if (DiagnosticsCount(reading->diagnostics))
    (void)DiagnosticsPrint(reading->diagnostics, stderr);
  assert_int_equal(DiagnosticsCount(reading->diagnostics), 0);
  assert_non_null(reading->deck);
}

/* The reading must have failed with these messages, in this order and no others; each must contain the given part. */
static inline void FixtureWrong(const Reading *reading, PetscInt count, const char *const parts[]) {
  bool same = DiagnosticsCount(reading->diagnostics) == count;

  for (PetscInt i = 0; same && i < count; i++)
    same = strstr(DiagnosticsMessage(reading->diagnostics, i), parts[i]) != NULL;
  if (!same) {
    (void)fprintf(stderr, "--- got\n");
    (void)DiagnosticsPrint(reading->diagnostics, stderr);
    (void)fprintf(stderr, "--- expected\n");
    for (PetscInt i = 0; i < count; i++)
      (void)fprintf(stderr, "%s\n", parts[i]);
  }
  assert_true(same);
  assert_null(reading->deck);
}

/* Shorthand: this text gives exactly these errors. */
#define ASSERT_ERRORS(text, bare, ...)                                                                                 \
  do {                                                                                                                 \
    const char *const parts[] = {__VA_ARGS__};                                                                         \
    Reading reading_ = FixtureRead(text, bare);                                                                        \
    FixtureWrong(&reading_, (PetscInt)(sizeof(parts) / sizeof(parts[0])), parts);                                      \
    FixtureDone(&reading_);                                                                                            \
  } while (0)

static inline int FixtureMain(const struct CMUnitTest tests[], size_t count) {
  int failed;

  if (PetscInitializeNoArguments())
    return 1;
  failed = _cmocka_run_group_tests("deck", tests, count, NULL, NULL);
  return PetscFinalize() || failed;
}

#endif
