/* lisei fit: from FIT.yaml to the best numbers and what the data say of them. */
#ifndef LISEI_FIT_H
#define LISEI_FIT_H

#include "fit_model.h"

/* Is there a curve at the start, is every parameter of effect, are there enough data? If not, diagnostics and *status:
   1, or 2 where the runs fail. Writes nothing. */
PetscErrorCode FitCheckStart(FitStudy study, FitModel model, Diagnostics diagnostics, int *status);
/* Into the folder `dir`, which exists. *status: 0 found, 2 no minimum was found. Collective. */
PetscErrorCode FitPerform(FitStudy study, FitModel model, const char *dir, int *status);

/* One start. */
typedef struct {
  double *u;
  FitMinimum minimum;
} FitStart;

/* fit_write.c; everything about a finished fit. */
typedef struct {
  FitStudy study;
  FitModel model;
  FitCache cache;
  const char *dir;
  PetscInt start_count;
  const FitStart *starts;
  const double *u;
  const FitMinimum *minimum;
  FitConfidence confidence;
  const FitInterval *intervals; /* NULL: none were asked for */
  PetscInt evaluations;         /* made now */
  double numerical_error;       /* [1] of the sum of squares; FitModelNumericalError */
} FitResult;
/* fit.json, best.yaml, residuals.csv in the folder, and a summary on standard output. */
PetscErrorCode FitWrite(const FitResult *result);
/* What the data say of a parameter, in a sentence. */
void FitSentence(const FitResult *result, PetscInt parameter, char text[], size_t size);

#endif
