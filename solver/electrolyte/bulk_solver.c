/* Linear solves on the cells: direct while small, conjugate gradients with algebraic multigrid beyond, by the packages
   that PETSc was built with. Options prefix `bulk_`; where a problem has a prefix of its own that one goes before. */
#include "bulk_private.h"

typedef enum { PACKAGE_AUTO, PACKAGE_PETSC, PACKAGE_CHOLMOD, PACKAGE_MUMPS } Package;
static const char *const packages[] = {"auto", "petsc", "cholmod", "mumps", "Package", "PACKAGE_", NULL};

/* By BulkSystem. */
static const char *const prefixes[] = {"bulk_", "bulk_", "bulk_shunted_", "bulk_indefinite_", "bulk_electrode_"};

static PetscErrorCode IsInstalled(Bulk bulk, MatSolverType type, MatFactorType factor, PetscBool *installed) {
  PetscErrorCode (*create)(Mat, MatFactorType, Mat *) = NULL;

  PetscFunctionBeginUser;
  PetscCall(MatInitializePackage()); /* packages register when the first matrix is made */
  PetscCall(MatSolverTypeGet(type, bulk->processes > 1 ? MATMPIAIJ : MATSEQAIJ, factor, NULL, NULL, &create));
  *installed = create ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* The direct solver's package; NULL: none for this number of processes. CHOLMOD is the fastest, but sequential, and for
   positive definite systems. */
static PetscErrorCode ChooseDirect(Bulk bulk, PetscBool positive, Package package, MatSolverType *type) {
  const MatSolverType candidates[] = {MATSOLVERCHOLMOD, MATSOLVERMUMPS, MATSOLVERPETSC};
  const Package names[] = {PACKAGE_CHOLMOD, PACKAGE_MUMPS, PACKAGE_PETSC};

  PetscFunctionBeginUser;
  *type = NULL;
  if (package == PACKAGE_CHOLMOD && !positive) {
    package = PACKAGE_AUTO;
  }
  for (int k = 0; k < 3 && !*type; k++) {
    PetscBool installed = PETSC_FALSE;
    if (package == PACKAGE_AUTO || package == names[k]) {
      PetscCall(IsInstalled(bulk, candidates[k], positive ? MAT_FACTOR_CHOLESKY : MAT_FACTOR_LU, &installed));
    }
    *type = installed ? candidates[k] : NULL;
  }
  PetscCheck(*type || package == PACKAGE_AUTO || package == PACKAGE_PETSC, bulk->comm, PETSC_ERR_SUP,
             "bulk: -bulk_solver_package %s: this PETSc has it not, or not for %d process(es); take auto",
             packages[package], (int)bulk->processes);
  PetscFunctionReturn(0);
}

static PetscErrorCode SetDirect(KSP ksp, PC pc, PetscBool positive, MatSolverType type) {
  PetscFunctionBeginUser;
  PetscCall(KSPSetType(ksp, KSPPREONLY));
  if (!type) { /* every process factors all cells by itself */
    PetscCall(PCSetType(pc, PCREDUNDANT));
    PetscFunctionReturn(0);
  }
  PetscCall(PCSetType(pc, positive ? PCCHOLESKY : PCLU));
  PetscCall(PCFactorSetMatSolverType(pc, type));
  if (!strcmp(type, MATSOLVERPETSC)) { /* its default for Cholesky is the order of the cells */
    PetscCall(PCFactorSetMatOrderingType(pc, MATORDERINGND));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode SetMultigrid(KSP ksp, PC pc, Package package) {
  const PetscReal threshold = 0.02; /* without it GAMG does not converge on these grids */
  PetscErrorCode (*create)(PC) = NULL;

  PetscFunctionBeginUser;
  PetscCall(KSPSetType(ksp, KSPCG));
  PetscCall(PetscFunctionListFind(PCList, PCHYPRE, &create));
  if (create && package != PACKAGE_PETSC) {
    PetscCall(PCSetType(pc, PCHYPRE));
    PetscCall(PCHYPRESetType(pc, "boomeramg"));
  } else {
    PetscCall(PCSetType(pc, PCGAMG));
    PetscCall(PCGAMGSetThreshold(pc, (PetscReal *)&threshold, 1));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode ReadPackage(Bulk bulk, Package *package) {
  PetscEnum value = (PetscEnum)PACKAGE_AUTO;

  PetscFunctionBeginUser;
  PetscOptionsBegin(bulk->comm, "bulk_", "Linear solves on the cells of the electrolyte", "KSP");
  PetscCall(PetscOptionsEnum("-solver_package", "Package of the solvers (auto: the fastest that is installed)", "KSP",
                             packages, value, &value, NULL));
  PetscOptionsEnd();
  *package = (Package)value;
  PetscFunctionReturn(0);
}

PetscErrorCode BulkSolverCreate_Private(Bulk bulk, BulkSystem system, KSP *ksp) {
  const PetscBool positive = system == BULK_SYSTEM_INDEFINITE ? PETSC_FALSE : PETSC_TRUE;
  const PetscBool small = GridCellCount(bulk->grid) <= BULK_DIRECT_CELLS ? PETSC_TRUE : PETSC_FALSE;
  MatSolverType type = NULL;
  Package package = PACKAGE_AUTO;
  PetscBool direct;
  PC pc = NULL;

  PetscFunctionBeginUser;
  PetscCall(ReadPackage(bulk, &package));
  PetscCall(ChooseDirect(bulk, positive, package, &type));
  /* many right-hand sides are worth a factorisation at any size, unless each process would have to do it */
  direct = (PetscBool)(!positive || small || (system == BULK_SYSTEM_BUILD && type));
  direct = (PetscBool)(direct || package == PACKAGE_CHOLMOD || package == PACKAGE_MUMPS);
  if (small && package == PACKAGE_AUTO && bulk->processes > 1) {
    type = NULL; /* together they take longer than each by itself: 9600 cells on two, 0.15 s against 0.25 s */
  }
  PetscCall(KSPCreate(bulk->comm, ksp));
  PetscCall(KSPGetPC(*ksp, &pc));
  if (direct) {
    PetscCall(SetDirect(*ksp, pc, positive, type));
  } else {
    PetscCall(SetMultigrid(*ksp, pc, package));
  }
  PetscCall(KSPSetTolerances(*ksp, bulk->rtol, 0, PETSC_DEFAULT, 1000));
  PetscCall(KSPSetOptionsPrefix(*ksp, "bulk_"));
  if (positive) { /* a symmetric solver, which is what may be asked for in general, does not serve the other */
    PetscCall(KSPSetFromOptions(*ksp));
  }
  if (strcmp(prefixes[system], "bulk_")) {
    PetscCall(KSPSetOptionsPrefix(*ksp, prefixes[system]));
    PetscCall(KSPSetFromOptions(*ksp));
  }
  PetscFunctionReturn(0);
}

/* Names as their authors write them. */
static const char *ProperName(const char *name) {
  static const char *const names[][2] = {{MATSOLVERCHOLMOD, "CHOLMOD"},
                                         {MATSOLVERMUMPS, "MUMPS"},
                                         {MATSOLVERPETSC, "PETSc"},
                                         {KSPCG, "conjugate gradients"},
                                         {PCHYPRE, "hypre"},
                                         {PCGAMG, "GAMG"},
                                         {PCCHOLESKY, "Cholesky"},
                                         {PCLU, "LU"},
                                         {PCREDUNDANT, "LU by PETSc on every process"}};
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    if (!strcmp(name, names[k][0])) {
      return names[k][1];
    }
  }
  return name;
}

PetscErrorCode BulkSolverDescribe_Private(KSP ksp, char text[], size_t size) {
  KSPType method = NULL;
  PCType preconditioner = NULL;
  MatSolverType package = NULL;
  const char *multigrid = NULL;
  PetscBool preonly = PETSC_FALSE;
  PC pc = NULL;

  PetscFunctionBeginUser;
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(KSPGetType(ksp, &method));
  PetscCall(PCGetType(pc, &preconditioner));
  PetscCall(PetscObjectTypeCompare((PetscObject)ksp, KSPPREONLY, &preonly));
  PetscCall(PCFactorGetMatSolverType(pc, &package));
  if (!strcmp(preconditioner, PCHYPRE)) {
    PetscCall(PCHYPREGetType(pc, &multigrid));
  }
  PetscCall(PetscSNPrintf(text, size, "%s%s%s%s%s", preonly ? "" : ProperName(method), preonly ? "" : " with ",
                          multigrid && !strcmp(multigrid, "boomeramg") ? "BoomerAMG" : ProperName(preconditioner),
                          package ? " by " : "", package ? ProperName(package) : ""));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkSolverHasOptions_Private(const char prefix[], PetscBool *has) {
  char *all = NULL, *found = NULL, start[64];

  PetscFunctionBeginUser;
  (void)snprintf(start, sizeof start, "-%s", prefix);
  PetscCall(PetscOptionsGetAll(NULL, &all));
  PetscCall(PetscStrstr(all, start, &found));
  *has = found ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(PetscFree(all));
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
