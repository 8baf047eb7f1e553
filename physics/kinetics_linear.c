/* Linear (ohmic) interface.

     eta = R(T) i,   R(T) = R exp[E_A/R_g (1/T - 1/T0)]

   Sign: anodic current and overpotential positive.
   Source: the limit of small overpotential of any kinetics, R = RT/(F i0); Singh et al. 2023, 10.1002/advs.202302521,
   section 2.3 (R_p = 0.8 Ohm cm^2 in total, of which 0.553 Ohm cm^2 belong to the interface at d = 9.64 um, 1.65
   mS/cm).
   Validity: |eta| well below RT/F and below the voltage scale of the SEI.
   Limits: slope R everywhere; odd. */
#include "arrhenius.h"
#include "kinetics_laws.h"

static double resistance_at(const LinearKinetics *p, double temperature) {
  return p->resistance / arrhenius_factor(p->activation_energy, temperature);
}

static double overpotential(const void *parameters, const InterfaceConditions *conditions, double i, double *slope) {
  *slope = resistance_at(parameters, conditions->temperature);
  return *slope * i;
}

static double current_density(const void *parameters, const InterfaceConditions *conditions, double eta) {
  return eta / resistance_at(parameters, conditions->temperature);
}

static const Parameter declarations[] = {
    {.key = "resistance",
     .kind = PARAMETER_REAL,
     .unit = "ohm m2",
     .shown = "ohm cm2",
     .minimum = 1e-16,
     .maximum = 1e4,
     .meaning = "Resistance times true contact area at 298.15 K",
     .source = "10.1002/advs.202302521, section 2.3: 0.8 ohm cm2 including the constriction",
     .offset = offsetof(LinearKinetics, resistance)},
    ACTIVATION_ENERGY_PARAMETER(LinearKinetics, "0 J mol-1", NULL),
    {.key = NULL}};

const KineticsLaw kinetics_linear = {.name = "linear",
                                     .meaning = "Ohmic: the overpotential is proportional to the true current density",
                                     .parameters = declarations,
                                     .parameters_size = sizeof(LinearKinetics),
                                     .overpotential = overpotential,
                                     .current_density = current_density};
