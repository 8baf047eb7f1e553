#include "measure.h"
#include <math.h>

const char *const ReductionNames[] = {"last", "first", "largest", "smallest", "mean", NULL};

/* Is the row one of those that the measure looks at? */
static bool Counts(const Recorder *recorder, const Measure *measure, PetscInt row) {
  return (!measure->cycle ||
          RecorderValue(recorder, row, RecorderColumn(recorder, "cycle")) == (double)measure->cycle) &&
         (!measure->step ||
          RecorderValue(recorder, row, RecorderColumn(recorder, "protocol_step")) == (double)measure->step);
}

/* One number of a column: the rows that count, in order. The mean is that over time, of straight lines between them. */
static double Reduce(const MeasuredRun *run, const Measure *measure, const char *name, Reduction reduction) {
  const Recorder *recorder = run->recorder;
  const PetscInt column = RecorderColumn(recorder, name), time = RecorderColumn(recorder, "time");
  double first = NAN, last = NAN, largest = NAN, smallest = NAN, area = 0.0, start = 0.0, before = 0.0;

  for (PetscInt k = 0; column >= 0 && k < recorder->row_count; k++) {
    const double value = RecorderValue(recorder, k, column), now = RecorderValue(recorder, k, time);
    if (!Counts(recorder, measure, k)) {
      continue;
    }
    if (isnan(first)) {
      first = value;
      start = now;
    } else {
      area += 0.5 * (value + last) * (now - before);
    }
    largest = fmax(largest, value); /* of a number and NAN: the number */
    smallest = fmin(smallest, value);
    last = value;
    before = now;
  }
  return (const double[REDUCE_COUNT]){[REDUCE_LAST] = last,
                                      [REDUCE_FIRST] = first,
                                      [REDUCE_LARGEST] = largest,
                                      [REDUCE_SMALLEST] = smallest,
                                      [REDUCE_MEAN] = before > start ? area / (before - start) : last}[reduction];
}

static double PeakAnodic(const MeasuredRun *run, const Measure *measure) {
  return Reduce(run, measure, "current", REDUCE_LARGEST);
}

static double PeakCathodic(const MeasuredRun *run, const Measure *measure) {
  return Reduce(run, measure, "current", REDUCE_SMALLEST);
}

static double PeakCurrent(const MeasuredRun *run, const Measure *measure) {
  return fmax(PeakAnodic(run, measure), -PeakCathodic(run, measure));
}

static double SmallestFraction(const MeasuredRun *run, const Measure *measure) {
  return Reduce(run, measure, "contact_fraction", REDUCE_SMALLEST);
}

static double LargestStress(const MeasuredRun *run, const Measure *measure) {
  return Reduce(run, measure, "contact_stress", REDUCE_LARGEST);
}

static double CrackLength(const MeasuredRun *run, const Measure *measure) {
  return Reduce(run, measure, "crack_length", REDUCE_LAST);
}

static double Charge(const MeasuredRun *run, const Measure *measure) {
  return Reduce(run, measure, "charge", REDUCE_LAST);
}

/* The charge that the last protocol step has passed, if one of its ends ended it. */
static double ChargeToEnd(const MeasuredRun *run, const Measure *measure) {
  Measure last = *measure, before = {.step = run->result->last_step - 1};
  double start;

  if (!run->result->met_end) {
    return NAN;
  }
  last.step = run->result->last_step;
  start = before.step > 0 ? Reduce(run, &before, "charge", REDUCE_LAST) : 0.0;
  return Reduce(run, &last, "charge", REDUCE_LAST) - (isnan(start) ? 0.0 : start);
}

static double Resistance(const MeasuredRun *run, const Measure *measure) {
  return Reduce(run, measure, "potential", REDUCE_LAST) / Reduce(run, measure, "current", REDUCE_LAST);
}

/* Real or imaginary part at a frequency, between two points over the logarithm of the frequency. */
static double ImpedancePart(const MeasuredRun *run, const Measure *measure, int part) {
  const Recorder *r = run->recorder;

  for (PetscInt k = 0; k < r->point_count; k++) {
    const double *here = r->points + 4 * (size_t)k, *next = here + 4;
    if ((PetscInt)here[3] != measure->state) {
      continue;
    }
    if (fabs(here[0] / measure->at - 1.0) < 1e-9) {
      return here[part];
    }
    if (k + 1 < r->point_count && next[3] == here[3] && (here[0] - measure->at) * (next[0] - measure->at) < 0.0) {
      return here[part] + (next[part] - here[part]) * log(measure->at / here[0]) / log(next[0] / here[0]);
    }
  }
  return NAN;
}

static double ImpedanceReal(const MeasuredRun *run, const Measure *measure) {
  return ImpedancePart(run, measure, 1);
}

static double ImpedanceImaginary(const MeasuredRun *run, const Measure *measure) {
  return ImpedancePart(run, measure, 2);
}

bool MeasureIsImpedance(const Measure *measure) {
  return measure->kind && (measure->kind->value == ImpedanceReal || measure->kind->value == ImpedanceImaginary);
}

