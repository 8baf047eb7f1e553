/* What every cell conducts: electrolyte, the grain under the contact, phases of a resolved SEI. */
#ifndef LISEI_MATERIAL_H
#define LISEI_MATERIAL_H

#include "simulation.h"

typedef enum {
  PHASE_ELECTROLYTE = 0,
  PHASE_GRAIN = 1,
  PHASE_SEI = 10,
  PHASE_LI3P,
  PHASE_LI2S,
  PHASE_LICL,
  PHASE_PORE
} CellPhase;

/* Fill the simulation's cell arrays; they stay NULL where the material is homogeneous or linear. */
PetscErrorCode MaterialFill(Simulation simulation);

/* Does a layer of cells lie in the grain under the contact, with its middle on the axis, when the contact (and the grid
   with it) has grown by a factor? */
PetscBool MaterialLayerInGrain(Simulation sim, PetscInt layer, double growth);

#endif
