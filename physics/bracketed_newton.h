/* A root of an increasing function of one number: Newton's method, kept in a bracket. The caller evaluates and decides
   when it has arrived; a step narrows the bracket and says where to look next.

     BracketedNewton newton = {.low = ..., .high = ...};
     for (...) {
       next = bracketed_newton_step(&newton, x, f(x), f'(x));
       if (arrived(next - x)) { ... }
       x = next;
     } */
#ifndef LISEI_BRACKETED_NEWTON_H
#define LISEI_BRACKETED_NEWTON_H

#include <math.h>
#include <stdbool.h>

typedef struct {
  double low, high; /* the root lies between them; may be infinite */
  bool by_factors;  /* leave the bracket's middle for that of the exponents, where the bounds are far apart: numbers of
                       any size, 1e-12 to 1e300, are reached in a few steps; an infinite side is searched by factors */
  double stride; /* > 0: an infinite side is searched by it, doubled each time, and a step in a finite bracket that is
                    longer than half of the last one is replaced by halving, as Newton's method may go to and fro */
  double last;   /* size of the last step; starts as 0 */
} BracketedNewton;

/* Where to look when a Newton step has left the bracket. */
static inline double bracketed_newton_middle(const BracketedNewton *b) {
  const double low = b->low, high = b->high;

  if (isinf(low)) {
    return b->stride > 0.0 ? high - b->stride : high < 0.0 ? 16.0 * high : -1.0;
  }
  if (isinf(high)) {
    return b->stride > 0.0 ? low + b->stride : low > 0.0 ? 16.0 * low : 1.0;
  }
  if (b->by_factors && low > 0.0 && high > 4.0 * low) {
    return sqrt(low) * sqrt(high);
  }
  if (b->by_factors && high < 0.0 && low < 4.0 * high) {
    return -sqrt(-low) * sqrt(-high);
  }
  return 0.5 * low + 0.5 * high;
}

/* From x with the function's value and slope there. */
static inline double bracketed_newton_step(BracketedNewton *b, double x, double value, double slope) {
  double next = x - value / slope;
  bool inside;

  if (value > 0.0) {
    b->high = x;
    inside = next > b->low && next <= b->high;
  } else {
    b->low = x;
    inside = next >= b->low && next < b->high;
  }
  if (!inside || !(slope > 0.0)) {
    b->stride *= 2.0;
    next = bracketed_newton_middle(b);
  }
  if (b->stride > 0.0 && isfinite(b->high - b->low) && b->last > 0.0 && fabs(next - x) > 0.5 * b->last) {
    next = 0.5 * b->low + 0.5 * b->high;
  }
  b->last = fabs(next - x);
  return next;
}

#endif
