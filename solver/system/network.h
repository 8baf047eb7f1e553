/* A linear network of conductances and capacitances, with dense blocks for the electrolyte:

     G v + C dv/dt = j

   v potentials of the nodes against ground, j currents fed into them. G is symmetric and positive definite, C symmetric
   and at least semi-definite. */
#ifndef LISEI_NETWORK_H
#define LISEI_NETWORK_H

#include <petscsys.h>

enum { NETWORK_GROUND = -1 };

typedef struct {
  PetscInt a, b;                   /* nodes or ground */
  double conductance, capacitance; /* [S], [F] */
} NetworkElement;

/* Between `count` nodes and ground: potentials = resistance * currents; the capacitances are `relaxation` times the
   conductances. */
typedef struct {
  PetscInt count, *node;
  double *resistance; /* [Ohm] count*count */
  double relaxation;  /* [s] */
} NetworkBlock;

typedef struct Network_ {
  PetscInt nodes, elements, element_capacity, blocks;
  NetworkElement *element;
  NetworkBlock block[1];
} * Network;

PetscErrorCode NetworkCreate(Network *network);
PetscErrorCode NetworkDestroy(Network *network);
static inline PetscInt NetworkAddNode(Network network) {
  return network->nodes++;
}
PetscErrorCode NetworkAdd(Network network, PetscInt a, PetscInt b, double conductance, double capacitance);
/* Arrays are copied; one block per network. */
PetscErrorCode NetworkAddBlock(Network network, PetscInt count, const PetscInt node[], const double resistance[],
                               double relaxation);
/* Rank of C: how many relaxations there are. grounded: node 0 is held at a potential. */
PetscErrorCode NetworkRank(Network network, PetscBool grounded, PetscInt *rank);
/* G and C, nodes*nodes, both triangles; zeroed before. */
PetscErrorCode NetworkFill(Network network, double conductance[], double capacitance[]);

#endif
