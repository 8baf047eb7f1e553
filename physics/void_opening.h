/* What the laws `void` and `void_reservoir` share: how much of a ring touches when voids of a depth s have opened, and
   the widths over which their switches are smooth.

     theta_v = theta_min + (1 - theta_min) sp(1 - [(s^2 + e^2)^(1/3) - e^(2/3)]/s0^(2/3))/sp(1)

   This is 1 - (s/s0)^(2/3), area against volume of voids of one shape, with a finite slope at s = 0 by e = 0.1 nm and a
   floor. Here s stands for sp(s), so that a void depth overshot below zero counts as zero;
   sp(1) = 1 + 2.5e-7 keeps theta_v <= 1. sp(x, d) = (x + sqrt(x^2 + d^2))/2.
   Source: closure of docs/theory.md, "Contact". */
#ifndef LISEI_VOID_OPENING_H
#define LISEI_VOID_OPENING_H

#include "constants.h"
#include "contact.h"
#include "smooth.h"

#define DEPTH_WIDTH 1e-12    /* [m] of sp(s) */
#define OPENING_DEPTH 1e-10  /* [m] e */
#define FRACTION_WIDTH 1e-3  /* [1] of the floor of theta_v */
#define CURRENT_WIDTH 1e-2   /* [A/m^2] between plating and stripping */
#define VELOCITY_WIDTH 1e-11 /* [m/s] between opening and closing */
#define EMPTY_DEPTH 5e-10    /* [m] void depth below which closing fades: s/(|s| + EMPTY_DEPTH) */

/* s^(2/3) for s >= 0 */
ALWAYS_INLINE Sloped two_thirds_power(double s) {
  const double power = cube_root(s * s);
  return (Sloped){power, 2.0 / 3.0 * power / (s + 1e-300)}; /* s is a smoothed number, which is not zero */
}

/* (1 - theta)^(1/3); where theta is 1, nothing is left to change. */
ALWAYS_INLINE Sloped void_share_power(double theta) {
  const double power = cube_root(1.0 - theta);
  return (Sloped){power, -1.0 / 3.0 * power / (1.0 - theta + 1e-300)};
}

/* theta_v at the void depth x [m], of which s is the smoothed value */
ALWAYS_INLINE Sloped void_touching_fraction(double x, double depth_limit, double smallest_fraction) {
  const Sloped s = smooth_positive_sloped(x, DEPTH_WIDTH);
  const double square = 1.0 / (depth_limit * depth_limit), edge = OPENING_DEPTH * OPENING_DEPTH * square;
  const double sum = s.value * s.value * square + edge, root = cube_root(sum);
  const double opened_slope = root / (3.0 * sum) * 2.0 * s.value * square * s.slope;
  const double full = 0.5 * (1.0 + sqrt(1.0 + FRACTION_WIDTH * FRACTION_WIDTH));
  const Sloped left = smooth_positive_sloped(1.0 - (root - cube_root(edge)), FRACTION_WIDTH);
  const double share = (1.0 - smallest_fraction) / full;
  return (Sloped){smallest_fraction + share * left.value, -share * left.slope * opened_slope};
}

/* The body follows what is stripped and not left as a void: G i - ds/dt, s the state of the index `depth`. */
ALWAYS_INLINE void void_approach(int depth, ContactBlock *block) {
  for (int j = 0; j < CONTACT_BLOCK; j++) {
    block->approach[j] = LITHIUM_VOLUME_PER_CHARGE * block->current_density[j] - block->rate[depth][j];
  }
  for (int k = 0; k < CONTACT_ARGUMENTS; k++) {
    const double stripped = k == BY_CURRENT_DENSITY ? LITHIUM_VOLUME_PER_CHARGE : 0.0;
    for (int j = 0; j < CONTACT_BLOCK; j++) {
      block->approach_by[k][j] = stripped - block->rate_by[depth][k][j];
    }
  }
}

#endif
