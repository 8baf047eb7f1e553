/* The path of the ring currents through the electrolyte alone. */
#ifndef LISEI_PATH_BULK_H
#define LISEI_PATH_BULK_H

#include "../electrolyte/bulk.h"
#include "path.h"

/* `bulk` is borrowed. */
PetscErrorCode PathCreateBulk(Bulk bulk, Path *path);

#endif
