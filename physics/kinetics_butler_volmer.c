/* Butler-Volmer charge transfer with any transfer coefficients and a stress-shifted equilibrium.

     i = i0(T) [exp(alpha_a F eta_s/RT) - exp(-alpha_c F eta_s/RT)],   eta_s = eta + kappa Omega sigma_n/F

   sigma_n is the normal stress on the lithium, compression positive: it raises the chemical potential of lithium, so
   the equilibrium potential shifts by -Omega sigma_n/F (kappa = 1), -0.135 mV per MPa.
   Sign: anodic positive.
   Source: Ganser et al., J. Electrochem. Soc. 2019, 166, H167, with the stress entering the equilibrium potential
   only. Singh et al. 2023 (10.1002/advs.202302521), section 2.3, call it relevant above 10 MPa.
   Validity: one elementary electron transfer, no mass transport limit, alpha in (0, 1).
   Limits: R = RT/((alpha_a + alpha_c) F i0) at small current; Tafel slopes RT/(alpha F); asinh form for alpha_a =
   alpha_c. */
#include "arrhenius.h"
#include "asinh_ratio.h"
#include "bracketed_newton.h"
#include "kinetics_laws.h"

static double exchange_at(const ButlerVolmerKinetics *p, double temperature) {
  return p->exchange_current_density * arrhenius_factor(p->activation_energy, temperature);
}

static double cathodic_coefficient(const ButlerVolmerKinetics *p) {
  return p->cathodic_transfer_coefficient > 0.0 ? p->cathodic_transfer_coefficient
                                                : 1.0 - p->anodic_transfer_coefficient;
}

static double stress_slope(const void *parameters) {
  return -((const ButlerVolmerKinetics *)parameters)->stress_shift * LITHIUM_VOLUME_PER_CHARGE;
}

static double equilibrium_shift(const ButlerVolmerKinetics *p, const InterfaceConditions *conditions) {
  return stress_slope(p) * conditions->normal_stress;
}

/* u > 0 with exp(a u) - exp(-c u) = x > 0. Newton on asinh(f/2) = asinh(x/2), which is nearly straight at both ends,
   kept in the bracket 0 < u <= ln(1 + x)/a. Quadratic, so a step below 1e-8 u leaves an error near rounding. */
static double reduced_overpotential(double x, double a, double c) {
  const double target = asinh(0.5 * x);
  BracketedNewton newton = {.high = log1p(x) / a};
  double u = fmin(newton.high, target / (0.5 * (a + c) + 0.5 * (a - c) * target / (1.0 + target)));

  for (int iteration = 0; iteration < 100; iteration++) {
    const double forward = expm1(a * u), backward = expm1(-c * u);
    const double f = forward - backward;
    const double slope = a * (1.0 + forward) + c * (1.0 + backward);
    const double step = (asinh(0.5 * f) - target) * sqrt(4.0 + f * f) / slope;

    if (fabs(step) <= 1e-8 * u) {
      return u - step;
    }
    u = bracketed_newton_step(&newton, u, step, 1.0);
  }
  return u;
}

static double overpotential(const void *parameters, const InterfaceConditions *conditions, double i, double *slope) {
  const ButlerVolmerKinetics *p = parameters;
  const double thermal = GAS_CONSTANT * conditions->temperature / FARADAY_CONSTANT;
  const double i0 = exchange_at(p, conditions->temperature), cathodic = cathodic_coefficient(p);
  const double shift = equilibrium_shift(p, conditions);
  const double a = i >= 0.0 ? p->anodic_transfer_coefficient : cathodic; /* coefficient of the direction that wins */
  const double c = i >= 0.0 ? cathodic : p->anodic_transfer_coefficient;
  const double x = fabs(i) / i0;

  if (a == c) {
    double root;
    const double reduced = asinh_ratio(i, 2.0 * i0, &root);
    *slope = thermal / a / root;
    return shift + thermal / a * reduced;
  }
  if (x > 1e150) { /* Tafel to the last digit, and the square of x would overflow */
    *slope = thermal / a / fabs(i);
    return shift + copysign(thermal / a * (log(fabs(i)) - log(i0)), i);
  }
  const double u = reduced_overpotential(x, a, c);
  *slope = thermal / (i0 * (a * x + (a + c) * exp(-c * u)));
  return shift + copysign(thermal * u, i);
}

static double current_density(const void *parameters, const InterfaceConditions *conditions, double eta) {
  const ButlerVolmerKinetics *p = parameters;
  const double u =
      (eta - equilibrium_shift(p, conditions)) * FARADAY_CONSTANT / (GAS_CONSTANT * conditions->temperature);
  return exchange_at(p, conditions->temperature) *
         (expm1(p->anodic_transfer_coefficient * u) - expm1(-cathodic_coefficient(p) * u));
}

static const Parameter declarations[] = {
    {.key = "exchange_current_density",
     .kind = PARAMETER_REAL,
     .unit = "A m-2",
     .shown = "mA cm-2",
     .minimum = 1e-6,
     .maximum = 1e8,
     .meaning = "Exchange current density i0 per true contact area at 298.15 K",
     .source = "10.1002/advs.202302521: 32 mA/cm2 from R_p with the constriction, about 45 mA/cm2 without",
     .offset = offsetof(ButlerVolmerKinetics, exchange_current_density)},
    {.key = "anodic_transfer_coefficient",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.5",
     .minimum = 0.01,
     .maximum = 0.99,
     .meaning = "Transfer coefficient of stripping",
     .source = "symmetric barrier",
     .offset = offsetof(ButlerVolmerKinetics, anodic_transfer_coefficient)},
    {.key = "cathodic_transfer_coefficient",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0",
     .minimum = 0.0,
     .maximum = 2.0,
     .meaning = "Transfer coefficient of plating; 0 stands for one minus the anodic coefficient",
     .source = "one electron: the coefficients add to 1",
     .offset = offsetof(ButlerVolmerKinetics, cathodic_transfer_coefficient)},
    ACTIVATION_ENERGY_PARAMETER(ButlerVolmerKinetics, "0 J mol-1", NULL),
    {.key = "stress_shift",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0",
     .minimum = 0.0,
     .maximum = 10.0,
     .meaning = "Multiple of -0.135 mV per MPa of contact stress by which the equilibrium potential shifts; 0: none",
     .source = "1 by Ganser et al. 2019, J. Electrochem. Soc. 166, H167",
     .offset = offsetof(ButlerVolmerKinetics, stress_shift)},
    {.key = NULL}};

const KineticsLaw kinetics_butler_volmer = {.name = "butler_volmer",
                                            .meaning =
                                                "Charge transfer with any transfer coefficients and stress shift",
                                            .parameters = declarations,
                                            .parameters_size = sizeof(ButlerVolmerKinetics),
                                            .overpotential = overpotential,
                                            .current_density = current_density,
                                            .stress_slope = stress_slope};
