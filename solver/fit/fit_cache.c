#include "fit_private.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* One evaluation, as it stands in the file: u, valid (1 or 0), r, jacobian, and the sum of all of it. */
struct FitCache_ {
  const FitProblem *problem;
  PetscInt length, count, capacity, made;
  double **list;
  FILE *file;
};

static PetscErrorCode Keep(FitCache c, double *numbers) {
  PetscFunctionBeginUser;
  if (c->count == c->capacity) {
    c->capacity = PetscMax(64, 2 * c->capacity);
    PetscCall(PetscRealloc((size_t)c->capacity * sizeof *c->list, &c->list));
  }
  c->list[c->count++] = numbers;
  PetscFunctionReturn(0);
}

static double Sum(const FitCache c, const double numbers[]) {
  double sum = 0.0;

  for (PetscInt k = 0; k + 1 < c->length; k++) {
    sum += numbers[k];
  }
  return sum;
}

/* An evaluation that was cut off, or whose sum is wrong, is not read, nor what is behind it. */
static PetscErrorCode ReadFile(FitCache c, const char *path) {
  FILE *file = fopen(path, "rb");

  PetscFunctionBeginUser;
  while (file) {
    double *numbers;
    PetscCall(PetscMalloc1(c->length, &numbers));
    if (fread(numbers, sizeof *numbers, (size_t)c->length, file) != (size_t)c->length ||
        Sum(c, numbers) != numbers[c->length - 1]) {
      PetscCall(PetscFree(numbers));
      break;
    }
    PetscCall(Keep(c, numbers));
  }
  if (file) {
    (void)fclose(file);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode FitCacheCreate(const FitProblem *problem, const char *folder, const char *name, FitCache *cache) {
  char path[PETSC_MAX_PATH_LEN];
  struct dirent *entry;
  FitCache c;
  DIR *dir = folder ? opendir(folder) : NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&c));
  c->problem = problem;
  c->length = problem->parameters + 2 + problem->residuals * (1 + problem->parameters);
  while (dir && (entry = readdir(dir))) {
    const size_t length = strlen(entry->d_name);
    if (length > 12 && !strcmp(entry->d_name + length - 12, ".evaluations")) {
      (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
      PetscCall(ReadFile(c, path));
    }
  }
  if (dir) {
    (void)closedir(dir);
  }
  if (folder) { /* a new file: an old one may end in half an evaluation */
    for (int number = 1; !c->file; number++) {
      (void)snprintf(path, sizeof path, "%s/%s-%d.evaluations", folder, name, number);
      c->file = fopen(path, "wbx");
      PetscCheck(c->file || number < 100000, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "Cannot write %s", path);
    }
  }
  *cache = c;
  PetscFunctionReturn(0);
}

PetscErrorCode FitCacheDestroy(FitCache *cache) {
  FitCache c = *cache;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; c && k < c->count; k++) {
    PetscCall(PetscFree(c->list[k]));
  }
  if (c) {
    PetscCall(PetscFree(c->list));
    if (c->file) {
      (void)fclose(c->file);
    }
  }
  PetscCall(PetscFree(*cache));
  PetscFunctionReturn(0);
}

PetscErrorCode FitCacheEvaluate(FitCache c, const double u[], const double **r, const double **jacobian,
                                PetscBool *valid) {
  const PetscInt n = c->problem->parameters;
  double *numbers = NULL;
  PetscBool is_valid;

  PetscFunctionBeginUser;
  for (PetscInt k = c->count - 1; k >= 0 && !numbers; k--) {
    numbers = memcmp(c->list[k], u, (size_t)n * sizeof *u) ? NULL : c->list[k];
  }
  if (!numbers) {
    PetscCall(PetscCalloc1(c->length, &numbers));
    PetscCall(PetscArraycpy(numbers, u, n));
    PetscCall(c->problem->evaluate(c->problem->context, u, numbers + n + 1, numbers + n + 1 + c->problem->residuals,
                                   &is_valid));
    numbers[n] = is_valid ? 1.0 : 0.0;
    numbers[c->length - 1] = Sum(c, numbers);
    PetscCall(Keep(c, numbers));
    c->made++;
    if (c->file) {
      const size_t written = fwrite(numbers, sizeof *numbers, (size_t)c->length, c->file);
      PetscCheck(written == (size_t)c->length && !fflush(c->file), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE,
                 "Cannot keep an evaluation of the fit (full disk?)");
    }
  }
  *r = numbers + n + 1;
  *jacobian = *r + c->problem->residuals;
  *valid = numbers[n] != 0.0 ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscInt FitCacheMade(FitCache c) {
  return c->made;
}

const FitProblem *FitCacheProblem(FitCache c) {
  return c->problem;
}
