/* General steady-state creep, of which the other mechanisms are special cases.

     rate = (A D(T) G b/(k T)) (b/d)^r |sigma/G|^p sgn(sigma)         (eq. 4)

   A material constant, D lattice, boundary or pipe diffusivity, G shear modulus, b Burgers vector, d grain size.
   Sign: compressive stress and shortening positive; odd.
   Source: Singh et al. 2023, 10.1002/advs.202302521, eq. 4 (Barsoum 2019).
   Validity: steady state, constant structure.
   Limits: r = 3, p = 1, A = 14 pi (Omega/b^3)(delta_GB/b) is Coble; r = 2, p = 1, A = 14 Omega/b^3 is
   Nabarro-Herring; r = 0, p = n is the power law. */
#include "arrhenius.h"
#include "creep_laws.h"

static double strain_rate(const void *parameters, const CreepConditions *conditions, double stress, double *slope) {
  const GeneralCreep *p = parameters;
  const double thermal = BOLTZMANN_CONSTANT * conditions->temperature;
  const double diffusivity = p->diffusivity * arrhenius_factor(p->activation_energy, conditions->temperature);

  const double n = p->stress_exponent, reduced = fabs(stress) / p->shear_modulus;
  const double prefactor = p->material_constant * diffusivity * p->shear_modulus * LITHIUM_BURGERS_VECTOR / thermal *
                           pow(LITHIUM_BURGERS_VECTOR / conditions->grain_size, p->grain_size_exponent);
  const double power = pow(reduced, n);

  *slope = n * prefactor / p->shear_modulus * (reduced > 0.0 ? power / reduced : pow(reduced, n - 1.0));
  return copysign(prefactor * power, stress);
}

static const Parameter declarations[] = {{.key = "material_constant",
                                          .kind = PARAMETER_REAL,
                                          .unit = "1",
                                          .minimum = 0.0,
                                          .maximum = 1e30,
                                          .meaning = "Material constant A",
                                          .source = "10.1002/advs.202302521, eq. 4",
                                          .offset = offsetof(GeneralCreep, material_constant)},
                                         {.key = "diffusivity",
                                          .kind = PARAMETER_REAL,
                                          .unit = "m2 s-1",
                                          .shown = "cm2 s-1",
                                          .minimum = 1e-30,
                                          .maximum = 1e-8,
                                          .meaning = "Lattice, grain boundary or pipe diffusivity at 298.15 K",
                                          .source = "10.1002/advs.202302521, eq. 4",
                                          .offset = offsetof(GeneralCreep, diffusivity)},
                                         ACTIVATION_ENERGY_PARAMETER(GeneralCreep, "0 J mol-1", NULL),
                                         {.key = "shear_modulus",
                                          .kind = PARAMETER_REAL,
                                          .unit = "Pa",
                                          .shown = "GPa",
                                          .fallback = "2.8 GPa",
                                          .minimum = 1e8,
                                          .maximum = 1e11,
                                          .meaning = "Shear modulus of lithium",
                                          .source = "literature value, docs/theory.md",
                                          .offset = offsetof(GeneralCreep, shear_modulus)},
                                         {.key = "grain_size_exponent",
                                          .kind = PARAMETER_REAL,
                                          .unit = "1",
                                          .minimum = 0.0,
                                          .maximum = 4.0,
                                          .meaning = "Exponent r of Burgers vector over grain size",
                                          .source = "10.1002/advs.202302521, eq. 4",
                                          .offset = offsetof(GeneralCreep, grain_size_exponent)},
                                         {.key = "stress_exponent",
                                          .kind = PARAMETER_REAL,
                                          .unit = "1",
                                          .minimum = 1.0,
                                          .maximum = 20.0,
                                          .meaning = "Exponent p of stress over shear modulus",
                                          .source = "10.1002/advs.202302521, eq. 4",
                                          .offset = offsetof(GeneralCreep, stress_exponent)},
                                         {.key = NULL}};

const CreepLaw creep_general = {.name = "general",
                                .meaning = "Any steady-state creep: powers of grain size and stress (eq. 4)",
                                .parameters = declarations,
                                .parameters_size = sizeof(GeneralCreep),
                                .strain_rate = strain_rate};
