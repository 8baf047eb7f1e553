/* The grid of the lithium deposit between needle and electrolyte: an axisymmetric body whose outline moves, cut into
   cells of nine nodes (biquadratic), radial x axial. Rings of the contact are the cells' lower edges.

   The base lies on z = 0 and has the contact radius; opposite is the needle's flat and around it a free shoulder, or a
   free cap where there is no needle; the side is free. Inner nodes follow from the outline by transfinite
   interpolation. One process. */
#ifndef LISEI_BODY_GRID_H
#define LISEI_BODY_GRID_H

#include <petscsys.h>

enum { BODY_CELL_NODES = 9, BODY_EDGE_NODES = 3 };

typedef struct {
  PetscInt radial, axial; /* cells */
  PetscInt under;         /* columns of cells whose upper end is the needle's flat; beyond it the top is free */
  double *fraction;       /* [1] radial+1: edges of the rings over the contact radius, 0 to 1 */
  double *r, *z;          /* [m] nodes, (2 radial+1)*(2 axial+1), from the axis to the side, from the base up */
} BodyGrid;

static inline PetscInt BodyNode(const BodyGrid *grid, PetscInt i, PetscInt k) {
  return i + (2 * grid->radial + 1) * k;
}
static inline PetscInt BodyNodeCount(const BodyGrid *grid) {
  return (2 * grid->radial + 1) * (2 * grid->axial + 1);
}

/* fraction: radial+1 edges; NULL: equal widths. */
PetscErrorCode BodyGridCreate(PetscInt radial, PetscInt axial, const double fraction[], BodyGrid *grid);
PetscErrorCode BodyGridDestroy(BodyGrid *grid);

/* Outline of a hemispheroid of the given height [m], cut off where its radius is that of the needle [m]; 0: not cut. */
void BodyGridHemispheroid(BodyGrid *grid, double contact_radius, double height, double needle_radius);
/* Cylinder: radius, height [m]. */
void BodyGridCylinder(BodyGrid *grid, double radius, double height);
/* Inner nodes from those of base, top and side; the axis is divided evenly. */
void BodyGridFill(BodyGrid *grid);

/* The free outline from the contact line to the needle's edge (or the axis), up the side and along the shoulder. */
PetscInt BodyOutlineCount(const BodyGrid *grid);
PetscInt BodyOutlineNode(const BodyGrid *grid, PetscInt at);

/* Nodes of a cell, row by row from its lower inner corner. */
void BodyCellNodes(const BodyGrid *grid, PetscInt cell, PetscInt node[BODY_CELL_NODES]);
/* [m^3] by the cells' own quadrature */
double BodyGridVolume(const BodyGrid *grid);
/* The cell whose map folds (its area element is not positive at a point of the quadrature); -1: none. */
PetscInt BodyGridFolds(const BodyGrid *grid);

/* A point of a cell's quadrature: N the nodes' functions, by_r and by_z their derivatives [1/m]. */
typedef struct {
  double r, z;   /* [m] */
  double weight; /* [m^3] 2 pi r dA */
  double area;   /* [m^2] dA, negative where the map folds */
  double N[BODY_CELL_NODES], by_r[BODY_CELL_NODES], by_z[BODY_CELL_NODES];
} BodyPoint;

enum { BODY_CELL_POINTS = 9, BODY_EDGE_POINTS = 3 };
/* The points of a cell; the last (index BODY_CELL_POINTS) is its centre, of no weight. */
void BodyCellPoint(const BodyGrid *grid, PetscInt cell, int point, BodyPoint *at);
/* Quadratic functions of an edge on [-1, 1] and their derivatives; abscissae and weights of its quadrature. */
void BodyEdgeFunctions(double x, double N[BODY_EDGE_NODES], double by_x[BODY_EDGE_NODES]);
extern const double BodyAbscissa[BODY_EDGE_POINTS], BodyWeight[BODY_EDGE_POINTS];

#endif
