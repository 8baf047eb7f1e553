/* The linear systems of the distributed SEI and electrolyte: conjugate gradients with algebraic multigrid. Options of
   PETSc begin with -sei_. */
#include "sei_large.h"
#include <math.h>

/* --- matrix ------------------------------------------------------------------------------------------------------- */

typedef struct {
  PetscInt *own, *other; /* entries of the own rows: among the own columns, beyond; NULL: set values */
  PetscErrorCode code;
} Assembly;

static void AddEntry(SeiLarge *s, Assembly *assembly, PetscInt row, PetscInt column, double value) {
  if (assembly->own && row != column) {
    const PetscBool own = column >= s->row_first && column < s->row_last ? PETSC_TRUE : PETSC_FALSE;
    (own ? assembly->own : assembly->other)[row - s->row_first]++;
  } else if (!assembly->own && !assembly->code) {
    assembly->code = MatSetValue(s->matrix, row, column, value, ADD_VALUES);
  }
}

/* The own rows of a conductance between two. */
static void AddFace(SeiLarge *s, PetscInt a, PetscInt b, double g, void *context) {
  Assembly *assembly = (Assembly *)context;

  for (int side = 0; side < 2; side++) {
    const PetscInt row = side ? b : a, other = side ? a : b;
    if (row >= s->row_first && row < s->row_last) {
      AddEntry(s, assembly, row, row, g);
      if (other >= 0) {
        AddEntry(s, assembly, row, other, -g);
      }
    }
  }
}

static void AddLink(SeiLarge *s, const SeiLargePlace *at, void *context) {
  AddFace(s, SeiLargeRow(s, at->from, at->from_layer), SeiLargeRow(s, at->to, at->to_layer),
          (double)s->link[at->kind].conductance[at->index], context);
}

