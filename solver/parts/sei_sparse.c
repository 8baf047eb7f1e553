/* The cells' matrix A of sei.h where a band would be wide (many layers and columns): sparse, factored by CHOLMOD
   through PETSc, on every process. 512 x 256 cells: a band takes 9e9 operations and 270 MB, this a tenth of the time.
   -sei_sparse says otherwise. */
#include "sei_private.h"
#include <petscmat.h>

static const PetscInt wide = 96; /* of the band, from which on this is faster */

struct SeiSparse_ {
  Mat matrix, factor;  /* upper triangle */
  Mat right, response; /* dense, cells*rings: D P, X */
  Vec x, b;
};

PetscErrorCode SeiSparseIsWanted(PetscInt width, PetscBool *wanted) {
  PetscBool asked = width >= wide ? PETSC_TRUE : PETSC_FALSE;

  PetscFunctionBeginUser;
  *wanted = PETSC_FALSE;
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-sei_sparse", &asked, NULL));
  if (asked) {
    PetscCall(MatInitializePackage()); /* packages register when the first matrix is made */
    PetscCall(MatSolverTypeGet(MATSOLVERCHOLMOD, MATSEQSBAIJ, MAT_FACTOR_CHOLESKY, NULL, wanted, NULL));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Put(Mat matrix, PetscInt a, PetscInt b, double g) {
  PetscFunctionBeginUser;
  PetscCall(MatSetValue(matrix, PetscMin(a, b), PetscMax(a, b), g, ADD_VALUES));
  PetscFunctionReturn(0);
}

static PetscErrorCode Assemble(SeiBlock *s) {
  const Mat matrix = s->factor.sparse->matrix;

  PetscFunctionBeginUser;
  PetscCall(MatZeroEntries(matrix));
  for (PetscInt c = 0; c < s->columns; c++) {
    const PetscInt top = SeiCell(s, c, 0), last = SeiCell(s, c, s->layers - 1);
    PetscCall(Put(matrix, top, top, s->admittance[c]));
    PetscCall(Put(matrix, last, last, s->bottom.conductance[c]));
    for (PetscInt k = 0; k + 1 < s->layers && c + 1 < s->columns && s->corner_count; k++) { /* either diagonal */
      PetscCall(Put(matrix, SeiCell(s, c, k), SeiCell(s, c + 1, k + 1), 0.0));
      PetscCall(Put(matrix, SeiCell(s, c + 1, k), SeiCell(s, c, k + 1), 0.0));
    }
  }
  for (PetscInt l = 0; l < s->inner.count; l++) {
    const double g = s->inner.conductance[l];
    PetscCall(Put(matrix, s->from[l], s->from[l], g));
    PetscCall(Put(matrix, s->to[l], s->to[l], g));
    PetscCall(Put(matrix, s->from[l], s->to[l], -g));
  }
  PetscCall(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSparseCreate(SeiBlock *s) {
  const PetscInt n = s->cells;
  SeiSparse p;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&p));
  s->factor.sparse = p;
  PetscCall(MatCreateSeqSBAIJ(PETSC_COMM_SELF, 1, n, n, 5, NULL, &p->matrix));
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, n, s->rings, NULL, &p->right));
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, n, s->rings, NULL, &p->response));
  PetscCall(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, n, NULL, &p->b));
  PetscCall(VecCreateSeq(PETSC_COMM_SELF, n, &p->x));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSparseDestroy(SeiSparse *sparse) {
  SeiSparse p = *sparse;

  PetscFunctionBeginUser;
  if (p) {
    PetscCall(MatDestroy(&p->matrix));
    PetscCall(MatDestroy(&p->factor));
    PetscCall(MatDestroy(&p->right));
    PetscCall(MatDestroy(&p->response));
    PetscCall(VecDestroy(&p->b));
    PetscCall(VecDestroy(&p->x));
  }
  PetscCall(PetscFree(*sparse));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSparseFactor(SeiBlock *s, PetscBool *positive) {
  SeiSparse p = s->factor.sparse;
  MatFactorError failed;
  MatFactorInfo info;

  PetscFunctionBeginUser;
  PetscCall(Assemble(s));
  PetscCall(MatFactorInfoInitialize(&info));
  if (!p->factor) {
    PetscCall(MatGetFactor(p->matrix, MATSOLVERCHOLMOD, MAT_FACTOR_CHOLESKY, &p->factor));
    PetscCall(MatCholeskyFactorSymbolic(p->factor, p->matrix, NULL, &info));
  }
  PetscCall(MatCholeskyFactorNumeric(p->factor, p->matrix, &info));
  PetscCall(MatFactorGetError(p->factor, &failed));
  *positive = failed ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSparseSolve(SeiSparse p, double x[]) {
  const PetscScalar *solved;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(p->x, &n));
  PetscCall(VecPlaceArray(p->b, x));
  PetscCall(MatSolve(p->factor, p->b, p->x));
  PetscCall(VecResetArray(p->b));
  PetscCall(VecGetArrayRead(p->x, &solved));
  PetscCall(PetscArraycpy(x, solved, n));
  PetscCall(VecRestoreArrayRead(p->x, &solved));
  PetscFunctionReturn(0);
}

PetscErrorCode SeiSparseResponse(SeiBlock *s, double response[]) {
  SeiSparse p = s->factor.sparse;
  const PetscScalar *solved;
  PetscScalar *right;

  PetscFunctionBeginUser;
  PetscCall(MatZeroEntries(p->right));
  PetscCall(MatDenseGetArray(p->right, &right));
  for (PetscInt c = 0; c < s->columns; c++) {
    right[SeiCell(s, c, s->layers - 1) + s->cells * s->options.under[c]] = s->bottom.conductance[c];
  }
  PetscCall(MatDenseRestoreArray(p->right, &right));
  PetscCall(MatMatSolve(p->factor, p->right, p->response));
  PetscCall(MatDenseGetArrayRead(p->response, &solved));
  PetscCall(PetscArraycpy(response, solved, (size_t)s->cells * (size_t)s->rings));
  PetscCall(MatDenseRestoreArrayRead(p->response, &solved));
  PetscFunctionReturn(0);
}