static double Duration(const MeasuredRun *run, const Measure *measure) {
  (void)measure;
  return run->result->time;
}

static double Steps(const MeasuredRun *run, const Measure *measure) {
  (void)measure;
  return (double)run->result->steps;
}

static double WallTime(const MeasuredRun *run, const Measure *measure) {
  (void)measure;
  return run->seconds;
}

static double SteppingTime(const MeasuredRun *run, const Measure *measure) {
  (void)measure;
  return run->result->stepping;
}

static double SteppingCpuTime(const MeasuredRun *run, const Measure *measure) {
  (void)measure;
  return run->result->stepping_cpu;
}

const MeasureKind MeasureKinds[] = {
    {"peak_current_anodic", "A", "largest current of the run, or of `cycle`", 0, 0, 0, PeakAnodic},
    {"peak_current_cathodic", "A", "smallest current of the run, or of `cycle`; negative", 0, 0, 0, PeakCathodic},
    {"peak_current", "A", "largest magnitude of the current", 0, 0, 0, PeakCurrent},
    {"resistance", "ohm", "potential over current at the end of the run, or of `cycle` or `step`", 0, 0, 0, Resistance},
    {"polarisation_resistance", "ohm m2",
     "R_p: overpotential `at` (1 mV) over the current density of the first way from 0 V to a vertex", 1e-3, 0, 0,
     MeasurePolarisation},
    {"sei_resistance_effective", "ohm m2",
     "drop in the SEI over the current density at the same place; of a resolved SEI its work over the current, else "
     "the "
     "drop in the interface (lumped SEI and charge transfer)",
     1e-3, 0, 0, MeasureSeiResistance},
    {"linear_limit_anodic", "V",
     "potential at which the first anodic way leaves the straight line of its beginning by `share` (0.05); none if it "
     "never does",
     0, 0.05, 1, MeasureLimitAnodic},
    {"linear_limit_cathodic", "V", "the same of the first cathodic way, as a magnitude", 0, 0.05, 1,
     MeasureLimitCathodic},
    {"hysteresis_ratio_anodic", "1",
     "smallest current on the way back from the anodic vertex over that on the way there, at 10 to 99.5 % of the "
     "vertex",
     0, 0, 1, MeasureRatioAnodic},
    {"hysteresis_ratio_cathodic", "1", "smallest current on the way to the cathodic vertex over that on the way back",
     0, 0, 1, MeasureRatioCathodic},
    {"loop_area_anodic", "W", "area between the ways to and from the anodic vertex, positive where less comes back", 0,
     0, 1, MeasureLoopAnodic},
    {"loop_area_cathodic", "W", "the same at the cathodic vertex", 0, 0, 1, MeasureLoopCathodic},
    {"closing_cycle", "1",
     "first cycle from which on the anodic hysteresis ratio is at least `share` (0.95) and the anodic peak over its "
     "vertex at least half the largest of any half (a dead contact has ratio 1, too)",
     0, 0.95, 0, MeasureClosingCycle},
    {"charge", "C", "passed at the end of the run, anodic positive", 0, 0, 0, Charge},
    {"charge_to_end", "C", "passed by the last protocol step, if one of its ends in `until` ended it", 0, 0, 0,
     ChargeToEnd},
    {"smallest_contact_fraction", "1", "of the area mean", 0, 0, 0, SmallestFraction},
    {"largest_contact_stress", "Pa", "of the mean on the area that touches", 0, 0, 0, LargestStress},
    {"crack_length", "m", "at the end", 0, 0, 0, CrackLength},
    {"impedance_real", "ohm", "real part of impedance number `state` (1) at the frequency `at`", 0, 0, 0,
     ImpedanceReal},
    {"impedance_imaginary", "ohm", "its imaginary part, negative for a capacity", 0, 0, 0, ImpedanceImaginary},
    {"duration", "s", "simulated", 0, 0, 0, Duration},
    {"time_steps", "1", "accepted", 0, 0, 0, Steps},
    {"wall_time", "s", "of this sample; differs from run to run", 0, 0, 0, WallTime},
    {"stepping_time", "s", "wall time of the time steps alone; differs from run to run", 0, 0, 0, SteppingTime},
    {"stepping_cpu_time", "s", "processor time of the time steps, on the first process of a sample", 0, 0, 0,
     SteppingCpuTime},
    {NULL, NULL, NULL, 0, 0, 0, NULL}};

const MeasureKind *MeasureKindByName(const char *name) {
  for (const MeasureKind *kind = MeasureKinds; kind->name; kind++) {
    if (!strcmp(kind->name, name)) {
      return kind;
    }
  }
  return NULL;
}

double MeasureTake(const Measure *measure, const MeasuredRun *run) {
  if (run->recorder->row_count == 0) {
    return NAN;
  }
  return measure->kind ? measure->kind->value(run, measure) : Reduce(run, measure, measure->column, measure->reduction);
}
