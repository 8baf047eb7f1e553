/* Needle with compliance.

     dp/dt = -K [U - R(U) u(l)]   l = p + p_adh
     u(l)  = l0/(l + l0) for l >= 0, 1 - l/l0 for l < 0;   l0 = 1 kPa
     L = sp(p) f/mean(f theta),   sigma = L + sp(p_adh + p - sp(p))

   p needle force per nominal area, U area mean of the velocity at which the lithium body approaches the electrolyte,
   f pressure profile, theta touching fraction, L load-driven stress on the touching part, sigma contact stress;
   compression positive. Plating (U < 0) lifts the body and loads the needle, stripping (U > 0) lets it sink, until
   adhesion alone bears p = -p_adh.
   Source: closure of docs/theory.md (contact), after Singh et al. 2023, 10.1002/advs.202302521, section 2.3 (stress
   amplification, Fig. 3c-d) and Fig. 1d (the needle moves).
   Smoothing: sp(x) = (x + sqrt(x^2 + d^2))/2 with d = 20 kPa in L, 1 kPa in sigma; R(U) = U (1 - exp(-U^2/d^2)) for U >
   0, else 0, with d = 1e-13 m/s (3 um a year). At U = 0 the load stays exactly.
   Validity: rigid flat needle, quasi-static.
   Limits: p stays for K = 0 or U = 0; p never falls below -p_adh (slower than d it would take years); sigma is p f +
   p_adh at full contact and p >> 20 kPa, and tends to 0 as p tends to -p_adh. */
#include "needle.h"
#include "smooth.h"

#define RELEASE_PRESSURE 1e3 /* [Pa] l0: load at which the last contact tears off */
#define LOAD_WIDTH 2e4       /* [Pa] */
#define STRESS_WIDTH 1e3     /* [Pa] */
#define VELOCITY_WIDTH 1e-13 /* [m/s] */

/* R(U), which is U to rounding beyond 6 d: only then the load ends at u(l) = 1 */
static Sloped retreating(double velocity) {
  const double square = velocity * velocity / (VELOCITY_WIDTH * VELOCITY_WIDTH), late = exponential(-square);

  return velocity > 0.0 ? (Sloped){velocity * (1.0 - late), 1.0 - late + 2.0 * square * late} : (Sloped){0.0, 0.0};
}

/* u(l): the part of a retreat that the needle does not follow */
static Sloped left_hanging(double load) {
  const double sum = load + RELEASE_PRESSURE;

  return load < 0.0 ? (Sloped){1.0 - load / RELEASE_PRESSURE, -1.0 / RELEASE_PRESSURE}
                    : (Sloped){RELEASE_PRESSURE / sum, -RELEASE_PRESSURE / (sum * sum)};
}

double needle_pressure_rate(const Needle *needle, double pressure, double approach_velocity) {
  const Sloped sinking = retreating(approach_velocity);

  return -needle->stiffness * (approach_velocity - sinking.value * left_hanging(pressure + needle->adhesion).value);
}

void needle_pressure_rate_slopes(const Needle *needle, double pressure, double approach_velocity, double *by_pressure,
                                 double *by_velocity) {
  const Sloped hanging = left_hanging(pressure + needle->adhesion);
  const Sloped sinking = retreating(approach_velocity);

  *by_pressure = needle->stiffness * sinking.value * hanging.slope;
  *by_velocity = -needle->stiffness * (1.0 - sinking.slope * hanging.value);
}

NeedleLoad needle_load(double pressure, double adhesion) {
  const Sloped pressing = smooth_positive_sloped(pressure, LOAD_WIDTH);
  const Sloped adhering = smooth_positive_sloped(adhesion + pressure - pressing.value, STRESS_WIDTH);

  return (NeedleLoad){.pressing = pressing.value,
                      .pressing_slope = pressing.slope,
                      .adhering = adhering.value,
                      .adhering_slope = adhering.slope * (1.0 - pressing.slope)};
}

double needle_contact_stress(double pressure, double adhesion, double profile, double mean_touching, double *driven) {
  const NeedleLoad load = needle_load(pressure, adhesion);

  *driven = load.pressing * profile / mean_touching;
  return *driven + load.adhering;
}

double needle_borne_stress(double stress, double *slope) {
  const double excess = stress / NEEDLE_FLOW_STRESS - 1.0;

  if (excess <= 0.0) {
    *slope = 1.0;
    return stress;
  }
  *slope = exp(-excess);
  return NEEDLE_FLOW_STRESS * (2.0 - *slope);
}

const Parameter needle_parameters[] = {
    {.key = "pressure",
     .kind = PARAMETER_REAL,
     .unit = "Pa",
     .shown = "MPa",
     .fallback = "0.352 MPa",
     .minimum = 0.0,
     .maximum = 1e9,
     .meaning = "Needle force per nominal contact area at the start",
     .source = "fit, docs/theory.md (0.1-5 MPa); 1 MPa in the set for the law void",
     .offset = offsetof(Needle, pressure)},
    {.key = "stiffness",
     .kind = PARAMETER_REAL,
     .unit = "Pa m-1",
     .shown = "MPa um-1",
     .fallback = "0.207 MPa um-1",
     .minimum = 0.0,
     .maximum = 1e15,
     .meaning = "Pressure lost per micrometre that the lithium retreats",
     .source = "fit, docs/theory.md (0.05-1 MPa/um); 0.49 MPa/um in the set for the law void",
     .offset = offsetof(Needle, stiffness)},
    {.key = "adhesion",
     .kind = PARAMETER_REAL,
     .unit = "Pa",
     .shown = "MPa",
     .fallback = "0.040 MPa",
     .minimum = 0.0,
     .maximum = 1e9,
     .meaning = "Pull that the contact bears by capillarity and adhesion",
     .source = "fit, docs/theory.md (0.01-1 MPa); 0.88 MPa in the set for the law void",
     .offset = offsetof(Needle, adhesion)},
    {.key = NULL}};
