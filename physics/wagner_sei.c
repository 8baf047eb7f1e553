/* Diffusion-limited (Wagner) growth of the SEI.

     L dL/dt = k(T)/2   <=>   L^2 = L0^2 + k(T) t,   k(T) Arrhenius, t the age of the local contact

   Lithium is consumed by Li6PS5Cl + 8 Li -> 5 Li2S + LiCl + Li3P; per volume of SEI with porosity e that is c = 8 (1
   - e)/(5 V_Li2S + V_LiCl + V_Li3P), and the charge F c L per area.
   Source: Singh et al. 2023, 10.1002/advs.202302521, section 2.3 (parabolic law, Wenzel et al., Solid State Ionics
   2018, 318, 102; the reaction and its volume reduction of about 27 %: section 2.2). Molar volumes from the densities
   1.66, 2.068 and 1.43 g/cm^3 of Li2S, LiCl and Li3P (CRC Handbook of Chemistry and Physics): 71, 10.5 and 18.5 % of
   the solid. The porosity assumes that the SEI keeps the volume of what it replaced. (These molar volumes with 144.3
   cm^3/mol of Li6PS5Cl, a = 9.859 A, give 21 % instead of the paper's 27 %.)
   Validity: transport through the SEI limits, constant temperature, no cracking.
   Limits: L0 at t = 0, sqrt(k t) at long times, d ln L/d ln t = 1/2. */
#include "wagner_sei.h"
#include "arrhenius.h"

#define LITHIUM_SULFIDE_VOLUME (45.95e-3 / 1660.0)   /* [m^3/mol] */
#define LITHIUM_CHLORIDE_VOLUME (42.39e-3 / 2068.0)  /* [m^3/mol] */
#define LITHIUM_PHOSPHIDE_VOLUME (51.80e-3 / 1430.0) /* [m^3/mol] */
/* [m^3] solid per mole of reaction */
#define SOLID_VOLUME (5.0 * LITHIUM_SULFIDE_VOLUME + LITHIUM_CHLORIDE_VOLUME + LITHIUM_PHOSPHIDE_VOLUME)
#define LITHIUM_PER_REACTION 8.0 /* [1] */

double wagner_sei_thickness(const WagnerSei *sei, double temperature, double age) {
  const double k = sei->growth_constant * arrhenius_factor(sei->activation_energy, temperature);
  return sqrt(sei->initial_thickness * sei->initial_thickness + k * age);
}

double wagner_sei_growth_rate(const WagnerSei *sei, double temperature, double thickness) {
  return 0.5 * sei->growth_constant * arrhenius_factor(sei->activation_energy, temperature) / thickness;
}

double wagner_sei_lithium_content(const WagnerSei *sei) {
  return LITHIUM_PER_REACTION * (1.0 - sei->porosity) / SOLID_VOLUME;
}

double wagner_sei_charge(const WagnerSei *sei, double thickness) {
  return FARADAY_CONSTANT * wagner_sei_lithium_content(sei) * thickness;
}

double wagner_sei_phase_fraction(const WagnerSei *sei, SeiPhase phase) {
  const double solid = (1.0 - sei->porosity) / SOLID_VOLUME;

  switch (phase) {
  case SEI_LITHIUM_SULFIDE:
    return solid * 5.0 * LITHIUM_SULFIDE_VOLUME;
  case SEI_LITHIUM_CHLORIDE:
    return solid * LITHIUM_CHLORIDE_VOLUME;
  case SEI_LITHIUM_PHOSPHIDE:
    return solid * LITHIUM_PHOSPHIDE_VOLUME;
  default:
    return sei->porosity;
  }
}

const Parameter wagner_sei_parameters[] = {
    {.key = "growth_constant",
     .kind = PARAMETER_REAL,
     .unit = "m2 s-1",
     .shown = "nm2 h-1",
     .fallback = "100 nm2 h-1",
     .minimum = 0.0,
     .maximum = 1e-15,
     .meaning = "Growth of the squared thickness per time at 298.15 K; 100 nm2/h makes 10 nm in the first hour",
     .source = "16-625 nm2/h: 5-30 nm after 90 min, 250 nm in the long run (10.1002/advs.202302521, sections 2.2-2.3)",
     .offset = offsetof(WagnerSei, growth_constant)},
    ACTIVATION_ENERGY_PARAMETER(WagnerSei, "0 J mol-1", NULL),
    {.key = "porosity",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.27",
     .minimum = 0.0,
     .maximum = 0.9,
     .meaning = "Pore volume per SEI volume",
     .source = "10.1002/advs.202302521, section 2.2: 27 % volume reduction",
     .offset = offsetof(WagnerSei, porosity)},
    {.key = NULL}};
