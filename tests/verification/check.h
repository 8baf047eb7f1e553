/* What the verification programs share: a count of failed checks, told on the first process, and the exit status. */
#ifndef LISEI_CHECK_H
#define LISEI_CHECK_H

#include <math.h>
#include <petscsys.h>
#include <stdbool.h>

static int check_failures = 0;

/* |value - expected| <= tolerance * |expected| (absolute when nothing is expected) */
static inline void CheckNear(const char *what, double value, double expected, double tolerance) {
  const double error = expected != 0 ? fabs(value / expected - 1) : fabs(value);
  const bool good = error <= tolerance; /* false for NaN */
  if (!good)
    check_failures++;
  (void)PetscPrintf(PETSC_COMM_WORLD, "%s %-64s %.12g, expected %.12g, error %.2e (allowed %.1e)\n",
                    good ? "ok  " : "FAIL", what, value, expected, error, tolerance);
}

static inline void CheckBetween(const char *what, double value, double low, double high) {
  const bool good = value >= low && value <= high;
  if (!good)
    check_failures++;
  (void)PetscPrintf(PETSC_COMM_WORLD, "%s %-64s %.6g, expected %g to %g\n", good ? "ok  " : "FAIL", what, value, low,
                    high);
}

/* Every refinement by `factor` must gain between the orders low and high. */
static inline void CheckOrder(const char *what, int grids, const double error[], double factor, double low,
                              double high) {
  for (int n = 0; n < grids; n++)
    (void)PetscPrintf(PETSC_COMM_WORLD, "     %-64s grid %d: error %.3e\n", what, n, error[n]);
  for (int n = 1; n < grids; n++)
    CheckBetween(what, log(fabs(error[n - 1] / error[n])) / log(factor), low, high);
}

/* To be returned from main, after the checks; collective. */
static inline int CheckFinish(void) {
  int failures = check_failures;
  (void)MPI_Allreduce(MPI_IN_PLACE, &failures, 1, MPI_INT, MPI_MAX, PETSC_COMM_WORLD);
  (void)PetscPrintf(PETSC_COMM_WORLD, "%d checks failed\n", failures);
  return failures ? 1 : 0;
}

#endif
