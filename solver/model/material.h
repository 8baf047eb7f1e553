/* What every cell of the electrolyte conducts, and the numbers by which output knows the phases. */
#ifndef LISEI_MATERIAL_H
#define LISEI_MATERIAL_H

#include "simulation.h"

/* Fill the simulation's cell arrays; they stay NULL where the material is homogeneous. */
PetscErrorCode MaterialFill(Simulation simulation);

/* Does a layer of cells lie in the grain under the contact, with its middle on the axis, when the contact (and the grid
   with it) has grown by a factor? */
PetscBool MaterialLayerInGrain(Simulation sim, PetscInt layer, double growth);

#endif
