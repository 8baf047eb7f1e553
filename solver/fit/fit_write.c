/* What a fit leaves: fit.json, best.yaml, residuals.csv, and a summary. */
#include "../../io/deck/parameter_text.h"
#include "../../io/output/file_util.h"
#include "../sweep/study.h"
#include "fit.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double numerical = 0.1; /* [1] of the variance: error of the sum of squares that does not matter */
static const double strong = 0.98;   /* [1] correlation from which two parameters are hardly told apart */

/* A number in the unit people use. */
static void Show(const FitResult *result, PetscInt k, double u, char text[128]) {
  const FitParameter *p = &result->study->parameters[k];

  if (ParameterNumber(p->declaration, FitNumberOf(p, u), 6, text, 128)) {
    text[0] = '\0';
  }
}

/* Ends of the interval: by the profile, else by the standard deviation within the bounds. */
static FitInterval IntervalOf(const FitResult *result, PetscInt k) {
  const FitProblem *problem = FitModelProblem(result->model);
  const double t = problem->noise_known ? 1.959963984540054 : FitStudent(problem->residuals - problem->parameters);
  const double half = t * result->confidence.deviation[k];
  FitInterval interval = {result->u[k] - half, result->u[k] + half, PETSC_FALSE, PETSC_FALSE, PETSC_FALSE};

  if (result->intervals) {
    return result->intervals[k];
  }
  interval.lower_open = interval.lower < problem->lower[k] ? PETSC_TRUE : PETSC_FALSE;
  interval.upper_open = interval.upper > problem->upper[k] ? PETSC_TRUE : PETSC_FALSE;
  interval.lower = fmax(interval.lower, problem->lower[k]);
  interval.upper = fmin(interval.upper, problem->upper[k]);
  return interval;
}

/* The parameter that goes with this one: in a direction without effect, or by correlation; -1: none. */
static PetscInt Partner(const FitResult *result, PetscInt k) {
  const PetscInt n = result->study->parameter_count;
  const double *values = result->confidence.determined[k] ? result->confidence.correlation : result->confidence.traded;
  double most = result->confidence.determined[k] ? strong : 0.05;
  PetscInt partner = -1;

  for (PetscInt l = 0; l < n; l++) {
    if (l != k && fabs(values[k * n + l]) > most) {
      most = fabs(values[k * n + l]);
      partner = l;
    }
  }
  return partner;
}

void FitSentence(const FitResult *result, PetscInt k, char text[], size_t size) {
  const FitProblem *problem = FitModelProblem(result->model);
  const FitInterval interval = IntervalOf(result, k);
  const PetscInt partner = Partner(result, k);
  const char *with = partner >= 0 ? result->study->parameters[partner].key : "";
  char best[128], lower[128], upper[128];

  Show(result, k, result->u[k], best);
  Show(result, k, interval.lower, lower);
  Show(result, k, interval.upper, upper);
  if (!result->confidence.determined[k]) {
    (void)snprintf(text, size,
                   partner >= 0 ? "%s: not determined; the data know only a combination of it with %s"
                                : "%s: not determined; it has no effect at the best fit",
                   result->study->parameters[k].key, with);
  } else if (result->u[k] <= problem->lower[k] || result->u[k] >= problem->upper[k]) {
    (void)snprintf(text, size, "%s = %s: at its bound; the data would have it beyond", result->study->parameters[k].key,
                   best);
  } else if (interval.lower_open && interval.upper_open) {
    (void)snprintf(text, size, "%s = %s: any value within its bounds fits as well (95 %%)",
                   result->study->parameters[k].key, best);
  } else if (interval.lower_open || interval.upper_open) {
    (void)snprintf(text, size, "%s = %s: %s %s (95 %%); the data do not tell it from its bound on the other side",
                   result->study->parameters[k].key, best, interval.lower_open ? "at most" : "at least",
                   interval.lower_open ? upper : lower);
  } else {
    (void)snprintf(text, size, "%s = %s: %s to %s (95 %%)%s%s%s", result->study->parameters[k].key, best, lower, upper,
                   partner >= 0 ? "; hardly told from " : "", with,
                   interval.doubtful ? "; the ends are doubtful, as no good minimum was found there" : "");
  }
}

static json_t *Number(double number) {
  return isfinite(number) ? json_real(number) : json_null();
}

