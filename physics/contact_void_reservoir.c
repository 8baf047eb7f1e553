/* Voids with asperity gaps, a supply reservoir in the grain boundaries, and no healing of coalesced voids.

     theta   = theta_v theta_n,   theta_n = 1 - (1 - theta_0) (y/y0)^(2/3)
     L       = p f/mean(f theta_v),   sigma = L + p_adh                                   contact stress (needle.c)
     v       = l rate(sigma),   v_sup = theta_v v/(1 + v/v_max)                           creep supply
     n0      = G i+ - v_sup,   D = R(n0),   E = R(-n0)
     v_r     = D [1 + (D/v_m)^4]^(-1/4) r/(|r| + 5 nm),   v_m = G i_rho f theta_v^kr        reservoir supply
     dr/dt   = -v_r + (1 - r/r0) (G i- + E theta_v),   n = n0 - v_r
     ds/dt   = R(n) - s/(|s| + 0.5 nm) theta_v^th [h w R(-n) + x G i- (1 - theta_v)^(1/3)],   w = L/(L + p_adh)
     dy/dt   = (y0 - y)/tau - G i- S((-eta - eta_y)/w_y) y/(|y| + 0.02 nm)

   s void volume, y gap volume, r lithium at hand in grain boundaries, each per nominal area; i+ = R(i), i- = R(-i) per
   nominal area, i anodic positive; eta overpotential of the interface; G = Omega/F; p needle pressure, f its
   profile, p_adh adhesion; S logistic; theta_v: void_opening.h.
   Source: closure for Singh et al. 2023, 10.1002/advs.202302521, Figs. 2b, 3, 5, 8 (docs/theory.md, "Contact"): the
   gaps give the fold-back of Fig. 2b and the 2 mV anodic limit at 10 mV/s, the reservoir the limit near 5 mV and both
   plateaus of Fig. 8, the exponent th the permanent loss in the asymmetric voltammogram. A hypothesis with fitted
   parameters.
   Smoothing, so that an implicit integrator meets no kinks: R(x) = x^3/(x^2 + d^2) for x > 0, else 0, with d = 0.001
   mA/cm^2 in i, 0.01 nm/s in n0 and n. At zero current closed voids, y = y0 and r = r0 are an exact fixed point.
   Validity: as `void`.
   Limits: r0 -> 0, theta_0 = 1, th = 0 leave a law of the kind `void`; at rest y -> y0 within tau. */
#include "contact_laws.h"
#include "void_opening.h"

#define RESERVOIR_EDGE 5e-9 /* [m] reservoir below which its supply fades */
#define GAP_EDGE 2e-11      /* [m] gap below which filling fades */

enum { VOID_DEPTH, GAP_DEPTH, RESERVOIR_DEPTH };

static double smallest_bearing(const void *parameters) {
  return ((const VoidReservoirContact *)parameters)->smallest_fraction;
}

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

/* theta_n at the gap depth y [m] */
ALWAYS_INLINE Sloped gap_fraction(const VoidReservoirContact *p, double y) {
  const Sloped depth = smooth_positive_sloped(y, DEPTH_WIDTH), power = two_thirds_power(depth.value / p->gap_depth);
  const double open = 1.0 - p->asperity_fraction;
  return (Sloped){1.0 - open * power.value, -open * power.slope * depth.slope / p->gap_depth};
}

static ContactOpening opening(const void *parameters, const double x[]) {
  const VoidReservoirContact *p = parameters;
  const double theta_v = void_touching_fraction(x[VOID_DEPTH], p->depth_limit, p->smallest_fraction).value;
  return (ContactOpening){theta_v * gap_fraction(p, x[GAP_DEPTH]).value, theta_v};
}

/* demand [1 + (demand/limit)^4]^(-1/4): the smaller of the two with a smooth corner; the small ratio is raised. */
typedef struct {
  double value, by_demand, by_limit;
} Bounded;

ALWAYS_INLINE Bounded bounded(double demand, double limit) {
  const double small = demand < limit ? demand : limit, large = demand < limit ? limit : demand;
  const double ratio = small / large, square = ratio * ratio, fourth = square * square;
  const double share = 1.0 / sqrt(sqrt(1.0 + fourth)), by_small = share / (1.0 + fourth);
  const double by_large = fourth * ratio * by_small;
  return (Bounded){small * share, demand < limit ? by_small : by_large, demand < limit ? by_large : by_small};
}

/* 1/(1 + exp(-x)) with the exponential that does not overflow. */
ALWAYS_INLINE double logistic(double x) {
  const double small = exponential(-fabs(x));
  return (x < 0.0 ? small : 1.0) / (1.0 + small);
}

