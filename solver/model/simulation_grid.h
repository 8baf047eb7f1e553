/* The grid that a deck asks for. */
#ifndef LISEI_SIMULATION_GRID_H
#define LISEI_SIMULATION_GRID_H

#include "simulation.h"

/* The analytic solution has rings and layers of its own. */
bool SimulationIsGraded(Deck deck);
/* A boundless electrolyte whose grain under the contact, if there is one, has no boundary resistance: the analytic
   solution of a half space, with the polycrystal around the grain in series (exact for the primary mode). */
bool SimulationFitsHalfspace(Deck deck);
PetscBool SimulationIsHalfspace(Deck deck);
/* Rings and layers have errors of opposite signs and the same order: refined together they stay in balance. */
PetscInt SimulationGridLayers(Deck deck);
PetscErrorCode SimulationCreateOblate(Deck deck, const Resolution *resolution, Grid *grid);
/* Of either type; a shared one, if it is that of the last simulation (SimulationShare). */
PetscErrorCode SimulationCreateGrid(Deck deck, const Resolution *resolution, Grid *grid);
/* The key to blame for a grid that cannot be made: the length that does not fit the contact, else the type. */
const char *SimulationGridCulprit(Deck deck);

#endif
