#include "dense.h"

PetscErrorCode BulkDenseCreate(PetscInt n, BulkDense *dense) {
  PetscFunctionBeginUser;
  PetscCheck(n <= 20000, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "bulk: %" PetscInt_FMT " rings are too many for a dense operator (at most 20000)", n);
  PetscCall(PetscBLASIntCast(n, &dense->n));
  PetscCall(PetscMalloc3((size_t)n * (size_t)n, &dense->matrix, n, &dense->diagonal, n, &dense->pivot));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDenseDestroy(BulkDense *dense) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(dense->matrix, dense->diagonal, dense->pivot));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDenseFactor(BulkDense *dense, BulkDenseKind kind) {
  const PetscBLASInt n = dense->n;
  double *a = dense->matrix;
  PetscBLASInt info = 0;

  PetscFunctionBeginUser;
  dense->cholesky = PETSC_FALSE;
  if (kind != DENSE_INDEFINITE) {
    for (PetscBLASInt j = 0; j < n; j++) {
      dense->diagonal[j] = a[j + n * j];
    }
    PetscCallBLAS("LAPACKpotrf", LAPACKpotrf_("L", &n, a, &n, &info));
    dense->cholesky = (PetscBool)(info == 0);
    if (dense->cholesky) {
      PetscFunctionReturn(0);
    }
    PetscCheck(kind == DENSE_SYMMETRIC, PETSC_COMM_SELF, PETSC_ERR_MAT_CH_ZRPVT,
               "bulk: ring matrix of size %d is not positive definite at row %d", (int)n, (int)info);
    for (PetscBLASInt j = 0; j < n; j++) { /* the upper triangle is untouched */
      a[j + n * j] = dense->diagonal[j];
      for (PetscBLASInt i = j + 1; i < n; i++) {
        a[i + n * j] = a[j + n * i];
      }
    }
  }
  PetscCallBLAS("LAPACKgetrf", LAPACKgetrf_(&n, &n, a, &n, dense->pivot, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT,
             "bulk: Z + film is singular: zero pivot at row %d of %d (a negative film resistance cancels the bulk)",
             (int)info, (int)n);
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDenseSolve(const BulkDense *dense, PetscInt count, double b[]) {
  const PetscBLASInt n = dense->n;
  PetscBLASInt columns = 0, info = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(count, &columns));
  if (dense->cholesky) {
    PetscCallBLAS("LAPACKpotrs", LAPACKpotrs_("L", &n, &columns, dense->matrix, &n, b, &n, &info));
  } else {
    PetscCallBLAS("LAPACKgetrs", LAPACKgetrs_("N", &n, &columns, dense->matrix, &n, dense->pivot, b, &n, &info));
  }
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "bulk: LAPACK refused argument %d", (int)-info);
  PetscFunctionReturn(0);
}
