/* Which phase is at a point of the box: the structures of a unit cell, with lengths of their own. */
#ifndef LISEI_BOX_STRUCTURE_H
#define LISEI_BOX_STRUCTURE_H

#include "../../io/deck/deck.h"
#include "../../microstructure/grains.h"

enum { BOX_LI3P, BOX_LI2S, BOX_LICL, BOX_PORE, BOX_PHASES };

typedef enum { BOX_LAYERS, BOX_CHECKERBOARD, BOX_SPHERES, BOX_BRICKS, BOX_GRAINS } BoxKind; /* as in cell.structure */

typedef struct {
  BoxKind kind;
  PetscBool periodic_z;
  double length[3];                /* [m] of the box */
  double part[BOX_PHASES];         /* [1] volume fractions asked for; their sum is 1 */
  double conductivity[BOX_PHASES]; /* [S/m] */
  int axis;                        /* normal of layers; normal of a checkerboard's plane, 3: cubes */
  PetscInt repeat;                 /* of the sequence of layers */
  double size[3];                  /* [m] squares, bricks; lattice constant of spheres */
  double radius;                   /* [m] of spheres */
  int first, second;               /* phases of a checkerboard; of spheres and what is between them */
  uint64_t seed;
  Grains grains;
  GrainsNear near;
} BoxStructure;

/* Mistakes go to `diagnostics`. */
PetscErrorCode BoxStructureCreate(Deck deck, Diagnostics diagnostics, BoxStructure *structure);
int BoxStructurePhase(BoxStructure *structure, const double x[3]);
/* [S/m] at a point; `structure` is a BoxStructure */
double BoxStructureConductivity(void *structure, const double x[3]);
/* [m] extent along each axis of the smallest thing that cells should resolve; INFINITY where there is none */
void BoxStructureGrain(const BoxStructure *structure, double extent[3]);

extern const char *const BoxPhaseNames[BOX_PHASES]; /* "li3p", ... as in deck keys */

#endif
