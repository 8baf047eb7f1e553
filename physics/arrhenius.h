/* Arrhenius law: how a rate or conductivity given at the reference temperature changes with temperature.

     k(T) = k(T0) exp[-E_A/R (1/T - 1/T0)],   T0 = 298.15 K

   A resistance is divided by the factor.
   Validity: one activated process, no phase change between T0 and T (lithium melts at 453.7 K).
   Limits: exactly 1 at T0 and for E_A = 0. */
#ifndef LISEI_ARRHENIUS_H
#define LISEI_ARRHENIUS_H

#include "constants.h"
#include "parameter.h"
#include <math.h>

/* activation_energy [J/mol], temperature [K] -> [1] */
static inline double arrhenius_factor(double activation_energy, double temperature) {
  if (activation_energy == 0.0 || temperature == REFERENCE_TEMPERATURE) {
    return 1.0; /* the usual case, worth a branch: laws are evaluated some 1e7 times in a run */
  }
  return exp(-activation_energy / GAS_CONSTANT * (1.0 / temperature - 1.0 / REFERENCE_TEMPERATURE));
}

/* The deck key that every activated law offers; `type` is the law's parameter struct. */
#define ACTIVATION_ENERGY_PARAMETER(type, default_value, reference)                                                    \
  {                                                                                                                    \
    .key = "activation_energy", .kind = PARAMETER_REAL, .unit = "J mol-1", .shown = "kJ mol-1",                        \
    .fallback = (default_value), .minimum = 0.0, .maximum = 5e5,                                                       \
    .meaning = "Activation energy about 298.15 K; 0: the same at any temperature", .source = (reference),              \
    .offset = offsetof(type, activation_energy)                                                                        \
  }

#endif
