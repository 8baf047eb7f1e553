/* Measures of voltammograms. A half of a cycle goes from 0 V to a vertex (forward) and back (reverse), both as
   magnitudes over the magnitude of the potential; between rows the curves are straight. The definitions are those with
   which the paper's curves are read (scripts/paper/curves.py). */
#include "measure.h"
#include <math.h>

enum { GRID = 181 };                               /* instants at which two ways are compared */
static const double lowest = 0.1, highest = 0.995; /* [1] of the vertex: there; below, both currents vanish */
static const double least_vertex = 1e-6;           /* [V] */
static const double line_start = 0.3e-3;           /* [V] the beginning of a curve that is taken as straight */
static const double alive = 0.5;                   /* [1] of the largest conductance: the contact is not dead */

/* One way: rows from `first` to `last`, in the order of growing magnitude of the potential. */
typedef struct {
  PetscInt first, last;
  double side; /* sign of the potential */
} Way;

typedef struct {
  Way forward, reverse;
  double vertex; /* [V] */
  PetscInt cycle;
} Half;

static double Potential(const Recorder *r, PetscInt row) {
  return RecorderValue(r, row, RecorderColumn(r, "potential"));
}

/* The next half whose vertex stands behind row `after`; false: there is none. */
static bool NextHalf(const Recorder *r, PetscInt after, Half *half, PetscInt *row) {
  const PetscInt column = RecorderColumn(r, "potential");

  for (PetscInt k = after + 1; k + 1 < r->row_count; k++) {
    const double before = RecorderValue(r, k - 1, column), here = RecorderValue(r, k, column);
    const double side = here > 0.0 ? 1.0 : -1.0;
    PetscInt first = k, last = k;
    if (fabs(here) < least_vertex || (here - before) * side <= 0.0 ||
        (RecorderValue(r, k + 1, column) - here) * side >= 0.0) {
      continue;
    }
    while (first > 0 && (RecorderValue(r, first, column) - RecorderValue(r, first - 1, column)) * side > 0.0 &&
           RecorderValue(r, first, column) * side > 0.0) {
      first--;
    }
    while (last + 1 < r->row_count &&
           (RecorderValue(r, last + 1, column) - RecorderValue(r, last, column)) * side < 0.0 &&
           RecorderValue(r, last, column) * side > 0.0) {
      last++;
    }
    if (k - first < 3 || last - k < 3) {
      continue;
    }
    *half = (Half){.forward = {first, k, side},
                   .reverse = {last, k, side},
                   .vertex = fabs(here),
                   .cycle = (PetscInt)RecorderValue(r, k, RecorderColumn(r, "cycle"))};
    *row = k;
    return true;
  }
  return false;
}

/* The first half on that side (0: any) in the cycle (0: any). */
static bool FindHalf(const Recorder *r, double side, PetscInt cycle, Half *half) {
  PetscInt row = 0;

  while (NextHalf(r, row, half, &row)) {
    if ((side == 0.0 || half->forward.side == side) && (!cycle || half->cycle == cycle)) {
      return true;
    }
  }
  return false;
}

/* A quantity on a way at a magnitude of the potential [V]. */
static double At(const Recorder *r, const Way *way, double (*quantity)(const Recorder *, PetscInt row),
                 double overpotential) {
  const PetscInt step = way->last > way->first ? 1 : -1;

  for (PetscInt k = way->first; k != way->last; k += step) {
    const double low = fabs(Potential(r, k)), high = fabs(Potential(r, k + step));
    if (high >= overpotential) {
      const double a = quantity(r, k), b = quantity(r, k + step);
      return way->side * (low >= overpotential ? a : a + (b - a) * (overpotential - low) / (high - low));
    }
  }
  return way->side * quantity(r, way->last);
}

static double Current(const Recorder *r, PetscInt row) {
  return RecorderValue(r, row, RecorderColumn(r, "current"));
}

static double CurrentAt(const Recorder *r, const Way *way, double overpotential) {
  return At(r, way, Current, overpotential);
}

double MeasurePolarisation(const MeasuredRun *run, const Measure *measure) {
  Half half;

  if (!FindHalf(run->recorder, 0.0, measure->cycle, &half) || half.vertex < measure->at) {
    return NAN;
  }
  return measure->at / CurrentAt(run->recorder, &half.forward, measure->at) * run->area;
}

/* [V] the drop in the SEI: of a resolved one its work over the current, else that of the interface, which a lumped SEI
   is part of. */
static double SeiDrop(const Recorder *r, PetscInt row) {
  const PetscInt resolved = RecorderColumn(r, "sei_resistance");

  return resolved < 0 ? RecorderValue(r, row, RecorderColumn(r, "eta_interface"))
                      : RecorderValue(r, row, resolved) * RecorderValue(r, row, RecorderColumn(r, "current_density"));
}

static double Density(const Recorder *r, PetscInt row) {
  return RecorderValue(r, row, RecorderColumn(r, "current_density"));
}

