/* Spreading resistances in closed form.

     film          F(w) = 1 + (32/(3 pi^2) - 1) b w/(1 + b w),   b = 7.5                     w = R sigma/x
     grain         1/sigma(x) = (2/pi) [atan(D/x)/sigma_g + atan(x/D)/sigma_p]
     self          r = F(w)/(4 sigma(x) x),                      w = pi R sigma x/A
     mutual        r12 = [pi/4 + (1 - pi/4) 3.5 w/(1 + 3.5 w)] [1 - (4/(3 pi)) t + 0.0646 t^2 - 0.0068 t^3]/(pi sigma M)
                   M = max(a, c), t = min(a, c)/M, w = R sigma/M, sigma = sigma(M)
     outer         R_outer(a) = (1/sigma_p - 1/sigma_g) atan(a/D)/(2 pi a)

   R film resistance per area (its slope at rest for a non-linear one), x radius of the disk, a contact, c half-penny
   crack under the middle of the contact. 1/(4 sigma x) is the primary resistance of a disk on a half space (eq. 1), and
   of a half disk upright below the surface (both faces; the image makes it a disk in the full space, 1/(8 sigma c)).
   F(infinity) = 32/(3 pi^2) = 1.0808: uniform current. The factors b and 3.5 and the two highest powers of t are fits;
   the ends are exact: pi/4 is the primary, 1 the uniform distribution on the larger electrode, 1 - (4/(3 pi)) t its
   potential over a small half disk below the middle.
   Grain: with its boundary on a spheroid confocal with the disk the primary potential keeps its shape, and the two
   conductors are in series exactly; R_outer is what the polycrystal adds when the grain is taken as boundless.
   Sign: potential positive for current into the electrolyte.
   Source: eq. 1 of Singh et al. 2023, 10.1002/advs.202302521; the rest: docs/theory.md, "Electrolyte" and "Crack".
   Validity: F within 0.3 % of a disk with a linear film (0.1 % from w = 0.5 on); the network of two electrodes within
   0.7 % in conductance and 1.2 % of the total current in the crack's share for c/a = 0.05-20, w = 0.03-3. r12 is for a
   half-penny; other shapes enter with their conducting radius, an estimate. A grain acts in r12 through sigma(M) only,
   an estimate as well.
   Limits: F(0) = 1; sigma(x) = sigma_g for x << D, sigma_p for x >> D; R_outer = (1/sigma_p - 1/sigma_g)/(2 pi D) for
   a << D; r11 r22 > r12^2. */
#include "spreading.h"
#include "constants.h"
#include <math.h>
#include <stddef.h>

#define FILM_RATE 7.5                            /* [1] b */
#define FILM_RISE (32.0 / (3.0 * PI * PI) - 1.0) /* [1] F(infinity) - 1 */
#define MUTUAL_FILM_RATE 3.5                     /* [1] */
#define MUTUAL_LINEAR (-4.0 / (3.0 * PI))        /* [1] powers of t */
#define MUTUAL_SQUARE 0.0646                     /* [1] */
#define MUTUAL_CUBE (-0.0068)                    /* [1] */

/* y = k w/(1 + k w) and its slope by w */
static double saturation(double k, double w, double *slope) {
  const double denominator = 1.0 + k * w;
  *slope = k / (denominator * denominator);
  return k * w / denominator;
}

double spreading_film_factor(double w, double *slope) {
  double rise;
  const double factor = 1.0 + FILM_RISE * saturation(FILM_RATE, w, &rise);

  if (slope) {
    *slope = FILM_RISE * rise;
  }
  return factor;
}

/* [m/S] resistivity 1/sigma(x) and its slope by x */
static double resistivity(const SpreadingMedium *medium, double x, double *slope) {
  const double grain = 1.0 / medium->grain_conductivity, polycrystal = 1.0 / medium->polycrystal_conductivity;
  const double depth = medium->grain_depth;

  *slope = 0.0;
  if (depth <= 0.0) {
    return polycrystal;
  }
  if (isinf(depth)) {
    return grain;
  }
  *slope = 2.0 / PI * (polycrystal - grain) * depth / (depth * depth + x * x);
  return 2.0 / PI * (atan2(depth, x) * grain + atan2(x, depth) * polycrystal);
}

double spreading_conductivity(const SpreadingMedium *medium, double radius) {
  double slope;
  return 1.0 / resistivity(medium, radius, &slope);
}

double spreading_self_resistance(const SpreadingMedium *medium, double radius, double area, double film_resistance,
                                 double slope[2]) {
  double by_radius, factor_slope;
  const double rho = resistivity(medium, radius, &by_radius);
  const double primary = 0.25 * rho / radius, primary_slope = 0.25 * by_radius / radius - primary / radius;
  const double w = 0.25 * PI * film_resistance / (primary * area); /* sigma x = 1/(4 primary) */
  const double factor = spreading_film_factor(w, &factor_slope);

  if (slope) {
    slope[0] = (factor - factor_slope * w) * primary_slope;
    slope[1] = -factor_slope * w * primary / area;
  }
  return factor * primary;
}

double spreading_mutual_resistance(const SpreadingMedium *medium, double contact_radius, double crack_radius,
                                   double film_resistance, double slope[2]) {
  const int larger = crack_radius > contact_radius ? 1 : 0;
  const double m = larger ? crack_radius : contact_radius, t = (larger ? contact_radius : crack_radius) / m;
  double by_radius, rise;
  const double rho = resistivity(medium, m, &by_radius), w = film_resistance / (rho * m);
  const double film = PI / 4.0 + (1.0 - PI / 4.0) * saturation(MUTUAL_FILM_RATE, w, &rise);
  const double shape = 1.0 + t * (MUTUAL_LINEAR + t * (MUTUAL_SQUARE + t * MUTUAL_CUBE));
  const double scale = rho / (PI * m);

  if (slope) {
    const double shape_slope = MUTUAL_LINEAR + t * (2.0 * MUTUAL_SQUARE + t * 3.0 * MUTUAL_CUBE);
    const double scale_slope = scale * (by_radius / rho - 1.0 / m);
    const double film_slope = (1.0 - PI / 4.0) * rise * -w * (by_radius / rho + 1.0 / m);
    slope[larger] = film_slope * shape * scale + film * shape * scale_slope - film * shape_slope * t / m * scale;
    slope[1 - larger] = film * shape_slope / m * scale;
  }
  return film * shape * scale;
}

double spreading_outer_resistance(const SpreadingMedium *medium, double contact_radius, double *slope) {
  const double depth = medium->grain_depth, t = contact_radius / depth;
  const double excess = (1.0 / medium->polycrystal_conductivity - 1.0 / medium->grain_conductivity) / (2.0 * PI);
  double value = 0.0, by_radius = 0.0;

  if (depth > 0.0 && !isinf(depth)) {
    /* atan(t)/t and its slope; the difference in the slope cancels for a small t */
    value = t > 0.0 ? atan(t) / t : 1.0;
    by_radius = t > 1e-3 ? (1.0 / (1.0 + t * t) - value) / t : t * (-2.0 / 3.0 + 0.8 * t * t);
    value *= excess / depth;
    by_radius *= excess / (depth * depth);
  }
  if (slope) {
    *slope = by_radius;
  }
  return value;
}
