/* Power-law creep: dislocation climb.

     rate = rate_0 |sigma/sigma_0|^n sgn(sigma) exp[-Q/R (1/T - 1/T0)]

   Sign: compressive stress and shortening positive; odd.
   Source: LePage et al., J. Electrochem. Soc. 2019, 166, A89 (bulk lithium: n = 6.6, Q = 37 kJ/mol); named in Singh
   et al. 2023, 10.1002/advs.202302521, section 2.6.
   Validity: bulk polycrystals between 0.1 and a few MPa; thin-film lithium carries more. Independent of grain size.
   Limits: slope d ln rate/d ln sigma = n; rate_0 at sigma_0. */
#include "arrhenius.h"
#include "creep_laws.h"

static double strain_rate(const void *parameters, const CreepConditions *conditions, double stress, double *slope) {
  const PowerLawCreep *p = parameters;
  const double n = p->stress_exponent, reduced = fabs(stress) / p->reference_stress;
  const double reference = p->reference_rate * arrhenius_factor(p->activation_energy, conditions->temperature);
  const double power = pow(reduced, n);

  *slope = n * reference / p->reference_stress * (reduced > 0.0 ? power / reduced : pow(reduced, n - 1.0));
  return copysign(reference * power, stress);
}

static const Parameter declarations[] = {
    {.key = "reference_rate",
     .kind = PARAMETER_REAL,
     .unit = "s-1",
     .fallback = "1e-3 s-1",
     .minimum = 0.0,
     .maximum = 1e3,
     .meaning = "Strain rate at the reference stress and 298.15 K",
     .source = "1e-4 to 7e-3 s-1 at 1 MPa, docs/theory.md",
     .offset = offsetof(PowerLawCreep, reference_rate)},
    {.key = "reference_stress",
     .kind = PARAMETER_REAL,
     .unit = "Pa",
     .shown = "MPa",
     .fallback = "1 MPa",
     .minimum = 1e3,
     .maximum = 1e9,
     .meaning = "Stress at which the reference rate holds",
     .source = NULL,
     .offset = offsetof(PowerLawCreep, reference_stress)},
    {.key = "stress_exponent",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "6.6",
     .minimum = 1.0,
     .maximum = 20.0,
     .meaning = "Exponent n of the stress",
     .source = "LePage et al. 2019, J. Electrochem. Soc. 166, A89",
     .offset = offsetof(PowerLawCreep, stress_exponent)},
    ACTIVATION_ENERGY_PARAMETER(PowerLawCreep, "37 kJ mol-1", "LePage et al. 2019, J. Electrochem. Soc. 166, A89"),
    {.key = NULL}};

const CreepLaw creep_power_law = {.name = "power_law",
                                  .meaning = "Dislocation climb: a high power of the stress, independent of grain size",
                                  .parameters = declarations,
                                  .parameters_size = sizeof(PowerLawCreep),
                                  .strain_rate = strain_rate};
