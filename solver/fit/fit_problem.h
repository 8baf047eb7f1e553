/* Least squares with bounds, whatever the model is: residuals r(u) and their derivatives, the best u by TAO's bounded
   Gauss-Newton method, what the data say of it. Residuals are in units of the noise; u is dimensionless. */
#ifndef LISEI_FIT_PROBLEM_H
#define LISEI_FIT_PROBLEM_H

#include <petscsys.h>

typedef struct {
  void *context;
  PetscInt parameters, residuals;
  const double *lower, *upper; /* parameters */
  /* r[residuals], jacobian[residuals*parameters] by columns, at u[parameters]; *valid is false where there is no model.
   */
  PetscErrorCode (*evaluate)(void *context, const double u[], double r[], double jacobian[], PetscBool *valid);
  PetscBool noise_known; /* residuals have unit variance; else it is estimated */
} FitProblem;

/* Evaluations that are kept, also in a file, and not made twice: a fit that was killed goes on where it was, and TAO
   may ask twice. */
typedef struct FitCache_ *FitCache;
/* `folder`: where evaluations are kept and those of earlier fits are read from, NULL for memory only; `name`: of the
   file that this process adds to. */
PetscErrorCode FitCacheCreate(const FitProblem *problem, const char *folder, const char *name, FitCache *cache);
PetscErrorCode FitCacheDestroy(FitCache *cache);
/* r and jacobian stay the cache's own. */
PetscErrorCode FitCacheEvaluate(FitCache cache, const double u[], const double **r, const double **jacobian,
                                PetscBool *valid);
PetscInt FitCacheMade(FitCache cache); /* evaluations that were not known before */

typedef struct {
  double squares;      /* [1] sum of the squares of the residuals */
  double left;         /* [1] by which a last Gauss-Newton step would lower it */
  double variance;     /* [1] of a residual: 1 where the noise is known, else estimated */
  PetscBool converged; /* `left` does not matter: the best is less than 0.03 standard deviations away */
} FitMinimum;

/* From u to the next minimum; held[k]: u[k] stays. */
PetscErrorCode FitMinimise(FitCache cache, const PetscBool held[], double u[], FitMinimum *minimum);

/* How far the profile of a parameter reaches at 95 %. */
typedef struct {
  double lower, upper;              /* of u; bounds where open */
  PetscBool lower_open, upper_open; /* the data do not limit it this side of the bound */
  PetscBool doubtful;               /* a minimum on the way was not found well enough */
} FitInterval;

/* Arrays of parameters, matrices parameters x parameters. */
typedef struct {
  PetscInt rank;
  double *covariance, *correlation;
  double *deviation;     /* standard deviations of u; INFINITY where the data do not determine it */
  PetscBool *determined; /* no direction without effect has a part in it */
  double *traded; /* traded[k*n+l]: how much of l goes with k in directions without effect; 0 if k is determined */
} FitConfidence;

PetscErrorCode FitConfidenceCreate(PetscInt parameters, FitConfidence *confidence);
PetscErrorCode FitConfidenceDestroy(FitConfidence *confidence);
/* Rank, covariance and correlation at u from the Jacobian; numbers at a bound count as all others. */
PetscErrorCode FitConfide(FitCache cache, const double u[], double variance, FitConfidence *confidence);
/* The profile likelihood of one parameter around the best u. Where it finds a lower minimum, *better is set and u is
   moved there. */
PetscErrorCode FitProfile(FitCache cache, const FitConfidence *confidence, PetscInt parameter, double u[],
                          FitMinimum *minimum, FitInterval *interval, PetscBool *better);
/* Student's t at 97.5 %. */
double FitStudent(PetscInt freedom);

#endif
