/* All cells in the solve: anything the grid can hold, on any number of processes.

   With shunts Y = 1/(film + half cell) at the rings, (Z + film) x = b is (A + Y) phi = Y b, x = Y (b - phi): sparse,
   and positive definite for positive films. */
#include "bulk_private.h"

#include <math.h>

typedef struct {
  BulkNetwork *network; /* the conductances */
  Mat matrix;           /* of the network */
  Mat shunted;          /* the same with the films' shunts at the rings; NULL until the first BulkFactor */
  KSP ksp, ksp_shunted, ksp_indefinite;
  KSP shunted_by; /* which of the latter two holds the last factor */
  PetscInt cells;
  Vec rhs, work;      /* cells */
  Vec potential;      /* [V] cells: the state of the last BulkPotential */
  PetscBool solved;   /* the state belongs to `current` */
  double *current;    /* [A] rings: of the last BulkPotential */
  double *admittance; /* [-] rings: of the film and the half cell in series, over sigma a (last BulkFactor) */
  double *ring;       /* rings: work */
} BulkFieldData;

/* sources: 1 with the cells' own, 0 the response to the ring currents alone */
static PetscErrorCode LinearSolve(Bulk bulk, BulkFieldData *f, const double current[], double sources, Vec cells,
                                  double potential[]) {
  PetscFunctionBeginUser;
  PetscCall(BulkSource_Private(bulk, current, sources, f->rhs));
  PetscCall(BulkSolverRun_Private(bulk, f->ksp, f->rhs, cells));
  if (!potential) {
    PetscFunctionReturn(0);
  }
  PetscCall(BulkRingValues_Private(bulk, cells, potential));
  for (PetscInt j = 0; j < bulk->grid->rings; j++) {
    potential[j] += bulk->unit * current[j] / f->network->surface[j];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Potential(Bulk bulk, const double current[], double potential[]) {
  BulkFieldData *f = (BulkFieldData *)bulk->data;

  PetscFunctionBeginUser;
  f->solved = PETSC_FALSE;
  PetscCall(LinearSolve(bulk, f, current, 1, f->potential, potential));
  PetscCall(PetscArraycpy(f->current, current, bulk->grid->rings));
  f->solved = PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* The state of the cells at these currents, solved again only if they are new. */
static PetscErrorCode EnsureState(Bulk bulk, const double current[]) {
  BulkFieldData *f = (BulkFieldData *)bulk->data;
  PetscBool same = PETSC_FALSE;

  PetscFunctionBeginUser;
  if (f->solved) {
    PetscCall(PetscMemcmp(f->current, current, sizeof(double) * (size_t)bulk->grid->rings, &same));
  }
  if (!same) {
    PetscCall(Potential(bulk, current, f->ring));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(Bulk bulk, const double film[]) {
  BulkFieldData *f = (BulkFieldData *)bulk->data;
  PetscBool positive = PETSC_TRUE;
  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < bulk->grid->rings; j++) {
    const double half = 1 / f->network->surface[j], sum = film[j] / bulk->unit + half;
    PetscCheck(fabs(sum) > 1e-14 * half, bulk->comm, PETSC_ERR_MAT_LU_ZRPVT,
               "bulk: the film resistance %g Ohm of ring %" PetscInt_FMT " cancels that of the half cell below it",
               film[j], j);
    f->admittance[j] = 1 / sum;
    positive = (PetscBool)(positive && sum > 0);
  }
  if (!f->shunted) {
    PetscCall(BulkNetworkCreateMatrix_Private(bulk, f->network, &f->shunted));
  }
  PetscCall(BulkNetworkAssemble_Private(bulk, f->network, f->admittance, f->shunted));
  PetscCall(MatSetOption(f->shunted, MAT_SPD, positive));
  f->shunted_by = positive ? f->ksp_shunted : f->ksp_indefinite;
  PetscCall(KSPSetOperators(f->shunted_by, f->shunted, f->shunted));
  PetscCall(KSPSetUp(f->shunted_by));
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(Bulk bulk, PetscInt count, double b[]) {
  BulkFieldData *f = (BulkFieldData *)bulk->data;
  const PetscInt rings = bulk->grid->rings;

  PetscFunctionBeginUser;
  for (PetscInt n = 0; n < count; n++) {
    double *column = b + (ptrdiff_t)rings * n;
    for (PetscInt j = 0; j < rings; j++) {
      f->ring[j] = f->admittance[j] * column[j] / bulk->unit;
    }
    PetscCall(BulkSource_Private(bulk, f->ring, 0, f->rhs));
    PetscCall(BulkSolverRun_Private(bulk, f->shunted_by, f->rhs, f->work));
    PetscCall(BulkRingValues_Private(bulk, f->work, f->ring));
    for (PetscInt j = 0; j < rings; j++) {
      column[j] = f->admittance[j] * (column[j] - f->ring[j]) / bulk->factored_unit;
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Apply(Bulk bulk, const double x[], double y[]) {
  BulkFieldData *f = (BulkFieldData *)bulk->data;

  PetscFunctionBeginUser;
  PetscCall(LinearSolve(bulk, f, x, 0, f->work, y));
  PetscFunctionReturn(0);
}

static PetscErrorCode CellField(Bulk bulk, const double current[], double potential[], double current_r[],
                                double current_z[]) {
  BulkFieldData *f = (BulkFieldData *)bulk->data;
  double *cells = NULL;

  PetscFunctionBeginUser;
  PetscCall(EnsureState(bulk, current));
  if (bulk->process == 0) {
    PetscCall(PetscMalloc1(f->cells, &cells));
  }
  PetscCall(BulkGatherCells_Private(f->potential, cells));
  if (bulk->process == 0) {
    if (potential) {
      PetscCall(PetscArraycpy(potential, cells, f->cells));
    }
    if (current_r || current_z) {
      PetscCall(BulkCurrentDensity_Private(bulk, current, cells, current_r, current_z));
    }
    PetscCall(PetscFree(cells));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CounterCurrent(Bulk bulk, const double current[], double *arriving) {
  BulkFieldData *f = (BulkFieldData *)bulk->data;
  const double *value = NULL;

  PetscFunctionBeginUser;
  PetscCall(EnsureState(bulk, current));
  PetscCall(VecGetArrayRead(f->potential, &value));
  *arriving = BulkGroundFlow_Private(f->network, value) / bulk->unit;
  PetscCall(VecRestoreArrayRead(f->potential, &value));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, arriving, 1, MPI_DOUBLE, MPI_SUM, bulk->comm));
  PetscFunctionReturn(0);
}

static PetscErrorCode Destroy(Bulk bulk) {
  BulkFieldData *f = (BulkFieldData *)bulk->data;

  PetscFunctionBeginUser;
  if (!f) {
    PetscFunctionReturn(0);
  }
  PetscCall(KSPDestroy(&f->ksp));
  PetscCall(KSPDestroy(&f->ksp_shunted));
  PetscCall(KSPDestroy(&f->ksp_indefinite));
  PetscCall(MatDestroy(&f->matrix));
  PetscCall(MatDestroy(&f->shunted));
  PetscCall(VecDestroy(&f->rhs));
  PetscCall(VecDestroy(&f->work));
  PetscCall(VecDestroy(&f->potential));
  PetscCall(BulkNetworkDestroy_Private(&f->network));
  PetscCall(PetscFree3(f->current, f->admittance, f->ring));
  PetscCall(PetscFree(bulk->data));
  PetscFunctionReturn(0);
}

/* All solvers at once, so that options which nobody will ever ask for are found before the run; some of them are asked
   for by the first factorisation. */
static PetscErrorCode CreateSolvers(Bulk bulk, BulkFieldData *f) {
  PetscBool given = PETSC_FALSE;
  char solver[64];

  PetscFunctionBeginUser;
  PetscCall(BulkSolverCreate_Private(bulk, BULK_SYSTEM_CELLS, &f->ksp));
  PetscCall(BulkSolverCreate_Private(bulk, BULK_SYSTEM_SHUNTED, &f->ksp_shunted));
  PetscCall(BulkSolverCreate_Private(bulk, BULK_SYSTEM_INDEFINITE, &f->ksp_indefinite));
  PetscCall(KSPSetOperators(f->ksp, f->matrix, f->matrix));
  PetscCall(KSPSetUp(f->ksp));
  PetscCall(BulkSolverHasOptions_Private("bulk_shunted_", &given));
  if (given) { /* f->ring holds zeros: no film */
    PetscCall(Factor(bulk, f->ring));
  }
  PetscCall(BulkSolverDescribe_Private(f->ksp, solver, sizeof solver));
  PetscCall(PetscSNPrintf(bulk->statistics.method, sizeof(bulk->statistics.method), "linear cells, %s", solver));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkCreateField_Private(Bulk bulk) {
  const PetscInt rings = bulk->grid->rings;
  BulkFieldData *f = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&f));
  bulk->data = f;
  bulk->ops = (BulkOps){.potential = Potential,
                        .factor = Factor,
                        .solve = Solve,
                        .apply = Apply,
                        .cell_field = CellField,
                        .counter_current = CounterCurrent,
                        .destroy = Destroy};
  f->cells = GridCellCount(bulk->grid);
  PetscCall(PetscCalloc3(rings, &f->current, rings, &f->admittance, rings, &f->ring));
  PetscCall(BulkNetworkCreate_Private(bulk, &f->network));
  PetscCall(BulkNetworkCreateMatrix_Private(bulk, f->network, &f->matrix));
  PetscCall(BulkNetworkAssemble_Private(bulk, f->network, NULL, f->matrix));
  PetscCall(MatSetOption(f->matrix, MAT_SPD, PETSC_TRUE));
  PetscCall(MatCreateVecs(f->matrix, &f->work, &f->rhs));
  PetscCall(VecDuplicate(f->rhs, &f->potential));
  PetscCall(CreateSolvers(bulk, f));
  PetscFunctionReturn(0);
}
