/* Hyperbolic sine law with free parameters.

     i = i0(T) sinh(beta eta)   <=>   eta = asinh(i/i0)/beta          (eq. 2)

   Sign: anodic positive. i0 is Arrhenius-activated, beta is taken as it is given.
   Source: Singh et al. 2023, 10.1002/advs.202302521, eq. 2, after Blume et al. (Electrochim. Acta 2019, 318, 551) and
   Hess (Electrochim. Acta 2017, 244, 69).
   Validity: empirical; a voltage scale 1/beta below RT/F = 25.7 mV has no known elementary step behind it.
   Limits: R = 1/(i0 beta) at small current; Tafel slope d eta/d ln i = 1/beta at large current; odd. */
#include "arrhenius.h"
#include "asinh_ratio.h"
#include "kinetics_laws.h"

static double exchange_at(const SinhKinetics *p, double temperature) {
  return p->exchange_current_density * arrhenius_factor(p->activation_energy, temperature);
}

static double overpotential(const void *parameters, const InterfaceConditions *conditions, double i, double *slope) {
  const SinhKinetics *p = parameters;
  double root;
  const double reduced = asinh_ratio(i, exchange_at(p, conditions->temperature), &root);
  *slope = 1.0 / p->inverse_scale / root;
  return reduced / p->inverse_scale;
}

static double current_density(const void *parameters, const InterfaceConditions *conditions, double eta) {
  const SinhKinetics *p = parameters;
  return exchange_at(p, conditions->temperature) * sinh(p->inverse_scale * eta);
}

static const Parameter declarations[] = {
    {.key = "exchange_current_density",
     .kind = PARAMETER_REAL,
     .unit = "A m-2",
     .shown = "mA cm-2",
     .minimum = 1e-6,
     .maximum = 1e8,
     .meaning = "Prefactor i0 per true contact area at 298.15 K",
     .source = "10.1002/advs.202302521, eq. 2: a fitting parameter",
     .offset = offsetof(SinhKinetics, exchange_current_density)},
    {.key = "inverse_scale",
     .kind = PARAMETER_REAL,
     .unit = "V-1",
     .minimum = 1e-2,
     .maximum = 1e5,
     .meaning = "Inverse voltage scale beta; a single charge transfer with coefficient 1/2 has F/2RT = 19.5 V-1",
     .source = "10.1002/advs.202302521, eq. 2: a fitting parameter",
     .offset = offsetof(SinhKinetics, inverse_scale)},
    ACTIVATION_ENERGY_PARAMETER(SinhKinetics, "0 J mol-1", NULL),
    {.key = NULL}};

const KineticsLaw kinetics_sinh = {.name = "sinh",
                                   .meaning =
                                       "Hyperbolic sine of the overpotential with free prefactor and scale (eq. 2)",
                                   .parameters = declarations,
                                   .parameters_size = sizeof(SinhKinetics),
                                   .overpotential = overpotential,
                                   .current_density = current_density};
