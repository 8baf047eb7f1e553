/* Pressure profiles of a punch, local over mean pressure at rho = r/a.

     uniform      1
     flat_punch   min(c/sqrt(1 - rho^2), F),   c = F (1 - sqrt(1 - 1/F))    elastic half space, capped at flow
     power_law    (1 - m) (1 - rho^2)^-m                                    creeping punch

   F flow stress over mean pressure. With q = 1 - rho^2 the area element is uniform in q, so each has a closed ring
   average; the averages are then normalised over the given area shares (a change at rounding, unless the shares are
   quadrature weights).
   Source: flat punch, Barber, Contact Mechanics, Springer 2018 (c = 1/2 without a cap); creeping punch of stress
   exponent n: the edge singularity of Hutchinson-Rice-Rosengren type, m = 1/(n + 1), 0.13 for n = 6.6; 0.116 fitted
   (docs/theory.md).
   Validity: rigid flat punch, full contact.
   Limits: area mean 1; m = 0 and F = 1 are uniform; F to infinity is m = 1/2; the largest pressure of the flat punch
   is F. */
#include "pressure_profile.h"
#include <math.h>

/* Integral of the profile over q from 0 (the edge) to q. */
static double edge_integral(const PressureProfile *p, double q) {
  if (p->shape == PRESSURE_POWER_LAW) {
    return pow(q, 1.0 - p->exponent);
  }
  if (p->shape == PRESSURE_FLAT_PUNCH) {
    const double cap = p->flow_stress_ratio;
    const double share = 1.0 / (1.0 + sqrt(1.0 - 1.0 / cap)); /* c, in the form that does not cancel for a high cap */
    const double q_cap = (share / cap) * (share / cap);       /* the cap is reached inside q < q_cap */
    return q <= q_cap ? cap * q : cap * q_cap + 2.0 * share * (sqrt(q) - sqrt(q_cap));
  }
  return q;
}

void pressure_profile_fill(const PressureProfile *p, size_t rings, const double edge[], const double area_share[],
                           double profile[]) {
  double mean = 0.0;

  for (size_t j = 0; j < rings; j++) {
    const double inner = edge[j] / edge[rings], outer = edge[j + 1] / edge[rings];
    const double q_inner = (1.0 - inner) * (1.0 + inner), q_outer = (1.0 - outer) * (1.0 + outer);
    profile[j] = (edge_integral(p, q_inner) - edge_integral(p, q_outer)) / (q_inner - q_outer);
    mean += area_share[j] * profile[j];
  }
  for (size_t j = 0; j < rings; j++) {
    profile[j] /= mean;
  }
}

const Parameter pressure_profile_parameters[] = {
    {.key = "profile",
     .kind = PARAMETER_CHOICE,
     .fallback = "power_law",
     .minimum = 0.0,
     .maximum = 2.0,
     .choices = "uniform|flat_punch|power_law",
     .meaning = "Radial shape of the contact pressure",
     .source = "10.1002/advs.202302521, Fig. 5: the edge keeps its lithium, so the load is higher there",
     .offset = offsetof(PressureProfile, shape)},
    {.key = "exponent",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.116",
     .minimum = 0.0,
     .maximum = 0.9,
     .meaning = "Exponent m of the profile power_law",
     .source = "fit, docs/theory.md; 0.13 for a creeping punch with stress exponent 6.6",
     .offset = offsetof(PressureProfile, exponent)},
    {.key = "flow_stress_ratio",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "3",
     .minimum = 1.0,
     .maximum = 1e6,
     .meaning = "Highest local pressure over mean pressure of the profile flat_punch",
     .source = "assumed: hardness over mean pressure",
     .offset = offsetof(PressureProfile, flow_stress_ratio)},
    {.key = NULL}};
