/* Shared by the files that build grids; not for callers. */
#ifndef LISEI_GRID_PRIVATE_H
#define LISEI_GRID_PRIVATE_H

#include "grid.h"

/* Gradings beyond this factor give cells that differ by so much that the answer is worthless. */
#define GRID_MAX_GRADING 1e6
#define GRID_MAX_CELLS 200000000 /* corners and cells must fit a 32-bit index with room to spare */

PetscErrorCode GridAllocate_Private(GridType type, PetscInt columns, PetscInt layers, PetscInt rings, double radius,
                                    Grid *grid);

/* One cell of a block with straight edges: exact half-cell conductances, lengths and volume. */
typedef struct {
  double r_inner, r_centre, r_outer; /* [m] */
  double height;                     /* [m] */
} PlanarCell;
PetscErrorCode GridSetPlanarCell_Private(Grid grid, PetscInt cell, const PlanarCell *shape);

/* Edges and centres of an oblate block, unit radius. */
typedef struct {
  PetscInt columns, layers;
  const double *eta_edge;   /* [rad] columns+1, descending from pi/2 to 0 */
  const double *eta_centre; /* [rad] columns */
  const double *xi_edge;    /* layers+1, ascending from 0 */
  PetscBool infinite;       /* the last layer leads to ground at infinity, not at xi_edge[layers] */
} OblateBlock;
/* Fill layers first_layer.. of the grid, its corners, and the products if the block is the whole grid. */
PetscErrorCode GridFillOblate_Private(Grid grid, PetscInt first_layer, const OblateBlock *block);
PetscErrorCode GridCheckPositive_Private(const char *what, double value);
PetscErrorCode GridCheckGrading_Private(const char *what, double value);
PetscErrorCode GridCheckCount_Private(const char *what, PetscInt value);
/* [m] edge of the infinite oblate grid: the slowest harmonic is down by e^(-3 xi), its echo by e^(-5 xi). */
#define OBLATE_FAR_XI 4.0
PetscErrorCode GridCheckOblate_Private(const OblateOptions *options);
/* Edges and centres of the oblate block that the options ask for; the caller frees the three arrays. */
PetscErrorCode GridOblateEdges_Private(const OblateOptions *options, double **eta_edge, double **eta_centre,
                                       double **xi_edge);

#endif
