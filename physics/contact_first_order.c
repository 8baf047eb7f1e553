/* Minimal contact law: stripping loses contact, time heals it.

     d theta/dt = -k_s max(i, 0) theta + k_h (1 - theta)

   i per nominal area, anodic positive.
   Source: a verification problem, not a model of lithium. Not smooth at i = 0 by definition; an integrator that stops
   at the sign change sees smooth pieces. The contact fraction used is min[(theta + sqrt(theta^2 + 1e-16))/2, 1]: theta
   to rounding above 1e-3, but positive and at most 1 where a step or a Newton iterate overshoots.
   Limits: constant i: theta = theta_inf + (theta_0 - theta_inf) exp(-(k_s i + k_h) t) with theta_inf = k_h/(k_s i +
   k_h); i <= 0: 1 - theta decays with k_h. */
#include "constants.h"
#include "contact_laws.h"

static void scales(const void *parameters, double scale[]) {
  (void)parameters;
  scale[0] = 1.0;
}

static void initial(const void *parameters, const ContactRing *ring, double x[]) {
  (void)ring;
  x[0] = ((const FirstOrderContact *)parameters)->initial_contact_fraction;
}

/* Between 0 and 1 whatever theta; at 1 with the slope from below. */
static Sloped touching_fraction(double theta) {
  const Sloped positive = smooth_positive_sloped(theta, 1e-8);
  return positive.value <= 1.0 ? positive : (Sloped){1.0, 0.0};
}

static ContactOpening opening(const void *parameters, const double x[]) {
  const double fraction = touching_fraction(x[0]).value;
  (void)parameters;
  return (ContactOpening){fraction, fraction};
}

static double rates(const void *parameters, const ContactRing *ring, const double x[], const ContactOpening *touching,
                    const ContactDrive *drive, double dxdt[]) {
  const FirstOrderContact *p = parameters;
  const double stripping = drive->current_density > 0.0 ? drive->current_density : 0.0;

  (void)ring;
  (void)touching;
  dxdt[0] = -p->loss_coefficient * stripping * x[0] + p->healing_rate * (1.0 - x[0]);
  return LITHIUM_VOLUME_PER_CHARGE * drive->current_density; /* the law knows no void volume */
}

static void open_block(const void *parameters, ContactBlock *block) {
  (void)parameters;
  for (int j = 0; j < CONTACT_BLOCK; j++) {
    const Sloped fraction = touching_fraction(block->x[0][j]);
    block->contact_fraction[j] = block->bearing_fraction[j] = fraction.value;
    block->contact_fraction_by[0][j] = block->bearing_fraction_by[0][j] = fraction.slope;
  }
}

static void rate_block(const void *parameters, ContactBlock *block) {
  const FirstOrderContact *p = parameters;

  for (int j = 0; j < CONTACT_BLOCK; j++) {
    const double i = block->current_density[j], x = block->x[0][j], stripping = i > 0.0 ? i : 0.0;
    block->rate[0][j] = -p->loss_coefficient * stripping * x + p->healing_rate * (1.0 - x);
    block->rate_by[0][0][j] = -p->loss_coefficient * stripping - p->healing_rate;
    block->rate_by[0][BY_CURRENT_DENSITY][j] = i > 0.0 ? -p->loss_coefficient * x : 0.0;
    block->approach[j] = LITHIUM_VOLUME_PER_CHARGE * i;
    block->approach_by[BY_CURRENT_DENSITY][j] = LITHIUM_VOLUME_PER_CHARGE;
  }
}

static const Parameter declarations[] = {{.key = "initial_contact_fraction",
                                          .kind = PARAMETER_REAL,
                                          .unit = "1",
                                          .fallback = "1",
                                          .minimum = 1e-6,
                                          .maximum = 1.0,
                                          .meaning = "Share of the nominal contact area that touches at the start",
                                          .source = NULL,
                                          .offset = offsetof(FirstOrderContact, initial_contact_fraction)},
                                         {.key = "loss_coefficient",
                                          .kind = PARAMETER_REAL,
                                          .unit = "m2 A-1 s-1",
                                          .shown = "cm2 mA-1 s-1",
                                          .fallback = "0.02 cm2 mA-1 s-1",
                                          .minimum = 0.0,
                                          .maximum = 1e6,
                                          .meaning = "Relative loss of contact per stripped charge density",
                                          .source = "verification problem",
                                          .offset = offsetof(FirstOrderContact, loss_coefficient)},
                                         {.key = "healing_rate",
                                          .kind = PARAMETER_REAL,
                                          .unit = "s-1",
                                          .fallback = "0.005 s-1",
                                          .minimum = 0.0,
                                          .maximum = 1e6,
                                          .meaning = "Rate at which lost contact heals",
                                          .source = "verification problem",
                                          .offset = offsetof(FirstOrderContact, healing_rate)},
                                         {.key = NULL}};

const ContactLaw contact_first_order = {.name = "first_order",
                                        .meaning =
                                            "Stripping loses contact in proportion to the current, time heals it",
                                        .parameters = declarations,
                                        .parameters_size = sizeof(FirstOrderContact),
                                        .local_count = 1,
                                        .local_name = {"touching_fraction"},
                                        .local_unit = {"1"},
                                        .scales = scales,
                                        .initial = initial,
                                        .opening = opening,
                                        .rates = rates,
                                        .open_block = open_block,
                                        .rate_block = rate_block};
