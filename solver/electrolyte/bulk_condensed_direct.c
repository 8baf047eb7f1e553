/* The condensed operator of any linear grid: factor the cells once, solve for all rings as blocks of right-hand sides.
 */
#include "bulk_private.h"

#define RINGS_AT_ONCE 128 /* bounds the memory of the dense right-hand sides */

struct BulkDirect_ {
  BulkNetwork *network;
  Mat matrix;
  KSP ksp;
  Vec rhs, cells;
};

/* MUMPS solves blocks of right-hand sides one by one unless told otherwise, here or by the user. */
static PetscErrorCode SolveAtOnce(Bulk bulk, KSP ksp) {
  PC pc = NULL;
  Mat factor = NULL;
  MatSolverType package = NULL;
  PetscBool is_factor = PETSC_FALSE, given = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PetscObjectTypeCompareAny((PetscObject)pc, &is_factor, PCCHOLESKY, PCLU, ""));
  if (is_factor && bulk->processes > 1) {
    PetscCall(PCFactorGetMatSolverType(pc, &package));
    PetscCall(PetscOptionsHasName(NULL, "bulk_", "-mat_mumps_icntl_27", &given));
  }
  if (package && !strcmp(package, MATSOLVERMUMPS) && !given) {
    PetscCall(PCFactorGetMatrix(pc, &factor));
    PetscCall(MatMumpsSetIcntl(factor, 27, RINGS_AT_ONCE));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDirectDescribe_Private(BulkDirect direct, char text[], size_t size) {
  PetscFunctionBeginUser;
  PetscCall(BulkSolverDescribe_Private(direct->ksp, text, size));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDirectCreate_Private(Bulk bulk, BulkDirect *direct) {
  BulkDirect d = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&d));
  *direct = d;
  PetscCall(BulkNetworkCreate_Private(bulk, &d->network));
  PetscCall(BulkNetworkCreateMatrix_Private(bulk, d->network, &d->matrix));
  PetscCall(BulkNetworkAssemble_Private(bulk, d->network, NULL, d->matrix));
  PetscCall(MatSetOption(d->matrix, MAT_SPD, PETSC_TRUE));
  PetscCall(MatCreateVecs(d->matrix, &d->cells, &d->rhs));
  PetscCall(BulkSolverCreate_Private(bulk, BULK_SYSTEM_BUILD, &d->ksp));
  PetscCall(KSPSetOperators(d->ksp, d->matrix, d->matrix));
  PetscCall(KSPSetErrorIfNotConverged(d->ksp, PETSC_TRUE));
  PetscCall(KSPSetUp(d->ksp));
  PetscCall(SolveAtOnce(bulk, d->ksp));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDirectDestroy_Private(BulkDirect *direct) {
  BulkDirect d = *direct;

  PetscFunctionBeginUser;
  if (!d) {
    PetscFunctionReturn(0);
  }
  PetscCall(KSPDestroy(&d->ksp));
  PetscCall(MatDestroy(&d->matrix));
  PetscCall(VecDestroy(&d->rhs));
  PetscCall(VecDestroy(&d->cells));
  PetscCall(BulkNetworkDestroy_Private(&d->network));
  PetscCall(PetscFree(*direct));
  PetscFunctionReturn(0);
}

/* Columns ring_first.. of the operator, and what of them reaches ground; sums over processes are left to the caller. */
static PetscErrorCode TakeBlock(Bulk bulk, BulkDirect d, Mat solution, PetscInt ring_first, PetscInt count,
                                BulkOperator *op) {
  const PetscInt rings = bulk->grid->rings, own_first = d->network->first;
  const double *value = NULL;
  PetscInt stride = 0;

  PetscFunctionBeginUser;
  PetscCall(MatDenseGetLDA(solution, &stride));
  PetscCall(MatDenseGetArrayRead(solution, &value));
  for (PetscInt m = 0; m < count; m++) {
    const double *column = value + (size_t)stride * (size_t)m;
    for (PetscInt j = own_first; j < PetscMin(d->network->last, rings); j++) {
      op->impedance[j + rings * (ring_first + m)] = column[j - own_first];
    }
    op->arrival[ring_first + m] = BulkGroundFlow_Private(d->network, column);
  }
  PetscCall(MatDenseRestoreArrayRead(solution, &value));
  PetscFunctionReturn(0);
}

static PetscErrorCode SolveBlock(Bulk bulk, BulkDirect d, PetscInt ring_first, PetscInt count, BulkOperator *op) {
  const PetscInt own = d->network->last - d->network->first, cells = GridCellCount(bulk->grid);
  PetscInt before = 0, after = 0;
  Mat source = NULL, solution = NULL;

  PetscFunctionBeginUser;
  PetscCall(MatCreateDense(bulk->comm, own, PETSC_DECIDE, cells, count, NULL, &source));
  PetscCall(MatCreateDense(bulk->comm, own, PETSC_DECIDE, cells, count, NULL, &solution));
  for (PetscInt m = 0; m < count; m++) {
    const PetscInt ring = ring_first + m;
    if (ring >= d->network->first && ring < d->network->last) {
      PetscCall(MatSetValue(source, ring, m, 1, INSERT_VALUES));
    }
  }
  PetscCall(MatAssemblyBegin(source, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(source, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyBegin(solution, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(solution, MAT_FINAL_ASSEMBLY));
  PetscCall(KSPGetTotalIterations(d->ksp, &before));
  PetscCall(KSPMatSolve(d->ksp, source, solution));
  PetscCall(KSPGetTotalIterations(d->ksp, &after));
  bulk->statistics.linear_solves += count;
  bulk->statistics.linear_iterations += after - before;
  PetscCall(TakeBlock(bulk, d, solution, ring_first, count, op));
  PetscCall(MatDestroy(&source));
  PetscCall(MatDestroy(&solution));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDirectBuild_Private(Bulk bulk, BulkDirect d, BulkOperator *op) {
  const PetscInt rings = bulk->grid->rings;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(op->impedance, (size_t)(rings * rings)));
  for (PetscInt ring = 0; ring < rings; ring += RINGS_AT_ONCE) {
    PetscCall(SolveBlock(bulk, d, ring, PetscMin(RINGS_AT_ONCE, rings - ring), op));
  }
  if (bulk->processes > 1) {
    PetscMPIInt count = 0;
    PetscCall(PetscMPIIntCast(rings * rings, &count));
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, op->impedance, count, MPI_DOUBLE, MPI_SUM, bulk->comm));
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, op->arrival, (PetscMPIInt)rings, MPI_DOUBLE, MPI_SUM, bulk->comm));
  }
  for (PetscInt j = 0; j < rings; j++) {
    op->impedance[j + rings * j] += 1 / d->network->surface[j];
    for (PetscInt i = 0; i < j; i++) {
      double *upper = &op->impedance[i + rings * j], *lower = &op->impedance[j + rings * i];
      *upper = *lower = 0.5 * (*upper + *lower);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDirectCells_Private(Bulk bulk, BulkDirect d, const double current[], double potential[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkSource_Private(bulk, current, 0, d->rhs));
  PetscCall(BulkSolverRun_Private(bulk, d->ksp, d->rhs, d->cells));
  PetscCall(BulkGatherCells_Private(d->cells, potential));
  PetscFunctionReturn(0);
}
