/* Normal grain growth.

     d^n - d0^n = K_g(T) t,   K_g = K(T) d0^(n-2)   <=>   d = d0 (1 + K t/d0^2)^(1/n),   K Arrhenius

   K = K_g for n = 2; for another exponent K keeps the unit of a diffusivity by taking the initial grain size as its
   scale.
   Source: Burke and Turnbull, Prog. Met. Phys. 1952, 3, 220; the paper's sections 2.4 and 2.7
   (10.1002/advs.202302521) leave K_g open.
   Validity: growth by curvature alone, no pinning, constant temperature.
   Limits: d0 at t = 0 and for K = 0; d ~ t^(1/n) late. */
#include "grain_growth.h"
#include "arrhenius.h"

double grain_growth_size(const GrainGrowth *g, double temperature, double time) {
  const double d0 = g->grain_size, k = g->growth_constant * arrhenius_factor(g->activation_energy, temperature);

  if (k == 0.0) {
    return d0;
  }
  return d0 * pow(1.0 + k * time / (d0 * d0), 1.0 / g->exponent);
}

double grain_growth_rate(const GrainGrowth *g, double temperature, double size) {
  const double k = g->growth_constant * arrhenius_factor(g->activation_energy, temperature);
  return k / (g->exponent * g->grain_size) * pow(size / g->grain_size, 1.0 - g->exponent);
}

const Parameter grain_growth_parameters[] = {
    {.key = "grain_size",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "nm",
     .fallback = "100 nm",
     .minimum = 1e-9,
     .maximum = 1e-3,
     .meaning = "Grain size of the lithium at the start",
     .source = "10.1002/advs.202302521, section 2.5: below 100 nm",
     .offset = offsetof(GrainGrowth, grain_size)},
    {.key = "growth_constant",
     .kind = PARAMETER_REAL,
     .unit = "m2 s-1",
     .shown = "nm2 s-1",
     .fallback = "0 m2 s-1",
     .minimum = 0.0,
     .maximum = 1e-10,
     .meaning = "Growth of the squared grain size per time at 298.15 K; 0: no growth",
     .source = "unknown; 1 to 1e4 nm2/s is plausible (docs/theory.md)",
     .offset = offsetof(GrainGrowth, growth_constant)},
    {.key = "exponent",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "2",
     .minimum = 1.0,
     .maximum = 6.0,
     .meaning = "Exponent n of the growth law",
     .source = "2 for growth by curvature, more with pinning",
     .offset = offsetof(GrainGrowth, exponent)},
    ACTIVATION_ENERGY_PARAMETER(GrainGrowth, "0 J mol-1", NULL),
    {.key = NULL}};
