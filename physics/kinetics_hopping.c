/* Ion hopping through the SEI in a high field.

     i = 4 z F a n nu exp(-W/RT) sinh(a z F eta/(L R T))              (eq. 3)

   a half jump distance, n carrier concentration, nu attempt frequency, W activation energy of a jump, L local SEI
   thickness.
   Sign: anodic positive; eta is the potential drop across the SEI, the field is eta/L.
   Source: Singh et al. 2023, 10.1002/advs.202302521, eq. 3, after Peled 1979 (10.1149/1.2128859).
   Validity: one mobile ion, uniform field, hops limit the current. W enters as it stands, not about 298.15 K.
   Limits: ohmic film eta = L i/sigma with sigma = (4 z F a n nu exp(-W/RT)) z F a/(RT) for eta << RT L/(z F a);
   proportional to L at a given current, zero for L = 0; odd. With a jump distance of an atomic spacing the voltage
   scale RT L/(z F a) is about 1 V at 10 nm. */
#include "arrhenius.h"
#include "asinh_ratio.h"
#include "kinetics_laws.h"

static double prefactor(const HoppingKinetics *p, double temperature) {
  return 4.0 * p->charge_number * FARADAY_CONSTANT * p->half_jump_distance * p->carrier_concentration *
         p->attempt_frequency * exp(-p->activation_energy / (GAS_CONSTANT * temperature));
}

/* [V] RT L/(z F a) */
static double voltage_scale(const HoppingKinetics *p, const InterfaceConditions *conditions) {
  return GAS_CONSTANT * conditions->temperature * conditions->sei_thickness /
         (p->charge_number * FARADAY_CONSTANT * p->half_jump_distance);
}

static double overpotential(const void *parameters, const InterfaceConditions *conditions, double i, double *slope) {
  const HoppingKinetics *p = parameters;
  const double scale = voltage_scale(p, conditions);
  double root;
  const double reduced = asinh_ratio(i, prefactor(p, conditions->temperature), &root);
  *slope = scale / root;
  return scale * reduced;
}

static double current_density(const void *parameters, const InterfaceConditions *conditions, double eta) {
  const HoppingKinetics *p = parameters;
  return prefactor(p, conditions->temperature) * sinh(eta / voltage_scale(p, conditions));
}

static const Parameter declarations[] = {
    {.key = "charge_number",
     .kind = PARAMETER_INTEGER,
     .unit = "1",
     .fallback = "1",
     .minimum = 1.0,
     .maximum = 3.0,
     .meaning = "Charge number z of the mobile cation",
     .source = "Li+",
     .offset = offsetof(HoppingKinetics, charge_number)},
    {.key = "half_jump_distance",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "nm",
     .fallback = "0.2 nm",
     .minimum = 1e-11,
     .maximum = 1e-7,
     .meaning = "Half the distance between neighbouring sites",
     .source = "0.15-0.25 nm by structure; apparent values up to 4.3 nm in disordered conductors "
               "(10.1103/PhysRevB.72.174304)",
     .offset = offsetof(HoppingKinetics, half_jump_distance)},
    {.key = "carrier_concentration",
     .kind = PARAMETER_REAL,
     .unit = "mol m-3",
     .fallback = "1000 mol m-3",
     .minimum = 1e-6,
     .maximum = 1e5,
     .meaning = "Concentration n of mobile lattice defects in the SEI",
     .source = "assumed",
     .offset = offsetof(HoppingKinetics, carrier_concentration)},
    {.key = "attempt_frequency",
     .kind = PARAMETER_REAL,
     .unit = "s-1",
     .fallback = "1e13 s-1",
     .minimum = 1e9,
     .maximum = 1e15,
     .meaning = "Vibration frequency of the cation on its site",
     .source = "assumed: a lattice vibration",
     .offset = offsetof(HoppingKinetics, attempt_frequency)},
    {.key = "activation_energy",
     .kind = PARAMETER_REAL,
     .unit = "J mol-1",
     .shown = "kJ mol-1",
     .fallback = "41.5 kJ mol-1",
     .minimum = 0.0,
     .maximum = 5e5,
     .meaning = "Activation energy W of a jump",
     .source = "chosen for 3e-6 S/cm at 25 degC with the other defaults (docs/theory.md: 1e-6 to 1e-5 S/cm)",
     .offset = offsetof(HoppingKinetics, activation_energy)},
    {.key = NULL}};

const KineticsLaw kinetics_hopping = {.name = "hopping",
                                      .meaning = "Ion hopping through the SEI in a high field (eq. 3)",
                                      .parameters = declarations,
                                      .parameters_size = sizeof(HoppingKinetics),
                                      .overpotential = overpotential,
                                      .current_density = current_density};
