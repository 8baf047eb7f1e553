/* Linear solves on the cells: direct while small, conjugate gradients with BoomerAMG beyond. Options prefix `bulk_`. */
#include "bulk_private.h"

PetscErrorCode BulkSolverCreate_Private(Bulk bulk, PetscInt cells, PetscBool positive, PetscBool direct, KSP *ksp) {
  PC pc = NULL;

  PetscFunctionBeginUser;
  PetscCall(KSPCreate(bulk->comm, ksp));
  PetscCall(KSPSetOptionsPrefix(*ksp, "bulk_"));
  PetscCall(KSPGetPC(*ksp, &pc));
  if (!positive || direct || cells <= BULK_DIRECT_CELLS) {
    PetscCall(KSPSetType(*ksp, KSPPREONLY));
    PetscCall(PCSetType(pc, positive ? PCCHOLESKY : PCLU));
    /* CHOLMOD is faster but sequential */
    PetscCall(PCFactorSetMatSolverType(pc, positive && bulk->processes == 1 ? MATSOLVERCHOLMOD : MATSOLVERMUMPS));
  } else {
    PetscCall(KSPSetType(*ksp, KSPCG));
    PetscCall(PCSetType(pc, PCHYPRE));
    PetscCall(PCHYPRESetType(pc, "boomeramg"));
  }
  PetscCall(KSPSetTolerances(*ksp, bulk->rtol, 0, PETSC_DEFAULT, 1000));
  if (positive && !direct) {
    PetscCall(KSPSetFromOptions(*ksp));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkSolverRun_Private(Bulk bulk, KSP ksp, Vec rhs, Vec solution) {
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  PetscInt iterations = 0;
  double residual = 0;

  PetscFunctionBeginUser;
  PetscCall(KSPSolve(ksp, rhs, solution));
  PetscCall(KSPGetConvergedReason(ksp, &reason));
  PetscCall(KSPGetIterationNumber(ksp, &iterations));
  PetscCall(KSPGetResidualNorm(ksp, &residual));
  bulk->statistics.linear_solves++;
  bulk->statistics.linear_iterations += iterations;
  PetscCheck(reason > 0, bulk->comm, PETSC_ERR_NOT_CONVERGED,
             "bulk: the linear solve over %" PetscInt_FMT " cells stopped after %" PetscInt_FMT
             " iterations at residual %g: %s",
             GridCellCount(bulk->grid), iterations, residual, KSPConvergedReasons[reason]);
  PetscFunctionReturn(0);
}
