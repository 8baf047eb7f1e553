/* Voids with asperity gaps, a supply reservoir in the grain boundaries, and no healing of coalesced voids.

     theta   = theta_v theta_n,   theta_n = 1 - (1 - theta_0) (y/y0)^(2/3)
     L       = p f/mean(f theta_v),   sigma = L + p_adh                                   contact stress (needle.c)
     v       = l rate(sigma),   v_sup = theta_v v/(1 + v/v_max)                           creep supply
     n0      = G i+ - v_sup,   D = sp(n0),   E = sp(-n0)
     v_r     = D [1 + (D/v_m)^4]^(-1/4) r/(r + 5 nm),   v_m = G i_rho f theta_v^kr        reservoir supply
     dr/dt   = -v_r + (1 - r/r0) (G i- + E theta_v),   n = n0 - v_r
     ds/dt   = sp(n) - s/(s + 0.5 nm) theta_v^th [h w sp(-n) + x G i- (1 - theta_v)^(1/3)],   w = L/(L + p_adh)
     dy/dt   = (y0 - y)/tau - G i- S((-eta - eta_y)/w_y) y/(y + 0.02 nm)

   s void volume, y gap volume, r lithium at hand in grain boundaries, each per nominal area; i = i+ - i- per nominal
   area, anodic positive, i+ = sp(i); eta overpotential of the interface; G = Omega/F; p needle pressure, f its
   profile, p_adh adhesion; S logistic; theta_v: void_opening.h.
   Source: closure for Singh et al. 2023, 10.1002/advs.202302521, Figs. 2b, 3, 5, 8 (docs/theory.md, "Contact"): the
   gaps give the fold-back of Fig. 2b and the 2 mV anodic limit at 10 mV/s, the reservoir the limit near 5 mV and both
   plateaus of Fig. 8, the exponent th the permanent loss in the asymmetric voltammogram. A hypothesis with fitted
   parameters.
   Smoothing, so that an implicit integrator meets no kinks: sp(x) = (x + sqrt(x^2 + d^2))/2 with d = 0.001 mA/cm^2 in
   i, 0.01 nm/s in n0 and n, 0.001 nm in s, y and r.
   Validity: as `void`.
   Limits: r0 -> 0, theta_0 = 1, th = 0 leave a law of the kind `void`; at rest y -> y0 within tau. */
#include "contact_laws.h"
#include "void_opening.h"

#define RESERVOIR_EDGE 5e-9 /* [m] reservoir below which its supply fades */
#define GAP_EDGE 2e-11      /* [m] gap below which filling fades */

enum { VOID_DEPTH, GAP_DEPTH, RESERVOIR_DEPTH };

static void scales(const void *parameters, double scale[]) {
  const VoidReservoirContact *p = parameters;
  scale[VOID_DEPTH] = 0.1 * p->depth_limit;
  scale[GAP_DEPTH] = 0.1 * p->gap_depth;
  scale[RESERVOIR_DEPTH] = p->reservoir_depth;
}

static void initial(const void *parameters, const ContactRing *ring, double x[]) {
  const VoidReservoirContact *p = parameters;
  (void)ring;
  x[VOID_DEPTH] = 0.0;
  x[GAP_DEPTH] = p->gap_depth;
  x[RESERVOIR_DEPTH] = p->reservoir_depth;
}

static ContactOpening opening(const void *parameters, const double x[]) {
  const VoidReservoirContact *p = parameters;
  const double theta_v =
      void_touching_fraction(smooth_positive(x[VOID_DEPTH], DEPTH_WIDTH), p->depth_limit, p->smallest_fraction);
  const double gap = smooth_positive(x[GAP_DEPTH], DEPTH_WIDTH) / p->gap_depth;
  return (ContactOpening){theta_v * (1.0 - (1.0 - p->asperity_fraction) * two_thirds_power(gap)), theta_v};
}

/* demand [1 + (demand/limit)^4]^(-1/4): the smaller of the two with a smooth corner; the small ratio is raised. */
static double bounded(double demand, double limit) {
  const double ratio = demand < limit ? demand / limit : limit / demand;
  const double square = ratio * ratio;
  return (demand < limit ? demand : limit) / sqrt(sqrt(1.0 + square * square));
}

