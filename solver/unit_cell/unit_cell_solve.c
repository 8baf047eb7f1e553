/* Linear solves by conjugate gradients with algebraic multigrid, and Newton's method over them. */
#include "unit_cell_private.h"
#include <math.h>
#include <string.h>

static const double newton_tolerance = 1e-10; /* [1] what does not balance, over what flows */
enum { NEWTON_MOST = 60, SHORTEN_MOST = 40 };

/* Defaults of BoomerAMG are those for two dimensions; a user's own win. */
static PetscErrorCode PreferHypre(void) {
  static const char *const options[][2] = {{"-cell_pc_hypre_boomeramg_coarsen_type", "HMIS"},
                                           {"-cell_pc_hypre_boomeramg_interp_type", "ext+i"},
                                           {"-cell_pc_hypre_boomeramg_P_max", "4"},
                                           {"-cell_pc_hypre_boomeramg_strong_threshold", "0.5"},
                                           {"-cell_pc_hypre_boomeramg_agg_nl", "1"}};

  PetscFunctionBeginUser;
  for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
    PetscBool given;
    PetscCall(PetscOptionsHasName(NULL, NULL, options[k][0], &given));
    if (!given) {
      PetscCall(PetscOptionsSetValue(NULL, options[k][0], options[k][1]));
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CreateSolver(UnitCell cell) {
  const PetscReal threshold = 0.02; /* without it GAMG hardly converges where conductivities jump */
  PetscErrorCode (*hypre)(PC) = NULL;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(DMCreateMatrix(cell->da, &cell->matrix));
  PetscCall(MatSetOption(cell->matrix, MAT_SPD, PETSC_TRUE));
  PetscCall(KSPCreate(cell->comm, &cell->ksp));
  PetscCall(KSPSetOptionsPrefix(cell->ksp, "cell_"));
  PetscCall(KSPSetType(cell->ksp, KSPCG));
  PetscCall(KSPSetNormType(cell->ksp, KSP_NORM_UNPRECONDITIONED));
  PetscCall(KSPSetTolerances(cell->ksp, cell->options.rtol, 0.0, PETSC_DEFAULT, 1000));
  PetscCall(KSPGetPC(cell->ksp, &pc));
  PetscCall(PetscFunctionListFind(PCList, PCHYPRE, &hypre));
  if (hypre) {
    PetscCall(PreferHypre());
    PetscCall(PCSetType(pc, PCHYPRE));
    PetscCall(PCHYPRESetType(pc, "boomeramg"));
  } else {
    PetscCall(PCSetType(pc, PCGAMG));
    PetscCall(PCGAMGSetThreshold(pc, (PetscReal *)&threshold, 1));
  }
  PetscCall(KSPSetFromOptions(cell->ksp));
  PetscCall(KSPSetOperators(cell->ksp, cell->matrix, cell->matrix));
  PetscCall(UnitCellVec(cell, &cell->residual));
  PetscCall(VecDuplicate(cell->residual, &cell->step));
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellDescribeSolver(UnitCell cell, char text[], size_t size) {
  const char *multigrid = NULL;
  KSPType method;
  PCType type;
  PC pc;

  PetscFunctionBeginUser;
  if (!cell->ksp) {
    PetscCall(CreateSolver(cell));
  }
  PetscCall(KSPGetPC(cell->ksp, &pc));
  PetscCall(KSPGetType(cell->ksp, &method));
  PetscCall(PCGetType(pc, &type));
  if (!strcmp(type, PCHYPRE)) {
    PetscCall(PCHYPREGetType(pc, &multigrid));
  }
  PetscCall(PetscSNPrintf(text, size, "%s with %s%s%s", strcmp(method, KSPCG) ? method : "conjugate gradients", type,
                          multigrid ? " " : "", multigrid ? multigrid : ""));
  PetscFunctionReturn(0);
}

/* cell->step = matrix \ -residual; false: not converged */
static PetscErrorCode Step(UnitCell cell, Vec solution, UnitCellWork *work, PetscBool *converged) {
  KSPConvergedReason reason;
  PetscInt iterations;

  PetscFunctionBeginUser;
  PetscCall(VecScale(cell->residual, -1.0));
  PetscCall(KSPSolve(cell->ksp, cell->residual, solution));
  PetscCall(VecScale(cell->residual, -1.0));
  PetscCall(KSPGetConvergedReason(cell->ksp, &reason));
  PetscCall(KSPGetIterationNumber(cell->ksp, &iterations));
  work->linear_iterations += iterations;
  *converged = reason > 0 ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellSolveLinear(UnitCell cell, PetscInt axis, Vec potential, UnitCellWork *work,
                                   PetscBool *converged) {
  const double none[3] = {0.0}, scale = cell->options.field_scale;
  const double field[3] = {axis == 0 ? 1.0 : 0.0, axis == 1 ? 1.0 : 0.0, axis == 2 ? 1.0 : 0.0};
  double before, after;

  PetscFunctionBeginUser;
  PetscCheck(axis == 2 || !cell->options.electrodes, cell->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "unit cell: between electrodes the field is along z");
  *work = (UnitCellWork){0};
  if (!cell->ksp) {
    PetscCall(CreateSolver(cell));
  }
  if (!cell->linear_ready) {
    PetscCall(UnitCellAssemble_Private(cell, none, NULL));
    PetscCall(KSPSetOperators(cell->ksp, cell->matrix, cell->matrix));
    cell->linear_ready = PETSC_TRUE;
  }
  cell->options.field_scale = INFINITY;
  PetscCall(UnitCellResidual_Private(cell, field, NULL, cell->residual, NULL));
  cell->options.field_scale = scale;
  PetscCall(VecNorm(cell->residual, NORM_2, &before));
  PetscCall(Step(cell, potential, work, converged));
  PetscCall(KSPGetResidualNorm(cell->ksp, &after));
  work->residual = before > 0.0 ? after / before : 0.0;
  PetscFunctionReturn(0);
}

/* Along the step the derivative of the convex energy, residual . step, rises from a negative value: go back until what
   it has become is not more than half of that. */
static PetscErrorCode Search(UnitCell cell, const double field[3], Vec potential, PetscBool *found) {
  double before, now, length = 1.0;

  PetscFunctionBeginUser;
  PetscCall(VecDot(cell->residual, cell->step, &before));
  PetscCall(VecAXPY(potential, 1.0, cell->step));
  *found = PETSC_FALSE;
  for (PetscInt k = 0; k < SHORTEN_MOST; k++) {
    double shorter;
    PetscCall(UnitCellResidual_Private(cell, field, potential, cell->residual, cell->magnitude));
    PetscCall(VecDot(cell->residual, cell->step, &now));
    if (now <= 0.5 * fabs(before)) { /* false for NaN */
      *found = PETSC_TRUE;
      break;
    }
    shorter = isfinite(now) ? length * PetscMax(0.1, fabs(before) / (fabs(before) + now)) : 0.1 * length;
    PetscCall(VecAXPY(potential, shorter - length, cell->step));
    length = shorter;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellSolveField(UnitCell cell, const double field[3], Vec potential, UnitCellWork *work,
                                  PetscBool *converged) {
  PetscFunctionBeginUser;
  *work = (UnitCellWork){0};
  *converged = PETSC_FALSE;
  if (!cell->ksp) {
    PetscCall(CreateSolver(cell));
  }
  if (!cell->magnitude) {
    PetscCall(VecDuplicate(cell->residual, &cell->magnitude));
  }
  cell->linear_ready = PETSC_FALSE;
  PetscCall(UnitCellResidual_Private(cell, field, potential, cell->residual, cell->magnitude));
  for (PetscInt k = 0; k <= NEWTON_MOST; k++) {
    PetscBool solved = PETSC_FALSE, found = PETSC_FALSE;
    double left, flows;
    PetscCall(VecNorm(cell->residual, NORM_2, &left));
    PetscCall(VecNorm(cell->magnitude, NORM_2, &flows));
    work->residual = flows > 0.0 ? left / flows : 0.0;
    if (work->residual <= newton_tolerance) {
      *converged = PETSC_TRUE;
      break;
    }
    if (k == NEWTON_MOST || !isfinite(work->residual)) {
      break;
    }
    PetscCall(UnitCellAssemble_Private(cell, field, potential));
    PetscCall(KSPSetOperators(cell->ksp, cell->matrix, cell->matrix));
    PetscCall(Step(cell, cell->step, work, &solved));
    if (!solved) {
      break;
    }
    PetscCall(Search(cell, field, potential, &found));
    work->newton_iterations++;
    if (!found) {
      break;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode UnitCellDestroy(UnitCell *cell) {
  PetscFunctionBeginUser;
  if (!*cell) {
    PetscFunctionReturn(0);
  }
  PetscCall(KSPDestroy(&(*cell)->ksp));
  PetscCall(MatDestroy(&(*cell)->matrix));
  PetscCall(VecDestroy(&(*cell)->residual));
  PetscCall(VecDestroy(&(*cell)->step));
  PetscCall(VecDestroy(&(*cell)->magnitude));
  PetscCall(DMDestroy(&(*cell)->da));
  PetscCall(PetscFree((*cell)->map));
  PetscCall(PetscFree(*cell));
  PetscFunctionReturn(0);
}