double MeasureSeiResistance(const MeasuredRun *run, const Measure *measure) {
  const Recorder *r = run->recorder;
  Half half;

  if (!FindHalf(r, 0.0, measure->cycle, &half) || half.vertex < measure->at) {
    return NAN;
  }
  return At(r, &half.forward, SeiDrop, measure->at) / At(r, &half.forward, Density, measure->at);
}

/* Where the forward way leaves the straight line through the origin and its own beginning; NAN if never. */
static double Limit(const MeasuredRun *run, const Measure *measure, double side) {
  const Recorder *r = run->recorder;
  const PetscInt current = RecorderColumn(r, "current");
  double slope, before = 0.0, from = 0.0;
  Half half;

  if (!FindHalf(r, side, measure->cycle, &half)) {
    return NAN;
  }
  slope = CurrentAt(r, &half.forward, line_start) / line_start;
  for (PetscInt k = half.forward.first; k <= half.forward.last; k++) {
    const double eta = fabs(Potential(r, k)), value = side * RecorderValue(r, k, current);
    const double away = fabs(value / (slope * fmax(eta, 1e-12)) - 1.0);
    if (k > half.forward.first && eta > line_start && away >= measure->share) {
      return before >= measure->share ? eta : from + (measure->share - before) / (away - before) * (eta - from);
    }
    before = away;
    from = eta;
  }
  return NAN;
}

double MeasureLimitAnodic(const MeasuredRun *run, const Measure *measure) {
  return Limit(run, measure, 1.0);
}

double MeasureLimitCathodic(const MeasuredRun *run, const Measure *measure) {
  return Limit(run, measure, -1.0);
}

/* Smallest of the ratio reverse/forward, or of its inverse. */
static double Ratio(const Recorder *r, const Half *half, bool inverse) {
  double smallest = INFINITY;

  for (int k = 0; k < GRID; k++) {
    const double eta = half->vertex * (lowest + (highest - lowest) * k / (GRID - 1));
    const double ratio = CurrentAt(r, &half->reverse, eta) / CurrentAt(r, &half->forward, eta);
    smallest = fmin(smallest, inverse ? 1.0 / ratio : ratio);
  }
  return smallest;
}

double MeasureRatioAnodic(const MeasuredRun *run, const Measure *measure) {
  Half half;
  return FindHalf(run->recorder, 1.0, measure->cycle, &half) ? Ratio(run->recorder, &half, false) : NAN;
}

double MeasureRatioCathodic(const MeasuredRun *run, const Measure *measure) {
  Half half;
  return FindHalf(run->recorder, -1.0, measure->cycle, &half) ? Ratio(run->recorder, &half, true) : NAN;
}

/* [W] integral of a way's current over the potential */
static double Integral(const Recorder *r, const Way *way) {
  const PetscInt step = way->last > way->first ? 1 : -1, current = RecorderColumn(r, "current");
  double sum = 0.0;

  for (PetscInt k = way->first; k != way->last; k += step) {
    sum += 0.5 * way->side * (RecorderValue(r, k, current) + RecorderValue(r, k + step, current)) *
           (fabs(Potential(r, k + step)) - fabs(Potential(r, k)));
  }
  return sum;
}

static double Loop(const MeasuredRun *run, const Measure *measure, double side) {
  Half half;

  if (!FindHalf(run->recorder, side, measure->cycle, &half)) {
    return NAN;
  }
  return Integral(run->recorder, &half.forward) - Integral(run->recorder, &half.reverse);
}

double MeasureLoopAnodic(const MeasuredRun *run, const Measure *measure) {
  return Loop(run, measure, 1.0);
}

double MeasureLoopCathodic(const MeasuredRun *run, const Measure *measure) {
  return Loop(run, measure, -1.0);
}

/* [S] largest current of a half over the potential of its vertex */
static double Conductance(const Recorder *r, const Half *half) {
  const PetscInt current = RecorderColumn(r, "current");
  double peak = 0.0;

  for (PetscInt k = half->forward.first; k <= half->reverse.first; k++) {
    peak = fmax(peak, half->forward.side * RecorderValue(r, k, current));
  }
  return peak / half->vertex;
}

double MeasureClosingCycle(const MeasuredRun *run, const Measure *measure) {
  const Recorder *r = run->recorder;
  double largest = 0.0, closing = NAN;
  PetscInt row = 0;
  Half half;

  while (NextHalf(r, row, &half, &row)) {
    largest = fmax(largest, Conductance(r, &half));
  }
  row = 0;
  while (NextHalf(r, row, &half, &row)) {
    if (half.forward.side < 0.0) {
      continue;
    }
    if (Ratio(r, &half, false) < measure->share || Conductance(r, &half) < alive * largest) {
      closing = NAN;
    } else if (isnan(closing)) {
      closing = (double)half.cycle;
    }
  }
  return closing;
}
