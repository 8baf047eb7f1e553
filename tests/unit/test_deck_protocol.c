/* Protocols: kinds of steps, ends, repetition, waveforms, and what can be wrong with them. */
#include "../../io/deck/waveform.h"
#include "deck_fixture.h"
#include <unistd.h>

#define WRONG(protocol, ...) ASSERT_ERRORS("protocol:\n" protocol, true, __VA_ARGS__)

static void every_kind_of_step(void **state) {
  Reading r = FixtureReadFile("decks/full.yaml", 0, NULL);
  const double *time = NULL, *value = NULL;
  const char *file = NULL;
  int line = 0;
  DeckStep step, inner;

  (void)state;
  FixtureGood(&r);
  assert_int_equal(DeckStepCount(r.deck), 3);
  step = DeckGetStep(r.deck, 0);
  assert_string_equal(DeckStepKind(step), "cv");
  assert_int_equal(DeckStepListLength(step, "vertices"), 3);
  assert_true(DeckStepListReal(step, "vertices", 1) == 0.02);
  assert_true(DeckStepReal(step, "start") == 0.);
  assert_true(DeckStepReal(step, "rate") == 0.2e-3);
  assert_int_equal(DeckStepInteger(step, "cycles"), 3);
  assert_string_equal(DeckStepText(step, "on_infeasible"), "error");
  assert_true(DeckStepIsSet(step, "until.contact_fraction_below"));
  assert_false(DeckStepIsSet(step, "until.charge"));
  assert_false(DeckStepIsSet(step, "start"));
  assert_int_equal(DeckStepChildCount(step), 0);
  DeckStepWhere(step, &file, &line);
  assert_string_equal(file, "decks/full.yaml");
  assert_int_equal(line, 14);

  step = DeckGetStep(r.deck, 1);
  assert_string_equal(DeckStepKind(step), "repeat");
  assert_int_equal(DeckStepInteger(step, "times"), 2);
  assert_int_equal(DeckStepChildCount(step), 2);
  inner = DeckStepChild(step, 0);
  assert_true(DeckStepReal(inner, "current") == -2e-9);
  assert_true(DeckStepReal(inner, "duration") == 600.);
  assert_true(DeckStepReal(inner, "until.charge") == 3e-6);
  assert_string_equal(DeckStepText(inner, "on_infeasible"), "skip");
  inner = DeckStepChild(DeckStepChild(step, 1), 1);
  assert_string_equal(DeckStepKind(inner), "hold");
  assert_true(DeckStepReal(inner, "duration") == 1800.);

  step = DeckGetStep(r.deck, 2);
  assert_string_equal(DeckStepText(step, "file"), "decks/parts/waveform.csv");
  assert_string_equal(DeckStepText(step, "control"), "potential");
  assert_int_equal(DeckStepWaveform(step, &time, &value), 3);
  assert_true(time[0] == 0.);
  ASSERT_NEAR(time[1], 30., 1e-12);
  ASSERT_NEAR(time[2], 90., 1e-12);
  assert_true(value[0] == 0. && value[1] == 0.01 && value[2] == -0.01);
  assert_null(DeckGetStep(r.deck, 3));
  FixtureDone(&r);
}

static void protocols_that_are_empty(void **state) {
  (void)state;
  ASSERT_ERRORS("title: x\n", true, "deck.yaml: protocol: missing: a deck needs a list of steps");
  ASSERT_ERRORS("", true, "deck.yaml: protocol: missing");
  ASSERT_ERRORS("title: x\nprotocol:\n", true, "deck.yaml:2: protocol: empty: a run needs at least one step");
  ASSERT_ERRORS("protocol: []\n", true, "deck.yaml:1: protocol: empty");
  ASSERT_ERRORS("protocol: {rest: {duration: 1 s}}\n", true, "deck.yaml:1: protocol: expected a list of steps");
  WRONG("  - repeat: {times: 2, steps: []}\n",
        "deck.yaml:2: protocol.0.repeat.steps: expected a list of steps to repeat");
  WRONG("  - repeat: {times: 2}\n", "deck.yaml:2: protocol.0.repeat.steps: expected a list of steps to repeat");
}

