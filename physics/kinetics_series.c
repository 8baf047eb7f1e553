/* Processes in series across the interface.

     eta(i) = eta_1(k i) + eta_2(i) + eta_3(i)

   The same true current passes Li|SEI charge transfer, SEI and SE|SEI charge transfer; the overpotentials add. k is
   the ratio R_CT/R_0,CT of the dislocations (eq. 7): it divides the exchange current density of the first process,
   which multiplies its linear resistance by k and leaves its Tafel slope and a stress shift as they are.
   Sign: anodic positive.
   Source: Singh et al. 2023, 10.1002/advs.202302521, section 2.3 and Fig. 2f; Blume et al. 2019.
   Validity: steady, i.e. slower than the interface capacitances (microseconds).
   Limits: one process: that law; slopes add. */
#include "bracketed_newton.h"
#include "kinetics.h"
#include <float.h>
#include <math.h>

double kinetics_series_process(const KineticsSeries *series, int k, const InterfaceConditions *conditions, double i,
                               double *slope) {
  const double factor = k == 0 ? series->charge_transfer_factor : 1.0;
  const double eta = series->law[k]->overpotential(series->parameters[k], conditions, factor * i, slope);

  *slope *= factor;
  return eta;
}

double kinetics_series_overpotential(const KineticsSeries *series, const InterfaceConditions *conditions, double i,
                                     double *slope) {
  double eta = 0.0;

  *slope = 0.0;
  for (int k = 0; k < series->count; k++) {
    double own_slope;
    eta += kinetics_series_process(series, k, conditions, i, &own_slope);
    *slope += own_slope;
  }
  return eta;
}

double kinetics_series_stress_slope(const KineticsSeries *series) {
  double slope = 0.0;

  for (int k = 0; k < series->count; k++) {
    slope += series->law[k]->stress_slope ? series->law[k]->stress_slope(series->parameters[k]) : 0.0;
  }
  return slope;
}

double kinetics_series_current_density(const KineticsSeries *series, const InterfaceConditions *conditions,
                                       double eta) {
  BracketedNewton newton = {.low = -INFINITY, .high = INFINITY, .by_factors = true};
  double i = 0.0;

  if (series->count == 1 && series->charge_transfer_factor > 0.0) {
    return series->law[0]->current_density(series->parameters[0], conditions, eta) / series->charge_transfer_factor;
  }
  for (int iteration = 0; iteration < 500; iteration++) {
    double slope;
    const double residual = kinetics_series_overpotential(series, conditions, i, &slope) - eta;
    const double next = bracketed_newton_step(&newton, i, residual, slope);

    if (residual == 0.0 || fabs(next - i) <= 2.0 * DBL_EPSILON * fabs(next) || isinf(next) || next == newton.low ||
        next == newton.high) { /* there, or the current overflows, or neighbouring numbers are reached */
      return next;
    }
    i = next;
  }
  return i;
}
