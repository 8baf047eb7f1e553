/* The extremes of a run's curve: for every cycle of every protocol step the least and the largest current, or potential
   where the current is imposed. Two runs of one experiment are compared by them. */
#ifndef LISEI_RUN_PEAKS_H
#define LISEI_RUN_PEAKS_H

#include <petscsys.h>

/* Plain numbers, so that they can be saved as one array. */
typedef struct {
  double step, cycle; /* from 1 */
  double is_current;  /* 1: the current is imposed, the extremes are potentials */
  double least, most; /* [A] or [V] */
  double imposed;     /* [V] or [A] largest magnitude of what is imposed */
} Peak;
enum { PEAK_VALUES = sizeof(Peak) / sizeof(double) };

typedef struct {
  PetscInt count, capacity;
  Peak *list;
} Peaks;

/* A point of the curve [A], [V]; points come in the order of the protocol. */
PetscErrorCode PeaksAdd(Peaks *peaks, PetscInt step, PetscInt cycle, PetscBool is_current, double current,
                        double potential);
/* Room for that many, which the caller fills. */
PetscErrorCode PeaksResize(Peaks *peaks, PetscInt count);
PetscErrorCode PeaksDestroy(Peaks *peaks);

/* Is there a free current or potential at all? */
PetscBool PeaksHaveSize(const Peaks *peaks);

/* How `run` differs from a better one, as a part [1] of the better one. NAN: nothing to compare. */
typedef struct {
  double largest;       /* of the largest current (potential, where none is free), by magnitude */
  double worst;         /* the difference of an extreme that is largest by magnitude */
  PetscInt step, cycle; /* where that is */
  PetscBool is_most;    /* whether it is the largest or the least value there */
} PeaksDifference;

/* Extremes below a hundredth of the largest current, or potential, of the run are left out. Runs that ended otherwise
   (another number of steps or cycles) cannot be compared. */
PeaksDifference PeaksCompare(const Peaks *run, const Peaks *better);

#endif
