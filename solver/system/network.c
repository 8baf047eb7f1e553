#include "network.h"
#include <petscblaslapack.h>

PetscErrorCode NetworkCreate(Network *network) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(network));
  PetscFunctionReturn(0);
}

PetscErrorCode NetworkDestroy(Network *network) {
  PetscFunctionBeginUser;
  if (!*network) {
    PetscFunctionReturn(0);
  }
  for (PetscInt b = 0; b < (*network)->blocks; b++) {
    PetscCall(PetscFree2((*network)->block[b].node, (*network)->block[b].resistance));
  }
  PetscCall(PetscFree((*network)->element));
  PetscCall(PetscFree(*network));
  PetscFunctionReturn(0);
}

PetscErrorCode NetworkAdd(Network network, PetscInt a, PetscInt b, double conductance, double capacitance) {
  PetscFunctionBeginUser;
  if (network->elements == network->element_capacity) {
    network->element_capacity = PetscMax(256, 2 * network->element_capacity);
    PetscCall(PetscRealloc((size_t)network->element_capacity * sizeof *network->element, &network->element));
  }
  network->element[network->elements++] = (NetworkElement){a, b, conductance, capacitance};
  PetscFunctionReturn(0);
}

PetscErrorCode NetworkAddBlock(Network network, PetscInt count, const PetscInt node[], const double resistance[],
                               double relaxation) {
  NetworkBlock *block = &network->block[0];

  PetscFunctionBeginUser;
  PetscCheck(network->blocks == 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "A network has one dense block");
  network->blocks = 1;
  block->count = count;
  block->relaxation = relaxation;
  PetscCall(PetscMalloc2(count, &block->node, (size_t)(count * count), &block->resistance));
  PetscCall(PetscArraycpy(block->node, node, count));
  PetscCall(PetscArraycpy(block->resistance, resistance, (size_t)(count * count)));
  PetscFunctionReturn(0);
}

static void AddTo(double matrix[], PetscInt n, PetscInt a, PetscInt b, double value) {
  if (a >= 0) {
    matrix[a + n * a] += value;
  }
  if (b >= 0) {
    matrix[b + n * b] += value;
  }
  if (a >= 0 && b >= 0) {
    matrix[a + n * b] -= value;
    matrix[b + n * a] -= value;
  }
}

static PetscErrorCode AddBlock(const NetworkBlock *block, PetscInt n, double conductance[], double capacitance[]) {
  const PetscBLASInt count = (PetscBLASInt)block->count;
  PetscBLASInt info;
  double *inverse;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)(block->count * block->count), &inverse));
  PetscCall(PetscArraycpy(inverse, block->resistance, (size_t)(block->count * block->count)));
  PetscCallBLAS("LAPACKpotrf", LAPACKpotrf_("L", &count, inverse, &count, &info));
  PetscCheck(info == 0, PETSC_COMM_SELF, PETSC_ERR_MAT_CH_ZRPVT,
             "The operator of the electrolyte is not positive definite at row %d", (int)info);
  PetscCallBLAS("LAPACKpotri", LAPACKpotri_("L", &count, inverse, &count, &info));
  for (PetscInt i = 0; i < block->count; i++) {
    for (PetscInt j = 0; j < block->count; j++) {
      const double g = inverse[PetscMax(i, j) + block->count * PetscMin(i, j)];
      conductance[block->node[i] + n * block->node[j]] += g;
      capacitance[block->node[i] + n * block->node[j]] += block->relaxation * g;
    }
  }
  PetscCall(PetscFree(inverse));
  PetscFunctionReturn(0);
}

PetscErrorCode NetworkFill(Network network, double conductance[], double capacitance[]) {
  const PetscInt n = network->nodes;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(conductance, (size_t)(n * n)));
  PetscCall(PetscArrayzero(capacitance, (size_t)(n * n)));
  for (PetscInt e = 0; e < network->elements; e++) {
    const NetworkElement *element = &network->element[e];
    AddTo(conductance, n, element->a, element->b, element->conductance);
    AddTo(capacitance, n, element->a, element->b, element->capacitance);
  }
  for (PetscInt b = 0; b < network->blocks; b++) {
    PetscCall(AddBlock(&network->block[b], n, conductance, capacitance));
  }
  PetscFunctionReturn(0);
}

static PetscInt Root(const PetscInt parent[], PetscInt n) {
  while (parent[n] != n) {
    n = parent[n];
  }
  return n;
}

/* Every capacitance that joins two groups of nodes adds one to the rank. */
static PetscInt Join(PetscInt parent[], PetscInt a, PetscInt b) {
  const PetscInt first = Root(parent, a), second = Root(parent, b);

  parent[PetscMax(first, second)] = PetscMin(first, second);
  return first == second ? 0 : 1;
}

PetscErrorCode NetworkRank(Network network, PetscBool grounded, PetscInt *rank) {
  PetscInt *parent; /* 0: ground; node n is n + 1 */

  PetscFunctionBeginUser;
  *rank = 0;
  PetscCall(PetscMalloc1(network->nodes + 1, &parent));
  for (PetscInt n = 0; n <= network->nodes; n++) {
    parent[n] = n == 1 && grounded ? 0 : n;
  }
  for (PetscInt e = 0; e < network->elements; e++) {
    const NetworkElement *element = &network->element[e];
    *rank += element->capacitance > 0.0 ? Join(parent, element->a + 1, element->b + 1) : 0;
  }
  for (PetscInt b = 0; b < network->blocks; b++) {
    const NetworkBlock *block = &network->block[b];
    for (PetscInt k = 0; k < block->count && block->relaxation > 0.0; k++) {
      *rank += Join(parent, 0, block->node[k] + 1);
    }
  }
  PetscCall(PetscFree(parent));
  PetscFunctionReturn(0);
}
