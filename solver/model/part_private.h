/* What the files that make parts share. */
#ifndef LISEI_PART_PRIVATE_H
#define LISEI_PART_PRIVATE_H

#include "../parts/grain.h"
#include "parts.h"

Grain GrainOfSimulation(Simulation sim);
/* Is the electrolyte solved as a boundless grain, although the polycrystal around it conducts differently? */
PetscBool GrainIsAdded(Simulation sim);

#endif
