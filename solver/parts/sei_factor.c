/* Elimination of the SEI block: a band in the cells, a dense matrix in the electrolyte's modes.

   With X = A^-1 D P (a column for each electrolyte ring: what the cells do at 1 V under that ring) and the conductance
   of the block between electrolyte rings G = P^T D (P - X), the modes' matrix is 1 + B^T G B. The block is thin, so X
   is local: a column is followed only as far as it is not lost to rounding.

   Factor and solve of a band this narrow are written out: LAPACK's routines spend twenty times as long in the calls of
   their own (4096 cells of width 8: 2.5 ms against 0.13 ms). It serves where a negative film asks for pivots. */
#include "sei_private.h"
#include <stdbool.h>

/* LAPACK's band routines, which PETSc's header leaves out; names as PETSc mangles them. */
#define LAPACKgbtrf_ PETSCBLAS(gbtrf, GBTRF)
#define LAPACKgbtrs_ PETSCBLAS(gbtrs, GBTRS)
BLAS_EXTERN void LAPACKgbtrf_(const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *,
                              PetscScalar *, const PetscBLASInt *, PetscBLASInt *, PetscBLASInt *);
BLAS_EXTERN void LAPACKgbtrs_(const char *, const PetscBLASInt *, const PetscBLASInt *, const PetscBLASInt *,
                              const PetscBLASInt *, const PetscScalar *, const PetscBLASInt *, const PetscBLASInt *,
                              PetscScalar *, const PetscBLASInt *, PetscBLASInt *);

/* Values of a column of X below this part of its largest are not followed. */
static const double negligible = 1e-18;

