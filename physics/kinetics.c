/* Registry of the kinetic laws. A new law: its own file, its line here, its test. */
#include "kinetics_laws.h"
#include <string.h>

const KineticsLaw *const kinetics_laws[] = {&kinetics_linear,
                                            &kinetics_sinh,
                                            &kinetics_parallel,
                                            &kinetics_hopping,
                                            &kinetics_butler_volmer,
                                            &kinetics_film,
                                            NULL};

const KineticsLaw *kinetics_law_by_name(const char *name) {
  for (const KineticsLaw *const *law = kinetics_laws; *law; law++) {
    if (strcmp((*law)->name, name) == 0) {
      return *law;
    }
  }
  return NULL;
}
