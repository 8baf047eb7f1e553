/* Elimination of the SEI block: a band in the cells, a dense matrix in the electrolyte's modes.

   LAPACK factors the band; its triangular solve with many right-hand sides goes column by column, so that of A^-1 D C
   is written out with the modes as the innermost loop (four times faster for bands this narrow). */
#include "sei_private.h"

/* LAPACK's band routines, which PETSc's header leaves out; names as PETSc mangles them. */
#define LAPACKpbtrf_ PETSCBLAS(pbtrf, PBTRF)
#define LAPACKgbtrf_ PETSCBLAS(gbtrf, GBTRF)
#define LAPACKgbtrs_ PETSCBLAS(gbtrs, GBTRS)
BLAS_EXTERN void LAPACKpbtrf_(const char *, const PetscBLASInt *, const PetscBLASInt *, PetscScalar *,
                              const PetscBLASInt *, PetscBLASInt *);
BLAS_EXTERN void LAPACKgbtrf_(const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *,
                              PetscScalar *, const PetscBLASInt *, PetscBLASInt *, PetscBLASInt *);
BLAS_EXTERN void LAPACKgbtrs_(const char *, const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *,
                              const PetscBLASInt *, const PetscScalar *, const PetscBLASInt *, const PetscBLASInt *,
                              PetscScalar *, const PetscBLASInt *, PetscBLASInt *);

PetscErrorCode SeiFactorCreate(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const size_t cells = (size_t)s->cells, modes = (size_t)s->modes;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(s->cells, &f->cells));
  PetscCall(PetscBLASIntCast(PetscMax(s->column_stride, s->layer_stride), &f->width));
  f->width = PetscMin(f->width, f->cells - 1);
  PetscCall(PetscBLASIntCast(s->modes, &f->modes));
  PetscCall(PetscMalloc4(cells * (size_t)(f->width + 1), &f->band, cells, &f->inverse_diagonal, cells * modes,
                         &f->response, (size_t)s->columns * modes, &f->weighted));
  PetscCall(BulkDenseCreate(s->modes, &f->schur));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiFactorDestroy(SeiBlock *s) {
  SeiFactor *f = &s->factor;

  PetscFunctionBeginUser;
  PetscCall(PetscFree4(f->band, f->inverse_diagonal, f->response, f->weighted));
  PetscCall(PetscFree2(f->general, f->pivot));
  PetscCall(BulkDenseDestroy(&f->schur));
  PetscFunctionReturn(0);
}

/* Add the conductance g between the cells a and b to the lower band. */
static inline void AddLink(SeiFactor *f, PetscInt a, PetscInt b, double g) {
  const PetscInt low = PetscMin(a, b), high = PetscMax(a, b), stride = f->width + 1;

  f->band[a * stride] += g;
  f->band[b * stride] += g;
  f->band[low * stride + (high - low)] -= g;
}

static PetscErrorCode Assemble(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const PetscInt stride = f->width + 1, layers = s->layers;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(f->band, (size_t)f->cells * (size_t)stride));
  for (PetscInt c = 0; c < s->columns; c++) {
    f->band[SeiCell(s, c, 0) * stride] += s->admittance[c];
    f->band[SeiCell(s, c, layers - 1) * stride] += s->bottom.conductance[c];
    for (PetscInt k = 0; k + 1 < layers; k++) {
      AddLink(f, SeiCell(s, c, k), SeiCell(s, c, k + 1), s->vertical.conductance[c * (layers - 1) + k]);
    }
    for (PetscInt k = 0; k < layers && c + 1 < s->columns; k++) {
      AddLink(f, SeiCell(s, c, k), SeiCell(s, c + 1, k), s->lateral.conductance[c * layers + k]);
    }
  }
  PetscFunctionReturn(0);
}

