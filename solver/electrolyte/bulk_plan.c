/* What an operator would be, and take, before it is built. */
#include "bulk_private.h"

#include <math.h>

enum { ROW_BYTES = 5 * 12, FACTOR_ENTRIES = 10, HIERARCHY_BYTES = 500 }; /* of a cell; the latter by log2(cells) */

/* [bytes] that every process holds whole: the grid, and what was given for each cell. */
static double Geometry(Bulk bulk) {
  const Grid grid = bulk->grid;
  const double cells = (double)GridCellCount(grid);
  double arrays = 5;

  arrays += bulk->cell_conductivity ? 2 : 0; /* the simulation's and the operator's */
  arrays += bulk->face_resistance_down ? 2 : 0;
  arrays += bulk->face_resistance_outward ? 2 : 0;
  return 8 * (arrays * cells + 2 * (cells + (double)(grid->columns + grid->layers) + 1));
}

/* Does this solver hold, and do, the same on every process? */
static PetscErrorCode IsRedundant(KSP ksp, PetscBool *redundant, PetscBool *factors) {
  PC pc = NULL;

  PetscFunctionBeginUser;
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PetscObjectTypeCompare((PetscObject)pc, PCREDUNDANT, redundant));
  PetscCall(PetscObjectTypeCompareAny((PetscObject)pc, factors, PCCHOLESKY, PCLU, PCREDUNDANT, ""));
  PetscFunctionReturn(0);
}

static PetscErrorCode PlanCells(Bulk bulk, BulkPlan *plan) {
  const PetscBool builds = plan->type == BULK_CONDENSED ? PETSC_TRUE : PETSC_FALSE;
  const double rings = bulk->grid->rings, cells = (double)GridCellCount(bulk->grid);
  PetscBool redundant = PETSC_FALSE, factors = PETSC_FALSE, shared;
  double share, solver;
  char text[64];
  KSP ksp = NULL;

  PetscFunctionBeginUser;
  PetscCall(BulkSolverCreate_Private(bulk, builds ? BULK_SYSTEM_BUILD : BULK_SYSTEM_CELLS, &ksp));
  PetscCall(BulkSolverDescribe_Private(ksp, text, sizeof text));
  PetscCall(IsRedundant(ksp, &redundant, &factors));
  PetscCall(KSPDestroy(&ksp));
  share = cells / bulk->processes;
  solver = factors ? (redundant ? cells : share) * 8 * FACTOR_ENTRIES * log2(cells + 2) : share * HIERARCHY_BYTES;
  /* small systems are factored on one process or on every one; see bulk_solver.c */
  shared = cells > BULK_DIRECT_CELLS ? PETSC_TRUE : PETSC_FALSE;
  if (builds) {
    plan->bytes += 8 * 2 * rings * rings + solver + share * (8 * 2 * PetscMin(rings, 128) + ROW_BYTES);
    plan->build_is_shared = shared;
  } else { /* two matrices with links and vectors, and their factors or multigrid hierarchies */
    plan->bytes += 2 * solver + share * (2 * ROW_BYTES + 8 * 12);
    plan->build_is_shared = plan->solve_is_shared = shared;
  }
  PetscCall(
      PetscSNPrintf(plan->method, sizeof plan->method, "%s, %s", builds ? "dense operator" : "linear cells", text));
  PetscFunctionReturn(0);
}

static PetscErrorCode Plan(Bulk bulk, BulkType type, BulkPlan *plan) {
  const double rings = bulk->grid->rings;

  PetscFunctionBeginUser;
  PetscCall(BulkChooseType_Private(bulk, type));
  *plan = (BulkPlan){.type = bulk->type, .bytes = Geometry(bulk)};
  if (bulk->type == BULK_HALFSPACE) { /* modes twice, the small factor; in the worst case the whole matrix */
    plan->bytes += 8 * (1 + 0.25 + 1) * rings * rings;
    PetscCall(PetscSNPrintf(plan->method, sizeof plan->method, "%d Legendre modes", (int)(bulk->grid->rings + 1) / 2));
  } else if (bulk->type == BULK_CONDENSED && BulkCanSeparate_Private(bulk)) { /* operator, factor, eigenvectors */
    plan->bytes += 8 * 3 * rings * rings;
    PetscCall(PetscStrncpy(plan->method, "separable eigenvectors", sizeof plan->method));
  } else {
    PetscCall(PlanCells(bulk, plan));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkMakePlan(MPI_Comm comm, BulkType type, Grid grid, const BulkOptions *options, BulkPlan *plan) {
  Bulk bulk = NULL;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(BulkAllocate_Private(comm, grid, options, &bulk));
  code = Plan(bulk, type, plan);
  PetscCall(BulkDestroy(&bulk));
  PetscCall(code);
  PetscFunctionReturn(0);
}
