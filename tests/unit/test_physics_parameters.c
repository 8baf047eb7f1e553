/* Every law's declaration of its deck keys: complete, within its struct, without overlaps. What a reader of the deck
   needs is tested with the reader. */
#include "physics/contact_laws.h"
#include "physics/crack.h"
#include "physics/creep_laws.h"
#include "physics/deposit.h"
#include "physics/dislocation.h"
#include "physics/grain_growth.h"
#include "physics/kinetics_laws.h"
#include "physics/needle.h"
#include "physics/pressure_profile.h"
#include "physics/wagner_sei.h"
#include "test_physics.h"
#include <stdlib.h>
#include <string.h>

static size_t size_of(const Parameter *p) {
  return p->kind == PARAMETER_REAL ? sizeof(double) : sizeof(int);
}

static void check(const char *law, const Parameter *declarations, size_t struct_size) {
  size_t covered = 0;
  for (const Parameter *p = declarations; p->key; p++) {
    if (!p->meaning || strlen(p->meaning) < 10 || p->meaning[strlen(p->meaning) - 1] == '.') {
      fail_msg("%s.%s: meaning is missing or ends with a full stop", law, p->key);
    }
    if (!(p->minimum < p->maximum) || !isfinite(p->minimum) || !isfinite(p->maximum)) {
      fail_msg("%s.%s: range [%g, %g]", law, p->key, p->minimum, p->maximum);
    }
    if ((p->kind == PARAMETER_CHOICE) != (p->choices != NULL) || (p->kind != PARAMETER_CHOICE && !p->unit)) {
      fail_msg("%s.%s: choices or unit missing", law, p->key);
    }
    if (p->offset + size_of(p) > struct_size || p->offset % size_of(p) != 0) {
      fail_msg("%s.%s: offset %zu is outside the struct of %zu bytes", law, p->key, p->offset, struct_size);
    }
    if (p->fallback && p->kind != PARAMETER_CHOICE) {
      char *end;
      const double number = strtod(p->fallback, &end);
      if (end == p->fallback || !isfinite(number)) {
        fail_msg("%s.%s: default \"%s\" is not a number", law, p->key, p->fallback);
      }
      if (p->unit && strcmp(p->unit, "1") != 0 && *end != ' ') {
        fail_msg("%s.%s: default \"%s\" has no unit", law, p->key, p->fallback);
      }
    }
    for (const Parameter *other = declarations; other != p; other++) {
      if (strcmp(other->key, p->key) == 0 ||
          (p->offset < other->offset + size_of(other) && other->offset < p->offset + size_of(p))) {
        fail_msg("%s: %s and %s share a key or memory", law, other->key, p->key);
      }
    }
    covered += size_of(p);
  }
  /* a member without a key would never be set; 4 bytes of padding may follow an int */
  assert_true(covered == struct_size || covered + sizeof(int) == struct_size);
}

static void test_registered_laws(void **state) {
  (void)state;
  for (const KineticsLaw *const *law = kinetics_laws; *law; law++) {
    check((*law)->name, (*law)->parameters, (*law)->parameters_size);
    assert_non_null((*law)->overpotential);
    assert_non_null((*law)->current_density);
    assert_ptr_equal(kinetics_law_by_name((*law)->name), *law);
  }
  for (const CreepLaw *const *law = creep_laws; *law; law++) {
    check((*law)->name, (*law)->parameters, (*law)->parameters_size);
    assert_non_null((*law)->strain_rate);
    assert_ptr_equal(creep_law_by_name((*law)->name), *law);
  }
  for (const ContactLaw *const *law = contact_laws; *law; law++) {
    check((*law)->name, (*law)->parameters, (*law)->parameters_size);
    assert_true((*law)->local_count <= CONTACT_MAX_LOCAL);
    for (int k = 0; k < (*law)->local_count; k++) {
      assert_non_null((*law)->local_name[k]);
      assert_non_null((*law)->local_unit[k]);
    }
    assert_true((*law)->scales && (*law)->initial && (*law)->opening && (*law)->rates);
    assert_ptr_equal(contact_law_by_name((*law)->name), *law);
  }
}

static void test_other_declarations(void **state) {
  (void)state;
  check("dislocations", dislocation_parameters, sizeof(Dislocations));
  check("sei", wagner_sei_parameters,
        sizeof(WagnerSei) - sizeof(double)); /* the last member is the key sei.thickness */
  check("grains", grain_growth_parameters, sizeof(GrainGrowth));
  check("needle", needle_parameters, sizeof(Needle));
  check("pressure profile", pressure_profile_parameters, sizeof(PressureProfile));
  check("deposit", deposit_parameters, sizeof(Deposit));
  Parameter crack[16] = {{0}}; /* both tables fill one struct; its shape is a word of the deck */
  int count = 0;
  for (const Parameter *p = crack_electrolyte_parameters; p->key; p++) {
    crack[count++] = *p;
  }
  for (const Parameter *p = crack_parameters; p->key; p++) {
    crack[count++] = *p;
  }
  check("crack", crack, offsetof(Crack, shape));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_registered_laws), cmocka_unit_test(test_other_declarations)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