/* 1/(1 + exp(-x)) with the exponential that does not overflow. */
static double logistic(double x) {
  const double small = exp(-fabs(x));
  return (x < 0.0 ? small : 1.0) / (1.0 + small);
}

static double rates(const void *parameters, const ContactRing *ring, const double x[], const ContactOpening *touching,
                    const ContactDrive *drive, double dxdt[]) {
  const VoidReservoirContact *p = parameters;
  const double G = LITHIUM_VOLUME_PER_CHARGE;
  const double s = smooth_positive(x[VOID_DEPTH], DEPTH_WIDTH);
  const double y = smooth_positive(x[GAP_DEPTH], DEPTH_WIDTH);
  const double r = smooth_positive(x[RESERVOIR_DEPTH], DEPTH_WIDTH);
  const double theta_v = touching->bearing_fraction, log_theta = log(theta_v);
  const double stripping = smooth_positive(drive->current_density, CURRENT_WIDTH);
  const double plated = G * (stripping - drive->current_density);
  const double creep = p->creep_length * drive->strain_rate;
  const double deficit = G * stripping - theta_v * creep / (1.0 + creep / (G * p->supply_limit));
  const double demand = smooth_positive(deficit, VELOCITY_WIDTH), surplus = demand - deficit;
  const double reservoir_limit =
      G * p->reservoir_supply * ring->pressure_profile * exp(p->reservoir_exponent * log_theta);
  const double drawn = bounded(demand, reservoir_limit) * r / (r + RESERVOIR_EDGE);
  const double remaining = deficit - drawn;
  const double growth = smooth_positive(remaining, VELOCITY_WIDTH);
  const double load_share = drive->driven_stress / (drive->driven_stress + ring->adhesion);

  dxdt[RESERVOIR_DEPTH] = -drawn + (1.0 - r / p->reservoir_depth) * (plated + surplus * theta_v);
  dxdt[VOID_DEPTH] = growth - s / (s + EMPTY_DEPTH) * exp(p->healing_exponent * log_theta) *
                                  (p->healing_fraction * load_share * (growth - remaining) +
                                   p->filling_fraction * plated * cube_root(1.0 - theta_v));
  dxdt[GAP_DEPTH] =
      (p->gap_depth - y) / p->dewetting_time -
      plated * logistic((-drive->overpotential - p->flow_overpotential) / p->flow_width) * y / (y + GAP_EDGE);
  return G * drive->current_density - dxdt[VOID_DEPTH];
}

