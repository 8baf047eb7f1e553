/* The finite-volume network as a distributed matrix: cells in natural order, so that a process holds whole layers.
   Conductances are in units of sigma a (petsc-notes.md: with SI values small couplings fall below absolute thresholds).
 */
#include "bulk_private.h"

PetscErrorCode BulkCellShare_Private(Bulk bulk, PetscInt *first, PetscInt *last) {
  PetscInt own = PETSC_DECIDE, cells = GridCellCount(bulk->grid);

  PetscFunctionBeginUser;
  PetscCall(PetscSplitOwnership(bulk->comm, &own, &cells));
  PetscCallMPI(MPI_Scan(&own, last, 1, MPIU_INT, MPI_SUM, bulk->comm));
  *first = *last - own;
  PetscFunctionReturn(0);
}

/* List the links to ground, for the balance. */
static PetscErrorCode FindGrounds(Bulk bulk, BulkNetwork *n) {
  PetscFunctionBeginUser;
  for (int pass = 0; pass < 2; pass++) {
    n->grounds = 0;
    for (PetscInt c = n->first; c < n->last; c++) {
      for (int link = 0; link < LINK_COUNT; link++) {
        if (BulkNeighbour_Private(bulk->grid, c, link) != NEIGHBOUR_GROUND) {
          continue;
        }
        if (pass == 1) {
          n->ground_cell[n->grounds] = c - n->first;
          n->ground_link[n->grounds] = n->link[link][c - n->begin];
        }
        n->grounds++;
      }
    }
    if (pass == 0) {
      PetscCall(PetscMalloc2(n->grounds, &n->ground_cell, n->grounds, &n->ground_link));
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkNetworkCreate_Private(Bulk bulk, BulkNetwork **network) {
  const Grid grid = bulk->grid;
  const double unit = 1 / (bulk->conductivity * grid->radius);
  BulkNetwork *n = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&n));
  PetscCall(BulkCellShare_Private(bulk, &n->first, &n->last));
  n->begin = PetscMax(0, n->first - grid->columns);
  for (int link = 0; link < LINK_COUNT; link++) {
    PetscCall(PetscCalloc1((size_t)(n->last - n->begin), &n->link[link]));
    for (PetscInt c = n->begin; c < n->last; c++) {
      if (BulkNeighbour_Private(grid, c, link) == NEIGHBOUR_NONE) {
        continue;
      }
      const double resistance = BulkFaceResistance_Private(bulk, c, link);
      n->link[link][c - n->begin] = resistance > 0 ? unit / resistance : 0; /* 0: inside an ideal conductor */
    }
  }
  PetscCall(PetscMalloc1(grid->rings, &n->surface));
  for (PetscInt j = 0; j < grid->rings; j++) {
    n->surface[j] = unit / BulkSurfaceResistance_Private(bulk, j);
  }
  PetscCall(FindGrounds(bulk, n));
  *network = n;
  PetscFunctionReturn(0);
}

PetscErrorCode BulkNetworkDestroy_Private(BulkNetwork **network) {
  PetscFunctionBeginUser;
  if (!*network) {
    PetscFunctionReturn(0);
  }
  for (int link = 0; link < LINK_COUNT; link++) {
    PetscCall(PetscFree((*network)->link[link]));
  }
  PetscCall(PetscFree((*network)->surface));
  PetscCall(PetscFree2((*network)->ground_cell, (*network)->ground_link));
  PetscCall(PetscFree(*network));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkNetworkCreateMatrix_Private(Bulk bulk, const BulkNetwork *network, Mat *matrix) {
  const PetscInt own = network->last - network->first, cells = GridCellCount(bulk->grid);

  PetscFunctionBeginUser;
  PetscCall(MatCreateAIJ(bulk->comm, own, own, cells, cells, 5, NULL, 4, NULL, matrix));
  PetscCall(MatSetOption(*matrix, MAT_SYMMETRIC, PETSC_TRUE));
  PetscCall(MatSetOption(*matrix, MAT_SYMMETRY_ETERNAL, PETSC_TRUE));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkNetworkAssemble_Private(Bulk bulk, const BulkNetwork *network, const double shunt[], Mat matrix) {
  const Grid grid = bulk->grid;
  const PetscInt columns = grid->columns;

  PetscFunctionBeginUser;
  for (PetscInt c = network->first; c < network->last; c++) {
    const PetscInt here = c - network->begin;
    PetscInt column[5], count = 1;
    double value[5];

    column[0] = c;
    value[0] = shunt && c < grid->rings ? shunt[c] : 0;
    for (int link = 0; link < LINK_COUNT; link++) {
      const PetscInt before = c - (link == LINK_OUTWARD ? 1 : columns), after = BulkNeighbour_Private(grid, c, link);
      if (before >= 0 && (link == LINK_DOWN || c % columns > 0)) {
        column[count] = before;
        value[count++] = -network->link[link][before - network->begin];
        value[0] += network->link[link][before - network->begin];
      }
      if (after >= 0) {
        column[count] = after;
        value[count++] = -network->link[link][here];
      }
      if (after != NEIGHBOUR_NONE) {
        value[0] += network->link[link][here];
      }
    }
    PetscCall(MatSetValues(matrix, 1, &c, count, column, value, INSERT_VALUES));
  }
  PetscCall(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

double BulkGroundFlow_Private(const BulkNetwork *network, const double own_potential[]) {
  double sum = 0;
  for (PetscInt n = 0; n < network->grounds; n++) {
    sum += network->ground_link[n] * own_potential[network->ground_cell[n]];
  }
  return sum;
}

PetscErrorCode BulkSource_Private(Bulk bulk, const double current[], double fraction, Vec rhs) {
  PetscInt first = 0, last = 0;
  double *value = NULL;

  PetscFunctionBeginUser;
  PetscCall(VecSet(rhs, 0));
  PetscCall(VecGetOwnershipRange(rhs, &first, &last));
  PetscCall(VecGetArray(rhs, &value));
  for (PetscInt j = first; j < PetscMin(last, bulk->grid->rings); j++) {
    value[j - first] = bulk->unit * current[j];
  }
  if (bulk->cell_source && fraction != 0) {
    for (PetscInt c = first; c < last; c++) {
      value[c - first] += fraction * bulk->unit * bulk->cell_source[c];
    }
  }
  PetscCall(VecRestoreArray(rhs, &value));
  PetscFunctionReturn(0);
}

PetscErrorCode BulkRingValues_Private(Bulk bulk, Vec cells, double ring[]) {
  PetscInt first = 0, last = 0;
  const double *value = NULL;
  PetscMPIInt rings = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(bulk->grid->rings, &rings));
  PetscCall(PetscArrayzero(ring, rings));
  PetscCall(VecGetOwnershipRange(cells, &first, &last));
  PetscCall(VecGetArrayRead(cells, &value));
  for (PetscInt j = first; j < PetscMin(last, rings); j++) {
    ring[j] = value[j - first];
  }
  PetscCall(VecRestoreArrayRead(cells, &value));
  /* each ring has one owner: adding zeros leaves the value as it is on any number of processes */
  if (bulk->processes > 1) {
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, ring, rings, MPI_DOUBLE, MPI_SUM, bulk->comm));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode BulkGatherCells_Private(Vec distributed, double cells[]) {
  VecScatter scatter = NULL;
  Vec gathered = NULL;
  const double *value = NULL;
  PetscInt count = 0;

  PetscFunctionBeginUser;
  PetscCall(VecScatterCreateToZero(distributed, &scatter, &gathered));
  PetscCall(VecScatterBegin(scatter, distributed, gathered, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecScatterEnd(scatter, distributed, gathered, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecGetLocalSize(gathered, &count));
  PetscCall(VecGetArrayRead(gathered, &value));
  if (cells) {
    PetscCall(PetscArraycpy(cells, value, count));
  }
  PetscCall(VecRestoreArrayRead(gathered, &value));
  PetscCall(VecDestroy(&gathered));
  PetscCall(VecScatterDestroy(&scatter));
  PetscFunctionReturn(0);
}
