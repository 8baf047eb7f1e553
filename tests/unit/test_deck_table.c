/* What the table says of itself: help, reference deck, manual, JSON Schema. */
#include "deck_fixture.h"

typedef PetscErrorCode (*Writer)(ParameterTable table, FILE *stream);

static char *Text(ParameterTable table, Writer writer) {
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);

  assert_int_equal(writer(table, stream), 0);
  (void)fclose(stream);
  return text;
}

static char *Help(ParameterTable table, const char *topic, PetscBool expected) {
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  PetscBool found = PETSC_FALSE;

  assert_int_equal(TableHelp(table, topic, stream, &found), 0);
  (void)fclose(stream);
  assert_int_equal(found, expected);
  return text;
}

static void help_answers(void **state) {
  ParameterTable table = FixtureTable();
  char *text = Help(table, NULL, PETSC_TRUE);

  (void)state;
  assert_non_null(strstr(text, "electrolyte"));
  free(text);
  text = Help(table, "contact", PETSC_TRUE);
  assert_non_null(strstr(text, "diameter: 9.64 um"));
  free(text);
  text = Help(table, "grid", PETSC_TRUE);
  assert_non_null(strstr(text, "used when: grid.type is cylindrical"));
  free(text);
  text = Help(table, "interface.sinh.exchange_current_density", PETSC_TRUE);
  assert_non_null(strstr(text, "a current density (unit such as mA cm-2)"));
  assert_non_null(strstr(text, "required"));
  assert_non_null(strstr(text, "1e-07 mA cm-2 to 1e+07 mA cm-2"));
  assert_non_null(strstr(text, "interface.kinetics is sinh"));
  free(text);
  text = Help(table, "interface.flaw.toughness", PETSC_TRUE);
  assert_non_null(strstr(text, "default:   0.23 MPa m^0.5"));
  assert_non_null(strstr(text, "range:     0.001 MPa m^0.5 to 100 MPa m^0.5"));
  free(text);
  text = Help(table, "protocol.cv", PETSC_TRUE);
  assert_non_null(strstr(text, "vertices: required"));
  free(text);
  text = Help(table, "nonsense", PETSC_FALSE);
  assert_string_equal(text, "");
  free(text);
  assert_int_equal(TableDestroy(&table), 0);
}

/* The reference deck names every key, reads without an error, and gives the defaults. */
static void reference_deck_is_a_deck(void **state) {
  ParameterTable table = FixtureTable();
  char *text = Text(table, TableDeck);
  Reading a = FixtureRead(text, true), b = FixtureRead("", false);

  (void)state;
  FixtureGood(&a);
  FixtureGood(&b);
  for (PetscInt i = 0; i < table->count; i++) {
    const TableEntry *entry = &table->entries[i];
    const char *dot = strrchr(entry->path, '.');
    char key[128];
    (void)snprintf(key, sizeof(key), " %s: ", dot ? dot + 1 : entry->path);
    if (dot) {
      assert_non_null(strstr(text, key));
    }
    if (strstr(entry->path, "protocol.") || !TableUsedByDefault(table, entry)) {
      continue;
    }
    assert_true(DeckIsSet(a.deck, entry->path));
    if (entry->declaration->kind == PARAMETER_REAL) {
      assert_true(DeckReal(a.deck, entry->path) == DeckReal(b.deck, entry->path));
    }
  }
  assert_false(DeckStepIsSet(DeckGetStep(a.deck, 0), "until.charge")); /* shown, not set */
  FixtureDone(&a);
  FixtureDone(&b);
  free(text);
  assert_int_equal(TableDestroy(&table), 0);
}

/* Uncommented, the keys of laws that are not chosen are read, too: nothing in the comments is out of date. */
static void reference_deck_comments_are_keys(void **state) {
  ParameterTable table = FixtureTable();
  char *text = Text(table, TableDeck), *bare = NULL, *rest = text, *line;
  size_t size = 0;
  FILE *stream = open_memstream(&bare, &size);
  Reading r;

  (void)state;
  assert_non_null(stream);
  while ((line = strsep(&rest, "\n"))) {
    const bool comment = !strncmp(line, "#   ", 4) && strchr(line, ':') && !strstr(line, "log_view");
    (void)fprintf(stream, "%s\n", comment ? line + 2 : line);
  }
  (void)fclose(stream);
  r = FixtureRead(bare, true);
  assert_true(DiagnosticsCount(r.diagnostics) > 0);
  for (PetscInt i = 0; i < DiagnosticsCount(r.diagnostics); i++) {
    const char *message = DiagnosticsMessage(r.diagnostics, i);
    const bool expected = strstr(message, "not used because") || strstr(message, "waveform.csv: cannot be read") ||
                          strstr(message, "given beside `current`"); /* two ways to say one thing: both are shown */
    if (!expected) {
      (void)fprintf(stderr, "%s\n", message);
    }
    assert_true(expected);
  }
  FixtureDone(&r);
  free(bare);
  free(text);
  assert_int_equal(TableDestroy(&table), 0);
}

static void manual_lists_every_key(void **state) {
  ParameterTable table = FixtureTable();
  char *text = Text(table, TableReference);

  (void)state;
  for (PetscInt i = 0; i < table->count; i++) {
    const char *dot = strrchr(table->entries[i].path, '.');
    char row[128];
    (void)snprintf(row, sizeof(row), "| `%s` |", dot ? dot + 1 : table->entries[i].path);
    assert_non_null(strstr(text, row));
  }
  assert_non_null(strstr(text, "## `interface.sinh`"));
  assert_non_null(strstr(text, "Used when `interface.kinetics` is sinh."));
  free(text);
  assert_int_equal(TableDestroy(&table), 0);
}

/* Run tests/unit/check_schema.py: the schema is one, takes the good decks and refuses the bad ones. 77: its modules are
 * missing. */
static void schema_agrees_with_the_reader(void **state) {
  char path[] = "/tmp/lisei_schema_XXXXXX", command[512];
  const char *python = getenv("LISEI_PYTHON");
  const int descriptor = mkstemp(path);
  ParameterTable table = FixtureTable();
  FILE *stream = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
  int status;

  (void)state;
  assert_non_null(stream);
  assert_int_equal(TableSchema(table, stream), 0);
  (void)fclose(stream);
  (void)snprintf(command, sizeof(command), "%s check_schema.py %s", python ? python : "/usr/bin/python3", path);
  status = system(command); /* NOLINT(cert-env33-c): a fixed script of this folder */
  (void)remove(path);
  assert_int_equal(TableDestroy(&table), 0);
  if (status == 77 * 256) {
    skip();
  }
  assert_int_equal(status, 0);
}

static void every_default_fits_its_declaration(void **state) {
  Reading r =
      FixtureRead("", false); /* reads all defaults, also those not used, and stops the program at a wrong one */

  (void)state;
  FixtureGood(&r);
  assert_int_equal(TableCheck(r.table), 0);
  for (PetscInt i = 0; i < r.table->count; i++) {
    const Parameter *declaration = r.table->entries[i].declaration;
    assert_true(declaration->minimum <= declaration->maximum);
    assert_true(strlen(declaration->meaning) > 3);
    assert_true(declaration->meaning[strlen(declaration->meaning) - 1] != '.');
  }
  FixtureDone(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(help_answers),
      cmocka_unit_test(reference_deck_is_a_deck),
      cmocka_unit_test(reference_deck_comments_are_keys),
      cmocka_unit_test(manual_lists_every_key),
      cmocka_unit_test(schema_agrees_with_the_reader),
      cmocka_unit_test(every_default_fits_its_declaration),
  };
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
