/* Voids that open when stripping outruns the supply of lithium by creep, and close by creep under load and by plating.

     theta = 1 - (s/s0)^(2/3), at least theta_min
     sigma = L + p_adh,   L = p f/mean(f theta)
     v     = l rate(sigma),   v_sup = v/(1 + v/(v_max theta))
     n     = G i+ - v_sup
     ds/dt = R(n) - s/(|s| + 0.5 nm) [h w R(-n) + x min(1, p/p_ref) G i- (1 - theta)^(1/3)],   w = L/(L + p_adh)

   s void volume per nominal area; sigma contact stress, amplified as contact is lost; v creep velocity over the
   length l and v_sup what of it the contact passes; n what stripping takes beyond that supply. i+ = R(i), i- = R(-i)
   per nominal area; G = Omega/F; p needle pressure, f its profile, p_adh adhesion. Voids grow while n > 0; otherwise
   the load-driven share w of the surplus closes them, and plating fills them.
   Sign: anodic current and compressive stress positive.
   Source: closure for Singh et al. 2023, 10.1002/advs.202302521, Fig. 3c-d (docs/theory.md, "Contact"; its parameters
   were fitted in a lumped form).
   Smoothing, so that an implicit integrator meets no kinks: R(x) = x^3/(x^2 + d^2) for x > 0, else 0, with d = 0.001
   mA/cm^2 in i, 0.01 nm/s in n; closing fades below s = 0.5 nm; theta as in void_opening.h; min(1, q) = sp(q) - sp(q -
   1), d = 0.02; the load as in needle.c. A closed contact at zero current is an exact fixed point.
   Validity: voids coarser than atoms, smaller than rings.
   Limits: ds/dt tends to G i without supply; no void grows while v_sup exceeds G i; h = x = 0 never heals. */
#include "contact_laws.h"
#include "void_opening.h"

#define FILLING_WIDTH 0.02 /* [1] of the corner of min(1, p/p_ref) */

static double smallest_bearing(const void *parameters) {
  return ((const VoidContact *)parameters)->smallest_fraction;
}

static void scales(const void *parameters, double scale[]) {
  scale[0] = 0.1 * ((const VoidContact *)parameters)->depth_limit;
}

static void initial(const void *parameters, const ContactRing *ring, double x[]) {
  (void)parameters;
  (void)ring;
  x[0] = 0.0;
}

static ContactOpening opening(const void *parameters, const double x[]) {
  const VoidContact *p = parameters;
  const double theta = void_touching_fraction(x[0], p->depth_limit, p->smallest_fraction).value;
  return (ContactOpening){theta, theta};
}

/* What the rate of a ring depends on, and the rate with its derivatives: by s at fixed theta, and so on. */
typedef struct {
  double s, theta, current, load, driven_stress, strain_rate, adhesion;
} Ring;

typedef struct {
  double s, by_s, by_theta, by_current, by_load, by_driven, by_strain;
} Rate;

ALWAYS_INLINE Rate ring_rate(const VoidContact *restrict p, Ring at) {
  const double G = LITHIUM_VOLUME_PER_CHARGE;
  const Sloped stripping = ramp_sloped(at.current, CURRENT_WIDTH), plating = ramp_sloped(-at.current, CURRENT_WIDTH);
  /* n: what stripping takes beyond the supply */
  const double most = G * p->supply_limit, creep = p->creep_length * at.strain_rate;
  const double passing = 1.0 / (1.0 + creep / (most * at.theta)), supply = creep * passing;
  const double deficit = G * stripping.value - supply;
  const double deficit_theta = -supply * supply / (most * at.theta * at.theta);
  const double deficit_strain = -p->creep_length * passing * passing;
  const Sloped growth = ramp_sloped(deficit, VELOCITY_WIDTH), surplus = ramp_sloped(-deficit, VELOCITY_WIDTH);
  /* closing by the load and filling by plating */
  const double sum = at.driven_stress + at.adhesion, load_share = at.driven_stress / sum;
  const double healing = p->healing_fraction * load_share;
  const double pressing = at.load / p->filling_pressure;
  const Sloped rising = smooth_positive_sloped(pressing, FILLING_WIDTH);
  const Sloped full = smooth_positive_sloped(pressing - 1.0, FILLING_WIDTH);
  const double reach = rising.value - full.value, filling = G * p->filling_fraction * reach;
  const Sloped share = void_share_power(at.theta), unfilled = fading_sloped(at.s, EMPTY_DEPTH);
  const double closing = healing * surplus.value + filling * plating.value * share.value;
  const double s_deficit = growth.slope + unfilled.value * healing * surplus.slope;

  return (Rate){.s = growth.value - unfilled.value * closing,
                .by_s = -unfilled.slope * closing,
                .by_theta = s_deficit * deficit_theta - unfilled.value * filling * plating.value * share.slope,
                .by_current = s_deficit * G * stripping.slope + unfilled.value * filling * plating.slope * share.value,
                .by_load = -unfilled.value * G * p->filling_fraction * plating.value * share.value *
                           (rising.slope - full.slope) / p->filling_pressure,
                .by_driven = -unfilled.value * p->healing_fraction * at.adhesion / (sum * sum) * surplus.value,
                .by_strain = s_deficit * deficit_strain};
}