/* A matrix of the parameters as a list of rows. */
static json_t *Matrix(PetscInt n, const double *values, const double scale[]) {
  json_t *rows = json_array();

  for (PetscInt k = 0; k < n; k++) {
    json_t *row = json_array();
    for (PetscInt l = 0; l < n; l++) {
      json_array_append_new(row, Number(values[k * n + l] * (scale ? scale[k] * scale[l] : 1.0)));
    }
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *ParameterEntry(const FitResult *result, PetscInt k) {
  const FitParameter *p = &result->study->parameters[k];
  const FitInterval interval = IntervalOf(result, k);
  const double value = FitNumberOf(p, result->u[k]);
  char sentence[FIT_TEXT];
  json_t *entry = json_object();

  FitSentence(result, k, sentence, sizeof sentence);
  json_object_set_new(entry, "value", Number(value));
  json_object_set_new(entry, "unit", json_string(p->declaration->unit));
  json_object_set_new(entry, "scale", json_string(p->logarithmic ? "log" : "linear"));
  json_object_set_new(entry, "standard_deviation",
                      Number(result->confidence.deviation[k] * (p->logarithmic ? value : p->scale)));
  json_object_set_new(entry, "lower_95", interval.lower_open ? json_null() : Number(FitNumberOf(p, interval.lower)));
  json_object_set_new(entry, "upper_95", interval.upper_open ? json_null() : Number(FitNumberOf(p, interval.upper)));
  json_object_set_new(entry, "interval_by", json_string(result->intervals ? "profile likelihood" : "covariance"));
  json_object_set_new(entry, "doubtful", json_boolean(interval.doubtful));
  json_object_set_new(entry, "determined", json_boolean(result->confidence.determined[k]));
  json_object_set_new(entry, "says", json_string(sentence));
  return entry;
}

/* Akaike's and the Bayesian criterion of Gaussian errors, without the constant that all models of the same data share.
 */
static void Criteria(const FitResult *result, double *akaike, double *bayes) {
  const FitProblem *problem = FitModelProblem(result->model);
  const double m = (double)FitModelDataCount(result->model), n = (double)problem->parameters;
  const double likelihood = problem->noise_known ? result->minimum->squares : m * log(result->minimum->squares / m);
  const double count = problem->noise_known ? n : n + 1.0; /* the noise is one more number */

  *akaike = likelihood + 2.0 * count;
  *bayes = likelihood + log(m) * count;
}

static PetscErrorCode WriteJson(const FitResult *result) {
  const FitProblem *problem = FitModelProblem(result->model);
  const PetscInt n = problem->parameters;
  json_t *root = json_object(), *parameters = json_object(), *starts = json_array(), *order = json_array();
  double akaike, bayes, *scale;
  char path[PETSC_MAX_PATH_LEN], *text;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &scale));
  Criteria(result, &akaike, &bayes);
  for (PetscInt k = 0; k < n; k++) {
    const FitParameter *p = &result->study->parameters[k];
    json_object_set_new(parameters, p->key, ParameterEntry(result, k));
    json_array_append_new(order, json_string(p->key));
    scale[k] = p->logarithmic ? FitNumberOf(p, result->u[k]) : p->scale;
  }
  for (PetscInt k = 0; k < result->start_count; k++) {
    json_array_append_new(starts, Number(result->starts[k].minimum.squares));
  }
  json_object_set_new(root, "title", json_string(result->study->title ? result->study->title : ""));
  json_object_set_new(root, "converged", json_boolean(result->minimum->converged));
  json_object_set_new(root, "sum_of_squares", Number(result->minimum->squares));
  json_object_set_new(root, "decrease_left", Number(result->minimum->left));
  json_object_set_new(root, "numerical_error", Number(result->numerical_error));
  json_object_set_new(root, "noise_known", json_boolean(problem->noise_known));
  json_object_set_new(root, "residual_variance", Number(result->minimum->variance));
  json_object_set_new(root, "data", json_integer(FitModelDataCount(result->model)));
  json_object_set_new(root, "rank", json_integer(result->confidence.rank));
  json_object_set_new(root, "aic", Number(akaike));
  json_object_set_new(root, "bic", Number(bayes));
  json_object_set_new(root, "sums_of_squares_by_start", starts);
  json_object_set_new(root, "parameters", parameters);
  json_object_set_new(root, "order", order);
  json_object_set_new(root, "covariance", Matrix(n, result->confidence.covariance, scale));
  json_object_set_new(root, "correlation", Matrix(n, result->confidence.correlation, NULL));
  text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
  json_decref(root);
  PetscCall(PetscFree(scale));
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for fit.json");
  (void)snprintf(path, sizeof path, "%s/fit.json", result->dir);
  PetscCall(FileWriteText(path, text, strlen(text)));
  free(text);
  PetscFunctionReturn(0);
}

static int ByKey(const void *a, const void *b) {
  return strcmp((*(const FitParameter *const *)a)->key, (*(const FitParameter *const *)b)->key);
}

/* The groups on the way to a key that are not open since the one before it; returns the level and the bare name. */
static int OpenGroups(FILE *file, const char *key, const char *before, const char **name) {
  size_t shared = 0;
  int level = 0;

  for (size_t i = 0; before && key[i] && key[i] == before[i]; i++) {
    shared = key[i] == '.' ? i + 1 : shared;
  }
  *name = key;
  for (const char *dot = strchr(key, '.'); dot; dot = strchr(dot + 1, '.'), level++) {
    if ((size_t)(dot - key) >= shared) {
      (void)fprintf(file, "%*s%.*s:\n", 2 * level, "", (int)(dot - *name), *name);
    }
    *name = dot + 1;
  }
  return level;
}

