/* Small dense systems through LAPACK, with all work arrays kept: the time integrator factors some thousand times a run.
   Column-major. */
#ifndef LISEI_DENSE_H
#define LISEI_DENSE_H

#include <petscsys.h>

#include <petscblaslapack.h>

typedef struct {
  PetscBLASInt n;
  PetscBool cholesky;  /* the factor kept is Cholesky's, not LU */
  double *matrix;      /* n*n column-major; overwritten by the factor */
  double *diagonal;    /* n; saved while Cholesky is tried */
  PetscBLASInt *pivot; /* n */
} BulkDense;

/* What the caller has filled in, and what is known of it. */
typedef enum {
  DENSE_POSITIVE,  /* lower triangle, positive definite by construction */
  DENSE_SYMMETRIC, /* both triangles; Cholesky is tried, then LU */
  DENSE_INDEFINITE /* both triangles; LU */
} BulkDenseKind;

PetscErrorCode BulkDenseCreate(PetscInt n, BulkDense *dense);
PetscErrorCode BulkDenseDestroy(BulkDense *dense);
PetscErrorCode BulkDenseFactor(BulkDense *dense, BulkDenseKind kind);
PetscErrorCode BulkDenseSolve(const BulkDense *dense, PetscInt count, double b[]);

#endif
