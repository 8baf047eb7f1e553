/* asinh(i/i0) and sqrt(i^2 + i0^2) for any finite i without overflow: the inverse of a symmetric exponential law. */
#ifndef LISEI_ASINH_RATIO_H
#define LISEI_ASINH_RATIO_H

#include <math.h>

/* i of any sign, i0 > 0, same unit. *root is what the slope needs: d asinh(i/i0)/di = 1/root. */
static inline double asinh_ratio(double i, double i0, double *root) {
  const double x = i / i0;
  if (fabs(x) < 1e150) {
    *root = i0 * sqrt(1.0 + x * x);
    return asinh(x);
  }
  *root = fabs(i);
  return copysign(log(fabs(i)) - log(0.5 * i0), i); /* the square or even i/i0 may overflow here */
}

#endif
