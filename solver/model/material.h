/* What every cell of the electrolyte conducts, and the numbers by which output knows the phases. */
#ifndef LISEI_MATERIAL_H
#define LISEI_MATERIAL_H

#include "../electrolyte/phase.h"
#include "simulation.h"

/* Fill the simulation's cell arrays; they stay NULL where the material is homogeneous. */
PetscErrorCode MaterialFill(Simulation simulation);

#endif
