/* Coble creep: diffusion along grain boundaries.

     rate = 14 pi sigma Omega delta_GB D_GB(T)/(k T d^3)              (eq. 5)

   Omega atomic volume of lithium, delta_GB boundary width, d grain size.
   Sign: compressive stress and shortening positive; odd.
   Source: Singh et al. 2023, 10.1002/advs.202302521, eq. 5; Coble, J. Appl. Phys. 1963, 34, 1679.
   Validity: equiaxed grains, stress below that of dislocation creep, boundaries perfect sources and sinks of
   vacancies.
   Limits: proportional to sigma and 1/d^3; 1.155 1/s per MPa at d = 100 nm, D_GB = 1e-7 cm^2/s, delta_GB = 0.5 nm,
   298.15 K. With that D_GB the paper's own voids would heal within a second: the default is the effective value that
   its hysteresis needs. */
#include "arrhenius.h"
#include "creep_laws.h"

static double strain_rate(const void *parameters, const CreepConditions *conditions, double stress, double *slope) {
  const CobleCreep *p = parameters;
  const double d = conditions->grain_size, atomic_volume = LITHIUM_MOLAR_VOLUME / AVOGADRO_CONSTANT;
  const double diffusivity =
      p->grain_boundary_diffusivity * arrhenius_factor(p->activation_energy, conditions->temperature);

  *slope = 14.0 * PI * atomic_volume * p->grain_boundary_width * diffusivity /
           (BOLTZMANN_CONSTANT * conditions->temperature * d * d * d);
  return *slope * stress;
}

static const Parameter declarations[] = {
    {.key = "grain_boundary_diffusivity",
     .kind = PARAMETER_REAL,
     .unit = "m2 s-1",
     .shown = "cm2 s-1",
     .fallback = "5.96e-10 cm2 s-1",
     .minimum = 1e-20,
     .maximum = 1e-8,
     .meaning = "Effective diffusivity along grain boundaries at 298.15 K",
     .source = "fit, docs/theory.md: 5.1 mA/cm2 per MPa over 1 um at 100 nm; 1e-7 cm2/s by eq. 5 as it stands",
     .offset = offsetof(CobleCreep, grain_boundary_diffusivity)},
    {.key = "grain_boundary_width",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "nm",
     .fallback = "0.5 nm",
     .minimum = 1e-10,
     .maximum = 1e-8,
     .meaning = "Width of a grain boundary",
     .source = "assumed, the usual value",
     .offset = offsetof(CobleCreep, grain_boundary_width)},
    ACTIVATION_ENERGY_PARAMETER(CobleCreep, "0 J mol-1", NULL),
    {.key = NULL}};

const CreepLaw creep_coble = {.name = "coble",
                              .meaning = "Diffusion along grain boundaries, proportional to stress and 1/d^3 (eq. 5)",
                              .parameters = declarations,
                              .parameters_size = sizeof(CobleCreep),
                              .strain_rate = strain_rate};
