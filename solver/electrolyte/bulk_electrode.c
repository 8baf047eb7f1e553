/* Conductance of electrode cells (ideal conductors inside the electrolyte): buried disks, hemispheres. */
#include "bulk_private.h"

#include <math.h>

static PetscBool IsElectrode(Grid grid, PetscInt cell) {
  return (PetscBool)(cell >= 0 && grid->electrode && grid->electrode[cell]);
}

/* Move the electrodes out of the unknowns: their cells get the row phi = 1 V, their links become shunts to 1 V. `rhs`
   is filled on the own cells. */
static PetscErrorCode AssembleWithElectrodes(Bulk bulk, BulkNetwork *n, Mat matrix, Vec rhs) {
  const Grid grid = bulk->grid;
  double *value = NULL;

  PetscFunctionBeginUser;
  PetscCall(VecSet(rhs, 0));
  PetscCall(VecGetArray(rhs, &value));
  for (PetscInt c = n->first; c < n->last; c++) {
    PetscInt column[5], count = 1;
    double entry[5] = {0};
    const PetscInt behind[LINK_COUNT] = {c % grid->columns > 0 ? c - 1 : NEIGHBOUR_NONE, c - grid->columns};
    column[0] = c;
    for (int side = 0; side < 2 * LINK_COUNT && !IsElectrode(grid, c); side++) {
      const int link = side % LINK_COUNT;
      const PetscInt other = side < LINK_COUNT ? BulkNeighbour_Private(grid, c, link) : behind[link];
      if (other == NEIGHBOUR_NONE || (side >= LINK_COUNT && other < 0)) {
        continue;
      }
      const double conductance = n->link[link][(side < LINK_COUNT ? c : other) - n->begin];
      entry[0] += conductance;
      if (IsElectrode(grid, other)) {
        value[c - n->first] += conductance;
      } else if (other >= 0) {
        column[count] = other;
        entry[count++] = -conductance;
      }
    }
    if (IsElectrode(grid, c)) {
      entry[0] = value[c - n->first] = 1;
    }
    PetscCall(MatSetValues(matrix, 1, &c, count, column, entry, INSERT_VALUES));
  }
  PetscCall(VecRestoreArray(rhs, &value));
  PetscCall(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatSetOption(matrix, MAT_SPD, PETSC_TRUE));
  PetscFunctionReturn(0);
}

/* Current / (sigma a) out of the electrode into the own electrolyte cells. */
static double OwnFlow(Bulk bulk, const BulkNetwork *n, PetscInt electrode, const double phi[]) {
  const Grid grid = bulk->grid;
  double sum = 0;
  for (PetscInt c = n->first; c < n->last; c++) {
    const PetscInt behind[LINK_COUNT] = {c % grid->columns > 0 ? c - 1 : NEIGHBOUR_NONE, c - grid->columns};
    if (IsElectrode(grid, c)) {
      continue;
    }
    for (int side = 0; side < 2 * LINK_COUNT; side++) {
      const int link = side % LINK_COUNT;
      const PetscInt other = side < LINK_COUNT ? BulkNeighbour_Private(grid, c, link) : behind[link];
      if (!IsElectrode(grid, other) || (electrode > 0 && grid->electrode[other] != electrode)) {
        continue;
      }
      sum += n->link[link][(side < LINK_COUNT ? c : other) - n->begin] * (1 - phi[c - n->first]);
    }
  }
  return sum;
}

static PetscErrorCode CheckElectrodes(MPI_Comm comm, Grid grid, PetscInt electrode) {
  PetscBool found = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCheck(grid->electrode, comm, PETSC_ERR_ARG_INCOMP, "bulk: the grid has no electrode cells (GridMarkElectrode)");
  for (PetscInt c = 0; c < GridCellCount(grid); c++) {
    if (!grid->electrode[c]) {
      continue;
    }
    found = (PetscBool)(found || electrode == 0 || grid->electrode[c] == electrode);
    for (int link = 0; link < LINK_COUNT; link++) {
      PetscCheck(BulkNeighbour_Private(grid, c, link) != NEIGHBOUR_GROUND, comm, PETSC_ERR_ARG_INCOMP,
                 "bulk: electrode cell %" PetscInt_FMT " touches the grounded counter electrode: a short circuit", c);
    }
  }
  PetscCheck(found, comm, PETSC_ERR_ARG_OUTOFRANGE, "bulk: the grid has no electrode number %" PetscInt_FMT, electrode);
  PetscFunctionReturn(0);
}

PetscErrorCode BulkElectrodeConductance(MPI_Comm comm, Grid grid, const BulkOptions *options, PetscInt electrode,
                                        double *conductance) {
  Bulk bulk = NULL;
  BulkNetwork *network = NULL;
  Mat matrix = NULL;
  Vec rhs = NULL, cells = NULL;
  KSP ksp = NULL;
  const double *phi = NULL;

  PetscFunctionBeginUser;
  PetscCall(CheckElectrodes(comm, grid, electrode));
  PetscCall(BulkAllocate_Private(comm, grid, options, &bulk));
  PetscCall(BulkNetworkCreate_Private(bulk, &network));
  PetscCall(BulkNetworkCreateMatrix_Private(bulk, network, &matrix));
  PetscCall(MatCreateVecs(matrix, &cells, &rhs));
  PetscCall(AssembleWithElectrodes(bulk, network, matrix, rhs));
  PetscCall(BulkSolverCreate_Private(bulk, BULK_SYSTEM_ELECTRODE, &ksp));
  PetscCall(KSPSetOperators(ksp, matrix, matrix));
  PetscCall(BulkSolverRun_Private(bulk, ksp, rhs, cells));
  PetscCall(VecGetArrayRead(cells, &phi));
  *conductance = OwnFlow(bulk, network, electrode, phi) / bulk->unit;
  PetscCall(VecRestoreArrayRead(cells, &phi));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, conductance, 1, MPI_DOUBLE, MPI_SUM, bulk->comm));
  PetscCall(KSPDestroy(&ksp));
  PetscCall(MatDestroy(&matrix));
  PetscCall(VecDestroy(&rhs));
  PetscCall(VecDestroy(&cells));
  PetscCall(BulkNetworkDestroy_Private(&network));
  PetscCall(BulkDestroy(&bulk));
  PetscFunctionReturn(0);
}
