/* The value of a key at which the outcome of a run changes, by bisection between the ends of a range. */
#include "sampler.h"
#include <math.h>

enum { MOST_RUNS = 200 };

/* Is the bracket as narrow as the tolerance asks? */
static bool IsNarrow(const StudyLimit *limit, double lower, double upper) {
  return upper - lower <= limit->tolerance * 0.5 * fabs(upper + lower);
}

PetscErrorCode LimitSearch(const StudyLimit *limit, const LimitRun *run, double found[4], char reason[], size_t size) {
  double share[2] = {0.0, 1.0}, value[2];
  int beyond[2] = {-1, -1}, state;
  PetscInt runs = 0;

  PetscFunctionBeginUser;
  found[0] = found[1] = found[2] = found[3] = NAN;
  for (int end = 0; end < 2; end++) {
    char *text;
    PetscCall(StudyRangeValue(&limit->parameter, share[end], &text, &value[end]));
    PetscCall(run->run(run->context, text, value[end], &beyond[end]));
    PetscCall(PetscFree(text));
    found[3] = (double)++runs;
    if (beyond[end] < 0) { /* the outcome of that run is the sample's */
      found[1] = found[2] = value[end];
      PetscFunctionReturn(0);
    }
  }
  if (beyond[0] == beyond[1]) {
    (void)snprintf(reason, size, "no limit from %s to %s: it is %s at both", limit->parameter.from, limit->parameter.to,
                   beyond[0] ? "passed" : "not passed");
    PetscFunctionReturn(0);
  }
  while (!IsNarrow(limit, value[0], value[1]) && runs < MOST_RUNS) {
    const double middle = 0.5 * (share[0] + share[1]);
    char *text;
    double number;
    if (middle <= share[0] || middle >= share[1]) {
      break;
    }
    PetscCall(StudyRangeValue(&limit->parameter, middle, &text, &number));
    PetscCall(run->run(run->context, text, number, &state));
    PetscCall(PetscFree(text));
    found[3] = (double)++runs;
    if (state < 0) {
      found[1] = found[2] = number;
      PetscFunctionReturn(0);
    }
    share[state == beyond[1]] = middle;
    value[state == beyond[1]] = number;
  }
  found[0] = limit->parameter.logarithmic ? sqrt(value[0] * value[1]) : 0.5 * (value[0] + value[1]);
  found[1] = value[0];
  found[2] = value[1];
  PetscFunctionReturn(0);
}
