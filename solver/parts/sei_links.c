#include "sei_links.h"
#include "../../physics/smooth.h"
#include <math.h>
#include <stdbool.h>

PetscErrorCode SeiLinksCreate(PetscInt count, PetscBool nonlinear, SeiLinks *links) {
  const PetscInt halves = nonlinear ? count : 0;

  PetscFunctionBeginUser;
  *links = (SeiLinks){.count = count, .nonlinear = nonlinear};
  PetscCall(PetscCalloc4(halves, &links->near_resistance, halves, &links->far_resistance, halves, &links->near_voltage,
                         halves, &links->far_voltage));
  PetscCall(PetscCalloc6(count, &links->series, count, &links->scale, count, &links->drop, count, &links->slope, count,
                         &links->error, count, &links->conductance));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLinksDestroy(SeiLinks *links) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(links->near_resistance, links->far_resistance, links->near_voltage, links->far_voltage));
  PetscCall(PetscFree6(links->series, links->scale, links->drop, links->slope, links->error, links->conductance));
  links->count = 0;
  PetscFunctionReturn(0);
}

/* asinh(x)/x from y = x^2: eight terms of the series are exact to rounding below the limit. */
#define SERIES_LIMIT 0.1
static inline double AsinhSeries(double y) {
  return 1.0 +
         y * (-1.0 / 6.0 +
              y * (3.0 / 40.0 + y * (-15.0 / 336.0 +
                                     y * (105.0 / 3456.0 + y * (-945.0 / 42240.0 + y * (10395.0 / 599040.0 -
                                                                                        y * 135135.0 / 9676800.0))))));
}

/* asinh(x) and sqrt(1 + x^2) */
static inline double Asinh(double x, double *root) {
  const double y = x * x, size = fabs(x);

  if (size < SERIES_LIMIT) {
    *root = sqrt(1.0 + y);
    return x * AsinhSeries(y);
  }
  if (size < 1e150) {
    *root = sqrt(1.0 + y);
    return copysign(log(size + *root), x);
  }
  *root = size;
  return copysign(log(size) + 0.69314718055994530942, x);
}

double SeiHalfDrop(double resistance, double voltage, double flow, double *slope) {
  double root, reduced;

  if (isinf(voltage)) {
    *slope = resistance;
    return resistance * flow;
  }
  reduced = Asinh(resistance * flow / voltage, &root);
  *slope = resistance / root;
  return voltage * reduced;
}

enum { CHUNK = 64 }; /* links that are looked at together */

/* Are all of them where the series of asinh is exact? */
SEVERAL_AT_A_TIME static bool NearlyLinear(const SeiLinks *links, const double flow[], PetscInt first, PetscInt last) {
  double largest = 0.0;

  for (PetscInt l = first; l < last; l++) {
    const double near = fabs(links->near_resistance[l] * flow[l]) - SERIES_LIMIT * links->near_voltage[l];
    const double far = fabs(links->far_resistance[l] * flow[l]) - SERIES_LIMIT * links->far_voltage[l];
    const double worse = near > far ? near : far;
    largest = worse > largest ? worse : largest;
  }
  return largest <= 0.0;
}

/* Without a branch, so that several links are worked out at a time. */
SEVERAL_AT_A_TIME static void EvaluateSeries(SeiLinks *links, const double flow[], PetscInt first, PetscInt last) {
  const double *restrict near_resistance = links->near_resistance, *restrict far_resistance = links->far_resistance;
  const double *restrict near_voltage = links->near_voltage, *restrict far_voltage = links->far_voltage;
  const double *restrict series = links->series, *restrict f = flow;
  double *restrict drop = links->drop, *restrict slope = links->slope;

  for (PetscInt l = first; l < last; l++) {
    const double near = near_resistance[l] * f[l], far = far_resistance[l] * f[l];
    const double x = near / near_voltage[l], y = far / far_voltage[l];
    drop[l] = series[l] * f[l] + near * AsinhSeries(x * x) + far * AsinhSeries(y * y);
    slope[l] = series[l] + near_resistance[l] / sqrt(1.0 + x * x) + far_resistance[l] / sqrt(1.0 + y * y);
  }
}

static void EvaluateLaw(SeiLinks *links, const double flow[], PetscInt first, PetscInt last) {
  for (PetscInt l = first; l < last; l++) {
    double near_slope, far_slope;
    const double near = SeiHalfDrop(links->near_resistance[l], links->near_voltage[l], flow[l], &near_slope);
    const double far = SeiHalfDrop(links->far_resistance[l], links->far_voltage[l], flow[l], &far_slope);
    links->drop[l] = links->series[l] * flow[l] + near + far;
    links->slope[l] = links->series[l] + near_slope + far_slope;
  }
}

void SeiLinksEvaluate(SeiLinks *links, const double flow[]) {
  if (!links->nonlinear) {
    for (PetscInt l = 0; l < links->count; l++) {
      links->drop[l] = links->series[l] * flow[l];
      links->slope[l] = links->series[l];
    }
    return;
  }
  for (PetscInt first = 0; first < links->count; first += CHUNK) {
    const PetscInt last = PetscMin(first + CHUNK, links->count);
    if (NearlyLinear(links, flow, first, last)) {
      EvaluateSeries(links, flow, first, last);
    } else {
      EvaluateLaw(links, flow, first, last);
    }
  }
}

/* asinh(factor sinh(x)) for x, factor > 0 without overflow */
static double ScaledHyperbola(double factor, double x) {
  return x > 300.0 ? x + log(factor) : asinh(factor * sinh(x));
}

/* With f = s sinh(w), s the smallest V/R, every part's drop is convex in w > 0: Newton from an upper bound, where one
   part takes the whole drop, descends to the root without overshooting. */
double SeiLinkFlow(const SeiLinks *links, PetscInt l, double drop) {
  const double resistance[2] = {links->near_resistance[l], links->far_resistance[l]};
  const double voltage[2] = {links->near_voltage[l], links->far_voltage[l]};
  const double wanted = fabs(drop);
  double smallest = INFINITY, w = INFINITY;

  if (wanted == 0.0) {
    return 0.0;
  }
  for (int n = 0; n < 2; n++) {
    smallest = resistance[n] > 0.0 ? fmin(smallest, voltage[n] / resistance[n]) : smallest;
  }
  for (int n = 0; n < 2; n++) {
    if (resistance[n] > 0.0) {
      w = fmin(w, ScaledHyperbola(voltage[n] / resistance[n] / smallest, wanted / voltage[n]));
    }
  }
  if (links->series[l] > 0.0) {
    w = fmin(w, asinh(wanted / (links->series[l] * smallest)));
  }
  for (int iteration = 0; iteration < 200 && w < 700.0; iteration++) {
    const double sine = sinh(w), cosine = cosh(w);
    double excess = links->series[l] * smallest * sine - wanted, slope = links->series[l] * smallest * cosine, step;
    for (int n = 0; n < 2; n++) {
      const double ratio = smallest * resistance[n] / voltage[n];
      excess += voltage[n] * asinh(ratio * sine);
      slope += voltage[n] * ratio * cosine / hypot(1.0, ratio * sine);
    }
    step = excess / slope;
    w = fmax(w - step, 0.0);
    if (step <= 2e-16 * w) {
      return copysign(smallest * sinh(w), drop);
    }
  }
  return NAN;
}