PetscErrorCode SeiLargeAssemble(SeiLarge *s) {
  Assembly assembly = {0};

  PetscFunctionBeginUser;
  PetscCall(MatZeroEntries(s->matrix));
  SeiLargeVisitLinks(s, AddLink, &assembly);
  SeiLargeVisitElectrolyte(s, AddFace, &assembly);
  PetscCall(assembly.code);
  for (PetscInt c = s->column_first; c < s->column_last; c++) {
    const PetscInt row = s->column_row[c];
    PetscCall(MatSetValue(s->matrix, row, row, s->admittance[c - s->column_first], ADD_VALUES));
  }
  PetscCall(MatAssemblyBegin(s->matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(s->matrix, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateMatrix(SeiLarge *s) {
  const PetscInt own = s->row_last - s->row_first;
  Assembly counts = {0};

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(own, &counts.own, own, &counts.other));
  SeiLargeVisitLinks(s, AddLink, &counts);
  SeiLargeVisitElectrolyte(s, AddFace, &counts);
  for (PetscInt n = 0; n < own; n++) {
    counts.own[n]++; /* the diagonal */
  }
  PetscCall(MatCreateAIJ(s->comm, own, own, s->rows, s->rows, 0, counts.own, 0, counts.other, &s->matrix));
  PetscCall(PetscFree2(counts.own, counts.other));
  PetscCall(MatSetOption(s->matrix, MAT_SPD, PETSC_TRUE));
  PetscCall(MatSetOption(s->matrix, MAT_SYMMETRY_ETERNAL, PETSC_TRUE));
  PetscCall(MatSetOption(s->matrix, MAT_NO_OFF_PROC_ENTRIES, PETSC_TRUE));
  PetscFunctionReturn(0);
}

/* --- solver ------------------------------------------------------------------------------------------------------- */

/* Options of hypre that are not asked for otherwise: less memory (3.4 times the matrix for 3.7) at the same iterations.
 */
static const char *const preferred[][2] = {{"-sei_pc_hypre_boomeramg_coarsen_type", "HMIS"},
                                           {"-sei_pc_hypre_boomeramg_interp_type", "ext+i"},
                                           {"-sei_pc_hypre_boomeramg_P_max", "4"}};
enum { PREFERRED = sizeof preferred / sizeof *preferred };

static PetscErrorCode ReadOptions(KSP ksp) {
  PetscBool given[PREFERRED] = {PETSC_FALSE};

  PetscFunctionBeginUser;
  for (int k = 0; k < PREFERRED; k++) {
    PetscCall(PetscOptionsHasName(NULL, NULL, preferred[k][0], &given[k]));
    if (!given[k]) {
      PetscCall(PetscOptionsSetValue(NULL, preferred[k][0], preferred[k][1]));
    }
  }
  PetscCall(KSPSetFromOptions(ksp));
  for (int k = 0; k < PREFERRED; k++) {
    if (!given[k]) {
      PetscCall(PetscOptionsClearValue(NULL, preferred[k][0]));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode SetMultigrid(SeiLarge *s, PC pc) {
  const PetscReal threshold = 0.02; /* without it GAMG does not converge on these grids */
  PetscErrorCode (*create)(PC) = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscFunctionListFind(PCList, PCHYPRE, &create));
  if (create) {
    PetscCall(PCSetType(pc, PCHYPRE));
    PetscCall(PCHYPRESetType(pc, "boomeramg"));
    PetscCall(PetscStrncpy(s->method, "conjugate gradients with BoomerAMG", sizeof s->method));
  } else {
    PetscCall(PCSetType(pc, PCGAMG));
    PetscCall(PCGAMGSetThreshold(pc, (PetscReal *)&threshold, 1));
    PetscCall(PetscStrncpy(s->method, "conjugate gradients with GAMG (no hypre)", sizeof s->method));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLargeSolverCreate(SeiLarge *s) {
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(CreateMatrix(s));
  PetscCall(MatCreateVecs(s->matrix, &s->solution, &s->rhs));
  PetscCall(KSPCreate(s->comm, &s->ksp));
  PetscCall(KSPSetType(s->ksp, KSPCG));
  PetscCall(KSPSetNormType(s->ksp, KSP_NORM_NATURAL));
  PetscCall(KSPSetOperators(s->ksp, s->matrix, s->matrix));
  PetscCall(KSPSetOptionsPrefix(s->ksp, "sei_"));
  PetscCall(KSPGetPC(s->ksp, &pc));
  PetscCall(SetMultigrid(s, pc));
  PetscCall(ReadOptions(s->ksp));
  s->fresh = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode SeiLargeSolverDestroy(SeiLarge *s) {
  PetscFunctionBeginUser;
  PetscCall(KSPDestroy(&s->ksp));
  PetscCall(MatDestroy(&s->matrix));
  PetscCall(VecDestroy(&s->rhs));
  PetscCall(VecDestroy(&s->solution));
  PetscFunctionReturn(0);
}

static const double worn = 2.0; /* a preconditioner that takes so many times its first iterations is made anew */
enum { MOST_ITERATIONS = 500 };
static const double vanishing = 1e-15; /* [A/m^2] of a residual that is nothing: a billionth of the least current */

/* Effort of a solve: iterations per decade of the residual. */
static void Judge(SeiLarge *s, PetscInt iterations, double reduction) {
  const double decades = -log10(PetscMin(0.1, PetscMax(reduction, 1e-16)));

  s->cost = (double)iterations / decades;
  s->effort = s->effort > 0.0 ? s->effort : s->cost;
  s->solves++;
  s->iterations += iterations;
}

PetscErrorCode SeiLargeSolve(SeiLarge *s, double tolerance, double x[]) {
  const PetscInt own = s->row_last - s->row_first;
  const PetscBool renew = s->fresh || s->cost > worn * s->effort ? PETSC_TRUE : PETSC_FALSE;
  const double absolute = vanishing * s->factored_unit * s->area / (double)s->columns;
  KSPConvergedReason reason;
  PetscInt iterations;
  double history[MOST_ITERATIONS + 1], norm;
  PetscScalar *values;

  PetscFunctionBeginUser;
  if (renew) {
    s->setups++;
    s->effort = s->cost = 0.0;
    s->fresh = PETSC_FALSE;
  }
  PetscCall(KSPSetReusePreconditioner(s->ksp, renew ? PETSC_FALSE : PETSC_TRUE));
  PetscCall(VecGetArrayWrite(s->rhs, &values));
  PetscCall(PetscArraycpy(values, x, own));
  PetscCall(VecRestoreArrayWrite(s->rhs, &values));
  PetscCall(VecNorm(s->rhs, NORM_2, &norm));
  PetscCheck(isfinite(norm), s->comm, PETSC_ERR_NOT_CONVERGED, "SEI: the right-hand side is not finite");
  PetscCall(KSPSetTolerances(s->ksp, tolerance, absolute, 1e10, MOST_ITERATIONS));
  PetscCall(KSPSetResidualHistory(s->ksp, history, MOST_ITERATIONS + 1, PETSC_TRUE));
  PetscCall(KSPSolve(s->ksp, s->rhs, s->solution));
  PetscCall(KSPGetConvergedReason(s->ksp, &reason));
  PetscCall(KSPGetIterationNumber(s->ksp, &iterations));
  if (iterations > 0) {
    Judge(s, iterations, history[iterations] / history[0]);
  }
  PetscCheck(reason > 0, s->comm, PETSC_ERR_NOT_CONVERGED,
             "SEI: the linear solve over %" PetscInt_FMT " cells stopped after %" PetscInt_FMT
             " iterations at residual %g of %g: %s",
             s->rows, iterations, history[iterations], history[0], KSPConvergedReasons[reason]);
  PetscCall(VecGetArrayRead(s->solution, (const PetscScalar **)&values));
  PetscCall(PetscArraycpy(x, values, own));
  PetscCall(VecRestoreArrayRead(s->solution, (const PetscScalar **)&values));
  PetscFunctionReturn(0);
}
