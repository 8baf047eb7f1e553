#include "bracket.h"
#include <math.h>

static const double closed = 1e-8; /* [1] of a bracket: what the solves leave */
static const double least_order = 0.1;
static const double share = 0.25; /* of the bracket, in the error */

BracketEstimate BracketExtrapolate(Bracket coarse, Bracket fine) {
  const double wide = fabs(log(coarse.upper / coarse.lower)), narrow = fabs(log(fine.upper / fine.lower));
  const double mean = 0.5 * log(fine.lower * fine.upper), change = mean - 0.5 * log(coarse.lower * coarse.upper);
  const double order = log2(wide / narrow);
  BracketEstimate estimate = {.value = exp(mean), .order = NAN, .converging = true};

  if (narrow < closed) { /* false for NaN */
    estimate.error = fabs(change) + narrow;
  } else if (order > least_order) {
    const double weight = narrow / (wide - narrow);
    estimate.value = exp(mean + fmin(weight, 1.0) * change);
    estimate.error = fmax(weight, 1.0) * fabs(change) + share * narrow;
    estimate.order = order;
  } else {
    estimate.error = fabs(change) + 0.5 * narrow;
    estimate.converging = false;
  }
  return estimate;
}
