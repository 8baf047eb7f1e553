/* Registry and sum of the creep mechanisms: independent mechanisms act side by side, so their rates add (Singh et al.
   2023, 10.1002/advs.202302521, section 2.4). A new law: its own file, its line here, its test. */
#include "creep_laws.h"
#include <string.h>

const CreepLaw *const creep_laws[] = {&creep_coble,   &creep_nabarro_herring, &creep_power_law,
                                      &creep_general, &creep_plastic_limit,   NULL};

const CreepLaw *creep_law_by_name(const char *name) {
  for (const CreepLaw *const *law = creep_laws; *law; law++) {
    if (strcmp((*law)->name, name) == 0) {
      return *law;
    }
  }
  return NULL;
}

double creep_strain_rate(const CreepModel *model, const CreepConditions *conditions, double stress, double *slope) {
  double rate = 0.0;

  *slope = 0.0;
  for (int k = 0; k < model->count; k++) {
    double own_slope;
    rate += model->law[k]->strain_rate(model->parameters[k], conditions, stress, &own_slope);
    *slope += own_slope;
  }
  return rate;
}
