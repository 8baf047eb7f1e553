/* Finite volumes condensed to the rings: a dense symmetric operator, non-dimensional with sigma a, built once. */
#include "bulk_private.h"

#include <petscblaslapack.h>

typedef struct {
  BulkOperator op;
  BulkDense dense;
  BulkSeparable separable; /* one of these two has built the operator, */
  BulkDirect direct;       /* and recovers the field; made when first needed if the operator came from the cache */
} Condensed;

static PetscErrorCode Potential(Bulk bulk, const double current[], double potential[]) {
  const Condensed *c = (const Condensed *)bulk->data;
  const PetscBLASInt n = c->dense.n, one = 1;
  const double zero = 0;

  PetscFunctionBeginUser;
  PetscCallBLAS("BLASgemv",
                BLASgemv_("N", &n, &n, &bulk->unit, c->op.impedance, &n, current, &one, &zero, potential, &one));
  PetscFunctionReturn(0);
}

static PetscErrorCode Factor(Bulk bulk, const double film[]) {
  Condensed *c = (Condensed *)bulk->data;
  const PetscBLASInt n = c->dense.n;
  const double *restrict from = c->op.impedance;
  double *restrict to = c->dense.matrix;

  PetscFunctionBeginUser;
  for (PetscBLASInt m = 0; m < n * n; m++) {
    to[m] = bulk->unit * from[m];
  }
  for (PetscBLASInt j = 0; j < n; j++) {
    to[j + n * j] += film[j];
  }
  PetscCall(BulkDenseFactor(&c->dense, DENSE_SYMMETRIC));
  PetscFunctionReturn(0);
}

static PetscErrorCode Solve(Bulk bulk, PetscInt count, double b[]) {
  const Condensed *c = (const Condensed *)bulk->data;

  PetscFunctionBeginUser;
  PetscCall(BulkDenseSolve(&c->dense, count, b));
  PetscFunctionReturn(0);
}

static PetscErrorCode CellField(Bulk bulk, const double current[], double potential[], double current_r[],
                                double current_z[]) {
  Condensed *c = (Condensed *)bulk->data;
  double *cells = NULL;

  PetscFunctionBeginUser;
  if (!c->separable && !c->direct) {
    PetscCall(BulkDirectCreate_Private(bulk, &c->direct));
  }
  if (bulk->process == 0) {
    PetscCall(PetscMalloc1(GridCellCount(bulk->grid), &cells));
  }
  if (c->direct) {
    PetscCall(BulkDirectCells_Private(bulk, c->direct, current, cells));
  } else if (bulk->process == 0) {
    PetscCall(BulkSeparableCells_Private(bulk, c->separable, current, cells));
  }
  if (bulk->process == 0) {
    if (potential && cells) {
      PetscCall(PetscArraycpy(potential, cells, GridCellCount(bulk->grid)));
    }
    if (current_r || current_z) {
      PetscCall(BulkCurrentDensity_Private(bulk, current, cells, current_r, current_z));
    }
    PetscCall(PetscFree(cells));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CounterCurrent(Bulk bulk, const double current[], double *arriving) {
  const Condensed *c = (const Condensed *)bulk->data;

  PetscFunctionBeginUser;
  *arriving = 0;
  for (PetscInt j = 0; j < bulk->grid->rings; j++) {
    *arriving += c->op.arrival[j] * current[j];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Destroy(Bulk bulk) {
  Condensed *c = (Condensed *)bulk->data;

  PetscFunctionBeginUser;
  PetscCall(BulkSeparableDestroy_Private(&c->separable));
  PetscCall(BulkDirectDestroy_Private(&c->direct));
  PetscCall(BulkDenseDestroy(&c->dense));
  PetscCall(PetscFree2(c->op.impedance, c->op.arrival));
  PetscCall(PetscFree(bulk->data));
  PetscFunctionReturn(0);
}

/* key: of an operator that is not in memory yet, else "". */
static PetscErrorCode BuildDirect(Bulk bulk, Condensed *c, char key[33]) {
  char solver[64];
  PetscBool own_solver = PETSC_FALSE, caches, recalled = PETSC_FALSE;

  PetscFunctionBeginUser;
  /* who chooses a solver wants it to work, and its result is no one else's */
  PetscCall(BulkSolverHasOptions_Private("bulk_", &own_solver));
  caches = (bulk->cache_dir || BulkIsShared_Private()) && !own_solver ? PETSC_TRUE : PETSC_FALSE;
  if (caches) {
    PetscCall(BulkCacheKey_Private(bulk, key));
    PetscCall(BulkRecall_Private(key, bulk->grid->rings, &c->op, &recalled));
    bulk->statistics.from_cache = recalled;
    if (!recalled && bulk->cache_dir) {
      PetscCall(BulkCacheRead_Private(bulk, key, &c->op, &bulk->statistics.from_cache));
    }
  }
  if (bulk->statistics.from_cache) {
    PetscCall(PetscStrncpy(bulk->statistics.method, "dense operator (cached)", sizeof(bulk->statistics.method)));
  } else {
    PetscCall(BulkDirectCreate_Private(bulk, &c->direct));
    PetscCall(BulkDirectBuild_Private(bulk, c->direct, &c->op));
    PetscCall(BulkDirectDescribe_Private(c->direct, solver, sizeof solver));
    PetscCall(PetscSNPrintf(bulk->statistics.method, sizeof(bulk->statistics.method), "dense operator, %s", solver));
    if (caches && bulk->cache_dir) {
      PetscCall(BulkCacheWrite_Private(bulk, key, &c->op));
    }
  }
  key[0] = recalled ? '\0' : key[0];
  PetscFunctionReturn(0);
}

PetscErrorCode BulkCreateCondensed_Private(Bulk bulk) {
  const PetscInt rings = bulk->grid->rings;
  char key[33] = "";
  Condensed *c = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&c));
  bulk->data = c;
  bulk->ops = (BulkOps){.potential = Potential,
                        .factor = Factor,
                        .solve = Solve,
                        .apply = Potential,
                        .cell_field = CellField,
                        .counter_current = CounterCurrent,
                        .destroy = Destroy};
  PetscCall(BulkDenseCreate(rings, &c->dense));
  PetscCall(PetscMalloc2((size_t)(rings * rings), &c->op.impedance, rings, &c->op.arrival));
  if (BulkCanSeparate_Private(bulk)) {
    PetscCall(BulkSeparableCreate_Private(bulk, &c->separable));
    PetscCall(BulkSeparableBuild_Private(bulk, c->separable, &c->op));
    PetscCall(PetscStrncpy(bulk->statistics.method, "separable eigenvectors", sizeof(bulk->statistics.method)));
  } else {
    PetscCall(BuildDirect(bulk, c, key));
  }
  if (bulk->processes > 1) { /* processors of different make may round differently; all must go the same way */
    PetscMPIInt count = 0;
    PetscCall(PetscMPIIntCast(rings * rings, &count));
    PetscCallMPI(MPI_Bcast(c->op.impedance, count, MPI_DOUBLE, 0, bulk->comm));
    PetscCallMPI(MPI_Bcast(c->op.arrival, (PetscMPIInt)rings, MPI_DOUBLE, 0, bulk->comm));
  }
  PetscCall(BulkRemember_Private(key, rings, &c->op));
  PetscFunctionReturn(0);
}
