#include "fit.h"
#include <math.h>
#include <string.h>

/* The number-th point of the van der Corput sequence in a base: starts that fill the bounds evenly. */
static double Corput(PetscInt number, PetscInt base) {
  double part = 1.0 / (double)base, sum = 0.0;

  for (; number > 0; number /= base, part /= (double)base) {
    sum += part * (double)(number % base);
  }
  return sum;
}

/* The first start is that of the file; the others lie on a Halton sequence within the bounds. */
static void StartAt(const FitStudy study, const FitProblem *problem, PetscInt number, double u[]) {
  static const PetscInt primes[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37,
                                    41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89};

  for (PetscInt k = 0; k < problem->parameters; k++) {
    const double part = Corput(number, primes[k % 24]);
    u[k] = number ? problem->lower[k] + part * (problem->upper[k] - problem->lower[k])
                  : FitCoordinateOf(&study->parameters[k], study->parameters[k].start);
  }
}

/* Parameters without effect, by name. */
static PetscErrorCode CheckEffects(FitStudy study, PetscInt m, const double jacobian[], Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    double largest = 0.0;
    for (PetscInt i = 0; i < m; i++) {
      largest = fmax(largest, fabs(jacobian[k * m + i]));
    }
    if (largest == 0.0) {
      PetscCall(DiagnosticsAdd(diagnostics, study->path, study->parameters[k].line, study->parameters[k].key,
                               "has no effect on the data: leave it out"));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FitCheckStart(FitStudy study, FitModel model, Diagnostics diagnostics, int *status) {
  const FitProblem *problem = FitModelProblem(model);
  const PetscInt n = problem->parameters, m = problem->residuals;
  const double *r, *jacobian;
  FitConfidence confidence;
  FitCache cache;
  PetscBool valid;
  double *u;

  PetscFunctionBeginUser;
  *status = 1;
  PetscCall(FitCacheCreate(problem, NULL, NULL, &cache));
  PetscCall(PetscMalloc1(n, &u));
  StartAt(study, problem, 0, u);
  PetscCall(FitCacheEvaluate(cache, u, &r, &jacobian, &valid));
  if (!valid) {
    const char *text;
    *status = FitModelFailure(model, &text) == FIT_MODEL_NUMERICAL ? 2 : 1;
    PetscCall(DiagnosticsAdd(diagnostics, study->path, 0, NULL, "there is no curve at the start: %s", text));
  } else {
    PetscCall(CheckEffects(study, m, jacobian, diagnostics));
  }
  if (valid && m < n) {
    PetscCall(FitConfidenceCreate(n, &confidence));
    PetscCall(FitConfide(cache, u, 1.0, &confidence));
    PetscCall(DiagnosticsAdd(diagnostics, study->path, 0, "parameters",
                             "%d parameters are more than %d data and priors, which determine %d combinations of them",
                             (int)n, (int)m, (int)confidence.rank));
    PetscCall(FitConfidenceDestroy(&confidence));
  }
  PetscCall(PetscFree(u));
  PetscCall(FitCacheDestroy(&cache));
  PetscFunctionReturn(0);
}

/* The starts of this process, then those of all. */
static PetscErrorCode Search(FitStudy study, FitModel model, FitCache cache, FitStart starts[]) {
  const FitProblem *problem = FitModelProblem(model);
  const PetscInt n = problem->parameters;
  PetscMPIInt rank, size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  for (PetscInt k = rank; k < study->starts; k += size) {
    StartAt(study, problem, k, starts[k].u);
    PetscCall(FitMinimise(cache, NULL, starts[k].u, &starts[k].minimum));
    (void)fprintf(stderr, "fit: start %d of %d: sum of squares %.6g%s, %d evaluations\n", (int)k + 1,
                  (int)study->starts, starts[k].minimum.squares, starts[k].minimum.converged ? "" : " (no minimum)",
                  (int)FitCacheMade(cache));
  }
  for (PetscInt k = 0; k < study->starts; k++) {
    PetscCallMPI(MPI_Bcast(starts[k].u, (PetscMPIInt)n, MPI_DOUBLE, (PetscMPIInt)k % size, PETSC_COMM_WORLD));
    PetscCallMPI(MPI_Bcast(&starts[k].minimum, (PetscMPIInt)sizeof starts[k].minimum, MPI_BYTE, (PetscMPIInt)k % size,
                           PETSC_COMM_WORLD));
  }
  PetscFunctionReturn(0);
}

/* The profiles of all parameters; again from a lower minimum, if one finds it. */
static PetscErrorCode Profiles(FitStudy study, FitCache cache, double u[], FitMinimum *minimum,
                               FitConfidence *confidence, FitInterval intervals[]) {
  PetscInt again = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < study->parameter_count; k++) {
    PetscBool better;
    PetscCall(FitProfile(cache, confidence, k, u, minimum, &intervals[k], &better));
    (void)fprintf(stderr, "fit: profile %d of %d, %d evaluations%s\n", (int)k + 1, (int)study->parameter_count,
                  (int)FitCacheMade(cache), better ? "; it has found a lower minimum" : "");
    if (better && again++ < 5) {
      PetscCall(FitConfide(cache, u, minimum->variance, confidence));
      k = -1;
    }
  }
  PetscFunctionReturn(0);
}

/* On process 0, with the best start. */
static PetscErrorCode Conclude(FitResult *result, FitStart *best, int *status) {
  const PetscInt n = result->study->parameter_count;
  FitConfidence *confidence = &result->confidence;
  FitInterval *intervals;

  PetscFunctionBeginUser;
  PetscCall(FitConfidenceCreate(n, confidence));
  PetscCall(PetscCalloc1(n, &intervals));
  PetscCall(FitConfide(result->cache, best->u, best->minimum.variance, confidence));
  if (result->study->profiles && best->minimum.converged) {
    PetscCall(Profiles(result->study, result->cache, best->u, &best->minimum, confidence, intervals));
    result->intervals = intervals;
  }
  result->u = best->u;
  result->minimum = &best->minimum;
  result->evaluations = FitCacheMade(result->cache);
  PetscCall(FitModelNumericalError(result->model, best->u, best->minimum.squares, &result->numerical_error));
  PetscCall(FitWrite(result));
  *status = best->minimum.converged ? 0 : 2;
  PetscCall(FitConfidenceDestroy(confidence));
  PetscCall(PetscFree(intervals));
  PetscFunctionReturn(0);
}

PetscErrorCode FitPerform(FitStudy study, FitModel model, const char *dir, int *status) {
  const PetscInt n = study->parameter_count;
  FitResult result = {.study = study, .model = model, .dir = dir, .start_count = study->starts};
  char folder[PETSC_MAX_PATH_LEN], name[32];
  FitStart *starts, *best;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  (void)snprintf(folder, sizeof folder, "%s/evaluations", dir);
  (void)snprintf(name, sizeof name, "process%d", (int)rank);
  PetscCall(FitCacheCreate(FitModelProblem(model), folder, name, &result.cache));
  PetscCall(PetscCalloc1(study->starts, &starts));
  for (PetscInt k = 0; k < study->starts; k++) {
    PetscCall(PetscCalloc1(n, &starts[k].u));
  }
  PetscCall(Search(study, model, result.cache, starts));
  best = starts;
  for (PetscInt k = 1; k < study->starts; k++) {
    best = starts[k].minimum.squares < best->minimum.squares ? &starts[k] : best;
  }
  result.starts = starts;
  if (!rank) {
    PetscCall(Conclude(&result, best, status));
  }
  PetscCallMPI(MPI_Bcast(status, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  for (PetscInt k = 0; k < study->starts; k++) {
    PetscCall(PetscFree(starts[k].u));
  }
  PetscCall(PetscFree(starts));
  PetscCall(FitCacheDestroy(&result.cache));
  PetscFunctionReturn(0);
}