PetscErrorCode SeiFactorCreate(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const size_t cells = (size_t)s->cells, rings = (size_t)s->rings;
  PetscBool sparse;

  PetscFunctionBeginUser;
  f->cells = s->cells;
  f->width = PetscMin(PetscMax(s->column_stride, s->layer_stride) + (s->corner_count ? 1 : 0), s->cells - 1);
  PetscCall(SeiSparseIsWanted(f->width, &sparse));
  if (sparse) {
    PetscCall(SeiSparseCreate(s));
  } else {
    PetscCall(PetscMalloc1(cells * (size_t)(f->width + 1), &f->band));
  }
  PetscCall(PetscMalloc3(cells, &f->inverse_diagonal, cells, &f->work, rings, &f->count));
  PetscCall(PetscMalloc4(rings, &f->first, rings * rings, &f->conductance, rings * (size_t)s->modes, &f->product, rings,
                         &f->ring));
  PetscCall(BulkDenseCreate(s->modes, &f->schur));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiFactorDestroy(SeiBlock *s) {
  SeiFactor *f = &s->factor;

  PetscFunctionBeginUser;
  PetscCall(SeiSparseDestroy(&f->sparse));
  PetscCall(PetscFree(f->band));
  PetscCall(PetscFree3(f->inverse_diagonal, f->work, f->count));
  PetscCall(PetscFree4(f->first, f->conductance, f->product, f->ring));
  PetscCall(PetscFree(f->response));
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
  const PetscInt stride = f->width + 1;

  PetscFunctionBeginUser;
  if (!f->band) { /* sparse, but not positive definite */
    PetscCall(PetscMalloc1((size_t)f->cells * (size_t)stride, &f->band));
  }
  PetscCall(PetscArrayzero(f->band, (size_t)f->cells * (size_t)stride));
  for (PetscInt c = 0; c < s->columns; c++) {
    f->band[SeiCell(s, c, 0) * stride] += s->admittance[c];
    f->band[SeiCell(s, c, s->layers - 1) * stride] += s->bottom.conductance[c];
  }
  for (PetscInt l = 0; l < s->inner.count; l++) {
    AddLink(f, s->from[l], s->to[l], s->inner.conductance[l]);
  }
  PetscFunctionReturn(0);
}

/* LU of the band where a negative film keeps it from being positive definite. */
static PetscErrorCode FactorGeneral(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const PetscBLASInt n = (PetscBLASInt)f->cells, width = (PetscBLASInt)f->width, rows = 3 * width + 1;
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

/* The loops below have a width that the compiler knows for the usual numbers of layers: BY_WIDTH. */
#define BY_WIDTH(call, width)                                                                                          \
  switch (width) {                                                                                                     \
  case 4:                                                                                                              \
    return call(f, x, 4);                                                                                              \
  case 5:                                                                                                              \
    return call(f, x, 5);                                                                                              \
  case 8:                                                                                                              \
    return call(f, x, 8);                                                                                              \
  case 9:                                                                                                              \
    return call(f, x, 9);                                                                                              \
  default:                                                                                                             \
    return call(f, x, width);                                                                                          \
  }

/* Column j of L; what is left of the next `reach` columns. */
static inline __attribute__((always_inline)) bool FactorColumn(SeiFactor *f, PetscInt j, PetscInt width,
                                                               PetscInt reach) {
  double *restrict column = f->band + j * (width + 1);
  double inverse;

  if (!(column[0] > 0.0)) {
    return false;
  }
  column[0] = sqrt(column[0]);
  inverse = f->inverse_diagonal[j] = 1.0 / column[0];
  for (PetscInt d = 1; d <= reach; d++) {
    column[d] *= inverse;
  }
  for (PetscInt d = 1; d <= reach; d++) {
    double *restrict next = f->band + (j + d) * (width + 1);
    const double l = column[d];
    for (PetscInt e = d; e <= reach; e++) {
      next[e - d] -= l * column[e];
    }
  }
  return true;
}

static inline __attribute__((always_inline)) bool FactorBandOf(SeiFactor *f, double *x, PetscInt width) {
  const PetscInt whole = f->cells - width;

  (void)x;
  for (PetscInt j = 0; j < whole; j++) {
    if (!FactorColumn(f, j, width, width)) {
      return false;
    }
  }
  for (PetscInt j = PetscMax(0, whole); j < f->cells; j++) {
    if (!FactorColumn(f, j, width, f->cells - 1 - j)) {
      return false;
    }
  }
  return true;
}

/* A = L L^T in place; false if it is not positive definite. */
static bool FactorBand(SeiFactor *f) {
  double *x = NULL;
  BY_WIDTH(FactorBandOf, f->width)
}

/* One step of each substitution; the columns of L run downwards. */
static inline __attribute__((always_inline)) void Forward(const SeiFactor *f, PetscInt j, double x[], PetscInt width,
                                                          PetscInt reach) {
  const double *restrict column = f->band + j * (width + 1);
  const double value = x[j] *= f->inverse_diagonal[j];

  for (PetscInt d = 1; d <= reach; d++) {
    x[j + d] -= column[d] * value;
  }
}

static inline __attribute__((always_inline)) void Backward(const SeiFactor *f, PetscInt j, double x[], PetscInt width,
                                                           PetscInt reach) {
  const double *restrict column = f->band + j * (width + 1);
  double sum = x[j];

  for (PetscInt d = 1; d <= reach; d++) {
    sum -= column[d] * x[j + d];
  }
  x[j] = sum * f->inverse_diagonal[j];
}

static inline PetscInt Reach(const SeiFactor *f, PetscInt j) {
  return PetscMin(f->width, f->cells - 1 - j);
}

static inline __attribute__((always_inline)) bool SolveBandOf(const SeiFactor *f, double *x, PetscInt width) {
  const PetscInt whole = PetscMax(0, f->cells - width);

  for (PetscInt j = 0; j < whole; j++) {
    Forward(f, j, x, width, width);
  }
  for (PetscInt j = whole; j < f->cells; j++) {
    Forward(f, j, x, width, Reach(f, j));
  }
  for (PetscInt j = f->cells - 1; j >= whole; j--) {
    Backward(f, j, x, width, Reach(f, j));
  }
  for (PetscInt j = whole - 1; j >= 0; j--) {
    Backward(f, j, x, width, width);
  }
  return true;
}

static bool SolveBand(const SeiFactor *f, double *x) {
  BY_WIDTH(SolveBandOf, f->width)
}

static PetscErrorCode SolveCells(const SeiFactor *f, double x[]) {
  PetscFunctionBeginUser;
  if (f->cholesky && f->sparse) {
    PetscCall(SeiSparseSolve(f->sparse, x));
  } else if (f->cholesky) {
    (void)SolveBand(f, x);
  } else {
    const PetscBLASInt n = (PetscBLASInt)f->cells, width = (PetscBLASInt)f->width, rows = 3 * width + 1, one = 1;
    PetscBLASInt info = 0;
    PetscCallBLAS("LAPACKgbtrs",
                  LAPACKgbtrs_("N", &n, &width, &width, &one, f->general, &rows, f->pivot, x, &n, &info));
  }
  PetscFunctionReturn(0);
}

/* Solve for a right-hand side whose first and last non-zero cells are *first and *last, zeros elsewhere; on return
   they enclose the solution. f->work holds it; zeros beyond. */
static inline __attribute__((always_inline)) bool SolveLocallyOf(const SeiFactor *f, double *x, PetscInt width,
                                                                 PetscInt *first, PetscInt *last) {
  double largest = 0.0, recent = 0.0;
  PetscInt j, since = 0;

  for (j = *first; j < f->cells; j++) {
    Forward(f, j, x, width, Reach(f, j));
    largest = PetscMax(largest, fabs(x[j]));
    recent = j > *last ? PetscMax(recent, fabs(x[j])) : 0.0;
    since = j > *last ? since + 1 : 0;
    if (since >= width) {
      if (recent <= negligible * largest) {
        break;
      }
      since = 0;
      recent = 0.0;
    }
  }
  for (PetscInt k = j + 1; k <= PetscMin(j + width, f->cells - 1); k++) {
    x[k] = 0.0; /* what the last steps have begun */
  }
  *last = PetscMin(j, f->cells - 1);
  largest = recent = 0.0;
  since = 0;
  for (j = *last; j >= 0; j--) {
    Backward(f, j, x, width, Reach(f, j));
    largest = PetscMax(largest, fabs(x[j]));
    recent = j < *first ? PetscMax(recent, fabs(x[j])) : 0.0;
    since = j < *first ? since + 1 : 0;
    if (since >= width) {
      if (recent <= negligible * largest) {
        break;
      }
      since = 0;
      recent = 0.0;
    }
  }
  *first = PetscMax(j, 0);
  return true;
}

static bool SolveLocally(const SeiFactor *f, PetscInt *first, PetscInt *last, double *x) {
  switch (f->width) {
  case 5:
    return SolveLocallyOf(f, x, 5, first, last);
  case 9:
    return SolveLocallyOf(f, x, 9, first, last);
  default:
    return SolveLocallyOf(f, x, f->width, first, last);
  }
}

/* Room for `more` values of X behind `used`. */
static PetscErrorCode GrowResponse(SeiFactor *f, PetscInt used, PetscInt more) {
  double *larger;

  PetscFunctionBeginUser;
  if (used + more > f->capacity) {
    f->capacity = 2 * (used + more);
    PetscCall(PetscMalloc1(f->capacity, &larger));
    PetscCall(PetscArraycpy(larger, f->response, used));
    PetscCall(PetscFree(f->response));
    f->response = larger;
  }
  PetscFunctionReturn(0);
}

/* X, one column for each electrolyte ring; columns of the block lie in the order of the rings. */
static PetscErrorCode FillResponse(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  PetscInt column = 0, used = 0;

  PetscFunctionBeginUser;
  if (f->cholesky && f->sparse) {
    PetscCall(GrowResponse(f, 0, s->cells * s->rings));
    for (PetscInt g = 0; g < s->rings; g++) {
      f->first[g] = 0;
      f->count[g] = s->cells;
    }
    PetscCall(SeiSparseResponse(s, f->response));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscArrayzero(f->work, s->cells));
  for (PetscInt g = 0; g < s->rings; g++) {
    PetscInt first = s->cells, last = 0;

    for (; column < s->columns && s->options.under[column] == g; column++) {
      const PetscInt cell = SeiCell(s, column, s->layers - 1);
      f->work[cell] = s->bottom.conductance[column];
      first = PetscMin(first, cell);
      last = PetscMax(last, cell);
    }
    if (f->cholesky) {
      (void)SolveLocally(f, &first, &last, f->work);
    } else {
      PetscCall(SolveCells(f, f->work));
      first = 0;
      last = s->cells - 1;
    }
    PetscCall(GrowResponse(f, used, last - first + 1));
    f->first[g] = first;
    f->count[g] = last - first + 1;
    PetscCall(PetscArraycpy(f->response + used, f->work + first, f->count[g]));
    PetscCall(PetscArrayzero(f->work + first, f->count[g]));
    used += f->count[g];
  }
  PetscFunctionReturn(0);
}

/* G = P^T D (P - X) */
static void FillConductance(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const double *x = f->response;

  PetscCallVoid(PetscArrayzero(f->conductance, (size_t)s->rings * (size_t)s->rings));
  for (PetscInt c = 0; c < s->columns; c++) {
    f->conductance[s->options.under[c] * (s->rings + 1)] += s->bottom.conductance[c];
  }
  for (PetscInt h = 0; h < s->rings; x += f->count[h++]) {
    const PetscInt below = f->first[h] - SeiCell(s, 0, s->layers - 1); /* of the first column's last cell */
    PetscInt c = below > 0 ? (below + s->column_stride - 1) / s->column_stride : 0;
    for (PetscInt place = c * s->column_stride - below; c < s->columns && place < f->count[h];
         c++, place += s->column_stride) {
      f->conductance[s->options.under[c] * s->rings + h] -= s->bottom.conductance[c] * x[place];
    }
  }
}

/* S = 1 + B^T G B, both triangles. */
static PetscErrorCode FillSchur(SeiBlock *s) {
  SeiFactor *f = &s->factor;
  const PetscBLASInt rings = (PetscBLASInt)s->rings, modes = (PetscBLASInt)s->modes;
  const double unity = 1.0, zero = 0.0;

  PetscFunctionBeginUser;
  /* row-major B is column-major B^T */
  PetscCallBLAS("BLASgemm", BLASgemm_("N", "N", &modes, &rings, &rings, &unity, s->root, &modes, f->conductance, &rings,
                                      &zero, f->product, &modes));
  PetscCallBLAS("BLASgemm", BLASgemm_("N", "T", &modes, &modes, &rings, &unity, f->product, &modes, s->root, &modes,
                                      &zero, f->schur.matrix, &modes));
  for (PetscInt m = 0; m < modes; m++) {
    f->schur.matrix[m * modes + m] += 1.0;
    for (PetscInt n = 0; n < m; n++) {
      const double mean = 0.5 * (f->schur.matrix[m * modes + n] + f->schur.matrix[n * modes + m]);
      f->schur.matrix[m * modes + n] = f->schur.matrix[n * modes + m] = mean;
    }
  }
  PetscCall(BulkDenseFactor(&f->schur, f->cholesky ? DENSE_SYMMETRIC : DENSE_INDEFINITE));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiFactorSetUp(SeiBlock *s) {
  SeiFactor *f = &s->factor;

  PetscFunctionBeginUser;
  if (f->sparse) {
    PetscCall(SeiSparseFactor(s, &f->cholesky));
  } else {
    PetscCall(Assemble(s));
    f->cholesky = FactorBand(f) ? PETSC_TRUE : PETSC_FALSE;
  }
  if (!f->cholesky) {
    PetscCall(FactorGeneral(s));
  }
  PetscCall(FillResponse(s));
  FillConductance(s);
  PetscCall(FillSchur(s));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiFactorSolveCells(SeiBlock *s, double x[]) {
  PetscFunctionBeginUser;
  PetscCall(SolveCells(&s->factor, x));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiFactorSolve(SeiBlock *s, double rhs[], double mode[]) {
  SeiFactor *f = &s->factor;
  const PetscInt modes = s->modes;
  const double *x = f->response;

  PetscFunctionBeginUser;
  PetscCall(SolveCells(f, rhs));
  PetscCall(PetscArrayzero(f->ring, s->rings));
  for (PetscInt c = 0; c < s->columns; c++) {
    f->ring[s->options.under[c]] += s->bottom.conductance[c] * rhs[SeiCell(s, c, s->layers - 1)];
  }
  for (PetscInt g = 0; g < s->rings; g++) {
    for (PetscInt m = 0; m < modes; m++) {
      mode[m] += s->root[g * modes + m] * f->ring[g];
    }
  }
  PetscCall(BulkDenseSolve(&f->schur, 1, mode));
  for (PetscInt g = 0; g < s->rings; x += f->count[g++]) {
    double *restrict to = rhs + f->first[g], dv = 0.0;
    for (PetscInt m = 0; m < modes; m++) {
      dv += s->root[g * modes + m] * mode[m];
    }
    for (PetscInt n = 0; n < f->count[g]; n++) {
      to[n] += x[n] * dv;
    }
  }
  PetscFunctionReturn(0);
}
