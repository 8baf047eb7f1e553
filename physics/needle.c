/* The needle: what loads the contact, and how that changes.

   Law `spring`: a needle with compliance, which sinks into a body that may creep.

     dp/dt = -K [U - R(U) u(l) + l_b rate(p)]   l = p + p_adh
     u(l)  = l0/(l + l0) for l >= 0, 1 - l/l0 for l < 0;   l0 = 1 kPa

   Law `fresh_layer`: a needle of constant force p0; the lithium that plating has put down is fine-grained and supplies
   the contact over its thickness l, until it is stripped or has coarsened.

     dl/dt = -[U - R(U) u(l)] - l/tau_g,   supply velocity (l/l0) l_c rate(sigma),   sigma from p0

   Both: L = sp(p) f/mean(f theta),   sigma = L + sp(p_adh + p - sp(p))

   p needle force per nominal area, U area mean of the velocity at which the lithium body approaches the electrolyte,
   f pressure profile, theta touching fraction, L load-driven stress on the touching part, sigma contact stress, rate(p)
   strain rate of the lithium, l_b length over which the body creeps under the needle, l_c creep length of the contact
   law; compression positive. Plating (U < 0) lifts the body, stripping (U > 0) lets it sink. A spring is loaded and
   unloaded by that, until adhesion alone bears p = -p_adh; a fresh layer, voids included, grows and shrinks by it,
   until none is left. The law fresh_layer is integrated as p = p0 l/l0: K = p0/l0, release at p = 0. With creep
   proportional to the stress, tau_g = 0 (never) and no adhesion it is the law spring of that stiffness: both supply in
   proportion to p. A punch of radius b on a linearly viscous half-space sinks at p a^2/(8 b)(3 pi) rate(p)/p: l_b = (3
   pi/8) a^2/b. Source: closure of docs/theory.md (contact), after Singh et al. 2023, 10.1002/advs.202302521,
   section 2.3 (stress amplification, Fig. 3c-d), Fig. 1d (the needle moves), section 2.4 (grain growth is fast at room
   temperature). Smoothing: sp(x) = (x + sqrt(x^2 + d^2))/2 with d = 20 kPa in L, 1 kPa in sigma; R(U) = U (1 -
   exp(-U^2/d^2)) for U > 0, else 0, with d = 1e-13 m/s (3 um a year). At U = 0 a load that nothing relaxes stays
   exactly. Validity: rigid flat needle, quasi-static; the layer is one number, whatever its depth in the deposit.
   Limits: p stays for K = 0 or U = 0; p never falls below -p_adh (slower than d it would take years); sigma is p f +
   p_adh at full contact and p >> 20 kPa, and tends to 0 as p tends to -p_adh. A creeping body under a load that nothing
   renews: p falls as exp(-K l_b rate'(0) t). */
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

bool needle_body_creeps(const Needle *needle) {
  return needle->law == NEEDLE_SPRING && needle->body_length > 0.0;
}

double needle_driving_pressure(const Needle *needle, double load) {
  return needle->law == NEEDLE_FRESH_LAYER ? needle->pressure : load;
}

double needle_supply_share(const Needle *needle, double load) {
  return needle->law == NEEDLE_FRESH_LAYER ? load / needle->pressure : 1.0;
}

/* How p follows a displacement, where it ends, and how fast it is lost at rest. */
typedef struct {
  double stiffness, lowest, relaxation; /* [Pa/m], [Pa], [1/s] */
} Following;

static Following following(const Needle *needle) {
  if (needle->law == NEEDLE_SPRING) {
    return (Following){needle->stiffness, -needle->adhesion, 0.0};
  }
  return (Following){needle->pressure / needle->layer_thickness, 0.0,
                     needle->coarsening_time > 0.0 ? 1.0 / needle->coarsening_time : 0.0};
}

double needle_pressure_rate(const Needle *needle, double pressure, double approach_velocity, double body_strain_rate) {
  const Following p = following(needle);
  const Sloped sinking = retreating(approach_velocity);
  const double into_body = needle_body_creeps(needle) ? needle->body_length * body_strain_rate : 0.0;

  return -p.stiffness * (approach_velocity - sinking.value * left_hanging(pressure - p.lowest).value + into_body) -
         p.relaxation * pressure;
}

void needle_pressure_rate_slopes(const Needle *needle, double pressure, double approach_velocity,
                                 double body_strain_slope, double *by_pressure, double *by_velocity) {
  const Following p = following(needle);
  const Sloped hanging = left_hanging(pressure - p.lowest);
  const Sloped sinking = retreating(approach_velocity);
  const double into_body = needle_body_creeps(needle) ? needle->body_length * body_strain_slope : 0.0;

  *by_pressure = p.stiffness * (sinking.value * hanging.slope - into_body) - p.relaxation;
  *by_velocity = -p.stiffness * (1.0 - sinking.slope * hanging.value);
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
    {.key = "law",
     .kind = PARAMETER_CHOICE,
     .fallback = "spring",
     .minimum = 0.0,
     .maximum = 1.0,
     .choices = "spring|fresh_layer",
     .meaning =
         "What evolves: the force of a compliant needle, or at a constant force the thickness of the fresh lithium "
         "that supplies the contact",
     .offset = offsetof(Needle, law)},
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
    {.key = "body_length",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "um",
     .fallback = "0 um",
     .minimum = 0.0,
     .maximum = 1e-2,
     .meaning = "Law spring: length over which the lithium body creeps under the needle; 0: it does not",
     .source = "(3 pi/8) a^2/b for a needle tip of radius b: 9 to 57 um for b/a = 0.6 to 0.1",
     .offset = offsetof(Needle, body_length)},
    {.key = "layer_thickness",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "um",
     .fallback = "1.7 um",
     .minimum = 1e-9,
     .maximum = 1e-3,
     .meaning = "Law fresh_layer: thickness of the fresh lithium at the start",
     .source = "fit, docs/theory.md",
     .offset = offsetof(Needle, layer_thickness)},
    {.key = "coarsening_time",
     .kind = PARAMETER_REAL,
     .unit = "s",
     .fallback = "0 s",
     .minimum = 0.0,
     .maximum = 1e12,
     .meaning = "Law fresh_layer: time in which fresh lithium coarsens and no longer supplies; 0: never",
     .source = "10.1002/advs.202302521, section 2.4: grain growth, no number",
     .offset = offsetof(Needle, coarsening_time)},
    {.key = NULL}};