/* LU of the band where a negative film keeps it from being positive definite. */
static PetscErrorCode FactorGeneral(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const PetscBLASInt n = f->cells, width = f->width, rows = 3 * width + 1;
  PetscBLASInt info = 0;

  PetscFunctionBeginUser;
  if (!f->general) {
    PetscCall(PetscMalloc2((size_t)rows * (size_t)n, &f->general, n, &f->pivot));
  }
  PetscCall(PetscArrayzero(f->general, (size_t)rows * (size_t)n));
  PetscCall(Assemble(s));
  for (PetscBLASInt j = 0; j < n; j++) {
    for (PetscBLASInt d = 0; d <= width && j + d < n; d++) {
      const double value = f->band[(size_t)j * (size_t)(width + 1) + (size_t)d];
      f->general[(size_t)j * (size_t)rows + (size_t)(2 * width + d)] = value;
      f->general[(size_t)(j + d) * (size_t)rows + (size_t)(2 * width - d)] = value;
    }
  }
  PetscCallBLAS("LAPACKgbtrf", LAPACKgbtrf_(&n, &n, &width, &width, f->general, &rows, f->pivot, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_LU_ZRPVT, "SEI: zero pivot in cell %d of %d", (int)info, (int)n);
  PetscFunctionReturn(0);
}

/* x[cells*count], row-major, in place: L L^T x = b */
static void SolveBand(const SeiFactor *f, PetscInt count, double x[]) {
  const PetscInt n = f->cells, width = f->width, stride = width + 1;

  for (PetscInt j = 0; j < n; j++) {
    double *restrict from = x + j * count;
    const PetscInt reach = PetscMin(width, n - 1 - j);
    for (PetscInt m = 0; m < count; m++) {
      from[m] *= f->inverse_diagonal[j];
    }
    for (PetscInt d = 1; d <= reach; d++) {
      double *restrict to = x + (j + d) * count;
      const double l = f->band[j * stride + d];
      for (PetscInt m = 0; m < count; m++) {
        to[m] -= l * from[m];
      }
    }
  }
  for (PetscInt j = n - 1; j >= 0; j--) {
    double *restrict to = x + j * count;
    const PetscInt reach = PetscMin(width, n - 1 - j);
    for (PetscInt d = 1; d <= reach; d++) {
      const double *restrict from = x + (j + d) * count;
      const double l = f->band[j * stride + d];
      for (PetscInt m = 0; m < count; m++) {
        to[m] -= l * from[m];
      }
    }
    for (PetscInt m = 0; m < count; m++) {
      to[m] *= f->inverse_diagonal[j];
    }
  }
}

static PetscErrorCode SolveCells(const SeiFactor *f, PetscInt count, double x[]) {
  const PetscBLASInt n = f->cells, width = f->width, rows = 3 * width + 1, one = 1;
  PetscBLASInt info = 0;
  double *column;

  PetscFunctionBeginUser;
  if (f->cholesky) {
    SolveBand(f, count, x);
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(n, &column));
  for (PetscInt m = 0; m < count; m++) {
    for (PetscInt j = 0; j < n; j++) {
      column[j] = x[j * count + m];
    }
    PetscCallBLAS("LAPACKgbtrs",
                  LAPACKgbtrs_("N", &n, &width, &width, &one, f->general, &rows, f->pivot, column, &n, &info));
    for (PetscInt j = 0; j < n; j++) {
      x[j * count + m] = column[j];
    }
  }
  PetscCall(PetscFree(column));
  PetscFunctionReturn(0);
}

/* S = 1 + C^T D C - (D C)^T A^-1 D C, both triangles. */
static PetscErrorCode FillSchur(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const PetscInt modes = s->modes;
  double *matrix = f->schur.matrix;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(matrix, modes * modes));
  for (PetscInt c = 0; c < s->columns; c++) {
    const double *restrict root = s->root + s->options.under[c] * modes, *restrict weighted = f->weighted + c * modes;
    const double *restrict response = f->response + SeiCell(s, c, s->layers - 1) * modes;
    for (PetscInt m = 0; m < modes; m++) {
      const double w = weighted[m];
      double *restrict row = matrix + m * modes;
      for (PetscInt n = 0; n <= m; n++) {
        row[n] += w * (root[n] - response[n]);
      }
    }
  }
  for (PetscInt m = 0; m < modes; m++) {
    matrix[m * modes + m] += 1.0;
    for (PetscInt n = 0; n < m; n++) {
      matrix[n * modes + m] = matrix[m * modes + n];
    }
  }
  PetscCall(BulkDenseFactor(&f->schur, f->cholesky ? DENSE_SYMMETRIC : DENSE_INDEFINITE));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiFactorSetUp(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const PetscBLASInt rows = f->width + 1;
  PetscBLASInt info = 0;

  PetscFunctionBeginUser;
  PetscCall(Assemble(s));
  PetscCallBLAS("LAPACKpbtrf", LAPACKpbtrf_("L", &f->cells, &f->width, f->band, &rows, &info));
  f->cholesky = info == 0 ? PETSC_TRUE : PETSC_FALSE;
  if (f->cholesky) {
    for (PetscInt j = 0; j < s->cells; j++) {
      f->inverse_diagonal[j] = 1.0 / f->band[j * rows];
    }
  } else {
    PetscCall(FactorGeneral(s));
  }
  PetscCall(PetscArrayzero(f->response, (size_t)s->cells * (size_t)s->modes));
  for (PetscInt c = 0; c < s->columns; c++) {
    const double *root = s->root + s->options.under[c] * s->modes;
    double *to = f->response + SeiCell(s, c, s->layers - 1) * s->modes;
    for (PetscInt m = 0; m < s->modes; m++) {
      f->weighted[c * s->modes + m] = to[m] = s->bottom.conductance[c] * root[m];
    }
  }
  PetscCall(SolveCells(f, s->modes, f->response));
  PetscCall(FillSchur(s));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiFactorSolve(SeiBlock *s, double rhs[], double mode[]) {
  const SeiFactor *f = &s->factor;
  const PetscBLASInt cells = f->cells, modes = f->modes, one = 1;
  const double unity = 1.0;

  PetscFunctionBeginUser;
  PetscCall(SolveCells(f, 1, rhs));
  for (PetscInt c = 0; c < s->columns; c++) {
    const double value = rhs[SeiCell(s, c, s->layers - 1)];
    for (PetscInt m = 0; m < s->modes; m++) {
      mode[m] += f->weighted[c * s->modes + m] * value;
    }
  }
  PetscCall(BulkDenseSolve(&f->schur, 1, mode));
  PetscCallBLAS("BLASgemv", BLASgemv_("T", &modes, &cells, &unity, f->response, &modes, mode, &one, &unity, rhs, &one));
  PetscFunctionReturn(0);
}