static void steps_that_are_wrong(void **state) {
  (void)state;
  WRONG("  - rst: {duration: 1 s}\n", "deck.yaml:2: protocol.0: unknown kind of step 'rst'; did you mean 'rest'?");
  WRONG("  - galvanostatic: {current: 1 nA}\n", "protocol.0: unknown kind of step 'galvanostatic'; there are cv, "
                                                "current, hold, rest, waveform, impedance or repeat");
  WRONG("  - rest\n", "deck.yaml:2: protocol.0: expected a step such as '- hold:");
  WRONG("  - rest:\n", "deck.yaml:2: protocol.0.rest.duration: missing: expected a time (unit such as s)");
  WRONG("  - rest: 5 s\n", "protocol.0.rest: expected the keys of the step, got a value",
        "protocol.0.rest.duration: missing");
  WRONG("  - rest:\n    duration: 1 s\n",
        "deck.yaml:3: protocol.0: 'duration' stands beside 'rest', but a step has one kind");
  WRONG("  - cv: {vertices: [], rate: 1 mV/s}\n",
        "protocol.0.cv.vertices: expected an electric potential (unit such as mV), got an empty list");
  WRONG("  - cv: {start: 1 mV}\n", "protocol.0.cv.vertices: missing", "protocol.0.cv.rate: missing");
  WRONG("  - cv: {vertices: [1 mV, 3 s], rate: 1 mV/s, cycles: 0}\n",
        "protocol.0.cv.vertices: expected an electric potential",
        "protocol.0.cv.cycles: '0' is out of range: valid is 1 to 1000000");
  WRONG("  - hold: {potential: 1 mV, duration: 1 s, until: {chrage: 1 uC}}\n",
        "protocol.0.hold.until.chrage: unknown key; did you mean 'charge'?");
  WRONG("  - hold: {potential: 1 mV, duration: 1 s, on_infeasible: ignore}\n",
        "protocol.0.hold.on_infeasible: expected error, stop or skip, got 'ignore'");
  WRONG("  - hold: {potential: 1 mV, rate: 1 mV/s, duration: 1 s}\n",
        "protocol.0.hold.rate: unknown key; there is a key 'protocol.cv.rate'");
  /* Errors inside repetitions carry their place. */
  WRONG("  - repeat:\n      times: 2\n      steps:\n        - rest: {duration: 1 s}\n        - rest: {duration: 1 m}\n",
        "deck.yaml:6: protocol.0.repeat.steps.1.rest.duration: expected a time (unit such as s), got a length '1 m'");
}

static void steps_that_never_end(void **state) {
  Reading r = FixtureRead("protocol:\n  - current: {current: 1 nA, until: {potential_above: 1 V}}\n", true);

  (void)state;
  FixtureGood(&r);
  FixtureDone(&r);
  WRONG("  - current: {current: 1 nA}\n", "deck.yaml:2: protocol.0.current: the step would never end");
  WRONG("  - hold: {potential: 1 mV, duration: 0 s}\n", "protocol.0.hold: the step would never end");
  WRONG("  - hold: {potential: 1 mV, duration: 0 m}\n", "protocol.0.hold.duration: expected a time");
  WRONG("  - rest: {duration: 0 s}\n", "protocol.0.rest.duration: '0 s' is out of range: valid is greater than zero");
}