static const Parameter declarations[] = {
    {.key = "depth_limit",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "nm",
     .fallback = "108 nm",
     .minimum = 1e-9,
     .maximum = 1e-4,
     .meaning = "Void volume per area at which contact is lost",
     .source = "fit, docs/theory.md (50-300 nm)",
     .offset = offsetof(VoidReservoirContact, depth_limit)},
    {.key = "smallest_fraction",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "1e-4",
     .minimum = 1e-6,
     .maximum = 0.1,
     .meaning = "Contact fraction that remains when contact is lost",
     .source = "assumed",
     .offset = offsetof(VoidReservoirContact, smallest_fraction)},
    {.key = "creep_length",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "um",
     .fallback = "1 um",
     .minimum = 1e-9,
     .maximum = 1e-3,
     .meaning = "Length over which creep supplies lithium to the interface",
     .source = "assumed; only its product with the creep rate matters",
     .offset = offsetof(VoidReservoirContact, creep_length)},
    {.key = "supply_limit",
     .kind = PARAMETER_REAL,
     .unit = "A m-2",
     .shown = "mA cm-2",
     .fallback = "60 mA cm-2",
     .minimum = 1.0,
     .maximum = 1e7,
     .meaning = "Most that creep can supply through full contact, as a current density",
     .source = "fit, docs/theory.md (20-600 mA/cm2)",
     .offset = offsetof(VoidReservoirContact, supply_limit)},
    {.key = "filling_fraction",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.57",
     .minimum = 0.0,
     .maximum = 1.0,
     .meaning = "Share of the plated lithium that fills open voids",
     .source = "fit, docs/theory.md (0.1-1)",
     .offset = offsetof(VoidReservoirContact, filling_fraction)},
    {.key = "healing_fraction",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "1",
     .minimum = 0.0,
     .maximum = 1.0,
     .meaning = "Share of the surplus supply that closes voids",
     .source = "fit, docs/theory.md (0.1-1)",
     .offset = offsetof(VoidReservoirContact, healing_fraction)},
    {.key = "healing_exponent",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "1.44",
     .minimum = 0.0,
     .maximum = 10.0,
     .meaning = "Power of the touching fraction with which recovery fades as voids coalesce; 0: voids always heal",
     .source = "fit, docs/theory.md (1-2)",
     .offset = offsetof(VoidReservoirContact, healing_exponent)},
    {.key = "asperity_fraction",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.183",
     .minimum = 1e-3,
     .maximum = 1.0,
     .meaning = "Share of the apparent contact that touches at rest; 1: no gaps",
     .source = "fit, docs/theory.md (0.1-0.3)",
     .offset = offsetof(VoidReservoirContact, asperity_fraction)},
    {.key = "gap_depth",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "nm",
     .fallback = "2.0 nm",
     .minimum = 1e-11,
     .maximum = 1e-6,
     .meaning = "Gap volume per area between asperities at rest",
     .source = "fit, docs/theory.md (1-10 nm)",
     .offset = offsetof(VoidReservoirContact, gap_depth)},
    {.key = "flow_overpotential",
     .kind = PARAMETER_REAL,
     .unit = "V",
     .shown = "mV",
     .fallback = "4.5 mV",
     .minimum = 0.0,
     .maximum = 1.0,
     .meaning = "Cathodic interface overpotential above which plating fills gaps; 0.135 mV per MPa of flow stress",
     .source = "fit, docs/theory.md: 33 MPa, thin-film lithium yields at 23-175 MPa",
     .offset = offsetof(VoidReservoirContact, flow_overpotential)},
    {.key = "flow_width",
     .kind = PARAMETER_REAL,
     .unit = "V",
     .shown = "mV",
     .fallback = "0.2 mV",
     .minimum = 1e-6,
     .maximum = 0.1,
     .meaning = "Width of that threshold",
     .source = "fit, docs/theory.md",
     .offset = offsetof(VoidReservoirContact, flow_width)},
    {.key = "dewetting_time",
     .kind = PARAMETER_REAL,
     .unit = "s",
     .fallback = "0.26 s",
     .minimum = 1e-4,
     .maximum = 1e6,
     .meaning = "Time in which filled gaps open again",
     .source = "fit, docs/theory.md (0.05-5 s: surface diffusion over 50-150 nm)",
     .offset = offsetof(VoidReservoirContact, dewetting_time)},
    {.key = "reservoir_depth",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "nm",
     .fallback = "98 nm",
     .minimum = 1e-12,
     .maximum = 1e-5,
     .meaning = "Lithium per area that grain boundaries give before creep alone must supply",
     .source = "fit, docs/theory.md (50-300 nm, about one grain layer)",
     .offset = offsetof(VoidReservoirContact, reservoir_depth)},
    {.key = "reservoir_supply",
     .kind = PARAMETER_REAL,
     .unit = "A m-2",
     .shown = "mA cm-2",
     .fallback = "40 mA cm-2",
     .minimum = 1e-6,
     .maximum = 1e7,
     .meaning = "Most that the reservoir gives at full contact, as a current density",
     .source = "fit, docs/theory.md (15-60 mA/cm2)",
     .offset = offsetof(VoidReservoirContact, reservoir_supply)},
    {.key = "reservoir_exponent",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "4.27",
     .minimum = 0.0,
     .maximum = 10.0,
     .meaning = "Power of the touching fraction with which that limit falls",
     .source = "fit, docs/theory.md (2-5)",
     .offset = offsetof(VoidReservoirContact, reservoir_exponent)},
    {.key = NULL}};

const ContactLaw contact_void_reservoir = {
    .name = "void_reservoir",
    .meaning = "Voids with asperity gaps, a supply reservoir, and no healing once voids coalesce",
    .parameters = declarations,
    .parameters_size = sizeof(VoidReservoirContact),
    .local_count = 3,
    .local_name = {"void_depth", "gap_depth", "reservoir_depth"},
    .local_unit = {"m", "m", "m"},
    .uses_needle = true,
    .scales = scales,
    .initial = initial,
    .opening = opening,
    .rates = rates};