/* What the rates of a ring depend on (theta: theta_v), and the rates with their derivatives: s_theta is d(ds/dt) by
   theta at fixed s, and so on. */
typedef struct {
  double s, y, r, theta, current, overpotential, driven_stress, strain_rate, profile, adhesion;
} Ring;

typedef struct {
  double s, s_s, s_theta, s_r, s_current, s_driven, s_strain;
  double y, y_y, y_current, y_overpotential;
  double r, r_theta, r_r, r_current, r_strain;
} Rates;

ALWAYS_INLINE Rates ring_rates(const VoidReservoirContact *restrict p, Ring at) {
  const double G = LITHIUM_VOLUME_PER_CHARGE, theta = at.theta, log_theta = logarithm(theta);
  const Sloped stripping = ramp_sloped(at.current, CURRENT_WIDTH), plating = ramp_sloped(-at.current, CURRENT_WIDTH);
  const double plated = G * plating.value, plated_current = -G * plating.slope;
  /* n0: what stripping takes beyond the supply by creep */
  const double creep = p->creep_length * at.strain_rate, passing = 1.0 / (1.0 + creep / (G * p->supply_limit));
  const double deficit = G * stripping.value - theta * creep * passing;
  const double deficit_theta = -creep * passing, deficit_current = G * stripping.slope;
  const double deficit_strain = -theta * p->creep_length * passing * passing;
  const Sloped demand = ramp_sloped(deficit, VELOCITY_WIDTH), spare = ramp_sloped(-deficit, VELOCITY_WIDTH);
  const double surplus = spare.value, surplus_slope = -spare.slope;
  /* v_r: what the reservoir gives */
  const double limit = G * p->reservoir_supply * at.profile * exponential(p->reservoir_exponent * log_theta);
  const Bounded given = bounded(demand.value, limit);
  const Sloped left = fading_sloped(at.r, RESERVOIR_EDGE);
  const double drawn = given.value * left.value, drawn_deficit = given.by_demand * demand.slope * left.value;
  const double drawn_theta =
      drawn_deficit * deficit_theta + given.by_limit * p->reservoir_exponent * limit / theta * left.value;
  const double drawn_r = given.value * left.slope;
  /* n: what is taken beyond both; its share of growth */
  const double remaining = deficit - drawn, remaining_deficit = 1.0 - drawn_deficit;
  const Sloped growth = ramp_sloped(remaining, VELOCITY_WIDTH), unused = ramp_sloped(-remaining, VELOCITY_WIDTH);
  /* closing and filling of voids */
  const Sloped unfilled = fading_sloped(at.s, EMPTY_DEPTH), share = void_share_power(theta);
  const Sloped load_share = fading_sloped(at.driven_stress, at.adhesion);
  const double recovery = exponential(p->healing_exponent * log_theta);
  const double healing = p->healing_fraction * load_share.value;
  const double closing = healing * unused.value + p->filling_fraction * plated * share.value;
  const double fading_in = unfilled.value * recovery;
  /* growth less healing, per change of n */
  const double s_remaining = growth.slope + fading_in * healing * unused.slope;
  /* filling of gaps and of the reservoir */
  const double flow = logistic((-at.overpotential - p->flow_overpotential) / p->flow_width);
  const Sloped gap = fading_sloped(at.y, GAP_EDGE);
  const double room = 1.0 - at.r / p->reservoir_depth, refilling = plated + surplus * theta;

  return (Rates){
      .s = growth.value - fading_in * closing,
      .s_s = -unfilled.slope * recovery * closing,
      .s_theta = s_remaining * (deficit_theta - drawn_theta) -
                 fading_in * (p->healing_exponent / theta * closing + p->filling_fraction * plated * share.slope),
      .s_r = -s_remaining * drawn_r,
      .s_current = s_remaining * remaining_deficit * deficit_current -
                   fading_in * p->filling_fraction * plated_current * share.value,
      .s_driven = -fading_in * p->healing_fraction * load_share.slope * unused.value,
      .s_strain = s_remaining * remaining_deficit * deficit_strain,
      .y = (p->gap_depth - at.y) / p->dewetting_time - plated * flow * gap.value,
      .y_y = -1.0 / p->dewetting_time - plated * flow * gap.slope,
      .y_current = -plated_current * flow * gap.value,
      .y_overpotential = plated * flow * (1.0 - flow) / p->flow_width * gap.value,
      .r = -drawn + room * refilling,
      .r_theta = -drawn_theta + room * (surplus_slope * deficit_theta * theta + surplus),
      .r_r = -drawn_r - refilling / p->reservoir_depth,
      .r_current = -drawn_deficit * deficit_current + room * (plated_current + surplus_slope * deficit_current * theta),
      .r_strain = (-drawn_deficit + room * surplus_slope * theta) * deficit_strain};
}