/* Write a CSV file, read it as potentials, compare the messages; `count` 0: it must be good and have `rows` rows. */
static void CheckCsv(const char *text, PetscInt rows, PetscInt count, const char *const parts[]) {
  char path[] = "/tmp/lisei_waveform_XXXXXX", expected[256];
  const int descriptor = mkstemp(path);
  Diagnostics diagnostics = NULL;
  Waveform waveform = NULL;

  assert_true(descriptor >= 0);
  assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
  (void)close(descriptor);
  assert_int_equal(DiagnosticsCreate(&diagnostics), 0);
  assert_int_equal(WaveformRead(path, "V", 0.0, diagnostics, &waveform), 0);
  (void)unlink(path);
  if (DiagnosticsCount(diagnostics) != count) {
    (void)DiagnosticsPrint(diagnostics, stderr);
  }
  assert_int_equal(DiagnosticsCount(diagnostics), count);
  for (PetscInt i = 0; i < count; i++) {
    (void)snprintf(expected, sizeof(expected), "%s:%s", path, parts[i]);
    if (strncmp(DiagnosticsMessage(diagnostics, i), expected, strlen(expected)) != 0) {
      (void)fprintf(stderr, "got %s\nexpected %s\n", DiagnosticsMessage(diagnostics, i), expected);
    }
    assert_memory_equal(DiagnosticsMessage(diagnostics, i), expected, strlen(expected));
  }
  assert_true(count ? !waveform : waveform && waveform->count == rows);
  assert_int_equal(WaveformDestroy(&waveform), 0);
  assert_int_equal(DiagnosticsDestroy(&diagnostics), 0);
}

static void waveform_files(void **state) {
  static const char *const text[] = {"2: column 2: expected a finite number, got 'ten'",
                                     "4: column 1: expected a finite number, got 'nan'",
                                     "5: column 2: expected a finite number, got ''"};
  static const char *const order[] = {"3: the time 1 s does not come after 1 s",
                                      "4: the time 0.5 s does not come after 1 s"};
  static const char *const columns[] = {"2: expected two columns 'time,potential'", "3: expected two columns"};
  static const char *const header[] = {
      "1: column 1: expected a time (unit such as s), got a length '[m]'",
      "1: column 2: expected an electric potential (unit such as V), got the unknown unit '[mv]'"};
  static const char *const few[] = {" holds 1 rows of numbers: a waveform needs at least two"};

  (void)state;
  CheckCsv("0,0\n1,0.01\n2,0\n", 3, 0, NULL);
  CheckCsv("\xEF\xBB\xBFTime [h], V [mV]\r\n\r\n# comment\r\n0,0\r\n1e-3,1.5e1\r\n", 2, 0, NULL);
  CheckCsv("0,0\n1,ten\n2,0\nnan,1\n3,\n", 0, 3, text);
  CheckCsv("0,0\n1,0\n1,1\n0.5,0\n", 0, 2, order);
  CheckCsv("0,0\n1\n2,3,4\n", 0, 2, columns);
  CheckCsv("time [m],potential [mv]\n0,0\n1,1\n", 0, 2, header);
  CheckCsv("time,potential\n0,0\n", 0, 1, few);
}

static void waveform_errors_name_deck_and_file(void **state) {
  static const char *const parts[] = {
      "decks/broken/waveform.yaml:2: protocol.0.waveform.file: decks/broken/text.csv:3: column 2: expected a finite "
      "number, got 'oops'",
      "decks/broken/waveform.yaml:3: protocol.1.waveform.file: decks/broken/none.csv: cannot be read: No such file",
      "decks/broken/waveform.yaml:4: protocol.2.waveform.file: decks/broken/../parts/waveform.csv:2: column 2: "
      "expected a current"};
  Reading r = FixtureReadFile("decks/broken/waveform.yaml", 0, NULL);

  (void)state;
  FixtureWrong(&r, 3, parts);
  FixtureDone(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_of_step),   cmocka_unit_test(protocols_that_are_empty),
      cmocka_unit_test(steps_that_are_wrong), cmocka_unit_test(steps_that_never_end),
      cmocka_unit_test(waveform_files),       cmocka_unit_test(waveform_errors_name_deck_and_file),
  };
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
