/* Smooth stand-ins for max(x, 0), so that an implicit integrator meets no kinks; the cube root of the contact laws. */
#ifndef LISEI_SMOOTH_H
#define LISEI_SMOOTH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Smooth positive part (x + sqrt(x^2 + d^2))/2: x for x >> d, 0 for x << -d, d/2 at x = 0; sp(x) - sp(-x) = x exactly.
   d in the unit of x, positive. */
static inline double smooth_positive(double x, double d) {
  const double root = sqrt(x * x + d * d);
  return x >= 0.0 ? 0.5 * (x + root) : 0.5 * d * d / (root - x); /* the second form does not cancel */
}

/* Cube root of x >= 0 to 2e-14: a third of the exponent as a first guess, then Halley's method. Contact laws
   spend most of their time here; this is several times as fast as cbrt, which also serves signs and denormals. */
static inline double cube_root(double x) {
  uint64_t bits;
  double t, cube;

  memcpy(&bits, &x, sizeof bits);
  bits = bits / 3 + 0x2A9F7893782DA1CEU;
  memcpy(&t, &bits, sizeof t);
  for (int k = 0; k < 2; k++) {
    cube = t * t * t;
    t *= (cube + 2.0 * x) / (2.0 * cube + x);
  }
  return x > 0.0 ? t : 0.0;
}

#endif
