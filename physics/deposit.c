/* The lithium deposit under the needle.

     V = V0 - Omega Q/F,   V = (2/3) pi a^2 H
     d ln A/dt = alpha(a) sp(d ln V/dt),   A = pi a^2
     alpha(a)  = alpha + (2/3 - alpha) s(a/a_pin),   s = 1 below 0.98, 0 above 1, a cubic between

   Q anodic charge, hemispheroid of contact radius a and height H. The contact grows while plating; on stripping the
   footprint stays. Below the pinning radius a_pin (none: a_pin = 0) a new deposit grows as a hemisphere, alpha = 2/3;
   above it with the exponent alpha, upwards if that is 0 (Fig. 7l, vertical growth on a flaw-free surface).
   Sign: anodic charge positive, it removes lithium.
   Source: Singh et al. 2023, 10.1002/advs.202302521, section 2 and Fig. 1: the stated charges (17.40 uC) deposit 2348
   um^3, the paper prints 1250 um^3; mostly vertical growth means a small alpha.
   Smoothing: sp(x) = x^2/sqrt(x^2 + d^2) for x > 0, else 0, with d = 1e-7 1/s, some 1e-3 mA/cm^2 on 17 um of lithium:
   a contact at rest does not grow at all.
   The cubic makes alpha(a) continuous with its slope; a pinned contact ends within 1 % below a_pin.
   Validity: compact lithium, self-similar contact.
   Limits: a ~ V^(alpha/2) under steady plating; alpha = 0 pins the contact, alpha = 2/3 keeps the shape;
   with a pinning radius a ~ V^(1/3) below 0.98 a_pin. */
#include "deposit.h"
#include "constants.h"
#include <math.h>

#define GROWTH_WIDTH 1e-7               /* [1/s] */
#define HEMISPHERE_EXPONENT (2.0 / 3.0) /* [1] area against volume at constant shape */
#define PINNING_WIDTH 0.02              /* [1] share of the pinning radius over which growth sideways ends */

double deposit_faraday_volume(double charge) {
  return LITHIUM_VOLUME_PER_CHARGE * charge;
}

double deposit_hemispheroid_volume(double contact_radius, double height) {
  return 2.0 / 3.0 * PI * contact_radius * contact_radius * height;
}

double deposit_hemispheroid_height(double contact_radius, double volume) {
  return 1.5 * volume / (PI * contact_radius * contact_radius);
}

bool deposit_contact_grows(const Deposit *deposit) {
  return deposit->contact_growth_exponent > 0.0 || deposit->pinning_diameter > 0.0;
}

double deposit_growth_exponent(const Deposit *deposit, double contact_radius) {
  const double pinned = deposit->contact_growth_exponent;

  if (deposit->pinning_diameter <= 0.0) {
    return pinned;
  }
  const double room = (1.0 - contact_radius / (0.5 * deposit->pinning_diameter)) / PINNING_WIDTH;
  const double y = fmin(1.0, fmax(0.0, room));
  return pinned + (HEMISPHERE_EXPONENT - pinned) * y * y * (3.0 - 2.0 * y);
}

/* sp(x) above [1/s] */
static double growing_part(double x) {
  return x > 0.0 ? x * x / sqrt(x * x + GROWTH_WIDTH * GROWTH_WIDTH) : 0.0;
}

double deposit_log_radius_rate(const Deposit *deposit, double contact_radius, double volume, double volume_rate) {
  const double exponent = deposit_growth_exponent(deposit, contact_radius);

  if (exponent == 0.0 || volume <= 0.0) {
    return 0.0; /* pinned, or no lithium left whose shape could change */
  }
  return 0.5 * exponent * growing_part(volume_rate / volume);
}

const Parameter deposit_parameters[] = {
    {.key = "volume",
     .kind = PARAMETER_REAL,
     .unit = "m3",
     .shown = "um3",
     .fallback = "1250 um3",
     .minimum = 1e-27,
     .maximum = 1e-6,
     .meaning = "Volume of the lithium at the start",
     .source = "10.1002/advs.202302521, section 2 (the stated charges would give 2348 um3)",
     .offset = offsetof(Deposit, volume)},
    {.key = "contact_growth_exponent",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0",
     .minimum = 0.0,
     .maximum = 1.0,
     .meaning =
         "Relative growth of the contact area per relative growth of the volume while plating; 0: pinned contact",
     .source = "0.06 in the fit of docs/theory.md; 0-0.3 for mostly vertical growth",
     .offset = offsetof(Deposit, contact_growth_exponent)},
    {.key = "pinning_diameter",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "um",
     .fallback = "0 um",
     .minimum = 0.0,
     .maximum = 1e-2,
     .meaning = "Contact diameter below which the deposit grows as a hemisphere, and from which on by "
                "contact_growth_exponent; 0: by contact_growth_exponent from the start",
     .source = "16.2 um reproduces the flaw-free surface of 10.1002/advs.202302521, Fig. 7b",
     .offset = offsetof(Deposit, pinning_diameter)},
    {.key = NULL}};
