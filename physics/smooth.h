/* Smooth stand-ins for max(x, 0), so that an implicit integrator meets no kinks; roots, exponential and logarithm of
   the contact laws. All are branch-free arithmetic, the same on every machine, so that a compiler can evaluate several
   rings at once (contact.h, ContactBlock). */
#ifndef LISEI_SMOOTH_H
#define LISEI_SMOOTH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* For loops over many rings. Such a loop is also compiled for four rings at a time, and the loader takes that where the
   processor can; the arithmetic is the same, rounded alike, so the numbers are, too (no multiplications are contracted
   with additions, see CMakeLists.txt). What the loop calls must be inlined, at any size. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__)
#define SEVERAL_AT_A_TIME __attribute__((target_clones("avx2", "default")))
#else
#define SEVERAL_AT_A_TIME
#endif
#ifdef __GNUC__
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE static inline
#endif

/* A number and its derivative with respect to what it was made from. */
typedef struct {
  double value, slope;
} Sloped;

/* Smooth positive part (x + sqrt(x^2 + d^2))/2: x for x >> d, 0 for x << -d, d/2 at x = 0; sp(x) - sp(-x) = x exactly.
   d in the unit of x, positive. Its slope is sp(x)/sqrt(x^2 + d^2). */
ALWAYS_INLINE Sloped smooth_positive_sloped(double x, double d) {
  const double root = sqrt(x * x + d * d), sum = root + fabs(x);
  const double value = x >= 0.0 ? 0.5 * sum : 0.5 * d * d / sum; /* the second form does not cancel */
  return (Sloped){value, value / root};
}

ALWAYS_INLINE double smooth_positive(double x, double d) {
  return smooth_positive_sloped(x, d).value;
}

/* Positive part that is exactly 0 for x <= 0, so that rest stays rest: x^3/(x^2 + d^2) for x > 0, twice continuously
   differentiable, within d^2/x of x. For rates; unlike sp, ramp(x) - ramp(-x) is not x where |x| is near d. */
ALWAYS_INLINE Sloped ramp_sloped(double x, double d) {
  const double positive = x > 0.0 ? x : 0.0, share = positive * positive / (positive * positive + d * d);
  return (Sloped){positive * share, share * (3.0 - 2.0 * share)};
}

/* x/(|x| + edge): 0 at x = 0 with a continuous slope. A rate that fades with what it uses up leads back to 0 from both
   sides, should a step have overshot it. */
ALWAYS_INLINE Sloped fading_sloped(double x, double edge) {
  const double sum = fabs(x) + edge;
  return (Sloped){x / sum, edge / (sum * sum)};
}

ALWAYS_INLINE uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

ALWAYS_INLINE double double_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* Whole numbers below 2^52 as doubles and back, without the conversions that vector units lack. */
#define TWO_TO_52 4503599627370496.0
#define TWO_TO_52_BITS 0x4330000000000000U

/* Cube root of x >= 0 to 2e-14: a third of the exponent as a first guess, then Halley's method. Contact laws
   spend much of their time here; this is several times as fast as cbrt, which also serves signs and denormals. */
ALWAYS_INLINE double cube_root(double x) {
  const double high = double_of(bits_of(x) >> 32 | TWO_TO_52_BITS) - TWO_TO_52;
  const double third = high * (1.0 / 3.0) + (double)0x2A9F7893;
  double t = double_of(bits_of(third + TWO_TO_52) << 32), cube;

  cube = t * t * t;
  t *= (cube + 2.0 * x) / (2.0 * cube + x);
  cube = t * t * t;
  t *= (cube + 2.0 * x) / (2.0 * cube + x);
  return x > 0.0 ? t : 0.0;
}

/* exp(x) to 4e-16; beyond +-708 as there. x = n ln 2 + f with |f| <= ln(2)/2, then Taylor's series. */
ALWAYS_INLINE double exponential(double x) {
  const double bounded = x < -708.0 ? -708.0 : (x > 708.0 ? 708.0 : x);  /* a NaN stays one */
  const double shifted = bounded * 1.4426950408889634 + 1.5 * TWO_TO_52; /* the sum rounds to the whole number n */
  const double n = shifted - 1.5 * TWO_TO_52;
  const double f = (bounded - n * 0x1.62e42fefa0000p-1) - n * 0x1.cf79abc9e3b39p-40; /* ln 2 in two parts */
  double sum = 1.0 / 6227020800.0;

  sum = sum * f + 1.0 / 479001600.0;
  sum = sum * f + 1.0 / 39916800.0;
  sum = sum * f + 1.0 / 3628800.0;
  sum = sum * f + 1.0 / 362880.0;
  sum = sum * f + 1.0 / 40320.0;
  sum = sum * f + 1.0 / 5040.0;
  sum = sum * f + 1.0 / 720.0;
  sum = sum * f + 1.0 / 120.0;
  sum = sum * f + 1.0 / 24.0;
  sum = sum * f + 1.0 / 6.0;
  sum = sum * f + 0.5;
  sum = sum * f * f + f + 1.0;
  return sum * double_of((bits_of(shifted) + 1023U) << 52);
}

/* ln(x) of a normal x > 0 to 4e-16 (absolute near 1): x = 2^n m with m about 1, then the series of atanh((m - 1)/(m +
   1)). */
ALWAYS_INLINE double logarithm(double x) {
  const uint64_t shifted = bits_of(x) - 0x3FE6A09E00000000U; /* bits of sqrt(1/2) */
  const double n = double_of(((shifted + 0x4000000000000000U) >> 52) | TWO_TO_52_BITS) - (TWO_TO_52 + 1024.0);
  const double m = double_of((shifted & 0x000FFFFFFFFFFFFFU) + 0x3FE6A09E00000000U);
  const double f = (m - 1.0) / (m + 1.0), square = f * f;
  double sum = 1.0 / 21.0;

  sum = sum * square + 1.0 / 19.0;
  sum = sum * square + 1.0 / 17.0;
  sum = sum * square + 1.0 / 15.0;
  sum = sum * square + 1.0 / 13.0;
  sum = sum * square + 1.0 / 11.0;
  sum = sum * square + 1.0 / 9.0;
  sum = sum * square + 1.0 / 7.0;
  sum = sum * square + 1.0 / 5.0;
  sum = sum * square + 1.0 / 3.0;
  return n * 0.6931471805599453 + (2.0 * f + 2.0 * f * square * sum);
}

#endif
