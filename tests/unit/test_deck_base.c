/* Many decks from one set of files: each is the deck that reading the files with these overrides gives. */
#include "deck_fixture.h"

enum { COUNT = 2 };

static DeckBase BaseOf(Reading *r, const char *path) {
  DeckBase base = NULL;

  *r = (Reading){.table = FixtureTable()};
  assert_int_equal(DiagnosticsCreate(&r->diagnostics), 0);
  assert_int_equal(DeckBaseRead(r->table, path, 0, NULL, r->diagnostics, &base), 0);
  assert_non_null(base);
  return base;
}

static DeckBase Base(Reading *r) {
  return BaseOf(r, "decks/include.yaml");
}

static void Done(Reading *r, DeckBase *base) {
  assert_int_equal(DeckDestroy(&r->deck), 0);
  assert_int_equal(DeckBaseDestroy(base), 0);
  FixtureDone(r);
}

/* The deck is that of reading the file with these overrides, to the letter of its record. */
static void SameAsReading(Deck deck, PetscInt count, char *const overrides[]) {
  Reading r = FixtureReadFile("decks/include.yaml", count, overrides);
  char *one, *other;

  FixtureGood(&r);
  assert_int_equal(DeckRecord(deck, &one), 0);
  assert_int_equal(DeckRecord(r.deck, &other), 0);
  assert_string_equal(one, other);
  assert_int_equal(PetscFree(one), 0);
  assert_int_equal(PetscFree(other), 0);
  FixtureDone(&r);
}

static void a_varied_deck_is_that_of_the_overrides(void **state) {
  char *const first[] = {"contact.diameter=3 um", "grid.rings=12"}, *const second[] = {"contact.diameter=4e-6 m",
                                                                                       "grid.rings=20"};
  const DeckAssignment a[COUNT] = {{first[0], "study", 1}, {first[1], "study", 2}};
  const DeckAssignment b[COUNT] = {{second[0], "study", 1}, {second[1], "study", 2}};
  Reading r;
  DeckBase base = Base(&r);
  bool done = false;

  (void)state;
  assert_int_equal(DeckBaseVary(base, COUNT, a, r.diagnostics, &r.deck), 0);
  FixtureGood(&r);
  SameAsReading(r.deck, COUNT, first);
  assert_int_equal(DeckBaseRevary(base, COUNT, b, r.deck, &done), 0);
  assert_true(done);
  SameAsReading(r.deck, COUNT, second);
  assert_true(DeckReal(r.deck, "contact.diameter") == 4e-6);
  assert_int_equal(DeckBaseRevary(base, COUNT, a, r.deck, &done), 0);
  assert_true(done);
  SameAsReading(r.deck, COUNT, first);
  Done(&r, &base);
}

static void mistakes_stand_where_the_caller_says(void **state) {
  const DeckAssignment wrong[COUNT] = {{"contact.diameter=3 V", "study.yaml", 7}, {"grid.rings=-1", "study.yaml", 8}};
  Reading r;
  DeckBase base = Base(&r);

  (void)state;
  assert_int_equal(DeckBaseVary(base, COUNT, wrong, r.diagnostics, &r.deck), 0);
  assert_null(r.deck);
  assert_int_equal(DiagnosticsCount(r.diagnostics), 2);
  assert_non_null(strstr(DiagnosticsMessage(r.diagnostics, 0), "study.yaml:7"));
  assert_non_null(strstr(DiagnosticsMessage(r.diagnostics, 1), "study.yaml:8"));
  Done(&r, &base);
}

/* What cannot be changed in place is left to a new deck: wrong values, keys that decide, keys not set before. */
static void in_place_only_numbers(void **state) {
  const DeckAssignment good = {"contact.diameter=3 um", "study", 1};
  const DeckAssignment refused[] = {{"contact.diameter=3 V", "study", 1},         {"contact.diameter=1 km", "study", 1},
                                    {"interface.kinetics=sinh", "study", 1},      {"grid.rings=12", "study", 1},
                                    {"protocol.0.rest.duration=2 s", "study", 1}, {"nothing=1", "study", 1}};

  (void)state;
  for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
    Reading r;
    DeckBase base = Base(&r);
    bool done = true;
    assert_int_equal(DeckBaseVary(base, 1, &good, r.diagnostics, &r.deck), 0);
    FixtureGood(&r);
    assert_int_equal(DeckBaseRevary(base, 1, &refused[k], r.deck, &done), 0);
    assert_false(done);
    Done(&r, &base);
  }
}

static char *Notes(Deck deck) {
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);

  assert_int_equal(DeckPrintNotes(deck, stream), 0);
  (void)fclose(stream);
  return text;
}

/* A value beyond the plausible range that the files state is noted, also in place, and the note goes with it. */
static void ranges_of_the_files_hold(void **state) {
  const char path[] = "decks/annotated.yaml";
  char *const beyond[] = {"interface.linear.resistance=8 ohm cm2"};
  const DeckAssignment inside = {"interface.linear.resistance=2 ohm cm2", "--set", 0},
                       outside = {beyond[0], "--set", 0};
  Reading r, whole = FixtureReadFile(path, 1, beyond);
  DeckBase base = BaseOf(&r, path);
  bool done = false;
  char *one, *other;

  (void)state;
  FixtureGood(&whole);
  assert_int_equal(DeckBaseVary(base, 1, &inside, r.diagnostics, &r.deck), 0);
  FixtureGood(&r);
  one = Notes(r.deck);
  assert_string_equal(one, "");
  free(one);
  assert_int_equal(DeckBaseRevary(base, 1, &outside, r.deck, &done), 0);
  assert_true(done);
  one = Notes(r.deck);
  other = Notes(whole.deck);
  assert_string_not_equal(one, "");
  assert_string_equal(one, other);
  free(one);
  free(other);
  FixtureDone(&whole);
  Done(&r, &base);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_varied_deck_is_that_of_the_overrides), cmocka_unit_test(mistakes_stand_where_the_caller_says),
      cmocka_unit_test(in_place_only_numbers), cmocka_unit_test(ranges_of_the_files_hold)};
  return FixtureMain(tests, sizeof(tests) / sizeof(tests[0]));
}
