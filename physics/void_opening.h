/* What the laws `void` and `void_reservoir` share: how much of a ring touches when voids of a depth s have opened, and
   the widths over which their switches are smooth.

     theta_v = theta_min + (1 - theta_min) sp(1 - [(s^2 + e^2)^(1/3) - e^(2/3)]/s0^(2/3))/sp(1)

   This is 1 - (s/s0)^(2/3), area against volume of voids of one shape, with a finite slope at s = 0 by e = 0.1 nm and a
   floor. Here and in all that follows s stands for sp(s), so that a void depth overshot below zero counts as zero;
   sp(1) = 1 + 2.5e-7 keeps theta_v <= 1. sp(x, d) = (x + sqrt(x^2 + d^2))/2.
   Source: closure of docs/theory.md, "Contact". */
#ifndef LISEI_VOID_OPENING_H
#define LISEI_VOID_OPENING_H

#include "constants.h"
#include "smooth.h"

#define DEPTH_WIDTH 1e-12    /* [m] of sp(s) */
#define OPENING_DEPTH 1e-10  /* [m] e */
#define FRACTION_WIDTH 1e-3  /* [1] of the floor of theta_v */
#define CURRENT_WIDTH 1e-2   /* [A/m^2] between plating and stripping */
#define VELOCITY_WIDTH 1e-11 /* [m/s] between opening and closing */
#define EMPTY_DEPTH 5e-10    /* [m] void depth below which closing fades: s/(s + EMPTY_DEPTH) */

/* s^(2/3) for s >= 0 */
static inline double two_thirds_power(double s) {
  return cube_root(s * s);
}

/* theta_v at the smoothed depth s = sp(s) >= 0 [m] */
static inline double void_touching_fraction(double s, double depth_limit, double smallest_fraction) {
  const double square = 1.0 / (depth_limit * depth_limit), edge = OPENING_DEPTH * OPENING_DEPTH * square;
  const double opened = cube_root(s * s * square + edge) - cube_root(edge);
  const double full = 0.5 * (1.0 + sqrt(1.0 + FRACTION_WIDTH * FRACTION_WIDTH));
  return smallest_fraction + (1.0 - smallest_fraction) * smooth_positive(1.0 - opened, FRACTION_WIDTH) / full;
}

#endif
