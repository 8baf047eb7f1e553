/* Damaged decks: cut off at any byte, with bytes replaced, lines doubled and dropped. The reader must come back, with a
   deck or with messages, never with both or neither. (The sanitizers see the rest.) */
#include "deck_fixture.h"

static ParameterTable table;

static char *ReadText(const char *path, size_t *length) {
  FILE *stream = fopen(path, "rb");
  char *text = calloc(1, 65536);

  assert_non_null(stream);
  assert_non_null(text);
  *length = fread(text, 1, 65535, stream);
  (void)fclose(stream);
  return text;
}

static void Try(const char *text) {
  Diagnostics diagnostics = NULL;
  Deck deck = NULL;

  assert_int_equal(DiagnosticsCreate(&diagnostics), 0);
  assert_int_equal(DeckReadText(table, text, "decks/damaged.yaml", diagnostics, &deck), 0);
  assert_true((deck != NULL) == (DiagnosticsCount(diagnostics) == 0));
  if (deck) {
    char *resolved = NULL;
    assert_int_equal(DeckResolved(deck, &resolved), 0);
    assert_int_equal(PetscFree(resolved), 0);
  }
  assert_int_equal(DeckDestroy(&deck), 0);
  assert_int_equal(DiagnosticsDestroy(&diagnostics), 0);
}

static void cut_off_anywhere(void **state) {
  size_t length = 0;
  char *text = ReadText("decks/full.yaml", &length);

  (void)state;
  for (size_t cut = length; cut > 0; cut--) {
    text[cut] = '\0';
    Try(text);
  }
  free(text);
}

/* A fixed sequence, so that a failure can be repeated. */
static unsigned Random(unsigned *seed) {
  *seed = *seed * 1664525U + 1013904223U;
  return *seed >> 8;
}

static void bytes_replaced(void **state) {
  static const char bytes[] = "\t\n :-[]{},#&*!|>'\"%@`0eE+.\x01\x80\xff~?=/";
  size_t length = 0;
  char *text = ReadText("decks/full.yaml", &length), *damaged = malloc(length + 1);
  unsigned seed = 1;

  (void)state;
  assert_non_null(damaged);
  for (int trial = 0; trial < 1500; trial++) {
    memcpy(damaged, text, length + 1);
    for (unsigned k = Random(&seed) % 4 + 1; k > 0; k--) {
      damaged[Random(&seed) % length] = bytes[Random(&seed) % (sizeof(bytes) - 1)];
    }
    Try(damaged);
  }
  free(damaged);
  free(text);
}

static void lines_doubled_and_dropped(void **state) {
  size_t length = 0;
  char *text = ReadText("decks/full.yaml", &length), *damaged = calloc(1, 2 * length + 2);
  unsigned seed = 7;

  (void)state;
  assert_non_null(damaged);
  for (int trial = 0; trial < 300; trial++) {
    size_t at = 0;
    for (const char *line = text; *line;) {
      const size_t here = strcspn(line, "\n") + 1;
      const unsigned copies = Random(&seed) % 8 == 0 ? Random(&seed) % 3 : 1;
      for (unsigned k = 0; k < copies && at + here < 2 * length; k++) {
        memcpy(damaged + at, line, here);
        at += here;
      }
      line += here;
    }
    damaged[at] = '\0';
    Try(damaged);
  }
  free(damaged);
  free(text);
}

static int SetUp(void **state) {
  (void)state;
  table = FixtureTable();
  return 0;
}

static int TearDown(void **state) {
  (void)state;
  return TableDestroy(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(cut_off_anywhere, SetUp, TearDown),
      cmocka_unit_test_setup_teardown(bytes_replaced, SetUp, TearDown),
      cmocka_unit_test_setup_teardown(lines_doubled_and_dropped, SetUp, TearDown),
  };
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
