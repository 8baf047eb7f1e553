/* The map of phases that a deck names: file, grey values, size of a pixel. */
#ifndef LISEI_SEI_MAP_H
#define LISEI_SEI_MAP_H

#include "../../io/deck/deck.h"
#include "../../microstructure/phase_map.h"

/* Read the file and turn grey values into phases (PetscFree map->phase). With diagnostics: what is wrong goes there,
   and map->phase is NULL then; without, it is a program error (SimulationCheckSei has asked before). */
PetscErrorCode SeiMapRead(Deck deck, Diagnostics diagnostics, PhaseMap *map);

#endif
