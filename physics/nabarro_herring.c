/* Nabarro-Herring creep: diffusion through the lattice of the grains.

     rate = 14 sigma Omega D_V(T)/(k T d^2)

   Omega atomic volume of lithium, d grain size.
   Sign: compressive stress and shortening positive; odd.
   Source: Frost and Ashby, Deformation-Mechanism Maps, Pergamon 1982 (factor 14, of which Coble's is pi delta_GB
   D_GB/(d D_V)); named in Singh et al. 2023, 10.1002/advs.202302521, section 2.4.
   Validity: coarse grains, stress below that of dislocation creep.
   Limits: proportional to sigma and 1/d^2; 0.041 1/s per MPa at d = 100 nm, D_V = 5.6e-11 cm^2/s, 298.15 K. */
#include "arrhenius.h"
#include "creep_laws.h"

static double strain_rate(const void *parameters, const CreepConditions *conditions, double stress, double *slope) {
  const NabarroHerringCreep *p = parameters;
  const double d = conditions->grain_size, atomic_volume = LITHIUM_MOLAR_VOLUME / AVOGADRO_CONSTANT;
  const double diffusivity = p->lattice_diffusivity * arrhenius_factor(p->activation_energy, conditions->temperature);

  *slope = 14.0 * atomic_volume * diffusivity / (BOLTZMANN_CONSTANT * conditions->temperature * d * d);
  return *slope * stress;
}

static const Parameter declarations[] = {
    {.key = "lattice_diffusivity",
     .kind = PARAMETER_REAL,
     .unit = "m2 s-1",
     .shown = "cm2 s-1",
     .fallback = "5.6e-11 cm2 s-1",
     .minimum = 1e-22,
     .maximum = 1e-10,
     .meaning = "Self-diffusivity of lithium in the lattice at 298.15 K",
     .source = "literature value, docs/theory.md",
     .offset = offsetof(NabarroHerringCreep, lattice_diffusivity)},
    ACTIVATION_ENERGY_PARAMETER(NabarroHerringCreep, "53.1 kJ mol-1", "0.55 eV, literature value, docs/theory.md"),
    {.key = NULL}};

const CreepLaw creep_nabarro_herring = {.name = "nabarro_herring",
                                        .meaning = "Diffusion through the lattice, proportional to stress and 1/d^2",
                                        .parameters = declarations,
                                        .parameters_size = sizeof(NabarroHerringCreep),
                                        .strain_rate = strain_rate};
