#include "run_peaks.h"
#include <math.h>

static const double smallest_part = 0.01; /* of the largest extreme of its kind: smaller ones are not compared */

PetscErrorCode PeaksResize(Peaks *peaks, PetscInt count) {
  PetscFunctionBeginUser;
  if (count > peaks->capacity || !peaks->list) {
    peaks->capacity = PetscMax(16, 2 * count);
    PetscCall(PetscRealloc((size_t)peaks->capacity * sizeof *peaks->list, &peaks->list));
  }
  peaks->count = count;
  PetscFunctionReturn(0);
}

PetscErrorCode PeaksDestroy(Peaks *peaks) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(peaks->list));
  *peaks = (Peaks){0};
  PetscFunctionReturn(0);
}

PetscErrorCode PeaksAdd(Peaks *peaks, PetscInt step, PetscInt cycle, PetscBool is_current, double current,
                        double potential) {
  const double value = is_current ? potential : current, imposed = fabs(is_current ? current : potential);
  Peak *last = peaks->count ? &peaks->list[peaks->count - 1] : NULL;

  PetscFunctionBeginUser;
  if (last && last->step == (double)step && last->cycle == (double)cycle && (last->is_current != 0.0) == is_current) {
    last->least = fmin(last->least, value);
    last->most = fmax(last->most, value);
    last->imposed = fmax(last->imposed, imposed);
    PetscFunctionReturn(0);
  }
  PetscCall(PeaksResize(peaks, peaks->count + 1));
  peaks->list[peaks->count - 1] = (Peak){(double)step, (double)cycle, is_current ? 1.0 : 0.0, value, value, imposed};
  PetscFunctionReturn(0);
}

/* Largest magnitude of the free currents, or of the free potentials; all: also of those that are imposed. */
static double Largest(const Peaks *peaks, double is_current, PetscBool all) {
  double largest = 0.0;

  for (PetscInt k = 0; k < peaks->count; k++) {
    const Peak *p = &peaks->list[k];
    if (p->is_current == is_current) {
      largest = fmax(largest, fmax(fabs(p->least), fabs(p->most)));
    } else if (all) {
      largest = fmax(largest, p->imposed);
    }
  }
  return largest;
}

static void CompareOne(double value, double better, double largest, PetscBool is_most, const Peak *where,
                       PeaksDifference *difference) {
  const double relative = (value - better) / better;

  if (fabs(better) > smallest_part * largest && !(fabs(relative) <= fabs(difference->worst))) {
    difference->worst = relative;
    difference->step = (PetscInt)where->step;
    difference->cycle = (PetscInt)where->cycle;
    difference->is_most = is_most;
  }
}

PetscBool PeaksHaveSize(const Peaks *peaks) {
  return Largest(peaks, 0.0, PETSC_FALSE) + Largest(peaks, 1.0, PETSC_FALSE) > 0.0 ? PETSC_TRUE : PETSC_FALSE;
}

PeaksDifference PeaksCompare(const Peaks *run, const Peaks *better) {
  PeaksDifference difference = {.largest = NAN, .worst = NAN};
  double size[2]; /* of the run's current, potential */

  for (int kind = 0; kind < 2; kind++) {
    size[kind] = Largest(better, (double)kind, PETSC_TRUE);
  }
  if (run->count != better->count || !(size[0] + size[1] > 0.0)) {
    return difference;
  }
  for (PetscInt k = 0; k < run->count; k++) {
    const Peak *a = &run->list[k], *b = &better->list[k];
    const int kind = b->is_current != 0.0;
    if (a->step != b->step || a->cycle != b->cycle || a->is_current != b->is_current) {
      return (PeaksDifference){.largest = NAN, .worst = NAN};
    }
    CompareOne(a->least, b->least, size[kind], PETSC_FALSE, b, &difference);
    CompareOne(a->most, b->most, size[kind], PETSC_TRUE, b, &difference);
  }
  for (int kind = 1; kind >= 0; kind--) {
    const double largest = Largest(better, (double)kind, PETSC_FALSE);
    if (largest > smallest_part * size[kind]) {
      difference.largest = Largest(run, (double)kind, PETSC_FALSE) / largest - 1.0;
    }
  }
  return difference;
}