static double rates(const void *parameters, const ContactRing *ring, const double x[], const ContactOpening *touching,
                    const ContactDrive *drive, double dxdt[]) {
  dxdt[0] = ring_rate(parameters, (Ring){.s = x[0],
                                         .theta = touching->bearing_fraction,
                                         .current = drive->current_density,
                                         .load = drive->load,
                                         .driven_stress = drive->driven_stress,
                                         .strain_rate = drive->strain_rate,
                                         .adhesion = ring->adhesion})
                .s;
  return LITHIUM_VOLUME_PER_CHARGE * drive->current_density - dxdt[0];
}

SEVERAL_AT_A_TIME static void open_block(const void *restrict parameters, ContactBlock *restrict block) {
  const VoidContact *restrict p = parameters;

  for (int j = 0; j < CONTACT_BLOCK; j++) {
    const Sloped theta = void_touching_fraction(block->x[0][j], p->depth_limit, p->smallest_fraction);
    block->contact_fraction[j] = block->bearing_fraction[j] = theta.value;
    block->contact_fraction_by[0][j] = block->bearing_fraction_by[0][j] = theta.slope;
  }
}

SEVERAL_AT_A_TIME static void rate_block(const void *restrict parameters, ContactBlock *restrict block) {
  const VoidContact *restrict p = parameters;
  const double adhesion = block->adhesion, load = block->load;

  for (int j = 0; j < CONTACT_BLOCK; j++) {
    const Rate rate = ring_rate(p, (Ring){.s = block->x[0][j],
                                          .theta = block->bearing_fraction[j],
                                          .current = block->current_density[j],
                                          .load = load,
                                          .driven_stress = block->driven_stress[j],
                                          .strain_rate = block->strain_rate[j],
                                          .adhesion = adhesion});
    block->rate[0][j] = rate.s;
    block->rate_by[0][0][j] = rate.by_s + rate.by_theta * block->bearing_fraction_by[0][j];
    block->rate_by[0][BY_CURRENT_DENSITY][j] = rate.by_current;
    block->rate_by[0][BY_LOAD][j] = rate.by_load;
    block->rate_by[0][BY_DRIVEN_STRESS][j] = rate.by_driven;
    block->rate_by[0][BY_STRAIN_RATE][j] = rate.by_strain;
  }
  void_approach(0, block);
}

static const Parameter declarations[] = {
    {.key = "depth_limit",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "nm",
     .fallback = "132 nm",
     .minimum = 1e-9,
     .maximum = 1e-4,
     .meaning = "Void volume per area at which contact is lost",
     .source = "fit, docs/theory.md (50-300 nm)",
     .offset = offsetof(VoidContact, depth_limit)},
    {.key = "smallest_fraction",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "1e-4",
     .minimum = 1e-6,
     .maximum = 0.1,
     .meaning = "Contact fraction that remains when contact is lost",
     .source = "assumed",
     .offset = offsetof(VoidContact, smallest_fraction)},
    {.key = "creep_length",
     .kind = PARAMETER_REAL,
     .unit = "m",
     .shown = "um",
     .fallback = "1 um",
     .minimum = 1e-9,
     .maximum = 1e-3,
     .meaning = "Length over which creep supplies lithium to the interface",
     .source = "assumed; only its product with the creep rate matters",
     .offset = offsetof(VoidContact, creep_length)},
    {.key = "supply_limit",
     .kind = PARAMETER_REAL,
     .unit = "A m-2",
     .shown = "mA cm-2",
     .fallback = "600 mA cm-2",
     .minimum = 1.0,
     .maximum = 1e7,
     .meaning = "Most that creep can supply through full contact, as a current density",
     .source = "fit, docs/theory.md (20-600 mA/cm2)",
     .offset = offsetof(VoidContact, supply_limit)},
    {.key = "filling_fraction",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.21",
     .minimum = 0.0,
     .maximum = 1.0,
     .meaning = "Share of the plated lithium that fills open voids",
     .source = "fit, docs/theory.md (0.1-1)",
     .offset = offsetof(VoidContact, filling_fraction)},
    {.key = "filling_pressure",
     .kind = PARAMETER_REAL,
     .unit = "Pa",
     .shown = "MPa",
     .fallback = "1 MPa",
     .minimum = 1.0,
     .maximum = 1e9,
     .meaning = "Needle pressure above which plating fills voids fully; proportional below",
     .source = "fit, docs/theory.md",
     .offset = offsetof(VoidContact, filling_pressure)},
    {.key = "healing_fraction",
     .kind = PARAMETER_REAL,
     .unit = "1",
     .fallback = "0.43",
     .minimum = 0.0,
     .maximum = 1.0,
     .meaning = "Share of the surplus creep supply that closes voids",
     .source = "fit, docs/theory.md (0.1-1)",
     .offset = offsetof(VoidContact, healing_fraction)},
    {.key = NULL}};

const ContactLaw contact_void = {.name = "void",
                                 .meaning = "Voids open when stripping outruns creep, close by creep and by plating",
                                 .parameters = declarations,
                                 .parameters_size = sizeof(VoidContact),
                                 .local_count = 1,
                                 .local_name = {"void_depth"},
                                 .local_unit = {"m"},
                                 .uses_needle = true,
                                 .smallest_bearing = smallest_bearing,
                                 .scales = scales,
                                 .initial = initial,
                                 .opening = opening,
                                 .rates = rates,
                                 .open_block = open_block,
                                 .rate_block = rate_block};
