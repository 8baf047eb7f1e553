/* Points along the free side of the body. */
#ifndef LISEI_BODY_OUTLINE_H
#define LISEI_BODY_OUTLINE_H

#include <petscsys.h>

/* [1] length of the curve through the points up to each, over the whole */
PetscErrorCode BodyOutlineShares(PetscInt count, const double r[], const double z[], double share[]);
/* Points at these shares of the length of a cubic spline through the points, which they replace; the ends stay. */
PetscErrorCode BodyOutlineRedistribute(PetscInt count, const double share[], double r[], double z[]);
/* Unit normal at an inner point. */
void BodyOutlineNormal(PetscInt at, const double r[], const double z[], double normal[2]);

#endif