/* The best numbers as a deck to include, to full digits. */
static PetscErrorCode WriteBest(const FitResult *result) {
  const PetscInt n = result->study->parameter_count;
  const FitParameter **sorted;
  char path[PETSC_MAX_PATH_LEN], part[PETSC_MAX_PATH_LEN + 8];
  FILE *file;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &sorted));
  for (PetscInt k = 0; k < n; k++) {
    sorted[k] = &result->study->parameters[k];
  }
  qsort(sorted, (size_t)n, sizeof(FitParameter *), ByKey);
  (void)snprintf(path, sizeof path, "%s/best.yaml", result->dir);
  (void)snprintf(part, sizeof part, "%s.part", path);
  file = fopen(part, "w");
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "Cannot write %s", part);
  (void)fprintf(file, "# Numbers fitted by `lisei fit %s`; to be included by a deck.\n", result->study->path);
  for (PetscInt k = 0; k < n; k++) {
    const PetscInt number = (PetscInt)(sorted[k] - result->study->parameters);
    const char *name, *unit = sorted[k]->declaration->unit;
    char sentence[FIT_TEXT];
    const int level = OpenGroups(file, sorted[k]->key, k ? sorted[k - 1]->key : NULL, &name);
    FitSentence(result, number, sentence, sizeof sentence);
    (void)fprintf(file, "%*s%s: %.17g%s%s  # %s\n", 2 * level, "", name, FitNumberOf(sorted[k], result->u[number]),
                  strcmp(unit, "1") ? " " : "", strcmp(unit, "1") ? unit : "", sentence);
  }
  PetscCall(PetscFree(sorted));
  PetscCheck(!fclose(file), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "Cannot write %s", part);
  PetscCall(FileReplace(part, path, PETSC_FALSE));
  PetscFunctionReturn(0);
}

static PetscErrorCode WriteResiduals(const FitResult *result) {
  const double *r, *jacobian;
  char path[PETSC_MAX_PATH_LEN], part[PETSC_MAX_PATH_LEN + 8];
  PetscInt first = 0;
  PetscBool valid;
  FILE *file;

  PetscFunctionBeginUser;
  PetscCall(FitCacheEvaluate(result->cache, result->u, &r, &jacobian, &valid));
  (void)snprintf(path, sizeof path, "%s/residuals.csv", result->dir);
  (void)snprintf(part, sizeof part, "%s.part", path);
  file = fopen(part, "w");
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "Cannot write %s", part);
  (void)fprintf(file,
                "# data, model and (model - data)/noise in SI units\nexperiment,time [s],data,model,residual [1]\n");
  for (PetscInt e = 0; e < result->study->experiment_count; e++) {
    const FitExperiment *experiment = &result->study->experiments[e];
    for (PetscInt i = 0; i < experiment->count; i++, first++) {
      (void)fprintf(file, "%s,%.17g,%.17g,%.17g,%.9g\n", experiment->name, experiment->time[i], experiment->value[i],
                    experiment->value[i] + r[first] * FitModelNoise(result->model, e), r[first]);
    }
  }
  PetscCheck(!fclose(file), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "Cannot write %s", part);
  PetscCall(FileReplace(part, path, PETSC_FALSE));
  PetscFunctionReturn(0);
}

PetscErrorCode FitWrite(const FitResult *result) {
  const FitProblem *problem = FitModelProblem(result->model);
  double akaike, bayes;
  char sentence[FIT_TEXT];

  PetscFunctionBeginUser;
  PetscCall(WriteBest(result));
  PetscCall(WriteResiduals(result));
  PetscCall(WriteJson(result));
  Criteria(result, &akaike, &bayes);
  (void)printf("%s: sum of squares %.6g of %d data, rank %d of %d, AIC %.6g, BIC %.6g, %d evaluations\n",
               result->minimum->converged ? "fitted" : "NOT CONVERGED", result->minimum->squares,
               (int)FitModelDataCount(result->model), (int)result->confidence.rank, (int)problem->parameters, akaike,
               bayes, (int)result->evaluations);
  for (PetscInt k = 0; k < problem->parameters; k++) {
    FitSentence(result, k, sentence, sizeof sentence);
    (void)printf("  %s\n", sentence);
  }
  if (!(fabs(result->numerical_error) <= numerical * result->minimum->variance)) {
    (void)printf(
        "  the error of the runs in time changes the sum of squares by %.2g: the intervals are wrong by some of "
        "that; set smaller time.tolerance and output.curve_tolerance\n",
        result->numerical_error);
  }
  (void)printf("  results in %s\n", result->dir);
  PetscFunctionReturn(0);
}
