#include "number_text.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* value = digits * 10^-shift is worked out in long double, whose 64 bits (or more) hold 17 decimal digits with an error
   of at most 0.03 of the last one for |shift| <= 54; a candidate is taken when it lies safely within
   half a unit of the last place of `value`. Everything else, and machines whose long double is a double, goes to
   printf. */
#define LARGEST_POWER 27 /* 10^27 = 5^27 2^27 is exact in 64 bits */

static const long double power[LARGEST_POWER + 1] = {
    1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
    1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};

static long double Scale(long double x, int exponent) {
  for (; exponent > LARGEST_POWER; exponent -= LARGEST_POWER) {
    x *= power[LARGEST_POWER];
  }
  for (; exponent < -LARGEST_POWER; exponent += LARGEST_POWER) {
    x /= power[LARGEST_POWER];
  }
  return exponent < 0 ? x / power[-exponent] : x * power[exponent];
}

/* Digits d1 d2 ... with the decimal exponent of d1, as printf's %g lays them out. */
static int LayOut(int negative, uint64_t number, int exponent, char text[]) {
  char digits[24];
  int count = 0, n = 0, i;

  while (number % 10 == 0) {
    number /= 10;
  }
  for (; number; number /= 10) { /* last digit first */
    digits[count++] = (char)('0' + (char)(number % 10));
  }
  if (negative) {
    text[n++] = '-';
  }
  if (exponent < -4 || exponent >= 17) {
    text[n++] = digits[count - 1];
    if (count > 1) {
      text[n++] = '.';
    }
    for (i = count - 2; i >= 0; i--) {
      text[n++] = digits[i];
    }
    text[n++] = 'e';
    text[n++] = exponent < 0 ? '-' : '+';
    text[n++] = (char)('0' + abs(exponent) / 10); /* never more than two digits here */
    text[n++] = (char)('0' + abs(exponent) % 10);
    text[n] = '\0';
    return n;
  }
  if (exponent < 0) {
    text[n++] = '0';
    text[n++] = '.';
    for (i = -1; i > exponent; i--) {
      text[n++] = '0';
    }
  }
  for (i = 0; i < count || i <= exponent; i++) {
    if (i == exponent + 1 && exponent >= 0) {
      text[n++] = '.';
    }
    text[n++] = i < count ? digits[count - 1 - i] : '0';
  }
  text[n] = '\0';
  return n;
}

int NumberText(double value, char text[]) {
  const double size = fabs(value);
  double half_unit; /* half the distance to the next number */
  int exponent, wanted, binary;

  if (size == 0.0) {
    return snprintf(text, NUMBER_TEXT_LENGTH, signbit(value) ? "-0" : "0");
  }
  if (size < 1e6 && size == (double)(int)size) { /* a count */
    for (exponent = 0; power[exponent + 1] <= (long double)size; exponent++) {
    }
    return LayOut(value < 0.0, (uint64_t)size, exponent, text);
  }
  if (!isfinite(value) || size < 1e-36 || size > 1e36 || LDBL_MANT_DIG < 64) {
    return snprintf(text, NUMBER_TEXT_LENGTH, "%.17g", value);
  }
  frexp(size, &binary);
  half_unit = ldexp(1.0, binary - 54);
  exponent = (int)floor(log10(size));
  for (wanted = 15; wanted <= 17; wanted++) {
    const int shift = wanted - 1 - exponent;
    const uint64_t number = (uint64_t)(Scale((long double)size, shift) + 0.5L);
    const long double error = fabsl(Scale((long double)number, -shift) - (long double)size);
    if (number && error < 0.997L * (long double)half_unit) {
      /* log10 may be off by one next to a power of ten; the number of digits tells the exponent. */
      const int length = wanted + (number >= (uint64_t)power[wanted]) - (number < (uint64_t)power[wanted - 1]);
      return LayOut(value < 0.0, number, exponent + length - wanted, text);
    }
  }
  return snprintf(text, NUMBER_TEXT_LENGTH, "%.17g", value);
}
