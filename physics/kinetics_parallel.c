/* A linear and a hyperbolic-sine path side by side.

     i = eta/R + i0 sinh(beta eta)

   Two ways across the interface share one overpotential: a linear one (the compact SEI) and a non-linear one beside it
   (where the SEI is thin or disordered), as eq. 2 with free prefactor and scale. Both are Arrhenius-activated with one
   energy, beta is taken as it is given.
   Sign: anodic positive.
   Source: Singh et al. 2023, 10.1002/advs.202302521, eq. 2 and section 2.2 (a SEI of several phases, through which the
   current is "highly inhomogeneous"); that the two conduct side by side is a hypothesis. A sinh path in series with an
   ohmic one cannot be linear up to 5 mV and pass 40 mA/cm^2 at 15 mV; side by side they can.
   Validity: empirical, as `sinh`.
   Limits: 1/R + i0 beta is the conductance at small current; the path with the smaller resistance alone far from the
   crossover i0 sinh(beta eta) = eta/R; Tafel slope 1/beta at large current; odd. */
#include "arrhenius.h"
#include "asinh_ratio.h"
#include "kinetics_laws.h"
#include <float.h>

#define NO_LINEAR_SHARE 300.0 /* [1] beta eta from which the non-linear path carries all but 1e-100 of the current */

typedef struct {
  double conductance, exchange; /* [S/m^2], [A/m^2] at the temperature */
} Paths;

static Paths paths_at(const ParallelKinetics *p, double temperature) {
  const double factor = arrhenius_factor(p->activation_energy, temperature);

  return (Paths){factor / p->resistance, factor * p->exchange_current_density};
}

/* Each path alone needs a larger overpotential than both, and i(eta) is convex for eta > 0: Newton's method from the
   smaller of the two falls monotonically to the root. */
static double overpotential(const void *parameters, const InterfaceConditions *conditions, double i, double *slope) {
  const ParallelKinetics *p = parameters;
  const Paths path = paths_at(p, conditions->temperature);
  const double magnitude = fabs(i), beta = p->inverse_scale;
  double root, eta = fmin(magnitude / path.conductance, asinh_ratio(magnitude, path.exchange, &root) / beta);

  if (beta * eta > NO_LINEAR_SHARE) {
    *slope = 1.0 / (beta * root);
    return copysign(eta, i);
  }
  for (int iteration = 0; iteration < 100; iteration++) {
    const double x = beta * eta, passed = path.exchange * sinh(x);
    const double excess = path.conductance * eta + passed - magnitude;
    const double step = excess / (path.conductance + path.exchange * beta * cosh(x));

    if (!(step > DBL_EPSILON * eta)) { /* there, or so large a current that i0 sinh is only known to its rounding */
      break;
    }
    eta -= step;
  }
  *slope = 1.0 / (path.conductance + path.exchange * beta * cosh(beta * eta));
  return copysign(eta, i);
}

static double current_density(const void *parameters, const InterfaceConditions *conditions, double eta) {
  const ParallelKinetics *p = parameters;
  const Paths path = paths_at(p, conditions->temperature);

  return path.conductance * eta + path.exchange * sinh(p->inverse_scale * eta);
}

static const Parameter declarations[] = {
    {.key = "resistance",
     .kind = PARAMETER_REAL,
     .unit = "ohm m2",
     .shown = "ohm cm2",
     .minimum = 1e-16,
     .maximum = 1e4,
     .meaning = "Resistance times true contact area of the linear path at 298.15 K",
     .source = "a hypothesis, docs/theory.md",
     .offset = offsetof(ParallelKinetics, resistance)},
    {.key = "exchange_current_density",
     .kind = PARAMETER_REAL,
     .unit = "A m-2",
     .shown = "mA cm-2",
     .minimum = 1e-12,
     .maximum = 1e8,
     .meaning = "Prefactor i0 of the non-linear path per true contact area at 298.15 K",
     .source = "10.1002/advs.202302521, eq. 2: a fitting parameter",
     .offset = offsetof(ParallelKinetics, exchange_current_density)},
    {.key = "inverse_scale",
     .kind = PARAMETER_REAL,
     .unit = "V-1",
     .minimum = 1e-2,
     .maximum = 1e5,
     .meaning = "Inverse voltage scale beta of the non-linear path",
     .source = "10.1002/advs.202302521, eq. 2: a fitting parameter",
     .offset = offsetof(ParallelKinetics, inverse_scale)},
    ACTIVATION_ENERGY_PARAMETER(ParallelKinetics, "0 J mol-1", NULL),
    {.key = NULL}};

const KineticsLaw kinetics_parallel = {.name = "parallel",
                                       .meaning = "A linear path and one after eq. 2 side by side",
                                       .parameters = declarations,
                                       .parameters_size = sizeof(ParallelKinetics),
                                       .overpotential = overpotential,
                                       .current_density = current_density};
