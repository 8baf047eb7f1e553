/* Smooth stand-ins for max(x, 0), so that an implicit integrator meets no kinks. */
#ifndef LISEI_SMOOTH_H
#define LISEI_SMOOTH_H

#include <math.h>

/* Smooth positive part (x + sqrt(x^2 + d^2))/2: x for x >> d, 0 for x << -d, d/2 at x = 0; sp(x) - sp(-x) = x exactly.
   d in the unit of x, positive. */
static inline double smooth_positive(double x, double d) {
  const double root = sqrt(x * x + d * d);
  return x >= 0.0 ? 0.5 * (x + root) : 0.5 * d * d / (root - x); /* the second form does not cancel */
}

#endif
