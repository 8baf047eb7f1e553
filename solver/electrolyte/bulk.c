#include "../monitor/profile.h"
#include "bulk_private.h"

#include <math.h>
#include <petscblaslapack.h>

const char *const BulkTypes[] = {"auto", "halfspace", "condensed", "field", NULL};

static PetscErrorCode CheckCells(MPI_Comm comm, const char *what, PetscInt cells, const double value[],
                                 PetscBool zero_allowed) {
  PetscFunctionBeginUser;
  if (!value) {
    PetscFunctionReturn(0);
  }
  for (PetscInt c = 0; c < cells; c++) {
    PetscCheck(isfinite(value[c]) && (value[c] > 0 || (zero_allowed && value[c] == 0)), comm, PETSC_ERR_ARG_OUTOFRANGE,
               "bulk: %s of cell %" PetscInt_FMT " is %g; it must be %s", what, c, value[c],
               zero_allowed ? "zero or positive and finite" : "positive (an insulator: give a small value)");
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckOptions(MPI_Comm comm, Grid grid, const BulkOptions *options) {
  const PetscInt cells = GridCellCount(grid);

  PetscFunctionBeginUser;
  PetscCheck(isfinite(options->conductivity) && options->conductivity > 0, comm, PETSC_ERR_ARG_OUTOFRANGE,
             "bulk: the conductivity is %g S/m; it must be finite and positive", options->conductivity);
  PetscCheck(options->rtol >= 0 && options->rtol < 1e-2, comm, PETSC_ERR_ARG_OUTOFRANGE,
             "bulk: the relative tolerance of the linear solves is %g; it must be below 0.01 (0: default)",
             options->rtol);
  PetscCall(CheckCells(comm, "conductivity [S/m]", cells, options->cell_conductivity, PETSC_FALSE));
  for (PetscInt c = 0; options->cell_source && c < cells; c++) {
    PetscCheck(isfinite(options->cell_source[c]), comm, PETSC_ERR_FP,
               "bulk: the source of cell %" PetscInt_FMT " is %g A", c, options->cell_source[c]);
  }
  PetscCall(CheckCells(comm, "face resistance down [Ohm m^2]", cells, options->face_resistance_down, PETSC_TRUE));
  PetscCall(CheckCells(comm, "face resistance outward [Ohm m^2]", cells, options->face_resistance_outward, PETSC_TRUE));
  PetscFunctionReturn(0);
}

/* A copy, or NULL where every cell has the neutral value: what is uniform need not be stored or treated as if it were
 * not. */
static PetscErrorCode CopyUnlessNeutral(PetscInt cells, const double source[], double neutral, double **copy) {
  PetscBool same = PETSC_TRUE;

  PetscFunctionBeginUser;
  *copy = NULL;
  if (!source) {
    PetscFunctionReturn(0);
  }
  for (PetscInt c = 0; c < cells && same; c++) {
    same = (PetscBool)(source[c] == neutral);
  }
  if (same) {
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(cells, copy));
  PetscCall(PetscArraycpy(*copy, source, cells));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkAllocate_Private(MPI_Comm comm, Grid grid, const BulkOptions *options, Bulk *bulk) {
  const PetscInt cells = GridCellCount(grid);
  Bulk b = NULL;

  PetscFunctionBeginUser;
  *bulk = NULL;
  PetscCall(CheckOptions(comm, grid, options));
  PetscCall(PetscNew(&b));
  PetscCallMPI(MPI_Comm_dup(comm, &b->comm));
  PetscCallMPI(MPI_Comm_rank(b->comm, &b->process));
  PetscCallMPI(MPI_Comm_size(b->comm, &b->processes));
  b->grid = grid;
  b->conductivity = options->conductivity;
  if (options->cell_conductivity && cells > 0) {
    PetscCall(
        CopyUnlessNeutral(cells, options->cell_conductivity, options->cell_conductivity[0], &b->cell_conductivity));
    if (!b->cell_conductivity) {
      b->conductivity = options->cell_conductivity[0];
    }
  }
  PetscCall(CopyUnlessNeutral(cells, options->face_resistance_down, 0, &b->face_resistance_down));
  PetscCall(CopyUnlessNeutral(cells, options->face_resistance_outward, 0, &b->face_resistance_outward));
  PetscCall(CopyUnlessNeutral(cells, options->cell_source, 0, &b->cell_source));
  if (options->cache_dir) {
    PetscCall(PetscStrallocpy(options->cache_dir, &b->cache_dir));
  }
  b->rtol = options->rtol > 0 ? options->rtol : 1e-12;
  b->radius = grid->radius;
  b->unit = 1 / (b->conductivity * b->radius);
  *bulk = b;
  PetscFunctionReturn(0);
}

static PetscErrorCode CheckCombination(Bulk bulk) {
  const Grid grid = bulk->grid;
  const PetscBool uniform =
      (PetscBool)(!bulk->cell_conductivity && !bulk->face_resistance_down && !bulk->face_resistance_outward);

  PetscFunctionBeginUser;
  PetscCheck(!grid->electrode, bulk->comm, PETSC_ERR_ARG_INCOMP,
             "bulk: the grid has electrode cells; a contact on it is not supported, see BulkElectrodeConductance");
  PetscCheck((bulk->type == BULK_HALFSPACE) == (grid->type == GRID_HALFSPACE), bulk->comm, PETSC_ERR_ARG_INCOMP,
             "bulk: `%s` does not fit the grid: `halfspace` needs the half-space grid, `condensed` and `field` need "
             "cells (oblate or cylindrical grid)",
             BulkTypes[bulk->type]);
  PetscCheck(bulk->type != BULK_HALFSPACE || uniform, bulk->comm, PETSC_ERR_ARG_INCOMP,
             "bulk: `halfspace` needs a homogeneous electrolyte; choose an oblate grid and `condensed` or "
             "`field`");
  PetscCheck(bulk->type == BULK_FIELD || !bulk->cell_source, bulk->comm, PETSC_ERR_ARG_INCOMP,
             "bulk: sources inside the electrolyte need `field`");
  PetscFunctionReturn(0);
}

PetscErrorCode BulkChooseType_Private(Bulk b, BulkType type) {
  PetscFunctionBeginUser;
  b->type = type;
  if (type == BULK_AUTO) {
    if (b->grid->type == GRID_HALFSPACE) {
      b->type = BULK_HALFSPACE;
    } else {
      b->type = b->cell_source ? BULK_FIELD : BULK_CONDENSED;
    }
  }
  PetscCall(CheckCombination(b));
  PetscFunctionReturn(0);
}

static PetscErrorCode SetUp(Bulk b, BulkType type) {
  PetscFunctionBeginUser;
  PetscCall(BulkChooseType_Private(b, type));
  switch (b->type) {
  case BULK_HALFSPACE:
    PetscCall(BulkCreateHalfspace_Private(b));
    break;
  case BULK_CONDENSED:
    PetscCall(BulkCreateCondensed_Private(b));
    break;
  default:
    PetscCall(BulkCreateField_Private(b));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkCreate(MPI_Comm comm, BulkType type, Grid grid, const BulkOptions *options, Bulk *bulk) {
  const double start = MPI_Wtime();
  PetscErrorCode status = 0;

  PetscFunctionBeginUser;
  PetscCall(ProfileRegister());
  PetscCall(BulkAllocate_Private(comm, grid, options, bulk));
  PetscCall(PetscLogEventBegin(profile_events[PROFILE_BULK_SETUP], 0, 0, 0, 0));
  status = SetUp(*bulk, type);
  PetscCall(PetscLogEventEnd(profile_events[PROFILE_BULK_SETUP], 0, 0, 0, 0));
  if (status) {
    PetscCall(BulkDestroy(bulk)); /* a refused combination leaves nothing behind */
  }
  PetscCall(status);
  (*bulk)->statistics.build_seconds = MPI_Wtime() - start;
  PetscFunctionReturn(0);
}

PetscErrorCode BulkDestroy(Bulk *bulk) {
  Bulk b = *bulk;

  PetscFunctionBeginUser;
  if (!b) {
    PetscFunctionReturn(0);
  }
  if (b->ops.destroy) {
    PetscCall((*b->ops.destroy)(b));
  }
  PetscCall(PetscFree(b->cell_conductivity));
  PetscCall(PetscFree(b->face_resistance_down));
  PetscCall(PetscFree(b->face_resistance_outward));
  PetscCall(PetscFree(b->cell_source));
  PetscCall(PetscFree(b->cache_dir));
  PetscCallMPI(MPI_Comm_free(&b->comm));
  PetscCall(PetscFree(*bulk));
  PetscFunctionReturn(0);
}

BulkType BulkGetType(Bulk bulk) {
  return bulk->type;
}

PetscInt BulkRings(Bulk bulk) {
  return bulk->grid->rings;
}

PetscErrorCode BulkSetRadius(Bulk bulk, double radius) {
  PetscFunctionBeginUser;
  if (radius == bulk->radius) {
    PetscFunctionReturn(0);
  }
  PetscCheck(bulk->grid->self_similar, bulk->comm, PETSC_ERR_ARG_INCOMP,
             "bulk: the contact grew from %g m to %g m, but the grid has lengths that do not grow with it",
             bulk->grid->radius, radius);
  bulk->radius = radius;
  bulk->unit = 1 / (bulk->conductivity * radius);
  PetscFunctionReturn(0);
}

double BulkUnit(Bulk bulk) {
  return bulk->unit;
}

double BulkRadius(Bulk bulk) {
  return bulk->radius;
}

/* Z/unit column by column, then its Cholesky factor. */
static PetscErrorCode RootByCholesky(Bulk bulk, double *root) {
  const PetscInt rings = bulk->grid->rings;
  double *matrix = NULL, *current = NULL;
  PetscBLASInt n = 0, info = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(rings, &n));
  PetscCall(PetscMalloc2((size_t)(rings * rings), &matrix, rings, &current));
  for (PetscInt j = 0; j < rings; j++) {
    PetscCall(PetscArrayzero(current, rings));
    current[j] = 1 / bulk->unit;
    PetscCall(BulkApply(bulk, current, matrix + j * rings));
  }
  PetscCallBLAS("LAPACKpotrf", LAPACKpotrf_("L", &n, matrix, &n, &info));
  PetscCheck(info == 0, bulk->comm, PETSC_ERR_MAT_CH_ZRPVT,
             "bulk: the operator of %d rings is not positive definite at row %d", (int)n, (int)info);
  for (PetscInt i = 0; i < rings; i++) {
    for (PetscInt j = 0; j < rings; j++) {
      root[i * rings + j] = j <= i ? matrix[i + j * rings] : 0;
    }
  }
  PetscCall(PetscFree2(matrix, current));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkRoot(Bulk bulk, PetscInt *modes, double **root) {
  const PetscInt rings = bulk->grid->rings;

  PetscFunctionBeginUser;
  *modes = bulk->type == BULK_HALFSPACE ? BulkHalfspaceModes_Private(bulk) : rings;
  PetscCall(PetscMalloc1((size_t)(rings * *modes), root));
  if (bulk->type == BULK_HALFSPACE) {
    PetscCall(BulkHalfspaceRoot_Private(bulk, *root));
  } else {
    PetscCall(RootByCholesky(bulk, *root));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkResistance(Bulk bulk, double matrix[]) {
  const PetscInt n = bulk->grid->rings;
  double *current;

  PetscFunctionBeginUser;
  if (bulk->type == BULK_HALFSPACE) {
    PetscCall(BulkHalfspaceWhole_Private(bulk, matrix));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc1(n, &current));
  for (PetscInt j = 0; j < n; j++) {
    current[j] = 1.0;
    PetscCall(BulkApply(bulk, current, matrix + n * j));
    current[j] = 0.0;
  }
  for (PetscInt j = 0; j < n; j++) { /* symmetric to rounding; now to the bit */
    for (PetscInt i = 0; i < j; i++) {
      matrix[i + n * j] = matrix[j + n * i] = 0.5 * (matrix[i + n * j] + matrix[j + n * i]);
    }
  }
  PetscCall(PetscFree(current));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkPotential(Bulk bulk, const double current[], double potential[]) {
  PetscFunctionBeginUser;
  ProfileEventCall(PROFILE_BULK_POTENTIAL, (*bulk->ops.potential)(bulk, current, potential));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkFactor(Bulk bulk, const double film[]) {
  PetscFunctionBeginUser;
  bulk->factored = PETSC_FALSE;
  for (PetscInt j = 0; j < bulk->grid->rings; j++) {
    PetscCheck(isfinite(film[j]), bulk->comm, PETSC_ERR_FP,
               "bulk: the film resistance of ring %" PetscInt_FMT " is %g Ohm", j, film[j]);
  }
  ProfileEventCall(PROFILE_BULK_FACTOR, (*bulk->ops.factor)(bulk, film));
  bulk->factored = PETSC_TRUE;
  bulk->factored_unit = bulk->unit;
  PetscFunctionReturn(0);
}

PetscErrorCode BulkSolve(Bulk bulk, PetscInt count, double b[]) {
  PetscFunctionBeginUser;
  PetscCheck(bulk->factored, bulk->comm, PETSC_ERR_ORDER, "bulk: BulkSolve needs BulkFactor first");
  ProfileEventCall(PROFILE_BULK_SOLVE, (*bulk->ops.solve)(bulk, count, b));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkApply(Bulk bulk, const double x[], double y[]) {
  PetscFunctionBeginUser;
  PetscCall((*bulk->ops.apply)(bulk, x, y));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkCellField(Bulk bulk, const double current[], double potential[], double current_r[],
                             double current_z[]) {
  PetscFunctionBeginUser;
  PetscCall((*bulk->ops.cell_field)(bulk, current, potential, current_r, current_z));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkCounterCurrent(Bulk bulk, const double current[], double *arriving) {
  PetscFunctionBeginUser;
  PetscCall((*bulk->ops.counter_current)(bulk, current, arriving));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkGetStatistics(Bulk bulk, BulkStatistics *statistics) {
  PetscFunctionBeginUser;
  *statistics = bulk->statistics;
  PetscFunctionReturn(0);
}
