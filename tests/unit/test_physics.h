/* What the tests of the laws share. */
#ifndef LISEI_TEST_PHYSICS_H
#define LISEI_TEST_PHYSICS_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above first */
#include <cmocka.h>

/* |value - reference| <= relative |reference| + absolute; a NaN fails. */
#define assert_near(value, reference, relative, absolute)                                                              \
  do {                                                                                                                 \
    const double near_value = (value), near_reference = (reference);                                                   \
    const double near_bound = (relative)*fabs(near_reference) + (absolute);                                            \
    if (!(fabs(near_value - near_reference) <= near_bound)) {                                                          \
      fail_msg("%s = %.17g, expected %.17g within %.3g", #value, near_value, near_reference, near_bound);              \
    }                                                                                                                  \
  } while (0)
#define assert_relative(value, reference, relative) assert_near(value, reference, relative, 0.0)
#define assert_between(value, low, high)                                                                               \
  do {                                                                                                                 \
    const double between_value = (value);                                                                              \
    if (!(between_value >= (low) && between_value <= (high))) {                                                        \
      fail_msg("%s = %.17g is not in [%.17g, %.17g]", #value, between_value, (double)(low), (double)(high));           \
    }                                                                                                                  \
  } while (0)

#endif
