/* The grain under the contact on an electrolyte that is solved as a boundless grain (the analytic half space): the
   polycrystal around it adds the resistance R_outer(a) between the rings and ground (exact for the primary mode).

     W = V - R_outer(a) I1

   No unknowns of its own. Law: physics/spreading.c; derivation: docs/theory.md, "The grain in the polycrystal". */
#ifndef LISEI_GRAIN_H
#define LISEI_GRAIN_H

#include "../../mesh/grid.h"
#include "../../physics/spreading.h"
#include "../system/part.h"

typedef struct {
  SpreadingMedium medium; /* conductivities of grain and polycrystal at the run's temperature, depth of the grain */
  double initial_radius;  /* [m] a0 of the contact */
  Grid grid;              /* of the saved fields; borrowed */
} Grain;

PetscErrorCode GrainPartCreate(const Grain *grain, Part *part);

/* Does a layer of cells lie in a grain of that depth [m], with its middle on the axis, when the contact (and the grid
   with it) has grown by a factor? */
PetscBool GrainHasLayer(Grid grid, PetscInt layer, double depth, double growth);
/* Fields solved in a boundless grain become those with the polycrystal around it. */
void GrainAdjustCells(const Grain *grain, PartCells *cells);

#endif
