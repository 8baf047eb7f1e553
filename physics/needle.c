/* Needle with compliance.

     dp/dt = -K U              U <= 0 (plating lifts the body and loads the needle)
     dp/dt = -K U l/(|l| + l0) U > 0 (stripping unloads it), l = p + p_adh, l0 = 1 kPa: adhesion bears p >= -p_adh
     L = sp(p) f/mean(f theta),   sigma = L + sp(p_adh + p - sp(p))

   p needle force per nominal area, U area mean of the velocity at which the lithium body approaches the electrolyte,
   f pressure profile, theta touching fraction, L load-driven stress on the touching part, sigma contact stress;
   compression positive.
   Source: closure of docs/theory.md (contact), after Singh et al. 2023, 10.1002/advs.202302521, section 2.3 (stress
   amplification, Fig. 3c-d) and Fig. 1d (the needle moves).
   Smoothing: sp(x) = (x + sqrt(x^2 + d^2))/2 with d = 20 kPa in L, 1 kPa in sigma; U is split into sp(U) and sp(-U)
   with d = 1e-11 m/s.
   Validity: rigid flat needle, quasi-static.
   Limits: p stays for K = 0 or U = 0; p never falls below -p_adh; sigma is p f + p_adh at full contact and p >> 20
   kPa, and tends to 0 as p tends to -p_adh. */
#include "needle.h"
#include "smooth.h"

#define RELEASE_PRESSURE 1e3 /* [Pa] l0: load at which the last contact tears off */
#define LOAD_WIDTH 2e4       /* [Pa] */
#define STRESS_WIDTH 1e3     /* [Pa] */
#define VELOCITY_WIDTH 1e-11 /* [m/s] */

double needle_pressure_rate(const Needle *needle, double pressure, double approach_velocity) {
  const double load = pressure + needle->adhesion;
  const double sinking = smooth_positive(approach_velocity, VELOCITY_WIDTH);
  const double lifting = smooth_positive(-approach_velocity, VELOCITY_WIDTH);

  return -needle->stiffness * (sinking * load / (fabs(load) + RELEASE_PRESSURE) - lifting);
}

double needle_contact_stress(double pressure, double adhesion, double profile, double mean_touching, double *driven) {
  const double pressing = smooth_positive(pressure, LOAD_WIDTH);

  *driven = pressing * profile / mean_touching;
  return *driven + smooth_positive(adhesion + pressure - pressing, STRESS_WIDTH);
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