static double rates(const void *parameters, const ContactRing *ring, const double x[], const ContactOpening *touching,
                    const ContactDrive *drive, double dxdt[]) {
  const Rates rate = ring_rates(parameters, (Ring){.s = x[VOID_DEPTH],
                                                   .y = x[GAP_DEPTH],
                                                   .r = x[RESERVOIR_DEPTH],
                                                   .theta = touching->bearing_fraction,
                                                   .current = drive->current_density,
                                                   .overpotential = drive->overpotential,
                                                   .driven_stress = drive->driven_stress,
                                                   .strain_rate = drive->strain_rate,
                                                   .profile = ring->pressure_profile,
                                                   .adhesion = ring->adhesion});
  dxdt[VOID_DEPTH] = rate.s;
  dxdt[GAP_DEPTH] = rate.y;
  dxdt[RESERVOIR_DEPTH] = rate.r;
  return LITHIUM_VOLUME_PER_CHARGE * drive->current_density - rate.s;
}

SEVERAL_AT_A_TIME static void open_block(const void *restrict parameters, ContactBlock *restrict block) {
  const VoidReservoirContact *restrict p = parameters;

  for (int j = 0; j < CONTACT_BLOCK; j++) {
    const Sloped theta_v = void_touching_fraction(block->x[VOID_DEPTH][j], p->depth_limit, p->smallest_fraction);
    const Sloped theta_n = gap_fraction(p, block->x[GAP_DEPTH][j]);
    block->contact_fraction[j] = theta_v.value * theta_n.value;
    block->contact_fraction_by[VOID_DEPTH][j] = theta_v.slope * theta_n.value;
    block->contact_fraction_by[GAP_DEPTH][j] = theta_v.value * theta_n.slope;
    block->bearing_fraction[j] = theta_v.value;
    block->bearing_fraction_by[VOID_DEPTH][j] = theta_v.slope;
  }
}

SEVERAL_AT_A_TIME static void rate_block(const void *restrict parameters, ContactBlock *restrict block) {
  const VoidReservoirContact *restrict p = parameters;
  const double adhesion = block->adhesion;

  for (int j = 0; j < CONTACT_BLOCK; j++) {
    const double theta_s = block->bearing_fraction_by[VOID_DEPTH][j];
    const Rates rate = ring_rates(p, (Ring){.s = block->x[VOID_DEPTH][j],
                                            .y = block->x[GAP_DEPTH][j],
                                            .r = block->x[RESERVOIR_DEPTH][j],
                                            .theta = block->bearing_fraction[j],
                                            .current = block->current_density[j],
                                            .overpotential = block->overpotential[j],
                                            .driven_stress = block->driven_stress[j],
                                            .strain_rate = block->strain_rate[j],
                                            .profile = block->pressure_profile[j],
                                            .adhesion = adhesion});
    block->rate[VOID_DEPTH][j] = rate.s;
    block->rate_by[VOID_DEPTH][VOID_DEPTH][j] = rate.s_s + rate.s_theta * theta_s;
    block->rate_by[VOID_DEPTH][RESERVOIR_DEPTH][j] = rate.s_r;
    block->rate_by[VOID_DEPTH][BY_CURRENT_DENSITY][j] = rate.s_current;
    block->rate_by[VOID_DEPTH][BY_DRIVEN_STRESS][j] = rate.s_driven;
    block->rate_by[VOID_DEPTH][BY_STRAIN_RATE][j] = rate.s_strain;
    block->rate[GAP_DEPTH][j] = rate.y;
    block->rate_by[GAP_DEPTH][GAP_DEPTH][j] = rate.y_y;
    block->rate_by[GAP_DEPTH][BY_CURRENT_DENSITY][j] = rate.y_current;
    block->rate_by[GAP_DEPTH][BY_OVERPOTENTIAL][j] = rate.y_overpotential;
    block->rate[RESERVOIR_DEPTH][j] = rate.r;
    block->rate_by[RESERVOIR_DEPTH][VOID_DEPTH][j] = rate.r_theta * theta_s;
    block->rate_by[RESERVOIR_DEPTH][RESERVOIR_DEPTH][j] = rate.r_r;
    block->rate_by[RESERVOIR_DEPTH][BY_CURRENT_DENSITY][j] = rate.r_current;
    block->rate_by[RESERVOIR_DEPTH][BY_STRAIN_RATE][j] = rate.r_strain;
  }
  void_approach(VOID_DEPTH, block);
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
    .smallest_bearing = smallest_bearing,
    .scales = scales,
    .initial = initial,
    .opening = opening,
    .rates = rates,
    .open_block = open_block,
    .rate_block = rate_block};
