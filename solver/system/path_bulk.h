/* The path of the ring currents through the electrolyte alone, and through films on the whole area of the rings.

     u_j = (Z I)_j + eta(I_j/A_j)

   A film here does not depend on the part of a ring that touches: SEI and SE|SEI below lost contact conduct, too. What
   acts on the true contact is the rings' own (electrode.h). */
#ifndef LISEI_PATH_BULK_H
#define LISEI_PATH_BULK_H

#include "../../physics/kinetics.h"
#include "../electrolyte/bulk.h"
#include "path.h"

typedef struct {
  KineticsSeries processes; /* count 0: none */
  double temperature;       /* [K] */
  const double *area_share; /* [1] rings; borrowed */
} PathFilms;

/* `bulk` is borrowed; films may be NULL. */
PetscErrorCode PathCreateBulk(Bulk bulk, const PathFilms *films, Path *path);

#endif
