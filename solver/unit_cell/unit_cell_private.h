/* Shared by the files of the network; not for callers. */
#ifndef LISEI_UNIT_CELL_PRIVATE_H
#define LISEI_UNIT_CELL_PRIVATE_H

#include "unit_cell.h"

struct UnitCell_ {
  MPI_Comm comm;
  UnitCellOptions options;
  double spacing[3];           /* [m] of cells */
  double scale;                /* [A] by which equations are divided: of a unit field over a mean conductivity */
  DM da;                       /* unknowns, star of width 1 */
  PetscInt unknowns[3];        /* of the whole box */
  PetscInt start[3], width[3]; /* of this process */
  PetscInt map_start[3], map_width[3];
  double *map; /* [S/m] cells around the unknowns of this process */
  Mat matrix;
  KSP ksp;
  PetscBool linear_ready; /* ksp has the linear matrix */
  Vec residual, step, magnitude;
};

/* A link from an unknown: two halves in series. */
typedef struct {
  double first, second; /* [S/m] */
  double length, area;  /* [m], [m^2] */
  PetscBool ends;       /* at an electrode, where phi = 0 */
} UnitCellLink;

/* The link of the unknown (i, j, k) along an axis, forwards or backwards. */
UnitCellLink UnitCellLink_Private(UnitCell cell, const PetscInt at[3], int axis, int side);
/* [A/m^2] and its derivative [S/m] at the field [V/m] along it */
double UnitCellLaw_Private(UnitCell cell, const UnitCellLink *link, double field, double *slope);
/* [V/m] along the link, forwards in the axis, from potentials with ghosts */
double UnitCellField_Private(const UnitCellLink *link, double mean, double ***phi, const PetscInt at[3], int axis,
                             int side);
/* Links of which an unknown is the first end: those forwards, and those that lead back to an electrode. */
PetscBool UnitCellCounts_Private(const UnitCellLink *link, int side);
/* The matrix of slopes at a potential (NULL: at no field), over the scale. */
PetscErrorCode UnitCellAssemble_Private(UnitCell cell, const double field[3], Vec potential);
/* What flows out of every unknown beyond what is fed in, over the scale; `magnitude` (may be NULL): the sum of the
   absolute flows. */
PetscErrorCode UnitCellResidual_Private(UnitCell cell, const double field[3], Vec potential, Vec residual,
                                        Vec magnitude);

#endif
